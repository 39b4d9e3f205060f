//! `/metrics`: what the worker counts as it goes, and what the store knows when asked.

use crate::catalog::Catalog;
use anyhow::Result;
use domain::kind::{Horizon, Kind, Level};
use domain::time::{SECOND, Time};
use prometheus::{
    Encoder, Gauge, GaugeVec, Histogram, HistogramOpts, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry,
    TextEncoder,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use store::Store;

/// Cheap to clone.
#[derive(Clone)]
pub struct Metrics(Arc<Inner>);

struct Inner {
    registry: Registry,
    is_ready: AtomicBool,
    records_total: IntCounterVec,
    late_total: IntCounterVec,
    lag: IntGauge,
    to_assessment: Histogram,
    to_delivery: Histogram,
    commit: Histogram,
    recovery: Gauge,
    outbox_pending: IntGauge,
    deliveries: IntCounterVec,
    records: IntGaugeVec,
    unaccounted: IntGauge,
    dead_letters: IntGauge,
    alerts: IntGaugeVec,
    silence: GaugeVec,
    risk: GaugeVec,
    level: GaugeVec,
    completeness: GaugeVec,
    skill: GaugeVec,
}

impl Metrics {
    pub fn new() -> Result<Metrics> {
        let registry = Registry::new_custom(Some("kentongan".into()), None)?;
        let ints = |name: &str, help: &str, labels: &[&str]| -> Result<IntGaugeVec> {
            let metric = IntGaugeVec::new(Opts::new(name, help), labels)?;
            registry.register(Box::new(metric.clone()))?;
            Ok(metric)
        };
        let counters = |name: &str, help: &str, labels: &[&str]| -> Result<IntCounterVec> {
            let metric = IntCounterVec::new(Opts::new(name, help), labels)?;
            registry.register(Box::new(metric.clone()))?;
            Ok(metric)
        };
        let floats = |name: &str, help: &str, labels: &[&str]| -> Result<GaugeVec> {
            let metric = GaugeVec::new(Opts::new(name, help), labels)?;
            registry.register(Box::new(metric.clone()))?;
            Ok(metric)
        };
        let int = |name: &str, help: &str| -> Result<IntGauge> {
            let metric = IntGauge::new(name, help)?;
            registry.register(Box::new(metric.clone()))?;
            Ok(metric)
        };
        let histogram = |name: &str, help: &str, buckets: &[f64]| -> Result<Histogram> {
            let metric = Histogram::with_opts(HistogramOpts::new(name, help).buckets(buckets.to_vec()))?;
            registry.register(Box::new(metric.clone()))?;
            Ok(metric)
        };
        let quick = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0, 300.0];
        let slow = [1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 900.0, 3600.0];
        let recovery =
            Gauge::new("recovery_seconds", "How long the last reading of the state took, seconds")?;
        registry.register(Box::new(recovery.clone()))?;
        let build = ints("build_info", "Version of the program; always 1", &["version"])?;
        build.with_label_values(&[env!("CARGO_PKG_VERSION")]).set(1);
        Ok(Metrics(Arc::new(Inner {
            is_ready: AtomicBool::new(false),
            records_total: counters(
                "records_total",
                "Records taken from the log, by feed and how they ended",
                &["feed", "outcome"],
            )?,
            late_total: counters(
                "late_reports_total",
                "Reports that missed at least one hourly assessment, by feed",
                &["feed"],
            )?,
            lag: int("consumer_lag_records", "Records in the log that the worker has not committed yet")?,
            to_assessment: histogram(
                "report_to_assessment_seconds",
                "From receipt of a report to its committed assessment",
                &quick,
            )?,
            to_delivery: histogram(
                "alert_to_delivery_seconds",
                "From an alert's change to a message taken by its receiver",
                &slow,
            )?,
            commit: histogram("commit_seconds", "One commit of state, effects and offset", &quick)?,
            recovery,
            outbox_pending: int("outbox_pending", "Messages not wholly delivered or given up")?,
            deliveries: counters(
                "delivery_failures_total",
                "Tries to deliver a message that failed, by channel",
                &["channel"],
            )?,
            records: ints("records", "Records by how they stand now; dead letters included", &["outcome"])?,
            unaccounted: int("unaccounted_records", "Records that ended as nothing; 0, always")?,
            dead_letters: int(
                "dead_letters",
                "Records that could not become a report and are kept with their bytes",
            )?,
            alerts: ints("alerts", "Alerts by level, kind and state", &["level", "kind", "state"])?,
            silence: floats("feed_silence_seconds", "Since when a feed has not reported", &["feed"])?,
            risk: floats(
                "district_risk",
                "Risk last told, 0 to 1; a ranking where the model is not calibrated there",
                &["district", "name", "kind", "horizon"],
            )?,
            level: floats(
                "district_level",
                "Level shown: 0 no data, 1 low, 2 waspada, 3 siaga, 4 awas",
                &["district", "name", "kind"],
            )?,
            completeness: floats(
                "district_completeness",
                "Share of the usual feeds that are not silent, 0 to 1",
                &["district", "name"],
            )?,
            skill: floats(
                "model_brier_skill",
                "Brier skill of a served model over the best baseline in the backtest on its card; 0 or less is no better",
                &["kind", "horizon"],
            )?,
            registry,
        })))
    }

    pub fn record(&self, feed: &str, outcome: &str, late: bool) {
        self.0.records_total.with_label_values(&[feed, outcome]).inc();
        if late {
            self.0.late_total.with_label_values(&[feed]).inc();
        }
    }
    pub fn lag(&self, records: i64) {
        self.0.lag.set(records);
    }
    /// `wait` in microseconds of the service's clock.
    pub fn assessed(&self, wait: i64) {
        self.0.to_assessment.observe(wait as f64 / SECOND as f64);
    }
    pub fn committed(&self, took: Duration) {
        self.0.commit.observe(took.as_secs_f64());
    }
    pub fn recovered(&self, took: Duration) {
        self.0.recovery.set(took.as_secs_f64());
    }
    /// What the served models' own backtests found.
    pub fn models(&self, models: &[desk::ModelInfo]) {
        for model in models {
            if let (Some(kind), Some(horizon), Some((skill, _, _))) =
                (model.kind, model.horizon, model.brier_skill)
            {
                self.0.skill.with_label_values(&[kind.as_str(), horizon.as_str()]).set(skill);
            }
        }
    }
    pub fn ready(&self) {
        self.0.is_ready.store(true, Ordering::Release);
    }
    pub fn is_ready(&self) -> bool {
        self.0.is_ready.load(Ordering::Acquire)
    }
    /// What the notifier saw.
    pub fn seen(&self, seen: notify::Seen) {
        match seen {
            notify::Seen::Pending(count) => self.0.outbox_pending.set(count as i64),
            notify::Seen::Failed { channel, .. } => {
                self.0.deliveries.with_label_values(&[channel.as_str()]).inc()
            }
            notify::Seen::Delivered { seconds, .. } => self.0.to_delivery.observe(seconds),
        }
    }

    /// Reads the store's part anew and prints everything in Prometheus' text format.
    pub async fn page(&self, store: &Store, catalog: &Catalog, now: Time) -> Result<Vec<u8>> {
        let inner = &*self.0;
        let balance = store.balance().await?;
        for (outcome, count) in &balance.outcomes {
            inner.records.with_label_values(&[outcome.as_str()]).set(*count as i64);
        }
        let dead: u64 = balance.dead_letters.iter().map(|(_, count)| count).sum();
        inner.records.with_label_values(&["dead_letter"]).set(dead as i64);
        inner.dead_letters.set(dead as i64);
        inner.unaccounted.set(balance.unaccounted);
        inner.outbox_pending.set(store.outbox_pending().await? as i64);
        for heard in store.heard().await? {
            if let Some(at) = heard.reported_at {
                inner
                    .silence
                    .with_label_values(&[&heard.feed])
                    .set((now.since(at).max(0)) as f64 / SECOND as f64);
            }
        }
        inner.alerts.reset();
        for count in store.alert_counts().await? {
            let labels = [count.level.as_str(), count.kind.as_str(), count.state.as_str()];
            inner.alerts.with_label_values(&labels).set(count.count as i64);
        }
        self.districts(store, catalog).await?;
        let mut page = Vec::new();
        TextEncoder::new().encode(&inner.registry.gather(), &mut page)?;
        Ok(page)
    }

    /// The leaders' heatmap: aggregates by district, bounded by the configured regencies.
    async fn districts(&self, store: &Store, catalog: &Catalog) -> Result<()> {
        let inner = &*self.0;
        let standing = store.conditions().await?;
        for kind in Kind::ALL {
            for horizon in Horizon::ALL {
                for row in store.assessments(*kind, *horizon, None).await? {
                    let Some(unit) = catalog.places.find(row.code) else { continue };
                    let (code, name) = (row.code.to_string(), catalog.places.name(unit));
                    let risk = f64::from(row.risk_ppm) / 1e6;
                    inner.risk.with_label_values(&[&code, &name, kind.as_str(), horizon.as_str()]).set(risk);
                    if *horizon == Horizon::Month {
                        continue;
                    }
                    let held = standing.iter().find(|held| held.code == row.code && held.kind == *kind);
                    let level = held.map_or(row.level, |held| {
                        if row.level == Level::NoData { row.level } else { row.level.max(held.level) }
                    });
                    inner.level.with_label_values(&[&code, &name, kind.as_str()]).set(level.index() as f64);
                    inner
                        .completeness
                        .with_label_values(&[&code, &name])
                        .set(f64::from(row.completeness_ppm) / 1e6);
                }
            }
        }
        Ok(())
    }
}
