//! How grave what a message reports is, as the examples of the taxonomy have it.

use super::hurt::PeopleHurt;
use super::phrase::PhraseMatch;
use super::token::ChatWord;
use super::{Finding, Sureness};
use domain::evidence::opening::GRAVE_DISPLACED;
use domain::kind::Kind;
use std::ops::Range;

const FIREARMS: [&str; 8] =
    ["senpi", "senpira", "kecepek", "tembak", "menembak", "ditembak", "tembakan", "tertembak"];
const HOSTAGE: [&str; 4] = ["sandera", "disandera", "menyandera", "penyanderaan"];
const DESTROYED: [&str; 9] =
    ["dibakar", "membakar", "terbakar", "dirusak", "merusak", "perusakan", "hancur", "pecah", "dilempari"];
const WEAPONS: [&str; 7] = ["sajam", "parang", "tombak", "golok", "celurit", "badik", "bacok"];
const SEALED: [&str; 10] = [
    "segel",
    "disegel",
    "menyegel",
    "penyegelan",
    "nyegel",
    "gembok",
    "digembok",
    "menggembok",
    "ditutup",
    "menutup",
];
const OFFICE: [&str; 4] = ["kantor", "kantordesa", "balai", "balaidesa"];
const CROWD: [&str; 13] = [
    "massa",
    "demo",
    "unras",
    "berkumpul",
    "kumpul",
    "orasi",
    "kerumunan",
    "ramai",
    "mengancam",
    "ancam",
    "aksi",
    "puluhan",
    "ratusan",
];
const CUT_OFF: [&str; 5] = ["terputus", "putus", "lumpuh", "terisolir", "terisolasi"];

/// The severity that the words give, as a proposal.
pub fn severity(kind: Kind, tokens: &[ChatWord], found: &PhraseMatch, hurt: &PeopleHurt) -> Finding<u8> {
    severity_of(kind, tokens, found.serious, hurt)
}

/// The same of a category that is serious by itself or not.
pub fn severity_of(kind: Kind, tokens: &[ChatWord], is_serious: bool, hurt: &PeopleHurt) -> Finding<u8> {
    let some = |slot: &Option<Finding<u32>>, uncounted: &Option<Range<usize>>| {
        let counted = slot.as_ref().filter(|found| found.value > 0).and_then(|found| found.words.clone());
        counted.or_else(|| uncounted.clone())
    };
    let has = |list: &[&str]| tokens.iter().find(|token| token.is(list)).map(|token| token.span.clone());
    let rests = |value: u8, words: Option<Range<usize>>| words.map(|words| (value, words));
    let displaced = hurt.displaced.as_ref().map_or(0, |found| found.value);
    let dead = rests(5, some(&hurt.dead, &hurt.uncounted.dead));
    let injured = rests(4, some(&hurt.injured, &hurt.uncounted.injured));
    let rule = match kind {
        Kind::Disaster => dead
            .or_else(|| rests(5, hurt.missing.clone()))
            .or(injured)
            .or_else(|| {
                rests(
                    if displaced >= GRAVE_DISPLACED { 4 } else { 3 },
                    some(&hurt.displaced, &hurt.uncounted.displaced),
                )
            })
            .or_else(|| rests(3, hurt.households.clone()))
            .or_else(|| rests(3, has(&CUT_OFF)))
            .or_else(|| houses(tokens)),
        Kind::ResidentCompany | Kind::ResidentResident => dead
            .or_else(|| rests(5, has(&FIREARMS).or_else(|| has(&HOSTAGE))))
            .or_else(|| {
                rests(
                    5,
                    some(&hurt.displaced, &hurt.uncounted.displaced)
                        .filter(|_| kind == Kind::ResidentResident),
                )
            })
            .or(injured)
            .or_else(|| rests(4, has(&DESTROYED)))
            .or_else(|| rests(3, has(&WEAPONS)))
            .or_else(|| rests(3, closed_office(tokens)).filter(|_| kind == Kind::ResidentResident))
            .or_else(|| rests(2, has(&CROWD)).filter(|_| !is_serious)),
    };
    match rule {
        Some((value, words)) => Finding { value, words: Some(words), sure: Sureness::Likely },
        None => {
            let usual = match kind {
                _ if is_serious => 3,
                Kind::Disaster => 2,
                _ => 1,
            };
            // A flood without any further word is no more than water at some houses.
            let value = if kind == Kind::Disaster { usual.min(2) } else { usual };
            Finding { value, words: None, sure: Sureness::Guess }
        }
    }
}

/// "segel kantor desa", "kantor desa Setia Marga disegel": an office that is closed. Both words stand near each other.
fn closed_office(tokens: &[ChatWord]) -> Option<Range<usize>> {
    const APART: usize = 4;
    let mut offices = (0..tokens.len()).filter(|at| tokens[*at].is(&OFFICE));
    let pair = |office: usize| {
        let mut near = office.saturating_sub(APART)..(office + APART + 1).min(tokens.len());
        near.find(|at| tokens[*at].is(&SEALED)).map(|sealed| (office.min(sealed), office.max(sealed)))
    };
    let (first, last) = offices.find_map(pair)?;
    Some(tokens[first].span.start..tokens[last].span.end)
}

/// Where nobody says what it is: as grave as what became of people, else unknown.
pub fn of_harm(hurt: &PeopleHurt) -> Option<Finding<u8>> {
    let of = |slot: &Option<Finding<u32>>, uncounted: &Option<Range<usize>>, value| {
        let counted = slot.as_ref().filter(|found| found.value > 0).map(|found| found.words.clone());
        let words = counted.or_else(|| uncounted.clone().map(Some))?;
        Some(Finding { value, words, sure: Sureness::Likely })
    };
    of(&hurt.dead, &hurt.uncounted.dead, 5).or_else(|| of(&hurt.injured, &hurt.uncounted.injured, 4))
}

/// "30 rumah": ten and more are many.
fn houses(tokens: &[ChatWord]) -> Option<(u8, Range<usize>)> {
    let at = (1..tokens.len()).find(|at| tokens[*at].is(&["rumah", "unit", "kios", "ruko"]))?;
    let from = at.saturating_sub(2);
    let number = (from..at).find_map(|before| tokens[before].number());
    let many = (from..at).any(|before| tokens[before].is(&["puluhan", "ratusan", "belasan", "banyak"]));
    let words = tokens[from].span.start..tokens[at].span.end;
    Some((if many || number.is_some_and(|number| number >= 10) { 3 } else { 2 }, words))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::token::tokens;

    #[test]
    fn a_village_office_that_is_closed_is_as_grave_as_the_example_has_it() {
        let of = |kind, text: &str| {
            severity_of(kind, &tokens(text, 0..text.len()), false, &PeopleHurt::default()).value
        };
        for text in
            ["segel kantor desa, 40 org", "kantor desa Setia Marga disegel warga", "balai desa ditutup massa"]
        {
            assert_eq!(of(Kind::ResidentResident, text), 3, "{text}");
        }
        let far = "warga datang ke kantor desa, lalu rapat dengan camat dan kapolsek, acara ditutup doa";
        assert_eq!(of(Kind::ResidentResident, far), 1);
    }
}
