//! The board: what every slot stands on between two ticks, side by side in memory, so that a tick over the whole
//! country is one walk. Nothing here is evidence: all of it follows from the window and the models.

use crate::assess::{self, Around, Assessed, Given};
use crate::feature;
use crate::kind::{Horizon, Kind};
use crate::place::{Places, UnitId};
use crate::scorer::{Lines, Scorer};
use crate::time::Hour;
use crate::window::{Slot, Window};
use alloc::{vec, vec::Vec};

pub struct Board {
    /// The different pairs of lines, and which of them speaks for each slot.
    lines: Vec<Lines>,
    speaks: Vec<u16>,
    /// Neighbours that are in the register, unit after unit, and where each unit's begin.
    neighbours: Vec<UnitId>,
    starts: Vec<u32>,
    /// The 14-day decayed count of each slot as of one hour before the last tick.
    seen: Vec<f64>,
    usual: Vec<Usual>,
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

const UNKNOWN: Usual = Usual { today: Hour(i32::MIN), began: None, bases: [0; Horizon::COUNT] };

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
        let (seen, usual) = (vec![0.0; slots], vec![UNKNOWN; slots]);
        Board { lines, speaks, neighbours, starts, seen, usual, season: (Hour(i32::MIN), [0.0; 2]) }
    }

    pub fn lines(&self, slot: Slot) -> &Lines {
        &self.lines[usize::from(self.speaks[slot.index()])]
    }

    /// A new hour: what surrounds a slot is as of the hour before, from all that came in by now.
    pub fn tick(&mut self, window: &Window, hour: Hour) {
        for (index, seen) in self.seen.iter_mut().enumerate() {
            *seen = assess::fortnight(window, Slot(index as u32), Hour(hour.0 - 1));
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

    /// Everything about a slot in the running hour.
    #[inline]
    pub fn look(&mut self, window: &Window, slot: Slot, hour: Hour) -> Assessed {
        if self.season.0 != hour {
            self.season = (hour, feature::season(hour));
        }
        let bases = self.bases(window, slot, hour);
        let around = self.around(window, slot);
        let lines = &self.lines[usize::from(self.speaks[slot.index()])];
        assess::assess(window, slot, hour, Given { lines, around, bases, season: self.season.1 })
    }
}
