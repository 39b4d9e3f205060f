//! The reports behind each of a model's reasons, as far as this person may see them.

use crate::context::Context;
use crate::error::ViewError;
use crate::format;
use crate::permit::Right;
use crate::reasons::{ReportLink, ReportsBehind, ReportsByReason};
use crate::reports::{SharedIds, may_read, statement};
use async_recursion::async_recursion as boxed;
use domain::kind::{Kind, Outcome};
use domain::place::{Code, Zone};
use domain::time::{DAY, Time};
use store::{Range, ReportFilter, ReportKey, StoredReport};

/// Links shown with a reason.
const SHOWN: usize = 3;
/// Half-lives after which a report hardly counts.
const LIVES: i64 = 3;

/// Which reports a reason rests on: whose, how far back, and from which severity on.
#[derive(Clone, Copy)]
enum Whose {
    Own,
    Neighbours,
    Regency,
}

const RESTS: [(&str, Whose, i64, u8); 11] = [
    ("count_3d", Whose::Own, 3 * LIVES, 1),
    ("count_14d", Whose::Own, 14 * LIVES, 1),
    ("count_90d", Whose::Own, 90 * LIVES, 1),
    ("count_30d", Whose::Own, 30, 1),
    ("severity_14d", Whose::Own, 14 * LIVES, 1),
    ("serious_90d", Whose::Own, 90 * LIVES, 3),
    ("days_since", Whose::Own, 90 * LIVES, 3),
    ("acceleration", Whose::Own, 14 * LIVES, 1),
    ("neighbours_14d", Whose::Neighbours, 14 * LIVES, 1),
    ("surroundings_14d", Whose::Neighbours, 14 * LIVES, 1),
    ("regency_14d", Whose::Regency, 14 * LIVES, 1),
];

/// Reads the regency's reports of a kind once and gives each reason its own; nothing for those who see aggregates only.
#[boxed]
pub async fn load(
    context: &Context,
    (code, kind): (Code, Kind),
    at: Time,
) -> Result<ReportsByReason, ViewError> {
    if !context.viewer.may(Right::SeeReports) {
        return Ok(ReportsByReason::new());
    }
    let filter = ReportFilter {
        codes: vec![code.regency()],
        kind: Some(kind),
        range: Some(Range { from: at.plus(-90 * LIVES * DAY), to: at.plus(1) }),
        limit: 500,
        ..ReportFilter::default()
    };
    let mut found = context.sources.store.reports(&filter).await?.items;
    // What stands: not what was taken back, replaced, reported twice or not confirmed.
    let incident_of = |view: &StoredReport| Some(ReportKey { id: view.incident?, ..view.key() });
    let incidents: Vec<ReportKey> = found.iter().filter_map(incident_of).collect();
    let rejected = context.sources.store.rejected(&incidents).await?;
    let stands = |view: &StoredReport| {
        matches!(view.outcome, Some(Outcome::Incident | Outcome::Merged))
            && !incident_of(view).is_some_and(|incident| rejected.contains(&incident))
    };
    found.retain(|view| stands(view) && statement(view).is_some());
    let places = &context.sources.places;
    let neighbours = places.find(code).map_or(&[][..], |unit| &places.unit(unit).neighbours);
    let shared = SharedIds::among(context, &found).await?;
    let mut reports = ReportsByReason::new();
    for (feature, whose, days, severity) in RESTS {
        let mine = |view: &&StoredReport| {
            let here = view.report.place.code;
            let ours = match whose {
                Whose::Own => here == code || (code.is_regency() && here.regency() == code),
                Whose::Neighbours => neighbours.contains(&here),
                Whose::Regency => here.regency() == code.regency(),
            };
            let grave = statement(view).is_some_and(|own| own.severity >= severity);
            ours && grave && at.since(view.at) <= days * DAY
        };
        let mut rests: Vec<&StoredReport> = found.iter().filter(mine).collect();
        if feature == "days_since" {
            rests.truncate(1); // the newest: the list comes newest first
        }
        reports.insert(feature, behind((context, &shared), &rests));
    }
    Ok(reports)
}

fn behind((context, shared): (&Context, &SharedIds), rests: &[&StoredReport]) -> ReportsBehind {
    let (mine, hidden): (Vec<&StoredReport>, Vec<&StoredReport>) =
        rests.iter().partition(|view| may_read(context, view));
    let words = |view: &&StoredReport| {
        let zone = Zone::of(view.report.place.code);
        let what = statement(view).map_or_else(String::new, |own| own.category.to_string());
        let who = context.lang.word("class", view.report.class);
        ReportLink {
            id: view.report.id.to_string(),
            feed: shared.feed_of(view),
            words: format!("{what} {who}, {}", format::date(view.at, zone, context.lang)),
        }
    };
    ReportsBehind {
        shown: mine.iter().take(SHOWN).map(words).collect(),
        more: mine.len().saturating_sub(SHOWN),
        hidden: hidden.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::feature::NAMES;

    #[test]
    fn every_reason_named_is_a_feature() {
        for (feature, ..) in RESTS {
            assert!(NAMES.contains(&feature), "{feature}");
        }
    }
}
