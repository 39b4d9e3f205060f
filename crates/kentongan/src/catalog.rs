//! What the configuration knows: places, categories, policy, rule names.

use crate::assets;
use crate::policy::{self, PolicyFile};
use anyhow::{Context, Result};
use domain::place::Places;
use feed::taxonomy::Taxonomy;
use std::path::Path;
use std::sync::Arc;

pub struct Catalog {
    pub places: Arc<Places>,
    pub taxonomy: Arc<Taxonomy>,
    pub policy: PolicyFile,
}

impl Catalog {
    /// The compiled-in catalogue, with the places of `districts` (a bare list of codes) where given.
    pub fn compiled_in(districts: Option<&Path>) -> Result<Catalog> {
        let places = match districts {
            Some(path) => {
                let text = std::fs::read_to_string(path).with_context(|| format!("reading the districts in '{}'", path.display()))?;
                feed::places::from_list(&path.display().to_string(), &text)?
            }
            None => {
                let files: Vec<(String, String)> = assets::DISTRICTS.iter().map(|(name, text)| ((*name).into(), (*text).into())).collect();
                feed::places::from_csv(&files)?
            }
        };
        let taxonomy = Taxonomy::parse(assets::TAXONOMY)?;
        Ok(Catalog { places: Arc::new(places), taxonomy: Arc::new(taxonomy), policy: policy::parse(assets::POLICY)? })
    }

    pub fn for_decode(&self) -> feed::decode::Catalog<'_> {
        feed::decode::Catalog { places: &self.places, taxonomy: &self.taxonomy }
    }
}
