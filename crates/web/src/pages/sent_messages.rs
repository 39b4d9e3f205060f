//! Pesan: what went out to the team, the newest first.

use super::level;
use super::messages::waits;
use super::shell::{Frame, NavEntry, document};
use maud::{Markup, html};
use std::collections::BTreeMap;
use views::second_link::SECOND_LINK_PATH;
use views::sent_messages::{MessageRecipient, SentMessage, SentMessagesView, SentText};

pub fn page(frame: &Frame, view: &SentMessagesView) -> Markup {
    let of_anything = view.asked.alert.is_some() || view.asked.person.is_some();
    let content = html! {
        p.lead { (frame.text("sent_messages.lead")) }
        @if view.in_process { p.note role="note" { (frame.text("sent_messages.in_process")) } }
        (filter(frame, view))
        @if view.messages.is_empty() {
            p.empty { (frame.text(if of_anything { "sent_messages.none_of_these" } else { "sent_messages.none" })) }
        } @else {
            ol.messages { @for message in &view.messages { (one(frame, message)) } }
        }
        @if let Some(cursor) = &view.next {
            p { a.button rel="next" href=(address(view, Some(cursor))) { (frame.text("sent_messages.older")) } }
        }
        p.reload { a href=(address(view, None)) { (frame.text("label.reload")) } }
    };
    document(frame, NavEntry::Messages, frame.text("label.messages"), content)
}

/// This list, from the cursor on.
fn address(view: &SentMessagesView, cursor: Option<&str>) -> String {
    let asked = [("peringatan", &view.asked.alert), ("kepada", &view.asked.person)];
    let asked = asked.into_iter().filter_map(|(key, value)| Some((key, value.as_deref()?)));
    let all: Vec<String> = asked
        .chain(cursor.map(|cursor| ("kursor", cursor)))
        .map(|(key, value)| format!("{key}={}", crate::fault::encode(value)))
        .collect();
    if all.is_empty() { "/pesan".to_owned() } else { format!("/pesan?{}", all.join("&")) }
}

fn filter(frame: &Frame, view: &SentMessagesView) -> Markup {
    html! {
        form.filter method="get" action="/pesan" {
            div { label for="f-kepada" { (frame.text("sent_messages.to")) }
                select id="f-kepada" name="kepada" {
                    option value="" { (frame.text("sent_messages.everybody")) }
                    @for person in &view.people {
                        option value=(person.key) selected[view.asked.person.as_ref() == Some(&person.key)] { (person.role) }
                    }
                } }
            div { label for="f-peringatan" { (frame.text("sent_messages.alert")) }
                input id="f-peringatan" name="peringatan" type="text" value=(view.asked.alert.as_deref().unwrap_or_default()) placeholder="16.13-2026-0001"; }
            button type="submit" { (frame.text("reports.filter")) }
        }
    }
}

fn one(frame: &Frame, message: &SentMessage) -> Markup {
    html! {
        li class={ "message " (level::class(message.level)) } {
            p.message-head {
                (level::chip(message.level, frame.lang)) " "
                strong { (message.place) } " " (level::kind(message.kind, frame.lang)) " · "
                (frame.lang.word("message_about", message.about)) " · " (frame.brief(message.queued_at))
                @if let Some(alert) = &message.alert {
                    " · " a href={ "/peringatan/" (alert) } { (alert) }
                    " · " a href={ "/pesan?peringatan=" (crate::fault::encode(alert)) } { (frame.text("sent_messages.all_of_alert")) }
                }
            }
            @if message.recipients.is_empty() {
                p { (frame.text(no_recipients(message))) }
            } @else {
                (states(frame, message))
                details { summary { (frame.text("sent_messages.each")) } (table(frame, message)) }
            }
            @for text in &message.texts { (words(frame, text)) }
        }
    }
}

/// Why a message goes to nobody.
fn no_recipients(message: &SentMessage) -> &'static str {
    match message {
        SentMessage { unaddressed: true, .. } => "sent_messages.not_addressed",
        SentMessage { is_for_notified: true, .. } => "sent_messages.nobody_knew",
        _ => "sent_messages.to_nobody",
    }
}

/// Who, by what became of it; whom it has not reached first.
fn states(frame: &Frame, message: &SentMessage) -> Markup {
    let mut states: BTreeMap<(usize, &str), Vec<&str>> = BTreeMap::new();
    for one in &message.recipients {
        let urgent = ["failed", "queued"].iter().position(|state| *state == one.state).unwrap_or(usize::MAX);
        states.entry((urgent, one.state)).or_default().push(&one.contact.role);
    }
    html! {
        ul.message-states { @for ((_, state), roles) in states {
            li { strong { (frame.lang.word("message_state", state)) } " (" (roles.len()) "): " (roles.join(", ")) }
        } }
    }
}

fn table(frame: &Frame, message: &SentMessage) -> Markup {
    let head = ["sent_messages.to", "sent_messages.channel", "sent_messages.state", "sent_messages.when"];
    html! {
        table.stack {
            thead { tr { @for key in head { th scope="col" { (frame.text(key)) } } } }
            tbody { @for one in &message.recipients { (row(frame, one)) } }
        }
    }
}

fn row(frame: &Frame, one: &MessageRecipient) -> Markup {
    let line = &one.line;
    html! {
        tr {
            th scope="row" { (one.contact.role) br; small { (one.contact.key) } }
            td data-label=(frame.text("sent_messages.channel")) { (line.channel_words(frame.lang)) }
            td data-label=(frame.text("sent_messages.state")) {
                (frame.lang.word("message_state", one.state))
                @if let Some(wait) = line.wait { br; small { (waits(frame, wait)) } }
                @if line.tries > 1 { " · " (frame.count("alert.tries", line.tries as usize)) }
                @if let Some(error) = line.error.as_ref().filter(|_| ["failed", "queued"].contains(&one.state)) { br; small.error { (error) } }
            }
            td data-label=(frame.text("sent_messages.when")) { (frame.brief(line.at)) }
        }
    }
}

/// The words as they went out.
fn words(frame: &Frame, text: &SentText) -> Markup {
    html! {
        details {
            summary { (frame.text("sent_messages.words")) ": " (text.subject) }
            @if !text.to.is_empty() { p.hint { (frame.fill("sent_messages.words_to", &[("who", &text.to.join(", "))])) } }
            div.summary { p { (text.body.trim_end()) } }
            @if let Some(link) = one_time_link(&text.body) {
                p.note { a href=(link) rel="noreferrer" { (frame.text("sent_messages.open_link")) } ". " (frame.text("sent_messages.link_in_private")) }
            }
        }
    }
}

/// The address of the one-time link in a message that went nowhere but on this page; what leaves the house is kept without it.
fn one_time_link(body: &str) -> Option<String> {
    let (_, after) = body.split_once(&format!("{SECOND_LINK_PATH}/"))?;
    let token: String = after.chars().take_while(char::is_ascii_hexdigit).collect();
    (!token.is_empty()).then(|| format!("{SECOND_LINK_PATH}/{token}"))
}

#[cfg(test)]
mod tests {
    use super::one_time_link;

    #[test]
    fn a_link_is_opened_by_its_token_and_one_that_is_kept_nowhere_by_nothing() {
        let link = one_time_link("Tautan: http://127.0.0.1:8080/orang-kedua/8f1c9a\n\nPesan otomatis");
        assert_eq!(link.as_deref(), Some("/orang-kedua/8f1c9a"));
        for without in ["Tautan: https://desk.example/orang-kedua/…", "https://desk.example/peringatan/1"] {
            assert_eq!(one_time_link(without), None);
        }
    }
}
