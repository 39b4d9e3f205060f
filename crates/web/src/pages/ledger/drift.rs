//! What strayed beyond the limits of an unchanged world, in words.

use crate::pages::shell::{Frame, strong};
use domain::feature::NAMES;
use domain::time::{DAY, Time};
use maud::{Markup, html};
use scoring::drift::rate::RateShift;
use scoring::ledger::{DriftBreach, DriftFindings};
use views::{Lang, format};

/// What strays is reported and nothing changes by itself.
pub fn drift(frame: &Frame, drift: &DriftFindings) -> Markup {
    html! {
        @if let Some(day) = drift.since {
            div.note.bad role="status" id="pergeseran" {
                p { strong { (frame.fill("drift.since", &[("date", &date(frame, day))])) } " "
                    (frame.text("drift.consider_training")) }
                @if drift.straying() == 0 {
                    p { (frame.text("drift.within_again")) }
                } @else {
                    ul {
                        @if let Some(words) = rate_words(frame, drift) { li { (words) } }
                        @for breach in &drift.breaches { li { (breach_words(frame, breach)) } }
                    }
                }
            }
        } @else if let Some(days) = &drift.missing_days {
            p.hint id="pergeseran" { (frame.fill("drift.days_missing", &[("days", days)])) }
        } @else {
            p.hint id="pergeseran" { (frame.text("drift.none")) }
        }
        @if let Some(words) = reach_words(frame, drift) { p.hint { (words) } }
    }
}

/// One line for the first page, with the way to what moved; nothing where nothing did.
pub fn drifted(frame: &Frame, drift: &DriftFindings) -> Markup {
    html! {
        @if let Some(day) = drift.since {
            p.note.bad role="status" {
                (strong(&frame.fill("drift.data_moved", &[("date", &date(frame, day))]))) " "
                (frame.text("drift.consider_training")) " "
                a href="/model#pergeseran" { (frame.text("drift.see_what_moved")) }
            }
        }
    }
}

fn date(frame: &Frame, day: i64) -> String {
    let at = Time(day * DAY);
    format!("{} {}", format::date(at, frame.zone(), frame.lang), format::civil(at, frame.zone()).year)
}

/// How often it happened beside how often it was expected, where that strays.
fn rate_words(frame: &Frame, drift: &DriftFindings) -> Option<String> {
    let rate = drift.rate.as_ref()?;
    let key = match rate.shift? {
        RateShift::More => "drift.more_often",
        RateShift::Fewer => "drift.less_often",
    };
    let expected = format::fixed(rate.expected, 1, frame.lang);
    Some(frame.fill(key, &[("n", &rate.observed), ("expected", &expected), ("weeks", &rate.weeks)]))
}

/// What the watch could find: a record of few events tells little.
fn reach_words(frame: &Frame, drift: &DriftFindings) -> Option<String> {
    let rate = drift.rate.as_ref()?;
    let expected = format::fixed(rate.expected, 1, frame.lang);
    let power = format::percent((rate.power * 1e6) as u32, frame.lang);
    let words: [(&str, &dyn std::fmt::Display); 4] =
        [("n", &rate.observed), ("expected", &expected), ("weeks", &rate.weeks), ("power", &power)];
    Some(frame.fill("drift.reach", &words))
}

fn breach_words(frame: &Frame, breach: &DriftBreach) -> String {
    let kind = frame.lang.word("kind", breach.kind);
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
