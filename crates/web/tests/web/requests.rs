//! All requests that wait for a second person stand on pages of their own, however many there are.

use crate::effects::incident;
use crate::world::{NOW, World, name, report};
use domain::effect::Effect;
use domain::evidence::second_person::DeskRequest;
use domain::kind::{FeedClass, Handling, Outcome};
use domain::place::Code;
use domain::report::ReportId;
use domain::time::HOUR;
use store::Commit;

/// So many requests wait.
const REQUESTS: u128 = 60;

fn id(number: u128) -> ReportId {
    ReportId((100 + number) << 80)
}

#[tokio::test]
async fn every_request_that_waits_is_listed_by_pages() {
    let world = World::new().await;
    let (mut reports, mut effects) = (Vec::new(), Vec::new());
    for number in 0..REQUESTS {
        let mut row = report(id(number), FeedClass::Desk, Handling::Open, "warga melapor");
        row.offset = 3 + number as i64;
        let name = name(id(number));
        let (regency, incident_of) = (Code(161_300), Some(name));
        effects.push(Effect::Outcome {
            regency,
            report: name,
            outcome: Outcome::Incident,
            incident: incident_of,
        });
        let mut effect = incident(id(number));
        if let Effect::Incident(incident) = &mut effect {
            let request = DeskRequest { at: NOW.plus(-HOUR), verification: name };
            (incident.awas_request, incident.take_back_request) =
                if number % 2 == 0 { (Some(request), None) } else { (None, Some(request)) };
        }
        effects.push(effect);
        reports.push(row);
    }
    let next_offset = 3 + REQUESTS as i64;
    let commit = Commit { next_offset, reports, ..world.commit_of(NOW, effects) };
    world.state.sources.store.commit(commit).await.unwrap();
    let cookie = world.login("sari").await;
    let (_, overview) = world.page("/", &cookie).await;
    let all = "/laporan?menunggu=orang-kedua";
    assert!(overview.contains(all), "the front page leads there: {overview}");
    let listed = |page: &str| {
        (0..REQUESTS).filter(|number| page.contains(&format!("/laporan/{}", id(*number)))).count()
    };
    let (_, first) = world.page(all, &cookie).await;
    assert_eq!(listed(&first), 50);
    assert!(first.contains("kursor=50&amp;menunggu=orang-kedua"), "{first}");
    let (_, second) = world.page("/laporan?kursor=50&menunggu=orang-kedua", &cookie).await;
    assert_eq!(listed(&second), 10);
    assert!(!second.contains("rel=\"next\""), "{second}");
    assert!(!second.contains("portal"), "nothing else is listed: {second}");
    let beyond = format!("/laporan?kursor={}&menunggu=orang-kedua", usize::MAX);
    assert_eq!(listed(&world.page(&beyond, &cookie).await.1), 0);
}
