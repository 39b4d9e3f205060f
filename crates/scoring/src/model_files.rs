//! Where the models in use stand: a folder of one's own, or the one compiled into the program.

use crate::artefact::{self, Artefact, Models};
use crate::error::{Error, Result};
use crate::scorer::ModelScorer;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// The text of a file compiled into the program, by its path in the folder of models.
pub type CompiledInText = fn(&str) -> Option<String>;

/// The keeper of the models in use.
#[derive(Clone, Debug)]
pub enum ModelFiles {
    Folder(PathBuf),
    CompiledIn(CompiledInText),
}

impl ModelFiles {
    /// What `current.toml` names, ready to apply. A regency's own calibration is believed with `own_positives` of its own
    /// at least.
    ///
    /// # Errors
    /// Where a file is missing, or its schema or checksum does not fit.
    pub fn load(&self, own_positives: u32) -> Result<ModelScorer> {
        let models = match self {
            ModelFiles::Folder(folder) => Models::load(folder)?,
            ModelFiles::CompiledIn(_) => Models::from_texts(Path::new("models"), |path| self.text(path))?,
        };
        Ok(ModelScorer::asking(models, own_positives))
    }

    /// The card of a model; empty where there is none.
    pub fn card(&self, model: &str) -> String {
        self.text(&format!("{model}/card.md")).unwrap_or_default()
    }

    /// The evaluation of a model.
    ///
    /// # Errors
    /// Where it is missing or no JSON.
    pub fn evaluation(&self, model: &str) -> Result<Value> {
        let path = format!("{model}/evaluation.json");
        let wrong = |error: serde_json::Error| Error::Artefact {
            path: PathBuf::from(&path),
            reason: error.to_string(),
        };
        serde_json::from_str(&self.text(&path)?).map_err(wrong)
    }

    /// Puts what a folder of newly trained models lacks beside them, from the models in use, so that it can be served at
    /// once.
    ///
    /// # Errors
    /// Where the models in use cannot be read or `folder` cannot be written.
    pub fn complete(&self, folder: &Path) -> Result<()> {
        let named = std::fs::read_to_string(folder.join("current.toml")).unwrap_or_default();
        for model in self.load(0)?.models() {
            let slot = format!("{}-{} ", model.kind, model.horizon);
            if !named.lines().any(|line| line.starts_with(&slot)) {
                artefact::save(folder, model, &self.card(&model.name), &self.evaluation(&model.name)?)?;
            }
        }
        Ok(())
    }

    /// Writes `next`, which the model `old` became, into `folder`; the evaluation goes with it under its new name.
    ///
    /// # Errors
    /// Where the evaluation of `old` cannot be read or `folder` cannot be written.
    pub fn save_successor(&self, folder: &Path, old: &str, next: &Artefact, card: &str) -> Result<()> {
        let mut evaluation = self.evaluation(old)?;
        evaluation["model"] = Value::String(next.name.clone());
        artefact::save(folder, next, card, &evaluation)
    }

    fn text(&self, path: &str) -> Result<String> {
        match self {
            ModelFiles::Folder(folder) => {
                let path = folder.join(path);
                std::fs::read_to_string(&path).map_err(|source| Error::Read { path, source })
            }
            ModelFiles::CompiledIn(text) => {
                let missing = std::io::ErrorKind::NotFound;
                text(path).ok_or_else(|| Error::Read { path: PathBuf::from(path), source: missing.into() })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_use() -> ModelFiles {
        ModelFiles::Folder(PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../models")))
    }

    #[test]
    fn a_folder_that_lacks_models_is_completed_and_keeps_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let files = in_use();
        let scorer = files.load(0).unwrap();
        let mut own = scorer.models()[0].clone();
        let old = own.name.clone();
        own.name += "x";
        files.save_successor(folder.path(), &old, &own, "the card").unwrap();
        files.complete(folder.path()).unwrap();
        let completed = ModelFiles::Folder(folder.path().to_path_buf());
        let loaded = completed.load(0).unwrap();
        assert_eq!(loaded.models().len(), scorer.models().len());
        assert!(loaded.models().iter().any(|model| model.name == own.name));
        assert!(loaded.models().iter().all(|model| model.name != old));
        assert_eq!(completed.card(&own.name), "the card");
        assert_eq!(completed.evaluation(&own.name).unwrap()["model"], own.name.as_str());
    }

    #[test]
    fn what_is_not_compiled_in_is_named() {
        let refused = ModelFiles::CompiledIn(|_| None).load(0).err().unwrap();
        assert!(refused.to_string().contains("current.toml"), "{refused}");
    }
}
