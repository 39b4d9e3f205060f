//! The days of a district's charts: incidents, risk and reports by day, and the runs of days without a report.

use domain::kind::FeedClass;
use domain::time::Time;

/// The days all charts of a page share; day 0 begins at `from` (local midnight).
#[derive(Clone, Debug)]
pub struct ChartDays {
    pub from: Time,
    pub count: usize,
    /// Runs of days (first, length) without a report from anybody.
    pub unheard: Vec<(usize, usize)>,
}

#[derive(Clone, Debug, Default)]
pub struct DailySeries {
    /// Incidents of each day by severity 1–5.
    pub incidents: Vec<[u32; 5]>,
    /// Risk over time, parts per million, oldest first.
    pub risk: Vec<(Time, u32)>,
    pub base_ppm: u32,
    pub calibrated: bool,
}

/// Reports of each day by one class of feed, zero-reports included.
#[derive(Clone, Debug)]
pub struct ClassReports {
    pub class: FeedClass,
    pub days: Vec<u32>,
}

/// Silent days in a row from which on a run is shown.
const UNHEARD_DAYS: usize = 5;

/// The runs of `count` days on which no class reported: first day and length.
pub fn unheard(classes: &[ClassReports], count: usize) -> Vec<(usize, usize)> {
    let mut runs = Vec::new();
    let mut start = 0;
    for day in 0..=count {
        let heard = day < count && classes.iter().any(|class| class.days.get(day).is_some_and(|n| *n > 0));
        if heard || day == count {
            if day - start >= UNHEARD_DAYS {
                runs.push((start, day - start));
            }
            start = day + 1;
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_band_begins_only_after_five_silent_days() {
        let mut days = vec![1; 20];
        days[3..8].fill(0);
        days[10..14].fill(0);
        days[16..].fill(0);
        let ticks = [ClassReports { class: FeedClass::Village, days }];
        assert_eq!(unheard(&ticks, 20), [(3, 5)]);
        assert_eq!(unheard(&[], 6), [(0, 6)]);
        assert!(unheard(&[], 0).is_empty());
    }
}
