//! Who has been heard, and who has fallen silent. Silence is missing data, never peace.

use crate::kind::FeedClass;
use crate::policy::Silence;
use crate::report::FeedId;
use crate::time::{DAY, Time};
use alloc::vec::Vec;

/// A feed of which only one report came is expected once a week.
const UNKNOWN: i64 = 7 * DAY;

impl Silence {
    /// How long a feed may be quiet whose reports usually lie this far apart, microseconds; `usual` is `None` where
    /// fewer than two came.
    pub fn allowed(&self, usual: Option<i64>) -> i64 {
        (usual.unwrap_or(UNKNOWN) / 100).saturating_mul(self.factor).clamp(self.at_least, self.at_most)
    }
}

/// The usual time between two of `count` reports from `first` to `last`; `None` where fewer than two came.
pub fn usual(first: Time, last: Time, count: u64) -> Option<i64> {
    let gaps = i64::try_from(count).ok()?.checked_sub(1).filter(|gaps| *gaps > 0)?;
    Some(last.since(first) / gaps)
}

/// What one feed has said about one unit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Heard {
    pub feed: FeedId,
    pub class: FeedClass,
    /// One of the desk's own feeds: it passes on what others say and has no rhythm of its own, so it is
    /// never missed.
    pub desk: bool,
    pub first: Time,
    pub last: Time,
    pub count: u32,
    /// Silent from this instant on, if nothing more comes.
    pub silent_from: Time,
}

/// The feeds heard in one unit, in the order of their ids.
#[derive(Clone, Debug, Default)]
pub struct Voices(Vec<Heard>);

impl Voices {
    pub fn all(&self) -> &[Heard] {
        &self.0
    }

    pub fn hear(&mut self, rule: &Silence, feed: FeedId, class: FeedClass, at: Time) {
        let place = self.0.partition_point(|heard| heard.feed < feed);
        if self.0.get(place).is_none_or(|heard| heard.feed != feed) {
            let new =
                Heard { feed, class, desk: is_desk(feed), first: at, last: at, count: 0, silent_from: at };
            self.0.insert(place, new);
        }
        let heard = &mut self.0[place];
        heard.count += 1;
        heard.first = heard.first.min(at);
        heard.last = heard.last.max(at);
        let usual = usual(heard.first, heard.last, u64::from(heard.count));
        heard.silent_from = heard.last.plus(rule.allowed(usual));
    }

    /// Forgets a feed, so that it can be heard again from its remaining reports.
    pub fn forget(&mut self, feed: FeedId) {
        self.0.retain(|heard| heard.feed != feed);
    }

    /// Share of the feeds that are not silent at `at`, parts per million; 0 where none was ever heard.
    pub fn completeness(&self, at: Time) -> u32 {
        let speaking = self.0.iter().filter(|heard| at < heard.silent_from).count();
        let expected = self.0.iter().filter(|heard| !heard.desk || at < heard.silent_from).count();
        (speaking as u64 * 1_000_000).checked_div(expected as u64).unwrap_or(0) as u32
    }

    /// The next instant after `at` at which a feed falls silent.
    pub fn next_change(&self, at: Time) -> Option<Time> {
        self.0.iter().map(|heard| heard.silent_from).filter(|from| *from > at).min()
    }
}

/// The desk's own feeds: `desk`, and `desk-<class>` where it passes on what that class said.
pub fn is_desk(feed: FeedId) -> bool {
    const NAMES: [&str; 9] = [
        "desk",
        "desk-village",
        "desk-community",
        "desk-police",
        "desk-military",
        "desk-company",
        "desk-agency",
        "desk-desk",
        "desk-sensor",
    ];
    NAMES.iter().any(|name| FeedId::of(name) == feed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::DAY;

    const RULE: Silence = Silence { factor: 300, at_least: 3 * DAY, at_most: 14 * DAY, low_ppm: 500_000 };

    #[test]
    fn a_feed_is_silent_after_its_own_rhythm() {
        let mut voices = Voices::default();
        for day in 0..5 {
            voices.hear(&RULE, FeedId(1), FeedClass::Village, Time(day * 2 * DAY));
        }
        assert_eq!(usual(Time(0), Time(8 * DAY), 5), Some(2 * DAY));
        assert_eq!(voices.completeness(Time(13 * DAY)), 1_000_000);
        assert_eq!(voices.completeness(Time(14 * DAY)), 0);
        assert_eq!(voices.next_change(Time(13 * DAY)), Some(Time(14 * DAY)));
    }

    #[test]
    fn how_long_a_feed_may_be_quiet_follows_its_rhythm_within_bounds() {
        assert_eq!(RULE.allowed(Some(DAY / 24)), RULE.at_least);
        assert_eq!(RULE.allowed(Some(2 * DAY)), 6 * DAY);
        assert_eq!(RULE.allowed(Some(30 * DAY)), RULE.at_most);
        assert_eq!(RULE.allowed(None), 14 * DAY, "once a week is expected of it");
        assert_eq!((usual(Time(5), Time(5), 1), usual(Time(0), Time(0), 0)), (None, None));
    }

    #[test]
    fn the_desk_is_heard_while_it_speaks_and_never_missed() {
        let mut voices = Voices::default();
        voices.hear(&RULE, FeedId::of("desk-village"), FeedClass::Village, Time(0));
        assert_eq!(voices.completeness(Time(DAY)), 1_000_000);
        assert_eq!(voices.completeness(Time(30 * DAY)), 0, "nobody else was ever heard: no data");
        voices.hear(&RULE, FeedId::of("polsek"), FeedClass::Police, Time(29 * DAY));
        assert_eq!(voices.completeness(Time(30 * DAY)), 1_000_000);
    }

    #[test]
    fn one_silent_feed_of_two_is_half() {
        let mut voices = Voices::default();
        voices.hear(&RULE, FeedId(2), FeedClass::Police, Time(20 * DAY));
        voices.hear(&RULE, FeedId(1), FeedClass::Village, Time(0));
        assert_eq!(voices.completeness(Time(21 * DAY)), 500_000);
    }
}
