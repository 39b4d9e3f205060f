//! What is the same in all spellings of a place's name. Spreadsheets, phones and web forms each write it in a way of their own.

use formats::plain_text::is_blank;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// How the key of a kota begins, which is another place than the kabupaten of its name.
pub const KOTA: &str = "kota ";

/// Words before the name of a kota.
const KOTA_WORDS: [&str; 4] = ["kota", "kotamadya", "kotamadia", "kodya"];

/// A name with single spaces and nothing invisible.
pub fn spelling(name: &str) -> String {
    let visible: String =
        name.chars().filter(|letter| letter.is_whitespace() || !is_blank(*letter)).collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A name without the remark in brackets at its end: `Mulia (lama)`.
pub fn without_remark(name: &str) -> &str {
    let name = name.trim_end();
    let is_remark = name.ends_with(')');
    name.rfind('(').filter(|at| is_remark && *at > 0).map_or(name, |at| name[..at].trim_end())
}

/// What is the same in all spellings of a name: small plain letters and numbers without spaces and signs, without the word for
/// the rank but for a kota. Codes keep their dots, which tell one list of codes from another.
pub fn key(name: &str) -> String {
    let plain = plain(name);
    if let Some(code) = code(plain.trim()) {
        return code;
    }
    let words = plain.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    let mut words: Vec<&str> = words.collect();
    let is_kota = words.len() > 1 && take(&mut words, &KOTA_WORDS, &["kota", "kotamadya", "city"]);
    if words.len() > 1 && !is_kota {
        let before = ["kab", "kabupaten", "kec", "kecamatan", "prov", "provinsi", "propinsi"];
        take(&mut words, &before, &["kab", "kabupaten", "regency", "province"]);
    }
    // Kota Adm. Jakarta Timur, Kabupaten Administrasi Kepulauan Seribu.
    if words.len() > 1 && ["adm", "administrasi"].contains(&words[0]) {
        words.remove(0);
    }
    let mut key = String::from(if is_kota { KOTA } else { "" });
    let mut was_number = false;
    for word in words {
        let number = number(word);
        if number.is_some() && was_number {
            key.push(' ');
        }
        was_number = number.is_some();
        key += number.as_deref().unwrap_or(word);
    }
    if key.is_empty() { plain.trim().to_owned() } else { key }
}

/// Takes a word for the rank off the front or the end; true where there was one.
fn take(words: &mut Vec<&str>, before: &[&str], behind: &[&str]) -> bool {
    if words.first().is_some_and(|word| before.contains(word)) {
        words.remove(0);
        return true;
    }
    let is_behind = words.last().is_some_and(|word| behind.contains(word));
    if is_behind {
        words.pop();
    }
    is_behind
}

/// Small letters without accents, of whatever width; letters of other alphabets that look like a Latin one are it.
fn plain(name: &str) -> String {
    let letters = name.nfkd().filter(|letter| !is_combining_mark(*letter));
    let letters = letters.filter(|letter| letter.is_whitespace() || !is_blank(*letter));
    letters.flat_map(char::to_lowercase).map(latin).collect()
}

/// Cyrillic and Greek small letters that look like Latin ones, or whose capitals do.
const ALIKE: [(&str, char); 17] = [
    ("\u{430}\u{3b1}", 'a'),
    ("\u{432}\u{3b2}", 'b'),
    ("\u{441}", 'c'),
    ("\u{435}\u{3b5}", 'e'),
    ("\u{43d}\u{3b7}", 'h'),
    ("\u{456}\u{3b9}\u{131}", 'i'),
    ("\u{458}", 'j'),
    ("\u{43a}\u{3ba}", 'k'),
    ("\u{43c}\u{3bc}", 'm'),
    ("\u{3bd}", 'n'),
    ("\u{43e}\u{3bf}", 'o'),
    ("\u{440}\u{3c1}", 'p'),
    ("\u{455}", 's'),
    ("\u{442}\u{3c4}", 't'),
    ("\u{443}\u{3c5}", 'y'),
    ("\u{445}\u{3c7}", 'x'),
    ("\u{3b6}", 'z'),
];

fn latin(letter: char) -> char {
    match letter.is_ascii() {
        true => letter,
        false => ALIKE.iter().find(|(others, _)| others.contains(letter)).map_or(letter, |(_, own)| *own),
    }
}

/// A code: digits, perhaps in groups with dots. A spreadsheet takes zeros off its front and puts a fraction at its end.
fn code(text: &str) -> Option<String> {
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_nothing = |fraction: &str| !fraction.is_empty() && fraction.bytes().all(|byte| byte == b'0');
    let whole = text.split_once(['.', ',']).filter(|(_, fraction)| is_nothing(fraction));
    let text = whole.map_or(text, |(whole, _)| whole);
    if is_digits(text) {
        let short = text.trim_start_matches('0');
        return Some(if short.is_empty() { "0" } else { short }.to_owned());
    }
    text.split('.').all(is_digits).then(|| text.to_owned())
}

/// A number of Arabic or Roman numerals, in Arabic ones.
fn number(word: &str) -> Option<String> {
    if word.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(word.trim_start_matches('0').to_owned());
    }
    const ROMAN: [&str; 20] = [
        "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv", "xvi",
        "xvii", "xviii", "xix", "xx",
    ];
    ROMAN.iter().position(|roman| *roman == word).map(|at| (at + 1).to_string())
}
