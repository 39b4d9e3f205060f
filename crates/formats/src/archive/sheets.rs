//! The sheets of a file of tables: a row becomes a report for each place it names, or a record that is refused for what is
//! wrong with it.

use super::row_fates::{self, RowFates, RowNote};
use super::{ArchiveError, ArchiveRecord, Guide};
use crate::decode::{Refusal, RefusalSentence};
use crate::spreadsheet::header::HeadedSheet;
use crate::spreadsheet::mapping::{KeptMapping, TableMapping};
use crate::spreadsheet::reader::{RowFate, RowReading, RowTrouble, TableOccasion, TableReader, TableRows};
use crate::spreadsheet::report::RowNumber;
use crate::spreadsheet::title_day::TitleDay;
use crate::spreadsheet::{self, MAX_FILE, SheetFault};
use domain::kind::FeedClass;
use domain::place::Areas;
use serde_json::json;
use std::collections::VecDeque;
use std::io::Read;
use std::sync::Arc;

/// The tables of a file, read row by row.
pub struct Sheets<'a> {
    class: FeedClass,
    /// The table that is read now, and those that come after it.
    rows: Option<TableRows<'a>>,
    later: VecDeque<(HeadedSheet, TableMapping)>,
    headings: Vec<String>,
    columns: String,
    waiting: VecDeque<(Vec<u8>, Option<RowNumber>)>,
    /// The record given out last.
    current: (Vec<u8>, Option<RowNumber>),
    notes: Vec<RowNote>,
}

impl<'a> Sheets<'a> {
    pub fn open(
        file: String,
        mut source: Box<dyn Read + Send>,
        guide: Guide<'a>,
    ) -> Result<Sheets<'a>, ArchiveError> {
        let mut bytes = Vec::new();
        let read = source.by_ref().take(MAX_FILE as u64 + 1).read_to_end(&mut bytes);
        read.map_err(|source| ArchiveError::Io { file: file.clone(), source })?;
        let fault = |SheetFault(words)| ArchiveError::Sheet { file: file.clone(), words: words.indonesian() };
        let sheets = spreadsheet::read(&bytes).map_err(fault)?;
        drop(bytes);
        let found = spreadsheet::tables(sheets, &KeptMapping::default()).map_err(fault)?;
        if found.tables.iter().all(|(table, _)| table.table_rows().next().is_none()) {
            return Err(fault(SheetFault::bare("sheet.no_rows")));
        }
        let columns = columns(&found);
        let mut later: VecDeque<_> = found.tables.into();
        later.iter_mut().for_each(|(_, mapping)| mapping.dates = guide.dates);
        let only = guide.regency.and_then(|code| guide.places.find(code));
        let regencies = only.map_or_else(|| guide.places.regency_ids().collect(), |regency| vec![regency]);
        let reader = TableReader::new(guide.places, &regencies, guide.taxonomy);
        let headings = later.front().map(|(table, _)| table.headings.clone()).unwrap_or_default();
        let rows = later.pop_front().map(|(table, mapping)| reader.open(table, mapping, OCCASION));
        let (waiting, current, notes) = (VecDeque::new(), Default::default(), Vec::new());
        Ok(Sheets { class: guide.class, rows, later, headings, columns, waiting, current, notes })
    }

    /// Says of what places its source speaks.
    pub fn speaks_of(&mut self, own: Areas) {
        if let Some(rows) = &mut self.rows {
            rows.speaks_of(vec![own]);
        }
    }

    pub fn next_record(&mut self) -> Option<ArchiveRecord<'_>> {
        let mut reconstructed = false;
        while self.waiting.is_empty() {
            let rows = self.rows.as_mut()?;
            let Some(reading) = rows.next() else {
                let (table, mapping) = self.later.pop_front()?;
                self.rows = self.rows.take().map(|rows| rows.close().0.open(table, mapping, OCCASION));
                continue;
            };
            self.take(reading);
        }
        if let Some(record) = self.waiting.pop_front() {
            reconstructed = memchr::memmem::find(&record.0, br#""reconstructed":true"#).is_some();
            self.current = record;
        }
        let row = self.notes.len().checked_sub(1);
        let line = self.notes.last().map_or(0, |note| note.line);
        let (bytes, number) = (&self.current.0, self.current.1.as_ref());
        Some(ArchiveRecord { bytes, reconstructed, row, line, number })
    }

    /// Keeps what became of a row, and its records.
    fn take(&mut self, mut reading: RowReading) {
        if let RowFate::Asked(RowTrouble { sentence, .. }) = &mut reading.fate
            && sentence.key == "sheet.ambiguous_date"
        {
            // Where there is no page on which it can be chosen.
            sentence.key = "sheet.ambiguous_date_of_list";
        }
        let mut note = RowNote { line: reading.line.into(), ..RowNote::default() };
        let refused = |trouble: &RowTrouble| {
            let why = trouble.sentence.indonesian();
            // It lacks what a report has, so that the decoder refuses it.
            json!({ "row": reading.line, "value": trouble.value, "why": why }).to_string().into_bytes()
        };
        match reading.fate {
            RowFate::Taken(reports) => {
                let records = reports.iter().map(|report| (report.record(self.class), report.number.clone()));
                self.waiting.extend(records);
                self.notes.push(note);
                return;
            }
            RowFate::Refused(trouble) => {
                self.waiting.push_back((refused(&trouble), None));
                note.is_of_no_report = trouble.is_of_no_report();
                note.trouble = Some(self.named(trouble));
            }
            RowFate::Asked(trouble) => {
                self.waiting.push_back((refused(&trouble), None));
                note.trouble = Some(self.named(trouble));
                note.is_asked = true;
            }
        }
        note.cells = self.cells(reading.line);
        note.headings = self.other_headings();
        self.notes.push(note);
    }

    /// Heading, value and reason.
    fn named(&self, trouble: RowTrouble) -> (String, String, String) {
        let headings = self.rows.as_ref().map(|rows| &rows.table.headings);
        let heading = trouble.column.and_then(|column| headings?.get(column).cloned());
        (heading.unwrap_or_default(), trouble.value, trouble.sentence.indonesian())
    }

    /// The headings of the table that is read now, where they are not those of the first.
    fn other_headings(&self) -> Option<Arc<[String]>> {
        let own = &self.rows.as_ref()?.table.headings;
        (*own != self.headings).then(|| own.as_slice().into())
    }

    fn cells(&self, line: u32) -> Vec<String> {
        let Some(rows) = &self.rows else { return Vec::new() };
        let sheet = &rows.table.sheet;
        let Some(row) = sheet.row_of(line) else { return Vec::new() };
        sheet.cells(row).map(str::to_owned).collect()
    }

    pub fn refuse_row(&mut self, row: usize, refusal: &Refusal) {
        if let Some(note) = self.notes.get_mut(row) {
            note.refuse(refusal);
        }
    }

    pub fn ask_row(&mut self, row: usize, why: &RefusalSentence) {
        if let Some(note) = self.notes.get_mut(row) {
            note.ask(why);
        }
    }

    pub fn know_row(&mut self, row: usize, is_known: bool) {
        if let Some(note) = self.notes.get_mut(row) {
            note.know(is_known);
        }
    }

    pub fn row_fates(&self) -> RowFates {
        RowFates::of(&self.notes)
    }

    pub fn columns(&self) -> String {
        self.columns.clone()
    }

    pub fn left_out(&self) -> String {
        row_fates::left_out(&self.headings, &self.notes)
    }
}

/// A list is old by nature; prose that names people is left out of it.
const OCCASION: TableOccasion = TableOccasion { now: None, keeps_personal: false };

/// Cells of points that hold a code of a grid: their rows are taken without a point.
fn plus_codes(table: &HeadedSheet, mapping: &TableMapping) -> Option<String> {
    let count = spreadsheet::plus_codes(table, mapping);
    (count > 0)
        .then(|| format!("{count} cells hold a plus code, which gives no point; write degrees to keep one"))
}

/// Which heading was taken for what, and what is not read.
fn columns(found: &spreadsheet::SheetTables) -> String {
    let mut words = Vec::new();
    for (table, mapping) in &found.tables {
        let name =
            if table.sheet.name.is_empty() { String::new() } else { format!(" of '{}'", table.sheet.name) };
        let (mut read, mut unread) = (Vec::new(), Vec::new());
        for (heading, meaning) in
            table.headings.iter().zip(&mapping.columns).filter(|(heading, _)| !heading.is_empty())
        {
            match meaning {
                Some(meaning) => read.push(format!("'{heading}' is {}", meaning.as_str().replace('_', " "))),
                None => unread.push(format!("'{heading}'")),
            }
        }
        let unread =
            if unread.is_empty() { String::new() } else { format!("; not read: {}", unread.join(", ")) };
        words.push(format!("columns{name}: {}{unread}", read.join(", ")));
        words.extend(plus_codes(table, mapping).map(|what| format!("points{name}: {what}")));
        match table.titles.as_ref().filter(|_| mapping.is_dated_by_title).and_then(|titles| titles.first()) {
            Some(TitleDay::One(day)) => {
                words.push(format!("date{name}: {day} for each row, as the title says"))
            }
            Some(TitleDay::Open | TitleDay::Span(_)) => {
                words.push(format!("date{name}: the title leaves it open; add a column with the date"));
            }
            None => {}
        }
    }
    if !found.unread.is_empty() {
        words.push(format!("sheets without a table of reports: {}", found.unread.join(", ")));
    }
    words.join("\n")
}
