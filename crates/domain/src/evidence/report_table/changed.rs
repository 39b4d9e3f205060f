//! What a source sent under the id of a report that the desk judged, or to replace it: nobody judged that.

use super::{Index, Link, ReportTable, placement_of, verdict_of};
use crate::desk_feed;
use crate::effect::Verdict;
use crate::evidence::second_person::{DeskVerdict, desk_word};
use crate::kind::Level;
use crate::report::{ReportName, ReportReference, VerificationAct};
use alloc::vec::Vec;
use core::num::NonZeroU64;

impl ReportTable {
    /// True where the desk judged what the report at `index` contained before its source sent something else under its id, and not
    /// what it contains now: it gave verdicts on something else and none on this, or put something else where it belongs and nothing that it did means
    /// this. Where the report lies by now does not matter: a source can send another place, too.
    pub(in crate::evidence) fn is_changed_since_judged(&self, index: Index) -> bool {
        let (judged, placed) =
            (self.is_judged_otherwise(index, verdict_of), self.is_judged_otherwise(index, placement_of));
        judged && self.verdict(index).is_none()
            || placed && self.judgements(index, Some).next().is_none()
            || self.replaces_what_was_judged(index)
    }

    /// True where the report at `index` replaced, by itself or by way of others, one on which the desk gave a verdict, and the desk gave
    /// none on it. What waits for a second person asks for that person; and what the desk replaces of its own, its persons typed.
    fn replaces_what_was_judged(&self, index: Index) -> bool {
        let (regency, ReportName { feed, .. }) = self.key(index);
        let (mut replacement, mut seen, mut judged) = (index, Vec::new(), false);
        while let Some(Link::Supersedes(target)) = self.link_of(replacement) {
            seen.push(replacement);
            let replaced = self.find(regency, ReportName { id: *target, feed }).filter(|replaced| {
                !seen.contains(replaced) && !self.is_void_correction(*replaced, replacement)
            });
            let Some(replaced) = replaced else { break };
            if self.withdrawal_waits(replaced, replacement) {
                return false;
            }
            judged |= self.has_verdict_of_any_content(replaced);
            replacement = replaced;
        }
        judged && self.verdict(index).is_none() && !desk_feed::is_desk_feed(feed)
    }

    /// True where the desk gave a verdict on the report at `index`, whatever its content was then.
    fn has_verdict_of_any_content(&self, index: Index) -> bool {
        let (regency, name) = self.key(index);
        self.namers(regency, name.id).iter().any(|namer| match self.links.get(namer) {
            Some(Link::Verifies(verification)) => {
                let names = |reference: &ReportReference| {
                    reference.id == name.id && reference.feed.is_none_or(|feed| feed == name.feed)
                };
                verdict_of(verification.act).is_some() && verification.reports.iter().any(names)
            }
            _ => false,
        })
    }

    /// The level that may rest on what others of the desk confirmed of the report at `index` before its source sent something else under
    /// its id: awas where two did; `None` where nobody did, or the desk judged what it says now.
    pub(in crate::evidence) fn confirmed_otherwise(&self, index: Index) -> Option<Level> {
        if !self.is_changed_since_judged(index) {
            return None;
        }
        let ((regency, name), author) = (self.key(index), self.author(index));
        let verdicts = self.namers(regency, name.id).iter().filter_map(|namer| {
            let Some(Link::Verifies(verification)) = self.links.get(namer) else { return None };
            let verdict = verdict_of(verification.act)?;
            let hash = self.all[index as usize].hash();
            let mut named = self.references_to(index, verification);
            let own = verdict == Verdict::Confirmed && self.author(*namer).is_same_person(&author);
            let person = self.desk_person(*namer);
            let request = self.request(*namer)?;
            (!own && named.any(|reference| !reference.means_content(hash))).then_some(DeskVerdict {
                request,
                person,
                verdict,
            })
        });
        let word = desk_word(verdicts.collect());
        let level = if word.by_two { Level::Awas } else { Level::Siaga };
        (word.verdict == Verdict::Confirmed).then_some(level)
    }

    /// What the reports among these say whose sources sent something else than the desk judged, as one number: none of them depends on
    /// the order in which they came.
    pub(in crate::evidence) fn changed_contents(&self, reports: &[Index]) -> NonZeroU64 {
        let changed = reports.iter().filter(|index| self.is_changed_since_judged(**index));
        let all = changed.fold(0, |all, index| all ^ self.all[*index as usize].hash());
        NonZeroU64::new((all >> 64) as u64 ^ all as u64).unwrap_or(NonZeroU64::MIN)
    }

    /// True where a verification of this sort names the report at `index` with another content than it has.
    fn is_judged_otherwise<T>(&self, index: Index, sort: impl Fn(VerificationAct) -> Option<T>) -> bool {
        let (regency, name) = self.key(index);
        let hash = self.all[index as usize].hash();
        self.namers(regency, name.id).iter().any(|namer| match self.links.get(namer) {
            Some(Link::Verifies(verification)) => {
                let mut named = self.references_to(index, verification);
                sort(verification.act).is_some() && named.any(|reference| !reference.means_content(hash))
            }
            _ => false,
        })
    }
}
