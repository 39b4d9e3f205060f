//! A warning of BMKG as signals of the kecamatan that it names and draws, and what it does to earlier warnings.
//!
//! BMKG names kecamatan in prose and draws their areas; it gives no codes. A name counts where it is one of ours in the
//! province and the area drawn does not lie elsewhere: a province may have two kecamatan of one name.

use super::cap::{CapAlert, CapMessage, CapPart};
use super::{PulledDoubt, PulledSignal, id_of, provinces, rfc3339};
use crate::archive::mention::Mention;
use crate::archive::{Gazetteer, Recognition, hazard, words};
use crate::boundaries::distance;
use crate::spreadsheet::regency_key;
use domain::place::{Code, Places, UnitId, Zone};
use domain::report::ReportId;
use domain::time::{MINUTE, Time};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// A kecamatan whose centre lies so far outside of the area drawn is another one of its name, metres.
const FAR: f64 = 20_000.0;
/// What stands before the list of kecamatan, in both languages that BMKG writes.
const BEFORE_NAMES: [&str; 2] = ["khususnya di ", "especially in: "];
/// Where a list ends that no line break ends.
const BEHIND_NAMES: [&str; 3] = [". Kondisi ", ". These conditions ", ". Masyarakat "];
/// What may stand before a name of a list.
const WITHIN_NAMES: [&str; 4] = ["dapat meluas ke wilayah ", "meluas ke wilayah ", "meluas ke ", "wilayah "];
/// "dan sekitarnya" names nothing.
const AND_AROUND: &str = "sekitarnya";

/// A warning with the kecamatan of ours that it is of.
pub struct Nowcast<'a> {
    alert: &'a CapAlert,
    places: &'a Places,
    /// Each with the part of the document that is of it.
    units: BTreeMap<UnitId, &'a CapPart>,
    provinces: BTreeSet<u32>,
    pub doubts: Vec<PulledDoubt>,
}

/// A signal that an earlier document would have made.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct EarlierSignal {
    pub code: Code,
    pub id: ReportId,
}

impl<'a> Nowcast<'a> {
    pub fn of(alert: &'a CapAlert, places: &'a Places) -> Nowcast<'a> {
        let (units, provinces) = (BTreeMap::new(), BTreeSet::new());
        let mut nowcast = Nowcast { alert, places, units, provinces, doubts: Vec::new() };
        if nowcast.is_meant() && nowcast.find_provinces() {
            for part in &alert.parts {
                nowcast.place(part);
            }
        }
        nowcast
    }

    /// Whether the document warns, updates or cancels: no exercise, test or draft.
    fn is_meant(&self) -> bool {
        self.alert.status == "Actual" && self.alert.message != CapMessage::Other
    }

    /// False where the name and the number of the province contradict each other.
    fn find_provinces(&mut self) -> bool {
        let areas = || self.alert.parts.iter().flat_map(|part| &part.areas);
        self.provinces = areas().filter_map(|area| provinces::of_name(area)).collect();
        let by_number = provinces::of_identifier(&self.alert.identifier);
        let contradicts = |number: &u32| !self.provinces.is_empty() && !self.provinces.contains(number);
        if by_number.is_some_and(|number| contradicts(&number)) {
            let name = areas().next().cloned().unwrap_or_default();
            self.doubts.push(PulledDoubt::new("province", name));
            return false;
        }
        self.provinces.extend(by_number);
        true
    }

    fn place(&mut self, part: &'a CapPart) {
        let known = named(&part.description);
        for unit in self.districts() {
            let record = self.places.unit(unit);
            let own_names = || record.aliases.iter().chain([&record.name]).map(|name| words::name(name));
            let regency = self.regency_keys(unit);
            let known_here = || known.iter().filter(|named| named.may_be_of(&regency));
            let is_named =
                own_names().any(|own| known_here().any(|named| named.joined == words::joined(&own)));
            let outside = record.centre.filter(|_| !part.polygons.is_empty()).map(|(lat, lon)| {
                let far = part.polygons.iter().map(|polygon| distance((lon, lat), polygon));
                far.fold(f64::INFINITY, f64::min)
            });
            let is_inside = outside == Some(0.0);
            let doubt = match (is_named, outside) {
                // Where nobody knows the province, a name alone says too little.
                (true, None) if self.provinces.is_empty() => Some("province"),
                (true, None) => None,
                (true, Some(metres)) if metres <= FAR => None,
                (true, Some(_)) => Some("far"),
                (false, _) if !is_inside => continue,
                (false, _) if known.is_empty() || self.is_spelled(unit, known_here()) => None,
                (false, _) => Some("unnamed"),
            };
            match doubt {
                Some(word) => self.doubts.push(PulledDoubt::new(word, self.places.name(unit))),
                None => drop(self.units.insert(unit, part)),
            }
        }
    }

    /// The kecamatan that the warning may be of.
    fn districts(&self) -> Vec<UnitId> {
        let places = self.places;
        let is_ours = |unit: &UnitId| {
            let code = places.code(*unit);
            !code.is_regency() && (self.provinces.is_empty() || self.provinces.contains(&code.province()))
        };
        places.ids().filter(is_ours).collect()
    }

    /// The names of the regency of a kecamatan, as compared.
    fn regency_keys(&self, unit: UnitId) -> Vec<String> {
        let regency = self.places.unit(self.places.regency(unit));
        regency.aliases.iter().chain([&regency.name]).map(|name| regency_key(name)).collect()
    }

    /// Whether some name of the list is this kecamatan's, shortened or misspelled.
    fn is_spelled<'n>(&self, unit: UnitId, mut known: impl Iterator<Item = &'n NamedDistrict>) -> bool {
        let regency = self.places.regency(unit);
        let gazetteer = Gazetteer::of_regency(self.places, regency);
        known.any(|named| {
            let mention = Mention { words: named.words.clone(), marked: true, ..Mention::default() };
            let found = gazetteer.place(self.places, regency, &mention);
            found.is_some_and(|(own, way)| own == unit && way != Recognition::Elsewhere)
        })
    }

    /// How many kecamatan of ours it is of.
    pub fn reach(&self) -> usize {
        self.units.len()
    }

    /// Signals that the documents which this one replaces or takes back would have made. Which of them there are, the caller
    /// finds out.
    pub fn earlier(&self) -> Vec<EarlierSignal> {
        let acts = matches!(self.alert.message, CapMessage::Update | CapMessage::Cancel) && self.is_meant();
        let references = if acts { self.alert.references.as_slice() } else { &[] };
        let districts = self.districts();
        let signal = |reference: &String, unit: &UnitId| {
            let code = self.places.code(*unit);
            EarlierSignal { id: signal_id(reference, code).0, code }
        };
        references.iter().flat_map(|own| districts.iter().map(move |unit| signal(own, unit))).collect()
    }

    /// The records of the warning. `known`: those of [`Nowcast::earlier`] that there are. What is over at `now` warns no more,
    /// and what is called over takes back.
    pub fn signals(&self, known: &BTreeSet<EarlierSignal>, now: Time) -> Vec<PulledSignal> {
        let mut signals = Vec::new();
        if !self.is_meant() {
            return signals;
        }
        let earlier = self.earlier();
        let warns = matches!(self.alert.message, CapMessage::Alert | CapMessage::Update);
        let mut still = BTreeSet::new();
        for (unit, part) in self.units.iter().filter(|(_, part)| warns && !part.is_all_clear) {
            let code = self.places.code(*unit);
            still.insert(code);
            if part.expires.is_none_or(|expires| expires > now) {
                let corrects = earlier.iter().rfind(|own| own.code == code && known.contains(own));
                signals.push(self.warning(code, part, corrects));
            }
        }
        let gone = known.iter().filter(|own| !still.contains(&own.code));
        signals.extend(gone.map(|own| self.retraction(own)));
        signals
    }

    fn warning(&self, code: Code, part: &CapPart, corrects: Option<&EarlierSignal>) -> PulledSignal {
        let (id, written) = signal_id(&self.alert.identifier, code);
        let sent = self.alert.sent;
        let begins = part.effective.map_or(sent, |effective| effective.min(sent));
        let mut report = json!({
            "report_id": written,
            "feed": "sensor",
            "district": code.to_string(),
            "kind": "disaster",
            "category": hazard::named(&part.event).unwrap_or(hazard::OTHER),
            "severity": severity(part),
            "occurred_at": rfc3339(begins),
            "reported_at": rfc3339(sent),
            "stage": "potential",
            "handling": "open",
            "summary": summary(part, Zone::of(code)),
            "source": { "agency": "BMKG", "identifier": self.alert.identifier },
        });
        if let Some(corrects) = corrects {
            report["supersedes"] = Value::from(corrects.id.to_string());
        }
        for (key, at) in [("valid_from", part.effective), ("valid_until", part.expires)] {
            if let Some(at) = at {
                report[key] = Value::from(rfc3339(at));
            }
        }
        PulledSignal { id, code, bytes: report.to_string().into_bytes() }
    }

    fn retraction(&self, earlier: &EarlierSignal) -> PulledSignal {
        let target = earlier.id.to_string();
        let (id, written) = id_of(&["bmkg", &self.alert.identifier, "retracts", &target]);
        let report = json!({
            "report_id": written,
            "feed": "sensor",
            "district": earlier.code.to_string(),
            "reported_at": rfc3339(self.alert.sent),
            "retracts": target,
            "source": { "agency": "BMKG", "identifier": self.alert.identifier },
        });
        PulledSignal { id, code: earlier.code, bytes: report.to_string().into_bytes() }
    }
}

fn signal_id(identifier: &str, code: Code) -> (ReportId, String) {
    id_of(&["bmkg", identifier, &code.to_string()])
}

/// How grave a warning is here: CAP's words, and nothing that is unlikely is grave. The policy opens from 3 on.
fn severity(part: &CapPart) -> u8 {
    if part.certainty == "Unlikely" {
        return 1;
    }
    match part.severity.as_str() {
        "Extreme" => 4,
        "Severe" => 3,
        "Moderate" => 2,
        _ => 1,
    }
}

/// What a person reads of it; BMKG asks to be named.
fn summary(part: &CapPart, zone: Zone) -> String {
    let clock = |at: Time| {
        let minutes = at.plus(zone.minutes() * MINUTE).0.div_euclid(MINUTE).rem_euclid(24 * 60);
        format!("{:02}.{:02}", minutes / 60, minutes % 60)
    };
    let what = if part.headline.is_empty() { &part.event } else { &part.headline };
    let what: String = what.chars().take(300).collect();
    let when = match (part.effective, part.expires) {
        (Some(from), Some(to)) => {
            format!("; berlaku {} sampai {} {}", clock(from), clock(to), zone.label())
        }
        (None, Some(to)) => format!("; berlaku sampai {} {}", clock(to), zone.label()),
        _ => String::new(),
    };
    format!("Peringatan dini BMKG: {what}{when}. Sumber: BMKG.")
}

/// A kecamatan that a description names.
struct NamedDistrict {
    words: Vec<String>,
    joined: String,
    /// The regency before it, as compared: "Kabupaten Mempawah: Toho, Siantan".
    regency: Option<String>,
}

impl NamedDistrict {
    /// True unless another regency than the one with these names stands before it.
    fn may_be_of(&self, regency: &[String]) -> bool {
        self.regency.as_ref().is_none_or(|own| regency.contains(own))
    }
}

/// The names that a description lists, each with the regency that stands before it or before one to its left.
fn named(description: &str) -> Vec<NamedDistrict> {
    let Some((_, rest)) = BEFORE_NAMES.iter().find_map(|mark| description.split_once(mark)) else {
        return Vec::new();
    };
    let ends = [rest.find('\n')].into_iter().chain(BEHIND_NAMES.iter().map(|mark| rest.find(mark)));
    let list = &rest[..ends.flatten().min().unwrap_or(rest.len())];
    let list = list.trim().trim_end_matches('.');
    let unmarked = |name: &str| {
        let name = name.trim();
        let bare = WITHIN_NAMES.iter().find_map(|mark| name.strip_prefix(mark));
        bare.unwrap_or(name).trim().to_owned()
    };
    let mut regency = None;
    let of_regency = |name: String| {
        let (led, name) = match name.split_once(':') {
            Some((led, name)) => (Some(regency_key(led)), name.to_owned()),
            None => (None, name),
        };
        regency = led.or_else(|| regency.take());
        let words = words::name(&name);
        let joined = words::joined(&words);
        NamedDistrict { words, joined, regency: regency.clone() }
    };
    let listed = list.split([',', ';']).flat_map(|name| name.split(" dan ")).map(unmarked);
    let listed = listed.map(of_regency);
    listed.filter(|named| !named.joined.is_empty() && named.joined != AND_AROUND).collect()
}
