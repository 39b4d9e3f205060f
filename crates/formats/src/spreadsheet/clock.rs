//! Times of day as tables have them: beside a date, in a column of their own, or as a spreadsheet's part of a day.

use crate::plain_text::is_blank;
use crate::written_date::{DateFault, DateOrder, WrittenDate};
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
    let mut is_led = false;
    let mut is_first = true;
    for word in words {
        let lower = word.trim_end_matches(['.', ':']).to_lowercase();
        if matches!(lower.as_str(), "pukul" | "pkl" | "jam" | "pk") {
            is_led = true;
            continue;
        }
        let is_time =
            word.contains(':') || (!is_first && word.matches('.').count() == 1 && !word.contains(['/', '-']));
        if let Some(minute) = (is_led || is_time).then(|| clock(word)).flatten() {
            return Some(minute);
        }
        is_first = false;
        is_led &= matches!(lower.as_str(), "sekitar" | "sekira" | "kurang" | "lebih" | "±");
    }
    None
}

/// The minute of the day in a cell of its own: `14.30 WIB`, `pukul 9`, `14:30 - 16:00`, `0,6041`.
pub fn minute_of_day(cell: &str) -> Option<i64> {
    let cell = cell.trim_matches(is_blank);
    let share = cell.replace(',', ".");
    if let Some(share) =
        share.parse::<f64>().ok().filter(|share| *share > 0.0 && *share < 1.0 && cell.len() > 4)
    {
        return Some(((share * 1440.0).round() as i64).min(1439));
    }
    let lower = cell.to_lowercase();
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
    (is_led && says_so).then(|| clock(own)).flatten()
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
            ("3", None),
            ("25.10", None),
            ("malam", None),
            ("2026-11-20", None),
            ("3 orang", None),
        ] {
            assert_eq!(minute_of_day(cell), minute, "{cell}");
        }
    }
}
