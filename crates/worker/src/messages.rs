//! The messages on the topics `assessments` and `alerts`, as other systems read them.

use domain::alert::Alert;
use domain::kind::{Horizon, Kind, Level};
use domain::place::Code;
use domain::shown_level;
use domain::time::Time;
use serde::Serialize;
use store::calendar::rfc3339;

/// The newest assessment of a cell and horizon, with the level that is shown there.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct AssessmentMessage {
    pub district: String,
    pub kind: &'static str,
    pub horizon: &'static str,
    pub risk_ppm: u32,
    pub base_ppm: u32,
    pub level: &'static str,
    pub completeness_ppm: u32,
    pub model: String,
    pub calibrated: bool,
    pub emitted_at: String,
}

impl AssessmentMessage {
    /// The message's key: the topic keeps the newest message of each.
    pub fn key(&self) -> String {
        format!("{}|{}|{}", self.district, self.kind, self.horizon)
    }
}

/// What an assessment says, wherever it was read.
pub struct AssessedCell<'a> {
    pub code: Code,
    pub kind: Kind,
    pub horizon: Horizon,
    pub risk_ppm: u32,
    pub base_ppm: u32,
    pub risk_level: Level,
    pub completeness_ppm: u32,
    pub model: &'a str,
    pub calibrated: bool,
    pub at: Time,
}

impl AssessedCell<'_> {
    /// `condition`: the level of the condition that stands there.
    pub fn message(&self, condition: Option<Level>) -> AssessmentMessage {
        AssessmentMessage {
            district: self.code.to_string(),
            kind: self.kind.as_str(),
            horizon: self.horizon.as_str(),
            risk_ppm: self.risk_ppm,
            base_ppm: self.base_ppm,
            level: shown_level(condition, Some(self.risk_level), self.completeness_ppm).as_str(),
            completeness_ppm: self.completeness_ppm,
            model: self.model.to_owned(),
            calibrated: self.calibrated,
            emitted_at: rfc3339(self.at),
        }
    }
}

/// An alert as it stands.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct AlertMessage {
    pub id: String,
    pub district: String,
    pub kind: &'static str,
    pub level: &'static str,
    pub peak: &'static str,
    pub state: &'static str,
    pub version: u32,
    pub opened_at: String,
    pub changed_at: String,
    pub reached_at: String,
    pub outcome: Option<&'static str>,
    pub stale: bool,
    pub unverified: bool,
    pub one_party: bool,
    pub cleared_at: Option<String>,
    pub published_at: String,
}

impl AlertMessage {
    /// `now`: the machine's clock.
    pub fn new(alert: &Alert, now: Time) -> AlertMessage {
        AlertMessage {
            id: alert.id.clone(),
            district: alert.code.to_string(),
            kind: alert.kind.as_str(),
            level: alert.level.as_str(),
            peak: alert.peak.as_str(),
            state: alert.state.as_str(),
            version: alert.version,
            opened_at: rfc3339(alert.opened_at),
            changed_at: rfc3339(alert.changed_at),
            reached_at: rfc3339(alert.reached_at),
            outcome: alert.outcome.map(|outcome| outcome.as_str()),
            stale: alert.stale,
            unverified: alert.unverified,
            one_party: alert.one_party,
            cleared_at: alert.cleared_at.map(rfc3339),
            published_at: rfc3339(now),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_that_stands_is_the_level_of_the_message_also_without_data() {
        let silent = AssessedCell {
            code: Code(161_304),
            kind: Kind::Disaster,
            horizon: Horizon::Week,
            risk_ppm: 10_000,
            base_ppm: 10_000,
            risk_level: Level::NoData,
            completeness_ppm: 0,
            model: "m",
            calibrated: false,
            at: Time(0),
        };
        let message = silent.message(Some(Level::Siaga));
        assert_eq!((message.level, message.key().as_str()), ("siaga", "16.13.04|disaster|7d"));
        assert_eq!(message.emitted_at, "1970-01-01T00:00:00Z");
        assert_eq!(silent.message(None).level, "no_data");
    }
}
