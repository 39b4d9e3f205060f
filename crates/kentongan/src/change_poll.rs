//! Live pages of a desk whose workers are other processes: what moved in the store, told as their own worker would.

use std::time::Duration;
use store::{Change, ChangeCursor, ChangeNotifier, Store};
use tokio::sync::watch;

/// How often the store is looked at.
const BEAT: Duration = Duration::from_secs(1);

/// Looks until `stop` is true; also while nobody listens, since a page may open between two looks. The first look
/// tells all there is, for a page may have opened before it.
pub async fn run(store: Store, changes: ChangeNotifier, mut stop: watch::Receiver<bool>) {
    let mut before = ChangeCursor::default();
    loop {
        match store.poll_changes(&before).await {
            Ok(now) => {
                let (alerts, regencies) = now.since(&before);
                for (id, code) in alerts {
                    changes.notify(Change::Alert { id, code });
                }
                for regency in regencies {
                    changes.notify(Change::Picture { regency });
                }
                before = now;
            }
            Err(error) => tracing::debug!(%error, "looking for what moved; pages hear of it later"),
        }
        tokio::select! {
            () = tokio::time::sleep(BEAT) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}
