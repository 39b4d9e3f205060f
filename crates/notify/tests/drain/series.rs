//! What may belong together is named to who hears of it.

use crate::ALERT;
use crate::desk::{DISTRICT, Desk};
use crate::receivers::{Http, Smtp};
use domain::effect::ConditionChange;
use domain::kind::{Kind, Level};
use domain::place::{Code, Places, Unit};
use domain::time::MINUTE;
use std::sync::Arc;

#[tokio::test]
async fn who_hears_of_no_conflict_reads_of_none_in_a_disasters_message_and_who_does_reads_its_number() {
    let (mut smtp, http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.desk_by_mail(http.port);
    desk.condition(Kind::ResidentCompany, ConditionChange::Raised, Level::Siaga).await;
    desk.condition(Kind::Disaster, ConditionChange::Raised, Level::Awas).await;
    let running = desk.run();
    // The conflict goes to two, the disaster to three.
    let mut mails = Vec::new();
    for _ in 0..5 {
        mails.push(smtp.mail().await);
    }
    desk.drained().await;
    assert!(smtp.rest().is_empty());
    let of_disaster = |to: &str| {
        let own: Vec<&str> = mails
            .iter()
            .filter(|mail| mail.to == to && mail.text.contains("/peringatan/16.13-2026-0002"))
            .map(|mail| mail.text.as_str())
            .collect();
        assert_eq!(own.len(), 1, "{to}: {own:?}");
        own[0]
    };
    for to in ["camat@x.example", "piket@x.example"] {
        let text = of_disaster(to);
        assert!(text.contains("Mungkin satu rangkaian dengan: warga–perusahaan di"), "{to}: {text}");
        assert!(text.contains("(16.13-2026-0001)"), "{to}: {text}");
    }
    let text = of_disaster("bpbd@x.example");
    assert!(!text.contains("Possibly one series") && !text.contains("16.13-2026-0001"), "{text}");
    running.stop().await;
}

/// The mail follows the page: who has one kecamatan finds no alert of another there, and the link would lead nowhere.
#[tokio::test]
async fn who_sees_one_kecamatan_reads_of_no_alert_in_the_next_one() {
    let (mut smtp, http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.desk_by_mail(http.port);
    let beside = Code(161_305);
    let unit = |name: &str, other| Unit { name: name.into(), neighbours: vec![other], ..Unit::default() };
    let units = vec![(DISTRICT, unit("Rawas Ilir", beside)), (beside, unit("Karang Dapo", DISTRICT))];
    desk.places = Arc::new(Places::new(units, false));
    let kind = Kind::ResidentCompany;
    desk.commit(Vec::new(), vec![desk.raised(beside, (kind, Level::Siaga), Vec::new())]).await;
    desk.condition(kind, ConditionChange::Raised, Level::Siaga).await;
    let running = desk.run();
    let mut mails = Vec::new();
    for _ in 0..3 {
        mails.push(smtp.mail().await);
    }
    desk.drained().await;
    assert!(smtp.rest().is_empty());
    let of = |to: &str| {
        let own =
            mails.iter().find(|mail| mail.to == to && mail.text.contains("/peringatan/16.13-2026-0002"));
        own.unwrap_or_else(|| panic!("{to}")).text.clone()
    };
    let text = of("piket@x.example");
    let words = "Mungkin satu rangkaian dengan: warga–perusahaan di Karang Dapo";
    assert!(text.replace("\r\n", "\n").contains(words), "{text}");
    let text = of("camat@x.example");
    assert!(!text.contains("rangkaian") && !text.contains("16.13-2026-0001"), "{text}");
    running.stop().await;
}

#[tokio::test]
async fn what_is_over_is_one_with_nothing() {
    let (mut smtp, http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    let running = desk.run();
    desk.condition(Kind::ResidentCompany, ConditionChange::Raised, Level::Siaga).await;
    desk.condition(Kind::Disaster, ConditionChange::Raised, Level::Siaga).await;
    desk.drained().await;
    smtp.rest();
    desk.condition(Kind::Disaster, ConditionChange::Withdrawn, Level::Low).await;
    desk.pass(11 * MINUTE);
    let mail = smtp.mail().await;
    assert!(mail.text.contains("ditarik dan tidak berlaku lagi"), "{}", mail.text);
    assert!(!mail.text.contains("satu rangkaian") && !mail.text.contains(ALERT), "{}", mail.text);
    running.stop().await;
}
