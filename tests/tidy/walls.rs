//! The walls between the crates: who may depend on whom, as `crates/README.md` says it, and what each may bring in.

use super::{none, product};
use kentongan_tests::house;
use std::collections::BTreeMap;

/// What `domain` may bring in from outside; it stays `no_std` and pure.
const DOMAIN_MAY: [&str; 7] =
    ["hashbrown", "libm", "sha2", "ulid", "unicode-normalization", "uuid", "xxhash-rust"];
/// What `formats` may bring in from outside: parsers, no sockets and no async.
const FORMATS_MAY: [&str; 19] = [
    "base64",
    "calamine",
    "cfb",
    "csv",
    "encoding_rs",
    "flate2",
    "geojson",
    "jiff",
    "memchr",
    "quick-xml",
    "rust_xlsxwriter",
    "serde",
    "serde_json",
    "sha2",
    "thiserror",
    "toml",
    "uuid",
    "xxhash-rust",
    "zip",
];
/// Outside crates that belong to few of ours: a crate that names one of them has left its own subject.
const KEPT_BY: [(&[&str], &[&str]); 7] = [
    (&["linfa", "ndarray"], &["scoring"]),
    (&["sqlx"], &["store"]),
    (&["axum", "tower-http", "maud"], &["intake", "web", "kentongan"]),
    (&["lettre"], &["notify"]),
    (&["reqwest"], &["notify", "intake"]),
    (&["rdkafka"], &["intake", "worker", "kentongan"]),
    (&["tokio"], &["store", "intake", "worker", "web", "notify", "kentongan"]),
];
/// The binary wires; it holds no rule, and this many lines at most beside the declarations of its calls and settings.
const BINARY_LINES: usize = 2_800;
const DECLARATIONS: [&str; 2] = ["crates/kentongan/src/cli.rs", "crates/kentongan/src/config.rs"];

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
    let table = super::map::section(&map, "Crates");
    let rows = table.lines().filter_map(|line| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let (name, may) = (cells.first()?, cells.last()?);
        let name = name.strip_prefix('`')?.strip_suffix('`')?;
        Some((name.to_owned(), names(may)))
    });
    rows.collect()
}

fn crates() -> Vec<String> {
    let folder = std::fs::read_dir(house::root().join("crates")).expect("listing crates");
    let folders = folder.flatten().filter(|entry| entry.path().join("Cargo.toml").exists());
    let mut names: Vec<String> =
        folders.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn manifest(name: &str) -> toml::Table {
    house::read(&format!("crates/{name}/Cargo.toml")).parse().expect("a manifest is TOML")
}

const TABLES: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];

fn dependencies(manifest: &toml::Table, tables: &[&str]) -> Vec<String> {
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
        for (outside, keepers) in KEPT_BY {
            if outside.contains(&dependency.as_str()) && !keepers.contains(&name) {
                offences
                    .push(format!("crate '{name}' names '{dependency}'; only {} may", keepers.join(", ")));
            }
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

/// What a manifest must say: the workspace's version, edition, licence and lints, the crate's own name.
fn unlike_the_others(name: &str, manifest: &toml::Table) -> Vec<String> {
    let mut offences = Vec::new();
    let inherited = |table: &toml::Value, key: &str| {
        table.get(key).and_then(|value| value.get("workspace")) == Some(&toml::Value::Boolean(true))
    };
    let none = toml::Value::Table(toml::Table::new());
    let package = manifest.get("package").unwrap_or(&none);
    for key in ["version", "edition", "rust-version", "license", "publish"] {
        if !inherited(package, key) {
            offences.push(format!("crate '{name}': package.{key} is not the workspace's"));
        }
    }
    if package.get("name").and_then(toml::Value::as_str) != Some(name) {
        offences.push(format!("crate '{name}' has another name than its folder"));
    }
    if manifest.get("lints").and_then(|lints| lints.get("workspace")) != Some(&toml::Value::Boolean(true)) {
        offences.push(format!("crate '{name}': the lints are not the workspace's"));
    }
    if manifest.contains_key("features") {
        offences.push(format!("crate '{name}' has features; none changes what the product does"));
    }
    offences
}

/// Dependencies that no source of the crate names.
fn unused(name: &str, dependencies: &[String], sources: &str) -> Vec<String> {
    let named = |dependency: &&String| {
        let word = dependency.replace('-', "_");
        ["::", ";", " as ", "}", ","].iter().any(|after| {
            sources.match_indices(&format!("{word}{after}")).any(|(at, _)| {
                !sources[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_')
                    && (*after == "::" || sources[..at].ends_with("use ") || sources[..at].ends_with('{'))
            })
        })
    };
    let unused = dependencies.iter().filter(|dependency| !named(dependency));
    unused.map(|dependency| format!("crate '{name}' depends on '{dependency}' and does not use it")).collect()
}

#[test]
fn every_crate_keeps_to_its_wall() {
    let (ours, allowed) = (crates(), allowed());
    let listed: Vec<String> = allowed.keys().cloned().collect();
    assert_eq!(listed, ours, "the table of crates in crates/README.md and the folders under crates/");
    let own = |name: &String| offences(name, &dependencies(&manifest(name), &TABLES), &ours, &allowed[name]);
    none(ours.iter().flat_map(own).collect());
}

#[test]
fn every_manifest_is_like_the_others() {
    let mut offences: Vec<String> =
        crates().iter().flat_map(|name| unlike_the_others(name, &manifest(name))).collect();
    let workspace: toml::Table = house::read("Cargo.toml").parse().expect("Cargo.toml is TOML");
    let listed = workspace["workspace"]["dependencies"].as_table().expect("the workspace's dependencies");
    for name in crates().iter().filter(|name| *name != "kentongan" && !listed.contains_key(*name)) {
        offences.push(format!("crate '{name}' is not among the workspace's dependencies"));
    }
    none(offences);
}

#[test]
fn every_dependency_is_used() {
    let mut offences = Vec::new();
    let folders = crates().into_iter().map(|name| format!("crates/{name}"));
    for folder in folders.chain([String::from("tests")]) {
        let text = house::read(&format!("{folder}/Cargo.toml"));
        let manifest: toml::Table = text.parse().expect("a manifest is TOML");
        let sources: String = house::files(&folder, &[".rs"]).into_iter().map(|source| source.text).collect();
        offences.extend(unused(&folder, &dependencies(&manifest, &TABLES), &sources));
    }
    none(offences);
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

/// Names by which the embedded log is written: the store's call, and the record it takes.
const WRITES_THE_LOG: [&str; 2] = [".append_records(", "NewRecord"];

/// What of a source outside `intake` and `store` writes the log. `reports` may be named for reading; a producer may not
/// be made outside `intake`, for a crate that has one can write any topic.
fn log_writes(path: &str, text: &str) -> Vec<String> {
    let tests = path.contains("/tests/") || path.ends_with("/tests.rs");
    if tests || ["crates/intake/", "crates/store/"].iter().any(|own| path.starts_with(own)) {
        return Vec::new();
    }
    let code = product(text);
    let names = WRITES_THE_LOG.iter().chain(&["FutureProducer", "BaseProducer", "ThreadedProducer"]);
    let found = names.filter(|name| code.contains(**name));
    found.map(|name| format!("{path}: names '{name}'; only intake writes the log")).collect()
}

#[test]
fn only_intake_writes_the_log() {
    none(
        house::files("crates", &[".rs"])
            .iter()
            .flat_map(|source| log_writes(&source.path, &source.text))
            .collect(),
    );
}

#[test]
fn a_second_writer_of_the_log_is_seen() {
    let import = "async fn import(log: Log) { log.append_records(vec![NewRecord { .. }]).await; }";
    assert_eq!(log_writes("crates/kentongan/src/import.rs", import).len(), 2);
    assert_eq!(
        log_writes("crates/worker/src/x.rs", "let producer: FutureProducer = config.create()?;").len(),
        1
    );
    assert!(log_writes("crates/intake/src/log_writer.rs", import).is_empty());
    assert!(log_writes("crates/kentongan/src/x.rs", "// NewRecord is store's").is_empty());
}

/// Where the text of areas that was kept is read: a column of the store, a packed report, the stamps of a record in Kafka's log,
/// in an export and in a backup, and what was registered. What people write is read by `Areas::parse`, which refuses.
const READ_KEPT_AREAS: [&str; 7] = [
    "crates/domain/src/place/area.rs",
    "crates/store/src/sql/column.rs",
    "crates/store/src/codec/verification.rs",
    "crates/formats/src/record_stamp.rs",
    "crates/formats/src/registry_record.rs",
    "crates/formats/src/archive/export.rs",
    "crates/intake/src/log_backup.rs",
];

fn reads_kept_areas(path: &str, text: &str) -> bool {
    !READ_KEPT_AREAS.contains(&path) && text.contains("parse_kept")
}

#[test]
fn kept_areas_are_parsed_at_the_edges() {
    let sources = house::files("crates", &[".rs"]);
    let found = sources.iter().filter(|source| reads_kept_areas(&source.path, &source.text));
    none(found.map(|source| format!("{}: parses areas; take them parsed", source.path)).collect());
    assert!(reads_kept_areas("crates/web/src/guard.rs", "Areas::parse_kept(&user.areas)"));
    for path in READ_KEPT_AREAS {
        assert!(
            sources.iter().any(|source| source.path == path && source.text.contains("parse_kept")),
            "{path}"
        );
    }
}

/// Where statements write columns by name: a file for each table, the log's one table, and the schema's version.
const WRITES_TABLES: [&str; 3] =
    ["crates/store/src/table/", "crates/store/src/log/record.rs", "crates/store/src/store/schema.rs"];

/// The tables that a source outside those writes.
fn table_writes(path: &str, text: &str) -> Vec<String> {
    if WRITES_TABLES.iter().any(|own| path.starts_with(own)) {
        return Vec::new();
    }
    let code = product(text);
    let name = |rest: &str| {
        let end = rest.find(|c: char| !c.is_ascii_lowercase() && c != '_').unwrap_or(rest.len());
        (rest[..end].to_owned(), rest[end..].starts_with(" SET "))
    };
    let written = ["INSERT INTO ", "DELETE FROM ", "UPDATE "].into_iter().flat_map(|statement| {
        let tables = code.split(statement).skip(1).map(name);
        let written = tables.filter(|(table, set)| !table.is_empty() && (*set || statement != "UPDATE "));
        written.map(|(table, _)| table).collect::<Vec<_>>()
    });
    written
        .map(|table| format!("{path}: writes the table '{table}'; its file in store's table/ does"))
        .collect()
}

#[test]
fn a_table_is_written_in_one_place() {
    let sources = house::files("crates", &[".rs"]);
    let product = sources.iter().filter(|source| source.path.contains("/src/"));
    none(product.flat_map(|source| table_writes(&source.path, &source.text)).collect());
    let wrong = "const A: &str = \"INSERT INTO progress (log_partition) VALUES ($1)\"; \
                 const B: &str = \"DELETE FROM jobs\"; const C: &str = \"UPDATE jobs SET epoch = 1\";";
    assert_eq!(table_writes("crates/store/src/commit/progress.rs", wrong).len(), 3);
    assert!(table_writes("crates/store/src/table/progress.rs", wrong).is_empty());
    assert!(
        table_writes(
            "crates/store/src/backup.rs",
            "\"INSERT INTO {table} ({})\"; ON CONFLICT DO UPDATE SET x"
        )
        .is_empty()
    );
}

#[test]
fn the_binary_is_thin() {
    let sources = house::files("crates/kentongan/src", &[".rs"]);
    let code = sources.iter().filter(|source| !DECLARATIONS.contains(&source.path.as_str()));
    let lines: usize = code.map(|source| source.text.lines().count()).sum();
    assert!(
        lines <= BINARY_LINES,
        "crates/kentongan has {lines} lines, {BINARY_LINES} at most: a rule belongs in its crate"
    );
}

#[test]
fn a_broken_wall_is_seen() {
    let ours = ["domain", "store", "web"].map(String::from);
    let wrong = ["store", "tokio", "ndarray"].map(String::from);
    assert_eq!(offences("domain", &wrong, &ours, &[]).len(), 6);
    assert_eq!(offences("formats", &wrong, &ours, &["domain".to_owned()]).len(), 5);
    let faces = ["axum", "maud", "http"].map(String::from);
    assert_eq!(offences("views", &faces, &ours, &[]).len(), 5);
    let manifest: toml::Table = "[package]\nname = 'x'\n[features]\na = []".parse().expect("TOML");
    assert_eq!(unlike_the_others("y", &manifest).len(), 8);
    let sources = "use serde::Deserialize;\nuse maud;\nfn f() { xserde_json::a() }";
    let names = ["serde", "serde_json", "maud", "tower-http"].map(String::from);
    assert_eq!(unused("x", &names, sources).len(), 2);
}
