//! One report as the evidence keeps it, small because there are many.

use super::NONE;
use super::report_table::{Index, Link, Verification};
use crate::author::Author;
use crate::kind::{Category, FeedClass, FoundBy, Kind, Outcome, Parties, Stage};
use crate::place::UnitId;
use crate::report::{
    Body, FeedId, NamedReport, Remark, RemarkKind, Report, ReportId, ReportName, ReportRank, Statement,
};
use crate::time::Time;
use crate::wording::Wording;

/// One report as the evidence keeps it: 72 bytes, for a million of them fit a small server.
#[derive(Clone, Copy, Debug)]
pub struct ReportEntry {
    /// The id's and the content hash's two halves each: whole, they would ask for an alignment that costs eight bytes.
    id: [u64; 2],
    hash: [u64; 2],
    pub occurred: Time,
    pub reported: Time,
    pub feed: FeedId,
    /// The earliest report of its incident, and the group it is fused in; [`NONE`] outside.
    pub anchor: Index,
    pub group: u32,
    pub unit: UnitId,
    pub village: u16,
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
    const HARM: u8 = 4;
    const REMARK: u8 = 8;
    /// Of a remark, which no patrol found.
    const ENDS: u8 = Marks::PATROL;
    const AUTHORED: u8 = 16;
    const DOUBTED: u8 = 32;
    const UNJUDGED: u8 = 64;
    const DOUBTFUL: u8 = 128;

    /// True where a patrol found it.
    pub fn patrol(self) -> bool {
        self.0 & Marks::PATROL != 0 && !self.remark()
    }
    /// True where it was too old to repair anything when it came: it is kept as history only.
    pub fn beyond_repair_horizon(self) -> bool {
        self.0 & Marks::BEYOND_REPAIR_HORIZON != 0
    }
    /// True where it tells of people killed, injured or displaced: [`Harm`] stands beside it.
    pub fn harm(self) -> bool {
        self.0 & Marks::HARM != 0
    }
    /// True where it affirms nothing: it denies or ends.
    pub fn remark(self) -> bool {
        self.0 & Marks::REMARK != 0
    }
    /// True where its sender's clock cannot be believed: its receipt stands beside it.
    pub fn doubtful(self) -> bool {
        self.0 & Marks::DOUBTFUL != 0
    }
    /// True for a remark that something ended.
    pub fn ends(self) -> bool {
        self.0 & Marks::ENDS != 0 && self.remark()
    }
    /// True where somebody else than its feed alone stands behind it: the author stands beside it.
    pub fn authored(self) -> bool {
        self.0 & Marks::AUTHORED != 0
    }
    pub fn rating(self) -> Rating {
        if self.0 & Marks::DOUBTED != 0 {
            Rating::Doubted
        } else if self.0 & Marks::UNJUDGED != 0 {
            Rating::Unjudged
        } else {
            Rating::Usable
        }
    }
}

/// What a report's *nilai informasi* lets it do. A better one than usable gives it nothing more.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Rating {
    Usable,
    /// F or 6: it cannot be judged.
    Unjudged,
    /// E or 5: not trusted, or unlikely.
    Doubted,
}

impl Rating {
    /// By reliability (A to F, as 1 to 6) and credibility (1 to 6); 0 where not given.
    pub fn of(reliability: u8, credibility: u8) -> Rating {
        let has = |mark: u8| reliability == mark || credibility == mark;
        if has(5) {
            Rating::Doubted
        } else if has(6) {
            Rating::Unjudged
        } else {
            Rating::Usable
        }
    }

    /// True where the report may be one of the two that attest something.
    pub fn may_attest(self) -> bool {
        self == Rating::Usable
    }
}

/// People that a report tells of; kept apart because few reports tell of any.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Harm {
    pub dead: u16,
    pub injured: u16,
    pub displaced: u32,
    /// True where the report says that what harmed them is over.
    pub ends: bool,
}

/// A report as it is put into the table: the entry, the link it makes to others and the people it tells of.
pub struct NewReport {
    pub entry: ReportEntry,
    pub link: Option<Link>,
    pub harm: Option<Harm>,
    /// Who stands behind it, where that is not its feed alone.
    pub author: Option<Author>,
    /// The report that a remark names.
    pub about: Option<NamedReport>,
    /// Its receipt, where its sender's clock cannot be believed.
    pub doubtful: Option<Time>,
    /// The wording of a statement.
    pub wording: Option<Wording>,
}

impl NewReport {
    pub fn of(report: &Report, unit: UnitId, beyond_repair_horizon: bool) -> NewReport {
        let (outcome, link) = match &report.body {
            Body::Remark(remark) => {
                (outcome_of(report.class, Outcome::Statement), remark.supersedes.map(Link::Supersedes))
            }
            Body::Statement(statement) => {
                (outcome_of(report.class, Outcome::Incident), statement.supersedes.map(Link::Supersedes))
            }
            Body::Nothing { .. } => (Outcome::ZeroReport, None),
            Body::Verification { act, reports, areas } => {
                let judgement = Verification { act: *act, reports: reports.clone(), areas: areas.clone() };
                (Outcome::Verification, Some(Link::Verifies(judgement)))
            }
            Body::Retraction { target } => (Outcome::Retracted, Some(Link::Retracts(*target))),
        };
        let mut entry = ReportEntry {
            id: halves(report.id.0),
            hash: halves(report.hash),
            occurred: report.happened_at(),
            reported: report.reported_at,
            feed: report.feed,
            anchor: NONE,
            group: NONE,
            unit,
            village: report.place.village,
            kind: Kind::Disaster,
            category: Category::OTHER,
            severity: 0,
            class: report.class,
            stage: None,
            parties: Parties::default(),
            marks: Marks(if beyond_repair_horizon { Marks::BEYOND_REPAIR_HORIZON } else { 0 }),
            outcome,
        };
        let (mut harm, mut about) = (None, None);
        match &report.body {
            Body::Statement(statement) => harm = entry.state(statement),
            Body::Remark(remark) if outcome == Outcome::Statement => about = entry.remark(remark),
            _ => {}
        }
        if report.doubtful.is_some() {
            entry.marks.0 |= Marks::DOUBTFUL;
        }
        let wording = match &report.body {
            Body::Statement(statement) => statement.wording,
            _ => None,
        };
        let author = report.author;
        if author.is_some() {
            entry.marks.0 |= Marks::AUTHORED;
        }
        NewReport { entry, link, harm, author, about, doubtful: report.doubtful, wording }
    }
}

/// How a report ends that would end like this from anybody but a sensor.
fn outcome_of(class: FeedClass, of_others: Outcome) -> Outcome {
    if class == FeedClass::Sensor { Outcome::Signal } else { of_others }
}

impl ReportEntry {
    /// Takes over a statement's fields; returns the people it tells of.
    fn state(&mut self, statement: &Statement) -> Option<Harm> {
        (self.kind, self.category, self.severity) = (statement.kind, statement.category, statement.severity);
        (self.stage, self.parties) = (statement.stage, statement.parties);
        if statement.found_by == FoundBy::Patrol {
            self.marks.0 |= Marks::PATROL;
        }
        self.marks.0 |= match Rating::of(statement.reliability, statement.credibility) {
            Rating::Usable => 0,
            Rating::Unjudged => Marks::UNJUDGED,
            Rating::Doubted => Marks::DOUBTED,
        };
        let Statement { dead, injured, displaced, ends, .. } = *statement;
        let harm = Some(Harm { dead, injured, displaced, ends }).filter(|harm| *harm != Harm::default());
        if harm.is_some() {
            self.marks.0 |= Marks::HARM;
        }
        harm
    }

    /// Takes over a remark's fields; returns the report it names.
    fn remark(&mut self, remark: &Remark) -> Option<NamedReport> {
        self.kind = remark.kind;
        self.category = remark.category.unwrap_or(Category::OTHER);
        self.marks.0 |= Marks::REMARK;
        if remark.what == RemarkKind::Ends {
            self.marks.0 |= Marks::ENDS;
        }
        remark.about
    }

    /// True where it says that something happened, and no sensor saw it: what an incident is made of.
    pub fn affirms(&self) -> bool {
        self.severity > 0 && !self.marks.remark() && self.class != FeedClass::Sensor
    }

    pub fn name(&self) -> ReportName {
        ReportName { id: self.id(), feed: self.feed }
    }

    pub fn id(&self) -> ReportId {
        ReportId(whole(self.id))
    }

    pub fn hash(&self) -> u128 {
        whole(self.hash)
    }

    pub fn rank(&self) -> ReportRank {
        ReportRank { reported_at: self.reported, hash: self.hash() }
    }
}

fn halves(number: u128) -> [u64; 2] {
    [(number >> 64) as u64, number as u64]
}

fn whole(halves: [u64; 2]) -> u128 {
    u128::from(halves[0]) << 64 | u128::from(halves[1])
}

const _: () = assert!(size_of::<ReportEntry>() == 72);
