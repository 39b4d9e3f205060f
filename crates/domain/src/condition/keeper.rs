//! Keeps the condition of every cell: asks rules, model and districts where something moved, and emits what changed.
//!
//! A cell is reevaluated when a record changes what its rules count, when its model's opinion leaves what is settled, when
//! one of its districts changes, and when its review falls due. Everything else is left alone ([`NoChangeUntil`]);
//! [`ConditionKeeper::new`] can be asked to reevaluate every time instead, which must come to the same.

/// True where a cell is one of these, or the regency's of one.
fn is_of(evidence: &Evidence, cells: &[CellId], cell: CellId) -> bool {
    cells.iter().any(|other| *other == cell || evidence.regency_cell(*other) == cell)
}

mod model_wait;
#[cfg(test)]
mod tests;

use super::finding::{
    ConditionFinding, DistrictStanding, ModelOpinion, add_districts, add_model, any_rule_counts,
    raises_regency,
};
use super::pile_up::may_pile_up;
use super::rules::{RuleFinding, find_by_rules};
use super::{
    ActiveCondition, NOT_LOST, NoChangeUntil, StepContext, condition_effect, has_lapsed, next_review, step,
};
use crate::cell_memory::ChangedCells;
use crate::effect::{ConditionChange, Effect};
use crate::evidence::{CellId, Evidence, EvidenceChanges, IncidentState};
use crate::kind::Level;
use crate::place::UnitId;
use crate::policy::Policy;
use crate::report::ReportName;
use crate::time::Time;
use alloc::{boxed::Box, collections::BTreeSet, vec, vec::Vec};

/// What the week's model says, as the keeper asks for it.
pub trait Opinions {
    /// What it says of a cell at `at`, whatever was last emitted of it.
    fn opinion(&mut self, evidence: &Evidence, cell: CellId, at: Time) -> ModelOpinion;

    /// What today's evidence says of a past instant.
    fn opinion_then(&self, evidence: &Evidence, cell: CellId, then: Time) -> ModelOpinion;
}

/// What the keeper works with at one instant.
pub struct KeeperContext<'a, O> {
    pub evidence: &'a Evidence,
    pub opinions: &'a mut O,
    pub at: Time,
    /// Notes the cells whose condition may have changed.
    pub changed: &'a mut ChangedCells,
}

pub struct ConditionKeeper {
    /// By cell: the condition that stands.
    conditions: Vec<Option<Box<ActiveCondition>>>,
    /// By cell: what the rules found and when to reevaluate, where a condition stands or a rule found something.
    reviews: Vec<Option<Box<Review>>>,
    /// By cell: until when nothing can change.
    settled: Vec<NoChangeUntil>,
    /// By cell: the model raises nothing until something is reported there.
    model_waits: Vec<bool>,
    agenda: BTreeSet<(Time, CellId)>,
    reevaluates_always: bool,
}

struct Review {
    rules: RuleFinding,
    due: Time,
}

/// One reevaluation.
#[derive(Clone, Copy)]
struct Reevaluation<'a> {
    cell: CellId,
    opinion: ModelOpinion,
    touched: &'a EvidenceChanges,
    rule_input_changed: bool,
}

impl ConditionKeeper {
    pub fn new(cells: usize, reevaluates_always: bool) -> ConditionKeeper {
        ConditionKeeper {
            conditions: (0..cells).map(|_| None).collect(),
            reviews: (0..cells).map(|_| None).collect(),
            settled: vec![NoChangeUntil::NOTHING; cells],
            model_waits: vec![false; cells],
            agenda: BTreeSet::new(),
            reevaluates_always,
        }
    }

    /// The condition that stands in a cell.
    pub fn condition(&self, cell: CellId) -> Option<&ActiveCondition> {
        self.conditions[cell.index()].as_deref()
    }

    /// Puts back at start the condition of a cell, and whether its model waits.
    pub fn restore(&mut self, cell: CellId, condition: Option<Box<ActiveCondition>>, model_waits: bool) {
        self.conditions[cell.index()] = condition;
        self.model_waits[cell.index()] = model_waits;
    }

    /// Finds again, after everything is put back, what the rules had found before the stop.
    pub fn resume(&mut self, evidence: &Evidence, at: Time) {
        for index in 0..self.conditions.len() {
            let cell = CellId(index as u32);
            self.refresh_rule_finding(evidence, cell, at, None);
            self.schedule_review(evidence, cell, at);
            self.review_what_differs(cell, at);
        }
    }

    /// The clock was set back to `at`: nothing that stands began or lost its reason later than that, and the rules are asked
    /// again everywhere.
    pub fn set_back(&mut self, evidence: &Evidence, at: Time, changed: &mut ChangedCells) {
        for (index, active) in self.conditions.iter_mut().enumerate() {
            let Some(active) = active else { continue };
            active.set_back(at);
            changed.note(CellId(index as u32));
        }
        self.resume(evidence, at);
    }

    /// Where what the rules find is not what stands, the next tick reviews the condition, as it would have without the stop:
    /// it lapsed or came true between the last tick and the stop, or the policy is another one.
    fn review_what_differs(&mut self, cell: CellId, at: Time) {
        let (active, review) = (&self.conditions[cell.index()], &mut self.reviews[cell.index()]);
        let Some(review) = review else { return };
        let differs = match active {
            Some(active) => has_lapsed(active, &review.rules.found),
            None => review.rules.found.level.is_warning(),
        };
        if differs {
            self.agenda.remove(&(review.due, cell));
            review.due = review.due.min(at);
            self.agenda.insert((review.due, cell));
            self.settled[cell.index()].until = Time::MIN;
        }
    }

    /// Reevaluates the cells in which rules find more than stands: what nobody was notified of yet.
    pub fn raise_what_is_found<O: Opinions>(
        &mut self,
        context: &mut KeeperContext<'_, O>,
        out: &mut Vec<Effect>,
    ) {
        for index in 0..self.reviews.len() {
            let stands = self.conditions[index].as_deref().map_or(Level::Low, |active| active.level);
            let found = self.reviews[index].as_deref().map_or(Level::Low, |review| review.rules.found.level);
            if found > stands {
                self.reevaluate_untouched(CellId(index as u32), false, context, out);
            }
        }
    }

    /// True where nothing can have changed in a cell of which nothing was reported.
    #[inline]
    pub fn is_settled(&self, policy: &Policy, cell: CellId, opinion: ModelOpinion, at: Time) -> bool {
        let settled = self.settled[cell.index()];
        !self.reevaluates_always && settled.stays(opinion.level(policy, settled.current), at)
    }

    /// Brings a cell's condition to what rules, model and districts say now, where anything can have changed.
    #[inline]
    pub fn follow<O: Opinions>(
        &mut self,
        cell: CellId,
        opinion: ModelOpinion,
        touched: &EvidenceChanges,
        context: &mut KeeperContext<'_, O>,
        out: &mut Vec<Effect>,
    ) {
        let rule_input_changed = self.rule_input_changed(context, cell, touched) || self.reevaluates_always;
        if rule_input_changed || !self.is_settled(&context.evidence.policy, cell, opinion, context.at) {
            let reevaluation = Reevaluation { cell, opinion, touched, rule_input_changed };
            self.reevaluate_condition(reevaluation, context, out);
        }
    }

    /// Reevaluates the cells whose review fell due.
    pub fn review_due<O: Opinions>(
        &mut self,
        due: Time,
        context: &mut KeeperContext<'_, O>,
        out: &mut Vec<Effect>,
    ) {
        while let Some((when, cell)) = self.agenda.first().copied().filter(|(when, _)| *when <= due) {
            self.agenda.remove(&(when, cell));
            self.reevaluate_untouched(cell, false, context, out);
        }
    }

    /// Reevaluates a cell of which no incident changed; `adds_nothing` as in [`EvidenceChanges`].
    fn reevaluate_untouched<O: Opinions>(
        &mut self,
        cell: CellId,
        adds_nothing: bool,
        context: &mut KeeperContext<'_, O>,
        out: &mut Vec<Effect>,
    ) {
        let opinion = context.opinions.opinion(context.evidence, cell, context.at);
        let touched = &EvidenceChanges { adds_nothing, ..EvidenceChanges::default() };
        self.reevaluate_condition(
            Reevaluation { cell, opinion, touched, rule_input_changed: false },
            context,
            out,
        );
    }

    fn reevaluate_condition<O: Opinions>(
        &mut self,
        reevaluation: Reevaluation<'_>,
        context: &mut KeeperContext<'_, O>,
        out: &mut Vec<Effect>,
    ) {
        let Reevaluation { cell, opinion, touched, rule_input_changed } = reevaluation;
        let (evidence, at) = (context.evidence, context.at);
        let policy = &evidence.policy;
        if self.note_opinion(evidence, reevaluation) {
            context.changed.note(cell);
        }
        if rule_input_changed || !self.is_finding_valid(cell, at) {
            let touched = Some(touched).filter(|_| !self.reevaluates_always);
            let differs = self.refresh_rule_finding(evidence, cell, at, touched);
            if !differs && self.stays_as_it_is(evidence, cell, at, opinion) {
                return;
            }
        }
        let rules = self.reviews[cell.index()].as_deref().map(|review| &review.rules.found);
        let current = self.settled[cell.index()].current;
        let covered = self.is_covered_by_district(evidence, cell);
        let asks = self.model_level(policy, cell, opinion);
        let model = if covered { Level::Low } else { asks };
        let least = rules.map_or(Level::Low, |found| found.level).max(model);
        if !least.max(current).is_warning() && !self.enough_districts_at_siaga(evidence, cell) {
            return self.schedule_review(evidence, cell, at);
        }
        let finding =
            self.combine_finding(evidence, cell, at, (opinion, asks), rules.cloned().unwrap_or_default());
        // Whether the level was rightly reached is asked only where it may fall.
        let falls = self.condition(cell).filter(|active| finding.level < active.level);
        let asked = |active: &ActiveCondition| evidence.kept_until_checked(cell, &active.evidence);
        let floor = falls.map_or(Level::Low, |active| active.floor(asked(active), at));
        let falls = falls.is_some_and(|active| floor < active.level);
        let supported = if falls { self.supported_then(cell, touched, context) } else { None };
        let adds_only = touched.adds_only();
        let moment =
            StepContext { at, completeness_ppm: opinion.completeness_ppm, supported, floor, adds_only };
        // What the desk is asked about stays among what it rests on, whatever else comes.
        let unchecked = self.condition(cell).map_or_else(Vec::new, |active| {
            let asked = |name: &ReportName| evidence.kept_until_checked(cell, &[*name]) > Level::Low;
            let gone = active.evidence.iter().filter(|name| !finding.evidence.contains(name));
            gone.copied().filter(asked).collect()
        });
        let condition = &mut self.conditions[cell.index()];
        let change = step(policy, condition, finding, moment);
        if let Some(active) = condition {
            active.add_evidence(unchecked);
        }
        let pair = condition.as_deref().zip(change);
        let effect = pair.map(|(active, change)| condition_effect(policy, cell, change, active, moment));
        if matches!(change, Some(ConditionChange::Cleared | ConditionChange::Withdrawn)) {
            *condition = None;
        }
        context.changed.note(cell);
        self.schedule_review(evidence, cell, at);
        // What is stale is cleared or kept by who is heard, which no level tells.
        let stale = self.condition(cell).is_some_and(|active| active.stale);
        let asked = opinion.level(policy, current);
        let settled = &mut self.settled[cell.index()];
        let kept = settled.current == current && !stale && !self.model_waits[cell.index()];
        settled.evaluated = kept.then_some(asked);
        let Some(effect) = effect else { return };
        out.push(Effect::Condition(Box::new(effect)));
        let regency = evidence.regency_cell(cell);
        if regency != cell {
            let ended = self.condition(cell).is_none();
            self.reevaluate_untouched(regency, ended, context, out);
        }
    }

    /// True where something changed that a rule counts here, or on which the condition here rests: where the model alone
    /// or the districts raised it, everything that was ever counted.
    fn rule_input_changed<O>(
        &self,
        context: &KeeperContext<'_, O>,
        cell: CellId,
        touched: &EvidenceChanges,
    ) -> bool {
        let (evidence, at) = (context.evidence, context.at);
        if touched.signals.iter().any(|(other, _)| *other == cell) {
            return true;
        }
        if is_of(evidence, &touched.settled_corrections, cell) && self.condition(cell).is_some() {
            return true;
        }
        if touched.incidents.is_empty() {
            return false;
        }
        if touched.signs.contains(&cell) && may_pile_up(evidence, cell, at) {
            return true; // any sign counts, and any of those before
        }
        let active = self.condition(cell);
        if touched.evidence_reduced && active.is_some_and(|active| active.evidence.is_empty()) {
            return true;
        }
        let found =
            self.reviews[cell.index()].as_deref().map_or(&[][..], |review| &review.rules.found.evidence);
        let rests_on = active.map_or(&[][..], |active| &active.evidence);
        touched.incidents.iter().any(|(id, incident)| {
            let counted = |incident: &IncidentState| {
                incident.cell == cell && any_rule_counts(&evidence.policy, incident)
            };
            incident.as_ref().is_some_and(counted) || found.contains(id) || rests_on.contains(id)
        })
    }

    /// True for a regency where nothing stands but in one of its districts: the regency's model does not repeat what the
    /// district's condition says.
    fn is_covered_by_district(&self, evidence: &Evidence, cell: CellId) -> bool {
        let stands = |cell: CellId| self.conditions[cell.index()].is_some();
        let mut districts = evidence.places.districts(cell.unit());
        evidence.regency_cell(cell) == cell
            && !stands(cell)
            && districts.any(|unit| stands(CellId::new(unit, cell.kind())))
    }

    /// True for a regency of which enough districts stand at siaga or above to count.
    fn enough_districts_at_siaga(&self, evidence: &Evidence, cell: CellId) -> bool {
        let stands = |unit: &UnitId| {
            let active = self.condition(CellId::new(*unit, cell.kind()));
            active.is_some_and(|active| raises_regency(active.level))
        };
        let needed = evidence.policy.regency_districts as usize;
        evidence.regency_cell(cell) == cell
            && needed > 0
            && evidence.places.districts(cell.unit()).filter(stands).take(needed).count() == needed
    }

    fn is_finding_valid(&self, cell: CellId, at: Time) -> bool {
        self.reviews[cell.index()].as_deref().is_none_or(|review| review.rules.valid_until > at)
    }

    /// Schedules the next review where the rules find what they found before. True where nothing else moves the condition either:
    /// it neither falls, when what it rests on is asked of, nor does the model ask for another level.
    fn stays_as_it_is(&mut self, evidence: &Evidence, cell: CellId, at: Time, opinion: ModelOpinion) -> bool {
        self.schedule_review(evidence, cell, at);
        let settled = self.settled[cell.index()];
        let level = opinion.level(&evidence.policy, settled.current);
        settled.asks == settled.current && settled.stays(level, at)
    }

    /// Asks the rules again: those that count what was `touched` or whose finding lapsed, or all of them. True where they find
    /// something else than before, as far as that is known.
    fn refresh_rule_finding(
        &mut self,
        evidence: &Evidence,
        cell: CellId,
        at: Time,
        touched: Option<&EvidenceChanges>,
    ) -> bool {
        let review = &mut self.reviews[cell.index()];
        let mut fresh = None;
        let rules = match review {
            Some(review) => &mut review.rules,
            None => fresh.insert(RuleFinding::NOTHING),
        };
        let differs = match touched {
            Some(touched) => rules.follow(evidence, cell, at, touched),
            None => {
                *rules = find_by_rules(evidence, cell, at);
                true
            }
        };
        if let Some(rules) = fresh
            && (rules.found.level.is_warning() || rules.valid_until < NOT_LOST)
        {
            *review = Some(Box::new(Review { rules, due: NOT_LOST }));
        }
        differs
    }

    /// Puts a cell's next review on the agenda, or takes it off, and notes until when nothing can change.
    fn schedule_review(&mut self, evidence: &Evidence, cell: CellId, at: Time) {
        let policy = &evidence.policy;
        let enough_districts = self.enough_districts_at_siaga(evidence, cell);
        let active = self.conditions[cell.index()].as_deref();
        let next = active.map_or(NOT_LOST, |active| next_review(policy, active, at));
        let review = &mut self.reviews[cell.index()];
        let valid_until = review.as_ref().map_or(NOT_LOST, |review| review.rules.valid_until);
        let (old, due) = (review.as_ref().map(|review| review.due), next.min(valid_until));
        let mut settled = NoChangeUntil { until: valid_until, ..NoChangeUntil::NOTHING };
        if active.is_none() && due == NOT_LOST {
            *review = None;
        } else {
            let nothing = || Box::new(Review { rules: RuleFinding::NOTHING, due });
            let review = review.get_or_insert_with(nothing);
            review.due = due;
            if let Some(active) = active {
                settled = NoChangeUntil::of(policy, active, &review.rules, at);
            }
        }
        if enough_districts || self.model_waits[cell.index()] {
            settled.until = Time::MIN;
        }
        settled.review = due;
        self.settled[cell.index()] = settled;
        if let Some(old) = old.filter(|old| *old != due) {
            self.agenda.remove(&(old, cell));
        }
        if due < NOT_LOST {
            self.agenda.insert((due, cell));
        }
    }

    /// Puts together what rules, model and districts say. Beside the model's opinion stands the level for which it speaks.
    fn combine_finding(
        &self,
        evidence: &Evidence,
        cell: CellId,
        at: Time,
        (opinion, level): (ModelOpinion, Level),
        rules: ConditionFinding,
    ) -> ConditionFinding {
        let alone = rules.level;
        let finding = if self.is_covered_by_district(evidence, cell) {
            rules
        } else {
            add_model(evidence, cell, at, opinion, level, rules)
        };
        if !self.enough_districts_at_siaga(evidence, cell) {
            return finding;
        }
        let active = |unit| self.condition(CellId::new(unit, cell.kind()));
        let standing =
            |own: &ActiveCondition| DistrictStanding { level: own.level, unverified: own.unverified };
        let districts = evidence.places.districts(cell.unit()).filter_map(active).map(standing);
        add_districts(&evidence.policy, districts.collect(), alone, finding)
    }

    /// The level that today's evidence supports for the time the condition's level was reached; `None` unless evidence
    /// behind the condition changed.
    fn supported_then<O: Opinions>(
        &self,
        cell: CellId,
        touched: &EvidenceChanges,
        context: &KeeperContext<'_, O>,
    ) -> Option<Level> {
        let active = self.condition(cell)?;
        if is_of(context.evidence, &touched.doubtful_corrections, cell) {
            return None; // what stands does not fall by a clock that cannot be believed
        }
        // A record that takes nothing away withdraws nothing, whatever came of those before it.
        let incidents = touched.incidents.iter().map(|(name, _)| name).filter(|_| touched.evidence_reduced);
        let mut changed = incidents.chain(touched.signals.iter().map(|(_, name)| name));
        let named = changed.any(|name| active.evidence.contains(name));
        let reduced = touched.evidence_reduced && active.evidence.is_empty();
        let settled = is_of(context.evidence, &touched.settled_corrections, cell);
        if !named && !reduced && !settled {
            return None;
        }
        let (evidence, then) = (context.evidence, active.reached);
        let opinion = context.opinions.opinion_then(evidence, cell, then);
        let rules = find_by_rules(evidence, cell, then).found;
        let asked = (opinion, opinion.level(&evidence.policy, Level::Low));
        let supported = self.combine_finding(evidence, cell, then, asked, rules).level;
        Some(supported.max(evidence.held_by_doubt(cell, &active.evidence)))
    }
}
