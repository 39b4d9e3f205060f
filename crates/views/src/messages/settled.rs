//! Messages that wait and would say nothing by now: what they are about was rejected or taken back.

use super::MessageLine;
use crate::context::Context;
use crate::error::ViewError;
use std::collections::BTreeSet;
use store::{Delivery, DeliveryState, OutboxItem};

/// Of these deliveries those that wait and will send nothing: the item and the person of each.
pub(crate) async fn settled(
    context: &Context,
    deliveries: &[(&OutboxItem, &Delivery)],
) -> Result<BTreeSet<(i64, String)>, ViewError> {
    let mut settled = BTreeSet::new();
    for (item, delivery) in deliveries {
        if delivery.state != DeliveryState::Queued {
            continue;
        }
        if context.sources.store.says_nothing(item, &delivery.person).await? {
            settled.insert((item.id, delivery.person.clone()));
        }
    }
    Ok(settled)
}

impl MessageLine {
    /// The same of a message that need not go out any more, where it `is` one.
    pub(crate) fn settled_where(self, is: bool) -> MessageLine {
        if is { MessageLine { state: "settled", wait: None, error: None, ..self } } else { self }
    }
}
