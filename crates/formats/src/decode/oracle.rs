//! The plain second decoder: a tree, the contract's sentences one after the other, no thought of speed.
//! It and the fast one must agree on every record, whole or broken.

use super::{Catalog, Decoded, RecordView, Refusal, decode};
use crate::{places, taxonomy::Taxonomy};
use domain::desk_feed::is_desk_feed;
use domain::kind::{
    Category, Confidence, FeedClass, FoundBy, Handling, Kind, Parties, Party, Refused, Stage, Stance,
};
use domain::place::{Areas, Code, Place, Places};
use domain::report::{
    Body, FeedId, NamedReport, Remark, RemarkKind, Report, ReportId, ReportReference, Statement,
    VerificationAct,
};
use domain::time::{DAY, MINUTE, Time};
use domain::wording::Wording;
use serde_json::{Map, Value};
use xxhash_rust::xxh3::xxh3_128;

type Object = Map<String, Value>;

fn plain(record: &RecordView<'_>, catalog: &Catalog<'_>) -> Result<Report, Refused> {
    let bytes = trimmed(record.bytes);
    if bytes.len() > 65_536 {
        return Err(Refused::TooLarge);
    }
    let value: Value = serde_json::from_slice(bytes).map_err(|_| Refused::Json)?;
    let mut object = match value {
        Value::Object(object) if !has_nul(bytes) => object,
        _ => return Err(Refused::Schema),
    };
    if doubled::is_doubled(bytes) {
        return Err(Refused::Schema);
    }
    object.retain(|_, value| !value.is_null());
    let feed_name = record.class.map(|_| record.feed_name);
    let (id, class, mut matter) = schema(&object, feed_name)?;
    let kind = option(text(&object, "kind")?, Refused::Kind, Kind::parse)?;
    let known = |word: &str| Category::parse(word).filter(|code| catalog.taxonomy.contains(*code));
    let category = option(text(&object, "category")?, Refused::Category, known)?;
    if let (Some(kind), Some(category)) = (kind, category)
        && !category.fits(kind)
    {
        return Err(Refused::Category);
    }
    let place = place(&object, catalog.places).ok_or(Refused::District)?;
    matter.about = about(&object, place, catalog.places)?;
    let severity = match object.get("severity").map(|value| value.as_f64().unwrap_or(0.0)) {
        None => None,
        Some(value) if [1.0, 2.0, 3.0, 4.0, 5.0].contains(&value) => Some(value as u8),
        Some(_) => return Err(Refused::Severity),
    };
    let occurred = option(text(&object, "occurred_at")?, Refused::Time, instant)?;
    let reported = instant(text(&object, "reported_at")?.unwrap()).ok_or(Refused::Time)?;
    let (body, begins) = body(&object, (kind, category, severity, occurred), matter)?;
    if [begins, occurred].into_iter().flatten().any(|at| at.0 > reported.0 + 5 * MINUTE) {
        return Err(Refused::Future);
    }
    if reported.0 > record.received_at.0 + DAY {
        return Err(Refused::Future);
    }
    if let Some(own) = record.class {
        let verification = matches!(body, Body::Verification { .. });
        let areas = record.areas.to_string();
        let inside = areas.is_empty()
            || areas.split(' ').any(|area| format!("{place}.").starts_with(&format!("{area}.")));
        let judges = own == FeedClass::Desk && !record.author.party;
        if own != class || (verification && !judges) || !inside {
            return Err(Refused::Forbidden);
        }
    }
    let feed = FeedId::of(if record.class.is_some() { record.feed_name } else { class.as_str() });
    let reconstructed = object.get("reconstructed") == Some(&Value::Bool(true));
    // The end of a day that is not over yet is after the receipt.
    let reported = match record.class.is_some() && reconstructed && reported > record.received_at {
        true => record.received_at,
        false => reported,
    };
    let report = Report {
        id,
        hash: xxh3_128(bytes),
        feed,
        class,
        author: record.class.and_then(|class| record.author.stated(record.feed_name, class)),
        place,
        reported_at: reported,
        reconstructed,
        doubtful: None,
        body: within(body, record.areas),
    };
    let doubtful = is_doubtful(record, &report).then_some(record.received_at);
    let (reported_at, body) = (as_ranked(record, &report), vouched_for(report.body.clone(), reported));
    Ok(Report { doubtful, reported_at, body, ..report })
}

/// Without white space at both ends and a byte order mark.
fn trimmed(mut bytes: &[u8]) -> &[u8] {
    while let [b' ' | b'\t' | b'\n' | b'\r', rest @ ..]
    | [0xef, 0xbb, 0xbf, rest @ ..]
    | [rest @ .., b' ' | b'\t' | b'\n' | b'\r'] = bytes
    {
        bytes = rest;
    }
    bytes
}

/// What the desk sends live is stamped no later than it is received.
fn as_ranked(record: &RecordView<'_>, report: &Report) -> Time {
    let of_archive = record.archive || record.class.is_none();
    let judges = matches!(report.body, Body::Verification { .. });
    let of_desk = judges || report.class == FeedClass::Desk || is_desk_feed(report.feed);
    if of_desk && !of_archive && report.reported_at > record.received_at {
        record.received_at
    } else {
        report.reported_at
    }
}

/// True of a live record with an instant over 5 minutes after its receipt, or over 30 days before.
fn is_doubtful(record: &RecordView<'_>, report: &Report) -> bool {
    let of_archive = record.archive || record.class.is_none();
    let off = |at: &Time| {
        at.0 - record.received_at.0 > 300_000_000 || record.received_at.0 - at.0 > 30 * 86_400_000_000
    };
    let until = match report.body {
        Body::Nothing { to, .. } => to,
        _ => report.reported_at,
    };
    !of_archive && [report.reported_at, report.happened_at(), until].iter().any(off)
}

/// A period in which nothing happened ends when that was reported at the latest.
fn vouched_for(body: Body, reported: Time) -> Body {
    match body {
        Body::Nothing { from, to } => Body::Nothing { from, to: Time(to.0.min(reported.0.max(from.0))) },
        body => body,
    }
}

/// In valid JSON a backslash stands only before what it escapes.
fn has_nul(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|byte| *byte == b'\\') {
        if rest[at..].starts_with(b"\\u0000") {
            return true;
        }
        rest = &rest[at + 2..];
    }
    false
}

fn text<'o>(object: &'o Object, name: &str) -> Result<Option<&'o str>, Refused> {
    object.get(name).map(|value| value.as_str().ok_or(Refused::Schema)).transpose()
}

fn option<T>(
    word: Option<&str>,
    reason: Refused,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, Refused> {
    word.map(|word| parse(word).ok_or(reason)).transpose()
}

fn word<T>(object: &Object, name: &str, parse: impl Fn(&str) -> Option<T>) -> Result<Option<T>, Refused> {
    option(text(object, name)?, Refused::Schema, parse)
}

fn count(object: &Object, name: &str) -> Result<Option<f64>, Refused> {
    let Some(value) = object.get(name) else { return Ok(None) };
    let value = value.as_f64().filter(|value| *value >= 0.0 && value.fract() == 0.0);
    value.map(Some).ok_or(Refused::Schema)
}

fn id(text: &str) -> Option<ReportId> {
    if text.len() == 36 {
        let groups: Vec<&str> = text.split('-').collect();
        let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
        let hex = groups.concat();
        let digits = hex.bytes().all(|byte| byte.is_ascii_hexdigit());
        return (lengths == [8, 4, 4, 4, 12] && digits)
            .then(|| ReportId(u128::from_str_radix(&hex, 16).unwrap()));
    }
    let digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let mut value: u128 = 0;
    for letter in text.chars() {
        let digit = digits.find(letter.to_ascii_uppercase())? as u128;
        value = value.checked_mul(32)?.checked_add(digit)?;
    }
    (text.len() == 26).then_some(ReportId(value))
}

fn instant(text: &str) -> Option<Time> {
    let shape: String =
        text.chars().take(19).map(|letter| if letter.is_ascii_digit() { '0' } else { letter }).collect();
    let zone = text.rfind(['+', '-']).map_or("", |at| &text[at + 1..]);
    let zoned = text.ends_with(['Z', 'z']) || (zone.len() == 5 && zone.as_bytes()[2] == b':');
    if !shape.eq_ignore_ascii_case("0000-00-00T00:00:00") || !zoned {
        return None;
    }
    // The library reads nine digits of a second at most.
    let digits = text.get(20..).map_or(0, |rest| rest.bytes().take_while(u8::is_ascii_digit).count());
    let cut = if digits > 9 { format!("{}{}", &text[..29], &text[20 + digits..]) } else { text.into() };
    let at: jiff::Timestamp = cut.to_ascii_uppercase().parse().ok()?;
    let leap = i64::from(&text[17..19] == "60") * 1_000_000; // the library pulls a leap second back
    let micros = at.as_nanosecond().div_euclid(1000) as i64 + leap;
    (0..4_102_444_800_000_000).contains(&micros).then_some(Time(micros))
}

/// Id, class and the optional part of a statement; everything else that is a matter of the schema is checked.
fn schema(object: &Object, feed_name: Option<&str>) -> Result<(ReportId, FeedClass, Statement), Refused> {
    let need = |name: &str| if object.contains_key(name) { Ok(()) } else { Err(Refused::Schema) };
    let report_id = word(object, "report_id", id)?.ok_or(Refused::Schema)?;
    let class = word(object, "feed", FeedClass::parse)?.ok_or(Refused::Schema)?;
    if [text(object, "district")?, text(object, "village")?] == [None, None] {
        return Err(Refused::Schema);
    }
    for name in ["reporter", "summary", "kind", "category", "occurred_at", "reported_at"] {
        text(object, name)?;
    }
    need("reported_at")?;
    if object.get("severity").is_some_and(|value| !value.is_number()) {
        return Err(Refused::Schema);
    }
    for (name, limit) in [("lat", 90.0), ("lon", 180.0)] {
        let Some(value) = object.get(name) else { continue };
        value.as_f64().filter(|value| value.abs() <= limit).ok_or(Refused::Schema)?;
    }
    let names = ["nothing_happened", "verification", "retracts"];
    let statement = ["kind", "category", "severity", "occurred_at"];
    let stance = word(object, "stance", Stance::parse)?;
    let confidence = word(object, "confidence", Confidence::parse)?;
    let sensor = class == FeedClass::Sensor;
    if sensor && stance.is_some_and(|stance| stance != Stance::Affirms) || !sensor && confidence.is_some() {
        return Err(Refused::Schema);
    }
    let speaks = ["stance", "about", "confidence"].iter().any(|name| object.contains_key(*name));
    match names.iter().filter(|name| object.contains_key(**name)).collect::<Vec<_>>()[..] {
        [] if stance == Some(Stance::Denies) => {
            ["kind", "occurred_at"].iter().try_for_each(|name| need(name))?
        }
        [] => statement.iter().try_for_each(|name| need(name))?,
        _ if speaks => return Err(Refused::Schema),
        [&"retracts"] => {
            if word(object, "retracts", id)? == Some(report_id) || object.contains_key("supersedes") {
                return Err(Refused::Schema);
            }
        }
        [name] => {
            let clash = statement.iter().any(|name| object.contains_key(*name));
            let inner = object[*name].as_object().filter(|_| !clash).ok_or(Refused::Schema)?;
            if *name == "verification" {
                verification(inner)?;
            } else {
                text(inner, "from")?.and(text(inner, "to")?).ok_or(Refused::Schema)?;
            }
        }
        _ => return Err(Refused::Schema),
    }
    let own = (report_id, feed_name.unwrap_or(class.as_str()));
    Ok((report_id, class, matter(object, own)?))
}

fn matter(object: &Object, own: (ReportId, &str)) -> Result<Statement, Refused> {
    let whole = |name: &str, most: f64| match count(object, name)?.unwrap_or(0.0) {
        count if count > most => Err(Refused::Schema),
        count => Ok(count),
    };
    let (dead, mut injured) = (whole("dead", 65535.0)?, whole("injured", 65535.0)?);
    let casualties = whole("casualties", 65535.0)?;
    if !object.contains_key("dead") && !object.contains_key("injured") {
        injured = casualties;
    }
    let letter = |word: &str| ["A", "B", "C", "D", "E", "F"].iter().position(|letter| *letter == word);
    let credibility = count(object, "credibility")?;
    if credibility.is_some_and(|grade| !(1.0..=6.0).contains(&grade)) {
        return Err(Refused::Schema);
    }
    let mut parties = Parties::default();
    if let Some(list) = object.get("parties") {
        for item in list.as_array().ok_or(Refused::Schema)? {
            parties.add(item.as_str().and_then(Party::parse).ok_or(Refused::Schema)?);
        }
    }
    let supersedes = word(object, "supersedes", id)?;
    if supersedes == Some(own.0) {
        return Err(Refused::Schema);
    }
    if let Some(about) = object.get("about") {
        let about = about.as_object().ok_or(Refused::Schema)?;
        let named = word(about, "report_id", id)?
            .filter(|named| (*named, about.get("feed")) != (own.0, Some(&Value::from(own.1))));
        let whole = ["feed", "district"].iter().all(|name| about.get(*name).is_some_and(|text| text != ""));
        if named.is_none() || text(about, "feed")?.and(text(about, "district")?).is_none() || !whole {
            return Err(Refused::Schema);
        }
    }
    Ok(Statement {
        kind: Kind::Disaster,
        category: Category::OTHER,
        severity: 0,
        occurred_at: Time(0),
        stage: word(object, "stage", Stage::parse)?,
        reliability: word(object, "reliability", letter)?.map_or(0, |place| place as u8 + 1),
        credibility: credibility.unwrap_or(0.0) as u8,
        handling: word(object, "handling", Handling::parse)?.unwrap_or(Handling::Limited),
        parties,
        found_by: word(object, "found_by", FoundBy::parse)?.unwrap_or(FoundBy::Report),
        dead: dead as u16,
        injured: injured as u16,
        displaced: whole("displaced", 4_294_967_295.0)? as u32,
        supersedes,
        continues: object.get("stance").is_some_and(|stance| stance == "continues"),
        ends: object.get("stance").is_some_and(|stance| stance == "ends"),
        about: None,
        confidence: word(object, "confidence", Confidence::parse)?,
        wording: text(object, "summary")?.and_then(Wording::of),
    })
}

/// The report spoken of, which lies in the regency of `place`.
fn about(object: &Object, place: Place, places: &Places) -> Result<Option<NamedReport>, Refused> {
    let Some(about) = object.get("about").and_then(Value::as_object) else { return Ok(None) };
    let district = about["district"].as_str().and_then(Code::parse).ok_or(Refused::District)?;
    if places.find(district).is_none() || district.to_string()[..5] != place.code.to_string()[..5] {
        return Err(Refused::District);
    }
    let report = about["report_id"].as_str().and_then(id).ok_or(Refused::Schema)?;
    Ok(Some(NamedReport { feed: FeedId::of(about["feed"].as_str().unwrap_or("")), report, district }))
}

fn place(object: &Object, places: &Places) -> Option<Place> {
    let district = object.get("district").and_then(Value::as_str);
    let village = object.get("village").and_then(Value::as_str);
    let Some(village) = village else {
        let place = Place { code: Code::parse(district?)?, village: 0 };
        return places.find(place.code).map(|_| place).or_else(|| places.of_old_code(place));
    };
    let behind = village.starts_with(&format!("{}.", district.unwrap_or(village.get(..8)?)));
    if !behind || district.is_some_and(|word| Code::parse(word).is_none()) {
        return None;
    }
    let place = Place::parse_village(village)?;
    let is_known =
        places.find(place.code).is_some() && (!places.villages_known || places.village(place).is_some());
    if is_known { Some(place) } else { places.of_old_code(place) }
}

type Known = (Option<Kind>, Option<Category>, Option<u8>, Option<Time>);

fn body(object: &Object, known: Known, matter: Statement) -> Result<(Body, Option<Time>), Refused> {
    if let Some(Value::Object(period)) = object.get("nothing_happened") {
        let from = instant(text(period, "from")?.ok_or(Refused::Schema)?);
        let to = instant(text(period, "to")?.ok_or(Refused::Schema)?);
        let (from, to) = (from.ok_or(Refused::Time)?, to.ok_or(Refused::Time)?);
        if from > to {
            return Err(Refused::Time);
        }
        return Ok((Body::Nothing { from, to }, Some(from)));
    }
    if let Some(Value::Object(object)) = object.get("verification") {
        return Ok((verification(object)?, None));
    }
    if let Some(target) = word(object, "retracts", id)? {
        return Ok((Body::Retraction { target }, None));
    }
    let (kind, category, severity, occurred_at) = known;
    let what = match object.get("stance").and_then(Value::as_str) {
        Some("denies") => Some(RemarkKind::Denies),
        Some("ends") if matter.dead == 0 && matter.injured == 0 => Some(RemarkKind::Ends),
        _ => None,
    };
    if let Some(what) = what {
        let kind = kind.unwrap();
        let faith = category.map_or(kind == Kind::ResidentResident, |own| own.to_string() == "WW-10");
        let handling = if faith { Handling::Confidential } else { matter.handling };
        let Statement { reliability, credibility, about, supersedes, .. } = matter;
        let occurred_at = occurred_at.unwrap();
        let remark = Remark {
            what,
            kind,
            category,
            occurred_at,
            reliability,
            credibility,
            handling,
            about,
            supersedes,
        };
        return Ok((Body::Remark(remark), None));
    }
    let category = category.unwrap();
    let restricted = category.to_string() == "WW-10";
    let handling = if restricted { Handling::Confidential } else { matter.handling };
    let severity = severity.unwrap();
    let occurred_at = occurred_at.unwrap();
    Ok((
        Body::Statement(Statement {
            kind: kind.unwrap(),
            category,
            severity,
            occurred_at,
            handling,
            ..matter
        }),
        None,
    ))
}

/// A verification reaches as far as its feed's areas.
fn within(body: Body, areas: &Areas) -> Body {
    match body {
        Body::Verification { act, reports, .. } => Body::Verification { act, reports, areas: areas.clone() },
        other => other,
    }
}

fn verification(object: &Object) -> Result<Body, Refused> {
    let act = word(object, "act", VerificationAct::parse)?.ok_or(Refused::Schema)?;
    let list = object.get("reports").and_then(Value::as_array).filter(|list| !list.is_empty());
    let items = list.ok_or(Refused::Schema)?.iter();
    let reference = |item: &Value| match item {
        Value::Object(item) => {
            let feed = item.get("feed")?.as_str().filter(|feed| !feed.is_empty()).map(FeedId::of);
            let content = match item.get("content") {
                None | Some(Value::Null) => None,
                Some(seen) => Some(hash(seen.as_str()?)?),
            };
            Some(ReportReference { id: id(item.get("report_id")?.as_str()?)?, feed: Some(feed?), content })
        }
        item => Some(id(item.as_str()?)?.into()),
    };
    let reports: Option<Vec<ReportReference>> = items.map(reference).collect();
    Ok(Body::Verification { act, reports: reports.ok_or(Refused::Schema)?, areas: Areas::everywhere() })
}

/// 128 bits as 32 hexadecimal digits, in lower case.
fn hash(text: &str) -> Option<u128> {
    let digits = text.chars().map(|digit| digit.to_digit(16).filter(|_| !digit.is_uppercase()));
    let digits: Vec<u32> = digits.collect::<Option<_>>()?;
    let whole = digits.len() == 32;
    whole.then(|| digits.iter().fold(0, |number, digit| number << 4 | u128::from(*digit)))
}

mod doubled;
pub(crate) mod fuzz;
