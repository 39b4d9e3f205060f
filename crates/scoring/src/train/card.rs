//! A model's card: what a person should know before believing it.

mod transfer;
mod warnings;

use crate::artefact::Artefact;
use serde_json::Value;

/// What the person who trains must say; the numbers are filled in.
#[derive(Clone, Debug, Default)]
pub struct About {
    pub source: String,
    /// The same in Indonesian, for the models page.
    pub source_id: String,
    pub licence: String,
    pub intended_use: String,
    pub limits: Vec<String>,
    pub harm: Vec<String>,
    /// Use, limits and harm in Indonesian, for those who read the models page; nothing where it is empty.
    pub indonesian: Indonesian,
}

impl About {
    /// What a regency that trains for itself says: where its list is from and under which licence. Without a source it
    /// learns from its own record.
    pub fn of_a_regency(source: Option<String>, licence: Option<String>, limits: &[String]) -> About {
        let source_id = match &source {
            Some(_) => String::new(),
            None => "Catatan layanan ini sendiri, sebagaimana diterima.".into(),
        };
        About {
            source: source.unwrap_or_else(|| "This service's own record, as it was received.".into()),
            source_id,
            licence: licence.unwrap_or_else(|| "The regency's own; not to be given away.".into()),
            intended_use: "A prior beside the reports; it ranks and does not warn alone.".into(),
            limits: limits.to_vec(),
            harm: vec!["Places that report little look safe: read completeness first.".into()],
            indonesian: Indonesian {
                intended_use: "perkiraan awal di samping laporannya; untuk membandingkan tempat, tidak memberi peringatan sendirian.".into(),
                limits: limits.to_vec(),
                harm: vec!["Tempat yang jarang melapor tampak aman: baca kelengkapannya dulu.".into()],
            },
        }
    }
}

/// What a reader of the desk must know, in their language.
#[derive(Clone, Debug, Default)]
pub struct Indonesian {
    pub intended_use: String,
    pub limits: Vec<String>,
    pub harm: Vec<String>,
}

/// Heads the Indonesian part of a card; the models page shows what follows it.
pub const INDONESIAN: &str = "## Bahasa Indonesia";

/// The card as Markdown.
pub fn write(artefact: &Artefact, about: &About, evaluation: &Value) -> String {
    let fitted = &artefact.fitted_on;
    let mut card = format!("# {}\n\n", artefact.name);
    card += &format!(
        "Chance of at least one incident of kind `{}` within {}. Logistic regression, {} features, ridge {}, recalibration slope {:.2}.\n\n",
        artefact.kind,
        artefact.horizon,
        artefact.coefficients.len(),
        fitted.ridge,
        fitted.slope
    );
    if artefact.prior {
        card += "**A declared prior, not a fit of this kind.** The numbers are borrowed from another list; see limits.\n\n";
    }
    card += &format!("## Data\n\n{}\n\nLicence: {}\n\n", about.source, about.licence);
    card += &format!(
        "Unit: {}, {} to {}; {} units, {} rows, {} positives, base rate {:.4}.\n\n",
        unit_and_period(&fitted.unit),
        fitted.from,
        fitted.to,
        fitted.units,
        fitted.rows,
        fitted.positives,
        fitted.base_rate
    );
    card += "## Where it is used\n\nUsed on another unit or period it is *transferred*: the intercept is shifted by what the base rate and the size of a place move, the risk is shown as a prior (\"belum terkalibrasi\") and opens at most *waspada* by itself.\n\n";
    card += "| used on | base rate there | shift of the intercept | why |\n|---|---|---|---|\n";
    for (name, place) in
        [("kabupaten/kota", &artefact.used_on.regency), ("kecamatan", &artefact.used_on.district)]
    {
        card += &format!("| {name} | {:.5} | {:+.3} | {} |\n", place.base_rate, place.shift, place.why);
    }
    card += &format!(
        "\nA regency may call its numbers calibrated from {} own positives on.\n\n## How it did\n\n{}\n\n",
        fitted.own_positives_needed,
        result(evaluation)
    );
    if let Some(later) = evaluation["units_not_known_yet"].as_u64().filter(|later| *later > 0) {
        card += &format!(
            "No list named all places: {later} were first heard of in the held-out weeks. They are fitted on and not judged, for a forecast made before did not know them.\n\n"
        );
    }
    card += &transfer::english(evaluation);
    card += &warnings::english(artefact, evaluation);
    card += &format!(
        "## Intended use\n\n{}\n\n## Limits\n\n{}\n## Who it may harm\n\n{}",
        about.intended_use,
        list(&about.limits),
        list(&about.harm)
    );
    let own = &about.indonesian;
    if !own.intended_use.is_empty() {
        card += &format!(
            "\n{INDONESIAN}\n\nUntuk apa: {}\n\nBatasnya:\n\n{}\nSiapa yang dapat dirugikan:\n\n{}",
            own.intended_use,
            list(&own.limits),
            list(&own.harm)
        );
        card += &warnings::indonesian(artefact);
    }
    card
}

fn unit_and_period(unit: &str) -> String {
    if unit == CELL_MONTH { "cell × month".to_owned() } else { format!("{unit} × week") }
}

/// What a prior from many countries is fitted on: cells of a grid by weeks, or by months.
pub const CELL: &str = "cell";
pub const CELL_MONTH: &str = "cell_month";

fn list(lines: &[String]) -> String {
    lines.iter().map(|line| format!("- {line}\n")).collect()
}

fn result(evaluation: &Value) -> String {
    let result = &evaluation["result"];
    if let Some(why) = result["withheld"].as_str() {
        return format!("Withheld: {why}.");
    }
    let number = |value: &Value| value.as_f64().map_or("–".to_string(), |number| format!("{number:.4}"));
    let mut text = format!(
        "Held-out weeks from {} to {}:\n\n| forecast | Brier | log score | AUROC | within unit | calibration error |\n|---|---|---|---|---|---|\n",
        evaluation["test_from"].as_str().unwrap_or(""),
        evaluation["test_to"].as_str().unwrap_or("")
    );
    for name in ["model", "base_rate", "persistence", "climatology", "decayed", "analyst", "last_week"] {
        let row = &result[name];
        let cells: Vec<String> = ["brier", "log_score", "auroc", "auroc_within", "ece"]
            .iter()
            .map(|key| number(&row[*key]))
            .collect();
        text += &format!("| {name} | {} |\n", cells.join(" | "));
    }
    text += WITHIN_UNIT;
    let skill = &result["brier_skill_vs_best"];
    text += &format!(
        "\nBrier skill against the best of these ({}): {} (95 % interval {} to {}); calibration slope {}.",
        result["best_baseline"].as_str().unwrap_or("–"),
        number(&skill["value"]),
        number(&skill["low"]),
        number(&skill["high"]),
        number(&result["calibration_slope"])
    );
    text += &ceiling(result);
    if let Some(weights) = evaluation["weights"].as_object() {
        return text + &mixed(weights);
    }
    let fallback = result["fallback"].as_str().unwrap_or("base_rate");
    text += &match crate::artefact::earns_its_place(evaluation) {
        true => format!(" It beats them: the model is served; `{fallback}` stands by."),
        false => format!(
            " The lower end is not above 0: **not the model but the baseline `{fallback}` is served**, fitted and calibrated on the same weeks."
        ),
    };
    text
}

/// What the column within units is not: it stands here without its null, which `backtest` deals.
const WITHIN_UNIT: &str = "\nWithin a unit a half is not what no skill shows: a unit's hit weeks look back on one event less than its quiet ones. What it shows without skill is measured by `kentongan backtest`, not here; of *when*, this card claims nothing.\n";

/// What the served line is made of.
fn mixed(weights: &serde_json::Map<String, Value>) -> String {
    let mut parts: Vec<(f64, &String)> = weights
        .iter()
        .filter_map(|(name, weight)| Some((weight.as_f64().filter(|w| *w > 0.0)?, name)))
        .collect();
    parts.sort_by(|one, other| other.0.total_cmp(&one.0));
    let words: Vec<String> =
        parts.iter().map(|(weight, name)| format!("{:.0} % `{name}`", weight * 100.0)).collect();
    format!(
        " What is judged and served as the model is a mix of lines, weighed by what each lost on folds before these weeks: {}.",
        words.join(", ").replace("`model`", "the regression on all features")
    )
}

/// Where error or slope is off, what it would be otherwise: the level of every week known, and a forecast that is exactly right.
fn ceiling(result: &Value) -> String {
    let pair = |value: &Value| {
        format!(
            "{:.3} and {:.2}",
            value["ece"].as_f64().unwrap_or(0.0),
            value["calibration_slope"].as_f64().unwrap_or(0.0)
        )
    };
    let chance = &result["by_chance"];
    let range = |what: &str| {
        let end = |end: &str| chance[what][end].as_f64().map_or("–".to_string(), |end| format!("{end:.3}"));
        format!("{} to {}", end("low"), end("high"))
    };
    if chance.is_null() {
        return String::new();
    }
    format!(
        " Calibration error and slope are not both within 0.02 and 0.9 to 1.1. With the level of every week known beforehand they would be {}. A forecast that is exactly right but for the weeks' common weather shows {} and {} on these cells (95 %): labels of neighbouring weeks share their events.",
        pair(&result["level_known"]),
        range("ece"),
        range("slope")
    )
}
