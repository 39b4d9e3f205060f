//! When a regency's record begins: what is usual there is counted from then on.

use crate::assess;
use crate::time::Hour;
use alloc::vec::Vec;

/// So many days on which something was reported make a beginning.
const DAYS: usize = 3;
/// What lies before a longer gap than this is no part of the record, as long as it is fewer days than [`STRAY`]; hours.
const GAP: i32 = 182 * 24;
/// Fewer days of reports than these, far before all others, are rather wrong dates than a record.
const STRAY: usize = 10;

/// The days (UTC) on which something was reported, by their first hours.
///
/// The record begins on the third of them, or on the latest while there are fewer. So no single report sets it. Nor do a few that
/// lie half a year or more before all others, and are fewer days than those: clocks that stood in 1971 and a year that was mistyped leave
/// what is usual as it was. It follows from the stamps alone, so that a replay begins where the service does.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Beginning {
    days: Vec<Hour>,
    /// Where among the days the record begins.
    at: usize,
}

impl Beginning {
    pub fn hour(&self) -> Option<Hour> {
        self.days.get(self.at).copied()
    }

    /// The days, the earliest first.
    pub fn days(&self) -> &[Hour] {
        &self.days
    }

    /// Adds an hour at which something was reported.
    pub fn add(&mut self, hour: Hour) {
        if self.insert(assess::day(hour)) {
            self.at = begins_at(&self.days);
        }
    }

    /// True for a day that was not there.
    fn insert(&mut self, day: Hour) -> bool {
        let later = self.days.iter().rev().take_while(|other| **other > day).count();
        let at = self.days.len() - later;
        let new = at == 0 || self.days[at - 1] != day;
        if new {
            self.days.insert(at, day);
        }
        new
    }
}

/// On which of the days the record begins.
fn begins_at(days: &[Hour]) -> usize {
    let mut first = 0;
    // Once as many days lie together as no stray has, all that follows is record.
    while let Some(length) =
        days[first..].windows(2).take(STRAY - 1).position(|two| two[1].0 - two[0].0 > GAP)
    {
        let stray = length + 1;
        if days.len() - first - stray <= stray {
            break;
        }
        first += stray;
    }
    (first + DAYS).min(days.len()).saturating_sub(1)
}

impl FromIterator<Hour> for Beginning {
    fn from_iter<I: IntoIterator<Item = Hour>>(hours: I) -> Beginning {
        let mut beginning = Beginning { days: hours.into_iter().map(assess::day).collect(), at: 0 };
        beginning.days.sort_unstable();
        beginning.days.dedup();
        beginning.at = begins_at(&beginning.days);
        beginning
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::splitmix;

    #[test]
    fn no_single_day_sets_the_beginning() {
        let of = |hours: &[i32]| hours.iter().map(|hour| Hour(*hour)).collect::<Beginning>().hour();
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[30, 26, 31]), Some(Hour(24)), "a day begins with its first hour");
        assert_eq!(of(&[30, 50]), Some(Hour(48)));
        assert_eq!(of(&[200, 50, 100, 30, 75]), Some(Hour(72)));
        assert_eq!(of(&[200, 50, 100, 30, 75, -400_000]), Some(Hour(72)));
        assert_eq!(of(&[-400_000, 200, 100, 50, 75, 30]), Some(Hour(72)), "in any order");
    }

    /// Days apart, from the earliest on.
    fn apart(gaps: impl IntoIterator<Item = i32>) -> Vec<i32> {
        let mut day = 0;
        let days = gaps.into_iter().map(|gap| {
            day += gap;
            day
        });
        days.collect()
    }

    fn begins(days: &[i32]) -> i32 {
        let days = days.iter().map(|day| Hour(day * 24));
        days.collect::<Beginning>().hour().map_or(0, |hour| hour.0 / 24)
    }

    #[test]
    fn a_few_days_far_before_all_others_set_no_beginning_and_a_record_does() {
        let record = apart(core::iter::repeat_n(1, 30));
        let with = |strays: &[i32]| begins(&[strays, &record[..]].concat());
        let own = begins(&record);
        assert_eq!((own, with(&[-20_000])), (3, own));
        assert_eq!(with(&[-20_000, -19_999, -19_998]), own, "three clocks of 1971");
        assert_eq!(with(&[-20_000, -16_000, -12_000, -8_000, -364, -363, -362]), own, "and a year mistyped");
        assert_eq!(with(&[-20_000; 40]), own, "forty of one day");
        let older = apart(core::iter::once(-2_000).chain(core::iter::repeat_n(1, 9)));
        assert_eq!(with(&older), older[2], "ten days are a record, however long ago");
        assert_eq!(with(&[-100, -90, -80]), -80, "a quarter is no gap");
        let seldom = apart(core::iter::repeat_n(170, 6));
        assert_eq!(begins(&seldom), seldom[2], "where little happens");
        assert_eq!(begins(&[0, 1, 2, 400]), 2, "one report after a year is not the record");
    }

    #[test]
    fn any_order_makes_one_beginning() {
        for seed in 0..200u64 {
            let mut state = seed;
            let mut roll = |below: u64| (splitmix::next(&mut state) % below) as i32;
            let hours: Vec<Hour> =
                (0..60).map(|_| Hour(if roll(9) == 0 { -roll(900_000) } else { roll(2_000) })).collect();
            let mut one_by_one = Beginning::default();
            hours.iter().for_each(|hour| one_by_one.add(*hour));
            assert_eq!(one_by_one, hours.into_iter().collect(), "seed {seed}");
        }
    }
}
