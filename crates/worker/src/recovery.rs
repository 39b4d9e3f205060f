//! The pipeline as the store knows it. Every start and every takeover comes this way.

use crate::borders;
use crate::territory::Territory;
use crate::worker_context::WorkerContext;
use async_recursion::async_recursion as boxed;
use domain::evidence::CellId;
use domain::kind::{Horizon, Kind};
use domain::pipeline::{Pipeline, PipelineOptions, Recovery};
use domain::place::Places;
use domain::policy::Policy;
use domain::report::FeedId;
use domain::silence::{ExpectedFeed, Voice};
use domain::time::{Hour, Time};
use scoring::{Artefact, ModelScorer};
use std::sync::Arc;
use store::{FeedRow, RecoveredReport, SnapshotBuilder, Store, StoreError};

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

/// Reads a territory's state; an empty one where nothing was ever committed.
///
/// # Errors
/// Where the store cannot be read.
#[boxed]
pub async fn recover(
    context: &WorkerContext,
    territory: &Territory,
    left_at: Option<LeftAt>,
) -> Result<Recovered, StoreError> {
    let store = &context.store;
    let empty = Pipeline::new(
        territory.places.clone(),
        context.policy.clone(),
        &*context.scorer,
        PipelineOptions::default(),
    );
    let own = territory.regencies_of_many();
    let Some(LeftAt { clock, last_tick }) = left_at else {
        return Ok(Recovered { pipeline: empty, snapshot_builder: SnapshotBuilder::new(own), reports: 0 });
    };
    let mut recovery = Recovery::new(empty);
    for feed in expected(store).await? {
        recovery.registered(&feed);
    }
    let ticked = last_tick.start();
    let (mut since, mut before) = (Vec::new(), Time::MIN);
    let (reports, snapshot_builder) = store
        .each_report_in((territory.number, own), |recovered| {
            let received = recovered.received_at;
            if received < before {
                // The clock was set back in between, and the step looked at all that had come, as a tick does.
                since
                    .drain(..)
                    .for_each(|taken: RecoveredReport| recovery.report(&taken.report, taken.history));
            }
            before = received;
            if received < ticked || received > clock {
                recovery.report(&recovered.report, recovered.history)
            } else {
                since.push(recovered)
            }
        })
        .await?;
    if !territory.seen.is_empty() {
        // Before the clock: it brings back what the last tick saw.
        let rows = store.borders(&territory.seen).await?;
        borders::each_view(territory, rows, last_tick, |cell, bucket, sum| {
            recovery.set_border_view(cell, bucket, sum);
        });
    }
    let tick = (last_tick > Hour(0)).then_some(last_tick);
    let mut recovery = recovery.clock(clock, tick);
    since.iter().for_each(|recovered| recovery.report(&recovered.report, recovered.history));
    let memory = match own {
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
    Ok(Recovered { pipeline: recovery.finish(), snapshot_builder, reports })
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
