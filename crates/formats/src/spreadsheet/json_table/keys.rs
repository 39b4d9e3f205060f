//! The keys of a file: each has a number, and a column once a submission answers it.

use crate::spreadsheet::SheetFault;
use crate::spreadsheet::rows::MAX_COLUMNS;
use std::collections::HashMap;
use std::sync::Arc;

/// Most keys of one file, also of those that nobody answers and that become no columns: far more than any form asks.
const MOST_KEYS: usize = 20 * MAX_COLUMNS;
/// Longest key, with those that lead to it, bytes.
const LONGEST_KEY: usize = 1 << 10;

#[derive(Default)]
pub struct JsonKeys {
    numbers: HashMap<Arc<str>, usize>,
    keys: Vec<JsonKey>,
    /// The names of those that have a column, in the order of the columns.
    pub headings: Vec<String>,
}

struct JsonKey {
    name: Arc<str>,
    column: Option<usize>,
    /// The object of the file in which it stood last; none has the number 0.
    seen_in: u64,
}

impl JsonKeys {
    /// The number of a key on a line.
    ///
    /// # Errors
    /// Where it is too long, or there are too many.
    pub fn number(&mut self, name: &str, line: u32) -> Result<usize, SheetFault> {
        if let Some(number) = self.numbers.get(name) {
            return Ok(*number);
        }
        if name.len() > LONGEST_KEY {
            return Err(SheetFault::at_line("sheet.json_too_long", line));
        }
        if self.keys.len() == MOST_KEYS {
            return Err(SheetFault::limited("sheet.json_keys", MOST_KEYS));
        }
        let name: Arc<str> = Arc::from(name);
        let number = self.keys.len();
        self.numbers.insert(Arc::clone(&name), number);
        self.keys.push(JsonKey { name, column: None, seen_in: 0 });
        Ok(number)
    }

    pub fn known(&self, name: &str) -> Option<usize> {
        self.numbers.get(name).copied()
    }

    pub fn name(&self, key: usize) -> &str {
        &self.keys[key].name
    }

    /// Notes the object in which a key stands, and returns the one in which it stood before.
    pub fn see(&mut self, key: usize, object: u64) -> u64 {
        core::mem::replace(&mut self.keys[key].seen_in, object)
    }

    /// The column of a key.
    ///
    /// # Errors
    /// Where the sheet has too many.
    pub fn column(&mut self, key: usize) -> Result<usize, SheetFault> {
        let JsonKey { name, column, .. } = &mut self.keys[key];
        if let Some(column) = column {
            return Ok(*column);
        }
        if self.headings.len() == MAX_COLUMNS {
            return Err(SheetFault::limited("sheet.too_wide", MAX_COLUMNS));
        }
        *column = Some(self.headings.len());
        self.headings.push(name.to_string());
        Ok(self.headings.len() - 1)
    }
}
