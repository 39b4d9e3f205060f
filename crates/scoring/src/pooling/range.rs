//! The range of a risk where a line is not calibrated, by the records of a regency and those around it.

use super::{PlainForecast, Pooled, pool};
use crate::artefact::Artefact;
use crate::logistic::logit;
use domain::kind::{Horizon, Kind};
use domain::place::Code;
use domain::time::Time;
use std::collections::{BTreeMap, BTreeSet};

/// The ends between which a risk lies with nine chances of ten, parts per million.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize)]
pub struct RiskRange {
    pub low_ppm: u32,
    pub high_ppm: u32,
}

/// Where a forecast with its outcome comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ForecastSource {
    Hindcast,
    /// The service's own ledger.
    Own,
}

/// A forecast as it was served, with its outcome.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct RecordedForecast<'a> {
    pub source: ForecastSource,
    pub code: Code,
    pub day: i64,
    pub risk_ppm: u32,
    pub model: &'a str,
    pub happened: bool,
}

/// What a range rests on.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct RangeBasis {
    /// Weeks of forecasts of the regency that have an outcome, by where they come from.
    pub hindcast_weeks: usize,
    pub own_weeks: usize,
    /// Days since 1970 of the last of them.
    pub last_day: Option<i64>,
    /// When the hindcast was made.
    pub made_at: Option<Time>,
    /// How many of its districts' forecasts came true, and how many the line had expected.
    pub happened: usize,
    pub expected: f64,
}

/// One model at one level.
#[derive(Clone, Debug)]
struct RangeLine {
    model: Artefact,
    pooled: Pooled,
    basis: RangeBasis,
}

/// The ranges of a regency's risks.
#[derive(Clone, Debug, Default)]
pub struct RiskRanges(BTreeMap<(Kind, Horizon, bool), RangeLine>);

impl RiskRanges {
    /// Adds a model at one level (of regencies, or of districts), with what is on record of it here and around.
    pub fn add(
        &mut self,
        model: &Artefact,
        regency: Code,
        is_regency: bool,
        record: &[RecordedForecast<'_>],
    ) {
        let (Some(kind), Some(horizon)) = (model.kind(), model.horizon()) else { return };
        let plain = plain_forecasts(model, is_regency, record);
        let pooled =
            pool(model.pooling_prior(is_regency), &plain.iter().map(|one| one.1).collect::<Vec<_>>());
        let here = || plain.iter().filter(|(_, own)| own.code.regency() == regency);
        let weeks = |source: ForecastSource| {
            let days = here().filter(|(at, _)| record[*at].source == source).map(|(at, _)| record[*at].day);
            days.collect::<BTreeSet<i64>>().len() * apart(horizon) as usize
        };
        let basis = RangeBasis {
            hindcast_weeks: weeks(ForecastSource::Hindcast),
            own_weeks: weeks(ForecastSource::Own),
            last_day: here().map(|(at, _)| record[*at].day).max(),
            made_at: None,
            happened: here().filter(|(_, own)| own.happened).count(),
            expected: here().map(|(_, own)| crate::logistic::sigmoid(own.logit)).sum(),
        };
        self.0.insert((kind, horizon, is_regency), RangeLine { model: model.clone(), pooled, basis });
    }

    /// Says when the hindcast was made.
    pub fn made_at(&mut self, at: Option<Time>) {
        self.0
            .values_mut()
            .for_each(|line| line.basis.made_at = at.filter(|_| line.basis.hindcast_weeks > 0));
    }

    /// The range of a risk that was served under a model's name; `None` where no model here has had that name.
    pub fn of(
        &self,
        (code, kind, horizon): (Code, Kind, Horizon),
        risk_ppm: u32,
        model: &str,
    ) -> Option<RiskRange> {
        let line = self.0.get(&(kind, horizon, code.is_regency()))?;
        let served = line.model.shift_under(model, code)?;
        let (low, high) = line.pooled.of(code).risk_range(plain(risk_ppm) - served);
        let ppm = |risk: f64| libm::floor(risk * 1e6 + 0.5) as u32;
        Some(RiskRange { low_ppm: ppm(low), high_ppm: ppm(high) })
    }

    /// What the ranges of a kind, horizon and level rest on.
    pub fn basis(&self, kind: Kind, horizon: Horizon, is_regency: bool) -> Option<RangeBasis> {
        self.0.get(&(kind, horizon, is_regency)).map(|line| line.basis)
    }

    /// By what the odds are multiplied in a place, and the ends of its range.
    pub fn factor(&self, (code, kind, horizon): (Code, Kind, Horizon)) -> Option<[f64; 3]> {
        let shift = self.0.get(&(kind, horizon, code.is_regency()))?.pooled.of(code);
        let (low, high) = shift.range();
        Some([shift.mean, low, high].map(libm::exp))
    }
}

/// The logit of a risk in parts per million; of 0 and of all as far as parts per million tell.
pub fn plain(risk_ppm: u32) -> f64 {
    logit((f64::from(risk_ppm) / 1e6).clamp(5e-7, 1.0 - 5e-7))
}

/// Weeks between two forecasts whose horizons do not overlap.
pub fn apart(horizon: Horizon) -> i64 {
    i64::from(horizon.days().div_ceil(7))
}

/// The forecasts of one model and level whose times do not overlap, as the line was before any shift; each with its place
/// in the record.
pub fn plain_forecasts(
    model: &Artefact,
    is_regency: bool,
    record: &[RecordedForecast<'_>],
) -> Vec<(usize, PlainForecast)> {
    let apart = model.horizon().map_or(1, apart);
    let one = |(at, own): (usize, &RecordedForecast<'_>)| {
        let counts = own.code.is_regency() == is_regency && own.day.div_euclid(7) % apart == 0;
        let served = model.shift_under(own.model, own.code).filter(|_| counts)?;
        // A hindcast is made of the line as it is, whatever the model's name was.
        let shift = if own.source == ForecastSource::Hindcast { 0.0 } else { served };
        let logit = plain(own.risk_ppm) - shift;
        Some((at, PlainForecast { code: own.code, logit, happened: own.happened }))
    };
    record.iter().enumerate().filter_map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artefact::example;

    const HERE: Code = Code(161_304);

    fn record(model: &str, weeks: i64, hits: i64) -> Vec<RecordedForecast<'_>> {
        let one = |week: i64| RecordedForecast {
            source: if week < 4 { ForecastSource::Hindcast } else { ForecastSource::Own },
            code: HERE,
            day: 20_458 + 7 * week,
            risk_ppm: 50_000,
            model,
            happened: week < hits,
        };
        (0..weeks).map(one).collect()
    }

    #[test]
    fn without_a_record_the_range_is_the_priors_own_and_it_narrows_with_one() {
        let model = example(Kind::Disaster, Horizon::Week);
        let named = model.served_name();
        let width = |weeks: i64| {
            let mut ranges = RiskRanges::default();
            ranges.add(&model, HERE.regency(), false, &record(&named, weeks, weeks / 20));
            let range = ranges.of((HERE, Kind::Disaster, Horizon::Week), 50_000, &named).expect("a range");
            assert!(range.low_ppm < 50_000 && range.high_ppm > 50_000, "{range:?}");
            let basis = ranges.basis(Kind::Disaster, Horizon::Week, false).expect("a basis");
            assert_eq!((basis.hindcast_weeks + basis.own_weeks) as i64, weeks);
            range.high_ppm - range.low_ppm
        };
        let widths = [0, 40, 400].map(width);
        assert!(widths.is_sorted_by(|one, other| one > other), "{widths:?}");
        assert!(widths[0] > 150_000 && widths[2] < 110_000, "{widths:?}");
    }

    #[test]
    fn what_was_served_shifted_is_the_same_evidence() {
        let model = example(Kind::Disaster, Horizon::Week);
        let named = model.served_name();
        let mut later = model.clone();
        let pooled = pool(model.pooling_prior(false), &[]);
        later.take_shifts(&pooled, &[(HERE, [0, 0])]);
        later.pooled.places[0].shift = 0.7;
        let served = crate::logistic::sigmoid(plain(50_000) + 0.7);
        let raised = record(&named, 60, 3).into_iter();
        let raised: Vec<_> = raised
            .map(|own| match own.source {
                ForecastSource::Hindcast => own,
                ForecastSource::Own => RecordedForecast { risk_ppm: (served * 1e6) as u32, ..own },
            })
            .collect();
        let of = |model: &Artefact, record: &[RecordedForecast<'_>], risk_ppm: u32| {
            let mut ranges = RiskRanges::default();
            ranges.add(model, HERE.regency(), false, record);
            ranges.of((HERE, Kind::Disaster, Horizon::Week), risk_ppm, &named).expect("a range")
        };
        let (one, other) =
            (of(&model, &record(&named, 60, 3), 50_000), of(&later, &raised, (served * 1e6) as u32));
        assert!(one.low_ppm.abs_diff(other.low_ppm) < 5 && one.high_ppm.abs_diff(other.high_ppm) < 5);
        assert_eq!(RiskRanges::default().of((HERE, Kind::Disaster, Horizon::Week), 1, &named), None);
    }

    #[test]
    fn a_months_forecasts_do_not_overlap() {
        let model = example(Kind::Disaster, Horizon::Month);
        let named = model.served_name();
        assert_eq!(plain_forecasts(&model, false, &record(&named, 100, 0)).len(), 20);
        assert!(plain_forecasts(&model, true, &record(&named, 100, 0)).is_empty());
        assert!(plain_forecasts(&model, false, &record("another", 100, 0)).is_empty());
    }
}
