//! Why other alerts stand that a message names in a line, as far as its reader may see it.

use crate::message::AlsoWhy;
use crate::run::NotifyState;
use crate::team::Member;
use store::{FoldedItem, OutboxItem, StoreError};

/// Of each other alert of these news that stands what its own message would give as its reason.
pub(crate) async fn load(
    state: &NotifyState,
    (lead, news): (&OutboxItem, &[FoldedItem]),
    member: &Member,
) -> Result<Vec<AlsoWhy>, StoreError> {
    let is_of_other = |one: &&FoldedItem| one.item.alert != lead.alert && !one.item.change.is_end();
    let mut all: Vec<AlsoWhy> = Vec::new();
    for one in news.iter().rev().filter(is_of_other) {
        if all.iter().any(|other| other.alert == one.item.alert) {
            continue; // the newest speaks for it
        }
        let facts = state.store.message_facts_seen(&one.item, &member.areas).await?;
        let own = facts.incidents.first().filter(|own| member.areas.touches(own.place.code));
        all.push(AlsoWhy {
            alert: one.item.alert.clone(),
            incident: own.map(|own| (own.category, own.occurred_at)),
            by_model: facts.by_model && facts.incidents.is_empty(),
            counted: facts.counted,
        });
    }
    Ok(all)
}
