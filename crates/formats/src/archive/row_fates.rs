//! What became of each row of a table: taken, refused, or a person is asked.

use crate::abridge::abridged;
use crate::decode::Refusal;
use serde::Serialize;
use std::fmt;

/// Rows that are named one by one; the others are counted.
const NAMED: usize = 20;

/// The rows of one or more tables; every row is exactly one of taken, refused and asked.
#[derive(Clone, Debug, Default, Serialize)]
pub struct RowFates {
    pub read: u64,
    pub taken: u64,
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
    pub detail: String,
}

impl RowNote {
    pub fn refuse(&mut self, refusal: &Refusal) {
        self.is_refused = true;
        self.detail = refusal.detail.clone();
    }
}

impl RowFates {
    pub(super) fn of(notes: &[RowNote]) -> RowFates {
        let mut fates = RowFates::default();
        for note in notes {
            fates.read += 1;
            let fate = match (note.is_asked, note.is_refused) {
                (true, _) => (&mut fates.asked, "asked"),
                (false, true) => (&mut fates.refused, "refused"),
                (false, false) => {
                    fates.taken += 1;
                    continue;
                }
            };
            *fate.0 += 1;
            let (column, value, why) =
                note.trouble.clone().unwrap_or_else(|| (String::new(), String::new(), note.detail.clone()));
            fates.problems.push(RowProblem { line: note.line, column, value, fate: fate.1, why });
        }
        fates.problems.truncate(NAMED);
        fates
    }

    /// Adds those of another table.
    pub fn add(&mut self, other: RowFates) {
        self.read += other.read;
        self.taken += other.taken;
        self.refused += other.refused;
        self.asked += other.asked;
        self.problems.extend(other.problems);
        self.problems.truncate(NAMED);
    }
}

/// The sum, and below it the rows that were not taken.
impl fmt::Display for RowFates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let RowFates { read, taken, refused, asked, problems } = self;
        write!(f, "rows: {read} read = {taken} taken + {refused} refused + {asked} asked about")?;
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
        match (refused + asked).saturating_sub(problems.len() as u64) {
            0 => Ok(()),
            more => write!(f, "\n  and {more} more"),
        }
    }
}
