//! Submissions in JSON as KoboToolbox's API gives them: an array of objects, the same under `results`, or one object behind
//! the other. A key becomes a heading, an object a row; what is nested stands under the keys that lead to it.

mod answers;
mod keys;
mod nested;
mod submission;

use super::SheetFault;
use super::rows::SheetRows;
use crate::plain_text::unmarked;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fmt;
use submission::{Members, Submissions};

/// True for what begins as JSON does.
pub fn is_json(bytes: &[u8]) -> bool {
    matches!(unmarked(bytes).trim_ascii_start(), [b'{', ..] | [b'[', ..])
}

/// The one table of a file. Its lines count submissions.
///
/// # Errors
/// Where it is no such JSON, a key stands twice in a submission, it holds reports as they are sent, or is larger than a table may
/// be.
pub fn read(bytes: &[u8]) -> Result<SheetRows, SheetFault> {
    let mut submissions = Submissions::default();
    let mut reader = serde_json::Deserializer::from_slice(unmarked(bytes));
    while reader.end().is_err() {
        if (Answer { submissions: &mut submissions }).deserialize(&mut reader).is_err() {
            return Err(submissions.fault.unwrap_or(SheetFault::bare("sheet.json_damaged")));
        }
    }
    submissions.close()
}

/// One value of a file: a submission, a list of them, or an answer that holds such a list.
struct Answer<'a> {
    submissions: &'a mut Submissions,
}

impl<'de> DeserializeSeed<'de> for Answer<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Answer<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("submissions")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let submissions = self.submissions;
        while items.next_element_seed(Item { submissions: &mut *submissions })?.is_some() {}
        Ok(())
    }

    /// The answer of a service has its submissions under `results`; any other object is one.
    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let mut members = Members::begin(self.submissions);
        let mut is_answer = false;
        while let Some(path) = members.next_key(self.submissions, &mut entries)? {
            if self.submissions.is_path(&path, "results") {
                is_answer = true;
                self.submissions.begin();
                entries.next_value_seed(Answer { submissions: &mut *self.submissions })?;
                self.submissions.begin();
                members = Members::begin(self.submissions);
            } else if is_answer {
                entries.next_value::<IgnoredAny>()?;
            } else {
                members.value(self.submissions, path, &mut entries)?;
            }
        }
        if is_answer {
            self.submissions.begin();
            return Ok(());
        }
        give(self.submissions)
    }
}

/// One submission of a list.
struct Item<'a> {
    submissions: &'a mut Submissions,
}

impl<'de> DeserializeSeed<'de> for Item<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Item<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a submission")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let members = Members::begin(self.submissions);
        while let Some(path) = members.next_key(self.submissions, &mut entries)? {
            members.value(self.submissions, path, &mut entries)?;
        }
        give(self.submissions)
    }
}

fn give<E: Error>(submissions: &mut Submissions) -> Result<(), E> {
    submissions.give().map_err(|fault| submissions.refuse(fault))
}
