//! The embedded log and the state store, both through sqlx's `Any` driver.
//!
//! # The log
//! [`Log::open`] · [`Log::append`] (offsets once they are synced; group commit) · [`Log::read`] · [`Log::newest`]
//!
//! # The state
//! [`Store::open`] takes a path, a `sqlite:` or a `postgres:` URL; a [`Store`] is cheap to clone.
//!
//! * Worker: [`Store::recover`], [`Store::each_report_in`], [`Store::memory`], then [`Store::commit`] for each batch.
//!   A [`Commit`] is kept as a whole or not at all; where the partition's offset moved meanwhile it is [`StoreError::Fenced`].
//! * Several workers: [`Store::claim`] takes a partition over, a [`Share`] fences its commits;
//!   [`Store::memory_of`], [`Store::complete_to`], [`Store::borders`]; what is said to others:
//!   [`Store::assessed_since`], [`Store::unpublished_alerts`], [`Store::published_alert`]; what concerns another's
//!   regency: [`Store::exchange`], [`Store::guests`].
//! * People's acts: [`Store::act`] (a [`domain::alert::Refusal`] is a value, not an error).
//! * Picture: [`Store::assessments`], [`Store::risks`], [`Store::assessment_series`], [`Store::conditions`], [`Store::alerts`], [`Store::alert`],
//!   [`Store::incidents`], [`Store::incident`], [`Store::reports`], [`Store::report`], [`Store::incident_reports`],
//!   [`Store::daily_incidents`], [`Store::daily_reports`], [`Store::zero_reports`], [`Store::heard`], [`Store::balance`],
//!   [`Store::dead_letters`], [`Store::dead_letter`], [`Store::alert_counts`].
//! * Pages of another process than the worker's: [`Store::pulse`], [`Store::judged_until`].
//! * Feeds, users, sessions, identities: [`Store::put_feed`], [`Store::pause_feed`], [`Store::feeds`], [`Store::feed_by_token`], [`Store::put_user`],
//!   [`Store::user`], [`Store::users`], [`Store::open_session`], [`Store::session`], [`Store::close_session`], [`Store::seal_identity`].
//! * Outbox: [`Store::outbox_pending`], [`Store::outbox_woken`], [`Store::alert_deliveries`]; to people:
//!   [`Store::unaddressed`], [`Store::told`], [`Store::address`], [`Store::claim_deliveries`],
//!   [`Store::record_delivery`], [`Store::alert_tries`], [`Store::item_facts`].
//! * Ledger: kept by [`Store::commit`] where [`Commit::ledger`] says how; read by [`Store::ledger`], [`Store::alert_record`],
//!   [`Store::input_means`], [`Store::samples`]; answered by [`Store::check_sample`], [`Store::verifier_saw`].
//!
//! * Care: [`Store::backup`], [`Store::restore`], [`Store::version`].
//!
//! Lists come as a [`Page`]; its `next` is the cursor of the page after it.
//! An empty list of codes in a filter means everywhere; a regency's code means all its districts too.
#![forbid(unsafe_code)]

mod across;
mod alert;
mod backup;
mod change_notifier;
mod codec;
mod commit;
mod daily_counts;
mod delivery;
mod error;
pub mod id;
mod jobs;
mod ledger;
mod log;
mod outbox;
mod partition;
mod people;
mod read;
mod recover;
mod snapshot;
mod sql;
mod store;

pub use across::Guest;
pub use alert::{Actor, AlertChange, AlertChangeKind, AlertDetail};
pub use backup::RestoreOnto;
pub use change_notifier::{Change, ChangeNotifier, poll_for_changes};
pub use commit::{Commit, Committed, DeadLetter, ReportRow};
pub use daily_counts::ClosingDays;
pub use delivery::{AttemptResult, DeliveryAttempt, DueDelivery, MessageFacts, Recipient};
pub use error::{Retry, StoreError};
pub use jobs::{JobEnd, JobLease, JobRow};
pub use ledger::{
    AlertRecord, Check, CheckResult, DayMean, ForecastOutcome, LedgerPolicy, LedgerRow, MONDAY, SampleRow,
};
pub use log::{Log, LogOptions, LogRecord, NewRecord, PARTITION};
pub use outbox::{Delivery, DeliveryState, OutboxItem};
pub use partition::{BorderSum, BorderView, Origin, PartitionClaim, PartitionCommit};
pub use people::{FeedRow, Role, Session, User};
pub use read::alerts::{AlertCount, AlertFilter};
pub use read::assessments::{AssessmentRow, ConditionRow};
pub use read::change_poll::ChangeCursor;
pub use read::daily_counts::{DayClass, DaySeverity, LocalDays};
pub use read::feeds::{Balance, Coverage, DeadLetterFilter, DeadLetterRow, Heard};
pub use read::incidents::IncidentFilter;
pub use read::reports::{ReportFilter, ReportView};
pub use read::{Page, Range};
pub use recover::{PartitionProgress, RecoveredReport};
pub use snapshot::{SnapshotBuilder, SnapshotChunks};
pub use store::Store;
