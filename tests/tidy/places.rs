//! What stands where: the top level is fixed, no drawer for everything, tests stand in one package.

use super::none;
use kentongan_tests::house;

const TOP: [&str; 9] =
    ["Cargo.toml", "Cargo.lock", "LICENSE", "README.md", "config", "crates", "deploy", "models", "tests"];
/// Names that say nothing of what they hold.
const DRAWERS: [&str; 8] = ["common", "types", "utils", "util", "core", "helpers", "misc", "shared"];

#[test]
fn the_top_level_is_fixed() {
    let files = house::files("", &[]);
    let top = |path: &str| path.split('/').next().unwrap_or_default().to_owned();
    let strays = files.iter().map(|source| top(&source.path));
    let mut strays: Vec<String> =
        strays.filter(|name| !TOP.contains(&name.as_str()) && !name.starts_with('.')).collect();
    strays.dedup();
    none(strays.into_iter().map(|name| format!("'{name}' does not belong at the top level")).collect());
    for name in TOP {
        assert!(house::root().join(name).exists(), "'{name}' is missing at the top level");
    }
}

#[test]
fn nothing_is_called_after_a_drawer() {
    let sources = house::files("", &[".rs", ".toml"]);
    let drawer = |path: &&str| path.split(['/', '.']).any(|part| DRAWERS.contains(&part));
    let paths = sources.iter().map(|source| source.path.as_str());
    none(paths.filter(drawer).map(|path| format!("{path}: named after a drawer")).collect());
}

#[test]
fn modules_are_two_deep_and_have_no_mod_rs() {
    let mut offences = Vec::new();
    for source in house::files("crates", &[".rs"]) {
        let inside = source.path.split("/src/").nth(1).unwrap_or_default();
        if inside.matches('/').count() > 2 {
            offences.push(format!("{}: modules are two deep", source.path));
        }
        if inside.ends_with("mod.rs") {
            offences.push(format!("{}: 'x.rs' beside 'x/', not 'mod.rs'", source.path));
        }
    }
    none(offences);
}
