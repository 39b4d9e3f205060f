//! Counts, features and risk of one cell as of an hour: the plain definition that the board follows.

use crate::decay::{DecayAt, DecayWeights, Decayed};
use crate::effect::Why;
use crate::evidence::{CellId, Evidence};
use crate::feature::{self, Ahead, Counts, FeatureVector, Surroundings};
use crate::history::CellHistory;
use crate::kind::{Horizon, Level};
use crate::place::UnitId;
use crate::policy::Policy;
use crate::scorer::{Calibration, ModelLines, ppm};
use crate::thresholds::Thresholds;
use crate::time::Hour;
use alloc::vec::Vec;

/// What the surroundings add to a unit's features.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Neighbourhood {
    /// Mean of the neighbours' 14-day decayed counts, none where there are no neighbours, and the regency's own.
    pub neighbours: Option<f64>,
    pub regency: f64,
}

/// How the decayed sums of a history are read: [`CellHistory::decayed`], or from its buckets one by one, [`CellHistory::summed`].
/// Both give the same bits.
type ReadSums = fn(&CellHistory, &DecayWeights, &DecayAt) -> Decayed;

/// What surrounds a cell at `hour`: the hour before, from all that is known.
fn neighbourhood(evidence: &Evidence, cell: CellId, hour: Hour, read: ReadSums) -> Neighbourhood {
    let places = &evidence.places;
    let units: Vec<UnitId> =
        places.unit(cell.unit()).neighbours.iter().filter_map(|code| places.find(*code)).collect();
    let before = evidence.weights.at(Hour(hour.0 - 1));
    let value =
        |unit: UnitId| read(evidence.series(CellId::new(unit, cell.kind())), &evidence.weights, &before)[1];
    Neighbourhood { neighbours: mean(&units, value), regency: value(places.regency(cell.unit())) }
}

/// The 14-day decayed count of a cell as it stands as of `hour`, and the hour at which it weighs that:
/// [`DecayWeights::fortnight_later`] gives the count of any later hour, to the bit.
pub fn fortnight_at(evidence: &Evidence, cell: CellId, hour: Hour) -> (Hour, f64) {
    evidence.series(cell).standing_fortnight(&evidence.weights, hour).unwrap_or((hour, 0.0))
}

/// The mean over `neighbours`, added in their order; none where there are none.
#[inline]
pub fn mean<T: Copy>(neighbours: &[T], value: impl Fn(T) -> f64) -> Option<f64> {
    let sum: f64 = neighbours.iter().map(|unit| value(*unit)).fold(0.0, |sum, value| sum + value);
    (!neighbours.is_empty()).then(|| sum / neighbours.len() as f64)
}

/// Weeks since anything was first reported in a regency.
#[inline]
pub fn weeks(began: Option<Hour>, hour: Hour) -> f64 {
    began.map_or(0.0, |began| f64::from((hour.0 - began.0).max(0)) / 168.0)
}

#[inline]
fn counts(
    evidence: &Evidence,
    cell: CellId,
    hour: Hour,
    neighbourhood: Neighbourhood,
    completeness: u32,
    read: ReadSums,
) -> Counts {
    let series = evidence.series(cell);
    let sums = read(series, &evidence.weights, &evidence.weights.at(hour));
    Counts {
        decayed: [sums[0], sums[1], sums[2]],
        severity: sums[3],
        serious: sums[4],
        neighbours: neighbourhood.neighbours,
        regency: neighbourhood.regency,
        total: series.total(hour),
        weeks: weeks(evidence.began(cell.unit()), hour),
        days_since: series.last(hour).map_or(-1.0, |last| f64::from(hour.0 - last.0) / 24.0),
        completeness: f64::from(completeness) / 1e6,
        month: series.within(hour, feature::MONTH),
        ahead: Ahead::NONE,
    }
}

/// The risk level a probability stands for; a transferred model reaches waspada at most.
#[inline]
pub fn level(policy: &Policy, calibration: Calibration, risk_ppm: u32, completeness: u32) -> Level {
    if completeness == 0 {
        return Level::NoData;
    }
    Thresholds::of(policy, calibration).level(risk_ppm, Level::Low)
}

/// The chance of at least one incident within the horizon at the local climatology's rate, parts per million.
fn baseline_ppm(counts: &Counts, horizon: Horizon) -> u32 {
    let expected = feature::weekly_rate(counts) * f64::from(horizon.days()) / 7.0;
    libm::floor(-libm::expm1(-expected) * 1e6 + 0.5) as u32
}

/// Everything about a cell at an instant, for every horizon.
#[derive(Clone, Debug)]
pub struct ExplainedScore {
    pub risks: [u32; Horizon::COUNT],
    pub levels: [Level; Horizon::COUNT],
    pub counts: Counts,
    pub features: FeatureVector,
    pub completeness: u32,
    /// What the risks are compared with: the base rate of a calibrated model, else what was usual here.
    pub bases: [u32; Horizon::COUNT],
}

/// What an assessment needs beside the history: what changes by the hour and by the day only.
#[derive(Clone, Copy)]
pub struct ScoreInputs<'a> {
    pub lines: &'a ModelLines,
    pub neighbourhood: Neighbourhood,
    pub bases: [u32; Horizon::COUNT],
    pub season: [f64; 2],
    pub ahead: Ahead,
}

/// Everything about a cell at an instant.
pub fn assess(evidence: &Evidence, cell: CellId, hour: Hour, inputs: ScoreInputs<'_>) -> ExplainedScore {
    assess_by(evidence, cell, hour, inputs, CellHistory::decayed)
}

fn assess_by(
    evidence: &Evidence,
    cell: CellId,
    hour: Hour,
    inputs: ScoreInputs<'_>,
    read: ReadSums,
) -> ExplainedScore {
    let completeness = evidence.completeness(cell, hour);
    let counts = counts(evidence, cell, hour, inputs.neighbourhood, completeness, read);
    let counts = Counts { ahead: inputs.ahead, ..counts };
    let features = feature::vector(&counts, inputs.season);
    let risks = ppm(inputs.lines.logits(&features));
    let levels = levels(&evidence.policy, &inputs, risks, completeness);
    ExplainedScore { risks, levels, counts, features, completeness, bases: inputs.bases }
}

/// The level of a cell's risk, beside each horizon: the week's decides, so that no surface shows two.
#[inline]
pub fn levels(
    policy: &Policy,
    inputs: &ScoreInputs<'_>,
    risks: [u32; Horizon::COUNT],
    completeness: u32,
) -> [Level; Horizon::COUNT] {
    let of = |index: usize| {
        let calibration = Calibration { base_ppm: inputs.bases[index], ..inputs.lines.calibrations[index] };
        level(policy, calibration, risks[index], completeness)
    };
    [of(Horizon::Week.index()); Horizon::COUNT]
}

/// The same from the evidence alone, with what lay around the cell the hour before.
pub fn from_evidence(evidence: &Evidence, lines: &ModelLines, cell: CellId, hour: Hour) -> ExplainedScore {
    from_evidence_by(evidence, lines, cell, hour, CellHistory::decayed)
}

/// The same with every decayed sum added up from its buckets, nothing kept from before: slow and plain.
pub fn plain(evidence: &Evidence, lines: &ModelLines, cell: CellId, hour: Hour) -> ExplainedScore {
    from_evidence_by(evidence, lines, cell, hour, CellHistory::summed)
}

fn from_evidence_by(
    evidence: &Evidence,
    lines: &ModelLines,
    cell: CellId,
    hour: Hour,
    read: ReadSums,
) -> ExplainedScore {
    let inputs = ScoreInputs {
        lines,
        neighbourhood: neighbourhood(evidence, cell, hour, read),
        bases: bases(evidence, lines, cell, hour),
        season: feature::season(hour),
        ahead: Ahead::NONE,
    };
    assess_by(evidence, cell, hour, inputs, read)
}

/// What the risks of a cell are compared with on the day of `hour`, parts per million. A transferred model's own
/// base rate comes from elsewhere, so its risk is compared with what the same model says of this unit's usual
/// state: its incidents up to [`REFERENCE_DAYS`] before this day (UTC), spread evenly.
pub fn bases(evidence: &Evidence, lines: &ModelLines, cell: CellId, hour: Hour) -> [u32; Horizon::COUNT] {
    let calibrations = lines.calibrations;
    if calibrations.iter().all(|calibration| calibration.calibrated) {
        return calibrations.map(|calibration| calibration.base_ppm);
    }
    let regency = evidence.places.regency(cell.unit());
    let within = (regency != cell.unit()).then(|| EnclosingPlace {
        history: evidence.series(CellId::new(regency, cell.kind())),
        districts: evidence.districts(regency),
    });
    let features = usual_features(evidence.series(cell), within, evidence.began(cell.unit()), day(hour));
    let usual = ppm(lines.logits(&features));
    [0, 1].map(|index| {
        let base = calibrations[index].base_ppm;
        if calibrations[index].calibrated { base } else { usual[index].max(base) }
    })
}

/// What is usual in a place ends so many days before the day judged, or an escalation would be a part of what it is compared with.
pub const REFERENCE_DAYS: i32 = 90;

/// True where what happened in an hour belongs to what is usual on the day of `hour`.
pub fn is_usual_by(happened: Hour, hour: Hour) -> bool {
    happened.0 < day(hour).0 - REFERENCE_DAYS * 24
}

/// The place around a district whose usual state is asked for.
#[derive(Clone, Copy)]
pub struct EnclosingPlace<'a> {
    pub history: &'a CellHistory,
    /// How many districts share it.
    pub districts: usize,
}

/// The features of a place's usual state as of the first hour of a day: what was known of it up to [`REFERENCE_DAYS`] before
/// (of a history that is younger nothing), spread evenly, in the day's season. The service and the rehearsal of its bars
/// both ask here.
pub fn usual_features(
    own: &CellHistory,
    within: Option<EnclosingPlace<'_>>,
    began: Option<Hour>,
    today: Hour,
) -> FeatureVector {
    let end = Hour(today.0 - REFERENCE_DAYS * 24);
    let before = Hour(end.0 - 1);
    let around = within
        .map(|within| Surroundings { total: within.history.total(before), districts: within.districts });
    let counts = Counts {
        total: own.total(before),
        weeks: weeks(began, end),
        days_since: own.last(before).map_or(-1.0, |last| f64::from(end.0 - last.0) / 24.0),
        completeness: 1.0,
        ..Counts::default()
    };
    feature::vector(&feature::usual(&counts, around), feature::season(today))
}

/// The hour the day (UTC) of `hour` begins.
pub fn day(hour: Hour) -> Hour {
    Hour(hour.0.div_euclid(24) * 24)
}

impl ExplainedScore {
    /// The local climatology's probability over a horizon, parts per million.
    pub fn baseline_ppm(&self, horizon: Horizon) -> u32 {
        baseline_ppm(&self.counts, horizon)
    }

    /// What the risk at a horizon rests on.
    pub fn why(&self, horizon: Horizon, lines: &ModelLines) -> Why {
        Why {
            baseline_ppm: self.baseline_ppm(horizon),
            features: lines.looked_at(&self.features),
            contributions: lines.contributions(horizon, &self.features),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::IncidentWeight;

    const GRAVE: IncidentWeight = IncidentWeight { severity: 3, patrol: false };

    #[test]
    fn an_escalation_is_no_part_of_what_it_is_compared_with() {
        let (weights, today) = (DecayWeights::default(), Hour(490_008 / 24 * 24));
        let days_ago = |days: i32| Hour(today.0 - days * 24);
        let mut history = CellHistory::default();
        for days in [400, 300, 200] {
            history.change(&weights, days_ago(days), None, Some(GRAVE));
        }
        let usual = |history: &CellHistory| usual_features(history, None, Some(days_ago(500)), today);
        let before = usual(&history);
        for days in [REFERENCE_DAYS, 60, 30, 3, 2, 1, 0] {
            history.change(&weights, days_ago(days), None, Some(GRAVE));
            assert_eq!(usual(&history), before, "an incident {days} days ago");
        }
        history.change(&weights, days_ago(REFERENCE_DAYS + 1), None, Some(GRAVE));
        assert!(usual(&history)[1] > before[1], "what happened before is usual");
        let young = usual_features(&history, None, Some(days_ago(20)), today);
        assert!(young.iter().all(|value| value.is_finite()));
    }

    #[test]
    fn an_escalation_in_the_regency_is_none_either() {
        let (weights, today) = (DecayWeights::default(), Hour(490_008 / 24 * 24));
        let (own, mut regency) = (CellHistory::default(), CellHistory::default());
        let usual = |regency: &CellHistory| {
            let within = EnclosingPlace { history: regency, districts: 4 };
            usual_features(&own, Some(within), Some(Hour(today.0 - 400 * 24)), today)
        };
        let before = usual(&regency);
        regency.change(&weights, Hour(today.0 - 9), None, Some(GRAVE));
        assert_eq!(usual(&regency), before);
        regency.change(&weights, Hour(today.0 - 100 * 24), None, Some(GRAVE));
        assert!(usual(&regency)[5] > before[5]);
    }
}
