//! A record against the schema: what must be there is there, and every value is on its list.
//! Kind, category, place, severity and times stay in the fields: they have refusal reasons of their own.

use super::Refusal;
use super::fields::{Field, Fields};
use super::refusal_text::{self, Reading};
use super::scan::{Shape, Token};
use crate::content_hash;
use domain::kind::{Confidence, FeedClass, FoundBy, Handling, Parties, Party, Stage, Stance};
use domain::report::{FeedId, RemarkKind, ReportId, ReportReference, VerificationAct};
use std::borrow::Cow;

/// What a record that keeps the schema says, as far as the schema knows.
pub struct SchemaRecord<'a> {
    pub id: ReportId,
    pub class: FeedClass,
    pub content: Content<'a>,
    pub optional: OptionalFields,
    pub lat: Option<f64>,
    pub lon: Option<f64>,
}

/// What sort of record it is.
pub enum Content<'a> {
    /// It affirms, continues, or ends and tells of people killed or hurt: its kind, category, severity and occurred_at are given.
    Statement {
        stance: Stance,
    },
    /// It denies, or ends and tells of nobody killed or hurt: its kind and occurred_at are given, and for an ending category and
    /// severity too.
    Remark {
        what: RemarkKind,
    },
    Nothing {
        from: Cow<'a, str>,
        to: Cow<'a, str>,
    },
    Verification {
        act: VerificationAct,
        reports: Vec<ReportReference>,
    },
    Retraction {
        target: ReportId,
    },
}

impl Content<'_> {
    /// An ending that tells of people killed or hurt claims that harm: it counts as what continues does.
    #[inline]
    fn with_harm(self, harmed: bool) -> Self {
        match self {
            Content::Remark { what: RemarkKind::Ends } if harmed => {
                Content::Statement { stance: Stance::Ends }
            }
            content => content,
        }
    }
}

/// The optional part of a statement.
pub struct OptionalFields {
    pub stage: Option<Stage>,
    pub reliability: u8,
    pub credibility: u8,
    /// Limited where the feed did not say.
    pub handling: Handling,
    pub parties: Parties,
    pub found_by: FoundBy,
    pub dead: u64,
    pub injured: u64,
    pub displaced: u64,
    pub supersedes: Option<ReportId>,
    pub about: Option<SchemaAbout>,
    pub confidence: Option<Confidence>,
}

/// What a record itself is called: by its feed's name where it was stamped with one, else by its class.
#[derive(Clone, Copy)]
struct OwnName<'a> {
    id: ReportId,
    feed: &'a str,
}

/// The report that a record names, with the place as it stands there.
pub struct SchemaAbout {
    pub feed: FeedId,
    pub report: ReportId,
    pub district: String,
}

/// The fields a zero-report or a verification stands in place of.
const STATEMENT: [Field; 4] = [Field::Kind, Field::Category, Field::Severity, Field::OccurredAt];
/// The fields a denial must have.
const DENIAL: [Field; 2] = [Field::Kind, Field::OccurredAt];
/// The fields that only a record that speaks of an incident may have.
const SPEAKING: [Field; 3] = [Field::Stance, Field::About, Field::Confidence];
/// The fields that make a record anything but a plain statement.
const OTHER_CONTENT: u32 = Field::Nothing.bit() | Field::Verification.bit() | Field::Retracts.bit();
/// The optional fields beyond the casualties that every record may have.
const GRADED: u32 = Field::Stage.bit()
    | Field::Reliability.bit()
    | Field::Credibility.bit()
    | Field::Handling.bit()
    | Field::Parties.bit()
    | Field::FoundBy.bit()
    | Field::Supersedes.bit()
    | Field::About.bit()
    | Field::Confidence.bit();

impl<'a> SchemaRecord<'a> {
    /// `feed` is the name of the record's feed, where it was stamped with one.
    #[inline]
    pub fn read(fields: &Fields<'a>, feed: Option<&str>) -> Result<SchemaRecord<'a>, Refusal> {
        let id = fields.id(Field::ReportId)?.ok_or_else(|| refusal_text::missing(Field::ReportId))?;
        let class = fields.word(Field::Feed, FeedClass::parse, || list(FeedClass::ALL, FeedClass::as_str))?;
        let class = class.ok_or_else(|| refusal_text::missing(Field::Feed))?;
        if fields.given() & (Field::District.bit() | Field::Village.bit()) == 0 {
            return Err(refusal_text::missing(Field::District));
        }
        if !fields.is_given(Field::ReportedAt) {
            return Err(refusal_text::missing(Field::ReportedAt));
        }
        let content = content(fields, id, class)?;
        let optional = optional(fields, OwnName { id, feed: feed.unwrap_or(class.as_str()) }, class)?;
        Ok(SchemaRecord {
            id,
            class,
            content: content.with_harm(optional.dead > 0 || optional.injured > 0),
            optional,
            lat: fields.degrees(Field::Lat, 90.0)?,
            lon: fields.degrees(Field::Lon, 180.0)?,
        })
    }
}

#[inline]
fn content<'a>(fields: &Fields<'a>, id: ReportId, class: FeedClass) -> Result<Content<'a>, Refusal> {
    let other = fields.given() & OTHER_CONTENT;
    if other == 0 {
        return speaking(fields, class);
    }
    if other.count_ones() > 1 {
        return Err(refusal_text::two_contents());
    }
    if let Some(field) = SPEAKING.into_iter().find(|field| fields.is_given(*field)) {
        return Err(refusal_text::speaks_of_nothing(field));
    }
    if let Some(target) = fields.id(Field::Retracts)? {
        let wrong = target == id || fields.is_given(Field::Supersedes);
        return if wrong {
            Err(refusal_text::target(Field::Retracts))
        } else {
            Ok(Content::Retraction { target })
        };
    }
    if let Some(field) = STATEMENT.into_iter().find(|field| fields.is_given(*field)) {
        return Err(refusal_text::in_place_of(field));
    }
    if fields.is_given(Field::Nothing) { zero_report(fields) } else { verification(fields) }
}

/// What a record says that speaks of an incident; without a stance it affirms.
#[inline]
fn speaking<'a>(fields: &Fields<'a>, class: FeedClass) -> Result<Content<'a>, Refusal> {
    let stance = fields.word(Field::Stance, Stance::parse, || list(Stance::ALL, Stance::as_str))?;
    let stance = stance.unwrap_or(Stance::Affirms);
    if class == FeedClass::Sensor && stance != Stance::Affirms {
        return Err(refusal_text::sensor_stance(stance));
    }
    let needed = if stance == Stance::Denies { &DENIAL[..] } else { &STATEMENT[..] };
    match needed.iter().find(|field| !fields.is_given(**field)) {
        Some(field) => Err(refusal_text::missing(*field)),
        None => Ok(match stance {
            Stance::Affirms | Stance::Continues => Content::Statement { stance },
            Stance::Denies => Content::Remark { what: RemarkKind::Denies },
            Stance::Ends => Content::Remark { what: RemarkKind::Ends },
        }),
    }
}

fn about(fields: &Fields<'_>, own: OwnName<'_>) -> Result<SchemaAbout, Refusal> {
    let [feed, report, district] = fields.object(Field::About, ["feed", "report_id", "district"])?;
    let wrong = || refusal_text::wrong_type(Field::About.name(), Reading::About);
    let text = |token| fields.member(token).filter(|text| !text.is_empty()).ok_or_else(wrong);
    let (feed, report, district) = (text(feed)?, text(report)?, text(district)?);
    let report = ReportId::parse(&report).ok_or_else(wrong)?;
    if report == own.id && feed == own.feed {
        return Err(refusal_text::target(Field::About));
    }
    Ok(SchemaAbout { feed: FeedId::of(&feed), report, district: district.into_owned() })
}

fn confidence(fields: &Fields<'_>, class: FeedClass) -> Result<Option<Confidence>, Refusal> {
    let list = || list(Confidence::ALL, Confidence::as_str);
    let confidence = fields.word(Field::Confidence, Confidence::parse, list)?;
    if confidence.is_some() && class != FeedClass::Sensor {
        return Err(refusal_text::sensor_only());
    }
    Ok(confidence)
}

fn zero_report<'a>(fields: &Fields<'a>) -> Result<Content<'a>, Refusal> {
    let [from, to] = fields.object(Field::Nothing, ["from", "to"])?;
    let end = |token| {
        fields.member(token).ok_or_else(|| refusal_text::wrong_type(Field::Nothing.name(), Reading::Period))
    };
    Ok(Content::Nothing { from: end(from)?, to: end(to)? })
}

fn verification<'a>(fields: &Fields<'a>) -> Result<Content<'a>, Refusal> {
    let [act, list] = fields.object(Field::Verification, ["act", "reports"])?;
    let wrong = || refusal_text::wrong_type(Field::Verification.name(), Reading::Verification);
    let act = fields.member(act).and_then(|word| VerificationAct::parse(&word)).ok_or_else(wrong)?;
    if list.shape() != Shape::Array {
        return Err(wrong());
    }
    let mut items = Vec::new();
    fields.values(list, |item| items.push(item))?;
    let mut reports = Vec::with_capacity(items.len());
    for item in items {
        reports.push(reference(fields, item)?.ok_or_else(wrong)?);
    }
    if reports.is_empty() { Err(wrong()) } else { Ok(Content::Verification { act, reports }) }
}

/// A report as a verification names it: its id, or an object with its feed and its id and, where it is given, the hash of its
/// content; `None` where it is neither.
fn reference(fields: &Fields<'_>, item: Token) -> Result<Option<ReportReference>, Refusal> {
    if item.shape() != Shape::Object {
        return Ok(fields.member(item).and_then(|text| ReportId::parse(&text)).map(ReportReference::from));
    }
    let [feed, report, content] =
        fields.members_of(Field::Verification, item, ["feed", "report_id", "content"])?;
    let feed = fields.member(feed).filter(|name| !name.is_empty());
    let report = fields.member(report).and_then(|text| ReportId::parse(&text));
    let content = match content.shape() {
        Shape::Absent | Shape::Null => Some(None),
        _ => fields.member(content).and_then(|text| content_hash::read(&text)).map(Some),
    };
    let named = feed.zip(report).zip(content);
    Ok(named.map(|((feed, id), content)| ReportReference { id, feed: Some(FeedId::of(&feed)), content }))
}

#[inline]
fn optional(fields: &Fields<'_>, own: OwnName<'_>, class: FeedClass) -> Result<OptionalFields, Refusal> {
    let most = u64::from(u16::MAX);
    let (dead, injured) = (fields.people(Field::Dead, most)?, fields.people(Field::Injured, most)?);
    let casualties = fields.people(Field::Casualties, most)?.unwrap_or(0);
    // An older form of report counts the dead and injured together; without the split they are people hurt.
    let unsplit = if dead.is_none() && injured.is_none() { casualties } else { 0 };
    let mut optional = OptionalFields {
        stage: None,
        reliability: 0,
        credibility: 0,
        handling: Handling::Limited,
        parties: Parties::default(),
        found_by: FoundBy::Report,
        dead: dead.unwrap_or(0),
        injured: injured.unwrap_or(unsplit),
        displaced: fields.people(Field::Displaced, u64::from(u32::MAX))?.unwrap_or(0),
        supersedes: None,
        about: None,
        confidence: None,
    };
    if fields.given() & GRADED != 0 {
        grade(fields, own, class, &mut optional)?;
    }
    Ok(optional)
}

fn grade(
    fields: &Fields<'_>,
    own: OwnName<'_>,
    class: FeedClass,
    optional: &mut OptionalFields,
) -> Result<(), Refusal> {
    optional.stage = fields.word(Field::Stage, Stage::parse, || list(Stage::ALL, Stage::as_str))?;
    let letter = fields.word(Field::Reliability, reliability, || vec!["A", "B", "C", "D", "E", "F"])?;
    optional.reliability = letter.unwrap_or(0);
    optional.credibility = credibility(fields)?;
    if let Some(handling) =
        fields.word(Field::Handling, Handling::parse, || list(Handling::ALL, Handling::as_str))?
    {
        optional.handling = handling;
    }
    if let Some(found_by) =
        fields.word(Field::FoundBy, FoundBy::parse, || list(FoundBy::ALL, FoundBy::as_str))?
    {
        optional.found_by = found_by;
    }
    if fields.is_given(Field::Parties) {
        optional.parties = parties(fields)?;
    }
    if fields.is_given(Field::About) {
        optional.about = Some(about(fields, own)?);
    }
    optional.confidence = confidence(fields, class)?;
    optional.supersedes = fields.id(Field::Supersedes)?;
    if optional.supersedes == Some(own.id) { Err(refusal_text::target(Field::Supersedes)) } else { Ok(()) }
}

/// A to F as 1 to 6.
fn reliability(word: &str) -> Option<u8> {
    match word.as_bytes() {
        [letter @ b'A'..=b'F'] => Some(letter - b'A' + 1),
        _ => None,
    }
}

fn credibility(fields: &Fields<'_>) -> Result<u8, Refusal> {
    match fields.count(Field::Credibility)? {
        None => Ok(0),
        Some(grade @ 1..=6) => Ok(grade as u8),
        Some(grade) => Err(refusal_text::off_list(
            Field::Credibility,
            &grade.to_string(),
            &["1", "2", "3", "4", "5", "6"],
        )),
    }
}

fn parties(fields: &Fields<'_>) -> Result<Parties, Refusal> {
    let (mut parties, mut wrong) = (Parties::default(), None);
    fields.items(fields.token(Field::Parties), |item| {
        let word = item.unwrap_or_default();
        match Party::parse(&word) {
            Some(party) => parties.add(party),
            None => wrong = Some(word),
        }
    })?;
    match wrong {
        Some(word) => Err(refusal_text::off_list(Field::Parties, &word, &list(Party::ALL, Party::as_str))),
        None => Ok(parties),
    }
}

/// A closed list in the contract's words, for the message about a word that is not on it.
fn list<T: Copy>(all: &[T], word: fn(T) -> &'static str) -> Vec<&'static str> {
    all.iter().map(|item| word(*item)).collect()
}
