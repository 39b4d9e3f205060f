//! One district's page: levels, history by day, alerts, latest reports, neighbours.

use super::picture::{Picture, told};
use super::reports::shown;
use super::{alerts, behind, feeds, picture};
use crate::context::Context;
use crate::fault::Fault;
use crate::page::chart::{Days, Series, Ticks, unheard};
use crate::page::district::{KindView, View};
use crate::permit::Right;
use domain::kind::{FeedClass, Horizon, Kind};
use domain::place::{Code, UnitId, Zone};
use domain::time::{DAY, HOUR, MINUTE, Time};
use store::{LocalDays, Range, ReportFilter};

/// Days drawn.
const SHOWN: usize = 90;

pub async fn view(context: &Context, unit: UnitId) -> Result<View, Fault> {
    let places = &context.state.places;
    let (code, place) = (places.code(unit), places.unit(unit));
    let mut around = vec![code.regency()];
    around.extend(place.neighbours.iter().filter(|other| other.regency() != code.regency()));
    let picture = Picture::load(context, &around).await?;
    let end = context.as_of().await?.unwrap_or_else(|| context.now());
    let (from, range) = days(end, place.zone);
    let ticks = ticks(context, code, range, from, place.zone).await?;
    let days = Days { from, count: SHOWN, unheard: unheard(&ticks, SHOWN) };
    let mut kinds = Vec::new();
    for kind in Kind::ALL {
        kinds.push(one(context, &picture, (code, *kind), range, place.zone).await?);
    }
    let heard_last = last(&ticks, from);
    Ok(View {
        code,
        name: places.name(unit),
        rank: place.rank.clone(),
        population: place.population,
        villages: place.villages.len(),
        completeness_ppm: picture.week(code, Kind::Disaster).map(|row| row.completeness_ppm),
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
        neighbours: neighbours(context, &picture, &place.neighbours)?,
    })
}

/// The last ninety local days: the first midnight, and the range up to the end of today.
fn days(end: Time, zone: Zone) -> (Time, Range) {
    let shift = zone.minutes() * MINUTE;
    let midnight = (end.0 + shift).div_euclid(DAY) * DAY - shift;
    let from = Time(midnight - (SHOWN as i64 - 1) * DAY);
    (from, Range { from, to: Time(midnight + DAY) })
}

/// Position of a local day (days since 1970-01-01) among those shown.
fn position(day: i32, from: Time, zone: Zone) -> Option<usize> {
    let first = (from.0 + zone.minutes() * MINUTE).div_euclid(DAY);
    usize::try_from(i64::from(day) - first).ok().filter(|position| *position < SHOWN)
}

async fn ticks(
    context: &Context,
    code: Code,
    range: Range,
    from: Time,
    zone: Zone,
) -> Result<Vec<Ticks>, Fault> {
    let of = LocalDays { code, range, minutes_east: zone.minutes() };
    let rows = context.state.store.daily_reports(of).await?;
    let mut ticks: Vec<Ticks> = Vec::new();
    for class in FeedClass::ALL {
        let mut days = vec![0; SHOWN];
        for row in rows.iter().filter(|row| row.class == *class) {
            if let Some(position) = position(row.day, from, zone) {
                days[position] = row.count;
            }
        }
        if days.iter().any(|count| *count > 0) {
            ticks.push(Ticks { class: *class, days });
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
) -> Result<KindView, Fault> {
    let store = &context.state.store;
    let mut incidents = vec![[0; 5]; SHOWN];
    let mut found = (0, 0);
    let of = LocalDays { code, range, minutes_east: zone.minutes() };
    for row in store.daily_incidents(of, kind).await? {
        *if row.patrol { &mut found.1 } else { &mut found.0 } += row.count;
        let severity = usize::from(row.severity.clamp(1, 5)) - 1;
        if let Some(position) = position(row.day, range.from, zone) {
            incidents[position][severity] += row.count;
        }
    }
    let week = picture.week(code, kind);
    let reports = match week {
        Some(week) => behind::reasons(context, (code, kind), week.emitted_at).await?,
        None => Default::default(),
    };
    let said = store.assessment_series(code, kind, Horizon::Week, range).await?;
    let months = store.assessments(kind, Horizon::Month, &[code.regency()], None).await?;
    Ok(KindView {
        kind,
        level: picture.level(code, kind),
        week: picture.told(code, kind),
        month: months.iter().find(|row| row.code == code).map(|row| told(row, &months)),
        reports,
        found,
        series: Series {
            incidents,
            risk: thin(said.iter().map(|row| (row.emitted_at, row.risk_ppm))),
            base_ppm: week.map_or(0, |row| row.base_ppm),
            calibrated: week.is_some_and(|row| row.calibrated),
        },
    })
}

/// Of each four hours the highest: more than that no screen can show.
fn thin(said: impl Iterator<Item = (Time, u32)>) -> Vec<(Time, u32)> {
    let mut kept: Vec<(Time, u32)> = Vec::new();
    for (at, ppm) in said {
        match kept.last_mut() {
            Some(last) if last.0.0.div_euclid(4 * HOUR) == at.0.div_euclid(4 * HOUR) => {
                if ppm > last.1 {
                    *last = (at, ppm);
                }
            }
            _ => kept.push((at, ppm)),
        }
    }
    kept
}

/// The last day anybody was heard; its end is not known better than that.
fn last(ticks: &[Ticks], from: Time) -> Option<Time> {
    let day = (0..SHOWN).rev().find(|day| ticks.iter().any(|tick| tick.days[*day] > 0))?;
    Some(from.plus(day as i64 * DAY))
}

async fn latest(context: &Context, code: Code) -> Result<Vec<crate::page::reports::ReportRow>, Fault> {
    if !context.viewer()?.may(Right::SeeReports) {
        return Ok(Vec::new());
    }
    let filter = ReportFilter { codes: vec![code], limit: 8, ..ReportFilter::default() };
    let page = context.state.store.reports(&filter).await?;
    Ok(shown(context, &page.items).await?.rows)
}

fn neighbours(
    context: &Context,
    picture: &picture::Picture,
    codes: &[Code],
) -> Result<Vec<crate::page::overview::Row>, Fault> {
    let viewer = context.viewer()?;
    let own = codes.iter().filter(|code| viewer.covers(**code));
    Ok(own
        .filter_map(|code| context.state.places.find(*code))
        .map(|unit| picture.row(context, unit))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_begin_at_local_midnight_and_end_with_today() {
        let noon = Time(1_782_952_800_000_000); // 2026-07-02T07:40 WIB
        let (from, range) = days(noon, Zone::Wib);
        assert_eq!(range.to.since(from), SHOWN as i64 * DAY);
        assert_eq!((from.0 + Zone::Wib.minutes() * MINUTE).rem_euclid(DAY), 0);
        assert!(range.to > noon && range.to.since(noon) <= DAY);
        let today = (noon.0 + Zone::Wib.minutes() * MINUTE).div_euclid(DAY) as i32;
        assert_eq!(position(today, from, Zone::Wib), Some(SHOWN - 1));
        assert_eq!(
            thin([(Time(0), 5), (Time(HOUR), 9), (Time(2 * HOUR), 7), (Time(4 * HOUR), 1)].into_iter()),
            [(Time(HOUR), 9), (Time(4 * HOUR), 1)]
        );
        assert_eq!(position(today + 1, from, Zone::Wib), None);
        assert_eq!(position(today - SHOWN as i32, from, Zone::Wib), None);
    }
}
