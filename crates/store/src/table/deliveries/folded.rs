//! What one message says besides its own item: everything that waits for the same person and has not reached them.

use super::{DueDelivery, EndingFacts, Recipient};
use crate::delivery_failure::DeliveryFailure;
use crate::error::StoreError;
use crate::sql::{self, Cell, Column, Connection, SqlStatement, TableRow, get};
use crate::store::Store;
use crate::table::alerts;
use crate::table::outbox::{OutboxItem, ends, go_alone};
use async_recursion::async_recursion as boxed;
use domain::alert::notice::{AlertChangeKind, MESSAGE_PAUSE, harms_more};
use domain::effect::Incident;
use domain::evidence::attestation::Extent;
use domain::kind::{Category, Level};
use domain::place::Code;
use domain::report::ReportName;
use domain::time::Time;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// News that a message carries for another whose place it took.
#[derive(Clone, PartialEq, Debug)]
pub struct FoldedItem {
    pub item: OutboxItem,
    /// The incident it is about, as it stands now.
    pub incident: Option<Incident>,
    /// What that is, or was where it is no more, and when it happened.
    pub about: Option<(Category, Time)>,
    /// The people whom it harmed as they were known, where fewer are by now.
    pub was: Option<Extent>,
    /// How it ended, of an earlier alert.
    pub ending: Option<EndingFacts>,
}

/// Most items that one message looks at.
const ITEMS: i64 = 200;

/// What failed (`d`, of the item `o`) without ever reaching the person, since the last message about the same alert that did.
pub(super) const UNSENT: &str = concat!(
    "NOT EXISTS (SELECT 1 FROM outbox p JOIN deliveries e ON e.outbox = p.id WHERE p.alert = o.alert AND p.id >= o.id AND p.change NOT IN ",
    go_alone!(),
    " AND e.person = d.person AND e.state IN ('sent', 'delivered', 'read'))"
);

/// No assignment (`o`) that a later one took the place of.
const STILL_THEIRS: &str = "(o.change <> 'assigned' OR NOT EXISTS (SELECT 1 FROM outbox p \
     WHERE p.alert = o.alert AND p.id > o.id AND p.change = 'assigned'))";

impl Store {
    /// All that a message to this person says, oldest first and the item itself last: what it took the place of, ends of
    /// earlier alerts of the same place and kind that the person is owed, and what the same thing did to the regency's alert. A question
    /// carries nothing else, and nothing says an assignment that a later one took the place of, nor what an incident did that is
    /// rejected or taken back by now, nor that the alert fell and rose to the level that the person knows of: where that is all, there
    /// is nothing to send.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn folded(&self, item: &OutboxItem, to: &Recipient) -> Result<Vec<FoldedItem>, StoreError> {
        if item.change.is_check() || item.change.goes_alone() {
            return Ok(vec![FoldedItem {
                item: item.clone(),
                incident: None,
                about: None,
                was: None,
                ending: None,
            }]);
        }
        let columns = sql::columns::<OutboxItem>("o.");
        let own = format!(
            "SELECT {columns} FROM outbox o JOIN deliveries d ON d.outbox = o.id WHERE o.alert = $1 AND o.id < $2 \
             AND o.change NOT IN {} AND d.person = $3 AND d.state = 'failed' AND {UNSENT} AND {STILL_THEIRS} \
             ORDER BY o.id DESC LIMIT $4",
            go_alone!()
        );
        let query =
            sql::query(own).bind(item.alert.clone()).bind(item.id).bind(to.person.clone()).bind(ITEMS);
        let mut rows = query.fetch_all(&self.readers).await?;
        // Ends of other alerts of the place and kind: only who heard of the alert waits for one.
        let owed = format!(
            "SELECT {columns} FROM outbox o JOIN deliveries d ON d.outbox = o.id WHERE o.code = $1 AND o.kind = $2 \
             AND o.done = 0 AND o.id < $3 AND o.alert <> $4 AND o.change IN {} AND d.person = $5 \
             AND d.state = 'queued' ORDER BY o.id DESC",
            ends!()
        );
        let query = sql::query(owed).bind_all([item.code.cell(), item.kind.cell()]);
        let query = query.bind(item.id).bind(item.alert.clone()).bind(to.person.clone());
        rows.extend(query.fetch_all(&self.readers).await?);
        rows.extend(carried(item, to).fetch_all(&self.readers).await?);
        let mut items = rows.iter().map(|row| OutboxItem::read(row, 0)).collect::<Result<Vec<_>, _>>()?;
        items.sort_by_key(|item| item.id);
        let mut seen = BTreeSet::new();
        items.retain(|item| seen.insert(item.id));
        items.push(item.clone());
        let (mut folded, mut unsent) = (Vec::with_capacity(items.len()), UnsentFigures::default());
        let of = &item.alert;
        for item in items {
            let line = self.incident_of(&item).await?;
            let was = unsent.known_before(&item, &line);
            if line.holds_for(&item, was) {
                let is_others_end = item.change.is_end() && item.alert != *of;
                let ending = if is_others_end { self.ending(&item).await? } else { None };
                let was = was.filter(|_| item.change == AlertChangeKind::FewerHarmed);
                folded.push(FoldedItem { incident: line.now, about: line.about, was, ending, item });
            }
        }
        if let Some(known) = self.level_reached(item, to).await? {
            drop_moves_back(&mut folded, (of, known));
        }
        Ok(folded)
    }

    /// The level of the last news of an item's alert that reached a person before it.
    async fn level_reached(&self, item: &OutboxItem, to: &Recipient) -> Result<Option<Level>, StoreError> {
        const REACHED: &str = concat!(
            "SELECT o.level FROM outbox o JOIN deliveries d ON d.outbox = o.id WHERE o.alert = $1 AND o.id < $2 \
             AND o.change NOT IN ",
            go_alone!(),
            " AND d.person = $3 AND d.state IN ('sent', 'delivered', 'read') ORDER BY o.id DESC LIMIT 1"
        );
        let query = sql::query(REACHED).bind(item.alert.clone()).bind(item.id).bind(to.person.clone());
        let rows = query.fetch_all(&self.readers).await?;
        rows.first().map(|row| Level::read(row, 0)).transpose()
    }

    /// The one incident that an item is about, and what it was.
    pub(super) async fn incident_of(&self, item: &OutboxItem) -> Result<LineIncident, StoreError> {
        const LINE: &str = "SELECT act, content FROM alert_history WHERE alert = $1 AND version = $2";
        let query = sql::query(LINE).bind(item.alert.clone()).bind(i64::from(item.version));
        let rows = query.fetch_all(&self.readers).await?;
        let Some(row) = rows.first() else { return Ok(LineIncident::default()) };
        // A lawful deletion leaves a content empty.
        let content: Value = serde_json::from_str(&get::<String>(row, 1)?).unwrap_or_default();
        let act: String = get(row, 0)?;
        let Some(name) = alerts::incident_of_line(&act, &content) else {
            return Ok(LineIncident::default());
        };
        let incident = self.incidents_once_called(item.code.regency(), &[name]).await?.remove(&name);
        let about = incident.map(|incident| (incident.category, incident.occurred_at));
        let about = about.or_else(|| alerts::was_of_line(&content));
        let (was, by_people_alone) =
            (alerts::people_before(&act, &content), alerts::grew_by_people_alone(&content));
        Ok(LineIncident { now: incident, about, was, by_people_alone })
    }
}

/// Leaves out that an alert fell and rose where it stands as high by that as the person knows.
fn drop_moves_back(news: &mut Vec<FoldedItem>, (alert, known): (&str, Level)) {
    let moves = |change| matches!(change, AlertChangeKind::Risen | AlertChangeKind::Lowered);
    let own = || news.iter().map(|one| &one.item).filter(|item| item.alert == alert);
    // What opened, is over or is back is news at whatever level.
    let others = own().any(|item| {
        !moves(item.change)
            && (item.change.is_rise() || item.change.is_end() || item.change == AlertChangeKind::Cleared)
    });
    let newest = own().rfind(|item| moves(item.change)).map(|item| item.level);
    if !others && newest == Some(known) {
        news.retain(|one| one.item.alert != alert || !moves(one.item.change));
    }
}

/// The one incident that a line is about.
#[derive(Default)]
pub(super) struct LineIncident {
    /// As it stands now.
    pub now: Option<Incident>,
    /// What that is, or was where it is no more, and when it happened.
    pub about: Option<(Category, Time)>,
    /// The people whom it harmed as they were known before, where the line says that more or fewer are.
    pub was: Option<Extent>,
    /// The line says that it harms more people, and nothing else.
    pub by_people_alone: bool,
}

impl LineIncident {
    /// True where what an item says of its one incident is still so.
    pub fn holds(&self, item: &OutboxItem) -> bool {
        self.holds_for(item, self.was)
    }

    /// The same for who knows of so many people harmed. That fewer are is so until as many are again, that more are as long as
    /// they are.
    fn holds_for(&self, item: &OutboxItem, was: Option<Extent>) -> bool {
        let Some((was, now)) = was.zip(self.now) else { return item.change.holds_of(self.now.as_ref()) };
        let people = match item.change {
            AlertChangeKind::FewerHarmed => harms_more(now.claimed, was),
            _ => !self.by_people_alone || harms_more(was, now.claimed),
        };
        item.change.holds_of(self.now.as_ref()) && people
    }
}

/// The people harmed as a person knows them, of incidents that grew since without a message that reached them.
#[derive(Default)]
struct UnsentFigures(BTreeMap<ReportName, Extent>);

impl UnsentFigures {
    /// The people harmed as the person knows them, of the incident of a line that did not reach them either.
    fn known_before(&mut self, item: &OutboxItem, line: &LineIncident) -> Option<Extent> {
        let (was, incident) = (line.was?, line.now?.id);
        match item.change {
            AlertChangeKind::Grown => Some(*self.0.entry(incident).or_insert(was)),
            _ => Some(self.0.get(&incident).copied().unwrap_or(was)),
        }
    }
}

/// What a district's message says of its regency: an alert of the same kind, at most as high, that rose with it and waits for the
/// same person.
fn carried(item: &OutboxItem, to: &Recipient) -> SqlStatement {
    let lower = Level::ALL.iter().filter(|level| **level <= item.level).map(Column::cell).collect();
    let mut select = SqlStatement::new(&format!("SELECT {}", sql::columns::<OutboxItem>("o.")));
    select.add(" FROM outbox o JOIN deliveries d ON d.outbox = o.id WHERE o.done = 0 AND", []);
    // No regency has this code: a regency's own message carries no other's, nor does news that is no rise.
    let regency = if carries(item) { item.code.regency() } else { Code(0) };
    select.add(" o.code = ? AND o.kind = ? AND", [regency.cell(), item.kind.cell()]);
    select.add_in("o.change", ROSE.iter().map(Column::cell).collect()).add(" AND", []);
    select.add_in("o.level", lower);
    let [from, until] = [-MESSAGE_PAUSE, MESSAGE_PAUSE].map(|pause| item.at.plus(pause).cell());
    select.add(" AND o.at >= ? AND o.at <= ?", [from, until]);
    select.add(" AND d.person = ? AND d.state = 'queued'", [Cell::Text(to.person.clone())]);
    select
}

fn carries(item: &OutboxItem) -> bool {
    !item.code.is_regency() && ROSE.contains(&item.change)
}

/// Changes of a district's alert that go out together with one of its regency's.
pub(super) const ROSE: [AlertChangeKind; 3] =
    [AlertChangeKind::Opened, AlertChangeKind::Risen, AlertChangeKind::Returned];

/// What a message carried of other alerts (`in_message`) needs no message of its own any more: it has arrived with this one.
/// `taken` is by the machine's clock.
pub(super) async fn settle_carried(
    tx: &mut Connection<'_>,
    (due, in_message): (&DueDelivery, &[i64]),
    (taken, at): (Time, Time),
) -> Result<(), StoreError> {
    for outbox in in_message {
        let mut select = SqlStatement::new("SELECT d.id FROM deliveries d JOIN outbox o ON o.id = d.outbox");
        let cells =
            [Cell::Int(*outbox), Cell::Text(due.to.person.clone()), Cell::Text(due.item.alert.clone())];
        select.add(" WHERE o.id = ? AND d.person = ? AND o.alert <> ? AND d.state = 'queued'", cells);
        for row in select.fetch_all(&mut *tx).await? {
            const CARRIED: &str = "UPDATE deliveries SET state = 'sent', at = $1, sent_at = $2, claims = tries, \
                 last_error = $3 WHERE id = $4";
            let cells = [at.cell(), taken.cell(), DeliveryFailure::Carried.cell()];
            sql::query(CARRIED).bind_all(cells).bind(get::<i64>(&row, 0)?).execute(&mut *tx).await?;
        }
        super::finish(tx, *outbox).await?;
    }
    Ok(())
}
