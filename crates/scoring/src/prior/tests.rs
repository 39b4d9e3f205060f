//! The prior on a small made-up world of twelve countries, and on the public list where it lies.

use super::countries::Countries;
use super::deadly_events::{DeadlyEvent, EventsByCountry, read_deadly_events};
use super::grid_list::{GridList, GridSize};
use super::*;
use crate::artefact::Models;
use crate::logistic::sigmoid;
use crate::panel::Window;
use crate::period::{Day, typed_day};
use crate::rng::Rng;
use crate::scorer::ModelScorer;
use domain::feature::{self, Counts, HALF_LIVES};
use domain::kind::{Horizon, Kind};
use domain::place::Code;
use domain::scorer::Scorer;
use std::path::Path;

fn day(text: &str) -> Day {
    typed_day(text).expect("a day")
}

/// Events of a country whose restless cells excite themselves and, less, the cell to the right; how restless differs.
fn country(seed: u64, rate: f64) -> Vec<DeadlyEvent> {
    const SIDE: usize = 6;
    let mut rng = Rng::new(seed);
    let (mut heat, mut events) = (vec![0.0; SIDE * SIDE], Vec::new());
    let restless: Vec<f64> = (0..SIDE * SIDE).map(|_| rate * rng.exponential()).collect();
    for day in day("2011-01-01")..=day("2020-12-31") {
        let before = heat.clone();
        for cell in 0..SIDE * SIDE {
            let left = if cell % SIDE == 0 { 0.0 } else { before[cell - 1] };
            heat[cell] *= 0.95;
            if rng.unit() < restless[cell] + 0.02 * before[cell] + 0.004 * left {
                heat[cell] += 1.0;
                let middle = |index: usize| 0.25 + 0.5 * index as f64;
                events.push(DeadlyEvent {
                    day,
                    latitude: middle(cell / SIDE),
                    longitude: middle(cell % SIDE),
                });
            }
        }
    }
    events
}

/// Twelve countries of one law, from quiet to restless.
fn world() -> EventsByCountry {
    let of =
        |at: u32| (format!("country {at:02}"), country(u64::from(at) + 1, 0.001 * f64::from(1 + at % 4)));
    (0..12).map(of).collect()
}

fn options(events: EventsByCountry, folder: &Path) -> PriorOptions {
    let believed = |a_week: f64| Believed { a_week, why: "made up".into() };
    let of = |kind| PriorUse {
        kind,
        about: About { source: "made up".into(), licence: "none".into(), ..About::default() },
        regency_rate: believed(0.04),
        district_rate: believed(0.01),
    };
    PriorOptions {
        events,
        kinds: [Kind::ResidentCompany, Kind::ResidentResident].map(of).to_vec(),
        folder: folder.into(),
        date: "2026-01-01".into(),
        false_alarms_ppm: 250_000,
    }
}

#[test]
fn cells_know_what_encloses_and_what_touches_them() {
    let at = |latitude, longitude, text| DeadlyEvent { day: day(text), latitude, longitude };
    let events = [
        at(0.25, 0.25, "2011-02-01"),
        at(-0.25, 0.25, "2011-03-01"),
        at(2.25, 0.25, "2011-03-01"),
        at(0.75, 0.25, "2018-02-01"),
        at(9.0, 9.0, "2018-02-01"),
    ];
    let window = Window {
        period: Period::Month,
        from: day("2011-01-01"),
        to: day("2020-12-31"),
        test_from: day("2018-01-01"),
    };
    let list = GridList::new("a", &events, GridSize::FITTED, window).expect("a list");
    assert_eq!(
        list.panel.units.len(),
        21,
        "two cells below each other and the ten around them; one, and eight"
    );
    assert_eq!(list.hits(), (3, 1), "far from what was known nothing is listed");
    let base = 3.5 / (21.0 * 84.0 + 1.0);
    assert!((list.base_rate() - base).abs() < 1e-12);
    let look = |unit: &str, name: &str| {
        let place = list.panel.units.iter().position(|own| own == unit).expect("a cell");
        let slot = domain::feature::NAMES.iter().position(|own| *own == name).expect("a feature");
        list.vectors.vectors[2 * list.vectors.units + place][slot]
    };
    // The first of March 2018: the event of 1 February lies 27.5 days back.
    let fortnight = libm::exp2(-27.5 / 14.0);
    assert!((look("1/0", "count_14d") - libm::log1p(fortnight)).abs() < 1e-9);
    assert!((look("0/0", "neighbours_14d") - libm::log1p(fortnight / 8.0)).abs() < 1e-3, "one of eight");
    assert!((look("0/1", "regency_14d") - look("1/0", "regency_14d")).abs() < 1e-12, "one enclosing cell");
    for elsewhere in ["0/-1", "-1/0", "4/0"] {
        assert!(look(elsewhere, "regency_14d") < 1e-6, "{elsewhere} lies in another");
    }
}

/// One law everywhere: a line learnt elsewhere does as well as what is tuned there.
#[test]
fn a_line_of_one_law_holds_in_the_country_it_never_saw() {
    let countries = Countries::new(&world(), Period::Week);
    assert_eq!((countries.fitted(), countries.judged.len()), (12, 12));
    let lines = countries.lines_without().expect("fitted");
    let tests = countries.judge(&lines).expect("judged");
    let ratios: Vec<f64> = tests.iter().map(|test| test.figures.brier_ratio).collect();
    assert!(ratios.iter().filter(|ratio| **ratio <= 1.01).count() >= 10, "{ratios:?}");
    assert!(ratios.iter().all(|ratio| *ratio < 1.02), "{ratios:?}");
    assert!(ratios.iter().sum::<f64>() < 12.0, "better on the whole: {ratios:?}");
    for test in &tests {
        let figures = &test.figures;
        assert!((0.8..1.25).contains(&figures.observed_to_expected), "{figures:?}");
        assert!(figures.calibration_slope.is_some_and(|slope| (0.7..1.4).contains(&slope)), "{figures:?}");
    }
}

/// No line knows the country that it is judged on, and none outweighs the others.
#[test]
fn the_left_out_country_moves_nothing_and_none_dominates() {
    let mut events = world();
    let quiet = Countries::new(&events, Period::Month);
    let line = fit_pooled(&quiet.rows_without(Some("country 03")), None, "a line").expect("fitted");
    events.insert("country 03".into(), country(99, 0.02));
    let wild = Countries::new(&events, Period::Month);
    assert_eq!(fit_pooled(&wild.rows_without(Some("country 03")), None, "a line").expect("fitted"), line);
    let positives = |countries: &Countries| {
        countries.rows_without(None).positives() - countries.rows_without(Some("country 03")).positives()
    };
    assert!(positives(&wild) < 2 * 400, "{} positives", positives(&wild));
    assert!(positives(&wild) > positives(&quiet));
}

#[test]
fn the_models_declare_their_transfer_and_warn_by_a_rehearsed_bar() {
    let folder = tempfile::tempdir().expect("a folder");
    let fitted = fit_prior(&options(world(), folder.path())).expect("fitted");
    let text = |name: &str| std::fs::read_to_string(folder.path().join(name)).expect("written");
    let card = text("resident_company-7d-2026-01-01/card.md");
    assert!(card.contains("## How far the transfer was off") && card.contains("| country 07, 2011–2020 |"));
    let file = text("resident_resident-30d-2026-01-01/model.json");
    let model = Artefact::parse(Path::new("x"), &file).expect("reads");
    assert!(model.prior && model.alert_bars.is_some(), "{file}");
    let line = &fitted[1].line;
    let rate = model.used_on.district.base_rate;
    let correction = fitted[1].sizes[0].correction;
    assert!((model.used_on.district.shift - line.shift(rate) - correction).abs() < 1e-8);
    let of = |name: &str| model.coefficients.iter().find(|own| own.feature == name).expect("a feature").value;
    assert_eq!([of("season_sin"), of("severity_14d"), of("count_30d")], [0.0; 3], "what it cannot teach");
    assert!(of("climatology") > 0.0 && of("count_3d") + of("count_14d") + of("count_90d") > 0.0);
    let evaluation: Value =
        serde_json::from_str(&text("resident_company-7d-2026-01-01/evaluation.json")).expect("json");
    assert_eq!(evaluation["left_out"].as_array().map(Vec::len), Some(12));
    assert!(artefact::earns_its_place(&evaluation));
    assert!(
        Models::load(folder.path()).unwrap_err().to_string().contains("disaster"),
        "the others are missing only"
    );
}

/// The public list, where it lies: some of the countries in which incidents are about as rare as where the line is used.
#[test]
fn on_the_public_list_the_line_holds_in_most_countries_it_never_saw() {
    let shared = std::env::var("KENTONGAN_SHARED").unwrap_or_else(|_| "../../../shared".to_owned());
    let list = Path::new(&shared).join("data/ucdp_ged_global/ged.csv.gz");
    if !list.exists() {
        return println!("skipped: no list at '{}'; set KENTONGAN_SHARED", list.display());
    }
    let mut countries = Countries::new(&read_deadly_events(&list).expect("a list"), Period::Month);
    assert!(countries.fitted() >= 40 && countries.judged.len() >= 40);
    let some = ["DR Congo (Zaire)", "India", "Kenya", "Sudan", "Turkey"];
    countries.judged.retain(|(_, list)| some.contains(&list.country.as_str()) && list.base_rate() <= 0.025);
    let tests = countries.judge(&countries.lines_without().expect("fitted")).expect("judged");
    let figures: Vec<&LeftOutCountry> = tests.iter().map(|test| &test.figures).collect();
    assert!(figures.len() >= 9, "{} tests", figures.len());
    for own in &figures {
        assert!(own.brier_ratio <= 1.01, "{own:?}");
        assert!(own.calibration_slope.is_some_and(|slope| (0.8..=1.35).contains(&slope)), "{own:?}");
        assert!((0.7..=1.5).contains(&own.observed_to_expected), "{own:?}");
    }
    assert!(figures.iter().filter(|own| own.brier_ratio < 1.0).count() * 2 > figures.len(), "{figures:?}");
    let onset = figures.iter().filter_map(|own| own.auroc_onset).sum::<f64>() / figures.len() as f64;
    assert!(onset >= 0.78, "{onset}");
}

#[test]
fn a_row_that_names_no_day_or_place_is_refused_with_its_number() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("list.csv");
    let read = |rows: &str| {
        let head = "id,year,month,day,country,latitude,longitude\n";
        std::fs::write(&path, format!("{head}{rows}")).expect("written");
        read_deadly_events(&path)
    };
    let good = read("1,2011,2,3,A,-2.5,103.1\n").expect("a list");
    assert_eq!(good["A"], [DeadlyEvent { day: day("2011-02-03"), latitude: -2.5, longitude: 103.1 }]);
    for wrong in ["1,2011,2,30,A,1,1\n", "1,2011,2,3,A,91,1\n", "1,2011,2,3,A,1,x\n"] {
        let error = read(&format!("1,2011,2,3,A,1,1\n{wrong}")).unwrap_err().to_string();
        assert!(error.contains("row 2"), "{error}");
    }
}

/// How young a record is moves no bar. Of what ships one incident of yesterday warns of a regency only while more is assumed of it
/// than known (the eight weeks of climatology), and three do of a kecamatan that is a quarter old.
#[test]
fn on_a_young_record_the_bars_that_ship_are_neither_too_low_nor_too_high() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
    let scorer = ModelScorer::new(Models::load(&folder).expect("the models load"));
    let warns = |kind: Kind, code: Code, weeks: f64, incidents: f64| {
        let line = scorer.line_for(code, kind, Horizon::Week);
        let decayed = HALF_LIVES.map(|half_life| incidents * libm::exp2(-24.0 / half_life));
        let counts = Counts {
            decayed,
            neighbours: (!code.is_regency()).then_some(0.0),
            regency: decayed[1],
            total: incidents,
            weeks,
            days_since: 1.0,
            completeness: 1.0,
            ..Counts::default()
        };
        let bar = line.calibration.bar.expect("a bar").risks(line.calibration.base_ppm)[0];
        sigmoid(line.logit(&feature::vector(&counts, [0.0; 2]))) * 1e6 >= f64::from(bar)
    };
    for kind in [Kind::ResidentResident, Kind::ResidentCompany] {
        let lone = (1..300).filter(|weeks| warns(kind, Code(161_300), f64::from(*weeks), 1.0)).count();
        assert!(lone <= 8, "{kind:?}: one incident warns of a regency whose record is {lone} weeks old");
        assert!(
            warns(kind, Code(161_304), 13.0, 3.0),
            "{kind:?}: three incidents do not warn of a kecamatan"
        );
    }
}
