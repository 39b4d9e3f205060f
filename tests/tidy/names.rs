//! Names and words: no private vocabulary, no two public types with one name, plain English in comments and texts.

use super::{none, rust};
use kentongan_tests::house::{self, Source};
use std::collections::BTreeMap;

/// Identifiers that needed their file to be understood, and what to write instead.
const IDENTIFIERS: [(&str, &str); 28] = [
    ("Told", "say what was emitted or sent: ModelOpinion, EmittedAssessment"),
    ("told", "emitted, notified"),
    ("Said", "EmittedAssessment, CellMemory"),
    ("said", "emitted, output"),
    ("Fused", "IncidentState"),
    ("Stored", "ReportEntry"),
    ("Standing", "ActiveCondition, Calibration, ForecastSkill"),
    ("HOLDS", "NOT_LOST"),
    ("Calm", "NoChangeUntil"),
    ("calm", "NoChangeUntil"),
    ("burning", "enough_districts_at_siaga"),
    ("Bell", "ChangeNotifier"),
    ("bell", "ChangeNotifier"),
    ("Door", "SubmitReport, or the name of what is entered"),
    ("door", "require_access, intake"),
    ("knock", "would_decode"),
    ("dress", "finish_response"),
    ("guest", "no record names a report of another regency"),
    ("Guest", "no record names a report of another regency"),
    ("guests", "no record names a report of another regency"),
    ("Hand", "WorkerContext"),
    ("hand", "WorkerContext"),
    ("Means", "PartitionConfig"),
    ("Whole", "CommitParts"),
    ("Fed", "QueueItem"),
    ("Held", "WorkerState"),
    ("Book", "ledger"),
    ("book", "ledger"),
];
/// Public types whose name does not say of what: `OverviewView`, `AlertRow`, `LedgerEntry` do.
const BARE_TYPES: [&str; 13] = [
    "Asked", "Entry", "Heard", "Kept", "Known", "Message", "Own", "Row", "Seen", "Shown", "Typed", "View",
    "What",
];
/// Those of them that name nothing else here: no part of an identifier either (`BookEntry`, `told_by`).
const RETIRED: [&str; 6] = ["Told", "told", "Door", "door", "Book", "book"];
/// Words, and parts of identifiers, tables and columns (`ledger_stirred`, `the_book_of_one`, `ABROAD`), wherever they stand.
const PARTS: [(&str, &str); 13] = [
    ("told", "emitted, notified, reported, given"),
    ("door", "access, intake, entry point"),
    ("book", "ledger"),
    ("books", "ledger, counts"),
    ("stirred", "rule_input_changed, or the name of what is to be judged again"),
    ("rejudge", "reevaluate_condition"),
    ("lessened", "evidence_reduced"),
    ("bygone", "beyond_repair_horizon"),
    ("abroad", "no record names a report of another regency"),
    ("namings", "no record names a report of another regency"),
    ("anew", "again"),
    ("whence", "from which"),
    ("amid", "in, during"),
];
/// Phrases nobody at a desk at two in the morning should have to look up.
const PHRASES: [(&str, &str); 4] = [
    ("borne out", "confirmed"),
    ("whoever", "who, the person who"),
    ("lets go of", "releases, drops"),
    ("let go of", "release, drop"),
];
/// What is still being renamed.
const NOT_YET: [&str; 0] = [];
/// Names of public types that are still shared or bare.
const SHARED_YET: [&str; 0] = [];

/// These files list the words themselves, or name tables of the earlier schema.
fn lists_words(path: &str) -> bool {
    ["tests/tidy/names.rs", ".github/CONTRIBUTING.md", "crates/store/src/backup/earlier.rs"].contains(&path)
}

fn contains_word(text: &str, phrase: &str) -> bool {
    let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    text.match_indices(phrase)
        .any(|(at, _)| edge(text[..at].chars().next_back()) && edge(text[at + phrase.len()..].chars().next()))
}

/// The words an identifier is made of, cut at underscores and before capitals: `told`, `by`; `Book`, `Entry`.
fn parts(name: &str) -> impl Iterator<Item = &str> {
    name.split('_').flat_map(|word| {
        let mut cuts: Vec<usize> =
            word.match_indices(|c: char| c.is_ascii_uppercase()).map(|(at, _)| at).collect();
        cuts.push(word.len());
        let starts = std::iter::once(0).chain(cuts.clone());
        starts.zip(cuts).map(|(from, to)| &word[from..to]).collect::<Vec<_>>()
    })
}

/// Banned identifiers of a Rust source, outside strings and comments.
fn banned_identifiers(source: &Source, not_yet: &[&str]) -> Vec<String> {
    let mut offences = Vec::new();
    for (line, name) in rust::identifiers(&source.text) {
        for (word, instead) in IDENTIFIERS {
            let within = RETIRED.contains(&word) && parts(name).any(|part| part == word);
            if (name == word || within) && !not_yet.contains(&word) {
                offences.push(format!("{}:{line}: '{word}': {instead}", source.path));
            }
        }
    }
    offences
}

/// Banned parts of words and banned phrases, anywhere in a text.
fn banned_words(source: &Source, not_yet: &[&str]) -> Vec<String> {
    let mut offences = Vec::new();
    for (number, line) in source.text.lines().enumerate() {
        let lower = line.to_lowercase();
        let all = PARTS.iter().chain(&PHRASES).filter(|(word, _)| !not_yet.contains(word));
        for (word, instead) in all.filter(|(word, _)| contains_word(&lower, word)) {
            offences.push(format!("{}:{}: '{word}': {instead}", source.path, number + 1));
        }
    }
    offences
}

/// Public types that share their name with another one of the workspace.
fn shared_names(sources: &[Source], not_yet: &[&str]) -> Vec<String> {
    let mut found: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for source in sources {
        for name in rust::public_types(&source.text) {
            found.entry(name).or_default().push(&source.path);
        }
    }
    found.retain(|name, paths| paths.len() > 1 && !not_yet.contains(name));
    found.iter().map(|(name, paths)| format!("'{name}' is a public type in {}", paths.join(", "))).collect()
}

/// Public types called after nothing in particular.
fn bare_names(source: &Source, not_yet: &[&str]) -> Vec<String> {
    let types = rust::public_types(&source.text).into_iter();
    let bare = types.filter(|name| BARE_TYPES.contains(name) && !not_yet.contains(name));
    bare.map(|name| format!("{}: '{name}' does not say of what", source.path)).collect()
}

/// The sources of the product: neither tests nor examples.
fn product_sources() -> Vec<Source> {
    let mut sources = house::files("crates", &[".rs"]);
    sources.retain(|source| source.path.contains("/src/") && !source.path.ends_with("/tests.rs"));
    sources
}

#[test]
fn no_name_of_the_old_vocabulary_is_left() {
    let mut sources = house::files("crates", &[".rs"]);
    sources.extend(house::files("tests", &[".rs"]));
    sources.retain(|source| !lists_words(&source.path));
    none(sources.iter().flat_map(|source| banned_identifiers(source, &NOT_YET)).collect());
}

#[test]
fn texts_are_in_plain_words() {
    let mut sources =
        house::files("", &[".rs", ".md", ".toml", ".sql", ".py", ".yml", "tests/run", "deploy/demo"]);
    sources.retain(|source| !lists_words(&source.path) && !source.path.ends_with("Cargo.lock"));
    none(sources.iter().flat_map(|source| banned_words(source, &NOT_YET)).collect());
}

#[test]
fn no_two_public_types_share_a_name() {
    none(shared_names(&product_sources(), &SHARED_YET));
}

#[test]
fn public_types_say_what_they_hold() {
    none(product_sources().iter().flat_map(|source| bare_names(source, &SHARED_YET)).collect());
}

#[test]
fn a_banned_name_and_a_shared_one_are_seen() {
    let text =
        "//! Judged anew.\npub struct Told;\nfn f() { let said = \"told\"; } // told\nstruct Stored;\n";
    let planted = Source { path: "x.rs".into(), text: text.into() };
    assert_eq!(banned_identifiers(&planted, &[]).len(), 3);
    let sql =
        Source { path: "x.sql".into(), text: "SELECT 1 FROM ledger_stirred; -- not borne out\n".into() };
    assert_eq!((banned_words(&planted, &[]).len(), banned_words(&sql, &[]).len()), (3, 2));
    let plain =
        Source { path: "y.md".into(), text: "Pyramid of manewrs, foothold, handbook, indoor.".into() };
    assert!(banned_words(&plain, &[]).is_empty());
    let within = "fn the_book_of_one() { told_by(TOLD, BookEntry, FrontDoor); }\nfn indoor_handbooks() {}\n";
    let within = Source { path: "z.rs".into(), text: within.into() };
    assert_eq!(banned_identifiers(&within, &[]).len(), 4);
    assert_eq!(banned_words(&within, &[]).len(), 2, "a line, each word once");
    let doc = "//! Sent through the same door; nobody is told.\n// The books balance.\n";
    assert_eq!(banned_words(&Source { path: "w.rs".into(), text: doc.into() }, &[]).len(), 3);
    let other = Source { path: "y.rs".into(), text: "pub(crate) enum Told {}\npub struct View;".into() };
    assert_eq!(bare_names(&other, &[]).len(), 1);
    assert_eq!(shared_names(&[planted, other], &[]).len(), 1);
    let early =
        "#[cfg(test)]\nmod oracle;\npub struct Same;\n#[cfg(test)]\nmod tests {\n    pub struct Mine;\n}\n";
    let late = "pub struct Same;\npub struct Mine;\n";
    let files =
        [("a.rs", early), ("b.rs", late)].map(|(path, text)| Source { path: path.into(), text: text.into() });
    assert_eq!(
        shared_names(&files, &[]).len(),
        1,
        "behind a test module in another file, and not within tests"
    );
}
