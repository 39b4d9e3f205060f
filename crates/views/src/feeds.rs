//! Feed health: what is registered, what was heard, who is silent.

use crate::context::Context;
use crate::error::ViewError;
use crate::json;
use crate::organisations::OrganisationNames;
use crate::permit::Right;
use crate::pulls::PullItem;
use crate::words::Lang;
use async_recursion::async_recursion as boxed;
use domain::desk_feed::is_desk_feed;
use domain::kind::{FeedClass, Refused};
use domain::place::{Area, Areas, Code, Places};
use domain::policy::Silence;
use domain::report::FeedId;
use domain::time::Time;
use serde::Serialize;
use std::collections::BTreeMap;
use store::{FeedActivity, FeedRow, PullRow};

#[derive(Clone, Debug, Serialize)]
pub struct FeedItem {
    /// `None` for those who see classes only.
    pub name: Option<String>,
    #[serde(serialize_with = "json::word")]
    pub class: FeedClass,
    /// Names of the places it speaks for; empty means all.
    pub places: Vec<String>,
    pub enabled: bool,
    /// The organisation whose word it gives; `None` where it is its own or called so, or for those who see classes only.
    pub organisation: Option<String>,
    /// It speaks for a party to the disputes of its place.
    pub party: bool,
    #[serde(serialize_with = "json::time_option")]
    pub last: Option<Time>,
    /// Usual time between two reports, microseconds.
    pub usual: Option<i64>,
    /// `None` for those who see classes only.
    pub reports: Option<u64>,
    pub silent: bool,
    /// Not read until then: nearly all it sent was refused.
    #[serde(serialize_with = "json::time_option")]
    pub paused_until: Option<Time>,
}

#[derive(Clone, Debug, Serialize)]
pub struct FeedsView {
    pub feeds: Vec<FeedItem>,
    /// Agencies that the service asks by itself; none for those who see classes only.
    pub pulls: Vec<PullItem>,
    pub refused: Vec<RefusedCount>,
    /// For leaders: classes only, no feed by name.
    pub by_class: bool,
}

/// Records refused for a reason.
#[derive(Clone, Debug, Serialize)]
pub struct RefusedCount {
    #[serde(serialize_with = "json::word")]
    pub reason: Refused,
    pub records: u64,
}

/// Registered feeds that should report of a place and do not: by name, or by class for those who see classes only.
#[derive(Clone, Debug, Default, Serialize)]
pub struct QuietFeeds {
    /// Heard once, and silent by the policy's rule.
    pub silent: Vec<String>,
    /// Never heard since they were registered.
    pub never: Vec<String>,
}

impl QuietFeeds {
    /// Those of `feeds` that do not speak: by name, or each class once.
    fn of(feeds: &[FeedItem], by_name: bool, lang: Lang) -> QuietFeeds {
        let mut quiet = QuietFeeds::default();
        for feed in feeds {
            // One never heard is silent too after a week; it is named once, as what it is.
            let list = match feed.enabled && feed.last.is_none() {
                true => &mut quiet.never,
                false if feed.silent => &mut quiet.silent,
                false => continue,
            };
            let named = match &feed.name {
                Some(name) if by_name => name.clone(),
                _ => lang.word("class", feed.class),
            };
            if !list.contains(&named) {
                list.push(named);
            }
        }
        quiet
    }

    pub fn is_empty(&self) -> bool {
        self.silent.is_empty() && self.never.is_empty()
    }
}

/// Paused feeds first, then silent ones, the longest silent at the top.
pub fn silent_first(feeds: &mut [FeedItem]) {
    feeds.sort_by(|a, b| {
        b.paused_until
            .is_some()
            .cmp(&a.paused_until.is_some())
            .then(b.silent.cmp(&a.silent))
            .then(a.last.cmp(&b.last))
            .then(a.name.cmp(&b.name))
    });
}

/// The feeds of the viewer's areas, and what was refused of them.
#[boxed]
pub async fn load(context: &Context) -> Result<FeedsView, ViewError> {
    let store = &context.sources.store;
    let viewer = &context.viewer;
    let mut heard = heard(context).await?;
    let now = context.as_of().await?.unwrap_or(context.now);
    let (places, rule) = (&context.sources.places, &context.sources.silence);
    let pulls = store.pulls().await?;
    let mut feeds: Vec<FeedItem> = Vec::new();
    for row in store.feeds().await? {
        let heard = heard.remove(&row.name);
        if viewer.areas.overlaps(&row.areas) {
            let is_pulled = is_pulled(&row, &pulls);
            let mut feed = feed(places, row, heard.as_ref(), (rule, now));
            feed.silent &= !is_pulled;
            feeds.push(feed);
        }
    }
    // Sources that were heard without being registered: an import, or a scenario.
    if viewer.areas.is_everywhere() {
        for row in heard.into_values() {
            let bare = FeedRow::new(row.feed.clone(), row.class, Areas::everywhere(), [0; 32], now);
            feeds.push(feed(places, bare, Some(&row), (rule, now)));
        }
    }
    silent_first(&mut feeds);
    let by_class = !viewer.may(Right::SeeReports);
    if by_class {
        feeds.iter_mut().for_each(hide_name);
        return Ok(FeedsView { feeds, pulls: Vec::new(), refused: Vec::new(), by_class });
    }
    let refused = store.balance().await?.dead_letters.into_iter().filter(|(_, records)| *records > 0);
    let refused = refused.map(|(reason, records)| RefusedCount { reason, records });
    let pulls = pulls.into_iter().map(|row| PullItem::of(row, context.lang)).collect();
    Ok(FeedsView { feeds, pulls, refused: refused.collect(), by_class })
}

/// Whether the service itself asks for what the feed reports: its quiet is that of the weather, and what fails is said of the
/// pull.
fn is_pulled(row: &FeedRow, pulls: &[PullRow]) -> bool {
    row.class == FeedClass::Sensor && pulls.iter().any(|pull| pull.is_on && pull.source.as_str() == row.name)
}

/// The registered feeds of a regency, or of a district alone, that do not speak. A feed for everywhere is each regency's.
/// Of a district, a feed for more than it is not meant: nobody expects that to speak of each place.
#[boxed]
pub async fn quiet(context: &Context, code: Code) -> Result<QuietFeeds, ViewError> {
    let by_name = context.viewer.may(Right::SeeReports);
    Ok(QuietFeeds::of(&expected(context, code).await?, by_name, context.lang))
}

/// How many registered feeds do not report.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct QuietCounts {
    /// Heard once, and silent by the policy's rule.
    pub silent: usize,
    /// Never heard since they were registered.
    pub never: usize,
}

/// How many registered feeds of a regency or a district do not report.
#[boxed]
pub async fn quiet_counts(context: &Context, code: Code) -> Result<QuietCounts, ViewError> {
    let feeds = expected(context, code).await?;
    let never = |feed: &&FeedItem| feed.enabled && feed.last.is_none();
    let silent = feeds.iter().filter(|feed| feed.silent && feed.last.is_some()).count();
    Ok(QuietCounts { silent, never: feeds.iter().filter(never).count() })
}

/// The registered feeds that are expected to report of a regency or a district.
async fn expected(context: &Context, code: Code) -> Result<Vec<FeedItem>, ViewError> {
    let heard = heard(context).await?;
    let now = context.as_of().await?.unwrap_or(context.now);
    let (places, rule) = (&context.sources.places, &context.sources.silence);
    let pulls = context.sources.store.pulls().await?;
    let is_expected = |row: &FeedRow| row.areas.report_on(code) && !is_pulled(row, &pulls);
    let own = context.sources.store.feeds().await?.into_iter().filter(is_expected);
    let item = |row: FeedRow| {
        let heard = heard.get(&row.name);
        feed(places, row, heard, (rule, now))
    };
    Ok(own.map(item).collect())
}

/// Leaves of a feed what those who see classes only may know.
fn hide_name(feed: &mut FeedItem) {
    (feed.name, feed.organisation, feed.reports) = (None, None, None);
    feed.places.clear();
}

async fn heard(context: &Context) -> Result<BTreeMap<String, FeedActivity>, ViewError> {
    let rows = context.sources.store.heard().await?;
    Ok(rows.into_iter().map(|row| (row.feed.clone(), row)).collect())
}

fn feed(
    places: &Places,
    row: FeedRow,
    heard: Option<&FeedActivity>,
    (rule, now): (&Silence, Time),
) -> FeedItem {
    let last = heard.and_then(|heard| heard.reported_at);
    let usual = heard.and_then(FeedActivity::usual);
    let named = row.areas.iter().filter(|area| *area != Area::Everywhere);
    let names = named.map(|area| places.area_name(area)).collect();
    // The desk writes when there is something to write: its quiet says nothing.
    let own = is_desk_feed(FeedId::of(&row.name));
    // One never heard is expected once a week from its registration on.
    let since = last.unwrap_or(row.since);
    FeedItem {
        places: names,
        last,
        usual,
        reports: Some(heard.map_or(0, |heard| heard.reports)),
        silent: row.enabled && !own && now.since(since) >= rule.allowed(usual),
        enabled: row.enabled,
        organisation: OrganisationNames::of(std::slice::from_ref(&row))
            .word_of_another(&row.name, &row.organisation)
            .map(str::to_owned),
        party: row.party,
        paused_until: row.paused_until.filter(|until| *until > now),
        name: Some(row.name),
        class: row.class,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feed(name: &str, silent: bool, last: Option<Time>) -> FeedItem {
        FeedItem {
            name: Some(name.into()),
            class: FeedClass::Village,
            places: vec![],
            enabled: true,
            organisation: None,
            party: false,
            last,
            usual: None,
            reports: Some(1),
            silent,
            paused_until: None,
        }
    }

    #[test]
    fn who_sees_classes_only_hears_each_quiet_class_once() {
        let feeds =
            [feed("a", true, Some(Time(1))), feed("b", true, Some(Time(2))), feed("c", false, Some(Time(3)))];
        let never = [feed("d", true, None), feed("e", false, None)];
        let all: Vec<FeedItem> = feeds.into_iter().chain(never).collect();
        let by_class = QuietFeeds::of(&all, false, Lang::En);
        assert_eq!((by_class.silent, by_class.never), (vec!["village".to_owned()], vec!["village".into()]));
        let by_name = QuietFeeds::of(&all, true, Lang::En);
        assert_eq!((by_name.silent.join(" "), by_name.never.join(" ")), ("a b".into(), "d e".into()));
    }

    #[test]
    fn the_longest_silent_stands_first() {
        let mut feeds = vec![
            feed("heard", false, Some(Time(9))),
            feed("short", true, Some(Time(5))),
            feed("never", true, None),
            feed("long", true, Some(Time(1))),
        ];
        silent_first(&mut feeds);
        let names: Vec<&str> = feeds.iter().filter_map(|feed| feed.name.as_deref()).collect();
        assert_eq!(names, ["never", "long", "short", "heard"]);
    }
}
