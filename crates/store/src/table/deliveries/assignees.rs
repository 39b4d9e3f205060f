//! Who believes that an alert is assigned to them: the last assignment that reached them; and what stands when a message says that.

use super::lines::AlertLines;
use crate::error::StoreError;
use crate::sql::{self, get, small};
use crate::store::Store;
use crate::table::alerts;
use crate::table::outbox::OutboxItem;
use async_recursion::async_recursion as boxed;
use domain::alert::notice::AlertChangeKind;
use domain::kind::Level;
use std::collections::BTreeMap;

impl Store {
    /// What the history says up to an item's line; of an assignment, which is about no event, up to now.
    pub(super) async fn lines_of(&self, item: &OutboxItem) -> Result<AlertLines, StoreError> {
        let then = self.alert_lines(&item.alert, item.version).await?;
        if item.change != AlertChangeKind::Assigned {
            return Ok(then);
        }
        Ok(AlertLines { own: then.own, ..self.alert_lines(&item.alert, u32::MAX).await? })
    }

    /// The level at which an item's alert stands by now; `None` where it stands no more, or where the item is about its level.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn level_by_now(&self, item: &OutboxItem) -> Result<Option<Level>, StoreError> {
        if item.change != AlertChangeKind::Assigned && !item.change.is_by_incident() {
            return Ok(None);
        }
        let alert = alerts::named(self, std::slice::from_ref(&item.alert)).await?.into_iter().next();
        Ok(alert.filter(|alert| alert.state.is_live() && alert.cleared_at.is_none()).map(|alert| alert.level))
    }

    /// The people whom an assignment of an item's alert has reached before the item, each with the role that the last of those names.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn assigned_as(&self, item: &OutboxItem) -> Result<BTreeMap<String, String>, StoreError> {
        const REACHED: &str = "SELECT d.person, MAX(o.version) FROM outbox o JOIN deliveries d ON d.outbox = o.id \
             WHERE o.alert = $1 AND o.id < $2 AND o.change = 'assigned' \
             AND d.state IN ('sent', 'delivered', 'read') GROUP BY d.person";
        let rows =
            sql::query(REACHED).bind(item.alert.clone()).bind(item.id).fetch_all(&self.readers).await?;
        let mut assigned = BTreeMap::new();
        for row in &rows {
            let AlertLines { own, .. } = self.alert_lines(&item.alert, small(row, 1)?).await?;
            let role = own["to"].as_str().map(str::to_owned);
            assigned.extend(
                role.map(|role| (get::<String>(row, 0), role))
                    .map(|(key, role)| Ok::<_, StoreError>((key?, role)))
                    .transpose()?,
            );
        }
        Ok(assigned)
    }
}
