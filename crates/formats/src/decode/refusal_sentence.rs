//! A refusal as a key of `config/locales` and the values of its sentence, so that it can be read in any language.

use crate::sentence::fill;
use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::OnceLock;

/// A sentence of one of the [`TABLES`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RefusalSentence {
    pub key: &'static str,
    pub values: Vec<(&'static str, RefusalValue)>,
}

/// Tables of the words: of records, and of files and rows of tables.
const TABLES: [&str; 2] = ["record_refusal", "sheet"];

/// What stands in the place of a placeholder.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RefusalValue {
    Text(String),
    Words(RefusalSentence),
}

impl From<String> for RefusalValue {
    fn from(text: String) -> RefusalValue {
        RefusalValue::Text(text)
    }
}
impl From<&str> for RefusalValue {
    fn from(text: &str) -> RefusalValue {
        RefusalValue::Text(text.to_owned())
    }
}
impl From<RefusalSentence> for RefusalValue {
    fn from(words: RefusalSentence) -> RefusalValue {
        RefusalValue::Words(words)
    }
}

impl RefusalSentence {
    /// One without placeholders.
    pub const fn bare(key: &'static str) -> RefusalSentence {
        RefusalSentence { key, values: Vec::new() }
    }

    /// The whole sentence; `text` gives that of a key, with its placeholders.
    pub fn words<'a>(&self, text: &dyn Fn(&'static str) -> &'a str) -> String {
        let value = |value: &RefusalValue| match value {
            RefusalValue::Text(text) => text.clone(),
            RefusalValue::Words(words) => words.words(text),
        };
        let values: Vec<(&str, String)> = self.values.iter().map(|(name, own)| (*name, value(own))).collect();
        let values: Vec<(&str, &dyn Display)> =
            values.iter().map(|(name, value)| (*name, value as &dyn Display)).collect();
        fill(text(self.key), &values)
    }

    /// In Indonesian, which programs read.
    pub fn indonesian(&self) -> String {
        static WORDS: OnceLock<BTreeMap<String, String>> = OnceLock::new();
        let words = WORDS.get_or_init(|| {
            let all: toml::Table =
                include_str!("../../../../config/locales/id.toml").parse().unwrap_or_default();
            let of_table = |table: &'static str| {
                let own = all.get(table).and_then(toml::Value::as_table);
                own.into_iter().flatten().map(move |(name, text)| {
                    (format!("{table}.{name}"), text.as_str().unwrap_or_default().to_owned())
                })
            };
            TABLES.into_iter().flat_map(of_table).collect()
        });
        self.words(&|key| {
            let text = words.get(key);
            debug_assert!(text.is_some(), "config/locales/id.toml has no words for '{key}'");
            text.map_or(key, String::as_str)
        })
    }
}
