//! Umpan: who reports, who has fallen silent, what could not be read.

use super::shell::{Frame, Place, document};
use domain::kind::FeedClass;
use maud::{Markup, html};
use views::feeds::{FeedItem, FeedsView};
use views::format;

pub fn page(frame: &Frame, view: &FeedsView) -> Markup {
    let silent = view.feeds.iter().filter(|feed| feed.silent).count();
    let content = html! {
        p.lead {
            (view.feeds.len()) (frame.say(" umpan, ", " feeds, ")) strong { (silent) (frame.say(" diam", " silent")) }
            (frame.say(". Diam berarti tidak ada data, bukan aman.", ". Silence means no data, not safety."))
        }
        @if view.feeds.is_empty() {
            p.empty { (frame.say("Belum ada umpan. Tambahkan dengan perintah ", "No feed yet. Add one with ")) code { "kentongan feed add" } "." }
        } @else if view.by_class { (classes(frame, view)) } @else { (table(frame, view)) }
        @if !view.refused.is_empty() {
            section.block aria-labelledby="h-ditolak" {
                h2 #h-ditolak { (frame.say("Tidak dapat diterima", "Could not be accepted")) }
                p.hint { (frame.say("Aslinya disimpan dan dapat diputar ulang setelah diperbaiki: ", "The originals are kept and can be replayed once mended: ")) code { "kentongan dead-letters list" } }
                table { thead { tr { th scope="col" { (frame.say("Sebab", "Reason")) } th.num scope="col" { (frame.say("Catatan", "Records")) } } }
                    tbody { @for (reason, count) in &view.refused {
                        tr { th scope="row" { (frame.lang.word("refused", reason)) } td.num { (format::number(*count as i64, frame.lang)) } }
                    } } }
            }
        }
    };
    document(frame, Place::Feeds, frame.say("Umpan", "Feeds"), content)
}

fn table(frame: &Frame, view: &FeedsView) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(frame.say("Tabel umpan", "Table of feeds")) {
            table.stack {
                thead { tr {
                    th scope="col" { (frame.say("Umpan", "Feed")) }
                    th scope="col" { (frame.say("Kabar terakhir", "Last word")) }
                    th scope="col" { (frame.say("Biasanya", "Usually")) }
                    th.num scope="col" { (frame.say("Laporan", "Reports")) }
                    th scope="col" { (frame.say("Keadaan", "State")) }
                } }
                tbody { @for feed in &view.feeds { (row(frame, feed)) } }
            }
        }
    }
}

fn row(frame: &Frame, feed: &FeedItem) -> Markup {
    html! {
        tr.silent[feed.silent] {
            th scope="row" { (feed.name) br; small { (frame.lang.word("class", feed.class)) @if !feed.places.is_empty() { " · " (feed.places.join(", ")) } } }
            td data-label=(frame.say("Kabar terakhir", "Last word")) { @match feed.last {
                Some(at) => { (frame.brief(at)) br; small { (frame.ago(at)) } }
                None => { (frame.say("belum pernah", "never")) }
            } }
            td data-label=(frame.say("Biasanya", "Usually")) { @match feed.usual {
                Some(usual) => { (frame.say("tiap ", "every ")) (format::span(usual, frame.lang)) }
                None => { "–" }
            } }
            td.num data-label=(frame.say("Laporan", "Reports")) { (format::number(feed.reports as i64, frame.lang)) }
            td data-label=(frame.say("Keadaan", "State")) { (state(frame, feed)) }
        }
    }
}

fn state(frame: &Frame, feed: &FeedItem) -> Markup {
    html! {
        @if !feed.enabled { (frame.say("dimatikan", "disabled")) }
        @else if let Some(until) = feed.paused_until {
            strong { "– " (frame.say("dijeda sampai ", "paused until ")) (frame.brief(until)) }
            ". " (frame.say("Hampir semua catatannya tidak dapat diterima. Perbaiki bersama pemiliknya, lalu buka lagi: ", "Nearly all its records could not be accepted. Mend it with its owner, then let it in again: "))
            code { "kentongan feed resume " (feed.name) }
        }
        @else if feed.silent { strong { "– " (frame.say("diam", "silent")) } " · " (frame.say("Hubungi: ", "Call: ")) (contact(frame, feed.class)) }
        @else if feed.last.is_none() { (frame.say("belum pernah terdengar", "not heard yet")) }
        @else { (frame.say("terdengar", "heard")) }
    }
}

/// Whom to call when a class falls silent.
fn contact(frame: &Frame, class: FeedClass) -> &'static str {
    match class {
        FeedClass::Village => frame.lang.pick("kades, babinsa", "village head, babinsa"),
        FeedClass::Community => frame.lang.pick("ketua FKDM, camat", "head of FKDM, camat"),
        FeedClass::Police => frame.lang.pick("kapolsek", "police post"),
        FeedClass::Military => frame.lang.pick("danramil", "army post"),
        FeedClass::Company => frame.lang.pick("humas perusahaan", "the company's spokesperson"),
        FeedClass::Agency => frame.lang.pick("piket dinas", "the agency's desk"),
        FeedClass::Desk => frame.lang.pick("piket Kesbangpol", "the Kesbangpol desk"),
        FeedClass::Sensor => frame.lang.pick("pengelola sistem", "the administrator"),
    }
}

fn classes(frame: &Frame, view: &FeedsView) -> Markup {
    html! {
        table {
            thead { tr { th scope="col" { (frame.say("Kelas", "Class")) } th.num scope="col" { (frame.say("Umpan", "Feeds")) } th.num scope="col" { (frame.say("Diam", "Silent")) } } }
            tbody { @for class in FeedClass::ALL {
                @let own: Vec<&FeedItem> = view.feeds.iter().filter(|feed| feed.class == *class).collect();
                @if !own.is_empty() {
                    tr { th scope="row" { (frame.lang.word("class", class)) } td.num { (own.len()) } td.num { (own.iter().filter(|feed| feed.silent).count()) } }
                }
            } }
        }
    }
}
