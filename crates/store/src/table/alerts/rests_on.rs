//! What alerts rest on: the incidents that the conditions of each name and those that came in while it was open, as they stand
//! now.

use super::as_they_stood;
use super::led_by::{RaisedLevels, led_by};
use super::named::{HistoryReader, INCIDENTS, NamedIncidents, gravest_first};
use crate::error::StoreError;
use crate::read::Range;
use crate::sql::{Cell, Column, SqlRow, SqlStatement, get};
use crate::store::Store;
use crate::table::incidents::IncidentFilter;
use async_recursion::async_recursion as boxed;
use domain::alert::Alert;
use domain::effect::{HarmedPeople, Incident};
use domain::kind::{FeedClass, Handling, Kind};
use domain::place::Code;
use domain::report::ReportName;
use domain::time::{DAY, Time};
use serde_json::Value;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// What alerts rest on, by their numbers.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct AlertGrounds {
    /// What each is about: the incident that raised it to where it stands. Where nothing of that is left, the gravest that its level
    /// rests on by now, of the week that ends with the latest, else the gravest of before. Alerts of which the model alone spoke have
    /// none.
    pub gravest: BTreeMap<String, GravestIncident>,
    /// Those that rest on the model alone by their newest reasons.
    pub by_model: BTreeSet<String>,
}

/// The incident that an alert is about, of those that it rests on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GravestIncident {
    pub incident: Incident,
    /// The classes of the feeds that say that it happened.
    pub claimed_by: Vec<FeedClass>,
    /// The classes of the feeds that call it over, where any does.
    pub over_by: Vec<FeedClass>,
    /// The strictest handling of the reports behind it.
    pub handling: Handling,
    /// How many further incidents the alert rests on; what the desk rejected is none of them.
    pub others: usize,
    /// The newest of the further ones, at most [`FURTHER`].
    pub further: Vec<FurtherIncident>,
    /// All people that the alert's incidents harm, but for what the desk rejected: several incidents are several people.
    pub harmed: HarmedPeople,
}

/// Another incident that an alert rests on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FurtherIncident {
    pub incident: Incident,
    /// The classes of the feeds that say that it happened.
    pub claimed_by: Vec<FeedClass>,
    /// The classes of the feeds that call it over, where any does.
    pub over_by: Vec<FeedClass>,
    /// The strictest handling of the reports behind it.
    pub handling: Handling,
}

impl GravestIncident {
    /// True where a regency's alert may be shown by it: the desk did not reject it. A district's own alert names what was rejected
    /// where nothing else is left.
    pub fn shows_regency(&self) -> bool {
        self.incident.verdict.counts()
    }

    /// One incident that stands by itself.
    pub fn alone(incident: Incident, claimed_by: Vec<FeedClass>, handling: Handling) -> GravestIncident {
        let harmed = HarmedPeople::of(&incident);
        let (over_by, further) = (Vec::new(), Vec::new());
        GravestIncident { incident, claimed_by, over_by, handling, others: 0, further, harmed }
    }
}

/// How long ago something may have happened that is named where an alert rests on no incident.
const LATEST: i64 = 7 * DAY;
/// How many further incidents of an alert are given.
const FURTHER: usize = 3;

/// Alerts that are read with one statement.
const AT_ONCE: usize = 100;

impl Store {
    /// What each of these alerts rests on at `now`, by one reading of their histories.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn alert_grounds(&self, alerts: &[Alert], now: Time) -> Result<AlertGrounds, StoreError> {
        let mut grounds = AlertGrounds::default();
        for some in alerts.chunks(AT_ONCE) {
            let histories = self.histories(some).await?;
            let by_model = histories.iter().filter(|(_, history)| history.rests_on_model());
            grounds.by_model.extend(by_model.map(|(alert, _)| alert.clone()));
            let named: BTreeMap<String, NamedIncidents> =
                histories.into_iter().map(|(alert, history)| (alert, history.named())).collect();
            let mut by_regency: BTreeMap<Code, Vec<(&Alert, &NamedIncidents)>> = BTreeMap::new();
            for alert in some {
                if let Some(names) = named.get(&alert.id) {
                    by_regency.entry(alert.code.regency()).or_default().push((alert, names));
                }
            }
            for (regency, own) in by_regency {
                self.gravest_of_regency((regency, now), &own, &mut grounds.gravest).await?;
            }
        }
        Ok(grounds)
    }

    /// [`AlertGrounds::gravest`] of these alerts.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn gravest_incidents(
        &self,
        alerts: &[Alert],
        now: Time,
    ) -> Result<BTreeMap<String, GravestIncident>, StoreError> {
        Ok(self.alert_grounds(alerts, now).await?.gravest)
    }

    /// What counts of a kind in a place within the week up to `at`, the gravest first: what happened last where an alert rests on no
    /// incident.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn happened_last(&self, code: Code, kind: Kind, at: Time) -> Result<Vec<Incident>, StoreError> {
        let filter = IncidentFilter {
            codes: vec![code],
            kind: Some(kind),
            range: Some(Range { from: at.plus(-LATEST), to: at.plus(1) }),
            limit: INCIDENTS as u32,
            ..IncidentFilter::default()
        };
        let mut latest = self.incidents(&filter).await?.items;
        latest.retain(|incident| incident.verdict.counts() && !incident.patrol);
        gravest_first(&mut latest);
        Ok(latest)
    }

    /// The first of these incidents of an alert's place, with the newest of the others.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn first_of(
        &self,
        alert: &Alert,
        incidents: &[Incident],
    ) -> Result<Option<GravestIncident>, StoreError> {
        let Some((first, others)) = incidents.split_first() else { return Ok(None) };
        let all = incidents.iter().map(|own| (own.id, *own)).collect();
        let mut first = vec![(alert, with_others(*first, others.len(), all))];
        self.read_affirmed(alert.code.regency(), &mut first).await?;
        Ok(first.pop().map(|(_, own)| own))
    }

    /// The open alerts of a regency's districts of one kind whose condition stands, the highest first, each with the gravest incident
    /// it rests on.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn open_districts(
        &self,
        (regency, kind): (Code, Kind),
        now: Time,
    ) -> Result<Vec<(Alert, Option<GravestIncident>)>, StoreError> {
        let open = super::live_of(self, regency).await?;
        self.open_districts_among((regency, kind, now), &open).await
    }

    /// The same of these alerts.
    pub(crate) async fn open_districts_among(
        &self,
        (regency, kind, now): (Code, Kind, Time),
        open: &[Alert],
    ) -> Result<Vec<(Alert, Option<GravestIncident>)>, StoreError> {
        let is_district = |alert: &&Alert| {
            let of_regency = alert.code.regency() == regency && !alert.code.is_regency();
            of_regency && alert.kind == kind && alert.cleared_at.is_none()
        };
        let mut districts: Vec<Alert> = open.iter().filter(is_district).cloned().collect();
        districts.sort_by_key(|alert| (Reverse(alert.level), alert.code));
        let mut gravest = self.gravest_incidents(&districts, now).await?;
        let with = |alert: Alert| {
            let own = gravest.remove(&alert.id);
            (alert, own)
        };
        Ok(districts.into_iter().map(with).collect())
    }

    /// What the history of each alert comes to.
    pub(super) async fn histories(
        &self,
        alerts: &[Alert],
    ) -> Result<BTreeMap<String, HistoryReader>, StoreError> {
        let mut select = SqlStatement::new("SELECT alert, act, content FROM alert_history WHERE");
        select.add_in("alert", alerts.iter().map(|alert| Cell::Text(alert.id.clone())).collect());
        select.add(" ORDER BY alert, version DESC", []);
        let mut read: BTreeMap<String, HistoryReader> = BTreeMap::new();
        for row in select.fetch_all(&self.readers).await? {
            // A lawful deletion leaves a content empty.
            let content: Value = serde_json::from_str(&get::<String>(&row, 2)?).unwrap_or_default();
            read.entry(get(&row, 0)?).or_default().take(&get::<String>(&row, 1)?, &content);
        }
        Ok(read)
    }

    async fn gravest_of_regency(
        &self,
        (regency, now): (Code, Time),
        alerts: &[(&Alert, &NamedIncidents)],
        gravest: &mut BTreeMap<String, GravestIncident>,
    ) -> Result<(), StoreError> {
        let names: BTreeSet<ReportName> = alerts.iter().flat_map(|(_, named)| named.all()).collect();
        let names: Vec<ReportName> = names.into_iter().collect();
        let found = self.incidents_once_called(regency, &names).await?;
        let raises = self.raised_levels(regency, found.values()).await?;
        let at = |alert: &Alert| if alert.state.is_live() { now } else { alert.changed_at };
        let chosen = alerts.iter().filter_map(|(alert, named)| {
            Some((*alert, chosen((alert, at(alert)), named, (&found, &raises))?))
        });
        let mut chosen: Vec<(&Alert, GravestIncident)> = chosen.collect();
        self.read_affirmed(regency, &mut chosen).await?;
        gravest.extend(chosen.into_iter().map(|(alert, own)| (alert.id.clone(), own)));
        Ok(())
    }

    /// Reads whose word these incidents are, and how it is to be handled.
    async fn read_affirmed(
        &self,
        regency: Code,
        chosen: &mut [(&Alert, GravestIncident)],
    ) -> Result<(), StoreError> {
        let affirming = self.affirming(regency, chosen).await?;
        let all = |own: &GravestIncident| {
            own.further.iter().map(|further| further.incident).chain([own.incident]).collect::<Vec<_>>()
        };
        let all: Vec<Incident> = chosen.iter().flat_map(|(_, own)| all(own)).collect();
        let over = self.calls_over(regency, all.iter()).await?;
        let over_by = |incident: &Incident, until| {
            over.get(&incident.id).map(|own| own.classes(until)).unwrap_or_default()
        };
        for (alert, own) in chosen {
            // What came after an end is no word of what it ended.
            let until = if alert.state.is_live() { Time::MAX } else { alert.changed_at };
            (own.claimed_by, own.handling) = affirmed_by(&affirming, &own.incident, until);
            own.over_by = over_by(&own.incident, until);
            for further in &mut own.further {
                (further.claimed_by, further.handling) = affirmed_by(&affirming, &further.incident, until);
                further.over_by = over_by(&further.incident, until);
            }
        }
        Ok(())
    }

    /// The reports that say that these incidents happened (no denial, no ending, nothing taken back), by class and handling.
    async fn affirming(
        &self,
        regency: Code,
        incidents: &[(&Alert, GravestIncident)],
    ) -> Result<Vec<AffirmingReports>, StoreError> {
        if incidents.is_empty() {
            return Ok(Vec::new());
        }
        let mut select = SqlStatement::new(
            "SELECT incident, class, handling, set_aside, MIN(received_at) FROM reports WHERE",
        );
        select
            .add(" regency = ? AND outcome <> 'statement' AND outcome <> 'retracted' AND", [regency.cell()]);
        let named = |own: &GravestIncident| {
            let further = own.further.iter().map(|further| further.incident.id.cell());
            further.chain([own.incident.id.cell()]).collect::<Vec<Cell>>()
        };
        select.add_in("incident", incidents.iter().flat_map(|(_, own)| named(own)).collect());
        select.add(" GROUP BY incident, class, handling, set_aside ORDER BY incident, class", []);
        let read = |row: &SqlRow| {
            Ok(AffirmingReports {
                incident: ReportName::read(row, 0)?,
                class: FeedClass::read(row, 1)?,
                handling: Handling::read(row, 2)?,
                set_aside: bool::read(row, 3)?,
                first: Time::read(row, 4)?,
            })
        };
        select.fetch_all(&self.readers).await?.iter().map(read).collect()
    }
}

/// Reports of an incident of one class and handling.
struct AffirmingReports {
    incident: ReportName,
    class: FeedClass,
    handling: Handling,
    /// The desk rejected them.
    set_aside: bool,
    /// When the first of them was received.
    first: Time,
}

/// The classes of the feeds that reported up to then that an incident happened, but for what was set aside as rejected, and the
/// strictest handling of its reports.
fn affirmed_by(
    affirming: &[AffirmingReports],
    incident: &Incident,
    until: Time,
) -> (Vec<FeedClass>, Handling) {
    let (mut classes, mut strictest) = (Vec::new(), Handling::Open);
    for own in affirming.iter().filter(|own| own.incident == incident.id) {
        // Whose word was rejected is named with that.
        let speaks = !own.set_aside || !incident.verdict.counts();
        if speaks && own.first <= until && !classes.contains(&own.class) {
            classes.push(own.class);
        }
        strictest = strictest.max(own.handling);
    }
    (classes, strictest)
}

/// What an alert is about, of the incidents that its history names: what raised it to where it stands, else what its level rests on by
/// now, else what it rested on before.
fn chosen(
    (alert, at): (&Alert, Time),
    named: &NamedIncidents,
    (found, raises): (&BTreeMap<ReportName, Incident>, &RaisedLevels),
) -> Option<GravestIncident> {
    // Of what ended is shown what it came to then.
    let mut found: BTreeMap<ReportName, Incident> =
        named.all().filter_map(|name| Some((name, *found.get(&name)?))).collect();
    as_they_stood(&mut found, &named.stood);
    let of_kind = |incident: &&Incident| incident.kind == alert.kind;
    let of = |names: &[ReportName]| {
        let own = names.iter().filter_map(|name| found.get(name)).filter(of_kind);
        own.map(|incident| (incident.id, *incident)).collect::<BTreeMap<ReportName, Incident>>()
    };
    let (now, before) = (of(&named.now), of(&named.before));
    let counts = |incident: &&Incident| incident.verdict.counts();
    let lead = |own: &BTreeMap<ReportName, Incident>| {
        let mut own: Vec<Incident> = own.values().copied().collect();
        gravest_first(&mut own);
        own.into_iter().next()
    };
    // What the desk rejected is named only where nothing else is left, and counts for nobody and as no further one.
    let counting = |own: &BTreeMap<ReportName, Incident>| lead(own).filter(|first| counts(&first));
    let raised = led_by(named, (&found, raises), (alert.kind, at));
    let incident = raised.or(counting(&now)).or(counting(&before)).or(lead(&now)).or(lead(&before))?;
    let mut all = before;
    all.extend(now);
    let others = all.values().filter(counts).filter(|other| other.id != incident.id).count();
    Some(with_others(incident, others, all))
}

/// An incident with the newest of the others, and whom all of them harm.
fn with_others(incident: Incident, others: usize, all: BTreeMap<ReportName, Incident>) -> GravestIncident {
    let counts = |incident: &&Incident| incident.verdict.counts();
    let harmed = HarmedPeople::in_all(all.values().filter(counts).map(HarmedPeople::of));
    let mut newest: Vec<Incident> =
        all.into_values().filter(|own| counts(&own) && own.id != incident.id).collect();
    newest.sort_by_key(|incident| (Reverse(incident.occurred_at), incident.id));
    let unread = |incident| FurtherIncident {
        incident,
        claimed_by: vec![],
        over_by: vec![],
        handling: Handling::Open,
    };
    let further = newest.into_iter().take(FURTHER).map(unread).collect();
    let alone = GravestIncident::alone(incident, vec![], Handling::Open);
    GravestIncident { others, further, harmed, ..alone }
}
