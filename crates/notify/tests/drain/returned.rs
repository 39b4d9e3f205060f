//! What had cleared and comes back: at once, at the level that stands now, and to whom that concerns.

use crate::desk::{DISTRICT, Desk};
use crate::receivers::{Http, Smtp};
use crate::rows::{incident, name, report};
use domain::effect::{ConditionChange, Effect};
use domain::kind::{Kind, Level};
use domain::report::ReportId;
use domain::time::MINUTE;
use std::time::Duration;
use tokio::time::timeout;

/// One record brings a grave incident, and the condition as it stands with it.
async fn reported_at(desk: &Desk, number: u128, level: Level) {
    let id = ReportId(number);
    let mut condition = desk.raised(DISTRICT, (Kind::Disaster, level), vec![name(id)]);
    if let Effect::Condition(condition) = &mut condition {
        condition.change = ConditionChange::Changed;
    }
    let grave = Effect::Incident(incident(id, Kind::Disaster, "WA-02", 4));
    desk.commit(vec![report(id, Kind::Disaster, 0)], vec![grave, condition]).await;
}

#[tokio::test]
async fn what_returns_below_an_awas_that_cleared_goes_at_once_and_only_to_whom_it_concerns() {
    let (mut smtp, mut http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    let running = desk.run();
    desk.condition(Kind::Disaster, ConditionChange::Raised, Level::Awas).await;
    for _ in 0..2 {
        smtp.mail().await;
    }
    http.call().await;
    desk.drained().await;
    desk.condition(Kind::Disaster, ConditionChange::Cleared, Level::Low).await;
    desk.quiet().await;
    reported_at(&desk, 500, Level::Siaga).await;
    let mail = timeout(Duration::from_secs(20), smtp.mail()).await.expect("a return waits for no pause");
    assert_eq!(mail.to, "camat@x.example");
    assert!(mail.text.contains("kini terpicu lagi, level siaga"), "{}", mail.text);
    desk.quiet().await;
    assert!(smtp.rest().is_empty(), "who hears of awas only hears of no siaga");
    desk.pass(11 * MINUTE);
    let mail = smtp.mail().await;
    assert_eq!(mail.to, "bpbd@x.example");
    assert!(mail.text.starts_with("What raised this alert of level awas"), "{}", mail.text);
    desk.drained().await;
    assert!(smtp.rest().is_empty());
    running.stop().await;
}

/// A message about what an incident does to an alert names the level that the same record gives it.
#[tokio::test]
async fn an_incident_is_news_at_the_level_that_its_record_makes() {
    let (smtp, http) = (Smtp::start().await, Http::start().await);
    let desk = Desk::open(&smtp, &http).await;
    desk.condition(Kind::Disaster, ConditionChange::Raised, Level::Awas).await;
    for (number, level) in [(500, Level::Siaga), (501, Level::Siaga), (502, Level::Awas)] {
        reported_at(&desk, number, level).await;
    }
    let items = desk.store.alert_items(crate::ALERT).await.unwrap();
    let of_incidents = items.iter().filter(|item| item.change.is_of_incident());
    let levels: Vec<Level> = of_incidents.map(|item| item.level).collect();
    assert_eq!(levels, [Level::Siaga, Level::Siaga, Level::Awas]);
}
