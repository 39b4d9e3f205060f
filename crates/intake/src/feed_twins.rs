//! Feeds from before the register compared spellings: where the words of two are one name in several spellings, they are one
//! organisation's from now on. What they said before keeps its stamps.

use crate::feed_registry::{FeedError, is_name, register};
use crate::log_writer::LogWriter;
use async_recursion::async_recursion as boxed;
use domain::spelling::{plain, twins};
use store::FeedRow;

/// Registers such feeds as of one organisation; returns their names. Where there are none nothing is written.
///
/// # Errors
/// Where the store or the log fails.
#[boxed]
pub async fn join(writer: &LogWriter) -> Result<Vec<String>, FeedError> {
    let mut joined = Vec::new();
    for feed in of_one_organisation(&writer.store().feeds().await?) {
        register(writer, &feed).await?;
        joined.push(feed.name);
    }
    if !joined.is_empty() {
        tracing::warn!(
            feeds = joined.join(", "),
            "named as another feed or organisation is in another spelling: one speaker from now on"
        );
    }
    Ok(joined)
}

/// Whose word a feed gives: its organisation's, or its own.
fn word(feed: &FeedRow) -> &str {
    if feed.organisation.is_empty() { &feed.name } else { &feed.organisation }
}

/// The feeds whose word no speaker's identifier makes one with a twin's, as they are to be registered: their words differ in
/// what stands between the letters, and one of them is the word of all.
fn of_one_organisation(feeds: &[FeedRow]) -> Vec<FeedRow> {
    let mut changed = Vec::new();
    for twins in twins(feeds.iter().map(word)) {
        let Some(one) = twins.iter().copied().find(|word| is_name(word)) else { continue };
        let named = feeds.iter().find(|feed| feed.organisation == one);
        let organisation_name = named.map(|feed| feed.organisation_name.clone()).unwrap_or_default();
        let apart = |feed: &&FeedRow| twins.contains(word(feed)) && plain(word(feed)) != plain(one);
        changed.extend(feeds.iter().filter(apart).map(|feed| FeedRow {
            organisation: one.to_owned(),
            organisation_name: organisation_name.clone(),
            ..feed.clone()
        }));
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FeedIdentity;
    use crate::fixture::{Fixture, NOW};
    use crate::is_registry;
    use domain::evidence::speaker::Speaker;
    use domain::kind::FeedClass;
    use domain::place::Areas;
    use domain::report::FeedId;
    use formats::registry_record::RegisteredFeed;
    use store::token_hash;

    fn feed(name: &str, organisation: &str) -> FeedRow {
        let row = FeedRow::new(name, FeedClass::Police, Areas::everywhere(), token_hash(name), NOW);
        FeedRow { organisation: organisation.into(), ..row }
    }

    fn speaker(feed: &FeedRow) -> Speaker {
        let author = FeedIdentity::of_row(feed).author().author(&feed.name, feed.class);
        author.speaker(FeedId::of(&feed.name), feed.class)
    }

    #[tokio::test]
    async fn feeds_of_one_name_in_two_spellings_are_one_speaker_from_the_next_start_on() {
        let fixture = Fixture::build().await;
        let rows = [
            feed("pol-sek", ""),
            feed("polsek", ""),
            feed("intel", "pol.sek"),
            feed("satlantas", "Pol_res"),
            feed("reskrim", "polres"),
            feed("kodim", ""),
            feed("kodim-2", ""),
        ];
        for row in &rows {
            fixture.store.put_feed(row).await.unwrap();
        }
        assert!(speaker(&rows[0]).is_another(&speaker(&rows[1])), "as they were registered they are two");
        let mut joined = join(&fixture.writer).await.unwrap();
        joined.sort_unstable();
        assert_eq!(joined, ["polsek", "reskrim"]);
        let now = fixture.store.feeds().await.unwrap();
        let find = |name: &str| speaker(now.iter().find(|feed| feed.name == name).unwrap());
        for (one, other) in [("pol-sek", "polsek"), ("polsek", "intel"), ("satlantas", "reskrim")] {
            assert!(!find(one).is_another(&find(other)), "{one} {other}");
        }
        assert!(find("kodim").is_another(&find("kodim-2")) && find("polsek").is_another(&find("reskrim")));
        let kept = fixture.kept().await;
        let logged = kept.iter().filter(|record| is_registry(record));
        let logged = logged.filter_map(|record| RegisteredFeed::parse(&record.bytes)).map(|feed| feed.feed);
        assert_eq!(logged.count(), 2, "the log says so");
        assert!(join(&fixture.writer).await.unwrap().is_empty(), "once");
    }
}
