//! `/metrics`: what the roles count as they work, and what the store knows when asked.

use crate::catalog::Catalog;
use crate::config::ServiceRole;
use crate::serve::Site;
use anyhow::Result;
use domain::kind::{Horizon, Kind};
use domain::policy::Silence;
use domain::report::FeedId;
use domain::time::{SECOND, Time};
use domain::{desk_feed, shown_level};
use prometheus::{Encoder, GaugeVec, Histogram, IntCounterVec, IntGauge, IntGaugeVec, Registry, TextEncoder};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{ConditionRow, FeedActivity, Store};
use worker::{JobMetrics, LedgerMetrics, MetricMaker, WorkerMetrics};

/// Cheap to clone.
#[derive(Clone)]
pub struct Metrics(Arc<Inner>);

struct Inner {
    registry: Registry,
    worker: WorkerMetrics,
    jobs: JobMetrics,
    counted: Counted,
    told: Told,
    ledger: LedgerMetrics,
}

/// What the intake and the notifier count as they go.
struct Counted {
    to_delivery: Histogram,
    paused: IntGaugeVec,
    deliveries: IntCounterVec,
}

/// What the store tells when somebody scrapes.
struct Told {
    outbox_pending: IntGauge,
    records: IntGaugeVec,
    unaccounted: IntGauge,
    dead_letters: IntGauge,
    alerts: IntGaugeVec,
    silence: GaugeVec,
    silence_limit: GaugeVec,
    scenario: IntGauge,
    risk: GaugeVec,
    level: GaugeVec,
    completeness: GaugeVec,
    skill: GaugeVec,
    served: IntGaugeVec,
    job_failures: IntGaugeVec,
    job_last_run: GaugeVec,
}

const SLOW: &[f64] = &[1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 900.0, 3600.0];

impl Counted {
    fn new(make: &MetricMaker<'_>) -> Result<Counted> {
        Ok(Counted {
            to_delivery: make.histogram(
                "alert_to_delivery_seconds",
                "From an alert's change to a message taken by its receiver",
                SLOW,
            )?,
            paused: make.ints(
                "feed_paused",
                "1 while a feed is paused because nearly all it sends is refused",
                &["feed"],
            )?,
            deliveries: make.counters(
                "delivery_failures_total",
                "Tries to deliver a message that failed, by channel",
                &["channel"],
            )?,
        })
    }
}

impl Told {
    fn new(make: &MetricMaker<'_>) -> Result<Told> {
        let skill = "Brier skill of a served model over the best baseline in the backtest on its card; 0 or less is no better";
        Ok(Told {
            outbox_pending: make.int("outbox_pending", "Messages not wholly delivered or given up")?,
            records: make.ints(
                "records",
                "Records by how they stand now; dead letters included",
                &["outcome"],
            )?,
            unaccounted: make.int("unaccounted_records", "Records that ended as nothing; 0, always")?,
            dead_letters: make.int(
                "dead_letters",
                "Records that could not become a report and are kept with their bytes",
            )?,
            alerts: make.ints("alerts", "Alerts by level, kind and state", &["level", "kind", "state"])?,
            silence: make.floats("feed_silence_seconds", "Since when a feed has not reported", &["feed"])?,
            silence_limit: make.floats(
                "feed_silence_limit_seconds",
                "From which silence on a feed is missed, by its own rhythm (policy); the desk's own are never missed",
                &["feed"],
            )?,
            scenario: make.int("scenario", "1 where the data are made up for an exercise")?,
            risk: make.floats(
                "district_risk",
                "Risk last told, 0 to 1; a ranking where the model is not calibrated there",
                &["district", "name", "kind", "horizon"],
            )?,
            level: make.floats(
                "district_level",
                "Level shown: 0 no data, 1 low, 2 waspada, 3 siaga, 4 awas",
                &["district", "name", "kind"],
            )?,
            completeness: make.floats(
                "district_completeness",
                "Share of the usual feeds that are not silent, 0 to 1",
                &["district", "name"],
            )?,
            job_failures: make.ints(
                "job_failures",
                "Runs of a recurring job that failed since the last one that did not",
                &["job"],
            )?,
            job_last_run: make.floats(
                "job_last_run_timestamp_seconds",
                "When a recurring job last ended, whichever way",
                &["job"],
            )?,
            skill: make.floats("model_brier_skill", skill, &["kind", "horizon"])?,
            served: make.ints(
                "model_served",
                "Which line speaks: the model, or the baseline it was not shown to beat; always 1",
                &["kind", "horizon", "line"],
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
        let (told, ledger) = (Told::new(&make)?, LedgerMetrics::new(&make)?);
        let (worker, jobs) = (WorkerMetrics::new(&make)?, JobMetrics::new(&make)?);
        Ok(Metrics(Arc::new(Inner { registry, worker, jobs, counted, told, ledger })))
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
                self.0.told.skill.with_label_values(&[kind.as_str(), horizon.as_str()]).set(skill.value);
            }
            if let (Some(kind), Some(horizon)) = (model.kind, model.horizon) {
                let line =
                    model.baseline.as_ref().map_or("model".to_owned(), |name| format!("baseline:{name}"));
                self.0.told.served.with_label_values(&[kind.as_str(), horizon.as_str(), &line]).set(1);
            }
        }
    }
    /// What the notifier saw.
    pub fn seen(&self, seen: notify::Seen) {
        match seen {
            notify::Seen::Pending(count) => self.0.told.outbox_pending.set(count as i64),
            notify::Seen::Failed { channel, .. } => {
                self.0.counted.deliveries.with_label_values(&[channel.as_str()]).inc()
            }
            notify::Seen::Delivered { seconds, .. } => self.0.counted.to_delivery.observe(seconds),
        }
    }

    /// Prints everything in Prometheus' text format. What the store knows of the whole country only a desk tells: of
    /// many processes each would tell the same, and work for it.
    pub async fn page(&self, site: &Site, now: Time) -> Result<Vec<u8>> {
        if site.config.plays(ServiceRole::Desk) {
            self.read(site, now).await?;
        }
        self.0.worker.waiting();
        let mut page = Vec::new();
        TextEncoder::new().encode(&self.0.registry.gather(), &mut page)?;
        Ok(page)
    }

    /// Reads the store's part anew.
    async fn read(&self, site: &Site, now: Time) -> Result<()> {
        let (inner, store) = (&*self.0, &site.store);
        let balance = store.balance().await?;
        for (outcome, count) in &balance.outcomes {
            inner.told.records.with_label_values(&[outcome.as_str()]).set(*count as i64);
        }
        let dead: u64 = balance.dead_letters.iter().map(|(_, count)| count).sum();
        inner.told.records.with_label_values(&["dead_letter"]).set(dead as i64);
        inner.told.dead_letters.set(dead as i64);
        inner.told.unaccounted.set(balance.unaccounted);
        inner.told.outbox_pending.set(store.outbox_pending().await? as i64);
        inner.told.scenario.set(i64::from(site.scenario.is_some()));
        self.silences(store, &site.catalog.policy.silence, now).await?;
        inner.told.alerts.reset();
        for count in store.alert_counts().await? {
            let labels = [count.level.as_str(), count.kind.as_str(), count.state.as_str()];
            inner.told.alerts.with_label_values(&labels).set(count.count as i64);
        }
        for job in store.jobs().await? {
            inner.told.job_failures.with_label_values(&[&job.name]).set(i64::from(job.failures));
            if let Some(at) = job.last_run {
                inner.told.job_last_run.with_label_values(&[&job.name]).set(at.0 as f64 / SECOND as f64);
            }
        }
        self.districts(store, &site.catalog).await?;
        inner.ledger.set(&site.ledger.figures(&[]).await?);
        Ok(())
    }

    /// Who has been quiet for how long, and for how long that is usual; a feed never heard since it was registered.
    async fn silences(&self, store: &Store, rule: &Silence, now: Time) -> Result<()> {
        let told = &self.0.told;
        told.silence.reset();
        told.silence_limit.reset();
        let seconds = |span: i64| span.max(0) as f64 / SECOND as f64;
        let tell = |name: &str, last: Time, usual: Option<i64>| {
            told.silence.with_label_values(&[name]).set(seconds(now.since(last)));
            if !desk_feed::is_desk_feed(FeedId::of(name)) {
                told.silence_limit.with_label_values(&[name]).set(seconds(rule.allowed(usual)));
            }
        };
        let mut heard: BTreeMap<String, FeedActivity> =
            store.heard().await?.into_iter().map(|row| (row.feed.clone(), row)).collect();
        for feed in store.feeds().await? {
            let row = heard.remove(&feed.name);
            if feed.enabled {
                let last = row.as_ref().and_then(|row| row.reported_at).unwrap_or(feed.since);
                tell(&feed.name, last, row.as_ref().and_then(FeedActivity::usual));
            }
        }
        for (name, row) in &heard {
            if let Some(last) = row.reported_at {
                tell(name, last, row.usual());
            }
        }
        Ok(())
    }

    /// The leaders' heatmap: aggregates by district, bounded by the configured regencies.
    async fn districts(&self, store: &Store, catalog: &Catalog) -> Result<()> {
        let inner = &*self.0;
        let standing = store.conditions(&[]).await?;
        for kind in Kind::ALL {
            for horizon in Horizon::ALL {
                for row in store.risks(*kind, *horizon, &[]).await? {
                    let Some(unit) = catalog.places.find(row.code) else { continue };
                    let (code, name) = (row.code.to_string(), catalog.places.name(unit));
                    let risk = f64::from(row.risk_ppm) / 1e6;
                    inner
                        .told
                        .risk
                        .with_label_values(&[&code, &name, kind.as_str(), horizon.as_str()])
                        .set(risk);
                    if *horizon == Horizon::Month {
                        continue;
                    }
                    let stands = |held: &&ConditionRow| {
                        held.code == row.code && held.kind == *kind && held.change.stands()
                    };
                    let condition = standing.iter().find(stands).map(|held| held.level);
                    let level = shown_level(condition, Some(row.level), row.completeness_ppm);
                    inner
                        .told
                        .level
                        .with_label_values(&[&code, &name, kind.as_str()])
                        .set(level.index() as f64);
                    inner
                        .told
                        .completeness
                        .with_label_values(&[&code, &name])
                        .set(f64::from(row.completeness_ppm) / 1e6);
                }
            }
        }
        Ok(())
    }
}
