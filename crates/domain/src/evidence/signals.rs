//! Signals that may open a level: hotspots of high confidence and grave warnings. Few of what sensors send is either.
//!
//! A signal joins no incident and no history, and makes no place speak. It counts as long as its own feed has not taken it
//! back or corrected it and the desk has not rejected it.

use super::report_table::{Index, TakenBack};
use super::{CellId, Evidence, EvidenceChanges};
use crate::kind::{Confidence, FeedClass, Kind};
use crate::policy::SensorPolicy;
use crate::report::{Body, Report, ReportName};
use crate::time::Time;
use alloc::collections::{BTreeMap, BTreeSet};

/// What a sensor saw.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum SignalKind {
    /// A hotspot of high confidence.
    Hotspot,
    /// It warns of a disaster, gravely enough.
    Warning,
}

impl SignalKind {
    /// What a report is to the policy; `None` where it opens nothing.
    fn of(policy: &SensorPolicy, report: &Report) -> Option<SignalKind> {
        let Body::Statement(statement) = &report.body else { return None };
        if report.class != FeedClass::Sensor || statement.kind != Kind::Disaster {
            return None;
        }
        if policy.seen_from_afar.has(statement.category) {
            let sure = statement.confidence == Some(Confidence::High);
            return (sure && policy.hotspots.is_some()).then_some(SignalKind::Hotspot);
        }
        let grave = |trigger: crate::policy::SensorTrigger| u32::from(statement.severity) >= trigger.at_least;
        policy.warnings.is_some_and(grave).then_some(SignalKind::Warning)
    }
}

/// The signals of all cells that may open something.
#[derive(Default)]
pub struct Signals {
    kinds: BTreeMap<Index, SignalKind>,
    /// Those that count.
    standing: BTreeSet<(CellId, SignalKind, Time, ReportName)>,
}

impl Evidence {
    /// The signals of a cell that count and were seen, or received where a warning's clock cannot be believed, after `from` and at `to` or before; the latest comes last.
    pub fn signals_between(
        &self,
        cell: CellId,
        kind: SignalKind,
        (from, to): (Time, Time),
    ) -> impl DoubleEndedIterator<Item = (Time, ReportName)> {
        let first = (cell, kind, from.plus(1), ReportName::MIN);
        let last = (cell, kind, to.max(from.plus(1)), ReportName::MAX);
        self.signals.standing.range(first..=last).map(|(_, _, seen, name)| (*seen, *name))
    }

    /// When a signal counts: as it was seen; a warning whose sender's clock cannot be believed as of its receipt.
    fn signal_time(&self, index: Index, kind: SignalKind) -> Time {
        let received = self.reports.doubtful(index).filter(|_| kind == SignalKind::Warning);
        received.unwrap_or(self.reports.all[index as usize].occurred)
    }

    /// Notes what a new report is, where it is a signal.
    pub(super) fn add_signal(&mut self, index: Index, report: &Report) {
        if let Some(kind) = SignalKind::of(&self.policy.sensors, report) {
            self.signals.kinds.insert(index, kind);
        }
    }

    /// True for a hotspot of high confidence.
    pub(super) fn is_sure_signal(&self, index: Index) -> bool {
        self.signals.kinds.get(&index) == Some(&SignalKind::Hotspot)
    }

    /// Takes a signal out that another record comes in the place of.
    pub(super) fn remove_signal(&mut self, index: Index, touched: &mut EvidenceChanges) {
        if let Some(kind) = self.signals.kinds.remove(&index) {
            self.set_signal(index, kind, false, touched);
        }
    }

    /// Brings a signal to where the set says it belongs.
    pub(super) fn settle_signal(&mut self, index: Index, touched: &mut EvidenceChanges) {
        if self.signals.kinds.is_empty() {
            return;
        }
        let Some(kind) = self.signals.kinds.get(&index).copied() else { return };
        let stands = self.reports.taken_back(index) == TakenBack::default();
        self.set_signal(index, kind, stands && !self.reports.is_rejected(index), touched);
    }

    fn set_signal(&mut self, index: Index, kind: SignalKind, counts: bool, touched: &mut EvidenceChanges) {
        let entry = &self.reports.all[index as usize];
        let cell = CellId::new(entry.unit, entry.kind);
        let key = (cell, kind, self.signal_time(index, kind), entry.name());
        let changed =
            if counts { self.signals.standing.insert(key) } else { self.signals.standing.remove(&key) };
        if changed {
            touched.signals.push((cell, entry.name()));
        }
    }
}
