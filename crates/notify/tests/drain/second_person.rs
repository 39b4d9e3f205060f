//! What a second person reads who is asked to take something back: what exactly, by whom, why, and what follows.

use crate::desk::{DISTRICT, Desk, NOW, PLANTED};
use crate::receivers::{Http, Smtp};
use crate::rows::{incident, name, report};
use domain::effect::{Effect, Incident, Verdict};
use domain::evidence::second_person::DeskRequest;
use domain::kind::{FeedClass, Kind, Outcome};
use domain::report::{Body, FeedId, ReportId, VerificationAct};

/// The mail by which a second person is asked to take a report of this kind back.
async fn asked(kind: Kind, category: &str) -> String {
    let (mut smtp, http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.desk_by_mail(http.port);
    let running = desk.run();
    desk.asked(kind, category, (VerificationAct::Reject, NOW)).await;
    let mail = smtp.mail().await;
    running.stop().await;
    mail.text
}

#[tokio::test]
async fn who_is_asked_to_take_something_back_reads_what_why_and_what_follows() {
    for (kind, category) in [(Kind::ResidentCompany, "WP-05"), (Kind::Disaster, "WA-01")] {
        let text = asked(kind, category).await;
        for says in [
            "Penarikan diminta oleh seorang petugas piket, ",
            "Yang diminta: tidak terbukti",
            "Kalau disetujui: yang diminta itu berlaku, dan level peringatan yang bersandar padanya dapat turun",
        ] {
            assert!(text.contains(says), "{says}: {text}");
        }
        let by_phone = "Alasan yang meminta: tidak ditulis di luar piket";
        assert_eq!(text.contains(by_phone), kind != Kind::Disaster, "{text}");
        assert!(text.contains("Alasan yang meminta: "), "{text}");
        assert!(!text.contains("piket-1a2b3c4d"), "no pseudonym: {text}");
    }
}

/// The mail by which a second person is asked to take a disaster's report back, since a correction of it came: the desk's own, or
/// its source's.
async fn asked_by_correction(of_desk: bool) -> String {
    let (mut smtp, http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.desk_by_mail(http.port);
    let running = desk.run();
    let (id, kind) = (ReportId(71), Kind::Disaster);
    let mut correction = report(ReportId(72), kind, 0);
    let Body::Statement(says) = &mut correction.report.body else { unreachable!() };
    says.supersedes = Some(id);
    correction.payload = br#"{"correction":{"why":"angka dari puskesmas"}}"#.to_vec();
    if of_desk {
        (correction.report.feed, correction.report.class) = (FeedId::of("desk"), FeedClass::Desk);
        correction.feed_name = String::from("desk");
    }
    assert!(correction.summary.as_deref().is_some_and(|text| text.starts_with(PLANTED[2])));
    let asks = correction.report.name();
    let own = Incident {
        take_back_request: Some(DeskRequest { at: NOW, verification: asks }),
        verdict: Verdict::Unverified,
        ..incident(id, kind, "WA-01", 4)
    };
    let (regency, outcome) = (DISTRICT.regency(), Outcome::Incident);
    let outcome = Effect::Outcome { regency, report: asks, outcome, incident: Some(name(id)) };
    desk.commit(vec![report(id, kind, 0)], Vec::new()).await;
    desk.commit(vec![correction], vec![outcome, Effect::Incident(own)]).await;
    let mail = smtp.mail().await;
    running.stop().await;
    mail.text
}

#[tokio::test]
async fn a_corrections_text_is_not_mailed_as_the_reason_for_taking_a_report_back() {
    for of_desk in [true, false] {
        let text = asked_by_correction(of_desk).await;
        assert!(text.contains("Penarikan diminta oleh "), "of the desk: {of_desk}: {text}");
        let because = text.lines().find(|line| line.contains("Alasan yang meminta"));
        let typed = Some("Alasan yang meminta: angka dari puskesmas");
        assert_eq!(because, typed.filter(|_| of_desk), "of the desk: {of_desk}: {text}");
        assert!(!text.contains(PLANTED[2]), "no text of a report: {text}");
    }
}
