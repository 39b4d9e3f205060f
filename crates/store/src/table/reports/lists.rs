//! Reports as lists and one by one, with what became of them.

use super::{PayloadRow, ReportKey, ReportTopic, ReportsRow, ZeroReportRow, corrected};
use crate::codec;
use crate::error::StoreError;
use crate::read::{NewestList, Page, Range, after, between, cursor, limit, page, spans};
use crate::sql::{self, Cell, Column, SqlRow, SqlStatement, rows_with_ids};
use crate::store::Store;
use async_recursion::async_recursion as boxed;
use domain::kind::{FeedClass, Handling, Kind, Outcome};
use domain::place::{Code, Place};
use domain::report::{Body, Report, ReportId, ReportName, ReportRank, Statement};
use domain::time::Time;
use std::collections::{BTreeMap, BTreeSet};

/// Which reports; empty means all.
#[derive(Clone, Debug, Default)]
pub struct ReportFilter {
    pub codes: Vec<Code>,
    pub kind: Option<Kind>,
    pub outcome: Option<Outcome>,
    /// A feed's name.
    pub feed: Option<String>,
    /// Leaves out reports handled more closely than this.
    pub at_most: Option<Handling>,
    /// By `occurred_at`, or `reported_at` where nothing occurred.
    pub range: Option<Range>,
    pub cursor: Option<String>,
    pub limit: u32,
}

/// A report with where it came from and what became of it.
#[derive(Clone, PartialEq, Debug)]
pub struct StoredReport {
    pub report: Report,
    pub partition: i32,
    pub offset: i64,
    pub feed_name: String,
    /// The organisation whose word it gives, as stamped when it came; empty where it is its feed's own.
    pub organisation: String,
    /// The account that typed it; empty where its feed sent it.
    pub account: String,
    /// `occurred_at`, or `reported_at` where nothing occurred: what lists are sorted by.
    pub at: Time,
    pub received_at: Time,
    pub late: bool,
    /// Occurred before the repair horizon: kept, and changed nothing.
    pub history: bool,
    /// `None` until the pipeline has decided it.
    pub outcome: Option<Outcome>,
    pub incident: Option<ReportName>,
    /// The desk rejected it and another report of its incident stands: it says nothing of it any more.
    pub set_aside: bool,
    /// A pseudonym.
    pub reporter: Option<String>,
    pub summary: Option<String>,
    pub lat: Option<f64>,
    pub lon: Option<f64>,
}

/// What a source does to what it reported before.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ChangedWord {
    TakenBack,
    Corrected,
}

impl StoredReport {
    pub fn key(&self) -> ReportKey {
        ReportKey::of(&self.report)
    }

    /// The report of a feed that this one of the desk corrects.
    pub fn corrects(&self) -> Option<ReportName> {
        corrected(&self.report, &self.account)
    }

    /// What its source does by it to what it reported before; `None` where it is a report of its own, or what the desk judges.
    pub fn changed_word(&self) -> Option<ChangedWord> {
        match &self.report.body {
            Body::Retraction { .. } => Some(ChangedWord::TakenBack),
            Body::Statement(Statement { supersedes: Some(_), .. }) => Some(ChangedWord::Corrected),
            _ => None,
        }
    }

    fn of(row: ReportsRow) -> Result<StoredReport, StoreError> {
        let degrees = |millionths: Option<i64>| millionths.map(|millionths| millionths as f64 / 1e6);
        Ok(StoredReport {
            report: codec::decode(&row.encoded)?,
            partition: row.log_partition,
            offset: row.log_offset,
            feed_name: row.feed,
            organisation: row.organisation,
            account: row.account.map(|sealed| sealed.0).unwrap_or_default(),
            at: row.at,
            received_at: row.received_at,
            late: row.late,
            history: row.beyond_horizon,
            outcome: Outcome::parse(&row.outcome),
            incident: row.incident,
            set_aside: row.set_aside,
            reporter: row.reporter.map(|sealed| sealed.0),
            summary: row.summary.map(|sealed| sealed.0),
            lat: degrees(row.lat_e6),
            lon: degrees(row.lon_e6),
        })
    }
}

/// A zero-report: this feed says nothing happened there in that time.
#[derive(Clone, PartialEq, Debug)]
pub struct ZeroReportPeriod {
    pub report: ReportName,
    pub place: Place,
    pub feed: String,
    pub class: FeedClass,
    pub from: Time,
    pub to: Time,
}

/// Ids looked up in one statement.
pub(super) const RANGES: usize = 100;

/// A report that states nothing has no kind.
pub const ANY_KIND: [Option<Kind>; 4] =
    [Some(Kind::ResidentCompany), Some(Kind::ResidentResident), Some(Kind::Disaster), None];

/// Narrows to the regencies of these places; all where there are none.
fn in_regencies(select: &mut SqlStatement, codes: &[Code]) {
    let regencies: BTreeSet<u32> = codes.iter().map(|code| code.regency().0).collect();
    if !regencies.is_empty() {
        let regencies = regencies.into_iter().map(|code| Cell::Int(i64::from(code)));
        select.add(" AND", []).add_in("regency", regencies.collect());
    }
}

pub(super) fn read(rows: &[SqlRow]) -> Result<Vec<StoredReport>, StoreError> {
    sql::read_all::<ReportsRow>(rows)?.into_iter().map(StoredReport::of).collect()
}

impl Store {
    /// Reports, the latest first.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn reports(&self, filter: &ReportFilter) -> Result<Page<StoredReport>, StoreError> {
        let reports = read(&select_reports(filter).fetch_all(&self.readers).await?)?;
        Ok(page(reports, limit(filter.limit), |report| cursor(report.at, &report.report.name().to_string())))
    }

    /// The reports with an id, by feed and regency: nearly always one at most, since the same id of two feeds or in two
    /// regencies is two reports.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn reports_with_id(&self, id: ReportId) -> Result<Vec<StoredReport>, StoreError> {
        let text = format!("{} id BETWEEN $1 AND $2 ORDER BY id, regency", sql::select::<ReportsRow>());
        let names = ReportName::all_with(id).map(|name| Cell::Text(name.to_string()));
        read(&sql::query(text).bind_all(names).fetch_all(&self.readers).await?)
    }

    /// The reports that have any of these ids, whichever feed gave it and wherever they lie, with their units and kinds.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn reports_of_ids(
        &self,
        ids: &[ReportId],
    ) -> Result<BTreeMap<ReportKey, ReportTopic>, StoreError> {
        let mut found = BTreeMap::new();
        for ids in ids.chunks(RANGES) {
            let mut select = SqlStatement::new("SELECT id, regency, code, kind FROM reports WHERE");
            for (place, id) in ids.iter().enumerate() {
                let range = if place == 0 { " id BETWEEN ? AND ?" } else { " OR id BETWEEN ? AND ?" };
                select.add(range, ReportName::all_with(*id).map(|name| Cell::Text(name.to_string())));
            }
            for row in select.fetch_all(&self.readers).await? {
                let topic = ReportTopic { code: Code::read(&row, 2)?, kind: Option::read(&row, 3)? };
                found.insert(ReportKey::read(&row)?, topic);
            }
        }
        Ok(found)
    }

    /// One report of a regency.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn report(&self, regency: Code, id: ReportName) -> Result<Option<StoredReport>, StoreError> {
        let text = format!("{} id = $1 AND regency = $2", sql::select::<ReportsRow>());
        let one = sql::query(text).bind_all(ReportKey { regency, id }.cells());
        Ok(read(&one.fetch_all(&self.readers).await?)?.into_iter().next())
    }

    /// Which of these names are here and were received before an instant, with their regencies and their ranks.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn known_reports(
        &self,
        names: &[ReportName],
        before: Time,
    ) -> Result<BTreeMap<ReportKey, ReportRank>, StoreError> {
        const KNOWN: &str = "SELECT id, regency, reported_at, hash FROM reports WHERE id";
        let mut connection = self.readers.acquire().await?;
        let before = Some((" AND received_at < ", before.0));
        let rows = rows_with_ids(&mut connection.connection(), KNOWN, names, before).await?;
        let known = |row: &SqlRow| {
            let hash = u128::from_be_bytes(<[u8; 16]>::read(row, 3)?);
            let rank = ReportRank { reported_at: Time::read(row, 2)?, hash };
            Ok((ReportKey::read(row)?, rank))
        };
        rows.iter().map(known).collect()
    }

    /// The bytes a report came as.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn payload(&self, key: ReportKey) -> Result<Option<Vec<u8>>, StoreError> {
        let text = format!("{} id = $1 AND regency = $2", sql::select::<PayloadRow>());
        let rows = sql::query(text).bind_all(key.cells()).fetch_all(&self.readers).await?;
        Ok(sql::read_all::<PayloadRow>(&rows)?.into_iter().next().map(|row| row.bytes.0))
    }

    /// The reports fused into an incident and the denials and endings that speak of it, the earliest first, at most 500.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn incident_reports(
        &self,
        regency: Code,
        incident: ReportName,
    ) -> Result<Vec<StoredReport>, StoreError> {
        let text = format!(
            "{} incident = $1 AND regency = $2 ORDER BY at, id LIMIT 500",
            sql::select::<ReportsRow>()
        );
        let query = sql::query(text).bind_all(ReportKey { regency, id: incident }.cells());
        read(&query.fetch_all(&self.readers).await?)
    }

    /// Those of these incidents of a regency of which a report is confidential.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn confidential_incidents(
        &self,
        regency: Code,
        incidents: &[ReportName],
    ) -> Result<BTreeSet<ReportName>, StoreError> {
        let mut found = BTreeSet::new();
        for incidents in incidents.chunks(RANGES) {
            let mut select = SqlStatement::new("SELECT DISTINCT incident FROM reports WHERE");
            select.add(" regency = ? AND handling = ? AND", [regency.cell(), Handling::Confidential.cell()]);
            select.add_in("incident", incidents.iter().map(Column::cell).collect());
            for row in select.fetch_all(&self.readers).await? {
                found.insert(ReportName::read(&row, 0)?);
            }
        }
        Ok(found)
    }

    /// Denials and endings since an instant of which nobody knows which incident they speak of and which nobody has set
    /// aside, the latest first.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn unplaced_remarks(
        &self,
        codes: &[Code],
        since: Time,
        limit: u32,
    ) -> Result<Vec<StoredReport>, StoreError> {
        const UNPLACED: &str = "outcome = 'statement' AND incident IS NULL";
        self.to_check(UNPLACED, "at", (codes, since, limit)).await
    }

    /// Reports received since an instant whose sender's clock cannot be believed and which nobody has judged, the latest
    /// first.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn doubtful_reports(
        &self,
        codes: &[Code],
        since: Time,
        limit: u32,
    ) -> Result<Vec<StoredReport>, StoreError> {
        self.to_check("doubtful = 1", "received_at", (codes, since, limit)).await
    }

    /// Reports of a condition that no other report names, the latest first by `order`.
    async fn to_check(
        &self,
        condition: &str,
        order: &str,
        (codes, since, limit): (&[Code], Time, u32),
    ) -> Result<Vec<StoredReport>, StoreError> {
        let mut select = SqlStatement::new(&format!(
            "{} {condition} AND NOT EXISTS \
             (SELECT 1 FROM report_links l WHERE l.target IN (reports.id, SUBSTR(reports.id, 1, 26)) AND l.regency = reports.regency)",
            sql::select::<ReportsRow>()
        ));
        in_regencies(&mut select, codes);
        select.add(&format!(" AND {order} >= ?"), [Cell::Int(since.0)]);
        spans(&mut select, "code", codes);
        select.add(&format!(" ORDER BY {order} DESC, id LIMIT ?"), [Cell::Int(i64::from(limit))]);
        read(&select.fetch_all(&self.readers).await?)
    }

    /// The earliest reports of incidents since an instant that somebody must look into, the latest first.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn reports_to_check(
        &self,
        codes: &[Code],
        since: Time,
        limit: u32,
    ) -> Result<Vec<StoredReport>, StoreError> {
        self.first_of_incidents(("to_check IS NOT NULL", "at"), (codes, since, limit)).await
    }

    /// The earliest reports of incidents since an instant that somebody denies and nobody judged, that count with at least
    /// this severity; the latest first.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn disputed_reports(
        &self,
        min_severity: u8,
        (codes, since, limit): (&[Code], Time, u32),
    ) -> Result<Vec<StoredReport>, StoreError> {
        let disputed =
            format!("denials > 0 AND verdict = 'unverified' AND counted_severity >= {min_severity}");
        self.first_of_incidents((&disputed, "at"), (codes, since, limit)).await
    }

    /// The earliest reports of incidents of which one person of the desk asked something after `since` that no second person
    /// has joined: first those for awas, then those to take something back, each the latest to happen first.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn reports_awaiting_second(
        &self,
        codes: &[Code],
        since: Time,
        limit: u32,
    ) -> Result<Vec<StoredReport>, StoreError> {
        let (awas, take_back) = (
            ("awas_asked_at IS NOT NULL", "awas_asked_at"),
            ("take_back_asked_at IS NOT NULL", "take_back_asked_at"),
        );
        let mut reports = self.first_of_incidents(awas, (codes, since.plus(1), limit)).await?;
        for report in self.first_of_incidents(take_back, (codes, since.plus(1), limit)).await? {
            if !reports.iter().any(|other| other.key() == report.key()) {
                reports.push(report);
            }
        }
        Ok(reports)
    }

    /// The earliest reports of the incidents of which `condition` holds and whose time in this column is `since` or later.
    async fn first_of_incidents(
        &self,
        (condition, time): (&str, &str),
        (codes, since, limit): (&[Code], Time, u32),
    ) -> Result<Vec<StoredReport>, StoreError> {
        let mut select = SqlStatement::new(&format!(
            "{} (id, regency) IN (SELECT id, regency FROM incidents WHERE {condition}",
            sql::select::<ReportsRow>()
        ));
        in_regencies(&mut select, codes);
        select.add(&format!(" AND {time} >= ?"), [Cell::Int(since.0)]);
        spans(&mut select, "code", codes);
        let order = format!(" ORDER BY {time} DESC, id LIMIT ?) ORDER BY at DESC, id");
        select.add(&order, [Cell::Int(i64::from(limit))]);
        read(&select.fetch_all(&self.readers).await?)
    }

    /// Zero-reports that stand and speak of any part of the range, newest end first, at most 2,000.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn zero_reports(
        &self,
        codes: &[Code],
        range: Range,
    ) -> Result<Vec<ZeroReportPeriod>, StoreError> {
        // CROSS JOIN: SQLite would otherwise walk all reports for the few that are zero-reports.
        let mut select = SqlStatement::new(&format!(
            "SELECT {} FROM zero_reports z CROSS JOIN reports r \
             WHERE r.id = z.id AND r.regency = z.regency AND r.outcome = 'zero_report'",
            sql::columns::<ZeroReportRow>("z.")
        ));
        select.add(" AND z.to_at > ? AND z.from_at < ?", [Cell::Int(range.from.0), Cell::Int(range.to.0)]);
        spans(&mut select, "z.code", codes);
        select.add(" ORDER BY z.to_at DESC, z.id LIMIT 2000", []);
        let rows = sql::read_all::<ZeroReportRow>(&select.fetch_all(&self.readers).await?)?;
        let period = |row: ZeroReportRow| ZeroReportPeriod {
            report: row.id,
            place: Place { code: row.code, village: row.village },
            feed: row.feed,
            class: row.class,
            from: row.from_at,
            to: row.to_at,
        };
        Ok(rows.into_iter().map(period).collect())
    }
}

fn select_reports(filter: &ReportFilter) -> SqlStatement {
    let head = format!("{} 1 = 1", sql::select::<ReportsRow>());
    let list = NewestList { head: &head, order: ["at", "id"], limit: limit(filter.limit) };
    let kinds = filter.kind.map_or_else(|| ANY_KIND.to_vec(), |kind| vec![Some(kind)]);
    list.select(&filter.codes, &kinds, |select| narrow(select, filter))
}

fn narrow(select: &mut SqlStatement, filter: &ReportFilter) {
    if let Some(outcome) = filter.outcome {
        select.add(" AND outcome = ?", [Cell::Text(outcome.to_string())]);
    }
    if let Some(feed) = &filter.feed {
        select.add(" AND feed = ?", [Cell::Text(feed.clone())]);
    }
    if let Some(most) = filter.at_most {
        let allowed = Handling::ALL.iter().filter(|handling| **handling <= most);
        let allowed = allowed.map(|handling| Cell::Text(handling.to_string()));
        select.add(" AND", []).add_in("handling", allowed.collect());
    }
    between(select, "at", filter.range);
    after(select, filter.cursor.as_deref(), "at, id");
}
