//! A sign of a conflict, as it is kept to be counted.

use super::IncidentState;
use super::report_table::Index;
use crate::effect::Verdict;
use crate::time::Time;

/// A sign of a conflict: an incident of which no more is asked than when it begins and whether it is verified.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Sign {
    pub begun: Time,
    pub anchor: Index,
    /// Two speakers attest it, or the desk confirmed it.
    pub verified: bool,
}

impl Sign {
    pub(super) fn of(incident: &IncidentState, begun: Time) -> Sign {
        let attested = incident.claims.attested.extent.severity > 0;
        Sign { begun, anchor: incident.anchor, verified: attested || incident.verdict == Verdict::Confirmed }
    }
}
