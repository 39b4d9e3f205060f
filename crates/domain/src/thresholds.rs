//! From which risk on a model asks for a level, and down to which risk a level that stands is kept.

use crate::kind::Level;
use crate::policy::Policy;
use crate::scorer::Calibration;

/// The thresholds of waspada, siaga and awas, parts per million of risk.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Thresholds {
    pub raise: [u32; 3],
    pub clear: [u32; 3],
}

/// No risk reaches it.
const NEVER: u32 = u32::MAX;

impl Thresholds {
    /// Those of a model of this calibration. Waspada at the bar that was rehearsed; where none was, at the policy's own where the
    /// model is calibrated here, else at its multiple of what is usual. Siaga and awas only where it is calibrated here: the
    /// policy's, and no nearer to waspada than there.
    #[inline]
    pub fn of(policy: &Policy, calibration: Calibration) -> Thresholds {
        let [raise, clear] = match calibration.bar {
            Some(bar) => bar.risks(calibration.base_ppm),
            None if calibration.calibrated => [policy.raise_ppm[0], policy.clear_ppm[0]],
            None => [policy.transferred_raise, policy.transferred_clear].map(|hundredths| {
                let risk = u64::from(calibration.base_ppm) * u64::from(hundredths) / 100;
                risk.min(1_000_000) as u32
            }),
        };
        if !calibration.calibrated {
            return Thresholds { raise: [raise, NEVER, NEVER], clear: [clear, NEVER, NEVER] };
        }
        let raise = steps_above(raise, policy.raise_ppm);
        let clear = steps_above(clear, policy.clear_ppm);
        Thresholds { raise, clear: core::array::from_fn(|step| clear[step].min(raise[step])) }
    }

    /// True where a threshold lies between two risks.
    #[inline]
    pub fn part(&self, one: u32, other: u32) -> bool {
        let between = |threshold: &u32| (one >= *threshold) != (other >= *threshold);
        one != other && self.raise.iter().chain(&self.clear).any(between)
    }

    /// The level that a risk asks for where `current` stands: what stands is kept down to the lower threshold.
    #[inline]
    pub fn level(&self, risk_ppm: u32, current: Level) -> Level {
        let [waspada, siaga, awas] = [0, 1, 2].map(|step| {
            let stands = current.index() >= Level::Waspada.index() + step;
            risk_ppm >= if stands { self.clear[step] } else { self.raise[step] }
        });
        match (waspada, siaga, awas) {
            (_, _, true) => Level::Awas,
            (_, true, _) => Level::Siaga,
            (true, ..) => Level::Waspada,
            _ => Level::Low,
        }
    }
}

/// The policy's steps from a waspada of this risk on: each at least at the policy's risk, and with at least as many times the odds
/// of waspada as in the policy.
fn steps_above(waspada: u32, policy: [u32; 3]) -> [u32; 3] {
    let whole = 1_000_000.0;
    let odds = |ppm: u32| (f64::from(ppm), whole - f64::from(ppm));
    let ((bar, bar_not), (low, low_not)) = (odds(waspada.min(1_000_000)), odds(policy[0]));
    let step = |ppm: u32| {
        let (high, high_not) = odds(ppm);
        let (yes, no) = (bar * high * low_not, bar_not * low * high_not);
        ppm.max((whole * (yes / (yes + no))) as u32)
    };
    [waspada, step(policy[1]), step(policy[2])]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::CategorySet;
    use crate::policy::{
        AlarmBudget, AwasPolicy, FusionPolicy, OpeningPolicy, SensorPolicy, Silence, Voices,
    };
    use crate::scorer::{AlertBar, BarMeasure};
    use alloc::{string::String, vec::Vec};

    fn policy() -> Policy {
        Policy {
            version: String::new(),
            fusion: FusionPolicy { window: 1, lasting: CategorySet::default(), gap: 1, longest: 1 },
            repair_horizon: 1,
            silence: Silence { factor: 300, at_least: 1, at_most: 1, low_ppm: 0, voices: Voices::usual() },
            raise_ppm: [150_000, 300_000, 600_000],
            clear_ppm: [100_000, 220_000, 450_000],
            alarm_budget: AlarmBudget::USUAL,
            transferred_raise: 300,
            transferred_clear: 200,
            dwell: 0,
            emit_ppm: 1_000,
            regency_districts: 0,
            awas: AwasPolicy::LEAST,
            opening: OpeningPolicy::default(),
            pile_up: None,
            sensors: SensorPolicy::default(),
            chain_window: 1,
            rules: Vec::new(),
        }
    }

    fn of(calibrated: bool, bar: Option<AlertBar>) -> Thresholds {
        Thresholds::of(&policy(), Calibration { model: 0, calibrated, base_ppm: 20_000, bar })
    }

    #[test]
    fn a_transferred_model_opens_waspada_at_its_bar_and_nothing_higher() {
        let bar = |of| Some(AlertBar { of, raise_ppm: 4_500_000, clear_ppm: 3_000_000 });
        assert_eq!(of(false, None).raise[0], 60_000, "three times what is usual");
        let times = of(false, bar(BarMeasure::TimesUsual));
        assert_eq!((times.raise[0], times.clear[0]), (90_000, 60_000));
        let risk = of(false, Some(AlertBar { of: BarMeasure::Risk, raise_ppm: 70_000, clear_ppm: 50_000 }));
        assert_eq!((risk.raise[0], risk.clear[0]), (70_000, 50_000));
        for thresholds in [times, risk, of(false, None)] {
            assert_eq!(thresholds.level(1_000_000, Level::Low), Level::Waspada);
            assert_eq!(thresholds.level(1_000_000, Level::Awas), Level::Waspada);
        }
        let beyond = of(false, bar(BarMeasure::Risk));
        assert_eq!(beyond.level(1_000_000, Level::Low), Level::Waspada, "a certain risk raises it always");
    }

    #[test]
    fn a_calibrated_regency_keeps_its_bar_and_its_steps_stand_above_it() {
        let risk = |raise_ppm, clear_ppm| Some(AlertBar { of: BarMeasure::Risk, raise_ppm, clear_ppm });
        let low = of(true, risk(70_000, 50_000));
        assert_eq!((low.raise, low.clear), ([70_000, 300_000, 600_000], [50_000, 220_000, 450_000]));
        // Above the policy's siaga: siaga keeps its distance from waspada, 2.43 times its odds; awas 8.5 times.
        let high = of(true, risk(330_000, 330_000));
        assert_eq!(high.raise, [330_000, 544_660, 807_194]);
        assert!(
            high.clear[0] == 330_000 && (1..3).all(|step| high.clear[step] <= high.raise[step]),
            "{high:?}"
        );
        for bar in [1, 2, 149_999, 150_000, 150_001, 300_000, 999_999, 1_000_000] {
            let own = of(true, risk(bar, bar));
            assert_eq!((own.raise[0], own.clear[0]), (bar, bar), "waspada is at the bar");
            assert!(
                own.raise[0] <= own.raise[1] && own.raise[1] <= own.raise[2] && own.raise[2] <= 1_000_000
            );
            assert!(bar > 600_000 || own.raise[0] < own.raise[1] && own.raise[1] < own.raise[2], "{own:?}");
        }
        assert_eq!(of(true, None).raise, policy().raise_ppm, "no bar was rehearsed");
    }

    #[test]
    fn what_stands_is_kept_down_to_where_it_clears() {
        let own = of(true, None);
        let level = |risk, current| own.level(risk, current);
        assert_eq!(level(149_999, Level::Low), Level::Low);
        assert_eq!(
            (level(100_000, Level::Waspada), level(99_999, Level::Waspada)),
            (Level::Waspada, Level::Low)
        );
        assert_eq!(
            (level(220_000, Level::Siaga), level(220_000, Level::Waspada)),
            (Level::Siaga, Level::Waspada)
        );
        assert_eq!((level(450_000, Level::Awas), level(449_999, Level::Awas)), (Level::Awas, Level::Siaga));
    }

    #[test]
    fn a_threshold_between_two_risks_parts_them() {
        let own = of(true, None);
        assert!(own.part(99_999, 100_000) && own.part(610_000, 590_000));
        assert!(!own.part(100_000, 149_999) && !own.part(5, 5));
    }
}
