//! Serving: which line speaks for a unit. The arithmetic is `domain`'s: multiply and add, nothing else.

use crate::artefact::{Artefact, Models, Use};
use domain::feature::COUNT;
use domain::kind::{Horizon, Kind};
use domain::place::Code;
use domain::scorer::{Row, Scorer, Standing};

/// Cells: kind × horizon × (district, regency).
const CELLS: usize = Kind::COUNT * Horizon::COUNT * 2;

/// The loaded models, ready to apply.
#[derive(Clone, Debug)]
pub struct ModelScorer {
    rows: [Row; CELLS],
    models: Vec<Artefact>,
}

impl ModelScorer {
    /// Every kind and horizon must be there; `Models::load` has seen to it.
    pub fn new(models: Models) -> ModelScorer {
        let empty = Standing { model: u16::MAX, calibrated: false, base_ppm: 0 };
        let none = Row { intercept: 0.0, coefficients: [0.0; COUNT], standing: empty };
        let mut rows = [none; CELLS];
        for (index, artefact) in models.artefacts.iter().enumerate() {
            let (Some(kind), Some(horizon)) = (artefact.kind(), artefact.horizon()) else { continue };
            for regency in [false, true] {
                rows[at(kind, horizon, regency)] = row(artefact, index as u16, regency);
            }
        }
        ModelScorer { rows, models: models.artefacts }
    }

    /// The artefact behind a [`Standing::model`].
    pub fn model(&self, index: u16) -> Option<&Artefact> {
        self.models.get(usize::from(index))
    }

    pub fn models(&self) -> &[Artefact] {
        &self.models
    }
}

impl Scorer for ModelScorer {
    fn row(&self, code: Code, kind: Kind, horizon: Horizon) -> Row {
        self.rows[at(kind, horizon, code.is_regency())]
    }
}

fn at(kind: Kind, horizon: Horizon, regency: bool) -> usize {
    (kind.index() * Horizon::COUNT + horizon.index()) * 2 + usize::from(regency)
}

fn row(artefact: &Artefact, model: u16, regency: bool) -> Row {
    let place: &Use = if regency { &artefact.used_on.regency } else { &artefact.used_on.district };
    let mut coefficients = [0.0; COUNT];
    let (intercept, line) = artefact.line();
    for (slot, coefficient) in coefficients.iter_mut().zip(line) {
        *slot = coefficient.value;
    }
    let base_ppm = libm::floor(place.base_rate * 1e6 + 0.5) as u32;
    let standing = Standing { model, calibrated: place.calibrated, base_ppm };
    Row { intercept: intercept + place.shift, coefficients, standing }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artefact::example;
    use crate::chance::Chance;

    fn scorer() -> ModelScorer {
        let pairs = Kind::ALL.iter().flat_map(|kind| Horizon::ALL.iter().map(|horizon| (*kind, *horizon)));
        ModelScorer::new(Models { artefacts: pairs.map(|(kind, horizon)| example(kind, horizon)).collect() })
    }

    #[test]
    fn contributions_sum_to_the_logit() {
        let (scorer, mut chance) = (scorer(), Chance::new(1));
        for _ in 0..1000 {
            let mut x = [0.0; COUNT];
            x.iter_mut().for_each(|value| *value = chance.normal() * 5.0);
            let row = scorer.row(Code(161304), Kind::Disaster, Horizon::Week);
            let parts = row.contributions(&x);
            let sum = parts.features.iter().sum::<f64>() + parts.intercept;
            assert!((sum - row.logit(&x)).abs() < 1e-9);
        }
    }

    #[test]
    fn every_cell_has_its_model_and_a_transferred_one_says_so() {
        let scorer = scorer();
        for kind in Kind::ALL {
            for horizon in Horizon::ALL {
                let standing = scorer.row(Code(161304), *kind, *horizon).standing;
                assert!(!standing.calibrated && standing.base_ppm == 20_000);
                assert_eq!(scorer.model(standing.model).and_then(Artefact::kind), Some(*kind));
            }
        }
    }
}
