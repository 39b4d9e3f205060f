//! What tests of this crate work with: the repository's own places, categories, policy and models.

use domain::place::Places;
use domain::policy::Policy;
use formats::policy::PolicyFile;
use formats::taxonomy::Taxonomy;
use scoring::Models;
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn path(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

fn file(name: &str) -> String {
    std::fs::read_to_string(path(name)).unwrap_or_else(|error| panic!("reading {name}: {error}"))
}

pub fn places(regencies: &[&str]) -> Arc<Places> {
    let read = |regency: &&str| {
        let path = format!("config/districts/{regency}.csv");
        (path.clone(), file(&path))
    };
    let files: Vec<(String, String)> = regencies.iter().map(read).collect();
    Arc::new(formats::places::from_csv(&files).expect("the places read"))
}

pub fn taxonomy() -> Taxonomy {
    Taxonomy::parse(&file("config/taxonomy.toml")).expect("the taxonomy reads")
}

pub fn policy() -> Arc<Policy> {
    Arc::new(PolicyFile::parse(&file("config/policy.toml"), &taxonomy()).expect("the policy reads").policy)
}

pub fn models() -> Models {
    Models::load(&path("models")).expect("the models load")
}
