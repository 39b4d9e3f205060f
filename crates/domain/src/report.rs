//! A report: one source's statement that something happened (or did not), as the pipeline sees it.
//! Text, coordinates and the reporter's pseudonym stay with the store; they change no number. Of the text only its wording
//! counts, and only beside that of another report.

use crate::author::Author;
use crate::evidence::speaker::Speaker;
use crate::kind::{Category, Confidence, FeedClass, FoundBy, Handling, Kind, Parties, Stage, Stance};
use crate::place::{Areas, Code, Place};
use crate::time::Time;
use crate::wording::Wording;
use alloc::vec::Vec;
use core::fmt;

pub use crate::report_id::{ReportId, ReportName};

/// A named feed: the first 32 bits of a hash of its name, the same on every machine.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FeedId(pub u32);

impl FeedId {
    pub fn of(name: &str) -> FeedId {
        FeedId(xxhash_rust::xxh3::xxh3_64(name.as_bytes()) as u32)
    }
}

/// One accepted report.
#[derive(Clone, PartialEq, Debug)]
pub struct Report {
    pub id: ReportId,
    /// XXH3-128 of the report's bytes; breaks ties between two reports with one id.
    pub hash: u128,
    pub feed: FeedId,
    pub class: FeedClass,
    /// Who stands behind it, where that is not its feed alone ([`Author::of_feed`]).
    pub author: Option<Author>,
    pub place: Place,
    /// When it was reported. For a zero-report this is also its `occurred_at`.
    pub reported_at: Time,
    /// True where the archive gave no arrival or reporting time and it was rebuilt.
    pub reconstructed: bool,
    /// When it was received, where its sender's clock cannot be believed ([`crate::sender_clock`]).
    pub doubtful: Option<Time>,
    pub body: Body,
}

/// Decides which of two reports with one identity counts: the one with the lower rank, the earliest reported and then the
/// one with the smallest whole content hash. The other is a duplicate.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct ReportRank {
    pub reported_at: Time,
    pub hash: u128,
}

impl ReportRank {
    /// True where a report of this rank counts in place of one of rank `other`.
    pub fn supersedes_twin(self, other: ReportRank) -> bool {
        self < other
    }
}

impl Report {
    pub fn rank(&self) -> ReportRank {
        ReportRank { reported_at: self.reported_at, hash: self.hash }
    }

    /// When the report says that something happened: its `occurred_at`, or `reported_at` where it states nothing.
    pub fn happened_at(&self) -> Time {
        match &self.body {
            Body::Statement(statement) => statement.occurred_at,
            Body::Remark(remark) => remark.occurred_at,
            _ => self.reported_at,
        }
    }

    /// The kind of what it speaks of; `None` where it states nothing.
    pub fn kind(&self) -> Option<Kind> {
        match &self.body {
            Body::Statement(statement) => Some(statement.kind),
            Body::Remark(remark) => Some(remark.kind),
            _ => None,
        }
    }

    /// From when on the report could have come: when something happened, or when it was reported where it speaks of what
    /// others said.
    pub fn could_come_from(&self) -> Time {
        if matches!(self.body, Body::Remark(_)) { self.reported_at } else { self.happened_at() }
    }

    /// What it says of an incident; `None` for what speaks of none: zero-reports, verifications, retractions.
    pub fn stance(&self) -> Option<Stance> {
        match &self.body {
            Body::Statement(Statement { ends: true, .. }) => Some(Stance::Ends),
            Body::Statement(Statement { continues: false, .. }) => Some(Stance::Affirms),
            Body::Statement(Statement { continues: true, .. }) => Some(Stance::Continues),
            Body::Remark(remark) => Some(remark.what.stance()),
            _ => None,
        }
    }

    /// The report that this one says it speaks of.
    pub fn about(&self) -> Option<NamedReport> {
        match &self.body {
            Body::Statement(statement) => statement.about,
            Body::Remark(remark) => remark.about,
            _ => None,
        }
    }

    /// The reports this one corrects, takes back or verifies. They are of its own regency: no link reaches further. What is
    /// corrected or taken back is of its own feed.
    pub fn references(&self) -> impl Iterator<Item = ReportReference> {
        let (own, any): (&[ReportId], &[ReportReference]) = match &self.body {
            Body::Statement(statement) => (statement.supersedes.as_slice(), &[]),
            Body::Remark(remark) => (remark.supersedes.as_slice(), &[]),
            Body::Nothing { .. } => (&[], &[]),
            Body::Verification { reports, .. } => (&[], reports),
            Body::Retraction { target } => (core::slice::from_ref(target), &[]),
        };
        own.iter().map(|id| self.name_of(*id).into()).chain(any.iter().map(ReportReference::of_any_content))
    }

    /// Who speaks in it.
    pub fn speaker(&self) -> Speaker {
        let author = self.author.unwrap_or_else(|| Author::of_feed(self.feed, self.class));
        author.speaker(self.feed, self.class)
    }

    /// The name of the report.
    pub fn name(&self) -> ReportName {
        self.name_of(self.id)
    }

    fn name_of(&self, id: ReportId) -> ReportName {
        ReportName { id, feed: self.feed }
    }
}

/// What a report says.
#[derive(Clone, PartialEq, Debug)]
pub enum Body {
    Statement(Statement),
    Remark(Remark),
    /// Nothing happened from `from` to `to` (*nihil*).
    Nothing {
        from: Time,
        to: Time,
    },
    /// The desk's judgement on reports.
    Verification {
        act: VerificationAct,
        reports: Vec<ReportReference>,
        /// Where its author may judge: what is named elsewhere stays as it is.
        areas: Areas,
    },
    /// The source takes a report back.
    Retraction {
        target: ReportId,
    },
}

/// A statement that something happened, or goes on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Statement {
    pub kind: Kind,
    pub category: Category,
    /// 1 (slight) to 5 (grave).
    pub severity: u8,
    pub occurred_at: Time,
    pub stage: Option<Stage>,
    /// A (fully trusted) to F (cannot be judged), as 1–6; 0 where not given.
    pub reliability: u8,
    /// 1 (confirmed) to 6 (cannot be judged); 0 where not given.
    pub credibility: u8,
    pub handling: Handling,
    pub parties: Parties,
    pub found_by: FoundBy,
    pub dead: u16,
    pub injured: u16,
    pub displaced: u32,
    /// The report of the same feed that this one corrects.
    pub supersedes: Option<ReportId>,
    /// True where it says that something goes on; it counts as any other statement does.
    pub continues: bool,
    /// True where it says that something is over and tells of people killed or hurt: it counts as any other statement does, and it
    /// ends what it speaks of.
    pub ends: bool,
    pub about: Option<NamedReport>,
    /// Given by sensors only.
    pub confidence: Option<Confidence>,
    /// What its text says word for word, where it has one of some length.
    pub wording: Option<Wording>,
}

/// What a report says of an incident without affirming it, nor telling of anybody killed or hurt by it where it ends. It never counts as a report of the incident: it joins no
/// group, adds no speaker and raises nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Remark {
    pub what: RemarkKind,
    pub kind: Kind,
    /// Always given where it says that something ended; a denial may do without.
    pub category: Option<Category>,
    /// When that happened of which it speaks.
    pub occurred_at: Time,
    /// A (fully trusted) to F (cannot be judged), as 1–6; 0 where not given.
    pub reliability: u8,
    /// 1 (confirmed) to 6 (cannot be judged); 0 where not given.
    pub credibility: u8,
    pub handling: Handling,
    pub about: Option<NamedReport>,
    /// The report of the same feed that this one corrects.
    pub supersedes: Option<ReportId>,
}

/// The two remarks there are.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum RemarkKind {
    /// It did not happen, or not so.
    Denies,
    /// It is over.
    Ends,
}

impl RemarkKind {
    pub const fn stance(self) -> Stance {
        match self {
            RemarkKind::Denies => Stance::Denies,
            RemarkKind::Ends => Stance::Ends,
        }
    }
}

/// A report as a verification names it. Where the feed is not given, the id means the one report of the regency that has it,
/// and none where several do.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ReportReference {
    pub id: ReportId,
    pub feed: Option<FeedId>,
    /// The content hash of what its author saw of the report: it means the report as long as that is what counts of it, and not
    /// what its source sends under the same id in its place. Where it is not given, whatever counts.
    pub content: Option<u128>,
}

impl ReportReference {
    /// The same of whatever the report says.
    pub fn of_any_content(&self) -> ReportReference {
        ReportReference { content: None, ..*self }
    }

    /// True where it names this report, whatever that says; `alone`: no other feed's of its regency has its id.
    pub fn names(&self, report: ReportName, alone: bool) -> bool {
        self.id == report.id && self.feed.map_or(alone, |feed| feed == report.feed)
    }

    /// True where it means a report that it names and that has this content.
    pub fn means_content(&self, content: u128) -> bool {
        self.content.is_none_or(|seen| seen == content)
    }

    /// Reads what is printed of a reference: a name, or an id alone.
    pub fn parse(text: &str) -> Option<ReportReference> {
        ReportName::parse(text).map(Into::into).or_else(|| ReportId::parse(text).map(Into::into))
    }
}

impl fmt::Display for ReportReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.feed {
            Some(feed) => ReportName { id: self.id, feed }.fmt(f),
            None => self.id.fmt(f),
        }
    }
}

impl From<ReportName> for ReportReference {
    fn from(name: ReportName) -> ReportReference {
        ReportReference { id: name.id, feed: Some(name.feed), content: None }
    }
}

impl From<ReportId> for ReportReference {
    fn from(id: ReportId) -> ReportReference {
        ReportReference { id, feed: None, content: None }
    }
}

impl NamedReport {
    /// The name of the report.
    pub fn name(&self) -> ReportName {
        ReportName { id: self.report, feed: self.feed }
    }
}

/// The report that another one speaks of: its feed, its id and a place of the regency where it lies.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct NamedReport {
    pub feed: FeedId,
    pub report: ReportId,
    pub district: Code,
}

/// The desk's verification of reports; the latest one that names a report counts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum VerificationAct {
    /// It happened as reported.
    Confirm,
    /// It did not happen; the incident stays recorded and counts for nothing.
    Reject,
    /// These reports are one incident.
    Merge,
    /// These reports are an incident of their own.
    Split,
}

impl VerificationAct {
    pub fn parse(word: &str) -> Option<VerificationAct> {
        Some(match word {
            "confirm" => VerificationAct::Confirm,
            "reject" => VerificationAct::Reject,
            "merge" => VerificationAct::Merge,
            "split" => VerificationAct::Split,
            _ => return None,
        })
    }
    pub const fn as_str(self) -> &'static str {
        match self {
            VerificationAct::Confirm => "confirm",
            VerificationAct::Reject => "reject",
            VerificationAct::Merge => "merge",
            VerificationAct::Split => "split",
        }
    }
}
