//! Alerts: a line of the queue, one with its history, and what a person sends to act.

use super::words::{
    AlertOutcomeWord, AlertStateWord, KindWord, LevelWord, ReopeningCauseWord, ResolutionWord,
};
use super::{ReasonDto, RiskDto};
use domain::time::Time;
use serde::de::{Deserializer, Error, Unexpected, Visitor};
use serde::{Deserialize, Serialize};
use std::fmt;
use utoipa::ToSchema;

/// An alert (*peringatan*) as it stands.
#[derive(Serialize, ToSchema)]
#[schema(as = Alert)]
pub struct AlertDto {
    /// Regency, year and serial; never used twice.
    #[schema(examples("16.13-2026-0007"))]
    pub id: String,
    #[schema(examples("16.13.04"))]
    pub district: String,
    pub name: String,
    pub kind: KindWord,
    pub level: LevelWord,
    /// The highest level it ever had.
    pub peak: LevelWord,
    pub state: AlertStateWord,
    /// Grows by one at every change; an act names the version it saw.
    #[schema(minimum = 1)]
    pub version: u32,
    #[schema(format = DateTime)]
    pub opened_at: String,
    #[schema(format = DateTime)]
    pub changed_at: String,
    /// When it came to its present level.
    #[schema(format = DateTime)]
    pub reached_at: String,
    #[schema(required)]
    pub assignee: Option<String>,
    #[schema(required)]
    pub outcome: Option<AlertOutcomeWord>,
    /// The feeds went silent while it stood: the level is kept and a person is asked.
    pub stale: bool,
    /// Rests on one source alone and nobody verified it.
    pub unverified: bool,
    /// Rests on what one party to the dispute claims.
    pub one_party: bool,
    /// Nobody has taken it on at its present level: it is new, or it rose or came back since.
    pub awaits_acceptance: bool,
    /// When its condition cleared; a person still resolves it.
    #[schema(required, format = DateTime)]
    pub cleared_at: Option<String>,
    /// One person's request to take it back that waits for a second person.
    #[schema(required)]
    pub withdrawal_request: Option<WithdrawalRequestDto>,
}

/// A request to take an alert back. Until another person does the same, nothing changes.
#[derive(Serialize, ToSchema)]
#[schema(as = WithdrawalRequest)]
pub struct WithdrawalRequestDto {
    /// Account of who asked.
    pub asked_by: String,
    #[schema(format = DateTime)]
    pub asked_at: String,
    /// From then on no second person can agree.
    #[schema(format = DateTime)]
    pub lapses_at: String,
    /// How the alert is to end: `void` (withdrawn), or with what was found.
    pub outcome: AlertOutcomeWord,
}

/// An alert with everything that happened to it.
#[derive(Serialize, ToSchema)]
#[schema(as = AlertDetail)]
pub struct AlertDetailDto {
    #[serde(flatten)]
    pub alert: AlertDto,
    /// Of its place and kind within 7 days; null where nothing was assessed.
    #[schema(required)]
    pub risk: Option<RiskDto>,
    /// What an alert that was withdrawn rested on and its source took back, the gravest first; left out where that is nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub retracted: Vec<RetractedDto>,
    /// Oldest first; append-only.
    pub history: Vec<AlertHistoryEntryDto>,
}

/// What a report claimed that its source took back.
#[derive(Serialize, ToSchema)]
#[schema(as = Retracted)]
pub struct RetractedDto {
    /// Left out where it is for those alone who may read such reports.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("WA-01"))]
    pub category: Option<String>,
    #[schema(format = DateTime)]
    pub occurred_at: String,
}

/// One change of an alert.
#[derive(Serialize, ToSchema)]
#[schema(as = AlertHistoryEntry)]
pub struct AlertHistoryEntryDto {
    /// The version this act made.
    pub version: u32,
    #[schema(format = DateTime)]
    pub at: String,
    /// Name of an account, or `kentongan`.
    pub actor: String,
    #[schema(examples("raised", "acknowledge"))]
    pub act: String,
    /// In the person's own words; for those who may read reports.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub reason: Option<String>,
    /// For those who may read reports; left out where the law had it erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub content: Option<AlertHistoryContentDto>,
}

/// An alert after a change, and the change's own matter.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = AlertHistoryContent)]
pub struct AlertHistoryContentDto {
    pub level: LevelWord,
    pub state: AlertStateWord,
    pub stale: bool,
    pub unverified: bool,
    /// Since when the condition stands.
    #[serde(default, deserialize_with = "instant", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime)]
    pub since: Option<String>,
    /// Left out of lines of earlier builds.
    #[serde(default)]
    pub one_party: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub reasons: Option<Vec<ReasonDto>>,
    /// Incidents the reasons rest on, by their `id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub evidence: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub completeness_ppm: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub policy: Option<String>,
    /// Whom it was assigned to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub to: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub outcome: Option<AlertOutcomeWord>,
    /// By what an alert opened again after an end, or rose or fell since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub cause: Option<ReopeningCauseWord>,
    /// When it happened again, where that is the cause.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime)]
    pub again_at: Option<String>,
    /// The alert of the same place and kind that a person had ended before this one opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub after: Option<EndedBeforeDto>,
    /// The alert of the same place and kind that was withdrawn within a day before this one opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub earlier: Option<WithdrawnEarlierDto>,
    /// The request to end it that another one took the place of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub replaced: Option<EarlierRequestDto>,
    /// The request to end it that holds no more, since it rose or came back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub dropped: Option<EarlierRequestDto>,
}

/// An alert that a person had ended.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = EndedBefore)]
pub struct EndedBeforeDto {
    /// Its number.
    pub alert: String,
    #[schema(format = DateTime)]
    pub ended_at: String,
    #[schema(required)]
    pub outcome: Option<AlertOutcomeWord>,
}

/// An alert that was withdrawn.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = WithdrawnEarlier)]
pub struct WithdrawnEarlierDto {
    /// Its number.
    pub alert: String,
    #[schema(format = DateTime)]
    pub withdrawn_at: String,
    /// The desk had rejected some of what it rested on.
    pub rejected: bool,
}

/// A request to end an alert that waits no more.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = EarlierRequest)]
pub struct EarlierRequestDto {
    /// Account of who asked.
    pub account: String,
    #[schema(format = DateTime)]
    pub at: String,
    pub outcome: AlertOutcomeWord,
}

/// An instant as the history has it: RFC 3339, and in lines of earlier builds, which their hashes keep as they are,
/// microseconds since 1970.
fn instant<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Instant {
        Text(String),
        Micros(i64),
    }
    Ok(Some(match Instant::deserialize(deserializer)? {
        Instant::Text(text) => text,
        Instant::Micros(micros) => store::calendar::rfc3339(Time(micros)),
    }))
}

/// A version as JSON may write it: to JSON (and to its schema's `integer`) `3.0` is the number 3.
///
/// # Errors
/// What is no whole number that a `u32` holds.
fn version<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    deserializer.deserialize_any(Version)
}

struct Version;

impl Visitor<'_> for Version {
    type Value = Option<u32>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number")
    }

    fn visit_unit<E: Error>(self) -> Result<Option<u32>, E> {
        Ok(None)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Option<u32>, E> {
        u32::try_from(number).map(Some).map_err(|_| E::invalid_value(Unexpected::Unsigned(number), &self))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Option<u32>, E> {
        let whole = number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number);
        if whole { Ok(Some(number as u32)) } else { Err(E::invalid_value(Unexpected::Float(number), &self)) }
    }
}

/// What a person sends to act on an alert.
#[derive(Deserialize, Default, ToSchema)]
#[schema(as = Act)]
#[serde(default, deny_unknown_fields)]
pub struct ActDto {
    /// The version the person saw; where somebody changed the alert since, nothing is done and the answer is 409.
    #[serde(deserialize_with = "version")]
    #[schema(required, nullable = false, minimum = 1, maximum = 4_294_967_295_u64)]
    pub version: Option<u32>,
    /// Why; `withdraw` cannot do without.
    #[schema(max_length = 500)]
    pub reason: String,
    /// The reason stays as it is, whatever in it looks like a person's data.
    pub keep: bool,
}

/// [`ActDto`] for `assign`.
#[derive(Deserialize, Default, ToSchema)]
#[schema(as = Assignment)]
#[serde(default, deny_unknown_fields)]
pub struct AssignmentDto {
    /// The version the person saw.
    #[serde(deserialize_with = "version")]
    #[schema(required, nullable = false, minimum = 1, maximum = 4_294_967_295_u64)]
    pub version: Option<u32>,
    /// To whom; line breaks and control characters count as one space.
    #[schema(required, min_length = 1, max_length = 80, pattern = "[^\\s\\u0000-\\u001f\\u007f-\\u009f]")]
    pub to: String,
    #[schema(max_length = 500)]
    pub reason: String,
    /// The reason stays as it is, whatever in it looks like a person's data.
    pub keep: bool,
}

/// [`ActDto`] for `resolve`.
#[derive(Deserialize, Default, ToSchema)]
#[schema(as = ResolutionOfAlert)]
#[serde(default, deny_unknown_fields)]
pub struct ResolutionDto {
    /// The version the person saw.
    #[serde(deserialize_with = "version")]
    #[schema(required, nullable = false, minimum = 1, maximum = 4_294_967_295_u64)]
    pub version: Option<u32>,
    /// What was found.
    #[schema(required, nullable = false)]
    pub outcome: Option<ResolutionWord>,
    #[schema(max_length = 500)]
    pub reason: String,
    /// The reason stays as it is, whatever in it looks like a person's data.
    pub keep: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Option<Option<u32>> {
        serde_json::from_str::<ActDto>(body).ok().map(|act| act.version)
    }

    #[test]
    fn an_instant_of_a_line_of_an_earlier_build_is_rfc_3339_too() {
        let since = |json: &str| {
            let line = format!(
                r#"{{"level":"siaga","state":"open","stale":false,"unverified":true,"since":{json}}}"#
            );
            serde_json::from_str::<AlertHistoryContentDto>(&line).unwrap().since.unwrap()
        };
        assert_eq!(since("1795212000000000"), "2026-11-20T22:00:00Z");
        assert_eq!(since("\"2026-11-20T22:00:00Z\""), "2026-11-20T22:00:00Z");
    }

    /// What the store writes of a reopening and of a request is given on, and of another line nothing is added.
    #[test]
    fn a_line_gives_on_by_what_an_alert_opened_again_and_which_request_waits_no_more() {
        let plain = r#"{"level":"siaga","state":"open","stale":false,"unverified":true,"one_party":false}"#;
        let line = r#"{"level":"siaga","state":"open","stale":false,"unverified":true,"one_party":false,"cause":"again","again_at":"2026-11-20T22:00:00Z","after":{"alert":"16.13-2026-0001","ended_at":"2026-11-20T21:00:00Z","outcome":null},"earlier":{"alert":"16.13-2026-0002","withdrawn_at":"2026-11-20T21:30:00Z","rejected":true},"replaced":{"account":"sari","at":"2026-11-20T21:00:00Z","outcome":"averted"},"dropped":{"account":"budi","at":"2026-11-20T21:00:00Z","outcome":"void"}}"#;
        for text in [plain, line] {
            let content: AlertHistoryContentDto = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&content).unwrap(), text);
        }
        let nulls = line.replace(r#""2026-11-20T22:00:00Z""#, "null");
        let content: AlertHistoryContentDto = serde_json::from_str(&nulls).unwrap();
        assert!(content.again_at.is_none() && content.after.is_some());
    }

    #[test]
    fn a_version_is_whole_in_every_dress() {
        for body in [r#"{"version":3}"#, r#"{"version":3.0}"#, r#"{"version":3e0}"#] {
            assert_eq!(read(body), Some(Some(3)), "{body}");
        }
        assert_eq!(read("{}"), Some(None));
        assert_eq!(read(r#"{"version":4294967295}"#), Some(Some(u32::MAX)));
        for body in
            [r#"{"version":3.5}"#, r#"{"version":-1}"#, r#"{"version":4294967296}"#, r#"{"version":"3"}"#]
        {
            assert_eq!(read(body), None, "{body}");
        }
    }
}
