//! Rows of a list that are no events: empty ones, tags, headings that come again where files were joined, sums, and rows of
//! which nobody knows the place.

use super::Table;
use super::no_place::NoPlace;
use super::spelling::spelling;
use crate::error::{Error, Result};
use formats::abridge::first_phrases_and_more;
use std::collections::BTreeSet;

/// Names a note shows.
const NAMED: usize = 6;

impl Table {
    /// Leaves out tag rows (`#date+start`), empty rows, headings that come again and rows that repeat another in every field.
    ///
    /// # Errors
    /// Where a heading comes again in another order: what stands behind it would be read from the wrong columns.
    pub(super) fn drop_noise(&mut self, (unit, time): (usize, usize), notes: &mut Vec<String>) -> Result<()> {
        self.rows.retain(|(_, row)| !row.iter().all(|field| field.is_empty()));
        let before = self.rows.len();
        self.rows.retain(|(_, row)| !row.iter().any(|field| field.starts_with('#') && field.contains('+')));
        let tags = before - self.rows.len();
        if tags > 1 {
            notes.push(format!("{tags} rows are tags (such as #date+start) and are left out"));
        }
        self.drop_headings((unit, time), notes)?;
        let before = self.rows.len();
        let mut seen = BTreeSet::new();
        self.rows.retain(|(_, row)| seen.insert(row.clone()));
        let repeated = before - self.rows.len();
        if repeated > 0 {
            notes.push(format!("{repeated} rows repeat another row in every field and are counted once"));
        }
        Ok(())
    }

    fn drop_headings(&mut self, (unit, time): (usize, usize), notes: &mut Vec<String>) -> Result<()> {
        let plain = |text: &String| spelling(text).to_lowercase();
        let names: Vec<String> = self.header.iter().map(plain).collect();
        let is_name = |cell: &String| names.contains(&plain(cell));
        let is_at = |row: &[String], at: usize| row.get(at).is_some_and(|cell| plain(cell) == names[at]);
        let (mut first, mut again) = (None, 0);
        for (line, row) in &self.rows {
            let is_other_order = !(is_at(row, unit) && is_at(row, time))
                && row.iter().filter(|cell| !cell.is_empty()).count() > 1
                && row.iter().filter(|cell| !cell.is_empty()).all(is_name);
            if is_other_order {
                return Err(Error::Events(format!(
                    "line {line} is a heading again, in another order ({}): what stands behind it would be read from the wrong \
                     columns; give each file by itself, or put their columns in one order",
                    row.join(", ")
                )));
            }
            if is_at(row, unit) && is_at(row, time) {
                first.get_or_insert(*line);
                again += 1;
            }
        }
        if let Some(line) = first {
            self.rows.retain(|(_, row)| !(is_at(row, unit) && is_at(row, time)));
            notes.push(format!(
                "{again} rows are the heading again, the first on line {line}, as in files that were joined; they are left out"
            ));
        }
        Ok(())
    }

    /// Leaves out rows that name no place.
    pub(super) fn drop_nowhere(&mut self, unit: usize, name: &str, notes: &mut Vec<String>) {
        let of = |row: &[String]| NoPlace::of(&spelling(row.get(unit).map_or("", String::as_str)));
        for (what, rows, because) in [
            (NoPlace::Nothing, "name no place", ""),
            (NoPlace::Sum, "are sums and no events", ", or the events would count twice"),
        ] {
            let found: Vec<String> = self
                .rows
                .iter()
                .filter(|(_, row)| of(row) == Some(what))
                .filter_map(|(_, row)| row.get(unit).cloned())
                .collect();
            if found.is_empty() {
                continue;
            }
            let words: BTreeSet<String> = found.iter().map(|word| format!("{word:?}")).collect();
            let words: Vec<String> = words.into_iter().collect();
            notes.push(format!(
                "{} rows {rows} in {name:?} ({}) and are left out{because}",
                found.len(),
                first_phrases_and_more(&words, NAMED)
            ));
            self.rows.retain(|(_, row)| of(row) != Some(what));
        }
    }
}
