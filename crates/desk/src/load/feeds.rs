//! Feed health: what is registered, what was heard, who is silent.

use crate::context::Context;
use crate::fault::Fault;
use crate::page::feeds::{Feed, Quiet, View, silent_first};
use crate::permit::{Right, Viewer};
use crate::submit::feed_name;
use domain::kind::FeedClass;
use domain::place::{Code, Places};
use domain::policy::Silence;
use domain::time::Time;
use std::collections::BTreeMap;
use store::{FeedRow, Heard};

pub async fn view(context: &Context) -> Result<View, Fault> {
    let store = &context.state.store;
    let viewer = context.viewer()?;
    let mut heard = heard(context).await?;
    let now = context.as_of().await?.unwrap_or_else(|| context.now());
    let (places, rule) = (&context.state.places, &context.state.silence);
    let mut feeds: Vec<Feed> = Vec::new();
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
    Ok(View { feeds, refused: refused.into_iter().filter(|(_, count)| *count > 0).collect(), by_class })
}

/// The registered feeds of a regency, or of a district alone, that do not speak. A feed for everywhere is each regency's.
/// Of a district, a feed for more than it is not meant: nobody expects that to speak of each place.
pub async fn quiet(context: &Context, code: Code) -> Result<Quiet, Fault> {
    let heard = heard(context).await?;
    let now = context.as_of().await?.unwrap_or_else(|| context.now());
    let (places, rule) = (&context.state.places, &context.state.silence);
    let concerns = |area: &Code| *area == code || area.regency() == code;
    let mut quiet = Quiet::default();
    for row in context.state.store.feeds().await? {
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

async fn heard(context: &Context) -> Result<BTreeMap<String, Heard>, Fault> {
    let rows = context.state.store.heard().await?;
    Ok(rows.into_iter().map(|row| (row.feed.clone(), row)).collect())
}

fn of_viewer(viewer: &Viewer, areas: &str) -> bool {
    let areas = Viewer::areas_of(areas);
    areas.is_empty() || areas.iter().any(|code| viewer.covers(*code))
}

fn feed(places: &Places, row: FeedRow, heard: Option<&Heard>, (rule, now): (&Silence, Time)) -> Feed {
    let last = heard.and_then(|heard| heard.reported_at);
    let usual = heard.and_then(Heard::usual);
    let names = Viewer::areas_of(&row.areas)
        .into_iter()
        .map(|code| places.find(code).map_or_else(|| code.to_string(), |unit| places.name(unit)));
    // The desk writes when there is something to write: its quiet says nothing.
    let own = FeedClass::ALL.iter().any(|class| feed_name(*class) == row.name);
    // One never heard is expected once a week from its registration on.
    let since = last.unwrap_or(row.since);
    Feed {
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
