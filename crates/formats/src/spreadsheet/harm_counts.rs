//! How many people the columns of a row count: columns of parts are summed, a column of all stands for its parts, and what
//! contradicts itself is asked about.

use super::cells;
use super::column::ColumnMeaning;
use super::harm_heading::{self, PartKey};
use super::header::HeadedSheet;
use super::mapping::TableMapping;
use super::reader::{TableRows, Trouble, trouble};
use crate::chat::hurt::people_hurt;
use crate::chat::token::tokens;
use std::collections::BTreeMap;

/// Counts of people of one harm, each of all or of some of them.
#[derive(Default)]
pub struct PartSums {
    /// By what sets the people apart.
    sorts: BTreeMap<Vec<&'static str>, PartCounts>,
    /// Two counts of the same people.
    differing: Option<(u32, u32)>,
}

/// Counts of one sort, each of other people: of men and of women, or of all.
#[derive(Default)]
struct PartCounts {
    /// By which of the people; the heading where it is not understood.
    counts: BTreeMap<String, u32>,
    is_of_all: bool,
}

impl PartSums {
    pub fn add(&mut self, (by, which): PartKey, count: u32) {
        let sort = self.sorts.entry(by).or_default();
        sort.is_of_all = which.is_empty();
        let known = *sort.counts.entry(which).or_insert(count);
        if known != count {
            self.differing = Some((known, count));
        }
    }

    /// How many people they are; `None` where nothing was counted.
    ///
    /// # Errors
    /// Counts that contradict each other, or of which nobody knows whether they are of the same people.
    pub fn total(&self) -> Result<Option<u32>, String> {
        if let Some((one, other)) = self.differing {
            return Err(format!("{one} / {other}"));
        }
        let whole = self.sorts.values().filter(|sort| sort.is_whole()).map(PartCounts::sum);
        let (least, most) = (whole.clone().min(), whole.max());
        let parts = self.sorts.values().filter(|sort| !sort.is_whole()).map(PartCounts::sum);
        let (part, several) = (parts.clone().max(), parts.filter(|sum| *sum > 0).count() > 1);
        let is_clear = match (least, most, part) {
            (Some(least), Some(most), part) => least == most && part.is_none_or(|part| part <= most),
            (_, _, _) => !several,
        };
        let sums = || self.sorts.values().map(|sort| sort.sum().to_string()).collect::<Vec<_>>().join(" / ");
        if is_clear { Ok(most.or(part)) } else { Err(sums()) }
    }
}

impl PartCounts {
    fn sum(&self) -> u32 {
        self.counts.values().fold(0, |sum, own| sum.saturating_add(*own))
    }

    /// True where it counts everybody: one of several parts may be the only one that is counted.
    fn is_whole(&self) -> bool {
        self.is_of_all || self.counts.len() > 1
    }
}

/// By what a column sets people apart, and which it counts; `None` where its heading is not understood.
pub type PartColumn = Option<PartKey>;

/// The parts that the columns of a table count. "Luka" beside "Kritis" are the others of those who were hurt.
pub fn parts(table: &HeadedSheet, mapping: &TableMapping) -> Vec<PartColumn> {
    let is_critical = table.headings.iter().any(|heading| harm_heading::is_critical(heading));
    let part = |(heading, meaning): (&String, &Option<ColumnMeaning>)| {
        let found = harm_heading::of_heading(heading).filter(|found| Some(found.meaning) == *meaning)?;
        if is_critical && found.meaning == ColumnMeaning::Injured && found.part.by.is_empty() {
            return Some((vec!["how"], "ringan".to_owned()));
        }
        Some(found.part.key())
    };
    table.headings.iter().zip(&mapping.columns).map(part).collect()
}

/// A number of people; also one in words of the same harm alone, "2 luka ringan" below "Luka".
fn count_of(cell: &str, meaning: ColumnMeaning) -> Option<Option<u32>> {
    let beside_families = || match meaning {
        ColumnMeaning::Displaced => cells::people_beside_families(cell).map(Some),
        _ => None,
    };
    cells::count(cell).or_else(beside_families).or_else(|| {
        let hurt = people_hurt(cell, &tokens(cell, 0..cell.len()));
        let slots =
            [&hurt.dead, &hurt.injured, &hurt.displaced].map(|slot| slot.as_ref().map(|found| found.value));
        let own = match (meaning, slots) {
            (ColumnMeaning::Dead, [own, None, None])
            | (ColumnMeaning::Injured | ColumnMeaning::Casualties, [None, own, None])
            | (ColumnMeaning::Displaced, [None, None, own]) => own,
            _ => None,
        };
        own.filter(|_| hurt.look_at().is_empty()).map(Some)
    })
}

/// What to do about a cell that counts no people; about families a person is asked.
fn no_number(column: usize, cell: &str) -> Trouble {
    match cells::families(cell) {
        true => trouble(true, Some(column), cell, ("sheet.families_in_cell", vec![])),
        false => trouble(false, Some(column), cell, ("sheet.no_number", vec![])),
    }
}

impl TableRows<'_> {
    /// The people that the columns of a meaning count; `None` where there are none or all are empty.
    pub(super) fn people(&self, row: usize, meaning: ColumnMeaning) -> Result<Option<u32>, Trouble> {
        let mut columns = self.mapping.of(meaning);
        if let (Some(only), None) = (columns.next(), columns.next()) {
            let cell = self.table.sheet.cell(row, only);
            return count_of(cell, meaning).ok_or_else(|| no_number(only, cell));
        }
        let (mut sums, mut first) = (PartSums::default(), None);
        for column in self.mapping.of(meaning) {
            let cell = self.table.sheet.cell(row, column);
            let own = count_of(cell, meaning).ok_or_else(|| no_number(column, cell))?;
            let Some(own) = own else { continue };
            let part = match &self.parts[column] {
                Some(part) => part.clone(),
                None if first.is_none() => (Vec::new(), String::new()),
                None => (vec!["heading"], self.table.headings[column].clone()),
            };
            first = first.or(Some(column));
            sums.add(part, own);
        }
        sums.total().map_err(|counts| trouble(true, first, &counts, ("sheet.counts_differ", vec![])))
    }
}
