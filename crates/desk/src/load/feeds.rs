//! Feed health: what is registered, what was heard, who is silent.

use crate::context::Context;
use crate::fault::Fault;
use crate::page::feeds::{Feed, View, silent_first};
use crate::permit::{Right, Viewer};
use crate::submit::feed_name;
use domain::kind::FeedClass;
use domain::place::Places;
use domain::time::{DAY, Time};
use std::collections::BTreeMap;
use store::{FeedRow, Heard, ReportFilter};

/// A feed counts as silent here after three of its usual intervals, never before 3 and always after 14 days:
/// the shipped policy's rule, told for people. The pipeline judges completeness by the policy itself.
const AT_LEAST: i64 = 3 * DAY;
const AT_MOST: i64 = 14 * DAY;

pub async fn view(context: &Context) -> Result<View, Fault> {
    let store = &context.state.store;
    let viewer = context.viewer()?;
    let mut heard: BTreeMap<String, Heard> =
        store.heard().await?.into_iter().map(|row| (row.feed.clone(), row)).collect();
    let now = context.as_of().await?.unwrap_or_else(|| context.now());
    let mut feeds: Vec<Feed> = Vec::new();
    for row in store.feeds().await? {
        let heard = heard.remove(&row.name);
        if of_viewer(viewer, &row.areas) {
            let usual = usual(context, &row.name).await?;
            feeds.push(feed(&context.state.places, row, heard.as_ref(), (usual, now)));
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
            };
            let usual = usual(context, &row.feed).await?;
            feeds.push(feed(&context.state.places, bare, Some(&row), (usual, now)));
        }
    }
    silent_first(&mut feeds);
    let by_class = !viewer.may(Right::SeeReports);
    let refused = if by_class { Vec::new() } else { store.balance().await?.dead_letters };
    Ok(View { feeds, refused: refused.into_iter().filter(|(_, count)| *count > 0).collect(), by_class })
}

fn of_viewer(viewer: &Viewer, areas: &str) -> bool {
    let areas = Viewer::areas_of(areas);
    areas.is_empty() || areas.iter().any(|code| viewer.covers(*code))
}

fn feed(places: &Places, row: FeedRow, heard: Option<&Heard>, (usual, now): (Option<i64>, Time)) -> Feed {
    let last = heard.and_then(|heard| heard.reported_at);
    let names = Viewer::areas_of(&row.areas)
        .into_iter()
        .map(|code| places.find(code).map_or_else(|| code.to_string(), |unit| places.name(unit)));
    // The desk writes when there is something to write: its quiet says nothing.
    let own = FeedClass::ALL.iter().any(|class| feed_name(*class) == row.name);
    Feed {
        places: names.collect(),
        last,
        usual,
        reports: heard.map_or(0, |heard| heard.reports),
        silent: row.enabled && !own && last.is_none_or(|last| now.since(last) >= silence(usual)),
        enabled: row.enabled,
        paused_until: row.paused_until.filter(|until| *until > now),
        name: row.name,
        class: row.class,
    }
}

/// The mean time between its latest reports.
async fn usual(context: &Context, feed: &str) -> Result<Option<i64>, Fault> {
    let filter = ReportFilter { feed: Some(feed.to_string()), limit: 20, ..ReportFilter::default() };
    let latest = context.state.store.reports(&filter).await?.items;
    Ok(rhythm(latest.iter().map(|view| view.report.reported_at).collect()))
}

fn rhythm(mut times: Vec<Time>) -> Option<i64> {
    times.sort_unstable();
    let (first, last) = (times.first()?, times.last()?);
    let gaps = i64::try_from(times.len()).ok()? - 1;
    (gaps > 0).then(|| last.since(*first) / gaps)
}

/// How long a feed of this rhythm may be quiet.
fn silence(usual: Option<i64>) -> i64 {
    usual.map_or(7 * DAY, |usual| usual.saturating_mul(3).clamp(AT_LEAST, AT_MOST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_follows_the_rhythm_within_bounds() {
        assert_eq!(silence(Some(DAY / 24)), AT_LEAST);
        assert_eq!(silence(Some(2 * DAY)), 6 * DAY);
        assert_eq!(silence(Some(30 * DAY)), AT_MOST);
        assert_eq!(silence(None), 7 * DAY);
        assert_eq!(rhythm(vec![Time(6 * DAY), Time(0), Time(2 * DAY)]), Some(3 * DAY));
        assert_eq!(rhythm(vec![Time(5)]), None);
    }
}
