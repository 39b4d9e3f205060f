//! What a provider says later of a message that it took.

use crate::deliveries::{LEASE, NOW, answered, claim, from, queue_change, states};
use crate::fixture::*;
use domain::effect::ConditionChange;
use domain::kind::Level;
use domain::time::{SECOND, Time};
use store::{AttemptResult, ClaimedChannels, DeliveryState, ExpectedReceipt, NextChannels, ReceiptNews};

pub async fn a_receipt_is_written_down_once_and_what_did_not_arrive_goes_by_the_next_channel(home: &Home) {
    let store = home.open().await;
    let item = queue_change(&store, ConditionChange::Raised, Level::Awas).await;
    store.address(&item, &from(NOW, &[("a", "sms"), ("b", "sms"), ("c", "wa")]), noon(1)).await.unwrap();
    let sms = ClaimedChannels::Only(vec![String::from("sms")]);
    for due in store.claim_deliveries(&ClaimedChannels::AllBut(Vec::new()), NOW, LEASE, 10).await.unwrap() {
        let provider_id = Some(format!("m-{}", due.to.person));
        let receipt = Some(ExpectedReceipt { provider_id, next_at: LEASE });
        store
            .record_delivery(&due, AttemptResult::Sent { at: NOW, receipt, carried: Vec::new() }, noon(1))
            .await
            .unwrap();
    }
    assert_eq!(store.outbox_pending().await.unwrap(), 0);
    let claimed = async |now: Time| {
        let found = store.claim_receipts(&sms, now, now.plus(SECOND), 10).await.unwrap();
        found.into_iter().map(|one| one.delivery.to.person).collect::<Vec<_>>()
    };
    assert!(claimed(NOW).await.is_empty());
    assert_eq!(claimed(LEASE).await, ["a", "b"], "not those of another provider");
    assert!(claimed(LEASE).await.is_empty(), "leased");
    assert_eq!(store.message_called(&sms, "m-c").await.unwrap(), None, "a name is known to its own provider");
    let of = store.message_called(&sms, "m-a").await.unwrap().unwrap();
    assert_eq!((of.sent_at, of.missing), (NOW, false));
    let failed = || ReceiptNews::Failed(answered("UNDELIV"));
    let next = || Some(NextChannels { channels: vec![String::from("email")], due_at: NOW });
    for (news, next_at, changed) in [
        (ReceiptNews::UnderWay, Some(LEASE), false),
        (ReceiptNews::Missing, Some(LEASE), true),
        (failed(), None, true),
        (failed(), None, false),
        (ReceiptNews::Missing, None, false),
    ] {
        let next = if news == failed() { next() } else { None };
        let written = store.record_receipt(&of, (news.clone(), next_at), next, noon(2)).await.unwrap();
        assert_eq!(written, changed, "{news:?}");
    }
    assert_eq!(store.outbox_pending().await.unwrap(), 1, "by mail now");
    let waiting: Vec<_> =
        store.undelivered(noon(1)).await.unwrap().into_iter().map(|one| one.person).collect();
    assert_eq!(waiting, ["a"], "what did not arrive was not received");
    let mail = claim(&store, "email", NOW).await;
    assert_eq!((mail.len(), mail[0].to.person.as_str()), (1, "a"));
    // It arrived after all: the person has it, whatever the mail does.
    for (news, changed) in [
        (ReceiptNews::Delivered, true),
        (ReceiptNews::Delivered, false),
        (ReceiptNews::Read, true),
        (failed(), false),
    ] {
        let written = store.record_receipt(&of, (news.clone(), None), next(), noon(3)).await.unwrap();
        assert_eq!(written, changed, "{news:?}");
    }
    let kept = store.alert_deliveries(&item.alert).await.unwrap();
    let own = kept.iter().find(|one| one.person == "a" && one.channel == "sms").unwrap();
    assert_eq!((own.state, own.at, own.receipt_at), (DeliveryState::Read, noon(1), Some(noon(3))));
    assert!(store.undelivered(noon(1)).await.unwrap().is_empty());
    // Something newer is on its way to b: the old message is not sent again.
    let of = store.message_called(&sms, "m-b").await.unwrap().unwrap();
    let lowered = queue_change(&store, ConditionChange::Changed, Level::Siaga).await;
    store.address(&lowered, &from(NOW, &[("b", "sms")]), noon(1)).await.unwrap();
    assert!(store.record_receipt(&of, (failed(), None), next(), noon(2)).await.unwrap());
    assert_eq!(states(&store, &item).await.len(), 4 + 1, "three, a's mail, and the newer one");
}
