//! A feature vector: a district's history as of an instant, in a fixed order that models name.

use crate::number::ln;
use crate::time::{Hour, season_angle};

/// Half-lives, in hours, of the decayed counts: 3, 14 and 90 days.
pub const HALF_LIVES: [f64; 3] =
    [HALF_LIFE_HOURS[0] as f64, HALF_LIFE_HOURS[1] as f64, HALF_LIFE_HOURS[2] as f64];
/// The same as whole numbers.
pub const HALF_LIFE_HOURS: [i32; 3] = [72, 336, 2_160];

/// Number of features.
pub const COUNT: usize = 17;
/// The first of them are what models usually look at; the rest is worked out only where a line asks for it.
pub const COMMON: usize = 13;

/// The features' names, in the vector's order; a model file lists the same.
pub const NAMES: [&str; COUNT] = [
    "count_3d",       // ln(1 + decayed incidents, half-life 3 days)
    "count_14d",      // ln(1 + decayed incidents, half-life 14 days)
    "count_90d",      // ln(1 + decayed incidents, half-life 90 days)
    "severity_14d",   // ln(1 + decayed severity sum, half-life 14 days)
    "neighbours_14d", // ln(1 + mean over neighbours of decayed incidents, 14 days, previous tick)
    "regency_14d",    // ln(1 + decayed incidents of the whole regency, 14 days, previous tick)
    "climatology",    // ln of incidents a week since the history began, shrunk to the base rate
    "acceleration",   // ln((c3 + 0.1) / (c14 * 3/14 + 0.1)): above 0 when the last days outrun the fortnight
    "days_since",     // ln(1 + days since the last serious incident), at most ln(1 + 730)
    "season_sin",     // sine and cosine of the day of the year
    "season_cos",
    "completeness",     // share of the usual feeds that are not silent, 0 to 1
    "serious_90d",      // ln(1 + decayed serious incidents (severity 3 or more), half-life 90 days)
    "count_30d", // ln(1 + incidents of the last 30 days): what an analyst ranks by; for that baseline alone
    "calendar",  // slot: how near the next calendar trigger is ([`Ahead`])
    "agreement", // slot: is an agreement in force?
    "surroundings_14d", // ln(0.01 + the mean of neighbours_14d; the unit's own usual level where it has no neighbours)
];

pub type FeatureVector = [f64; COUNT];

/// The analyst's window, in hours.
pub const MONTH: i32 = 720;

/// What is known ahead of time about a unit and kind, beside its history. Two slots: no feed fills them yet, so every
/// model has 0 for them and nothing is stored; the work that brings such a feed fills them where an assessment is given its
/// surroundings.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Ahead {
    /// `2^(-days / 7)` to the nearest calendar trigger ahead (an election, a harvest, a hearing): 1 today, 0 none known.
    pub calendar: f64,
    /// 1 while an agreement between the parties is in force, 0 where none is known.
    pub agreement: f64,
}

impl Ahead {
    pub const NONE: Ahead = Ahead { calendar: 0.0, agreement: 0.0 };
}

/// What a unit's history amounts to for one kind as of an hour, before logarithms.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Counts {
    /// Decayed incidents, weighed as serious ones, one for each of [`HALF_LIVES`].
    pub decayed: [f64; 3],
    /// Decayed sum of severities, half-life 14 days.
    pub severity: f64,
    /// Decayed count of incidents of severity 3 or more, half-life 90 days.
    pub serious: f64,
    /// Mean over the neighbouring districts of their 14-day decayed counts; none where the unit has no neighbours.
    pub neighbours: Option<f64>,
    /// The whole regency's 14-day decayed count.
    pub regency: f64,
    /// Incidents since the history began, weighed as serious ones, and its length in weeks.
    pub total: f64,
    pub weeks: f64,
    /// Days since the last serious incident; negative where there was none.
    pub days_since: f64,
    /// 0 to 1.
    pub completeness: f64,
    /// Incidents of the last 30 days, weighed as serious ones, each counting in full.
    pub month: f64,
    pub ahead: Ahead,
}

/// Weight, in weeks, of the base rate in the shrunken climatology.
const CLIMATOLOGY_WEEKS: f64 = 8.0;
/// Incidents a week assumed before anything is known.
const CLIMATOLOGY_RATE: f64 = 0.05;

/// Incidents a week, shrunk towards a common rate while the history is short.
pub fn weekly_rate(counts: &Counts) -> f64 {
    (counts.total + CLIMATOLOGY_WEEKS * CLIMATOLOGY_RATE) / (counts.weeks + CLIMATOLOGY_WEEKS)
}

/// The decayed count that so many incidents a week, spread evenly, amount to.
fn level(a_week: f64, half_life: f64) -> f64 {
    a_week / 168.0 * half_life / core::f64::consts::LN_2
}

/// What is usual around a unit: its regency's mean district and how many districts there are; none for a
/// regency, which has no neighbours and is its own surroundings.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Surroundings {
    /// Incidents of the whole regency, weighed as serious ones.
    pub total: f64,
    pub districts: usize,
}

/// The counts a unit with this history would usually have (`days_since` of it says only whether anything grave is on
/// record): its incidents spread evenly over time, in districts
/// as its regency's usually are. What a risk is compared with where no model is calibrated ("dari biasanya").
pub fn usual(counts: &Counts, around: Option<Surroundings>) -> Counts {
    let a_week = weekly_rate(counts);
    let decayed = HALF_LIVES.map(|half_life| level(a_week, half_life));
    let (neighbours, regency) = match around {
        None => (None, decayed[1]),
        Some(around) => {
            let districts = around.districts.max(1) as f64;
            let mean = weekly_rate(&Counts { total: around.total / districts, ..*counts });
            (Some(level(mean, HALF_LIVES[1])), level(mean, HALF_LIVES[1]) * districts)
        }
    };
    Counts {
        decayed,
        severity: decayed[1] * 3.0,
        serious: decayed[2],
        neighbours,
        regency,
        // Where nothing grave is on record that is usual too, or a place of which nothing is known would stand out.
        days_since: if counts.days_since < 0.0 { counts.days_since } else { 7.0 / a_week },
        month: a_week / 168.0 * f64::from(MONTH),
        ..*counts
    }
}

/// Days since the last serious incident, at most two years. Where none is known, as long as the history is,
/// and two months more: a young history is no proof of two quiet years.
pub fn days(counts: &Counts) -> f64 {
    days_known(counts.days_since, counts.weeks)
}

/// The same from its two numbers.
#[inline]
pub fn days_known(days_since: f64, weeks: f64) -> f64 {
    let known = if days_since < 0.0 { weeks * 7.0 + 60.0 } else { days_since };
    known.min(730.0)
}

/// The season's two features: sine and cosine of the day of the year.
pub fn season(hour: Hour) -> [f64; 2] {
    let angle = season_angle(hour);
    [libm::sin(angle), libm::cos(angle)]
}

/// The feature vector of `counts` in a season. Every logarithm is [`ln`], so the bits are the same everywhere.
pub fn vector(counts: &Counts, season: [f64; 2]) -> FeatureVector {
    let c = counts;
    [
        ln(1.0 + c.decayed[0]),
        ln(1.0 + c.decayed[1]),
        ln(1.0 + c.decayed[2]),
        ln(1.0 + c.severity),
        ln(1.0 + c.neighbours.unwrap_or(0.0)),
        ln(1.0 + c.regency),
        total_log(c.total) - weeks_log(c.weeks),
        pace_log(c.decayed[0], c.decayed[1]),
        ln(1.0 + days(c)),
        season[0],
        season[1],
        c.completeness,
        ln(1.0 + c.serious),
        ln(1.0 + c.month),
        c.ahead.calendar,
        c.ahead.agreement,
        surroundings_log(c.neighbours, weekly_rate(c)),
    ]
}

/// The two halves of climatology's logarithm: one moves with incidents, the other with time.
pub fn total_log(total: f64) -> f64 {
    ln(total + CLIMATOLOGY_WEEKS * CLIMATOLOGY_RATE)
}
pub fn weeks_log(weeks: f64) -> f64 {
    ln(weeks + CLIMATOLOGY_WEEKS)
}

/// Keeps the logarithm of quiet surroundings where one incident among a dozen neighbours stands out from none.
pub const SURROUNDINGS_FLOOR: f64 = 0.01;

/// The logarithm of what lies around: of rare events the first among the neighbours says most. A unit without neighbours
/// stands in its own usual state, which says nothing either way.
pub fn surroundings_log(neighbours: Option<f64>, weekly_rate: f64) -> f64 {
    ln(neighbours.unwrap_or_else(|| level(weekly_rate, HALF_LIVES[1])) + SURROUNDINGS_FLOOR)
}

/// The most that a line may weigh acceleration, as a share of what it weighs `count_14d`, if more incidents are never to lower its
/// risk. An incident of last week lowers [`pace_log`] by `dc / (c14 + 7/15)` where `ln(1 + c14)` rises by `dc / (1 + c14)`: at
/// a share of 7/15 the sum of both never falls, whatever `c14` is.
pub const MOST_ACCELERATION: f64 = 7.0 / 15.0;

/// The logarithm of the last days' count against the fortnight's.
pub fn pace_log(short: f64, middle: f64) -> f64 {
    ln((short + 0.1) / (middle * (3.0 / 14.0) + 0.1))
}
