//! Numbers of the policy that mean something only within a range. One outside it would switch a rule off without a word.

use super::PolicyError;

/// A number as the file has it, and what it may be.
pub(super) struct NumberRange {
    pub key: &'static str,
    pub value: f64,
    pub least: f64,
    pub most: f64,
}

impl NumberRange {
    pub fn of(key: &'static str, value: impl TryInto<i64>, least: f64, most: f64) -> NumberRange {
        // What is no such number is above every range.
        let value = value.try_into().map_or(f64::INFINITY, |value: i64| value as f64);
        NumberRange { key, value, least, most }
    }
}

/// # Errors
/// Where a number is outside its range.
pub(super) fn check(ranges: &[NumberRange]) -> Result<(), PolicyError> {
    match ranges.iter().find(|range| !(range.least..=range.most).contains(&range.value)) {
        None => Ok(()),
        Some(NumberRange { key, value, least, most }) => {
            Err(PolicyError::Wrong(format!("{key} is {value}; write {least} to {most}")))
        }
    }
}
