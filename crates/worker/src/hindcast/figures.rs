//! What a hindcast says of the models: by kind, horizon and level how many forecasts came true and were expected to, and by how
//! much the odds are to be multiplied.

use super::Hindcast;
use super::alerts::{self, HindcastAlerts};
use crate::risk_ranges::recorded;
use domain::kind::Kind;
use domain::place::{Code, Places};
use scoring::ModelScorer;
use scoring::logistic::sigmoid;
use scoring::period::date;
use scoring::pooling::pool;
use scoring::pooling::range::plain_forecasts;
use serde::Serialize;
use std::fmt::Write;

/// The figures of a hindcast.
#[derive(Debug, Serialize)]
pub struct HindcastFigures {
    pub forecasts: usize,
    pub weeks: i64,
    pub regencies: Vec<String>,
    pub kinds: Vec<String>,
    /// Kinds of which the archive tells nothing.
    pub left_out: Vec<String>,
    /// Where for half a year or longer nothing was reported: the longest such time, and how long it was.
    pub gap: Option<HindcastGap>,
    /// Days that outcomes waited, where reports came later than the ledger waits.
    pub waited_days: Option<i64>,
    pub parts: Vec<HindcastPart>,
    /// What the alerts came to, models and rules together.
    pub alerts: Vec<HindcastAlerts>,
}

/// A time in which an archive reports nothing.
#[derive(Debug, Serialize)]
pub struct HindcastGap {
    pub weeks: i64,
    pub from: String,
    pub to: String,
}

/// One kind, horizon and level of one regency; forecasts whose times overlap count once.
#[derive(Debug, Serialize)]
pub struct HindcastPart {
    pub regency: String,
    pub kind: String,
    pub horizon: String,
    pub level: &'static str,
    pub model: String,
    pub forecasts: usize,
    pub expected: f64,
    pub happened: usize,
    /// By what the odds are to be multiplied: nine of ten between `low` and `high`.
    pub odds_times: f64,
    pub low: f64,
    pub high: f64,
}

fn three(value: f64) -> f64 {
    (value * 1e3).round() / 1e3
}

impl HindcastFigures {
    /// `scorer`: with the models of the hindcast.
    pub fn of(hindcast: &Hindcast, scorer: &ModelScorer) -> HindcastFigures {
        let mut parts = Vec::new();
        for model in scorer.models() {
            let (Some(kind), Some(horizon)) = (model.kind(), model.horizon()) else { continue };
            let record = recorded(model, &[], &hindcast.rows);
            for (is_regency, level) in [(false, "district"), (true, "regency")] {
                let plain = plain_forecasts(model, is_regency, &record);
                let plain: Vec<_> = plain.into_iter().map(|(_, own)| own).collect();
                let pooled = pool(model.pooling_prior(is_regency), &plain);
                for regency in &hindcast.regencies {
                    let own = || plain.iter().filter(|own| own.code.regency() == *regency);
                    if own().next().is_none() {
                        continue;
                    }
                    let shift = pooled.of(*regency);
                    let (low, high) = shift.range();
                    parts.push(HindcastPart {
                        regency: regency.to_string(),
                        kind: kind.to_string(),
                        horizon: horizon.to_string(),
                        level,
                        model: model.served_name(),
                        forecasts: own().count(),
                        expected: three(own().map(|own| sigmoid(own.logit)).sum()),
                        happened: own().filter(|own| own.happened).count(),
                        odds_times: three(shift.mean.exp()),
                        low: three(low.exp()),
                        high: three(high.exp()),
                    });
                }
            }
        }
        let left_out = Kind::ALL.iter().filter(|kind| !hindcast.kinds.contains(kind));
        HindcastFigures {
            forecasts: hindcast.rows.len(),
            weeks: hindcast.weeks,
            regencies: hindcast.regencies.iter().map(Code::to_string).collect(),
            kinds: hindcast.kinds.iter().map(Kind::to_string).collect(),
            left_out: left_out.map(Kind::to_string).collect(),
            gap: hindcast.longest_gap.map(|(from, to)| HindcastGap {
                weeks: (to - from) / 7,
                from: date(from as i32).to_string(),
                to: date(to as i32).to_string(),
            }),
            waited_days: hindcast.late,
            parts,
            alerts: HindcastAlerts::all(hindcast),
        }
    }

    /// One line of JSON.
    pub fn line(&self, is_kept: bool) -> String {
        let mut value = serde_json::to_value(self).unwrap_or_default();
        value["kept"] = is_kept.into();
        value.to_string()
    }

    /// The same for people.
    pub fn summary(&self, places: &Places) -> String {
        let mut text = format!("{} forecasts over {} weeks of the archive\n", self.forecasts, self.weeks);
        let name = |code: &str| {
            let unit = Code::parse(code).and_then(|code| places.find(code));
            unit.map_or_else(|| code.to_owned(), |unit| format!("{code} {}", places.name(unit)))
        };
        // Writing to a String cannot fail.
        for regency in &self.regencies {
            let _ = writeln!(text, "{}", name(regency));
            let _ = writeln!(
                text,
                "  {:<18} {:<4} {:<9} {:>9} {:>9} {:>9}  odds times (nine of ten)",
                "kind", "", "level", "forecasts", "expected", "happened"
            );
            for part in self.parts.iter().filter(|part| part.regency == *regency) {
                let HindcastPart { kind, horizon, level, forecasts, expected, happened, .. } = part;
                let _ = writeln!(
                    text,
                    "  {kind:<18} {horizon:<4} {level:<9} {forecasts:>9} {expected:>9.1} {happened:>9}  {:.2} ({:.2} to {:.2})",
                    part.odds_times, part.low, part.high
                );
            }
            text += &alerts::table(&self.alerts, regency);
        }
        if self.regencies.len() > 1 {
            text += "all regencies\n";
            text += &alerts::table(&self.alerts, "");
        }
        if let Some(HindcastGap { weeks, from, to }) = &self.gap {
            let _ = writeln!(
                text,
                "nothing is reported for {weeks} weeks, {from} to {to}: if nobody kept the list then, or a date is mistyped, \
                 the rest counts for too little"
            );
        }
        if let Some(days) = self.waited_days {
            let _ = writeln!(
                text,
                "this archive's reports come late: what came of a forecast is judged {days} days after its end, and forecasts knew \
                 the incidents only once they were reported"
            );
        }
        if !self.left_out.is_empty() {
            let _ = writeln!(
                text,
                "the archive tells of no serious incident of {}: nothing is said of it",
                self.left_out.join(", ")
            );
        }
        text
    }
}
