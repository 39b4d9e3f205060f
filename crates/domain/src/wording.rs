//! The wording of a report: what its text says word for word, as a number. Two feeds with one wording are one voice, for
//! messages are forwarded.

use alloc::string::String;
use core::num::NonZeroU32;

/// A hash of the words of a text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Wording(pub NonZeroU32);

/// Shorter texts are written alike by people who know nothing of each other.
const LEAST_WORDS: usize = 6;
/// No text of so many words is shorter, in bytes.
const LEAST_BYTES: usize = 2 * LEAST_WORDS - 1;

impl Wording {
    /// The wording of a text; capitals, punctuation and spaces make no difference. `None` where it has fewer than six words.
    pub fn of(text: &str) -> Option<Wording> {
        if text.len() < LEAST_BYTES {
            return None;
        }
        let (mut plain, mut words) = (String::with_capacity(text.len()), 0);
        let mut within = false;
        for letter in text.chars() {
            if !letter.is_alphanumeric() {
                within = false;
                continue;
            }
            if !within {
                words += 1;
                plain.push(' ');
                within = true;
            }
            if letter.is_ascii() {
                plain.push(letter.to_ascii_lowercase());
            } else {
                plain.extend(letter.to_lowercase());
            }
        }
        let hash = xxhash_rust::xxh3::xxh3_64(plain.as_bytes()) as u32;
        (words >= LEAST_WORDS).then(|| Wording(NonZeroU32::new(hash).unwrap_or(NonZeroU32::MIN)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_words_make_a_wording_and_few_words_make_none() {
        let wording = Wording::of("Portal kebun dijaga 20 orang sejak subuh.");
        assert!(wording.is_some());
        assert_eq!(wording, Wording::of("  PORTAL kebun, dijaga 20 orang\n sejak subuh"));
        assert_ne!(wording, Wording::of("Portal kebun dijaga 30 orang sejak subuh."));
        assert_ne!(wording, Wording::of("Portal kebun dijaga 20 orang sejak subuh, kata warga."));
        for short in ["", "banjir", "Portal kebun dijaga 20 orang", "...... ...... ......"] {
            assert_eq!(Wording::of(short), None, "{short}");
        }
    }
}
