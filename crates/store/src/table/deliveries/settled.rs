//! Messages that wait and would say nothing by now.

use super::Recipient;
use crate::error::StoreError;
use crate::store::Store;
use crate::table::outbox::OutboxItem;
use async_recursion::async_recursion as boxed;

impl Store {
    /// True where the message about this item that waits for a person has nothing to say any more: what it is about was rejected or
    /// taken back, and nothing else waits with it. When its time comes nothing is sent.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn says_nothing(&self, item: &OutboxItem, person: &str) -> Result<bool, StoreError> {
        if !item.change.is_by_incident() {
            return Ok(false);
        }
        let (incident, _) = self.incident_of(item).await?;
        if item.change.holds_of(incident.as_ref()) {
            return Ok(false);
        }
        let to = Recipient { person: person.to_owned(), channel: String::new() };
        let news = self.folded(item, &to).await?;
        Ok(!news.iter().any(|one| one.item.alert == item.alert))
    }
}
