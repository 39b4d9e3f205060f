//! What the driver asks of a log: the next records, a fence for each commit, and what follows a commit.

use domain::place::Code;
use domain::time::{Hour, Time};
use formats::record_stamp::RecordOrigin;
use intake::kafka::ConsumedRecord;
use std::future::Future;
use store::{BorderSum, Commit, PartitionCommit, StoreError};

/// What waiting for the log brought.
pub enum LogEvent {
    /// Records in the order of the log, one at least.
    Records(Vec<ConsumedRecord>),
    /// The log's end for now: every record received before this instant was handed over.
    End { complete_before: Time },
    /// Nothing yet, and the end is not known to be reached.
    Nothing,
    /// No record will come any more.
    Closed,
}

/// What a commit tells the partitions around it, and whose it is.
pub struct SharedProgress {
    /// Every record received before this hour is in.
    pub complete_to: Hour,
    /// Effective received time after the commit.
    pub clock: Time,
    pub borders: Vec<BorderSum>,
    pub regencies: Vec<Code>,
}

/// One partition of a log. The driver calls [`RecordLog::next`], applies what it brought, asks for [`RecordLog::fence`]
/// before each commit and tells [`RecordLog::committed`] after it; [`RecordLog::after_event`] ends each round.
pub trait RecordLog: Send {
    /// Waits for records at `offset` and later, `most` of them at most. A call that is dropped loses nothing that a start would not read again.
    fn next(&mut self, offset: i64, most: usize)
    -> impl Future<Output = Result<LogEvent, StoreError>> + Send;

    /// Whether a record came before under another offset.
    fn is_repeated(&self, origin: &RecordOrigin) -> bool;

    /// Remembers the origin of a record that is in the next commit; never earlier, for a commit before it would tell
    /// those who start after a crash that the record is in.
    fn remember(&mut self, origin: RecordOrigin);

    /// What fences the next commit against other owners; `None` where this process is the only one.
    fn fence(&mut self, progress: SharedProgress) -> Option<PartitionCommit>;

    /// Follows a commit that is kept.
    fn committed(&mut self, commit: &Commit) -> impl Future<Output = ()> + Send;

    /// Ends a round; `at_end` after [`LogEvent::End`].
    fn after_event(&mut self, clock: Time, at_end: bool) -> impl Future<Output = ()> + Send;
}
