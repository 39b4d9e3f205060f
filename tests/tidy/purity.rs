//! `domain` is pure: no standard library, no clock, no unordered iteration, no float function but `libm`'s.

use super::{none, product};
use kentongan_tests::house;

/// Words that may not stand in `domain`, and why.
const FORBIDDEN: [(&str, &str); 12] = [
    ("std::", "domain has no standard library"),
    ("extern crate std", "domain has no standard library"),
    (
        "HashMap",
        "iteration order is not fixed; use a sorted Vec, a BTreeMap or a hashbrown::HashTable for look-up",
    ),
    (
        "HashSet",
        "iteration order is not fixed; use a sorted Vec, a BTreeSet or a hashbrown::HashTable for look-up",
    ),
    ("RandomState", "randomness"),
    ("DefaultHasher", "randomness"),
    ("Instant", "a clock"),
    ("SystemTime", "a clock"),
    ("async ", "domain waits for nothing"),
    ("thread", "domain has no threads"),
    ("println", "domain writes nothing"),
    ("unsafe ", "forbidden"),
];
/// Methods whose last bits differ between machines; `libm` has them with the same bits everywhere.
const FLOAT_METHODS: [&str; 20] = [
    "acos", "asin", "atan", "atan2", "cbrt", "cos", "exp", "exp2", "exp_m1", "hypot", "ln", "ln_1p", "log",
    "log10", "log2", "mul_add", "powf", "powi", "sin", "tan",
];
/// Files that may walk a hash table, because what they do with it does not depend on the order.
const MAY_WALK_A_TABLE: [&str; 0] = [];

fn offences(path: &str, text: &str) -> Vec<String> {
    let product = product(text);
    let mut offences = Vec::new();
    let mut found = |line: usize, what: &str, why: &str| {
        offences.push(format!("{path}:{}: '{what}': {why}", line + 1));
    };
    let walks = product.contains("HashTable") && !MAY_WALK_A_TABLE.contains(&path);
    let tables = names_of_tables(&product);
    for (number, line) in product.lines().enumerate() {
        for (word, why) in FORBIDDEN {
            if line.contains(word) {
                found(number, word, why);
            }
        }
        for method in FLOAT_METHODS {
            if line.contains(&format!(".{method}(")) {
                found(number, method, "use libm, so that the bits are the same everywhere");
            }
        }
        for table in tables.iter().filter(|_| walks) {
            for walk in [".iter()", ".iter_mut()", ".into_iter()", ".drain()", ".retain("] {
                if line.contains(&format!("{table}{walk}")) {
                    found(number, table, "a hash table is for look-up; walking it has no fixed order");
                }
            }
        }
    }
    offences
}

/// Names that are declared as a hash table, as `name: HashTable<…>`.
fn names_of_tables(text: &str) -> Vec<String> {
    let declared = text.lines().filter_map(|line| line.split_once(": HashTable<").map(|(name, _)| name));
    declared.filter_map(|name| name.split([' ', '(', ',']).next_back().map(String::from)).collect()
}

#[test]
fn domain_reads_no_clock_and_walks_no_unordered_map() {
    let sources = house::files("crates/domain/src", &[".rs"]);
    none(sources.iter().flat_map(|source| offences(&source.path, &source.text)).collect());
}

#[test]
fn domain_has_no_standard_library() {
    let lib = house::read("crates/domain/src/lib.rs");
    assert!(lib.contains("#![no_std]") && lib.contains("#![forbid(unsafe_code)]"));
}

#[test]
fn a_planted_impurity_is_seen() {
    let planted = "fn f(x: f64, t: HashTable<u8>) {\n let y = x.ln();\n for a in t.iter() {}\n let n = std::time::Instant::now();\n}\n";
    assert_eq!(offences("x.rs", planted).len(), 4);
    assert!(offences("x.rs", "fn f() {} // std::time\n#[cfg(test)]\nmod tests { use std::io; }").is_empty());
}
