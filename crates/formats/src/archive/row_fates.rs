//! What became of each row of a table: taken, known already, refused, or a person is asked.

use crate::abridge::{abridged, and_more};
use crate::decode::{Refusal, RefusalSentence};
use serde::Serialize;
use std::fmt;
use std::sync::Arc;

/// Rows that are named one by one; the others are counted.
const NAMED: usize = 20;

/// The rows of one or more tables; every row is exactly one of taken, known, refused and asked.
#[derive(Clone, Debug, Default, Serialize)]
pub struct RowFates {
    pub read: u64,
    pub taken: u64,
    /// Each of its reports is here already.
    pub known: u64,
    /// No report could be made of it; it is a dead letter.
    pub refused: u64,
    /// It can be read in two ways: a person decides, and it is a dead letter until then.
    pub asked: u64,
    /// The first of those refused or asked about, in the order of the file.
    pub problems: Vec<RowProblem>,
}

/// Why a row was not taken.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct RowProblem {
    /// Line of the file, counted from 1.
    pub line: u64,
    /// Heading; empty where it is the row as a whole.
    pub column: String,
    pub value: String,
    pub fate: &'static str,
    /// What is wrong and what to do.
    pub why: String,
}

/// What a table's reader knows of a row before it is decoded.
#[derive(Clone, Debug, Default)]
pub(super) struct RowNote {
    pub line: u64,
    /// Column, value and what is wrong, where something is.
    pub trouble: Option<(String, String, String)>,
    pub is_asked: bool,
    /// One of its records became no report.
    pub is_refused: bool,
    /// A title or a sum: nobody corrects it and sends it again.
    pub is_of_no_report: bool,
    /// One of its reports is new, or known already.
    pub has_new: bool,
    pub has_known: bool,
    pub detail: String,
    /// The row as it stands in the table.
    pub cells: Vec<String>,
    /// The headings of its table, where they are not those of the list's head.
    pub headings: Option<Arc<[String]>>,
}

impl RowNote {
    /// Why it was not taken; `None` where it was.
    fn problem(&self) -> Option<RowProblem> {
        let fate = match (self.is_asked, self.is_refused) {
            (true, _) => "asked",
            (false, true) => "refused",
            (false, false) => return None,
        };
        let whole = || (String::new(), String::new(), self.detail.clone());
        let (column, value, why) = self.trouble.clone().unwrap_or_else(whole);
        Some(RowProblem { line: self.line, column, value, fate, why })
    }

    pub fn refuse(&mut self, refusal: &Refusal) {
        self.is_refused = true;
        self.detail = refusal.detail.clone();
    }

    /// Notes that a person decides what is done with it.
    pub fn ask(&mut self, why: &RefusalSentence) {
        self.is_asked = true;
        self.detail = why.indonesian();
    }

    /// Notes that one of its reports is here already, or is not.
    pub fn know(&mut self, is_known: bool) {
        self.has_known |= is_known;
        self.has_new |= !is_known;
    }
}

impl RowFates {
    pub(super) fn of(notes: &[RowNote]) -> RowFates {
        let mut fates = RowFates::default();
        for note in notes {
            fates.read += 1;
            match note.problem() {
                None if note.has_known && !note.has_new => fates.known += 1,
                None => fates.taken += 1,
                Some(problem) => {
                    let is_asked = problem.fate == "asked";
                    fates.asked += u64::from(is_asked);
                    fates.refused += u64::from(!is_asked);
                    fates.problems.push(problem);
                }
            }
        }
        fates.problems.truncate(NAMED);
        fates
    }

    /// Adds those of another table.
    pub fn add(&mut self, other: RowFates) {
        self.read += other.read;
        self.taken += other.taken;
        self.known += other.known;
        self.refused += other.refused;
        self.asked += other.asked;
        self.problems.extend(other.problems);
        self.problems.truncate(NAMED);
    }
}

/// The rows that were not taken as a table: line, fate and reason, and behind them the row as it was, under the headings of
/// its table. Corrected, it is a list of the same kind.
pub(super) fn left_out(header: &[String], notes: &[RowNote]) -> String {
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    let mut write = |cells: &[String], more: [&str; 3]| {
        let mut cells = cells.to_vec();
        cells.resize(header.len(), String::new());
        // Writing to memory cannot fail.
        let _ = writer.write_record(more.into_iter().chain(cells.iter().map(String::as_str)));
    };
    const ADDED: [&str; 3] = ["line", "fate", "why"];
    write(header, ADDED);
    let mut current = header;
    for note in notes {
        if let Some(problem) = note.problem().filter(|_| !note.is_of_no_report) {
            let own = note.headings.as_deref().unwrap_or(header);
            if own != current {
                write(own, ADDED);
                current = own;
            }
            write(&note.cells, [&problem.line.to_string(), problem.fate, &problem.why]);
        }
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

/// The sum, and below it the rows that were not taken.
impl fmt::Display for RowFates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let RowFates { read, taken, known, refused, asked, problems } = self;
        write!(f, "rows: {read} read = {taken} taken")?;
        if *known > 0 {
            write!(f, " + {known} here already (sudah ada)")?;
        }
        write!(f, " + {refused} refused + {asked} asked about")?;
        for RowProblem { line, column, value, fate, why } in problems {
            let cell = match column.as_str() {
                "" => String::new(),
                column => format!(
                    ", {column} '{}'",
                    abridged(value.split_whitespace(), 12, |_| " …".into()).replace(", ", " ")
                ),
            };
            write!(f, "\n  line {line}{cell}: {fate}: {why}")?;
        }
        match and_more((refused + asked).saturating_sub(problems.len() as u64) as usize).as_str() {
            "" => Ok(()),
            more => write!(f, "\n {more}"),
        }
    }
}
