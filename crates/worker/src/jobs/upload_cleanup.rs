//! Forgets files of tables a day after they were sent, and what is known of them after a season.

use super::{Job, JobResult};
use domain::time::{DAY, HOUR, Time};
use store::Store;

/// How long a file is kept: it may name people, and who sent it has it.
const FILE_FOR: i64 = DAY;
/// How long what was taken of a file can be taken back as one.
const KNOWN_FOR: i64 = 92 * DAY;

/// Deletes files that were sent to be looked over.
pub struct UploadCleanup(pub Store);

impl Job for UploadCleanup {
    fn name(&self) -> &'static str {
        "upload_cleanup"
    }

    fn every(&self) -> i64 {
        HOUR
    }

    fn run(&self, now: Time) -> JobResult<'_> {
        Box::pin(async move {
            let (files, known) = (now.plus(-FILE_FOR), now.plus(-KNOWN_FOR));
            let forgotten = self.0.forget_uploaded_files(files, known).await;
            forgotten.map(drop).map_err(|error| error.to_string())
        })
    }
}
