//! A message's words with where each stands, in which sentence, and what number it is.

use super::number;
use crate::archive::words;
use std::ops::Range;

/// One word or one number of a message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ChatWord {
    /// In plain letters a–z or digits.
    pub text: String,
    /// Where it stands in the whole text that was pasted, in bytes.
    pub span: Range<usize>,
    /// Counts sentences, and parts of sentences between commas.
    pub sentence: usize,
    pub clause: usize,
    /// True where it begins with a capital letter.
    pub capital: bool,
    /// The one sign between the token before and this one; a space where there are several.
    pub before: char,
    /// True where a dash stands between the token before and this one, and nothing else but blanks.
    pub dashed: bool,
    /// True where it is a place's, whatever number its word is: "warga Pitu".
    pub is_place: bool,
}

/// Numbers of Musi and of Javanese, after which places are called, too.
const OF_DIALECT: [&str; 32] = [
    "siji", "sitok", "duo", "loro", "tigo", "telu", "papat", "limo", "enem", "pitu", "wolu", "songo",
    "sewelas", "sikok", "duak", "rong", "tige", "telung", "talu", "patang", "ampat", "limang", "lime",
    "anam", "pitung", "tujoh", "wolung", "dalapan", "lapan", "sanga", "sambilan", "sorang",
];
/// Behind them stands whose people they are.
const OF_A_PLACE: [&str; 10] =
    ["warga", "wrg", "penduduk", "pemuda", "masyarakat", "kades", "camat", "kapolsek", "desa", "ds"];

/// Marks the numbers of a dialect that are a place: "2 warga Pitu luka". In a capital within a sentence they are one, and so
/// behind people of a place who are counted already.
fn mark_places(tokens: &mut [ChatWord]) {
    for at in 1..tokens.len() {
        let (before, own) = tokens[..at + 1].split_at(at);
        let (own, last) = (&own[0], &before[at - 1]);
        if !own.is(&OF_DIALECT) || last.clause != own.clause {
            continue;
        }
        let counted = at > 1 && before[at - 2].clause == own.clause && before[at - 2].number().is_some();
        tokens[at].is_place = own.capital && !last.capital || last.is(&OF_A_PLACE) && counted;
    }
}

impl ChatWord {
    pub fn is(&self, list: &[&str]) -> bool {
        let own = self.text.as_bytes();
        let Some(first) = own.first() else { return list.contains(&"") };
        // Asked a hundred times of each word: most differ in length or in the first letter.
        list.iter()
            .any(|word| word.len() == own.len() && word.as_bytes()[0] == *first && word.as_bytes() == own)
    }

    /// The number it gives, in digits or as a word.
    pub fn number(&self) -> Option<u32> {
        if self.is_place {
            return None;
        }
        if self.text.as_bytes().first().is_some_and(u8::is_ascii_digit) {
            return self.text.parse().ok().filter(|number| *number <= 1_000_000);
        }
        let word = self.text.as_str();
        Some(match word {
            _ if number::is_one(word) => 1,
            "sepuluh" => 10,
            "sebelas" | "sewelas" => 11,
            "rolas" => 12,
            _ => return number::ones(word),
        })
    }
}

/// True where only a dash is entered for what a word names: "Bentrok : -".
pub fn is_dashed(text: &str, token: &ChatWord) -> bool {
    let behind = |text: &'_ str, sign: &[char]| -> Option<usize> {
        let from = text.trim_start_matches([' ', '\t', '\u{a0}']);
        let rest = from.strip_prefix(|letter| sign.contains(&letter))?;
        Some(text.len() - rest.len())
    };
    let text = &text[token.span.end..];
    let Some(value) = behind(text, &[':', '=']) else { return false };
    let Some(dash) = behind(&text[value..], &['-', '–', '—']) else { return false };
    let rest = text[value + dash..].trim_start_matches([' ', '\t', '\u{a0}']);
    rest.is_empty() || rest.starts_with(['\n', '\r', ',', ';'])
}

/// Letters for which room is made at once.
const USUAL_WORD: usize = 12;

/// The tokens of a part of a text.
pub fn tokens(text: &str, part: Range<usize>) -> Vec<ChatWord> {
    let mut reader = Reader::default();
    let start = part.start;
    for (at, letter) in text[part].char_indices() {
        reader.letter(start + at, letter);
    }
    reader.close();
    mark_places(&mut reader.found);
    reader.found
}

#[derive(Default)]
struct Reader {
    found: Vec<ChatWord>,
    word: String,
    /// Whether its last letter is a digit.
    is_digit: bool,
    begin: usize,
    end: usize,
    capital: bool,
    /// Signs since the last word.
    gap: Vec<char>,
    sentence: usize,
    clause: usize,
}

impl Reader {
    fn letter(&mut self, at: usize, letter: char) {
        let Some(plain) = words::plain(letter) else {
            if self.word.is_empty() || !matches!(letter, '\'' | '’' | '‘' | '`') {
                self.close();
                self.gap.push(letter);
            }
            return;
        };
        let is_digit = plain.is_ascii_digit();
        if !self.word.is_empty() && is_digit != self.is_digit {
            self.close();
        }
        if self.word.is_empty() {
            self.open(plain);
            (self.begin, self.capital) = (at, letter.is_uppercase());
            self.word.reserve(USUAL_WORD);
        }
        self.word.push(plain);
        self.is_digit = is_digit;
        self.end = at + letter.len_utf8();
    }

    /// What stands between two words may end a sentence or a part of one.
    fn open(&mut self, next: char) {
        let last = self.found.last().map_or("", |token| token.text.as_str());
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let number = !last.is_empty() && digits(last);
        let inside = self.gap.len() == 1 && number && next.is_ascii_digit();
        let stop = self.gap.contains(&'.') && (last.len() > 3 || number) && !inside;
        let signs = |list: &[char]| self.gap.iter().any(|sign| list.contains(sign));
        // A phone writes bold as "*Korban*"; a bullet stands between blanks.
        let blank = |sign: &char| crate::plain_text::is_blank(*sign);
        let bullet = self.gap.windows(3).any(|three| three[1] == '*' && blank(&three[0]) && blank(&three[2]));
        if stop || bullet || signs(&['\n', '!', '?', ';', '•', '●', '▪']) {
            self.sentence += 1;
            self.clause += 1;
        } else if !inside && signs(&[',', '(', ')', ':', '–', '—']) {
            self.clause += 1;
        }
    }

    fn close(&mut self) {
        if self.word.is_empty() {
            return;
        }
        let before = match self.gap.as_slice() {
            [] => '\0',
            [sign] => *sign,
            _ => ' ',
        };
        let mut signs = self.gap.iter().filter(|sign| !crate::plain_text::is_blank(**sign));
        let dashed =
            signs.next().is_some_and(|sign| matches!(sign, '-' | '–' | '—')) && signs.next().is_none();
        self.gap.clear();
        self.found.push(ChatWord {
            text: std::mem::take(&mut self.word),
            span: self.begin..self.end,
            sentence: self.sentence,
            clause: self.clause,
            capital: self.capital,
            before,
            dashed,
            is_place: false,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_numbers_and_sentences_keep_their_place() {
        let text = "Ds. Pauh, jam 15.45 é2 org luka-luka. Massa bubar";
        let found = tokens(text, 0..text.len());
        let shape: Vec<(&str, usize, usize)> =
            found.iter().map(|token| (token.text.as_str(), token.sentence, token.clause)).collect();
        assert_eq!(
            shape,
            [
                ("ds", 0, 0),
                ("pauh", 0, 0),
                ("jam", 0, 1),
                ("15", 0, 1),
                ("45", 0, 1),
                ("e", 0, 1),
                ("2", 0, 1),
                ("org", 0, 1),
                ("luka", 0, 1),
                ("luka", 0, 1),
                ("massa", 1, 2),
                ("bubar", 1, 2),
            ]
        );
        assert_eq!((found[4].before, found[6].before), ('.', '\0'));
        assert_eq!(&text[found[5].span.clone()], "é");
        assert!(found[1].capital && !found[2].capital);
        // A phone's bold parts nothing, a bullet does.
        let text = "*Korban* : 2 luka di *Pauh* tadi * jalan putus";
        let sentences: Vec<usize> = tokens(text, 0..text.len()).iter().map(|token| token.sentence).collect();
        assert_eq!(sentences, [0, 0, 0, 0, 0, 0, 1, 1]);
    }
}
