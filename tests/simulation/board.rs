//! The pipeline keeps what changes only by the hour or the day. Here everything is computed again beside it.

use super::world::{self, START};
use domain::condition::NOT_LOST;
use domain::condition::finding::ModelOpinion;
use domain::effect::{Condition, ConditionReason, Effect};
use domain::evidence::CellId;
use domain::kind::{FeedClass, Horizon, Level};
use domain::pipeline::{Input, Pipeline, PipelineOptions};
use domain::place::Areas;
use domain::policy::Policy;
use domain::report::FeedId;
use domain::scorer::Calibration;
use domain::silence::{ExpectedFeed, Voice};
use domain::time::Hour;
use kentongan_tests::bench::workload::Dice;
use std::sync::Arc;

/// Every cell's risk and level at `hour` must be what was emitted last, within what need not be emitted: less than
/// `emit_ppm`, or than a tenth of what was emitted, a twentieth in a day's last hour.
fn nothing_left_unsaid(pipeline: &mut Pipeline, hour: Hour, seed: u64) {
    let cells: Vec<CellId> = pipeline.view().cells().collect();
    for cell in cells {
        let now = pipeline.view().plain_score(cell, hour);
        let plain = pipeline.view().plain_completeness(cell, hour);
        assert_eq!(now.completeness, plain, "history {seed}, {hour:?}, {cell:?}: kept and computed again");
        let quick = pipeline.score(cell, hour);
        assert!(
            (quick.risks, quick.levels, quick.bases) == (now.risks, now.levels, now.bases),
            "history {seed}, {hour:?}, {cell:?}: the board says {quick:?} for {now:?}"
        );
        for horizon in Horizon::ALL {
            let (risk, level) = (now.risks[horizon.index()], now.levels[horizon.index()]);
            let emitted = pipeline.view().emitted(cell, *horizon);
            let kept = emitted.is_some_and(|old| {
                let moved = old.risk_ppm.abs_diff(risk);
                let little = moved < pipeline.view().policy().emit_ppm;
                let part = if hour.0 % 24 == 23 { 20 } else { 10 };
                old.level == level
                    && (little || moved * part < old.risk_ppm)
                    && old.completeness_ppm == now.completeness
            });
            assert!(
                kept,
                "history {seed}, {hour:?}, {cell:?}, {horizon}: {risk} {level} {} is not near {emitted:?}",
                now.completeness
            );
        }
    }
}

/// A feed of one district as it is registered from now on; some speak, some never do.
fn registered(dice: &mut Dice) -> ExpectedFeed {
    let area = ["16.13.01", "35.08.02", "35.08.03.2001", "16.13"][dice.below(4)];
    ExpectedFeed {
        feed: FeedId(dice.below(12) as u32),
        voice: Voice { class: FeedClass::ALL[dice.below(FeedClass::ALL.len())], party: dice.one_in(4) },
        areas: Areas::parse(area).expect("a code"),
        enabled: !dice.one_in(4),
    }
}

#[test]
fn no_assessment_that_moved_is_left_unsaid() {
    for seed in world::seeds(60) {
        let mut dice = Dice::new(seed);
        let size = 1 + dice.below(80);
        let records = world::records(&mut dice, size, 12);
        let mut pipeline = world::pipeline();
        let mut effects = Vec::new();
        let mut records = records.into_iter().peekable();
        let begin = START.hour();
        for hour in begin.0..begin.0 + 40 * 24 {
            let hour = Hour(hour);
            pipeline.apply(Input::Tick(hour), &mut effects);
            if dice.one_in(30) {
                pipeline.apply(Input::Registered(&registered(&mut dice)), &mut effects);
            }
            nothing_left_unsaid(&mut pipeline, hour, seed);
            while let Some(record) = records.next_if(|record| record.received.hour() <= hour) {
                let input = Input::Report { received: record.received, report: &record.report };
                pipeline.apply(input, &mut effects);
            }
            effects.clear();
        }
    }
}

/// What the week's model asks for in a cell by its true risk at `hour` must stand there, but where it waits for a report, and of what it no longer asks for the
/// reason must be lost; awas takes a pair of speakers, and what a district says its regency does not repeat.
fn what_the_model_asks_for_stands(pipeline: &Pipeline, hour: Hour, seed: u64) {
    let view = pipeline.view();
    for cell in view.cells().filter(|cell| !view.places().code(cell.unit()).is_regency()) {
        let now = view.plain_score(cell, hour);
        let base_ppm = now.bases[Horizon::Week.index()];
        let opinion = ModelOpinion {
            risk_ppm: now.risks[Horizon::Week.index()],
            calibration: Calibration { base_ppm, ..view.calibration(cell, Horizon::Week) },
            completeness_ppm: now.completeness,
        };
        let active = view.condition(cell);
        let stands = active.map_or(Level::Low, |active| active.level);
        let asked = opinion.level(view.policy(), stands);
        let emitted = view.emitted(cell, Horizon::Week);
        let context =
            format!("history {seed}, {hour:?}, {cell:?}: {opinion:?}, emitted {emitted:?}, {active:?}");
        let waits = view.memory(cell).model_waits; // nothing was reported since somebody is heard
        assert!(
            asked.min(Level::Siaga) <= stands || waits,
            "{asked} is asked for and does not stand: {context}"
        );
        let lost = Level::WARNINGS.iter().filter(|level| **level > asked && **level <= stands);
        for level in lost {
            let at = active.map(|active| active.reason_lost_at[level.index() - Level::Waspada.index()]);
            assert!(at.is_some_and(|at| at != NOT_LOST), "nobody asks for {level}: {context}");
        }
    }
}

#[test]
fn conditions_ask_the_true_risk_and_never_the_one_last_emitted() {
    let mut stood = 0;
    for seed in world::seeds(40) {
        let mut dice = Dice::new(seed);
        let size = 1 + dice.below(80);
        // Hardly anything is emitted by itself.
        let policy = Policy { emit_ppm: 1_000_001, ..world::policy_without_rules() };
        let mut pipeline = world::pipeline_of(policy);
        let mut effects = Vec::new();
        let mut records = world::records(&mut dice, size, 12).into_iter().peekable();
        for hour in (START.hour().0..START.hour().0 + 30 * 24).map(Hour) {
            pipeline.apply(Input::Tick(hour), &mut effects);
            what_the_model_asks_for_stands(&pipeline, hour, seed);
            while let Some(record) = records.next_if(|record| record.received.hour() <= hour) {
                let input = Input::Report { received: record.received, report: &record.report };
                pipeline.apply(input, &mut effects);
            }
            stood += effects.iter().filter(|effect| matches!(effect, Effect::Condition(_))).count();
            effects.clear();
        }
    }
    assert!(stood > 100, "{stood} changes of conditions: too few to tell");
}

/// Everything emitted of conditions in one history.
fn conditions(seed: u64, thorough: bool) -> Vec<Effect> {
    let mut dice = Dice::new(seed);
    let size = 1 + dice.below(120);
    let mut policy = world::policy();
    if seed.is_multiple_of(2) {
        policy.raise_ppm = [1_000_001; 3]; // the model says nothing: rules and districts alone
    }
    let options = PipelineOptions { reevaluates_always: thorough, ..PipelineOptions::default() };
    let mut pipeline = Pipeline::new(Arc::new(world::places()), Arc::new(policy), &world::Line, options);
    let mut effects = Vec::new();
    for record in world::records(&mut dice, size, 12) {
        while let Some(hour) = pipeline.due_tick(record.received) {
            pipeline.apply(Input::Tick(hour), &mut effects);
        }
        pipeline.apply(Input::Report { received: record.received, report: &record.report }, &mut effects);
    }
    let last = pipeline.view().last_tick().map_or(0, |hour| hour.0);
    for hour in last + 1..last + 20 * 24 {
        pipeline.apply(Input::Tick(Hour(hour)), &mut effects);
    }
    effects.retain(|effect| matches!(effect, Effect::Condition(_)));
    effects
}

#[test]
fn what_is_left_alone_would_have_stayed() {
    let (mut emitted, mut districts) = (0, 0);
    for seed in world::seeds(150) {
        let (quick, slow) = (conditions(seed, false), conditions(seed, true));
        emitted += quick.len();
        districts += quick.iter().filter(|effect| raised_by_districts(effect)).count();
        let differs = quick.iter().zip(&slow).position(|(one, other)| !alike(one, other));
        assert!(
            differs.is_none() && quick.len() == slow.len(),
            "history {seed}: emitted {} conditions for {}, the first other one is {differs:?}",
            quick.len(),
            slow.len()
        );
    }
    assert!(
        emitted > 100 && districts > 0,
        "{emitted} conditions, {districts} by districts: too few to tell"
    );
}

/// The same but for the model's risk beside it, which is kept as of the last change.
fn alike(one: &Effect, other: &Effect) -> bool {
    let (Effect::Condition(one), Effect::Condition(other)) = (one, other) else { return false };
    let parts = |condition: &Condition| {
        (
            condition.unit,
            condition.kind,
            condition.change,
            condition.at,
            condition.level,
            condition.since,
            condition.unverified,
        )
    };
    parts(one) == parts(other) && one.evidence == other.evidence
}

fn raised_by_districts(effect: &Effect) -> bool {
    let Effect::Condition(condition) = effect else { return false };
    condition.reasons.iter().any(|reason| matches!(reason, ConditionReason::Districts(_)))
}
