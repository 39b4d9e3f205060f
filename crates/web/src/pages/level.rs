//! A level as people see it: a hue, a mark, a pattern and a word, so that no one of them carries it alone.

use domain::kind::{Kind, Level};
use maud::{Markup, html};
use views::Lang;
use views::answered::AnsweredLevel;
use views::level::{mark, word};

/// The style's class.
pub const fn class(level: Level) -> &'static str {
    match level {
        Level::NoData => "lv-nodata",
        Level::Low => "lv-low",
        Level::Waspada => "lv-waspada",
        Level::Siaga => "lv-siaga",
        Level::Awas => "lv-awas",
    }
}

/// The map's pattern over the fill; `None` where the fill stands alone.
pub const fn pattern(level: Level) -> Option<&'static str> {
    match level {
        Level::NoData => Some("url(#p-hatch)"),
        Level::Waspada => Some("url(#p-sparse)"),
        Level::Siaga => Some("url(#p-dense)"),
        Level::Low | Level::Awas => None,
    }
}

/// Mark and word on the level's hue.
pub fn chip(level: Level, lang: Lang) -> Markup {
    html! {
        span class={ "chip " (class(level)) } {
            span.mark aria-hidden="true" { (mark(level)) }
            " " (word(level, lang))
        }
    }
}

/// A level as a mark and a word, and that the alert behind it was ended where it stands only by that.
pub fn chip_answered(level: Level, answered: Option<&AnsweredLevel>, lang: Lang) -> Markup {
    html! {
        (chip(level, lang))
        @if answered.is_some() { " " small.internal { (lang.text("answered.mark")) } }
    }
}

/// A kind's own small line icon: distinguished by form, never by the level's hue.
pub fn kind_icon(kind: Kind) -> Markup {
    let path = match kind {
        // a fence before a factory roof
        Kind::ResidentCompany => "M2 14V7l4 3V7l4 3V3h4v11zM2 14h12",
        // two people facing
        Kind::ResidentResident => {
            "M5 6.5a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM11 6.5a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM1.5 14c0-3 1.5-5 3.5-5s3 1.5 3 3c0-1.500 1-3 3-3s3.500 2 3.500 5"
        }
        // water and a peak
        Kind::Disaster => "M2 9l4-6 3 4 2-2 3 4M1 12c1.500-1 2.500-1 4 0s2.500 1 4 0 2.500-1 4 0 1 .5 2 0",
    };
    html! {
        svg.icon viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false" {
            path d=(path) {}
        }
    }
}

/// Icon and word of a kind.
pub fn kind(kind: Kind, lang: Lang) -> Markup {
    html! { span.kind { (kind_icon(kind)) " " (lang.word("kind", kind)) } }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_level_differs_in_mark_class_and_word() {
        let marks: BTreeSet<_> = Level::ALL.iter().map(|level| mark(*level)).collect();
        let classes: BTreeSet<_> = Level::ALL.iter().map(|level| class(*level)).collect();
        let words: BTreeSet<_> = Level::ALL.iter().map(|level| word(*level, Lang::Id)).collect();
        assert_eq!((marks.len(), classes.len(), words.len()), (5, 5, 5));
        assert!(pattern(Level::NoData).is_some(), "no data is hatched");
    }
}
