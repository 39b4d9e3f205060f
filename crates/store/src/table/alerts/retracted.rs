//! What an alert rested on that its source took back: no incident is left of it, its report still has what was claimed.

use crate::table::reports::StoredReport;
use domain::evidence::attestation::Extent;
use domain::kind::{Category, Handling, Kind, Outcome};
use domain::report::{Body, ReportName};
use domain::time::Time;
use std::cmp::Reverse;

/// What a report claimed that its own source took back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RetractedClaim {
    pub report: ReportName,
    pub category: Category,
    pub occurred_at: Time,
    pub handling: Handling,
}

/// Of these reports what those of a kind claimed that their sources took back, the gravest first.
pub fn retracted_claims<'a>(
    reports: impl IntoIterator<Item = &'a StoredReport>,
    kind: Kind,
) -> Vec<RetractedClaim> {
    let retracted = reports.into_iter().filter(|own| own.outcome == Some(Outcome::Retracted));
    let claim = |own: &StoredReport| {
        let Body::Statement(statement) = &own.report.body else { return None };
        let claim = RetractedClaim {
            report: own.report.name(),
            category: statement.category,
            occurred_at: statement.occurred_at,
            handling: statement.handling,
        };
        let (severity, dead) = (statement.severity, statement.dead);
        let (injured, displaced) = (statement.injured, statement.displaced);
        let extent = Extent { severity, dead, injured, displaced };
        (statement.kind == kind).then_some((Reverse((extent, statement.occurred_at)), claim))
    };
    let mut claims: Vec<_> = retracted.filter_map(claim).collect();
    claims.sort_by_key(|(gravity, claim)| (*gravity, claim.report));
    claims.into_iter().map(|(_, claim)| claim).collect()
}
