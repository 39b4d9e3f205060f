//! What one speaker alone opens in many places within minutes: where the settings say so, a person gets a few messages of it, and then one
//! that lists the rest.
//! A rise, and what another speaker says too, waits for nothing.

use crate::audience::due;
use crate::run::NotifyState;
use domain::alert::notice::AlertChangeKind;
use domain::place::Zone;
use std::collections::BTreeMap;
use store::{DueDelivery, FoldedItem, MessageFacts, OneVoice, OpenedAlone, OutboxItem, StoreError};

/// What the item's speaker alone opened just before it, where that may be enough for somebody.
pub(crate) async fn opened_alone(
    state: &NotifyState,
    item: &OutboxItem,
    facts: &MessageFacts,
) -> Result<Option<OpenedAlone>, StoreError> {
    let most = state.settings.one_source;
    if most == 0 || facts.sole_feed.is_none() {
        return Ok(None);
    }
    let openings = state.store.opened_alone(item, (most, false)).await?;
    Ok((openings.len() >= most).then(|| OpenedAlone {
        openings: openings.into_iter().map(|item| item.id).collect(),
        most,
        now: (state.wall)(),
    }))
}

/// What a message of one speaker's word takes with it; `None` where another one that is on its way has it: then it was given back.
pub(crate) async fn companions(
    state: &NotifyState,
    due: &DueDelivery,
) -> Result<Option<Vec<FoldedItem>>, StoreError> {
    let most = state.settings.one_source;
    if most == 0 {
        return Ok(Some(Vec::new()));
    }
    Ok(match state.store.one_voice(due, (most, (state.wall)())).await? {
        OneVoice::Alone => Some(Vec::new()),
        OneVoice::With(items) => Some(items),
        OneVoice::Within(until) => {
            state.store.give_back(due.id, until).await?;
            None
        }
    })
}

/// What waited because one speaker alone spoke goes out as soon as another speaks for it too. True where something did.
pub(crate) async fn release(state: &NotifyState) -> Result<bool, StoreError> {
    if state.settings.one_source == 0 {
        return Ok(false);
    }
    let now = (state.wall)();
    let mut shared: BTreeMap<String, bool> = BTreeMap::new();
    let mut ready = Vec::new();
    for (delivery, item, to) in state.store.brought_and_waiting(now).await? {
        let (_, by_quiet_hours) = due(state, to, (item.level, now, Zone::of(item.code)));
        // Messages about one alert keep their pause.
        if by_quiet_hours > now || item.change != AlertChangeKind::Opened {
            continue;
        }
        let is_shared = match shared.get(&item.alert) {
            Some(known) => *known,
            None => state.store.is_shared_by_others(&item).await?,
        };
        shared.insert(item.alert, is_shared);
        if is_shared {
            ready.push(delivery);
        }
    }
    if !ready.is_empty() {
        state.store.try_now(&ready, now).await?;
    }
    Ok(!ready.is_empty())
}
