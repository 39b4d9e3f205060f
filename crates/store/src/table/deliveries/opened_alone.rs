//! What one speaker alone opened within minutes, in whatever places: from some number on it goes to a person as one message that
//! lists the rest.

use super::sole_feed::are_one;
use super::{DueDelivery, FoldedItem, Recipient};
use crate::error::StoreError;
use crate::sql::{self, Cell, Column, Connection, SqlStatement, TableRow, get};
use crate::store::{Store, in_transaction};
use crate::table::outbox::OutboxItem;
use async_recursion::async_recursion as boxed;
use domain::alert::notice::{AlertChangeKind, MESSAGE_PAUSE};
use domain::time::Time;
use std::collections::BTreeSet;

/// What one speaker's word alone brings to people who wait for no level to rise.
const BROUGHT: [AlertChangeKind; 4] = [
    AlertChangeKind::Opened,
    AlertChangeKind::Returned,
    AlertChangeKind::NewIncident,
    AlertChangeKind::Grown,
];
/// Most items of a regency that are looked at for openings.
const ITEMS: i64 = 400;
/// Most openings whose speakers are asked for.
const OPENINGS: usize = 60;

/// Alerts that the speaker of an item opened alone, within the pause before it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OpenedAlone {
    /// The items of their openings.
    pub openings: Vec<i64>,
    /// So many of them go to a person by messages of their own; what follows waits and is one.
    pub most: usize,
    /// By the machine's clock.
    pub now: Time,
}

/// How a message of what one speaker brought goes to a person.
#[derive(Clone, PartialEq, Debug)]
pub enum OneVoice {
    /// By itself.
    Alone,
    /// With these, which wait for the same person.
    With(Vec<FoldedItem>),
    /// Another one is on its way and has it too, until then.
    Within(Time),
}

impl Store {
    /// The openings of other alerts within the pause before an item, and after it where `later`, that rest on the word of the same
    /// speaker alone as the item's alert, oldest first. None where others than one speaker speak for it, for a change that waits for
    /// nothing, and where fewer than `least` alerts opened in the regency.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn opened_alone(
        &self,
        item: &OutboxItem,
        (least, later): (usize, bool),
    ) -> Result<Vec<OutboxItem>, StoreError> {
        if !BROUGHT.contains(&item.change) {
            return Ok(Vec::new());
        }
        let near = self.openings_near(item, later).await?;
        if near.len() < least {
            return Ok(Vec::new());
        }
        let Some(own) = self.sole_speakers_of(item).await? else { return Ok(Vec::new()) };
        let mut alone = Vec::new();
        for other in near {
            let speakers = self.sole_speakers_of(&other).await?;
            if speakers.is_some_and(|speakers| are_one(&own.union(&speakers).copied().collect())) {
                alone.push(other);
            }
        }
        Ok(alone)
    }

    async fn openings_near(&self, item: &OutboxItem, later: bool) -> Result<Vec<OutboxItem>, StoreError> {
        let newest = format!(
            "SELECT {} FROM outbox o WHERE o.code / 100 = $1 ORDER BY o.id DESC LIMIT $2",
            sql::columns::<OutboxItem>("o.")
        );
        let query = sql::query(newest).bind(i64::from(item.code.0 / 100)).bind(ITEMS);
        let items: Vec<OutboxItem> = sql::read_all(&query.fetch_all(&self.readers).await?)?;
        let is_near = |other: &OutboxItem| {
            let opened = other.change == AlertChangeKind::Opened && other.alert != item.alert;
            let of_time = item.at.since(other.at).abs() <= MESSAGE_PAUSE;
            opened && of_time && (later || other.id < item.id)
        };
        let mut near: Vec<OutboxItem> = items.into_iter().filter(is_near).take(OPENINGS).collect();
        near.reverse();
        Ok(near)
    }

    /// How a message that is about to go to a person goes: from the `most`-th alert on that its speaker alone opened within the
    /// pause, those that wait go in one.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn one_voice(
        &self,
        due: &DueDelivery,
        (most, now): (usize, Time),
    ) -> Result<OneVoice, StoreError> {
        let alone = self.opened_alone(&due.item, (most, true)).await?;
        let earlier: Vec<i64> = alone.iter().map(|item| item.id).filter(|id| *id < due.item.id).collect();
        if earlier.len() < most {
            return Ok(OneVoice::Alone);
        }
        let mut heard = 0;
        for opening in &earlier {
            const HEARD: &str =
                "SELECT 1 FROM deliveries WHERE outbox = $1 AND person = $2 AND state <> 'failed' LIMIT 1";
            let query = sql::query(HEARD).bind(*opening).bind(due.to.person.clone());
            heard += usize::from(query.fetch_optional(&self.readers).await?.is_some());
        }
        if heard < most {
            return Ok(OneVoice::Alone);
        }
        let alerts: BTreeSet<&str> = alone.iter().map(|item| item.alert.as_str()).collect();
        let mut with: Vec<OutboxItem> = Vec::new();
        let own = self.lease_of(due).await?;
        for (item, lease) in self.brought_to(due, &alerts).await? {
            match lease.filter(|lease| *lease > now) {
                // Of two that were taken at once the older one has the other.
                Some(lease) if (lease, item.id) < (own, due.item.id) => return Ok(OneVoice::Within(lease)),
                _ => with.push(item),
            }
        }
        let mut folded = Vec::with_capacity(with.len());
        for item in with {
            let (line, basis) = self.line_and_basis(&item.alert, item.version).await?;
            let behind = self.incidents_behind(item.code.regency(), &line, &basis).await?;
            folded.push(FoldedItem { incident: behind.into_iter().next(), item });
        }
        Ok(OneVoice::With(folded))
    }

    /// What the same speaker brought about these alerts and waits for the person, each with the lease where it is on its way.
    async fn brought_to(
        &self,
        due: &DueDelivery,
        alerts: &BTreeSet<&str>,
    ) -> Result<Vec<(OutboxItem, Option<Time>)>, StoreError> {
        let mut select = SqlStatement::new("SELECT");
        select.add(&format!(" {}, d.next_try_at, d.claims, d.tries", sql::columns::<OutboxItem>("o.")), []);
        select.add(" FROM deliveries d JOIN outbox o ON o.id = d.outbox WHERE d.state = 'queued'", []);
        select.add(
            " AND d.person = ? AND d.id <> ? AND",
            [Cell::Text(due.to.person.clone()), Cell::Int(due.id)],
        );
        select.add_in("o.alert", alerts.iter().map(|alert| Cell::Text((*alert).to_owned())).collect());
        select.add(" AND", []).add_in("o.change", BROUGHT.iter().map(Column::cell).collect());
        select.add(" ORDER BY o.id", []);
        let after = OutboxItem::COLUMNS.len();
        let rows = select.fetch_all(&self.readers).await?;
        let read = |row| {
            let (next, claims, tries): (i64, i64, i64) =
                (get(row, after)?, get(row, after + 1)?, get(row, after + 2)?);
            Ok((OutboxItem::read(row, 0)?, (claims > tries).then_some(Time(next))))
        };
        rows.iter().map(read).collect()
    }

    async fn lease_of(&self, due: &DueDelivery) -> Result<Time, StoreError> {
        let query = sql::query("SELECT next_try_at FROM deliveries WHERE id = $1").bind(due.id);
        let rows = query.fetch_all(&self.readers).await?;
        Ok(rows.first().map(|row| Time::read(row, 0)).transpose()?.unwrap_or(Time(0)))
    }

    /// Gives back a delivery that was taken and not tried: it is due again then, where nothing has carried it until then.
    ///
    /// # Errors
    /// Where the store cannot be written.
    #[boxed]
    pub async fn give_back(&self, delivery: i64, until: Time) -> Result<(), StoreError> {
        const BACK: &str =
            "UPDATE deliveries SET claims = tries, next_try_at = $1 WHERE id = $2 AND state = 'queued'";
        in_transaction!(self, tx => {
            sql::query(BACK).bind(until.0).bind(delivery).execute(&mut tx).await?;
            Ok::<_, StoreError>(())
        })
    }

    /// What of this waits though it was never tried, with its number: what one speaker alone brought, or what waits for a morning.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn brought_and_waiting(
        &self,
        now: Time,
    ) -> Result<Vec<(i64, OutboxItem, Recipient)>, StoreError> {
        let mut select = SqlStatement::new("SELECT");
        select.add(&format!(" {}, d.id, d.person, d.channel", sql::columns::<OutboxItem>("o.")), []);
        select.add(" FROM deliveries d JOIN outbox o ON o.id = d.outbox WHERE d.state = 'queued'", []);
        select.add(" AND d.next_try_at > ? AND d.tries = 0 AND d.claims = 0 AND", [Cell::Int(now.0)]);
        select.add_in("o.change", BROUGHT.iter().map(Column::cell).collect());
        select.add(" ORDER BY d.next_try_at, d.id LIMIT ?", [Cell::Int(OPENINGS as i64)]);
        let after = OutboxItem::COLUMNS.len();
        let rows = select.fetch_all(&self.readers).await?;
        let read = |row| {
            let to = Recipient { person: get(row, after + 1)?, channel: get(row, after + 2)? };
            Ok((get(row, after)?, OutboxItem::read(row, 0)?, to))
        };
        rows.iter().map(read).collect()
    }

    /// True where others than one speaker speak for an item's alert by all that is known of it now.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn is_shared_by_others(&self, item: &OutboxItem) -> Result<bool, StoreError> {
        let newest = OutboxItem { version: i32::MAX as u32, ..item.clone() };
        let (line, basis) = self.line_and_basis(&newest.alert, newest.version).await?;
        let incidents = self.incidents_behind(newest.code.regency(), &line, &basis).await?;
        Ok(!incidents.is_empty() && self.sole_speakers_of(&newest).await?.is_none())
    }
}

/// When a person has heard enough of one speaker: `None` where they got fewer than so many messages, or are about to.
pub(super) async fn heard_enough(
    tx: &mut Connection<'_>,
    person: &str,
    alone: &OpenedAlone,
) -> Result<Option<Time>, StoreError> {
    let mut heard = Vec::new();
    for opening in &alone.openings {
        const SENT: &str = "SELECT COUNT(*), MAX(sent_at) FROM deliveries WHERE outbox = $1 AND person = $2 \
             AND state <> 'failed'";
        let rows = sql::query(SENT).bind(*opening).bind(person).fetch_all(&mut *tx).await?;
        let Some(row) = rows.first().filter(|row| get::<i64>(row, 0).is_ok_and(|n| n > 0)) else { continue };
        heard.push(get::<Option<i64>>(row, 1)?.map_or(alone.now, Time));
    }
    heard.sort_unstable_by(|one, other| other.cmp(one));
    let enough = alone.most.checked_sub(1).and_then(|last| heard.get(last));
    Ok(enough.map(|earliest| earliest.plus(MESSAGE_PAUSE)))
}
