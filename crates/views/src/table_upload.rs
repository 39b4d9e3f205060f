//! A file of tables as the desk looks it over: what each column is taken for, what becomes of each row before anything is
//! taken, and what was taken of earlier files.

mod known;
mod versions;
mod written;

pub use written::{empty_form, left_out_rows};

use self::known::{KnownReports, look_up};
use crate::context::{Context, Sources};
use crate::correction::FieldChange;
use crate::entry::EntryChoices;
use crate::error::ViewError;
use crate::reports::{self, place_name};
use async_recursion::async_recursion as boxed;
use domain::kind::Outcome;
use domain::place::{Areas, UnitId};
use domain::report::ReportId;
use domain::time::Time;
use formats::archive::DateOrder;
use formats::spreadsheet::column::ColumnMeaning;
use formats::spreadsheet::header::HeadedSheet;
use formats::spreadsheet::mapping::{KeptMapping, TableMapping};
use formats::spreadsheet::reader::{RowFate, RowReading, RowTrouble, TableOccasion, TableReader};
use formats::spreadsheet::report::RowReport;
use formats::spreadsheet::row_answer::{RowAnswer, RowKey};
use formats::spreadsheet::{self, SheetFault};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use store::TableUpload;

/// What a person chose for a file.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct UploadChoices {
    /// According to whom: a value of the entry form's field.
    pub source: String,
    /// `dmy` or `mdy`.
    pub dates: String,
    /// Prose that seems to name people is taken as it is.
    pub keeps_personal: bool,
    pub mapping: KeptMapping,
    /// Whether what rows leave open happened, by row.
    pub answers: BTreeMap<RowKey, RowAnswer>,
}

/// What was taken of a file.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TakenReports {
    pub source: String,
    /// The id that a row gives, the one its report has, and the code of its district.
    pub reports: Vec<(String, String, String)>,
    /// Lines that the intake refused.
    pub rejected: usize,
}

impl UploadChoices {
    pub fn of(upload: &TableUpload) -> UploadChoices {
        serde_json::from_str(&upload.choices).unwrap_or_default()
    }

    pub fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl TakenReports {
    pub fn of(upload: &TableUpload) -> TakenReports {
        serde_json::from_str(&upload.reports).unwrap_or_default()
    }

    pub fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// The key of what the columns of a source's tables hold.
pub fn mapping_key(regency: &str, source: &str) -> String {
    format!("{regency} {source}")
}

/// Rows of one file that the page takes; more go in as an archive.
pub const MOST_ROWS: usize = 5_000;
/// Rows that are shown: of those that were not taken, and of the others.
const SHOWN_OPEN: usize = 300;
const SHOWN_TAKEN: usize = 100;
/// Cells of a column that are shown beside what it is taken for.
const SAMPLES: usize = 3;

/// A file that was read.
#[derive(Clone, Debug, Default)]
pub struct UploadReading {
    pub tables: Vec<TableReading>,
    pub unread: Vec<String>,
}

/// One of its tables.
#[derive(Clone, Debug)]
pub struct TableReading {
    pub table: HeadedSheet,
    pub mapping: TableMapping,
    pub rows: Vec<RowReading>,
}

impl UploadReading {
    /// The reports of the rows that can be taken.
    fn taken(&self) -> impl Iterator<Item = &RowReport> {
        let rows = self.tables.iter().flat_map(|table| &table.rows);
        rows.flat_map(|row| match &row.fate {
            RowFate::Taken(reports) => reports.as_slice(),
            RowFate::Refused(_) | RowFate::Asked(_) => &[],
        })
    }
}

/// Reads a file for a regency; `own`: of what places its source and who reads it speak. It takes a moment for a long one.
///
/// # Errors
/// Where the file cannot be read.
pub fn read(
    sources: &Sources,
    (regency, own): (UnitId, Vec<Areas>),
    bytes: &[u8],
    (kept, choices): (KeptMapping, &UploadChoices),
    now: Time,
) -> Result<UploadReading, SheetFault> {
    let mut kept = kept;
    kept.merge(choices.mapping.clone());
    let found = spreadsheet::tables(spreadsheet::read(bytes)?, &kept)?;
    let rows: usize = found.tables.iter().map(|(table, _)| table.body.len()).sum();
    if rows > MOST_ROWS {
        return Err(SheetFault::limited("sheet.too_many_for_the_page", MOST_ROWS));
    }
    let mut reader = TableReader::new(&sources.places, &[regency], &sources.taxonomy).speaks_of(own);
    let occasion = TableOccasion { now: Some(now), keeps_personal: choices.keeps_personal };
    let mut reading = UploadReading { unread: found.unread, ..UploadReading::default() };
    for (table, mut mapping) in found.tables {
        mapping.dates = DateOrder::parse(&choices.dates);
        mapping.answers.clone_from(&choices.answers);
        let mut open = reader.open(table, mapping, occasion);
        let rows = open.by_ref().collect();
        let (again, table, mapping) = open.close();
        reader = again;
        reading.tables.push(TableReading { table, mapping, rows });
    }
    Ok(reading)
}

/// What becomes of a row.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum UploadFate {
    Asked,
    Refused,
    Taken,
    /// Its reports are here already.
    Known,
}

impl UploadFate {
    pub const ALL: [UploadFate; 4] =
        [UploadFate::Asked, UploadFate::Refused, UploadFate::Taken, UploadFate::Known];

    pub const fn as_str(self) -> &'static str {
        match self {
            UploadFate::Asked => "asked",
            UploadFate::Refused => "refused",
            UploadFate::Taken => "taken",
            UploadFate::Known => "known",
        }
    }
}

/// How many rows became what; they add up to all.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct UploadCounts {
    pub rows: usize,
    pub taken: usize,
    pub known: usize,
    pub refused: usize,
    pub asked: usize,
}

/// A file as it is shown.
#[derive(Clone, Debug, Default)]
pub struct UploadView {
    pub choices: EntryChoices,
    pub counts: UploadCounts,
    pub tables: Vec<TableView>,
    pub unread: Vec<String>,
    /// A date that can be read in two ways.
    pub ambiguous_date: Option<String>,
    /// Words of the category's column that nobody knows, or of which a person said what they mean.
    pub words: Vec<UploadWord>,
    /// Rows that correct reports that are here, or rows of the file.
    pub corrections: usize,
    /// Rows whose prose is left out because it seems to name people.
    pub personal: usize,
    /// Rows that may be taken and are slight signs of what may come, and cells of points that give none.
    pub signs: usize,
    pub plus_codes: usize,
    /// Rows that a person may correct and send again: those that were not taken, without titles and sums.
    pub correctable: usize,
}

/// A word for what happened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UploadWord {
    /// Its letters: the form's field.
    pub key: String,
    pub word: String,
    pub rows: usize,
    /// A category's code, `-` for not taken, empty where nothing was said.
    pub chosen: String,
}

/// One table as it is shown.
#[derive(Clone, Debug)]
pub struct TableView {
    pub name: String,
    pub columns: Vec<UploadColumn>,
    pub rows: Vec<UploadRow>,
    /// Rows that are not shown.
    pub more: usize,
}

/// A column with what it is taken for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UploadColumn {
    /// The heading's letters: the form's field.
    pub key: String,
    pub heading: String,
    pub meaning: Option<ColumnMeaning>,
    pub samples: Vec<String>,
}

/// A row with its fate.
#[derive(Clone, Debug)]
pub struct UploadRow {
    pub line: u32,
    pub fate: UploadFate,
    pub reports: Vec<UploadReport>,
    /// Heading, cell and reason, where it is not taken.
    pub trouble: Option<(String, String, String)>,
    /// Where a person says whether it happened.
    pub question: Option<RowQuestion>,
}

impl UploadRow {
    /// True where a person has something to do about it, or did.
    fn is_open(&self) -> bool {
        self.question.is_some() || matches!(self.fate, UploadFate::Asked | UploadFate::Refused)
    }
}

/// The question whether what a row names happened, and its answer so far.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RowQuestion {
    pub key: RowKey,
    pub answer: Option<RowAnswer>,
}

/// A report that a row gives.
#[derive(Clone, PartialEq, Debug)]
pub struct UploadReport {
    pub place: String,
    pub category: String,
    pub occurred: Time,
    pub has_clock: bool,
    pub severity: u8,
    /// It says that this did not happen; it counts no people.
    pub denies: bool,
    /// It says that nothing happened until then.
    pub nothing_until: Option<Time>,
    /// It corrects a report that is here, or one of the file: what it says otherwise.
    pub corrects: Option<Vec<FieldChange>>,
    pub dead: Option<u32>,
    pub injured: Option<u32>,
    pub displaced: Option<u32>,
    /// They are not among the dead; the report's words keep them.
    pub missing: Option<u32>,
    /// Families, in the words that the report's text begins with.
    pub households: String,
    pub text: String,
    pub is_text_left_out: bool,
}

/// Reports that the rows of a file give and that are not here, with the id that each row gives.
pub type NewReports = Vec<(ReportId, RowReport)>;

/// Looks a file over: what becomes of each row, and the reports that would be taken. `source`: whose word it gives, a value of the
/// entry form's field.
#[boxed]
pub async fn load(
    context: &Context,
    regency: UnitId,
    mut reading: UploadReading,
    source: &str,
) -> Result<(UploadView, NewReports), ViewError> {
    let (known, choices) = look_up(context, regency, &mut reading, source).await?;
    let mut view =
        UploadView { choices, unread: std::mem::take(&mut reading.unread), ..UploadView::default() };
    let mut new = NewReports::new();
    for table in reading.tables {
        let shown = view.add(context, &table, &known);
        view.tables.push(shown);
        let reports = table.rows.into_iter().flat_map(|row| match row.fate {
            RowFate::Taken(reports) => reports,
            RowFate::Refused(_) | RowFate::Asked(_) => Vec::new(),
        });
        new.extend(reports.filter(|report| !known.ids.contains(&report.id)).map(|report| {
            let base = known.bases.get(&report.id).copied().unwrap_or(report.id);
            (base, report)
        }));
    }
    view.words.sort_by_key(|word| (std::cmp::Reverse(word.rows), word.key.clone()));
    Ok((view, new))
}

impl UploadView {
    fn add(&mut self, context: &Context, reading: &TableReading, known: &KnownReports) -> TableView {
        let TableReading { table, mapping, rows } = reading;
        let mut shown: Vec<UploadRow> = Vec::new();
        self.plus_codes += spreadsheet::plus_codes(table, mapping);
        let is_of_signs = spreadsheet::is_of_signs(table);
        for row in rows {
            let one = upload_row(context, (table, mapping), row, known);
            self.counts.rows += 1;
            match one.fate {
                UploadFate::Asked => self.counts.asked += 1,
                UploadFate::Refused => self.counts.refused += 1,
                UploadFate::Taken => self.counts.taken += 1,
                UploadFate::Known => self.counts.known += 1,
            }
            if let RowFate::Asked(trouble) | RowFate::Refused(trouble) = &row.fate {
                self.note(trouble);
                self.correctable += usize::from(!trouble.is_of_no_report());
            }
            self.signs += usize::from(is_of_signs && one.fate == UploadFate::Taken);
            self.corrections += usize::from(one.reports.iter().any(|report| report.corrects.is_some()));
            self.personal += usize::from(one.reports.iter().any(|report| report.is_text_left_out));
            shown.push(one);
        }
        for (key, category) in &mapping.categories {
            if !self.words.iter().any(|word| word.key == *key) {
                let chosen = category.map_or_else(|| "-".to_owned(), |category| category.to_string());
                self.words.push(UploadWord { key: key.clone(), word: key.clone(), rows: 0, chosen });
            }
        }
        shown.sort_by_key(|row| (row.question.is_none(), row.fate, row.line));
        let all = shown.len();
        let mut left = (SHOWN_OPEN, SHOWN_TAKEN);
        shown.retain(|row| {
            let left = if row.is_open() { &mut left.0 } else { &mut left.1 };
            let is_shown = *left > 0;
            *left = left.saturating_sub(1);
            is_shown
        });
        TableView {
            name: table.sheet.name.clone(),
            columns: columns(table, mapping),
            more: all - shown.len(),
            rows: shown,
        }
    }

    /// What a person is asked about the whole table.
    fn note(&mut self, trouble: &RowTrouble) {
        match trouble.sentence.key {
            "sheet.ambiguous_date" if self.ambiguous_date.is_none() => {
                self.ambiguous_date = Some(trouble.value.clone());
            }
            "sheet.unknown_category"
            | "sheet.ordinary"
            | "sheet.open_offence"
            | "sheet.not_taken"
            | "sheet.several_categories" => {
                let key = formats::spreadsheet::word_key(&trouble.value);
                match self.words.iter_mut().find(|word| word.key == key) {
                    Some(word) => word.rows += 1,
                    None => {
                        let chosen = if trouble.sentence.key == "sheet.not_taken" { "-" } else { "" };
                        let (word, chosen) = (trouble.value.clone(), chosen.to_owned());
                        self.words.push(UploadWord { key, word, rows: 1, chosen });
                    }
                }
            }
            _ => {}
        }
    }
}

fn columns(table: &HeadedSheet, mapping: &TableMapping) -> Vec<UploadColumn> {
    let mut columns: Vec<UploadColumn> = Vec::new();
    for (column, heading) in table.headings.iter().enumerate().filter(|(_, heading)| !heading.is_empty()) {
        let cells =
            table.table_rows().map(|row| table.sheet.cell(row, column)).filter(|cell| !cell.is_empty());
        // Of what is not read it may be who was hurt: no example of that is shown.
        let shown = if mapping.columns[column].is_some() { SAMPLES } else { 0 };
        let samples = cells.take(shown).map(|cell| cell.chars().take(60).collect()).collect();
        let key = formats::spreadsheet::word_key(heading);
        columns.push(UploadColumn {
            key,
            heading: heading.clone(),
            meaning: mapping.columns[column],
            samples,
        });
    }
    columns
}

fn upload_row(
    context: &Context,
    (table, mapping): (&HeadedSheet, &TableMapping),
    row: &RowReading,
    known: &KnownReports,
) -> UploadRow {
    let (fate, reports, trouble) = match &row.fate {
        RowFate::Taken(reports) => {
            let is_known = reports.iter().all(|report| known.ids.contains(&report.id));
            let fate = if is_known { UploadFate::Known } else { UploadFate::Taken };
            (fate, reports.iter().map(|report| upload_report(context, report, known)).collect(), None)
        }
        RowFate::Refused(trouble) => (UploadFate::Refused, Vec::new(), Some(trouble)),
        RowFate::Asked(trouble) => (UploadFate::Asked, Vec::new(), Some(trouble)),
    };
    let named = |trouble: &RowTrouble| {
        let heading =
            trouble.column.and_then(|column| table.headings.get(column)).cloned().unwrap_or_default();
        (heading, trouble.value.clone(), context.lang.refusal(&trouble.sentence))
    };
    let answer = mapping.answers.get(&row.key).copied();
    let is_asked = answer.is_some() || trouble.is_some_and(RowTrouble::asks_whether);
    let question = (is_asked && fate != UploadFate::Known).then_some(RowQuestion { key: row.key, answer });
    UploadRow { line: row.line, fate, reports, trouble: trouble.map(named), question }
}

fn upload_report(context: &Context, report: &RowReport, known: &KnownReports) -> UploadReport {
    UploadReport {
        place: place_name(context, report.place),
        category: match report.nothing_until {
            Some(_) => context.lang.word("record", Outcome::ZeroReport.as_str()),
            None => reports::label(context, report.category),
        },
        nothing_until: report.nothing_until,
        corrects: known.changes.get(&report.id).cloned(),
        occurred: report.times.occurred,
        has_clock: report.times.has_clock,
        severity: report.severity,
        denies: report.denies,
        dead: report.dead,
        injured: report.injured,
        displaced: report.displaced,
        missing: report.missing,
        households: report.households.clone(),
        text: report.text.chars().take(120).collect(),
        is_text_left_out: report.is_text_left_out,
    }
}
