//! The head of a message as WhatsApp writes it into an export or a copy: when, and who.

use crate::decode::instant;
use crate::written_date::DateOrder;
use std::ops::Range;

/// When a message was sent, as it stands there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stamp {
    /// The two numbers of which one is the day, in their order; `None` where the year stood first and nothing is open.
    parts: [u32; 2],
    year: u32,
    year_first: bool,
    /// Since local midnight; `None` where there is no such time.
    minute: Option<i64>,
}

/// A head and where the text behind it begins.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Header {
    pub stamp: Stamp,
    /// The sender as written; `None` for a line of the app itself.
    pub sender: Option<Range<usize>>,
    pub text: usize,
}

impl Stamp {
    /// Days since 1970 in an order of day and month; `None` where there is no such day.
    pub fn day(&self, order: DateOrder) -> Option<i64> {
        let [a, b] = self.parts;
        let (day, month) = match order {
            _ if self.year_first => (b, a),
            DateOrder::DayFirst => (a, b),
            DateOrder::MonthFirst => (b, a),
        };
        instant::days(self.year.into(), month.into(), day.into())
    }

    /// Local minutes since 1970.
    pub fn local(&self, order: DateOrder) -> Option<i64> {
        Some(self.day(order)? * 1440 + self.minute?)
    }

    /// True where a day, month or time of it does not exist.
    pub fn is_impossible(&self) -> bool {
        [DateOrder::DayFirst, DateOrder::MonthFirst].iter().all(|order| self.local(*order).is_none())
    }

    /// True where both orders give a day, and not the same.
    pub fn is_ambiguous(&self) -> bool {
        let days = [DateOrder::DayFirst, DateOrder::MonthFirst].map(|order| self.day(order));
        days[0].is_some() && days[1].is_some() && days[0] != days[1]
    }

    /// The date as a table has it, for the rule that finds the order of a column.
    pub fn cell(&self) -> String {
        if self.year_first {
            String::new()
        } else {
            format!("{}/{}/{}", self.parts[0], self.parts[1], self.year)
        }
    }
}

/// Signs that give a direction and are seen as nothing.
pub fn is_mark(letter: char) -> bool {
    matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

fn is_gap(letter: char) -> bool {
    is_mark(letter) || (letter.is_whitespace() && letter != '\n')
}

/// The head at the beginning of a line that begins at `at` in the whole text.
pub fn header(line: &str, at: usize) -> Option<Header> {
    let mut cursor = Cursor { rest: line };
    cursor.gap();
    let bracket = cursor.take('[');
    cursor.gap();
    let (date, minute) = cursor.date_and_time(bracket)?;
    cursor.gap();
    if bracket {
        cursor.take(']').then_some(())?;
    } else {
        cursor.rest.starts_with(['-', '–']).then_some(())?;
        cursor.rest = cursor.rest.trim_start_matches(['-', '–']);
    }
    cursor.gap();
    let text = at + line.len() - cursor.rest.len();
    let (parts, year, year_first) = date;
    let stamp = Stamp { parts, year, year_first, minute };
    Some(match sender(cursor.rest) {
        Some((length, behind)) => Header { stamp, sender: Some(text..text + length), text: text + behind },
        // Whose message it is stands there, even where its date is no day: "31/11/2026 10.00 - Kades: …".
        None if stamp.is_impossible() => return None,
        None => Header { stamp, sender: None, text },
    })
}

/// How long the sender's name is, and where the text behind the colon begins.
fn sender(rest: &str) -> Option<(usize, usize)> {
    const LONGEST: usize = 80;
    let colon = rest
        .find(": ")
        .or_else(|| rest.find(":\u{200e}"))
        .or_else(|| rest.strip_suffix(':').map(str::len))?;
    let name = &rest[..colon];
    // "Sari mengubah subjek menjadi "Info: malam"" is no sender.
    let is_name = !name.trim().is_empty() && name.chars().count() <= LONGEST && !name.contains(['"', '“']);
    let behind =
        (colon + 1..=rest.len()).find(|at| rest.is_char_boundary(*at) && !rest[*at..].starts_with(is_gap));
    is_name.then_some((colon, behind.unwrap_or(rest.len())))
}

/// Day and month in their order, the year, and whether it stood first.
type WrittenDate = ([u32; 2], u32, bool);

struct Cursor<'a> {
    rest: &'a str,
}

impl Cursor<'_> {
    fn gap(&mut self) {
        self.rest = self.rest.trim_start_matches(is_gap);
    }

    fn take(&mut self, sign: char) -> bool {
        match self.rest.strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn number(&mut self, most: usize) -> Option<(u32, usize)> {
        let length = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        let value = (1..=most).contains(&length).then(|| self.rest[..length].parse().ok())??;
        self.rest = &self.rest[length..];
        Some((value, length))
    }

    fn sign(&mut self, list: &[char]) -> Option<char> {
        let sign = self.rest.chars().next().filter(|sign| list.contains(sign))?;
        self.rest = &self.rest[sign.len_utf8()..];
        Some(sign)
    }

    /// "31/12/26 21.15", "31/12/26, 9:15:03 PM", and in brackets also "21.15, 31/12/2026", as a copy has it.
    fn date_and_time(&mut self, bracket: bool) -> Option<(WrittenDate, Option<i64>)> {
        let start = self.rest;
        if let Some(date) = self.date() {
            self.sign(&[',']);
            self.gap();
            return Some((date, self.time()?));
        }
        self.rest = start;
        if !bracket {
            return None;
        }
        let minute = self.time()?;
        self.sign(&[','])?;
        self.gap();
        Some((self.date()?, minute))
    }

    fn date(&mut self) -> Option<WrittenDate> {
        let (first, length) = self.number(4)?;
        let sign = self.sign(&['/', '.', '-'])?;
        let (second, _) = self.number(2)?;
        self.sign(&[sign])?;
        let (third, last) = self.number(4)?;
        match (length, last) {
            (4, 1 | 2) => Some(([second, third], first, true)),
            (1 | 2, 2) => Some(([first, second], 2000 + third, false)),
            (1 | 2, 4) => Some(([first, second], third, false)),
            _ => None,
        }
    }

    /// Minutes since midnight, of 12 or 24 hours; within it none where there is no such time.
    fn time(&mut self) -> Option<Option<i64>> {
        let (hour, _) = self.number(2)?;
        self.sign(&[':', '.'])?;
        let (minute, _) = self.number(2)?;
        if self.rest.starts_with([':', '.']) && self.rest[1..].starts_with(|sign: char| sign.is_ascii_digit())
        {
            self.rest = &self.rest[1..];
            self.number(2)?;
        }
        let behind = self.rest.trim_start_matches(is_gap);
        let half: String = behind.chars().take(4).collect::<String>().to_lowercase();
        let half = half.replace('.', "");
        let hour = match (half.as_bytes(), hour) {
            ([b'a', b'm', ..], 1..=12) => hour % 12,
            ([b'p', b'm', ..], 1..=12) => hour % 12 + 12,
            _ => hour,
        };
        if half.starts_with("am") || half.starts_with("pm") {
            self.rest = behind[1..].trim_start_matches('.').get(1..)?.trim_start_matches('.');
        }
        Some((hour < 24 && minute < 60).then_some(i64::from(hour) * 60 + i64::from(minute)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Option<(Option<&str>, i64, &str)> {
        let header = header(line, 0)?;
        let sender = header.sender.map(|span| &line[span]);
        Some((sender, header.stamp.local(DateOrder::DayFirst)?, &line[header.text..]))
    }

    #[test]
    fn the_heads_of_both_phones_are_read() {
        let minute = instant::days(2026, 12, 31).unwrap() * 1440 + 21 * 60 + 15;
        for line in [
            "31/12/26 21.15 - Pak Kades: portal",
            "31/12/2026, 21:15 - Pak Kades: portal",
            "31/12/26, 9:15 PM - Pak Kades: portal",
            "31/12/26, 9:15\u{202f}pm - Pak Kades: portal",
            "31/12/26 9.15 p.m. - Pak Kades: portal",
            "31.12.26, 21:15 - Pak Kades: portal",
            "31-12-2026 21.15 – Pak Kades: portal",
            "[31/12/26, 21:15:03] Pak Kades: portal",
            "\u{200e}[31/12/26 21.15.03] Pak Kades: portal",
            "[31/12/26, 9:15:03\u{202f}PM] Pak Kades: \u{200e}portal",
            "[21.15, 31/12/2026] Pak Kades: portal",
            "\u{feff}2026-12-31 21:15 - Pak Kades: portal",
            "31/12/26\u{a0}21.15 - Pak Kades:\u{a0}portal".replace(":\u{a0}", ": \u{a0}").as_str(),
        ] {
            assert_eq!(read(line), Some((Some("Pak Kades"), minute, "portal")), "{line:?}");
        }
        let (sender, _, text) = read("31/12/26 21.15 - Budi menambahkan Sari").unwrap();
        assert_eq!((sender, text), (None, "Budi menambahkan Sari"));
        assert_eq!(read("31/12/26 12.05 AM - A: b").unwrap().1 % 1440, 5);
    }

    #[test]
    fn what_is_no_head_is_text() {
        for line in [
            "",
            "portal dipasang jam 21.15 - warga",
            "31/12/26 banjir lagi",
            "31/12/26 21.15 portal",
            "10.5/3 21.15 - A: b",
            "[laporan] A: b",
            "99/99/99 99.99 - Budi menambahkan Sari",
            "31/12/26 25.15 - Budi menambahkan Sari",
        ] {
            assert_eq!(header(line, 0), None, "{line:?}");
        }
    }
    #[test]
    fn a_head_with_a_day_or_time_that_does_not_exist_keeps_its_sender() {
        for line in [
            "31/11/26 21.15 - A: b",
            "31/31/26 21.15 - A: b",
            "99/99/99 99.99 - A: b",
            "31/12/26 24.10 - A: b",
        ] {
            let head = header(line, 0).unwrap();
            assert_eq!((head.sender.map(|span| &line[span]), &line[head.text..]), (Some("A"), "b"));
            assert!(head.stamp.is_impossible(), "{line}");
        }
    }
}
