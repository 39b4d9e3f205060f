//! Models as files: `<kind>-<horizon>-<date>/{model.json, card.md, evaluation.json}` and `current.toml`,
//! which names the one in use by path and sha-256. The evaluation decides at loading whether the model speaks or its
//! baseline. Rolling back is one line of `current.toml`.

mod alert_bars;

pub use alert_bars::{AlertBars, seen_through};

use crate::error::{Error, Result};
use crate::pooling::record::PooledRecord;
use domain::feature::{COMMON, NAMES};
use domain::kind::{Horizon, Kind};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::Path;

/// The shape of `model.json`; another one refuses to start.
pub const SCHEMA: u32 = 4;
/// The shapes before, and how many of the features their lines name: read as if the coefficients of the rest were 0.
const BEFORE: [(u32, usize); 2] = [(2, COMMON), (3, 16)];

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
    /// What speaks in the model's place where the evaluation does not show it to be better.
    pub baseline: Baseline,
    /// Regencies with enough resolved forecasts of their own.
    #[serde(default)]
    pub local: Vec<Local>,
    /// From where on the model warns; a file without is compared with a multiple of what is usual.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alert_bars: Option<AlertBars>,
    /// What the records of places say of its level there; see [`crate::pooling`].
    #[serde(default, skip_serializing_if = "PooledRecord::is_empty")]
    pub pooled: PooledRecord,
    /// Decided at loading from the evaluation; no part of the file.
    #[serde(skip)]
    pub served: Served,
}

/// Which of an artefact's two lines speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Served {
    #[default]
    Model,
    Baseline,
}

/// A simple forecast as a line over the same features.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// `base_rate`, `persistence`, `climatology`, `decayed` or `analyst`.
    pub name: String,
    pub intercept: f64,
    pub coefficients: Vec<Coefficient>,
}

/// One regency's own recalibration of what is served there: `intercept + slope · logit`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Local {
    /// Code of the regency, 16.13; `unit` says whether its districts or the regency itself.
    pub regency: String,
    pub unit: String,
    pub intercept: f64,
    pub slope: f64,
    /// Share of its own forecasts that came true.
    pub base_rate: f64,
    pub from: String,
    pub to: String,
    pub rows: usize,
    pub positives: usize,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Coefficient {
    pub feature: String,
    pub value: f64,
}

impl Coefficient {
    fn new(feature: &str, value: f64) -> Coefficient {
        Coefficient { feature: feature.to_string(), value }
    }
}

/// The unit and period the numbers come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FittedOn {
    pub source: String,
    /// The same for readers of the pages, in Indonesian; empty where nobody wrote it.
    #[serde(default)]
    pub source_id: String,
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
    /// How far all units' logits rise and fall together from week to week, as a standard deviation: what the weekly
    /// sums of the fit strayed beyond chance. Widens the limits of the drift watch.
    pub shared: f64,
    /// Units with at least this many own positives may be called calibrated.
    pub own_positives_needed: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UsedOn {
    pub regency: Use,
    pub district: Use,
}

/// One use: the base rate there, believed or measured, why, and the shift of the intercept: `logit(base rate there) − logit(base
/// rate where fitted)`, or what was measured on places of that size (`train::districts`, `prior`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Use {
    pub base_rate: f64,
    pub why: String,
    pub shift: f64,
    pub calibrated: bool,
    /// How far the line's log odds stray there from what comes true, as a standard deviation, where that was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transfer_sd: Option<f64>,
}

impl Artefact {
    pub fn kind(&self) -> Option<Kind> {
        Kind::parse(&self.kind)
    }

    pub fn horizon(&self) -> Option<Horizon> {
        Horizon::parse(&self.horizon)
    }

    /// The line that speaks: intercept and coefficients.
    pub fn line(&self) -> (f64, &[Coefficient]) {
        match self.served {
            Served::Model => (self.intercept, &self.coefficients),
            Served::Baseline => (self.baseline.intercept, &self.baseline.coefficients),
        }
    }

    /// What a score names: the model, or the model's folder and the baseline that speaks instead.
    pub fn served_name(&self) -> String {
        match self.served {
            Served::Model => self.name.clone(),
            Served::Baseline => format!("{}/baseline:{}", self.name, self.baseline.name),
        }
    }

    /// Reads and checks one `model.json`.
    pub fn parse(path: &Path, text: &str) -> Result<Artefact> {
        let failed = |reason: String| Error::Artefact { path: path.to_path_buf(), reason };
        let mut artefact: Artefact = serde_json::from_str(text).map_err(|error| failed(error.to_string()))?;
        artefact.widen();
        artefact.check().map_err(failed)?;
        Ok(artefact)
    }

    /// A file of a schema before becomes one of this.
    fn widen(&mut self) {
        let Some((_, named)) = BEFORE.into_iter().find(|(schema, _)| *schema == self.schema) else { return };
        self.schema = SCHEMA;
        for line in [&mut self.coefficients, &mut self.baseline.coefficients] {
            if line.len() == named {
                line.extend(NAMES[named..].iter().map(|name| Coefficient::new(name, 0.0)));
            }
        }
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
        for line in [&self.coefficients, &self.baseline.coefficients] {
            let have: Vec<&str> = line.iter().map(|c| c.feature.as_str()).collect();
            if have != NAMES {
                return Err(format!(
                    "its features {have:?} are not the pipeline's {NAMES:?}; train it again"
                ));
            }
        }
        let both = self.coefficients.iter().chain(&self.baseline.coefficients).map(|c| c.value);
        let shifts = [self.used_on.regency.shift, self.used_on.district.shift];
        let own = self.local.iter().flat_map(|local| [local.intercept, local.slope]);
        let shifts = shifts.into_iter().chain(self.pooled.shifts());
        let all = both.chain(shifts).chain(own).chain([self.intercept, self.baseline.intercept]);
        if all.into_iter().any(|value| !value.is_finite()) {
            return Err("a coefficient is not a finite number".to_string());
        }
        self.alert_bars.as_ref().map_or(Ok(()), |bars| bars.check(&self.coefficients))?;
        let widths = [self.used_on.regency.transfer_sd, self.used_on.district.transfer_sd];
        if widths.into_iter().flatten().any(|sd| !(sd.is_finite() && sd > 0.0)) {
            return Err("a transfer_sd is no number above 0".to_string());
        }
        self.local.iter().try_for_each(|local| self.check_local(local))
    }

    fn check_local(&self, local: &Local) -> std::result::Result<(), String> {
        let code = domain::place::Code::parse(&local.regency).filter(|code| code.is_regency());
        if code.is_none() || !["district", "regency"].contains(&local.unit.as_str()) || local.slope <= 0.0 {
            return Err(format!(
                "its own calibration for {:?} names no regency, no unit or no slope above 0",
                local.regency
            ));
        }
        let needed = self.fitted_on.own_positives_needed;
        if (local.positives as u64) < u64::from(needed) {
            return Err(format!(
                "its own calibration for {} rests on {} positives where {needed} are needed",
                local.regency, local.positives
            ));
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
    /// Of the evaluation.json beside it, which decides whether the model or its baseline speaks.
    evaluation_sha256: String,
}

/// True for a line whose mix was chosen before it was judged: the simple forecasts have their share in it already. One of
/// before counts where the lower end of its Brier skill against the best simple forecast is above 0. Where nothing could be
/// judged, none does.
pub fn earns_its_place(evaluation: &serde_json::Value) -> bool {
    if evaluation["weights"].is_object() {
        return evaluation["result"]["withheld"].is_null();
    }
    evaluation["result"]["brier_skill_vs_best"]["low"].as_f64().is_some_and(|low| low > 0.0)
}

/// The coefficients by name, in the order of the features.
pub fn coefficients(values: impl IntoIterator<Item = f64>) -> Vec<Coefficient> {
    NAMES.iter().zip(values).map(|(name, value)| Coefficient::new(name, value)).collect()
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
        let known = |schema: u32| schema == SCHEMA || BEFORE.iter().any(|(before, _)| *before == schema);
        if !known(current.schema) {
            return Err(failed(format!("schema {} where this program reads {SCHEMA}", current.schema)));
        }
        let mut models = Models::default();
        for (slot, entry) in &current.models {
            let text = checked(folder, &entry.path, &entry.sha256, &read)?;
            let path = folder.join(&entry.path);
            let mut artefact = Artefact::parse(&path, &text)?;
            if format!("{}-{}", artefact.kind, artefact.horizon) != *slot {
                let reason = format!(
                    "it is a {}-{} model, current.toml uses it as {slot}",
                    artefact.kind, artefact.horizon
                );
                return Err(Error::Artefact { path, reason });
            }
            let beside = entry.path.replace("model.json", "evaluation.json");
            let text = checked(folder, &beside, &entry.evaluation_sha256, &read)?;
            artefact.served = decide(&artefact, &folder.join(&beside), &text)?;
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

fn checked(folder: &Path, path: &str, sha: &str, read: &impl Fn(&str) -> Result<String>) -> Result<String> {
    let text = read(path)?;
    let have = sha256(text.as_bytes());
    if have != sha {
        let reason = format!("its sha-256 is {have}, current.toml says {sha}; the file was changed");
        return Err(Error::Artefact { path: folder.join(path), reason });
    }
    Ok(text)
}

/// The fallback rule: a model that is not shown to beat the simple forecasts gives way to the best of them.
fn decide(artefact: &Artefact, path: &Path, text: &str) -> Result<Served> {
    let failed = |reason: String| Error::Artefact { path: path.to_path_buf(), reason };
    let evaluation: serde_json::Value =
        serde_json::from_str(text).map_err(|error| failed(error.to_string()))?;
    if earns_its_place(&evaluation) {
        return Ok(Served::Model);
    }
    match evaluation["result"]["fallback"].as_str() {
        Some(name) if name != artefact.baseline.name => Err(failed(format!(
            "it falls back on '{name}', model.json beside it holds '{}'; train both again",
            artefact.baseline.name
        ))),
        _ => Ok(Served::Baseline),
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
    let judged = pretty(evaluation);
    write(&own.join("evaluation.json"), &judged)?;
    let path = folder.join("current.toml");
    let mut current = match std::fs::read_to_string(&path) {
        Ok(text) => toml::from_str::<Current>(&text)
            .map_err(|error| Error::Artefact { path: path.clone(), reason: error.to_string() })?,
        Err(_) => Current { schema: SCHEMA, models: BTreeMap::new() },
    };
    current.schema = SCHEMA;
    let entry = Entry {
        path: format!("{}/model.json", artefact.name),
        sha256: sha256(text.as_bytes()),
        evaluation_sha256: sha256(judged.as_bytes()),
    };
    current.models.insert(format!("{}-{}", artefact.kind, artefact.horizon), entry);
    write(&path, &render(&current))
}

fn render(current: &Current) -> String {
    let mut text = String::from(
        "# The models in use. To roll back, name an older folder here with the sha-256 of its model.json and evaluation.json.\n",
    );
    text += &format!("schema = {}\n\n[models]\n", current.schema);
    for (slot, entry) in &current.models {
        text += &format!(
            "{slot} = {{ path = {:?}, sha256 = {:?}, evaluation_sha256 = {:?} }}\n",
            entry.path, entry.sha256, entry.evaluation_sha256
        );
    }
    text
}

fn pretty(value: &impl Serialize) -> String {
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    text
}

pub fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

#[cfg(test)]
pub(crate) fn example(kind: Kind, horizon: Horizon) -> Artefact {
    let used =
        Use { base_rate: 0.02, why: "a test".into(), shift: -0.5, calibrated: false, transfer_sd: None };
    Artefact {
        schema: SCHEMA,
        name: format!("{kind}-{horizon}-2026-01-01"),
        kind: kind.to_string(),
        horizon: horizon.to_string(),
        prior: false,
        fitted_on: FittedOn {
            source: "a test".into(),
            source_id: String::new(),
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
            shared: 0.2,
            own_positives_needed: 50,
        },
        used_on: UsedOn { regency: used.clone(), district: used },
        intercept: -2.5,
        coefficients: coefficients((0..NAMES.len()).map(|i| 0.1 * i as f64 - 0.3)),
        baseline: Baseline {
            name: "decayed".into(),
            intercept: -3.0,
            coefficients: coefficients((0..NAMES.len()).map(|i| if i == 1 { 0.9 } else { 0.0 })),
        },
        local: Vec::new(),
        alert_bars: None,
        pooled: PooledRecord::default(),
        served: Served::Model,
    }
}

#[cfg(test)]
mod tests;
