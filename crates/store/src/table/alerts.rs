//! Tables `alerts` and `alert_history`: alerts as they stand, and one chained line for each of their versions.

mod answered;
mod answers;
mod earlier;
mod led_by;
mod line;
mod lists;
mod named;
mod naming;
mod over;
mod reasons;
mod reported_since;
mod rests_on;
mod retracted;
mod stood;

pub use answered::{AnsweredCondition, CountedDistrict};
pub(crate) use answered::{ended_last, live_in_districts};
pub use answers::{LapsedRequest, RequestAnswer};
pub use earlier::{WithdrawnEarlier, withdrawn_earlier};
pub(crate) use led_by::led_by;
pub(crate) use line::reasons_of_signs;
pub use line::{
    counts_districts, ended_before, gives_reasons, grew_by_people_alone, incident_of_line, is_by_model,
    names_incidents, people_before, people_then, was_of_line,
};
pub(crate) use lists::live_versions;
pub use lists::{AlertCount, AlertDetail, AlertFilter};
pub(crate) use named::{HistoryReader, INCIDENTS, NamedIncidents, evidence, gravest_first};
pub(crate) use naming::{AlertBasis, NamingLine, ReadHistories, WrittenLevel};
pub(crate) use reasons::{reasons_json, reasons_of_json};
pub use reported_since::ReportedSince;
pub use rests_on::{AlertGrounds, FurtherIncident, GravestIncident};
pub use retracted::{RetractedClaim, retracted_claims};
use stood::as_they_stood;
pub use stood::stood_of_line;
pub(crate) use stood::{KEPT, LastEnd, names_of, reports_of};

use crate::alert::Actor;
use crate::calendar::rfc3339;
use crate::error::StoreError;
use crate::ledger::OwnedRegencies;
use crate::sql::{self, Bulk, Cell, Column, Connection, Engine, SqlStatement, table_row};
use crate::store::Store;
use crate::table::reports::ReportKey;
use domain::alert::reopening::Reopening;
use domain::alert::withdrawal::WithdrawalRequest;
use domain::alert::{Act, Alert, AlertOutcome, HistoryEntry, NOTED_ONLY, State, seal};
use domain::author::StampedAuthor;
use domain::effect::{Condition, Incident};
use domain::kind::{Kind, Level};
use domain::place::Code;
use domain::report::ReportName;
use domain::time::Time;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

table_row! {
    /// An alert as it lies in the table, but for what is with the broker.
    pub(crate) struct AlertRow in "alerts", key 1 {
        pub id: String,
        pub code: Code,
        pub regency: Code,
        pub kind: Kind,
        pub level: Level,
        pub state: State,
        pub live: bool,
        pub version: u32,
        pub opened_at: Time,
        pub changed_at: Time,
        pub assignee: Option<String>,
        pub outcome: Option<String>,
        pub stale: bool,
        pub cleared_at: Option<Time>,
        pub unverified: bool,
        pub reached_at: Time,
        pub peak: Level,
        pub one_party: bool,
        pub accepted: Option<Level>,
        pub withdrawal_at: Option<Time>,
        pub withdrawal_account: Option<String>,
        pub withdrawal_person: Option<String>,
        pub withdrawal_outcome: Option<String>,
        pub answered: Option<Level>,
    }
}

impl AlertRow {
    fn of(alert: &Alert) -> AlertRow {
        AlertRow {
            id: alert.id.clone(),
            code: alert.code,
            regency: alert.code.regency(),
            kind: alert.kind,
            level: alert.level,
            state: alert.state,
            live: alert.state.is_live(),
            version: alert.version,
            opened_at: alert.opened_at,
            changed_at: alert.changed_at,
            assignee: alert.assignee.clone(),
            outcome: alert.outcome.map(|outcome| outcome.as_str().to_owned()),
            stale: alert.stale,
            cleared_at: alert.cleared_at,
            unverified: alert.unverified,
            reached_at: alert.reached_at,
            peak: alert.peak,
            one_party: alert.one_party,
            accepted: alert.accepted,
            withdrawal_at: alert.withdrawal.as_ref().map(|request| request.at),
            withdrawal_account: alert.withdrawal.as_ref().map(|request| request.by.account.clone()),
            withdrawal_person: alert.withdrawal.as_ref().map(|request| request.by.person.clone()),
            withdrawal_outcome: alert.withdrawal.as_ref().map(|request| request.outcome.as_str().to_owned()),
            answered: alert.answered,
        }
    }

    fn withdrawal(&self) -> Option<WithdrawalRequest> {
        let account = self.withdrawal_account.as_deref().unwrap_or_default();
        let person = self.withdrawal_person.as_deref().unwrap_or_default();
        Some(WithdrawalRequest {
            at: self.withdrawal_at?,
            by: StampedAuthor::of_desk(account, person),
            outcome: self.withdrawal_outcome.as_deref().and_then(AlertOutcome::parse)?,
        })
    }

    fn alert(self) -> Alert {
        let withdrawal = self.withdrawal();
        Alert {
            id: self.id,
            code: self.code,
            kind: self.kind,
            level: self.level,
            state: self.state,
            version: self.version,
            opened_at: self.opened_at,
            changed_at: self.changed_at,
            assignee: self.assignee,
            outcome: self.outcome.as_deref().and_then(AlertOutcome::parse),
            stale: self.stale,
            cleared_at: self.cleared_at,
            unverified: self.unverified,
            reached_at: self.reached_at,
            peak: self.peak,
            one_party: self.one_party,
            accepted: self.accepted,
            answered: self.answered,
            withdrawal,
        }
    }
}

table_row! {
    struct AlertHistoryRow in "alert_history", key 2 {
        alert: String,
        version: u32,
        at: Time,
        actor: String,
        act: String,
        reason: String,
        content: String,
        content_hash: [u8; 32],
        hash: [u8; 32],
    }
}

impl AlertHistoryRow {
    fn entry(self) -> HistoryEntry {
        HistoryEntry {
            alert: self.alert,
            version: self.version,
            at: self.at,
            actor: self.actor,
            act: self.act,
            reason: self.reason,
            content: self.content,
            content_hash: self.content_hash,
            hash: self.hash,
        }
    }
}

/// The name the service itself acts under.
pub(crate) const PIPELINE: &str = "kentongan";

/// Who did it, why and when: what a history line says besides the act.
#[derive(Clone, Copy)]
pub(crate) struct ActContext<'a> {
    pub actor: &'a str,
    pub reason: &'a str,
    pub at: Time,
    /// The report by which the pipeline does it.
    pub by: Option<ReportName>,
    /// The incidents that the commit changed, as they stand by now; `None` of what is no more.
    pub incidents: Option<&'a BTreeMap<ReportKey, Option<Incident>>>,
}

impl<'a> ActContext<'a> {
    /// The service itself does it, by a report where one led to it.
    pub fn by_the_service(at: Time, by: Option<ReportName>) -> ActContext<'a> {
        ActContext { actor: PIPELINE, reason: "", at, by, incidents: None }
    }

    /// A person does it.
    pub fn by_person(by: Actor<'a>) -> ActContext<'a> {
        ActContext { actor: by.name, reason: by.reason, at: by.at, by: None, incidents: None }
    }
}

/// The alert with this number, held until the transaction ends.
pub(crate) async fn by_id(tx: &mut Connection<'_>, id: &str) -> Result<Option<Alert>, StoreError> {
    if tx.engine() == Engine::Postgres {
        // The regency's first, as a commit asks for them: an end in a district moves it.
        let regency =
            "live = 1 AND code = (SELECT a.regency FROM alerts a WHERE a.id = $1) ORDER BY code, kind";
        let text = format!("{} {regency}{}", sql::select::<AlertRow>(), hold(tx));
        sql::query(text).bind(id).fetch_all(&mut *tx).await?;
    }
    let text = format!("{} id = $1{}", sql::select::<AlertRow>(), hold(tx));
    one(&sql::query(text).bind(id).fetch_all(tx).await?)
}

/// The live alerts of these units, held until the transaction ends.
pub(crate) async fn live_at(
    tx: &mut Connection<'_>,
    units: &BTreeSet<Code>,
) -> Result<BTreeMap<(Code, Kind), Alert>, StoreError> {
    let head = format!("{} live = 1 AND code", sql::select::<AlertRow>());
    let numbers: Vec<i64> = units.iter().map(|code| i64::from(code.0)).collect();
    // In one order for all who ask, so that no two wait for each other: a regency's before those of its districts.
    let held = format!(" ORDER BY code, kind{}", hold(tx));
    let rows = sql::rows_with_numbers(tx, &head, &numbers, &held).await?;
    let alerts = sql::read_all::<AlertRow>(&rows)?.into_iter().map(AlertRow::alert);
    Ok(alerts.map(|alert| ((alert.code, alert.kind), alert)).collect())
}

/// The live alerts of a regency, in the order they opened.
pub(crate) async fn live_of(store: &Store, regency: Code) -> Result<Vec<Alert>, StoreError> {
    let text = format!("{} live = 1 AND regency = $1 ORDER BY opened_at, id", sql::select::<AlertRow>());
    let rows = sql::query(text).bind_all([regency.cell()]).fetch_all(&store.readers).await?;
    Ok(sql::read_all::<AlertRow>(&rows)?.into_iter().map(AlertRow::alert).collect())
}

/// The alerts with these numbers, where there are such.
pub(crate) async fn named(store: &Store, ids: &[String]) -> Result<Vec<Alert>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut select = SqlStatement::new(&sql::select::<AlertRow>());
    select.add_in("id", ids.iter().map(|id| Cell::Text(id.clone())).collect()).add(" ORDER BY id", []);
    let rows = select.fetch_all(&store.readers).await?;
    Ok(sql::read_all::<AlertRow>(&rows)?.into_iter().map(AlertRow::alert).collect())
}

/// Alerts that a person ended as averted and that stood at some time of a stretch, the earliest first.
pub(crate) async fn averted(
    tx: &mut Connection<'_>,
    (from, to): (Time, Time),
    own: &OwnedRegencies,
) -> Result<Vec<AlertRow>, StoreError> {
    let mut select = SqlStatement::new(&sql::select::<AlertRow>());
    select.add(" outcome = 'averted' AND opened_at < ? AND changed_at >= ?", [to.cell(), from.cell()]);
    own.regencies(&mut select, "regency");
    select.add(" ORDER BY opened_at, id", []);
    sql::read_all(&select.fetch_all(tx).await?)
}

fn one(rows: &[sql::SqlRow]) -> Result<Option<Alert>, StoreError> {
    Ok(sql::read_all::<AlertRow>(rows)?.into_iter().next().map(AlertRow::alert))
}

/// SQLite holds the whole file from `BEGIN IMMEDIATE` on; PostgreSQL is asked for the row.
fn hold(tx: &Connection<'_>) -> &'static str {
    if tx.engine() == Engine::Sqlite { "" } else { " FOR UPDATE" }
}

/// True where after this version nothing stands in the history but what leaves the alert as it is, such as a message sent
/// again: a form that was open meanwhile is not stale.
pub(crate) async fn only_noted_since(
    tx: &mut Connection<'_>,
    id: &str,
    version: u32,
) -> Result<bool, StoreError> {
    const SINCE: &str = "SELECT act FROM alert_history WHERE alert = $1 AND version > $2";
    let rows = sql::query(SINCE).bind(id).bind(i64::from(version)).fetch_all(tx).await?;
    let acts: Vec<String> = rows.iter().map(|row| sql::get(row, 0)).collect::<Result<_, StoreError>>()?;
    Ok(acts.iter().all(|act| NOTED_ONLY.contains(&act.as_str())))
}

/// Writes a new alert with its first history line.
pub(crate) async fn insert(
    tx: &mut Connection<'_>,
    alert: &Alert,
    act: &Act,
    context: &ActContext<'_>,
) -> Result<(), StoreError> {
    Bulk::insert::<AlertRow>().run_rows(tx, [AlertRow::of(alert)]).await?;
    append(tx, (None, alert), [0; 32], act, context).await
}

/// Writes the alert after a transition, with its history line. The version in the condition makes a race an error, not a
/// loss.
pub(crate) async fn update(
    tx: &mut Connection<'_>,
    before: &Alert,
    next: &Alert,
    act: &Act,
    context: &ActContext<'_>,
) -> Result<(), StoreError> {
    if !sql::update_where(tx, &AlertRow::of(next), "version", i64::from(before.version)).await? {
        let why = format!("alert '{}' was changed by another process meanwhile", next.id);
        return Err(StoreError::Busy(why));
    }
    let previous = sql::query("SELECT hash FROM alert_history WHERE alert = $1 AND version = $2");
    let previous = previous.bind(before.id.as_str()).bind(i64::from(before.version));
    let row = previous.fetch_optional(&mut *tx).await?.ok_or_else(|| {
        StoreError::corrupt(format!("alert '{}' lost its history line {}", before.id, before.version))
    })?;
    append(tx, (Some(before), next), <[u8; 32]>::read(&row, 0)?, act, context).await
}

async fn append(
    tx: &mut Connection<'_>,
    (before, alert): (Option<&Alert>, &Alert),
    previous: [u8; 32],
    act: &Act,
    context: &ActContext<'_>,
) -> Result<(), StoreError> {
    let request = before.and_then(|before| before.withdrawal_waits(context.at));
    let replaced = before.and_then(|before| before.replaced_request(alert, context.at));
    let mut content = content(alert, act, (request, replaced));
    let ended_otherwise = matches!(act, Act::CancelRequest { .. } | Act::LapseWithdrawal);
    let is_dropped = before.is_some_and(|before| before.drops_request(alert)) && !ended_otherwise;
    if let Some(dropped) = request.filter(|_| is_dropped) {
        content["dropped"] = written_request(dropped);
    }
    use Act::{Condition, FewerHarmed, Grown, Reopened, TakenBack};
    let names_cause =
        matches!(act, Condition(_) | Grown { .. } | Reopened(_) | TakenBack { .. } | FewerHarmed { .. });
    if let Some(by) = context.by.filter(|_| names_cause) {
        content["by"] = json!(by.to_string());
    }
    if act.ends().is_some() && !alert.state.is_live() {
        stood::add(tx, (alert.code, alert.kind), context.at, &mut content).await?;
    } else if before.is_some_and(|before| before.state.is_live()) && !alert.state.is_live() {
        stood::add_withdrawn(tx, alert, context.incidents, &mut content).await?;
    }
    if before.is_none() {
        earlier::add(tx, alert, &mut content).await?;
    }
    let mut entry = HistoryEntry {
        alert: alert.id.clone(),
        version: alert.version,
        at: context.at,
        actor: context.actor.to_string(),
        act: act.history_word(alert).to_string(),
        reason: context.reason.to_string(),
        content: content.to_string(),
        content_hash: [0; 32],
        hash: [0; 32],
    };
    (entry.content_hash, entry.hash) = seal(&previous, &entry);
    let row = AlertHistoryRow {
        alert: entry.alert,
        version: entry.version,
        at: entry.at,
        actor: entry.actor,
        act: entry.act,
        reason: entry.reason,
        content: entry.content,
        content_hash: entry.content_hash,
        hash: entry.hash,
    };
    Bulk::insert::<AlertHistoryRow>().run_rows(tx, [row]).await?;
    Ok(())
}

/// What the history line says in full: the alert after the act, and the act's own matter; `request`: the one to end the alert
/// that waited before; `replaced`: the same where another takes its place.
fn content(
    alert: &Alert,
    act: &Act,
    (request, replaced): (Option<&WithdrawalRequest>, Option<&WithdrawalRequest>),
) -> Value {
    let mut content = json!({
        "level": alert.level.as_str(),
        "state": alert.state.as_str(),
        "stale": alert.stale,
        "unverified": alert.unverified,
        "one_party": alert.one_party,
    });
    match act {
        // What stands by what was answered is no reason of this alert.
        Act::Condition(_) if alert.answered.is_some() => {}
        Act::Condition(condition) => add_condition(&mut content, condition),
        Act::Reopened(Reopening { condition, cause, again_at, after, .. }) => {
            add_condition(&mut content, condition);
            content["cause"] = json!(cause.as_str());
            content["again_at"] = json!(again_at.map(rfc3339));
            content["after"] = after.as_ref().map_or(Value::Null, line::written_end);
        }
        Act::Grown { incident, was, by_people_alone } => {
            line::add_grown(&mut content, *incident, (*was, *by_people_alone));
        }
        Act::NewIncident { incident } | Act::Dispute { incident } => {
            content["evidence"] = json!([incident.to_string()]);
        }
        Act::TakenBack { incident, lines } => {
            content["evidence"] = json!([incident.id.to_string()]);
            content["category"] = json!(incident.category.to_string());
            content["occurred_at"] = json!(rfc3339(incident.occurred_at));
            content["lines"] = json!(lines);
        }
        Act::FewerHarmed { incident, now, lines } => line::add_fewer(&mut content, incident, (*now, lines)),
        Act::Assign { to } => content["to"] = json!(to),
        Act::SendAgain { people } => content["people"] = json!(people),
        Act::AnswerSecond { verification, .. } => {
            if let Some(verification) = verification {
                content["verification"] = json!(verification.to_string());
            }
        }
        Act::AskSecond { verification, takes_back, lapses_at } => {
            content["verification"] = json!(verification.to_string());
            content["takes_back"] = json!(takes_back);
            content["lapses_at"] = json!(rfc3339(*lapses_at));
        }
        Act::LapseSecond { verification, takes_back } => {
            content["verification"] = json!(verification.to_string());
            content["takes_back"] = json!(takes_back);
        }
        _ if act.ends().is_some() && alert.state.is_live() => {
            let request = alert.withdrawal.as_ref();
            content["outcome"] = json!(request.map(|request| request.outcome.as_str()));
            content["asker"] = json!(
                request.map(|request| json!({ "account": request.by.account, "person": request.by.person }))
            );
            if let Some(first) = replaced {
                content["replaced"] = written_request(first);
            }
        }
        Act::Resolve { outcome, .. } => content["outcome"] = json!(outcome.as_str()),
        Act::CancelRequest { .. } => {
            content["outcome"] = json!(request.map(|request| request.outcome.as_str()));
        }
        Act::Acknowledge | Act::Respond | Act::Withdraw { .. } | Act::LapseWithdrawal => {}
    }
    if let Some((by, outcome)) = act.ends().filter(|_| !alert.state.is_live()) {
        content["ended_by"] = json!({ "account": by.account, "person": by.person });
        if let Some(request) = request.filter(|request| request.is_joined_by(by, outcome)) {
            content["joined"] = json!({ "account": request.by.account, "at": rfc3339(request.at) });
        }
    }
    content
}

/// A request to end an alert, in the line by which it holds no more.
fn written_request(request: &WithdrawalRequest) -> Value {
    let (account, outcome) = (&request.by.account, request.outcome.as_str());
    json!({ "account": account, "at": rfc3339(request.at), "outcome": outcome })
}

fn add_condition(content: &mut Value, condition: &Condition) {
    content["since"] = json!(rfc3339(condition.since));
    content["reasons"] = reasons_json(&condition.reasons, &condition.evidence);
    content["evidence"] = condition.evidence.iter().map(|id| id.to_string()).collect();
    content["completeness_ppm"] = json!(condition.completeness_ppm);
    content["policy"] = json!(condition.policy);
}
