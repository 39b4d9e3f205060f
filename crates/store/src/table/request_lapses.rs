//! Requests for a second person that lapsed: found in the histories of live alerts, and written down there once.

use crate::alert::advance;
use crate::calendar::parse_rfc3339;
use crate::error::StoreError;
use crate::sql::{self, Column, Connection};
use crate::store::Store;
use crate::table::alerts::{self, ActContext};
use crate::table::outbox::OutboxQueue;
use domain::alert::{Act, Alert, transition};
use domain::evidence::second_person::SECOND_WITHIN;
use domain::place::Code;
use domain::report::ReportName;
use domain::time::Time;
use serde_json::Value;
use std::collections::BTreeSet;

/// The lines of live alerts that say that a second person was asked for, or that this lapsed.
const LINES: &str = "SELECT h.alert, h.act, h.content, a.regency FROM alerts a JOIN alert_history h ON h.alert = a.id \
     WHERE a.live = 1 AND h.act IN ('second_asked', 'second_lapsed') ORDER BY h.alert, h.version";
/// Live alerts that somebody asked to take back so long ago.
const WITHDRAWALS: &str = "SELECT id FROM alerts WHERE live = 1 AND withdrawal_at <= $1 ORDER BY id";

/// What lapsed by `now` and does not stand in the history yet, by the alert's number.
pub(crate) async fn lapsed(store: &Store, now: Time) -> Result<Vec<(String, Act)>, StoreError> {
    let query = sql::query(WITHDRAWALS).bind(now.plus(-SECOND_WITHIN).0);
    let mut found = Vec::new();
    for row in &query.fetch_all(&store.readers).await? {
        found.push((sql::get(row, 0)?, Act::LapseWithdrawal));
    }
    let (mut asked, mut noted) = (Vec::new(), BTreeSet::new());
    for row in &sql::query(LINES).fetch_all(&store.readers).await? {
        let (alert, act): (String, String) = (sql::get(row, 0)?, sql::get(row, 1)?);
        let content: Value = serde_json::from_str(&sql::get::<String>(row, 2)?).unwrap_or_default();
        let Some(name) = content["verification"].as_str().and_then(ReportName::parse) else { continue };
        if act == "second_lapsed" {
            noted.insert((alert, name));
            continue;
        }
        let lapses_at = content["lapses_at"].as_str().and_then(parse_rfc3339);
        if lapses_at.is_some_and(|at| at <= now) {
            asked.push((alert, name, content["takes_back"] == true, Code::read(row, 3)?));
        }
    }
    for (alert, verification, takes_back, regency) in asked {
        let settled = store.incident_to_second(regency, verification).await?.is_none();
        if !settled && !noted.contains(&(alert.clone(), verification)) {
            found.push((alert, Act::LapseSecond { verification, takes_back }));
        }
    }
    Ok(found)
}

/// Writes down that a request lapsed; `None` where the alert ended or another request took its place meanwhile.
pub(crate) async fn note(
    tx: &mut Connection<'_>,
    id: &str,
    act: &Act,
    now: Time,
) -> Result<Option<Alert>, StoreError> {
    let Some(alert) = alerts::by_id(tx, id).await?.filter(|alert| alert.state.is_live()) else {
        return Ok(None);
    };
    let waits = alert.withdrawal.as_ref().is_none_or(|request| request.waits(now));
    if *act == Act::LapseWithdrawal && waits {
        return Ok(None);
    }
    let Ok(next) = transition(&alert, act, None, "", now) else { return Ok(None) };
    let context = ActContext::by_the_service(now, None);
    let mut outbox = OutboxQueue::default();
    let change = advance(tx, &alert, next, act, &context, &mut outbox).await?;
    outbox.write(tx).await?;
    Ok(Some(change.alert))
}
