//! Pages and views as reviewed files: `snapshots/*.html.snap` and `*.json.snap`; `snapshots/api` is of `api_snapshots`. After a
//! wanted change run the tests once with `INSTA_UPDATE=always`, and read the difference before it is committed.

use crate::world::{COMPANY, DENIAL, NOW, VILLAGE, World};
use axum::http::StatusCode;
use domain::place::Areas;
use domain::time::DAY;
use serde::Serialize;
use std::path::Path;
use views::{Lang, Role, Viewer, alert, district, overview};

/// Compares with the stored file.
pub fn reviewed(name: &str, text: &str) {
    let (folder, name) = name.rsplit_once('/').unwrap_or(("", name));
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(Path::new("snapshots").join(folder));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// One tag a line, and without what differs between two runs: the assets' version, the change notifier's position.
pub fn lines_of(html: &str) -> String {
    let body = html.split_once("<body").map_or(html, |(_, body)| body);
    let (start, rest) = body.split_once('>').unwrap_or(("", body));
    assert!(
        start.contains("data-position") || html.contains("action=\"/masuk\""),
        "the body carries the position"
    );
    rest.replace("><", ">\n<") + "\n"
}

/// The page's own content, without what stands round every page.
pub fn content_of(html: &str) -> String {
    let start = html.find("<main").expect("a page has a main part");
    let end = html.find("</main>").expect("the main part ends");
    html[start..end].to_string()
}

async fn page(world: &World, path: &str, who: &str) -> String {
    let cookie = world.login(who).await;
    let (status, text) = world.page(path, &cookie).await;
    assert_eq!(status, StatusCode::OK, "{path}");
    lines_of(&text)
}

fn context(world: &World, role: Role) -> views::Context {
    let areas = Areas::parse("16.13").unwrap();
    let viewer = Viewer { name: "seseorang".into(), role, areas, person: String::new(), feed: String::new() };
    views::Context { sources: world.state.sources.clone(), viewer, lang: Lang::Id, now: NOW }
}

fn json(view: &impl Serialize) -> String {
    serde_json::to_string_pretty(view).unwrap() + "\n"
}

#[tokio::test]
async fn the_overview_is_as_reviewed() {
    let world = World::new().await;
    reviewed("overview.html", &page(&world, "/", "sari").await);
    let context = context(&world, Role::Desk);
    let view = overview::load(&context, context.regency(None).unwrap(), None).await.unwrap();
    reviewed("overview.json", &json(&view));
}

#[tokio::test]
async fn an_alert_is_as_reviewed() {
    let world = World::new().await;
    let page = page(&world, "/peringatan/16.13-2026-0001", "sari").await;
    reviewed("alert.html", &content_of(&page));
    let view = alert::load(&context(&world, Role::Desk), "16.13-2026-0001").await.unwrap();
    reviewed("alert.json", &json(&view));
}

#[tokio::test]
async fn a_district_is_as_reviewed() {
    let world = World::new().await;
    reviewed("district.html", &content_of(&page(&world, "/kecamatan/16.13.04", "sari").await));
}

/// Every other page that is read, as the desk's person of the regency sees it.
#[tokio::test]
async fn the_other_pages_are_as_reviewed() {
    let world = World::new().await;
    world.denied(DENIAL, Some(COMPANY)).await;
    world.registered("skd-batu-kucing", "16.13.04.2003", NOW.plus(-60 * DAY)).await;
    let pages = [
        ("alerts", "/peringatan"),
        ("districts", "/kecamatan"),
        ("reports", "/laporan"),
        ("entry", "/laporan/baru"),
        ("paste", "/laporan/tempel"),
        ("upload", "/laporan/tabel"),
        ("feeds", "/umpan"),
        ("model", "/model"),
        ("ledger", "/ledger"),
        ("budget", "/anggaran"),
        ("calls", "/panggilan"),
        ("help", "/bantuan"),
    ];
    for (name, path) in pages {
        reviewed(&format!("{name}.html"), &content_of(&page(&world, path, "sari").await));
    }
    for (name, id) in [("report", VILLAGE), ("report-disputed", COMPANY)] {
        let page = page(&world, &format!("/laporan/{id}"), "sari").await;
        reviewed(&format!("{name}.html"), &content_of(&page));
    }
    let (status, login) = world.page("/masuk", "").await;
    assert_eq!(status, StatusCode::OK);
    reviewed("login.html", &lines_of(&login));
}

/// What leaders may not see is not in the view, so that no face can show it.
#[tokio::test]
async fn a_leaders_district_holds_no_report_no_small_count_and_no_feed() {
    let world = World::new().await;
    reviewed("district-leader.html", &content_of(&page(&world, "/kecamatan/16.13.04", "bupati").await));
    let context = context(&world, Role::Leader);
    let view = district::load(&context, context.unit("16.13.04").unwrap()).await.unwrap();
    let text = json(&view);
    reviewed("district-leader.json", &text);
    for hidden in ["rawas-ilir\"", "portal dipasang", "skd-pseudonim", "\"features\"", "\"daily\""] {
        assert!(!text.contains(hidden), "{hidden} is in {text}");
    }
}
