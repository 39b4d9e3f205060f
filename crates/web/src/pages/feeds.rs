//! Sumber laporan: who reports, who has fallen silent, what could not be read.

use super::shell::{Frame, NavEntry, document, strong};
use super::{pulls, reporter_list};
use domain::kind::FeedClass;
use maud::{Markup, html};
use views::Right;
use views::feeds::{FeedItem, FeedsView};
use views::format;

pub fn page(frame: &Frame, view: &FeedsView) -> Markup {
    let silent = view.feeds.iter().filter(|feed| feed.silent).count();
    let content = html! {
        p.lead {
            (strong(&frame.fill("feeds.how_many", &[("n", &view.feeds.len()), ("silent", &silent)])))
        }
        @if frame.may(Right::AddReporters) { p { a.button href=(reporter_list::PATH) { (frame.text("reporter_list.title")) } } }
        @if view.feeds.is_empty() {
            p.empty { (frame.rich("feeds.none_yet", &[("command", html! { code { "kentongan feed add" } })])) }
        } @else if view.by_class { (classes(frame, view)) } @else { (table(frame, view)) }
        (pulls::block(frame, &view.pulls))
        @if !view.refused.is_empty() {
            section.block aria-labelledby="h-ditolak" {
                h2 #h-ditolak { (frame.text("feeds.refused")) }
                p.hint { (frame.rich("feeds.originals_kept", &[("command", html! { code { "kentongan dead-letters list" } })])) }
                table { thead { tr { th scope="col" { (frame.text("feeds.reason")) } th.num scope="col" { (frame.text("feeds.records")) } } }
                    tbody { @for refused in &view.refused {
                        tr { th scope="row" { (frame.lang.word("refused", refused.reason)) } td.num { (format::number(refused.records as i64, frame.lang)) } }
                    } } }
            }
        }
    };
    document(frame, NavEntry::Feeds, frame.text("label.feeds"), content)
}

fn table(frame: &Frame, view: &FeedsView) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(frame.text("feeds.table")) {
            table.stack {
                thead { tr {
                    th scope="col" { (frame.text("label.feed")) }
                    th scope="col" { (frame.text("feeds.last_report")) }
                    th scope="col" { (frame.text("feeds.usually")) }
                    th.num scope="col" { (frame.text("label.reports")) }
                    th scope="col" { (frame.text("feeds.state")) }
                } }
                tbody { @for feed in &view.feeds { (row(frame, feed)) } }
            }
        }
    }
}

fn row(frame: &Frame, feed: &FeedItem) -> Markup {
    html! {
        tr.silent[feed.silent] {
            th scope="row" { (feed.name.as_deref().unwrap_or_default()) br; small { (frame.lang.word("class", feed.class)) @if !feed.places.is_empty() { " · " (feed.places.join(", ")) } @if let Some(organisation) = &feed.organisation { " · " (frame.fill("feeds.organisation", &[("name", organisation)])) } @if feed.party { " · " strong { (frame.text("feeds.party")) } } } }
            td data-label=(frame.text("feeds.last_report")) { @match feed.last {
                Some(at) => { (frame.brief(at)) br; small { (frame.ago(at)) } }
                None => { (frame.text("feeds.never")) }
            } }
            td data-label=(frame.text("feeds.usually")) { @match feed.usual {
                Some(usual) => { (frame.fill("feeds.every", &[("span", &format::span(usual, frame.lang))])) }
                None => { "–" }
            } }
            td.num data-label=(frame.text("label.reports")) { (format::number(feed.reports.unwrap_or(0) as i64, frame.lang)) }
            td data-label=(frame.text("feeds.state")) { (state(frame, feed)) }
        }
    }
}

fn state(frame: &Frame, feed: &FeedItem) -> Markup {
    html! {
        @if !feed.enabled { (frame.text("feeds.disabled")) }
        @else if let Some(until) = feed.paused_until {
            strong { "– " (frame.rich("feeds.paused_until", &[("time", frame.brief(until))])) }
            ". " (frame.rich("feeds.why_paused", &[("command", html! { code { "kentongan feed resume " (feed.name.as_deref().unwrap_or_default()) } })]))
        }
        @else if feed.silent { strong { "– " (frame.text("feeds.silent")) } " · " (frame.fill("feeds.call", &[("who", &frame.lang.word("contact", feed.class))])) }
        @else if feed.last.is_none() { (frame.text("feeds.never_reported")) }
        @else { (frame.text("feeds.active")) }
    }
}

fn classes(frame: &Frame, view: &FeedsView) -> Markup {
    html! {
        table {
            thead { tr { th scope="col" { (frame.text("feeds.class")) } th.num scope="col" { (frame.text("label.feeds")) } th.num scope="col" { (frame.text("feeds.column_silent")) } } }
            tbody { @for class in FeedClass::ALL {
                @let own: Vec<&FeedItem> = view.feeds.iter().filter(|feed| feed.class == *class).collect();
                @if !own.is_empty() {
                    tr { th scope="row" { (frame.lang.word("class", class)) } td.num { (own.len()) } td.num { (own.iter().filter(|feed| feed.silent).count()) } }
                }
            } }
        }
    }
}
