//! "Nihil kejadian", "wilayah aman terkendali": for which place and from when to when a message says that nothing happened.

use super::place::PlaceFinding;
use super::token::ChatWord;
use super::{Question, QuietProposal, stance, when};
use std::ops::Range;

const DAY: i64 = 1440;
/// The longest period that two dates of a message are taken for, days.
const LONGEST: i64 = 31;

/// From when to when, in local minutes, and the words that say so.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ChatPeriod {
    pub from: i64,
    pub to: i64,
    pub words: Option<Range<usize>>,
}

/// The period of which a message written at `written` says that nothing happened: the days it names, its week, else the last
/// 24 hours.
pub fn period(tokens: &[ChatWord], written: i64) -> ChatPeriod {
    let span = |run: Range<usize>| Some(tokens[run.start].span.start..tokens[run.end - 1].span.end);
    if let Some((from, to, run)) = (0..tokens.len()).find_map(|at| days(tokens, at, written)) {
        let (from, to) = (from * DAY, ((to + 1) * DAY).min(written));
        if from < to {
            return ChatPeriod { from, to, words: span(run) };
        }
    }
    let week =
        tokens.iter().position(|token| token.is(&["minggu", "seminggu", "sepekan", "pekan", "mingguan"]));
    match week {
        Some(at) => ChatPeriod { from: written - 7 * DAY, to: written, words: span(at..at + 1) },
        None => ChatPeriod { from: written - DAY, to: written, words: None },
    }
}

/// "22 s/d 28 Nov", "22-28 November": the first and the last day.
fn days(tokens: &[ChatWord], at: usize, written: i64) -> Option<(i64, i64, Range<usize>)> {
    const TO: [&str; 6] = ["s", "d", "sd", "sampai", "hingga", "dengan"];
    let today = written.div_euclid(DAY);
    let first = i64::from(tokens[at].number().filter(|day| (1..=31).contains(day))?);
    let dated = when::date(tokens, at, today);
    // What stands between the two is "s/d", a dash, and the first day's own month and year.
    let own = dated.as_ref().map_or(at + 1, |date| date.1.end.max(at + 1));
    let behind = (own..tokens.len().min(own + 4)).find(|next| !tokens[*next].is(&TO))?;
    let dash = matches!(tokens.get(own)?.before, '-' | '–');
    if behind == own && !dash {
        return None;
    }
    let last = i64::from(tokens[behind].number()?);
    let (to, run) = when::date(tokens, behind, today)?;
    let from = match dated {
        Some((from, _)) if from <= to && to - from <= LONGEST => from,
        _ => to - (last - first),
    };
    (from <= to && to - from <= LONGEST).then_some((from, to, at..run.end))
}

/// What is proposed of a message that says that all is quiet; `None` where it is no report of a place.
pub fn proposal(
    tokens: &[ChatWord],
    place: PlaceFinding,
    (period, instant): (ChatPeriod, impl Fn(i64) -> domain::time::Time),
) -> Option<QuietProposal> {
    if !stance::is_all_quiet(tokens) {
        return None;
    }
    if place.question == Some(Question::SenderPlace) && !stance::is_quiet_report(tokens) {
        return None;
    }
    let PlaceFinding { district, village, question } = place;
    Some(QuietProposal {
        district: district?,
        village,
        from: instant(period.from),
        to: instant(period.to),
        words: period.words,
        questions: question.into_iter().collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::token::tokens;
    use super::*;
    use crate::decode::instant;

    fn days_of(text: &str) -> (i64, i64) {
        let today = instant::days(2026, 11, 29).unwrap();
        let found = period(&tokens(text, 0..text.len()), today * DAY + 420);
        ((found.from - today * DAY) / 60, (found.to - today * DAY) / 60)
    }

    #[test]
    fn the_days_that_a_message_names_are_the_period_and_none_is_yet_to_come() {
        for (text, period) in [
            ("Lap situasi tgl 22 s/d 28 Nov: nihil kejadian", (-7 * 24, 0)),
            ("nihil 22-28 November 2026", (-7 * 24, 0)),
            ("nihil tgl 22 Nov sampai 29 Nov", (-7 * 24, 7)),
            ("nihil minggu ini", (7 - 7 * 24, 7)),
            ("nihil", (7 - 24, 7)),
            ("aman, 2-3 orang berjaga", (7 - 24, 7)),
        ] {
            assert_eq!(days_of(text), period, "{text}");
        }
    }
}
