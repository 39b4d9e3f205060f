//! Whether a line knows *when*: how it ranks the periods within each place, beside what it would show if the test's events had
//! fallen in other periods of their place.
//!
//! A line reads the past, so what no skill shows is not a half: a place's hit periods look back on one event less than its quiet
//! ones. [`Timing::of`] deals the test's periods of each place out again, reads the dealt histories as the pipeline would have read
//! them, forecasts them by the same line and measures it on them.

use super::choice::{risks_of, test_vectors};
use super::{ModelMeasures, truth};
use crate::error::Result;
use crate::evaluate::{Truth, within};
use crate::logistic::logit;
use crate::panel::{Mark, Panel};
use crate::rng::Rng;
use crate::train::choose::Chosen;
use crate::train::serving::TrainingUnit;
use serde::Serialize;

/// So many times are the events dealt again: of 39, at most one is as high by chance at 5 %.
const DEALS: usize = 39;
const CHANCE: f64 = 0.05;

/// AUROC within places, weighted by their pairs, and its mean over dealt histories. None where no place has periods of both kinds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Timing {
    pub auroc_within_null: Option<f64>,
    /// How often a dealt history shows as much (add one to both).
    pub timing_p: Option<f64>,
    /// The same of what is left of the log odds once each period's mean over all places is taken out.
    pub auroc_within_swept: Option<f64>,
    pub auroc_within_swept_null: Option<f64>,
    pub timing_swept_p: Option<f64>,
}

impl Timing {
    /// Of a line on a panel's test; `risks` are its forecasts of the test cells, unit by unit.
    ///
    /// # Errors
    /// Where the panel has no test.
    pub fn of(
        panel: &Panel,
        (line, level): (&Chosen, TrainingUnit),
        (truth_of_test, risks): (&Truth, &[f64]),
        seed: u64,
    ) -> Result<Timing> {
        let own = Areas::of(truth_of_test, risks);
        let mut rng = Rng::new(seed);
        let mut dealt = Vec::with_capacity(DEALS);
        for _ in 0..DEALS {
            let other = deal(panel, &mut rng);
            dealt.push(Areas::of(&truth(&other)?, &risks_of(line, &test_vectors(&other, level))));
        }
        let plain = Beside::of(own.plain, dealt.iter().filter_map(|areas| areas.plain));
        let swept = Beside::of(own.swept, dealt.iter().filter_map(|areas| areas.swept));
        Ok(Timing {
            auroc_within_null: plain.null,
            timing_p: plain.p,
            auroc_within_swept: own.swept,
            auroc_within_swept_null: swept.null,
            timing_swept_p: swept.p,
        })
    }

    /// Whether anything may be claimed of *when*.
    pub fn is_shown(&self) -> bool {
        self.timing_p.is_some_and(|p| p <= CHANCE)
    }

    /// Whether anything is left of it without the periods that were bad in all places.
    pub fn is_local(&self) -> bool {
        self.is_shown() && self.timing_swept_p.is_some_and(|p| p <= CHANCE)
    }

    /// What may be claimed, in a sentence.
    pub fn words(&self) -> &'static str {
        match (self.is_shown(), self.is_local()) {
            (true, true) => "it knows when, place by place",
            (true, false) => {
                "it knows bad periods of all places together, and is not shown to know a place's own"
            }
            _ => "it is not shown to know when: claim where, not when",
        }
    }
}

/// The line of the table and of the page: within places, beside the null, and what may be claimed.
pub fn text(model: &ModelMeasures) -> String {
    let timing = &model.timing;
    let share = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| format!("{value:.3}"));
    let beside = |own: Option<f64>, null: Option<f64>, p: Option<f64>| {
        format!("{} beside {} without timing (p {})", share(own), share(null), share(p))
    };
    format!(
        "within places {}; without what all places share {}: {}\n",
        beside(model.measures.auroc_within, timing.auroc_within_null, timing.timing_p),
        beside(timing.auroc_within_swept, timing.auroc_within_swept_null, timing.timing_swept_p),
        timing.words()
    )
}

/// An area, and how the dealt ones lie to it.
struct Beside {
    null: Option<f64>,
    p: Option<f64>,
}

impl Beside {
    fn of(own: Option<f64>, dealt: impl Iterator<Item = f64>) -> Beside {
        let dealt: Vec<f64> = dealt.collect();
        let Some(own) = own.filter(|_| !dealt.is_empty()) else { return Beside { null: None, p: None } };
        let as_high = dealt.iter().filter(|area| **area >= own).count();
        Beside {
            null: Some(dealt.iter().sum::<f64>() / dealt.len() as f64),
            p: Some((as_high + 1) as f64 / (dealt.len() + 1) as f64),
        }
    }
}

struct Areas {
    plain: Option<f64>,
    swept: Option<f64>,
}

impl Areas {
    fn of(truth: &Truth, risks: &[f64]) -> Areas {
        Areas { plain: within(truth, risks), swept: within(truth, &swept(truth, risks)) }
    }
}

/// Log odds less the period's mean over all places, unit by unit.
fn swept(truth: &Truth, risks: &[f64]) -> Vec<f64> {
    let mut odds: Vec<f64> = risks.iter().map(|risk| logit(risk.clamp(1e-6, 1.0 - 1e-6))).collect();
    for period in 0..truth.periods {
        let cells = || (0..truth.units).map(|unit| unit * truth.periods + period);
        let mean = cells().map(|cell| odds[cell]).sum::<f64>() / truth.units as f64;
        cells().for_each(|cell| odds[cell] -= mean);
    }
    odds
}

/// The panel with each place's test periods dealt again: what happened in one period moves together, and becomes known as long after
/// as it did. What happened before the test stays.
fn deal(panel: &Panel, rng: &mut Rng) -> Panel {
    let dealt: Vec<Vec<usize>> =
        panel.units.iter().map(|_| shuffled((panel.cut..panel.len).collect(), rng)).collect();
    let moved = |mark: &Mark| {
        if mark.at < panel.cut {
            return *mark;
        }
        let at = dealt[mark.unit][mark.at - panel.cut];
        let last = panel.first_day(at + 1) - 1;
        let day = (panel.first_day(at) + mark.day - panel.first_day(mark.at)).min(last);
        let known_day = day + (mark.known_day - mark.day);
        let known = (panel.period.of(known_day) - panel.first).max(0) as usize;
        Mark { at, known, day, known_day, ..*mark }
    };
    let mut marks: Vec<Mark> = panel.marks.iter().map(moved).collect();
    marks.sort_by_key(|mark| (mark.known, mark.unit, mark.at, mark.day));
    Panel { marks, ..panel.clone() }
}

fn shuffled(mut periods: Vec<usize>, rng: &mut Rng) -> Vec<usize> {
    for at in (1..periods.len()).rev() {
        periods.swap(at, rng.below(at + 1));
    }
    periods
}

#[cfg(test)]
mod tests;
