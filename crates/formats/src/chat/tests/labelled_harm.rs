//! The labelled messages of people hurt: what each becomes and whom it counts. All of them are made up.

use super::*;

/// What a part becomes, and whom it counts.
fn read_as(passage: &ChatPassage) -> (&'static str, String) {
    let PassageFate::Proposed(proposal) = &passage.fate else {
        let fate = if matches!(passage.fate, PassageFate::Quiet(_)) { "nihil" } else { "none" };
        return (fate, "-".to_owned());
    };
    let count = |slot: &Option<Finding<u32>>| {
        slot.as_ref().map_or_else(|| "-".to_owned(), |found| found.value.to_string())
    };
    let counts = [&proposal.dead, &proposal.injured, &proposal.displaced].map(count).join(",");
    let asked = if proposal.look_at.is_empty() { "" } else { "?" };
    ("event", counts + asked)
}

/// What is wrong about a line of the set.
fn wrong(words: &Words, line: &str) -> Option<String> {
    let cells: Vec<&str> = line.splitn(4, '|').collect();
    let [regency, fate, people, messages] = cells[..] else { panic!("{line}") };
    let text = format!("28/11/26 14.00 - {messages}\n");
    let reading = words.reader(regency).read(&text, ChatOccasion { now: now(), order: None });
    check(&text, &reading);
    let (own, counted) = read_as(&reading.passages[0]);
    let is_of = |wanted: &str, own: &str| wanted.split('~').any(|one| one == own);
    (!is_of(fate, own) || !is_of(people, &counted))
        .then(|| format!("{own} {counted}, and not {fate} {people}: {messages}"))
}

#[test]
fn people_hurt_are_read_as_the_made_up_set_has_them() {
    let words = Words::new();
    let set = include_str!("../labelled_harm.psv");
    let lines = || set.lines().filter(|line| !line.starts_with('#'));
    let found: Vec<String> = lines().filter_map(|line| wrong(&words, line)).collect();
    assert!(found.is_empty(), "{} of {}: {found:#?}", found.len(), lines().count());
}
