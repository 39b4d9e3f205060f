//! Which slots an hourly tick must look at. A risk that cannot have moved far enough is left alone,
//! so a tick over the whole country costs what happens, not what exists.
//!
//! Bounds are safe, not exact: a slot may be looked at too often, never too seldom (a test compares
//! with looking at every slot every hour).

use crate::assess::{self, Around, Assessed, Basis};
use crate::feature::COUNT;
use crate::kind::{Horizon, Kind, Level};
use crate::place::{Places, UnitId};
use crate::scorer::{Cell, Standing};
use crate::time::{Hour, Time};
use crate::window::{Slot, Window};
use alloc::{vec, vec::Vec};

/// Positions in the feature vector of what comes from around a slot.
const NEIGHBOURS: usize = 4;
const REGENCY: usize = 5;

/// A slot's 14-day sum as it was known at the last tick that saw it change.
#[derive(Clone, Copy, Default)]
struct View {
    /// The last bucket counted; the sum fades from there.
    hour: Hour,
    fortnight: f64,
    /// Reports came since.
    behind: bool,
}

/// Risk and level last told, by horizon.
pub type Said = [Option<(u32, Level)>; Horizon::COUNT];

/// When a slot must be looked at again.
#[derive(Clone, Copy)]
struct Plan {
    looked: Hour,
    /// Look at the latest then; `Hour(i32::MIN)` means at the next tick.
    due: Hour,
    around: Around,
    /// The regency's total then: what is usual here depends on it.
    total: f64,
    /// How far each horizon's logit may move, and how fast it moves at most without news from around.
    slack: [f64; Horizon::COUNT],
    speed: [f64; Horizon::COUNT],
}

const AT_ONCE: Plan = Plan {
    looked: Hour(i32::MIN),
    due: Hour(i32::MIN),
    around: Around { neighbours: 0.0, regency: 0.0 },
    total: 0.0,
    slack: [0.0; 2],
    speed: [0.0; 2],
};

pub struct Schedule {
    /// The neighbours of each unit that are in the register.
    neighbours: Vec<Vec<UnitId>>,
    /// Regencies that look across at a unit: its own and its neighbours'.
    watchers: Vec<Vec<UnitId>>,
    views: Vec<View>,
    behind: Vec<Slot>,
    plans: Vec<Plan>,
    /// By regency slot: something changed in or around it, and when its first slot is due.
    stirred: Vec<bool>,
    first_due: Vec<Hour>,
    /// By kind, horizon and whether it is a regency's.
    slopes: Vec<[f64; COUNT]>,
}

impl Schedule {
    pub fn new(places: &Places) -> Schedule {
        let neighbours: Vec<Vec<UnitId>> = places
            .ids()
            .map(|unit| places.unit(unit).neighbours.iter().filter_map(|code| places.find(*code)).collect())
            .collect();
        let mut watchers: Vec<Vec<UnitId>> = places.ids().map(|unit| vec![places.regency(unit)]).collect();
        for (unit, around) in neighbours.iter().enumerate() {
            let regency = places.regency(UnitId(unit as u16));
            for other in around {
                let watching = &mut watchers[other.index()];
                if !watching.contains(&regency) {
                    watching.push(regency);
                }
            }
        }
        let slots = places.len() * Kind::COUNT;
        Schedule {
            neighbours,
            watchers,
            views: vec![View::default(); slots],
            behind: Vec::new(),
            plans: vec![AT_ONCE; slots],
            stirred: vec![true; slots],
            first_due: vec![Hour(i32::MIN); slots],
            slopes: Vec::new(),
        }
    }

    /// A slot's incidents changed.
    pub fn touch(&mut self, places: &Places, slot: Slot) {
        let regency = Slot::new(places.regency(slot.unit()), slot.kind());
        for slot in [slot, regency] {
            if !core::mem::replace(&mut self.views[slot.index()].behind, true) {
                self.behind.push(slot);
            }
            self.plans[slot.index()].due = Hour(i32::MIN);
        }
        for watcher in &self.watchers[slot.unit().index()] {
            self.stirred[Slot::new(*watcher, slot.kind()).index()] = true;
        }
    }

    /// A unit was heard: its completeness may have changed for every kind.
    pub fn heard(&mut self, places: &Places, unit: UnitId) {
        for kind in Kind::ALL {
            let regency = Slot::new(places.regency(unit), *kind);
            self.stirred[regency.index()] = true;
            self.plans[regency.index()].due = Hour(i32::MIN);
            self.plans[Slot::new(unit, *kind).index()].due = Hour(i32::MIN);
        }
    }

    /// After a restart: views as of the last tick, everything looked at anew.
    pub fn begin(&mut self, window: &Window, tick: Hour) {
        for (index, view) in self.views.iter_mut().enumerate() {
            let slot = Slot(index as u32);
            let (hour, fortnight) = window.series(slot).fortnight_at(&window.weights, Hour(tick.0 - 1));
            *view = View { hour, fortnight, behind: false };
        }
        self.behind.clear();
    }

    /// What surrounds a slot, as known at the last tick.
    pub fn around(&self, window: &Window, slot: Slot, hour: Hour) -> Around {
        let before = Hour(hour.0 - 1);
        let seen = |unit: UnitId| {
            let view = &self.views[Slot::new(unit, slot.kind()).index()];
            if view.fortnight == 0.0 {
                0.0
            } else {
                view.fortnight * window.weights.after((before.0 - view.hour.0).max(0))[1]
            }
        };
        Around {
            neighbours: assess::mean(&self.neighbours[slot.unit().index()], seen),
            regency: seen(window.places.regency(slot.unit())),
        }
    }

    /// The slots a tick must look at, in order.
    pub fn due(&mut self, basis: &Basis<'_>, hour: Hour) -> Vec<Slot> {
        self.learn_slopes(basis);
        let window = basis.window;
        let before = Hour(hour.0 - 1);
        for slot in core::mem::take(&mut self.behind) {
            let (hour, fortnight) = window.series(slot).fortnight_at(&window.weights, before);
            self.views[slot.index()] = View { hour, fortnight, behind: false };
        }
        let mut due = Vec::new();
        for regency in window.places.regency_ids() {
            for kind in Kind::ALL {
                let own = Slot::new(regency, *kind);
                if self.stirred[own.index()] || self.first_due[own.index()] <= hour {
                    self.stirred[own.index()] = false;
                    self.look(window, own, hour, &mut due);
                }
            }
        }
        due
    }

    fn look(&mut self, window: &Window, regency: Slot, hour: Hour, due: &mut Vec<Slot>) {
        let mut first = Hour(i32::MAX);
        let units = core::iter::once(regency.unit()).chain(window.places.districts(regency.unit()));
        for unit in units {
            let slot = Slot::new(unit, regency.kind());
            if self.plans[slot.index()].due <= hour || self.may_have_moved(window, slot, hour) {
                due.push(slot); // its plan is made anew when it is assessed
                first = hour.next().min(first);
            } else {
                first = first.min(self.plans[slot.index()].due);
            }
        }
        self.first_due[regency.index()] = first;
    }

    /// Whether news from around a slot used up its slack; if not, its due hour moves accordingly.
    fn may_have_moved(&mut self, window: &Window, slot: Slot, hour: Hour) -> bool {
        let around = self.around(window, slot, hour);
        let plan = self.plans[slot.index()];
        let mut due = plan.due;
        if assess::regency_total(window, slot, hour).to_bits() != plan.total.to_bits() {
            return true;
        }
        let hours = f64::from(hour.0 - plan.looked.0);
        let moved = |now: f64, then: f64| libm::fabs(libm::log1p(now) - libm::log1p(then));
        let (neighbours, regency) =
            (moved(around.neighbours, plan.around.neighbours), moved(around.regency, plan.around.regency));
        for index in 0..Horizon::COUNT {
            let slopes = self.slopes(window, slot, index);
            // The speed counts the fading of what was around; news comes on top of it.
            let used =
                slopes[NEIGHBOURS] * neighbours + slopes[REGENCY] * regency + plan.speed[index] * hours;
            if used >= plan.slack[index] {
                return true;
            }
            let fading = core::f64::consts::LN_2 / 336.0 * (slopes[NEIGHBOURS] + slopes[REGENCY]);
            due = due.min(after(hour, (plan.slack[index] - used) / (plan.speed[index] + fading)));
        }
        self.plans[slot.index()].due = due;
        false
    }

    /// Plans a slot's next look from the assessment just made.
    pub fn note(&mut self, basis: &Basis<'_>, (slot, at): (Slot, Time), assessed: &Assessed, said: Said) {
        let around = assessed.around;
        self.learn_slopes(basis);
        let window = basis.window;
        let hour = at.hour();
        let speeds = assessed.speeds();
        let total = assess::regency_total(window, slot, hour);
        let mut plan =
            Plan { looked: hour, due: Hour(i32::MAX), around, total, slack: [0.0; 2], speed: [0.0; 2] };
        for (index, horizon) in Horizon::ALL.iter().enumerate() {
            let slopes = self.slopes(window, slot, index);
            let own = basis.standing(slot, *horizon);
            let standing = Standing { base_ppm: assessed.bases[index], ..own };
            if !own.calibrated {
                // What is usual here is worked out anew each day.
                plan.due = plan.due.min(Hour((hour.0.div_euclid(24) + 1) * 24));
            }
            let Some(said) = said[index] else { continue };
            plan.speed[index] =
                slopes.iter().zip(speeds).map(|(slope, speed)| slope * speed).sum::<f64>() * (1.0 + 1e-9);
            // Where an hour alone may use it up, the exact slack is not worth two logarithms.
            let p = f64::from(assessed.risks[index]) / 1e6;
            if p * (1.0 - p) * plan.speed[index] * 1e6 > f64::from(basis.policy.emit_ppm) {
                plan.due = hour.next();
                continue;
            }
            plan.slack[index] = assess::slack(basis.policy, standing, said, assessed.logits[index]) - 1e-9;
            plan.due = plan.due.min(after(hour, plan.slack[index] / plan.speed[index]));
        }
        // A source's clock may run ahead: what it told of counts when its hour comes, though nothing is reported then.
        if window.series(slot).buckets().last().is_some_and(|bucket| bucket.hour > hour) {
            plan.due = hour.next();
        }
        if let Some(silence) = assess::next_silence(window, slot.unit()) {
            plan.due = plan.due.min(silence);
        }
        let regency = Slot::new(window.places.regency(slot.unit()), slot.kind());
        let first = &mut self.first_due[regency.index()];
        *first = (*first).min(plan.due);
        self.plans[slot.index()] = plan;
    }

    fn learn_slopes(&mut self, basis: &Basis<'_>) {
        if !self.slopes.is_empty() {
            return;
        }
        for kind in Kind::ALL {
            for horizon in Horizon::ALL {
                for regency in [false, true] {
                    self.slopes.push(basis.scorer.slopes(Cell { kind: *kind, horizon: *horizon, regency }));
                }
            }
        }
    }

    fn slopes(&self, window: &Window, slot: Slot, horizon: usize) -> &[f64; COUNT] {
        let regency = window.places.code(slot.unit()).is_regency();
        &self.slopes[(slot.kind().index() * Horizon::COUNT + horizon) * 2 + usize::from(regency)]
    }
}

/// `hour` plus whole hours of `wait`, at least one.
fn after(hour: Hour, wait: f64) -> Hour {
    let hours = if wait < 1e6 { libm::floor(wait).max(1.0) as i32 } else { 1_000_000 };
    Hour(hour.0.saturating_add(hours))
}
