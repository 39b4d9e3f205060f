//! Lists of all places, also of those never hit.

use super::no_place::NoPlace;
use super::read_text;
use super::spelling::spelling;
use crate::error::{Error, Result};
use formats::abridge::first_phrases_and_more;
use formats::plain_text::is_blank;
use std::path::Path;

/// The places of a list, and what of its lines is none.
#[derive(Clone, Debug, Default)]
pub struct ListedUnits {
    /// In the order of the list.
    pub names: Vec<String>,
    pub notes: Vec<String>,
}

/// What a first line that is a heading says, in letters alone.
const HEADINGS: [&str; 21] = [
    "kode",
    "code",
    "nama",
    "name",
    "id",
    "no",
    "unit",
    "units",
    "kab",
    "kabupaten",
    "kabkota",
    "kabupatenkota",
    "kota",
    "kec",
    "kecamatan",
    "wilayah",
    "daerah",
    "tempat",
    "place",
    "district",
    "regency",
];

/// Places, one a line; what follows the first comma or semicolon is a name and is not read. Lines that begin with `#` are
/// remarks.
pub fn read_units(path: &Path) -> Result<ListedUnits> {
    let text = read_text(path)?;
    let code = |line: &str| {
        let cell = line.split([',', ';', '\t']).next().unwrap_or("");
        spelling(cell.trim_matches(|letter| is_blank(letter) || letter == '"'))
    };
    let is_place = |unit: &String| !unit.is_empty() && !unit.starts_with('#');
    let mut listed =
        ListedUnits { names: text.lines().map(code).filter(is_place).collect(), notes: Vec::new() };
    let is_heading = |name: &String| {
        let letters = name.chars().filter(|letter| letter.is_alphanumeric());
        HEADINGS.contains(&letters.collect::<String>().to_lowercase().as_str())
    };
    if listed.names.first().is_some_and(is_heading) {
        let heading = listed.names.remove(0);
        listed
            .notes
            .push(format!("the first line of the list of places, {heading:?}, is taken for a heading"));
        let before = listed.names.len();
        listed.names.retain(|name| name.to_lowercase() != heading.to_lowercase());
        let again = before - listed.names.len();
        if again > 0 {
            listed.notes.push(format!(
                "{again} lines of the list of places are the heading again, as in files that were joined; they are left out"
            ));
        }
    }
    let none: Vec<String> = listed
        .names
        .iter()
        .filter(|name| NoPlace::of(name).is_some())
        .map(|name| format!("{name:?}"))
        .collect();
    if !none.is_empty() {
        listed.names.retain(|name| NoPlace::of(name).is_none());
        listed.notes.push(format!(
            "{} lines of the list of places are sums or name no place and are left out: {}",
            none.len(),
            first_phrases_and_more(&none, 6)
        ));
    }
    if listed.names.is_empty() {
        return Err(Error::Events(format!("the list of places {path:?} is empty")));
    }
    Ok(listed)
}
