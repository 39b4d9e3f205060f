//! Who agrees to an alert's end has read the gravest of what was reported since it was asked for, and of all the rest that it is there.

use crate::alert_changes::{changed, emitted, moved, page, received};
use crate::second_link::{contact, end_sent, shown};
use crate::world::{NOW, World, name, post, read};
use axum::http::StatusCode;
use domain::effect::Incident;
use domain::evidence::attestation::{Attested, Extent};
use domain::kind::{FeedClass, Outcome};
use domain::report::ReportId;
use domain::time::HOUR;

const PAGE: &str = "/peringatan/16.13-2026-0001";

fn id(number: u128) -> ReportId {
    ReportId((100 + number) << 80)
}

/// Seven new incidents; the first of them, which happened before the others, is the gravest.
async fn seven_new() -> World {
    let world = end_sent(contact(), NOW.plus(-HOUR)).await;
    for number in 0..7 {
        let own = changed(id(number), |own: &mut Incident| {
            own.occurred_at = NOW.plus(number as i64 * HOUR / 8 - HOUR);
            (own.claimed.severity, own.counted_severity) = (3, 3);
            if number == 0 {
                own.claimed = Extent { severity: 5, dead: 1, injured: 0, displaced: 0 };
                (own.counted_severity, own.attested) = (5, Attested { extent: own.claimed, awas: 5 });
            }
        });
        let report = (id(number), FeedClass::Desk);
        received(&world, report, (Outcome::Incident, Some(id(number)), vec![own]), |_| {}).await;
    }
    let named = moved(&world, NOW, |own| own.evidence.extend((0..7).map(|number| name(id(number)))));
    emitted(&world, NOW, vec![named]).await;
    world
}

/// The lines of what was reported since, the first first.
fn lines(text: &str) -> Vec<&str> {
    let (_, since) = text.split_once("Sesudah permintaan ini masuk laporan").expect("it says so");
    let (list, _) = since.split_once("</ul>").unwrap();
    list.split("<li>").skip(1).collect()
}

#[tokio::test]
async fn the_gravest_that_was_reported_since_is_shown_first() {
    let world = seven_new().await;
    world.account("budi", "160504").await;
    for account in ["budi", "bupati"] {
        let text = page(&world, account, PAGE).await;
        let lines = lines(&text);
        assert_eq!(lines.len(), 6, "five and how many more: {lines:?}");
        assert!(lines[0].contains("meninggal 1") && lines[5].contains('2'), "{lines:?}");
    }
}

#[tokio::test]
async fn what_is_only_counted_is_part_of_what_was_read() {
    let world = seven_new().await;
    world.account("budi", "160504").await;
    let budi = world.login("budi").await;
    let read_then = world.page(PAGE, &budi).await.1;
    let form = |page: &str| {
        let version = page.split_once("name=\"version\" value=\"").unwrap().1.split_once('"').unwrap().0;
        format!("version={version}&reason=dicek&shown={}", shown(page))
    };
    // The last of the seven, which no line shows.
    let police = (ReportId(9 << 80), FeedClass::Police);
    received(&world, police, (Outcome::Merged, Some(id(1)), vec![]), |_| {}).await;
    let read_now = world.page(PAGE, &budi).await.1;
    assert_eq!(lines(&read_then), lines(&read_now), "the page shows no more than before");
    let (status, text) =
        read(world.ask(post(&format!("{PAGE}/tarik"), &budi, &form(&read_then))).await).await;
    assert_eq!(status, StatusCode::CONFLICT, "{text}");
    let shows_nothing = form(&read_now).split_once("&shown=").unwrap().0.to_owned();
    let (status, text) = read(world.ask(post(&format!("{PAGE}/tarik"), &budi, &shows_nothing)).await).await;
    assert_eq!(status, StatusCode::CONFLICT, "a form that shows nothing of it: {text}");
    let agrees = world.ask(post(&format!("{PAGE}/tarik"), &budi, &form(&read_now))).await;
    assert_eq!(agrees.status(), StatusCode::SEE_OTHER);
}
