//! A level as people read it: a mark and a word, so that no hue carries it alone; and the short names of kinds.

use crate::words::Lang;
use domain::kind::{Kind, Level};

/// The mark that stands beside the word, also in print.
pub const fn mark(level: Level) -> &'static str {
    match level {
        Level::NoData => "–",
        Level::Low => "○",
        Level::Waspada => "◔",
        Level::Siaga => "◑",
        Level::Awas => "●",
    }
}

pub fn word(level: Level, lang: Lang) -> String {
    lang.word("level", level)
}

/// The short name of a kind for narrow columns.
pub fn kind_short(kind: Kind, lang: Lang) -> String {
    lang.word("kind_short", kind)
}
