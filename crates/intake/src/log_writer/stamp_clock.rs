//! The clock that stamps: where it was set back, the log says so before anything is stamped by it again.

use super::{Arrival, LogDestination, LogWriter, StampedRecord, of_the_service};
use domain::service_clock::ClockStep;
use domain::time::Time;
use formats::clock_record;
use std::collections::BTreeMap;
use std::time::Duration;
use store::calendar::rfc3339;
use store::{NewRecord, PARTITION, StoreError};
use tokio::sync::watch;

/// How often the clock is looked at while nothing comes: an hour's tick follows it at once.
const LOOK: Duration = Duration::from_secs(1);

/// The last stamp in each partition of the log.
#[derive(Default)]
pub(super) struct LastStamps {
    by_partition: BTreeMap<i32, Time>,
    /// What was stamped before this process began is looked up.
    is_known: bool,
}

impl LastStamps {
    fn note(&mut self, partition: i32, stamp: Time) {
        let last = self.by_partition.entry(partition).or_insert(stamp);
        *last = stamp.max(*last);
    }

    /// How far each partition's clock is set back by a clock that shows `now`; nothing where none is.
    fn steps(&self, now: Time) -> BTreeMap<i32, ClockStep> {
        let step = |(partition, last): (&i32, &Time)| Some((*partition, ClockStep::between(*last, now)?));
        self.by_partition.iter().filter_map(step).collect()
    }
}

impl LogWriter {
    /// Keeps records that the clock stamped.
    pub(super) async fn keep(&self, records: Vec<StampedRecord>) -> Result<(), StoreError> {
        let log = &self.0.parts.log;
        let stamps: Vec<(i32, Time)> =
            records.iter().map(|stamped| (log.partition_of(stamped), stamped.record.received_at)).collect();
        log.append(records).await?;
        let mut last = self.0.last_stamps.lock().await;
        stamps.into_iter().for_each(|(partition, stamp)| last.note(partition, stamp));
        Ok(())
    }

    /// Follows the clock before records are kept. What was stamped by a clock that was set back since carries the clock of now:
    /// else one record under way would turn time far ahead once more.
    pub(super) async fn stamp_by_the_clock_of_now(&self, arrivals: &mut [Arrival]) -> Result<(), StoreError> {
        if arrivals.is_empty() {
            return Ok(());
        }
        let now = (self.0.parts.clock)();
        for arrival in arrivals {
            if ClockStep::between(arrival.received_at, now).is_some() {
                arrival.received_at = now;
            }
        }
        self.follow_clock(now).await
    }

    /// Writes into the log that the clock was set back, where it shows `now` and stamped something more than five minutes
    /// later before. Every partition says so, and how far its own was ahead: an export puts them in order by that.
    ///
    /// # Errors
    /// Where it was not kept; the next record tries again.
    pub(super) async fn follow_clock(&self, now: Time) -> Result<(), StoreError> {
        let mut last = self.0.last_stamps.lock().await;
        if !last.is_known {
            self.look_up_last_stamps(&mut last).await?;
        }
        let log = &self.0.parts.log;
        let steps = last.steps(now);
        if let Some(furthest) = steps.values().max() {
            let none = ClockStep { from: now, to: now };
            let step = |partition| steps.get(&partition).copied().unwrap_or(none);
            let record = |partition| of_the_service(now, clock_record::to_bytes(step(partition)));
            log.append_everywhere(record).await?;
            last.by_partition.values_mut().for_each(|stamp| *stamp = now);
            tracing::warn!(
                from = rfc3339(furthest.from),
                to = rfc3339(furthest.to),
                "this machine's clock was set back; what came in between carries a later time. Is its time service running?"
            );
        }
        if let LogDestination::Embedded(_) = log {
            // The worker's hours follow this very clock, also while nothing comes.
            last.note(PARTITION, now);
        }
        Ok(())
    }

    /// The stamp of the log's last record, and what the worker's clocks came to by those before it. While the store is away the
    /// next record asks again.
    async fn look_up_last_stamps(&self, last: &mut LastStamps) -> Result<(), StoreError> {
        let asked = self.0.parts.store.clocks();
        let worked = self.0.look_up(asked, "whether the clock was set back is not known meanwhile").await;
        last.is_known = worked.is_some();
        for (partition, clock) in worked.unwrap_or_default() {
            last.note(partition, clock);
        }
        if let LogDestination::Embedded(log) = &self.0.parts.log {
            let newest = *log.newest().borrow();
            for record in log.read(PARTITION, newest.max(0), 1).await? {
                last.note(PARTITION, record.record.received_at);
            }
        }
        Ok(())
    }

    /// Forgets what was stamped: the log holds other records now.
    pub(super) async fn forget_last_stamps(&self) {
        *self.0.last_stamps.lock().await = LastStamps::default();
    }

    /// Looks at the clock until `stop` is true, so that a step is noticed also where nothing comes.
    pub async fn watch_clock(self, mut stop: watch::Receiver<bool>) {
        loop {
            if let Err(error) = self.follow_clock((self.0.parts.clock)()).await {
                tracing::warn!(%error, "looking whether the clock was set back");
            }
            tokio::select! {
                _ = stop.wait_for(|stop| *stop) => return,
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }
}

impl LogDestination {
    /// The partition that a record belongs to.
    fn partition_of(&self, stamped: &StampedRecord) -> i32 {
        match self {
            LogDestination::Embedded(_) => PARTITION,
            LogDestination::Kafka(producer) => producer.partition_of(stamped),
        }
    }

    /// Appends to every partition the record that is made for it; returns once all are kept.
    async fn append_everywhere(&self, record: impl Fn(i32) -> NewRecord) -> Result<(), StoreError> {
        match self {
            LogDestination::Embedded(log) => log.append_records(vec![record(PARTITION)]).await.map(drop),
            LogDestination::Kafka(producer) => producer.append_everywhere(record).await,
        }
    }
}
