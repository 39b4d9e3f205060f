//! Ringkasan: the alert queue's top, the map and the matrix on the first screen.

use super::alerts::queue;
use super::shell::{Frame, NavEntry, document};
use crate::map::draw::{MapArea, map};
use crate::map::shapes::Shapes;
use crate::pages::level;
use domain::kind::{Kind, Level};
use maud::{Markup, html};
use views::format;
use views::overview::{NotAgreed, OverviewView, SilentDistrict};
use views::picture::{MatrixCell, MatrixRow, risk_words};

pub fn page(frame: &Frame, view: &OverviewView, shapes: &Shapes) -> Markup {
    let title = frame.text("label.overview");
    let content = html! {
        (super::messages::banner(frame, &view.unnotified, &view.late_messages))
        (super::ledger::drifted(frame, &view.drift))
        section.block id="antrean" data-live="antrean" aria-labelledby="h-antrean" {
            h2 #h-antrean { (frame.text("overview.queue")) }
            (queue(frame, &view.alerts, view.last_check))
            @if view.more > 0 {
                p { a href="/peringatan" { (frame.count("overview.more_alerts", view.more)) } }
            }
            (super::chains::block(frame, &view.chains))
        }
        (to_check(frame, view))
        div.pair id="gambaran" data-live="gambaran" {
            section aria-labelledby="h-peta" {
                h2 #h-peta { (frame.text("overview.map")) " " small.internal { (frame.text("overview.internal_level")) } }
                (tabs(frame, view.kind))
                (answered(frame, &view.rows))
                (map_or_words(frame, view, shapes))
                (legend(frame))
            }
            section aria-labelledby="h-matriks" {
                h2 #h-matriks { (frame.text("overview.matrix")) " " small.internal { (frame.text("overview.next_7_days")) } }
                (matrix(frame, &view.rows))
            }
        }
        (silent(frame, &view.silent))
        p.reload { a href="/" { (frame.text("label.reload")) } }
    };
    document(frame, NavEntry::Overview, title, content)
}

fn tabs(frame: &Frame, shown: Option<Kind>) -> Markup {
    html! {
        ul.tabs aria-label=(frame.text("overview.kind_on_the_map")) {
            li { a href="/" aria-current=[shown.is_none().then_some("true")] { (frame.text("overview.all")) } }
            @for kind in Kind::ALL {
                li {
                    a href={ "/?jenis=" (kind) } aria-current=[(shown == Some(*kind)).then_some("true")] {
                        (level::kind_icon(*kind)) " " (views::level::kind_short(*kind, frame.lang))
                    }
                }
            }
        }
    }
}

fn map_or_words(frame: &Frame, view: &OverviewView, shapes: &Shapes) -> Markup {
    let areas: Vec<MapArea> = view.rows.iter().map(|row| area(frame, row, view.kind)).collect();
    let undrawn: Vec<&MatrixRow> = view.rows.iter().filter(|row| shapes.of(row.code).is_empty()).collect();
    html! {
        @match map(&areas, shapes, frame.lang) {
            Some(svg) => {
                figure {
                    (svg)
                    @if shapes.is_approximate(view.regency) {
                        figcaption { (frame.text("overview.approximate")) }
                    }
                    @if !undrawn.is_empty() {
                        figcaption {
                            (frame.rich("overview.not_on_the_map", &[])) " "
                            @for (index, row) in undrawn.iter().enumerate() {
                                @if index > 0 { ", " }
                                a href={ "/kecamatan/" (row.code) } { (row.name) } " (" (views::level::word(row.shown(view.kind), frame.lang)) (answered_mark(frame, row, view.kind)) ")"
                            }
                            "."
                        }
                    }
                }
            }
            None => { p { (frame.text("overview.no_map")) } }
        }
        details {
            summary { (frame.text("overview.map_table")) }
            table {
                thead { tr { th scope="col" { (frame.text("label.district")) } th scope="col" { (frame.text("overview.level")) } } }
                tbody { @for row in &view.rows {
                    tr { th scope="row" { a href={ "/kecamatan/" (row.code) } { (row.name) } } td { (level::chip_answered(row.shown(view.kind), row.answered(view.kind), frame.lang)) } }
                } }
            }
        }
    }
}

fn area(frame: &Frame, row: &MatrixRow, kind: Option<Kind>) -> MapArea {
    let level = row.shown(kind);
    let thin = row.thin_ppm(kind).filter(|_| level != Level::NoData);
    let thin = thin.map_or_else(String::new, |ppm| format!(", {}", thin_words(frame, ppm)));
    MapArea {
        code: row.code,
        name: row.name.clone(),
        level,
        label: format!(
            "{}: {}{}{thin}",
            row.name,
            views::level::word(level, frame.lang),
            answered_mark(frame, row, kind)
        ),
        href: format!("/kecamatan/{}", row.code),
    }
}

/// ", peringatan sudah diakhiri" beside a level in words.
fn answered_mark(frame: &Frame, row: &MatrixRow, kind: Option<Kind>) -> String {
    let mark = || format!(", {}", frame.text("answered.mark"));
    row.answered(kind).map_or_else(String::new, |_| mark())
}

/// Once for map and matrix: which levels stand only by what somebody answered when they ended the alert.
fn answered(frame: &Frame, rows: &[MatrixRow]) -> Markup {
    let cells = rows.iter().flat_map(|row| &row.cells);
    html! {
        @for own in cells.filter_map(|cell| cell.answered.as_ref()) {
            p.note { (frame.rich("answered.on_the_map", &[
                ("alert", html! { a href={ "/peringatan/" (own.alert) } { (own.alert) } }),
                ("kind", html! { (frame.lang.word("kind", own.kind)) }),
                ("place", html! { (own.place) }),
                ("time", frame.brief(own.ended_at)),
                ("level", html! { (frame.lang.word("level", own.level)) }),
            ])) }
        }
    }
}

pub fn legend(frame: &Frame) -> Markup {
    html! {
        ul.legend aria-label=(frame.text("label.levels")) {
            @for level in Level::ALL { li { (level::chip(*level, frame.lang)) } }
        }
    }
}

fn matrix(frame: &Frame, rows: &[MatrixRow]) -> Markup {
    let uncalibrated =
        rows.iter().flat_map(|row| &row.cells).any(|cell| cell.risk.is_some_and(|risk| !risk.calibrated));
    html! {
        @if uncalibrated {
            p.hint { (frame.text("overview.transferred")) }
        }
        div.scroll tabindex="0" role="region" aria-label=(frame.text("overview.matrix_table")) {
            table.matrix {
                thead { tr {
                    th scope="col" { (frame.text("label.district")) }
                    @for kind in Kind::ALL { th scope="col" { (level::kind_icon(*kind)) " " (views::level::kind_short(*kind, frame.lang)) } }
                } }
                tbody { @for row in rows {
                    tr {
                        th scope="row" { a href={ "/kecamatan/" (row.code) } { (row.name) } }
                        @for (cell, kind) in row.cells.iter().zip(Kind::ALL) { (matrix_cell(frame, row, cell, *kind)) }
                    }
                } }
            }
        }
    }
}

fn matrix_cell(frame: &Frame, row: &MatrixRow, cell: &MatrixCell, kind: Kind) -> Markup {
    html! {
        td class={ "cell " (level::class(cell.level)) } {
            a href={ "/kecamatan/" (row.code) "#" (kind) } {
                span.mark aria-hidden="true" { (views::level::mark(cell.level)) } " " (views::level::word(cell.level, frame.lang))
                @if cell.level != Level::NoData {
                    span.risk { (risk_words(cell.risk, frame.lang)) }
                    @if cell.answered.is_some() { span.risk { (frame.text("answered.mark")) } }
                    @if let Some(ppm) = cell.thin_ppm { span.risk { strong { (thin_words(frame, ppm)) } } }
                }
            }
        }
    }
}

/// "baru 33 % sumber melapor": what is low may be low because nobody reports.
fn thin_words(frame: &Frame, ppm: u32) -> String {
    frame.fill("overview.few_sources", &[("share", &format::percent(ppm, frame.lang))])
}

/// What nobody but a person can settle: what cannot be judged or only the community says, and reports that deny or end
/// something, and nobody knows what.
fn to_check(frame: &Frame, view: &OverviewView) -> Markup {
    html! {
        @let is_empty = view.to_check.is_empty() && view.ends_asked.is_empty() && view.not_agreed.is_empty();
        @if !is_empty || !view.lapsed.is_empty() {
            section.block id="periksa" data-live="periksa" aria-labelledby="h-periksa" {
                h2 #h-periksa { (frame.text("overview.to_check")) }
                p.hint { (frame.text("overview.to_check_hint")) }
                @if !view.ends_asked.is_empty() {
                    ul.plain { @for alert in &view.ends_asked {
                        li {
                            a href={ "/peringatan/" (alert.id) } { (views::level::word(alert.level, frame.lang)) " " (alert.place) " (" (alert.id) ")" }
                            ": " (frame.lang.word("alert_mark", "withdrawal_waits"))
                            @for answer in view.not_agreed.iter().filter(|answer| answer.to_end && answer.alert == alert.id) {
                                br; strong { (answer.words) }
                            }
                        }
                    } }
                }
                @let records: Vec<&NotAgreed> = view.not_agreed.iter().filter(|answer| !answer.to_end).collect();
                @if !records.is_empty() {
                    ul.plain { @for answer in records {
                        li {
                            a href={ "/peringatan/" (answer.alert) } { (answer.about) " (" (answer.alert) ")" }
                            ": " strong { (answer.words) }
                        }
                    } }
                }
                @if !view.lapsed.is_empty() {
                    ul.plain { @for request in &view.lapsed {
                        li { a href={ "/peringatan/" (request.alert) } { (request.about) " (" (request.alert) ")" } ": " (request.words) }
                    } }
                }
                @if !view.to_check.is_empty() { (super::reports::rows(frame, &view.to_check)) }
                @if view.more_to_check {
                    p { strong { (frame.text("overview.more_to_check")) } " "
                        a href=(super::reports::requests_address(view.regency)) { (frame.text("overview.all_requests")) } }
                }
            }
        }
    }
}

fn silent(frame: &Frame, silent: &[SilentDistrict]) -> Markup {
    html! {
        @if !silent.is_empty() {
            section.block aria-labelledby="h-senyap" {
                h2 #h-senyap { (frame.text("overview.no_reports")) }
                ul.plain { @for district in silent {
                    li {
                        @let name = html! { a href={ "/kecamatan/" (district.code) } { (district.name) } };
                        @match district.since {
                            Some(since) => { (frame.rich("overview.no_reports_since", &[("place", name), ("time", frame.brief(since)), ("ago", html! { (frame.ago(since)) })])) }
                            None => { (frame.rich("overview.no_reports_from", &[("place", name)])) }
                        }
                        " " (frame.rich("overview.not_known_to_be_safe", &[])) " "
                        a href="/umpan" { (frame.text("overview.whom_to_call")) } "."
                    }
                } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::place::Code;
    use scoring::ledger::DriftFindings;
    use std::collections::BTreeMap;
    use views::Lang;

    #[test]
    fn what_the_map_leaves_out_and_what_rests_on_little_is_said() {
        let frame = Frame::bare(Lang::Id);
        let row = |code: u32, name: &str, thin_ppm| {
            let cell = |kind| MatrixCell { kind, level: Level::Low, thin_ppm, risk: None, answered: None };
            MatrixRow {
                code: Code(code),
                name: name.into(),
                cells: [Kind::ResidentCompany, Kind::ResidentResident, Kind::Disaster].map(cell),
            }
        };
        let view = OverviewView {
            late_messages: vec![],
            unnotified: vec![],
            alerts: vec![],
            ends_asked: vec![],
            not_agreed: vec![],
            lapsed: vec![],
            to_check: vec![],
            more_to_check: false,
            more: 0,
            chains: vec![],
            last_check: None,
            rows: vec![row(161301, "Rupit", Some(330_000)), row(161302, "Rawas Ulu", None)],
            kind: None,
            regency: Code(161300),
            silent: vec![],
            drift: DriftFindings::default(),
        };
        let ring = vec![vec![(102.0, -2.0), (103.0, -2.0), (103.0, -3.0)]];
        let shapes =
            Shapes::new(BTreeMap::from([(Code(161301), vec![ring])]), &domain::place::Places::default());
        let text = page(&frame, &view, &shapes).into_string();
        let (_, left_out) = text.split_once("Tidak ada di peta").expect("a caption");
        assert!(left_out.contains("Rawas Ulu</a> (rendah)") && !left_out[..200].contains("Rupit"), "{text}");
        assert_eq!(
            text.matches("baru 33\u{a0}% sumber melapor").count(),
            3 + 2,
            "three cells, the map's link and its title"
        );
    }
}
