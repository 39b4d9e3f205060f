//! The reporter's page: three forms, and what became of the feed's own reports. It stands alone, is small, and works without script.

mod forms;

use super::entry::TypedFields;
use super::notice::FormNote;
use super::shell::{Frame, banner, phone};
use domain::place::Zone;
use domain::time::Time;
use maud::{DOCTYPE, Markup, html};
use views::format;
use views::reporter::{OwnReport, ReporterView};

/// The page as it is shown: what was typed, what is wrong with it, and what was done.
#[derive(Clone, Debug)]
pub struct ReporterPage {
    pub view: ReporterView,
    /// The number of what is sent from here, so that one sent twice is one.
    pub number: String,
    pub form: OpenForm,
    pub typed: TypedFields,
    /// Field name → what is wrong with it.
    pub errors: Vec<(String, String)>,
    /// What the text screen found; saving again with a tick keeps it.
    pub warnings: Vec<String>,
    /// The time typed lies so long ago that it is asked about.
    pub long_ago: bool,
    /// What was done just now, or why not.
    pub note: Option<FormNote>,
    /// It stands here again after a login and has not been sent.
    pub unsent: bool,
}

/// Which of the forms stands open.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum OpenForm {
    #[default]
    None,
    Incident,
    News,
}

impl ReporterPage {
    pub fn new(view: ReporterView, number: String) -> ReporterPage {
        ReporterPage {
            view,
            number,
            form: OpenForm::None,
            typed: TypedFields::new(),
            errors: Vec::new(),
            warnings: Vec::new(),
            long_ago: false,
            note: None,
            unsent: false,
        }
    }

    fn first(&self, name: &str) -> &str {
        self.typed.get(name).and_then(|values| values.first()).map_or("", String::as_str)
    }

    fn error(&self, name: &str) -> Option<&str> {
        self.errors.iter().find(|(field, _)| field == name).map(|(_, words)| words.as_str())
    }
}

pub fn page(frame: &Frame, page: &ReporterPage) -> Markup {
    let account = frame.viewer.as_ref().map(|viewer| viewer.name.as_str());
    html! {
        (DOCTYPE)
        html lang=(frame.lang.as_str()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (frame.text("reporter.title")) " · Kentongan" }
                link rel="stylesheet" href={ "/aset/lapor.css?v=" (frame.release) };
                link rel="icon" type="image/svg+xml" href={ "/aset/icon.svg?v=" (frame.release) };
                script defer src={ "/aset/isian.js?v=" (frame.release) } {}
                script defer src={ "/aset/lapor.js?v=" (frame.release) } {}
            }
            body data-account=[account] {
                @if frame.scenario { (banner(frame)) }
                main #isi {
                    h1 { (frame.text("reporter.title")) }
                    p.who { (page.view.places.join(", ")) " · " (page.view.feed) }
                    (kept(frame))
                    (notes(frame, page))
                    (forms::incident(frame, page))
                    (forms::nothing(frame, page))
                    (forms::news(frame, page))
                    (own(frame, page))
                }
                (footer(frame))
            }
        }
    }
}

/// What the browser keeps because it could not be sent; the script shows it and finds its words here.
fn kept(frame: &Frame) -> Markup {
    html! {
        div.note.bad #belum hidden role="status" data-waits=(frame.text("reporter.waits_for_signal")) data-down=(frame.text("reporter.waits_for_service")) data-login=(frame.text("reporter.log_in_to_send"))
            data-wrong=(frame.text("reporter.must_be_put_right")) data-open=(frame.text("reporter.open_it")) data-leave=(frame.text("reporter.leaving_forgets"))
            data-refused=(frame.text("reporter.may_not_send")) data-sending=(frame.text("reporter.sending")) data-first=(frame.text("reporter.finish_first"))
            data-draft=(frame.text("reporter.being_typed")) data-others=(frame.text("reporter.others_unsent")) data-leave-others=(frame.text("reporter.leaving_keeps_others"))
            data-leaving=(frame.text("reporter.leaving")) data-not-left=(frame.text("reporter.not_left")) data-stay=(frame.text("reporter.stay"))
            data-not-left-ended=(frame.text("reporter.not_left_ended")) data-discard=(frame.text("reporter.discard_unsent"))
            { strong { (frame.text("reporter.not_sent")) } ul {} }
    }
}

fn notes(frame: &Frame, page: &ReporterPage) -> Markup {
    html! {
        @if page.unsent { p.note.bad role="alert" { (frame.text("login.not_sent_yet")) } }
        @if let Some(note) = &page.note { p.note.bad[!note.done] role="status" { (super::shell::strong(&note.words)) } }
        @if !page.errors.is_empty() {
            div.note.bad role="alert" {
                strong { (frame.text("entry.not_accepted")) } " " (frame.text("entry.still_below"))
                ul { @for (field, words) in &page.errors { li { a href={ "#f-" (field) } { (words) } } } }
            }
        }
        @if !page.warnings.is_empty() {
            div.note.bad role="alert" { strong { (frame.text("entry.personal_data_found")) } ul { @for words in &page.warnings { li { (words) } } } }
        }
    }
}

/// What the feed reported, and what became of it.
fn own(frame: &Frame, page: &ReporterPage) -> Markup {
    html! {
        section #saya {
            h2 { (frame.text("reporter.own_reports")) }
            @if page.view.reports.is_empty() { p { (frame.text("reporter.none_yet")) } }
            form method="post" action=(forms::NEWS) data-kept=(frame.text("reporter.undo")) data-ask=(frame.text("reporter.undo_ask")) {
                @if page.view.reports.iter().any(|report| report.stands) {
                    (forms::number(frame, page))
                    input type="hidden" name="news" value="withdraw";
                }
            ul.own { @for report in &page.view.reports {
                li {
                    strong { (report.what) } ", " (report.place) " · " (views::reporter::short_number(&report.id)) br;
                    (when(frame, report.at, report.zone)) br;
                    (fate(frame, report))
                    @if let Some(event) = &report.against { br; strong { (frame.fill("reporter.nothing_holds", &[("id", &views::reporter::short_number(event))])) } }
                    @if report.is_open { " " a href={ "/lapor?koreksi=" (report.id) "#kejadian" } { (frame.text("reporter.put_right")) } }
                    @if report.stands { " " button.quiet name="report" value=(report.id) { (frame.text("reporter.undo")) } }
                }
            } }
            }
        }
    }
}

fn fate(frame: &Frame, report: &OwnReport) -> Markup {
    let fate = report.fate;
    html! {
        span.fate {
            @match fate.taken_back {
                Some(outcome) => { (frame.lang.word("record", outcome)) }
                None => {
                    "✓ " (frame.text("reporter.received"))
                    @if fate.checked { " · ✓ " (frame.text("reporter.checked")) }
                    @if let Some(level) = fate.alert { " · " (frame.fill("reporter.in_alert", &[("level", &frame.lang.word("level", level))])) }
                    @if fate.closed { " · ✓ " (frame.text("reporter.closed")) }
                }
            }
        }
    }
}

fn when(frame: &Frame, time: Time, zone: Zone) -> Markup {
    html! { time datetime=(format::machine(time, zone)) { (format::long(time, zone, frame.lang)) } }
}

fn footer(frame: &Frame) -> Markup {
    let other = frame.lang.other().as_str();
    html! {
        footer {
            p { (frame.rich("shell.footer", &[("police", phone("110")), ("emergency", phone("112"))])) }
            p { a href={ "/lapor?lang=" (other) } hreflang=(other) lang=(other) { (frame.text("shell.other_language")) } }
            form method="post" action="/keluar" {
                button.quiet type="submit" { (frame.text("shell.log_out")) @if let Some(viewer) = &frame.viewer { " (" (viewer.name) ")" } }
            }
        }
    }
}
