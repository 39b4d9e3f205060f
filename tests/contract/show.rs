//! `kentongan show` prints without HTTP what pages and API show; a call that cannot be right ends with 2.

use kentongan_tests::http::Client;
use kentongan_tests::service::{self, Service};
use serde_json::Value;
use std::fs;
use std::time::Duration;

/// The demonstration with its scenario taken in.
fn played(data: &std::path::Path) -> Service {
    let service = Service::start("demo", data, &["--speed", "max"]);
    let done = service::eventually(Duration::from_secs(120), || {
        // What is asked first must be true still when the other is: the lag is read once all is in the log.
        let over = service.output().contains("has been played");
        let metrics = over.then(|| service.metrics().ok()).flatten()?.text();
        metrics.contains("\nkentongan_consumer_lag_records 0\n").then_some(())
    });
    assert!(done.is_some(), "the scenario was not taken in: {}", service.output());
    service
}

fn logged_in(service: &Service, name: &str, password: &str) -> Client {
    let login =
        service.client().form("/masuk", &[("name", name), ("password", password)]).expect("logging in");
    let cookie = login.header("set-cookie").and_then(|cookie| cookie.split(';').next()).expect("a session");
    service.client().with("Cookie", cookie)
}

#[test]
fn an_export_replayed_ends_in_the_services_own_digest() {
    let folder = tempfile::tempdir().expect("making a folder");
    let data = folder.path().join("data");
    let service = played(&data);
    service.stop();
    let name = data.to_string_lossy().into_owned();
    let file = folder.path().join("log.ndjson").to_string_lossy().into_owned();
    service::call(&["export", &file, "--data", &name]);
    let printed = service::call(&["replay", &file, "--json"]);
    let closing: Value = serde_json::from_str(printed.lines().last().unwrap_or_default()).expect("a line");
    assert_eq!(closing["registry"], 24, "its sources are in the log: {closing}");
    let audit = service::call(&["audit", "verify", "--data", &name]);
    let digest = closing["state_digest"].as_str().expect("a digest");
    assert!(audit.contains(digest), "{digest} is not the service's: {audit}");
    // What is there already is not written over.
    assert_eq!(service::run(&["export", &file, "--data", &name]).status.code(), Some(2));
}

#[test]
fn show_prints_the_figures_of_the_pages_and_the_api() {
    let folder = tempfile::tempdir().expect("making a folder");
    let data = folder.path().join("data");
    let service = played(&data);
    let password = service::add_user(&data, "penguji", "administrator", "");
    let client = logged_in(&service, "penguji", &password);
    let name = data.to_string_lossy().into_owned();
    let shown = |words: &[&str]| -> Value {
        let printed = service::call(&[&["show"], words, &["--json", "--data", &name]].concat());
        serde_json::from_str(&printed).expect("show --json prints JSON")
    };

    let alerts = client.get("/v1/alerts").expect("asking").json();
    let alerts = alerts["items"].as_array().expect("a list").clone();
    assert!(alerts.len() > 2, "the scenario has alerts");
    for alert in &alerts {
        let id = alert["id"].as_str().expect("a number");
        let view = shown(&["alert", id]);
        for field in ["id", "kind", "level", "state", "peak", "assignee", "outcome", "stale", "unverified"] {
            assert_eq!(view["alert"][field], alert[field], "{id}: {field}");
        }
        assert_eq!(
            (&view["alert"]["code"], &view["version"]),
            (&alert["district"], &alert["version"]),
            "{id}"
        );
        let text = service::call(&["show", "alert", id, "--data", &name]);
        let headline = text.lines().next().expect("a headline");
        let page = client.get(&format!("/peringatan/{id}")).expect("asking").text();
        let plain = page.replace("<strong>", "").replace("</strong>", "").replace("&nbsp;", "\u{a0}");
        assert!(plain.contains(headline), "the page of {id} says something else than: {headline}");
    }

    let district = client.get("/v1/districts/16.13.04").expect("asking").json();
    let view = shown(&["district", "16.13.04"]);
    for kind in view["kinds"].as_array().expect("kinds") {
        for (horizon, shown) in [("7d", &kind["week"]), ("30d", &kind["month"])] {
            let same = |item: &&Value| item["kind"] == kind["kind"] && item["horizon"] == horizon;
            let item = district["assessments"].as_array().expect("a list").iter().find(same);
            let item = item.unwrap_or_else(|| panic!("{} {horizon} is missing", kind["kind"]));
            assert_eq!(shown["risk"]["risk_ppm"], item["risk_ppm"], "{} {horizon}", kind["kind"]);
            assert_eq!(shown["risk"]["base_ppm"], item["base_ppm"], "{} {horizon}", kind["kind"]);
            assert_eq!(kind["level"], item["level"], "{} {horizon}", kind["kind"]);
        }
    }

    let map = client.get("/v1/heatmap.geojson").expect("asking").json();
    let view = shown(&["overview"]);
    let kinds = ["resident_company", "resident_resident", "disaster"];
    for feature in map["features"].as_array().expect("features") {
        let cell = &feature["properties"];
        let rows = view["rows"].as_array().expect("rows");
        let Some(row) = rows.iter().find(|row| row["code"] == cell["district"]) else { continue };
        let at = kinds.iter().position(|kind| cell["kind"] == *kind).expect("a kind");
        assert_eq!(row["cells"][at]["level"], cell["level"], "{} {}", cell["district"], cell["kind"]);
    }
    assert!(service::call(&["show", "overview", "--lang", "en", "--data", &name]).contains("Rawas Ilir"));
    service.stop();
}

#[test]
fn show_tells_a_wrong_call_from_a_broken_state() {
    let folder = tempfile::tempdir().expect("making a folder");
    let data = folder.path().join("data");
    let name = data.to_string_lossy().into_owned();
    service::add_user(&data, "lumajang", "desk", "35.08");
    let ended = |words: &[&str]| {
        let output = service::run(&[&["show"], words].concat());
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    for (words, says) in [
        (&["alert", "16.13-2026-9999", "--data", &name][..], "no alert '16.13-2026-9999'"),
        (&["district", "16.13.4", "--data", &name], "no code of a place"),
        (&["district", "99.99", "--data", &name], "none of the configured places"),
        (&["district", "16.13.04", "--as", "lumajang", "--data", &name], "does not hold the area"),
        (&["overview", "16.13", "--as", "lumajang", "--data", &name], "does not hold the area"),
        (&["overview", "--as", "nobody", "--data", &name], "no account 'nobody'"),
        (&["overview", "--lang", "nl", "--data", &name], "'nl' is no language"),
        (&["overview", "--json", "--text", "--data", &name], "cannot be used with"),
        (&["overview", "--data", "/nowhere/at/all"], "there is no state at"),
    ] {
        let (code, error) = ended(words);
        assert_eq!(code, Some(2), "{words:?}: {error}");
        assert!(error.contains(says), "{words:?}: {error}");
    }
    let broken = folder.path().join("broken");
    fs::create_dir(&broken).expect("making a folder");
    fs::write(broken.join("state.sqlite"), vec![b'x'; 8192]).expect("writing a file");
    let (code, error) = ended(&["overview", "--data", &broken.to_string_lossy()]);
    assert_eq!(code, Some(1), "{error}");
}
