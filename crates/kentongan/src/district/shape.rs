//! Reads polygons from GeoJSON: where a place's centre is and which districts touch.

use super::codes::{Row, dotted};
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::collections::BTreeMap;

/// Simplified polygons of one border gap or overlap by metres; this close counts as touching.
const TOUCHING_METRES: f64 = 50.0;
const METRES_PER_DEGREE: f64 = 111_195.0;

/// Longitude and latitude, as GeoJSON writes them.
type Point = [f64; 2];

#[derive(Default)]
pub struct Shapes {
    known: BTreeMap<String, Shape>,
    /// Numbers of the features without a code, counted from 1.
    nameless: Vec<usize>,
    /// Codes of the features that enclose nothing.
    flat: Vec<String>,
    /// Codes that a later feature carries again; the last counts.
    twice: Vec<String>,
}

struct Shape {
    /// Latitude and longitude.
    centre: (f64, f64),
    /// Outer rings, closed.
    rings: Vec<Vec<Point>>,
}

impl Shapes {
    pub fn read(text: &str) -> Result<Shapes> {
        let file: Value = serde_json::from_str(text).context("not JSON")?;
        let features =
            file["features"].as_array().context("no `features`; a GeoJSON FeatureCollection is needed")?;
        let mut shapes = Shapes::default();
        for (number, feature) in features.iter().enumerate() {
            let Some(code) = code_of(feature) else {
                shapes.nameless.push(number + 1);
                continue;
            };
            let rings = rings(&feature["geometry"])
                .with_context(|| format!("feature {}, code {code}", number + 1))?;
            let Some(centre) = given_centre(&feature["properties"]).or_else(|| centroid(&rings)) else {
                shapes.flat.push(code);
                continue;
            };
            if shapes.known.insert(code.clone(), Shape { centre, rings }).is_some() {
                shapes.twice.push(code);
            }
        }
        ensure!(!shapes.known.is_empty(), "no feature carries a Kemendagri code in `kode`, `code` or `id`");
        Ok(shapes)
    }

    /// What of the file was not used, and which districts it does not show.
    pub fn left_out(&self, rows: &[Row]) -> Vec<String> {
        let mut lines = Vec::new();
        let mut note = |what: &str, list: Vec<String>| {
            if !list.is_empty() {
                lines.push(format!("{} {what}: {}", list.len(), short(&list)));
            }
        };
        let numbers = self.nameless.iter().map(usize::to_string).collect();
        note(
            "features carry no Kemendagri code in `kode`, `code` or `id` and were passed over, by number",
            numbers,
        );
        note("features enclose nothing and were passed over", self.flat.clone());
        note("codes are there more than once, the last feature was taken", self.twice.clone());
        let listed = |code: &&String| rows.iter().any(|row| row.code == **code);
        let elsewhere = self.known.keys().filter(|code| !listed(code)).cloned().collect();
        note("features are no place of the list and were not used", elsewhere);
        if !self.known.is_empty() {
            let districts = rows.iter().filter(|row| row.level() == "district");
            let unseen =
                districts.filter(|row| !self.known.contains_key(&row.code)).map(|row| row.code.clone());
            note("districts have no shape in the file, so no centre and no neighbours", unseen.collect());
        }
        lines
    }

    /// Latitude and longitude.
    pub fn centre(&self, code: &str) -> Option<(f64, f64)> {
        self.known.get(code).map(|shape| shape.centre)
    }

    /// The districts among `rows` that touch this one, in code order.
    pub fn neighbours<'a>(&self, code: &str, rows: &'a [Row]) -> Vec<&'a str> {
        let Some(own) = self.known.get(code) else { return Vec::new() };
        let others = rows.iter().filter(|row| row.level() == "district" && row.code != code);
        others
            .filter(|row| self.known.get(&row.code).is_some_and(|other| touch(own, other)))
            .map(|row| row.code.as_str())
            .collect()
    }
}

/// The first dozen, so that a file of a whole province does not fill the screen.
fn short(list: &[String]) -> String {
    const SHOWN: usize = 12;
    let more = list.len().saturating_sub(SHOWN);
    let shown = list[..list.len() - more].join(", ");
    if more == 0 { shown } else { format!("{shown} and {more} more") }
}

fn code_of(feature: &Value) -> Option<String> {
    let properties = &feature["properties"];
    let candidates = [&properties["kode"], &properties["code"], &properties["id"], &feature["id"]];
    candidates.into_iter().find_map(|value| dotted(value.as_str()?))
}

/// The centre a file states itself.
fn given_centre(properties: &Value) -> Option<(f64, f64)> {
    let lon = properties["lng"].as_f64().or_else(|| properties["lon"].as_f64())?;
    Some((properties["lat"].as_f64()?, lon))
}

fn rings(geometry: &Value) -> Result<Vec<Vec<Point>>> {
    let coordinates = geometry["coordinates"].as_array().context("no coordinates")?;
    let outer: Vec<&Value> = match geometry["type"].as_str() {
        Some("Polygon") => coordinates.iter().take(1).collect(),
        Some("MultiPolygon") => coordinates.iter().map(|polygon| &polygon[0]).collect(),
        other => anyhow::bail!("geometry {other:?}; Polygon or MultiPolygon is needed"),
    };
    outer.into_iter().map(ring).collect()
}

fn ring(points: &Value) -> Result<Vec<Point>> {
    let points = points.as_array().context("a ring that is no list")?;
    let mut ring = Vec::with_capacity(points.len());
    for point in points {
        let (Some(lon), Some(lat)) = (point[0].as_f64(), point[1].as_f64()) else {
            anyhow::bail!("a point without two numbers");
        };
        ensure!(
            lon.abs() <= 180.0 && lat.abs() <= 90.0,
            "point {lon},{lat} is not longitude, latitude in degrees"
        );
        ring.push([lon, lat]);
    }
    ensure!(ring.len() >= 4, "a ring of fewer than four points");
    Ok(ring)
}

/// Centre of gravity of the largest ring, latitude first.
fn centroid(rings: &[Vec<Point>]) -> Option<(f64, f64)> {
    let sums = rings.iter().map(|ring| {
        let [lon0, lat0] = ring[0];
        ring.windows(2).fold((0.0, 0.0, 0.0), |(area, x, y), pair| {
            let ([ax, ay], [bx, by]) = (pair[0], pair[1]);
            let (ax, ay, bx, by) = (ax - lon0, ay - lat0, bx - lon0, by - lat0);
            let cross = ax * by - bx * ay;
            (area + cross, x + (ax + bx) * cross, y + (ay + by) * cross)
        })
    });
    let (at, (area, x, y)) = sums.enumerate().max_by(|(_, a), (_, b)| a.0.abs().total_cmp(&b.0.abs()))?;
    let [lon, lat] = rings[at][0];
    (area != 0.0).then(|| (lat + y / (3.0 * area), lon + x / (3.0 * area)))
}

fn touch(a: &Shape, b: &Shape) -> bool {
    let corners_near = |from: &Shape, to: &Shape| {
        let corners = from.rings.iter().flatten();
        corners.into_iter().any(|corner| to.rings.iter().any(|ring| near(*corner, ring)))
    };
    corners_near(a, b) || corners_near(b, a)
}

fn near(point: Point, ring: &[Point]) -> bool {
    ring.windows(2).any(|edge| metres(point, edge[0], edge[1]) <= TOUCHING_METRES)
}

/// Distance from a point to an edge, on a plane that is good enough over a few kilometres.
fn metres(point: Point, from: Point, to: Point) -> f64 {
    let narrow = point[1].to_radians().cos();
    let flat = |other: Point| ((other[0] - point[0]) * narrow, other[1] - point[1]);
    let ((ax, ay), (bx, by)) = (flat(from), flat(to));
    let (dx, dy) = (bx - ax, by - ay);
    let length = dx * dx + dy * dy;
    let along = if length == 0.0 { 0.0 } else { (-(ax * dx + ay * dy) / length).clamp(0.0, 1.0) };
    (ax + along * dx).hypot(ay + along * dy) * METRES_PER_DEGREE
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three squares of about a kilometre in a row; the second gap is 30 m, the third 500 m.
    fn squares() -> Shapes {
        let square = |code: &str, west: f64| {
            let east = west + 0.01;
            format!(
                r#"{{"type":"Feature","properties":{{"kode":"{code}"}},"geometry":{{"type":"Polygon","coordinates":[[[{west},0],[{east},0],[{east},0.01],[{west},0.01],[{west},0]]]}}}}"#
            )
        };
        let features = [square("16.13.01", 100.0), square("161302", 100.01027), square("16.13.03", 100.025)];
        Shapes::read(&format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(",")))
            .unwrap()
    }

    #[test]
    fn neighbours_touch_across_a_gap_of_metres_and_both_ways() {
        let row = |code: &str| Row { code: code.to_owned(), name: String::new() };
        let rows = [row("16.13.01"), row("16.13.02"), row("16.13.03")];
        let shapes = squares();
        assert_eq!(shapes.neighbours("16.13.01", &rows), ["16.13.02"]);
        assert_eq!(shapes.neighbours("16.13.02", &rows), ["16.13.01"]);
        assert!(shapes.neighbours("16.13.03", &rows).is_empty());
    }

    #[test]
    fn the_centre_of_a_square_is_its_middle() {
        let (lat, lon) = squares().centre("16.13.01").unwrap();
        assert!((lat - 0.005).abs() < 1e-9 && (lon - 100.005).abs() < 1e-9, "{lat} {lon}");
    }

    #[test]
    fn what_was_not_used_is_said() {
        let area = |code: &str, east: f64| {
            format!(
                r#"{{"properties":{{{code}}},"geometry":{{"type":"Polygon","coordinates":[[[100,0],[{east},0],[{east},1],[100,1],[100,0]]]}}}}"#
            )
        };
        let features = [
            area(r#""kode":"16.13.01""#, 101.0),
            area(r#""nama":"tanpa kode""#, 101.0),
            area(r#""kode":"16.13.02""#, 100.0),
            area(r#""kode":"16.05.01""#, 102.0),
            area(r#""kode":"16.13.01""#, 102.0),
        ];
        let shapes = Shapes::read(&format!(r#"{{"features":[{}]}}"#, features.join(","))).unwrap();
        let row = |code: &str| Row { code: code.to_owned(), name: String::new() };
        let said = shapes.left_out(&[row("16.13"), row("16.13.01"), row("16.13.02"), row("16.13.03")]);
        let begins = [
            "1 features carry no Kemendagri code",
            "1 features enclose nothing",
            "1 codes are there more",
            "1 features are no place",
            "2 districts have no shape",
        ];
        assert_eq!(said.len(), begins.len(), "{said:?}");
        let ends = ["2", "16.13.02", "16.13.01", "16.05.01", "16.13.02, 16.13.03"];
        for ((line, begin), end) in said.iter().zip(begins).zip(ends) {
            assert!(line.starts_with(begin) && line.ends_with(&format!(": {end}")), "{line}");
        }
        assert!(Shapes::default().left_out(&[row("16.13.01")]).is_empty(), "no file was given");
        assert_eq!(short(&vec!["x".to_owned(); 14]), format!("{}x and 2 more", "x, ".repeat(11)));
    }

    #[test]
    fn what_is_wrong_with_a_file_is_said() {
        let said = |text: &str| format!("{:#}", Shapes::read(text).err().unwrap());
        assert!(said("{").contains("not JSON"));
        assert!(said("{}").contains("FeatureCollection"));
        assert!(said(r#"{"features":[{"properties":{"nama":"x"}}]}"#).contains("no feature carries"));
        let point = r#"{"features":[{"id":"16.13.01","geometry":{"type":"Point","coordinates":[1,2]}}]}"#;
        assert!(said(point).contains("Polygon"));
    }
}
