//! The answers of one submission by their keys. A question that is asked for each of several has one cell: numbers of people are
//! summed, other answers stand beside each other.

use crate::spreadsheet::cells;
use crate::spreadsheet::column::{self, ColumnMeaning};
use crate::spreadsheet::rows::MAX_CELL;
use std::fmt::{self, Write as _};
use std::ops::Range;

/// What was answered so far.
#[derive(Default)]
pub struct JsonAnswers {
    answers: Vec<JsonAnswer>,
    /// Of each key the place of its answer.
    places: Vec<Option<usize>>,
    /// First answers, one behind the other.
    text: String,
}

struct JsonAnswer {
    key: usize,
    first: Range<usize>,
    /// With those that came behind it.
    joined: Option<JoinedAnswers>,
}

/// Several answers in one cell. Each is looked at once, however many there are.
struct JoinedAnswers {
    text: String,
    /// While all of them are numbers of people or houses: their sum, if any says one.
    sum: Option<Option<u32>>,
}

/// The cell of a question would be longer than a cell may be.
pub struct TooLong;

impl JsonAnswers {
    pub fn clear(&mut self) {
        self.answers.drain(..).for_each(|answer| self.places[answer.key] = None);
        self.text.clear();
    }

    /// Adds an answer to the question of a key, which has a number and a name.
    ///
    /// # Errors
    /// Where they are longer than a cell may be.
    pub fn put(&mut self, (key, name): (usize, &str), answer: impl fmt::Display) -> Result<(), TooLong> {
        let from = self.text.len();
        let _ = write!(self.text, "{answer}"); // writing to a String cannot fail
        if self.places.len() <= key {
            self.places.resize(key + 1, None);
        }
        let Some(place) = self.places[key] else {
            self.places[key] = Some(self.answers.len());
            self.answers.push(JsonAnswer { key, first: from..self.text.len(), joined: None });
            return Ok(());
        };
        let JsonAnswer { first, joined, .. } = &mut self.answers[place];
        let joined = joined.get_or_insert_with(|| JoinedAnswers::of(name, &self.text[first.clone()]));
        joined.add(&self.text[from..]);
        self.text.truncate(from);
        if joined.text.len() > MAX_CELL { Err(TooLong) } else { Ok(()) }
    }

    /// Keys with their cells, in the order of their first answers.
    pub fn cells(&self) -> impl Iterator<Item = (usize, &str)> {
        self.answers.iter().map(|answer| {
            let joined = answer.joined.as_ref().map(|joined| joined.text.as_str());
            (answer.key, joined.unwrap_or(&self.text[answer.first.clone()]))
        })
    }
}

impl JoinedAnswers {
    fn of(name: &str, first: &str) -> JoinedAnswers {
        let is_count = column::of_heading(name).is_some_and(ColumnMeaning::is_count);
        JoinedAnswers { text: first.to_owned(), sum: if is_count { cells::count(first) } else { None } }
    }

    fn add(&mut self, other: &str) {
        let other_count = self.sum.and_then(|_| cells::count(other));
        match (self.sum, other_count) {
            (Some(sum), Some(own)) => {
                let sum = sum.map(|sum| sum.saturating_add(own.unwrap_or(0))).or(own);
                sum.iter().for_each(|sum| self.text = sum.to_string());
                self.sum = Some(sum);
            }
            _ => {
                self.sum = None;
                self.text.push_str("; ");
                self.text.push_str(other);
            }
        }
    }
}
