//! Sentences with placeholders, as `config/locales` has them.

use std::fmt::{Display, Write};

/// A part of a sentence.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SentencePart<'a> {
    Text(&'a str),
    /// The name of a placeholder.
    Value(&'a str),
}

/// A sentence in its parts, in order.
pub fn sentence_parts(sentence: &str) -> impl Iterator<Item = SentencePart<'_>> {
    let mut rest = sentence;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let named = rest.strip_prefix('{').and_then(|inner| inner.split_once('}'));
        if let Some((name, after)) = named {
            rest = after;
            return Some(SentencePart::Value(name));
        }
        // From the second byte on: a brace that nothing closes is text.
        let first = rest.chars().next().map_or(1, char::len_utf8);
        let end = rest[first..].find('{').map_or(rest.len(), |at| at + first);
        let (text, after) = rest.split_at(end);
        rest = after;
        Some(SentencePart::Text(text))
    })
}

/// A sentence with its placeholders filled.
pub fn fill(sentence: &str, values: &[(&str, &dyn Display)]) -> String {
    let mut text = String::with_capacity(sentence.len() + 16);
    for part in sentence_parts(sentence) {
        match part {
            SentencePart::Text(words) => text.push_str(words),
            SentencePart::Value(name) => match values.iter().find(|(own, _)| *own == name) {
                Some((_, value)) => {
                    let _ = write!(text, "{value}"); // writing to a String cannot fail
                }
                None => debug_assert!(false, "no value for {{{name}}} in '{sentence}'"),
            },
        }
    }
    text
}
