//! One row of the list, and the report it becomes.

use super::super::table::CellRow;
use super::super::words;
use super::hazard::{self, HazardFinding};
use crate::decode::RefusalSentence;
use crate::spreadsheet::category::CategoryWords;
use crate::spreadsheet::cells;
use crate::spreadsheet::column::{self, ColumnMeaning};
use crate::spreadsheet::report;
use crate::spreadsheet::row_status::StatusColumn;
use crate::written_date::{ColumnDates, DateFault, WrittenDate};
use domain::kind::FeedClass;
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fmt;

/// Which column holds what.
pub struct BnpbColumns {
    positions: [usize; NAMES.len()],
    hazard: Option<usize>,
    /// Prose of what happened, and whatever else is not read: it may say that the row is not true.
    texts: Vec<usize>,
    others: Vec<(usize, StatusColumn)>,
    headings: Vec<String>,
}

/// Letters of the headings, in the order of [`BnpbColumns::positions`], with what other tables call them.
const NAMES: [&[&str]; 9] = [
    &["idkabupaten", "kodekabupaten", "idkab", "kodekab", "kodebps"],
    &["tanggalkejadian", "tglkejadian", "tanggal", "waktukejadian"],
    &["lokasi", "lokasikejadian", "tempatkejadian"],
    &["kabupaten", "kabupatenkota", "kabkota", "namakabupaten"],
    &["meninggal", "meninggaldunia", "korbanmeninggal"],
    &["hilang", "korbanhilang"],
    &["terluka", "lukaluka", "luka", "korbanluka"],
    &["rumahrusak"],
    &["fasumrusak", "fasilitasumumrusak"],
];
const HAZARD: [&str; 4] = ["kejadian", "jenisbencana", "jeniskejadian", "bencana"];

/// What the columns are taken for, in the same order.
const MEANINGS: [&str; 9] = [
    "code of the regency",
    "date",
    "kecamatan and villages",
    "name of the regency",
    "dead",
    "missing",
    "injured",
    "houses damaged",
    "public buildings damaged",
];

const ID: usize = 0;
const DATE: usize = 1;
const PLACE: usize = 2;
const REGENCY: usize = 3;
/// The first of the five columns of numbers.
const NUMBERS: usize = 4;
/// Among the numbers.
const MISSING: usize = 1;

impl BnpbColumns {
    pub const FIRST: &'static str = "ID Kabupaten";

    /// `None` where this is not the header line; the name of a missing column where it is.
    pub fn find(cells: &[String]) -> Option<Result<BnpbColumns, &'static str>> {
        let headings: Vec<String> = cells.iter().map(|cell| words::letters(cell)).collect();
        let at = |names: &[&str]| headings.iter().position(|heading| names.contains(&heading.as_str()));
        at(NAMES[ID])?;
        let mut positions = [0; NAMES.len()];
        for (position, names) in positions.iter_mut().zip(NAMES) {
            match at(names) {
                Some(index) => *position = index,
                None => return Some(Err(names[0])),
            }
        }
        let hazard = at(&HAZARD);
        let is_open = |at: &usize| !positions.contains(at) && hazard != Some(*at);
        let of = |at: usize| column::of_heading(&cells[at]);
        let is_text = |at: &usize| of(*at) == Some(ColumnMeaning::Text);
        let (texts, others): (Vec<usize>, Vec<usize>) = (0..cells.len()).filter(is_open).partition(is_text);
        let others = others.into_iter().map(|at| (at, StatusColumn::of(&cells[at]))).collect();
        Some(Ok(BnpbColumns { positions, hazard, texts, others, headings: cells.to_vec() }))
    }

    fn heading(&self, column: usize) -> String {
        self.headings[self.positions[column]].trim().to_owned()
    }

    fn cell<'a>(&self, row: &'a CellRow, column: usize) -> &'a str {
        row.cell(Some(self.positions[column]))
    }

    /// The date of a row, as written.
    pub fn date<'a>(&self, row: &'a CellRow) -> &'a str {
        self.cell(row, DATE)
    }

    /// The prose of what happened, in the columns that hold it.
    fn text(&self, row: &CellRow) -> String {
        let cells = self.texts.iter().map(|at| row.cell(Some(*at))).filter(|cell| !matches!(*cell, "" | "-"));
        cells.collect::<Vec<_>>().join(". ")
    }

    /// What is wrong with a row as a whole: too few cells or too many, or one that calls it untrue. Heading, cell, sentence.
    fn doubt(&self, row: &CellRow) -> Option<RowDoubt> {
        let heading = |at: usize| self.headings.get(at).map_or("", |heading| heading.trim()).to_owned();
        let last = self.headings.iter().rposition(|heading| !heading.trim().is_empty()).unwrap_or(0);
        let needed = self.positions.iter().copied().chain(self.hazard).max().unwrap_or(0);
        if row.cells.len() <= needed {
            return Some((heading(row.cells.len()), String::new(), "sheet.short_row"));
        }
        if let Some(at) = (last + 1..row.cells.len()).find(|at| !row.cell(Some(*at)).is_empty()) {
            return Some((String::new(), row.cell(Some(at)).to_owned(), "sheet.more_cells"));
        }
        let of = |(at, column): &(usize, StatusColumn)| column.stance(row.cell(Some(*at))).question();
        let (at, key) = self.others.iter().find_map(|other| Some((other.0, of(other)?)))?;
        Some((heading(at), row.cell(Some(at)).to_owned(), key))
    }

    /// Heading, cells and what is wrong with them, of a row whose code and name are two regencies.
    pub fn contradiction(&self, row: &BnpbRow, why: String) -> (String, String, String) {
        let columns = format!("{} and {}", self.heading(ID), self.heading(REGENCY));
        (columns, format!("{} {}", row.bps, row.regency), why)
    }
}

/// Which heading was taken for what, and which are not read.
impl fmt::Display for BnpbColumns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = self.positions.iter().zip(MEANINGS).map(|(at, meaning)| (*at, meaning));
        let read: Vec<(usize, &str)> = named.chain(self.hazard.map(|at| (at, "hazard"))).collect();
        let shown = |at: usize| self.headings[at].trim();
        let words: Vec<String> =
            read.iter().map(|(at, meaning)| format!("'{}' is {meaning}", shown(*at))).collect();
        write!(f, "columns: {}", words.join(", "))?;
        if self.hazard.is_none() {
            write!(f, "; no column of hazards, so every row is a flood")?;
        }
        let is_unread = |at: &usize| !shown(*at).is_empty() && !read.iter().any(|(taken, _)| taken == at);
        let unread: Vec<String> =
            (0..self.headings.len()).filter(is_unread).map(|at| format!("'{}'", shown(at))).collect();
        if unread.is_empty() { Ok(()) } else { write!(f, "; not read: {}", unread.join(", ")) }
    }
}

/// Where the headings of BNPB's list have the column of hazards; `None` for those of any other table.
pub fn bnpb_hazard(headings: &[String]) -> Option<usize> {
    BnpbColumns::find(headings)?.ok()?.hazard
}

/// Heading, cell, and the sentence of what is wrong.
type RowDoubt = (String, String, &'static str);

pub struct BnpbRow {
    line: u64,
    pub bps: String,
    pub regency: String,
    /// The prose that names kecamatan and villages.
    pub place: String,
    date: Result<WrittenDate, DateFault>,
    /// As it stands in the table.
    written_date: String,
    /// Dead, missing, injured, houses, buildings; or the cell that is no number.
    numbers: [Result<u32, String>; 5],
    category: HazardFinding,
    doubt: Option<RowDoubt>,
    /// The cell that names what happened; empty where the table has none.
    hazard: String,
    /// Hash of all cells but the running number: the same row twice is the same report twice.
    content: Sha256,
}

/// One place a row names.
pub struct NamedPlace<'a> {
    /// Its code.
    pub district: &'a str,
    /// The prose about it.
    pub words: &'a str,
    /// True for the row's first place, which carries its casualties.
    pub first: bool,
    /// Minutes east of UTC.
    pub minutes: i64,
}

impl BnpbRow {
    pub fn read(
        row: &CellRow,
        columns: &BnpbColumns,
        (dates, categories): (ColumnDates, &mut CategoryWords<'_>),
    ) -> BnpbRow {
        let cell = |column: usize| columns.cell(row, column).to_owned();
        let date = dates.read(&cell(DATE));
        let mut content = Sha256::new();
        for (at, cell) in row.cells.iter().enumerate().skip(columns.positions[ID]) {
            // A list that a spreadsheet saved again writes its dates otherwise and is the same list.
            let day = match date {
                Ok(date) if at == columns.positions[DATE] => Some(date.day.strftime("%d/%m/%Y").to_string()),
                _ => None,
            };
            let cell = day.as_deref().unwrap_or(cell);
            content.update((cell.len() as u64).to_le_bytes());
            content.update(cell);
        }
        let hazard = row.cell(columns.hazard).to_owned();
        let text = columns.text(row);
        let category = hazard::finding(columns.hazard.map(|_| hazard.as_str()), &text, categories);
        let of_text = || {
            let at = columns.texts.first().copied();
            (at.map_or("", |at| columns.headings[at].trim()).to_owned(), text.chars().take(200).collect())
        };
        let of_cell = || {
            let heading = columns.hazard.map_or("", |at| columns.headings[at].trim());
            (heading.to_owned(), hazard.clone())
        };
        let doubt = columns.doubt(row).or_else(|| match category {
            HazardFinding::Open { is_of_text, key, .. } => {
                let (heading, cell) = if is_of_text { of_text() } else { of_cell() };
                Some((heading, cell, key))
            }
            HazardFinding::Category(_) => None,
        });
        BnpbRow {
            line: row.line,
            bps: cell(ID),
            regency: cell(REGENCY),
            place: cell(PLACE),
            date,
            written_date: cell(DATE),
            numbers: [0, 1, 2, 3, 4].map(|index| number(&cell(NUMBERS + index))),
            category,
            doubt,
            hazard,
            content,
        }
    }

    /// Whether its date, its hazard and its numbers can be read.
    pub fn is_readable(&self) -> bool {
        self.date.is_ok() && self.doubt.is_none() && self.numbers.iter().all(Result::is_ok)
    }

    /// Whether a person decides: its date may be read in two ways, or it is not certain what happened.
    pub fn is_ambiguous(&self) -> bool {
        let is_refused = matches!(self.category, HazardFinding::Open { is_asked: false, .. });
        self.date == Err(DateFault::Ambiguous) || self.doubt.is_some() && !is_refused
    }

    /// The first cell that cannot be read: heading, cell, and how to write it.
    pub fn trouble(&self, columns: &BnpbColumns) -> Option<(String, String, String)> {
        let words = |key| RefusalSentence::bare(key).indonesian();
        let date = match self.date {
            Ok(_) => None,
            Err(DateFault::Ambiguous) => Some("sheet.ambiguous_date_of_list"),
            Err(DateFault::Unreadable) => Some("sheet.unreadable_date"),
        };
        if let (Some(key), None | Some((.., "sheet.unknown_category"))) = (date, &self.doubt) {
            return Some((columns.heading(DATE), self.written_date.clone(), words(key)));
        }
        if let Some((heading, cell, key)) = &self.doubt {
            return Some((heading.clone(), cell.clone(), words(key)));
        }
        let index = self.numbers.iter().position(Result::is_err)?;
        let cell = self.numbers[index].clone().err().unwrap_or_default();
        Some((columns.heading(NUMBERS + index), cell, words("sheet.no_number")))
    }

    /// The report of one place the row names. What cannot be read stands in it as it was written, so that the decoder
    /// refuses it for that.
    pub fn report(&self, named: &NamedPlace<'_>, class: FeedClass) -> Vec<u8> {
        if let Some((_, value, key)) = &self.doubt {
            let why = RefusalSentence::bare(key).indonesian();
            return json!({ "row": self.line, "value": value, "why": why }).to_string().into_bytes();
        }
        let zone = format!("{:+03}:{:02}", named.minutes / 60, named.minutes % 60);
        let at = |clock: &str| match self.date {
            Ok(date) => format!("{}T{clock}{zone}", date.day),
            Err(_) => self.written_date.clone(),
        };
        let [dead, missing, injured, ..] = &self.numbers;
        let harmed = |count: &Result<u32, String>| match count {
            Err(cell) => Value::from(cell.as_str()),
            Ok(count) => Value::from(if named.first { *count } else { 0 }),
        };
        // The missing are no dead. A record has no field of them; of a cell that is no number it keeps the cell.
        let dead = match missing {
            Err(cell) => Value::from(cell.as_str()),
            Ok(_) => harmed(dead),
        };
        let report = Report {
            report_id: self.id(named.district),
            feed: class.as_str(),
            district: named.district,
            kind: "disaster",
            category: self.category(),
            severity: self.severity(),
            occurred_at: at("00:00:00"),
            reported_at: at("23:59:59"),
            summary: self.summary(named),
            stage: "occurring",
            handling: "open",
            dead,
            injured: harmed(injured),
            reconstructed: true,
            source: Source {
                list: "bnpb",
                regency: &self.bps,
                name: &self.regency,
                houses: self.numbers[3].as_ref().copied().unwrap_or_default(),
            },
        };
        serde_json::to_vec(&report).unwrap_or_default()
    }

    fn category(&self) -> String {
        match self.category {
            HazardFinding::Category(category) => category.to_string(),
            HazardFinding::Open { .. } => String::new(),
        }
    }

    /// The words about the place; what happened before them, where the category does not say it; and, of the whole row, how
    /// many are missing.
    fn summary(&self, named: &NamedPlace<'_>) -> String {
        let words: String = named.words.chars().take(600).collect();
        let own_words = match (self.category().as_str(), self.hazard.as_str()) {
            ("WA-01", _) | (_, "") => words,
            (_, hazard) => format!("{hazard}: {words}"),
        };
        match self.numbers[MISSING] {
            Ok(missing) if missing > 0 && named.first => {
                let missing = report::missing_words(missing);
                if own_words.is_empty() { missing } else { format!("{missing}. {own_words}") }
            }
            _ => own_words,
        }
    }

    fn severity(&self) -> Value {
        let [dead, missing, injured, houses, buildings] = &self.numbers;
        if let (Err(cell), _) | (_, Err(cell)) = (houses, buildings) {
            return Value::from(cell.as_str());
        }
        let some =
            |count: &Result<u32, String>, least: u32| count.as_ref().is_ok_and(|count| *count >= least);
        Value::from(if some(dead, 1) || some(missing, 1) {
            5
        } else if some(injured, 1) || some(houses, 100) {
            4
        } else if some(houses, 1) || some(buildings, 1) {
            3
        } else {
            2
        })
    }

    /// The same row and place give the same id on every machine; in the form of a UUID made of a hash.
    fn id(&self, district: &str) -> String {
        let mut content = self.content.clone();
        content.update(district.as_bytes());
        let digest = content.finalize();
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        uuid::Builder::from_custom_bytes(bytes).into_uuid().hyphenated().to_string()
    }
}

/// A number as cells of any table have it; 0 where nothing is written.
fn number(cell: &str) -> Result<u32, String> {
    cells::count(cell).map(Option::unwrap_or_default).ok_or_else(|| cell.to_owned())
}

/// A number of people or houses: `1.250` and `1,250` have a sign between the thousands, `2,0` a decimal that says nothing.
pub fn count(cell: &str) -> Result<u32, String> {
    if matches!(cell, "" | "-" | "–") {
        return Ok(0);
    }
    let parts: Vec<&str> = cell.split(['.', ',']).collect();
    let are_thousands =
        parts.len() > 1 && (1..=3).contains(&parts[0].len()) && parts[1..].iter().all(|part| part.len() == 3);
    let digits = match parts.as_slice() {
        _ if are_thousands => parts.concat(),
        [whole, decimals] if !decimals.is_empty() && decimals.bytes().all(|byte| byte == b'0') => {
            (*whole).to_owned()
        }
        _ => cell.to_owned(),
    };
    let is_plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_plain.then(|| digits.parse().ok()).flatten().ok_or_else(|| cell.to_owned())
}

#[derive(Serialize)]
struct Report<'a> {
    report_id: String,
    feed: &'a str,
    district: &'a str,
    kind: &'a str,
    category: String,
    /// A number, or the cell that is none; so are `dead` and `injured`.
    severity: Value,
    occurred_at: String,
    reported_at: String,
    summary: String,
    stage: &'a str,
    handling: &'a str,
    dead: Value,
    injured: Value,
    reconstructed: bool,
    source: Source<'a>,
}

/// Where it came from; kept, not read.
#[derive(Serialize)]
struct Source<'a> {
    list: &'a str,
    regency: &'a str,
    name: &'a str,
    houses: u32,
}

#[cfg(test)]
mod tests {
    use super::count;

    #[test]
    fn numbers_are_read_as_they_are_written_here() {
        for (cell, value) in
            [("", 0), ("-", 0), ("7", 7), ("2,0", 2), ("2.0", 2), ("1.250", 1250), ("12,345", 12_345)]
        {
            assert_eq!(count(cell), Ok(value), "{cell}");
        }
        for cell in ["2,5", "dua", "7 orang", "-3", "1.25", "."] {
            assert_eq!(count(cell), Err(cell.to_owned()), "{cell}");
        }
    }
}
