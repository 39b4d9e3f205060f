//! What a place shows only by what was answered when its alert was ended: every page that shows the level says so, and no series
//! has it.

use crate::effects::condition;
use crate::world::{NOW, World};
use domain::effect::{Condition, ConditionChange, ConditionReason, DistrictCount, Effect};
use domain::kind::{Kind, Level};
use domain::place::Code;
use domain::time::MINUTE;
use serde_json::Value;
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
    // Its page and its history say after which alert it opened, and how that ended.
    let cookie = world.login("sari").await;
    let (_, page) = world.page("/peringatan/16.13-2026-0002", &cookie).await;
    let before = "<a href=\"/peringatan/16.13-2026-0001\">Dibuka setelah peringatan 16.13-2026-0001 di tempat ini diakhiri";
    assert_eq!(page.matches(before).count(), 1, "{page}");
    let (_, history) = page.split_once("dibuka lagi").expect("the line that opens it");
    let words = "tingkat di tempat ini naik setelah peringatan sebelumnya diakhiri · setelah 16.13-2026-0001 diakhiri";
    assert!(history.contains(words), "{history}");
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
        let district: Value = serde_json::from_str(&district).unwrap();
        let conditions = district["conditions"].as_array().unwrap();
        assert_eq!(conditions.len(), 2);
        found.extend(conditions.iter().map(|own| !own["chain"].as_array().unwrap().is_empty()));
        found
    };
    assert_eq!(series().await, [true; 5], "two kinds in one place");
    world.withdrawn_by_two(PAGE).await;
    assert_eq!(series().await, [false; 5]);
}

#[tokio::test]
async fn a_program_reads_which_alert_answered_a_level() {
    let world = World::new().await;
    let answered = async || {
        let cookie = world.login("sari").await;
        let lists = [
            ("/v1/heatmap.geojson?kind=resident_company", "/features"),
            ("/v1/assessments?kind=resident_company", "/items"),
            ("/v1/districts/16.13.04", "/assessments"),
            ("/v1/districts/16.13.04", "/conditions"),
        ];
        let mut found = Vec::new();
        for (path, list) in lists {
            let answer: Value = serde_json::from_str(&world.page(path, &cookie).await.1).unwrap();
            let items = answer.pointer(list).unwrap().as_array().unwrap();
            let own = items.iter().map(|item| item.get("properties").unwrap_or(item));
            let mut own = own.filter(|item| {
                let district = item.get("district").is_none_or(|district| district == "16.13.04");
                district && item["kind"] == "resident_company"
            });
            let item = own.next().unwrap_or_else(|| panic!("{path} has {list} of the place"));
            assert_eq!(item["level"], "siaga", "{path}");
            found.push(item.get("answered").cloned());
        }
        found
    };
    assert_eq!(answered().await, [const { Some(Value::Null) }; 4], "its alert runs");
    world.withdrawn_by_two(PAGE).await;
    for own in answered().await {
        let own = own.expect("the field");
        assert_eq!(own["alert"], ALERT, "{own}");
        assert!(own["ended_at"].as_str().is_some_and(|at| at.ends_with("+07:00")), "{own}");
    }
}

/// A regency whose three districts raise it: what its page and that of its alert say once one of them was ended.
#[tokio::test]
async fn a_regencys_pages_say_that_its_level_counts_what_was_ended() {
    let world = World::new().await;
    let places = world.state.sources.places.clone();
    let raised = |code: u32, reasons: Vec<ConditionReason>| {
        let mut own = condition(&places);
        if let Effect::Condition(own) = &mut own {
            (own.unit, own.at) = (places.find(Code(code)).unwrap(), NOW.plus(3 * MINUTE));
            (own.change, own.reasons, own.since) = (ConditionChange::Raised, reasons, own.at);
        }
        own
    };
    let count = DistrictCount { count: 3, needed: 3, alone: Level::Low, with_model: Level::Low };
    let by_rule = || vec![ConditionReason::Rule(String::from("WP-A"))];
    let effects = vec![
        raised(161_305, by_rule()),
        raised(161_306, by_rule()),
        raised(161_300, vec![ConditionReason::Districts(count)]),
    ];
    let commit = world.commit_of(NOW.plus(3 * MINUTE), effects);
    let commit = Commit { from_offset: 3, next_offset: 3, ..commit };
    world.state.sources.store.commit(commit).await.unwrap();
    let cookie = world.login("sari").await;
    let pages = async || {
        let own = world.page("/peringatan/16.13-2026-0004", &cookie).await.1;
        [own, world.page("/kecamatan/16.13", &cookie).await.1]
    };
    let words = [
        "Peringatan ini hanya menghitung kecamatan yang peringatannya masih berjalan",
        "di Rawas Ilir diakhiri",
    ];
    for (page, words) in pages().await.iter().zip(words) {
        assert!(page.contains("siaga") && !page.contains(words), "all three run: {page}");
    }
    world.withdrawn_by_two(PAGE).await;
    let after = pages().await;
    for (page, words) in after.iter().zip(words) {
        assert_eq!(page.matches(words).count(), 1, "'{words}': {page}");
    }
    assert!(after[0].contains("pemicunya sudah reda"), "two run: {}", after[0]);
}
