//! Tempel percakapan: a chat beside the reports that it may hold. Without script it works whole; nothing is taken in before a
//! person ticks it and sends the form.

use super::entry::{TIME_LETTERS, TypedFields};
use super::reports::{address, link};
use super::shell::{Frame, NavEntry, document};
use crate::guard;
use domain::kind::{FeedClass, Kind, Stance};
use domain::time::Time;
use formats::chat::LeftOut;
use maud::{Markup, html};
use std::collections::BTreeMap;
use views::format;
use views::paste::{PasteItem, PasteSender, PasteView};

/// Where the form goes.
pub const PATH: &str = "/laporan/tempel";

/// The page: what was pasted, what it may hold, and what is wrong with what was sent.
#[derive(Clone, Debug, Default)]
pub struct PastePage {
    pub text: String,
    /// `dmy` or `mdy`, where a person chose it.
    pub order: String,
    /// When it was pasted first, in microseconds.
    pub at: Option<Time>,
    /// What was taken in from this text so far, by id.
    pub taken: Vec<String>,
    /// What a person looked at and put aside, by id.
    pub aside: Vec<String>,
    /// Of what was taken the ones of this moment: the id of each, and what it is called.
    pub fresh: Vec<(String, String)>,
    pub view: Option<PasteView>,
    pub typed: TypedFields,
    /// By the number of a proposal: field → what is wrong with it.
    pub errors: BTreeMap<usize, Vec<(String, String)>>,
    /// Proposals whose text holds what looks like personal data, and whose time lies long ago: each wants a tick.
    pub warnings: BTreeMap<usize, Vec<String>>,
    pub long_ago: Vec<usize>,
    /// What is wrong with the whole.
    pub fault: Option<String>,
    pub unsent: bool,
}

/// A form of half of what is kept over a login may grow past it with its fields. Bytes, as the form sends the text.
const SURELY_KEPT: usize = guard::LARGEST_FORM / 2;

impl PastePage {
    /// True where the text may be too long to stand here again after a session that ended.
    fn is_not_kept(&self) -> bool {
        form_urlencoded::byte_serialize(self.text.as_bytes()).map(str::len).sum::<usize>() > SURELY_KEPT
    }
}

pub fn page(frame: &Frame, page: &PastePage) -> Markup {
    let content = html! {
        p.lead { (frame.text("paste.lead")) }
        @if page.unsent {
            p.note.bad role="alert" {
                @if page.view.is_some() { (frame.text("paste.corrections_returned")) } @else { (frame.text("paste.only_text_returned")) }
            }
        }
        @if let Some(words) = &page.fault { p.note.bad role="alert" { (words) } }
        @if !page.fresh.is_empty() {
            div.note.good role="status" {
                p { (frame.count("paste.taken", page.fresh.len())) }
                ul.plain { @for (id, called) in &page.fresh { li { (link(id, called)) } } }
            }
        }
        @if !page.errors.is_empty() {
            div.note.bad role="alert" {
                p { strong { (frame.count("paste.not_taken", page.errors.len())) } }
                ul { @for number in page.errors.keys() { li { a href={ "#u-" (number) } { (frame.fill("paste.part", &[("n", &(number + 1))])) } } } }
            }
        }
        @match &page.view {
            None => (paste_form(frame, page)),
            Some(view) => (review(frame, page, view)),
        }
    };
    document(frame, NavEntry::Reports, frame.text("paste.title"), content)
}

fn paste_form(frame: &Frame, page: &PastePage) -> Markup {
    html! {
        form.entry method="post" action=(PATH) {
            div.field {
                label for="f-text" { (frame.text("paste.text")) }
                p.hint id="h-text" { (frame.text("paste.text_hint")) }
                textarea id="f-text" name="text" rows="14" required autofocus aria-describedby="h-text" { (page.text) }
            }
            p { button.primary type="submit" name="act" value="read" { (frame.text("paste.read")) } }
        }
    }
}

fn review(frame: &Frame, page: &PastePage, view: &PasteView) -> Markup {
    html! {
        (counts(frame, view))
        form.entry.paste method="post" action=(PATH) autocomplete="off" {
            input type="hidden" name="at" value=(page.at.map_or(0, |at| at.0));
            @for id in &page.taken { input type="hidden" name="taken" value=(id); }
            @for id in &page.aside { input type="hidden" name="aside" value=(id); }
            // Enter in a field presses the first button of a form: this one takes nothing in.
            button.unseen type="submit" name="act" value="check" tabindex="-1" { (frame.text("paste.check")) }
            @if page.is_not_kept() { p.note { (frame.text("paste.not_kept")) } }
            @if let Some(date) = &view.ambiguous_date { (order(frame, date)) }
            @else if !page.order.is_empty() { input type="hidden" name="order" value=(page.order); }
            @if !view.items.is_empty() {
                (senders(frame, page, view))
                p { button.primary type="submit" name="act" value="take" { (frame.text("paste.take")) } }
                @for item in &view.items { (proposal(frame, page, view, item)) }
                p { button.primary type="submit" name="act" value="take" { (frame.text("paste.take")) } }
            } @else if view.ambiguous_date.is_none() { p.note { (frame.text("paste.none")) } }
            (others(frame, view))
            (left_out(frame, view))
            details open[view.items.is_empty()] {
                summary { (frame.text("paste.text")) }
                textarea name="text" rows="10" aria-label=(frame.text("paste.text")) { (page.text) }
                p { button type="submit" name="act" value="read" { (frame.text("paste.read_again")) } }
            }
        }
    }
}

/// The way to what stands on no page yet, and back to what was put aside.
fn others(frame: &Frame, view: &PasteView) -> Markup {
    html! {
        @if view.later > 0 { p.hint { (frame.count("paste.later", view.later)) } }
        @if !view.items.is_empty() { p { button type="submit" name="act" value="next" { (frame.text("paste.next")) } } }
        @if view.aside > 0 {
            p { (frame.count("paste.aside", view.aside)) " " button type="submit" name="act" value="back" { (frame.text("paste.back")) } }
        }
    }
}

/// What became of every message, so that none is lost unseen.
fn counts(frame: &Frame, view: &PasteView) -> Markup {
    let counts = &view.counts;
    html! {
        p { strong {
            (frame.fill("paste.counts", &[
                ("messages", &counts.messages),
                ("parts", &counts.passages),
                ("proposed", &counts.proposed),
                ("asked", &counts.asked),
                ("left_out", &counts.left_out),
            ]))
        } }
        @if view.known > 0 { p { (frame.count("paste.known", view.known)) } }
    }
}

/// The question which of day and month stands first.
fn order(frame: &Frame, date: &str) -> Markup {
    html! {
        fieldset.field.wrong id="f-order" {
            legend { (frame.fill("paste.order", &[("date", &date)])) }
            div.choices {
                label.tick { input type="radio" name="order" value="dmy"; span { (frame.text("paste.day_first")) } }
                label.tick { input type="radio" name="order" value="mdy"; span { (frame.text("paste.month_first")) } }
            }
            p { button type="submit" name="act" value="read" { (frame.text("paste.read_again")) } }
        }
    }
}

/// Whose word each sender gives: asked once for all that they wrote.
fn senders(frame: &Frame, page: &PastePage, view: &PasteView) -> Markup {
    html! {
        fieldset.field {
            legend { (frame.text("paste.senders")) }
            p.hint { (frame.text("paste.senders_hint")) }
            div.inline { @for sender in &view.senders { (sender_field(frame, page, view, sender)) } }
        }
    }
}

fn sender_field(frame: &Frame, page: &PastePage, view: &PasteView, sender: &PasteSender) -> Markup {
    let name = sender_name(&sender.key);
    let chosen = page.typed.get(&name).and_then(|values| values.first()).unwrap_or(&sender.source);
    let label = if sender.name.is_empty() { frame.text("paste.no_sender") } else { &sender.name };
    html! {
        div.field {
            label for={ "f-" (name) } { (label) }
            select id={ "f-" (name) } name=(name) {
                option value="" { (frame.text("entry.choose_a_source")) }
                @if !view.choices.sources.is_empty() {
                    optgroup label=(frame.text("entry.registered_sources")) {
                        @for source in &view.choices.sources {
                            option value=(source.value()) selected[*chosen == source.value()] { (source.name) " (" (frame.lang.word("class", source.class)) ")" }
                        }
                    }
                }
                optgroup label=(frame.text("entry.unnamed_sources")) {
                    @for class in FeedClass::ALL.iter().filter(|class| **class != FeedClass::Sensor) {
                        option value=(class) selected[chosen == class.as_str()] { (frame.lang.word("class", class)) }
                    }
                }
            }
        }
    }
}

/// The field that says whose word a sender gives: of the sender's own name, so that a changed text gives nobody another's source.
pub fn sender_name(key: &str) -> String {
    format!("sender-{key}")
}

/// One proposal's fields as they stand: what was typed, else what is proposed.
struct Fields<'a> {
    page: &'a PastePage,
    item: &'a PasteItem,
}

impl Fields<'_> {
    fn name(&self, field: &str) -> String {
        format!("{}.{field}", self.item.id)
    }

    /// True where the proposal stood on the page that was sent.
    fn was_sent(&self) -> bool {
        self.page.typed.contains_key(&self.name("place"))
    }

    fn value(&self, field: &str) -> &str {
        if self.was_sent() {
            return self
                .page
                .typed
                .get(&self.name(field))
                .and_then(|values| values.first())
                .map_or("", String::as_str);
        }
        self.item.values.iter().find(|value| value.field == field).map_or("", |value| &value.value)
    }

    fn is_ticked(&self, field: &str) -> bool {
        self.page.typed.contains_key(&self.name(field))
    }

    /// Nothing is ticked in advance: a message becomes a report by a person's own mark.
    fn is_taken(&self) -> bool {
        self.was_sent() && self.is_ticked("take")
    }

    fn error(&self, field: &str) -> Option<&str> {
        let errors = self.page.errors.get(&self.item.number)?;
        errors.iter().find(|(own, _)| own == field).map(|(_, words)| words.as_str())
    }

    /// How sure the value is that is proposed, as a class of the style sheet.
    fn sure(&self, field: &str) -> &'static str {
        let value = self.item.values.iter().find(|value| value.field == field);
        value.map_or("sure-none", |value| match value.sure {
            formats::chat::Sureness::Sure => "sure-sure",
            formats::chat::Sureness::Likely => "sure-likely",
            formats::chat::Sureness::Guess => "sure-guess",
        })
    }
}

fn proposal(frame: &Frame, page: &PastePage, view: &PasteView, item: &PasteItem) -> Markup {
    let fields = Fields { page, item };
    let number = item.number;
    let sender = view.senders.iter().find(|sender| sender.key == item.sender);
    html! {
        section.proposal id={ "u-" (number) } .wrong[page.errors.contains_key(&number)] {
            div {
                p.hint {
                    (frame.fill("paste.part", &[("n", &(number + 1))]))
                    @if let Some(sent) = item.sent { " · " (frame.brief(sent)) }
                    @if let Some(sender) = sender.filter(|sender| !sender.name.is_empty()) { " · " (sender.name) }
                }
                p.chat { @for piece in &item.text {
                    @match piece.sure {
                        Some(sure) => { mark.{ "sure-" (sure.as_str()) } title=(frame.lang.word("sureness", sure.as_str())) { (piece.text) } }
                        None => { (piece.text) }
                    }
                } }
                @if item.is_quiet { p.hint { (frame.text("paste.quiet")) } }
                @if let Some(first) = item.copy_of { p.note.bad { (frame.fill("paste.copy", &[("n", &(first + 1))])) } }
                @for question in &item.questions { p.note.bad { (question) } }
                @if !item.others.is_empty() { p.hint { (frame.fill("paste.others", &[("what", &item.others.join("; "))])) } }
                @if !item.similar.is_empty() {
                    p.note { (frame.text("paste.similar")) " "
                        @for report in &item.similar { a href=(address(&report.id, report.feed.as_deref())) { (report.place) @if let Some(at) = report.occurred_at { ", " (frame.brief_occurrence(at)) } } " " }
                    }
                }
            }
            div.fields {
                input type="hidden" name=(fields.name("sender")) value=(item.sender);
                @let words = if item.is_quiet { "paste.take_quiet" } else { "paste.take_this" };
                label.tick { input type="checkbox" name=(fields.name("take")) value="yes" checked[fields.is_taken()] autofocus[begins(page, view, item)]; span { strong { (frame.text(words)) } } }
                (checks(frame, page, &fields))
                (place(frame, view, &fields))
                @if item.is_quiet {
                    div.inline {
                        (time(frame, &fields, "quiet_from", "paste.quiet_from"))
                        (time(frame, &fields, "quiet_to", "paste.quiet_to"))
                    }
                } @else { (details_of(frame, view, &fields)) }
            }
        }
    }
}

/// Whether the keyboard begins at a proposal: at the first one that is wrong, else at the first.
fn begins(page: &PastePage, view: &PasteView, item: &PasteItem) -> bool {
    let first = page.errors.keys().next().or(view.items.first().map(|first| &first.number));
    first == Some(&item.number)
}

/// What happened, how grave it is, when, and who was hurt.
fn details_of(frame: &Frame, view: &PasteView, fields: &Fields) -> Markup {
    html! {
        (category(frame, view, fields))
        div.inline {
            (severity(frame, fields))
            (stance(frame, fields))
            (time(frame, fields, "occurred", "entry.when"))
        }
        div.inline {
            (number(frame, fields, "dead", "entry.dead"))
            (number(frame, fields, "injured", "entry.injured"))
            (number(frame, fields, "displaced", "entry.displaced"))
        }
        (field(fields, "summary", frame.text("entry.summary"), html! {
            textarea id={ "f-" (fields.name("summary")) } name=(fields.name("summary")) rows="3" maxlength="4000" { (fields.value("summary")) }
        }))
    }
}

/// The ticks with which a person says that what was asked about is right.
fn checks(frame: &Frame, page: &PastePage, fields: &Fields) -> Markup {
    let number = fields.item.number;
    let tick = |field: &str, words: &'static str| {
        html! { label.tick { input type="checkbox" name=(fields.name(field)) value="yes" checked[fields.is_ticked(field)]; span { (frame.text(words)) } } }
    };
    html! {
        @if let Some(words) = fields.error("source") { p.error { (words) } }
        @if let Some(words) = fields.error("kirim") { p.error { (words) } }
        @if let Some(warnings) = page.warnings.get(&number) {
            p.note.bad role="alert" { (frame.text("entry.personal_data_found")) " " (warnings.join("; ")) " " (frame.text("entry.remove_personal_data")) }
            (tick("keep", "entry.keep_as_it_is"))
        }
        @if page.long_ago.contains(&number) {
            p.note.bad role="alert" { (frame.text("entry.time_long_ago")) }
            (tick("long_ago", "entry.time_is_right"))
        }
    }
}

fn field(fields: &Fields, name: &str, label: &str, control: Markup) -> Markup {
    let error = fields.error(name);
    html! {
        div.field.{ (fields.sure(name)) }.wrong[error.is_some()] {
            label for={ "f-" (fields.name(name)) } { (label) }
            @if let Some(words) = error { p.error { (words) } }
            (control)
        }
    }
}

fn place(frame: &Frame, view: &PasteView, fields: &Fields) -> Markup {
    let chosen = fields.value("place");
    field(
        fields,
        "place",
        frame.text("entry.where"),
        html! {
            select id={ "f-" (fields.name("place")) } name=(fields.name("place")) {
                option value="" { (frame.text("entry.choose_a_place")) }
                @for district in &view.choices.districts {
                    @let code = district.code.to_string();
                    optgroup label=(district.name) {
                        option value=(code) selected[chosen == code] { (frame.fill("entry.village_unknown", &[("district", &district.name)])) }
                        @for village in &district.villages { option value=(village.code) selected[chosen == village.code] { (village.name) ", " (district.name) } }
                    }
                }
            }
        },
    )
}

fn category(frame: &Frame, view: &PasteView, fields: &Fields) -> Markup {
    let chosen = fields.value("category");
    field(
        fields,
        "category",
        frame.text("entry.what"),
        html! {
            select id={ "f-" (fields.name("category")) } name=(fields.name("category")) {
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
        },
    )
}

fn severity(frame: &Frame, fields: &Fields) -> Markup {
    let chosen = fields.value("severity");
    field(
        fields,
        "severity",
        frame.text("entry.severity"),
        html! {
            select id={ "f-" (fields.name("severity")) } name=(fields.name("severity")) {
                option value="" { (frame.text("entry.severity_missing")) }
                @for value in 1..=5u8 { option value=(value) selected[chosen == value.to_string()] { (value) " " (frame.lang.word("severity", value)) } }
            }
        },
    )
}

fn stance(frame: &Frame, fields: &Fields) -> Markup {
    let chosen = fields.value("stance");
    field(
        fields,
        "stance",
        frame.text("entry.stance"),
        html! {
            select id={ "f-" (fields.name("stance")) } name=(fields.name("stance")) {
                @for stance in Stance::ALL { option value=(stance) selected[chosen == stance.as_str()] { (frame.lang.word("stance", stance)) } }
            }
        },
    )
}

fn time(frame: &Frame, fields: &Fields, name: &str, label: &'static str) -> Markup {
    let shown = format::shown(fields.value(name), frame.zone());
    field(
        fields,
        name,
        frame.text(label),
        html! {
            input id={ "f-" (fields.name(name)) } name=(fields.name(name)) type="text" data-time maxlength=(TIME_LETTERS) value=(shown) autocomplete="off";
        },
    )
}

fn number(frame: &Frame, fields: &Fields, name: &str, label: &'static str) -> Markup {
    field(
        fields,
        name,
        frame.text(label),
        html! {
            input id={ "f-" (fields.name(name)) } name=(fields.name(name)) type="text" inputmode="numeric" value=(fields.value(name)) autocomplete="off";
        },
    )
}

/// What was left out, with the reason; a report of it is written by hand.
fn left_out(frame: &Frame, view: &PasteView) -> Markup {
    html! {
        @if let Some((_, count)) = view.reasons.iter().find(|(reason, _)| *reason == LeftOut::Nothing) {
            p.note { (frame.rich("paste.nothing_hint", &[("n", html! { (count) }), ("form", html! { a href="/laporan/baru#nihil" { (frame.text("entry.nothing")) } })])) }
        }
        @if view.counts.left_out > 0 {
            details {
                summary { (frame.count("paste.left_out", view.counts.left_out)) }
                ul { @for (reason, count) in &view.reasons { li { (frame.lang.word("left_out", reason.as_str())) ": " (count) } } }
                p.hint { (frame.rich("paste.left_out_hint", &[("form", html! { a href="/laporan/baru" { (frame.text("label.enter_a_report")) } })])) }
                ul.left-out { @for one in &view.left_out { li { q { (one.text) } " – " (frame.lang.word("left_out", one.reason.as_str())) } } }
                @if view.left_out.len() < view.counts.left_out { p.hint { (frame.count("paste.left_out_more", view.counts.left_out - view.left_out.len())) } }
            }
        }
    }
}
