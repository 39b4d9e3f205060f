//! What each rule costs: how many alerts it opens per kecamatan and quarter of a year.

use domain::effect::{Condition, ConditionChange, ConditionReason};
use domain::kind::Kind;
use domain::place::{Code, Places, UnitId};
use domain::time::{DAY, Time};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::mem;

/// A quarter of a year in days.
const QUARTER: f64 = 365.25 / 4.0;
/// Of a shorter time nothing follows for a quarter; days.
const SHORTEST: f64 = 7.0;

/// Counts conditions by what opened them.
#[derive(Default)]
pub struct RuleCosts {
    /// The reasons that stand in each cell.
    standing: BTreeMap<(UnitId, Kind), Vec<ConditionReason>>,
    by_reason: BTreeMap<String, RuleCost>,
    alerts: u64,
    span: Option<(Time, Time)>,
    /// Those that anything was reported of.
    regencies: BTreeSet<Code>,
}

/// How often one reason spoke.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct RuleCost {
    /// Where nothing stood before: each is an alert.
    pub opened: u64,
    /// Where something else stood already.
    pub joined: u64,
}

impl RuleCosts {
    /// Notes that a report of a place came at `at`.
    pub fn see(&mut self, at: Time, place: Code) {
        self.regencies.insert(place.regency());
        let (first, last) = self.span.unwrap_or((at, at));
        self.span = Some((first.min(at), last.max(at)));
    }

    pub fn add(&mut self, condition: &Condition) {
        let cell = (condition.unit, condition.kind);
        if !condition.change.stands() {
            self.standing.remove(&cell);
            return;
        }
        let raised = condition.change == ConditionChange::Raised;
        self.alerts += u64::from(raised);
        let before = self.standing.entry(cell).or_default();
        for reason in condition.reasons.iter().filter(|reason| !before.iter().any(|old| is_same(old, reason)))
        {
            let cost = self.by_reason.entry(label(reason)).or_default();
            cost.opened += u64::from(raised);
            cost.joined += u64::from(!raised);
        }
        before.clone_from(&condition.reasons);
    }

    /// How often a reason of this label spoke.
    pub fn of(&self, label: &str) -> RuleCost {
        self.by_reason.get(label).copied().unwrap_or_default()
    }

    /// A table of all reasons; an alert with several of them stands in several lines. Only regencies of which anything was
    /// reported are counted.
    pub fn in_words(&self, places: &Places) -> String {
        let reported = self.regencies.iter().filter_map(|code| places.find(*code));
        let districts: usize = reported.map(|regency| places.districts(regency).count()).sum();
        let (first, last) = self.span.unwrap_or_default();
        let days = last.since(first) as f64 / DAY as f64;
        let quarters = days / QUARTER;
        let is_rate = days >= SHORTEST && districts > 0;
        let extent = match is_rate {
            true => format!("{districts} kecamatan, {quarters:.1} quarters"),
            false => format!("{districts} kecamatan, {days:.1} days: less than a week gives no rate"),
        };
        let mut text = format!("alerts per kecamatan and quarter, by what opened them ({extent}):\n");
        let each = |count: u64| match is_rate {
            true => format!("{:.4}", count as f64 / (districts as f64 * quarters)),
            false => "-".to_owned(),
        };
        let all = RuleCost { opened: self.alerts, joined: 0 };
        let lines = self.by_reason.iter().map(|(label, cost)| (label.as_str(), *cost));
        for (label, RuleCost { opened, joined }) in lines.chain([("all", all)]) {
            // Writing to a String cannot fail.
            let _ = write!(text, "  {:<9} {opened:>6}  {label}", each(opened));
            if joined > 0 {
                let _ = write!(text, " (and {joined} where something else stood)");
            }
            text.push('\n');
        }
        text
    }
}

/// True for reasons of one label: the model's and the signs' numbers move all the time.
fn is_same(one: &ConditionReason, other: &ConditionReason) -> bool {
    let by_name = |reason: &ConditionReason| {
        matches!(reason, ConditionReason::Rule(_) | ConditionReason::Opening { .. })
    };
    mem::discriminant(one) == mem::discriminant(other) && (!by_name(one) || one == other)
}

fn label(reason: &ConditionReason) -> String {
    match reason {
        ConditionReason::Rule(id) => id.clone(),
        ConditionReason::Model { .. } => "model".to_owned(),
        ConditionReason::Opening { voice, ground } => format!("opening: {voice}, {ground}"),
        ConditionReason::Districts(_) => "regency_districts".to_owned(),
        ConditionReason::PileUp(_) => "pile_up".to_owned(),
        ConditionReason::Hotspots { .. } => "hotspots".to_owned(),
        ConditionReason::Warning { .. } => "warnings".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::effect::PileUp;
    use domain::kind::Level;
    use domain::place::Unit;

    fn condition(change: ConditionChange, reasons: Vec<ConditionReason>) -> Condition {
        Condition {
            unit: UnitId(4),
            kind: Kind::ResidentCompany,
            change,
            at: Time(0),
            level: Level::Waspada,
            since: Time(0),
            reasons,
            evidence: Vec::new(),
            unverified: false,
            completeness_ppm: 1_000_000,
            policy: String::new(),
        }
    }

    #[test]
    fn a_reason_counts_once_from_when_it_speaks_until_the_condition_ends() {
        let piled = |signs| ConditionReason::PileUp(PileUp { signs, days: 10, usual_tenths: 3 });
        let rule = || ConditionReason::Rule("WP-A".to_owned());
        let mut costs = RuleCosts::default();
        [0, 91, 365].into_iter().for_each(|day| costs.see(Time(day * DAY), Code(161_302)));
        for (change, reasons) in [
            (ConditionChange::Raised, vec![piled(4)]),
            (ConditionChange::Changed, vec![piled(5)]),
            (ConditionChange::Changed, vec![piled(5), rule()]),
            (ConditionChange::Cleared, vec![rule()]),
            (ConditionChange::Raised, vec![piled(4), rule()]),
        ] {
            costs.add(&condition(change, reasons));
        }
        assert_eq!(costs.of("pile_up"), RuleCost { opened: 2, joined: 0 });
        assert_eq!(costs.of("WP-A"), RuleCost { opened: 1, joined: 1 });
        let places =
            Places::new((161_301..=161_310).map(|code| (Code(code), Unit::default())).collect(), false);
        let words = costs.in_words(&places);
        assert!(words.contains("0.0500         2  pile_up"), "{words}");
        assert!(words.contains("WP-A (and 1 where something else stood)"), "{words}");
    }

    #[test]
    fn less_than_a_week_gives_no_rate_and_every_figure_can_be_read() {
        let places =
            Places::new((161_301..=161_310).map(|code| (Code(code), Unit::default())).collect(), false);
        for span in [0, 1, DAY, 7 * DAY - 1, 7 * DAY, 400 * DAY] {
            let mut costs = RuleCosts::default();
            [0, span].into_iter().for_each(|at| costs.see(Time(at), Code(161_302)));
            (0..9).for_each(|_| {
                costs.add(&condition(ConditionChange::Raised, vec![ConditionReason::Rule("WP-A".to_owned())]))
            });
            let words = costs.in_words(&places);
            assert!(words.lines().all(|line| line.len() < 130), "{span}: {words}");
            assert_eq!(words.contains("less than a week gives no rate"), span < 7 * DAY, "{span}: {words}");
            assert_eq!(words.contains("\n  -  "), span < 7 * DAY, "{span}: {words}");
        }
        assert!(RuleCosts::default().in_words(&places).contains("0 kecamatan"));
    }
}
