//! Nobody passes without a login; forms come from our own pages; every answer carries its headers.

use crate::world::{World, get, post, read};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use domain::place::Code;
use store::Change;
use web::OPEN;
use web::guard::Access;
use web::routes::paths;

/// A path with its holes filled.
fn filled(path: &str) -> String {
    path.replace("{name}", "desk.css")
        .replace("{token}", &"0".repeat(40))
        .replace("{act}", "ketahui")
        .replace("{code}", "16.13.04")
        .replace("{id}", "16.13-2026-0001")
}

#[tokio::test]
async fn without_a_session_every_closed_route_sends_to_the_login() {
    let world = World::new().await;
    let mut walked = 0;
    for (path, access) in paths() {
        for method in ["GET", "POST"] {
            let request = Request::builder().method(method).uri(filled(&path)).body(Body::empty()).unwrap();
            let answer = world.ask(request).await;
            let status = answer.status();
            if access == Access::Open {
                assert!(OPEN.contains(&path.as_str()), "{path} is open and not on the list");
                continue;
            }
            if access == Access::Link {
                // Without a form the second press is not even read.
                let refused = [StatusCode::NOT_FOUND, StatusCode::UNSUPPORTED_MEDIA_TYPE];
                assert!(refused.contains(&status), "{method} {path}: {status}");
                continue;
            }
            walked += 1;
            // A method the route does not have may answer 405; it never answers with content.
            if status == StatusCode::METHOD_NOT_ALLOWED {
                continue;
            }
            if path.starts_with("/v1/") {
                assert_eq!(status, StatusCode::UNAUTHORIZED, "{method} {path}");
                assert_eq!(answer.headers()[header::CONTENT_TYPE], "application/problem+json");
                let challenge = answer.headers()[header::WWW_AUTHENTICATE].to_str().unwrap();
                assert!(challenge.starts_with("Cookie form-action=\"/masuk\""), "{path}: {challenge}");
            } else {
                assert_eq!(status, StatusCode::SEE_OTHER, "{method} {path}");
                assert!(answer.headers()[header::LOCATION].to_str().unwrap().starts_with("/masuk"), "{path}");
            }
        }
    }
    assert!(walked > 40, "only {walked} were walked");
}

#[tokio::test]
async fn a_forged_or_closed_session_is_nobody() {
    let world = World::new().await;
    let (status, _) = world.page("/", &format!("kentongan={}", "0".repeat(64))).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let cookie = world.login("sari").await;
    assert_eq!(world.page("/", &cookie).await.0, StatusCode::OK);
    assert_eq!(world.ask(post("/keluar", &cookie, "")).await.status(), StatusCode::SEE_OTHER);
    assert_eq!(world.page("/", &cookie).await.0, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_form_from_another_site_is_refused() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
        let request = Request::post("/peringatan/16.13-2026-0001/ketahui")
            .header(header::COOKIE, &cookie)
            .header(header::HOST, "127.0.0.1:8080")
            .header(name, value)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from("version=1"))
            .unwrap();
        assert_eq!(world.ask(request).await.status(), StatusCode::BAD_REQUEST, "{name}");
    }
    let alert = world.state.sources.store.alert("16.13-2026-0001").await.unwrap().unwrap();
    assert_eq!(alert.alert.version, 1);
}

#[tokio::test]
async fn guessing_is_refused_and_then_slowed() {
    let world = World::new().await;
    for _ in 0..5 {
        let (status, text) = read(world.ask(post("/masuk", "", "name=sari&password=salah")).await).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
        assert!(text.contains("Nama akun atau kata sandi salah"));
    }
    let answer = world.ask(post("/masuk", "", "name=sari&password=salah")).await;
    assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(answer.headers().contains_key(header::RETRY_AFTER));
    let (status, _) = read(world.ask(post("/masuk", "", "name=tidakada&password=salah")).await).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    for path in ["/", "/masuk", "/aset/desk.css", "/v1/alerts", "/tidak-ada", "/peringatan/tidak-ada"] {
        let answer = world.ask(get(path, &cookie)).await;
        let policy = answer.headers()["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{path}");
        assert!(!policy.contains("unsafe"), "{path}");
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff", "{path}");
    }
    let private = world.ask(get("/", &cookie)).await;
    assert_eq!(private.headers()[header::CACHE_CONTROL], "no-store");
}

#[tokio::test]
async fn live_events_reach_those_whose_place_it_is() {
    use futures::StreamExt;
    let world = World::new().await;
    let (own, other) = (world.login("sari").await, world.login("banjarbaru").await);
    let here = world.ask(get("/v1/live", &own)).await;
    assert_eq!(here.headers()["x-accel-buffering"], "no", "a proxy must not hold events back");
    let mut here = here.into_body().into_data_stream();
    let mut there = world.ask(get("/v1/live", &other)).await.into_body().into_data_stream();
    world.state.changes.notify(Change::Alert { id: "a-1".into(), code: Code(161304) });
    world.state.changes.notify(Change::Picture { regency: Code(637200) });
    let first = here.next().await.unwrap().unwrap();
    assert!(String::from_utf8_lossy(&first).contains("event: alert"));
    let first = there.next().await.unwrap().unwrap();
    let first = String::from_utf8_lossy(&first);
    assert!(first.contains("event: picture") && !first.contains("a-1"), "{first}");
}

/// What a page was read before and what it listens from on are one point: a change between the two is sent at once.
#[tokio::test]
async fn what_changes_between_a_pages_reading_and_its_listening_is_not_lost() {
    use futures::StreamExt;
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let (_, text) = world.page("/", &cookie).await;
    let position =
        text.split_once("data-position=\"").and_then(|(_, rest)| rest.split_once('"')).unwrap().0.to_string();
    let address = format!("/v1/live?since={position}");
    let listen = async |last: Option<&str>| {
        let mut request = get(&address, &cookie);
        if let Some(last) = last {
            request.headers_mut().insert("last-event-id", last.parse().unwrap());
        }
        world.ask(request).await.into_body().into_data_stream()
    };
    let notify = || world.state.changes.notify(Change::Picture { regency: Code(161300) });
    let mut at_once = listen(None).await;
    notify();
    let first = String::from_utf8_lossy(&at_once.next().await.unwrap().unwrap()).into_owned();
    assert!(first.contains("event: picture"), "nothing had moved before it listened: {first}");
    let mut later = listen(None).await;
    let missed = String::from_utf8_lossy(&later.next().await.unwrap().unwrap()).into_owned();
    assert!(missed.contains("event: missed"), "{missed}");
    let last = first.lines().find_map(|line| line.strip_prefix("id: ")).unwrap();
    let mut back = listen(Some(last)).await;
    notify();
    let next = String::from_utf8_lossy(&back.next().await.unwrap().unwrap()).into_owned();
    assert!(next.contains("event: picture"), "it had all up to its last event: {next}");
    let mut long_after = listen(Some(last)).await;
    let missed = String::from_utf8_lossy(&long_after.next().await.unwrap().unwrap()).into_owned();
    assert!(missed.contains("event: missed"), "{missed}");
}

#[tokio::test]
async fn the_language_is_remembered() {
    let world = World::new().await;
    let answer = world.ask(get("/masuk?lang=en", "")).await;
    assert!(answer.headers()[header::SET_COOKIE].to_str().unwrap().starts_with("lang=en"));
    let (_, text) = world.page("/masuk", "lang=en").await;
    assert!(text.contains("lang=\"en\"") && text.contains("Password"));
}

#[tokio::test]
async fn an_error_page_keeps_language_banner_and_rail() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let (status, text) = world.page("/kecamatan/99.99?lang=en", &cookie).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    for part in ["Not found", "lang=\"en\"", "SCENARIO", "class=\"rail\""] {
        assert!(text.contains(part), "{part}");
    }
    let (status, text) = world.page("/tidak-ada", "").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(text.contains("Tidak ditemukan") && !text.contains("class=\"rail\""));
}

#[tokio::test]
async fn programs_get_problems_also_where_there_is_nothing() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    for (method, path, status, says) in [
        ("GET", "/v1/tidak-ada", StatusCode::NOT_FOUND, "/v1/assessments"),
        ("POST", "/v1/alerts/x/y/z", StatusCode::NOT_FOUND, "/v1/assessments"),
        ("GET", "/v1", StatusCode::NOT_FOUND, "/v1/assessments"),
        ("GET", "/v1/alerts/16.13-2026-0001/acknowledge", StatusCode::METHOD_NOT_ALLOWED, "keliru"),
        ("DELETE", "/v1/assessments", StatusCode::METHOD_NOT_ALLOWED, "keliru"),
    ] {
        let request = Request::builder().method(method).uri(path).header(header::COOKIE, &cookie);
        let answer = world.ask(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status(), status, "{method} {path}");
        assert_eq!(answer.headers()[header::CONTENT_TYPE], "application/problem+json", "{method} {path}");
        assert_eq!(answer.headers().contains_key(header::ALLOW), status == StatusCode::METHOD_NOT_ALLOWED);
        let (_, text) = read(answer).await;
        let problem: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert!(problem["detail"].as_str().unwrap().contains(says), "{text}");
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_in_our_own_words() {
    let world = World::new().await;
    let cookie = world.login("sari").await;
    let (status, text) = world.page("/v1/alerts?limit=many", &cookie).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(text.contains("\"status\":400"), "{text}");
    let large = format!("summary={}", "x".repeat(200_000));
    let (status, text) = read(world.ask(post("/laporan/baru", &cookie, &large)).await).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(text.contains("terlalu besar"));
    let (status, text) = read(world.ask(post("/masuk", "", "x=1")).await).await;
    assert!(status.is_client_error() && text.contains("<h1>"), "{status}");
}
