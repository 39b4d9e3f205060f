//! What an audit asks of a worker's store beside the counts: whether a start that goes on from the kept state comes to what a start from
//! every row comes to, and how the clock was set back.

use crate::recovery::{FromState, LeftAt, RecoverySource, from_rows, from_state};
use crate::territory::Territory;
use async_recursion::async_recursion as boxed;
use domain::pipeline::{Loaded, LoadedReport, Pipeline, RegencySnapshot};
use domain::place::{Code, Places};
use domain::service_clock::ClockStep;
use intake::kafka::KafkaSettings;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::calendar::rfc3339;
use store::{PARTITION, Store, StoreError};

/// What a comparison of the kept state with the rows found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum StateComparison {
    /// There is none, or too little came for one to be of use.
    Nothing,
    /// There is one that a start would not use, and why.
    Unusable(String),
    Compared {
        /// How many reports a start reads that goes on from it.
        since: u64,
        /// The regencies in which it differs from the rows.
        differing: Vec<Code>,
        /// True where how records ended, or what lay around cells at the last tick, differs.
        head_differs: bool,
        /// How long reading took: from the state, and from every report.
        took: [Duration; 2],
    },
}

impl StateComparison {
    /// True where a start that goes on from it would not come to what the rows say.
    pub fn is_wrong(&self) -> bool {
        matches!(self, StateComparison::Compared { differing, head_differs, .. }
            if *head_differs || !differing.is_empty())
    }
}

impl fmt::Display for StateComparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StateComparison::Nothing => f.write_str("none that a start would read"),
            StateComparison::Unusable(why) => write!(f, "not used by a start: {why}"),
            StateComparison::Compared { since, .. } if !self.is_wrong() => {
                write!(f, "as the rows say; a start reads it and {since} reports")
            }
            StateComparison::Compared { differing, head_differs, .. } => {
                f.write_str("differs from the rows in")?;
                differing.iter().try_for_each(|regency| write!(f, " {regency}"))?;
                if *head_differs { f.write_str(" what all regencies share") } else { Ok(()) }
            }
        }
    }
}

/// Compares the kept state of each partition, while no worker is at work, with what the rows say.
///
/// # Errors
/// Where the store cannot be read.
#[boxed]
pub async fn compare_states(
    source: &RecoverySource,
    places: &Arc<Places>,
    kafka: &KafkaSettings,
) -> Result<Vec<StateComparison>, StoreError> {
    let numbers = if kafka.is_on() { 0..kafka.partitions } else { PARTITION..PARTITION + 1 };
    let mut compared = Vec::new();
    for number in numbers {
        let territory = match kafka.is_on() {
            true => Territory::new(places, number, |code| kafka.partition(code)),
            false => Territory::whole(places),
        };
        let Some(left) = source.store.recover(number).await? else { continue };
        let left_at = LeftAt { clock: left.clock, last_tick: left.last_tick };
        let found = compare_state(source, &territory, left_at).await?;
        let went_on = source.store.recover(number).await? != Some(left);
        compared.push(match found.is_wrong() && went_on {
            true => StateComparison::Unusable("a worker is at work; ask again when none is".to_owned()),
            false => found,
        });
    }
    Ok(compared)
}

/// Compares the kept state of a territory, and what came since, with what the rows say.
///
/// # Errors
/// Where the store cannot be read.
#[boxed]
pub async fn compare_state(
    source: &RecoverySource,
    territory: &Territory,
    left_at: LeftAt,
) -> Result<StateComparison, StoreError> {
    let began = Instant::now();
    let kept = match from_state(source, territory, left_at).await? {
        FromState::Recovered(kept) => kept,
        FromState::Nothing => return Ok(StateComparison::Nothing),
        FromState::Unusable(why) => return Ok(StateComparison::Unusable(why)),
    };
    let (since, mut kept, from_state) = (kept.reports, kept.pipeline, began.elapsed());
    for regency in kept.cold_regencies() {
        kept.load(&load(&source.store, regency).await?);
    }
    let began = Instant::now();
    let rows = from_rows(source, territory, left_at).await?.pipeline;
    let took = [from_state, began.elapsed()];
    let differs = |regency: &&Code| snapshot_of(&kept, **regency) != snapshot_of(&rows, **regency);
    let differing = territory.regencies.iter().filter(differs).copied().collect();
    let head_differs = kept.view().snapshot_head() != rows.view().snapshot_head();
    Ok(StateComparison::Compared { since, differing, head_differs, took })
}

/// How the clock was last set back, in words.
pub fn words_of(step: ClockStep) -> String {
    let (from, to) = (rfc3339(step.from), rfc3339(step.to));
    format!("set back last from {from} to {to}; what was emitted in between comes right before {to}")
}

/// All that the store keeps of a regency.
///
/// # Errors
/// Where the store cannot be read.
pub(crate) async fn load(store: &Store, regency: Code) -> Result<Loaded, StoreError> {
    let kept = store.kept_reports_of(regency).await?.into_iter();
    let reports = kept.map(|kept| LoadedReport { report: kept.report, beyond_repair_horizon: kept.history });
    Ok(Loaded { regency, reports: reports.collect() })
}

/// A regency with its reports in the order of their names.
fn snapshot_of(pipeline: &Pipeline, regency: Code) -> Option<RegencySnapshot> {
    let mut snapshot = pipeline.view().snapshot_of(regency)?;
    snapshot.reports.sort_unstable_by_key(|kept| kept.report.name());
    Some(snapshot)
}
