//! The prose of a row with its words, taken apart once for all that is asked of it.

use crate::chat::token::{ChatWord, tokens};

/// Prose and its words.
#[derive(Clone, Copy)]
pub struct Prose<'a> {
    pub text: &'a str,
    pub words: &'a [ChatWord],
}

/// The words of a whole text.
pub fn words_of(text: &str) -> Vec<ChatWord> {
    tokens(text, 0..text.len())
}
