//! Serving: which line speaks for a unit. The arithmetic is `domain`'s: multiply and add, nothing else.

use crate::artefact::{Artefact, Local, Models, Served, Use, seen_through};
use crate::pooling::shifted;
use crate::recalibrate::Stretch;
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
    /// Lines of places with a record of their own, by place and cell: shifted by it, or where the regency is calibrated itself, its
    /// line with the bar that the shifted one had.
    placed: BTreeMap<(Code, usize), ModelLine>,
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
        let (mut rows, mut local, mut placed) = ([none; CELLS], BTreeMap::new(), BTreeMap::new());
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
                local.insert((code, cell), recalibrated(rows[cell], own, 0.0));
            }
            for (code, shift) in artefact.pooled.served() {
                let cell = at(kind, horizon, code.is_regency());
                let own = artefact.local.iter().find(|own| is_of(own, code));
                let line = match own {
                    Some(own) => recalibrated(rows[cell], own, shift),
                    None => shifted(rows[cell], shift),
                };
                placed.insert((code, cell), line);
            }
        }
        ModelScorer { rows, local, placed, models: models.artefacts }
    }

    /// The lines as they were fitted and transferred, without what any record says of them.
    pub fn unshifted(&self) -> ModelScorer {
        let (local, placed) = (BTreeMap::new(), BTreeMap::new());
        ModelScorer { rows: self.rows, local, placed, models: self.models.clone() }
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
        let own = self.placed.get(&(code, cell)).or_else(|| self.local.get(&(code.regency(), cell)));
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

/// True where a regency's own calibration is that of this place.
fn is_of(own: &Local, code: Code) -> bool {
    Code::parse(&own.regency) == Some(code.regency()) && (own.unit == "regency") == code.is_regency()
}

/// The served line seen through the regency's own intercept and slope; a line again. Its bar is where the history lies that warned
/// before, by the line that the place's record had shifted by `shift`: what is known better ends no warning.
fn recalibrated(served: ModelLine, own: &Local, shift: f64) -> ModelLine {
    let stretch = Stretch { slope: own.slope, shift: own.intercept - own.slope * shift };
    let bar = served.calibration.bar.map(|bar| seen_through(bar, stretch));
    let base_ppm = libm::floor(own.base_rate * 1e6 + 0.5) as u32;
    ModelLine {
        intercept: own.intercept + own.slope * served.intercept,
        coefficients: served.coefficients.map(|c| own.slope * c),
        calibration: Calibration { calibrated: true, base_ppm, bar, ..served.calibration },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artefact::{AlertBars, example};
    use crate::evaluate::EarlyAlerts;
    use crate::pooling::record::PooledPlace;
    use crate::rng::Rng;
    use domain::kind::Level;
    use domain::scorer::BarMeasure;
    use domain::thresholds::Thresholds;
    use formats::policy::PolicyFile;
    use formats::taxonomy::Taxonomy;

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

    /// Whatever its ledger teaches and its places' records say, the history that warned warns, and none other.
    #[test]
    fn a_regency_that_becomes_calibrated_warns_by_the_histories_it_warned_by() {
        let (kind, horizon) = (Kind::ALL[0], Horizon::ALL[0]);
        let taxonomy = Taxonomy::parse(include_str!("../../../config/taxonomy.toml")).expect("the taxonomy");
        let policy = include_str!("../../../config/policy.toml");
        let policy = PolicyFile::parse(policy, &taxonomy).expect("the policy").policy;
        let (mut rng, mut kept, mut between) = (Rng::new(7), 0, 0);
        for _ in 0..400 {
            let mut models = Models { artefacts: scorer().models };
            let artefact = &mut models.artefacts[0];
            let raise_ppm = 2_000 + (rng.unit() * 400_000.0) as u32;
            let bar = AlertBar { of: BarMeasure::Risk, raise_ppm, clear_ppm: raise_ppm / 3 * 2 };
            artefact.alert_bars = Some(AlertBars::new(bar, 0.1, EarlyAlerts::default()));
            let shift = if rng.unit() < 0.5 { rng.normal() * 0.6 } else { 0.0 };
            let place = PooledPlace { code: "16.13.04".into(), shift, ..PooledPlace::default() };
            artefact.pooled.places.push(place);
            let before = ModelScorer::new(models.clone());
            models.artefacts[0].local.push(Local {
                regency: "16.13".into(),
                unit: "district".into(),
                intercept: rng.normal(),
                slope: 0.3 + rng.unit() * 2.0,
                base_rate: 0.11,
                from: String::new(),
                to: String::new(),
                rows: 500,
                positives: 60,
            });
            let after = ModelScorer::new(models);
            let line = |scorer: &ModelScorer| scorer.line_for(Code(161_304), kind, horizon);
            let (before, after) = (line(&before), line(&after));
            assert!(after.calibration.calibrated && !before.calibration.calibrated);
            let of = |line: &ModelLine, x: &[f64; COUNT], current| {
                let [risk, _] = domain::scorer::ppm([line.logit(x), 0.0]);
                Thresholds::of(&policy, line.calibration).level(risk, current).is_warning()
            };
            for _ in 0..50 {
                let scale = rng.unit() * 0.6;
                let x: [f64; COUNT] = std::array::from_fn(|_| rng.unit() * scale);
                for current in [Level::Low, Level::Waspada] {
                    let (was, is) = (of(&before, &x, current), of(&after, &x, current));
                    assert!(is || !was, "a warning ends at {x:?}: {before:?} {after:?}");
                    kept += usize::from(was);
                    between += usize::from(is && !was);
                }
            }
        }
        assert!(kept > 1_000 && between < 10, "{kept} stood, {between} were raised by rounding");
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
