//! The forecast as alerts: with room for a tenth of the places each period, what would have been called, and how early?

use super::{Truth, wilson};
use serde::{Deserialize, Serialize};

/// An alert is a run of periods in which a place stays among the flagged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Alerts {
    pub raised: usize,
    /// Alerts with an event in one of their periods.
    pub right: usize,
    pub precision: (f64, f64),
    /// Onsets (events after ninety quiet days), and those flagged when they came.
    pub onsets: usize,
    pub detected: usize,
    pub detection: (f64, f64),
    /// Alerts without an event, a place and quarter.
    pub false_a_quarter: f64,
    /// Median number of periods a detected onset's alert had stood, its own included.
    pub lead_periods: Option<usize>,
}

pub fn alerts(truth: &Truth, score: &[f64], periods_a_quarter: usize) -> Alerts {
    let flags = flags(truth, score);
    let (mut raised, mut right, mut onsets) = (0, 0, 0);
    let mut leads = Vec::new();
    for unit in 0..truth.units {
        let (mut run, mut hit) = (0, false);
        for period in 0..truth.periods {
            let cell = unit * truth.periods + period;
            let event = truth.labels[cell];
            if flags[cell] {
                raised += usize::from(run == 0);
                run += 1;
                right += usize::from(event && !hit);
                hit |= event;
            } else {
                (run, hit) = (0, false);
            }
            if event && truth.quiet[cell] {
                onsets += 1;
                if run > 0 {
                    leads.push(run);
                }
            }
        }
    }
    leads.sort_unstable();
    let quarters = (truth.units * truth.periods) as f64 / periods_a_quarter as f64;
    Alerts {
        raised,
        right,
        precision: wilson(right, raised),
        onsets,
        detected: leads.len(),
        detection: wilson(leads.len(), onsets),
        false_a_quarter: (raised - right) as f64 / quarters,
        lead_periods: leads.get(leads.len() / 2).copied(),
    }
}

/// The top tenth of the places of each period; ties go to the first place, so that the answer is one.
fn flags(truth: &Truth, score: &[f64]) -> Vec<bool> {
    let room = ((truth.units as f64 * 0.1).round() as usize).max(1);
    let mut flags = vec![false; score.len()];
    for period in 0..truth.periods {
        let mut cells: Vec<usize> = (0..truth.units).map(|unit| unit * truth.periods + period).collect();
        cells.sort_by(|a, b| score[*b].total_cmp(&score[*a]));
        cells[..room].iter().for_each(|cell| flags[*cell] = true);
    }
    flags
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_one_alert_and_lead_counts_from_the_first_flag() {
        let labels = vec![false, false, true, false, false, true, false, false];
        let truth = Truth { units: 2, periods: 4, labels, quiet: vec![true; 8], quarter: vec![0; 4] };
        // a is flagged in the first three periods, b in the last.
        let score = [0.9, 0.9, 0.9, 0.1, 0.2, 0.2, 0.2, 0.8];
        let alerts = alerts(&truth, &score, 4);
        assert_eq!((alerts.raised, alerts.right, alerts.onsets, alerts.detected), (2, 1, 2, 1));
        assert_eq!(alerts.lead_periods, Some(3));
        assert!((alerts.false_a_quarter - 0.5).abs() < 1e-12);
    }
}
