//! The board: what every slot stands on between two ticks, side by side in memory, so that a tick over the whole
//! country is one walk. Nothing here is evidence: all of it follows from the window and the models.

use crate::assess::{self, Around, Assessed, Given};
use crate::feature::{self, Ahead};
use crate::kind::{Horizon, Kind, Level};
use crate::number::ln;
use crate::place::{Places, UnitId};
use crate::scorer::{Lines, Scorer, ppm};
use crate::time::Hour;
use crate::window::{Slot, Window};
use alloc::{collections::BTreeMap, vec, vec::Vec};

pub struct Board {
    /// The different pairs of lines, and which of them speaks for each slot.
    lines: Vec<Lines>,
    speaks: Vec<u16>,
    /// Neighbours that are in the register, unit after unit, and where each unit's begin.
    neighbours: Vec<UnitId>,
    starts: Vec<u32>,
    /// The 14-day decayed count of each slot as of one hour before the last tick; of a regency's, its feature too.
    seen: Vec<f64>,
    seen_log: Vec<f64>,
    /// Slots that another process owns: the 14-day sum it showed, and the hour of its last bucket.
    shown: BTreeMap<Slot, (Hour, f64)>,
    usual: Vec<Usual>,
    ages: Vec<Age>,
    /// The season's features of the running hour.
    season: (Hour, [f64; 2]),
}

/// What a slot's risks are compared with, and what that was worked out from.
#[derive(Clone, Copy)]
struct Usual {
    today: Hour,
    began: Option<Hour>,
    bases: [u32; Horizon::COUNT],
}

/// How long a regency's history is at an hour.
#[derive(Clone, Copy)]
struct Age {
    began: Option<Hour>,
    hour: Hour,
    weeks: f64,
    log: f64,
}

const AGELESS: Age = Age { began: None, hour: Hour(i32::MIN), weeks: 0.0, log: 0.0 };
const UNKNOWN: Usual = Usual { today: Hour(i32::MIN), began: None, bases: [0; Horizon::COUNT] };

/// What the models say of a slot, and what it is compared with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Looked {
    pub risks: [u32; Horizon::COUNT],
    pub levels: [Level; Horizon::COUNT],
    pub completeness: u32,
    pub bases: [u32; Horizon::COUNT],
}

impl Board {
    pub fn new(places: &Places, scorer: &dyn Scorer) -> Board {
        let slots = places.len() * Kind::COUNT;
        let (mut lines, mut speaks) = (Vec::new(), Vec::with_capacity(slots));
        for slot in (0..slots).map(|index| Slot(index as u32)) {
            let own = Lines::of(scorer, places.code(slot.unit()), slot.kind());
            let known = lines.iter().position(|other| *other == own).unwrap_or_else(|| {
                lines.push(own);
                lines.len() - 1
            });
            speaks.push(known as u16);
        }
        let (mut neighbours, mut starts) = (Vec::new(), vec![0]);
        for unit in places.ids() {
            neighbours.extend(places.unit(unit).neighbours.iter().filter_map(|code| places.find(*code)));
            starts.push(neighbours.len() as u32);
        }
        Board {
            lines,
            speaks,
            neighbours,
            starts,
            seen: vec![0.0; slots],
            seen_log: vec![0.0; slots],
            shown: BTreeMap::new(),
            usual: vec![UNKNOWN; slots],
            ages: vec![AGELESS; places.len()],
            season: (Hour(i32::MIN), [0.0; 2]),
        }
    }

    /// What another process shows of a slot of its own; counts from the next tick.
    pub fn see(&mut self, slot: Slot, bucket: Hour, fortnight: f64) {
        self.shown.insert(slot, (bucket, fortnight));
    }

    pub fn lines(&self, slot: Slot) -> &Lines {
        &self.lines[usize::from(self.speaks[slot.index()])]
    }

    /// A new hour: what surrounds a slot is as of the hour before, from all that came in by now.
    pub fn tick(&mut self, window: &Window, hour: Hour) {
        for index in 0..self.seen.len() {
            let slot = Slot(index as u32);
            self.seen[index] = assess::fortnight(window, slot, Hour(hour.0 - 1));
            if window.places.regency(slot.unit()) == slot.unit() {
                self.seen_log[index] = ln(1.0 + self.seen[index]);
            }
        }
        for (slot, (bucket, fortnight)) in &self.shown {
            let since = (hour.0 - 1 - bucket.0).max(0);
            self.seen[slot.index()] = window.weights.fade(&[0.0, *fortnight, 0.0, 0.0, 0.0], since)[1];
        }
    }

    /// Something that happened before today changed: what is usual in this regency is worked out anew.
    pub fn reconsider(&mut self, places: &Places, slot: Slot) {
        let regency = places.regency(slot.unit());
        for unit in core::iter::once(regency).chain(places.districts(regency)) {
            self.usual[Slot::new(unit, slot.kind()).index()] = UNKNOWN;
        }
    }

    /// What surrounds a slot, as known at the last tick.
    #[inline]
    fn around(&self, window: &Window, slot: Slot) -> Around {
        let unit = slot.unit();
        let own = self.starts[unit.index()] as usize..self.starts[unit.index() + 1] as usize;
        let seen = |unit: UnitId| self.seen[Slot::new(unit, slot.kind()).index()];
        Around {
            neighbours: assess::mean(&self.neighbours[own], seen),
            regency: seen(window.places.regency(unit)),
        }
    }

    /// What the slot's risks are compared with today.
    #[inline]
    pub fn bases(&mut self, window: &Window, slot: Slot, hour: Hour) -> [u32; Horizon::COUNT] {
        let (today, began) = (assess::day(hour), window.began(slot.unit()));
        let kept = self.usual[slot.index()];
        if (kept.today, kept.began) == (today, began) {
            return kept.bases;
        }
        let bases = assess::bases(window, self.lines(slot), slot, hour);
        self.usual[slot.index()] = Usual { today, began, bases };
        bases
    }

    /// How long the history of a slot's regency is, in weeks, and that number's logarithm in the features.
    #[inline]
    fn age(&mut self, window: &Window, regency: UnitId, hour: Hour) -> (f64, f64) {
        let began = window.began(regency);
        let age = &mut self.ages[regency.index()];
        if (age.began, age.hour) != (began, hour) {
            let weeks = assess::weeks(began, hour);
            *age = Age { began, hour, weeks, log: feature::weeks_log(weeks) };
        }
        (age.weeks, age.log)
    }

    /// What the models say of a slot in the running hour: the bits of [`assess::assess`], without the logarithms
    /// that no model asks for or that were taken before.
    #[inline]
    pub fn look(&mut self, window: &Window, slot: Slot, hour: Hour) -> Looked {
        let regency = window.places.regency(slot.unit());
        let (weeks, weeks_log) = self.age(window, regency, hour);
        let regency_log = self.seen_log[Slot::new(regency, slot.kind()).index()];
        let given = self.given(window, slot, hour);
        let (series, lines) = (window.series(slot), given.lines);
        let completeness = window.completeness(slot.unit(), hour);
        let sums = series.decayed(&window.weights, hour);
        let days_since = series.last(hour).map_or(-1.0, |last| f64::from(hour.0 - last.0) / 24.0);
        let mut logs =
            [1.0 + sums[0], 1.0 + sums[1], 1.0 + sums[2], 1.0 + feature::days_known(days_since, weeks)];
        logs.iter_mut().for_each(|x| *x = ln(*x));
        let [short, middle, long, days] = logs;
        let rare = |at: usize, log: &dyn Fn() -> f64| if lines.uses[at] { log() } else { 0.0 };
        let features = [
            short,
            middle,
            long,
            rare(3, &|| ln(1.0 + sums[3])),
            if given.around.neighbours == 0.0 { 0.0 } else { ln(1.0 + given.around.neighbours) },
            regency_log,
            series.total_log(hour) - weeks_log,
            rare(7, &|| feature::pace_log(sums[0], sums[1])),
            days,
            given.season[0],
            given.season[1],
            f64::from(completeness) / 1e6,
            rare(12, &|| ln(1.0 + sums[4])),
            rare(13, &|| ln(1.0 + series.within(hour, feature::MONTH))),
            given.ahead.calendar,
            given.ahead.agreement,
        ];
        let risks = ppm(lines.logits(&features));
        let levels = assess::levels(&window.policy, &given, risks, completeness);
        Looked { risks, levels, completeness, bases: given.bases }
    }

    /// The same with all that it rests on.
    pub fn explain(&mut self, window: &Window, slot: Slot, hour: Hour) -> Assessed {
        let given = self.given(window, slot, hour);
        assess::assess(window, slot, hour, given)
    }

    /// What today's evidence says of a past hour, amid the surroundings of the last tick: what lay around a slot back
    /// then another process may know, and must not be needed here.
    pub fn then(&self, window: &Window, slot: Slot, hour: Hour) -> Assessed {
        let lines = self.lines(slot);
        let bases = assess::bases(window, lines, slot, hour);
        let (around, season) = (self.around(window, slot), feature::season(hour));
        let given = Given { lines, around, bases, season, ahead: Ahead::NONE };
        assess::assess(window, slot, hour, given)
    }

    #[inline]
    fn given(&mut self, window: &Window, slot: Slot, hour: Hour) -> Given<'_> {
        if self.season.0 != hour {
            self.season = (hour, feature::season(hour));
        }
        let bases = self.bases(window, slot, hour);
        let around = self.around(window, slot);
        let lines = &self.lines[usize::from(self.speaks[slot.index()])];
        Given { lines, around, bases, season: self.season.1, ahead: Ahead::NONE }
    }
}
