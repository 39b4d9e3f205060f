//! Awas by the desk's word takes two persons: one asks, a second confirms within a day, and nobody makes it alone.

use super::world::{self, START};
use domain::author::{Author, StampedAuthor};
use domain::desk_feed;
use domain::effect::Incident;
use domain::evidence::CellId;
use domain::kind::{Category, FeedClass, Kind, Level};
use domain::pipeline::{Input, Pipeline, PipelineOptions};
use domain::place::{Areas, Code, Place};
use domain::report::{Body, FeedId, Report, ReportId, Statement, VerificationAct};
use domain::time::{HOUR, MINUTE};
use kentongan_tests::bench::workload::Dice;
use std::sync::Arc;

const DISTRICT: Code = Code(161_301);

fn record(number: u128, feed: FeedId, class: FeedClass, body: Body) -> Report {
    Report {
        id: ReportId(number << 64 | number),
        hash: number,
        feed,
        class,
        place: Place { code: DISTRICT, village: 0 },
        reported_at: START.plus(HOUR),
        reconstructed: false,
        doubtful: None,
        author: None,
        body,
    }
}

/// A village tells of a clash with a company.
fn clash() -> Report {
    let statement = world::plain_statement(Category::parse("WP-08").expect("a code of the taxonomy"), START);
    record(1, FeedId(1), FeedClass::Village, Body::Statement(Statement { severity: 4, ..statement }))
}

/// A verdict of the desk on it, so many hours later, by an account and its person.
fn verdict(number: u128, act: VerificationAct, hours: i64, (account, person): (&str, &str)) -> Report {
    let body = Body::Verification { act, reports: vec![clash().name().into()], areas: Areas::everywhere() };
    let (account, person) = (account.to_owned(), person.to_owned());
    let typed = StampedAuthor { account, person, ..StampedAuthor::default() };
    let author: Option<Author> = typed.stated("desk", FeedClass::Desk);
    let report = record(number, desk_feed::DESK, FeedClass::Desk, body);
    Report { author, reported_at: START.plus(HOUR + hours * HOUR), ..report }
}

fn confirmed(number: u128, hours: i64, who: (&str, &str)) -> Report {
    verdict(number, VerificationAct::Confirm, hours, who)
}

/// The level and the incident after these, whatever order they come in.
fn after(verdicts: &[Report]) -> (Level, Incident) {
    let reports = [&[clash()], verdicts].concat();
    let mut dice = Dice::new(verdicts.len() as u64);
    let results: Vec<(Level, Incident)> =
        (0..4).map(|_| run(&world::shuffled(&mut dice, &reports))).collect();
    assert!(results.iter().all(|result| *result == results[0]), "in any order: {results:?}");
    results[0]
}

fn run(reports: &[Report]) -> (Level, Incident) {
    let policy = domain::policy::Policy { raise_ppm: [1_000_001; 3], ..world::shipped_policy() };
    let places = Arc::new(world::places());
    let mut pipeline = Pipeline::new(places, Arc::new(policy), &world::Line, PipelineOptions::default());
    for report in reports {
        let received = START.plus(30 * HOUR + MINUTE);
        pipeline.apply(Input::Report { received, report }, &mut Vec::new());
    }
    let view = pipeline.view();
    let unit = view.places().find(DISTRICT).expect("a district");
    let cell = CellId::new(unit, Kind::ResidentCompany);
    let level = view.condition(cell).map_or(Level::Low, |active| active.level);
    (level, view.emitted_incidents(cell).next().expect("an incident"))
}

const SARI: (&str, &str) = ("sari", "160503");
const BUDI: (&str, &str) = ("budi", "160504");

#[test]
fn one_person_raises_siaga_at_once_and_a_second_within_a_day_awas() {
    assert_eq!(after(&[]).0, Level::Waspada, "the claim of one party");
    let (level, incident) = after(&[confirmed(2, 0, SARI)]);
    let request = incident.awas_request.expect("it waits for a second person");
    assert_eq!((level, request.at), (Level::Siaga, START.plus(HOUR)));
    assert_eq!((incident.attested.extent.severity, incident.attested.awas), (4, 0), "confirmed, and no awas");
    let (level, incident) = after(&[confirmed(2, 0, SARI), confirmed(3, 23, BUDI)]);
    assert_eq!((level, incident.awas_request, incident.attested.awas), (Level::Awas, None, 4));
    let (level, incident) = after(&[confirmed(2, 0, SARI), confirmed(3, 24, BUDI)]);
    assert_eq!(level, Level::Siaga, "the first had lapsed");
    assert_eq!(incident.awas_request.map(|request| request.at), Some(START.plus(25 * HOUR)));
}

#[test]
fn no_person_is_the_second_to_themselves() {
    let twice = [confirmed(2, 0, SARI), confirmed(3, 1, SARI)];
    let two_accounts = [confirmed(2, 0, SARI), confirmed(3, 1, ("sari-2", SARI.1))];
    let nobody_knows = [confirmed(2, 0, ("", "")), confirmed(3, 1, SARI)];
    for verdicts in [twice, two_accounts, nobody_knows] {
        let (level, incident) = after(&verdicts);
        assert_eq!((level, incident.attested.awas), (Level::Siaga, 0), "{verdicts:?}");
        assert!(incident.awas_request.is_some());
    }
    // What another feed sends is not the desk's word, also where a person stands behind it.
    let mut other = confirmed(3, 1, BUDI);
    other.feed = FeedId(77);
    assert_eq!(after(&[confirmed(2, 0, SARI), other]).0, Level::Siaga);
}

#[test]
fn a_report_that_is_rated_low_is_not_made_awas_by_confirming_it() {
    let mut doubted = clash();
    if let Body::Statement(statement) = &mut doubted.body {
        statement.credibility = 5;
    }
    let (level, incident) = run(&[doubted, confirmed(2, 0, SARI), confirmed(3, 1, BUDI)]);
    assert!(level < Level::Awas && incident.awas_request.is_none(), "{level}: {incident:?}");
}

#[test]
fn what_was_rejected_needs_two_again() {
    let rejected = |number, person| verdict(number, VerificationAct::Reject, 2, person);
    let both =
        [confirmed(2, 0, SARI), confirmed(3, 1, BUDI), rejected(4, ("tuti", "160505")), rejected(5, BUDI)];
    assert_eq!(after(&both[..3]).0, Level::Awas, "one person takes nothing back");
    assert_eq!(after(&both).1.awas_request, None);
    let (level, incident) = after(&[&both[..], &[confirmed(6, 3, SARI)]].concat());
    assert_eq!(level, Level::Siaga);
    assert!(incident.awas_request.is_some() && incident.attested.awas == 0);
}

#[test]
fn who_contradicts_the_own_confirmation_is_no_first_one_for_anybody() {
    let rejected = |number, hours, person| verdict(number, VerificationAct::Reject, hours, person);
    const TUTI: (&str, &str) = ("tuti", "160505");
    for same in [SARI, ("sari-2", SARI.1)] {
        let both = [confirmed(2, 0, SARI), rejected(3, 1, same)];
        let (level, incident) = after(&both);
        assert_eq!((level, incident.awas_request), (Level::Siaga, None), "it asks nobody");
        assert!(incident.take_back_request.is_some(), "what stands falls by two persons");
        // The link that the confirmation caused, pressed after it.
        let (level, incident) = after(&[&both[..], &[confirmed(4, 2, BUDI)]].concat());
        assert_eq!((level, incident.attested.awas), (Level::Siaga, 0), "one person alone holds it");
        assert_eq!(incident.awas_request.map(|request| request.at), Some(START.plus(3 * HOUR)), "and asks");
        let others = [confirmed(4, 2, BUDI), confirmed(5, 3, TUTI)];
        assert_eq!(after(&[&both[..], &others].concat()).0, Level::Awas, "two others hold it");
        let again = [confirmed(4, 2, same), confirmed(5, 3, BUDI)];
        assert_eq!(
            after(&[&both[..], &again].concat()).0,
            Level::Awas,
            "who confirms it again holds it again"
        );
    }
    // A colleague's rejection ends nobody else's confirmation, and what two persons made awas takes two.
    let (level, incident) = after(&[confirmed(2, 0, SARI), rejected(3, 1, BUDI)]);
    assert!(level == Level::Siaga && incident.awas_request.is_some(), "{incident:?}");
    assert_eq!(after(&[confirmed(2, 0, SARI), rejected(3, 1, BUDI), confirmed(4, 2, TUTI)]).0, Level::Awas);
    assert_eq!(after(&[confirmed(2, 0, SARI), confirmed(3, 1, BUDI), rejected(4, 2, SARI)]).0, Level::Awas);
}
