//! The forecast as alerts under a bar: before which of the hit cells an alert stood, and how often one stood for nothing.

use serde::{Deserialize, Serialize};

/// One place, look by look: what it is judged by, and whether something happened in the time that follows the look.
#[derive(Clone, Debug, Default)]
pub struct Course {
    pub scores: Vec<f64>,
    pub labels: Vec<bool>,
}

impl Course {
    /// The courses of places of which every one has so many looks, place by place.
    pub fn of_places(scores: &[f64], labels: &[bool], looks: usize) -> Vec<Course> {
        let looks = looks.max(1);
        let pairs = scores.chunks(looks).zip(labels.chunks(looks));
        pairs.map(|(scores, labels)| Course { scores: scores.to_vec(), labels: labels.to_vec() }).collect()
    }
}

/// Where an alert is raised, and down to where it stays.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct ScoreBar {
    pub raise: f64,
    pub clear: f64,
}

/// What alerts under a bar came to. Counted are looks, not alerts: one that stands for a year and meets an event once is no
/// warning, and counted as one right alert the lowest bar would be the best.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EarlyAlerts {
    /// Alerts raised, and those during which nothing happened.
    pub raised: usize,
    pub empty: usize,
    /// Looks at which an alert stood.
    pub alarms: f64,
    /// Looks after which something happened, and those of them at which an alert stood.
    pub hit: usize,
    pub detected: f64,
    /// Share of the hit looks that were detected.
    pub detection: f64,
    /// Share of the alarms that something followed.
    pub precision: f64,
    /// Alarms that nothing followed, a place and quarter of a year.
    pub false_a_quarter: f64,
}

/// Walks each place's looks as the alert machine does: an alert is raised at the bar and stands until the score falls below where
/// it clears. The dwell of a day is shorter than the time between two looks. `a_quarter`: how many times what follows a look fits
/// into a quarter of a year.
pub fn early_alerts(courses: &[Course], bar: ScoreBar, a_quarter: f64) -> EarlyAlerts {
    let mut found = Tally::default();
    for course in courses {
        let (mut stands, mut met) = (false, false);
        for (now, label) in standing(&course.scores, bar).into_iter().zip(&course.labels) {
            if stands && !now {
                found.empty += usize::from(!met);
            }
            if now && !stands {
                (found.raised, met) = (found.raised + 1, false);
            }
            met |= now && *label;
            stands = now;
            found.looks += 1;
            found.hit += usize::from(*label);
            found.alarms += usize::from(now);
            found.detected += usize::from(now && *label);
        }
        found.empty += usize::from(stands && !met);
    }
    found.figures(found.alarms as f64, found.detected as f64, a_quarter)
}

/// At which looks at a place an alert stands.
pub fn standing(scores: &[f64], bar: ScoreBar) -> Vec<bool> {
    let mut stands = false;
    let look = |score: &f64| {
        stands = *score >= if stands { bar.clear.min(bar.raise) } else { bar.raise };
        stands
    };
    scores.iter().map(look).collect()
}

/// What another forecast would detect with as many alarms: its highest looks, those that tie at the edge in their shares. It
/// raises no alerts that go on.
pub fn at_equal_volume(courses: &[Course], alarms: f64, a_quarter: f64) -> EarlyAlerts {
    let mut looks: Vec<(f64, bool)> = courses
        .iter()
        .flat_map(|course| course.scores.iter().copied().zip(course.labels.iter().copied()))
        .collect();
    looks.sort_by(|one, other| other.0.total_cmp(&one.0));
    let (mut left, mut detected) = (alarms, 0.0);
    for tied in looks.chunk_by(|one, other| one.0 == other.0) {
        let share = (left / tied.len() as f64).clamp(0.0, 1.0);
        detected += share * tied.iter().filter(|look| look.1).count() as f64;
        left -= share * tied.len() as f64;
    }
    let hit = looks.iter().filter(|look| look.1).count();
    Tally { looks: looks.len(), hit, ..Tally::default() }.figures(alarms - left, detected, a_quarter)
}

/// The lowest bar that spends no more than so many false alarms a place and quarter; it clears at a share of where it raises.
/// None where the first alarm is too much.
pub fn lowest_bar(courses: &[Course], clear_share: f64, budget: f64, a_quarter: f64) -> Option<ScoreBar> {
    let mut scores: Vec<f64> = courses.iter().flat_map(|course| course.scores.iter().copied()).collect();
    scores.sort_by(|one, other| other.total_cmp(one));
    scores.dedup();
    let bar = |raise: &f64| ScoreBar { raise: *raise, clear: raise * clear_share };
    // A lower bar stands at every look at which a higher one does.
    let within = |raise: &f64| early_alerts(courses, bar(raise), a_quarter).false_a_quarter <= budget;
    let many = scores.partition_point(within);
    many.checked_sub(1).map(|at| bar(&scores[at]))
}

#[derive(Default)]
struct Tally {
    looks: usize,
    raised: usize,
    empty: usize,
    hit: usize,
    alarms: usize,
    detected: usize,
}

impl Tally {
    fn figures(&self, alarms: f64, detected: f64, a_quarter: f64) -> EarlyAlerts {
        let share = |part: f64, of: f64| if of > 0.0 { part / of } else { 0.0 };
        EarlyAlerts {
            raised: self.raised,
            empty: self.empty,
            alarms,
            hit: self.hit,
            detected,
            detection: share(detected, self.hit as f64),
            precision: share(detected, alarms),
            false_a_quarter: share((alarms - detected) * a_quarter, self.looks as f64),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn course(scores: &[f64], labels: &[u8]) -> Course {
        Course { scores: scores.to_vec(), labels: labels.iter().map(|label| *label == 1).collect() }
    }

    #[test]
    fn figures_agree_with_a_hand_count() {
        let courses = [
            course(&[0.1, 0.9, 0.5, 0.2, 0.9, 0.1], &[1, 0, 1, 0, 0, 0]),
            course(&[0.5, 0.5, 0.5, 0.5, 0.9, 0.5], &[0, 0, 0, 1, 0, 0]),
        ];
        let found = early_alerts(&courses, ScoreBar { raise: 0.8, clear: 0.4 }, 3.0);
        // The first place stands at looks 2, 3 and 5; the second at 5 and 6.
        assert_eq!((found.raised, found.empty), (3, 2));
        assert_eq!((found.alarms, found.hit, found.detected), (5.0, 3, 1.0));
        assert!((found.detection - 1.0 / 3.0).abs() < 1e-12 && (found.precision - 0.2).abs() < 1e-12);
        assert!(
            (found.false_a_quarter - 4.0 * 3.0 / 12.0).abs() < 1e-12,
            "four of twelve looks, three a quarter"
        );
    }

    /// Against every score as a bar.
    #[test]
    fn the_lowest_bar_within_a_budget_is_found() {
        let mut rng = crate::rng::Rng::new(3);
        for round in 0..50 {
            let courses: Vec<Course> = (0..6)
                .map(|_| {
                    let scores: Vec<f64> = (0..20).map(|_| rng.below(30) as f64 / 30.0).collect();
                    let labels = scores.iter().map(|score| rng.unit() < score / 3.0).collect();
                    Course { scores, labels }
                })
                .collect();
            let (share, budget) = ([0.5, 0.8, 1.0][round % 3], [0.1, 0.4, 2.0][round / 3 % 3]);
            let spent = |raise: f64| {
                early_alerts(&courses, ScoreBar { raise, clear: raise * share }, 4.0).false_a_quarter
            };
            let scores = courses.iter().flat_map(|course| course.scores.iter().copied());
            let slow = scores.filter(|raise| spent(*raise) <= budget).min_by(f64::total_cmp);
            let found = lowest_bar(&courses, share, budget, 4.0);
            assert_eq!(found.map(|bar| bar.raise), slow, "round {round}");
            assert!(found.is_none_or(|bar| bar.clear == bar.raise * share));
        }
    }

    #[test]
    fn with_as_many_alarms_ties_share_what_is_left() {
        let courses = [course(&[3.0, 2.0, 2.0, 1.0], &[1, 1, 0, 0])];
        let two = at_equal_volume(&courses, 2.0, 1.0);
        assert_eq!((two.alarms, two.detected, two.hit), (2.0, 1.5, 2));
        let all = at_equal_volume(&courses, 9.0, 1.0);
        assert_eq!((all.alarms, all.detected), (4.0, 2.0), "no more than there are");
    }
}
