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

/// The level to show of a unit where no kind is chosen, from the levels shown of its kinds: the highest warning; else, where one
/// kind has no data, that there is none. What is low of one kind says nothing of another.
pub fn shown_level_of_kinds(levels: impl IntoIterator<Item = Level>) -> Level {
    let (mut highest, mut any_without) = (Level::NoData, false);
    for level in levels {
        highest = highest.max(level);
        any_without |= level == Level::NoData;
    }
    if any_without && !highest.is_warning() { Level::NoData } else { highest }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_all_kinds_the_highest_warning_is_shown_and_low_never_where_one_has_no_data() {
        use Level::{Awas, Low, NoData, Siaga};
        for (levels, shown) in [
            ([Low, Low, Low], Low),
            ([NoData, NoData, Low], NoData),
            ([NoData, Siaga, Low], Siaga),
            ([Awas, Siaga, NoData], Awas),
            ([NoData; 3], NoData),
        ] {
            assert_eq!(shown_level_of_kinds(levels), shown, "{levels:?}");
        }
    }

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
