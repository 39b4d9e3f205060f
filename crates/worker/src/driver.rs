//! The driver: recover, restate, then read → decode → apply → one commit, over the embedded log and over Kafka alike.
//!
//! Ticks come from the records' own times while there are records, and from the clock at the end of the log. What lies
//! across a border is as of the tick: a partition first commits all it has received before the hour, then waits until
//! the partitions around it have done so too, reads what they show, and only then applies the tick.

mod forgetting;

use crate::apply::NotLoaded;
use crate::audit::load;
use crate::borders::{self, BorderExchange};
use crate::commit_size::CommitSize;
use crate::record_log::{LogEvent, RecordLog, SharedProgress};
use crate::recovery::{LeftAt, Recovered, recover, stale_risks};
use crate::territory::Territory;
use crate::worker_context::{Batch, WorkerContext};
use domain::effect::Effect;
use domain::pipeline::{Input, Pipeline};
use domain::place::Code;
use domain::service_clock::ClockStep;
use domain::time::{DAY, Hour, Time};
use forgetting::DailyPass;
use intake::backoff::{Backoff, sleep_unless_stopped};
use intake::clock_step;
use intake::kafka::ConsumedRecord;
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::calendar::rfc3339;
use store::{BorderSum, LogRecord, SnapshotBuilder, Store, StoreError};
use tokio::sync::watch;

/// Effects and ticks after which a commit is cut: people who log in or act wait for the one that is being written.
const MOST_EFFECTS: usize = 20_000;
const MOST_TICKS: u32 = 168;
/// What ended longer ago may leave memory: nearly all that comes late came by then, microseconds.
pub const HOT_SPAN: i64 = 3 * DAY;
/// After this long no further regency's reports are let go between two rounds; those of one are, however many. A round takes a tenth of a second where there is much to do.
pub(crate) const FORGET_FOR: Duration = Duration::from_millis(5);
/// How often it is asked whether the partitions around are that far.
const ASK_AROUND: Duration = Duration::from_millis(20);

/// Why the work ended before it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum WorkEnd {
    #[error("{0}")]
    Fenced(StoreError),
    #[error("{0}")]
    Store(#[from] StoreError),
    #[error("asked to stop")]
    Stopped,
}

/// Where the work begins.
#[derive(Clone, Copy, Debug)]
pub struct StartAt {
    pub next_offset: i64,
    /// `None` where nothing was ever committed.
    pub left_at: Option<LeftAt>,
    pub complete_to: Hour,
}

/// What a driver is made of.
pub struct DriverConfig {
    pub context: WorkerContext,
    pub territory: Arc<Territory>,
    /// How long a tick waits for the partitions around.
    pub border_wait: Duration,
    /// Reports in a full chunk of the snapshot.
    pub snapshot_chunk: usize,
    pub commit_size: CommitSize,
    /// What ended longer ago may leave memory, microseconds.
    pub hot_span: i64,
    /// After this long no further regency's reports are let go between two rounds.
    pub forget_for: Duration,
    pub stop: watch::Receiver<bool>,
}

/// What the worker holds between two commits.
struct WorkerState {
    pipeline: Pipeline,
    snapshot_builder: SnapshotBuilder,
    borders: BorderExchange,
    /// The offset to read next.
    next: i64,
    /// What the rules found at the start is raised.
    is_started: bool,
    commit_size: CommitSize,
    pass: DailyPass,
}

/// The loop round the pipeline. [`Driver::recover`] reads the state, [`Driver::run`] works until it is stopped.
pub struct Driver<L> {
    config: DriverConfig,
    log: L,
    state: WorkerState,
}

/// What one commit is made of.
struct CommitParts {
    batch: Batch,
    effects: Vec<Effect>,
    borders: Vec<BorderSum>,
    ticks: u32,
}

impl CommitParts {
    fn from(partition: i32, offset: i64) -> CommitParts {
        CommitParts {
            batch: Batch::new(partition, offset, offset),
            effects: Vec::new(),
            borders: Vec::new(),
            ticks: 0,
        }
    }

    fn is_empty(&self) -> bool {
        self.batch.next == self.batch.from && self.effects.is_empty() && self.ticks == 0
    }

    fn is_long(&self) -> bool {
        self.effects.len() >= MOST_EFFECTS || self.ticks >= MOST_TICKS
    }
}

impl<L: RecordLog> Driver<L> {
    /// # Errors
    /// Where the state cannot be read.
    pub async fn recover(config: DriverConfig, log: L, start: StartAt) -> Result<Driver<L>, WorkEnd> {
        let began = Instant::now();
        let (context, territory) = (&config.context, &config.territory);
        let Recovered { pipeline, mut snapshot_builder, reports } =
            recover(&context.recovery_source(), territory, start.left_at).await?;
        snapshot_builder.full = config.snapshot_chunk;
        let shown = match territory.shown.is_empty() {
            true => Vec::new(),
            false => context.store.borders(&territory.shown).await?,
        };
        let borders = BorderExchange::new(territory, start.complete_to, shown);
        context.metrics.recovery_took(began.elapsed());
        tracing::info!(partition = territory.number, reports, took = ?began.elapsed(), "read the state");
        let state = WorkerState {
            pipeline,
            snapshot_builder,
            borders,
            next: start.next_offset,
            is_started: false,
            commit_size: config.commit_size,
            pass: DailyPass::NEVER,
        };
        Ok(Driver { config, log, state })
    }

    /// The log it reads, before it is run.
    pub fn log_mut(&mut self) -> &mut L {
        &mut self.log
    }

    /// Works until it is asked to stop or the log is closed.
    ///
    /// # Errors
    /// [`WorkEnd::Fenced`] where another worker owns the partition, or a commit was kept whose answer was lost;
    /// [`WorkEnd::Store`] where the store refused a commit for what is in it.
    pub async fn run(mut self) -> Result<(), WorkEnd> {
        match self.work().await {
            Err(WorkEnd::Stopped) => Ok(()),
            ended => ended,
        }
    }

    async fn work(&mut self) -> Result<(), WorkEnd> {
        self.restate().await?;
        while self.state.snapshot_builder.is_full() {
            self.commit(self.parts()).await?;
        }
        let mut stop = self.config.stop.clone();
        let mut backoff = Backoff::new(Duration::from_millis(200), Duration::from_secs(5));
        loop {
            let event = tokio::select! {
                biased;
                _ = stop.wait_for(|stop| *stop) => return Ok(()),
                event = self.log.next(self.state.next, self.state.commit_size.next()) => event,
            };
            let at_end = matches!(event, Ok(LogEvent::End { .. }));
            match event {
                Ok(LogEvent::Records(records)) => self.take(records).await?,
                Ok(LogEvent::End { complete_before }) => self.tick_until(complete_before).await?,
                Ok(LogEvent::Nothing) => {}
                Ok(LogEvent::Closed) => return Ok(()),
                Err(error) => {
                    let wait = backoff.step();
                    tracing::error!(%error, again_in = ?wait, "reading the log");
                    self.pause(wait).await?;
                    continue;
                }
            }
            backoff.reset();
            self.forget_cold();
            self.log.after_event(self.state.pipeline.view().clock(), at_end).await;
        }
    }

    /// Assesses again what was last assessed by a model that does not serve any more: until the next hour people would
    /// read two models' risks side by side.
    async fn restate(&mut self) -> Result<(), WorkEnd> {
        let stale = stale_risks(&self.config.context, &self.config.territory, &self.state.pipeline).await?;
        if stale.is_empty() {
            return Ok(());
        }
        tracing::info!(
            risks = stale.len(),
            "other models serve than those of the newest risks; they are assessed again"
        );
        let mut parts = self.parts();
        self.state.pipeline.restate(&stale, &mut parts.effects);
        self.commit(parts).await
    }

    async fn take(&mut self, records: Vec<ConsumedRecord>) -> Result<(), WorkEnd> {
        let mut parts = self.parts();
        for ConsumedRecord { record, origin } in records {
            let offset = record.offset;
            if offset < parts.batch.next {
                continue; // the consumer went back; this one is in
            }
            if let Some(step) = clock_step(&record.record)
                && self.set_back(step, offset, &mut parts).await?
            {
                continue;
            }
            if !origin.as_ref().is_some_and(|origin| self.log.is_repeated(origin)) {
                let received_at = self.state.pipeline.effective(record.record.received_at);
                while let Some(hour) = self.state.pipeline.due_tick(received_at) {
                    self.tick(hour, &mut parts).await?;
                }
                if let Some(origin) = origin {
                    self.log.remember(origin);
                }
                self.apply(record, &mut parts).await?;
            }
            parts.batch.next = offset + 1;
            if parts.is_long() {
                self.cut(&mut parts).await?;
            }
        }
        match parts.is_empty() {
            true => Ok(()),
            false => self.commit(parts).await,
        }
    }

    /// Applies a record, after what it needs was loaded.
    async fn apply(&mut self, mut record: LogRecord, parts: &mut CommitParts) -> Result<(), WorkEnd> {
        loop {
            let DriverConfig { context, territory, .. } = &self.config;
            let (batch, effects) = (&mut parts.batch, &mut parts.effects);
            match context.apply_record(&mut self.state.pipeline, territory, record, batch, effects) {
                Ok(()) => return Ok(()),
                Err(back) => {
                    let NotLoaded(regency) = back.0;
                    self.load(regency).await?;
                    record = back.1;
                }
            }
        }
    }

    /// Brings back what left memory of a regency; where the store does not answer, the record waits.
    async fn load(&mut self, regency: Code) -> Result<(), WorkEnd> {
        let began = Instant::now();
        let loaded = self.patiently(|store| async move { load(&store, regency).await }).await?;
        tracing::debug!(%regency, reports = loaded.reports.len(), took = ?began.elapsed(), "read a regency again");
        self.state.pipeline.load(&loaded);
        Ok(())
    }

    /// The clock was set back: the hours that it had come to are ticked, whether or not this worker did so by the clock
    /// itself; then comes the step, in a commit of its own, for all that the store orders by time changes with it. False where
    /// time had not come so far here.
    async fn set_back(
        &mut self,
        step: ClockStep,
        offset: i64,
        parts: &mut CommitParts,
    ) -> Result<bool, WorkEnd> {
        while step.is_back()
            && let Some(hour) = self.state.pipeline.due_tick(step.from)
        {
            self.tick(hour, parts).await?;
        }
        if !self.state.pipeline.is_set_back_by(step.to) {
            return Ok(false);
        }
        if !parts.is_empty() {
            self.cut(parts).await?;
        }
        for regency in self.state.pipeline.cold_regencies() {
            self.load(regency).await?;
        }
        let step = ClockStep { from: self.state.pipeline.view().clock(), ..step };
        let partition = self.config.territory.number;
        tracing::warn!(
            partition,
            from = rfc3339(step.from),
            to = rfc3339(step.to),
            "the service's clock was set back; time goes on from there"
        );
        self.state.pipeline.apply(Input::ClockStep(step.to), &mut parts.effects);
        self.state.borders.set_back(step.to.hour());
        parts.borders = self.state.borders.all(&self.config.territory, &self.state.pipeline);
        parts.batch.registry_records += 1;
        parts.batch.clock_step = Some(step);
        parts.batch.next = offset + 1;
        self.config.context.metrics.clock_was_set_back(step);
        self.cut(parts).await?;
        Ok(true)
    }

    /// Ticks that fell due while nothing came.
    async fn tick_until(&mut self, now: Time) -> Result<(), WorkEnd> {
        let mut parts = self.parts();
        let before = self.state.borders.complete_to();
        while let Some(hour) = self.state.pipeline.due_tick(now) {
            self.tick(hour, &mut parts).await?;
        }
        if !self.state.is_started {
            // A start is no event: what is found and nobody was notified of does not wait for the hour.
            self.state.is_started = self.state.pipeline.raise_what_is_found(&mut parts.effects);
        }
        if self.state.pipeline.view().last_tick().is_none() && self.config.territory.has_border() {
            // Nothing was ever reported here; the partitions around must not wait for it.
            self.state.borders.advance(now.hour());
        }
        match parts.is_empty() && self.state.borders.complete_to() == before {
            true => Ok(()),
            false => self.commit(parts).await,
        }
    }

    async fn tick(&mut self, hour: Hour, parts: &mut CommitParts) -> Result<(), WorkEnd> {
        if self.config.territory.has_border() {
            if self.state.borders.complete_to() < hour {
                self.state.borders.advance(hour);
                // Shown before anything of the new hour is in.
                parts.borders = self.state.borders.changed(&self.config.territory, &self.state.pipeline);
                self.cut(parts).await?;
            }
            self.wait_for_those_around(hour).await?;
            let territory = self.config.territory.clone();
            let rows = self
                .patiently(|store| {
                    let territory = territory.clone();
                    async move { store.borders(&territory.seen).await }
                })
                .await?;
            let pipeline = &mut self.state.pipeline;
            borders::each_view(&territory, rows, hour, |cell, bucket, sum| {
                pipeline.set_border_view(cell, bucket, sum);
            });
        }
        self.state.pipeline.apply(Input::Tick(hour), &mut parts.effects);
        parts.ticks += 1;
        match parts.is_long() {
            true => self.cut(parts).await,
            false => Ok(()),
        }
    }

    /// Waits until every partition around has what was received before `hour`. One that is away too long is not waited
    /// for: what it last showed stands in.
    async fn wait_for_those_around(&mut self, hour: Hour) -> Result<(), WorkEnd> {
        let territory = self.config.territory.clone();
        let began = Instant::now();
        while !territory.around.is_empty() {
            let reached = self
                .patiently(|store| {
                    let territory = territory.clone();
                    async move { store.complete_to(&territory.around).await }
                })
                .await?;
            let is_late =
                |number: &&i32| !reached.iter().any(|(other, mark)| other == *number && *mark >= hour);
            let late: Vec<i32> = territory.around.iter().filter(is_late).copied().collect();
            if late.is_empty() {
                break;
            }
            if began.elapsed() > self.config.border_wait {
                self.config.context.metrics.border_wait_given_up();
                tracing::warn!(
                    partition = territory.number,
                    ?late,
                    hour = hour.0,
                    "partitions across the border are behind; going on with what they last showed"
                );
                break;
            }
            self.pause(ASK_AROUND).await?;
        }
        Ok(())
    }

    fn parts(&self) -> CommitParts {
        CommitParts::from(self.config.territory.number, self.state.next)
    }

    /// Commits what was gathered so far; `parts` goes on after it.
    async fn cut(&mut self, parts: &mut CommitParts) -> Result<(), WorkEnd> {
        let rest = CommitParts::from(parts.batch.partition, parts.batch.next);
        self.commit(std::mem::replace(parts, rest)).await
    }

    /// One commit, tried until it is kept or refused.
    async fn commit(&mut self, parts: CommitParts) -> Result<(), WorkEnd> {
        let CommitParts { batch, effects, borders, .. } = parts;
        let (next, records) = (batch.next, batch.next - batch.from);
        // After a step the state is another: it is kept after the next pass.
        let state = if batch.clock_step.is_none() { self.state_due() } else { None };
        let WorkerState { pipeline, snapshot_builder, borders: exchange, .. } = &mut self.state;
        let batch = batch.with_snapshot(snapshot_builder, state);
        exchange.advance(pipeline.view().last_tick().unwrap_or(Hour(0)));
        let territory = &self.config.territory;
        let progress = SharedProgress {
            complete_to: exchange.complete_to(),
            clock: pipeline.view().clock(),
            borders,
            regencies: territory.regencies.clone(),
        };
        let fence = self.log.fence(progress);
        let prepared = Arc::new(self.config.context.prepare(pipeline, territory, batch, effects, fence));
        let began = Instant::now();
        let committed = self
            .patiently(|store| {
                let prepared = prepared.clone();
                async move { store.commit(&prepared.commit).await }
            })
            .await?;
        self.state.commit_size.took(records as usize, began.elapsed());
        self.config.context.notify(&prepared, committed, began);
        self.state.next = next;
        self.log.committed(&prepared.commit).await;
        Ok(())
    }

    /// Tries until it succeeds: the store may be away for a while; records wait in the log meanwhile. What it refuses for what
    /// is in it gets no better by waiting: the work ends, and the state is read again.
    async fn patiently<T, F: Future<Output = Result<T, StoreError>>>(
        &self,
        call: impl Fn(Store) -> F,
    ) -> Result<T, WorkEnd> {
        let mut backoff = Backoff::new(Duration::from_millis(100), Duration::from_secs(5));
        loop {
            match call(self.config.context.store.clone()).await {
                Ok(value) => return Ok(value),
                Err(error @ StoreError::Fenced { .. }) => return Err(WorkEnd::Fenced(error)),
                Err(error @ StoreError::Corrupt(_)) => return Err(WorkEnd::Store(error)),
                Err(error) => {
                    let wait = backoff.step();
                    let partition = self.config.territory.number;
                    tracing::error!(%error, partition, again_in = ?wait, "the store did not answer the worker");
                    self.pause(wait).await?;
                }
            }
        }
    }

    async fn pause(&self, time: Duration) -> Result<(), WorkEnd> {
        match sleep_unless_stopped(time, &self.config.stop).await {
            true => Err(WorkEnd::Stopped),
            false => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
