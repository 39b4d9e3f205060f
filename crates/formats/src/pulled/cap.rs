//! A warning as a document of the Common Alerting Protocol 1.2 (OASIS, 2010), as far as it is read.

use super::PulledError;
use super::xml::XmlElement;
use crate::boundaries::Polygon;
use crate::decode::instant;
use domain::time::Time;

/// One document.
#[derive(Clone, PartialEq, Debug)]
pub struct CapAlert {
    pub identifier: String,
    pub sent: Time,
    pub status: String,
    pub message: CapMessage,
    /// The identifiers of the documents that this one replaces or takes back.
    pub references: Vec<String>,
    /// In Indonesian where it speaks Indonesian, else in its first language.
    pub parts: Vec<CapPart>,
}

/// What a document does to those before it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CapMessage {
    Alert,
    Update,
    Cancel,
    /// An acknowledgement or the report of an error: nothing for us.
    Other,
}

/// What it warns of, and where (`info`).
#[derive(Clone, PartialEq, Debug)]
pub struct CapPart {
    pub event: String,
    pub headline: String,
    pub description: String,
    pub severity: String,
    pub certainty: String,
    pub effective: Option<Time>,
    pub expires: Option<Time>,
    /// It says that the danger is over (`responseType` AllClear), whatever else it repeats.
    pub is_all_clear: bool,
    /// Names of the areas, most often a province.
    pub areas: Vec<String>,
    /// Longitude first, as boundaries have it.
    pub polygons: Vec<Polygon>,
}

const NAMESPACE: &str = "urn:oasis:names:tc:emergency:cap:1.";

impl CapAlert {
    /// Reads a document.
    ///
    /// # Errors
    /// Where it is none, or lacks what names it.
    pub fn parse(bytes: &[u8]) -> Result<CapAlert, PulledError> {
        let root = XmlElement::parse(bytes)?;
        if root.name != "alert" || !root.namespace.starts_with(NAMESPACE) {
            return Err(PulledError::OtherDocument { found: root.name, wanted: "alert" });
        }
        let identifier = root.text_of("identifier").to_owned();
        if identifier.is_empty() {
            return Err(PulledError::Lacks("identifier"));
        }
        let message = match root.text_of("msgType") {
            "Alert" => CapMessage::Alert,
            "Update" => CapMessage::Update,
            "Cancel" => CapMessage::Cancel,
            "Ack" | "Error" => CapMessage::Other,
            _ => return Err(PulledError::Lacks("msgType")),
        };
        // "sender,identifier,sent", several with spaces between.
        let references = root.text_of("references").split_whitespace();
        let references = references.filter_map(|name| name.split(',').nth(1)).map(str::to_owned);
        let infos: Vec<&XmlElement> = root.all("info").collect();
        let language = |info: &XmlElement| info.text_of("language").to_lowercase();
        let spoken = infos.iter().map(|info| language(info)).find(|own| own.starts_with("id"));
        let spoken = spoken.or_else(|| infos.first().map(|info| language(info))).unwrap_or_default();
        Ok(CapAlert {
            identifier,
            sent: instant::parse(root.text_of("sent")).ok_or(PulledError::Lacks("sent"))?,
            status: root.text_of("status").to_owned(),
            message,
            references: references.collect(),
            parts: infos.into_iter().filter(|info| language(info) == spoken).map(part).collect(),
        })
    }
}

fn part(info: &XmlElement) -> CapPart {
    let text = |name: &str| info.text_of(name).to_owned();
    let areas = || info.all("area");
    let drawn = areas().flat_map(|area| area.all("polygon")).filter_map(|own| polygon(own.own_text()));
    CapPart {
        event: text("event"),
        headline: text("headline"),
        description: text("description"),
        severity: text("severity"),
        certainty: text("certainty"),
        effective: instant::parse(info.text_of("effective")),
        expires: instant::parse(info.text_of("expires")),
        is_all_clear: info.all("responseType").any(|own| own.own_text().trim() == "AllClear"),
        areas: areas().map(|area| area.text_of("areaDesc").to_owned()).collect(),
        polygons: drawn.collect(),
    }
}

/// Points with spaces between, each `latitude,longitude`; `None` where one is no point of the earth, or too few are there.
fn polygon(text: &str) -> Option<Polygon> {
    let point = |pair: &str| {
        let (lat, lon) = pair.split_once(',')?;
        let (lat, lon): (f64, f64) = (lat.parse().ok()?, lon.parse().ok()?);
        (lat.abs() <= 90.0 && lon.abs() <= 180.0).then_some((lon, lat))
    };
    let mut ring = text.split_whitespace().map(point).collect::<Option<Vec<_>>>()?;
    if ring.first() != ring.last() {
        ring.extend(ring.first().copied());
    }
    (ring.len() >= 4).then(|| vec![ring])
}
