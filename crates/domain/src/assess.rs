//! Counts, features and risk of one slot as of an hour: the plain definition that the board follows.

use crate::effect::Why;
use crate::feature::{self, Ahead, Counts, FeatureVector, Surroundings};
use crate::kind::{Horizon, Level};
use crate::place::UnitId;
use crate::policy::Policy;
use crate::scorer::{Lines, Standing, ppm};
use crate::time::Hour;
use crate::window::{Slot, Window};
use alloc::vec::Vec;

/// What the surroundings add to a unit's features.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Around {
    /// Mean of the neighbours' 14-day decayed counts, and the regency's own.
    pub neighbours: f64,
    pub regency: f64,
}

/// What surrounds a slot at `hour`: the hour before, from all that is known.
pub fn around(window: &Window, slot: Slot, hour: Hour) -> Around {
    let places = &window.places;
    let units: Vec<UnitId> =
        places.unit(slot.unit()).neighbours.iter().filter_map(|code| places.find(*code)).collect();
    let value = |unit: UnitId| fortnight(window, Slot::new(unit, slot.kind()), Hour(hour.0 - 1));
    Around { neighbours: mean(&units, value), regency: value(places.regency(slot.unit())) }
}

/// The 14-day decayed count of a slot as of `hour`.
#[inline]
pub fn fortnight(window: &Window, slot: Slot, hour: Hour) -> f64 {
    window.series(slot).decayed(&window.weights, hour)[1]
}

/// The same sum as of the slot's last bucket up to `hour`, and that bucket's hour: fading it gives [`fortnight`]'s bits.
pub fn fortnight_at(window: &Window, slot: Slot, hour: Hour) -> (Hour, f64) {
    let series = window.series(slot);
    let last = series.buckets().iter().rev().find(|bucket| bucket.hour <= hour);
    last.map_or((hour, 0.0), |last| (last.hour, fortnight(window, slot, last.hour)))
}

/// The mean over `neighbours`, added in their order; 0 where there are none.
#[inline]
pub fn mean(neighbours: &[UnitId], value: impl Fn(UnitId) -> f64) -> f64 {
    if neighbours.is_empty() {
        return 0.0;
    }
    let sum: f64 = neighbours.iter().map(|unit| value(*unit)).fold(0.0, |sum, value| sum + value);
    sum / neighbours.len() as f64
}

/// Weeks since anything was first reported in a regency.
#[inline]
pub fn weeks(began: Option<Hour>, hour: Hour) -> f64 {
    began.map_or(0.0, |began| f64::from((hour.0 - began.0).max(0)) / 168.0)
}

#[inline]
pub fn counts(window: &Window, slot: Slot, hour: Hour, around: Around, completeness: u32) -> Counts {
    let series = window.series(slot);
    let sums = series.decayed(&window.weights, hour);
    Counts {
        decayed: [sums[0], sums[1], sums[2]],
        severity: sums[3],
        serious: sums[4],
        neighbours: around.neighbours,
        regency: around.regency,
        total: series.total(hour),
        weeks: weeks(window.began(slot.unit()), hour),
        days_since: series.last(hour).map_or(-1.0, |last| f64::from(hour.0 - last.0) / 24.0),
        completeness: f64::from(completeness) / 1e6,
        month: series.within(hour, feature::MONTH),
        ahead: Ahead::NONE,
    }
}

/// The risk level a probability stands for; a transferred model reaches waspada at most.
#[inline]
pub fn level(policy: &Policy, standing: Standing, risk_ppm: u32, completeness: u32) -> Level {
    if completeness == 0 {
        return Level::NoData;
    }
    let (waspada, siaga, awas) = bounds(standing, &policy.raise_ppm, policy.transferred_raise);
    match risk_ppm {
        risk if risk >= awas => Level::Awas,
        risk if risk >= siaga => Level::Siaga,
        risk if risk >= waspada => Level::Waspada,
        _ => Level::Low,
    }
}

/// Thresholds of waspada, siaga and awas in parts per million for a model of this standing.
#[inline]
pub fn bounds(standing: Standing, calibrated: &[u32; 3], ratio: u32) -> (u32, u32, u32) {
    if standing.calibrated {
        return (calibrated[0], calibrated[1], calibrated[2]);
    }
    let waspada = u64::from(standing.base_ppm) * u64::from(ratio) / 100;
    (waspada.min(1_000_000) as u32, u32::MAX, u32::MAX)
}

/// The chance of at least one incident within the horizon at the local climatology's rate, parts per million.
fn baseline_ppm(counts: &Counts, horizon: Horizon) -> u32 {
    let expected = feature::weekly_rate(counts) * f64::from(horizon.days()) / 7.0;
    libm::floor(-libm::expm1(-expected) * 1e6 + 0.5) as u32
}

/// Everything about a slot at an instant, for every horizon.
#[derive(Clone, Debug)]
pub struct Assessed {
    pub risks: [u32; Horizon::COUNT],
    pub levels: [Level; Horizon::COUNT],
    pub counts: Counts,
    pub features: FeatureVector,
    pub completeness: u32,
    /// What the risks are compared with: the base rate of a calibrated model, else what is usual here.
    pub bases: [u32; Horizon::COUNT],
}

/// What an assessment needs beside the history: what changes by the hour and by the day only.
#[derive(Clone, Copy)]
pub struct Given<'a> {
    pub lines: &'a Lines,
    pub around: Around,
    pub bases: [u32; Horizon::COUNT],
    pub season: [f64; 2],
    pub ahead: Ahead,
}

/// Everything about a slot at an instant.
pub fn assess(window: &Window, slot: Slot, hour: Hour, given: Given<'_>) -> Assessed {
    let completeness = window.completeness(slot.unit(), hour);
    let counts = Counts { ahead: given.ahead, ..counts(window, slot, hour, given.around, completeness) };
    let features = feature::vector(&counts, given.season);
    let risks = ppm(given.lines.logits(&features));
    let levels = levels(&window.policy, &given, risks, completeness);
    Assessed { risks, levels, counts, features, completeness, bases: given.bases }
}

/// The levels of both horizons' risks.
#[inline]
pub fn levels(
    policy: &Policy,
    given: &Given<'_>,
    risks: [u32; Horizon::COUNT],
    completeness: u32,
) -> [Level; Horizon::COUNT] {
    let of = |index: usize| {
        let standing = Standing { base_ppm: given.bases[index], ..given.lines.standings[index] };
        level(policy, standing, risks[index], completeness)
    };
    [of(0), of(1)]
}

/// The same from the evidence alone, nothing kept from before: slow and plain.
pub fn plain(window: &Window, lines: &Lines, slot: Slot, hour: Hour) -> Assessed {
    let given = Given {
        lines,
        around: around(window, slot, hour),
        bases: bases(window, lines, slot, hour),
        season: feature::season(hour),
        ahead: Ahead::NONE,
    };
    assess(window, slot, hour, given)
}

/// What the risks of a slot are compared with on the day of `hour`, parts per million. A transferred model's own
/// base rate comes from elsewhere, so its risk is compared with what the same model says of this unit's usual
/// state: its incidents before this day (UTC), spread evenly.
pub fn bases(window: &Window, lines: &Lines, slot: Slot, hour: Hour) -> [u32; Horizon::COUNT] {
    let standings = lines.standings;
    if standings.iter().all(|standing| standing.calibrated) {
        return standings.map(|standing| standing.base_ppm);
    }
    let places = &window.places;
    let today = day(hour);
    let before = Hour(today.0 - 1);
    let regency = places.regency(slot.unit());
    let around = (regency != slot.unit()).then(|| Surroundings {
        total: window.series(Slot::new(regency, slot.kind())).total(before),
        districts: window.districts(regency),
    });
    let series = window.series(slot);
    let own = Counts {
        total: series.total(before),
        weeks: weeks(window.began(slot.unit()), today),
        days_since: series.last(before).map_or(-1.0, |last| f64::from(today.0 - last.0) / 24.0),
        completeness: 1.0,
        ..Counts::default()
    };
    let features = feature::vector(&feature::usual(&own, around), feature::season(today));
    let usual = ppm(lines.logits(&features));
    [0, 1].map(|index| {
        let base = standings[index].base_ppm;
        if standings[index].calibrated { base } else { usual[index].max(base) }
    })
}

/// The hour the day (UTC) of `hour` begins.
pub fn day(hour: Hour) -> Hour {
    Hour(hour.0.div_euclid(24) * 24)
}

impl Assessed {
    /// What the risk at a horizon rests on.
    pub fn why(&self, horizon: Horizon, lines: &Lines) -> Why {
        Why {
            baseline_ppm: baseline_ppm(&self.counts, horizon),
            features: self.features,
            contributions: lines.contributions(horizon, &self.features),
        }
    }
}
