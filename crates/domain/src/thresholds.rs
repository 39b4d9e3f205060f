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
    /// Those of a model of this calibration: the policy's where it is calibrated here; else waspada alone, at the bar that was
    /// rehearsed or, where none was, at the policy's multiple of what is usual.
    #[inline]
    pub fn of(policy: &Policy, calibration: Calibration) -> Thresholds {
        if calibration.calibrated {
            return Thresholds { raise: policy.raise_ppm, clear: policy.clear_ppm };
        }
        let [raise, clear] = match calibration.bar {
            Some(bar) => bar.risks(calibration.base_ppm),
            None => [policy.transferred_raise, policy.transferred_clear].map(|hundredths| {
                let risk = u64::from(calibration.base_ppm) * u64::from(hundredths) / 100;
                risk.min(1_000_000) as u32
            }),
        };
        Thresholds { raise: [raise, NEVER, NEVER], clear: [clear, NEVER, NEVER] }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::CategorySet;
    use crate::policy::{AwasPolicy, FusionPolicy, OpeningPolicy, SensorPolicy, Silence, Voices};
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
            false_alarms_ppm: Policy::FALSE_ALARMS_PPM,
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
