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
        p.lead { (frame.say("Pilih kecamatan untuk melihat riwayat, sebab, dan laporannya.", "Choose a district to see its history, reasons and reports.")) }
        ul.districts { @for row in &view.rows {
            li {
                a href={ "/kecamatan/" (row.code) } {
                    strong { (row.name) } " " span.num.code { (row.code) }
                    span.districts-level { (level::chip(row.highest(), frame.lang)) }
                }
            }
        } }
    };
    document(frame, Place::Districts, frame.say("Kecamatan", "Districts"), content)
}

pub fn page(frame: &Frame, view: &DistrictView) -> Markup {
    let content = html! {
        (facts(frame, view))
        @if !view.alerts.is_empty() {
            section.block aria-labelledby="h-antrean" {
                h2 #h-antrean { (frame.say("Peringatan di sini", "Alerts here")) }
                (queue(frame, &view.alerts, None))
            }
        }
        @for kind in &view.kinds { (kind_section(frame, view, kind)) }
        section.block aria-labelledby="h-kabar" {
            h2 #h-kabar { (frame.say("Kabar per kelas umpan", "Word by class of feed")) }
            @if view.ticks.is_empty() {
                p.empty { (frame.say("Tidak ada laporan dari sini dalam 90 hari terakhir. Itu tidak ada data, bukan aman.", "No report from here in the last 90 days. That is no data, not safety.")) }
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
            @if view.villages > 0 { " · " (view.villages) (frame.say(" desa/kelurahan", " villages")) }
            @if let Some(people) = view.population { " · " (format::number(i64::from(people), frame.lang)) (frame.say(" jiwa", " people")) }
            @if let Some(ppm) = view.completeness_ppm { " · " (frame.say("kelengkapan ", "completeness ")) (format::percent(ppm, frame.lang)) }
        }
        @if view.kinds.iter().any(|kind| kind.level == Level::NoData) {
            p.note {
                @match view.heard_last {
                    Some(day) => { (frame.say("Kabar terakhir ", "Last word ")) (frame.day(day)) ". " }
                    None => { (frame.say("Tidak ada kabar dari sini dalam 90 hari terakhir. ", "No word from here in the last 90 days. ")) }
                }
                (frame.say("Daerah ini ", "This place has ")) strong { (frame.say("tidak ada data", "no data")) }
                (frame.say(", bukan aman. Hubungi: kades, babinsa.", "; it is not known to be safe. Call: village head, babinsa."))
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
                @if !quiet.silent.is_empty() { (frame.say("Umpan diam: ", "Silent feeds: ")) (names(&quiet.silent)) ". " }
                @if !quiet.never.is_empty() {
                    (frame.say("Terdaftar tetapi belum pernah terdengar: ", "Registered but never heard: ")) (names(&quiet.never)) ". "
                }
                (frame.say("Gambaran di sini bisa berat sebelah.", "The picture here may be one-sided."))
            }
        }
    }
}

fn kind_section(frame: &Frame, view: &DistrictView, kind: &KindHistory) -> Markup {
    let leader = frame.viewer.as_ref().is_some_and(|viewer| viewer.role == Role::Leader);
    let told = format!("{}, {}", frame.lang.word("kind", kind.kind), view.name);
    html! {
        section.block id=(kind.kind) aria-labelledby={ "h-" (kind.kind) } {
            h2 id={ "h-" (kind.kind) } { (level::kind(kind.kind, frame.lang)) " " (level::chip(kind.level, frame.lang)) " " small.internal { (frame.say("internal", "internal")) } }
            p { @match &kind.week {
                None => { (frame.say("Belum ada penilaian.", "No assessment yet.")) }
                Some(_) if kind.level == Level::NoData => { (frame.say("Kabar terlalu sedikit untuk dinilai.", "Too little word to assess.")) }
                Some(_) => { (risk_line(frame, kind)) }
            } }
            (found(frame, kind, leader))
            @if leader { (weeks(frame, view, kind)) } @else {
                (chart::history(frame, &view.days, &kind.series, &told))
                (chart::table(frame, &view.days, &kind.series, &view.ticks))
            }
            @if let Some(week) = &kind.week {
                details {
                    summary { (frame.say("Mengapa: sebab menurut model", "Why: reasons by the model")) }
                    (why::bars(frame, &reasons::lines(frame.lang, &week.features, &week.contributions, leader), week.contributions.intercept, &kind.reports))
                    p.hint { (speaker(frame, &week.model)) " · " (frame.say("dinilai ", "assessed ")) (frame.time(week.at)) }
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
            (frame.say("90 hari: ", "90 days: ")) (figure(reported)) (frame.say(" kejadian dilaporkan, ", " incidents reported, "))
            (figure(patrol)) (frame.say(" hanya ditemukan patroli (tidak dihitung model)", " found by patrols alone (no input of the model)")) "."
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
        div.scroll tabindex="0" role="region" aria-label=(frame.say("Kejadian per minggu", "Incidents a week")) {
            table {
                thead { tr { th scope="col" { (frame.say("Minggu mulai", "Week from")) } th scope="col" { (frame.say("Kejadian", "Incidents")) } } }
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
                h2 #h-laporan { (frame.say("Laporan terakhir", "Latest reports")) }
                (super::reports::rows(frame, &view.reports))
                p { a href={ "/laporan?kecamatan=" (view.code) } { (frame.say("Semua laporan dari sini", "All reports from here")) } }
            }
        }
    }
}

fn neighbours(frame: &Frame, view: &DistrictView) -> Markup {
    html! {
        @if !view.neighbours.is_empty() {
            section.block aria-labelledby="h-tetangga" {
                h2 #h-tetangga { (frame.say("Tetangga", "Neighbours")) }
                ul.districts { @for row in &view.neighbours {
                    li { a href={ "/kecamatan/" (row.code) } { strong { (row.name) } span.districts-level { (level::chip(row.highest(), frame.lang)) } } }
                } }
            }
        }
    }
}
