//! What a line of an alert's history says of incidents, and what its reasons are: read here for pages and messages alike.

use crate::calendar::{parse_rfc3339, rfc3339};
use domain::alert::AlertOutcome;
use domain::alert::reopening::EndedAlert;
use domain::effect::Incident;
use domain::evidence::attestation::Extent;
use domain::kind::Category;
use domain::report::ReportName;
use domain::time::Time;
use serde_json::{Value, json};

/// True for a line that names incidents on which the alert rests: a condition's, or of one that came in. A dispute names one, too,
/// and adds none.
pub fn names_incidents(act: &str, content: &Value) -> bool {
    is_condition(content) || came_in(act)
}

/// True for the line of a condition: it says why the alert stands.
pub(super) fn is_condition(content: &Value) -> bool {
    content.get("reasons").is_some()
}

/// True for a condition's line that gives reasons: a clearing or withdrawing word may give none, and the one before it still tells why
/// the alert was.
pub fn gives_reasons(content: &Value) -> bool {
    content["reasons"].as_array().is_some_and(|list| !list.is_empty())
}

fn came_in(act: &str) -> bool {
    matches!(act, "new_incident" | "grown")
}

/// The one incident that a line is about; a line of [what moves an alert that opened after an end](domain::alert::reopening) is about
/// the one that does so.
pub fn incident_of_line(act: &str, content: &Value) -> Option<ReportName> {
    let about_one = came_in(act) || matches!(act, "raised_since" | "dispute" | "taken_back" | "fewer_harmed");
    about_one.then(|| ReportName::parse(content["evidence"][0].as_str()?)).flatten()
}

/// What an incident was that is no more, and when it happened, as the line about it has it.
pub fn was_of_line(content: &Value) -> Option<(Category, Time)> {
    let word = |key: &str| content[key].as_str();
    Some((Category::parse(word("category")?)?, parse_rfc3339(word("occurred_at")?)?))
}

/// Adds what a line says of an incident of which fewer people are harmed by `now`; `lines`: those that name it.
pub(super) fn add_fewer(content: &mut Value, known: &Incident, (now, lines): (Extent, &[u32])) {
    content["evidence"] = json!([known.id.to_string()]);
    content["was"] = written_people(known.claimed);
    content["now"] = written_people(now);
    content["lines"] = json!(lines);
}

/// Adds what a line says of an incident that became worse or surer than it was known; `by_people_alone`: only more people are harmed.
pub(super) fn add_grown(content: &mut Value, incident: ReportName, (was, by_people_alone): (Extent, bool)) {
    content["evidence"] = json!([incident.to_string()]);
    content["was"] = written_people(was);
    content["by_people_alone"] = json!(by_people_alone);
}

/// True for the line of what grew in nothing but the people harmed.
pub fn grew_by_people_alone(content: &Value) -> bool {
    content["by_people_alone"] == true
}

fn written_people(of: Extent) -> Value {
    json!({ "dead": of.dead, "injured": of.injured, "displaced": of.displaced })
}

/// The people harmed as they were known before, in the line that says that more or fewer are.
pub fn people_before(act: &str, content: &Value) -> Option<Extent> {
    people_of(&content["was"]).filter(|_| matches!(act, "grown" | "fewer_harmed"))
}

/// The people harmed by then, in the line that says that fewer are.
pub fn people_then(act: &str, content: &Value) -> Option<Extent> {
    people_of(&content["now"]).filter(|_| act == "fewer_harmed")
}

fn people_of(people: &Value) -> Option<Extent> {
    let number = |key: &str| people[key].as_u64().and_then(|number| u32::try_from(number).ok());
    let small = |key: &str| u16::try_from(number(key)?).ok();
    let (dead, injured) = (small("dead")?, small("injured")?);
    Some(Extent { severity: 0, dead, injured, displaced: number("displaced")? })
}

/// The alert that was ended before, in the line that opens one after it.
pub(super) fn written_end(ended: &EndedAlert) -> Value {
    let outcome = ended.outcome.map(AlertOutcome::as_str);
    json!({ "alert": ended.id, "ended_at": rfc3339(ended.at), "outcome": outcome })
}

/// The alert that was ended before the one that a line opens.
pub fn ended_before(content: &Value) -> Option<EndedAlert> {
    let after = &content["after"];
    Some(EndedAlert {
        id: after["alert"].as_str()?.to_owned(),
        at: parse_rfc3339(after["ended_at"].as_str()?)?,
        outcome: after["outcome"].as_str().and_then(AlertOutcome::parse),
    })
}

/// True where the model gives the only reason among those of a condition.
pub fn is_by_model(reasons: &Value) -> bool {
    let list = reasons.as_array().map_or(&[][..], Vec::as_slice);
    !list.is_empty() && list.iter().all(|reason| reason["horizon"].is_string())
}

/// True for a reason that a regency's districts give by their count.
pub fn counts_districts(reason: &Value) -> bool {
    reason["districts"].is_u64()
}

/// The reasons of signs that pile up and of sensors among those of a condition.
pub(crate) fn reasons_of_signs(reasons: &Value) -> Vec<Value> {
    let of_signs =
        |reason: &&Value| ["signs", "hotspots", "warning"].iter().any(|key| reason.get(key).is_some());
    reasons.as_array().into_iter().flatten().filter(of_signs).cloned().collect()
}
