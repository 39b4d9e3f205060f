//! When a regency's record begins: what is usual there is counted from then on.

use crate::assess;
use crate::time::Hour;
use alloc::vec::Vec;

/// So many days on which something was reported make a beginning.
const DAYS: usize = 3;

/// The earliest days (UTC) on which something was reported, at most three, by their first hours.
///
/// The record begins on the third of them, or on the latest while there are fewer. So no single report sets it: one
/// whose sender's clock stood in 1971 leaves what is usual as it was, whichever it is and whenever it comes.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Beginning(Vec<Hour>);

impl Beginning {
    pub fn hour(&self) -> Option<Hour> {
        self.0.last().copied()
    }

    /// Adds an hour at which something was reported.
    pub fn add(&mut self, hour: Hour) {
        let day = assess::day(hour);
        if let Err(at) = self.0.binary_search(&day)
            && at < DAYS
        {
            self.0.insert(at, day);
            self.0.truncate(DAYS);
        }
    }
}

impl FromIterator<Hour> for Beginning {
    fn from_iter<I: IntoIterator<Item = Hour>>(hours: I) -> Beginning {
        let mut beginning = Beginning::default();
        hours.into_iter().for_each(|hour| beginning.add(hour));
        beginning
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_single_day_sets_the_beginning() {
        let of = |hours: &[i32]| hours.iter().map(|hour| Hour(*hour)).collect::<Beginning>().hour();
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[30, 26, 31]), Some(Hour(24)), "a day begins with its first hour");
        assert_eq!(of(&[30, 50]), Some(Hour(48)));
        assert_eq!(of(&[200, 50, 100, 30, 75]), Some(Hour(72)));
        assert_eq!(of(&[200, 50, 100, 30, 75, -400_000]), Some(Hour(48)));
        assert_eq!(of(&[-400_000, 200, 100, 50, 75, 30]), Some(Hour(48)), "in any order");
    }
}
