//! One row of the list, and the report it becomes.

use super::super::words;
use crate::decode::instant;
use domain::kind::FeedClass;
use serde::Serialize;
use sha2::{Digest, Sha256};

/// Which column holds what.
pub struct BnpbColumns {
    positions: [usize; NAMES.len()],
}

/// Letters of the headings, in the order of [`BnpbColumns::positions`].
const NAMES: [&str; 9] = [
    "idkabupaten",
    "tanggalkejadian",
    "lokasi",
    "kabupaten",
    "meninggal",
    "hilang",
    "terluka",
    "rumahrusak",
    "fasumrusak",
];

impl BnpbColumns {
    pub const FIRST: &'static str = "ID Kabupaten";

    /// `None` where this is not the header line; the name of a missing column where it is.
    pub fn find(record: &csv::ByteRecord) -> Option<Result<BnpbColumns, &'static str>> {
        let headings: Vec<String> =
            record.iter().map(|cell| words::letters(&String::from_utf8_lossy(cell))).collect();
        let at = |name: &str| headings.iter().position(|heading| heading == name);
        at(NAMES[0])?;
        let mut positions = [0; NAMES.len()];
        for (position, name) in positions.iter_mut().zip(NAMES) {
            match at(name) {
                Some(index) => *position = index,
                None => return Some(Err(name)),
            }
        }
        Some(Ok(BnpbColumns { positions }))
    }
}

pub struct BnpbRow {
    pub bps: String,
    pub regency: String,
    /// The prose that names kecamatan and villages.
    pub place: String,
    /// As RFC 3339 writes it.
    date: String,
    dead: u32,
    missing: u32,
    injured: u32,
    houses: u32,
    buildings: u32,
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
    /// `None` where the row has no date or a number is none.
    pub fn read(record: &csv::ByteRecord, columns: &BnpbColumns) -> Option<BnpbRow> {
        let cell = |index: usize| {
            let bytes = record.get(columns.positions[index]).unwrap_or_default();
            String::from_utf8_lossy(bytes).trim().to_string()
        };
        let number = |index: usize| match cell(index).as_str() {
            "" | "-" => Some(0),
            digits => digits.parse().ok(),
        };
        let date = date(&cell(1))?;
        let mut content = Sha256::new();
        for cell in record.iter().skip(columns.positions[0]) {
            content.update((cell.len() as u64).to_le_bytes());
            content.update(cell);
        }
        Some(BnpbRow {
            bps: cell(0),
            regency: cell(3),
            place: cell(2),
            date,
            dead: number(4)?,
            missing: number(5)?,
            injured: number(6)?,
            houses: number(7)?,
            buildings: number(8)?,
            content,
        })
    }

    /// The report of one place the row names.
    pub fn report(&self, named: &NamedPlace<'_>, class: FeedClass) -> Vec<u8> {
        let zone = format!("{:+03}:{:02}", named.minutes / 60, named.minutes % 60);
        let harmed = |count: u32| if named.first { count } else { 0 };
        let report = Report {
            report_id: self.id(named.district),
            feed: class.as_str(),
            district: named.district,
            kind: "disaster",
            category: "WA-01",
            severity: self.severity(),
            occurred_at: format!("{}T00:00:00{zone}", self.date),
            reported_at: format!("{}T23:59:59{zone}", self.date),
            summary: named.words.chars().take(600).collect(),
            stage: "occurring",
            handling: "open",
            dead: harmed(self.dead + self.missing),
            injured: harmed(self.injured),
            reconstructed: true,
            source: Source { list: "bnpb", regency: &self.bps, name: &self.regency, houses: self.houses },
        };
        serde_json::to_vec(&report).unwrap_or_default()
    }

    fn severity(&self) -> u8 {
        if self.dead + self.missing > 0 {
            5
        } else if self.injured > 0 || self.houses >= 100 {
            4
        } else if self.houses > 0 || self.buildings > 0 {
            3
        } else {
            2
        }
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

/// A row that cannot be read, as it was.
pub fn original(record: &csv::ByteRecord) -> Vec<u8> {
    record.iter().collect::<Vec<&[u8]>>().join(&b';')
}

/// `31/12/2021` as `2021-12-31`, if there was such a day.
fn date(text: &str) -> Option<String> {
    let parts: Vec<i64> = text.split('/').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let &[day, month, year] = parts.as_slice() else { return None };
    instant::days(year, month, day).filter(|_| (1970..2100).contains(&year))?;
    Some(format!("{year:04}-{month:02}-{day:02}"))
}

#[derive(Serialize)]
struct Report<'a> {
    report_id: String,
    feed: &'a str,
    district: &'a str,
    kind: &'a str,
    category: &'a str,
    severity: u8,
    occurred_at: String,
    reported_at: String,
    summary: String,
    stage: &'a str,
    handling: &'a str,
    dead: u32,
    injured: u32,
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
