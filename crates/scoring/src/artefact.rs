//! Models as files: `<kind>-<horizon>-<date>/{model.json, card.md, evaluation.json}` and `current.toml`,
//! which names the one in use by path and sha-256. Rolling back is one line of `current.toml`.

use crate::error::{Error, Result};
use domain::feature::NAMES;
use domain::kind::{Horizon, Kind};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::Path;

/// The shape of `model.json`; another one refuses to start.
pub const SCHEMA: u32 = 1;

/// One model: everything needed to apply it and to know what it rests on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Artefact {
    pub schema: u32,
    pub name: String,
    pub kind: String,
    pub horizon: String,
    /// True where no list of this kind was fitted and the numbers are borrowed.
    pub prior: bool,
    pub fitted_on: FittedOn,
    /// Where the model is applied, and by how much its intercept is shifted there.
    pub used_on: UsedOn,
    pub intercept: f64,
    /// In the order of the pipeline's feature vector.
    pub coefficients: Vec<Coefficient>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Coefficient {
    pub feature: String,
    pub value: f64,
}

/// The unit and period the numbers come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FittedOn {
    pub source: String,
    pub licence: String,
    pub unit: String,
    pub from: String,
    pub to: String,
    pub units: usize,
    pub rows: usize,
    pub positives: usize,
    /// Share of rows with the label.
    pub base_rate: f64,
    /// Ridge penalty and recalibration slope, both chosen on rolling folds.
    pub ridge: f64,
    pub slope: f64,
    /// Units with at least this many own positives may be called calibrated.
    pub own_positives_needed: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UsedOn {
    pub regency: Use,
    pub district: Use,
}

/// One use: the base rate believed there, why, and the shift of the intercept that follows:
/// `logit(base rate there) − logit(base rate where fitted)`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Use {
    pub base_rate: f64,
    pub why: String,
    pub shift: f64,
    pub calibrated: bool,
}

impl Artefact {
    pub fn kind(&self) -> Option<Kind> {
        Kind::parse(&self.kind)
    }

    pub fn horizon(&self) -> Option<Horizon> {
        Horizon::parse(&self.horizon)
    }

    /// Reads and checks one `model.json`.
    pub fn parse(path: &Path, text: &str) -> Result<Artefact> {
        let failed = |reason: String| Error::Artefact { path: path.to_path_buf(), reason };
        let artefact: Artefact = serde_json::from_str(text).map_err(|error| failed(error.to_string()))?;
        artefact.check().map_err(failed)?;
        Ok(artefact)
    }

    fn check(&self) -> std::result::Result<(), String> {
        if self.schema != SCHEMA {
            return Err(format!(
                "schema {} where this program reads {SCHEMA}; choose a model made for it",
                self.schema
            ));
        }
        if self.kind().is_none() || self.horizon().is_none() {
            return Err(format!("unknown kind {:?} or horizon {:?}", self.kind, self.horizon));
        }
        let have: Vec<&str> = self.coefficients.iter().map(|c| c.feature.as_str()).collect();
        if have != NAMES {
            return Err(format!("its features {have:?} are not the pipeline's {NAMES:?}; train it again"));
        }
        let shifts = [self.used_on.regency.shift, self.used_on.district.shift, self.intercept];
        if self.coefficients.iter().map(|c| c.value).chain(shifts).any(|value| !value.is_finite()) {
            return Err("a coefficient is not a finite number".to_string());
        }
        Ok(())
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Current {
    schema: u32,
    models: BTreeMap<String, Entry>,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    path: String,
    sha256: String,
}

/// The models in use.
#[derive(Clone, Debug, Default)]
pub struct Models {
    pub artefacts: Vec<Artefact>,
}

impl Models {
    /// Loads what `current.toml` of a folder names.
    pub fn load(folder: &Path) -> Result<Models> {
        Models::from_texts(folder, |path| {
            std::fs::read_to_string(folder.join(path))
                .map_err(|source| Error::Read { path: folder.join(path), source })
        })
    }

    /// The same from any keeper of texts, for example files compiled into the program.
    pub fn from_texts(folder: &Path, read: impl Fn(&str) -> Result<String>) -> Result<Models> {
        let path = folder.join("current.toml");
        let failed = |reason: String| Error::Artefact { path: path.clone(), reason };
        let current: Current =
            toml::from_str(&read("current.toml")?).map_err(|error| failed(error.to_string()))?;
        if current.schema != SCHEMA {
            return Err(failed(format!("schema {} where this program reads {SCHEMA}", current.schema)));
        }
        let mut models = Models::default();
        for (slot, entry) in &current.models {
            let text = read(&entry.path)?;
            let path = folder.join(&entry.path);
            let have = sha256(text.as_bytes());
            if have != entry.sha256 {
                let reason = format!(
                    "its sha-256 is {have}, current.toml says {}; the file was changed",
                    entry.sha256
                );
                return Err(Error::Artefact { path, reason });
            }
            let artefact = Artefact::parse(&path, &text)?;
            if format!("{}-{}", artefact.kind, artefact.horizon) != *slot {
                let reason = format!(
                    "it is a {}-{} model, current.toml uses it as {slot}",
                    artefact.kind, artefact.horizon
                );
                return Err(Error::Artefact { path, reason });
            }
            models.artefacts.push(artefact);
        }
        for kind in Kind::ALL {
            for horizon in Horizon::ALL {
                let there = |a: &Artefact| a.kind() == Some(*kind) && a.horizon() == Some(*horizon);
                if !models.artefacts.iter().any(there) {
                    return Err(failed(format!("no model for {kind}-{horizon}")));
                }
            }
        }
        Ok(models)
    }
}

/// Writes the three files of a model and points `current.toml` at it.
pub fn save(folder: &Path, artefact: &Artefact, card: &str, evaluation: &serde_json::Value) -> Result<()> {
    let own = folder.join(&artefact.name);
    let write = |path: &Path, text: &str| {
        std::fs::write(path, text).map_err(|source| Error::Write { path: path.to_path_buf(), source })
    };
    std::fs::create_dir_all(&own).map_err(|source| Error::Write { path: own.clone(), source })?;
    let text = pretty(artefact);
    write(&own.join("model.json"), &text)?;
    write(&own.join("card.md"), card)?;
    write(&own.join("evaluation.json"), &pretty(evaluation))?;
    let path = folder.join("current.toml");
    let mut current = match std::fs::read_to_string(&path) {
        Ok(text) => toml::from_str(&text)
            .map_err(|error| Error::Artefact { path: path.clone(), reason: error.to_string() })?,
        Err(_) => Current { schema: SCHEMA, models: BTreeMap::new() },
    };
    let entry = Entry { path: format!("{}/model.json", artefact.name), sha256: sha256(text.as_bytes()) };
    current.models.insert(format!("{}-{}", artefact.kind, artefact.horizon), entry);
    write(&path, &render(&current))
}

fn render(current: &Current) -> String {
    let mut text = String::from(
        "# The models in use. To roll back, name an older folder here with the sha-256 of its model.json.\n",
    );
    text += &format!("schema = {}\n\n[models]\n", current.schema);
    for (slot, entry) in &current.models {
        text += &format!("{slot} = {{ path = {:?}, sha256 = {:?} }}\n", entry.path, entry.sha256);
    }
    text
}

fn pretty(value: &impl Serialize) -> String {
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    text
}

pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
pub(crate) fn example(kind: Kind, horizon: Horizon) -> Artefact {
    let used = Use { base_rate: 0.02, why: "a test".into(), shift: -0.5, calibrated: false };
    Artefact {
        schema: SCHEMA,
        name: format!("{kind}-{horizon}-2026-01-01"),
        kind: kind.to_string(),
        horizon: horizon.to_string(),
        prior: false,
        fitted_on: FittedOn {
            source: "a test".into(),
            licence: "none".into(),
            unit: "regency".into(),
            from: "2020-01-01".into(),
            to: "2020-12-31".into(),
            units: 2,
            rows: 10,
            positives: 3,
            base_rate: 0.03,
            ridge: 1.0,
            slope: 1.0,
            own_positives_needed: 50,
        },
        used_on: UsedOn { regency: used.clone(), district: used },
        intercept: -2.5,
        coefficients: NAMES
            .iter()
            .enumerate()
            .map(|(i, name)| Coefficient { feature: name.to_string(), value: 0.1 * i as f64 - 0.3 })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn saved() -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        for kind in Kind::ALL {
            for horizon in Horizon::ALL {
                save(folder.path(), &example(*kind, *horizon), "card", &serde_json::json!({}))
                    .expect("saved");
            }
        }
        folder
    }

    #[test]
    fn what_is_saved_loads_and_a_changed_file_does_not() {
        let folder = saved();
        let models = Models::load(folder.path()).expect("loads");
        assert_eq!(models.artefacts.len(), 6);
        let path = folder.path().join("disaster-7d-2026-01-01/model.json");
        let text = std::fs::read_to_string(&path).expect("text");
        std::fs::write(&path, text.replace("-2.5", "-1.5")).expect("written");
        assert!(Models::load(folder.path()).unwrap_err().to_string().contains("was changed"));
    }

    #[test]
    fn another_schema_or_other_features_refuse_to_start() {
        let mut artefact = example(Kind::Disaster, Horizon::Week);
        artefact.schema = 2;
        assert!(artefact.check().unwrap_err().contains("schema"));
        artefact.schema = SCHEMA;
        artefact.coefficients.swap(0, 1);
        assert!(artefact.check().unwrap_err().contains("features"));
        artefact.coefficients.swap(0, 1);
        artefact.intercept = f64::NAN;
        assert!(artefact.check().is_err());
    }

    #[test]
    fn a_missing_model_is_named() {
        let folder = saved();
        let path = folder.path().join("current.toml");
        let text = std::fs::read_to_string(&path).expect("text");
        let kept: String =
            text.lines().filter(|line| !line.starts_with("disaster-30d")).map(|l| format!("{l}\n")).collect();
        std::fs::write(&path, kept).expect("written");
        assert!(Models::load(folder.path()).unwrap_err().to_string().contains("disaster-30d"));
    }
}
