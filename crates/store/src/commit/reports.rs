//! Rows of reports, duplicates, dead letters, and when each feed was last heard.

use super::{DeadLetter, ReportRow, count};
use crate::codec;
use crate::error::StoreError;
use crate::id;
use crate::sql::{Bulk, Cell};
use domain::kind::{FeedClass, Handling, Kind};
use domain::report::{Body, ReportId};
use domain::time::Time;
use sqlx::AnyConnection;
use std::collections::BTreeMap;

/// A report that holds its id, and how it ended; an empty outcome is one not said yet.
pub(super) struct Kept<'a> {
    pub row: &'a ReportRow,
    pub outcome: String,
    pub incident: Option<String>,
}

pub(super) async fn insert(tx: &mut AnyConnection, kept: Vec<Kept<'_>>) -> Result<(), StoreError> {
    const REPORTS: Bulk = Bulk {
        head: "INSERT INTO reports (id, log_partition, log_offset, feed, class, code, regency, kind, handling, at, \
               reported_at, received_at, late, history, outcome, incident, reporter, summary, lat_e6, lon_e6, hash, packed)",
        columns: 22,
        tail: "",
    };
    const PAYLOADS: Bulk = Bulk { head: "INSERT INTO payloads (id, bytes)", columns: 2, tail: "" };
    const NOTHING: Bulk = Bulk {
        head: "INSERT INTO zero_reports (id, code, village, feed, class, from_at, to_at)",
        columns: 7,
        tail: "",
    };
    let (mut reports, mut payloads, mut nothing) =
        (Vec::with_capacity(kept.len()), Vec::with_capacity(kept.len()), Vec::new());
    for kept in kept {
        let id = id::to_text(kept.row.report.id);
        payloads.push(vec![Cell::Text(id.clone()), Cell::Bytes(kept.row.payload.clone())]);
        nothing.extend(zero_report(kept.row, &id));
        reports.push(report(kept, id));
    }
    REPORTS.run(tx, reports).await?;
    PAYLOADS.run(tx, payloads).await?;
    NOTHING.run(tx, nothing).await?;
    Ok(())
}

/// Records that lost their id; the bytes are kept where they say something else than the winner's.
pub(super) async fn duplicates(
    tx: &mut AnyConnection,
    losers: Vec<(&ReportRow, bool)>,
) -> Result<(), StoreError> {
    const DUPLICATES: Bulk = Bulk {
        head: "INSERT INTO duplicates (log_partition, log_offset, id, feed, received_at, packed, bytes)",
        columns: 7,
        tail: "",
    };
    // An empty value where the bytes are the winner's: every placeholder keeps its type.
    let rows = losers.into_iter().map(|(row, differs)| {
        vec![
            Cell::Int(i64::from(row.partition)),
            Cell::Int(row.offset),
            Cell::Text(id::to_text(row.report.id)),
            Cell::Text(row.feed_name.clone()),
            Cell::Int(row.received_at.0),
            Cell::Bytes(codec::encode(&row.report)),
            Cell::Bytes(if differs { row.payload.clone() } else { Vec::new() }),
        ]
    });
    DUPLICATES.run(tx, rows.collect()).await?;
    Ok(())
}

/// A stored report that an earlier one beats becomes a duplicate. Rare, so one by one.
pub(super) async fn demote(tx: &mut AnyConnection, id: ReportId) -> Result<(), StoreError> {
    const MOVE: &str = "INSERT INTO duplicates (log_partition, log_offset, id, feed, received_at, packed, bytes) \
         SELECT r.log_partition, r.log_offset, r.id, r.feed, r.received_at, r.packed, p.bytes \
         FROM reports r JOIN payloads p ON p.id = r.id WHERE r.id = $1";
    let id = id::to_text(id);
    for statement in [
        MOVE,
        "DELETE FROM payloads WHERE id = $1",
        "DELETE FROM zero_reports WHERE id = $1",
        "DELETE FROM reports WHERE id = $1",
    ] {
        sqlx::query(statement).bind(id.clone()).execute(&mut *tx).await?;
    }
    Ok(())
}

pub(super) async fn dead_letters(
    tx: &mut AnyConnection,
    partition: i32,
    letters: &[DeadLetter],
) -> Result<(), StoreError> {
    const HEADERS: Bulk = Bulk {
        head: "INSERT INTO dead_letters (log_partition, log_offset, feed, class, reason, field, detail, received_at, size)",
        columns: 9,
        tail: "",
    };
    const BYTES: Bulk = Bulk {
        head: "INSERT INTO dead_letter_bytes (log_partition, log_offset, bytes)",
        columns: 3,
        tail: "",
    };
    let mut sums = BTreeMap::new();
    let (mut headers, mut bytes) = (Vec::with_capacity(letters.len()), Vec::with_capacity(letters.len()));
    let mut counts = Vec::new();
    for letter in letters {
        let place = [Cell::Int(i64::from(letter.partition)), Cell::Int(letter.offset)];
        let heard: &mut Heard =
            sums.entry(letter.feed_name.clone()).or_insert_with(|| Heard::new(letter.class));
        heard.dead_letters += 1;
        counts.push((format!("dead.{}", letter.reason), 1));
        let mut header = place.to_vec();
        header.extend([
            Cell::Text(letter.feed_name.clone()),
            Cell::Text(letter.class.to_string()),
            Cell::Text(letter.reason.to_string()),
            Cell::Text(letter.field.clone()),
            Cell::Text(letter.detail.clone()),
            Cell::Int(letter.received_at.0),
            Cell::Int(letter.bytes.len() as i64),
        ]);
        headers.push(header);
        let mut row = place.to_vec();
        row.push(Cell::Bytes(letter.bytes.clone()));
        bytes.push(row);
    }
    HEADERS.run(tx, headers).await?;
    BYTES.run(tx, bytes).await?;
    write_heard(tx, partition, sums).await?;
    count(tx, partition, counts).await
}

/// When each feed was last heard; what it said matters not, duplicates count.
pub(super) async fn heard(
    tx: &mut AnyConnection,
    partition: i32,
    rows: &[ReportRow],
) -> Result<(), StoreError> {
    let mut sums: BTreeMap<String, Heard> = BTreeMap::new();
    for row in rows {
        if !sums.contains_key(&row.feed_name) {
            sums.insert(row.feed_name.clone(), Heard::new(row.report.class));
        }
        let Some(heard) = sums.get_mut(&row.feed_name) else { continue };
        heard.received_at = heard.received_at.max(row.received_at);
        heard.reported_at = heard.reported_at.max(row.report.reported_at);
        heard.first_at = heard.first_at.min(row.report.reported_at);
        heard.reports += 1;
    }
    write_heard(tx, partition, sums).await
}

struct Heard {
    class: FeedClass,
    received_at: Time,
    reported_at: Time,
    first_at: Time,
    reports: i64,
    dead_letters: i64,
}

impl Heard {
    fn new(class: FeedClass) -> Heard {
        let (never, ever) = (Time::MIN, Time::MAX);
        Heard { class, received_at: never, reported_at: never, first_at: ever, reports: 0, dead_letters: 0 }
    }
}

async fn write_heard(
    tx: &mut AnyConnection,
    partition: i32,
    sums: BTreeMap<String, Heard>,
) -> Result<(), StoreError> {
    const HEARD: Bulk = Bulk {
        head: "INSERT INTO heard (log_partition, feed, class, received_at, reported_at, first_at, reports, dead_letters)",
        columns: 8,
        tail: "ON CONFLICT (log_partition, feed) DO UPDATE SET class = excluded.class, \
               received_at = CASE WHEN excluded.received_at > heard.received_at THEN excluded.received_at ELSE heard.received_at END, \
               reported_at = CASE WHEN excluded.reported_at > heard.reported_at THEN excluded.reported_at ELSE heard.reported_at END, \
               first_at = CASE WHEN excluded.first_at < heard.first_at THEN excluded.first_at ELSE heard.first_at END, \
               reports = heard.reports + excluded.reports, dead_letters = heard.dead_letters + excluded.dead_letters",
    };
    let rows = sums.into_iter().map(|(feed, heard)| {
        vec![
            Cell::Int(i64::from(partition)),
            Cell::Text(feed),
            Cell::Text(heard.class.to_string()),
            Cell::Int(heard.received_at.0),
            Cell::Int(heard.reported_at.0),
            Cell::Int(heard.first_at.0),
            Cell::Int(heard.reports),
            Cell::Int(heard.dead_letters),
        ]
    });
    HEARD.run(tx, rows.collect()).await?;
    Ok(())
}

fn report(kept: Kept<'_>, id: String) -> Vec<Cell> {
    let row = kept.row;
    let report = &row.report;
    let (at, kind, handling): (Time, Option<Kind>, Handling) = match &report.body {
        Body::Statement(statement) => (statement.occurred_at, Some(statement.kind), statement.handling),
        Body::Nothing { .. } | Body::Verification { .. } | Body::Retraction { .. } => {
            (report.reported_at, None, Handling::Open)
        }
    };
    let code = report.place.code;
    vec![
        Cell::Text(id),
        Cell::Int(i64::from(row.partition)),
        Cell::Int(row.offset),
        Cell::Text(row.feed_name.clone()),
        Cell::Text(report.class.to_string()),
        Cell::Int(i64::from(code.0)),
        Cell::Int(i64::from(code.regency().0)),
        Cell::MaybeText(kind.map(|kind| kind.to_string())),
        Cell::Text(handling.to_string()),
        Cell::Int(at.0),
        Cell::Int(report.reported_at.0),
        Cell::Int(row.received_at.0),
        Cell::Int(i64::from(row.late)),
        Cell::Int(i64::from(row.history)),
        Cell::Text(kept.outcome),
        Cell::MaybeText(kept.incident),
        Cell::MaybeText(row.reporter.clone()),
        Cell::MaybeText(row.summary.clone()),
        Cell::MaybeInt(row.lat.map(millionths)),
        Cell::MaybeInt(row.lon.map(millionths)),
        Cell::Bytes(report.hash.to_be_bytes().to_vec()),
        Cell::Bytes(codec::encode(report)),
    ]
}

/// Degrees as whole millionths (11 cm): one type less in the schema, and equal on both engines.
fn millionths(degrees: f64) -> i64 {
    (degrees * 1e6).round() as i64
}

fn zero_report(row: &ReportRow, id: &str) -> Option<Vec<Cell>> {
    let Body::Nothing { from, to } = row.report.body else { return None };
    Some(vec![
        Cell::Text(id.to_string()),
        Cell::Int(i64::from(row.report.place.code.0)),
        Cell::Int(i64::from(row.report.place.village)),
        Cell::Text(row.feed_name.clone()),
        Cell::Text(row.report.class.to_string()),
        Cell::Int(from.0),
        Cell::Int(to.0),
    ])
}
