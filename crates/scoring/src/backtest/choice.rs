//! How the family and its baselines are mixed: by what they did on folds at the end of training.

use super::Named;
use crate::baseline;
use crate::blend::{TrialFold, mixed, weights};
use crate::error::Result;
use crate::evaluate::Forecast;
use crate::family::Family;
use crate::feature::{Design, Sums};
use crate::logistic::{logit, sigmoid};
use crate::panel::Panel;

/// The family, called the model, and its baselines.
pub const NAMES: [&str; 1 + baseline::NAMES.len()] = {
    let mut names = ["model"; 1 + baseline::NAMES.len()];
    let mut at = 0;
    while at < baseline::NAMES.len() {
        names[at + 1] = baseline::NAMES[at];
        at += 1;
    }
    names
};

/// A baseline with this weight speaks alone.
const ALONE: f64 = 0.95;
/// The last three eighths of training are forecast, each from what came before it.
const EIGHTHS: [usize; 4] = [5, 6, 7, 8];

/// What each of [`NAMES`] weighs, by folds before the panel's cut. A fold on which nothing can be fitted teaches nothing.
pub fn weights_before(panel: &Panel) -> Vec<f64> {
    let edges = EIGHTHS.map(|part| panel.cut * part / 8);
    let folds = edges.windows(2).filter_map(|pair| fold(panel, pair[0], pair[1]));
    weights(NAMES.len(), &folds.collect::<Vec<_>>())
}

fn fold(panel: &Panel, cut: usize, end: usize) -> Option<TrialFold> {
    let before = panel.until(cut, end);
    let labels = super::truth(&before).ok()?.labels;
    let (known, ahead) = (super::positives_before(&before), labels.iter().filter(|label| **label).count());
    if known < 2 || ahead == 0 || ahead == labels.len() {
        return None;
    }
    Some(TrialFold { logits: logits(&before).ok()?, labels })
}

fn logits(panel: &Panel) -> Result<Vec<Vec<f64>>> {
    let sums = Sums::new(panel);
    let (alone, _) =
        Family::fit(&sums)?.forecast(&Design::new(&sums, panel.cut.max(2)), panel.cut - 1..panel.len - 1);
    let others = baseline::all(&sums)?.into_iter().map(|(_, forecast)| forecast.risk);
    let all = std::iter::once(alone).chain(others);
    Ok(all.map(|risk| risk.into_iter().map(logit).collect()).collect())
}

/// The risks of the mix.
pub fn mix(weights: &[f64], alone: &[f64], baselines: &[(&'static str, Forecast)]) -> Vec<f64> {
    let cell = |at: usize| {
        let others = baselines.iter().map(|(_, forecast)| forecast.risk[at]);
        sigmoid(mixed(weights, std::iter::once(alone[at]).chain(others).map(logit)))
    };
    (0..alone.len()).map(cell).collect()
}

/// `model`, or the baseline that speaks alone.
pub fn served(weights: &Named<f64>) -> &'static str {
    weights.0.iter().find(|part| part.1 >= ALONE).map_or(NAMES[0], |part| part.0)
}
