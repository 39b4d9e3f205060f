//! Records of the service's clock: it was set back, and time goes on from there. They stand in the log beside the register's,
//! under the same feed, so that a replay goes back where the service did.

use domain::service_clock::ClockStep;
use domain::time::Time;
use serde_json::{Value, json};

/// A step as a record's bytes; both instants are microseconds since 1970.
pub fn to_bytes(step: ClockStep) -> Vec<u8> {
    json!({ "clock_step": { "from": step.from.0, "to": step.to.0 } }).to_string().into_bytes()
}

/// The step that a record of the service's own feed tells of; `None` where it tells of something else.
pub fn parse(bytes: &[u8]) -> Option<ClockStep> {
    let record: Value = serde_json::from_slice(bytes).ok()?;
    let time = |name: &str| record["clock_step"][name].as_i64().map(Time);
    Some(ClockStep { from: time("from")?, to: time("to")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_read_back_as_it_was_written() {
        let step = ClockStep { from: Time(1_796_100_000_123_457), to: Time(1_795_800_000_000_001) };
        assert_eq!(parse(&to_bytes(step)), Some(step));
        for other in ["", "{}", r#"{"clock_step":{"from":1}}"#, r#"{"registry":{"feed":"x"}}"#] {
            assert_eq!(parse(other.as_bytes()), None, "{other}");
        }
    }
}
