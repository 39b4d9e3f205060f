//! Parts of a day in the words of several tongues: "subuh", "lepas zuhur", "kamarian", "bengi", "tengah malam".

use super::clock::leads_hour;
use super::dates::is_weekday_name;
use super::ended::{is_of_later, is_part_of_end};
use super::{Part, is};
use crate::chat::Sureness;
use crate::chat::token::ChatWord;

/// A part of the day: its usual minute.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct DayPart {
    pub usual: i64,
    /// Hours of a twelve-hour clock that lie in its second half.
    pub afternoon: bool,
}

impl DayPart {
    pub fn is_night(self) -> bool {
        self.usual >= 21 * 60
    }
}

/// What a night is called by itself.
pub const NIGHT: [&str; 9] =
    ["malam", "mlm", "malem", "mlam", "malamnya", "bengi", "mbengi", "dalu", "ndalu"];
/// The night before, in one word.
pub const LAST_NIGHT: [&str; 7] =
    ["semalam", "semalem", "smalam", "mambengi", "mambangi", "mambengine", "smlm"];
/// What leads an hour of prayer.
const AT_PRAYER: [&str; 26] = [
    "bakda",
    "bada",
    "ba",
    "da",
    "habis",
    "abis",
    "hbs",
    "sehabis",
    "selepas",
    "lepas",
    "lps",
    "setelah",
    "stlh",
    "sesudah",
    "sesudah",
    "waktu",
    "pas",
    "menjelang",
    "jelang",
    "sebelum",
    "sblm",
    "bar",
    "imbah",
    "limbah",
    "sholat",
    "salat",
];

/// "selamat malam" greets, and a night market is a place.
const NO_PARTS: [&str; 28] = [
    "selamat",
    "slmt",
    "met",
    "slamat",
    "sugeng",
    "assalamualaikum",
    "pasar",
    "warung",
    "hiburan",
    "shift",
    "sif",
    "ronda",
    "jaga",
    "piket",
    "tiap",
    "setiap",
    "saban",
    "nanti",
    "nnt",
    "ntar",
    "entar",
    "nantik",
    "ngko",
    "mengko",
    "engko",
    "kaina",
    "besok",
    "bsk",
];

/// The part of a day whose words begin at a token.
pub fn day_part(tokens: &[ChatWord], at: usize) -> Option<Part<DayPart>> {
    let at_minute = |usual: i64, afternoon| DayPart { usual, afternoon };
    let at_hour = |hour: i64, afternoon| at_minute(hour * 60, afternoon);
    let before = |list: &[&str]| at > 0 && is(tokens, at - 1, list);
    let is_ago =
        |at: usize| is(tokens, at, &["tadi", "td", "mau", "wau", "tadik", "wingi", "kemarin", "ini"]);
    let word = tokens[at].text.as_str();
    let mut length = 1;
    let value = match word {
        "subuh" | "subuhnya" | "sbuh" | "sbh" | "suboh" => at_hour(5, false),
        "pagi" | "pg" | "paginya" | "isuk" | "esuk" | "enjing" | "baisukan" | "isuke" | "esuke" => {
            at_hour(7, false)
        }
        "siang" | "siangnya" | "siyang" => at_hour(13, true),
        // A cloud, too, and that of a volcano.
        "awan" if is_midday(tokens, at) || is_ago(at + 1) => at_hour(13, true),
        "sore" | "petang" | "sorenya" | "sonten" | "kamarian" | "sorek" | "ptg" => at_hour(16, true),
        "magrib" | "maghrib" | "magrip" | "mahgrib" | "sanja" | "surup" => at_hour(18, true),
        "zuhur" | "dzuhur" | "dhuhur" | "duhur" | "zohor" | "lohor" | "luhur" if is_prayer(tokens, at) => {
            at_minute(12 * 60 + 30, true)
        }
        "ashar" | "asar" | "asyar" | "ngasar" if is_prayer(tokens, at) => at_minute(15 * 60 + 30, true),
        "isya" | "isa" | "isak" | "isyak" if is_prayer(tokens, at) => at_minute(19 * 60 + 30, true),
        "jumatan" => at_hour(13, true),
        "jumat" if before(&["sholat", "salat", "shalat", "solat"]) => at_hour(13, true),
        "tengah" | "tangah" if is(tokens, at + 1, &NIGHT) => {
            length = 2;
            at_hour(24, true)
        }
        "tengah" | "tangah" if is(tokens, at + 1, &["hari"]) => {
            length = 2;
            at_hour(12, true)
        }
        "dinihari" | "dinihr" => at_hour(2, false),
        "dini" if is(tokens, at + 1, &["hari", "hr"]) => {
            length = 2;
            at_hour(2, false)
        }
        "bengine" | "mbengine" => at_hour(21, true),
        "malam" | "mlm" | "malem" | "mlam" | "malamnya" | "bengi" | "mbengi" | "dalu" | "ndalu" => {
            at_hour(21, true)
        }
        "semalam" | "semalem" | "smalam" | "mambengi" | "mambangi" | "mambengine" | "smlm" => {
            at_hour(21, true)
        }
        _ => return None,
    };
    let is_one = !before(&NO_PARTS) && !is(tokens, at + length, &["nanti", "nnt", "ntar", "engko", "mengko"]);
    is_one.then_some(Part { value, tokens: at..at + length, sure: Sureness::Likely })
}

/// A prayer that is named as a time and not as a name of somebody.
fn is_prayer(tokens: &[ChatWord], at: usize) -> bool {
    at > 0 && is(tokens, at - 1, &AT_PRAYER) || is(tokens, at + 1, &["tadi", "td", "mau", "kemarin"])
}

/// "jam 2 awan", "wingi awan", "Rebo awan", but for a cloud behind a day ("Sabtu awan panas").
fn is_midday(tokens: &[ChatWord], at: usize) -> bool {
    let behind_hour = (1..4).any(|back| at.checked_sub(back).is_some_and(|led| leads_hour(tokens, led)));
    let is_cloud = is(tokens, at + 1, &["panas", "hitam", "ireng", "peteng", "mendung", "tebal", "kandel"]);
    let behind_day = at > 0
        && (is(tokens, at - 1, &["wingi", "wau", "mau"]) || is_weekday_name(tokens, at - 1) && !is_cloud);
    behind_hour || behind_day
}

/// True where words of a part of the day begin at a token.
pub fn names_day_part(tokens: &[ChatWord], at: usize) -> bool {
    at < tokens.len() && day_part(tokens, at).is_some()
}

/// The part of the day that stands beside a clock and is of no other hour.
pub fn beside(tokens: &[ChatWord], clock: &std::ops::Range<usize>) -> Option<Part<DayPart>> {
    const BETWEEN: [&str; 22] = [
        "tadi", "td", "tadik", "ini", "kemarin", "kmrn", "wib", "wita", "wit", "an", "mau", "wau", "wingi",
        "pas", "waktu", "hari", "sekitar", "skitar", "sktr", "kurang", "lebih", "di",
    ];
    let skipped = |at: &usize| is(tokens, *at, &BETWEEN) || is(tokens, *at, &PRAYER_LEADS);
    let behind = (clock.end..tokens.len().min(clock.end + 4)).find(|at| !skipped(at));
    let own = |at: &usize| tokens[*at].clause == tokens[clock.end - 1].clause;
    let behind = behind.filter(own).and_then(|at| day_part(tokens, at));
    let before = || {
        let from = clock.start.saturating_sub(3);
        let last = (from..clock.start).rev().find(|at| !skipped(at))?;
        // "tengah malam" is two words.
        let part = [last.checked_sub(1), Some(last)]
            .into_iter()
            .flatten()
            .find_map(|at| day_part(tokens, at).filter(|part| part.tokens.end == last + 1))?;
        let is_of_other = (last.saturating_sub(6)..part.tokens.start).any(|at| {
            super::clock::clock(tokens, at).is_some_and(|other| other.tokens.end >= part.tokens.start)
        });
        (!is_of_other).then_some(part)
    };
    behind.or_else(before)
}

const PRAYER_LEADS: [&str; 8] =
    ["bakda", "habis", "lepas", "selepas", "setelah", "sesudah", "menjelang", "sebelum"];

/// A part of the day that stands by itself, and is of no hour and of no end. `clock`: the hour of the event, whose part it may be.
pub fn alone(
    tokens: &[ChatWord],
    clock: Option<&std::ops::Range<usize>>,
    happened: impl Fn(&std::ops::Range<usize>) -> bool,
) -> Option<Part<DayPart>> {
    let is_of_other = |part: &Part<DayPart>| {
        // No clock stands further from its part.
        let near = part.tokens.start.saturating_sub(8)..tokens.len().min(part.tokens.end + 4);
        near.into_iter().any(|at| {
            super::clock::clock(tokens, at).is_some_and(|other| {
                clock.is_none_or(|own| !own.contains(&other.tokens.start))
                    && beside(tokens, &other.tokens).is_some_and(|its| its.tokens == part.tokens)
            })
        })
    };
    let is_near = |part: &Part<DayPart>| {
        let Some(clock) = clock else { return true };
        let own = &tokens[part.tokens.start];
        part.tokens.start < clock.start
            || own.clause == tokens[clock.end - 1].clause
            || is_of_times(tokens, part.tokens.start)
    };
    (0..tokens.len()).find_map(|at| {
        let part = day_part(tokens, at)?;
        let is_later = clock.is_some() && is_of_later(tokens, &part.tokens);
        let is_own = happened(&part.tokens) && is_near(&part) && !is_part_of_end(tokens, &part.tokens);
        (is_own && !is_later && !is_of_other(&part)).then_some(part)
    })
}

/// True where all words of the clause of a token are of time: ", tadi malam,".
fn is_of_times(tokens: &[ChatWord], at: usize) -> bool {
    const TIMES: [&str; 12] =
        ["tadi", "td", "tadik", "hari", "ini", "kemarin", "kmrn", "wib", "wita", "wit", "mau", "wingi"];
    let own = |other: &usize| tokens[*other].clause == tokens[at].clause;
    let is_time = |at: usize| {
        let token = &tokens[at];
        token.is(&TIMES) || token.is(&AT_PRAYER) || token.number().is_some() || names_day_part(tokens, at)
    };
    (at..tokens.len()).take_while(own).all(is_time) && (0..at).rev().take_while(own).all(is_time)
}
