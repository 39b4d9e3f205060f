//! Why a record is refused: what is wrong and what would be right, for the person behind the feed. The words are in the table
//! `record_refusal` of `config/locales`.

use super::fields::Field;
use super::refusal_sentence::RefusalValue;
use super::scan::Shape;
use super::{Catalog, MAX_RECORD, Refusal, RefusalSentence, instant};
use crate::archive::distance;
use crate::archive::words;
use crate::envelope::cloudevent::EventFault;
use domain::kind::{FeedClass, Kind, Refused, Stance};
use domain::place::{Areas, Code, Place, Places, UnitId, Village};
use domain::report::{Body, Report, VerificationAct};

/// What a field should have held.
#[derive(Clone, Copy)]
pub enum Reading {
    Text,
    Number,
    Count,
    List,
    Object,
    /// Whatever is there is somebody's own.
    Any,
    Period,
    Verification,
    About,
}

impl Reading {
    /// The shapes a value of this reading may have, one bit each.
    pub const fn shapes(self) -> u8 {
        match self {
            Reading::Text => 1 << Shape::Text as u8 | 1 << Shape::Escaped as u8,
            Reading::Number | Reading::Count => 1 << Shape::Number as u8,
            Reading::List => 1 << Shape::Array as u8,
            Reading::Object | Reading::Period | Reading::Verification | Reading::About => {
                1 << Shape::Object as u8
            }
            Reading::Any => u8::MAX,
        }
    }

    fn words(self) -> RefusalSentence {
        RefusalSentence::bare(match self {
            Reading::Text => "record_refusal.a_text",
            Reading::Number => "record_refusal.a_number",
            Reading::Count => "record_refusal.a_count",
            Reading::List => "record_refusal.a_list",
            Reading::Any => "record_refusal.anything",
            Reading::Object => "record_refusal.an_object",
            Reading::Period => "record_refusal.a_period",
            Reading::About => "record_refusal.about",
            Reading::Verification => "record_refusal.verification",
        })
    }
}

type Values = Vec<(&'static str, RefusalValue)>;

#[cold]
fn refusal(reason: Refused, field: &'static str, key: &'static str, values: Values) -> Refusal {
    let sentence = RefusalSentence { key, values };
    Refusal { reason, field, detail: sentence.indonesian(), sentence }
}

fn schema(field: &'static str, key: &'static str, values: Values) -> Refusal {
    refusal(Refused::Schema, field, key, values)
}

pub fn too_large(length: usize) -> Refusal {
    let values = vec![("length", length.to_string().into()), ("most", MAX_RECORD.to_string().into())];
    refusal(Refused::TooLarge, "", "record_refusal.too_large", values)
}

pub fn utf8(at: usize) -> Refusal {
    refusal(Refused::Json, "", "record_refusal.not_utf8", vec![("at", (at + 1).to_string().into())])
}

pub fn json(at: usize) -> Refusal {
    refusal(Refused::Json, "", "record_refusal.not_json", vec![("at", (at + 1).to_string().into())])
}

/// A CloudEvent that has something wrong is no report, and its report was not looked for.
pub fn envelope(fault: EventFault) -> Refusal {
    let (field, key) = match fault {
        EventFault::Lacks(field @ "data_base64") => (field, "record_refusal.not_base64"),
        EventFault::Lacks(field) => (field, "record_refusal.envelope"),
        EventFault::Doubled(field) => (field, "record_refusal.envelope_doubled"),
        EventFault::Nested => ("data", "record_refusal.envelope_nested"),
    };
    schema(field, key, vec![("field", field.into())])
}

/// A row of a table that gave no report, and why.
pub fn row(row: super::RefusedRow) -> Refusal {
    let values = vec![("line", row.row.to_string().into()), ("why", row.why.into())];
    schema("report_id", "record_refusal.row", values)
}

pub fn not_an_object() -> Refusal {
    schema("", "record_refusal.not_an_object", braces())
}

/// Braces stand for placeholders in a sentence, so they are values of it.
fn braces() -> Values {
    vec![("open", "{".into()), ("close", "}".into())]
}

pub fn nul() -> Refusal {
    schema("", "record_refusal.nul", vec![])
}

/// Where a member stands there twice.
pub const DOUBLED: &str = "record_refusal.doubled";

/// A member stands there twice, and nobody knows which counts; `name` says where.
pub fn doubled(field: &'static str, name: &str) -> Refusal {
    schema(field, DOUBLED, vec![("field", name.into())])
}

/// What stands round a list of reports has it twice.
pub fn doubled_list(name: &'static str) -> Refusal {
    schema(name, "record_refusal.doubled_list", vec![("field", name.into())])
}

/// A list of objects stands in a member that is not read.
pub fn list_under(name: &str) -> Refusal {
    let values = vec![("word", short(name).into()), ("open", "{".into()), ("close", "}".into())];
    schema(Field::ReportId.name(), "record_refusal.list_under", values)
}

pub fn missing(field: Field) -> Refusal {
    let field = field.name();
    match field {
        "district" => schema(field, "record_refusal.place_missing", vec![]),
        field => schema(field, "record_refusal.missing", vec![("field", field.into())]),
    }
}

pub fn wrong_type(field: &'static str, reading: Reading) -> Refusal {
    let values = vec![("field", field.into()), ("reading", reading.words().into())];
    schema(field, "record_refusal.wrong_type", values)
}

pub fn too_many(field: Field, most: u64) -> Refusal {
    let values = vec![("field", field.name().into()), ("most", most.to_string().into())];
    schema(field.name(), "record_refusal.too_many", values)
}

pub fn off_list(field: Field, word: &str, list: &[&str]) -> Refusal {
    let list = list.join(", ");
    let values = vec![("field", field.name().into()), ("word", short(word).into()), ("list", list.into())];
    schema(field.name(), "record_refusal.off_list", values)
}

pub fn degrees(field: &'static str, digits: &str, limit: f64) -> Refusal {
    let limit = limit.to_string();
    let values = vec![("field", field.into()), ("word", short(digits).into()), ("limit", limit.into())];
    schema(field, "record_refusal.degrees", values)
}

pub fn malformed_id(field: &'static str, word: &str) -> Refusal {
    let values = vec![("field", field.into()), ("word", short(word).into())];
    schema(field, "record_refusal.malformed_id", values)
}

pub fn two_contents() -> Refusal {
    schema("", "record_refusal.two_contents", vec![])
}

pub fn in_place_of(field: Field) -> Refusal {
    schema(field.name(), "record_refusal.in_place_of", vec![("field", field.name().into())])
}

pub fn target(field: Field) -> Refusal {
    schema(field.name(), "record_refusal.target", vec![("field", field.name().into())])
}

/// A stance, `about` or `confidence` in a record that speaks of no incident.
pub fn speaks_of_nothing(field: Field) -> Refusal {
    schema(field.name(), "record_refusal.speaks_of_nothing", vec![("field", field.name().into())])
}

pub fn sensor_stance(stance: Stance) -> Refusal {
    let values = vec![("stance", stance.to_string().into())];
    schema(Field::Stance.name(), "record_refusal.sensor_stance", values)
}

pub fn sensor_only() -> Refusal {
    schema(Field::Confidence.name(), "record_refusal.sensor_only", vec![])
}

/// A record that speaks of a report of another regency.
pub fn about_elsewhere(district: &str, own: Code) -> Refusal {
    let values = vec![("word", short(district).into()), ("regency", own.regency().to_string().into())];
    refusal(Refused::District, Field::About.name(), "record_refusal.about_elsewhere", values)
}

/// A record of a feed that is not registered, or not for its class.
pub fn unknown_feed(reason: Refused) -> Refusal {
    refusal(reason, "", "record_refusal.unknown_feed", vec![])
}

/// A record of a regency that is not of the partition in which it is.
pub fn foreign_partition() -> Refusal {
    refusal(Refused::District, "district", "record_refusal.foreign_partition", vec![])
}

/// A record that corrects, takes back or verifies a report of another regency, or judges outside its author's area.
pub fn foreign_name(report: &Report) -> Refusal {
    let field = match report.body {
        Body::Retraction { .. } => Field::Retracts,
        Body::Verification { .. } => Field::Verification,
        Body::Statement(_) | Body::Remark(_) | Body::Nothing { .. } => Field::Supersedes,
    };
    let far: RefusalValue = match report.body {
        Body::Verification { act: VerificationAct::Merge, .. } => {
            RefusalSentence::bare("record_refusal.far_merge").into()
        }
        _ => "".into(),
    };
    let regency = report.place.code.regency().to_string();
    let values = vec![("field", field.name().into()), ("far", far), ("regency", regency.into())];
    refusal(Refused::District, field.name(), "record_refusal.foreign_name", values)
}

/// Of a merge: what it names is no one incident.
pub fn merge_of_kinds() -> Refusal {
    refusal(Refused::Kind, Field::Verification.name(), "record_refusal.merge_of_kinds", vec![])
}

/// A verification names by its id alone what is not one known report of its regency.
pub fn unclear_reference() -> Refusal {
    refusal(Refused::Schema, Field::Verification.name(), "record_refusal.unclear_reference", braces())
}

pub fn kind(word: &str) -> Refusal {
    let list: Vec<&str> = Kind::ALL.iter().map(|kind| kind.as_str()).collect();
    let values = vec![("word", short(word).into()), ("list", list.join(", ").into())];
    refusal(Refused::Kind, "kind", "record_refusal.kind", values)
}

pub fn category(word: &str, known: bool, kind: Option<Kind>, catalog: &Catalog<'_>) -> Refusal {
    let entries = catalog.taxonomy.entries().filter(|entry| kind.is_none_or(|kind| entry.code.fits(kind)));
    let list: Vec<String> = entries.map(|entry| entry.code.to_string()).collect();
    let mut values = vec![("word", short(word).into()), ("list", list.join(", ").into())];
    let key = match kind {
        Some(kind) if known => {
            values.push(("kind", kind.to_string().into()));
            "record_refusal.category_of_another"
        }
        _ => "record_refusal.category",
    };
    refusal(Refused::Category, "category", key, values)
}

/// So many places are named in a refusal.
const SHOWN: usize = 8;

/// True for digits, however they are parted.
fn may_be_code(word: &str) -> bool {
    word.chars()
        .all(|letter| letter.is_ascii_digit() || matches!(letter, '.' | '-' | '/') || letter.is_whitespace())
}

/// Of so many units at most names are searched that are nearly the one written.
const MOST_SEARCHED: usize = 600;

/// The words of a name, each as it is written in full: "Sei Pinyuh" is Sungai Pinyuh.
fn canonical_name(name: &str) -> Vec<String> {
    words::name(name).iter().map(|word| words::canonical(word).to_owned()).collect()
}

/// The same without the word for what it is of: "Kec. Toho".
fn without_rank(word: &str) -> Vec<String> {
    const RANKS: [&str; 7] = ["kecamatan", "kec", "distrik", "desa", "ds", "kelurahan", "kel"];
    let mut words = canonical_name(word);
    let is_led = words.len() > 1 && RANKS.contains(&words[0].as_str());
    words.drain(..usize::from(is_led));
    words
}

/// True where one word is cut to its first letter and the others are the name's own: "S. Pinyuh".
fn is_shortened(words: &[String], name: &[String]) -> bool {
    let cut = |(word, own): (&String, &String)| word.len() == 1 && own.starts_with(word.as_str());
    let fits = |(word, own): (&String, &String)| word == own || cut((word, own));
    words.len() == name.len()
        && words.iter().zip(name).all(fits)
        && words.iter().zip(name).filter(|pair| cut(*pair)).count() < words.len()
}

fn names_of(places: &Places, unit: UnitId) -> impl Iterator<Item = &String> {
    let record = places.unit(unit);
    std::iter::once(&record.name).chain(&record.aliases)
}

/// The places that somebody may have meant who wrote no code where one belongs, each with its code: a kecamatan by its name or its
/// code written otherwise, else a village by its name, else what is called nearly so.
fn meant_by(word: &str, places: &Places) -> Vec<String> {
    let words = without_rank(word);
    let own = &words.concat();
    let digits: String = word.chars().filter(char::is_ascii_digit).collect();
    // A kecamatan's, or that of one of its villages.
    let is_code = may_be_code(word) && matches!(digits.len(), 6 | 10);
    let districts = || places.regency_ids().flat_map(|regency| places.districts(regency));
    let of_district = |unit: UnitId| format!("{} {}", places.code(unit), places.name(unit));
    let named = |most: usize| {
        let is_meant = |unit: &UnitId| match is_code {
            true => digits.starts_with(&places.code(*unit).to_string().replace('.', "")),
            false => names_of(places, *unit).any(|name| {
                !own.is_empty() && distance::within(&canonical_name(name).concat(), own, most).is_some()
                    || most > 0 && is_shortened(&words, &canonical_name(name))
            }),
        };
        districts().filter(is_meant).map(of_district).take(SHOWN).collect::<Vec<_>>()
    };
    let villages = || {
        let of = |unit: UnitId| places.unit(unit).villages.iter().map(move |village| (unit, village));
        let own_name = |(_, village): &(UnitId, &Village)| {
            !own.is_empty() && canonical_name(&village.name).concat() == *own
        };
        let shown =
            |(unit, village): (UnitId, &Village)| format!("{} (Desa {})", of_district(unit), village.name);
        districts().flat_map(of).filter(own_name).map(shown).take(SHOWN).collect::<Vec<_>>()
    };
    let near = if own.len() > 8 { 2 } else { usize::from(own.len() > 3) };
    let found = named(0);
    // Of a whole country nobody searches all villages for each record that is refused.
    if !found.is_empty() || is_code || places.ids().nth(MOST_SEARCHED).is_some() {
        return found;
    }
    let found = villages();
    if found.is_empty() { named(near) } else { found }
}

/// A code that is none of ours: names the districts that have that name, or those of its regency where that much is right or there
/// is no other.
pub fn district(field: Field, word: &str, places: &Places) -> Refusal {
    let named = |unit| format!("{} {}", places.code(unit), places.name(unit));
    if let Some(place) = Place::parse_village(word.trim()).filter(|place| places.village(*place).is_some()) {
        let (village, code) = (places.village(place).map_or("", |own| own.name.as_str()), place.code);
        let district = places.find(code).map_or_else(String::new, |unit| places.name(unit));
        let values = vec![
            ("word", short(word.trim()).into()),
            ("village", village.to_owned().into()),
            ("district", district.into()),
            ("code", code.to_string().into()),
        ];
        return refusal(Refused::District, field.name(), "record_refusal.district_of_village", values);
    }
    let meant = meant_by(word, places);
    if !meant.is_empty() {
        let values = vec![
            ("field", field.name().into()),
            ("word", short(word).into()),
            ("list", meant.join(", ").into()),
        ];
        let key = if may_be_code(word) {
            "record_refusal.district_code"
        } else {
            "record_refusal.district_by_name"
        };
        return refusal(Refused::District, field.name(), key, values);
    }
    let own = word.get(..5).and_then(Code::parse).and_then(|code| places.find(code));
    let mut all = places.regency_ids();
    let regency = own.or_else(|| all.next().filter(|_| all.next().is_none()));
    let Some(regency) = regency else {
        let shown: Vec<String> = places.regency_ids().take(SHOWN).map(named).collect();
        let more = match places.regency_ids().count().saturating_sub(SHOWN) {
            0 => "".into(),
            more => {
                let values = vec![("more", more.to_string().into())];
                RefusalSentence { key: "record_refusal.more_regencies", values }.into()
            }
        };
        let mut districts = places.regency_ids().flat_map(|regency| places.districts(regency));
        let example = districts.next().map_or_else(String::new, |unit| places.code(unit).to_string());
        let values = vec![
            ("word", short(word).into()),
            ("example", example.into()),
            ("list", shown.join(", ").into()),
            ("more", more),
        ];
        return refusal(Refused::District, field.name(), "record_refusal.regency", values);
    };
    let districts: Vec<String> = places.districts(regency).map(named).collect();
    let values = vec![
        ("word", short(word).into()),
        ("regency", places.name(regency).into()),
        ("count", districts.len().to_string().into()),
        ("list", districts.join(", ").into()),
    ];
    refusal(Refused::District, field.name(), "record_refusal.district", values)
}

pub fn village_elsewhere(village: &str, district: &str) -> Refusal {
    let values = vec![("word", short(village).into()), ("district", short(district).into())];
    refusal(Refused::District, "village", "record_refusal.village_elsewhere", values)
}

pub fn village(code: &str, places: &Places, district: Code) -> Refusal {
    let name = places.find(district).map_or_else(|| district.to_string(), |unit| places.name(unit));
    let values = vec![("word", short(code).into()), ("district", name.into())];
    refusal(Refused::District, "village", "record_refusal.village", values)
}

pub fn severity(digits: &str) -> Refusal {
    refusal(Refused::Severity, "severity", "record_refusal.severity", vec![("word", short(digits).into())])
}

pub fn time(field: Field, word: &str) -> Refusal {
    let is_slip = instant::is_of_another_age(word);
    let key = if is_slip { "record_refusal.another_age" } else { "record_refusal.time" };
    refusal(Refused::Time, field.name(), key, vec![("word", short(word).into())])
}

pub fn backwards() -> Refusal {
    refusal(Refused::Time, "nothing_happened", "record_refusal.backwards", vec![])
}

pub fn occurred_ahead(field: Field) -> Refusal {
    refusal(Refused::Future, field.name(), "record_refusal.occurred_ahead", vec![])
}

pub fn reported_ahead() -> Refusal {
    refusal(Refused::Future, "reported_at", "record_refusal.reported_ahead", vec![])
}

pub fn other_class(stated: FeedClass, own: FeedClass) -> Refusal {
    let values = vec![("own", own.to_string().into()), ("stated", stated.to_string().into())];
    refusal(Refused::Forbidden, "feed", "record_refusal.other_class", values)
}

pub fn outside_areas(place: Place, areas: &Areas) -> Refusal {
    let own = match *areas == Areas::nowhere() {
        true => RefusalSentence::bare("record_refusal.no_area").into(),
        false => short(&areas.to_string()).into(),
    };
    let values = vec![("place", place.to_string().into()), ("areas", own)];
    refusal(Refused::Forbidden, "district", "record_refusal.outside_areas", values)
}

pub fn desk_only() -> Refusal {
    refusal(Refused::Forbidden, "verification", "record_refusal.desk_only", vec![])
}

pub fn party_judges() -> Refusal {
    refusal(Refused::Forbidden, "verification", "record_refusal.party_judges", vec![])
}

/// At most 40 letters of what somebody wrote.
fn short(word: &str) -> String {
    let mut letters = word.chars();
    let start: String = letters.by_ref().take(40).collect();
    if letters.next().is_some() { start + "…" } else { start }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_that_is_no_code_is_named_with_the_one_that_may_be_meant() {
        let files = [
            ("16.13.csv", include_str!("../../../../config/districts/16.13.csv")),
            ("61.02.csv", include_str!("../../../../config/districts/61.02.csv")),
        ];
        let files = files.map(|(name, text)| (name.to_owned(), text.to_owned()));
        let places = crate::places::from_csv(&files).unwrap();
        let village = places.find(Code(610_206)).and_then(|unit| places.unit(unit).villages.first().cloned());
        let village = village.unwrap();
        let code = Place { code: Code(610_206), village: village.number }.to_string();
        let of = |word: &str| district(Field::District, word, &places).detail;
        for (word, part) in [
            (
                code.as_str(),
                format!("kode desa {} di Kecamatan Toho, bukan kode kecamatan. Tulis 61.02.06", village.name),
            ),
            ("Toho", "Tulis kodenya: 61.02.06 Toho".to_owned()),
            ("kec. Tohoo", "Tulis kodenya: 61.02.06 Toho".to_owned()),
            (village.name.as_str(), format!("61.02.06 Toho (Desa {})", village.name)),
            ("610206", "bukan '610206'. Tulis: 61.02.06 Toho".to_owned()),
            (" 61.02.06 ", "Tulis: 61.02.06 Toho".to_owned()),
            ("61.02.99", "tidak ada di".to_owned()),
            ("Entahberantah", "16.13".to_owned()),
        ] {
            let words = of(word);
            assert!(words.contains(&part), "{word}: {words}");
        }
    }
}
