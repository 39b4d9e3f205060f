//! What moved since a moment ago, for pages whose worker is another process.

use crate::error::StoreError;
use crate::store::Store;
use crate::table::{alerts, assessments, progress};
use async_recursion::async_recursion as boxed;
use domain::place::Code;
use domain::time::Time;
use std::collections::BTreeMap;

/// The newest of everything that pages show; two of them tell what moved in between.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ChangeCursor {
    commits: i64,
    /// When each unit was last assessed.
    assessed: BTreeMap<Code, Time>,
    /// Versions of the live alerts.
    alerts: BTreeMap<String, (Code, i64)>,
}

impl Store {
    /// Reads the versions of everything; the assessments only where a commit came since `before`.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn poll_changes(&self, before: &ChangeCursor) -> Result<ChangeCursor, StoreError> {
        let commits = progress::all(self).await?.iter().map(|row| row.commits).sum();
        let assessed = if commits == before.commits {
            before.assessed.clone()
        } else {
            assessments::newest_times(self).await?
        };
        let alerts = alerts::live_versions(self).await?.into_iter();
        let alerts = alerts.map(|row| (row.id, (row.code, row.version))).collect();
        Ok(ChangeCursor { commits, assessed, alerts })
    }
}

impl ChangeCursor {
    /// Alerts that changed, came or ended since `before`, and regencies that were assessed.
    pub fn since(&self, before: &ChangeCursor) -> (Vec<(String, Code)>, Vec<Code>) {
        let moved = |(id, stands): &(&String, &(Code, i64))| before.alerts.get(*id) != Some(*stands);
        let mut alerts: Vec<(String, Code)> =
            self.alerts.iter().filter(moved).map(|(id, (code, _))| (id.clone(), *code)).collect();
        let ended = before.alerts.iter().filter(|(id, _)| !self.alerts.contains_key(*id));
        alerts.extend(ended.map(|(id, (code, _))| (id.clone(), *code)));
        let assessed = self.assessed.iter().filter(|(code, at)| before.assessed.get(*code) != Some(*at));
        let mut regencies: Vec<Code> = assessed.map(|(code, _)| code.regency()).collect();
        regencies.dedup();
        (alerts, regencies)
    }
}
