//! Submissions in JSON as KoboToolbox's API gives them: an array of objects, the same under `results`, or one object behind
//! the other. A key becomes a heading, an object a row; what is nested stands under the keys that lead to it.

use super::column::{self, ColumnMeaning};
use super::rows::SheetRows;
use super::{SheetFault, cells};
use crate::plain_text::unmarked;
use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::fmt;

/// Deepest nesting of which the keys become headings.
const DEEPEST: usize = 6;

/// True for what begins as JSON does.
pub fn is_json(bytes: &[u8]) -> bool {
    matches!(unmarked(bytes).trim_ascii_start(), [b'{', ..] | [b'[', ..])
}

/// The one table of a file. Its lines count submissions.
///
/// # Errors
/// Where it is no such JSON, holds reports as they are sent, or is larger than a table may be.
pub fn read(bytes: &[u8]) -> Result<SheetRows, SheetFault> {
    let mut headings: Vec<String> = Vec::new();
    let mut columns: HashMap<String, usize> = HashMap::new();
    let mut is_of_reports = false;
    each(bytes, &mut |submission| {
        is_of_reports |= submission.contains_key("report_id") && submission.contains_key("occurred_at");
        for (key, _) in flat(&submission) {
            let next = columns.len();
            columns.entry(key).or_insert_with_key(|key| {
                headings.push(key.clone());
                next
            });
        }
        if headings.len() > super::rows::MAX_COLUMNS {
            return Err(SheetFault::limited("sheet.too_wide", super::rows::MAX_COLUMNS));
        }
        Ok(())
    })?;
    if is_of_reports {
        return Err(SheetFault::bare("sheet.reports_in_json"));
    }
    let mut sheet = SheetRows::new("");
    if headings.is_empty() {
        return Ok(sheet);
    }
    // Behind no line, so that the first submission is the first line.
    sheet.begin_row(0)?;
    for (column, heading) in headings.iter().enumerate() {
        sheet.push_cell(column, heading)?;
    }
    let mut line = 0;
    each(bytes, &mut |submission| {
        line += 1;
        let mut cells: Vec<(usize, String)> = flat(&submission)
            .into_iter()
            .filter_map(|(key, cell)| Some((*columns.get(&key)?, cell)))
            .collect();
        cells.retain(|(_, cell)| !cell.trim().is_empty());
        cells.sort_unstable();
        if !cells.is_empty() {
            sheet.begin_row(line)?;
        }
        cells.iter().try_for_each(|(column, cell)| sheet.push_cell(*column, cell))
    })?;
    sheet.close(&[]);
    Ok(sheet)
}

/// Keys and cells of a submission, each key once.
fn flat(submission: &Map<String, Value>) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    submission.iter().for_each(|(key, value)| add(&mut found, key, value, DEEPEST));
    let mut seen = HashMap::new();
    let mut merged: Vec<(String, String)> = Vec::new();
    for (key, cell) in found {
        match seen.get(&key) {
            Some(at) => {
                let known: &mut (String, String) = &mut merged[*at];
                known.1 = both(&key, &known.1, &cell);
            }
            None => {
                seen.insert(key.clone(), merged.len());
                merged.push((key, cell));
            }
        }
    }
    merged
}

fn add(found: &mut Vec<(String, String)>, key: &str, value: &Value, deeper: usize) {
    let mut put = |cell: String| found.push((key.to_owned(), cell));
    match value {
        Value::Null => {}
        Value::Bool(is) => put(is.to_string()),
        Value::Number(number) => put(number.to_string()),
        Value::String(text) => put(text.clone()),
        _ if deeper == 0 => put(value.to_string()),
        Value::Object(inner) => {
            inner.iter().for_each(|(own, value)| add(found, &below(key, own), value, deeper - 1));
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            // What the service keeps beside a submission: pictures, and the like.
            if !key.starts_with('_') {
                items.iter().for_each(|item| add(found, key, item, deeper - 1));
            }
        }
        Value::Array(items) => {
            let words: Vec<String> = items.iter().filter(|item| !item.is_null()).map(plain).collect();
            put(words.join(" "));
        }
    }
}

/// A key below another; KoboToolbox repeats the groups that a question stands in.
fn below(above: &str, own: &str) -> String {
    if own.contains('/') { own.to_owned() } else { format!("{above}/{own}") }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Two answers to a question that is asked for each of several: numbers of people are summed, others stand beside each other.
fn both(key: &str, one: &str, other: &str) -> String {
    let is_count = column::of_heading(key).is_some_and(ColumnMeaning::is_count);
    match (cells::count(one), cells::count(other)) {
        (Some(Some(one)), Some(Some(other))) if is_count => one.saturating_add(other).to_string(),
        _ => format!("{one}; {other}"),
    }
}

/// Gives each submission out, without keeping more than one.
fn each(
    bytes: &[u8],
    take: &mut dyn FnMut(Map<String, Value>) -> Result<(), SheetFault>,
) -> Result<(), SheetFault> {
    let mut fault = None;
    let mut reader = serde_json::Deserializer::from_slice(unmarked(bytes));
    while reader.end().is_err() {
        let submissions = Submissions { take, fault: &mut fault };
        if submissions.deserialize(&mut reader).is_err() {
            return Err(fault.unwrap_or(SheetFault::bare("sheet.json_damaged")));
        }
    }
    Ok(())
}

struct Submissions<'a> {
    take: &'a mut dyn FnMut(Map<String, Value>) -> Result<(), SheetFault>,
    fault: &'a mut Option<SheetFault>,
}

impl Submissions<'_> {
    fn give<E: Error>(&mut self, submission: Map<String, Value>) -> Result<(), E> {
        (self.take)(submission).map_err(|fault| {
            *self.fault = Some(fault);
            E::custom("not taken")
        })
    }
}

impl<'de> DeserializeSeed<'de> for Submissions<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Submissions<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("submissions")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<(), A::Error> {
        while let Some(submission) = items.next_element()? {
            self.give(submission)?;
        }
        Ok(())
    }

    /// The answer of a service has its submissions under `results`; any other object is one.
    fn visit_map<A: MapAccess<'de>>(mut self, mut entries: A) -> Result<(), A::Error> {
        let mut own = Map::new();
        let mut is_answer = false;
        while let Some(key) = entries.next_key::<String>()? {
            if key == "results" {
                is_answer = true;
                entries.next_value_seed(Submissions { take: self.take, fault: self.fault })?;
            } else if is_answer {
                entries.next_value::<IgnoredAny>()?;
            } else {
                own.insert(key, entries.next_value()?);
            }
        }
        if is_answer { Ok(()) } else { self.give(own) }
    }
}
