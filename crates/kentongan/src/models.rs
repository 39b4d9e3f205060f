//! The models that serve: a folder of one's own, or those compiled in.

use crate::config::Config;
use anyhow::{Context, Result};
use desk::ModelInfo;
use domain::kind::{Horizon, Kind};
use domain::place::Code;
use domain::scorer::Scorer;
use scoring::{Error, ModelScorer, Models};
use serde_json::Value;
use std::path::{Path, PathBuf};

#[derive(rust_embed::RustEmbed)]
#[folder = "../../models"]
struct CompiledIn;

/// Loads the models of `folder`, or the compiled-in ones. A schema or checksum that does not fit refuses to start.
pub fn load(folder: Option<&Path>) -> Result<ModelScorer> {
    let models = match folder {
        Some(folder) => {
            Models::load(folder).with_context(|| format!("loading the models in '{}'", folder.display()))?
        }
        None => Models::from_texts(Path::new("models"), |path| {
            text(path).ok_or_else(|| Error::Read {
                path: PathBuf::from(path),
                source: std::io::ErrorKind::NotFound.into(),
            })
        })
        .context("loading the compiled-in models")?,
    };
    Ok(ModelScorer::new(models))
}

fn text(path: &str) -> Option<String> {
    let file = CompiledIn::get(path)?;
    String::from_utf8(file.data.into_owned()).ok()
}

/// Any district will do to ask how a model stands where nothing is calibrated.
const SOME_DISTRICT: Code = Code(1);

/// What the desk's model page says of each.
pub fn described(scorer: &ModelScorer, config: &Config) -> Vec<ModelInfo> {
    let folder = crate::config::given(&config.files.models);
    let mut all = Vec::new();
    for model in scorer.models() {
        let (kind, horizon) = (model.kind(), model.horizon());
        let asked = (kind.unwrap_or(Kind::Disaster), horizon.unwrap_or(Horizon::Week));
        let standing = scorer.row(SOME_DISTRICT, asked.0, asked.1).standing;
        let beside = |file: &str| match folder {
            Some(folder) => std::fs::read_to_string(folder.join(&model.name).join(file)).ok(),
            None => text(&format!("{}/{file}", model.name)),
        };
        let judged: Value =
            beside("evaluation.json").and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        let skill = &judged["result"]["brier_skill_vs_best"];
        let number = |key: &str| skill[key].as_f64();
        let fit = &model.fitted_on;
        all.push(ModelInfo {
            name: model.name.clone(),
            kind,
            horizon,
            fitted_on: format!(
                "{} · {} · {} – {} · {} positif dari {}",
                fit.source, fit.unit, fit.from, fit.to, fit.positives, fit.rows
            ),
            calibrated: standing.calibrated,
            base_ppm: standing.base_ppm,
            baseline: judged["result"]["best_baseline"].as_str().unwrap_or_default().to_owned(),
            brier_skill: number("value")
                .zip(number("low"))
                .zip(number("high"))
                .map(|((value, low), high)| (value, low, high)),
            card: beside("card.md").unwrap_or_default(),
        });
    }
    all
}
