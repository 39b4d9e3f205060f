//! The pipeline: a report joins its incident and history, is scored, and becomes conditions. One page.
//!
//! It reads no clock and keeps no secrets: the same inputs give the same effects everywhere.

mod recovery;

use crate::assess;
use crate::board::Board;
use crate::cell_memory::{CellMemory, EmittedAssessment};
use crate::condition::{self, Finding, ModelOpinion, NOT_LOST, NoChangeUntil, Now};
use crate::effect::{Assessment, Change, Effect};
use crate::evidence::{CellId, Evidence, EvidenceChanges, fusion::IncidentState};
use crate::kind::{Horizon, Kind, Level};
use crate::place::{Places, UnitId};
use crate::policy::Policy;
use crate::report::{Body, Report};
use crate::scorer::{self, Scorer};
use crate::time::{Hour, Time};
use alloc::{boxed::Box, collections::BTreeSet, sync::Arc, vec::Vec};

/// What comes in: a report with the time it was received, or the hour's tick.
pub enum Input<'a> {
    Report { received: Time, report: &'a Report },
    Tick(Hour),
}

pub struct Pipeline {
    pub evidence: Evidence,
    pub board: Board,
    memories: Vec<CellMemory>,
    /// Cells whose memory changed since it was last taken.
    changed: BTreeSet<CellId>,
    /// By cell: where a condition stands or will be looked at, what the rules found and when to look again.
    reviews: Vec<Option<Box<Review>>>,
    /// By cell: when there is nothing to judge.
    unchanged: Vec<NoChangeUntil>,
    agenda: BTreeSet<(Time, CellId)>,
    /// Regencies that the running tick has yet to judge.
    regencies: Vec<CellId>,
    /// What the running record touched; lent to the evidence again and again.
    touched: EvidenceChanges,
    clock: Time,
    tick: Option<Hour>,
    /// Reports that came at least one whole hourly bucket after they happened.
    pub late: u64,
    /// Judges every time the long way, which must come to the same: the simulation compares.
    pub thorough: bool,
    /// Assessments say what they rest on and memories are kept; a replay, which nobody asks, does without.
    pub explains: bool,
}

/// What the rules found in a cell, until when that holds, and when to look again.
struct Review {
    found: Finding,
    valid_until: Time,
    due: Time,
}

impl Pipeline {
    /// The models' lines are read once, here.
    pub fn new(places: Arc<Places>, policy: Arc<Policy>, scorer: &dyn Scorer) -> Pipeline {
        let cells = places.len() * Kind::COUNT;
        Pipeline {
            memories: (0..cells).map(|_| CellMemory::default()).collect(),
            board: Board::new(&places, scorer),
            evidence: Evidence::new(places, policy),
            changed: BTreeSet::new(),
            reviews: (0..cells).map(|_| None).collect(),
            unchanged: alloc::vec![NoChangeUntil::NOTHING; cells],
            agenda: BTreeSet::new(),
            regencies: Vec::new(),
            touched: EvidenceChanges::default(),
            clock: Time::MIN,
            tick: None,
            late: 0,
            thorough: false,
            explains: true,
        }
    }

    /// Effective received time of the last input.
    pub fn clock(&self) -> Time {
        self.clock
    }
    pub fn last_tick(&self) -> Option<Hour> {
        self.tick
    }

    /// The tick that must come before a record received at `received`; ask until there is none.
    pub fn due(&self, received: Time) -> Option<Hour> {
        let tick = self.tick?;
        (tick < received.hour()).then(|| tick.next())
    }

    /// Effective received time: never before the last record's or the last tick's.
    pub fn effective(&self, received: Time) -> Time {
        received.max(self.clock)
    }

    /// True where a report of this happening, received now, missed at least one hourly assessment.
    pub fn is_late(&self, occurred: Time, received: Time) -> bool {
        occurred.hour().0 + 1 < self.effective(received).hour().0
    }

    pub fn apply(&mut self, input: Input<'_>, out: &mut Vec<Effect>) {
        match input {
            Input::Tick(hour) => self.advance(hour, out),
            Input::Report { received, report } => {
                self.clock = self.effective(received);
                if self.tick.is_none() {
                    self.tick = Some(self.clock.hour());
                    self.evidence.tick(self.clock.hour());
                }
                let happened = match &report.body {
                    Body::Statement(statement) => statement.occurred_at,
                    _ => report.reported_at,
                };
                // A day's end that stands for an unknown time is no lateness.
                self.late += u64::from(!report.reconstructed && self.is_late(happened, received));
                let beyond_repair_horizon = self.clock.since(happened) > self.evidence.policy.repair_horizon;
                let mut touched = core::mem::take(&mut self.touched);
                touched.clear();
                core::mem::swap(&mut touched.effects, out);
                self.evidence.insert(report, beyond_repair_horizon, &mut touched);
                core::mem::swap(&mut touched.effects, out);
                self.after(&touched, out);
                self.touched = touched;
            }
        }
    }

    /// Re-scores and re-judges what a record touched.
    fn after(&mut self, touched: &EvidenceChanges, out: &mut Vec<Effect>) {
        let beyond_repair_horizon =
            touched.oldest.is_some_and(|oldest| oldest < assess::day(self.clock.hour()));
        let mut regencies = core::mem::take(&mut self.regencies);
        for cell in &touched.cells {
            if beyond_repair_horizon {
                self.board.reconsider(&self.evidence.places, *cell);
            }
            self.assess(*cell, self.clock, out);
            let regency = self.regency(*cell);
            if regency != *cell && !regencies.contains(&regency) {
                regencies.push(regency);
            }
        }
        // A district that lets go makes its regency look at itself: by what is so now.
        for regency in &regencies {
            self.assess(*regency, self.clock, out);
        }
        for cell in touched.cells.iter().chain(&regencies) {
            let opinion = self.opinion(*cell);
            self.judge(*cell, touched, opinion, out);
        }
        regencies.clear();
        self.regencies = regencies;
        self.heard(touched, out);
    }

    /// Says at once where more or fewer feeds are heard than before: no data is no data until the next hour otherwise.
    fn heard(&mut self, touched: &EvidenceChanges, out: &mut Vec<Effect>) {
        for unit in &touched.heard {
            for kind in Kind::ALL {
                let cell = CellId::new(*unit, *kind);
                if touched.cells.contains(&cell) {
                    continue;
                }
                let (emitted_any, opinion) = self.assess(cell, self.clock, out);
                if emitted_any {
                    self.judge(cell, &EvidenceChanges::default(), opinion, out);
                }
            }
        }
    }

    /// The cell of the same kind in a cell's regency.
    fn regency(&self, cell: CellId) -> CellId {
        CellId::new(self.evidence.places.regency(cell.unit()), cell.kind())
    }

    fn advance(&mut self, hour: Hour, out: &mut Vec<Effect>) {
        self.clock = self.clock.max(hour.start());
        self.tick = Some(hour);
        self.evidence.tick(hour);
        self.board.tick(&self.evidence, hour);
        let (at, nothing) = (hour.start(), EvidenceChanges::default());
        let mut regencies = core::mem::take(&mut self.regencies);
        for index in 0..self.memories.len() {
            let cell = CellId(index as u32);
            let (emitted_any, opinion) = self.assess(cell, at, out);
            if emitted_any && self.regency(cell) == cell {
                regencies.push(cell);
            } else if emitted_any {
                self.judge(cell, &nothing, opinion, out);
            }
        }
        // What a regency's districts say already is not said again, so they come first.
        for cell in regencies.drain(..) {
            let opinion = self.opinion(cell);
            self.judge(cell, &nothing, opinion, out);
        }
        self.regencies = regencies;
        while let Some((when, cell)) = self.agenda.first().copied().filter(|(when, _)| *when <= at) {
            self.agenda.remove(&(when, cell));
            let opinion = self.opinion(cell);
            self.reevaluate_condition((cell, false), &nothing, opinion, out);
        }
    }

    /// Says some risks anew, whatever was told of them before: another model speaks there now. As of the last input, and
    /// a moment after it, so that what the former model told last stays to be read.
    pub fn restate(&mut self, stale: &[(CellId, Horizon)], out: &mut Vec<Effect>) {
        let moment = self.clock.plus(1);
        if moment.hour() == self.clock.hour() {
            self.clock = moment;
        }
        let mut cells = BTreeSet::new();
        for (cell, horizon) in stale {
            self.memories[cell.index()].emitted[horizon.index()] = None;
            // As in a tick, districts come before what their regency may not repeat.
            cells.insert((self.regency(*cell) == *cell, *cell));
        }
        for (_, cell) in cells {
            let (_, opinion) = self.assess(cell, self.clock, out);
            self.judge(cell, &EvidenceChanges::default(), opinion, out);
        }
    }

    /// Scores a cell and says what moved far enough: whether anything was said, and what the week's model told last.
    #[inline]
    fn assess(&mut self, cell: CellId, at: Time, out: &mut Vec<Effect>) -> (bool, ModelOpinion) {
        let seen = self.board.score(&self.evidence, cell, at.hour());
        let emit = self.evidence.policy.emit_ppm;
        let calibrations = self.board.lines(cell).calibrations;
        let memory = &mut self.memories[cell.index()];
        let mut emitted_any = false;
        for horizon in [Horizon::Week, Horizon::Month] {
            let (risk_ppm, level) = (seen.risks[horizon.index()], seen.levels[horizon.index()]);
            let now = EmittedAssessment { risk_ppm, level, completeness_ppm: seen.completeness };
            let emitted = &mut memory.emitted[horizon.index()];
            if now.is_news(*emitted, emit) {
                *emitted = Some(now);
                emitted_any = true;
                let why = self.explains.then(|| self.board.explain(&self.evidence, cell, at.hour()));
                out.push(Effect::Assessment(Assessment {
                    unit: cell.unit(),
                    kind: cell.kind(),
                    horizon,
                    at,
                    risk_ppm,
                    base_ppm: seen.bases[horizon.index()],
                    level,
                    completeness_ppm: seen.completeness,
                    model: calibrations[horizon.index()].model,
                    calibrated: calibrations[horizon.index()].calibrated,
                    why: why.map(|all| Box::new(all.why(horizon, self.board.lines(cell)))),
                }));
            }
        }
        let week = Horizon::Week.index();
        let opinion = ModelOpinion {
            risk_ppm: memory.emitted[week].map_or(0, |emitted| emitted.risk_ppm),
            calibration: scorer::Calibration { base_ppm: seen.bases[week], ..calibrations[week] },
            completeness: seen.completeness,
            current: self.unchanged[cell.index()].current,
        };
        if emitted_any {
            self.remember(cell);
        }
        (emitted_any, opinion)
    }

    /// What the week's model last told of a cell.
    fn opinion(&mut self, cell: CellId) -> ModelOpinion {
        let hour = self.clock.hour();
        let week = Horizon::Week.index();
        let base_ppm = self.board.bases(&self.evidence, cell, hour)[week];
        ModelOpinion {
            risk_ppm: self.memories[cell.index()].emitted[week].map_or(0, |emitted| emitted.risk_ppm),
            calibration: scorer::Calibration { base_ppm, ..self.board.lines(cell).calibrations[week] },
            completeness: self.evidence.completeness(cell.unit(), hour),
            current: self.unchanged[cell.index()].current,
        }
    }

    /// Brings a cell's condition to what rules, model and districts say now.
    #[inline]
    fn judge(
        &mut self,
        cell: CellId,
        touched: &EvidenceChanges,
        opinion: ModelOpinion,
        out: &mut Vec<Effect>,
    ) {
        let rule_input_changed = !touched.incidents.is_empty() && self.rule_input_changed(cell, touched);
        let rule_input_changed = rule_input_changed || self.thorough;
        if rule_input_changed
            || !self.unchanged[cell.index()].stays(opinion.level(&self.evidence.policy), self.clock)
        {
            self.reevaluate_condition((cell, rule_input_changed), touched, opinion, out);
        }
    }

    /// True where something changed that a rule counts here, or that what stands here rests on: where the model alone
    /// or the districts raised it, all that was ever counted.
    fn rule_input_changed(&self, cell: CellId, touched: &EvidenceChanges) -> bool {
        if touched.evidence_reduced && self.rests_on_no_incident(cell) {
            return true;
        }
        let found = self.reviews[cell.index()].as_deref().map_or(&[][..], |review| &review.found.evidence);
        let active =
            self.memories[cell.index()].condition.as_deref().map_or(&[][..], |active| &active.evidence);
        touched.incidents.iter().any(|(id, incident)| {
            let counted = |incident: &IncidentState| {
                incident.cell == cell && condition::matters(&self.evidence.policy, incident)
            };
            incident.as_ref().is_some_and(counted) || found.contains(id) || active.contains(id)
        })
    }

    /// True where a condition stands that names no incident: the model's word, or the districts'.
    fn rests_on_no_incident(&self, cell: CellId) -> bool {
        self.memories[cell.index()].condition.as_deref().is_some_and(|active| active.evidence.is_empty())
    }

    /// True for a regency where nothing stands but in one of its districts: what the district says already, the
    /// regency's model does not say again.
    fn is_covered_by_district(&self, cell: CellId) -> bool {
        let stands = |cell: CellId| self.memories[cell.index()].condition.is_some();
        let mut districts = self.evidence.places.districts(cell.unit());
        self.regency(cell) == cell
            && !stands(cell)
            && districts.any(|unit| stands(CellId::new(unit, cell.kind())))
    }

    /// True for a regency of which enough districts stand at siaga or above to count.
    fn enough_districts_at_siaga(&self, cell: CellId) -> bool {
        let places = &self.evidence.places;
        let stands = |unit: &UnitId| {
            let active = &self.memories[CellId::new(*unit, cell.kind()).index()].condition;
            active.as_ref().is_some_and(|active| active.level >= Level::Siaga)
        };
        let needed = self.evidence.policy.regency_districts as usize;
        self.regency(cell) == cell
            && needed > 0
            && places.districts(cell.unit()).filter(stands).take(needed).count() == needed
    }

    fn reevaluate_condition(
        &mut self,
        (cell, rule_input_changed): (CellId, bool),
        touched: &EvidenceChanges,
        opinion: ModelOpinion,
        out: &mut Vec<Effect>,
    ) {
        let at = self.clock;
        self.refresh_rule_finding(cell, rule_input_changed);
        let rules = self.reviews[cell.index()].as_deref().map(|review| &review.found);
        let model =
            if self.is_covered_by_district(cell) { Level::Low } else { opinion.level(&self.evidence.policy) };
        let least = rules.map_or(Level::Low, |found| found.level).max(model);
        if least.max(opinion.current) < Level::Waspada && !self.enough_districts_at_siaga(cell) {
            return self.schedule_review(cell);
        }
        let finding = self.combine_finding((cell, at), opinion, rules.cloned().unwrap_or_default());
        let now = Now { at, completeness: opinion.completeness, repaired: self.repaired(cell, touched) };
        let mut active = self.memories[cell.index()].condition.take();
        let change = condition::step(&self.evidence.policy, &mut active, finding, now);
        let last = active.as_deref().zip(change);
        let last = last.map(|(active, change)| {
            condition::condition_effect(&self.evidence.policy, cell, change, active, now)
        });
        let gone = matches!(change, Some(Change::Cleared | Change::Withdrawn));
        self.memories[cell.index()].condition = active.filter(|_| !gone);
        self.remember(cell);
        self.schedule_review(cell);
        let Some(opinion) = last else { return };
        out.push(Effect::Condition(Box::new(opinion)));
        let regency = self.regency(cell);
        if regency != cell {
            let opinion = self.opinion(regency);
            self.reevaluate_condition((regency, false), &EvidenceChanges::default(), opinion, out);
        }
    }

    /// Asks the rules anew where something they count changed or time ran out on what they found.
    fn refresh_rule_finding(&mut self, cell: CellId, rule_input_changed: bool) {
        let review = &mut self.reviews[cell.index()];
        if !rule_input_changed && review.as_ref().is_none_or(|review| review.valid_until > self.clock) {
            return;
        }
        let (found, valid_until) = condition::rules(&self.evidence, cell, self.clock);
        match review {
            Some(review) => (review.found, review.valid_until) = (found, valid_until),
            None if found.level < Level::Waspada && valid_until == NOT_LOST => {}
            None => *review = Some(Box::new(Review { found, valid_until, due: NOT_LOST })),
        }
    }

    /// Puts a cell's next review on the agenda, or takes it off, and notes until when there is nothing to judge.
    fn schedule_review(&mut self, cell: CellId) {
        let (policy, enough_districts_at_siaga) =
            (&self.evidence.policy, self.enough_districts_at_siaga(cell));
        let active = self.memories[cell.index()].condition.as_deref();
        let next = active.map_or(NOT_LOST, |active| condition::review(policy, active, self.clock));
        let review = &mut self.reviews[cell.index()];
        let valid_until = review.as_ref().map_or(NOT_LOST, |review| review.valid_until);
        let (old, due) = (review.as_ref().map(|review| review.due), next.min(valid_until));
        let mut no_change = NoChangeUntil { until: valid_until, ..NoChangeUntil::NOTHING };
        if active.is_none() && due == NOT_LOST {
            *review = None;
        } else {
            let nothing = || Box::new(Review { found: Finding::default(), valid_until, due });
            let review = review.get_or_insert_with(nothing);
            review.due = due;
            if let Some(active) = active {
                no_change = NoChangeUntil::of(policy, active, (&review.found, valid_until), self.clock);
            }
        }
        if enough_districts_at_siaga {
            no_change.until = Time::MIN;
        }
        self.unchanged[cell.index()] = no_change;
        if let Some(old) = old.filter(|old| *old != due) {
            self.agenda.remove(&(old, cell));
        }
        if due < NOT_LOST {
            self.agenda.insert((due, cell));
        }
    }

    fn remember(&mut self, cell: CellId) {
        if self.explains {
            self.changed.insert(cell);
        }
    }

    fn combine_finding(&self, (cell, at): (CellId, Time), opinion: ModelOpinion, rules: Finding) -> Finding {
        let finding = match self.is_covered_by_district(cell) {
            true => rules,
            false => condition::with_model(&self.evidence, (cell, at), opinion, rules),
        };
        let places = &self.evidence.places;
        if !self.enough_districts_at_siaga(cell) {
            return finding;
        }
        let levels = places.districts(cell.unit()).map(|unit| {
            let active = &self.memories[CellId::new(unit, cell.kind()).index()].condition;
            active.as_ref().map_or(Level::Low, |active| active.level)
        });
        condition::with_districts(&self.evidence.policy, levels.collect(), finding)
    }

    /// When evidence behind a condition changed: the level today's evidence supports for the time it was reached.
    fn repaired(&self, cell: CellId, touched: &EvidenceChanges) -> Option<Level> {
        let active = self.memories[cell.index()].condition.as_deref()?;
        let named = active.evidence.iter().any(|id| touched.incidents.iter().any(|(other, _)| other == id));
        let evidence_reduced = touched.evidence_reduced && active.evidence.is_empty();
        if !named && !evidence_reduced {
            return None;
        }
        let then = active.reached;
        let lines = self.board.lines(cell);
        let assessed = self.board.score_at(&self.evidence, cell, then.hour());
        let week = Horizon::Week.index();
        let opinion = ModelOpinion {
            risk_ppm: assessed.risks[week],
            calibration: scorer::Calibration { base_ppm: assessed.bases[week], ..lines.calibrations[week] },
            completeness: assessed.completeness,
            current: Level::Low,
        };
        let (rules, _) = condition::rules(&self.evidence, cell, then);
        Some(self.combine_finding((cell, then), opinion, rules).level)
    }

    /// What another process shows of a cell of its own: its 14-day sum as of its last bucket. Counts from the next tick.
    pub fn set_border_view(&mut self, cell: CellId, bucket: Hour, fortnight: f64) {
        self.board.set_border_view(cell, bucket, fortnight);
    }
}
