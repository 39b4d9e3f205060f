//! An alert that rises again by something new: subject, words and figures of its message are of what made it rise.

use crate::ALERT;
use crate::desk::{DISTRICT, Desk, NOW, PLANTED};
use crate::receivers::{Http, Smtp};
use crate::roster::places;
use crate::rows::{incident, raised_in, report};
use domain::alert::notice::AlertChangeKind;
use domain::effect::{Condition, ConditionChange, Effect, Incident};
use domain::evidence::attestation::Attested;
use domain::kind::{Kind, Level};
use domain::report::ReportId;
use domain::time::{DAY, HOUR, MINUTE, Time};

/// An incident that two parties affirm.
fn attested(own: Incident) -> Incident {
    Incident {
        attested: Attested { extent: own.claimed, awas: own.claimed.severity },
        speakers: 2,
        opens_until: Some(own.occurred_at.plus(2 * DAY)),
        ..own
    }
}

fn moved(raised: &Effect, change: impl FnOnce(&mut Condition)) -> Effect {
    let mut moved = raised.clone();
    if let Effect::Condition(condition) = &mut moved {
        condition.change = ConditionChange::Changed;
        change(condition);
    }
    moved
}

fn happened(id: u128, kind: Kind, (category, severity): (&str, u8), at: Time) -> Incident {
    Incident { occurred_at: at, ..incident(ReportId(id), kind, category, severity) }
}

#[tokio::test]
async fn an_alert_that_rises_again_leads_with_what_made_it_rise() {
    let (mut smtp, mut http) = (Smtp::start().await, Http::start().await);
    for (kind, category, what) in
        [(Kind::Disaster, "WA-02", "longsor"), (Kind::ResidentCompany, "WP-05", "pemortalan")]
    {
        let mut desk = Desk::open(&smtp, &http).await;
        let grave = if kind == Kind::Disaster { "WA-01" } else { "WP-01" };
        let old = attested(happened(77, kind, (grave, 5), NOW.plus(-2 * DAY)));
        let raised = raised_in((&places(), DISTRICT), (kind, Level::Waspada), vec![old.id]);
        let row = report(ReportId(77), kind, 0);
        let surely = moved(&raised, |own| (own.change, own.unverified) = (ConditionChange::Raised, false));
        desk.commit(vec![row], vec![Effect::Incident(old), surely]).await;
        let running = desk.run();
        desk.settled().await;
        running.stop().await;
        smtp.rest();
        http.rest();
        // Today's: one party's word raises siaga, a second one's awas; the old one is named along with it.
        let today = happened(78, kind, (category, 4), NOW.plus(-HOUR));
        let claim = Incident { opens_until: Some(NOW.plus(DAY)), ..today };
        for (level, own) in [(Level::Siaga, claim), (Level::Awas, attested(today))] {
            let risen = moved(&raised, |condition| {
                (condition.level, condition.evidence) = (level, vec![old.id, own.id]);
                condition.unverified = level < Level::Awas;
            });
            desk.commit(vec![report(ReportId(78), kind, 0)], vec![Effect::Incident(own), risen]).await;
            desk.pass(MINUTE);
            let running = desk.run();
            let mut mail = smtp.mail().await;
            while mail.to != "camat@x.example" {
                mail = smtp.mail().await;
            }
            let call = http.call().await;
            desk.settled().await;
            running.stop().await;
            smtp.rest();
            http.rest();
            let text = mail.text.replace('\r', "");
            let (marked, sure) = ("belum terverifikasi", "terkonfirmasi lebih dari satu pihak");
            for says in [&format!("Yang terjadi: {what}\n"), "Waktu kejadian: Min, 1 Mar 2026, 06.00 WIB\n"] {
                assert!(text.contains(says), "{level:?}: {says}: {text}");
            }
            assert_eq!(text.contains(marked), level < Level::Awas, "{level:?}: {text}");
            assert_eq!(text.contains(sure), level == Level::Awas, "{level:?}: {text}");
            let awas = level == Level::Awas;
            for says in [
                format!(r#""incident":{{"category":"{category}","occurred_at":"2026-03-01T06:00:00+07:00""#),
                format!(r#""attested":{awas}"#),
                format!(r#""unverified":{}"#, !awas),
            ] {
                assert!(call.body.contains(&says), "{level:?}: {says}: {}", call.body);
            }
            for hidden in PLANTED {
                assert!(!mail.raw.contains(hidden) && !call.body.contains(hidden), "'{hidden}': {text}");
            }
        }
        // A try of the first message that comes only now is of one moment, too.
        let items = desk.store.alert_items(ALERT).await.unwrap();
        let first = items.iter().find(|item| item.change == AlertChangeKind::Risen).expect("a rise");
        let facts = desk.store.message_facts(first).await.unwrap();
        let leads = facts.incidents.first().map(|own| own.id);
        assert_eq!((leads, facts.unverified), (Some(today.id), false), "{:?}", first.level);
    }
}
