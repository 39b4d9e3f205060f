//! Withdrawals and replacements by a report's own feed: which of them wait for a second person.
//!
//! The desk's feeds are several persons', so that to take back what a colleague typed there takes two. On any feed it takes two to
//! take back what somebody else of the desk confirmed: the level that stands is theirs then. Another person of the desk joins a
//! withdrawal of the desk's by one of their own, and a source's by rejecting what it takes back, on whatever day: a source does not
//! ask for a day, its word is that from then on.

use super::report_table::{Index, Link, ReportTable};
use super::second_person::DeskVerdict;
use crate::author::Author;
use crate::desk_feed;
use crate::effect::Verdict;
use crate::report::ReportName;
use crate::time::Time;
use alloc::vec::Vec;

/// What the desk says of a report, as far as it matters who takes it back.
#[derive(Default)]
struct Confirmations {
    /// Who confirmed it, since two persons rejected it.
    by: Vec<Author>,
    /// Rejections since the last confirmation.
    rejections: Vec<DeskVerdict>,
}

impl ReportTable {
    fn confirmations(&self, index: Index) -> Confirmations {
        let mut verdicts: Vec<(DeskVerdict, Index)> = self.verdicts_with_records(index).collect();
        verdicts.sort_unstable_by_key(|(verdict, _)| verdict.request);
        let mut found = Confirmations::default();
        for (verdict, record) in verdicts {
            if verdict.verdict != Verdict::Rejected {
                found.rejections.clear();
                found.by.push(self.author(record));
                continue;
            }
            if found.rejections.iter().any(|first| first.is_joined_by(&verdict)) {
                found.by.clear();
            }
            found.rejections.push(verdict);
        }
        found
    }

    /// True where the record at `namer` takes back or replaces, of what may stand, what a colleague may have typed at `index` on a
    /// feed of the desk, or what somebody else of the desk confirmed. Whether that was before or after decides nothing: a source
    /// chooses the stamp of its own record.
    fn withdrawal_takes_two(&self, index: Index, namer: Index) -> bool {
        let author = self.author(namer);
        let of_colleague = || {
            desk_feed::is_desk_feed(self.all[index as usize].feed)
                && !author.is_same_person(&self.author(index))
        };
        let confirmed = || {
            let by = self.confirmations(index).by;
            by.iter().any(|confirming| !confirming.is_same_person(&author))
        };
        (of_colleague() || confirmed()) && self.may_be_of_what_stands(index, namer)
    }

    /// When the first second person joined the record at `namer`, which takes back or replaces the report at `index`; `None` where
    /// nobody did.
    fn joined_at(&self, index: Index, namer: Index) -> Option<Time> {
        let since = |time: Time| time.max(self.known_at(namer));
        if desk_feed::is_desk_feed(self.all[index as usize].feed) {
            let seconds = self.withdrawals(index).filter(|other| self.are_of_two(namer, *other));
            return seconds.map(|other| since(self.known_at(other))).min();
        }
        let author = self.author(namer);
        let joins =
            |verdict: &DeskVerdict| verdict.person.is_some_and(|person| !person.is_same_person(&author));
        let rejections = self.confirmations(index).rejections.into_iter().filter(joins);
        rejections.map(|verdict| since(verdict.request.at)).min()
    }

    /// Where a withdrawal takes two persons: true as long as no second person joined it.
    pub(super) fn withdrawal_waits(&self, index: Index, namer: Index) -> bool {
        self.withdrawal_takes_two(index, namer) && self.joined_at(index, namer).is_none()
    }

    /// Since when the report at `index` is withdrawn or replaced; `None` for what stands.
    pub(super) fn withdrawn_at(&self, index: Index) -> Option<Time> {
        let in_force = |namer: Index| match self.withdrawal_takes_two(index, namer) {
            true => self.joined_at(index, namer),
            false => Some(self.known_at(namer)),
        };
        self.withdrawals(index).filter_map(in_force).min()
    }

    /// The report that the one at `index` waits to replace for want of a second person, by itself or by way of others
    /// that it replaces.
    pub(super) fn waits_to_replace(&self, index: Index) -> Option<Index> {
        let (mut replacement, mut waits, mut seen) = (index, None, Vec::new());
        while let Some(Link::Supersedes(target)) = self.link_of(replacement) {
            let (regency, ReportName { feed, .. }) = self.key(replacement);
            seen.push(replacement);
            let target = ReportName { id: *target, feed };
            let replaced = self.find(regency, target).filter(|replaced| {
                !seen.contains(replaced) && !self.is_void_correction(*replaced, replacement)
            });
            let Some(replaced) = replaced else { break };
            if self.withdrawal_waits(replaced, replacement) {
                waits = Some(replaced);
            }
            replacement = replaced;
        }
        waits
    }

    /// The report at `index` and what its own feed put in its place, by way of whatever that replaced: a remark about it is one
    /// about those of them that stand.
    pub(super) fn forms_of(&self, index: Index) -> Vec<Index> {
        let (mut forms, mut seen) = (Vec::from([index]), 0);
        while let Some(form) = forms.get(seen).copied() {
            seen += 1;
            for namer in self.withdrawals(form) {
                let replaces = matches!(self.link_of(namer), Some(Link::Supersedes(_)));
                if replaces && !forms.contains(&namer) && !self.withdrawal_waits(form, namer) {
                    forms.push(namer);
                }
            }
        }
        forms
    }

    /// The records by which a report's own feed takes it back or replaces it.
    pub(super) fn withdrawals(&self, index: Index) -> impl Iterator<Item = Index> {
        let (regency, name) = self.key(index);
        self.namers(regency, name.id).iter().copied().filter(move |namer| {
            let own = self.all[*namer as usize].feed == name.feed && *namer != index;
            own && matches!(self.link_of(*namer), Some(Link::Retracts(_) | Link::Supersedes(_)))
                && !self.is_void_correction(index, *namer)
        })
    }
}
