//! "Nihil kejadian", "wilayah aman terkendali": for which place and from when to when a message says that nothing happened.

use super::place::PlaceFinding;
use super::token::ChatWord;
use super::{Question, QuietProposal, stance, when};
use crate::written_date::month_name;
use std::ops::Range;

const DAY: i64 = 1440;
/// The longest period that two dates of a message are taken for, days.
const LONGEST: i64 = domain::silence::LONGEST_QUIET / domain::time::DAY;

/// From when to when, in local minutes, and the words that say so.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ChatPeriod {
    pub from: i64,
    pub to: i64,
    pub words: Option<Range<usize>>,
    /// True where its words name a time that this may not be.
    pub is_open: bool,
}

/// The period of which a message written at `written` says that nothing happened: the days it names, the day, its weeks, else
/// the last 24 hours. The day on which it was written says no more than none.
pub fn period(tokens: &[ChatWord], written: i64) -> ChatPeriod {
    let today = written.div_euclid(DAY);
    let found = |from: i64, to: i64, run: Range<usize>, is_open| {
        let words = Some(tokens[run.start].span.start..tokens[run.end - 1].span.end);
        ChatPeriod { from, to: to.min(written), words, is_open }
    };
    if let Some((first, last, run)) = (0..tokens.len()).find_map(|at| days(tokens, at, today))
        && first * DAY < written
    {
        // Nobody says now that a month long past was quiet: rather a day that is yet to come was taken for one of last year.
        return found(first * DAY, (last + 1) * DAY, run, last < today - LONGEST);
    }
    let named = named_days(tokens, today);
    let is_other = |named: &&NamedDay| named.day != today;
    let other = named.iter().find(is_other);
    let is_unread = is_unread(tokens, &named);
    if let Some((weeks, run, is_past)) = (0..tokens.len()).find_map(|at| weeks(tokens, at)) {
        return found(written - weeks * 7 * DAY, written, run, is_past || is_unread || other.is_some());
    }
    let usual = ChatPeriod { from: written - DAY, to: written, words: None, is_open: is_unread };
    let Some(NamedDay { day, run }) = other else { return usual };
    let is_one = named.iter().all(|named| named.day == *day) && !is_unread;
    if !is_one || !(today - LONGEST + 1..today).contains(day) {
        return ChatPeriod { is_open: true, ..usual };
    }
    let until = leads_on(tokens, run.end);
    let is_until_now = until.is_some_and(|until| is_now(tokens, until));
    let is_since = is_since(tokens, run.start) || is_until_now;
    let is_end =
        (0..run.start).any(|at| leads_on(tokens, at).is_some_and(|behind| behind == led(tokens, run.start)));
    let to = if is_since { written } else { (day + 1) * DAY };
    found(day * DAY, to, run.clone(), is_end || until.is_some() && !is_until_now)
}

/// Where a date begins with the word that leads it: "tgl 25", "hari Sabtu".
fn led(tokens: &[ChatWord], at: usize) -> usize {
    at - usize::from(at > 0 && tokens[at - 1].is(&["tgl", "tanggal", "hari", "hr"]))
}

/// "sejak kemarin", "mulai tgl 22 Nov": until now.
fn is_since(tokens: &[ChatWord], at: usize) -> bool {
    let before = led(tokens, at).checked_sub(1);
    before.is_some_and(|before| tokens[before].is(&["sejak", "sejk", "mulai", "semenjak"]))
}

/// "… sampai", "… s/d": where the words begin to which it leads.
fn leads_on(tokens: &[ChatWord], at: usize) -> Option<usize> {
    let is = |at: usize, list: &[&str]| tokens.get(at).is_some_and(|token| token.is(list));
    if is(at, &["s"]) && is(at + 1, &["d"]) {
        return Some(at + 2);
    }
    let to = is(at, &["sampai", "hingga", "sd", "smp"]);
    to.then(|| at + 1 + usize::from(is(at + 1, &["dengan", "dgn"])))
}

/// "hari ini", "sekarang", "saat ini".
fn is_now(tokens: &[ChatWord], at: usize) -> bool {
    let is = |at: usize, list: &[&str]| tokens.get(at).is_some_and(|token| token.is(list));
    is(at, &["sekarang", "skrg", "kini"]) || is(at, &["hari", "saat"]) && is(at + 1, &["ini"])
}

/// "minggu ini", "seminggu terakhir", "2 minggu": how many weeks until now, and whether they rather are those before. "Hari
/// Minggu" and "Minggu, 29 November" are a day.
fn weeks(tokens: &[ChatWord], at: usize) -> Option<(i64, Range<usize>, bool)> {
    let is = |at: usize, list: &[&str]| tokens.get(at).is_some_and(|token| token.is(list));
    let is_one = is(at, &["seminggu", "sepekan", "mingguan"]);
    if !is_one && !is(at, &["minggu", "pekan"]) || at > 0 && is(at - 1, &["hari", "hr"]) {
        return None;
    }
    let behind = at + 1 + usize::from(is(at + 1, &["yang", "yg"]));
    let is_past = is(behind, &["lalu", "kemarin", "kmrn", "kemaren", "kmren"]);
    let is_led = is_past || is(behind, &["ini", "terakhir", "trakhir"]);
    let counted = at.checked_sub(1).and_then(|before| tokens[before].number());
    let counted = counted.map(i64::from).filter(|weeks| !is_one && (1..=4).contains(weeks));
    let is_counted = is_one || counted.is_some() || at > 0 && is(at - 1, &["se"]);
    let from = if counted.is_some() { at - 1 } else { at };
    let end = if is_led { behind + 1 } else { at + 1 };
    // Of "minggu ke-4" nobody said which days it has.
    let is_numbered = !is_counted && !is_led && is(behind, &["ke"]);
    (is_counted || is_led || is_numbered).then_some((
        counted.unwrap_or(1),
        from..end,
        is_past && !is_counted || is_numbered,
    ))
}

/// A day, since 1970, and the words that name it.
struct NamedDay {
    day: i64,
    run: Range<usize>,
}

/// Each date, "kemarin" and "hari Sabtu".
fn named_days(tokens: &[ChatWord], today: i64) -> Vec<NamedDay> {
    let is = |at: usize, list: &[&str]| tokens.get(at).is_some_and(|token| token.is(list));
    let weekday = |at: usize| when::WEEKDAYS.iter().position(|names| is(at, names));
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let mut end = at + 1;
        if let Some((day, run)) = when::date(tokens, at, today) {
            end = run.end;
            found.push(NamedDay { day, run });
        } else if is(at, &["kemarin", "kmrn", "kemaren", "kmren"]) {
            let before = is(at + 1, &["lusa", "dulu"]);
            let is_of_other =
                at > 0 && (weekday(at - 1).is_some() || is(at - 1, &["pekan", "bulan", "tahun"]));
            if !is_of_other {
                end += usize::from(before);
                found.push(NamedDay { day: today - if before { 2 } else { 1 }, run: at..end });
            }
        } else if let Some(of_week) = weekday(at + 1).filter(|_| is(at, &["hari", "hr"])) {
            // Where a date stands behind it the date says which.
            let is_dated =
                (at + 2..at + 5).any(|at| at < tokens.len() && when::date(tokens, at, today).is_some());
            let back = (today - of_week as i64).rem_euclid(7);
            let is_last = back == 0 && is(at + 2, &["lalu", "kemarin", "kmrn"]);
            end += 1;
            if !is_dated {
                found.push(NamedDay { day: today - if is_last { 7 } else { back }, run: at..end });
            }
        }
        at = end;
    }
    found
}

/// True where words name days that are none of those found: "tgl 32", "31 Juni", "sebulan".
fn is_unread(tokens: &[ChatWord], named: &[NamedDay]) -> bool {
    let is = |at: usize, list: &[&str]| tokens.get(at).is_some_and(|token| token.is(list));
    (0..tokens.len()).any(|at| {
        let is_month = |at: usize| tokens.get(at).is_some_and(|token| month_name(&token.text).is_some());
        let of_month = is(at + 1, &["ini", "lalu", "kemarin", "berjalan"]) || is_month(at + 1);
        if is(at, &["sebulan", "bulanan"]) || is(at, &["bulan", "bln"]) && of_month {
            return true;
        }
        let is_number = tokens[at].text.as_bytes()[0].is_ascii_digit();
        let led = at > 0 && is(at - 1, &["tgl", "tanggal", "tg"]);
        let is_date = led || is_month(at + 1);
        let last = named.partition_point(|named| named.run.start <= at).checked_sub(1);
        is_number && is_date && !last.is_some_and(|last| named[last].run.contains(&at))
    })
}

/// "22 s/d 28 Nov", "22-28 November", "28 s/d 3 Des": the first and the last day.
fn days(tokens: &[ChatWord], at: usize, today: i64) -> Option<(i64, i64, Range<usize>)> {
    const TO: [&str; 6] = ["s", "d", "sd", "sampai", "hingga", "dengan"];
    let first = i64::from(tokens[at].number().filter(|day| (1..=31).contains(day))?);
    // "tgl 5-8 November" is no fifth of August.
    let is_month = |at: usize| tokens.get(at).is_some_and(|token| month_name(&token.text).is_some());
    let dated = when::date(tokens, at, today).filter(|(_, run)| !is_month(run.end));
    // What stands between the two is "s/d", a dash, and the first day's own month and year.
    let own = dated.as_ref().map_or(at + 1, |date| date.1.end.max(at + 1));
    let behind = (own..tokens.len().min(own + 4)).find(|next| !tokens[*next].is(&TO))?;
    let dash = matches!(tokens.get(own)?.before, '-' | '–');
    if behind == own && !dash {
        return None;
    }
    let behind = behind + usize::from(tokens[behind].is(&["tgl", "tanggal", "tg"]));
    let last = i64::from(tokens.get(behind)?.number()?);
    let (to, run) = when::date(tokens, behind, today)?;
    let from = match dated {
        Some((from, _)) => from,
        None if first <= last => to - (last - first),
        // The month before has it.
        None => (to - LONGEST..to).rev().find(|day| when::day_of_month(*day) == first)?,
    };
    (from <= to && to + 1 - from <= LONGEST).then_some((from, to, at..run.end))
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
        questions: question.into_iter().chain(period.is_open.then_some(Question::QuietPeriod)).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::token::tokens;
    use super::*;
    use crate::decode::instant;

    fn found(text: &str) -> (i64, i64, bool) {
        let today = instant::days(2026, 11, 29).unwrap();
        let found = period(&tokens(text, 0..text.len()), today * DAY + 420);
        ((found.from - today * DAY) / 60, (found.to - today * DAY) / 60, found.is_open)
    }

    #[test]
    fn the_days_that_a_message_names_are_the_period_and_none_is_yet_to_come() {
        for (text, from, to) in [
            ("Lap situasi tgl 22 s/d 28 Nov: nihil kejadian", -7 * 24, 0),
            ("nihil 22-28 November 2026", -7 * 24, 0),
            ("nihil tgl 22 Nov sampai 29 Nov", -7 * 24, 7),
            ("nihil tgl 22 sampai tgl 28 Nov", -7 * 24, 0),
            ("nihil tgl 22-28 November", -7 * 24, 0),
            ("nihil 28 s/d 3 Nov", -32 * 24, -25 * 24),
            ("nihil minggu ini", 7 - 7 * 24, 7),
            ("nihil seminggu terakhir", 7 - 7 * 24, 7),
            ("2 minggu terakhir nihil", 7 - 14 * 24, 7),
            ("nihil", 7 - 24, 7),
            ("aman, 2-3 orang berjaga", 7 - 24, 7),
        ] {
            assert_eq!(found(text), (from, to, false), "{text}");
        }
    }

    #[test]
    fn a_single_day_is_the_period_and_sunday_no_week() {
        for (text, from, to) in [
            ("nihil tgl 25 Nov", -4 * 24, -3 * 24),
            ("kemarin nihil", -24, 0),
            ("Hari Sabtu, 28 November 2026, nihil", -24, 0),
            ("hari Sabtu nihil", -24, 0),
            ("hari Minggu lalu nihil", -7 * 24, -6 * 24),
            ("sejak kemarin nihil", -24, 7),
            ("nihil mulai tgl 25 Nov", -4 * 24, 7),
            ("nihil dari kemarin sampai hari ini", -24, 7),
            ("nihil tgl 25 Nov s/d sekarang", -4 * 24, 7),
            ("Hari Minggu, 29 November 2026: situasi aman, nihil", 7 - 24, 7),
            ("Minggu, 29 November 2026, nihil", 7 - 24, 7),
            ("Minggu pagi nihil", 7 - 24, 7),
        ] {
            assert_eq!(found(text), (from, to, false), "{text}");
        }
    }

    #[test]
    fn a_time_that_is_named_and_not_understood_is_asked_about() {
        for text in [
            "nihil tgl 25 dan 27 Nov",
            "nihil tgl 32",
            "nihil 31 Juni",
            "nihil 25 Nov 2025",
            "nihil bulan ini",
            "nihil minggu lalu",
            "minggu ke 4 Nov nihil",
            "nihil 1 Okt s/d 1 Nov",
            "nihil tgl 25 Nov sampai kemarin",
            "nihil sampai dengan tgl 25 Nov",
            "nihil s/d kemarin",
            "nihil 22 s/d 30 Nov",
            "bulan November nihil",
            "Laporan tgl 29 Nov: kemarin nihil",
        ] {
            assert!(found(text).2, "{text}: {:?}", found(text));
        }
    }

    /// What the form takes at most is what two dates give at most.
    #[test]
    fn a_period_is_no_longer_than_the_form_takes() {
        assert_eq!(found("nihil 1 s/d 31 Okt"), (-59 * 24, -28 * 24, false));
        assert!(found("nihil 30 Sep s/d 31 Okt").2);
    }
}
