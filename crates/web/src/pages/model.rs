//! Model: which line speaks for which kind, what it was fitted on, and how far it may be believed.

use super::shell::{Frame, Place, document};
use maud::{Markup, html};
use views::model::{ModelsView, ServedModel, baseline_word, dated, day, hundredths, split};
use views::{Lang, format};

pub fn page(frame: &Frame, view: &ModelsView) -> Markup {
    let ModelsView { models, drift } = view;
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

fn one(frame: &Frame, model: &ServedModel) -> Markup {
    html! {
        section.block {
            h2 { @if let Some(kind) = model.kind { (crate::pages::level::kind(kind, frame.lang)) " " }
                @if let Some(horizon) = model.horizon { "· " (frame.lang.word("horizon", horizon)) } }
            @if let Some(name) = &model.baseline { p.note { (gives_way(frame, name)) } }
            dl.facts {
                dt { (frame.say("Yang dipakai", "In use")) }
                dd { strong { @match &model.baseline {
                    Some(name) => { (frame.say("pembanding: ", "baseline: ")) (baseline_word(frame.lang, name)) }
                    None => { "model" }
                } } }
                dt { (frame.say("Nama", "Name")) } dd.code { (model.name) }
                dt { (frame.say("Tanggal model", "Date of the model")) } dd { (dated(&model.name, frame.lang)) }
                dt { (frame.say("Disusun dari", "Fitted on")) } dd { (fitted(frame, model)) }
                dt { (frame.say("Kalibrasi", "Calibration")) } dd { (calibration(frame, model)) }
                @if !model.best.is_empty() { dt { (frame.say("Pembanding terbaik", "Best baseline")) } dd { (baseline_word(frame.lang, &model.best)) } }
                dt { (frame.say("Keunggulan Brier model atas pembanding", "Brier skill of the model over the baseline")) }
                dd.num { @match model.brier_skill {
                    Some((skill, low, high)) => { (hundredths(skill, frame.lang)) " (" (frame.say("selang 95 %: ", "95 % interval: ")) (hundredths(low, frame.lang)) (frame.say(" sampai ", " to ")) (hundredths(high, frame.lang)) ")" }
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

fn fitted(frame: &Frame, model: &ServedModel) -> Markup {
    let source = model.source[usize::from(frame.lang == Lang::En)].as_str();
    let unit = match model.unit.as_str() {
        "regency" => frame.say("kabupaten/kota", "regency"),
        "district" => frame.say("kecamatan", "district"),
        other => other,
    };
    html! {
        @if model.prior { strong { (frame.say("Angka pinjaman dari jenis lain, sampai ada data sendiri. ", "Numbers borrowed from another kind until there are own data. ")) } }
        (source) " " (frame.say("Satuan: ", "Unit: ")) (unit) (frame.say(" per minggu, ", " and week, "))
        (day(&model.from, frame.lang)) (frame.say(" sampai ", " to ")) (day(&model.to, frame.lang)) "; "
        (format::number(model.positives as i64, frame.lang)) (frame.say(" kali terjadi dari ", " positives of "))
        (format::number(model.rows as i64, frame.lang)) (frame.say(" baris.", " rows."))
    }
}

fn calibration(frame: &Frame, model: &ServedModel) -> Markup {
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

#[cfg(test)]
mod tests {
    use super::*;
    use scoring::ledger::DriftFindings;

    fn frame(lang: Lang) -> Frame {
        Frame::bare(lang)
    }

    fn models(model: ServedModel) -> ModelsView {
        ModelsView { models: vec![model], drift: DriftFindings::default() }
    }

    fn info() -> ServedModel {
        ServedModel {
            name: "resident_resident-7d-2026-11-22".into(),
            source: ["Catatan banjir".into(), "Flood records".into()],
            from: "1998-01-01".into(),
            to: "2005-12-25".into(),
            best: "persistence".into(),
            brier_skill: Some((-0.102, -0.38, 0.135)),
            baseline: Some("persistence".into()),
            needed: 50,
            ..ServedModel::default()
        }
    }

    #[test]
    fn the_card_speaks_indonesian_where_the_reader_does() {
        let card = "# m\n\n## Limits\n\n- Floods only.\n\n## Bahasa Indonesia\n\nUntuk apa: x.\n\nBatasnya:\n\n- Hanya banjir.\n- <b>\n";
        let info = ServedModel { card: card.into(), ..info() };
        let text = page(&frame(Lang::Id), &models(info.clone())).into_string();
        assert!(
            text.contains("<p>Untuk apa: x.</p>")
                && text.contains("<li>Hanya banjir.</li><li>&lt;b&gt;</li>"),
            "{text}"
        );
        let text = page(&frame(Lang::En), &models(info)).into_string();
        assert!(!text.contains("<li>Hanya banjir.</li>"), "{text}");
    }

    #[test]
    fn a_model_that_gives_way_says_to_what_and_why() {
        let text = page(&frame(Lang::Id), &models(info())).into_string();
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
        let plain = page(&frame(Lang::En), &models(ServedModel { baseline: None, ..info() })).into_string();
        assert!(!plain.contains("The baseline is used") && plain.contains("Flood records"));
    }

    #[test]
    fn a_score_names_the_baseline_that_spoke() {
        let told = speaker(&frame(Lang::Id), "a-7d-2026-11-22/baseline:decayed").into_string();
        assert!(told.contains("pembanding dipakai: ") && told.contains("memudar"), "{told}");
        assert!(!speaker(&frame(Lang::Id), "a-7d-2026-11-22").into_string().contains("pembanding"));
    }
}
