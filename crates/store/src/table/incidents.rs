//! Table `incidents`: incidents as they now stand.

use super::reports::ReportKey;
use crate::error::StoreError;
use crate::ledger::OwnedRegencies;
use crate::read::{NewestList, Page, Range, after, between, cursor, limit, page};
use crate::sql::{self, Bulk, Column, Connection, SqlStatement, TableRow, rows_with_ids, table_row};
use crate::store::Store;
use async_recursion::async_recursion as boxed;
use domain::alert::notice::{NOTIFIED_SEVERITY, claims_news};
use domain::effect::{Incident, RaisedAlone, Verdict};
use domain::evidence::attestation::{Affirmation, Attested, Extent, ReportedUntil};
use domain::evidence::second_person::DeskRequest;
use domain::kind::{Category, CheckReason, Kind, Level, Stage};
use domain::place::{Code, Place};
use domain::report::ReportName;
use domain::time::Time;
use std::collections::{BTreeMap, BTreeSet};

/// [`Verdict::counts`] of a row, as SQL.
pub(crate) const COUNTS: &str = " verdict <> 'rejected'";

table_row! {
    /// An incident as it lies in the table.
    pub(crate) struct IncidentRow in "incidents", key 2 {
        pub id: ReportName,
        pub regency: Code,
        pub code: Code,
        pub village: u16,
        pub kind: Kind,
        pub category: Category,
        pub at: Time,
        /// As claimed, like the people below.
        pub severity: u8,
        pub stage: Option<String>,
        pub reports: u16,
        pub dead: u16,
        pub injured: u16,
        pub displaced: u32,
        pub verdict: Verdict,
        pub patrol: bool,
        pub denials: u16,
        pub ended_at: Option<Time>,
        pub attested_severity: u8,
        pub attested_dead: u16,
        pub attested_injured: u16,
        pub attested_displaced: u32,
        pub counted_severity: u8,
        pub awas: u8,
        pub speakers: u8,
        pub to_check: Option<String>,
        pub awas_asked_by: Option<ReportName>,
        pub awas_asked_at: Option<Time>,
        pub take_back_asked_by: Option<ReportName>,
        pub take_back_asked_at: Option<Time>,
        pub opens_until: Option<Time>,
        /// What it raises by itself.
        pub raises: Option<Level>,
        pub reported_until: Time,
        pub reported_by_two_until: Time,
    }
}

impl IncidentRow {
    pub fn of(incident: &Incident) -> IncidentRow {
        let i = incident;
        IncidentRow {
            id: i.id,
            regency: i.place.code.regency(),
            code: i.place.code,
            village: i.place.village,
            kind: i.kind,
            category: i.category,
            at: i.occurred_at,
            severity: i.claimed.severity,
            stage: i.stage.map(|stage| stage.to_string()),
            reports: i.reports,
            dead: i.claimed.dead,
            injured: i.claimed.injured,
            displaced: i.claimed.displaced,
            verdict: i.verdict,
            patrol: i.patrol,
            denials: i.denials,
            ended_at: i.ended_at,
            attested_severity: i.attested.extent.severity,
            attested_dead: i.attested.extent.dead,
            attested_injured: i.attested.extent.injured,
            attested_displaced: i.attested.extent.displaced,
            counted_severity: i.counted_severity,
            awas: i.attested.awas,
            speakers: i.speakers,
            to_check: i.check.map(|reason| reason.to_string()),
            awas_asked_by: i.awas_request.map(|request| request.verification),
            awas_asked_at: i.awas_request.map(|request| request.at),
            take_back_asked_by: i.take_back_request.map(|request| request.verification),
            take_back_asked_at: i.take_back_request.map(|request| request.at),
            opens_until: i.opens_until,
            raises: i.raises.map(|raised| raised.level),
            reported_until: i.reported.latest,
            reported_by_two_until: i.reported.by_two,
        }
    }

    pub fn key(&self) -> ReportKey {
        ReportKey { regency: self.regency, id: self.id }
    }

    /// What pairs of speakers affirm.
    pub fn attested(&self) -> Attested {
        let extent = Extent {
            severity: self.attested_severity,
            dead: self.attested_dead,
            injured: self.attested_injured,
            displaced: self.attested_displaced,
        };
        Attested { extent, awas: self.awas }
    }

    pub fn incident(&self) -> Incident {
        Incident {
            id: self.id,
            place: Place { code: self.code, village: self.village },
            kind: self.kind,
            category: self.category,
            occurred_at: self.at,
            doubtful: None,
            stage: self.stage.as_deref().and_then(Stage::parse),
            claimed: Extent {
                severity: self.severity,
                dead: self.dead,
                injured: self.injured,
                displaced: self.displaced,
            },
            attested: self.attested(),
            counted_severity: self.counted_severity,
            speakers: self.speakers,
            check: self.to_check.as_deref().and_then(CheckReason::parse),
            changed: None,
            awas_request: request(self.awas_asked_at, self.awas_asked_by),
            take_back_request: request(self.take_back_asked_at, self.take_back_asked_by),
            reports: self.reports,
            verdict: self.verdict,
            patrol: self.patrol,
            denials: self.denials,
            ended_at: self.ended_at,
            opens_until: self.opens_until,
            raises: None,
            claim_raises: None,
            reported: ReportedUntil { latest: self.reported_until, by_two: self.reported_by_two_until },
        }
    }

    /// The same with what it raises, as far as that is kept: by what, nobody wrote down. Where only a part of it is affirmed, a level may
    /// stand on the rest, awas alone on none of that; what its single speakers open beside what is affirmed is not known.
    pub fn raising(&self) -> Incident {
        let own = self.incident();
        let unverified = |level: Level| match own.affirmation() {
            Affirmation::Nothing => true,
            Affirmation::Part => level < Level::Awas,
            Affirmation::All => false,
        };
        let raised = |level| RaisedAlone { level, opening: None, rule: None, unverified: unverified(level) };
        Incident { raises: self.raises.map(raised), ..own }
    }
}

/// Most incidents of one place and kind that are looked at at once, the latest.
pub(crate) const LATEST: usize = 400;

/// The incidents of a place and kind since then that somebody is or would be notified of, the latest first and at most [`LATEST`].
pub(crate) async fn notified_of(
    tx: &mut Connection<'_>,
    (code, kind): (Code, Kind),
    since: Time,
) -> Result<Vec<IncidentRow>, StoreError> {
    let mut select = SqlStatement::new(&sql::select::<IncidentRow>());
    select.add(" code = ? AND kind = ? AND at >= ?", [code.cell(), kind.cell(), since.cell()]);
    // Slight ones, however many, take no place of those: what `claims_news` asks.
    let grave = NOTIFIED_SEVERITY.cell();
    select.add(
        " AND (counted_severity >= ? OR severity >= ? OR opens_until IS NOT NULL) AND",
        [grave.clone(), grave],
    );
    select.add(COUNTS, []).add(" ORDER BY at DESC, id LIMIT ?", [(LATEST as i64).into()]);
    let mut rows = sql::read_all::<IncidentRow>(&select.fetch_all(tx).await?)?;
    rows.retain(|row| claims_news(&row.incident()));
    Ok(rows)
}

/// The stored incidents with these names, of any regency.
pub(crate) async fn with_ids(
    tx: &mut Connection<'_>,
    ids: &[ReportName],
) -> Result<Vec<IncidentRow>, StoreError> {
    let head = format!("{} id", sql::select::<IncidentRow>());
    sql::read_all(&rows_with_ids(tx, &head, ids, None).await?)
}

/// The stored incidents of a regency by names that they had at some time.
pub(crate) async fn once_called(
    tx: &mut Connection<'_>,
    regency: Code,
    names: Vec<ReportName>,
) -> Result<BTreeMap<ReportName, IncidentRow>, StoreError> {
    let rows = match once_called_text(regency, &names) {
        Some(select) => select.fetch_all(tx).await?,
        None => Vec::new(),
    };
    rows.iter().map(|row| Ok((ReportName::read(row, 0)?, IncidentRow::read(row, 1)?))).collect()
}

/// `None` where nothing is asked for.
fn once_called_text(regency: Code, names: &[ReportName]) -> Option<SqlStatement> {
    let mut select = SqlStatement::new(&format!(
        "SELECT r.id, {} FROM reports r JOIN incidents i ON i.id = r.incident AND i.regency = r.regency WHERE",
        sql::columns::<IncidentRow>("i.")
    ));
    select.add(" r.regency = ? AND", [regency.cell()]);
    select.add_in("r.id", names.iter().map(Column::cell).collect());
    (!names.is_empty()).then_some(select)
}

/// Serious ones, as far as they count, of a stretch of time that people reported and the desk did not reject, the earliest first: what patrols
/// alone found counts for nobody's skill.
pub(crate) async fn serious(
    tx: &mut Connection<'_>,
    (from, to): (Time, Time),
    min_severity: u8,
    own: &OwnedRegencies,
) -> Result<Vec<IncidentRow>, StoreError> {
    const SERIOUS: &str = " at >= ? AND at < ? AND patrol = 0 AND counted_severity >= ? AND";
    let mut select = SqlStatement::new(&sql::select::<IncidentRow>());
    select.add(SERIOUS, [from.cell(), to.cell(), min_severity.cell()]).add(COUNTS, []);
    own.regencies(&mut select, "regency");
    select.add(" ORDER BY at, id", []);
    sql::read_all(&select.fetch_all(tx).await?)
}

/// Writes incidents that stand, and deletes those that are no more.
pub(crate) async fn write(
    tx: &mut Connection<'_>,
    standing: Vec<IncidentRow>,
    gone: &[ReportKey],
) -> Result<(), StoreError> {
    const GONE: Bulk = Bulk::new("DELETE FROM incidents WHERE (id, regency) IN (", 2, ")");
    GONE.run(tx, gone.iter().map(ReportKey::cells).collect()).await?;
    Bulk::upsert::<IncidentRow>().run_rows(tx, standing).await?;
    Ok(())
}

/// Which incidents; empty means all.
#[derive(Clone, Debug, Default)]
pub struct IncidentFilter {
    pub codes: Vec<Code>,
    pub kind: Option<Kind>,
    /// By `occurred_at`.
    pub range: Option<Range>,
    pub cursor: Option<String>,
    pub limit: u32,
}

impl Store {
    /// Incidents, the latest to happen first.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn incidents(&self, filter: &IncidentFilter) -> Result<Page<Incident>, StoreError> {
        let limit = limit(filter.limit);
        let head = format!("{} 1 = 1", sql::select::<IncidentRow>());
        let list = NewestList { head: &head, order: ["at", "id"], limit };
        let asked = |kind: &&Kind| filter.kind.is_none_or(|asked| asked == **kind);
        let kinds: Vec<Option<Kind>> = Kind::ALL.iter().filter(asked).map(|kind| Some(*kind)).collect();
        let select = list.select(&filter.codes, &kinds, |select| {
            between(select, "at", filter.range);
            after(select, filter.cursor.as_deref(), "at, id");
        });
        let rows = sql::read_all::<IncidentRow>(&select.fetch_all(&self.readers).await?)?;
        let incidents: Vec<Incident> = rows.iter().map(IncidentRow::incident).collect();
        Ok(page(incidents, limit, |incident| cursor(incident.occurred_at, &incident.id.to_string())))
    }

    /// An incident of a regency.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn incident(&self, regency: Code, id: ReportName) -> Result<Option<Incident>, StoreError> {
        let text = format!("{} id = $1 AND regency = $2", sql::select::<IncidentRow>());
        let rows =
            sql::query(text).bind_all(ReportKey { regency, id }.cells()).fetch_all(&self.readers).await?;
        Ok(sql::read_all::<IncidentRow>(&rows)?.first().map(IncidentRow::incident))
    }

    /// Incidents of a regency as they stand now, by names they had at some time. An incident is called by its earliest report, so
    /// an earlier one that comes renames it: the report that gave a name is followed to where it belongs now. Names of incidents
    /// that are no more, and of signals, lead nowhere.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn incidents_once_called(
        &self,
        regency: Code,
        names: &[ReportName],
    ) -> Result<BTreeMap<ReportName, Incident>, StoreError> {
        let Some(select) = once_called_text(regency, names) else { return Ok(BTreeMap::new()) };
        let rows = select.fetch_all(&self.readers).await?;
        let pair = |row| Ok((ReportName::read(row, 0)?, IncidentRow::read(row, 1)?.incident()));
        rows.iter().map(pair).collect()
    }

    /// The same of reports of several regencies.
    pub(crate) async fn incidents_of(
        &self,
        reports: &BTreeSet<ReportKey>,
    ) -> Result<BTreeMap<ReportKey, Incident>, StoreError> {
        let head = format!(
            "SELECT r.id, r.regency, {} FROM reports r JOIN incidents i ON i.id = r.incident AND i.regency = r.regency WHERE r.id",
            sql::columns::<IncidentRow>("i.")
        );
        let ids: Vec<ReportName> = reports.iter().map(|report| report.id).collect();
        let mut connection = self.readers.acquire().await?;
        let mut found = BTreeMap::new();
        for row in rows_with_ids(&mut connection.connection(), &head, &ids, None).await? {
            let report = ReportKey::read(&row)?;
            if reports.contains(&report) {
                found.insert(report, IncidentRow::read(&row, 2)?.incident());
            }
        }
        Ok(found)
    }

    /// Which of these incidents the desk rejected.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn rejected(&self, ids: &[ReportKey]) -> Result<BTreeSet<ReportKey>, StoreError> {
        let rejected = format!("SELECT id, regency FROM incidents WHERE NOT ({COUNTS}) AND id");
        let wanted: BTreeSet<ReportKey> = ids.iter().copied().collect();
        let ids: Vec<ReportName> = wanted.iter().map(|key| key.id).collect();
        let mut connection = self.readers.acquire().await?;
        let rows = rows_with_ids(&mut connection.connection(), &rejected, &ids, None).await?;
        let found = rows.iter().map(ReportKey::read).collect::<Result<BTreeSet<ReportKey>, StoreError>>()?;
        Ok(found.intersection(&wanted).copied().collect())
    }
}

fn request(at: Option<Time>, verification: Option<ReportName>) -> Option<DeskRequest> {
    let (at, verification) = at.zip(verification)?;
    Some(DeskRequest { at, verification })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_counts_in_sql_is_what_counts_in_the_domain() {
        let verdicts = [Verdict::Unverified, Verdict::Confirmed, Verdict::Rejected];
        let without: Vec<&Verdict> = verdicts.iter().filter(|verdict| !verdict.counts()).collect();
        assert_eq!(
            without.iter().map(|verdict| format!(" verdict <> '{}'", verdict.as_str())).collect::<String>(),
            COUNTS
        );
    }
}
