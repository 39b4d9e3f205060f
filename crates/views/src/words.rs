//! The words people read: Indonesian first, English by a switch; the field's terms come from `config/locales`.

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

    /// The sentence in this language. Both stand side by side in the page, so neither is forgotten.
    pub const fn pick<'a>(self, id: &'a str, en: &'a str) -> &'a str {
        match self {
            Lang::Id => id,
            Lang::En => en,
        }
    }

    /// A term of the field, for example `word("level", Level::Awas)`; the bare value where the list lacks it.
    pub fn word(self, group: &str, value: impl Display) -> String {
        let value = value.to_string();
        catalogue(self).get(&format!("{group}.{value}")).cloned().unwrap_or(value)
    }
}

fn catalogue(lang: Lang) -> &'static HashMap<String, String> {
    static ID: OnceLock<HashMap<String, String>> = OnceLock::new();
    static EN: OnceLock<HashMap<String, String>> = OnceLock::new();
    match lang {
        Lang::Id => ID.get_or_init(|| read(include_str!("../../../config/locales/id.toml"))),
        Lang::En => EN.get_or_init(|| read(include_str!("../../../config/locales/en.toml"))),
    }
}

/// The compiled-in list; a test holds that it reads.
fn read(text: &str) -> HashMap<String, String> {
    toml::from_str(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::kind::{FeedClass, Kind, Level};

    #[test]
    fn both_lists_hold_the_same_keys() {
        let (id, en) = (catalogue(Lang::Id), catalogue(Lang::En));
        assert!(id.len() > 60);
        let differing: Vec<_> =
            id.keys().filter(|key| !en.contains_key(*key) && !key.starts_with("word.")).collect();
        assert!(differing.is_empty(), "{differing:?}");
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
}
