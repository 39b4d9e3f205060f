//! Hindcasts of archives made up here, of a regency's own places and with the models that ship.

use super::*;
use crate::fixture;
use domain::kind::FeedClass;
use domain::time::{DAY, HOUR};
use formats::archive::{Archive, Crosswalk, Format, Guide};

/// Monday 1 January 2024.
const BEGIN: i64 = 19_723;

/// An incident on a day counted from the beginning, reported so many days later.
struct Listed {
    day: i64,
    late: i64,
    district: &'static str,
    severity: u8,
}

fn listed(day: i64, late: i64) -> Listed {
    Listed { day, late, district: "16.13.04", severity: 3 }
}

/// Every thirteenth Sunday a grave incident, which opens an alert by rule that stands on Monday; after every second of them
/// something serious on Wednesday. Elsewhere one at the end.
fn sundays() -> Vec<Listed> {
    let grave = |week: i64| Listed { district: "16.13.01", severity: 4, ..listed(6 + 91 * week, 0) };
    let after = |week: i64| Listed { district: "16.13.01", ..listed(9 + 91 * week, 0) };
    let both = |week: i64| [Some(grave(week)), (week % 2 == 1).then(|| after(week))];
    (0..8).flat_map(both).flatten().chain([listed(730, 0)]).collect()
}

/// Models that no risk is enough for. Of 16.13.01 seven Mondays began under an alert, four of these weeks were hit; six more were hit on their Sunday. Its own
/// regency is hit as often, and has one look for its seven.
#[test]
fn the_alerts_that_stood_before_are_counted_and_what_rules_alone_cost() {
    let mut models = fixture::models();
    for bars in models.artefacts.iter_mut().filter_map(|model| model.alert_bars.as_mut()) {
        (bars.raise_ppm, bars.clear_ppm) = (1_000_000, 1_000_000);
    }
    let scorer = ModelScorer::new(models);
    let made = hindcast_by(&scorer, &sundays(), &["16.13"]).expect("a hindcast");
    let figures = HindcastFigures::of(&made, &scorer);
    let of = |level: &str| figures.alerts.iter().find(|own| own.level == level).cloned().expect("alerts");
    for (level, looks) in [("district", 7 * 89), ("regency", 89)] {
        let own = of(level);
        assert_eq!((own.looks, own.hit, own.alarms, own.detected), (looks, 10, 7, 4), "{own:?}");
        assert_eq!((own.false_alarms, own.false_by_rules, own.stale), (3, 3, 0), "{own:?}");
        // So many of as many Mondays, 13.04 of which are a quarter.
        let rate = 3.0 / looks as f64 * 365.25 / 28.0;
        assert!((own.false_by_rules_a_quarter - rate).abs() < 1e-4, "{own:?}");
    }
    let text = figures.summary(&fixture::places(&["16.13"]));
    assert!(text.contains("district: 4 of 10 weeks with something serious, 0.40 (0.17 to 0.69)"), "{text}");
    assert!(figures.line(false).contains("\"false_by_rules\":3"), "{}", figures.line(false));
}

fn line(number: usize, of: &Listed) -> String {
    let at = |day: i64, hours: i64| {
        let micros = (BEGIN + day) * DAY + hours * HOUR;
        jiff::Timestamp::from_microsecond(micros).expect("a time").to_string()
    };
    serde_json::json!({
        "report_id": format!("01KDTNM8M0Y02FSFQYZ{number:07}"), "feed": "agency", "district": of.district,
        "kind": "resident_company", "category": "WP-05", "severity": of.severity,
        "occurred_at": at(of.day, 3), "reported_at": at(of.day + of.late, 9),
    })
    .to_string()
}

fn policy() -> LedgerPolicy {
    LedgerPolicy { min_severity: 3, grace_days: 7, unverified_counts: false, low_ppm: 0, sample: 0, seed: 1 }
}

/// The hindcast of a list, in the order of its lines.
fn hindcast(list: &[Listed]) -> Result<Hindcast, HindcastError> {
    hindcast_of(list, &["16.13"])
}

fn hindcast_of(list: &[Listed], regencies: &[&str]) -> Result<Hindcast, HindcastError> {
    hindcast_by(&ModelScorer::new(fixture::models()), list, regencies)
}

fn hindcast_by(scorer: &ModelScorer, list: &[Listed], regencies: &[&str]) -> Result<Hindcast, HindcastError> {
    let (places, taxonomy) = (fixture::places(regencies), Arc::new(fixture::taxonomy()));
    let policy_file = fixture::policy();
    let end = Time((BEGIN + 3_000) * DAY);
    let mut replay = Replay::new(places.clone(), taxonomy.clone(), &policy_file, scorer, end);
    let listener = HindcastListener::new(places.clone(), policy_file.clone(), Box::new(|_| {}));
    listener.listen(&mut replay);
    let text: String = list.iter().enumerate().map(|(at, of)| line(at, of) + "\n").collect();
    let crosswalk = Crosswalk::default();
    let guide = Guide {
        places: &places,
        crosswalk: &crosswalk,
        class: FeedClass::Agency,
        dates: None,
        taxonomy: &taxonomy,
        regency: None,
    };
    let source = Box::new(std::io::Cursor::new(text.into_bytes()));
    let archive = Archive::open("a list".into(), source, Format::Ndjson, guide).expect("an archive");
    replay.archives(&mut [("a list".into(), archive)]).expect("read");
    let finished = replay.finish(None);
    assert_eq!(finished.refusals.total(), 0, "{}", finished.refusals.words());
    listener.finish((&places, scorer, &policy()), end)
}

/// An incident every second week for two years.
fn two_years() -> Vec<Listed> {
    (0..53).map(|at| listed(at * 14, 0)).collect()
}

fn of(hindcast: &Hindcast, code: u32, horizon: Horizon) -> Vec<&HindcastRow> {
    hindcast.rows.iter().filter(|row| row.code == Code(code) && row.horizon == horizon).collect()
}

#[test]
fn every_monday_after_the_first_quarter_has_its_forecast_and_what_came_of_it() {
    let made = hindcast_of(&two_years(), &["16.13", "63.72"]).expect("a hindcast");
    assert_eq!((made.weeks, &made.kinds[..]), (104, &[Kind::ResidentCompany][..]), "one kind alone");
    let weeks = of(&made, 161_304, Horizon::Week);
    let days: Vec<i64> = weeks.iter().map(|row| row.day - BEGIN).collect();
    assert_eq!((days[0], *days.last().unwrap()), (91, 714), "as long as the outcome was known in the end");
    assert!(days.windows(2).all(|pair| pair[1] - pair[0] == 7));
    assert!(weeks.iter().all(|row| row.happened == ((row.day - BEGIN) % 14 == 0)), "{weeks:?}");
    assert!(of(&made, 161_304, Horizon::Month).iter().all(|row| row.happened));
    assert!(of(&made, 161_301, Horizon::Week).iter().all(|row| !row.happened), "a quiet one is forecast too");
    assert!(of(&made, 161_300, Horizon::Week).iter().any(|row| row.happened), "and the regency itself");
    assert!(
        made.rows.iter().all(|row| row.regency == Code(161_300)),
        "an archive speaks for its own regencies"
    );
    let (first, last) = (weeks[0], weeks[weeks.len() - 1]);
    assert!(
        first.risk_ppm > 0 && last.risk_ppm > 0 && last.model.starts_with("resident_company-7d-"),
        "{last:?}"
    );
}

/// Reported forty days late, and long after its forecasts fell due: the forecasts were wrong as far as anybody knew.
#[test]
fn what_was_not_known_in_time_neither_moves_a_forecast_nor_its_outcome() {
    let with = |late: i64| {
        let mut list = two_years();
        list.push(Listed { district: "16.13.01", ..listed(400, late) });
        list.sort_by_key(|of| of.day + of.late);
        hindcast(&list).expect("a hindcast")
    };
    let (prompt, late) = (with(0), with(40));
    let hits = |made: &Hindcast| of(made, 161_301, Horizon::Week).iter().filter(|row| row.happened).count();
    assert_eq!((hits(&prompt), hits(&late)), (1, 0));
    let risk = |made: &Hindcast, day: i64| {
        of(made, 161_301, Horizon::Week).iter().find(|row| row.day - BEGIN == day).map(|row| row.risk_ppm)
    };
    assert!(
        risk(&prompt, 406) > risk(&late, 406),
        "it raised what came after it, and could not before it was known"
    );
    assert_eq!(risk(&prompt, 399), risk(&late, 399));
}

/// A regency whose reports all come after three weeks had no peace for that.
#[test]
fn an_archive_that_is_reported_late_tells_of_as_many_incidents() {
    let late: Vec<Listed> = two_years().into_iter().map(|of| Listed { late: 20, ..of }).collect();
    let made = hindcast(&late).expect("a hindcast");
    let hits = |made: &Hindcast| of(made, 161_304, Horizon::Week).iter().filter(|row| row.happened).count();
    let prompt = hindcast(&two_years()).expect("a hindcast");
    assert!(hits(&made) * 10 >= hits(&prompt) * 8, "{} of {}", hits(&made), hits(&prompt));
    assert_eq!((made.late, prompt.late), (Some(20), None));
    let text = HindcastFigures::of(&made, &ModelScorer::new(fixture::models()))
        .summary(&fixture::places(&["16.13"]));
    assert!(text.contains("judged 20 days after its end"), "{text}");
}

/// A desk's table has its newest row on top.
#[test]
fn the_rows_of_an_archive_may_stand_in_any_order() {
    let mut backwards = two_years();
    backwards.reverse();
    let (one, other) =
        (hindcast(&two_years()).expect("a hindcast"), hindcast(&backwards).expect("a hindcast"));
    assert_eq!(one.rows, other.rows);
}

/// Years that nobody typed in would pass for years of peace.
#[test]
fn the_longest_time_without_a_report_is_named() {
    let mut list: Vec<Listed> = (0..5).map(|at| listed(-2_000 + at, 0)).collect();
    list.extend(two_years());
    let made = hindcast(&list).expect("a hindcast");
    assert_eq!(made.longest_gap.map(|(from, to)| (from - BEGIN, to - BEGIN)), Some((-1_996, 0)));
    let figures = HindcastFigures::of(&made, &ModelScorer::new(fixture::models()));
    let text = figures.summary(&fixture::places(&["16.13"]));
    assert!(text.contains("285 weeks") && text.contains("2018-07-15 to 2024-01-01"), "{text}");
    assert_eq!(hindcast(&two_years()).expect("a hindcast").longest_gap, None, "a fortnight is no gap");
}

/// A mistyped year is no peace before all others: the record counts when the others begin.
#[test]
fn one_date_far_before_all_others_makes_no_years_of_peace() {
    let mut list = two_years();
    list.push(listed(-2_000, 0));
    let (made, without) = (hindcast(&list).expect("a hindcast"), hindcast(&two_years()).expect("a hindcast"));
    assert_eq!((made.longest_gap, made.weeks), (None, without.weeks));
}

#[test]
fn what_says_too_little_is_refused_with_what_it_lacks() {
    let short: Vec<Listed> = two_years().into_iter().take(10).collect();
    assert_eq!(hindcast(&short).unwrap_err(), HindcastError::TooShort { weeks: 18, needed: 41 });
    let slight: Vec<Listed> = two_years().into_iter().map(|of| Listed { severity: 2, ..of }).collect();
    assert_eq!(hindcast(&slight).unwrap_err(), HindcastError::NothingSerious { min_severity: 3 });
    assert_eq!(hindcast(&[]).unwrap_err(), HindcastError::Nothing);
    let words = HindcastError::TooShort { weeks: 18, needed: 41 }.to_string();
    assert!(words.contains("18 weeks") && words.contains("41 are needed"), "{words}");
}

#[test]
fn the_figures_say_what_was_expected_and_what_happened() {
    let made = hindcast(&two_years()).expect("a hindcast");
    let scorer = ModelScorer::new(fixture::models());
    let figures = HindcastFigures::of(&made, &scorer);
    let week = |part: &&HindcastPart| (part.horizon.as_str(), part.level) == ("7d", "district");
    let part = figures.parts.iter().find(week).expect("a part");
    let rows = made.rows.iter().filter(|row| row.horizon == Horizon::Week && !row.code.is_regency());
    assert_eq!((part.forecasts, part.happened), (rows.count(), 45));
    assert!(part.expected > 0.0 && part.low < part.odds_times && part.odds_times < part.high, "{part:?}");
    assert_eq!(figures.left_out, ["resident_resident", "disaster"]);
    let (line, text) = (figures.line(false), figures.summary(&fixture::places(&["16.13"])));
    assert!(line.contains("\"kept\":false") && !line.contains('\n'), "{line}");
    assert!(text.contains("Musi Rawas Utara") && text.contains("nothing is said of it"), "{text}");
}
