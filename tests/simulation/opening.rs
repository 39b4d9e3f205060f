//! What the shipped policy opens for single reports and pairs: cases that went wrong once, each with the right level.

use super::world::{self, Record, START};
use domain::condition::ActiveCondition;
use domain::effect::{ConditionReason, Incident};
use domain::feature::COUNT;
use domain::kind::{Category, CheckReason, FeedClass, Horizon, Kind, Level, OpeningVoice, Party};
use domain::pipeline::{Input, Pipeline, PipelineOptions};
use domain::place::{Code, Place};
use domain::report::{Body, FeedId, Report, ReportId, Statement};
use domain::scorer::{Calibration, ModelLine, Scorer};
use domain::time::{HOUR, MINUTE};
use std::sync::Arc;

/// A model that never sees a risk.
struct NoRisk;

impl Scorer for NoRisk {
    fn line_for(&self, _: Code, _: Kind, _: Horizon) -> ModelLine {
        let calibration = Calibration { model: 0, calibrated: true, base_ppm: 10_000, bar: None };
        ModelLine { intercept: -20.0, coefficients: [0.0; COUNT], calibration }
    }
}

/// A report as a case tells it: who, what, how grave; the rest is added to it.
fn says(class: FeedClass, code: &str, severity: u8) -> Statement {
    let category = Category::parse(code).expect("a category");
    assert!(severity > 0 && class != FeedClass::Sensor);
    Statement { severity, ..world::plain_statement(category, START) }
}

fn naming(mut statement: Statement, parties: &[Party]) -> Statement {
    parties.iter().for_each(|party| statement.parties.add(*party));
    statement
}

/// What stands after some reports, one a minute, each of its class's one feed.
struct Stands {
    level: Level,
    condition: Option<ActiveCondition>,
    incident: Incident,
}

impl Stands {
    fn voice(&self) -> Option<OpeningVoice> {
        self.condition.as_ref()?.reasons.iter().find_map(|reason| match reason {
            ConditionReason::Opening { voice, .. } => Some(*voice),
            _ => None,
        })
    }
}

fn after(reports: &[(FeedClass, Statement)]) -> Stands {
    let (places, policy) = (Arc::new(world::places()), Arc::new(world::shipped_policy()));
    let mut pipeline = Pipeline::new(places, policy, &NoRisk, PipelineOptions::default());
    for (number, (class, statement)) in reports.iter().enumerate() {
        let at = START.plus(HOUR + number as i64 * MINUTE);
        let report = Report {
            doubtful: None,
            id: ReportId(number as u128 + 1),
            hash: world::whole_hash(number as u128),
            feed: FeedId(*class as u32 + 1),
            class: *class,
            author: None,
            place: Place { code: Code(161_301), village: 0 },
            reported_at: at,
            reconstructed: false,
            body: Body::Statement(*statement),
        };
        let Record { received, report } = Record { received: at, report };
        pipeline.apply(Input::Report { received, report: &report }, &mut Vec::new());
    }
    let view = pipeline.view();
    let own = |cell: &domain::evidence::CellId| {
        view.places().code(cell.unit()) == Code(161_301) && cell.kind() == reports[0].1.kind
    };
    let cell = view.cells().find(own).expect("a cell of the district");
    let condition = view.condition(cell).cloned();
    Stands {
        level: condition.as_ref().map_or(Level::Low, |active| active.level),
        condition,
        incident: view.emitted_incidents(cell).next().expect("an incident"),
    }
}

use FeedClass::{Agency, Community, Company, Military, Police, Village};

#[test]
fn what_one_party_claims_opens_waspada_and_a_smaller_account_attests_that_much() {
    let claim = Statement { injured: 3, ..says(Company, "WP-08", 5) };
    let first = after(&[(Company, claim)]);
    assert_eq!((first.level, first.voice()), (Level::Waspada, Some(OpeningVoice::OneParty)));
    let both = after(&[(Company, claim), (Village, says(Village, "WP-08", 1))]);
    assert_eq!((both.level, both.voice()), (Level::Waspada, Some(OpeningVoice::OneParty)));
    assert!(both.condition.is_some_and(|active| active.unverified));
    assert_eq!((both.incident.attested.extent.severity, both.incident.attested.awas), (1, 0));
    assert_eq!((both.incident.claimed.severity, both.incident.counted_severity), (5, 2));
}

#[test]
fn two_parties_attest_what_both_say_and_carry_siaga_at_most() {
    let claimed = [(Village, says(Village, "WP-05", 3)), (Company, says(Company, "WP-05", 4))];
    let claimed = after(&claimed);
    assert_eq!((claimed.incident.attested.extent.severity, claimed.incident.claimed.severity), (3, 4));
    assert!(claimed.level < Level::Awas);
    let grave = after(&[(Village, says(Village, "WP-05", 4)), (Company, says(Company, "WP-05", 5))]);
    assert_eq!((grave.level, grave.voice()), (Level::Siaga, Some(OpeningVoice::Verified)));
    // The police leave themselves out; the village names them.
    let named = [
        (Village, naming(says(Village, "WP-08", 4), &[Party::Resident, Party::Police])),
        (Police, naming(says(Police, "WP-08", 4), &[Party::Resident])),
    ];
    assert_eq!(after(&named).level, Level::Siaga);
    let unnamed = [(Village, says(Village, "WP-08", 4)), (Police, says(Police, "WP-08", 4))];
    assert_eq!(after(&unnamed).level, Level::Awas);
}

#[test]
fn a_death_opens_siaga_at_the_first_report_whatever_its_category() {
    for (class, code, dead) in [
        (Police, "WW-12", 1),
        (Agency, "WA-08", 9),
        (Agency, "WA-10", 9),
        (Village, "X-00", 9),
        (Company, "WP-11", 1),
        (Village, "WP-11", 1),
        (Military, "WA-02", 2),
    ] {
        let stands = after(&[(class, Statement { dead, ..says(class, code, 5) })]);
        assert_eq!(stands.level, Level::Siaga, "{class} {code}");
        let doubted = Statement { dead, reliability: 5, credibility: 6, ..says(class, code, 5) };
        assert_eq!(after(&[(class, doubted)]).level, Level::Siaga, "{class} {code}, doubted");
    }
}

#[test]
fn what_the_community_says_opens_waspada_and_asks_a_person() {
    for statement in [
        says(Community, "WW-03", 4),
        Statement { dead: 1, ..says(Community, "WW-03", 2) },
        says(Community, "WA-01", 5),
    ] {
        let alone = after(&[(Community, statement)]);
        assert_eq!((alone.level, alone.voice()), (Level::Waspada, Some(OpeningVoice::Community)));
        assert_eq!(alone.incident.check, Some(CheckReason::Community));
        let affirmed = after(&[(Community, statement), (Police, statement)]);
        assert!(affirmed.level >= Level::Siaga && affirmed.incident.check.is_none());
    }
}

#[test]
fn what_cannot_be_judged_asks_a_person_and_what_is_doubted_opens_nothing() {
    let hearsay = Statement { reliability: 6, credibility: 6, ..says(Community, "WW-03", 4) };
    let hearsay = after(&[(Community, hearsay)]);
    assert_eq!((hearsay.level, hearsay.incident.check), (Level::Low, Some(CheckReason::Unjudged)));
    let unjudged = |class, code| after(&[(class, Statement { credibility: 6, ..says(class, code, 4) })]);
    assert_eq!(unjudged(Police, "WP-08").level, Level::Low);
    assert_eq!(unjudged(Agency, "WA-08").level, Level::Siaga, "no conflict: it opens as it would");
    for severity in 1..=3 {
        let slight = Statement { credibility: 6, ..says(Police, "WP-08", severity) };
        let alone = after(&[(Police, slight)]);
        assert_eq!(
            (alone.level, alone.incident.check),
            (Level::Low, Some(CheckReason::Unjudged)),
            "{severity}"
        );
        let usable = says(Police, "WP-08", severity);
        let affirmed = after(&[(Police, slight), (Village, usable), (Military, usable)]);
        assert_eq!(affirmed.incident.check, None, "{severity}: others say as much");
    }
    let of_disaster =
        |severity| after(&[(Agency, Statement { credibility: 6, ..says(Agency, "WA-08", severity) })]);
    assert_eq!((of_disaster(3).level, of_disaster(3).incident.check), (Level::Waspada, None), "as it would");
    assert_eq!((of_disaster(2).level, of_disaster(2).incident.check), (Level::Low, None));
    let doubted = |class, code| after(&[(class, Statement { reliability: 5, ..says(class, code, 5) })]);
    for (class, code) in [(Police, "WP-08"), (Company, "WP-08"), (Agency, "WA-09")] {
        let stands = doubted(class, code);
        assert_eq!((stands.level, stands.incident.check), (Level::Low, None), "{class} {code}");
    }
    assert_eq!(doubted(Agency, "WA-01").level, Level::Siaga, "it threatens lives");
    // Rated low, it is no speaker of a pair.
    let low = Statement { reliability: 5, ..says(Police, "WP-08", 5) };
    let pair = after(&[(Police, low), (Village, says(Village, "WP-08", 5))]);
    assert_eq!((pair.level, pair.incident.attested.awas, pair.incident.speakers), (Level::Waspada, 0, 1));
}

#[test]
fn a_disaster_of_severity_three_opens_waspada_but_not_by_the_community() {
    assert_eq!(after(&[(Agency, says(Agency, "WA-08", 3))]).level, Level::Waspada);
    assert_eq!(after(&[(Village, says(Village, "WA-08", 3))]).level, Level::Waspada);
    assert_eq!(after(&[(Community, says(Community, "WA-08", 3))]).level, Level::Low);
    assert_eq!(after(&[(Agency, says(Agency, "WA-08", 2))]).level, Level::Low);
}
