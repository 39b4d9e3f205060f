//! The reporter's page: for whom an account reports, what its form offers, and what became of what its feed reported.

mod fate;

pub use fate::{OwnReport, ReportFate};

use crate::context::Context;
use crate::entry::{CategoryChoice, DistrictChoice, SeverityExample, severity_examples, villages};
use crate::error::ViewError;
use crate::json;
use crate::reports::place_name;
use async_recursion::async_recursion as boxed;
use domain::desk_feed;
use domain::kind::{Category, FeedClass, Kind};
use domain::place::{Area, Areas, Code, Place, UnitId, Zone};
use domain::time::{DAY, HOUR, Time};
use serde::Serialize;
use std::collections::BTreeMap;
use store::{FeedRow, ReportFilter, StoredReport};

/// What a reporter sees.
#[derive(Clone, Debug, Serialize)]
pub struct ReporterView {
    pub feed: String,
    #[serde(serialize_with = "json::word")]
    pub class: FeedClass,
    /// The names of the places it speaks for.
    pub places: Vec<String>,
    #[serde(skip)]
    pub zone: Zone,
    pub districts: Vec<DistrictChoice>,
    /// By kind; those of [`ReporterView::often`] among them.
    pub categories: Vec<CategoryChoice>,
    /// What this feed reports most, then what is usual.
    pub often: Vec<CategoryChoice>,
    pub examples: Vec<SeverityExample>,
    /// The places of which a denial of what others say can be.
    pub news_places: Vec<NewsPlace>,
    /// What the feed reported lately, newest first.
    pub reports: Vec<OwnReport>,
    /// The period that "nothing happened" would speak of now; `None` where the feed has no place of its own.
    #[serde(skip)]
    pub quiet: Option<QuietPeriod>,
    /// The feed's reports that nothing happened and that it withdrew: of which place each is, and until when it reaches.
    #[serde(skip)]
    pub quiet_withdrawn: Vec<(Place, Time)>,
    /// The feed's reports that nothing happened that stand.
    #[serde(skip)]
    pub nothing: Vec<OwnNothing>,
}

/// A report of the feed that nothing happened, which stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OwnNothing {
    pub id: String,
    pub place: Place,
    pub from: Time,
    pub to: Time,
}

impl OwnNothing {
    /// Whether it speaks of a place and an instant; it begins where what was reported before it happened.
    pub fn is_of(&self, place: Place, at: Time) -> bool {
        let own = if self.place.village > 0 { Area::Village(self.place) } else { Area::of(self.place.code) };
        own.contains(place) && self.from < at && at < self.to
    }
}

/// A place of the feed: a district or a village.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct NewsPlace {
    pub code: String,
    pub name: String,
    #[serde(skip)]
    pub place: Place,
}

/// A period of which a reporter says that nothing happened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct QuietPeriod {
    pub from: Time,
    pub to: Time,
    /// True where it begins after what the feed reported itself.
    pub after_a_report: bool,
    /// Until when the feed's last report reaches that nothing happened in this period.
    pub quiet_until: Option<Time>,
}

impl QuietPeriod {
    /// Whether it says nothing: the feed has only just reported something.
    pub fn is_too_short(&self) -> bool {
        self.to.since(self.from) < HOUR
    }

    /// Whether a period of which nothing was reported is this one as it was then: it began with the same event, or was a week.
    fn is_of(&self, [from, to]: [Time; 2]) -> bool {
        let difference = if self.after_a_report { from.since(self.from) } else { to.since(from) - WEEK };
        difference.abs() < HOUR / 60
    }
}

/// The number of a report as people write it down: the end of its id.
pub fn short_number(id: &str) -> String {
    format!("L-{}", &id[id.len().saturating_sub(4)..])
}

/// How far back "nothing happened this week" speaks.
const WEEK: i64 = 7 * DAY;
/// Reports shown.
const SHOWN: usize = 12;
/// Reports from which the most used categories are counted.
const COUNTED: u32 = 100;
/// Categories that stand before the others.
const OFTEN: usize = 5;

/// The feed that the viewer's account reports for.
///
/// # Errors
/// Where the account has none, the feed is not registered, is disabled or is none that people report for, or the store cannot be
/// read.
#[boxed]
pub async fn feed(context: &Context) -> Result<FeedRow, ViewError> {
    let own = &context.viewer.feed;
    let feeds = context.sources.store.feeds().await?;
    let found = feeds.into_iter().find(|feed| feed.enabled && feed.name == *own);
    found.filter(|feed| reports_from_a_place(&feed.name, feed.class, &feed.areas)).ok_or(ViewError::Forbidden)
}

/// Whether a person can report for such a feed: its place is known, no instrument speaks, and it is not the desk's own.
pub fn reports_from_a_place(name: &str, class: FeedClass, areas: &Areas) -> bool {
    class != FeedClass::Sensor && !areas.is_everywhere() && !is_of_desk(name, class)
}

/// Whether the desk itself speaks by a feed: nobody does so from a phone.
pub fn is_of_desk(name: &str, class: FeedClass) -> bool {
    class == FeedClass::Desk || desk_feed::is_name(name) || desk_feed::is_reserved(name)
}

/// The places of a feed: of each a report that nothing happened there.
pub fn places(areas: &Areas) -> Vec<Place> {
    areas
        .iter()
        .filter_map(|area| match area {
            Area::Everywhere => None,
            Area::Village(place) => Some(place),
            Area::Regency(code) | Area::District(code) => Some(Place { code, village: 0 }),
        })
        .collect()
}

/// The context as the intake will read what the feed reports: the districts of its places.
pub fn of_feed(context: &Context, feed: &FeedRow) -> Context {
    let widened = feed.areas.iter().map(|area| area.unit().map_or(Area::Everywhere, Area::of));
    let mut own = context.clone();
    own.viewer.areas = Areas::of(widened);
    own
}

/// The districts of a feed, and its villages where it speaks for no whole district.
pub fn news_places(context: &Context, feed: &FeedRow) -> Vec<NewsPlace> {
    let places = &context.sources.places;
    let districts = places.regency_ids().flat_map(|regency| context.districts(regency));
    let of_district = |code: Code| {
        let villages = feed.areas.iter().filter_map(move |area| match area {
            Area::Village(place) if place.code == code => Some(place),
            _ => None,
        });
        let whole = feed.areas.covers(code).then_some(Place { code, village: 0 });
        whole.into_iter().chain(villages.filter(move |_| whole.is_none()))
    };
    let named = |place: Place| {
        let code = if place.village > 0 { place.to_string() } else { place.code.to_string() };
        NewsPlace { code, name: place_name(context, place), place }
    };
    districts.map(|unit| places.code(unit)).flat_map(of_district).map(named).collect()
}

/// The page of a feed.
///
/// # Errors
/// Where the feed has no configured place, or the store cannot be read.
#[boxed]
pub async fn load(context: &Context, feed: &FeedRow) -> Result<ReporterView, ViewError> {
    let own = of_feed(context, feed);
    let regency = own.regency(None)?;
    let code = context.sources.places.code(regency);
    let filter = ReportFilter { feed: Some(feed.name.clone()), limit: COUNTED, ..ReportFilter::default() };
    let recent = context.sources.store.reports(&filter).await?.items;
    let categories = categories(context);
    let often = often(context, &categories, &recent);
    let nothing: Vec<OwnNothing> = recent.iter().filter_map(fate::nothing).collect();
    let quiet = (!places(&feed.areas).is_empty()).then(|| {
        let affirmed = recent.iter().filter(|report| fate::affirms(report)).map(|report| report.at);
        let own = quiet(context.now, affirmed);
        let of_it = nothing.iter().filter(|nothing| own.is_of([nothing.from, nothing.to]));
        let quiet_until = of_it.map(|nothing| nothing.to).filter(|to| *to <= context.now).max();
        QuietPeriod { quiet_until, ..own }
    });
    Ok(ReporterView {
        feed: feed.name.clone(),
        class: feed.class,
        places: feed.areas.iter().map(|area| context.sources.places.area_name(area)).collect(),
        zone: Zone::of(code),
        districts: own
            .sources
            .places
            .regency_ids()
            .flat_map(|regency| districts(&own, feed, regency))
            .collect(),
        categories,
        often,
        examples: severity_examples(context),
        news_places: news_places(&own, feed),
        reports: fate::load(context, &recent, SHOWN).await?,
        quiet,
        quiet_withdrawn: recent.iter().filter_map(fate::nothing_withdrawn).collect(),
        nothing,
    })
}

/// The last seven days, from the last time on that the feed itself reported something in them.
fn quiet(now: Time, affirmed: impl Iterator<Item = Time>) -> QuietPeriod {
    let week = now.plus(-WEEK);
    match affirmed.filter(|at| (week..now).contains(at)).max() {
        Some(at) => QuietPeriod { from: at, to: now, after_a_report: true, quiet_until: None },
        None => QuietPeriod { from: week, to: now, after_a_report: false, quiet_until: None },
    }
}

/// The districts of a regency that the feed speaks for, with the villages that are its own.
fn districts(own: &Context, feed: &FeedRow, regency: UnitId) -> Vec<DistrictChoice> {
    let places = &own.sources.places;
    let district = |unit: UnitId| {
        let code = places.code(unit);
        let number = |text: &str| Place::parse_village(text).is_some_and(|place| feed.areas.contains(place));
        let villages = villages(own, unit).into_iter().filter(|village| number(&village.code)).collect();
        DistrictChoice { code, name: places.name(unit), villages }
    };
    own.districts(regency).into_iter().map(district).collect()
}

/// What people call each category of each kind.
fn categories(context: &Context) -> Vec<CategoryChoice> {
    let language = context.lang.as_str();
    let of_kind = |kind: &Kind| {
        let kind = *kind;
        context.sources.taxonomy.of_kind(kind).map(move |entry| CategoryChoice {
            code: entry.code,
            kind,
            label: entry.spoken(language).to_owned(),
        })
    };
    Kind::ALL.iter().flat_map(of_kind).collect()
}

/// The categories that the feed used most, then those that are usual anywhere.
fn often(context: &Context, categories: &[CategoryChoice], recent: &[StoredReport]) -> Vec<CategoryChoice> {
    let mut used: BTreeMap<(Kind, Category), usize> = BTreeMap::new();
    for statement in recent.iter().filter_map(crate::reports::statement) {
        *used.entry((statement.kind, statement.category)).or_default() += 1;
    }
    let mut ranked: Vec<((Kind, Category), usize)> = used.into_iter().collect();
    ranked.sort_by_key(|(category, count)| (std::cmp::Reverse(*count), *category));
    let usual = context.sources.taxonomy.entries().filter(|entry| entry.usual);
    let usual = usual.filter_map(|entry| Some((entry.kind?, entry.code)));
    let mut often: Vec<CategoryChoice> = Vec::new();
    for (kind, code) in ranked.into_iter().map(|(category, _)| category).chain(usual) {
        let choice = categories.iter().find(|choice| (choice.kind, choice.code) == (kind, code));
        let new = choice.filter(|_| !often.iter().any(|own| (own.kind, own.code) == (kind, code)));
        often.extend(new.filter(|_| code != Category::OTHER).cloned());
    }
    often.truncate(OFTEN);
    often
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_reported_a_moment_ago_leaves_no_time_in_which_nothing_happened() {
        let now = Time(40 * DAY);
        assert!(quiet(now, [now.plus(-HOUR / 60)].into_iter()).is_too_short());
        assert!(!quiet(now, [now.plus(-HOUR)].into_iter()).is_too_short());
        assert!(!quiet(now, [].into_iter()).is_too_short());
    }

    #[test]
    fn a_number_is_short_enough_to_be_written_down() {
        assert_eq!(short_number("01M8M9NCBKVCGJZ4M0QYFP1SC0"), "L-1SC0");
    }

    #[test]
    fn nothing_happened_since_what_was_reported_last_whatever_a_clock_that_is_ahead_says() {
        let now = Time(40 * DAY);
        let of = |hours: &[i64]| {
            let period = quiet(now, hours.iter().map(|hours| now.plus(hours * HOUR)));
            (period.from.since(now) / HOUR, period.after_a_report)
        };
        assert_eq!(of(&[]), (-7 * 24, false));
        assert_eq!(of(&[-50, -3, -30]), (-3, true));
        assert_eq!(of(&[-8 * 24]), (-7 * 24, false), "before the week");
        assert_eq!(of(&[-3, 2]), (-3, true), "what is yet to come does not widen it");
    }
}
