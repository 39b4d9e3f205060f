//! Tables `deliveries` and `delivery_attempts`: an outbox item becomes one delivery for each person and channel in one
//! transaction, each delivery is tried until it is taken or given up, and each try is kept.

use crate::delivery_failure::DeliveryFailure;
use crate::error::StoreError;
use crate::sql::{self, Bulk, Cell, Column, Connection, SqlRow, SqlStatement, TableRow, get, table_row};
use crate::store::{Store, in_transaction};
use crate::table::outbox::{OutboxItem, next_serial};
use async_recursion::async_recursion as boxed;
use domain::kind::Category;
use domain::time::Time;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DeliveryState {
    Queued,
    Sent,
    Delivered,
    Read,
    Failed,
}

impl DeliveryState {
    pub const ALL: [DeliveryState; 5] = [
        DeliveryState::Queued,
        DeliveryState::Sent,
        DeliveryState::Delivered,
        DeliveryState::Read,
        DeliveryState::Failed,
    ];
    pub const fn as_str(self) -> &'static str {
        match self {
            DeliveryState::Queued => "queued",
            DeliveryState::Sent => "sent",
            DeliveryState::Delivered => "delivered",
            DeliveryState::Read => "read",
            DeliveryState::Failed => "failed",
        }
    }
    pub fn parse(word: &str) -> Option<DeliveryState> {
        DeliveryState::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

impl Column for DeliveryState {
    fn read(row: &SqlRow, at: usize) -> Result<DeliveryState, StoreError> {
        sql::word(row, at, DeliveryState::parse)
    }
    fn cell(&self) -> Cell {
        Cell::Text(self.as_str().to_owned())
    }
    fn null() -> Cell {
        Cell::MaybeText(None)
    }
}

table_row! {
    /// What one person got through one channel.
    pub struct Delivery in "deliveries", key 3 {
        pub outbox: i64,
        pub person: String,
        pub channel: String,
        pub state: DeliveryState,
        pub tries: u32,
        pub at: Time,
        pub last_error: Option<DeliveryFailure>,
        /// Sent to receivers, so that they can drop a repetition.
        pub id: i64,
        /// By the machine's own clock, as what follows.
        pub next_try_at: Time,
        /// From when it may go out, and how late it is counts.
        pub due_at: Time,
        /// How often a notifier took it: above 0 it may have arrived.
        pub claims: u32,
        pub sent_at: Option<Time>,
    }
}

table_row! {
    struct DeliveryAttemptRow in "delivery_attempts", key 2 {
        delivery: i64,
        number: u32,
        at: Time,
        error: Option<DeliveryFailure>,
    }
}

/// A person of the roster and one of their channels, by key.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Recipient {
    pub person: String,
    pub channel: String,
}

/// A delivery that is due, leased to the caller.
#[derive(Clone, PartialEq, Debug)]
pub struct DueDelivery {
    /// The same at every try.
    pub id: i64,
    pub item: OutboxItem,
    pub to: Recipient,
    /// Tries before this one.
    pub tries: u32,
}

/// How one try went.
#[derive(Clone, PartialEq, Debug)]
pub enum AttemptResult {
    /// When the receiver took it, by the machine's clock.
    Sent {
        at: Time,
    },
    Later {
        error: DeliveryFailure,
        next_try_at: Time,
    },
    GivenUp {
        error: DeliveryFailure,
    },
}

/// One try, as kept.
#[derive(Clone, PartialEq, Debug)]
pub struct DeliveryAttempt {
    pub outbox: i64,
    pub to: Recipient,
    pub number: u32,
    pub at: Time,
    pub error: Option<DeliveryFailure>,
}

/// What a message may say besides the item: how sure, and for a disaster, of what.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct MessageFacts {
    pub unverified: bool,
    /// Of the incidents the alert rests on, the gravest first.
    pub categories: Vec<Category>,
    /// The baseline that spoke, where the model's part alone opened it and a baseline stood in the model's place.
    pub baseline: Option<String>,
    /// People who have been sent this alert before.
    pub notified: usize,
}

impl Store {
    /// Everything sent about one alert, oldest first.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn alert_deliveries(&self, alert: &str) -> Result<Vec<Delivery>, StoreError> {
        let text = format!(
            "SELECT {} FROM outbox o JOIN deliveries d ON d.outbox = o.id WHERE o.alert = $1 \
             ORDER BY d.outbox, d.person, d.channel",
            sql::columns::<Delivery>("d.")
        );
        sql::read_all(&sql::query(text).bind(alert).fetch_all(&self.readers).await?)
    }

    /// Everybody to whom an earlier message about this alert went or may have gone.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn already_notified(&self, item: &OutboxItem) -> Result<BTreeSet<Recipient>, StoreError> {
        // A claimed delivery may have arrived though nobody has said so yet.
        const NOTIFIED: &str = "SELECT DISTINCT d.person, d.channel FROM outbox o JOIN deliveries d ON d.outbox = o.id \
             WHERE o.alert = $1 AND o.id < $2 AND d.id > 0 \
             AND (d.tries > 0 OR d.claims > 0 OR d.state IN ('sent', 'delivered', 'read'))";
        let rows =
            sql::query(NOTIFIED).bind(item.alert.clone()).bind(item.id).fetch_all(&self.readers).await?;
        rows.iter().map(|row| Ok(Recipient { person: get(row, 0)?, channel: get(row, 1)? })).collect()
    }

    /// Writes one queued delivery for each recipient, to go out from the given time of the machine's clock on. What is
    /// still queued to anybody about the same alert is replaced by it. With no recipients the item is done.
    ///
    /// # Errors
    /// Where the store cannot be written.
    #[boxed]
    pub async fn address(
        &self,
        item: &OutboxItem,
        to: &BTreeMap<Recipient, Time>,
        at: Time,
    ) -> Result<(), StoreError> {
        in_transaction!(self, tx => address(&mut tx, item, to, at).await)
    }

    /// Takes up to `limit` due deliveries of a channel (`email`, also `email-2` …); nobody else gets them
    /// before `lease`. One whose try was never recorded (a crash) comes again after that.
    ///
    /// # Errors
    /// Where the store cannot be written.
    #[boxed]
    pub async fn claim_deliveries(
        &self,
        channel: &str,
        now: Time,
        lease: Time,
        limit: u32,
    ) -> Result<Vec<DueDelivery>, StoreError> {
        if !self.anything_due(now).await? {
            return Ok(Vec::new()); // an idle service writes nothing
        }
        in_transaction!(self, tx => claim(&mut tx, channel, (now, lease), limit).await)
    }

    /// Keeps a try and what follows from it. `at` is the service's clock.
    ///
    /// # Errors
    /// Where the store cannot be written.
    #[boxed]
    pub async fn record_delivery(
        &self,
        due: &DueDelivery,
        tried: AttemptResult,
        at: Time,
    ) -> Result<(), StoreError> {
        in_transaction!(self, tx => record(&mut tx, due, &tried, at).await)
    }

    /// Every try about one alert, oldest first.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn delivery_attempts(&self, alert: &str) -> Result<Vec<DeliveryAttempt>, StoreError> {
        let text = format!(
            "SELECT {}, d.outbox, d.person, d.channel FROM outbox o JOIN deliveries d ON d.outbox = o.id \
             JOIN delivery_attempts t ON t.delivery = d.id WHERE o.alert = $1 AND d.id > 0 \
             ORDER BY d.outbox, d.person, d.channel, t.number",
            sql::columns::<DeliveryAttemptRow>("t.")
        );
        let rows = sql::query(text).bind(alert).fetch_all(&self.readers).await?;
        let after = DeliveryAttemptRow::COLUMNS.len();
        let attempt = |row: &SqlRow| {
            let attempt = DeliveryAttemptRow::read(row, 0)?;
            Ok(DeliveryAttempt {
                outbox: get(row, after)?,
                to: Recipient { person: get(row, after + 1)?, channel: get(row, after + 2)? },
                number: attempt.number,
                at: attempt.at,
                error: attempt.error,
            })
        };
        rows.iter().map(attempt).collect()
    }

    /// What a message about this item may say besides. Read from the history line the item speaks of.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn message_facts(&self, item: &OutboxItem) -> Result<MessageFacts, StoreError> {
        let row = sql::query("SELECT content FROM alert_history WHERE alert = $1 AND version = $2")
            .bind(item.alert.clone())
            .bind(i64::from(item.version))
            .fetch_optional(&self.readers)
            .await?;
        let content: String = row.as_ref().map(|row| get(row, 0)).transpose()?.unwrap_or_default();
        // A lawful deletion leaves the content empty.
        let content: serde_json::Value = serde_json::from_str(&content).unwrap_or_default();
        let evidence: Vec<Cell> = content["evidence"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|id| id.as_str().map(|id| Cell::Text(id.to_string())))
            .collect();
        let people: BTreeSet<String> =
            self.already_notified(item).await?.into_iter().map(|to| to.person).collect();
        Ok(MessageFacts {
            unverified: content["unverified"].as_bool().unwrap_or(false),
            categories: self.categories_of(evidence).await?,
            baseline: self.spoke(item, &content["reasons"]).await?,
            notified: people.len(),
        })
    }

    /// What spoke for the model at the item's time, where the model is the only reason and a baseline spoke.
    async fn spoke(
        &self,
        item: &OutboxItem,
        reasons: &serde_json::Value,
    ) -> Result<Option<String>, StoreError> {
        let list = reasons.as_array().map_or(&[][..], Vec::as_slice);
        let Some(horizon) = list.iter().find_map(|reason| reason["horizon"].as_str()) else {
            return Ok(None);
        };
        if list.iter().any(|reason| reason["horizon"].is_null()) {
            return Ok(None);
        }
        const SPOKE: &str = "SELECT model FROM assessments WHERE kind = $1 AND horizon = $2 AND code = $3 \
             AND emitted_at <= $4 ORDER BY emitted_at DESC LIMIT 1";
        let row = sql::query(SPOKE)
            .bind(item.kind.to_string())
            .bind(horizon.to_string())
            .bind(i64::from(item.code.0))
            .bind(item.at.0)
            .fetch_optional(&self.readers)
            .await?;
        let model: String = row.as_ref().map(|row| get(row, 0)).transpose()?.unwrap_or_default();
        Ok(model.split_once("/baseline:").map(|(_, baseline)| baseline.to_string()))
    }

    async fn categories_of(&self, incidents: Vec<Cell>) -> Result<Vec<Category>, StoreError> {
        let mut select = SqlStatement::new("SELECT category FROM incidents WHERE");
        select.add_in("id", incidents).add(" ORDER BY severity DESC, at DESC, id", []);
        let rows = select.fetch_all(&self.readers).await?;
        rows.iter().map(|row| sql::word(row, 0, Category::parse)).collect()
    }

    async fn anything_due(&self, now: Time) -> Result<bool, StoreError> {
        const DUE: &str = "SELECT 1 FROM deliveries WHERE state = 'queued' AND next_try_at <= $1 LIMIT 1";
        Ok(sql::query(DUE).bind(now.0).fetch_optional(&self.readers).await?.is_some())
    }
}

async fn address(
    tx: &mut Connection<'_>,
    item: &OutboxItem,
    to: &BTreeMap<Recipient, Time>,
    at: Time,
) -> Result<(), StoreError> {
    // Two drainers may see the same item: the row's lock makes them one after the other,
    // and the second finds it addressed.
    const LOCK: &str = "UPDATE outbox SET done = 0 WHERE id = $1 AND done = 0";
    const ADDRESSED: &str = "SELECT 1 FROM deliveries WHERE outbox = $1 LIMIT 1";
    let waiting = sql::query(LOCK).bind(item.id).execute(tx).await? == 1;
    if !waiting || sql::query(ADDRESSED).bind(item.id).fetch_optional(&mut *tx).await?.is_some() {
        return Ok(());
    }
    const REPLACE: &str = "UPDATE deliveries SET state = 'failed', at = $1, last_error = $2 WHERE state = 'queued' \
         AND outbox IN (SELECT id FROM outbox WHERE alert = $3 AND id < $4)";
    sql::query(REPLACE)
        .bind(at.0)
        .bind(DeliveryFailure::Replaced.to_string())
        .bind(item.alert.clone())
        .bind(item.id)
        .execute(tx)
        .await?;
    let mut deliveries = Vec::with_capacity(to.len());
    for (recipient, due_at) in to {
        deliveries.push(Delivery {
            outbox: item.id,
            person: recipient.person.clone(),
            channel: recipient.channel.clone(),
            state: DeliveryState::Queued,
            tries: 0,
            at,
            last_error: None,
            id: next_serial(tx, "delivery").await?,
            next_try_at: *due_at,
            due_at: *due_at,
            claims: 0,
            sent_at: None,
        });
    }
    Bulk::insert::<Delivery>().run_rows(tx, deliveries).await?;
    const FINISH: &str = "UPDATE outbox SET done = 1 WHERE alert = $1 AND done = 0 AND id <= $2 \
         AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.outbox = outbox.id AND d.state = 'queued')";
    sql::query(FINISH).bind(item.alert.clone()).bind(item.id).execute(tx).await?;
    Ok(())
}

async fn claim(
    tx: &mut Connection<'_>,
    channel: &str,
    (now, lease): (Time, Time),
    limit: u32,
) -> Result<Vec<DueDelivery>, StoreError> {
    let text = format!(
        "SELECT {}, {} FROM deliveries d JOIN outbox o ON o.id = d.outbox \
         WHERE d.state = 'queued' AND d.next_try_at <= $1 AND (d.channel = $2 OR d.channel LIKE $3) \
         ORDER BY d.next_try_at, d.id LIMIT $4",
        sql::columns::<OutboxItem>("o."),
        sql::columns::<Delivery>("d.")
    );
    let query = sql::query(text).bind(now.0).bind(channel).bind(format!("{channel}-%"));
    let rows = query.bind(i64::from(limit)).fetch_all(&mut *tx).await?;
    let mut claimed = Vec::with_capacity(rows.len());
    for row in &rows {
        let due = due(row)?;
        const LEASE: &str = "UPDATE deliveries SET next_try_at = $1, claims = claims + 1 WHERE id = $2 AND state = 'queued' AND next_try_at <= $3";
        let leased = sql::query(LEASE).bind(lease.0).bind(due.id).bind(now.0).execute(tx).await?;
        if leased == 1 {
            claimed.push(due); // else another process was faster
        }
    }
    Ok(claimed)
}

async fn record(
    tx: &mut Connection<'_>,
    due: &DueDelivery,
    tried: &AttemptResult,
    at: Time,
) -> Result<(), StoreError> {
    let (state, error, next_try_at) = match tried {
        AttemptResult::Sent { .. } => ("sent", None, 0),
        AttemptResult::Later { error, next_try_at } => ("queued", Some(error.clone()), next_try_at.0),
        AttemptResult::GivenUp { error } => ("failed", Some(error.clone()), 0),
    };
    // After a crash between the try and its record, the lost try's number is used again.
    const TRY: &str = "INSERT INTO delivery_attempts (delivery, number, at, error) SELECT $1, \
         COALESCE(MAX(number), 0) + 1, $2, $3 FROM delivery_attempts WHERE delivery = $4";
    let cells = [Cell::Int(due.id), Cell::Int(at.0), error.cell(), Cell::Int(due.id)];
    sql::query(TRY).bind_all(cells).execute(tx).await?;
    // What was taken was taken, even if a newer message replaced it meanwhile; a failure then changes nothing.
    const MOVE: &str = "UPDATE deliveries SET state = $1, at = $2, tries = tries + 1, last_error = $3, next_try_at = $4, \
         sent_at = $5 WHERE id = $6 AND (state = 'queued' OR $7 = 1)";
    let sent_at = if let AttemptResult::Sent { at } = tried { Some(*at) } else { None };
    let cells = [
        Cell::Text(state.to_string()),
        Cell::Int(at.0),
        error.cell(),
        Cell::Int(next_try_at),
        sent_at.cell(),
        Cell::Int(due.id),
        Cell::Int(i64::from(sent_at.is_some())),
    ];
    sql::query(MOVE).bind_all(cells).execute(tx).await?;
    const FINISH: &str = "UPDATE outbox SET done = 1 WHERE id = $1 \
         AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.outbox = outbox.id AND d.state = 'queued')";
    sql::query(FINISH).bind(due.item.id).execute(tx).await?;
    Ok(())
}

fn due(row: &SqlRow) -> Result<DueDelivery, StoreError> {
    let delivery = Delivery::read(row, OutboxItem::COLUMNS.len())?;
    Ok(DueDelivery {
        item: OutboxItem::read(row, 0)?,
        id: delivery.id,
        to: Recipient { person: delivery.person, channel: delivery.channel },
        tries: delivery.tries,
    })
}
