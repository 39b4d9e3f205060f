//! One try to bring one message to one person by one channel.

use crate::channels::OutgoingMessage;
use crate::message::{Notice, NoticeReason};
use crate::run::NotifyState;
use store::{AlertChangeKind, DeliveryFailure, DueDelivery};

/// Why a try failed.
pub(crate) enum Failure {
    /// It may work later.
    Later(DeliveryFailure),
    /// It cannot work as things are configured.
    Never(DeliveryFailure),
}

impl From<String> for Failure {
    fn from(error: String) -> Failure {
        Failure::Later(DeliveryFailure::Answered(crate::clip(&error)))
    }
}

pub(crate) async fn attempt(state: &NotifyState, due: &DueDelivery) -> Result<(), Failure> {
    let member = state.team.find(&due.to.person).ok_or(Failure::Never(DeliveryFailure::MemberGone))?;
    let address = member.address(&due.to.channel).ok_or(Failure::Never(DeliveryFailure::ChannelGone))?;
    let notice = notice(state, due).await?;
    let message = OutgoingMessage {
        notice: &notice,
        delivery: due.id,
        version: i64::from(due.item.version),
        language: member.language,
        places: &state.places,
        settings: &state.message_settings,
        at: (state.wall)(),
    };
    state.channels.send(address, &message).await
}

async fn notice(state: &NotifyState, due: &DueDelivery) -> Result<Notice, Failure> {
    let item = &due.item;
    let facts = state.store.message_facts(item).await.map_err(|error| Failure::from(crate::chain(&error)))?;
    Ok(Notice {
        change: change(item.change).ok_or(Failure::Never(DeliveryFailure::NotNotified))?,
        alert: item.alert.clone(),
        code: item.code,
        kind: item.kind,
        level: item.level,
        unverified: facts.unverified,
        category: facts.categories.first().copied(),
        baseline: facts.baseline,
        earlier_recipients: facts.notified,
    })
}

/// What the team hears of; other changes stay on the desk.
pub(crate) fn change(what: AlertChangeKind) -> Option<NoticeReason> {
    match what {
        AlertChangeKind::Opened => Some(NoticeReason::Opened),
        AlertChangeKind::Risen => Some(NoticeReason::Risen),
        AlertChangeKind::Lowered => Some(NoticeReason::Lowered),
        AlertChangeKind::Withdrawn => Some(NoticeReason::Withdrawn),
        AlertChangeKind::Changed => None,
    }
}
