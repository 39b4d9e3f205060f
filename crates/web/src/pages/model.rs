//! Model: which line speaks for which kind, what it was fitted on, and how far it may be believed.

use super::shell::{Frame, NavEntry, document, strong};
use maud::{Markup, html};
use views::model::{ModelRange, ModelsView, ServedModel, baseline_word, dated, day, hundredths, split};
use views::range::basis_words;
use views::{Lang, Right, format};

pub fn page(frame: &Frame, view: &ModelsView) -> Markup {
    let ModelsView { models, drift, ranges } = view;
    let content = html! {
        p.lead { (frame.text("model.lead")) }
        p { a href="/ledger" { (frame.text("model.ledger_link")) }
            @if frame.may(Right::Verify) { " · " a href="/anggaran" { (frame.text("model.try_the_budget")) } } }
        @if drift.since.is_some() { (super::ledger::drift(frame, drift)) }
        @if models.is_empty() {
            p.empty { (frame.text("model.none")) }
        }
        @for model in models {
            (one(frame, model, ranges.iter().find(|range| (Some(range.kind), Some(range.horizon)) == (model.kind, model.horizon))))
        }
    };
    document(frame, NavEntry::Model, "Model", content)
}

fn one(frame: &Frame, model: &ServedModel, range: Option<&ModelRange>) -> Markup {
    html! {
        section.block {
            h2 { @if let Some(kind) = model.kind { (crate::pages::level::kind(kind, frame.lang)) " " }
                @if let Some(horizon) = model.horizon { "· " (frame.lang.word("horizon", horizon)) } }
            @if let Some(name) = &model.baseline { p.note { (gives_way(frame, name)) } }
            dl.facts {
                dt { (frame.text("model.in_use")) }
                dd { strong { @match &model.baseline {
                    Some(name) => { (frame.fill("model.served_baseline", &[("name", &baseline_word(frame.lang, name))])) }
                    None => { (frame.text("model.model")) }
                } } }
                dt { (frame.text("model.name")) } dd.code { (model.name) }
                dt { (frame.text("model.date")) } dd { (dated(&model.name, frame.lang)) }
                dt { (frame.text("model.fitted_on")) } dd { (fitted(frame, model)) }
                dt { (frame.text("model.calibration")) } dd { (calibration(frame, model)) }
                @if let Some(range) = range {
                    dt { (frame.fill("range.in_place", &[("place", &range.place)])) } dd { (record(frame, range)) }
                }
                @if !model.best.is_empty() { dt { (frame.text("model.best_baseline")) } dd { (baseline_word(frame.lang, &model.best)) } }
                dt { (frame.text("model.brier_skill")) }
                dd.num { @match model.brier_skill {
                    Some(skill) => { (frame.fill("model.skill", &[("skill", &hundredths(skill.value, frame.lang)), ("low", &hundredths(skill.low, frame.lang)), ("high", &hundredths(skill.high, frame.lang))])) }
                    None => { (frame.text("model.not_measured")) }
                } }
            }
            @if let Some(own) = indonesian(&model.card).filter(|_| frame.lang == Lang::Id) {
                details open[model.baseline.is_none()] { summary { (frame.text("model.card_indonesian")) } (own) }
            }
            @if !model.card.is_empty() { details { summary { (frame.text("model.card")) } pre.card { (model.card) } } }
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
        (strong(&frame.fill("model.baseline_is_used", &[("name", &baseline_word(frame.lang, name))])))
    }
}

fn fitted(frame: &Frame, model: &ServedModel) -> Markup {
    let source = frame.lang.choose(&model.source);
    let unit = match model.unit.as_str() {
        "regency" => frame.text("model.regency"),
        "district" => frame.text("model.district"),
        "cell" | "cell_month" => frame.text("model.cell"),
        other => other,
    };
    let sentence = if model.unit == "cell_month" { "model.fitted_from_months" } else { "model.fitted_from" };
    html! {
        @if model.prior { strong { (frame.text("model.borrowed")) } " " }
        (frame.fill(sentence, &[
            ("source", &source),
            ("unit", &unit),
            ("from", &day(&model.from, frame.lang)),
            ("to", &day(&model.to, frame.lang)),
            ("positives", &format::number(model.positives as i64, frame.lang)),
            ("rows", &format::number(model.rows as i64, frame.lang)),
        ]))
    }
}

fn calibration(frame: &Frame, model: &ServedModel) -> Markup {
    html! {
        @if model.local.is_empty() {
            (frame.rich("model.transferred", &[])) " "
        } @else {
            @for (index, own) in model.local.iter().enumerate() {
                @if index > 0 { ", " }
                (strong(&frame.fill("model.own_positives", &[("place", &own.place), ("n", &own.positives)])))
            }
            ": " (frame.text("model.calibrated_here")) " "
        }
        @if model.needed > 0 {
            span.hint { (frame.fill("model.positives_needed", &[("n", &model.needed)])) }
        }
    }
}

/// What is on record of the model in the regency, and by how much it is off.
fn record(frame: &Frame, range: &ModelRange) -> Markup {
    let times = |value: f64| format::fixed(value, if value < 10.0 { 1 } else { 0 }, frame.lang);
    let [middle, low, high] = range.factor.map(times);
    let expected = format::fixed(range.expected, 1, frame.lang);
    html! {
        @if range.basis.hindcast_weeks + range.basis.own_weeks > 0 {
            (frame.fill("range.counts", &[("happened", &range.happened), ("expected", &expected)])) " "
            (frame.fill("range.factor", &[("times", &middle), ("low", &low), ("high", &high)])) " "
        } @else {
            (frame.fill("range.factor_believed", &[("low", &low), ("high", &high)])) " "
        }
        span.hint { (basis_words(&range.basis, frame.zone(), frame.lang)) }
    }
}

/// What a score's model column says to a reader: the model, and where a baseline speaks in its place, which.
pub fn speaker(frame: &Frame, model: &str) -> Markup {
    let (name, baseline) = split(model);
    html! {
        (frame.rich("model.speaker", &[("name", html! { a href="/model" { (name) } })]))
        @if let Some(baseline) = baseline {
            " · " (strong(&frame.fill("model.baseline_speaks", &[("name", &baseline_word(frame.lang, baseline))])))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use scoring::ledger::DriftFindings;
    use views::model::SkillInterval;

    fn frame(lang: Lang) -> Frame {
        Frame::bare(lang)
    }

    fn models(model: ServedModel) -> ModelsView {
        ModelsView { models: vec![model], drift: DriftFindings::default(), ranges: Vec::new() }
    }

    fn info() -> ServedModel {
        ServedModel {
            name: "resident_resident-7d-2026-11-22".into(),
            source: ["Catatan banjir".into(), "Flood records".into()],
            from: "1998-01-01".into(),
            to: "2005-12-25".into(),
            best: "persistence".into(),
            brier_skill: Some(SkillInterval { value: -0.102, low: -0.38, high: 0.135 }),
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
            "persistensi",
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
        let text = speaker(&frame(Lang::Id), "a-7d-2026-11-22/baseline:decayed").into_string();
        assert!(
            text.contains("pembanding dipakai: ") && text.contains("yang lama dihitung lebih kecil"),
            "{text}"
        );
        assert!(!speaker(&frame(Lang::Id), "a-7d-2026-11-22").into_string().contains("pembanding"));
    }
}
