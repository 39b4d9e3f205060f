//! One partition's work: recover from the store, apply, one commit with the offset, publish.
//!
//! Ticks come from the record's own times while there are records, and from the clock at the end of the partition.
//! What lies across a border is as of the tick: a partition first commits all it has received before the hour, then
//! waits until the partitions around it have done so too, reads what they show, and only then applies the tick.

use super::hand::{Batch, Hand};
use super::publish::Publisher;
use super::territory::{ABROAD, Territory};
use crate::metrics::Working;
use domain::assess;
use domain::effect::Effect;
use domain::evidence::CellId;
use domain::kind::Kind;
use domain::pipeline::{Input, Pipeline};
use domain::place::Place;
use domain::report::{Report, ReportId};
use domain::time::{Hour, SECOND, Time};
use intake::kafka::{Appender, ConsumedRecord};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};
use store::{Border, Bundler, Claim, Origin, Share, Store, StoreError, View};
use tokio::sync::{mpsc, watch};

/// What the consumer hands to a partition.
pub enum Fed {
    Record(Box<ConsumedRecord>),
    /// The end of the partition, for now.
    End,
}

/// Why a partition's work ended before it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum Lost {
    #[error("{0}")]
    Fenced(StoreError),
    #[error("asked to stop")]
    Stopped,
}

/// How long the partition sleeps before it looks at the clock again.
const NAP: Duration = Duration::from_millis(250);
/// How often a partition looks for what other regencies' reports say of its own, and at all that is still open.
const LOOK: Duration = Duration::from_secs(1);
const LOOK_WHOLE: Duration = Duration::from_secs(600);
/// Records received before an hour may still be on their way to the log so long after it.
const GRACE: i64 = 2 * SECOND;

/// What a partition works with beside the store.
#[derive(Clone)]
pub struct Means {
    pub hand: Hand,
    pub appender: Appender,
    pub batch: usize,
    pub border_wait: Duration,
}

pub struct Partition {
    means: Means,
    hand: Hand,
    territory: Arc<Territory>,
    pipeline: Pipeline,
    bundler: Bundler,
    publisher: Publisher,
    epoch: i64,
    number: i64,
    next: i64,
    /// The same for those who measure the lag.
    reached: Arc<AtomicI64>,
    complete_to: Hour,
    /// The last tick that is committed.
    ticked: Hour,
    origins: BTreeMap<(String, i32), i64>,
    /// What others were last shown of our units.
    shown: BTreeMap<CellId, (Hour, u64)>,
    at_end: bool,
    /// When it was last looked for what concerns us elsewhere, and when all of it was.
    looked: Option<Instant>,
    looked_whole: Option<Instant>,
    stop: watch::Receiver<bool>,
    _working: Working,
}

impl Partition {
    /// The partition as the claim and the store have it.
    pub async fn recover(
        means: Means,
        territory: Arc<Territory>,
        claim: Claim,
        reached: Arc<AtomicI64>,
        stop: watch::Receiver<bool>,
    ) -> Result<Partition, StoreError> {
        let began = Instant::now();
        let hand = Hand { own: Some(territory.own.clone()), ..means.hand.clone() };
        let known = (!claim.is_new()).then_some((claim.clock, claim.last_tick));
        let (pipeline, reports, bundler) = restore(&hand, &territory, known).await?;
        let mut shown = BTreeMap::new();
        for [newest, _] in hand.store.borders(&territory.shown).await? {
            if let Some(unit) = territory.places.find(newest.code) {
                let view = newest.view;
                shown.insert(CellId::new(unit, newest.kind), (view.bucket, view.fortnight.to_bits()));
            }
        }
        hand.metrics.recovered(began.elapsed());
        tracing::info!(number = territory.number, reports, took = ?began.elapsed(), "read a partition's state");
        let working = hand.metrics.working();
        let own = (territory.number, territory.regencies.clone());
        let publisher = Publisher::new(means.appender.clone(), hand.store.clone(), own, claim.published);
        Ok(Partition {
            publisher,
            hand,
            means,
            pipeline,
            bundler,
            epoch: claim.epoch,
            number: claim.commits,
            next: claim.next_offset,
            reached,
            complete_to: claim.complete_to,
            ticked: claim.last_tick,
            origins: claim.origins.into_iter().map(|o| ((o.topic, o.partition), o.next_offset)).collect(),
            shown,
            at_end: false,
            looked: None,
            looked_whole: None,
            territory,
            stop,
            _working: working,
        })
    }

    /// Works until the sender is gone, `stop` is true, or another worker owns the partition.
    pub async fn run(mut self, mut fed: mpsc::Receiver<Fed>) -> Result<(), Lost> {
        let mut stop = self.stop.clone();
        while self.bundler.is_full() && !*stop.borrow() {
            let nothing = Batch::new(self.territory.number, self.next, self.next);
            self.keep(Whole::of(nothing, Vec::new())).await?;
        }
        while !*stop.borrow() {
            let mut taken = Vec::new();
            tokio::select! {
                count = fed.recv_many(&mut taken, self.means.batch) => if count == 0 { return Ok(()) },
                () = tokio::time::sleep(NAP) => {}
                _ = stop.wait_for(|stop| *stop) => return Ok(()),
            }
            let mut records = Vec::with_capacity(taken.len());
            for one in taken {
                self.at_end = matches!(one, Fed::End);
                if let Fed::Record(arrived) = one {
                    records.push(*arrived);
                }
            }
            // Read before the log was: what was received before it is in.
            if !records.is_empty() {
                self.take(records).await?;
            } else if self.at_end {
                self.idle().await?;
            }
            self.look_elsewhere().await?;
            self.publisher.catch_up(self.pipeline.clock(), false).await;
        }
        Ok(())
    }

    /// Takes in what other regencies' reports say of ours: corrections, verifications, one id in two places.
    async fn look_elsewhere(&mut self) -> Result<(), Lost> {
        let due = |looked: Option<Instant>, every| looked.is_none_or(|at: Instant| at.elapsed() > every);
        if self.territory.places.find(ABROAD).is_none()
            || self.pipeline.last_tick().is_none()
            || !due(self.looked, LOOK)
        {
            return Ok(());
        }
        let whole = due(self.looked_whole, LOOK_WHOLE);
        self.patiently(|store, territory| async move { store.exchange(&territory.regencies, whole).await })
            .await?;
        let guests = self
            .patiently(|store, territory| async move { store.guests(&territory.regencies, true).await })
            .await?;
        self.looked = Some(Instant::now());
        if whole {
            self.looked_whole = self.looked;
        }
        if guests.is_empty() {
            return Ok(());
        }
        let mut effects = Vec::new();
        for guest in &guests {
            let report = abroad(guest.report.clone());
            self.pipeline
                .apply(Input::Report { received: self.pipeline.clock(), report: &report }, &mut effects);
        }
        let batch = Batch::new(self.territory.number, self.next, self.next);
        let guests = guests.iter().map(|guest| (guest.report.id, guest.report.hash)).collect();
        self.keep(Whole { guests, ..Whole::of(batch, effects) }).await
    }

    async fn take(&mut self, records: Vec<ConsumedRecord>) -> Result<(), Lost> {
        let mut batch = Batch::new(self.territory.number, self.next, self.next);
        let mut effects = Vec::new();
        for ConsumedRecord { record, origin } in records {
            let offset = record.offset;
            if offset < batch.next {
                continue; // the consumer went back; this one is in
            }
            let again = origin.is_some_and(|origin| {
                let next = self.origins.entry((origin.topic, origin.partition)).or_insert(0);
                let again = origin.offset < *next;
                *next = (*next).max(origin.offset + 1);
                again
            });
            if !again {
                let received_at = self.pipeline.effective(record.record.received_at);
                while let Some(hour) = self.pipeline.due(received_at) {
                    self.tick(hour, &mut batch, &mut effects).await?;
                }
                self.hand.one(&mut self.pipeline, record, &mut batch, &mut effects);
            }
            batch.next = offset + 1;
        }
        self.keep(Whole::of(batch, effects)).await
    }

    /// Ticks that fell due while nothing came.
    async fn idle(&mut self) -> Result<(), Lost> {
        let now = (self.hand.clock)().plus(-GRACE);
        let mut batch = Batch::new(self.territory.number, self.next, self.next);
        let mut effects = Vec::new();
        let before = self.complete_to;
        while let Some(hour) = self.pipeline.due(now) {
            self.tick(hour, &mut batch, &mut effects).await?;
        }
        if self.pipeline.last_tick().is_none() && self.territory.has_border() {
            // Nothing was ever reported here; those around must not wait for it.
            self.complete_to = self.complete_to.max(now.hour());
        }
        if !effects.is_empty() || self.complete_to > before {
            self.keep(Whole::of(batch, effects)).await?;
        }
        Ok(())
    }

    async fn tick(&mut self, hour: Hour, batch: &mut Batch, effects: &mut Vec<Effect>) -> Result<(), Lost> {
        if self.territory.has_border() {
            if self.complete_to < hour {
                self.complete_to = hour;
                let fresh = Batch::new(batch.partition, batch.next, batch.next);
                // Shown before anything of the new hour is in.
                let borders = self.borders();
                let (full, said) = (std::mem::replace(batch, fresh), std::mem::take(effects));
                self.keep(Whole { borders, ..Whole::of(full, said) }).await?;
            }
            self.wait_for_those_around(hour).await?;
            let rows = self
                .patiently(|store, territory| async move { store.borders(&territory.seen).await })
                .await?;
            look_across(&mut self.pipeline, &self.territory, rows, hour);
        }
        self.pipeline.apply(Input::Tick(hour), effects);
        Ok(())
    }

    /// Until every partition around has what was received before `hour`. One that is away too long is not waited for:
    /// what it last showed stands in.
    async fn wait_for_those_around(&mut self, hour: Hour) -> Result<(), Lost> {
        if self.territory.around.is_empty() {
            return Ok(());
        }
        let began = Instant::now();
        loop {
            let marks = self
                .patiently(|store, territory| async move { store.complete_to(&territory.around).await })
                .await?;
            let late: Vec<i32> = self
                .territory
                .around
                .iter()
                .copied()
                .filter(|number| !marks.iter().any(|(other, mark)| other == number && *mark >= hour))
                .collect();
            if late.is_empty() {
                return Ok(());
            }
            if began.elapsed() > self.means.border_wait {
                self.hand.metrics.border_given_up();
                tracing::warn!(
                    partition = self.territory.number,
                    ?late,
                    hour = hour.0,
                    "partitions across the border are behind; going on with what they last showed"
                );
                return Ok(());
            }
            self.pause(Duration::from_millis(20)).await?;
        }
    }

    /// One commit, tried until it is kept or refused.
    async fn keep(&mut self, whole: Whole) -> Result<(), Lost> {
        let Whole { batch, effects, borders, guests } = whole;
        let next = batch.next;
        let batch = batch.bundled(&mut self.bundler);
        self.complete_to = self.complete_to.max(self.pipeline.last_tick().unwrap_or(Hour(0)));
        let origins = |((topic, partition), next): (&(String, i32), &i64)| Origin {
            topic: topic.clone(),
            partition: *partition,
            next_offset: *next,
        };
        let share = Share {
            epoch: self.epoch,
            number: self.number,
            complete_to: self.complete_to,
            ticked: self.ticked,
            published: self.publisher.published(),
            origins: self.origins.iter().map(origins).collect(),
            borders,
            regencies: self.territory.regencies.clone(),
            guests,
        };
        let prepared = Arc::new(self.hand.prepare(&mut self.pipeline, batch, effects, Some(share)));
        let began = Instant::now();
        let committed = self
            .patiently(|store, _| {
                let prepared = prepared.clone();
                async move { store.commit(&prepared.commit).await }
            })
            .await?;
        if committed.contested {
            self.looked = None;
        }
        self.hand.tell(&prepared, committed, began).await;
        (self.number, self.next, self.ticked) = (self.number + 1, next, prepared.commit.last_tick);
        self.reached.store(next, Ordering::Relaxed);
        self.publisher.tell(&prepared.commit).await;
        Ok(())
    }

    /// What others see of our units where it changed since they were last shown.
    fn borders(&mut self) -> Vec<Border> {
        let (tick, evidence) = (self.complete_to, &self.pipeline.evidence);
        let mut changed = Vec::new();
        for code in &self.territory.shown {
            let Some(unit) = self.territory.places.find(*code) else { continue };
            for kind in Kind::ALL {
                let cell = CellId::new(unit, *kind);
                let (bucket, fortnight) = assess::fortnight_at(evidence, cell, Hour(tick.0 - 1));
                let now = (bucket, fortnight.to_bits());
                let nothing = fortnight == 0.0 && !self.shown.contains_key(&cell);
                if !nothing
                    && self.shown.get(&cell) != Some(&now)
                    && fortnight_moved(self.shown.get(&cell), now)
                {
                    self.shown.insert(cell, now);
                    changed.push(Border { code: *code, kind: *kind, view: View { tick, bucket, fortnight } });
                }
            }
        }
        changed
    }

    /// Tries until it succeeds: the store may be away for a while; records wait in the log meanwhile.
    async fn patiently<T, F: Future<Output = Result<T, StoreError>>>(
        &self,
        call: impl Fn(Store, Arc<Territory>) -> F,
    ) -> Result<T, Lost> {
        let mut wait = Duration::from_millis(100);
        loop {
            match call(self.hand.store.clone(), self.territory.clone()).await {
                Ok(value) => return Ok(value),
                Err(error @ StoreError::Fenced { .. }) => return Err(Lost::Fenced(error)),
                Err(error) => {
                    tracing::error!(%error, partition = self.territory.number, again_in = ?wait, "the store did not answer a worker");
                    self.pause(wait).await?;
                    wait = (wait * 2).min(Duration::from_secs(5));
                }
            }
        }
    }

    async fn pause(&self, time: Duration) -> Result<(), Lost> {
        let mut stop = self.stop.clone();
        tokio::select! {
            () = tokio::time::sleep(time) => Ok(()),
            _ = stop.wait_for(|stop| *stop) => Err(Lost::Stopped),
        }
    }
}

/// What one commit is made of.
struct Whole {
    batch: Batch,
    effects: Vec<Effect>,
    borders: Vec<Border>,
    guests: Vec<(ReportId, u128)>,
}

impl Whole {
    fn of(batch: Batch, effects: Vec<Effect>) -> Whole {
        Whole { batch, effects, borders: Vec::new(), guests: Vec::new() }
    }
}

/// A report of elsewhere as it stands here: outside every place of ours.
fn abroad(report: Report) -> Report {
    Report { place: Place { code: ABROAD, ..report.place }, ..report }
}

/// A cell without any history has a bucket that moves with the hour; that is no news.
fn fortnight_moved(before: Option<&(Hour, u64)>, now: (Hour, u64)) -> bool {
    before.is_none_or(|before| before.1 != now.1 || (now.1 != 0 && before.0 != now.0))
}

/// The pipeline as the store knows it; `known` is clock and last tick where anything was ever committed.
async fn restore(
    hand: &Hand,
    territory: &Territory,
    known: Option<(Time, Hour)>,
) -> Result<(Pipeline, u64, Bundler), StoreError> {
    let policy = Arc::new(hand.catalog.policy.clone());
    let mut pipeline = Pipeline::new(territory.places.clone(), policy, &*hand.scorer);
    let own = Some(&territory.regencies[..]);
    let Some((clock, last_tick)) = known else { return Ok((pipeline, 0, Bundler::new(own))) };
    let ticked = last_tick.start();
    let (mut since, mut later) = (Vec::new(), Vec::new());
    let (count, bundler) = hand
        .store
        .each_report_in((territory.number, own), |recovered| {
            if recovered.received_at < ticked {
                pipeline.restore(&recovered.report, recovered.history)
            } else {
                since.push(recovered)
            }
        })
        .await?;
    let mut waiting = Vec::new();
    for guest in hand.store.guests(&territory.regencies, false).await? {
        match guest.taken {
            None => waiting.push(guest.report.id),
            Some(taken) if taken < ticked => pipeline.restore(&abroad(guest.report), false),
            Some(_) => later.push(abroad(guest.report)),
        }
    }
    for (report, received) in hand.store.demoted(&territory.regencies, &waiting).await? {
        match received < ticked {
            true => pipeline.restore(&report, false),
            false => later.push(report),
        }
    }
    // Before the clock: it brings back what the last tick saw.
    look_across(&mut pipeline, territory, hand.store.borders(&territory.seen).await?, last_tick);
    let tick = (last_tick > Hour(0)).then_some(last_tick);
    pipeline.restore_clock(clock, tick);
    since.iter().for_each(|recovered| pipeline.restore(&recovered.report, recovered.history));
    later.iter().for_each(|guest| pipeline.restore(guest, false));
    for (code, kind, bytes) in hand.store.memory_of(&territory.regencies).await? {
        if let Some(unit) = territory.places.find(code) {
            pipeline.restore_memory(unit, kind, &bytes);
        }
    }
    pipeline.resume();
    Ok((pipeline, count, bundler))
}

/// Tells the pipeline what was shown at `hour`; one that is ahead shows the tick before.
fn look_across(pipeline: &mut Pipeline, territory: &Territory, rows: Vec<[Border; 2]>, hour: Hour) {
    for [newest, before] in rows {
        let of = if newest.view.tick <= hour { newest } else { before };
        if let Some(unit) = territory.places.find(of.code) {
            pipeline.set_border_view(CellId::new(unit, of.kind), of.view.bucket, of.view.fortnight);
        }
    }
}
