//! Panggilan: quiet districts drawn by lot this week, to be called and asked alike. The risk is not shown here on purpose.

use super::notice::{FormNote, form_note};
use super::shell::{Frame, NavEntry, document};
use domain::kind::Kind;
use domain::time::{DAY, Time};
use maud::{Markup, html};
use store::CheckResult;
use views::calls::{CallsView, SampleCall};
use views::format;

pub fn page(frame: &Frame, view: &CallsView, note: Option<&FormNote>) -> Markup {
    let (open, done): (Vec<&SampleCall>, Vec<&SampleCall>) =
        view.calls.iter().partition(|call| call.answer.is_none());
    let content = html! {
        p.lead { (frame.text("calls.lead")) }
        (form_note(note))
        section.block aria-labelledby="h-belum" {
            h2 #h-belum { (frame.text("calls.to_call")) " " small.num { "(" (open.len()) ")" } }
            @if open.is_empty() { p.empty { (frame.fill("calls.none_to_call", &[("time", &format::utc_midnight(frame.zone(), frame.lang))])) } }
            @for call in &open { (form(frame, view.min_severity, call)) }
        }
        @if !done.is_empty() {
            section.block aria-labelledby="h-sudah" {
                h2 #h-sudah { (frame.text("calls.called")) }
                @for call in &done {
                    div.call {
                        p { strong { (call.name) } " · " (week(frame, call)) ": " (answer(frame, call)) }
                        details { summary { (frame.text("calls.correct_the_answer")) } (form(frame, view.min_severity, call)) }
                    }
                }
            }
        }
        p { a href="/ledger" { (frame.text("label.ledger")) } }
    };
    document(frame, NavEntry::Model, frame.text("calls.title"), content)
}

/// "16 Nov sampai 22 Nov": the seven days asked about.
fn week(frame: &Frame, call: &SampleCall) -> String {
    let day = |day: i64| format::date(Time(day * DAY), frame.zone(), frame.lang);
    frame.fill("format.range", &[("from", &day(call.week - 7)), ("to", &day(call.week - 1))])
}

/// What is asked, in the policy's own severity.
fn question(frame: &Frame, severity: u8, call: &SampleCall) -> String {
    let week = week(frame, call);
    match severity {
        5 => frame.fill("calls.question_gravest", &[("week", &week)]),
        _ => frame.fill("calls.question", &[("severity", &severity), ("week", &week)]),
    }
}

fn form(frame: &Frame, severity: u8, call: &SampleCall) -> Markup {
    let id = |name: &str| format!("{name}-{}-{}", call.week, call.code.0);
    html! {
        form.act method="post" action="/panggilan" {
            input type="hidden" name="week" value=(call.week);
            input type="hidden" name="code" value=(call.code);
            fieldset {
                legend { strong { (call.name) } ": " (question(frame, severity, call)) }
                label.tick { input type="radio" name="result" value="none" required; span { (frame.text("calls.none")) } }
                label.tick { input type="radio" name="result" value="happened"; span { (frame.text("calls.yes")) } }
                @for kind in Kind::ALL {
                    label.tick.indent { input type="checkbox" name="kind" value=(kind); span { (frame.lang.word("kind", kind)) } }
                }
                label.tick { input type="radio" name="result" value="unreachable"; span { (frame.text("calls.nobody_answered")) } }
            }
            label.tick for=(id("lihat")) { input id=(id("lihat")) type="checkbox" name="saw" value="1"; span { (frame.text("calls.had_seen_risk")) } }
            button type="submit" { (frame.text("calls.record")) }
            @if call.answer.is_none() { p.hint { (frame.rich("calls.also_enter", &[("report", html! { a href="/laporan/baru" { (frame.text("calls.report")) } })])) } }
        }
    }
}

fn answer(frame: &Frame, call: &SampleCall) -> Markup {
    html! {
        @if let Some(answer) = &call.answer {
            strong { (frame.text(match answer.result {
                CheckResult::None => "calls.answer_nothing",
                CheckResult::Happened => "calls.answer_happened",
                CheckResult::Unreachable => "calls.answer_unreachable",
            })) }
            @for kind in &answer.kinds { ", " (frame.lang.word("kind", kind)) }
            " · " (answer.who) ", " (frame.brief(answer.at))
        }
    }
}
