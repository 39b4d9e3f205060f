//! A verdict is of what its author read: what the page showed, or what who asked for a second person saw.

use crate::effects::incident;
use crate::world::{NOW, VILLAGE, World, name, post, read, report};
use axum::http::StatusCode;
use domain::author::StampedAuthor;
use domain::desk_feed;
use domain::effect::Effect;
use domain::evidence::second_person::DeskRequest;
use domain::kind::{FeedClass, Handling, Outcome};
use domain::place::{Areas, Code};
use domain::report::{Body, ReportId, ReportName, ReportReference, VerificationAct};
use domain::time::HOUR;
use formats::content_hash;
use serde_json::Value;
use store::Commit;

const OTHER: u128 = u128::MAX - 77;

fn page() -> String {
    format!("/laporan/{VILLAGE}")
}

async fn sends(world: &World, account: &str, form: &str) -> (StatusCode, String) {
    let cookie = world.login(account).await;
    read(world.ask(post(&format!("{}/verifikasi", page()), &cookie, form)).await).await
}

/// What the page's forms say that it showed: all of them the same.
async fn shown(world: &World) -> String {
    let cookie = world.login("sari").await;
    let (_, page) = world.page(&page(), &cookie).await;
    let marks: Vec<&str> =
        page.split("name=\"seen\" value=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(marks.len() > 1 && marks.iter().all(|mark| *mark == marks[0]), "{marks:?}");
    marks[0].to_owned()
}

fn hash_of(report_id: ReportId) -> String {
    content_hash::write(report(report_id, FeedClass::Village, Handling::Open, "").report.hash)
}

fn last(world: &World) -> Value {
    world.sent.lock().unwrap().last().unwrap().1.clone()
}

/// The source of the village's report sends something else under its id, stamped earlier.
async fn sent_in_its_place(world: &World) {
    let mut row = report(VILLAGE, FeedClass::Village, Handling::Open, "pos terbakar, tiga luka");
    (row.report.hash, row.offset) = (OTHER, 3);
    row.report.reported_at = row.report.reported_at.plus(-HOUR);
    let (regency, report) = (Code(161_300), name(VILLAGE));
    let outcome = Effect::Outcome { regency, report, outcome: Outcome::Incident, incident: Some(report) };
    let own = world.commit_of(NOW, vec![outcome, incident(VILLAGE)]);
    world.state.sources.store.commit(Commit { next_offset: 4, reports: vec![row], ..own }).await.unwrap();
}

/// Sari asked to reject the village's report, as it said something else.
async fn rejected_otherwise(world: &World) -> ReportName {
    let at = NOW.plus(-HOUR);
    let mut row = report(ReportId(VILLAGE.0 + (11 << 80)), FeedClass::Desk, Handling::Open, "tidak ada");
    row.feed_name = desk_feed::name(FeedClass::Desk);
    row.author = StampedAuthor::of_desk("sari", "160503");
    (row.report.feed, row.report.reported_at, row.offset) = (desk_feed::DESK, at, 3);
    row.report.author = row.author.stated(&row.feed_name, FeedClass::Desk);
    let seen = ReportReference { content: Some(OTHER), ..name(VILLAGE).into() };
    row.report.body =
        Body::Verification { act: VerificationAct::Reject, reports: vec![seen], areas: Areas::everywhere() };
    let (regency, verification) = (Code(161_300), row.report.name());
    let outcome =
        Effect::Outcome { regency, report: verification, outcome: Outcome::Verification, incident: None };
    let mut effect = incident(VILLAGE);
    if let Effect::Incident(incident) = &mut effect {
        incident.take_back_request = Some(DeskRequest { at, verification });
    }
    let own = world.commit_of(NOW, vec![outcome, effect]);
    world.state.sources.store.commit(Commit { next_offset: 4, reports: vec![row], ..own }).await.unwrap();
    verification
}

#[tokio::test]
async fn a_verdict_names_what_the_page_showed_and_is_not_taken_where_that_changed() {
    let world = World::new().await;
    let seen = shown(&world).await;
    for act in ["confirm", "reject&reason=salah", "merge&reports=x", "split"] {
        let (status, text) = sends(&world, "sari", &format!("act={act}&seen={}", "0".repeat(32))).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{act}");
        assert!(text.contains("bertambah atau isinya berubah sejak halaman ini dibuka"), "{act}: {text}");
    }
    assert!(world.sent.lock().unwrap().is_empty());
    assert_eq!(sends(&world, "sari", &format!("act=confirm&seen={seen}")).await.0, StatusCode::SEE_OTHER);
    let record = last(&world);
    assert_eq!(record["verification"]["reports"][0]["content"], hash_of(VILLAGE), "{record}");
    sent_in_its_place(&world).await;
    let (status, text) = sends(&world, "sari", &format!("act=confirm&seen={seen}")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text.contains("pos terbakar"), "it shows what is to be read: {text}");
    let again = shown(&world).await;
    assert_ne!(again, seen);
    assert_eq!(sends(&world, "sari", &format!("act=confirm&seen={again}")).await.0, StatusCode::SEE_OTHER);
    let record = last(&world);
    assert_eq!(record["verification"]["reports"][0]["content"], content_hash::write(OTHER), "{record}");
}

#[tokio::test]
async fn who_joins_a_request_joins_it_for_what_the_first_one_saw_and_the_page_says_where_that_changed() {
    let world = World::new().await;
    world.account("budi", "160504").await;
    let verification = rejected_otherwise(&world).await;
    let budi = world.login("budi").await;
    let (_, text) = world.page(&page(), &budi).await;
    assert!(text.contains("(tentang isi laporan sebelum diganti sumbernya)"), "{text}");
    let form = format!("act=reject&seconds={verification}");
    assert_eq!(sends(&world, "budi", &form).await.0, StatusCode::SEE_OTHER);
    let record = last(&world);
    assert_eq!(record["verification"]["reports"][0]["content"], content_hash::write(OTHER), "{record}");
}
