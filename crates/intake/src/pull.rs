//! Asks agencies for what they publish and takes it in as signals of their own feeds: BMKG's warnings, SiPongi's hotspots.
//!
//! [`Puller::run`] is one try, for the job runner. What was read stays: a try that fails takes nothing back. How it ended,
//! and what the next conditional request names, stands in the table `pulls`.

mod bmkg;
mod dry_run;
mod fetch;
mod sipongi;

pub use dry_run::{PullPreview, preview_files, useless_files};

use crate::feed_identity::FeedIdentity;
use crate::feed_registry::{self, NewFeed};
use crate::log_writer::LogWriter;
use crate::submit::{ReceiptClock, SubmitResult};
use async_recursion::async_recursion as boxed;
use domain::kind::FeedClass;
use domain::place::Areas;
use domain::time::{MINUTE, SECOND, Time};
use fetch::{FetchedAnswer, Fetcher};
use formats::pulled::{PulledDoubt, PulledError, PulledSignal};
use serde::Deserialize;
use std::sync::Arc;
use store::{PullFailure, PullRow, PullSource, Store, StoreError};

/// Signals looked at and appended at once.
const BATCH: usize = 500;
/// The largest answer that is kept, bytes: an index of all warnings of the country has a tenth of it.
const KEPT: usize = 256 << 10;
/// Doubts that are kept of an answer.
const DOUBTS: usize = 20;
/// An agency's clock this far from ours means that one of the two is wrong.
const CLOCKS_DIFFER: i64 = 5 * MINUTE;

/// `[pull]` of the configuration.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PullsSettings {
    pub bmkg: PullSettings,
    pub sipongi: PullSettings,
}

/// How one agency is asked.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PullSettings {
    pub on: bool,
    pub url: String,
    /// From the end of a try to the next.
    pub minutes: u32,
}

impl PullsSettings {
    pub const fn of(&self, source: PullSource) -> &PullSettings {
        match source {
            PullSource::Bmkg => &self.bmkg,
            PullSource::Sipongi => &self.sipongi,
        }
    }

    /// # Errors
    /// What is wrong, in words.
    pub fn check(&self) -> Result<(), String> {
        for source in PullSource::ALL {
            let (own, name) = (self.of(source), source.as_str());
            if !(1..=1_440).contains(&own.minutes) {
                return Err(format!("{name}.minutes is 1 to 1440"));
            }
            fetch::check_address(&own.url).map_err(|why| format!("{name}.url: {why}"))?;
        }
        Ok(())
    }
}

/// What a puller is made from.
#[derive(Clone)]
pub struct PullParts {
    pub source: PullSource,
    pub settings: PullSettings,
    pub writer: LogWriter,
    /// The machine's clock.
    pub wall: ReceiptClock,
}

/// Asks one agency. Cheap to clone; all clones keep to one pace.
#[derive(Clone)]
pub struct Puller {
    parts: PullParts,
    fetcher: Arc<Fetcher>,
}

impl Puller {
    pub fn new(parts: PullParts) -> Puller {
        Puller { parts, fetcher: Arc::new(Fetcher::default()) }
    }

    /// From the end of a try to the next, microseconds.
    pub fn every(&self) -> i64 {
        i64::from(self.parts.settings.minutes) * MINUTE
    }

    /// Asks once, takes in what is new and writes down how it ended. Does nothing where the pull is off.
    ///
    /// # Errors
    /// Why it failed, in words for the operator.
    #[boxed]
    pub async fn run(&self) -> Result<(), String> {
        let (known, row) = self.row().await?;
        if row.is_on {
            return self.ask(row).await.map(drop);
        }
        let off = PullRow { failure: None, wait_until: None, ..row };
        if known.as_ref() == Some(&off) { Ok(()) } else { self.note(&off).await }
    }

    /// The same also where the pull is off, for a person who tries it; returns how many signals were new.
    ///
    /// # Errors
    /// As [`Puller::run`].
    #[boxed]
    pub async fn run_by_hand(&self) -> Result<u32, String> {
        let (_, row) = self.row().await?;
        self.ask(row).await
    }

    /// What is known of the agency, as it is kept and as it counts for the configured address.
    async fn row(&self) -> Result<(Option<PullRow>, PullRow), String> {
        let PullParts { source, settings, .. } = &self.parts;
        let known = self.store().pull(*source).await.map_err(|error| format!("the state: {error}"))?;
        let same = known.clone().filter(|row| row.url == settings.url);
        let row = same.unwrap_or_else(|| PullRow { url: settings.url.clone(), ..PullRow::new(*source) });
        Ok((known, PullRow { is_on: settings.on, ..row }))
    }

    async fn note(&self, row: &PullRow) -> Result<(), String> {
        self.store().put_pull(row).await.map_err(|error| format!("the state: {error}"))
    }

    async fn ask(&self, mut row: PullRow) -> Result<u32, String> {
        let now = (self.parts.wall)();
        // A wait that lies further ahead than any agency asks for was noted by a clock that was set back since.
        let wait = row.wait_until.map(|until| until.since(now));
        if let Some(wait) = wait.filter(|wait| (1..=fetch::LONGEST_WAIT).contains(wait)) {
            return Err(format!("asked less often on the agency's wish; again in {} s", wait / SECOND));
        }
        (row.tried_at, row.wait_until, row.signals) = (Some(now), None, 0);
        row.failure = self.attempt(&mut row, now).await.err();
        match &row.failure {
            // What came was taken where only a clock is wrong.
            None | Some(PullFailure::Clock(_)) => row.good_at = Some(now),
            Some(PullFailure::TooOften(seconds)) => {
                let seconds: i64 = seconds.parse().unwrap_or(60);
                row.wait_until = Some(now.plus(seconds.saturating_mul(SECOND).clamp(0, fetch::LONGEST_WAIT)));
            }
            Some(_) => {}
        }
        self.note(&row).await?;
        row.failure.map_or(Ok(row.signals), |failure| Err(failure.to_string()))
    }

    async fn attempt(&self, row: &mut PullRow, now: Time) -> Result<(), PullFailure> {
        let feed = self.feed(now).await?;
        let answer = self.fetcher.get(&row.url, Some((&row.etag, &row.modified))).await?;
        let clock = answer.sent_at.map(|sent_at| sent_at.since(now));
        match self.parts.source {
            PullSource::Bmkg => self.take_warnings(row, &feed, answer, now).await?,
            PullSource::Sipongi => self.take_hotspots(row, &feed, answer).await?,
        }
        match clock {
            Some(apart) if apart.abs() > CLOCKS_DIFFER => {
                Err(PullFailure::Clock((apart.abs() / MINUTE).to_string()))
            }
            _ => Ok(()),
        }
    }

    fn store(&self) -> &Store {
        self.parts.writer.store()
    }

    /// The agency's feed, which is registered at the first try.
    async fn feed(&self, now: Time) -> Result<FeedIdentity, PullFailure> {
        let name = self.parts.source.as_str();
        let feeds = self.store().feeds().await.map_err(store_failure)?;
        match feeds.iter().find(|feed| feed.name == name) {
            Some(feed) if feed.class != FeedClass::Sensor => {
                return Err(PullFailure::FeedClass(name.to_owned()));
            }
            Some(feed) if !feed.enabled => return Err(PullFailure::FeedDisabled(name.to_owned())),
            Some(feed) => return Ok(FeedIdentity::of_row(feed)),
            None => {}
        }
        let (class, areas) = (FeedClass::Sensor, Areas::everywhere());
        let new = NewFeed {
            name: name.to_owned(),
            class,
            areas,
            organisation: String::new(),
            party: false,
            since: now,
        };
        // Nobody needs its token: it reports through this process alone.
        let added = feed_registry::add(&self.parts.writer, new).await;
        added.map_err(|error| PullFailure::Store(error.to_string()))?;
        let feed = self.parts.writer.registered_feed(name).await.map_err(store_failure)?;
        feed.ok_or_else(|| PullFailure::FeedDisabled(name.to_owned()))
    }

    /// Appends the signals that are not known yet; returns how many.
    async fn take(&self, feed: &FeedIdentity, signals: &[PulledSignal]) -> Result<u32, PullFailure> {
        let mut taken = 0;
        let mut refused = None;
        for signals in signals.chunks(BATCH) {
            let bytes = || signals.iter().map(|signal| signal.bytes.clone()).collect();
            let looked = self.parts.writer.preview(feed, bytes()).await.map_err(store_failure)?;
            let mut fresh = Vec::new();
            for (signal, result) in signals.iter().zip(looked) {
                match result {
                    SubmitResult::Accepted { .. } => fresh.push(signal.bytes.clone()),
                    SubmitResult::Duplicate { .. } => {}
                    // It would be refused again at every try; the answer is kept, and the state says so.
                    SubmitResult::Rejected(refusal) => refused = Some(refusal.reason.to_string()),
                }
            }
            taken += fresh.len() as u32;
            if !fresh.is_empty() {
                self.parts.writer.append(feed, fresh).await.map_err(store_failure)?;
            }
        }
        refused.map_or(Ok(taken), |reason| Err(PullFailure::NotTaken(reason)))
    }
}

/// Notes of an answer what the next conditional request names, and the answer itself.
fn keep(row: &mut PullRow, answer: &FetchedAnswer, bytes: &[u8]) {
    if answer.bytes.is_some() {
        (row.etag, row.modified) = (answer.etag.clone(), answer.modified.clone());
        row.answer = if bytes.len() <= KEPT { bytes.to_vec() } else { Vec::new() };
    }
}

/// Doubts as they are kept, one a line: the new ones, and behind them those that were there.
fn doubt_lines<'a>(doubts: impl Iterator<Item = &'a PulledDoubt>, earlier: &[String]) -> String {
    let line = |doubt: &PulledDoubt| {
        let letters = doubt.name.chars().map(|letter| if letter == '\n' { ' ' } else { letter });
        format!("{} {}", doubt.word, letters.take(80).collect::<String>())
    };
    let mut lines: Vec<String> = doubts.map(line).collect();
    lines.extend(earlier.iter().filter(|line| !lines.contains(line)).cloned().collect::<Vec<_>>());
    lines.truncate(DOUBTS);
    lines.join("\n")
}

fn store_failure(error: StoreError) -> PullFailure {
    PullFailure::Store(error.to_string())
}

fn unreadable(error: PulledError) -> PullFailure {
    let Some(fault) = error.fault() else { return PullFailure::CutOff(String::new()) };
    tracing::info!(%error, "an agency's answer cannot be read");
    PullFailure::Unreadable(fault)
}

#[cfg(test)]
mod tests;
