//! What a level may rest on: awas on a pair of speakers, nothing on silence, and no green without data.

use super::world::{self, Record, START};
use domain::alert::Act;
use domain::alert::notice::incident_act;
use domain::alert::reopening::reopening;
use domain::effect::{Condition, ConditionChange, ConditionReason, Effect, Incident, Verdict};
use domain::evidence::CellId;
use domain::feature::{COUNT, NAMES};
use domain::kind::{Category, FeedClass, FoundBy, Handling, Horizon, Kind, Level, Parties};
use domain::pipeline::{Input, Pipeline, PipelineOptions};
use domain::place::{Code, Place};
use domain::report::{Body, FeedId, Report, ReportId, ReportName, Statement};
use domain::scorer::{Calibration, ModelLine, Scorer};
use domain::time::{DAY, HOUR, Hour, MINUTE, Time};
use kentongan_tests::bench::workload::Dice;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Applies an input and gives what was emitted.
fn apply(pipeline: &mut Pipeline, record: &Record) -> Vec<Effect> {
    let mut effects = pass_to(pipeline, record.received);
    let input = Input::Report { received: record.received, report: &record.report };
    pipeline.apply(input, &mut effects);
    effects
}

/// Lets the hours pass up to an instant.
fn pass_to(pipeline: &mut Pipeline, at: Time) -> Vec<Effect> {
    let mut effects = Vec::new();
    while let Some(hour) = pipeline.due_tick(at) {
        pipeline.apply(Input::Tick(hour), &mut effects);
    }
    effects
}

fn conditions(effects: &[Effect]) -> impl Iterator<Item = &Condition> {
    effects.iter().filter_map(|effect| match effect {
        Effect::Condition(condition) => Some(&**condition),
        _ => None,
    })
}

/// An incident of the unit, or of a district of it, of which a pair of speakers carries awas.
fn carried(pipeline: &Pipeline, condition: &Condition) -> bool {
    let (view, places) = (pipeline.view(), pipeline.view().places());
    let units = std::iter::once(condition.unit).chain(places.districts(places.regency(condition.unit)));
    let (from, to) = (condition.at.plus(-15 * DAY), condition.at.plus(DAY));
    units
        .flat_map(|unit| view.incidents(CellId::new(unit, condition.kind), from, to))
        .any(|incident| incident.claims.attested.awas >= 4 && incident.verdict != Verdict::Rejected)
}

#[test]
fn awas_rests_on_a_pair_of_speakers_of_whom_one_is_not_involved() {
    let mut seen = 0;
    for seed in world::seeds(150) {
        let mut dice = Dice::new(seed);
        let mut pipeline = world::pipeline();
        for record in world::records(&mut dice, 200, 4) {
            let effects = apply(&mut pipeline, &record);
            for condition in conditions(&effects).filter(|condition| condition.level == Level::Awas) {
                seen += 1;
                let rose = matches!(condition.change, ConditionChange::Raised);
                assert!(!rose || carried(&pipeline, condition), "history {seed}: {condition:?}");
            }
        }
    }
    assert!(seen > 50, "awas was emitted {seen} times; the histories are too quiet to judge");
}

/// Who reports it and whether an alert is open already changes nothing: one rule says what opens an alert and what is notified of
/// within one.
#[test]
fn whatever_opens_an_alert_from_nothing_is_notified_of_within_an_open_one() {
    let (mut seen, mut claims) = (0, 0);
    for seed in world::seeds(150) {
        let mut dice = Dice::new(seed);
        let mut pipeline = world::pipeline();
        let mut incidents: BTreeMap<ReportName, Incident> = BTreeMap::new();
        for record in world::records(&mut dice, 200, 4) {
            let effects = apply(&mut pipeline, &record);
            for effect in &effects {
                match effect {
                    Effect::Incident(incident) => drop(incidents.insert(incident.id, *incident)),
                    Effect::IncidentGone { id, .. } => drop(incidents.remove(id)),
                    _ => {}
                }
            }
            let opened = |condition: &&Condition| {
                let alone = matches!(condition.reasons[..], [ConditionReason::Opening { .. }]);
                alone && condition.change == ConditionChange::Raised
            };
            for condition in conditions(&effects).filter(opened) {
                for incident in condition.evidence.iter().filter_map(|name| incidents.get(name)) {
                    let news = Some(Act::NewIncident { incident: incident.id });
                    assert_eq!(
                        incident_act(None, incident),
                        news,
                        "history {seed}: {condition:?} {incident:?}"
                    );
                    let again = reopening(condition, incident, None, condition.at);
                    let again = again.map(|since| (since.condition.level, since.condition.unverified));
                    // As high and as sure as from nothing.
                    let as_opened = Some((condition.level, condition.unverified));
                    assert_eq!(again, as_opened, "history {seed}: {condition:?} {incident:?}");
                    seen += 1;
                    claims += usize::from(incident.counted_severity < 3);
                }
            }
        }
    }
    assert!(
        seen > 50 && claims > 10,
        "{seen} opened an alert, {claims} of them as a claim: too few to judge"
    );
}

/// Who ended an alert answered what stood then: as high as the place still stands, no single speaker's word is awas after it.
#[test]
fn what_comes_in_after_an_end_is_awas_only_where_a_pair_carries_it() {
    let (mut lower, mut awas) = (0, 0);
    for seed in world::seeds(150) {
        let mut dice = Dice::new(seed);
        let mut pipeline = world::pipeline();
        for record in world::records(&mut dice, 200, 4) {
            for effect in apply(&mut pipeline, &record) {
                let Effect::Incident(incident) = effect else { continue };
                if incident_act(None, &incident) != Some(Act::NewIncident { incident: incident.id }) {
                    continue;
                }
                let place = Condition {
                    unit: pipeline.view().places().find(incident.place.code).expect("its district"),
                    kind: incident.kind,
                    change: ConditionChange::Changed,
                    at: record.received,
                    level: Level::Awas,
                    since: record.received,
                    reasons: Vec::new(),
                    evidence: Vec::new(),
                    unverified: false,
                    completeness_ppm: 1_000_000,
                    policy: String::from("1"),
                };
                let since =
                    reopening(&place, &incident, None, incident.news_at()).expect("it stands").condition;
                let carried = incident.attested.awas >= 4;
                assert!(carried || since.level < Level::Awas, "history {seed}: {incident:?}");
                awas += usize::from(since.level == Level::Awas);
                lower += usize::from(!carried);
            }
        }
    }
    assert!(lower > 500 && awas > 50, "{lower} that no pair carries and {awas} awas: too few to judge");
}

/// A statement of one feed about one district, `hours` after the start.
fn reported(id: u128, class: FeedClass, hours: i64, severity: u8) -> Record {
    let at = START.plus(hours * HOUR);
    let statement = Statement {
        kind: Kind::ResidentCompany,
        category: Category::parse("WP-05").expect("a code of the taxonomy"),
        severity,
        occurred_at: at,
        stage: None,
        reliability: 0,
        credibility: 0,
        handling: Handling::Open,
        parties: Parties::default(),
        found_by: FoundBy::Report,
        dead: 0,
        injured: 0,
        displaced: 0,
        supersedes: None,
        continues: false,
        ends: false,
        about: None,
        confidence: None,
        wording: None,
    };
    let report = Report {
        id: ReportId(id),
        hash: world::whole_hash(id),
        feed: FeedId(class as u32),
        class,
        author: None,
        place: Place { code: Code(161_301), village: 0 },
        reported_at: at,
        reconstructed: false,
        doubtful: None,
        body: Body::Statement(statement),
    };
    Record { received: at.plus(MINUTE), report }
}

/// What was emitted of the district while hour after hour passed.
fn pass(pipeline: &mut Pipeline, hours: i64) -> Vec<(ConditionChange, Level)> {
    let mut emitted = Vec::new();
    for _ in 0..hours {
        let next = Hour(pipeline.view().last_tick().expect("a tick was").0 + 1);
        let mut effects = Vec::new();
        pipeline.apply(Input::Tick(next), &mut effects);
        let own = conditions(&effects)
            .filter(|condition| pipeline.view().places().code(condition.unit) == Code(161_301));
        emitted.extend(own.map(|condition| (condition.change, condition.level)));
    }
    emitted
}

#[test]
fn silence_clears_nothing_and_turns_stale() {
    let mut pipeline = world::pipeline();
    for (id, hours) in [(1, 0), (2, 14)] {
        apply(&mut pipeline, &reported(id, FeedClass::Police, hours, 3));
    }
    let emitted = pass(&mut pipeline, 24 * 30);
    assert!(emitted.iter().any(|(change, _)| *change == ConditionChange::Stale), "{emitted:?}");
    assert!(
        emitted
            .iter()
            .all(|(change, _)| !matches!(change, ConditionChange::Cleared | ConditionChange::Withdrawn)),
        "{emitted:?}"
    );
    assert!(
        emitted.last().is_some_and(|(_, level)| *level >= Level::Siaga),
        "the level is kept: {emitted:?}"
    );
}

/// The newer the last grave incident, the higher: what speaks where no model was shown to be better.
struct Persistence;

impl Scorer for Persistence {
    fn line_for(&self, _: Code, _: Kind, _: Horizon) -> ModelLine {
        let mut coefficients = [0.0; COUNT];
        coefficients[NAMES.iter().position(|name| *name == "days_since").expect("a feature")] = -1.5;
        ModelLine {
            intercept: 1.0,
            coefficients,
            calibration: Calibration { model: 0, calibrated: false, base_ppm: 1_000, bar: None },
        }
    }
}

#[test]
fn a_place_with_nothing_grave_on_record_does_not_stand_out() {
    let policy = world::policy_without_rules();
    let mut pipeline =
        Pipeline::new(Arc::new(world::places()), Arc::new(policy), &Persistence, PipelineOptions::default());
    for day in 0..150 {
        let mut record = reported(1 + day as u128, FeedClass::Police, day * 24, 1);
        if day % 40 != 3 {
            let at = record.report.reported_at;
            record.report.body = Body::Nothing { from: at.plus(-DAY), to: at };
        }
        let effects = apply(&mut pipeline, &record);
        assert_eq!(conditions(&effects).next(), None, "day {day}: petitions only");
    }
    let grave = apply(&mut pipeline, &reported(999, FeedClass::Police, 150 * 24, 4));
    assert!(
        conditions(&grave).any(|condition| condition.level == Level::Waspada),
        "and something grave does"
    );
}

#[test]
fn a_condition_clears_while_its_feeds_speak() {
    let mut pipeline = world::pipeline();
    for (id, hours) in [(1, 0), (2, 14)] {
        apply(&mut pipeline, &reported(id, FeedClass::Police, hours, 3));
    }
    let mut emitted = Vec::new();
    for day in 1..90 {
        emitted.extend(pass(&mut pipeline, 24));
        let at = START.plus(day * DAY + 20 * HOUR);
        let mut nothing = reported(100 + day as u128, FeedClass::Police, 0, 1);
        nothing.report.reported_at = at;
        nothing.report.body = Body::Nothing { from: at.plus(-DAY), to: at };
        nothing.received = at;
        let effects = apply(&mut pipeline, &nothing);
        emitted.extend(conditions(&effects).map(|condition| (condition.change, condition.level)));
    }
    assert!(emitted.iter().any(|(change, _)| *change == ConditionChange::Cleared), "{emitted:?}");
}

#[test]
fn evidence_taken_back_withdraws_what_was_raised() {
    let mut pipeline = world::pipeline();
    apply(&mut pipeline, &reported(1, FeedClass::Police, 0, 3));
    let raised = apply(&mut pipeline, &reported(2, FeedClass::Police, 14, 3));
    assert!(conditions(&raised).any(|condition| condition.level == Level::Siaga), "{raised:?}");
    let mut back = reported(3, FeedClass::Police, 15, 1);
    back.report.body = Body::Retraction { target: ReportId(2) };
    let effects = apply(&mut pipeline, &back);
    let own =
        conditions(&effects).find(|condition| pipeline.view().places().code(condition.unit) == Code(161_301));
    let own = own.unwrap_or_else(|| panic!("nothing was emitted: {effects:?}"));
    assert!(own.level < Level::Siaga, "{own:?}");
}

/// Reports that no rule counts, each an incident of its own, and their retractions.
fn petitions() -> (Vec<Record>, Vec<Record>) {
    let of = |number: u8| {
        let mut record = reported(u128::from(number), FeedClass::Village, 0, 2);
        if let Body::Statement(statement) = &mut record.report.body {
            let code = format!("WP-0{number}");
            statement.category = Category::parse(&code).expect("a code of the taxonomy");
        }
        record
    };
    let back = |number: u8| {
        let mut record = reported(100 + u128::from(number), FeedClass::Village, 1, 1);
        record.report.body = Body::Retraction { target: ReportId(u128::from(number)) };
        record
    };
    ((1..=6).map(of).collect(), (1..=6).map(back).collect())
}

#[test]
fn what_the_model_alone_raised_is_withdrawn_with_its_reports() {
    let mut pipeline = world::pipeline();
    let (petitions, retractions) = petitions();
    let raised: Vec<Effect> = petitions.iter().flat_map(|record| apply(&mut pipeline, record)).collect();
    let raised: Vec<&Condition> =
        conditions(&raised).filter(|emitted| emitted.change == ConditionChange::Raised).collect();
    assert!(raised.iter().any(|emitted| emitted.evidence.is_empty()), "{raised:?}");
    let taken: Vec<Effect> = retractions.iter().flat_map(|record| apply(&mut pipeline, record)).collect();
    for emitted in raised {
        let withdrawn =
            |other: &Condition| other.unit == emitted.unit && other.change == ConditionChange::Withdrawn;
        assert!(conditions(&taken).any(withdrawn), "{emitted:?} stands after {taken:?}");
    }
}

#[test]
fn a_district_that_lets_go_opens_nothing_for_its_regency() {
    let policy = world::policy_without_rules();
    let mut pipeline =
        Pipeline::new(Arc::new(world::places()), Arc::new(policy), &Persistence, PipelineOptions::default());
    for day in 0..40 {
        let mut record = reported(1 + day as u128, FeedClass::Police, day * 24, 1);
        let at = record.report.reported_at;
        record.report.body = Body::Nothing { from: at.plus(-DAY), to: at };
        apply(&mut pipeline, &record);
    }
    let raised = apply(&mut pipeline, &reported(900, FeedClass::Police, 40 * 24, 4));
    assert_eq!(conditions(&raised).count(), 1, "the district's");
    let mut taken_back = reported(901, FeedClass::Police, 40 * 24, 4);
    taken_back.report.body = Body::Retraction { target: ReportId(900) };
    let emitted = apply(&mut pipeline, &taken_back);
    let emitted: Vec<_> = conditions(&emitted).map(|emitted| (emitted.unit, emitted.change)).collect();
    assert_eq!(emitted.len(), 1, "{emitted:?}");
    assert_eq!(emitted[0].1, ConditionChange::Withdrawn);
}

#[test]
fn what_is_heard_is_said_at_once() {
    let mut pipeline = world::pipeline();
    let mut nothing = reported(1, FeedClass::Village, 0, 1);
    nothing.report.body = Body::Nothing { from: START.plus(-DAY), to: START };
    let effects = apply(&mut pipeline, &nothing);
    let levels: Vec<_> = effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Assessment(assessment)
                if pipeline.view().places().code(assessment.unit) == Code(161_301) =>
            {
                Some(assessment)
            }
            _ => None,
        })
        .collect();
    assert_eq!(levels.len(), Kind::COUNT * Horizon::COUNT, "{levels:?}");
    assert!(
        levels.iter().all(|emitted| emitted.level != Level::NoData && emitted.completeness_ppm == 1_000_000)
    );
}

/// The levels of the week in one district, by kind, after a nihil of this class alone.
fn after_a_nihil_of(class: FeedClass) -> Vec<Level> {
    let mut pipeline = world::pipeline();
    let mut nothing = reported(1, class, 0, 1);
    nothing.report.body = Body::Nothing { from: START.plus(-DAY), to: START };
    apply(&mut pipeline, &nothing);
    pass(&mut pipeline, 3);
    let unit = pipeline.view().places().find(Code(161_301)).expect("a district");
    let emitted = |kind: &Kind| pipeline.view().emitted(CellId::new(unit, *kind), Horizon::Week);
    Kind::ALL.iter().map(|kind| emitted(kind).expect("assessed each hour").level).collect()
}

#[test]
fn no_companys_word_makes_a_place_green_of_a_conflict_and_no_sensors_of_anything() {
    for class in FeedClass::ALL {
        use FeedClass::{Company, Desk, Sensor};
        let (conflicts, disaster) = match class {
            Sensor => (Level::NoData, Level::NoData),
            Company | Desk => (Level::NoData, Level::Low),
            _ => (Level::Low, Level::Low),
        };
        assert_eq!(after_a_nihil_of(*class), [conflicts, conflicts, disaster], "{class}");
    }
    // Whatever they report, in any order: as long as nobody else is heard, nothing but a condition shows a colour.
    for seed in 0..40 {
        let mut dice = Dice::new(seed);
        let mut pipeline = world::pipeline();
        let mut effects = Vec::new();
        let mute = [FeedClass::Company, FeedClass::Sensor, FeedClass::Desk];
        let records = world::records(&mut dice, 60, 6);
        for record in records.iter().filter(|record| mute.contains(&record.report.class)) {
            effects.extend(apply(&mut pipeline, record));
        }
        for effect in &effects {
            let Effect::Assessment(assessment) = effect else { continue };
            let conflict = assessment.kind != Kind::Disaster;
            assert!(!conflict || assessment.level == Level::NoData, "history {seed}: {assessment:?}");
        }
    }
}

/// However many signals come beside what people report, in whatever order: a cell is heard as much as without them.
#[test]
fn signals_move_no_cells_completeness() {
    let mut signals = 0;
    for seed in 0..40 {
        let mut dice = Dice::new(seed);
        let records = world::records(&mut dice, 80, 6);
        let of_sensors = |record: &&Record| record.report.class == FeedClass::Sensor;
        signals += records.iter().filter(of_sensors).count();
        let [mut with, mut without] = [world::pipeline(), world::pipeline()];
        for record in &records {
            apply(&mut with, record);
            match of_sensors(&record) {
                true => drop(pass_to(&mut without, record.received)),
                false => drop(apply(&mut without, record)),
            }
            let at = with.view().clock().hour();
            for cell in with.view().cells() {
                let heard = |pipeline: &Pipeline| pipeline.view().completeness(cell, at);
                assert_eq!(
                    heard(&with),
                    heard(&without),
                    "history {seed}: {cell:?} after {:?}",
                    record.report
                );
            }
        }
        // What the desk says of a signal (a hotspot that was none) is the desk's own word; here nobody else is heard.
        let mut alone = world::pipeline();
        for record in records.iter().filter(of_sensors) {
            apply(&mut alone, record);
            let at = alone.view().clock().hour();
            for cell in alone.view().cells() {
                assert_eq!(alone.view().completeness(cell, at), 0, "history {seed}: {cell:?}");
            }
        }
    }
    assert!(signals > 100, "{signals}: too few to tell");
}

#[test]
fn a_regency_does_not_repeat_what_its_district_says() {
    let mut pipeline = world::pipeline();
    let (petitions, _) = petitions();
    let mut emitted: Vec<Effect> = petitions.iter().flat_map(|record| apply(&mut pipeline, record)).collect();
    let next = Hour(pipeline.view().last_tick().expect("a tick was").0 + 1);
    pipeline.apply(Input::Tick(next), &mut emitted);
    let raised = conditions(&emitted).filter(|emitted| emitted.change == ConditionChange::Raised);
    let units: Vec<Code> = raised.map(|emitted| pipeline.view().places().code(emitted.unit)).collect();
    assert_eq!(units, [Code(161_301)], "{emitted:?}");
}

#[test]
fn no_data_is_never_green() {
    let mut seen = 0;
    for seed in 0..40 {
        let mut dice = Dice::new(seed);
        let mut pipeline = world::pipeline();
        let mut effects = Vec::new();
        for record in world::records(&mut dice, 25, 4) {
            effects.extend(apply(&mut pipeline, &record));
        }
        let end = pipeline.view().last_tick().map_or(Time::MIN, Hour::start).plus(20 * DAY);
        while let Some(hour) = pipeline.due_tick(end) {
            pipeline.apply(Input::Tick(hour), &mut effects);
        }
        for effect in &effects {
            if let Effect::Assessment(assessment) = effect {
                let silent = assessment.completeness_ppm == 0;
                assert_eq!(silent, assessment.level == Level::NoData, "history {seed}: {assessment:?}");
                seen += u32::from(silent);
            }
        }
    }
    assert!(seen > 0, "nobody fell silent");
}
