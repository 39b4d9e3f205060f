//! The penalty, the slope and the mix with the simple forecasts, chosen on rolling folds, under signs a person can follow.

use super::fallback;
use crate::blend::{TrialFold, weights};
use crate::error::{Error, Result};
use crate::level_filter::LevelFilter;
use crate::logistic::{Fit, FitError, Ridge, Rows};
use crate::newton::{DesignColumns, FirstRows};
use crate::period::Period;
use crate::recalibrate::{Fold, Stretch, WORTH, careful, slope};
use domain::feature::NAMES;
use domain::kind::Horizon;
use linfa::dataset::Records as _;
use linfa::traits::Fit as _;
use std::ops::Range;

const RIDGES: [f64; 3] = [10.0, 100.0, 1000.0];
const FOLDS: usize = 4;

/// Fewest positives of a fit that is meant to be served.
const POSITIVES: usize = 5;

/// The decided rows, origin by origin, so that every earlier fit takes the first of them.
pub struct Material {
    rows: Rows,
    columns: DesignColumns,
    units: usize,
}

impl Material {
    pub fn new(rows: Rows, units: usize) -> Result<Material> {
        let dataset = rows.dataset()?;
        let columns = DesignColumns::new(dataset.records, dataset.targets);
        Ok(Material { columns, rows, units })
    }

    fn logits(&self, fit: &Fit, origins: Range<usize>) -> Result<Vec<f64>> {
        fit.logits(&self.rows, origins.start * self.units..origins.end * self.units)
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

/// The line that rolling folds chose, fitted: a mix of a fit and the simple lines.
pub struct Chosen {
    pub fit: Fit,
    pub choice: Choice,
    pub rows: Rows,
}

impl Chosen {
    pub fn logit(&self, row: &[f64]) -> f64 {
        self.fit.logit(row)
    }
}

/// Chooses on folds before origin `end` and fits what is decided by then: no label of an origin near `end` is known yet.
pub fn choose(material: &Material, (end, horizon): (usize, Horizon), what: &str) -> Result<Chosen> {
    let (ridge, rolled) = choose_ridge(roll(material, end, purge(horizon))?);
    let folds: Vec<Fold> = rolled.iter().map(|(fold, _)| followed(fold, material.units, horizon)).collect();
    let slope = careful(slope(&folds));
    let weights = mix(material, slope, &rolled, what)?;
    settle(material, end - purge(horizon), Choice { ridge, slope, weights }, what)
}

/// What the fit and each of the simple lines weigh, by what they lost on the folds.
fn mix(
    material: &Material,
    slope: f64,
    rolled: &[(Fold, RolledFold)],
    what: &str,
) -> Result<Vec<(&'static str, f64)>> {
    let mut trials = Vec::new();
    for (fold, of) in rolled {
        let stretch = stretch(slope, &fold.logits);
        let mut logits = vec![fold.logits.iter().map(|z| stretch.apply(*z)).collect()];
        for line in fallback::lines(&material.rows.first(of.before * material.units), what)? {
            logits.push(material.logits(&line.fit, of.ahead.clone())?);
        }
        trials.push(TrialFold { logits, labels: fold.labels.clone() });
    }
    let names = std::iter::once("model").chain(fallback::NAMES);
    Ok(names.zip(weights(1 + fallback::NAMES.len(), &trials)).collect())
}

fn stretch(slope: f64, logits: &[f64]) -> Stretch {
    if slope == 1.0 { Stretch::NONE } else { Stretch::keeping_mean(slope, logits) }
}

/// Fits the origins before `end` as was chosen.
pub fn settle(material: &Material, end: usize, choice: Choice, what: &str) -> Result<Chosen> {
    let rows = material.rows.first(end * material.units);
    let positives = rows.positives();
    if positives < POSITIVES {
        return Err(Error::Empty(format!(
            "{positives} positives are too few to fit {what}: at least {POSITIVES} are needed"
        )));
    }
    let fit = signed(&material.columns.first(rows.labels.len()), choice.ridge, None);
    let fit = own_before_neighbours(fit.map_err(|error| error.of(what))?, material, end)?;
    let stretch = stretch(choice.slope, &material.logits(&fit, 0..end)?);
    let own = Fit {
        intercept: stretch.apply(fit.intercept),
        coefficients: fit.coefficients.iter().map(|c| c * stretch.slope).collect(),
    };
    let simple = fallback::lines(&rows, what)?.into_iter().map(|line| line.fit);
    let lines = choice.weights.iter().map(|part| part.1).zip(std::iter::once(own).chain(simple));
    Ok(Chosen { fit: sum(lines), choice, rows })
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

/// Where a fold lies: fitted on the origins before `before`, judged on those `ahead`.
#[derive(Clone)]
struct RolledFold {
    before: usize,
    ahead: Range<usize>,
}

/// The weakest penalty, unless a stronger one is clearly worth it: as the judged family chooses.
fn choose_ridge(tried: [Vec<(Fold, RolledFold)>; RIDGES.len()]) -> (f64, Vec<(Fold, RolledFold)>) {
    let losses: Vec<f64> =
        tried.iter().map(|folds| folds.iter().map(|(fold, _)| fold.loss()).sum()).collect();
    let better = |best: usize, at: usize| if losses[at] < losses[best] * WORTH { at } else { best };
    let chosen = (0..tried.len()).fold(0, better);
    (RIDGES[chosen], tried.into_iter().nth(chosen).unwrap_or_default())
}

/// A fold with its level following what came true: what the level got wrong must not be taken for a wrong slope.
fn followed(fold: &Fold, units: usize, horizon: Horizon) -> Fold {
    let logits = follow(&fold.logits, &fold.labels, units, horizon);
    Fold { logits, labels: fold.labels.clone() }
}

/// Logits (origin by origin) with the level that the outcomes decided by each origin ask for.
pub fn follow(logits: &[f64], labels: &[bool], units: usize, horizon: Horizon) -> Vec<f64> {
    let mut level = LevelFilter::new(Period::Week.year());
    let origins = logits.len() / units.max(1);
    let mut moved = logits.to_vec();
    for origin in 0..origins {
        if let Some(decided) = origin.checked_sub(purge(horizon) + 1) {
            let rows = decided * units..(decided + 1) * units;
            let cells = logits[rows.clone()].iter().copied().zip(labels[rows].iter().copied());
            level.see(cells, f64::from(horizon.days()) / 7.0);
        }
        moved[origin * units..(origin + 1) * units].iter_mut().for_each(|logit| *logit += level.shift);
    }
    moved
}

/// Labels reach `horizon` ahead: so many origins before a fold are not yet decided when it begins.
pub fn purge(horizon: Horizon) -> usize {
    (horizon.days() as usize).div_ceil(7) - 1
}

/// Forecasts of the second half, each fold from what came before it, for every penalty; a fold that cannot be fitted
/// under one of them is left out under all.
fn roll(material: &Material, end: usize, purge: usize) -> Result<[Vec<(Fold, RolledFold)>; RIDGES.len()]> {
    let edges: Vec<usize> = (0..=FOLDS).map(|i| end / 2 + (end - end / 2) * i / FOLDS).collect();
    let mut tried: [Vec<(Fold, RolledFold)>; RIDGES.len()] = Default::default();
    for pair in edges.windows(2) {
        // Origins this close before a fold are not yet decided when it begins.
        let before = pair[0].saturating_sub(purge);
        let known = material.columns.first(before * material.units);
        let mut start: Option<Fit> = None;
        let fits = RIDGES.map(|ridge| {
            let fit = signed(&known, ridge, start.as_ref()).ok()?;
            start = Some(fit.clone());
            Some(fit)
        });
        let labels = material.rows.labels[pair[0] * material.units..pair[1] * material.units].to_vec();
        if let [Some(_), Some(_), Some(_)] = fits {
            for (folds, fit) in tried.iter_mut().zip(fits.into_iter().flatten()) {
                let fit = own_before_neighbours(fit, material, before)?;
                let of = RolledFold { before, ahead: pair[0]..pair[1] };
                let logits = material.logits(&fit, of.ahead.clone())?;
                folds.push((Fold { logits, labels: labels.clone() }, of));
            }
        }
    }
    Ok(tried)
}

/// What a model may look at: the analyst's count is a baseline's, and would only share the decayed counts' weight.
fn open(width: usize) -> Vec<bool> {
    NAMES.iter().take(width).map(|name| *name != "count_30d").collect()
}

/// A fit with the signs a person can follow: more incidents never lower the risk, longer quiet or an agreement never
/// raise it.
/// A feature that comes out the wrong way round is left out, the worst first, and the rest fitted again.
fn signed(known: &FirstRows<'_>, ridge: f64, start: Option<&Fit>) -> std::result::Result<Fit, FitError> {
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

/// A neighbour's incident never counts for more than one's own: with a whole province as neighbours, as in a national
/// list, the fit gives a large weight to a small mean, which would run away among the few neighbours of a district.
/// The intercept then moves so that the mean forecast is again the share of positives.
fn own_before_neighbours(mut fit: Fit, material: &Material, end: usize) -> Result<Fit> {
    let (mut own, mut neighbours) = (0.0, 0);
    for (at, name) in NAMES.iter().enumerate() {
        match *name {
            "neighbours_14d" => neighbours = at,
            "count_3d" | "count_14d" | "count_90d" | "regency_14d" => own += fit.coefficients[at],
            _ => {}
        }
    }
    let over = fit.coefficients[neighbours] - own;
    if over > 0.0 {
        fit.coefficients[neighbours] = own;
        let logits = material.logits(&fit, 0..end)?;
        let labels = &material.rows.labels[..logits.len()];
        let share = labels.iter().filter(|label| **label).count() as f64 / labels.len() as f64;
        fit.intercept += Stretch::to_mean(1.0, &logits, share).shift;
    }
    Ok(fit)
}
