//! What the desk judged is what its persons saw: what a source sends under the same id in its place inherits no verdict.

use super::echoes::DISTRICT;
use super::model;
use super::taking_back::{BUDI, SARI, Stands, act, after, record, says};
use super::world::{self, Record};
use domain::effect::{Incident, Verdict};
use domain::kind::{CheckReason, FeedClass, Level};
use domain::pipeline::Input;
use domain::place::{Areas, Place};
use domain::report::{Body, Report, Statement, VerificationAct};
use domain::time::MINUTE;
use kentongan_tests::bench::workload::Dice;
use std::collections::BTreeSet;
use std::num::NonZeroU64;

use FeedClass::{Company, Military, Police, Village};
use VerificationAct::{Confirm, Merge, Reject};

/// The same of what these reports said when it was typed.
pub fn having_seen(mut verification: Report, seen: &[&Report]) -> Report {
    let Body::Verification { reports, .. } = &mut verification.body else { unreachable!() };
    for named in reports {
        let report = seen.iter().find(|report| report.id == named.id).expect("it was seen");
        named.content = Some(report.hash);
    }
    verification
}

/// What the source of a report sends in its place: under its id, stamped some minutes earlier.
pub fn in_its_place(report: &Report, severity: u8) -> Report {
    let Body::Statement(own) = report.body else { unreachable!() };
    let (hash, reported_at) = (report.hash ^ u128::MAX, report.reported_at.plus(-10 * MINUTE));
    Report { hash, reported_at, body: Body::Statement(Statement { severity, ..own }), ..report.clone() }
}

fn of_one(stands: &Stands) -> Incident {
    let [incident] = stands.incidents[..] else { panic!("one incident: {stands:?}") };
    incident
}

/// A burned tyre that two persons confirmed, of which its source makes a burned post afterwards.
#[test]
fn what_a_source_sends_in_place_of_what_was_confirmed_is_confirmed_by_nobody() {
    for class in [Village, Company] {
        let tyre = says(class, 1, 1);
        let post = in_its_place(&tyre, 5);
        let by_two = |number: u128, named: &Report| {
            let hours = number as i64;
            let first = act(number, (Confirm, hours), &[named], SARI);
            [first, act(number + 1, (Confirm, hours + 1), &[named], BUDI)]
        };
        let saw = |number: u128, seen: &Report| {
            by_two(number, seen).map(|record| having_seen(record, &[seen])).to_vec()
        };
        let with = |records: &[Report]| after(&[&[tyre.clone(), post.clone()], records].concat());
        let stands = with(&saw(2, &tyre));
        let incident = of_one(&stands);
        assert_eq!((stands.level, incident.verdict), (Level::Waspada, Verdict::Unverified), "{class}");
        assert_eq!((incident.attested.extent.severity, incident.attested.awas), (0, 0), "{class}");
        assert_eq!((incident.check, incident.awas_request), (Some(CheckReason::Changed), None), "{class}");
        // Who read what counts now confirms that, and nobody is asked any more.
        for again in [saw(4, &post), [saw(2, &tyre), saw(4, &post)].concat()] {
            let stands = with(&again);
            let incident = of_one(&stands);
            assert_eq!((stands.level, incident.attested.awas, incident.check), (Level::Awas, 5, None));
        }
        // A record that does not say what its author saw is of whatever the report says.
        assert_eq!(with(&by_two(2, &tyre)).level, Level::Awas, "{class}");
        // The same bytes once more, or what is stamped later, take nothing's place.
        let later = Report { reported_at: tyre.reported_at.plus(MINUTE), ..post.clone() };
        let stands = after(&[&[tyre.clone(), tyre.clone(), later][..], &saw(2, &tyre)].concat());
        let incident = of_one(&stands);
        assert_eq!((incident.verdict, incident.check), (Verdict::Confirmed, None), "{class}");
    }
}

#[test]
fn what_a_source_sends_in_place_of_what_was_rejected_is_rejected_by_nobody() {
    let rumour = says(Company, 1, 1);
    let clash = in_its_place(&rumour, 5);
    let rejected = having_seen(act(1, (Reject, 2), &[&rumour], SARI), &[&rumour]);
    let stands = after(&[rumour.clone(), rejected.clone()]);
    assert_eq!(of_one(&stands).verdict, Verdict::Rejected);
    let stands = after(&[rumour, clash, rejected]);
    let incident = of_one(&stands);
    assert_eq!((stands.level, incident.verdict), (Level::Waspada, Verdict::Unverified));
    assert_eq!(incident.check, Some(CheckReason::Changed));
}

/// A source that sends something else in place of one of three reports takes no other out of what the desk put together.
#[test]
fn what_the_desk_put_together_stays_together_but_for_what_was_changed() {
    let three = [says(Village, -60, 4), says(Police, -60, 4), says(Military, 1, 4)];
    let named = [&three[0], &three[1], &three[2]];
    let merged = [act(1, (Merge, 2), &named, SARI), act(2, (Merge, 3), &named, BUDI)];
    let merged = merged.map(|record| having_seen(record, &named));
    let stands = after(&[&three[..], &merged].concat());
    assert_eq!((stands.incidents.len(), stands.incidents[0].reports), (1, 3));
    // Of another kind of place, by which the merge as it was typed would put together what is no one incident.
    let mut elsewhere = in_its_place(&three[0], 1);
    if let Body::Statement(own) = &mut elsewhere.body {
        own.kind = domain::kind::Kind::Disaster;
        own.category = domain::kind::Category::parse("WA-01").expect("a code of the taxonomy");
    }
    let stands = after(&[&[&three[..], &merged].concat()[..], &[elsewhere]].concat());
    assert_eq!((of_one(&stands).reports, stands.level), (2, Level::Awas));
    // One blank more of the same: it leaves what was put together, and the desk is asked about it, once it is judged no more.
    let blank = Report { hash: 77, ..in_its_place(&three[0], 4) };
    let changed = |records: &[Report]| {
        let all = [&three[..], &merged, std::slice::from_ref(&blank), records].concat();
        after(&all).incidents.iter().map(|own| (own.reports, own.check, own.changed)).collect::<Vec<_>>()
    };
    let asked = Some(CheckReason::Changed);
    assert_eq!(changed(&[]), [(1, asked, NonZeroU64::new(77)), (2, None, None)]);
    for again in [Merge, Confirm] {
        let record = having_seen(act(5, (again, 4), &[&blank], SARI), &[&blank]);
        assert_eq!(changed(&[record])[0], (1, None, None), "{again:?}");
    }
}

/// A scuffle that the desk confirmed or rejected, in the place of which its source sends another with a number of its own: by one
/// record, by way of another, and a grave one after it sent another thing under the number of the first.
#[test]
fn what_replaces_what_was_judged_is_asked_about_until_somebody_judges_it() {
    let scuffle = says(Military, 1, 2);
    let replaces = |number: u128, target: &Report, severity: u8| {
        let Body::Statement(own) = scuffle.body else { unreachable!() };
        let body = Body::Statement(Statement { severity, supersedes: Some(target.id), ..own });
        record(number, (scuffle.feed, scuffle.class), scuffle.reported_at.plus(number as i64 * MINUTE), body)
    };
    let slight = replaces(20, &scuffle, 1);
    let between = replaces(21, &scuffle, 2);
    let by_way = [between.clone(), replaces(22, &between, 1)];
    let again = [in_its_place(&scuffle, 3), replaces(23, &scuffle, 5)];
    for act_of in [Confirm, Reject] {
        let judged = having_seen(act(1, (act_of, 2), &[&scuffle], SARI), &[&scuffle]);
        for replacements in [&[slight.clone()][..], &by_way, &again] {
            let all = [&[scuffle.clone(), judged.clone()], replacements].concat();
            let stands = after(&all);
            let incident = of_one(&stands);
            let last = replacements.last().expect("one at least");
            assert_eq!((incident.check, incident.verdict), (Some(CheckReason::Changed), Verdict::Unverified));
            assert_eq!(
                incident.changed.map(NonZeroU64::get),
                Some((last.hash >> 64) as u64 ^ last.hash as u64)
            );
            let confirmed = having_seen(act(5, (Confirm, 3), &[last], BUDI), &[last]);
            assert_eq!(of_one(&after(&[&all[..], &[confirmed]].concat())).check, None);
        }
    }
    let unjudged = after(&[scuffle.clone(), slight]);
    assert_eq!(of_one(&unjudged).check, None, "nobody judged what it replaces");
}

/// Who may judge a place judged it; what the source sends in its place it says of another place, where they may not.
#[test]
fn what_a_source_moves_to_another_place_is_asked_about() {
    let tyre = says(Village, 1, 1);
    let mut confirmed = having_seen(act(1, (Confirm, 2), &[&tyre], SARI), &[&tyre]);
    let Body::Verification { areas, .. } = &mut confirmed.body else { unreachable!() };
    *areas = Areas::parse(&DISTRICT.to_string()).expect("a district");
    let stands = after(&[tyre.clone(), confirmed.clone()]);
    assert_eq!((of_one(&stands).verdict, of_one(&stands).check), (Verdict::Confirmed, None));
    let mut moved = in_its_place(&tyre, 5);
    let places = world::places();
    let regency = places.find(DISTRICT.regency()).expect("a regency");
    let other = places.districts(regency).map(|unit| places.code(unit)).find(|code| *code != DISTRICT);
    moved.place = Place { code: other.expect("another district"), village: 0 };
    let mut pipeline = world::pipeline();
    for report in [&tyre, &confirmed, &moved] {
        pipeline.apply(Input::Report { received: report.reported_at, report }, &mut Vec::new());
    }
    let view = pipeline.view();
    let all: Vec<Incident> = view.cells().flat_map(|cell| view.emitted_incidents(cell)).collect();
    let [incident] = all[..] else { panic!("one incident: {all:?}") };
    assert_eq!((incident.place, incident.check), (moved.place, Some(CheckReason::Changed)));
    assert_eq!(incident.changed.map(NonZeroU64::get), Some((moved.hash >> 64) as u64 ^ moved.hash as u64));
}

/// One feed's claims, what persons of the desk confirmed of them as they were then, and what the feed sent in their place.
#[test]
fn no_record_of_a_feed_makes_somebody_elses_confirmation_attest_what_nobody_saw() {
    let (mut changed, mut confirmed) = (0, 0);
    for seed in world::seeds(300) {
        let mut dice = Dice::new(seed);
        let claims = |Record { report, .. }: &Record| {
            let plain = matches!(report.body, Body::Statement(own) if own.supersedes.is_none());
            plain && report.feed == world::feed(0)
        };
        let mut all: Vec<Record> = world::records(&mut dice, 120, 3).into_iter().filter(claims).collect();
        let mut seen = BTreeSet::new();
        for (number, Record { received, report }) in all.clone().into_iter().enumerate() {
            let number = 3 * number as u128;
            for (more, person) in [(0, SARI), (1, BUDI)] {
                let mut confirms =
                    having_seen(act(number + more, (Confirm, 0), &[&report], person), &[&report]);
                (confirms.place, confirms.reported_at) = (report.place, received.plus(1 + more as i64));
                all.push(Record { received: confirms.reported_at, report: confirms });
            }
            seen.insert((report.name(), report.hash));
            if dice.one_in(2) {
                let mut other = in_its_place(&report, 1 + dice.below(5) as u8);
                other.hash = number;
                other.reported_at = report.reported_at.plus(-(dice.below(3) as i64) * MINUTE);
                all.push(Record { received: received.plus(5 * MINUTE), report: other });
            }
        }
        let reports: Vec<Report> = all.iter().map(|record| record.report.clone()).collect();
        let counting = model::counting(&reports);
        let mut pipeline = world::pipeline();
        for Record { received, report } in world::shuffled(&mut dice, &all) {
            pipeline.apply(Input::Report { received, report: &report }, &mut Vec::new());
        }
        let view = pipeline.view();
        let incidents: Vec<Incident> = view.cells().flat_map(|cell| view.emitted_incidents(cell)).collect();
        for incident in incidents {
            let own = view.reports().filter(|report| report.incident == Some(incident.id));
            let own = own.map(|report| counting[&(report.regency, report.id)]);
            let judged = own.filter(|report| seen.contains(&(report.name(), report.hash)));
            let severity = |report: &Report| match report.body {
                Body::Statement(own) => own.severity,
                _ => 0,
            };
            let most = judged.map(severity).max().unwrap_or_default();
            assert!(incident.attested.extent.severity <= most, "history {seed}: {incident:?}");
            assert!(incident.attested.awas <= most, "history {seed}: {incident:?}");
            changed += usize::from(incident.check == Some(CheckReason::Changed));
            confirmed += usize::from(incident.verdict == Verdict::Confirmed);
        }
    }
    assert!(changed > 200 && confirmed > 200, "{changed} changed, {confirmed} confirmed; too few to tell");
}
