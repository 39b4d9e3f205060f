//! One row of the list, and the report it becomes.

use super::super::table::CellRow;
use super::super::words;
use super::hazard::{self, HazardFinding};
use crate::chat::phrase::Phrases;
use crate::written_date::{DateFault, DateOrder, WrittenDate};
use domain::kind::FeedClass;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fmt;

/// Which column holds what.
pub struct BnpbColumns {
    positions: [usize; NAMES.len()],
    hazard: Option<usize>,
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
        Some(Ok(BnpbColumns { positions, hazard: at(&HAZARD), headings: cells.to_vec() }))
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

pub struct BnpbRow {
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
        (dates, phrases): (Option<DateOrder>, &mut Phrases),
    ) -> BnpbRow {
        let cell = |column: usize| columns.cell(row, column).to_owned();
        let date = WrittenDate::read(&cell(DATE), dates);
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
        BnpbRow {
            bps: cell(ID),
            regency: cell(REGENCY),
            place: cell(PLACE),
            date,
            written_date: cell(DATE),
            numbers: [0, 1, 2, 3, 4].map(|index| count(&cell(NUMBERS + index))),
            category: hazard::finding(columns.hazard.map(|_| hazard.as_str()), phrases),
            hazard,
            content,
        }
    }

    /// Whether its date, its hazard and its numbers can be read.
    pub fn is_readable(&self) -> bool {
        self.date.is_ok()
            && matches!(self.category, HazardFinding::Category(_))
            && self.numbers.iter().all(Result::is_ok)
    }

    /// Whether its date may be read in two ways, or its hazard is none that happened for certain.
    pub fn is_ambiguous(&self) -> bool {
        let is_open = matches!(self.category, HazardFinding::NoDisaster | HazardFinding::Unsure);
        self.date == Err(DateFault::Ambiguous) || is_open
    }

    /// The first cell that cannot be read: heading, cell, and how to write it.
    pub fn trouble(&self, columns: &BnpbColumns) -> Option<(String, String, String)> {
        let date = match self.date {
            Ok(_) => None,
            Err(DateFault::Ambiguous) => Some(
                "may be day/month or month/day, and no date of the table shows which; give --dates dmy or --dates mdy",
            ),
            Err(DateFault::Unreadable) => {
                Some("is no day of the calendar; write it like 31/12/2021 or 2021-12-31")
            }
        };
        if let Some(why) = date {
            return Some((columns.heading(DATE), self.written_date.clone(), why.to_owned()));
        }
        let hazard = match self.category {
            HazardFinding::Category(_) => None,
            HazardFinding::Nothing => Some("says that nothing happened; leave the row out"),
            HazardFinding::NoDisaster => {
                Some("is a conflict and no disaster; report it in a table of conflicts, with its category")
            }
            HazardFinding::Unsure => {
                Some("may not have happened; write the hazard alone where it did, or leave the row out")
            }
        };
        if let Some(why) = hazard {
            let heading = columns.hazard.map_or("", |at| columns.headings[at].trim());
            return Some((heading.to_owned(), self.hazard.clone(), why.to_owned()));
        }
        let index = self.numbers.iter().position(Result::is_err)?;
        let cell = self.numbers[index].clone().err().unwrap_or_default();
        let why = "is no whole number; write digits only, and nothing where it is not known";
        Some((columns.heading(NUMBERS + index), cell, why.to_owned()))
    }

    /// The report of one place the row names. What cannot be read stands in it as it was written, so that the decoder
    /// refuses it for that.
    pub fn report(&self, named: &NamedPlace<'_>, class: FeedClass) -> Vec<u8> {
        let zone = format!("{:+03}:{:02}", named.minutes / 60, named.minutes % 60);
        let at = |clock: &str| match self.date {
            Ok(date) => format!("{}T{clock}{zone}", date.day),
            Err(_) => self.written_date.clone(),
        };
        let [dead, missing, injured, ..] = &self.numbers;
        let harmed = |counts: [&Result<u32, String>; 2]| match counts {
            [Err(cell), _] | [_, Err(cell)] => Value::from(cell.as_str()),
            [Ok(one), Ok(other)] => Value::from(if named.first { one.saturating_add(*other) } else { 0 }),
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
            summary: self.summary(named.words),
            stage: "occurring",
            handling: "open",
            dead: harmed([dead, missing]),
            injured: harmed([injured, &Ok(0)]),
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

    /// The code; where the cell has none it stands there as it was written.
    fn category(&self) -> &str {
        match self.category {
            HazardFinding::Category(code) => code,
            _ => &self.hazard,
        }
    }

    /// The words about the place; what happened before them, where the category does not say it.
    fn summary(&self, words: &str) -> String {
        let words: String = words.chars().take(600).collect();
        match (self.category(), self.hazard.as_str()) {
            ("WA-01", _) | (_, "") => words,
            (_, hazard) => format!("{hazard}: {words}"),
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
    category: &'a str,
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
