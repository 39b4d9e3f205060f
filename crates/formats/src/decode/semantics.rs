//! What a record means: kind, category, place, severity and times, checked in the contract's order.

use super::fields::{Field, Fields};
use super::refusal_text;
use super::schema::{Content, OptionalFields, SchemaAbout, SchemaRecord};
use super::{Catalog, RecordView, Refusal, instant, number};
use domain::kind::{Category, FeedClass, Handling, Kind, Stance};
use domain::place::{Code, Place, Places};
use domain::report::{Body, FeedId, NamedReport, Remark, RemarkKind, Report, Statement};
use domain::time::{DAY, MINUTE, Time};
use domain::wording::Wording;
use xxhash_rust::xxh3::xxh3_128;

/// `occurred_at` may lie this far after `reported_at` (clocks differ).
const OCCURRED_AHEAD: i64 = 5 * MINUTE;
/// `reported_at` may lie this far after the receipt.
const REPORTED_AHEAD: i64 = DAY;

/// A record that keeps the schema, as far as it is read.
pub struct ParsedRecord<'a, 'f> {
    pub fields: &'f Fields<'a>,
    pub values: &'f SchemaRecord<'a>,
    pub payload: &'f [u8],
}

#[inline]
pub fn check(
    parsed: &ParsedRecord<'_, '_>,
    record: &RecordView<'_>,
    catalog: &Catalog<'_>,
) -> Result<Report, Refusal> {
    let (fields, values) = (parsed.fields, parsed.values);
    let kind = kind(fields)?;
    let category = category(fields, kind, catalog)?;
    let place = place(fields, catalog.places)?;
    let about = match &values.optional.about {
        None => None,
        Some(named) => Some(about(named, place, catalog.places)?),
    };
    let severity = severity(fields)?;
    let occurred_at = time(fields, Field::OccurredAt)?;
    let reported_at =
        time(fields, Field::ReportedAt)?.ok_or_else(|| refusal_text::missing(Field::ReportedAt))?;
    let body = match &values.content {
        Content::Statement { stance } => {
            let (Some(kind), Some(category), Some(severity), Some(occurred_at)) =
                (kind, category, severity, occurred_at)
            else {
                return Err(refusal_text::missing(Field::Kind)); // `schema` checked that all are there
            };
            let known = (kind, category, severity, occurred_at);
            Body::Statement(Statement {
                continues: *stance == Stance::Continues,
                ends: *stance == Stance::Ends,
                about,
                wording: parsed.fields.text(Field::Summary).and_then(|text| Wording::of(&text.read())),
                ..statement(&values.optional, known, catalog)
            })
        }
        Content::Remark { what } => {
            let (Some(kind), Some(occurred_at)) = (kind, occurred_at) else {
                return Err(refusal_text::missing(Field::Kind)); // `schema` checked that both are there
            };
            let remark = remark(&values.optional, *what, (kind, category, occurred_at), catalog);
            Body::Remark(Remark { about, ..remark })
        }
        Content::Nothing { from, to } => nothing(from, to, reported_at)?,
        Content::Verification { act, reports } => {
            Body::Verification { act: *act, reports: reports.clone(), areas: record.areas.clone() }
        }
        Content::Retraction { target } => Body::Retraction { target: *target },
    };
    if occurred_at.is_some_and(|at| at.since(reported_at) > OCCURRED_AHEAD) {
        return Err(refusal_text::occurred_ahead(Field::OccurredAt));
    }
    if reported_at.since(record.received_at) > REPORTED_AHEAD {
        return Err(refusal_text::reported_ahead());
    }
    let (feed, author) = match record.class {
        None => (FeedId::of(values.class.as_str()), None),
        Some(class) => {
            allowed(values, class, place, record)?;
            (FeedId::of(record.feed_name), record.author.stated(record.feed_name, class))
        }
    };
    let (hash, reconstructed) = (xxh3_128(parsed.payload), fields.is_true(Field::Reconstructed));
    let (id, class) = (values.id, values.class);
    let report =
        Report { id, hash, feed, class, author, place, reported_at, reconstructed, doubtful: None, body };
    let received = record.received_at;
    // An archive that is replayed alone was received by nobody.
    let report = if record.class.is_some() { report.rebuilt_no_later_than(received) } else { report };
    let live = record.class.is_some() && !record.archive;
    let report = if live { report.received_live(received) } else { report }.vouched_for();
    Ok(if live { report.typed_no_later_than(received) } else { report })
}

#[inline]
fn kind(fields: &Fields<'_>) -> Result<Option<Kind>, Refusal> {
    let Some(word) = fields.read(Field::Kind) else { return Ok(None) };
    Kind::parse(&word).map(Some).ok_or_else(|| refusal_text::kind(&word))
}

#[inline]
fn category(
    fields: &Fields<'_>,
    kind: Option<Kind>,
    catalog: &Catalog<'_>,
) -> Result<Option<Category>, Refusal> {
    let Some(word) = fields.read(Field::Category) else { return Ok(None) };
    let known = Category::parse(&word).filter(|code| catalog.taxonomy.contains(*code));
    match known {
        Some(code) if kind.is_none_or(|kind| code.fits(kind)) => Ok(Some(code)),
        _ => Err(refusal_text::category(&word, known.is_some(), kind, catalog)),
    }
}

/// The place a report is about: its village where it names one, else its district or regency.
#[inline]
fn place(fields: &Fields<'_>, places: &Places) -> Result<Place, Refusal> {
    let (district, village) = (fields.read(Field::District), fields.read(Field::Village));
    let own = match district.as_deref() {
        None => None,
        Some(word) => {
            let known = Code::parse(word).filter(|code| places.find(*code).is_some());
            if known.is_none()
                && let Some(place) = of_old_code(word, village.as_deref(), places)
            {
                return Ok(place);
            }
            Some(known.ok_or_else(|| refusal_text::district(Field::District, word, places))?)
        }
    };
    let Some(village) = village.as_deref() else {
        return own
            .map(|code| Place { code, village: 0 })
            .ok_or_else(|| refusal_text::missing(Field::District));
    };
    if let Some(word) = district.as_deref() {
        let behind = village.strip_prefix(word).is_some_and(|rest| rest.starts_with('.'));
        if !behind {
            return Err(refusal_text::village_elsewhere(village, word));
        }
    }
    let known = |place: &Place| own == Some(place.code) || places.find(place.code).is_some();
    let stated = Place::parse_village(village);
    let place =
        stated.filter(known).filter(|place| !places.villages_known || places.village(*place).is_some());
    match (place, stated.and_then(|old| places.of_old_code(old)), stated.filter(known)) {
        (Some(place), ..) | (None, Some(place), _) => Ok(place),
        (None, None, Some(place)) => Err(refusal_text::village(village, places, place.code)),
        (None, None, None) => Err(refusal_text::district(Field::Village, village, places)),
    }
}

/// The place of a district, and of a village in it, that are known under old codes only.
#[cold]
fn of_old_code(district: &str, village: Option<&str>, places: &Places) -> Option<Place> {
    let old = match village {
        None => Place { code: Code::parse(district)?, village: 0 },
        Some(village) => {
            let is_within = village.strip_prefix(district).is_some_and(|rest| rest.starts_with('.'));
            Place::parse_village(village).filter(|_| is_within)?
        }
    };
    places.of_old_code(old)
}

#[inline]
fn severity(fields: &Fields<'_>) -> Result<Option<u8>, Refusal> {
    let Some(digits) = fields.number(Field::Severity) else { return Ok(None) };
    match number::whole(digits) {
        Some(severity @ 1..=5) => Ok(Some(severity as u8)),
        _ => Err(refusal_text::severity(digits)),
    }
}

#[inline]
fn time(fields: &Fields<'_>, field: Field) -> Result<Option<Time>, Refusal> {
    let Some(text) = fields.read(field) else { return Ok(None) };
    instant::parse(&text).map(Some).ok_or_else(|| refusal_text::time(field, &text))
}

#[inline]
fn statement(
    optional: &OptionalFields,
    known: (Kind, Category, u8, Time),
    catalog: &Catalog<'_>,
) -> Statement {
    let (kind, category, severity, occurred_at) = known;
    let restricted = catalog.taxonomy.get(category).is_some_and(|entry| entry.restricted);
    Statement {
        kind,
        category,
        severity,
        occurred_at,
        stage: optional.stage,
        reliability: optional.reliability,
        credibility: optional.credibility,
        handling: if restricted { Handling::Confidential } else { optional.handling },
        parties: optional.parties,
        found_by: optional.found_by,
        dead: optional.dead as u16, // `schema` checked that they fit
        injured: optional.injured as u16,
        displaced: optional.displaced as u32,
        supersedes: optional.supersedes,
        continues: false,
        ends: false,
        about: None,
        confidence: optional.confidence,
        wording: None,
    }
}

/// A remark without a category may speak of any incident of its kind, so it is as confidential as the strictest of them.
fn remark(
    optional: &OptionalFields,
    what: RemarkKind,
    (kind, category, occurred_at): (Kind, Option<Category>, Time),
    catalog: &Catalog<'_>,
) -> Remark {
    let mut categories = catalog.taxonomy.of_kind(kind);
    let restricted = categories.any(|entry| entry.restricted && category.is_none_or(|own| own == entry.code));
    Remark {
        what,
        kind,
        category,
        occurred_at,
        reliability: optional.reliability,
        credibility: optional.credibility,
        handling: if restricted { Handling::Confidential } else { optional.handling },
        about: None,
        supersedes: optional.supersedes,
    }
}

/// The report that a record names; it lies in the record's own regency.
fn about(named: &SchemaAbout, place: Place, places: &Places) -> Result<NamedReport, Refusal> {
    let known = Code::parse(&named.district)
        .filter(|code| code.regency() == place.code.regency() && places.find(*code).is_some());
    let district = known.ok_or_else(|| refusal_text::about_elsewhere(&named.district, place.code))?;
    Ok(NamedReport { feed: named.feed, report: named.report, district })
}

fn nothing(from: &str, to: &str, reported_at: Time) -> Result<Body, Refusal> {
    let read = |text: &str| instant::parse(text).ok_or_else(|| refusal_text::time(Field::Nothing, text));
    let (from, to) = (read(from)?, read(to)?);
    if from > to {
        return Err(refusal_text::backwards());
    }
    if from.since(reported_at) > OCCURRED_AHEAD {
        return Err(refusal_text::occurred_ahead(Field::Nothing));
    }
    Ok(Body::Nothing { from, to })
}

fn allowed(
    values: &SchemaRecord<'_>,
    class: FeedClass,
    place: Place,
    record: &RecordView<'_>,
) -> Result<(), Refusal> {
    let areas = record.areas;
    if values.class != class {
        return Err(refusal_text::other_class(values.class, class));
    }
    if matches!(values.content, Content::Verification { .. }) && class != FeedClass::Desk {
        return Err(refusal_text::desk_only());
    }
    if matches!(values.content, Content::Verification { .. }) && record.author.party {
        return Err(refusal_text::party_judges());
    }
    if !areas.contains(place) {
        return Err(refusal_text::outside_areas(place, areas));
    }
    Ok(())
}
