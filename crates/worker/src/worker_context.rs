//! What every worker does with a record, whichever log it came from: decode, apply, prepare the commit, notify.

use crate::apply::{NotLoaded, apply_registered, apply_report};
use crate::metrics::WorkerMetrics;
use crate::recovery::RecoverySource;
use crate::territory::Territory;
use domain::effect::Effect;
use domain::kind::Refused;
use domain::pipeline::Pipeline;
use domain::place::{Code, Places};
use domain::policy::Policy;
use domain::service_clock::ClockStep;
use domain::time::{HOUR, Hour, Time};
use formats::decode::{Catalog, Decoded, RecordView, Refusal, decode_logged, foreign_partition};
use formats::taxonomy::Taxonomy;
use intake::{as_decoded, is_registry};
use scoring::ModelScorer;
use std::collections::BTreeSet;
use std::sync::Arc;
use store::{
    Change, ChangeNotifier, Commit, Committed, DeadLetter, LedgerPolicy, LogRecord, PartitionCommit,
    ReportRow, SnapshotBuilder, SnapshotChunks, StateRows, Store,
};

/// Tells the service's time; the demo's runs on the scenario's.
pub type ServiceClock = Arc<dyn Fn() -> Time + Send + Sync>;

/// What a worker works with; cheap to clone.
#[derive(Clone)]
pub struct WorkerContext {
    pub store: Store,
    pub places: Arc<Places>,
    pub taxonomy: Arc<Taxonomy>,
    pub policy: Arc<Policy>,
    pub ledger_policy: Arc<LedgerPolicy>,
    pub scorer: Arc<ModelScorer>,
    pub clock: ServiceClock,
    pub changes: ChangeNotifier,
    pub metrics: WorkerMetrics,
}

/// A commit, and what to notify once it is kept.
pub struct PreparedCommit {
    pub commit: Commit,
    changed_regencies: BTreeSet<Code>,
    received: Vec<Time>,
}

impl WorkerContext {
    /// What a state is read with.
    pub fn recovery_source(&self) -> RecoverySource {
        let (store, policy, scorer) = (self.store.clone(), self.policy.clone(), self.scorer.clone());
        RecoverySource { store, policy, scorer }
    }

    /// Takes one record into the pipeline and the batch; its ticks were applied before.
    ///
    /// # Errors
    /// The record, untouched, and the regency that must be loaded before it.
    pub fn apply_record(
        &self,
        pipeline: &mut Pipeline,
        territory: &Territory,
        record: LogRecord,
        batch: &mut Batch,
        effects: &mut Vec<Effect>,
    ) -> Result<(), Box<(NotLoaded, LogRecord)>> {
        let LogRecord { partition, offset, record } = record;
        let received_at = pipeline.effective(record.received_at);
        if is_registry(&record) {
            // Who stands behind a source is stamped on every record that came after it; a clock that was set back is the driver's.
            apply_registered(pipeline, &record.bytes, effects);
            batch.registry_records += 1;
            return Ok(());
        }
        let view = as_decoded(&record);
        match self.decode_own(territory, &view, record.refused) {
            Ok(decoded) => {
                let applied = match apply_report(pipeline, received_at, &decoded.report, effects) {
                    Ok(applied) => applied,
                    Err(needs) => return Err(Box::new((needs, LogRecord { partition, offset, record }))),
                };
                let word = if applied.is_duplicate() { "duplicate" } else { "report" };
                self.metrics.record(&record.feed, word, applied.late);
                let reporter = decoded.reporter.map(|text| text.read().into_owned());
                let summary = decoded.summary.map(|text| text.read().into_owned());
                let (lat, lon) = (decoded.lat, decoded.lon);
                batch.reports.push(ReportRow {
                    report: decoded.report,
                    partition,
                    offset,
                    feed_name: record.feed,
                    author: record.author,
                    reporter,
                    received_at,
                    late: applied.late,
                    history: applied.beyond_repair_horizon,
                    summary,
                    lat,
                    lon,
                    payload: record.bytes,
                });
            }
            Err(refusal) => {
                self.metrics.record(&record.feed, "dead_letter", false);
                batch.dead_letters.push(DeadLetter {
                    partition,
                    offset,
                    feed_name: record.feed,
                    class: record.class,
                    reason: record.refused.unwrap_or(refusal.reason),
                    field: refusal.field.to_string(),
                    detail: refusal.detail,
                    received_at,
                    bytes: record.bytes,
                });
            }
        }
        Ok(())
    }

    /// A record as a report of a place that is ours.
    fn decode_own<'a>(
        &self,
        territory: &Territory,
        view: &RecordView<'a>,
        refused: Option<Refused>,
    ) -> Result<Decoded<'a>, Refusal> {
        let catalog = Catalog { places: &self.places, taxonomy: &self.taxonomy };
        let decoded = decode_logged(view, refused, &catalog)?;
        let regency = decoded.report.place.code.regency();
        if !territory.owns(regency) {
            return Err(foreign_partition());
        }
        Ok(decoded)
    }

    /// What is to be kept of a batch.
    pub fn prepare(
        &self,
        pipeline: &mut Pipeline,
        territory: &Territory,
        batch: Batch,
        mut effects: Vec<Effect>,
        partition_commit: Option<PartitionCommit>,
    ) -> PreparedCommit {
        let places = pipeline.view().places().clone();
        // Units across the border are known here and assessed by their own partition.
        effects.retain(|effect| match effect {
            Effect::Assessment(assessment) => territory.owns(places.code(assessment.unit)),
            Effect::Condition(condition) => territory.owns(places.code(condition.unit)),
            _ => true,
        });
        let memory = pipeline.take_changed();
        let memory = memory.into_iter().map(|(cell, bytes)| (places.code(cell.unit()), cell.kind(), bytes));
        let memory = memory.filter(|(code, _, _)| territory.owns(*code)).collect();
        let mut changed_regencies: BTreeSet<Code> =
            batch.reports.iter().map(|row| row.report.place.code.regency()).collect();
        changed_regencies.extend(effects.iter().filter_map(|effect| match effect {
            Effect::Assessment(assessment) => Some(places.code(assessment.unit).regency()),
            _ => None,
        }));
        let received: Vec<Time> = batch.reports.iter().map(|row| row.received_at).collect();
        let commit = Commit {
            partition: batch.partition,
            from_offset: batch.from,
            next_offset: batch.next,
            clock: pipeline.view().clock(),
            last_tick: pipeline.view().last_tick().unwrap_or(Hour(0)),
            reports: batch.reports,
            snapshot: batch.snapshot,
            dead_letters: batch.dead_letters,
            registry_records: batch.registry_records,
            clock_step: batch.clock_step,
            effects,
            places,
            models: self.scorer.models().iter().map(scoring::Artefact::served_name).collect(),
            memory,
            ledger: Some(self.ledger_policy.clone()),
            partition_commit,
        };
        PreparedCommit { commit, changed_regencies, received }
    }

    /// Tells metrics and pages what was committed.
    pub fn notify(&self, prepared: &PreparedCommit, committed: Committed, began: std::time::Instant) {
        self.metrics.commit_took(began.elapsed());
        let now = (self.clock)();
        prepared.received.iter().for_each(|at| self.metrics.assessed_after(now.since(*at).clamp(0, HOUR)));
        for change in committed.alerts {
            self.changes.notify(Change::Alert { id: change.alert.id, code: change.alert.code });
        }
        for regency in &prepared.changed_regencies {
            self.changes.notify(Change::Picture { regency: *regency });
        }
    }
}

/// Rows of one commit and the offsets it spans.
#[derive(Default)]
pub struct Batch {
    pub partition: i32,
    pub from: i64,
    pub next: i64,
    pub reports: Vec<ReportRow>,
    pub snapshot: SnapshotChunks,
    pub dead_letters: Vec<DeadLetter>,
    /// How many records of the register.
    pub registry_records: u64,
    /// Set where the batch is the record of a clock that was set back, and nothing else.
    pub clock_step: Option<ClockStep>,
}

impl Batch {
    pub fn new(partition: i32, from: i64, next: i64) -> Batch {
        Batch { partition, from, next, ..Batch::default() }
    }

    /// Notes the reports for those who start later.
    pub fn with_snapshot(
        mut self,
        snapshot_builder: &mut SnapshotBuilder,
        state: Option<StateRows>,
    ) -> Batch {
        for row in &self.reports {
            snapshot_builder.add(&row.report, row.received_at, (row.late, row.history));
        }
        self.snapshot = snapshot_builder.take(self.next);
        self.snapshot.state = state;
        self
    }
}
