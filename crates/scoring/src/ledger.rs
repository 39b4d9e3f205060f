//! The ledger's arithmetic: frozen forecasts, resolved when their horizon has passed, and what may be said of them.

use crate::evaluate::wilson;

/// What became of a forecast.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// A verified serious incident within the horizon.
    Happened,
    /// None.
    DidNot,
    /// It was about to, and people acted: neither a hit nor a false alarm.
    Averted,
    /// Cannot be told: silent feeds, withdrawn evidence.
    Void,
}

/// A resolved forecast.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    pub risk_ppm: u32,
    /// The baseline's probability, frozen with it.
    pub baseline_ppm: u32,
    pub outcome: Outcome,
    /// Part of the random sample that is checked whatever the forecast was.
    pub sampled: bool,
    /// Whoever verified had seen the risk.
    pub verifier_saw: bool,
}

/// Fewer than this, and a figure would be noise dressed up.
pub const FEWEST: usize = 30;

/// A share of n with Wilson's 95 % interval.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Share {
    pub hits: usize,
    pub n: usize,
    pub low: f64,
    pub high: f64,
}

/// Live figures; None where fewer than [`FEWEST`] forecasts stand behind them.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Standing {
    pub n: usize,
    pub averted: usize,
    pub void: usize,
    pub brier: f64,
    /// 1 − Brier / the baseline's Brier; None where the baseline made no error.
    pub brier_skill: Option<f64>,
    /// Mean forecast against the share that came true.
    pub forecast: f64,
    pub observed: Share,
    /// How many of them were verified by someone who had seen the risk.
    pub seen: usize,
}

/// Figures over the entries that could be decided.
pub fn standing(entries: &[Entry]) -> Option<Standing> {
    let decided = |entry: &&Entry| matches!(entry.outcome, Outcome::Happened | Outcome::DidNot);
    let count = |outcome: Outcome| entries.iter().filter(|entry| entry.outcome == outcome).count();
    let (mut n, mut own, mut other, mut sum) = (0usize, 0.0, 0.0, 0.0);
    for entry in entries.iter().filter(decided) {
        let truth = f64::from(u8::from(entry.outcome == Outcome::Happened));
        let (p, q) = (f64::from(entry.risk_ppm) / 1e6, f64::from(entry.baseline_ppm) / 1e6);
        n += 1;
        sum += p;
        own += (p - truth) * (p - truth);
        other += (q - truth) * (q - truth);
    }
    if n < FEWEST {
        return None;
    }
    let all = n as f64;
    Some(Standing {
        n,
        averted: count(Outcome::Averted),
        void: count(Outcome::Void),
        brier: own / all,
        brier_skill: (other > 0.0).then(|| 1.0 - own / other),
        forecast: sum / all,
        observed: share(count(Outcome::Happened), n),
        seen: entries.iter().filter(decided).filter(|entry| entry.verifier_saw).count(),
    })
}

/// The same on the random sample alone, where nobody chose what to check.
pub fn standing_sampled(entries: &[Entry]) -> Option<Standing> {
    let sampled: Vec<Entry> = entries.iter().copied().filter(|entry| entry.sampled).collect();
    standing(&sampled)
}

/// Precision of alerts: confirmed over confirmed and false; averted alerts are shown apart and count for neither.
pub fn alert_precision(confirmed: usize, false_alarms: usize) -> Option<Share> {
    let n = confirmed + false_alarms;
    (n >= FEWEST).then(|| share(confirmed, n))
}

fn share(hits: usize, n: usize) -> Share {
    let (low, high) = wilson(hits, n);
    Share { hits, n, low, high }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(risk_ppm: u32, outcome: Outcome) -> Entry {
        Entry { risk_ppm, baseline_ppm: 100_000, outcome, sampled: risk_ppm < 100_000, verifier_saw: true }
    }

    #[test]
    fn under_thirty_nothing_is_said() {
        let few: Vec<Entry> = (0..29).map(|_| entry(50_000, Outcome::DidNot)).collect();
        assert_eq!(standing(&few), None);
        assert_eq!((alert_precision(20, 9), alert_precision(20, 10).map(|share| share.n)), (None, Some(30)));
    }

    #[test]
    fn averted_and_void_are_neither_hits_nor_false_alarms() {
        let mut all: Vec<Entry> = (0..40).map(|_| entry(50_000, Outcome::DidNot)).collect();
        all.extend((0..10).map(|_| entry(500_000, Outcome::Happened)));
        let plain = standing(&all).expect("enough");
        all.push(entry(900_000, Outcome::Averted));
        all.push(entry(900_000, Outcome::Void));
        let with = standing(&all).expect("enough");
        assert_eq!((with.n, with.averted, with.void, with.brier), (50, 1, 1, plain.brier));
        let brier = (40.0 * 0.0025 + 10.0 * 0.25) / 50.0;
        assert!((plain.brier - brier).abs() < 1e-12);
        let skill = 1.0 - brier / ((40.0 * 0.01 + 10.0 * 0.81) / 50.0);
        assert!((plain.brier_skill.expect("a baseline") - skill).abs() < 1e-12);
        assert!(plain.observed.low < 0.2 && plain.observed.high > 0.2);
        assert_eq!(standing_sampled(&all).map(|sample| sample.n), Some(40));
    }
}
