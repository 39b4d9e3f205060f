//! An alert that opens after another of its place was ended: its messages say why it is open again, and what makes it surer goes out.

use crate::ALERT;
use crate::desk::{DISTRICT, Desk, NOW};
use crate::receivers::{Http, Mail, Smtp};
use crate::rows::{incident, name, report};
use domain::alert::{Act, AlertOutcome};
use domain::author::StampedAuthor;
use domain::effect::{ConditionChange, Effect, Incident, RaisedAlone, Verdict};
use domain::evidence::attestation::{Attested, Extent};
use domain::kind::{Kind, Level, Outcome};
use domain::report::{Body, FeedId, ReportId};
use domain::time::{DAY, HOUR, MINUTE};
use store::{Actor, ReportRow};

/// What a village reported, with so many dead by now.
fn claimed(kind: Kind, dead: u16) -> Incident {
    let category = if kind == Kind::Disaster { "WA-02" } else { "WP-05" };
    let extent = Extent { severity: 4, dead, injured: 4, displaced: 0 };
    let raises = Some(RaisedAlone { level: Level::Siaga, opening: None, rule: None, unverified: true });
    Incident {
        claimed: extent,
        raises,
        claim_raises: raises,
        opens_until: Some(NOW.plus(DAY)),
        ..incident(ReportId(500), kind, category, 4)
    }
}

/// The same as two speakers affirm it.
fn attested(own: Incident) -> Incident {
    let raises = own.raises.map(|raised| RaisedAlone { unverified: false, ..raised });
    Incident { attested: Attested { extent: own.claimed, awas: 4 }, speakers: 2, raises, ..own }
}

impl Desk {
    /// One more report of an incident, of what happened an hour ago, and what it makes of that.
    async fn joins(&self, number: u128, own: Incident, more: Vec<Effect>) {
        self.joins_by(report(ReportId(number), own.kind, 0), own, more).await;
    }

    /// The same by another feed.
    async fn joins_from(&self, feed: &str, number: u128, own: Incident) {
        let mut row = report(ReportId(number), own.kind, 0);
        (row.report.feed, row.feed_name) = (FeedId::of(feed), feed.to_owned());
        self.joins_by(row, own, Vec::new()).await;
    }

    async fn joins_by(&self, mut row: ReportRow, own: Incident, more: Vec<Effect>) {
        if let Body::Statement(statement) = &mut row.report.body {
            statement.occurred_at = NOW.plus(-HOUR);
        }
        let (regency, report) = (DISTRICT.regency(), row.report.name());
        let merged = Effect::Outcome { regency, report, outcome: Outcome::Merged, incident: Some(own.id) };
        self.commit(vec![row], [vec![merged, Effect::Incident(own)], more].concat()).await;
    }

    fn stands_at(&self, kind: Kind, level: Level, change: ConditionChange) -> Effect {
        let mut stands = self.raised(DISTRICT, (kind, level), vec![name(ReportId(500))]);
        if let Effect::Condition(condition) = &mut stands {
            (condition.change, condition.unverified) = (change, level < Level::Awas);
        }
        stands
    }

    /// Two of the desk end the alert as averted.
    async fn ended_by_two(&self) {
        let end = |account: &str| {
            let by = StampedAuthor::of_desk(account, account);
            (account.to_owned(), Act::Resolve { outcome: AlertOutcome::Averted, by })
        };
        for (account, act) in [(String::from("sari"), Act::Acknowledge), end("sari"), end("budi")] {
            let seen = self.store.alert(ALERT).await.unwrap().unwrap().alert.version;
            let by = Actor { name: &account, reason: "surut", at: NOW };
            self.store.act(ALERT, act, seen, by).await.unwrap().unwrap().unwrap();
        }
    }
}

/// An alert that was ended, and opens again: somebody tells of two dead.
async fn opened_again(kind: Kind) -> (Desk, Smtp, Http) {
    let (smtp, http) = (Smtp::start().await, Http::start().await);
    let desk = Desk::open(&smtp, &http).await;
    let raised = desk.stands_at(kind, Level::Siaga, ConditionChange::Raised);
    desk.commit(vec![report(ReportId(500), kind, 0)], vec![Effect::Incident(claimed(kind, 0)), raised]).await;
    desk.ended_by_two().await;
    desk.joins(501, claimed(kind, 2), Vec::new()).await;
    (desk, smtp, http)
}

const WHY: &str = "sejak peringatan 16.13-2026-0001 diakhiri Min, 1 Mar 2026, 07.00 WIB (diredam); kabar barunya tentang kejadian Min, 1 Mar 2026, 06.00 WIB";

fn line<'a>(mail: &'a Mail, begins: &str) -> Option<&'a str> {
    mail.text.lines().map(|line| line.trim_end()).find_map(|line| line.strip_prefix(begins))
}

#[tokio::test]
async fn what_opens_again_says_why_and_its_rise_says_so_too() {
    for kind in [Kind::Disaster, Kind::ResidentCompany] {
        let (mut desk, mut smtp, _http) = opened_again(kind).await;
        let running = desk.run();
        let mail = smtp.mail().await;
        assert!(
            mail.text.starts_with("Peringatan dibuka lagi, level siaga (belum terverifikasi)."),
            "{}",
            mail.text
        );
        assert_eq!(
            line(&mail, "Dibuka lagi karena: "),
            Some(format!("lebih parah {WHY}").as_str()),
            "{}",
            mail.text
        );
        assert_eq!(line(&mail, "Waktu kejadian: "), Some("Min, 1 Mar 2026, 07.00 WIB"));
        desk.settled().await;
        smtp.rest();
        // The second speaker makes it surer, and its place rises above what was answered.
        let risen = desk.stands_at(kind, Level::Awas, ConditionChange::Changed);
        desk.joins(502, attested(claimed(kind, 2)), vec![risen]).await;
        desk.settled().await;
        let mails = smtp.rest();
        let camat = mails.iter().find(|mail| mail.to == "camat@x.example").expect("the camat is notified");
        assert!(camat.text.starts_with("Level peringatan naik ke awas."), "{}", camat.text);
        let why = line(camat, "Dibuka lagi karena: ").unwrap_or_default();
        assert!(why.starts_with("lebih parah") && why.ends_with(WHY), "{}", camat.text);
        running.stop().await;
    }
}

#[tokio::test]
async fn what_makes_an_alert_surer_that_opened_again_goes_out() {
    for kind in [Kind::Disaster, Kind::ResidentCompany] {
        let (mut desk, mut smtp, _http) = opened_again(kind).await;
        let running = desk.run();
        desk.settled().await;
        smtp.rest();
        desk.joins(502, attested(claimed(kind, 2)), Vec::new()).await;
        let detail = desk.store.alert("16.13-2026-0002").await.unwrap().unwrap();
        assert_eq!(detail.history.last().unwrap().act, "raised_since");
        desk.pass(11 * MINUTE);
        desk.drained().await;
        let mails = smtp.rest();
        let camat: Vec<&Mail> = mails.iter().filter(|mail| mail.to == "camat@x.example").collect();
        assert_eq!(camat.len(), 1, "{mails:?}");
        let text = &camat[0].text;
        let first = "Kejadian yang sudah dilaporkan makin parah atau makin pasti; level peringatan siaga.";
        assert!(text.starts_with(first) && text.contains("terkonfirmasi lebih dari satu pihak"), "{text}");
        let why = line(camat[0], "Dibuka lagi karena: ").unwrap_or_default();
        assert!(why.starts_with("lebih parah, lebih pasti sejak"), "{text}");
        running.stop().await;
    }
}

/// Nobody reads that it is worse by what its source took back.
#[tokio::test]
async fn what_its_source_took_back_is_no_reason_for_which_it_is_open_again() {
    let (mut desk, mut smtp, _http) = opened_again(Kind::Disaster).await;
    let running = desk.run();
    desk.settled().await;
    smtp.rest();
    let (regency, report) = (DISTRICT.regency(), name(ReportId(501)));
    let taken = Effect::Outcome { regency, report, outcome: Outcome::Retracted, incident: None };
    desk.commit(Vec::new(), vec![taken]).await;
    let risen = desk.stands_at(Kind::Disaster, Level::Awas, ConditionChange::Changed);
    desk.joins(502, attested(claimed(Kind::Disaster, 0)), vec![risen]).await;
    desk.settled().await;
    let mails = smtp.rest();
    assert!(!mails.is_empty());
    assert!(mails.iter().all(|mail| !mail.text.contains("lebih parah")), "{}", mails[0].text);
    running.stop().await;
}

/// Several attested what was ended, and what opens it again is one source's word that takes much back: that is the desk's, with the
/// reason, until another source says so too.
#[tokio::test]
async fn what_one_source_opens_again_and_takes_back_is_the_desks_until_another_says_it_too() {
    for kind in [Kind::Disaster, Kind::ResidentCompany] {
        let (mut smtp, http) = (Smtp::start().await, Http::start().await);
        let mut desk = Desk::open(&smtp, &http).await;
        desk.desk_by_mail(http.port);
        let raised = desk.stands_at(kind, Level::Siaga, ConditionChange::Raised);
        let own = attested(claimed(kind, 0));
        desk.commit(vec![report(ReportId(500), kind, 0)], vec![Effect::Incident(own), raised]).await;
        desk.ended_by_two().await;
        for number in 0..3 {
            desk.taken_back_one(number).await;
        }
        let worse = claimed(kind, 2);
        desk.joins(501, Incident { attested: own.attested, speakers: 2, ..worse }, Vec::new()).await;
        let running = desk.run();
        desk.settled().await;
        let about = |mails: Vec<Mail>| -> Vec<Mail> {
            mails.into_iter().filter(|mail| mail.text.contains("16.13-2026-0002")).collect()
        };
        let mails = about(smtp.rest());
        let is_desk = |mail: &Mail| mail.to == "piket@x.example";
        assert!(mails.iter().any(is_desk) && mails.iter().all(is_desk), "{mails:?}");
        assert!(mails[0].text.contains("sudah menarik 3 laporannya"), "{}", mails[0].text);
        desk.joins_from("polsek-x", 502, attested(claimed(kind, 2))).await;
        desk.pass(11 * MINUTE);
        desk.settled().await;
        let mails = about(smtp.rest());
        assert!(mails.iter().any(|mail| mail.to == "camat@x.example"), "{mails:?}");
        running.stop().await;
    }
}

/// Nor by what the desk sets aside, or by an incident that it rejects.
#[tokio::test]
async fn what_the_desk_rejected_is_no_reason_for_which_it_is_open_again() {
    let kind = Kind::Disaster;
    for whole in [false, true] {
        let (smtp, http) = (Smtp::start().await, Http::start().await);
        let mut smtp = smtp;
        let mut desk = Desk::open(&smtp, &http).await;
        let raised = desk.stands_at(kind, Level::Siaga, ConditionChange::Raised);
        let first = vec![Effect::Incident(claimed(kind, 0)), raised];
        desk.commit(vec![report(ReportId(500), kind, 0)], first).await;
        desk.ended_by_two().await;
        let other = ReportId(if whole { 501 } else { 500 });
        let opens = Incident { id: name(other), ..claimed(kind, 2) };
        desk.joins(501, opens, Vec::new()).await;
        let running = desk.run();
        desk.settled().await;
        smtp.rest();
        let aside =
            Effect::SetAside { regency: DISTRICT.regency(), report: name(ReportId(501)), set_aside: true };
        let rejected = Effect::Incident(Incident { verdict: Verdict::Rejected, ..opens });
        let surer = attested(claimed(kind, 0));
        desk.joins(502, surer, vec![if whole { rejected } else { aside }]).await;
        desk.pass(11 * MINUTE);
        desk.drained().await;
        let mails = smtp.rest();
        let camat = mails.iter().find(|mail| mail.to == "camat@x.example").expect("the camat is notified");
        let why = line(camat, "Dibuka lagi karena: ").unwrap_or_default();
        assert!(why.starts_with("lebih pasti sejak"), "{whole}: {}", camat.text);
        running.stop().await;
    }
}
