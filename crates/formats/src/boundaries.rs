//! Boundaries of places from a GeoJSON file: polygons by Kemendagri code, and what of the file could not be used.
//!
//! The map draws them; `district add` takes centres and neighbours from them (`measure`).

mod measure;

use crate::code_list::dotted;
use geojson::{Geometry, GeometryValue, Position};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// Longitude and latitude in degrees, as GeoJSON writes them.
pub type Point = (f64, f64);
/// A closed line: the last point is the first.
pub type Ring = Vec<Point>;
/// An outer ring and the holes in it.
pub type Polygon = Vec<Ring>;

/// The places of one GeoJSON file. `Boundaries::default()` stands for no file.
#[derive(Clone, Debug, Default)]
pub struct Boundaries {
    places: BTreeMap<String, Boundary>,
    /// Numbers of the features without a code, counted from 1.
    pub without_code: Vec<usize>,
    /// Features whose geometry cannot be used.
    pub unreadable: Vec<UnreadableFeature>,
    /// Codes of the features that enclose nothing.
    pub flat: Vec<String>,
    /// Codes that a later feature carries again; the last counts.
    pub repeated: Vec<String>,
}

/// Where a place lies.
#[derive(Clone, PartialEq, Debug)]
pub struct Boundary {
    /// Latitude and longitude: as the file states it, else the middle of the largest polygon.
    pub centre: (f64, f64),
    pub polygons: Vec<Polygon>,
}

/// A feature with a code and no polygon that can be used.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnreadableFeature {
    /// Counted from 1.
    pub number: usize,
    pub code: String,
    pub why: String,
}

/// Why nothing of a file can be used; which file it is, the caller says.
#[derive(Debug, thiserror::Error)]
pub enum BoundariesError {
    #[error("not JSON: {0}")]
    Json(#[from] serde_json::Error),
    #[error("no `features`; a GeoJSON FeatureCollection is needed")]
    NoFeatures,
    #[error("no feature carries a Kemendagri code in `kode`, `code` or `id`")]
    NoCode,
}

impl Boundaries {
    /// The places of a FeatureCollection, or of a single feature.
    ///
    /// # Errors
    /// Where the text is not GeoJSON or no feature carries a code. A feature that cannot be used is no error: it is
    /// listed.
    pub fn parse(text: &[u8]) -> Result<Boundaries, BoundariesError> {
        let file: Value = serde_json::from_slice(text)?;
        let features = match file.get("features").and_then(Value::as_array) {
            Some(list) => list.as_slice(),
            None if file.get("geometry").is_some() => std::slice::from_ref(&file),
            None => return Err(BoundariesError::NoFeatures),
        };
        let mut boundaries = Boundaries::default();
        for (index, feature) in features.iter().enumerate() {
            boundaries.add(index + 1, feature);
        }
        let Boundaries { places, unreadable, flat, .. } = &boundaries;
        if places.is_empty() && unreadable.is_empty() && flat.is_empty() {
            return Err(BoundariesError::NoCode);
        }
        Ok(boundaries)
    }

    fn add(&mut self, number: usize, feature: &Value) {
        let Some(code) = code_of(feature) else {
            self.without_code.push(number);
            return;
        };
        let polygons = match polygons(&feature["geometry"]) {
            Ok(polygons) => polygons,
            Err(why) => {
                self.unreadable.push(UnreadableFeature { number, code, why });
                return;
            }
        };
        let stated = stated_centre(&feature["properties"]);
        let Some(centre) = stated.or_else(|| measure::centroid(&polygons)) else {
            self.flat.push(code);
            return;
        };
        if self.places.insert(code.clone(), Boundary { centre, polygons }).is_some() {
            self.repeated.push(code);
        }
    }

    /// The places in the order of their codes, written with dots.
    pub fn places(&self) -> impl Iterator<Item = (&str, &Boundary)> {
        self.places.iter().map(|(code, boundary)| (code.as_str(), boundary))
    }

    pub fn get(&self, code: &str) -> Option<&Boundary> {
        self.places.get(code)
    }

    /// The places among `others` that touch this one, in their order. What has no boundary touches nothing.
    pub fn neighbours<'a>(&self, code: &str, others: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
        let Some(own) = self.get(code) else { return Vec::new() };
        let touches =
            |other: &&str| *other != code && self.get(other).is_some_and(|other| measure::touch(own, other));
        others.filter(touches).collect()
    }
}

fn code_of(feature: &Value) -> Option<String> {
    let properties = &feature["properties"];
    let candidates = [&properties["kode"], &properties["code"], &properties["id"], &feature["id"]];
    candidates.into_iter().find_map(|value| dotted(value.as_str()?))
}

/// The centre a file states itself.
fn stated_centre(properties: &Value) -> Option<(f64, f64)> {
    let lon = properties["lng"].as_f64().or_else(|| properties["lon"].as_f64())?;
    Some((properties["lat"].as_f64()?, lon))
}

fn polygons(geometry: &Value) -> Result<Vec<Polygon>, String> {
    let geometry = Geometry::deserialize(geometry).map_err(|error| error.to_string())?;
    let polygons: Vec<Polygon> = match &geometry.value {
        GeometryValue::Polygon { coordinates } => vec![polygon(coordinates)?],
        GeometryValue::MultiPolygon { coordinates } => {
            coordinates.iter().map(|rings| polygon(rings)).collect::<Result<_, String>>()?
        }
        other => return Err(format!("a {}; a Polygon or MultiPolygon is needed", other.type_name())),
    };
    if polygons.iter().all(Vec::is_empty) { Err("a polygon without rings".into()) } else { Ok(polygons) }
}

fn polygon(rings: &[Vec<Position>]) -> Result<Polygon, String> {
    rings.iter().map(|points| ring(points)).collect()
}

/// A ring in degrees; one that is left open is closed.
fn ring(points: &[Position]) -> Result<Ring, String> {
    let mut ring = Ring::with_capacity(points.len() + 1);
    for point in points {
        let (lon, lat) = (point[0], point[1]);
        if lon.abs() > 180.0 || lat.abs() > 90.0 {
            return Err(format!("point {lon},{lat} is not longitude, latitude in degrees"));
        }
        ring.push((lon, lat));
    }
    if ring.first() != ring.last() {
        ring.extend(ring.first().copied());
    }
    if ring.len() < 4 { Err("a ring of fewer than three corners".into()) } else { Ok(ring) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn squares() -> Boundaries {
        let square = |code: &str, west: f64| {
            let east = west + 0.01;
            format!(
                r#"{{"type":"Feature","properties":{{"kode":"{code}"}},"geometry":{{"type":"Polygon","coordinates":[[[{west},0],[{east},0],[{east},0.01],[{west},0.01],[{west},0]]]}}}}"#
            )
        };
        let features = [square("16.13.01", 100.0), square("161302", 100.01027), square("16.13.03", 100.025)];
        let text = format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","));
        Boundaries::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn neighbours_touch_across_a_gap_of_metres_and_both_ways() {
        let codes = || ["16.13.01", "16.13.02", "16.13.03"].into_iter();
        let boundaries = squares();
        assert_eq!(boundaries.neighbours("16.13.01", codes()), ["16.13.02"]);
        assert_eq!(boundaries.neighbours("16.13.02", codes()), ["16.13.01"]);
        assert!(boundaries.neighbours("16.13.03", codes()).is_empty());
    }

    #[test]
    fn the_centre_of_a_square_is_its_middle() {
        let (lat, lon) = squares().get("16.13.01").unwrap().centre;
        assert!((lat - 0.005).abs() < 1e-9 && (lon - 100.005).abs() < 1e-9, "{lat} {lon}");
    }

    #[test]
    fn a_centre_the_file_states_is_taken_and_an_open_ring_is_closed() {
        let text = r#"{"id":"16.13.01","properties":{"lat":-2.5,"lng":102.5},"geometry":{"type":"MultiPolygon",
            "coordinates":[[[[102,-3],[103,-3],[103,-2]],[[102.4,-2.9],[102.5,-2.9],[102.5,-2.8],[102.4,-2.9]]]]}}"#;
        let boundaries = Boundaries::parse(text.as_bytes()).unwrap();
        let place = boundaries.get("16.13.01").unwrap();
        assert_eq!(place.centre, (-2.5, 102.5));
        let lengths: Vec<usize> = place.polygons[0].iter().map(Vec::len).collect();
        assert_eq!((lengths, place.polygons[0][0][3]), (vec![4, 4], (102.0, -3.0)));
    }

    #[test]
    fn what_cannot_be_used_is_listed() {
        let area = |code: &str, east: &str| {
            format!(
                r#"{{"properties":{{{code}}},"geometry":{{"type":"Polygon","coordinates":[[[100,0],[{east},0],[{east},1],[100,1],[100,0]]]}}}}"#
            )
        };
        let features = [
            area(r#""kode":"16.13.01""#, "101"),
            area(r#""nama":"tanpa kode""#, "101"),
            area(r#""kode":"16.13.02""#, "100"),
            area(r#""kode":"16.13.03""#, "\"x\""),
            area(r#""kode":"16.13.04""#, "190"),
            area(r#""kode":"16.13.01""#, "102"),
            r#"{"id":"16.13.05","geometry":{"type":"Point","coordinates":[1,2]}}"#.into(),
        ];
        let text = format!(r#"{{"features":[{}]}}"#, features.join(","));
        let boundaries = Boundaries::parse(text.as_bytes()).unwrap();
        assert_eq!(boundaries.places().map(|(code, _)| code).collect::<Vec<_>>(), ["16.13.01"]);
        assert_eq!(boundaries.get("16.13.01").unwrap().centre.1, 101.0, "the last feature counts");
        assert_eq!((&boundaries.without_code, &boundaries.flat), (&vec![2], &vec!["16.13.02".to_owned()]));
        assert_eq!(boundaries.repeated, ["16.13.01"]);
        let unreadable: Vec<(usize, &str)> =
            boundaries.unreadable.iter().map(|feature| (feature.number, feature.code.as_str())).collect();
        assert_eq!(unreadable, [(4, "16.13.03"), (5, "16.13.04"), (7, "16.13.05")]);
        let why = |index: usize| boundaries.unreadable[index].why.as_str();
        assert!(
            why(1).contains("190") && why(2).contains("Polygon or MultiPolygon"),
            "{} {}",
            why(1),
            why(2)
        );
    }

    #[test]
    fn what_is_wrong_with_a_file_is_said() {
        let error = |text: &str| Boundaries::parse(text.as_bytes()).unwrap_err().to_string();
        assert!(error("{").contains("not JSON"));
        assert!(error("{}").contains("FeatureCollection"));
        assert!(error(r#"{"features":[{"properties":{"nama":"x"}}]}"#).contains("no feature carries"));
    }
}
