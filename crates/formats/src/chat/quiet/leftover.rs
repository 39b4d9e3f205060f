//! Days that a message names and that the period found for its nihil leaves out: they are asked about, never cut off.

use super::{ChatPeriod, DAY, NamedDay, named_days, now_ends, to_behind};
use crate::chat::token::ChatWord;
use crate::chat::{stance, when};
use crate::written_date::month_name;

/// Before a number they say that it is of a place, of a list or of a measure.
const OF_OTHER: [&str; 24] = [
    "sp", "trans", "unit", "uptd", "pos", "posko", "sektor", "jorong", "ke", "minggu", "regu", "pokja",
    "tps", "dapil", "jumlah", "total", "ada", "sebanyak", "jam", "pukul", "pkl", "lebih", "dusun", "tahun",
];

/// True where words name a day that is not within a period, or a number that may be one.
pub fn is_left(tokens: &[ChatWord], period: &ChatPeriod, written: i64) -> bool {
    let today = written.div_euclid(DAY);
    let holds = |day: i64| period.from <= day * DAY && period.to >= ((day + 1) * DAY).min(written);
    // Without a day of its own the usual period is of the last 24 hours.
    let is_usual = period.words.is_none();
    let is_within = |day: i64| if is_usual { (today - 1..=today).contains(&day) } else { holds(day) };
    let named = named_days(tokens, today);
    // "Sabtu 28 Nov: 22 s/d 27 Nov nihil": the day of the report, which its head names.
    let is_of_report = |named: &NamedDay| {
        let before =
            period.words.as_ref().is_some_and(|words| tokens[named.run.start].span.start < words.start);
        let goes_on =
            tokens.get(named.run.end).is_some_and(|next| next.clause == tokens[named.run.start].clause);
        named.day == today && before && !goes_on
    };
    if named.iter().any(|named| !is_within(named.day) && !is_of_report(named)) {
        return true;
    }
    // Both stand in the order of their words.
    let of_days = |at: usize| {
        let last = named.partition_point(|named| named.run.start <= at).checked_sub(1);
        last.is_some_and(|last| named[last].run.contains(&at))
    };
    let is_read = |at: usize| {
        let of_period = period.words.as_ref();
        of_days(at)
            || of_period
                .is_some_and(|words| words.start <= tokens[at].span.start && tokens[at].span.end <= words.end)
    };
    let mut of_clock = vec![false; tokens.len()];
    for (_, run) in (0..tokens.len()).filter_map(|at| when::names_clock(tokens, at)) {
        of_clock[run].fill(true);
    }
    let is_of_clock = |at: usize| of_clock[at];
    let is_number_left = |at: usize| !is_read(at) && !is_of_clock(at) && may_be_day(tokens, at);
    // "tgl 23 … sampai sekarang".
    let is_now_left = |at: usize| {
        to_behind(tokens, at).is_some_and(|to| now_ends(tokens, to).is_some()) && period.to < written
    };
    (0..tokens.len()).any(|at| is_number_left(at) || is_now_left(at))
}

/// True of a number that may be a day: nothing says that it is something else, and it counts nothing.
pub fn may_be_day(tokens: &[ChatWord], at: usize) -> bool {
    let is_digits = |at: usize| tokens[at].text.len() <= 2 && tokens[at].text.as_bytes()[0].is_ascii_digit();
    let is_day = |at: usize| is_digits(at) && tokens[at].number().is_some_and(|day| (1..=31).contains(&day));
    if !is_day(at) || is_point(tokens, at) || is_joined(tokens, at) || is_joined(tokens, at + 1) {
        return false;
    }
    // "RT 2, 3 dan 4".
    let joins = |at: usize| tokens[at].is(&["dan", "dn", "lawan", "lan", "samo"]) || is_digits(at);
    let first = at - (0..at).rev().take(2 * MOST_NUMBERS).take_while(|before| joins(*before)).count();
    let is_other = first > 0
        && tokens[first - 1].clause == tokens[first].clause
        && (tokens[first - 1].is(&OF_OTHER) || when::is_numbered(tokens, first));
    !is_other && ends_day(tokens, at + 1)
}

/// "opo-opo kaet Rebo": a word leads a day that no rule knows, which may say from or to when.
pub fn is_led_by_unknown(tokens: &[ChatWord], at: usize) -> bool {
    const KNOWN: [&str; 44] = [
        "pada", "pd", "untuk", "utk", "laporan", "lap", "lapor", "laporkan", "sitkam", "situasi", "malam",
        "pagi", "siang", "sore", "kejadian", "kajadian", "menonjol", "nihil", "hari", "hr", "ini", "itu",
        "pak", "bu", "ndan", "dan", "dn", "di", "desa", "kec", "wilayah", "wil", "kondisi", "per", "tanggal",
        "tgl", "untk", "di", "lagi", "saja", "haja", "bae", "wae", "aja",
    ];
    let Some(before) = at.checked_sub(1) else { return false };
    let word = &tokens[before];
    let is_known = word.is(&KNOWN)
        || word.is(&stance::QUIET)
        || word.capital
        || word.is_place
        || word.number().is_some();
    let is_twice = before > 0 && tokens[before - 1].text == word.text;
    tokens.get(at).is_some_and(|day| day.clause == word.clause) && !is_known && !is_twice
}

/// "1. Terap nihil", "2) Sepang": the number of a point.
fn is_point(tokens: &[ChatWord], at: usize) -> bool {
    let begins = at == 0 || tokens[at - 1].sentence != tokens[at].sentence;
    let ends = tokens.get(at + 1).is_some_and(|next| {
        next.sentence != tokens[at].sentence || next.clause != tokens[at].clause && next.number().is_none()
    });
    begins && ends
}

/// "0.5", "1x24": a sign joins a number to the one before it that is neither of a list nor of a range.
fn is_joined(tokens: &[ChatWord], at: usize) -> bool {
    let joined = |token: &ChatWord| matches!(token.before, '.' | ':' | '\0') && token.number().is_some();
    at > 0 && tokens.get(at).is_some_and(joined)
}

/// So many numbers stand behind one another in what may be a list of days: no month has more. A longer one is asked about.
const MOST_NUMBERS: usize = 31;

/// True where what stands behind a number counts nothing by it: "24 dan 25", "24 nihil", "24, …". What counts something by the
/// last number of a row counts by all of them.
pub fn ends_day(tokens: &[ChatWord], end: usize) -> bool {
    let mut end = end;
    for _ in 0..MOST_NUMBERS {
        let Some(next) = tokens.get(end) else { return true };
        if is_end_of_day(tokens, end) {
            return true;
        }
        // "22 tambah 23", "22 atau 23".
        let joins_number = || {
            let is_digits =
                tokens.get(end + 1).is_some_and(|token| token.text.as_bytes()[0].is_ascii_digit());
            is_digits && !next.is(&COUNTED) && !next.is(&UNITS)
        };
        end += match next.number() {
            Some(_) => 1,
            None if joins_number() => 2,
            None => return false,
        };
    }
    true
}

const UNITS: [&str; 7] = ["kec", "kecamatan", "ds", "desa", "kel", "wil", "wilayah"];
const COUNTED: [&str; 24] = [
    "orang",
    "org",
    "warga",
    "personil",
    "personel",
    "pers",
    "anggota",
    "petugas",
    "dusun",
    "kk",
    "rumah",
    "titik",
    "pos",
    "unit",
    "kali",
    "jam",
    "hari",
    "menit",
    "ha",
    "km",
    "jiwa",
    "rt",
    "rw",
    "kelurahan",
];

/// True where a word, or a new clause, ends what a number before it may count.
fn is_end_of_day(tokens: &[ChatWord], end: usize) -> bool {
    const GOES_ON: [&str; 18] = [
        "lan", "samo", "dan", "dn", "lawan", "wan", "serta", "sareng", "karo", "kalih", "di", "utk", "untuk",
        "situasi", "kada", "tidak", "tdk", "dak",
    ];
    let next = &tokens[end];
    // "8 desa" are counted, and "24 Desa Terap" is a day.
    let is_name = |at: usize| {
        tokens
            .get(at)
            .is_some_and(|token| token.capital && !token.is(&COUNTED) && token.clause == next.clause)
    };
    let is_of_place = || if next.is(&UNITS) { is_name(end + 1) } else { is_name(end) };
    next.clause != tokens[end - 1].clause
        || is_of_place()
        || next.is(&stance::QUIET)
        || next.is(&GOES_ON)
        || month_name(&next.text).is_some()
        || to_behind(tokens, end).is_some() && !next.text.as_bytes()[0].is_ascii_digit()
}
