//! Times of day as tables have them: beside a date, in a column of their own, or as a spreadsheet's part of a day.

use crate::plain_text::is_blank;
use crate::written_date::{DateFault, DateOrder, WrittenDate};
use domain::place::Zone;
use domain::time::{SECOND, Time};
use jiff::civil::Date;

/// When a row says that something happened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WrittenTime {
    /// With its zone.
    Instant(Time),
    /// Local: the day, and the minute of it where one is written.
    Local { day: Date, minute: Option<i64> },
}

impl WrittenTime {
    /// Reads a cell that gives a day, perhaps with a time of day.
    ///
    /// # Errors
    /// Where it is no day, or may be two.
    pub fn read(text: &str, order: Option<DateOrder>) -> Result<WrittenTime, DateFault> {
        if text.len() >= 16
            && text.as_bytes()[0].is_ascii_digit()
            && let Ok(instant) = text.trim_matches(is_blank).parse::<jiff::Timestamp>()
        {
            return Ok(WrittenTime::Instant(Time(instant.as_microsecond())));
        }
        if let Some(second) = WrittenDate::instant(text, order) {
            return Ok(WrittenTime::Instant(Time(second * SECOND)));
        }
        let day = match WrittenDate::read(text, order) {
            Err(DateFault::Unreadable) => WrittenDate::read(&without_lead(text), order)?.day,
            read => read?.day,
        };
        Ok(WrittenTime::Local { day, minute: minute_beside(text) })
    }
}

/// By how many minutes the clock of a place is ahead of the zone that a cell names: "18.00 WITA" in Palembang is 17.00 there.
pub fn ahead_of_cell(zone: Zone, cell: &str) -> i64 {
    zone_hours(cell).map_or(0, |hours| zone.minutes() - hours * 60)
}

/// How far the zone that a cell names is ahead of UTC; `None` where it names none, or more than one.
fn zone_hours(cell: &str) -> Option<i64> {
    // The names of all zones begin alike, and most cells name none.
    if cell.is_ascii() && !cell.contains(['w', 'W']) {
        return None;
    }
    let lower = cell.to_lowercase();
    let words = lower.split(|letter: char| !letter.is_alphabetic());
    let mut zones = words.filter_map(|word| match word {
        "wib" => Some(7),
        "wita" => Some(8),
        "wit" => Some(9),
        _ => None,
    });
    let first = zones.next()?;
    zones.all(|zone| zone == first).then_some(first)
}

/// The day of the week that a cell names, where it is not that of its date: "Senin, 20 November 2026" was a Friday.
pub fn other_weekday(cell: &str, day: Date) -> Option<String> {
    const DAYS: [&[&str]; 7] = [
        &["senin", "sen", "monday", "mon"],
        &["selasa", "sel", "tuesday", "tue"],
        &["rabu", "rab", "rabo", "wednesday", "wed"],
        &["kamis", "kam", "thursday", "thu"],
        &["jumat", "jum'at", "jum", "jmt", "friday", "fri"],
        &["sabtu", "sab", "sbt", "saturday", "sat"],
        &["minggu", "ahad", "min", "mgg", "ahd", "sunday", "sun"],
    ];
    let own = DAYS[day.weekday().to_monday_zero_offset() as usize];
    let lower = cell.to_lowercase();
    let word = lower.split(|letter: char| !(letter.is_alphabetic() || letter == '\''));
    let mut named = word.filter(|word| DAYS.iter().any(|names| names.contains(word)));
    // Of a span each day has its own.
    let first = named.next()?;
    (named.next().is_none() && !own.contains(&first)).then(|| first.to_owned())
}

/// A date without the words that lead to it: "hari Jumat tanggal 20 November 2026".
fn without_lead(text: &str) -> String {
    let leads = |word: &&str| {
        matches!(
            word.trim_end_matches(['.', ':']).to_lowercase().as_str(),
            "hari" | "tanggal" | "tgl" | "pada"
        )
    };
    let words = text.split(is_blank).filter(|word| !word.is_empty() && !leads(word));
    words.collect::<Vec<_>>().join(" ")
}

/// The minute of the day that stands beside a date: with a colon, behind "pukul", or with a full stop where it cannot be a
/// part of the date.
fn minute_beside(text: &str) -> Option<i64> {
    let is_gap = |letter: char| is_blank(letter) || matches!(letter, ',' | 'T' | '(' | ')');
    let words = text.split(is_gap).flat_map(|word| word.split(" / ")).filter(|word| !word.is_empty());
    let words: Vec<&str> = words.collect();
    let mut is_led = false;
    let mut is_first = true;
    for (at, word) in words.iter().copied().enumerate() {
        let lower = word.trim_end_matches(['.', ':']).to_lowercase();
        if matches!(lower.as_str(), "pukul" | "pkl" | "jam" | "pk") {
            is_led = true;
            continue;
        }
        let is_time =
            word.contains(':') || (!is_first && word.matches('.').count() == 1 && !word.contains(['/', '-']));
        if let Some(minute) = (is_led || is_time).then(|| clock(word)).flatten() {
            return of_half_day((minute, word), &format!("{word} {}", words.get(at + 1).unwrap_or(&"")));
        }
        is_first = false;
        is_led &= matches!(lower.as_str(), "sekitar" | "sekira" | "kurang" | "lebih" | "±");
    }
    None
}

/// The minute of the day in a cell of its own: `14.30 WIB`, `pukul 9`, `14:30 - 16:00`, `0,6041`.
pub fn minute_of_day(cell: &str) -> Option<i64> {
    let cell = cell.trim_matches(is_blank);
    let is_number =
        |byte: u8| byte.is_ascii_digit() || matches!(byte, b'.' | b',' | b'+' | b'-' | b'e' | b'E');
    let share = (cell.len() > 4 && cell.bytes().all(is_number)).then(|| cell.replace(',', "."));
    let share = share.and_then(|share| share.parse::<f64>().ok());
    if let Some(share) = share.filter(|share| *share > 0.0 && *share < 1.0) {
        return Some(((share * 1440.0).round() as i64).min(1439));
    }
    let lower = cell.to_lowercase();
    let (minute, own, behind) = written_minute(&lower)?;
    of_half_day((minute, own), behind)
}

/// True of a cell with an hour of a night that begins on one day and ends on the next: "2 malam", "12.30 malam".
pub fn is_of_two_days(cell: &str) -> bool {
    let lower = cell.to_lowercase();
    let is_night = |(minute, own, behind): (i64, &str, &str)| {
        day_part(behind) == Some("malam") && of_half_day((minute, own), behind).is_none()
    };
    written_minute(&lower).is_some_and(is_night)
}

/// The minute as its digits give it, these, and what stands behind them.
fn written_minute(lower: &str) -> Option<(i64, &str, &str)> {
    let start = lower.find(|letter: char| letter.is_ascii_digit())?;
    let before = lower[..start].trim_matches(|letter: char| !letter.is_alphabetic());
    let is_led = before.split(is_blank).all(|word| {
        let word = word.trim_matches(|letter: char| !letter.is_alphabetic());
        matches!(word, "" | "pukul" | "pkl" | "jam" | "pk" | "sekitar" | "sekira" | "kira" | "wib")
    });
    let end = lower[start..].find(|letter: char| !letter.is_ascii_digit() && !matches!(letter, '.' | ':'));
    let own = &lower[start..end.map_or(lower.len(), |end| start + end)];
    // A number alone is an hour where something says so.
    let says_so = !before.is_empty()
        || own.contains(['.', ':'])
        || lower[start + own.len()..].trim_start().starts_with("wi");
    let behind = &lower[start + own.len()..];
    let says_so = says_so || half_day(behind).is_some() || day_part(behind).is_some();
    let minute = (is_led && says_so).then(|| clock(own)).flatten()?;
    Some((minute, own, behind))
}

/// "PM", "p.m." behind a time, with or without a blank: true for the second half of the day.
fn half_day(behind: &str) -> Option<bool> {
    let letters: String = behind
        .trim_start_matches(|letter: char| {
            letter.is_ascii_digit() || matches!(letter, '.' | ':') || is_blank(letter)
        })
        .chars()
        .filter(|letter| *letter != '.')
        .take_while(|letter| letter.is_alphabetic())
        .collect();
    match letters.to_lowercase().as_str() {
        "am" => Some(false),
        "pm" => Some(true),
        _ => None,
    }
}

/// The part of the day that stands behind a time: "7 malam", "07.30 WIB malam".
fn day_part(behind: &str) -> Option<&'static str> {
    const PARTS: [(&str, &str); 7] = [
        ("pagi", "pagi"),
        ("siang", "siang"),
        ("sore", "sore"),
        ("petang", "sore"),
        ("malam", "malam"),
        ("mlm", "malam"),
        ("subuh", "pagi"),
    ];
    let lower = behind.to_lowercase();
    let words = lower.split(|letter: char| !letter.is_alphabetic()).filter(|word| !word.is_empty());
    let mut words = words.skip_while(|word| matches!(*word, "wib" | "wita" | "wit"));
    let first = words.next()?;
    PARTS.iter().find(|(word, _)| *word == first).map(|(_, part)| *part)
}

/// A minute of a clock of twelve hours in a part of the day; `None` where that is of two days: "2 malam", "12 malam". Behind a
/// zero, "02.30 malam", it is of the clock that counts to 24.
fn of_day_part((minute, own): (i64, &str), part: &str) -> Option<i64> {
    const HOUR: i64 = 60;
    let is_of = |hours: std::ops::Range<i64>| (hours.start * HOUR..hours.end * HOUR).contains(&minute);
    match part {
        _ if minute >= 13 * HOUR => Some(minute),
        "siang" if is_of(1..4) => Some(minute + 12 * HOUR),
        "sore" if is_of(1..8) => Some(minute + 12 * HOUR),
        "malam" if is_of(6..12) => Some(minute + 12 * HOUR),
        "malam" if own.starts_with('0') => Some(minute),
        "malam" => None,
        _ => Some(minute),
    }
}

/// A minute of a clock of twelve hours, where AM or PM stands behind it; "13.00 AM" is none.
fn of_half_day((minute, own): (i64, &str), behind: &str) -> Option<i64> {
    match half_day(behind) {
        None => match day_part(behind.trim_start_matches(|letter: char| !letter.is_alphabetic())) {
            Some(part) => of_day_part((minute, own), part),
            None => Some(minute),
        },
        // "20.30 PM" counts to 24 and says it twice.
        Some(true) if minute >= 13 * 60 => Some(minute),
        Some(is_pm) if (60..13 * 60).contains(&minute) => Some(minute % 720 + if is_pm { 720 } else { 0 }),
        Some(_) => None,
    }
}

/// `14.30`, `14:30:05`, `9`; a spreadsheet's `14.3` is 14.30.
fn clock(word: &str) -> Option<i64> {
    let word = word.trim_matches(|letter: char| !letter.is_ascii_digit());
    let word = word
        .find(|letter: char| !letter.is_ascii_digit() && !matches!(letter, '.' | ':'))
        .map_or(word, |end| &word[..end]);
    let mut parts = word.split(['.', ':']);
    let hour: i64 = parts.next().filter(|hour| hour.len() <= 2)?.parse().ok()?;
    let minute: i64 = match parts.next() {
        None => 0,
        Some(tens) if tens.len() == 1 => tens.parse::<i64>().ok()? * 10,
        Some(minute) if minute.len() == 2 => minute.parse().ok()?,
        Some(_) => return None,
    };
    let is_day = hour < 24 && minute < 60 || hour == 24 && minute == 0;
    is_day.then_some((hour * 60 + minute).min(1439))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_beside_a_date_is_read_and_no_part_of_the_date_is_one() {
        let read = |text: &str| match WrittenTime::read(text, Some(DateOrder::DayFirst)) {
            Ok(WrittenTime::Local { day, minute }) => {
                format!(
                    "{day} {}",
                    minute.map_or("-".into(), |minute| format!("{:02}.{:02}", minute / 60, minute % 60))
                )
            }
            Ok(WrittenTime::Instant(at)) => format!("{}", at.0 / 1_000_000),
            Err(_) => "?".into(),
        };
        for (text, found) in [
            ("20/11/2026", "2026-11-20 -"),
            ("20.11.2026", "2026-11-20 -"),
            ("20.11.26", "2026-11-20 -"),
            ("2026-11-20", "2026-11-20 -"),
            ("2026-11-20 14:30:00", "2026-11-20 14.30"),
            ("20/11/2026 14.30", "2026-11-20 14.30"),
            ("20-11-2026 / 14.30 Wib", "2026-11-20 14.30"),
            ("Jumat, 20 November 2026 sekira pukul 14.30 Wib", "2026-11-20 14.30"),
            ("Jumat tanggal 20 November 2026 pkl. 9 WIB", "2026-11-20 09.00"),
            ("20 Nop 2026 (pkl 21:15)", "2026-11-20 21.15"),
            ("46346", "2026-11-20 -"),
            ("2026-11-20T14:30:00+07:00", "1795159800"),
            ("2026-11-20 14:30:00.250000-04:00", "1795199400"),
            ("20/11/2026 18:00 UTC", "1795197600"),
            ("20/11/2026 18.00 WITA", "2026-11-20 18.00"),
            ("11/20/2026 8:30:00 PM", "?"),
            ("20/11/2026 8:30:00 PM", "2026-11-20 20.30"),
            ("20/11/2026 08:30 pm", "2026-11-20 20.30"),
            ("20/11/2026 12:15 AM", "2026-11-20 00.15"),
            ("20/11/2026 12:15PM", "2026-11-20 12.15"),
            ("20/11/2026 20:30 PM", "2026-11-20 20.30"),
            ("kemarin", "?"),
        ] {
            assert_eq!(read(text), found, "{text}");
        }
    }

    #[test]
    fn a_cell_of_its_own_gives_a_time() {
        for (cell, minute) in [
            ("14.30", Some(870)),
            ("14.3", Some(870)),
            ("14:30 WIB", Some(870)),
            ("pukul 14.30 s/d 16.00", Some(870)),
            ("sekitar jam 9", Some(540)),
            ("14.30-16.00", Some(870)),
            ("0.6041666667", Some(870)),
            ("0,6041666667", Some(870)),
            ("09 WIB", Some(540)),
            ("24.00", Some(1439)),
            ("08:30 PM", Some(1230)),
            ("8:30pm", Some(1230)),
            ("8 p.m.", Some(1200)),
            ("12:15 AM", Some(15)),
            ("12.15 PM", Some(735)),
            ("7 malam", Some(1140)),
            ("jam 7.30 malam", Some(1170)),
            ("07.30 WIB malam", Some(1170)),
            ("19.30 malam", Some(1170)),
            ("1 siang", Some(780)),
            ("11.00 siang", Some(660)),
            ("4 sore", Some(960)),
            ("5 pagi", Some(300)),
            ("2 malam", None),
            ("2.30 WIB malam", None),
            ("12.30 malam", None),
            ("02.30 WIB malam", Some(150)),
            ("00.30 malam", Some(30)),
            ("0.30 malam", Some(30)),
            ("pukul 05.00 mlm", Some(300)),
            ("06.30 malam", Some(1110)),
            ("14.30 PM", Some(870)),
            ("14.30 AM", None),
            ("3", None),
            ("25.10", None),
            ("malam", None),
            ("2026-11-20", None),
            ("3 orang", None),
        ] {
            assert_eq!(minute_of_day(cell), minute, "{cell}");
        }
        for (cell, is_asked) in [
            ("2 malam", true),
            ("12.30 malam", true),
            ("pukul 3.15 WIB mlm", true),
            ("02.30 malam", false),
            ("7 malam", false),
            ("14.30 AM", false),
            ("malam", false),
            ("25.10 malam", false),
        ] {
            assert_eq!(is_of_two_days(cell), is_asked, "{cell}");
        }
    }

    #[test]
    fn a_day_of_the_week_that_is_not_the_dates_is_found() {
        let day = jiff::civil::date(2026, 11, 20);
        for (cell, other) in [
            ("Senin, 20 November 2026", Some("senin")),
            ("Jumat, 20 November 2026", None),
            ("Jum'at 20/11/2026", None),
            ("20 November 2026", None),
            ("Friday, November 20, 2026", None),
            ("Jumat 20 s/d Minggu 22 November 2026", None),
        ] {
            assert_eq!(other_weekday(cell, day).as_deref(), other, "{cell}");
        }
    }
}
