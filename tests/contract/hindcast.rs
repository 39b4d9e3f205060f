//! `kentongan hindcast`: an archive becomes a hindcast ledger, its ranges are on the pages, and what says too little is refused.

use kentongan_tests::service;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::time::Instant;

/// A table as a desk keeps it: a blockade every second week from 1 January 2024 on, in turn in three kecamatan.
fn archive(
    weeks: usize,
    (regency, place): (&str, [&str; 3]),
    date: impl Fn(jiff::civil::Date) -> String,
) -> String {
    let mut text = String::from("tanggal,kabupaten,kecamatan,jenis kejadian,tingkat,uraian\n");
    for at in 0..weeks / 2 {
        let day = jiff::civil::date(2024, 1, 1).saturating_add(jiff::Span::new().days(14 * at as i64));
        let (day, place) = (date(day), place[at % 3]);
        let _ = writeln!(text, "{day},{regency},{place},pemblokiran jalan,3,warga menutup jalan");
    }
    text
}

const HERE: (&str, [&str; 3]) = ("Musi Rawas Utara", ["Rawas Ilir", "Karang Dapo", "Rupit"]);
const ELSEWHERE: (&str, [&str; 3]) = ("Lampung Utara", ["Kotabumi", "Bukit Kemuning", "Abung Barat"]);

fn hindcast<'a>(file: &'a str, data: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let mut words = vec!["hindcast", "--archive", file, "--format", "table", "--data", data];
    words.extend(more);
    words
}

#[track_caller]
fn refused(words: &[&str]) -> String {
    let output = service::run(words);
    let printed = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "kentongan {}: {printed}", words.join(" "));
    printed
}

fn write(folder: &Path, name: &str, text: &str) -> String {
    fs::write(folder.join(name), text).expect("writing a file");
    folder.join(name).display().to_string()
}

#[test]
fn an_archive_becomes_a_hindcast_ledger_and_a_second_run_replaces_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data").display().to_string();
    let file = write(folder.path(), "li.csv", &archive(104, HERE, |day| day.to_string()));
    let dry: serde_json::Value =
        serde_json::from_str(&service::call(&hindcast(&file, &data, &["--dry-run", "--json"])))
            .expect("JSON");
    assert_eq!((&dry["kept"], &dry["regencies"][0]), (&false.into(), &"16.13".into()), "{dry}");
    assert!(!Path::new(&data).exists(), "a dry run keeps nothing");
    let began = Instant::now();
    let kept: serde_json::Value =
        serde_json::from_str(&service::call(&hindcast(&file, &data, &["--json"]))).expect("JSON");
    println!("two years of a regency: {:.1} s", began.elapsed().as_secs_f64());
    assert_eq!((&kept["kept"], &kept["forecasts"]), (&true.into(), &dry["forecasts"]));
    let part = |of: &serde_json::Value| {
        let parts = of["parts"].as_array().expect("parts").iter();
        let mut found = parts.filter(|part| part["horizon"] == "7d" && part["level"] == "district");
        found.next().cloned().expect("a part")
    };
    let own = part(&kept);
    assert_eq!((&own["kind"], own["happened"].as_u64()), (&"resident_company".into(), Some(44)), "{kept}");
    assert!(own["model"].as_str().is_some_and(|model| model.starts_with("resident_company-7d-")), "{own}");
    // The alerts of it are counted: a blockade every sixth week in each of three kecamatan.
    let alerts = kept["alerts"].as_array().expect("alerts").iter();
    let districts: Vec<_> = alerts.filter(|own| own["level"] == "district").collect();
    assert_eq!((districts.len(), &districts[0]["hit"]), (1, &own["happened"]), "{kept}");
    assert!(districts[0]["looks"].as_u64() > Some(500) && districts[0]["false_by_rules"].is_u64(), "{kept}");
    let printed = service::call(&["check", "--data", &data]);
    let budget = "false alarms a kecamatan and quarter: models 0.250 as rehearsed, rules 0.021 as the policy states, together 0.271 of";
    assert!(printed.contains(budget), "{printed}");
    let text = service::call(&hindcast(&file, &data, &[]));
    assert!(text.contains("Musi Rawas Utara") && text.contains("odds times"), "{text}");
    assert!(text.contains("of 44 weeks with something serious"), "{text}");
    let models = folder.path().join("own").display().to_string();
    let printed = service::call(&["train", "--calibrate", "--models", &models, "--data", &data]);
    assert!(printed.contains(" 16.13 district: odds times "), "{printed}");
    assert!(printed.contains("of its hindcast and 0 of its own"), "{printed}");
}

#[test]
fn an_archive_that_says_too_little_or_nothing_of_here_is_refused_in_words() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data").display().to_string();
    let plain = |day: jiff::civil::Date| day.to_string();
    let cases = [
        (archive(20, HERE, plain), "weeks; 41 are needed at least"),
        (archive(104, ELSEWHERE, plain), "not one can become a report"),
        // The first twelve days of months: day and month may be either.
        (
            archive(104, HERE, |day| format!("{:02}/{:02}/{}", day.month(), day.day() % 12 + 1, day.year())),
            "--dates",
        ),
    ];
    for (number, (text, wanted)) in cases.into_iter().enumerate() {
        let file = write(folder.path(), &format!("li-{number}.csv"), &text);
        let printed = refused(&hindcast(&file, &data, &[]));
        assert!(printed.contains(wanted), "{wanted}: {printed}");
    }
    assert!(refused(&hindcast("/nowhere.csv", &data, &[])).contains("/nowhere.csv"));
    assert!(!Path::new(&data).exists(), "nothing was kept");
}
