//! What every worker does with a record, whichever log it came from: decode, apply, gather, commit, tell the pages.

use crate::book::Book;
use crate::catalog::Catalog;
use crate::metrics::Metrics;
use crate::worker::Clock;
use desk::{Bell, Live};
use domain::effect::Effect;
use domain::kind::{Outcome, Refused};
use domain::pipeline::{Input, Pipeline};
use domain::place::Code;
use domain::report::{Body, Report};
use domain::time::{HOUR, Hour, Time};
use formats::decode::{Decoded, RecordView, Refusal, decode};
use scoring::ModelScorer;
use std::collections::BTreeSet;
use std::sync::Arc;
use store::{Bundler, Bundles, Commit, Committed, DeadLetter, LogRecord, ReportRow, Share, Store};

/// What a worker works with; cheap to clone.
#[derive(Clone)]
pub struct Hand {
    pub store: Store,
    pub catalog: Arc<Catalog>,
    pub scorer: Arc<ModelScorer>,
    pub clock: Clock,
    pub live: Bell,
    pub metrics: Metrics,
    pub book: Book,
    /// The regencies that are ours; all where there is one worker.
    pub own: Option<Arc<BTreeSet<Code>>>,
}

/// A commit, and whom to tell when it is kept.
pub struct Prepared {
    pub commit: Commit,
    stirred: BTreeSet<Code>,
    received: Vec<Time>,
}

impl Hand {
    /// Takes one record into the pipeline and the batch; its ticks were applied before.
    pub fn one(
        &self,
        pipeline: &mut Pipeline,
        record: LogRecord,
        batch: &mut Batch,
        effects: &mut Vec<Effect>,
    ) {
        let LogRecord { partition, offset, record } = record;
        let received_at = pipeline.effective(record.received_at);
        let view = RecordView {
            bytes: &record.bytes,
            feed_name: &record.feed,
            class: Some(record.class),
            areas: &record.areas,
            received_at: record.received_at,
        };
        match self.read(&view, record.refused) {
            Ok(decoded) => {
                let duplicates = pipeline.evidence.outcomes[Outcome::Duplicate.index()];
                let late = pipeline.is_late(happened(&decoded.report), received_at);
                let history =
                    received_at.since(happened(&decoded.report)) > self.catalog.policy.repair_horizon;
                pipeline.apply(Input::Report { received: received_at, report: &decoded.report }, effects);
                let twice = pipeline.evidence.outcomes[Outcome::Duplicate.index()] > duplicates;
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

    /// A record as a report of a place that is ours.
    fn read<'a>(&self, view: &RecordView<'a>, refused: Option<Refused>) -> Result<Decoded<'a>, Refusal> {
        let decoded = decode(view, &self.catalog.for_decode())?;
        let refusal = |reason, field, detail: &str| Err(Refusal { reason, field, detail: detail.to_owned() });
        if let Some(reason) = refused {
            return refusal(reason, "", "umpan ini tidak dikenal di sini, atau bukan untuk kelas itu");
        }
        let regency = decoded.report.place.code.regency();
        if self.own.as_ref().is_some_and(|own| !own.contains(&regency)) {
            return refusal(
                Refused::District,
                "district",
                "kabupaten ini bukan milik partisi tempat catatan ini berada",
            );
        }
        Ok(decoded)
    }

    /// What is to be kept of a batch.
    pub fn prepare(
        &self,
        pipeline: &mut Pipeline,
        batch: Batch,
        effects: Vec<Effect>,
        share: Option<Share>,
    ) -> Prepared {
        let places = pipeline.evidence.places.clone();
        let mut effects = effects;
        let owns = |code: Code| self.own.as_ref().is_none_or(|own| own.contains(&code.regency()));
        effects.retain(|effect| match effect {
            Effect::Assessment(told) => owns(places.code(told.unit)),
            Effect::Condition(told) => owns(places.code(told.unit)),
            Effect::Incident(told) => owns(told.place.code),
            // A guest is its own regency's to speak of.
            Effect::Outcome { report, .. } => {
                let reports = &pipeline.evidence.reports;
                reports.find(*report).is_none_or(|index| owns(places.code(reports.all[index as usize].unit)))
            }
            Effect::IncidentGone(_) => true,
        });
        let memory = pipeline.take_changed();
        let memory = memory.into_iter().map(|(cell, bytes)| (places.code(cell.unit()), cell.kind(), bytes));
        let memory = memory.filter(|(code, _, _)| owns(*code)).collect();
        let mut stirred: BTreeSet<Code> =
            batch.reports.iter().map(|row| row.report.place.code.regency()).collect();
        stirred.extend(effects.iter().filter_map(|effect| match effect {
            Effect::Assessment(told) => Some(places.code(told.unit).regency()),
            _ => None,
        }));
        let received: Vec<Time> = batch.reports.iter().map(|row| row.received_at).collect();
        let commit = Commit {
            partition: batch.partition,
            from_offset: batch.from,
            next_offset: batch.next,
            clock: pipeline.clock(),
            last_tick: pipeline.last_tick().unwrap_or(Hour(0)),
            reports: batch.reports,
            bundles: batch.bundles,
            dead_letters: batch.dead_letters,
            effects,
            places,
            models: self.scorer.models().iter().map(scoring::Artefact::served_name).collect(),
            memory,
            ledger: Some(self.catalog.ledger.clone()),
            share,
        };
        Prepared { commit, stirred, received }
    }

    /// Tells metrics and pages of what was kept.
    pub async fn tell(&self, prepared: &Prepared, committed: Committed, began: std::time::Instant) {
        self.metrics.committed(began.elapsed());
        let now = (self.clock)();
        prepared.received.iter().for_each(|at| self.metrics.assessed(now.since(*at).clamp(0, HOUR)));
        // The watch looks once a day; a failure of it must not stop the work.
        // Where partitions share the book, the first one's midnight is the watch's.
        if committed.day.is_some()
            && prepared.commit.partition == 0
            && let Err(error) = self.book.drift().await
        {
            tracing::error!(%error, "looking for drift failed; the next day tries again");
        }
        for change in committed.alerts {
            self.live.ring(Live::Alert { id: change.alert.id, code: change.alert.code });
        }
        for regency in &prepared.stirred {
            self.live.ring(Live::Picture { regency: *regency });
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
    pub bundles: Bundles,
    pub dead_letters: Vec<DeadLetter>,
}

impl Batch {
    pub fn new(partition: i32, from: i64, next: i64) -> Batch {
        Batch { partition, from, next, ..Batch::default() }
    }

    /// Notes the reports for those who start later.
    pub fn bundled(mut self, bundler: &mut Bundler) -> Batch {
        for row in &self.reports {
            bundler.add(&row.report, row.received_at, (row.late, row.history));
        }
        self.bundles = bundler.take(self.next);
        self
    }
}

fn happened(report: &Report) -> Time {
    match &report.body {
        Body::Statement(told) => told.occurred_at,
        _ => report.reported_at,
    }
}
