//! Partial pooling: how far the level of a line strays where it is used, by what is believed of it (the prior), and by the
//! records of a place, its regency and its province.
//!
//! A place's forecasts are those of the line with their odds multiplied by one number. Its logarithm is a sum of normal
//! effects: of the line wherever it is used, of the province, of the regency, of the time the record is of, and of
//! the kecamatan ([`PoolingPrior`]). Each record counts by its evidence: with none the prior stands, and a long one
//! outweighs it; there is no number of positives from which on it counts. Solved by [`tree::EffectTree`].

pub mod range;
pub mod record;
pub mod tree;
pub mod trial;

use crate::logistic::{logit, sigmoid};
use domain::place::Code;
use domain::scorer::{Calibration, ModelLine};
use std::collections::BTreeMap;
use tree::{EffectTree, Normal};

/// What is believed before any record, as standard deviations of log odds.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct PoolingPrior {
    /// Of the line wherever it is used beside where it was fitted.
    pub transfer: f64,
    pub province: f64,
    pub regency: f64,
    /// Of a regency's level between the time of its record and another time.
    pub period: f64,
    pub district: f64,
    /// Places share their weeks, and weeks resemble the next: so many forecasts say as much as one that shares nothing.
    pub dispersion: f64,
}

/// Where a model's file declares nothing of its transfer: nine of ten lines within five times either way. The floods' line,
/// fitted on kabupaten, came true 4.7 times as often as it said on kecamatan.
pub const WIDE_TRANSFER: f64 = 1.0;

impl PoolingPrior {
    /// The shares of the tree, as they were measured on the public lists; only the transfer is a model's own.
    pub fn of_transfer(transfer: f64) -> PoolingPrior {
        PoolingPrior { transfer, province: 0.25, regency: 0.4, period: 0.3, district: 0.4, dispersion: 1.5 }
    }
}

/// A forecast of the line as it was fitted, before any shift, and what came of it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct PlainForecast {
    /// A regency, or one of its districts.
    pub code: Code,
    pub logit: f64,
    pub happened: bool,
}

/// How far a place's log odds stray from the line's.
pub type Shift = Normal;

/// Nine of ten: the ends of the range, in standard deviations.
const NINE_OF_TEN: f64 = 1.644_853_627;

impl Shift {
    /// The ends between which it lies with nine chances of ten.
    pub fn range(&self) -> (f64, f64) {
        (self.mean - NINE_OF_TEN * self.sd, self.mean + NINE_OF_TEN * self.sd)
    }

    /// The ends of a risk that the line gives before any shift.
    pub fn risk_range(&self, plain_logit: f64) -> (f64, f64) {
        let (low, high) = self.range();
        (sigmoid(plain_logit + low), sigmoid(plain_logit + high))
    }

    fn widened(self, sd: f64) -> Shift {
        Shift { sd: libm::sqrt(self.sd * self.sd + sd * sd), ..self }
    }
}

/// What the records say of one line and level (regencies, or districts).
#[derive(Clone, Debug)]
pub struct Pooled {
    prior: PoolingPrior,
    anywhere: Shift,
    provinces: BTreeMap<u32, Shift>,
    regencies: BTreeMap<Code, Shift>,
    districts: BTreeMap<Code, Shift>,
}

/// Where a regency's nodes stand: its level, its level in the time of its record, and its districts.
struct RegencyNodes {
    lasting: usize,
    then: usize,
    districts: BTreeMap<Code, usize>,
}

/// Pools the records of one line and level.
pub fn pool(prior: PoolingPrior, forecasts: &[PlainForecast]) -> Pooled {
    let mut tree = EffectTree::new(prior.transfer, prior.dispersion);
    let mut provinces: BTreeMap<u32, usize> = BTreeMap::new();
    let mut regencies: BTreeMap<Code, RegencyNodes> = BTreeMap::new();
    for PlainForecast { code, logit, happened } in forecasts {
        let province = *provinces.entry(code.province()).or_insert_with(|| tree.add(0, prior.province));
        let regency = regencies.entry(code.regency()).or_insert_with(|| {
            let lasting = tree.add(province, prior.regency);
            RegencyNodes { lasting, then: tree.add(lasting, prior.period), districts: BTreeMap::new() }
        });
        let node = match code.is_regency() {
            true => regency.then,
            false => {
                *regency.districts.entry(*code).or_insert_with(|| tree.add(regency.then, prior.district))
            }
        };
        tree.observe(node, [(*logit, *happened)]);
    }
    let found = tree.posterior();
    let of_regency = |nodes: &RegencyNodes| found[nodes.lasting].widened(prior.period);
    let district = |nodes: &RegencyNodes, node: usize| {
        // What is the district's own lasts; what was the time's does not.
        let (own, then, ahead) = (found[node], found[nodes.then], of_regency(nodes));
        let apart = (own.sd * own.sd - then.sd * then.sd).max(0.0);
        Shift { mean: ahead.mean + own.mean - then.mean, sd: ahead.sd }.widened(libm::sqrt(apart))
    };
    let districts = regencies
        .values()
        .flat_map(|nodes| nodes.districts.iter().map(move |(code, node)| (*code, district(nodes, *node))));
    Pooled {
        prior,
        anywhere: found[0],
        provinces: provinces.iter().map(|(code, node)| (*code, found[*node])).collect(),
        districts: districts.collect(),
        regencies: regencies.iter().map(|(code, nodes)| (*code, of_regency(nodes))).collect(),
    }
}

impl Pooled {
    /// How far a place strays: by its own record, else by its regency's, its province's or what is believed anywhere.
    pub fn of(&self, code: Code) -> Shift {
        let PoolingPrior { province, regency, period, district, .. } = self.prior;
        let known = |code: &Code| self.regencies.get(code).copied();
        let around = || match self.provinces.get(&code.province()) {
            Some(shift) => *shift,
            None => self.anywhere.widened(province),
        };
        let of_regency =
            || known(&code.regency()).unwrap_or_else(|| around().widened(regency).widened(period));
        match self.districts.get(&code) {
            Some(shift) => *shift,
            None if code.is_regency() => of_regency(),
            None => of_regency().widened(district),
        }
    }
}

/// A line with its odds multiplied: the one place where a shift is applied, for service, judgement and pages.
pub fn shifted(line: ModelLine, shift: f64) -> ModelLine {
    let base = f64::from(line.calibration.base_ppm) / 1e6;
    let base_ppm = match line.calibration.base_ppm {
        0 => 0,
        _ => libm::floor(sigmoid(logit(base) + shift) * 1e6 + 0.5) as u32,
    };
    let calibration = Calibration { base_ppm, ..line.calibration };
    ModelLine { intercept: line.intercept + shift, calibration, ..line }
}

#[cfg(test)]
mod tests;
