//! The policy's rules in words, read from the same `policy.toml` the pipeline obeys.

use crate::format;
use crate::words::Lang;
use domain::kind::Horizon;
use domain::policy::{PileUpPolicy, Rule};
use domain::time::DAY;
use formats::policy::{PolicyFile, RuleName};
use formats::taxonomy::Taxonomy;
use serde_json::Value;
use std::fmt::Display;

/// A rule, and what it and the categories it is held to are called; each in Indonesian and English.
#[derive(Clone, PartialEq, Debug)]
pub struct RuleWords {
    rule: Rule,
    name: [String; 2],
    /// Parted by semicolons; empty where it counts every category of its kind.
    categories: [String; 2],
}

impl RuleWords {
    /// The rules of a policy, named as its file names them, and their categories as the taxonomy does.
    pub fn of(file: &PolicyFile, taxonomy: &Taxonomy) -> Vec<RuleWords> {
        let labels = |rule: &Rule, language: &str| {
            let entries = rule.categories.iter().filter_map(|category| taxonomy.get(*category));
            entries.map(|entry| entry.label(language)).collect::<Vec<_>>().join("; ")
        };
        let words = |(rule, name): (&Rule, &RuleName)| RuleWords {
            name: [name.indonesian.clone(), name.english.clone()],
            categories: [labels(rule, "id"), labels(rule, "en")],
            rule: rule.clone(),
        };
        file.policy.rules.iter().zip(&file.rule_names).map(words).collect()
    }

    /// Every condition that the rule sets.
    fn conditions(&self, lang: Lang) -> Vec<String> {
        let Rule { min_severity, min_stage, min_harmed, by_pair, .. } = self.rule;
        let categories = lang.choose(&self.categories);
        let severity = (min_severity > 1).then(|| lang.fill("rules.severity", &[("n", &min_severity)]));
        let stage = min_stage.map(|stage| lang.fill("rules.stage", &[("stage", &lang.word("stage", stage))]));
        let harmed = (min_harmed > 0).then(|| lang.fill("rules.harmed", &[("n", &min_harmed)]));
        let pair = by_pair.then(|| lang.text("rules.by_pair").to_owned());
        let only = || lang.fill("rules.categories", &[("categories", &categories)]);
        let only = (!categories.is_empty()).then(only);
        [severity, stage, harmed, pair, only].into_iter().flatten().collect()
    }

    fn sentence(&self, lang: Lang) -> String {
        let Rule { id, count, window, .. } = &self.rule;
        let name = lang.choose(&self.name);
        let days = match window % DAY == 0 {
            true => lang.count("rules.days", usize::try_from(window / DAY).unwrap_or_default()),
            false => {
                lang.fill("rules.part_days", &[("n", &format::decimal(*window as f64 / DAY as f64, lang))])
            }
        };
        let incidents = lang.count("rules.incidents", *count as usize);
        let values: [(&str, &dyn Display); 4] =
            [("id", id), ("name", &name), ("incidents", &incidents), ("days", &days)];
        let counts = lang.fill("rules.counts", &values);
        let parts: Vec<String> = core::iter::once(counts).chain(self.conditions(lang)).collect();
        parts.join(", ") + "."
    }
}

/// The stored reasons of a condition as sentences; `calibrated` says whether a percentage may be texts.
pub fn sentences(reasons: &Value, rules: &[RuleWords], calibrated: bool, lang: Lang) -> Vec<String> {
    let list = reasons.as_array().map_or(&[][..], Vec::as_slice);
    list.iter().filter_map(|reason| sentence(reason, rules, calibrated, lang)).collect()
}

/// What each of a condition's stored reasons is called; the model's numbers move all the time.
pub(crate) fn names(reasons: &Value, rules: &[RuleWords], lang: Lang) -> Vec<String> {
    let list = reasons.as_array().map_or(&[][..], Vec::as_slice);
    let of = |reason: &Value| {
        if let Some(id) = reason["rule"].as_str() {
            let known = rules.iter().find(|words| words.rule.id == id);
            return Some(known.map_or(id.to_owned(), |own| format!("{id}, {}", lang.choose(&own.name))));
        }
        if reason["horizon"].is_string() {
            return Some(lang.text("rules.by_model").to_owned());
        }
        let words = sentence(reason, rules, false, lang)?;
        Some(words.replace("**", "").trim_end_matches('.').to_owned())
    };
    list.iter().filter_map(of).collect()
}

/// The stored reasons as sentences, where the districts that a regency counts are named in `counted`.
pub fn sentences_of_regency(
    reasons: &Value,
    rules: &[RuleWords],
    calibrated: bool,
    lang: Lang,
    counted: Option<&str>,
) -> Vec<String> {
    let list = reasons.as_array().map_or(&[][..], Vec::as_slice);
    let of = |reason: &Value| match counted.filter(|_| store::counts_districts(reason)) {
        Some(counted) => Some(counted.to_owned()),
        None => sentence(reason, rules, calibrated, lang),
    };
    list.iter().filter_map(of).collect()
}

fn sentence(reason: &Value, rules: &[RuleWords], calibrated: bool, lang: Lang) -> Option<String> {
    if let Some(id) = reason.get("rule").and_then(Value::as_str) {
        let known = rules.iter().find(|words| words.rule.id == id);
        let bare = || lang.fill("rules.unknown", &[("id", &id)]);
        return Some(known.map_or_else(bare, |words| words.sentence(lang)));
    }
    let opening = ["opening", "ground"].map(|key| reason.get(key).and_then(Value::as_str));
    if let [Some(voice), Some(ground)] = opening {
        let words = [
            ("voice", &lang.word("opening", voice) as &dyn std::fmt::Display),
            ("ground", &lang.word("ground", ground)),
        ];
        return Some(lang.fill("rules.opening", &words));
    }
    if let Some(count) = reason.get("districts").and_then(Value::as_u64) {
        return Some(lang.fill("rules.districts", &[("n", &count)]));
    }
    if let Some(words) = signs_sentence(reason, lang) {
        return Some(words);
    }
    let horizon = reason.get("horizon").and_then(Value::as_str).and_then(Horizon::parse)?;
    let ppm =
        |key: &str| reason.get(key).and_then(Value::as_u64).map_or(0, |value| value.min(1_000_000) as u32);
    let days = lang.word("horizon", horizon);
    if !calibrated {
        return Some(lang.fill("rules.model_uncalibrated", &[("days", &days)]));
    }
    let (risk, usual) = (format::percent(ppm("risk_ppm"), lang), format::percent(ppm("base_ppm"), lang));
    Some(lang.fill("rules.model", &[("risk", &risk), ("days", &days), ("usual", &usual)]))
}

/// What slight signs or sensors opened, as a sentence; `None` for any other reason.
pub fn signs_sentence(reason: &Value, lang: Lang) -> Option<String> {
    let number = |key: &str| reason.get(key).and_then(Value::as_i64).map(|n| format::number(n, lang));
    if let (Some(signs), Some(days)) = (number("signs"), number("days")) {
        let usual = reason.get("usual").and_then(Value::as_f64).unwrap_or_default();
        let before =
            PileUpPolicy::REACH / DAY - reason.get("days").and_then(Value::as_i64).unwrap_or_default();
        let key = if usual == 0.0 { "rules.pile_up_none_before" } else { "rules.pile_up" };
        let usual = match usual.fract() == 0.0 {
            true => format::number(usual as i64, lang),
            false => format::decimal(usual, lang),
        };
        let words: [(&str, &dyn std::fmt::Display); 4] =
            [("n", &signs), ("days", &days), ("usual", &usual), ("before", &before)];
        return Some(lang.fill(key, &words));
    }
    let hours = number("hours")?;
    let sentence = match number("hotspots") {
        Some(count) => lang.fill("rules.hotspots", &[("n", &count), ("hours", &hours)]),
        None => lang.fill("rules.warning", &[("n", &number("warning")?), ("hours", &hours)]),
    };
    // An agency whose data are shown is named with them.
    Some(match reason.get("agency").and_then(Value::as_str) {
        Some(agency) => format!("{sentence} {}", lang.word("agency_credit", agency)),
        None => sentence,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::kind::{Category, Kind, Level, OpeningGround, OpeningVoice, Stage};
    use serde_json::json;

    #[test]
    fn every_rule_of_the_shipped_policy_has_a_name_in_both_languages() {
        let taxonomy =
            formats::taxonomy::Taxonomy::parse(include_str!("../../../config/taxonomy.toml")).unwrap();
        let policy = PolicyFile::parse(include_str!("../../../config/policy.toml"), &taxonomy).unwrap();
        let rules = RuleWords::of(&policy, &taxonomy);
        assert!(!rules.is_empty());
        for rule in &rules {
            assert!(rule.name.iter().all(|name| !name.is_empty()), "{}", rule.rule.id);
        }
    }

    #[test]
    fn a_rule_says_every_condition_it_sets() {
        let rule = Rule {
            id: "WP-X".into(),
            kind: Kind::ResidentCompany,
            level: Level::Siaga,
            categories: vec![Category::parse("WP-05").unwrap(), Category::parse("WP-07").unwrap()],
            min_severity: 3,
            min_stage: Some(Stage::Occurring),
            count: 2,
            window: 3 * DAY / 2,
            by_pair: true,
            min_harmed: 4,
        };
        let words = RuleWords {
            rule,
            name: ["Gangguan".into(), "Trouble".into()],
            categories: ["portal; sabotase".into(), "gates; sabotage".into()],
        };
        assert_eq!(
            [Lang::Id, Lang::En].map(|lang| words.sentence(lang)),
            [
                "Aturan **WP-X**, Gangguan: 2 kejadian dalam 1,5 hari, keparahan 3 atau lebih, tahap terjadi atau sesudahnya, \
                 sedikitnya 4 orang meninggal, luka, atau mengungsi, terkonfirmasi dua pihak, sedikitnya satu tidak terlibat, \
                 hanya kategori: portal; sabotase.",
                "Rule **WP-X**, Trouble: 2 incidents in 1.5 days, severity 3 or more, at the stage occurring or later, \
                 at least 4 people dead, injured or displaced, confirmed by two speakers, at least one of them not involved, \
                 only of the categories: gates; sabotage.",
            ]
        );
    }

    #[test]
    fn every_opening_has_a_sentence_in_both_languages() {
        for (voice, ground) in OpeningVoice::ALL
            .iter()
            .flat_map(|voice| OpeningGround::ALL.iter().map(move |ground| (voice, ground)))
        {
            for lang in [Lang::Id, Lang::En] {
                let reasons = json!([{"opening": voice.as_str(), "ground": ground.as_str()}]);
                let text = sentences(&reasons, &[], false, lang).remove(0);
                assert!(!text.contains('_') && text.len() > 20, "{text}");
            }
        }
    }

    #[test]
    fn signs_and_sensors_say_what_they_counted() {
        let reasons = json!([
            {"signs": 5, "days": 10, "usual": 1.0}, {"signs": 4, "days": 10, "usual": 0.6},
            {"signs": 4, "days": 10, "usual": 0.0}, {"hotspots": 3, "hours": 24},
            {"warning": 3, "hours": 24}, {"warning": 3, "hours": 24, "agency": "bmkg"},
            {"hotspots": 3, "hours": 24, "agency": "sipongi"}
        ]);
        assert_eq!(
            sentences(&reasons, &[], false, Lang::Id),
            [
                "**Gejala bertumpuk**: 5 tanda dalam 10 hari; 90 hari sebelumnya rata-rata 1 dalam 10 hari.",
                "**Gejala bertumpuk**: 4 tanda dalam 10 hari; 90 hari sebelumnya rata-rata 0,6 dalam 10 hari.",
                "**Gejala bertumpuk**: 4 tanda dalam 10 hari; 90 hari sebelumnya tidak ada yang tercatat.",
                "Sedikitnya **3 titik panas** dengan tingkat kepercayaan tinggi dalam 24 jam, belum dicek di lapangan.",
                "**Peringatan dini** dari sensor atau lembaga pemantau dengan keparahan 3 atau lebih dalam 24 jam terakhir.",
                "**Peringatan dini** dari sensor atau lembaga pemantau dengan keparahan 3 atau lebih dalam 24 jam terakhir. Sumber data: BMKG (Badan Meteorologi, Klimatologi, dan Geofisika).",
                "Sedikitnya **3 titik panas** dengan tingkat kepercayaan tinggi dalam 24 jam, belum dicek di lapangan. Sumber data: SiPongi, Kementerian Kehutanan.",
            ]
        );
        let english = sentences(&reasons, &[], false, Lang::En);
        assert!(english.len() == 7 && english[5].ends_with("Data: BMKG, Indonesia's meteorological agency."));
    }

    #[test]
    fn a_transferred_model_gives_no_percentage() {
        let reasons = json!([{"horizon": "7d", "risk_ppm": 340_000, "base_ppm": 60_000}]);
        let texts = sentences(&reasons, &[], false, Lang::Id);
        assert!(texts[0].contains("belum terkalibrasi") && !texts[0].contains('%'), "{}", texts[0]);
        assert!(sentences(&reasons, &[], true, Lang::Id)[0].contains("34\u{a0}%"));
    }

    #[test]
    fn a_rule_is_named_even_where_the_policy_no_longer_has_it() {
        let texts = sentences(&json!([{"rule": "LAMA-1"}, {"districts": 3}, {"x": 1}]), &[], false, Lang::Id);
        assert_eq!(texts, ["Aturan **LAMA-1**.", "**3 kecamatan** sekaligus berada pada siaga atau awas."]);
    }
}
