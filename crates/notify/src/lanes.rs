//! Lanes: mail, webhooks and each provider have so many hands of their own, so that one that is slow holds nobody else's message.

use crate::channels::{Channel, Gateway};
use crate::team::Team;
use std::collections::BTreeSet;
use std::sync::Arc;
use store::ClaimedChannels;
use tokio::sync::Semaphore;

/// Questions about receipts on their way to one provider at once.
const QUESTIONS: usize = 4;

/// What leaves by one way, and the hands there are for it.
pub(crate) struct DeliveryLane {
    pub channels: ClaimedChannels,
    pub slots: Arc<Semaphore>,
    /// Of a provider whose receipts are waited for.
    pub receipts: Option<ReceiptLane>,
}

/// The provider whose receipts are waited for, and the hands for asking it.
pub(crate) struct ReceiptLane {
    pub gateway: Arc<Gateway>,
    pub slots: Arc<Semaphore>,
}

/// A lane for each way out of the roster, and one for what was addressed to a way that is in it no more. `batch` is how many
/// messages are on their way at once where the file says nothing else.
pub(crate) fn lanes(team: &Team, batch: usize) -> Vec<DeliveryLane> {
    let mut known = BTreeSet::new();
    let mut lane = |keys: Vec<String>, at_once: usize, receipts: Option<ReceiptLane>| {
        let own: Vec<String> = keys.into_iter().filter(|key| known.insert(key.clone())).collect();
        DeliveryLane {
            channels: ClaimedChannels::Only(own),
            slots: Arc::new(Semaphore::new(at_once)),
            receipts,
        }
    };
    let mut lanes = Vec::new();
    for channel in Channel::OTHERS {
        lanes.push(lane(team.channel_keys(|address| address.channel() == channel), batch, None));
    }
    for gateway in team.gateways() {
        let receipts = gateway.receipt().map(|_| {
            let (gateway, slots) = (Arc::clone(gateway), Arc::new(Semaphore::new(QUESTIONS)));
            ReceiptLane { gateway, slots }
        });
        let keys = team.channel_keys(|address| address.leads_to(gateway.name()));
        lanes.push(lane(keys, gateway.at_once().unwrap_or(batch), receipts));
    }
    let rest = ClaimedChannels::AllBut(known.into_iter().collect());
    lanes.push(DeliveryLane { channels: rest, slots: Arc::new(Semaphore::new(batch)), receipts: None });
    lanes
}
