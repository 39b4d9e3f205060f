//! Several news for one person in one message, and no word that stays the last though it is true no more.

use crate::ALERT;
use crate::desk::Desk;
use crate::receivers::{Http, Mail, Smtp};
use domain::effect::ConditionChange;
use domain::kind::{Kind, Level};
use domain::time::MINUTE;

#[tokio::test]
async fn what_waits_out_the_pause_is_said_in_one_message_and_an_assignment_in_another() {
    let (mut smtp, mut http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    let running = desk.run();
    desk.condition(Kind::Disaster, ConditionChange::Raised, Level::Siaga).await;
    smtp.mail().await;
    http.call().await;
    desk.settled().await;
    desk.reported(Kind::Disaster, ("WA-02", 5)).await;
    desk.assign(ALERT, "Camat").await;
    desk.reported(Kind::Disaster, ("WA-01", 3)).await;
    desk.incident(Kind::Disaster, ("WA-01", 3), 1).await;
    desk.quiet().await;
    desk.pass(11 * MINUTE);
    let mut mails = [smtp.mail().await, smtp.mail().await].map(|mail| mail.text);
    mails.sort();
    let [incident, assigned] = &mails;
    assert!(
        assigned.starts_with("Peringatan level siaga") && assigned.contains("ditugaskan kepada Camat"),
        "{assigned}"
    );
    assert!(
        incident.starts_with("Kejadian baru") && incident.contains("Yang terjadi: longsor"),
        "{incident}"
    );
    assert!(incident.contains("Juga: ada sangkalan: banjir, "), "{incident}");
    let json = http.call().await.body;
    assert!(json.contains(r#""also":[{"change":"disputed""#), "{json}");
    desk.drained().await;
    assert!(smtp.rest().is_empty());
    running.stop().await;
}

#[tokio::test]
async fn fifteen_cycles_of_one_source_reach_the_desk_with_the_reason_and_hardly_anybody_else() {
    let (mut smtp, http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.desk_by_mail(http.port);
    let running = desk.run();
    let mut mails = Vec::new();
    for cycle in 0..15 {
        desk.condition(Kind::Disaster, ConditionChange::Raised, Level::Siaga).await;
        desk.quiet().await;
        desk.pass(2 * MINUTE);
        desk.taken_back_one(cycle).await;
        desk.condition(Kind::Disaster, ConditionChange::Withdrawn, Level::Low).await;
        desk.quiet().await;
        desk.pass(2 * MINUTE);
        mails.extend(smtp.rest());
    }
    desk.pass(11 * MINUTE);
    desk.drained().await;
    mails.extend(smtp.rest());
    for (at, mail) in mails.iter().enumerate() {
        let number =
            mail.text.split("Nomor: ").nth(1).and_then(|rest| rest.split_whitespace().next()).unwrap();
        let gone = |later: &&Mail| {
            let (own, also) = (format!("Nomor: {number}"), format!("peringatan {number} ditarik"));
            later.to == mail.to
                && (later.text.contains(&also)
                    || later.text.contains(&own) && later.text.contains("ini ditarik"))
        };
        assert!(
            mails[at..].iter().any(|mail| gone(&mail)),
            "{} hears last of {number}: {}",
            mail.to,
            mail.text
        );
    }
    let to = |name: &str| mails.iter().filter(|mail| mail.to.starts_with(name)).count();
    assert!((3..=15).contains(&mails.len()), "{} messages", mails.len());
    assert!(to("camat") <= 4 && to("piket") >= 5, "{} and {}", to("camat"), to("piket"));
    let named = "satu-satunya sumber yang melaporkan ini, umpan-desa-x, sudah menarik ";
    assert!(mails.iter().any(|mail| mail.to.starts_with("piket") && mail.text.contains(named)));
    running.stop().await;
}

#[tokio::test]
async fn what_one_source_says_alone_reaches_the_others_once_another_says_it_too() {
    let (mut smtp, http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.roster_by_mail(http.port, |text| text.replace("awas.disaster", "siaga.disaster"));
    for number in 0..3 {
        desk.taken_back_one(number).await;
    }
    desk.condition(Kind::Disaster, ConditionChange::Raised, Level::Siaga).await;
    let running = desk.run();
    assert_eq!(smtp.mail().await.to, "piket@x.example");
    desk.round().await;
    desk.round().await;
    assert!(smtp.rest().is_empty(), "one source speaks for it");
    desk.earlier_report(Kind::Disaster).await;
    let mut notified = [smtp.mail().await, smtp.mail().await];
    notified.sort_by(|a, b| a.to.cmp(&b.to));
    assert_eq!([notified[0].to.as_str(), notified[1].to.as_str()], ["bpbd@x.example", "camat@x.example"]);
    assert!(notified[1].text.contains("Menurut: kepolisian, desa dan kelurahan"), "{}", notified[1].text);
    assert!(!notified[1].text.contains("Hanya petugas piket"), "{}", notified[1].text);
    desk.drained().await;
    desk.round().await;
    assert!(smtp.rest().is_empty(), "once, and not to who knew of it");
    running.stop().await;
}

#[tokio::test]
async fn where_the_desk_has_nobody_what_one_source_says_alone_goes_no_further_than_waspada() {
    let (mut smtp, http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.roster_by_mail(http.port, |text| {
        text.replace("awas.disaster", "siaga.disaster").replace(r#"office = "piket""#, r#"office = "lain""#)
    });
    for number in 0..3 {
        desk.taken_back_one(number).await;
    }
    desk.condition(Kind::Disaster, ConditionChange::Raised, Level::Siaga).await;
    let running = desk.run();
    assert_eq!(smtp.mail().await.to, "camat@x.example");
    desk.drained().await;
    desk.round().await;
    assert!(smtp.rest().is_empty(), "siaga's people were notified");
    running.stop().await;
}

#[tokio::test]
async fn what_one_source_alone_said_and_took_back_is_owed_to_nobody() {
    let (mut smtp, http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.desk_by_mail(http.port);
    for number in 0..3 {
        desk.taken_back_one(number).await;
    }
    desk.condition(Kind::Disaster, ConditionChange::Raised, Level::Siaga).await;
    let running = desk.run();
    assert_eq!(smtp.mail().await.to, "piket@x.example");
    desk.condition(Kind::Disaster, ConditionChange::Withdrawn, Level::Low).await;
    desk.pass(11 * MINUTE);
    assert_eq!(smtp.mail().await.to, "piket@x.example");
    desk.round().await;
    assert!(desk.store.withheld_alerts().await.unwrap().is_empty());
    assert!(smtp.rest().is_empty());
    running.stop().await;
}

#[tokio::test]
async fn a_district_and_its_regency_that_rise_together_are_one_message() {
    let (mut smtp, http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.desk_by_mail(http.port);
    desk.district_and_regency(Kind::Disaster, [Level::Siaga, Level::Siaga]).await;
    let running = desk.run();
    let mut mails = [smtp.mail().await, smtp.mail().await];
    desk.drained().await;
    desk.round().await;
    let more: Vec<String> = smtp.rest().into_iter().map(|mail| mail.to + ": " + &mail.text).collect();
    assert!(more.is_empty(), "one message to each: {more:?}");
    mails.sort_by(|a, b| a.to.cmp(&b.to));
    let [camat, piket] = &mails;
    assert_eq!([camat.to.as_str(), piket.to.as_str()], ["camat@x.example", "piket@x.example"]);
    let (own, regency) = (ALERT, "16.13-2026-0002");
    let also =
        format!("Juga: 16.13, peringatan dibuka, level siaga: https://desk.example/peringatan/{regency}");
    for line in [&also, &format!("Tautan: https://desk.example/peringatan/{own}")] {
        assert!(piket.text.contains(line.as_str()), "{line}: {}", piket.text);
    }
    let deliveries = desk.store.alert_deliveries(regency).await.unwrap();
    let states = deliveries.iter().map(|one| (one.person.as_str(), one.state)).collect::<Vec<_>>();
    assert!(states.contains(&("16.13/posko", store::DeliveryState::Sent)), "{states:?}");
    // Who heard of it with its district hears that it is withdrawn.
    let item =
        store::OutboxItem { id: i64::MAX, ..desk.store.alert_items(regency).await.unwrap()[0].clone() };
    let notified = desk.store.already_notified(&item).await.unwrap();
    assert!(notified.iter().any(|to| to.person == "16.13/posko"), "{notified:?}");
    running.stop().await;
}

#[tokio::test]
async fn a_regency_that_stands_higher_than_the_district_has_a_message_of_its_own() {
    let (mut smtp, http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.desk_by_mail(http.port);
    desk.district_and_regency(Kind::Disaster, [Level::Waspada, Level::Siaga]).await;
    let running = desk.run();
    let mut to_desk = 0;
    while to_desk < 2 {
        to_desk += usize::from(smtp.mail().await.to == "piket@x.example");
    }
    running.stop().await;
}
