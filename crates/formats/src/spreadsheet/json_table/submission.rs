//! One submission after the other: the cells of its members by the keys that lead to them, and the rows they make.

use super::answers::{JsonAnswers, TooLong};
use super::keys::JsonKeys;
use super::nested::NestedJson;
use crate::spreadsheet::SheetFault;
use crate::spreadsheet::rows::{MAX_CELL, SheetRows};
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Number;
use std::fmt::{self, Write as _};
use std::ops::Range;

/// Deepest nesting of which the keys become headings.
const DEEPEST: usize = 6;

/// What was read, and the submission that is being read.
#[derive(Default)]
pub struct Submissions {
    sheet: SheetRows,
    line: u32,
    pub fault: Option<SheetFault>,
    is_of_reports: bool,
    keys: JsonKeys,
    /// Keys of the objects that are open, one behind the other.
    paths: String,
    /// The keys that stood in the objects that are open, each with the object in which it stood before.
    seen: Vec<(usize, u64)>,
    /// Objects so far.
    objects: u64,
    answers: JsonAnswers,
    /// Items of the lists that are open, a blank before each.
    items: String,
}

/// The members of one object.
pub struct Members {
    /// Where its keys begin among those that were seen.
    first: usize,
    /// The number of the object in the file.
    object: u64,
    /// The keys that lead to it.
    above: Range<usize>,
    deeper: usize,
}

impl Submissions {
    /// Forgets what was read of a submission.
    pub fn begin(&mut self) {
        self.answers.clear();
        self.items.clear();
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
        if !self.keys.headings.is_empty() {
            self.sheet.put_in_front(&self.keys.headings)?;
        }
        self.sheet.close(&[]);
        Ok(self.sheet)
    }

    /// Makes a row of the submission that was read.
    pub fn give(&mut self) -> Result<(), SheetFault> {
        self.line += 1;
        let is_seen = |name: &str| {
            self.keys.known(name).is_some_and(|key| self.seen.iter().any(|(own, _)| *own == key))
        };
        self.is_of_reports |= is_seen("report_id") && is_seen("occurred_at");
        let mut cells: Vec<(usize, &str)> = Vec::new();
        for (key, cell) in self.answers.cells() {
            let column = self.keys.column(key)?;
            if !cell.trim().is_empty() {
                cells.push((column, cell));
            }
        }
        cells.sort_unstable_by_key(|(column, _)| *column);
        if !cells.is_empty() {
            self.sheet.begin_row(self.line)?;
        }
        for (column, cell) in cells {
            self.sheet.push_cell(column, cell)?;
        }
        self.begin();
        Ok(())
    }

    fn put(&mut self, key: usize, answer: impl fmt::Display) -> Result<(), SheetFault> {
        let line = self.line + 1;
        let put = self.answers.put((key, self.keys.name(key)), answer);
        put.map_err(|TooLong| SheetFault::at_line("sheet.json_too_long", line))
    }

    /// Notes why nothing of the file is taken.
    pub fn refuse<E: Error>(&mut self, fault: SheetFault) -> E {
        self.fault = Some(fault);
        E::custom("not taken")
    }
}

impl Members {
    pub fn begin(submissions: &mut Submissions) -> Members {
        Members::below(submissions, 0..0, DEEPEST)
    }

    fn below(submissions: &mut Submissions, above: Range<usize>, deeper: usize) -> Members {
        submissions.objects += 1;
        Members { first: submissions.seen.len(), object: submissions.objects, above, deeper }
    }

    /// Forgets which keys stood in the object; those round it stood in theirs.
    fn end(self, submissions: &mut Submissions) {
        for (key, before) in submissions.seen.drain(self.first..) {
            submissions.keys.see(key, before);
        }
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
        let line = submissions.line + 1;
        let number = submissions.keys.number(&submissions.paths[path.clone()], line);
        let key = number.map_err(|fault| submissions.refuse(fault))?;
        let before = submissions.keys.see(key, self.object);
        if before == self.object {
            let name = submissions.paths[path].to_owned();
            let values = vec![("line", line.to_string().into()), ("name", name.into())];
            let words = crate::decode::RefusalSentence { key: "sheet.json_doubled", values };
            return Err(submissions.refuse(SheetFault(words)));
        }
        submissions.seen.push((key, before));
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
    fn put<E: Error>(self, answer: impl fmt::Display) -> Result<(), E> {
        if self.is_item {
            let _ = write!(self.submissions.items, " {answer}"); // writing to a String cannot fail
            return Ok(());
        }
        let put = self.submissions.put(self.key, answer);
        put.map_err(|fault| self.submissions.refuse(fault))
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

    fn visit_bool<E: Error>(self, is: bool) -> Result<(), E> {
        self.put(is)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<(), E> {
        self.put(number)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<(), E> {
        self.put(number)
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<(), E> {
        Number::from_f64(number).map_or(Ok(()), |number| self.put(number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.put(text)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        // What the service keeps beside a submission: pictures, and the like.
        if self.is_item && self.submissions.paths[self.path.clone()].starts_with('_') {
            while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            return Ok(());
        }
        if self.deeper == 0 {
            let mut text = String::new();
            NestedJson(&mut text).visit_map(entries)?;
            return self.put(text);
        }
        let submissions = self.submissions;
        let members = Members::below(submissions, self.path, self.deeper - 1);
        while let Some(path) = members.next_key(submissions, &mut entries)? {
            members.value(submissions, path, &mut entries)?;
        }
        members.end(submissions);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        if self.is_item || self.deeper == 0 {
            let mut text = String::new();
            NestedJson(&mut text).visit_seq(items)?;
            return self.put(text);
        }
        // Objects among the items put cells of their own.
        let (submissions, path, key) = (self.submissions, self.path, self.key);
        let from = submissions.items.len();
        loop {
            let item = MemberValue {
                submissions: &mut *submissions,
                path: path.clone(),
                key,
                deeper: self.deeper - 1,
                is_item: true,
            };
            if items.next_element_seed(item)?.is_none() {
                break;
            }
            if submissions.items.len() - from > MAX_CELL {
                let fault = SheetFault::at_line("sheet.json_too_long", submissions.line + 1);
                return Err(submissions.refuse(fault));
            }
        }
        if submissions.items.len() == from {
            return Ok(());
        }
        let items = submissions.items.split_off(from);
        let put = submissions.put(key, &items[1..]);
        put.map_err(|fault| submissions.refuse(fault))
    }
}
