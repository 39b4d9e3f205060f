//! `[levels]` of the policy: where a level is raised and cleared, and how many false alarms may come of it.

use super::PolicyError;
use domain::policy::AlarmBudget;
use serde::Deserialize;

/// More than one a week nobody answers.
const MOST_FALSE_ALARMS: f64 = 13.0;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Levels {
    pub waspada: Step,
    pub siaga: Step,
    pub awas: Step,
    /// False alarms a district and quarter, and what rules spend of them; a file that does not name one has that of
    /// [`AlarmBudget::USUAL`].
    false_alarms: Option<f64>,
    false_alarms_of_rules: Option<f64>,
    pub transferred: Transferred,
    pub dwell_hours: i64,
    pub regency_districts: u32,
}

impl Levels {
    /// False alarms of all, and of rules alone.
    pub fn alarm_budget(&self) -> Result<AlarmBudget, PolicyError> {
        let of = |named: Option<f64>, usual: u32| named.unwrap_or(f64::from(usual) / 1e6);
        let all = of(self.false_alarms, AlarmBudget::USUAL.all_ppm);
        let rules = of(self.false_alarms_of_rules, AlarmBudget::USUAL.rules_ppm);
        if !(0.01..=MOST_FALSE_ALARMS).contains(&all) {
            return Err(PolicyError::Wrong(format!(
                "levels.false_alarms is {all}; it is the false alarms a kecamatan may have in a quarter of a year, 0.01 to \
                 {MOST_FALSE_ALARMS}"
            )));
        }
        if !(0.0..all).contains(&rules) {
            return Err(PolicyError::Wrong(format!(
                "levels.false_alarms_of_rules is {rules}; it is what rules alone cost of the {all} of levels.false_alarms, 0 or more, and \
                 leaves something to the models"
            )));
        }
        let [all_ppm, rules_ppm] = [all, rules].map(|alarms| (alarms * 1e6).round() as u32);
        Ok(AlarmBudget { all_ppm, rules_ppm })
    }

    /// The three steps from waspada to awas, which must grow and clear below where they are raised.
    pub fn steps(&self) -> Result<[Step; 3], PolicyError> {
        let steps = [self.waspada, self.siaga, self.awas];
        if steps.windows(2).any(|pair| pair[0].raise_ppm >= pair[1].raise_ppm) {
            return Err(PolicyError::Wrong("raise_ppm must grow from waspada to siaga to awas".to_owned()));
        }
        match steps.iter().find(|step| step.clear_ppm > step.raise_ppm) {
            None => Ok(steps),
            Some(step) => Err(PolicyError::Wrong(format!(
                "clear_ppm {} is above raise_ppm {}; a level must clear below where it is raised",
                step.clear_ppm, step.raise_ppm
            ))),
        }
    }
}

#[derive(Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Step {
    pub raise_ppm: u32,
    pub clear_ppm: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Transferred {
    pub raise_ratio: f64,
    pub clear_ratio: f64,
}

impl Transferred {
    /// Where such a model raises and clears, in hundredths of what is usual.
    pub fn hundredths(&self) -> Result<[u32; 2], PolicyError> {
        if !(self.raise_ratio >= self.clear_ratio && self.clear_ratio > 0.0) {
            return Err(PolicyError::Wrong(format!(
                "levels.transferred raises at {} and clears below {}; it must clear above 0 and no higher than it raises",
                self.raise_ratio, self.clear_ratio
            )));
        }
        Ok([self.raise_ratio, self.clear_ratio].map(|ratio| (ratio * 100.0) as u32))
    }
}
