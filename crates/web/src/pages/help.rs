//! Bantuan: the words, the levels, what this does and does not do.

use super::shell::{Frame, NavEntry, document, phone};
use crate::pages::level;
use domain::kind::Level;
use maud::{Markup, html};

pub fn page(frame: &Frame) -> Markup {
    let content = html! {
        section.note.emergency {
            p { (frame.rich("help.emergency", &[("police", phone("110")), ("emergency", phone("112"))])) }
        }
        section.block { h2 { (frame.text("label.levels")) }
            dl.facts { @for level in Level::ALL { dt { (level::chip(*level, frame.lang)) } dd { (frame.lang.word("help.level", level)) } } }
            p.hint { (frame.text("help.levels_hint")) }
        }
        section.block { h2 { (frame.text("help.words")) }
            dl.facts { @for word in WORDS { dt { (frame.lang.word("help.word", word)) } dd { (frame.lang.word("help.meaning", word)) } } }
        }
        section.block { h2 { (frame.text("help.limits")) }
            ul { @for line in LIMITS { li { (frame.lang.word("help.limit", line)) } } }
        }
        section.block { h2 { (frame.text("help.duties")) }
            ol { @for line in DUTY { li { (frame.lang.word("help.duty", line)) } } }
        }
    };
    document(frame, NavEntry::Help, frame.text("label.help"), content)
}

/// The words explained, as `help.word` and `help.meaning` name them.
const WORDS: [&str; 9] = [
    "report",
    "zero_report",
    "incident",
    "risk",
    "uncalibrated",
    "completeness",
    "feed",
    "unverified",
    "averted",
];
/// What the product does not do.
const LIMITS: [&str; 6] =
    ["legal_status", "individuals", "personal_data", "protest", "silence", "other_services"];
/// What the duty officer does, in order.
const DUTY: [&str; 4] = ["acknowledge", "verify", "assign", "resolve"];
