//! Hotspots of SiPongi: GeoJSON whose points name their places in words and say how sure the satellite is.

use super::{PulledDoubt, PulledError, PulledSignal, id_of, provinces, rfc3339};
use crate::archive::mention::Mention;
use crate::archive::{Gazetteer, Recognition, words};
use crate::decode::instant;
use crate::plain_text::decoded;
use crate::point_reach::is_far;
use crate::spreadsheet::regency_key;
use domain::kind::Confidence;
use domain::place::{Code, Places, UnitId};
use domain::time::Time;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Points of an answer that are read: several days of a bad dry season in all of Indonesia.
const MOST_POINTS: usize = 100_000;

/// The hotspots of an answer that lie in our regencies.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Hotspots {
    pub signals: Vec<PulledSignal>,
    /// Points of other regencies.
    pub elsewhere: usize,
    pub doubts: BTreeSet<PulledDoubt>,
}

#[derive(Deserialize)]
struct Collection {
    features: Option<Vec<Feature>>,
}

#[derive(Deserialize)]
struct Feature {
    #[serde(default)]
    geometry: Value,
    #[serde(default)]
    properties: Properties,
}

/// What is read of a point; whatever has another type than it should is as good as absent.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Properties {
    date_hotspot_ori: Value,
    sumber: Value,
    confidence: Value,
    confidence_level: Value,
    lat: Value,
    long: Value,
    desa: Value,
    kecamatan: Value,
    kabkota: Value,
    nama_provinsi: Value,
}

/// The regencies by their names, and the names within them.
struct HotspotPlaces<'a> {
    places: &'a Places,
    regencies: Vec<(UnitId, Vec<String>)>,
    gazetteers: BTreeMap<UnitId, Gazetteer>,
}

impl Hotspots {
    /// Reads an answer.
    ///
    /// # Errors
    /// Where it is no GeoJSON, or ends in the middle.
    pub fn parse(bytes: &[u8], places: &Places) -> Result<Hotspots, PulledError> {
        let read = serde_json::from_str::<Collection>(&decoded(bytes));
        let collection = read.map_err(|error| match error.is_eof() {
            true => PulledError::CutOff,
            false => PulledError::NotJson(error.to_string()),
        })?;
        let features = collection.features.ok_or(PulledError::Lacks("features"))?;
        let mut known = HotspotPlaces::new(places);
        let mut hotspots = Hotspots::default();
        let mut ids = BTreeSet::new();
        for feature in features.into_iter().take(MOST_POINTS) {
            match known.signal(&feature, &mut hotspots.doubts) {
                Some(signal) if ids.insert(signal.id) => hotspots.signals.push(signal),
                Some(_) => {}
                None => hotspots.elsewhere += 1,
            }
        }
        Ok(hotspots)
    }
}

impl<'a> HotspotPlaces<'a> {
    fn new(places: &'a Places) -> HotspotPlaces<'a> {
        let names = |unit: UnitId| {
            let record = places.unit(unit);
            let names = record.aliases.iter().chain([&record.name]).map(|name| regency_key(name));
            (unit, names.collect())
        };
        let regencies = places.regency_ids().map(names).collect();
        HotspotPlaces { places, regencies, gazetteers: BTreeMap::new() }
    }

    /// The signal of a point; `None` where it is none of ours, or cannot be believed, which joins `doubts`.
    fn signal(&mut self, feature: &Feature, doubts: &mut BTreeSet<PulledDoubt>) -> Option<PulledSignal> {
        let own = &feature.properties;
        let regency = self.regency(own)?;
        let mut doubt = |word, name: &str| {
            doubts.insert(PulledDoubt::new(word, name));
        };
        let named = text(&own.kecamatan);
        let Some(at) = instant::parse(&text(&own.date_hotspot_ori)) else {
            doubt("time", &named);
            return None;
        };
        let points = points(feature);
        if !points.iter().copied().all(is_in_indonesia) {
            doubt("point", &named);
            return None;
        }
        let point = points.first().copied();
        if point.is_none() {
            doubt("no_point", &named);
        }
        let district = self.district(regency, own);
        if district.is_none() {
            doubt("district", &named);
        }
        let unit = district.unwrap_or(regency);
        if points.iter().any(|point| is_far(self.places, unit, *point)) {
            doubt("point_far", &named);
            return None;
        }
        Some(self.report(unit, own, (at, point)))
    }

    /// The regency of ours that a point names, in its province.
    fn regency(&self, own: &Properties) -> Option<UnitId> {
        let key = regency_key(&text(&own.kabkota));
        let province = provinces::of_name(&text(&own.nama_provinsi));
        let is_meant = |unit: UnitId| {
            province.is_none_or(|province| self.places.code(unit).province() == province) && !key.is_empty()
        };
        let mut found = self.regencies.iter().filter(|(unit, names)| names.contains(&key) && is_meant(*unit));
        let (unit, _) = found.next()?;
        // Kabupaten and kota of one name, and the answer does not say which.
        found.next().is_none().then_some(*unit)
    }

    fn district(&mut self, regency: UnitId, own: &Properties) -> Option<UnitId> {
        let places = self.places;
        let gazetteer =
            self.gazetteers.entry(regency).or_insert_with(|| Gazetteer::of_regency(places, regency));
        let villages = [words::name(&text(&own.desa))].into_iter().filter(|words| !words.is_empty());
        let mention = Mention {
            words: words::name(&text(&own.kecamatan)),
            villages: villages.collect(),
            marked: true,
            ..Mention::default()
        };
        let found = gazetteer.place(places, regency, &mention);
        found.filter(|(_, way)| *way != Recognition::Elsewhere).map(|(unit, _)| unit)
    }

    fn report(
        &self,
        unit: UnitId,
        own: &Properties,
        (at, point): (Time, Option<(f64, f64)>),
    ) -> PulledSignal {
        let (code, satellite) = (self.places.code(unit), text(&own.sumber));
        let satellite: String = satellite.chars().take(40).collect();
        let seen = rfc3339(at);
        let where_seen = match point {
            Some((lon, lat)) => format!("{lat:.5},{lon:.5}"),
            None => format!("{} {}", text(&own.kecamatan), text(&own.desa)),
        };
        let (id, written) = id_of(&["sipongi", &satellite, &seen, &where_seen]);
        let confidence = confidence(own);
        let mut report = json!({
            "report_id": written,
            "feed": "sensor",
            "district": code.to_string(),
            "kind": "disaster",
            "category": "WA-04",
            "severity": 1,
            "occurred_at": seen,
            "reported_at": seen,
            "stage": "potential",
            "handling": "open",
            "summary": summary(&satellite, confidence),
            "source": { "agency": "SiPongi", "satellite": satellite },
        });
        if let Some(confidence) = confidence {
            report["confidence"] = Value::from(confidence.as_str());
        }
        if let Some(village) = self.village(unit, own) {
            report["village"] = Value::from(village);
        }
        if let Some((lon, lat)) = point {
            (report["lat"], report["lon"]) = (Value::from(lat), Value::from(lon));
        }
        PulledSignal { id, code, bytes: report.to_string().into_bytes() }
    }

    /// The code of the only village of the unit that is called as the point says.
    fn village(&self, unit: UnitId, own: &Properties) -> Option<String> {
        let wanted = words::joined(&words::name(&text(&own.desa)));
        let code: Code = self.places.code(unit);
        let called = |name: &String| !wanted.is_empty() && words::joined(&words::name(name)) == wanted;
        let villages = self.places.unit(unit).villages.iter();
        let mut found = villages.filter(|village| village.aliases.iter().chain([&village.name]).any(called));
        let number = found.next()?.number;
        found.next().is_none().then(|| format!("{code}.{number:04}"))
    }
}

fn summary(satellite: &str, confidence: Option<Confidence>) -> String {
    let sure = match confidence {
        Some(Confidence::High) => "tinggi",
        Some(Confidence::Nominal) => "sedang",
        Some(Confidence::Low) => "rendah",
        None => "tidak disebut",
    };
    let by = if satellite.is_empty() { String::new() } else { format!(" oleh {satellite}") };
    format!("Titik panas{by}, belum dicek; tingkat kepercayaan {sure}. Sumber: SiPongi.")
}

/// How sure the satellite is: by the word, by the number (below 30 low, from 80 on high), and by the lower of the two where
/// they differ.
fn confidence(own: &Properties) -> Option<Confidence> {
    let word = match text(&own.confidence_level).to_lowercase().as_str() {
        "high" | "tinggi" => Some(Confidence::High),
        "medium" | "nominal" | "sedang" => Some(Confidence::Nominal),
        "low" | "rendah" => Some(Confidence::Low),
        _ => None,
    };
    let number = number(&own.confidence).map(|percent| match percent {
        ..30.0 => Confidence::Low,
        30.0..80.0 => Confidence::Nominal,
        _ => Confidence::High,
    });
    match (word, number) {
        (Some(word), Some(number)) => Some(word.min(number)),
        (word, number) => word.or(number),
    }
}

/// Where a hotspot is said to lie, longitude first: as it is drawn and as it is written beside, each where it is given.
fn points(feature: &Feature) -> Vec<(f64, f64)> {
    let drawn = &feature.geometry["coordinates"];
    let drawn = number(&drawn[0]).zip(number(&drawn[1]));
    let stated = number(&feature.properties.long).zip(number(&feature.properties.lat));
    drawn.into_iter().chain(stated).collect()
}

fn is_in_indonesia((lon, lat): (f64, f64)) -> bool {
    (94.0..142.0).contains(&lon) && (-12.0..7.0).contains(&lat)
}

fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.trim().parse().ok()).filter(|number: &f64| number.is_finite())
}

fn text(value: &Value) -> String {
    value.as_str().map(|text| text.trim().to_owned()).unwrap_or_default()
}
