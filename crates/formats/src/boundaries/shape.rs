//! What of a GeoJSON geometry is area.

use super::{Point, Polygon, Ring};
use geojson::{Geometry, GeometryValue, Position};
use serde::Deserialize;
use serde_json::Value;

/// Why a geometry gives no polygon.
#[derive(Debug)]
pub enum ShapeError {
    /// It has none; the others of its file may be good.
    NoArea(String),
    /// Its numbers are not longitude and latitude; neither are, most likely, those of its file.
    Coordinates(String),
}

use ShapeError::{Coordinates, NoArea};

/// The polygons of a geometry, without parts that hold nothing.
pub fn polygons(geometry: &Value) -> Result<Vec<Polygon>, ShapeError> {
    if geometry.is_null() {
        return Err(NoArea("no geometry".to_owned()));
    }
    let geometry = Geometry::deserialize(geometry).map_err(|error| NoArea(error.to_string()))?;
    let mut found = Vec::new();
    collect(&geometry, &mut found)?;
    if found.is_empty() {
        let kind = geometry.value.type_name();
        return Err(NoArea(match &geometry.value {
            GeometryValue::Polygon { .. } | GeometryValue::MultiPolygon { .. } => format!("an empty {kind}"),
            _ => format!("a {kind}; a Polygon or MultiPolygon is needed"),
        }));
    }
    Ok(found)
}

fn collect(geometry: &Geometry, found: &mut Vec<Polygon>) -> Result<(), ShapeError> {
    match &geometry.value {
        GeometryValue::Polygon { coordinates } => found.extend(polygon(coordinates)?),
        GeometryValue::MultiPolygon { coordinates } => {
            for rings in coordinates {
                found.extend(polygon(rings)?);
            }
        }
        GeometryValue::GeometryCollection { geometries } => {
            for part in geometries {
                collect(part, found)?;
            }
        }
        GeometryValue::Point { coordinates } => _ = degrees(coordinates)?,
        _ => (),
    }
    Ok(())
}

/// The outer ring and its holes; nothing where the outer ring holds nothing, and without holes that hold nothing.
fn polygon(rings: &[Vec<Position>]) -> Result<Option<Polygon>, ShapeError> {
    let Some((outer, holes)) = rings.split_first() else { return Ok(None) };
    let Some(outer) = ring(outer)? else { return Ok(None) };
    let mut polygon = vec![outer];
    for hole in holes {
        polygon.extend(ring(hole)?);
    }
    Ok(Some(polygon))
}

/// A ring in degrees; one that is left open is closed, one of fewer than three corners is none.
fn ring(points: &[Position]) -> Result<Option<Ring>, ShapeError> {
    let mut ring = Ring::with_capacity(points.len() + 1);
    for point in points {
        ring.push(degrees(point)?);
    }
    if ring.first() != ring.last() {
        ring.extend(ring.first().copied());
    }
    Ok((ring.len() >= 4).then_some(ring))
}

/// A position's longitude and latitude; heights and whatever else stands behind them are not read.
fn degrees(position: &Position) -> Result<Point, ShapeError> {
    let &[lon, lat, ..] = position.as_slice() else {
        let count = position.len();
        let numbers = if count == 1 { "number" } else { "numbers" };
        return Err(NoArea(format!("a position has {count} {numbers}, longitude and latitude are needed")));
    };
    if lon.abs() <= 180.0 && lat.abs() <= 90.0 {
        return Ok((lon, lat));
    }
    let why = if lon.abs() <= 90.0 && lat.abs() <= 180.0 {
        "has latitude and longitude swapped; GeoJSON writes longitude first"
    } else if lon.abs() > 360.0 || lat.abs() > 360.0 {
        "is in metres, as UTM writes it; save the file again in WGS84 (EPSG:4326), for example with `ogr2ogr -t_srs EPSG:4326`"
    } else {
        "is not longitude, latitude in degrees"
    };
    Err(Coordinates(format!("point {lon},{lat} {why}")))
}
