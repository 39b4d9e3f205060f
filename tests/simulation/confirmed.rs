//! What others of the desk confirmed does not fall by one record of whose report it is: the source's, or the typist's.

use super::seen::{having_seen, in_its_place};
use super::taking_back::{BUDI, SARI, act, after, record, rules_of_one_incident, says, typed};
use super::world::{self, Record, START};
use domain::evidence::CellId;
use domain::kind::{FeedClass, Kind, Level};
use domain::pipeline::{Input, Pipeline};
use domain::place::Place;
use domain::report::{Body, FeedId, Report, Statement};
use domain::time::{HOUR, MINUTE, Time};
use domain::{desk_feed, report::VerificationAct};
use kentongan_tests::bench::workload::Dice;

use FeedClass::{Community, Company, Police};
use VerificationAct::{Confirm, Reject};

const TUTI: (&str, &str) = ("tuti", "160505");

/// What takes a report back: a retraction, and a correction that is hardly anything.
fn takings(report: &Report) -> [Body; 2] {
    let Body::Statement(own) = report.body else { unreachable!() };
    let slight = Statement { severity: 1, dead: 0, injured: 0, supersedes: Some(report.id), ..own };
    [Body::Retraction { target: report.id }, Body::Statement(slight)]
}

#[test]
fn what_others_confirmed_neither_its_source_nor_its_typist_takes_back_alone() {
    let claims =
        [says(Company, 0, 5), says(Community, 0, 4), says(Police, 0, 4), typed(says(Police, 0, 4), TUTI)];
    for (claim, hours) in claims.iter().flat_map(|claim| [(claim, 0), (claim, 3)]) {
        let confirmed = [act(1, (Confirm, 1), &[claim], SARI), act(2, (Confirm, 2), &[claim], BUDI)];
        for body in takings(claim) {
            // Stamped before the confirmations or after them: a source chooses its own stamp.
            let at = START.plus(hours * HOUR + 45 * MINUTE);
            let taking = record(9, (claim.feed, claim.class), at, body);
            let taking = Report { author: claim.author, ..taking };
            let with = |confirmed: &[Report], records: &[Report]| {
                after(&[&[claim.clone(), taking.clone()][..], confirmed, records].concat())
            };
            let alone = with(&[], &[]);
            assert!(alone.level < Level::Siaga && alone.asked().is_none(), "{claim:?}");
            for (confirmed, level) in [(&confirmed[..1], Level::Siaga), (&confirmed, Level::Awas)] {
                let stands = with(confirmed, &[]);
                assert_eq!((stands.level, stands.asked()), (level, Some(hours)), "{taking:?}");
            }
            let agrees = match desk_feed::is_desk_feed(claim.feed) {
                true => typed(
                    Report {
                        id: record(10, (claim.feed, claim.class), at, taking.body.clone()).id,
                        ..taking.clone()
                    },
                    SARI,
                ),
                false => act(3, (Reject, 4), &[claim], SARI),
            };
            let gone = with(&confirmed, std::slice::from_ref(&agrees));
            assert!(gone.level < Level::Siaga && gone.asked().is_none(), "{gone:?} after {agrees:?}");
        }
    }
}

#[test]
fn what_only_its_typist_confirmed_is_still_the_typists_own() {
    let report = typed(says(Police, 0, 4), SARI);
    let confirmed = act(1, (Confirm, 1), &[&report], SARI);
    for body in takings(&report) {
        let taking = record(9, (report.feed, report.class), START.plus(3 * HOUR), body);
        let taking = Report { author: report.author, ..taking };
        let stands = after(&[report.clone(), confirmed.clone(), taking]);
        assert!(stands.level < Level::Siaga && stands.asked().is_none(), "{stands:?}");
    }
}

fn levels(pipeline: &Pipeline) -> Vec<(CellId, Level)> {
    let view = pipeline.view();
    let standing = view.cells().filter_map(|cell| Some((cell, view.condition(cell)?.level)));
    standing.filter(|(_, level)| *level >= Level::Siaga).collect()
}

#[test]
fn no_record_of_a_source_lowers_what_two_persons_of_the_desk_confirmed() {
    let (mut stood, mut awas, mut in_place) = (0, 0, 0);
    for seed in world::seeds(200) {
        let mut dice = Dice::new(seed);
        let mut all = world::records(&mut dice, 120, 2);
        // Nobody else judges or takes anything back, and every clock is right.
        all.retain(|Record { report, .. }| match &report.body {
            Body::Statement(own) => own.supersedes.is_none() && !desk_feed::is_desk_feed(report.feed),
            Body::Nothing { .. } => true,
            _ => false,
        });
        for record in &mut all {
            (record.report.reported_at, record.report.doubtful) = (record.received, None);
        }
        let states = |Record { report, .. }: &&Record| {
            matches!(report.body, Body::Statement(_)) && report.class != FeedClass::Sensor
        };
        let claims: Vec<Record> = all.iter().filter(states).filter(|_| dice.one_in(3)).cloned().collect();
        let mut takes_back = Vec::new();
        for (number, Record { received, report }) in claims.iter().enumerate() {
            let number = 3 * number as u128;
            // In the hour of the claim, so that it did not lapse, and in the order of the sort below.
            for (more, person) in [(0, SARI), (1, BUDI)] {
                let mut confirms =
                    having_seen(act(number + more, (Confirm, 0), &[report], person), &[report]);
                (confirms.place, confirms.reported_at) = (report.place, received.plus(1 + more as i64));
                all.push(Record { received: confirms.reported_at, report: confirms });
            }
            let taking = match dice.below(3) {
                2 => in_its_place(report, 1),
                which => {
                    let body = takings(report)[which].clone();
                    let feed = (report.feed, report.class);
                    let taking = record(1_000 + number, feed, received.plus(3), body);
                    Report { author: report.author, place: report.place, ..taking }
                }
            };
            takes_back.push((taking.name(), taking.hash));
            all.push(Record { received: received.plus(3), report: taking });
        }
        all.sort_by_key(|record| record.received);
        let (mut pipeline, mut effects) = (rules_of_one_incident(), Vec::new());
        for Record { received, report } in &all {
            while let Some(hour) = pipeline.due_tick(*received) {
                pipeline.apply(Input::Tick(hour), &mut effects);
            }
            let takes = takes_back.contains(&(report.name(), report.hash));
            let before = if takes { levels(&pipeline) } else { Vec::new() };
            in_place += usize::from(takes && report.reported_at < *received);
            pipeline.apply(Input::Report { received: *received, report }, &mut effects);
            for (cell, level) in before {
                let now = pipeline.view().condition(cell).map_or(Level::Low, |active| active.level);
                assert!(now >= level, "history {seed}: {level} fell to {now} by {report:?}");
                stood += 1;
                awas += usize::from(level == Level::Awas);
            }
        }
    }
    assert!(
        stood > 1_000 && awas > 300 && in_place > 300,
        "{stood} levels stood, {awas} of them awas, {in_place} were sent under an id again; too few to tell"
    );
}

/// What one or two persons confirmed, and its source sent as hardly anything, elsewhere or under another kind, stands for as long as the
/// desk is asked, days later too; once somebody read what counts now, the dwell decides.
#[test]
fn what_was_confirmed_stands_until_the_desk_looked_at_what_its_source_sent_instead() {
    let claim = says(Company, 0, 5);
    let slight = in_its_place(&claim, 1);
    let places = world::places();
    let elsewhere = places.ids().map(|unit| places.code(unit)).find(|code| {
        !code.is_regency() && code.regency() == claim.place.code.regency() && *code != claim.place.code
    });
    let elsewhere =
        Report { place: Place { code: elsewhere.expect("another district"), village: 0 }, ..slight.clone() };
    let cell = CellId::new(places.find(claim.place.code).expect("its district"), Kind::ResidentCompany);
    for (sent, by) in [(&slight, 1), (&slight, 2), (&elsewhere, 1), (&elsewhere, 2)] {
        let confirmed = [act(1, (Confirm, 0), &[&claim], SARI), act(2, (Confirm, 0), &[&claim], BUDI)];
        let confirmed = confirmed.map(|record| having_seen(record, &[&claim]));
        let level = if by == 2 { Level::Awas } else { Level::Siaga };
        let (mut pipeline, mut effects) = (rules_of_one_incident(), Vec::new());
        let mut at = START.plus(HOUR);
        let mut take = |pipeline: &mut Pipeline, report: &Report, hours: i64| {
            at = at.plus(hours * HOUR);
            while let Some(hour) = pipeline.due_tick(at) {
                pipeline.apply(Input::Tick(hour), &mut effects);
            }
            pipeline.apply(Input::Report { received: at, report }, &mut effects);
            pipeline.view().condition(cell).map_or(Level::Low, |active| active.level)
        };
        take(&mut pipeline, &claim, 0);
        let stood = confirmed[..by].iter().map(|record| take(&mut pipeline, record, 0)).last();
        assert_eq!(stood, Some(level));
        assert_eq!(take(&mut pipeline, sent, 1), level, "{by} confirmed it: {sent:?}");
        let nihil = |number: u128, at: Time| {
            record(number, (FeedId(1), Police), at, Body::Nothing { from: at.plus(-HOUR), to: at })
        };
        assert_eq!(take(&mut pipeline, &nihil(50, START.plus(70 * HOUR)), 70), level);
        let looked = act(3, (Reject, 72), &[sent], BUDI);
        take(&mut pipeline, &having_seen(looked, &[sent]), 2);
        let after = take(&mut pipeline, &nihil(51, START.plus(150 * HOUR)), 76);
        assert!(after < Level::Siaga, "{after} stands after the desk looked at {sent:?}");
    }
}
