//! What a second person reads who is asked to take something back: what exactly, by whom, why, and what follows.

use crate::desk::{Desk, NOW};
use crate::receivers::{Http, Smtp};
use domain::kind::Kind;
use domain::report::VerificationAct;

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
