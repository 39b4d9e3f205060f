//! `/metrics`: what the worker counts as it goes, and what the store knows when asked.

mod judged;

use crate::catalog::Catalog;
use crate::config::Role;
use crate::serve::Site;
use anyhow::Result;
use domain::kind::{Horizon, Kind, Level};
use domain::policy::Silence;
use domain::report::FeedId;
use domain::silence;
use domain::time::{SECOND, Time};
use judged::Judged;
use prometheus::{
    Encoder, Gauge, GaugeVec, Histogram, HistogramOpts, IntCounter, IntCounterVec, IntGauge, IntGaugeVec,
    Opts, Registry, TextEncoder,
};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use store::{Heard, Store};
use tokio::sync::watch;

/// Cheap to clone.
#[derive(Clone)]
pub struct Metrics(Arc<Inner>);

struct Inner {
    registry: Registry,
    is_ready: AtomicBool,
    newest: OnceLock<watch::Receiver<i64>>,
    /// Offset after the last the embedded worker committed; below 0 where there is none.
    kept: AtomicI64,
    counted: Counted,
    told: Told,
    judged: Judged,
}

/// A partition that takes reports in.
pub struct Working(IntGauge);

impl Drop for Working {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// What the worker and the notifier count as they go.
struct Counted {
    records_total: IntCounterVec,
    late_total: IntCounterVec,
    lag: IntGauge,
    to_assessment: Histogram,
    to_delivery: Histogram,
    commit: Histogram,
    recovery: Gauge,
    rebalances: IntCounter,
    partitions: IntGauge,
    working: IntGauge,
    border_given_up: IntCounter,
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
}

const QUICK: &[f64] =
    &[0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.75, 1.0, 2.5, 5.0, 15.0, 60.0, 300.0];
const SLOW: &[f64] = &[1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 900.0, 3600.0];

impl Counted {
    fn new(make: &Maker<'_>) -> Result<Counted> {
        Ok(Counted {
            records_total: make.counters(
                "records_total",
                "Records taken from the log, by feed and how they ended",
                &["feed", "outcome"],
            )?,
            late_total: make.counters(
                "late_reports_total",
                "Reports that missed at least one hourly assessment, by feed",
                &["feed"],
            )?,
            lag: make
                .int("consumer_lag_records", "Records in the log that the worker has not committed yet")?,
            to_assessment: make.histogram(
                "report_to_assessment_seconds",
                "From receipt of a report to its committed assessment",
                QUICK,
            )?,
            to_delivery: make.histogram(
                "alert_to_delivery_seconds",
                "From an alert's change to a message taken by its receiver",
                SLOW,
            )?,
            commit: make.histogram("commit_seconds", "One commit of state, effects and offset", QUICK)?,
            recovery: make
                .float("recovery_seconds", "How long the last reading of the state took, seconds")?,
            rebalances: make.counter(
                "rebalances_total",
                "Times the group gave this worker partitions or took some back",
            )?,
            partitions: make.int("owned_partitions", "Partitions of `reports` this worker owns")?,
            working: make.int(
                "recovered_partitions",
                "Owned partitions whose state is read, so that they take reports in",
            )?,
            border_given_up: make.counter(
                "border_waits_given_up_total",
                "Ticks that went on without the newest counts from across a partition's border",
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
    fn new(make: &Maker<'_>) -> Result<Told> {
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
            skill: make.floats("model_brier_skill", skill, &["kind", "horizon"])?,
            served: make.ints(
                "model_served",
                "Which line speaks: the model, or the baseline it was not shown to beat; always 1",
                &["kind", "horizon", "line"],
            )?,
        })
    }
}

/// Makes a metric and puts it into the registry.
struct Maker<'a>(&'a Registry);

impl Maker<'_> {
    fn keep<T: prometheus::core::Collector + Clone + 'static>(&self, metric: T) -> Result<T> {
        self.0.register(Box::new(metric.clone()))?;
        Ok(metric)
    }
    fn int(&self, name: &str, help: &str) -> Result<IntGauge> {
        self.keep(IntGauge::new(name, help)?)
    }
    fn counter(&self, name: &str, help: &str) -> Result<IntCounter> {
        self.keep(IntCounter::new(name, help)?)
    }
    fn float(&self, name: &str, help: &str) -> Result<Gauge> {
        self.keep(Gauge::new(name, help)?)
    }
    fn ints(&self, name: &str, help: &str, labels: &[&str]) -> Result<IntGaugeVec> {
        self.keep(IntGaugeVec::new(Opts::new(name, help), labels)?)
    }
    fn floats(&self, name: &str, help: &str, labels: &[&str]) -> Result<GaugeVec> {
        self.keep(GaugeVec::new(Opts::new(name, help), labels)?)
    }
    fn counters(&self, name: &str, help: &str, labels: &[&str]) -> Result<IntCounterVec> {
        self.keep(IntCounterVec::new(Opts::new(name, help), labels)?)
    }
    fn histogram(&self, name: &str, help: &str, buckets: &[f64]) -> Result<Histogram> {
        self.keep(Histogram::with_opts(HistogramOpts::new(name, help).buckets(buckets.to_vec()))?)
    }
}

impl Metrics {
    pub fn new() -> Result<Metrics> {
        let registry = Registry::new_custom(Some("kentongan".into()), None)?;
        let make = Maker(&registry);
        make.ints("build_info", "Version of the program; always 1", &["version"])?
            .with_label_values(&[env!("CARGO_PKG_VERSION")])
            .set(1);
        let counted = Counted::new(&make)?;
        let (told, judged) = (Told::new(&make)?, Judged::new(&make)?);
        let (is_ready, newest, kept) = (AtomicBool::new(false), OnceLock::new(), AtomicI64::new(-1));
        Ok(Metrics(Arc::new(Inner { registry, is_ready, newest, kept, counted, told, judged })))
    }

    pub fn record(&self, feed: &str, outcome: &str, late: bool) {
        self.0.counted.records_total.with_label_values(&[feed, outcome]).inc();
        if late {
            self.0.counted.late_total.with_label_values(&[feed]).inc();
        }
    }
    pub fn lag(&self, records: i64) {
        self.0.counted.lag.set(records);
    }
    /// From now on the lag is that of this log; `newest` is its last offset.
    pub fn follow(&self, newest: watch::Receiver<i64>) {
        let _ = self.0.newest.set(newest); // a worker that begins again follows the same log
    }
    /// The embedded worker has committed everything before `next`.
    pub fn kept(&self, next: i64) {
        self.0.kept.store(next, Ordering::Release);
    }
    /// Records on disk that the worker of this process has not committed yet; of an embedded log as of now, not as of
    /// when the worker looked last.
    pub fn waiting(&self) -> u64 {
        let kept = self.0.kept.load(Ordering::Acquire);
        if let Some(newest) = self.0.newest.get().filter(|_| kept >= 0) {
            self.0.counted.lag.set((*newest.borrow() + 1 - kept).max(0));
        }
        u64::try_from(self.0.counted.lag.get()).unwrap_or(0)
    }
    /// `wait` in microseconds of the service's clock.
    pub fn assessed(&self, wait: i64) {
        self.0.counted.to_assessment.observe(wait as f64 / SECOND as f64);
    }
    pub fn committed(&self, took: Duration) {
        self.0.counted.commit.observe(took.as_secs_f64());
    }
    pub fn recovered(&self, took: Duration) {
        self.0.counted.recovery.set(took.as_secs_f64());
    }
    /// Counts a partition that takes reports in, for as long as what it gives is held.
    pub fn working(&self) -> Working {
        self.0.counted.working.inc();
        Working(self.0.counted.working.clone())
    }
    pub fn rebalanced(&self) {
        self.0.counted.rebalances.inc();
    }
    pub fn partitions(&self, owned: usize) {
        self.0.counted.partitions.set(owned as i64);
    }
    pub fn border_given_up(&self) {
        self.0.counted.border_given_up.inc();
    }
    /// What the intake of the feeds' topics saw.
    pub fn intake(&self, seen: intake::kafka::Seen) {
        let intake::kafka::Seen::Paused { feed, paused } = seen;
        self.0.counted.paused.with_label_values(&[&feed]).set(i64::from(paused));
    }
    /// What the served models' own backtests found.
    pub fn models(&self, models: &[desk::ModelInfo]) {
        for model in models {
            if let (Some(kind), Some(horizon), Some((skill, _, _))) =
                (model.kind, model.horizon, model.brier_skill)
            {
                self.0.told.skill.with_label_values(&[kind.as_str(), horizon.as_str()]).set(skill);
            }
            if let (Some(kind), Some(horizon)) = (model.kind, model.horizon) {
                let line =
                    model.baseline.as_ref().map_or("model".to_owned(), |name| format!("baseline:{name}"));
                self.0.told.served.with_label_values(&[kind.as_str(), horizon.as_str(), &line]).set(1);
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
        if site.config.plays(Role::Desk) {
            self.read(site, now).await?;
        }
        self.waiting();
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
        self.districts(store, &site.catalog).await?;
        inner.judged.tell(&site.book.view(&[]).await?);
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
            if !silence::is_desk(FeedId::of(name)) {
                told.silence_limit.with_label_values(&[name]).set(seconds(rule.allowed(usual)));
            }
        };
        let mut heard: BTreeMap<String, Heard> =
            store.heard().await?.into_iter().map(|row| (row.feed.clone(), row)).collect();
        for feed in store.feeds().await? {
            let row = heard.remove(&feed.name);
            if feed.enabled {
                let last = row.as_ref().and_then(|row| row.reported_at).unwrap_or(feed.since);
                tell(&feed.name, last, row.as_ref().and_then(Heard::usual));
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
                for row in store.risks(*kind, *horizon).await? {
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
                    let held = standing.iter().find(|held| held.code == row.code && held.kind == *kind);
                    let level = held.map_or(row.level, |held| {
                        if row.level == Level::NoData { row.level } else { row.level.max(held.level) }
                    });
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
