//! Messages to the team: the banner of those who have not got one in time, and what was sent to whom about an alert.

use super::shell::{Frame, phone, strong};
use domain::alert::PersonAct;
use domain::place::Code;
use maud::{Markup, html};
use views::alert::{AlertView, HistoryLine};
use views::messages::{
    LateMessage, LateRecipient, MessageLine, MessageWait, PersonMessages, UnnotifiedAlert,
};
use views::permit::right_for;

/// People that the banner names; the rest stand on the alert's page.
const NAMED: usize = 4;
/// Where the alert's page says to whom messages went.
const ANCHOR: &str = "pesan";

/// Of what nobody was to be notified, and who has not got a message in time, with what to do about it. The part is there also when nobody waits, so that an open page
/// shows the banner without a reload.
pub fn banner(frame: &Frame, unnotified: &[UnnotifiedAlert], late: &[LateMessage]) -> Markup {
    let nobody = folded(frame, unnotified, "unnotified.further", nobody_notified);
    let late_ones = folded(frame, late, "late_messages.further", not_received);
    let gravest_late = late.first().map(|message| message.level);
    let late_first = gravest_late > unnotified.first().map(|alert| alert.level);
    html! {
        div id="belum-sampai" data-live="belum-sampai" {
            @if late_first { (late_ones) (nobody) } @else { (nobody) (late_ones) }
        }
    }
}

/// The gravest; the others are a tap away, since an outage must not push the alerts themselves off the screen.
fn folded<T>(frame: &Frame, all: &[T], further: &'static str, shown: fn(&Frame, &T) -> Markup) -> Markup {
    html! {
        @if let Some((gravest, others)) = all.split_first() {
            (shown(frame, gravest))
            @if !others.is_empty() {
                details {
                    summary { (frame.count(further, others.len())) }
                    @for one in others { (shown(frame, one)) }
                }
            }
        }
    }
}

fn nobody_notified(frame: &Frame, unnotified: &UnnotifiedAlert) -> Markup {
    html! {
        section.note.bad role="alert" aria-label=(frame.lang.word("level", unnotified.level)) {
            p { (strong(&unnotified.sentence(frame.lang))) }
            div.banner-acts {
                @if unnotified.check {
                    (what_to_check(frame, unnotified.code))
                } @else {
                    a href={ "/peringatan/" (unnotified.alert) } { (frame.text("unnotified.to_the_alert")) }
                }
            }
        }
    }
}

fn not_received(frame: &Frame, message: &LateMessage) -> Markup {
    html! {
        section.note.bad role="alert" aria-label=(frame.lang.word("level", message.level)) {
            p { (strong(&message.head(frame.lang))) " " (people(frame, &message.people)) "." }
            div.banner-acts {
                @if message.check {
                    (what_to_check(frame, message.code))
                } @else {
                    (send_again(frame, &message.alert, None))
                    a href={ "/peringatan/" (message.alert) "#" (ANCHOR) } { (frame.text("late_messages.who")) }
                }
            }
        }
    }
}

fn what_to_check(frame: &Frame, code: Code) -> Markup {
    html! { a href={ "/?wilayah=" (code.regency()) "#periksa" } { (frame.text("late_messages.what_to_check")) } }
}

fn people(frame: &Frame, people: &[LateRecipient]) -> Markup {
    let more = people.len().saturating_sub(NAMED);
    html! {
        @for (index, person) in people.iter().take(NAMED).enumerate() {
            @if index > 0 { "; " }
            (name(frame, &person.role, person.phone.as_deref()))
        }
        @if more > 0 { "; " (frame.count("late_messages.and_more", more)) }
    }
}

/// "Camat Rupit, telepon 0812 …", the number to be called by a tap.
fn name(frame: &Frame, role: &str, number: Option<&str>) -> Markup {
    match number {
        Some(number) => frame.rich(
            "late_messages.person_and_phone",
            &[("role", html! { strong { (role) } }), ("phone", phone(number))],
        ),
        None => html! { strong { (role) } },
    }
}

/// The form that sends the newest message again: to one person, or to everybody for whom it is late.
fn send_again(frame: &Frame, alert: &str, person: Option<&str>) -> Markup {
    html! {
        form.act method="post" action={ "/peringatan/" (alert) "/kirim-lagi" } {
            @if let Some(person) = person { input type="hidden" name="to" value=(person); }
            button type="submit" { (frame.text("late_messages.send_again")) }
        }
    }
}

/// What was sent to whom about an alert; who still waits first.
pub fn of_alert(frame: &Frame, view: &AlertView) -> Markup {
    html! {
        @if !view.messages.is_empty() || view.nobody_notified.is_some() {
            section.block id=(ANCHOR) data-live=(ANCHOR) aria-labelledby="h-pesan" {
                h2 #h-pesan { (frame.text("alert.messages_to_the_team")) }
                @if let Some(words) = &view.nobody_notified { p.note.bad role="alert" { (strong(words)) } }
                @if let Some(again) = view.history.iter().filter(|line| line.act == PersonAct::SendAgain.as_str()).max_by_key(|line| line.version) {
                    p.note role="status" { (sent_again(frame, again)) }
                }
                ul.recipients { @for person in &view.messages { (of_person(frame, &view.alert.id, person)) } }
            }
        }
    }
}

fn of_person(frame: &Frame, alert: &str, person: &PersonMessages) -> Markup {
    let state = match person.wait_shown() {
        Some(wait) => waits(frame, wait),
        None => html! { (person.state_words(frame.zone(), frame.lang)) },
    };
    html! {
        li {
            p {
                (name(frame, &person.role, person.phone.as_deref())) ": "
                @if person.late { strong.error { (state) } } @else { (state) }
            }
            @if person.waits && frame.may(right_for(PersonAct::SendAgain)) {
                (send_again(frame, alert, Some(&person.key)))
            }
            details open[person.late] {
                summary { (frame.count("late_messages.messages", person.messages.len())) }
                ul.history { @for message in &person.messages { (one(frame, message)) } }
            }
        }
    }
}

/// Until when a message waits, and why.
pub fn waits(frame: &Frame, wait: MessageWait) -> Markup {
    let minutes = html! { (MessageWait::pause_minutes()) };
    frame.rich(wait.key(), &[("time", frame.brief(wait.until)), ("n", minutes)])
}

/// What "send again" did last.
fn sent_again(frame: &Frame, line: &HistoryLine) -> Markup {
    let people = line.reason.trim_start_matches("→ ");
    let (who, people) = (html! { (line.actor) }, html! { (people) });
    frame
        .rich("late_messages.sent_again", &[("time", frame.brief(line.at)), ("who", who), ("people", people)])
}

fn one(frame: &Frame, message: &MessageLine) -> Markup {
    let about = frame.lang.word("message_about", message.about);
    html! {
        li {
            (frame.rich("late_messages.queued", &[("about", html! { (about) }), ("time", frame.brief(message.queued_at))]))
            br;
            (message.channel_words(frame.lang)) ": "
            @for (index, (word, at)) in message.steps().enumerate() {
                @if index > 0 { ", " }
                strong { (frame.lang.word("delivery_state", word)) } " " (frame.brief(at))
            }
            @if let Some(wait) = message.wait { " · " (waits(frame, wait)) }
            @if message.tries > 1 { " · " (frame.count("alert.tries", message.tries as usize)) }
            @if let Some(error) = &message.error { br; small.error { (error) } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::kind::{Kind, Level};
    use views::Lang;

    #[test]
    fn the_gravest_message_that_did_not_arrive_stands_open_and_the_others_are_a_tap_away() {
        let late = |alert: &str, place: &str| LateMessage {
            alert: alert.into(),
            code: Code(161_304),
            place: place.into(),
            kind: Kind::Disaster,
            level: Level::Siaga,
            check: false,
            people: Vec::new(),
            of: 9,
        };
        let frame = Frame::bare(Lang::Id);
        let all = [late("16.13-2026-0001", "Nibung"), late("16.13-2026-0002", "Rupit")];
        let text = banner(&frame, &[], &all).into_string();
        let (open, further) = text.split_once("<details>").expect("one is a tap away");
        assert!(open.contains("Nibung") && !open.contains("Rupit"), "{open}");
        assert!(
            further.contains("Ada 1 pesan lain") && further.contains("16.13-2026-0002/kirim-lagi"),
            "{further}"
        );
        assert!(!banner(&frame, &[], &all[..1]).into_string().contains("<details>"));
        // Of an alert as grave or graver nobody was notified: that stands first; of a slighter one what is late does.
        for (level, is_first) in [(Level::Awas, true), (Level::Siaga, true), (Level::Waspada, false)] {
            let (alert, place) = ("16.13-2026-0003".into(), "Karang Jaya".into());
            let (code, kind) = (Code(161_306), Kind::Disaster);
            let unnotified = [UnnotifiedAlert { alert, code, place, kind, level, check: false }];
            let text = banner(&frame, &unnotified, &all[..1]).into_string();
            let [nobody, late] = ["Karang Jaya", "Nibung"].map(|place| text.find(place).unwrap());
            assert_eq!(nobody < late, is_first, "{text}");
        }
    }
}
