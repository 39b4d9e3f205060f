//! District shapes: read from GeoJSON files where a folder of them is configured, else computed from the centres.

use super::geometry::{buffered_hull, voronoi};
use domain::place::{Code, Places, UnitId};
use formats::abridge::{first_and_more, first_phrases_and_more};
use formats::boundaries::position::{self, PositionDoubt};
use formats::boundaries::{Boundaries, BoundariesError, Boundary, Point, Polygon, Ring, UnreadableFeature};
use std::collections::BTreeMap;
use std::path::Path;

/// Places a remark lists; there may be the whole country's.
const LISTED: usize = 8;

/// The shapes of every configured district, in degrees east and north.
#[derive(Clone, Debug, Default)]
pub struct Shapes {
    polygons: BTreeMap<Code, Vec<Polygon>>,
    /// Regencies whose shapes were computed from centres.
    approximate: Vec<Code>,
    remarks: Vec<String>,
}

#[derive(Debug, thiserror::Error)]
pub enum ShapesError {
    #[error(
        "reading the boundary folder '{path}': {source} (leave the setting empty to draw from the centres)"
    )]
    Folder { path: String, source: std::io::Error },
    #[error("the boundary file '{path}' cannot be used: {source}")]
    GeoJson { path: String, source: BoundariesError },
}

impl Shapes {
    /// Reads every `*.geojson` and `*.json` of `folder`; regencies it does not cover whole are computed.
    pub fn load(folder: Option<&Path>, places: &Places) -> Result<Shapes, ShapesError> {
        let mut found = BTreeMap::new();
        let mut remarks: Vec<String> = centre_doubts(places).into_iter().collect();
        if let Some(folder) = folder {
            let name = || folder.display().to_string();
            let listing =
                std::fs::read_dir(folder).map_err(|source| ShapesError::Folder { path: name(), source })?;
            let mut files: Vec<_> = listing.filter_map(Result::ok).map(|entry| entry.path()).collect();
            files.sort();
            for file in files {
                if !file.extension().is_some_and(|ext| ext == "geojson" || ext == "json") {
                    continue;
                }
                let path = || file.display().to_string();
                let text =
                    std::fs::read(&file).map_err(|source| ShapesError::Folder { path: path(), source })?;
                let mut boundaries = match Boundaries::parse(&text) {
                    Ok(boundaries) => boundaries,
                    Err(why @ (BoundariesError::NoCode(_) | BoundariesError::NoFeatures)) => {
                        remarks.push(format!("'{}' is not used: {why}", path()));
                        continue;
                    }
                    Err(source) => return Err(ShapesError::GeoJson { path: path(), source }),
                };
                let listed = names(places);
                boundaries.take_misnamed(listed.iter().map(|(code, name)| (code.as_str(), *name)));
                remarks.extend(remarks_on(&boundaries, &path(), places));
                for (code, boundary) in districts(&boundaries) {
                    found.entry(code).or_insert_with(|| open_polygons(boundary));
                }
            }
            remarks.extend(unused(&found, places));
        }
        Ok(Shapes { remarks, ..Shapes::new(found, places) })
    }

    /// What of the boundary folder is not drawn, and why; for the log and for `check`.
    pub fn remarks(&self) -> &[String] {
        &self.remarks
    }

    /// The shapes of `known`, and computed ones for every regency with a district missing from it.
    pub fn new(known: BTreeMap<Code, Vec<Polygon>>, places: &Places) -> Shapes {
        let mut shapes = Shapes { polygons: known, ..Shapes::default() };
        for regency in places.regency_ids() {
            let whole = places
                .districts(regency)
                .all(|district| shapes.polygons.contains_key(&places.code(district)));
            if !whole {
                shapes.approximate.push(places.code(regency));
                shapes.polygons.extend(cells(places, regency));
            }
        }
        shapes
    }

    /// Outer rings with their holes, without the points that close them.
    pub fn of(&self, code: Code) -> &[Polygon] {
        self.polygons.get(&code).map_or(&[], Vec::as_slice)
    }

    pub fn is_approximate(&self, regency: Code) -> bool {
        self.approximate.contains(&regency.regency())
    }
}

/// Boundaries that are passed over because they do not show a regency whole, and regencies that have none.
fn unused(found: &BTreeMap<Code, Vec<Polygon>>, places: &Places) -> Vec<String> {
    let (mut remarks, mut without) = (Vec::new(), Vec::new());
    for regency in places.regency_ids() {
        let codes = || places.districts(regency).map(|district| places.code(district));
        let missing: Vec<Code> = codes().filter(|code| !found.contains_key(code)).collect();
        let code = places.code(regency);
        if missing.len() == codes().count() {
            without.push(code);
        } else if !missing.is_empty() {
            remarks.push(format!(
                "the boundaries of '{code}' are not used, for they lack {}; its map is drawn from the centres",
                first_and_more(&missing, LISTED)
            ));
        }
    }
    if !without.is_empty() {
        remarks.push(format!(
            "there are no boundaries of {}; drawn from the centres",
            first_and_more(&without, LISTED)
        ));
    }
    remarks
}

/// Voronoi cells of a regency's district centres within the buffered hull of all that is known of it.
fn cells(places: &Places, regency: UnitId) -> Vec<(Code, Vec<Polygon>)> {
    let districts: Vec<(Code, Point)> = places
        .districts(regency)
        .filter_map(|id| places.unit(id).centre.map(|(lat, lon)| (places.code(id), (lon, lat))))
        .collect();
    let mut known: Vec<Point> = districts.iter().map(|(_, centre)| *centre).collect();
    for id in places.districts(regency) {
        known.extend(places.unit(id).villages.iter().filter_map(|v| v.centre.map(|(lat, lon)| (lon, lat))));
    }
    if known.is_empty() {
        return Vec::new();
    }
    let (min, max) = extent(&known);
    let buffer = ((max.0 - min.0).max(max.1 - min.1) * 0.06).max(0.01);
    let boundary = buffered_hull(&known, buffer);
    let centres: Vec<Point> = districts.iter().map(|(_, centre)| *centre).collect();
    let rings = voronoi(&centres, &boundary);
    districts.into_iter().zip(rings).map(|((code, _), ring)| (code, vec![vec![ring]])).collect()
}

pub(crate) fn extent(points: &[Point]) -> (Point, Point) {
    let mut min = (f64::INFINITY, f64::INFINITY);
    let mut max = (f64::NEG_INFINITY, f64::NEG_INFINITY);
    for (x, y) in points {
        min = (min.0.min(*x), min.1.min(*y));
        max = (max.0.max(*x), max.1.max(*y));
    }
    (min, max)
}

/// The districts of a boundary file.
fn districts(boundaries: &Boundaries) -> impl Iterator<Item = (Code, &Boundary)> {
    boundaries.places().filter_map(|(code, boundary)| Some((district(code)?, boundary)))
}

fn district(code: &str) -> Option<Code> {
    Code::parse(code).filter(|code| !code.is_regency())
}

/// The codes of the districts with each of their names.
fn names(places: &Places) -> Vec<(String, &str)> {
    let of = |unit: UnitId| {
        let (code, record) = (places.code(unit).to_string(), places.unit(unit));
        let names = record.aliases.iter().chain([&record.name]).filter(|name| !name.is_empty());
        names.map(|name| (code.clone(), name.as_str())).collect::<Vec<_>>()
    };
    places.ids().filter(|unit| !places.code(*unit).is_regency()).flat_map(of).collect()
}

/// Centres of the files of places that cannot be right.
fn centre_doubts(places: &Places) -> Option<String> {
    let centres = places.ids().filter_map(|id| Some((places.code(id).to_string(), places.unit(id).centre?)));
    let centres: Vec<(String, (f64, f64))> = centres.collect();
    let doubts = position::doubts(centres.iter().map(|(code, centre)| (code.as_str(), *centre)));
    (!doubts.is_empty())
        .then(|| format!("lat and lon of places {}; correct them in the file of places", phrases(doubts)))
}

/// The verdict on some doubts and their list; only what cannot be right where some cannot.
fn phrases(mut doubts: Vec<PositionDoubt>) -> String {
    let some_cannot = doubts.iter().any(|doubt| doubt.is_impossible);
    doubts.retain(|doubt| doubt.is_impossible == some_cannot);
    let verdict = if some_cannot { "cannot be right" } else { "should be looked at" };
    let words: Vec<String> = doubts.into_iter().map(|doubt| doubt.words).collect();
    format!("{verdict}: {}", first_phrases_and_more(&words, LISTED))
}

/// What of a boundary file cannot be drawn, or not where it is.
fn remarks_on(boundaries: &Boundaries, path: &str, places: &Places) -> Vec<String> {
    let mut remarks = Vec::new();
    let known = |code: &str| district(code).is_some_and(|code| places.find(code).is_some());
    let why = |feature: &UnreadableFeature| format!("{} ({})", feature.code, feature.why);
    let unreadable = boundaries.unreadable.iter().filter(|feature| known(&feature.code)).map(why);
    let flat = boundaries.flat.iter().filter(|code| known(code)).cloned();
    let without: Vec<String> = unreadable.chain(flat).collect();
    if !without.is_empty() {
        remarks.push(format!("'{path}': no polygon could be read of {}", first_and_more(&without, LISTED)));
    }
    let misnamed = boundaries.misnamed.iter().map(|own| format!("{} (named like {})", own.code, own.named));
    let misnamed: Vec<String> = misnamed.collect();
    if !misnamed.is_empty() {
        let list = first_and_more(&misnamed, LISTED);
        remarks.push(format!("'{path}': codes beside the name of another place are not drawn: {list}"));
    }
    let wanted: Vec<(String, Option<(f64, f64)>)> = places
        .ids()
        .filter(|id| !places.code(*id).is_regency())
        .map(|id| (places.code(id).to_string(), places.unit(id).centre))
        .collect();
    let doubts = boundaries.position_doubts(wanted.iter().map(|(code, centre)| (code.as_str(), *centre)));
    if !doubts.is_empty() {
        remarks.push(format!(
            "'{path}': positions {}; correct the file, maps show these places there",
            phrases(doubts)
        ));
    }
    if !districts(boundaries).any(|(code, _)| places.find(code).is_some()) {
        remarks.push(format!("'{path}' is not used: no feature carries the code of a configured district"));
    }
    remarks
}

/// The polygons of a place, without the points that close their rings.
fn open_polygons(boundary: &Boundary) -> Vec<Polygon> {
    let open = |ring: &Ring| ring[..ring.len() - 1].to_vec();
    boundary.polygons.iter().map(|polygon| polygon.iter().map(open).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map::geometry::area;
    use domain::place::Unit;

    fn places() -> Places {
        let unit = |lat, lon| Unit { centre: Some((lat, lon)), ..Unit::default() };
        Places::new(
            vec![
                (Code(161300), Unit::default()),
                (Code(161301), unit(-2.7, 102.8)),
                (Code(161302), unit(-2.6, 102.6)),
                (Code(161303), unit(-2.5, 102.9)),
            ],
            false,
        )
    }

    #[test]
    fn without_a_file_the_cells_come_from_the_centres_and_say_so() {
        let shapes = Shapes::load(None, &places()).unwrap();
        assert!(shapes.is_approximate(Code(161300)));
        for code in [161301, 161302, 161303] {
            let polygons = shapes.of(Code(code));
            assert!(polygons.len() == 1 && area(&polygons[0][0]).abs() > 0.0, "{code}");
        }
    }

    #[test]
    fn a_boundary_file_that_covers_all_is_not_called_approximate() {
        let feature = |code: &str, shift: f64| {
            format!(
                r#"{{"type":"Feature","properties":{{"kode":"{code}"}},"geometry":{{"type":"Polygon","coordinates":[[[{shift},0],[{shift},1],[3,1],[{shift},0]]]}}}}"#
            )
        };
        let text = format!(
            r#"{{"type":"FeatureCollection","features":[{},{},{}]}}"#,
            feature("16.13.01", 0.0),
            feature("16.13.02", 1.0),
            feature("16.13.03", 2.0)
        );
        let boundaries = Boundaries::parse(text.as_bytes()).unwrap();
        let found = districts(&boundaries).map(|(code, boundary)| (code, open_polygons(boundary))).collect();
        let shapes = Shapes::new(found, &places());
        assert!(!shapes.is_approximate(Code(161300)));
        assert_eq!(shapes.of(Code(161301))[0][0].len(), 3);
    }

    #[test]
    fn a_hole_stays_a_hole_and_swapped_coordinates_refuse_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let feature = |code: &str, rings: &str| {
            format!(r#"{{"id":"{code}","geometry":{{"type":"Polygon","coordinates":[{rings}]}}}}"#)
        };
        let write = |first: &str| {
            let whole = "[[102,-3],[103,-3],[103,-2],[102,-3]]";
            let features =
                [feature("16.13.01", first), feature("16.13.02", whole), feature("16.13.03", whole)];
            let text = format!("\u{feff}{{\"features\":[{}]}}", features.join(","));
            std::fs::write(folder.path().join("a.geojson"), text).unwrap();
        };
        write("[[102,-3],[103,-3],[103,-2],[102,-3]],[[102.6,-2.9],[102.8,-2.9],[102.8,-2.7],[102.6,-2.9]]");
        let shapes = Shapes::load(Some(folder.path()), &places()).unwrap();
        let rings: Vec<usize> = shapes.of(Code(161301)).iter().map(Vec::len).collect();
        assert_eq!((rings, shapes.remarks().len()), (vec![2], 0), "{:?}", shapes.remarks());
        write("[[-3,102],[-3,103],[-2,103],[-3,102]]");
        let error = Shapes::load(Some(folder.path()), &places()).unwrap_err().to_string();
        assert!(
            error.contains("a.geojson") && error.contains("16.13.01") && error.contains("swapped"),
            "{error}"
        );
    }

    #[test]
    fn a_code_beside_the_name_of_another_kecamatan_is_not_drawn() {
        let unit = |name: &str| Unit { name: name.to_owned(), ..Unit::default() };
        let rows = vec![
            (Code(161300), unit("Musi Rawas Utara")),
            (Code(161301), unit("Rupit")),
            (Code(161302), unit("Rawas Ulu")),
        ];
        let places = Places::new(rows, false);
        let folder = tempfile::tempdir().unwrap();
        let feature = |code: &str, name: &str| {
            format!(
                r#"{{"properties":{{"kode":"{code}","nama":"{name}"}},"geometry":{{"type":"Polygon","coordinates":[[[102.5,-2.9],[102.7,-2.9],[102.7,-2.7],[102.5,-2.9]]]}}}}"#
            )
        };
        let remarks = |names: [&str; 2]| {
            let features = [feature("16.13.01", names[0]), feature("16.13.02", names[1])].join(",");
            std::fs::write(folder.path().join("a.json"), format!(r#"{{"features":[{features}]}}"#)).unwrap();
            Shapes::load(Some(folder.path()), &places).unwrap().remarks().join("\n")
        };
        assert_eq!(remarks(["RUPIT", "Rawas Ulu"]), "");
        let swapped = remarks(["Rawas Ulu", "Rupit"]);
        assert!(
            swapped.contains("16.13.01 (named like 16.13.02), 16.13.02 (named like 16.13.01)"),
            "{swapped}"
        );
    }

    #[test]
    fn boundaries_that_are_not_drawn_are_reported() {
        let folder = tempfile::tempdir().unwrap();
        let feature = |code: &str, point: &str| {
            format!(
                r#"{{"id":"{code}","geometry":{{"type":"Polygon","coordinates":[[{point},[103,-2.8],[103,-2.4],{point}]]}}}}"#
            )
        };
        let write = |name: &str, features: &[String]| {
            let text = format!(r#"{{"features":[{}]}}"#, features.join(","));
            std::fs::write(folder.path().join(name), text).unwrap();
        };
        let remarks = || Shapes::load(Some(folder.path()), &places()).unwrap().remarks().join("\n");
        let whole = ["16.13.01", "16.13.02", "16.13.03"].map(|code| feature(code, "[102.6,-2.8]"));
        write("a.geojson", &whole);
        assert_eq!(remarks(), "");
        write("b.geojson", &[feature("35.08.01", "[102.6,-2.8]")]);
        assert!(remarks().contains("b.geojson' is not used"), "{}", remarks());
        write("a.geojson", &[whole[0].clone(), feature("16.13.02", "[\"x\",0]")]);
        let text = remarks();
        assert!(text.contains("a.geojson': no polygon could be read of 16.13.02"), "{text}");
        assert!(
            text.contains("boundaries of '16.13' are not used, for they lack 16.13.02, 16.13.03"),
            "{text}"
        );
        write("a.geojson", &[]);
        assert!(remarks().contains("no boundaries of 16.13;"), "{}", remarks());
        assert!(Shapes::load(None, &places()).unwrap().remarks().is_empty());
    }

    #[test]
    fn a_place_where_it_cannot_lie_is_remarked_of_shapes_and_of_centres() {
        let folder = tempfile::tempdir().unwrap();
        let square = |code: &str, west: f64, south: f64| {
            let (east, north) = (west + 0.2, south + 0.2);
            format!(
                r#"{{"id":"{code}","geometry":{{"type":"Polygon","coordinates":[[[{west},{south}],[{east},{south}],[{east},{north}],[{west},{south}]]]}}}}"#
            )
        };
        let remarks = |west: f64, south: f64| {
            let features = [
                square("16.13.01", 102.7, -2.8),
                square("16.13.02", west, south),
                square("16.13.03", 102.8, -2.6),
            ];
            let text = format!(r#"{{"features":[{}]}}"#, features.join(","));
            std::fs::write(folder.path().join("a.geojson"), text).unwrap();
            Shapes::load(Some(folder.path()), &places()).unwrap().remarks().join("\n")
        };
        assert_eq!(remarks(102.5, -2.7), "");
        for (west, south, reason) in [
            (102.5, 2.6, "sign of its latitude"),
            (-102.5, -2.7, "sign of its longitude"),
            (-0.1, -0.1, "outside Indonesia"),
            (105.5, -3.5, "km from the centre that the list of places gives"),
        ] {
            let text = remarks(west, south);
            assert!(text.contains("16.13.02") && text.contains(reason), "{text}");
        }
        let unit = |lat, lon| Unit { centre: Some((lat, lon)), ..Unit::default() };
        let moved = vec![
            (Code(161300), Unit::default()),
            (Code(161301), unit(-2.7, 102.8)),
            (Code(161302), unit(2.6, 102.6)),
        ];
        let remarks = Shapes::load(None, &Places::new(moved, false)).unwrap().remarks().join("\n");
        assert!(remarks.contains("16.13.02") && remarks.contains("sign of its latitude"), "{remarks}");
    }
}
