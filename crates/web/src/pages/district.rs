//! Kecamatan: the list, and one district's page with its history drawn.

use super::alerts::queue;
use super::chart;
use super::model::speaker;
use super::reasons;
use super::shell::{Frame, NavEntry, document};
use crate::pages::level;
use domain::kind::{Horizon, Level};
use maud::{Markup, html};
use views::chart::WeekCount;
use views::district::{DistrictView, DistrictsView, IncidentHistory, KindHistory};
use views::feeds::QuietFeeds;
use views::picture::assessed_words;
use views::range::basis_words;
use views::{Right, format};

pub fn list(frame: &Frame, view: &DistrictsView) -> Markup {
    let content = html! {
        p.lead { (frame.text("district.lead")) }
        ul.districts { @for row in &view.rows {
            li {
                a href={ "/kecamatan/" (row.code) } {
                    strong { (row.name) } " " span.num.code { (row.code) }
                    span.districts-level { (level::chip_answered(row.highest(), row.answered(None), frame.lang)) }
                }
            }
        } }
    };
    document(frame, NavEntry::Districts, frame.text("label.districts"), content)
}

pub fn page(frame: &Frame, view: &DistrictView) -> Markup {
    let content = html! {
        (facts(frame, view))
        @if !view.alerts.is_empty() {
            section.block aria-labelledby="h-antrean" {
                h2 #h-antrean { (frame.text("district.alerts_here")) }
                (queue(frame, &view.alerts, None))
            }
        }
        @for kind in &view.kinds { (kind_section(frame, view, kind)) }
        section.block aria-labelledby="h-kabar" {
            h2 #h-kabar { (frame.text("district.reports_by_class")) }
            @if view.ticks.is_empty() {
                p.empty { (frame.text("district.no_reports")) }
            } @else { (chart::ticks(frame, &view.days, &view.ticks)) }
        }
        (latest(frame, view))
        (neighbours(frame, view))
    };
    document(frame, NavEntry::Districts, &view.name, content)
}

fn facts(frame: &Frame, view: &DistrictView) -> Markup {
    html! {
        p.lead {
            (frame.lang.word("rank", &view.rank)) " " span.num { (view.code) }
            @if view.villages > 0 { " · " (frame.count("district.villages", view.villages)) }
            @if let Some(people) = view.population { " · " (frame.count("district.people", people as usize)) }
            @if let Some(ppm) = view.completeness_ppm { " · " (frame.fill("district.completeness", &[("share", &format::percent(ppm, frame.lang))])) }
        }
        @if let Some((key, kinds)) = view.without_data(frame.lang) {
            p.note {
                @match view.heard_last {
                    Some(day) => { (frame.rich("district.last_report", &[("day", frame.day(day))])) }
                    None => { (frame.text("district.no_report_in_90_days")) }
                }
                " " (frame.rich(key, &[("kinds", html! { (kinds) })]))
            }
        }
        (unheard(frame, &view.quiet))
    }
}

/// The feeds that should report of this place and do not.
fn unheard(frame: &Frame, quiet: &QuietFeeds) -> Markup {
    html! {
        @if !quiet.is_empty() {
            p.note {
                @if !quiet.silent.is_empty() { (frame.fill("district.silent_feeds", &[("names", &quiet.silent.join(", "))])) " " }
                @if !quiet.never.is_empty() {
                    (frame.fill("district.never_reported", &[("names", &quiet.never.join(", "))])) " "
                }
                (frame.text("district.one_sided"))
            }
        }
    }
}

fn kind_section(frame: &Frame, view: &DistrictView, kind: &KindHistory) -> Markup {
    let name = format!("{}, {}", frame.lang.word("kind", kind.kind), view.name);
    html! {
        section.block id=(kind.kind) aria-labelledby={ "h-" (kind.kind) } {
            h2 id={ "h-" (kind.kind) } { (level::kind(kind.kind, frame.lang)) " " (level::chip(kind.level, frame.lang)) " " small.internal { (frame.text("label.internal")) } }
            @if let Some(own) = &kind.answered {
                p.note { (frame.rich(own.key_here(), &[
                    ("alert", html! { a href={ "/peringatan/" (own.alert) } { (own.alert) } }),
                    ("place", html! { (own.place) }),
                    ("time", frame.brief(own.ended_at)),
                    ("level", html! { (frame.lang.word("level", own.level)) }),
                ])) }
            }
            p { @match &kind.week {
                None => { (frame.text("district.no_assessment")) }
                Some(_) if kind.level == Level::NoData => { (frame.text("district.too_little_to_assess")) }
                Some(_) => { (risk_line(frame, kind)) }
            } }
            @if let Some(week) = &kind.week { (reasons::sentences(&week.explanation)) }
            (found(frame, kind))
            @match &kind.history {
                IncidentHistory::Weekly(counts) => { (weeks(frame, counts)) }
                IncidentHistory::Daily(series) => {
                    (chart::history(frame, &view.days, series, &name))
                    (chart::table(frame, &view.days, series, &view.ticks))
                }
            }
            @if let Some(week) = &kind.week {
                details {
                    summary { (frame.text("district.why")) }
                    (reasons::bars(frame, &week.reasons, week.intercept))
                    p.hint { (speaker(frame, &week.model)) " · " (frame.rich("model.assessed_at", &[("time", frame.time(week.at))])) }
                }
            }
        }
    }
}

/// Reported and patrol-found apart: where more patrols go, more is found, and that must not feed itself.
fn found(frame: &Frame, kind: &KindHistory) -> Markup {
    html! {
        p.hint {
            (frame.fill("district.found", &[("reported", &kind.found.reported), ("patrol", &kind.found.by_patrols)]))
        }
    }
}

/// "7 hari: 34 %, biasanya 6 % · 30 hari: …", or that the model is not calibrated here.
fn risk_line(frame: &Frame, kind: &KindHistory) -> Markup {
    html! {
        @for assessment in kind.week.iter().chain(&kind.month) {
            @if assessment.horizon == Horizon::Month { " · " }
            (frame.lang.word("horizon", assessment.horizon)) ": "
            strong.num { (assessed_words(assessment, frame.lang)) }
        }
        @if let Some(range) = kind.week.as_ref().and_then(|week| week.range) {
            span.hint { " " (basis_words(&range, frame.zone(), frame.lang)) }
        }
    }
}

/// The history of those who see aggregates only: whole weeks, small counts as bands.
fn weeks(frame: &Frame, counts: &[WeekCount]) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(frame.text("district.incidents_a_week")) {
            table {
                thead { tr { th scope="col" { (frame.text("district.week_from")) } th.num scope="col" { (frame.text("label.incidents")) } } }
                tbody { @for count in counts {
                    tr {
                        th scope="row" { (format::date(count.from, frame.zone(), frame.lang)) }
                        td.num { (count.incidents) }
                    }
                } }
            }
        }
    }
}

fn latest(frame: &Frame, view: &DistrictView) -> Markup {
    html! {
        @if frame.may(Right::SeeReports) {
            section.block aria-labelledby="h-laporan" {
                h2 #h-laporan { (frame.text("district.latest_reports")) }
                (super::reports::rows(frame, &view.reports))
                p { a href={ "/laporan?kecamatan=" (view.code) } { (frame.text("district.all_reports")) } }
            }
        }
    }
}

fn neighbours(frame: &Frame, view: &DistrictView) -> Markup {
    html! {
        @if !view.neighbours.is_empty() {
            section.block aria-labelledby="h-tetangga" {
                h2 #h-tetangga { (frame.text("district.neighbours")) }
                ul.districts { @for row in &view.neighbours {
                    li { a href={ "/kecamatan/" (row.code) } { strong { (row.name) } span.districts-level { (level::chip_answered(row.highest(), row.answered(None), frame.lang)) } } }
                } }
            }
        }
    }
}
