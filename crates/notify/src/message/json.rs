//! A notice as JSON, for receivers that are programs.

use super::{AlsoNews, MessageSettings, Notice, name};
use domain::alert::AlertOutcome;
use domain::evidence::attestation::{Affirmation, Extent};
use domain::kind::{Category, FeedClass};
use domain::place::{Places, Zone};
use serde::Serialize;
use serde_json::Value;
use views::format;

/// The body of a webhook. What a conflict's message may not say stands in none of its fields.
#[derive(Serialize)]
struct NoticeBody<'a> {
    delivery: i64,
    alert: &'a str,
    /// The open alert that a second person is asked about.
    #[serde(skip_serializing_if = "Option::is_none")]
    about_alert: Option<&'a str>,
    version: i64,
    change: &'static str,
    level: &'static str,
    /// From which level it fell.
    #[serde(skip_serializing_if = "Option::is_none")]
    level_before: Option<&'static str>,
    /// Why it is open again, where it opened after another was ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    reopened: Option<ReopenedBody<'a>>,
    unverified: bool,
    kind: &'static str,
    district: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    incident: Option<IncidentBody<'a>>,
    /// What is so no more, where the message says that; then it has no incident.
    #[serde(skip_serializing_if = "Option::is_none")]
    taken_back: Option<TakenBackBody>,
    /// What an alert that is withdrawn rested on and its source took back.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    retracted: Vec<TakenBackBody>,
    /// What slight signs or sensors gave as reasons.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    signs: &'a [Value],
    /// Why somebody must look into it.
    #[serde(skip_serializing_if = "Option::is_none")]
    check: Option<&'static str>,
    /// What else waits for the reader.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    also: Vec<AlsoBody<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    assignee: Option<&'a str>,
    /// Numbers of alerts nearby that may belong to one series.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    series: Vec<&'a str>,
    /// How the alert ended, or how one person asks to end it.
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<&'static str>,
    /// Receivers of earlier messages, where it is over.
    #[serde(rename = "notified_before", skip_serializing_if = "Option::is_none")]
    earlier_recipients: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duty_phone: Option<&'a str>,
    link: String,
    scenario: bool,
}

#[derive(Serialize)]
struct ReopenedBody<'a> {
    causes: Vec<&'static str>,
    /// The number of the alert that was ended, and when.
    after: &'a str,
    ended_at: String,
    /// When that happened by which it opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    news_at: Option<String>,
}

#[derive(Serialize)]
struct AlsoBody<'a> {
    change: &'static str,
    alert: &'a str,
    /// Where it is of the regency and not of the message's own place.
    #[serde(skip_serializing_if = "Option::is_none")]
    regency: Option<String>,
    /// Of another alert.
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    level: &'static str,
    /// Absent where it is restricted.
    #[serde(skip_serializing_if = "Option::is_none")]
    category: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    occurred_at: Option<String>,
    /// Of a regency's alert: the districts that raise it, as far as the reader sees them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    districts: Vec<String>,
    /// The model gives the only reason for another alert.
    #[serde(skip_serializing_if = "<&bool as std::ops::Not>::not")]
    by_model: bool,
}

impl AlsoBody<'_> {
    fn of<'a>(one: &'a AlsoNews, notice: &Notice, settings: &MessageSettings) -> AlsoBody<'a> {
        let zone = Zone::of(notice.code);
        let why = notice.also_why.iter().find(|why| why.alert == one.alert);
        let counted = why.map_or(&[][..], |why| &why.counted);
        let seen = counted.iter().filter(|own| notice.areas.touches(own.code));
        let incident = one.incident.or(why.filter(|_| counted.is_empty()).and_then(|why| why.incident));
        let open = incident.filter(|(category, _)| settings.categories.contains_key(category));
        AlsoBody {
            change: one.change.as_str(),
            alert: &one.alert,
            regency: (one.code != notice.code).then(|| one.code.to_string()),
            kind: (one.alert != notice.alert).then_some(one.kind.as_str()),
            level: one.level.as_str(),
            category: open.map(|(category, _)| category.to_string()),
            occurred_at: incident.map(|(_, at)| format::machine(at, zone)),
            districts: seen.map(|own| own.code.to_string()).collect(),
            by_model: why.is_some_and(|why| why.by_model && why.incident.is_none()),
        }
    }
}

#[derive(Serialize)]
struct IncidentBody<'a> {
    /// Absent where it is restricted.
    #[serde(skip_serializing_if = "Option::is_none")]
    category: Option<String>,
    occurred_at: String,
    claimed_by: Vec<&'static str>,
    attested: bool,
    doubtful_clock: bool,
    disputed: bool,
    /// When it was over by a report; no level follows from it.
    #[serde(skip_serializing_if = "Option::is_none")]
    over_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    village: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dead: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    injured: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    displaced: Option<u32>,
    /// How much of these numbers is affirmed, where not all is.
    #[serde(skip_serializing_if = "Option::is_none")]
    affirmed: Option<AffirmedBody>,
}

#[derive(Serialize)]
struct TakenBackBody {
    #[serde(skip_serializing_if = "Option::is_none")]
    category: Option<String>,
    occurred_at: String,
}

#[derive(Serialize)]
struct AffirmedBody {
    dead: u16,
    injured: u16,
    displaced: u32,
}

/// Writes the body; the same bytes at every try.
pub(crate) fn json(
    notice: &Notice,
    (delivery, version): (i64, i64),
    places: &Places,
    settings: &MessageSettings,
) -> Result<Vec<u8>, String> {
    let zone = Zone::of(notice.code);
    let category = |one: Category| settings.categories.contains_key(&one).then(|| one.to_string());
    let taken_back_body =
        |(what, at)| TakenBackBody { category: category(what), occurred_at: format::machine(at, zone) };
    let taken_back = notice.taken_back.map(taken_back_body);
    let retracted = notice.ending.iter().flat_map(|ending| &ending.retracted);
    let standing = notice.incident.as_ref().filter(|_| taken_back.is_none());
    let incident = standing.map(|incident| IncidentBody {
        category: category(incident.category),
        occurred_at: format::machine(incident.occurred_at, zone),
        claimed_by: incident.claimed_by.iter().copied().map(FeedClass::as_str).collect(),
        attested: incident.affirmed.how_much == Affirmation::All,
        doubtful_clock: incident.doubtful_clock,
        disputed: incident.disputed,
        over_at: incident.over_at.map(|at| format::machine(at, zone)),
        village: incident.place.as_ref().and_then(|place| place.village.as_deref()),
        dead: incident.place.as_ref().map(|place| place.dead),
        injured: incident.place.as_ref().map(|place| place.injured),
        displaced: incident.place.as_ref().map(|place| place.displaced),
        affirmed: incident.place.as_ref().filter(|_| incident.affirmed.how_much == Affirmation::Part).map(
            |place| {
                let Extent { dead, injured, displaced, .. } = place.attested;
                AffirmedBody { dead, injured, displaced }
            },
        ),
    });
    let body = NoticeBody {
        delivery,
        alert: &notice.alert,
        about_alert: notice.about_alert.as_deref(),
        version,
        change: notice.change.as_str(),
        level: notice.level.as_str(),
        level_before: notice.fall.map(|fall| fall.from.as_str()),
        reopened: notice.reopened.as_ref().map(|own| ReopenedBody {
            causes: own.causes.iter().map(|cause| cause.as_str()).collect(),
            after: &own.after.id,
            ended_at: format::machine(own.after.at, zone),
            news_at: own.news_at.map(|at| format::machine(at, zone)),
        }),
        unverified: notice.unverified,
        kind: notice.kind.as_str(),
        district: notice.code.to_string(),
        name: name(places, notice.code),
        incident,
        taken_back,
        retracted: retracted.copied().map(taken_back_body).collect(),
        signs: &notice.signs,
        check: notice.check.map(|check| check.reason.as_str()),
        also: notice.also.iter().map(|one| AlsoBody::of(one, notice, settings)).collect(),
        assignee: notice.assignee.as_deref(),
        series: notice.series.iter().map(|other| other.alert.as_str()).collect(),
        outcome: notice.ending.as_ref().and_then(|ending| ending.outcome).map(AlertOutcome::as_str),
        earlier_recipients: notice.change.is_end().then_some(notice.earlier_recipients),
        duty_phone: notice.duty_phone.as_deref(),
        link: notice.link(settings),
        scenario: settings.scenario,
    };
    serde_json::to_vec(&body).map_err(|error| format!("writing the message: {error}"))
}
