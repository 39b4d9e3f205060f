//! The loop that drains the outbox: address, claim what is due, try, record.
//!
//! Each delivery runs by itself, with so many at once for each way out ([`lanes`]), so a relay or provider that hangs holds
//! nobody else's message. A claim is a lease in the store: after a crash the delivery is due again when the
//! lease ends, with the same id. So a message arrives at least once, and a receiver can tell a repetition.

use crate::attempt::{Failure, TakenMessage, attempt};
use crate::audience::{next_channel, other_channels, owed, plan};
use crate::backoff;
use crate::channels::{Channel, Channels};
use crate::lanes::{DeliveryLane, ReceiptLane, lanes};
use crate::message::MessageSettings;
use crate::planned::{first_of_each_alert, side_by_side};
use crate::receipts::look_for;
use crate::second_link::LinkKey;
use crate::settings::Settings;
use crate::team::Team;
use backon::{ExponentialBuilder, Retryable};
use domain::kind::{Kind, Level};
use domain::place::{Code, Places};
use domain::time::{SECOND, Time};
use std::collections::BTreeSet;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::{
    AddressPlan, AttemptResult, ClaimLane, ClaimTime, DeliveryFailure, DueDelivery, NextChannels, OutboxItem,
    Recipient, Store, StoreError,
};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

pub type Clock = Arc<dyn Fn() -> Time + Send + Sync>;

/// What the loop works with.
pub struct NotifyState {
    pub store: Store,
    pub team: Arc<Team>,
    pub places: Arc<Places>,
    /// Alerts that opened within this long of each other may be one chain, microseconds.
    pub chain_window: i64,
    pub message_settings: MessageSettings,
    pub settings: Settings,
    pub channels: Channels,
    /// What one-time links are derived from.
    pub link_key: LinkKey,
    /// The service's clock; a scenario's where one plays. Tries are written down by it.
    pub clock: Clock,
    /// The machine's clock: pauses, leases, dates and signatures live in the receivers' time.
    pub wall: Clock,
    pub observe: Arc<dyn Fn(NotifyEvent) + Send + Sync>,
}

/// What happened, for those who count it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum NotifyEvent {
    /// Outbox items not wholly delivered or given up.
    Pending(u64),
    /// People who have not got the newest message about an alert in time, by its level.
    Undelivered([(Level, u64); 3]),
    /// A try that failed; `last` where it was given up.
    Failed { channel: Channel, last: bool },
    /// A provider said what became of a message, or has not said it in time: `delivered`, `read`, `failed` or `missing`.
    Receipt { state: &'static str },
    /// A message was taken, this long after its alert changed (by the service's clock).
    Delivered { channel: Channel, seconds: f64 },
}

/// Outbox items addressed in one round.
const ITEMS: u32 = 64;
/// A lease outlives the try it covers by this much.
const LEASE_SLACK: i64 = 5 * SECOND;
/// Doublings of the pause between rounds while the store cannot be used.
const LONGEST_REST: u32 = 5;
/// How long a stop waits for what is under way; the rest is tried again after the next start.
const STOP_WAIT: Duration = Duration::from_secs(5);

/// Drains the outbox until `shutdown`.
pub async fn run(state: NotifyState, shutdown: impl Future<Output = ()>) {
    let state = Arc::new(state);
    let mut woken = state.store.outbox_woken();
    let mut shutdown = pin!(shutdown);
    let mut trips = JoinSet::new();
    let lanes = lanes(&state.team, state.settings.batch);
    let (mut failures, mut memory) = (0u32, RoundMemory::default());
    loop {
        let is_announced = || woken.has_changed().unwrap_or(false);
        let ended = round(&state, &lanes, &mut trips, (&mut memory, &is_announced)).await;
        if let Err(error) = &ended {
            tracing::error!(%error, "draining the outbox failed; trying again");
        }
        // A store that cannot be used is left alone for longer and longer, also when a commit announces a message.
        failures = if ended.is_ok() { 0 } else { (failures + 1).min(LONGEST_REST) };
        let rest = Duration::from_millis(state.settings.poll_ms << failures);
        tokio::select! {
            () = &mut shutdown => break,
            Ok(()) = woken.changed(), if failures == 0 => {}
            Some(_) = trips.join_next(), if failures == 0 => {}
            () = sleep(rest) => {}
        }
    }
    let finish = async { while trips.join_next().await.is_some() {} };
    if timeout(STOP_WAIT, finish).await.is_err() {
        tracing::warn!(
            left = trips.len(),
            "stopped with messages under way; they are tried again after the next start"
        );
    }
}

/// What one round leaves to the next.
#[derive(Default)]
struct RoundMemory {
    unheard: Unheard,
    /// The last alert of those withheld that was looked at; empty once all were.
    looked_at: String,
    counted_at: Option<Instant>,
}

impl RoundMemory {
    /// Whether what waits is to be counted in this round: that takes longer the more alerts stand, and what a commit announces
    /// meanwhile waits for it. While messages are under way it is done every so often.
    fn counts(&mut self, is_idle: bool, every: Duration) -> bool {
        let counts = is_idle || self.counted_at.is_none_or(|at| at.elapsed() >= every);
        if counts {
            self.counted_at = Some(Instant::now());
        }
        counts
    }
}

/// Where an alert concerned nobody: said once for each regency and kind, or the log would hold little else.
#[derive(Default)]
struct Unheard(BTreeSet<(Code, Kind)>);

impl Unheard {
    /// Whether this is worth a warning: somebody is in the team, should have heard of this for the first time, and nothing
    /// was said of the like yet. That the team is empty is said at the start.
    fn warns(&mut self, team: &Team, item: &OutboxItem) -> bool {
        let news = item.change.is_rise() || item.change.is_check();
        news && !team.members().is_empty() && self.0.insert((item.code.regency(), item.kind))
    }
}

async fn round(
    state: &Arc<NotifyState>,
    lanes: &[DeliveryLane],
    trips: &mut JoinSet<()>,
    (memory, is_announced): (&mut RoundMemory, &(dyn Fn() -> bool + Sync)),
) -> Result<(), StoreError> {
    let addressed = address_and_send(state, lanes, trips).await?;
    if release_withheld(state, &mut memory.looked_at, is_announced).await? | further_channels(state).await? {
        send_due(state, &[], lanes, trips).await?;
    }
    for (item, plan) in &addressed {
        log_recipients(item, plan, state, &mut memory.unheard);
    }
    for lane in lanes {
        if let Some(receipts) = &lane.receipts {
            look_for_receipts(state, (lane, receipts), trips).await?;
        }
    }
    if memory.counts(trips.is_empty(), Duration::from_millis(state.settings.poll_ms)) {
        (state.observe)(NotifyEvent::Pending(state.store.outbox_pending().await?));
        (state.observe)(NotifyEvent::Undelivered(undelivered(state).await?));
    }
    Ok(())
}

/// Addresses what waits and takes what is due. Nothing goes out before what is newer about its alert is addressed too, since that
/// may take its place.
async fn address_and_send(
    state: &Arc<NotifyState>,
    lanes: &[DeliveryLane],
    trips: &mut JoinSet<()>,
) -> Result<Vec<(OutboxItem, AddressPlan)>, StoreError> {
    let mut addressed = Vec::new();
    loop {
        let (planned, newer) = planned(state).await?;
        let waits = newer && addressed.len() < ITEMS as usize;
        send_due(state, &planned, if waits { &[] } else { lanes }, trips).await?;
        addressed.extend(planned);
        if !waits {
            return Ok(addressed);
        }
    }
}

/// What is to be addressed next, to whom it goes, and whether there is something newer about one of its alerts.
async fn planned(state: &Arc<NotifyState>) -> Result<(Vec<(OutboxItem, AddressPlan)>, bool), StoreError> {
    let (items, newer) = first_of_each_alert(state.store.unaddressed(ITEMS).await?);
    let plan = |item: OutboxItem| {
        let state = Arc::clone(state);
        async move {
            let plan = plan(&state, &item).await?;
            Ok((item, plan))
        }
    };
    Ok((side_by_side(items, plan).await?, newer))
}

fn log_recipients(item: &OutboxItem, plan: &AddressPlan, state: &NotifyState, unheard: &mut Unheard) {
    let (alert, what) = (&item.alert, item.change.as_str());
    match plan.to.len() {
        0 if unheard.warns(&state.team, item) => {
            let (regency, kind, level) = (item.code.regency(), item.kind, item.level);
            tracing::warn!(%alert, %regency, %kind, %level, "an alert concerns nobody in the team, so nobody is notified; look at areas and [team.notified] in files.team (further ones of this regency and kind are not logged)");
        }
        0 => tracing::debug!(%alert, what, "an alert concerns nobody in the team; nobody is notified"),
        recipients => tracing::info!(%alert, what, recipients, "message queued"),
    }
}

/// Addresses what was planned and takes as many messages of each lane as it has hands for.
async fn send_due(
    state: &Arc<NotifyState>,
    planned: &[(OutboxItem, AddressPlan)],
    lanes: &[DeliveryLane],
    trips: &mut JoinSet<()>,
) -> Result<(), StoreError> {
    let free: Vec<&DeliveryLane> = lanes.iter().filter(|lane| lane.slots.available_permits() > 0).collect();
    let claims: Vec<ClaimLane<'_>> = free
        .iter()
        .map(|lane| ClaimLane { channels: &lane.channels, limit: lane.slots.available_permits() as u32 })
        .collect();
    let (now, lease) = lease(state);
    let time = ClaimTime { at: (state.clock)(), now, lease };
    let taken = state.store.address_and_claim(planned, &claims, time).await?;
    for (lane, deliveries) in free.into_iter().zip(taken) {
        for delivery in deliveries {
            let slot = Arc::clone(&lane.slots).try_acquire_owned();
            let state = Arc::clone(state);
            trips.spawn(async move {
                let _slot = slot; // held until the try is recorded
                trip(&state, Channel::of_key(&delivery.to.channel), &delivery).await;
            });
        }
    }
    Ok(())
}

/// Looks for as many receipts of a provider as there are hands for.
async fn look_for_receipts(
    state: &Arc<NotifyState>,
    (lane, receipts): (&DeliveryLane, &ReceiptLane),
    trips: &mut JoinSet<()>,
) -> Result<(), StoreError> {
    let free = receipts.slots.available_permits();
    if free == 0 {
        return Ok(());
    }
    let (now, lease) = lease(state);
    for awaited in state.store.claim_receipts(&lane.channels, now, lease, free as u32).await? {
        let slot = Arc::clone(&receipts.slots).try_acquire_owned();
        let (state, gateway) = (Arc::clone(state), Arc::clone(&receipts.gateway));
        trips.spawn(async move {
            let _slot = slot;
            look_for(&state, &gateway, &awaited).await;
        });
    }
    Ok(())
}

/// Now, and until when nobody else takes what is taken now.
fn lease(state: &NotifyState) -> (Time, Time) {
    let now = (state.wall)();
    (now, now.plus(i64::from(state.settings.timeout_seconds) * SECOND + LEASE_SLACK))
}

/// Who was not notified of an alert because one source alone spoke for it hears of it as soon as another does. A round looks at
/// a handful, or at one where something new is announced, and the next one at those that follow. True where something was queued.
async fn release_withheld(
    state: &NotifyState,
    looked_at: &mut String,
    is_announced: &(dyn Fn() -> bool + Sync),
) -> Result<bool, StoreError> {
    let withheld = state.store.withheld_alerts(looked_at).await?;
    looked_at.clear();
    let mut queued = false;
    for withheld in withheld {
        let is_last = is_announced();
        looked_at.clone_from(&withheld.alert.id);
        if let Some(plan) = owed(state, &withheld).await? {
            let released = state.store.release_withheld(&withheld.alert, &plan, (state.clock)()).await?;
            let (alert, recipients) = (&withheld.alert.id, plan.to.len());
            if released && recipients > 0 {
                queued = true;
                tracing::info!(%alert, recipients, "it rests on one source's word alone no more: message queued for those who were not notified");
            }
        }
        if is_last {
            break;
        }
    }
    Ok(queued)
}

/// Where a message was not handed over in time, the person's next channel is tried too, whatever the retries do. True where
/// something was queued.
async fn further_channels(state: &NotifyState) -> Result<bool, StoreError> {
    let mut queued = false;
    let now = (state.wall)();
    for late in state.store.late_deliveries(now).await? {
        let Some(member) = state.team.find(&late.person) else { continue };
        let Some(channel) = next_channel(member, |key| late.tried.contains(key)) else { continue };
        let (alert, person) = (&late.item.alert, &late.person);
        tracing::warn!(%alert, %person, channel, "message not handed over in time; trying the next channel");
        let to = Recipient { person: late.person.clone(), channel: channel.to_owned() };
        state.store.try_channel(&late.item, &to, now, (state.clock)()).await?;
        queued = true;
    }
    Ok(queued)
}

/// How many people have not got the newest message in time, by level.
async fn undelivered(state: &NotifyState) -> Result<[(Level, u64); 3], StoreError> {
    let now = (state.wall)();
    let people = state.store.undelivered((state.clock)()).await?;
    let late =
        |level: Level| people.iter().filter(|one| one.level == level && one.is_late(now)).count() as u64;
    Ok(Level::WARNINGS.map(|level| (level, late(level))))
}

async fn trip(state: &NotifyState, channel: Channel, due: &DueDelivery) {
    let limit = state.settings.timeout();
    let result = timeout(limit, attempt(state, due))
        .await
        .unwrap_or(Err(Failure::later(DeliveryFailure::NoAnswer(limit.as_secs()))));
    let (tried, seen) = judge(state, channel, due, result);
    let answers = matches!(tried, AttemptResult::Sent { .. });
    record(state, due, tried).await;
    if answers && let Err(error) = wake_others(state, channel, due).await {
        tracing::error!(%error, "what waits for the same server is tried by its own pauses");
    }
    if let Some(seen) = seen {
        (state.observe)(seen);
    }
}

/// A server that answered one message answers the others: what waits because it did not answer before is due at once, and what a
/// mail server did not take for the same person before.
async fn wake_others(state: &NotifyState, channel: Channel, due: &DueDelivery) -> Result<(), StoreError> {
    let server = |to: &Recipient| Some(state.team.find(&to.person)?.address(&to.channel)?.server());
    let now = (state.wall)();
    let waiting = state.store.unanswered(now).await?;
    let same =
        waiting.into_iter().filter(|(_, to)| server(to).is_some_and(|other| Some(other) == server(&due.to)));
    let mut deliveries: Vec<i64> = same.map(|(delivery, _)| delivery).collect();
    if channel == Channel::Email {
        deliveries.extend(state.store.refused_before(now, &due.to).await?);
    }
    if deliveries.is_empty() {
        return Ok(());
    }
    tracing::info!(waiting = deliveries.len(), "the server answers again; what waits for it is tried now");
    state.store.try_now(&deliveries, now).await
}

/// What follows from a try, in the store and for the counters.
fn judge(
    state: &NotifyState,
    channel: Channel,
    due: &DueDelivery,
    result: Result<TakenMessage, Failure>,
) -> (AttemptResult, Option<NotifyEvent>) {
    let (alert, person) = (&due.item.alert, &due.to.person);
    let tries = due.tries + 1;
    let (error, pause) = match result {
        Ok(TakenMessage { answer, receipt, carried }) => {
            let seconds = (state.clock)().since(due.item.at).max(0) as f64 / SECOND as f64;
            tracing::info!(%alert, %person, channel = channel.as_str(), tries, answer, "message sent");
            let seen = NotifyEvent::Delivered { channel, seconds };
            return (AttemptResult::Sent { at: (state.wall)(), receipt, carried }, Some(seen));
        }
        Err(Failure::Never(error @ DeliveryFailure::NothingToCheck)) => {
            tracing::info!(%person, "what was to be looked into is settled; nobody is asked");
            return (AttemptResult::GivenUp { error, next: None }, None);
        }
        Err(Failure::Never(error @ DeliveryFailure::TakenBack)) => {
            tracing::info!(%alert, %person, "what it was to say is taken back; nothing is sent");
            return (AttemptResult::GivenUp { error, next: None }, None);
        }
        Err(Failure::Never(error)) => (error, None),
        Err(Failure::Later { failure, wait }) => {
            let late = (state.wall)().since(due.due_at);
            (failure, backoff::pause(&state.settings, (due.id, due.item.level), tries, late, wait))
        }
    };
    let seen = NotifyEvent::Failed { channel, last: pause.is_none() };
    let Some(pause) = pause else {
        tracing::error!(%alert, %person, channel = channel.as_str(), tries, %error, "message given up; tell the person another way");
        let next = NextChannels { channels: other_channels(&state.team, &due.to), due_at: (state.wall)() };
        return (AttemptResult::GivenUp { error, next: Some(next) }, Some(seen));
    };
    let now = (state.wall)();
    let next_try_at = now.plus(pause);
    if error.is_refusal() {
        tracing::warn!(%alert, %person, channel = channel.as_str(), tries, %error, "message refused; trying the person's next channel now and this one again later");
        let next = NextChannels { channels: other_channels(&state.team, &due.to), due_at: now };
        return (AttemptResult::Refused { error, next_try_at, next }, Some(seen));
    }
    tracing::warn!(%alert, %person, channel = channel.as_str(), tries, %error, "message not sent; trying again later");
    (AttemptResult::Later { error, next_try_at }, Some(seen))
}

/// Writes the try down. Where the store cannot, the lease ends and the message goes out once more.
async fn record(state: &NotifyState, due: &DueDelivery, tried: AttemptResult) {
    let pace = ExponentialBuilder::new().with_min_delay(Duration::from_millis(200)).with_max_times(4);
    let kept = (|| state.store.record_delivery(due, tried.clone(), (state.clock)())).retry(pace).await;
    if let Err(error) = kept {
        tracing::error!(%error, delivery = due.id, "recording a try failed; the message may go out twice");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::alert::notice::AlertChangeKind;

    #[test]
    fn what_waits_is_counted_when_nothing_is_under_way_and_every_so_often_else() {
        let (hour, mut memory) = (Duration::from_secs(3_600), RoundMemory::default());
        assert!(memory.counts(false, hour), "nothing was counted yet");
        assert!(!memory.counts(false, hour), "messages under way wait for no count");
        assert!(memory.counts(true, hour));
        assert!(!memory.counts(false, hour));
        assert!(memory.counts(false, Duration::ZERO), "nor does a count wait for ever for a lull");
    }

    #[test]
    fn an_alert_without_recipients_is_logged_once_for_a_regency_and_kind() {
        const ROSTER: &str = r#"
            version = "1"
            [[team]]
            regency = "16.13"
            name = "Tim"
            [team.notified]
            awas.disaster = ["camat"]
            [[team.member]]
            id = "camat"
            role = "Camat"
            office = "camat"
            areas = ["16.13.04"]
            channels = [{ kind = "email", to = "a@x.example" }]
        "#;
        let team = Team::parse(ROSTER, &|_| None).unwrap();
        let item = |change, code, kind| OutboxItem {
            id: 1,
            alert: String::from("x"),
            version: 1,
            change,
            code: Code(code),
            kind,
            level: Level::Siaga,
            at: Time(0),
        };
        let mut unheard = Unheard::default();
        let mut warns = |item: OutboxItem| unheard.warns(&team, &item);
        assert!(!warns(item(AlertChangeKind::Changed, 161304, Kind::Disaster)), "an act notifies nobody");
        assert!(
            !warns(item(AlertChangeKind::Lowered, 161304, Kind::Disaster)),
            "nobody had been notified of the rise"
        );
        assert!(warns(item(AlertChangeKind::Opened, 161304, Kind::Disaster)));
        assert!(!warns(item(AlertChangeKind::Risen, 161305, Kind::Disaster)), "the same regency and kind");
        assert!(warns(item(AlertChangeKind::Opened, 161304, Kind::ResidentCompany)));
        assert!(warns(item(AlertChangeKind::Opened, 610201, Kind::Disaster)));
        assert!(
            !Unheard::default()
                .warns(&Team::default(), &item(AlertChangeKind::Opened, 161304, Kind::Disaster))
        );
    }
}
