//! Kecamatan: the list, and one district's page with its history drawn.

use super::alerts::queue;
use super::chart;
use super::model::speaker;
use super::shell::{Frame, Place, document};
use super::why;
use crate::pages::level;
use domain::kind::{FeedClass, Horizon, Level};
use maud::{Markup, html};
use views::district::{DistrictView, DistrictsView, KindHistory};
use views::feeds::QuietFeeds;
use views::picture::risk_words;
use views::{Right, Role, format, reasons};

pub fn list(frame: &Frame, view: &DistrictsView) -> Markup {
    let content = html! {
        p.lead { (frame.text("district.lead")) }
        ul.districts { @for row in &view.rows {
            li {
                a href={ "/kecamatan/" (row.code) } {
                    strong { (row.name) } " " span.num.code { (row.code) }
                    span.districts-level { (level::chip(row.highest(), frame.lang)) }
                }
            }
        } }
    };
    document(frame, Place::Districts, frame.text("label.districts"), content)
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
    document(frame, Place::Districts, &view.name, content)
}

fn facts(frame: &Frame, view: &DistrictView) -> Markup {
    html! {
        p.lead {
            (frame.lang.word("rank", &view.rank)) " " span.num { (view.code) }
            @if view.villages > 0 { " · " (frame.count("district.villages", view.villages)) }
            @if let Some(people) = view.population { " · " (frame.count("district.people", people as usize)) }
            @if let Some(ppm) = view.completeness_ppm { " · " (frame.fill("district.completeness", &[("share", &format::percent(ppm, frame.lang))])) }
        }
        @if view.kinds.iter().any(|kind| kind.level == Level::NoData) {
            p.note {
                @match view.heard_last {
                    Some(day) => { (frame.rich("district.last_word", &[("day", frame.day(day))])) }
                    None => { (frame.text("district.no_word_in_90_days")) }
                }
                " " (frame.rich("district.no_data", &[]))
            }
        }
        (unheard(frame, &view.quiet))
    }
}

/// The feeds that should speak of this place and do not; by class for those who see aggregates only.
fn unheard(frame: &Frame, quiet: &QuietFeeds) -> Markup {
    let names = |feeds: &[(String, FeedClass)]| {
        let own = feeds.iter().map(|(name, class)| match frame.may(Right::SeeReports) {
            true => name.clone(),
            false => frame.lang.word("class", class).to_string(),
        });
        own.collect::<Vec<_>>().join(", ")
    };
    html! {
        @if !quiet.is_empty() {
            p.note {
                @if !quiet.silent.is_empty() { (frame.fill("district.silent_feeds", &[("names", &names(&quiet.silent))])) " " }
                @if !quiet.never.is_empty() {
                    (frame.fill("district.never_heard", &[("names", &names(&quiet.never))])) " "
                }
                (frame.text("district.one_sided"))
            }
        }
    }
}

fn kind_section(frame: &Frame, view: &DistrictView, kind: &KindHistory) -> Markup {
    let leader = frame.viewer.as_ref().is_some_and(|viewer| viewer.role == Role::Leader);
    let told = format!("{}, {}", frame.lang.word("kind", kind.kind), view.name);
    html! {
        section.block id=(kind.kind) aria-labelledby={ "h-" (kind.kind) } {
            h2 id={ "h-" (kind.kind) } { (level::kind(kind.kind, frame.lang)) " " (level::chip(kind.level, frame.lang)) " " small.internal { (frame.text("label.internal")) } }
            p { @match &kind.week {
                None => { (frame.text("district.no_assessment")) }
                Some(_) if kind.level == Level::NoData => { (frame.text("district.too_little_to_assess")) }
                Some(_) => { (risk_line(frame, kind)) }
            } }
            (found(frame, kind, leader))
            @if leader { (weeks(frame, view, kind)) } @else {
                (chart::history(frame, &view.days, &kind.series, &told))
                (chart::table(frame, &view.days, &kind.series, &view.ticks))
            }
            @if let Some(week) = &kind.week {
                details {
                    summary { (frame.text("district.why")) }
                    (why::bars(frame, &reasons::lines(frame.lang, &week.features, &week.contributions, leader), week.contributions.intercept, &kind.reports))
                    p.hint { (speaker(frame, &week.model)) " · " (frame.rich("model.assessed_at", &[("time", frame.time(week.at))])) }
                }
            }
        }
    }
}

/// Reported and patrol-found apart: where more patrols go, more is found, and that must not feed itself.
fn found(frame: &Frame, kind: &KindHistory, leader: bool) -> Markup {
    let figure = |count: u32| match leader {
        true => format::coarse(count, frame.lang),
        false => format::number(i64::from(count), frame.lang),
    };
    let (reported, patrol) = kind.found;
    html! {
        p.hint {
            (frame.fill("district.found", &[("reported", &figure(reported)), ("patrol", &figure(patrol))]))
        }
    }
}

/// "7 hari: 34 %, biasanya 6 % · 30 hari: …", or that the model is not calibrated here.
fn risk_line(frame: &Frame, kind: &KindHistory) -> Markup {
    html! {
        @for told in kind.week.iter().chain(&kind.month) {
            @if told.horizon == Horizon::Month { " · " }
            (frame.lang.word("horizon", told.horizon)) ": "
            strong.num { (risk_words(Some(told.risk), frame.lang)) }
        }
    }
}

/// A leader's history: whole weeks, small counts as bands.
fn weeks(frame: &Frame, view: &DistrictView, kind: &KindHistory) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(frame.text("district.incidents_a_week")) {
            table {
                thead { tr { th scope="col" { (frame.text("district.week_from")) } th scope="col" { (frame.text("label.incidents")) } } }
                tbody { @for (index, days) in kind.series.incidents.chunks(7).enumerate().rev() {
                    @let total: u32 = days.iter().flatten().sum();
                    tr {
                        th scope="row" { (format::date(view.days.from.plus(index as i64 * 7 * domain::time::DAY), frame.zone(), frame.lang)) }
                        td.num { (format::coarse(total, frame.lang)) }
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
                    li { a href={ "/kecamatan/" (row.code) } { strong { (row.name) } span.districts-level { (level::chip(row.highest(), frame.lang)) } } }
                } }
            }
        }
    }
}
