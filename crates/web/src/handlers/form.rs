//! The entry form read: a report's fields, or every wrong field named at once.

use crate::fault::Fault;
use crate::pages::entry::TypedFields;
use crate::request::PageRequest;
use crate::submit::{Record, RecordSource};
use domain::kind::{Category, FeedClass, Kind, Stance};
use domain::place::{Code, Place, UnitId, Zone};
use domain::time::{MINUTE, Time};
use domain::{sender_clock, silence};
use formats::chat::{DayAlone, TypedTimeFault};
use serde_json::Value;
use views::entry::{EntryChoices, SourceChoice};
use views::{Context, Lang, format};

/// A field's name and what is wrong with it.
pub type Errors = Vec<(String, String)>;

/// A form without fault.
pub struct Filled {
    /// According to whom.
    source: RecordSource,
    pub(super) place: Place,
    /// What it says, by the names of a report's fields.
    pub fields: Vec<(&'static str, Value)>,
}

impl Filled {
    pub fn record(self, request: &PageRequest) -> Result<Record, Fault> {
        let mut record = Record::new(request, self.source, self.place.code)?;
        for (name, value) in self.fields {
            record.put(name, value);
        }
        Ok(record)
    }
}

/// That nothing happened in a place for a time, according to whom. `period`: the fields of its beginning and end.
pub fn read_nothing(
    context: &Context,
    regency: UnitId,
    (choices, typed): (&EntryChoices, &TypedFields),
    period: [&'static str; 2],
) -> Result<Filled, Errors> {
    let lang = context.lang;
    let mut errors = Errors::new();
    let place = place(context, regency, first(typed, "place"), &mut errors);
    let source = named_source(lang, choices, first(typed, "source"), &mut errors);
    outside_source(context, choices, (first(typed, "source"), place), &mut errors);
    let zone = Zone::of(context.sources.places.code(regency));
    let period = quiet_period((zone, context.now), typed, period);
    match (place, source, period) {
        (Some(place), Some(source), Ok(period)) if errors.is_empty() => {
            Ok(Filled { source, place, fields: nothing_fields(place, period) })
        }
        (_, _, period) => {
            let faults = period.err().into_iter().flatten();
            errors.extend(faults.map(|(field, words)| (field.into(), lang.text(words).into())));
            Err(errors)
        }
    }
}

/// From when to when nothing happened, as the two fields say; or which of them is wrong, and the words for why. A day alone is
/// all of it, as far as it has passed.
fn quiet_period(
    (zone, now): (Zone, Time),
    typed: &TypedFields,
    fields: [&'static str; 2],
) -> Result<[Time; 2], Vec<(&'static str, &'static str)>> {
    let read = |at: usize, alone| format::parse_typed(first(typed, fields[at]), zone, now, alone);
    let ends = [read(0, DayAlone::Begins), read(1, DayAlone::Ends)];
    // The end of today has not come.
    let today_ends = read(1, DayAlone::Begins).is_ok_and(|begins| begins <= now && ends[1] != Ok(begins));
    let until = ends[1].map(|until| if today_ends { until.min(now) } else { until });
    let faults: Vec<_> = [ends[0], until]
        .into_iter()
        .zip(fields)
        .filter_map(|(end, field)| match end {
            Err(fault) => Some((field, time_fault(fault))),
            Ok(at) if at > now.plus(5 * MINUTE) => Some((field, "entry.nothing_in_the_future")),
            Ok(_) => None,
        })
        .collect();
    let (Ok(since), Ok(until), []) = (ends[0], until, &faults[..]) else { return Err(faults) };
    let until = until.min(now);
    if since >= until {
        return Err(vec![(fields[0], "entry.nothing_ends_before")]);
    }
    if until.since(since) > silence::LONGEST_QUIET {
        return Err(vec![(fields[0], "entry.nothing_too_long")]);
    }
    Ok([since, until])
}

/// The words for why what was typed is no time.
pub fn time_fault(fault: TypedTimeFault) -> &'static str {
    match fault {
        TypedTimeFault::Missing | TypedTimeFault::Unreadable => "entry.time_missing",
        TypedTimeFault::NoSuchDay => "entry.no_such_day",
        TypedTimeFault::NoSuchClock => "entry.no_such_clock",
        TypedTimeFault::ClockMissing => "entry.clock_missing",
        TypedTimeFault::DayUnclear => "entry.day_unclear",
        TypedTimeFault::NotYet => "entry.time_in_the_future",
    }
}

/// The fields of a report that nothing happened in a place from when to when.
pub fn nothing_fields(place: Place, period: [Time; 2]) -> Vec<(&'static str, Value)> {
    let [from, to] = period.map(|at| format::machine(at, Zone::of(place.code)));
    let mut fields = vec![("nothing_happened", serde_json::json!({ "from": from, "to": to }))];
    if place.village > 0 {
        fields.push(("village", place.to_string().into()));
    }
    fields
}

pub fn first<'a>(typed: &'a TypedFields, name: &str) -> &'a str {
    typed.get(name).and_then(|values| values.first()).map_or("", |value| value.trim())
}

/// `source`: whose word it gives, where the form does not ask for that.
pub fn read(
    context: &Context,
    regency: UnitId,
    (choices, typed): (&EntryChoices, &TypedFields),
    source: Option<RecordSource>,
) -> Result<Filled, Errors> {
    let lang = context.lang;
    let mut errors = Errors::new();
    let mut fields = extra(lang, typed, &mut errors);
    let place = place(context, regency, first(typed, "place"), &mut errors);
    if let Some(place) = place.filter(|place| place.village > 0) {
        fields.push(("village", place.to_string().into()));
    }
    if let Some((kind, category)) = category(context, first(typed, "category"), &mut errors) {
        fields.push(("kind", kind.as_str().into()));
        fields.push(("category", category.to_string().into()));
        if category == Category::OTHER && first(typed, "summary").is_empty() {
            let words = lang.text("entry.other_needs_summary");
            errors.push(("summary".into(), words.into()));
        }
    }
    let stance = Stance::parse(first(typed, "stance")).unwrap_or(Stance::Affirms);
    if stance != Stance::Affirms {
        fields.push(("stance", stance.as_str().into()));
    }
    match first(typed, "severity").parse::<u8>() {
        Ok(severity @ 1..=5) => fields.push(("severity", severity.into())),
        _ if stance == Stance::Denies => {} // what did not happen is not grave
        _ => {
            let words = lang.text("entry.severity_missing");
            errors.push(("severity".into(), words.into()));
        }
    }
    if let Some(at) = occurred(context, regency, first(typed, "occurred"), &mut errors) {
        fields.push(("occurred_at", at.into()));
    }
    let source = source.or_else(|| {
        outside_source(context, choices, (first(typed, "source"), place), &mut errors);
        named_source(lang, choices, first(typed, "source"), &mut errors)
    });
    match (place, source) {
        (Some(place), Some(source)) if errors.is_empty() => Ok(Filled { source, place, fields }),
        _ => Err(errors),
    }
}

/// According to whom: a registered source of the place, or a class without saying which.
pub fn named_source(
    lang: Lang,
    choices: &EntryChoices,
    text: &str,
    errors: &mut Errors,
) -> Option<RecordSource> {
    let registered = choices.sources.iter().find(|source| source.value() == text);
    let found = match registered {
        Some(SourceChoice { class, organisation, party, .. }) => {
            let (class, organisation, party) = (*class, organisation.clone(), *party);
            Some(RecordSource { class, organisation, party })
        }
        None => FeedClass::parse(text).filter(|class| *class != FeedClass::Sensor).map(RecordSource::unnamed),
    };
    if found.is_none() {
        errors.push(("source".into(), lang.text("entry.source_missing").into()));
    }
    found
}

/// Says where the form's source does not report for its place.
pub fn outside_source(
    context: &Context,
    choices: &EntryChoices,
    (source, place): (&str, Option<Place>),
    errors: &mut Errors,
) {
    let outside = place.and_then(|place| choices.outside(context, source, place));
    errors.extend(outside.map(|sentence| ("source".into(), context.lang.refusal(&sentence))));
}

fn occurred(context: &Context, regency: UnitId, text: &str, errors: &mut Errors) -> Option<String> {
    let zone = Zone::of(context.sources.places.code(regency));
    let key = match format::parse_typed(text, zone, context.now, DayAlone::Refused) {
        Ok(at) if at <= context.now.plus(5 * MINUTE) => return Some(format::machine(at, zone)),
        Ok(_) => "entry.time_in_the_future",
        Err(_) if format::names_other_weekday(text, zone, context.now) => "entry.other_weekday",
        Err(fault) => time_fault(fault),
    };
    errors.push(("occurred".into(), context.lang.text(key).into()));
    None
}

/// True where what was typed happened so long ago that a date was rather mistyped.
pub fn is_long_ago(context: &Context, regency: UnitId, typed: &TypedFields) -> bool {
    let zone = Zone::of(context.sources.places.code(regency));
    let occurred = format::parse_typed(first(typed, "occurred"), zone, context.now, DayAlone::Refused);
    occurred.is_ok_and(|at| sender_clock::is_doubtful(at, context.now))
}

fn place(context: &Context, regency: UnitId, text: &str, errors: &mut Errors) -> Option<Place> {
    let places = &context.sources.places;
    let place =
        Place::parse_village(text).or_else(|| Code::parse(text).map(|code| Place { code, village: 0 }));
    let own = context.districts(regency);
    let known = place.filter(|place| {
        let district = places.find(place.code).is_some_and(|unit| own.contains(&unit));
        district && (place.village == 0 || places.village(*place).is_some())
    });
    if known.is_none() {
        let (name, count) = (places.name(regency), own.len());
        let shown: String = text.chars().take(20).collect();
        let others = place.and_then(|place| places.find(place.code)).filter(|unit| !own.contains(unit));
        let words = match (text.is_empty(), others) {
            (true, _) => context.lang.fill("entry.choose_one_place", &[("n", &count)]),
            (false, Some(unit)) => {
                context.lang.fill("entry.place_of_others", &[("place", &context.name(places.code(unit)))])
            }
            (false, None) => context
                .lang
                .fill("entry.no_such_place", &[("place", &shown), ("regency", &name), ("n", &count)]),
        };
        errors.push(("place".into(), words));
    }
    known
}

fn category(context: &Context, text: &str, errors: &mut Errors) -> Option<(Kind, Category)> {
    let read =
        text.split_once(' ').and_then(|(kind, code)| Some((Kind::parse(kind)?, Category::parse(code)?)));
    let known = read.filter(|(kind, code)| code.fits(*kind) && context.sources.taxonomy.contains(*code));
    if known.is_none() {
        errors.push(("category".into(), context.lang.text("entry.category_missing").into()));
    }
    known
}

/// Fields that may be empty.
fn extra(lang: Lang, typed: &TypedFields, errors: &mut Errors) -> Vec<(&'static str, Value)> {
    let mut extra: Vec<(&'static str, Value)> = Vec::new();
    for name in ["stage", "reliability", "summary", "found_by"] {
        let value = first(typed, name);
        if !value.is_empty() {
            extra.push((name, value.into()));
        }
    }
    let handling = first(typed, "handling");
    extra.push(("handling", if handling.is_empty() { "limited" } else { handling }.into()));
    let parties: Vec<&String> = typed.get("parties").into_iter().flatten().collect();
    if !parties.is_empty() {
        extra.push(("parties", serde_json::json!(parties)));
    }
    for (name, most) in [("credibility", 6), ("dead", 60_000), ("injured", 60_000), ("displaced", 10_000_000)]
    {
        let text = first(typed, name);
        match text.parse::<u32>().ok().filter(|value| *value <= most) {
            Some(value) => extra.push((name, value.into())),
            None if text.is_empty() => {}
            None => {
                let field = lang.text(match name {
                    "dead" => "entry.dead",
                    "injured" => "entry.injured",
                    "displaced" => "entry.displaced",
                    _ => "entry.credibility",
                });
                errors.push((name.into(), lang.fill("entry.digits_only", &[("field", &field)])));
            }
        }
    }
    for (name, most) in [("lat", 90.0), ("lon", 180.0)] {
        let text = first(typed, name).replace(',', ".");
        match text.parse::<f64>().ok().filter(|value| value.abs() <= most) {
            Some(value) => extra.push((name, value.into())),
            None if text.is_empty() => {}
            None => {
                let words = lang.text("entry.degrees_only");
                errors.push((name.into(), words.into()));
            }
        }
    }
    extra
}
