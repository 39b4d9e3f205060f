//! Backtests of lists made up here, good and bad; with the public lists at hand, the panels of the record as well.

use super::*;
use crate::period::{Day, Period};
use crate::rng::Rng;
use domain::policy::Policy;
use std::fmt::Write as _;
mod known_figures;

const START: Day = 18_262; // 2020-01-01

/// Thirty places in three provinces; restless ones cluster; `late` days until a report arrives.
fn history(weeks: i32, late: i32) -> String {
    let mut rng = Rng::new(9);
    let mut text = String::from("place,province,day,received\n");
    for place in 0..30 {
        let mut heat = 0.0;
        for week in 0..weeks {
            heat *= 0.8;
            let rate = if place < 8 { 0.15 } else { 0.01 } + 0.25 * heat;
            if rng.unit() < rate {
                heat += 1.0;
                let day = START + week * 7 + rng.below(7) as i32;
                let _ = writeln!(text, "u{place:02},p{},{},{}", place % 3, date(day), date(day + late));
            }
        }
    }
    text
}

fn options(folder: &tempfile::TempDir, text: &str, weeks: i32) -> BacktestOptions {
    let path = folder.path().join("list.csv");
    std::fs::write(&path, text).expect("written");
    BacktestOptions {
        events: EventSource {
            path,
            unit: "place".into(),
            time: "day".into(),
            parent: Some("province".into()),
            ..EventSource::default()
        },
        units: None,
        level: TrainingUnit::Regency,
        window: Window {
            period: Period::Week,
            from: START,
            to: START + weeks * 7 - 1,
            test_from: START + weeks * 28 / 5,
        },
        kind: None,
        seed: 1,
        false_alarms_ppm: Policy::FALSE_ALARMS_PPM,
    }
}

fn run(text: &str, weeks: i32) -> Result<BacktestResult> {
    let folder = tempfile::tempdir().expect("a folder");
    backtest(&options(&folder, text, weeks))
}

#[test]
fn the_line_has_the_contracts_shape_and_the_model_has_skill() {
    let result = run(&history(160, 0), 160).expect("judged");
    let line = result.json();
    let keys = [
        "\"units\":",
        "\"periods\":",
        "\"test_cells\":",
        "\"base_rate\":",
        "\"served\":",
        "\"weights\":{\"model\":",
        "\"model\":{\"auroc\":",
        "\"baselines\":{\"base_rate\":",
    ];
    let found: Vec<Option<usize>> = keys.iter().map(|key| line.find(key)).collect();
    assert!(found.iter().all(Option::is_some) && found.is_sorted(), "{line}");
    let value: serde_json::Value = serde_json::from_str(&line).expect("json");
    for key in [
        "auroc",
        "auroc_onset",
        "auroc_within",
        "brier",
        "log_score",
        "ece",
        "precision_top10",
        "recall_top10",
    ] {
        for name in baseline::NAMES {
            assert!(value["baselines"][name].get(key).is_some(), "{name} {key}");
        }
    }
    let timing =
        ["auroc_within_null", "timing_p", "auroc_within_swept", "auroc_within_swept_null", "timing_swept_p"];
    let skill = ["brier_skill_vs_best", "brier_skill_lo", "brier_skill_hi", "calibration_slope"];
    for key in skill.into_iter().chain(timing) {
        assert!(value["model"][key].is_number(), "{key}");
    }
    assert!(result.model.measures.auroc > Some(0.7), "{line}");
    let best = result.baselines.0.iter().map(|(_, m)| m.brier).fold(f64::INFINITY, f64::min);
    assert!(result.model.measures.brier < best * 1.01, "{line}");
    assert_eq!(line, run(&history(160, 0), 160).expect("judged").json(), "the same list, the same line");
}

/// The alerts stand in the line, in the table and on the page, beside simple forecasts with as many alarms.
#[test]
fn alerts_before_the_event_are_shown_beside_the_30_day_count() {
    let folder = tempfile::tempdir().expect("a folder");
    // A third of these cells are hit, so warnings cost more than in any list of ours.
    let options = BacktestOptions { false_alarms_ppm: 2_000_000, ..options(&folder, &history(160, 0), 160) };
    let result = backtest(&options).expect("judged");
    let alerts = &result.alerts;
    let (bars, chosen) = (alerts.bar.as_ref().expect("a bar"), alerts.chosen.as_ref().expect("judged"));
    assert!(alerts.budget == 2.0 && bars.rehearsed.false_a_quarter <= 2.0, "{alerts:?}");
    assert!(chosen.model.detection > 0.05 && chosen.model.detected >= chosen.analyst.detected, "{alerts:?}");
    assert_eq!((chosen.model.alarms, chosen.model.hit), (chosen.analyst.alarms, chosen.climatology.hit));
    let hits = result.detail.positives.1;
    assert_eq!(chosen.model.hit, hits, "every hit cell of the test is asked about");
    let hindsight = alerts.in_hindsight.as_ref().expect("judged");
    assert!(hindsight.model.false_a_quarter <= 2.0);
    let value: serde_json::Value = serde_json::from_str(&result.json()).expect("json");
    assert_eq!(value["alerts"]["chosen"]["model"]["detection"].as_f64(), Some(chosen.model.detection));
    let figure = format!("{:.3}", chosen.model.detection);
    let (table, page) = (result.table(), html::page(&result));
    assert!(table.contains("alerts before the event") && table.contains(&figure), "{table}");
    assert!(page.contains("Alerts that stood before the event") && page.contains(&figure));
}

#[test]
fn late_arrival_costs_skill_and_never_leaks() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = history(160, 56);
    let mut late = options(&folder, &text, 160);
    let prompt = backtest(&late).expect("judged");
    late.events.received = Some("received".into());
    let late = backtest(&late).expect("judged");
    assert!(late.model.measures.brier > prompt.model.measures.brier, "{}\n{}", late.json(), prompt.json());
}

#[test]
fn where_nothing_can_be_known_the_mix_costs_next_to_nothing() {
    // Events at random, everywhere alike: nothing beats the base rate for sure.
    let mut rng = Rng::new(2);
    let mut text = String::from("place,province,day\n");
    for place in 0..30 {
        for week in 0..160 {
            if rng.unit() < 0.05 {
                let _ = writeln!(text, "u{place},p,{}", date(START + week * 7));
            }
        }
    }
    let result = run(&text, 160).expect("judged");
    let best = result.baselines.0.iter().map(|(_, m)| m.brier).fold(f64::INFINITY, f64::min);
    assert!(result.model.measures.brier < best * 1.005, "{}", result.json());
}

/// What happens in the test changes what is measured there, not what is served nor how it is mixed.
#[test]
fn the_choice_is_made_before_the_test() {
    let text = history(160, 0);
    let test = START + 160 * 28 / 5;
    let day = |line: &str| line.split(',').nth(2).and_then(|day| day.parse::<jiff::civil::Date>().ok());
    let turned = text.lines().enumerate().fold(String::new(), |all, (row, line)| {
        let later = day(line).is_some_and(|day| crate::period::day_of(day) >= test);
        if later && row % 3 != 0 { all } else { all + line + "\n" }
    });
    let (one, other) = (run(&text, 160).expect("judged"), run(&turned, 160).expect("judged"));
    assert_eq!((one.served, &one.weights.0), (other.served, &other.weights.0));
    assert!(one.base_rate > other.base_rate * 2.0 && one.weights.0[0].1 > 0.0, "{:?}", one.weights);
}

#[test]
fn nothing_to_judge_is_an_error_with_a_reason() {
    let line = |week: i32| format!("u1,p,{}\n", date(START + week * 7));
    let list =
        |weeks: &[i32]| format!("place,province,day\n{}", weeks.iter().map(|w| line(*w)).collect::<String>());
    for (weeks, words) in [
        (vec![], "no event"),
        (vec![3], "1 hit cells before"),
        (vec![3, 9], "0 hit cells from"),
        (vec![3, 9, 90], "1 hit cells from"),
    ] {
        let error = run(&list(&weeks), 100).expect_err("refused");
        assert!(matches!(error, Error::Empty(_)) && error.to_string().contains(words), "{weeks:?}: {error}");
    }
    let folder = tempfile::tempdir().expect("a folder");
    let mut wrong = options(&folder, &list(&[3, 9, 90, 95]), 100);
    wrong.events.unit = "kab".into();
    assert!(backtest(&wrong).expect_err("refused").to_string().contains("--unit"));
    wrong.events.unit = "place".into();
    wrong.events.path = "/nowhere/at/all.csv".into();
    assert!(matches!(backtest(&wrong), Err(Error::Read { .. })));
}

#[test]
fn a_handful_of_positives_gets_the_base_rate_and_says_so() {
    let mut text = String::from("place,province,day\n");
    for (place, week) in [(1, 3), (2, 20), (3, 40), (1, 60), (2, 85), (4, 90), (1, 95)] {
        let _ = writeln!(text, "u{place},p,{}", date(START + week * 7));
    }
    let result = run(&text, 100).expect("judged");
    assert!(result.detail.notes.iter().any(|note| note.contains("the model is the base rate")));
    assert!(result.model.measures.brier < 0.1, "{}", result.json());
}

#[test]
fn a_gap_of_years_and_a_place_never_seen_are_said() {
    let mut text = String::from("place,province,day\n");
    for week in (0..60).chain(180..260) {
        let _ = writeln!(text, "u{},p,{}", week % 7, date(START + week * 7));
    }
    let _ = writeln!(text, "newcomer,p,{}", date(START + 255 * 7));
    let result = run(&text, 260).expect("judged");
    let notes = result.detail.notes.join("\n");
    assert!(notes.contains("no event anywhere") && notes.contains("never seen"), "{notes}");
}

#[test]
fn a_base_rate_that_falls_fiftyfold_is_followed() {
    let mut rng = Rng::new(6);
    let mut text = String::from("place,province,day\n");
    for place in 0..200 {
        for week in 0..300 {
            if rng.unit() < if week < 200 { 0.05 } else { 0.001 } {
                let _ = writeln!(text, "u{place},p{},{}", place % 5, date(START + week * 7));
            }
        }
    }
    let result = run(&text, 300).expect("judged");
    let mean = result.detail.course.iter().map(|(_, forecast, _)| forecast).sum::<f64>()
        / result.detail.course.len() as f64;
    assert!(
        result.detail.notes.iter().any(|note| note.contains("base rate moved")),
        "{:?}",
        result.detail.notes
    );
    assert!(
        mean < result.detail.base_rate_train / 5.0,
        "mean forecast {mean}, trained on {}",
        result.detail.base_rate_train
    );
    assert!(result.model.measures.ece < 0.02, "{}", result.json());
}

#[test]
fn rows_given_twice_change_nothing_but_a_note() {
    let text = history(120, 0);
    let twice: String = text.lines().take(1).chain(text.lines().skip(1).flat_map(|line| [line, line])).fold(
        String::new(),
        |mut all, line| {
            all += line;
            all.push('\n');
            all
        },
    );
    let (once, twice) = (run(&text, 120).expect("judged"), run(&twice, 120).expect("judged"));
    let figures = |result: &BacktestResult| {
        let mut line: serde_json::Value = serde_json::from_str(&result.json()).expect("a line of JSON");
        let notes = line.as_object_mut().expect("an object").remove("notes").expect("notes");
        (line, notes.as_array().map_or(0, Vec::len))
    };
    assert_eq!(figures(&once).0, figures(&twice).0);
    assert_eq!(figures(&once).1 + 1, figures(&twice).1, "the line has the note too");
    assert!(twice.detail.notes.iter().any(|note| note.contains("counted once")), "{:?}", twice.detail.notes);
}

#[test]
fn spans_are_judged_calibrated_and_not_known_before_their_end() {
    // Places differ, nothing clusters; an event is dated to within up to ten weeks.
    let spanned = |most: usize| -> String {
        let mut rng = Rng::new(14);
        let mut text = String::from("place,province,day\n");
        for (place, week) in (0..60).flat_map(|place| (0..200).map(move |week| (place, week))) {
            if rng.unit() < 0.02 + 0.15 * f64::from(place % 10) / 10.0 {
                let day = START + week * 7;
                let last = day + rng.below(most) as i32;
                let _ = writeln!(text, "u{place:02},p{},{}/{}", place % 3, date(day), date(last));
            }
        }
        text
    };
    for most in [1, 70] {
        let result = run(&spanned(most), 200).expect("judged");
        let noted = result.detail.notes.iter().any(|note| note.contains("spans"));
        assert_eq!(noted, most > 1, "{:?}", result.detail.notes);
        assert!(result.model.measures.ece < 0.02, "{most}: {}", result.json());
        assert!(result.model.measures.auroc > Some(0.6), "{most}: {}", result.json());
    }
}

#[test]
fn a_gap_of_years_is_said_and_costs_no_more_than_it_costs_the_baselines() {
    let weeks = 400;
    let text: String = history(weeks, 0)
        .lines()
        .filter(|line| {
            let day = line.split(',').nth(2).unwrap_or("");
            !("2022-01-01".."2024-06-01").contains(&day)
        })
        .fold(String::new(), |all, line| all + line + "\n");
    let result = run(&text, weeks).expect("judged");
    assert!(result.detail.notes.iter().any(|note| note.contains("no event anywhere")));
    // The list says peace where it has a gap, so the line stands too low; most baselines stand lower.
    assert!(result.detail.notes.iter().any(|note| note.contains("base rate moved")));
    let best = result.baselines.0.iter().map(|(_, m)| m.brier).fold(f64::INFINITY, f64::min);
    assert!(result.model.measures.brier < best * 1.05, "{}", result.json());
}

#[test]
fn an_unknown_metric_and_one_that_cannot_be_had_are_errors() {
    let result = run(&history(120, 0), 120).expect("judged");
    assert!((result.metric("brier").expect("there") - result.model.measures.brier).abs() < 1e-12);
    let unknown = result.metric("accuracy").unwrap_err();
    assert!(unknown.is_call() && unknown.to_string().contains("brier_skill_lo"), "{unknown}");
    let mut none = result.clone();
    none.model.measures.auroc_onset = None;
    assert!(matches!(none.metric("auroc_onset"), Err(Error::Empty(_))));
}

#[test]
fn the_report_for_machines_holds_what_the_page_shows() {
    let result = run(&history(120, 0), 120).expect("judged");
    let report: serde_json::Value = serde_json::from_str(&result.report()).expect("json");
    let same =
        |value: &serde_json::Value, own: f64| value.as_f64().is_some_and(|value| (value - own).abs() < 1e-12);
    assert!(same(&report["result"]["model"]["brier"], result.model.measures.brier));
    for key in
        ["bins", "noise_floor", "oracle", "top", "alerts", "course", "ridge", "coefficients", "intercept"]
    {
        assert!(!report["detail"][key].is_null(), "{key}");
    }
    assert!(same(&report["detail"]["top"][0][1][2]["recall"], result.model.measures.recall_top10));
}

#[test]
fn the_page_holds_the_figures_and_loads_nothing() {
    let result = run(&history(120, 0), 120).expect("judged");
    let page = html::page(&result);
    assert!(
        page.contains("<svg")
            && page.contains("climatology")
            && page.contains(&format!("{:.4}", result.model.measures.brier))
    );
    assert!(
        !page.contains("src=") && !page.contains("<script") && !page.contains("<link"),
        "nothing is loaded"
    );
}

/// The public lists, where they are at hand.
fn public_list(name: &str) -> Option<std::path::PathBuf> {
    let shared = std::env::var("KENTONGAN_SHARED").unwrap_or_else(|_| "../../../shared".to_owned());
    let list = std::path::Path::new(&shared).join("data").join(name);
    if !list.exists() {
        println!("skipped: no list at '{}'; set KENTONGAN_SHARED to the folder of the lists", list.display());
        return None;
    }
    Some(list)
}

fn window(period: Period, [from, to, test_from]: [&str; 3]) -> Window {
    let day = |text: &str| crate::period::typed_day(text).unwrap();
    Window { period, from: day(from), to: day(to), test_from: day(test_from) }
}

fn judged(events: &EventSource, window: Window, units: Option<Vec<String>>) -> BacktestResult {
    let panel = Panel::new(read(events).expect("a list"), window, units).expect("a panel");
    let level = TrainingUnit::Regency;
    judge(
        &panel,
        &BacktestOptions {
            events: events.clone(),
            units: None,
            level,
            window,
            kind: None,
            seed: 1,
            false_alarms_ppm: Policy::FALSE_ALARMS_PPM,
        },
    )
    .expect("judged")
}

/// The share of hit cells alerted before: by the bar chosen before the test, no less than the 30-day count; and the most possible.
fn alerted_before(result: &BacktestResult) -> (f64, f64) {
    let chosen = result.alerts.chosen.as_ref().expect("a bar was chosen");
    let hindsight = result.alerts.in_hindsight.as_ref().expect("a bar was found");
    for beside in [chosen, hindsight] {
        assert!(beside.model.detected >= beside.analyst.detected, "{beside:?}");
    }
    assert!(hindsight.model.false_a_quarter <= 0.25 && chosen.model.false_a_quarter <= 0.27, "{chosen:?}");
    (chosen.model.detection, hindsight.model.detection)
}

/// Within places it stands 0.15 above the same line on dealt histories, and 0.10 without what all places share.
fn knows_when(result: &BacktestResult) {
    let (model, timing) = (&result.model.measures, &result.model.timing);
    let above = |own: Option<f64>, null: Option<f64>| own.zip(null).map(|(own, null)| own - null);
    let plain = above(model.auroc_within, timing.auroc_within_null);
    let swept = above(timing.auroc_within_swept, timing.auroc_within_swept_null);
    assert!(plain >= Some(0.15) && swept >= Some(0.10) && timing.is_local(), "{}", result.json());
}

/// What is served: one line, which stands still.
#[test]
fn the_public_panels_of_clashes_reach_their_figures() {
    let Some(path) = public_list("ucdp_ged_indonesia/conflict_data_idn.csv.gz") else { return };
    let clash = |precision: u32| EventSource {
        path: path.clone(),
        unit: "adm_2".into(),
        time: "date_start".into(),
        parent: Some("adm_1".into()),
        only: vec![("date_prec".to_string(), (1..=precision).map(|n| n.to_string()).collect())],
        ..EventSource::default()
    };
    let weeks = window(Period::Week, ["1998-01-05", "2005-12-25", "2004-05-24"]);
    let months = window(Period::Month, ["1998-01-01", "2005-12-31", "2004-06-01"]);
    let (week, month) = (judged(&clash(2), weeks, None), judged(&clash(4), months, None));
    assert_eq!((week.units, week.test_cells, month.units, month.test_cells), (58, 4814, 58, 1102));
    let (w, m) = (&week.model.measures, &month.model.measures);
    println!("{}\n{}\n{}\n{:?}", week.json(), month.json(), week.mix(), week.detail.coefficients);
    assert!(w.auroc >= Some(0.945) && w.brier <= 0.0187 && w.auroc_within >= Some(0.74), "{}", week.json());
    assert!(m.auroc >= Some(0.94) && m.brier <= 0.0365, "{}", month.json());
    knows_when(&week);
    knows_when(&month);
    let ((chosen, within), months) = (alerted_before(&week), alerted_before(&month));
    assert!(chosen >= 0.46 && within >= 0.5, "{:?}", week.alerts);
    assert!(months.0 >= 0.87 && months.1 >= 0.87, "{:?}", month.alerts);
}

#[test]
fn the_public_panel_of_floods_reaches_its_figures() {
    let Some(path) = public_list("bnpb_floods_2020_2021/BNPB.csv.gz") else { return };
    let floods = EventSource {
        path,
        unit: "ID Kabupaten".into(),
        time: "Tanggal Kejadian".into(),
        parent: Some("Provinsi".into()),
        ..EventSource::default()
    };
    let listed = read(&floods).expect("a list").rows;
    let hit: std::collections::BTreeSet<String> = listed.into_iter().map(|event| event.unit).collect();
    let never = (0..514 - hit.len()).map(|number| format!("never{number}"));
    let units = hit.iter().cloned().chain(never).collect();
    let year = window(Period::Week, ["2019-12-30", "2021-12-26", "2021-08-02"]);
    let result = judged(&floods, year, Some(units));
    assert_eq!((result.units, result.test_cells), (514, 10_794));
    let own = &result.model.measures;
    println!("{}\n{}\n{:?}", result.json(), result.mix(), result.detail.coefficients);
    assert!(
        own.brier <= 0.0452 && own.auroc >= Some(0.775) && own.auroc_within >= Some(0.58),
        "{}",
        result.json()
    );
    knows_when(&result);
    let (chosen, within) = alerted_before(&result);
    assert!(chosen >= 0.12 && within >= 0.14, "{:?}", result.alerts);
}

/// The two panels on which least is at stake: few hits, and places that were hit before.
#[test]
fn the_public_panels_of_provinces_and_of_places_seen_before_keep_their_figures() {
    let Some(clashes) = public_list("ucdp_ged_indonesia/conflict_data_idn.csv.gz") else { return };
    let Some(floods) = public_list("bnpb_floods_2020_2021/BNPB.csv.gz") else { return };
    let source = |path, unit: &str, time: &str| EventSource {
        path,
        unit: unit.into(),
        time: time.into(),
        ..EventSource::default()
    };
    let only = vec![("date_prec".to_string(), (1..=4).map(|n| n.to_string()).collect())];
    let provinces = EventSource { only, ..source(clashes, "adm_1", "date_start") };
    let seen =
        EventSource { parent: Some("Provinsi".into()), ..source(floods, "ID Kabupaten", "Tanggal Kejadian") };
    let months = judged(&provinces, window(Period::Month, ["1989-01-01", "2019-12-31", "2013-11-01"]), None);
    let weeks = judged(&seen, window(Period::Week, ["2019-12-30", "2021-12-26", "2021-08-02"]), None);
    let [month, week] = [&months, &weeks].map(|result| result.model.measures.brier);
    assert!(month <= 0.0118 && week <= 0.0551, "{}\n{}", months.json(), weeks.json());
    let (provinces, places) = (alerted_before(&months), alerted_before(&weeks));
    assert!(provinces.0 >= 0.85 && provinces.1 >= 0.94, "{:?}", months.alerts);
    assert!(places.0 >= 0.075 && places.1 >= 0.12, "{:?}", weeks.alerts);
}

/// A few that came eight months late leave half of the weeks to learn from, in which two cells are hit.
#[test]
fn a_late_list_with_little_left_to_learn_from_is_answered_by_the_base_rate() {
    let mut text = String::from("place,province,day,received\n");
    let mut hit = |place: i32, week: i32, late: i32| {
        let day = START + week * 7;
        let _ = writeln!(text, "u{place:02},p0,{},{}", date(day), date(day + late));
    };
    (0..2).for_each(|place| hit(place, 10, 240));
    (0..12).for_each(|place| hit(place, 40 + place % 7, 0));
    (0..3).for_each(|place| hit(place, 52, 0));
    let folder = tempfile::tempdir().expect("a folder");
    let mut options = options(&folder, &text, 60);
    options.events.received = Some("received".into());
    let result = backtest(&options).expect("judged");
    assert!(result.detail.notes.iter().any(|note| note.contains("the model is the base rate")));
    assert!(result.detail.coefficients.iter().all(|(_, value)| *value == 0.0));
}
