//! Risks: by place, on the map, and one place as it stands.

use super::dto::{
    AssessmentDto, CellFeatureDto, CellPropertiesDto, CentreDto, ConditionDto, DistrictDto, HeatmapDto,
    ListDto, MultiPolygonDto,
};
use super::query::{AssessmentsQuery, StrictQuery};
use super::{Answer, ApiError};
use crate::request::PageRequest;
use axum::Json;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::kind::{Horizon, Kind};
use domain::place::Code;
use domain::time::Time;
use views::{alerts, answered, assessments, chains, picture};

impl AssessmentsQuery {
    fn kinds(&self) -> Vec<Kind> {
        self.kind.map_or_else(|| Kind::ALL.to_vec(), |kind| vec![kind.0])
    }
    fn horizon(&self) -> Horizon {
        self.horizon.map_or(Horizon::Week, |horizon| horizon.0)
    }
    fn as_of(&self) -> Option<Time> {
        self.as_of.as_ref().map(|at| at.0)
    }
}

/// Latest risk by place
///
/// The newest assessment of each place, kind by kind; with `as_of` as it stood then by what had been received.
#[utoipa::path(
    get, path = "/v1/assessments", operation_id = "assessments", tag = "picture", params(AssessmentsQuery),
    responses((status = 200, description = "The places of the account", body = ListDto<AssessmentDto>)),
)]
pub async fn list(
    request: PageRequest,
    StrictQuery(asked): StrictQuery<AssessmentsQuery>,
) -> Answer<ListDto<AssessmentDto>> {
    let context = request.context()?;
    let mut items = Vec::new();
    for kind in asked.kinds() {
        let own = assessments::load(&context, kind, asked.horizon(), asked.as_of()).await?;
        items.extend(own.into_iter().map(|item| AssessmentDto::of(context.lang, item)));
    }
    Ok(Json(ListDto { items }))
}

/// The same as a map
///
/// GeoJSON: one feature for each place and kind, also where nothing was ever assessed.
#[utoipa::path(
    get, path = "/v1/heatmap.geojson", operation_id = "heatmap", tag = "picture", params(AssessmentsQuery),
    responses((
        status = 200, description = "The places of the account that have a shape",
        body = HeatmapDto, content_type = "application/geo+json",
    )),
)]
pub async fn heatmap(
    request: PageRequest,
    StrictQuery(asked): StrictQuery<AssessmentsQuery>,
) -> Result<Response, ApiError> {
    let context = request.context()?;
    let shapes = &request.state.shapes;
    let mut features = Vec::new();
    for kind in asked.kinds() {
        for cell in assessments::map_cells(&context, kind, asked.horizon(), asked.as_of()).await? {
            let polygons = shapes.of(cell.code);
            if polygons.is_empty() {
                continue;
            }
            features.push(CellFeatureDto {
                r#type: "Feature",
                id: format!("{}/{}", cell.code, cell.kind),
                geometry: MultiPolygonDto::of(polygons),
                properties: CellPropertiesDto::of(context.lang, shapes.is_approximate(cell.code), cell),
            });
        }
    }
    let map = HeatmapDto { r#type: "FeatureCollection", features };
    Ok(([(header::CONTENT_TYPE, "application/geo+json")], Json(map)).into_response())
}

/// One kecamatan or regency
///
/// Its risks, what stands there, and which places touch it.
#[utoipa::path(
    get, path = "/v1/districts/{code}", operation_id = "district", tag = "picture",
    params(("code" = String, Path, description = "Kemendagri code", example = "16.13.04")),
    responses((status = 200, description = "The place as it stands", body = DistrictDto)),
)]
pub async fn district(request: PageRequest, Path(code): Path<String>) -> Answer<DistrictDto> {
    let context = request.context()?;
    let unit = context.unit(&code)?;
    let places = &context.sources.places;
    let (code, place) = (places.code(unit), places.unit(unit));
    let risks = assessments::of_place(&context, code).await?;
    let standing = picture::standing(&context, code).await?;
    let answered = answered::load(&context, &standing).await?;
    let live = alerts::live(&context, &[code.regency()]).await?;
    let chains = chains::of(&context, &live);
    Ok(Json(DistrictDto {
        district: code.to_string(),
        name: places.name(unit),
        rank: place.rank.clone(),
        regency: code.regency().to_string(),
        centre: place.centre.map(|(lat, lon)| CentreDto { lat, lon }),
        neighbours: place.neighbours.iter().map(Code::to_string).collect(),
        assessments: risks.into_iter().map(|item| AssessmentDto::of(context.lang, item)).collect(),
        conditions: standing.iter().map(|row| ConditionDto::of(row, &answered, &chains)).collect(),
    }))
}
