//! When two names of the register are one: people write one name of a person, an organisation, a feed or an account in capitals,
//! in wide letters, with an accent, with a dot for a hyphen or without any.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// True for what [`plain`] leaves as it is, of names as the register takes them; cheap, for it is asked of each report.
pub fn is_plain(name: &str) -> bool {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let mut before = b'-';
    let inner = name.bytes().all(|b| {
        let joins = b == b'-' && before != b'-';
        before = b;
        fits(b) || joins
    });
    inner && before != b'-'
}

/// A name without case, width and accents; whatever stands between its letters and digits is one hyphen. A name in plain lower
/// case with hyphens is itself.
pub fn plain(name: &str) -> String {
    if is_plain(name) {
        return name.into();
    }
    // Twice: what a capital becomes in lower case may be composed again.
    let lower = name.nfkd().flat_map(char::to_lowercase).nfkd();
    let mut plain = String::new();
    let mut apart = false;
    for c in lower.filter(|c| !is_combining_mark(*c)) {
        match c.is_alphanumeric() {
            true if apart && !plain.is_empty() => plain.extend(['-', c]),
            true => plain.push(c),
            false => {}
        }
        apart = !c.is_alphanumeric();
    }
    plain
}

/// The letters and digits of a plain name alone: names of which these are equal are one name.
pub fn folded(name: &str) -> String {
    plain(name).replace('-', "")
}

/// The name among those known that this one is in another spelling; `None` where it is known as it is written.
pub fn twin_of<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let own = folded(name);
    let mut twin = None;
    for other in known {
        if other == name {
            return None;
        }
        if twin.is_none() && !own.is_empty() && folded(other) == own {
            twin = Some(other);
        }
    }
    twin
}

/// The names among these that are one name in several spellings, together.
pub fn twins<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<BTreeSet<&'a str>> {
    let mut spellings: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for name in names.into_iter().filter(|name| !name.is_empty()) {
        spellings.entry(folded(name)).or_default().insert(name);
    }
    spellings.into_values().filter(|spellings| spellings.len() > 1).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What people make of a name without meaning another.
    fn spellings(name: &str) -> [String; 8] {
        let wide = |c: char| match c {
            '!'..='~' => char::from_u32(u32::from(c) + 0xfee0).unwrap_or(c),
            c => c,
        };
        let instead = |of: &str| name.replace('-', of);
        [
            name.to_uppercase(),
            name.chars().map(wide).collect(),
            name.replace('e', "é"),
            name.replace('e', "e\u{301}"),
            instead("."),
            instead(" "),
            instead("_"),
            instead(""),
        ]
    }

    #[test]
    fn case_width_accents_and_signs_make_no_other_name() {
        for name in ["polres-muratara", "desa-beringin-2", "160503", "dewi"] {
            for spelling in spellings(name) {
                assert!(is_plain(name) && is_plain(&plain(&spelling)), "{name} {spelling}");
                let other = (name != spelling).then_some(name);
                assert_eq!(twin_of(&spelling, [name]), other, "{name} {spelling}");
                assert_eq!(twins([name, &spelling, name, "x"]).len(), usize::from(other.is_some()));
            }
        }
        for (one, other) in
            [("polres", "polsek"), ("desa-a", "desa-b"), ("160503", "160504"), ("polres", "polres-2")]
        {
            assert!(twin_of(one, [other]).is_none() && twins([one, other]).is_empty(), "{one} {other}");
        }
        assert_eq!((plain("İ -Ｐolres."), folded("İ-Ｐolres")), ("i-polres".into(), "ipolres".into()));
        assert!(["", "-a", "a-", "a--b", "A", "a.b"].iter().all(|name| !is_plain(name)));
    }
}
