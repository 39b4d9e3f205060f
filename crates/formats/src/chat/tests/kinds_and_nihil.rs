//! Made-up messages of four regencies: each is read right, what happened, where, whether it is over, that nothing did, and what is asked.

use super::*;

/// What a part became, as the set labels it.
fn label(words: &Words, passage: &ChatPassage) -> String {
    let name = |district: &Option<Finding<UnitId>>, village: &Option<Finding<u16>>| {
        let Some(unit) = district.as_ref().map(|found| found.value) else { return "-".to_owned() };
        let record = words.places.unit(unit);
        let is_own = |number: u16| record.villages.iter().find(|one| one.number == number);
        let own = village.as_ref().and_then(|found| is_own(found.value));
        own.map_or_else(|| record.name.clone(), |one| one.name.clone())
    };
    match &passage.fate {
        PassageFate::LeftOut(_) => "left".to_owned(),
        PassageFate::Quiet(quiet) => {
            let asked: Vec<String> = quiet.questions.iter().map(|one| format!("{one:?}")).collect();
            let asked = if asked.is_empty() { String::new() } else { format!("?{}", asked.join(",")) };
            format!("nihil {}{asked}", name(&quiet.district, &quiet.village))
        }
        PassageFate::Proposed(own) => {
            let of_place = |question: &Question| {
                matches!(
                    question,
                    Question::NoPlace
                        | Question::SenderPlace
                        | Question::SeveralPlaces
                        | Question::SeveralVillages
                )
            };
            let asked = if own.questions.iter().any(of_place) { "?" } else { "" };
            let category = own.category.as_ref().map_or("?".to_owned(), |found| found.value.to_string());
            let doubt = if own.questions.contains(&Question::Doubtful) { "!" } else { "" };
            format!(
                "{}{asked} {category} {}{doubt}",
                name(&own.district, &own.village),
                own.stance.value.as_str()
            )
        }
    }
}

#[test]
fn every_made_up_message_is_read_as_the_set_has_it() {
    let words = Words::new();
    let rows = include_str!("../kinds_and_nihil.psv").lines();
    let rows = rows.filter(|line| line.starts_with(|letter: char| letter.is_ascii_digit()));
    let (mut right, mut all, mut wrong) = (0, 0, String::new());
    for row in rows {
        let cells: Vec<&str> = row.splitn(4, '|').collect();
        let [regency, sender, expected, text] = cells.as_slice() else { panic!("{row}") };
        let chat = format!("28/11/26 14.00 - {sender}: {text}\n");
        let reading = words.reader(regency).read(&chat, ChatOccasion { now: now(), order: None });
        check(&chat, &reading);
        let found: Vec<String> = reading.passages.iter().map(|part| label(&words, part)).collect();
        let found = found.join(" + ");
        let is_right = expected.split(" ~ ").any(|one| one == found);
        (right, all) = (right + usize::from(is_right), all + 1);
        if !is_right {
            wrong += &format!("{found} and not {expected}: {text}\n");
        }
    }
    println!("right {right} of {all}\n{wrong}");
    assert!(all > 120 && right == all, "{right} of {all}\n{wrong}");
}
