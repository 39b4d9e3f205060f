//! The range of a risk where a model is not calibrated: as natural frequencies, with what it rests on.

use crate::format;
use crate::json;
use crate::words::Lang;
use domain::kind::Horizon;
use domain::place::Zone;
use domain::time::{DAY, Time};
use scoring::pooling::range::{RangeBasis, RiskRange};
use serde::Serialize;

/// A range as a viewer sees it.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct ShownRange {
    /// Nine chances of ten that the risk lies between these, parts per million.
    pub low_ppm: u32,
    pub high_ppm: u32,
    /// Weeks of forecasts with an outcome behind it: of the archive's hindcast, and of the service itself.
    pub hindcast_weeks: usize,
    pub own_weeks: usize,
    /// When the hindcast was made, and up to when the record of the service goes.
    #[serde(serialize_with = "json::time_option")]
    pub hindcast_made_at: Option<Time>,
    #[serde(serialize_with = "json::time_option")]
    pub until: Option<Time>,
}

impl ShownRange {
    pub fn of(range: RiskRange, basis: RangeBasis) -> ShownRange {
        ShownRange {
            low_ppm: range.low_ppm,
            high_ppm: range.high_ppm,
            hindcast_weeks: basis.hindcast_weeks,
            own_weeks: basis.own_weeks,
            hindcast_made_at: basis.made_at,
            until: basis.last_day.map(|day| Time(day * DAY)),
        }
    }
}

/// So many weeks (or months) are named: the fewest of which the upper end is at least [`READABLE`].
const OF: [u32; 8] = [20, 50, 100, 200, 500, 1_000, 2_000, 10_000];
const READABLE: f64 = 3.0;

/// Of how many, and the ends, rounded outwards.
fn frequency(range: &ShownRange) -> (u32, u32, u32) {
    let [low, high] = [range.low_ppm, range.high_ppm].map(|ppm| f64::from(ppm) / 1e6);
    let readable = |of: &u32| high * f64::from(*of) >= READABLE;
    let of = OF.into_iter().find(readable).unwrap_or(OF[OF.len() - 1]);
    let count = |share: f64| share * f64::from(of);
    (of, count(low).floor() as u32, (count(high).ceil() as u32).clamp(1, of))
}

/// "antara 1 dan 4 dari 20 minggu seperti ini"
pub fn words(range: &ShownRange, horizon: Horizon, lang: Lang) -> String {
    let (of, low, high) = frequency(range);
    let [low_words, high, of] = [low, high, of].map(|count| format::number(i64::from(count), lang));
    let key = match (horizon, low) {
        (Horizon::Week, 0) => "range.week_at_most",
        (Horizon::Week, _) => "range.week",
        (Horizon::Month, 0) => "range.month_at_most",
        (Horizon::Month, _) => "range.month",
    };
    match low {
        0 => lang.fill(key, &[("high", &high), ("of", &of)]),
        _ => lang.fill(key, &[("low", &low_words), ("high", &high), ("of", &of)]),
    }
}

/// What it rests on, in a sentence.
pub fn basis_words(range: &ShownRange, zone: Zone, lang: Lang) -> String {
    let date = |at: Option<Time>| match at {
        Some(at) => format!("{} {}", format::date(at, zone, lang), format::civil(at, zone).year),
        None => "–".to_owned(),
    };
    let (made, until) = (date(range.hindcast_made_at), date(range.until));
    let [hindcast, own] =
        [range.hindcast_weeks, range.own_weeks].map(|weeks| format::number(weeks as i64, lang));
    match (range.hindcast_weeks, range.own_weeks) {
        (0, 0) => lang.text("range.basis_prior").to_owned(),
        (_, 0) => lang.fill("range.basis_hindcast", &[("weeks", &hindcast), ("date", &made)]),
        (0, _) => lang.fill("range.basis_own", &[("weeks", &own), ("date", &until)]),
        _ => lang.fill(
            "range.basis_both",
            &[("hindcast", &hindcast), ("date", &made), ("own", &own), ("until", &until)],
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(low_ppm: u32, high_ppm: u32) -> ShownRange {
        ShownRange::of(RiskRange { low_ppm, high_ppm }, RangeBasis::default())
    }

    #[test]
    fn ends_are_whole_numbers_rounded_outwards_of_a_number_people_can_picture() {
        let of = |low, high| frequency(&range(low, high));
        assert_eq!(of(60_000, 190_000), (20, 1, 4));
        assert_eq!(of(150_000, 850_000), (20, 3, 17));
        assert_eq!(of(4_000, 31_000), (100, 0, 4));
        assert_eq!(of(1_000, 6_000), (500, 0, 3));
        assert_eq!(of(0, 90), (10_000, 0, 1));
        assert_eq!(of(999_000, 1_000_000), (20, 19, 20));
    }

    #[test]
    fn it_is_said_in_both_languages_with_what_it_rests_on() {
        let wide = range(60_000, 190_000);
        assert_eq!(words(&wide, Horizon::Week, Lang::Id), "antara 1 dan 4 dari 20 minggu seperti ini");
        assert_eq!(words(&wide, Horizon::Week, Lang::En), "between 1 and 4 of 20 weeks like this one");
        let rare = range(2, 90);
        assert_eq!(
            words(&rare, Horizon::Month, Lang::Id),
            "paling banyak 1 dari 10.000 masa 30 hari seperti ini"
        );
        assert!(basis_words(&wide, Zone::Wib, Lang::Id).contains("model dari daerah lain"));
        let made = Some(Time(1_795_910_400_000_000));
        let archive = ShownRange { hindcast_weeks: 91, hindcast_made_at: made, ..wide };
        let text = basis_words(&archive, Zone::Wib, Lang::Id);
        assert!(text.contains("91 minggu") && text.contains("2026"), "{text}");
        let both = ShownRange { own_weeks: 12, until: made, ..archive };
        let text = basis_words(&both, Zone::Wib, Lang::En);
        assert!(text.contains("91 weeks") && text.contains("12 weeks"), "{text}");
    }
}
