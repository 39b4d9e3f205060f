//! What an alert that opened after an end stands on once something that came in since counts for less.

use super::{Follower, key_of};
use crate::error::StoreError;
use crate::sql::Connection;
use crate::table::alerts::{self, ActContext, AlertBasis, KEPT, WrittenLevel};
use crate::table::incidents::{self, IncidentRow, LATEST};
use crate::table::reports::ReportKey;
use domain::alert::reopening::{Reopening, SinceEnd, left_since};
use domain::alert::{Act, Alert};
use domain::effect::{Condition, ConditionChange, ConditionReason, Incident, RaisedAlone};
use domain::evidence::attestation::Affirmation;
use domain::kind::Level;
use domain::place::Code;
use domain::report::ReportName;
use std::collections::{BTreeMap, BTreeSet};

impl Follower<'_> {
    /// Lets the alerts that opened after an end follow where something that came in since was taken back, rejected or put right: each
    /// stands on what is left of that, and is withdrawn where nothing is.
    pub(super) async fn stand_on_what_is_left(&mut self, tx: &mut Connection<'_>) -> Result<(), StoreError> {
        let gone = self.gone.iter().filter_map(|key| self.incidents.get(key));
        self.reduced_cells.extend(gone.map(|known| (known.place.code, known.kind)));
        for cell in std::mem::take(&mut self.reduced_cells) {
            let reopened = |alert: &&Alert| alert.answered.is_some() && alert.cleared_at.is_none();
            let Some(alert) = self.live.get(&cell).filter(reopened).cloned() else { continue };
            let Some(condition) = self.standing(tx, cell).await? else { continue };
            if !condition.change.stands_at(condition.level) {
                continue;
            }
            if let Some(left) = self.left(tx, &alert, &condition).await? {
                let context = ActContext::by_the_service(self.clock, self.by);
                self.advance(tx, &alert, &Act::Reopened(left), &context).await?;
            }
        }
        Ok(())
    }

    /// The word with which the alert follows what is left.
    async fn left(
        &mut self,
        tx: &mut Connection<'_>,
        alert: &Alert,
        condition: &Condition,
    ) -> Result<Option<Reopening>, StoreError> {
        let cell = (alert.code, alert.kind);
        let basis = self.histories.basis(tx, &alert.id).await?;
        if !self.kept.contains_key(&alert.id) {
            let kept = incidents::notified_of(tx, cell, alert.opened_at.plus(-KEPT)).await?;
            let kept = kept.iter().map(|row| (row.key(), row.raising())).collect();
            self.kept.insert(alert.id.clone(), kept);
        }
        let mut standing = self.kept.get(&alert.id).cloned().unwrap_or_default();
        let is_cut = standing.len() >= LATEST;
        standing.extend(self.incidents.iter().map(|(key, own)| (*key, self.as_known(key, own))));
        standing.retain(|key, own| {
            let is_gone = self.gone.contains(key) || self.dropped.contains(key);
            (own.place.code, own.kind) == cell && !is_gone
        });
        let names = self.names(tx, alert.code, standing.values()).await?;
        let mut since = Vec::new();
        for (incident, names) in standing.values().zip(&names) {
            let answered = self.last_end(tx, cell).await?.and_then(|last| last.answered(names));
            if answered.is_some() || self.histories.came_in(&alert.id, names) {
                let is_basis = basis.evidence.iter().any(|name| names.contains(name));
                let is_of_record = self.of_record.contains(&key_of(incident));
                let written = basis.sole.filter(|(sole, _)| !is_of_record && names.contains(sole));
                let incident = written.map_or(*incident, |(_, written)| as_written(*incident, written));
                since.push(SinceEnd { incident, answered, is_basis });
            }
        }
        let left = left_since(alert, condition, &since, self.clock);
        // Of what is not looked at something may stand.
        let left = left.filter(|left| !is_cut || left.condition.change != ConditionChange::Withdrawn);
        Ok(left.map(|left| with_grounds(left, condition, &basis)))
    }

    /// An incident as it is known to this record wherever commits are cut: what it raises is known of those that the record changed.
    fn as_known(&self, key: &ReportKey, own: &Incident) -> Incident {
        if self.of_record.contains(key) { *own } else { IncidentRow::of(own).raising() }
    }

    /// The incidents that the commit changed, as they stand by now; `None` of what is no more.
    pub(super) fn by_now(&self) -> BTreeMap<ReportKey, Option<Incident>> {
        let mut by_now: BTreeMap<ReportKey, Option<Incident>> =
            self.incidents.iter().map(|(key, own)| (*key, Some(*own))).collect();
        for gone in self.gone.iter().chain(&self.dropped) {
            let goes_on = self.continued.iter().find(|(_, earlier)| earlier.contains(gone));
            by_now.insert(*gone, goes_on.and_then(|(now, _)| self.incidents.get(now)).copied());
        }
        by_now
    }

    /// All names that these incidents had, of each.
    async fn names(
        &mut self,
        tx: &mut Connection<'_>,
        code: Code,
        incidents: impl Iterator<Item = &Incident>,
    ) -> Result<Vec<BTreeSet<ReportName>>, StoreError> {
        let called: Vec<Vec<ReportKey>> = incidents.map(|own| self.once_called(key_of(own))).collect();
        let all = called.iter().flatten().filter(|key| !self.reports_of.contains_key(key));
        let unread: BTreeSet<ReportKey> = all.copied().collect();
        let unread_names: Vec<ReportName> = unread.iter().map(|key| key.id).collect();
        let mut read = alerts::reports_of(tx, code.regency(), &unread_names).await?;
        self.reports_of.extend(unread.into_iter().map(|key| (key, read.remove(&key.id).unwrap_or_default())));
        let names = |called: &Vec<ReportKey>| {
            let own = called.iter().map(|key| key.id);
            let others = called.iter().filter_map(|key| self.reports_of.get(key)).flatten().copied();
            own.chain(others).collect()
        };
        Ok(called.iter().map(names).collect())
    }
}

/// An incident that alone carries the alert, as the line says by which it does: had it come to carry less, another line would follow.
fn as_written(own: Incident, written: WrittenLevel) -> Incident {
    let is_part = own.affirmation() == Affirmation::Part;
    let raised = |raised: RaisedAlone| RaisedAlone {
        unverified: if is_part { written.unverified } else { raised.unverified },
        ..raised
    };
    let claimed = |raised: RaisedAlone| RaisedAlone {
        level: written.level.min(raised.level).min(Level::Siaga),
        unverified: true,
        ..raised
    };
    let claim_raises = own.raises.filter(|_| written.unverified).map(claimed);
    Incident { raises: own.raises.map(raised), claim_raises, ..own }
}

/// The word with what it rests on, as the history and the place have it, where they name nothing else: of what is withdrawn, what it
/// rested on, with the reports that brought it.
fn with_grounds(mut left: Reopening, place: &Condition, basis: &AlertBasis) -> Reopening {
    let own = &mut left.condition;
    if own.change == ConditionChange::Withdrawn {
        own.evidence = basis.evidence.clone();
        let brought = basis.brought_by.iter().copied().filter(|name| !own.evidence.contains(name));
        let brought: BTreeSet<ReportName> = brought.collect();
        own.evidence.extend(brought);
    } else if own.reasons.is_empty() {
        let of_line = own.evidence.iter().find_map(|name| basis.reasons.get(name)).cloned();
        let is_of_incident = |reason: &&ConditionReason| {
            matches!(reason, ConditionReason::Rule(_) | ConditionReason::Opening { .. })
        };
        let names_it = place.evidence == own.evidence;
        let of_place = place.reasons.iter().filter(|reason| names_it && is_of_incident(reason)).cloned();
        own.reasons = of_line.unwrap_or_else(|| of_place.collect());
    }
    left
}
