//! How many people a message says were killed, injured or driven from home.

use super::token::{ChatWord, is_dashed};
use super::{Finding, Sureness};
use std::ops::Range;

/// Counts that the words give; `None` where they say nothing of it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PeopleHurt {
    pub dead: Option<Finding<u32>>,
    pub injured: Option<Finding<u32>>,
    pub displaced: Option<Finding<u32>>,
    /// Words that say people are missing, whom no count here holds.
    pub missing: Option<Range<usize>>,
    /// Households of whom nobody says how many persons they are.
    pub households: Option<Range<usize>>,
}

const DEAD: [&str; 8] =
    ["meninggal", "md", "tewas", "wafat", "terbunuh", "mati", "meninggaldunia", "dibunuh"];
const INJURED: [&str; 14] = [
    "luka",
    "terluka",
    "lb",
    "lr",
    "cedera",
    "cidera",
    "terbacok",
    "dibacok",
    "tertembak",
    "ditembak",
    "tertusuk",
    "ditusuk",
    "melukai",
    "luka2",
];
const DISPLACED: [&str; 6] =
    ["mengungsi", "ngungsi", "pengungsi", "diungsikan", "dievakuasi", "mengungsikan"];
const PEOPLE: [&str; 14] = [
    "orang", "org", "warga", "jiwa", "korban", "kk", "pemuda", "satpam", "pekerja", "anak", "lansia",
    "petani", "karyawan", "keluarga",
];
/// Words between a count and what became of the people.
const FILLERS: [&str; 12] = [
    "yang",
    "yg",
    "mengalami",
    "dunia",
    "dan",
    "di",
    "berat",
    "ringan",
    "jumlah",
    "sebanyak",
    "dilaporkan",
    "terpaksa",
];
const NONE: [&str; 7] = ["tidak", "tdk", "tanpa", "nihil", "nol", "belum", "tak"];

/// What the words of a message say of people hurt.
pub fn people_hurt(text: &str, tokens: &[ChatWord]) -> PeopleHurt {
    let mut found = PeopleHurt::default();
    let mut used: Vec<usize> = Vec::new();
    for at in 0..tokens.len() {
        let token = &tokens[at];
        if is_of_animals(tokens, at) {
            continue;
        }
        let slot = if is_dead(tokens, at) {
            &mut found.dead
        } else if token.is(&INJURED) {
            &mut found.injured
        } else if token.is(&DISPLACED) {
            &mut found.displaced
        } else {
            if token.is(&["hilang", "hanyut"]) && near(tokens, at, &PEOPLE) && !negated(tokens, at) {
                found.missing = Some(token.span.clone());
            }
            continue;
        };
        if slot.as_ref().is_some_and(|found| found.sure == Sureness::Sure) {
            continue;
        }
        let (count, run) = count((text, tokens), at, &mut used);
        if run.clone().any(|index| tokens[index].is(&["kk", "keluarga"])) && token.is(&DISPLACED) {
            found.households = Some(tokens[run.start].span.start..tokens[run.end - 1].span.end);
            continue;
        }
        let words = Some(tokens[run.start].span.start..tokens[run.end - 1].span.end);
        *slot = match count {
            Some(value) => Some(Finding { value, words, sure: Sureness::Sure }),
            None if negated(tokens, at) || is_dashed(text, token) => {
                Some(Finding { value: 0, words, sure: Sureness::Likely })
            }
            // "warga terluka": at least one, nobody says how many.
            None => Some(Finding { value: 1, words, sure: Sureness::Guess }),
        };
    }
    none_at_all(tokens, &mut found);
    found
}

/// "korban jiwa" are dead people, and so are "MD" and its like of people.
fn is_dead(tokens: &[ChatWord], at: usize) -> bool {
    let lives = tokens[at].is(&["jiwa"]) && at > 0 && tokens[at - 1].is(&["korban"]);
    // Fish and cattle die, too.
    let mati = tokens[at].is(&["mati"]) && !near(tokens, at, &["orang", "org", "warga", "korban"]);
    lives || tokens[at].is(&DEAD) && !mati
}

fn near(tokens: &[ChatWord], at: usize, list: &[&str]) -> bool {
    let (from, to) = (at.saturating_sub(3), (at + 4).min(tokens.len()));
    (from..to).any(|other| tokens[other].sentence == tokens[at].sentence && tokens[other].is(list))
}

fn negated(tokens: &[ChatWord], at: usize) -> bool {
    let before =
        (at.saturating_sub(4)..at).rev().take_while(|other| tokens[*other].sentence == tokens[at].sentence);
    let behind = tokens.get(at + 1).filter(|next| next.sentence == tokens[at].sentence);
    before.into_iter().any(|other| tokens[other].is(&NONE))
        || behind.is_some_and(|next| {
            let there_is = tokens.get(at + 2).is_none_or(|after| after.is(&["ada"]));
            next.is(&["nihil", "nol", "0"]) || next.is(&NONE) && there_is
        })
}

/// "3 ekor sapi luka": cattle, where no people are named beside it.
fn is_of_animals(tokens: &[ChatWord], at: usize) -> bool {
    let near = |list: &[&str]| {
        (at.saturating_sub(3)..(at + 4).min(tokens.len()))
            .any(|other| tokens[other].clause == tokens[at].clause && tokens[other].is(list))
    };
    near(&["ekor", "sapi", "kambing", "kerbau", "ayam", "ternak"]) && !near(&PEOPLE)
}

/// The number that belongs to a word, before it ("2 orang luka") or behind it ("luka 2", "MD: 1 org"), and the words of both.
fn count(
    (text, tokens): (&str, &[ChatWord]),
    at: usize,
    used: &mut Vec<usize>,
) -> (Option<u32>, Range<usize>) {
    let same = |other: usize| tokens[other].sentence == tokens[at].sentence;
    let passes =
        |other: usize| tokens[other].is(&PEOPLE) || tokens[other].is(&FILLERS) || tokens[other].is(&INJURED);
    let mut before = at;
    while before > 0 && at - before < 4 && same(before - 1) {
        before -= 1;
        if let Some((value, from)) = thousands(tokens, before) {
            return (Some(value), from..at + 1);
        }
        if let Some(value) =
            tokens[before].number().filter(|_| !used.contains(&before) && is_count((text, tokens), before))
        {
            used.push(before);
            return (Some(value), before..at + 1);
        }
        if !passes(before) {
            break;
        }
    }
    for behind in at + 1..(at + 4).min(tokens.len()) {
        if !same(behind) {
            break;
        }
        let counted = tokens
            .get(behind + 1)
            .is_none_or(|next| next.is(&PEOPLE) || next.clause != tokens[behind].clause);
        if let Some(value) = tokens[behind]
            .number()
            .filter(|_| counted && !used.contains(&behind) && is_count((text, tokens), behind))
        {
            used.push(behind);
            return (Some(value), at..behind + 1);
        }
        if !passes(behind) && !is_doubling(tokens, behind) {
            break;
        }
    }
    (None, at..at + 1)
}

/// "1.200": a number of thousands that ends here, and where it begins.
fn thousands(tokens: &[ChatWord], at: usize) -> Option<(u32, usize)> {
    let (last, first) = (&tokens[at], tokens.get(at.checked_sub(1)?)?);
    let digits = |token: &ChatWord| token.text.bytes().all(|byte| byte.is_ascii_digit());
    let joined = last.before == '.' && last.text.len() == 3 && first.text.len() <= 3;
    if !joined || !digits(last) || !digits(first) {
        return None;
    }
    Some((first.number()? * 1000 + last.number()?, at - 1))
}

/// "luka2" is "luka-luka".
fn is_doubling(tokens: &[ChatWord], at: usize) -> bool {
    at > 0 && tokens[at].before == '\0' && tokens[at].text == "2"
}

/// A number that is no clock, no date and no part of a word ("luka2").
fn is_count((text, tokens): (&str, &[ChatWord]), at: usize) -> bool {
    let led = at > 0 && tokens[at - 1].is(&["jam", "pkl", "pukul", "rt", "rw", "km", "tgl"]);
    let joined = matches!(tokens[at].before, '/' | ':' | '.') && at > 0 && tokens[at - 1].number().is_some();
    let joins =
        tokens.get(at + 1).is_some_and(|next| matches!(next.before, '/' | '.') && next.number().is_some());
    let years = tokens.get(at + 1).is_some_and(|next| next.is(&["th", "thn", "tahun"]));
    let span = &tokens[at].span;
    let age = text[..span.start].ends_with('(') && text[span.end..].starts_with(')');
    !(led || is_doubling(tokens, at) || joined || joins || years || age)
}

/// "korban" of any sort: not only the dead of "korban jiwa".
fn is_any_victim(tokens: &[ChatWord], at: usize) -> bool {
    tokens[at].is(&["korban"]) && !tokens.get(at + 1).is_some_and(|next| next.is(&["jiwa"]))
}

/// "korban nihil", "tidak ada korban": nobody was killed or injured.
fn none_at_all(tokens: &[ChatWord], found: &mut PeopleHurt) {
    let at = (0..tokens.len()).find(|at| is_any_victim(tokens, *at) && negated(tokens, *at));
    let Some(at) = at else { return };
    let words = Some(tokens[at].span.clone());
    for slot in [&mut found.dead, &mut found.injured] {
        slot.get_or_insert_with(|| Finding { value: 0, words: words.clone(), sure: Sureness::Likely });
    }
}

#[cfg(test)]
mod tests {
    use super::super::token::tokens;
    use super::*;

    fn counts(text: &str) -> [Option<u32>; 3] {
        let found = people_hurt(text, &tokens(text, 0..text.len()));
        [found.dead, found.injured, found.displaced].map(|slot| slot.map(|found| found.value))
    }

    #[test]
    fn counts_stand_before_or_behind_what_became_of_people() {
        for (text, dead, injured, displaced) in [
            ("2 orang luka", None, Some(2), None),
            ("dua warga luka-luka, satu orang meninggal dunia", Some(1), Some(2), None),
            ("MD 1 org, LB 2 org", Some(1), Some(2), None),
            ("korban: luka2 3 orang", None, Some(3), None),
            ("tidak ada korban jiwa", Some(0), None, None),
            ("korban nihil", Some(0), Some(0), None),
            ("belum ada korban", Some(0), Some(0), None),
            ("120 jiwa mengungsi ke balai desa", None, None, Some(120)),
            ("30 KK mengungsi", None, None, None),
            ("warga terluka kena parang", None, Some(1), None),
            ("ikan mati di sungai", None, None, None),
            ("jam 3 orang ramai", None, None, None),
            ("1 korban jiwa", Some(1), None, None),
            ("korban jiwa: -", Some(0), None, None),
            ("korban jiwa: 0", Some(0), None, None),
            ("korban jiwa tidak ada", Some(0), None, None),
            ("korban jiwa : nihil", Some(0), None, None),
            ("Budi (45) luka", None, Some(1), None),
            ("3 ekor sapi luka", None, None, None),
            ("1.200 jiwa mengungsi", None, None, Some(1200)),
            ("banjir 0.5 m, 30 jiwa mengungsi", None, None, Some(30)),
            ("jam 20.15 orang luka", None, Some(1), None),
        ] {
            assert_eq!(counts(text), [dead, injured, displaced], "{text}");
        }
        let hurt = |text: &str| people_hurt(text, &tokens(text, 0..text.len()));
        assert!(hurt("2 warga hilang terseret arus").missing.is_some());
        assert!(hurt("30 KK mengungsi").households.is_some());
        assert!(hurt("motor hilang di Pauh").missing.is_none());
    }
}
