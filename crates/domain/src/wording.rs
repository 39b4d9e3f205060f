//! The wording of a report: what its text says word for word, as a number. Two feeds with one wording are one voice, for
//! messages are forwarded.

use alloc::{format, string::String};
use core::num::NonZeroU32;

/// A hash of the words of a text. The lowest bit says that the text is short.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Wording(pub NonZeroU32);

/// Shorter texts are written alike by people who know nothing of each other, unless they are of one place, category and time.
const LONG: usize = 6;
/// One or two words anybody writes.
const LEAST_WORDS: usize = 3;
/// In place of a hash of nothing but zeros.
const NO_HASH: NonZeroU32 = NonZeroU32::new(2).unwrap();
/// No text of so many words is shorter, in bytes.
const LEAST_BYTES: usize = 2 * LEAST_WORDS - 1;
/// What a program or a person puts before or behind a message that goes on, in small letters, a space before each word. A word that
/// says something by itself ("kali" is a river too) is one only within its phrase.
const FORWARDED: [&str; 9] = [
    " diteruskan berkali kali",
    " forwarded many times",
    " diteruskan",
    " terusan",
    " forwarded",
    " forward",
    " fwd",
    " fw",
    " copas",
];

impl Wording {
    /// The wording of a text. Capitals, punctuation, spaces, signs, marks of forwarding and what nobody sees make no difference.
    /// `None` where it has fewer than three words.
    pub fn of(text: &str) -> Option<Wording> {
        if text.len() < LEAST_BYTES {
            return None;
        }
        let plain = plain(text);
        let unmarked = without_marks(&plain);
        let words = unmarked.split(' ').filter(|word| !word.is_empty()).count();
        if words < LEAST_WORDS {
            return None;
        }
        Some(Wording::new(hash(unmarked), words < LONG))
    }

    /// True where it is that of a short text: an echo only of what was reported of one place and category within hours.
    pub fn is_short(self) -> bool {
        self.0.get() & 1 == 1
    }

    /// The same words about something of its own, as a number.
    pub fn with_subject(self, what: u64) -> Wording {
        Wording::new(hash(&format!("{}\n{what}", self.0)), self.is_short())
    }

    /// That of a long text, by the hash of its words.
    pub fn of_long_text(hash: NonZeroU32) -> Wording {
        Wording::new(hash.get(), false)
    }

    fn new(hash: u32, short: bool) -> Wording {
        let marked = hash & !1 | u32::from(short);
        Wording(NonZeroU32::new(marked).unwrap_or(NO_HASH))
    }
}

fn hash(text: &str) -> u32 {
    xxhash_rust::xxh3::xxh3_64(text.as_bytes()) as u32
}

/// Words in small letters with a space before each.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut within = false;
    for letter in text.chars() {
        if is_unseen(letter) {
            continue;
        }
        if !letter.is_alphanumeric() {
            within = false;
            continue;
        }
        if !within {
            plain.push(' ');
            within = true;
        }
        if letter.is_ascii() {
            plain.push(letter.to_ascii_lowercase());
        } else {
            plain.extend(letter.to_lowercase());
        }
    }
    plain
}

/// Joiners, soft hyphens, directions and variants: they split no word.
fn is_unseen(letter: char) -> bool {
    matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

/// The words between the marks of forwarding.
fn without_marks(plain: &str) -> &str {
    let mut within = plain;
    while let Some(rest) = FORWARDED.iter().find_map(|mark| within.strip_suffix(mark)) {
        within = rest;
    }
    let ends = |rest: &&str| rest.is_empty() || rest.starts_with(' ');
    while let Some(rest) = FORWARDED.iter().find_map(|mark| within.strip_prefix(mark).filter(ends)) {
        within = rest;
    }
    within
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_a_mark_that_says_something_by_itself_stays() {
        let of = Wording::of;
        assert_ne!(of("Rumah roboh di pinggir kali"), of("Rumah roboh di pinggir"));
        assert_ne!(of("Copy surat tanah warga hilang"), of("Surat tanah warga hilang"));
        assert_eq!(
            of("Diteruskan berkali-kali: rumah roboh di pinggir kali"),
            of("Rumah roboh di pinggir kali")
        );
    }

    #[test]
    fn only_the_words_make_a_wording_and_one_or_two_make_none() {
        let of = Wording::of;
        let wording = of("Portal kebun dijaga 20 orang sejak subuh.");
        assert!(wording.is_some_and(|wording| !wording.is_short()));
        assert_eq!(wording, of("  PORTAL kebun, dijaga 20 orang\n sejak subuh"));
        assert_ne!(wording, of("Portal kebun dijaga 30 orang sejak subuh."));
        assert_ne!(wording, of("Portal kebun dijaga 20 orang sejak subuh, kata warga."));
        for short in
            ["", "banjir", "banjir besar", "...... ...... ......", "Diteruskan berkali-kali: banjir besar"]
        {
            assert_eq!(of(short), None, "{short}");
        }
    }

    #[test]
    fn marks_of_forwarding_and_signs_make_no_difference() {
        let of = Wording::of;
        let own = "Portal kebun dijaga 20 orang sejak subuh.";
        for forwarded in [
            "Diteruskan: Portal kebun dijaga 20 orang sejak subuh.",
            "Diteruskan berkali-kali\nPortal kebun dijaga 20 orang sejak subuh.",
            "Fwd: FWD: portal kebun dijaga 20 orang sejak subuh",
            "[Forwarded many times] > \"Portal kebun dijaga 20 orang sejak subuh.\"",
            "\u{1f6a8}\u{1f6a8} *Portal kebun* dijaga 20 orang sejak subuh \u{1f64f}\u{fe0f} (copas)",
            "«Por\u{200b}tal kebun dijaga 20 or\u{ad}ang sejak subuh»",
        ] {
            assert_eq!(of(forwarded), of(own), "{forwarded}");
        }
        assert_ne!(of("Portal kebun dijaga 20 orang sejak subuh, diteruskan ke polsek"), of(own));
    }

    #[test]
    fn few_words_are_marked_and_about_something_they_are_other_words() {
        let wording = Wording::of("Jalan poros ditutup");
        assert!(wording.is_some_and(Wording::is_short));
        assert_eq!(wording, Wording::of("Fwd: JALAN poros ditutup!!!"));
        let [one, other] = [0, 1].map(|what| wording.map(|wording| wording.with_subject(what)));
        assert!(one != other && one.is_some_and(Wording::is_short));
    }
}
