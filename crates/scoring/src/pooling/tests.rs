//! Pooling in worlds with a known truth, and on the public lists where they are at hand.

use super::trial::{EXPECTS, TrialFigures, TrialList, TrialRegency, figures, new_regencies};
use super::*;
use crate::events::{Event, EventSource, read};
use crate::period::typed_day;
use crate::rng::Rng;
use domain::feature::COUNT;

const PRIOR: PoolingPrior =
    PoolingPrior { transfer: 0.8, province: 0.25, regency: 0.4, period: 0.3, district: 0.4, dispersion: 1.0 };

/// A world drawn from the prior: what each of some districts strays by in the time to come, and the record of the time
/// before. `shared` moves all logits of a week together, which nobody knows.
struct World {
    truth: BTreeMap<Code, f64>,
    record: Vec<PlainForecast>,
}

fn world(rng: &mut Rng, prior: PoolingPrior, (weeks, level, shared): (usize, f64, f64)) -> World {
    let mut world = World { truth: BTreeMap::new(), record: Vec::new() };
    let line = prior.transfer * rng.normal();
    let province = line + prior.province * rng.normal();
    for regency in 1..=3 {
        let lasting = province + prior.regency * rng.normal();
        let [then, ahead] = [0, 1].map(|_| lasting + prior.period * rng.normal());
        let weather: Vec<f64> = (0..weeks).map(|_| shared * rng.normal() - shared * shared / 2.0).collect();
        for district in 1..=12 {
            let (own, code) = (prior.district * rng.normal(), Code(160_000 + regency * 100 + district));
            world.truth.insert(code, ahead + own);
            for weather in &weather {
                let logit = level + 0.7 * rng.normal();
                let happened = rng.unit() < sigmoid(logit + then + own + weather);
                world.record.push(PlainForecast { code, logit, happened });
            }
        }
    }
    world
}

/// The share of places whose truth lies in the range, over worlds, and the mean width of the range.
fn coverage(prior: PoolingPrior, of: (usize, f64, f64), believed: PoolingPrior) -> (f64, f64) {
    let mut rng = Rng::new(20_261_129);
    let (mut held, mut all, mut width) = (0, 0, 0.0);
    for _ in 0..60 {
        let world = world(&mut rng, prior, of);
        let pooled = pool(believed, &world.record);
        for (code, truth) in &world.truth {
            let (low, high) = pooled.of(*code).range();
            held += usize::from((low..=high).contains(truth));
            width += high - low;
            all += 1;
        }
    }
    (held as f64 / all as f64, width / all as f64)
}

#[test]
fn the_range_holds_the_truth_nine_times_in_ten_and_narrows_with_data() {
    let mut before = f64::INFINITY;
    for weeks in [0, 13, 104, 520] {
        for level in [-5.0, -2.5] {
            let (held, width) = coverage(PRIOR, (weeks, level, 0.0), PRIOR);
            assert!((0.85..=0.96).contains(&held), "{weeks} weeks at {level}: {held} (width {width})");
            if level < -4.0 {
                assert!(width < before, "{weeks} weeks: {width} after {before}");
                before = width;
            }
        }
    }
}

/// Weeks that all places share make a record say less than its forecasts are many: the dispersion answers for it.
#[test]
fn weeks_that_are_shared_cost_no_coverage() {
    let believed = PoolingPrior { dispersion: 1.5, ..PRIOR };
    let (held, _) = coverage(PRIOR, (104, -3.0, 0.5), believed);
    assert!(held >= 0.85, "{held}");
}

/// A null: the line is right everywhere. What is served is not moved far, and the range holds 0.
#[test]
fn where_the_line_is_right_it_stays_nearly_as_it_is() {
    let null =
        PoolingPrior { transfer: 0.0, province: 0.0, regency: 0.0, period: 0.0, district: 0.0, ..PRIOR };
    let (held, _) = coverage(null, (104, -3.0, 0.0), PRIOR);
    assert!(held > 0.95, "{held}");
    let world = world(&mut Rng::new(5), null, (104, -3.0, 0.0));
    let pooled = pool(PRIOR, &world.record);
    let far = world.truth.keys().map(|code| pooled.of(*code).mean.abs()).sum::<f64>();
    assert!(far / (world.truth.len() as f64) < 0.3, "{far}");
}

fn forecasts(code: u32, weeks: usize, hits: usize) -> Vec<PlainForecast> {
    let risk = logit(0.05);
    let one = |week: usize| PlainForecast { code: Code(code), logit: risk, happened: week < hits };
    (0..weeks).map(one).collect()
}

#[test]
fn an_own_record_outweighs_the_prior_by_its_evidence() {
    let of = |weeks: usize, hits: usize| pool(PRIOR, &forecasts(161_304, weeks, hits)).of(Code(161_304));
    let none = pool(PRIOR, &[]).of(Code(161_304));
    assert_eq!(none.mean, 0.0);
    // Three times as many as expected, of ever longer records: from the prior towards the logarithm of 3.
    let shifts = [20, 100, 500, 5_000].map(|weeks| of(weeks, weeks * 3 / 20));
    assert!(shifts.is_sorted_by(|one, other| one.mean < other.mean), "{shifts:?}");
    assert!(shifts.is_sorted_by(|one, other| one.sd > other.sd), "{shifts:?}");
    assert!(shifts[0].mean > 0.1 && shifts[0].sd < none.sd, "{shifts:?}");
    let odds = logit(0.15) - logit(0.05);
    assert!(shifts[3].mean > 0.75 * odds && shifts[3].mean < odds, "{shifts:?} against {odds}");
}

#[test]
fn nothing_in_a_long_record_lowers_the_range_and_never_to_nothing() {
    let quiet = pool(PRIOR, &forecasts(161_304, 104, 0)).of(Code(161_304));
    let (low, high) = quiet.risk_range(logit(0.05));
    assert!(quiet.mean < -0.5 && low > 0.001 && high < 0.08, "{quiet:?} {low} {high}");
}

#[test]
fn a_neighbour_in_the_regency_tells_more_than_one_in_the_province_and_that_more_than_one_elsewhere() {
    let pooled = pool(PRIOR, &forecasts(161_304, 300, 60));
    let of = |code: u32| pooled.of(Code(code));
    let (own, regency, province, elsewhere) = (of(161_304), of(161_301), of(160_701), of(350_801));
    assert!(own.mean > regency.mean && regency.mean > province.mean && province.mean > elsewhere.mean);
    assert!(elsewhere.mean > 0.0, "the line itself is doubted");
    assert!(own.sd < regency.sd && regency.sd < province.sd && province.sd < elsewhere.sd);
}

#[test]
fn a_shifted_line_is_the_line_with_its_odds_multiplied() {
    let calibration = Calibration { model: 3, calibrated: false, base_ppm: 20_000, bar: None };
    let line = ModelLine { intercept: -2.0, coefficients: [0.1; COUNT], calibration };
    let twice = shifted(line, std::f64::consts::LN_2);
    let x = [1.0; COUNT];
    let odds = |z: f64| sigmoid(z) / (1.0 - sigmoid(z));
    assert!((odds(twice.logit(&x)) / odds(line.logit(&x)) - 2.0).abs() < 1e-9);
    assert_eq!(twice.calibration.base_ppm, 39_216);
    assert_eq!(shifted(line, 0.0), line);
}

/// Provinces of six kabupaten each; the kabupaten of a province report alike, up to six times as diligently as others.
fn diligence(rng: &mut Rng, provinces: usize, weeks: i32) -> Vec<Event> {
    let mut events = Vec::new();
    for province in 0..provinces {
        let diligence = libm::exp(0.6 * rng.normal());
        for unit in 0..6 {
            let rate = 0.08 * diligence * libm::exp(0.3 * rng.normal());
            for week in 0..weeks {
                if rng.unit() < -libm::expm1(-rate) {
                    let day = week * 7 + rng.below(7) as i32;
                    events.push(Event {
                        unit: format!("u{province:02}{unit}"),
                        parent: Some(format!("p{province:02}")),
                        day,
                        received: day,
                        gone: None,
                        severity: None,
                    });
                }
            }
        }
    }
    events
}

#[test]
fn on_a_made_up_list_an_archive_brings_new_regencies_right() {
    let events = diligence(&mut Rng::new(7), 30, 260);
    let list = TrialList {
        events: &events,
        units: &[],
        from: 0,
        fitted_by: 104 * 7,
        archive_from: 104 * 7,
        test_from: 208 * 7,
        to: 260 * 7 - 1,
    };
    let prior = PoolingPrior::of_transfer(WIDE_TRANSFER);
    let found = new_regencies(&list, TrialRegency::ParentByItsOwnSize, prior).expect("lines");
    let figures = figures(&found);
    assert!(figures.regencies >= 20, "{figures:?}");
    assert!(figures.after >= 0.9 && figures.after > figures.before + 0.3, "{figures:?}");
    assert!(figures.within >= 0.85, "{figures:?}");
    assert!(found.iter().all(|one| one.expected < EXPECTS || one.archive.0 > 0));
}

/// The public lists, where they are at hand.
fn public_events(name: &str, columns: [&str; 3], only: Vec<(String, Vec<String>)>) -> Option<Vec<Event>> {
    let shared = std::env::var("KENTONGAN_SHARED").unwrap_or_else(|_| "../../../shared".to_owned());
    let path = std::path::Path::new(&shared).join("data").join(name);
    if !path.exists() {
        println!("skipped: no list at '{}'; set KENTONGAN_SHARED to the folder of the lists", path.display());
        return None;
    }
    let [unit, time, parent] = columns.map(str::to_owned);
    let source = EventSource { path, unit, time, parent: Some(parent), only, ..EventSource::default() };
    Some(read(&source).expect("a list").rows)
}

fn days(words: [&str; 5]) -> [i32; 5] {
    words.map(|word| typed_day(word).expect("a day"))
}

fn tried(events: &[Event], words: [&str; 5], trial_regency: TrialRegency) -> TrialFigures {
    let [from, fitted_by, archive_from, test_from, to] = days(words);
    let list = TrialList { events, units: &[], from, fitted_by, archive_from, test_from, to };
    let prior = PoolingPrior::of_transfer(WIDE_TRANSFER);
    let figures = figures(&new_regencies(&list, trial_regency, prior).expect("lines"));
    println!("{trial_regency:?}: {figures:.2?}");
    figures
}

/// Two years of archive each: what a regency expects after it is right where it was not, and stays so where it was.
#[test]
fn on_the_public_list_of_clashes_an_archive_brings_new_regencies_right() {
    let only = vec![("date_prec".to_owned(), vec!["1".to_owned(), "2".to_owned()])];
    let columns = ["adm_2", "date_start", "adm_1"];
    let Some(events) = public_events("ucdp_ged_indonesia/conflict_data_idn.csv.gz", columns, only) else {
        return;
    };
    for [fitted_by, archive_from, test_from, to] in [
        ["2000-05-22", "2000-05-22", "2002-05-20", "2004-05-23"],
        ["2002-05-20", "2002-05-20", "2004-05-24", "2005-12-25"],
    ] {
        let words = ["1998-01-05", fitted_by, archive_from, test_from, to];
        let units = tried(&events, words, TrialRegency::Unit);
        assert!(units.regencies >= 5 && units.after >= 0.8 && units.within >= 0.85, "{units:?}");
        let smaller = tried(&events, words, TrialRegency::ParentByItsOwnSize);
        assert!(smaller.before < 0.2 && smaller.after >= 0.8 && smaller.all_before > 2.0, "{smaller:?}");
    }
}

/// One year of archive, for the list has two: provinces with their kabupaten as kecamatan, by a line of provinces.
#[test]
fn on_the_public_list_of_floods_an_archive_brings_new_regencies_right() {
    let columns = ["ID Kabupaten", "Tanggal Kejadian", "Provinsi"];
    let Some(events) = public_events("bnpb_floods_2020_2021/BNPB.csv.gz", columns, Vec::new()) else {
        return;
    };
    let words = ["2019-12-30", "2021-01-04", "2020-01-06", "2021-01-04", "2021-12-26"];
    let units = tried(&events, words, TrialRegency::Unit);
    assert!(units.after >= 0.8 && units.after >= units.before, "{units:?}");
    let smaller = tried(&events, words, TrialRegency::ParentByItsOwnSize);
    assert!(smaller.before < 0.1 && (4.0..5.5).contains(&smaller.all_before), "{smaller:?}");
    assert!(smaller.after >= 0.75 && (0.85..1.18).contains(&smaller.all_after), "{smaller:?}");
    assert!(smaller.regencies >= 20 && smaller.within >= 0.85, "{smaller:?}");
}
