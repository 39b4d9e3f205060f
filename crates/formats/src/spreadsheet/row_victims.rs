//! Columns of victims in words, "2 luka ringan, 1 MD", and what a row counts in them: how many people were hurt whom no column
//! of numbers counts.

use super::cells;
use super::column::ColumnMeaning;
use super::harm_counts::{PartColumn, PartSums};
use super::harm_heading;
use super::header::HeadedSheet;
use super::mapping::TableMapping;
use super::reader::{TableRows, Trouble, trouble};
use crate::archive::words::letters;
use crate::chat::hurt::{HarmKind, HarmWords, PeopleHurt, people_hurt};
use crate::chat::token::{ChatWord, tokens};

/// A column of victims: not read, or of some of them beside such a column.
pub struct VictimColumn {
    column: usize,
    /// Which of them it counts; `None` where its heading is not understood.
    part: PartColumn,
    number: BareNumber,
    /// Its heading names a harm.
    is_of_harm: bool,
    /// Answers of a group that repeats for each victim, which do not say how many there are.
    is_listed: bool,
}

/// What a cell counts that holds a number and no words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum BareNumber {
    Victims,
    /// Perhaps people.
    Unknown,
    NoVictims,
}

/// The columns of victims that are not read. Where they are of some people each, and no column counts the dead or the injured,
/// also those that count others by number: "Korban Warga" 1 MD, "Korban Polri" 2.
pub fn columns(table: &HeadedSheet, mapping: &TableMapping) -> Vec<VictimColumn> {
    let (mut unread, mut numbered) = (Vec::new(), Vec::new());
    for (column, heading) in table.headings.iter().enumerate() {
        let own = VictimColumn::of(column, heading, mapping);
        match mapping.columns[column] {
            None => unread.extend(own),
            Some(ColumnMeaning::Casualties) => numbered.extend(own),
            Some(_) => {}
        }
    }
    let set_apart: Vec<Vec<&str>> =
        unread.iter().filter_map(VictimColumn::set_apart_by).map(<[&str]>::to_vec).collect();
    let is_of_others = |own: &VictimColumn| {
        let by = own.set_apart_by().filter(|by| !by.is_empty());
        by.is_some() && !set_apart.is_empty() && set_apart.iter().all(|other| by == Some(other))
    };
    if ![ColumnMeaning::Dead, ColumnMeaning::Injured].into_iter().any(|meaning| mapping.has(meaning)) {
        unread.extend(numbered.into_iter().filter(is_of_others));
    }
    unread
}

impl VictimColumn {
    fn of(column: usize, heading: &str, mapping: &TableMapping) -> Option<VictimColumn> {
        let (part, is_of_harm) = (harm_heading::victims(heading), harm_heading::names_harm(heading));
        let is_listed = is_of_each_victim(heading);
        let is_counted = harm_heading::counts_households(heading) && mapping.has(ColumnMeaning::Displaced);
        let is_of_victims = part.is_some() || harm_heading::names_victims(heading);
        if is_of_harm && is_counted || !is_of_harm && !is_of_victims {
            return None;
        }
        let number = if is_listed || is_counted || harm_heading::counts_no_people(heading) {
            BareNumber::NoVictims
        } else if part.is_some() {
            BareNumber::Victims
        } else {
            BareNumber::Unknown
        };
        Some(VictimColumn { column, part: part.map(|part| part.key()), number, is_of_harm, is_listed })
    }

    /// By what its people are set apart from other victims; empty where it counts all.
    fn set_apart_by(&self) -> Option<&[&'static str]> {
        self.part.as_ref().map(|(by, _)| by.as_slice())
    }

    /// True where nobody knows whom a cell counts.
    fn is_unclear(&self, written: &WrittenVictims) -> bool {
        let is_unknown = self.number == BareNumber::Unknown && written.number.is_some();
        is_unknown || self.is_of_harm && !written.is_counted()
    }

    /// True where a cell says something of victims and counts none: "satu keluarga" below "Korban", "5 KK" below "Korban (KK)".
    fn counts_nobody(&self, written: &WrittenVictims) -> bool {
        let says_some = match self.number {
            BareNumber::Victims => written.number.is_none(),
            BareNumber::Unknown => written.holds_number,
            BareNumber::NoVictims => false,
        };
        says_some && !written.is_counted()
    }

    /// The people hurt that a cell counts.
    fn counts(&self, cell: &str) -> Vec<(HarmKind, u32)> {
        let written = WrittenVictims::of(cell);
        match (written.number, self.number) {
            (Some(number), BareNumber::Victims) => vec![(HarmKind::Injured, number)],
            (Some(_), _) => Vec::new(),
            (None, _) => written.hurt_counts().collect(),
        }
    }
}

impl TableRows<'_> {
    /// A column whose cell says that people were hurt whom nothing of the row counts.
    pub(super) fn hidden_victims(&self, row: usize) -> Option<usize> {
        let hides = |own: &&VictimColumn| {
            let cell = self.table.sheet.cell(row, own.column);
            let counts_some = !matches!(cells::count(cell), Some(None | Some(0)));
            let written = WrittenVictims::of(cell);
            let is_lost = || own.counts_nobody(&written) && !self.counts_anybody(row);
            counts_some && (own.is_unclear(&written) || self.hides_victims(row, &written) || is_lost())
        };
        self.unread.victims.iter().find(hides).map(|own| own.column)
    }

    /// True where a cell leaves open how many people were hurt whom no column of the row counts: "MD" beside an empty "Meninggal".
    fn hides_victims(&self, row: usize, written: &WrittenVictims) -> bool {
        use ColumnMeaning::{Casualties, Dead, Displaced, Injured, Missing};
        let hurt = &written.hurt;
        let is_open =
            |of: fn(&HarmWords) -> bool| [&hurt.uncounted, &hurt.further, &hurt.unknown].into_iter().any(of);
        let dead = is_open(|words| words.dead.is_some());
        let injured = is_open(|words| words.injured.is_some());
        let displaced = is_open(|words| words.displaced.is_some()) || hurt.households.is_some();
        let counts = |meaning: ColumnMeaning| {
            let mut cells = self.mapping.of(meaning).map(|column| self.table.sheet.cell(row, column));
            cells.any(|cell| !matches!(cells::count(cell), Some(None | Some(0))))
        };
        dead && !counts(Dead)
            || hurt.missing.is_some() && !counts(Missing)
            || injured && !counts(Injured) && !counts(Casualties)
            || displaced && !counts(Displaced)
    }

    /// The people hurt that cells of victims in words count, where no column of its own does: "2 luka ringan, 1 MD". Each harm
    /// once: columns of parts are summed, and one of all stands for its parts.
    pub(super) fn victims(&self, row: usize) -> Result<Vec<(HarmKind, u32)>, Trouble> {
        let counted: Vec<(&VictimColumn, HarmKind, u32)> = self.counted_victims(row).collect();
        let mut found = Vec::new();
        for harm in [HarmKind::Dead, HarmKind::Injured, HarmKind::Displaced] {
            let (mut sums, mut columns) = (PartSums::default(), Vec::new());
            for &(own, _, count) in counted.iter().filter(|(_, counted, _)| *counted == harm) {
                columns.push(own);
                // Whether two headings that are not understood are of the same people, nobody knows: each is of a sort alone.
                let apart = || (vec!["heading"; columns.len()], "some".to_owned());
                sums.add(own.part.clone().unwrap_or_else(apart), count);
            }
            let total =
                sums.total().map_err(|counts| match columns.iter().find(|own| own.part.is_none()) {
                    Some(VictimColumn { column, .. }) => {
                        let cell = self.table.sheet.cell(row, *column);
                        trouble(true, Some(*column), cell, ("sheet.unread_harm", vec![]))
                    }
                    None => {
                        let first = columns.first().map(|own| own.column);
                        trouble(true, first, &counts, ("sheet.counts_differ", vec![]))
                    }
                })?;
            found.extend(total.map(|total| (harm, total)));
        }
        Ok(found)
    }

    /// The people hurt that each column of victims in words counts, or by number where others do in words.
    pub(super) fn counted_victims(&self, row: usize) -> impl Iterator<Item = (&VictimColumn, HarmKind, u32)> {
        self.unread.victims.iter().filter(|own| !own.is_listed).flat_map(move |own| {
            let counts = own.counts(self.table.sheet.cell(row, own.column));
            counts.into_iter().map(move |(harm, count)| (own, harm, count))
        })
    }
}

/// True for the heading of an answer in a group that repeats for each victim: "korban/nama".
pub fn is_of_each_victim(heading: &str) -> bool {
    let groups = heading.rsplit_once('/').map_or("", |(groups, _)| groups);
    groups.split('/').any(|group| ["korban", "victim"].iter().any(|own| letters(group).contains(own)))
}

/// What a cell says of people hurt.
struct WrittenVictims {
    hurt: PeopleHurt,
    /// A number alone: of people of whom nobody says how they were hurt.
    number: Option<u32>,
    /// A number stands in it, in digits or as a word.
    holds_number: bool,
}

impl WrittenVictims {
    fn of(cell: &str) -> WrittenVictims {
        let words = tokens(cell, 0..cell.len());
        let mut hurt = people_hurt(cell, &words);
        // Below a heading of victims a number of the missing is one of people: "2 hilang".
        let counts_missing =
            |pair: &&[ChatWord]| pair[0].number().is_some_and(|n| n > 0) && pair[1].is(&["hilang"]);
        if let Some(pair) = words.windows(2).find(counts_missing) {
            hurt.missing = hurt.missing.or(Some(pair[1].span.clone()));
        }
        let alone = match words.as_slice() {
            [word] => word.number(),
            _ => None,
        };
        WrittenVictims {
            hurt,
            number: cells::count(cell).flatten().or(alone).filter(|number| *number > 0),
            holds_number: words.iter().any(|word| word.number().is_some_and(|number| number > 0)),
        }
    }

    /// True where it says how many were hurt in which way, and leaves nothing open.
    fn is_counted(&self) -> bool {
        self.hurt.look_at().is_empty() && self.hurt_counts().next().is_some()
    }

    fn hurt_counts(&self) -> impl Iterator<Item = (HarmKind, u32)> + '_ {
        let PeopleHurt { dead, injured, displaced, .. } = &self.hurt;
        let slots = [(HarmKind::Dead, dead), (HarmKind::Injured, injured), (HarmKind::Displaced, displaced)];
        slots.into_iter().filter_map(|(harm, slot)| Some((harm, slot.as_ref()?.value)))
    }
}
