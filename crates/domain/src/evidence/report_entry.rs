//! One report as the evidence keeps it, small because there are many.

use super::NONE;
use super::report_table::{Index, Link};
use crate::kind::{Category, FeedClass, FoundBy, Handling, Kind, Outcome, Parties, Stage};
use crate::place::UnitId;
use crate::report::{Body, FeedId, Report, ReportId};
use crate::time::Time;

/// One report as the evidence keeps it: 72 bytes, for a million of them fit a small server.
#[derive(Clone, Copy, Debug)]
pub struct ReportEntry {
    /// The id's two halves: whole, it would ask for an alignment that costs eight bytes.
    halves: [u64; 2],
    /// Half of the report's content hash: enough to tell two reports with one id apart.
    pub hash: u64,
    pub occurred: Time,
    pub reported: Time,
    pub displaced: u32,
    pub feed: FeedId,
    /// The earliest report of its incident, and the list it is incident in; [`NONE`] outside.
    pub anchor: Index,
    pub group: u32,
    pub unit: UnitId,
    pub village: u16,
    pub dead: u16,
    pub injured: u16,
    pub kind: Kind,
    pub category: Category,
    pub severity: u8,
    pub class: FeedClass,
    pub stage: Option<Stage>,
    pub parties: Parties,
    pub marks: Marks,
    pub outcome: Outcome,
}

/// What else is known of a report.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Marks(u8);

impl Marks {
    const PATROL: u8 = 1;
    const BEYOND_REPAIR_HORIZON: u8 = 2;

    /// Found by a patrol.
    pub fn patrol(self) -> bool {
        self.0 & Marks::PATROL != 0
    }
    /// Too old to repair anything when it came: kept as history only.
    pub fn beyond_repair_horizon(self) -> bool {
        self.0 & Marks::BEYOND_REPAIR_HORIZON != 0
    }
}

impl ReportEntry {
    /// A report as it is kept, and the link it makes to others.
    pub fn of(report: &Report, unit: UnitId, beyond_repair_horizon: bool) -> (ReportEntry, Option<Link>) {
        let (outcome, link) = match &report.body {
            Body::Statement(_) if report.class == FeedClass::Sensor => (Outcome::Signal, None),
            Body::Statement(statement) => (Outcome::Incident, statement.supersedes.map(Link::Supersedes)),
            Body::Nothing { .. } => (Outcome::ZeroReport, None),
            Body::Verification { act, reports } => {
                (Outcome::Verification, Some(Link::Verifies(*act, reports.clone())))
            }
            Body::Retraction { target } => (Outcome::Retracted, Some(Link::Retracts(*target))),
        };
        let mut entry = ReportEntry {
            halves: [(report.id.0 >> 64) as u64, report.id.0 as u64],
            hash: report.hash as u64,
            occurred: report.reported_at,
            reported: report.reported_at,
            displaced: 0,
            feed: report.feed,
            anchor: NONE,
            group: NONE,
            unit,
            village: report.place.village,
            dead: 0,
            injured: 0,
            kind: Kind::Disaster,
            category: Category::OTHER,
            severity: 0,
            class: report.class,
            stage: None,
            parties: Parties::default(),
            marks: Marks(if beyond_repair_horizon { Marks::BEYOND_REPAIR_HORIZON } else { 0 }),
            outcome,
        };
        if let Body::Statement(statement) = &report.body {
            entry.occurred = statement.occurred_at;
            entry.displaced = statement.displaced;
            (entry.dead, entry.injured) = (statement.dead, statement.injured);
            (entry.kind, entry.category, entry.severity) =
                (statement.kind, statement.category, statement.severity);
            (entry.stage, entry.parties) = (statement.stage, statement.parties);
            if statement.found_by == FoundBy::Patrol {
                entry.marks.0 |= Marks::PATROL;
            }
            debug_assert!(statement.handling <= Handling::Confidential);
        }
        (entry, link)
    }

    pub fn id(&self) -> ReportId {
        ReportId(u128::from(self.halves[0]) << 64 | u128::from(self.halves[1]))
    }
}

const _: () = assert!(size_of::<ReportEntry>() == 72);
