//! Buku ramalan: how right the forecasts have been, live; what the calls of the weekly sample add; and drift.

mod drift;
mod figures;

pub use drift::{drift, drifted};

use super::shell::{Frame, Place, document};
use crate::permit::Right;
use crate::words::Lang;
use domain::kind::{Horizon, Kind};
use figures::{one, share};
use maud::{Markup, html};

/// Everything the page tells; the binary works it out, because judging is not the desk's trade.
#[derive(Clone, Debug, Default)]
pub struct View {
    pub parts: Vec<Part>,
    pub alerts: Alerts,
    pub drift: Drift,
    /// Fewer than this and no figure is told.
    pub fewest: usize,
    pub grace_days: i64,
    pub unverified_counts: bool,
}

/// One kind and horizon over the districts.
#[derive(Clone, Debug)]
pub struct Part {
    pub kind: Kind,
    pub horizon: Horizon,
    pub all: Figures,
    /// The random sample alone, as far as it was called.
    pub sample: Figures,
    /// The baseline that speaks in the model's place, where one does.
    pub served: Option<String>,
}

#[derive(Clone, Debug, Default)]
pub struct Figures {
    pub happened: usize,
    pub did_not: usize,
    pub averted: usize,
    pub void: usize,
    /// Not due yet.
    pub waiting: usize,
    pub corrections: usize,
    pub told: Option<Told>,
}

impl Figures {
    pub fn decided(&self) -> usize {
        self.happened + self.did_not
    }
}

/// What enough decided forecasts allow to say.
#[derive(Clone, Debug)]
pub struct Told {
    pub brier: f64,
    pub skill: Option<f64>,
    pub interval: Option<(f64, f64)>,
    pub forecast: f64,
    pub observed: Share,
    /// Verified by someone who had seen the risk.
    pub seen: usize,
    pub bins: Vec<Bin>,
}

/// A share with Wilson's 95 % interval.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Share {
    pub hits: usize,
    pub n: usize,
    pub low: f64,
    pub high: f64,
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Bin {
    pub n: usize,
    pub forecast: f64,
    pub observed: f64,
    pub low: f64,
    pub high: f64,
}

/// Alerts that a person ended.
#[derive(Clone, Debug, Default)]
pub struct Alerts {
    pub confirmed: usize,
    pub false_alarms: usize,
    pub averted: usize,
    pub other: usize,
    pub precision: Option<Share>,
}

/// What strayed beyond the limits of an unchanged world.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Drift {
    /// Kinds whose inputs are watched, and days still missing where they are not yet.
    pub watched: usize,
    pub missing_days: Option<i64>,
    pub breaches: Vec<Breach>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Breach {
    pub kind: Kind,
    /// A feature's name, or `base_rate`.
    pub what: String,
    pub value: f64,
    pub low: f64,
    pub high: f64,
}

pub fn page(frame: &Frame, view: &View) -> Markup {
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

fn precision(frame: &Frame, view: &View) -> Markup {
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

fn how(frame: &Frame, view: &View) -> Markup {
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
