//! Words of harm that no rule counts: where somebody or a number stands beside one, a person looks.

use super::care::{STRUCK, may_be_cared_for};
use super::dead::{OWNERS, STOPS, is_somebody};
use super::harm_words::{ANIMALS, FILLERS, THINGS, is_swept};
use super::subject::{KEEPERS, is_struck, strikes};
use super::{PeopleHurt, in_no_field, is_denied, is_of_people};
use crate::chat::token::ChatWord;
use std::collections::BTreeSet;
use std::ops::Range;

/// What befalls somebody alone, or somebody as well as things: of these who suffers it says that it is a harm.
const BEFALLS: [&str; 42] = [
    "melepuh",
    "melepoh",
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
    "bonyok",
    "lebam",
    "benjol",
    "sekarat",
    "kritis",
    "koma",
    "kecemplung",
    "kecebur",
    "tercebur",
    "kejegur",
    "kejeblos",
    "terperosok",
    "terkurung",
    "terpanggang",
    "diikat",
    "ditodong",
];
/// What may be struck and is nobody, besides the things that are lost.
const NOBODY: [&str; 36] = [
    "omah", "umah", "ruko", "lapak", "gudang", "kantor", "sekolah", "pondok", "gubuk", "bangunan", "gedung",
    "pos", "mess", "alat", "unit", "buah", "bijik", "biji", "titik", "ha", "hektar", "hektare", "meter", "m",
    "km", "batang", "kaca", "atap", "pagar", "tiang", "kabel", "gereja", "masjid", "los", "toko", "bengkel",
];
/// Who it was stands in them: "sing ketimbun".
const PRONOUNS: [&str; 6] = ["yang", "yg", "sing", "seng", "nang", "nan"];

/// True of a word of what befalls somebody, or strikes them.
pub fn befalls(token: &ChatWord) -> bool {
    token.is(&BEFALLS) || is_struck(token)
}

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

/// The words of people whom no field holds, and of harms that nothing else of their sentence heeds.
pub fn in_no_field_or_unheeded(text: &str, tokens: &[ChatWord], found: &PeopleHurt) -> Vec<Range<usize>> {
    let mut open = in_no_field(text, tokens, found);
    let asked: Vec<Range<usize>> = found.look_at().into_iter().chain(open.iter().cloned()).collect();
    open.extend(unheeded(tokens, found, &asked).map(|at| tokens[at].span.clone()));
    open
}

/// Where words of harms stand that befell somebody, in sentences of which neither a count nor what is asked about holds a word.
pub fn unheeded(
    tokens: &[ChatWord],
    found: &PeopleHurt,
    asked: &[Range<usize>],
) -> impl Iterator<Item = usize> {
    let counted = [&found.dead, &found.injured, &found.displaced].into_iter().flatten();
    let counted = counted.filter(|found| found.value > 0).filter_map(|found| found.words.clone());
    let sentence = |words: Range<usize>| {
        let at = tokens.partition_point(|token| token.span.end <= words.start);
        tokens.get(at).map(|token| token.sentence)
    };
    let heeded: BTreeSet<usize> = counted.chain(asked.iter().cloned()).filter_map(sentence).collect();
    let is_silent = move |at: usize| !heeded.contains(&tokens[at].sentence);
    let is_open = move |at: &usize| {
        let befell = names_harm(tokens, *at) && is_of_somebody(tokens, *at);
        (befell || strikes_somebody(tokens, *at)) && is_silent(*at) && !is_denied(tokens, *at)
    };
    let mut last = None;
    let is_first = move |at: &usize| last.replace(tokens[*at].clause) != Some(tokens[*at].clause);
    (0..tokens.len()).filter(is_open).filter(is_first)
}

fn names_harm(tokens: &[ChatWord], at: usize) -> bool {
    let token = &tokens[at];
    token.is(&BEFALLS)
        || is_swept(tokens, at)
        || is_struck(token) && !is_of_people(token) && !is_of_bad_luck(tokens, at)
        || may_be_cared_for(tokens, at)
        || is_hit(tokens, at)
}

/// "tertimpa musibah", "terserang demam": by no thing.
fn is_of_bad_luck(tokens: &[ChatWord], at: usize) -> bool {
    const LUCK: [&str; 17] = [
        "musibah", "bencana", "masalah", "wabah", "hama", "penyakit", "demam", "diare", "flu", "rezeki",
        "rejeki", "utang", "hutang", "biaya", "aturan", "dana", "ekonomi",
    ];
    tokens.get(at + 1).is_some_and(|next| next.clause == tokens[at].clause && next.is(&LUCK))
}

/// "sing kenek pacul": by whatever thing, and no "warga kena dampak".
fn is_hit(tokens: &[ChatWord], at: usize) -> bool {
    const NO_BLOWS: [&str; 36] = [
        "dampak", "imbas", "banjir", "rob", "asap", "angin", "hujan", "air", "aek", "banyu", "macet",
        "razia", "tilang", "denda", "sanksi", "pajak", "pungli", "palak", "tipu", "marah", "gusur", "phk",
        "musibah", "begal", "rampok", "maling", "copet", "jambret", "covid", "dbd", "demam", "hama",
        "penyakit", "giliran", "program", "bantuan",
    ];
    let next = tokens.get(at + 1).filter(|next| next.clause == tokens[at].clause);
    tokens[at].is(&STRUCK) && next.is_some_and(|next| next.number().is_none() && !next.is(&NO_BLOWS))
}

/// "ngebruki wong ngarit", "memukul satpam": who stands behind the word is struck.
fn strikes_somebody(tokens: &[ChatWord], at: usize) -> bool {
    let own = |other: &usize| tokens[*other].clause == tokens[at].clause;
    let passes = |other: &usize| tokens[*other].number().is_some() || tokens[*other].is(&FILLERS);
    let mut behind = (at + 1..tokens.len().min(at + 4)).take_while(own).skip_while(passes);
    strikes(&tokens[at]) && behind.next().is_some_and(|other| is_person(&tokens[other]))
}

/// Somebody, with whatever stands behind the word: "sopire", "kernetnya".
fn is_person(token: &ChatWord) -> bool {
    let is_one = |text: &str| {
        let bare = ChatWord { text: text.to_owned(), ..token.clone() };
        is_somebody(&bare) || bare.is(&KEEPERS)
    };
    let ends = ["nya", "nyo", "nye", "ne", "e"];
    is_one(&token.text) || ends.iter().filter_map(|end| token.text.strip_suffix(end)).any(is_one)
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
    // "yang punyo warung", "sing nduwe omah".
    // "tukang listrik".
    let is_owner = |thing: usize| {
        thing.checked_sub(1).filter(own).is_some_and(|owner| {
            tokens[owner].is(&OWNERS)
                || tokens[owner].is(&KEEPERS)
                || tokens[owner].is(&["punyo", "nduwe", "nduweni", "tinggal"])
        })
    };
    for other in (at.saturating_sub(FAR)..at).rev().take_while(own) {
        let token = &tokens[other];
        if is_person(token) {
            return !is_owned(other);
        }
        if is_thing(token) {
            return is_owner(other);
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
    // "ade kelahi, kene libas kayu": nobody else is struck so.
    let is_alone = || (0..at).rev().take_while(own).all(|other| tokens[other].is(&FILLERS));
    is_led(tokens, at) || is_behind() || is_hit(tokens, at) && is_alone()
}
