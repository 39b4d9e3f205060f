//! SiPongi's hotspots: one answer that holds them all.

use super::fetch::FetchedAnswer;
use super::{Puller, doubt_lines, keep, unreadable};
use crate::feed_identity::FeedIdentity;
use formats::pulled::hotspots::Hotspots;
use store::{PullFailure, PullRow};

impl Puller {
    /// Takes the hotspots of an answer that lie in our regencies and are not known yet.
    pub(super) async fn take_hotspots(
        &self,
        row: &mut PullRow,
        feed: &FeedIdentity,
        answer: FetchedAnswer,
    ) -> Result<(), PullFailure> {
        let Some(bytes) = &answer.bytes else { return Ok(()) };
        let hotspots = Hotspots::parse(bytes, self.parts.writer.places()).map_err(unreadable)?;
        row.doubts = doubt_lines(hotspots.doubts.iter(), &[]);
        row.signals = self.take(feed, &hotspots.signals).await?;
        keep(row, &answer, &[]); // where nothing changed there is nothing to take
        Ok(())
    }
}
