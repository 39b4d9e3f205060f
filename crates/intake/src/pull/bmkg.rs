//! BMKG's warnings: an index, and behind it the documents that may be of our provinces.

use super::fetch::{FetchedAnswer, same_host};
use super::{Puller, doubt_lines, keep, unreadable};
use crate::feed_identity::FeedIdentity;
use domain::report::{FeedId, ReportName};
use domain::time::Time;
use formats::pulled::PulledDoubt;
use formats::pulled::cap::CapAlert;
use formats::pulled::nowcast::{EarlierSignal, Nowcast};
use formats::pulled::rss::{WarningIndex, WarningItem};
use std::collections::BTreeSet;
use store::{PullFailure, PullRow, ReportKey};

/// Documents that are asked for in one try; the rest comes with the next.
const MOST_DOCUMENTS: usize = 50;

impl Puller {
    /// Takes the warnings of an index that were not taken yet. Where a document does not come, the others are taken.
    pub(super) async fn take_warnings(
        &self,
        row: &mut PullRow,
        feed: &FeedIdentity,
        mut answer: FetchedAnswer,
        now: Time,
    ) -> Result<(), PullFailure> {
        // Where nothing changed, a document may still be missing of the index that is kept.
        let bytes = answer.bytes.take();
        let is_new = bytes.is_some();
        let bytes = bytes.unwrap_or_else(|| row.answer.clone());
        if bytes.is_empty() && !is_new {
            return Ok(());
        }
        let index = WarningIndex::parse(&bytes).map_err(unreadable)?;
        if is_new {
            answer.bytes = Some(Vec::new());
            keep(row, &answer, &bytes);
        }
        let mut taken: Vec<String> = row.documents.lines().map(str::to_owned).collect();
        taken.retain(|name| index.items.iter().any(|item| item.name == *name));
        if taken.is_empty() {
            row.doubts.clear(); // they were of warnings that are listed no more
        }
        let (documents, mut failure) = self.documents(&index, &taken, row).await;
        let mut doubts: BTreeSet<PulledDoubt> = index.doubts.iter().cloned().collect();
        for (name, document) in documents {
            match self.take_warning(feed, &document, &mut doubts, now).await {
                Ok(signals) => {
                    row.signals += signals;
                    taken.push(name);
                }
                Err(own) => failure = failure.or(Some(own)),
            }
        }
        row.documents = taken.join("\n");
        let earlier: Vec<String> = row.doubts.lines().map(str::to_owned).collect();
        row.doubts = doubt_lines(doubts.iter(), &earlier);
        failure.map_or(Ok(()), Err)
    }

    /// The documents of an index that may be of us and were not taken yet, the earliest first.
    async fn documents(
        &self,
        index: &WarningIndex,
        taken: &[String],
        row: &PullRow,
    ) -> (Vec<(String, CapAlert)>, Option<PullFailure>) {
        let places = self.parts.writer.places();
        let mut provinces: Vec<u32> = places.regency_ids().map(|unit| places.code(unit).province()).collect();
        provinces.dedup();
        let is_wanted = |item: &&WarningItem| item.may_concern(&provinces) && !taken.contains(&item.name);
        let (mut documents, mut failure) = (Vec::new(), None);
        for item in index.items.iter().filter(is_wanted).take(MOST_DOCUMENTS) {
            match self.document(&row.url, item).await {
                Ok(document) => documents.push((item.name.clone(), document)),
                Err(own) => {
                    let is_of_the_host = matches!(
                        own,
                        PullFailure::TooOften(_) | PullFailure::NoAnswer(_) | PullFailure::Unreachable(_)
                    );
                    failure = failure.or(Some(own));
                    if is_of_the_host {
                        break;
                    }
                }
            }
        }
        documents.sort_by_key(|(_, document)| document.sent);
        (documents, failure)
    }

    async fn document(&self, index: &str, item: &WarningItem) -> Result<CapAlert, PullFailure> {
        if !same_host(index, &item.link) {
            return Err(PullFailure::OtherHost(item.link.chars().take(200).collect()));
        }
        let answer = self.fetcher.get(&item.link, None).await?;
        CapAlert::parse(&answer.bytes.unwrap_or_default()).map_err(unreadable)
    }

    async fn take_warning(
        &self,
        feed: &FeedIdentity,
        document: &CapAlert,
        doubts: &mut BTreeSet<PulledDoubt>,
        now: Time,
    ) -> Result<u32, PullFailure> {
        let nowcast = Nowcast::of(document, self.parts.writer.places());
        doubts.extend(nowcast.doubts.iter().cloned());
        let known = self.known(feed, nowcast.earlier()).await?;
        self.take(feed, &nowcast.signals(&known, now)).await
    }

    /// Those of earlier signals that there are.
    async fn known(
        &self,
        feed: &FeedIdentity,
        earlier: Vec<EarlierSignal>,
    ) -> Result<BTreeSet<EarlierSignal>, PullFailure> {
        let own = FeedId::of(feed.name());
        let key = |signal: &EarlierSignal| ReportKey {
            regency: signal.code.regency(),
            id: ReportName { id: signal.id, feed: own },
        };
        let keys: Vec<ReportKey> = earlier.iter().map(key).collect();
        let known = self.parts.writer.known(&keys).await.map_err(super::store_failure)?;
        Ok(earlier.into_iter().filter(|signal| known.contains(&key(signal))).collect())
    }
}
