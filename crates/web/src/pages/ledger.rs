//! Buku ramalan: how right the forecasts have been, live; what the calls of the weekly sample add; and drift.

mod drift;
mod figures;

pub use drift::{drift, drifted};

use super::shell::{Frame, NavEntry, document};
use figures::{one, share};
use maud::{Markup, html};
use scoring::ledger::{FEWEST_TRUE, LedgerFigures};
use views::model::hundredths;
use views::{Right, format};

pub fn page(frame: &Frame, view: &LedgerFigures) -> Markup {
    let content = html! {
        p.lead { (frame.fill("ledger.lead", &[("time", &format::utc_midnight(frame.zone(), frame.lang))])) }
        p { a href="/model" { (frame.text("ledger.models_in_use")) }
            @if frame.may(Right::Verify) { " · " a href="/panggilan" { (frame.text("ledger.this_weeks_random_calls")) } } }
        (drift(frame, &view.drift))
        (precision(frame, view))
        @for part in &view.parts { (one(frame, part, view.fewest)) }
        (how(frame, view))
    };
    document(frame, NavEntry::Model, frame.text("label.ledger"), content)
}

fn precision(frame: &Frame, view: &LedgerFigures) -> Markup {
    let alerts = &view.alerts;
    let n = alerts.confirmed + alerts.false_alarms;
    html! {
        section.block aria-labelledby="h-ketepatan" {
            h2 #h-ketepatan { (frame.text("ledger.precision_of_alerts")) }
            dl.facts {
                dt { (frame.text("ledger.confirmed_false_alarms")) } dd.num { (alerts.confirmed) " · " (alerts.false_alarms) }
                dt { (frame.text("ledger.averted_other")) } dd.num { (alerts.averted) " · " (alerts.other) }
                dt { (frame.text("ledger.precision")) }
                dd.num { @match &alerts.precision {
                    Some(precision) => { (share(frame, precision)) }
                    None => { (frame.fill("ledger.too_few_alerts", &[("n", &n), ("fewest", &view.fewest)])) }
                } }
                @if let Some((low, high)) = alerts.averted_bounds {
                    dt { (frame.text("ledger.precision_bounds")) }
                    dd.num { (frame.fill("format.range", &[("from", &hundredths(low, frame.lang)), ("to", &hundredths(high, frame.lang))])) }
                }
            }
            p.hint { (frame.text("ledger.averted_hint")) }
        }
    }
}

fn how(frame: &Frame, view: &LedgerFigures) -> Markup {
    let unverified =
        if view.unverified_counts { "ledger.how_unverified_counts" } else { "ledger.how_single_source" };
    html! {
        details {
            summary { (frame.text("ledger.how")) }
            ul {
                li { (frame.text("ledger.how_weekly")) }
                li { (frame.text("ledger.how_monthly")) }
                li { (frame.text("ledger.how_baselines")) }
                li { (frame.text("ledger.how_averted")) }
                li { (frame.text("ledger.how_undecided")) }
                li { (frame.text(unverified)) }
                li { (frame.fill("ledger.grace", &[("days", &view.grace_days)])) }
                li { (frame.text("ledger.how_patrols")) }
                li { (frame.text("ledger.how_sample")) }
                li { (frame.fill("ledger.how_fewest_true", &[("fewest", &FEWEST_TRUE)])) }
            }
        }
    }
}

#[cfg(test)]
mod tests;
