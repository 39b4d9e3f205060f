//! What a row holds that no column reads and that must not be lost unseen: cells without a heading, people hurt under a heading
//! that nobody understands, a formula without its value.

use super::cells;
use super::column::{self, ColumnMeaning};
use super::harm_heading;
use super::header::HeadedSheet;
use super::mapping::TableMapping;
use super::reader::{TableRows, Trouble, trouble};
use super::xlsx::NO_VALUE;
use crate::archive::words::letters;
use crate::chat::hurt::{HarmKind, HarmWords, PeopleHurt, people_hurt};
use crate::chat::token::{ChatWord, tokens};

/// The columns of a table by what their cells may hide.
pub struct UnreadColumns {
    /// Behind the last column that has a heading or is read.
    end: usize,
    read: Vec<usize>,
    /// Not read, and people hurt under a heading that is not understood.
    counts: Vec<usize>,
    /// Not read, and victims in words.
    victims: Vec<usize>,
    /// Not read, and answers of a group that repeats for each victim: how many they are, and who.
    listed: Vec<usize>,
    /// A sheet of KoboToolbox that holds the answers of a group that repeats, and no submissions.
    is_of_repeats: bool,
}

impl UnreadColumns {
    pub fn of(table: &HeadedSheet, mapping: &TableMapping) -> UnreadColumns {
        let mut found = UnreadColumns {
            end: 0,
            read: Vec::new(),
            counts: Vec::new(),
            victims: Vec::new(),
            listed: Vec::new(),
            is_of_repeats: column::is_of_repeats(&table.headings),
        };
        for (column, heading) in table.headings.iter().enumerate() {
            let is_read = mapping.columns[column].is_some();
            if is_read || !heading.is_empty() {
                found.end = column + 1;
            }
            let is_counted =
                harm_heading::counts_households(heading) && mapping.has(ColumnMeaning::Displaced);
            if is_read {
                found.read.push(column);
            } else if harm_heading::names_harm(heading) {
                if !is_counted && !column::is_never_read(heading) {
                    found.counts.push(column);
                }
            } else if letters(heading).starts_with("korban") {
                found.victims.push(column);
            }
            if !is_read && is_of_each_victim(heading) {
                found.listed.push(column);
            }
        }
        found
    }
}

impl TableRows<'_> {
    /// Asks about a row whose cells say more than its columns read: cells to the right of the last heading, where a sign
    /// between cells stood in the prose or somebody wrote beside the table, and people hurt whom no column counts.
    pub(super) fn is_all_read(&self, row: usize) -> Result<(), Trouble> {
        let sheet = &self.table.sheet;
        let ask = |column, cell: &str, key| Err(trouble(true, column, cell, (key, vec![])));
        let UnreadColumns { end, read, counts, victims, listed, is_of_repeats } = &self.unread;
        if *is_of_repeats {
            return Err(trouble(false, None, "", ("sheet.repeats", vec![])));
        }
        if let Some(cell) = sheet.cells(row).skip(*end).find(|cell| !cell.is_empty()) {
            return ask(None, cell, "sheet.more_cells");
        }
        let is_formula = |column: &&usize| sheet.cell(row, **column) == NO_VALUE;
        if let Some(column) = read.iter().find(is_formula) {
            return ask(Some(*column), NO_VALUE, "sheet.formula");
        }
        let counts_some =
            |column: &usize| !matches!(cells::count(sheet.cell(row, *column)), Some(None | Some(0)));
        let hides = |column: &&usize| {
            let written = WrittenVictims::of(sheet.cell(row, **column));
            counts_some(column)
                && (counts.contains(column) && !written.is_counted() || self.hides_victims(&written))
        };
        if let Some(column) = counts.iter().chain(victims).find(hides) {
            return ask(Some(*column), sheet.cell(row, *column), "sheet.unread_harm");
        }
        // Their names are no example of anything: the question shows none.
        match listed.iter().find(|column| !sheet.cell(row, **column).is_empty()) {
            Some(column) if !self.counts_anybody(row) => ask(Some(*column), "", "sheet.listed_victims"),
            _ => Ok(()),
        }
    }

    /// True where a column, or a cell of victims in words, says how many were hurt.
    fn counts_anybody(&self, row: usize) -> bool {
        use ColumnMeaning::{Casualties, Dead, Injured, Missing};
        let columns = [Casualties, Dead, Injured, Missing].into_iter().flat_map(|own| self.mapping.of(own));
        let mut cells = columns.map(|column| self.table.sheet.cell(row, column));
        cells.any(|cell| cells::count(cell) != Some(None)) || !self.victims(row).is_empty()
    }

    /// True where a cell leaves open how many people were hurt whom no column counts.
    fn hides_victims(&self, written: &WrittenVictims) -> bool {
        use ColumnMeaning::{Casualties, Dead, Displaced, Injured, Missing};
        let hurt = &written.hurt;
        let is_open =
            |of: fn(&HarmWords) -> bool| [&hurt.uncounted, &hurt.further, &hurt.unknown].into_iter().any(of);
        let dead = is_open(|words| words.dead.is_some());
        let injured = is_open(|words| words.injured.is_some());
        let displaced = is_open(|words| words.displaced.is_some()) || hurt.households.is_some();
        dead && !self.mapping.has(Dead)
            || hurt.missing.is_some() && !self.mapping.has(Missing)
            || injured && !self.mapping.has(Injured) && !self.mapping.has(Casualties)
            || displaced && !self.mapping.has(Displaced)
    }

    /// The people hurt that cells of victims in words count, where no column of its own does: "2 luka ringan, 1 MD".
    pub(super) fn victims(&self, row: usize) -> Vec<(HarmKind, u32)> {
        let UnreadColumns { counts, victims, .. } = &self.unread;
        let cells = counts.iter().chain(victims).map(|column| self.table.sheet.cell(row, *column));
        cells.filter(|cell| !cell.is_empty()).flat_map(|cell| WrittenVictims::of(cell).counts()).collect()
    }
}

/// True for the heading of an answer in a group that repeats for each victim: "korban/nama".
fn is_of_each_victim(heading: &str) -> bool {
    let groups = heading.rsplit_once('/').map_or("", |(groups, _)| groups);
    groups.split('/').any(|group| ["korban", "victim"].iter().any(|own| letters(group).contains(own)))
}

/// What a cell says of people hurt.
struct WrittenVictims {
    hurt: PeopleHurt,
    /// A number alone: of people of whom nobody says how they were hurt.
    number: Option<u32>,
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
        WrittenVictims { hurt, number: cells::count(cell).flatten().filter(|number| *number > 0) }
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

    fn counts(&self) -> Vec<(HarmKind, u32)> {
        match self.number {
            Some(number) => vec![(HarmKind::Injured, number)],
            None => self.hurt_counts().collect(),
        }
    }
}
