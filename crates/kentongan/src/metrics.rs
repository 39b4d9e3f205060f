//! `/metrics`: what the roles count as they work, and what the store knows when asked.

use crate::config::ServiceRole;
use crate::serve::Site;
use anyhow::Result;
use domain::time::Time;
use intake::entrance::EntranceRefusal;
use prometheus::{Encoder, GaugeVec, Histogram, IntCounterVec, IntGauge, IntGaugeVec, Registry, TextEncoder};
use std::sync::Arc;
use worker::{JobMetrics, LedgerMetrics, MetricMaker, StateMetrics, WorkerMetrics};

/// Cheap to clone.
#[derive(Clone)]
pub struct Metrics(Arc<Inner>);

struct Inner {
    registry: Registry,
    worker: WorkerMetrics,
    jobs: JobMetrics,
    counted: Counted,
    state: StateMetrics,
    ledger: LedgerMetrics,
}

/// What the intake and the notifier count as they work, and what serves.
struct Counted {
    scenario: IntGauge,
    skill: GaugeVec,
    served: IntGaugeVec,
    to_delivery: Histogram,
    paused: IntGaugeVec,
    deliveries: IntCounterVec,
    receipts: IntCounterVec,
    undelivered: IntGaugeVec,
    refusals: IntGaugeVec,
}

const SLOW: &[f64] = &[1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 900.0, 3600.0];

impl Counted {
    fn new(make: &MetricMaker<'_>) -> Result<Counted> {
        let skill = "Brier skill of a served model over the best baseline in the backtest on its card; 0 or less is no better";
        Ok(Counted {
            scenario: make.int("scenario", "1 where the data are made up for an exercise")?,
            skill: make.floats("model_brier_skill", skill, &["kind", "horizon"])?,
            served: make.ints(
                "model_served",
                "Which line is served: the model, or the baseline it was not shown to beat; always 1",
                &["kind", "horizon", "line"],
            )?,
            to_delivery: make.histogram(
                "alert_to_delivery_seconds",
                "Time from an alert's change to the receiver taking the message",
                SLOW,
            )?,
            paused: make.ints(
                "feed_paused",
                "1 while a feed is paused because nearly all it sends is refused",
                &["feed"],
            )?,
            undelivered: make.ints(
                "undelivered_people",
                "People who have not got the newest message about an alert in time, by its level",
                &["level"],
            )?,
            refusals: make.ints(
                "entrance_refusals",
                "Requests and connections that were sent away since the start, by why",
                &["reason"],
            )?,
            receipts: make.counters(
                "delivery_receipts_total",
                "What providers said became of messages that they took: delivered, read, failed, or missing in time",
                &["state"],
            )?,
            deliveries: make.counters(
                "delivery_failures_total",
                "Tries to deliver a message that failed, by channel",
                &["channel"],
            )?,
        })
    }
}

impl Metrics {
    pub fn new() -> Result<Metrics> {
        let registry = Registry::new_custom(Some("kentongan".into()), None)?;
        let make = MetricMaker(&registry);
        make.ints("build_info", "Version of the program; always 1", &["version"])?
            .with_label_values(&[env!("CARGO_PKG_VERSION")])
            .set(1);
        let counted = Counted::new(&make)?;
        let (state, ledger) = (StateMetrics::new(&make)?, LedgerMetrics::new(&make)?);
        let (worker, jobs) = (WorkerMetrics::new(&make)?, JobMetrics::new(&make)?);
        Ok(Metrics(Arc::new(Inner { registry, worker, jobs, counted, state, ledger })))
    }

    pub fn jobs(&self) -> &JobMetrics {
        &self.0.jobs
    }
    pub fn worker(&self) -> &WorkerMetrics {
        &self.0.worker
    }
    /// A feed's topic is not read for a while, or again.
    pub fn feed_paused(&self, pause: &intake::kafka::FeedPause) {
        self.0.counted.paused.with_label_values(&[&pause.feed]).set(i64::from(pause.paused));
    }
    /// What the served models' own backtests found.
    pub fn models(&self, models: &[views::model::ServedModel]) {
        for model in models {
            if let (Some(kind), Some(horizon), Some(skill)) = (model.kind, model.horizon, model.brier_skill) {
                self.0.counted.skill.with_label_values(&[kind.as_str(), horizon.as_str()]).set(skill.value);
            }
            if let (Some(kind), Some(horizon)) = (model.kind, model.horizon) {
                let line =
                    model.baseline.as_ref().map_or("model".to_owned(), |name| format!("baseline:{name}"));
                self.0.counted.served.with_label_values(&[kind.as_str(), horizon.as_str(), &line]).set(1);
            }
        }
    }
    /// What the notifier saw.
    pub fn seen(&self, seen: notify::NotifyEvent) {
        match seen {
            notify::NotifyEvent::Pending(count) => self.0.state.set_outbox_pending(count as i64),
            notify::NotifyEvent::Undelivered(levels) => {
                for (level, count) in levels {
                    self.0.counted.undelivered.with_label_values(&[level.as_str()]).set(count as i64);
                }
            }
            notify::NotifyEvent::Failed { channel, .. } => {
                self.0.counted.deliveries.with_label_values(&[channel.as_str()]).inc()
            }
            notify::NotifyEvent::Receipt { state } => {
                self.0.counted.receipts.with_label_values(&[state]).inc()
            }
            notify::NotifyEvent::Delivered { seconds, .. } => self.0.counted.to_delivery.observe(seconds),
        }
    }

    /// Everything in Prometheus' text format. What the store knows of the whole country only a process with the role desk
    /// reads: each of many would give the same, and work for it.
    pub async fn page(&self, site: &Site, now: Time) -> Result<Vec<u8>> {
        if site.config.plays(ServiceRole::Desk) {
            let catalog = &site.catalog;
            self.0.state.read(&site.store, &catalog.places, &catalog.policy.silence, now).await?;
            self.0.ledger.set(&site.ledger.figures(&[]).await?);
            self.0.counted.scenario.set(i64::from(site.scenario));
        }
        self.0.worker.waiting();
        for refusal in EntranceRefusal::ALL {
            let count = site.intake.refusals().of(refusal) as i64;
            self.0.counted.refusals.with_label_values(&[refusal.as_str()]).set(count);
        }
        let mut page = Vec::new();
        TextEncoder::new().encode(&self.0.registry.gather(), &mut page)?;
        Ok(page)
    }
}
