//! The pages of a one-time link: what a button does and nothing else, what is asked, and what became of it. They hold no script, no link
//! that leads on and no part of the shell, and work on any phone.

use super::shell::{plain_direction, scenario_banner, strong};
use super::shown::mark_of;
use crate::asset;
use domain::alert::SecondAnswer;
use maud::{DOCTYPE, Markup, html};
use views::Lang;
use views::second_link::{LinkAsks, SecondLinkView};

/// What every such page needs.
#[derive(Clone, Copy, Debug)]
pub struct LinkFrame {
    pub lang: Lang,
    /// The data are made up: every page that asks for something says so.
    pub scenario: bool,
}

/// The first page: who fetches it learns the regency and nothing more.
pub fn first(frame: LinkFrame, regency: &str) -> Markup {
    let lang = frame.lang;
    button(frame, (regency, Some(lang.text("second_link.before_opening"))), lang.text("second_link.open"))
}

/// Some words, what pressing does where that is to be said, and a button that opens what is behind the link.
pub fn button(frame: LinkFrame, (words, note): (&str, Option<&str>), opens: &str) -> Markup {
    let content = html! {
        p.lead { (words) }
        @if let Some(note) = note { p { (note) } }
        form method="post" {
            button.primary type="submit" { (opens) }
        }
    };
    document(frame, "Kentongan", content)
}

/// An answer that was not taken.
#[derive(Clone, Copy, Debug)]
pub struct RefusedAnswer<'a> {
    /// Why.
    pub words: &'a str,
    /// What was typed, so that it is not lost.
    pub reason: &'a str,
    /// The look at the reason found something: sent again with a tick it stays.
    pub screened: bool,
}

/// Sixteen hexadecimal characters that change with anything the page says of what is asked: who agrees agrees to what they read.
pub fn shown_hash(view: &SecondLinkView) -> String {
    let facts = view.facts.iter().flat_map(|(word, says)| [word, says]);
    let shown = [&view.headline, &view.asked].into_iter().chain(facts).map(String::as_str);
    mark_of(shown.chain(view.since.all()))
}

/// What is asked, with what may be answered.
pub fn request(
    view: &SecondLinkView,
    (token, scenario): (&str, bool),
    not_taken: Option<&RefusedAnswer<'_>>,
) -> Markup {
    let lang = view.lang;
    let (title, agree, reason) = match view.asks {
        LinkAsks::Awas => ("second_link.title_awas", "second_link.agree_awas", "second_link.reason"),
        LinkAsks::TakeBack => {
            ("second_link.title_take_back", "second_link.agree_take_back", "second_link.reason_end")
        }
        LinkAsks::End => ("second_link.title_end", "second_link.agree_end", "second_link.reason_end"),
    };
    let content = html! {
        @if let Some(RefusedAnswer { words, .. }) = not_taken { p.note.bad role="alert" { (words) } }
        p.lead { (strong(&view.headline)) }
        dl.facts { @for (word, says) in &view.facts { dt { (word) } dd { (strong(says)) } } }
        p.note { (strong(&view.asked)) }
        @if !view.since.is_empty() {
            section.note.bad {
                p { strong { (lang.text("alert.since_request")) } }
                ul { @for line in view.since.shown() { li { (strong(line)) } } }
            }
        }
        p { (lang.fill("second_link.what_to_do", &[("role", &view.role)])) }
        (call(lang, view.duty_phone.as_deref()))
        form method="post" action={ (views::second_link::SECOND_LINK_PATH) "/" (token) "/permintaan" } {
            input type="hidden" name="shown" value=(shown_hash(view));
            div.field { label for="alasan" { (lang.text(reason)) }
                textarea id="alasan" name="reason" rows="2" maxlength="500" { (not_taken.map_or("", |own| own.reason)) }
                @if not_taken.is_some_and(|own| own.screened) {
                    label.tick { input type="checkbox" name="keep" value="yes"; span { (lang.text("entry.keep_as_it_is")) } }
                }
            }
            div.answers {
                button.primary type="submit" name="answer" value=(SecondAnswer::Agreed.as_str()) { (lang.text(agree)) }
                button type="submit" name="answer" value=(SecondAnswer::Declined.as_str()) { (lang.text("second_link.decline")) }
                button type="submit" name="answer" value=(SecondAnswer::Unjudged.as_str()) { (lang.text("second_link.cannot_judge")) }
            }
        }
    };
    document(LinkFrame { lang, scenario }, lang.text(title), content)
}

/// What became of it; `ends`: the link was to end an alert.
pub fn answered(frame: LinkFrame, (answer, ends): (SecondAnswer, bool), duty_phone: Option<&str>) -> Markup {
    let lang = frame.lang;
    let key = match (answer, ends) {
        (SecondAnswer::Agreed, true) => "second_link.done_agreed_end",
        (SecondAnswer::Agreed, false) => "second_link.done_agreed",
        (SecondAnswer::Declined, true) => "second_link.done_declined_end",
        (SecondAnswer::Declined, false) => "second_link.done_declined",
        (SecondAnswer::Unjudged, true) => "second_link.done_unjudged_end",
        (SecondAnswer::Unjudged, false) => "second_link.done_unjudged",
    };
    let content = html! { p.note.good role="status" { (lang.text(key)) } (call(lang, duty_phone)) };
    document(frame, lang.text("second_link.thanks"), content)
}

/// Why a link does not work, and whom to call.
pub fn refused(lang: Lang, words: &str, duty_phone: Option<&str>) -> Markup {
    let content = html! { p.note.bad role="alert" { (words) } (call(lang, duty_phone)) };
    document(LinkFrame { lang, scenario: false }, lang.text("second_link.refused"), content)
}

fn call(lang: Lang, duty_phone: Option<&str>) -> Markup {
    html! {
        @match duty_phone {
            Some(phone) => {
                p { (lang.text("message.duty_phone")) ": " a href={ "tel:" (dialled(phone)) } { (phone) } }
            }
            None => { p { (lang.text("second_link.call_the_desk")) } }
        }
    }
}

/// A number as a phone dials it.
fn dialled(phone: &str) -> String {
    phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect()
}

fn document(LinkFrame { lang, scenario }: LinkFrame, title: &str, content: Markup) -> Markup {
    plain_direction(html! {
        (DOCTYPE)
        html lang=(lang.as_str()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                meta name="robots" content="noindex, nofollow";
                title { "Kentongan" }
                link rel="stylesheet" href={ "/aset/desk.css?v=" (asset::release()) };
                link rel="icon" type="image/svg+xml" href={ "/aset/icon.svg?v=" (asset::release()) };
            }
            body {
                @if scenario { (scenario_banner(lang)) }
                main.by-link {
                    @if title != "Kentongan" { p.brand-alone { "Kentongan" } }
                    h1 { (title) }
                    (content)
                }
            }
        }
    })
}
