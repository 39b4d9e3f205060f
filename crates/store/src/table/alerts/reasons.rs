//! Why a condition stands, as JSON: written with its lines and read back.

use crate::table::pulls::PullSource;
use domain::effect::{ConditionReason, DistrictCount, PileUp};
use domain::kind::{Horizon, Level, OpeningGround, OpeningVoice};
use domain::report::{FeedId, ReportName};
use serde_json::{Value, json};

/// Reasons as JSON: `[{"rule":"…"},{"opening":"…","ground":"…"},{"horizon":"7d","risk_ppm":1,"base_ppm":1},
/// {"districts":3,"needed":3,"alone":"low","with_model":"low"},{"signs":5,"days":10,"usual":1.1},{"hotspots":3,"hours":24},{"warning":3,"hours":24}]`. The last two also name the agency
/// where the signals behind them were pulled from one: `"agency":"bmkg"`.
pub(crate) fn reasons_json(reasons: &[ConditionReason], evidence: &[ReportName]) -> Value {
    let named = |mut reason: Value, source: PullSource| {
        if evidence.iter().any(|report| report.feed == FeedId::of(source.as_str())) {
            reason["agency"] = json!(source.as_str());
        }
        reason
    };
    reasons
        .iter()
        .map(|reason| match reason {
            ConditionReason::Rule(rule) => json!({ "rule": rule }),
            ConditionReason::Model { horizon, risk_ppm, base_ppm } => {
                json!({ "horizon": horizon.as_str(), "risk_ppm": risk_ppm, "base_ppm": base_ppm })
            }
            ConditionReason::Opening { voice, ground } => {
                json!({ "opening": voice.as_str(), "ground": ground.as_str() })
            }
            ConditionReason::Districts(DistrictCount { count, needed, alone, with_model }) => json!({
                "districts": count,
                "needed": needed,
                "alone": alone.as_str(),
                "with_model": with_model.as_str(),
            }),
            ConditionReason::PileUp(PileUp { signs, days, usual_tenths }) => {
                json!({ "signs": signs, "days": days, "usual": f64::from(*usual_tenths) / 10.0 })
            }
            ConditionReason::Hotspots { count, hours } => {
                named(json!({ "hotspots": count, "hours": hours }), PullSource::Sipongi)
            }
            ConditionReason::Warning { severity, hours } => {
                named(json!({ "warning": severity, "hours": hours }), PullSource::Bmkg)
            }
        })
        .collect()
}

/// The reasons that [`reasons_json`] wrote; what this build does not know is left out.
pub(crate) fn reasons_of_json(text: &str) -> Vec<ConditionReason> {
    let reasons: Vec<Value> = serde_json::from_str(text).unwrap_or_default();
    reasons.iter().filter_map(reason_of).collect()
}

fn reason_of(reason: &Value) -> Option<ConditionReason> {
    let word = |key: &str| reason[key].as_str();
    let number = |key: &str| reason[key].as_u64().and_then(|number| u32::try_from(number).ok());
    if let Some(rule) = word("rule") {
        return Some(ConditionReason::Rule(rule.to_owned()));
    }
    if let Some(voice) = word("opening").and_then(OpeningVoice::parse) {
        let ground = OpeningGround::parse(word("ground")?)?;
        return Some(ConditionReason::Opening { voice, ground });
    }
    if let Some(horizon) = word("horizon").and_then(Horizon::parse) {
        let (risk_ppm, base_ppm) = (number("risk_ppm")?, number("base_ppm")?);
        return Some(ConditionReason::Model { horizon, risk_ppm, base_ppm });
    }
    if let Some(signs) = number("signs") {
        let usual_tenths = (reason["usual"].as_f64()? * 10.0).round() as u32;
        return Some(ConditionReason::PileUp(PileUp { signs, days: number("days")?, usual_tenths }));
    }
    if let Some(count) = number("hotspots") {
        return Some(ConditionReason::Hotspots { count, hours: number("hours")? });
    }
    if let Some(severity) = number("warning") {
        return Some(ConditionReason::Warning { severity, hours: number("hours")? });
    }
    let count = number("districts")?;
    let level = |key: &str| word(key).and_then(Level::parse);
    let districts = match (number("needed"), level("alone"), level("with_model")) {
        (Some(needed), Some(alone), Some(with_model)) => DistrictCount { count, needed, alone, with_model },
        _ => DistrictCount::of_earlier_build(count),
    };
    Some(ConditionReason::Districts(districts))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::report::ReportId;

    #[test]
    fn reasons_are_read_back_as_they_were_written() {
        let reasons = vec![
            ConditionReason::Rule(String::from("banjir-2")),
            ConditionReason::Model { horizon: Horizon::Month, risk_ppm: 310_000, base_ppm: 20_000 },
            ConditionReason::Opening { voice: OpeningVoice::OneParty, ground: OpeningGround::Death },
            ConditionReason::Districts(DistrictCount {
                count: 3,
                needed: 2,
                alone: Level::Waspada,
                with_model: Level::Siaga,
            }),
            ConditionReason::PileUp(PileUp { signs: 7, days: 10, usual_tenths: 11 }),
            ConditionReason::Hotspots { count: 4, hours: 24 },
            ConditionReason::Warning { severity: 3, hours: 12 },
        ];
        let name = |id, feed| ReportName { id: ReportId(id), feed: FeedId::of(feed) };
        let of_agencies = [name(1, "bmkg"), name(2, "sipongi")];
        for evidence in [&of_agencies[..], &of_agencies[..1], &[name(3, "satelit-sendiri")], &[]] {
            let written = reasons_json(&reasons, evidence);
            assert_eq!(reasons_of_json(&written.to_string()), reasons);
            let agencies: Vec<&str> =
                [5, 6].iter().filter_map(|at| written[*at]["agency"].as_str()).collect();
            let expected: &[&str] = match evidence.len() {
                2 => &["sipongi", "bmkg"],
                1 if evidence[0] == of_agencies[0] => &["bmkg"],
                _ => &[],
            };
            assert_eq!(agencies, expected);
        }
    }
}
