//! What the store knows of the whole country, as gauges: records, alerts, silences, levels, jobs.

use crate::metrics::MetricMaker;
use async_recursion::async_recursion as boxed;
use domain::kind::{Horizon, Kind, Level};
use domain::place::{Code, Places};
use domain::policy::Silence;
use domain::report::FeedId;
use domain::time::{SECOND, Time};
use domain::{desk_feed, shown_level};
use prometheus::{GaugeVec, IntGauge, IntGaugeVec, Result};
use std::collections::BTreeMap;
use store::{FeedActivity, Store, StoreError};

/// Gauges that are set from the store when somebody scrapes.
pub struct StateMetrics {
    outbox_pending: IntGauge,
    records: IntGaugeVec,
    unaccounted: IntGauge,
    dead_letters: IntGauge,
    alerts: IntGaugeVec,
    unnotified: IntGaugeVec,
    unasked: IntGauge,
    feeds: IntGaugeVec,
    silence: GaugeVec,
    silence_limit: GaugeVec,
    risk: GaugeVec,
    level: GaugeVec,
    completeness: GaugeVec,
    job_failures: IntGaugeVec,
    job_last_run: GaugeVec,
}

impl StateMetrics {
    /// # Errors
    /// Where a metric of the same name is registered already.
    pub fn new(make: &MetricMaker<'_>) -> Result<StateMetrics> {
        Ok(StateMetrics {
            outbox_pending: make.int("outbox_pending", "Notices of the outbox that are neither delivered to everybody nor given up")?,
            records: make.ints(
                "records",
                "Records by how they stand now; dead letters included",
                &["outcome"],
            )?,
            unaccounted: make.int("unaccounted_records", "Records of which no outcome is known; anything but 0 is a fault")?,
            dead_letters: make.int(
                "dead_letters",
                "Records that could not become a report and are kept with their bytes",
            )?,
            alerts: make.ints("alerts", "Alerts by level, kind and state", &["level", "kind", "state"])?,
            unnotified: make.ints(
                "unnotified_alerts",
                "Open alerts of which nobody was to be notified, since the roster has nobody whom they concern, by level",
                &["level"],
            )?,
            unasked: make.int(
                "unasked_questions",
                "Questions to look into something, or to join a request, that nobody was to be asked, since the roster has nobody who is on duty there",
            )?,
            feeds: make.ints("feeds", "Feeds by state: reporting, silent for longer than their limit, or never heard since they were registered", &["state"])?,
            silence: make.floats("feed_silence_seconds", "Time since a feed last reported", &["feed"])?,
            silence_limit: make.floats(
                "feed_silence_limit_seconds",
                "Time after which a feed counts as silent, by its own rhythm (policy); none for the desk's own feeds",
                &["feed"],
            )?,
            risk: make.floats(
                "district_risk",
                "Newest risk, 0 to 1; a ranking where the model is not calibrated there",
                &["district", "name", "kind", "horizon"],
            )?,
            level: make.floats(
                "district_level",
                "Level shown: 0 no data, 1 low, 2 waspada, 3 siaga, 4 awas",
                &["district", "name", "kind"],
            )?,
            completeness: make.floats(
                "district_completeness",
                "Share of the usual and registered feeds whose word counts for a kind that are not silent, 0 to 1",
                &["district", "name", "kind"],
            )?,
            job_failures: make.ints(
                "job_failures",
                "Runs of a recurring job that failed since the last one that did not",
                &["name"],
            )?,
            job_last_run: make.floats(
                "job_last_run_timestamp_seconds",
                "When a recurring job last ended, well or with a failure; where it never did, when it was first due",
                &["name"],
            )?,
        })
    }

    /// Notes how many messages wait, as the notifier counts them.
    pub fn set_outbox_pending(&self, count: i64) {
        self.outbox_pending.set(count);
    }

    /// Reads the store and sets every gauge.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn read(
        &self,
        store: &Store,
        places: &Places,
        silence: &Silence,
        now: Time,
    ) -> std::result::Result<(), StoreError> {
        let balance = store.balance().await?;
        for (outcome, count) in &balance.outcomes {
            self.records.with_label_values(&[outcome.as_str()]).set(*count as i64);
        }
        let dead: u64 = balance.dead_letters.iter().map(|(_, count)| count).sum();
        self.records.with_label_values(&["dead_letter"]).set(dead as i64);
        self.records.with_label_values(&["registry"]).set(balance.registry as i64);
        self.dead_letters.set(dead as i64);
        self.unaccounted.set(balance.unaccounted);
        self.outbox_pending.set(store.outbox_pending().await? as i64);
        self.alerts.reset();
        for count in store.alert_counts().await? {
            let labels = [count.level.as_str(), count.kind.as_str(), count.state.as_str()];
            self.alerts.with_label_values(&labels).set(count.count as i64);
        }
        let unnotified = store.unnotified_alerts().await?;
        for level in Level::WARNINGS {
            let own = unnotified.iter().filter(|alert| alert.level == level).count();
            self.unnotified.with_label_values(&[level.as_str()]).set(own as i64);
        }
        self.unasked.set(store.unasked_questions(now).await?.len() as i64);
        for job in store.jobs().await? {
            self.job_failures.with_label_values(&[&job.name]).set(i64::from(job.failures));
            // A job that never ended a run is late from when it was first due.
            let at = job.last_run.unwrap_or(job.next_run);
            self.job_last_run.with_label_values(&[&job.name]).set(at.0 as f64 / SECOND as f64);
        }
        self.read_silences(store, silence, now).await?;
        self.read_districts(store, places).await
    }

    /// For how long each feed has been quiet, and for how long that is usual; a feed never heard since it was registered.
    /// Leaders' dashboards count feeds and name none.
    async fn read_silences(
        &self,
        store: &Store,
        rule: &Silence,
        now: Time,
    ) -> std::result::Result<(), StoreError> {
        self.silence.reset();
        self.silence_limit.reset();
        let seconds = |span: i64| span.max(0) as f64 / SECOND as f64;
        let (mut reporting, mut silent, mut never) = (0, 0, 0);
        let mut set = |name: &str, (heard, since): (Option<Time>, Time), usual: Option<i64>| {
            let quiet = now.since(heard.unwrap_or(since));
            self.silence.with_label_values(&[name]).set(seconds(quiet));
            if desk_feed::is_desk_feed(FeedId::of(name)) {
                return;
            }
            let limit = rule.allowed(usual);
            self.silence_limit.with_label_values(&[name]).set(seconds(limit));
            *match heard {
                None => &mut never,
                Some(_) if quiet >= limit => &mut silent,
                Some(_) => &mut reporting,
            } += 1;
        };
        let mut active: BTreeMap<String, FeedActivity> =
            store.heard().await?.into_iter().map(|row| (row.feed.clone(), row)).collect();
        for feed in store.feeds().await? {
            let row = active.remove(&feed.name);
            if feed.enabled {
                let heard = row.as_ref().and_then(|row| row.reported_at);
                set(&feed.name, (heard, feed.since), row.as_ref().and_then(FeedActivity::usual));
            }
        }
        for (name, row) in &active {
            if let Some(last) = row.reported_at {
                set(name, (Some(last), last), row.usual());
            }
        }
        for (state, count) in [("reporting", reporting), ("silent", silent), ("never", never)] {
            self.feeds.with_label_values(&[state]).set(count);
        }
        Ok(())
    }

    /// The leaders' heatmap: aggregates by district, bounded by the configured regencies.
    async fn read_districts(&self, store: &Store, places: &Places) -> std::result::Result<(), StoreError> {
        let mut standing: BTreeMap<(Code, Kind), Level> = BTreeMap::new();
        for row in store.conditions(&[]).await?.into_iter().filter(|row| row.change.stands()) {
            standing.insert((row.code, row.kind), row.level);
        }
        for kind in Kind::ALL {
            for horizon in Horizon::ALL {
                for row in store.risks(*kind, *horizon, &[]).await? {
                    let Some(unit) = places.find(row.code) else { continue };
                    let (code, name) = (row.code.to_string(), places.name(unit));
                    let risk = f64::from(row.risk_ppm) / 1e6;
                    let labels = [code.as_str(), &name, kind.as_str(), horizon.as_str()];
                    self.risk.with_label_values(&labels).set(risk);
                    if *horizon == Horizon::Month {
                        continue;
                    }
                    let condition = standing.get(&(row.code, *kind)).copied();
                    let level = shown_level(condition, Some(row.level), row.completeness_ppm);
                    self.level.with_label_values(&labels[..3]).set(level.index() as f64);
                    let completeness = f64::from(row.completeness_ppm) / 1e6;
                    self.completeness.with_label_values(&labels[..3]).set(completeness);
                }
            }
        }
        Ok(())
    }
}
