//! Names of other regencies in a message: what happened there is no report of ours, whatever our villages are called.

use super::token::ChatWord;
use crate::archive::{distance, words};
use domain::place::{Code, Places, UnitId};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::ops::Range;

/// The names of all regencies, from the crosswalk file: those of one, and those of all others.
pub struct OtherRegencies {
    own: Vec<RegencyName>,
    others: Vec<RegencyName>,
    joined: BTreeSet<String>,
    /// Words of the longest name.
    longest: usize,
    province: u32,
}

struct RegencyName {
    code: Code,
    /// Without its rank, as compared.
    words: Vec<String>,
    joined: String,
}

#[derive(Deserialize)]
struct Row {
    kemendagri: String,
    name: String,
    #[serde(default)]
    old_names: String,
}

const CROSSWALK: &str = include_str!("../../../../config/crosswalk.csv");
const RANKS: [&str; 3] = ["kab", "kabupaten", "kota"];
/// What only a regency's name follows, and what its name or any other word may follow.
const REGENCY: [&str; 4] = ["kab", "kabupaten", "kabupten", "kabupatn"];
const OFFICE: [&str; 11] = [
    "kota", "polres", "polresta", "kapolres", "bupati", "pemkab", "pemkot", "walikota", "kodim", "dandim",
    "bpbd",
];
/// Words behind "kab." that are no name.
const NO_NAME: [&str; 14] = [
    "ini", "itu", "kami", "kita", "setempat", "tersebut", "tsb", "lain", "lainnya", "tetangga", "dan",
    "yang", "yg", "sudah",
];
/// "ke …", "perbatasan …": what follows is not where it happened.
const NOT_THERE: [&str; 22] = [
    "dari",
    "ke",
    "asal",
    "arah",
    "menuju",
    "tujuan",
    "jurusan",
    "perbatasan",
    "batas",
    "berbatasan",
    "dengan",
    "dgn",
    "rsud",
    "rs",
    "rujuk",
    "dirujuk",
    "warga",
    "orang",
    "org",
    "plat",
    "lintas",
    "jalan",
];
const AT: [&str; 9] = ["di", "tkp", "lokasi", "wilayah", "wil", "daerah", "tepatnya", "d", "seputaran"];
/// Names of regencies that are words of every day, too: without "kab." or "kota" they name nothing.
const EVERYDAY: [&str; 12] = [
    "serang", "malang", "metro", "batu", "palu", "buru", "bone", "banjar", "solok", "sorong", "tegal", "alor",
];
/// Names that are compared letter by letter in one message.
const MOST_COMPARED: usize = 10;

impl OtherRegencies {
    pub fn new(places: &Places, regency: UnitId) -> OtherRegencies {
        let (code, unit) = (places.code(regency), places.unit(regency));
        let mut names = OtherRegencies {
            own: Vec::new(),
            others: Vec::new(),
            joined: BTreeSet::new(),
            longest: 1,
            province: code.province(),
        };
        names.own.extend(unit.aliases.iter().chain([&unit.name]).map(|name| RegencyName::of(code, name)));
        for row in csv::Reader::from_reader(CROSSWALK.as_bytes()).deserialize().filter_map(Result::ok) {
            let row: Row = row;
            let Some(other) = Code::parse(&row.kemendagri) else { continue };
            let list = if other == code { &mut names.own } else { &mut names.others };
            let all = row.old_names.split(';').chain([row.name.as_str()]).filter(|name| !name.is_empty());
            list.extend(all.map(|name| RegencyName::of(other, name)));
        }
        names.own.retain(|name| !name.words.is_empty());
        let own: BTreeSet<&str> = names.own.iter().map(|name| name.joined.as_str()).collect();
        names.others.retain(|name| !own.contains(name.joined.as_str()));
        names.longest = names.own.iter().chain(&names.others).map(|name| name.words.len()).max().unwrap_or(1);
        names.joined = names.others.iter().map(|name| name.joined.clone()).collect();
        names
    }

    /// The first words that place what a message reports in another regency. `is_ours` says how many words from one on are a
    /// name of this regency, or none.
    pub fn find(&self, tokens: &[ChatWord], is_ours: impl Fn(usize) -> usize) -> Option<Range<usize>> {
        let mut compared = 0;
        let mut at = 0;
        while at < tokens.len() {
            let marked = tokens[at].is(&REGENCY) || tokens[at].is(&OFFICE);
            let ours = is_ours(at);
            if ours > 0 {
                // "Pauh, Sarolangun": the name behind one of ours says whose it is.
                let behind = at + ours;
                if let Some(length) = self.bare(tokens, behind).filter(|_| is_ours(behind) == 0) {
                    return Some(behind..behind + length);
                }
                at += ours;
                continue;
            }
            if marked && at + 1 < tokens.len() && !leads(tokens, at, &NOT_THERE) {
                compared += 1;
                let length = if compared <= MOST_COMPARED { self.marked(tokens, at) } else { None };
                if let Some(length) = length {
                    return Some(at..at + 1 + length);
                }
            }
            if leads(tokens, at, &AT)
                && let Some(length) = self.bare(tokens, at)
            {
                return Some(at..at + length);
            }
            at += 1;
        }
        None
    }

    /// How many words behind "kab." or an office name another regency.
    fn marked(&self, tokens: &[ChatWord], marker: usize) -> Option<usize> {
        let run = self.run(tokens, marker + 1);
        // "Kab. Kota …", "Pemkab. Kabupaten …".
        let first = run.first()?;
        if NO_NAME.contains(first) || RANKS.contains(first) {
            return None;
        }
        let longest =
            |is: &dyn Fn(&str) -> bool| (1..=run.len()).rev().find(|length| is(&run[..*length].concat()));
        let own = longest(&|joined| self.own.iter().any(|name| name.joined == joined));
        let other = longest(&|joined| self.joined.contains(joined));
        if own.is_some() || other.is_some() {
            return other.filter(|length| own.is_none_or(|own| own < *length));
        }
        if self.own.iter().any(|name| name.is_meant(&run)) {
            return None;
        }
        let near = |name: &&RegencyName| {
            name.is_near(&run) || name.code.province() == self.province && name.is_acronym(run[0])
        };
        if let Some(name) = self.others.iter().find(near) {
            return Some(if name.is_acronym(run[0]) { 1 } else { name.words.len().min(run.len()) });
        }
        (tokens[marker].is(&REGENCY) && first.len() >= 3).then_some(1)
    }

    /// How many words from one on are the whole name of another regency, and no word of every day.
    fn bare(&self, tokens: &[ChatWord], at: usize) -> Option<usize> {
        let first = tokens.get(at).filter(|token| token.capital && !token.is(&EVERYDAY))?;
        let run = self.run(tokens, at);
        let length = (1..=run.len()).rev().find(|length| {
            let joined = run[..*length].concat();
            self.joined.contains(&joined) || self.own.iter().any(|name| name.joined == joined)
        })?;
        let joined = run[..length].concat();
        let clear = first.text.len() >= 4 && self.joined.contains(&joined);
        clear.then_some(length)
    }

    /// The words from one on, in its sentence, as compared.
    fn run<'t>(&self, tokens: &'t [ChatWord], at: usize) -> Vec<&'t str> {
        let Some(first) = tokens.get(at) else { return Vec::new() };
        let same = tokens[at..].iter().take(self.longest).take_while(|token| token.clause == first.clause);
        same.map(|token| words::canonical(&token.text)).collect()
    }
}

impl RegencyName {
    fn of(code: Code, name: &str) -> RegencyName {
        let mut words: Vec<String> =
            words::name(name).iter().map(|word| words::canonical(word).to_owned()).collect();
        if words.len() > 1 && RANKS.contains(&words[0].as_str()) {
            words.remove(0);
        }
        RegencyName { code, joined: words.concat(), words }
    }

    /// The name with a slip.
    fn is_near(&self, run: &[&str]) -> bool {
        let most = match self.joined.len() {
            0..=6 => 0,
            7..=10 => 1,
            _ => 2,
        };
        most > 0
            && (1..=run.len())
                .any(|length| distance::within(&run[..length].concat(), &self.joined, most).is_some())
    }

    /// The name, with a slip or shortened: "MRU", "muratara", "lmj".
    fn is_meant(&self, run: &[&str]) -> bool {
        // "mura" is no "muratara": only what is written without vowels is a name shortened.
        let shortened = self.words.len() == 1
            && run[0].len() >= 3
            && run[0].as_bytes()[0] == self.joined.as_bytes()[0]
            && run[0].bytes().all(|letter| !b"aeiou".contains(&letter))
            && is_within(run[0], &self.joined);
        self.is_near(run) || self.is_acronym(run[0]) || shortened
    }

    /// "mura" of Musi Rawas, "mru" of Musi Rawas Utara: the beginnings of all its words, or their first letters.
    fn is_acronym(&self, word: &str) -> bool {
        let initials = || self.words.iter().filter_map(|own| own.chars().next()).collect::<String>();
        self.words.len() >= 2 && (self.words.len() >= 3 && word == initials() || pieces(word, &self.words))
    }
}

/// True where a word is two letters or more of each of these, from its beginning or at its end.
fn pieces(word: &str, of: &[String]) -> bool {
    let Some((first, rest)) = of.split_first() else { return word.is_empty() };
    (2..=word.len().min(first.len())).any(|length| {
        word.is_char_boundary(length)
            && (first.starts_with(&word[..length]) || first.ends_with(&word[..length]))
            && pieces(&word[length..], rest)
    })
}

/// True where the letters of one stand in the other, in their order.
pub fn is_within(short: &str, long: &str) -> bool {
    let mut letters = long.chars();
    short.chars().all(|letter| letters.any(|other| other == letter))
}

/// True where one of these words stands before a token, or before "kab." there.
fn leads(tokens: &[ChatWord], at: usize, list: &[&str]) -> bool {
    at.checked_sub(1)
        .is_some_and(|before| tokens[before].sentence == tokens[at].sentence && tokens[before].is(list))
}

#[cfg(test)]
mod tests {
    use super::super::token::tokens;
    use super::*;

    fn elsewhere(regency: &str, text: &str) -> Option<String> {
        let files = [
            ("16.13.csv".to_owned(), include_str!("../../../../config/districts/16.13.csv").to_owned()),
            ("63.72.csv".to_owned(), include_str!("../../../../config/districts/63.72.csv").to_owned()),
        ];
        let places = crate::places::from_csv(&files).unwrap();
        let names = OtherRegencies::new(&places, places.find(Code::parse(regency).unwrap()).unwrap());
        let tokens = tokens(text, 0..text.len());
        let run = names.find(&tokens, |_| 0)?;
        Some(text[tokens[run.start].span.start..tokens[run.end - 1].span.end].to_owned())
    }

    #[test]
    fn another_regency_is_known_by_its_rank_its_offices_or_its_whole_name() {
        for (text, found) in [
            ("banjir di Kab. Sarolangun", Some("Kab. Sarolangun")),
            ("banjir kab sarolanggun", Some("kab sarolanggun")),
            ("bentrok di Kab. Musi Rawas", Some("Kab. Musi Rawas")),
            ("bentrok di Kabupaten Musi Rawas Utara", None),
            ("bentrok di kab muratara", None),
            ("bentrok di kab MRU", None),
            ("Kab. Mura banjir", Some("Kab. Mura")),
            ("Polres Mura turun", Some("Polres Mura")),
            ("Polres Muratara turun", None),
            ("Polres sudah turun", None),
            ("POLRES SUDAH TURUN KE LOKASI", None),
            ("Polres Lubuklinggau amankan pelaku", Some("Polres Lubuklinggau")),
            ("banjir di kota lubuk linggau", Some("kota lubuk linggau")),
            ("banjir di Sarolangun", Some("Sarolangun")),
            ("massa dari Kab. Sarolangun datang", None),
            ("dirujuk ke Kota Lubuklinggau", None),
            ("perbatasan Kab. Sarolangun", None),
            ("di kab ini aman", None),
            ("Kab. Antah Berantah banjir", Some("Kab. Antah")),
            ("warga Malang melintang", None),
        ] {
            assert_eq!(elsewhere("16.13", text).as_deref(), found, "{text}");
        }
        for (text, found) in [
            ("banjir di Kab Banjar", Some("Kab Banjar")),
            ("banjir di Kota Banjar Baru", None),
            ("Polres Banjarbaru turun", None),
            ("kota bjb banjir", None),
        ] {
            assert_eq!(elsewhere("63.72", text).as_deref(), found, "{text}");
        }
    }
}
