//! Why an alert is open that was opened after another of its place and kind was ended.

use crate::calendar::parse_rfc3339;
use crate::error::StoreError;
use crate::sql::{self, get};
use crate::store::Store;
use crate::table::alerts;
use crate::table::outbox::OutboxItem;
use crate::table::reports::{ReportKey, StoredReport};
use domain::alert::notice::AlertChangeKind;
use domain::alert::reopening::{EndedAlert, ReopeningCause};
use domain::kind::Outcome;
use domain::report::{Body, ReportName};
use domain::time::Time;
use serde_json::Value;
use std::collections::BTreeSet;

/// Why an alert is open again.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReopenedFacts {
    /// By what it opened, and by what it rose or became surer since; none twice, the first first.
    pub causes: Vec<ReopeningCause>,
    /// The alert that was ended before.
    pub after: EndedAlert,
    /// When that happened by which it opened or rose last: as its report says, or when it happened again.
    pub news_at: Option<Time>,
}

/// A line by which an alert opened again, rose or became surer.
struct ReopeningLine {
    cause: ReopeningCause,
    again_at: Option<Time>,
    /// The report by which it did.
    by: Option<ReportName>,
}

impl ReopeningLine {
    fn of(content: &Value) -> Option<ReopeningLine> {
        Some(ReopeningLine {
            cause: ReopeningCause::parse(content["cause"].as_str()?)?,
            again_at: content["again_at"].as_str().and_then(parse_rfc3339),
            by: content["by"].as_str().and_then(ReportName::parse),
        })
    }
}

impl Store {
    /// Why the item's alert is open again by the item's own line; what its source took back or the desk rejected since is no reason. `None` where it opened
    /// after no other or the item is about something else.
    pub(super) async fn reopened(&self, item: &OutboxItem) -> Result<Option<ReopenedFacts>, StoreError> {
        const LINES: &str = "SELECT content FROM alert_history WHERE alert = $1 AND version <= $2 \
             AND act IN ('reopened', 'raised_since') ORDER BY version";
        if !item.change.is_rise() && item.change != AlertChangeKind::Grown {
            return Ok(None);
        }
        let query = sql::query(LINES).bind(item.alert.clone()).bind(i64::from(item.version));
        let mut contents: Vec<Value> = Vec::new();
        for row in query.fetch_all(&self.readers).await? {
            // A lawful deletion leaves a content empty.
            contents.push(serde_json::from_str(&get::<String>(&row, 0)?).unwrap_or_default());
        }
        let Some(after) = contents.first().and_then(alerts::ended_before) else { return Ok(None) };
        let lines: Vec<ReopeningLine> = contents.iter().filter_map(ReopeningLine::of).collect();
        let names: Vec<ReportName> = lines.iter().filter_map(|line| line.by).collect();
        let reports = self.reports_named(item.code.regency(), &names).await?;
        let of: BTreeSet<ReportKey> = reports
            .values()
            .filter_map(|report| Some(ReportKey { id: report.incident?, ..report.key() }))
            .collect();
        let rejected = self.rejected(&of.into_iter().collect::<Vec<ReportKey>>()).await?;
        let counts = |report: &StoredReport| {
            let is_rejected = |id| rejected.contains(&ReportKey { id, ..report.key() });
            let is_taken_back = report.outcome == Some(Outcome::Retracted);
            !is_taken_back && !report.set_aside && !report.incident.is_some_and(is_rejected)
        };
        let (mut causes, mut news_at) = (Vec::new(), None);
        for line in lines {
            let by = line.by.and_then(|name| reports.get(&name));
            if by.is_some_and(|report| !counts(report)) {
                continue;
            }
            if !causes.contains(&line.cause) {
                causes.push(line.cause);
            }
            let stated = by.and_then(|report| match &report.report.body {
                Body::Statement(statement) => Some(statement.occurred_at),
                _ => None,
            });
            news_at = line.again_at.or(stated).or(news_at);
        }
        Ok((!causes.is_empty()).then_some(ReopenedFacts { causes, after, news_at }))
    }
}
