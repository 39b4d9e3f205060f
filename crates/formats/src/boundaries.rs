//! Boundaries of places from a GeoJSON file: polygons by Kemendagri code, and what of the file could not be used.
//!
//! The map draws them; `district add` takes centres and neighbours from them (`measure`). Files of every maker are read:
//! `code_property` finds where the codes stand, `shape` what of a geometry is area.

mod code_property;
mod measure;
pub mod position;
mod shape;

use crate::archive::words;
use crate::plain_text::decoded;
use code_property::CodeProperties;
pub(crate) use measure::{apart, distance};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Longitude and latitude in degrees, as GeoJSON writes them.
pub type Point = (f64, f64);
/// A closed line: the last point is the first.
pub type Ring = Vec<Point>;
/// An outer ring and the holes in it.
pub type Polygon = Vec<Ring>;

/// Longer texts are no names.
const LONGEST_NAME: usize = 80;

/// The places of one GeoJSON file. `Boundaries::default()` stands for no file.
#[derive(Clone, Debug, Default)]
pub struct Boundaries {
    places: BTreeMap<String, Boundary>,
    /// Numbers of the features without a code, counted from 1.
    pub without_code: Vec<usize>,
    /// Features of places that no feature gives an area.
    pub unreadable: Vec<UnreadableFeature>,
    /// Features without an area whose place has one by another feature: an office beside its kecamatan.
    pub beside: Vec<UnreadableFeature>,
    /// Codes of the features that enclose nothing.
    pub flat: Vec<String>,
    /// Codes that several features carry; the place is all of them together.
    pub repeated: Vec<String>,
    /// Codes whose stated centre lies far outside their shape; it was computed instead.
    pub far_centres: Vec<String>,
    /// Places taken out because a code and a name contradict each other ([`Boundaries::take_misnamed`]).
    pub misnamed: Vec<MisnamedBoundary>,
    /// Features that have another name than the place of their code, which was put together with them.
    pub renamed: Vec<RenamedFeature>,
    /// The texts beside each code, of each of its features, as names are compared.
    texts: BTreeMap<String, Vec<BTreeSet<String>>>,
}

/// A place whose feature has the name of another place beside its code.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MisnamedBoundary {
    pub code: String,
    /// The place of that name.
    pub named: String,
}

/// A feature with the name of no listed place, beside one of the same code that has the name of its place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RenamedFeature {
    pub code: String,
    /// As names are compared.
    pub name: String,
}

/// Where a place lies.
#[derive(Clone, PartialEq, Debug)]
pub struct Boundary {
    /// Latitude and longitude: as the file states it, else a point in the middle of the largest polygon.
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
    #[error("no feature carries a Kemendagri code such as 16.13.04{0}")]
    NoCode(String),
    #[error("feature {number}, code {code}: {why}")]
    Coordinates { number: usize, code: String, why: String },
    #[error(
        "its coordinates are in {0}, not longitude and latitude; save it again in WGS84 (EPSG:4326), for example with `ogr2ogr -t_srs EPSG:4326`"
    )]
    Projected(String),
}

impl Boundaries {
    /// The places of a FeatureCollection, or of a single feature.
    ///
    /// # Errors
    /// Where the text is not GeoJSON, no feature carries a code, or coordinates are not longitude and latitude: what
    /// one feature has wrong there, its neighbours may have unseen. A feature that only lacks an area is listed.
    pub fn parse(text: &[u8]) -> Result<Boundaries, BoundariesError> {
        let file: Value = serde_json::from_str(&decoded(text))?;
        let features = match file.get("features").and_then(Value::as_array) {
            Some(list) => list.as_slice(),
            None if file.get("geometry").is_some() => std::slice::from_ref(&file),
            None => return Err(BoundariesError::NoFeatures),
        };
        if let Some(system) = projected(&file) {
            return Err(BoundariesError::Projected(system.to_owned()));
        }
        let codes = CodeProperties::of(features);
        let mut boundaries = Boundaries::default();
        let mut stated = BTreeMap::new();
        for (index, feature) in features.iter().enumerate() {
            let Some(code) = codes.code(feature) else {
                boundaries.without_code.push(index + 1);
                continue;
            };
            boundaries.texts.entry(code.clone()).or_default().push(texts(&feature["properties"]).collect());
            if let Some(centre) = stated_centre(&feature["properties"]) {
                stated.entry(code.clone()).or_insert(centre);
            }
            boundaries.add(index + 1, code, &feature["geometry"])?;
        }
        if boundaries.without_code.len() == features.len() {
            return Err(BoundariesError::NoCode(codes.lacking()));
        }
        boundaries.close(&stated);
        Ok(boundaries)
    }

    fn add(&mut self, number: usize, code: String, geometry: &Value) -> Result<(), BoundariesError> {
        let polygons = match shape::polygons(geometry) {
            Ok(polygons) => polygons,
            Err(shape::ShapeError::Coordinates(why)) => {
                return Err(BoundariesError::Coordinates { number, code, why });
            }
            Err(shape::ShapeError::NoArea(why)) => {
                self.unreadable.push(UnreadableFeature { number, code, why });
                return Ok(());
            }
        };
        let empty = Boundary { centre: (0.0, 0.0), polygons: Vec::new() };
        let is_repeated = self.places.contains_key(&code);
        let place = self.places.entry(code.clone()).or_insert(empty);
        for polygon in polygons {
            if !place.polygons.contains(&polygon) {
                place.polygons.push(polygon);
            }
        }
        if is_repeated && !self.repeated.contains(&code) {
            self.repeated.push(code);
        }
        Ok(())
    }

    /// Gives every place its centre, once all its features are known.
    fn close(&mut self, stated: &BTreeMap<String, Point>) {
        let (mut flat, mut far) = (Vec::new(), Vec::new());
        self.places.retain(|code, place| {
            let Some(middle) = measure::inner_point(&place.polygons) else {
                flat.push(code.clone());
                return false;
            };
            let own = stated.get(code).copied();
            let fits = |centre: &Point| measure::is_near(*centre, &place.polygons);
            if own.is_some_and(|centre| !fits(&centre)) {
                far.push(code.clone());
            }
            let (lon, lat) = own.filter(fits).unwrap_or(middle);
            place.centre = (lat, lon);
            true
        });
        (self.flat, self.far_centres) = (flat, far);
        let places = &self.places;
        (self.beside, self.unreadable) = std::mem::take(&mut self.unreadable)
            .into_iter()
            .partition(|feature| places.contains_key(&feature.code));
    }

    /// Takes out the places of which a feature has another listed place's name beside the code, and not their own: where a code
    /// and a name contradict each other neither is believed, and of two features of one code nobody knows which is right. `listed`: codes with their names, as many as each has.
    pub fn take_misnamed<'a>(&mut self, listed: impl Iterator<Item = (&'a str, &'a str)>) {
        let mut names: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for (code, name) in listed {
            names.entry(code).or_default().insert(name_key(name));
        }
        // What stands beside several codes is the name of what encloses them.
        let mut beside: BTreeMap<&str, usize> = BTreeMap::new();
        for features in self.texts.values() {
            for text in features.iter().flatten().collect::<BTreeSet<_>>() {
                *beside.entry(text).or_default() += 1;
            }
        }
        let misnamed = |code: &String| {
            let (own, features) = (names.get(code.as_str())?, self.texts.get(code)?);
            let (right, wrong): (Vec<_>, Vec<_>) = features.iter().partition(|texts| !own.is_disjoint(texts));
            // The other place may have a feature of its own beside one that has this code.
            let most = if right.is_empty() { 1 } else { 2 };
            let is_alike =
                |other: &&str| other.len() == code.len() && other[..5] == code[..5] && *other != code;
            let unique = |text: &&String| beside.get(text.as_str()).is_some_and(|count| *count <= most);
            let mut texts = wrong.into_iter().flatten().filter(unique);
            let others = || names.iter().filter(|(other, _)| is_alike(other));
            let named = texts.find_map(|text| others().find(|(_, other)| other.contains(text)));
            named.map(|(other, _)| MisnamedBoundary { code: code.clone(), named: (*other).to_owned() })
        };
        let found: Vec<MisnamedBoundary> = self.places.keys().filter_map(misnamed).collect();
        for MisnamedBoundary { code, .. } in &found {
            self.places.remove(code);
        }
        self.misnamed = found;
        let alone =
            |text: &&String| beside.get(text.as_str()) == Some(&1) && text.chars().any(char::is_alphabetic);
        let renamed = |code: &String| {
            let (own, features) = (names.get(code.as_str())?, self.texts.get(code)?);
            let (right, wrong): (Vec<_>, Vec<_>) = features.iter().partition(|texts| !own.is_disjoint(texts));
            let name = wrong.into_iter().flatten().find(alone).filter(|_| !right.is_empty())?;
            Some(RenamedFeature { code: code.clone(), name: name.clone() })
        };
        self.renamed = self.places.keys().filter_map(renamed).collect();
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

/// The texts of a feature's properties that may be names, as names are compared.
fn texts(properties: &Value) -> impl Iterator<Item = String> {
    let values = properties.as_object().into_iter().flat_map(|all| all.values());
    let texts = values.filter_map(Value::as_str).filter(|text| text.len() <= LONGEST_NAME).map(name_key);
    texts.filter(|text| !text.is_empty())
}

fn name_key(name: &str) -> String {
    words::joined(&words::name(name))
}

/// The centre a file states itself, longitude first.
fn stated_centre(properties: &Value) -> Option<Point> {
    let lon = properties["lng"].as_f64().or_else(|| properties["lon"].as_f64())?;
    Some((lon, properties["lat"].as_f64()?))
}

/// The name of the file's coordinate system, where it has one that is not longitude and latitude of WGS84.
fn projected(file: &Value) -> Option<&str> {
    let name = file["crs"]["properties"]["name"].as_str()?;
    let is_plain = ["CRS84", "4326", "WGS84", "WGS 84", "4755"].iter().any(|known| name.contains(known));
    let is_plain = is_plain && !name.contains("UTM");
    (!is_plain).then_some(name)
}

#[cfg(test)]
mod tests;
