//! The alerts of regencies within a commit, where the regency's districts raise it by their count.

use super::Follower;
use crate::alert::RegencyMove;
use crate::error::StoreError;
use crate::sql::Connection;
use crate::table::conditions;
use domain::alert::regency::RegencyNews;
use domain::effect::Condition;
use domain::kind::Kind;
use domain::place::Code;
use domain::time::Time;

impl Follower<'_> {
    /// Follows the condition of a regency that stands by its districts, or whose alert is live and may have stood by them.
    pub(super) async fn condition_by_districts(
        &mut self,
        tx: &mut Connection<'_>,
        code: Code,
        condition: &Condition,
    ) -> Result<(), StoreError> {
        let cell = (code, condition.kind);
        let before = match self.conditions.insert(cell, condition.clone()) {
            Some(before) => Some(before.level),
            None => conditions::level(tx, code, condition.kind).await?,
        };
        self.regencies.remove(&cell);
        self.move_regency(tx, cell, RegencyNews::Condition { before }, condition.at).await
    }

    /// Lets the alerts of regencies follow where those of districts changed: all of them at the end of a record, and those of an
    /// earlier instant before what comes `at` another, so that a commit is cut anywhere.
    pub(super) async fn follow_regencies(
        &mut self,
        tx: &mut Connection<'_>,
        at: Option<Time>,
    ) -> Result<(), StoreError> {
        let due: Vec<((Code, Kind), Time)> =
            self.regencies.extract_if(.., |_, changed| at.is_none_or(|at| at != *changed)).collect();
        for (cell, changed) in due {
            self.move_regency(tx, cell, RegencyNews::Districts, changed).await?;
        }
        Ok(())
    }

    async fn move_regency(
        &mut self,
        tx: &mut Connection<'_>,
        (regency, kind): (Code, Kind),
        news: RegencyNews,
        at: Time,
    ) -> Result<(), StoreError> {
        let own = RegencyMove { regency, kind, news, at, emitted: &self.conditions };
        let moved = own.follow(tx, &mut self.outbox).await?;
        moved.into_iter().for_each(|change| self.changed(change));
        Ok(())
    }
}
