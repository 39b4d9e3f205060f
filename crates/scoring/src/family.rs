//! The project's model family: a few logistic regressions that look at the past in different ways ("experts"), each with
//! its penalty chosen on rolling folds, those that hold up there averaged, the whole recalibrated. An average of linear
//! models is one linear model, so every score still falls apart into its features.

use crate::error::Result;
use crate::feature::{Design, Sums};
use crate::level_filter::{KnownOutcomes, follow};
use crate::logistic::{Fit, Ridge, Rows, fit, logit, sigmoid};
use crate::newton::{DesignColumns, FirstRows};
use crate::recalibrate::{Fold, Stretch, WORTH, careful, slope};
use linfa::traits::Fit as _;
use std::collections::BTreeMap;
use std::ops::Range;

/// One way of looking at the past.
struct Expert {
    name: &'static str,
    features: &'static [&'static str],
    /// Kept where its rolling loss is within this share of the best expert's.
    tolerance: f64,
    /// Needs this many years of training.
    years: usize,
}

/// Broad experts stay unless clearly beaten: an average of decent forecasts is steadier than a choice among them.
/// The plain ones join only where they are (nearly) the best: very sparse lists.
const EXPERTS: [Expert; 6] = [
    Expert {
        name: "wide",
        features: &[
            "d1", "d4", "d16", "d52", "r2", "r8", "r26", "place", "c8", "p2", "p8", "m2", "m8", "n1", "n8",
            "tot",
        ],
        tolerance: 0.08,
        years: 0,
    },
    Expert {
        name: "counts",
        features: &["d1", "d4", "d16", "d52", "place", "p2", "p8", "tot"],
        tolerance: 0.08,
        years: 0,
    },
    Expert {
        name: "shares",
        features: &["d4", "r2", "r8", "own", "m2", "m8", "n1", "n8"],
        tolerance: 0.08,
        years: 0,
    },
    Expert {
        name: "season",
        features: &["d1", "d4", "r26", "place", "p2", "p8", "sin", "cos"],
        tolerance: -0.02,
        years: 2,
    },
    Expert { name: "recent", features: &["d26", "c8"], tolerance: 0.01, years: 0 },
    Expert { name: "steady", features: &["c32"], tolerance: 0.01, years: 0 },
];

const RIDGES: [f64; 2] = [1.0, 30.0];
const FOLDS: usize = 4;

/// Below this many training positives nothing is fitted: the base rate is the calibrated answer.
pub const FEWEST_POSITIVES: usize = 10;

/// A fitted family: one linear model over named features.
#[derive(Clone, Debug)]
pub struct Family {
    pub intercept: f64,
    pub coefficients: BTreeMap<&'static str, f64>,
    /// The experts kept, with their penalty and rolling log loss a cell.
    pub experts: Vec<KeptExpert>,
    pub slope: f64,
}

#[derive(Clone, Debug, serde::Serialize)]
pub struct KeptExpert {
    pub name: &'static str,
    pub ridge: f64,
    pub rolling_log_loss: f64,
}

impl Family {
    /// Fits on everything before the panel's cut.
    pub fn fit(sums: &Sums<'_>) -> Result<Family> {
        let cut = sums.panel.cut;
        let design = Design::new(sums, cut);
        let known = sums.known();
        let origins = 0..decided(cut - 1, known.lag);
        let labels = rows(&design, &[], origins.clone());
        if labels.positives() < FEWEST_POSITIVES {
            let share = (labels.positives() as f64 + 0.5) / (labels.labels.len() as f64 + 1.0);
            return Ok(Family {
                intercept: logit(share),
                coefficients: BTreeMap::new(),
                experts: Vec::new(),
                slope: 1.0,
            });
        }
        let tried = roll(sums, &rows(&design, &[], 0..cut - 1), known.lag)?;
        let kept = keep(&tried);
        let blend = blend(&kept, &known);
        let mut family = Family {
            intercept: 0.0,
            coefficients: BTreeMap::new(),
            experts: Vec::new(),
            slope: careful(slope(&blend)),
        };
        for one in &kept {
            let expert = &EXPERTS[one.expert];
            let fitted = fit(&rows(&design, expert.features, origins.clone()), one.ridge, expert.name)?;
            family.add(expert, &fitted, kept.len() as f64);
            let cells: usize = one.folds.iter().map(|fold| fold.labels.len()).sum();
            family.experts.push(KeptExpert {
                name: expert.name,
                ridge: one.ridge,
                rolling_log_loss: one.loss / cells.max(1) as f64,
            });
        }
        family.stretch(&design, origins);
        Ok(family)
    }

    fn add(&mut self, expert: &Expert, fitted: &Fit, among: f64) {
        self.intercept += fitted.intercept / among;
        for (name, value) in expert.features.iter().zip(&fitted.coefficients) {
            *self.coefficients.entry(name).or_default() += value / among;
        }
    }

    fn stretch(&mut self, design: &Design<'_>, origins: Range<usize>) {
        if self.slope == 1.0 {
            return;
        }
        let stretch = Stretch::keeping_mean(self.slope, &self.logits(design, origins));
        self.intercept = stretch.apply(self.intercept);
        self.coefficients.values_mut().for_each(|value| *value *= stretch.slope);
    }

    /// Forecasts of the periods after the origins, unit by unit, and how far the level had moved at the end.
    pub fn forecast(&self, design: &Design<'_>, origins: Range<usize>) -> (Vec<f64>, f64) {
        let targets = origins.start + 1..origins.end + 1;
        let (logits, shift) = follow(&self.logits(design, origins), targets, &design.known());
        (logits.into_iter().map(sigmoid).collect(), shift)
    }

    /// Logits of the origins, unit by unit, the level as fitted.
    pub fn logits(&self, design: &Design<'_>, origins: Range<usize>) -> Vec<f64> {
        let grids: Vec<_> =
            self.coefficients.iter().map(|(name, value)| (design.feature(name), *value)).collect();
        let mut logits = Vec::with_capacity(design.units() * origins.len());
        for unit in 0..design.units() {
            for at in origins.clone() {
                logits.push(
                    grids.iter().fold(self.intercept, |sum, (grid, value)| sum + value * grid.at(unit, at)),
                );
            }
        }
        logits
    }
}

/// Origins whose outcome is mostly known where reports come `lag` periods late: the youngest would teach a peace that
/// there was not. At least half are kept.
fn decided(origins: usize, lag: usize) -> usize {
    origins.saturating_sub(lag).max(origins / 2)
}

/// What an expert did on the rolling folds under its best penalty.
struct Tried {
    expert: usize,
    ridge: f64,
    loss: f64,
    folds: Vec<Fold>,
    /// The targets of each fold.
    targets: Vec<Range<usize>>,
}

/// The second half of training in four folds, each forecast from what came before it.
fn roll(sums: &Sums<'_>, labels: &Rows, lag: usize) -> Result<Vec<Tried>> {
    let cut = sums.panel.cut;
    let all = cut - 1;
    let units = sums.panel.units.len();
    let edges: Vec<usize> = (0..=FOLDS).map(|i| all / 2 + (all - all / 2) * i / FOLDS).collect();
    let mut tried: Vec<Tried> = Vec::new();
    for expert in (0..EXPERTS.len()).filter(|at| EXPERTS[*at].years * sums.panel.period.year() <= all) {
        tried.extend(RIDGES.map(|ridge| Tried {
            expert,
            ridge,
            loss: 0.0,
            folds: Vec::new(),
            targets: Vec::new(),
        }));
    }
    for pair in edges.windows(2).filter(|pair| pair[0] < pair[1]) {
        let design = Design::new(sums, pair[0] + 1);
        let begin = 0..decided(pair[0], lag);
        let known = rows(&design, &[], begin.clone()).positives();
        if known == 0 || known == units * begin.len() {
            continue;
        }
        let truth: Vec<bool> = (0..units)
            .flat_map(|unit| labels.labels[unit * all + pair[0]..unit * all + pair[1]].iter().copied())
            .collect();
        // One expert's penalties share its rows, and each starts where the last one ended.
        for same in tried.chunk_by_mut(|a, b| a.expert == b.expert) {
            let features = EXPERTS[same[0].expert].features;
            let before = rows(&design, features, begin.clone());
            let dataset = before.dataset()?;
            let columns = DesignColumns::new(dataset.records, dataset.targets);
            let (known, mut start) = (columns.first(before.labels.len()), None);
            let ahead = rows(&design, features, pair[0]..pair[1]);
            for one in same {
                let fitted = fold(&before, &known, one.ridge, &mut start);
                let logits = fitted.logits(&ahead, 0..truth.len())?;
                let fold = Fold { logits, labels: truth.clone() };
                one.loss += fold.loss();
                one.folds.push(fold);
                one.targets.push(pair[0] + 1..pair[1] + 1);
            }
        }
    }
    Ok(tried)
}

/// A fold's fit, and the share of positives where the steps do not settle.
fn fold(before: &Rows, known: &FirstRows<'_>, ridge: f64, start: &mut Option<Fit>) -> Fit {
    let fitted = Ridge { start: start.as_ref(), ..Ridge::new(ridge) }.fit(known);
    if let Ok(fit) = &fitted {
        *start = Some(fit.clone());
    }
    fitted.unwrap_or_else(|_| Fit {
        intercept: logit(before.positives() as f64 / before.labels.len() as f64),
        coefficients: vec![0.0; before.width],
    })
}

/// For each expert its better penalty; of the experts those near the best.
fn keep(tried: &[Tried]) -> Vec<&Tried> {
    let mut best: BTreeMap<usize, &Tried> = BTreeMap::new();
    for one in tried {
        let slot = best.entry(one.expert).or_insert(one);
        if one.loss < slot.loss * WORTH {
            *slot = one;
        }
    }
    // A negative tolerance: the expert has to beat the others by that share to be heard.
    let broad = |one: &&&Tried| EXPERTS[one.expert].tolerance >= 0.0;
    let least = best.values().filter(broad).map(|one| one.loss).fold(f64::INFINITY, f64::min);
    best.into_values().filter(|one| one.loss <= least * (1.0 + EXPERTS[one.expert].tolerance)).collect()
}

/// The mean of the experts on the folds, its level following what came true, as it will when it is applied.
fn blend(kept: &[&Tried], known: &KnownOutcomes) -> Vec<Fold> {
    let Some(first) = kept.first() else { return Vec::new() };
    let mut folds = first.folds.clone();
    for (number, fold) in folds.iter_mut().enumerate() {
        for (cell, logit) in fold.logits.iter_mut().enumerate() {
            *logit = kept.iter().map(|one| one.folds[number].logits[cell]).sum::<f64>() / kept.len() as f64;
        }
        fold.logits = follow(&fold.logits, first.targets[number].clone(), known).0;
    }
    folds
}

/// Features and labels of the origins, unit by unit.
fn rows(design: &Design<'_>, features: &[&'static str], origins: Range<usize>) -> Rows {
    let grids: Vec<_> = features.iter().map(|name| design.feature(name)).collect();
    let mut rows = Rows { width: features.len(), ..Rows::default() };
    for unit in 0..design.units() {
        for at in origins.clone() {
            rows.cells.extend(grids.iter().map(|grid| grid.at(unit, at)));
            rows.labels.push(at + 1 < design.cut && design.label(unit, at));
        }
    }
    rows
}
