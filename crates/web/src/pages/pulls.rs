//! Agencies that the service asks by itself, on the page of the feeds: on or off, how old, what failed.

use super::shell::{Frame, strong};
use domain::time::Time;
use maud::{Markup, html};
use views::pulls::PullItem;

/// The block of the page; nothing where no agency can be asked.
pub fn block(frame: &Frame, pulls: &[PullItem]) -> Markup {
    html! {
        @if !pulls.is_empty() {
            section.block aria-labelledby="h-lembaga" {
                h2 #h-lembaga { (frame.text("pulls.heading")) }
                p.hint { (strong(frame.text("pulls.what_they_are"))) }
                table.stack {
                    thead { tr {
                        th scope="col" { (frame.text("pulls.agency")) }
                        th scope="col" { (frame.text("feeds.state")) }
                        th scope="col" { (frame.text("pulls.good")) }
                        th scope="col" { (frame.text("pulls.tried")) }
                    } }
                    tbody { @for pull in pulls { (row(frame, pull)) } }
                }
            }
        }
    }
}

fn row(frame: &Frame, pull: &PullItem) -> Markup {
    html! {
        tr.silent[pull.is_on && pull.failure.is_some()] {
            th scope="row" { (pull.agency) br; small.code { (pull.feed) " · " (pull.url) } }
            td data-label=(frame.text("feeds.state")) { (state(frame, pull)) }
            td data-label=(frame.text("pulls.good")) { (time(frame, pull.good)) }
            td data-label=(frame.text("pulls.tried")) { (time(frame, pull.tried)) }
        }
    }
}

fn state(frame: &Frame, pull: &PullItem) -> Markup {
    html! {
        @if !pull.is_on { (frame.text("pulls.off")) }
        @else if let Some(failure) = &pull.failure { strong { "– " (frame.text("pulls.failing")) } " · " (failure) }
        @else if pull.good.is_some() { (frame.text("pulls.on")) " · " (frame.count("pulls.signals", pull.signals as usize)) }
        @else { (frame.text("pulls.on")) }
        @if pull.is_on && !pull.doubts.is_empty() {
            ul { @for doubt in &pull.doubts { li { (doubt) } } }
        }
    }
}

fn time(frame: &Frame, at: Option<Time>) -> Markup {
    html! {
        @match at {
            Some(at) => { (frame.brief(at)) br; small { (frame.ago(at)) } }
            None => { (frame.text("feeds.never")) }
        }
    }
}
