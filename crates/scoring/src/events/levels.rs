//! Of what level the places of a list are: a kecamatan stands in its kabupaten, and both in one list count what happened twice,
//! or one of them as never hit.

use super::{Events, ListedUnits};
use formats::abridge::first_phrases_and_more;
use std::collections::{BTreeMap, BTreeSet};

/// A level of places, by its code's digits or by the word for its rank.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum PlaceLevel {
    Province,
    Regency,
    District,
    Village,
}

impl PlaceLevel {
    fn word(self) -> &'static str {
        match self {
            PlaceLevel::Province => "province",
            PlaceLevel::Regency => "regency",
            PlaceLevel::District => "district",
            PlaceLevel::Village => "village",
        }
    }

    /// By the number of digits: two, four and six of Kemendagri, seven of a kecamatan of BPS, ten of a village.
    fn of_digits(digits: usize) -> Option<PlaceLevel> {
        match digits {
            2 => Some(PlaceLevel::Province),
            4 => Some(PlaceLevel::Regency),
            6 | 7 => Some(PlaceLevel::District),
            10 => Some(PlaceLevel::Village),
            _ => None,
        }
    }

    /// By the word before a name. A kecamatan may be called Kota Agung, so that word says nothing.
    fn of_rank(name: &str) -> Option<PlaceLevel> {
        let lower = name.to_lowercase();
        let mut words = lower.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
        let (first, more) = (words.next()?, words.next());
        more?;
        match first {
            "prov" | "provinsi" | "propinsi" => Some(PlaceLevel::Province),
            "kab" | "kabupaten" => Some(PlaceLevel::Regency),
            "kec" | "kecamatan" | "distrik" => Some(PlaceLevel::District),
            "desa" | "kel" | "kelurahan" => Some(PlaceLevel::Village),
            _ => None,
        }
    }
}

/// The digits of a code, dots or none between them.
fn digits(name: &str) -> Option<String> {
    let is_code = !name.is_empty()
        && name.split('.').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    is_code.then(|| name.replace('.', ""))
}

/// Reads levels. Numbers are codes of administrative places only where all numbers of a list look like it.
struct Levels {
    are_codes: bool,
}

impl Levels {
    fn of<'a>(names: impl Iterator<Item = &'a String>) -> Levels {
        let is_admin = |code: String| {
            PlaceLevel::of_digits(code.len()).is_some()
                && code
                    .get(..2)
                    .and_then(|province| province.parse().ok())
                    .is_some_and(|number: u8| number > 10)
        };
        Levels { are_codes: names.filter_map(|name| digits(name)).all(is_admin) }
    }

    fn level(&self, name: &str) -> Option<PlaceLevel> {
        match digits(name) {
            Some(code) => PlaceLevel::of_digits(code.len()).filter(|_| self.are_codes),
            None => PlaceLevel::of_rank(name),
        }
    }

    /// How many places there are of each level, with the first of them.
    fn counts<'a>(&self, names: impl Iterator<Item = &'a String>) -> BTreeMap<PlaceLevel, (usize, &'a str)> {
        let mut counts = BTreeMap::new();
        for name in names {
            if let Some(level) = self.level(name) {
                counts.entry(level).or_insert((0, name.as_str())).0 += 1;
            }
        }
        counts
    }
}

fn in_words(counts: &BTreeMap<PlaceLevel, (usize, &str)>) -> String {
    let words =
        counts.iter().map(|(level, (count, first))| format!("{count} of a {} ({first})", level.word()));
    words.collect::<Vec<_>>().join(", ")
}

/// Notes that the events name places of several levels, each in the spelling of its row.
pub fn note_mixed(events: &mut Events) {
    let names: BTreeSet<&String> = events.rows.iter().map(|event| &event.unit).collect();
    let counts = Levels::of(names.iter().copied()).counts(names.iter().copied());
    if counts.len() > 1 {
        let words = in_words(&counts);
        events.notes.push(format!(
            "the events name places of several levels: {words}; each is judged as a place of its own, though one lies in the \
             other; give a list of one level"
        ));
    }
}

/// The places of a list that are of the events' level, where these are of one; else it is noted that the list has several.
pub fn of_one(listed: &mut ListedUnits, events: &Events) {
    let of_events: BTreeSet<&String> = events.rows.iter().map(|event| &event.unit).collect();
    let levels = Levels::of(of_events.iter().copied().chain(&listed.names));
    let (here, there) = (levels.counts(of_events.into_iter()), levels.counts(listed.names.iter()));
    if there.len() < 2 {
        return;
    }
    let words = in_words(&there);
    let own = match here.keys().copied().collect::<Vec<_>>()[..] {
        [own] => own,
        _ => {
            listed.notes.push(format!(
                "the list of places names several levels: {words}; where one lies in the other it counts as never hit, and the \
                 figures are too good; give a list of one level"
            ));
            return;
        }
    };
    let is_own = |name: &String| levels.level(name).is_none_or(|level| level == own);
    let other: Vec<String> = listed.names.iter().filter(|name| !is_own(name)).cloned().collect();
    listed.notes.push(format!(
        "the list of places names several levels: {words}; the events are of a {}, and {} places of other levels are left out: {}",
        own.word(),
        other.len(),
        first_phrases_and_more(&other, 6)
    ));
    listed.names.retain(is_own);
}
