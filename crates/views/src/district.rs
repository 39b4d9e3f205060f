//! One district's page: levels, history by day, alerts, latest reports, neighbours.

use crate::alerts::{self, AlertItem};
use crate::answered::AnsweredLevel;
use crate::chart::{ChartDays, ClassReports, DailySeries, RiskPoint, WeekCount, unheard};
use crate::context::Context;
use crate::error::ViewError;
use crate::feeds::{self, QuietFeeds};
use crate::format;
use crate::json;
use crate::permit::Right;
use crate::picture::{AssessmentView, MatrixRow, Picture, assessment, explained};
use crate::reasons::ReportsByReason;
use crate::reports::{ReportItem, visible};
use crate::words::Lang;
use async_recursion::async_recursion as boxed;
use domain::kind::{FeedClass, Horizon, Kind, Level};
use domain::place::{Code, UnitId, Zone};
use domain::time::{DAY, HOUR, Time};
use serde::Serialize;
use store::{LocalDays, Range, ReportFilter};

/// The regency and its districts, each with its level by kind.
#[derive(Clone, Debug, Serialize)]
pub struct DistrictsView {
    pub rows: Vec<MatrixRow>,
}

#[derive(Clone, Debug, Serialize)]
pub struct DistrictView {
    #[serde(serialize_with = "json::text")]
    pub code: Code,
    pub name: String,
    /// "kecamatan" or the regency's rank.
    pub rank: String,
    pub population: Option<u32>,
    pub villages: usize,
    pub completeness_ppm: Option<u32>,
    /// The last day with word, as its local midnight.
    #[serde(serialize_with = "json::time_option")]
    pub heard_last: Option<Time>,
    pub quiet: QuietFeeds,
    pub kinds: Vec<KindHistory>,
    pub days: ChartDays,
    pub ticks: Vec<ClassReports>,
    pub alerts: Vec<AlertItem>,
    pub reports: Vec<ReportItem>,
    pub neighbours: Vec<MatrixRow>,
}

#[derive(Clone, Debug, Serialize)]
pub struct KindHistory {
    #[serde(serialize_with = "json::word")]
    pub kind: Kind,
    #[serde(serialize_with = "json::word")]
    pub level: Level,
    /// The level is shown only by what somebody answered when they ended the alert.
    #[serde(skip)]
    pub answered: Option<AnsweredLevel>,
    pub week: Option<AssessmentView>,
    pub month: Option<AssessmentView>,
    pub found: FoundIncidents,
    pub history: IncidentHistory,
}

impl DistrictView {
    /// What is to be said of the kinds without data: the sentence's key, and the kinds in words. `None` where none is.
    pub fn without_data(&self, lang: Lang) -> Option<(&'static str, String)> {
        let lacking = self.kinds.iter().filter(|kind| kind.level == Level::NoData);
        let kinds: Vec<String> = lacking.map(|kind| lang.word("kind", kind.kind)).collect();
        let key = if kinds.len() == self.kinds.len() { "district.no_data" } else { "district.no_data_of" };
        (!kinds.is_empty()).then(|| (key, kinds.join(", ")))
    }
}

/// Incidents of the days shown, apart by how they were learnt; small counts as bands for those who see aggregates only.
#[derive(Clone, Debug, Serialize)]
pub struct FoundIncidents {
    pub reported: String,
    /// Found by patrols alone.
    pub by_patrols: String,
}

/// The days shown, as finely as the viewer may see them.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum IncidentHistory {
    Daily(DailySeries),
    /// The newest week first.
    Weekly(Vec<WeekCount>),
}

/// The list of a regency's districts, the regency first.
#[boxed]
pub async fn load_list(context: &Context, regency: UnitId) -> Result<DistrictsView, ViewError> {
    let picture = Picture::load(context, &[context.sources.places.code(regency)]).await?;
    let units = std::iter::once(regency).chain(context.districts(regency));
    Ok(DistrictsView { rows: units.map(|unit| picture.row(context, unit)).collect() })
}

/// Days drawn.
const SHOWN: usize = 90;

/// One district, or the regency itself, with everything its page shows.
#[boxed]
pub async fn load(context: &Context, unit: UnitId) -> Result<DistrictView, ViewError> {
    let places = &context.sources.places;
    let (code, place) = (places.code(unit), places.unit(unit));
    let zone = Zone::of(code);
    let mut around = vec![code.regency()];
    around.extend(place.neighbours.iter().filter(|other| other.regency() != code.regency()));
    let picture = Picture::load(context, &around).await?;
    let end = context.as_of().await?.unwrap_or(context.now);
    let (from, range) = days(end, zone);
    let ticks = ticks(context, code, range, from, zone).await?;
    let days = ChartDays { from, count: SHOWN, unheard: unheard(&ticks, SHOWN) };
    let mut kinds = Vec::new();
    for kind in Kind::ALL {
        kinds.push(one(context, &picture, (code, *kind), range, zone).await?);
    }
    let heard_last = last(&ticks, from);
    Ok(DistrictView {
        code,
        name: places.name(unit),
        rank: place.rank.clone(),
        population: place.population,
        villages: place.villages.len(),
        completeness_ppm: picture.least_heard(code),
        heard_last,
        quiet: feeds::quiet(context, code).await?,
        kinds,
        days,
        ticks,
        alerts: alerts::live(context, &[code])
            .await?
            .into_iter()
            .filter(|alert| alert.code == code)
            .collect(),
        reports: latest(context, code).await?,
        neighbours: neighbours(context, &picture, &place.neighbours),
    })
}

/// The last ninety local days: the first midnight, and the range up to the end of today.
fn days(end: Time, zone: Zone) -> (Time, Range) {
    let today = zone.day(end);
    let from = zone.midnight(today + 1 - SHOWN as i64);
    (from, Range { from, to: zone.midnight(today + 1) })
}

/// Position of a local day (days since 1970-01-01) among those shown.
fn position(day: i32, from: Time, zone: Zone) -> Option<usize> {
    usize::try_from(i64::from(day) - zone.day(from)).ok().filter(|position| *position < SHOWN)
}

async fn ticks(
    context: &Context,
    code: Code,
    range: Range,
    from: Time,
    zone: Zone,
) -> Result<Vec<ClassReports>, ViewError> {
    let of = LocalDays { code, range, minutes_east: zone.minutes() };
    let rows = context.sources.store.daily_reports(of).await?;
    let counts = context.viewer.may(Right::SeeReports);
    let mut ticks: Vec<ClassReports> = Vec::new();
    for class in FeedClass::ALL {
        let mut days = vec![0; SHOWN];
        for row in rows.iter().filter(|row| row.class == *class) {
            if let Some(position) = position(row.day, from, zone) {
                // Those who see aggregates only learn that there was a report, not how many.
                days[position] = if counts { row.count } else { row.count.min(1) };
            }
        }
        if days.iter().any(|count| *count > 0) {
            ticks.push(ClassReports { class: *class, days });
        }
    }
    Ok(ticks)
}

async fn one(
    context: &Context,
    picture: &Picture,
    (code, kind): (Code, Kind),
    range: Range,
    zone: Zone,
) -> Result<KindHistory, ViewError> {
    let store = &context.sources.store;
    let mut incidents = vec![[0; 5]; SHOWN];
    let (mut reported, mut by_patrols) = (0, 0);
    let of = LocalDays { code, range, minutes_east: zone.minutes() };
    for row in store.daily_incidents(of, kind).await? {
        *if row.patrol { &mut by_patrols } else { &mut reported } += row.count;
        let severity = usize::from(row.severity.clamp(1, 5)) - 1;
        if let Some(position) = position(row.day, range.from, zone) {
            incidents[position][severity] += row.count;
        }
    }
    let row = picture.week(code, kind);
    let ranges = (context.sources.ranges)(code.regency()).await?;
    let week = match row {
        Some(row) => Some(explained(context, row, (picture.weeks(kind), &ranges)).await?),
        None => None,
    };
    let months = store.assessments(kind, Horizon::Month, &[code.regency()], None).await?;
    let month = months.iter().find(|row| row.code == code);
    let history = if context.viewer.may(Right::SeeReports) {
        let risks = store.assessment_series(code, kind, Horizon::Week, range).await?;
        let points = risks.iter().map(|row| RiskPoint { at: row.emitted_at, ppm: row.risk_ppm });
        IncidentHistory::Daily(DailySeries {
            incidents,
            risk: thin(points),
            base_ppm: row.map_or(0, |row| row.base_ppm),
            calibrated: row.is_some_and(|row| row.calibrated),
        })
    } else {
        IncidentHistory::Weekly(weeks(context, &incidents, range.from))
    };
    Ok(KindHistory {
        kind,
        level: picture.level(code, kind),
        answered: picture.answered(code, kind).cloned(),
        week,
        month: month.map(|row| assessment(context, row, (&months, &ranges), ReportsByReason::new())),
        found: FoundIncidents { reported: count(context, reported), by_patrols: count(context, by_patrols) },
        history,
    })
}

/// A count of incidents as the viewer may read it.
fn count(context: &Context, count: u32) -> String {
    match context.viewer.may(Right::SeeReports) {
        true => format::number(i64::from(count), context.lang),
        false => format::coarse(count, context.lang),
    }
}

fn weeks(context: &Context, incidents: &[[u32; 5]], from: Time) -> Vec<WeekCount> {
    let week = |(index, days): (usize, &[[u32; 5]])| WeekCount {
        from: from.plus(index as i64 * 7 * DAY),
        incidents: format::coarse(days.iter().flatten().sum(), context.lang),
    };
    let mut weeks: Vec<WeekCount> = incidents.chunks(7).enumerate().map(week).collect();
    weeks.reverse();
    weeks
}

/// Of each four hours the highest: more than that no screen can show.
fn thin(points: impl Iterator<Item = RiskPoint>) -> Vec<RiskPoint> {
    let mut kept: Vec<RiskPoint> = Vec::new();
    for point in points {
        match kept.last_mut() {
            Some(last) if last.at.0.div_euclid(4 * HOUR) == point.at.0.div_euclid(4 * HOUR) => {
                if point.ppm > last.ppm {
                    *last = point;
                }
            }
            _ => kept.push(point),
        }
    }
    kept
}

/// The last day anybody was heard; its end is not known better than that.
fn last(ticks: &[ClassReports], from: Time) -> Option<Time> {
    let day = (0..SHOWN).rev().find(|day| ticks.iter().any(|tick| tick.days[*day] > 0))?;
    Some(from.plus(day as i64 * DAY))
}

async fn latest(context: &Context, code: Code) -> Result<Vec<ReportItem>, ViewError> {
    if !context.viewer.may(Right::SeeReports) {
        return Ok(Vec::new());
    }
    let filter = ReportFilter { codes: vec![code], limit: 8, ..ReportFilter::default() };
    let page = context.sources.store.reports(&filter).await?;
    Ok(visible(context, &page.items).await?.rows)
}

fn neighbours(context: &Context, picture: &Picture, codes: &[Code]) -> Vec<MatrixRow> {
    let own = codes.iter().filter(|code| context.viewer.covers(**code));
    own.filter_map(|code| context.sources.places.find(*code)).map(|unit| picture.row(context, unit)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_begin_at_local_midnight_and_end_with_today() {
        let noon = Time(1_782_952_800_000_000); // 2026-07-02T07:40 WIB
        let (from, range) = days(noon, Zone::Wib);
        assert_eq!(range.to.since(from), SHOWN as i64 * DAY);
        assert_eq!(from, Zone::Wib.midnight(Zone::Wib.day(noon) + 1 - SHOWN as i64));
        assert!(range.to > noon && range.to.since(noon) <= DAY);
        let today = Zone::Wib.day(noon) as i32;
        assert_eq!(position(today, from, Zone::Wib), Some(SHOWN - 1));
        let point = |hours, ppm| RiskPoint { at: Time(hours * HOUR), ppm };
        assert_eq!(
            thin([point(0, 5), point(1, 9), point(2, 7), point(4, 1)].into_iter()),
            [point(1, 9), point(4, 1)]
        );
        assert_eq!(position(today + 1, from, Zone::Wib), None);
        assert_eq!(position(today - SHOWN as i32, from, Zone::Wib), None);
    }
}
