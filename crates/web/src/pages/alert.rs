//! One alert: what it says, why, the reports behind it, its history, and what a person may do now.

mod ending;

use super::alerts::{districts, marks};
use super::model::speaker;
use super::reasons;
use super::report::claims_of;
use super::reports::{hidden, rows};
use super::shell::{Frame, NavEntry, document, strong};
use super::shown::mark_of;
use crate::pages::level;
use domain::alert::{PersonAct, State};
use domain::time::Time;
use maud::{Markup, html};
use views::alert::{AlertView, HistoryLine, act_word};
use views::alerts::{DistrictAlertItem, state_words};
use views::claims::IncidentClaims;
use views::happening::HappeningView;
use views::permit::right_for;
use views::picture::assessed_words;
use views::range::basis_words;
use views::{Right, format};

/// Incidents and reports that are shown before the rest is a tap away.
const FIRST_INCIDENTS: usize = 3;
const FIRST_REPORTS: usize = 5;

/// Why the act just tried was not done.
#[derive(Clone, Debug)]
pub struct RefusedAct {
    pub words: String,
    /// The version the person had seen; newer history is shown.
    pub seen: u32,
    /// What they had typed, so that it is not lost.
    pub typed: TypedAct,
}

/// What a person typed into the form of an act.
#[derive(Clone, Debug, Default)]
pub struct TypedAct {
    /// The act's word in the form's address.
    pub act: String,
    pub to: String,
    pub outcome: String,
    pub reason: String,
    /// The look at the reason found something: sent again with a tick it stays.
    pub screened: bool,
}

impl TypedAct {
    /// What was typed into the form of this act.
    fn of(&self, act: &str) -> Option<&TypedAct> {
        (self.act == act).then_some(self)
    }
}

pub fn page(frame: &Frame, view: &AlertView, refused: Option<&RefusedAct>) -> Markup {
    let title = format!("{}: {}", view.alert.place, frame.lang.word("kind", view.alert.kind));
    let content = html! {
        @if let Some(refused) = refused { (not_done(frame, view, refused)) }
        div.alert-head id="peringatan" data-watch=(view.alert.id) data-version=(mark(frame, view)) {
            p {
                (level::chip(view.alert.level, frame.lang)) " " small.internal { (frame.text("label.internal")) } " "
                strong { (state_words(frame.lang, &view.alert)) }
                @if let Some(name) = view.alert.assignee.as_ref().filter(|_| view.alert.state != State::Assigned) { " · " (frame.fill("alert.assigned_to", &[("name", name)])) }
                (marks(frame, &view.alert))
                @if view.by_model && view.alert.state.is_live() && view.alert.sureness_mark().is_none() {
                    " " span.tag { (frame.lang.word("alert_mark", "by_model")) }
                }
            }
            p.headline { (strong(&views::alert::headline(view, frame.lang))) }
            @if let Some(happening) = &view.alert.happening {
                (happened(frame, view, happening))
            } @else if let Some(latest) = &view.latest {
                dl.happening { @for (word, says) in latest.latest_facts(view.alert.kind, view.alert.code, frame.lang) {
                    div { dt { (word) } dd { (strong(&says)) } }
                } }
            }
            (districts(frame, &view.alert))
            p.hint { span.code { (view.alert.id) } " · " (frame.rich("alert.opened_at", &[("time", frame.time(view.alert.opened_at))]))
                @let changed_at = changed_at(view);
                " · " (frame.rich("alert.changed_at", &[("time", frame.brief(changed_at)), ("ago", html! { (frame.ago(changed_at)) })])) }
            @for before in view.after.iter().chain(&view.earlier) { p.hint { a href={ "/peringatan/" (before.id) } { (before.words) } } }
            (withdrawn(frame, view))
        }
        @if let Some(words) = &view.desk_only { p.note { (words) } }
        (ending::asked(frame, view, refused.map(|refused| &refused.typed)))
        @for words in &view.lapsed { p.note { (words) } }
        @if view.alert.state.is_live() { (acts(frame, view, refused.map(|refused| &refused.typed))) }
        div.pair.alert-pair {
            div {
                (why_section(frame, view))
                @if frame.may(Right::SeeReports) {
                    section.block aria-labelledby="h-laporan" {
                        h2 #h-laporan { (frame.text("alert.reports")) }
                        @let (first, more) = view.reports.split_at(view.reports.len().min(FIRST_REPORTS));
                        (rows(frame, first))
                        @if !more.is_empty() {
                            details { summary { (frame.lang.count("alert.more_reports", more.len())) } (rows(frame, more)) }
                        }
                        @if view.hidden > 0 { (hidden(frame, view.hidden)) }
                    }
                }
            }
            div {
                (history(frame, view))
                (super::messages::of_alert(frame, view))
            }
        }
        p.on-paper { (frame.fill("alert.on_paper", &[("number", &view.alert.id)])) }
        p { a href={ "/kecamatan/" (view.alert.code) "#" (view.alert.kind) } { (frame.fill("alert.history_of", &[("place", &view.alert.place)])) } }
    };
    document(frame, NavEntry::Alerts, &title, content)
}

/// When the alert changed last, of what its history shows.
fn changed_at(view: &AlertView) -> Time {
    view.history.iter().map(|line| line.at).max().map_or(view.changed_at, |shown| shown.min(view.changed_at))
}

/// Changes with the alert and with what its head says besides: what stands in a regency's kecamatan, and what was reported, change it
/// without a line in its history.
fn mark(frame: &Frame, view: &AlertView) -> String {
    let (alert, lang) = (&view.alert, frame.lang);
    let district = |own: &DistrictAlertItem| format!("{} {}", own.id, own.level.as_str());
    let facts = alert.happening.iter().flat_map(|own| own.facts(alert.kind, alert.code, lang));
    // What the model estimates moves by the hour, and no alert with it.
    let headline = alert.happening.as_ref().map(|own| own.headline(alert, lang));
    let shown = std::iter::once(view.version.to_string())
        .chain(headline)
        .chain(facts.map(|(_, says)| says))
        .chain(alert.districts.iter().map(district))
        .chain(view.reasons.iter().cloned())
        .chain(view.answered_words(lang));
    mark_of(shown.collect::<Vec<String>>().iter().map(String::as_str))
}

/// What happened, and of what else the newest: the acts below stay in sight.
fn happened(frame: &Frame, view: &AlertView, happening: &HappeningView) -> Markup {
    let (kind, code) = (view.alert.kind, view.alert.code);
    let besides = happening.besides(kind, code, frame.lang);
    let newest = besides.first().map(|says| (frame.text("happening.besides").to_owned(), says.clone()));
    html! {
        dl.happening { @for (word, says) in happening.own_facts(kind, code, frame.lang).into_iter().chain(newest) {
            div { dt { (word) } dd { (strong(&says)) } }
        } }
        @if besides.len() > 1 {
            details { summary { (frame.lang.count("happening.other_incidents", happening.others - 1)) }
                ul { @for says in &besides[1..] { li { (strong(says)) } } } }
        }
    }
}

fn withdrawn(frame: &Frame, view: &AlertView) -> Markup {
    html! {
        @if view.alert.state == State::Withdrawn {
            p.note {
                (views::alert::withdrawal(view, frame.lang))
            }
        } @else if let Some(words) = views::alert::ended(view, frame.zone(), frame.lang) {
            p.note { (words) }
        } @else if let Some(at) = view.cleared_at {
            p.note { (frame.rich("alert.cleared_since", &[("time", frame.time(at))])) }
        } @else if view.alert.stale {
            p.note { (frame.text("alert.stale_note")) }
        }
        @if let Some(words) = view.answered_words(frame.lang) { p.note { (strong(&words)) } }
    }
}

fn why_section(frame: &Frame, view: &AlertView) -> Markup {
    html! {
        section.block aria-labelledby="h-mengapa" {
            h2 #h-mengapa { (frame.text("alert.why")) }
            @if view.reasons.is_empty() { p.empty { (frame.text("alert.no_reason")) } }
            ul.rules { @for reason in &view.reasons { li { (strong(reason)) } } }
            @if !view.chain.is_empty() {
                p { strong { (frame.text("chains.one")) } " " (super::chains::members(frame, &view.chain)) }
            }
            (all_claims(frame, &view.claims))
            @if let Some(peak) = &view.peak {
                p { (frame.rich("alert.peak", &[("level", level::chip(peak.level, frame.lang)), ("time", frame.time(peak.since))])) }
                ul.rules { @for reason in &peak.reasons { li { (strong(reason)) } } }
            }
            @if let Some(version) = &view.policy { p.hint { (frame.fill("alert.policy_version", &[("version", version)])) } }
            @if let Some(week) = &view.week {
                p { (views::alert::model_words(view, week, frame.zone(), frame.lang))
                    @if let Some(range) = &week.range { " " (basis_words(range, frame.zone(), frame.lang)) } }
                (reasons::sentences(&week.explanation))
                details {
                    summary { (frame.text("alert.by_the_model")) " " small { (assessed_words(week, frame.lang)) } }
                    (reasons::bars(frame, &week.reasons, week.intercept))
                    @if let Some(opened) = &view.opened {
                        (reasons::compare(frame, &opened.reasons, &week.reasons))
                        @if opened.model != week.model { p.hint { (frame.rich("alert.model_at_opening", &[("model", speaker(frame, &opened.model))])) } }
                    }
                    p.hint { (speaker(frame, &week.model)) " · " (frame.rich("model.assessed_at", &[("time", frame.time(week.at))]))
                        @if week.risk.calibrated {
                            " · " (frame.fill("alert.without_the_model", &[("share", &format::percent(week.baseline_ppm, frame.lang))]))
                        }
                    }
                }
            }
        }
    }
}

/// Who says what of each incident. Of many those beyond the first are a tap away, but for what waits for somebody.
fn all_claims(frame: &Frame, claims: &[IncidentClaims]) -> Markup {
    let waits = |claims: &IncidentClaims| {
        let requests = [&claims.awas_request, &claims.take_back_request];
        claims.check.is_some() || requests.iter().any(|request| request.is_some())
    };
    let numbered = claims.iter().enumerate();
    let (open, further): (Vec<_>, Vec<_>) =
        numbered.partition(|(number, claims)| *number < FIRST_INCIDENTS || waits(claims));
    let of = |claims: &IncidentClaims| {
        html! {
            div.claims {
                h3 { (frame.rich("alert.claims_of", &[("time", frame.occurrence(claims.occurred_at))])) }
                (claims_of(frame, claims))
            }
        }
    };
    html! {
        @for (_, claims) in open { (of(claims)) }
        @if !further.is_empty() {
            details {
                summary { (frame.lang.count("alert.more_incidents", further.len())) }
                @for (_, claims) in further { (of(claims)) }
            }
        }
    }
}

fn acts(frame: &Frame, view: &AlertView, typed: Option<&TypedAct>) -> Markup {
    let elsewhere = [PersonAct::SendAgain, PersonAct::CancelRequest];
    html! {
        @if PersonAct::ALL.iter().any(|act| !elsewhere.contains(act) && offers(frame, view, *act)) {
            section.block aria-labelledby="h-tindakan" {
                h2 #h-tindakan { (frame.text("alert.actions")) }
                @if let Some(name) = &view.unnotified_assignee {
                    p.note { (frame.fill("alert.assignee_not_notified", &[("name", name)])) }
                }
                div.moves {
                    @if offers(frame, view, PersonAct::Acknowledge) {
                        form.act method="post" action={ "/peringatan/" (view.alert.id) "/ketahui" } {
                            (version(view))
                            button.primary type="submit" { (frame.text("alert.acknowledge")) }
                        }
                    }
                    @if offers(frame, view, PersonAct::Respond) {
                        form.act method="post" action={ "/peringatan/" (view.alert.id) "/tangani" } {
                            (version(view))
                            button type="submit" { (frame.text("alert.respond")) }
                        }
                    }
                    (direct_acts(frame, view, typed))
                }
            }
        }
    }
}

/// Whether this viewer may do this with the alert as it stands.
fn offers(frame: &Frame, view: &AlertView, act: PersonAct) -> bool {
    frame.viewer.as_ref().is_some_and(|viewer| view.alert.allows(act) && viewer.may(right_for(act)))
}

fn direct_acts(frame: &Frame, view: &AlertView, typed: Option<&TypedAct>) -> Markup {
    let typed_in = |act: &str| typed.and_then(|typed| typed.of(act));
    let (assign, resolve, withdraw) = (typed_in("tugaskan"), typed_in("selesai"), typed_in("tarik"));
    html! {
        @if offers(frame, view, PersonAct::Assign) {
            details open[assign.is_some()] {
                summary { (frame.text("alert.assign")) }
                form.act method="post" action={ "/peringatan/" (view.alert.id) "/tugaskan" } {
                    (version(view))
                    label for="kepada" { (frame.text("alert.to")) }
                    input id="kepada" name="to" type="text" list="tim" required maxlength="80" autocomplete="off" value=[assign.map(|typed| &typed.to)];
                    datalist id="tim" { @for name in &view.team { option value=(name) {} } }
                    (note(frame, "catatan-tugas", assign, false))
                    button type="submit" { (frame.text("alert.assign")) }
                }
            }
        }
        (ending::acts(frame, view, [resolve, withdraw]))
    }
}

fn version(view: &AlertView) -> Markup {
    html! { input type="hidden" name="version" value=(view.version); }
}

fn note(frame: &Frame, id: &str, typed: Option<&TypedAct>, required: bool) -> Markup {
    html! {
        label for=(id) { @if required { (frame.text("alert.reason_required")) } @else { (frame.text("alert.note_may_be_empty")) } }
        textarea id=(id) name="reason" rows="2" maxlength="500" required[required] { (typed.map_or("", |typed| typed.reason.as_str())) }
        @if typed.is_some_and(|typed| typed.screened) {
            label.tick { input type="checkbox" name="keep" value="yes"; span { (frame.text("entry.keep_as_it_is")) } }
        }
    }
}

fn not_done(frame: &Frame, view: &AlertView, refused: &RefusedAct) -> Markup {
    let newer: Vec<&HistoryLine> = view.history.iter().filter(|entry| entry.version > refused.seen).collect();
    html! {
        section.note.bad role="alert" aria-labelledby="h-berubah" {
            h2 #h-berubah { (frame.text("alert.not_done")) }
            p { (refused.words) }
            @if !newer.is_empty() {
                p { (frame.text("alert.what_changed")) }
                ol { @for entry in newer { li { (line(frame, entry)) } } }
            }
            p { (frame.text("alert.look_and_decide_again")) }
        }
    }
}

fn history(frame: &Frame, view: &AlertView) -> Markup {
    html! {
        section.block aria-labelledby="h-riwayat" {
            h2 #h-riwayat { (frame.text("alert.history")) }
            p.hint { (frame.text("alert.history_times")) }
            ol.history reversed { @for entry in view.history.iter().rev() { li { (line(frame, entry)) } } }
        }
    }
}

fn line(frame: &Frame, entry: &HistoryLine) -> Markup {
    html! {
        (frame.time(entry.at)) ": " strong { (act_word(frame.lang, &entry.act)) }
        @if let Some(level) = entry.level { " " (level::chip(level, frame.lang)) }
        " · " @if let Some(role) = &entry.role { (role) " (" (entry.actor) ")" } @else { (entry.actor) }
        @if !entry.reason.is_empty() { " · " (entry.reason) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::effect::Verdict;
    use domain::kind::CheckReason;
    use domain::time::HOUR;
    use views::Lang;
    use views::claims::ExtentView;

    #[test]
    fn of_many_incidents_the_first_and_those_that_wait_for_somebody_are_open() {
        let extent = ExtentView { severity: 1, dead: 0, injured: 0, displaced: 0 };
        let incident = |hour: i64, check| IncidentClaims {
            incident: format!("kejadian-{hour}"),
            occurred_at: Time(hour * HOUR),
            doubtful: false,
            speakers: Vec::new(),
            attested: extent,
            counted_severity: 1,
            verdict: Verdict::Unverified,
            denials: 0,
            check,
            awas_request: None,
            take_back_request: None,
        };
        let frame = Frame::bare(Lang::Id);
        let shown = |check: [Option<CheckReason>; 5]| {
            let claims: Vec<IncidentClaims> =
                (1..).zip(check).map(|(hour, check)| incident(hour, check)).collect();
            all_claims(&frame, &claims).into_string()
        };
        let count = |text: &str| text.matches("class=\"claims\"").count();
        let text = shown([None; 5]);
        let (open, further) = text.split_once("<details>").expect("two are a tap away");
        assert_eq!((count(open), count(further)), (3, 2));
        assert!(further.contains("2 kejadian lain"), "{further}");
        let text = shown([None, None, None, None, Some(CheckReason::Community)]);
        let (open, further) = text.split_once("<details>").expect("one is a tap away");
        assert_eq!((count(open), count(further)), (4, 1));
        assert!(!all_claims(&frame, &[incident(1, None)]).into_string().contains("details"));
    }
}
