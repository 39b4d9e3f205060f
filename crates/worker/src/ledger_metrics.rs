//! The forecast ledger's figures as gauges: the districts of all regencies together.

use crate::metrics::MetricMaker;
use prometheus::{GaugeVec, IntGauge, IntGaugeVec, Result};
use scoring::ledger::{ForecastCounts, LedgerBaseline, LedgerFigures};

/// Gauges of the forecast ledger.
pub struct LedgerMetrics {
    forecasts: IntGaugeVec,
    skill: GaugeVec,
    brier: GaugeVec,
    mean: GaugeVec,
    observed: GaugeVec,
    resolved: IntGaugeVec,
    precision: GaugeVec,
    breaches: IntGaugeVec,
    episode: IntGauge,
    rate: GaugeVec,
}

impl LedgerMetrics {
    /// # Errors
    /// Where a metric of the same name is registered already.
    pub fn new(make: &MetricMaker<'_>) -> Result<LedgerMetrics> {
        let cell = &["kind", "horizon", "part"];
        Ok(LedgerMetrics {
            forecasts: make.ints(
                "ledger_forecasts",
                "Forecasts of the ledger over the last year, one a week and district, by what became of them; part: all, or the random sample that was called",
                &["kind", "horizon", "part", "fate"],
            )?,
            skill: make.floats(
                "ledger_brier_skill",
                "Live Brier skill; withheld under 30 decided forecasts or 10 that came true (over: the constant, the local climatology, a curve over the incidents of 30 days)",
                &["kind", "horizon", "part", "over"],
            )?,
            brier: make.floats("ledger_brier", "Live Brier score; withheld under 30 decided forecasts", cell)?,
            mean: make.floats("ledger_forecast_mean", "Mean forecast risk of the decided forecasts, 0 to 1", cell)?,
            observed: make.floats(
                "ledger_observed_share",
                "Share of decided forecasts that came true, with Wilson's 95 % interval (bound: value, low, high)",
                &["kind", "horizon", "part", "bound"],
            )?,
            resolved: make.ints("alerts_resolved", "Alerts that ended over the last year, by outcome", &["outcome"])?,
            precision: make.floats(
                "alert_precision",
                "Confirmed over confirmed and false alarms, with Wilson's 95 % interval; withheld under 30",
                &["bound"],
            )?,
            breaches: make.ints(
                "drift_breaches",
                "Inputs outside the range that chance explains, by kind",
                &["kind"],
            )?,
            episode: make.int(
                "drift_episode",
                "1 while an episode of drift lasts, over all cells and kinds of the service: consider training the models again",
            )?,
            rate: make.floats(
                "drift_rate",
                "Hits over all cells and kinds in the last half year: expected by the forecasts and observed, and the chance that a doubling is found within six months (power)",
                &["figure"],
            )?,
        })
    }

    pub fn set(&self, view: &LedgerFigures) {
        for withheld in [&self.skill, &self.brier, &self.mean, &self.observed, &self.precision] {
            withheld.reset();
        }
        for part in &view.parts {
            let (kind, horizon) = (part.kind.as_str(), part.horizon.as_str());
            self.figures([kind, horizon, "all"], &part.all);
            self.figures([kind, horizon, "sample"], &part.sample);
            let count = view.drift.breaches.iter().filter(|breach| breach.kind == part.kind).count();
            self.breaches.with_label_values(&[kind]).set(count as i64);
        }
        self.episode.set(i64::from(view.drift.since.is_some()));
        if let Some(rate) = &view.drift.rate {
            for (figure, value) in
                [("expected", rate.expected), ("observed", f64::from(rate.observed)), ("power", rate.power)]
            {
                self.rate.with_label_values(&[figure]).set(value);
            }
        }
        let alerts = &view.alerts;
        let outcomes = [
            ("confirmed", alerts.confirmed),
            ("false_alarm", alerts.false_alarms),
            ("averted", alerts.averted),
            ("other", alerts.other),
        ];
        for (outcome, count) in outcomes {
            self.resolved.with_label_values(&[outcome]).set(count as i64);
        }
        if let Some(share) = &alerts.precision {
            for (bound, value) in [("value", share.value), ("low", share.low), ("high", share.high)] {
                self.precision.with_label_values(&[bound]).set(value);
            }
        }
    }

    fn figures(&self, cell: [&str; 3], figures: &ForecastCounts) {
        let counts = [
            ("happened", figures.happened),
            ("did_not", figures.did_not),
            ("averted", figures.averted),
            ("single_source", figures.single_source),
            ("void", figures.void),
            ("waiting", figures.waiting),
        ];
        let [kind, horizon, part] = cell;
        for (fate, count) in counts {
            self.forecasts.with_label_values(&[kind, horizon, part, fate]).set(count as i64);
        }
        // Not a number where too few were decided or came true: the series is there, and every comparison with it is false.
        for baseline in LedgerBaseline::ALL {
            let over = figures.skill.as_ref().and_then(|skill| skill.over(baseline));
            let cell = [kind, horizon, part, baseline.as_str()];
            self.skill.with_label_values(&cell).set(over.unwrap_or(f64::NAN));
        }
        let Some(skill) = &figures.skill else { return };
        self.brier.with_label_values(&cell).set(skill.brier);
        self.mean.with_label_values(&cell).set(skill.forecast);
        for (bound, value) in
            [("value", skill.observed.value), ("low", skill.observed.low), ("high", skill.observed.high)]
        {
            self.observed.with_label_values(&[kind, horizon, part, bound]).set(value);
        }
    }
}
