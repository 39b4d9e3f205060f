//! The pipeline: a report joins its incident and history, is scored, and becomes conditions. One page.
//!
//! It reads no clock and keeps no secrets: the same inputs give the same effects everywhere.

use crate::assess::{self, Assessed, Basis};
use crate::condition::{self, Finding, Now};
use crate::effect::Effect;
use crate::kind::{Horizon, Kind, Level};
use crate::memory::Memory;
use crate::place::{Places, UnitId};
use crate::policy::Policy;
use crate::report::{Body, Report};
use crate::schedule::Schedule;
use crate::scorer::Scorer;
use crate::time::{Hour, Time};
use crate::window::{Slot, Touched, Window};
use alloc::{collections::BTreeSet, sync::Arc, vec, vec::Vec};

/// What comes in: a report with the time it was received, or the hour's tick.
pub enum Input<'a> {
    Report { received: Time, report: &'a Report },
    Tick(Hour),
}

pub struct Pipeline {
    pub window: Window,
    memories: Vec<Memory>,
    /// Slots whose memory changed since it was last taken.
    changed: BTreeSet<Slot>,
    /// Slots with a condition that stands.
    standing: BTreeSet<Slot>,
    schedule: Schedule,
    clock: Time,
    tick: Option<Hour>,
    /// Reports that came at least one whole hourly bucket after they happened.
    pub late: u64,
}

impl Pipeline {
    pub fn new(places: Arc<Places>, policy: Arc<Policy>) -> Pipeline {
        let schedule = Schedule::new(&places);
        Pipeline {
            memories: vec![Memory::default(); places.len() * Kind::COUNT],
            window: Window::new(places, policy),
            changed: BTreeSet::new(),
            standing: BTreeSet::new(),
            schedule,
            clock: Time::MIN,
            tick: None,
            late: 0,
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

    pub fn apply(&mut self, input: Input<'_>, scorer: &dyn Scorer, out: &mut Vec<Effect>) {
        match input {
            Input::Tick(hour) => self.advance(hour, scorer, out),
            Input::Report { received, report } => {
                self.clock = self.effective(received);
                self.tick.get_or_insert(self.clock.hour());
                let happened = match &report.body {
                    Body::Statement(told) => told.occurred_at,
                    _ => report.reported_at,
                };
                self.late += u64::from(self.is_late(happened, received));
                let bygone = self.clock.since(happened) > self.window.policy.repair_horizon;
                let mut touched = self.window.insert(report, bygone);
                out.append(&mut touched.effects);
                self.after(touched, scorer, out);
            }
        }
    }

    /// Re-scores and re-judges what a record touched.
    fn after(&mut self, touched: Touched, scorer: &dyn Scorer, out: &mut Vec<Effect>) {
        for unit in &touched.heard {
            self.schedule.heard(&self.window.places, *unit);
        }
        let mut regencies: Vec<Slot> = Vec::new();
        for slot in &touched.slots {
            self.schedule.touch(&self.window.places, *slot);
            let assessed = self.assess(*slot, self.clock, scorer, out);
            self.judge((*slot, &assessed), &touched, scorer, out);
            let regency = Slot::new(self.window.places.regency(slot.unit()), slot.kind());
            if regency != *slot && !regencies.contains(&regency) {
                regencies.push(regency);
            }
        }
        for slot in regencies {
            let assessed = self.assess(slot, self.clock, scorer, out);
            self.judge((slot, &assessed), &touched, scorer, out);
        }
    }

    fn advance(&mut self, hour: Hour, scorer: &dyn Scorer, out: &mut Vec<Effect>) {
        self.clock = self.clock.max(hour.start());
        self.tick = Some(hour);
        let at = hour.start();
        let basis = basis(&self.window, scorer);
        let due = self.schedule.due(&basis, hour);
        for slot in due {
            let before = self.memories[slot.index()].said;
            let assessed = self.assess(slot, at, scorer, out);
            if self.memories[slot.index()].said != before && !self.standing.contains(&slot) {
                self.judge((slot, &assessed), &Touched::default(), scorer, out);
            }
        }
        let standing: Vec<Slot> = self.standing.iter().copied().collect();
        for slot in standing {
            let assessed = self.scored(slot, at, scorer);
            self.judge((slot, &assessed), &Touched::default(), scorer, out);
        }
    }

    fn scored(&self, slot: Slot, at: Time, scorer: &dyn Scorer) -> Assessed {
        let around = self.schedule.around(&self.window, slot, at.hour());
        assess::assess(&basis(&self.window, scorer), slot, at, around)
    }

    /// Scores a slot and says what moved far enough.
    fn assess(&mut self, slot: Slot, at: Time, scorer: &dyn Scorer, out: &mut Vec<Effect>) -> Assessed {
        let around = self.schedule.around(&self.window, slot, at.hour());
        let assessed = assess::assess(&basis(&self.window, scorer), slot, at, around);
        let memory = &mut self.memories[slot.index()];
        for horizon in Horizon::ALL {
            let (risk, level) = (assessed.risks[horizon.index()], assessed.levels[horizon.index()]);
            let said = &mut memory.said[horizon.index()];
            if said
                .is_none_or(|(old, word)| word != level || old.abs_diff(risk) >= self.window.policy.emit_ppm)
            {
                *said = Some((risk, level));
                self.changed.insert(slot);
                out.push(Effect::Assessment(assessed.told(&basis(&self.window, scorer), slot, *horizon, at)));
            }
        }
        let said = memory.said;
        self.schedule.note(&basis(&self.window, scorer), (slot, at), &assessed, said);
        assessed
    }

    /// Brings a slot's condition to what rules, model and districts say now.
    fn judge(
        &mut self,
        (slot, assessed): (Slot, &Assessed),
        touched: &Touched,
        scorer: &dyn Scorer,
        out: &mut Vec<Effect>,
    ) {
        let at = self.clock;
        let current = self.memories[slot.index()].condition.as_ref().map_or(Level::Low, |held| held.level);
        let finding = self.find((slot, at), assessed, current, scorer);
        if finding.level < Level::Waspada && current < Level::Waspada {
            return;
        }
        let repaired = self.repaired(slot, touched, scorer);
        let before = self.memories[slot.index()].condition.clone();
        let now = Now { at, completeness: assessed.completeness, repaired };
        let policy = &self.window.policy;
        let change = condition::step(policy, &mut self.memories[slot.index()].condition, finding, now);
        let held = self.memories[slot.index()].condition.as_ref();
        if held != before.as_ref() {
            self.changed.insert(slot);
        }
        let Some(change) = change else { return };
        let Some(standing) = held.or(before.as_ref()) else { return };
        out.push(Effect::Condition(condition::told(policy, slot, change, standing, now)));
        if held.is_some() {
            self.standing.insert(slot)
        } else {
            self.standing.remove(&slot)
        };
        let regency = Slot::new(self.window.places.regency(slot.unit()), slot.kind());
        if regency != slot {
            let assessed = self.scored(regency, at, scorer);
            self.judge((regency, &assessed), &Touched::default(), scorer, out);
        }
    }

    fn find(
        &self,
        (slot, at): (Slot, Time),
        assessed: &Assessed,
        current: Level,
        scorer: &dyn Scorer,
    ) -> Finding {
        let basis = basis(&self.window, scorer);
        let finding = condition::rules(&basis, slot, at);
        let finding = condition::with_model(&basis, (slot, at), assessed, current, finding);
        let places = &self.window.places;
        if !places.code(slot.unit()).is_regency() {
            return finding;
        }
        let levels = places.districts(slot.unit()).map(|unit| {
            let held = &self.memories[Slot::new(unit, slot.kind()).index()].condition;
            held.as_ref().map_or(Level::Low, |held| held.level)
        });
        condition::with_districts(&self.window.policy, levels.collect(), finding)
    }

    /// When evidence behind a condition changed: the level today's evidence supports for the time it was reached.
    fn repaired(&self, slot: Slot, touched: &Touched, scorer: &dyn Scorer) -> Option<Level> {
        let held = self.memories[slot.index()].condition.as_ref()?;
        if !held.evidence.iter().any(|id| touched.incidents.contains(id)) {
            return None;
        }
        let then = held.reached;
        let assessed = self.scored(slot, then, scorer);
        Some(self.find((slot, then), &assessed, Level::Low, scorer).level)
    }

    /// What a slot was last told to be.
    pub fn memory(&self, slot: Slot) -> &Memory {
        &self.memories[slot.index()]
    }

    /// Memories changed since the last call, as bytes for the store.
    pub fn take_changed(&mut self) -> Vec<(Slot, Vec<u8>)> {
        let changed = core::mem::take(&mut self.changed);
        changed.into_iter().map(|slot| (slot, self.memories[slot.index()].to_bytes())).collect()
    }

    /// Puts a report back at start, in any order and without a word: first those received before the last
    /// tick, then [`Pipeline::restore_clock`], then those that came since.
    pub fn restore(&mut self, report: &Report, bygone: bool) {
        let touched = self.window.insert(report, bygone);
        for slot in touched.slots {
            self.schedule.touch(&self.window.places, slot);
        }
    }

    /// Puts back what was last said of a slot.
    pub fn restore_memory(&mut self, unit: UnitId, kind: Kind, bytes: &[u8]) {
        let slot = Slot::new(unit, kind);
        if let Some(memory) = Memory::from_bytes(bytes) {
            if memory.condition.is_some() {
                self.standing.insert(slot);
            }
            self.memories[slot.index()] = memory;
        }
    }

    /// Puts back the clock, after the reports received before the last tick.
    pub fn restore_clock(&mut self, clock: Time, tick: Option<Hour>) {
        (self.clock, self.tick) = (clock, tick);
        if let Some(hour) = tick {
            self.schedule.begin(&self.window, hour);
        }
    }
}

fn basis<'a>(window: &'a Window, scorer: &'a dyn Scorer) -> Basis<'a> {
    Basis { window, policy: &window.policy, scorer }
}
