//! The one level shown of a unit and kind, on every surface: page, map, API, metric, topic and mail.

use crate::kind::Level;

/// The level to show: the higher of a condition that stands and the risk's level.
///
/// `condition` is the level of the condition that stands, `None` where none stands. `risk` is the level of the newest
/// weekly assessment, `None` where none was made. `completeness_ppm` is the share of the usual feeds that speak, parts per
/// million; at 0 nothing is known of the risk. So a condition stays in sight when its feeds fall silent, and a place of
/// which nothing is known and where nothing stands is shown as without data, never as low.
pub fn shown_level(condition: Option<Level>, risk: Option<Level>, completeness_ppm: u32) -> Level {
    let risk = risk.filter(|_| completeness_ppm > 0).unwrap_or(Level::NoData);
    match condition {
        Some(level) if level.is_warning() => level.max(risk),
        _ => risk,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_standing_condition_is_shown_under_silence_and_nothing_known_is_no_data() {
        use Level::{Awas, Low, NoData, Siaga, Waspada};
        for (condition, risk, completeness, shown) in [
            (None, None, 0, NoData),
            (None, Some(Low), 1, Low),
            (None, Some(Waspada), 1, Waspada),
            (None, Some(NoData), 0, NoData),
            (None, Some(Low), 0, NoData),
            (Some(Siaga), None, 0, Siaga),
            (Some(Siaga), Some(NoData), 0, Siaga),
            (Some(Siaga), Some(Low), 1, Siaga),
            (Some(Waspada), Some(Awas), 1, Awas),
            (Some(Low), Some(NoData), 0, NoData),
        ] {
            assert_eq!(
                shown_level(condition, risk, completeness),
                shown,
                "{condition:?} {risk:?} {completeness}"
            );
        }
    }
}
