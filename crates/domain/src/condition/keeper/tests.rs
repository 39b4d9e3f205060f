//! The keeper alone: evidence from reports, and opinions set by the test.

use super::*;
use crate::effect::{Condition, ConditionReason, DistrictCount};
use crate::kind::{Category, CategorySet, FeedClass, FoundBy, Handling, Kind, Parties};
use crate::place::{Areas, Code, Place, Places, Unit};
use crate::policy::{
    AlarmBudget, AwasPolicy, FusionPolicy, OpeningPolicy, Policy, Rule, SensorPolicy, Silence, Voices,
};
use crate::report::{
    Body, FeedId, Report, ReportId, ReportName, ReportReference, Statement, VerificationAct,
};
use crate::scorer::Calibration;
use crate::time::{DAY, HOUR, MINUTE};
use alloc::{collections::BTreeMap, string::String, sync::Arc};

const START: Time = Time(490_000 * HOUR);
const REGENCY: u32 = 161_300;
const DISTRICTS: [u32; 3] = [161_301, 161_302, 161_303];
const KIND: Kind = Kind::ResidentCompany;

/// Risks as the test sets them; every feed speaks unless it says otherwise.
struct SetOpinions {
    risks: BTreeMap<CellId, u32>,
    completeness_ppm: u32,
}

impl SetOpinions {
    fn of(&self, cell: CellId) -> ModelOpinion {
        let risk_ppm = self.risks.get(&cell).copied().unwrap_or(0);
        let calibration = Calibration { model: 0, calibrated: true, base_ppm: 10_000, bar: None };
        ModelOpinion { risk_ppm, calibration, completeness_ppm: self.completeness_ppm }
    }
}

impl Opinions for SetOpinions {
    fn opinion(&mut self, _: &Evidence, cell: CellId, _: Time) -> ModelOpinion {
        self.of(cell)
    }
    fn opinion_then(&self, _: &Evidence, cell: CellId, _: Time) -> ModelOpinion {
        self.of(cell)
    }
}

/// A keeper with its evidence, as the pipeline drives it.
struct World {
    evidence: Evidence,
    opinions: SetOpinions,
    keeper: ConditionKeeper,
    changed: ChangedCells,
    at: Time,
}

fn policy() -> Policy {
    let rule = |id: &str, level, count| Rule {
        id: String::from(id),
        kind: KIND,
        level,
        categories: Vec::new(),
        min_severity: 3,
        min_stage: None,
        count,
        window: 2 * DAY,
        by_pair: false,
        min_harmed: 0,
    };
    Policy {
        version: String::from("test"),
        fusion: FusionPolicy {
            window: HOUR,
            lasting: CategorySet::default(),
            gap: 36 * HOUR,
            longest: 14 * DAY,
        },
        repair_horizon: 400 * DAY,
        silence: Silence {
            factor: 300,
            at_least: 2 * DAY,
            at_most: 4 * DAY,
            low_ppm: 500_000,
            voices: Voices::usual(),
        },
        raise_ppm: [150_000, 300_000, 600_000],
        clear_ppm: [100_000, 220_000, 450_000],
        alarm_budget: AlarmBudget::USUAL,
        transferred_raise: 300,
        transferred_clear: 200,
        dwell: 6 * HOUR,
        emit_ppm: 1_000,
        regency_districts: 2,
        awas: AwasPolicy::LEAST,
        opening: OpeningPolicy::default(),
        pile_up: None,
        sensors: SensorPolicy::default(),
        chain_window: 0,
        rules: vec![rule("one", Level::Waspada, 1), rule("two", Level::Siaga, 2)],
    }
}

fn cell(code: u32) -> CellId {
    let places = places();
    CellId::new(places.find(Code(code)).unwrap(), KIND)
}

fn places() -> Places {
    Places::new(DISTRICTS.map(|code| (Code(code), Unit::default())).to_vec(), false)
}

fn report(id: u128, code: u32, at: Time, body: Body) -> Report {
    Report {
        id: ReportId(id << 64 | id),
        hash: id << 100 | id,
        feed: FeedId(1),
        class: FeedClass::Desk,
        author: None,
        place: Place { code: Code(code), village: 0 },
        reported_at: at,
        reconstructed: false,
        doubtful: None,
        body,
    }
}

fn grave(id: u128, code: u32, at: Time) -> Report {
    let statement = Statement {
        kind: KIND,
        category: Category::OTHER,
        severity: 3,
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
    report(id, code, at, Body::Statement(statement))
}

impl World {
    fn new(reevaluates_always: bool) -> World {
        let places = places();
        let cells = places.len() * Kind::COUNT;
        World {
            evidence: Evidence::new(Arc::new(places), Arc::new(policy())),
            opinions: SetOpinions { risks: BTreeMap::new(), completeness_ppm: 1_000_000 },
            keeper: ConditionKeeper::new(cells, reevaluates_always),
            changed: ChangedCells::new(true),
            at: START,
        }
    }

    fn follow(&mut self, cell: CellId, touched: &EvidenceChanges, out: &mut Vec<Effect>) {
        let opinion = self.opinions.of(cell);
        let mut context = KeeperContext {
            evidence: &self.evidence,
            opinions: &mut self.opinions,
            at: self.at,
            changed: &mut self.changed,
        };
        self.keeper.follow(cell, opinion, touched, &mut context, out);
    }

    /// Takes a report in, as the pipeline does: its cells, then their regencies.
    fn take(&mut self, report: &Report) -> Vec<Condition> {
        let mut touched = EvidenceChanges::default();
        self.evidence.insert(report, false, &mut touched);
        let mut out = Vec::new();
        for cell in touched.cells.clone() {
            self.follow(cell, &touched, &mut out);
            self.follow(self.evidence.regency_cell(cell), &touched, &mut out);
        }
        conditions(out)
    }

    /// Sets a cell's risk.
    fn risk(&mut self, code: u32, risk_ppm: u32) -> Vec<Condition> {
        self.opinions.risks.insert(cell(code), risk_ppm);
        let mut out = Vec::new();
        self.follow(cell(code), &EvidenceChanges::default(), &mut out);
        conditions(out)
    }

    /// Lets hours pass; reviews come due, and nothing else is asked.
    fn pass(&mut self, hours: i64) -> Vec<Condition> {
        let mut out = Vec::new();
        for _ in 0..hours {
            self.at = self.at.plus(HOUR);
            let mut context = KeeperContext {
                evidence: &self.evidence,
                opinions: &mut self.opinions,
                at: self.at,
                changed: &mut self.changed,
            };
            self.keeper.review_due(self.at, &mut context, &mut out);
        }
        conditions(out)
    }

    fn level(&self, code: u32) -> Option<Level> {
        self.keeper.condition(cell(code)).map(|active| active.level)
    }
}

fn conditions(effects: Vec<Effect>) -> Vec<Condition> {
    let only = |effect| match effect {
        Effect::Condition(condition) => Some(*condition),
        _ => None,
    };
    effects.into_iter().filter_map(only).collect()
}

fn changes(conditions: &[Condition]) -> Vec<(ConditionChange, Level)> {
    conditions.iter().map(|condition| (condition.change, condition.level)).collect()
}

#[test]
fn a_rule_raises_and_a_second_incident_raises_further() {
    let mut world = World::new(false);
    let raised = world.take(&grave(1, 161_301, world.at));
    assert_eq!(changes(&raised), [(ConditionChange::Raised, Level::Waspada)]);
    assert_eq!(raised[0].evidence, [ReportName { id: ReportId(1 << 64 | 1), feed: FeedId(1) }]);
    let risen = world.take(&grave(2, 161_301, world.at.plus(-2 * HOUR)));
    assert_eq!(changes(&risen), [(ConditionChange::Changed, Level::Siaga)]);
    assert_eq!(world.level(161_301), Some(Level::Siaga));
    assert_eq!(world.changed.take().into_iter().filter(|changed| *changed == cell(161_301)).count(), 1);
}

#[test]
fn the_dwell_keeps_a_level_and_then_the_review_clears_it() {
    let mut world = World::new(false);
    world.risk(161_301, 400_000);
    assert_eq!(world.level(161_301), Some(Level::Siaga));
    assert_eq!(changes(&world.risk(161_301, 50_000)), [], "the level is kept for the dwell");
    assert_eq!(changes(&world.pass(5)), []);
    assert_eq!(changes(&world.pass(1)), [(ConditionChange::Cleared, Level::Low)]);
    assert_eq!(world.level(161_301), None);
    assert!(world.keeper.agenda.is_empty(), "nothing is left to review");
}

#[test]
fn what_is_over_falls_with_the_hour_and_by_no_record_that_adds_something() {
    for reevaluates_always in [false, true] {
        let mut world = World::new(reevaluates_always);
        let policy = Policy { dwell: 0, ..policy() };
        world.evidence = Evidence::new(Arc::new(places()), Arc::new(policy));
        world.take(&grave(1, 161_301, world.at.plus(-HOUR / 2)));
        assert_eq!(changes(&world.pass(47)), [], "the rule looks back two days");
        world.at = world.at.plus(HOUR / 2 + MINUTE);
        let Body::Statement(own) = grave(2, 161_301, world.at).body else { unreachable!("a statement") };
        let slight = report(2, 161_301, world.at, Body::Statement(Statement { severity: 1, ..own }));
        assert_eq!(changes(&world.take(&slight)), [], "a brawl lowers nothing");
        world.at = world.at.hour().start();
        assert_eq!(changes(&world.pass(1)), [(ConditionChange::Cleared, Level::Low)], "the hour does");
        assert_eq!(world.level(161_301), None);
    }
}

#[test]
fn a_level_falls_step_by_step_and_not_below_the_lower_threshold() {
    let mut world = World::new(false);
    world.risk(161_301, 310_000);
    assert_eq!(changes(&world.risk(161_301, 230_000)), [], "siaga is kept down to its lower threshold");
    world.risk(161_301, 120_000);
    assert_eq!(changes(&world.pass(6)), [(ConditionChange::Changed, Level::Waspada)]);
    assert_eq!(changes(&world.pass(48)), [], "waspada is kept down to its own");
}

/// What its district stood for the regency's model does not say again once the district's condition ended, at that instant or later:
/// something must be reported, or the model must have fallen silent.
#[test]
fn what_a_districts_condition_stood_for_is_not_raised_of_its_regency_when_it_ends() {
    for reevaluates_always in [false, true] {
        let ended = || {
            let mut world = World::new(reevaluates_always);
            assert_eq!(world.take(&grave(1, 161_301, world.at)).len(), 1);
            assert!(world.risk(REGENCY, 200_000).is_empty(), "its district says it");
            assert_eq!(changes(&world.pass(54)), [(ConditionChange::Cleared, Level::Low)]);
            assert!(world.risk(REGENCY, 199_000).is_empty() && world.keeper.model_waits(cell(REGENCY)));
            world
        };
        let mut world = ended();
        let mut slight = grave(2, 161_302, world.at);
        if let Body::Statement(statement) = &mut slight.body {
            statement.severity = 1;
        }
        let raised = world.take(&slight);
        assert_eq!(changes(&raised), [(ConditionChange::Raised, Level::Waspada)], "something was reported");
        for (injured, severity, waits) in [(40, 3, false), (0, 2, true)] {
            let mut world = ended();
            let mut correction = grave(3, 161_301, world.at.plus(-54 * HOUR));
            correction.reported_at = world.at;
            if let Body::Statement(statement) = &mut correction.body {
                (statement.supersedes, statement.injured) = (Some(ReportId(1 << 64 | 1)), injured);
                statement.severity = severity;
            }
            world.take(&correction);
            assert_eq!(
                world.keeper.model_waits(cell(REGENCY)),
                waits,
                "corrected to {injured} hurt, {severity}"
            );
        }
        let mut world = ended();
        assert!(world.risk(REGENCY, 149_000).is_empty());
        assert_eq!(changes(&world.risk(REGENCY, 151_000)), [(ConditionChange::Raised, Level::Waspada)]);
    }
}

#[test]
fn silence_makes_a_condition_stale_once_and_clears_nothing() {
    let mut world = World::new(false);
    world.risk(161_301, 400_000);
    world.opinions.completeness_ppm = 100_000;
    world.risk(161_301, 0);
    assert_eq!(changes(&world.pass(48)), [(ConditionChange::Stale, Level::Siaga)]);
    world.opinions.completeness_ppm = 1_000_000;
    assert_eq!(changes(&world.pass(1)), [(ConditionChange::Cleared, Level::Low)], "the feeds speak again");
}

#[test]
fn evidence_taken_back_withdraws_what_rested_on_it() {
    let mut world = World::new(false);
    let at = world.at;
    world.take(&grave(1, 161_301, at));
    world.take(&grave(2, 161_301, at.plus(-2 * HOUR)));
    let back = Body::Retraction { target: ReportId(2 << 64 | 2) };
    let lowered = world.take(&report(3, 161_301, at, back));
    assert_eq!(changes(&lowered), [(ConditionChange::Changed, Level::Waspada)]);
    let reports = vec![ReportId(1 << 64 | 1).into()];
    let reject = Body::Verification { act: VerificationAct::Reject, reports, areas: Areas::everywhere() };
    let withdrawn = world.take(&report(4, 161_301, at, reject));
    assert_eq!(changes(&withdrawn), [(ConditionChange::Withdrawn, Level::Low)]);
    assert_eq!(world.level(161_301), None);
}

/// What a source sent in place of what the desk confirmed keeps a level as long as the desk is shown the question.
#[test]
fn what_nobody_looks_at_again_keeps_a_level_no_longer_than_the_question_is_shown() {
    for always in [false, true] {
        let mut world = World::new(always);
        let at = world.at;
        let claim = |id| Report { feed: FeedId(2), class: FeedClass::Agency, ..grave(id, 161_301, at) };
        let first = claim(1);
        world.take(&first);
        let other = Report { reported_at: at.plus(-1), ..claim(2) };
        let Body::Statement(own) = other.body else { unreachable!() };
        let body = Body::Statement(Statement { occurred_at: at.plus(-2 * HOUR), ..own });
        world.take(&Report { body, ..other });
        let mut named = ReportReference::from(first.name());
        named.content = Some(first.hash);
        let (act, areas) = (VerificationAct::Confirm, Areas::everywhere());
        world.take(&report(3, 161_301, at, Body::Verification { act, reports: vec![named], areas }));
        assert_eq!(world.level(161_301), Some(Level::Siaga));
        let Body::Statement(own) = first.body else { unreachable!() };
        let body = Body::Statement(Statement { severity: 1, ..own });
        world.take(&Report { hash: 7, reported_at: at.plus(-HOUR), body, ..first });
        world.pass(24 * 30 - 1);
        assert_eq!(world.level(161_301), Some(Level::Siaga), "it is asked about");
        world.pass(1);
        assert!(world.level(161_301) < Some(Level::Siaga), "it is asked about no more");
        world.pass(24 * 3);
        assert_eq!(world.level(161_301), None);
    }
}

#[test]
fn what_lay_outside_a_rules_window_is_no_evidence_and_the_review_comes_when_it_leaves_it() {
    let mut world = World::new(false);
    world.take(&grave(1, 161_301, world.at.plus(-47 * HOUR)));
    assert_eq!(world.level(161_301), Some(Level::Waspada));
    let (due, of) = *world.keeper.agenda.first().unwrap();
    assert_eq!((due, of), (world.at.plus(HOUR), cell(161_301)));
    assert_eq!(changes(&world.pass(6)), [], "the dwell begins when the rule loses its incident");
    assert_eq!(changes(&world.pass(1)), [(ConditionChange::Cleared, Level::Low)]);
}

#[test]
fn a_regency_does_not_repeat_its_district_and_stands_when_enough_of_them_do() {
    let mut world = World::new(false);
    world.risk(161_301, 400_000);
    assert_eq!(changes(&world.risk(REGENCY, 400_000)), [], "its district says it already");
    let second = world.risk(161_302, 400_000);
    let regency: Vec<&Condition> =
        second.iter().filter(|condition| condition.unit == cell(REGENCY).unit()).collect();
    assert_eq!(regency.len(), 1, "{second:?}");
    assert_eq!((regency[0].change, regency[0].level), (ConditionChange::Raised, Level::Siaga));
    let counted = DistrictCount { count: 2, needed: 2, alone: Level::Low, with_model: Level::Low };
    assert!(regency[0].reasons.contains(&ConditionReason::Districts(counted)), "{regency:?}");
}

/// What one source says in two districts, the regency says of itself too, until somebody else affirms it in one of them.
#[test]
fn what_districts_raise_is_unverified_as_long_as_each_of_them_is() {
    let mut world = World::new(false);
    let (at, other_hour) = (world.at, world.at.plus(-5 * HOUR));
    for (id, code) in [(1, 161_301), (3, 161_302)] {
        world.take(&grave(id, code, at));
        world.take(&grave(id + 1, code, other_hour));
    }
    let regency = |world: &World| {
        let active = world.keeper.condition(cell(REGENCY)).expect("enough districts stand");
        (active.level, active.unverified)
    };
    assert!(world.keeper.condition(cell(161_301)).is_some_and(|active| active.unverified));
    assert_eq!(regency(&world), (Level::Siaga, true));
    let another = |id, at| Report { feed: FeedId(2), ..grave(id, 161_301, at) };
    world.take(&another(5, at));
    let changed = world.take(&another(6, other_hour));
    assert!(world.keeper.condition(cell(161_301)).is_some_and(|active| !active.unverified));
    assert_eq!(regency(&world), (Level::Siaga, false), "one of them is more than one source's word");
    let of_regency = changed.iter().filter(|condition| condition.unit == cell(REGENCY).unit());
    let emitted: Vec<_> = of_regency.map(|condition| (condition.change, condition.unverified)).collect();
    assert_eq!(emitted, [(ConditionChange::Changed, false)]);
}

/// What the regency has of its own and its districts raise it to the same level: it is as sure as the surer of both.
#[test]
fn a_regency_is_as_sure_as_the_surer_of_what_it_has_itself_and_of_its_districts() {
    let district = |unverified| DistrictStanding { level: Level::Siaga, unverified };
    let own = |level, evidence: bool, unverified| ConditionFinding {
        level,
        reasons: Vec::new(),
        evidence: evidence
            .then_some(ReportName { id: ReportId(9 << 64), feed: FeedId(1) })
            .into_iter()
            .collect(),
        unverified,
    };
    let add = |districts: [bool; 2], finding| {
        add_districts(&policy(), districts.map(district).to_vec(), Level::Low, finding).unverified
    };
    assert!(add([true; 2], own(Level::Low, false, false)));
    assert!(add([true; 2], own(Level::Waspada, true, false)), "sure of a lower level only");
    assert!(add([true; 2], own(Level::Siaga, true, true)));
    assert!(!add([true; 2], own(Level::Siaga, true, false)));
    assert!(!add([true; 2], own(Level::Siaga, false, false)), "the model warns of it by itself");
    assert!(!add([true; 2], own(Level::Awas, true, false)));
    assert!(!add([true, false], own(Level::Siaga, true, true)));
    assert!(!add([true, false], own(Level::Waspada, true, true)));
}

#[test]
fn what_is_left_alone_is_what_a_reevaluation_every_time_would_leave() {
    for seed in 0..300u64 {
        let mut state = seed;
        let mut roll = |below: u64| crate::splitmix::next(&mut state) % below;
        let (mut quick, mut slow) = (World::new(false), World::new(true));
        for step in 0..80u128 {
            let code = DISTRICTS[roll(3) as usize];
            let act = roll(10);
            let (number, hours) = (roll(700_000) as u32, roll(30) as i64);
            let old = 1 + roll(step as u64 + 1) as u128;
            let run = |world: &mut World| match act {
                0..=3 => world.risk(code, number),
                4 => world.risk(REGENCY, number),
                5..=6 => world.pass(hours),
                7 => world.take(&report(
                    step + 1,
                    code,
                    world.at,
                    Body::Retraction { target: ReportId(old << 64 | old) },
                )),
                _ => world.take(&grave(step + 1, code, world.at.plus(-hours * HOUR))),
            };
            let both = [run(&mut quick), run(&mut slow)].map(|all| {
                let what = |one: &Condition| {
                    (one.unit, one.change, one.at, one.level, one.unverified, one.evidence.clone())
                };
                all.iter().map(what).collect::<Vec<_>>()
            });
            assert_eq!(both[0], both[1], "seed {seed}, step {step}");
        }
    }
}
