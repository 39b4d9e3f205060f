//! Kinds of worlds that a model will meet, for judging it where nobody has tuned it: the truth is known, the seeds are many.

use super::World;
use crate::backtest::{self, BacktestOptions, BacktestResult};
use crate::error::Result;
use crate::evaluate::{Truth, brier};
use crate::events::{EventSource, Events};
use crate::panel::{Panel, Window};
use crate::period::{Day, Period};
use crate::train::serving::TrainingUnit;
use domain::policy::Policy;

/// A world and how it is looked at.
#[derive(Clone, Debug)]
pub struct Regime {
    pub name: &'static str,
    pub world: World,
    pub period: Period,
}

/// All of them under one seed. The break, where there is one, comes at the beginning of the test.
pub fn all(seed: u64) -> Vec<Regime> {
    let plain = World::quiet_country(seed);
    let broken = |factor: f64| World {
        break_day: f64::from(plain.days) * TEST,
        break_factor: factor,
        ..plain.clone()
    };
    let week = |name, world| Regime { name, world, period: Period::Week };
    vec![
        week("steady", plain.clone()),
        week("restless", World { branching: 0.75, half_life_days: 20.0, ..plain.clone() }),
        week("seasonal", World { season: 0.8, ..plain.clone() }),
        week("by chance alone", World { branching: 0.0, spread: 1.0, ..plain.clone() }),
        week("reported late", World { delay_days: 21.0, branching: 0.7, ..plain.clone() }),
        week("silent and doubled", World { silent: 0.3, duplicates: 1.0, ..plain.clone() }),
        week("twice the rate", broken(2.0)),
        week("a fiftieth of the rate", World { places: 400, ..broken(0.02) }),
        week("21 weeks", World { places: 450, days: 147, rate: 0.01, ..plain.clone() }),
        Regime {
            name: "sparse months",
            world: World { places: 500, days: 5479, rate: 0.00025, spread: 6.0, ..plain },
            period: Period::Month,
        },
    ]
}

/// Share of the days before the test.
const TEST: f64 = 0.8;

/// How the model did in a world, and the Brier scores of who knows nothing and of who knows everything.
pub struct Judged {
    pub result: BacktestResult,
    pub truth: Truth,
    pub risk: Vec<f64>,
    pub base: f64,
    pub oracle: f64,
}

impl Judged {
    /// Brier over the best baseline's: below 1 is better.
    pub fn against_best(&self) -> f64 {
        let best =
            self.result.baselines.0.iter().map(|(_, measures)| measures.brier).fold(f64::INFINITY, f64::min);
        self.result.model.measures.brier / best
    }

    /// Brier skill over the base rate as a share of the oracle's; None where even the oracle has next to none.
    pub fn of_oracle(&self) -> Option<f64> {
        let skill = |brier: f64| 1.0 - brier / self.base;
        (skill(self.oracle) > 0.01).then(|| skill(self.result.model.measures.brier) / skill(self.oracle))
    }
}

/// Makes the world and judges the model on its last fifth.
pub fn judge(regime: &Regime) -> Result<Judged> {
    let Regime { world, period, .. } = regime;
    let history = world.make();
    let events = Events { rows: history.reports.clone(), notes: Vec::new() };
    let days = world.days as Day;
    let window =
        Window { period: *period, from: 4, to: days - 8, test_from: (f64::from(days) * TEST) as Day };
    let places = (0..world.places).map(World::name).collect();
    let panel = Panel::new(events, window, Some(places))?;
    let options = BacktestOptions {
        events: EventSource::default(),
        units: None,
        level: TrainingUnit::Regency,
        window,
        kind: None,
        seed: BacktestOptions::SEED,
        false_alarms_ppm: Policy::FALSE_ALARMS_PPM,
    };
    let (result, risk) = backtest::judge_with_risk(&panel, &options)?;
    let truth = backtest::truth(&panel)?;
    let mut oracle = Vec::with_capacity(truth.labels.len());
    for place in 0..world.places {
        for target in panel.cut..panel.len {
            let (now, end) = (panel.first_day(target), panel.first_day(target + 1));
            oracle.push(history.oracle(place, f64::from(now), f64::from(end - now)));
        }
    }
    let base = vec![result.detail.base_rate_train; truth.labels.len()];
    Ok(Judged { base: brier(&truth, &base), oracle: brier(&truth, &oracle), result, truth, risk })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::noise_floor;

    /// Seeds from 101 on were not looked at while the model was made.
    #[test]
    fn in_worlds_never_seen_the_model_is_calibrated_and_no_worse_than_the_best_baseline() {
        for regime in all(101) {
            let judged = judge(&regime).expect("judged");
            let model = &judged.result.model;
            let (name, world) = (regime.name, &regime.world);
            println!(
                "{name}: Brier {:.3} of the best baseline's, error {:.4}, slope {:?}, of the oracle's skill {:?}",
                judged.against_best(),
                model.measures.ece,
                model.calibration_slope,
                judged.of_oracle()
            );
            let (moved, short) = (world.break_factor != 1.0, world.days < 365);
            // The line stands still: where the world changed its level is off until it is fitted again.
            let (room, most) =
                if moved || short { (0.05, if moved { 1.1 } else { 1.05 }) } else { (0.03, 1.02) };
            assert!(judged.against_best() < most, "{name}: {}", judged.result.json());
            assert!(model.measures.ece <= room, "{name}: {}", judged.result.json());
            // Where all places are alike forever there is no slope to find; where the world changed it is another.
            if moved || world.branching == 0.0 {
                continue;
            }
            let by_chance = noise_floor(&judged.truth, &judged.risk, 1).slope.expect("both outcomes");
            let slope = model.calibration_slope.expect("a slope");
            assert!(
                (by_chance.low - 0.1..by_chance.high + 0.1).contains(&slope),
                "{name}: {slope} {by_chance:?}"
            );
        }
    }

    /// Counts that fade bring the forecasts down with them.
    #[test]
    fn after_a_fall_to_a_fiftieth_the_counts_bring_the_line_down_about_as_far_as_the_best_baseline() {
        for seed in 111..114 {
            let fallen =
                all(seed).into_iter().find(|regime| regime.world.break_factor < 0.1).expect("a fall");
            let judged = judge(&fallen).expect("judged");
            assert!(judged.against_best() < 1.1, "seed {seed}: {}", judged.result.json());
            let flat = judged.result.baselines.0[0].1.ece;
            assert!(judged.result.model.measures.ece < flat * 0.6, "seed {seed}: {}", judged.result.json());
        }
    }
}
