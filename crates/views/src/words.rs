//! Every word and sentence that people read, in Indonesian and English: `config/locales/{id,en}.toml`, compiled in.
//!
//! A key is `topic.name`. [`Lang::text`] reads a sentence, [`Lang::fill`] one with `{placeholders}`, [`Lang::count`] one that
//! depends on a number (`one | many`), and [`Lang::word`] a term whose name is a value of the contract
//! (`word("level", Level::Awas)`). A key that does not exist fails every test that reads it.

use crate::format;
use formats::decode::RefusalSentence;
use formats::sentence::fill;
pub use formats::sentence::{SentencePart, sentence_parts};
use std::collections::HashMap;
use std::fmt::Display;
use std::sync::OnceLock;

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Lang {
    #[default]
    Id,
    En,
}

impl Lang {
    pub fn parse(word: &str) -> Option<Lang> {
        match word {
            "id" => Some(Lang::Id),
            "en" => Some(Lang::En),
            _ => None,
        }
    }

    pub const fn as_str(self) -> &'static str {
        match self {
            Lang::Id => "id",
            Lang::En => "en",
        }
    }

    /// The language a page offers instead of this one.
    pub const fn other(self) -> Lang {
        match self {
            Lang::Id => Lang::En,
            Lang::En => Lang::Id,
        }
    }

    /// Of a text that a file gives in both languages (Indonesian, English), the one in this language.
    pub fn choose(self, texts: &[String; 2]) -> &str {
        &texts[usize::from(self == Lang::En)]
    }

    /// The sentence of this key.
    pub fn text(self, key: &'static str) -> &'static str {
        match catalogue(self).get(key) {
            Some(text) => text,
            None => unknown(key),
        }
    }

    /// The sentence of this key with its placeholders filled.
    pub fn fill(self, key: &'static str, values: &[(&str, &dyn Display)]) -> String {
        fill(self.text(key), values)
    }

    /// Why a record was refused.
    pub fn refusal(self, refusal: &RefusalSentence) -> String {
        refusal.words(&|key| self.text(key))
    }

    /// The sentence of this key for `n` things: `one | many` where the number changes it, `{n}` for the number.
    pub fn count(self, key: &'static str, n: usize) -> String {
        let text = self.text(key);
        let (one, many) = text.split_once(" | ").unwrap_or((text, text));
        let figure = format::number(i64::try_from(n).unwrap_or(i64::MAX), self);
        fill(if n == 1 { one } else { many }, &[("n", &figure)])
    }

    /// A term of the field, for example `word("level", Level::Awas)`; the bare value where the list lacks it.
    pub fn word(self, group: &str, value: impl Display) -> String {
        let value = value.to_string();
        catalogue(self).get(format!("{group}.{value}").as_str()).cloned().unwrap_or(value)
    }
}

/// A key without words is a defect of ours: tests stop at it, a page shows the key.
fn unknown(key: &'static str) -> &'static str {
    if cfg!(any(test, debug_assertions)) {
        panic!("config/locales has no words for '{key}'");
    }
    tracing::error!(key, "config/locales has no words for this key");
    key
}

type Catalogue = HashMap<String, String>;

fn catalogue(lang: Lang) -> &'static Catalogue {
    static ID: OnceLock<Catalogue> = OnceLock::new();
    static EN: OnceLock<Catalogue> = OnceLock::new();
    match lang {
        Lang::Id => ID.get_or_init(|| read(include_str!("../../../config/locales/id.toml"))),
        Lang::En => EN.get_or_init(|| read(include_str!("../../../config/locales/en.toml"))),
    }
}

/// The compiled-in list, its tables flattened to keys with dots; a test holds that it reads.
fn read(text: &str) -> Catalogue {
    fn flatten(prefix: &str, table: toml::Table, list: &mut Catalogue) {
        for (name, value) in table {
            let key = if prefix.is_empty() { name } else { format!("{prefix}.{name}") };
            match value {
                toml::Value::Table(inner) => flatten(&key, inner, list),
                toml::Value::String(text) => {
                    list.insert(key, text);
                }
                _ => {}
            }
        }
    }
    let mut list = Catalogue::new();
    flatten("", text.parse().unwrap_or_default(), &mut list);
    list
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::kind::{FeedClass, Kind, Level};

    #[test]
    fn both_lists_read() {
        let (id, en) = (catalogue(Lang::Id), catalogue(Lang::En));
        assert!(id.len() > 400 && id.len() == en.len(), "{} {}", id.len(), en.len());
    }

    #[test]
    fn every_level_kind_and_class_has_its_word() {
        for lang in [Lang::Id, Lang::En] {
            for level in Level::ALL {
                assert!(!lang.word("level", level).contains('_'), "{level}");
            }
            for kind in Kind::ALL {
                assert!(!lang.word("kind", kind).contains('_'), "{kind}");
            }
            for class in FeedClass::ALL {
                assert!(!lang.word("class", class).is_empty());
            }
        }
        assert_eq!(Lang::Id.word("level", Level::NoData), "tidak ada data");
        assert_eq!(Lang::Id.word("level", "unheard"), "unheard");
    }

    #[test]
    fn placeholders_are_filled_and_a_lone_brace_is_text() {
        let parts: Vec<SentencePart> = sentence_parts("a {b}c{").collect();
        assert_eq!(
            parts,
            [
                SentencePart::Text("a "),
                SentencePart::Value("b"),
                SentencePart::Text("c"),
                SentencePart::Text("{")
            ]
        );
        assert_eq!(fill("{n} dari {of}", &[("n", &3), ("of", &"7")]), "3 dari 7");
        assert_eq!(sentence_parts("").count(), 0);
    }

    #[test]
    fn a_number_chooses_the_sentence() {
        assert_eq!(Lang::En.count("format.days", 1), "1 day");
        assert_eq!(Lang::En.count("format.days", 1_200), "1,200 days");
        assert_eq!(Lang::Id.count("format.days", 1), "1 hari");
    }

    #[test]
    #[should_panic(expected = "no words for 'nowhere.nothing'")]
    fn a_key_without_words_stops_a_test() {
        Lang::Id.text("nowhere.nothing");
    }
}
