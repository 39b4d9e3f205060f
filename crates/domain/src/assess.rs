//! Counts, features and risk of one slot as of an hour; and for how long a risk cannot have moved.

use crate::effect::{Assessment, Why};
use crate::feature::{self, COUNT, Counts, FeatureVector, Surroundings};
use crate::kind::{Horizon, Level};
use crate::place::UnitId;
use crate::policy::Policy;
use crate::scorer::{Cell, Scorer, Standing, ppm};
use crate::time::{Hour, Time};
use crate::window::{Slot, Window};
use alloc::{boxed::Box, vec::Vec};
use core::f64::consts::LN_2;

/// What an assessment rests on: the evidence, the policy and the models.
#[derive(Clone, Copy)]
pub struct Basis<'a> {
    pub window: &'a Window,
    pub policy: &'a Policy,
    pub scorer: &'a dyn Scorer,
}

impl Basis<'_> {
    pub fn cell(&self, slot: Slot, horizon: Horizon) -> Cell {
        Cell { kind: slot.kind(), horizon, regency: self.window.places.code(slot.unit()).is_regency() }
    }
    pub fn standing(&self, slot: Slot, horizon: Horizon) -> Standing {
        self.scorer.standing(self.cell(slot, horizon))
    }
}

/// What the surroundings add to a unit's features.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Around {
    /// Mean of the neighbours' 14-day decayed counts, and the regency's own.
    pub neighbours: f64,
    pub regency: f64,
}

/// The 14-day decayed count of a slot as of `hour`.
pub fn fortnight(window: &Window, slot: Slot, hour: Hour) -> f64 {
    window.series(slot).decayed(&window.weights, hour)[1]
}

/// The mean over `neighbours`, added in their order; 0 where there are none.
pub fn mean(neighbours: &[UnitId], value: impl Fn(UnitId) -> f64) -> f64 {
    if neighbours.is_empty() {
        return 0.0;
    }
    let sum: f64 = neighbours.iter().map(|unit| value(*unit)).fold(0.0, |sum, value| sum + value);
    sum / neighbours.len() as f64
}

/// Weeks since anything was first reported in the slot's regency.
fn weeks(window: &Window, slot: Slot, hour: Hour) -> f64 {
    window.began(slot.unit()).map_or(0.0, |began| f64::from((hour.0 - began.0).max(0)) / 168.0)
}

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
        weeks: weeks(window, slot, hour),
        days_since: series.last(hour).map_or(-1.0, |last| f64::from(hour.0 - last.0) / 24.0),
        completeness: f64::from(completeness) / 1e6,
    }
}

/// The risk level a probability stands for; a transferred model reaches waspada at most.
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
pub struct Assessed {
    pub logits: [f64; Horizon::COUNT],
    pub risks: [u32; Horizon::COUNT],
    pub levels: [Level; Horizon::COUNT],
    pub counts: Counts,
    pub features: FeatureVector,
    pub completeness: u32,
    pub around: Around,
    /// What the risks are compared with: the base rate of a calibrated model, else what is usual here.
    pub bases: [u32; Horizon::COUNT],
}

/// Everything about a slot at an instant.
pub fn assess(basis: &Basis<'_>, slot: Slot, at: Time, around: Around) -> Assessed {
    let season = feature::season(at.hour());
    with_bases(basis, (slot, at), around, bases(basis, slot, at.hour()), season)
}

/// The same where the bases and the season's features are known already.
pub fn with_bases(
    basis: &Basis<'_>,
    (slot, at): (Slot, Time),
    around: Around,
    bases: [u32; Horizon::COUNT],
    season: [f64; 2],
) -> Assessed {
    let window = basis.window;
    let completeness = window.completeness(slot.unit(), at.hour());
    let counts = counts(window, slot, at.hour(), around, completeness);
    let features = feature::vector(&counts, season);
    let logits = [0, 1].map(|index| basis.scorer.logit(basis.cell(slot, Horizon::ALL[index]), &features));
    let risks = logits.map(ppm);
    let levels = [0, 1].map(|index| {
        let standing = Standing { base_ppm: bases[index], ..basis.standing(slot, Horizon::ALL[index]) };
        level(basis.policy, standing, risks[index], completeness)
    });
    Assessed { logits, risks, levels, counts, features, completeness, around, bases }
}

/// What the risks of a slot are compared with as of an hour, parts per million. A transferred model's own base
/// rate comes from elsewhere, so its risk is compared with what the same model says of this unit's usual state,
/// worked out once a day.
pub fn bases(basis: &Basis<'_>, slot: Slot, hour: Hour) -> [u32; Horizon::COUNT] {
    let standings = [0, 1].map(|index| basis.standing(slot, Horizon::ALL[index]));
    if standings.iter().all(|standing| standing.calibrated) {
        return standings.map(|standing| standing.base_ppm);
    }
    let window = basis.window;
    let places = &window.places;
    let regency = places.regency(slot.unit());
    let around = (regency != slot.unit()).then(|| Surroundings {
        total: regency_total(window, slot, hour),
        districts: places.districts(regency).count(),
    });
    let today = day(hour);
    let own = Counts {
        total: window.series(slot).total(hour),
        weeks: weeks(window, slot, today),
        completeness: 1.0,
        ..Counts::default()
    };
    let features = feature::vector(&feature::usual(&own, around), feature::season(today));
    [0, 1].map(|index| {
        let standing = standings[index];
        let usual = || ppm(basis.scorer.logit(basis.cell(slot, Horizon::ALL[index]), &features));
        if standing.calibrated { standing.base_ppm } else { usual().max(standing.base_ppm) }
    })
}

/// What the slot's whole regency had by `hour`, weighed as serious incidents.
pub fn regency_total(window: &Window, slot: Slot, hour: Hour) -> f64 {
    window.series(Slot::new(window.places.regency(slot.unit()), slot.kind())).total(hour)
}

/// The hour the day (UTC) of `hour` begins.
pub fn day(hour: Hour) -> Hour {
    Hour(hour.0.div_euclid(24) * 24)
}

/// The bases of every slot as last worked out: they hold for the day, as long as its history and its regency's
/// are the same.
pub struct Bases(Vec<Kept>);

#[derive(Clone, Copy)]
struct Kept {
    today: Hour,
    began: Option<Hour>,
    /// The slot's total and its regency's.
    totals: [u64; 2],
    bases: [u32; Horizon::COUNT],
}

impl Bases {
    pub fn new(slots: usize) -> Bases {
        let none = Kept { today: Hour(i32::MIN), began: None, totals: [0; 2], bases: [0; Horizon::COUNT] };
        Bases(alloc::vec![none; slots])
    }

    pub fn get(&mut self, basis: &Basis<'_>, slot: Slot, hour: Hour) -> [u32; Horizon::COUNT] {
        let window = basis.window;
        let (today, began) = (day(hour), window.began(slot.unit()));
        let totals = [window.series(slot).total(hour), regency_total(window, slot, hour)].map(f64::to_bits);
        let kept = &mut self.0[slot.index()];
        if (kept.today, kept.began, kept.totals) != (today, began, totals) {
            *kept = Kept { today, began, totals, bases: bases(basis, slot, hour) };
        }
        kept.bases
    }
}

impl Assessed {
    /// The assessment as the world is told of it; `explained` adds what it rests on.
    pub fn told(
        &self,
        basis: &Basis<'_>,
        (slot, at): (Slot, Time),
        horizon: Horizon,
        explained: bool,
    ) -> Assessment {
        let cell = basis.cell(slot, horizon);
        let standing = basis.scorer.standing(cell);
        let why = || Why {
            baseline_ppm: baseline_ppm(&self.counts, horizon),
            features: self.features,
            contributions: basis.scorer.contributions(cell, &self.features),
        };
        Assessment {
            unit: slot.unit(),
            kind: slot.kind(),
            horizon,
            at,
            risk_ppm: self.risks[horizon.index()],
            base_ppm: self.bases[horizon.index()],
            level: self.levels[horizon.index()],
            completeness_ppm: self.completeness,
            model: standing.model,
            calibrated: standing.calibrated,
            why: explained.then(|| Box::new(why())),
        }
    }

    /// At most how fast each feature moves an hour while nothing is reported. Every decayed count only
    /// falls, so the speeds computed now bound all later ones.
    pub fn speeds(&self) -> [f64; COUNT] {
        let c = &self.counts;
        let share = |x: f64| x / (1.0 + x);
        let [short, middle, long] = feature::HALF_LIVES.map(|half_life| LN_2 / half_life);
        let pace = |x: f64| x / (x + 0.1);
        let season = 2.0 * core::f64::consts::PI / (365.25 * 24.0);
        let days = feature::days(c);
        let days = if days >= 730.0 { 0.0 } else { 1.0 / (24.0 * (1.0 + days)) };
        [
            short * share(c.decayed[0]),
            middle * share(c.decayed[1]),
            long * share(c.decayed[2]),
            middle * share(c.severity),
            middle * share(c.neighbours),
            middle * share(c.regency),
            1.0 / ((c.weeks + 8.0) * 168.0),
            short * pace(c.decayed[0]) + middle * pace(c.decayed[1] * (3.0 / 14.0)),
            days,
            season,
            season,
            0.0,
            long * share(c.serious),
        ]
    }
}

/// How far a logit may move before its assessment must be said again: `emit` parts per million, or a level.
pub fn slack(policy: &Policy, standing: Standing, said: (u32, Level), logit: f64) -> f64 {
    let emit = i64::from(policy.emit_ppm);
    let (mut low, mut high) = (i64::from(said.0) - emit, i64::from(said.0) + emit);
    if said.1 != Level::NoData {
        let (waspada, siaga, awas) = bounds(standing, &policy.raise_ppm, policy.transferred_raise);
        for bound in [waspada, siaga, awas].into_iter().filter(|bound| *bound != u32::MAX) {
            let above = bound > said.0;
            let bound = i64::from(bound);
            if above { high = high.min(bound) } else { low = low.max(bound - 1) }
        }
    }
    // Half a part on each side is rounding; a little more keeps the bound on the safe side.
    let edge = |ppm: f64| {
        let p = ppm / 1e6;
        libm::log(p / (1.0 - p))
    };
    let below = if low < 0 { f64::INFINITY } else { logit - edge(low as f64 + 0.51) };
    let above = if high >= 1_000_000 { f64::INFINITY } else { edge(high as f64 - 0.51) - logit };
    below.min(above)
}

/// The next hour at which a feed's silence changes a unit's completeness.
pub fn next_silence(window: &Window, unit: UnitId) -> Option<Hour> {
    let own = window.next_silence(unit);
    let places = &window.places;
    let next = if places.code(unit).is_regency() {
        places.districts(unit).map(|unit| window.next_silence(unit)).fold(own, Time::min)
    } else {
        own
    };
    (next.0 < i64::MAX).then(|| next.hour_ceil())
}
