//! BNPB's list of disasters: a row of prose becomes a report for each kecamatan it names.
//!
//! Rules, all of them: the category is that of the hazard column (`hazard`), WA-01 where there is none. The list gives a date only: `occurred_at` is the day's beginning and
//! `reported_at` its end, local time, marked reconstructed. Severity is 2; 3 where houses or public buildings were
//! damaged; 4 where someone was hurt or a hundred houses were damaged; 5 where someone died or is missing.
//! The dead and injured are of the whole row and stand on its first record only, so that sums stay right; so do the missing,
//! who are not counted as dead: the record's summary says how many they are. A row that names no kecamatan we can find counts at its regency. A row with a cell that cannot be
//! read, or of a regency that is not configured, becomes a record that is refused for it. Where a date may be read in two
//! ways, code and name of the regency contradict each other, or the hazard is a conflict or may not
//! have happened, a person is asked: the record is refused until then.

pub(crate) mod hazard;
pub(crate) mod row;

use super::crosswalk::NamedRegency;
use super::gazetteer::{Gazetteer, Recognition};
use super::mention::mentions;
use super::row_fates::{self, RowFates, RowNote};
use super::table::{CellRow, Table};
use super::{ArchiveError, ArchiveRecord, Guide};
use crate::decode::{Refusal, RefusalSentence};
use crate::spreadsheet::category::CategoryWords;
use crate::written_date::ColumnDates;
use domain::place::{UnitId, Zone};
use row::{BnpbColumns, BnpbRow, NamedPlace};
use std::collections::VecDeque;
use std::fmt;
use std::io::Read;

/// The list, read row by row.
pub struct Bnpb<'a> {
    table: Table,
    columns: BnpbColumns,
    dates: ColumnDates,
    guide: Guide<'a>,
    gazetteer: Gazetteer,
    categories: CategoryWords<'a>,
    waiting: VecDeque<Vec<u8>>,
    /// The record given out last.
    current: Vec<u8>,
    figures: BnpbFigures,
    rows: Vec<RowNote>,
}

/// How much of the prose was understood.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct BnpbFigures {
    pub rows: u32,
    /// Rows whose regency is not configured.
    pub rows_elsewhere: u32,
    /// Rows that count at their regency.
    pub rows_without_district: u32,
    /// Kecamatan the text marks as such ("Kec. …") in rows of a configured regency.
    pub mentions: u32,
    /// Of these: as written, shortened, misspelled, in the neighbouring regency, by their villages.
    pub exact: u32,
    pub short: u32,
    pub misspelled: u32,
    pub elsewhere: u32,
    pub by_villages: u32,
    /// Kecamatan found that the text does not mark ("Kec. A, B dan C").
    pub unmarked: u32,
}

impl BnpbFigures {
    pub fn placed(&self) -> u32 {
        self.exact + self.short + self.misspelled + self.elsewhere + self.by_villages
    }

    fn count(&mut self, way: Option<Recognition>) {
        self.mentions += 1;
        match way {
            Some(Recognition::Exact) => self.exact += 1,
            Some(Recognition::Short) => self.short += 1,
            Some(Recognition::Misspelled) => self.misspelled += 1,
            Some(Recognition::Elsewhere) => self.elsewhere += 1,
            Some(Recognition::Villages) => self.by_villages += 1,
            None => (),
        }
    }
}

/// How many of a list's places were found.
impl fmt::Display for BnpbFigures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let share = f64::from(self.placed()) * 100.0 / f64::from(self.mentions.max(1));
        write!(
            f,
            "places: {} of {} marked kecamatan placed ({share:.1} %): {} as written, {} shortened, {} misspelled, \
             {} in the neighbouring regency, {} by their villages; {} more without a mark; {} of {} rows only at their regency, {} elsewhere",
            self.placed(),
            self.mentions,
            self.exact,
            self.short,
            self.misspelled,
            self.elsewhere,
            self.by_villages,
            self.unmarked,
            self.rows_without_district,
            self.rows,
            self.rows_elsewhere,
        )
    }
}

/// Reads a whole list for its figures.
pub fn read_figures(mut list: Bnpb<'_>) -> Result<BnpbFigures, ArchiveError> {
    while list.next_record()?.is_some() {}
    Ok(list.figures)
}

impl<'a> Bnpb<'a> {
    /// `source` is plain text; passes over everything before the header line.
    pub fn open(
        file: String,
        source: Box<dyn Read + Send>,
        guide: Guide<'a>,
    ) -> Result<Bnpb<'a>, ArchiveError> {
        let table = Table::read(&file, source, |cells| BnpbColumns::find(cells).is_some())?;
        let found = table.and_then(|table| Some((BnpbColumns::find(&table.header)?, table)));
        let Some((columns, table)) = found else {
            return Err(ArchiveError::Header { file, column: BnpbColumns::FIRST });
        };
        let columns = columns.map_err(|column| ArchiveError::Header { file: file.clone(), column })?;
        if table.rows.as_slice().is_empty() {
            let words = RefusalSentence::bare("sheet.no_rows").indonesian();
            return Err(ArchiveError::Sheet { file, words });
        }
        let written = || table.rows.as_slice().iter().map(|row| columns.date(row));
        let dates = ColumnDates::of(written, guide.dates);
        let gazetteer = Gazetteer::new(guide.places);
        let categories = CategoryWords::new(guide.taxonomy);
        let (waiting, current, figures) = (VecDeque::new(), Vec::new(), BnpbFigures::default());
        let rows = Vec::new();
        Ok(Bnpb { table, columns, dates, guide, gazetteer, categories, waiting, current, figures, rows })
    }

    pub fn next_record(&mut self) -> Result<Option<ArchiveRecord<'_>>, ArchiveError> {
        while self.waiting.is_empty() {
            let Some(row) = self.table.rows.next() else { return Ok(None) };
            self.row(row);
        }
        self.current = self.waiting.pop_front().unwrap_or_default();
        let row = self.rows.len().checked_sub(1);
        let line = self.rows.last().map_or(0, |row| row.line);
        Ok(Some(ArchiveRecord { bytes: &self.current, reconstructed: true, row, line, number: None }))
    }

    /// What was understood so far.
    pub fn figures(&self) -> BnpbFigures {
        self.figures
    }

    /// Notes that a record of this row became no report.
    pub fn refuse_row(&mut self, row: usize, refusal: &Refusal) {
        if let Some(note) = self.rows.get_mut(row) {
            note.refuse(refusal);
        }
    }

    /// Notes whether a report of this row is here already.
    pub fn know_row(&mut self, row: usize, is_known: bool) {
        if let Some(note) = self.rows.get_mut(row) {
            note.know(is_known);
        }
    }

    /// Which column was taken for what.
    pub fn columns(&self) -> String {
        self.columns.to_string()
    }

    /// The rows that were not taken so far, as CSV.
    pub fn left_out(&self) -> String {
        row_fates::left_out(&self.table.header, &self.rows)
    }

    /// What became of the rows given out so far.
    pub fn row_fates(&self) -> RowFates {
        RowFates::of(&self.rows)
    }

    fn row(&mut self, read: CellRow) {
        self.figures.rows += 1;
        let row = BnpbRow::read(&read, &self.columns, (self.dates, &mut self.categories));
        let trouble = row.trouble(&self.columns);
        let is_asked = row.is_ambiguous();
        let CellRow { line, cells } = read;
        self.rows.push(RowNote { line, trouble, is_asked, cells, ..RowNote::default() });
        let known = match self.guide.crosswalk.regency(&row.bps, &row.regency) {
            NamedRegency::One(code) => self.guide.places.find(code).ok_or(code.to_string()),
            NamedRegency::Unknown => Err(format!("BPS {}", row.bps)),
            NamedRegency::Contradiction { by_code, by_name } => {
                let values = vec![("code", by_code.to_string().into()), ("name", by_name.to_string().into())];
                let why = RefusalSentence { key: "sheet.code_is_another", values }.indonesian();
                if let Some(note) = self.rows.last_mut() {
                    note.is_asked = true;
                    note.trouble = Some(self.columns.contradiction(&row, why));
                }
                Err(format!("{} / {}", row.bps, row.regency))
            }
        };
        let unit = match known {
            Ok(unit) => unit,
            Err(district) => {
                self.figures.rows_elsewhere += 1;
                self.push(
                    &row,
                    NamedPlace { district: &district, words: &row.place, first: true, minutes: 0 },
                );
                return;
            }
        };
        if !row.is_readable() {
            let code = self.guide.places.code(unit).to_string();
            self.push(&row, NamedPlace { district: &code, words: &row.place, first: true, minutes: 0 });
            return;
        }
        let mut found = self.districts(unit, &row);
        if found.is_empty() {
            self.figures.rows_without_district += 1;
            found.push((unit, row.place.clone()));
        }
        for (index, (unit, words)) in found.iter().enumerate() {
            let code = self.guide.places.code(*unit).to_string();
            let minutes = Zone::of(self.guide.places.code(*unit)).minutes();
            self.push(&row, NamedPlace { district: &code, words, first: index == 0, minutes });
        }
    }

    fn push(&mut self, row: &BnpbRow, named: NamedPlace<'_>) {
        self.waiting.push_back(row.report(&named, self.guide.class));
    }

    /// The kecamatan a row names, each once, with the words about it.
    fn districts(&mut self, regency: UnitId, row: &BnpbRow) -> Vec<(UnitId, String)> {
        let mut found: Vec<(UnitId, String)> = Vec::new();
        for mention in mentions(&row.place) {
            let placed = self.gazetteer.place(self.guide.places, regency, &mention);
            if mention.marked {
                self.figures.count(placed.map(|(_, way)| way));
            }
            let unit = match placed {
                Some((unit, _)) => Some(unit),
                // Villages without their kecamatan: "Kel. A, Kel. B".
                None if !mention.marked => self.gazetteer.by_villages(regency, &mention.villages),
                None => None,
            };
            let Some(unit) = unit else { continue };
            self.figures.unmarked += u32::from(!mention.marked);
            if !found.iter().any(|(known, _)| *known == unit) {
                let words = row.place.get(mention.at..mention.end).unwrap_or_default();
                found.push((unit, words.trim().to_string()));
            }
        }
        found
    }
}

#[cfg(test)]
mod row_tests;
#[cfg(test)]
mod tests;
