//! Rows of a backup of an earlier build as rows of this schema.

use super::{BackupFormat, unhex};
use crate::codec;
use crate::error::StoreError;
use crate::table::reports;
use domain::cell_memory::CellMemory;
use domain::report::{FeedId, Report, ReportId, ReportName};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::collections::HashMap;

type Columns = Map<String, Value>;

/// Tables that have other names now.
const TABLES: [(&str, &str); 4] = [
    ("assessed", "newest_assessments"),
    ("memory", "cell_memory"),
    ("delivery_tries", "delivery_attempts"),
    ("ledger_stirred", "ledger_rechecks"),
];

/// Tables that are no more, or are made from the reports.
const GONE: [&str; 3] = ["namings", "guests", "report_links"];

/// Columns that have other names now, by today's table.
const COLUMNS: [(&str, &str, &str); 9] = [
    ("reports", "packed", "encoded"),
    ("reports", "history", "beyond_horizon"),
    ("duplicates", "packed", "encoded"),
    ("borders", "fortnight", "sum_14d"),
    ("borders", "old_tick", "previous_tick"),
    ("borders", "old_bucket", "previous_bucket"),
    ("borders", "old_fortnight", "previous_sum_14d"),
    ("outbox", "what", "change"),
    ("identities", "sealed", "identity"),
];

/// Texts and bytes that lay in clear and are sealed on their way into the store now.
const SEALED: [(&str, &str); 7] = [
    ("reports", "reporter"),
    ("reports", "summary"),
    ("payloads", "bytes"),
    ("duplicates", "bytes"),
    ("dead_letter_bytes", "bytes"),
    ("identities", "reporter"),
    ("identities", "identity"),
];

/// Columns that named a report by its id alone.
const NAMES: [(&str, &str); 8] = [
    ("reports", "id"),
    ("reports", "incident"),
    ("payloads", "id"),
    ("duplicates", "id"),
    ("zero_reports", "id"),
    ("incidents", "id"),
    ("conditions", "evidence"),
    ("verifier_saw", "report"),
];

/// Translates row by row, in the order of the backup: reports come before what belongs to them.
pub(super) struct EarlierRows {
    format: BackupFormat,
    /// The regency and feed of each report that has an id: in format 1 one at most, in format 2 one of each regency.
    reports: HashMap<ReportId, Vec<(u32, FeedId)>>,
}

impl EarlierRows {
    pub fn of(format: BackupFormat) -> EarlierRows {
        EarlierRows { format, reports: HashMap::new() }
    }

    /// The rows that this one is today, each with its table.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] where a report in it cannot be decoded.
    pub fn translate(&mut self, table: &str, row: Columns) -> Result<Vec<(String, Columns)>, StoreError> {
        if GONE.contains(&table) {
            return Ok(Vec::new());
        }
        let (table, mut row) = match self.format {
            BackupFormat::First => self.second(table, row)?,
            _ => (table, row),
        };
        let mut links = Vec::new();
        if table == "reports" || table == "duplicates" {
            let report = encoded(&row)?;
            let regency = report.place.code.regency().0;
            if table == "reports" {
                self.reports.entry(report.id).or_default().push((regency, report.feed));
                links = reports::links_of(&report).into_iter().map(link).collect();
            }
            row.insert("id".to_owned(), report.name().to_string().into());
        }
        if table == "incidents" && !row.contains_key("counted_severity") {
            count_as_then(&mut row);
        }
        self.name_reports(table, &mut row)?;
        links.insert(0, (table.to_owned(), row));
        Ok(links)
    }

    /// Writes the names of reports where their ids stood.
    fn name_reports(&self, table: &str, row: &mut Columns) -> Result<(), StoreError> {
        let code = ["regency", "code"].iter().find_map(|column| row.get(*column)?.as_u64());
        let regency = code.map(|code| code as u32 / 100 * 100);
        for (_, column) in NAMES.iter().filter(|(of, _)| *of == table) {
            let Some(Value::String(ids)) = row.get_mut(*column) else { continue };
            let name = |id: &str| match ReportId::parse(id) {
                Some(id) => ReportName { id, feed: self.feed_of(regency, id) }.to_string(),
                None => id.to_owned(), // it is a name already
            };
            *ids = ids.split_whitespace().map(name).collect::<Vec<_>>().join(" ");
        }
        if table == "cell_memory" {
            let bytes = unhex(row.get("bytes").and_then(|value| value["b"].as_str()).unwrap_or_default())?;
            if let Some(memory) = CellMemory::from_earlier_bytes(&bytes, |id| self.feed_of(regency, id)) {
                row.insert("bytes".to_owned(), json!({ "b": hex::encode(memory.to_bytes()) }));
            }
        }
        Ok(())
    }

    /// The feed of the report of an id; where nobody knows it there is no such report any more.
    fn feed_of(&self, regency: Option<u32>, id: ReportId) -> FeedId {
        let known = self.reports.get(&id).map_or(&[][..], Vec::as_slice);
        let own = known.iter().find(|(of, _)| regency.is_none_or(|regency| regency == *of));
        own.map_or(FeedId(0), |(_, feed)| *feed)
    }

    /// A row of format 1 in format 2, and its table.
    fn second<'a>(&self, table: &'a str, mut row: Columns) -> Result<(&'a str, Columns), StoreError> {
        let table = TABLES.iter().find(|(old, _)| *old == table).map_or(table, |(_, now)| *now);
        for (_, old, new) in COLUMNS.iter().filter(|(of, _, _)| *of == table) {
            if let Some(value) = row.remove(*old) {
                row.insert((*new).to_owned(), value);
            }
        }
        if table == "identities" {
            let reporter = row.get("reporter").and_then(Value::as_str).unwrap_or_default();
            let key = hex::encode(Sha256::digest(reporter));
            row.insert("reporter_sha256".to_owned(), json!({ "b": key }));
        }
        for (_, column) in SEALED.iter().filter(|(of, _)| *of == table) {
            if let Some(value) = row.get_mut(*column) {
                *value = to_be_sealed(value);
            }
        }
        match table {
            "duplicates" => {
                row.insert("regency".to_owned(), encoded(&row)?.place.code.regency().0.into());
            }
            "payloads" | "zero_reports" => {
                let id = row.get("id").and_then(Value::as_str).and_then(ReportId::parse);
                let report = id.and_then(|id| self.reports.get(&id)?.first());
                row.insert(
                    "regency".to_owned(),
                    report.map_or(Value::Null, |(regency, _)| (*regency).into()),
                );
            }
            _ => {}
        }
        Ok((table, row))
    }
}

/// Two sides stood then for what two speakers affirm, and all that was claimed counted.
fn count_as_then(row: &mut Columns) {
    let sides = row.get("sides").and_then(Value::as_u64).unwrap_or_default().count_ones();
    let severity = row.get("severity").cloned().unwrap_or_default();
    row.insert("counted_severity".to_owned(), severity.clone());
    row.insert("speakers".to_owned(), sides.into());
    if sides > 1 {
        row.insert("attested_severity".to_owned(), severity);
    }
}

/// A row of `report_links`.
fn link((target, regency, report): (String, u32, String)) -> (String, Columns) {
    let row = json!({ "target": target, "regency": regency, "report": report });
    ("report_links".to_owned(), row.as_object().cloned().unwrap_or_default())
}

/// Says who speaks in a report, where its build (up to schema 39) did not.
///
/// # Errors
/// [`StoreError::Corrupt`] where it cannot be decoded.
pub(super) fn name_speaker(row: &mut Columns) -> Result<(), StoreError> {
    if !row.contains_key("speaker_word") {
        for (column, number) in reports::speaker_columns(&encoded(row)?) {
            row.insert(column.to_owned(), number.into());
        }
    }
    Ok(())
}

fn encoded(row: &Columns) -> Result<Report, StoreError> {
    let bytes = row.get("encoded").and_then(|value| value["b"].as_str()).unwrap_or_default();
    codec::decode(&unhex(bytes)?)
}

fn to_be_sealed(value: &Value) -> Value {
    match (value, value["b"].as_str()) {
        (_, Some(bytes)) => json!({ "clear": bytes }),
        (Value::String(text), None) => json!({ "clear": hex::encode(text.as_bytes()) }),
        _ => Value::Null,
    }
}
