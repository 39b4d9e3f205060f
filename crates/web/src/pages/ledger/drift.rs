//! What strayed beyond the limits of an unchanged world, in words.

use crate::pages::shell::Frame;
use domain::feature::NAMES;
use maud::{Markup, html};
use scoring::ledger::{DriftBreach, DriftFindings};
use views::Lang;

/// A breach is told and nothing changes by itself.
pub fn drift(frame: &Frame, drift: &DriftFindings) -> Markup {
    html! {
        @if !drift.breaches.is_empty() {
            div.note.bad role="status" id="pergeseran" {
                p { strong { (frame.say("Data bergeser dari yang dikenal model.", "The data have moved away from what the model knows.")) } " "
                    (frame.say("Pertimbangkan melatih ulang; tidak ada yang diubah otomatis.", "Consider training again; nothing changes by itself.")) }
                ul { @for breach in &drift.breaches { li { (breach_words(frame, breach)) } } }
            }
        } @else if let Some(days) = drift.missing_days {
            p.hint id="pergeseran" { (match frame.lang {
                Lang::Id => format!("Pengawas pergeseran data memerlukan {days} hari riwayat lagi sebelum dapat membandingkan masukan."),
                Lang::En => format!("The drift watch needs {days} more days of history before it can compare inputs."),
            }) }
        } @else {
            p.hint id="pergeseran" { (frame.say("Tidak ada pergeseran data di luar batas.", "No drift beyond the limits.")) }
        }
    }
}

/// One line for the first page, with the way to what moved; nothing where nothing did.
pub fn drifted(frame: &Frame, drift: &DriftFindings) -> Markup {
    let count = drift.breaches.len();
    html! {
        @if count > 0 {
            p.note.bad role="status" {
                strong { (frame.say("Data bergeser dari yang dikenal model", "The data have moved away from what the model knows")) }
                (match frame.lang {
                    Lang::Id => format!(" ({count} hal): angkanya mungkin meleset. "),
                    Lang::En => format!(" ({count} {}): its figures may be off. ", if count == 1 { "thing" } else { "things" }),
                })
                (frame.say("Pertimbangkan melatih ulang; tidak ada yang diubah otomatis. ", "Consider training again; nothing changes by itself. "))
                a href="/model#pergeseran" { (frame.say("Lihat apa yang bergeser", "See what moved")) }
            }
        }
    }
}

fn breach_words(frame: &Frame, breach: &DriftBreach) -> String {
    let kind = frame.lang.word("kind", breach.kind);
    if breach.what == "base_rate" {
        let (value, low, high) = (breach.value, breach.low, breach.high);
        return match frame.lang {
            Lang::Id => {
                format!("{kind}: terjadi {value} kali, menurut ramalan antara {low} dan {high} kali.")
            }
            Lang::En => {
                format!("{kind}: happened {value} times, by the forecasts between {low} and {high} times.")
            }
        };
    }
    let what = input_word(frame.lang, &breach.what);
    let two = |value: f64| {
        let text = format!("{value:.2}").replace('-', "−");
        if frame.lang == Lang::Id { text.replace('.', ",") } else { text }
    };
    let (value, low, high) = (two(breach.value), two(breach.low), two(breach.high));
    match frame.lang {
        Lang::Id => format!("{kind}, {what}: rata-rata {value}, batasnya {low} sampai {high}."),
        Lang::En => format!("{kind}, {what}: mean {value}, limits {low} to {high}."),
    }
}

/// A feature's short name.
fn input_word(lang: Lang, name: &str) -> String {
    debug_assert!(NAMES.contains(&name), "{name}");
    let word = match name {
        "count_3d" => lang.pick("kejadian 3 hari", "incidents, 3 days"),
        "count_14d" => lang.pick("kejadian 14 hari", "incidents, 14 days"),
        "count_90d" => lang.pick("kejadian 90 hari", "incidents, 90 days"),
        "severity_14d" => lang.pick("keparahan 14 hari", "severity, 14 days"),
        "neighbours_14d" => lang.pick("kejadian di tetangga", "incidents nearby"),
        "regency_14d" => lang.pick("kejadian sekabupaten", "incidents in the regency"),
        "climatology" => lang.pick("kebiasaan setempat", "local climatology"),
        "acceleration" => lang.pick("percepatan", "acceleration"),
        "days_since" => {
            lang.pick("hari sejak kejadian berat terakhir", "days since the last serious incident")
        }
        "completeness" => lang.pick("kelengkapan laporan", "completeness"),
        "serious_90d" => lang.pick("kejadian berat 90 hari", "serious incidents, 90 days"),
        "count_30d" => lang.pick("kejadian 30 hari", "incidents, 30 days"),
        "calendar" => lang.pick("pemicu kalender", "calendar triggers"),
        "agreement" => lang.pick("kesepakatan yang berlaku", "agreements in force"),
        other => other,
    };
    word.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_watched_input_has_a_name() {
        for name in NAMES.iter().filter(|name| !name.starts_with("season")) {
            assert_ne!(input_word(Lang::Id, name), **name);
        }
    }
}
