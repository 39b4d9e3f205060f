//! Model: which line speaks for which kind, what it was fitted on, and how far it may be believed.

use super::shell::{Frame, Place, document};
use crate::format;
use crate::words::Lang;
use domain::kind::{Horizon, Kind};
use maud::{Markup, html};
use scoring::ledger::DriftFindings;

/// A served model as this page tells it; the binary fills it from the model's file, evaluation and card.
#[derive(Clone, Debug, Default)]
pub struct ModelInfo {
    /// The folder's name, which ends in the date it was fitted.
    pub name: String,
    pub kind: Option<Kind>,
    pub horizon: Option<Horizon>,
    /// Where the numbers come from: Indonesian, English.
    pub source: [String; 2],
    /// `regency` or `district`, first and last day, positives of rows.
    pub unit: String,
    pub from: String,
    pub to: String,
    pub positives: usize,
    pub rows: usize,
    /// Numbers borrowed from another kind.
    pub prior: bool,
    pub base_ppm: u32,
    /// The best of the simple forecasts, and the Brier skill over it with its interval, where judged.
    pub best: String,
    pub brier_skill: Option<(f64, f64, f64)>,
    /// The baseline that speaks in the model's place; `None` where the model speaks.
    pub baseline: Option<String>,
    /// Own positives a regency needs, and those that have them: place and its number.
    pub needed: u32,
    pub local: Vec<(String, usize)>,
    /// The card, plain text.
    pub card: String,
}

pub fn page(frame: &Frame, models: &[ModelInfo], drift: &DriftFindings) -> Markup {
    let content = html! {
        p.lead { (frame.say(
            "Model memberi angka; aturan kebijakan dan orang yang memutuskan. Model yang belum terkalibrasi di sini hanya boleh membuka waspada.",
            "Models give numbers; policy rules and people decide. A model not calibrated here may open at most waspada.",
        )) }
        p { a href="/ledger" { (frame.say("Buku ramalan: seberapa benar selama ini", "The ledger: how right they have been")) } }
        @if !drift.breaches.is_empty() { (super::ledger::drift(frame, drift)) }
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
            @if let Some(name) = &model.baseline { p.note { (gives_way(frame, name)) } }
            dl.facts {
                dt { (frame.say("Yang dipakai", "In use")) }
                dd { strong { @match &model.baseline {
                    Some(name) => { (frame.say("pembanding: ", "baseline: ")) (baseline_word(frame.lang, name)) }
                    None => { "model" }
                } } }
                dt { (frame.say("Nama", "Name")) } dd.code { (model.name) }
                dt { (frame.say("Tanggal model", "Date of the model")) } dd { (dated(frame, &model.name)) }
                dt { (frame.say("Disusun dari", "Fitted on")) } dd { (fitted(frame, model)) }
                dt { (frame.say("Kalibrasi", "Calibration")) } dd { (calibration(frame, model)) }
                @if !model.best.is_empty() { dt { (frame.say("Pembanding terbaik", "Best baseline")) } dd { (baseline_word(frame.lang, &model.best)) } }
                dt { (frame.say("Keunggulan Brier model atas pembanding", "Brier skill of the model over the baseline")) }
                dd.num { @match model.brier_skill {
                    Some((skill, low, high)) => { (hundredths(frame, skill)) " (" (frame.say("selang 95 %: ", "95 % interval: ")) (hundredths(frame, low)) (frame.say(" sampai ", " to ")) (hundredths(frame, high)) ")" }
                    None => { (frame.say("tidak dapat diukur", "could not be measured")) }
                } }
            }
            @if let Some(own) = indonesian(&model.card).filter(|_| frame.lang == Lang::Id) {
                details open[model.baseline.is_none()] { summary { "Untuk apa, batasnya, dan siapa yang dapat dirugikan" } (own) }
            }
            @if !model.card.is_empty() { details { summary { (frame.say("Kartu model (Inggris)", "Model card")) } pre.card { (model.card) } } }
        }
    }
}

/// The Indonesian part of a card: paragraphs and lists as they stand there.
fn indonesian(card: &str) -> Option<Markup> {
    let (_, own) = card.split_once("\n## Bahasa Indonesia\n")?;
    let blocks = own.split("\n\n").map(str::trim).filter(|block| !block.is_empty());
    Some(html! {
        @for block in blocks {
            @if block.starts_with("- ") {
                ul { @for line in block.lines() { li { (line.trim_start_matches("- ")) } } }
            } @else { p { (block) } }
        }
    })
}

fn gives_way(frame: &Frame, name: &str) -> Markup {
    html! {
        (frame.say("Pembanding dipakai: ", "The baseline is used: ")) strong { (baseline_word(frame.lang, name)) } ". "
        (frame.say(
            "Pada data uji, model belum terbukti lebih baik daripada hitungan sederhana ini (batas bawah keunggulannya tidak di atas nol), jadi hitungan sederhana yang berbicara.",
            "On the held-out data the model was not shown to beat this simple forecast (the lower end of its skill is not above 0), so the simple one speaks.",
        ))
    }
}

fn fitted(frame: &Frame, model: &ModelInfo) -> Markup {
    let source = model.source[usize::from(frame.lang == Lang::En)].as_str();
    let unit = match model.unit.as_str() {
        "regency" => frame.say("kabupaten/kota", "regency"),
        "district" => frame.say("kecamatan", "district"),
        other => other,
    };
    html! {
        @if model.prior { strong { (frame.say("Angka pinjaman dari jenis lain, sampai ada data sendiri. ", "Numbers borrowed from another kind until there are own data. ")) } }
        (source) " " (frame.say("Satuan: ", "Unit: ")) (unit) (frame.say(" per minggu, ", " and week, "))
        (day(frame, &model.from)) (frame.say(" sampai ", " to ")) (day(frame, &model.to)) "; "
        (format::number(model.positives as i64, frame.lang)) (frame.say(" kali terjadi dari ", " positives of "))
        (format::number(model.rows as i64, frame.lang)) (frame.say(" baris.", " rows."))
    }
}

fn calibration(frame: &Frame, model: &ModelInfo) -> Markup {
    html! {
        @if model.local.is_empty() {
            strong { (frame.say("belum terkalibrasi", "not calibrated")) }
            (frame.say(": dipindahkan dari tempat lain, titik tolaknya disesuaikan. ", ": transferred from elsewhere, its starting point shifted. "))
        } @else {
            @for (index, (place, positives)) in model.local.iter().enumerate() {
                @if index > 0 { ", " }
                strong { (place) } " (" (positives) (frame.say(" kejadian sendiri", " own positives")) ")"
            }
            (frame.say(": terkalibrasi; tempat lain belum. ", ": calibrated; other places are not. "))
        }
        @if model.needed > 0 {
            span.hint { (match frame.lang {
                Lang::Id => format!("Sebuah kabupaten memerlukan {} kejadian sendiri: dengan kurang dari itu, selang 95 % untuk \"satu dari lima\" lebih lebar dari ±11 poin, tidak dapat membedakan 20 % dari 30 %. Sampai saat itu: tingkat dan urutan saja.", model.needed),
                Lang::En => format!("A regency needs {} positives of its own: with fewer, the 95 % interval of \"one in five\" is wider than ±11 points and cannot tell 20 % from 30 %. Until then: level and rank only.", model.needed),
            }) }
        }
    }
}

/// What a score's model column says to a reader: the model, and where a baseline speaks in its place, which.
pub fn speaker(frame: &Frame, model: &str) -> Markup {
    let (name, baseline) = split(model);
    html! {
        "Model: " a href="/model" { (name) }
        @if let Some(baseline) = baseline {
            " · " strong { (frame.say("pembanding dipakai: ", "baseline in use: ")) (baseline_word(frame.lang, baseline)) }
            (frame.say(" (model belum terbukti lebih baik)", " (the model was not shown to be better)"))
        }
    }
}

/// `name/baseline:which` taken apart.
pub fn split(model: &str) -> (&str, Option<&str>) {
    match model.split_once("/baseline:") {
        Some((name, baseline)) => (name, Some(baseline)),
        None => (model, None),
    }
}

/// A simple forecast by the name people use.
pub fn baseline_word(lang: Lang, name: &str) -> String {
    let word = match name {
        "base_rate" => lang.pick("angka dasar (sama di mana-mana)", "base rate (the same everywhere)"),
        "persistence" => lang.pick(
            "kegigihan (makin baru kejadian berat terakhir, makin tinggi)",
            "persistence (the more recent the last serious incident, the higher)",
        ),
        "climatology" => lang.pick("kebiasaan setempat", "local climatology"),
        "analyst" => lang.pick(
            "hitungan analis (kejadian 30 hari terakhir)",
            "the analyst's count (incidents of the last 30 days)",
        ),
        "decayed" => lang.pick("hitungan kejadian yang memudar", "decayed count of incidents"),
        "last_week" => {
            lang.pick("ada atau tidaknya kejadian minggu lalu", "whether there was an incident last week")
        }
        other => other,
    };
    word.to_string()
}

/// The date a model's name ends in, in words.
fn dated(frame: &Frame, name: &str) -> String {
    let at = name.len().saturating_sub("2026-01-01".len());
    name.get(at..).map_or_else(|| "–".to_string(), |text| day(frame, text))
}

/// "1 Jan 2020" from `2020-01-01`; what is no day stays as it is.
fn day(frame: &Frame, text: &str) -> String {
    let zone = domain::place::Zone::Wib;
    match format::parse_local(&format!("{text}T12:00"), zone) {
        Some(at) => format!("{} {}", format::date(at, zone, frame.lang), format::civil(at, zone).year),
        None => text.to_string(),
    }
}

/// A share as a percentage with one decimal, minus as people write it.
pub fn hundredths(frame: &Frame, value: f64) -> String {
    let text = format!("{:.1}\u{a0}%", value * 100.0).replace('-', "−");
    if frame.lang == Lang::Id { text.replace('.', ",") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(lang: Lang) -> Frame {
        Frame::bare(lang)
    }

    fn info() -> ModelInfo {
        ModelInfo {
            name: "resident_resident-7d-2026-11-22".into(),
            source: ["Catatan banjir".into(), "Flood records".into()],
            from: "1998-01-01".into(),
            to: "2005-12-25".into(),
            best: "persistence".into(),
            brier_skill: Some((-0.102, -0.38, 0.135)),
            baseline: Some("persistence".into()),
            needed: 50,
            ..ModelInfo::default()
        }
    }

    #[test]
    fn the_card_speaks_indonesian_where_the_reader_does() {
        let card = "# m\n\n## Limits\n\n- Floods only.\n\n## Bahasa Indonesia\n\nUntuk apa: x.\n\nBatasnya:\n\n- Hanya banjir.\n- <b>\n";
        let info = ModelInfo { card: card.into(), ..info() };
        let text =
            page(&frame(Lang::Id), std::slice::from_ref(&info), &DriftFindings::default()).into_string();
        assert!(
            text.contains("<p>Untuk apa: x.</p>")
                && text.contains("<li>Hanya banjir.</li><li>&lt;b&gt;</li>"),
            "{text}"
        );
        let text = page(&frame(Lang::En), &[info], &DriftFindings::default()).into_string();
        assert!(!text.contains("<li>Hanya banjir.</li>"), "{text}");
    }

    #[test]
    fn a_model_that_gives_way_says_to_what_and_why() {
        let text = page(&frame(Lang::Id), &[info()], &DriftFindings::default()).into_string();
        for part in [
            "Pembanding dipakai: ",
            "kegigihan",
            "−10,2",
            "22 Nov 2026",
            "Catatan banjir",
            "1 Jan 1998",
            "memerlukan 50",
        ] {
            assert!(text.contains(part), "lacks {part}: {text}");
        }
        let plain =
            page(&frame(Lang::En), &[ModelInfo { baseline: None, ..info() }], &DriftFindings::default())
                .into_string();
        assert!(!plain.contains("The baseline is used") && plain.contains("Flood records"));
    }

    #[test]
    fn a_score_names_the_baseline_that_spoke() {
        let told = speaker(&frame(Lang::Id), "a-7d-2026-11-22/baseline:decayed").into_string();
        assert!(told.contains("pembanding dipakai: ") && told.contains("memudar"), "{told}");
        assert!(!speaker(&frame(Lang::Id), "a-7d-2026-11-22").into_string().contains("pembanding"));
    }
}
