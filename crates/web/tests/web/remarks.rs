//! Denials and endings on the pages: an incident is marked, and where nobody knows which one is meant a person is asked.

use crate::world::{DENIAL, NOW, SECRET, VILLAGE, World, name, post, read, report};
use axum::http::StatusCode;
use domain::effect::Effect;
use domain::kind::{FeedClass, Handling, Outcome};
use domain::place::Code;
use domain::report::{Body as ReportBody, NamedReport, ReportId};
use domain::time::DAY;
use store::Commit;

#[tokio::test]
async fn a_denied_incident_is_marked_and_its_verification_leaves_the_denial_alone() {
    let world = World::new().await;
    world.denied(DENIAL, Some(VILLAGE)).await;
    let cookie = world.login("sari").await;
    let (_, report) = world.page(&format!("/laporan/{}", VILLAGE), &cookie).await;
    for part in
        ["disangkal", "Satu laporan menyangkal kejadian ini", "Dinyatakan selesai pada", "sangkalan: "]
    {
        assert!(report.contains(part), "{part}");
    }
    let (_, denial) = world.page(&format!("/laporan/{}", DENIAL), &cookie).await;
    assert!(denial.contains("menyangkal: tidak terjadi") && denial.contains("Kesampingkan"));
    assert!(!denial.contains("Konfirmasi: benar terjadi"), "a denial is not confirmed");
    let (_, overview) = world.page("/", &cookie).await;
    assert!(!overview.contains(&format!("/laporan/{DENIAL}")), "everybody knows what it denies");
    let confirm = world.verify(&format!("/laporan/{VILLAGE}/verifikasi"), &cookie, "act=confirm").await;
    assert_eq!(confirm.status(), StatusCode::SEE_OTHER);
    let sent = world.sent.lock().unwrap().clone();
    let named: Vec<&str> = sent[0].1["verification"]["reports"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|report| report["report_id"].as_str())
        .collect();
    assert_eq!(named, [VILLAGE.to_string(), SECRET.to_string()]);
}

#[tokio::test]
async fn a_continuation_of_another_incident_is_marked_and_one_of_its_own_is_not() {
    let id = ReportId(8 << 80);
    let note = "Laporan yang disebut termasuk kejadian lain";
    for (named, incident, note) in [
        (name(VILLAGE), Some(name(VILLAGE)), None),
        (name(VILLAGE), None, Some(note)),
        (name(ReportId(5)), None, Some("Laporan yang disebut belum ada di sini")),
    ] {
        let mut row = report(id, FeedClass::Company, Handling::Open, "portal masih ditutup");
        row.offset = 3;
        let ReportBody::Statement(statement) = &mut row.report.body else { unreachable!() };
        statement.continues = true;
        statement.about = Some(NamedReport { report: named.id, feed: named.feed, district: Code(161_304) });
        let own = row.report.name();
        let outcome = if incident.is_some() { Outcome::Merged } else { Outcome::Incident };
        let incident = incident.or(Some(own));
        let effect = Effect::Outcome { regency: Code(161_300), report: own, outcome, incident };
        let world = World::new().await;
        let commit = Commit { next_offset: 4, reports: vec![row], ..world.commit_of(NOW, vec![effect]) };
        world.state.sources.store.commit(commit).await.unwrap();
        let (_, page) = world.page(&format!("/laporan/{id}"), &world.login("sari").await).await;
        assert!(page.contains("menyatakan masih berlangsung"), "{page}");
        match note {
            Some(note) => assert!(page.contains(note), "{page}"),
            None => assert!(!page.contains("Laporan yang disebut"), "{page}"),
        }
    }
}

#[tokio::test]
async fn a_denied_incident_is_asked_about_until_the_desk_judges_it() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let asks = async || {
        let overview = world.page("/", &cookie).await.1;
        let check = overview.split("id=\"periksa\"").nth(1).unwrap_or_default().to_owned();
        check.split("</section>").next().unwrap_or_default().contains(&format!("/laporan/{VILLAGE}"))
    };
    assert!(!asks().await, "nothing is disputed");
    world.denied(DENIAL, Some(VILLAGE)).await;
    assert!(asks().await, "which side is right is a person's to find out");
    let mut judged = crate::effects::incident(VILLAGE);
    if let domain::effect::Effect::Incident(incident) = &mut judged {
        (incident.denials, incident.verdict) = (1, domain::effect::Verdict::Confirmed);
    }
    world.emitted(4, vec![judged]).await;
    assert!(!asks().await, "the desk has judged it");
}

#[tokio::test]
async fn a_denial_of_nobody_knows_what_is_asked_about_and_can_be_set_aside() {
    let world = World::new().await;
    world.denied(DENIAL, None).await;
    let cookie = world.login("sari").await;
    let (_, overview) = world.page("/", &cookie).await;
    let own = format!("/laporan/{}", DENIAL);
    assert!(overview.contains("h-periksa") && overview.contains(&own), "the front page asks");
    let (_, page) = world.page(&own, &cookie).await;
    assert!(page.contains("Tidak jelas kejadian mana yang dimaksud"));
    let path = format!("{own}/verifikasi");
    for act in ["act=confirm", "act=merge&reports=01KDTNM8M0Y02FSFQYZGT4HPXA", "act=split"] {
        let (status, _) = read(world.ask(post(&path, &cookie, act)).await).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{act}");
    }
    let answer = world.verify(&path, &cookie, "act=reject&reason=salah+kirim").await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let sent = world.sent.lock().unwrap().clone();
    assert_eq!(sent.len(), 1);
    let named = serde_json::json!([crate::acts::named(DENIAL, FeedClass::Company)]);
    assert_eq!(sent[0].1["verification"]["reports"], named);
}

#[tokio::test]
async fn the_desk_types_a_denial_without_a_severity() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let fields =
        "place=16.13.04.2003&category=resident_company+WP-05&occurred=2026-11-21T05%3A00&source=village";
    let (status, _) = read(world.ask(post("/laporan/baru", &cookie, fields)).await).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "what happened has a severity");
    let denial = format!("{fields}&stance=denies");
    let answer = world.ask(post("/laporan/baru", &cookie, &denial)).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let sent = world.sent.lock().unwrap().clone();
    assert_eq!((sent.len(), sent[0].1["stance"].as_str()), (1, Some("denies")));
}

#[tokio::test]
async fn a_nihil_says_for_when_on_its_page() {
    let world = World::new().await;
    let id = ReportId(9 << 80);
    let mut row = report(id, FeedClass::Company, Handling::Open, "nihil");
    row.report.body = ReportBody::Nothing { from: NOW.plus(-2 * DAY), to: NOW.plus(-DAY) };
    row.offset = 3;
    let (regency, own) = (Code(161_300), row.report.name());
    let effect = Effect::Outcome { regency, report: own, outcome: Outcome::ZeroReport, incident: None };
    let commit = Commit { next_offset: 4, reports: vec![row], ..world.commit_of(NOW, vec![effect]) };
    world.state.sources.store.commit(commit).await.unwrap();
    let (_, page) = world.page(&format!("/laporan/{id}"), &world.login("sari").await).await;
    let period = "dari Kam, 19 Nov 2026, 07.00 WIB sampai Jum, 20 Nov 2026, 07.00 WIB";
    assert!(page.contains(&format!("<dt>Nihil</dt><dd>{period}</dd>")), "{page}");
}
