//! The event lists that are kept beside the checkout as they were found wrong: each is refused or noted, as text and as JSON.

use kentongan_tests::house;
use kentongan_tests::service;

/// A list, whether it is refused, and words that are said of it in both forms.
const CASES: [(&str, bool, &str); 7] = [
    ("ev-mdy-low-days", true, "--dates"),
    ("ev-missing-19of400", false, "7 of 155 dates"),
    ("ev-name-variants", false, "names are written in several ways"),
    ("ev-parent-moves", false, "enclosing"),
    ("ev-units-mismatch", true, "are not in --units"),
    ("ev-utc-evening", false, "are instants of a zone elsewhere"),
    ("ev-year-0025", true, "39 of 155"),
];

#[test]
fn every_list_that_was_found_wrong_is_refused_or_noted_in_both_forms() {
    let Some(folder) = house::shared("cases/events") else {
        let name = "contract::event_cases::every_list_that_was_found_wrong_is_refused_or_noted_in_both_forms";
        return house::not_run(name, "the lists are not at hand");
    };
    let mut there: Vec<String> = std::fs::read_dir(&folder)
        .expect("the lists")
        .map(|entry| entry.expect("a list").file_name().to_string_lossy().into_owned())
        .collect();
    there.sort();
    assert_eq!(there, CASES.map(|case| case.0), "each list has its row here");
    for (name, is_refused, words) in CASES {
        let path = |file: &str| folder.join(name).join(file).display().to_string();
        let list = path("events.csv");
        let mut call =
            vec!["backtest", "--events", &list, "--unit", "kab", "--time", "tanggal", "--parent", "prov"];
        call.extend([
            "--period",
            "month",
            "--from",
            "2015-01-01",
            "--to",
            "2020-12-31",
            "--test-from",
            "2018-01-01",
        ]);
        let units = path("units.txt");
        if folder.join(name).join("units.txt").exists() {
            call.extend(["--units", units.as_str()]);
        }
        for form in [&[][..], &["--json"]] {
            let output = service::run(&[&call[..], form].concat());
            let (text, remarks) =
                (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
            let answer = if is_refused { &remarks } else { &text };
            assert_eq!(
                output.status.code(),
                Some(if is_refused { 2 } else { 0 }),
                "{name} {form:?}: {text}{remarks}"
            );
            assert!(answer.contains(words), "{name} {form:?} does not say {words}: {text}{remarks}");
            if name == "ev-name-variants" && !form.is_empty() {
                assert!(text.contains("\"units\":8"), "one place under several spellings is one: {text}");
            }
        }
    }
}
