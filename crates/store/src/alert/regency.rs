//! Moves the alert of a regency that its districts raise by their count, where what it counts has changed: in a commit, and
//! where a person ends the alert of a district.

use super::{AlertChange, advance};
use crate::commit::open_alert;
use crate::error::StoreError;
use crate::sql::Connection;
use crate::table::alerts::{self, ActContext};
use crate::table::conditions;
use crate::table::outbox::OutboxQueue;
use domain::alert::regency::{DistrictLevels, RegencyAlert, RegencyNews, follow_word, word_for_regency};
use domain::alert::{Act, Alert};
use domain::effect::Condition;
use domain::kind::{Kind, Level};
use domain::place::{Code, UnitId};
use domain::time::Time;
use std::collections::{BTreeMap, BTreeSet};

/// What moves the alert of a regency.
pub(crate) struct RegencyMove<'a> {
    pub regency: Code,
    pub kind: Kind,
    pub news: RegencyNews,
    pub at: Time,
    /// Conditions that are emitted and not written yet.
    pub emitted: &'a BTreeMap<(Code, Kind), Condition>,
}

impl RegencyMove<'_> {
    /// Moves or opens the alert; `None` where it stays as it is.
    pub(crate) async fn follow(
        &self,
        tx: &mut Connection<'_>,
        outbox: &mut OutboxQueue,
    ) -> Result<Option<AlertChange>, StoreError> {
        let conditions = self.conditions(tx).await?;
        let Some(own) = conditions.get(&self.regency).filter(|own| own.change.stands_at(own.level)) else {
            return Ok(None);
        };
        if own.districts().is_none() && self.news == RegencyNews::Districts {
            return Ok(None);
        }
        // The regency's alert is asked for first: of two that change it the second waits, and reads what the first left.
        let cell = (self.regency, self.kind);
        let live = alerts::live_at(tx, &BTreeSet::from([self.regency])).await?.remove(&cell);
        let ended = match live {
            Some(_) => None,
            None => alerts::ended_last(tx, cell, own.since).await?,
        };
        let running = alerts::live_in_districts(tx, self.regency, self.kind).await?;
        let standing =
            conditions.iter().filter(|(code, own)| !code.is_regency() && own.change.stands_at(own.level));
        let districts: Vec<DistrictLevels> =
            standing.map(|(code, own)| DistrictLevels::of(own.level, running.get(code))).collect();
        let alert = RegencyAlert { live: live.as_ref(), ended: ended.as_ref() };
        match word_for_regency(own, &districts, alert, self.news, self.at) {
            Some(word) => self.apply(tx, live, (word, own.level), outbox).await,
            None => Ok(None),
        }
    }

    async fn conditions(&self, tx: &mut Connection<'_>) -> Result<BTreeMap<Code, Condition>, StoreError> {
        // An alert names its place by code: of which unit the condition is, nobody asks here.
        let written = conditions::of_regency(tx, self.regency, self.kind).await?;
        let mut own: BTreeMap<Code, Condition> =
            written.into_iter().map(|(code, row)| (code, row.of(UnitId(0)))).collect();
        let emitted = self
            .emitted
            .iter()
            .filter(|((code, kind), _)| code.regency() == self.regency && *kind == self.kind);
        own.extend(emitted.map(|((code, _), condition)| (*code, condition.clone())));
        Ok(own)
    }

    async fn apply(
        &self,
        tx: &mut Connection<'_>,
        live: Option<Alert>,
        (word, place): (Condition, Level),
        outbox: &mut OutboxQueue,
    ) -> Result<Option<AlertChange>, StoreError> {
        let context = ActContext::by_the_service(self.at, None);
        let act = Act::Condition(word.clone());
        let Some(before) = live else {
            return open_alert(tx, (self.regency, &word), (&act, &context), outbox).await.map(Some);
        };
        match follow_word(&before, &word, place, self.at) {
            Ok(next) => advance(tx, &before, next, &act, &context, outbox).await.map(Some),
            Err(refusal) => {
                tracing::error!(
                    alert = before.id,
                    ?refusal,
                    "a regency's alert refused what its districts say"
                );
                Ok(None)
            }
        }
    }
}

/// Lets the regency's alert follow where a person ended the alert of one of its districts.
pub(super) async fn after_end(
    tx: &mut Connection<'_>,
    alert: &Alert,
    at: Time,
    outbox: &mut OutboxQueue,
) -> Result<Option<AlertChange>, StoreError> {
    if alert.code.is_regency() || alert.state.is_live() {
        return Ok(None);
    }
    let (regency, emitted) = (alert.code.regency(), BTreeMap::new());
    let news = RegencyNews::Districts;
    RegencyMove { regency, kind: alert.kind, news, at, emitted: &emitted }.follow(tx, outbox).await
}
