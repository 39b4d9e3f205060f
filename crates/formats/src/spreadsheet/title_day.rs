//! The day that the titles of a daily report name, where no column of its table gives a date: "LAPORAN HARIAN … TANGGAL 12
//! NOVEMBER 2026".

use super::rows::SheetRows;
use crate::archive::words::letters;
use crate::written_date::{DateFault, WrittenDate, month_name};
use jiff::civil::Date;

/// What titles say of the day of the rows below them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TitleDay {
    One(Date),
    /// Several days, or one that can be read in two ways: a person says which.
    Open,
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
    let mut found = Vec::new();
    for row in rows {
        let text = sheet.cells(row).collect::<Vec<_>>().join(" ");
        named(&text, &mut found);
    }
    found.sort_unstable();
    found.dedup();
    match found.as_slice() {
        [] => None,
        [Some(day)] => Some(TitleDay::One(*day)),
        _ => Some(TitleDay::Open),
    }
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
        for titles in [
            "LAPORAN HARIAN 12 s/d 14 NOVEMBER 2026",
            "LAPORAN HARIAN 12-14 November 2026",
            "LAPORAN HARIAN 12 November 2026 pukul 06.00 s.d. 13 November 2026 pukul 06.00",
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
