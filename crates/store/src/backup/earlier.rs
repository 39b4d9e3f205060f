//! Rows of a backup in format 1, which builds with schema 10 wrote, as rows of this schema.

use super::unhex;
use crate::codec;
use crate::error::StoreError;
use crate::table::reports;
use domain::report::Report;
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

/// Tables that are no more: what they held is made from the reports.
const GONE: [&str; 2] = ["namings", "guests"];

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

/// Translates row by row, in the order of the backup: reports come before what belongs to them.
#[derive(Default)]
pub(super) struct EarlierRows {
    /// The regency of each report, whose id was enough to know it then.
    regencies: HashMap<String, Value>,
}

impl EarlierRows {
    /// The rows that this one is today, each with its table.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] where a report in it cannot be decoded.
    pub fn translate(&mut self, table: &str, mut row: Columns) -> Result<Vec<(String, Columns)>, StoreError> {
        if GONE.contains(&table) {
            return Ok(Vec::new());
        }
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
        let mut rows = match table {
            "reports" => self.links(&row)?,
            "duplicates" => {
                row.insert("regency".to_owned(), encoded(&row)?.place.code.regency().0.into());
                Vec::new()
            }
            "incidents" => {
                count_as_then(&mut row);
                Vec::new()
            }
            "payloads" | "zero_reports" => {
                let regency = row.get("id").and_then(Value::as_str).and_then(|id| self.regencies.get(id));
                row.insert("regency".to_owned(), regency.cloned().unwrap_or_default());
                Vec::new()
            }
            _ => Vec::new(),
        };
        rows.insert(0, (table.to_owned(), row));
        Ok(rows)
    }

    /// What a report names, and its regency for what follows.
    fn links(&mut self, row: &Columns) -> Result<Vec<(String, Columns)>, StoreError> {
        if let (Some(id), Some(regency)) = (row.get("id").and_then(Value::as_str), row.get("regency")) {
            self.regencies.insert(id.to_owned(), regency.clone());
        }
        let link = |(target, regency, report): (String, u32, String)| {
            let row = json!({ "target": target, "regency": regency, "report": report });
            ("report_links".to_owned(), row.as_object().cloned().unwrap_or_default())
        };
        Ok(reports::links_of(&encoded(row)?).into_iter().map(link).collect())
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
