//! Who has been heard, and who has fallen silent, by kind: not everybody's word makes a place speak of a conflict. Silence is
//! missing data, never peace.

use crate::desk_feed::is_desk_feed;
use crate::kind::{FeedClass, Kind};
use crate::place::Areas;
use crate::policy::Silence;
use crate::report::FeedId;
use crate::time::{DAY, Time};
use alloc::vec::Vec;

/// Of a longer time than a month nobody says in one word that nothing happened; microseconds.
pub const LONGEST_QUIET: i64 = 31 * DAY;
/// A feed of which only one report came is expected once a week.
const UNKNOWN: i64 = 7 * DAY;
/// From so many reports on a feed has a rhythm in a place.
const RHYTHM: u32 = 5;

impl Silence {
    /// How long a feed may be quiet whose reports usually lie this far apart, microseconds; `usual` is `None` where
    /// fewer than two came.
    pub fn allowed(&self, usual: Option<i64>) -> i64 {
        self.lasts(usual).clamp(self.at_least, self.at_most)
    }

    /// The same for a feed that still speaks of other places: a few words are no rhythm yet, and a rhythm so slow that
    /// it says nothing of today is none either.
    fn patience(&self, usual: Option<i64>, count: u32) -> i64 {
        let least = if count < RHYTHM { self.at_most } else { self.at_least };
        self.lasts(usual).clamp(least, self.at_most.saturating_mul(3))
    }

    /// The usual time between a feed's reports. The earliest of three or more is left out, and two that lie further apart
    /// than any patience lasts are no rhythm: so no single stamp, be it of 1971, makes one.
    fn rhythm(&self, heard: &HeardFeed) -> Option<i64> {
        let (count, [first, second]) = (u64::from(heard.count), heard.earliest);
        match count {
            0..=2 => usual(first, heard.last, count).filter(|usual| *usual <= self.at_most.saturating_mul(3)),
            _ => usual(second, heard.last, count - 1),
        }
    }

    fn lasts(&self, usual: Option<i64>) -> i64 {
        (usual.unwrap_or(UNKNOWN) / 100).saturating_mul(self.factor)
    }
}

/// The usual time between two of `count` reports from `first` to `last`; `None` where fewer than two came.
pub fn usual(first: Time, last: Time, count: u64) -> Option<i64> {
    let gaps = i64::try_from(count).ok()?.checked_sub(1).filter(|gaps| *gaps > 0)?;
    Some(last.since(first) / gaps)
}

/// As what a feed speaks.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Voice {
    pub class: FeedClass,
    /// It speaks for a party to the disputes of its place: its word never stands for the place in a conflict.
    pub party: bool,
}

impl Voice {
    fn counts(self, rule: &Silence, kind: Kind) -> bool {
        rule.voices.has(kind, self.class) && (kind == Kind::Disaster || !self.party)
    }
}

/// A feed as it is registered from now on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExpectedFeed {
    pub feed: FeedId,
    pub voice: Voice,
    /// Of what it may speak.
    pub areas: Areas,
    /// False where it is let in no more: nobody expects anything of it.
    pub enabled: bool,
}

impl From<FeedClass> for Voice {
    fn from(class: FeedClass) -> Voice {
        Voice { class, party: false }
    }
}

/// When one feed was heard of one unit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HeardFeed {
    pub feed: FeedId,
    pub voice: Voice,
    /// One of the desk's own feeds: it passes on what others say and has no rhythm of its own, so it is
    /// never missed.
    pub desk: bool,
    /// The earliest two instants; twice the same where it was heard once.
    pub earliest: [Time; 2],
    pub last: Time,
    pub count: u32,
    /// Silent from this instant on, if nothing more comes.
    pub silent_from: Time,
    /// The same for a feed that still speaks of other places: by its rhythm here, up to three times as long.
    pub missed_from: Time,
}

impl HeardFeed {
    /// From when on this feed is missed here. The police of a whole regency are not silent because one quiet district
    /// gave them nothing to say for a fortnight: while a feed speaks of other places in the regency (`wide` is what it
    /// was heard of in all of them), only a break of its own rhythm here counts.
    fn until(&self, wide: Option<&HeardFeed>) -> Time {
        match wide {
            Some(wide) if wide.count > self.count => {
                self.silent_from.max(self.missed_from.min(wide.silent_from))
            }
            _ => self.silent_from,
        }
    }
}

/// The feeds heard in one unit, or in all of a regency, in the order of their ids.
#[derive(Clone, Debug, Default)]
pub struct HeardFeeds(Vec<HeardFeed>);

impl HeardFeeds {
    /// Of feeds in the order of their ids.
    pub(crate) fn from_ordered(heard: Vec<HeardFeed>) -> HeardFeeds {
        HeardFeeds(heard)
    }

    pub fn all(&self) -> &[HeardFeed] {
        &self.0
    }

    pub fn of(&self, feed: FeedId) -> Option<&HeardFeed> {
        self.0.binary_search_by_key(&feed, |heard| heard.feed).ok().map(|place| &self.0[place])
    }

    pub fn hear(&mut self, rule: &Silence, feed: FeedId, voice: impl Into<Voice>, at: Time) {
        let voice = voice.into();
        let place = self.0.partition_point(|heard| heard.feed < feed);
        if self.0.get(place).is_none_or(|heard| heard.feed != feed) {
            let desk = is_desk_feed(feed);
            let (earliest, last, silent_from, missed_from) = ([at; 2], at, at, at);
            let new = HeardFeed { feed, voice, desk, earliest, last, count: 0, silent_from, missed_from };
            self.0.insert(place, new);
        }
        let heard = &mut self.0[place];
        // The class it had last: a feed may be registered again as another one.
        if (at, voice) > (heard.last, heard.voice) {
            heard.voice = voice;
        }
        heard.count += 1;
        heard.earliest = match heard.earliest {
            [first, _] if heard.count <= 2 => [first.min(at), first.max(at)],
            [first, second] => [first.min(at), second.min(at.max(first))],
        };
        heard.last = heard.last.max(at);
        let usual = rule.rhythm(heard);
        heard.silent_from = heard.last.plus(rule.allowed(usual));
        heard.missed_from = heard.last.plus(rule.patience(usual, heard.count));
    }

    /// Forgets a feed, so that it can be heard again from its remaining reports.
    pub fn forget(&mut self, feed: FeedId) {
        self.0.retain(|heard| heard.feed != feed);
    }

    /// Share of the feeds whose word counts for `kind` that are not silent at `at`, parts per million; 0 where none was
    /// ever heard. `wide` are the feeds of the whole regency.
    pub fn completeness(&self, rule: &Silence, kind: Kind, wide: &HeardFeeds, at: Time) -> u32 {
        self.completeness_beside(&[], rule, kind, wide, at)
    }

    /// The same where feeds are registered that may speak of no more than the unit: of those that were never heard in the regency
    /// each is missing.
    pub fn completeness_beside(
        &self,
        registered: &[(FeedId, Voice)],
        rule: &Silence,
        kind: Kind,
        wide: &HeardFeeds,
        at: Time,
    ) -> u32 {
        let never_heard =
            |(feed, voice): &&(FeedId, Voice)| voice.counts(rule, kind) && wide.of(*feed).is_none();
        let (mut speaking, mut expected) = (0, 0);
        for heard in self.0.iter().filter(|heard| heard.voice.counts(rule, kind)) {
            let speaks = at < heard.silent_from || at < heard.until(wide.of(heard.feed));
            speaking += u64::from(speaks);
            expected += u64::from(speaks || !heard.desk);
        }
        expected += registered.iter().filter(never_heard).count() as u64;
        (speaking * 1_000_000u64).checked_div(expected).unwrap_or(0) as u32
    }

    /// The next instant after `at` at which a feed falls silent, if nothing more is heard of it anywhere.
    pub fn next_change(&self, wide: &HeardFeeds, at: Time) -> Option<Time> {
        let ends = self.0.iter().map(|heard| match heard.silent_from > at {
            true => heard.silent_from, // by then it is looked at again
            false => heard.until(wide.of(heard.feed)),
        });
        ends.filter(|end| *end > at).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Voices;
    use crate::time::DAY;

    const RULE: Silence = Silence {
        factor: 300,
        at_least: 3 * DAY,
        at_most: 14 * DAY,
        low_ppm: 500_000,
        voices: Voices::usual(),
    };
    const KIND: Kind = Kind::ResidentCompany;

    #[test]
    fn a_feed_is_silent_after_its_own_rhythm() {
        let mut voices = HeardFeeds::default();
        for day in 0..5 {
            voices.hear(&RULE, FeedId(1), FeedClass::Village, Time(day * 2 * DAY));
        }
        assert_eq!(usual(Time(0), Time(8 * DAY), 5), Some(2 * DAY));
        assert_eq!(voices.completeness(&RULE, KIND, &voices, Time(13 * DAY)), 1_000_000);
        assert_eq!(voices.completeness(&RULE, KIND, &voices, Time(14 * DAY)), 0);
        assert_eq!(voices.next_change(&voices, Time(13 * DAY)), Some(Time(14 * DAY)));
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
        let mut voices = HeardFeeds::default();
        voices.hear(&RULE, FeedId::of("desk-village"), FeedClass::Village, Time(0));
        assert_eq!(voices.completeness(&RULE, KIND, &voices, Time(DAY)), 1_000_000);
        assert_eq!(
            voices.completeness(&RULE, KIND, &voices, Time(30 * DAY)),
            0,
            "nobody else was ever heard: no data"
        );
        voices.hear(&RULE, FeedId::of("polsek"), FeedClass::Police, Time(29 * DAY));
        assert_eq!(voices.completeness(&RULE, KIND, &voices, Time(30 * DAY)), 1_000_000);
    }

    #[test]
    fn no_single_stamp_makes_a_rhythm_or_breaks_one() {
        let of = |days: &[i64]| {
            let mut voices = HeardFeeds::default();
            days.iter().for_each(|day| voices.hear(&RULE, FeedId(1), FeedClass::Village, Time(day * DAY)));
            let HeardFeed { silent_from, missed_from, .. } = *voices.of(FeedId(1)).unwrap();
            (silent_from, missed_from)
        };
        let long_ago = -20_000;
        for days in [&[3][..], &[3, 4], &[3, 4, 5, 6, 7, 8]] {
            let with: Vec<i64> = core::iter::once(long_ago).chain(days.iter().copied()).collect();
            let came_last: Vec<i64> = days.iter().copied().chain([long_ago]).collect();
            assert_eq!(of(&with), of(&came_last), "any order: {days:?}");
            let (silent, missed) = of(days);
            let moved = (of(&with).0.since(silent).abs(), of(&with).1.since(missed).abs());
            assert!(moved <= (DAY, DAY), "{days:?} by {moved:?}");
        }
    }

    #[test]
    fn whose_word_counts_depends_on_the_kind() {
        let alone = |class| {
            let mut voices = HeardFeeds::default();
            voices.hear(&RULE, FeedId(1), class, Time(0));
            let heard = |kind: &Kind| voices.completeness(&RULE, *kind, &voices, Time(DAY)) > 0;
            Kind::ALL.iter().map(heard).collect::<Vec<bool>>()
        };
        for class in FeedClass::ALL {
            use FeedClass::{Company, Desk, Sensor};
            let (conflicts, disaster) = (!matches!(class, Company | Desk | Sensor), *class != Sensor);
            assert_eq!(alone(*class), [conflicts, conflicts, disaster], "{class}");
        }
        let mut voices = HeardFeeds::default();
        voices.hear(&RULE, FeedId(1), Voice { class: FeedClass::Police, party: true }, Time(0));
        let heard = Kind::ALL.iter().map(|kind| voices.completeness(&RULE, *kind, &voices, Time(DAY)) > 0);
        assert_eq!(heard.collect::<Vec<bool>>(), [false, false, true], "who speaks for a party");
        // Nor does it stand in the way: a silent company is not missed where its word counts for nothing.
        let mut voices = HeardFeeds::default();
        voices.hear(&RULE, FeedId(1), FeedClass::Company, Time(0));
        voices.hear(&RULE, FeedId(2), FeedClass::Village, Time(40 * DAY));
        assert_eq!(voices.completeness(&RULE, KIND, &voices, Time(41 * DAY)), 1_000_000);
        assert_eq!(voices.completeness(&RULE, Kind::Disaster, &voices, Time(41 * DAY)), 500_000);
    }

    #[test]
    fn one_silent_feed_of_two_is_half() {
        let mut voices = HeardFeeds::default();
        voices.hear(&RULE, FeedId(2), FeedClass::Police, Time(20 * DAY));
        voices.hear(&RULE, FeedId(1), FeedClass::Village, Time(0));
        assert_eq!(voices.completeness(&RULE, KIND, &voices, Time(21 * DAY)), 500_000);
    }

    #[test]
    fn who_is_registered_and_was_never_heard_is_missing() {
        let (desa, lain, company) = (FeedId::of("desa"), FeedId::of("lain"), FeedId::of("kebun"));
        let village = Voice::from(FeedClass::Village);
        let registered = [(desa, village), (lain, village), (company, Voice::from(FeedClass::Company))];
        let mut voices = HeardFeeds::default();
        let share = |voices: &HeardFeeds, kind| {
            voices.completeness_beside(&registered, &RULE, kind, voices, Time(DAY))
        };
        assert_eq!(share(&voices, KIND), 0, "nobody was ever heard: no data");
        voices.hear(&RULE, desa, village, Time(0));
        assert_eq!((share(&voices, KIND), share(&voices, Kind::Disaster)), (500_000, 333_333));
        voices.hear(&RULE, lain, village, Time(0));
        assert_eq!((share(&voices, KIND), share(&voices, Kind::Disaster)), (1_000_000, 666_666));
    }

    #[test]
    fn who_speaks_of_the_whole_regency_is_not_missed_where_little_happens() {
        let polres = FeedId::of("polres");
        let (mut here, mut wide) = (HeardFeeds::default(), HeardFeeds::default());
        let mut hear = |here: &mut HeardFeeds, at: i64, own: bool| {
            wide.hear(&RULE, polres, FeedClass::Police, Time(at * DAY));
            if own {
                here.hear(&RULE, polres, FeedClass::Police, Time(at * DAY));
            }
            wide.clone()
        };
        hear(&mut here, 0, true);
        let wide = (1..60).map(|day| hear(&mut here, day, day == 30)).last().unwrap();
        // Two words in thirty days from here: six weeks may pass while it speaks elsewhere …
        assert_eq!(here.completeness(&RULE, KIND, &wide, Time(59 * DAY)), 1_000_000);
        assert_eq!(
            here.completeness(&RULE, KIND, &here, Time(59 * DAY)),
            0,
            "a feed of this place alone would be silent"
        );
        // … and no longer once it is silent everywhere.
        let end = wide.of(polres).unwrap().silent_from;
        assert_eq!(here.next_change(&wide, Time(59 * DAY)), Some(end));
        assert_eq!(here.completeness(&RULE, KIND, &wide, end), 0);
    }

    #[test]
    fn one_old_word_does_not_stand_for_today() {
        let polres = FeedId::of("polres");
        let mut wide = HeardFeeds::default();
        (0..300).for_each(|day| wide.hear(&RULE, polres, FeedClass::Police, Time(day * DAY)));
        let now = Time(299 * DAY);
        let heard = |days: &[i64]| {
            let mut here = HeardFeeds::default();
            days.iter().for_each(|day| here.hear(&RULE, polres, FeedClass::Police, Time(day * DAY)));
            here.completeness(&RULE, KIND, &wide, now)
        };
        assert_eq!((heard(&[10]), heard(&[240, 256]), heard(&[10, 256])), (0, 0, 0), "older than six weeks");
        assert_eq!((heard(&[290]), heard(&[200, 280])), (1_000_000, 1_000_000));
        assert_eq!(heard(&[288, 288]), 1_000_000, "reported twice in a day: that is no daily rhythm");
    }

    #[test]
    fn a_place_that_breaks_its_own_rhythm_is_missed_though_the_feed_speaks_elsewhere() {
        let group = FeedId::of("kelompok-desa");
        let (mut here, mut wide) = (HeardFeeds::default(), HeardFeeds::default());
        for day in 0..60 {
            wide.hear(&RULE, group, FeedClass::Village, Time(day * DAY));
            if day < 30 {
                here.hear(&RULE, group, FeedClass::Village, Time(day * DAY));
            }
        }
        assert_eq!(here.completeness(&RULE, KIND, &wide, Time(31 * DAY)), 1_000_000);
        assert_eq!(
            here.completeness(&RULE, KIND, &wide, Time(32 * DAY)),
            0,
            "a village of that group has lost its signal"
        );
    }
}
