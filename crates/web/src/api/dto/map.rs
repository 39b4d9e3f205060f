//! The heatmap as GeoJSON (RFC 7946).

use super::words::{HorizonWord, KindWord, LevelWord};
use super::{AnsweredDto, RangeDto, RiskDto};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A `FeatureCollection`: one feature for each place and kind that has a shape.
#[derive(Serialize, ToSchema)]
#[schema(as = Heatmap)]
pub struct HeatmapDto {
    #[schema(pattern = "^FeatureCollection$")]
    pub r#type: &'static str,
    pub features: Vec<CellFeatureDto>,
}

/// One place and kind.
#[derive(Serialize, ToSchema)]
#[schema(as = CellFeature)]
pub struct CellFeatureDto {
    #[schema(pattern = "^Feature$")]
    pub r#type: &'static str,
    #[schema(examples("16.13.04/disaster"))]
    pub id: String,
    pub geometry: MultiPolygonDto,
    pub properties: CellPropertiesDto,
}

/// Closed rings of degrees east and north.
#[derive(Serialize, ToSchema)]
#[schema(as = MultiPolygon)]
pub struct MultiPolygonDto {
    #[schema(pattern = "^MultiPolygon$")]
    pub r#type: &'static str,
    pub coordinates: Vec<Vec<Vec<[f64; 2]>>>,
}

/// What stands in the place; the fields from `horizon` on are left out where nothing was ever assessed.
#[derive(Serialize, ToSchema)]
#[schema(as = CellProperties)]
pub struct CellPropertiesDto {
    pub district: String,
    pub name: String,
    pub kind: KindWord,
    /// The level shown everywhere: of the risk, or of what stands.
    pub level: LevelWord,
    /// As of an assessment: the alert that answered what the level shows, where no alert as high runs.
    #[schema(required)]
    pub answered: Option<AnsweredDto>,
    /// True where the shape is drawn from the centre because no boundary is configured.
    pub approximate: bool,
    #[serde(flatten)]
    pub risk: RiskOfCellDto,
}

/// The figures of a risk; all of them, or none.
#[derive(Serialize, Default, ToSchema)]
#[schema(as = RiskOfCell)]
pub struct RiskOfCellDto {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub horizon: Option<HorizonWord>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime, nullable = false)]
    pub at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub risk_ppm: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub base_ppm: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub baseline_ppm: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub completeness_ppm: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub calibrated: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub model: Option<String>,
    /// Null as in a risk.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range: Option<Option<RangeDto>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub features: Option<BTreeMap<String, f64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub contributions: Option<BTreeMap<String, f64>>,
}

impl From<RiskDto> for RiskOfCellDto {
    fn from(risk: RiskDto) -> RiskOfCellDto {
        RiskOfCellDto {
            horizon: Some(risk.horizon),
            at: Some(risk.at),
            risk_ppm: Some(risk.risk_ppm),
            base_ppm: Some(risk.base_ppm),
            baseline_ppm: Some(risk.baseline_ppm),
            completeness_ppm: Some(risk.completeness_ppm),
            calibrated: Some(risk.calibrated),
            model: Some(risk.model),
            range: Some(risk.range),
            features: risk.features,
            contributions: risk.contributions,
        }
    }
}
