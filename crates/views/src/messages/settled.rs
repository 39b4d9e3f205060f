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
    let waiting = deliveries.iter().filter(|(_, delivery)| delivery.state == DeliveryState::Queued);
    let waiting: Vec<(&OutboxItem, &str)> =
        waiting.map(|(item, delivery)| (*item, delivery.person.as_str())).collect();
    Ok(context.sources.store.saying_nothing(&waiting).await?)
}

impl MessageLine {
    /// The same of a message that need not go out any more, where it `is` one.
    pub(crate) fn settled_where(self, is: bool) -> MessageLine {
        if is { MessageLine { state: "settled", wait: None, error: None, ..self } } else { self }
    }
}
