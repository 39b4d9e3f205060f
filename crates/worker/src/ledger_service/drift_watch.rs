//! The daily watch: inputs and base rate against the limits of an unchanged world. A breach is reported and changes nothing.

use super::{LedgerService, entry};
use async_recursion::async_recursion as boxed;
use domain::feature::{COMMON, NAMES};
use domain::forecast::ForecastOutcome;
use domain::kind::{Horizon, Kind};
use scoring::drift::{DriftInput, REFERENCE, hit_limits, watch};
use scoring::ledger::{DriftBreach, DriftFindings, FEWEST, ResolvedForecast};
use std::collections::{BTreeMap, BTreeSet};
use store::{DayMean, StoreError};

/// Days whose mean is compared with those before.
const RECENT: usize = 14;
/// Weeks of resolved forecasts whose hits are counted.
const WEEKS: i64 = 8;
const SEED: u64 = 20_261_122;

impl LedgerService {
    /// What the watch finds for the ledger's last day; worked out once a day, and logged where it is new.
    #[boxed]
    pub async fn drift(&self) -> Result<DriftFindings, StoreError> {
        let Some(day) = self.store.ledger_day().await? else { return Ok(DriftFindings::default()) };
        let before = self.watched.lock().map(|kept| kept.clone()).unwrap_or_default();
        if let Some((of, drift)) = &before
            && *of == day
        {
            return Ok(drift.clone());
        }
        let mut drift = inputs(&self.store.input_means(day - super::BACK).await?);
        drift.breaches.extend(self.base_rates(day).await?);
        let known = before.map(|(_, drift)| drift.breaches).unwrap_or_default();
        for breach in &drift.breaches {
            if known.iter().any(|old| (old.kind, &old.what) == (breach.kind, &breach.what)) {
                continue;
            }
            let DriftBreach { kind, what, value, low, high } = breach;
            tracing::error!(%kind, what, value, low, high, "the data have drifted beyond the limits of an unchanged world; consider `kentongan train`, nothing changes by itself");
        }
        if let Ok(mut kept) = self.watched.lock() {
            *kept = Some((day, drift.clone()));
        }
        Ok(drift)
    }

    /// Hits of the last weeks' forecasts against what those forecasts let expect.
    async fn base_rates(&self, day: i64) -> Result<Vec<DriftBreach>, StoreError> {
        let week = i64::from(Horizon::Week.days()) + self.policy.grace_days;
        let rows = self.store.ledger(&[], day - week - 7 * WEEKS).await?;
        let mut breaches = Vec::new();
        for kind in Kind::ALL {
            let own = rows
                .iter()
                .filter(|row| row.kind == *kind && row.horizon == Horizon::Week && !row.code.is_regency());
            let decided: Vec<ResolvedForecast> = own
                .filter_map(entry)
                .filter(|entry| matches!(entry.outcome, ForecastOutcome::Happened | ForecastOutcome::DidNot))
                .collect();
            if decided.len() < FEWEST {
                continue;
            }
            let risks: Vec<f64> = decided.iter().map(|entry| f64::from(entry.risk_ppm) / 1e6).collect();
            let hits =
                decided.iter().filter(|entry| entry.outcome == ForecastOutcome::Happened).count() as f64;
            let shared = self.models.get(&(*kind, Horizon::Week)).map_or(0.0, |(_, shared)| *shared);
            let limits = hit_limits(&risks, shared, SEED);
            if !limits.hold(hits) {
                let what = "base_rate".to_owned();
                breaches.push(DriftBreach {
                    kind: *kind,
                    what,
                    value: hits,
                    low: limits.low,
                    high: limits.high,
                });
            }
        }
        Ok(breaches)
    }
}

fn is_watched(name: &str) -> bool {
    !name.starts_with("season") && !NAMES[COMMON..].contains(&name)
}

/// The inputs of each kind; the season is the calendar's and not watched, and what is worked out only where a line asks
/// for it repeats those that are and began with some upgrade, which is no drift.
fn inputs(means: &[DayMean]) -> DriftFindings {
    let mut drift = DriftFindings::default();
    let mut most = 0;
    for kind in Kind::ALL {
        let mut series: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
        let own = means.iter().filter(|mean| mean.kind == *kind && is_watched(&mean.name));
        let mut days = BTreeSet::new();
        for mean in own {
            series.entry(&mean.name).or_default().push(mean.mean);
            days.insert(mean.day);
        }
        most = most.max(days.len());
        // What never moved cannot have drifted; watched, it would only widen the limits of the others.
        let moves = |days: &Vec<f64>| days.iter().any(|day| *day != days[0]);
        series.retain(|_, days| moves(days));
        let named = |(name, days): (&str, Vec<f64>)| DriftInput { name: name.to_owned(), days };
        let inputs: Vec<DriftInput> = series.into_iter().map(named).collect();
        let Some(watched) = watch(&inputs, RECENT, SEED) else { continue };
        drift.watched += 1;
        drift.breaches.extend(watched.into_iter().filter(|one| !one.limits.hold(one.value)).map(|one| {
            DriftBreach {
                kind: *kind,
                what: one.name,
                value: one.value,
                low: one.limits.low,
                high: one.limits.high,
            }
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
}
