//! When the messages of a made-up set happened, in the wording of four regencies: each is read right, or asked about.

use super::*;

/// When a message of the set was sent, in local minutes.
fn sent(letter: &str) -> i64 {
    let (month_day, clock) = match letter {
        "A" => ((11, 29), 20 * 60),
        "M" => ((11, 30), 40),
        "P" => ((11, 30), 7 * 60 + 10),
        "F" => ((11, 27), 14 * 60 + 30),
        _ => panic!("{letter}"),
    };
    crate::decode::instant::days(2026, month_day.0, month_day.1).unwrap() * 1440 + clock
}

/// Days back, the clock, whether it is asked, and whether it is that of the sending.
struct ReadTime {
    days: i64,
    clock: String,
    is_asked: bool,
    is_sending: bool,
}

impl ReadTime {
    fn of(words: &Words, regency: &str, written: i64, text: &str) -> Option<ReadTime> {
        let code = Code::parse(regency).unwrap();
        let occasion = ChatOccasion { now: instant(code, written), order: None };
        let reading = words.reader(regency).read(text, occasion);
        let part = reading.passages.iter().find(|part| matches!(part.fate, PassageFate::Proposed(_)))?;
        let PassageFate::Proposed(proposal) = &part.fate else { unreachable!() };
        let found = local(code, proposal.occurred.as_ref()?.value);
        let questions = [Question::FarTime, Question::AmbiguousTime, Question::HourMissing];
        let minute = found.rem_euclid(1440);
        Some(ReadTime {
            days: found.div_euclid(1440) - written.div_euclid(1440),
            clock: format!("{:02}.{:02}", minute / 60, minute % 60),
            is_asked: questions.iter().any(|question| part.asks(question)),
            is_sending: found == written,
        })
    }

    fn fits(&self, expected: &str) -> bool {
        let (plain, is_asked) = match expected.strip_suffix('!') {
            Some(plain) => (plain, true),
            None => (expected, false),
        };
        match (plain, plain.split_once(' ')) {
            ("", _) => self.is_asked,
            ("-", _) => self.is_sending && !self.is_asked,
            (_, Some((days, clock))) => {
                days.parse() == Ok(self.days) && clock == self.clock && is_asked == self.is_asked
            }
            (day, None) => day.parse() == Ok(self.days) && self.is_asked,
        }
    }
}

#[test]
fn the_time_of_each_message_of_the_made_up_set_is_read_or_asked_about() {
    let words = Words::new();
    let text = include_str!("labelled_times.psv");
    let mut wrong = Vec::new();
    for line in text.lines().filter(|line| line.starts_with(|letter: char| letter.is_ascii_digit())) {
        let cells: Vec<&str> = line.splitn(4, '|').collect();
        let [regency, letter, expected, text] = cells[..] else { panic!("{line}") };
        let text = text.replace("\\n", "\n");
        let found = ReadTime::of(&words, regency, sent(letter), &text);
        if !found.as_ref().is_some_and(|found| expected.split('~').any(|one| found.fits(one))) {
            let read = found.map_or_else(
                || "no proposal".to_owned(),
                |found| format!("{} {}{}", found.days, found.clock, if found.is_asked { "!" } else { "" }),
            );
            wrong.push(format!("{read} and not {expected}: {text} ({letter})"));
        }
    }
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
}
