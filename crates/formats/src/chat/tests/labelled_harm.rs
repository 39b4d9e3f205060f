//! The labelled messages of people hurt and of corrections: what each becomes and whom it counts. All of them are made up.

use super::*;

/// What a part becomes, and whom it counts.
fn read_as(passage: &ChatPassage) -> (&'static str, String) {
    let PassageFate::Proposed(proposal) = &passage.fate else {
        let fate = if matches!(passage.fate, PassageFate::Quiet(_)) { "nihil" } else { "none" };
        return (fate, "-".to_owned());
    };
    let corrects = [Question::Correction, Question::WholeCorrection].iter().any(|one| passage.asks(one));
    let count = |slot: &Option<Finding<u32>>| {
        slot.as_ref().map_or_else(|| "-".to_owned(), |found| found.value.to_string())
    };
    let counts = [&proposal.dead, &proposal.injured, &proposal.displaced].map(count).join(",");
    let asked = if proposal.look_at.is_empty() { "" } else { "?" };
    let fate = match proposal.stance.value {
        _ if corrects => "corrects",
        Stance::Denies => "denies",
        _ => "event",
    };
    (fate, counts + asked)
}

/// What is wrong about a line of the set.
fn wrong(words: &Words, line: &str) -> Option<String> {
    let cells: Vec<&str> = line.splitn(4, '|').collect();
    let [regency, fate, people, messages] = cells[..] else { panic!("{line}") };
    let heads = (0..).map(|minute| format!("28/11/26 14.{minute:02} - "));
    let lines = heads.zip(messages.split("\\n")).map(|(head, message)| format!("{head}{message}\n"));
    let text: String = lines.collect();
    let reading = words.reader(regency).read(&text, ChatOccasion { now: now(), order: None });
    check(&text, &reading);
    let last = reading.passages.last().unwrap();
    let (own, counted) = read_as(last);
    let before = reading.passages.len().checked_sub(2).map(|at| &reading.passages[at]);
    let is_asked = |question: &Question| matches!(question, Question::Corrected { .. });
    let is_marked = before.is_some_and(|before| before.questions().unwrap_or_default().iter().any(is_asked));
    let own = if own == "none" && is_marked { "withdraws" } else { own };
    let is_of = |wanted: &str, own: &str| wanted.split('~').any(|one| one == own);
    let marks = matches!(fate, "corrects" | "withdraws" | "denies");
    (!is_of(fate, own) || !is_of(people, &counted) || marks != is_marked)
        .then(|| format!("{own} {counted} {is_marked}, and not {fate} {people}: {messages}"))
}

#[test]
fn people_hurt_and_corrections_are_read_as_the_made_up_set_has_them() {
    let words = Words::new();
    let set = include_str!("../labelled_harm.psv");
    let lines = || set.lines().filter(|line| !line.starts_with('#'));
    let found: Vec<String> = lines().filter_map(|line| wrong(&words, line)).collect();
    assert!(found.is_empty(), "{} of {}: {found:#?}", found.len(), lines().count());
}
