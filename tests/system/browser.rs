//! Every page in a real Chromium: wide and narrow, light and dark, with script and without; an alert that comes by itself.

use super::service::site::{Site, post};
use kentongan_tests::ingest::Source;
use kentongan_tests::service::{self, Service};
use kentongan_tests::{house, http::Client};
use std::env;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// What the script needs; `None`, counted as not run, where a part is missing.
fn tools(test: &str) -> Option<Command> {
    script(test, "browser.mjs")
}

fn script(test: &str, name: &str) -> Option<Command> {
    let chromium = env::var_os("KENTONGAN_CHROMIUM").map(PathBuf::from);
    let chromium = chromium.or_else(|| Some(PathBuf::from("/usr/bin/chromium"))).filter(|path| path.exists());
    let home = env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let modules = env::var_os("KENTONGAN_NODE_MODULES").map(PathBuf::from);
    let modules = modules.unwrap_or_else(|| home.join(".cache/kentongan/npm/node_modules"));
    let (Some(chromium), true) = (chromium, modules.join("playwright-core").exists()) else {
        house::not_run(
            test,
            "Chromium, playwright-core or axe-core is missing; `tests/run browser` fetches them",
        );
        return None;
    };
    let mut command = Command::new("node");
    command.arg(house::root().join("tests/system").join(name));
    command.env("KENTONGAN_CHROMIUM", chromium).env("KENTONGAN_NODE_MODULES", modules);
    Some(command)
}

/// Where screenshots are kept for people to look at.
fn screenshots(name: &str) -> PathBuf {
    let base =
        env::var_os("KENTONGAN_SCREENSHOTS").map_or_else(|| env::temp_dir().join("kentongan"), PathBuf::from);
    base.join(name)
}

#[track_caller]
fn run(mut command: Command, words: &[&str], pictures: &Path) {
    let output = command.args(words).arg(pictures).output().expect("running node");
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{printed}{}", String::from_utf8_lossy(&output.stderr));
    println!("screenshots: {}", pictures.display());
}

/// Account name and password of the demonstration, as it prints them.
fn login(service: &Service) -> (String, String) {
    let printed = service.output();
    let line = printed
        .lines()
        .find(|line| line.contains("login"))
        .unwrap_or_else(|| panic!("no login in: {printed}"));
    let mut words = line.split_whitespace().rev();
    let password = words.next().unwrap_or_default();
    let name = words
        .find(|word| !["/", "·", "kata", "sandi", "password", "password:"].contains(word))
        .unwrap_or_default();
    (name.to_owned(), password.to_owned())
}

fn every_page(test: &str, mode: &str) {
    let Some(command) = tools(test) else { return };
    let folder = tempfile::tempdir().expect("making a folder");
    let service = Service::start("demo", &folder.path().join("data"), &["--speed", "max"]);
    settled(&service);
    let (name, password) = login(&service);
    run(command, &[mode, &format!("http://{}", service.address), &name, &password], &screenshots(mode));
}

/// The scenario has been played to its end: the worker has nothing left to read.
fn settled(service: &Service) {
    let played = service::eventually(Duration::from_secs(120), || {
        let lag = super::service::site::metric(service, "kentongan_consumer_lag_records")?;
        let seen = super::service::site::metric(service, "kentongan_records_total")?;
        (lag == 0.0 && seen > 600.0).then_some(())
    });
    assert!(played.is_some(), "the scenario was not played: {}", service.output());
}

#[test]
fn every_page_keeps_its_shape_and_can_be_read_by_all() {
    every_page("browser::every_page_keeps_its_shape_and_can_be_read_by_all", "pages");
}

#[test]
fn every_page_works_without_script() {
    every_page("browser::every_page_works_without_script", "plain");
}

#[test]
fn an_alert_appears_without_a_reload() {
    let Some(mut command) = tools("browser::an_alert_appears_without_a_reload") else { return };
    let site = Site::new();
    let password = service::add_user(&site.data, "piket", "desk", "16.13");
    let other = service::add_feed(&site.data, "bpbd", "agency", "16.13");
    let service = site.serve("");
    let url = format!("http://{}", service.address);
    let pictures = screenshots("live");
    command.args(["live", &url, "piket", &password]).arg(&pictures);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("running node");
    let mut lines =
        BufReader::new(child.stdout.take().expect("the script's output")).lines().map_while(Result::ok);
    // The page is open and listening: now something happens.
    let open = lines.by_ref().find(|line| line == "listening");
    if open.is_some() {
        flood((&site.token, "police"), 51, &service.client());
    }
    // It was accepted and assigned: another source says so too, and it rises.
    if lines.by_ref().any(|line| line == "assigned") {
        flood((&other, "agency"), 52, &service.client());
    }
    let printed: Vec<String> = lines.collect();
    let ended = child.wait_with_output().expect("waiting for node");
    let why = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success() && open.is_some(), "{}\n{why}", printed.join("\n"));
}

#[test]
fn a_page_says_at_once_that_it_is_alone_and_a_form_outlives_its_session() {
    let test = "browser::a_page_says_at_once_that_it_is_alone_and_a_form_outlives_its_session";
    let Some(mut command) = tools(test) else { return };
    let site = Site::new();
    let password = service::add_user(&site.data, "piket", "desk", "16.13");
    let service = site.serve("");
    let (address, pictures) = (service.address.clone(), screenshots("alone"));
    command.args(["alone", &format!("http://{address}"), "piket", &password]).arg(&pictures);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("running node");
    let mut lines =
        BufReader::new(child.stdout.take().expect("the script's output")).lines().map_while(Result::ok);
    let mut until = |word: &str| lines.by_ref().find(|line| line == word);
    let open = until("listening");
    service.kill();
    let alone = open.and_then(|_| until("alone"));
    let _back = site.serve_at(address, "");
    let printed: Vec<String> = lines.collect();
    let ended = child.wait_with_output().expect("waiting for node");
    let why = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success() && alone.is_some(), "{}\n{why}", printed.join("\n"));
    println!("screenshots: {}", pictures.display());
}

#[test]
fn a_reporters_phone_reports_with_and_without_script_and_signal_and_keeps_nothing_after_the_logout() {
    let test = "browser::a_reporters_phone_reports_with_and_without_script_and_signal_and_keeps_nothing_after_the_logout";
    let Some(command) = script(test, "reporter.mjs") else { return };
    let site = Site::new();
    service::add_feed(&site.data, "kec-rawas-ilir", "agency", "16.13.04");
    let password = service::add_reporter(&site.data, "camat", "kec-rawas-ilir");
    service::add_feed(&site.data, "desa-beringin", "village", "16.13.04");
    let other = service::add_reporter(&site.data, "kades", "desa-beringin");
    let service = site.serve("");
    let url = format!("http://{}", service.address);
    run(command, &[&url, "camat", &password, "kades", &other], &screenshots("reporter"));
}

#[test]
fn the_tour_in_the_readme_is_followed_word_by_word() {
    let Some(mut command) = tools("browser::the_tour_in_the_readme_is_followed_word_by_word") else { return };
    let folder = tempfile::tempdir().expect("making a folder");
    let started = |name: &str, words: &[&str]| {
        let service = Service::start("demo", &folder.path().join(name), words);
        let call = service::eventually(Duration::from_secs(120), || {
            let printed = service.output();
            printed.lines().find(|line| line.starts_with("curl ")).map(str::to_owned)
        });
        (call.unwrap_or_else(|| panic!("no moment was reached: {}", service.output())), service)
    };
    let (call, service) = started("tour", &[]);
    let (name, password) = login(&service);
    let readme = house::read("README.md");
    assert!(readme.contains(&format!("log in as `{name}`")), "the README names another account");
    command.env("KENTONGAN_TOUR", house::root().join("README.md")).env("KENTONGAN_CALL", call);
    let url = format!("http://{}", service.address);
    run(command, &["tour", &url, &name, &password], &screenshots("tour"));
    drop(service);
    let commands = readme.split('`').filter_map(|code| code.strip_prefix("deploy/demo --"));
    let mut tried = 0;
    for (number, words) in commands.filter(|words| !words.contains('[')).enumerate() {
        let words: Vec<String> = format!("--{words}").split(' ').map(str::to_owned).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        drop(started(&format!("demo-{number}"), &words));
        tried = number + 1;
    }
    assert_eq!(tried, 3, "the README names other ways to start");
}

/// As grave as awas asks, which one source alone does not reach.
fn flood((token, class): (&str, &str), seed: u64, client: &Client) {
    let mut report = Source::new(seed).statement("16.13.01", ("disaster", "WA-01"), 5);
    report["feed"] = class.into();
    let reply = post(&client.bearer(token), &[report.to_string()]).expect("posting");
    assert_eq!(reply.status, 202, "{}", reply.text());
}
