//! What of the false alarms that a policy allows is spent: by the models as their bars were rehearsed, and by rules.

use crate::artefact::Artefact;
use crate::train::bars::share_of;
use domain::kind::Horizon;
use domain::policy::AlarmBudget;
use serde::Serialize;

/// False alarms a kecamatan and quarter of a year.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct SpentBudget {
    /// What the policy allows.
    pub allowed: f64,
    /// What the bars of the models of seven days were rehearsed with; none where no model has one.
    pub models: Option<f64>,
    /// What the policy states of its rules.
    pub rules: f64,
    /// True where each model's bar was rehearsed with what the policy leaves it, within [`CLOSE`].
    pub is_kept: bool,
}

/// A share by which a model's budget may differ: weeks of a rehearsal tell no bar apart by less.
const CLOSE: f64 = 0.01;

impl SpentBudget {
    /// `budgets`: what the bar of each model of seven days was rehearsed with.
    pub fn of_bars(policy: AlarmBudget, budgets: &[f64]) -> SpentBudget {
        let share = share_of(policy.models_ppm());
        SpentBudget {
            allowed: f64::from(policy.all_ppm) / 1e6,
            models: (!budgets.is_empty()).then(|| budgets.iter().sum()),
            rules: f64::from(policy.rules_ppm) / 1e6,
            is_kept: budgets.iter().all(|budget| (budget - share).abs() <= CLOSE * share),
        }
    }

    /// The same of the models in use.
    pub fn of(policy: AlarmBudget, models: &[Artefact]) -> SpentBudget {
        let weekly = models.iter().filter(|model| model.horizon() == Some(Horizon::Week));
        let budgets = weekly.filter_map(|model| model.alert_bars.as_ref()).map(|bars| bars.budget);
        SpentBudget::of_bars(policy, &budgets.collect::<Vec<f64>>())
    }

    /// Models and rules together.
    pub fn sum(&self) -> f64 {
        self.models.unwrap_or(0.0) + self.rules
    }

    /// Both parts and their sum, and what to do where the models were rehearsed with another budget.
    pub fn remark(&self) -> String {
        let SpentBudget { allowed, models, rules, is_kept } = *self;
        let models = models
            .map_or_else(|| "none was rehearsed".to_owned(), |models| format!("{models:.3} as rehearsed"));
        let sum = self.sum();
        let other = match is_kept {
            true => "",
            false => "; the models were rehearsed with another budget than is left to them: train them again",
        };
        format!(
            "false alarms a kecamatan and quarter: models {models}, rules {rules:.3} as the policy states, together {sum:.3} of \
             {allowed:.3}{other}"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::kind::Kind;

    #[test]
    fn both_parts_and_their_sum_are_said_and_another_budget_is_noted() {
        let share = share_of(AlarmBudget::USUAL.models_ppm());
        let own = SpentBudget::of_bars(AlarmBudget::USUAL, &[share; Kind::COUNT]);
        assert!((own.sum() - own.allowed).abs() < 1e-9 && own.is_kept, "all is spent, no more: {own:?}");
        assert!(own.remark().contains(
            "models 0.229 as rehearsed, rules 0.021 as the policy states, together 0.250 of 0.250"
        ));
        let less = AlarmBudget { all_ppm: 100_000, rules_ppm: 20_000 };
        let other = SpentBudget::of_bars(less, &[share; Kind::COUNT]);
        assert!(!other.is_kept && other.remark().ends_with("train them again"), "{}", other.remark());
        assert_eq!(SpentBudget::of_bars(less, &[]).sum(), 0.02);
    }
}
