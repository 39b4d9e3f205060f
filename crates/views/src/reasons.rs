//! Why a risk is what it is: each feature's share of the logit as a sentence.

use crate::format;
use crate::words::Lang;
use domain::feature::{COMMON, COUNT, FeatureVector, NAMES};
use domain::scorer::Contributions;
use std::collections::BTreeMap;

/// Told together with the sine.
const COSINE: &str = "season_cos";

/// One reason in words and how far it moves the logit.
#[derive(Clone, PartialEq, Debug)]
pub struct ReasonLine {
    /// The feature's name; the season's stands under its sine.
    pub feature: &'static str,
    pub text: String,
    pub share: f64,
}

/// The reports behind a reason, as far as this person may see them.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ReportsBehind {
    /// Number and words, the newest first.
    pub shown: Vec<(String, String)>,
    /// Further ones that could be shown.
    pub more: usize,
    pub hidden: usize,
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
) -> Vec<ReasonLine> {
    let mut lines: Vec<ReasonLine> = (0..COUNT)
        .filter(|index| NAMES[*index] != COSINE)
        .filter(|index| *index < COMMON || contributions.features[*index] != 0.0)
        .map(|index| {
            let cosine =
                NAMES.iter().position(|name| *name == COSINE).filter(|_| NAMES[index] == "season_sin");
            let share = contributions.features[index] + cosine.map_or(0.0, |at| contributions.features[at]);
            ReasonLine {
                feature: NAMES[index],
                text: sentence(lang, NAMES[index], features[index], coarse),
                share,
            }
        })
        .collect();
    lines.sort_by(|a, b| b.share.abs().total_cmp(&a.share.abs()));
    lines
}

/// What a feature says, undoing its logarithm.
fn sentence(lang: Lang, name: &str, value: f64, coarse: bool) -> String {
    let say = |id: &str, en: &str| lang.pick(id, en).to_string();
    let count = value.exp_m1().max(0.0);
    if let Some((id, en)) = counted(name) {
        let figure = match coarse {
            true => format::coarse(count.round() as u32, lang),
            false => format::decimal(count, lang),
        };
        return format!("{}: {figure}", say(id, en));
    }
    match name {
        "climatology" => {
            let (before, after) =
                (say("Biasanya di sini", "Usually here"), say("kejadian tiap minggu", "incidents a week"));
            format!("{before} {} {after}", format::decimal(value.exp(), lang))
        }
        "acceleration" => pace(lang, value),
        "days_since" if count >= 729.0 => {
            say("Belum ada kejadian tercatat dalam dua tahun", "No incident on record in two years")
        }
        "days_since" => {
            let days = format::number(count.round() as i64, lang);
            // Where none is on record the feature stands for a quiet longer than the record; the sentence covers both.
            let tail = say(
                "hari sejak kejadian berat terakhir (atau tidak ada dalam catatan)",
                "days since the last serious incident (or none on record)",
            );
            format!("{days} {tail}")
        }
        "season_sin" => say("Waktu dalam tahun (musim)", "Time of the year (season)"),
        "completeness" => {
            let share = format::percent((value * 1e6) as u32, lang);
            format!("{}: {share}", say("Umpan yang masih terdengar", "Feeds still heard"))
        }
        "calendar" => calendar(lang, value),
        "agreement" if value > 0.0 => say(
            "Ada kesepakatan yang masih berlaku antara para pihak",
            "An agreement between the parties is in force",
        ),
        "agreement" => say("Tidak ada kesepakatan yang berlaku", "No agreement is in force"),
        other => format!("{other}: {}", format::decimal(value, lang)),
    }
}

/// Features that are logarithms of counts.
fn counted(name: &str) -> Option<(&'static str, &'static str)> {
    Some(match name {
        "count_3d" => (
            "Kejadian beberapa hari terakhir (bobotnya separuh tiap 3 hari)",
            "Incidents of the last days (weight halves every 3 days)",
        ),
        "count_14d" => (
            "Kejadian dua minggu terakhir (bobotnya separuh tiap 14 hari)",
            "Incidents of the last fortnight (weight halves every 14 days)",
        ),
        "count_90d" => (
            "Kejadian beberapa bulan terakhir (bobotnya separuh tiap 90 hari)",
            "Incidents of the last months (weight halves every 90 days)",
        ),
        "count_30d" => ("Kejadian 30 hari terakhir", "Incidents of the last 30 days"),
        "severity_14d" => ("Jumlah keparahan dua minggu terakhir", "Sum of severities of the last fortnight"),
        "neighbours_14d" => {
            ("Kejadian di kecamatan tetangga, rata-rata", "Incidents in neighbouring districts, mean")
        }
        "regency_14d" => (
            "Kejadian di seluruh kabupaten, dua minggu terakhir",
            "Incidents in the whole regency, last fortnight",
        ),
        "serious_90d" => (
            "Kejadian berat (keparahan 3 ke atas) beberapa bulan terakhir",
            "Serious incidents (severity 3 and more) of the last months",
        ),
        _ => return None,
    })
}

/// A trigger ahead and how far, undoing its halving with every week.
fn calendar(lang: Lang, value: f64) -> String {
    if value <= 0.0 {
        return lang
            .pick("Tidak ada pemicu kalender yang diketahui", "No calendar trigger is known")
            .to_string();
    }
    let days = format::number((-value.min(1.0).log2() * 7.0).round() as i64, lang);
    match lang {
        Lang::Id => format!("Pemicu kalender (pemilu, panen, sidang, peringatan) dalam {days} hari"),
        Lang::En => format!("Calendar trigger (election, harvest, hearing, anniversary) in {days} days"),
    }
}

fn pace(lang: Lang, value: f64) -> String {
    let (id, en) = if value > 0.1 {
        (
            "Beberapa hari terakhir lebih ramai daripada dua minggu terakhir",
            "The last days outrun the last fortnight",
        )
    } else if value < -0.1 {
        (
            "Beberapa hari terakhir lebih sepi daripada dua minggu terakhir",
            "The last days are quieter than the last fortnight",
        )
    } else {
        ("Beberapa hari terakhir seperti dua minggu terakhir", "The last days are like the last fortnight")
    };
    lang.pick(id, en).to_string()
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
        let lines = lines(Lang::Id, &features, &contributions, false);
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
}
