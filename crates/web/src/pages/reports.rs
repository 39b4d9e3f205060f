//! Laporan: the list, newest first, by pages.

use super::shell::{Frame, NavEntry, document};
use crate::pages::{level, paste, upload};
use domain::effect::Verdict;
use domain::kind::{Handling, Kind, Outcome};
use domain::place::Code;
use maud::{Markup, html};
use views::Right;
use views::reporter::short_number;
use views::reports::{ReportItem, ReportsView};

/// The word of an address for what waits for a second person.
pub const SECOND: &str = "orang-kedua";

/// Where all requests of a regency stand that wait for a second person.
pub fn requests_address(regency: Code) -> String {
    format!("/laporan?menunggu={SECOND}&wilayah={regency}")
}

/// A report that was sent a moment ago.
pub struct AcceptedReport {
    pub id: String,
    /// What it is called; `None` until it is processed.
    pub called: Option<String>,
}

pub fn page(frame: &Frame, view: &ReportsView, accepted: Option<&AcceptedReport>) -> Markup {
    let content = html! {
        @if let Some(report) = accepted {
            p.note.good role="status" {
                @match &report.called {
                    Some(called) => (frame.rich("reports.accepted_as", &[("report", link(&report.id, called))])),
                    None => (frame.rich("reports.accepted", &[("id", link(&report.id, &short_number(&report.id)))])),
                }
            }
        }
        @if frame.may(Right::EnterReport) {
            p {
                a.button href="/laporan/baru" { (frame.text("label.enter_a_report")) } " "
                a.button href=(paste::PATH) { (frame.text("paste.title")) } " "
                a.button href=(upload::PATH) { (frame.text("upload.title")) }
            }
        }
        (filter(frame, view))
        @if view.awaiting_second { p.hint { (frame.text("reports.awaiting_second_hint")) } }
        (rows(frame, &view.rows))
        @if view.hidden > 0 { (hidden(frame, view.hidden)) }
        @if let Some(cursor) = &view.next {
            p { a.button rel="next" href={ "/laporan?" (next_query(view, cursor)) } { (frame.text("reports.older")) } }
        }
    };
    document(frame, NavEntry::Reports, frame.text("label.reports"), content)
}

/// A report by what it is called; the number that people write down stands in the link's title.
pub fn link(id: &str, called: &str) -> Markup {
    html! { a href=(address(id, None)) title=(short_number(id)) { (called) } }
}

/// Where a report's page is; the feed is named where another report has the same id.
pub fn address(id: &str, feed: Option<&str>) -> String {
    below(id, "", feed)
}

/// Where the desk's verification of a report goes.
pub fn verification_address(id: &str, feed: Option<&str>) -> String {
    below(id, "/verifikasi", feed)
}

/// Where a report is corrected, and where it is withdrawn.
pub fn correction_address(id: &str, feed: Option<&str>) -> String {
    below(id, "/koreksi", feed)
}

pub fn withdrawal_address(id: &str, feed: Option<&str>) -> String {
    below(id, "/tarik", feed)
}

fn below(id: &str, rest: &str, feed: Option<&str>) -> String {
    let query = feed.map(|feed| format!("?feed={}", crate::fault::encode(feed))).unwrap_or_default();
    format!("/laporan/{id}{rest}{query}")
}

fn next_query(view: &ReportsView, cursor: &str) -> String {
    let mut query = format!("kursor={}", crate::fault::encode(cursor));
    if let Some(code) = view.district {
        query += &format!("&kecamatan={code}");
    }
    if let Some(kind) = view.kind {
        query += &format!("&jenis={kind}");
    }
    if view.awaiting_second {
        query += &format!("&menunggu={SECOND}");
    }
    query
}

/// "1 laporan tidak ditampilkan".
pub fn hidden(frame: &Frame, count: usize) -> Markup {
    html! {
        p.hint { (frame.count("reports.hidden", count)) }
    }
}

fn filter(frame: &Frame, view: &ReportsView) -> Markup {
    html! {
        form.filter method="get" action="/laporan" {
            div { label for="f-kecamatan" { (frame.text("label.district")) }
                select id="f-kecamatan" name="kecamatan" {
                    option value="" { (frame.text("reports.all")) }
                    @for place in &view.districts { option value=(place.code) selected[view.district == Some(place.code)] { (place.name) } }
                } }
            div { label for="f-jenis" { (frame.text("reports.kind")) }
                select id="f-jenis" name="jenis" {
                    option value="" { (frame.text("reports.all")) }
                    @for kind in Kind::ALL { option value=(kind) selected[view.kind == Some(*kind)] { (frame.lang.word("kind", kind)) } }
                } }
            div { label for="f-menunggu" { (frame.text("reports.waits_for")) }
                select id="f-menunggu" name="menunggu" {
                    option value="" { (frame.text("reports.all")) }
                    option value=(SECOND) selected[view.awaiting_second] { (frame.text("reports.second_person")) }
                } }
            button type="submit" { (frame.text("reports.filter")) }
        }
    }
}

pub fn rows(frame: &Frame, rows: &[ReportItem]) -> Markup {
    html! {
        @if rows.is_empty() {
            p.empty { (frame.text("reports.none")) }
        } @else {
            ol.reports { @for row in rows { li { (one(frame, row)) } } }
        }
    }
}

fn one(frame: &Frame, row: &ReportItem) -> Markup {
    html! {
        a href=(address(&row.id, row.feed.as_deref())) {
            span.report-what {
                @match &row.what {
                    Some(what) => { (level::kind_icon(what.kind)) " " strong { (what.label) }
                        @if let Some(severity) = what.severity { " · " (frame.fill("reports.severity", &[("n", &severity)])) } }
                    None => { strong { (row.outcome_words(frame.lang)) } }
                }
            }
            span.report-where { (row.place) " · " (frame.lang.word("class", row.class)) }
            span.report-when { (frame.brief_occurrence(row.at)) }
            span.report-marks { (marks(frame, row)) }
            @if let Some(summary) = &row.summary { span.report-text { (shorten(summary, 160)) } }
        }
    }
}

pub fn marks(frame: &Frame, row: &ReportItem) -> Markup {
    html! {
        @match row.verdict {
            Verdict::Unverified if row.affirms() => { span.tag { (frame.lang.word("alert_mark", "unverified")) } " " }
            Verdict::Confirmed => { span.tag.good { (frame.lang.word("verification", "confirm")) } " " }
            Verdict::Rejected => { span.tag { (frame.lang.word("verification", "reject")) } " " }
            Verdict::Unverified => {}
        }
        @if row.disputed { span.tag { (frame.text("report.disputed")) } " " }
        @if row.doubtful { span.tag { (frame.text("report.doubtful")) } " " }
        @if row.unplaced { span.tag { (frame.text("report.unplaced")) } " " }
        @if let Some(reason) = row.check { span.tag { (frame.lang.word("check", reason)) } " " }
        @if let Some(outcome) = row.outcome.filter(|outcome| !matches!(outcome, Outcome::Incident | Outcome::Statement)) { span.tag { (frame.lang.word("record", outcome)) } " " }
        @if row.late { span.tag { (frame.text("label.late")) } " " }
        @if row.handling != Handling::Open { span.tag { (frame.lang.word("handling", row.handling)) } }
    }
}

/// Cuts at a word.
fn shorten(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_string();
    }
    let cut: String = text.chars().take(most).collect();
    let end = cut.rfind(' ').unwrap_or(cut.len());
    format!("{} …", &cut[..end])
}

#[cfg(test)]
mod tests {
    use super::shorten;

    #[test]
    fn long_text_is_cut_at_a_word_and_short_text_is_not() {
        assert_eq!(shorten("warga memblokir jalan", 30), "warga memblokir jalan");
        assert_eq!(shorten("warga memblokir jalan angkut", 20), "warga memblokir …");
        assert_eq!(shorten("ééééé", 2), "éé …");
    }
}
