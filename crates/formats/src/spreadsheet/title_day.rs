//! The day that the titles of a daily report name, where no column of its table gives a date: "LAPORAN HARIAN … TANGGAL 12
//! NOVEMBER 2026".

use super::clock::minute_of_day;
use super::rows::SheetRows;
use crate::archive::words::letters;
use crate::written_date::{DateFault, DateOrder, WrittenDate, WrittenSpan, month_name};
use jiff::civil::Date;

/// What titles say of the day of the rows below them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TitleDay {
    One(Date),
    /// From one time to another: a row that says that nothing happened is of all of it, and of any other row a person says which day.
    Span(TitleSpan),
    /// Several days, or one that can be read in two ways: a person says which.
    Open,
}

/// The first and the last day of a span, each with the minute of the day where both name one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TitleSpan {
    pub first: Date,
    pub last: Date,
    pub minutes: Option<(i64, i64)>,
}

/// The days of the titles of a sheet, each with the last row of its titles.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TitleDays(Vec<(usize, TitleDay)>);

/// What calls a table one of a day.
const DAILY: [&str; 3] = ["harian", "lhgk", "24jam"];
/// What leads to a date.
const LEADS: [&str; 14] = [
    "tanggal",
    "tgl",
    "hari",
    "per",
    "pada",
    "senin",
    "selasa",
    "rabu",
    "kamis",
    "jumat",
    "sabtu",
    "minggu",
    "ahad",
    "haritanggal",
];
/// Between two dates.
const BETWEEN: [&str; 8] = ["s/d", "s.d", "sd", "-", "–", "sampai", "hingga", "dan"];

impl TitleDays {
    /// The days of a sheet whose headings begin in the row `header`; `None` where what stands above them names no day, or
    /// speaks of no daily report.
    pub fn of(sheet: &SheetRows, header: usize) -> Option<TitleDays> {
        let is_daily = |row: usize| {
            let own: String = sheet.cells(row).map(letters).collect();
            DAILY.iter().any(|word| own.contains(word))
        };
        if !(0..header).any(is_daily) {
            return None;
        }
        let mut days = Vec::new();
        let mut row = 0;
        while row < sheet.len() {
            let end = (row..sheet.len()).find(|row| !is_title(sheet, *row, header)).unwrap_or(sheet.len());
            days.extend(day_of(sheet, row..end).map(|day| (end - 1, day)));
            row = end + 1;
        }
        days.first().is_some_and(|(row, _)| *row < header).then_some(TitleDays(days))
    }

    /// The day of the nearest titles above a row.
    pub fn at(&self, row: usize) -> TitleDay {
        self.0.iter().rev().find(|(title, _)| *title < row).map_or(TitleDay::Open, |(_, day)| *day)
    }

    /// The day of the first table.
    pub fn first(&self) -> Option<TitleDay> {
        self.0.first().map(|(_, day)| *day)
    }
}

/// True for a row above the headings, and for one below that holds a title alone.
fn is_title(sheet: &SheetRows, row: usize, header: usize) -> bool {
    let mut cells = sheet.cells(row).filter(|cell| !cell.is_empty());
    let leads = cells.next().is_some_and(|first| LEADS.contains(&letters(first).as_str()));
    row < header || leads || cells.next().is_none()
}

/// What the titles in these rows say; `None` where they name no day.
fn day_of(sheet: &SheetRows, rows: std::ops::Range<usize>) -> Option<TitleDay> {
    let (mut found, mut spans, mut single) = (Vec::new(), Vec::new(), Vec::new());
    for row in rows {
        let text = sheet.cells(row).filter(|cell| !cell.is_empty()).collect::<Vec<_>>().join(" ");
        let span = span_of(&text);
        named(&text, if span.is_some() { &mut found } else { &mut single });
        spans.extend(span);
    }
    found.extend(&single);
    found.sort_unstable();
    found.dedup();
    match (found.as_slice(), spans.as_slice()) {
        ([], _) => None,
        ([Some(day)], _) => Some(TitleDay::One(*day)),
        (_, [span]) if single.is_empty() => Some(TitleDay::Span(*span)),
        _ => Some(TitleDay::Open),
    }
}

/// The span that a title names and nothing else: "12-14 November 2026", "29 November 2026 pukul 08.00 s/d 30 November 2026 pukul
/// 08.00 WIB".
fn span_of(title: &str) -> Option<TitleSpan> {
    let words: Vec<&str> =
        title.split([' ', '\u{a0}', ',', ':', ';', '(', ')']).filter(|word| !word.is_empty()).collect();
    let is_date = |word: &&str| word.starts_with(|letter: char| letter.is_ascii_digit());
    let is_day_of_week = |word: &&str| LEADS.contains(&letters(word).as_str());
    let of = |words: &[&str]| {
        let at =
            words.iter().position(|word| matches!(letters(word).as_str(), "pukul" | "pkl" | "jam" | "pk"));
        let minute = at.and_then(|at| minute_of_day(&format!("pukul {}", words.get(at + 1)?)));
        let days: Vec<&str> = words[..at.unwrap_or(words.len())]
            .iter()
            .copied()
            .filter(|word| !is_day_of_week(word))
            .skip_while(|word| !is_date(word))
            .collect();
        (days.join(" "), minute)
    };
    let between = words.iter().position(|word| BETWEEN.contains(&word.to_lowercase().trim_end_matches('.')));
    let (text, minutes) = match between {
        Some(at) => {
            let ((first, from), (last, to)) = (of(&words[..at]), of(&words[at + 1..]));
            if from.is_some() != to.is_some() {
                return None;
            }
            (format!("{first} s/d {last}"), from.zip(to))
        }
        None => (of(&words).0, None),
    };
    let WrittenSpan { first, last, .. } = WrittenSpan::read(&text, Some(DateOrder::DayFirst)).ok()?;
    // What can be read in two ways is left open.
    let is_sure = WrittenSpan::read(&text, None).is_ok();
    (first < last && is_sure).then_some(TitleSpan { first, last, minutes })
}

/// The days that a title names; `None` for what may be several.
fn named(title: &str, found: &mut Vec<Option<Date>>) {
    let is_gap = |letter: char| letter.is_whitespace() || matches!(letter, ',' | ':' | ';' | '(' | ')');
    let words = title.split(is_gap).map(|word| word.trim_end_matches('.')).filter(|word| !word.is_empty());
    let words: Vec<&str> = words.collect();
    let is_digits = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit());
    let is_behind = |at: usize| {
        let before = words[at.saturating_sub(3)..at].iter();
        before.into_iter().any(|word| BETWEEN.contains(&word.to_lowercase().as_str()))
    };
    for at in 0..words.len() {
        if let Some(three) = words.get(at..at + 3)
            && three[1].chars().all(char::is_alphabetic)
            && month_name(three[1]).is_some()
            && is_digits(three[2])
            && three[0].starts_with(|letter: char| letter.is_ascii_digit())
        {
            let read = WrittenDate::read(&three.join(" "), None).ok();
            found.push(read.map(|read| read.day).filter(|_| is_digits(three[0]) && !is_behind(at)));
            continue;
        }
        // A number with signs may be that of the letter; a date is led to.
        let is_led = at > 0 && LEADS.contains(&letters(words[at - 1]).as_str());
        if is_led && words[at].contains(['/', '-', '.']) {
            match WrittenDate::read(words[at], None) {
                Ok(read) => found.push(Some(read.day).filter(|_| !is_behind(at))),
                Err(DateFault::Ambiguous) => found.push(None),
                Err(DateFault::Unreadable) => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn of(titles: &str) -> Option<TitleDay> {
        let text = format!("{titles}\nKecamatan;Jenis Kejadian;Uraian\nRupit;Banjir;x\n");
        let sheet = crate::spreadsheet::delimited::read(text.as_bytes()).unwrap();
        TitleDays::of(&sheet, sheet.len() - 2).map(|days| days.at(sheet.len() - 1))
    }

    #[test]
    fn the_titles_of_a_daily_report_name_its_day_or_leave_it_open() {
        let day = Some(TitleDay::One(date(2026, 11, 12)));
        for titles in [
            "LAPORAN HARIAN GANGGUAN KAMTIBMAS\nTANGGAL 12 NOVEMBER 2026",
            "Laporan Harian Polres Musi Rawas Utara, Kamis 12 Nopember 2026 pukul 06.00 WIB",
            "LHGK;;\nTanggal;:;12/11/2026\nNomor: R/12/XI/2026",
            "LHGK tanggal 2026-11-12",
            "REKAP HARIAN Tgl. 13-11-2026\nHari/Tanggal: 13 November 2026",
        ] {
            let day = if titles.contains("13") { Some(TitleDay::One(date(2026, 11, 13))) } else { day };
            let day = if titles.contains("12/11") { Some(TitleDay::Open) } else { day };
            assert_eq!(of(titles), day, "{titles}");
        }
        let span = |first, last, minutes| {
            Some(TitleDay::Span(TitleSpan {
                first: date(2026, 11, first),
                last: date(2026, 11, last),
                minutes,
            }))
        };
        for (titles, is) in [
            ("LAPORAN HARIAN 12 s/d 14 NOVEMBER 2026", span(12, 14, None)),
            ("LAPORAN HARIAN 12-14 November 2026", span(12, 14, None)),
            (
                "LHGK\nTanggal 12 November 2026 pukul 06.00 s.d. Jumat 13 November 2026 pukul 06.00 WIB",
                span(12, 13, Some((360, 360))),
            ),
        ] {
            assert_eq!(of(titles), is, "{titles}");
        }
        for titles in [
            "LAPORAN HARIAN 12 November 2026 pukul 06.00 s.d. 13 November 2026",
            "LAPORAN HARIAN 12 s/d 14 NOVEMBER 2026\nDicetak 15 November 2026",
            "LAPORAN HARIAN TANGGAL 12 NOVEMBER 2026\nDicetak 13 November 2026",
            "LAPORAN HARIAN TGL 05/11/2026",
        ] {
            assert_eq!(of(titles), Some(TitleDay::Open), "{titles}");
        }
        for titles in
            ["DATA DESA RAWAN PER 12 NOVEMBER 2026", "LAPORAN HARIAN NOVEMBER 2026", "LAPORAN HARIAN", "x"]
        {
            assert_eq!(of(titles), None, "{titles}");
        }
    }
}
