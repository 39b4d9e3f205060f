//! One submission after the other: the cells of its members by the keys that lead to them, and the rows they make.

use crate::spreadsheet::column::{self, ColumnMeaning};
use crate::spreadsheet::rows::{MAX_COLUMNS, SheetRows};
use crate::spreadsheet::{SheetFault, cells};
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::{Number, Value};
use std::collections::HashMap;
use std::fmt::{self, Write as _};
use std::ops::Range;

/// Deepest nesting of which the keys become headings.
const DEEPEST: usize = 6;

/// What was read, and the submission that is being read.
#[derive(Default)]
pub struct Submissions {
    sheet: SheetRows,
    headings: Vec<String>,
    line: u32,
    pub fault: Option<SheetFault>,
    is_of_reports: bool,
    /// The keys that lead to a value, by number, and the column each has once it had a cell.
    numbers: HashMap<String, usize>,
    columns: Vec<Option<usize>>,
    /// Keys of the objects that are open, one behind the other.
    paths: String,
    /// Numbers of the keys that stood in the objects that are open.
    seen: Vec<usize>,
    cells: Vec<JsonCell>,
    text: String,
}

/// A cell: the number of its key, and its text.
struct JsonCell {
    key: usize,
    text: Range<usize>,
}

/// The members of one object.
pub struct Members {
    /// Where its keys begin among those that were seen.
    first: usize,
    /// The keys that lead to it.
    above: Range<usize>,
    deeper: usize,
}

impl Submissions {
    /// Forgets what was read of a submission.
    pub fn begin(&mut self) {
        self.cells.clear();
        self.text.clear();
        self.seen.clear();
        self.paths.clear();
    }

    pub fn is_path(&self, path: &Range<usize>, name: &str) -> bool {
        self.paths[path.clone()] == *name
    }

    /// The table with its headings in front.
    pub fn close(mut self) -> Result<SheetRows, SheetFault> {
        if self.is_of_reports {
            return Err(SheetFault::bare("sheet.reports_in_json"));
        }
        if !self.headings.is_empty() {
            self.sheet.put_in_front(&self.headings)?;
        }
        self.sheet.close(&[]);
        Ok(self.sheet)
    }

    /// Makes a row of the submission that was read.
    pub fn give(&mut self) -> Result<(), SheetFault> {
        self.line += 1;
        let named = |name: &str| self.numbers.get(name).is_some_and(|key| self.seen.contains(key));
        self.is_of_reports |= named("report_id") && named("occurred_at");
        let mut cells: Vec<(usize, Range<usize>)> = Vec::with_capacity(self.cells.len());
        let mut own = core::mem::take(&mut self.cells);
        for cell in own.drain(..) {
            let column = self.column(cell.key)?;
            match cells.iter_mut().find(|(own, _)| *own == column) {
                Some((_, known)) => {
                    let joined =
                        both(&self.headings[column], &self.text[known.clone()], &self.text[cell.text]);
                    let from = self.text.len();
                    self.text.push_str(&joined);
                    *known = from..self.text.len();
                }
                None => cells.push((column, cell.text)),
            }
        }
        self.cells = own;
        cells.retain(|(_, cell)| !self.text[cell.clone()].trim().is_empty());
        cells.sort_unstable_by_key(|(column, _)| *column);
        if !cells.is_empty() {
            self.sheet.begin_row(self.line)?;
        }
        for (column, cell) in cells {
            self.sheet.push_cell(column, &self.text[cell])?;
        }
        self.begin();
        Ok(())
    }

    fn column(&mut self, key: usize) -> Result<usize, SheetFault> {
        if let Some(column) = self.columns[key] {
            return Ok(column);
        }
        let column = self.headings.len();
        if column == MAX_COLUMNS {
            return Err(SheetFault::limited("sheet.too_wide", MAX_COLUMNS));
        }
        let heading = self.numbers.iter().find(|(_, number)| **number == key).map(|(name, _)| name.clone());
        self.headings.push(heading.unwrap_or_default());
        self.columns[key] = Some(column);
        Ok(column)
    }

    fn number(&mut self, path: &Range<usize>) -> usize {
        let path = &self.paths[path.clone()];
        if let Some(number) = self.numbers.get(path) {
            return *number;
        }
        let number = self.columns.len();
        self.numbers.insert(path.to_owned(), number);
        self.columns.push(None);
        number
    }
}

impl Members {
    pub fn begin(submissions: &Submissions) -> Members {
        Members { first: submissions.seen.len(), above: 0..0, deeper: DEEPEST }
    }

    /// The keys that lead to the next member.
    pub fn next_key<'de, A: MapAccess<'de>>(
        &self,
        submissions: &mut Submissions,
        entries: &mut A,
    ) -> Result<Option<Range<usize>>, A::Error> {
        let from = submissions.paths.len();
        if entries.next_key_seed(KeyText(&mut submissions.paths))?.is_none() {
            return Ok(None);
        }
        // KoboToolbox repeats the groups that a question stands in.
        if !self.above.is_empty() && !submissions.paths[from..].contains('/') {
            let above = format!("{}/", &submissions.paths[self.above.clone()]);
            submissions.paths.insert_str(from, &above);
        }
        Ok(Some(from..submissions.paths.len()))
    }

    /// Reads the value of a member, which may stand there once.
    pub fn value<'de, A: MapAccess<'de>>(
        &self,
        submissions: &mut Submissions,
        path: Range<usize>,
        entries: &mut A,
    ) -> Result<(), A::Error> {
        let key = submissions.number(&path);
        if submissions.seen[self.first..].contains(&key) {
            let name = submissions.paths[path].to_owned();
            let line = (submissions.line + 1).to_string();
            let values = vec![("line", line.into()), ("name", name.into())];
            let words = crate::decode::RefusalSentence { key: "sheet.json_doubled", values };
            submissions.fault = Some(SheetFault(words));
            return Err(A::Error::custom("a key stands twice"));
        }
        submissions.seen.push(key);
        let from = path.start;
        entries.next_value_seed(MemberValue {
            submissions,
            path,
            key,
            deeper: self.deeper,
            is_item: false,
        })?;
        submissions.paths.truncate(from);
        Ok(())
    }
}

/// Puts a key behind others.
struct KeyText<'a>(&'a mut String);

impl<'de> DeserializeSeed<'de> for KeyText<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for KeyText<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.0.push_str(text);
        Ok(())
    }
}

/// Writes the value of a member, or an item of one that is a list, as a cell.
struct MemberValue<'a> {
    submissions: &'a mut Submissions,
    path: Range<usize>,
    key: usize,
    deeper: usize,
    /// An item joins those before it.
    is_item: bool,
}

impl MemberValue<'_> {
    fn put(self, text: impl fmt::Display) {
        let Submissions { text: own, cells, .. } = self.submissions;
        if self.is_item {
            let _ = write!(own, " {text}"); // writing to a String cannot fail
            return;
        }
        let from = own.len();
        let _ = write!(own, "{text}");
        cells.push(JsonCell { key: self.key, text: from..own.len() });
    }
}

impl<'de> DeserializeSeed<'de> for MemberValue<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for MemberValue<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an answer")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, is: bool) -> Result<(), E> {
        self.put(is);
        Ok(())
    }

    fn visit_i64<E>(self, number: i64) -> Result<(), E> {
        self.put(number);
        Ok(())
    }

    fn visit_u64<E>(self, number: u64) -> Result<(), E> {
        self.put(number);
        Ok(())
    }

    fn visit_f64<E>(self, number: f64) -> Result<(), E> {
        if let Some(number) = Number::from_f64(number) {
            self.put(number);
        }
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.put(text);
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        // What the service keeps beside a submission: pictures, and the like.
        if self.is_item && self.submissions.paths[self.path.clone()].starts_with('_') {
            while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            return Ok(());
        }
        if self.deeper == 0 {
            let value = Value::deserialize(MapAccessDeserializer::new(entries))?;
            self.put(value);
            return Ok(());
        }
        let submissions = self.submissions;
        let members = Members { first: submissions.seen.len(), above: self.path, deeper: self.deeper - 1 };
        while let Some(path) = members.next_key(submissions, &mut entries)? {
            members.value(submissions, path, &mut entries)?;
        }
        submissions.seen.truncate(members.first);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        if self.is_item || self.deeper == 0 {
            let value = Value::deserialize(SeqAccessDeserializer::new(items))?;
            self.put(value);
            return Ok(());
        }
        // Objects among the items put cells of their own; what they wrote lies between the words of this one.
        let (submissions, path, key) = (self.submissions, self.path, self.key);
        let mut words = String::new();
        loop {
            let (from, before) = (submissions.text.len(), submissions.cells.len());
            let item = MemberValue {
                submissions: &mut *submissions,
                path: path.clone(),
                key,
                deeper: self.deeper - 1,
                is_item: true,
            };
            let is_more = items.next_element_seed(item)?.is_some();
            if submissions.cells.len() == before {
                words.push_str(&submissions.text[from..]);
                submissions.text.truncate(from);
            }
            if !is_more {
                break;
            }
        }
        if !words.is_empty() {
            let from = submissions.text.len();
            submissions.text.push_str(&words[1..]);
            submissions.cells.push(JsonCell { key, text: from..submissions.text.len() });
        }
        Ok(())
    }
}

/// Two answers to a question that is asked for each of several: numbers of people are summed, others stand beside each other.
fn both(key: &str, one: &str, other: &str) -> String {
    let is_count = column::of_heading(key).is_some_and(ColumnMeaning::is_count);
    match (cells::count(one), cells::count(other)) {
        (Some(Some(one)), Some(Some(other))) if is_count => one.saturating_add(other).to_string(),
        _ => format!("{one}; {other}"),
    }
}
