//! Model: which model speaks for which kind, what it was fitted on, and how far it may be believed.

use super::shell::{Frame, Place, document};
use crate::format;
use domain::kind::{Horizon, Kind};
use maud::{Markup, html};

/// A served model as this page tells it; the binary fills it from the model's file and card.
#[derive(Clone, Debug, Default)]
pub struct ModelInfo {
    pub name: String,
    pub kind: Option<Kind>,
    pub horizon: Option<Horizon>,
    /// Unit and period it was fitted on, in words.
    pub fitted_on: String,
    pub calibrated: bool,
    pub base_ppm: u32,
    /// The baseline it is compared with, and the Brier skill with its interval, where judged.
    pub baseline: String,
    pub brier_skill: Option<(f64, f64, f64)>,
    /// The card, plain text.
    pub card: String,
}

pub fn page(frame: &Frame, models: &[ModelInfo]) -> Markup {
    let content = html! {
        p.lead { (frame.say(
            "Model memberi angka; aturan kebijakan dan orang yang memutuskan. Model yang belum terkalibrasi di sini hanya boleh membuka waspada.",
            "Models give numbers; policy rules and people decide. A model not calibrated here may open at most waspada.",
        )) }
        @if models.is_empty() {
            p.empty { (frame.say("Tidak ada model yang dimuat; hanya aturan kebijakan yang bekerja.", "No model is loaded; only the policy's rules are at work.")) }
        }
        @for model in models { (one(frame, model)) }
    };
    document(frame, Place::Model, "Model", content)
}

fn one(frame: &Frame, model: &ModelInfo) -> Markup {
    html! {
        section.block {
            h2 { @if let Some(kind) = model.kind { (crate::level::kind(kind, frame.lang)) " " }
                @if let Some(horizon) = model.horizon { "· " (frame.lang.word("horizon", horizon)) } }
            dl.facts {
                dt { (frame.say("Nama", "Name")) } dd.code { (model.name) }
                dt { (frame.say("Disusun dari", "Fitted on")) } dd { (model.fitted_on) }
                dt { (frame.say("Kalibrasi", "Calibration")) }
                dd { @if model.calibrated { (frame.say("terkalibrasi di wilayah ini", "calibrated in this regency")) }
                    @else { strong { (frame.say("belum terkalibrasi", "not calibrated")) } (frame.say(": dipindahkan dari tempat lain, titik tolaknya disesuaikan", ": transferred from elsewhere, its starting point shifted")) } }
                @if model.calibrated { dt { (frame.say("Biasanya", "Usually")) } dd.num { (format::percent(model.base_ppm, frame.lang)) } }
                @if !model.baseline.is_empty() { dt { (frame.say("Pembanding", "Baseline")) } dd { (model.baseline) } }
                @if let Some((skill, low, high)) = model.brier_skill {
                    dt { (frame.say("Keunggulan Brier atas pembanding", "Brier skill over the baseline")) }
                    dd.num { (hundredths(frame, skill)) " (" (hundredths(frame, low)) (frame.say(" sampai ", " to ")) (hundredths(frame, high)) ")" }
                }
            }
            @if !model.card.is_empty() { details { summary { (frame.say("Kartu model", "Model card")) } pre.card { (model.card) } } }
        }
    }
}

fn hundredths(frame: &Frame, value: f64) -> String {
    let text = format!("{:.1} %", value * 100.0).replace('-', "−");
    if frame.lang == crate::words::Lang::Id { text.replace('.', ",") } else { text }
}
