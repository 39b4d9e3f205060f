//! Several news for one person in one message, and no word that stays the last though it is true no more.

use crate::ALERT;
use crate::desk::{DISTRICT, Desk};
use crate::receivers::{Http, Smtp};
use crate::rows::{incident, report};
use domain::effect::{ConditionChange, ConditionReason, DistrictCount, Effect};
use domain::kind::{Kind, Level};
use domain::place::{Code, Places, Unit};
use domain::report::ReportId;
use domain::time::MINUTE;
use std::collections::BTreeSet;
use std::sync::Arc;

#[tokio::test]
async fn what_waits_out_the_pause_goes_in_one_message() {
    let (mut smtp, mut http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    let running = desk.run();
    desk.condition(Kind::Disaster, ConditionChange::Raised, Level::Siaga).await;
    smtp.mail().await;
    http.call().await;
    desk.settled().await;
    desk.reported(Kind::Disaster, ("WA-02", 5)).await;
    desk.reported(Kind::Disaster, ("WA-01", 3)).await;
    desk.incident(Kind::Disaster, ("WA-01", 3), 1).await;
    desk.quiet().await;
    desk.pass(11 * MINUTE);
    let incident = smtp.mail().await.text;
    assert!(
        incident.starts_with("Kejadian baru") && incident.contains("Yang terjadi: longsor"),
        "{incident}"
    );
    assert!(incident.contains("Juga: ada sangkalan: banjir, "), "{incident}");
    assert!(incident.contains("Juga: kejadian baru: banjir, "), "the denial alone says nothing: {incident}");
    let json = http.call().await.body;
    let body: serde_json::Value = serde_json::from_str(&json).unwrap();
    let also: Vec<&str> =
        body["also"].as_array().unwrap().iter().map(|one| one["change"].as_str().unwrap()).collect();
    assert_eq!(also, ["new_incident", "disputed"], "{json}");
    desk.drained().await;
    assert!(smtp.rest().is_empty());
    running.stop().await;
}

#[tokio::test]
async fn a_district_and_its_regency_that_rise_together_are_one_message() {
    let (mut smtp, http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.desk_by_mail(http.port);
    desk.district_and_regency(Kind::Disaster, [Level::Siaga, Level::Siaga], 1).await;
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

/// The line about the regency says why it stands, as its own message would.
#[tokio::test]
async fn a_line_about_the_regency_says_which_kecamatan_raise_it() {
    let (mut smtp, http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.desk_by_mail(http.port);
    let (kind, level) = (Kind::ResidentCompany, Level::Siaga);
    let own = incident(ReportId(1), kind, "WP-05", 4);
    let mut regency = desk.raised(DISTRICT.regency(), (kind, level), Vec::new());
    if let Effect::Condition(condition) = &mut regency {
        condition.reasons = vec![ConditionReason::Districts(DistrictCount::of_earlier_build(1))];
    }
    let district = desk.raised(DISTRICT, (kind, level), vec![own.id]);
    let effects = vec![Effect::Incident(own), district, regency];
    desk.commit(vec![report(ReportId(1), kind, 0)], effects).await;
    let running = desk.run();
    let mut mail = smtp.mail().await;
    while mail.to != "piket@x.example" {
        mail = smtp.mail().await;
    }
    let why = "Juga: 16.13, peringatan dibuka, level siaga (1 kecamatan sekaligus berada pada siaga atau awas: Rawas Ilir): https://";
    assert!(mail.text.contains(why), "{}", mail.text);
    running.stop().await;
}

#[tokio::test]
async fn a_regency_that_stands_higher_than_the_district_has_a_message_of_its_own() {
    let (mut smtp, http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.desk_by_mail(http.port);
    desk.district_and_regency(Kind::Disaster, [Level::Waspada, Level::Siaga], 1).await;
    let running = desk.run();
    let mut to_desk = 0;
    while to_desk < 2 {
        to_desk += usize::from(smtp.mail().await.to == "piket@x.example");
    }
    running.stop().await;
}

/// Two alerts are two messages where the first has gone out before the second is there.
#[tokio::test]
async fn a_regency_that_rises_after_its_districts_message_went_out_has_a_message_of_its_own() {
    let (mut smtp, http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.desk_by_mail(http.port);
    let running = desk.run();
    desk.condition(Kind::Disaster, ConditionChange::Raised, Level::Siaga).await;
    let mut first = [smtp.mail().await.to, smtp.mail().await.to];
    first.sort();
    assert_eq!(first, ["camat@x.example", "piket@x.example"]);
    desk.settled().await;
    desk.regency_rises(Kind::Disaster, Level::Siaga).await;
    let own = smtp.mail().await;
    assert_eq!(own.to, "piket@x.example");
    assert!(own.text.contains("Tautan: https://desk.example/peringatan/16.13-2026-0002"), "{}", own.text);
    desk.drained().await;
    desk.round().await;
    assert!(smtp.rest().is_empty(), "one message for each alert");
    running.stop().await;
}

/// What opened and rose before anybody was notified is one message, of the higher level.
#[tokio::test]
async fn what_waits_about_one_alert_in_one_round_is_one_message() {
    let (mut smtp, http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.desk_by_mail(http.port);
    desk.condition(Kind::Disaster, ConditionChange::Raised, Level::Waspada).await;
    desk.condition(Kind::Disaster, ConditionChange::Changed, Level::Siaga).await;
    let running = desk.run();
    let mails = [smtp.mail().await, smtp.mail().await];
    desk.drained().await;
    desk.round().await;
    assert!(smtp.rest().is_empty(), "one message to each");
    assert!(mails.iter().all(|mail| mail.text.contains("siaga")), "{}", mails[0].text);
    running.stop().await;
}

/// An agency that reports a flood of seven districts is one source, and what it says must be heard.
#[tokio::test]
async fn what_one_source_opens_in_many_places_goes_out_at_once_each_by_its_own() {
    let (mut smtp, http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.desk_by_mail(http.port);
    let districts: Vec<Code> = (1..=7).map(|district| Code(DISTRICT.regency().0 + district)).collect();
    let unit = |code: &Code| (*code, Unit { name: format!("Kecamatan {}", code.0), ..Unit::default() });
    desk.places = Arc::new(Places::new(districts.iter().map(unit).collect(), false));
    for code in districts {
        desk.raised_in(code).await;
    }
    let running = desk.run();
    desk.quiet().await;
    let mails = smtp.rest();
    let own: Vec<&str> =
        mails.iter().filter(|mail| mail.to == "piket@x.example").map(|mail| mail.text.as_str()).collect();
    let place =
        |text: &&str| text.lines().find_map(|line| line.strip_prefix("Kecamatan: ").map(str::to_owned));
    let places: BTreeSet<String> = own.iter().filter_map(place).collect();
    assert_eq!((own.len(), places.len()), (7, 7), "{own:?}");
    assert!(own.iter().all(|text| !text.contains("Juga: ")), "{own:?}");
    desk.drained().await;
    running.stop().await;
}
