//! The picture of a regency now: levels and risks of every district and kind.

use crate::answered::{self, AnsweredLevel};
use crate::context::Context;
use crate::error::ViewError;
use crate::explanation;
use crate::format;
use crate::json;
use crate::permit::Right;
use crate::range::{self, ShownRange};
use crate::reasons::{self, ReasonLine, ReportsByReason};
use crate::reports_behind;
use crate::words::Lang;
use async_recursion::async_recursion as boxed;
use domain::effect::ConditionChange;
use domain::feature::{COUNT, FeatureVector, NAMES};
use domain::kind::{Horizon, Kind, Level};
use domain::place::{Code, UnitId};
use domain::scorer::Contributions;
use domain::time::Time;
use domain::{shown_level, shown_level_of_kinds};
use scoring::pooling::range::RiskRanges;
use serde::Serialize;
use serde_json::Value;
use store::{AssessmentRow, ConditionRow};

/// One district across the kinds, in the order of [`Kind::ALL`].
#[derive(Clone, Debug, Serialize)]
pub struct MatrixRow {
    #[serde(serialize_with = "json::text")]
    pub code: Code,
    pub name: String,
    pub cells: [MatrixCell; Kind::COUNT],
}

/// One (district, kind).
#[derive(Clone, Debug, Serialize)]
pub struct MatrixCell {
    #[serde(serialize_with = "json::word")]
    pub kind: Kind,
    #[serde(serialize_with = "json::word")]
    pub level: Level,
    /// Share of its feeds that speak, where that is too little to trust a low level.
    pub thin_ppm: Option<u32>,
    pub risk: Option<RiskFigure>,
    /// The level is shown only by what somebody answered when they ended the alert.
    #[serde(skip)]
    pub answered: Option<AnsweredLevel>,
}

/// Place among the regency's districts that have data, the highest risk first, and how many those are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Rank {
    pub place: usize,
    pub of: usize,
}

/// A risk with what is usual there.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct RiskFigure {
    pub risk_ppm: u32,
    pub base_ppm: u32,
    pub calibrated: bool,
    pub rank: Option<Rank>,
}

impl MatrixRow {
    pub fn highest(&self) -> Level {
        shown_level_of_kinds(self.cells.iter().map(|cell| cell.level))
    }
    /// The share of the feeds that speak of a kind, or of the kind least heard where none is chosen, where that is too low.
    pub fn thin_ppm(&self, kind: Option<Kind>) -> Option<u32> {
        let cells = self.cells.iter().filter(|cell| kind.is_none_or(|kind| cell.kind == kind));
        cells.filter_map(|cell| cell.thin_ppm).min()
    }
    pub fn shown(&self, kind: Option<Kind>) -> Level {
        kind.map_or_else(|| self.highest(), |kind| self.cells[kind.index()].level)
    }
    /// By what the level shown stands, where that is only what somebody answered when they ended an alert.
    pub fn answered(&self, kind: Option<Kind>) -> Option<&AnsweredLevel> {
        let level = self.shown(kind);
        let shown = |cell: &&MatrixCell| kind.is_none_or(|kind| cell.kind == kind) && cell.level == level;
        let mut cells = self.cells.iter().filter(shown);
        let first = cells.next()?.answered.as_ref()?;
        cells.all(|cell| cell.answered.is_some()).then_some(first)
    }
}

/// An assessment as a viewer may see it.
#[derive(Clone, Debug, Serialize)]
pub struct AssessmentView {
    #[serde(serialize_with = "json::word")]
    pub horizon: Horizon,
    #[serde(serialize_with = "json::time")]
    pub at: Time,
    pub risk: RiskFigure,
    /// Between what it lies, where the model is not calibrated.
    pub range: Option<ShownRange>,
    /// The local climatology's probability.
    pub baseline_ppm: u32,
    pub model: String,
    /// Why, in words of the place, and what would lower it; empty where nobody asked ([`crate::explanation`]).
    pub explanation: Vec<String>,
    /// Why by the model, the strongest reason first; their shares and the starting point sum to the risk's logit.
    pub reasons: Vec<ReasonLine>,
    /// The logit's starting point.
    pub intercept: f64,
}

/// Newest assessments (7 days) by kind, and the conditions that stand.
pub struct Picture {
    weeks: [Vec<AssessmentRow>; Kind::COUNT],
    standing: Vec<ConditionRow>,
    answered: Vec<AnsweredLevel>,
}

impl Picture {
    /// Of these units; a regency's code brings all its districts.
    #[boxed]
    pub async fn load(context: &Context, codes: &[Code]) -> Result<Picture, ViewError> {
        let mut weeks = [const { Vec::new() }; Kind::COUNT];
        for kind in Kind::ALL {
            weeks[kind.index()] =
                context.sources.store.assessments(*kind, Horizon::Week, codes, None).await?;
        }
        let mut standing = context.sources.store.conditions(codes).await?;
        standing.retain(|row| stands(row.change));
        let answered = answered::load(context, &standing).await?;
        Ok(Picture { weeks, standing, answered })
    }

    pub fn week(&self, code: Code, kind: Kind) -> Option<&AssessmentRow> {
        self.weeks[kind.index()].iter().find(|row| row.code == code)
    }

    /// The completeness of the kind least heard in a unit; `None` where nothing was assessed there yet.
    pub fn least_heard(&self, code: Code) -> Option<u32> {
        let shares = Kind::ALL.iter().filter_map(|kind| self.week(code, *kind));
        shares.map(|row| row.completeness_ppm).min()
    }

    /// All newest assessments of a kind.
    pub fn weeks(&self, kind: Kind) -> &[AssessmentRow] {
        &self.weeks[kind.index()]
    }

    /// The level shown of a unit where no kind is chosen.
    pub fn highest(&self, code: Code) -> Level {
        shown_level_of_kinds(Kind::ALL.iter().map(|kind| self.level(code, *kind)))
    }

    /// The level shown of a unit and kind.
    pub fn level(&self, code: Code, kind: Kind) -> Level {
        let condition = self.standing.iter().find(|row| row.code == code && row.kind == kind);
        level_of(condition.map(|row| row.level), self.week(code, kind))
    }

    /// By what the level shown stands, where that is only what somebody answered when they ended the alert.
    pub fn answered(&self, code: Code, kind: Kind) -> Option<&AnsweredLevel> {
        let own = self.answered.iter().find(|own| own.code == code && own.kind == kind)?;
        own.is_shown(level_of(None, self.week(code, kind))).then_some(own)
    }

    pub fn row(&self, context: &Context, unit: UnitId) -> MatrixRow {
        let places = &context.sources.places;
        let code = places.code(unit);
        let risk =
            |row: &AssessmentRow| RiskFigure { rank: rank(&self.weeks[row.kind.index()], row), ..risk(row) };
        let low = context.sources.silence.low_ppm;
        let cell = |kind: Kind| {
            let week = self.week(code, kind);
            MatrixCell {
                kind,
                level: self.level(code, kind),
                thin_ppm: week.map(|row| row.completeness_ppm).filter(|ppm| *ppm < low),
                risk: week.map(&risk),
                answered: self.answered(code, kind).cloned(),
            }
        };
        MatrixRow {
            code,
            name: places.name(unit),
            cells: [cell(Kind::ResidentCompany), cell(Kind::ResidentResident), cell(Kind::Disaster)],
        }
    }
}

/// [`shown_level`] of what the store has: the condition that stands, if one does, and the newest risk.
pub fn level_of(condition: Option<Level>, risk: Option<&AssessmentRow>) -> Level {
    let completeness_ppm = risk.map_or(0, |row| row.completeness_ppm);
    shown_level(condition, risk.map(|row| row.level), completeness_ppm)
}

/// The conditions that stand in one place.
#[boxed]
pub async fn standing(context: &Context, code: Code) -> Result<Vec<ConditionRow>, ViewError> {
    let mut rows = context.sources.store.conditions(&[code]).await?;
    rows.retain(|row| row.code == code && stands(row.change));
    Ok(rows)
}

/// Whether a condition's last word leaves it standing.
pub fn stands(change: ConditionChange) -> bool {
    change.stands()
}

pub fn risk(row: &AssessmentRow) -> RiskFigure {
    RiskFigure { risk_ppm: row.risk_ppm, base_ppm: row.base_ppm, calibrated: row.calibrated, rank: None }
}

/// Where a district stands among its regency's by risk; equal risks share the better place. A regency itself and a
/// district without data have no place.
pub fn rank(rows: &[AssessmentRow], own: &AssessmentRow) -> Option<Rank> {
    let known = |row: &&AssessmentRow| {
        row.code.regency() == own.code.regency() && !row.code.is_regency() && row.level != Level::NoData
    };
    if !known(&own) {
        return None;
    }
    let others: Vec<&AssessmentRow> = rows.iter().filter(known).collect();
    // Where all are alike an order would say what is not so.
    if others.len() > 1 && others.iter().all(|row| row.risk_ppm == own.risk_ppm) {
        return None;
    }
    let place = 1 + others.iter().filter(|row| row.risk_ppm > own.risk_ppm).count();
    Some(Rank { place, of: others.len() })
}

/// An assessment with its reasons read back from what the store keeps; `rows` are all of its kind and horizon, `ranges` of its
/// regency, and `reports` what stands behind each reason.
pub fn assessment(
    context: &Context,
    row: &AssessmentRow,
    (rows, ranges): (&[AssessmentRow], &RiskRanges),
    reports: ReportsByReason,
) -> AssessmentView {
    let (features, contributions) = inputs(row);
    let intercept = contributions.intercept;
    let coarse = !context.viewer.may(Right::SeeReports);
    AssessmentView {
        horizon: row.horizon,
        at: row.emitted_at,
        risk: RiskFigure { rank: rank(rows, row), ..risk(row) },
        range: range_of(ranges, row),
        baseline_ppm: row.baseline_ppm,
        model: row.model.clone(),
        explanation: Vec::new(),
        reasons: reasons::lines(context.lang, &features, &contributions, coarse, reports),
        intercept,
    }
}

/// The range of a risk that is no percentage yet; none where there is no data.
pub fn range_of(ranges: &RiskRanges, row: &AssessmentRow) -> Option<ShownRange> {
    if row.calibrated || row.level == Level::NoData {
        return None;
    }
    let range = ranges.of((row.code, row.kind, row.horizon), row.risk_ppm, &row.model)?;
    Some(ShownRange::of(range, ranges.basis(row.kind, row.horizon, row.code.is_regency())?))
}

/// The same with the reports behind each reason and the explanation in words of the place.
#[boxed]
pub async fn explained(
    context: &Context,
    row: &AssessmentRow,
    of: (&[AssessmentRow], &RiskRanges),
) -> Result<AssessmentView, ViewError> {
    let reports = reports_behind::load(context, (row.code, row.kind), row.emitted_at).await?;
    let explanation = explanation::load(context, row).await?;
    Ok(AssessmentView { explanation, ..assessment(context, row, of, reports) })
}

/// The features of an assessment and what each contributes to the logit, as the store keeps them.
pub fn inputs(row: &AssessmentRow) -> (FeatureVector, Contributions) {
    let intercept = serde_json::from_str::<Value>(&row.contributions)
        .ok()
        .and_then(|value| value.get("intercept").and_then(Value::as_f64))
        .unwrap_or(0.0);
    (numbers(&row.features), Contributions { intercept, features: numbers(&row.contributions) })
}

/// Numbers by feature name; 0 where an older row lacks one.
fn numbers(json: &str) -> [f64; COUNT] {
    let value: Value = serde_json::from_str(json).unwrap_or_default();
    let nested = value.get("features").unwrap_or(&value);
    NAMES.map(|name| nested.get(name).and_then(Value::as_f64).unwrap_or(0.0))
}

/// "34 %, dari biasanya 6 %", or the rank and the range; never a bare percentage of a transferred model.
pub fn assessed_words(assessment: &AssessmentView, lang: Lang) -> String {
    let Some(own) = &assessment.range else { return risk_words(Some(assessment.risk), lang) };
    let range = range::words(own, assessment.horizon, lang);
    match assessment.risk.rank {
        Some(Rank { place, of }) => {
            lang.fill("range.ranked", &[("rank", &place), ("of", &of), ("range", &range)])
        }
        None => range,
    }
}

/// "34 %, dari biasanya 6 %", or the rank alone; never a bare percentage of a transferred model.
pub fn risk_words(risk: Option<RiskFigure>, lang: Lang) -> String {
    match risk {
        None => String::new(),
        Some(RiskFigure { calibrated: false, rank, .. }) => rank.map_or_else(
            || lang.text("overview.not_calibrated").to_string(),
            |Rank { place, of }| lang.fill("overview.rank", &[("rank", &place), ("of", &of)]),
        ),
        Some(risk) => lang.fill(
            "overview.risk",
            &[
                ("risk", &format::percent(risk.risk_ppm, lang)),
                ("usual", &format::percent(risk.base_ppm, lang)),
            ],
        ),
    }
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
    fn ranks_count_districts_with_data_only() {
        let row = |code: u32, risk_ppm: u32, level: Level| AssessmentRow {
            kind: Kind::Disaster,
            horizon: Horizon::Week,
            code: Code(code),
            emitted_at: domain::time::Time(0),
            risk_ppm,
            base_ppm: 0,
            baseline_ppm: 0,
            level,
            completeness_ppm: 0,
            model: String::new(),
            calibrated: false,
            features: String::new(),
            contributions: String::new(),
        };
        let rows = [
            row(161300, 900, Level::Low),
            row(161301, 5, Level::Low),
            row(161302, 7, Level::Low),
            row(161303, 7, Level::NoData),
            row(350801, 99, Level::Low),
        ];
        let at = |place, of| Some(Rank { place, of });
        let ranks: Vec<_> = rows.iter().map(|own| rank(&rows, own)).collect();
        assert_eq!(ranks, [None, at(2, 2), at(1, 2), None, at(1, 1)]);
        let alike = [row(161301, 5, Level::Low), row(161302, 5, Level::Low)];
        assert_eq!(rank(&alike, &alike[0]), None, "an order there is none");
    }

    #[test]
    fn a_cleared_condition_no_longer_stands() {
        assert!(stands(ConditionChange::Stale) && stands(ConditionChange::Raised));
        assert!(!stands(ConditionChange::Cleared) && !stands(ConditionChange::Withdrawn));
    }
}
