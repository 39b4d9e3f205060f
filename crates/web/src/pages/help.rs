//! Bantuan: the words, the levels, what this does and does not do.

use super::reporter_list;
use super::shell::{Frame, NavEntry, document, phone};
use crate::pages::level;
use domain::kind::{Kind, Level};
use maud::{Markup, html};
use views::Right;
use views::entry::SeverityExample;

pub fn page(frame: &Frame, examples: &[SeverityExample]) -> Markup {
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
        @if !examples.is_empty() { (severities(frame, examples)) }
        section.block { h2 { (frame.text("help.limits")) }
            ul { @for line in LIMITS { li { (frame.lang.word("help.limit", line)) } } }
        }
        section.block { h2 { (frame.text("help.reporters")) }
            p { (frame.text("help.reporters_who")) }
            p { (frame.rich("help.reporters_how", &[
                ("one", html! { code { "kentongan user add NAMA --role pelapor --feed SUMBER" } }),
                ("link", html! { code { "kentongan user link NAMA" } }),
                ("page", html! {
                    @if frame.may(Right::AddReporters) { a href=(reporter_list::PATH) { (frame.text("reporter_list.title")) } }
                    @else { (frame.text("reporter_list.title")) }
                }),
                ("many", html! { code { "kentongan user add --list daftar.csv" } }),
            ])) }
        }
        section.block { h2 { (frame.text("help.duties")) }
            ol { @for line in DUTY { li { (frame.lang.word("help.duty", line)) } } }
        }
    };
    document(frame, NavEntry::Help, frame.text("label.help"), content)
}

/// What severity 1 to 5 looks like, kind by kind.
fn severities(frame: &Frame, examples: &[SeverityExample]) -> Markup {
    html! {
        section.block id="keparahan" { h2 { (frame.text("label.severity")) }
            @for kind in Kind::ALL {
                h3 { (frame.lang.word("kind", kind)) }
                dl.facts { @for example in examples.iter().filter(|example| example.kind == *kind) {
                    dt { (example.severity) " " (frame.lang.word("severity", example.severity)) } dd { (example.text) }
                } }
            }
        }
    }
}

/// The words explained, as `help.word` and `help.meaning` name them.
const WORDS: [&str; 11] = [
    "report",
    "zero_report",
    "incident",
    "risk",
    "uncalibrated",
    "completeness",
    "feed",
    "attested",
    "unverified",
    "one_party",
    "averted",
];
/// What the product does not do.
const LIMITS: [&str; 6] =
    ["legal_status", "individuals", "personal_data", "protest", "silence", "other_services"];
/// What the duty officer does, in order.
const DUTY: [&str; 4] = ["acknowledge", "verify", "assign", "resolve"];
