//! Why a risk is what it is: each feature's share of the logit as a sentence.

use crate::format;
use crate::words::Lang;
use domain::feature::{COMMON, COUNT, FeatureVector, NAMES, SURROUNDINGS_FLOOR};
use domain::scorer::Contributions;
use serde::Serialize;
use std::collections::BTreeMap;

/// Shown together with the sine.
const COSINE: &str = "season_cos";
/// Its logarithm has a floor of its own.
const SURROUNDINGS: &str = "surroundings_14d";

/// One reason in words and how far it moves the logit.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct ReasonLine {
    /// The feature's name; the season's stands under its sine.
    pub feature: &'static str,
    pub text: String,
    /// Its share of the logit.
    pub share: f64,
    /// The reports behind it; `None` where nobody looked for them.
    pub reports: Option<ReportsBehind>,
}

/// The reports behind a reason, as far as this person may see them.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct ReportsBehind {
    /// The newest first.
    pub shown: Vec<ReportLink>,
    /// Further ones that could be shown.
    pub more: usize,
    pub hidden: usize,
}

/// A report's number and its words.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct ReportLink {
    pub id: String,
    /// Its feed, where another report has its id.
    pub feed: Option<String>,
    pub words: String,
}

impl ReportsBehind {
    fn is_empty(&self) -> bool {
        self.shown.is_empty() && self.hidden == 0
    }
}

/// By the feature's name.
pub type ReportsByReason = BTreeMap<&'static str, ReportsBehind>;

/// Sentences for all features, the strongest first. Sine and cosine of the season are one sentence; a feature that few
/// lines look at is no reason where this one does not.
pub fn lines(
    lang: Lang,
    features: &FeatureVector,
    contributions: &Contributions,
    coarse: bool,
    mut reports: ReportsByReason,
) -> Vec<ReasonLine> {
    let mut lines: Vec<ReasonLine> = (0..COUNT)
        .filter(|index| NAMES[*index] != COSINE)
        .filter(|index| *index < COMMON || contributions.features[*index] != 0.0)
        .map(|index| {
            let cosine =
                NAMES.iter().position(|name| *name == COSINE).filter(|_| NAMES[index] == "season_sin");
            let share = contributions.features[index] + cosine.map_or(0.0, |at| contributions.features[at]);
            let feature = NAMES[index];
            let reports = reports.remove(feature);
            let text = match &reports {
                // They stand for a long quiet where none is on record; the reports tell which it is.
                Some(reports) if feature == "days_since" && reports.is_empty() => {
                    lang.text("why.none_in_nine_months").to_string()
                }
                _ => sentence(lang, feature, features[index], coarse),
            };
            ReasonLine { feature, text, share, reports }
        })
        .collect();
    lines.sort_by(|a, b| b.share.abs().total_cmp(&a.share.abs()));
    lines
}

/// What a feature says, undoing its logarithm.
fn sentence(lang: Lang, name: &str, value: f64, coarse: bool) -> String {
    let count = if name == SURROUNDINGS { value.exp() - SURROUNDINGS_FLOOR } else { value.exp_m1() }.max(0.0);
    if let Some(key) = counted(name) {
        let figure = match coarse {
            true => format::coarse(count.round() as u32, lang),
            false => format::decimal(count, lang),
        };
        return lang.fill(key, &[("n", &figure)]);
    }
    match name {
        "climatology" => lang.fill("why.climatology", &[("n", &format::decimal(value.exp(), lang))]),
        "acceleration" => lang.text(pace(value)).to_string(),
        "days_since" if count >= 729.0 => lang.text("why.none_in_two_years").to_string(),
        // Where none is on record the feature stands for a quiet longer than the record; the sentence covers both.
        "days_since" => lang.count("why.days_since", count.round() as usize),
        "season_sin" => lang.text("why.season").to_string(),
        "completeness" => {
            lang.fill("why.completeness", &[("share", &format::percent((value * 1e6) as u32, lang))])
        }
        "calendar" => calendar(lang, value),
        "agreement" if value > 0.0 => lang.text("why.agreement").to_string(),
        "agreement" => lang.text("why.no_agreement").to_string(),
        other => format!("{other}: {}", format::decimal(value, lang)),
    }
}

/// Features that are logarithms of counts.
fn counted(name: &str) -> Option<&'static str> {
    Some(match name {
        "count_3d" => "why.count_3d",
        "count_14d" => "why.count_14d",
        "count_90d" => "why.count_90d",
        "count_30d" => "why.count_30d",
        "severity_14d" => "why.severity_14d",
        "neighbours_14d" => "why.neighbours_14d",
        "regency_14d" => "why.regency_14d",
        "serious_90d" => "why.serious_90d",
        SURROUNDINGS => "why.surroundings_14d",
        _ => return None,
    })
}

/// A trigger ahead and how far, undoing its halving with every week.
fn calendar(lang: Lang, value: f64) -> String {
    if value <= 0.0 {
        return lang.text("why.no_calendar").to_string();
    }
    lang.count("why.calendar", (-value.min(1.0).log2() * 7.0).round() as usize)
}

fn pace(value: f64) -> &'static str {
    if value > 0.1 {
        "why.pace_faster"
    } else if value < -0.1 {
        "why.pace_slower"
    } else {
        "why.pace_same"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strongest_reason_stands_first_and_the_shares_sum_to_the_logit() {
        let mut contributions = Contributions { intercept: -3.0, features: [0.0; COUNT] };
        contributions.features[1] = 1.5;
        contributions.features[8] = -2.0;
        contributions.features[9] = 0.2;
        contributions.features[10] = 0.1;
        let features = [1.0; COUNT];
        let lines = lines(Lang::Id, &features, &contributions, false, ReportsByReason::new());
        assert_eq!(lines.len(), COMMON - 1);
        assert!(lines[0].text.contains("hari sejak kejadian berat terakhir"), "{}", lines[0].text);
        let sum: f64 = lines.iter().map(|line| line.share).sum();
        assert!((sum - contributions.features.iter().sum::<f64>()).abs() < 1e-9);
    }

    #[test]
    fn every_feature_the_models_name_has_a_sentence() {
        for name in NAMES.iter().filter(|name| **name != COSINE) {
            assert!(!sentence(Lang::Id, name, 0.5, false).contains(name), "{name}");
        }
    }

    #[test]
    fn a_leader_gets_bands_instead_of_small_counts() {
        let mut features = [0.0; COUNT];
        features[0] = 2.0f64.ln_1p();
        assert!(sentence(Lang::Id, NAMES[0], features[0], true).ends_with("1–4"));
        assert!(sentence(Lang::Id, NAMES[0], features[0], false).ends_with("2,0"));
    }

    #[test]
    fn a_slot_is_a_reason_once_it_counts() {
        let (mut features, mut shares) = ([0.0; COUNT], [0.0; COUNT]);
        let at = |name: &str| NAMES.iter().position(|own| *own == name).unwrap();
        (features[at("calendar")], shares[at("calendar")]) = (0.5, 0.7);
        (features[at("agreement")], shares[at("agreement")]) = (1.0, -0.4);
        let contributions = Contributions { intercept: -3.0, features: shares };
        let lines = lines(Lang::Id, &features, &contributions, false, ReportsByReason::new());
        assert_eq!(lines.len(), COMMON - 1 + 2, "the analyst's count is no reason here");
        assert!(lines[0].text.starts_with("Pemicu kalender") && lines[0].text.ends_with("dalam 7 hari"));
        assert!(lines[1].text.contains("kesepakatan yang masih berlaku"), "{}", lines[1].text);
    }

    #[test]
    fn where_no_serious_incident_is_on_record_the_days_since_it_say_so() {
        let contributions = Contributions { intercept: -3.0, features: [1.0; COUNT] };
        let text = |reports: ReportsByReason| {
            let lines = lines(Lang::Id, &[1.0; COUNT], &contributions, false, reports);
            lines.into_iter().find(|line| line.feature == "days_since").unwrap().text
        };
        assert!(text([("days_since", ReportsBehind::default())].into()).contains("sembilan bulan terakhir"));
        assert!(text(ReportsByReason::new()).contains("hari sejak"), "nobody looked for reports");
    }
}
