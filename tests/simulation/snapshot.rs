//! A pipeline put back from a snapshot and from what came since says and is what one says and is that never stopped.

use super::cold;
use super::restart::without_model;
use super::world::{self, Record};
use domain::effect::Effect;
use domain::evidence::CellId;
use domain::kind::Outcome;
use domain::pipeline::{Input, Loaded, LoadedReport, Pipeline, Recovery, RegencySnapshot, snapshot_basis};
use domain::place::Code;
use domain::policy::Policy;
use domain::report::ReportName;
use domain::time::{DAY, HOUR, Time};
use kentongan_tests::bench::workload::Dice;
use std::collections::BTreeMap;

/// A snapshot, and how many records it has.
struct Snapshot {
    regencies: Vec<RegencySnapshot>,
    head: Vec<u8>,
    records: usize,
}

impl Snapshot {
    fn take(pipeline: &Pipeline, records: usize) -> Option<Snapshot> {
        let (view, places) = (pipeline.view(), pipeline.view().places());
        let regencies = places.regency_ids().filter_map(|regency| view.snapshot_of(places.code(regency)));
        Some(Snapshot { regencies: regencies.collect(), head: view.snapshot_head()?, records })
    }
}

/// A record that was applied, with whether it came beyond its repair horizon.
type Row = (Record, bool);

/// What a store would have of a pipeline: rows, what counts of them, and memories.
#[derive(Default)]
struct Kept {
    rows: Vec<Row>,
    counting: BTreeMap<(Code, ReportName), LoadedReport>,
    memory: BTreeMap<u32, Vec<u8>>,
}

impl Kept {
    fn of_regency(&self, regency: Code) -> Loaded {
        let kept = self.counting.iter().filter(|((own, _), _)| *own == regency);
        Loaded { regency, reports: kept.map(|(_, report)| report.clone()).collect() }
    }

    fn take(&mut self, pipeline: &mut Pipeline, record: &Record) -> Vec<Effect> {
        let mut effects = Vec::new();
        while let Some(hour) = pipeline.due_tick(record.received) {
            pipeline.apply(Input::Tick(hour), &mut effects);
        }
        if let Some(regency) = pipeline.needs(&record.report).regency {
            pipeline.load(&self.of_regency(regency));
        }
        let input = Input::Report { received: record.received, report: &record.report };
        let applied = pipeline.apply(input, &mut effects);
        let beyond_repair_horizon = applied.beyond_repair_horizon;
        if applied.outcome != Some(Outcome::Duplicate) {
            let report = record.report.clone();
            let key = (report.place.code.regency(), report.name());
            self.counting.insert(key, LoadedReport { report, beyond_repair_horizon });
        }
        self.rows.push((record.clone(), beyond_repair_horizon));
        self.memory.extend(pipeline.take_changed().into_iter().map(|(cell, bytes)| (cell.0, bytes)));
        effects
    }

    /// As a start does: from a snapshot and the rows since, or from all rows; `None` where one of those since asks for what had left.
    fn put_back(&self, old: &Pipeline, policy: &Policy, snapshot: Option<&Snapshot>) -> Option<Pipeline> {
        let mut recovery = Recovery::new(world::pipeline_of(policy.clone()));
        let rows = match snapshot {
            Some(snapshot) => {
                assert!(snapshot.regencies.iter().all(|regency| recovery.regency(regency)));
                assert!(recovery.head(&snapshot.head));
                &self.rows[snapshot.records..]
            }
            None => &self.rows[..],
        };
        let tick = old.view().last_tick();
        let split = tick.map_or(Time::MIN, |hour| hour.start());
        let (before, since): (Vec<&Row>, Vec<&Row>) =
            rows.iter().partition(|(record, _)| record.received < split);
        for (record, beyond_repair_horizon) in before {
            if !recovery.needs(&record.report).is_empty() {
                return None;
            }
            recovery.report(&record.report, *beyond_repair_horizon);
        }
        let mut recovery = recovery.clock(old.view().clock(), tick);
        for (record, beyond_repair_horizon) in since {
            if !recovery.needs(&record.report).is_empty() {
                return None;
            }
            recovery.report(&record.report, *beyond_repair_horizon);
        }
        for (cell, bytes) in &self.memory {
            recovery.memory(CellId(*cell), bytes);
        }
        Some(recovery.finish())
    }
}

#[test]
fn a_start_from_a_snapshot_is_one_from_rows_and_one_that_never_stopped() {
    let (mut started, mut asked, mut lean_starts, mut gone_on) = (0, 0, 0, 0);
    for seed in world::seeds(24) {
        let mut dice = Dice::new(seed);
        // Of some weeks, or several in an hour: what was seen at the last tick is asked of then.
        let records = match seed % 3 {
            0 => world::records(&mut dice, 120, 2),
            _ => cold::records(&mut dice, seed),
        };
        let policy = cold::policy(seed);
        let [mut straight, mut stopped] = [(), ()].map(|()| world::pipeline_of(policy.clone()));
        let (mut never, mut kept) = (Kept::default(), Kept::default());
        let mut snapshot: Option<Snapshot> = None;
        for (number, record) in records.iter().enumerate() {
            let name = format!("history {seed}, record {number}");
            let (one, other) = (never.take(&mut straight, record), kept.take(&mut stopped, record));
            let (one, other) = (without_model(one), without_model(other));
            let differs = one.iter().zip(&other).find(|(one, other)| one != other);
            assert!(one == other, "{name}: {} and {} effects, {differs:?}", one.len(), other.len());
            if dice.one_in(4) {
                stopped.forget_cold([-60 * HOUR, -DAY, 0, 2 * DAY][dice.below(4)]);
            }
            if dice.one_in(6) {
                snapshot = Snapshot::take(&stopped, kept.rows.len());
            }
            if dice.one_in(6) && snapshot.is_some() {
                let Some(back) = kept.put_back(&stopped, &policy, snapshot.as_ref()) else {
                    asked += 1;
                    continue;
                };
                let taken = snapshot.as_ref().map_or(0, |snapshot| snapshot.records);
                let whole = |pipeline: &Pipeline| pipeline.cold_regencies().is_empty();
                gone_on += u32::from(taken < kept.rows.len());
                lean_starts += u32::from(!whole(&back));
                started += 1;
                stopped = back;
                let outcomes = [&straight, &stopped].map(|pipeline| pipeline.view().outcomes());
                assert_eq!(outcomes[0], outcomes[1], "{name}: how records ended");
            }
        }
        for regency in stopped.cold_regencies() {
            stopped.load(&kept.of_regency(regency));
        }
        let at = straight.view().clock().plus(DAY);
        let digests = [&straight, &stopped].map(|pipeline| pipeline.view().state_digest(at));
        assert!(digests[0] == digests[1], "history {seed}: the state");
    }
    assert!(
        started > 150 && lean_starts > 60 && gone_on > 80 && asked > 5,
        "{started} starts, {lean_starts} of what had left, {gone_on} with rows since, {asked} asked for what had left"
    );
}

#[test]
fn bytes_that_were_cut_or_grew_are_no_snapshot() {
    let mut dice = Dice::new(11);
    let (mut pipeline, mut kept) = (world::pipeline(), Kept::default());
    for record in cold::records(&mut dice, 11) {
        kept.take(&mut pipeline, &record);
    }
    pipeline.forget_cold(-DAY);
    let snapshot = Snapshot::take(&pipeline, kept.rows.len()).expect("something came");
    for regency in &snapshot.regencies {
        let taken = |counted: Vec<u8>| {
            let changed = RegencySnapshot { counted, ..regency.clone() };
            Recovery::new(world::pipeline()).regency(&changed)
        };
        assert!(taken(regency.counted.clone()));
        assert!(!taken([&regency.counted[..], &[0]].concat()));
        for length in (0..regency.counted.len()).step_by(7) {
            assert!(!taken(regency.counted[..length].to_vec()), "{length} bytes");
        }
    }
    let elsewhere = RegencySnapshot { regency: Code(999_900), ..snapshot.regencies[0].clone() };
    assert!(!Recovery::new(world::pipeline()).regency(&elsewhere));
    assert!(!Recovery::new(world::pipeline()).head(&snapshot.head[..5]));
}

#[test]
fn another_policy_or_other_places_are_another_basis() {
    let (places, policy) = (world::places(), world::policy());
    let basis = snapshot_basis(&places, &policy);
    assert_eq!(basis, snapshot_basis(&world::places(), &world::policy()));
    let other = Policy { repair_horizon: policy.repair_horizon + 1, ..policy.clone() };
    assert_ne!(basis, snapshot_basis(&places, &other));
    let mut units: Vec<_> = places.ids().map(|unit| (places.code(unit), places.unit(unit).clone())).collect();
    let last = units.pop().expect("there are some");
    let fewer = domain::place::Places::new(units.clone(), false);
    assert_ne!(basis, snapshot_basis(&fewer, &policy));
    let alone = domain::place::Unit { neighbours: Vec::new(), ..last.1 };
    units.push((last.0, alone));
    assert_ne!(basis, snapshot_basis(&domain::place::Places::new(units, false), &policy), "other neighbours");
}
