//! Laporan baru, and the correction of a report: one form. Without script it works whole; an error keeps everything that was written.

use super::shell::{Frame, NavEntry, document};
use domain::kind::{FeedClass, FoundBy, Handling, Kind, Party, Stage, Stance};
use domain::time::Time;
use formats::content_hash;
use maud::{Markup, html};
use std::collections::BTreeMap;
use views::entry::EntryChoices;
use views::format;

/// What the button sends that says that nothing happened.
pub const NOTHING: &str = "nothing";
/// Letters that a field of a time takes: "Minggu, 29 November 2026 jam 07.30 WIB" and longer.
pub const TIME_LETTERS: usize = 60;

/// What was typed, by field name; a field may come several times.
pub type TypedFields = BTreeMap<String, Vec<String>>;

/// The form as it is shown: its choices, what was typed, and what is wrong with it.
#[derive(Clone, Debug, Default)]
pub struct EntryForm {
    pub choices: EntryChoices,
    pub typed: TypedFields,
    /// Field name → what is wrong with it.
    pub errors: Vec<(String, String)>,
    /// What the text screen found (a phone number, an identity number); saving again with a tick keeps it.
    pub warnings: Vec<String>,
    /// The time typed lies so long ago that it is asked about; saving again with a tick keeps it.
    pub long_ago: bool,
    /// It stands here again after a login and has not been sent.
    pub unsent: bool,
    /// The report that what is typed corrects.
    pub corrected: Option<CorrectedReport>,
}

/// The report that a correction is about.
#[derive(Clone, Debug)]
pub struct CorrectedReport {
    /// Where the form goes, and where its page is.
    pub action: String,
    pub page: String,
    /// The number of the new report, so that one sent twice is one.
    pub number: String,
    /// The hash of what the corrected report says, as the form shows it.
    pub content: u128,
    /// Who said it, and when it was reported.
    pub by: String,
    pub reported_at: Time,
    /// What becomes of it.
    pub effect: &'static str,
}

impl EntryForm {
    pub fn new(choices: EntryChoices) -> EntryForm {
        EntryForm { choices, ..EntryForm::default() }
    }

    fn first(&self, name: &str) -> &str {
        self.typed.get(name).and_then(|values| values.first()).map_or("", String::as_str)
    }
    fn has(&self, name: &str, value: &str) -> bool {
        self.typed.get(name).is_some_and(|values| values.iter().any(|own| own == value))
    }
    fn error(&self, name: &str) -> Option<&str> {
        self.errors.iter().find(|(field, _)| field == name).map(|(_, words)| words.as_str())
    }
}

pub fn page(frame: &Frame, view: &EntryForm) -> Markup {
    let corrected = view.corrected.as_ref();
    let action = corrected.map_or("/laporan/baru", |corrected| &corrected.action);
    let content = html! {
        @match corrected {
            None => { p.lead { (frame.text("entry.lead")) } }
            Some(corrected) => {
                p.lead { (frame.rich("correction.lead", &[("who", html! { (corrected.by) }), ("time", frame.time(corrected.reported_at))])) }
                p { (frame.text(corrected.effect)) " " a href=(corrected.page) { (frame.text("correction.back")) } }
            }
        }
        @if view.unsent { p.note.bad role="alert" { (frame.text("login.not_sent_yet")) } }
        @if !view.errors.is_empty() {
            div.note.bad role="alert" {
                p { strong { (frame.text("entry.not_accepted")) } " " (frame.text("entry.still_below")) }
                ul { @for (field, words) in &view.errors { li { a href={ "#f-" (field) } { (words) } } } }
            }
        }
        (warnings(frame, view))
        @let account = frame.viewer.as_ref().filter(|_| corrected.is_none()).map(|viewer| viewer.name.as_str());
        form.entry method="post" action=(action) data-account=[account] data-kept=[account.map(|_| frame.text("label.enter_a_report"))] {
            @if !view.warnings.is_empty() { (keep(frame, view, ("keep", "entry.keep_as_it_is"))) }
            @if view.long_ago {
                p.note.bad role="alert" { (frame.text("entry.time_long_ago")) }
                (keep(frame, view, ("long_ago", "entry.time_is_right")))
            }
            @if let Some(corrected) = corrected { (reason(frame, view, corrected)) }
            (place(frame, view))
            (what(frame, view))
            @if corrected.is_none() { (stance(frame, view)) }
            (severity(frame, view))
            (when(frame, view))
            @if corrected.is_none() { (source(frame, view)) }
            (text(frame, view))
            (more(frame, view))
            p { button.primary id="f-kirim" type="submit" {
                @if corrected.is_some() { (frame.text("correction.send")) } @else { (frame.text("entry.send")) }
            } }
            @if corrected.is_none() { (nothing(frame, view)) }
        }
        @if account.is_some() { script defer src={ "/aset/isian.js?v=" (frame.release) } {} }
    };
    let title = if corrected.is_some() { "correction.title" } else { "label.enter_a_report" };
    document(frame, NavEntry::Reports, frame.text(title), content)
}

/// Why it is corrected, which everybody reads who reads the correction.
fn reason(frame: &Frame, view: &EntryForm, corrected: &CorrectedReport) -> Markup {
    let control = html! {
        input id="f-why" name="why" type="text" maxlength="300" required autocomplete="off" value=(view.first("why"))
            aria-invalid=[view.error("why").map(|_| "true")] aria-describedby=[view.error("why").map(|_| "e-why")];
    };
    html! {
        input type="hidden" name="number" value=(corrected.number);
        input type="hidden" name="seen" value=(content_hash::write(corrected.content));
        (field(view, "why", frame.text("correction.why"), Some(frame.text("correction.why_hint")), control))
    }
}

fn warnings(frame: &Frame, view: &EntryForm) -> Markup {
    html! {
        @if !view.warnings.is_empty() {
            div.note.bad role="alert" {
                p { strong { (frame.text("entry.personal_data_found")) } }
                ul { @for words in &view.warnings { li { (words) } } }
                p { (frame.text("entry.remove_personal_data")) }
            }
        }
    }
}

/// A tick with which a person says that something asked about is right.
fn keep(frame: &Frame, view: &EntryForm, (name, words): (&str, &'static str)) -> Markup {
    html! { label.tick { input type="checkbox" name=(name) value="yes" checked[view.has(name, "yes")]; span { (frame.text(words)) } } }
}

/// A field with its label, help and error tied together for those who hear the page.
fn field(view: &EntryForm, name: &str, label: &str, hint: Option<&str>, control: Markup) -> Markup {
    html! {
        div.field.wrong[view.error(name).is_some()] {
            label for={ "f-" (name) } { (label) }
            @if let Some(hint) = hint { p.hint id={ "h-" (name) } { (hint) } }
            @if let Some(words) = view.error(name) { p.error id={ "e-" (name) } { (words) } }
            (control)
        }
    }
}

fn place(frame: &Frame, view: &EntryForm) -> Markup {
    let chosen = view.first("place");
    let control = html! {
        select id="f-place" name="place" required aria-invalid=[view.error("place").map(|_| "true")] aria-describedby=[view.error("place").map(|_| "e-place")] {
            option value="" { (frame.text("entry.choose_a_place")) }
            @for district in &view.choices.districts {
                @let code = district.code.to_string();
                optgroup label=(district.name) {
                    option value=(code) selected[chosen == code] { (frame.fill("entry.village_unknown", &[("district", &district.name)])) }
                    @for village in &district.villages { option value=(village.code) selected[chosen == village.code] { (village.name) ", " (district.name) } }
                }
            }
        }
    };
    field(view, "place", frame.text("entry.where"), None, control)
}

fn what(frame: &Frame, view: &EntryForm) -> Markup {
    let chosen = view.first("category");
    let control = html! {
        select id="f-category" name="category" required aria-invalid=[view.error("category").map(|_| "true")] aria-describedby=[view.error("category").map(|_| "e-category")] {
            option value="" { (frame.text("entry.choose_a_category")) }
            @for kind in Kind::ALL {
                optgroup label=(frame.lang.word("kind", kind)) {
                    @for choice in view.choices.categories.iter().filter(|choice| choice.kind == *kind) {
                        @let value = format!("{} {}", choice.kind, choice.code);
                        option value=(value) selected[chosen == value] { (choice.label) " (" (choice.code) ")" }
                    }
                }
            }
        }
    };
    field(view, "category", frame.text("entry.what"), None, control)
}

/// What the source says of it: most say that it happens.
fn stance(frame: &Frame, view: &EntryForm) -> Markup {
    let chosen = view.first("stance");
    let control = html! {
        select id="f-stance" name="stance" {
            @for stance in Stance::ALL { option value=(stance) selected[chosen == stance.as_str()] { (frame.lang.word("stance", stance)) } }
        }
    };
    field(view, "stance", frame.text("entry.stance"), Some(frame.text("entry.stance_hint")), control)
}

fn severity(frame: &Frame, view: &EntryForm) -> Markup {
    html! {
        fieldset.field.wrong[view.error("severity").is_some()] id="f-severity" {
            legend { (frame.text("entry.severity")) }
            p.hint { (frame.text("entry.severity_hint")) }
            @if let Some(words) = view.error("severity") { p.error { (words) } }
            div.choices.rows { @for value in 1..=5u8 {
                label.tick { input type="radio" name="severity" value=(value) checked[view.first("severity") == value.to_string()];
                    span { (value) " " (frame.lang.word("severity", value)) (examples(view, value)) } }
            } }
        }
    }
}

/// What this severity looks like, for each kind; the style sheet shows the one whose category is chosen.
fn examples(view: &EntryForm, severity: u8) -> Markup {
    html! {
        @for example in view.choices.examples.iter().filter(|example| example.severity == severity) {
            small.example data-kind=(example.kind) { (example.text) }
        }
    }
}

fn when(frame: &Frame, view: &EntryForm) -> Markup {
    let hint = frame.fill("entry.local_time", &[("zone", &frame.zone().label())]);
    field(view, "occurred", frame.text("entry.when"), Some(&hint), time(frame, view, "occurred", true))
}

/// A time in one stop of the keyboard; `desk.js` shows a calendar beside it.
fn time(frame: &Frame, view: &EntryForm, name: &str, required: bool) -> Markup {
    html! {
        input id={ "f-" (name) } name=(name) type="text" data-time required[required] maxlength=(TIME_LETTERS) autocomplete="off" value=(format::shown(view.first(name), frame.zone()))
            aria-invalid=[view.error(name).map(|_| "true")] aria-describedby=[view.error(name).map(|_| format!("e-{name}"))];
        input type="datetime-local" hidden tabindex="-1" data-writes={ "f-" (name) } aria-label=(frame.text("entry.calendar"));
    }
}

fn source(frame: &Frame, view: &EntryForm) -> Markup {
    let chosen = view.first("source");
    let control = html! {
        select id="f-source" name="source" required {
            option value="" { (frame.text("entry.choose_a_source")) }
            @if !view.choices.sources.is_empty() {
                optgroup label=(frame.text("entry.registered_sources")) {
                    @for source in &view.choices.sources {
                        option value=(source.value()) selected[chosen == source.value()] { (source.name) " (" (frame.lang.word("class", source.class)) ")" }
                    }
                }
            }
            optgroup label=(frame.text("entry.unnamed_sources")) {
                @for class in [FeedClass::Village, FeedClass::Community, FeedClass::Police, FeedClass::Military, FeedClass::Company, FeedClass::Agency, FeedClass::Desk] {
                    option value=(class) selected[chosen == class.as_str()] { (frame.lang.word("class", class)) }
                }
            }
        }
    };
    field(view, "source", frame.text("entry.who"), Some(frame.text("entry.source_hint")), control)
}

fn text(frame: &Frame, view: &EntryForm) -> Markup {
    let control = html! {
        textarea id="f-summary" name="summary" rows="5" maxlength="4000" aria-describedby="h-summary" { (view.first("summary")) }
    };
    field(view, "summary", frame.text("entry.summary"), Some(frame.text("entry.summary_hint")), control)
}

/// That nothing happened: the place and the source stand above, and what is asked of an incident is not asked.
fn nothing(frame: &Frame, view: &EntryForm) -> Markup {
    let end = |name: &str, label: &'static str| {
        field(view, name, frame.text(label), None, time(frame, view, name, false))
    };
    html! {
        details #nihil open[view.first("act") == NOTHING] {
            summary { (frame.text("entry.nothing")) }
            p.hint { (frame.text("entry.nothing_hint")) }
            div.inline { (end("since", "entry.nothing_since")) (end("until", "entry.nothing_until")) }
            p { button type="submit" name="act" value=(NOTHING) formnovalidate { (frame.text("entry.send_nothing")) } }
        }
    }
}

fn more(frame: &Frame, view: &EntryForm) -> Markup {
    let any =
        ["stage", "reliability", "credibility", "dead", "injured", "displaced", "lat", "lon", "parties"];
    let open = any.iter().any(|name| !view.first(name).is_empty() || view.error(name).is_some());
    html! {
        details open[open] {
            summary { (frame.text("entry.more")) }
            (choice(view, "stage", frame.text("entry.stage"), frame.text("entry.not_said"), Stage::ALL.iter().map(|v| (v.to_string(), frame.lang.word("stage", v))).collect()))
            fieldset.field { legend { (frame.text("entry.parties_involved")) }
                div.choices { @for party in Party::ALL {
                    label.tick { input type="checkbox" name="parties" value=(party) checked[view.has("parties", party.as_str())]; span { (frame.lang.word("party", party)) } }
                } } }
            (choice(view, "reliability", frame.text("entry.reliability"), frame.text("entry.not_judged"), ["A", "B", "C", "D", "E", "F"].iter().map(|v| (v.to_string(), format!("{v}: {}", frame.lang.word("reliability", v)))).collect()))
            (choice(view, "credibility", frame.text("entry.credibility"), frame.text("entry.not_judged"), (1..=6).map(|v| (v.to_string(), format!("{v}: {}", frame.lang.word("credibility", v)))).collect()))
            (choice(view, "handling", frame.text("entry.handling"), frame.text("entry.handling_usual"), [Handling::Open, Handling::Confidential].iter().map(|v| (v.to_string(), frame.lang.word("handling", v))).collect()))
            (choice(view, "found_by", frame.text("entry.found_by"), frame.lang.word("found_by", "report").as_str(), vec![(FoundBy::Patrol.to_string(), frame.lang.word("found_by", "patrol"))]))
            div.inline {
                (small(view, "dead", frame.text("entry.dead"), "numeric"))
                (small(view, "injured", frame.text("entry.injured"), "numeric"))
                (small(view, "displaced", frame.text("entry.displaced"), "numeric"))
                (small(view, "lat", frame.text("entry.latitude"), "decimal"))
                (small(view, "lon", frame.text("entry.longitude"), "decimal"))
            }
        }
    }
}

fn choice(view: &EntryForm, name: &str, label: &str, none: &str, options: Vec<(String, String)>) -> Markup {
    let control = html! {
        select id={ "f-" (name) } name=(name) {
            option value="" { (none) }
            @for (value, words) in &options { option value=(value) selected[view.first(name) == value] { (words) } }
        }
    };
    field(view, name, label, None, control)
}

fn small(view: &EntryForm, name: &str, label: &str, mode: &str) -> Markup {
    let control = html! { input id={ "f-" (name) } name=(name) type="text" inputmode=(mode) maxlength="12" value=(view.first(name)) autocomplete="off"; };
    field(view, name, label, None, control)
}
