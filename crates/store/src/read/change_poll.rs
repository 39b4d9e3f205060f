//! What moved since a moment ago, for pages whose worker is another process.

use crate::error::StoreError;
use crate::sql::{self, get};
use crate::store::Store;
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
        const COMMITS: &str = "SELECT CAST(COALESCE(SUM(commits), 0) AS BIGINT) FROM progress";
        const ASSESSED: &str = "SELECT code, MAX(emitted_at) FROM newest_assessments GROUP BY code";
        let row = sql::query(COMMITS).fetch_one(&self.readers).await?;
        let mut cursor = ChangeCursor { commits: get(&row, 0)?, ..ChangeCursor::default() };
        if cursor.commits == before.commits {
            cursor.assessed = before.assessed.clone();
        } else {
            for row in &sql::query(ASSESSED).fetch_all(&self.readers).await? {
                cursor.assessed.insert(Code(sql::small(row, 0)?), Time(get(row, 1)?));
            }
        }
        const ALERTS: &str = "SELECT id, code, version FROM alerts WHERE live = 1";
        for row in &sql::query(ALERTS).fetch_all(&self.readers).await? {
            cursor.alerts.insert(get(row, 0)?, (Code(sql::small(row, 1)?), get(row, 2)?));
        }
        Ok(cursor)
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
