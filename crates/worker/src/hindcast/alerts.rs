//! What the alerts of a hindcast came to, models and rules together: whether one stood when a week began, and whether something
//! serious followed in it.
//!
//! A *stale* alert is no alarm and detects nothing: nobody speaks there any more, it stands until a person looks, and of a list
//! that only tells of incidents nearly all stand so. How many weeks began under one is said apart. A kabupaten is under alert where
//! its own or one of a kecamatan stands.

use super::Hindcast;
use domain::condition::ActiveCondition;
use domain::effect::ConditionReason;
use domain::evidence::CellId;
use domain::kind::{Horizon, Kind};
use domain::pipeline::Pipeline;
use domain::place::Code;
use scoring::evaluate::{Course, LookShare, at_equal_volume};
use scoring::train::bars::times_a_quarter;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Days before a look whose incidents the simple rival counts.
pub(super) const RIVAL_DAYS: i64 = 30;

/// What stood in a cell when a week began; a later one outranks an earlier.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub enum StandingAlert {
    #[default]
    Nothing,
    Stale,
    /// By rules alone.
    ByRules,
    /// By the model, alone or with rules.
    ByModel,
}

impl StandingAlert {
    fn of(condition: &ActiveCondition) -> StandingAlert {
        let by_model = |reason: &ConditionReason| matches!(reason, ConditionReason::Model { .. });
        match condition {
            own if own.stale => StandingAlert::Stale,
            own if own.reasons.iter().any(by_model) => StandingAlert::ByModel,
            _ => StandingAlert::ByRules,
        }
    }

    fn is_alarm(self) -> bool {
        self >= StandingAlert::ByRules
    }
}

/// A cell at the beginning of a week that was judged.
#[derive(Clone, Copy, Debug)]
pub struct AlertLook {
    pub kind: Kind,
    pub code: Code,
    pub stood: StandingAlert,
    /// Whether something serious followed within seven days.
    pub happened: bool,
    /// Serious incidents of the 30 days before, as they were known.
    pub before: usize,
}

/// What stands in a cell; of a regency, there or in one of its districts.
pub(super) fn standing(pipeline: &Pipeline, cell: CellId) -> StandingAlert {
    let (view, places) = (pipeline.view(), pipeline.view().places());
    let of = |cell| view.condition(cell).map(StandingAlert::of).unwrap_or_default();
    let unit = cell.unit();
    let within = places.code(unit).is_regency().then(|| places.districts(unit)).into_iter().flatten();
    within.map(|district| of(CellId::new(district, cell.kind()))).fold(of(cell), StandingAlert::max)
}

/// The alerts of one kind in the kecamatan of a regency, or in itself.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct HindcastAlerts {
    pub regency: String,
    pub kind: String,
    pub level: &'static str,
    /// Weeks looked at, and those in which something serious happened.
    pub looks: usize,
    pub hit: usize,
    /// Weeks that began under an alert, those in which nothing happened, and of these those under rules alone.
    pub alarms: usize,
    pub false_alarms: usize,
    pub false_by_rules: usize,
    pub false_a_quarter: f64,
    pub false_by_rules_a_quarter: f64,
    /// Hit weeks that began under an alert.
    pub detected: usize,
    pub detection: Option<LookShare>,
    pub precision: Option<LookShare>,
    /// What the plain count of the last 30 days detects with as many alarms.
    pub detected_by_count: f64,
    /// Weeks that began under a stale alert, and those of them in which something happened.
    pub stale: usize,
    pub stale_hit: usize,
}

fn three(value: f64) -> f64 {
    (value * 1e3).round() / 1e3
}

impl HindcastAlerts {
    fn of(looks: &[&AlertLook]) -> HindcastAlerts {
        let count = |which: &dyn Fn(&AlertLook) -> bool| looks.iter().filter(|look| which(look)).count();
        let alarms = count(&|look| look.stood.is_alarm());
        let detected = count(&|look| look.stood.is_alarm() && look.happened);
        let hit = count(&|look| look.happened);
        let false_by_rules = count(&|look| look.stood == StandingAlert::ByRules && !look.happened);
        let a_quarter = times_a_quarter(Horizon::Week.days());
        let rate = |weeks: usize| (weeks as f64 / looks.len().max(1) as f64 * a_quarter * 1e4).round() / 1e4;
        let course = Course {
            scores: looks.iter().map(|look| look.before as f64).collect(),
            labels: looks.iter().map(|look| look.happened).collect(),
        };
        HindcastAlerts {
            looks: looks.len(),
            hit,
            alarms,
            false_alarms: alarms - detected,
            false_by_rules,
            false_a_quarter: rate(alarms - detected),
            false_by_rules_a_quarter: rate(false_by_rules),
            detected,
            detection: LookShare::of(detected, hit),
            precision: LookShare::of(detected, alarms),
            detected_by_count: three(at_equal_volume(&[course], alarms as f64, a_quarter).detected),
            stale: count(&|look| look.stood == StandingAlert::Stale),
            stale_hit: count(&|look| look.stood == StandingAlert::Stale && look.happened),
            ..HindcastAlerts::default()
        }
    }

    /// By regency, kind and level; over all regencies (`regency` is empty) where there are several.
    pub fn all(hindcast: &Hindcast) -> Vec<HindcastAlerts> {
        let mut parts: BTreeMap<(Option<Code>, Kind, bool), Vec<&AlertLook>> = BTreeMap::new();
        for look in &hindcast.looks {
            let is_regency = look.code.is_regency();
            parts.entry((Some(look.code.regency()), look.kind, is_regency)).or_default().push(look);
            if hindcast.regencies.len() > 1 {
                parts.entry((None, look.kind, is_regency)).or_default().push(look);
            }
        }
        let named = |((regency, kind, is_regency), looks): ((Option<Code>, Kind, bool), Vec<&AlertLook>)| {
            HindcastAlerts {
                regency: regency.map(|code| code.to_string()).unwrap_or_default(),
                kind: kind.to_string(),
                level: if is_regency { "regency" } else { "district" },
                ..HindcastAlerts::of(&looks)
            }
        };
        parts.into_iter().map(named).collect()
    }
}

/// The table of a regency, or of all together where `regency` is empty.
pub(super) fn table(alerts: &[HindcastAlerts], regency: &str) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    for own in alerts.iter().filter(|own| own.regency == regency) {
        let share =
            |share: Option<LookShare>| share.map_or_else(|| "-".to_owned(), |share| share.to_string());
        let HindcastAlerts { kind, level, looks, hit, alarms, detected, stale, .. } = own;
        let _ = writeln!(
            text,
            "  alerts before, {kind}, {level}: {detected} of {hit} weeks with something serious, {}; the 30-day count with as many \
             alarms: {:.1}",
            share(own.detection),
            own.detected_by_count
        );
        let _ = writeln!(
            text,
            "    {alarms} of {looks} weeks began under an alert, rightly {}; false alarms a {level} and quarter: {:.4}, by rules \
             alone {:.4}; under a stale one, not counted: {stale}, of them with something serious {}",
            share(own.precision),
            own.false_a_quarter,
            own.false_by_rules_a_quarter,
            own.stale_hit
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(stood: StandingAlert, happened: bool, before: usize) -> AlertLook {
        AlertLook { kind: Kind::Disaster, code: Code(161_301), stood, happened, before }
    }

    #[test]
    fn only_a_live_alert_counts_and_the_30_day_count_is_asked_with_as_many_alarms() {
        use StandingAlert::{ByModel, ByRules, Nothing, Stale};
        let looks = [
            look(ByModel, true, 0),
            look(ByModel, false, 0),
            look(ByRules, false, 3),
            look(ByRules, true, 2),
            look(Stale, true, 1),
            look(Stale, false, 0),
            look(Stale, false, 0),
            look(Nothing, true, 0),
            look(Nothing, false, 0),
            look(Nothing, false, 0),
        ];
        let found = HindcastAlerts::of(&looks.iter().collect::<Vec<_>>());
        assert_eq!((found.looks, found.hit, found.alarms, found.detected), (10, 4, 4, 2));
        assert_eq!((found.false_alarms, found.false_by_rules, found.stale, found.stale_hit), (2, 1, 3, 1));
        assert_eq!(
            (found.detection.map(|own| own.value), found.precision.map(|own| own.value)),
            (Some(0.5), Some(0.5))
        );
        // 2 of 10 weeks, 13.04 weeks a quarter.
        assert_eq!((found.false_a_quarter, found.false_by_rules_a_quarter), (2.6089, 1.3045));
        // Three looks have a count, two of them hit; the fourth alarm is a seventh of each other look, of which two are hit.
        assert_eq!(found.detected_by_count, 2.286);
        let none = HindcastAlerts::of(&[]);
        assert_eq!((none.looks, none.detection, none.precision), (0, None, None));
    }
}
