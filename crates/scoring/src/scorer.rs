//! Serving: which line speaks for a unit. The arithmetic is `domain`'s: multiply and add, nothing else.

use crate::artefact::{Artefact, Local, Models, Served, Use};
use crate::pooling::shifted;
use domain::feature::COUNT;
use domain::kind::{Horizon, Kind};
use domain::place::Code;
use domain::scorer::{AlertBar, Calibration, ModelLine, Scorer};
use std::collections::BTreeMap;

/// Cells: kind × horizon × (district, regency).
const CELLS: usize = Kind::COUNT * Horizon::COUNT * 2;

/// The loaded models, ready to apply.
#[derive(Clone, Debug)]
pub struct ModelScorer {
    rows: [ModelLine; CELLS],
    /// Lines of regencies that are calibrated themselves, by regency and cell.
    local: BTreeMap<(Code, usize), ModelLine>,
    /// Lines shifted by the records of their places, by place and cell.
    pooled: BTreeMap<(Code, usize), ModelLine>,
    models: Vec<Artefact>,
}

impl ModelScorer {
    /// Every kind and horizon must be there; `Models::load` has seen to it.
    pub fn new(models: Models) -> ModelScorer {
        ModelScorer::asking(models, 0)
    }

    /// The same where a regency's own calibration is believed only with `needed` positives of its own.
    pub fn asking(mut models: Models, needed: u32) -> ModelScorer {
        for artefact in &mut models.artefacts {
            artefact.local.retain(|own| own.positives as u64 >= u64::from(needed));
            artefact.fitted_on.own_positives_needed = artefact.fitted_on.own_positives_needed.max(needed);
        }
        let empty = Calibration { model: u16::MAX, calibrated: false, base_ppm: 0, bar: None };
        let none = ModelLine { intercept: 0.0, coefficients: [0.0; COUNT], calibration: empty };
        let (mut rows, mut local, mut pooled) = ([none; CELLS], BTreeMap::new(), BTreeMap::new());
        for (index, artefact) in models.artefacts.iter().enumerate() {
            let (Some(kind), Some(horizon)) = (artefact.kind(), artefact.horizon()) else { continue };
            for regency in [false, true] {
                rows[at(kind, horizon, regency)] = row(artefact, index as u16, regency);
            }
            for own in &artefact.local {
                let (cell, Some(code)) =
                    (at(kind, horizon, own.unit == "regency"), Code::parse(&own.regency))
                else {
                    continue;
                };
                local.insert((code, cell), recalibrated(rows[cell], own));
            }
            for (code, shift) in artefact.pooled.served() {
                let cell = at(kind, horizon, code.is_regency());
                pooled.insert((code, cell), shifted(rows[cell], shift));
            }
        }
        ModelScorer { rows, local, pooled, models: models.artefacts }
    }

    /// The lines as they were fitted and transferred, without what any record says of them.
    pub fn unshifted(&self) -> ModelScorer {
        let (local, pooled) = (BTreeMap::new(), BTreeMap::new());
        ModelScorer { rows: self.rows, local, pooled, models: self.models.clone() }
    }

    /// The artefact behind a [`Calibration::model`].
    pub fn model(&self, index: u16) -> Option<&Artefact> {
        self.models.get(usize::from(index))
    }

    pub fn models(&self) -> &[Artefact] {
        &self.models
    }
}

impl Scorer for ModelScorer {
    fn line_for(&self, code: Code, kind: Kind, horizon: Horizon) -> ModelLine {
        let cell = at(kind, horizon, code.is_regency());
        let own = self.local.get(&(code.regency(), cell)).or_else(|| self.pooled.get(&(code, cell)));
        own.copied().unwrap_or(self.rows[cell])
    }
}

fn at(kind: Kind, horizon: Horizon, regency: bool) -> usize {
    (kind.index() * Horizon::COUNT + horizon.index()) * 2 + usize::from(regency)
}

fn row(artefact: &Artefact, model: u16, regency: bool) -> ModelLine {
    let place: &Use = if regency { &artefact.used_on.regency } else { &artefact.used_on.district };
    let mut coefficients = [0.0; COUNT];
    let (intercept, line) = artefact.line();
    for (slot, coefficient) in coefficients.iter_mut().zip(line) {
        *slot = coefficient.value;
    }
    let base_ppm = libm::floor(place.base_rate * 1e6 + 0.5) as u32;
    let calibration =
        Calibration { model, calibrated: place.calibrated, base_ppm, bar: bar(artefact, place) };
    ModelLine { intercept: intercept + place.shift, coefficients, calibration }
}

/// The rehearsed bar as it stands in a place; none for a line that speaks in the model's place.
fn bar(artefact: &Artefact, place: &Use) -> Option<AlertBar> {
    let rehearsed = artefact.alert_bars.as_ref().filter(|_| artefact.served == Served::Model);
    rehearsed.map(|bars| bars.used_on(place))
}

/// The served line seen through the regency's own intercept and slope; a line again.
fn recalibrated(served: ModelLine, own: &Local) -> ModelLine {
    let base_ppm = libm::floor(own.base_rate * 1e6 + 0.5) as u32;
    ModelLine {
        intercept: own.intercept + own.slope * served.intercept,
        coefficients: served.coefficients.map(|c| own.slope * c),
        calibration: Calibration { calibrated: true, base_ppm, ..served.calibration },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artefact::example;
    use crate::pooling::record::PooledPlace;
    use crate::rng::Rng;

    fn scorer() -> ModelScorer {
        let pairs = Kind::ALL.iter().flat_map(|kind| Horizon::ALL.iter().map(|horizon| (*kind, *horizon)));
        ModelScorer::new(Models { artefacts: pairs.map(|(kind, horizon)| example(kind, horizon)).collect() })
    }

    #[test]
    fn contributions_sum_to_the_logit() {
        let (scorer, mut rng) = (scorer(), Rng::new(1));
        for _ in 0..1000 {
            let mut x = [0.0; COUNT];
            x.iter_mut().for_each(|value| *value = rng.normal() * 5.0);
            let row = scorer.line_for(Code(161304), Kind::Disaster, Horizon::Week);
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
                let calibration = scorer.line_for(Code(161304), *kind, *horizon).calibration;
                assert!(!calibration.calibrated && calibration.base_ppm == 20_000);
                assert_eq!(scorer.model(calibration.model).and_then(Artefact::kind), Some(*kind));
            }
        }
    }

    /// The same line, shifted in the one place, bit for bit; its neighbours are served as before.
    #[test]
    fn a_place_with_a_record_is_served_the_shifted_line() {
        let mut models = Models { artefacts: scorer().models };
        let (kind, horizon) = (Kind::ALL[1], Horizon::ALL[1]);
        let index = models
            .artefacts
            .iter()
            .position(|model| (model.kind(), model.horizon()) == (Some(kind), Some(horizon)));
        let record = &mut models.artefacts[index.expect("a model")].pooled;
        record.places.push(PooledPlace { code: "16.13.04".into(), shift: 0.8, ..PooledPlace::default() });
        let (plain, served) = (scorer(), ModelScorer::new(models));
        let of = |scorer: &ModelScorer, code: u32| scorer.line_for(Code(code), kind, horizon);
        assert_eq!(of(&served, 161_304), shifted(of(&plain, 161_304), 0.8));
        assert_ne!(of(&served, 161_304), of(&plain, 161_304));
        for code in [161_301, 161_300] {
            assert_eq!(of(&served, code), of(&plain, code));
        }
        assert_eq!(of(&served.unshifted(), 161_304), of(&plain, 161_304));
    }

    #[test]
    fn a_regency_with_its_own_calibration_is_the_only_one_that_has_it() {
        let mut models = Models::default();
        for kind in Kind::ALL {
            models.artefacts.extend(Horizon::ALL.iter().map(|horizon| example(*kind, *horizon)));
        }
        let own = Local {
            regency: "16.13".into(),
            unit: "district".into(),
            intercept: 0.4,
            slope: 0.7,
            base_rate: 0.11,
            from: String::new(),
            to: String::new(),
            rows: 500,
            positives: 60,
        };
        models.artefacts[0].local.push(own.clone());
        let (kind, horizon) = (Kind::ALL[0], Horizon::ALL[0]);
        let scorer = ModelScorer::asking(models.clone(), 50);
        let (here, there) =
            (scorer.line_for(Code(161304), kind, horizon), scorer.line_for(Code(350801), kind, horizon));
        assert!(here.calibration.calibrated && here.calibration.base_ppm == 110_000);
        assert!(
            !there.calibration.calibrated
                && !scorer.line_for(Code(161300), kind, horizon).calibration.calibrated
        );
        assert!(!scorer.line_for(Code(161304), kind, Horizon::ALL[1]).calibration.calibrated);
        let x: [f64; COUNT] = std::array::from_fn(|i| i as f64 * 0.3 - 1.0);
        assert!((here.logit(&x) - (0.4 + 0.7 * there.logit(&x))).abs() < 1e-9);
        let stricter = ModelScorer::asking(models, 61);
        assert!(
            !stricter.line_for(Code(161304), kind, horizon).calibration.calibrated,
            "the policy may ask for more"
        );
    }
}
