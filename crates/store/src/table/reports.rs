//! Table `reports`: one row for each report, and what belongs to it in `payloads`, `zero_reports` and `report_links`.

pub(crate) mod duplicates;
mod lists;
mod naming;
pub(crate) mod recovered;
mod taken_back;

pub use lists::{ANY_KIND, ChangedWord, ReportFilter, StoredReport, ZeroReportPeriod};
pub(crate) use taken_back::{TakenBackQuery, speaker_columns};

use crate::codec;
use crate::commit::ReportRow;
use crate::error::StoreError;
use crate::sql::{
    self, Bulk, Cell, Column, Connection, SealedBytes, SealedText, SqlRow, rows_with_ids, table_row,
};
use domain::kind::{FeedClass, Handling, Kind, Outcome};
use domain::place::Code;
use domain::report::{Body, Report, ReportName, ReportRank, ReportReference};
use domain::time::Time;
use std::collections::{BTreeMap, BTreeSet};

/// The identity of a report, and of the incident it is the earliest of: the same id in two regencies, or of two feeds, is two
/// reports.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ReportKey {
    pub regency: Code,
    pub id: ReportName,
}

/// Of which unit and kind a report is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ReportTopic {
    pub code: Code,
    /// `None` where nothing is stated: of a zero-report, a verification, a retraction.
    pub kind: Option<Kind>,
}

impl ReportKey {
    /// The identity of a report.
    pub fn of(report: &Report) -> ReportKey {
        ReportKey { regency: report.place.code.regency(), id: report.name() }
    }

    /// The cells of `(id, regency)`.
    pub(crate) fn cells(&self) -> Vec<Cell> {
        vec![self.id.cell(), self.regency.cell()]
    }

    /// Reads a row that begins with `id, regency`.
    pub(crate) fn read(row: &SqlRow) -> Result<ReportKey, StoreError> {
        Ok(ReportKey { id: ReportName::read(row, 0)?, regency: Code::read(row, 1)? })
    }
}

table_row! {
    pub(crate) struct ReportsRow in "reports", key 2 {
        pub id: ReportName,
        pub regency: Code,
        pub log_partition: i32,
        pub log_offset: i64,
        pub feed: String,
        pub class: FeedClass,
        pub code: Code,
        pub kind: Option<Kind>,
        pub handling: Handling,
        pub at: Time,
        pub reported_at: Time,
        pub received_at: Time,
        pub late: bool,
        pub beyond_horizon: bool,
        pub doubtful: bool,
        pub organisation: String,
        pub party: bool,
        /// Who speaks in it (`taken_back`).
        pub speaker_account: i64,
        pub speaker_login: i64,
        pub speaker_word: i64,
        /// Empty until the pipeline has decided it.
        pub outcome: String,
        pub incident: Option<ReportName>,
        pub set_aside: bool,
        pub reporter: Option<SealedText>,
        pub account: Option<SealedText>,
        pub summary: Option<SealedText>,
        pub lat_e6: Option<i64>,
        pub lon_e6: Option<i64>,
        pub hash: [u8; 16],
        pub encoded: Vec<u8>,
    }
}

table_row! {
    struct PayloadRow in "payloads", key 2 {
        id: ReportName,
        regency: Code,
        bytes: SealedBytes,
    }
}

table_row! {
    struct ZeroReportRow in "zero_reports", key 2 {
        id: ReportName,
        regency: Code,
        code: Code,
        village: u16,
        feed: String,
        class: FeedClass,
        from_at: Time,
        to_at: Time,
    }
}

table_row! {
    struct ReportLinkRow in "report_links", key 3 {
        target: ReportReference,
        regency: Code,
        report: ReportName,
    }
}

/// A report that holds its id, and how it ended; an empty outcome is one not decided yet.
pub(crate) struct WinningReport<'a> {
    pub row: &'a ReportRow,
    pub outcome: String,
    pub incident: Option<ReportName>,
}

impl WinningReport<'_> {
    fn reports_row(&self) -> ReportsRow {
        let (row, report) = (self.row, &self.row.report);
        let (kind, handling) = match &report.body {
            Body::Statement(statement) => (Some(statement.kind), statement.handling),
            Body::Remark(remark) => (Some(remark.kind), remark.handling),
            _ => (None, Handling::Open),
        };
        let [speaker_account, speaker_login, speaker_word] =
            speaker_columns(report).map(|(_, number)| number);
        ReportsRow {
            id: report.name(),
            regency: report.place.code.regency(),
            log_partition: row.partition,
            log_offset: row.offset,
            feed: row.feed_name.clone(),
            class: report.class,
            code: report.place.code,
            kind,
            handling,
            at: report.happened_at(),
            reported_at: report.reported_at,
            received_at: row.received_at,
            late: row.late,
            beyond_horizon: row.history,
            doubtful: report.doubtful.is_some(),
            organisation: row.author.organisation.clone(),
            party: row.author.party,
            speaker_account,
            speaker_login,
            speaker_word,
            outcome: self.outcome.clone(),
            incident: self.incident,
            set_aside: false,
            reporter: row.reporter.clone().map(SealedText),
            account: Some(row.author.account.clone()).filter(|account| !account.is_empty()).map(SealedText),
            summary: row.summary.clone().map(SealedText),
            lat_e6: row.lat.map(millionths),
            lon_e6: row.lon.map(millionths),
            hash: report.hash.to_be_bytes(),
            encoded: codec::encode(report),
        }
    }

    fn payload(&self) -> PayloadRow {
        let ReportKey { regency, id } = ReportKey::of(&self.row.report);
        PayloadRow { id, regency, bytes: SealedBytes(self.row.payload.clone()) }
    }

    fn zero_report(&self) -> Option<ZeroReportRow> {
        let report = &self.row.report;
        let Body::Nothing { from, to } = report.body else { return None };
        Some(ZeroReportRow {
            id: report.name(),
            regency: report.place.code.regency(),
            code: report.place.code,
            village: report.place.village,
            feed: self.row.feed_name.clone(),
            class: report.class,
            from_at: from,
            to_at: to,
        })
    }

    fn links(&self) -> Vec<ReportLinkRow> {
        let ReportKey { regency, id: report } = ReportKey::of(&self.row.report);
        let corrected = corrected(&self.row.report, &self.row.author.account).map(Into::into);
        let references = self.row.report.references().chain(corrected);
        references.map(|target| ReportLinkRow { target, regency, report }).collect()
    }
}

/// The report of a feed that a report typed by this account corrects: it affirms what happened and names whose report says
/// otherwise. What the desk wrote itself it replaces instead.
pub(crate) fn corrected(report: &Report, account: &str) -> Option<ReportName> {
    match &report.body {
        Body::Statement(statement) if !statement.continues && !statement.ends && !account.is_empty() => {
            statement.about.map(|named| named.name())
        }
        _ => None,
    }
}

/// The rows of `report_links` of a report: target, regency and the report itself, as the columns hold them.
pub(crate) fn links_of(report: &Report) -> BTreeSet<(String, u32, String)> {
    let ReportKey { regency, id } = ReportKey::of(report);
    report.references().map(|target| (target.to_string(), regency.0, id.to_string())).collect()
}

/// Writes reports that hold their ids.
pub(crate) async fn insert(tx: &mut Connection<'_>, new: &[WinningReport<'_>]) -> Result<(), StoreError> {
    Bulk::insert::<ReportsRow>().run_rows(tx, new.iter().map(WinningReport::reports_row)).await?;
    Bulk::insert::<PayloadRow>().run_rows(tx, new.iter().map(WinningReport::payload)).await?;
    Bulk::insert::<ZeroReportRow>().run_rows(tx, new.iter().filter_map(WinningReport::zero_report)).await?;
    let links: BTreeMap<_, _> = new
        .iter()
        .flat_map(WinningReport::links)
        .map(|link| ((link.target, link.regency, link.report), link))
        .collect();
    Bulk::insert_new::<ReportLinkRow>().run_rows(tx, links.into_values()).await?;
    Ok(())
}

/// Degrees as whole millionths (11 cm): one type less in the schema, and equal on both engines.
fn millionths(degrees: f64) -> i64 {
    (degrees * 1e6).round() as i64
}

table_row! {
    struct KeptReportRow in "reports", key 2 {
        id: ReportName,
        regency: Code,
        reported_at: Time,
        hash: [u8; 16],
        outcome: String,
        incident: Option<ReportName>,
        class: FeedClass,
        at: Time,
    }
}

/// What a commit must know of a report that is kept already.
pub(crate) struct KeptReport {
    pub key: ReportKey,
    pub rank: ReportRank,
    pub outcome: String,
    pub incident: Option<ReportName>,
    pub class: FeedClass,
    pub at: Time,
}

/// The kept reports with these ids, of any regency.
pub(crate) async fn with_ids(
    tx: &mut Connection<'_>,
    ids: &[ReportName],
) -> Result<Vec<KeptReport>, StoreError> {
    let head = format!("{} id", sql::select::<KeptReportRow>());
    let kept = |row: KeptReportRow| KeptReport {
        key: ReportKey { regency: row.regency, id: row.id },
        rank: ReportRank { reported_at: row.reported_at, hash: u128::from_be_bytes(row.hash) },
        outcome: row.outcome,
        incident: row.incident,
        class: row.class,
        at: row.at,
    };
    let rows = sql::read_all(&rows_with_ids(tx, &head, ids, None).await?)?;
    Ok(rows.into_iter().map(kept).collect())
}

/// A report whose outcome changed after it was written.
pub(crate) struct ChangedOutcome {
    pub key: ReportKey,
    pub outcome: Outcome,
    pub incident: Option<ReportName>,
}

/// Writes outcomes that changed.
pub(crate) async fn change_outcomes(
    tx: &mut Connection<'_>,
    changed: Vec<ChangedOutcome>,
) -> Result<(), StoreError> {
    const CHANGE: Bulk = Bulk::new(
        "UPDATE reports SET outcome = v.column3, incident = v.column4 FROM (",
        4,
        ") AS v WHERE reports.id = v.column1 AND reports.regency = v.column2",
    );
    let cells = |changed: ChangedOutcome| {
        let mut cells = changed.key.cells();
        cells.extend([Cell::Text(changed.outcome.to_string()), changed.incident.cell()]);
        cells
    };
    CHANGE.run(tx, changed.into_iter().map(cells).collect()).await?;
    Ok(())
}

/// Writes of which reports the desk set aside what they say. Rare, so one by one.
pub(crate) async fn set_aside(
    tx: &mut Connection<'_>,
    changed: &BTreeMap<ReportKey, bool>,
) -> Result<(), StoreError> {
    const SET: &str = "UPDATE reports SET set_aside = $1 WHERE id = $2 AND regency = $3";
    for (key, set_aside) in changed {
        let query = sql::query(SET).bind(i64::from(*set_aside)).bind_all(key.cells());
        query.execute(tx).await?;
    }
    Ok(())
}

/// A kept report that an earlier one beats becomes a duplicate. Rare, so one by one.
pub(crate) async fn demote(tx: &mut Connection<'_>, key: ReportKey) -> Result<(), StoreError> {
    duplicates::take_report(tx, key).await?;
    for table in ["payloads", "zero_reports", "reports"] {
        let delete = format!("DELETE FROM {table} WHERE id = $1 AND regency = $2");
        sql::query(delete).bind_all(key.cells()).execute(tx).await?;
    }
    let links = "DELETE FROM report_links WHERE report = $1 AND regency = $2";
    sql::query(links).bind_all(key.cells()).execute(tx).await?;
    Ok(())
}
