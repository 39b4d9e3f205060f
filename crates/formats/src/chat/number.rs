//! The numbers of a message: in digits, with dots between thousands, and in words. Every count of people rests on these.

use super::token::ChatWord;
use std::ops::Range;

/// A number and the tokens that write it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WrittenNumber {
    pub value: u32,
    pub tokens: Range<usize>,
}

/// No number of a message is greater.
const LARGEST: u32 = 1_000_000;

/// Every number of a message, in its order; none shares a token with another.
pub fn numbers(tokens: &[ChatWord]) -> Vec<WrittenNumber> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let number = match &tokens[at] {
            token if token.is_place => None,
            token if is_digits(token) => in_digits(tokens, at),
            _ => in_words(tokens, at),
        };
        at = number.as_ref().map_or(at + 1, |number| number.tokens.end);
        found.extend(number.filter(|number| number.value <= LARGEST));
    }
    found
}

/// One to nine in a word.
pub fn ones(word: &str) -> Option<u32> {
    // Of Musi, Javanese, Banjar and Malay, too.
    Some(match word {
        "satu" | "siji" | "sitok" | "sikok" => 1,
        "dua" | "duo" | "loro" | "duak" | "rong" => 2,
        "tiga" | "tigo" | "telu" | "tige" | "telung" | "talu" => 3,
        "empat" | "papat" | "patang" | "ampat" => 4,
        "lima" | "limo" | "limang" | "lime" => 5,
        "enam" | "enem" | "anam" => 6,
        "tujuh" | "pitu" | "pitung" | "tujoh" => 7,
        "delapan" | "wolu" | "wolung" | "dalapan" | "lapan" => 8,
        "sembilan" | "songo" | "sanga" | "sambilan" => 9,
        _ => return None,
    })
}

/// "seorang", "saikung", "sorang": one of somebody.
pub fn is_one(word: &str) -> bool {
    matches!(word, "seorang" | "sebuah" | "saikung" | "sorang" | "saurang" | "seurang")
}

fn is_digits(token: &ChatWord) -> bool {
    token.text.bytes().all(|byte| byte.is_ascii_digit())
}

/// "12", "1.200", "3 ribu".
fn in_digits(tokens: &[ChatWord], at: usize) -> Option<WrittenNumber> {
    let mut value: u32 = tokens[at].text.parse().ok()?;
    let mut end = at + 1;
    let is_group = |token: &ChatWord| token.before == '.' && token.text.len() == 3 && is_digits(token);
    while tokens[at].text.len() <= 3 && tokens.get(end).is_some_and(is_group) {
        value = value.checked_mul(1000)?.checked_add(tokens[end].text.parse().ok()?)?;
        end += 1;
    }
    let times = tokens.get(end).filter(|_| joins(tokens, end)).map_or(1, |token| times(&token.text));
    end += usize::from(times > 1);
    Some(WrittenNumber { value: value.checked_mul(times)?, tokens: at..end })
}

/// True where nothing but a blank stands before a token.
fn joins(tokens: &[ChatWord], at: usize) -> bool {
    tokens[at].before == ' ' && tokens[at].span.start == tokens[at - 1].span.end + 1
}

fn times(word: &str) -> u32 {
    match word {
        "puluh" => 10,
        "ratus" => 100,
        "ribu" => 1000,
        _ => 1,
    }
}

/// "dua", "sebelas", "dua puluh lima", "seratus", "dua ribu tiga ratus".
fn in_words(tokens: &[ChatWord], at: usize) -> Option<WrittenNumber> {
    if is_one(&tokens[at].text) || tokens[at].is(&["seekor"]) {
        return Some(WrittenNumber { value: 1, tokens: at..at + 1 });
    }
    let (mut thousands, mut rest, mut last) = (0_u32, 0_u32, None);
    let mut end = at;
    let goes_on = |end: usize| end == at || joins(tokens, end) && !tokens[end].is_place;
    while let Some(token) = tokens.get(end).filter(|_| goes_on(end)) {
        let word = token.text.as_str();
        match (word, last, ones(word)) {
            (_, None, Some(one)) => last = Some(one),
            ("sepuluh", None, _) => rest += 10,
            ("sebelas" | "sewelas", None, _) => rest += 11,
            ("seratus", None, _) => rest += 100,
            ("seribu", None, _) => thousands += 1,
            ("belas", Some(one), _) => (rest, last) = (rest + 10 + one, None),
            ("puluh" | "ratus", Some(one), _) => (rest, last) = (rest + one * times(word), None),
            ("ribu", _, _) if rest > 0 || last.is_some() => {
                (thousands, rest, last) = (thousands + rest + last.unwrap_or(0), 0, None);
            }
            _ => break,
        }
        end += 1;
        if thousands > LARGEST || rest > LARGEST {
            break;
        }
    }
    let value = thousands.saturating_mul(1000).saturating_add(rest + last.unwrap_or(0));
    (end > at).then_some(WrittenNumber { value, tokens: at..end })
}

/// True where the number that would end a name counts what follows: "di Pauh 1 orang meninggal", "di Pauh, 1 luka".
pub fn counts(tokens: &[ChatWord], at: usize, end: usize) -> bool {
    const COUNTED: [&str; 31] = [
        "rumah",
        "unit",
        "ekor",
        "motor",
        "mobil",
        "truk",
        "kios",
        "ruko",
        "titik",
        "ha",
        "hektar",
        "meter",
        "m",
        "cm",
        "jam",
        "hari",
        "kali",
        "desa",
        "dusun",
        "kampung",
        "kelompok",
        "pihak",
        "massa",
        "buah",
        "lapak",
        "tersangka",
        "senpi",
        "senpira",
        "pemilik",
        "ton",
        "batang",
    ];
    let last = &tokens[end - 1];
    let is_number = end > at + 1 && last.text.starts_with(|letter: char| letter.is_ascii_digit());
    let is_apart = last.clause != tokens[end.saturating_sub(2)].clause;
    let behind = tokens.get(end).filter(|next| next.clause == last.clause);
    let counted = behind.is_some_and(|next| next.is(&COUNTED) || super::hurt::is_of_people(next));
    is_number && (is_apart || counted)
}

#[cfg(test)]
mod tests {
    use super::super::token::tokens;
    use super::*;

    #[test]
    fn numbers_are_read_in_digits_and_in_words() {
        for (text, values) in [
            ("12 orang", &[12][..]),
            ("1.200 jiwa dan 14.30", &[1200, 14, 30]),
            ("1.234.567.890 rupiah", &[]),
            ("3 ribu", &[3000]),
            ("dua puluh lima orang, seorang luka", &[25, 1]),
            ("dua belas dan sebelas", &[12, 11]),
            ("seratus dua", &[102]),
            ("dua ribu tiga ratus", &[2300]),
            ("dua tiga orang", &[2, 3]),
            ("puluhan, ratus, belas", &[]),
            ("99999999999", &[]),
        ] {
            let found: Vec<u32> =
                numbers(&tokens(text, 0..text.len())).iter().map(|number| number.value).collect();
            assert_eq!(found, values, "{text}");
        }
    }
}
