//! The pipeline: a report joins its incident and its cell's history, is scored, and becomes conditions.
//!
//! It reads no clock and keeps no secrets: the same inputs in the same order give the same effects everywhere, and the
//! state is a function of the set of reports.

mod applied;
mod cold;
mod recovery;
mod snapshot;
mod view;

use crate::assess;
use crate::assessor::Assessor;
use crate::cell_memory::ChangedCells;
use crate::condition::finding::ModelOpinion;
use crate::condition::keeper::{ConditionKeeper, KeeperContext, Opinions};
use crate::effect::Effect;
use crate::evidence::{CellId, Evidence, EvidenceChanges};
use crate::kind::{Horizon, Kind};
use crate::place::Places;
use crate::policy::Policy;
use crate::report::Report;
use crate::scorer::Scorer;
use crate::service_clock::ClockStep;
use crate::silence::ExpectedFeed;
use crate::time::{Hour, Time};
use alloc::{collections::BTreeSet, sync::Arc, vec::Vec};
pub use applied::{Applied, Input, Loaded, LoadedReport, Needs, PipelineOptions};
pub use recovery::{Recovery, RecoverySinceTick};
pub use snapshot::{RegencySnapshot, snapshot_basis};
pub use view::{PipelineView, ReportStatus};

/// Evidence, assessments and conditions of the configured places.
///
/// # Order of calls
/// 1. [`Pipeline::new`] makes an empty one; [`Recovery`] makes one that goes on where another stopped.
/// 2. Before a record: [`Pipeline::due_tick`] until it gives `None`, each hour applied as [`Input::Tick`]. Before a tick,
///    [`Pipeline::set_border_view`] may say what other processes show.
/// 3. [`Pipeline::needs`] says what the record needs; what the store has of it is given to [`Pipeline::load`]. Nothing is
///    needed as long as nothing left memory; the driver asks for every record all the same.
/// 4. [`Pipeline::apply`] takes the record and returns what became of it; effects are added to the caller's list.
/// 5. Where a record says that the clock was set back and [`Pipeline::is_set_back_by`] agrees, all [`Pipeline::cold_regencies`] are
///    loaded and [`Input::ClockStep`] is applied, in place of 2 to 4.
/// 6. Before a commit: [`Pipeline::take_changed`] gives the memories that changed; they are committed with the effects.
/// 7. After a commit [`Pipeline::forget_cold`] may let reports go, or [`Pipeline::forget_cold_of`] those of a regency: all of them are
///    in the store then.
///
/// [`Pipeline::restate`] and [`Pipeline::raise_what_is_found`] come between inputs. [`Pipeline::view`] reads at any time and changes nothing.
pub struct Pipeline {
    evidence: Evidence,
    assessor: Assessor,
    keeper: ConditionKeeper,
    /// Cells whose memory changed since it was last taken.
    changed: ChangedCells,
    /// What the running record changed; lent to the evidence again and again.
    touched: EvidenceChanges,
    /// Regencies of which the running input has yet to follow the condition; lent again and again.
    regencies: Vec<CellId>,
    clock: Time,
    tick: Option<Hour>,
    late: u64,
}

impl Pipeline {
    /// An empty pipeline. The models' lines are read once, here.
    pub fn new(
        places: Arc<Places>,
        policy: Arc<Policy>,
        scorer: &dyn Scorer,
        options: PipelineOptions,
    ) -> Pipeline {
        let cells = places.len() * Kind::COUNT;
        Pipeline {
            assessor: Assessor::new(&places, scorer, options.explains),
            keeper: ConditionKeeper::new(cells, options.reevaluates_always),
            evidence: Evidence::new(places, policy),
            changed: ChangedCells::new(options.explains),
            touched: EvidenceChanges::default(),
            regencies: Vec::new(),
            clock: Time::MIN,
            tick: None,
            late: 0,
        }
    }

    /// The state as it stands, to read.
    pub fn view(&self) -> PipelineView<'_> {
        PipelineView::new(self)
    }

    /// The tick that must be applied before a record received at `received`; ask until there is none.
    pub fn due_tick(&self, received: Time) -> Option<Hour> {
        let tick = self.tick?;
        (tick < received.hour()).then(|| tick.next())
    }

    /// The effective received time of a record: never before the last record's or the last tick's since the clock was set back.
    pub fn effective(&self, received: Time) -> Time {
        received.max(self.clock)
    }

    /// True where a clock that shows `to` was set back since the last input: time goes on from there.
    pub fn is_set_back_by(&self, to: Time) -> bool {
        ClockStep::between(self.clock, to).is_some()
    }

    /// Applies a record or a tick; effects are added to `out`. A tick must be the one that [`Pipeline::due_tick`] named.
    pub fn apply(&mut self, input: Input<'_>, out: &mut Vec<Effect>) -> Applied {
        match input {
            Input::Tick(hour) => {
                self.advance(hour, out);
                Applied { received_at: self.clock, ..Applied::default() }
            }
            Input::ClockStep(to) => {
                self.set_back(to, out);
                Applied { received_at: self.clock, ..Applied::default() }
            }
            Input::Registered(feed) => {
                self.register(feed, out);
                Applied { received_at: self.clock, ..Applied::default() }
            }
            Input::Report { received, report } => self.apply_report(received, report, out),
        }
    }

    fn apply_report(&mut self, received: Time, report: &Report, out: &mut Vec<Effect>) -> Applied {
        self.clock = self.effective(received);
        if self.tick.is_none() {
            self.tick = Some(self.clock.hour());
            self.evidence.tick(self.clock.hour());
        }
        let happened = report.happened_at();
        // A day's end that stands for an unknown time is no lateness.
        let late = !report.reconstructed && report.could_come_from().hour().0 + 1 < self.clock.hour().0;
        self.late += u64::from(late);
        // What is grave is an incident also where its sender's clock stood still long ago.
        let beyond_repair_horizon =
            report.counts_by_own_time() && self.clock.since(happened) > self.evidence.policy.repair_horizon;
        let mut touched = core::mem::take(&mut self.touched);
        touched.clear();
        core::mem::swap(&mut touched.effects, out);
        let outcome = self.evidence.insert(report, beyond_repair_horizon, &mut touched);
        core::mem::swap(&mut touched.effects, out);
        self.follow_changes(&touched, out);
        self.touched = touched;
        Applied { received_at: self.clock, outcome, late, beyond_repair_horizon }
    }

    /// A feed is registered otherwise from now on. Before the first report there is nothing to score yet.
    fn register(&mut self, feed: &ExpectedFeed, out: &mut Vec<Effect>) {
        let mut touched = core::mem::take(&mut self.touched);
        touched.clear();
        self.evidence.register(feed, &mut touched);
        if self.tick.is_some() {
            self.follow_hearing(&touched, out);
        }
        self.touched = touched;
    }

    /// Scores again what a record touched, and follows the conditions there.
    fn follow_changes(&mut self, touched: &EvidenceChanges, out: &mut Vec<Effect>) {
        let was_usual = touched.oldest.is_some_and(|oldest| assess::is_usual_by(oldest, self.clock.hour()));
        let mut regencies = core::mem::take(&mut self.regencies);
        for cell in &touched.cells {
            if was_usual {
                self.assessor.forget_usual(&self.evidence.places, *cell);
            }
            self.assess(*cell, self.clock, out);
            let regency = self.evidence.regency_cell(*cell);
            if regency != *cell && !regencies.contains(&regency) {
                regencies.push(regency);
            }
        }
        // Where a district's evidence changes, its regency is scored again by what is known now.
        for regency in &regencies {
            self.assess(*regency, self.clock, out);
        }
        for cell in touched.cells.iter().chain(&regencies) {
            self.follow_condition(*cell, touched, out);
        }
        regencies.clear();
        self.regencies = regencies;
        for (cell, _) in &touched.signals {
            if !touched.cells.contains(cell) {
                self.follow_condition(*cell, touched, out);
            }
        }
        self.follow_hearing(touched, out);
    }

    /// Scores at once where more or fewer feeds are heard than before: waiting for the hour would leave a place that
    /// spoke without data until then.
    fn follow_hearing(&mut self, touched: &EvidenceChanges, out: &mut Vec<Effect>) {
        self.note_hearing(touched);
        let nothing = EvidenceChanges { adds_nothing: true, ..EvidenceChanges::default() };
        for unit in &touched.heard {
            for kind in Kind::ALL {
                let cell = CellId::new(*unit, *kind);
                if !touched.cells.contains(&cell) {
                    let opinion = self.assess(cell, self.clock, out);
                    let (keeper, mut context) = self.keeper_and_context();
                    keeper.follow(cell, opinion, &nothing, &mut context, out);
                }
            }
        }
    }

    /// A regency is heard with its districts, and scored again with the hour: what its model asks for since before then raises nothing.
    fn note_hearing(&mut self, touched: &EvidenceChanges) {
        let (places, at) = (self.evidence.places.clone(), self.clock);
        for unit in &touched.heard {
            for kind in Kind::ALL {
                let cell = CellId::new(places.regency(*unit), *kind);
                if !touched.cells.iter().any(|other| self.evidence.regency_cell(*other) == cell) {
                    let (keeper, context) = self.keeper_and_context();
                    let opinion = context.opinions.opinion(context.evidence, cell, at);
                    keeper.note_hearing(cell, opinion, context);
                }
            }
        }
    }

    fn advance(&mut self, hour: Hour, out: &mut Vec<Effect>) {
        self.clock = self.clock.max(hour.start());
        self.tick = Some(hour);
        self.evidence.tick(hour);
        self.assessor.tick(&self.evidence, hour);
        self.look_everywhere(hour.start(), out);
    }

    /// Time goes on from `to`: its hour counts as ticked, and everything is looked at as of that instant. Nothing that was
    /// emitted before is emitted again unless it is news.
    fn set_back(&mut self, to: Time, out: &mut Vec<Effect>) {
        if !self.is_set_back_by(to) {
            return;
        }
        assert!(
            self.evidence.cold_regencies().next().is_none(),
            "a clock that is set back asks of what left"
        );
        let hour = to.hour();
        self.clock = to;
        self.tick = self.tick.map(|_| hour);
        self.evidence.set_back(hour);
        self.assessor.tick(&self.evidence, hour);
        self.keeper.set_back(&self.evidence, to, &mut self.changed);
        self.look_everywhere(to, out);
    }

    /// Scores every cell as of `at` and reviews the conditions that are due then.
    fn look_everywhere(&mut self, at: Time, out: &mut Vec<Effect>) {
        let nothing = EvidenceChanges::default();
        let mut regencies = core::mem::take(&mut self.regencies);
        let cells = self.evidence.places.len() * Kind::COUNT;
        for cell in (0..cells as u32).map(CellId) {
            let opinion = self.assess(cell, at, out);
            if self.keeper.is_settled(&self.evidence.policy, cell, opinion, at) {
                continue;
            }
            // A regency does not repeat what its districts' conditions say, so districts come first.
            if self.evidence.regency_cell(cell) == cell {
                regencies.push(cell);
            } else {
                let (keeper, mut context) = self.keeper_and_context();
                keeper.follow(cell, opinion, &nothing, &mut context, out);
            }
        }
        for cell in regencies.drain(..) {
            self.follow_condition(cell, &nothing, out);
        }
        self.regencies = regencies;
        let (keeper, mut context) = self.keeper_and_context();
        keeper.review_due(at, &mut context, out);
    }

    /// Emits some assessments again, whatever was emitted before: another model speaks there now. They are as of the last
    /// input and a moment after it, so that the former model's risk stays to be read.
    pub fn restate(&mut self, stale: &[(CellId, Horizon)], out: &mut Vec<Effect>) {
        let moment = self.clock.plus(1);
        if moment.hour() == self.clock.hour() {
            self.clock = moment;
        }
        let mut cells = BTreeSet::new();
        for (cell, horizon) in stale {
            self.assessor.forget(*cell, *horizon);
            // As in a tick, districts come before their regency.
            cells.insert((self.evidence.regency_cell(*cell) == *cell, *cell));
        }
        for (_, cell) in cells {
            let opinion = self.assess(cell, self.clock, out);
            let (keeper, mut context) = self.keeper_and_context();
            keeper.let_model_speak(cell);
            keeper.follow(cell, opinion, &EvidenceChanges::default(), &mut context, out);
        }
    }

    /// Emits at once what the rules find and nobody was notified of: after a start, where the policy became stricter or
    /// something came true between the last tick and the stop. In any other case nothing. What is emitted is as of a moment
    /// after the last input, so that its commit is not taken for the last one; false where that moment belongs to the next
    /// hour: its tick comes first.
    pub fn raise_what_is_found(&mut self, out: &mut Vec<Effect>) -> bool {
        let (last_input, emitted) = (self.clock, out.len());
        if last_input.plus(1).hour() != last_input.hour() {
            return false;
        }
        self.clock = last_input.plus(1);
        let (keeper, mut context) = self.keeper_and_context();
        keeper.raise_what_is_found(&mut context, out);
        if out.len() == emitted {
            self.clock = last_input;
        }
        true
    }

    /// Takes what another process shows of a cell of its own: its 14-day sum, and the hour at which it weighs that. It counts
    /// from the next tick.
    pub fn set_border_view(&mut self, cell: CellId, as_of: Hour, fortnight: f64) {
        self.assessor.set_border_view(cell, as_of, fortnight);
    }

    /// Memories that changed since the last call, as bytes for the store.
    pub fn take_changed(&mut self) -> Vec<(CellId, Vec<u8>)> {
        let changed = self.changed.take();
        changed.into_iter().map(|cell| (cell, self.view().memory(cell).to_bytes())).collect()
    }

    #[inline]
    fn assess(&mut self, cell: CellId, at: Time, out: &mut Vec<Effect>) -> ModelOpinion {
        self.assessor.assess(&self.evidence, cell, at, &mut self.changed, out)
    }

    /// Brings a cell's condition to what is known now.
    fn follow_condition(&mut self, cell: CellId, touched: &EvidenceChanges, out: &mut Vec<Effect>) {
        let (keeper, mut context) = self.keeper_and_context();
        let opinion = context.opinions.opinion(context.evidence, cell, context.at);
        keeper.follow(cell, opinion, touched, &mut context, out);
    }

    #[inline]
    fn keeper_and_context(&mut self) -> (&mut ConditionKeeper, KeeperContext<'_, Assessor>) {
        let (evidence, opinions, changed) = (&self.evidence, &mut self.assessor, &mut self.changed);
        (&mut self.keeper, KeeperContext { evidence, opinions, at: self.clock, changed })
    }
}
