//! Feed health: what is registered, what was heard, who is silent.

use crate::context::Context;
use crate::error::ViewError;
use crate::permit::{Right, Viewer};
use domain::kind::{FeedClass, Refused};
use domain::place::{Code, Places};
use domain::policy::Silence;
use domain::time::Time;
use std::collections::BTreeMap;
use store::{FeedRow, Heard};

#[derive(Clone, Debug)]
pub struct FeedItem {
    pub name: String,
    pub class: FeedClass,
    /// Names of the places it speaks for; empty means all.
    pub places: Vec<String>,
    pub enabled: bool,
    pub last: Option<Time>,
    /// Usual time between two reports, microseconds.
    pub usual: Option<i64>,
    pub reports: u64,
    pub silent: bool,
    /// Not read until then: nearly all it sent was refused.
    pub paused_until: Option<Time>,
}

#[derive(Clone, Debug)]
pub struct FeedsView {
    pub feeds: Vec<FeedItem>,
    /// What was refused, by reason.
    pub refused: Vec<(Refused, u64)>,
    /// For leaders: classes only, no feed by name.
    pub by_class: bool,
}

/// Registered feeds that speak for a place and do not speak.
#[derive(Clone, Debug, Default)]
pub struct QuietFeeds {
    /// Silent by the policy's rule: name and class.
    pub silent: Vec<(String, FeedClass)>,
    /// Never heard since they were registered.
    pub never: Vec<(String, FeedClass)>,
}

impl QuietFeeds {
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
pub async fn load(context: &Context) -> Result<FeedsView, ViewError> {
    let store = &context.sources.store;
    let viewer = &context.viewer;
    let mut heard = heard(context).await?;
    let now = context.as_of().await?.unwrap_or_else(|| context.now);
    let (places, rule) = (&context.sources.places, &context.sources.silence);
    let mut feeds: Vec<FeedItem> = Vec::new();
    for row in store.feeds().await? {
        let heard = heard.remove(&row.name);
        if of_viewer(viewer, &row.areas) {
            feeds.push(feed(places, row, heard.as_ref(), (rule, now)));
        }
    }
    // Sources that were heard without being registered: an import, or a scenario.
    if viewer.areas.is_empty() {
        for row in heard.into_values() {
            let bare = FeedRow {
                name: row.feed.clone(),
                class: row.class,
                areas: String::new(),
                token_sha256: [0; 32],
                enabled: true,
                paused_until: None,
                since: now,
            };
            feeds.push(feed(places, bare, Some(&row), (rule, now)));
        }
    }
    silent_first(&mut feeds);
    let by_class = !viewer.may(Right::SeeReports);
    let refused = if by_class { Vec::new() } else { store.balance().await?.dead_letters };
    Ok(FeedsView { feeds, refused: refused.into_iter().filter(|(_, count)| *count > 0).collect(), by_class })
}

/// The registered feeds of a regency, or of a district alone, that do not speak. A feed for everywhere is each regency's.
/// Of a district, a feed for more than it is not meant: nobody expects that to speak of each place.
pub async fn quiet(context: &Context, code: Code) -> Result<QuietFeeds, ViewError> {
    let heard = heard(context).await?;
    let now = context.as_of().await?.unwrap_or_else(|| context.now);
    let (places, rule) = (&context.sources.places, &context.sources.silence);
    let concerns = |area: &Code| *area == code || area.regency() == code;
    let mut quiet = QuietFeeds::default();
    for row in context.sources.store.feeds().await? {
        let areas = Viewer::areas_of(&row.areas);
        let everywhere = areas.is_empty() && code.is_regency();
        if !everywhere && !areas.iter().any(concerns) {
            continue;
        }
        let own = heard.get(&row.name);
        let feed = feed(places, row, own, (rule, now));
        if feed.silent {
            quiet.silent.push((feed.name.clone(), feed.class));
        }
        if feed.enabled && feed.last.is_none() {
            quiet.never.push((feed.name, feed.class));
        }
    }
    Ok(quiet)
}

/// The desk's own feed of a class: `desk` where the desk speaks for itself, else `desk-<class>`.
pub fn desk_feed(class: FeedClass) -> String {
    if class == FeedClass::Desk { class.to_string() } else { format!("desk-{class}") }
}

async fn heard(context: &Context) -> Result<BTreeMap<String, Heard>, ViewError> {
    let rows = context.sources.store.heard().await?;
    Ok(rows.into_iter().map(|row| (row.feed.clone(), row)).collect())
}

fn of_viewer(viewer: &Viewer, areas: &str) -> bool {
    let areas = Viewer::areas_of(areas);
    areas.is_empty() || areas.iter().any(|code| viewer.covers(*code))
}

fn feed(places: &Places, row: FeedRow, heard: Option<&Heard>, (rule, now): (&Silence, Time)) -> FeedItem {
    let last = heard.and_then(|heard| heard.reported_at);
    let usual = heard.and_then(Heard::usual);
    let names = Viewer::areas_of(&row.areas)
        .into_iter()
        .map(|code| places.find(code).map_or_else(|| code.to_string(), |unit| places.name(unit)));
    // The desk writes when there is something to write: its quiet says nothing.
    let own = FeedClass::ALL.iter().any(|class| desk_feed(*class) == row.name);
    // One never heard is expected once a week from its registration on.
    let since = last.unwrap_or(row.since);
    FeedItem {
        places: names.collect(),
        last,
        usual,
        reports: heard.map_or(0, |heard| heard.reports),
        silent: row.enabled && !own && now.since(since) >= rule.allowed(usual),
        enabled: row.enabled,
        paused_until: row.paused_until.filter(|until| *until > now),
        name: row.name,
        class: row.class,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_silent_stands_first() {
        let feed = |name: &str, silent, last| FeedItem {
            name: name.into(),
            class: FeedClass::Village,
            places: vec![],
            enabled: true,
            last,
            usual: None,
            reports: 1,
            silent,
            paused_until: None,
        };
        let mut feeds = vec![
            feed("heard", false, Some(Time(9))),
            feed("short", true, Some(Time(5))),
            feed("never", true, None),
            feed("long", true, Some(Time(1))),
        ];
        silent_first(&mut feeds);
        let names: Vec<&str> = feeds.iter().map(|feed| feed.name.as_str()).collect();
        assert_eq!(names, ["never", "long", "short", "heard"]);
    }
}
