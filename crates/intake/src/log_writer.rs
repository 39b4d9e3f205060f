//! The one writer of the log, whichever log it is: stamps records, says what becomes of each, and keeps them.
//!
//! Everything handed in goes to the log, also what is refused (it becomes a dead letter with its original bytes, or the first
//! 64 KiB of them) and
//! what is known already: of two reports with one id the one reported first counts, not the one received first.
//!
//! HTTP, the desk's forms, the feeds' topics, archives, dead letters put back and the demo all append here and nowhere
//! else, so a record carries the same stamps whichever way it came: the feed's name, class and areas as registered, and
//! the time it was received.

mod archive;
mod known;
mod references;
mod stamp_clock;

use crate::feed_identity::FeedIdentity;
use crate::feed_registry::registered;
use crate::kafka::ReportsProducer;
use crate::recent_ids::RecentIds;
use crate::submit::{KnownFrom, ReceiptClock, SubmitResult, TwinCounting, lock};
pub(crate) use archive::ImportPart;
use async_recursion::async_recursion as boxed;
use domain::author::StampedAuthor;
use domain::desk_feed;
use domain::kind::{FeedClass, Refused};
use domain::place::{Area, Areas, Code, Place, Places};
use domain::report::{Report, ReportName, ReportRank};
use domain::service_clock::ClockStep;
use domain::time::Time;
use formats::clock_record;
use formats::decode::{Catalog, RecordView, Refusal, decode, decode_logged, oversized, stamped_refusal};
use formats::record_stamp::RecordOrigin;
use formats::registry_record::RegisteredFeed;
use formats::taxonomy::Taxonomy;
use stamp_clock::LastStamps;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use store::{FeedRow, Log, NewRecord, ReportKey, ReportTopic, Store, StoreError};

/// Records of a backup put back at once.
const PUT_BACK: usize = 1000;

/// How long a look-up in the state may hold up the log: records are taken in also while the database stands still.
const LOOKUP_PATIENCE: Duration = Duration::from_millis(500);
/// For how long the state is not asked again after it did not answer in time.
const LOOKUP_PAUSE: Duration = Duration::from_secs(10);

/// Where records are kept until the worker has taken them in.
#[derive(Clone)]
pub enum LogDestination {
    /// The log's file in the data folder.
    Embedded(Log),
    /// The topic `reports`.
    Kafka(ReportsProducer),
}

/// What a writer is built from.
#[derive(Clone)]
pub struct LogWriterParts {
    pub log: LogDestination,
    pub store: Store,
    pub places: Arc<Places>,
    pub taxonomy: Arc<Taxonomy>,
    /// The clock records are stamped by.
    pub clock: ReceiptClock,
    /// Ids remembered to recognise a duplicate at once.
    pub recent_ids: usize,
}

/// Cheap to clone; all clones are one writer.
#[derive(Clone)]
pub struct LogWriter(Arc<Inner>);

struct Inner {
    parts: LogWriterParts,
    recent: Mutex<RecentIds>,
    /// Until when the state is not asked, because it did not answer in time.
    lookups_resume_at: Mutex<Option<Instant>>,
    /// What the clock stamped last.
    last_stamps: tokio::sync::Mutex<LastStamps>,
}

/// A record before it is stamped.
pub(crate) struct Arrival {
    pub feed: Arc<FeedIdentity>,
    pub received_at: Time,
    pub bytes: Vec<u8>,
    /// The record of a feed's topic it was made from.
    pub origin: Option<RecordOrigin>,
    /// Set where the record may not become a report, whatever it holds.
    pub refused: Option<Refused>,
    /// Of an archive: old by nature.
    pub archive: bool,
}

/// A record of a scenario, which brings its own time of receipt.
#[derive(Clone, Debug)]
pub struct PlayedRecord {
    pub feed: Arc<FeedIdentity>,
    pub received_at: Time,
    pub bytes: Vec<u8>,
}

/// A record with its stamps, and where it belongs.
pub(crate) struct StampedRecord {
    pub record: NewRecord,
    /// `None` where the place cannot be read.
    pub regency: Option<Code>,
    pub origin: Option<RecordOrigin>,
}

/// What gave records the time of their receipt.
#[derive(Clone, Copy, PartialEq, Eq)]
enum StampedBy {
    Clock,
    Scenario,
}

/// A report as far as the intake reads it.
struct ReadReport {
    key: ReportKey,
    rank: ReportRank,
    topic: ReportTopic,
    place: Place,
    /// Its sender's clock cannot be believed.
    doubtful: bool,
    /// The whole, where it corrects, takes back or verifies others.
    naming: Option<Report>,
}

impl LogWriter {
    pub fn new(parts: LogWriterParts) -> LogWriter {
        let recent = Mutex::new(RecentIds::new(parts.recent_ids));
        let (lookups_resume_at, last_stamps) = (Mutex::default(), tokio::sync::Mutex::default());
        LogWriter(Arc::new(Inner { parts, recent, lookups_resume_at, last_stamps }))
    }

    /// The feed of a name as it is registered; `None` where it is not, or is disabled.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn registered_feed(&self, name: &str) -> Result<Option<FeedIdentity>, StoreError> {
        let rows = self.0.parts.store.feeds().await?;
        let row = rows.iter().find(|row| row.enabled && row.name == name);
        Ok(row.map(FeedIdentity::of_row).or_else(|| FeedIdentity::desk_named(name)))
    }

    /// The state beside the log.
    pub(crate) fn store(&self) -> &Store {
        &self.0.parts.store
    }

    /// What its clock shows.
    pub(crate) fn now(&self) -> Time {
        (self.0.parts.clock)()
    }

    /// Writes down in the log as what a feed is registered from now on.
    ///
    /// # Errors
    /// Where it was not kept.
    pub(crate) async fn register(&self, feed: &FeedRow) -> Result<(), StoreError> {
        let regency = feed.areas.iter().find_map(Area::regency);
        let received_at = (self.0.parts.clock)();
        self.follow_clock(received_at).await?;
        let record = of_the_service(received_at, registered(feed).to_bytes());
        self.keep(vec![StampedRecord { record, regency, origin: None }]).await
    }

    /// Appends a feed's records. Returns what becomes of each, in their order, once all are on disk.
    ///
    /// # Errors
    /// Where nothing was kept; over Kafka some may have been, which a repetition does not double.
    #[boxed]
    pub async fn append(
        &self,
        feed: &FeedIdentity,
        records: Vec<Vec<u8>>,
    ) -> Result<Vec<SubmitResult>, StoreError> {
        self.write_now(self.arrivals(feed, records, false)).await
    }

    /// Appends records of a scenario, each received when the scenario says so.
    ///
    /// # Errors
    /// As [`LogWriter::append`].
    #[boxed]
    pub async fn append_played(&self, records: Vec<PlayedRecord>) -> Result<Vec<SubmitResult>, StoreError> {
        let arrivals = records.into_iter().map(|PlayedRecord { feed, received_at, bytes }| Arrival {
            feed,
            received_at,
            bytes,
            origin: None,
            refused: None,
            archive: false,
        });
        self.write(arrivals.collect(), StampedBy::Scenario).await
    }

    /// Puts records of a backup back with the stamps they have.
    ///
    /// # Errors
    /// As [`LogWriter::append`].
    pub(crate) async fn put_back(&self, records: Vec<NewRecord>) -> Result<(), StoreError> {
        let mut records = records.into_iter().peekable();
        while records.peek().is_some() {
            self.put_back_some(records.by_ref().take(PUT_BACK).collect()).await?;
        }
        self.forget_last_stamps().await;
        Ok(())
    }

    async fn put_back_some(&self, records: Vec<NewRecord>) -> Result<(), StoreError> {
        let stamped = records.into_iter().map(|record| {
            let registered = RegisteredFeed::parse(&record.bytes).filter(|_| is_registry(&record));
            let regency = match registered {
                Some(feed) => feed.areas.iter().find_map(Area::regency),
                None => decode_logged(&as_decoded(&record), None, &self.0.catalog())
                    .ok()
                    .map(|read| read.report.place.code.regency()),
            };
            StampedRecord { record, regency, origin: None }
        });
        self.0.parts.log.append(stamped.collect()).await
    }

    fn arrivals(&self, feed: &FeedIdentity, records: Vec<Vec<u8>>, archive: bool) -> Vec<Arrival> {
        let (feed, received_at) = (Arc::new(feed.clone()), (self.0.parts.clock)());
        let arrival =
            |bytes| Arrival { feed: feed.clone(), received_at, bytes, origin: None, refused: None, archive };
        records.into_iter().map(arrival).collect()
    }

    /// Keeps records that were stamped by the clock just now; returns what becomes of each.
    pub(crate) async fn write_now(
        &self,
        mut arrivals: Vec<Arrival>,
    ) -> Result<Vec<SubmitResult>, StoreError> {
        self.stamp_by_the_clock_of_now(&mut arrivals).await?;
        self.write(arrivals, StampedBy::Clock).await
    }

    /// Keeps records with the stamps they have; returns what becomes of each.
    async fn write(&self, arrivals: Vec<Arrival>, by: StampedBy) -> Result<Vec<SubmitResult>, StoreError> {
        let inner = &*self.0;
        let Some(received_at) = arrivals.iter().map(|arrival| arrival.received_at).min() else {
            return Ok(Vec::new());
        };
        let read = inner.read(&arrivals).await;
        let ranked = ranked(&read);
        let keys: Vec<ReportKey> = ranked.iter().map(|(key, _)| *key).collect();
        // Looked up while the records go to disk, so that what the worker makes of these very records in between does
        // not count.
        let records = stamped(arrivals, &read);
        let kept = async {
            match by {
                StampedBy::Clock => self.keep(records).await,
                StampedBy::Scenario => inner.parts.log.append(records).await,
            }
        };
        let in_log = inner.recently_known(&keys);
        let (in_state, kept) = tokio::join!(inner.known_in_state(&keys, &in_log, received_at), kept);
        kept?;
        lock(&inner.recent).remember(&ranked);
        Ok(results(read, &in_log, &in_state))
    }

    /// The same of records whose sender waits for no answer; gives why each was refused, `None` where it was not.
    pub(crate) async fn write_unanswered(
        &self,
        mut arrivals: Vec<Arrival>,
    ) -> Result<Vec<Option<Refusal>>, StoreError> {
        let inner = &*self.0;
        self.stamp_by_the_clock_of_now(&mut arrivals).await?;
        let read = inner.read(&arrivals).await;
        let ranked = ranked(&read);
        self.keep(stamped(arrivals, &read)).await?;
        lock(&inner.recent).remember(&ranked);
        Ok(read.into_iter().map(|read| read.err().map(|refused| refused.refusal)).collect())
    }
}

impl Arrival {
    /// The topic it was read from; empty where it came another way.
    pub fn topic(&self) -> &str {
        self.origin.as_ref().map_or("", |origin| origin.topic.as_str())
    }

    /// The record as the log keeps it.
    fn stamped(self, read: &Result<ReadReport, RefusedRecord>) -> StampedRecord {
        let (regency, refused) = match read {
            Ok(report) => (Some(report.key.regency), None),
            Err(refused) => (refused.regency, refused.stamp),
        };
        let record = NewRecord {
            feed: self.feed.name().to_owned(),
            class: self.feed.class(),
            areas: self.feed.areas().clone(),
            received_at: self.received_at,
            bytes: oversized::kept(self.bytes),
            refused,
            archive: self.archive,
            author: self.feed.author().clone(),
        };
        StampedRecord { record, regency, origin: self.origin }
    }
}

/// Why a record will be a dead letter.
struct RefusedRecord {
    refusal: Refusal,
    /// Kept with the record where its bytes alone do not tell.
    stamp: Option<Refused>,
    regency: Option<Code>,
}

impl Inner {
    fn catalog(&self) -> Catalog<'_> {
        Catalog { places: &self.parts.places, taxonomy: &self.parts.taxonomy }
    }

    /// Each record as a report, or why it will not be one.
    async fn read(&self, arrivals: &[Arrival]) -> Vec<Result<ReadReport, RefusedRecord>> {
        let mut read: Vec<_> = arrivals.iter().map(|arrival| self.read_one(arrival)).collect();
        self.refuse_wrong_references(&mut read).await;
        read
    }

    fn read_one(&self, arrival: &Arrival) -> Result<ReadReport, RefusedRecord> {
        let record = RecordView {
            bytes: &arrival.bytes,
            feed_name: arrival.feed.name(),
            class: Some(arrival.feed.class()),
            areas: arrival.feed.areas(),
            received_at: arrival.received_at,
            archive: arrival.archive,
            author: arrival.feed.author(),
        };
        // A member that stands twice is what its sender reads, also where the record was refused before it was read.
        let refused = |refusal: Refusal| {
            let stamp = refusal.stamp().or(arrival.refused);
            RefusedRecord { refusal, stamp, regency: None }
        };
        let report = decode(&record, &self.catalog()).map_err(refused)?.report;
        if let Some(reason) = arrival.refused {
            return Err(refused(stamped_refusal(reason, &report)));
        }
        let (key, rank, doubtful) = (ReportKey::of(&report), report.rank(), report.doubtful.is_some());
        let names_any = report.references().next().is_some();
        let topic = ReportTopic { code: report.place.code, kind: report.kind() };
        Ok(ReadReport {
            key,
            rank,
            topic,
            place: report.place,
            doubtful,
            naming: names_any.then_some(report),
        })
    }

    fn recently_known(&self, keys: &[ReportKey]) -> KnownReports {
        let recent = lock(&self.recent);
        keys.iter().filter_map(|key| Some((*key, recent.rank(*key)?))).collect()
    }

    /// Reports the state held before `received`. The answer may do without them.
    async fn known_in_state(
        &self,
        keys: &[ReportKey],
        in_log: &KnownReports,
        received: Time,
    ) -> KnownReports {
        let rest: Vec<ReportName> =
            keys.iter().filter(|key| !in_log.contains_key(key)).map(|key| key.id).collect();
        if rest.is_empty() {
            return BTreeMap::new();
        }
        let asked = self.parts.store.known_reports(&rest, received);
        self.look_up(asked, "duplicates are not marked meanwhile").await.unwrap_or_default()
    }

    /// What the state answers; `None` where it does not in time. Nothing that is kept depends on it, so a database that stands
    /// still or is away holds no record up.
    async fn look_up<T>(
        &self,
        asked: impl Future<Output = Result<T, StoreError>>,
        unasked: &str,
    ) -> Option<T> {
        if lock(&self.lookups_resume_at).is_some_and(|at| Instant::now() < at) {
            return None;
        }
        let failure = match tokio::time::timeout(LOOKUP_PATIENCE, asked).await {
            Ok(Ok(known)) => return Some(known),
            Ok(Err(error)) => error.to_string(),
            Err(_) => format!("the store did not answer within {LOOKUP_PATIENCE:?}"),
        };
        *lock(&self.lookups_resume_at) = Some(Instant::now() + LOOKUP_PAUSE);
        tracing::warn!(error = failure, again_in = ?LOOKUP_PAUSE, "looking up known reports; {unasked}");
        None
    }
}

impl LogDestination {
    /// Returns once all records are kept.
    async fn append(&self, records: Vec<StampedRecord>) -> Result<(), StoreError> {
        match self {
            LogDestination::Embedded(log) => log
                .append_records(records.into_iter().map(|stamped| stamped.record).collect())
                .await
                .map(drop),
            LogDestination::Kafka(producer) => producer.append(&records).await,
        }
    }
}

/// A record that the service itself writes.
fn of_the_service(received_at: Time, bytes: Vec<u8>) -> NewRecord {
    NewRecord {
        feed: desk_feed::REGISTRY.to_owned(),
        class: FeedClass::Desk,
        areas: Areas::everywhere(),
        received_at,
        bytes,
        refused: None,
        archive: false,
        author: StampedAuthor::default(),
    }
}

/// Reports that are known, each with the rank of the one that counts.
type KnownReports = BTreeMap<ReportKey, ReportRank>;

fn ranked(read: &[Result<ReadReport, RefusedRecord>]) -> Vec<(ReportKey, ReportRank)> {
    read.iter().filter_map(|read| read.as_ref().ok()).map(|report| (report.key, report.rank)).collect()
}

fn stamped(arrivals: Vec<Arrival>, read: &[Result<ReadReport, RefusedRecord>]) -> Vec<StampedRecord> {
    arrivals.into_iter().zip(read).map(|(arrival, read)| arrival.stamped(read)).collect()
}

/// A report's identity is its regency, feed and id: the same id elsewhere, or of another feed, is another report, and no feed
/// hears of another's.
fn results(
    read: Vec<Result<ReadReport, RefusedRecord>>,
    in_log: &KnownReports,
    in_state: &KnownReports,
) -> Vec<SubmitResult> {
    let mut seen = KnownReports::new();
    let result = |read| match read {
        Err(RefusedRecord { refusal, .. }) => SubmitResult::Rejected(refusal),
        Ok(ReadReport { key, rank, doubtful, .. }) => {
            let id = key.id.id;
            let in_log = [in_log.get(&key), seen.get(&key)].into_iter().flatten().min().copied();
            let place = if in_log.is_some() { KnownFrom::Log } else { KnownFrom::State };
            let known = in_log.or_else(|| in_state.get(&key).copied());
            seen.insert(key, known.map_or(rank, |known| known.min(rank)));
            match known {
                Some(known) => SubmitResult::Duplicate { id, place, counts: TwinCounting::of(rank, known) },
                None => SubmitResult::Accepted { id, doubtful },
            }
        }
    };
    read.into_iter().map(result).collect()
}

/// The step that a record tells of, where it says that the service's clock was set back.
pub fn clock_step(record: &NewRecord) -> Option<ClockStep> {
    clock_record::parse(&record.bytes).filter(|_| is_registry(record))
}

/// True for a record of the service itself, which is no report: as what a feed is registered from then on, or that the clock
/// was set back.
pub fn is_registry(record: &NewRecord) -> bool {
    record.feed == desk_feed::REGISTRY && record.refused.is_none()
}

/// A record of the log as it is decoded: with the stamps it was given when it came.
pub fn as_decoded(record: &NewRecord) -> RecordView<'_> {
    RecordView {
        bytes: &record.bytes,
        feed_name: &record.feed,
        class: Some(record.class),
        areas: &record.areas,
        received_at: record.received_at,
        archive: record.archive,
        author: &record.author,
    }
}

#[cfg(test)]
mod tests;
