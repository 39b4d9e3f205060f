//! Rows that their source gave a number for ever, imported again: what is here already counts once, and what it says otherwise now
//! is a report of its own that corrects the one before.

use super::renewal::TakenBackIds;
use crate::feed_identity::FeedIdentity;
use crate::log_writer::LogWriter;
use domain::place::Code;
use domain::report::{FeedId, ReportId, ReportName, ReportRank};
use domain::time::Time;
use formats::spreadsheet::report::{RowNumber, id_after};
use serde_json::Value;
use std::collections::BTreeMap;
use store::{ReportKey, StoreError};
use xxhash_rust::xxh3::xxh3_128;

/// What becomes of a record of a row with a number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum RowVersion {
    /// It goes into the log: as new, or as what is known there by its id.
    Kept,
    /// A version that was given later is here: it must not replace that.
    Earlier,
    /// It says that nothing happened, where a report is here that a person withdraws first.
    Quiet,
}

/// The reports of rows with a number that this import gave ids, beside those that the log and the store know.
#[derive(Default)]
pub(super) struct RowVersions {
    given: BTreeMap<ReportKey, ReportRank>,
}

impl RowVersions {
    /// Gives a record the id of its version, and names the report that it corrects.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn renew(
        &mut self,
        (writer, feed): (&LogWriter, &FeedIdentity),
        taken_back: &TakenBackIds,
        (record, number): (&mut Vec<u8>, &RowNumber),
    ) -> Result<RowVersion, StoreError> {
        let Ok(mut value) = serde_json::from_slice::<Value>(record) else { return Ok(RowVersion::Kept) };
        let text = |value: &Value, name: &str| value[name].as_str().map(str::to_owned);
        let own = text(&value, "report_id").and_then(|id| ReportId::parse(&id));
        let place = text(&value, "district").and_then(|code| Code::parse(&code));
        let (Some(own), Some(place)) = (own, place) else { return Ok(RowVersion::Kept) };
        let key =
            |id| ReportKey { regency: place.regency(), id: ReportName { id, feed: FeedId::of(feed.name()) } };
        let known = self.versions(writer, (key(own), taken_back)).await?;
        let standing = |known: &[Known]| known.iter().rev().find(|version| !version.is_taken_back).copied();
        let is_quiet = value.get("nothing_happened").is_some();
        // What the first version may have replaced: a version of a number that it names.
        let (mut first, mut named) = (None, number.replaces.clone());
        for other in &number.replaces {
            let versions = self.versions(writer, (key(*other), taken_back)).await?;
            first = first.or(standing(&versions).map(|version| version.id));
            named.extend(versions.iter().map(|version| version.id));
        }
        let stands_before = first.is_some();
        let first = first.or(number.replaces.first().copied());
        let mut as_version = |id: ReportId, corrects: Option<ReportId>| {
            value["report_id"] = id.to_string().into();
            // A zero-report replaces nothing.
            match corrects.filter(|_| !is_quiet) {
                Some(corrects) => value["supersedes"] = corrects.to_string().into(),
                None => drop(value.as_object_mut().and_then(|fields| fields.remove("supersedes"))),
            }
            value.to_string().into_bytes()
        };
        for version in known.iter().filter(|version| !version.is_taken_back) {
            let before = named.iter().copied().chain(known.iter().map(|other| other.id));
            let corrected = before.filter(|other| *other != version.id).map(Some).chain([None]);
            let mut written = corrected.map(|corrects| as_version(version.id, corrects));
            if let Some(bytes) = written.find(|bytes| xxh3_128(bytes) == version.rank.hash) {
                *record = bytes;
                return Ok(RowVersion::Kept);
            }
        }
        let last = standing(&known);
        let is_earlier = |last: Known| number.given.is_some_and(|given| given < last.rank.reported_at);
        if last.is_some_and(is_earlier) {
            return Ok(RowVersion::Earlier);
        }
        if is_quiet && (last.is_some() || stands_before) {
            return Ok(RowVersion::Quiet);
        }
        let id = id_after(own, known.len() as u32);
        *record = as_version(id, last.map(|version| version.id).or(first));
        let rank = ReportRank { reported_at: number.given.unwrap_or(Time(i64::MIN)), hash: xxh3_128(record) };
        self.given.insert(key(id), rank);
        Ok(RowVersion::Kept)
    }

    /// The versions of a number that are known, in the order of their ids.
    async fn versions(
        &self,
        writer: &LogWriter,
        (first, taken_back): (ReportKey, &TakenBackIds),
    ) -> Result<Vec<Known>, StoreError> {
        let mut found = Vec::new();
        for times in 0.. {
            let id = id_after(first.id.id, times);
            let key = ReportKey { id: ReportName { id, ..first.id }, ..first };
            let rank = match self.given.get(&key) {
                Some(rank) => Some(*rank),
                None => writer.known_ranks(&[key]).await?.remove(&key),
            };
            let Some(rank) = rank else { break };
            found.push(Known { id, rank, is_taken_back: taken_back.contains(id) });
        }
        Ok(found)
    }
}

/// A version that is known.
#[derive(Clone, Copy)]
struct Known {
    id: ReportId,
    rank: ReportRank,
    is_taken_back: bool,
}
