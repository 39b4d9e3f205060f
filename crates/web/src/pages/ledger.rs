//! Buku ramalan: how right the forecasts have been, live; what the calls of the weekly sample add; and drift.

mod drift;
mod figures;

pub use drift::{drift, drifted};

use super::shell::{Frame, Place, document};
use figures::{one, share};
use maud::{Markup, html};
use scoring::ledger::LedgerFigures;
use views::{Lang, Right};

pub fn page(frame: &Frame, view: &LedgerFigures) -> Markup {
    let content = html! {
        p.lead { (frame.say(
            "Setiap hari pukul 00.00 UTC ramalan setiap kecamatan dibekukan. Setelah waktunya lewat, ramalan itu dicocokkan dengan kejadian yang terverifikasi. Koreksi menambah baris; yang asli tetap ada.",
            "Every day at 00:00 UTC each district's forecasts are frozen. When their time has passed they are compared with verified incidents. A correction adds a row; the original stays.",
        )) }
        p { a href="/model" { (frame.say("Model yang dipakai", "The models in use")) }
            @if frame.may(Right::Verify) { " · " a href="/panggilan" { (frame.say("Panggilan acak minggu ini", "This week's random calls")) } } }
        (drift(frame, &view.drift))
        (precision(frame, view))
        @for part in &view.parts { (one(frame, part, view.fewest)) }
        (how(frame, view))
    };
    document(frame, Place::Model, frame.say("Buku ramalan", "The ledger"), content)
}

fn precision(frame: &Frame, view: &LedgerFigures) -> Markup {
    let alerts = &view.alerts;
    let n = alerts.confirmed + alerts.false_alarms;
    html! {
        section.block aria-labelledby="h-ketepatan" {
            h2 #h-ketepatan { (frame.say("Ketepatan peringatan", "Precision of alerts")) }
            dl.facts {
                dt { (frame.say("Terbukti · alarm palsu", "Confirmed · false alarms")) } dd.num { (alerts.confirmed) " · " (alerts.false_alarms) }
                dt { (frame.say("Diredam · lainnya", "Averted · other")) } dd.num { (alerts.averted) " · " (alerts.other) }
                dt { (frame.say("Ketepatan", "Precision")) }
                dd.num { @match &alerts.precision {
                    Some(precision) => { (share(frame, precision)) }
                    None => { (match frame.lang {
                        Lang::Id => format!("belum ditampilkan: baru {n} dari sedikitnya {} peringatan yang berakhir terbukti atau palsu", view.fewest),
                        Lang::En => format!("withheld: {n} alerts of at least {} that ended confirmed or false", view.fewest),
                    }) }
                } }
            }
            p.hint { (frame.say("Yang diredam bukan alarm palsu dan tidak dihitung sebagai keduanya.", "An averted one is no false alarm and counts as neither.")) }
        }
    }
}

fn how(frame: &Frame, view: &LedgerFigures) -> Markup {
    let unverified = if view.unverified_counts {
        frame.say("ikut dihitung", "count too")
    } else {
        frame.say("tidak memutuskan apa pun sampai diverifikasi", "decide nothing until verified")
    };
    html! {
        details {
            summary { (frame.say("Cara menghitung", "How this is counted")) }
            ul {
                li { (frame.say("Satu ramalan seminggu (Senin) untuk setiap kecamatan; ramalan hari lain hampir sama dan bukan bukti tambahan.", "One forecast a week (Monday) for each district; those of other days are nearly the same and no further evidence.")) }
                li { (frame.say("Terverifikasi: dibenarkan meja piket, atau dilaporkan dua pihak yang terpisah. Kejadian dari satu pihak yang belum diverifikasi ", "Verified: confirmed by the desk or told by two independent sides. Incidents of one side that nobody verified ")) (unverified) "." }
                li { (match frame.lang {
                    Lang::Id => format!("Laporan terlambat ditunggu {} hari setelah waktunya lewat.", view.grace_days),
                    Lang::En => format!("Late reports are given {} days after the horizon.", view.grace_days),
                }) }
                li { (frame.say("Temuan patroli tidak dihitung: patroli pergi ke tempat yang sudah dicurigai.", "What patrols alone found does not count: they go where risk is already suspected.")) }
                li { (frame.say("Sampel acak: kecamatan tenang yang diundi setiap Senin dan ditelepon, apa pun risikonya.", "Random sample: quiet districts drawn each Monday and called, whatever their risk.")) }
            }
        }
    }
}

#[cfg(test)]
mod tests;
