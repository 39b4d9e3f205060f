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
