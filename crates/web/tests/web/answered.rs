//! What a place shows only by what was answered when its alert was ended: every page that shows the level says so, and no series
//! has it.

use crate::effects::condition;
use crate::world::{NOW, World};
use domain::effect::{Condition, ConditionChange, Effect};
use domain::kind::{Kind, Level};
use domain::place::Code;
use domain::time::MINUTE;
use store::Commit;
use views::{Lang, plain_text};

const ALERT: &str = "16.13-2026-0001";
const PAGE: &str = "/peringatan/16.13-2026-0001";

/// The condition's next word, from this offset of the log on.
async fn moved(world: &World, offset: i64, change: impl FnOnce(&mut Condition)) {
    let mut next = condition(&world.state.sources.places);
    if let Effect::Condition(next) = &mut next {
        (next.change, next.at) = (ConditionChange::Changed, NOW.plus(offset * MINUTE));
        change(next);
    }
    let commit = world.commit_of(NOW.plus(offset * MINUTE), vec![next]);
    let commit = Commit { from_offset: offset, next_offset: offset, ..commit };
    world.state.sources.store.commit(commit).await.unwrap();
}

async fn pages(world: &World) -> [String; 4] {
    let cookie = world.login("sari").await;
    let mut pages = [const { String::new() }; 4];
    let paths = ["/", "/kecamatan/16.13.04", "/kecamatan", PAGE];
    for (page, path) in pages.iter_mut().zip(paths) {
        *page = world.page(path, &cookie).await.1;
    }
    pages
}

const WORDS: [&str; 4] = [
    "(warga–perusahaan di Rawas Ilir) diakhiri",
    "di sini mengikuti kejadian yang sudah dijawab itu",
    "peringatan sudah diakhiri",
    "mengikuti kejadian yang sudah dijawab dengan mengakhiri peringatan ini",
];

#[tokio::test]
async fn every_page_that_shows_an_answered_level_says_that_its_alert_was_ended() {
    let world = World::new().await;
    for (page, words) in pages(&world).await.iter().zip(WORDS) {
        assert!(!page.contains(words) && !page.contains("sudah diakhiri"), "its alert is open: {page}");
    }
    world.withdrawn_by_two(PAGE).await;
    let after = pages(&world).await;
    for (page, words) in after.iter().zip(WORDS) {
        assert_eq!(page.matches(words).count(), 1, "'{words}': {page}");
    }
    let [front, district, ..] = after;
    assert!(front.contains("/peringatan/16.13-2026-0001\">16.13-2026-0001</a>"), "{front}");
    assert!(front.contains("aria-label=\"Rawas Ilir: siaga, peringatan sudah diakhiri"), "the map: {front}");
    let (_, table) = front.split_once("Peta sebagai tabel").expect("the map's table");
    let (_, own) = table.split_once("Rawas Ilir</a>").expect("a row");
    assert!(own.split_once("</tr>").unwrap().0.contains("peringatan sudah diakhiri"), "{own}");
    let (_, matrix) = front.split_once("table class=\"matrix\"").expect("the matrix");
    assert_eq!(matrix.matches("peringatan sudah diakhiri").count(), 1, "{matrix}");
    assert!(district.contains("siaga"), "{district}");
    let context = views::Context {
        sources: world.state.sources.clone(),
        viewer: views::Viewer::administrator("uji"),
        lang: Lang::Id,
        now: NOW,
    };
    let regency = context.regency(None).unwrap();
    let view = views::overview::load(&context, regency, None).await.unwrap();
    assert!(plain_text::overview(&context, &view).contains(WORDS[0]));
    let unit = world.state.sources.places.find(Code(161_304)).unwrap();
    let view = views::district::load(&context, unit).await.unwrap();
    assert!(plain_text::district(&context, &view).contains(WORDS[1]));
    let view = views::alert::load(&context, ALERT).await.unwrap();
    assert!(plain_text::alert(&context, &view).contains(WORDS[3]));
}

#[tokio::test]
async fn a_level_that_rises_after_an_end_is_its_new_alerts_and_one_that_clears_nobodys() {
    let world = World::new().await;
    world.withdrawn_by_two(PAGE).await;
    moved(&world, 3, |next| next.level = Level::Awas).await;
    for (page, words) in pages(&world).await.iter().zip(WORDS) {
        assert!(!page.contains(words), "{page}");
    }
    let world = World::new().await;
    world.withdrawn_by_two(PAGE).await;
    moved(&world, 3, |next| (next.change, next.level) = (ConditionChange::Cleared, Level::Low)).await;
    for (page, words) in pages(&world).await.iter().zip(WORDS) {
        assert!(!page.contains(words), "{page}");
    }
}

#[tokio::test]
async fn an_ended_alert_is_in_no_series() {
    let world = World::new().await;
    moved(&world, 3, |next| {
        (next.kind, next.change, next.since) = (Kind::Disaster, ConditionChange::Raised, next.at);
    })
    .await;
    let series = async || {
        let cookie = world.login("sari").await;
        let mut found = Vec::new();
        for path in ["/", "/peringatan", "/peringatan/16.13-2026-0002"] {
            found.push(world.page(path, &cookie).await.1.contains("Satu rangkaian?"));
        }
        let (_, district) = world.page("/v1/districts/16.13.04", &cookie).await;
        let district: serde_json::Value = serde_json::from_str(&district).unwrap();
        let conditions = district["conditions"].as_array().unwrap();
        assert_eq!(conditions.len(), 2);
        found.extend(conditions.iter().map(|own| !own["chain"].as_array().unwrap().is_empty()));
        found
    };
    assert_eq!(series().await, [true; 5], "two kinds in one place");
    world.withdrawn_by_two(PAGE).await;
    assert_eq!(series().await, [false; 5]);
}
