//! The pipeline as the store knows it. Every start and every takeover comes this way.

use crate::borders;
use crate::territory::Territory;
use crate::worker_context::WorkerContext;
use async_recursion::async_recursion as boxed;
use domain::evidence::CellId;
use domain::kind::{Horizon, Kind};
use domain::pipeline::{Pipeline, PipelineOptions, Recovery, snapshot_basis};
use domain::place::Places;
use domain::policy::Policy;
use domain::report::FeedId;
use domain::silence::{ExpectedFeed, Voice};
use domain::time::{Hour, Time};
use scoring::{Artefact, ModelScorer};
use std::sync::Arc;
use store::{FeedRow, FoundState, RecoveredReport, SnapshotBuilder, StateScope, Store, StoreError};

/// Where a partition's work was left.
#[derive(Clone, Copy, Debug)]
pub struct LeftAt {
    pub clock: Time,
    pub last_tick: Hour,
}

/// A recovered pipeline, and what gathers the reports to come for later starts.
pub struct Recovered {
    pub pipeline: Pipeline,
    pub snapshot_builder: SnapshotBuilder,
    pub reports: u64,
}

/// What a state is read with.
#[derive(Clone)]
pub struct RecoverySource {
    pub store: Store,
    pub policy: Arc<Policy>,
    pub scorer: Arc<ModelScorer>,
}

/// What came of going on from the kept state.
pub(crate) enum FromState {
    Recovered(Box<Recovered>),
    /// There is none, or too little came for one to be of use.
    Nothing,
    /// There is one that must not be used, and why.
    Unusable(String),
}

/// Reads a territory's state; an empty one where nothing was ever committed. Where the store has the state as it stood at some offset, that and
/// what came since is read, else every report.
///
/// # Errors
/// Where the store cannot be read.
#[boxed]
pub async fn recover(
    source: &RecoverySource,
    territory: &Territory,
    left_at: Option<LeftAt>,
) -> Result<Recovered, StoreError> {
    let Some(left_at) = left_at else {
        let snapshot_builder = SnapshotBuilder::new(territory.regencies_of_many());
        return Ok(Recovered { pipeline: empty(source, territory), snapshot_builder, reports: 0 });
    };
    match from_state(source, territory, left_at).await? {
        FromState::Recovered(recovered) => return Ok(*recovered),
        FromState::Nothing => {}
        FromState::Unusable(why) => {
            let partition = territory.number;
            tracing::warn!(partition, why, "the kept state is not used; reading every report");
        }
    }
    from_rows(source, territory, left_at).await
}

/// On what a territory's state hangs.
pub(crate) fn state_scope(territory: &Territory, policy: &Policy) -> StateScope {
    StateScope::new(snapshot_basis(&territory.places, policy), territory.regencies_of_many())
}

/// Reads every report.
///
/// # Errors
/// Where the store cannot be read.
#[boxed]
pub(crate) async fn from_rows(
    source: &RecoverySource,
    territory: &Territory,
    left_at: LeftAt,
) -> Result<Recovered, StoreError> {
    let mut putting_back = PuttingBack::new(begin(source, territory).await?, left_at);
    let of = (territory.number, territory.regencies_of_many());
    let (reports, snapshot_builder) = source.store.each_report_in(of, |one| putting_back.take(one)).await?;
    let pipeline = putting_back.finish(&source.store, territory).await?.expect("nothing left memory");
    Ok(Recovered { pipeline, snapshot_builder, reports })
}

/// Reads the state as it stood, and what came since.
///
/// # Errors
/// Where the store cannot be read.
#[boxed]
pub(crate) async fn from_state(
    source: &RecoverySource,
    territory: &Territory,
    left_at: LeftAt,
) -> Result<FromState, StoreError> {
    let (store, partition) = (&source.store, territory.number);
    let scope = state_scope(territory, &source.policy);
    let mut recovery = begin(source, territory).await?;
    let found = store.read_state((partition, &scope), |regency| recovery.regency(&regency)).await?;
    let (head, upto) = match found {
        FoundState::Nothing => return Ok(FromState::Nothing),
        FoundState::Unusable(why) => return Ok(FromState::Unusable(why)),
        FoundState::Read { head, upto } => (head, upto),
    };
    if !recovery.head(&head) {
        return Ok(FromState::Unusable("damaged: its head cannot be read".to_owned()));
    }
    let mut putting_back = PuttingBack::new(recovery, left_at);
    let of = (partition, territory.regencies_of_many());
    let since = store.each_report_since(of, upto, |one| putting_back.take(one)).await?;
    let Some((reports, snapshot_builder)) = since else { return Ok(FromState::Nothing) };
    Ok(match putting_back.finish(store, territory).await? {
        Ok(pipeline) => FromState::Recovered(Box::new(Recovered { pipeline, snapshot_builder, reports })),
        Err(why) => FromState::Unusable(why.to_owned()),
    })
}

fn empty(source: &RecoverySource, territory: &Territory) -> Pipeline {
    let (places, policy) = (territory.places.clone(), source.policy.clone());
    Pipeline::new(places, policy, &*source.scorer, PipelineOptions::default())
}

/// A recovery that knows what feeds are registered as.
async fn begin(source: &RecoverySource, territory: &Territory) -> Result<Recovery, StoreError> {
    let mut recovery = Recovery::new(empty(source, territory));
    for feed in expected(&source.store).await? {
        recovery.registered(&feed);
    }
    Ok(recovery)
}

/// A recovery that takes reports in the order of the log.
struct PuttingBack {
    recovery: Recovery,
    left_at: LeftAt,
    /// Those received since the last tick.
    since: Vec<RecoveredReport>,
    /// When the last one was received.
    before: Time,
    has_state: bool,
    /// Why the state that it went on from cannot be used.
    fault: Option<&'static str>,
}

const ASKS_FOR_COLD: &str = "a report that came since asks for what had left memory";
const SET_BACK: &str = "the clock was set back since";

impl PuttingBack {
    fn new(recovery: Recovery, left_at: LeftAt) -> PuttingBack {
        let state_clock = recovery.snapshot_clock();
        let before = state_clock.unwrap_or(Time::MIN);
        let fault = state_clock.filter(|clock| *clock > left_at.clock).map(|_| SET_BACK);
        let has_state = state_clock.is_some();
        PuttingBack { recovery, left_at, since: Vec::new(), before, has_state, fault }
    }

    fn take(&mut self, recovered: RecoveredReport) {
        let LeftAt { clock, last_tick } = self.left_at;
        let received = recovered.received_at;
        if received < self.before {
            // The clock was set back in between, and the step looked at all that had come, as a tick does.
            for taken in std::mem::take(&mut self.since) {
                self.put_back(&taken);
            }
            self.note_fault(SET_BACK);
        }
        self.before = received;
        if received < last_tick.start() {
            self.put_back(&recovered);
        } else if received > clock {
            self.note_fault(SET_BACK);
            self.put_back(&recovered);
        } else {
            self.since.push(recovered);
        }
    }

    fn put_back(&mut self, recovered: &RecoveredReport) {
        if !self.recovery.needs(&recovered.report).is_empty() {
            self.fault = Some(ASKS_FOR_COLD);
        }
        if self.fault.is_none() {
            self.recovery.report(&recovered.report, recovered.history);
        }
    }

    /// What was seen at the last tick follows from the rows alone then.
    fn note_fault(&mut self, fault: &'static str) {
        self.fault = self.fault.or(self.has_state.then_some(fault));
    }

    /// The pipeline as it was before the stop; the fault of the state where it has one.
    async fn finish(
        mut self,
        store: &Store,
        territory: &Territory,
    ) -> Result<Result<Pipeline, &'static str>, StoreError> {
        if let Some(fault) = self.fault {
            return Ok(Err(fault));
        }
        let LeftAt { clock, last_tick } = self.left_at;
        if !territory.seen.is_empty() {
            // Before the clock: it brings back what the last tick saw.
            let rows = store.borders(&territory.seen).await?;
            borders::each_view(territory, rows, last_tick, |cell, bucket, sum| {
                self.recovery.set_border_view(cell, bucket, sum);
            });
        }
        let tick = (last_tick > Hour(0)).then_some(last_tick);
        let mut recovery = self.recovery.clock(clock, tick);
        for RecoveredReport { report, history, .. } in &self.since {
            if !recovery.needs(report).is_empty() {
                return Ok(Err(ASKS_FOR_COLD));
            }
            recovery.report(report, *history);
        }
        let memory = match territory.regencies_of_many() {
            Some(regencies) => store.memory_of(regencies).await?,
            None => store.memory().await?,
        };
        for (code, kind, bytes) in memory {
            match territory.places.find(code) {
                Some(unit) => recovery.memory(CellId::new(unit, kind), &bytes),
                None => {
                    tracing::warn!(%code, "a district of the store is not configured any more; its memory is not used")
                }
            }
        }
        Ok(Ok(recovery.finish()))
    }
}

/// The risks whose newest assessment is another model's than the one that serves there now, or was not calibrated as
/// that one is.
///
/// # Errors
/// Where the store cannot be read.
#[boxed]
pub async fn stale_risks(
    context: &WorkerContext,
    territory: &Territory,
    pipeline: &Pipeline,
) -> Result<Vec<(CellId, Horizon)>, StoreError> {
    let names: Vec<String> = context.scorer.models().iter().map(Artefact::served_name).collect();
    let own = territory.regencies_of_many().unwrap_or_default();
    let mut stale = Vec::new();
    if territory.regencies.is_empty() {
        return Ok(stale);
    }
    for kind in Kind::ALL {
        for horizon in Horizon::ALL {
            for row in context.store.risks(*kind, *horizon, own).await? {
                let Some(unit) = territory.places.find(row.code) else { continue };
                let cell = CellId::new(unit, *kind);
                let served = pipeline.view().calibration(cell, *horizon);
                let name = names.get(usize::from(served.model));
                if name != Some(&row.model) || served.calibrated != row.calibrated {
                    stale.push((cell, *horizon));
                }
            }
        }
    }
    Ok(stale)
}

/// The feeds as they are registered.
async fn expected(store: &Store) -> Result<Vec<ExpectedFeed>, StoreError> {
    let expected = |feed: FeedRow| ExpectedFeed {
        feed: FeedId::of(&feed.name),
        voice: Voice { class: feed.class, party: feed.party },
        areas: feed.areas,
        enabled: feed.enabled,
    };
    Ok(store.feeds().await?.into_iter().map(expected).collect())
}

/// A pipeline that holds every kept report, what feeds are registered as, and nothing else: enough for the state digest.
///
/// # Errors
/// Where the store cannot be read.
#[boxed]
pub async fn evidence(
    store: &Store,
    places: &Arc<Places>,
    policy: &Arc<Policy>,
    scorer: &ModelScorer,
) -> Result<Pipeline, StoreError> {
    let empty = Pipeline::new(places.clone(), policy.clone(), scorer, PipelineOptions::default());
    let mut recovery = Recovery::new(empty);
    for feed in expected(store).await? {
        recovery.registered(&feed);
    }
    store.each_report(|recovered| recovery.report(&recovered.report, recovered.history)).await?;
    Ok(recovery.finish_without_clock())
}
