//! Taking back what stands at siaga or above takes two persons of the desk: whatever one of them rejects, puts elsewhere or
//! withdraws alone, the level stays.

use super::echoes::DISTRICT;
use super::world::{self, Record, START};
use domain::author::{Author, StampedAuthor};
use domain::desk_feed;
use domain::effect::{Effect, Incident, Verdict};
use domain::evidence::CellId;
use domain::kind::{Category, FeedClass, Kind, Level};
use domain::pipeline::{Input, Pipeline, PipelineOptions};
use domain::place::{Areas, Place};
use domain::report::{Body, FeedId, Report, ReportId, ReportName, Statement, VerificationAct};
use domain::time::{HOUR, MINUTE, Time};
use kentongan_tests::bench::workload::Dice;
use std::collections::BTreeSet;
use std::sync::Arc;

use FeedClass::{Community, Company, Military, Police, Village};
use VerificationAct::{Confirm, Merge, Reject, Split};

pub type Person = (&'static str, &'static str);
pub const SARI: Person = ("sari", "160503");
const SARI_AGAIN: Person = ("sari-2", "160503");
pub const BUDI: Person = ("budi", "160504");
const NOBODY: Person = ("", "");

pub fn record(number: u128, (feed, class): (FeedId, FeedClass), reported_at: Time, body: Body) -> Report {
    Report {
        id: ReportId(number << 64 | number),
        hash: world::whole_hash(number),
        feed,
        class,
        place: Place { code: DISTRICT, village: 0 },
        reported_at,
        reconstructed: false,
        doubtful: None,
        author: None,
        body,
    }
}

pub fn says(class: FeedClass, hours: i64, severity: u8) -> Report {
    let category = Category::parse("WP-05").expect("a code of the taxonomy");
    let at = START.plus(hours * HOUR);
    let statement = Statement { severity, ..world::plain_statement(category, at) };
    record(class as u128 + 1, (FeedId(class as u32 + 1), class), at, Body::Statement(statement))
}

/// Typed by a person of the desk.
pub fn typed(mut report: Report, (account, person): Person) -> Report {
    let author = StampedAuthor { account: account.into(), person: person.into(), ..StampedAuthor::default() };
    let author: Author = author.author(&desk_feed::name(report.class), report.class);
    (report.feed, report.author) = (FeedId::of(&desk_feed::name(report.class)), Some(author));
    report
}

/// What a person of the desk says of reports, so many hours after the start.
pub fn act(number: u128, (act, hours): (VerificationAct, i64), named: &[&Report], person: Person) -> Report {
    let reports = named.iter().map(|report| report.name().into()).collect();
    let body = Body::Verification { act, reports, areas: Areas::everywhere() };
    let at = START.plus(hours * HOUR + 30 * MINUTE);
    typed(record(100 + number, (desk_feed::DESK, FeedClass::Desk), at, body), person)
}

/// What stands after these records, the same in whatever order and however often they come.
#[derive(Clone, PartialEq, Debug)]
pub struct Stands {
    pub level: Level,
    pub incidents: Vec<Incident>,
    /// Reports that say nothing more of what stands.
    set_aside: BTreeSet<ReportName>,
}

impl Stands {
    fn verdict(&self) -> Verdict {
        self.incidents[0].verdict
    }

    /// How many hours after the start somebody asked to take something back.
    pub fn asked(&self) -> Option<i64> {
        let request = self.incidents.iter().filter_map(|incident| incident.take_back_request).max();
        request.map(|request| request.at.since(START) / HOUR)
    }
}

pub fn after(reports: &[Report]) -> Stands {
    // The model holds nothing up.
    let (raise_ppm, clear_ppm) = ([1_000_001; 3], [1_000_001; 3]);
    let policy = domain::policy::Policy { raise_ppm, clear_ppm, ..world::shipped_policy() };
    let (places, policy) = (Arc::new(world::places()), Arc::new(policy));
    let (mut dice, mut order) = (Dice::new(3), reports.to_vec());
    let mut all = Vec::new();
    for _ in 0..6 {
        let mut pipeline =
            Pipeline::new(places.clone(), policy.clone(), &world::Line, PipelineOptions::default());
        let (mut effects, mut set_aside) = (Vec::new(), BTreeSet::new());
        for report in &order {
            pipeline.apply(Input::Report { received: START.plus(30 * HOUR), report }, &mut effects);
        }
        for effect in effects {
            match effect {
                Effect::SetAside { report, set_aside: true, .. } => set_aside.insert(report),
                Effect::SetAside { report, set_aside: false, .. } => set_aside.remove(&report),
                _ => false,
            };
        }
        let view = pipeline.view();
        let cell = CellId::new(view.places().find(DISTRICT).expect("a district"), Kind::ResidentCompany);
        let level = view.condition(cell).map_or(Level::Low, |active| active.level);
        let mut incidents: Vec<Incident> = view.emitted_incidents(cell).collect();
        incidents.sort_by_key(|incident| (incident.occurred_at, incident.id));
        all.push(Stands { level, incidents, set_aside });
        order = world::shuffled(&mut dice, &[reports, &reports[..reports.len() / 2]].concat());
    }
    assert!(all.windows(2).all(|two| two[0] == two[1]), "the order changes something: {all:?}");
    all.remove(0)
}

#[test]
fn one_persons_rejection_leaves_what_stands_and_a_seconds_within_a_day_takes_it_back() {
    let pair = [says(Village, 0, 4), says(Police, 1, 4)];
    let named = [&pair[0], &pair[1]];
    let with = |records: &[Report]| after(&[&pair[..], records].concat());
    let first = act(1, (Reject, 2), &named, SARI);
    let stands = with(std::slice::from_ref(&first));
    assert_eq!((stands.level, stands.verdict(), stands.asked()), (Level::Awas, Verdict::Unverified, Some(2)));
    let agreed = with(&[first.clone(), act(2, (Reject, 25), &named, BUDI)]);
    assert_eq!((agreed.level, agreed.verdict(), agreed.asked()), (Level::Low, Verdict::Rejected, None));
    let late = with(&[first.clone(), act(2, (Reject, 26), &named, BUDI)]);
    assert_eq!((late.level, late.asked()), (Level::Awas, Some(26)), "the first had lapsed");
    for nobody_else in [SARI, SARI_AGAIN, NOBODY] {
        let stands = with(&[first.clone(), act(2, (Reject, 3), &named, nobody_else)]);
        assert_eq!((stands.level, stands.asked()), (Level::Awas, Some(3)), "{nobody_else:?}");
    }
    // One of a pair: the other half would stand alone, lower.
    let half = with(&[act(1, (Reject, 2), &named[..1], SARI), act(2, (Reject, 3), &named[1..], BUDI)]);
    assert_eq!((half.level, half.asked()), (Level::Awas, Some(3)), "they named different reports");
    // Somebody confirms it in between: the next rejection is a first one.
    let between = act(3, (Confirm, 3), &named, ("tuti", "160505"));
    let stands = with(&[first, between, act(2, (Reject, 4), &named, BUDI)]);
    assert_eq!((stands.level, stands.asked()), (Level::Awas, Some(4)));
}

#[test]
fn what_was_rejected_in_force_says_nothing_more_of_what_stands() {
    let three = [says(Village, 0, 3), says(Police, 1, 3), says(Military, 2, 5)];
    let wrong = [&three[2]];
    let with = |records: &[Report]| after(&[&three[..], records].concat());
    let first = act(1, (Reject, 3), &wrong, SARI);
    let asked = with(std::slice::from_ref(&first));
    assert_eq!((asked.asked(), asked.set_aside.len()), (Some(3), 0), "a request changes nothing");
    let agreed = act(2, (Reject, 4), &wrong, BUDI);
    let stands = with(&[first.clone(), agreed.clone()]);
    assert_eq!((stands.verdict(), stands.incidents[0].claimed.severity), (Verdict::Unverified, 3));
    assert_eq!(stands.set_aside, BTreeSet::from([three[2].name()]));
    let confirmed = act(3, (Confirm, 5), &wrong, BUDI);
    assert!(with(&[first.clone(), agreed.clone(), confirmed]).set_aside.is_empty(), "it speaks again");
    let others = [&three[0], &three[1]];
    let all = [first, agreed, act(3, (Reject, 5), &others, SARI), act(4, (Reject, 6), &others, BUDI)];
    let none = with(&all);
    assert_eq!(
        (none.verdict(), none.set_aside.len()),
        (Verdict::Rejected, 0),
        "what they say is shown, as rejected"
    );
}

#[test]
fn below_siaga_one_persons_rejection_counts_at_once_and_nothing_that_joins_later_revives_it() {
    let rumour = says(Community, 0, 5);
    let rejected = act(1, (Reject, 1), &[&rumour], SARI);
    let alone = after(&[rumour.clone(), rejected.clone()]);
    assert_eq!((alone.level, alone.verdict(), alone.asked()), (Level::Low, Verdict::Rejected, None));
    let joined = after(&[rumour, rejected, says(Village, 6, 4), says(Company, 7, 5)]);
    assert_eq!((joined.level, joined.asked()), (Level::Siaga, None));
    assert_eq!((joined.incidents[0].claimed.severity, joined.incidents[0].speakers), (5, 2));
    // What one person raised by a confirmation stands likewise, also against that person.
    let claim = says(Company, 0, 4);
    let confirmed = act(1, (Confirm, 1), &[&claim], SARI);
    let taken = after(&[claim.clone(), confirmed.clone(), act(2, (Reject, 2), &[&claim], SARI)]);
    assert_eq!((taken.level, taken.verdict()), (Level::Siaga, Verdict::Confirmed));
    assert!(taken.asked().is_some() && taken.incidents[0].awas_request.is_none(), "and asks for no awas");
    let both = [act(2, (Reject, 2), &[&claim], SARI), act(3, (Reject, 3), &[&claim], BUDI)];
    let taken = after(&[&[claim, confirmed][..], &both[..]].concat());
    assert_eq!((taken.level, taken.verdict(), taken.asked()), (Level::Low, Verdict::Rejected, None));
}

#[test]
fn a_pair_is_not_taken_apart_by_one_person() {
    let pair = [says(Village, 0, 4), says(Police, 1, 4)];
    let other = says(Military, 60, 2);
    let with = |records: &[Report]| after(&[&pair[..], std::slice::from_ref(&other), records].concat());
    for (what, named) in [(Split, vec![&pair[0]]), (Merge, vec![&pair[0], &other])] {
        let first = act(1, (what, 2), &named, SARI);
        let stands = with(std::slice::from_ref(&first));
        assert_eq!((stands.level, stands.asked()), (Level::Awas, Some(2)), "{what:?}");
        let same = with(&[first.clone(), act(2, (what, 3), &named, SARI_AGAIN)]);
        assert_eq!((same.level, same.asked()), (Level::Awas, Some(3)), "{what:?}");
        let agreed = with(&[first.clone(), act(2, (what, 3), &named, BUDI)]);
        assert_eq!((agreed.level, agreed.asked()), (Level::Siaga, None), "{what:?}");
        let late = with(&[first, act(2, (what, 26), &named, BUDI)]);
        assert_eq!((late.level, late.asked()), (Level::Awas, Some(26)), "{what:?}");
    }
    // Neither could stand alone: one is grave enough for the rule, the other tells of people hurt.
    let mut hurt = says(Military, 1, 2);
    if let Body::Statement(own) = &mut hurt.body {
        own.injured = 1;
    }
    let both = [says(Police, 0, 3), hurt];
    for (what, hours, level, asked) in [(SARI, 2, Level::Siaga, Some(2)), (BUDI, 3, Level::Low, None)] {
        let acts = [act(1, (Split, 2), &[&both[0]], SARI), act(2, (Split, hours), &[&both[0]], what)];
        let stands = after(&[&both[..], &acts].concat());
        assert_eq!((stands.level, stands.asked()), (level, asked), "{what:?}");
    }
    // What is slight one person puts together or apart.
    let slight = [says(Village, 0, 2), says(Police, 1, 2)];
    let split = after(&[&slight[..], &[act(1, (Split, 2), &[&slight[0]], SARI)]].concat());
    assert_eq!((split.incidents.len(), split.asked()), (2, None));
}

#[test]
fn a_colleagues_report_is_rated_down_or_withdrawn_by_two_and_ones_own_by_oneself() {
    let report = typed(says(Police, 0, 4), SARI);
    let by = |number: u128, person, hours, body| {
        let at = START.plus(hours * HOUR + 30 * MINUTE);
        typed(record(200 + number, (report.feed, report.class), at, body), person)
    };
    let Body::Statement(own) = report.body else { unreachable!() };
    let rated = Statement { reliability: 5, supersedes: Some(report.id), ..own };
    let withdrawal = Body::Retraction { target: report.id };
    for body in [Body::Statement(rated), withdrawal.clone()] {
        let first = by(1, BUDI, 2, body);
        let stands = after(&[report.clone(), first.clone()]);
        assert_eq!((stands.level, stands.asked()), (Level::Siaga, Some(2)));
        let same = after(&[report.clone(), first.clone(), by(2, BUDI, 3, withdrawal.clone())]);
        assert_eq!((same.level, same.asked()), (Level::Siaga, Some(3)));
        let agreed = after(&[report.clone(), first, by(2, ("tuti", "160505"), 3, withdrawal.clone())]);
        assert!(agreed.level < Level::Siaga && agreed.asked().is_none(), "{agreed:?}");
    }
    let own = after(&[report.clone(), by(1, SARI_AGAIN, 2, withdrawal)]);
    assert!(own.level < Level::Siaga && own.asked().is_none(), "one's own word");
}

#[test]
fn what_lapsed_stays_lapsed_whatever_is_withdrawn_later() {
    let pair = [says(Village, 0, 4), says(Police, 1, 4)];
    let request = act(1, (Reject, 2), &[&pair[0]], SARI);
    let own = |body| record(9, (pair[1].feed, Police), START.plus(40 * HOUR), body);
    let Body::Statement(statement) = pair[1].body else { unreachable!() };
    let slight = Statement { severity: 1, supersedes: Some(pair[1].id), ..statement };
    for body in [Body::Retraction { target: pair[1].id }, Body::Statement(slight)] {
        let stands = after(&[&pair[..], &[request.clone(), own(body)]].concat());
        assert_eq!((stands.verdict(), stands.asked()), (Verdict::Unverified, Some(2)));
        assert_eq!(stands.incidents[0].claimed.severity, 4);
    }
    // What was withdrawn before anybody rejected the other does not count.
    let mut before = own(Body::Retraction { target: pair[1].id });
    before.reported_at = START.plus(HOUR + MINUTE);
    let stands = after(&[&pair[..], &[request, before]].concat());
    assert_eq!((stands.verdict(), stands.asked()), (Verdict::Rejected, None));
}

#[test]
fn an_account_that_is_given_its_person_is_no_second() {
    let pair = [says(Village, 0, 4), says(Police, 1, 4)];
    let named = [&pair[0], &pair[1]];
    let acts = [act(1, (Reject, 2), &named, ("sari", "")), act(2, (Reject, 3), &named, SARI)];
    let stands = after(&[&pair[..], &acts].concat());
    assert_eq!((stands.level, stands.asked()), (Level::Awas, Some(3)));
    let claim = says(Village, 0, 4);
    let acts = [act(1, (Confirm, 2), &[&claim], ("sari", "")), act(2, (Confirm, 3), &[&claim], SARI)];
    assert_eq!(after(&[&[claim][..], &acts].concat()).level, Level::Siaga);
}

#[test]
fn what_two_rejected_one_person_raises_to_siaga_and_two_to_awas() {
    let pair = [says(Village, 0, 4), says(Police, 1, 4)];
    let named = [&pair[0], &pair[1]];
    let both = [act(1, (Reject, 2), &named, SARI), act(2, (Reject, 3), &named, BUDI)];
    let with = |records: &[Report]| after(&[&pair[..], &both, records].concat());
    let confirmed = act(3, (Confirm, 4), &named, SARI);
    let stands = with(std::slice::from_ref(&confirmed));
    assert_eq!((stands.level, stands.verdict()), (Level::Siaga, Verdict::Confirmed));
    assert!(stands.incidents[0].awas_request.is_some(), "a second person makes it awas");
    let stands = with(&[confirmed.clone(), act(4, (Confirm, 5), &named, BUDI)]);
    assert_eq!((stands.level, stands.incidents[0].awas_request), (Level::Awas, None));
    let late = with(&[confirmed, act(4, (Confirm, 28), &named, BUDI)]);
    assert_eq!(late.level, Level::Siaga, "the first had lapsed");
}

/// A known hole: no receipt decides, so what is stamped before a rejection counts as known then, whenever it came.
#[test]
fn a_grave_report_stamped_before_a_rejection_turns_it_into_a_request() {
    let rumour = says(Community, 2, 5);
    let rejected = act(1, (Reject, 3), &[&rumour], SARI);
    assert_eq!(after(&[rumour.clone(), rejected.clone()]).asked(), None);
    let stands = after(&[rumour, rejected, says(Police, 1, 4)]);
    assert_eq!((stands.asked(), stands.incidents[0].claimed.severity), (Some(3), 5));
}

#[test]
fn what_waits_to_replace_a_report_is_one_voice_with_it() {
    let of = |report: Report, (account, person): Person, village: &str| {
        let [account, person] = [account, person].map(String::from);
        let organisation = StampedAuthor::own_organisation(village);
        let author = StampedAuthor { account, person, organisation, party: false };
        let name = desk_feed::name(report.class);
        Report { feed: FeedId::of(&name), author: Some(author.author(&name, report.class)), ..report }
    };
    let report = of(says(Police, 0, 4), SARI, "polsek-a");
    let Body::Statement(own) = report.body else { unreachable!() };
    let replaced = Body::Statement(Statement { supersedes: Some(report.id), severity: 5, ..own });
    let at = START.plus(2 * HOUR);
    let replacement = of(record(9, (report.feed, Police), at, replaced), BUDI, "polsek-b");
    let stands = after(&[report.clone(), replacement.clone()]);
    let incident = &stands.incidents[0];
    assert_eq!((stands.level, incident.reports, incident.speakers), (Level::Siaga, 2, 1));
    assert_eq!((incident.claimed.severity, incident.attested.extent.severity), (5, 0), "heard, and no pair");
    // A second person agrees: now it stands in the place of the other.
    let second = of(
        record(10, (report.feed, Police), at, Body::Retraction { target: report.id }),
        ("tuti", "160505"),
        "polsek-b",
    );
    let stands = after(&[report, replacement, second]);
    assert_eq!((stands.incidents[0].reports, stands.incidents[0].claimed.severity), (1, 5));
}

/// Rules alone speak, and only those that one incident can meet.
pub fn rules_of_one_incident() -> Pipeline {
    let base = world::policy();
    let rules = base.rules.iter().filter(|rule| rule.count <= 1).cloned().collect();
    let policy = domain::policy::Policy {
        raise_ppm: [1_000_001, 1_000_002, 1_000_003],
        clear_ppm: [1_000_001, 1_000_002, 1_000_003],
        transferred_raise: u32::MAX,
        dwell: 0,
        rules,
        ..base
    };
    Pipeline::new(Arc::new(world::places()), Arc::new(policy), &world::Line, PipelineOptions::default())
}

/// Records of one person of the desk, each stamped when it comes: verdicts, merges and splits of what is there, and withdrawals
/// of what colleagues typed.
fn of_one_person(dice: &mut Dice, others: &[Record], number: u128) -> Record {
    let pick = |dice: &mut Dice| others[dice.below(others.len())].report.clone();
    let (one, other) = (pick(dice), pick(dice));
    // With the tick of its hour, so that nothing lapses between that and the record.
    let received = others[others.len() / 2 + dice.below(others.len() / 2)].received.hour().start();
    let named = [&one, &other];
    let what = [Reject, Reject, Reject, Split, Merge][dice.below(5)];
    let count = if what == Merge { 2 } else { 1 + dice.below(2) };
    let mut report = act(number, (what, 0), &named[..count], SARI);
    if dice.one_in(4) && desk_feed::is_desk_feed(one.feed) {
        report = record(300 + number, (one.feed, one.class), received, Body::Retraction { target: one.id });
        report = typed(report, SARI);
        report.feed = one.feed;
    }
    report.place.code = one.place.code;
    report.reported_at = received;
    Record { received, report }
}

#[test]
fn no_record_of_one_person_lowers_what_others_reached_to_siaga_or_above() {
    let (mut stood, mut asked) = (0, 0);
    for seed in world::seeds(300) {
        let mut dice = Dice::new(seed);
        let mut records = world::records(&mut dice, 150, 2);
        // Nobody else of the desk judges or withdraws anything, and every clock is right: what others say comes as stamped.
        records.retain(|Record { report, .. }| match &report.body {
            Body::Verification { .. } => false,
            Body::Retraction { .. } => !desk_feed::is_desk_feed(report.feed),
            Body::Statement(own) => own.supersedes.is_none() || !desk_feed::is_desk_feed(report.feed),
            Body::Remark(own) => own.supersedes.is_none() || !desk_feed::is_desk_feed(report.feed),
            Body::Nothing { .. } => true,
        });
        for record in &mut records {
            record.report.reported_at = record.received;
            record.report.doubtful = None;
        }
        let own: Vec<Record> = (0..25).map(|number| of_one_person(&mut dice, &records, number)).collect();
        let mut all: Vec<(bool, Record)> = records.into_iter().map(|record| (false, record)).collect();
        all.extend(own.into_iter().map(|record| (true, record)));
        all.sort_by_key(|(own, record)| (record.received, *own));
        let (mut pipeline, mut effects) = (rules_of_one_incident(), Vec::new());
        for (own, record) in &all {
            while let Some(hour) = pipeline.due_tick(record.received) {
                pipeline.apply(Input::Tick(hour), &mut effects);
            }
            let levels = |pipeline: &Pipeline| -> Vec<(CellId, Level)> {
                let view = pipeline.view();
                let standing = view.cells().filter_map(|cell| Some((cell, view.condition(cell)?.level)));
                standing.filter(|(_, level)| *level >= Level::Siaga).collect()
            };
            let before = if *own { levels(&pipeline) } else { Vec::new() };
            let input = Input::Report { received: record.received, report: &record.report };
            pipeline.apply(input, &mut effects);
            for (cell, level) in before {
                let now = pipeline.view().condition(cell).map_or(Level::Low, |active| active.level);
                assert!(now >= level, "history {seed}: {level} fell to {now} by {:?}", record.report);
                stood += 1;
            }
        }
        let view = pipeline.view();
        asked += view
            .cells()
            .flat_map(|cell| view.emitted_incidents(cell).collect::<Vec<_>>())
            .filter(|incident| incident.take_back_request.is_some())
            .count();
    }
    assert!(stood > 1_000 && asked > 100, "{stood} levels stood and {asked} requests; too few to tell");
}
