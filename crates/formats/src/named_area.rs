//! A place by its name, as an office writes it in a list: "Ds. Uranggantung Kec. Sukodono". One place, or the names it may mean.

use crate::archive::distance;
use crate::archive::words::letters;
use crate::spreadsheet::regency_key;
use domain::place::{Area, Areas, Code, Place, Places, UnitId, Village};
use std::fmt;

/// What a word before a name says it is of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Rank {
    Village,
    District,
    Regency,
}

const RANKS: [(Rank, &[&str]); 3] = [
    (Rank::Village, &["ds", "desa", "kel", "kelurahan", "kampung", "nagari", "gampong", "pekon"]),
    (Rank::District, &["kec", "kecamatan", "distrik"]),
    (Rank::Regency, &["kab", "kabupaten"]),
];

/// A name, and what it is said to be of.
struct NamePart {
    rank: Option<Rank>,
    key: String,
    /// It is a code and no name.
    is_code: bool,
}

impl NamePart {
    const fn new(rank: Option<Rank>) -> NamePart {
        NamePart { rank, key: String::new(), is_code: false }
    }
}

/// Why words name no one place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NamedAreaError {
    /// They mean several; each as it may be written.
    Several { words: String, places: Vec<String> },
    /// No place is called so; those whose names are near.
    Unknown { words: String, near: Vec<String> },
}

/// No more places are named in an error.
const MOST_NAMED: usize = 6;

/// The one place that words name, among all that are configured.
///
/// # Errors
/// Where they name none or several.
pub fn named_area(words: &str, places: &Places) -> Result<Areas, NamedAreaError> {
    let parts = parts(words);
    let known: Vec<Named<'_>> = every_place(places).collect();
    let found: Vec<&Named<'_>> = known.iter().filter(|named| named.is_meant(places, &parts, 0)).collect();
    let listed = |found: &[&Named<'_>]| found.iter().take(MOST_NAMED).map(|own| own.show(places)).collect();
    match found.as_slice() {
        [one] => Ok(Areas::of([one.area(places)])),
        [] => {
            let near = (1..=2).map(|most| {
                known.iter().filter(|named| named.is_meant(places, &parts, most)).collect::<Vec<_>>()
            });
            // Nothing is near: a place of that name may lie in another kecamatan than the words have it.
            let alone = parts.split_first().filter(|(_, others)| !others.is_empty()).map(|(own, _)| own);
            let elsewhere = alone.into_iter().map(|own| {
                let own = std::slice::from_ref(own);
                known.iter().filter(|named| named.is_meant(places, own, 0)).collect::<Vec<_>>()
            });
            let near = near.chain(elsewhere).find(|found| !found.is_empty()).unwrap_or_default();
            Err(NamedAreaError::Unknown { words: words.to_owned(), near: listed(&near) })
        }
        several => Err(NamedAreaError::Several { words: words.to_owned(), places: listed(several) }),
    }
}

/// Those of some names that are nearest to a word, where they are near it.
pub fn nearest<'a>(word: &str, names: impl Iterator<Item = &'a str> + Clone) -> Vec<&'a str> {
    let own = letters(word);
    let within = |most: usize| {
        let near = names.clone().filter(|name| distance::within(&letters(name), &own, most).is_some());
        near.take(MOST_NAMED).collect::<Vec<_>>()
    };
    let most = if own.len() > 8 { 2 } else { usize::from(own.len() > 3) };
    (1..=most).map(within).find(|near| !near.is_empty()).unwrap_or_default()
}

/// A place that may be meant.
#[derive(Clone, Copy)]
struct Named<'a> {
    unit: UnitId,
    village: Option<&'a Village>,
}

fn every_place(places: &Places) -> impl Iterator<Item = Named<'_>> {
    let units = places.regency_ids().chain(places.ids().filter(|unit| !places.code(*unit).is_regency()));
    units.flat_map(move |unit| {
        let villages = places.unit(unit).villages.iter().map(Some);
        std::iter::once(None).chain(villages).map(move |village| Named { unit, village })
    })
}

impl Named<'_> {
    fn area(&self, places: &Places) -> Area {
        let code = places.code(self.unit);
        match self.village {
            Some(village) => Area::Village(Place { code, village: village.number }),
            None => Area::of(code),
        }
    }

    /// The code of the place, or of what it lies in, of a rank.
    fn code(&self, places: &Places, rank: Rank) -> String {
        let code = places.code(self.unit);
        match (rank, self.village) {
            (Rank::Village, Some(village)) => Place { code, village: village.number }.to_string(),
            (Rank::Regency, _) => code.regency().to_string(),
            (Rank::Village | Rank::District, _) => code.to_string(),
        }
    }

    /// The names of the place and of what it lies in, from within outwards.
    fn levels<'a>(&'a self, places: &'a Places) -> Vec<(Rank, Vec<&'a str>)> {
        let names = |name: &'a String, aliases: &'a [String]| {
            std::iter::once(name.as_str()).chain(aliases.iter().map(String::as_str)).collect()
        };
        let of = |unit: UnitId| names(&places.unit(unit).name, &places.unit(unit).aliases);
        let mut levels = Vec::new();
        if let Some(village) = self.village {
            levels.push((Rank::Village, names(&village.name, &village.aliases)));
        }
        if !places.code(self.unit).is_regency() {
            levels.push((Rank::District, of(self.unit)));
        }
        levels.push((Rank::Regency, of(places.regency(self.unit))));
        levels
    }

    /// True where the first part names it and each further one something it lies in, with no more mistakes than `most` in each.
    fn is_meant(&self, places: &Places, parts: &[NamePart], most: usize) -> bool {
        let levels = self.levels(places);
        let fits = |part: &NamePart, (rank, names): &(Rank, Vec<&str>)| {
            let key = |name: &str| match rank {
                Rank::Regency => regency_key(name),
                Rank::Village | Rank::District => letters(name),
            };
            if part.is_code {
                return part.rank.is_none_or(|own| own == *rank) && self.code(places, *rank) == part.key;
            }
            part.rank.is_none_or(|own| own == *rank)
                && names.iter().any(|name| distance::within(&key(name), &part.key, most).is_some())
        };
        let mut open: Vec<usize> = (0..levels.len()).collect();
        let is_own = parts.iter().any(|part| fits(part, &levels[0]));
        // A part with its rank chooses its level first.
        let mut ordered: Vec<&NamePart> = parts.iter().collect();
        ordered.sort_by_key(|part| part.rank.is_none());
        let each = ordered.into_iter().all(|part| {
            let at = open.iter().position(|level| fits(part, &levels[*level]));
            at.map(|at| open.remove(at)).is_some()
        });
        // The place itself is named, and not only what it lies in.
        is_own && each && !open.contains(&0)
    }

    fn show(&self, places: &Places) -> String {
        let unit = places.unit(self.unit);
        let code: Code = places.code(self.unit);
        match self.village {
            Some(village) => format!(
                "Ds. {} Kec. {} ({})",
                village.name,
                unit.name,
                Place { code, village: village.number }
            ),
            None if code.is_regency() => format!("{} ({code})", places.name(self.unit)),
            None => format!("Kec. {} ({code})", unit.name),
        }
    }
}

/// What a word before a name says it is of.
fn rank_of(key: &str) -> Option<Rank> {
    RANKS.iter().find(|(_, own)| own.contains(&key)).map(|(rank, _)| *rank)
}

/// The names in the words: apart by commas, and before each word for what follows.
fn parts(words: &str) -> Vec<NamePart> {
    let mut found = vec![NamePart::new(None)];
    for piece in words.split([',', ';', '/', '(', ')', '\n']).map(str::trim) {
        let first = piece.split([' ', '.']).next().unwrap_or_default();
        let rank = rank_of(&letters(first));
        let code = if rank.is_some() { piece[first.len()..].trim_start_matches([' ', '.']) } else { piece };
        if code.contains('.') && code.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
            found.push(NamePart { rank, key: code.to_owned(), is_code: true });
            continue;
        }
        found.push(NamePart::new(None));
        for word in piece.split(|letter: char| letter.is_whitespace() || letter == '.') {
            let key = letters(word);
            let rank = rank_of(&key);
            match (rank, found.last_mut()) {
                (Some(_), _) => found.push(NamePart::new(rank)),
                (None, Some(last)) => last.key.push_str(&key),
                (None, None) => {}
            }
        }
    }
    found.retain(|part| !part.key.is_empty());
    found
}

impl fmt::Display for NamedAreaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NamedAreaError::Several { words, places } => {
                write!(
                    f,
                    "'{words}' is the name of several places: {}; write the code of the one that is meant",
                    places.join(", ")
                )
            }
            NamedAreaError::Unknown { words, near } if near.is_empty() => {
                write!(
                    f,
                    "'{words}' is no place of those that are configured; write for example Ds. NAME Kec. NAME, or its code, 16.13.04.2003"
                )
            }
            NamedAreaError::Unknown { words, near } => {
                write!(
                    f,
                    "'{words}' is no place of those that are configured; is one of these meant: {}",
                    near.join(", ")
                )
            }
        }
    }
}

impl std::error::Error for NamedAreaError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn places() -> Places {
        let files = [
            ("16.13.csv", include_str!("../../../config/districts/16.13.csv")),
            ("35.08.csv", include_str!("../../../config/districts/35.08.csv")),
        ];
        crate::places::from_csv(&files.map(|(name, text)| (name.to_owned(), text.to_owned()))).unwrap()
    }

    #[test]
    fn of_names_those_are_nearest_that_differ_by_a_slip() {
        let names = ["Sungai Jauh", "Sengkubang", "Bakau", "Bakau Kecil"];
        for (word, near) in [
            ("sungi jauh", vec!["Sungai Jauh"]),
            ("sengkubng", vec!["Sengkubang"]),
            ("Bakao", vec!["Bakau"]),
            ("Antah Berantah", vec![]),
            ("abc", vec![]),
        ] {
            assert_eq!(nearest(word, names.into_iter()), near, "{word}");
        }
    }

    #[test]
    fn a_place_is_found_by_its_name_and_by_what_it_lies_in() {
        let places = places();
        let of = |words: &str| match named_area(words, &places) {
            Ok(areas) => areas.iter().map(|area| places.area_name(area)).collect::<Vec<_>>().join("+"),
            Err(error) => error.to_string(),
        };
        for (words, name) in [
            ("Jugosari", "Jugosari"),
            ("DESA JUGOSARI", "Jugosari"),
            ("Ds. Uranggantung Kec. Sukodono", "Uranggantung"),
            ("Ds.Uranggantung, Kec.Sukodono, Kab. Lumajang", "Uranggantung"),
            ("Selok Awar-awar, Pasirian", "Selok Awar"),
            ("Kec. Sukodono", "Sukodono"),
            ("Kab. Lumajang", "Lumajang"),
            ("Kec. Rupit", "Rupit"),
            ("Desa 16.13.01.2002, Kec. Rupit", "Noman"),
            ("Desa Noman, Kec. 16.13.01", "Noman"),
        ] {
            let found = of(words);
            assert!(found.contains(name) && !found.contains('\''), "{words}: {found}");
        }
        for (words, part) in [
            ("Pasirian", "several places: Kec. Pasirian (35.08.04), Ds. Pasirian Kec. Pasirian (35.08.04."),
            ("Ds. Uranggantung Kec. Pasirian", "meant: Ds. Uranggantung Kec. Sukodono (35.08."),
            ("Desa Pauh, Kec. Rupit", "meant: Ds. Pauh Kec. Rawas Ilir (16.13."),
            ("Desa 16.13.01.2002, Kec. Nibung", "meant: Ds. Noman Kec. Rupit (16.13.01.2002)"),
            ("Desa 16.13.01.2002, Kec. 16.13.03", "meant: Ds. Noman Kec. Rupit (16.13.01.2002)"),
            ("Desa Noman, Kec. 16.13.03", "meant: Ds. Noman Kec. Rupit (16.13.01.2002)"),
            ("Desa Entah, Kec. Rupit", "write for example Ds. NAME"),
            ("Jugosary", "meant: Ds. Jugosari Kec. "),
            ("Entah Berantah", "write for example Ds. NAME"),
            ("", "no place"),
        ] {
            let found = of(words);
            assert!(found.contains(part), "{words}: {found}");
        }
    }
}
