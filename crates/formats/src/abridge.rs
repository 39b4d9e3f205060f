//! A list that may be the whole country's, in one line: its first entries, and how many more there are.

use std::fmt::Display;

/// The first `most` entries with commas between, and after them what `tail` says of the number left out.
pub fn abridged<T: Display>(
    entries: impl IntoIterator<Item = T>,
    most: usize,
    tail: impl FnOnce(usize) -> String,
) -> String {
    parted_by(", ", entries, most, tail)
}

fn parted_by<T: Display>(
    mark: &str,
    entries: impl IntoIterator<Item = T>,
    most: usize,
    tail: impl FnOnce(usize) -> String,
) -> String {
    let mut entries = entries.into_iter();
    let shown: Vec<String> = entries.by_ref().take(most).map(|entry| entry.to_string()).collect();
    match entries.count() {
        0 => shown.join(mark),
        more => shown.join(mark) + &tail(more),
    }
}

/// The same for messages to operators: `16.13, 35.08 and 12 more`.
pub fn first_and_more<T: Display>(entries: impl IntoIterator<Item = T>, most: usize) -> String {
    abridged(entries, most, and_more)
}

/// The same of entries that have commas of their own: `Rupit (RUPIT, rupit); Karang Dapo and 12 more`.
pub fn first_phrases_and_more<T: Display>(entries: impl IntoIterator<Item = T>, most: usize) -> String {
    parted_by("; ", entries, most, and_more)
}

/// What stands behind a list of which `more` were left out; nothing where none were.
pub fn and_more(more: usize) -> String {
    if more == 0 { String::new() } else { format!(" and {more} more") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_list_shows_its_first_entries_and_counts_the_rest() {
        assert_eq!(first_and_more(1..=2, 3), "1, 2");
        assert_eq!(first_and_more(1..=3, 3), "1, 2, 3");
        assert_eq!(first_and_more(1..=5, 3), "1, 2, 3 and 2 more");
        assert_eq!(abridged(1..=5, 3, |more| format!(", dan {more} lain")), "1, 2, 3, dan 2 lain");
        assert_eq!(first_and_more([""; 0], 3), "");
        assert_eq!(first_phrases_and_more(["a (A, á)", "b", "c"], 2), "a (A, á); b and 1 more");
    }
}
