//! Words of harm that no rule counts: where somebody or a number stands beside one, a person looks.

use super::care::may_be_cared_for;
use super::dead::{STOPS, is_somebody};
use super::harm_words::{ANIMALS, FILLERS, THINGS, is_swept};
use super::subject::{KEEPERS, is_struck};
use super::{PeopleHurt, is_denied, is_of_people};
use crate::chat::token::ChatWord;
use std::ops::Range;

/// What befalls somebody alone, or somebody as well as things: of these who suffers it says that it is a harm.
const BEFALLS: [&str; 24] = [
    "lecet",
    "berdarah",
    "keracunan",
    "pingsan",
    "semaput",
    "klenger",
    "kelenger",
    "gosong",
    "sesak",
    "terjatuh",
    "kejatuhan",
    "tenggelam",
    "terseret",
    "keseret",
    "kegowo",
    "kebanyu",
    "terbakar",
    "tabakar",
    "kobong",
    "ditendang",
    "disiram",
    "dianiaya",
    "disekap",
    "diculik",
];
/// What may be struck and is nobody, besides the things that are lost.
const NOBODY: [&str; 36] = [
    "omah", "umah", "ruko", "lapak", "gudang", "kantor", "sekolah", "pondok", "gubuk", "bangunan", "gedung",
    "pos", "mess", "alat", "unit", "buah", "bijik", "biji", "titik", "ha", "hektar", "hektare", "meter", "m",
    "km", "batang", "kaca", "atap", "pagar", "tiang", "kabel", "gereja", "masjid", "los", "toko", "bengkel",
];
/// Who it was stands in them: "sing ketimbun".
const PRONOUNS: [&str; 6] = ["yang", "yg", "sing", "seng", "nang", "nan"];

/// True of a word that no list has as a thing, a beast or a measure, and that may be somebody: "1 perangkat".
pub fn may_be_somebody(token: &ChatWord) -> bool {
    !(is_thing(token) || token.is(&FILLERS) || token.number().is_some())
}

fn is_thing(token: &ChatWord) -> bool {
    token.is(&THINGS) || token.is(&ANIMALS) || token.is(&STOPS) || token.is(&NOBODY)
}

/// True where a pronoun heads the words that lead to one: "yang kena bacok", "sing mlebu rumah sakit".
pub fn is_led(tokens: &[ChatWord], at: usize) -> bool {
    let own = |other: &usize| tokens[*other].clause == tokens[at].clause;
    (at.saturating_sub(4)..at).filter(own).any(|other| tokens[other].is(&PRONOUNS))
}

/// The words of harms that befell somebody, in sentences of which neither a count nor what is asked about holds a word.
pub fn unheeded(tokens: &[ChatWord], found: &PeopleHurt, asked: &[Range<usize>]) -> Vec<Range<usize>> {
    let counted = [&found.dead, &found.injured, &found.displaced].into_iter().flatten();
    let known: Vec<Range<usize>> =
        counted.filter_map(|found| found.words.clone()).chain(asked.iter().cloned()).collect();
    let is_known =
        |token: &ChatWord| known.iter().any(|own| own.start < token.span.end && token.span.start < own.end);
    let is_silent = |at: usize| {
        let mut own = tokens.iter().filter(|token| token.sentence == tokens[at].sentence);
        !own.any(is_known)
    };
    let is_open = |at: &usize| {
        names_harm(tokens, *at) && is_silent(*at) && is_of_somebody(tokens, *at) && !is_denied(tokens, *at)
    };
    let mut last = None;
    let is_first = |at: &usize| last.replace(tokens[*at].clause) != Some(tokens[*at].clause);
    (0..tokens.len()).filter(is_open).filter(is_first).map(|at| tokens[at].span.clone()).collect()
}

fn names_harm(tokens: &[ChatWord], at: usize) -> bool {
    let token = &tokens[at];
    token.is(&BEFALLS)
        || is_swept(tokens, at)
        || is_struck(token) && !is_of_people(token)
        || may_be_cared_for(tokens, at)
}

/// Who suffers what a word names: the nearest before it in its clause that may; where none is named there, somebody of the clause
/// before it.
fn is_of_somebody(tokens: &[ChatWord], at: usize) -> bool {
    const FAR: usize = 8;
    let own = |other: &usize| tokens[*other].clause == tokens[at].clause;
    let is_owned = |other: usize| {
        other.checked_sub(1).filter(own).is_some_and(|thing| {
            is_thing(&tokens[thing]) || tokens[thing].is(&["milik", "punya", "kepunyaan"])
        })
    };
    let is_person = |token: &ChatWord| is_somebody(token) || token.is(&KEEPERS);
    for other in (at.saturating_sub(FAR)..at).rev().take_while(own) {
        let token = &tokens[other];
        if is_person(token) {
            return !is_owned(other);
        }
        if is_thing(token) {
            return false;
        }
        if token.number().is_some_and(|number| number > 0) {
            // "2 ruko", "jam 9" and "RT 2" count nobody.
            let between = &tokens[other + 1..at];
            let passes = |word: &ChatWord| word.is(&FILLERS) || may_be_somebody(word);
            let is_bare = between.len() < 4 && between.iter().all(passes);
            let is_led = other.checked_sub(1).filter(own).is_some_and(|before| {
                tokens[before].is(&["jam", "pkl", "pukul", "rt", "rw", "km", "tgl", "tanggal", "no", "pada"])
            });
            return is_bare && !is_led && !is_owned(other);
        }
    }
    let is_behind = || {
        let sentence = |other: &usize| tokens[*other].sentence == tokens[at].sentence;
        let mut before = (at.saturating_sub(16)..at).rev().take_while(sentence).skip_while(own);
        before.find(|other| is_person(&tokens[*other])).is_some_and(|other| !is_owned(other))
    };
    is_led(tokens, at) || is_behind()
}
