//! Messages that wait and would say nothing by now.

use super::Recipient;
use crate::error::StoreError;
use crate::store::Store;
use crate::table::outbox::OutboxItem;
use async_recursion::async_recursion as boxed;
use domain::alert::notice::AlertChangeKind;
use std::collections::{BTreeMap, BTreeSet};

impl Store {
    /// Of these messages, each of which waits for a person, those that have nothing to say any more: what they are about was rejected or
    /// taken back, and nothing else waits with them. When their time comes nothing is sent. Gives the item and the person of each.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn saying_nothing<'a>(
        &'a self,
        messages: &'a [(&'a OutboxItem, &'a str)],
    ) -> Result<BTreeSet<(i64, String)>, StoreError> {
        // Many people wait for one item.
        let mut standing: BTreeMap<i64, bool> = BTreeMap::new();
        let mut settled = BTreeSet::new();
        for (item, person) in messages.iter().filter(|(item, _)| item.change.is_by_incident()) {
            let still = match standing.get(&item.id) {
                Some(still) => *still,
                None => {
                    let own = self.incident_of(item).await?;
                    // Whether fewer are harmed hangs on what each person was sent.
                    let still = item.change != AlertChangeKind::FewerHarmed && own.holds(item);
                    standing.insert(item.id, still);
                    still
                }
            };
            if still {
                continue;
            }
            let to = Recipient { person: (*person).to_owned(), channel: String::new() };
            let news = self.folded(item, &to).await?;
            if !news.iter().any(|one| one.item.alert == item.alert) {
                settled.insert((item.id, to.person));
            }
        }
        Ok(settled)
    }
}
