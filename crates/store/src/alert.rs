//! An alert in the store: loaded, moved by `domain::alert` and written back under its version,
//! with its history line and, where the team must hear of it, its outbox row.

use crate::error::StoreError;
use crate::outbox;
use crate::sql::{self, Cell, get};
use crate::store::{Store, in_transaction};
use domain::alert::{Act, Alert, AlertOutcome, HistoryEntry, Refusal, State, seal, transition};
use domain::effect::{ConditionChange, ConditionReason};
use domain::kind::{Kind, Level};
use domain::place::Code;
use domain::time::Time;
use serde_json::{Value, json};
use sqlx::AnyConnection;
use sqlx::any::AnyRow;

/// An alert that a commit or an act changed.
#[derive(Clone, PartialEq, Debug)]
pub struct AlertChange {
    pub alert: Alert,
    pub change: AlertChangeKind,
    /// True where an outbox row was written.
    pub notifies: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AlertChangeKind {
    Opened,
    /// The level rose.
    Risen,
    /// The condition fell back to a lower level; the alert stands.
    Lowered,
    Withdrawn,
    /// Anything else.
    Changed,
}

impl AlertChangeKind {
    pub const fn as_str(self) -> &'static str {
        match self {
            AlertChangeKind::Opened => "opened",
            AlertChangeKind::Risen => "risen",
            AlertChangeKind::Lowered => "lowered",
            AlertChangeKind::Withdrawn => "withdrawn",
            AlertChangeKind::Changed => "changed",
        }
    }
    pub fn parse(word: &str) -> Option<AlertChangeKind> {
        [
            AlertChangeKind::Opened,
            AlertChangeKind::Risen,
            AlertChangeKind::Lowered,
            AlertChangeKind::Withdrawn,
            AlertChangeKind::Changed,
        ]
        .into_iter()
        .find(|what| what.as_str() == word)
    }
}

/// An alert with its whole history, oldest first.
#[derive(Clone, PartialEq, Debug)]
pub struct AlertDetail {
    pub alert: Alert,
    pub history: Vec<HistoryEntry>,
}

/// Who did it, why and when: what a history line says besides the act.
pub(crate) struct ActContext<'a> {
    pub actor: &'a str,
    pub reason: &'a str,
    pub at: Time,
}

pub(crate) const COLUMNS: &str = "id, code, kind, level, state, version, opened_at, changed_at, assignee, outcome, stale, cleared_at, unverified, reached_at, peak";

impl Store {
    /// A person's act on an alert, as of the version they saw. A refusal changes nothing.
    /// `None` where there is no such alert.
    pub async fn act(
        &self,
        id: &str,
        act: Act,
        seen: u32,
        by: Actor<'_>,
    ) -> Result<Option<Result<Alert, Refusal>>, StoreError> {
        let context = ActContext { actor: by.name, reason: by.reason, at: by.at };
        let done = in_transaction!(self, tx => try_act(&mut tx, id, &act, seen, &context).await)?;
        if let Some(Ok(change)) = &done
            && change.notifies
        {
            self.wake_outbox();
        }
        Ok(done.map(|done| done.map(|change| change.alert)))
    }
}

/// The person behind an act.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Actor<'a> {
    /// Account name.
    pub name: &'a str,
    /// Why; may be empty where the act needs no reason.
    pub reason: &'a str,
    pub at: Time,
}

async fn try_act(
    tx: &mut AnyConnection,
    id: &str,
    act: &Act,
    seen: u32,
    context: &ActContext<'_>,
) -> Result<Option<Result<AlertChange, Refusal>>, StoreError> {
    let Some(alert) = by_id(tx, id).await? else { return Ok(None) };
    match transition(&alert, act, Some(seen), context.reason, context.at) {
        Err(refusal) => Ok(Some(Err(refusal))),
        Ok(next) => {
            let change = advance(tx, &alert, next, act, context).await?;
            if matches!(act, Act::Resolve { outcome: AlertOutcome::Averted }) {
                crate::ledger::stir_alert(tx, &change.alert).await?;
            }
            Ok(Some(Ok(change)))
        }
    }
}

async fn by_id(tx: &mut AnyConnection, id: &str) -> Result<Option<Alert>, StoreError> {
    let query = format!("SELECT {COLUMNS} FROM alerts WHERE id = $1{}", hold(tx));
    let row = sqlx::query(sqlx::AssertSqlSafe(query)).bind(id.to_string()).fetch_optional(tx).await?;
    row.as_ref().map(from_row).transpose()
}

/// The live alert of a (unit, kind), held until the transaction ends.
pub(crate) async fn live(
    tx: &mut AnyConnection,
    code: Code,
    kind: Kind,
) -> Result<Option<Alert>, StoreError> {
    let query =
        format!("SELECT {COLUMNS} FROM alerts WHERE code = $1 AND kind = $2 AND live = 1{}", hold(tx));
    let query = sqlx::query(sqlx::AssertSqlSafe(query)).bind(i64::from(code.0)).bind(kind.to_string());
    let row = query.fetch_optional(tx).await?;
    row.as_ref().map(from_row).transpose()
}

/// SQLite holds the whole file from `BEGIN IMMEDIATE` on; PostgreSQL is asked for the row.
fn hold(tx: &AnyConnection) -> &'static str {
    if tx.backend_name() == "SQLite" { "" } else { " FOR UPDATE" }
}

/// Writes a new alert with its first history line and outbox row.
pub(crate) async fn insert(
    tx: &mut AnyConnection,
    alert: Alert,
    act: &Act,
    context: &ActContext<'_>,
) -> Result<AlertChange, StoreError> {
    let query = format!(
        "INSERT INTO alerts ({COLUMNS}, regency, live) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 1)"
    );
    let mut cells = vec![
        Cell::Text(alert.id.clone()),
        Cell::Int(i64::from(alert.code.0)),
        Cell::Text(alert.kind.to_string()),
    ];
    cells.extend(moving(&alert));
    cells.push(Cell::Int(i64::from(alert.code.regency().0)));
    sqlx::query_with(sqlx::AssertSqlSafe(query), sql::arguments(cells)).execute(&mut *tx).await?;
    append(tx, &alert, [0; 32], act, context).await?;
    outbox::put(tx, &alert, AlertChangeKind::Opened, context.at).await?;
    Ok(AlertChange { alert, change: AlertChangeKind::Opened, notifies: true })
}

/// True where a standing condition said so, not one that came back after it had cleared.
fn fell(act: &Act) -> bool {
    matches!(act, Act::Condition(condition) if condition.change == ConditionChange::Changed)
}

/// Writes the alert after a transition. The version in the condition makes a race an error, not a loss.
pub(crate) async fn advance(
    tx: &mut AnyConnection,
    before: &Alert,
    next: Alert,
    act: &Act,
    context: &ActContext<'_>,
) -> Result<AlertChange, StoreError> {
    let mut cells = moving(&next);
    cells.push(Cell::Int(i64::from(next.state.is_live())));
    cells.push(Cell::Text(next.id.clone()));
    cells.push(Cell::Int(i64::from(before.version)));
    let update = "UPDATE alerts SET level = $1, state = $2, version = $3, opened_at = $4, changed_at = $5, assignee = $6, \
         outcome = $7, stale = $8, cleared_at = $9, unverified = $10, reached_at = $11, peak = $12, \
         live = $13 WHERE id = $14 AND version = $15";
    let updated = sqlx::query_with(update, sql::arguments(cells)).execute(&mut *tx).await?;
    if updated.rows_affected() != 1 {
        return Err(StoreError::Busy(format!(
            "alert '{}' was changed by another process meanwhile",
            next.id
        )));
    }
    let previous = previous_hash(tx, before).await?;
    append(tx, &next, previous, act, context).await?;
    let change = match () {
        () if next.state == State::Withdrawn => AlertChangeKind::Withdrawn,
        () if next.level > before.level => AlertChangeKind::Risen,
        () if next.level < before.level && fell(act) => AlertChangeKind::Lowered,
        () => AlertChangeKind::Changed,
    };
    let notifies = change != AlertChangeKind::Changed;
    if notifies {
        outbox::put(tx, &next, change, context.at).await?;
    }
    Ok(AlertChange { alert: next, change, notifies })
}

pub(crate) fn from_row(row: &AnyRow) -> Result<Alert, StoreError> {
    let outcome: Option<String> = get(row, 9)?;
    Ok(Alert {
        id: get(row, 0)?,
        code: Code(sql::small(row, 1)?),
        kind: sql::word(row, 2, Kind::parse)?,
        level: sql::word(row, 3, Level::parse)?,
        state: sql::word(row, 4, State::parse)?,
        version: sql::small(row, 5)?,
        opened_at: Time(get(row, 6)?),
        changed_at: Time(get(row, 7)?),
        assignee: get(row, 8)?,
        outcome: outcome.as_deref().and_then(AlertOutcome::parse),
        stale: sql::flag(row, 10)?,
        cleared_at: get::<Option<i64>>(row, 11)?.map(Time),
        unverified: sql::flag(row, 12)?,
        reached_at: Time(get(row, 13)?),
        peak: sql::word(row, 14, Level::parse)?,
    })
}

/// The columns a transition may move, in the order of [`COLUMNS`].
fn moving(alert: &Alert) -> Vec<Cell> {
    vec![
        Cell::Text(alert.level.to_string()),
        Cell::Text(alert.state.as_str().to_string()),
        Cell::Int(i64::from(alert.version)),
        Cell::Int(alert.opened_at.0),
        Cell::Int(alert.changed_at.0),
        Cell::MaybeText(alert.assignee.clone()),
        Cell::MaybeText(alert.outcome.map(|outcome| outcome.as_str().to_string())),
        Cell::Int(i64::from(alert.stale)),
        Cell::MaybeInt(alert.cleared_at.map(|at| at.0)),
        Cell::Int(i64::from(alert.unverified)),
        Cell::Int(alert.reached_at.0),
        Cell::Text(alert.peak.to_string()),
    ]
}

async fn previous_hash(tx: &mut AnyConnection, before: &Alert) -> Result<[u8; 32], StoreError> {
    let row = sqlx::query("SELECT hash FROM alert_history WHERE alert = $1 AND version = $2")
        .bind(before.id.clone())
        .bind(i64::from(before.version))
        .fetch_optional(tx)
        .await?;
    let row = row.ok_or_else(|| {
        StoreError::corrupt(format!("alert '{}' lost its history line {}", before.id, before.version))
    })?;
    hash(&row, 0)
}

pub(crate) fn hash(row: &AnyRow, column: usize) -> Result<[u8; 32], StoreError> {
    let bytes: Vec<u8> = get(row, column)?;
    bytes.try_into().map_err(|_| StoreError::corrupt("a hash has the wrong length"))
}

async fn append(
    tx: &mut AnyConnection,
    alert: &Alert,
    previous: [u8; 32],
    act: &Act,
    context: &ActContext<'_>,
) -> Result<(), StoreError> {
    let mut entry = HistoryEntry {
        alert: alert.id.clone(),
        version: alert.version,
        at: context.at,
        actor: context.actor.to_string(),
        act: act.word().to_string(),
        reason: context.reason.to_string(),
        content: content(alert, act).to_string(),
        content_hash: [0; 32],
        hash: [0; 32],
    };
    (entry.content_hash, entry.hash) = seal(&previous, &entry);
    let cells = [
        Cell::Text(entry.alert),
        Cell::Int(i64::from(entry.version)),
        Cell::Int(entry.at.0),
        Cell::Text(entry.actor),
        Cell::Text(entry.act),
        Cell::Text(entry.reason),
        Cell::Text(entry.content),
        Cell::Bytes(entry.content_hash.to_vec()),
        Cell::Bytes(entry.hash.to_vec()),
    ];
    const APPEND: &str = "INSERT INTO alert_history (alert, version, at, actor, act, reason, content, content_hash, hash) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    sqlx::query_with(APPEND, sql::arguments(cells)).execute(tx).await?;
    Ok(())
}

/// What the history line says in full: the alert after the act, and the act's own matter.
fn content(alert: &Alert, act: &Act) -> Value {
    let mut content = json!({
        "level": alert.level.as_str(),
        "state": alert.state.as_str(),
        "stale": alert.stale,
        "unverified": alert.unverified,
    });
    match act {
        Act::Condition(condition) => {
            content["since"] = json!(condition.since.0);
            content["reasons"] = reasons(&condition.reasons);
            content["evidence"] = condition.evidence.iter().map(|id| crate::id::to_text(*id)).collect();
            content["completeness_ppm"] = json!(condition.completeness_ppm);
            content["policy"] = json!(condition.policy);
        }
        Act::Assign { to } => content["to"] = json!(to),
        Act::Resolve { outcome } => content["outcome"] = json!(outcome.as_str()),
        Act::Acknowledge | Act::Respond | Act::Withdraw => {}
    }
    content
}

/// Reasons as JSON: `[{"rule":"…"},{"horizon":"7d","risk_ppm":1,"base_ppm":1},{"districts":3}]`.
pub(crate) fn reasons(reasons: &[ConditionReason]) -> Value {
    reasons
        .iter()
        .map(|reason| match reason {
            ConditionReason::Rule(rule) => json!({ "rule": rule }),
            ConditionReason::Model { horizon, risk_ppm, base_ppm } => {
                json!({ "horizon": horizon.as_str(), "risk_ppm": risk_ppm, "base_ppm": base_ppm })
            }
            ConditionReason::Districts(count) => json!({ "districts": count }),
        })
        .collect()
}
