//! Taps that nothing happened: those of a few minutes about one period are one report, whatever the clock's hands show meanwhile.

use domain::place::Place;
use domain::report::ReportId;
use domain::time::{MINUTE, Time};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use views::reporter::{QuietPeriod, ReporterView};

/// So long a second tap says no more than the first.
const TAPS: i64 = 10 * MINUTE;

/// The last tap of each feed that was a report of its own: it counts before the store knows its report.
#[derive(Default)]
pub struct FirstTaps(BTreeMap<String, Tap>);

#[derive(Clone, Copy)]
struct Tap {
    /// Since what the feed reported it speaks, see [`since`].
    since: i64,
    at: Time,
}

impl FirstTaps {
    /// When the first of the taps was of which this one is one: a tap of the last minutes about the same period, as the store or
    /// this process knows it, or itself.
    pub fn first(&mut self, feed: &str, quiet: &QuietPeriod) -> Time {
        let remembered = self.0.get(feed).filter(|tap| tap.since == since(quiet)).map(|tap| tap.at);
        let known = [quiet.quiet_until, remembered].into_iter().flatten();
        let first = known.filter(|first| (0..TAPS).contains(&quiet.to.since(*first))).min();
        let at = first.unwrap_or(quiet.to);
        self.0.insert(feed.to_owned(), Tap { since: since(quiet), at });
        at
    }
}

/// What tells apart the periods of one feed: when what it reported last happened, 0 where that is no beginning.
fn since(quiet: &QuietPeriod) -> i64 {
    if quiet.after_a_report { quiet.from.0 } else { 0 }
}

/// The id of a feed's report that nothing happened in a place: one for all taps that belong to one `first`, from whichever page
/// they come; another one after that was withdrawn.
pub fn nothing_id(view: &ReporterView, place: Place, quiet: &QuietPeriod, first: Time) -> ReportId {
    let began = began(first);
    let withdrawn = withdrawn(&view.quiet_withdrawn, place, began);
    id(&view.feed, place, [since(quiet), began], withdrawn)
}

/// When the ten minutes began that an instant is of.
fn began(at: Time) -> i64 {
    at.0.div_euclid(TAPS) * TAPS
}

/// How many reports about a place of the same ten minutes were withdrawn. What was withdrawn of another place of the feed gives no
/// new id to the report of this one, which stands.
fn withdrawn(all: &[(Place, Time)], place: Place, own: i64) -> usize {
    all.iter().filter(|(of, to)| *of == place && began(*to) == own).count()
}

fn id(feed: &str, place: Place, [since, began]: [i64; 2], withdrawn: usize) -> ReportId {
    let mut hasher = Sha256::new();
    for part in [feed, &place.to_string(), &since.to_string()] {
        hasher.update(part.len().to_be_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.update(began.to_be_bytes());
    if withdrawn > 0 {
        hasher.update(withdrawn.to_be_bytes());
    }
    let random = hasher.finalize()[..10].iter().fold(0u128, |sum, byte| sum << 8 | u128::from(*byte));
    ReportId(((began / 1000).max(0) as u128) << 80 | random)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FEED: &str = "desa-2003";

    fn quiet(to: i64, since: Option<i64>, quiet_until: Option<i64>) -> QuietPeriod {
        let from = since.map_or(Time(to).plus(-7 * 24 * 60 * MINUTE), Time);
        QuietPeriod {
            from,
            to: Time(to),
            after_a_report: since.is_some(),
            quiet_until: quiet_until.map(Time),
        }
    }

    #[test]
    fn nothing_happened_is_one_report_however_often_it_is_tapped() {
        let now = 40_000 * TAPS;
        let late = now - MINUTE / 30;
        // Without a restart, and with one before each tap: the store's word alone.
        let mut memory = FirstTaps::default();
        let mut tapped = |to, since, until| memory.first(FEED, &quiet(to, since, until)).0;
        let restarted = |to, since, until| FirstTaps::default().first(FEED, &quiet(to, since, until)).0;
        assert_eq!(tapped(late, None, None), late);
        assert_eq!(tapped(now + MINUTE / 30, None, None), late, "two taps about a full ten minutes");
        assert_eq!(tapped(late + TAPS - 1, None, None), late);
        assert_eq!(restarted(late + TAPS - 1, None, Some(late)), late);
        assert_eq!(tapped(late + TAPS, None, Some(late)), late + TAPS, "later it says more");
        // What the feed reported is moved meanwhile: another period, and again one report of it.
        let moved = now + TAPS;
        assert_eq!(tapped(moved, Some(now - TAPS), None), moved);
        assert_eq!(tapped(moved + MINUTE, Some(now - TAPS), None), moved);
        assert_eq!(tapped(moved + TAPS - 1, Some(now - TAPS), Some(moved)), moved);
    }

    #[test]
    fn what_was_withdrawn_of_one_place_is_withdrawn_of_no_other() {
        let place = |code| Place::parse_village(code).unwrap();
        let (here, there) = (place("16.13.04.2003"), place("16.13.04.2004"));
        let all = [(here, Time(TAPS + MINUTE)), (here, Time(2 * TAPS))];
        assert_eq!(withdrawn(&all, here, TAPS), 1);
        assert_eq!(withdrawn(&all, there, TAPS), 0);
    }

    #[test]
    fn feeds_places_periods_and_what_was_withdrawn_give_other_reports() {
        let place = |code| Place::parse_village(code).unwrap();
        let (here, there) = (place("16.13.04.2003"), place("16.13.04.2004"));
        let ids = [
            id(FEED, here, [0, TAPS], 0),
            id(FEED, there, [0, TAPS], 0),
            id("desa-2004", here, [0, TAPS], 0),
            id(FEED, here, [TAPS, TAPS], 0),
            id(FEED, here, [0, 2 * TAPS], 0),
            id(FEED, here, [0, TAPS], 1),
        ];
        assert_eq!(ids.iter().collect::<std::collections::BTreeSet<_>>().len(), ids.len());
    }
}
