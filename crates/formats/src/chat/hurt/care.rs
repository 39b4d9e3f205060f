//! Who is brought where the sick are cared for, struck by a weapon or counted at work: hurt the one, and no harm the other.

use super::dead::{is_somebody, near_in_sentence};
use super::harm_words::{FILLERS, THINGS};
use super::subject::is_blow;
use super::unheeded::{is_led, may_be_somebody};
use crate::chat::token::ChatWord;

/// Said of people they are hurt, wherever they are brought.
const CARED_FOR: [&str; 8] =
    ["opname", "diopname", "dirujuk", "dijahit", "dioperasi", "diinfus", "dirawat", "dirawatinap"];
/// Said of people they are hurt where the place is one of care.
const BROUGHT: [&str; 28] = [
    "mlebet",
    "digotong",
    "dibopong",
    "dilarikno",
    "dilarikan",
    "dilarike",
    "dibawa",
    "dibawak",
    "dibawe",
    "digowo",
    "digawa",
    "diantar",
    "dianter",
    "diangkut",
    "dievakuasi",
    "masuk",
    "masok",
    "mlebu",
    "melbu",
    "malabu",
    "dilariken",
    "lari",
    "dikirim",
    "diboyong",
    "dibawakan",
    "dilarikannya",
    "menuju",
    "dirawat",
];
const CARE: [&str; 12] =
    ["rs", "rsu", "rsud", "puskesmas", "pkm", "klinik", "igd", "ugd", "icu", "sakit", "mantri", "bidan"];
/// Who is ill or gives birth was hurt by nothing that happened; who lies dead is brought there, too.
const PATIENTS: [&str; 16] = [
    "pasien",
    "hamil",
    "bumil",
    "melahirkan",
    "bersalin",
    "persalinan",
    "rujukan",
    "odgj",
    "dbd",
    "demam",
    "malaria",
    "diare",
    "covid",
    "imunisasi",
    "vaksin",
    "berobat",
];
/// Who is counted in a camp or at a post is at work there.
pub const PERSONNEL: [&str; 24] = [
    "petugas", "anggota", "personel", "personil", "relawan", "tagana", "tni", "polri", "polisi", "brimob",
    "tim", "nakes", "perawat", "dokter", "babinsa", "linmas", "aparat", "pegawai", "staf", "asn", "satpol",
    "damkar", "bpbd", "prajurit",
];
const WEAPONS: [&str; 25] = [
    "lempar", "bakar", "kapak", "golok", "tujah", "bacok", "bacokan", "tembak", "tembakan", "parang",
    "panah", "peluru", "sabet", "tusuk", "tusukan", "celurit", "clurit", "pisau", "batu", "lemparan",
    "sajam", "tombak", "suduk", "timpas", "senpi",
];

/// Words behind which a blow or a weapon says that somebody was struck.
pub const STRUCK: [&str; 8] = ["kena", "kene", "keno", "kenek", "kenak", "kana", "terkena", "takana"];

/// "1 dilarikan ke puskesmas", "satu masuk rumah sakit", "korban opname", "sorang kene parang": hurt, though no word says so.
pub fn is_cared_for(tokens: &[ChatWord], at: usize) -> bool {
    may_be_cared_for(tokens, at) && is_of_somebody(tokens, at)
}

/// The same of whomever or whatever.
pub fn may_be_cared_for(tokens: &[ChatWord], at: usize) -> bool {
    let own = |other: usize| tokens.get(other).is_some_and(|token| token.clause == tokens[at].clause);
    let behind = |list: &[&str], most: usize| {
        (at + 1..=at + most).take_while(|other| own(*other)).any(|other| tokens[other].is(list))
    };
    let is_brought = || tokens[at].is(&BROUGHT) && behind(&CARE, 4);
    let is_hit = |other: usize| tokens[other].is(&WEAPONS) || is_blow(&tokens[other]);
    let is_struck = || tokens[at].is(&STRUCK) && (at + 1..at + 3).take_while(|it| own(*it)).any(is_hit);
    let is_cared_for = tokens[at].is(&CARED_FOR) || is_brought();
    let is_ill = || near_in_sentence(tokens, at).iter().any(|token| token.is(&PATIENTS));
    is_cared_for && !is_ill() || is_struck()
}

/// "mlebu rumah sakit telu", "kenek clurit 2": words between such a word and its number.
pub fn is_between(tokens: &[ChatWord], at: usize, behind: usize) -> bool {
    const LEADS: [&str; 10] =
        ["ke", "ka", "nang", "ning", "menyang", "di", "rumah", "rmh", "kerumah", "umum"];
    let word = &tokens[behind];
    tokens[at].is(&BROUGHT) && (word.is(&CARE) || word.is(&LEADS))
        || tokens[at].is(&STRUCK) && behind < at + 3 && (word.is(&WEAPONS) || is_blow(word))
}

/// Somebody or a number stands right before a word, or somebody behind it; a number of things is nobody. "yang kena bacok 2", "1
/// perangkat kena batu": somebody is in the pronoun, too, and in a name behind a number that is no thing's.
fn is_of_somebody(tokens: &[ChatWord], at: usize) -> bool {
    let own = |other: &usize| tokens[*other].clause == tokens[at].clause;
    let passes = |other: &usize| tokens[*other].is(&FILLERS) || tokens[*other].is(&["harus", "korban"]);
    let mut before = (at.saturating_sub(5)..at).rev().take_while(own).skip_while(passes);
    let first = before.next();
    let is_thing = |number: usize| {
        number.checked_sub(1).filter(|thing| own(thing)).is_some_and(|thing| tokens[thing].is(&THINGS))
    };
    let is_number = |other: usize| tokens[other].number().is_some_and(|number| number > 0);
    let is_counted = first.is_some_and(|other| is_number(other) && !is_thing(other));
    let somebody = |other: usize| is_somebody(&tokens[other]);
    let is_named = |other: usize| {
        may_be_somebody(&tokens[other]) && other.checked_sub(1).filter(own).is_some_and(is_number)
    };
    is_counted
        || first.is_some_and(|other| somebody(other) || is_named(other))
        || first.is_none() && is_led(tokens, at)
        || first.is_none() && (at.saturating_sub(5)..at).filter(own).any(somebody)
        || (at + 1..tokens.len().min(at + 5)).take_while(own).any(somebody)
}

/// "20 petugas di pengungsian": who is counted there is at work.
pub fn is_at_work(tokens: &[ChatWord], at: usize) -> bool {
    let own = |other: &usize| tokens[*other].clause == tokens[at].clause;
    tokens[at].is(&["pengungsian"])
        && (at.saturating_sub(6)..at).filter(own).any(|other| tokens[other].is(&PERSONNEL))
}

/// "2 org dievakuasi ke RS": brought there, and not driven from home.
pub fn is_brought_to_care(tokens: &[ChatWord], at: usize) -> bool {
    let own = |other: &usize| tokens[*other].clause == tokens[at].clause;
    tokens[at].is(&["dievakuasi"])
        && (at + 1..tokens.len().min(at + 4)).take_while(own).any(|other| tokens[other].is(&CARE))
}
