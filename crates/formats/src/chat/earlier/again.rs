//! An earlier proposal once more, with what its correction says otherwise.

use super::CorrectingWords;
use crate::chat::correcting::Correcting;
use crate::chat::hurt::{InjuryDegrees, PeopleHurt};
use crate::chat::{ChatProposal, Finding, Question, Sureness, severity};
use domain::kind::Stance;
use domain::time::{MINUTE, Time};
use std::ops::Range;

fn guess<T: Clone>(found: &Option<Finding<T>>) -> Option<Finding<T>> {
    let plain =
        |found: &Finding<T>| Finding { value: found.value.clone(), words: None, sure: Sureness::Guess };
    found.as_ref().map(plain)
}

/// What is asked of a correction of a report that nobody knows.
pub fn of_unknown(own: CorrectingWords, sent: Option<Time>) -> ChatProposal {
    let plain = |value| Finding { value, words: None, sure: Sureness::Guess };
    let unknown = ChatProposal {
        district: None,
        village: None,
        category: None,
        others: Vec::new(),
        occurred: sent.map(plain),
        severity: None,
        stance: Finding { value: Stance::Affirms, words: None, sure: Sureness::Guess },
        dead: None,
        injured: None,
        degrees: InjuryDegrees::default(),
        displaced: None,
        look_at: Vec::new(),
        questions: vec![Question::NoCategory],
    };
    again(&unknown, own, None)
}

/// What a denial leaves to the report that it is of: what and where it was.
pub fn fill_denial(denial: &mut ChatProposal, report: &ChatProposal) {
    let is_unplaced = |asked: &Question| matches!(asked, Question::NoPlace | Question::SenderPlace);
    if denial.category.is_some() || report.category.is_none() {
        return;
    }
    denial.category = guess(&report.category);
    denial.questions.retain(|asked| *asked != Question::NoCategory);
    if denial.questions.iter().any(is_unplaced) && report.district.is_some() {
        denial.questions.retain(|asked| !is_unplaced(asked));
        (denial.district, denial.village) = (guess(&report.district), guess(&report.village));
    }
    denial.questions.push(Question::Correction);
}

/// The people of an earlier proposal with those that its correction counts otherwise, how badly they are hurt, and words to look
/// at.
struct CorrectedPeople {
    people: PeopleHurt,
    look_at: Vec<Range<usize>>,
}

/// Who is hurt badly and who slightly are counted apart: "MD 1 LB 3 LR 5" and "ralat LR 6" are nine. What may come on top of the
/// figures before is looked at.
fn corrected_people(last: &ChatProposal, kind: Correcting, own: &PeopleHurt) -> CorrectedPeople {
    let mut look_at = Vec::new();
    let mut merged = |before: &Option<Finding<u32>>, own: &Option<Finding<u32>>| match (before, own) {
        (Some(old), Some(added)) if kind == Correcting::Addition && old.value > 0 => {
            look_at.extend(added.words.clone());
            guess(before)
        }
        (_, Some(own)) => Some(own.clone()),
        (before, None) => guess(before),
    };
    let mut people = PeopleHurt::default();
    people.dead = merged(&last.dead, &own.dead);
    people.injured = merged(&last.injured, &own.injured);
    people.displaced = merged(&last.displaced, &own.displaced);
    people.degrees = match own.injured {
        Some(_) if kind != Correcting::Addition => own.degrees.clone(),
        _ => last.degrees.clone(),
    };
    let is_of_degree = own.injured.is_some() && !own.degrees.is_empty() && kind != Correcting::Addition;
    let before = last.injured.as_ref().map_or(0, |found| found.value);
    if let Some(found) = people.injured.as_mut().filter(|_| is_of_degree && before > 0) {
        if last.degrees.sum() == before {
            people.degrees = last.degrees.with(&own.degrees);
            found.value = people.degrees.sum();
        } else {
            // "5 luka", "ralat LB 2": of how many nobody says.
            look_at.extend(found.words.clone());
        }
    }
    CorrectedPeople { people, look_at }
}

/// "ralat, hari Sabtu": the hour of the earlier proposal on the day that its correction names; `None` where one of them is not
/// known.
fn hour_on_day(last: &ChatProposal, day: Option<Time>) -> Option<Finding<Time>> {
    const DAY: i64 = 1440 * MINUTE;
    let is_known =
        |found: &&Finding<Time>| found.words.is_some() && !last.questions.contains(&Question::HourMissing);
    let (midnight, before) = day.zip(last.occurred.as_ref().filter(is_known))?;
    let value = Time(midnight.0 + (before.value.0 - midnight.0).rem_euclid(DAY));
    Some(Finding { value, words: None, sure: Sureness::Likely })
}

/// An earlier proposal with what its correction says otherwise. `part`: what the correction was proposed as by itself.
pub fn again(last: &ChatProposal, own: CorrectingWords, part: Option<ChatProposal>) -> ChatProposal {
    let part = part.filter(|part| part.category.is_some() || part.stance.value != Stance::Affirms);
    let words = |part: &ChatProposal| part.category.as_ref().and_then(|found| found.words.clone());
    let is_counted = part.as_ref().and_then(words).is_some_and(|words| own.is_of_who_is_counted(&words));
    let has_category =
        !(is_counted && last.category.is_some()) && part.as_ref().is_some_and(|part| part.category.is_some());
    let mut questions = vec![Question::Correction];
    questions.extend(own.place.question.clone().filter(|_| own.is_placed()));
    let on_day = hour_on_day(last, own.day);
    let of_hour = |asked: &&Question| on_day.is_some() && **asked == Question::HourMissing;
    questions.extend(own.of_time.iter().filter(|asked| !of_hour(asked)).cloned());
    questions.extend(last.questions.iter().filter(|asked| own.leaves_open(asked, has_category)).cloned());
    let doubtful = part.as_ref().is_some_and(|part| part.questions.contains(&Question::Doubtful));
    if doubtful && !questions.contains(&Question::Doubtful) {
        questions.push(Question::Doubtful);
    }
    let (is_placed, mut look_at) = (own.is_placed(), own.look_at());
    let is_counted_again = own.counts() || !look_at.is_empty();
    let CorrectingWords { place, occurred, people, kind, .. } = own;
    let (district, village) = match is_placed {
        true => (place.district, place.village),
        false => (guess(&last.district), guess(&last.village)),
    };
    let stance = Finding { value: last.stance.value, words: None, sure: Sureness::Guess };
    let stance = part.as_ref().map_or(stance, |part| part.stance.clone());
    let (category, others, severity) = match part.filter(|_| has_category) {
        Some(part) => (part.category, part.others, part.severity),
        None => (guess(&last.category), last.others.clone(), guess(&last.severity)),
    };
    let CorrectedPeople { people: harmed, look_at: open } = corrected_people(last, kind, &people);
    look_at.extend(open);
    // Of whom no later message gives how many they are.
    let is_of_figures = matches!(kind, Correcting::Update | Correcting::Addition);
    look_at.extend(last.look_at.iter().filter(|_| is_of_figures || !is_counted_again).cloned());
    let is_kept = |found: &Option<Finding<u32>>| {
        found.as_ref().is_some_and(|found| found.value > 0 && found.words.is_none())
    };
    let is_kept = [&harmed.dead, &harmed.injured, &harmed.displaced].into_iter().any(is_kept);
    // Of whom it keeps is as grave as it was, but for a death that it takes back.
    let rested_on = |found: &Option<Finding<u32>>| found.as_ref().and_then(|found| found.words.clone());
    let is_alive = harmed.dead.as_ref().is_some_and(|found| found.value == 0)
        && last
            .severity
            .as_ref()
            .is_some_and(|found| found.words.is_some() && found.words == rested_on(&last.dead));
    let before = guess(&last.severity).filter(|_| is_kept && !is_alive);
    let severity = severity.filter(|_| has_category || !is_alive);
    let severity =
        [severity, before, severity::of_harm(&harmed)].into_iter().flatten().max_by_key(|found| found.value);
    ChatProposal {
        district,
        village,
        category,
        others,
        occurred: on_day.or(occurred).or_else(|| guess(&last.occurred)),
        severity,
        stance,
        look_at,
        dead: harmed.dead,
        injured: harmed.injured,
        degrees: harmed.degrees,
        displaced: harmed.displaced,
        questions,
    }
}
