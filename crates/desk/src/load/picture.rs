//! The picture of a regency now: levels and risks of every district and kind.

use crate::context::Context;
use crate::fault::Fault;
use crate::page::district::Told;
use crate::page::overview::{CellView, Risk, Row};
use domain::effect::Change;
use domain::feature::{COUNT, NAMES};
use domain::kind::{Horizon, Kind, Level};
use domain::place::{Code, UnitId};
use domain::scorer::Contributions;
use serde_json::Value;
use store::{AssessmentRow, ConditionRow};

/// Newest assessments (7 days) by kind, and the conditions that stand.
pub struct Picture {
    weeks: [Vec<AssessmentRow>; Kind::COUNT],
    standing: Vec<ConditionRow>,
}

impl Picture {
    pub async fn load(context: &Context) -> Result<Picture, Fault> {
        let mut weeks = [const { Vec::new() }; Kind::COUNT];
        for kind in Kind::ALL {
            weeks[kind.index()] = context.state.store.assessments(*kind, Horizon::Week, None).await?;
        }
        let mut standing = context.state.store.conditions().await?;
        standing.retain(|row| stands(row.change));
        Ok(Picture { weeks, standing })
    }

    pub fn week(&self, code: Code, kind: Kind) -> Option<&AssessmentRow> {
        self.weeks[kind.index()].iter().find(|row| row.code == code)
    }

    /// The higher of what the model says and what stands; no data where neither says anything.
    pub fn level(&self, code: Code, kind: Kind) -> Level {
        let risk = self.week(code, kind).map_or(Level::NoData, |row| row.level);
        let condition = self.standing.iter().find(|row| row.code == code && row.kind == kind);
        condition.map_or(risk, |row| row.level.max(risk))
    }

    pub fn row(&self, context: &Context, unit: UnitId) -> Row {
        let places = &context.state.places;
        let code = places.code(unit);
        let cell =
            |kind: Kind| CellView { level: self.level(code, kind), risk: self.week(code, kind).map(risk) };
        Row {
            code,
            name: places.name(unit),
            cells: [cell(Kind::ResidentCompany), cell(Kind::ResidentResident), cell(Kind::Disaster)],
        }
    }
}

/// Whether a condition's last word leaves it standing.
pub fn stands(change: Change) -> bool {
    matches!(change, Change::Raised | Change::Changed | Change::Stale)
}

pub fn risk(row: &AssessmentRow) -> Risk {
    Risk { risk_ppm: row.risk_ppm, base_ppm: row.base_ppm, calibrated: row.calibrated }
}

/// An assessment with its explanation read back from what the store keeps.
pub fn told(row: &AssessmentRow) -> Told {
    let shares = numbers(&row.contributions);
    let intercept = serde_json::from_str::<Value>(&row.contributions)
        .ok()
        .and_then(|value| value.get("intercept").and_then(Value::as_f64))
        .unwrap_or(0.0);
    Told {
        horizon: row.horizon,
        at: row.emitted_at,
        risk: risk(row),
        baseline_ppm: row.baseline_ppm,
        model: row.model.clone(),
        features: numbers(&row.features),
        contributions: Contributions { intercept, features: shares },
    }
}

/// Numbers by feature name; 0 where an older row lacks one.
fn numbers(json: &str) -> [f64; COUNT] {
    let value: Value = serde_json::from_str(json).unwrap_or_default();
    let nested = value.get("features").unwrap_or(&value);
    NAMES.map(|name| nested.get(name).and_then(Value::as_f64).unwrap_or(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_by_name_and_missing_ones_are_nothing() {
        let read = numbers(r#"{"intercept":-2.0,"count_14d":1.5,"unknown":9}"#);
        assert_eq!(read[NAMES.iter().position(|name| *name == "count_14d").unwrap()], 1.5);
        assert_eq!(read.iter().sum::<f64>(), 1.5);
        assert_eq!(numbers("not json"), [0.0; COUNT]);
    }

    #[test]
    fn a_cleared_condition_no_longer_stands() {
        assert!(stands(Change::Stale) && stands(Change::Raised));
        assert!(!stands(Change::Cleared) && !stands(Change::Withdrawn));
    }
}
