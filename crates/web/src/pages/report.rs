//! One report, what stands beside it in its incident, and the desk's verification.

use super::notice::{FormNote, form_note};
use super::reports::marks;
use super::shell::{Frame, Place, document};
use crate::pages::level;
use domain::kind::Outcome;
use formats::screen::screen;
use maud::{Markup, html};
use views::Right;
use views::report::ReportDetailView;
use views::reports::ReportItem;
use views::text_findings::words;

pub fn page(frame: &Frame, view: &ReportDetailView, note: Option<&FormNote>) -> Markup {
    let title = view
        .row
        .what
        .as_ref()
        .map_or_else(|| frame.say("Laporan", "Report").to_string(), |what| capital(&what.label));
    let content = html! {
        (form_note(note))
        p.lead {
            (view.row.place) " · " (frame.lang.word("class", view.row.class)) " "
            @if let Some(what) = &view.row.what { "· " (level::kind(what.kind, frame.lang)) }
        }
        p { (marks(frame, &view.row)) }
        @if let Some(summary) = &view.row.summary {
            blockquote.summary { p { (summary) } }
            (screened(frame, summary))
        }
        (facts(frame, view))
        section.block aria-labelledby="h-sama" {
            h2 #h-sama { (frame.say("Laporan lain tentang kejadian yang sama", "Other reports of the same incident")) }
            @if view.siblings.is_empty() && view.hidden == 0 {
                p.empty { (frame.say("Baru satu laporan; belum ada sumber lain yang membenarkan.", "A single report; no other source has confirmed it.")) }
            } @else if !view.siblings.is_empty() { (super::reports::rows(frame, &view.siblings)) }
            @if view.hidden > 0 { (super::reports::hidden(frame, view.hidden)) }
        }
        (said(frame, view))
        @if frame.may(Right::Verify) && verifiable(&view.row) { (verification(frame, view)) }
    };
    document(frame, Place::Reports, &title, content)
}

/// A feed's text was screened by nobody before it came; who passes it on should know what stands in it.
fn screened(frame: &Frame, summary: &str) -> Markup {
    let found = screen(summary);
    html! {
        @if !found.is_empty() {
            p.note {
                strong { (frame.say("Jangan diteruskan apa adanya. ", "Do not pass this on as it is. ")) }
                @for finding in found { (words(finding, frame.lang)) " " }
            }
        }
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn facts(frame: &Frame, view: &ReportDetailView) -> Markup {
    html! {
        dl.facts {
            @if let Some(at) = view.row.occurred_at { dt { (frame.say("Terjadi", "Occurred")) } dd { (frame.time(at)) } }
            dt { (frame.say("Dilaporkan", "Reported")) } dd { (frame.time(view.row.reported_at))
                @if view.reconstructed { " (" (frame.lang.word("word", "reconstructed")) ")" } }
            dt { (frame.say("Diterima", "Received")) } dd { (frame.time(view.received_at)) @if view.row.late { " " span.tag { (frame.say("terlambat", "late")) } } }
            dt { (frame.say("Umpan", "Feed")) } dd { (view.feed) }
            @if let Some(what) = &view.row.what {
                dt { (frame.say("Kategori", "Category")) } dd { span.code { (what.code) } " " (what.label) }
                dt { (frame.say("Keparahan", "Severity")) } dd { (what.severity) " " (frame.lang.word("severity", what.severity)) }
            }
            @for (word, value) in &view.details { dt { (word) } dd { (value) } }
            dt { (frame.say("Nomor", "Number")) } dd.code { (view.row.id) }
        }
    }
}

/// What was taken back or replaced is no longer the source's word; there is nothing to verify in it.
fn verifiable(row: &ReportItem) -> bool {
    row.what.is_some() && !matches!(row.outcome, Some(Outcome::Retracted | Outcome::Superseded))
}

fn said(frame: &Frame, view: &ReportDetailView) -> Markup {
    html! {
        @if !view.said.is_empty() {
            section.block aria-labelledby="h-sesudah" {
                h2 #h-sesudah { (frame.say("Sesudah laporan ini", "Since this report")) }
                ol.history { @for said in &view.said {
                    li {
                        (frame.time(said.at)) ": " a href={ "/laporan/" (said.id) } { (said.act) } " · " (said.by)
                        @if let Some(why) = &said.why { br; "“" (why) "”" }
                    }
                } }
            }
        }
    }
}

fn verification(frame: &Frame, view: &ReportDetailView) -> Markup {
    let action = format!("/laporan/{}/verifikasi", view.row.id);
    html! {
        section.block aria-labelledby="h-verifikasi" {
            h2 #h-verifikasi { (frame.say("Verifikasi", "Verification")) }
            p.hint { (frame.say(
                "Verifikasi dicatat sebagai laporan meja piket dan dapat diganti oleh verifikasi berikutnya.",
                "A verification is recorded as a report of the desk; a later one replaces it.",
            )) }
            div.acts {
                form method="post" action=(action) {
                    input type="hidden" name="act" value="confirm";
                    (reason(frame, "alasan-benar", false))
                    (blind(frame, "buta-benar"))
                    button.primary type="submit" { (frame.say("Benarkan kejadian ini", "Confirm this incident")) }
                }
                form method="post" action=(action) {
                    input type="hidden" name="act" value="reject";
                    (reason(frame, "alasan-tolak", true))
                    (blind(frame, "buta-tolak"))
                    button type="submit" { (frame.say("Tidak terbukti", "Not borne out")) }
                }
            }
            (picker(frame, &action, "merge", &view.candidates))
            (picker(frame, &action, "split", &view.siblings))
        }
    }
}

/// Who has seen the risk looks harder where it is high; the ledger keeps both apart.
fn blind(frame: &Frame, id: &str) -> Markup {
    html! {
        label.tick for=(id) { input id=(id) type="checkbox" name="blind" value="1"; span { (frame.say("Saya memeriksa tanpa melihat tingkat risikonya", "I checked without having seen the risk")) } }
    }
}

fn reason(frame: &Frame, id: &str, required: bool) -> Markup {
    html! {
        label for=(id) { (frame.say("Dasar verifikasi", "Grounds")) @if !required { " " small { (frame.say("(boleh kosong)", "(may be empty)")) } } }
        input id=(id) name="reason" type="text" maxlength="300" required[required] autocomplete="off";
    }
}

/// Merge and split name reports by ticks.
fn picker(frame: &Frame, action: &str, act: &str, rows: &[ReportItem]) -> Markup {
    let (title, button) = if act == "merge" {
        (
            frame.say("Gabungkan dengan laporan lain", "Merge with other reports"),
            frame.say("Gabungkan", "Merge"),
        )
    } else {
        (
            frame.say("Pisahkan dari laporan lain", "Split from other reports"),
            frame.say("Pisahkan yang dicentang", "Split off the ticked"),
        )
    };
    html! {
        @if !rows.is_empty() {
            details {
                summary { (title) }
                form method="post" action=(action) {
                    input type="hidden" name="act" value=(act);
                    fieldset {
                        legend { @if act == "merge" { (frame.say("Laporan yang menceritakan kejadian yang sama", "Reports that tell of the same incident")) }
                            @else { (frame.say("Laporan yang menceritakan kejadian lain, bersama laporan ini", "Reports that, with this one, tell of another incident")) } }
                        @for row in rows {
                            label.tick {
                                input type="checkbox" name="reports" value=(row.id);
                                span { @if let Some(what) = &row.what { (what.label) ", " } (row.place) ", " (frame.lang.word("class", row.class)) ", " (frame.brief(row.reported_at)) }
                            }
                        }
                    }
                    (reason(frame, &format!("alasan-{act}"), false))
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
