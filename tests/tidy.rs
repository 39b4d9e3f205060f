//! The house's rules, run as tests. Each rule is a function over text, so a planted offence shows that it can fail.

mod map;
mod names;
mod places;
mod purity;
mod rust;
mod shape;
mod walls;
mod words;

/// Fails with every offence on a line of its own.
#[track_caller]
fn none(offences: Vec<String>) {
    assert!(offences.is_empty(), "\n{}\n", offences.join("\n"));
}

/// The part of a source before its test module, without line comments: what the product is made of.
fn product(text: &str) -> String {
    let body = text.split("#[cfg(test)]").next().unwrap_or_default();
    body.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}
