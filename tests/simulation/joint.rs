//! Joint windows, worked out from all reports of a place and category at once: slow and plain.

use super::attested::{self, DeskSays, could_stand};
use super::echoes::DISTRICT;
use super::model::{self, Judged, Member, judged};
use super::order;
use super::taking_back::{self, BUDI, SARI, act, after};
use super::withdrawn::words;
use super::world::{self, Record, fusion};
use domain::effect::Verdict;
use domain::kind::{Category, FeedClass, Kind, Level};
use domain::pipeline::JointWindowSummary;
use domain::place::{Code, Place};
use domain::report::{Body, Report, ReportId, VerificationAct};
use domain::time::{HOUR, Hour, Time};
use domain::wording::Wording;
use kentongan_tests::bench::workload::Dice;
use std::collections::BTreeSet;

use FeedClass::{Community, Military, Police, Village};
use VerificationAct::{Merge, Reject, Split};

/// Where, of what, and from when on.
pub type JointKey = (Code, Kind, String, Hour, u16);

pub fn key(window: &JointWindowSummary) -> JointKey {
    let JointWindowSummary { place, kind, category, from, .. } = window;
    (place.code, *kind, category.to_string(), *from, place.village)
}

/// A report of a list, and of which of its incidents it is.
type Placed<'a> = (&'a Member<'a>, usize);

fn at(placed: &Placed<'_>) -> Time {
    placed.0.statement.occurred_at
}

fn village(placed: &Placed<'_>) -> u16 {
    placed.0.report.place.village
}

/// How far the reports of one incident lie apart: from one to the next, and from the first to the last.
fn reach(placed: &Placed<'_>) -> (i64, i64) {
    let fusion = fusion();
    let lasts = fusion.lasting.has(placed.0.statement.category);
    if lasts { (fusion.gap, fusion.longest) } else { (fusion.window, fusion.window) }
}

/// The reports that a window from this hour holds, of those that name this village or none, by their places in `all`.
fn holds(all: &[Placed<'_>], hour: Hour, of: u16) -> Vec<usize> {
    let mut held: Vec<usize> = Vec::new();
    for (place, placed) in all.iter().enumerate() {
        let (gap, length) = reach(placed);
        let near = held.last().is_none_or(|last| at(placed).since(at(&all[*last])) <= gap);
        let own = at(placed).hour();
        let within = own >= hour && own.start().since(hour.start()) < length + HOUR;
        if within && (near || own == hour) && [0, of].contains(&village(placed)) {
            held.push(place);
        }
    }
    held
}

/// The windows that hold reports of several incidents of a list: from each hour in which a report stands that could stand at siaga
/// or above, for each village that they name, or for none; but for those that an earlier one of the village holds whole.
pub fn joint_windows(
    fused: &[Vec<Member<'_>>],
    withdrawn: &[Member<'_>],
) -> Vec<(JointKey, JointWindowSummary)> {
    let mut all: Vec<Placed<'_>> = Vec::new();
    for (number, incident) in fused.iter().enumerate() {
        all.extend(incident.iter().map(|member| (member, number)));
    }
    all.sort_by_key(|placed| (at(placed), placed.0.report.name()));
    let grave = |placed: &&Placed<'_>| could_stand(placed.0.report);
    let hours: BTreeSet<Hour> = all.iter().filter(grave).map(|placed| at(placed).hour()).collect();
    let villages: BTreeSet<u16> = all.iter().map(village).filter(|village| *village != 0).collect();
    let mut windows: Vec<(Hour, u16, Vec<usize>)> = Vec::new();
    for hour in hours {
        let begins = |of: u16| {
            let mut of_hour = all.iter().filter(grave).filter(|placed| at(placed).hour() == hour);
            of_hour.any(|placed| [0, of].contains(&village(placed)))
        };
        let named =
            |of: &u16| begins(*of) && holds(&all, hour, *of).iter().any(|place| village(&all[*place]) == *of);
        let mut own: Vec<u16> = villages.iter().copied().filter(named).collect();
        if own.is_empty() && begins(0) {
            own.push(0);
        }
        windows.extend(own.into_iter().map(|of| (hour, of, holds(&all, hour, of))));
    }
    let whole = |(hour, of, held): &&(Hour, u16, Vec<usize>)| {
        let mut earlier = windows.iter().filter(|other| other.0 < *hour && other.1 == *of);
        let several = held.iter().any(|place| all[*place].1 != all[held[0]].1);
        several && !earlier.any(|other| held.iter().all(|place| other.2.contains(place)))
    };
    let windows = windows.iter().filter(whole);
    windows.map(|(hour, of, held)| work_out(&all, (*hour, *of, held), (fused, withdrawn))).collect()
}

fn work_out(
    all: &[Placed<'_>],
    (hour, of, held): (Hour, u16, &[usize]),
    (fused, withdrawn): (&[Vec<Member<'_>>], &[Member<'_>]),
) -> (JointKey, JointWindowSummary) {
    let own: Vec<Member<'_>> = held.iter().map(|place| all[*place].0.clone()).collect();
    let (_, length) = reach(&all[0]);
    let (first, last) = (at(&all[held[0]]), at(&all[held[held.len() - 1]]));
    let near = all.iter().enumerate().filter(|(place, placed)| {
        !held.contains(place) && first.since(at(placed)) <= length && at(placed).since(last) <= length
    });
    // Of those beside it the words alone are heard: a confirmed one repeats nobody.
    let near = near.map(|(_, (member, _))| {
        let latest = member.verdicts.iter().max_by_key(|(request, ..)| *request);
        let confirmed = latest.is_some_and(|(.., confirms)| *confirms);
        let verdict = if confirmed { Verdict::Confirmed } else { Verdict::Unverified };
        (&*member.spoken, member.statement, verdict)
    });
    let near: Vec<attested::Member<'_>> = near.collect();
    let words = words(&own, withdrawn, false);
    let given: Vec<(&Member<'_>, DeskSays)> = own.iter().zip(words).collect();
    let Judged { summary, verdict, .. } = judged(&given, &near);
    let take_back = given.iter().map(|(member, word)| member.removal.max(word.take_back)).max().flatten();
    let grave = held.iter().map(|place| &all[*place]).filter(|placed| could_stand(placed.0.report));
    let of_incidents: BTreeSet<usize> = grave.map(|(_, number)| *number).collect();
    let mut incidents: Vec<&Member<'_>> = of_incidents.into_iter().map(|number| &fused[number][0]).collect();
    incidents.sort_by_key(|member| (member.statement.occurred_at, member.report.name()));
    let anchor = &own[0];
    let window = JointWindowSummary {
        place: Place { code: anchor.report.place.code, village: of },
        kind: anchor.statement.kind,
        category: anchor.statement.category,
        from: hour,
        until: last,
        incidents: incidents.into_iter().map(|member| member.report.name()).collect(),
        claimed: summary.claimed,
        attested: summary.attested,
        counted_severity: summary.counted_severity,
        verdict,
        take_back_request: take_back,
    };
    (key(&window), window)
}

/// Several incidents a day, in few places and mostly grave, so that many lie within the reach of each other.
fn crowded(dice: &mut Dice) -> Vec<Record> {
    let mut records = world::records(dice, 120, 3);
    for record in &mut records {
        if !record.report.place.code.is_regency() && dice.one_in(2) {
            record.report.place.code = DISTRICT;
        }
        if let Body::Statement(own) = &mut record.report.body {
            own.severity = own.severity.max(1 + dice.below(5) as u8);
        }
    }
    records
}

#[test]
fn what_reports_of_several_incidents_say_together_is_the_plain_state_in_any_order() {
    let (mut windows, mut awas, mut asked) = (0, 0, 0);
    for seed in world::seeds(200) {
        let mut dice = Dice::new(seed);
        let records = crowded(&mut dice);
        let records = if seed % 2 == 0 { world::judged(&mut dice, records) } else { records };
        let reports: Vec<Report> = records.iter().map(|record| record.report.clone()).collect();
        for turn in 0..3 {
            let order = if turn == 0 { records.clone() } else { world::shuffled(&mut dice, &records) };
            let pipeline = order::run(&order);
            let plain = model::state(pipeline.view().places(), &reports);
            let seen = order::seen(&pipeline);
            for (key, window) in &plain.joint {
                assert_eq!(seen.joint.get(key), Some(window), "history {seed}, order {turn}");
            }
            assert_eq!(seen, plain, "history {seed}, order {turn}");
            if turn == 0 {
                windows += plain.joint.len();
                let carries = |window: &&JointWindowSummary| {
                    let own = |name| plain.claims[&(window.place.code.regency(), name)].attested.awas;
                    window.attested.awas >= 4 && window.incidents.iter().all(|name| own(*name) < 4)
                };
                awas += plain.joint.values().filter(carries).count();
                asked += plain.joint.values().filter(|window| window.take_back_request.is_some()).count();
            }
        }
    }
    assert!(
        windows > 500 && awas > 20 && asked > 20,
        "{windows} windows, {awas} with awas of no incident alone, {asked} of which some is taken back; too few to tell"
    );
}

/// What a class's feed tells of a clash, which does not last.
fn says(class: FeedClass, hours: i64, severity: u8) -> Report {
    let mut report = taking_back::says(class, hours, severity);
    let Body::Statement(own) = &mut report.body else { unreachable!("it states something") };
    own.category = Category::parse("WP-09").expect("a code of the taxonomy");
    report
}

/// Makes what happened 23 hours after another be of another incident.
fn earlier() -> Report {
    says(Military, -5, 1)
}

/// The level after these records and one more that tells of the hours before, and by when somebody asked to take something back.
fn parted(reports: &[Report]) -> (Level, Option<i64>) {
    let stands = after(&[reports, &[earlier()]].concat());
    (stands.level, stands.asked())
}

fn worded(mut report: Report, number: u128, words: &str) -> Report {
    report.id = ReportId(number << 64 | number);
    let Body::Statement(own) = &mut report.body else { unreachable!("it states something") };
    own.wording = Wording::of(words);
    report
}

const OWN: &str = "Pos dibakar massa, tiga petugas terluka kena lemparan batu";
const OTHER: &str = "Jalan poros ditutup warga sejak subuh, alat berat berhenti";

#[test]
fn an_earlier_report_parts_no_pair() {
    let pair = [says(Village, 2, 4), says(Police, 23, 4)];
    assert_eq!(after(&pair).level, Level::Awas);
    assert_eq!(parted(&pair), (Level::Awas, None));
    let far = [says(Village, 2, 4), says(Police, 27, 4)];
    assert!(parted(&far).0 < Level::Awas, "as far apart as no incident reaches");
    assert!(
        after(&[says(Village, 2, 4), says(Community, 23, 4), earlier()]).level < Level::Awas,
        "of two that are involved"
    );
}

#[test]
fn a_copy_is_no_second_voice_whatever_the_desk_asks() {
    let copied = [worded(says(Village, 2, 4), 50, OWN), worded(says(Police, 23, 4), 51, OWN)];
    assert!(parted(&copied).0 < Level::Awas);
    let first = act(1, (Reject, 24), &[&copied[0]], SARI);
    assert!(
        parted(&[&copied[..], &[first]].concat()).0 < Level::Awas,
        "a rejection that waits makes it no voice"
    );
    // Who forwards the older report of one source is no second voice beside its younger one, whatever follows on both.
    let older = worded(says(Village, 0, 4), 50, OWN);
    let three = [older, worded(says(Village, 20, 4), 51, OTHER), worded(says(Police, 22, 4), 52, OWN)];
    assert!(after(&three).level < Level::Awas);
    let later = says(Military, 25, 1);
    assert!(
        after(&[&three[..], &[later]].concat()).level < Level::Awas,
        "a later report makes no pair of them"
    );
}

#[test]
fn what_one_person_rejected_comes_back_as_no_half_of_a_pair_and_a_half_takes_two() {
    let pair = [says(Village, 2, 4), says(Police, 23, 4)];
    let with = |records: &[Report]| parted(&[&pair[..], records].concat());
    let before = act(1, (Reject, 3), &[&pair[0]], SARI);
    assert_eq!(
        with(&[before]),
        (Level::Siaga, None),
        "one party's claim, rejected before anybody affirmed it"
    );
    for half in &pair {
        let first = act(1, (Reject, 24), &[half], SARI);
        let (level, asked) = with(std::slice::from_ref(&first));
        assert_eq!((level, asked), (Level::Awas, Some(24)), "it takes two and is asked");
        assert!(
            with(&[first, act(2, (Reject, 25), &[half], BUDI)]).0 < Level::Awas,
            "two persons take it back"
        );
    }
}

#[test]
fn what_the_desk_put_apart_is_joined_by_no_window() {
    let pair = [says(Village, 2, 4), says(Police, 23, 4)];
    let with = |records: &[Report]| parted(&[&pair[..], records].concat()).0;
    let split = [act(1, (Split, 24), &[&pair[0]], SARI), act(2, (Split, 25), &[&pair[0]], BUDI)];
    assert_eq!(with(&split[..1]), Level::Awas, "one person puts nothing apart that stands");
    assert!(with(&split) < Level::Awas);
    let merge =
        [act(1, (Merge, 24), &[&pair[0], &pair[1]], SARI), act(2, (Merge, 25), &[&pair[0], &pair[1]], BUDI)];
    assert_eq!(with(&merge), Level::Awas, "what is put together is one incident");
}
