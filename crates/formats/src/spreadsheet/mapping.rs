//! Which column of a table holds what: proposed from headings and cells, corrected by a person, and kept for the next table
//! of the same source.

use super::cells;
use super::clock::{WrittenTime, minute_of_day};
use super::column::{self, ColumnMeaning};
use super::harm_heading;
use super::header::HeadedSheet;
use super::office_form::{self, OfficeForm};
use super::period;
use super::row_answer::{RowAnswer, RowKey};
use crate::archive::bnpb_hazard;
use crate::archive::words::letters;
use crate::written_date::{ColumnDates, DateFault, DateOrder};
use domain::kind::Category;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Rows by which the cells of a column are judged.
const LOOKED_AT: usize = 60;
/// Headings and words that are kept for one source at most.
const MOST_KEPT: usize = 500;

/// What the columns of one table hold.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct TableMapping {
    /// By column; `None` is not read.
    pub columns: Vec<Option<ColumnMeaning>>,
    /// Which of day and month stands first.
    pub dates: Option<DateOrder>,
    /// Of the letters of a word in the category's column: the category, or `None` where such rows are not taken.
    pub categories: BTreeMap<String, Option<Category>>,
    /// No column gives a date, and the titles of a daily report do.
    pub is_dated_by_title: bool,
    /// What a person answered of rows that say it did not happen, or may not have.
    pub answers: BTreeMap<RowKey, RowAnswer>,
}

/// What a person corrected for a source, by headings and words.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct KeptMapping {
    /// Letters of a heading → a meaning's word; `-` is not read.
    #[serde(default)]
    headings: BTreeMap<String, String>,
    /// Letters of a word → a category; `-` is not taken.
    #[serde(default)]
    categories: BTreeMap<String, String>,
}

/// What the mapping of a column that is not read, or a word that is not taken, is kept as.
const NOTHING: &str = "-";

impl KeptMapping {
    /// Reads what [`KeptMapping::text`] wrote; what cannot be read says nothing.
    pub fn parse(text: &str) -> KeptMapping {
        let mut kept: KeptMapping = serde_json::from_str(text).unwrap_or_default();
        kept.forget_number_of_form();
        kept
    }

    /// The number of a form was once taken for that of a row, and what holds the row's own number was then not read.
    fn forget_number_of_form(&mut self) {
        let is_id = |word: Option<&String>| word.is_some_and(|word| word == ColumnMeaning::Id.as_str());
        if is_id(self.headings.get(column::OF_FORM)) {
            self.headings.retain(|heading, word| {
                heading != column::OF_FORM
                    && (word != NOTHING || column::of_heading(heading) != Some(ColumnMeaning::Id))
            });
        }
    }

    pub fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Says what a heading's column holds, by the heading's letters; `None` is not read.
    pub fn state_heading(&mut self, heading: &str, meaning: Option<ColumnMeaning>) {
        let own = meaning.map_or(NOTHING, ColumnMeaning::as_str);
        put(&mut self.headings, heading, own.to_owned());
    }

    /// Says which category a word means, by the word's letters; `None` is not taken.
    pub fn state_word(&mut self, word: &str, category: Option<Category>) {
        let own = category.map_or_else(|| NOTHING.to_owned(), |category| category.to_string());
        put(&mut self.categories, word, own);
    }

    /// What was said later counts.
    pub fn merge(&mut self, later: KeptMapping) {
        later.headings.into_iter().for_each(|(heading, own)| put(&mut self.headings, &heading, own));
        later.categories.into_iter().for_each(|(word, own)| put(&mut self.categories, &word, own));
    }
}

fn put(kept: &mut BTreeMap<String, String>, key: &str, own: String) {
    if !key.is_empty() && (kept.len() < MOST_KEPT || kept.contains_key(key)) {
        kept.insert(key.to_owned(), own);
    }
}

impl TableMapping {
    /// What the columns seem to hold; what was kept for the source comes first.
    pub fn propose(table: &HeadedSheet, kept: &KeptMapping) -> TableMapping {
        let stated =
            |heading: &String| kept.headings.get(&letters(heading)).map(|word| ColumnMeaning::parse(word));
        let mut mapping =
            TableMapping { columns: vec![None; table.headings.len()], ..TableMapping::default() };
        let mut is_open = vec![true; table.headings.len()];
        for (column, heading) in table.headings.iter().enumerate() {
            if let Some(meaning) = stated(heading) {
                (mapping.columns[column], is_open[column]) = (meaning, false);
            }
        }
        let form = OfficeForm::of(table);
        mapping.of_form(table, form, &mut is_open);
        // First what a whole heading says, then what a part of one does, then what the cells do; last when a form was begun.
        for of in [by_heading, by_part, by_cells, by_filling] {
            for (column, is_open) in is_open.iter().enumerate() {
                if *is_open && mapping.columns[column].is_none() {
                    let is_own = |meaning: &ColumnMeaning| {
                        !(meaning.is_of_people() && counts_families_below(table, column))
                    };
                    let meaning = of(table, column)
                        .filter(|meaning| is_own(meaning) && mapping.may_hold(table, column, *meaning));
                    mapping.columns[column] = meaning;
                }
            }
        }
        mapping.date_signs(form);
        mapping.is_dated_by_title = table.titles.is_some() && !mapping.has(ColumnMeaning::Date);
        for (word, category) in &kept.categories {
            let category = (category != NOTHING).then(|| Category::parse(category)).flatten();
            mapping.categories.insert(word.clone(), category);
        }
        mapping
    }

    /// What the headings of an office's form say, and whether a status tells what was approved.
    fn of_form(&mut self, table: &HeadedSheet, form: Option<OfficeForm>, is_open: &mut [bool]) {
        let Some(form) = form else { return };
        for (column, heading) in table.headings.iter().enumerate() {
            if !is_open[column] {
                continue;
            }
            if let Some(meaning) = form.meaning(heading) {
                (self.columns[column], is_open[column]) = (meaning, false);
            } else if !self.has(ColumnMeaning::Approval)
                && office_form::is_approval(heading, &cells(table, column))
            {
                self.columns[column] = Some(ColumnMeaning::Approval);
            }
        }
    }

    /// A sign is of the day on which somebody reported it.
    fn date_signs(&mut self, form: Option<OfficeForm>) {
        let reported = self.of(ColumnMeaning::ReportedAt).next();
        if let (true, Some(column)) = (form.is_some_and(OfficeForm::is_of_signs), reported)
            && !self.has(ColumnMeaning::Date)
        {
            self.columns[column] = Some(ColumnMeaning::Date);
        }
    }

    /// The columns of a meaning, from the left.
    pub fn of(&self, meaning: ColumnMeaning) -> impl Iterator<Item = usize> + '_ {
        self.columns
            .iter()
            .enumerate()
            .filter(move |(_, own)| **own == Some(meaning))
            .map(|(column, _)| column)
    }

    /// True where the columns can give reports: a day, and where or what.
    pub fn is_of_incidents(&self) -> bool {
        use ColumnMeaning::{Category, District, Hazard, Place, PlaceCode, Text, Village};
        let any = |meanings: &[ColumnMeaning]| meanings.iter().any(|meaning| self.has(*meaning));
        (self.has(ColumnMeaning::Date) || self.is_dated_by_title)
            && any(&[District, Village, Place, PlaceCode, Category, Hazard, Text])
    }

    pub fn has(&self, meaning: ColumnMeaning) -> bool {
        self.of(meaning).next().is_some()
    }

    /// How the table's dates are read: as a person chose, or as those of its column show.
    pub fn column_dates(&self, table: &HeadedSheet) -> ColumnDates {
        let column = self.of(ColumnMeaning::Date).next();
        let cells = |column| table.table_rows().map(move |row| table.sheet.cell(row, column));
        ColumnDates::of_sheet(|| column.into_iter().flat_map(cells), self.dates)
    }

    /// Of one meaning one column, but for those that are joined, and those that count parts of the people. Some give way to a
    /// later one.
    fn may_hold(&mut self, table: &HeadedSheet, column: usize, meaning: ColumnMeaning) -> bool {
        let Some(own) = self.of(meaning).next() else { return true };
        let [own_heading, heading] = [own, column].map(|column| &table.headings[column]);
        let gives_way = column::gives_way(own_heading, heading, meaning);
        if gives_way {
            self.columns[own] = None;
        }
        let is_counted = |heading: &str| column::of_heading(heading) == Some(meaning);
        let is_part = meaning.is_of_people() && is_counted(heading) && is_counted(own_heading);
        meaning.is_joined() || gives_way || is_part
    }
}

/// The first cells of a column that are not empty.
fn cells(table: &HeadedSheet, column: usize) -> Vec<&str> {
    let rows = table.table_rows().take(LOOKED_AT);
    rows.map(|row| table.sheet.cell(row, column)).filter(|cell| !cell.is_empty()).collect()
}

fn most(cells: &[&str], is: impl Fn(&str) -> bool) -> bool {
    !cells.is_empty() && cells.iter().filter(|cell| is(cell)).count() * 5 >= cells.len() * 4
}

fn is_day(cell: &str) -> bool {
    !matches!(WrittenTime::read(cell, None), Err(DateFault::Unreadable))
}

fn is_number(cell: &str) -> bool {
    cell.len() <= 6 && cell.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'.' | b','))
}

fn by_heading(table: &HeadedSheet, column: usize) -> Option<ColumnMeaning> {
    let heading = &table.headings[column];
    let cells = cells(table, column);
    match column::of_heading(heading) {
        // "Waktu" may be a day or a time of day.
        Some(ColumnMeaning::Date) if most(&cells, |cell| minute_of_day(cell).is_some() && !is_day(cell)) => {
            Some(ColumnMeaning::Clock)
        }
        // Where the titles give the day, whatever else the cells hold: "7.3", "pagi".
        Some(ColumnMeaning::Date)
            if table.titles.is_some()
                && letters(heading) == "waktu"
                && cells.iter().any(|cell| minute_of_day(cell).is_some())
                && !cells.iter().any(|cell| is_day(cell)) =>
        {
            Some(ColumnMeaning::Clock)
        }
        Some(ColumnMeaning::Clock) if most(&cells, is_day) => Some(ColumnMeaning::Date),
        // "Dari" and "Sampai" may be of persons, and "Selesai" an hour.
        Some(ColumnMeaning::Until) => most(&cells, is_day).then_some(ColumnMeaning::Until),
        Some(ColumnMeaning::Date) if column::begins_span(heading) => {
            most(&cells, is_day).then_some(ColumnMeaning::Date)
        }
        // "Korban" may be names or a number.
        None if letters(heading) == "korban" && most(&cells, is_number) => Some(ColumnMeaning::Casualties),
        // "Korban jiwa" are the dead, and beside a column of the dead all who were hurt.
        Some(ColumnMeaning::Dead)
            if harm_heading::is_of_lives(heading) && counts_dead_elsewhere(table, column) =>
        {
            Some(ColumnMeaning::Casualties)
        }
        // BNPB's list names disasters alone under a heading that may be of anything.
        Some(ColumnMeaning::Category) if bnpb_hazard(&table.headings) == Some(column) => {
            Some(ColumnMeaning::Hazard)
        }
        // Words of people hurt in another order than usual stand above numbers only.
        Some(meaning) if meaning.is_of_people() && !column::is_usual(heading) => {
            let counts_families = |cell: &str| {
                meaning == ColumnMeaning::Displaced
                    && (cells::people_beside_families(cell).is_some() || cells::families(cell))
            };
            most(&cells, |cell| cells::count(cell).is_some() || counts_families(cell)).then_some(meaning)
        }
        meaning => meaning,
    }
}

/// "KK" in the first row below a heading that did not take it in: whom the numbers under it count, nobody knows.
fn counts_families_below(table: &HeadedSheet, column: usize) -> bool {
    let first = table.table_rows().next().map(|row| table.sheet.cell(row, column));
    let is_heading = |cell: &str| {
        harm_heading::counts_families_alone(cell) && !cell.bytes().any(|byte| byte.is_ascii_digit())
    };
    first.is_some_and(is_heading)
}

fn counts_dead_elsewhere(table: &HeadedSheet, column: usize) -> bool {
    let is_dead = |heading: &str| {
        column::of_heading(heading) == Some(ColumnMeaning::Dead) && !harm_heading::is_of_lives(heading)
    };
    table.headings.iter().enumerate().any(|(other, heading)| other != column && is_dead(heading))
}

/// Parts of headings as forms ask: "Kapan kejadiannya?", "Di kecamatan mana?".
fn by_part(table: &HeadedSheet, column: usize) -> Option<ColumnMeaning> {
    use ColumnMeaning::*;
    let own = letters(&table.headings[column]);
    if period::is_period(&table.headings[column]) {
        return None;
    }
    let has = |words: &[&str]| words.iter().any(|word| own.contains(word));
    let is_other = [
        "nama",
        "pelapor",
        "telepon",
        "tersangka",
        "saksi",
        "petugas",
        "sumberinformasi",
        "nik",
        "upaya",
        "rekomendasi",
        "prediksi",
        "risiko",
        "foto",
        "persetujuan",
        "disetujui",
    ];
    if column::is_never_read(&table.headings[column]) || has(&is_other) {
        return None;
    }
    const PARTS: [(ColumnMeaning, &[&str]); 11] = [
        (Dead, &["meninggal", "tewas"]),
        (Injured, &["lukaluka", "terluka", "lukaberat", "lukaringan"]),
        (Displaced, &["ngungsi"]),
        (Damaged, &["rumahrusak", "rumahterendam", "rumahrb", "rumahrs", "rumahrr"]),
        (District, &["kecamatan"]),
        (Village, &["desa", "kelurahan"]),
        (Date, &["tanggalkejadian", "kapan", "haritanggal", "tanggal"]),
        (Hazard, &["jenisbencana"]),
        (Category, &["jenis", "kategori", "apayangterjadi", "kejadianapa"]),
        (Place, &["lokasi", "tempatkejadian", "dimana"]),
        (Text, &["kronolog", "uraian", "cerita", "jelaskan", "keterangan"]),
    ];
    let meaning = PARTS.iter().find(|(_, words)| has(words)).map(|(meaning, _)| *meaning)?;
    let heading = &table.headings[column];
    let is_of_both = has(PARTS[0].1) && own.contains("luka");
    if meaning.is_of_people() && (is_of_both || harm_heading::counts_households(heading)) {
        return None;
    }
    let cells = cells(table, column);
    let fits = match meaning {
        Date => most(&cells, is_day),
        meaning if meaning.is_count() => most(&cells, is_number),
        Category => cells.iter().all(|cell| cell.chars().any(char::is_alphabetic)),
        _ => true,
    };
    fits.then_some(meaning)
}

/// A column without a heading that says anything: days are days.
fn by_cells(table: &HeadedSheet, column: usize) -> Option<ColumnMeaning> {
    let cells = cells(table, column);
    let is_written = |cell: &str| is_day(cell) && cell.len() >= 8;
    let heading = &table.headings[column];
    let is_own =
        column::is_never_read(heading) || period::is_period(heading) || column::is_of_filling(heading);
    (!is_own && most(&cells, is_written)).then_some(ColumnMeaning::Date)
}

/// When a form was begun, where nothing else gives a day.
fn by_filling(table: &HeadedSheet, column: usize) -> Option<ColumnMeaning> {
    let is_begin = letters(&table.headings[column]) == "start";
    (is_begin && most(&cells(table, column), is_day)).then_some(ColumnMeaning::Date)
}
