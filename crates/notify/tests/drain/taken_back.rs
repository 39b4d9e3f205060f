//! What the desk rejects or its source takes back within an open alert: nobody hears of it who has not, and who has hears that it
//! holds no longer.

use crate::ALERT;
use crate::desk::{DISTRICT, Desk, NEWCOMER};
use crate::receivers::{Http, Mail, Smtp};
use crate::rows::{incident, name, report};
use domain::alert::{Act, AlertOutcome};
use domain::author::StampedAuthor;
use domain::effect::{ConditionChange, Effect, Incident, Verdict};
use domain::evidence::attestation::Extent;
use domain::kind::{Kind, Level, Outcome};
use domain::report::ReportId;
use domain::time::{HOUR, MINUTE};
use store::{Actor, DeliveryFailure};

/// An alert of which everybody has heard, and the desk by mail.
async fn open() -> (Desk, Smtp, Http) {
    let (mut smtp, http) = (Smtp::start().await, Http::start().await);
    let mut desk = Desk::open(&smtp, &http).await;
    desk.desk_by_mail(http.port);
    desk.condition(Kind::Disaster, ConditionChange::Raised, Level::Siaga).await;
    let running = desk.run();
    desk.settled().await;
    running.stop().await;
    assert_eq!(recipients(smtp.rest()), BOTH);
    (desk, smtp, http)
}

const BOTH: [&str; 2] = ["camat@x.example", "piket@x.example"];

fn recipients(mails: Vec<Mail>) -> Vec<String> {
    let mut to: Vec<String> = mails.into_iter().map(|mail| mail.to).collect();
    to.sort();
    to
}

impl Desk {
    /// The desk judges the incident that `reported` brought.
    async fn judged(&self, (category, severity): (&str, u8), verdict: Verdict) {
        let id = ReportId(1_000 + u128::from(severity));
        let own = Incident { verdict, ..incident(id, Kind::Disaster, category, severity) };
        self.commit(Vec::new(), vec![Effect::Incident(own)]).await;
    }

    /// An incident that harms so many people by now.
    async fn harms(&self, (dead, injured, displaced): (u16, u16, u32)) {
        let id = ReportId(1_009);
        let claimed = Extent { severity: 4, dead, injured, displaced };
        let own = Incident { claimed, ..incident(id, Kind::Disaster, "WA-02", 4) };
        self.commit(vec![report(id, Kind::Disaster, 0)], vec![Effect::Incident(own)]).await;
    }

    /// Its source takes it back.
    async fn retracted(&self, severity: u8) {
        let (id, regency) = (name(ReportId(1_000 + u128::from(severity))), DISTRICT.regency());
        let outcome = Effect::Outcome { regency, report: id, outcome: Outcome::Retracted, incident: None };
        self.commit(Vec::new(), vec![outcome, Effect::IncidentGone { regency, id }]).await;
    }

    async fn history(&self) -> Vec<String> {
        let detail = self.store.alert(ALERT).await.unwrap().unwrap();
        detail.history.into_iter().map(|line| line.act).collect()
    }
}

#[tokio::test]
async fn what_is_rejected_while_its_message_waits_is_sent_to_nobody() {
    for by_source in [false, true] {
        let (mut desk, mut smtp, _http) = open().await;
        let running = desk.run();
        desk.reported(Kind::Disaster, ("WA-02", 5)).await;
        desk.quiet().await;
        match by_source {
            true => desk.retracted(5).await,
            false => desk.judged(("WA-02", 5), Verdict::Rejected).await,
        }
        assert_eq!(desk.history().await.last().unwrap(), "taken_back", "by its source: {by_source}");
        desk.pass(11 * MINUTE);
        desk.drained().await;
        desk.round().await;
        assert_eq!(recipients(smtp.rest()), Vec::<String>::new(), "by its source: {by_source}");
        let deliveries = desk.store.alert_deliveries(ALERT).await.unwrap();
        let ended =
            deliveries.iter().filter(|one| one.last_error == Some(DeliveryFailure::TakenBack)).count();
        assert_eq!(ended, 2, "{deliveries:?}");
        let shown = desk.store.undelivered(deliveries[0].at).await.unwrap();
        assert!(shown.is_empty(), "nobody is to be called: {shown:?}");
        running.stop().await;
    }
}

#[tokio::test]
async fn what_waits_besides_is_sent_without_what_was_rejected() {
    let (mut desk, mut smtp, _http) = open().await;
    let running = desk.run();
    desk.reported(Kind::Disaster, ("WA-01", 3)).await;
    desk.reported(Kind::Disaster, ("WA-02", 5)).await;
    desk.quiet().await;
    desk.judged(("WA-02", 5), Verdict::Rejected).await;
    desk.pass(11 * MINUTE);
    let mails = [smtp.mail().await, smtp.mail().await];
    for mail in &mails {
        assert!(mail.text.starts_with("Kejadian baru"), "{}", mail.text);
        assert!(
            !mail.text.contains("longsor") && mail.text.contains("Yang terjadi: banjir"),
            "{}",
            mail.text
        );
    }
    desk.drained().await;
    assert!(smtp.rest().is_empty());
    running.stop().await;
}

#[tokio::test]
async fn who_was_notified_of_it_hears_that_it_was_rejected_or_taken_back() {
    for by_source in [false, true] {
        let (mut desk, mut smtp, http) = open().await;
        desk.pass(11 * MINUTE);
        let running = desk.run();
        desk.reported(Kind::Disaster, ("WA-02", 5)).await;
        desk.settled().await;
        assert_eq!(recipients(smtp.rest()), BOTH);
        running.stop().await;
        desk.roster_by_mail(http.port, |text| text + NEWCOMER);
        let running = desk.run();
        match by_source {
            true => desk.retracted(5).await,
            false => desk.judged(("WA-02", 5), Verdict::Rejected).await,
        }
        desk.pass(11 * MINUTE);
        let first = "Kejadian yang sudah dikabarkan tidak berlaku lagi: longsor, ";
        both_hear_once(&mut desk, &mut smtp, (first, "Yang terjadi: banjir")).await;
        running.stop().await;
    }
}

/// Both who had been notified get one mail, which begins and goes on so and says that the alert stays; nobody gets anything else.
async fn both_hear_once(desk: &mut Desk, smtp: &mut Smtp, (first, more): (&str, &str)) {
    let mails = vec![smtp.mail().await, smtp.mail().await];
    for mail in &mails {
        assert!(mail.text.starts_with(first) && mail.text.contains(more), "{}", mail.text);
        assert!(mail.text.contains("Peringatannya tetap terbuka, level siaga"), "{}", mail.text);
    }
    assert_eq!(recipients(mails), BOTH, "who never heard of it is not notified");
    desk.drained().await;
    desk.round().await;
    assert!(smtp.rest().is_empty());
}

#[tokio::test]
async fn what_counts_again_before_that_is_sent_was_never_taken_back() {
    let (mut desk, mut smtp, _http) = open().await;
    desk.pass(11 * MINUTE);
    let running = desk.run();
    desk.reported(Kind::Disaster, ("WA-02", 5)).await;
    desk.settled().await;
    smtp.rest();
    desk.judged(("WA-02", 5), Verdict::Rejected).await;
    desk.quiet().await;
    desk.judged(("WA-02", 5), Verdict::Confirmed).await;
    desk.pass(11 * MINUTE);
    let mails = [smtp.mail().await, smtp.mail().await];
    for mail in &mails {
        assert!(mail.text.starts_with("Kejadian baru") && !mail.text.contains("ditarik"), "{}", mail.text);
    }
    desk.drained().await;
    assert!(smtp.rest().is_empty());
    running.stop().await;
}

#[tokio::test]
async fn the_end_of_an_alert_that_a_new_ones_message_carries_says_how_and_by_whom() {
    let (desk, mut smtp, _http) = open().await;
    let end = |account: &str, person: &str| {
        let by = StampedAuthor::of_desk(account, person);
        (account.to_owned(), Act::Resolve { outcome: AlertOutcome::FalseAlarm, by })
    };
    let acts = [(String::from("sari"), Act::Acknowledge), end("sari", "orang-1"), end("budi", "orang-2")];
    for (account, act) in acts {
        let seen = desk.store.alert(ALERT).await.unwrap().unwrap().alert.version;
        let by = Actor { name: &account, reason: "sudah dicek", at: crate::desk::NOW.plus(HOUR) };
        desk.store.act(ALERT, act, seen, by).await.unwrap().unwrap().unwrap();
    }
    desk.condition(Kind::Disaster, ConditionChange::Raised, Level::Awas).await;
    let running = desk.run();
    // Who hears of awas only never heard of the alert before.
    let mut mail = smtp.mail().await;
    while !BOTH.contains(&mail.to.as_str()) {
        mail = smtp.mail().await;
    }
    let also = format!(
        "Juga: peringatan {ALERT} sudah diakhiri, hasilnya: alarm palsu. Oleh: seorang petugas piket"
    );
    assert!(mail.text.contains(&also), "{}", mail.text);
    running.stop().await;
}

/// An open alert of whose landslide, with six dead, everybody has heard.
async fn with_six_dead() -> (Desk, Smtp, Http) {
    let (mut desk, mut smtp, http) = open().await;
    desk.pass(11 * MINUTE);
    let running = desk.run();
    desk.harms((6, 30, 900)).await;
    desk.settled().await;
    assert_eq!(recipients(smtp.rest()), BOTH);
    running.stop().await;
    (desk, smtp, http)
}

#[tokio::test]
async fn who_was_sent_figures_that_their_source_takes_back_hears_that_they_hold_no_longer() {
    let (mut desk, mut smtp, http) = with_six_dead().await;
    desk.roster_by_mail(http.port, |text| text + NEWCOMER);
    let running = desk.run();
    desk.harms((0, 0, 110)).await;
    assert_eq!(desk.history().await.last().unwrap(), "fewer_harmed");
    desk.pass(11 * MINUTE);
    let first = "Angka korban yang sudah dikabarkan tidak berlaku lagi: longsor, ";
    let figures = ": meninggal 6, luka 30, mengungsi 900; kini mengungsi 110.";
    both_hear_once(&mut desk, &mut smtp, (first, figures)).await;
    running.stop().await;
}

#[tokio::test]
async fn figures_that_hold_again_before_that_is_sent_never_were_taken_back() {
    let (mut desk, mut smtp, _http) = with_six_dead().await;
    let running = desk.run();
    desk.harms((0, 0, 110)).await;
    desk.quiet().await;
    desk.harms((6, 30, 900)).await;
    desk.pass(11 * MINUTE);
    desk.drained().await;
    for mail in smtp.rest() {
        assert!(!mail.text.contains("tidak berlaku lagi"), "{}", mail.text);
    }
    running.stop().await;
}

#[tokio::test]
async fn a_figure_that_is_corrected_by_little_is_no_news() {
    let (mut desk, mut smtp, _http) = with_six_dead().await;
    let running = desk.run();
    desk.harms((5, 28, 880)).await;
    assert_eq!(desk.history().await.last().unwrap(), "new_incident");
    desk.pass(11 * MINUTE);
    desk.drained().await;
    assert!(smtp.rest().is_empty());
    running.stop().await;
}

/// Who never was sent the figures reads neither that it became worse nor that it was not so.
#[tokio::test]
async fn figures_that_are_taken_back_while_their_message_waits_are_sent_to_nobody() {
    let (mut desk, mut smtp, _http) = open().await;
    desk.pass(11 * MINUTE);
    let running = desk.run();
    desk.harms((0, 0, 110)).await;
    desk.settled().await;
    smtp.rest();
    desk.harms((6, 30, 900)).await;
    desk.quiet().await;
    assert_eq!(desk.history().await.last().unwrap(), "grown");
    desk.harms((0, 0, 110)).await;
    desk.quiet().await;
    desk.pass(11 * MINUTE);
    desk.drained().await;
    let mails = smtp.rest();
    assert!(mails.is_empty(), "{mails:?}");
    running.stop().await;
}

/// Of what they were sent, and not of what waited.
#[tokio::test]
async fn who_was_sent_lower_figures_reads_that_those_hold_no_longer() {
    let (mut desk, mut smtp, _http) = with_six_dead().await;
    let running = desk.run();
    desk.harms((40, 30, 900)).await;
    desk.quiet().await;
    desk.harms((0, 0, 110)).await;
    desk.pass(11 * MINUTE);
    let first = "Angka korban yang sudah dikabarkan tidak berlaku lagi: longsor, ";
    let figures = ": meninggal 6, luka 30, mengungsi 900; kini mengungsi 110.";
    both_hear_once(&mut desk, &mut smtp, (first, figures)).await;
    running.stop().await;
}
