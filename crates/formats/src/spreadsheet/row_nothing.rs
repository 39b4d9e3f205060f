//! A row that says that nothing happened in a place on a day is a zero-report, as such a message of a chat is.

use super::category::is_ordinary;
use super::cells;
use super::column::ColumnMeaning::{
    Category as CategoryCell, Damaged, Displaced, Hazard, Households, Place, Severity, Until, Village,
};
use super::prose::{Prose, words_of};
use super::reader::{OwnId, TableRows, Trouble, names_people, trouble};
use super::report::{RowReport, RowTimes, report_id};
use super::row_stance::{NOTHING, besides_nothing, says_nothing_happened};
use crate::archive::words::{are_letters_of, letters};
use domain::kind::{Category, Kind};
use domain::time::{HOUR, SECOND, Time};

impl TableRows<'_> {
    /// The reports of a row that says that nothing happened: one for each of its places, of its day or span as far as that has
    /// passed.
    ///
    /// # Errors
    /// Where the row names no place or no time, one place of several, or tells of something all the same; the last is for a person
    /// to correct, as `why` says.
    pub(super) fn nothing(
        &mut self,
        row: usize,
        (content, own): (&[u8; 32], Option<&OwnId>),
        prose: Prose<'_>,
        why: Trouble,
    ) -> Result<Vec<RowReport>, Trouble> {
        // That there was no sign is no word of what happened.
        if self.is_of_signs() || self.tells_of_something(row, prose) {
            return Err(why);
        }
        let period = self.quiet_period(row)?;
        let places = self.places(row)?;
        if places.iter().any(|place| place.is_part) {
            let cells = [Village, Place].map(|meaning| self.cell(row, meaning));
            let (column, cell) = cells.into_iter().find(|(_, cell)| !cell.is_empty()).unwrap_or_default();
            return Err(trouble(true, column, cell, ("sheet.quiet_part", vec![])));
        }
        let hurt = self.hurt(row, prose)?;
        let counted = [&hurt.dead, &hurt.injured, &hurt.displaced].into_iter().flatten();
        if counted.map(|found| found.value).chain(hurt.missing_count).any(|count| count > 0) {
            return Err(why);
        }
        let own = own.filter(|_| places.len() == 1);
        let mut reports = Vec::new();
        for place in places {
            let times = self.times(row, place.place.code, period.first, period.clock)?;
            let (from, end) = period.within(times.occurred, times.zone);
            if end <= from {
                let (column, cell) = self.cell(row, Until);
                return Err(trouble(true, column, cell, ("sheet.period_backwards", vec![])));
            }
            let last = if period.ends_with_day() { end.plus(-SECOND) } else { end };
            let reported = times.given.unwrap_or(last).max(from);
            let reported = self.occasion.now.map_or(reported, |now| reported.min(now));
            let until = reported.min(end);
            if until.since(from) < HOUR {
                return Err(why);
            }
            let times = RowTimes { occurred: from, reported, has_clock: false, ..times };
            reports.push(self.quiet_report(place.place, (content, own), prose, (times, until)));
        }
        Ok(reports)
    }

    fn quiet_report(
        &self,
        place: domain::place::Place,
        (content, own): (&[u8; 32], Option<&OwnId>),
        prose: Prose<'_>,
        (times, until): (RowTimes, Time),
    ) -> RowReport {
        // The word itself says no more than the report does.
        let is_bare = are_letters_of(prose.text, &NOTHING);
        let is_left_out = !self.occasion.keeps_personal && names_people(prose.text);
        RowReport {
            id: own.map_or_else(|| report_id(content, place), |own| own.id),
            place,
            kind: Kind::Disaster,
            category: Category::OTHER,
            severity: 0,
            stage: None,
            denies: false,
            times,
            dead: None,
            injured: None,
            displaced: None,
            missing: None,
            households: String::new(),
            text: if is_bare || is_left_out { String::new() } else { prose.text.to_owned() },
            is_text_left_out: is_left_out,
            point: None,
            corrects: own.and_then(|own| own.replaces.first().copied()),
            number: own.map(|own| own.number(&times)),
            ends: false,
            nothing_until: Some(until),
        }
    }

    /// Whether a row names an incident in its prose or by a word that nobody knows, or holds a severity, families or houses.
    fn tells_of_something(&mut self, row: usize, prose: Prose<'_>) -> bool {
        let is_quiet = |cell: &str| {
            letters(cell).is_empty()
                || are_letters_of(cell, &NOTHING)
                || says_nothing_happened(&words_of(cell))
                || besides_nothing(cell).is_some_and(is_ordinary)
        };
        let is_none = |cell: &str| is_quiet(cell) || matches!(cells::count(cell), Some(None | Some(0)));
        let is_named = [CategoryCell, Hazard].into_iter().any(|meaning| !is_quiet(self.cell(row, meaning).1));
        let is_counted = [Households, Damaged, Severity]
            .into_iter()
            .flat_map(|meaning| self.mapping.of(meaning))
            .any(|column| !is_none(self.table.sheet.cell(row, column)));
        is_named || is_counted || self.reader.words.are_in(prose)
    }

    /// What the columns of families count, and cells that count families beside people, in words: nobody knows how many people
    /// families are.
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
