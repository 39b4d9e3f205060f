//! Table `feed_activity`: when each feed was heard, in each partition. Whatever a record became, it was heard.

use crate::commit::{DeadLetter, ReportRow};
use crate::error::StoreError;
use crate::sql::{self, Bulk, Connection, SqlRow, get, table_row};
use crate::store::Store;
use async_recursion::async_recursion as boxed;
use domain::kind::FeedClass;
use domain::time::Time;
use std::collections::BTreeMap;

table_row! {
    struct FeedActivityRow in "feed_activity", key 2 {
        log_partition: i32,
        feed: String,
        class: FeedClass,
        received_at: Time,
        reported_at: Time,
        first_at: Time,
        reports: i64,
        dead_letters: i64,
    }
}

impl FeedActivityRow {
    fn never(partition: i32, feed: &str, class: FeedClass) -> FeedActivityRow {
        FeedActivityRow {
            log_partition: partition,
            feed: feed.to_owned(),
            class,
            received_at: Time::MIN,
            reported_at: Time::MIN,
            first_at: Time::MAX,
            reports: 0,
            dead_letters: 0,
        }
    }
}

/// What was heard of a feed.
#[derive(Clone, PartialEq, Debug)]
pub struct FeedActivity {
    pub feed: String,
    pub class: FeedClass,
    /// When its last report came, and the latest instant at which it was heard; `None` where only dead letters came.
    pub received_at: Option<Time>,
    pub reported_at: Option<Time>,
    /// The earliest instant at which it was heard.
    pub first_at: Option<Time>,
    pub reports: u64,
    pub dead_letters: u64,
}

impl FeedActivity {
    /// The usual time between two of its reports, microseconds; `None` where fewer than two came.
    pub fn usual(&self) -> Option<i64> {
        domain::silence::usual(self.first_at?, self.reported_at?, self.reports)
    }
}

/// When a feed was heard by a report: when it reported, by its own clock as far as that can be believed and never later than
/// the receipt.
fn heard_at(row: &ReportRow) -> Time {
    row.report.doubtful.unwrap_or(row.report.reported_at).min(row.received_at)
}

/// Adds what a commit holds of each feed.
pub(crate) async fn write(
    tx: &mut Connection<'_>,
    partition: i32,
    reports: &[ReportRow],
    dead_letters: &[DeadLetter],
) -> Result<(), StoreError> {
    const ADD: &str = "ON CONFLICT (log_partition, feed) DO UPDATE SET class = excluded.class, \
         received_at = CASE WHEN excluded.received_at > feed_activity.received_at THEN excluded.received_at ELSE feed_activity.received_at END, \
         reported_at = CASE WHEN excluded.reported_at > feed_activity.reported_at THEN excluded.reported_at ELSE feed_activity.reported_at END, \
         first_at = CASE WHEN excluded.first_at < feed_activity.first_at THEN excluded.first_at ELSE feed_activity.first_at END, \
         reports = feed_activity.reports + excluded.reports, dead_letters = feed_activity.dead_letters + excluded.dead_letters";
    let mut sums: BTreeMap<&str, FeedActivityRow> = BTreeMap::new();
    for row in reports {
        let new = || FeedActivityRow::never(partition, &row.feed_name, row.report.class);
        let heard = sums.entry(&row.feed_name).or_insert_with(new);
        heard.received_at = heard.received_at.max(row.received_at);
        let at = heard_at(row);
        heard.reported_at = heard.reported_at.max(at);
        heard.first_at = heard.first_at.min(at);
        heard.reports += 1;
    }
    for letter in dead_letters {
        let new = || FeedActivityRow::never(partition, &letter.feed_name, letter.class);
        sums.entry(&letter.feed_name).or_insert_with(new).dead_letters += 1;
    }
    Bulk::insert::<FeedActivityRow>().with_tail(ADD).run_rows(tx, sums.into_values()).await?;
    Ok(())
}

impl Store {
    /// Every feed ever heard, by name, over all partitions.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn heard(&self) -> Result<Vec<FeedActivity>, StoreError> {
        const ALL: &str = "SELECT feed, MAX(class), MAX(received_at), MAX(reported_at), MIN(first_at), \
             CAST(SUM(reports) AS BIGINT), CAST(SUM(dead_letters) AS BIGINT) FROM feed_activity GROUP BY feed ORDER BY feed";
        let known = |at: i64| (at != Time::MIN.0 && at != Time::MAX.0).then_some(Time(at));
        let heard = |row: &SqlRow| {
            Ok(FeedActivity {
                feed: get(row, 0)?,
                class: sql::word(row, 1, FeedClass::parse)?,
                received_at: known(get(row, 2)?),
                reported_at: known(get(row, 3)?),
                first_at: known(get(row, 4)?),
                reports: sql::small(row, 5)?,
                dead_letters: sql::small(row, 6)?,
            })
        };
        sql::query(ALL).fetch_all(&self.readers).await?.iter().map(heard).collect()
    }
}
