//! "Nihil kejadian", "wilayah aman terkendali": for which place and from when to when a message says that nothing happened.

mod leftover;
mod several_days;

use super::place::PlaceFinding;
use super::token::ChatWord;
use super::{Question, QuietProposal, stance, when};
use crate::written_date::month_name;
use several_days::ListedDays;
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

/// One whole day, of a message written at `written`, as words name it.
pub fn one_day(day: i64, words: Range<usize>, written: i64) -> ChatPeriod {
    ChatPeriod { from: day * DAY, to: ((day + 1) * DAY).min(written), words: Some(words), is_open: false }
}

/// The period of which a message written at `written` says that nothing happened: the days it names, the day, its weeks or
/// hours, else the last 24 hours. The day on which it was written says no more than none. A day that it names and that this
/// leaves out makes it open.
pub fn period(tokens: &[ChatWord], written: i64) -> ChatPeriod {
    let found = named_period(tokens, written);
    let is_open = found.is_open || leftover::is_left(tokens, &found, written);
    ChatPeriod { is_open, ..found }
}

fn named_period(tokens: &[ChatWord], written: i64) -> ChatPeriod {
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
    let lists = |at| several_days::listed(tokens, at, today).map(|listed| (at, listed));
    if let Some((at, listed)) = (0..tokens.len()).find_map(lists) {
        let ListedDays { first, last, run, is_whole } = listed;
        let is_beside = named.iter().any(|named| named.day != today && !run.contains(&named.run.start));
        let of_list = NamedDay { day: first, run: at..run.end };
        let is_open = !is_whole || is_beside || is_unread(tokens, &[of_list], written);
        return found(first * DAY, (last + 1) * DAY, run, is_open);
    }
    let is_other = |named: &&NamedDay| named.day != today;
    let other = named.iter().find(is_other);
    let is_unread = is_unread(tokens, &named, written);
    let mut backs = (0..tokens.len()).filter_map(|at| weeks(tokens, at).or_else(|| hours(tokens, at)));
    if let Some(TimeBack { minutes, run, is_past }) = backs.next() {
        return found(written - minutes, written, run, is_past || is_unread || other.is_some());
    }
    let usual = ChatPeriod { from: written - DAY, to: written, words: None, is_open: is_unread };
    let Some(NamedDay { day, run }) = other else { return usual };
    let is_one = named.iter().all(|named| named.day == *day) && !is_unread;
    if !is_one || !(today - LONGEST + 1..today).contains(day) {
        return ChatPeriod { is_open: true, ..usual };
    }
    let until = to_behind(tokens, run.end);
    let is_until_now = until.is_some_and(|until| is_now(tokens, until));
    let is_since = is_since(tokens, run) || is_until_now;
    let is_end =
        (0..run.start).any(|at| leads_on(tokens, at).is_some_and(|behind| behind == led(tokens, run.start)));
    let to = if is_since { written } else { (day + 1) * DAY };
    let is_of_part = is_of_day_part(tokens, run);
    let is_led_on = !is_since && leftover::is_led_by_unknown(tokens, led(tokens, run.start));
    found(day * DAY, to, run.clone(), is_end || is_of_part || is_led_on || until.is_some() && !is_until_now)
}

/// "Sabtu malam", "malam kemarin", "sejak kemarin sore": nobody speaks of that morning. "malam Sabtu" is the night before it.
fn is_of_day_part(tokens: &[ChatWord], run: &Range<usize>) -> bool {
    let first = led(tokens, run.start);
    let own = |at: &usize| tokens[*at].clause == tokens[first].clause;
    when::names_day_part(tokens, run.end)
        || first.checked_sub(1).filter(own).is_some_and(|before| when::names_day_part(tokens, before))
}

/// Where a date begins with the words that lead it: "tgl 25", "hari Sabtu", "hari Senin tgl 23".
fn led(tokens: &[ChatWord], at: usize) -> usize {
    let leads = |at: &usize| {
        tokens[*at].is(&["tgl", "tanggal", "tg", "hari", "hr", "ari"])
            || when::day_of_week(tokens, *at).is_some()
    };
    at - (at.saturating_sub(3)..at).rev().take_while(leads).count()
}

/// "sejak kemarin", "mulai tgl 22 Nov", "dari tgl 20": until now, where nothing says until when.
fn is_since(tokens: &[ChatWord], run: &Range<usize>) -> bool {
    const SINCE: [&str; 16] = [
        "sejak", "sejk", "sjk", "sajak", "mulai", "mulei", "semenjak", "semenjk", "wiwit", "awit", "kawit",
        "kaet", "ket", "matan", "tumatan", "saking",
    ];
    let Some(before) = led(tokens, run.start).checked_sub(1) else { return false };
    let is_ended = || (run.end..tokens.len()).any(|at| to_behind(tokens, at).is_some());
    tokens[before].is(&SINCE) || tokens[before].is(&["dari", "dr"]) && !is_ended()
}

/// "… sampai", "… s/d": where the words begin to which it leads.
fn leads_on(tokens: &[ChatWord], at: usize) -> Option<usize> {
    const TO: [&str; 13] = [
        "sampai", "hingga", "sd", "smp", "sampe", "sampek", "sampay", "smpai", "smpe", "tekan", "nganti",
        "ngantos", "dugi",
    ];
    const WITH: [&str; 6] = ["dengan", "dgn", "ka", "ke", "wan", "lawan"];
    let is = |at: usize, list: &[&str]| tokens.get(at).is_some_and(|token| token.is(list));
    if is(at, &["s"]) && is(at + 1, &["d"]) {
        return Some(at + 2);
    }
    is(at, &TO).then(|| at + 1 + usize::from(is(at + 1, &WITH)))
}

/// The same, or a dash: "tgl 23 - sekarang".
fn to_behind(tokens: &[ChatWord], at: usize) -> Option<usize> {
    leads_on(tokens, at).or_else(|| tokens.get(at).is_some_and(|token| token.dashed).then_some(at))
}

/// "hari ini", "sekarang", "saat ini": where its words end.
fn now_ends(tokens: &[ChatWord], at: usize) -> Option<usize> {
    const NOW: [&str; 10] =
        ["sekarang", "skrg", "skr", "skrng", "skarang", "kini", "saiki", "sakniki", "wayahini", "samangkin"];
    let is = |at: usize, list: &[&str]| tokens.get(at).is_some_and(|token| token.is(list));
    if is(at, &NOW) {
        return Some(at + 1);
    }
    let of = is(at, &["hari", "hr", "ari", "saat", "dino", "dina", "dinten", "wayah"]);
    (of && is(at + 1, &["ini", "iki", "niki"])).then_some(at + 2)
}

fn is_now(tokens: &[ChatWord], at: usize) -> bool {
    now_ends(tokens, at).is_some()
}

/// A time of so many minutes until now, the words that say so, and whether they rather are those before.
struct TimeBack {
    minutes: i64,
    run: Range<usize>,
    is_past: bool,
}

/// "2 hari terakhir", "6 jam terakhir", "1x24 jam". Two hours that nobody calls the last are any.
fn hours(tokens: &[ChatWord], at: usize) -> Option<TimeBack> {
    let is = |at: usize, list: &[&str]| tokens.get(at).is_some_and(|token| token.is(list));
    let unit = match tokens[at].text.as_str() {
        "hari" | "hr" => DAY,
        "jam" => 60,
        _ => return None,
    };
    let count = i64::from(tokens[at.checked_sub(1)?].number()?);
    let times = at.checked_sub(3).filter(|_| is(at - 2, &["x"])).and_then(|at| tokens[at].number());
    let minutes = count * i64::from(times.unwrap_or(1)) * unit;
    let behind = at + 1 + usize::from(is(at + 1, &["yang", "yg"]));
    let is_last = is(behind, &["terakhir", "trakhir", "belakangan"]);
    let is_read = (is_last || unit == 60 && minutes == DAY) && (1..=LONGEST * DAY).contains(&minutes);
    let from = if times.is_some() { at - 3 } else { at - 1 };
    let run = from..if is_last { behind + 1 } else { at + 1 };
    is_read.then_some(TimeBack { minutes, run, is_past: false })
}

/// "minggu ini", "seminggu terakhir", "2 minggu". "Hari Minggu" and "Minggu, 29 November" are a day.
fn weeks(tokens: &[ChatWord], at: usize) -> Option<TimeBack> {
    let is = |at: usize, list: &[&str]| tokens.get(at).is_some_and(|token| token.is(list));
    let is_one = is(at, &["seminggu", "sepekan", "mingguan"]);
    if !is_one && !when::is_week(tokens, at) || at > 0 && is(at - 1, &["hari", "hr"]) {
        return None;
    }
    let behind = at + 1 + usize::from(is(at + 1, &["yang", "yg"]));
    let is_past = is(behind, &["lalu", "kemarin", "kmrn", "kemaren", "kmren"]);
    let is_led = is_past || is(behind, &["ini", "ko", "iki", "niki", "terakhir", "trakhir"]);
    let counted = at.checked_sub(1).and_then(|before| tokens[before].number());
    let counted = counted.map(i64::from).filter(|weeks| !is_one && (1..=4).contains(weeks));
    let is_counted = is_one || counted.is_some() || at > 0 && is(at - 1, &["se"]);
    let from = if counted.is_some() { at - 1 } else { at };
    let end = if is_led { behind + 1 } else { at + 1 };
    // Of "minggu ke-4" nobody said which days it has.
    let is_numbered = !is_counted && !is_led && is(behind, &["ke"]);
    (is_counted || is_led || is_numbered).then_some(TimeBack {
        minutes: counted.unwrap_or(1) * 7 * DAY,
        run: from..end,
        is_past: is_past && !is_counted || is_numbered,
    })
}

const YESTERDAY: [&str; 8] =
    ["samalam", "kemarin", "kmrn", "kemaren", "kmren", "wingi", "kamarin", "kemaron"];

/// A day, since 1970, and the words that name it.
struct NamedDay {
    day: i64,
    run: Range<usize>,
}

/// Each date, "kemarin", "hari Sabtu" and "Sabtu kemarin"; "Minggu" alone may be a week.
fn named_days(tokens: &[ChatWord], today: i64) -> Vec<NamedDay> {
    let is = |at: usize, list: &[&str]| tokens.get(at).is_some_and(|token| token.is(list));
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let mut end = at + 1;
        if let Some((day, run)) = when::date(tokens, at, today) {
            end = run.end;
            found.push(NamedDay { day, run });
        } else if is(at, &YESTERDAY) {
            let before = is(at + 1, &["lusa", "dulu"]);
            let is_of_other = at > 0
                && (when::day_of_week(tokens, at - 1).is_some() || is(at - 1, &["pekan", "bulan", "tahun"]));
            if !is_of_other {
                end += usize::from(before);
                found.push(NamedDay { day: today - if before { 2 } else { 1 }, run: at..end });
            }
        } else if let Some((of_week, behind)) = named_weekday(tokens, at) {
            let back = (today - of_week).rem_euclid(7);
            let is_last = is(behind, &["lalu", "kemarin", "kmrn", "kemaren", "kmren"]);
            end = behind + usize::from(is_last);
            if !is_dated(tokens, behind, today) && !is(behind, &["depan"]) {
                let back = if is_last && back == 0 { 7 } else { back };
                found.push(NamedDay { day: today - back, run: at..end });
            }
        }
        at = end;
    }
    found
}

/// "hari Minggu", "Sabtu": which day of the week it is, and where its words end.
fn named_weekday(tokens: &[ChatWord], at: usize) -> Option<(i64, usize)> {
    let is_led = tokens[at].is(&["hari", "hr"]);
    let own = at + usize::from(is_led);
    let of_week =
        when::day_of_week(tokens, own).filter(|_| is_led || !when::is_sunday_or_week(tokens, own))?;
    Some((of_week, own + 1))
}

/// True where a date stands behind a day of the week, and says which.
fn is_dated(tokens: &[ChatWord], behind: usize, today: i64) -> bool {
    (behind..tokens.len().min(behind + 3)).any(|at| when::date(tokens, at, today).is_some())
}

/// True where words name a time that is none of the days found: "tgl 32", "31 Juni", "sebulan", "s/d 28", "pukul 06.00", "2 hari",
/// "Minggu" on another day than one.
fn is_unread(tokens: &[ChatWord], named: &[NamedDay], written: i64) -> bool {
    let today = written.div_euclid(DAY);
    let is_of_report = is_of_report(tokens, written);
    let is = |at: usize, list: &[&str]| tokens.get(at).is_some_and(|token| token.is(list));
    let is_found = |at: usize| {
        let last = named.partition_point(|named| named.run.start <= at).checked_sub(1);
        last.is_some_and(|last| named[last].run.contains(&at))
    };
    let is_week = |at: usize| weeks(tokens, at).is_some();
    (0..tokens.len()).any(|at| {
        let of_week = when::day_of_week(tokens, at).filter(|_| !is_found(at) && !is_week(at));
        let is_day = of_week.is_some_and(|of_week| {
            (today - of_week).rem_euclid(7) != 0
                && !is_dated(tokens, at + 1, today)
                && !is(at + 1, &["depan"])
        });
        let is_counted = is(at, &["hari", "hr", "jam"])
            && at > 0
            && tokens[at - 1].number().is_some_and(|count| count <= 72)
            && !is_found(at - 1)
            && hours(tokens, at).is_none();
        let is_end = leads_on(tokens, at).is_some_and(|next| {
            !is_found(next) && tokens.get(next).is_some_and(|next| next.number().is_some())
        });
        if is_day
            || is_counted
            || is_end
            || !is_of_report && !is_found(at) && when::names_clock(tokens, at).is_some()
        {
            return true;
        }
        let is_month = |at: usize| tokens.get(at).is_some_and(|token| month_name(&token.text).is_some());
        let of_month = is(at + 1, &["ini", "lalu", "kemarin", "berjalan"]) || is_month(at + 1);
        if is(at, &["sebulan", "bulanan"]) || is(at, &["bulan", "bln"]) && of_month {
            return true;
        }
        let is_number = tokens[at].text.as_bytes()[0].is_ascii_digit();
        let led = at > 0 && is(at - 1, &["tgl", "tanggal", "tg"]);
        let is_date = led || is_month(at + 1);
        is_number && is_date && !is_found(at) || !is_found(at) && when::is_doubtful_date(tokens, at, today)
    })
}

/// "Sitkam pukul 06.30", written at seven: a clock alone of the last two hours is that of the report.
fn is_of_report(tokens: &[ChatWord], written: i64) -> bool {
    let minute = written.rem_euclid(DAY);
    let mut clocks = (0..tokens.len()).filter_map(|at| when::names_clock(tokens, at));
    let mut end = 0;
    let mut next = || {
        let (own, to) = clocks.find(|(_, run)| run.start >= end).map(|(own, run)| (own, run.end))?;
        end = to;
        Some(own)
    };
    let (first, second) = (next(), next());
    let is_led = (0..tokens.len()).any(|at| leads_on(tokens, at).is_some());
    second.is_none() && !is_led && first.is_some_and(|own| (minute - 120..=minute + 5).contains(&own))
}

/// "22 s/d 28 Nov", "22-28 November", "28 s/d 3 Des", "Minggu 22 s/d Sabtu 28 Nov": the first and the last day.
fn days(tokens: &[ChatWord], at: usize, today: i64) -> Option<(i64, i64, Range<usize>)> {
    const TO: [&str; 16] = [
        "s", "d", "sd", "sampai", "hingga", "dengan", "dgn", "sampe", "sampek", "smp", "tekan", "nganti",
        "ngantos", "ka", "wan", "lawan",
    ];
    let first = i64::from(tokens[at].number().filter(|day| (1..=31).contains(day))?);
    // "tgl 5-8 November" is no fifth of August.
    let is_month = |at: usize| tokens.get(at).is_some_and(|token| month_name(&token.text).is_some());
    let dated = when::date(tokens, at, today).filter(|(_, run)| !is_month(run.end));
    // What stands between the two is "s/d", a dash, and the first day's own month and year.
    let own = dated.as_ref().map_or(at + 1, |date| date.1.end.max(at + 1));
    let behind = (own..tokens.len().min(own + 4)).find(|next| !tokens[*next].is(&TO))?;
    let dash = tokens.get(own)?.dashed;
    if behind == own && !dash {
        return None;
    }
    let is = |at: usize, list: &[&str]| tokens.get(at).is_some_and(|token| token.is(list));
    let behind = behind + usize::from(is(behind, &["hari", "hr"]));
    let behind = behind + usize::from(when::day_of_week(tokens, behind).is_some());
    let behind = behind + usize::from(is(behind, &["tgl", "tanggal", "tg"]));
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

/// True where words name a day by its date or by its name.
pub fn names_day(tokens: &[ChatWord]) -> bool {
    let is_day = |at: usize| {
        tokens[at].is(&["tgl", "tanggal", "tg"])
            || when::day_of_week(tokens, at).is_some() && !when::is_sunday_or_week(tokens, at)
    };
    (0..tokens.len()).any(is_day)
}

/// What is proposed of a message that says that all is quiet; `None` where it is no report of a place. `is_named`: its own words name
/// one.
pub fn proposal(
    tokens: &[ChatWord],
    place: PlaceFinding,
    (period, instant): (ChatPeriod, impl Fn(i64) -> domain::time::Time),
    is_named: bool,
) -> Option<QuietProposal> {
    if !stance::is_all_quiet(tokens) {
        return None;
    }
    let is_asked_where = matches!(
        place.question,
        Some(Question::SeveralPlaces | Question::SenderPlace | Question::UnknownPlace { .. })
    );
    // "tgl 27 aman" answers nobody.
    let is_report = || is_named || stance::is_quiet_report(tokens) || names_day(tokens);
    if is_asked_where && !is_report() || place.district.is_none() && !is_asked_where {
        return None;
    }
    let PlaceFinding { district, village, question } = place;
    Some(QuietProposal {
        district,
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
            ("Terap mgg ini nihil", 7 - 7 * 24, 7),
            ("2 mnggu terakhir nihil", 7 - 14 * 24, 7),
            ("Rapat desa Terap sls, situasi aman kondusif pak", 7 - 24, 7),
            ("acara akad di Terap aman, nihil", 7 - 24, 7),
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
            ("Minggu nihil", 7 - 24, 7),
            ("Sabtu kemarin nihil", -24, 0),
            ("hari sls nihil", -5 * 24, -4 * 24),
            ("Senin lalu nihil", -6 * 24, -5 * 24),
            ("Jumat nihil", -2 * 24, -24),
            ("nihil sejak Senin", -6 * 24, 7),
            ("nihil dari Kamis s/d hari ini", -3 * 24, 7),
            ("Minggu 22 s/d Sabtu 28 Nov 2026 nihil", -7 * 24, 0),
            ("Sitkam sampai saat ini aman, nihil", 7 - 24, 7),
            ("09.05 Lawang Agung: nihil", 7 - 24, 7),
            ("24 jam terakhir nihil", 7 - 24, 7),
            ("1x24 jam nihil", 7 - 24, 7),
            ("2 hari terakhir nihil", 7 - 48, 7),
            ("6 jam terakhir nihil", 1, 7),
            ("Sitkam Minggu 29 Nov 2026 pukul 06.30 WIB: aman, nihil", 7 - 24, 7),
            ("aman sampai di rumah, nihil", 7 - 24, 7),
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
            "nihil mgg lalu",
            "minggu ke 4 Nov nihil",
            "nihil 1 Okt s/d 1 Nov",
            "nihil tgl 25 Nov sampai kemarin",
            "nihil sampai dengan tgl 25 Nov",
            "nihil s/d kemarin",
            "nihil 22 s/d 30 Nov",
            "bulan November nihil",
            "Laporan tgl 29 Nov: kemarin nihil",
            "Sitkam pukul 06.00 s/d 18.00 nihil",
            "Sitkam s/d pkl 06.00 nihil",
            "nihil pukul 02.00",
            "Sitkam tgl 28 Nov pukul 06.30: nihil, aman s/d pukul 07.00",
            "nihil Senin s/d Jumat",
            "nihil 22 s/d 28",
            "2 hari nihil",
            "Sabtu malam nihil",
            "kemarin sore nihil",
            "nihil sampai Jumat",
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
