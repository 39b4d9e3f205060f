//! A nihil beside what happened: "Kec. Sadaniang nihil kecuali Pentek longsor", "tgl 24 nihil, tgl 25 maling kerbau". Each is a part of
//! its own.

use super::besides_quiet::acts;
use super::incident::{IncidentPart, PartFound};
use super::mishap::mishaps;
use super::stance::{self, QUIET};
use super::token::ChatWord;
use super::{form, modality, quiet, when};
use std::ops::Range;

/// Behind them stands what is no nihil.
const BUT: [&str; 14] = [
    "mung",
    "cume",
    "kecuali",
    "kcuali",
    "terkecuali",
    "hanya",
    "cuma",
    "cuman",
    "tapi",
    "tp",
    "tetapi",
    "namun",
    "nanging",
    "selain",
];
/// So many days of one message are parted.
const MOST_DAYS: usize = 31;

/// The parts of a part that says of something that all is quiet and tells of what happened; empty where it is none.
pub fn parted(words: PartFound<'_>, part: &IncidentPart) -> Vec<IncidentPart> {
    let tokens = words.tokens;
    if part.of_listed.is_some() || modality::concerns_all(tokens) || form::fields(tokens).is_some() {
        return Vec::new();
    }
    let starts = excepted(words).map_or_else(|| by_day(words), |at| vec![at]);
    let begins: Vec<usize> = starts.iter().map(|at| tokens[*at].span.start).collect();
    let Some(first) = begins.first() else { return Vec::new() };
    let head = part.text.start..*first;
    let ends = starts[1..].iter().map(|at| tokens[at - 1].span.end).chain([part.text.end]);
    let behind = begins.iter().zip(ends).map(|(from, to)| IncidentPart::whole(*from..to, head.clone()));
    let leading = IncidentPart::whole(head.start..end_before(tokens, starts[0]), part.context.clone());
    std::iter::once(leading).chain(behind).collect()
}

fn end_before(tokens: &[ChatWord], at: usize) -> usize {
    let last = if tokens[at - 1].is(&BUT) { at - 2 } else { at - 1 };
    tokens[last].span.end
}

/// Where what is no nihil begins behind "kecuali".
fn excepted(words: PartFound<'_>) -> Option<usize> {
    let tokens = words.tokens;
    let at = (1..tokens.len()).find(|at| tokens[*at].is(&BUT))?;
    let is_placed = words.named.found.iter().any(|naming| !naming.is_from && naming.tokens.end <= at);
    let is_quiet = is_quiet(words, 0..at) && (is_placed || says_nihil(&tokens[..at]));
    (is_quiet && tells(words, at + 1..tokens.len())).then_some(at + 1)
}

/// Where days begin of which one was quiet, and on another something happened.
fn by_day(words: PartFound<'_>) -> Vec<usize> {
    let tokens = words.tokens;
    let bounds =
        (1..tokens.len()).filter(|at| begins_day(tokens, *at) || is_further_day(words, *at)).take(MOST_DAYS);
    let mut starts: Vec<usize> = Vec::new();
    let mut from = 0;
    let (mut quiet, mut events) = (0, 0);
    for end in bounds.chain([tokens.len()]) {
        let is_nihil = is_quiet(words, from..end)
            && (says_nihil(&tokens[from..end]) || quiet::names_day(&tokens[from..end]));
        let is_event = tells(words, from..end);
        // What says neither belongs to what stands behind it.
        if is_nihil || is_event {
            starts.extend((quiet + events > 0).then_some(from));
            (quiet, events) = (quiet + usize::from(is_nihil), events + usize::from(is_event));
            from = end;
        }
    }
    if quiet > 0 && events > 0 { starts } else { Vec::new() }
}

/// "tgl 24", "kemarin", "hari ini", "Senin": the begin of a day that is no end of another: "tgl 26 sampai 29".
fn begins_day(tokens: &[ChatWord], at: usize) -> bool {
    const ENDS: [&str; 14] = [
        "sampai", "hingga", "sd", "s", "d", "smp", "dan", "dn", "sejak", "mulai", "dari", "dr", "hari", "hr",
    ];
    if at > 0 && tokens[at - 1].is(&ENDS) {
        return false;
    }
    let is = |at: usize, list: &[&str]| tokens.get(at).is_some_and(|token| token.is(list));
    is(at, &["tgl", "tanggal", "tg"]) && tokens.get(at + 1).is_some_and(|next| next.number().is_some())
        || is(at, &["kemarin", "kmrn", "kemaren", "wingi"])
        || is(at, &["hari", "hr"]) && (is(at + 1, &["ini"]) || when::day_of_week(tokens, at + 1).is_some())
        || when::day_of_week(tokens, at).is_some() && !when::is_sunday_or_week(tokens, at)
}

/// "tgl 23 dan 24 aman, 25 ada maling": a number alone behind a day that "tgl" leads, with what was on it behind.
fn is_further_day(words: PartFound<'_>, at: usize) -> bool {
    let tokens = words.tokens;
    let is_day = tokens[at].text.len() <= 2
        && tokens[at].text.as_bytes()[0].is_ascii_digit()
        && tokens[at].number().is_some_and(|day| (1..=31).contains(&day));
    let begins = tokens[at].clause != tokens[at - 1].clause && tokens[at].before != '.';
    let tells = tokens.get(at + 1).is_some_and(|next| {
        let is_act = words.phrases.iter().any(|one| one.tokens.start == at + 1);
        next.clause == tokens[at].clause
            && (next.is(&["ada", "ado", "ade", "ono", "onok", "enek", "terjadi", "tjd"])
                || next.is(&QUIET)
                || is_act)
    });
    is_day && begins && tells && tokens[..at].iter().any(|token| token.is(&["tgl", "tanggal", "tg"]))
}

/// The number that a part begins with where it is a day as those before it are, which "tgl" leads: its day since 1970.
pub fn leading_day(tokens: &[ChatWord], before: &[ChatWord], today: i64) -> Option<i64> {
    let first =
        tokens.first().filter(|first| first.text.len() <= 2 && first.text.as_bytes()[0].is_ascii_digit())?;
    let is_led = before.iter().any(|token| token.is(&["tgl", "tanggal", "tg"]));
    let is_alone = tokens
        .get(1)
        .is_some_and(|next| next.clause == first.clause && next.before == ' ' && next.number().is_none());
    let number = i64::from(first.number().filter(|_| is_led && is_alone)?);
    (today - MOST_DAYS as i64..=today).rev().find(|day| when::day_of_month(*day) == number)
}

/// True where words say that all is quiet, and of nothing that happened.
fn is_quiet(words: PartFound<'_>, own: Range<usize>) -> bool {
    let tokens = &words.tokens[own.clone()];
    tokens.iter().any(|token| token.is(&QUIET)) && stance::is_all_quiet(tokens) && !tells(words, own)
}

fn says_nihil(tokens: &[ChatWord]) -> bool {
    tokens.iter().any(|token| token.is(&["nihil"]))
}

/// True where words tell of what happened.
fn tells(words: PartFound<'_>, own: Range<usize>) -> bool {
    words.phrases.iter().any(|one| own.contains(&one.tokens.start))
        || stance::names_trouble_itself(&words.tokens[own.clone()])
        || !acts(&words.tokens[own.clone()]).is_empty()
        || !mishaps(&words.tokens[own]).is_empty()
}
