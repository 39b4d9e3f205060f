//! Panggilan: quiet districts drawn by lot this week, to be called and asked alike. The risk is not shown here on purpose.

use super::notice::{FormNote, form_note};
use super::shell::{Frame, Place, document};
use domain::kind::Kind;
use domain::time::{DAY, Time};
use maud::{Markup, html};
use store::CheckResult;
use views::calls::{CallsView, SampleCall};
use views::{Lang, format};

pub fn page(frame: &Frame, view: &CallsView, note: Option<&FormNote>) -> Markup {
    let (open, done): (Vec<&SampleCall>, Vec<&SampleCall>) =
        view.calls.iter().partition(|call| call.answer.is_none());
    let content = html! {
        p.lead { (frame.say(
            "Kecamatan tenang yang diundi. Hubungi kades, babinsa, atau bhabinkamtibmas, dan tanyakan hal yang sama kepada semuanya. Tingkat risiko sengaja tidak ditampilkan di sini.",
            "Quiet districts drawn by lot. Call the village head, babinsa or bhabinkamtibmas and ask all of them the same. The risk is left out here on purpose.",
        )) }
        (form_note(note))
        section.block aria-labelledby="h-belum" {
            h2 #h-belum { (frame.say("Belum ditelepon", "To call")) " " small.num { "(" (open.len()) ")" } }
            @if open.is_empty() { p.empty { (frame.say("Tidak ada. Undian berikutnya hari Senin pukul 00.00 UTC.", "None. The next draw is on Monday at 00:00 UTC.")) } }
            @for call in &open { (form(frame, view.min_severity, call)) }
        }
        @if !done.is_empty() {
            section.block aria-labelledby="h-sudah" {
                h2 #h-sudah { (frame.say("Sudah ditelepon", "Called")) }
                @for call in &done {
                    div.call {
                        p { strong { (call.name) } " · " (week(frame, call)) ": " (answer(frame, call)) }
                        details { summary { (frame.say("Ralat jawaban", "Correct the answer")) } (form(frame, view.min_severity, call)) }
                    }
                }
            }
        }
        p { a href="/ledger" { (frame.say("Buku ramalan", "The ledger")) } }
    };
    document(frame, Place::Model, frame.say("Panggilan acak", "Random calls"), content)
}

/// "16 Nov sampai 22 Nov": the seven days asked about.
fn week(frame: &Frame, call: &SampleCall) -> String {
    let day = |day: i64| format::date(Time(day * DAY), frame.zone(), frame.lang);
    format!("{} {} {}", day(call.week - 7), frame.say("sampai", "to"), day(call.week - 1))
}

/// What is asked, in the policy's own severity.
fn question(frame: &Frame, severity: u8) -> String {
    match (frame.lang, severity) {
        (Lang::Id, 5) => "adakah kejadian dengan keparahan 5 dari ".to_owned(),
        (Lang::En, 5) => "any incident of severity 5 from ".to_owned(),
        (Lang::Id, _) => format!("adakah kejadian berat (keparahan {severity} ke atas) dari "),
        (Lang::En, _) => format!("any serious incident (severity {severity} or more) from "),
    }
}

fn form(frame: &Frame, severity: u8, call: &SampleCall) -> Markup {
    let id = |name: &str| format!("{name}-{}-{}", call.week, call.code.0);
    html! {
        form.act method="post" action="/panggilan" {
            input type="hidden" name="week" value=(call.week);
            input type="hidden" name="code" value=(call.code);
            fieldset {
                legend { strong { (call.name) } ": " (question(frame, severity)) (week(frame, call)) "?" }
                label.tick { input type="radio" name="result" value="none" required; span { (frame.say("Tidak ada", "None")) } }
                label.tick { input type="radio" name="result" value="happened"; span { (frame.say("Ada, jenisnya:", "Yes, of this kind:")) } }
                @for kind in Kind::ALL {
                    label.tick.indent { input type="checkbox" name="kind" value=(kind); span { (frame.lang.word("kind", kind)) } }
                }
                label.tick { input type="radio" name="result" value="unreachable"; span { (frame.say("Tidak terhubung", "Nobody answered")) } }
            }
            label.tick for=(id("lihat")) { input id=(id("lihat")) type="checkbox" name="saw" value="1"; span { (frame.say("Saya sudah melihat tingkat risiko daerah ini minggu itu", "I had seen this place's risk of that week")) } }
            button type="submit" { (frame.say("Catat", "Record")) }
            @if call.answer.is_none() { p.hint { (frame.say("Bila ada kejadian, catat juga sebagai ", "Where something happened, also enter it as a ")) a href="/laporan/baru" { (frame.say("laporan", "report")) } "." } }
        }
    }
}

fn answer(frame: &Frame, call: &SampleCall) -> Markup {
    html! {
        @if let Some(answer) = &call.answer {
            strong { (match answer.result {
                CheckResult::None => frame.say("tidak ada kejadian berat", "nothing serious"),
                CheckResult::Happened => frame.say("ada kejadian", "something happened"),
                CheckResult::Unreachable => frame.say("tidak terhubung", "nobody answered"),
            }) }
            @for kind in &answer.kinds { ", " (frame.lang.word("kind", kind)) }
            " · " (answer.who) ", " (frame.brief(answer.at))
        }
    }
}
