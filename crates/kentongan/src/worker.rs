//! The worker: poll → decode → apply → one commit → tell the pages. The loop round the pipeline.

use crate::book::Book;
use crate::catalog::Catalog;
use crate::metrics::Metrics;
use anyhow::Result;
use desk::Live;
use domain::effect::Effect;
use domain::kind::Outcome;
use domain::pipeline::{Input, Pipeline};
use domain::place::Code;
use domain::report::{Body, Report};
use domain::time::{HOUR, Hour, Time};
use feed::decode::{RecordView, decode};
use scoring::ModelScorer;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use store::{Commit, DeadLetter, Log, LogRecord, PARTITION, ReportRow, Store};
use tokio::sync::broadcast;

pub type Clock = Arc<dyn Fn() -> Time + Send + Sync>;

/// How long the worker sleeps at most before it looks at the log and the clock again.
const NAP: Duration = Duration::from_millis(250);

/// What the loop works with.
pub struct Worker {
    pub log: Log,
    pub store: Store,
    pub catalog: Arc<Catalog>,
    pub scorer: Arc<ModelScorer>,
    pub clock: Clock,
    pub live: broadcast::Sender<Live>,
    pub metrics: Metrics,
    pub book: Book,
    pub batch: usize,
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
        let (mut pipeline, mut next) = recover(&self.store, &self.catalog, &self.scorer).await?;
        self.metrics.recovered(began.elapsed());
        let mut newest = self.log.newest();
        loop {
            // The clock is read before the log: what was received before a tick is in the log before the tick is due.
            let now = (self.clock)();
            let records = self.log.read(PARTITION, next, self.batch).await?;
            self.metrics.lag((*newest.borrow_and_update() + 1 - next).max(0));
            if records.is_empty() {
                self.tick(&mut pipeline, next, now).await?;
                self.metrics.ready();
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
                next = self.take(&mut pipeline, next, records).await?;
            }
            *wait = Duration::from_millis(200);
            if *stop.borrow() {
                return Ok(());
            }
        }
    }

    /// Ticks that fell due while nothing came.
    async fn tick(&self, pipeline: &mut Pipeline, next: i64, now: Time) -> Result<()> {
        let mut effects = Vec::new();
        let mut hours = 0;
        while let Some(hour) = pipeline.due(now) {
            pipeline.apply(Input::Tick(hour), &mut effects);
            hours += 1;
            if hours % 168 == 0 {
                self.commit(pipeline, Batch::new(next, next), std::mem::take(&mut effects)).await?;
            }
        }
        if hours > 0 {
            self.commit(pipeline, Batch::new(next, next), effects).await?;
        }
        Ok(())
    }

    async fn take(&self, pipeline: &mut Pipeline, next: i64, records: Vec<LogRecord>) -> Result<i64> {
        let after = records.last().map_or(next, |record| record.offset + 1);
        let mut batch = Batch::new(next, after);
        let mut effects = Vec::new();
        for record in records {
            self.one(pipeline, record, &mut batch, &mut effects);
        }
        self.commit(pipeline, batch, effects).await?;
        Ok(after)
    }

    fn one(&self, pipeline: &mut Pipeline, record: LogRecord, batch: &mut Batch, effects: &mut Vec<Effect>) {
        let LogRecord { partition, offset, record } = record;
        let received_at = pipeline.effective(record.received_at);
        while let Some(hour) = pipeline.due(received_at) {
            pipeline.apply(Input::Tick(hour), effects);
        }
        let view = RecordView {
            bytes: &record.bytes,
            feed_name: &record.feed,
            class: Some(record.class),
            areas: &record.areas,
            received_at: record.received_at,
        };
        match decode(&view, &self.catalog.for_decode()) {
            Ok(decoded) => {
                let duplicates = pipeline.window.outcomes[Outcome::Duplicate.index()];
                let late = pipeline.is_late(happened(&decoded.report), received_at);
                let history =
                    received_at.since(happened(&decoded.report)) > self.catalog.policy.repair_horizon;
                pipeline.apply(Input::Report { received: received_at, report: &decoded.report }, effects);
                let twice = pipeline.window.outcomes[Outcome::Duplicate.index()] > duplicates;
                self.metrics.record(&record.feed, if twice { "duplicate" } else { "report" }, late);
                let reporter = decoded.reporter.map(|text| text.read().into_owned());
                let summary = decoded.summary.map(|text| text.read().into_owned());
                let (lat, lon) = (decoded.lat, decoded.lon);
                batch.reports.push(ReportRow {
                    report: decoded.report,
                    partition,
                    offset,
                    feed_name: record.feed,
                    reporter,
                    received_at,
                    late,
                    history,
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
    }

    async fn commit(&self, pipeline: &mut Pipeline, batch: Batch, effects: Vec<Effect>) -> Result<()> {
        let places = self.catalog.places.clone();
        let memory = pipeline.take_changed();
        let memory =
            memory.into_iter().map(|(slot, bytes)| (places.code(slot.unit()), slot.kind(), bytes)).collect();
        let mut stirred: BTreeSet<Code> =
            batch.reports.iter().map(|row| row.report.place.code.regency()).collect();
        stirred.extend(effects.iter().filter_map(|effect| match effect {
            Effect::Assessment(told) => Some(places.code(told.unit).regency()),
            _ => None,
        }));
        let received: Vec<Time> = batch.reports.iter().map(|row| row.received_at).collect();
        let began = std::time::Instant::now();
        let committed = self
            .store
            .commit(Commit {
                partition: PARTITION,
                from_offset: batch.from,
                next_offset: batch.next,
                clock: pipeline.clock(),
                last_tick: pipeline.last_tick().unwrap_or(Hour(0)),
                reports: batch.reports,
                dead_letters: batch.dead_letters,
                effects,
                places,
                models: self.scorer.models().iter().map(scoring::Artefact::served_name).collect(),
                memory,
                ledger: Some(self.catalog.ledger.clone()),
            })
            .await?;
        self.metrics.committed(began.elapsed());
        let now = (self.clock)();
        received.iter().for_each(|at| self.metrics.assessed(now.since(*at).clamp(0, HOUR)));
        // The watch looks once a day; a failure of it must not stop the work.
        if committed.day.is_some()
            && let Err(error) = self.book.drift().await
        {
            tracing::error!(%error, "looking for drift failed; the next day tries again");
        }
        // Nobody listening is no failure.
        for change in committed.alerts {
            let _ = self.live.send(Live::Alert { id: change.alert.id, code: change.alert.code });
        }
        for regency in stirred {
            let _ = self.live.send(Live::Picture { regency });
        }
        Ok(())
    }
}

/// Rows of one commit and the offsets it spans.
struct Batch {
    from: i64,
    next: i64,
    reports: Vec<ReportRow>,
    dead_letters: Vec<DeadLetter>,
}

impl Batch {
    fn new(from: i64, next: i64) -> Batch {
        Batch { from, next, reports: Vec::new(), dead_letters: Vec::new() }
    }
}

fn happened(report: &Report) -> Time {
    match &report.body {
        Body::Statement(told) => told.occurred_at,
        _ => report.reported_at,
    }
}

/// The pipeline as the store knows it, and the offset to go on from.
pub async fn recover(store: &Store, catalog: &Catalog, scorer: &ModelScorer) -> Result<(Pipeline, i64)> {
    let policy = Arc::new(catalog.policy.clone());
    let mut pipeline = Pipeline::new(catalog.places.clone(), policy, scorer);
    let Some(progress) = store.recover(PARTITION).await? else { return Ok((pipeline, 0)) };
    let ticked = progress.last_tick.start();
    let mut since = Vec::new();
    store
        .each_report(|recovered| {
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
    Ok((pipeline, progress.next_offset))
}
