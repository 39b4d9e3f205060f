//! A cell of a place's column that names several places, and what a row's cells say of its place that contradicts itself.

use crate::archive::distance;
use crate::archive::words::{letters, name};
use domain::place::{Places, UnitId};
use std::collections::BTreeSet;

/// Signs and words between the names of several places.
const SIGNS: [char; 6] = [',', '/', ';', '&', '+', '\n'];
const AND: [&str; 3] = [" dan ", " serta ", " dengan "];
/// Words that mark a name in prose as that of a kecamatan or a village.
const MARKS: [&str; 8] = ["kec", "kecamatan", "ds", "desa", "kel", "kelurahan", "distrik", "kampung"];

/// The kecamatan of a regency that a cell names beside each other; none where it is one name.
pub fn districts(places: &Places, regency: UnitId, cell: &str) -> BTreeSet<UnitId> {
    let of = |piece: &str| {
        let own = letters(super::place::unmarked(piece));
        let unit = |unit: &UnitId| {
            let record = places.unit(*unit);
            record.aliases.iter().chain([&record.name]).any(|name| is_alike(&own, &letters(name)))
        };
        places.districts(regency).filter(unit).collect::<BTreeSet<_>>()
    };
    let pieces = pieces(cell);
    if pieces.len() < 2 || !of(cell).is_empty() {
        return BTreeSet::new();
    }
    pieces.iter().flat_map(|piece| of(piece)).collect()
}

/// For each of several villages that a cell names the kecamatan in which one is called so; empty where it names one or none.
pub fn villages(places: &Places, regency: UnitId, cell: &str) -> Vec<BTreeSet<UnitId>> {
    let of = |piece: &str| {
        let own = letters(super::place::unmarked(piece));
        let unit = |unit: &UnitId| {
            let mut names =
                places.unit(*unit).villages.iter().flat_map(|one| one.aliases.iter().chain([&one.name]));
            names.any(|name| letters(name) == own)
        };
        places.districts(regency).filter(unit).collect::<BTreeSet<_>>()
    };
    let pieces = pieces(cell);
    if pieces.len() < 2 || !of(cell).is_empty() {
        return Vec::new();
    }
    let found: Vec<_> = pieces.iter().map(|piece| of(piece)).filter(|units| !units.is_empty()).collect();
    if found.len() > 1 { found } else { Vec::new() }
}

/// True where prose marks a name as that of a kecamatan or a village.
pub fn is_marked(text: &str) -> bool {
    name(text).iter().any(|word| MARKS.contains(&word.as_str()))
}

fn pieces(cell: &str) -> Vec<String> {
    let is_between = |word: &str| AND.iter().any(|and| and.trim().eq_ignore_ascii_case(word));
    if !cell.contains(SIGNS) && !cell.split(' ').any(is_between) {
        return Vec::new();
    }
    let mut cell = format!(" {} ", cell.to_lowercase());
    for word in AND {
        cell = cell.replace(word, ",");
    }
    cell.split(SIGNS).map(str::trim).filter(|piece| !piece.is_empty()).map(str::to_owned).collect()
}

fn is_alike(own: &str, name: &str) -> bool {
    own == name || own.len() >= 6 && distance::within(own, name, 1).is_some()
}
