//! The embedded log and the state store, on SQLite or PostgreSQL.
//!
//! # The log
//! [`Log::open`] · [`Log::append_records`] (offsets once they are synced; group commit) · [`Log::read`] · [`Log::newest`]
//!
//! # The state
//! [`Store::open`] takes a path, a `sqlite:` or a `postgres:` URL; a [`Store`] is cheap to clone.
//!
//! * Worker: [`Store::recover`], [`Store::read_state`] and [`Store::each_report_since`], or [`Store::each_report_in`], [`Store::memory`], then [`Store::commit`] for each batch.
//!   A [`Commit`] is kept as a whole or not at all; where the partition's offset moved meanwhile it is [`StoreError::Fenced`].
//! * Several workers: [`Store::claim`] takes a partition over, a [`PartitionCommit`] fences its commits;
//!   [`Store::memory_of`], [`Store::complete_to`], [`Store::borders`]; what is published to others:
//!   [`Store::assessed_since`], [`Store::unpublished_alerts`], [`Store::published_alert`].
//! * People's acts: [`Store::act`] (a [`domain::alert::ActRefusal`] is a value, not an error).
//! * What stands: [`Store::assessments`], [`Store::risks`], [`Store::assessment_series`], [`Store::conditions`],
//!   [`Store::alerts`], [`Store::alert`], [`Store::incidents`], [`Store::incident`], [`Store::reports`],
//!   [`Store::reports_with_id`], [`Store::report`], [`Store::incident_reports`], [`Store::daily_incidents`],
//!   [`Store::daily_reports`], [`Store::zero_reports`], [`Store::heard`], [`Store::balance`], [`Store::dead_letters`],
//!   [`Store::dead_letter`], [`Store::alert_counts`].
//! * Pages of another process than the worker's: [`Store::poll_changes`], [`Store::judged_until`]; of the same one:
//!   [`ChangeNotifier`].
//! * Feeds, users, sessions, identities: [`Store::put_feed`], [`Store::pause_feed`], [`Store::feeds`],
//!   [`Store::feed_by_token`], [`Store::put_user`], [`Store::user`], [`Store::users`], [`Store::open_session`],
//!   [`Store::session`], [`Store::close_session`], [`Store::seal_identity`].
//! * Outbox: [`Store::outbox_pending`], [`Store::outbox_woken`], [`Store::alert_deliveries`]; to people:
//!   [`Store::unaddressed`], [`Store::already_notified`], [`Store::address`], [`Store::claim_deliveries`],
//!   [`Store::record_delivery`], [`Store::claim_receipts`], [`Store::record_receipt`], [`Store::late_deliveries`],
//!   [`Store::delivery_attempts`], [`Store::message_facts`], [`Store::keep_words`], [`Store::messages`].
//! * Second persons by one-time link: [`Store::asked_second`], [`Store::asked_end`], [`Store::fate_of_request`], [`Store::asked_to_end`], [`Store::reported_since`],
//!   [`Store::issue_second_link`], [`Store::second_link`], [`Store::bind_second_link`], [`Store::answer_second_link`],
//!   [`Store::answer_end_link`], [`Store::answered_at`], [`Store::request_answers`].
//! * Ledger: kept by [`Store::commit`] where [`Commit::ledger`] says how; read by [`Store::ledger`],
//!   [`Store::alert_record`], [`Store::input_means`], [`Store::samples`]; answered by [`Store::check_sample`],
//!   [`Store::verifier_saw`]. Beside it, never in it: [`Store::replace_hindcast`], [`Store::hindcasts`],
//!   [`Store::hindcast_made_at`].
//! * Jobs: [`Store::register_job`], [`Store::lease_job`], [`Store::renew_job`], [`Store::finish_job`], [`Store::jobs`].
//! * What is pulled from agencies: [`Store::pulls`], [`Store::pull`], [`Store::put_pull`].
//! * Care: [`Store::backup`], [`Store::restore`], [`Store::version`].
//!
//! Lists come as a [`Page`]; its `next` is the cursor of the page after it.
//! An empty list of codes in a filter means everywhere; a regency's code means all its districts too.
//! A report's identity is its name (id and feed) and its regency ([`ReportKey`]): the same id of two feeds, or in two
//! regencies, is two reports.
#![forbid(unsafe_code)]

mod alert;
mod backup;
pub mod calendar;
mod change_notifier;
mod codec;
mod commit;
mod delivery_failure;
mod error;
mod folder_lock;
pub mod id;
mod ledger;
mod log;
mod partition;
mod pull_failure;
mod read;
mod recover;
mod sealed;
mod snapshot;
mod sql;
mod state;
mod store;
mod table;
mod token_hash;

pub use domain::forecast::ForecastOutcome;
pub use domain::policy::LedgerPolicy;

pub use alert::{Actor, AlertChange, AlertChangeKind};
pub use backup::{BackupFormat, RestoreOnto};
pub use change_notifier::{Change, ChangeNotifier, DeliveryClocks, poll_for_changes, watch_undelivered};
pub use commit::{Commit, Committed, DeadLetter, ReportRow};
pub use delivery_failure::{DeliveryFailure, NotDelivered, NotTaken};
pub use error::{Retry, StoreError};
pub use folder_lock::{FolderLock, FolderLockError};
pub use ledger::{
    AlertRecord, Check, CheckResult, DayMean, DriftEpisode, IncidentDay, LedgerRow, LedgerWeek, MONDAY,
    QuietDistricts, SampleRow,
};
pub use log::{Log, LogOptions, LogRecord, NewRecord, PARTITION, Worked};
pub use partition::{BorderSum, BorderView, Origin, PartitionClaim, PartitionCommit};
pub use pull_failure::PullFailure;
pub use read::balance::Balance;
pub use read::change_poll::ChangeCursor;
pub use read::{MOST, Page, Range};
pub use recover::{PartitionProgress, RecoveredReport};
pub use sealed::SealedCodec;
pub use snapshot::{SNAPSHOT_CHUNK, SnapshotBuilder, SnapshotChunks};
pub use state::{FoundState, StateRows, StateScope};
pub use store::{SchemaVersion, Store};
pub use table::alerts::{
    AlertCount, AlertDetail, AlertFilter, AlertGrounds, AnsweredCondition, CountedDistrict, FurtherIncident,
    GravestIncident, LapsedRequest, ReportedSince, RequestAnswer, RetractedClaim, WithdrawnEarlier,
    counts_districts, ended_before, gives_reasons, incident_of_line, is_by_model, names_incidents,
    people_before, people_then, retracted_claims, stood_of_line, was_of_line, withdrawn_earlier,
};
pub use table::assessments::AssessmentRow;
pub use table::conditions::ConditionRow;
pub use table::daily_counts::{DayClass, DaySeverity, LocalDays};
pub use table::dead_letters::{DeadLetterFilter, DeadLetterRow};
pub use table::deliveries::{
    AddressPlan, AskedSecond, AttemptResult, AwaitedReceipt, CheckFacts, ClaimLane, ClaimTime,
    ClaimedChannels, Delivery, DeliveryAttempt, DeliveryState, DueDelivery, EndingFacts, ExpectedReceipt,
    FallCause, FallFacts, FoldedItem, LateDelivery, MessageDelivery, MessageFacts, MessageFilter,
    MessagePause, NextChannels, ReceiptNews, Recipient, ReopenedFacts, SecondFacts, SoleFeed, TeamMessage,
    UndeliveredPerson,
};
pub use table::feed_activity::FeedActivity;
pub use table::feeds::FeedRow;
pub use table::hindcasts::HindcastRow;
pub use table::imports::{ImportRow, ImportedReport};
pub use table::incidents::IncidentFilter;
pub use table::jobs::{JobEnd, JobLease, JobRow};
pub use table::message_words::MessageWords;
pub use table::outbox::OutboxItem;
pub use table::pulls::{PullRow, PullSource};
pub use table::reports::{ChangedWord, ReportFilter, ReportKey, ReportTopic, StoredReport, ZeroReportPeriod};
pub use table::second_links::{AskedEnd, LinkRequest, RequestFate, SecondLink};
pub use table::table_uploads::TableUpload;
pub use table::users::{Role, Session, User};
pub use table::withheld::WithheldAlert;
pub use token_hash::token_hash;
