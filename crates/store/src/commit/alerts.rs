//! Conditions become alerts: one live alert for each (unit, kind), moved by the domain's transition; grave incidents and
//! disputes become lines of the alert that is open. What somebody must look into is put into the outbox.

mod left;
mod regency;
mod since_end;

use super::Commit;
use super::continued::continued;
use super::emitted::EmittedEffects;
use crate::alert::{self, AlertChange};
use crate::error::StoreError;
use crate::id;
use crate::sql::Connection;
use crate::table::alerts::{self, ActContext, LastEnd, NamingLine, ReadHistories};
use crate::table::conditions;
use crate::table::incidents::IncidentRow;
use crate::table::outbox::{OutboxQueue, next_serial};
use crate::table::reports::ReportKey;
use domain::alert::notice::{
    alert_unit, becomes_check, incident_act, is_fewer_harmed, is_notified_of, is_of_alert, is_taken_back,
    known_before, new_requests,
};
use domain::alert::reopening::counts_for_less;
use domain::alert::{Act, Alert, condition_opens_alert, transition};
use domain::effect::{Condition, ConditionChange, Effect, Incident};
use domain::evidence::attestation::Extent;
use domain::evidence::second_person::DeskRequest;
use domain::kind::Kind;
use domain::place::{Code, Places, Zone};
use domain::report::ReportName;
use domain::time::Time;
use std::collections::{BTreeMap, BTreeSet};

/// What conditions and incidents led to.
pub(super) struct FollowedEffects {
    pub alerts: Vec<AlertChange>,
    /// Incidents that the person on duty is asked to look into or to confirm as the second person.
    pub checks: usize,
    /// What the team must hear of it.
    pub outbox: OutboxQueue,
}

/// Follows conditions and incidents in their order. Called before either is stored: what they were before this commit is
/// still in the tables, the incidents as `before`.
pub(super) async fn follow(
    tx: &mut Connection<'_>,
    commit: &Commit,
    effects: &EmittedEffects<'_>,
    before: &[IncidentRow],
) -> Result<FollowedEffects, StoreError> {
    let live = alerts::live_at(tx, &concerned(commit, before)).await?;
    let continued = continued(tx, commit, effects).await?;
    let mut follower = Follower::new(commit, effects, (before, continued), live);
    for effect in &commit.effects {
        match effect {
            Effect::Condition(condition) => {
                follower.follow_incidents(tx).await?;
                follower.condition(tx, condition).await?;
            }
            Effect::Incident(incident) => follower.incident_changed(incident),
            Effect::IncidentGone { regency, id } => {
                let key = ReportKey { regency: *regency, id: *id };
                follower.incident_gone(key);
                follower.gone.push(key);
            }
            Effect::Outcome { report, regency, .. } => {
                let key = ReportKey { regency: *regency, id: *report };
                if follower.begins_record(key) {
                    follower.end_record(tx).await?;
                    follower.by = Some(*report);
                }
                follower.record(key);
            }
            Effect::Assessment(_) | Effect::SetAside { .. } => {}
        }
    }
    follower.end_record(tx).await?;
    Ok(FollowedEffects { alerts: follower.changes, checks: follower.checks, outbox: follower.outbox })
}

/// The units whose alerts the effects may concern; those of incidents that are no more are known from `before`.
fn concerned(commit: &Commit, before: &[IncidentRow]) -> BTreeSet<Code> {
    let mut units: BTreeSet<Code> = before.iter().flat_map(|row| [row.code, row.regency]).collect();
    for effect in &commit.effects {
        match effect {
            Effect::Condition(condition) => {
                let code = commit.places.code(condition.unit);
                units.extend([code, code.regency()]);
            }
            Effect::Incident(incident) => {
                let code = incident.place.code;
                units.extend([code, code.regency()]);
            }
            _ => {}
        }
    }
    units
}

struct Follower<'a> {
    places: &'a Places,
    /// The report whose effects are followed just now.
    by: Option<ReportName>,
    /// When the record came whose effects are followed just now.
    clock: Time,
    /// When each of the commit's reports came.
    received: BTreeMap<ReportKey, Time>,
    /// Reports of the commit whose record has begun.
    begun: BTreeSet<ReportKey>,
    /// The incidents that the record changed and nobody followed yet, as it left them: while it regroups reports, an incident may
    /// take another name and come back.
    changed_incidents: Vec<Incident>,
    /// Incidents of the record that open an alert where a condition stands and none is live, with what they do to an open one.
    newcomers: Vec<(Incident, Option<Act>)>,
    /// The alerts that ended last, of the cells that were asked about.
    last_ends: BTreeMap<(Code, Kind), Option<LastEnd>>,
    /// Incidents that the record left without a report.
    gone: Vec<ReportKey>,
    /// Those that it changed.
    of_record: BTreeSet<ReportKey>,
    /// Those that the records before left so.
    dropped: BTreeSet<ReportKey>,
    /// Cells of which an incident counts for less by the record.
    reduced_cells: BTreeSet<(Code, Kind)>,
    /// What the team was notified of and is so no more, as it was known.
    taken_back: Vec<Incident>,
    /// What goes on with fewer people harmed than the team was notified of, as it was known and as it is.
    fewer_harmed: Vec<(Incident, Extent)>,
    /// Requests of this record for a second person, of which the desk was not asked before.
    requests: Vec<(Incident, DeskRequest)>,
    changes: Vec<AlertChange>,
    checks: usize,
    /// The conditions followed so far.
    conditions: BTreeMap<(Code, Kind), Condition>,
    incidents: BTreeMap<ReportKey, Incident>,
    /// The incidents that are no more, by what they go on as.
    continued: BTreeMap<ReportKey, BTreeSet<ReportKey>>,
    /// Cells of which a condition is raised in this commit.
    raised: BTreeSet<(Code, Kind)>,
    /// The live alerts of the units concerned, as they stand by now.
    live: BTreeMap<(Code, Kind), Alert>,
    histories: ReadHistories,
    /// The stored incidents that may carry an alert that opened after an end, of the alerts that were asked about.
    kept: BTreeMap<String, BTreeMap<ReportKey, Incident>>,
    /// The stored reports of incidents, of those that were asked about.
    reports_of: BTreeMap<ReportKey, Vec<ReportName>>,
    outbox: OutboxQueue,
    /// How many items the outbox had before the record whose effects are followed just now.
    before_record: usize,
    /// Regencies in whose districts alerts changed that nobody followed there yet, and when the last of them did.
    regencies: BTreeMap<(Code, Kind), Time>,
}

impl<'a> Follower<'a> {
    fn new(
        commit: &'a Commit,
        effects: &EmittedEffects<'_>,
        (before, continued): (&[IncidentRow], BTreeMap<ReportKey, BTreeSet<ReportKey>>),
        live: BTreeMap<(Code, Kind), Alert>,
    ) -> Follower<'a> {
        Follower {
            places: &commit.places,
            clock: commit.reports.first().map_or(commit.clock, |row| row.received_at.min(commit.clock)),
            by: None,
            received: commit
                .reports
                .iter()
                .rev()
                .map(|row| (ReportKey::of(&row.report), row.received_at))
                .collect(),
            begun: BTreeSet::new(),
            changed_incidents: Vec::new(),
            newcomers: Vec::new(),
            last_ends: BTreeMap::new(),
            gone: Vec::new(),
            of_record: BTreeSet::new(),
            dropped: BTreeSet::new(),
            reduced_cells: BTreeSet::new(),
            taken_back: Vec::new(),
            fewer_harmed: Vec::new(),
            requests: Vec::new(),
            changes: Vec::new(),
            checks: 0,
            conditions: BTreeMap::new(),
            incidents: before.iter().map(|row| (row.key(), row.raising())).collect(),
            continued,
            raised: effects
                .conditions
                .iter()
                .filter(|(_, condition)| condition.change == ConditionChange::Raised)
                .map(|(code, condition)| (*code, condition.kind))
                .collect(),
            live,
            histories: ReadHistories::default(),
            kept: BTreeMap::new(),
            reports_of: BTreeMap::new(),
            outbox: OutboxQueue::default(),
            before_record: 0,
            regencies: BTreeMap::new(),
        }
    }

    /// A record's effects begin with the outcome of its own report; what follows came with it.
    fn begins_record(&mut self, report: ReportKey) -> bool {
        self.received.contains_key(&report) && self.begun.insert(report)
    }

    /// So the history says when something came, wherever commits are cut.
    fn record(&mut self, report: ReportKey) {
        let received = self.received.get(&report).copied();
        self.clock = received.map_or(self.clock, |received| received.max(self.clock));
    }

    async fn condition(&mut self, tx: &mut Connection<'_>, condition: &Condition) -> Result<(), StoreError> {
        let (code, kind) = (self.places.code(condition.unit), condition.kind);
        self.follow_regencies(tx, Some(condition.at)).await?;
        let live = self.live.get(&(code, kind)).cloned();
        let counts = code.is_regency() && (condition.districts().is_some() || live.is_some());
        if counts && condition.change.moves_level() {
            return self.condition_by_districts(tx, code, condition).await;
        }
        let act = Act::Condition(condition.clone());
        // What the hour brings is no report's doing.
        let by = self.by.filter(|_| condition.at == self.clock);
        let context = ActContext::by_the_service(condition.at, by);
        if let Some(before) = live {
            // A regency's may have cleared with its districts' alerts.
            if condition.change != ConditionChange::Cleared || before.cleared_at.is_none() {
                self.advance(tx, &before, &act, &context).await?;
            }
        } else {
            let before = match self.conditions.get(&(code, kind)) {
                Some(before) => Some(before.level),
                None => conditions::level(tx, code, kind).await?,
            };
            if condition_opens_alert(condition, before) {
                let act = self.as_reopening(tx, (code, kind), condition).await?.unwrap_or(act);
                let opened = open(tx, (code, condition), (&act, &context), &mut self.outbox).await?;
                self.changed(opened);
            }
        }
        self.conditions.insert((code, kind), condition.clone());
        Ok(())
    }

    fn incident_changed(&mut self, incident: &Incident) {
        self.incident_gone(key_of(incident));
        self.gone.retain(|gone| *gone != key_of(incident));
        self.dropped.remove(&key_of(incident));
        self.changed_incidents.push(*incident);
    }

    fn incident_gone(&mut self, key: ReportKey) {
        self.changed_incidents.retain(|other| key_of(other) != key);
    }

    async fn follow_incidents(&mut self, tx: &mut Connection<'_>) -> Result<(), StoreError> {
        for incident in std::mem::take(&mut self.changed_incidents) {
            self.incident(tx, &incident).await?;
            self.rise_since_end(tx, &incident).await?;
        }
        Ok(())
    }

    /// What came where no alert is live opens one where the condition still stands after the record's own conditions.
    async fn end_record(&mut self, tx: &mut Connection<'_>) -> Result<(), StoreError> {
        self.follow_incidents(tx).await?;
        for (incident, act) in std::mem::take(&mut self.newcomers) {
            let (code, kind) = (incident.place.code, incident.kind);
            if self.live.contains_key(&(code, kind)) {
                continue; // the record's condition opened it
            }
            let context = ActContext::by_the_service(self.clock, self.by);
            match (self.reopening(tx, &incident).await?, act) {
                (Some(since), _) => {
                    let condition = since.condition.clone();
                    let act = Act::Reopened(since);
                    let opened = open(tx, (code, &condition), (&act, &context), &mut self.outbox).await?;
                    self.changed(opened);
                }
                (None, Some(act)) => {
                    self.advance_at((alert_unit(code, false), kind), tx, (&incident, &act)).await?;
                }
                (None, None) => {}
            }
        }
        self.stand_on_what_is_left(tx).await?;
        self.of_record.clear();
        self.follow_regencies(tx, None).await?;
        self.note_taken_back(tx).await?;
        for (incident, request) in std::mem::take(&mut self.requests) {
            self.note_request(tx, &incident, request).await?;
        }
        // Incidents are followed before the conditions that they move: who is concerned by what stands now hears of them.
        self.outbox.level_stands(self.before_record, &self.live);
        self.before_record = self.outbox.len();
        Ok(())
    }

    /// What was taken back stands in the history of the alert that named it, where that is still open.
    async fn note_taken_back(&mut self, tx: &mut Connection<'_>) -> Result<(), StoreError> {
        for key in std::mem::take(&mut self.gone) {
            let goes_on = self.continued.values().flatten().any(|gone| *gone == key);
            self.dropped.insert(key);
            let known = self.incidents.remove(&key).filter(|known| !goes_on && is_taken_back(known, None));
            self.taken_back.extend(known);
        }
        for incident in std::mem::take(&mut self.taken_back) {
            if let Some((alert, lines)) = self.notified(tx, &incident).await? {
                let context = ActContext::by_the_service(self.clock, self.by);
                self.advance(tx, &alert, &Act::TakenBack { incident, lines }, &context).await?;
            }
        }
        for (incident, now) in std::mem::take(&mut self.fewer_harmed) {
            if let Some((alert, lines)) = self.notified(tx, &incident).await? {
                let context = ActContext::by_the_service(self.clock, self.by);
                self.advance(tx, &alert, &Act::FewerHarmed { incident, now, lines }, &context).await?;
            }
        }
        Ok(())
    }

    /// The open alert whose history notified of an incident that is not so any more, and the lines that name it.
    async fn notified(
        &mut self,
        tx: &mut Connection<'_>,
        incident: &Incident,
    ) -> Result<Option<(Alert, Vec<u32>)>, StoreError> {
        let (code, kind) = (incident.place.code, incident.kind);
        let cell = (alert_unit(code, self.live.contains_key(&(code, kind))), kind);
        let Some(alert) = self.live.get(&cell).filter(|alert| alert.cleared_at.is_none()).cloned() else {
            return Ok(None);
        };
        let names = self.once_called(key_of(incident));
        let named = self.histories.lines_naming(tx, &alert.id, &names).await?;
        // What is by now no more than a claim was notified of where the history says so.
        let is_known = is_notified_of(incident) && !named.is_empty() || stands_as_news(&named);
        Ok(is_known.then(|| (alert, named.iter().map(|line| line.version).collect())))
    }

    /// An incident and those that it continues.
    fn once_called(&self, key: ReportKey) -> Vec<ReportKey> {
        let earlier = self.continued.get(&key).into_iter().flatten().copied();
        [key].into_iter().chain(earlier).collect()
    }

    /// A request stands in the history of its district's alert, else of the regency's; also of one that the same record opened.
    async fn note_request(
        &mut self,
        tx: &mut Connection<'_>,
        incident: &Incident,
        request: DeskRequest,
    ) -> Result<(), StoreError> {
        let (code, kind) = (incident.place.code, incident.kind);
        let own = self.live.contains_key(&(code, kind));
        let act = Act::AskSecond {
            verification: request.verification,
            takes_back: incident.take_back_request == Some(request),
            lapses_at: request.lapses_at(),
        };
        let cell = if own { (code, kind) } else { (code.regency(), kind) };
        self.advance_at(cell, tx, (incident, &act)).await
    }

    async fn incident(&mut self, tx: &mut Connection<'_>, incident: &Incident) -> Result<(), StoreError> {
        let key = key_of(incident);
        let before = self.incidents.insert(key, *incident);
        self.of_record.insert(key);
        // It goes on under another name where its earliest report is another now.
        let earlier = self.continued.get(&key).into_iter().flatten();
        let made_from = earlier.clone().filter_map(|key| self.incidents.get(key)).chain(&before);
        let reduced = made_from.clone().filter(|known| counts_for_less(known, incident));
        self.reduced_cells.extend(reduced.map(|known| (known.place.code, known.kind)));
        if becomes_check(made_from.clone(), incident, self.clock) {
            self.checks += usize::from(self.outbox.ask_check(tx, incident, self.clock).await?);
        }
        let requests: Vec<_> = new_requests(made_from, incident, self.clock).collect();
        for request in requests {
            let asked = self.outbox.ask_second(tx, incident, request.verification, self.clock).await?;
            self.checks += usize::from(asked);
            if asked {
                self.requests.push((*incident, request));
            }
        }
        let continued = earlier.filter_map(|key| self.incidents.get(key));
        let known = known_before(before.as_ref(), continued).copied();
        let now_called = |known: Incident| Incident { id: incident.id, ..known };
        self.taken_back.retain(|other| other.id != incident.id);
        self.taken_back.extend(known.filter(|known| is_taken_back(known, Some(incident))).map(now_called));
        self.fewer_harmed.retain(|(other, _)| other.id != incident.id);
        let fewer_harmed = known.filter(|known| is_fewer_harmed(known, incident)).map(now_called);
        self.fewer_harmed.extend(fewer_harmed.map(|known| (known, incident.claimed)));
        let act = incident_act(known.as_ref(), incident);
        let (code, kind) = (incident.place.code, incident.kind);
        // One that is about to open counts too.
        let has_alert = self.live.contains_key(&(code, kind)) || self.raised.contains(&(code, kind));
        if !has_alert && self.opens_again(tx, incident, act.as_ref()).await? {
            self.newcomers.push((*incident, act));
            return Ok(());
        }
        let Some(act) = act else { return Ok(()) };
        self.advance_at((alert_unit(code, has_alert), kind), tx, (incident, &act)).await
    }

    /// Moves the live alert of a cell by what an incident does to it, where there is one and the incident is of its time.
    async fn advance_at(
        &mut self,
        cell: (Code, Kind),
        tx: &mut Connection<'_>,
        (incident, act): (&Incident, &Act),
    ) -> Result<(), StoreError> {
        let Some(alert) = self.live.get(&cell).cloned() else { return Ok(()) };
        if !is_of_alert(&alert, incident) {
            return Ok(());
        }
        let context = ActContext::by_the_service(self.clock, self.by);
        self.advance(tx, &alert, act, &context).await
    }

    async fn advance(
        &mut self,
        tx: &mut Connection<'_>,
        before: &Alert,
        act: &Act,
        context: &ActContext<'_>,
    ) -> Result<(), StoreError> {
        match transition(before, act, None, "", context.at) {
            Ok(next) => {
                let incidents = (!next.state.is_live()).then(|| self.by_now());
                let context = ActContext { incidents: incidents.as_ref(), ..*context };
                let change = alert::advance(tx, before, next, act, &context, &mut self.outbox).await?;
                self.changed(change);
            }
            Err(refusal) => {
                tracing::error!(alert = before.id, ?refusal, "a live alert refused what the pipeline says");
            }
        }
        Ok(())
    }

    fn changed(&mut self, change: AlertChange) {
        let (alert, cell) = (&change.alert, (change.alert.code, change.alert.kind));
        if alert.state.is_live() {
            self.live.insert(cell, alert.clone());
        } else {
            self.live.remove(&cell);
        }
        if !alert.code.is_regency() {
            self.regencies.insert((alert.code.regency(), alert.kind), alert.changed_at);
        }
        self.changes.push(change);
    }
}

/// True where these lines notified of an incident, as news of it or as what the alert rests on, and none since that it is taken back.
fn stands_as_news(lines: &[NamingLine]) -> bool {
    let last = lines.iter().rev().find(|line| line.is_basis || line.act == "taken_back");
    last.is_some_and(|line| line.act != "taken_back")
}

fn key_of(incident: &Incident) -> ReportKey {
    ReportKey { regency: incident.place.code.regency(), id: incident.id }
}

pub(crate) async fn open(
    tx: &mut Connection<'_>,
    (code, condition): (Code, &Condition),
    (act, context): (&Act, &ActContext<'_>),
    outbox: &mut OutboxQueue,
) -> Result<AlertChange, StoreError> {
    let year = id::year(condition.at, Zone::of(code).minutes());
    let serial = next_serial(tx, &format!("alert {} {year}", code.regency())).await?;
    let answered = if let Act::Reopened(since) = act { since.answered } else { None };
    let opened = domain::alert::open(id::alert_number(code, year, serial), code, condition);
    let alert = Alert { answered, ..opened };
    alert::insert(tx, alert, act, context, outbox).await
}
