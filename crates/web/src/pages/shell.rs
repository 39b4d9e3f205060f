//! What stands round every page: the rail, the line that says where, as of when and how complete, and the footer.

use domain::kind::{Kind, Level};
use domain::place::Zone;
use domain::time::{MINUTE, Time};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use std::fmt::Display;
use views::status::StatusView;
use views::words::{SentencePart, sentence_parts};
use views::{Lang, Right, Viewer, format};

/// What every page knows.
#[derive(Clone, Debug)]
pub struct Frame {
    pub lang: Lang,
    pub viewer: Option<Viewer>,
    pub head: Option<StatusView>,
    /// True where the data are a scenario: every page says so.
    pub scenario: bool,
    /// Path and query of this page, for the language switch.
    pub path: String,
    /// Names the asset versions, so that a new release is not read with an old style sheet.
    pub release: &'static str,
    /// The change notifier's position when this page was asked for; `/v1/live` tells what came after.
    pub change_position: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NavEntry {
    Overview,
    Alerts,
    Reports,
    Districts,
    Feeds,
    Messages,
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

    /// The sentence of this key.
    pub fn text(&self, key: &'static str) -> &'static str {
        self.lang.text(key)
    }

    /// The sentence of this key with its placeholders filled.
    pub fn fill(&self, key: &'static str, values: &[(&str, &dyn Display)]) -> String {
        self.lang.fill(key, values)
    }

    /// The sentence of this key for a number of things.
    pub fn count(&self, key: &'static str, n: usize) -> String {
        self.lang.count(key, n)
    }

    /// The sentence of this key with markup in its placeholders; `**` marks what is strong.
    pub fn rich(&self, key: &'static str, values: &[(&str, Markup)]) -> Markup {
        rich(self.lang.text(key), values)
    }

    /// `<time>` with the full form.
    pub fn time(&self, time: Time) -> Markup {
        html! { time datetime=(format::machine(time, self.zone())) { (format::long(time, self.zone(), self.lang)) } }
    }

    /// `<time>` of when something happened.
    pub fn occurrence(&self, time: Time) -> Markup {
        html! { time datetime=(format::machine(time, self.zone())) { (format::occurrence(time, self.zone(), self.lang)) } }
    }

    /// The same without the year.
    pub fn brief_occurrence(&self, time: Time) -> Markup {
        html! { time datetime=(format::machine(time, self.zone())) { (format::short_occurrence(time, self.zone(), self.lang)) } }
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
        let passed = now.since(time);
        if passed < MINUTE {
            return self.text("format.just_now").to_string();
        }
        self.fill("format.ago", &[("span", &format::span(passed, self.lang))])
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
            scenario: false,
            path: "/".into(),
            release: "t",
            change_position: String::new(),
        }
    }
}

/// The whole document.
pub fn document(frame: &Frame, entry: NavEntry, title: &str, content: Markup) -> Markup {
    plain_direction(html! {
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
                @if frame.may(Right::Answer) { script defer src={ "/aset/alarm.js?v=" (frame.release) } {} }
            }
            body data-position=(frame.change_position) data-changed=(frame.text("shell.alert_changed")) {
                a.skip href="#isi" { (frame.text("shell.skip_to_content")) }
                @if frame.may(Right::Look) { (connection(frame)) }
                @if frame.scenario { (banner(frame)) }
                @if let Some(step) = frame.head.as_ref().and_then(|head| head.clock_step) {
                    p.scenario role="note" { strong { (step.in_words(frame.zone(), frame.lang)) } }
                }
                div.frame {
                    @if frame.may(Right::Look) { (rail(frame, entry)) }
                    div.column {
                        @if let Some(head) = &frame.head { (status(frame, head)) }
                        // The script moves the control here as long as nobody turned it on in this browser.
                        @if frame.may(Right::Answer) { ul.footlinks #alarm-off hidden {} }
                        main #isi tabindex="-1" {
                            @if !frame.may(Right::Look) { p.brand-alone { "Kentongan" } }
                            h1 { (title) }
                            (content)
                        }
                        (footer(frame))
                    }
                }
            }
        }
    })
}

/// A page in which no text turns the direction of what follows: what somebody typed would else read otherwise than it is.
pub(crate) fn plain_direction(page: Markup) -> Markup {
    let turns = |c: char| matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    match page.0.contains(turns) {
        true => PreEscaped(page.0.replace(turns, "\u{FFFD}")),
        false => page,
    }
}

/// The bar that the script shows where the service, or the session, is gone: with how old the page is, by the service's
/// own clock. Without script a page does not change by itself and promises nothing.
fn connection(frame: &Frame) -> Markup {
    let now = frame.head.as_ref().map(|head| head.now.0 / 1_000);
    html! {
        p.connection #sambungan hidden
            data-now=[now] data-offset=(frame.zone().minutes()) data-zone=(frame.zone().label()) data-mark=(frame.text("format.clock_mark"))
            data-lost=(frame.text("shell.connection_lost")) data-ended=(frame.text("shell.session_ended")) data-login=(frame.text("login.log_in"))
            data-seconds=(frame.text("format.seconds")) data-minutes=(frame.text("format.minutes"))
            data-hours=(frame.text("format.hours")) data-days=(frame.text("format.days")) {}
    }
}

/// On every page of a scenario.
pub fn banner(frame: &Frame) -> Markup {
    scenario_banner(frame.lang)
}

/// The same where there is no shell.
pub fn scenario_banner(lang: Lang) -> Markup {
    html! {
        p.scenario role="note" {
            strong { (lang.text("shell.scenario")) " — " (lang.text("shell.made_up_data")) }
            ", " (lang.text("shell.nothing_happened"))
        }
    }
}

/// Entries of the rail; on a phone the first five stand in the bottom bar and the rest in the footer.
fn entries(frame: &Frame) -> Vec<(NavEntry, &'static str, &'static str, &'static str)> {
    let lang = frame.lang;
    let mut list = vec![
        (NavEntry::Overview, "/", lang.text("label.overview"), "M2 7l6-5 6 5v7H2zM6 14V9h4v5"),
        (
            NavEntry::Alerts,
            "/peringatan",
            lang.text("label.alerts"),
            "M8 2v1M4 11V7a4 4 0 0 1 8 0v4l1 1.500H3zM7 14.500h2",
        ),
    ];
    if frame.may(Right::SeeReports) {
        list.push((
            NavEntry::Reports,
            "/laporan",
            lang.text("label.reports"),
            "M3 2h7l3 3v9H3zM5.500 7h5M5.500 9.500h5M5.500 12h3",
        ));
    }
    list.push((
        NavEntry::Districts,
        "/kecamatan",
        lang.text("label.districts"),
        "M1.500 4l4-1.500 5 1.500 4-1.500v9.500l-4 1.500-5-1.500-4 1.500zM5.500 2.500V12M10.500 4v9.500",
    ));
    list.push((NavEntry::Feeds, "/umpan", lang.text("shell.feeds"), "M8 9a1 1 0 1 0 0-2 1 1 0 0 0 0 2zM5 11a4 4 0 0 1 0-6M11 5a4 4 0 0 1 0 6M3 13a7 7 0 0 1 0-10M13 3a7 7 0 0 1 0 10"));
    if frame.may(Right::Direct) {
        list.push((
            NavEntry::Messages,
            "/pesan",
            lang.text("label.messages"),
            "M2 3.500h12v9H2zM2 4l6 5 6-5",
        ));
    }
    list.push((
        NavEntry::Model,
        "/model",
        lang.text("shell.model"),
        "M2 14V2M2 14h12M4.500 11l3-4 2.500 2L14 4",
    ));
    list.push((NavEntry::Help, "/bantuan", lang.text("label.help"), "M8 15A7 7 0 1 0 8 1a7 7 0 0 0 0 14zM6 6.200a2 2 0 1 1 2.800 1.800c-.6.300-.8.700-.8 1.300M8 11.500v.300"));
    list
}

fn rail(frame: &Frame, entry: NavEntry) -> Markup {
    html! {
        nav.rail aria-label=(frame.text("shell.main")) {
            p.brand { a href="/" { "Kentongan" } }
            ul {
                @for (index, (own, href, name, icon)) in entries(frame).into_iter().enumerate() {
                    li class=[(index >= 5).then_some("wide-only")] {
                        a href=(href) aria-current=[(own == entry).then_some("page")] {
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
                    Some(as_of) => { (frame.rich("shell.as_of", &[("time", frame.time(as_of))])) (behind(frame, head, as_of)) }
                    None => { (frame.text("shell.no_record")) }
                }
            }
            p {
                (frame.rich("shell.completeness", &[("share", html! { strong.num { (completeness.as_deref().unwrap_or("–")) } })]))
                @if head.no_data > 0 {
                    " · " (frame.fill("shell.districts_without_data", &[("n", &head.no_data), ("of", &head.districts)]))
                }
            }
            @let quiet = [("shell.silent_feeds", head.silent_feeds), ("shell.never_reported", head.never_reported)];
            @for (key, feeds) in quiet.into_iter().filter(|(_, feeds)| *feeds > 0) {
                p { a href="/umpan" { (frame.count(key, feeds)) } }
            }
            @if !head.others.is_empty() {
                form.switch method="get" action="/" {
                    label for="wilayah" { (frame.text("shell.regency")) }
                    select id="wilayah" name="wilayah" {
                        option value=(head.code) selected { (head.regency) }
                        @for place in &head.others { option value=(place.code) { (place.name) } }
                    }
                    button type="submit" { (frame.text("shell.open")) }
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
            strong.behind { " · " (frame.fill("shell.behind_by", &[("span", &format::span(late, frame.lang))])) }
        }
        @if head.waiting >= BACKLOG {
            strong.behind {
                " · " (frame.count("shell.records_waiting", head.waiting as usize))
            }
        }
    }
}

/// A number to call by a tap.
pub fn phone(number: &str) -> Markup {
    html! { a href={ "tel:" (number) } { (number) } }
}

fn footer(frame: &Frame) -> Markup {
    let other = frame.lang.other().as_str();
    let joint = if frame.path.contains('?') { "&" } else { "?" };
    html! {
        footer {
            p {
                (frame.rich("shell.footer", &[("police", phone("110")), ("emergency", phone("112"))]))
            }
            ul.footlinks {
                @if frame.may(Right::Answer) { (alarm(frame)) }
                @if frame.may(Right::Direct) { li { a href="/pesan" { (frame.text("label.messages")) } } }
                @if frame.may(Right::Look) {
                    li { a href="/model" { (frame.text("shell.model")) } }
                    li { a href="/bantuan" { (frame.text("label.help")) } }
                }
                li { a href={ (frame.path) (joint) "lang=" (other) } hreflang=(other) lang=(other) { (frame.text("shell.other_language")) } }
                @if let Some(viewer) = &frame.viewer {
                    li {
                        form method="post" action="/keluar" data-account=(viewer.name) data-own=(frame.text("shell.leaving_forgets_own")) data-unsent=(frame.text("reporter.leaving_keeps_others")) {
                            button.quiet type="submit" { (frame.text("shell.log_out")) " (" (viewer.name) ")" }
                        }
                    }
                }
            }
        }
    }
}

/// Turns sound and notifications on; the script shows it and finds its words here.
fn alarm(frame: &Frame) -> Markup {
    let lang = frame.lang;
    let [company, residents, disaster] =
        [Kind::ResidentCompany, Kind::ResidentResident, Kind::Disaster].map(|kind| lang.word("kind", kind));
    html! {
        li hidden {
            button.quiet #alarm type="button" data-on=(frame.text("shell.alarm_on")) data-off=(frame.text("shell.alarm_off"))
                data-siaga=(views::level::word(Level::Siaga, lang)) data-awas=(views::level::word(Level::Awas, lang))
                data-resident_company=(company) data-resident_resident=(residents) data-disaster=(disaster) {}
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

/// A sentence with markup in its placeholders.
fn rich(template: &str, values: &[(&str, Markup)]) -> Markup {
    let mut page = String::new();
    let mut open = false;
    for part in sentence_parts(template) {
        match part {
            SentencePart::Value(name) => {
                let value = values.iter().find(|(own, _)| *own == name);
                debug_assert!(value.is_some(), "nothing for {{{name}}} in '{template}'");
                page += value.map_or("", |(_, markup)| markup.0.as_str());
            }
            SentencePart::Text(text) => {
                for (index, part) in text.split("**").enumerate() {
                    if index > 0 {
                        open = !open;
                        page += if open { "<strong>" } else { "</strong>" };
                    }
                    page += &html! { (part) }.0;
                }
            }
        }
    }
    PreEscaped(page)
}

/// Nothing, where a branch has nothing to say.
pub fn nothing() -> Markup {
    PreEscaped(String::new())
}
