//! Counts days that have ended, for the pages of whole regencies.

use crate::worker_context::Clock;
use std::time::Duration;
use store::{Store, StoreError};
use tokio::sync::watch;

/// How often days that late reports touched are counted anew; until then their rows are.
const EVERY: Duration = Duration::from_secs(300);
/// Days counted together, some milliseconds each, and the rest after them: commits need the database more.
const TOGETHER: u32 = 4;
const REST: Duration = Duration::from_millis(250);

/// Works until `stop` is true.
pub async fn run(store: Store, clock: Clock, mut stop: watch::Receiver<bool>) {
    // Tells our marks from another process's.
    let mark = jiff::Timestamp::now().as_microsecond() << 10 | i64::from(std::process::id()) & 1023 | 1;
    let (mut begun, mut rest) = (false, EVERY);
    loop {
        // Not at once: a start has more urgent work.
        tokio::select! {
            () = tokio::time::sleep(rest) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
        let done = tokio::select! {
            done = some(&store, &clock, mark, &mut begun) => done,
            _ = stop.wait_for(|stop| *stop) => return,
        };
        rest = match done {
            Ok(true) => REST,
            Ok(false) => EVERY,
            Err(error) => {
                tracing::warn!(%error, "counting days that have ended; pages count their rows until the next try");
                EVERY
            }
        };
    }
}

/// True where more may be left.
async fn some(store: &Store, clock: &Clock, mark: i64, begun: &mut bool) -> Result<bool, StoreError> {
    if !*begun {
        store.end_closing().await?;
        *begun = true;
    }
    let Some(closing) = store.begin_closing(clock(), mark, TOGETHER).await? else { return Ok(false) };
    while store.close_days(closing).await?.is_none() {
        tokio::time::sleep(REST).await;
    }
    Ok(true)
}
