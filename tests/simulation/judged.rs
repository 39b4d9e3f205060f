//! The desk judges reports, not whatever joins them later: what is rejected silences no other, and what is confirmed vouches
//! for nobody else's claim.

use super::echoes::{DISTRICT, report};
use super::world::{self, START};
use domain::author::Author;
use domain::desk_feed;
use domain::effect::{Incident, Verdict};
use domain::evidence::CellId;
use domain::evidence::speaker::AccountId;
use domain::kind::{Category, CheckReason, FeedClass, Kind, Level};
use domain::pipeline::{Input, Pipeline, PipelineOptions};
use domain::place::Areas;
use domain::report::{Body, Report, Statement, VerificationAct};
use domain::time::HOUR;
use kentongan_tests::bench::workload::Dice;
use std::sync::Arc;

/// A blockade, as one class's feed tells it so many hours after the start.
fn blockade(class: FeedClass, hours: i64, severity: u8, dead: u16) -> Report {
    let category = Category::parse("WP-05").expect("a code of the taxonomy");
    let statement = world::plain_statement(category, START.plus(hours * HOUR));
    let own = report(class, class as u128 + 1, Body::Statement(Statement { severity, dead, ..statement }));
    Report { reported_at: START.plus(hours * HOUR), ..own }
}

fn judge(act: VerificationAct, named: &Report) -> Report {
    by(0, act, named)
}

/// One of several persons of the desk, an hour after what it judges.
fn by(person: u128, act: VerificationAct, named: &Report) -> Report {
    let reports = vec![named.name().into()];
    let body = Body::Verification { act, reports, areas: Areas::everywhere() };
    let mut judgement = report(FeedClass::Desk, 90 + named.id.0 % 7 + 100 * person, body);
    (judgement.feed, judgement.reported_at) = (desk_feed::DESK, named.reported_at);
    let account = world::PERSONS[person as usize];
    let base = Author::of_feed(judgement.feed, judgement.class);
    judgement.author = Some(Author { account, login: AccountId(900 + person as u32), ..base });
    judgement
}

/// The level and the incident after these reports, the same in whatever order they come.
fn after(reports: &[Report]) -> (Level, Incident) {
    let policy = domain::policy::Policy { raise_ppm: [1_000_001; 3], ..world::shipped_policy() };
    let (places, policy) = (Arc::new(world::places()), Arc::new(policy));
    let (mut dice, mut order) = (Dice::new(3), reports.to_vec());
    let mut all = Vec::new();
    for _ in 0..8 {
        let options = PipelineOptions::default();
        let mut pipeline = Pipeline::new(places.clone(), policy.clone(), &world::Line, options);
        for report in &order {
            pipeline.apply(Input::Report { received: START.plus(9 * HOUR), report }, &mut Vec::new());
        }
        let view = pipeline.view();
        let cell = CellId::new(view.places().find(DISTRICT).expect("a district"), Kind::ResidentCompany);
        let level = view.condition(cell).map_or(Level::Low, |active| active.level);
        all.push((level, view.emitted_incidents(cell).next().expect("an incident")));
        order = world::shuffled(&mut dice, &order);
    }
    assert!(all.windows(2).all(|two| two[0] == two[1]), "the order changes something: {all:?}");
    all.remove(0)
}

use FeedClass::{Community, Company, Police, Village};

#[test]
fn a_rumour_that_was_rejected_silences_no_report_that_comes_after_it() {
    let rumour = blockade(Community, 0, 5, 3);
    let rejected = judge(VerificationAct::Reject, &rumour);
    let (level, incident) = after(&[rumour.clone(), rejected.clone()]);
    assert_eq!((level, incident.verdict, incident.counted_severity), (Level::Low, Verdict::Rejected, 2));
    let (village, police) = (blockade(Village, 6, 4, 0), blockade(Police, 7, 4, 0));
    let (level, incident) = after(&[rumour.clone(), rejected.clone(), village.clone(), police.clone()]);
    assert_eq!((level, incident.verdict, incident.speakers), (Level::Awas, Verdict::Unverified, 2));
    assert_eq!(
        (incident.claimed.severity, incident.claimed.dead),
        (4, 0),
        "what was rejected counts for nothing"
    );
    // One of two that stands is not taken down with the other.
    let by_two = |named: &Report| [0, 1].map(|person| by(person, VerificationAct::Reject, named));
    let one = by_two(&village);
    let (level, _) = after(&[&[village.clone(), police.clone()][..], &one].concat());
    assert_eq!(level, Level::Siaga);
    let both = by_two(&police);
    let (level, incident) = after(&[&[village, police][..], &one, &both].concat());
    assert_eq!((level, incident.verdict), (Level::Low, Verdict::Rejected));
}

#[test]
fn a_confirmation_vouches_for_what_it_names_and_for_no_claim_beside_it() {
    let police = blockade(Police, 0, 2, 0);
    let confirmed = judge(VerificationAct::Confirm, &police);
    for (class, severity, dead, level) in
        [(Community, 5, 40, Level::Waspada), (Company, 5, 0, Level::Waspada)]
    {
        let claim = blockade(class, 1, severity, dead);
        let (raised, incident) = after(&[police.clone(), confirmed.clone(), claim]);
        assert_eq!((raised, incident.verdict), (level, Verdict::Confirmed), "{class}");
        assert_eq!((incident.counted_severity, incident.attested.extent.severity), (2, 2), "{class}");
        let check = (class == Community).then_some(CheckReason::Community);
        assert_eq!(incident.check, check, "{class}");
    }
}
