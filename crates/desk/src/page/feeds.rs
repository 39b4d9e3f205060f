//! Umpan: who reports, who has fallen silent, what could not be read.

use super::shell::{Frame, Place, document};
use crate::format;
use domain::kind::{FeedClass, Refused};
use domain::time::Time;
use maud::{Markup, html};

#[derive(Clone, Debug)]
pub struct Feed {
    pub name: String,
    pub class: FeedClass,
    /// Names of the places it speaks for; empty means all.
    pub places: Vec<String>,
    pub enabled: bool,
    pub last: Option<Time>,
    /// Usual time between two reports, microseconds.
    pub usual: Option<i64>,
    pub reports: u64,
    pub silent: bool,
    /// Not read until then: nearly all it sent was refused.
    pub paused_until: Option<Time>,
}

#[derive(Clone, Debug)]
pub struct View {
    pub feeds: Vec<Feed>,
    /// What was refused, by reason.
    pub refused: Vec<(Refused, u64)>,
    /// For leaders: classes only, no feed by name.
    pub by_class: bool,
}

/// Registered feeds that speak for a place and do not speak.
#[derive(Clone, Debug, Default)]
pub struct Quiet {
    /// Silent by the policy's rule: name and class.
    pub silent: Vec<(String, FeedClass)>,
    /// Never heard since they were registered.
    pub never: Vec<(String, FeedClass)>,
}

impl Quiet {
    pub fn is_empty(&self) -> bool {
        self.silent.is_empty() && self.never.is_empty()
    }
}

/// Paused feeds first, then silent ones, the longest silent at the top.
pub fn silent_first(feeds: &mut [Feed]) {
    feeds.sort_by(|a, b| {
        b.paused_until
            .is_some()
            .cmp(&a.paused_until.is_some())
            .then(b.silent.cmp(&a.silent))
            .then(a.last.cmp(&b.last))
            .then(a.name.cmp(&b.name))
    });
}

pub fn page(frame: &Frame, view: &View) -> Markup {
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

fn table(frame: &Frame, view: &View) -> Markup {
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

fn row(frame: &Frame, feed: &Feed) -> Markup {
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

fn state(frame: &Frame, feed: &Feed) -> Markup {
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

fn classes(frame: &Frame, view: &View) -> Markup {
    html! {
        table {
            thead { tr { th scope="col" { (frame.say("Kelas", "Class")) } th.num scope="col" { (frame.say("Umpan", "Feeds")) } th.num scope="col" { (frame.say("Diam", "Silent")) } } }
            tbody { @for class in FeedClass::ALL {
                @let own: Vec<&Feed> = view.feeds.iter().filter(|feed| feed.class == *class).collect();
                @if !own.is_empty() {
                    tr { th scope="row" { (frame.lang.word("class", class)) } td.num { (own.len()) } td.num { (own.iter().filter(|feed| feed.silent).count()) } }
                }
            } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_silent_stands_first() {
        let feed = |name: &str, silent, last| Feed {
            name: name.into(),
            class: FeedClass::Village,
            places: vec![],
            enabled: true,
            last,
            usual: None,
            reports: 1,
            silent,
            paused_until: None,
        };
        let mut feeds = vec![
            feed("heard", false, Some(Time(9))),
            feed("short", true, Some(Time(5))),
            feed("never", true, None),
            feed("long", true, Some(Time(1))),
        ];
        silent_first(&mut feeds);
        let names: Vec<&str> = feeds.iter().map(|feed| feed.name.as_str()).collect();
        assert_eq!(names, ["never", "long", "short", "heard"]);
    }
}
