//! Ids for reports that the service itself writes.

use domain::report::ReportId;
use domain::time::{SECOND, Time};

/// A ULID: milliseconds and randomness.
///
/// # Errors
/// Where the system gives no randomness.
pub fn new_report_id(now: Time) -> Result<ReportId, getrandom::Error> {
    let mut random = [0u8; 16];
    getrandom::fill(&mut random[6..])?;
    let milliseconds = (now.0.max(0) / (SECOND / 1000)) as u128;
    Ok(ReportId((milliseconds << 80) | u128::from_be_bytes(random)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_time_and_differ() {
        let (early, late) = (new_report_id(Time(SECOND)).unwrap(), new_report_id(Time(2 * SECOND)).unwrap());
        assert!(early < late);
        assert_ne!(new_report_id(Time(SECOND)).unwrap(), early);
        assert_eq!(ReportId::parse(&late.to_string()), Some(late));
    }
}
