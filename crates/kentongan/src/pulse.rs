//! Live pages of a desk whose workers are other processes: what moved in the store, told as their own worker would.

use desk::Live;
use std::time::Duration;
use store::{Pulse, Store};
use tokio::sync::{broadcast, watch};

/// How often the store is looked at.
const BEAT: Duration = Duration::from_secs(1);

/// Looks until `stop` is true.
pub async fn run(store: Store, live: broadcast::Sender<Live>, mut stop: watch::Receiver<bool>) {
    let mut before: Option<Pulse> = None;
    loop {
        tokio::select! {
            () = tokio::time::sleep(BEAT) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
        // Nobody listens: what moved meanwhile a page reads when it opens.
        if live.receiver_count() == 0 {
            before = None;
            continue;
        }
        let now = match store.pulse(&before.clone().unwrap_or_default()).await {
            Ok(now) => now,
            Err(error) => {
                tracing::debug!(%error, "looking for what moved; pages hear of it later");
                continue;
            }
        };
        if let Some(before) = &before {
            let (alerts, regencies) = now.since(before);
            // Nobody listening is no failure.
            for (id, code) in alerts {
                let _ = live.send(Live::Alert { id, code });
            }
            for regency in regencies {
                let _ = live.send(Live::Picture { regency });
            }
        }
        before = Some(now);
    }
}
