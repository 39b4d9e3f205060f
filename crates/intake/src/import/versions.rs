//! Rows that their source gave a number for ever, imported again: what is here already counts once, and what it says otherwise now
//! is a report of its own that corrects the one before.

use super::renewal::TakenBackIds;
use crate::feed_identity::FeedIdentity;
use domain::place::Code;
use domain::report::{FeedId, ReportId, ReportName, ReportRank};
use domain::time::Time;
use formats::spreadsheet::report::{RowNumber, id_after};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use store::ReportKey;
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

/// The reports of rows with a number that this import gave ids, beside those that the log and the store know of a batch.
#[derive(Default)]
pub(super) struct RowVersions {
    given: BTreeMap<ReportKey, ReportRank>,
    known: BTreeMap<ReportKey, ReportRank>,
    /// Numbers of the batch of which further versions may be known, and after how many versions.
    open: BTreeSet<ReportKey>,
    times: u32,
}

/// Whose version a record is: its number, and the places that it and those that it names are of.
fn keys_of(feed: &FeedIdentity, value: &Value, number: &RowNumber) -> Option<(ReportKey, Vec<ReportKey>)> {
    let text = |name: &str| value[name].as_str();
    let own = text("report_id").and_then(ReportId::parse)?;
    let regency = text("district").and_then(Code::parse)?.regency();
    let key = |id| ReportKey { regency, id: ReportName { id, feed: FeedId::of(feed.name()) } };
    Some((key(own), number.replaces.iter().map(|other| key(*other)).collect()))
}

/// The key of a further version.
fn key_after(first: ReportKey, times: u32) -> ReportKey {
    ReportKey { id: ReportName { id: id_after(first.id.id, times), ..first.id }, ..first }
}

impl RowVersions {
    /// Begins a batch. What the log and the store know of its numbers is asked by [`RowVersions::unasked`].
    pub fn begin_batch<'a>(
        &mut self,
        feed: &FeedIdentity,
        rows: impl Iterator<Item = (&'a [u8], &'a RowNumber)>,
    ) {
        (self.times, self.open) = (0, BTreeSet::new());
        self.known.clear();
        for (record, number) in rows {
            let value = serde_json::from_slice::<Value>(record).ok();
            if let Some((own, named)) = value.and_then(|value| keys_of(feed, &value, number)) {
                self.open.insert(own);
                self.open.extend(named);
            }
        }
    }

    /// The reports of which it is to be asked next whether they are known: one version of all numbers at once. `None` where nothing
    /// is left to ask.
    pub fn unasked(&self) -> Option<Vec<ReportKey>> {
        let keys = self.open.iter().map(|first| key_after(*first, self.times));
        (!self.open.is_empty()).then(|| keys.filter(|key| !self.given.contains_key(key)).collect())
    }

    /// What is known of those that were asked about.
    pub fn learn(&mut self, known: BTreeMap<ReportKey, ReportRank>) {
        self.known.extend(known);
        let (times, open) = (self.times, std::mem::take(&mut self.open));
        self.open = open.into_iter().filter(|first| self.rank(key_after(*first, times)).is_some()).collect();
        self.times += 1;
    }

    fn rank(&self, key: ReportKey) -> Option<ReportRank> {
        self.given.get(&key).or_else(|| self.known.get(&key)).copied()
    }

    /// Gives a record the id of its version, and names the report that it corrects; of a batch of which nothing is unasked.
    pub fn renew(
        &mut self,
        feed: &FeedIdentity,
        taken_back: &TakenBackIds,
        (record, number): (&mut Vec<u8>, &RowNumber),
    ) -> RowVersion {
        let Ok(mut value) = serde_json::from_slice::<Value>(record) else { return RowVersion::Kept };
        let Some((own, others)) = keys_of(feed, &value, number) else { return RowVersion::Kept };
        let known = self.versions(own, taken_back);
        let standing = |known: &[Known]| known.iter().rev().find(|version| !version.is_taken_back).copied();
        let is_quiet = value.get("nothing_happened").is_some();
        // What the first version may have replaced: a version of a number that it names.
        let (mut first, mut named) = (None, number.replaces.clone());
        for other in others {
            let versions = self.versions(other, taken_back);
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
                return RowVersion::Kept;
            }
        }
        let last = standing(&known);
        let is_earlier = |last: Known| number.given.is_some_and(|given| given < last.rank.reported_at);
        if last.is_some_and(is_earlier) {
            return RowVersion::Earlier;
        }
        if is_quiet && (last.is_some() || stands_before) {
            return RowVersion::Quiet;
        }
        let next = key_after(own, known.len() as u32);
        let id = next.id.id;
        *record = as_version(id, last.map(|version| version.id).or(first));
        let rank = ReportRank { reported_at: number.given.unwrap_or(Time(i64::MIN)), hash: xxh3_128(record) };
        self.given.insert(next, rank);
        RowVersion::Kept
    }

    /// The versions of a number that are known, in the order of their ids.
    fn versions(&self, first: ReportKey, taken_back: &TakenBackIds) -> Vec<Known> {
        let keys = (0..).map(|times| key_after(first, times));
        let known = keys.map_while(|key| Some((key.id.id, self.rank(key)?)));
        known.map(|(id, rank)| Known { id, rank, is_taken_back: taken_back.contains(id) }).collect()
    }
}

/// A version that is known.
#[derive(Clone, Copy)]
struct Known {
    id: ReportId,
    rank: ReportRank,
    is_taken_back: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::kind::FeedClass;
    use serde_json::json;

    /// As many questions as there are versions of one number, and one more: not one for each row.
    #[test]
    fn what_is_known_of_a_batch_is_asked_version_by_version_and_not_row_by_row() {
        let feed = FeedIdentity::unregistered("bpbd", FeedClass::Agency);
        let id = |number: u32| ReportId(u128::from(number) << 64 | 7);
        let record =
            |number| json!({ "report_id": id(number).to_string(), "district": "16.13.01" }).to_string();
        let records: Vec<String> = (0..1000).map(record).collect();
        let number = RowNumber { given: None, replaces: vec![id(5000)] };
        let mut versions = RowVersions::default();
        versions.begin_batch(&feed, records.iter().map(|record| (record.as_bytes(), &number)));
        let mut asked = Vec::new();
        while let Some(keys) = versions.unasked() {
            asked.push(keys.len());
            // All are known, and every tenth has two more versions.
            let rank = ReportRank { reported_at: Time(0), hash: 0 };
            let is_known =
                |at: usize| asked.len() == 1 || asked.len() < 4 && (asked.len() > 2 || at.is_multiple_of(10));
            let known = keys.into_iter().enumerate().filter(|(at, _)| is_known(*at));
            versions.learn(known.map(|(_, key)| (key, rank)).collect());
        }
        assert_eq!(asked, [1001, 1001, 101, 101]);
        let of = |versions: &RowVersions, number| {
            let (own, _) = keys_of(
                &feed,
                &serde_json::from_str(&record(number)).unwrap(),
                &RowNumber { given: None, replaces: vec![] },
            )
            .unwrap();
            versions.versions(own, &TakenBackIds::default()).len()
        };
        let counts: Vec<usize> = (0..1000).map(|number| of(&versions, number)).collect();
        assert_eq!(
            (counts.iter().filter(|count| **count == 3).count(), counts.iter().min()),
            (100, Some(&1))
        );
    }
}
