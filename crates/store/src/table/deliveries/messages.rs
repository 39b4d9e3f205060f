//! The messages of some places, newest first, each with everybody it went to and in which words.

use super::Delivery;
use crate::error::StoreError;
use crate::read::{self, Page};
use crate::sql::{self, Cell, SqlRow, SqlStatement, TableRow};
use crate::store::Store;
use crate::table::message_words::MessageWords;
use crate::table::outbox::OutboxItem;
use async_recursion::async_recursion as boxed;
use domain::kind::Kind;
use domain::place::Code;
use std::collections::BTreeMap;

/// Which messages; empty means all.
#[derive(Clone, Debug, Default)]
pub struct MessageFilter {
    /// Regencies, districts.
    pub codes: Vec<Code>,
    /// An alert's number.
    pub alert: Option<String>,
    /// A person of the roster, by key.
    pub person: Option<String>,
    pub cursor: Option<String>,
    pub limit: u32,
}

/// One thing the team was to be notified of, and what became of it.
#[derive(Clone, PartialEq, Debug)]
pub struct TeamMessage {
    pub item: OutboxItem,
    /// All of it was handed over or given up; without deliveries it concerned nobody.
    pub done: bool,
    /// By person and channel; none where it concerned nobody, or is not addressed yet.
    pub deliveries: Vec<MessageDelivery>,
}

/// One delivery of a message.
#[derive(Clone, PartialEq, Debug)]
pub struct MessageDelivery {
    pub delivery: Delivery,
    /// What its last try said; `None` where it was not tried yet.
    pub words: Option<MessageWords>,
}

impl Store {
    /// Messages in the order in which they were queued, the newest first. Of an alert only those about it, of a person only
    /// those that went to them, with everybody else they went to.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn messages(&self, filter: &MessageFilter) -> Result<Page<TeamMessage>, StoreError> {
        let limit = read::limit(filter.limit);
        let rows = items(filter, limit).fetch_all(&self.readers).await?;
        let message = |row: &SqlRow| {
            let item = OutboxItem::read(row, 0)?;
            let done = sql::flag(row, OutboxItem::COLUMNS.len())?;
            Ok(TeamMessage { item, done, deliveries: Vec::new() })
        };
        let messages: Vec<TeamMessage> = rows.iter().map(message).collect::<Result<_, StoreError>>()?;
        let mut page = read::page(messages, limit, |message| message.item.id.to_string());
        let mut deliveries = self.deliveries_of(&page.items).await?;
        for message in &mut page.items {
            message.deliveries = deliveries.remove(&message.item.id).unwrap_or_default();
        }
        Ok(page)
    }

    async fn deliveries_of(
        &self,
        messages: &[TeamMessage],
    ) -> Result<BTreeMap<i64, Vec<MessageDelivery>>, StoreError> {
        let mut found: BTreeMap<i64, Vec<MessageDelivery>> = BTreeMap::new();
        let mut select = SqlStatement::new(&format!(
            "SELECT {}, {} FROM deliveries d LEFT JOIN message_words w ON w.delivery = d.id WHERE",
            sql::columns::<Delivery>("d."),
            sql::columns::<MessageWords>("w.")
        ));
        select.add_in("d.outbox", messages.iter().map(|message| Cell::Int(message.item.id)).collect());
        select.add(" ORDER BY d.outbox, d.person, d.channel", []);
        for row in &select.fetch_all(&self.readers).await? {
            let delivery = Delivery::read(row, 0)?;
            let words = sql::read_joined(row, Delivery::COLUMNS.len())?;
            found.entry(delivery.outbox).or_default().push(MessageDelivery { delivery, words });
        }
        Ok(found)
    }
}

/// The newest of each place by an index of its own, put together: a regency has one, a district one for each kind.
fn items(filter: &MessageFilter, limit: u32) -> SqlStatement {
    let before = filter.cursor.as_deref().and_then(|cursor| cursor.parse().ok()).unwrap_or(i64::MAX);
    let most = Cell::Int(i64::from(limit) + 1);
    // A person may have got it through several channels: it counts once.
    const TO: &str = " JOIN deliveries p ON p.outbox = o.id AND p.person = ? AND NOT EXISTS (SELECT 1 FROM deliveries q \
         WHERE q.outbox = p.outbox AND q.person = p.person AND q.channel < p.channel)";
    let head = format!(
        "SELECT {}, o.done AS done FROM outbox o{} WHERE o.id < ?",
        sql::columns::<OutboxItem>("o."),
        filter.person.as_ref().map_or("", |_| TO)
    );
    let mut select = SqlStatement::new("");
    let mut union = "SELECT * FROM (";
    for place in places(filter) {
        let person = filter.person.clone().map(Cell::Text);
        select.add(union, []).add(&head, person.into_iter().chain([Cell::Int(before)]));
        if let Some(alert) = &filter.alert {
            select.add(" AND o.alert = ?", [Cell::Text(alert.clone())]);
        }
        select.add(place.0, place.1);
        select.add(" ORDER BY o.id DESC LIMIT ?) AS part", [most.clone()]);
        union = " UNION ALL SELECT * FROM (";
    }
    select.add(" ORDER BY id DESC LIMIT ?", [most]);
    select
}

/// What keeps to each place, with its cells.
fn places(filter: &MessageFilter) -> Vec<(&'static str, Vec<Cell>)> {
    let place = |code: Code| match code.is_regency() {
        true => vec![(" AND o.code / 100 = ?", vec![Cell::Int(i64::from(code.0 / 100))])],
        // Of an alert or a person there are few: the index is theirs.
        false if filter.alert.is_some() || filter.person.is_some() => {
            vec![(" AND o.code = ?", vec![Cell::Int(i64::from(code.0))])]
        }
        false => {
            let of = |kind: &Kind| vec![Cell::Int(i64::from(code.0)), Cell::Text(kind.to_string())];
            Kind::ALL.iter().map(|kind| (" AND o.code = ? AND o.kind = ?", of(kind))).collect()
        }
    };
    match filter.codes.as_slice() {
        [] => vec![("", Vec::new())],
        codes => read::apart(codes).into_iter().flat_map(place).collect(),
    }
}
