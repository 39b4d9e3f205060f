//! Words of a time that give no day: "awal minggu ini", "beberapa hari lalu", "pertengahan November".

use super::dates::is_week;
use super::{is, number};
use crate::chat::token::ChatWord;
use crate::written_date::month_name;

/// True where words that begin at a token name a time and no day of it.
pub fn is_vague(tokens: &[ChatWord], at: usize) -> bool {
    const SPANS: [&str; 6] = ["bulan", "bln", "tahun", "thn", "hari", "hr"];
    let is_span = |at: usize| is_week(tokens, at) || is(tokens, at, &SPANS);
    let is_month = |at: usize| tokens.get(at).is_some_and(|token| month_name(&token.text).is_some());
    let is_now = |at: usize| is(tokens, at, &["ini", "iki", "ko", "lalu", "kemarin", "kmrn"]);
    let of_part = is(tokens, at, &["awal", "akhir", "pertengahan", "medio"])
        && (is_month(at + 1) || is_span(at + 1) && !is(tokens, at + 1, &["hari", "hr"]));
    let of_span = (is_week(tokens, at) || is(tokens, at, &["bulan", "bln"]))
        && is_now(at + 1)
        && !(at > 0 && is(tokens, at - 1, &["hari", "hr"]));
    let of_some = is(tokens, at, &["beberapa", "bbrp"]) && is_span(at + 1);
    of_part || of_span || of_some || is(tokens, at, &["tempo"]) && is(tokens, at + 1, &["hari"])
}

/// True where another day stands before a date in the same list: "27 dan 28 November".
pub fn is_listed(tokens: &[ChatWord], at: usize) -> bool {
    let from = at - usize::from(at > 0 && is(tokens, at - 1, &["tgl", "tanggal", "tg"]));
    let Some(last) = from.checked_sub(2) else { return false };
    let is_day = number(tokens, last).is_some_and(|day| (1..=31).contains(&day))
        && tokens[last].text.as_bytes()[0].is_ascii_digit();
    let leads = last == 0 || !super::clock::leads_hour(tokens, last - 1) && tokens[last].before == ' ';
    is_day && leads && is(tokens, from - 1, &["dan", "dn", "atau", "ato"])
}
