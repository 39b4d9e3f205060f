//! The map is true: what `crates/README.md` and `crates/INVARIANTS.md` say of invariants, tests, files and queues exists.

use super::none;
use kentongan_tests::house;

/// The text of a `## heading` up to the next one.
pub(super) fn section<'a>(text: &'a str, heading: &str) -> &'a str {
    let start = text.find(&format!("\n## {heading}")).map_or(text.len(), |at| at + 1);
    let rest = &text[start..];
    rest[3.min(rest.len())..].split("\n## ").next().unwrap_or_default()
}

/// Code spans of a text, without the backticks.
fn spans(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// Items of a numbered list, each with its continuation lines.
fn items(text: &str) -> Vec<String> {
    let mut items: Vec<String> = Vec::new();
    for line in text.lines() {
        let numbered = line.split_once(". ").is_some_and(|(number, _)| number.parse::<u32>().is_ok());
        let row = line
            .trim_matches(['|', ' '])
            .split('|')
            .next()
            .is_some_and(|cell| cell.trim().parse::<u32>().is_ok());
        match items.last_mut() {
            _ if numbered || (line.starts_with('|') && row) => items.push(line.to_owned()),
            Some(last) if !line.trim().is_empty() && !line.starts_with('|') => last.push_str(line),
            _ => {}
        }
    }
    items
}

/// Invariants whose named tests do not exist, or that name none.
fn unheld(map: &str, sources: &str) -> Vec<String> {
    let mut offences = Vec::new();
    for item in items(section(map, "Invariants")) {
        let mut tests = 0;
        for span in spans(&item).filter(|span| span.contains("::")) {
            let name = span.rsplit("::").next().unwrap_or_default();
            if sources.contains(&format!("fn {name}(")) {
                tests += 1;
            } else {
                offences.push(format!("invariant names the test '{span}', which does not exist: {item}"));
            }
        }
        if tests == 0 {
            offences.push(format!("invariant names no test that holds it: {item}"));
        }
    }
    offences
}

fn all_sources() -> String {
    let sources = house::files("crates", &[".rs"]).into_iter().chain(house::files("tests", &[".rs"]));
    sources.map(|source| source.text).collect()
}

#[test]
fn every_invariant_names_a_test_that_exists() {
    let map = house::read("crates/INVARIANTS.md");
    let found = items(section(&map, "Invariants")).len();
    assert!(found >= 11, "crates/INVARIANTS.md lists {found} invariants, 11 at least");
    none(unheld(&map, &all_sources()));
}

#[test]
fn every_line_of_law_names_a_test_that_exists() {
    let readme = house::read("README.md");
    let table = section(&readme, "What the law and the four regencies ask");
    let rows: Vec<&str> =
        table.lines().filter(|line| line.starts_with("| ") && !line.contains("asked by")).collect();
    assert!(rows.len() >= 9, "README.md's table of law has {} lines, 9 at least", rows.len());
    let sources = all_sources();
    let mut offences = Vec::new();
    for row in rows {
        let tests: Vec<&str> = spans(row).filter(|span| span.contains("::")).collect();
        let missing = |span: &&&str| {
            !sources.contains(&format!("fn {}(", span.rsplit("::").next().unwrap_or_default()))
        };
        offences.extend(tests.iter().filter(missing).map(|span| format!("no test '{span}': {row}")));
        if tests.is_empty() {
            offences.push(format!("names no test: {row}"));
        }
    }
    none(offences);
}

#[test]
fn every_queue_on_the_flow_is_a_config_key() {
    let (map, config) = (house::read("crates/README.md"), house::read("config/default.toml"));
    let config: toml::Table = config.parse().expect("config/default.toml is TOML");
    let flow = section(&map, "Flow and queues");
    let keys: Vec<&str> = flow
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == '.' || c == '_'))
        .filter(|word| {
            word.split_once('.').is_some_and(|(table, key)| !key.is_empty() && config.contains_key(table))
        })
        .collect();
    assert!(keys.len() >= 4, "the flow names its queues' limits as 'table.key'; found {keys:?}");
    let missing = keys.into_iter().filter(|word| {
        let (table, key) = word.split_once('.').unwrap_or_default();
        config[table].get(key).is_none()
    });
    none(missing.map(|key| format!("'{key}' on the flow is not a key of config/default.toml")).collect());
}

#[test]
fn no_queue_is_without_a_limit() {
    let sources = house::files("crates", &[".rs"]);
    let shipped = sources.iter().filter(|source| source.path.contains("/src/"));
    let unbounded = shipped.filter(|source| source.text.contains(concat!("unbounded", "_channel")));
    none(unbounded.map(|source| format!("{}: a queue without a limit", source.path)).collect());
}

/// Files of the reader's own.
const YOURS: [&str; 2] = ["my.toml", "own.toml"];

/// Files named in a text (`pages/shell.rs`) that no path of the repository ends with; `<name>` stands for a new one.
fn missing_files(text: &str, paths: &[String]) -> Vec<String> {
    let is_file = |span: &&str| {
        let named = [".rs", ".toml", ".md"].iter().any(|ending| span.ends_with(ending));
        named && !span.contains(['<', ' ', '*']) && !YOURS.contains(span)
    };
    let missing = |span: &&str| {
        !paths
            .iter()
            .any(|path| path == span || path.ends_with(&format!("/{}", span.trim_start_matches("./"))))
    };
    let found = spans(text).filter(is_file).filter(missing);
    found.map(|span| format!("'{span}' is named and does not exist")).collect()
}

#[test]
fn every_file_named_in_the_texts_exists() {
    let paths: Vec<String> = house::files("", &[]).into_iter().map(|source| source.path).collect();
    let texts = [
        "crates/README.md",
        "crates/INVARIANTS.md",
        "crates/WORDS.md",
        "README.md",
        ".github/CONTRIBUTING.md",
        "deploy/scale.md",
    ];
    none(texts.iter().flat_map(|path| missing_files(&house::read(path), &paths)).collect());
}

/// Spans like `module::a_test_of_something` whose function is nowhere.
fn missing_tests(text: &str, sources: &str) -> Vec<String> {
    let names = spans(text).filter_map(|span| span.rsplit_once("::").map(|(_, name)| name));
    let is_test = |name: &&str| {
        name.matches('_').count() >= 3 && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    let missing = names.filter(is_test).filter(|name| !sources.contains(&format!("fn {name}(")));
    missing.map(|name| format!("the test '{name}' is named and does not exist")).collect()
}

#[test]
fn every_test_named_in_the_texts_exists() {
    let sources = all_sources();
    let mut texts = house::files(".github", &[".md"]);
    texts.extend(house::files("", &["README.md", "INVARIANTS.md"]));
    none(texts.iter().flat_map(|text| missing_tests(&text.text, &sources)).collect());
}

#[test]
fn every_part_of_the_product_named_in_the_map_exists() {
    let map = house::read("crates/README.md");
    let product: Vec<house::Source> = house::files("crates", &[".rs"]);
    let mut offences = Vec::new();
    for table in ["The path of a report", "Crates", "Where do I add"] {
        // `crate::module::name` of ours: the crate is there, and the last word stands in one of its files or paths.
        for span in spans(section(&map, table)).filter(|span| span.contains("::")) {
            let (first, last) = (span.split("::").next().unwrap_or_default(), span.rsplit("::").next());
            let last = last.unwrap_or_default();
            let own = product.iter().filter(|source| source.path.starts_with(&format!("crates/{first}/")));
            let named = |source: &house::Source| {
                source.path.contains(&format!("/{last}")) || source.text.contains(last)
            };
            let is_ours = own.clone().next().is_some();
            if is_ours && !last.is_empty() && !own.into_iter().any(named) {
                offences.push(format!("'{span}' is named in the map and does not exist"));
            }
        }
    }
    none(offences);
}

#[test]
fn a_false_map_is_seen() {
    let paths = [String::from("crates/web/src/pages/shell.rs")];
    assert_eq!(missing_tests("`a::b_c_d_e` `a::f_g_h_i` `a::new`", "fn f_g_h_i()").len(), 1);
    assert_eq!(missing_files("`pages/shell.rs`, `pages/<name>.rs`, `hell.rs`", &paths).len(), 1);
    let map =
        "# M\n\n## Invariants\n\n1. One. `tests::a_name`\n2. Two.\n3. Three `x::here`.\n\n## Next\n4. no\n";
    assert_eq!(unheld(map, "fn here(").len(), 3);
}
