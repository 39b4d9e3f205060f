//! Workers as the service runs them, each over a scripted log that halts at every record read and every commit kept.

use super::stream::{Layout, partition_of};
use domain::place::Places;
use domain::time::{HOUR, Hour, Time};
use formats::record_stamp::RecordOrigin;
use intake::kafka::ConsumedRecord;
use std::collections::BTreeMap;
use std::future::{Future, pending};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;
use store::{Commit, Origin, PartitionClaim, PartitionCommit, StoreError};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use worker::{
    CommitSize, Driver, DriverConfig, LeftAt, LogEvent, RecordLog, SharedProgress, StartAt, Territory,
    WorkEnd, WorkerContext,
};

/// Reports in a chunk of the snapshot: few, so that a short history fills many.
const SNAPSHOT_CHUNK: usize = 6;
/// What ended longer ago leaves memory: soon, so that a history of some days has what comes back.
const HOT_SPAN: i64 = 6 * HOUR;
/// A worker that does not come to its next halt within this time hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// The log of one partition as it grows.
pub type Records = Arc<Mutex<Vec<ConsumedRecord>>>;

/// Where a worker halted.
#[derive(Debug)]
pub enum Halt {
    /// It asks for what stands at an offset.
    Reading {
        offset: i64,
    },
    /// A commit is kept.
    Committed,
    /// It was dropped within a commit.
    Killed,
    Ended(Result<(), WorkEnd>),
}

/// Lets a worker go on to its next halt.
#[derive(Clone, Copy, Debug)]
pub struct Permit {
    /// Every record received before this instant is in the log.
    pub now: Time,
    pub batch: usize,
    /// The answers to its commits are lost: it sends each again.
    pub loses_answers: bool,
    /// It dies when a commit was looked after so many times.
    pub dies_after: Option<u32>,
}

/// One worker on one partition.
pub struct Worker {
    pub partition: i32,
    /// Every record received before this hour is in the store.
    pub complete_to: Arc<Mutex<Hour>>,
    /// Up to when it knows that nothing more was received.
    pub known_end: Time,
    pub at: Halt,
    task: JoinHandle<()>,
    permits: mpsc::UnboundedSender<Permit>,
    halts: mpsc::UnboundedReceiver<Halt>,
    death: Arc<Mutex<Option<u32>>>,
    _stop: watch::Sender<bool>,
}

impl Worker {
    /// Claims the partition where workers share the log, reads the state and comes to its first halt.
    pub async fn start(
        context: WorkerContext,
        all: &Places,
        partition: i32,
        layout: Layout,
        records: Records,
    ) -> Worker {
        let shared = layout.iter().any(|number| *number != 0);
        let (territory, claim, start) = match shared {
            true => {
                let territory = Territory::new(all, partition, |code| partition_of(layout, code));
                let claim = context.store.claim(partition).await.expect("claiming");
                let left = LeftAt { clock: claim.clock, last_tick: claim.last_tick };
                let start = StartAt {
                    next_offset: claim.next_offset,
                    left_at: (!claim.is_new()).then_some(left),
                    complete_to: claim.complete_to,
                };
                (territory, Some(claim), start)
            }
            false => {
                let progress = context.store.recover(partition).await.expect("reading the progress");
                let start = StartAt {
                    next_offset: progress.map_or(0, |progress| progress.next_offset),
                    left_at: progress.map(|left| LeftAt { clock: left.clock, last_tick: left.last_tick }),
                    complete_to: Hour(0),
                };
                (Territory::whole(&context.places), None, start)
            }
        };
        let (permits, granted) = mpsc::unbounded_channel();
        let (halted, halts) = mpsc::unbounded_channel();
        let (in_commit, death) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(None)));
        let complete_to = Arc::new(Mutex::new(start.complete_to));
        let (stop, stopped) = watch::channel(false);
        let log = ScriptedLog {
            records,
            permits: granted,
            halts: halted.clone(),
            permit: None,
            store: context.store.clone(),
            claim,
            origins: BTreeMap::new(),
            in_commit: in_commit.clone(),
            coming: start.complete_to,
            complete_to: complete_to.clone(),
        };
        let config = DriverConfig {
            context,
            territory: Arc::new(territory),
            border_wait: PATIENCE,
            snapshot_chunk: SNAPSHOT_CHUNK,
            hot_span: HOT_SPAN,
            forget_for: Duration::ZERO,
            commit_size: CommitSize::fixed(500),
            stop: stopped,
        };
        let task = tokio::spawn(live(config, log.with_origins(), start, halted, (in_commit, death.clone())));
        let mut worker = Worker {
            partition,
            complete_to,
            known_end: Time::MIN,
            at: Halt::Committed,
            task,
            permits,
            halts,
            death,
            _stop: stop,
        };
        worker.halt().await;
        worker
    }

    /// Goes on to the next halt.
    pub async fn step(&mut self, permit: Permit, log_end: i64) {
        if let Halt::Reading { offset } = self.at
            && offset >= log_end
        {
            self.known_end = permit.now;
        }
        *self.death.lock().expect("nobody panicked") = permit.dies_after;
        self.permits.send(permit).expect("the worker waits");
        self.halt().await;
    }

    async fn halt(&mut self) {
        let halt = tokio::time::timeout(PATIENCE, self.halts.recv()).await;
        self.at = halt.expect("the worker hangs").expect("the worker says where it ended");
    }

    /// Ends between two halts, whatever it was about to do.
    pub async fn kill(self) {
        self.task.abort();
        let _ = self.task.await;
    }

    pub fn is_alive(&self) -> bool {
        matches!(self.at, Halt::Reading { .. } | Halt::Committed)
    }
}

/// A worker's life: it may end within a commit.
async fn live(
    config: DriverConfig,
    log: ScriptedLog,
    start: StartAt,
    halted: mpsc::UnboundedSender<Halt>,
    (in_commit, death): (Arc<AtomicBool>, Arc<Mutex<Option<u32>>>),
) {
    let life = async {
        let driver = Driver::recover(config, log, start).await?;
        driver.run().await
    };
    let mut life = pin!(life);
    let ended = std::future::poll_fn(|context| {
        let polled = life.as_mut().poll(context);
        if polled.is_pending() && in_commit.load(Ordering::Relaxed) {
            let mut death = death.lock().expect("nobody panicked");
            match *death {
                Some(0) => return Poll::Ready(None),
                Some(left) => *death = Some(left - 1),
                None => {}
            }
        }
        polled.map(Some)
    });
    let halt = ended.await.map_or(Halt::Killed, Halt::Ended);
    let _ = halted.send(halt);
}

/// A log that gives what the schedule allows.
struct ScriptedLog {
    records: Records,
    permits: mpsc::UnboundedReceiver<Permit>,
    halts: mpsc::UnboundedSender<Halt>,
    permit: Option<Permit>,
    store: store::Store,
    /// Of a partition that several workers share out.
    claim: Option<PartitionClaim>,
    origins: BTreeMap<(String, i32), i64>,
    in_commit: Arc<AtomicBool>,
    /// What the commit on its way brings.
    coming: Hour,
    complete_to: Arc<Mutex<Hour>>,
}

impl ScriptedLog {
    fn with_origins(mut self) -> ScriptedLog {
        let origins = self.claim.iter().flat_map(|claim| claim.origins.clone());
        self.origins = origins.map(|origin| ((origin.topic, origin.partition), origin.next_offset)).collect();
        self
    }

    async fn halt(&mut self, halt: Halt) -> Permit {
        let _ = self.halts.send(halt);
        let Some(permit) = self.permits.recv().await else { return pending().await };
        self.permit = Some(permit);
        permit
    }

    /// A commit that was kept is not kept twice.
    async fn send_again(&self, commit: &Commit) {
        match (self.store.commit(commit).await, &self.claim) {
            (Ok(again), _) => {
                assert!(again.alerts.is_empty() && again.day.is_none(), "kept twice: {again:?}")
            }
            (Err(StoreError::Fenced { .. }), None) => {}
            (Err(error), _) => panic!("a commit whose answer was lost: {error}"),
        }
    }
}

impl RecordLog for ScriptedLog {
    async fn next(&mut self, offset: i64, _most: usize) -> Result<LogEvent, StoreError> {
        let permit = self.halt(Halt::Reading { offset }).await;
        let records = self.records.lock().expect("nobody panicked");
        let rest = records.get(offset as usize..).unwrap_or_default();
        Ok(match rest.is_empty() {
            true => LogEvent::End { complete_before: permit.now },
            false => LogEvent::Records(rest[..rest.len().min(permit.batch)].to_vec()),
        })
    }

    fn is_repeated(&self, origin: &RecordOrigin) -> bool {
        let next = self.origins.get(&(origin.topic.clone(), origin.partition));
        next.is_some_and(|next| origin.offset < *next)
    }

    fn remember(&mut self, origin: RecordOrigin) {
        let next = self.origins.entry((origin.topic, origin.partition)).or_insert(0);
        *next = (*next).max(origin.offset + 1);
    }

    fn fence(&mut self, progress: SharedProgress) -> Option<PartitionCommit> {
        self.in_commit.store(true, Ordering::Relaxed);
        self.coming = progress.complete_to;
        let claim = self.claim.as_ref()?;
        let origin = |((topic, partition), next): (&(String, i32), &i64)| Origin {
            topic: topic.clone(),
            partition: *partition,
            next_offset: *next,
        };
        Some(PartitionCommit {
            epoch: claim.epoch,
            number: claim.commits,
            complete_to: progress.complete_to,
            ticked: claim.last_tick,
            published: Time::MIN,
            origins: self.origins.iter().map(origin).collect(),
            borders: progress.borders,
            regencies: progress.regencies,
        })
    }

    async fn committed(&mut self, commit: &Commit) {
        self.in_commit.store(false, Ordering::Relaxed);
        *self.complete_to.lock().expect("nobody panicked") = self.coming;
        if self.permit.is_some_and(|permit| permit.loses_answers) {
            self.send_again(commit).await;
        }
        if let Some(claim) = &mut self.claim {
            (claim.commits, claim.last_tick) = (claim.commits + 1, commit.last_tick);
        }
        self.halt(Halt::Committed).await;
    }

    async fn after_event(&mut self, _clock: Time, _at_end: bool) {}
}
