//! The figures of a made-up list, to four digits.

use super::{history, run};

/// A made-up list with its figures as they are today: a change of the features, the fit or the mix that moves a forecast shows here,
/// on every machine. Where it is a wanted one the figures are written again.
#[test]
fn the_made_up_panel_has_its_known_figures() {
    let result = run(&history(160, 0), 160).expect("judged");
    let own = &result.model.measures;
    let four = |value: f64| (value * 1e4).round() / 1e4;
    let found = [Some(own.brier), own.auroc, own.auroc_onset, own.auroc_within].map(|value| value.map(four));
    assert_eq!(found, [Some(0.1162), Some(0.8181), Some(0.5103), Some(0.3746)], "{}", result.json());
}
