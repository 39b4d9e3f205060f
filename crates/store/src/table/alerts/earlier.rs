//! The alert of the same place and kind that was withdrawn shortly before another one opened: that what it rested on was rejected or taken
//! back is known in the line that opens the next.

use super::AlertRow;
use super::stood::of_line;
use crate::calendar::{parse_rfc3339, rfc3339};
use crate::error::StoreError;
use crate::sql::{self, Column, Connection, get};
use crate::store::Store;
use crate::table::outbox::OutboxItem;
use async_recursion::async_recursion as boxed;
use domain::alert::notice::AlertChangeKind;
use domain::alert::{Alert, State};
use domain::time::{DAY, Time};
use serde_json::{Value, json};

/// How long ago that is named.
const SHORTLY: i64 = DAY;
/// The field of the line.
const FIELD: &str = "earlier";

/// An alert that was withdrawn.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WithdrawnEarlier {
    pub id: String,
    pub at: Time,
    /// The desk rejected some of what it rested on.
    pub rejected: bool,
}

/// Adds to the line that opens an alert which one was withdrawn there last, where that was shortly before and is not named already.
pub(super) async fn add(
    tx: &mut Connection<'_>,
    alert: &Alert,
    content: &mut Value,
) -> Result<(), StoreError> {
    const LAST: &str = " code = $1 AND kind = $2 AND live = 0 AND changed_at >= $3 ORDER BY changed_at DESC, id DESC LIMIT 1";
    const LINE: &str = "SELECT content FROM alert_history WHERE alert = $1 AND act = 'withdrawn' ORDER BY version DESC LIMIT 1";
    let since = alert.opened_at.plus(-SHORTLY);
    let query = sql::query(format!("{}{LAST}", sql::select::<AlertRow>()));
    let rows =
        query.bind_all([alert.code.cell(), alert.kind.cell(), since.cell()]).fetch_all(&mut *tx).await?;
    let last = sql::read_all::<AlertRow>(&rows)?.into_iter().next();
    let is_named = |row: &AlertRow| content["after"]["alert"].as_str() == Some(row.id.as_str());
    let Some(last) = last.filter(|row| row.state == State::Withdrawn && !is_named(row)) else {
        return Ok(());
    };
    let lines = sql::query(LINE).bind(last.id.as_str()).fetch_all(tx).await?;
    // A lawful deletion leaves a content empty.
    let line: Option<String> = lines.first().map(|line| get(line, 0)).transpose()?;
    let line: Value = line.and_then(|line| serde_json::from_str(&line).ok()).unwrap_or_default();
    let rejected = of_line(&line).into_iter().flatten().any(|own| own.is_rejected());
    content[FIELD] =
        json!({ "alert": last.id, "withdrawn_at": rfc3339(last.changed_at), "rejected": rejected });
    Ok(())
}

impl Store {
    /// The alert that was withdrawn shortly before the one opened that an item says is open; `None` of other news.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn withdrawn_before(&self, item: &OutboxItem) -> Result<Option<WithdrawnEarlier>, StoreError> {
        const OPENED: &str = "SELECT content FROM alert_history WHERE alert = $1 AND version = 1";
        if item.change != AlertChangeKind::Opened {
            return Ok(None);
        }
        let lines = sql::query(OPENED).bind(item.alert.as_str()).fetch_all(&self.readers).await?;
        let line: Option<String> = lines.first().map(|line| get(line, 0)).transpose()?;
        Ok(line.and_then(|line| withdrawn_earlier(&serde_json::from_str(&line).unwrap_or_default())))
    }
}

/// The one that the line names by which an alert opened.
pub fn withdrawn_earlier(content: &Value) -> Option<WithdrawnEarlier> {
    let own = content.get(FIELD)?;
    Some(WithdrawnEarlier {
        id: own["alert"].as_str()?.to_owned(),
        at: parse_rfc3339(own["withdrawn_at"].as_str()?)?,
        rejected: own["rejected"].as_bool()?,
    })
}
