//! A request on the pages, for awas or to take something back: who asked, until when, a second person's record, and in words
//! what is none.

use crate::effects::{condition, incident};
use crate::world::{NOW, PASSWORD, VILLAGE, World, name, post, read, report};
use axum::http::StatusCode;
use domain::author::StampedAuthor;
use domain::desk_feed;
use domain::effect::{ConditionChange, Effect, Verdict};
use domain::evidence::second_person::DeskRequest;
use domain::kind::{FeedClass, Handling, Level, Outcome};
use domain::place::{Areas, Code};
use domain::report::{Body as ReportBody, ReportId, ReportName, VerificationAct};
use domain::time::{DAY, HOUR, Time};
use store::{Commit, User};
use views::Role;
use web::account;

impl World {
    /// An account of the desk confirms a report at an instant; returns the verification's name.
    pub async fn confirmed_by(&self, account: &str, target: ReportId, at: Time) -> ReportName {
        self.judged_by(account, (VerificationAct::Confirm, target), at).await
    }

    /// The same with whatever verdict.
    pub async fn judged_by(
        &self,
        account: &str,
        (act, target): (VerificationAct, ReportId),
        at: Time,
    ) -> ReportName {
        self.recorded(account, (act, target), (at, 0)).await
    }

    /// The `number`th record of the desk.
    async fn recorded(
        &self,
        account: &str,
        (act, target): (VerificationAct, ReportId),
        (at, number): (Time, i64),
    ) -> ReportName {
        let user = self.state.sources.store.user(account).await.unwrap().unwrap();
        let id = ReportId(target.0 + ((11 + number as u128) << 80));
        let mut row = report(id, FeedClass::Desk, Handling::Open, "sudah ditanyakan ke kapolsek");
        row.feed_name = desk_feed::name(FeedClass::Desk);
        row.author = StampedAuthor { account: user.name, person: user.person, ..StampedAuthor::default() };
        (row.report.feed, row.report.reported_at) = (desk_feed::DESK, at);
        row.report.author = row.author.stated(&row.feed_name, FeedClass::Desk);
        row.report.body =
            ReportBody::Verification { act, reports: vec![name(target).into()], areas: Areas::everywhere() };
        row.offset = 3 + number;
        let (regency, report) = (Code(161_300), row.report.name());
        let outcome = Effect::Outcome { regency, report, outcome: Outcome::Verification, incident: None };
        let (from_offset, next_offset) = (3 + number, 4 + number);
        let own = self.commit_of(NOW.plus(number), vec![outcome]);
        let commit = Commit { from_offset, next_offset, reports: vec![row], ..own };
        self.state.sources.store.commit(commit).await.unwrap();
        report
    }

    /// The pipeline emits these, from this offset of the log on.
    pub async fn emitted(&self, offset: i64, effects: Vec<Effect>) {
        let later = self.commit_of(NOW.plus(1), effects);
        let commit = Commit { from_offset: offset, next_offset: offset, ..later };
        self.state.sources.store.commit(commit).await.unwrap();
    }

    /// Sari asks to withdraw an alert that nobody has acted on, and budi agrees.
    pub async fn withdrawn_by_two(&self, alert: &str) {
        self.account("budi", "160504").await;
        for (account, version) in [("sari", 1), ("budi", 2)] {
            let cookie = self.login(account).await;
            let form = format!("version={version}&reason=salah+tempat");
            let answer = self.ask(post(&format!("{alert}/tarik"), &cookie, &form)).await;
            assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{account}");
        }
    }

    /// An account of the desk of 16.13, and whose it is.
    pub async fn account(&self, name: &str, person: &str) {
        let user = User {
            name: name.into(),
            role: Role::Desk,
            areas: Areas::parse("16.13").unwrap(),
            password_hash: account::hash(PASSWORD).unwrap(),
            enabled: true,
            feed: String::new(),
            person: person.into(),
        };
        self.state.sources.store.put_user(&user).await.unwrap();
    }
}

/// Sari asked for awas at this time; returns the verification's name.
pub async fn asked(world: &World, at: Time) -> ReportName {
    let verification = world.confirmed_by("sari", VILLAGE, at).await;
    let mut effect = incident(VILLAGE);
    if let Effect::Incident(incident) = &mut effect {
        incident.verdict = Verdict::Confirmed;
        incident.awas_request = Some(DeskRequest { at, verification });
    }
    world.emitted(4, vec![effect]).await;
    verification
}

fn page() -> String {
    format!("/laporan/{VILLAGE}")
}

async fn confirm(world: &World, account: &str, form: &str) -> (StatusCode, String) {
    let cookie = world.login(account).await;
    let path = format!("{}/verifikasi", page());
    read(world.verify(&path, &cookie, &format!("act=confirm{form}")).await).await
}

#[tokio::test]
async fn the_history_of_an_alert_names_who_joined_as_the_second_person() {
    let world = World::new().await;
    world.account("budi", "160504").await;
    asked(&world, NOW.plus(-HOUR)).await;
    world.recorded("budi", (VerificationAct::Confirm, VILLAGE), (NOW, 1)).await;
    let mut awas = condition(&world.state.sources.places);
    if let Effect::Condition(own) = &mut awas {
        (own.change, own.level, own.at) = (ConditionChange::Changed, Level::Awas, NOW.plus(5));
    }
    let rise = Commit { from_offset: 5, next_offset: 5, ..world.commit_of(NOW.plus(9), vec![awas]) };
    world.state.sources.store.commit(rise).await.unwrap();
    let standing = world.state.sources.store.alert("16.13-2026-0001").await.unwrap().unwrap();
    assert_eq!(standing.alert.level, Level::Awas);
    let cookie = world.login("budi").await;
    let (_, text) = world.page("/peringatan/16.13-2026-0001", &cookie).await;
    assert!(text.contains("orang kedua: budi"), "{text}");
}

/// Who asked for awas rejects it: that waits as a request of its own, and what somebody else confirms then is a first word again.
#[tokio::test]
async fn the_history_of_an_alert_says_what_ended_a_request_that_nobody_joined() {
    let world = World::new().await;
    world.account("budi", "160504").await;
    let awas = asked(&world, NOW.plus(-HOUR)).await;
    let takes_back = world.recorded("sari", (VerificationAct::Reject, VILLAGE), (NOW, 1)).await;
    let mut effect = incident(VILLAGE);
    if let Effect::Incident(incident) = &mut effect {
        incident.verdict = Verdict::Confirmed;
        incident.take_back_request = Some(DeskRequest { at: NOW, verification: takes_back });
    }
    let asks = Commit { from_offset: 5, next_offset: 5, ..world.commit_of(NOW.plus(2), vec![effect]) };
    let committed = world.state.sources.store.commit(asks).await.unwrap();
    assert_eq!(committed.checks, 1, "the desk is asked");
    world.recorded("budi", (VerificationAct::Confirm, VILLAGE), (NOW, 2)).await;
    let cookie = world.login("budi").await;
    let (_, text) = world.page("/peringatan/16.13-2026-0001", &cookie).await;
    assert_ne!(awas, takes_back);
    for words in [
        "awas, diminta sari · dibatalkan peminta, ",
        "penarikan, diminta sari · gugur: budi menyatakan benar, ",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(!text.contains("disetujui orang kedua"), "{text}");
}

/// Two others reject it, which is in force: who confirms it after that is a first person again.
#[tokio::test]
async fn what_two_persons_rejected_is_no_request_any_more_for_who_confirms_it_later() {
    let world = World::new().await;
    for (account, person) in [("budi", "160504"), ("dewi", "160505"), ("tono", "160506")] {
        world.account(account, person).await;
    }
    asked(&world, NOW.plus(-HOUR)).await;
    world.recorded("budi", (VerificationAct::Reject, VILLAGE), (NOW, 1)).await;
    let cookie = world.login("budi").await;
    let (_, text) = world.page("/peringatan/16.13-2026-0001", &cookie).await;
    assert!(text.contains("awas, diminta sari") && !text.contains("gugur"), "one rejection waits: {text}");
    world.recorded("dewi", (VerificationAct::Reject, VILLAGE), (NOW, 2)).await;
    world.recorded("tono", (VerificationAct::Confirm, VILLAGE), (NOW, 3)).await;
    let (_, text) = world.page("/peringatan/16.13-2026-0001", &cookie).await;
    assert!(!text.contains("disetujui orang kedua"), "{text}");
    assert!(
        text.contains("awas, diminta sari · gugur: dua orang menyatakan tidak terbukti, terakhir dewi, "),
        "{text}"
    );
}

#[tokio::test]
async fn a_second_person_sees_who_asked_until_when_and_confirms() {
    let world = World::new().await;
    world.account("budi", "160504").await;
    let verification = asked(&world, NOW.plus(-HOUR)).await;
    let budi = world.login("budi").await;
    let words = "Awas diminta, menunggu orang kedua</strong>: diminta sari pada Sab, 21 Nov 2026, 06.00 WIB, berlaku \
                 sampai Min, 22 Nov 2026, 06.00 WIB.";
    for path in [page(), "/peringatan/16.13-2026-0001".to_owned()] {
        let (_, text) = world.page(&path, &budi).await;
        assert!(text.contains(words), "{path}: {text}");
    }
    let (_, overview) = world.page("/", &budi).await;
    assert!(overview.contains("h-periksa") && overview.contains("awas diminta, menunggu orang kedua"));
    let (_, report) = world.page(&page(), &budi).await;
    assert!(report.contains("Konfirmasi sebagai orang kedua: awas"));
    let seconds = format!("&seconds={verification}");
    assert!(report.contains(&format!("name=\"seconds\" value=\"{verification}\"")), "{report}");
    assert_eq!(confirm(&world, "budi", &seconds).await.0, StatusCode::SEE_OTHER);
    let (feed, record) = world.sent.lock().unwrap().last().unwrap().clone();
    assert_eq!(
        (feed.author().account.as_str(), record["verification"]["act"].as_str()),
        ("budi", Some("confirm"))
    );
    let api = world.page("/v1/incidents", &budi).await.1;
    assert!(
        api.contains(r#""check":"second""#)
            && api.contains(r#""awas_lapses_at":"2026-11-22T06:00:00+07:00""#)
    );
}

#[tokio::test]
async fn an_account_without_a_person_reads_that_its_confirmation_asks_nobody_for_awas() {
    const SAID: &str = "orang kedua untuk awas tidak akan diminta";
    let world = World::new().await;
    world.account("tanpa", "").await;
    for (account, reads) in [("tanpa", true), ("sari", false)] {
        let cookie = world.login(account).await;
        let (_, text) = world.page(&page(), &cookie).await;
        assert_eq!(text.contains(SAID) && text.contains("kentongan user set"), reads, "{account}: {text}");
    }
    let (status, _) = confirm(&world, "tanpa", "").await;
    assert_eq!(status, StatusCode::SEE_OTHER, "it is the duty officer's word all the same");
}

#[tokio::test]
async fn the_same_person_is_refused_with_whatever_account() {
    let world = World::new().await;
    world.account("sari", "160503").await;
    world.account("sari-2", "160503").await;
    let verification = asked(&world, NOW.plus(-HOUR)).await;
    for account in ["sari", "sari-2"] {
        let cookie = world.login(account).await;
        let (_, text) = world.page(&page(), &cookie).await;
        assert!(text.contains("Anda yang meminta awas.") && !text.contains("Konfirmasi sebagai orang kedua"));
        for form in [String::new(), format!("&seconds={verification}")] {
            let (status, text) = confirm(&world, account, &form).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{account}");
            assert!(text.contains("Awas perlu orang kedua"), "{text}");
        }
    }
    assert!(world.sent.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_request_that_lapsed_or_is_gone_is_said_to_be() {
    let world = World::new().await;
    world.account("budi", "160504").await;
    let verification = asked(&world, NOW.plus(-DAY)).await;
    let budi = world.login("budi").await;
    let (_, text) = world.page(&page(), &budi).await;
    assert!(
        text.contains("tidak ada orang kedua; siaga tetap berlaku")
            && text.contains("Konfirmasi: benar terjadi")
    );
    let (_, overview) = world.page("/", &budi).await;
    assert!(!overview.contains("awas diminta, menunggu orang kedua"));
    let (status, text) = confirm(&world, "budi", &format!("&seconds={verification}")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text.contains("sudah lewat 24 jam"), "{text}");
    for gone in [name(VILLAGE).to_string(), "bukan-nama".to_owned()] {
        let (status, text) = confirm(&world, "budi", &format!("&seconds={gone}")).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(text.contains("sudah dijawab, diganti, atau tidak berlaku lagi"), "{text}");
    }
    // To ask again is a request of one's own.
    assert_eq!(confirm(&world, "budi", "").await.0, StatusCode::SEE_OTHER);
}

/// Sari rejected what stands at this time; returns the verification's name.
pub async fn taken_back(world: &World, at: Time) -> ReportName {
    let verification = world.judged_by("sari", (VerificationAct::Reject, VILLAGE), at).await;
    let mut effect = incident(VILLAGE);
    if let Effect::Incident(incident) = &mut effect {
        incident.take_back_request = Some(DeskRequest { at, verification });
    }
    world.emitted(4, vec![effect]).await;
    verification
}

/// Sari, who asked for awas, rejects the same half an hour before now.
pub async fn contradicted(world: &World) {
    let at = NOW.plus(-HOUR / 2);
    let verification = world.recorded("sari", (VerificationAct::Reject, VILLAGE), (at, 1)).await;
    let mut effect = incident(VILLAGE);
    if let Effect::Incident(incident) = &mut effect {
        incident.take_back_request = Some(DeskRequest { at, verification });
    }
    let later = world.commit_of(NOW.plus(2), vec![effect]);
    let commit = Commit { from_offset: 5, next_offset: 5, ..later };
    world.state.sources.store.commit(commit).await.unwrap();
}

async fn reject(world: &World, account: &str, form: &str) -> (StatusCode, String) {
    let cookie = world.login(account).await;
    let path = format!("{}/verifikasi", page());
    read(world.verify(&path, &cookie, &format!("act=reject{form}")).await).await
}

#[tokio::test]
async fn a_second_person_agrees_to_take_back_what_the_first_named() {
    let world = World::new().await;
    world.account("budi", "160504").await;
    let verification = taken_back(&world, NOW.plus(-HOUR)).await;
    let budi = world.login("budi").await;
    let words = "Penarikan diminta oleh sari, menunggu orang kedua</strong>: tidak terbukti, diminta Sab, 21 Nov 2026, \
                 06.00 WIB, berlaku sampai Min, 22 Nov 2026, 06.00 WIB.";
    for path in [page(), "/peringatan/16.13-2026-0001".to_owned()] {
        let (_, text) = world.page(&path, &budi).await;
        assert!(text.contains(words), "{path}: {text}");
    }
    let (_, overview) = world.page("/", &budi).await;
    assert!(overview.contains("h-periksa") && overview.contains("penarikan diminta, menunggu orang kedua"));
    let (_, report) = world.page(&page(), &budi).await;
    assert!(report.contains("Setujui penarikan sebagai orang kedua"), "{report}");
    let seconds = format!("&seconds={verification}&reason=sudah+dicek");
    assert!(report.contains(&format!("name=\"seconds\" value=\"{verification}\"")), "{report}");
    let (status, text) = reject(&world, "budi", &format!("&seconds={verification}")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text.contains("Tulis dasar Anda: yang menyetujui penarikan juga menulis alasannya"), "{text}");
    assert_eq!(reject(&world, "budi", &seconds).await.0, StatusCode::SEE_OTHER);
    let (feed, record) = world.sent.lock().unwrap().last().unwrap().clone();
    assert_eq!(
        (feed.author().account.as_str(), record["verification"]["act"].as_str()),
        ("budi", Some("reject"))
    );
    let named = record["verification"]["reports"].as_array().unwrap();
    assert_eq!(named.len(), 1, "what the first one named and no more: {record}");
    let api = world.page("/v1/incidents", &budi).await.1;
    assert!(
        api.contains(r#""check":"take_back""#)
            && api.contains(r#""take_back_lapses_at":"2026-11-22T06:00:00+07:00""#),
        "{api}"
    );
}

#[tokio::test]
async fn what_a_source_takes_back_of_what_was_confirmed_a_person_of_the_desk_agrees_to_by_rejecting_it() {
    let world = World::new().await;
    world.account("budi", "160504").await;
    world.account("nobody-knows", "").await;
    let at = NOW.plus(-HOUR);
    let mut row = report(ReportId(VILLAGE.0 + (12 << 80)), FeedClass::Village, Handling::Open, "keliru");
    (row.report.feed, row.report.reported_at, row.offset) = (name(VILLAGE).feed, at, 3);
    row.report.body = ReportBody::Retraction { target: VILLAGE };
    let (regency, request) = (Code(161_300), DeskRequest { at, verification: row.report.name() });
    let feed = row.feed_name.clone();
    let outcome =
        Effect::Outcome { regency, report: row.report.name(), outcome: Outcome::Retracted, incident: None };
    let commit = Commit { next_offset: 4, reports: vec![row], ..world.commit_of(NOW, vec![outcome]) };
    world.state.sources.store.commit(commit).await.unwrap();
    let mut effect = incident(VILLAGE);
    if let Effect::Incident(incident) = &mut effect {
        incident.take_back_request = Some(request);
    }
    world.emitted(4, vec![effect]).await;
    let budi = world.login("budi").await;
    let (_, text) = world.page(&page(), &budi).await;
    assert!(text.contains(&format!("Penarikan diminta oleh {feed}, menunggu orang kedua")), "{text}");
    assert!(text.contains("Setujui penarikan sebagai orang kedua"), "{text}");
    let seconds = format!("&seconds={}&reason=dicek", request.verification);
    assert_eq!(reject(&world, "nobody-knows", &seconds).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(reject(&world, "budi", &seconds).await.0, StatusCode::SEE_OTHER);
    let (_, record) = world.sent.lock().unwrap().last().unwrap().clone();
    assert_eq!(record["verification"]["act"], "reject", "{record}");
    assert_eq!(record["verification"]["reports"][0]["report_id"], VILLAGE.to_string(), "{record}");
}

#[tokio::test]
async fn a_second_person_agrees_to_split_what_the_first_split() {
    let world = World::new().await;
    world.account("budi", "160504").await;
    let at = NOW.plus(-HOUR);
    let verification = world.judged_by("sari", (VerificationAct::Split, VILLAGE), at).await;
    let mut effect = incident(VILLAGE);
    if let Effect::Incident(incident) = &mut effect {
        incident.take_back_request = Some(DeskRequest { at, verification });
    }
    world.emitted(4, vec![effect]).await;
    let budi = world.login("budi").await;
    let (_, text) = world.page(&page(), &budi).await;
    assert!(text.contains("menunggu orang kedua</strong>: dipisah, diminta"), "{text}");
    let joins = format!("&seconds={verification}&reason=dicek");
    assert_eq!(reject(&world, "budi", &joins).await.0, StatusCode::SEE_OTHER);
    let record = world.sent.lock().unwrap().last().unwrap().1.clone();
    assert_eq!(record["verification"]["act"], "split", "what the first one did: {record}");
    // Who split it may still reject it: that is another request.
    world.account("sari", "160503").await;
    assert_eq!(reject(&world, "sari", "&reason=salah").await.0, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn who_takes_back_is_no_second_person_with_whatever_account() {
    let world = World::new().await;
    world.account("sari", "160503").await;
    world.account("sari-2", "160503").await;
    let verification = taken_back(&world, NOW.plus(-HOUR)).await;
    for account in ["sari", "sari-2"] {
        let cookie = world.login(account).await;
        let (_, text) = world.page(&page(), &cookie).await;
        assert!(
            text.contains("Anda yang meminta penarikan.")
                && !text.contains("Setujui penarikan sebagai orang kedua")
        );
        for form in [String::from("&reason=salah"), format!("&seconds={verification}")] {
            let (status, text) = reject(&world, account, &form).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{account}");
            assert!(text.contains("perlu orang kedua: minta petugas piket lain menyetujuinya"), "{text}");
        }
    }
    assert!(world.sent.lock().unwrap().is_empty());
}

#[tokio::test]
async fn what_was_to_be_taken_back_and_lapsed_or_is_gone_is_said_to_be() {
    let world = World::new().await;
    world.account("budi", "160504").await;
    let verification = taken_back(&world, NOW.plus(-DAY)).await;
    let budi = world.login("budi").await;
    let (_, text) = world.page(&page(), &budi).await;
    assert!(text.contains("tidak ada orang kedua; tidak ada yang berubah"), "{text}");
    assert!(!text.contains("Setujui penarikan sebagai orang kedua"));
    let (_, overview) = world.page("/", &budi).await;
    assert!(!overview.contains("penarikan diminta, menunggu orang kedua"));
    let (status, text) = reject(&world, "budi", &format!("&seconds={verification}")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text.contains("sudah lewat 24 jam"), "{text}");
    for gone in [name(VILLAGE).to_string(), "bukan-nama".to_owned()] {
        let (status, text) = reject(&world, "budi", &format!("&seconds={gone}")).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(text.contains("sudah dijawab, diganti, atau tidak berlaku lagi"), "{text}");
    }
    // To reject it again is a request of one's own.
    assert_eq!(reject(&world, "budi", "&reason=salah").await.0, StatusCode::SEE_OTHER);
}
