//! What stands round every page: the rail, the line that says where, as of when and how complete, and the footer.

use domain::place::Zone;
use domain::time::{MINUTE, Time};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use views::status::StatusView;
use views::{Lang, Right, Viewer, format};

/// What every page knows.
#[derive(Clone, Debug)]
pub struct Frame {
    pub lang: Lang,
    pub viewer: Option<Viewer>,
    pub head: Option<StatusView>,
    /// Set where the data are a scenario, on every page.
    pub scenario: Option<String>,
    /// Path and query of this page, for the language switch.
    pub path: String,
    /// Names the asset versions, so that a new release is not read with an old style sheet.
    pub release: &'static str,
    /// The change notifier's position when this page was asked for; `/v1/live` tells what came after.
    pub change_position: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    Overview,
    Alerts,
    Reports,
    Districts,
    Feeds,
    Model,
    Help,
    Elsewhere,
}

impl Frame {
    pub fn zone(&self) -> Zone {
        self.head.as_ref().map_or(Zone::Wib, |head| head.zone)
    }

    pub fn may(&self, right: Right) -> bool {
        self.viewer.as_ref().is_some_and(|viewer| viewer.may(right))
    }

    pub fn say<'a>(&self, id: &'a str, en: &'a str) -> &'a str {
        self.lang.pick(id, en)
    }

    /// `<time>` with the full form.
    pub fn time(&self, time: Time) -> Markup {
        html! { time datetime=(format::machine(time, self.zone())) { (format::long(time, self.zone(), self.lang)) } }
    }

    /// `<time>` of a whole day.
    pub fn day(&self, midnight: Time) -> Markup {
        html! { time datetime=(format::machine(midnight, self.zone())) { (format::date(midnight, self.zone(), self.lang)) } }
    }

    /// `<time>` without the year, where the page's head gives it.
    pub fn brief(&self, time: Time) -> Markup {
        html! { time datetime=(format::machine(time, self.zone())) { (format::short(time, self.zone(), self.lang)) } }
    }

    /// "2 jam lalu", beside an absolute time only.
    pub fn ago(&self, time: Time) -> String {
        let now = self.head.as_ref().map_or(time, |head| head.now);
        let span = format::span(now.since(time), self.lang);
        match self.lang {
            Lang::Id => format!("{span} lalu"),
            Lang::En => format!("{span} ago"),
        }
    }
}

#[cfg(test)]
impl Frame {
    /// Of nobody, about no regency.
    pub fn bare(lang: Lang) -> Frame {
        Frame {
            lang,
            viewer: None,
            head: None,
            scenario: None,
            path: "/".into(),
            release: "t",
            change_position: String::new(),
        }
    }
}

/// The whole document.
pub fn document(frame: &Frame, place: Place, title: &str, content: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(frame.lang.as_str()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="same-origin";
                title { (title) " · Kentongan" }
                link rel="stylesheet" href={ "/aset/desk.css?v=" (frame.release) };
                link rel="icon" type="image/svg+xml" href={ "/aset/icon.svg?v=" (frame.release) };
                script defer src={ "/aset/desk.js?v=" (frame.release) } {}
            }
            body data-told=(frame.change_position) {
                a.skip href="#isi" { (frame.say("Langsung ke isi", "Skip to content")) }
                @if let Some(words) = &frame.scenario { (banner(frame, words)) }
                div.frame {
                    @if frame.viewer.is_some() { (rail(frame, place)) }
                    div.column {
                        @if let Some(head) = &frame.head { (status(frame, head)) }
                        main #isi tabindex="-1" {
                            @if frame.viewer.is_none() { p.brand-alone { "Kentongan" } }
                            h1 { (title) }
                            (content)
                        }
                        (footer(frame))
                    }
                }
            }
        }
    }
}

/// On every page of a scenario. Words that already say the data are made up stand in place of ours.
fn banner(frame: &Frame, words: &str) -> Markup {
    let (name, told) = (frame.say("SKENARIO", "SCENARIO"), frame.say("data buatan", "made-up data"));
    html! {
        p.scenario role="note" {
            strong { (name) " — " (told) }
            @match words.strip_prefix("data buatan") {
                Some(rest) => { @if frame.lang == Lang::Id { (rest) } }
                None => { ". " (words) }
            }
        }
    }
}

/// Entries of the rail; on a phone the first five stand in the bottom bar and the rest in the footer.
fn entries(frame: &Frame) -> Vec<(Place, &'static str, &'static str, &'static str)> {
    let lang = frame.lang;
    let mut list = vec![
        (Place::Overview, "/", lang.pick("Ringkasan", "Overview"), "M2 7l6-5 6 5v7H2zM6 14V9h4v5"),
        (
            Place::Alerts,
            "/peringatan",
            lang.pick("Peringatan", "Alerts"),
            "M8 2v1M4 11V7a4 4 0 0 1 8 0v4l1 1.500H3zM7 14.500h2",
        ),
    ];
    if frame.may(Right::SeeReports) {
        list.push((
            Place::Reports,
            "/laporan",
            lang.pick("Laporan", "Reports"),
            "M3 2h7l3 3v9H3zM5.500 7h5M5.500 9.500h5M5.500 12h3",
        ));
    }
    list.push((
        Place::Districts,
        "/kecamatan",
        lang.pick("Kecamatan", "Districts"),
        "M1.500 4l4-1.500 5 1.500 4-1.500v9.500l-4 1.500-5-1.500-4 1.500zM5.500 2.500V12M10.500 4v9.500",
    ));
    list.push((Place::Feeds, "/umpan", lang.pick("Umpan", "Feeds"), "M8 9a1 1 0 1 0 0-2 1 1 0 0 0 0 2zM5 11a4 4 0 0 1 0-6M11 5a4 4 0 0 1 0 6M3 13a7 7 0 0 1 0-10M13 3a7 7 0 0 1 0 10"));
    list.push((Place::Model, "/model", "Model", "M2 14V2M2 14h12M4.500 11l3-4 2.500 2L14 4"));
    list.push((Place::Help, "/bantuan", lang.pick("Bantuan", "Help"), "M8 15A7 7 0 1 0 8 1a7 7 0 0 0 0 14zM6 6.200a2 2 0 1 1 2.800 1.800c-.6.300-.8.700-.8 1.300M8 11.500v.300"));
    list
}

fn rail(frame: &Frame, place: Place) -> Markup {
    html! {
        nav.rail aria-label=(frame.say("Utama", "Main")) {
            p.brand { a href="/" { "Kentongan" } }
            ul {
                @for (index, (own, href, name, icon)) in entries(frame).into_iter().enumerate() {
                    li class=[(index >= 5).then_some("wide-only")] {
                        a href=(href) aria-current=[(own == place).then_some("page")] {
                            svg.icon viewBox="0 0 16 16" width="20" height="20" aria-hidden="true" focusable="false" { path d=(icon) {} }
                            span { (name) }
                        }
                    }
                }
            }
        }
    }
}

fn status(frame: &Frame, head: &StatusView) -> Markup {
    let completeness = head.completeness_ppm.map(|ppm| format::percent(ppm, frame.lang));
    html! {
        header.status data-live="status" id="status" {
            p.where { strong { (head.regency) } }
            p {
                @match head.as_of {
                    Some(as_of) => { (frame.say("Keadaan ", "As of ")) (frame.time(as_of)) (behind(frame, head, as_of)) }
                    None => { (frame.say("Belum ada catatan yang diolah", "No record processed yet")) }
                }
            }
            p {
                (frame.say("Kelengkapan laporan ", "Completeness of reports ")) strong.num { (completeness.as_deref().unwrap_or("–")) }
                @if head.no_data > 0 {
                    " · " (head.no_data) (frame.say(" dari ", " of ")) (head.districts)
                    (frame.say(" kecamatan tidak ada data (bukan aman)", " districts without data (not the same as safe)"))
                }
            }
            @if head.silent_feeds > 0 {
                p { a href="/umpan" { (head.silent_feeds) (frame.say(" umpan diam", if head.silent_feeds == 1 { " feed silent" } else { " feeds silent" })) } }
            }
            @if !head.others.is_empty() {
                form.switch method="get" action="/" {
                    label for="wilayah" { (frame.say("Wilayah", "Regency")) }
                    select id="wilayah" name="wilayah" {
                        option value=(head.code) selected { (head.regency) }
                        @for (code, name) in &head.others { option value=(code) { (name) } }
                    }
                    button type="submit" { (frame.say("Buka", "Open")) }
                }
            }
        }
    }
}

/// Fewer records than this are on their way at any moment of a busy hour.
const BACKLOG: u64 = 100;

/// How far the picture is behind: by the clock (a tick comes hourly, so less than two hours is not worth a word), and
/// by the records that wait.
fn behind(frame: &Frame, head: &StatusView, as_of: Time) -> Markup {
    let late = head.now.since(as_of);
    html! {
        @if late > 120 * MINUTE {
            strong.behind { " · " (frame.say("tertinggal ", "behind by ")) (format::span(late, frame.lang)) }
        }
        @if head.waiting >= BACKLOG {
            strong.behind {
                " · " (format::number(head.waiting as i64, frame.lang))
                (frame.say(" catatan masuk belum diolah", " records received are not worked in yet"))
            }
        }
    }
}

fn footer(frame: &Frame) -> Markup {
    let other = frame.lang.pick("en", "id");
    let joint = if frame.path.contains('?') { "&" } else { "?" };
    html! {
        footer {
            p {
                (frame.say(
                    "Tingkat di sini internal; bukan peringatan BMKG, PVMBG, atau status keadaan konflik. Keadaan darurat: ",
                    "Levels here are internal; they are not warnings of BMKG or PVMBG, nor a legal status of conflict. Emergencies: ",
                ))
                a href="tel:110" { "110" } (frame.say(" (polisi), ", " (police), ")) a href="tel:112" { "112" } (frame.say(" (darurat).", " (emergency)."))
            }
            ul.footlinks {
                @if frame.viewer.is_some() {
                    li { a href="/model" { "Model" } }
                    li { a href="/bantuan" { (frame.say("Bantuan", "Help")) } }
                }
                li { a href={ (frame.path) (joint) "lang=" (other) } hreflang=(other) lang=(other) { (frame.say("English", "Bahasa Indonesia")) } }
                @if let Some(viewer) = &frame.viewer {
                    li {
                        form method="post" action="/keluar" {
                            button.quiet type="submit" { (frame.say("Keluar", "Log out")) " (" (viewer.name) ")" }
                        }
                    }
                }
            }
        }
    }
}

/// `**bold**` in a sentence of ours becomes `<strong>`; everything else is escaped.
pub fn strong(text: &str) -> Markup {
    let parts: Vec<&str> = text.split("**").collect();
    html! {
        @for (index, part) in parts.iter().enumerate() {
            @if index % 2 == 1 { strong { (part) } } @else { (part) }
        }
    }
}

/// Nothing, where a branch has nothing to say.
pub fn nothing() -> Markup {
    PreEscaped(String::new())
}
