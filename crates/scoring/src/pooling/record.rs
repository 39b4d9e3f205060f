//! What the records of places say of a model's level, as it stands in the model's file: a shift of its log odds for each place, and those
//! under which the model's earlier names were served.

use super::{Pooled, PoolingPrior, WIDE_TRANSFER};
use crate::artefact::Artefact;
use crate::train::choose::round;
use domain::place::Code;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Shifts of a model by the places where it is used.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PooledRecord {
    pub places: Vec<PooledPlace>,
    /// Those of the names the model had before: what was forecast under them still counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<EarlierShifts>,
}

/// One place: what its log odds are moved by, and the ends of the range.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PooledPlace {
    pub code: String,
    pub shift: f64,
    pub low: f64,
    pub high: f64,
    /// Forecasts with an outcome that its regency's record holds: of the hindcast, and of the service itself.
    pub hindcast: usize,
    pub own: usize,
}

/// What was served under an earlier name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EarlierShifts {
    pub name: String,
    pub shifts: BTreeMap<String, f64>,
}

/// Earlier names whose forecasts still count: with one calibration a month, a year of them.
const EARLIER: usize = 12;

impl PooledRecord {
    pub fn is_empty(&self) -> bool {
        *self == PooledRecord::default()
    }

    /// Every number of the record, to be checked.
    pub fn shifts(&self) -> impl Iterator<Item = f64> + '_ {
        let earlier = self.earlier.iter().flat_map(|one| one.shifts.values().copied());
        self.places.iter().flat_map(|place| [place.shift, place.low, place.high]).chain(earlier)
    }

    /// The places with a shift, and what it is.
    pub fn served(&self) -> impl Iterator<Item = (Code, f64)> + '_ {
        self.places.iter().filter_map(|place| Some((Code::parse(&place.code)?, place.shift)))
    }
}

impl Artefact {
    /// What the log odds of a forecast were moved by that was served under `name`; `None` where that is another model.
    pub fn shift_under(&self, name: &str, code: Code) -> Option<f64> {
        let code = code.to_string();
        if name == self.served_name() {
            let place = self.pooled.places.iter().find(|place| place.code == code);
            return Some(place.map_or(0.0, |place| place.shift));
        }
        let earlier = self.pooled.earlier.iter().find(|earlier| earlier.name == name)?;
        Some(earlier.shifts.get(&code).copied().unwrap_or(0.0))
    }

    /// What is believed of it before any record of a place: as its file declares, or else widely.
    pub fn pooling_prior(&self, is_regency: bool) -> PoolingPrior {
        let place = if is_regency { &self.used_on.regency } else { &self.used_on.district };
        PoolingPrior::of_transfer(place.transfer_sd.unwrap_or(WIDE_TRANSFER))
    }

    /// Takes the shifts of some places, in place of those it had.
    pub fn take_shifts(&mut self, pooled: &Pooled, codes: &[(Code, [usize; 2])]) {
        for (code, [hindcast, own]) in codes {
            let shift = pooled.of(*code);
            let (low, high) = shift.range();
            self.pooled.places.retain(|place| place.code != code.to_string());
            self.pooled.places.push(PooledPlace {
                code: code.to_string(),
                shift: round(shift.mean),
                low: round(low),
                high: round(high),
                hindcast: *hindcast,
                own: *own,
            });
        }
        self.pooled.places.sort_by(|one, other| one.code.cmp(&other.code));
    }

    /// Gives it another name; what was served under the one it had still counts.
    pub fn rename(&mut self, name: String, served: &PooledRecord) {
        if name == self.name {
            return;
        }
        let shifts = served.places.iter().map(|place| (place.code.clone(), place.shift)).collect();
        let before = EarlierShifts { name: self.served_name(), shifts };
        self.pooled.earlier.retain(|earlier| earlier.name != before.name);
        self.pooled.earlier.push(before);
        let over = self.pooled.earlier.len().saturating_sub(EARLIER);
        self.pooled.earlier.drain(..over);
        self.name = name;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artefact::example;
    use domain::kind::{Horizon, Kind};

    #[test]
    fn a_record_is_written_and_read_and_its_earlier_names_are_known() {
        let mut model = example(Kind::Disaster, Horizon::Week);
        let plain = serde_json::to_string(&model).expect("json");
        assert!(!plain.contains("pooled"), "a model without a record is written as before");
        let (here, there) = (Code(161_304), Code(161_301));
        let first = model.served_name();
        let forecast = |_| super::super::PlainForecast { code: here, logit: -3.0, happened: true };
        let pooled = super::super::pool(model.pooling_prior(false), &[0; 9].map(forecast));
        let served = model.pooled.clone();
        model.take_shifts(&pooled, &[(here, [9, 0])]);
        model.rename("disaster-7d-2026-02-01".into(), &served);
        let text = serde_json::to_string(&model).expect("json");
        let read = Artefact::parse(std::path::Path::new("model.json"), &text).expect("readable");
        assert_eq!(read.pooled, model.pooled);
        let shift = read.shift_under("disaster-7d-2026-02-01", here).expect("its own name");
        assert!(shift > 0.5, "{shift}");
        assert_eq!(read.shift_under("disaster-7d-2026-02-01", there), Some(0.0));
        assert_eq!(read.shift_under(&first, here), Some(0.0), "it was served without");
        assert_eq!(read.shift_under("another", here), None);
        let served = model.pooled.clone();
        model.rename("disaster-7d-2026-03-01".into(), &served);
        assert_eq!(model.shift_under("disaster-7d-2026-02-01", here), Some(shift));
    }
}
