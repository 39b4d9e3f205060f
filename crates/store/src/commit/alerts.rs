//! Conditions become alerts: one live alert for each (unit, kind), moved by the domain's transition.

use crate::alert::{self, AlertChange};
use crate::error::StoreError;
use crate::id;
use crate::sql::Connection;
use crate::table::alerts::{self, ActContext};
use crate::table::conditions;
use crate::table::outbox::next_serial;
use domain::alert::{Act, Alert, condition_opens_alert, transition};
use domain::effect::Condition;
use domain::kind::{Kind, Level};
use domain::place::{Code, Places};
use std::collections::BTreeMap;

/// The name the pipeline acts under.
const PIPELINE: &str = "kentongan";

/// Follows the conditions in their order. Called before they are stored: what a condition said before
/// this commit is still in the table.
pub(super) async fn follow(
    tx: &mut Connection<'_>,
    places: &Places,
    conditions: &[(Code, &Condition)],
) -> Result<Vec<AlertChange>, StoreError> {
    let mut changes = Vec::new();
    let mut emitted: BTreeMap<(Code, Kind), Level> = BTreeMap::new();
    for (code, condition) in conditions {
        let (code, kind) = (*code, condition.kind);
        let act = Act::Condition((*condition).clone());
        let context = ActContext { actor: PIPELINE, reason: "", at: condition.at };
        let change = match alerts::live(tx, code, kind).await? {
            Some(before) => match transition(&before, &act, None, "", condition.at) {
                Ok(next) => Some(alert::advance(tx, &before, next, &act, &context).await?),
                Err(refusal) => {
                    tracing::error!(alert = before.id, ?refusal, "a live alert refused its condition");
                    None
                }
            },
            None => {
                let before = match emitted.get(&(code, kind)) {
                    Some(level) => Some(*level),
                    None => conditions::level(tx, code, kind).await?,
                };
                match condition_opens_alert(condition, before) {
                    true => Some(open(tx, places, (code, condition), &context).await?),
                    false => None,
                }
            }
        };
        emitted.insert((code, kind), condition.level);
        changes.extend(change);
    }
    Ok(changes)
}

async fn open(
    tx: &mut Connection<'_>,
    places: &Places,
    (code, condition): (Code, &Condition),
    context: &ActContext<'_>,
) -> Result<AlertChange, StoreError> {
    let regency = places.unit(places.regency(condition.unit));
    let year = id::year(condition.at, regency.zone.minutes());
    let serial = next_serial(tx, &format!("alert {} {year}", code.regency())).await?;
    let alert: Alert = domain::alert::open(id::alert_number(code, year, serial), code, condition);
    alert::insert(tx, alert, &Act::Condition(condition.clone()), context).await
}
