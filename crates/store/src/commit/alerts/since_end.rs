//! What opens and raises an alert after a person ended the one before.

use super::{Follower, key_of};
use crate::error::StoreError;
use crate::sql::Connection;
use crate::table::alerts::{self, ActContext, LastEnd, NamingLine};
use crate::table::conditions;
use domain::alert::Act;
use domain::alert::notice::is_notified_of;
use domain::alert::reopening::{AnsweredIncident, Reopening, raised_since, reopening};
use domain::effect::{Condition, ConditionChange, Incident};
use domain::kind::Kind;
use domain::place::Code;
use std::collections::btree_map::Entry;

impl Follower<'_> {
    /// The condition with which an incident opens an alert where none is live; `None` where it opens none.
    pub(super) async fn reopening(
        &mut self,
        tx: &mut Connection<'_>,
        incident: &Incident,
    ) -> Result<Option<Reopening>, StoreError> {
        let cell = (incident.place.code, incident.kind);
        let Some(condition) = self.standing(tx, cell).await? else { return Ok(None) };
        let answered = self.answered(tx, incident).await?;
        let Some(since) = reopening(&condition, incident, answered.as_ref(), self.clock) else {
            return Ok(None);
        };
        let after = self.last_end(tx, cell).await?.map(|last| last.ended.clone());
        Ok(Some(Reopening { after, ..since }))
    }

    /// The alert that ended last in a cell.
    pub(super) async fn last_end(
        &mut self,
        tx: &mut Connection<'_>,
        cell: (Code, Kind),
    ) -> Result<Option<&LastEnd>, StoreError> {
        Ok(match self.last_ends.entry(cell) {
            Entry::Occupied(known) => known.into_mut().as_ref(),
            Entry::Vacant(free) => free.insert(LastEnd::of(tx, cell).await?).as_ref(),
        })
    }

    /// What who ended the last alert of an incident's place and kind answered of it; `None` where it was nothing then.
    async fn answered(
        &mut self,
        tx: &mut Connection<'_>,
        incident: &Incident,
    ) -> Result<Option<AnsweredIncident>, StoreError> {
        let cell = (incident.place.code, incident.kind);
        if !self.last_end(tx, cell).await?.is_some_and(LastEnd::knows_any) {
            return Ok(None);
        }
        let names = alerts::names_of(tx, &self.once_called(key_of(incident))).await?;
        Ok(self.last_end(tx, cell).await?.and_then(|last| last.answered(&names)))
    }

    /// The word of a condition that rises above what a person answered, as what opens an alert again; `None` where it is raised from
    /// nothing.
    pub(super) async fn as_reopening(
        &mut self,
        tx: &mut Connection<'_>,
        cell: (Code, Kind),
        condition: &Condition,
    ) -> Result<Option<Act>, StoreError> {
        if condition.change == ConditionChange::Raised {
            return Ok(None);
        }
        let last = self.last_end(tx, cell).await?;
        Ok(last.map(|last| Act::Reopened(Reopening::of_rise(condition, last.ended.clone()))))
    }

    /// The condition of a cell as it was emitted last.
    pub(super) async fn standing(
        &self,
        tx: &mut Connection<'_>,
        (code, kind): (Code, Kind),
    ) -> Result<Option<Condition>, StoreError> {
        match (self.conditions.get(&(code, kind)), self.places.find(code)) {
            (Some(condition), _) => Ok(Some(condition.clone())),
            (None, Some(unit)) => conditions::last(tx, (code, unit), kind).await,
            (None, None) => Ok(None),
        }
    }

    /// An alert that opened after an end rises by what came in since, and by nothing that was answered.
    pub(super) async fn rise_since_end(
        &mut self,
        tx: &mut Connection<'_>,
        incident: &Incident,
    ) -> Result<(), StoreError> {
        let cell = (incident.place.code, incident.kind);
        let Some(alert) = self.live.get(&cell).filter(|alert| alert.answered.is_some()).cloned() else {
            return Ok(());
        };
        let Some(condition) = self.standing(tx, cell).await? else { return Ok(()) };
        let answered = self.answered(tx, incident).await?;
        let since = raised_since(&alert, &condition, incident, answered.as_ref(), self.clock);
        let Some(since) = since else { return Ok(()) };
        let names = self.once_called(key_of(incident));
        let lines = self.histories.lines_naming(tx, &alert.id, &names).await?;
        if answered.is_some() || lines.iter().any(NamingLine::came_in) {
            let context = ActContext::by_the_service(self.clock, self.by);
            self.advance(tx, &alert, &Act::Reopened(since), &context).await?;
        }
        Ok(())
    }

    /// True where an incident opens an alert of its place, where none is live: it is new, or worse or surer than what was answered.
    pub(super) async fn opens_again(
        &mut self,
        tx: &mut Connection<'_>,
        incident: &Incident,
        act: Option<&Act>,
    ) -> Result<bool, StoreError> {
        if !is_notified_of(incident) {
            return Ok(false);
        }
        let is_new = matches!(act, Some(Act::NewIncident { .. }));
        if !is_new && self.answered(tx, incident).await?.is_none() {
            // Of more than an end keeps, what grew is news.
            let cell = (incident.place.code, incident.kind);
            let is_cut = self.last_end(tx, cell).await?.is_some_and(|last| last.is_cut);
            if !is_cut || !matches!(act, Some(Act::Grown { .. })) {
                return Ok(false);
            }
        }
        Ok(self.reopening(tx, incident).await?.is_some())
    }
}
