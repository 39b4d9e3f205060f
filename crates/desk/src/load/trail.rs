//! What was said of a report since: the desk's verifications, a source that took it back, a correction.

use super::reports::may_read;
use crate::context::Context;
use crate::fault::Fault;
use crate::page::report::Said;
use domain::report::{Body, ReportId};

/// In the order it came.
pub async fn trail(context: &Context, report: ReportId) -> Result<Vec<Said>, Fault> {
    let viewer = context.viewer()?;
    let lang = context.lang;
    let namers = context.state.store.namers(report).await?;
    let told = namers.into_iter().filter(|namer| may_read(context, viewer, namer)).map(|namer| Said {
        at: namer.report.reported_at,
        act: match &namer.report.body {
            Body::Verification { act, .. } => lang.word("verification", act.as_str()),
            Body::Retraction { .. } => lang.word("record", "retracted"),
            Body::Statement(_) | Body::Nothing { .. } => lang.word("record", "superseded"),
        },
        by: namer.reporter.unwrap_or(namer.feed_name),
        why: namer.summary.filter(|text| !text.trim().is_empty()),
        id: store::id::to_text(namer.report.id),
    });
    Ok(told.collect())
}
