//! An incident as the evidence keeps it, put together from its reports one by one.

use super::attestation::{Attested, ClaimPool, ClaimReport, ClaimSummary, Extent};
use super::echo::echoes;
use super::report_table::{Index, ReportTable};
use super::second_person::{DeskRequest, DeskWord};
use super::taking_back::words_in_force;
use super::{CellId, NONE, ReportEntry, Sign};
use crate::effect::Verdict;
use crate::history::IncidentWeight;
use crate::kind::{Category, Stage};
use crate::sender_clock::{AHEAD, counts_by_receipt};
use crate::time::Time;
use alloc::vec::Vec;

/// What one person of the desk confirmed alone: how grave, and by which verification.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct AwasAsked {
    pub severity: u8,
    pub request: DeskRequest,
}

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
    /// Rejected where each of its reports is; else confirmed where one of those that stand is.
    pub verdict: Verdict,
    pub patrol: bool,
    /// The latest time at which one of those of its reports says that it was over that tell of people killed or hurt.
    pub ended_at: Option<Time>,
    /// True where the desk judged one of its reports and its source sent something else under its id: nobody has judged that
    /// ([`ReportTable::is_changed_since_judged`]).
    pub changed: bool,
    /// The gravest that one person of the desk confirmed and no second person.
    pub asked: Option<AwasAsked>,
    /// The latest record by which one person of the desk takes some of it back and no second person; [`NONE`] without one.
    pub take_back: Index,
    /// When the desk last rejected one of its reports, in force or not: what was known by then decides whether that takes two.
    rejected_until: Time,
    /// When the first and the last of those of its reports were received whose clocks cannot be believed.
    receipts: Option<(Time, Time)>,
    /// True where the clock of one of its reports can be believed.
    believed: bool,
}

impl IncidentState {
    /// When the first of its reports was received, where no sender's clock can be believed.
    pub fn doubtful(&self) -> Option<Time> {
        self.receipts.filter(|_| !self.believed).map(|(first, _)| first)
    }

    /// When the last report was received whose clock cannot be believed, where none may hide the incident: what is
    /// reported now has happened by now, and must not wait for a wrong clock's hour.
    pub(super) fn counts_by_receipt(&self) -> Option<Time> {
        let counts = || counts_by_receipt(self.claims.claimed);
        self.receipts.filter(|_| counts()).map(|(_, last)| last)
    }

    /// True where its reports' clocks are ahead of `at` by more than clocks run: its hour has not come.
    pub fn is_ahead(&self, at: Time) -> bool {
        self.at > at.plus(AHEAD)
    }

    /// When rules that look at `at` take it to have happened: as its earliest report says, or as of its first receipt where
    /// that counts and its own hour has not come or, as no clock of it is believed, is long past.
    pub fn counts_at(&self, at: Time) -> Time {
        match (self.counts_by_receipt(), self.doubtful()) {
            (Some(_), Some(first)) if self.is_ahead(at) => first,
            (Some(_), Some(first)) => self.at.max(first),
            _ => self.at,
        }
    }

    /// The last instant that counts for a rule's window at `at`: the latest report's, so that an earlier report or a
    /// doubtful one shortens nothing; or the last receipt that counts.
    pub fn last_at(&self, at: Time) -> Time {
        match self.counts_by_receipt() {
            Some(received) if self.is_ahead(at) => received,
            Some(received) => self.until.max(received),
            None => self.until,
        }
    }

    /// The last instant from which a rule's window may be counted, whenever it is looked at.
    pub fn counts_until(&self) -> Time {
        self.until.max(self.counts_by_receipt().unwrap_or(self.until))
    }

    /// The last instant at which it may count for a rule, whenever it is looked at; `None` where every clock is believed and
    /// it counts until its latest report.
    pub(super) fn doubted_until(&self) -> Option<Time> {
        self.receipts.map(|(_, last)| self.until.max(last))
    }

    /// True for what may be a sign of more to come: reported by at least one speaker, rejected by nobody, and found otherwise
    /// than by a patrol alone.
    pub fn is_sign(&self) -> bool {
        self.verdict.counts() && !self.patrol && self.claims.speakers > 0
    }

    /// The sign that it is by its reports' own clocks, and where; `None` for what is none, or counts by its receipt.
    pub(super) fn sign(&self) -> Option<(CellId, Sign)> {
        let is_sign = self.is_sign() && self.counts_by_receipt().is_none();
        is_sign.then(|| (self.cell, Sign::of(self, self.at)))
    }

    /// What it adds to the history; a rejected incident adds nothing.
    pub fn weight(&self) -> Option<IncidentWeight> {
        let weight = || IncidentWeight { severity: self.counted().severity, patrol: self.patrol };
        self.verdict.counts().then(weight)
    }

    /// What features, rules and the ledger count of it: what is attested, claimed by one whose word counts alone, or confirmed
    /// by the desk.
    pub fn counted(&self) -> Extent {
        self.claims.counted.highest(self.claims.confirmed)
    }

    /// What two speakers attest or the desk confirmed.
    pub fn verified(&self) -> Extent {
        self.claims.attested.extent.highest(self.claims.confirmed)
    }

    /// The severity at which it carries awas: 0 where it was rejected or no pair of speakers does.
    pub fn carries_awas(&self) -> u8 {
        if self.verdict.counts() { self.claims.attested.awas } else { 0 }
    }

    /// What counts of it and what it carries; nothing where it was rejected.
    pub(super) fn strength(&self) -> Attested {
        match self.verdict.counts() {
            true => Attested { extent: self.counted(), awas: self.carries_awas() },
            false => Attested::default(),
        }
    }

    fn begin(anchor: Index, entry: &ReportEntry) -> IncidentState {
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
            patrol: true,
            ended_at: None,
            changed: false,
            asked: None,
            take_back: NONE,
            rejected_until: Time::MIN,
            receipts: None,
            believed: false,
        }
    }

    /// An incident from its reports, the earliest first. One that the desk rejected belongs to it and says nothing, as long as
    /// another of it stands; where all are rejected, what they say is shown.
    pub(super) fn of(
        table: &ReportTable,
        pool: &mut ClaimPool,
        anchor: Index,
        reports: impl Iterator<Item = Index> + Clone,
    ) -> IncidentState {
        let rejected_until = reports.clone().filter_map(|index| table.rejected_until(index)).max();
        let mut incident = if rejected_until.is_some() {
            let members: Vec<Index> = reports.clone().collect();
            let words = words_in_force(table, pool, &members);
            IncidentState::judged(table, pool, anchor, members.into_iter().zip(words))
        } else {
            let judged = reports.clone().map(|index| (index, table.desk_word(index)));
            IncidentState::judged(table, pool, anchor, judged)
        };
        incident.rejected_until = rejected_until.unwrap_or(Time::MIN);
        incident
    }

    /// An incident from its reports, the earliest first, with what the desk says of each.
    pub(super) fn judged(
        table: &ReportTable,
        pool: &mut ClaimPool,
        anchor: Index,
        reports: impl Iterator<Item = (Index, DeskWord)> + Clone,
    ) -> IncidentState {
        let mut incident = IncidentState::begin(anchor, &table.all[anchor as usize]);
        let any_stands = reports.clone().any(|(_, word)| word.verdict.counts());
        reports.clone().for_each(|(index, _)| incident.place(&table.all[index as usize]));
        let waiting =
            reports.clone().filter_map(|(index, word)| word.take_back.max(table.waiting_removal(index)));
        if let Some(request) = waiting.max() {
            let regency = table.key(anchor).0;
            incident.take_back = table.find(regency, request.verification).unwrap_or(NONE);
        }
        let heard = reports.filter(|(_, word)| word.verdict.counts() || !any_stands);
        let echoes = echoes(table, heard.clone().map(|(index, word)| (index, word.verdict)));
        let heard = heard.map(|(index, word)| {
            let echo = echoes.binary_search_by_key(&index, |(echo, _)| *echo).ok().map(|at| echoes[at].1);
            (ClaimReport { index, echo, restored: word.restored_by_one }, word)
        });
        heard.clone().for_each(|(report, word)| incident.hear(table, report.index, word.verdict));
        let claims = heard.clone().map(|(report, word)| (report, word.verdict));
        incident.claims = ClaimSummary::of(table, pool, incident.cell.kind(), claims);
        heard.for_each(|(report, word)| incident.hear_desk(table, report.index, word));
        incident
    }

    /// What the report at `index` would come to alone if others affirmed all that it says.
    pub(super) fn affirmed(table: &ReportTable, index: Index) -> IncidentState {
        let mut incident = IncidentState::begin(index, &table.all[index as usize]);
        incident.hear(table, index, Verdict::Unverified);
        incident.claims.confirm(table.claim(index).extent);
        incident
    }

    /// True where what the desk's rejections come to may change with the report at `index`, or what it comes to itself hangs on
    /// them.
    pub(super) fn is_judged_with(&self, table: &ReportTable, index: Index) -> bool {
        let known = || table.known_at(index).plus(-AHEAD) <= self.rejected_until;
        table.rejected_until(index).is_some() || self.has_rejections() && known()
    }

    /// True where the desk rejected one of its reports, in force or not.
    pub(super) fn has_rejections(&self) -> bool {
        self.rejected_until > Time::MIN
    }

    /// Takes in one more report, which the desk did not reject, of an incident of which not all are rejected.
    pub(super) fn absorb(&mut self, table: &ReportTable, pool: &mut ClaimPool, report: ClaimReport) {
        self.place(&table.all[report.index as usize]);
        let word = table.desk_word(report.index);
        self.hear(table, report.index, word.verdict);
        self.claims.absorb(table, pool, self.cell.kind(), (report, word.verdict));
        self.hear_desk(table, report.index, word);
    }

    /// Takes in where and when one of its reports lies.
    fn place(&mut self, entry: &ReportEntry) {
        if self.village == 0 {
            self.village = entry.village;
        }
        self.until = self.until.max(entry.occurred);
        self.reports = self.reports.saturating_add(1);
    }

    /// Takes in what one of its reports says, but for what it claims.
    fn hear(&mut self, table: &ReportTable, index: Index, verdict: Verdict) {
        let entry = &table.all[index as usize];
        self.stage = self.stage.max(entry.stage);
        self.patrol &= entry.marks.patrol();
        self.changed |= verdict == Verdict::Unverified && table.is_changed_since_judged(index);
        if table.harm(index).ends {
            self.ended_at = self.ended_at.max(Some(entry.occurred));
        }
        match (table.doubtful(index), self.receipts) {
            (None, _) => self.believed = true,
            (Some(received), None) => self.receipts = Some((received, received)),
            (Some(received), Some((first, last))) => {
                self.receipts = Some((first.min(received), last.max(received)));
            }
        }
        if verdict != Verdict::Unverified {
            self.verdict = verdict; // of what is heard all are rejected, or none is
        }
    }

    /// Takes in what the persons of the desk say of a report. One that is rated too low to attest anything stays so: the desk
    /// confirms a better one.
    fn hear_desk(&mut self, table: &ReportTable, index: Index, word: DeskWord) {
        if word.verdict != Verdict::Confirmed || !table.all[index as usize].marks.rating().may_attest() {
            return;
        }
        let extent = table.claim(index).extent;
        if word.by_two {
            self.claims.confirm(extent);
        }
        let asked = word.request.map(|request| AwasAsked { severity: extent.severity, request });
        self.asked = self.asked.max(asked);
    }
}
