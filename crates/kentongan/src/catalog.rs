//! What the configuration knows: places, categories, policy.

use crate::assets;
use crate::config::{Config, given};
use crate::user_error::OrUserError;
use anyhow::{Context, Result};
use domain::place::Places;
use domain::policy::Policy;
use formats::archive::Crosswalk;
use formats::policy::PolicyFile;
use formats::taxonomy::Taxonomy;
use notify::team::Team;
use std::path::Path;
use std::sync::Arc;
use store::LedgerPolicy;
use views::RuleWords;
use web::Shapes;

pub struct LoadedCatalog {
    pub places: Arc<Places>,
    pub taxonomy: Arc<Taxonomy>,
    pub policy: Policy,
    /// How the ledger is kept, and own positives a regency needs.
    pub ledger: Arc<LedgerPolicy>,
    pub own_positives: u32,
    /// The policy's rules as the pages name them.
    pub rules: Arc<Vec<RuleWords>>,
}

impl LoadedCatalog {
    /// As configured; `districts` (a bare list of codes) takes the place of the configured places.
    pub fn load(config: &Config, districts: Option<&Path>) -> Result<LoadedCatalog> {
        let places = match districts {
            Some(path) => {
                formats::places::from_list(&path.display().to_string(), &read(path)?).or_user_error()?
            }
            None => places(config).or_user_error()?,
        };
        let taxonomy = Taxonomy::parse(&or_own(&config.files.taxonomy, assets::TAXONOMY)?);
        let taxonomy = named(taxonomy, &config.files.taxonomy)?;
        let file = PolicyFile::parse(&or_own(&config.files.policy, assets::POLICY)?, &taxonomy);
        let file = named(file, &config.files.policy)?;
        Ok(LoadedCatalog {
            places: Arc::new(places),
            ledger: Arc::new(file.ledger.clone()),
            own_positives: file.own_positives.unwrap_or(scoring::train::OWN_POSITIVES),
            rules: Arc::new(RuleWords::of(&file, &taxonomy)),
            taxonomy: Arc::new(taxonomy),
            policy: file.policy,
        })
    }
}

fn places(config: &Config) -> Result<Places> {
    let mut files: Vec<(String, String)> = Vec::new();
    for path in &config.places.files {
        files.push((path.display().to_string(), read(path)?));
    }
    if files.is_empty() {
        files = assets::DISTRICTS.iter().map(|(name, text)| ((*name).into(), (*text).into())).collect();
    }
    Ok(formats::places::of_regencies(files, &config.places.regencies)?)
}

/// The roster; nobody where none is configured.
pub fn team(config: &Config) -> Result<Team> {
    let Some(path) = given(&config.files.team) else { return Ok(Team::default()) };
    let env = |name: &str| std::env::var(name).ok();
    Team::parse(&read(path)?, &env)
        .with_context(|| format!("reading the team in '{}'", path.display()))
        .or_user_error()
}

/// What is amiss with the roster; nothing where none is configured.
pub fn team_warnings(config: &Config, team: &Team, places: &Places) -> Vec<String> {
    if given(&config.files.team).is_none() {
        return Vec::new();
    }
    let mail = team.mail_warnings(&config.notify.smtp, &|name| std::env::var(name).ok());
    team.warnings(places).into_iter().chain(mail).collect()
}

/// The districts' shapes, from the boundary files or from the centres.
pub fn shapes(config: &Config, places: &Places) -> Result<Shapes> {
    Shapes::load(given(&config.places.boundaries), places).or_user_error()
}

pub fn crosswalk() -> Result<Crosswalk> {
    Ok(Crosswalk::parse(assets::CROSSWALK)?)
}

fn or_own(path: &Path, compiled_in: &str) -> Result<String> {
    given(path).map_or_else(|| Ok(compiled_in.to_owned()), read)
}

/// An error about a file names it; the compiled-in one has no path.
fn named<T, E: Into<anyhow::Error>>(read: Result<T, E>, path: &Path) -> Result<T> {
    let read = read.map_err(Into::into);
    match given(path) {
        Some(path) => read.with_context(|| format!("in '{}'", path.display())).or_user_error(),
        None => read,
    }
}

/// Reads a file that the configuration or the call names, however it was saved.
pub fn read(path: &Path) -> Result<String> {
    let bytes =
        std::fs::read(path).with_context(|| format!("reading '{}'", path.display())).or_user_error()?;
    Ok(formats::plain_text::decoded(&bytes).into_owned())
}
