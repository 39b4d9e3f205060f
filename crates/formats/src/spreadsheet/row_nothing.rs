//! A row that says that nothing happened in a place on a day is a zero-report, as such a message of a chat is.

use super::cells;
use super::column::ColumnMeaning::{
    Category as CategoryCell, Damaged, Displaced, Hazard, Households, Place, Severity, Until, Village,
};
use super::prose::{Prose, words_of};
use super::reader::{OwnId, TableRows, names_people};
use super::report::{RowReport, RowTimes, report_id};
use super::row_stance::{NOTHING, says_nothing_happened};
use crate::archive::words::{are_letters_of, letters};
use domain::kind::{Category, Kind};
use domain::time::{DAY, HOUR, MINUTE, Time};

impl TableRows<'_> {
    /// The reports of a row that says that nothing happened: one for each of its places, of its day as far as that has passed.
    /// `None` where the row names no place or no day, or tells of something all the same.
    pub(super) fn nothing(
        &mut self,
        row: usize,
        (content, own): (&[u8; 32], Option<OwnId>),
        prose: Prose<'_>,
    ) -> Option<Vec<RowReport>> {
        if self.is_of_signs() {
            return None; // that there was no sign is no word of what happened
        }
        if self.tells_of_something(row, prose) {
            return None;
        }
        let (occurred, clock) = self.written_time(row).ok()?;
        let places = self.places(row).ok()?;
        let hurt = self.hurt(row, prose).ok()?;
        let counted = [&hurt.dead, &hurt.injured, &hurt.displaced].into_iter().flatten();
        if counted.map(|found| found.value).chain(hurt.missing_count).any(|count| count > 0) {
            return None;
        }
        // The word itself says no more than the report does.
        let is_bare = are_letters_of(prose.text, &NOTHING);
        let is_left_out = !self.occasion.keeps_personal && names_people(prose.text);
        let many = places.len() > 1;
        let mut reports = Vec::new();
        for place in places {
            let times = self.times(row, place.place.code, occurred, clock).ok()?;
            let RowTimes { occurred, reported, zone, .. } = times;
            let ahead = zone.minutes() * MINUTE;
            let from = Time((occurred.0 + ahead).div_euclid(DAY) * DAY - ahead);
            let until = reported.min(from.plus(DAY));
            if until.since(from) < HOUR {
                return None;
            }
            reports.push(RowReport {
                id: own.filter(|_| !many).map_or_else(|| report_id(content, place.place), |(id, _)| id),
                place: place.place,
                kind: Kind::Disaster,
                category: Category::OTHER,
                severity: 0,
                stage: None,
                denies: false,
                times: RowTimes { occurred: from, has_clock: false, ..times },
                dead: None,
                injured: None,
                displaced: None,
                missing: None,
                households: String::new(),
                text: if is_bare || is_left_out { String::new() } else { prose.text.to_owned() },
                is_text_left_out: is_left_out,
                point: None,
                corrects: own.and_then(|(_, corrects)| corrects).filter(|_| !many),
                ends: false,
                nothing_until: Some(until),
            });
        }
        Some(reports)
    }

    /// Whether a row names an incident in its prose or by a word that nobody knows, or holds a severity, families or houses.
    fn tells_of_something(&mut self, row: usize, prose: Prose<'_>) -> bool {
        let is_quiet = |cell: &str| {
            letters(cell).is_empty()
                || are_letters_of(cell, &NOTHING)
                || says_nothing_happened(&words_of(cell))
        };
        let is_none = |cell: &str| is_quiet(cell) || matches!(cells::count(cell), Some(None | Some(0)));
        let is_named = [CategoryCell, Hazard].into_iter().any(|meaning| !is_quiet(self.cell(row, meaning).1));
        let is_counted = [Households, Damaged, Severity]
            .into_iter()
            .flat_map(|meaning| self.mapping.of(meaning))
            .any(|column| !is_none(self.table.sheet.cell(row, column)));
        is_named || is_counted || self.reader.words.are_in(prose)
    }

    /// What the columns of families count, in words: nobody knows how many people they are.
    pub(super) fn households(&self, row: usize) -> String {
        let cell = |column: usize| (&self.table.headings[column], self.table.sheet.cell(row, column));
        let counted =
            self.mapping.of(Households).map(cell).filter(|(_, cell)| !matches!(*cell, "" | "-" | "0"));
        let is_beside = |(_, cell): &(&String, &str)| cells::people_beside_families(cell).is_some();
        let beside = self.mapping.of(Displaced).map(cell).filter(is_beside);
        counted
            .chain(beside)
            .map(|(heading, cell)| format!("{heading}: {cell}"))
            .collect::<Vec<_>>()
            .join(", ")
    }
}
