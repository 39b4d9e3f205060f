//! The pipeline: a report joins its incident and history, is scored, and becomes conditions. One page.
//!
//! It reads no clock and keeps no secrets: the same inputs give the same effects everywhere.

use crate::assess::{self, Bases, Basis};
use crate::condition::{self, Finding, HOLDS, Now, Told};
use crate::effect::Effect;
use crate::feature;
use crate::kind::{Horizon, Kind, Level};
use crate::memory::Memory;
use crate::place::{Places, UnitId};
use crate::policy::Policy;
use crate::report::{Body, Report};
use crate::schedule::Schedule;
use crate::scorer::Scorer;
use crate::time::{Hour, Time};
use crate::window::{Slot, Touched, Window};
use alloc::{
    boxed::Box,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    vec,
    vec::Vec,
};

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
    /// Slots with a condition that stands (or will be looked at), and when to look again.
    reviews: BTreeMap<Slot, Review>,
    agenda: BTreeSet<(Time, Slot)>,
    schedule: Schedule,
    bases: Bases,
    /// The season's features of the running hour.
    season: (Hour, [f64; 2]),
    clock: Time,
    tick: Option<Hour>,
    /// Reports that came at least one whole hourly bucket after they happened.
    pub late: u64,
    /// Assessments say what they rest on and memories are kept; a replay, which nobody asks, does without.
    pub explains: bool,
}

/// What the rules found in a slot, until when that holds, and when to look again.
struct Review {
    found: Finding,
    holds: Time,
    due: Time,
}

impl Pipeline {
    pub fn new(places: Arc<Places>, policy: Arc<Policy>) -> Pipeline {
        let schedule = Schedule::new(&places);
        let slots = places.len() * Kind::COUNT;
        Pipeline {
            memories: vec![Memory::default(); slots],
            window: Window::new(places, policy),
            changed: BTreeSet::new(),
            reviews: BTreeMap::new(),
            agenda: BTreeSet::new(),
            schedule,
            bases: Bases::new(slots),
            season: (Hour(i32::MIN), [0.0; 2]),
            clock: Time::MIN,
            tick: None,
            late: 0,
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

    pub fn apply(&mut self, input: Input<'_>, scorer: &dyn Scorer, out: &mut Vec<Effect>) {
        match input {
            Input::Tick(hour) => self.advance(hour, scorer, out),
            Input::Report { received, report } => {
                self.clock = self.effective(received);
                if self.tick.is_none() {
                    self.tick = Some(self.clock.hour());
                    self.window.tick(self.clock.hour());
                }
                let happened = match &report.body {
                    Body::Statement(told) => told.occurred_at,
                    _ => report.reported_at,
                };
                // A day's end that stands for an unknown time is no lateness.
                self.late += u64::from(!report.reconstructed && self.is_late(happened, received));
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
            self.assess(*slot, self.clock, scorer, out);
            self.judge(*slot, &touched, scorer, out);
            let regency = Slot::new(self.window.places.regency(slot.unit()), slot.kind());
            if regency != *slot && !regencies.contains(&regency) {
                regencies.push(regency);
            }
        }
        for slot in regencies {
            self.assess(slot, self.clock, scorer, out);
            self.judge(slot, &touched, scorer, out);
        }
    }

    fn advance(&mut self, hour: Hour, scorer: &dyn Scorer, out: &mut Vec<Effect>) {
        self.clock = self.clock.max(hour.start());
        self.tick = Some(hour);
        self.window.tick(hour);
        let at = hour.start();
        let due = self.schedule.due(&basis(&self.window, scorer), hour);
        for slot in due {
            if self.assess(slot, at, scorer, out) {
                self.judge(slot, &Touched::default(), scorer, out);
            }
        }
        while let Some((when, slot)) = self.agenda.first().copied().filter(|(when, _)| *when <= at) {
            self.agenda.remove(&(when, slot));
            self.judge(slot, &Touched::default(), scorer, out);
        }
    }

    /// Scores a slot and says what moved far enough; true where something was said.
    fn assess(&mut self, slot: Slot, at: Time, scorer: &dyn Scorer, out: &mut Vec<Effect>) -> bool {
        let basis = basis(&self.window, scorer);
        let around = self.schedule.around(&self.window, slot, at.hour());
        if self.season.0 != at.hour() {
            self.season = (at.hour(), feature::season(at.hour()));
        }
        let bases = self.bases.get(&basis, slot, at.hour());
        let assessed = assess::with_bases(&basis, (slot, at), around, bases, self.season.1);
        let memory = &mut self.memories[slot.index()];
        let mut spoke = false;
        for horizon in Horizon::ALL {
            let (risk, level) = (assessed.risks[horizon.index()], assessed.levels[horizon.index()]);
            let said = &mut memory.said[horizon.index()];
            let moved =
                |(old, word): (u32, Level)| word != level || old.abs_diff(risk) >= basis.policy.emit_ppm;
            if said.is_none_or(moved) {
                *said = Some((risk, level));
                spoke = true;
                out.push(Effect::Assessment(assessed.told(&basis, (slot, at), *horizon, self.explains)));
            }
        }
        let said = memory.said;
        self.schedule.note(&basis, (slot, at), &assessed, said);
        if spoke {
            self.remember(slot);
        }
        spoke
    }

    /// Brings a slot's condition to what rules, model and districts say now.
    fn judge(&mut self, slot: Slot, touched: &Touched, scorer: &dyn Scorer, out: &mut Vec<Effect>) {
        let at = self.clock;
        let current = self.memories[slot.index()].condition.as_ref().map_or(Level::Low, |held| held.level);
        let completeness = self.window.completeness(slot.unit(), at.hour());
        let risk_ppm = self.memories[slot.index()].said[Horizon::Week.index()].map_or(0, |(risk, _)| risk);
        let bases = self.bases.get(&basis(&self.window, scorer), slot, at.hour());
        let base_ppm = bases[Horizon::Week.index()];
        let (rules, holds) = self.ruled(slot, touched, scorer);
        let finding =
            self.find((slot, at), Told { risk_ppm, base_ppm, completeness, current }, rules.clone(), scorer);
        if finding.level < Level::Waspada && current < Level::Waspada {
            return self.plan(slot, rules, holds);
        }
        let repaired = self.repaired(slot, touched, scorer);
        let before = self.memories[slot.index()].condition.clone();
        let now = Now { at, completeness, repaired };
        let policy = self.window.policy.clone();
        let change = condition::step(&policy, &mut self.memories[slot.index()].condition, finding, now);
        self.plan(slot, rules, holds);
        if self.memories[slot.index()].condition != before {
            self.remember(slot);
        }
        let held = self.memories[slot.index()].condition.as_ref();
        let (Some(change), Some(standing)) = (change, held.or(before.as_ref())) else { return };
        out.push(Effect::Condition(Box::new(condition::told(&policy, slot, change, standing, now))));
        let regency = Slot::new(self.window.places.regency(slot.unit()), slot.kind());
        if regency != slot {
            self.judge(regency, &Touched::default(), scorer, out);
        }
    }

    /// What the rules find; the last finding where nothing they count changed since.
    fn ruled(&self, slot: Slot, touched: &Touched, scorer: &dyn Scorer) -> (Finding, Time) {
        let policy = &self.window.policy;
        let counted =
            |fused: &Option<_>| fused.as_ref().is_some_and(|fused| condition::matters(policy, fused));
        let review = self.reviews.get(&slot);
        let stirred = touched.incidents.iter().any(|(id, fused)| {
            counted(fused) || review.is_some_and(|review| review.found.evidence.contains(id))
        });
        match review {
            Some(review) if !stirred && review.holds > self.clock => (review.found.clone(), review.holds),
            None if !stirred => (Finding::default(), HOLDS),
            _ => condition::rules(&basis(&self.window, scorer), slot, self.clock),
        }
    }

    /// Puts a slot's next review on the agenda, or takes it off.
    fn plan(&mut self, slot: Slot, found: Finding, holds: Time) {
        let standing = self.memories[slot.index()].condition.as_ref();
        let review =
            standing.map_or(HOLDS, |standing| condition::review(&self.window.policy, standing, self.clock));
        let due = review.min(holds);
        if let Some(old) = self.reviews.remove(&slot) {
            self.agenda.remove(&(old.due, slot));
        }
        if standing.is_some() || due < HOLDS {
            self.reviews.insert(slot, Review { found, holds, due });
            self.agenda.insert((due, slot));
        }
    }

    fn remember(&mut self, slot: Slot) {
        if self.explains {
            self.changed.insert(slot);
        }
    }

    fn find(&self, (slot, at): (Slot, Time), told: Told, rules: Finding, scorer: &dyn Scorer) -> Finding {
        let finding = condition::with_model(&basis(&self.window, scorer), (slot, at), told, rules);
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
        let held = self.memories[slot.index()].condition.as_deref()?;
        if !held.evidence.iter().any(|id| touched.incidents.iter().any(|(other, _)| other == id)) {
            return None;
        }
        let then = held.reached;
        let basis = basis(&self.window, scorer);
        let around = self.schedule.around(&self.window, slot, then.hour());
        let assessed = assess::assess(&basis, slot, then, around);
        let told = Told {
            risk_ppm: assessed.risks[Horizon::Week.index()],
            base_ppm: assessed.bases[Horizon::Week.index()],
            completeness: assessed.completeness,
            current: Level::Low,
        };
        let (rules, _) = condition::rules(&basis, slot, then);
        Some(self.find((slot, then), told, rules, scorer).level)
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
            self.memories[slot.index()] = memory;
        }
    }

    /// Puts back the clock, after the reports received before the last tick.
    pub fn restore_clock(&mut self, clock: Time, tick: Option<Hour>) {
        (self.clock, self.tick) = (clock, tick);
        if let Some(hour) = tick {
            self.window.tick(hour);
            self.schedule.begin(&self.window, hour);
        }
    }

    /// After everything is put back: what the rules find now, as they found it before the stop.
    pub fn resume(&mut self, scorer: &dyn Scorer) {
        for index in 0..self.memories.len() {
            let slot = Slot(index as u32);
            let (found, holds) = condition::rules(&basis(&self.window, scorer), slot, self.clock);
            self.plan(slot, found, holds);
        }
    }
}

fn basis<'a>(window: &'a Window, scorer: &'a dyn Scorer) -> Basis<'a> {
    Basis { window, policy: &window.policy, scorer }
}
