//! The watch over drift: how often it happens and what the inputs are, over all cells and kinds at once, against the limits of
//! an unchanged world. It looks at the Monday past. What strays is one episode of the service until nothing has for four weeks;
//! it is reported once and changes nothing.

use super::LedgerService;
use async_recursion::async_recursion as boxed;
use domain::feature::{COMMON, NAMES};
use domain::kind::{Horizon, Kind};
use scoring::drift::rate::{WeekSum, watch_rate};
use scoring::drift::{DriftInput, REFERENCE, watch};
use scoring::ledger::{DriftBreach, DriftFindings, OutcomeReading};
use std::collections::{BTreeMap, BTreeSet};
use store::{DayMean, LedgerWeek, MONDAY, StoreError};

/// Days whose mean is compared with those before.
const RECENT: usize = 14;
/// Days of forecasts whose hits are counted.
const RATE_BACK: i64 = 2 * 365;
const SEED: u64 = 20_261_122;

impl LedgerService {
    /// What strays as of the last Monday of the ledger; worked out once for each.
    #[boxed]
    pub async fn drift(&self) -> Result<DriftFindings, StoreError> {
        let Some(day) = self.store.ledger_day().await? else { return Ok(DriftFindings::default()) };
        let monday = day - (day - MONDAY).rem_euclid(7);
        let kept = self.watched.lock().map(|kept| kept.clone()).unwrap_or_default();
        let found = match kept.filter(|(of, _)| *of == monday) {
            Some((_, found)) => found,
            None => {
                let found = self.straying(monday).await?;
                if let Ok(mut kept) = self.watched.lock() {
                    *kept = Some((monday, found.clone()));
                }
                found
            }
        };
        Ok(DriftFindings { since: self.store.drift_since(monday).await?, ..found })
    }

    /// Notes what strays, and reports an episode that begins.
    #[boxed]
    pub async fn watch_drift(&self) -> Result<(), StoreError> {
        let Some(day) = self.store.ledger_day().await? else { return Ok(()) };
        let found = self.drift().await?;
        let monday = day - (day - MONDAY).rem_euclid(7);
        let episode = self.store.note_drift(monday, found.straying() > 0).await?;
        if episode.is_some_and(|episode| episode.new) {
            let inputs: Vec<String> =
                found.breaches.iter().map(|breach| format!("{}/{}", breach.kind, breach.what)).collect();
            let shift = found.rate.and_then(|rate| rate.shift).map_or("as forecast", |shift| shift.as_str());
            let (observed, expected) = found.rate.map_or((0, 0.0), |rate| (rate.observed, rate.expected));
            tracing::error!(
                happens = shift,
                observed,
                expected,
                inputs = inputs.join(" "),
                "the data have drifted beyond the limits of an unchanged world; consider `kentongan train`, nothing changes by itself. This episode is reported once"
            );
        }
        Ok(())
    }

    async fn straying(&self, monday: i64) -> Result<DriftFindings, StoreError> {
        let mut means = self.store.input_means(monday - super::BACK).await?;
        means.retain(|mean| mean.day <= monday);
        let mut found = inputs(&means);
        let mut weeks = self.store.ledger_weeks(monday - RATE_BACK).await?;
        let wait = i64::from(Horizon::Week.days()) + self.policy.grace_days;
        weeks.retain(|week| week.day <= monday - wait);
        let shared = |kind: Kind| self.models.get(&(kind, Horizon::Week)).map_or(0.0, |(_, shared)| *shared);
        found.rate = watch_rate(&week_sums(&weeks, shared), (wait / 7) as usize, SEED);
        Ok(found)
    }
}

/// Each week over all cells and kinds. Of each kind the forecasts of the model that forecast last: what an earlier one missed
/// another training may have mended.
fn week_sums(weeks: &[LedgerWeek], shared: impl Fn(Kind) -> f64) -> Vec<WeekSum> {
    let newest: BTreeMap<Kind, &str> = weeks.iter().map(|week| (week.kind, week.model.as_str())).collect();
    let mut sums: BTreeMap<i64, (WeekSum, BTreeMap<Kind, f64>)> = BTreeMap::new();
    for week in weeks.iter().filter(|week| newest[&week.kind] == week.model) {
        let Some(happened) = OutcomeReading::SINGLE_SOURCE.happened(week.outcome) else { continue };
        let (sum, spreads) = sums.entry(week.day).or_default();
        sum.day = week.day;
        sum.expected += week.risk;
        sum.observed += if happened { week.forecasts } else { 0 };
        *spreads.entry(week.kind).or_default() += week.spread;
    }
    let sum = |(sum, spreads): (WeekSum, BTreeMap<Kind, f64>)| {
        let variance: f64 = spreads.iter().map(|(kind, spread)| (shared(*kind) * spread).powi(2)).sum();
        WeekSum { shared: if sum.expected > 0.0 { variance.sqrt() / sum.expected } else { 0.0 }, ..sum }
    };
    sums.into_values().map(sum).collect()
}

fn is_watched(name: &str) -> bool {
    !name.starts_with("season") && !NAMES[COMMON..].contains(&name)
}

/// The inputs of all kinds that have been kept as long as any, together; the season is the calendar's and not watched, and what
/// is worked out only where a line asks for it repeats those that are and began with some upgrade, which is no drift.
fn inputs(means: &[DayMean]) -> DriftFindings {
    let mut drift = DriftFindings::default();
    let days = |kind: Kind| -> BTreeSet<i64> {
        means.iter().filter(|mean| mean.kind == kind).map(|mean| mean.day).collect()
    };
    let most = Kind::ALL.iter().map(|kind| days(*kind).len()).max().unwrap_or(0);
    let mut series: BTreeMap<(Kind, &str), Vec<f64>> = BTreeMap::new();
    for kind in Kind::ALL.iter().filter(|kind| days(**kind).len() == most) {
        for mean in means.iter().filter(|mean| mean.kind == *kind && is_watched(&mean.name)) {
            series.entry((*kind, &mean.name)).or_default().push(mean.mean);
        }
    }
    // What never moved cannot have drifted; watched, it would only widen the limits of the others.
    series.retain(|_, days| days.len() == most && days.iter().any(|day| *day != days[0]));
    let kinds: BTreeSet<Kind> = series.keys().map(|(kind, _)| *kind).collect();
    let (keys, all): (Vec<(Kind, &str)>, Vec<DriftInput>) =
        series.into_iter().map(|(key, days)| (key, DriftInput { name: key.1.to_owned(), days })).unzip();
    if let Some(watched) = watch(&all, RECENT, SEED) {
        drift.watched = kinds.len();
        let beyond = keys.into_iter().zip(watched).filter(|(_, one)| !one.limits.hold(one.value));
        drift.breaches.extend(beyond.map(|((kind, _), one)| DriftBreach {
            kind,
            what: one.name,
            value: one.value,
            low: one.limits.low,
            high: one.limits.high,
        }));
    }
    let needed = (REFERENCE + 1) * RECENT;
    drift.missing_days = (drift.watched == 0).then(|| needed.saturating_sub(most) as i64);
    drift
}

#[cfg(test)]
mod tests {
    use super::*;

    fn means(days: i64, value: impl Fn(i64) -> f64) -> Vec<DayMean> {
        (0..days)
            .map(|day| DayMean { kind: Kind::Disaster, day, name: "completeness".into(), mean: value(day) })
            .collect()
    }

    #[test]
    fn a_feed_that_falls_silent_is_a_breach_and_a_short_history_says_what_is_missing() {
        let steady = |day: i64| 0.8 + 0.05 * f64::from((day % 9) as i32 - 4) / 4.0;
        let steady_drift = inputs(&means(160, steady));
        assert_eq!(
            (steady_drift.watched, steady_drift.missing_days, steady_drift.breaches.len()),
            (1, None, 0)
        );
        let silent = inputs(&means(160, |day| if day < 146 { steady(day) } else { 0.2 }));
        assert_eq!(silent.breaches.len(), 1);
        assert_eq!(
            (silent.breaches[0].what.as_str(), silent.breaches[0].kind),
            ("completeness", Kind::Disaster)
        );
        assert_eq!(inputs(&means(90, steady)).missing_days, Some(36));
    }

    #[test]
    fn a_feature_that_began_with_an_upgrade_is_no_drift() {
        let steady = |day: i64| 0.8 + 0.05 * f64::from((day % 9) as i32 - 4) / 4.0;
        let mut all = means(160, steady);
        let began = |day: i64| if day < 146 { 0.0 } else { -3.0 + 0.1 * steady(day) };
        all.extend(
            means(160, began).into_iter().map(|mean| DayMean { name: "surroundings_14d".into(), ..mean }),
        );
        assert_eq!(inputs(&all), inputs(&means(160, steady)));
    }

    #[test]
    fn a_week_is_summed_over_cells_and_kinds_and_of_the_newest_model_only() {
        let week = |day, kind, model: &str, outcome, risk| LedgerWeek {
            day,
            kind,
            model: model.into(),
            outcome,
            forecasts: 10,
            risk,
            spread: risk / 2.0,
        };
        use domain::forecast::ForecastOutcome::{Averted, DidNot, Happened, SingleSource};
        let weeks = [
            week(4, Kind::Disaster, "old", Happened, 1.0),
            week(11, Kind::Disaster, "new", Happened, 1.0),
            week(11, Kind::Disaster, "new", DidNot, 2.0),
            week(11, Kind::Disaster, "new", Averted, 4.0),
            week(11, Kind::ResidentCompany, "its", SingleSource, 8.0),
        ];
        let shared = |kind| if kind == Kind::Disaster { 0.5 } else { 0.0 };
        let sums = week_sums(&weeks, shared);
        let shared = 0.5 * 1.5 / 11.0;
        assert_eq!(sums, [WeekSum { day: 11, expected: 11.0, observed: 20, shared }]);
    }
}
