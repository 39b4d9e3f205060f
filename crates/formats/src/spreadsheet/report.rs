//! The report that a row gives, and its record.

use domain::kind::{Category, FeedClass, Kind, Stage, Stance};
use domain::place::{Place, Zone};
use domain::report::ReportId;
use domain::time::Time;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// A report of one row and one place.
#[derive(Clone, PartialEq, Debug)]
pub struct RowReport {
    pub id: ReportId,
    pub place: Place,
    pub kind: Kind,
    pub category: Category,
    pub severity: u8,
    /// `Potential` where the row is a sign of what may come.
    pub stage: Option<Stage>,
    /// It says that this did not happen.
    pub denies: bool,
    pub times: RowTimes,
    pub dead: Option<u32>,
    pub injured: Option<u32>,
    pub displaced: Option<u32>,
    /// People missing, as a column counts them. A record has no field of them: its summary says it.
    pub missing: Option<u32>,
    /// Families, as columns of them count: no number of people, so that the summary says it.
    pub households: String,
    pub text: String,
    /// Its prose seems to hold people's data and is not part of it.
    pub is_text_left_out: bool,
    /// Degrees north and east.
    pub point: Option<(f64, f64)>,
    pub corrects: Option<ReportId>,
    /// Of a row whose source gave it a number for ever.
    pub number: Option<RowNumber>,
    /// It says no more than that this is over.
    pub ends: bool,
    /// It says that nothing happened, from when it "occurred" until then: kind, category and severity mean nothing.
    pub nothing_until: Option<Time>,
}

/// What a row with a number for ever says of its versions.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RowNumber {
    /// When this version was given; `None` where no column says it.
    pub given: Option<Time>,
    /// The numbers that it replaces: the latest first, and what all of them began with.
    pub replaces: Vec<ReportId>,
}

/// When it happened and was reported.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RowTimes {
    pub occurred: Time,
    pub reported: Time,
    /// When a column says it was reported, where that may be.
    pub given: Option<Time>,
    /// False where the row gives a day only.
    pub has_clock: bool,
    pub zone: Zone,
}

/// Letters of a report's text.
const LONGEST_TEXT: usize = 4000;

/// The id of the report of a row: the same content and place give the same one on every machine.
pub(super) fn report_id(content: &[u8; 32], place: Place) -> ReportId {
    let mut hash = Sha256::new();
    hash.update(content);
    hash.update(place.to_string());
    of_digest(&hash.finalize())
}

/// The id of a row's report once more, after it was taken back `times` times.
pub fn id_after(id: ReportId, times: u32) -> ReportId {
    if times == 0 {
        return id;
    }
    let mut hash = Sha256::new();
    hash.update(id.0.to_be_bytes());
    hash.update(times.to_be_bytes());
    of_digest(&hash.finalize())
}

/// The id of a report's withdrawal: the same however often it is sent.
pub fn withdrawal_id(report: ReportId) -> ReportId {
    of_digest(&Sha256::digest(format!("withdrawal {report}")))
}

impl RowReport {
    /// The id of the same row once more, after its report was taken back `times` times.
    pub fn id_after(&self, times: u32) -> ReportId {
        id_after(self.id, times)
    }

    /// The fields of its record, but for whose word it is. `written` writes an instant in a zone.
    pub fn fields(&self, written: impl Fn(Time, Zone) -> String) -> Map<String, Value> {
        let mut fields = Map::new();
        let mut put = |name: &str, value: Value| fields.insert(name.to_owned(), value);
        let RowTimes { occurred, reported, given, has_clock, zone } = self.times;
        put("report_id", self.id.to_string().into());
        put("district", self.place.code.to_string().into());
        if self.place.village > 0 {
            put("village", self.place.to_string().into());
        }
        if let Some(until) = self.nothing_until {
            let [from, to] = [occurred, until].map(|at| written(at, zone));
            put("nothing_happened", serde_json::json!({ "from": from, "to": to }));
            put("reported_at", written(reported, zone).into());
            let summary = self.summary();
            if !summary.is_empty() {
                put("summary", summary.into());
            }
            return fields;
        }
        put("kind", self.kind.as_str().into());
        put("category", self.category.to_string().into());
        if self.denies {
            put("stance", Stance::Denies.as_str().into());
        } else {
            put("severity", self.severity.into());
        }
        if let Some(stage) = self.stage {
            put("stage", stage.as_str().into());
        }
        put("occurred_at", written(occurred, zone).into());
        put("reported_at", written(reported, zone).into());
        if !has_clock && given.is_none() {
            put("reconstructed", true.into());
        }
        put("handling", "limited".into());
        let counts = [("dead", self.dead), ("injured", self.injured), ("displaced", self.displaced)];
        for (name, count) in counts {
            if let Some(count) = count.filter(|_| !self.denies) {
                put(name, count.into());
            }
        }
        let summary = self.summary();
        if !summary.is_empty() {
            put("summary", summary.into());
        }
        if let Some((lat, lon)) = self.point {
            put("lat", lat.into());
            put("lon", lon.into());
        }
        if let Some(corrects) = self.corrects {
            put("supersedes", corrects.to_string().into());
        }
        if self.ends {
            fields.entry("stance").or_insert_with(|| Stance::Ends.as_str().into());
        }
        fields
    }

    /// Its text, and before it how many are missing, and families.
    fn summary(&self) -> String {
        let missing = self.missing.filter(|count| *count > 0 && !self.denies).map(missing_words);
        let text = Some(self.text.clone()).filter(|text| !text.is_empty());
        let households = Some(self.households.clone()).filter(|words| !words.is_empty() && !self.denies);
        let summary = missing.into_iter().chain(households).chain(text).collect::<Vec<_>>().join(". ");
        summary.chars().take(LONGEST_TEXT).collect()
    }

    /// Its record as a file of reports has it, in the word of a class.
    pub fn record(&self, class: FeedClass) -> Vec<u8> {
        let mut fields = self.fields(instant_text);
        fields.insert("feed".to_owned(), class.as_str().into());
        // Names and plain values: writing them cannot fail.
        serde_json::to_vec(&fields).unwrap_or_default()
    }
}

/// How a record says that people are missing.
pub fn missing_words(count: u32) -> String {
    format!("{count} orang hilang")
}

/// An instant with its zone, as records have it.
pub fn instant_text(at: Time, zone: Zone) -> String {
    use std::fmt::Write;
    let minutes = zone.minutes();
    let offset = jiff::tz::Offset::from_seconds((minutes * 60) as i32).unwrap_or(jiff::tz::Offset::UTC);
    let at = jiff::Timestamp::from_microsecond(at.0).unwrap_or_default();
    let mut text = String::with_capacity(32);
    // Writing to a String cannot fail.
    let _ = write!(text, "{}", at.display_with_offset(offset));
    text
}

/// The number that a word stands for which KoboToolbox gives in place of one.
pub(super) fn id_of_word(word: &str) -> ReportId {
    of_digest(&Sha256::digest(format!("number {word}")))
}

fn of_digest(digest: &[u8]) -> ReportId {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    ReportId(uuid::Builder::from_custom_bytes(bytes).into_uuid().as_u128())
}
