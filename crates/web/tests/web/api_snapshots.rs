//! Answers of the API as reviewed files: `snapshots/api/*.http.snap`, what was asked and what came back, member for member in
//! the order it is sent. Written again as `snapshots` says.

use crate::snapshots::reviewed;
use crate::world::{NOW, SECRET, VILLAGE, World, read};
use axum::Router;
use axum::body::Body;
use axum::http::request::Builder;
use axum::http::{Request, Response, header};
use domain::kind::FeedClass;
use domain::place::Areas;
use domain::report::ReportId;
use domain::time::DAY;
use intake::{Intake, IntakeLimits, IntakeParts, LogDestination};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::sync::Arc;
use store::{FeedRow, Log, LogOptions};
use tower::ServiceExt;

/// What a program acts on besides the body.
const HEADERS: [header::HeaderName; 4] =
    [header::CONTENT_TYPE, header::ALLOW, header::RETRY_AFTER, header::WWW_AUTHENTICATE];

/// Calls one after the other and what came back, as a reviewed file has them.
struct Exchanges {
    router: Router,
    text: String,
}

impl Exchanges {
    fn of(router: Router) -> Exchanges {
        Exchanges { router, text: String::new() }
    }

    /// Calls and writes down call and answer, under what the reader should know of it.
    async fn ask(&mut self, about: &str, request: Builder, body: &str) {
        let request = request.body(Body::from(body.to_owned())).unwrap();
        let call = format!("{} {}", request.method(), request.uri());
        let answer = self.router.clone().oneshot(request).await.unwrap();
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        writeln!(self.text, "### {about}\n{call}").unwrap();
        if !body.is_empty() {
            writeln!(self.text, "{body}").unwrap();
        }
        self.text.push_str(&written(answer).await);
    }

    fn are_as_reviewed(self, name: &str) {
        reviewed(&format!("api/{name}.http"), &self.text);
    }
}

/// Status, headers and body of an answer.
async fn written(answer: Response<Body>) -> String {
    let mut text = format!("\n{}\n", answer.status());
    for name in HEADERS {
        if let Some(value) = answer.headers().get(&name) {
            writeln!(text, "{name}: {}", value.to_str().unwrap()).unwrap();
        }
    }
    let (_, body) = read(answer).await;
    serde_json::from_str::<Value>(&body).expect("the answer is JSON");
    text.push('\n');
    lay_out(&mut text, &body, 0);
    text.push('\n');
    text
}

/// Writes JSON with a member a line, in the order it has; an array without objects stays on its line.
fn lay_out(text: &mut String, value: &str, depth: usize) {
    let open = value.as_bytes()[0];
    let parts = match open {
        b'{' => parts(value),
        b'[' if value.contains('{') => parts(value),
        _ => return text.push_str(value),
    };
    text.push(char::from(open));
    for (number, part) in parts.iter().enumerate() {
        let comma = if number == 0 { "" } else { "," };
        write!(text, "{comma}\n{}", "  ".repeat(depth + 1)).unwrap();
        let value = match open {
            b'{' => {
                let end = 2 + part[1..].find('"').expect("a member has a name");
                write!(text, "{}: ", &part[..end]).unwrap();
                &part[end + 1..]
            }
            _ => part,
        };
        lay_out(text, value, depth + 1);
    }
    if !parts.is_empty() {
        write!(text, "\n{}", "  ".repeat(depth)).unwrap();
    }
    text.push(if open == b'{' { '}' } else { ']' });
}

/// What stands between the commas of an object or an array.
fn parts(value: &str) -> Vec<&str> {
    let inner = &value[1..value.len() - 1];
    let (mut parts, mut start, mut depth, mut quoted, mut escaped) = (Vec::new(), 0, 0, false, false);
    for (at, byte) in inner.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            b',' if depth == 0 => {
                parts.push(&inner[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&inner[start..]);
    parts.retain(|part| !part.is_empty());
    parts
}

#[test]
fn json_is_laid_out_as_it_was_sent() {
    let sent = r#"{"b":"a,\"{[","a":[1,[2,3]],"c":[],"d":{},"e":[{"f":null},7]}"#;
    let mut text = String::new();
    lay_out(&mut text, sent, 0);
    let lines = [
        "{",
        r#"  "b": "a,\"{[","#,
        r#"  "a": [1,[2,3]],"#,
        r#"  "c": [],"#,
        r#"  "d": {},"#,
        r#"  "e": ["#,
        "    {",
        r#"      "f": null"#,
        "    },",
        "    7",
        "  ]",
        "}",
    ];
    assert_eq!(text, lines.join("\n"));
}

fn get(path: &str, cookie: &str) -> Builder {
    Request::get(path).header(header::COOKIE, cookie)
}

fn post(path: &str, cookie: &str) -> Builder {
    Request::post(path).header(header::COOKIE, cookie).header(header::CONTENT_TYPE, "application/json")
}

/// Asks for one address as the desk and as a leader, who sees aggregates only.
async fn seen_by_desk_and_leader(name: &str, path: &str) {
    desk_and_leader(&World::new().await, name, path).await;
}

async fn desk_and_leader(world: &World, name: &str, path: &str) {
    let mut exchanges = Exchanges::of(world.router.clone());
    for (about, who) in [("the desk", "sari"), ("a leader", "bupati")] {
        exchanges.ask(about, get(path, &world.login(who).await), "").await;
    }
    exchanges.are_as_reviewed(name);
}

#[tokio::test]
async fn assessments_are_as_reviewed() {
    seen_by_desk_and_leader("assessments", "/v1/assessments?kind=resident_company").await;
}

#[tokio::test]
async fn the_heatmap_is_as_reviewed() {
    seen_by_desk_and_leader("heatmap", "/v1/heatmap.geojson?kind=resident_company").await;
}

#[tokio::test]
async fn a_district_is_as_reviewed() {
    seen_by_desk_and_leader("district", "/v1/districts/16.13.04").await;
}

#[tokio::test]
async fn feeds_are_as_reviewed() {
    let world = World::new().await;
    for (name, class, areas, enabled) in [
        ("village-rawas-ilir", FeedClass::Village, "16.13.04.2003", true),
        ("police-rawas-ilir", FeedClass::Police, "16.13", true),
        ("skd-nibung", FeedClass::Village, "16.13.03", true),
        ("company-rawas-ilir", FeedClass::Company, "16.13.04 16.13.05", false),
    ] {
        world.state.sources.store.put_feed(&feed(name, class, areas, enabled)).await.unwrap();
    }
    desk_and_leader(&world, "feeds", "/v1/feeds").await;
}

#[tokio::test]
async fn an_alert_is_as_reviewed() {
    seen_by_desk_and_leader("alert", "/v1/alerts/16.13-2026-0001").await;
}

#[tokio::test]
async fn lists_are_as_reviewed() {
    let world = World::new().await;
    let (desk, other) = (world.login("sari").await, world.login("banjarbaru").await);
    let mut exchanges = Exchanges::of(world.router.clone());
    exchanges.ask("alerts that are somebody's work", get("/v1/alerts?state=live", &desk), "").await;
    exchanges.ask("none in another regency", get("/v1/alerts", &other), "").await;
    exchanges.ask("a page of incidents", get("/v1/incidents?limit=1", &desk), "").await;
    let cursor = format!("{}.{}", NOW.plus(-DAY / 3).0, ReportId(3 << 80));
    let next = format!("/v1/incidents?limit=1&cursor={cursor}");
    exchanges.ask("the page after it", get(&next, &desk), "").await;
    exchanges.are_as_reviewed("lists");
}

#[tokio::test]
async fn acts_are_as_reviewed() {
    let world = World::new().await;
    world.account("budi", "160504").await;
    let (cookie, budi) = (world.login("sari").await, world.login("budi").await);
    let mut exchanges = Exchanges::of(world.router.clone());
    for (about, act, body) in [
        ("acknowledged", "acknowledge", json!({"version": 1})),
        ("changed by somebody else meanwhile", "acknowledge", json!({"version": 1})),
        ("assigned", "assign", json!({"version": 2, "to": "Danramil"})),
        ("not allowed from this state", "acknowledge", json!({"version": 3})),
        ("a response begins", "respond", json!({"version": 3})),
        ("a withdrawal without a reason", "withdraw", json!({"version": 4})),
        (
            "asked to be resolved",
            "resolve",
            json!({"version": 4, "outcome": "averted", "reason": "dimediasi camat"}),
        ),
        ("a request that another person made", "cancel-request", json!({"version": 5})),
        ("the request is cancelled", "cancel-request", json!({"version": 5, "reason": "massa kembali"})),
        ("no request waits any more", "cancel-request", json!({"version": 6})),
        (
            "asked again to be resolved",
            "resolve",
            json!({"version": 6, "outcome": "averted", "reason": "dimediasi camat"}),
        ),
        (
            "resolved by a second person",
            "resolve",
            json!({"version": 7, "outcome": "averted", "reason": "sudah dicek"}),
        ),
        ("a body that cannot be read", "withdraw", json!({"version": "lima"})),
    ] {
        let path = format!("/v1/alerts/16.13-2026-0001/{act}");
        let is_of_budi = ["second person", "another person made"].iter().any(|end| about.ends_with(end));
        let who = if is_of_budi { &budi } else { &cookie };
        exchanges.ask(about, post(&path, who), &body.to_string()).await;
    }
    exchanges.are_as_reviewed("acts");
}

#[tokio::test]
async fn problems_are_as_reviewed() {
    let world = World::new().await;
    let (desk, leader) = (world.login("sari").await, world.login("bupati").await);
    let mut exchanges = Exchanges::of(world.router.clone());
    for (about, path, cookie) in [
        ("nobody is logged in", "/v1/assessments", ""),
        ("a role without the right", "/v1/incidents", &*leader),
        ("another regency's place", "/v1/districts/63.72.04", &desk),
        ("another regency's list", "/v1/alerts?district=63.72", &desk),
        ("a place that is not there", "/v1/districts/99.99", &desk),
        ("an alert that is not there", "/v1/alerts/16.13-2026-9999", &desk),
        ("an address that is not there", "/v1/tidak-ada", &desk),
        ("a word that is not on its list", "/v1/assessments?kind=flood", &desk),
        ("a number that is none", "/v1/alerts?limit=many", &desk),
        ("a time that is none", "/v1/assessments?as_of=kemarin", &desk),
        ("a parameter that is not known here", "/v1/incidents?jenis=disaster", &desk),
        ("a parameter twice", "/v1/incidents?kind=disaster&kind=disaster", &desk),
    ] {
        exchanges.ask(about, get(path, cookie), "").await;
    }
    let wrong = Request::delete("/v1/assessments").header(header::COOKIE, &desk);
    exchanges.ask("a method that is not there", wrong, "").await;
    exchanges.are_as_reviewed("problems");
}

const TOKEN: &str = "token-village-rawas-ilir";

/// A registered feed, its token made of its name.
fn feed(name: &str, class: FeedClass, areas: &str, enabled: bool) -> FeedRow {
    FeedRow {
        enabled,
        ..FeedRow::new(
            name,
            class,
            Areas::parse(areas).unwrap(),
            Sha256::digest(format!("token-{name}")).into(),
            NOW.plus(-30 * DAY),
        )
    }
}

/// The intake of the same world, with a feed of Musi Rawas Utara.
async fn intake(world: &World, folder: &tempfile::TempDir, limits: IntakeLimits) -> Router {
    let path = folder.path().join("log.db");
    let log = Log::open(path.to_str().unwrap(), LogOptions::default()).await.unwrap();
    let sources = &world.state.sources;
    sources.store.put_feed(&feed("village-rawas-ilir", FeedClass::Village, "16.13", true)).await.unwrap();
    intake::http::router(Intake::new(IntakeParts {
        log: LogDestination::Embedded(log),
        store: sources.store.clone(),
        places: sources.places.clone(),
        taxonomy: sources.taxonomy.clone(),
        clock: Arc::new(|| NOW),
        limits,
    }))
}

fn report(id: &str) -> Value {
    json!({
        "report_id": id, "feed": "village", "district": "16.13.04", "kind": "resident_company",
        "category": "WP-05", "severity": 3, "occurred_at": "2026-11-21T05:30:00+07:00",
        "reported_at": "2026-11-21T06:45:00+07:00", "summary": "warga memblokir jalan angkut"
    })
}

/// The report with some members replaced; one that is null goes.
fn with(id: &str, change: &Value) -> Value {
    let mut record = report(id);
    let members = record.as_object_mut().unwrap();
    members.extend(change.as_object().unwrap().clone());
    members.retain(|_, value| !value.is_null());
    record
}

fn send(token: &str, content_type: &str) -> Builder {
    let request = Request::post("/v1/reports").header(header::CONTENT_TYPE, content_type);
    if token.is_empty() { request } else { request.header(header::AUTHORIZATION, format!("Bearer {token}")) }
}

const NEW: &str = "01KDTNM8M0Y02FSFQYZ9ZZZZZA";
const UUID: &str = "019b7a5e-2280-7f00-a3be-9ff9fffffffc";
const JSON: &str = "application/json";

#[tokio::test]
async fn what_becomes_of_reports_is_as_reviewed() {
    let (world, folder) = (World::new().await, tempfile::tempdir().unwrap());
    let mut exchanges = Exchanges::of(intake(&world, &folder, IntakeLimits::default()).await);
    exchanges.ask("one report", send(TOKEN, JSON), &report(NEW).to_string()).await;
    let known = json!([report(NEW), report(&VILLAGE.to_string()), report(&SECRET.to_string()), report(UUID)]);
    exchanges
        .ask(
            "known from a moment ago, known for long, known of another feed, new",
            send(TOKEN, JSON),
            &known.to_string(),
        )
        .await;
    let refused = [
        json!({"report_id": null}),
        json!({"severity": 9}),
        json!({"category": "WP-99"}),
        json!({"district": "63.72.04"}),
        json!({"district": "16.13.99"}),
        json!({"feed": "police"}),
        json!({"occurred_at": "kemarin"}),
        json!({"reported_at": "2031-01-01T00:00:00+07:00"}),
        json!({"kind": null, "category": null, "severity": null, "occurred_at": null, "retracts": "x"}),
    ];
    let ids = (1..).map(|number| format!("01KDTNM8M0Y02FSFQYZ00000{number:02}"));
    let lines = ids.zip(&refused).map(|(id, change)| with(&id, change).to_string());
    let mut lines: Vec<String> = lines.collect();
    lines.push("bukan JSON".into());
    exchanges.ask("refused, one a line", send(TOKEN, "application/x-ndjson"), &lines.join("\n")).await;
    exchanges.are_as_reviewed("submit");
}

#[tokio::test]
async fn what_cannot_be_submitted_is_as_reviewed() {
    let (world, folder) = (World::new().await, tempfile::tempdir().unwrap());
    let limits = IntakeLimits { request_bytes: 100, ..IntakeLimits::default() };
    let mut exchanges = Exchanges::of(intake(&world, &folder, limits).await);
    exchanges.ask("no token", send("", JSON), "{}").await;
    exchanges.ask("a token that nobody has", send("salah", JSON), "{}").await;
    exchanges.ask("nothing in it", send(TOKEN, JSON), " ").await;
    exchanges.ask("no form of ours", send(TOKEN, "text/csv"), "a,b").await;
    let event = send(TOKEN, JSON).header("ce-specversion", "1.0").header("ce-id", "7");
    exchanges.ask("an event that is not whole", event, "{}").await;
    exchanges
        .ask("more than a request may hold", send(TOKEN, JSON), &format!("\"{}\"", "x".repeat(99)))
        .await;
    exchanges.ask("a method that is not there", Request::get("/v1/reports"), "").await;
    exchanges.are_as_reviewed("submit-problems");
}
