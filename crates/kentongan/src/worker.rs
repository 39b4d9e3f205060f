//! The worker: poll → decode → apply → one commit → tell the pages. The loop round the pipeline.

mod group;
mod hand;
mod partition;
mod publish;
mod territory;

pub use group::Group;
pub use hand::Hand;
pub use partition::Means;

use crate::catalog::Catalog;
use anyhow::Result;
use domain::effect::Effect;
use domain::evidence::CellId;
use domain::kind::{Horizon, Kind};
use domain::pipeline::{Input, Pipeline};
use domain::time::{Hour, Time};
use hand::Batch;
use scoring::{Artefact, ModelScorer};
use std::sync::Arc;
use std::time::Duration;
use store::{Bundler, Log, LogRecord, PARTITION, Store};

pub type Clock = Arc<dyn Fn() -> Time + Send + Sync>;

/// How long the worker sleeps at most before it looks at the log and the clock again.
const NAP: Duration = Duration::from_millis(250);

/// Effects after which a commit is cut: people who log in or act wait for the one that is being written.
const LONG: usize = 20_000;

/// The worker of the embedded log.
pub struct Worker {
    pub log: Log,
    pub hand: Hand,
    pub batch: usize,
}

/// What the worker holds between two batches.
struct Held {
    pipeline: Pipeline,
    bundler: Bundler,
}

impl Worker {
    /// Works until `stop` is true. A failed commit is forgotten: the state is read again and the records repeated.
    pub async fn run(self, mut stop: tokio::sync::watch::Receiver<bool>) {
        let mut wait = Duration::from_millis(200);
        while !*stop.borrow() {
            match self.work(&mut stop, &mut wait).await {
                Ok(()) => return,
                Err(error) => {
                    tracing::error!(error = format!("{error:#}"), again_in = ?wait, "the worker stopped at a batch; it reads the state again");
                    tokio::time::sleep(wait).await;
                    wait = (wait * 2).min(Duration::from_secs(30));
                }
            }
        }
    }

    async fn work(&self, stop: &mut tokio::sync::watch::Receiver<bool>, wait: &mut Duration) -> Result<()> {
        let began = std::time::Instant::now();
        let (pipeline, mut next, bundler) =
            recover(&self.hand.store, &self.hand.catalog, &self.hand.scorer).await?;
        let mut held = Held { pipeline, bundler };
        self.hand.metrics.recovered(began.elapsed());
        self.restate(&mut held, next).await?;
        while held.bundler.is_full() {
            self.commit(&mut held, Batch::new(PARTITION, next, next), Vec::new()).await?;
        }
        let mut newest = self.log.newest();
        self.hand.metrics.follow(newest.clone());
        loop {
            self.hand.metrics.kept(next);
            // The clock is read before the log: what was received before a tick is in the log before the tick is due.
            let now = (self.hand.clock)();
            newest.mark_unchanged();
            let records = self.log.read(PARTITION, next, self.batch).await?;
            if records.is_empty() {
                self.tick(&mut held, next, now).await?;
                self.hand.metrics.ready();
                let idle = async {
                    tokio::select! {
                        _ = newest.changed() => {}
                        () = tokio::time::sleep(NAP) => {}
                    }
                };
                tokio::select! {
                    () = idle => {}
                    _ = stop.changed() => return Ok(()),
                }
            } else {
                next = self.take(&mut held, next, records).await?;
            }
            *wait = Duration::from_millis(200);
            if *stop.borrow() {
                return Ok(());
            }
        }
    }

    /// What was told by a model that speaks no longer is said anew at once: an hour is long to read two models' words.
    async fn restate(&self, held: &mut Held, next: i64) -> Result<()> {
        let stale = stale(&self.hand.store, &held.pipeline, &self.hand.scorer).await?;
        if stale.is_empty() {
            return Ok(());
        }
        tracing::info!(risks = stale.len(), "other models speak than told these risks; they are said anew");
        let mut effects = Vec::new();
        held.pipeline.restate(&stale, &mut effects);
        self.commit(held, Batch::new(PARTITION, next, next), effects).await
    }

    /// Ticks that fell due while nothing came.
    async fn tick(&self, held: &mut Held, next: i64, now: Time) -> Result<()> {
        let mut effects = Vec::new();
        let mut hours = 0;
        while let Some(hour) = held.pipeline.due(now) {
            held.pipeline.apply(Input::Tick(hour), &mut effects);
            hours += 1;
            if hours % 168 == 0 || effects.len() >= LONG {
                self.commit(held, Batch::new(PARTITION, next, next), std::mem::take(&mut effects)).await?;
            }
        }
        if hours > 0 {
            self.commit(held, Batch::new(PARTITION, next, next), effects).await?;
        }
        Ok(())
    }

    async fn take(&self, held: &mut Held, next: i64, records: Vec<LogRecord>) -> Result<i64> {
        let mut batch = Batch::new(PARTITION, next, next);
        let mut effects = Vec::new();
        for record in records {
            let (offset, received_at) = (record.offset, held.pipeline.effective(record.record.received_at));
            while let Some(hour) = held.pipeline.due(received_at) {
                held.pipeline.apply(Input::Tick(hour), &mut effects);
                if effects.len() >= LONG {
                    let cut = std::mem::replace(&mut batch, Batch::new(PARTITION, offset, offset));
                    self.commit(held, cut, std::mem::take(&mut effects)).await?;
                }
            }
            self.hand.one(&mut held.pipeline, record, &mut batch, &mut effects);
            batch.next = offset + 1;
            if effects.len() >= LONG {
                let cut = std::mem::replace(&mut batch, Batch::new(PARTITION, offset + 1, offset + 1));
                self.commit(held, cut, std::mem::take(&mut effects)).await?;
            }
        }
        let next = batch.next;
        if next > batch.from || !effects.is_empty() {
            self.commit(held, batch, effects).await?;
        }
        Ok(next)
    }

    async fn commit(&self, held: &mut Held, batch: Batch, effects: Vec<Effect>) -> Result<()> {
        let batch = batch.bundled(&mut held.bundler);
        let prepared = self.hand.prepare(&mut held.pipeline, batch, effects, None);
        let began = std::time::Instant::now();
        let committed = self.hand.store.commit(&prepared.commit).await?;
        self.hand.tell(&prepared, committed, began).await;
        Ok(())
    }
}

/// The risks whose newest word is another model's than the one that speaks there now, or was not calibrated as it is.
async fn stale(store: &Store, pipeline: &Pipeline, scorer: &ModelScorer) -> Result<Vec<(CellId, Horizon)>> {
    let names: Vec<String> = scorer.models().iter().map(Artefact::served_name).collect();
    let mut stale = Vec::new();
    for kind in Kind::ALL {
        for horizon in Horizon::ALL {
            for row in store.risks(*kind, *horizon).await? {
                let Some(unit) = pipeline.evidence.places.find(row.code) else { continue };
                let cell = CellId::new(unit, *kind);
                let calibration = &pipeline.board.lines(cell).calibrations[horizon.index()];
                let name = names.get(usize::from(calibration.model));
                if name != Some(&row.model) || calibration.calibrated != row.calibrated {
                    stale.push((cell, *horizon));
                }
            }
        }
    }
    Ok(stale)
}

/// The pipeline as the store knows it, the offset to go on from, and what gathers the reports to come.
async fn recover(store: &Store, catalog: &Catalog, scorer: &ModelScorer) -> Result<(Pipeline, i64, Bundler)> {
    let policy = Arc::new(catalog.policy.clone());
    let mut pipeline = Pipeline::new(catalog.places.clone(), policy, scorer);
    let Some(progress) = store.recover(PARTITION).await? else {
        return Ok((pipeline, 0, Bundler::new(None)));
    };
    let ticked = progress.last_tick.start();
    let mut since = Vec::new();
    let (_, bundler) = store
        .each_report_in((PARTITION, None), |recovered| {
            if recovered.received_at < ticked {
                pipeline.restore(&recovered.report, recovered.history)
            } else {
                since.push(recovered)
            }
        })
        .await?;
    let tick = (progress.last_tick > Hour(0)).then_some(progress.last_tick);
    pipeline.restore_clock(progress.clock, tick);
    since.iter().for_each(|recovered| pipeline.restore(&recovered.report, recovered.history));
    for (code, kind, bytes) in store.memory().await? {
        match catalog.places.find(code) {
            Some(unit) => pipeline.restore_memory(unit, kind, &bytes),
            None => {
                tracing::warn!(%code, "a district of the store is not configured any more; its memory rests")
            }
        }
    }
    pipeline.resume();
    Ok((pipeline, progress.next_offset, bundler))
}

/// A pipeline that holds every kept report and nothing else: enough for the digest, whoever wrote them.
pub async fn evidence(store: &Store, catalog: &Catalog, scorer: &ModelScorer) -> Result<Pipeline> {
    let policy = Arc::new(catalog.policy.clone());
    let mut pipeline = Pipeline::new(catalog.places.clone(), policy, scorer);
    store.each_report(|recovered| pipeline.restore(&recovered.report, recovered.history)).await?;
    Ok(pipeline)
}
