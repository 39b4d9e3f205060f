//! An incident as the evidence keeps it, put together from its reports one by one.

use super::attestation::{ClaimPool, ClaimReport, ClaimSummary, Extent};
use super::report_table::{Index, ReportTable};
use super::{CellId, NONE, ReportEntry, Sign};
use crate::effect::Verdict;
use crate::history::IncidentWeight;
use crate::kind::{Category, Stage};
use crate::report::is_grave;
use crate::sender_clock::AHEAD;
use crate::time::Time;
use crate::wording::Wording;

/// An incident as the evidence keeps it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct IncidentState {
    pub anchor: Index,
    pub at: Time,
    /// When the latest of its reports says that it happened.
    pub until: Time,
    pub cell: CellId,
    pub category: Category,
    pub village: u16,
    pub stage: Option<Stage>,
    /// What its reports claim, what pairs of speakers attest and what counts.
    pub claims: ClaimSummary,
    pub reports: u16,
    pub verdict: Verdict,
    /// The report whose verdict stands, for the latest to win; [`NONE`] where there is no verdict.
    judged: Index,
    pub patrol: bool,
    /// When the first of its reports was received, where no sender's clock can be believed.
    pub doubtful: Option<Time>,
}

impl IncidentState {
    /// Its receipt, where no sender's clock can be believed and it is grave: what is reported now has happened by now, and
    /// must not wait for a wrong clock's hour.
    pub(super) fn counts_by_receipt(&self) -> Option<Time> {
        self.doubtful.filter(|_| is_grave(self.counted().severity, self.claims.claimed.dead))
    }

    /// True where its reports' clocks are ahead of `at` by more than clocks run: its hour has not come.
    pub fn is_ahead(&self, at: Time) -> bool {
        self.at > at.plus(AHEAD)
    }

    /// When rules that look at `at` take it to have happened: as its earliest report says, or as of its receipt where that
    /// counts and its own hour has not come or is long past.
    pub fn counts_at(&self, at: Time) -> Time {
        match self.counts_by_receipt() {
            Some(received) if self.is_ahead(at) => received,
            Some(received) => self.at.max(received),
            None => self.at,
        }
    }

    /// The last instant that counts for a rule's window at `at`: the latest report's, so that an earlier report or a
    /// doubtful one shortens nothing; else the receipt.
    pub fn last_at(&self, at: Time) -> Time {
        match self.counts_by_receipt() {
            Some(received) if self.is_ahead(at) => received,
            Some(received) => self.until.max(received),
            None => self.until,
        }
    }

    /// True for what may be a sign of more to come: said by at least one speaker, rejected by nobody, and found otherwise
    /// than by a patrol alone.
    pub fn is_sign(&self) -> bool {
        self.verdict != Verdict::Rejected && !self.patrol && self.claims.speakers > 0
    }

    /// The sign that it is by its reports' own clocks, and where; `None` for what is none, or counts by its receipt.
    pub(super) fn sign(&self) -> Option<(CellId, Sign)> {
        let is_sign = self.is_sign() && self.counts_by_receipt().is_none();
        is_sign.then(|| (self.cell, Sign::of(self, self.at)))
    }

    /// What it adds to the history; a rejected incident adds nothing.
    pub fn weight(&self) -> Option<IncidentWeight> {
        (self.verdict != Verdict::Rejected)
            .then_some(IncidentWeight { severity: self.counted().severity, patrol: self.patrol })
    }

    /// What features, rules and the ledger count of it: what is attested or said by one whose word counts alone. Where the
    /// desk confirmed it, the desk's word stands behind all that is claimed; but it is one speaker's, and attests nothing.
    pub fn counted(&self) -> Extent {
        if self.verdict == Verdict::Confirmed { self.claims.claimed } else { self.claims.counted }
    }

    /// The severity at which it carries awas: 0 where it was rejected or no pair of speakers does.
    pub fn carries_awas(&self) -> u8 {
        if self.verdict == Verdict::Rejected { 0 } else { self.claims.attested.awas }
    }

    pub(super) fn begin(anchor: Index, entry: &ReportEntry) -> IncidentState {
        IncidentState {
            anchor,
            at: entry.occurred,
            until: entry.occurred,
            cell: CellId::new(entry.unit, entry.kind),
            category: entry.category,
            village: 0,
            stage: None,
            claims: ClaimSummary::default(),
            reports: 0,
            verdict: Verdict::Unverified,
            judged: NONE,
            patrol: true,
            doubtful: None,
        }
    }

    /// Takes in one more report; `echo`: its wording, where another speaker of the incident says the same.
    pub(super) fn absorb(
        &mut self,
        table: &ReportTable,
        pool: &mut ClaimPool,
        (index, echo): (Index, Option<Wording>),
    ) {
        let entry = &table.all[index as usize];
        if self.village == 0 {
            self.village = entry.village;
        }
        self.until = self.until.max(entry.occurred);
        self.stage = self.stage.max(entry.stage);
        let report = ClaimReport { index, first: self.reports == 0, echo };
        self.claims.absorb(table, pool, self.cell.kind(), report);
        let received = table.doubtful(index);
        self.doubtful = match self.doubtful {
            _ if self.reports == 0 => received,
            before => before.zip(received).map(|(before, now)| before.min(now)),
        };
        self.reports = self.reports.saturating_add(1);
        self.patrol &= entry.marks.patrol();
        if let Some(new) = table.verdict(index) {
            let before = if self.judged == NONE { None } else { table.verdict(self.judged) };
            if before.is_none_or(|old| (old.at, old.verification) <= (new.at, new.verification)) {
                self.judged = index;
                self.verdict = new.what;
            }
        }
    }
}
