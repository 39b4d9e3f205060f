//! Ringkasan: the alert queue's top, the map and the matrix on the first screen.

use super::alerts::queue;
use super::shell::{Frame, Place, document};
use crate::map::draw::{Area, map};
use crate::map::shapes::Shapes;
use crate::pages::level;
use domain::kind::{Kind, Level};
use maud::{Markup, html};
use views::format;
use views::overview::{OverviewView, SilentDistrict};
use views::picture::{MatrixCell, MatrixRow, risk_words};

pub fn page(frame: &Frame, view: &OverviewView, shapes: &Shapes) -> Markup {
    let title = frame.say("Ringkasan", "Overview");
    let content = html! {
        (super::ledger::drifted(frame, &view.drift))
        section.block id="antrean" data-live="antrean" aria-labelledby="h-antrean" {
            h2 #h-antrean { (frame.say("Peringatan yang perlu ditangani", "Alerts that need someone")) }
            (queue(frame, &view.alerts, view.last_check))
            @if view.more > 0 {
                p { a href="/peringatan" { (frame.say("Lihat ", "See ")) (view.more) (frame.say(" peringatan lain", " more alerts")) } }
            }
        }
        div.pair id="gambaran" data-live="gambaran" {
            section aria-labelledby="h-peta" {
                h2 #h-peta { (frame.say("Peta", "Map")) " " small.internal { (frame.say("tingkat internal", "internal level")) } }
                (tabs(frame, view.kind))
                (map_or_words(frame, view, shapes))
                (legend(frame))
            }
            section aria-labelledby="h-matriks" {
                h2 #h-matriks { (frame.say("Kecamatan × jenis", "District × kind")) " " small.internal { (frame.say("7 hari ke depan", "next 7 days")) } }
                (matrix(frame, &view.rows))
            }
        }
        (silent(frame, &view.silent))
        p.reload { a href="/" { (frame.say("Muat ulang halaman ini", "Reload this page")) } }
    };
    document(frame, Place::Overview, title, content)
}

fn tabs(frame: &Frame, shown: Option<Kind>) -> Markup {
    html! {
        ul.tabs aria-label=(frame.say("Jenis pada peta", "Kind on the map")) {
            li { a href="/" aria-current=[shown.is_none().then_some("true")] { (frame.say("Semua", "All")) } }
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
    let areas: Vec<Area> = view.rows.iter().map(|row| area(frame, row, view.kind)).collect();
    let undrawn: Vec<&MatrixRow> = view.rows.iter().filter(|row| shapes.of(row.code).is_empty()).collect();
    html! {
        @match map(&areas, shapes, frame.lang) {
            Some(svg) => {
                figure {
                    (svg)
                    @if shapes.is_approximate(view.regency) {
                        figcaption { (frame.say(
                            "Batas kecamatan perkiraan: dihitung dari titik tengah, bukan batas resmi.",
                            "District boundaries are approximate: computed from centres, not the official ones.",
                        )) }
                    }
                    @if !undrawn.is_empty() {
                        figcaption {
                            strong { (frame.say("Tidak ada di peta", "Not on the map")) }
                            (frame.say(", karena titik tengahnya belum diketahui: ", ", as their centres are unknown: "))
                            @for (index, row) in undrawn.iter().enumerate() {
                                @if index > 0 { ", " }
                                a href={ "/kecamatan/" (row.code) } { (row.name) } " (" (views::level::word(row.shown(view.kind), frame.lang)) ")"
                            }
                            "."
                        }
                    }
                }
            }
            None => { p { (frame.say("Titik tengah kecamatan belum diketahui, jadi peta tidak dapat digambar. Tabel di samping memuat isi yang sama.",
                "The districts' centres are unknown, so no map can be drawn. The table holds the same.")) } }
        }
        details {
            summary { (frame.say("Peta sebagai tabel", "The map as a table")) }
            table {
                thead { tr { th scope="col" { (frame.say("Kecamatan", "District")) } th scope="col" { (frame.say("Tingkat", "Level")) } } }
                tbody { @for row in &view.rows {
                    tr { th scope="row" { a href={ "/kecamatan/" (row.code) } { (row.name) } } td { (level::chip(row.shown(view.kind), frame.lang)) } }
                } }
            }
        }
    }
}

fn area(frame: &Frame, row: &MatrixRow, kind: Option<Kind>) -> Area {
    let level = row.shown(kind);
    let thin = row.thin_ppm().filter(|_| level != Level::NoData);
    let thin = thin.map_or_else(String::new, |ppm| format!(", {}", thin_words(frame, ppm)));
    Area {
        code: row.code,
        name: row.name.clone(),
        level,
        told: format!("{}: {}{thin}", row.name, views::level::word(level, frame.lang)),
        href: format!("/kecamatan/{}", row.code),
    }
}

pub fn legend(frame: &Frame) -> Markup {
    html! {
        ul.legend aria-label=(frame.say("Tingkat", "Levels")) {
            @for level in Level::ALL { li { (level::chip(*level, frame.lang)) } }
        }
    }
}

fn matrix(frame: &Frame, rows: &[MatrixRow]) -> Markup {
    let uncalibrated =
        rows.iter().flat_map(|row| &row.cells).any(|cell| cell.risk.is_some_and(|risk| !risk.calibrated));
    html! {
        @if uncalibrated {
            p.hint { (frame.say(
                "Model pindahan, belum terkalibrasi di sini: tingkat dan urutan saja, tanpa persentase.",
                "Transferred models, not calibrated here: level and rank only, no percentage.",
            )) }
        }
        div.scroll tabindex="0" role="region" aria-label=(frame.say("Tabel kecamatan dan jenis", "Table of districts and kinds")) {
            table.matrix {
                thead { tr {
                    th scope="col" { (frame.say("Kecamatan", "District")) }
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
                    @if let Some(ppm) = cell.thin_ppm { span.risk { strong { (thin_words(frame, ppm)) } } }
                }
            }
        }
    }
}

/// "kabar hanya 33 %": what is low may be low because nobody tells.
fn thin_words(frame: &Frame, ppm: u32) -> String {
    format!("{} {}", frame.say("kabar hanya", "word of only"), format::percent(ppm, frame.lang))
}

fn silent(frame: &Frame, silent: &[SilentDistrict]) -> Markup {
    html! {
        @if !silent.is_empty() {
            section.block aria-labelledby="h-senyap" {
                h2 #h-senyap { (frame.say("Tidak ada kabar", "No word")) }
                ul.plain { @for district in silent {
                    li {
                        (frame.say("Tidak ada kabar dari ", "No word from ")) a href={ "/kecamatan/" (district.code) } { (district.name) }
                        @if let Some(since) = district.since { (frame.say(" sejak ", " since ")) (frame.brief(since)) " (" (frame.ago(since)) ")" }
                        ". " (frame.say("Daerah ini ", "This place has ")) strong { (frame.say("tidak ada data", "no data")) }
                        (frame.say(", bukan aman. ", "; it is not known to be safe. ")) a href="/umpan" { (frame.say("Hubungi: kades, babinsa", "Call: village head, babinsa")) } "."
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
            let cell = MatrixCell { level: Level::Low, thin_ppm, risk: None };
            MatrixRow { code: Code(code), name: name.into(), cells: [cell.clone(), cell.clone(), cell] }
        };
        let view = OverviewView {
            alerts: vec![],
            more: 0,
            last_check: None,
            rows: vec![row(161301, "Rupit", Some(330_000)), row(161302, "Rawas Ulu", None)],
            kind: None,
            regency: Code(161300),
            silent: vec![],
            drift: DriftFindings::default(),
        };
        let ring = vec![vec![(102.0, -2.0), (103.0, -2.0), (103.0, -3.0)]];
        let shapes = Shapes::new(BTreeMap::from([(Code(161301), ring)]), &domain::place::Places::default());
        let text = page(&frame, &view, &shapes).into_string();
        let (_, left_out) = text.split_once("Tidak ada di peta").expect("a caption");
        assert!(left_out.contains("Rawas Ulu</a> (rendah)") && !left_out[..200].contains("Rupit"), "{text}");
        assert_eq!(
            text.matches("kabar hanya 33\u{a0}%").count(),
            3 + 2,
            "three cells, the map's link and its title"
        );
    }
}
