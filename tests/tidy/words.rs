//! Words have one home, `config/locales/{id,en}.toml`: both languages hold the same keys with the same placeholders, every
//! key is used, every used key is there, and no source carries a sentence in two languages.

use super::none;
use kentongan_tests::house::{self, Source};
use std::collections::{BTreeMap, BTreeSet};

/// Crates that speak to people.
const SPEAKING: [&str; 3] = ["crates/views/src", "crates/web/src", "crates/notify/src"];
/// What was once on pages and in messages, and has a better word that people at a Kesbangpol desk use.
const REPLACED: [&str; 26] = [
    "umpan",
    "meja piket",
    "benarkan",
    "dibenarkan",
    "saya sudah tahu",
    "sedang ditangani",
    "syaratnya sudah tidak ada",
    "tinggal ditutup",
    "laporan di baliknya",
    "model pindahan",
    "kegigihan",
    "urutan {rank}",
    "kabar hanya",
    "terdengar",
    "makin tegas",
    "yang memudar",
    "catatan yang diolah",
    "0 menit lalu",
    "00.00 utc",
    "diputar ulang",
    "ditarik: batal",
    "rincian hanya di",
    "word of only",
    "residents and residents",
    "only to be closed",
    "heard",
];
/// The one module that may tell the languages apart.
const OWNER: &str = "crates/views/src/words.rs";

/// Every key of a TOML file, nested ones with dots, and the names of its placeholders (`{name}`).
fn keys(text: &str) -> BTreeMap<String, BTreeSet<String>> {
    fn walk(prefix: &str, table: &toml::Table, keys: &mut BTreeMap<String, BTreeSet<String>>) {
        for (key, value) in table {
            let key = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
            match value {
                toml::Value::Table(inner) => walk(&key, inner, keys),
                value => {
                    let text = value.as_str().unwrap_or_default();
                    let holes = text.split('{').skip(1).filter_map(|rest| rest.split('}').next());
                    keys.insert(key, holes.map(String::from).collect());
                }
            }
        }
    }
    let mut found = BTreeMap::new();
    walk("", &text.parse().expect("a file of words is TOML"), &mut found);
    found
}

fn differing(id: &str, en: &str) -> Vec<String> {
    let (id, en) = (keys(id), keys(en));
    let all: BTreeSet<&String> = id.keys().chain(en.keys()).collect();
    let differs = all.into_iter().filter(|key| id.get(*key) != en.get(*key));
    differs.map(|key| format!("'{key}' is not in both languages with the same placeholders")).collect()
}

/// String literals of Rust source, as written.
fn literals(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find('"') {
        let character = rest[..start].ends_with('\'') && rest[start + 1..].starts_with('\'');
        rest = &rest[start + 1..];
        if character {
            continue;
        }
        let mut end = 0;
        while let Some(at) = rest[end..].find(['"', '\\']) {
            end += at;
            if rest[end..].starts_with('"') {
                break;
            }
            end = (end + 2).min(rest.len());
        }
        found.push(&rest[..end]);
        rest = rest.get(end + 1..).unwrap_or_default();
    }
    found
}

/// First arguments of `.word("group", …)`.
fn groups(text: &str) -> impl Iterator<Item = &str> {
    text.split(".word(").skip(1).filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next())
}

/// Keys that code names and the files lack, and keys that no code names.
fn unmatched(sources: &[Source], words: &str) -> Vec<String> {
    let keys = keys(words);
    let topics: BTreeSet<&str> = keys.keys().filter_map(|key| key.split('.').next()).collect();
    let mut used: BTreeSet<&str> = BTreeSet::new();
    let mut offences = Vec::new();
    for source in sources {
        for literal in literals(&source.text) {
            let Some((topic, name)) = literal.split_once('.') else { continue };
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_.".contains(c);
            if !topics.contains(topic) || name.is_empty() || !name.chars().all(plain) {
                continue;
            }
            let table = format!("{literal}.");
            match keys.get_key_value(literal) {
                Some((key, _)) => drop(used.insert(key)),
                // The name of a table, given to `word`.
                None if keys.keys().any(|key| key.starts_with(&table)) => {}
                None => offences.push(format!("{}: no words for the key '{literal}'", source.path)),
            }
        }
        for group in groups(&source.text) {
            let start = format!("{group}.");
            let own: Vec<&String> = keys.keys().filter(|key| key.starts_with(&start)).collect();
            if own.is_empty() {
                offences.push(format!("{}: no table of words '{group}'", source.path));
            }
            used.extend(own.into_iter().map(String::as_str));
        }
    }
    let unused = keys.keys().filter(|key| !used.contains(key.as_str()));
    offences.extend(unused.map(|key| format!("the words of '{key}' are not used")));
    offences
}

/// Places where a source chooses between the languages itself, or hands over a pair of sentences.
fn pairs(source: &Source) -> Vec<String> {
    let marks = ["Lang::Id =>", "Lang::En =>", "(Lang::Id,", "(Lang::En,", ".pick(", ".say(", "lang === \""];
    let lines = source.text.lines().enumerate();
    let chooses = |line: &str| {
        let compares = (line.contains("Lang::Id") || line.contains("Lang::En")) && line.contains('"');
        compares || marks.iter().any(|mark| line.contains(mark))
    };
    let found = lines.filter(|(_, line)| chooses(line));
    found
        .map(|(at, line)| format!("{}:{}: a pair of languages: {}", source.path, at + 1, line.trim()))
        .collect()
}

/// Sources that speak to people, without their tests and comments.
fn speaking() -> Vec<Source> {
    let folders = SPEAKING.iter().flat_map(|folder| house::files(folder, &[".rs"]));
    let refusals = house::files("crates/formats/src/decode", &["/refusal_text.rs"]);
    let tables = house::files("crates/formats/src", &["/spreadsheet.rs"]).into_iter();
    let tables = tables.chain(house::files("crates/formats/src/spreadsheet", &[".rs"]));
    let lists = ["/sheets.rs", "/bnpb.rs", "/bnpb/row.rs", "/bnpb/hazard.rs", "/unpack.rs"];
    let tables = tables.chain(house::files("crates/formats/src/archive", &lists));
    let own = folders.chain(refusals).chain(tables).filter(|source| !source.path.ends_with("/tests.rs"));
    let product = |text: &str| -> String {
        let body = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
        body.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
    };
    own.map(|source| Source { text: product(&source.text), path: source.path }).collect()
}

#[test]
fn both_languages_have_the_same_words() {
    let mut offences = Vec::new();
    let mut pairs = 0;
    for id in house::files("", &["/id.toml"]) {
        let path = id.path.replace("/id.toml", "/en.toml");
        let own = differing(&id.text, &house::read(&path));
        offences.extend(own.into_iter().map(|offence| format!("{path}: {offence}")));
        pairs += 1;
    }
    assert!(pairs > 0, "no file of words was found");
    none(offences);
}

#[test]
fn every_key_is_used_and_every_used_key_has_words() {
    none(unmatched(&speaking(), &house::read("config/locales/id.toml")));
}

#[test]
fn no_source_carries_a_sentence_in_two_languages() {
    let scripts = house::files("crates/web", &[".js"]);
    let sources = speaking().into_iter().filter(|source| source.path != OWNER).chain(scripts);
    none(sources.flat_map(|source| pairs(&source)).collect());
}

/// Sentences of a file of words in which a replaced one stands, as a word of its own.
fn replaced(text: &str) -> Vec<String> {
    fn walk(table: &toml::Table, found: &mut Vec<String>) {
        for (key, value) in table {
            match value {
                toml::Value::Table(inner) => walk(inner, found),
                value => {
                    let sentence = value.as_str().unwrap_or_default().to_lowercase();
                    let stands = |word: &&&str| {
                        sentence.match_indices(**word).any(|(at, _)| {
                            let (before, after) = (&sentence[..at], &sentence[at + word.len()..]);
                            !before.ends_with(char::is_alphanumeric)
                                && !after.starts_with(char::is_alphanumeric)
                        })
                    };
                    found.extend(REPLACED.iter().find(stands).map(|word| format!("'{key}' says '{word}'")));
                }
            }
        }
    }
    let mut found = Vec::new();
    walk(&text.parse().expect("a file of words is TOML"), &mut found);
    found
}

#[test]
fn what_has_a_better_word_is_said_by_it() {
    let files = house::files("", &["/id.toml", "/en.toml"]);
    let offences = |file: &Source| -> Vec<String> {
        replaced(&file.text).into_iter().map(|offence| format!("{}: {offence}", file.path)).collect()
    };
    none(files.iter().flat_map(offences).collect());
    let planted = "a = 'Satu Umpan diam'\n[b]\nc = 'umpannya'\nd = 'Only to be closed.'";
    assert_eq!(replaced(planted), ["'a' says 'umpan'", "'d' says 'only to be closed'"]);
}

#[test]
fn a_missing_word_is_seen() {
    let (id, en) = ("a = 'satu {n}'\n[b]\nc = 'x'", "a = 'one'\n[b]\nc = 'x'");
    assert_eq!(differing(id, en).len(), 1);
    assert_eq!(differing("a = '{n} kali'", "a = '{n} time | {n} times'").len(), 0);
}

#[test]
fn an_unknown_key_an_unused_one_and_a_pair_are_seen() {
    let source = |text: &str| Source { path: "x.rs".into(), text: text.into() };
    let words = "[page]\nhere = 'a'\nunused = 'b'\n[level]\nlow = 'c'";
    let used = source(
        "lang.text(\n\"page.here\"); let a = '\"'; lang.word(\"level\", level); \"page.gone\"; lang.word(\"none\", 1)",
    );
    let found = unmatched(&[used], words);
    assert_eq!(found.len(), 3, "{found:?}");
    for planted in ["Lang::Id => \"a\",", "lang.pick(\"a\", \"b\")", "if lang == Lang::En { \"a\" }"] {
        assert_eq!(pairs(&source(planted)).len(), 1, "{planted}");
    }
    assert_eq!(pairs(&source("frame.text(\"page.here\")")).len(), 0);
}
