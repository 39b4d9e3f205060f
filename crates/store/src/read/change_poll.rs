//! What moved since a moment ago, for pages whose worker is another process.

use crate::error::StoreError;
use crate::sql::{self, get};
use crate::store::Store;
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
    /// Reads the pulse; the assessments only where a commit came since `before`.
    pub async fn poll_changes(&self, before: &ChangeCursor) -> Result<ChangeCursor, StoreError> {
        const COMMITS: &str = "SELECT CAST(COALESCE(SUM(commits), 0) AS BIGINT) FROM progress";
        const ASSESSED: &str = "SELECT code, MAX(emitted_at) FROM assessed GROUP BY code";
        let row = sqlx::query(COMMITS).fetch_one(&self.readers).await?;
        let mut pulse = ChangeCursor { commits: get(&row, 0)?, ..ChangeCursor::default() };
        if pulse.commits == before.commits {
            pulse.assessed = before.assessed.clone();
        } else {
            for row in &sqlx::query(ASSESSED).fetch_all(&self.readers).await? {
                pulse.assessed.insert(Code(sql::small(row, 0)?), Time(get(row, 1)?));
            }
        }
        const ALERTS: &str = "SELECT id, code, version FROM alerts WHERE live = 1";
        for row in &sqlx::query(ALERTS).fetch_all(&self.readers).await? {
            pulse.alerts.insert(get(row, 0)?, (Code(sql::small(row, 1)?), get(row, 2)?));
        }
        Ok(pulse)
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
        let told = self.assessed.iter().filter(|(code, at)| before.assessed.get(*code) != Some(*at));
        let mut regencies: Vec<Code> = told.map(|(code, _)| code.regency()).collect();
        regencies.dedup();
        (alerts, regencies)
    }
}
