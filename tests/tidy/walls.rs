//! The walls between the crates: who may depend on whom, as `crates/README.md` says it.

use super::{none, product};
use kentongan_tests::house;
use std::collections::BTreeMap;

/// What `domain` may bring in from outside; it stays `no_std` and pure.
const DOMAIN_MAY: [&str; 4] = ["hashbrown", "libm", "sha2", "xxhash-rust"];
/// What `formats` may bring in from outside: parsers, no sockets and no async.
const FORMATS_MAY: [&str; 11] = [
    "base64",
    "csv",
    "flate2",
    "jiff",
    "memchr",
    "serde",
    "serde_json",
    "sha2",
    "thiserror",
    "toml",
    "xxhash-rust",
];
/// Only `scoring` may name these.
const SCORING_ONLY: [&str; 3] = ["linfa", "linfa-logistic", "ndarray"];

/// What `views` may not name: it takes a store and a viewer, never a request or a page's markup.
const VIEWS_MAY_NOT: [&str; 6] = ["axum", "http", "hyper", "maud", "reqwest", "tower-http"];

/// Crate → the crates it may depend on, read from the table in the map.
fn allowed() -> BTreeMap<String, Vec<String>> {
    let map = house::read("crates/README.md");
    let names = |cell: &str| -> Vec<String> {
        cell.split([',', ' '])
            .filter(|word| word.starts_with(char::is_alphabetic))
            .map(String::from)
            .collect()
    };
    let rows = map.lines().filter_map(|line| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [name, _, may] = cells[..] else { return None };
        let name = name.strip_prefix('`')?.strip_suffix('`')?;
        Some((name.to_owned(), names(may)))
    });
    rows.collect()
}

fn crates() -> Vec<String> {
    let folder = std::fs::read_dir(house::root().join("crates")).expect("listing crates");
    let folders = folder.flatten().filter(|entry| entry.path().is_dir());
    let mut names: Vec<String> =
        folders.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn dependencies(name: &str) -> Vec<String> {
    let manifest = house::read(&format!("crates/{name}/Cargo.toml"));
    let manifest: toml::Table = manifest.parse().expect("a manifest is TOML");
    let tables = ["dependencies", "dev-dependencies", "build-dependencies"];
    let tables = tables.iter().filter_map(|table| manifest.get(*table)?.as_table());
    tables.flat_map(|table| table.keys().cloned()).collect()
}

fn offences(name: &str, dependencies: &[String], ours: &[String], may: &[String]) -> Vec<String> {
    let mut offences = Vec::new();
    for dependency in dependencies {
        if ours.contains(dependency) && !may.contains(dependency) && may != ["all"] {
            offences
                .push(format!("crate '{name}' may not depend on '{dependency}' (crates/README.md, Crates)"));
        }
        if SCORING_ONLY.contains(&dependency.as_str()) && name != "scoring" {
            offences.push(format!("crate '{name}' names '{dependency}'; only scoring does"));
        }
        if name == "views" && VIEWS_MAY_NOT.contains(&dependency.as_str()) {
            offences
                .push(format!("views may not depend on '{dependency}': it knows no request and no markup"));
        }
        if name == "domain" && !DOMAIN_MAY.contains(&dependency.as_str()) {
            offences.push(format!("domain may not depend on '{dependency}'"));
        }
        if name == "formats" && !ours.contains(dependency) && !FORMATS_MAY.contains(&dependency.as_str()) {
            offences
                .push(format!("formats may not depend on '{dependency}': it reads bytes and nothing else"));
        }
    }
    offences
}

#[test]
fn every_crate_keeps_to_its_wall() {
    let (ours, allowed) = (crates(), allowed());
    let listed: Vec<String> = allowed.keys().cloned().collect();
    assert_eq!(listed, ours, "the table of crates in crates/README.md and the folders under crates/");
    none(ours.iter().flat_map(|name| offences(name, &dependencies(name), &ours, &allowed[name])).collect());
}

#[test]
fn only_scoring_names_ndarray() {
    let mut offences = Vec::new();
    for source in house::files("crates", &[".rs"]) {
        let own = source.path.starts_with("crates/scoring/");
        if !own && product(&source.text).contains("ndarray") {
            offences.push(format!("{}: names ndarray", source.path));
        }
    }
    none(offences);
}

#[test]
fn a_broken_wall_is_seen() {
    let ours = ["domain", "store", "web"].map(String::from);
    let wrong = ["store", "tokio", "ndarray"].map(String::from);
    assert_eq!(offences("domain", &wrong, &ours, &[]).len(), 5);
    assert_eq!(offences("formats", &wrong, &ours, &["domain".to_owned()]).len(), 4);
    let faces = ["axum", "maud", "http"].map(String::from);
    assert_eq!(offences("views", &faces, &ours, &[]).len(), 3);
}
