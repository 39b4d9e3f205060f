//! Who believes that an alert is assigned to them: the last assignment that reached them.

use super::facts::AlertLines;
use crate::error::StoreError;
use crate::sql::{self, get, small};
use crate::store::Store;
use crate::table::outbox::OutboxItem;
use async_recursion::async_recursion as boxed;
use std::collections::BTreeMap;

impl Store {
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
