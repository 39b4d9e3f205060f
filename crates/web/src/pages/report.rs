//! One report, what stands beside it in its incident, and the desk's verification.

use super::notice::{FormNote, form_note};
use super::reports::{address, correction_address, marks, verification_address, withdrawal_address};
use super::shell::{Frame, NavEntry, document, strong};
use crate::pages::level;
use domain::kind::Outcome;
use domain::report::{ReportName, ReportReference};
use formats::content_hash;
use formats::screen::screen;
use maud::{Markup, html};
use sha2::{Digest, Sha256};
use views::Right;
use views::claims::IncidentClaims;
use views::correction::CorrectionView;
use views::happening::{capital, class_words};
use views::report::ReportDetailView;
use views::reporter::short_number;
use views::reports::ReportItem;
use views::text_findings::words;

pub fn page(frame: &Frame, view: &ReportDetailView, note: Option<&FormNote>) -> Markup {
    let title = view
        .row
        .what
        .as_ref()
        .map_or_else(|| frame.text("report.report").to_string(), |what| capital(&what.label));
    let content = html! {
        (form_note(note))
        p.lead {
            (view.row.place) " · " (frame.lang.word("class", view.row.class)) " "
            @if let Some(what) = &view.row.what { "· " (level::kind(what.kind, frame.lang)) }
        }
        p { (marks(frame, &view.row)) }
        (remarks(frame, view))
        @if let Some(corrects) = &view.corrects { (correction(frame, corrects, "correction.is_one")) }
        @for corrected in &view.corrections { (correction(frame, corrected, "correction.stands_beside")) }
        @if let Some(claims) = &view.claims { (claims_of(frame, claims)) }
        @if let Some(summary) = &view.row.summary {
            blockquote.summary { p { (summary) } }
            (screened(frame, summary))
        }
        (facts(frame, view))
        section.block aria-labelledby="h-sama" {
            h2 #h-sama { (frame.text("report.siblings")) }
            @if view.siblings.is_empty() && view.hidden == 0 {
                p.empty { (frame.text("report.single")) }
            } @else if !view.siblings.is_empty() { (super::reports::rows(frame, &view.siblings)) }
            @if view.hidden > 0 { (super::reports::hidden(frame, view.hidden)) }
        }
        (events(frame, view))
        @if frame.may(Right::Verify) && stands(&view.row) {
            @if view.row.affirms() { (verification(frame, view, note)) } @else { (setting_aside(frame, view, note)) }
            (put_right(frame, view, note))
        }
        @if frame.may(Right::Verify) && is_doubtful_retraction(&view.row) && view.events.is_empty() { (retraction(frame, view, note)) }
    };
    document(frame, NavEntry::Reports, &title, content)
}

/// A feed's text was screened by nobody before it came; who passes it on should know what stands in it.
fn screened(frame: &Frame, summary: &str) -> Markup {
    let found = screen(summary);
    html! {
        @if !found.is_empty() {
            p.note {
                strong { (frame.text("report.do_not_pass_on")) } " "
                @for finding in found { (words(finding, frame.lang)) " " }
            }
        }
    }
}

fn facts(frame: &Frame, view: &ReportDetailView) -> Markup {
    html! {
        dl.facts {
            @if let Some(at) = view.row.occurred_at { dt { (frame.text("report.occurred")) } dd { (frame.occurrence(at)) } }
            dt { (frame.text("report.reported")) } dd { (frame.time(view.row.reported_at))
                @if view.reconstructed { " (" (frame.text("report.reconstructed")) ")" } }
            dt { (frame.text("report.received")) } dd { (frame.time(view.received_at)) @if view.row.late { " " span.tag { (frame.text("label.late")) } } }
            dt { (frame.text("label.feed")) } dd { (view.feed) }
            @if let Some(what) = &view.row.what {
                dt { (frame.text("report.category")) } dd { @if let Some(code) = &what.code { span.code { (code) } " " } (what.label) }
                @if let Some(severity) = what.severity { dt { (frame.text("label.severity")) } dd { (severity) " " (frame.lang.word("severity", severity)) } }
            }
            @for fact in &view.details { dt { (fact.word) } dd { (fact.value) } }
            dt { (frame.text("report.number")) }
            dd { (short_number(&view.row.id)) details { summary { (frame.text("report.whole_number")) } code { (view.row.id) } } }
        }
    }
}

/// What each speaker says of an incident, and what is attested.
pub fn claims_of(frame: &Frame, claims: &IncidentClaims) -> Markup {
    html! { ul.rules { @for line in claims.lines(frame.lang) { li { (strong(&line)) } } } }
}

/// A correction beside what it corrects: who, when, why, and what it says otherwise.
fn correction(frame: &Frame, view: &CorrectionView, words: &'static str) -> Markup {
    let value =
        |value: &Option<String>| value.clone().unwrap_or_else(|| frame.text("correction.nothing").into());
    html! {
        div.note {
            p {
                (frame.rich(words, &[("who", html! { (view.by) }), ("time", frame.time(view.at))])) " "
                a href=(address(&view.id, view.feed.as_deref())) { (frame.text("correction.open")) }
            }
            @if let Some(why) = &view.why { p { "“" (why) "”" } }
            @if !view.changes.is_empty() {
                ul { @for change in &view.changes {
                    li { (change.word) ": " del { (value(&change.was)) } " → " ins { (value(&change.is)) } }
                } }
            }
        }
    }
}

/// A correction of the desk's, and the withdrawal of what the desk wrote itself.
fn put_right(frame: &Frame, view: &ReportDetailView, note: Option<&FormNote>) -> Markup {
    let (id, feed) = (view.row.id.as_str(), view.row.feed.as_deref());
    let typed = note.filter(|note| note.has("act", "withdraw"));
    html! {
        @if view.correction_fault.is_none() || view.own_of_desk {
            section.block aria-labelledby="h-perbaiki" {
                h2 #h-perbaiki { (frame.text("correction.section")) }
                @if view.correction_fault.is_none() {
                    p { a.button href=(correction_address(id, feed)) { (frame.text("correction.start")) } }
                    p.hint { (frame.text("correction.hint")) }
                }
                @if view.own_of_desk {
                    form method="post" action=(withdrawal_address(id, feed)) {
                        input type="hidden" name="act" value="withdraw";
                        (reason(frame, "alasan-tarik", typed, true))
                        button type="submit" { (frame.text("correction.withdraw")) }
                    }
                    p.hint { (frame.text("correction.withdraw_hint")) }
                }
            }
        }
    }
}

/// What other reports say of the incident, and what this one lacks where nobody knows which incident it speaks of.
fn remarks(frame: &Frame, view: &ReportDetailView) -> Markup {
    html! {
        @if view.row.doubtful { p.note { (frame.text("report.doubtful_note")) } }
        @if view.row.unplaced { p.note { (frame.text("report.unplaced_note")) } }
        @if view.denials > 0 { p.note { (frame.count("report.incident_disputed", view.denials.into())) } }
        @if let Some(at) = view.ended_at {
            p.note {
                @match class_words(&view.over_by, frame.lang) {
                    Some(who) => { (frame.rich("report.incident_ended_by", &[("who", html! { (who) }), ("time", frame.time(at))])) }
                    None => { (frame.rich("report.incident_ended", &[("time", frame.time(at))])) }
                }
            }
        }
    }
}

/// What was taken back or replaced is no longer the source's word; there is nothing to verify in it.
fn stands(row: &ReportItem) -> bool {
    row.what.is_some() && !matches!(row.outcome, Some(Outcome::Retracted | Outcome::Superseded))
}

fn events(frame: &Frame, view: &ReportDetailView) -> Markup {
    html! {
        @if !view.events.is_empty() {
            section.block aria-labelledby="h-sesudah" {
                h2 #h-sesudah { (frame.text("report.since")) }
                ol.history { @for event in &view.events {
                    li {
                        (frame.time(event.at)) ": " a href=(address(&event.id, event.feed.as_deref())) { (event.act) } " · " (event.by)
                        @if let Some(why) = &event.why { br; "“" (why) "”" }
                    }
                } }
            }
        }
    }
}

/// A mark of what these reports say: another one once one of them says something else, or there are others.
pub fn content_mark(judged: &[ReportReference]) -> String {
    let line = |own: &ReportReference| format!("{own} {:?}\n", own.content.map(content_hash::write));
    let lines: String = judged.iter().map(line).collect();
    hex::encode(&Sha256::digest(lines.as_bytes())[..16])
}

fn verification(frame: &Frame, view: &ReportDetailView, note: Option<&FormNote>) -> Markup {
    let typed = |act: &str| note.filter(|note| note.has("act", act));
    let action = verification_address(&view.row.id, view.row.feed.as_deref());
    let request = view.claims.as_ref().and_then(|claims| claims.awas_request.as_ref());
    let waiting = request.filter(|request| request.waits);
    html! {
        section.block aria-labelledby="h-verifikasi" {
            h2 #h-verifikasi { (frame.text("label.verification")) }
            p.hint { (frame.text("report.verification_hint")) }
            @if view.viewer_unnamed { p.note { (frame.text("report.viewer_unnamed")) } }
            (judged_with(frame, view))
            @if let Some(request) = waiting.filter(|request| request.own) {
                p.note { (frame.rich("report.second_own", &[("until", frame.time(request.lapses_at))])) }
            }
            (taking_back(frame, view, &action, note))
            div.acts {
                @if !waiting.is_some_and(|request| request.own) {
                    form method="post" action=(action) {
                        input type="hidden" name="act" value="confirm";
                        input type="hidden" name="seen" value=(content_mark(&view.judged));
                        @if let Some(request) = waiting {
                            p { (strong(&request.words)) }
                            input type="hidden" name="seconds" value=(request.verification);
                        }
                        (reason(frame, "alasan-benar", typed("confirm"), false))
                        (blind(frame, "buta-benar", typed("confirm")))
                        button.primary type="submit" {
                            @if waiting.is_some() { (frame.text("report.second_confirm")) } @else { (frame.text("report.confirm")) }
                        }
                    }
                }
                form method="post" action=(action) {
                    input type="hidden" name="act" value="reject";
                    input type="hidden" name="seen" value=(content_mark(&view.judged));
                    (reason(frame, "alasan-tolak", typed("reject"), true))
                    (blind(frame, "buta-tolak", typed("reject")))
                    button type="submit" { (frame.text("report.reject")) }
                }
            }
            (picker(frame, (&action, "merge", &content_mark(&view.judged)), &view.candidates, typed("merge")))
            (picker(frame, (&action, "split", &content_mark(&view.judged)), &view.siblings, typed("split")))
        }
    }
}

/// The other reports that a verdict here judges too: all that affirm the incident.
fn judged_with(frame: &Frame, view: &ReportDetailView) -> Markup {
    let judged = |other: &&ReportItem| view.judged.iter().any(|own| own.to_string() == other.name);
    let others: Vec<&ReportItem> = view.siblings.iter().filter(judged).collect();
    html! {
        @if !others.is_empty() {
            p.note { (frame.count("report.judged_with", others.len())) }
            ul.rules { @for other in others {
                li {
                    a href=(address(&other.id, other.feed.as_deref())) {
                        @if let Some(what) = &other.what { (what.label) } " (" (short_number(&other.id)) ")"
                    }
                    " · " (other.place) " · " (frame.lang.word("class", other.class))
                    @if let Some(at) = other.occurred_at { " · " (frame.occurrence(at)) }
                }
            } }
        }
    }
}

/// What one person takes back waits here for a second one.
fn taking_back(frame: &Frame, view: &ReportDetailView, action: &str, note: Option<&FormNote>) -> Markup {
    let request = view.claims.as_ref().and_then(|claims| claims.take_back_request.as_ref());
    html! {
        @if let Some(request) = request.filter(|request| request.waits) {
            @if request.own {
                p.note { (frame.rich("report.take_back_own", &[("until", frame.time(request.lapses_at))])) }
            } @else {
                form method="post" action=(action) {
                    p { (strong(&request.words)) }
                    input type="hidden" name="act" value="reject";
                    input type="hidden" name="seen" value=(content_mark(&view.judged));
                    input type="hidden" name="seconds" value=(request.verification);
                    (reason(frame, "alasan-kedua", note.filter(|note| note.has("seconds", &request.verification)), true))
                    button.primary type="submit" { (frame.text("report.take_back_second")) }
                }
            }
        }
    }
}

/// A denial or an ending is not confirmed: the desk rejects the incident, or sets the remark aside.
fn setting_aside(frame: &Frame, view: &ReportDetailView, note: Option<&FormNote>) -> Markup {
    html! {
        section.block aria-labelledby="h-verifikasi" {
            h2 #h-verifikasi { (frame.text("label.verification")) }
            p.hint { (frame.text("report.set_aside_hint")) }
            form method="post" action=(verification_address(&view.row.id, view.row.feed.as_deref())) {
                input type="hidden" name="act" value="reject";
                input type="hidden" name="seen" value=(content_mark(&view.judged));
                (reason(frame, "alasan-tolak", note, true))
                button type="submit" { (frame.text("report.set_aside")) }
            }
        }
    }
}

/// A retraction by a clock that cannot be believed: what it takes back is gone, and what stands does not fall by it before somebody
/// confirms it.
fn is_doubtful_retraction(row: &ReportItem) -> bool {
    row.doubtful && row.what.is_none() && row.outcome == Some(Outcome::Retracted)
}

fn retraction(frame: &Frame, view: &ReportDetailView, note: Option<&FormNote>) -> Markup {
    html! {
        section.block aria-labelledby="h-verifikasi" {
            h2 #h-verifikasi { (frame.text("label.verification")) }
            p.hint { (frame.text("report.retraction_hint")) }
            form method="post" action=(verification_address(&view.row.id, view.row.feed.as_deref())) {
                input type="hidden" name="act" value="confirm";
                input type="hidden" name="seen" value=(content_mark(&view.judged));
                (reason(frame, "alasan-tarik", note, false))
                button type="submit" { (frame.text("report.confirm_retraction")) }
            }
        }
    }
}

/// Who has seen the risk looks harder where it is high; the ledger keeps both apart.
fn blind(frame: &Frame, id: &str, typed: Option<&FormNote>) -> Markup {
    html! {
        label.tick for=(id) { input id=(id) type="checkbox" name="blind" value="1" checked[typed.is_some_and(|note| note.has("blind", "1"))]; span { (frame.text("report.checked_blind")) } }
    }
}

fn reason(frame: &Frame, id: &str, typed: Option<&FormNote>, required: bool) -> Markup {
    html! {
        label for=(id) { (frame.text("report.grounds")) @if !required { " " small { "(" (frame.text("report.may_be_empty")) ")" } } }
        input id=(id) name="reason" type="text" maxlength="300" required[required] autocomplete="off" value=[typed.and_then(|note| note.first("reason"))];
        @if typed.is_some_and(|note| note.screened) {
            label.tick { input type="checkbox" name="keep" value="yes"; span { (frame.text("entry.keep_as_it_is")) } }
        }
    }
}

/// What a tick sends: the report's name, and what it says as this page shows it.
fn ticked_value(row: &ReportItem) -> String {
    format!("{}@{}", row.name, content_hash::write(row.content))
}

/// The report that a tick names, and what its page showed of it; `None` for what no page sends.
pub fn ticked(value: &str) -> Option<(ReportName, u128)> {
    let (name, content) = value.rsplit_once('@')?;
    Some((ReportName::parse(name)?, content_hash::read(content)?))
}

/// Merge and split name reports by ticks.
fn picker(
    frame: &Frame,
    (action, act, seen): (&str, &str, &str),
    rows: &[ReportItem],
    typed: Option<&FormNote>,
) -> Markup {
    let (title, button) = if act == "merge" {
        (frame.text("report.merge_title"), frame.text("report.merge"))
    } else {
        (frame.text("report.split_title"), frame.text("report.split"))
    };
    html! {
        @if !rows.is_empty() {
            details open[typed.is_some()] {
                summary { (title) }
                form method="post" action=(action) {
                    input type="hidden" name="act" value=(act);
                    input type="hidden" name="seen" value=(seen);
                    fieldset {
                        legend { @if act == "merge" { (frame.text("report.merge_legend")) }
                            @else { (frame.text("report.split_legend")) } }
                        @for row in rows {
                            @let shown = ticked_value(row);
                            label.tick {
                                input type="checkbox" name="reports" value=(shown) checked[typed.is_some_and(|note| note.has("reports", &shown))];
                                span { @if let Some(what) = &row.what { (what.label) ", " } (row.place) ", " (frame.lang.word("class", row.class)) ", " (frame.brief_occurrence(row.at)) }
                            }
                        }
                    }
                    (reason(frame, &format!("alasan-{act}"), typed, false))
                    button type="submit" { (button) }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use views::Lang;

    #[test]
    fn what_should_not_be_passed_on_is_pointed_out() {
        let frame = Frame::bare(Lang::Id);
        let text = screened(&frame, "pemuda suku Anu, telp 0812-3456-7890").into_string();
        assert!(text.contains("nomor telepon") && text.contains("suku, agama, atau golongan"), "{text}");
        assert_eq!(screened(&frame, "warga memblokir jalan angkut").into_string(), "");
    }
}
