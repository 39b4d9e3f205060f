//! The shape of a file: its header, its length, what may not stand in it.

use super::none;
use kentongan_tests::house::{self, Source};

const LONGEST: usize = 500;

/// Written in two halves so that this file does not offend against itself.
const FORBIDDEN: [(&str, &str); 17] = [
    (concat!("TO", "DO"), "finish it or leave it out"),
    (concat!("FIX", "ME"), "finish it or leave it out"),
    (concat!("/wo", "rk/"), "a path of one machine"),
    (concat!("/ro", "ot/"), "a path of one machine"),
    (concat!("/ho", "me/"), "a path of one machine"),
    (concat!("crates", ".io"), "no registry host is named"),
    (concat!("npmjs", ".org"), "no registry host is named"),
    (concat!("pypi", ".org"), "no registry host is named"),
    (concat!("pythonhosted", ".org"), "no registry host is named"),
    (concat!("deb.debian", ".org"), "no registry host is named"),
    (concat!("proxy.golang", ".org"), "no registry host is named"),
    (concat!("cdn.js", "delivr"), "nothing is loaded from elsewhere"),
    (concat!("unp", "kg.com"), "nothing is loaded from elsewhere"),
    (concat!("todo", "!("), "finish it or leave it out"),
    (concat!("unimplemented", "!("), "finish it or leave it out"),
    (concat!("#[ign", "ore"), "a test runs or is not there"),
    (concat!("allow(dead", "_code)"), "dead code goes"),
];

/// Where a forbidden word is the thing itself: the lock file names the registry it was resolved from.
fn exempt(path: &str) -> bool {
    path.ends_with("Cargo.lock") || path == "LICENSE"
}

fn words(source: &Source) -> Vec<String> {
    if exempt(&source.path) {
        return Vec::new();
    }
    let lines = source.text.lines().enumerate();
    let found = lines.flat_map(|(number, line)| {
        let found = FORBIDDEN.iter().filter(move |(word, _)| line.contains(word));
        found.map(move |(word, why)| (number, *word, *why))
    });
    found.map(|(number, word, why)| format!("{}:{}: '{word}': {why}", source.path, number + 1)).collect()
}

fn shape(source: &Source) -> Vec<String> {
    let mut offences = Vec::new();
    let lines = source.text.lines().count();
    if lines > LONGEST {
        offences.push(format!("{}: {lines} lines, {LONGEST} at most", source.path));
    }
    if !source.text.starts_with("//! ") {
        offences.push(format!("{}: opens without '//!' saying what it holds", source.path));
    }
    offences
}

#[test]
fn every_source_says_what_it_holds_and_is_not_long() {
    let mut offences = Vec::new();
    for folder in ["crates", "tests"] {
        offences.extend(house::files(folder, &[".rs"]).iter().flat_map(shape));
    }
    none(offences);
}

#[test]
fn no_file_holds_a_forbidden_word() {
    none(house::files("", &[]).iter().flat_map(words).collect());
}

#[test]
fn scripts_and_settings_are_not_long_either() {
    let long = |source: &Source| source.text.lines().count() > LONGEST;
    let sources = house::files("", &[".mjs", ".js", ".py", ".css", ".sh"]);
    none(
        sources
            .iter()
            .filter(|source| long(source))
            .map(|source| format!("{}: too long", source.path))
            .collect(),
    );
}

#[test]
fn a_planted_offence_is_seen() {
    let text = format!("fn f() {{}} // {}\n", FORBIDDEN[0].0).repeat(LONGEST + 1);
    let planted = Source { path: "x.rs".into(), text };
    assert_eq!(words(&planted).len(), LONGEST + 1);
    assert_eq!(shape(&planted).len(), 2);
}

/// Calls of the store whose bodies every caller would compile again; they reach the drivers of two databases.
fn unboxed(source: &Source) -> Vec<String> {
    let lines: Vec<&str> = source.text.lines().collect();
    let (mut owner, mut offences) = ("", Vec::new());
    for (number, line) in lines.iter().enumerate() {
        match line.strip_prefix("impl ") {
            Some(rest) => owner = rest.trim_end_matches(" {"),
            None if *line == "}" => owner = "",
            None => {}
        }
        let end = lines[number..].iter().position(|line| line.ends_with('{')).unwrap_or(0);
        let is_generic = lines[number..=number + end].iter().any(|line| line.contains("impl "));
        let is_call = ["Store", "Log"].contains(&owner) && line.starts_with("    pub async fn ");
        if is_call && !is_generic && lines[number - 1].trim() != "#[boxed]" {
            offences.push(format!("{}:{}: '{}' is not #[boxed]", source.path, number + 1, line.trim()));
        }
    }
    offences
}

#[test]
fn what_the_store_answers_later_is_boxed() {
    none(house::files("crates/store/src", &[".rs"]).iter().flat_map(unboxed).collect());
    let text = "impl Store {\n    pub async fn ask(&self) {\n    }\n}\n".to_owned();
    assert_eq!(unboxed(&Source { path: "x.rs".into(), text }).len(), 1);
}
