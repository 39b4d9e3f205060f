//! One level is shown. Pages, map, GeoJSON, API, gauge and mail are read for every cell and compared with each other
//! and with the one rule: a standing condition is never hidden, and no data without one stays no data.

use super::demo;
use super::site::{Site, caught_up, post};
use crate::system::receiver::{self, Receiver};
use domain::kind::Level;
use kentongan_tests::http::Client;
use kentongan_tests::ingest::Source;
use kentongan_tests::service::{self, Service};
use kentongan_tests::{house, text};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::time::Duration;

const KINDS: [&str; 3] = ["resident_company", "resident_resident", "disaster"];
/// In rising order; the gauge counts from 0.
const LEVELS: [&str; 5] = ["no_data", "low", "waspada", "siaga", "awas"];
/// The style's classes of the same.
const CLASSES: [&str; 5] = ["lv-nodata", "lv-low", "lv-waspada", "lv-siaga", "lv-awas"];

/// (district, kind) → rank of the level in [`LEVELS`].
type Levels = BTreeMap<(String, String), usize>;

fn rank(word: &str, of: &[&str; 5]) -> usize {
    of.iter().position(|own| *own == word).unwrap_or_else(|| panic!("'{word}' is no level"))
}

/// The level's class among an element's classes.
#[track_caller]
fn class(tag: &str) -> usize {
    let classes = text::attribute(tag, "class").unwrap_or_else(|| panic!("no class in <{tag}>"));
    let level = classes.split(' ').find(|class| class.starts_with("lv-"));
    rank(level.unwrap_or_else(|| panic!("no level in <{tag}>")), &CLASSES)
}

#[track_caller]
fn get(client: &Client, path: &str) -> String {
    let reply = client.get(path).expect("asking");
    assert_eq!(reply.status, 200, "{path}: {}", reply.text());
    reply.text()
}

#[track_caller]
fn json(client: &Client, path: &str) -> Value {
    serde_json::from_str(&get(client, path)).expect("JSON")
}

/// Cells of the overview's matrix: a cell is followed by its link to the district and kind.
fn matrix(client: &Client) -> Levels {
    let page = get(client, "/");
    let (mut found, mut cell) = (Levels::new(), None);
    for tag in text::tags(&page) {
        if tag.starts_with("td ") && text::attribute(tag, "class").is_some_and(|own| own.contains("cell")) {
            cell = Some(class(tag));
        } else if let (Some(level), Some(to)) = (cell, text::attribute(tag, "href")) {
            let (place, kind) = to.rsplit_once('#').unwrap_or_else(|| panic!("a cell leads to '{to}'"));
            let district = place.rsplit('/').next().unwrap_or_default();
            found.insert((district.to_owned(), kind.to_owned()), level);
            cell = None;
        }
    }
    found
}

/// The areas of the overview's map, drawn for each kind.
fn map(client: &Client) -> Levels {
    let mut found = Levels::new();
    for kind in KINDS {
        let page = get(client, &format!("/?jenis={kind}"));
        let is_area = |tag: &&str| {
            tag.starts_with("a ")
                && text::attribute(tag, "class").is_some_and(|own| own.split(' ').any(|own| own == "area"))
        };
        for tag in text::tags(&page).filter(is_area) {
            let to = text::attribute(tag, "href").expect("an area leads somewhere");
            let district = to.split(['#', '?']).next().unwrap_or_default().rsplit('/').next();
            found.insert((district.unwrap_or_default().to_owned(), kind.to_owned()), class(tag));
        }
    }
    found
}

/// The heading of each kind on each district's page.
fn district_pages(client: &Client, districts: &BTreeSet<String>) -> Levels {
    let mut found = Levels::new();
    for district in districts {
        let page = get(client, &format!("/kecamatan/{district}"));
        for kind in KINDS {
            let heading = text::after(&page, &format!("id=\"h-{kind}\""));
            let chip = text::tags(heading)
                .find(|tag| text::attribute(tag, "class").is_some_and(|own| own.contains("lv-")));
            let chip = chip.unwrap_or_else(|| panic!("no level of {kind} on the page of {district}"));
            found.insert((district.clone(), kind.to_owned()), class(chip));
        }
    }
    found
}

fn cell(item: &Value) -> (String, String) {
    let word = |key: &str| item[key].as_str().unwrap_or_else(|| panic!("no {key} in {item}")).to_owned();
    (word("district"), word("kind"))
}

fn level(item: &Value) -> usize {
    rank(item["level"].as_str().unwrap_or_else(|| panic!("no level in {item}")), &LEVELS)
}

fn geojson(client: &Client) -> Levels {
    let map = json(client, "/v1/heatmap.geojson?horizon=7d");
    let features = map["features"].as_array().expect("features").iter();
    features.map(|feature| (cell(&feature["properties"]), level(&feature["properties"]))).collect()
}

fn assessments(client: &Client) -> Levels {
    let list = json(client, "/v1/assessments?horizon=7d");
    list["items"].as_array().expect("items").iter().map(|item| (cell(item), level(item))).collect()
}

fn district_api(client: &Client, districts: &BTreeSet<String>) -> Levels {
    let mut found = Levels::new();
    for district in districts {
        let answer = json(client, &format!("/v1/districts/{district}"));
        let weeks = answer["assessments"].as_array().expect("assessments").iter();
        found.extend(weeks.filter(|item| item["horizon"] == "7d").map(|item| (cell(item), level(item))));
    }
    found
}

fn gauge(service: &Service) -> Levels {
    gauges(service, "level").into_iter().map(|(cell, value)| (cell, value as usize)).collect()
}

/// The share of the feeds that speak of each kind of a district, parts per million.
fn completeness(service: &Service) -> BTreeMap<(String, String), u32> {
    let shares = gauges(service, "completeness").into_iter();
    // A regency's own share stands among them.
    let districts = shares.filter(|((code, _), _)| code.len() > 5);
    districts.map(|(cell, value)| (cell, (value * 1e6).round() as u32)).collect()
}

/// `kentongan_district_level{district="…",kind="…",name="…"} 3`.
fn gauges(service: &Service, what: &str) -> BTreeMap<(String, String), f64> {
    let page = service.metrics().expect("metrics").text();
    let own = format!("kentongan_district_{what}{{");
    let lines = page.lines().filter(|line| line.starts_with(&own));
    lines
        .map(|line| {
            let label = |name: &str| text::attribute(line, name).expect("a label").to_owned();
            let value: f64 = line.rsplit(' ').next().unwrap_or_default().parse().expect("a number");
            ((label("district"), label("kind")), value)
        })
        .collect()
}

/// What the rule is asked for: the standing condition's level, and the share of the usual feeds that speak.
fn evidence(
    client: &Client,
    districts: &BTreeSet<String>,
) -> BTreeMap<(String, String), (Option<Level>, u32)> {
    let mut found = BTreeMap::new();
    for district in districts {
        let answer = json(client, &format!("/v1/districts/{district}"));
        let conditions = answer["conditions"].as_array().expect("conditions");
        for item in answer["assessments"].as_array().expect("assessments") {
            let own = conditions.iter().find(|condition| condition["kind"] == item["kind"]);
            let completeness = item["completeness_ppm"].as_u64().expect("a completeness") as u32;
            found.insert(cell(item), (own.map(|own| Level::ALL[level(own)]), completeness));
        }
    }
    found
}

/// Asks every surface about every cell, and gives the level all of them show.
#[track_caller]
fn agreed(service: &Service, client: &Client) -> Levels {
    let shown = matrix(client);
    let districts: BTreeSet<String> = shown.keys().map(|(district, _)| district.clone()).collect();
    assert_eq!(shown.len(), districts.len() * KINDS.len(), "{shown:?}");
    let surfaces = [
        ("map", map(client)),
        ("district page", district_pages(client, &districts)),
        ("GeoJSON", geojson(client)),
        ("/v1/assessments", assessments(client)),
        ("/v1/districts", district_api(client, &districts)),
        ("gauge", gauge(service)),
    ];
    let mut differences = Vec::new();
    for (name, levels) in &surfaces {
        for (cell, level) in &shown {
            // Of a place nobody has spoken of, a list may say nothing.
            let own = levels.get(cell).copied().unwrap_or(0);
            if own != *level {
                differences.push(format!("{cell:?}: matrix {}, {name} {}", LEVELS[*level], LEVELS[own]));
            }
        }
    }
    assert!(differences.is_empty(), "\n{}", differences.join("\n"));
    // A cell of which nothing was emitted has no row; then the rule is asked with nothing.
    let evidence = evidence(client, &districts);
    let complete: BTreeMap<_, _> = evidence.iter().map(|(cell, (_, ppm))| (cell.clone(), *ppm)).collect();
    assert_eq!(completeness(service), complete, "the share of the feeds that speak of each kind");
    for (cell, level) in &shown {
        let (condition, completeness) = evidence.get(cell).copied().unwrap_or((None, 0));
        let level = Level::ALL[*level];
        // What the risk alone would show lies between low and the level shown, so the rule leaves that level as it is.
        let ruled = domain::shown_level(condition, Some(level.max(Level::Low)), completeness);
        assert_eq!(ruled, level, "{cell:?}: condition {condition:?}, completeness {completeness} ppm");
    }
    shown
}

#[test]
fn every_surface_shows_the_level_of_the_one_rule() {
    let (_folder, service) = demo::played();
    let client = demo::login(&service);
    let shown = agreed(&service, &client);
    let seen: BTreeSet<usize> = shown.values().copied().collect();
    assert!(seen.len() >= 2, "the scenario shows too few levels to compare: {shown:?}");
    service.stop();
}

/// The shipped policy, but feeds are missed sooner and a flood counts longer.
fn forgetful_policy() -> String {
    let mut policy: toml::Table = house::read("config/policy.toml").parse().expect("the policy is TOML");
    let silence = policy["silence"].as_table_mut().expect("the table 'silence'");
    silence.insert("at_least_days".into(), 1.into());
    silence.insert("at_most_days".into(), 3.into());
    let opening = policy["opening"].as_table_mut().expect("the table 'opening'");
    opening.insert("window_days".into(), 30.into());
    policy.to_string()
}

/// A flood reported `days` ago.
fn flood(seed: u64, district: &str, days: i64) -> String {
    let mut report = Source::new(seed).statement(district, ("disaster", "WA-01"), 4);
    let now = jiff::Timestamp::now();
    let ago = |minutes: i64| (now - jiff::SignedDuration::from_mins(days * 24 * 60 + minutes)).to_string();
    report["occurred_at"] = ago(20).into();
    report["reported_at"] = ago(5).into();
    report.to_string()
}

#[test]
fn a_standing_condition_is_shown_everywhere_though_nobody_is_heard() {
    let site = Site::new();
    let mail = Receiver::start("smtp_receiver.py", site.path("mails.ndjson"), &[]);
    let policy = site.path("policy.toml");
    fs::write(&policy, forgetful_policy()).expect("writing the policy");
    let mailbox = "{ kind = \"email\", to = \"camat@muratara.example\" }";
    let config = mail.configuration(&receiver::team(&site.path(""), "16.13.05", mailbox));
    let service =
        site.serve(&config.replace("[files]\n", &format!("[files]\npolicy = \"{}\"\n", policy.display())));
    let password = service::add_user(&site.data, "piket", "desk", "16.13");
    let old = flood(51, "16.13.04", 10);
    assert_eq!(post(&site.feed(&service), &[old]).expect("posting").status, 202);
    assert_eq!(post(&site.feed(&service), &[flood(52, "16.13.05", 0)]).expect("posting").status, 202);
    caught_up(&service);
    let client = demo::enter(&service, "piket", &password);
    let shown = agreed(&service, &client);
    let of = |district: &str| LEVELS[shown[&(district.to_owned(), "disaster".to_owned())]];
    assert_eq!((of("16.13.04"), of("16.13.05"), of("16.13.01")), ("siaga", "siaga", "no_data"));
    let answer = json(&client, "/v1/districts/16.13.04");
    let flood = answer["assessments"].as_array().expect("assessments").iter();
    let silent = flood.filter(|item| item["kind"] == "disaster" && item["completeness_ppm"] == 0).count();
    assert_eq!(silent, 2, "nobody is heard from 16.13.04, at both horizons: {answer}");
    let message = mail.first();
    let body = message["body"].as_str().unwrap_or_default();
    assert!(body.contains("siaga"), "the mail and the pages differ: {body}");
    service.stop();
}

/// A grave incident of every kind in every district, by one speaker, two or the community alone, so that every level above
/// low is somewhere; those of one district are not reported at all.
fn reports_everywhere() -> Vec<(&'static str, String)> {
    let mut reports = Vec::new();
    let categories = ["WP-08", "WW-01", "WA-01"];
    for (number, kind) in (0..6).flat_map(|district| (0..KINDS.len()).map(move |kind| (district, kind))) {
        let district = format!("16.13.{:02}", number + 1);
        let speakers: &[&str] = match (number + kind) % 3 {
            0 => &["community"],
            1 => &["agency"],
            _ => &["agency", "village"],
        };
        for (index, speaker) in speakers.iter().enumerate() {
            let seed = (100 + number * 20 + kind * 4 + index) as u64;
            let mut report = Source::new(seed).statement(&district, (KINDS[kind], categories[kind]), 5);
            report["feed"] = (*speaker).into();
            reports.push((*speaker, report.to_string()));
        }
    }
    reports
}

/// The newest mail of each alert: its number and the level in its subject.
fn mailed(mail: &Receiver) -> BTreeMap<String, usize> {
    let subjects =
        mail.all().into_iter().map(|message| message["subject"].as_str().unwrap_or_default().to_owned());
    let level = |subject: &str| {
        let head = subject.split(':').next().unwrap_or_default();
        LEVELS.iter().position(|level| head.contains(&level.to_uppercase()))
    };
    let number = |subject: &str| {
        let (_, tail) = subject.rsplit_once('(')?;
        Some(tail.split(')').next().unwrap_or_default().to_owned())
    };
    subjects.filter_map(|subject| Some((number(&subject)?, level(&subject)?))).collect()
}

/// The same, with each alert that another's mail names: a regency's may come in its district's.
fn named(mail: &Receiver, alerts: &BTreeMap<String, usize>) -> BTreeMap<String, usize> {
    let mut named = mailed(mail);
    let bodies: Vec<String> =
        mail.all().iter().map(|message| message["body"].as_str().unwrap_or_default().to_owned()).collect();
    for (alert, level) in alerts {
        let link = format!("/peringatan/{alert}");
        if !named.contains_key(alert) && bodies.iter().any(|body| body.contains(&link)) {
            named.insert(alert.clone(), *level);
        }
    }
    named
}

#[test]
fn every_mail_says_the_level_that_pages_and_api_show_of_its_cell() {
    let site = Site::new();
    let mail = Receiver::start("smtp_receiver.py", site.path("mails.ndjson"), &[]);
    let mailbox = "{ kind = \"email\", to = \"camat@muratara.example\" }";
    let tokens: BTreeMap<&str, String> = ["community", "agency", "village"]
        .map(|class| (class, service::add_feed(&site.data, class, class, "16.13")))
        .into();
    let service = site.serve(&mail.configuration(&receiver::team(&site.path(""), "16.13", mailbox)));
    let password = service::add_user(&site.data, "piket", "desk", "16.13");
    for (speaker, report) in reports_everywhere() {
        let reply = post(&service.client().bearer(&tokens[speaker]), &[report]).expect("posting");
        assert_eq!(reply.status, 202, "{}", reply.text());
    }
    caught_up(&service);
    let client = demo::enter(&service, "piket", &password);
    let shown = agreed(&service, &client);
    let seen: BTreeSet<usize> = shown.values().copied().collect();
    assert_eq!(seen, BTreeSet::from([0, 2, 3, 4]), "{shown:?}");
    let list = json(&client, "/v1/alerts");
    let alerts = list["items"].as_array().expect("items");
    let of_cells = alerts.iter().filter(|alert| alert["district"] != "16.13");
    let of_cells: Levels = of_cells.map(|alert| (cell(alert), level(alert))).collect();
    let standing: Levels = shown.into_iter().filter(|(_, level)| *level > 1).collect();
    assert_eq!(of_cells, standing, "an alert and the page differ");
    // A message is replaced where a newer one is due before it went out; the newest of each alert arrives.
    let level_of = |alert: &Value| (alert["id"].as_str().expect("an id").to_owned(), level(alert));
    let wanted: BTreeMap<String, usize> = alerts.iter().map(level_of).collect();
    let agree =
        service::eventually(Duration::from_secs(60), || (named(&mail, &wanted) == wanted).then_some(()));
    assert!(agree.is_some(), "mails {:?}, alerts {wanted:?}", mailed(&mail));
    service.stop();
}
