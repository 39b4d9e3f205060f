//! The weekly random calls: quiet districts drawn by lot and what their people answered.

use crate::context::Context;
use crate::error::ViewError;
use crate::json;
use async_recursion::async_recursion as boxed;
use domain::kind::Kind;
use domain::place::{Code, UnitId};
use domain::time::{DAY, Time};
use serde::Serialize;
use store::{CheckResult, SampleRow};

#[derive(Clone, Debug, Default, Serialize)]
pub struct CallsView {
    pub calls: Vec<SampleCall>,
    /// From this severity on an incident is asked about: the ledger's own.
    pub min_severity: u8,
}

/// A drawn district; `week` is the Monday of the draw, its question about the seven days before.
#[derive(Clone, Debug, Serialize)]
pub struct SampleCall {
    pub week: i64,
    #[serde(serialize_with = "json::text")]
    pub code: Code,
    pub name: String,
    pub answer: Option<SampleAnswer>,
}

#[derive(Clone, Debug, Serialize)]
pub struct SampleAnswer {
    #[serde(serialize_with = "json::time")]
    pub at: Time,
    pub who: String,
    #[serde(serialize_with = "json::word")]
    pub result: CheckResult,
    #[serde(serialize_with = "json::words")]
    pub kinds: Vec<Kind>,
}

/// Draws of the last four weeks are shown.
const WEEKS: i64 = 4;

/// The calls of a regency's last draws.
#[boxed]
pub async fn load(context: &Context, regency: UnitId) -> Result<CallsView, ViewError> {
    let from = context.now.0.div_euclid(DAY) - 7 * WEEKS;
    let rows = context.sources.store.samples(&context.scope(regency)?, from).await?;
    let call = |row: SampleRow| SampleCall {
        week: row.week,
        code: row.code,
        name: context.name(row.code),
        answer: row.check.map(|check| SampleAnswer {
            at: check.at,
            who: check.who,
            result: check.result,
            kinds: check.kinds,
        }),
    };
    Ok(CallsView { calls: rows.into_iter().map(call).collect(), min_severity: context.sources.min_severity })
}
