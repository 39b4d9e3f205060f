//! Names to units: which kecamatan of a regency a few words of prose mean, however they are spelled.

use super::distance;
use super::mention::Mention;
use super::words;
use domain::place::{Places, UnitId};
use std::collections::BTreeMap;

/// How a mention was recognised.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Recognition {
    /// The name as it is in the list of places.
    Exact,
    /// Shortened, or with another part of a name of several words.
    Short,
    /// With spelling mistakes.
    Misspelled,
    /// A name of the neighbouring regency, where nothing here is called so.
    Elsewhere,
    /// By the villages listed under it.
    Villages,
}

/// The names of all places, by regency.
pub struct Gazetteer {
    /// By position of the regency.
    regencies: BTreeMap<UnitId, Regency>,
    /// By province and joined name.
    provinces: BTreeMap<(u32, String), Vec<UnitId>>,
}

#[derive(Default)]
struct Regency {
    names: Vec<Name>,
    villages: BTreeMap<String, Vec<UnitId>>,
}

struct Name {
    unit: UnitId,
    words: Vec<String>,
    /// Abbreviations written out, and as it is.
    joined: String,
    plain: String,
}

/// Longest run of words tried as one name.
const LONGEST: usize = 6;

impl Gazetteer {
    pub fn new(places: &Places) -> Gazetteer {
        Gazetteer::of(places, places.ids())
    }

    /// The names of one regency alone.
    pub fn of_regency(places: &Places, regency: UnitId) -> Gazetteer {
        Gazetteer::of(places, places.districts(regency))
    }

    fn of(places: &Places, units: impl Iterator<Item = UnitId>) -> Gazetteer {
        let mut gazetteer = Gazetteer { regencies: BTreeMap::new(), provinces: BTreeMap::new() };
        for unit in units.filter(|unit| !places.code(*unit).is_regency()) {
            let record = places.unit(unit);
            let regency = gazetteer.regencies.entry(places.regency(unit)).or_default();
            for name in record.aliases.iter().chain([&record.name]).filter(|name| !name.is_empty()) {
                let words = words::name(name);
                let (joined, plain) = (words::joined(&words), words.concat());
                let key = (places.code(unit).0 / 10_000, joined.clone());
                gazetteer.provinces.entry(key).or_default().push(unit);
                regency.names.push(Name { unit, words, joined, plain });
            }
            for village in &record.villages {
                for name in village.aliases.iter().chain([&village.name]) {
                    regency.villages.entry(words::joined(&words::name(name))).or_default().push(unit);
                }
            }
        }
        gazetteer
    }

    /// The kecamatan a mention means, in a regency.
    pub fn place(
        &self,
        places: &Places,
        regency: UnitId,
        mention: &Mention,
    ) -> Option<(UnitId, Recognition)> {
        let known = self.regencies.get(&regency)?;
        if !mention.marked {
            // Only follows a kecamatan in a list, or stands alone: nothing but the whole name will do.
            return known.exact(&mention.words).map(|unit| (unit, Recognition::Exact));
        }
        let words = &mention.words[..mention.words.len().min(LONGEST)];
        let whole: Vec<String> = words.iter().chain(&mention.cut).cloned().collect();
        let cut = known.exact(&whole).map(|unit| (unit, Recognition::Exact));
        cut.or_else(|| known.near(words))
            .or_else(|| known.short(words))
            .or_else(|| known.misspelled(words))
            .or_else(|| self.elsewhere(places, regency, words))
            .or_else(|| known.by_villages(&mention.villages))
    }

    /// The kecamatan most of these villages lie in.
    pub fn by_villages(&self, regency: UnitId, villages: &[Vec<String>]) -> Option<UnitId> {
        self.regencies.get(&regency)?.by_villages(villages).map(|(unit, _)| unit)
    }

    /// The only kecamatan of the province that is called exactly so.
    fn elsewhere(&self, places: &Places, regency: UnitId, words: &[String]) -> Option<(UnitId, Recognition)> {
        let first = words.first()?;
        let here = self.regencies.get(&regency)?.names.iter().any(|name| name.words.first() == Some(first));
        if here {
            return None; // half a name of this regency rather than a whole one of another
        }
        let key = (places.code(regency).0 / 10_000, words::joined(words));
        match self.provinces.get(&key)?.as_slice() {
            [unit] => Some((*unit, Recognition::Elsewhere)),
            _ => None,
        }
    }
}

impl Regency {
    fn exact(&self, words: &[String]) -> Option<UnitId> {
        let (joined, plain) = (words::joined(words), words.concat());
        self.only(|name| name.joined == joined || name.plain == plain)
    }

    /// The one unit with a name like that.
    fn only(&self, like: impl Fn(&Name) -> bool) -> Option<UnitId> {
        let mut units = self.names.iter().filter(|name| like(name)).map(|name| name.unit);
        let unit = units.next()?;
        units.all(|other| other == unit).then_some(unit)
    }

    /// The longest run of words that is a name, or all but one letter of one.
    fn near(&self, words: &[String]) -> Option<(UnitId, Recognition)> {
        (1..=words.len()).rev().find_map(|length| {
            let run = &words[..length];
            let exact = self.exact(run).map(|unit| (unit, Recognition::Exact));
            exact.or_else(|| self.nearest(run, usize::from(words::joined(run).len() >= 6)))
        })
    }

    /// The one name these words shorten.
    fn short(&self, words: &[String]) -> Option<(UnitId, Recognition)> {
        (1..=words.len()).rev().find_map(|length| {
            let (run, rest) = words.split_at(length);
            let long = run.concat().len() >= 3;
            let unit = if long { self.only(|name| name.is_shortened_by(run, rest)) } else { None };
            unit.map(|unit| (unit, Recognition::Short))
        })
    }

    fn misspelled(&self, words: &[String]) -> Option<(UnitId, Recognition)> {
        (1..=words.len()).rev().find_map(|length| {
            let run = &words[..length];
            let budget = match words::joined(run).len() {
                0..=3 => 0,
                4..=6 => 1,
                7..=10 => 2,
                _ => 3,
            };
            self.nearest(run, budget)
        })
    }

    /// The one name with the fewest slips, no more than `most`.
    fn nearest(&self, words: &[String], most: usize) -> Option<(UnitId, Recognition)> {
        let joined = words::joined(words);
        let mut best: Option<(usize, UnitId)> = None;
        let mut tied = false;
        for name in self.names.iter().filter(|name| most > 0 && name.may_be_meant(words)) {
            let Some(slips) = distance::within(&joined, &name.joined, most) else { continue };
            match best {
                Some((least, unit)) if slips == least => tied |= unit != name.unit,
                Some((least, _)) if slips > least => (),
                _ => (best, tied) = (Some((slips, name.unit)), false),
            }
        }
        best.filter(|_| !tied).map(|(_, unit)| (unit, Recognition::Misspelled))
    }

    fn by_villages(&self, villages: &[Vec<String>]) -> Option<(UnitId, Recognition)> {
        let mut votes: BTreeMap<UnitId, usize> = BTreeMap::new();
        for village in villages {
            let longest = village.len().min(LONGEST);
            let known =
                (1..=longest).rev().find_map(|length| self.villages.get(&words::joined(&village[..length])));
            for unit in known.into_iter().flatten() {
                *votes.entry(*unit).or_default() += 1;
            }
        }
        let most = votes.values().max().copied()?;
        let mut winners = votes.iter().filter(|(_, count)| **count == most);
        let (unit, _) = winners.next()?;
        winners.next().is_none().then_some((*unit, Recognition::Villages))
    }
}

impl Name {
    /// True where `run` is made of the beginnings of this name's words ("KPGD", "Loa Jan. Ilir"), of its first words, or
    /// of its last ones in full. What follows the run must not look like another name.
    fn is_shortened_by(&self, run: &[String], rest: &[String]) -> bool {
        if run.len() > 1 && rest.is_empty() && self.words.ends_with(run) {
            return true;
        }
        if rest.is_empty() && self.words.len() > 1 && blends(&run.concat(), &self.words) {
            return true;
        }
        let begins = |(short, word): (&String, &String)| {
            word.starts_with(short.as_str()) || words::canonical(word) == words::canonical(short)
        };
        let head = run.len() <= self.words.len() && run.iter().zip(&self.words).all(begins);
        let next = self.words.get(run.len()).map(|word| word.as_bytes()[0]);
        head && run.concat().len() >= 4 && rest.first().is_none_or(|word| next == Some(word.as_bytes()[0]))
    }

    /// North is never a misspelled south, nor the first letter of a short name for another.
    fn may_be_meant(&self, words: &[String]) -> bool {
        let last = |words: &[String]| {
            words
                .last()
                .map(|word| words::canonical(word))
                .filter(|word| words::is_direction(word))
                .map(String::from)
        };
        let alike = match (last(words), last(&self.words)) {
            (Some(a), Some(b)) => a == b,
            _ => true,
        };
        alike
            && (self.joined.len() > 5
                || self.joined.as_bytes().first() == words::joined(words).as_bytes().first())
    }
}

/// True where `text` is a beginning of every word, one after the other.
fn blends(text: &str, words: &[String]) -> bool {
    let Some((word, rest)) = words.split_first() else { return text.is_empty() };
    let shared = text.bytes().zip(word.bytes()).take_while(|(a, b)| a == b).count();
    (1..=shared).any(|length| blends(&text[length..], rest))
}

#[cfg(test)]
mod tests {
    use super::super::mention::mentions;
    use super::*;
    use domain::place::Code;

    fn places() -> Places {
        let list = "35.18,Kabupaten Nganjuk\n35.18.01,Loceret\n35.18.02,Tanjung Anom\n35.18.03,Pesisir Selatan\n\
                    35.18.04,Pesisir Utara\n35.18.05,Lubuk Linggau Barat I\n35.18.06,Sanga Desa\n35.71.01,Mojoroto\n";
        crate::places::from_list("l", list).unwrap()
    }

    #[test]
    fn a_name_is_known_however_it_is_written() {
        let places = places();
        let gazetteer = Gazetteer::new(&places);
        let regency = places.find(Code(351800)).unwrap();
        let found = |text: &str| {
            let mention = mentions(text).remove(0);
            gazetteer.place(&places, regency, &mention).map(|(unit, way)| (places.name(unit), way))
        };
        let known = |name: &str, way| Some((name.to_string(), way));
        assert_eq!(found("Kec. Loceret Ds. X"), known("Loceret", Recognition::Exact));
        assert_eq!(found("KEC TJG. ANOM"), known("Tanjung Anom", Recognition::Exact));
        assert_eq!(
            found("Kec. Lubuk Linggau Barat Satu"),
            known("Lubuk Linggau Barat I", Recognition::Exact)
        );
        assert_eq!(found("Kec. Sanga"), known("Sanga Desa", Recognition::Short));
        assert_eq!(found("Kec. Locaret"), known("Loceret", Recognition::Misspelled));
        assert_eq!(found("Kec. Pesisr Selatan"), known("Pesisir Selatan", Recognition::Misspelled));
        assert_eq!(found("Kec. LLB. I"), known("Lubuk Linggau Barat I", Recognition::Short));
        assert_eq!(found("Kec. Sanga Desa Air Balui"), known("Sanga Desa", Recognition::Exact));
        assert_eq!(found("Kec. Pesisir"), None);
        assert_eq!(found("Kec. Mojoroto"), known("Mojoroto", Recognition::Elsewhere));
        assert_eq!(found("Kec. Antah Berantah"), None);
    }
}
