//! Table `feeds`: registered feeds.

use crate::error::StoreError;
use crate::sql::{self, Bulk, Connection, table_row};
use crate::store::{Store, in_transaction};
use crate::table::organisation_names;
use async_recursion::async_recursion as boxed;
use domain::kind::FeedClass;
use domain::place::Areas;
use domain::service_clock::ClockStep;
use domain::time::Time;

table_row! {
    struct FeedsRow in "feeds", key 1 {
        name: String,
        class: FeedClass,
        areas: Areas,
        token_sha256: [u8; 32],
        enabled: bool,
        /// 0 where it is not paused.
        paused_until: Time,
        since: Time,
        organisation: String,
        party: bool,
        organisation_name: String,
    }
}

/// A named feed with its token's SHA-256.
#[derive(Clone, PartialEq, Debug)]
pub struct FeedRow {
    pub name: String,
    pub class: FeedClass,
    /// What it may speak for.
    pub areas: Areas,
    pub token_sha256: [u8; 32],
    pub enabled: bool,
    /// Nearly all it sent was refused: nothing of it is read until then. Set by [`Store::pause_feed`] only.
    pub paused_until: Option<Time>,
    /// When it was registered; kept as first written.
    pub since: Time,
    /// The identifier of the organisation whose word it gives, which stays what it was at first; empty where it is its own.
    pub organisation: String,
    /// True where it speaks for a party to the disputes of its place.
    pub party: bool,
    /// What the organisation is called now; empty where its identifier says it.
    pub organisation_name: String,
}

impl FeedRow {
    /// A feed with the defaults: let in, not paused, its own organisation and no party.
    pub fn new(
        name: impl Into<String>,
        class: FeedClass,
        areas: Areas,
        token_sha256: [u8; 32],
        since: Time,
    ) -> FeedRow {
        FeedRow {
            name: name.into(),
            class,
            areas,
            token_sha256,
            enabled: true,
            paused_until: None,
            since,
            organisation: String::new(),
            party: false,
            organisation_name: String::new(),
        }
    }

    /// What the organisation whose word it gives is called; empty where it is its own.
    pub fn organisation_is_called(&self) -> &str {
        if self.organisation_name.is_empty() { &self.organisation } else { &self.organisation_name }
    }
}

impl FeedsRow {
    fn feed(self) -> FeedRow {
        FeedRow {
            name: self.name,
            class: self.class,
            areas: self.areas,
            token_sha256: self.token_sha256,
            enabled: self.enabled,
            paused_until: Some(self.paused_until).filter(|until| until.0 > 0),
            since: self.since,
            organisation: self.organisation,
            party: self.party,
            organisation_name: self.organisation_name,
        }
    }
}

/// The clock was set back: a pause that began while it was ahead lasts as long as it was to.
pub(crate) async fn set_back(tx: &mut Connection<'_>, step: ClockStep) -> Result<(), StoreError> {
    const BACK: &str = "UPDATE feeds SET paused_until = paused_until - $1 WHERE paused_until > $2";
    let by = step.from.since(step.to);
    sql::query(BACK).bind(by).bind(step.to.plus(by / 2).0).execute(tx).await?;
    Ok(())
}

/// Keeps how the organisation of every feed, or of one, is called now.
pub(crate) async fn keep_organisations(
    tx: &mut Connection<'_>,
    feed: Option<&str>,
) -> Result<(), StoreError> {
    let text = sql::select::<FeedsRow>();
    let query = match feed {
        Some(name) => sql::query(format!("{text} name = $1")).bind(name),
        None => sql::query(format!("{text} 1 = 1 ORDER BY name")),
    };
    for row in sql::read_all::<FeedsRow>(&query.fetch_all(&mut *tx).await?)? {
        let feed = row.feed();
        organisation_names::keep(tx, &feed.organisation, feed.organisation_is_called()).await?;
    }
    Ok(())
}

impl Store {
    /// Adds a feed or replaces the one of that name.
    ///
    /// # Errors
    /// Where the store cannot be written.
    #[boxed]
    pub async fn put_feed(&self, feed: &FeedRow) -> Result<(), StoreError> {
        const REPLACE: &str = "ON CONFLICT (name) DO UPDATE SET class = excluded.class, areas = excluded.areas, \
             token_sha256 = excluded.token_sha256, enabled = excluded.enabled, organisation = excluded.organisation, \
             party = excluded.party, organisation_name = excluded.organisation_name";
        let row = FeedsRow {
            name: feed.name.clone(),
            class: feed.class,
            areas: feed.areas.clone(),
            token_sha256: feed.token_sha256,
            enabled: feed.enabled,
            paused_until: Time(0),
            since: feed.since,
            organisation: feed.organisation.clone(),
            party: feed.party,
            organisation_name: feed.organisation_name.clone(),
        };
        let put = Bulk::insert::<FeedsRow>().with_tail(REPLACE);
        in_transaction!(self, tx => {
            keep_organisations(&mut tx, Some(&feed.name)).await?;
            organisation_names::keep(&mut tx, &feed.organisation, feed.organisation_is_called()).await?;
            put.run_rows(&mut tx, [row]).await
        })
        .map(drop)
    }

    /// All feeds by name, disabled ones too.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn feeds(&self) -> Result<Vec<FeedRow>, StoreError> {
        let query = sql::query(format!("{} 1 = 1 ORDER BY name", sql::select::<FeedsRow>()));
        let rows = sql::read_all::<FeedsRow>(&query.fetch_all(&self.readers).await?)?;
        Ok(rows.into_iter().map(FeedsRow::feed).collect())
    }

    /// Notes that a feed is paused until then, or lets it in again. False where there is no feed of that name.
    ///
    /// # Errors
    /// Where the store cannot be written.
    #[boxed]
    pub async fn pause_feed(&self, name: &str, until: Option<Time>) -> Result<bool, StoreError> {
        let pause = sql::query("UPDATE feeds SET paused_until = $1 WHERE name = $2");
        Ok(self.execute(pause.bind(until.map_or(0, |until| until.0)).bind(name)).await? > 0)
    }

    /// The enabled feed whose token has this SHA-256.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn feed_by_token(&self, token_sha256: &[u8; 32]) -> Result<Option<FeedRow>, StoreError> {
        let text = format!("{} token_sha256 = $1 AND enabled = 1", sql::select::<FeedsRow>());
        let rows = sql::query(text).bind(token_sha256.to_vec()).fetch_all(&self.readers).await?;
        Ok(sql::read_all::<FeedsRow>(&rows)?.into_iter().next().map(FeedsRow::feed))
    }
}
