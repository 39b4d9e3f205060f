//! Reports as lists and one by one, with what became of them.

use super::{List, Page, Range, after, between, cursor, limit, page};
use crate::codec;
use crate::error::StoreError;
use crate::id;
use crate::sql::{self, Cell, Select, get};
use crate::store::Store;
use domain::kind::{Handling, Kind, Outcome};
use domain::place::Code;
use domain::report::{Report, ReportId};
use domain::time::Time;
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;
use std::collections::BTreeSet;

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
pub struct ReportView {
    pub report: Report,
    pub partition: i32,
    pub offset: i64,
    pub feed_name: String,
    /// `occurred_at`, or `reported_at` where nothing occurred: what lists are sorted by.
    pub at: Time,
    pub received_at: Time,
    pub late: bool,
    pub history: bool,
    /// `None` until the pipeline has said it.
    pub outcome: Option<Outcome>,
    pub incident: Option<ReportId>,
    /// A pseudonym.
    pub reporter: Option<String>,
    pub summary: Option<String>,
    pub lat: Option<f64>,
    pub lon: Option<f64>,
}

const COLUMNS: &str = "packed, log_partition, log_offset, feed, at, received_at, late, history, outcome, incident, reporter, summary, \
     lat_e6, lon_e6";

impl Store {
    /// Reports, the latest first.
    pub async fn reports(&self, filter: &ReportFilter) -> Result<Page<ReportView>, StoreError> {
        let limit = limit(filter.limit);
        let head = format!("SELECT {COLUMNS}, id FROM reports WHERE 1 = 1");
        let list = List { head: &head, order: ["at", "id"], limit };
        let kinds = filter.kind.map_or_else(|| ANY_KIND.to_vec(), |kind| vec![Some(kind)]);
        let select = list.select(&filter.codes, &kinds, |select| narrow(select, filter));
        let rows = select.all(&self.readers).await?;
        let views: Vec<ReportView> = rows.iter().map(view).collect::<Result<_, _>>()?;
        Ok(page(views, limit, |view| cursor(view.at, &id::to_text(view.report.id))))
    }

    pub async fn report(&self, id: ReportId) -> Result<Option<ReportView>, StoreError> {
        let text = format!("SELECT {COLUMNS} FROM reports WHERE id = $1");
        let row =
            sqlx::query(AssertSqlSafe(text)).bind(id::to_text(id)).fetch_optional(&self.readers).await?;
        row.as_ref().map(view).transpose()
    }

    /// Reports that name this one, in the order they came, at most 100: verifications, retractions, corrections.
    pub async fn namers(&self, target: ReportId) -> Result<Vec<ReportView>, StoreError> {
        let text = format!(
            "SELECT {COLUMNS} FROM reports WHERE id IN (SELECT report FROM namings WHERE target = $1) \
             ORDER BY received_at, id LIMIT 100"
        );
        let rows =
            sqlx::query(AssertSqlSafe(text)).bind(id::to_text(target)).fetch_all(&self.readers).await?;
        rows.iter().map(view).collect()
    }

    /// Which of these reports are here and were received before an instant.
    pub async fn known_reports(
        &self,
        ids: &[ReportId],
        before: Time,
    ) -> Result<BTreeSet<ReportId>, StoreError> {
        let mut connection = self.readers.acquire().await?;
        let before = Some((" AND received_at < ", before.0));
        let rows = sql::listed(&mut connection, "SELECT id FROM reports WHERE id", ids, before).await?;
        rows.iter().map(|row| sql::word(row, 0, id::parse)).collect()
    }

    /// The bytes a report came as.
    pub async fn payload(&self, id: ReportId) -> Result<Option<Vec<u8>>, StoreError> {
        let query = sqlx::query("SELECT bytes FROM payloads WHERE id = $1").bind(id::to_text(id));
        query.fetch_optional(&self.readers).await?.map(|row| get(&row, 0)).transpose()
    }

    /// The reports fused into an incident, the earliest first, at most 500.
    pub async fn incident_reports(&self, incident: ReportId) -> Result<Vec<ReportView>, StoreError> {
        let text = format!("SELECT {COLUMNS} FROM reports WHERE incident = $1 ORDER BY at, id LIMIT 500");
        let rows =
            sqlx::query(AssertSqlSafe(text)).bind(id::to_text(incident)).fetch_all(&self.readers).await?;
        rows.iter().map(view).collect()
    }
}

/// A report that states nothing has no kind.
pub(crate) const ANY_KIND: [Option<Kind>; 4] =
    [Some(Kind::ResidentCompany), Some(Kind::ResidentResident), Some(Kind::Disaster), None];

fn narrow(select: &mut Select, filter: &ReportFilter) {
    let words = [("outcome", filter.outcome.map(Outcome::as_str)), ("feed", filter.feed.as_deref())];
    for (column, word) in words {
        if let Some(word) = word {
            select.add(&format!(" AND {column} = ?"), [Cell::Text(word.to_string())]);
        }
    }
    if let Some(most) = filter.at_most {
        let allowed = Handling::ALL.iter().filter(|handling| **handling <= most);
        let allowed = allowed.map(|handling| Cell::Text(handling.to_string()));
        select.add(" AND", []).add_in("handling", allowed.collect());
    }
    between(select, "at", filter.range);
    after(select, filter.cursor.as_deref(), "at, id");
}

fn view(row: &AnyRow) -> Result<ReportView, StoreError> {
    let outcome: String = get(row, 8)?;
    let incident: Option<String> = get(row, 9)?;
    let degrees =
        |column| get::<Option<i64>>(row, column).map(|value| value.map(|millionths| millionths as f64 / 1e6));
    Ok(ReportView {
        report: codec::decode(get(row, 0)?)?,
        partition: sql::small(row, 1)?,
        offset: get(row, 2)?,
        feed_name: get(row, 3)?,
        at: Time(get(row, 4)?),
        received_at: Time(get(row, 5)?),
        late: sql::flag(row, 6)?,
        history: sql::flag(row, 7)?,
        outcome: Outcome::parse(&outcome),
        incident: incident.as_deref().and_then(id::parse),
        reporter: get(row, 10)?,
        summary: get(row, 11)?,
        lat: degrees(12)?,
        lon: degrees(13)?,
    })
}
