//! An alert that is withdrawn because its source took its report back: the message names what had been claimed.

use crate::ALERT;
use crate::desk::{DISTRICT, Desk, NOW, PLANTED};
use crate::receivers::{Http, Smtp};
use crate::rows::{incident, name, report};
use domain::effect::{ConditionChange, Effect};
use domain::kind::{Category, Kind, Level, Outcome};
use domain::report::{Body, ReportId};
use domain::time::{HOUR, MINUTE};

/// A report and its incident raise the district, and everybody is notified; then its source takes it back.
async fn raised_and_retracted(desk: &mut Desk, kind: Kind, category: &str) {
    let own = name(ReportId(77));
    let mut row = report(own.id, kind, 0);
    if let Body::Statement(statement) = &mut row.report.body {
        statement.category = Category::parse(category).unwrap();
        statement.occurred_at = NOW.plus(-3 * HOUR);
    }
    let raised = desk.raised(DISTRICT, (kind, Level::Siaga), vec![own]);
    let mut withdrawn = raised.clone();
    if let Effect::Condition(condition) = &mut withdrawn {
        condition.change = ConditionChange::Withdrawn;
    }
    desk.commit(vec![row], vec![Effect::Incident(incident(own.id, kind, category, 4)), raised]).await;
    let running = desk.run();
    desk.settled().await;
    running.stop().await;
    let regency = DISTRICT.regency();
    let outcome = Effect::Outcome { regency, report: own, outcome: Outcome::Retracted, incident: None };
    desk.commit(Vec::new(), vec![outcome, Effect::IncidentGone { regency, id: own }, withdrawn]).await;
}

#[tokio::test]
async fn an_end_that_another_alerts_message_carries_names_what_its_source_took_back() {
    let (mut smtp, http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    raised_and_retracted(&mut desk, Kind::Disaster, "WA-01").await;
    smtp.rest();
    desk.condition(Kind::Disaster, ConditionChange::Raised, Level::Siaga).await;
    let running = desk.run();
    let mail = smtp.mail().await;
    let also = "Juga: peringatan 16.13-2026-0001 ditarik dan tidak berlaku lagi: laporan banjir, Min, 1 Mar 2026, 04.00 WIB, ditarik pelapornya";
    assert!(mail.text.lines().any(|line| line == also), "{}", mail.text);
    let earlier = "Sebelumnya: peringatan 16.13-2026-0001 di tempat ini ditarik Min, 1 Mar 2026, ";
    let earlier = mail.text.lines().find(|line| line.starts_with(earlier)).expect("a line");
    assert!(earlier.contains("/peringatan/16.13-2026-0001"), "{earlier}");
    running.stop().await;
}

#[tokio::test]
async fn what_its_source_took_back_is_named_in_the_withdrawal_with_its_hour_and_nothing_more() {
    for (kind, category, says) in [
        (Kind::Disaster, "WA-01", "laporan banjir"),
        (Kind::ResidentCompany, "WP-05", "laporan pemortalan"),
        // A restricted one has no name in a message.
        (Kind::ResidentCompany, "WP-12", "laporan warga–perusahaan"),
    ] {
        let (mut smtp, mut http) = (Smtp::start().await, Http::start().await);
        let mut desk = Desk::open(&smtp, &http).await;
        raised_and_retracted(&mut desk, kind, category).await;
        smtp.rest();
        let opened = http.call().await;
        assert!(!opened.body.contains("retracted"), "{}", opened.body);
        desk.pass(11 * MINUTE);
        let running = desk.run();
        let mut mail = smtp.mail().await;
        while mail.to != "camat@x.example" {
            mail = smtp.mail().await;
        }
        let call = http.call().await;
        let why = format!("Sebab: {says}, Min, 1 Mar 2026, 04.00 WIB, ditarik pelapornya");
        assert!(mail.text.lines().any(|line| line == why), "{why}: {}", mail.text);
        let named = mail.raw.contains(&format!("Subject: Ditarik: banjir di Rawas Ilir ({ALERT})"));
        assert_eq!(named, kind == Kind::Disaster, "{}", mail.raw);
        let body: serde_json::Value = serde_json::from_str(&call.body).unwrap();
        let claimed = &body["retracted"][0];
        assert_eq!(claimed["occurred_at"], "2026-03-01T04:00:00+07:00", "{}", call.body);
        let shown = (category != "WP-12").then_some(category);
        assert_eq!(claimed["category"].as_str(), shown, "{}", call.body);
        for hidden in PLANTED {
            assert!(!mail.raw.contains(hidden) && !call.body.contains(hidden), "'{hidden}': {}", mail.text);
        }
        running.stop().await;
    }
}
