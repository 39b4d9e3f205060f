//! The models that serve: a folder of one's own, or those compiled in.

use crate::config::Config;
use crate::user_error::OrUserError;
use anyhow::{Context, Result};
use domain::place::Places;
use scoring::{Artefact, Error, ModelScorer, Models};
use serde_json::Value;
use std::path::{Path, PathBuf};
use views::model::ServedModel;

#[derive(rust_embed::RustEmbed)]
#[folder = "../../models"]
struct CompiledIn;

/// Loads the models of `folder`, or the compiled-in ones. A schema or checksum that does not fit refuses to start.
/// A regency's own calibration is believed with `own_positives` of its own at least.
pub fn load(folder: Option<&Path>, own_positives: u32) -> Result<ModelScorer> {
    let models = match folder {
        Some(folder) => {
            let loaded = Models::load(folder);
            loaded.with_context(|| format!("loading the models in '{}'", folder.display())).or_user_error()?
        }
        None => Models::from_texts(Path::new("models"), |path| {
            text(path).ok_or_else(|| Error::Read {
                path: PathBuf::from(path),
                source: std::io::ErrorKind::NotFound.into(),
            })
        })
        .context("loading the compiled-in models")?,
    };
    Ok(ModelScorer::asking(models, own_positives))
}

fn text(path: &str) -> Option<String> {
    let file = CompiledIn::get(path)?;
    String::from_utf8(file.data.into_owned()).ok()
}

/// A file of a model's folder, where there is one.
pub fn beside(folder: Option<&Path>, name: &str, file: &str) -> Option<String> {
    match folder {
        Some(folder) => std::fs::read_to_string(folder.join(name).join(file)).ok(),
        None => text(&format!("{name}/{file}")),
    }
}

/// Puts what a folder of newly trained models lacks beside them, from the models in use, so that it can be served at once.
pub fn complete(folder: &Path, config: &Config) -> Result<()> {
    let source = crate::config::given(&config.files.models);
    let scorer = load(source, 0)?;
    let named = std::fs::read_to_string(folder.join("current.toml")).unwrap_or_default();
    for model in scorer.models() {
        if named.lines().any(|line| line.starts_with(&format!("{}-{} ", model.kind, model.horizon))) {
            continue;
        }
        let judged =
            beside(source, &model.name, "evaluation.json").context("reading a model's evaluation")?;
        let judged: Value = serde_json::from_str(&judged).context("reading a model's evaluation")?;
        let card = beside(source, &model.name, "card.md").unwrap_or_default();
        scoring::artefact::save(folder, model, &card, &judged)?;
    }
    Ok(())
}

/// What the desk's model page says of each.
pub fn described(scorer: &ModelScorer, config: &Config, places: &Places) -> Vec<ServedModel> {
    let folder = crate::config::given(&config.files.models);
    let beside = |model: &Artefact, file: &str| beside(folder, &model.name, file);
    let one = |model: &Artefact| {
        let judged: Value = beside(model, "evaluation.json")
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default();
        ServedModel::of(model, &judged, beside(model, "card.md").unwrap_or_default(), places)
    };
    scorer.models().iter().map(one).collect()
}
