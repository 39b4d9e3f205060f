//! A JSON string in place: borrowed as it is, its escapes resolved only where somebody reads it.

use std::borrow::Cow;

/// A checked JSON string without its quotes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct JsonText<'a> {
    raw: &'a str,
    escaped: bool,
}

impl<'a> JsonText<'a> {
    /// `raw` went through the scanner, which said whether it holds escapes.
    #[inline]
    pub(crate) fn new(raw: &'a str, escaped: bool) -> JsonText<'a> {
        JsonText { raw, escaped }
    }

    pub fn read(self) -> Cow<'a, str> {
        if self.escaped { Cow::Owned(unescape(self.raw)) } else { Cow::Borrowed(self.raw) }
    }
}

#[cold]
fn unescape(raw: &str) -> String {
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((plain, escape)) = rest.split_once('\\') {
        text.push_str(plain);
        let mut chars = escape.chars();
        let simple = match chars.next() {
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('u') => {
                let (letter, used) = unicode(escape);
                text.push(letter);
                rest = &escape[used..];
                continue;
            }
            Some(itself) => itself,
            None => break,
        };
        text.push(simple);
        rest = chars.as_str();
    }
    text.push_str(rest);
    text
}

/// Resolves `uXXXX` or `uXXXX\uXXXX`; gives the letter and the bytes used.
fn unicode(escape: &str) -> (char, usize) {
    let unit = |at: usize| {
        let digits = escape.get(at..at + 4).unwrap_or_default();
        u32::from_str_radix(digits, 16).unwrap_or(0xFFFD)
    };
    let high = unit(1);
    if !(0xD800..0xDC00).contains(&high) {
        return (char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER), 5);
    }
    let letter = 0x10000 + ((high - 0xD800) << 10) + unit(7).wrapping_sub(0xDC00) % 0x400;
    (char::from_u32(letter).unwrap_or(char::REPLACEMENT_CHARACTER), 11)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_resolve_as_serde_json_resolves_them() {
        for raw in [
            r#"a\"b\\c\/d\be\ff\ng\rh\ti"#,
            r"\u00e9\u4E2D\ud83d\ude00x",
            r"\\u0041",
            r"\u0041\u0042é\n",
            "plain",
        ] {
            let oracle: String = serde_json::from_str(&format!("\"{raw}\"")).unwrap();
            assert_eq!(unescape(raw), oracle);
            assert_eq!(JsonText::new(raw, raw.contains('\\')).read(), oracle);
        }
    }
}
