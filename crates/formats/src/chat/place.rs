//! Where a message says it happened: the kecamatan and the village of one regency that its words name.

mod weight;

use super::elsewhere::{OtherRegencies, is_within};
use super::hurt::is_person;
use super::number::counts;
use super::token::ChatWord;
use super::which_village::{NamedVillage, village};
use super::{Finding, Question, Sureness, name_word};
use crate::archive::mention::Mention;
use crate::archive::{Gazetteer, distance, words};
use domain::place::{Places, UnitId};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use weight::{plain, weight};

/// The names of one regency.
pub struct PlaceNames<'a> {
    places: &'a Places,
    regency: UnitId,
    gazetteer: Gazetteer,
    /// By the first word, as compared.
    by_first: BTreeMap<String, Vec<PlaceName>>,
    others: OtherRegencies,
}

struct PlaceName {
    words: Vec<String>,
    unit: UnitId,
    /// 0 for the kecamatan itself.
    village: u16,
}

/// Where it happened.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PlaceFinding {
    pub district: Option<Finding<UnitId>>,
    /// The village's last four digits.
    pub village: Option<Finding<u16>>,
    pub question: Option<Question>,
}

/// The names of places in a part of a message.
pub struct NamedPlaces {
    pub found: Vec<Naming>,
    /// For each token whether it is a name's: it names no incident ("Mandi Angin" is a village and no storm).
    pub is_name: Vec<bool>,
    unknown: Option<Range<usize>>,
}

impl NamedPlaces {
    /// Marks the words of names that have a number, so that it counts nobody: "4 warga Simpang Tiga". A name of one word that stands before
    /// people counts them: "limo wong".
    pub fn mark_numbers(&self, tokens: &mut [ChatWord]) {
        for run in self.found.iter().map(|naming| naming.tokens.clone()) {
            let start = run.end.saturating_sub(1).max(run.start);
            let is_led = Marker::of(&tokens[run.start]).is_some();
            let is_one = run.len() == 1;
            let counts = tokens
                .get(run.end)
                .is_some_and(|next| next.clause == tokens[start].clause && is_person(next));
            let has_number = tokens[run.clone()].iter().any(|token| token.number().is_some());
            if has_number && (is_led || !(is_one && counts)) {
                tokens[run].iter_mut().for_each(|token| token.is_place = true);
            }
        }
    }

    /// Without the places of a list but one of them.
    pub fn keep_one(&mut self, listed: &[usize], own: usize) {
        let mut at = 0;
        self.found.retain(|_| {
            at += 1;
            !listed.contains(&(at - 1)) || listed.get(own) == Some(&(at - 1))
        });
    }
}

/// A name in a message: what it may mean, and how far it says where something happened.
pub struct Naming {
    /// Unit and village; several where villages of two kecamatan are called alike.
    pub meanings: Vec<(UnitId, u16)>,
    pub tokens: Range<usize>,
    pub weight: u8,
    pub exact: bool,
    /// Where somebody is from or goes, not where it happened.
    pub is_from: bool,
    /// "Ds" or "Kec." stands before it.
    pub is_marked: bool,
    /// A kecamatan's that is a village's, too, and nothing says which is meant.
    pub is_village_too: bool,
}

/// True where two places may be one: the same village, or a village and its kecamatan (village 0).
pub fn agree(one: (UnitId, u16), other: (UnitId, u16)) -> bool {
    one.0 == other.0 && (one.1 == other.1 || one.1 == 0 || other.1 == 0)
}

const DISTRICT: [&str; 5] = ["kec", "kecamatan", "kcmtn", "distrik", "kecamtan"];
const VILLAGE: [&str; 9] = ["ds", "desa", "kel", "kelurahan", "kmp", "kampung", "kp", "lurah", "dess"];
const LONGEST: usize = 6;
/// Letters of the shortest word that is written together with the next.
const SHORTEST_JOINED: usize = 3;
/// Names with slips that are looked for in one message: each is compared with every name of the regency.
const MOST_GUESSED: usize = 40;

impl<'a> PlaceNames<'a> {
    pub fn new(places: &'a Places, regency: UnitId) -> PlaceNames<'a> {
        let gazetteer = Gazetteer::of_regency(places, regency);
        let others = OtherRegencies::new(places, regency);
        let mut names = PlaceNames { places, regency, gazetteer, by_first: BTreeMap::new(), others };
        for unit in places.districts(regency) {
            let record = places.unit(unit);
            for name in record.aliases.iter().chain([&record.name]) {
                names.add(name, unit, 0);
            }
            for village in &record.villages {
                for name in village.aliases.iter().chain([&village.name]) {
                    names.add(name, unit, village.number);
                }
            }
        }
        names.add_joined();
        names.add_initials(places);
        for names in names.by_first.values_mut() {
            names.sort_by_key(|name| (std::cmp::Reverse(name.words.len()), name.village));
        }
        names
    }

    fn add(&mut self, name: &str, unit: UnitId, village: u16) {
        let words: Vec<String> =
            words::name(name).iter().map(|word| words::canonical(word).to_owned()).collect();
        let Some(first) = words.first() else { return };
        self.by_first.entry(first.clone()).or_default().push(PlaceName { words, unit, village });
    }

    /// Adds names of two words and more as they are written in one: "Bumbun" is Bum-bun, and "Kertasari" Kerta Sari, where no
    /// other place is called so.
    fn add_joined(&mut self) {
        let is_long = |name: &&PlaceName| {
            name.words.len() > 1 && name.words.iter().all(|word| word.len() >= SHORTEST_JOINED)
        };
        let joined = |name: &PlaceName| PlaceName {
            words: vec![name.words.concat()],
            unit: name.unit,
            village: name.village,
        };
        let is_free = |name: &PlaceName| {
            let own = self.by_first.get(&name.words[0]);
            own.is_none_or(|names| names.iter().all(|other| other.words.len() > 1))
        };
        let names = self.by_first.values().flatten().filter(is_long).map(joined);
        let names: Vec<PlaceName> = names.filter(is_free).collect();
        for name in names {
            self.by_first.entry(name.words[0].clone()).or_default().push(name);
        }
    }

    /// Adds what villages of one name and four directions are called in short: "LU Barat" is Landasan Ulin Barat, and "LA Barat"
    /// the one village of Liang Anggang that ends so, where no other place is called so.
    fn add_initials(&mut self, places: &Places) {
        let initials =
            |words: &[String]| words.iter().filter_map(|word| word.chars().next()).collect::<String>();
        let mut found: BTreeMap<(String, String), BTreeSet<(UnitId, u16)>> = BTreeMap::new();
        for unit in places.districts(self.regency) {
            let record = places.unit(unit);
            let district = words::name(&record.name);
            for village in &record.villages {
                let name = words::name(&village.name);
                let Some((direction, rest)) = name.split_last() else { continue };
                if words::is_direction(words::canonical(direction)) && direction.len() > SHORTEST_JOINED {
                    let led = [&district[..], rest].into_iter().filter(|words| words.len() > 1);
                    for short in led.map(initials) {
                        found.entry((short, direction.clone())).or_default().insert((unit, village.number));
                    }
                }
            }
        }
        const NO_NAMES: [&str; 8] = ["rs", "sd", "rt", "rw", "pt", "kp", "km", "sp"];
        found.retain(|(short, _), _| !NO_NAMES.contains(&short.as_str()));
        for ((short, direction), villages) in found {
            let mut villages = villages.into_iter();
            if let (Some((unit, village)), None) = (villages.next(), villages.next()) {
                self.add(&format!("{short} {direction}"), unit, village);
            }
        }
    }

    /// What the words of a message say of where it happened.
    pub fn find(&self, tokens: &[ChatWord]) -> PlaceFinding {
        self.of(tokens, &self.names(tokens))
    }

    /// The names of places among the words of a message.
    pub fn names(&self, tokens: &[ChatWord]) -> NamedPlaces {
        let mut found = Vec::new();
        let mut unknown = None;
        let mut named = name_word::names(tokens);
        let (mut at, mut guessed) = (0, 0);
        while at < tokens.len() {
            // "Dsn Sukaraja" is a hamlet, whichever village is called so, too.
            if tokens[at].is(&name_word::HAMLET) {
                let is_marked = tokens.get(at + 1).is_some_and(|next| Marker::of(next).is_some());
                at += if is_marked { 1 } else { 2 };
                continue;
            }
            let marker = Marker::of(&tokens[at]);
            let naming = match &marker {
                Some(marker) => self.marked(tokens, at + 1, marker).or_else(|| {
                    guessed += 1;
                    (guessed <= MOST_GUESSED).then(|| self.misspelled(tokens, at + 1, marker)).flatten()
                }),
                None => self.exact(tokens, at, None).and_then(|naming| plain(tokens, naming)),
            };
            if naming.is_none() && marker == Some(Marker::District) && tokens.get(at + 1).is_some_and(is_name)
            {
                unknown = Some(at..at + 2);
            }
            at = naming.as_ref().map_or(at + 1, |naming| naming.tokens.end);
            if let Some(mut naming) = naming {
                named[naming.tokens.clone()].fill(true);
                if marker.is_some() {
                    naming.tokens.start -= 1;
                }
                naming.is_marked = marker.is_some();
                (naming.weight, naming.is_from) = weight(tokens, &naming, marker.is_some());
                found.push(naming);
            }
        }
        NamedPlaces { found, is_name: named, unknown }
    }

    /// Where it happened, as the names of a message have it.
    pub fn of(&self, tokens: &[ChatWord], named: &NamedPlaces) -> PlaceFinding {
        let ours = |at: usize| self.exact(tokens, at, None).map_or(0, |naming| naming.tokens.len());
        if let Some(run) = self.others.find(tokens, ours) {
            let words = span(tokens, &run);
            return PlaceFinding { question: Some(Question::Elsewhere { words }), ..PlaceFinding::default() };
        }
        self.resolved(tokens, &named.found, named.unknown.clone())
    }

    /// The name behind a marker. "Kec. Lewa Tidauh" is Lewa Tidahu, though there is a Lewa: where a longer name goes on as the
    /// words do but for a slip, that is meant.
    fn marked(&self, tokens: &[ChatWord], at: usize, marker: &Marker) -> Option<Naming> {
        let naming = self.exact(tokens, at, Some(marker))?;
        let shared = naming.tokens.len();
        let goes_on = |name: &&PlaceName| {
            let Some(run) = tokens.get(at..at + name.words.len()) else { return false };
            let rest = |words: &[String]| words[shared..].concat();
            let written: Vec<String> =
                run.iter().map(|token| words::canonical(&token.text).to_owned()).collect();
            name.words.len() > shared
                && name.words[..shared] == written[..shared]
                && rest(&name.words).len() >= 4
                && run.iter().all(|token| token.clause == run[0].clause)
                && distance::within(&rest(&written), &rest(&name.words), 1).is_some()
        };
        let names = self.by_first.get(words::canonical(&tokens[at].text))?.iter();
        let is_sort = |name: &&PlaceName| (name.village == 0) == (*marker == Marker::District);
        let Some(longer) = names.filter(is_sort).find(goes_on) else { return Some(naming) };
        let meanings = vec![(longer.unit, longer.village)];
        let tokens = at..at + longer.words.len();
        let (is_from, is_marked, is_village_too) = (false, false, false);
        Some(Naming { meanings, tokens, weight: 0, exact: false, is_from, is_marked, is_village_too })
    }

    /// The longest name that begins at a token.
    fn exact(&self, tokens: &[ChatWord], at: usize, marker: Option<&Marker>) -> Option<Naming> {
        let first = words::canonical(&tokens.get(at)?.text);
        let names = self.by_first.get(first)?;
        let fits = |name: &&PlaceName| {
            let kind = match marker {
                Some(Marker::District) => name.village == 0,
                Some(Marker::Village) => name.village > 0,
                None => true,
            };
            let run = tokens.get(at..at + name.words.len());
            kind && run.is_some_and(|run| {
                let same = run.iter().zip(&name.words).enumerate().all(|(place, (token, word))| {
                    let again = place > 0 && is_said_again(&run[place - 1], token);
                    words::canonical(&token.text) == word || again && name.words[place - 1] == *word
                });
                let end = at + name.words.len();
                same && run.iter().all(|token| token.sentence == run[0].sentence) && !counts(tokens, at, end)
            })
        };
        let length = names.iter().find(fits)?.words.len();
        // A kecamatan and a village called alike are the kecamatan, unless a marker says otherwise.
        let same: Vec<&PlaceName> =
            names.iter().filter(|name| name.words.len() == length).filter(fits).collect();
        let district = same.iter().any(|name| name.village == 0);
        let kept = same.iter().filter(|name| !district || name.village == 0);
        let meanings: BTreeSet<(UnitId, u16)> = kept.map(|name| (name.unit, name.village)).collect();
        let meanings = meanings.into_iter().collect();
        Some(Naming {
            meanings,
            tokens: at..at + length,
            weight: 0,
            exact: true,
            is_from: false,
            is_marked: false,
            is_village_too: district && same.iter().any(|name| name.village > 0),
        })
    }

    /// What stands behind "Kec." or "Ds.": a name of that sort with slips.
    fn misspelled(&self, tokens: &[ChatWord], at: usize, marker: &Marker) -> Option<Naming> {
        let run = tokens.get(at..)?.iter().take(LONGEST);
        let run: Vec<&ChatWord> = run
            .take_while(|token| token.clause == tokens[at].clause && Marker::of(token).is_none())
            .collect();
        let spelled: Vec<String> = run.iter().map(|token| token.text.clone()).collect();
        let first = spelled.first().filter(|word| word.len() >= 3)?;
        let (meaning, length) = match marker {
            Marker::District => {
                let mention = Mention { words: spelled.clone(), marked: true, ..Mention::default() };
                let (unit, _) = self.gazetteer.place(self.places, self.regency, &mention)?;
                (self.places.regency(unit) == self.regency).then_some(())?;
                let length = words::name(&self.places.unit(unit).name).len();
                let whole = words::letters(&self.places.unit(unit).name).starts_with(&first[..1]);
                ((unit, 0), if whole { length.min(spelled.len()) } else { 1 })
            }
            Marker::Village => self.misspelled_village(&spelled)?,
        };
        Some(Naming {
            meanings: vec![meaning],
            tokens: at..at + length,
            weight: 0,
            exact: false,
            is_from: false,
            is_marked: false,
            is_village_too: false,
        })
    }

    /// The one village whose name is these first words but for a letter, or two of a long name.
    fn misspelled_village(&self, spelled: &[String]) -> Option<((UnitId, u16), usize)> {
        (1..=spelled.len()).rev().find_map(|length| {
            let joined = words::joined(&spelled[..length]);
            let most = match joined.len() {
                0..=4 => 0,
                5..=9 => 1,
                _ => 2,
            };
            let villages = self.by_first.values().flatten().filter(|name| name.village > 0);
            let near = |name: &&PlaceName| {
                let last =
                    name.words.last().map(String::as_str) == Some(words::canonical(&spelled[length - 1]));
                let direction = |words: &[String]| {
                    words.last().is_some_and(|word| words::is_direction(words::canonical(word)))
                };
                let alike = last || !(direction(&name.words) || direction(&spelled[..length]));
                alike && most > 0 && distance::within(&joined, &name.words.concat(), most).is_some()
            };
            let mut close = villages.filter(near).map(|name| (name.unit, name.village));
            let one = close.next()?;
            close.all(|other| other == one).then_some((one, length))
        })
    }

    /// "krg dapo" of Karang Dapo: every word begins as the kecamatan's own does and leaves letters out.
    fn is_shortened(&self, unit: UnitId, written: &[ChatWord]) -> bool {
        let names = words::name(&self.places.unit(unit).name);
        written.len() >= names.len()
            && names.iter().zip(written).all(|(name, word)| {
                let (name, word) = (words::canonical(name), words::canonical(&word.text));
                word.len() >= 2 && name.as_bytes().first() == word.as_bytes().first() && is_within(word, name)
            })
    }

    /// Of several names the one that says most of where it happened; two that say as much are asked about.
    fn resolved(&self, tokens: &[ChatWord], found: &[Naming], unknown: Option<Range<usize>>) -> PlaceFinding {
        let span = |run: &Range<usize>| span(tokens, run);
        let Some(most) = found.iter().map(|naming| naming.weight).max() else {
            let question =
                unknown.map_or(Question::NoPlace, |run| Question::UnknownPlace { words: span(&run) });
            return PlaceFinding { question: Some(question), ..PlaceFinding::default() };
        };
        let units = |naming: &Naming| naming.meanings.iter().map(|(unit, _)| *unit).collect::<BTreeSet<_>>();
        // Kecamatan that are named at all tell which of two villages of one name is meant.
        // "kali Jatiroto" flows through others, too.
        let is_river = |naming: &&Naming| {
            let before = naming.tokens.start.checked_sub(1).filter(|_| naming.is_from);
            before.is_some_and(|at| tokens[at].is(&["kali", "sungai", "sei", "das", "gunung"]))
        };
        let districts: BTreeSet<UnitId> = found
            .iter()
            .filter(|naming| naming.meanings.len() == 1 && naming.meanings[0].1 == 0 && !is_river(naming))
            .flat_map(units)
            .collect();
        let narrowed = |naming: &Naming| {
            let own = units(naming);
            let both: BTreeSet<UnitId> = own.intersection(&districts).copied().collect();
            if both.is_empty() { own } else { both }
        };
        let top: Vec<&Naming> = found.iter().filter(|naming| naming.weight == most).collect();
        let named: BTreeSet<UnitId> = top.iter().flat_map(|naming| narrowed(naming)).collect();
        let words: Range<usize> = span(&top[0].tokens);
        let mut units = named.iter();
        let (Some(unit), None) = (units.next(), units.next()) else {
            return PlaceFinding { question: Some(Question::SeveralPlaces), ..PlaceFinding::default() };
        };
        let exact = top.iter().all(|naming| naming.exact);
        let sure = match most {
            4.. if exact => Sureness::Sure,
            3.. => Sureness::Likely,
            _ => Sureness::Guess,
        };
        // A marked kecamatan that is none here, beside a village of ours: its namesake may be meant, so no place is proposed.
        let unknown = unknown.filter(|run| !self.is_shortened(*unit, &tokens[run.start + 1..]));
        if let Some(run) = unknown {
            let question = Some(Question::UnknownPlace { words: span(&run) });
            return PlaceFinding { question, ..PlaceFinding::default() };
        }
        let (village, question) = match village(*unit, found) {
            NamedVillage::None => (None, None),
            NamedVillage::Several => (None, Some(Question::SeveralVillages)),
            NamedVillage::One(number, naming) => {
                let sure = if naming.exact { sure } else { Sureness::Likely };
                (Some(Finding { value: number, words: Some(span(&naming.tokens)), sure }), None)
            }
        };
        PlaceFinding { district: Some(Finding { value: *unit, words: Some(words), sure }), village, question }
    }
}

fn span(tokens: &[ChatWord], run: &Range<usize>) -> Range<usize> {
    tokens[run.start].span.start..tokens[run.end - 1].span.end
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Marker {
    District,
    Village,
}

impl Marker {
    fn of(token: &ChatWord) -> Option<Marker> {
        if token.is(&DISTRICT) {
            Some(Marker::District)
        } else {
            token.is(&VILLAGE).then_some(Marker::Village)
        }
    }
}

fn is_name(token: &ChatWord) -> bool {
    token.text.len() >= 3
        && !token.is(&["ini", "itu", "kami", "kita", "setempat", "tersebut", "tsb", "yang", "yg"])
}

/// "Selok Awar2": a two right behind a word says it twice.
fn is_said_again(before: &ChatWord, token: &ChatWord) -> bool {
    token.text == "2" && token.span.start == before.span.end
}
