//! The two languages say the same things: `id.toml` and `en.toml` beside each other have the same keys.

use super::none;
use kentongan_tests::house;
use std::collections::BTreeSet;

/// Every key of a TOML file, nested ones with dots, and how many placeholders (`{name}`) each value has.
fn keys(text: &str) -> BTreeSet<String> {
    fn walk(prefix: &str, table: &toml::Table, keys: &mut BTreeSet<String>) {
        for (key, value) in table {
            let key = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
            match value {
                toml::Value::Table(inner) => walk(&key, inner, keys),
                value => {
                    let mut holes: Vec<&str> = Vec::new();
                    let text = value.as_str().unwrap_or_default();
                    holes.extend(text.split('{').skip(1).filter_map(|rest| rest.split('}').next()));
                    holes.sort_unstable();
                    keys.insert(format!("{key} {{{}}}", holes.join(",")));
                }
            }
        }
    }
    let mut found = BTreeSet::new();
    walk("", &text.parse().expect("a file of words is TOML"), &mut found);
    found
}

#[test]
fn both_languages_have_the_same_words() {
    let mut offences = Vec::new();
    let mut pairs = 0;
    for id in house::files("", &["/id.toml"]) {
        let path = id.path.replace("/id.toml", "/en.toml");
        let (id, en) = (keys(&id.text), keys(&house::read(&path)));
        offences.extend(id.symmetric_difference(&en).map(|key| format!("{path}: '{key}' is not in both")));
        pairs += 1;
    }
    assert!(pairs > 0, "no file of words was found");
    none(offences);
}

#[test]
fn a_missing_word_is_seen() {
    let (id, en) = ("a = 'satu {n}'\n[b]\nc = 'x'", "a = 'one'\n[b]\nc = 'x'");
    assert_eq!(keys(id).symmetric_difference(&keys(en)).count(), 2);
}
