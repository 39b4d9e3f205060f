//! Counts days that have ended, for the pages of whole regencies.

use crate::worker::Clock;
use std::time::Duration;
use store::Store;
use tokio::sync::watch;

/// How often days that late reports touched are counted anew; until then their rows are.
const EVERY: Duration = Duration::from_secs(300);
/// Days counted while commits wait: some tens of milliseconds.
const TOGETHER: u32 = 8;
/// Rest between two of these, so that commits go on where many wait.
const REST: Duration = Duration::from_millis(100);

/// Works until `stop` is true.
pub async fn run(store: Store, clock: Clock, mut stop: watch::Receiver<bool>) {
    loop {
        let rest = match store.close_days(clock(), TOGETHER).await {
            Ok(closed) if closed == TOGETHER as usize => REST,
            Ok(_) => EVERY,
            Err(error) => {
                tracing::warn!(%error, "counting days that have ended; pages count their rows until the next try");
                EVERY
            }
        };
        tokio::select! {
            () = tokio::time::sleep(rest) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}
