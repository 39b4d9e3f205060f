//! Tables `deliveries` and `delivery_attempts`: an outbox item becomes one delivery for each person and channel in one
//! transaction, each delivery is tried until it is taken or given up, and each try is kept.

mod address;
mod assignees;
mod behind;
mod claim;
mod ending;
mod facts;
mod fall;
mod folded;
mod late;
mod lines;
mod messages;
mod questions;
mod receipts;
mod record;
mod reopened;
mod settled;
mod sole_feed;

pub(crate) use address::address;
pub use claim::{ClaimLane, ClaimTime, ClaimedChannels};
pub use ending::EndingFacts;
pub use facts::{AskedSecond, CheckFacts, MessageFacts, SecondFacts};
pub use fall::{FallCause, FallFacts};
pub use folded::FoldedItem;
pub(crate) use late::queue_again;
pub use late::{LateDelivery, UndeliveredPerson};
pub use messages::{MessageDelivery, MessageFilter, TeamMessage};
pub use receipts::{AwaitedReceipt, ExpectedReceipt, ReceiptNews};
use record::{finish, record, try_next};
pub use reopened::ReopenedFacts;
pub use sole_feed::SoleFeed;

use crate::delivery_failure::DeliveryFailure;
use crate::error::StoreError;
use crate::sql::{self, Cell, Connection, SqlRow, SqlStatement, TableRow, get, table_row, words};
use crate::store::{Store, in_transaction};
use crate::table::outbox::{OutboxItem, go_alone};
use async_recursion::async_recursion as boxed;
use domain::service_clock::ClockStep;
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

words! {
    DeliveryState, DeliveryState::parse;
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
        /// By which a provider's receipts name the message it took last.
        pub provider_id: Option<String>,
        /// When its receipt is next asked for, or found to be missing; `None` where nobody waits for it any more.
        pub next_receipt_at: Option<Time>,
        /// When the provider said what became of it, by the service's clock, as `at`.
        pub receipt_at: Option<Time>,
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
    /// From when it was to go out, by the machine's clock.
    pub due_at: Time,
}

/// How one try went.
#[derive(Clone, PartialEq, Debug)]
pub enum AttemptResult {
    /// When the receiver took it, by the machine's clock.
    Sent {
        at: Time,
        /// Where the provider says later what became of it.
        receipt: Option<ExpectedReceipt>,
        /// The items of other alerts that it carried too, so that they need no message of their own.
        carried: Vec<i64>,
    },
    Later {
        error: DeliveryFailure,
        next_try_at: Time,
    },
    /// The receiver [refused it](DeliveryFailure::is_refusal), which is tried further: `next` need not wait for that.
    Refused {
        error: DeliveryFailure,
        next_try_at: Time,
        next: NextChannels,
    },
    /// `next` is what else may be tried.
    GivenUp {
        error: DeliveryFailure,
        next: Option<NextChannels>,
    },
}

/// Channels of a person in the order in which they are tried: of an item the first by which it was not tried yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NextChannels {
    pub channels: Vec<String>,
    /// By the machine's clock.
    pub due_at: Time,
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

/// To whom an item goes, and what that does to what was to go before.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct AddressPlan {
    /// From when by the machine's clock it may go out.
    pub to: BTreeMap<Recipient, Time>,
    /// The time now by the machine's clock, and what the pause between two messages to one person counts.
    pub pause: Option<(Time, MessagePause)>,
    /// What waits for anybody, and not only for its own recipients, is out of date by this item where its change
    /// [outdates that](domain::alert::notice::AlertChangeKind::outdates).
    pub replaces_all: bool,
    /// The desk alone is notified: others are owed a message once more than one source speaks.
    pub withholds: bool,
}

/// Of which messages one more within the pause waits until it ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MessagePause {
    /// Those about the same alert.
    Alert,
    /// Those that are news of the same alert, unless this one is of a higher level than the last of them.
    UnlessHigher,
    /// Those about the same place and kind, unless this one is of a higher level.
    PlaceAndKind,
    /// Those that ask to look into something of the same place and kind; and where a person has got so many of them about
    /// whatever place within the pause, all further ones wait as one.
    Checks { most: usize },
}

/// Of what was to go to a person (`d`, of the item `o`) what went in a message of its own, or in one that took its place.
const SAID: &str = concat!(
    " AND EXISTS (SELECT 1 FROM outbox p JOIN deliveries e ON e.outbox = p.id WHERE p.alert = o.alert AND p.id >= o.id \
     AND p.id < ? AND p.change NOT IN ",
    go_alone!(),
    " AND e.person = d.person AND (e.tries > 0 OR e.claims > 0 OR e.state IN ('sent', 'delivered', 'read')))"
);

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

    /// Everything the team was to be notified of about one alert, oldest first.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn alert_items(&self, alert: &str) -> Result<Vec<OutboxItem>, StoreError> {
        let text = format!(
            "SELECT {} FROM outbox o WHERE o.alert = $1 ORDER BY o.id",
            sql::columns::<OutboxItem>("o.")
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

    /// Everybody to whom a message about the incident that this item takes back went, or may have gone.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn notified_of_incident(&self, item: &OutboxItem) -> Result<BTreeSet<Recipient>, StoreError> {
        let own = self.alert_lines(&item.alert, item.version).await?.own;
        let lines: Vec<Cell> = own["lines"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|line| line.as_i64().map(Cell::Int))
            .collect();
        if lines.is_empty() {
            return Ok(BTreeSet::new());
        }
        let mut select = SqlStatement::new(
            "SELECT DISTINCT d.person, d.channel FROM outbox o JOIN deliveries d ON d.outbox = o.id WHERE",
        );
        select.add(" o.alert = ? AND", [Cell::Text(item.alert.clone())]).add_in("o.version", lines);
        select.add(SAID, [Cell::Int(item.id)]);
        let rows = select.fetch_all(&self.readers).await?;
        rows.iter().map(|row| Ok(Recipient { person: get(row, 0)?, channel: get(row, 1)? })).collect()
    }

    /// Keys of the people for whom an earlier message about this alert still waits.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn waiting_people(&self, item: &OutboxItem) -> Result<BTreeSet<String>, StoreError> {
        const WAITING: &str = "SELECT DISTINCT d.person FROM outbox o JOIN deliveries d ON d.outbox = o.id \
             WHERE o.alert = $1 AND o.id < $2 AND d.state = 'queued'";
        let rows =
            sql::query(WAITING).bind(item.alert.clone()).bind(item.id).fetch_all(&self.readers).await?;
        rows.iter().map(|row| get(row, 0)).collect()
    }

    /// Writes one queued delivery for each recipient. What is still queued to them about the same alert is replaced by it,
    /// and the new one is as late as what it replaces. With no recipients the item is done.
    ///
    /// # Errors
    /// Where the store cannot be written.
    #[boxed]
    pub async fn address(&self, item: &OutboxItem, plan: &AddressPlan, at: Time) -> Result<(), StoreError> {
        let items = [(item.clone(), plan.clone())];
        in_transaction!(self, tx => address(&mut tx, &items, at).await)
    }

    /// [`Store::address`] for each of these items and [`Store::claim_deliveries`] for each of the lanes, in one transaction: while
    /// reports arrive each one waits for a commit of theirs. Gives what was taken, lane by lane.
    ///
    /// # Errors
    /// Where the store cannot be written.
    #[boxed]
    pub async fn address_and_claim(
        &self,
        items: &[(OutboxItem, AddressPlan)],
        lanes: &[ClaimLane<'_>],
        time: ClaimTime,
    ) -> Result<Vec<Vec<DueDelivery>>, StoreError> {
        if items.is_empty() && !self.anything_due(time.now).await? {
            return Ok(vec![Vec::new(); lanes.len()]); // an idle service writes nothing
        }
        in_transaction!(self, tx => {
            address(&mut tx, items, time.at).await?;
            let mut taken = Vec::with_capacity(lanes.len());
            for lane in lanes {
                taken.push(claim::claim(&mut tx, lane.channels, (time.now, time.lease), lane.limit).await?);
            }
            Ok::<_, StoreError>(taken)
        })
    }

    /// Takes up to `limit` due deliveries of these channels; nobody else gets them before `lease`. One whose try was never
    /// recorded (a crash) comes again after that.
    ///
    /// # Errors
    /// Where the store cannot be written.
    #[boxed]
    pub async fn claim_deliveries(
        &self,
        channels: &ClaimedChannels,
        now: Time,
        lease: Time,
        limit: u32,
    ) -> Result<Vec<DueDelivery>, StoreError> {
        if !self.anything_due(now).await? {
            return Ok(Vec::new()); // an idle service writes nothing
        }
        in_transaction!(self, tx => claim::claim(&mut tx, channels, (now, lease), limit).await)
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

    /// True where a message is to be addressed, is due or is on its way.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn anything_to_send(&self, now: Time) -> Result<bool, StoreError> {
        const LEFT: &str = "SELECT 1 FROM outbox o WHERE o.done = 0 AND (NOT EXISTS \
             (SELECT 1 FROM deliveries d WHERE d.outbox = o.id) OR EXISTS (SELECT 1 FROM deliveries d \
             WHERE d.outbox = o.id AND d.state = 'queued' AND (d.next_try_at <= $1 OR d.claims > d.tries))) LIMIT 1";
        Ok(sql::query(LEFT).bind(now.0).fetch_optional(&self.readers).await?.is_some())
    }

    async fn anything_due(&self, now: Time) -> Result<bool, StoreError> {
        const DUE: &str = "SELECT 1 FROM deliveries WHERE state = 'queued' AND next_try_at <= $1 LIMIT 1";
        Ok(sql::query(DUE).bind(now.0).fetch_optional(&self.readers).await?.is_some())
    }
}

/// The clock was set back: what waits for an instant of the clock that was ahead waits as long as it was to. Half a step tells
/// such an instant from one that is right, so that the steps of several partitions move nothing twice.
pub(crate) async fn set_back(tx: &mut Connection<'_>, step: ClockStep) -> Result<(), StoreError> {
    const BACK: &str = "UPDATE deliveries SET next_try_at = next_try_at - $1, \
         due_at = CASE WHEN due_at > $2 THEN due_at - $3 ELSE due_at END WHERE state = 'queued' AND next_try_at > $4";
    let by = step.from.since(step.to);
    let ahead = step.to.plus(by / 2);
    sql::query(BACK).bind(by).bind(ahead.0).bind(by).bind(ahead.0).execute(&mut *tx).await?;
    const RECEIPTS: &str = "UPDATE deliveries SET next_receipt_at = next_receipt_at - $1, \
         sent_at = CASE WHEN sent_at > $2 THEN sent_at - $3 ELSE sent_at END WHERE state = 'sent' AND next_receipt_at > $4";
    sql::query(RECEIPTS).bind(by).bind(ahead.0).bind(by).bind(ahead.0).execute(tx).await?;
    Ok(())
}
