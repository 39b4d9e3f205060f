//! Change notification: who commits says what changed, open pages of the same process hear it.

use crate::error::StoreError;
use crate::read::change_poll::ChangeCursor;
use crate::store::Store;
use domain::place::Code;
use domain::time::Time;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::{broadcast, watch};

/// What a commit or a person's act changed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Change {
    /// An alert was opened, moved or ended.
    Alert { id: String, code: Code },
    /// Risks, conditions or reports of a regency changed.
    Picture { regency: Code },
}

impl Change {
    /// The place the change concerns.
    pub const fn code(&self) -> Code {
        match self {
            Change::Alert { code, .. } => *code,
            Change::Picture { regency } => *regency,
        }
    }
}

/// Broadcasts changes after they can be read. Its position says how old a page is: a page carries the position from
/// before it was read, so that no change falls between its reading and its listening. Clones share one broadcast.
#[derive(Clone, Debug)]
pub struct ChangeNotifier {
    sender: broadcast::Sender<(u64, Change)>,
    count: Arc<AtomicU64>,
    /// Tells positions of this process from those of another, or of its own past.
    started: u128,
}

impl ChangeNotifier {
    /// `queue`: how many changes a slow listener may lag behind before it misses some.
    pub fn new(queue: usize) -> ChangeNotifier {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        ChangeNotifier {
            sender: broadcast::Sender::new(queue),
            count: Arc::default(),
            started: since.as_nanos(),
        }
    }

    /// To be called once the change can be read. It is counted before it is sent: who listens between the two looks once
    /// too often, never once too few.
    pub fn notify(&self, change: Change) {
        let number = self.count.fetch_add(1, Ordering::SeqCst) + 1;
        // Nobody listening is no failure.
        let _ = self.sender.send((number, change));
    }

    /// Changes from now on, each with its number.
    pub fn subscribe(&self) -> broadcast::Receiver<(u64, Change)> {
        self.sender.subscribe()
    }

    /// The position after the newest change; opaque.
    pub fn position(&self) -> String {
        self.position_of(self.count.load(Ordering::SeqCst))
    }

    /// The position after the change with this number; opaque.
    pub fn position_of(&self, number: u64) -> String {
        format!("{:x}-{number:x}", self.started)
    }
}

/// How often it is looked who has not got a message in time: often enough that an open page shows it within a minute.
const LATE_POLL: Duration = Duration::from_secs(5);

/// The service's clock, by which alerts change, and the machine's, by which messages are late.
#[derive(Clone)]
pub struct DeliveryClocks {
    pub service: Arc<dyn Fn() -> Time + Send + Sync>,
    pub machine: Arc<dyn Fn() -> Time + Send + Sync>,
}

/// Notifies open pages, until `stop` is true, where who has not got a message in time, or of what nobody was to get one, became
/// another: no commit says so.
pub async fn watch_undelivered(
    store: Store,
    changes: ChangeNotifier,
    clocks: DeliveryClocks,
    mut stop: watch::Receiver<bool>,
) {
    let mut before = BTreeSet::new();
    loop {
        match who_has_no_message(&store, &clocks).await {
            Ok(late) => {
                let moved: BTreeSet<Code> =
                    late.symmetric_difference(&before).map(|(regency, ..)| *regency).collect();
                for regency in moved {
                    changes.notify(Change::Picture { regency });
                }
                before = late;
            }
            Err(error) => tracing::debug!(%error, "looking for late messages; pages show them later"),
        }
        tokio::select! {
            () = tokio::time::sleep(LATE_POLL) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}

/// The regency, the alert and the person of each message that is late; no person where nobody was to be notified.
async fn who_has_no_message(
    store: &Store,
    clocks: &DeliveryClocks,
) -> Result<BTreeSet<(Code, String, String)>, StoreError> {
    let (now, service_now) = ((clocks.machine)(), (clocks.service)());
    let people = store.undelivered(service_now).await?;
    let late = people.into_iter().filter(|person| person.is_late(now));
    let late = late.map(|person| (person.code.regency(), person.alert, person.person));
    let unnotified = store.unnotified_alerts().await?.into_iter().map(|alert| (alert.code, alert.id));
    let unasked = store.unasked_questions(service_now).await?.into_iter().map(|item| (item.code, item.alert));
    let nobody = unnotified.chain(unasked).map(|(code, alert)| (code.regency(), alert, String::new()));
    Ok(late.chain(nobody).collect())
}

/// How often the store is looked at.
const POLL: Duration = Duration::from_secs(1);

/// Notifies a process of what other processes changed, until `stop` is true: also while nobody listens, since a page may
/// open between two looks. The first look notifies of everything, for a page may have opened before it.
pub async fn poll_for_changes(store: Store, changes: ChangeNotifier, mut stop: watch::Receiver<bool>) {
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
            Err(error) => tracing::debug!(%error, "looking for changes; pages hear of them later"),
        }
        tokio::select! {
            () = tokio::time::sleep(POLL) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}
