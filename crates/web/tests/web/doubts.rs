//! A report whose sender's clock cannot be believed is marked and asked about until somebody judges it.

use crate::world::{NOW, VILLAGE, World, post, report};
use axum::http::StatusCode;
use domain::effect::Effect;
use domain::kind::{FeedClass, Handling, Outcome};
use domain::place::Code;
use domain::report::{Body, ReportId};
use domain::time::DAY;
use store::Commit;

const DOUBTFUL: ReportId = ReportId(8 << 80);

#[tokio::test]
async fn a_report_of_a_wrong_clock_is_marked_and_asked_about_until_it_is_judged() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    world.doubtful(DOUBTFUL, false).await;
    let own = format!("/laporan/{DOUBTFUL}");
    let (_, overview) = world.page("/", &cookie).await;
    assert!(overview.contains("h-periksa") && overview.contains(&own), "the front page asks");
    assert!(overview.contains("jam pengirim diragukan"));
    let (_, page) = world.page(&own, &cookie).await;
    assert!(page.contains("Jam pengirim diragukan: waktunya lebih dari 5 menit"), "{page}");
    let world = World::new().await;
    let cookie = world.login("sari").await;
    world.doubtful(DOUBTFUL, true).await;
    let (_, overview) = world.page("/", &cookie).await;
    assert!(!overview.contains("h-periksa"), "somebody has judged it");
    let (_, page) = world.page(&own, &cookie).await;
    assert!(page.contains("Jam pengirim diragukan"), "it stays marked");
}

#[tokio::test]
async fn a_retraction_of_a_wrong_clock_is_asked_about_and_confirmed_on_its_page() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let mut row = report(DOUBTFUL, FeedClass::Village, Handling::Open, "salah kirim");
    (row.report.reported_at, row.offset) = (NOW.plus(-365 * DAY), 3);
    row.report.doubtful = Some(row.received_at);
    row.report.body = Body::Retraction { target: VILLAGE };
    let (regency, name) = (Code(161_300), row.report.name());
    let outcome = Effect::Outcome { regency, report: name, outcome: Outcome::Retracted, incident: None };
    let commit = Commit { next_offset: 4, reports: vec![row], ..world.commit_of(NOW, vec![outcome]) };
    world.state.sources.store.commit(commit).await.unwrap();
    let own = format!("/laporan/{DOUBTFUL}");
    let (_, overview) = world.page("/", &cookie).await;
    assert!(overview.contains("h-periksa") && overview.contains(&own), "the front page asks");
    let (_, page) = world.page(&own, &cookie).await;
    assert!(page.contains("belum diturunkan karenanya") && page.contains("Benar ditarik"), "{page}");
    let answer = world.verify(&format!("{own}/verifikasi"), &cookie, "act=confirm").await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let (_, record) = world.sent.lock().unwrap().last().unwrap().clone();
    assert_eq!(record["verification"]["act"].as_str(), Some("confirm"));
    assert_eq!(record["verification"]["reports"][0]["report_id"].as_str(), Some(&*DOUBTFUL.to_string()));
    assert_eq!(record["role"].as_str(), Some("desk"), "who says so says in which role");
    let answer = world.ask(post(&format!("{own}/verifikasi"), &cookie, "act=merge")).await;
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "nothing else is said of a retraction");
}
