//! What the incidents of a place came to when a person ended its alert, as the line of the end keeps it.

use super::AlertRow;
use super::named::evidence;
use crate::error::StoreError;
use crate::sql::{self, Column, Connection, SqlStatement, get};
use crate::store::Store;
use crate::table::incidents::{self, IncidentRow, LATEST, notified_of};
use crate::table::reports::ReportKey;
use domain::alert::reopening::{AnsweredIncident, EndedAlert, StoodAtEnd};
use domain::alert::{Alert, AlertOutcome};
use domain::effect::Incident;
use domain::evidence::attestation::{Attested, Extent, ReportedUntil};
use domain::kind::{Kind, Level, Stage};
use domain::place::Code;
use domain::report::ReportName;
use domain::time::{DAY, Time};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// How long before an end something may have happened that is kept with it: no incident goes on for longer.
pub(crate) const KEPT: i64 = 30 * DAY;
/// The field of the line.
const FIELD: &str = "stood";
/// Set where more stood than is kept: what is missing was not answered.
const CUT: &str = "stood_cut";

/// Most reports of one of them that are kept with it.
const REPORTS: i64 = 100;

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
    let notified = notified_of(tx, (code, kind), at.plus(-KEPT)).await?;
    let names: Vec<ReportName> = notified.iter().map(|row| row.id).collect();
    let mut reports = reports_of(tx, code.regency(), &names).await?;
    let stood = notified.iter().map(|row| StoodIncident {
        id: row.id,
        reports: reports.remove(&row.id).unwrap_or_default(),
        stood: StoodAtEnd::of(&row.incident(), row.raises),
    });
    content[FIELD] = stood.map(|own| own.written()).collect();
    if notified.len() >= LATEST {
        content[CUT] = json!(true);
    }
    Ok(())
}

/// Adds to the line by which the service withdrew an alert what the incidents came to that its history names, those among them that the
/// desk rejected: `changed` is what of them the commit changed and is not written yet.
pub(super) async fn add_withdrawn(
    tx: &mut Connection<'_>,
    alert: &Alert,
    changed: Option<&BTreeMap<ReportKey, Option<Incident>>>,
    content: &mut Value,
) -> Result<(), StoreError> {
    const LINES: &str = "SELECT content FROM alert_history WHERE alert = $1";
    let mut names: BTreeSet<ReportName> = evidence(content).collect();
    for line in sql::query(LINES).bind(alert.id.as_str()).fetch_all(&mut *tx).await? {
        let line: Value = serde_json::from_str(&get::<String>(&line, 0)?).unwrap_or_default();
        names.extend(evidence(&line));
    }
    let regency = alert.code.regency();
    let written = incidents::once_called(tx, regency, names.iter().copied().take(LATEST).collect()).await?;
    let now = |name: &ReportName| {
        let row = written.get(name);
        let id = row.map_or(*name, |row| row.id);
        let changed = changed.and_then(|changed| changed.get(&ReportKey { regency, id }));
        changed.copied().unwrap_or_else(|| row.map(IncidentRow::raising))
    };
    let stood = names.iter().filter_map(|name| Some((name, now(name)?))).map(|(name, own)| StoodIncident {
        id: *name,
        reports: Vec::new(),
        stood: StoodAtEnd::of(&own, own.raises.map(|raised| raised.level)),
    });
    content[FIELD] = stood.map(|own| own.written()).collect();
    Ok(())
}

/// The earliest reports of these incidents, but for those by which they are called.
pub(crate) async fn reports_of(
    tx: &mut Connection<'_>,
    regency: Code,
    incidents: &[ReportName],
) -> Result<BTreeMap<ReportName, Vec<ReportName>>, StoreError> {
    const NUMBERED: &str = "SELECT incident, id FROM (SELECT incident, id, ROW_NUMBER() OVER (PARTITION BY incident ORDER BY at, id) AS place FROM reports WHERE";
    let mut reports: BTreeMap<ReportName, Vec<ReportName>> = BTreeMap::new();
    if incidents.is_empty() {
        return Ok(reports);
    }
    let mut select = SqlStatement::new(NUMBERED);
    select.add(" regency = ? AND id <> incident AND", [regency.cell()]);
    select.add_in("incident", incidents.iter().map(Column::cell).collect());
    select.add(") AS numbered WHERE place <= ? ORDER BY incident, place", [REPORTS.into()]);
    for row in select.fetch_all(tx).await? {
        reports.entry(ReportName::read(&row, 0)?).or_default().push(ReportName::read(&row, 1)?);
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

/// These incidents as they stood at an end, those that it rested on no more as rejected, but for those that the desk rejected since; `found` leads from names of then to what they
/// are by now.
pub(crate) fn as_they_stood(found: &mut BTreeMap<ReportName, Incident>, stood: &StoodIncidents) {
    let mut by_now: BTreeMap<ReportName, StoodAtEnd> = BTreeMap::new();
    for StoodIncident { id, stood: own, .. } in stood {
        if let Some(incident) = found.get(id) {
            let known = by_now.get(&incident.id).map_or(*own, |other| other.highest(*own));
            by_now.insert(incident.id, known);
        }
    }
    for incident in found.values_mut() {
        let own = by_now.get(&incident.id);
        if let Some(own) = own.filter(|own| own.rejected || incident.verdict.counts()) {
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

/// True in SQL of an alert that a person ended: one that opened again after that and was withdrawn, since nothing of what came in is left,
/// answers nothing.
pub(super) const BY_PERSON: &str =
    "EXISTS (SELECT 1 FROM alert_history h WHERE h.alert = alerts.id AND h.act IN ('resolve', 'withdraw'))";

/// The alert of a place and kind that a person ended last, with what stood then.
pub(crate) struct LastEnd {
    pub ended: EndedAlert,
    stood: StoodIncidents,
    /// More stood than is known.
    pub is_cut: bool,
}

impl LastEnd {
    /// Of a place and kind; `None` where nobody ended an alert of it.
    pub async fn of(
        tx: &mut Connection<'_>,
        (code, kind): (Code, Kind),
    ) -> Result<Option<LastEnd>, StoreError> {
        const END: &str = "SELECT content FROM alert_history WHERE alert = $1 AND act IN ('resolve', 'withdraw') ORDER BY version DESC LIMIT 1";
        let last = " code = $1 AND kind = $2 AND live = 0";
        let select = sql::select::<AlertRow>();
        let query =
            sql::query(format!("{select}{last} AND {BY_PERSON} ORDER BY changed_at DESC, id DESC LIMIT 1"));
        let rows = query.bind_all([code.cell(), kind.cell()]).fetch_all(&mut *tx).await?;
        let Some(row) = sql::read_all::<AlertRow>(&rows)?.into_iter().next() else { return Ok(None) };
        let lines = sql::query(END).bind(row.id.as_str()).fetch_all(tx).await?;
        // A lawful deletion leaves a content empty.
        let content: Option<String> = lines.first().map(|line| get(line, 0)).transpose()?;
        let content: Option<Value> = content.and_then(|content| serde_json::from_str(&content).ok());
        let outcome = row.outcome.as_deref().and_then(AlertOutcome::parse);
        let ended = EndedAlert { id: row.id, at: row.changed_at, outcome };
        let is_cut = content.as_ref().is_some_and(|content| content[CUT] == true);
        let stood = content.as_ref().and_then(of_line).unwrap_or_default();
        Ok(Some(LastEnd { ended, stood, is_cut }))
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
    /// True where the desk had rejected it by then.
    pub fn is_rejected(&self) -> bool {
        self.stood.rejected
    }

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
            "rejected": own.rejected,
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
            // Lines of earlier builds have none that were.
            rejected: own["rejected"].as_bool().unwrap_or(false),
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
            rejected: true,
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
