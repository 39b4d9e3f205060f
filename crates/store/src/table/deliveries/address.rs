//! An item becomes deliveries: once, replacing what waits, keeping the pause between two messages to one person.

use super::folded::UNSENT;
use super::{AddressPlan, Delivery, DeliveryState, DueDelivery, MessagePause, Recipient};
use crate::delivery_failure::DeliveryFailure;
use crate::error::StoreError;
use crate::sql::{self, Bulk, Cell, Column, Connection, get};
use crate::table::outbox::{OutboxItem, ends, go_alone, next_serial, questions};
use crate::table::withheld;
use domain::alert::notice::{
    AlertChangeKind, CHECK_SHOWN_FOR, MESSAGE_PAUSE, RISES_COUNTED_FOR, pause_after, raised_again_pause,
};
use domain::kind::Level;
use domain::time::Time;
use std::collections::BTreeSet;

/// Addresses items, the first first. What is withheld is kept before a delivery takes a number: who releases something takes
/// these two in the same order, so that neither waits for the other.
pub(crate) async fn address(
    tx: &mut Connection<'_>,
    items: &[(OutboxItem, AddressPlan)],
    at: Time,
) -> Result<(), StoreError> {
    let mut waiting = Vec::with_capacity(items.len());
    for (item, plan) in items {
        if lock_unaddressed(tx, item).await? {
            waiting.push((item, plan));
        }
    }
    let mut withheld: Vec<&OutboxItem> =
        waiting.iter().filter(|(_, plan)| plan.withholds).map(|(item, _)| *item).collect();
    withheld.sort_unstable_by(|one, other| (&one.alert, one.id).cmp(&(&other.alert, other.id)));
    for item in withheld {
        withheld::withhold(tx, item).await?;
    }
    for (item, plan) in waiting {
        address_one(tx, item, plan, at).await?;
    }
    Ok(())
}

/// True where nobody has addressed the item. Two drainers may see the same one: the row's lock makes them one after the other,
/// and the second finds it addressed.
async fn lock_unaddressed(tx: &mut Connection<'_>, item: &OutboxItem) -> Result<bool, StoreError> {
    const LOCK: &str = "UPDATE outbox SET done = 0 WHERE id = $1 AND done = 0";
    const ADDRESSED: &str = "SELECT 1 FROM deliveries WHERE outbox = $1 LIMIT 1";
    let waiting = sql::query(LOCK).bind(item.id).execute(tx).await? == 1;
    Ok(waiting && sql::query(ADDRESSED).bind(item.id).fetch_optional(tx).await?.is_none())
}

async fn address_one(
    tx: &mut Connection<'_>,
    item: &OutboxItem,
    plan: &AddressPlan,
    at: Time,
) -> Result<(), StoreError> {
    let mut deliveries = Vec::with_capacity(plan.to.len());
    let persons: BTreeSet<&str> = plan.to.keys().map(|to| to.person.as_str()).collect();
    for person in persons {
        let asked_enough = match plan.pause {
            Some((now, MessagePause::Checks { most })) => {
                let since = item.at.plus(-CHECK_SHOWN_FOR);
                asked_enough(tx, (person, since), (now, most)).await?
            }
            _ => None,
        };
        let folds = asked_enough.is_some();
        let late_since = replace(tx, item, (plan.pause, folds), Some(person), at).await?;
        let (mut pause_ends, mut waits_until) = (None, None);
        if let Some((now, scope)) = plan.pause {
            let rises = rises_lately(tx, item, (now, scope), person).await?;
            let pause = pause_after(rises, plan.withholds);
            let held = pause_end(tx, item, (scope, rises, pause), person).await?;
            let raised = RaisedAgain { now, rises };
            let held = match held.filter(|_| plan.withholds) {
                Some(end) => outdated_pause(tx, item, (scope, raised), (person, end)).await?,
                None => held,
            };
            pause_ends = held.max(asked_enough);
            waits_until = under_way(tx, item, (now, scope, rises), person).await?;
        }
        for (to, due_at) in plan.to.iter().filter(|(to, _)| to.person == person) {
            let paused = pause_ends.map_or(*due_at, |end| end.max(*due_at));
            let due_at = late_since.map_or(paused, |since| since.min(paused));
            let delivery = queued(tx, item.id, to, due_at, at).await?;
            let next_try_at = waits_until.map_or(due_at, |end| end.max(due_at));
            deliveries.push(Delivery { next_try_at, ..delivery });
        }
    }
    if plan.replaces_all {
        let assigned = assigned_before(tx, item).await?;
        replace(tx, item, (plan.pause, false), None, at).await?;
        for person in assigned {
            give_back(tx, item, &person, at).await?;
        }
    }
    Bulk::insert::<Delivery>().run_rows(tx, deliveries).await?;
    // An earlier item that nobody has addressed yet is not done because of this one.
    // A question may have replaced those about other places.
    const FINISH: &str = "UPDATE outbox SET done = 1 WHERE done = 0 AND id <= $1 \
         AND (code = $2 AND kind = $3 OR change = $4 AND change = $5) \
         AND (id = $6 OR EXISTS (SELECT 1 FROM deliveries d WHERE d.outbox = outbox.id)) \
         AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.outbox = outbox.id AND d.state = 'queued')";
    let (id, question) = (Cell::Int(item.id), AlertChangeKind::ToCheck.cell());
    let cells = [id.clone(), item.code.cell(), item.kind.cell(), item.change.cell(), question, id];
    sql::query(FINISH).bind_all(cells).execute(tx).await?;
    Ok(())
}

/// Replaces what waits for a person (or, where the item makes it untrue, for everybody) about the alert, or, where the pause counts
/// those, about the place and kind; where a question `folds` all others in, those that were held back too. Gives since when the
/// earliest of it was due that has not reached the person by another channel.
async fn replace(
    tx: &mut Connection<'_>,
    item: &OutboxItem,
    (pause, folds): (Option<(Time, MessagePause)>, bool),
    person: Option<&str>,
    at: Time,
) -> Result<Option<Time>, StoreError> {
    let scope = pause.map_or(MessagePause::Alert, |(_, scope)| scope);
    let waiting = |select: &mut sql::SqlStatement| {
        select.add(" state = 'queued' AND outbox IN (SELECT id FROM outbox o WHERE", []);
        match pause.filter(|_| folds) {
            Some((now, _)) => {
                let cells = [item.code.cell(), item.kind.cell(), Cell::Int(now.0)];
                select.add(" o.change = ?", [AlertChangeKind::ToCheck.cell()]);
                select.add(" AND (o.code = ? AND o.kind = ? OR due_at > ?)", cells);
            }
            None => in_scope(select, item, scope),
        }
        // The end of another alert is owed to who heard of it.
        let others = concat!(" AND (o.alert = ? OR o.change NOT IN ", ends!(), ")");
        select.add(others, [Cell::Text(item.alert.clone())]);
        let replaced = |waiting: AlertChangeKind| match person {
            Some(_) => item.change.takes_place_of(waiting),
            None => item.change.outdates(waiting),
        };
        let kept = AlertChangeKind::ALL.iter().filter(|waiting| !replaced(**waiting));
        for change in kept {
            select.add(" AND o.change <> ?", [change.cell()]);
        }
        select.add(" AND id < ?)", [Cell::Int(item.id)]);
        if let Some(person) = person {
            select.add(" AND person = ?", [Cell::Text(person.to_owned())]);
        }
    };
    const EARLIEST: &str = "SELECT MIN(due_at), MIN(CASE WHEN EXISTS (SELECT 1 FROM deliveries e \
         WHERE e.outbox = deliveries.outbox AND e.person = deliveries.person \
         AND e.state IN ('sent', 'delivered', 'read')) THEN NULL ELSE due_at END) FROM deliveries WHERE";
    let mut earliest = sql::SqlStatement::new(EARLIEST);
    waiting(&mut earliest);
    let rows = earliest.fetch_all(&mut *tx).await?;
    let due = |at: usize| rows.first().map(|row| get::<Option<i64>>(row, at)).transpose();
    let (waits, since) = (due(0)?.flatten().is_some(), due(1)?.flatten().map(Time));
    if waits {
        let mut update = sql::SqlStatement::new("");
        update.add(
            "UPDATE deliveries SET state = 'failed', at = ?, last_error = ? WHERE",
            [at.cell(), DeliveryFailure::Replaced.cell()],
        );
        waiting(&mut update);
        update.execute(tx).await?;
    }
    Ok(since)
}

/// Who waits for an earlier assignment, where the item is one to somebody else.
async fn assigned_before(tx: &mut Connection<'_>, item: &OutboxItem) -> Result<Vec<String>, StoreError> {
    const WAITING: &str = "SELECT DISTINCT d.person FROM outbox o JOIN deliveries d ON d.outbox = o.id \
         WHERE o.alert = $1 AND o.id < $2 AND o.change = 'assigned' AND d.state = 'queued'";
    if item.change != AlertChangeKind::Assigned {
        return Ok(Vec::new());
    }
    let rows = sql::query(WAITING).bind(item.alert.clone()).bind(item.id).fetch_all(tx).await?;
    rows.iter().map(|row| get(row, 0)).collect()
}

/// Queues the newest news of the alert again that an assignment had taken the place of, for a person who hears no more of that
/// assignment: the news concerns them all the same.
async fn give_back(
    tx: &mut Connection<'_>,
    item: &OutboxItem,
    person: &str,
    at: Time,
) -> Result<(), StoreError> {
    const GO_ALONE: &str = concat!(" AND o.change <> 'assigned' AND o.change NOT IN ", go_alone!());
    let newest = format!(
        "SELECT d.id, o.id FROM outbox o JOIN deliveries d ON d.outbox = o.id WHERE o.alert = $1 AND o.id < $2 \
         AND d.person = $3 AND d.state = 'failed' AND d.last_error = $4{GO_ALONE} AND {UNSENT} \
         ORDER BY o.id DESC, d.id LIMIT 1"
    );
    let query = sql::query(newest).bind(item.alert.clone()).bind(item.id).bind(person);
    let query = query.bind_all([DeliveryFailure::Replaced.cell()]);
    let rows = query.fetch_all(&mut *tx).await?;
    let Some(row) = rows.first() else { return Ok(()) };
    const AGAIN: &str = "UPDATE deliveries SET state = 'queued', at = $1, last_error = NULL, claims = tries, \
         next_try_at = due_at WHERE id = $2";
    sql::query(AGAIN).bind(at.0).bind(get::<i64>(row, 0)?).execute(&mut *tx).await?;
    const UNDONE: &str = "UPDATE outbox SET done = 0 WHERE id = $1";
    sql::query(UNDONE).bind(get::<i64>(row, 1)?).execute(tx).await?;
    Ok(())
}

/// Adds the outbox items (`o`) that a pause counts.
fn in_scope(select: &mut sql::SqlStatement, item: &OutboxItem, scope: MessagePause) {
    let place = || vec![item.code.cell(), item.kind.cell()];
    let check = AlertChangeKind::ToCheck.cell();
    let second = AlertChangeKind::ToSecond.cell();
    match scope {
        MessagePause::Alert => select.add(" o.alert = ?", [Cell::Text(item.alert.clone())]),
        MessagePause::UnlessHigher => select
            .add(concat!(" o.alert = ? AND o.change NOT IN ", go_alone!()), [Cell::Text(item.alert.clone())]),
        MessagePause::PlaceAndKind => {
            let cells = [place(), vec![check, second]].concat();
            select.add(" o.code = ? AND o.kind = ? AND o.change NOT IN (?, ?)", cells)
        }
        MessagePause::Checks { .. } => {
            select.add(" o.code = ? AND o.kind = ? AND o.change = ?", [place(), vec![check]].concat())
        }
    };
}

/// When the pause after the last message that counts ends; `None` where there was none, or where this one
/// [waits for no pause after it](waits_for_none).
async fn pause_end(
    tx: &mut Connection<'_>,
    item: &OutboxItem,
    (scope, rises, pause): (MessagePause, u64, i64),
    person: &str,
) -> Result<Option<Time>, StoreError> {
    const LAST: &str =
        "SELECT d.sent_at, o.level, o.change FROM deliveries d JOIN outbox o ON o.id = d.outbox WHERE";
    const NEWEST: &str =
        " AND d.person = ? AND d.sent_at IS NOT NULL AND d.state <> 'failed' ORDER BY d.sent_at DESC LIMIT 1";
    let mut select = sql::SqlStatement::new(LAST);
    in_scope(&mut select, item, scope);
    select.add(NEWEST, [Cell::Text(person.to_owned())]);
    let rows = select.fetch_all(tx).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let (sent, last) = (Time::read(row, 0)?, (Level::read(row, 1)?, AlertChangeKind::read(row, 2)?));
    Ok((!waits_for_none(item, (scope, rises), last)).then(|| sent.plus(pause)))
}

/// What one source raises again, of which the desk alone is notified.
#[derive(Clone, Copy)]
struct RaisedAgain {
    now: Time,
    /// How many such rises were sent lately.
    rises: u64,
}

/// The end of a pause for who alone is notified of a siaga or above, where the last message was news of another alert that is over by now:
/// the pause would keep the siaga from everybody.
async fn outdated_pause(
    tx: &mut Connection<'_>,
    item: &OutboxItem,
    (scope, raised): (MessagePause, RaisedAgain),
    (person, end): (&str, Time),
) -> Result<Option<Time>, StoreError> {
    const LAST: &str = "SELECT d.sent_at, o.change, o.alert <> ? AND NOT EXISTS (SELECT 1 FROM alerts a \
         WHERE a.id = o.alert AND a.live = 1 AND a.cleared_at IS NULL) AS is_over \
         FROM deliveries d JOIN outbox o ON o.id = d.outbox WHERE";
    // A message that carried the end of an earlier alert is several of these.
    const NEWEST: &str =
        " AND d.person = ? AND d.sent_at IS NOT NULL AND d.state <> 'failed' ORDER BY d.sent_at DESC LIMIT 8";
    if !item.change.is_rise() || item.level < Level::Siaga {
        return Ok(Some(end));
    }
    let mut select = sql::SqlStatement::new("");
    select.add(LAST, [Cell::Text(item.alert.clone())]);
    in_scope(&mut select, item, scope);
    select.add(NEWEST, [Cell::Text(person.to_owned())]);
    let mut last_sent = None;
    for row in select.fetch_all(tx).await? {
        let (sent, change) = (Time::read(&row, 0)?, AlertChangeKind::read(&row, 1)?);
        if *last_sent.get_or_insert(sent) != sent {
            break;
        }
        if !change.is_end() && get::<bool>(&row, 2)? {
            return Ok(raised_again_pause(raised.rises).map(|pause| end.min(raised.now.plus(pause))));
        }
    }
    Ok(Some(end))
}

/// True where a message is of a higher level than a last one about another alert or, where it is a rise, about its own, or where that
/// one was that it is over.
fn waits_for_none(
    item: &OutboxItem,
    (scope, rises): (MessagePause, u64),
    (level, change): (Level, AlertChangeKind),
) -> bool {
    let has_risen = match scope {
        MessagePause::PlaceAndKind => item.level > level,
        MessagePause::UnlessHigher => {
            item.level > level || change.is_end() || change == AlertChangeKind::Cleared
        }
        MessagePause::Alert | MessagePause::Checks { .. } => false,
    };
    has_risen || item.change.follows_an_end(item.level, change, rises)
}

/// How many rises to siaga or above that the pause counts were sent to the person within the last hour; 0 for what is none itself.
async fn rises_lately(
    tx: &mut Connection<'_>,
    item: &OutboxItem,
    (now, scope): (Time, MessagePause),
    person: &str,
) -> Result<u64, StoreError> {
    if !item.change.is_rise() {
        return Ok(0);
    }
    let changes = AlertChangeKind::ALL.iter().filter(|change| change.is_rise()).map(Column::cell).collect();
    let levels = Level::ALL.iter().filter(|level| **level >= Level::Siaga).map(Column::cell).collect();
    let mut select =
        sql::SqlStatement::new("SELECT COUNT(*) FROM deliveries d JOIN outbox o ON o.id = d.outbox WHERE");
    in_scope(&mut select, item, scope);
    const SENT: &str = " AND d.person = ? AND d.sent_at > ? AND d.state <> 'failed' AND";
    select.add(SENT, [Cell::Text(person.to_owned()), now.plus(-RISES_COUNTED_FOR).cell()]);
    select.add_in("o.change", changes).add(" AND", []).add_in("o.level", levels);
    let rows = select.fetch_all(tx).await?;
    let sent = rows.first().map(|row| get::<i64>(row, 0)).transpose()?;
    Ok(sent.map_or(0, i64::unsigned_abs))
}

/// When the lease of a message ends that is on its way to the person and that the pause counts once it has arrived: until it is
/// known whether it has, this one waits for no pause, and for that one ([`after_try`]).
async fn under_way(
    tx: &mut Connection<'_>,
    item: &OutboxItem,
    (now, scope, rises): (Time, MessagePause, u64),
    person: &str,
) -> Result<Option<Time>, StoreError> {
    const LEASED: &str =
        "SELECT d.next_try_at, o.level, o.change FROM deliveries d JOIN outbox o ON o.id = d.outbox WHERE";
    const LAST: &str = " AND d.person = ? AND d.claims > d.tries AND d.next_try_at > ? AND o.id < ? \
         ORDER BY d.next_try_at DESC LIMIT 1";
    let mut select = sql::SqlStatement::new(LEASED);
    in_scope(&mut select, item, scope);
    select.add(LAST, [Cell::Text(person.to_owned()), now.cell(), Cell::Int(item.id)]);
    let rows = select.fetch_all(tx).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let (lease, last) = (Time::read(row, 0)?, (Level::read(row, 1)?, AlertChangeKind::read(row, 2)?));
    Ok((!waits_for_none(item, (scope, rises), last)).then_some(lease))
}

/// What was queued while a delivery was on its way, and waits for the end of its lease because of it: after the pause it goes out
/// where that was `taken` (then, by the machine's clock), else as soon as it is due. Called before the delivery's own row changes.
pub(super) async fn after_try(
    tx: &mut Connection<'_>,
    due: &DueDelivery,
    taken: Option<Time>,
) -> Result<(), StoreError> {
    let mut update = sql::SqlStatement::new("UPDATE deliveries SET");
    match taken.map(|taken| taken.plus(MESSAGE_PAUSE)) {
        Some(end) => update.add(
            " due_at = CASE WHEN due_at < ? THEN ? ELSE due_at END, \
             next_try_at = CASE WHEN due_at < ? THEN ? ELSE due_at END",
            [end.cell(), end.cell(), end.cell(), end.cell()],
        ),
        None => update.add(" next_try_at = due_at", []),
    };
    // What waits for no pause is due before the lease ends, and what waits for the morning waits until then.
    const WAITING: &str = " WHERE person = ? AND state = 'queued' AND claims = 0 AND tries = 0 \
         AND next_try_at >= (SELECT e.next_try_at FROM deliveries e WHERE e.id = ? AND e.claims > e.tries) \
         AND outbox IN (SELECT o.id FROM outbox o WHERE o.code = ? AND o.kind = ? AND o.id > ?";
    let item = &due.item;
    let person = Cell::Text(due.to.person.clone());
    update.add(WAITING, [person, Cell::Int(due.id), item.code.cell(), item.kind.cell(), Cell::Int(item.id)]);
    let [check, second] = [AlertChangeKind::ToCheck.cell(), AlertChangeKind::ToSecond.cell()];
    match item.change.is_check() {
        true => update.add(" AND o.change = ?)", [check]),
        false => update.add(" AND o.change NOT IN (?, ?))", [check, second]),
    };
    update.execute(tx).await?;
    Ok(())
}

/// When a person may be asked to look into something again: `None` where they have been asked less than `most` times within
/// the pause, or are about to be. What is under way counts as sent now.
async fn asked_enough(
    tx: &mut Connection<'_>,
    (person, since): (&str, Time),
    (now, most): (Time, usize),
) -> Result<Option<Time>, StoreError> {
    let asked = format!(
        "SELECT d.state, d.sent_at FROM outbox o JOIN deliveries d ON d.outbox = o.id WHERE {} AND o.change = $1 \
         AND o.at >= $2 AND d.person = $3 AND (d.state = 'queued' OR d.sent_at > $4)",
        questions("o.")
    );
    let query = sql::query(asked).bind(AlertChangeKind::ToCheck.as_str()).bind(since.0).bind(person);
    let query = query.bind(now.plus(-MESSAGE_PAUSE).0);
    let mut asked = Vec::new();
    for row in query.fetch_all(tx).await? {
        let waits = DeliveryState::read(&row, 0)? == DeliveryState::Queued;
        let sent = if waits { None } else { get::<Option<i64>>(&row, 1)? };
        asked.push(sent.map_or(now, Time));
    }
    asked.sort_unstable_by(|one, other| other.cmp(one));
    Ok(most.checked_sub(1).and_then(|last| asked.get(last)).map(|earliest| earliest.plus(MESSAGE_PAUSE)))
}

/// A new delivery of an item that is not done yet.
pub(super) async fn add_unless_done(
    tx: &mut Connection<'_>,
    outbox: i64,
    to: &Recipient,
    (due_at, at): (Time, Time),
) -> Result<(), StoreError> {
    const LOCK: &str = "UPDATE outbox SET done = 0 WHERE id = $1 AND done = 0";
    if sql::query(LOCK).bind(outbox).execute(tx).await? == 1 {
        add(tx, outbox, to, due_at, at).await?;
    }
    Ok(())
}

/// A new delivery of an item; what is there already stays.
pub(super) async fn add(
    tx: &mut Connection<'_>,
    outbox: i64,
    to: &Recipient,
    due_at: Time,
    at: Time,
) -> Result<bool, StoreError> {
    const THERE: &str = "SELECT 1 FROM deliveries WHERE outbox = $1 AND person = $2 AND channel = $3";
    let there = sql::query(THERE).bind(outbox).bind(to.person.clone()).bind(to.channel.clone());
    if there.fetch_optional(&mut *tx).await?.is_some() {
        return Ok(false);
    }
    let delivery = queued(tx, outbox, to, due_at, at).await?;
    Bulk::insert::<Delivery>().run_rows(tx, [delivery]).await?;
    Ok(true)
}

async fn queued(
    tx: &mut Connection<'_>,
    outbox: i64,
    to: &Recipient,
    due_at: Time,
    at: Time,
) -> Result<Delivery, StoreError> {
    Ok(Delivery {
        outbox,
        person: to.person.clone(),
        channel: to.channel.clone(),
        state: DeliveryState::Queued,
        tries: 0,
        at,
        last_error: None,
        id: next_serial(tx, "delivery").await?,
        next_try_at: due_at,
        due_at,
        claims: 0,
        sent_at: None,
        provider_id: None,
        next_receipt_at: None,
        receipt_at: None,
    })
}
