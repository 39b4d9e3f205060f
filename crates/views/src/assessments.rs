//! Risks of places with the level every surface shows: the newest or as they stood then, and the cells of the map.

use crate::answered::{self, AnsweredLevel};
use crate::context::Context;
use crate::error::ViewError;
use crate::explanation;
use crate::permit::Right;
use crate::picture::{level_of, range_of, stands};
use crate::range::ShownRange;
use async_recursion::async_recursion as boxed;
use domain::kind::{Horizon, Kind, Level};
use domain::place::{Code, UnitId};
use domain::time::Time;
use std::collections::BTreeMap;
use store::AssessmentRow;

/// One place's risk for a kind and horizon.
#[derive(Clone, Debug)]
pub struct AssessmentItem {
    pub code: Code,
    pub name: Option<String>,
    pub kind: Kind,
    pub level: Level,
    pub horizon: Horizon,
    pub at: Time,
    pub risk_ppm: u32,
    pub base_ppm: u32,
    pub baseline_ppm: u32,
    pub completeness_ppm: u32,
    pub calibrated: bool,
    pub model: String,
    /// The level is shown only by what somebody answered when they ended the alert; `None` for a look at the past.
    pub answered: Option<AnsweredLevel>,
    /// Between what the risk lies, where the model is not calibrated; `None` for a look at the past, and for the places of so
    /// many regencies that a person would not look at each.
    pub range: Option<ShownRange>,
    /// Why, in words of the place, and what would lower it; where one place is asked for.
    pub explanation: Option<Vec<String>>,
    /// The inputs by name, and each one's share of the logit. Both are counts to the decimal: for those who may see
    /// reports, not for those who see aggregates.
    pub why: Option<[BTreeMap<String, f64>; 2]>,
}

/// One place and kind on the map.
#[derive(Clone, Debug)]
pub struct MapCell {
    pub code: Code,
    pub name: String,
    pub kind: Kind,
    pub level: Level,
    /// As of an [`AssessmentItem`].
    pub answered: Option<AnsweredLevel>,
    pub assessment: Option<AssessmentItem>,
}

/// Regencies asked for at once: an answer about the whole country is put together from short queries.
const AT_ONCE: usize = 50;

/// The newest risks of the viewer's places by code; with `as_of` as they stood then, level and all.
#[boxed]
pub async fn load(
    context: &Context,
    kind: Kind,
    horizon: Horizon,
    as_of: Option<Time>,
) -> Result<Vec<AssessmentItem>, ViewError> {
    let active = ActiveConditions::load(context, &[], as_of).await?;
    newest(context, (kind, horizon), as_of, &active).await
}

/// Every place of the viewer, assessed or not, for one kind.
#[boxed]
pub async fn map_cells(
    context: &Context,
    kind: Kind,
    horizon: Horizon,
    as_of: Option<Time>,
) -> Result<Vec<MapCell>, ViewError> {
    let active = ActiveConditions::load(context, &[], as_of).await?;
    let assessed = newest(context, (kind, horizon), as_of, &active).await?;
    let mut by_code: BTreeMap<Code, AssessmentItem> =
        assessed.into_iter().map(|item| (item.code, item)).collect();
    let places = &context.sources.places;
    let cell = |unit: UnitId| {
        let code = places.code(unit);
        let assessment = by_code.remove(&code);
        let level = assessment.as_ref().map_or_else(|| active.level(code, kind, None), |item| item.level);
        let answered = match &assessment {
            Some(item) => item.answered.clone(),
            None => active.answered(code, kind, None),
        };
        MapCell { code, name: places.name(unit), kind, level, answered, assessment }
    };
    Ok(places.ids().filter(|unit| context.viewer.covers(places.code(*unit))).map(cell).collect())
}

/// All newest risks of one place.
#[boxed]
pub async fn of_place(context: &Context, code: Code) -> Result<Vec<AssessmentItem>, ViewError> {
    let active = ActiveConditions::load(context, &[code], None).await?;
    let mut items = Vec::new();
    for kind in Kind::ALL {
        for horizon in Horizon::ALL {
            let rows = context.sources.store.assessments(*kind, *horizon, &[code], None).await?;
            let own = rows.into_iter().filter(|row| row.code == code);
            for row in own {
                let explanation = explanation::load(context, &row).await?;
                let ranges = (context.sources.ranges)(code.regency()).await?;
                let range = range_of(&ranges, &row);
                let explanation = Some(explanation);
                items.push(AssessmentItem { range, explanation, ..item(context, row, &active) });
            }
        }
    }
    Ok(items)
}

/// The newest risk of 7 days of one place and kind.
#[boxed]
pub async fn of_cell(context: &Context, code: Code, kind: Kind) -> Result<Option<AssessmentItem>, ViewError> {
    let own = of_place(context, code).await?;
    Ok(own.into_iter().find(|item| (item.kind, item.horizon) == (kind, Horizon::Week)))
}

async fn newest(
    context: &Context,
    (kind, horizon): (Kind, Horizon),
    as_of: Option<Time>,
    active: &ActiveConditions,
) -> Result<Vec<AssessmentItem>, ViewError> {
    let places = &context.sources.places;
    let viewer = &context.viewer;
    let everywhere = || places.regency_ids().map(|unit| places.code(unit)).collect();
    let own: Vec<Code> = viewer.areas.regencies().unwrap_or_else(everywhere);
    let mut items = Vec::new();
    for some in own.chunks(AT_ONCE) {
        let rows = context.sources.store.assessments(kind, horizon, some, as_of).await?;
        for row in rows.into_iter().filter(|row| viewer.covers(row.code)) {
            let range = match as_of {
                None if own.len() <= AT_ONCE => {
                    range_of(&*(context.sources.ranges)(row.code.regency()).await?, &row)
                }
                _ => None,
            };
            items.push(AssessmentItem { range, ..item(context, row, active) });
        }
    }
    Ok(items)
}

fn item(context: &Context, row: AssessmentRow, active: &ActiveConditions) -> AssessmentItem {
    let places = &context.sources.places;
    let numbers = |text: &str| serde_json::from_str(text).unwrap_or_default();
    AssessmentItem {
        code: row.code,
        name: places.find(row.code).map(|unit| places.name(unit)),
        kind: row.kind,
        level: active.level(row.code, row.kind, Some(&row)),
        answered: active.answered(row.code, row.kind, Some(&row)),
        horizon: row.horizon,
        at: row.emitted_at,
        risk_ppm: row.risk_ppm,
        base_ppm: row.base_ppm,
        baseline_ppm: row.baseline_ppm,
        completeness_ppm: row.completeness_ppm,
        calibrated: row.calibrated,
        why: context
            .viewer
            .may(Right::SeeReports)
            .then(|| [numbers(&row.features), numbers(&row.contributions)]),
        range: None,
        explanation: None,
        model: row.model,
    }
}

/// The levels of the conditions that stand, or stood then.
struct ActiveConditions {
    levels: BTreeMap<(Code, Kind), Level>,
    answered: BTreeMap<(Code, Kind), AnsweredLevel>,
}

impl ActiveConditions {
    async fn load(
        context: &Context,
        codes: &[Code],
        as_of: Option<Time>,
    ) -> Result<ActiveConditions, ViewError> {
        let store = &context.sources.store;
        if let Some(as_of) = as_of {
            let levels = store.condition_levels(codes, as_of).await?;
            return Ok(ActiveConditions { levels, answered: BTreeMap::new() });
        }
        let mut rows = store.conditions(codes).await?;
        rows.retain(|row| stands(row.change));
        let answered = answered::load(context, &rows).await?;
        Ok(ActiveConditions {
            levels: rows.iter().map(|row| ((row.code, row.kind), row.level)).collect(),
            answered: answered.into_iter().map(|own| ((own.code, own.kind), own)).collect(),
        })
    }

    fn level(&self, code: Code, kind: Kind, risk: Option<&AssessmentRow>) -> Level {
        level_of(self.levels.get(&(code, kind)).copied(), risk)
    }

    fn answered(&self, code: Code, kind: Kind, risk: Option<&AssessmentRow>) -> Option<AnsweredLevel> {
        let own = self.answered.get(&(code, kind))?;
        own.is_shown(level_of(None, risk)).then(|| own.clone())
    }
}
