//! What the incidents of a place came to when a person ended its alert, as the line of the end keeps it.

use super::AlertRow;
use crate::error::StoreError;
use crate::sql::{self, Column, Connection, SqlStatement, get};
use crate::store::Store;
use crate::table::incidents::{COUNTS, IncidentRow};
use crate::table::reports::ReportKey;
use domain::alert::AlertOutcome;
use domain::alert::notice::{NOTIFIED_SEVERITY, claims_news};
use domain::alert::reopening::{AnsweredIncident, EndedAlert, StoodAtEnd};
use domain::effect::Incident;
use domain::evidence::attestation::{Attested, Extent, ReportedUntil};
use domain::kind::{Kind, Level, Stage};
use domain::place::Code;
use domain::report::ReportName;
use domain::time::{DAY, Time};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// How long before an end something may have happened that is kept with it: no incident goes on for longer.
const KEPT: i64 = 30 * DAY;
/// Most incidents that are kept with an end, the latest.
const INCIDENTS: i64 = 400;
/// The field of the line.
const FIELD: &str = "stood";

/// Most reports of one of them that are kept with it.
const REPORTS: usize = 100;

/// What stood of one place and kind when its alert was ended.
pub(crate) type StoodIncidents = Vec<StoodIncident>;

/// One of those incidents.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct StoodIncident {
    /// Its name then.
    pub id: ReportName,
    /// Its other reports: where it came apart since, each part was known.
    reports: Vec<ReportName>,
    stood: StoodAtEnd,
}

/// Adds to the line of an end what the incidents of the place came to that somebody is or would be notified of.
pub(super) async fn add(
    tx: &mut Connection<'_>,
    (code, kind): (Code, Kind),
    at: Time,
    content: &mut Value,
) -> Result<(), StoreError> {
    let mut select = SqlStatement::new(&sql::select::<IncidentRow>());
    select.add(" code = ? AND kind = ? AND at >= ?", [code.cell(), kind.cell(), at.plus(-KEPT).cell()]);
    // Slight ones, however many, take no place of those: what `claims_news` asks.
    let grave = NOTIFIED_SEVERITY.cell();
    select.add(
        " AND (counted_severity >= ? OR severity >= ? OR opens_until IS NOT NULL) AND",
        [grave.clone(), grave],
    );
    select.add(COUNTS, []).add(" ORDER BY at DESC, id LIMIT ?", [INCIDENTS.into()]);
    let rows = sql::read_all::<IncidentRow>(&select.fetch_all(&mut *tx).await?)?;
    let notified: Vec<&IncidentRow> = rows.iter().filter(|row| claims_news(&row.incident())).collect();
    let mut reports = reports_of(tx, code.regency(), &notified).await?;
    let stood = notified.iter().map(|row| StoodIncident {
        id: row.id,
        reports: reports.remove(&row.id).unwrap_or_default(),
        stood: StoodAtEnd::of(&row.incident(), row.raises),
    });
    content[FIELD] = stood.map(|own| own.written()).collect();
    Ok(())
}

/// The reports of these incidents, but for those by which they are called.
async fn reports_of(
    tx: &mut Connection<'_>,
    regency: Code,
    incidents: &[&IncidentRow],
) -> Result<BTreeMap<ReportName, Vec<ReportName>>, StoreError> {
    let mut reports: BTreeMap<ReportName, Vec<ReportName>> = BTreeMap::new();
    if incidents.is_empty() {
        return Ok(reports);
    }
    let mut select = SqlStatement::new("SELECT incident, id FROM reports WHERE");
    select.add(" regency = ? AND", [regency.cell()]);
    select.add_in("incident", incidents.iter().map(|row| row.id.cell()).collect());
    select.add(" ORDER BY incident, at, id", []);
    for row in select.fetch_all(tx).await? {
        let (incident, report) = (ReportName::read(&row, 0)?, ReportName::read(&row, 1)?);
        let own = reports.entry(incident).or_default();
        if report != incident && own.len() < REPORTS {
            own.push(report);
        }
    }
    Ok(reports)
}

/// What the line of an end says of that; `None` where it is no such line.
pub(crate) fn of_line(content: &Value) -> Option<StoodIncidents> {
    Some(content.get(FIELD)?.as_array()?.iter().filter_map(StoodIncident::read).collect())
}

/// What the line of an end says of an incident, by one of the names that it had.
pub fn stood_of_line(content: &Value, incident: ReportName) -> Option<StoodAtEnd> {
    let stood = of_line(content)?;
    stood.iter().find(|own| own.id == incident || own.reports.contains(&incident)).map(|own| own.stood)
}

/// These incidents as they stood at an end, but for those that the desk rejected since; `found` leads from names of then to what they
/// are by now.
pub(crate) fn as_they_stood(found: &mut BTreeMap<ReportName, Incident>, stood: &StoodIncidents) {
    let mut by_now: BTreeMap<ReportName, StoodAtEnd> = BTreeMap::new();
    for StoodIncident { id, stood: own, .. } in stood {
        if let Some(incident) = found.get(id) {
            let known = by_now.get(&incident.id).map_or(*own, |other| other.highest(*own));
            by_now.insert(incident.id, known);
        }
    }
    for incident in found.values_mut().filter(|incident| incident.verdict.counts()) {
        if let Some(own) = by_now.get(&incident.id) {
            *incident = own.shown(incident);
        }
    }
}

impl Store {
    /// Incidents by names that they had at some time, as they are by now; in the line of an end as they stood then.
    pub(crate) async fn incidents_as_answered(
        &self,
        regency: Code,
        names: &[ReportName],
        line: &Value,
    ) -> Result<BTreeMap<ReportName, Incident>, StoreError> {
        let stood = of_line(line).unwrap_or_default();
        let all: BTreeSet<ReportName> = names.iter().copied().chain(stood.iter().map(|own| own.id)).collect();
        let all: Vec<ReportName> = all.into_iter().collect();
        let mut found = self.incidents_once_called(regency, &all).await?;
        as_they_stood(&mut found, &stood);
        found.retain(|name, _| names.contains(name));
        Ok(found)
    }
}

/// The alert of a place and kind that ended last, with what stood then.
pub(crate) struct LastEnd {
    pub ended: EndedAlert,
    stood: StoodIncidents,
}

impl LastEnd {
    /// Of a place and kind; `None` where no alert of it ended.
    pub async fn of(
        tx: &mut Connection<'_>,
        (code, kind): (Code, Kind),
    ) -> Result<Option<LastEnd>, StoreError> {
        const END: &str = "SELECT content FROM alert_history WHERE alert = $1 AND act IN ('resolve', 'withdraw') ORDER BY version DESC LIMIT 1";
        let last = " code = $1 AND kind = $2 AND live = 0 ORDER BY changed_at DESC, id DESC LIMIT 1";
        let query = sql::query(format!("{}{last}", sql::select::<AlertRow>()));
        let rows = query.bind_all([code.cell(), kind.cell()]).fetch_all(&mut *tx).await?;
        let Some(row) = sql::read_all::<AlertRow>(&rows)?.into_iter().next() else { return Ok(None) };
        let lines = sql::query(END).bind(row.id.as_str()).fetch_all(tx).await?;
        // A lawful deletion leaves a content empty.
        let content: Option<String> = lines.first().map(|line| get(line, 0)).transpose()?;
        let content: Option<Value> = content.and_then(|content| serde_json::from_str(&content).ok());
        let outcome = row.outcome.as_deref().and_then(AlertOutcome::parse);
        let ended = EndedAlert { id: row.id, at: row.changed_at, outcome };
        Ok(Some(LastEnd { ended, stood: content.as_ref().and_then(of_line).unwrap_or_default() }))
    }

    /// What was answered of the incident of these reports.
    pub fn answered(&self, names: &BTreeSet<ReportName>) -> Option<AnsweredIncident> {
        let is_own = |own: &&StoodIncident| {
            names.contains(&own.id) || own.reports.iter().any(|report| names.contains(report))
        };
        let stood = self.stood.iter().filter(is_own).map(|own| own.stood);
        let stood = stood.reduce(StoodAtEnd::highest)?;
        Some(AnsweredIncident { stood, ended_at: self.ended.at, outcome: self.ended.outcome })
    }

    /// True where something is known of what stood.
    pub fn knows_any(&self) -> bool {
        !self.stood.is_empty()
    }
}

/// All names that an incident had, from those it has in this commit (`called`): of each of its reports. Called before the commit's
/// reports are written.
pub(crate) async fn names_of(
    tx: &mut Connection<'_>,
    called: &[ReportKey],
) -> Result<BTreeSet<ReportName>, StoreError> {
    let mut names: BTreeSet<ReportName> = called.iter().map(|key| key.id).collect();
    if let Some(first) = called.first() {
        // It was called by another of its reports, where an earlier one came since.
        let mut select = SqlStatement::new("SELECT id FROM reports WHERE");
        select.add(" regency = ? AND", [first.regency.cell()]);
        select.add_in("incident", called.iter().map(|key| key.id.cell()).collect());
        for row in select.fetch_all(&mut *tx).await? {
            names.insert(ReportName::read(&row, 0)?);
        }
    }
    Ok(names)
}

fn extent(of: Extent) -> Value {
    json!([of.severity, of.dead, of.injured, of.displaced])
}

impl StoodIncident {
    fn written(&self) -> Value {
        let own = &self.stood;
        json!({
            "incident": self.id.to_string(),
            "reports": self.reports.iter().map(ReportName::to_string).collect::<Vec<String>>(),
            "claimed": extent(own.claimed),
            "attested": extent(own.attested.extent),
            "awas": own.attested.awas,
            "counted": own.counted_severity,
            "stage": own.stage.map(|stage| stage.to_string()),
            "speakers": own.speakers,
            "raised": own.raised.map(Level::as_str),
            "reported": [own.reported.latest.0, own.reported.by_two.0],
            "confirmed": own.confirmed,
        })
    }

    fn read(own: &Value) -> Option<StoodIncident> {
        fn number<N: TryFrom<u64>>(value: &Value) -> Option<N> {
            N::try_from(value.as_u64()?).ok()
        }
        let extent = |value: &Value| {
            let (severity, dead) = (number(&value[0])?, number(&value[1])?);
            Some(Extent { severity, dead, injured: number(&value[2])?, displaced: number(&value[3])? })
        };
        let reported = |place: usize| own["reported"][place].as_i64().map(Time);
        let name = |value: &Value| ReportName::parse(value.as_str()?);
        let stood = StoodAtEnd {
            claimed: extent(&own["claimed"])?,
            attested: Attested { extent: extent(&own["attested"])?, awas: number(&own["awas"])? },
            counted_severity: number(&own["counted"])?,
            stage: own["stage"].as_str().and_then(Stage::parse),
            speakers: number(&own["speakers"])?,
            raised: own["raised"].as_str().and_then(Level::parse),
            reported: ReportedUntil { latest: reported(0)?, by_two: reported(1)? },
            confirmed: own["confirmed"].as_bool()?,
        };
        let reports = own["reports"].as_array()?.iter().filter_map(name).collect();
        Some(StoodIncident { id: name(&own["incident"])?, reports, stood })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::report::{FeedId, ReportId};

    #[test]
    fn what_stood_at_an_end_is_read_back_as_it_was_written() {
        let claimed = Extent { severity: 5, dead: 6, injured: 20, displaced: 900 };
        let own = StoodAtEnd {
            claimed,
            attested: Attested { extent: Extent { dead: 1, ..claimed }, awas: 4 },
            counted_severity: 4,
            stage: Stage::parse("occurring"),
            speakers: 3,
            raised: Some(Level::Awas),
            reported: ReportedUntil { latest: Time(7), by_two: Time(5) },
            confirmed: true,
        };
        let name = |id| ReportName { id: ReportId(id), feed: FeedId::of("polsek") };
        let whole = StoodIncident { id: name(77), reports: vec![name(78), name(79)], stood: own };
        let bare = StoodAtEnd { stage: None, raised: None, ..own };
        let bare = StoodIncident { id: name(77), reports: Vec::new(), stood: bare };
        for stood in [&whole, &bare] {
            assert_eq!(StoodIncident::read(&stood.written()).as_ref(), Some(stood));
        }
        let line = json!({ "stood": [whole.written(), { "incident": "x" }] });
        assert_eq!(of_line(&line), Some(vec![whole]), "what cannot be read is left out");
        assert_eq!(of_line(&json!({ "level": "awas" })), None);
    }
}
