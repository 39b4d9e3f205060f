//! The pipeline: a report joins its incident and history, is scored, and becomes conditions. One page.
//!
//! It reads no clock and keeps no secrets: the same inputs give the same effects everywhere.

mod recovery;

use crate::assess;
use crate::board::Board;
use crate::condition::{self, Calm, Finding, HOLDS, Now, Told};
use crate::effect::{Assessment, Change, Effect};
use crate::kind::{Horizon, Kind, Level};
use crate::memory::{Memory, Said};
use crate::place::{Places, UnitId};
use crate::policy::Policy;
use crate::report::{Body, Report};
use crate::scorer::{self, Scorer};
use crate::time::{Hour, Time};
use crate::window::{Slot, Touched, Window, fusion::Fused};
use alloc::{boxed::Box, collections::BTreeSet, sync::Arc, vec::Vec};

/// What comes in: a report with the time it was received, or the hour's tick.
pub enum Input<'a> {
    Report { received: Time, report: &'a Report },
    Tick(Hour),
}

pub struct Pipeline {
    pub window: Window,
    pub board: Board,
    memories: Vec<Memory>,
    /// Slots whose memory changed since it was last taken.
    changed: BTreeSet<Slot>,
    /// By slot: where a condition stands or will be looked at, what the rules found and when to look again.
    reviews: Vec<Option<Box<Review>>>,
    /// By slot: when there is nothing to judge.
    calms: Vec<Calm>,
    agenda: BTreeSet<(Time, Slot)>,
    /// Regencies that the running tick has yet to judge.
    regencies: Vec<Slot>,
    /// What the running record touched; lent to the window again and again.
    touched: Touched,
    clock: Time,
    tick: Option<Hour>,
    /// Reports that came at least one whole hourly bucket after they happened.
    pub late: u64,
    /// Judges every time the long way, which must come to the same: the simulation compares.
    pub thorough: bool,
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
    /// The models' lines are read once, here.
    pub fn new(places: Arc<Places>, policy: Arc<Policy>, scorer: &dyn Scorer) -> Pipeline {
        let slots = places.len() * Kind::COUNT;
        Pipeline {
            memories: (0..slots).map(|_| Memory::default()).collect(),
            board: Board::new(&places, scorer),
            window: Window::new(places, policy),
            changed: BTreeSet::new(),
            reviews: (0..slots).map(|_| None).collect(),
            calms: alloc::vec![Calm::NOTHING; slots],
            agenda: BTreeSet::new(),
            regencies: Vec::new(),
            touched: Touched::default(),
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
                    self.window.tick(self.clock.hour());
                }
                let happened = match &report.body {
                    Body::Statement(told) => told.occurred_at,
                    _ => report.reported_at,
                };
                // A day's end that stands for an unknown time is no lateness.
                self.late += u64::from(!report.reconstructed && self.is_late(happened, received));
                let bygone = self.clock.since(happened) > self.window.policy.repair_horizon;
                let mut touched = core::mem::take(&mut self.touched);
                touched.clear();
                core::mem::swap(&mut touched.effects, out);
                self.window.insert(report, bygone, &mut touched);
                core::mem::swap(&mut touched.effects, out);
                self.after(&touched, out);
                self.touched = touched;
            }
        }
    }

    /// Re-scores and re-judges what a record touched.
    fn after(&mut self, touched: &Touched, out: &mut Vec<Effect>) {
        let bygone = touched.oldest.is_some_and(|oldest| oldest < assess::day(self.clock.hour()));
        let mut regencies = core::mem::take(&mut self.regencies);
        for slot in &touched.slots {
            if bygone {
                self.board.reconsider(&self.window.places, *slot);
            }
            self.assess(*slot, self.clock, out);
            let regency = self.regency(*slot);
            if regency != *slot && !regencies.contains(&regency) {
                regencies.push(regency);
            }
        }
        // A district that lets go makes its regency look at itself: by what is so now.
        for regency in &regencies {
            self.assess(*regency, self.clock, out);
        }
        for slot in touched.slots.iter().chain(&regencies) {
            let told = self.told(*slot);
            self.judge(*slot, touched, told, out);
        }
        regencies.clear();
        self.regencies = regencies;
        self.heard(touched, out);
    }

    /// Says at once where more or fewer feeds are heard than before: no data is no data until the next hour otherwise.
    fn heard(&mut self, touched: &Touched, out: &mut Vec<Effect>) {
        for unit in &touched.heard {
            for kind in Kind::ALL {
                let slot = Slot::new(*unit, *kind);
                if touched.slots.contains(&slot) {
                    continue;
                }
                let (spoke, told) = self.assess(slot, self.clock, out);
                if spoke {
                    self.judge(slot, &Touched::default(), told, out);
                }
            }
        }
    }

    /// The slot of the same kind in a slot's regency.
    fn regency(&self, slot: Slot) -> Slot {
        Slot::new(self.window.places.regency(slot.unit()), slot.kind())
    }

    fn advance(&mut self, hour: Hour, out: &mut Vec<Effect>) {
        self.clock = self.clock.max(hour.start());
        self.tick = Some(hour);
        self.window.tick(hour);
        self.board.tick(&self.window, hour);
        let (at, nothing) = (hour.start(), Touched::default());
        let mut regencies = core::mem::take(&mut self.regencies);
        for index in 0..self.memories.len() {
            let slot = Slot(index as u32);
            let (spoke, told) = self.assess(slot, at, out);
            if spoke && self.regency(slot) == slot {
                regencies.push(slot);
            } else if spoke {
                self.judge(slot, &nothing, told, out);
            }
        }
        // What a regency's districts say already is not said again, so they come first.
        for slot in regencies.drain(..) {
            let told = self.told(slot);
            self.judge(slot, &nothing, told, out);
        }
        self.regencies = regencies;
        while let Some((when, slot)) = self.agenda.first().copied().filter(|(when, _)| *when <= at) {
            self.agenda.remove(&(when, slot));
            let told = self.told(slot);
            self.rejudge((slot, false), &nothing, told, out);
        }
    }

    /// Says some risks anew, whatever was told of them before: another model speaks there now. As of the last input, and
    /// a moment after it, so that what the former model told last stays to be read.
    pub fn restate(&mut self, stale: &[(Slot, Horizon)], out: &mut Vec<Effect>) {
        let moment = self.clock.plus(1);
        if moment.hour() == self.clock.hour() {
            self.clock = moment;
        }
        let mut slots = BTreeSet::new();
        for (slot, horizon) in stale {
            self.memories[slot.index()].said[horizon.index()] = None;
            // As in a tick, districts come before what their regency may not repeat.
            slots.insert((self.regency(*slot) == *slot, *slot));
        }
        for (_, slot) in slots {
            let (_, told) = self.assess(slot, self.clock, out);
            self.judge(slot, &Touched::default(), told, out);
        }
    }

    /// Scores a slot and says what moved far enough: whether anything was said, and what the week's model told last.
    #[inline]
    fn assess(&mut self, slot: Slot, at: Time, out: &mut Vec<Effect>) -> (bool, Told) {
        let seen = self.board.look(&self.window, slot, at.hour());
        let emit = self.window.policy.emit_ppm;
        let standings = self.board.lines(slot).standings;
        let memory = &mut self.memories[slot.index()];
        let mut spoke = false;
        for horizon in [Horizon::Week, Horizon::Month] {
            let (risk_ppm, level) = (seen.risks[horizon.index()], seen.levels[horizon.index()]);
            let now = Said { risk_ppm, level, completeness_ppm: seen.completeness };
            let said = &mut memory.said[horizon.index()];
            if now.is_news(*said, emit) {
                *said = Some(now);
                spoke = true;
                let why = self.explains.then(|| self.board.explain(&self.window, slot, at.hour()));
                out.push(Effect::Assessment(Assessment {
                    unit: slot.unit(),
                    kind: slot.kind(),
                    horizon,
                    at,
                    risk_ppm,
                    base_ppm: seen.bases[horizon.index()],
                    level,
                    completeness_ppm: seen.completeness,
                    model: standings[horizon.index()].model,
                    calibrated: standings[horizon.index()].calibrated,
                    why: why.map(|all| Box::new(all.why(horizon, self.board.lines(slot)))),
                }));
            }
        }
        let week = Horizon::Week.index();
        let told = Told {
            risk_ppm: memory.said[week].map_or(0, |said| said.risk_ppm),
            standing: scorer::Standing { base_ppm: seen.bases[week], ..standings[week] },
            completeness: seen.completeness,
            current: self.calms[slot.index()].current,
        };
        if spoke {
            self.remember(slot);
        }
        (spoke, told)
    }

    /// What the week's model last told of a slot.
    fn told(&mut self, slot: Slot) -> Told {
        let hour = self.clock.hour();
        let week = Horizon::Week.index();
        let base_ppm = self.board.bases(&self.window, slot, hour)[week];
        Told {
            risk_ppm: self.memories[slot.index()].said[week].map_or(0, |said| said.risk_ppm),
            standing: scorer::Standing { base_ppm, ..self.board.lines(slot).standings[week] },
            completeness: self.window.completeness(slot.unit(), hour),
            current: self.calms[slot.index()].current,
        }
    }

    /// Brings a slot's condition to what rules, model and districts say now.
    #[inline]
    fn judge(&mut self, slot: Slot, touched: &Touched, told: Told, out: &mut Vec<Effect>) {
        let stirred = !touched.incidents.is_empty() && self.stirred(slot, touched);
        let stirred = stirred || self.thorough;
        if stirred || !self.calms[slot.index()].stays(told.level(&self.window.policy), self.clock) {
            self.rejudge((slot, stirred), touched, told, out);
        }
    }

    /// True where something changed that a rule counts here, or that what stands here rests on: where the model alone
    /// or the districts raised it, all that was ever counted.
    fn stirred(&self, slot: Slot, touched: &Touched) -> bool {
        if touched.lessened && self.rests_on_no_incident(slot) {
            return true;
        }
        let found = self.reviews[slot.index()].as_deref().map_or(&[][..], |review| &review.found.evidence);
        let held = self.memories[slot.index()].condition.as_deref().map_or(&[][..], |held| &held.evidence);
        touched.incidents.iter().any(|(id, fused)| {
            let counted =
                |fused: &Fused| fused.slot == slot && condition::matters(&self.window.policy, fused);
            fused.as_ref().is_some_and(counted) || found.contains(id) || held.contains(id)
        })
    }

    /// True where a condition stands that names no incident: the model's word, or the districts'.
    fn rests_on_no_incident(&self, slot: Slot) -> bool {
        self.memories[slot.index()].condition.as_deref().is_some_and(|held| held.evidence.is_empty())
    }

    /// True for a regency where nothing stands but in one of its districts: what the district says already, the
    /// regency's model does not say again.
    fn is_said_below(&self, slot: Slot) -> bool {
        let stands = |slot: Slot| self.memories[slot.index()].condition.is_some();
        let mut districts = self.window.places.districts(slot.unit());
        self.regency(slot) == slot
            && !stands(slot)
            && districts.any(|unit| stands(Slot::new(unit, slot.kind())))
    }

    /// True for a regency of which enough districts stand at siaga or above to count.
    fn burning(&self, slot: Slot) -> bool {
        let places = &self.window.places;
        let stands = |unit: &UnitId| {
            let held = &self.memories[Slot::new(*unit, slot.kind()).index()].condition;
            held.as_ref().is_some_and(|held| held.level >= Level::Siaga)
        };
        let needed = self.window.policy.regency_districts as usize;
        self.regency(slot) == slot
            && needed > 0
            && places.districts(slot.unit()).filter(stands).take(needed).count() == needed
    }

    fn rejudge(
        &mut self,
        (slot, stirred): (Slot, bool),
        touched: &Touched,
        told: Told,
        out: &mut Vec<Effect>,
    ) {
        let at = self.clock;
        self.rule(slot, stirred);
        let rules = self.reviews[slot.index()].as_deref().map(|review| &review.found);
        let model = if self.is_said_below(slot) { Level::Low } else { told.level(&self.window.policy) };
        let least = rules.map_or(Level::Low, |found| found.level).max(model);
        if least.max(told.current) < Level::Waspada && !self.burning(slot) {
            return self.plan(slot);
        }
        let finding = self.find((slot, at), told, rules.cloned().unwrap_or_default());
        let now = Now { at, completeness: told.completeness, repaired: self.repaired(slot, touched) };
        let mut held = self.memories[slot.index()].condition.take();
        let change = condition::step(&self.window.policy, &mut held, finding, now);
        let last = held.as_deref().zip(change);
        let last = last.map(|(held, change)| condition::told(&self.window.policy, slot, change, held, now));
        let gone = matches!(change, Some(Change::Cleared | Change::Withdrawn));
        self.memories[slot.index()].condition = held.filter(|_| !gone);
        self.remember(slot);
        self.plan(slot);
        let Some(told) = last else { return };
        out.push(Effect::Condition(Box::new(told)));
        let regency = self.regency(slot);
        if regency != slot {
            let told = self.told(regency);
            self.rejudge((regency, false), &Touched::default(), told, out);
        }
    }

    /// Asks the rules anew where something they count changed or time ran out on what they found.
    fn rule(&mut self, slot: Slot, stirred: bool) {
        let review = &mut self.reviews[slot.index()];
        if !stirred && review.as_ref().is_none_or(|review| review.holds > self.clock) {
            return;
        }
        let (found, holds) = condition::rules(&self.window, slot, self.clock);
        match review {
            Some(review) => (review.found, review.holds) = (found, holds),
            None if found.level < Level::Waspada && holds == HOLDS => {}
            None => *review = Some(Box::new(Review { found, holds, due: HOLDS })),
        }
    }

    /// Puts a slot's next review on the agenda, or takes it off, and notes until when there is nothing to judge.
    fn plan(&mut self, slot: Slot) {
        let (policy, burning) = (&self.window.policy, self.burning(slot));
        let standing = self.memories[slot.index()].condition.as_deref();
        let next = standing.map_or(HOLDS, |standing| condition::review(policy, standing, self.clock));
        let review = &mut self.reviews[slot.index()];
        let holds = review.as_ref().map_or(HOLDS, |review| review.holds);
        let (old, due) = (review.as_ref().map(|review| review.due), next.min(holds));
        let mut calm = Calm { until: holds, ..Calm::NOTHING };
        if standing.is_none() && due == HOLDS {
            *review = None;
        } else {
            let nothing = || Box::new(Review { found: Finding::default(), holds, due });
            let review = review.get_or_insert_with(nothing);
            review.due = due;
            if let Some(standing) = standing {
                calm = Calm::of(policy, standing, (&review.found, holds), self.clock);
            }
        }
        if burning {
            calm.until = Time::MIN;
        }
        self.calms[slot.index()] = calm;
        if let Some(old) = old.filter(|old| *old != due) {
            self.agenda.remove(&(old, slot));
        }
        if due < HOLDS {
            self.agenda.insert((due, slot));
        }
    }

    fn remember(&mut self, slot: Slot) {
        if self.explains {
            self.changed.insert(slot);
        }
    }

    fn find(&self, (slot, at): (Slot, Time), told: Told, rules: Finding) -> Finding {
        let finding = match self.is_said_below(slot) {
            true => rules,
            false => condition::with_model(&self.window, (slot, at), told, rules),
        };
        let places = &self.window.places;
        if !self.burning(slot) {
            return finding;
        }
        let levels = places.districts(slot.unit()).map(|unit| {
            let held = &self.memories[Slot::new(unit, slot.kind()).index()].condition;
            held.as_ref().map_or(Level::Low, |held| held.level)
        });
        condition::with_districts(&self.window.policy, levels.collect(), finding)
    }

    /// When evidence behind a condition changed: the level today's evidence supports for the time it was reached.
    fn repaired(&self, slot: Slot, touched: &Touched) -> Option<Level> {
        let held = self.memories[slot.index()].condition.as_deref()?;
        let named = held.evidence.iter().any(|id| touched.incidents.iter().any(|(other, _)| other == id));
        let lessened = touched.lessened && held.evidence.is_empty();
        if !named && !lessened {
            return None;
        }
        let then = held.reached;
        let lines = self.board.lines(slot);
        let assessed = self.board.then(&self.window, slot, then.hour());
        let week = Horizon::Week.index();
        let told = Told {
            risk_ppm: assessed.risks[week],
            standing: scorer::Standing { base_ppm: assessed.bases[week], ..lines.standings[week] },
            completeness: assessed.completeness,
            current: Level::Low,
        };
        let (rules, _) = condition::rules(&self.window, slot, then);
        Some(self.find((slot, then), told, rules).level)
    }

    /// What another process shows of a slot of its own: its 14-day sum as of its last bucket. Counts from the next tick.
    pub fn see(&mut self, slot: Slot, bucket: Hour, fortnight: f64) {
        self.board.see(slot, bucket, fortnight);
    }
}
