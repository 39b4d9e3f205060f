//! The penalty, the slope and the mix with the simple forecasts, chosen on rolling folds, under signs a person can follow.

use super::fallback;
use super::serving::Vectors;
use crate::blend::{TrialFold, weights};
use crate::error::{Error, Result};
use crate::logistic::{Fit, FitError, Ridge, Rows, logit};
use crate::newton::{DesignColumns, FirstRows};
use crate::period::Day;
use crate::recalibrate::{Fold, Stretch, WORTH, careful, slope};
use domain::feature::{MOST_ACCELERATION, NAMES};
use domain::scorer::ppm;
use linfa::dataset::Records as _;
use linfa::traits::Fit as _;
use std::rc::Rc;

const RIDGES: [f64; 4] = [1.0, 10.0, 100.0, 1000.0];
const FOLDS: usize = 4;

/// Fewest positives of a fit that is meant to be served.
const POSITIVES: usize = 5;

/// A question about the rows: what came of them by one of the ends that were asked about.
#[derive(Clone, Copy)]
pub struct Material<'a> {
    pub made: &'a Vectors,
    pub question: usize,
}

impl Material<'_> {
    /// What may be learnt from as of an origin.
    fn learnt(&self, as_of: usize) -> Rows {
        self.known_by(self.made.origins[as_of])
    }

    /// What may be learnt from as of a day, labelled by what was known before it.
    pub fn known_by(&self, day: Day) -> Rows {
        self.made.rows(self.question, 0..self.made.learnable(self.question, day), day)
    }
}

/// What rolling folds chose.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    pub ridge: f64,
    pub slope: f64,
    /// What the fit under this penalty and slope weighs in the line that is served, and each of the simple lines.
    pub weights: Vec<(&'static str, f64)>,
}

/// The line that rolling folds chose, fitted: a mix of a fit and the simple lines, as it is written to a file.
pub struct Chosen {
    pub fit: Fit,
    pub choice: Choice,
    pub rows: Rows,
}

impl Chosen {
    pub fn logit(&self, row: &[f64]) -> f64 {
        self.fit.logit(row)
    }

    /// The risk as the service shows it: in parts per million.
    pub fn risk(&self, row: &[f64]) -> f64 {
        let logit = self.logit(row);
        f64::from(ppm([logit, logit])[0]) / 1e6
    }

    /// The share of positives, where there is too little for anything else.
    pub fn base_rate(material: &Material<'_>, as_of: usize) -> Chosen {
        let rows = material.learnt(as_of);
        let share = (rows.positives() as f64 + 0.5) / (rows.labels.len() as f64 + 1.0);
        let fit = Fit { intercept: round(logit(share)), coefficients: vec![0.0; NAMES.len()] };
        let names = std::iter::once("model").chain(fallback::NAMES);
        let weights = names.map(|name| (name, f64::from(u8::from(name == "model")))).collect();
        Chosen { fit, choice: Choice { ridge: 0.0, slope: 1.0, weights }, rows }
    }
}

/// Chooses on folds before an origin and fits what is known by then. This is what is judged, in `train` and in `backtest`.
pub fn choose(material: &Material<'_>, as_of: usize, what: &str) -> Result<Chosen> {
    let (ridge, rolled) = choose_ridge(roll(material, as_of)?);
    let folds: Vec<Fold> = rolled.iter().map(|(fold, _)| levelled(fold)).collect();
    let slope = careful(slope(&folds));
    let weights = mix(slope, &rolled, what)?;
    settle(material.learnt(as_of), Choice { ridge, slope, weights }, what)
}

/// What the fit and each of the simple lines weigh, by what they lost on the folds.
fn mix(slope: f64, rolled: &[(Fold, Rc<RolledFold>)], what: &str) -> Result<Vec<(&'static str, f64)>> {
    let mut trials = Vec::new();
    for (fold, of) in rolled {
        let stretch = stretch(slope, &fold.logits);
        let mut logits = vec![fold.logits.iter().map(|z| stretch.apply(*z)).collect()];
        for line in fallback::lines(&of.before, what)? {
            logits.push(line.fit.logits(&of.ahead, 0..of.ahead.labels.len())?);
        }
        trials.push(TrialFold { logits, labels: fold.labels.clone() });
    }
    let names = std::iter::once("model").chain(fallback::NAMES);
    Ok(names.zip(weights(1 + fallback::NAMES.len(), &trials)).collect())
}

fn stretch(slope: f64, logits: &[f64]) -> Stretch {
    if slope == 1.0 { Stretch::NONE } else { Stretch::keeping_mean(slope, logits) }
}

/// Fits the rows as was chosen.
pub fn settle(rows: Rows, choice: Choice, what: &str) -> Result<Chosen> {
    let positives = rows.positives();
    if positives < POSITIVES {
        return Err(Error::Empty(format!(
            "{positives} positives are too few to fit {what}: at least {POSITIVES} are needed"
        )));
    }
    let dataset = rows.dataset()?;
    let columns = DesignColumns::new(dataset.records, dataset.targets);
    let fit = signed(&columns.first(rows.labels.len()), choice.ridge, None);
    let fit = bounded(fit.map_err(|error| error.of(what))?, &rows)?;
    let stretch = stretch(choice.slope, &fit.logits(&rows, 0..rows.labels.len())?);
    let own = Fit {
        intercept: stretch.apply(fit.intercept),
        coefficients: fit.coefficients.iter().map(|c| c * stretch.slope).collect(),
    };
    let simple = fallback::lines(&rows, what)?.into_iter().map(|line| line.fit);
    let lines = choice.weights.iter().map(|part| part.1).zip(std::iter::once(own).chain(simple));
    let mix = sum(lines);
    let coefficients = mix.coefficients.into_iter().map(round).collect();
    Ok(Chosen { fit: Fit { intercept: round(mix.intercept), coefficients }, choice, rows })
}

/// A mix of lines is a line.
fn sum(lines: impl Iterator<Item = (f64, Fit)>) -> Fit {
    let mut mix = Fit { intercept: 0.0, coefficients: vec![0.0; NAMES.len()] };
    for (weight, line) in lines {
        mix.intercept += weight * line.intercept;
        mix.coefficients.iter_mut().zip(line.coefficients).for_each(|(all, own)| *all += weight * own);
    }
    mix
}

/// What a fold was fitted on, and what it forecast.
struct RolledFold {
    before: Rows,
    ahead: Rows,
}

/// A fold for every penalty.
type Rolled = [Vec<(Fold, Rc<RolledFold>)>; RIDGES.len()];

/// The weakest penalty, unless a stronger one is clearly worth it.
fn choose_ridge(tried: Rolled) -> (f64, Vec<(Fold, Rc<RolledFold>)>) {
    let losses: Vec<f64> =
        tried.iter().map(|folds| folds.iter().map(|(fold, _)| fold.loss()).sum()).collect();
    let better = |best: usize, at: usize| if losses[at] < losses[best] * WORTH { at } else { best };
    let chosen = (0..tried.len()).fold(0, better);
    (RIDGES[chosen], tried.into_iter().nth(chosen).unwrap_or_default())
}

/// A fold at the level it turned out to have: what the level got wrong must not be taken for a wrong slope.
fn levelled(fold: &Fold) -> Fold {
    let hits = fold.labels.iter().filter(|label| **label).count();
    if hits == 0 {
        return fold.clone();
    }
    let share = hits as f64 / fold.labels.len() as f64;
    let shift = Stretch::to_mean(1.0, &fold.logits, share).shift;
    Fold { logits: fold.logits.iter().map(|z| z + shift).collect(), labels: fold.labels.clone() }
}

/// Where the folds in the second half of so many decided origins begin, and where the last ends.
pub(super) fn edges(end: usize) -> Vec<usize> {
    (0..=FOLDS).map(|i| end / 2 + (end - end / 2) * i / FOLDS).collect()
}

/// Forecasts of the second half of what is decided as of an origin, each fold from what was known when it began, for every
/// penalty; a fold that cannot be fitted under one of them is left out under all.
fn roll(material: &Material<'_>, as_of: usize) -> Result<Rolled> {
    let Material { made, question } = *material;
    let end = made.learnable(question, made.origins[as_of]);
    let mut tried = Rolled::default();
    for pair in edges(end).windows(2).filter(|pair| pair[0] < pair[1]) {
        let before = material.learnt(pair[0]);
        let ahead = made.rows(question, pair[0]..pair[1], made.origins[as_of]);
        if before.labels.is_empty() {
            continue;
        }
        let dataset = before.dataset()?;
        let columns = DesignColumns::new(dataset.records, dataset.targets);
        let (known, mut start) = (columns.first(before.labels.len()), None::<Fit>);
        let fits = RIDGES.map(|ridge| {
            let fit = signed(&known, ridge, start.as_ref()).ok()?;
            start = Some(fit.clone());
            Some(fit)
        });
        if fits.iter().any(Option::is_none) {
            continue;
        }
        let of = Rc::new(RolledFold { before, ahead });
        for (folds, fit) in tried.iter_mut().zip(fits.into_iter().flatten()) {
            let fit = bounded(fit, &of.before)?;
            let logits = fit.logits(&of.ahead, 0..of.ahead.labels.len())?;
            folds.push((Fold { logits, labels: of.ahead.labels.clone() }, Rc::clone(&of)));
        }
    }
    Ok(tried)
}

/// Nine decimals: readable, and the same bits after writing and reading.
pub fn round(value: f64) -> f64 {
    libm::round(value * 1e9) / 1e9 + 0.0
}

/// What a model may look at: the analyst's count is a baseline's, and would only share the decayed counts' weight.
fn open(width: usize) -> Vec<bool> {
    (0..width).map(|at| NAMES.get(at).is_none_or(|name| *name != "count_30d")).collect()
}

/// A fit with the signs a person can follow: more incidents never lower the risk, longer quiet or an agreement never
/// raise it.
/// A feature that comes out the wrong way round is left out, the worst first, and the rest fitted again.
pub(crate) fn signed(
    known: &FirstRows<'_>,
    ridge: f64,
    start: Option<&Fit>,
) -> std::result::Result<Fit, FitError> {
    let ridge = Ridge::new(ridge);
    let mut free = open(known.nfeatures());
    let mut fit = Ridge { free: Some(&free), start, ..ridge }.fit(known)?;
    loop {
        let wrong = |(at, name): (usize, &&str)| {
            let against = match *name {
                "season_sin" | "season_cos" | "completeness" => 0.0,
                "days_since" | "agreement" => fit.coefficients[at],
                _ => -fit.coefficients[at],
            };
            (against > 0.0).then_some((at, against))
        };
        let worst = NAMES.iter().enumerate().filter_map(wrong).max_by(|a, b| a.1.total_cmp(&b.1));
        let Some((at, _)) = worst else { return Ok(fit) };
        free[at] = false;
        fit = Ridge { free: Some(&free), start: Some(&fit), ..ridge }.fit(known)?;
    }
}

/// The fit under two bounds, its mean forecast again the share of positives.
///
/// More incidents never lower the risk: acceleration has a cap ([`MOST_ACCELERATION`]).
///
/// A neighbour's incident never counts for more than one's own in `neighbours_14d` (`surroundings_14d`, which tells the first
/// among the neighbours, has no such bound): with a whole province as neighbours, as in a national
/// list, the fit gives a large weight to a small mean, which would run away among the few neighbours of a district.
pub(crate) fn bounded(mut fit: Fit, rows: &Rows) -> Result<Fit> {
    let at = |name: &str| NAMES.iter().position(|own| *own == name).unwrap_or(0);
    let own: f64 = ["count_3d", "count_14d", "count_90d", "regency_14d"]
        .map(|name| fit.coefficients[at(name)])
        .iter()
        .sum();
    let bounds = [
        (at("neighbours_14d"), own),
        (at("acceleration"), MOST_ACCELERATION * fit.coefficients[at("count_14d")]),
    ];
    let mut moved = false;
    for (feature, most) in bounds {
        let coefficient = &mut fit.coefficients[feature];
        moved |= *coefficient > most;
        *coefficient = coefficient.min(most);
    }
    if moved {
        let logits = fit.logits(rows, 0..rows.labels.len())?;
        let share = rows.positives() as f64 / rows.labels.len() as f64;
        fit.intercept += Stretch::to_mean(1.0, &logits, share).shift;
    }
    Ok(fit)
}
