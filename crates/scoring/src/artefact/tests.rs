//! Models as files: what loads, what is refused, who speaks.

use super::*;
use crate::evaluate::EarlyAlerts;
use domain::scorer::{AlertBar, BarMeasure};

fn saved() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for kind in Kind::ALL {
        for horizon in Horizon::ALL {
            save(folder.path(), &example(*kind, *horizon), "card", &serde_json::json!({})).expect("saved");
        }
    }
    folder
}

#[test]
fn what_is_saved_loads_and_a_changed_file_does_not() {
    let folder = saved();
    let models = Models::load(folder.path()).expect("loads");
    assert_eq!(models.artefacts.len(), 6);
    let path = folder.path().join("disaster-7d-2026-01-01/model.json");
    let text = std::fs::read_to_string(&path).expect("text");
    std::fs::write(&path, text.replace("-2.5", "-1.5")).expect("written");
    assert!(Models::load(folder.path()).unwrap_err().to_string().contains("was changed"));
}

#[test]
fn another_schema_or_other_features_refuse_to_start() {
    let mut artefact = example(Kind::Disaster, Horizon::Week);
    artefact.schema = SCHEMA + 1;
    assert!(artefact.check().unwrap_err().contains("schema"));
    artefact.schema = SCHEMA;
    artefact.coefficients.swap(0, 1);
    assert!(artefact.check().unwrap_err().contains("features"));
    artefact.coefficients.swap(0, 1);
    artefact.intercept = f64::NAN;
    assert!(artefact.check().is_err());
}

/// A folder written before the features beyond the common ones: it serves as it did, those at 0.
#[test]
fn a_model_of_a_schema_before_is_read_and_scores_the_same() {
    let mut value = serde_json::to_value(example(Kind::Disaster, Horizon::Week)).expect("json");
    let artefact = Artefact::parse(Path::new("x"), &value.to_string()).expect("read");
    for (schema, named) in BEFORE.into_iter().rev() {
        value["schema"] = schema.into();
        for line in ["/coefficients", "/baseline/coefficients"] {
            value.pointer_mut(line).and_then(|line| line.as_array_mut()).expect("a list").truncate(named);
        }
        let read = Artefact::parse(Path::new("x"), &value.to_string()).expect("read");
        assert_eq!((read.schema, read.coefficients.len()), (SCHEMA, NAMES.len()));
        assert_eq!(read.coefficients[..named], artefact.coefficients[..named]);
        assert!(read.coefficients[named..].iter().all(|coefficient| coefficient.value == 0.0));
    }
    value["schema"] = SCHEMA.into();
    let error = Artefact::parse(Path::new("x"), &value.to_string()).unwrap_err().to_string();
    assert!(error.contains("features"), "a file of this schema must name them: {error}");
    value["schema"] = 1.into();
    assert!(
        Artefact::parse(Path::new("x"), &value.to_string()).unwrap_err().to_string().contains("schema 1")
    );
}

#[test]
fn the_evaluation_decides_who_speaks_and_cannot_be_changed_unseen() {
    let folder = tempfile::tempdir().expect("a folder");
    for kind in Kind::ALL {
        for horizon in Horizon::ALL {
            let low = if *kind == Kind::Disaster { 0.01 } else { 0.0 };
            let result = serde_json::json!({ "brier_skill_vs_best": { "low": low }, "fallback": "decayed" });
            let evaluation = serde_json::json!({ "result": result });
            save(folder.path(), &example(*kind, *horizon), "card", &evaluation).expect("saved");
        }
    }
    let models = Models::load(folder.path()).expect("loads");
    for artefact in &models.artefacts {
        let better = artefact.kind() == Some(Kind::Disaster);
        assert_eq!(artefact.served == Served::Model, better, "{}", artefact.name);
        assert_eq!(artefact.served_name().ends_with("/baseline:decayed"), !better);
        assert_eq!(artefact.line().0, if better { -2.5 } else { -3.0 });
    }
    let path = folder.path().join("resident_company-7d-2026-01-01/evaluation.json");
    let text = std::fs::read_to_string(&path).expect("text");
    std::fs::write(&path, text.replace("0.0", "0.5")).expect("written");
    assert!(Models::load(folder.path()).unwrap_err().to_string().contains("was changed"));
}

#[test]
fn a_baseline_of_another_name_than_the_one_judged_is_refused() {
    let artefact = example(Kind::Disaster, Horizon::Week);
    let result = decide(&artefact, Path::new("x"), r#"{"result":{"fallback":"climatology"}}"#);
    assert!(result.unwrap_err().to_string().contains("climatology"));
    assert_eq!(decide(&artefact, Path::new("x"), "{}").expect("withheld"), Served::Baseline);
}

#[test]
fn too_few_own_positives_calibrate_nobody() {
    let mut artefact = example(Kind::Disaster, Horizon::Week);
    artefact.local.push(Local {
        regency: "16.13".into(),
        unit: "district".into(),
        intercept: 0.1,
        slope: 0.9,
        base_rate: 0.1,
        from: "2026-01-01".into(),
        to: "2026-12-31".into(),
        rows: 400,
        positives: 50,
    });
    assert_eq!(artefact.check(), Ok(()));
    artefact.local[0].positives = 49;
    assert!(artefact.check().unwrap_err().contains("50 are needed"));
}

#[test]
fn a_missing_model_is_named() {
    let folder = saved();
    let path = folder.path().join("current.toml");
    let text = std::fs::read_to_string(&path).expect("text");
    let kept: String =
        text.lines().filter(|line| !line.starts_with("disaster-30d")).map(|l| format!("{l}\n")).collect();
    std::fs::write(&path, kept).expect("written");
    assert!(Models::load(folder.path()).unwrap_err().to_string().contains("disaster-30d"));
}

/// A mix that was chosen before it was judged speaks, however the test came out; where nothing could be judged it does not.
#[test]
fn a_mix_needs_no_proof_from_its_test() {
    let evaluation =
        |result: serde_json::Value| serde_json::json!({ "weights": { "model": 1.0 }, "result": result });
    let unlucky = serde_json::json!({ "brier_skill_vs_best": { "low": -0.2 }, "fallback": "decayed" });
    assert!(earns_its_place(&evaluation(unlucky)));
    assert!(!earns_its_place(&evaluation(serde_json::json!({ "withheld": "no positive" }))));
}

#[test]
fn a_bar_that_is_none_or_that_more_evidence_could_fall_under_is_refused() {
    let bar = AlertBar { of: BarMeasure::Risk, raise_ppm: 90_000, clear_ppm: 60_000 };
    let bars = AlertBars::new(bar, 0.25 / 3.0, EarlyAlerts::default());
    let mut artefact = example(Kind::Disaster, Horizon::Week);
    artefact.coefficients = coefficients(NAMES.map(|name| match name {
        "days_since" => -0.2,
        "acceleration" => 0.1,
        _ => 0.3,
    }));
    artefact.alert_bars = Some(bars.clone());
    let parse = |artefact: &Artefact| {
        let text = serde_json::to_string(artefact).expect("JSON");
        Artefact::parse(Path::new("model.json"), &text)
    };
    assert_eq!(parse(&artefact).expect("read"), artefact);
    let refused = |change: &dyn Fn(&mut Artefact), says: &str| {
        let mut other = artefact.clone();
        change(&mut other);
        let error = parse(&other).expect_err(says).to_string();
        assert!(error.contains(says), "{error}");
    };
    refused(
        &|other| other.alert_bars = Some(AlertBars { clear_ppm: 90_001, ..bars.clone() }),
        "no higher than it raises",
    );
    refused(
        &|other| other.alert_bars = Some(AlertBars { of: "odds".into(), ..bars.clone() }),
        "'times_usual'",
    );
    refused(&|other| other.coefficients[7].value = 0.15, "acceleration would let more incidents lower");
    refused(&|other| other.coefficients[0].value = -0.1, "count_3d would let more incidents lower");
    refused(&|other| other.coefficients[8].value = 0.1, "days_since would let");
    // Where a rarer kind is believed, the same history raises an alert: the bar moves with the intercept.
    let place =
        Use { base_rate: 0.002, why: String::new(), shift: -2.0, calibrated: false, transfer_sd: None };
    let logit = |ppm: u32| crate::logistic::logit(f64::from(ppm) / 1e6);
    let moved = bars.used_on(&place);
    assert!((logit(moved.raise_ppm) - (logit(90_000) - 2.0)).abs() < 1e-4);
    assert!((logit(moved.clear_ppm) - (logit(60_000) - 2.0)).abs() < 1e-4);
    let times = AlertBars::new(AlertBar { of: BarMeasure::TimesUsual, ..bar }, 0.1, EarlyAlerts::default());
    assert_eq!(times.used_on(&place), times.fitted());
}
