//! The days of a district's charts: incidents, risk and reports by day, and the runs of days without a report.

use crate::json;
use domain::kind::FeedClass;
use domain::time::Time;
use serde::Serialize;

/// The days all charts of a page share; day 0 begins at `from` (local midnight).
#[derive(Clone, Debug, Serialize)]
pub struct ChartDays {
    #[serde(serialize_with = "json::time")]
    pub from: Time,
    pub count: usize,
    /// Runs of days without a report from anybody.
    pub unheard: Vec<DayRun>,
}

/// Days in a row: the first (counted from `ChartDays::from`) and how many.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct DayRun {
    pub first: usize,
    pub length: usize,
}

/// What happened by day, for those who may see reports.
#[derive(Clone, Debug, Default, Serialize)]
pub struct DailySeries {
    /// Incidents of each day by severity 1–5.
    pub incidents: Vec<[u32; 5]>,
    /// Risk over time, oldest first.
    pub risk: Vec<RiskPoint>,
    pub base_ppm: u32,
    pub calibrated: bool,
}

/// The risk from an instant on, parts per million.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct RiskPoint {
    #[serde(serialize_with = "json::time")]
    pub at: Time,
    pub ppm: u32,
}

/// The incidents of a week that begins at `from` (local midnight), small counts as bands.
#[derive(Clone, Debug, Serialize)]
pub struct WeekCount {
    #[serde(serialize_with = "json::time")]
    pub from: Time,
    pub incidents: String,
}

/// Reports of each day by one class of feed, zero-reports included.
#[derive(Clone, Debug, Serialize)]
pub struct ClassReports {
    #[serde(serialize_with = "json::word")]
    pub class: FeedClass,
    pub days: Vec<u32>,
}

/// Silent days in a row from which on a run is shown.
const UNHEARD_DAYS: usize = 5;

/// The runs of `count` days on which no class reported.
pub fn unheard(classes: &[ClassReports], count: usize) -> Vec<DayRun> {
    let mut runs = Vec::new();
    let mut start = 0;
    for day in 0..=count {
        let heard = day < count && classes.iter().any(|class| class.days.get(day).is_some_and(|n| *n > 0));
        if heard || day == count {
            if day - start >= UNHEARD_DAYS {
                runs.push(DayRun { first: start, length: day - start });
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
        assert_eq!(unheard(&ticks, 20), [DayRun { first: 3, length: 5 }]);
        assert_eq!(unheard(&[], 6), [DayRun { first: 0, length: 6 }]);
        assert!(unheard(&[], 0).is_empty());
    }
}
