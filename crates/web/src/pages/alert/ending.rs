//! How an alert is ended: what one person asked for, who may agree, and the forms for it.

use super::{TypedAct, note, offers, version};
use crate::pages::shell::{Frame, strong};
use crate::pages::shown::mark_of;
use domain::alert::{AlertOutcome, PersonAct};
use maud::{Markup, html};
use views::alert::{AlertView, WithdrawalView, end_word};

/// One person's request to end the alert, who did not agree, and how a second one agrees or who asked cancels it.
pub(super) fn asked(frame: &Frame, view: &AlertView, typed: Option<&TypedAct>) -> Markup {
    let Some(asked) = &view.withdrawal else { return html! {} };
    html! {
        section.note aria-labelledby="h-ditarik" {
            h2 #h-ditarik { (frame.text("alert.withdrawal_waits")) }
            p { (strong(&asked.words)) }
            @if let Some(reason) = &asked.reason { p { (frame.text("alert.asked_because")) ": " (reason) } }
            @for answer in &asked.answers { p { strong { (answer) } } }
            @if !asked.since.is_empty() {
                @let agrees = offers(frame, view, PersonAct::Withdraw) && !asked.own;
                @let key = if agrees { "alert.since_request" } else { "alert.since_request_of_others" };
                p { strong { (frame.text(key)) } }
                ul { @for line in asked.since.shown() { li { (strong(line)) } } }
            }
            @if offers(frame, view, PersonAct::Withdraw) {
                @if asked.own { (cancel(frame, view)) }
                @else if view.viewer_unnamed { p.hint { (frame.text("alert.person_unknown")) } }
                @else { (agree(frame, view, (asked, typed))) }
            }
        }
    }
}

/// Who asked hears who may agree, and may take the request back.
fn cancel(frame: &Frame, view: &AlertView) -> Markup {
    html! {
        p.hint { (frame.text("alert.withdrawal_same_person")) " " (seconds(frame, view)) }
        form.act method="post" action={ "/peringatan/" (view.alert.id) "/batalkan-permintaan" } {
            (version(view))
            button type="submit" { (frame.text("alert.cancel_request")) }
        }
    }
}

fn agree(frame: &Frame, view: &AlertView, (asked, typed): (&WithdrawalView, Option<&TypedAct>)) -> Markup {
    let act = if asked.outcome == AlertOutcome::Void { "tarik" } else { "selesai" };
    let outcome = if asked.outcome == AlertOutcome::Void { "" } else { asked.outcome.as_str() };
    let typed = typed.filter(|typed| typed.act == act && typed.outcome == outcome);
    html! {
        form.act method="post" action={ "/peringatan/" (view.alert.id) "/" (act) } {
            (version(view))
            (shown(asked))
            @if asked.outcome != AlertOutcome::Void {
                input type="hidden" name="outcome" value=(asked.outcome.as_str());
            }
            (note(frame, "alasan-setuju", typed, true))
            button.danger type="submit" { (frame.fill("alert.end_second", &[("act", &end_word(frame.lang, asked.outcome))])) }
        }
    }
}

/// What the page shows that was reported since it was asked for: who agrees by its form has read that.
fn shown(asked: &WithdrawalView) -> Markup {
    html! { input type="hidden" name="shown" value=(mark_of(asked.since.all())); }
}

/// Who may be the second person: by account, or by the links that go out.
fn seconds(frame: &Frame, view: &AlertView) -> String {
    match view.second_by_link.is_empty() {
        true => frame.text("alert.second_by_account").to_owned(),
        false => frame.fill("alert.second_by_account_or_link", &[("who", &view.second_by_link.join(", "))]),
    }
}

/// The forms that end it. Where that takes two persons, an account that names none gets the reason in place of them.
pub(super) fn acts(frame: &Frame, view: &AlertView, typed: [Option<&TypedAct>; 2]) -> Markup {
    let [resolve, withdraw] = typed;
    let may = [PersonAct::Resolve, PersonAct::Withdraw].map(|act| offers(frame, view, act));
    if view.needs_two_to_end && view.viewer_unnamed {
        // Where a request waits, it says so above.
        let says = may.contains(&true) && view.withdrawal.is_none();
        return html! { @if says { p.hint { (frame.text("alert.person_unknown")) } } };
    }
    html! {
        @if may[0] { (resolve_form(frame, view, resolve)) }
        @if may[1] { (withdraw_form(frame, view, withdraw)) }
    }
}

fn resolve_form(frame: &Frame, view: &AlertView, typed: Option<&TypedAct>) -> Markup {
    let outcomes =
        [AlertOutcome::Confirmed, AlertOutcome::Averted, AlertOutcome::FalseAlarm, AlertOutcome::Unverified];
    html! {
        details open[typed.is_some()] {
            summary { (frame.text("alert.resolve_with_outcome")) }
            form.act method="post" action={ "/peringatan/" (view.alert.id) "/selesai" } {
                (version(view))
                @if let Some(asked) = &view.withdrawal { (shown(asked)) }
                fieldset { legend { (frame.text("alert.outcome_question")) }
                    @for outcome in outcomes {
                        label.tick { input type="radio" name="outcome" value=(outcome.as_str()) required checked[typed.is_some_and(|typed| typed.outcome == outcome.as_str())]; span { (frame.lang.word("outcome", outcome.as_str())) @if let Some(meaning) = explain(frame, outcome) { ": " (meaning) } } }
                    }
                }
                (takes_two(frame, view, "alert.outcome_takes_two"))
                (note(frame, "catatan-selesai", typed, view.needs_two_to_end))
                button type="submit" { (frame.text("alert.resolve")) }
            }
        }
    }
}

fn withdraw_form(frame: &Frame, view: &AlertView, typed: Option<&TypedAct>) -> Markup {
    html! {
        details open[typed.is_some()] {
            summary { (frame.text("alert.withdraw_the_alert")) }
            form.act method="post" action={ "/peringatan/" (view.alert.id) "/tarik" } {
                (version(view))
                @if let Some(asked) = &view.withdrawal { (shown(asked)) }
                @if view.needs_two_to_end { (takes_two(frame, view, "alert.withdrawal_takes_two")) }
                @else { p.hint { (frame.text("alert.withdrawal_notice")) } }
                (note(frame, "alasan-tarik", typed, true))
                button.danger type="submit" { (frame.text("alert.withdraw")) }
            }
        }
    }
}

/// That it takes two persons, and who the second may be; where one asked already, what another outcome does to that.
fn takes_two(frame: &Frame, view: &AlertView, key: &'static str) -> Markup {
    if !view.needs_two_to_end {
        return html! {};
    }
    html! {
        p.hint { (frame.text(key)) " " (seconds(frame, view)) }
        @if let Some(asked) = &view.withdrawal {
            @let act = end_word(frame.lang, asked.outcome);
            p.note {
                @if asked.own { (frame.fill("alert.other_outcome_own", &[("act", &act)])) }
                @else { (frame.fill("alert.other_outcome", &[("who", &asked.asked_by), ("act", &act)])) }
            }
        }
    }
}

fn explain(frame: &Frame, outcome: AlertOutcome) -> Option<&'static str> {
    Some(match outcome {
        AlertOutcome::Confirmed => frame.text("alert.happened_as_warned"),
        AlertOutcome::Averted => frame.text("alert.real_but_prevented"),
        AlertOutcome::FalseAlarm => frame.text("alert.there_was_nothing"),
        AlertOutcome::Unverified | AlertOutcome::Void => return None,
    })
}
