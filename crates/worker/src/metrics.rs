//! What the worker counts as it works, as Prometheus metrics.

use domain::service_clock::ClockStep;
use domain::time::SECOND;
use prometheus::core::Collector;
use prometheus::{
    Gauge, GaugeVec, Histogram, HistogramOpts, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts,
    Registry, Result,
};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::sync::watch;

/// Bounds in seconds for what takes milliseconds.
const QUICK: &[f64] =
    &[0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.75, 1.0, 2.5, 5.0, 15.0, 60.0, 300.0];

/// Makes metrics and registers them.
pub struct MetricMaker<'a>(pub &'a Registry);

impl MetricMaker<'_> {
    fn register<T: Collector + Clone + 'static>(&self, metric: T) -> Result<T> {
        self.0.register(Box::new(metric.clone()))?;
        Ok(metric)
    }
    pub fn int(&self, name: &str, help: &str) -> Result<IntGauge> {
        self.register(IntGauge::new(name, help)?)
    }
    pub fn counter(&self, name: &str, help: &str) -> Result<IntCounter> {
        self.register(IntCounter::new(name, help)?)
    }
    pub fn float(&self, name: &str, help: &str) -> Result<Gauge> {
        self.register(Gauge::new(name, help)?)
    }
    pub fn ints(&self, name: &str, help: &str, labels: &[&str]) -> Result<IntGaugeVec> {
        self.register(IntGaugeVec::new(Opts::new(name, help), labels)?)
    }
    pub fn floats(&self, name: &str, help: &str, labels: &[&str]) -> Result<GaugeVec> {
        self.register(GaugeVec::new(Opts::new(name, help), labels)?)
    }
    pub fn counters(&self, name: &str, help: &str, labels: &[&str]) -> Result<IntCounterVec> {
        self.register(IntCounterVec::new(Opts::new(name, help), labels)?)
    }
    pub fn histogram(&self, name: &str, help: &str, buckets: &[f64]) -> Result<Histogram> {
        self.register(Histogram::with_opts(HistogramOpts::new(name, help).buckets(buckets.to_vec()))?)
    }
}

/// The worker's counters and gauges; cheap to clone.
#[derive(Clone)]
pub struct WorkerMetrics(Arc<Inner>);

struct Inner {
    is_ready: AtomicBool,
    /// Newest offset of the embedded log.
    newest: OnceLock<watch::Receiver<i64>>,
    /// Offset after the last one the embedded worker committed; below 0 where there is none.
    committed: AtomicI64,
    records_total: IntCounterVec,
    late_total: IntCounterVec,
    lag: IntGauge,
    to_assessment: Histogram,
    commit: Histogram,
    recovery: Gauge,
    rebalances: IntCounter,
    owned: IntGauge,
    recovered: IntGauge,
    border_given_up: IntCounter,
    clock_steps: IntCounter,
    clock_step: Gauge,
}

/// Counts a recovered partition for as long as it is held.
pub struct RecoveredPartition(IntGauge);

impl Drop for RecoveredPartition {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl WorkerMetrics {
    /// # Errors
    /// Where a metric of the same name is registered already.
    pub fn new(make: &MetricMaker<'_>) -> Result<WorkerMetrics> {
        Ok(WorkerMetrics(Arc::new(Inner {
            is_ready: AtomicBool::new(false),
            newest: OnceLock::new(),
            committed: AtomicI64::new(-1),
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
                "Time from the receipt of a report to the commit of its assessment",
                QUICK,
            )?,
            commit: make.histogram("commit_seconds", "One commit of state, effects and offset", QUICK)?,
            recovery: make
                .float("recovery_seconds", "How long the last reading of the state took, seconds")?,
            rebalances: make.counter(
                "rebalances_total",
                "Times the group gave this worker partitions or took some back",
            )?,
            owned: make.int("owned_partitions", "Partitions of `reports` this worker owns")?,
            recovered: make.int(
                "recovered_partitions",
                "Owned partitions that have read their state and process reports",
            )?,
            clock_steps: make
                .counter("clock_steps_total", "How often the service's clock was set back since the start")?,
            clock_step: make.float(
                "clock_step_seconds",
                "How far the service's clock was last set back since the start",
            )?,
            border_given_up: make.counter(
                "border_waits_given_up_total",
                "Ticks computed without the newest counts of neighbouring partitions",
            )?,
        })))
    }

    /// Counts a record by what became of it: `report`, `duplicate` or `dead_letter`.
    pub fn record(&self, feed: &str, outcome: &str, late: bool) {
        self.0.records_total.with_label_values(&[feed, outcome]).inc();
        if late {
            self.0.late_total.with_label_values(&[feed]).inc();
        }
    }
    pub fn set_lag(&self, records: i64) {
        self.0.lag.set(records);
    }
    /// From now on the lag is that of the embedded log whose newest offset `newest` tells.
    pub fn follow_log(&self, newest: watch::Receiver<i64>) {
        let _ = self.0.newest.set(newest); // a worker that begins again follows the same log
    }
    /// Notes that the embedded worker has committed everything before `next`.
    pub fn committed_before(&self, next: i64) {
        self.0.committed.store(next, Ordering::Release);
    }
    /// Records on disk that the worker of this process has not committed yet; of an embedded log as of now, not as of
    /// when the worker looked last.
    pub fn waiting(&self) -> u64 {
        let committed = self.0.committed.load(Ordering::Acquire);
        if let Some(newest) = self.0.newest.get().filter(|_| committed >= 0) {
            self.0.lag.set((*newest.borrow() + 1 - committed).max(0));
        }
        u64::try_from(self.0.lag.get()).unwrap_or(0)
    }
    /// `wait`: microseconds of the service's clock.
    pub fn assessed_after(&self, wait: i64) {
        self.0.to_assessment.observe(wait as f64 / SECOND as f64);
    }
    pub fn commit_took(&self, time: Duration) {
        self.0.commit.observe(time.as_secs_f64());
    }
    pub fn recovery_took(&self, time: Duration) {
        self.0.recovery.set(time.as_secs_f64());
    }
    /// Counts a partition that takes reports in, for as long as the returned value is held.
    pub fn partition_recovered(&self) -> RecoveredPartition {
        self.0.recovered.inc();
        RecoveredPartition(self.0.recovered.clone())
    }
    pub fn rebalanced(&self) {
        self.0.rebalances.inc();
    }
    pub fn set_owned_partitions(&self, owned: usize) {
        self.0.owned.set(owned as i64);
    }
    /// The clock was set back.
    pub fn clock_was_set_back(&self, step: ClockStep) {
        self.0.clock_steps.inc();
        self.0.clock_step.set(step.from.since(step.to) as f64 / SECOND as f64);
    }

    pub fn border_wait_given_up(&self) {
        self.0.border_given_up.inc();
    }
    pub fn set_ready(&self) {
        self.0.is_ready.store(true, Ordering::Release);
    }
    /// Whether the worker has read its state and caught up with the log once.
    pub fn is_ready(&self) -> bool {
        self.0.is_ready.load(Ordering::Acquire)
    }
}

/// What the job runner counts; cheap to clone.
#[derive(Clone)]
pub struct JobMetrics {
    runs: IntCounterVec,
    interval: GaugeVec,
}

impl JobMetrics {
    /// # Errors
    /// Where a metric of the same name is registered already.
    pub fn new(make: &MetricMaker<'_>) -> Result<JobMetrics> {
        let help =
            "Runs of recurring jobs that this process began, by how they ended: done, failed or taken_over";
        // Not 'job': Prometheus names its scrape so, and would call ours 'exported_job'.
        let runs = make.counters("job_runs_total", help, &["name", "outcome"])?;
        let interval = make.floats(
            "job_interval_seconds",
            "Time from the end of a recurring job's run to its next",
            &["name"],
        )?;
        Ok(JobMetrics { runs, interval })
    }

    /// `every`: from the end of a run to the next, in microseconds.
    pub fn job_registered(&self, job: &str, every: i64) {
        self.interval.with_label_values(&[job]).set(every as f64 / SECOND as f64);
    }

    /// `outcome`: `done`, `failed` or `taken_over`.
    pub fn job_ran(&self, job: &str, outcome: &str) {
        self.runs.with_label_values(&[job, outcome]).inc();
    }
}
