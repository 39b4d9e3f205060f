//! Each role sees what is its business, on every page, and nothing else.

use crate::world::{COMPANY, NOW, SECRET, VILLAGE, World, post};
use axum::http::StatusCode;
use domain::report::ReportId;
use domain::service_clock::ClockStep;
use domain::time::{DAY, HOUR};
use std::sync::Arc;
use store::Commit;
use views::Sources;
use views::reporter::short_number;

const PAGES: [&str; 7] = [
    "/",
    "/peringatan",
    "/peringatan/16.13-2026-0001",
    "/kecamatan",
    "/kecamatan/16.13.04",
    "/umpan",
    "/model",
];

#[tokio::test]
async fn every_page_says_that_the_clock_was_set_back_as_long_as_it_matters() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let is_shown = async || world.page("/", &cookie).await.1.contains("Jam server dimundurkan");
    assert!(!is_shown().await);
    let step = ClockStep { from: NOW.plus(3 * DAY), to: NOW.plus(-HOUR) };
    let commit = world.commit_of(step.to, vec![]);
    let commit =
        Commit { clock_step: Some(step), from_offset: 3, next_offset: 4, registry_records: 1, ..commit };
    world.state.sources.store.commit(commit).await.unwrap();
    for path in PAGES {
        let (_, text) = world.page(path, &cookie).await;
        assert!(text.contains("Jam server dimundurkan 3 hari"), "{path}: {text}");
    }
    let old = ClockStep { from: NOW.plus(-26 * HOUR), to: NOW.plus(-27 * HOUR) };
    let commit = world.commit_of(old.to, vec![]);
    let commit =
        Commit { clock_step: Some(old), from_offset: 4, next_offset: 5, registry_records: 1, ..commit };
    world.state.sources.store.commit(commit).await.unwrap();
    assert!(!is_shown().await, "a day has passed, and the old stamp too");
}

#[tokio::test]
async fn every_page_says_where_when_how_complete_and_that_it_is_a_scenario() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let mut paths: Vec<String> = PAGES.iter().map(|path| path.to_string()).collect();
    paths.extend([
        "/laporan".into(),
        "/laporan/baru".into(),
        "/laporan/tempel".into(),
        "/laporan/tabel".into(),
        "/pesan".into(),
        "/bantuan".into(),
        format!("/laporan/{VILLAGE}"),
    ]);
    for path in paths {
        let (status, text) = world.page(&path, &cookie).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        for part in [
            "Kabupaten Musi Rawas Utara",
            "Data sampai ",
            "21 Nov 2026, 07.00 WIB",
            "Kelengkapan laporan",
            "SKENARIO — data buatan",
        ] {
            assert!(text.contains(part), "{path} lacks {part:?}");
        }
        for part in ["<main id=\"isi\"", "class=\"skip\"", "<h1>", "lang=\"id\""] {
            assert!(text.contains(part), "{path} lacks {part:?}");
        }
        for part in [" style=", "<style", "onclick=", "javascript:"] {
            assert!(!text.contains(part), "{path} has {part:?}");
        }
        assert!(!text.contains("skd-pseudonim"), "{path} shows who reported");
    }
}

/// What a page says in words: without its tags, and without what is folded away.
fn in_words(page: &str) -> String {
    let mut words = String::new();
    let unfolded = page.split("<details").enumerate().map(|(number, part)| match number {
        0 => part,
        _ => part.split_once("</details>").map_or("", |(_, rest)| rest),
    });
    for part in unfolded.flat_map(|part| part.split('<').enumerate()).map(|(number, part)| match number {
        0 => part,
        _ => part.split_once('>').map_or("", |(_, text)| text),
    }) {
        words.push_str(part);
        words.push(' ');
    }
    words
}

#[tokio::test]
async fn a_report_is_called_by_what_where_and_when_and_no_page_shows_its_id() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let mut paths: Vec<String> = PAGES.iter().map(|path| path.to_string()).collect();
    paths.extend(["/laporan", "/laporan/baru", "/laporan/tabel", "/pesan"].map(String::from));
    paths.extend([VILLAGE, COMPANY].map(|id| format!("/laporan/{id}")));
    paths.push(format!("/laporan?diterima={VILLAGE}"));
    paths.push("/laporan?diterima=01M8M9NCBKVCGJZ4M0QYFP1SC0".into());
    for path in &paths {
        let (status, page) = world.page(path, &cookie).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        let words = in_words(&page);
        let ids: Vec<&str> =
            words.split_whitespace().filter(|word| ReportId::parse(word).is_some()).collect();
        assert!(ids.is_empty(), "{path} shows {ids:?}");
    }
    let (_, page) = world.page(&format!("/laporan?diterima={VILLAGE}"), &cookie).await;
    let link = format!(
        "<a href=\"/laporan/{VILLAGE}\" title=\"{}\">pemblokiran atau pemortalan jalan perusahaan · Belani, Rawas Ilir · 20 Nov, 23.00</a>",
        short_number(&VILLAGE.to_string())
    );
    assert!(page.contains(&link), "{page}");
    let (_, page) = world.page("/laporan?diterima=01M8M9NCBKVCGJZ4M0QYFP1SC0", &cookie).await;
    assert!(page.contains(">L-1SC0</a>. Laporan muncul di daftar setelah diolah"), "{page}");
    let (_, page) = world.page(&format!("/laporan/{VILLAGE}"), &cookie).await;
    assert!(
        page.contains(&format!("<code>{VILLAGE}</code></details>")),
        "who needs it whole finds it: {page}"
    );
}

#[tokio::test]
async fn the_overview_shows_map_matrix_and_what_is_not_known() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let (_, text) = world.page("/", &cookie).await;
    assert!(text.contains("/peringatan/16.13-2026-0001") && text.contains("siaga"));
    assert!(text.contains("url(#p-hatch)"), "districts without data are hatched");
    assert!(text.contains("Batas kecamatan perkiraan"));
    assert!(
        text.contains("belum terkalibrasi") && !text.contains("34\u{a0}%"),
        "a transferred model gives no percentage"
    );
    assert!(text.contains("Tidak ada kabar dari"));
    let (_, english) = world.page("/?lang=en", &cookie).await;
    assert!(english.contains("Overview") && english.contains("not calibrated"));
}

#[tokio::test]
async fn a_feed_never_heard_and_records_that_wait_are_said_at_the_top() {
    let world = World::new().await.with_sources(|sources| Sources { waiting: Arc::new(|| 1_204), ..sources });
    let cookie = world.login("sari").await;
    let (_, before) = world.page("/kecamatan/16.13.04", &cookie).await;
    assert!(before.contains("1.204 laporan masuk belum diolah"), "{before}");
    let own = [("skd-baru", "16.13.04"), ("skd-kemarin-saja", "16.13.04")];
    for (name, areas) in own.into_iter().chain([("skd-lain-daerah", "63.72.01"), ("umpan-provinsi", "")]) {
        let days = if ["skd-baru", "umpan-provinsi"].contains(&name) { 20 } else { 1 };
        world.registered(name, areas, NOW.plus(-days * DAY)).await;
    }
    let (_, page) = world.page("/kecamatan/16.13.04", &cookie).await;
    let never = "belum pernah melapor: skd-baru, skd-kemarin-saja";
    assert!(
        page.contains("3 sumber terdaftar belum pernah melapor") && page.contains(never),
        "its own and the one for everywhere: {page}"
    );
    let (_, page) = world.page("/kecamatan/16.13.01", &cookie).await;
    assert!(page.contains("3 sumber terdaftar belum pernah melapor") && !page.contains("skd-baru"), "{page}");
    let (_, page) = world.page("/kecamatan/16.13.04", &world.login("bupati").await).await;
    assert!(page.contains("belum pernah melapor") && !page.contains("skd-baru"), "classes only: {page}");
}

#[tokio::test]
async fn a_feed_of_a_village_is_seen_by_its_regencys_desk_and_missed_when_silent() {
    let world = World::new().await;
    world.registered("skd-batu-kucing", "16.13.04.2003", NOW.plus(-60 * DAY)).await;
    let cookie = world.login("sari").await;
    let (_, feeds) = world.page("/umpan", &cookie).await;
    assert!(feeds.contains("skd-batu-kucing"), "the desk of its regency sees it: {feeds}");
    let (_, district) = world.page("/kecamatan/16.13.04", &cookie).await;
    assert!(district.contains("belum pernah melapor: skd-batu-kucing"), "its district misses it: {district}");
    assert_eq!(district.matches("skd-batu-kucing").count(), 1, "once, not as silent too: {district}");
    assert!(district.contains("1 sumber terdaftar belum pernah melapor"), "and counts it: {district}");
    let (_, other) = world.page("/kecamatan/16.13.01", &cookie).await;
    assert!(!other.contains("skd-batu-kucing"), "{other}");
}

#[tokio::test]
async fn an_alert_names_its_rule_and_its_reports_and_escapes_them() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let (_, text) = world.page("/peringatan/16.13-2026-0001", &cookie).await;
    assert!(text.contains("WP-A") && text.contains("Gangguan jalan atau lahan perusahaan"));
    assert!(text.contains("portal dipasang &lt;b&gt;") && text.contains("isi-rahasia-polsek"));
    assert!(text.contains("Terima peringatan") && text.contains("belum terverifikasi"));
    assert!(!text.contains("tidak ditampilkan"));
}

#[tokio::test]
async fn the_team_does_not_read_confidential_reports_and_the_page_says_so() {
    let world = World::new().await;
    let cookie = world.login("tim").await;
    let (_, text) = world.page("/peringatan/16.13-2026-0001", &cookie).await;
    assert!(text.contains("portal dipasang") && !text.contains("isi-rahasia-polsek"));
    assert!(text.contains("1 laporan tidak ditampilkan"), "{text}");
    let (_, list) = world.page("/laporan", &cookie).await;
    assert!(!list.contains("isi-rahasia-polsek") && list.contains("1 laporan tidak ditampilkan"));
    assert_eq!(world.page(&format!("/laporan/{SECRET}"), &cookie).await.0, StatusCode::FORBIDDEN);
    assert_eq!(world.page("/laporan/baru", &cookie).await.0, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_leader_sees_aggregates_only() {
    let world = World::new().await;
    let cookie = world.login("bupati").await;
    for path in PAGES {
        let (status, text) = world.page(path, &cookie).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        for secret in [
            "portal dipasang",
            "isi-rahasia-polsek",
            "truk kembali",
            "Beringin Makmur",
            "-rawas-ilir",
            "/laporan",
        ] {
            assert!(!text.contains(secret), "{path} shows a leader {secret:?}");
        }
        assert!(!text.contains("<form method=\"post\" action=\"/peringatan"), "{path}");
    }
    let (_, district) = world.page("/kecamatan/16.13.04", &cookie).await;
    assert!(district.contains("1–4"), "small counts are coarsened");
    for path in ["/laporan", "/laporan/baru", "/v1/incidents"] {
        assert_eq!(world.page(path, &cookie).await.0, StatusCode::FORBIDDEN, "{path}");
    }
    let sari = world.login("sari").await;
    let note =
        post("/peringatan/16.13-2026-0001/tugaskan", &sari, "version=1&to=Danramil&reason=rumah+kades");
    assert_eq!(world.ask(note).await.status(), StatusCode::SEE_OTHER);
    for path in [
        "/peringatan/16.13-2026-0001",
        "/v1/alerts/16.13-2026-0001",
        "/v1/assessments",
        "/v1/heatmap.geojson",
    ] {
        let (_, text) = world.page(path, &cookie).await;
        for secret in ["evidence", "rumah kades", "count_3d"] {
            assert!(!text.contains(secret), "{path} shows a leader {secret:?}");
        }
        let (_, text) = world.page(path, &sari).await;
        assert!(text.contains("rumah kades") || text.contains("count_3d"), "{path}");
    }
}

#[tokio::test]
async fn nobody_sees_another_regency_or_district() {
    let world = World::new().await;
    let cookie = world.login("banjarbaru").await;
    let (_, text) = world.page("/?wilayah=16.13", &cookie).await;
    assert!(text.contains("Banjarbaru") && !text.contains("Rawas"));
    assert!(text.contains("WITA"));
    for path in ["/kecamatan/16.13.04", "/v1/districts/16.13.04"] {
        assert_eq!(world.page(path, &cookie).await.0, StatusCode::FORBIDDEN, "{path}");
    }
    // What has a number is answered as one that nobody ever gave out, read or acted on.
    let (village, nobodys) = (VILLAGE.to_string(), ReportId(77 << 80).to_string());
    for (own, unknown) in [
        (String::from("/peringatan/16.13-2026-0001"), String::from("/peringatan/16.13-2031-0077")),
        (String::from("/v1/alerts/16.13-2026-0001"), String::from("/v1/alerts/16.13-2031-0077")),
        (format!("/laporan/{village}"), format!("/laporan/{nobodys}")),
    ] {
        let (foreign, unknown) = (world.page(&own, &cookie).await, world.page(&unknown, &cookie).await);
        assert_eq!(foreign.0, StatusCode::NOT_FOUND, "{own}");
        let bare = |text: &str| text.replace("16.13-2026-0001", "").replace("16.13-2031-0077", "");
        let bare = |text: &str| bare(text).replace(&village, "").replace(&nobodys, "");
        assert_eq!(bare(&foreign.1), bare(&unknown.1), "{own}");
    }
    for act in ["ketahui", "tarik", "kirim-lagi"] {
        for number in ["16.13-2026-0001", "16.13-2031-0077"] {
            let form = post(&format!("/peringatan/{number}/{act}"), &cookie, "version=1&reason=x&back=/");
            assert_eq!(world.ask(form).await.status(), StatusCode::NOT_FOUND, "{act} {number}");
        }
    }
    for path in
        ["/v1/assessments", "/v1/incidents", "/v1/alerts", "/v1/heatmap.geojson", "/laporan", "/peringatan"]
    {
        let (status, text) = world.page(path, &cookie).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        assert!(!text.contains("16.13") && !text.contains("portal dipasang"), "{path}");
    }
    let camat = world.login("camat").await;
    let (_, reports) = world.page("/laporan", &camat).await;
    assert!(!reports.contains("portal dipasang"));
    let (_, queue) = world.page("/peringatan", &camat).await;
    assert!(!queue.contains("16.13-2026-0001"));
    assert_eq!(world.page(&format!("/laporan/{VILLAGE}"), &camat).await.0, StatusCode::NOT_FOUND);
    let (_, incidents) = world.page("/v1/incidents?district=16.13", &camat).await;
    assert!(!incidents.contains("16.13.04"), "{incidents}");
}

/// One of the village's two reports is confidential, and with it what both tell of.
#[tokio::test]
async fn the_team_sees_no_incident_that_rests_on_a_confidential_report() {
    let world = World::new().await;
    let (village, company) = (VILLAGE.to_string(), COMPANY.to_string());
    for (account, sees) in [("sari", true), ("tim", false)] {
        let cookie = world.login(account).await;
        let (_, text) = world.page("/v1/incidents?district=16.13.04", &cookie).await;
        let items: serde_json::Value = serde_json::from_str(&text).unwrap();
        let ids: Vec<&str> =
            items["items"].as_array().unwrap().iter().filter_map(|item| item["id"].as_str()).collect();
        assert_eq!(ids.iter().any(|id| id.starts_with(&village)), sees, "{account}: {text}");
        assert!(ids.iter().any(|id| id.starts_with(&company)), "{account}: {text}");
    }
}

#[tokio::test]
async fn the_json_holds_the_same_picture() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let json = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    let (_, text) = world.page("/v1/assessments?kind=disaster&horizon=30d", &cookie).await;
    let items = json(&text);
    assert_eq!(items["items"].as_array().unwrap().len(), 2);
    assert_eq!(items["items"][0]["calibrated"], false);
    let before = "/v1/assessments?kind=disaster&as_of=2026-01-01T00:00:00%2B07:00";
    let (status, text) = world.page(before, &cookie).await;
    assert_eq!((status, json(&text)["items"].as_array().unwrap().len()), (StatusCode::OK, 0));
    let (_, text) = world.page("/v1/heatmap.geojson?kind=resident_company", &cookie).await;
    let map = json(&text);
    assert_eq!(map["features"].as_array().unwrap().len(), 7);
    assert_eq!(map["features"][0]["properties"]["approximate"], true);
    // What stands is shown whatever the model says: the rule's siaga over a low risk, only where and of what it stands.
    let level = |map: &serde_json::Value, code: &str| {
        let features = map["features"].as_array().unwrap();
        let found = features.iter().find(|feature| feature["properties"]["district"] == code).unwrap();
        found["properties"]["level"].as_str().unwrap().to_owned()
    };
    assert_eq!((level(&map, "16.13.04"), level(&map, "16.13.01")), ("siaga".into(), "low".into()));
    let (_, text) = world.page("/v1/heatmap.geojson?kind=disaster", &cookie).await;
    assert_eq!(level(&json(&text), "16.13.04"), "low");
    let (_, text) = world.page("/v1/incidents?limit=1", &cookie).await;
    let (page, cursor) = (json(&text), json(&text)["next"].as_str().unwrap().to_string());
    let (_, text) = world.page(&format!("/v1/incidents?limit=1&cursor={cursor}"), &cookie).await;
    assert_ne!(page["items"][0]["id"], json(&text)["items"][0]["id"]);
}

#[tokio::test]
async fn a_wrong_parameter_is_a_problem_with_what_is_allowed() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    for path in [
        "/v1/assessments?kind=flood",
        "/v1/heatmap.geojson?horizon=1d",
        "/v1/alerts?state=angry",
        "/v1/incidents?district=x",
    ] {
        let (status, text) = world.page(path, &cookie).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{path}");
        let problem: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert!(problem["detail"].as_str().unwrap().contains("yang boleh"), "{text}");
    }
    assert_eq!(world.page("/v1/districts/99.99", &cookie).await.0, StatusCode::NOT_FOUND);
}
