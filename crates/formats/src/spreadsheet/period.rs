//! Months and other periods where a day is wanted: "Maret 2026" under *Periode*, or in a title. What happened within one has no
//! day, and nobody guesses one.

use super::header::HeadedSheet;
use super::rows::SheetRows;
use crate::archive::words::letters;
use crate::written_date::month_name;

/// Headings of a column of periods, as letters.
const HEADINGS: [&str; 22] = [
    "periode",
    "periodelaporan",
    "perioda",
    "bulan",
    "bulanlaporan",
    "bulankejadian",
    "bulantahun",
    "bulandantahun",
    "blnthn",
    "bln",
    "blnthnkejadian",
    "masa",
    "masalaporan",
    "triwulan",
    "semester",
    "tahun",
    "tahunkejadian",
    "minggu",
    "mingguke",
    "period",
    "month",
    "year",
];
/// Words beside the month of a period.
const BESIDE: [&str; 12] =
    ["bulan", "bln", "periode", "tahun", "thn", "th", "laporan", "s", "d", "sd", "sampai", "hingga"];

/// True for the heading of a column whose cells are periods: none of them is the day of something.
pub fn is_period(heading: &str) -> bool {
    HEADINGS.contains(&letters(heading).as_str())
}

/// The column of periods of a table.
pub fn column(table: &HeadedSheet) -> Option<usize> {
    table.headings.iter().position(|heading| is_period(heading))
}

/// True for a cell that names one month or more, and no day: "Maret 2026", "Januari s/d Maret", "03/2026".
pub fn names_month(cell: &str) -> bool {
    let words: Vec<&str> =
        cell.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let is_year =
        |word: &str| word.len() == 4 && word.parse().is_ok_and(|year: u32| (1900..2200).contains(&year));
    let is_month_number =
        |word: &str| word.len() <= 2 && word.parse().is_ok_and(|month: u32| (1..=12).contains(&month));
    if let [one, other] = words[..]
        && (is_year(one) && is_month_number(other) || is_month_number(one) && is_year(other))
    {
        return true;
    }
    let is_name = |word: &&&str| word.chars().all(char::is_alphabetic) && month_name(word).is_some();
    let fits =
        |word: &&str| is_name(&word) || is_year(word) || BESIDE.contains(&word.to_lowercase().as_str());
    words.iter().any(|word| is_name(&word)) && words.iter().all(fits)
}

/// The month that the titles above a table name.
pub fn of_titles(table: &HeadedSheet) -> Option<String> {
    let rows = 0..table.body.start.min(table.sheet.len());
    rows.filter_map(|row| of_title(&table.sheet, row)).next()
}

fn of_title(sheet: &SheetRows, row: usize) -> Option<String> {
    let text = sheet.cells(row).filter(|cell| !cell.is_empty()).collect::<Vec<_>>().join(" ");
    let is_gap = |letter: char| !letter.is_alphanumeric();
    let words: Vec<&str> = text.split(is_gap).filter(|word| !word.is_empty()).collect();
    let follows_day = |at: usize| at > 0 && words[at - 1].bytes().all(|byte| byte.is_ascii_digit());
    let (_, pair) = words.windows(2).enumerate().find(|(at, pair)| {
        !follows_day(*at)
            && pair[0].chars().all(char::is_alphabetic)
            && month_name(pair[0]).is_some()
            && pair[1].len() == 4
            && pair[1].bytes().all(|byte| byte.is_ascii_digit())
    })?;
    Some(pair.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_no_day() {
        for cell in [
            "Maret 2026",
            "MARET",
            "Bulan Maret 2026",
            "03/2026",
            "2026-03",
            "Jan s/d Mar 2026",
            "Januari - Maret 2026",
            "Periode Nopember 2026",
            "Mar-2026",
        ] {
            assert!(names_month(cell), "{cell}");
        }
        for cell in ["", "12 Maret 2026", "2026", "12/03/2026", "maret lalu banjir", "12", "kemarin", "Senin"]
        {
            assert!(!names_month(cell), "{cell}");
        }
        assert!(is_period("PERIODE") && is_period("Bulan/Tahun") && !is_period("Tanggal"));
    }
}
