//! A report whose sender's clock cannot be believed is marked and asked about until somebody judges it.

use crate::world::World;
use domain::report::ReportId;

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
