//! What strayed beyond the limits of an unchanged world, in words.

use crate::pages::shell::{Frame, strong};
use domain::feature::NAMES;
use maud::{Markup, html};
use scoring::ledger::{DriftBreach, DriftFindings};
use views::{Lang, format};

/// A breach is reported and nothing changes by itself.
pub fn drift(frame: &Frame, drift: &DriftFindings) -> Markup {
    html! {
        @if !drift.breaches.is_empty() {
            div.note.bad role="status" id="pergeseran" {
                p { strong { (frame.text("drift.title")) } " "
                    (frame.text("drift.consider_training")) }
                ul { @for breach in &drift.breaches { li { (breach_words(frame, breach)) } } }
            }
        } @else if let Some(days) = &drift.missing_days {
            p.hint id="pergeseran" { (frame.fill("drift.days_missing", &[("days", days)])) }
        } @else {
            p.hint id="pergeseran" { (frame.text("drift.none")) }
        }
    }
}

/// One line for the first page, with the way to what moved; nothing where nothing did.
pub fn drifted(frame: &Frame, drift: &DriftFindings) -> Markup {
    let count = drift.breaches.len();
    html! {
        @if count > 0 {
            p.note.bad role="status" {
                (strong(&frame.count("drift.data_moved", count))) " "
                (frame.text("drift.consider_training")) " "
                a href="/model#pergeseran" { (frame.text("drift.see_what_moved")) }
            }
        }
    }
}

fn breach_words(frame: &Frame, breach: &DriftBreach) -> String {
    let kind = frame.lang.word("kind", breach.kind);
    if breach.what == "base_rate" {
        let (value, low, high) = (&breach.value, &breach.low, &breach.high);
        return frame
            .fill("drift.base_rate", &[("kind", &kind), ("value", value), ("low", low), ("high", high)]);
    }
    let what = input_word(frame.lang, &breach.what);
    let two = |value: f64| format::fixed(value, 2, frame.lang);
    let (value, low, high) = (two(breach.value), two(breach.low), two(breach.high));
    frame.fill(
        "drift.input",
        &[("kind", &kind), ("what", &what), ("value", &value), ("low", &low), ("high", &high)],
    )
}

/// A feature's short name.
fn input_word(lang: Lang, name: &str) -> String {
    debug_assert!(NAMES.contains(&name), "{name}");
    lang.word("feature_name", name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_watched_input_has_a_name() {
        for name in NAMES.iter().filter(|name| !name.starts_with("season")) {
            assert_ne!(input_word(Lang::Id, name), **name);
        }
    }
}
