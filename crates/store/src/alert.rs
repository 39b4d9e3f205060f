//! An alert in the store: loaded, moved by `domain::alert` and written back under its version,
//! with its history line and, where the team must hear of it, its outbox row.

mod regency;

pub(crate) use regency::RegencyMove;

use crate::error::StoreError;
use crate::sql::Connection;
use crate::store::{Store, in_transaction};
use crate::table::alerts::{self, ActContext};
use crate::table::deliveries;
use crate::table::outbox::OutboxQueue;
use crate::table::request_lapses;
use async_recursion::async_recursion as boxed;
pub use domain::alert::notice::AlertChangeKind;
use domain::alert::{Act, ActRefusal, Alert, AlertOutcome, transition};
use domain::time::Time;

/// An alert that a commit or an act changed.
#[derive(Clone, PartialEq, Debug)]
pub struct AlertChange {
    pub alert: Alert,
    pub change: AlertChangeKind,
    /// True where an outbox row was written.
    pub notifies: bool,
}

impl Store {
    /// A person's act on an alert, as of the version they saw. A refusal changes nothing.
    /// `None` where there is no such alert.
    ///
    /// # Errors
    /// Where the store cannot be written. What the rules refuse is a value, not an error.
    #[boxed]
    pub async fn act<'a>(
        &'a self,
        id: &'a str,
        act: Act,
        seen: u32,
        by: Actor<'a>,
    ) -> Result<Option<Result<Alert, ActRefusal>>, StoreError> {
        let context = ActContext::by_person(by);
        let done = in_transaction!(self, tx => try_act(&mut tx, id, &act, seen, &context).await)?;
        if let Some(Ok(change)) = &done
            && change.notifies
        {
            self.wake_outbox();
        }
        Ok(done.map(|done| done.map(|change| change.alert)))
    }

    /// Sends the newest message about an alert again to those of `people` who have not got it, by every channel that has
    /// not handed it over, and keeps in the history who did so. `now` is the machine's clock. `None` where there is no
    /// such alert.
    ///
    /// # Errors
    /// Where the store cannot be written. That nobody waits for it is a value, not an error.
    #[boxed]
    pub async fn send_again<'a>(
        &'a self,
        id: &'a str,
        people: &'a [String],
        now: Time,
        by: Actor<'a>,
    ) -> Result<Option<Result<Alert, ActRefusal>>, StoreError> {
        let context = ActContext::by_person(by);
        let done = in_transaction!(self, tx => try_again(&mut tx, id, people, now, &context).await)?;
        if let Some(Ok(_)) = &done {
            self.wake_outbox();
        }
        Ok(done)
    }
}

impl Store {
    /// Notes in the history of live alerts which requests lapsed by `now` because no second person joined them: to end the
    /// alert, and those of single records. Gives the alerts that it changed; a second call changes nothing.
    ///
    /// # Errors
    /// Where the store cannot be read or written.
    #[boxed]
    pub async fn lapse_requests(&self, now: Time) -> Result<Vec<Alert>, StoreError> {
        let mut changed = Vec::new();
        for (id, act) in request_lapses::lapsed(self, now).await? {
            let done = in_transaction!(self, tx => request_lapses::note(&mut tx, &id, &act, now).await)?;
            changed.extend(done);
        }
        if !changed.is_empty() {
            self.wake_outbox(); // who asked hears of it
        }
        Ok(changed)
    }
}

/// The person behind an act.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Actor<'a> {
    /// Account name.
    pub name: &'a str,
    /// Why; may be empty where the act needs no reason.
    pub reason: &'a str,
    pub at: Time,
}

async fn try_act(
    tx: &mut Connection<'_>,
    id: &str,
    act: &Act,
    seen: u32,
    context: &ActContext<'_>,
) -> Result<Option<Result<AlertChange, ActRefusal>>, StoreError> {
    let Some(alert) = alerts::by_id(tx, id).await? else { return Ok(None) };
    let same = seen < alert.version && alerts::only_noted_since(tx, id, seen).await?;
    let seen = if same { alert.version } else { seen };
    match transition(&alert, act, Some(seen), context.reason, context.at) {
        Err(refusal) => Ok(Some(Err(refusal))),
        Ok(next) => {
            let change = advance_by_person(tx, &alert, next, act, context).await?;
            Ok(Some(Ok(change)))
        }
    }
}

/// Writes the alert after a person's act, by which it may have ended, and what follows from that: the alert of its regency, what the
/// team must hear of, and the ledger's second look where harm was averted.
pub(crate) async fn advance_by_person(
    tx: &mut Connection<'_>,
    before: &Alert,
    next: Alert,
    act: &Act,
    context: &ActContext<'_>,
) -> Result<AlertChange, StoreError> {
    let mut outbox = OutboxQueue::default();
    let mut change = advance(tx, before, next, act, context, &mut outbox).await?;
    let regency = regency::after_end(tx, &change.alert, context.at, &mut outbox).await?;
    change.notifies |= regency.is_some_and(|regency| regency.notifies);
    outbox.write(tx).await?;
    if change.alert.outcome == Some(AlertOutcome::Averted) {
        crate::ledger::note_alert_recheck(tx, &change.alert).await?;
    }
    Ok(change)
}

async fn try_again(
    tx: &mut Connection<'_>,
    id: &str,
    people: &[String],
    now: Time,
    context: &ActContext<'_>,
) -> Result<Option<Result<Alert, ActRefusal>>, StoreError> {
    let Some(alert) = alerts::by_id(tx, id).await? else { return Ok(None) };
    let mut queued = Vec::new();
    for person in people {
        if deliveries::queue_again(tx, (id, alert.level), person, now).await? {
            queued.push(person.clone());
        }
    }
    let act = Act::SendAgain { people: queued };
    match transition(&alert, &act, None, context.reason, context.at) {
        Err(refusal) => Ok(Some(Err(refusal))),
        Ok(next) => {
            let mut outbox = OutboxQueue::default();
            let change = advance(tx, &alert, next, &act, context, &mut outbox).await?;
            outbox.write(tx).await?;
            Ok(Some(Ok(change.alert)))
        }
    }
}

/// Writes a new alert with its first history line and outbox row.
pub(crate) async fn insert(
    tx: &mut Connection<'_>,
    alert: Alert,
    act: &Act,
    context: &ActContext<'_>,
    outbox: &mut OutboxQueue,
) -> Result<AlertChange, StoreError> {
    alerts::insert(tx, &alert, act, context).await?;
    outbox.add(&alert, AlertChangeKind::Opened, context.at);
    Ok(AlertChange { alert, change: AlertChangeKind::Opened, notifies: true })
}

/// Writes the alert after a transition, and its outbox row where the team must hear of it.
pub(crate) async fn advance(
    tx: &mut Connection<'_>,
    before: &Alert,
    next: Alert,
    act: &Act,
    context: &ActContext<'_>,
    outbox: &mut OutboxQueue,
) -> Result<AlertChange, StoreError> {
    alerts::update(tx, before, &next, act, context).await?;
    let change = AlertChangeKind::of(before, &next, act);
    let notifies = change.notifies();
    let is_news = matches!(change, AlertChangeKind::RequestDropped | AlertChangeKind::RequestLapsed);
    let is_void = before.drops_request(&next) || before.replaced_request(&next, context.at).is_some();
    if !is_news && is_void {
        // Before the news itself, which is the newest message then.
        outbox.add(&next, AlertChangeKind::RequestDropped, context.at);
    }
    if notifies {
        outbox.add(&next, change, context.at);
    }
    Ok(AlertChange { alert: next, change, notifies })
}
