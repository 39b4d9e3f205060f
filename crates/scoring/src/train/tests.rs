//! Training on small histories made up here.

use super::serving::vectors;
use super::*;
use crate::rng::Rng;
use crate::scorer::ModelScorer;
use domain::place::Code;
use domain::policy::Policy;
use domain::scorer::{BarMeasure, Scorer};

/// Forty places, of which ten are restless; an event makes the next weeks worse.
fn history(weeks: i32) -> Vec<Event> {
    let mut rng = Rng::new(4);
    let mut events = Vec::new();
    for place in 0..40 {
        let mut heat = 0.0;
        for day in 0..weeks * 7 {
            heat *= 0.93;
            let rate = if place < 10 { 0.03 } else { 0.002 } + 0.04 * heat;
            if rng.unit() < rate {
                heat += 1.0;
                let unit = format!("u{place:02}");
                events.push(Event {
                    unit,
                    parent: Some(format!("p{}", place % 4)),
                    day,
                    received: day,
                    gone: None,
                    severity: None,
                });
            }
        }
    }
    events
}

fn options(folder: PathBuf, events: Vec<Event>, weeks: i32) -> TrainOptions {
    TrainOptions {
        kind: Kind::Disaster,
        events,
        units: (0..40).map(|place| format!("u{place:02}")).collect(),
        unit: TrainingUnit::Regency,
        from: 0,
        to: weeks * 7 - 1,
        folder,
        date: "2026-01-01".into(),
        about: card::About { source: "made up".into(), licence: "none".into(), ..card::About::default() },
        regency_rate: None,
        districts: None,
        district_rate: Some(Believed { a_week: 0.002, why: "fewer people".into() }),
        prior: false,
        false_alarms_ppm: Policy::FALSE_ALARMS_PPM,
        parents: (0..40).map(|place| (format!("u{place:02}"), format!("p{}", place % 4))).collect(),
        neighbours: None,
    }
}

#[test]
fn a_fitted_model_loads_scores_and_says_what_it_rests_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let artefacts = train(&options(folder.path().into(), history(120), 120)).expect("trained");
    let text =
        std::fs::read_to_string(folder.path().join("disaster-7d-2026-01-01/model.json")).expect("written");
    let read = Artefact::parse(folder.path(), &text).expect("readable");
    assert_eq!(read, artefacts[0]);
    assert!(read.used_on.regency.shift.abs() < 1e-9 && read.used_on.district.shift < -1.0);
    let card = std::fs::read_to_string(folder.path().join("disaster-7d-2026-01-01/card.md")).expect("a card");
    assert!(card.contains("made up") && card.contains("calibration slope"), "{card}");
    let models = crate::artefact::Models { artefacts };
    let scorer = ModelScorer::new(models);
    let line = scorer.line_for(Code(161300), Kind::Disaster, Horizon::Week);
    let units: Vec<String> = (0..40).map(|place| format!("u{place:02}")).collect();
    let made = vectors(&history(120), &units, TrainingUnit::Regency, 0, 839);
    let mean: f64 =
        made.vectors.iter().map(|x| sigmoid(line.logit(x))).sum::<f64>() / made.vectors.len() as f64;
    let base = line.calibration.base_ppm as f64 / 1e6;
    assert!((mean / base - 1.0).abs() < 0.1, "mean forecast {mean}, base rate {base}");
}

#[test]
fn the_evaluation_shows_skill_where_there_is_some() {
    let folder = tempfile::tempdir().expect("a folder");
    train(&options(folder.path().into(), history(160), 160)).expect("trained");
    let text = std::fs::read_to_string(folder.path().join("disaster-7d-2026-01-01/evaluation.json"))
        .expect("written");
    let value: serde_json::Value = serde_json::from_str(&text).expect("json");
    let skill = value["result"]["brier_skill_vs_best"]["value"].as_f64().expect("a skill");
    assert!(skill > 0.0, "{text}");
}

/// Twelve quiet places, each hit once and for the first time in the held-out weeks: without a list of all places they would be
/// places because of these events, and every forecast of them would be judged by what made it a place.
#[test]
fn a_place_first_heard_of_in_the_held_out_weeks_is_not_judged_in_them() {
    let known = history(120);
    let known_places: BTreeSet<&str> = known.iter().map(|event| event.unit.as_str()).collect();
    let late = (0..12).map(|place| Event {
        unit: format!("late{place:02}"),
        parent: None,
        day: 800 + place,
        received: 800 + place,
        gone: None,
        severity: None,
    });
    let folder = tempfile::tempdir().expect("a folder");
    let evaluation = |name: &str, events: Vec<Event>, units: Vec<String>| -> serde_json::Value {
        let folder = folder.path().join(name);
        let options =
            TrainOptions { units, parents: BTreeMap::new(), ..options(folder.clone(), events, 120) };
        train(&options).expect("trained");
        let text = std::fs::read_to_string(folder.join("disaster-7d-2026-01-01/evaluation.json"));
        serde_json::from_str(&text.expect("written")).expect("json")
    };
    let with_late: Vec<Event> = known.iter().cloned().chain(late.clone()).collect();
    let (plain, more) = (evaluation("a", known.clone(), vec![]), evaluation("b", with_late.clone(), vec![]));
    assert_eq!((&more["result"], &more["weights"]), (&plain["result"], &plain["weights"]));
    assert_eq!(more["units_judged"], plain["units_judged"]);
    let later = |value: &serde_json::Value| value["units_not_known_yet"].as_u64().expect("a number");
    assert_eq!(later(&more), later(&plain) + 12);
    // A list of all places names them before anything happened there, and they are judged.
    let units = known_places.iter().map(|unit| (*unit).to_owned()).chain(late.map(|event| event.unit));
    let listed = evaluation("c", with_late, units.collect());
    assert_eq!(
        (&listed["units_judged"], &listed["units_not_known_yet"]),
        (&json!(known_places.len() + 12), &json!(0))
    );
    assert_ne!(listed["result"], plain["result"]);
}

/// The line that is written is the mix that was judged: its weights stand in the evaluation and on the card.
#[test]
fn the_mix_is_written_down() {
    let folder = tempfile::tempdir().expect("a folder");
    train(&options(folder.path().into(), history(160), 160)).expect("trained");
    let text = |name: &str| {
        std::fs::read_to_string(folder.path().join("disaster-7d-2026-01-01").join(name)).expect("written")
    };
    let value: serde_json::Value = serde_json::from_str(&text("evaluation.json")).expect("json");
    let weights = value["weights"].as_object().expect("weights");
    let names: Vec<&str> = weights.keys().map(String::as_str).collect();
    assert_eq!(names, ["analyst", "base_rate", "climatology", "decayed", "model", "persistence"]);
    let sum: f64 = weights.values().filter_map(serde_json::Value::as_f64).sum();
    assert!((sum - 1.0).abs() < 1e-9 && weights["model"].as_f64() > Some(0.3), "{weights:?}");
    assert!(text("card.md").contains("% the regression on all features"), "{}", text("card.md"));
}

/// The bar is rehearsed on what came before, spends its share at most, and stands on the card with what it found.
#[test]
fn the_bar_is_written_down_with_what_it_would_have_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let artefacts = train(&options(folder.path().into(), history(160), 160)).expect("trained");
    let bars = artefacts[0].alert_bars.as_ref().expect("a bar");
    let rehearsed = &bars.rehearsed;
    assert!((bars.budget - 0.25 / 3.0).abs() < 1e-5 && rehearsed.false_a_quarter <= bars.budget, "{bars:?}");
    assert!(rehearsed.hit > 50 && rehearsed.detection > 0.02, "{bars:?}");
    let read = |name: &str| {
        std::fs::read_to_string(folder.path().join("disaster-7d-2026-01-01").join(name)).expect("written")
    };
    let value: serde_json::Value = serde_json::from_str(&read("evaluation.json")).expect("json");
    let chosen = &value["alerts"]["chosen"];
    let [own, analyst] =
        ["model", "analyst"].map(|name| chosen[name]["detection"].as_f64().expect("a share"));
    assert!(own >= 0.9 * analyst && own > 0.0, "{chosen}");
    assert_eq!(chosen["model"]["alarms"], chosen["analyst"]["alarms"]);
    let card = read("card.md");
    assert!(
        card.contains("## When it warns") && card.contains(&format!("of {} hit cells", rehearsed.hit)),
        "{card}"
    );
    // Twice the budget is a lower bar; on a kecamatan it lies lower than where the model was fitted.
    let more = TrainOptions { false_alarms_ppm: 500_000, ..options(folder.path().into(), history(160), 160) };
    let more = train(&more).expect("trained");
    assert!(more[0].alert_bars.as_ref().expect("a bar").rehearsed.detected >= rehearsed.detected);
    let scorer = ModelScorer::new(crate::artefact::Models { artefacts: artefacts.clone() });
    let bar =
        |code| scorer.line_for(Code(code), Kind::Disaster, Horizon::Week).calibration.bar.expect("a bar");
    assert_eq!(bar(161300).raise_ppm, bars.raise_ppm);
    let lower = bar(161304).raise_ppm < bars.raise_ppm;
    assert_eq!(lower, bar(161304).of == BarMeasure::Risk);
    // A baseline that speaks in the model's place has not rehearsed it.
    let mut silent = artefacts;
    silent.iter_mut().for_each(|artefact| artefact.served = Served::Baseline);
    let scorer = ModelScorer::new(crate::artefact::Models { artefacts: silent });
    assert_eq!(scorer.line_for(Code(161300), Kind::Disaster, Horizon::Week).calibration.bar, None);
}

#[test]
fn too_little_is_refused_with_a_number() {
    let folder = tempfile::tempdir().expect("a folder");
    let few = train(&options(folder.path().into(), history(10), 10)).unwrap_err();
    assert!(few.to_string().contains("too few"), "{few}");
    let none = train(&options(folder.path().into(), Vec::new(), 120)).unwrap_err();
    assert!(none.to_string().contains("0 positives"), "{none}");
}

/// What happens is known two months later, so the last nine weeks tell of a peace that there was not.
#[test]
fn the_youngest_weeks_of_a_late_list_are_neither_learnt_from_nor_judged() {
    let folder = tempfile::tempdir().expect("a folder");
    let late: Vec<Event> = history(160).into_iter().map(|e| Event { received: e.day + 63, ..e }).collect();
    let known: Vec<Event> = late.iter().filter(|event| event.received < 160 * 7).cloned().collect();
    let artefacts = train(&options(folder.path().into(), late.clone(), 160)).expect("trained");
    let made =
        vectors(&late, &options(folder.path().into(), Vec::new(), 160).units, TrainingUnit::Regency, 0, 1119);
    for (artefact, horizon) in artefacts.iter().zip(Horizon::ALL) {
        let days = horizon.days() as Day;
        let last =
            made.origins.iter().filter(|origin| **origin + days <= 160 * 7 - 63).max().expect("a week");
        assert_eq!(artefact.fitted_on.to, date(last + days - 1).to_string());
        let name = format!("disaster-{horizon}-2026-01-01/evaluation.json");
        let text = std::fs::read_to_string(folder.path().join(name)).expect("written");
        let value: serde_json::Value = serde_json::from_str(&text).expect("json");
        assert_eq!(value["test_to"], date(*last).to_string());
    }
    // What is known later changes nothing of the line.
    let again = train(&options(folder.path().into(), known, 160)).expect("trained");
    assert_eq!(again, artefacts);
}
