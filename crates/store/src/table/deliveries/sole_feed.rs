//! On whose word alone an alert rests, and how often who gives it takes back what they reported, by whatever feed.

use crate::error::StoreError;
use crate::read::Range;
use crate::store::Store;
use crate::table::alerts::GravestIncident;
use crate::table::outbox::OutboxItem;
use crate::table::reports::{ReportFilter, ReportKey, StoredReport};
use domain::alert::Alert;
use domain::effect::{Incident, Verdict};
use domain::evidence::speaker::Speaker;
use domain::kind::{Kind, Level, Outcome};
use domain::place::Code;
use domain::report::Body;
use domain::time::DAY;
use std::collections::{BTreeMap, BTreeSet};

/// More corrections to less than this say nothing more of a feed.
const LOWERED: u32 = 5;

/// The feed on whose word alone an alert rests, or several that are one speaker's, and how often that speaker took reports back in
/// the day before.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SoleFeed {
    /// Several with a comma between.
    pub name: String,
    pub retractions: u64,
}

impl Store {
    /// The one speaker that affirms all incidents an item's alert rests on, by one feed or several: one organisation's feeds, and what
    /// one person types, are one word. `None` where another speaker affirms one too, where several attest one, where the desk confirmed one, and where it rests on none, as by the model:
    /// that is no feed's word.
    pub(super) async fn sole_feed(
        &self,
        item: &OutboxItem,
        own: &[Incident],
        districts: &[(Alert, Option<GravestIncident>)],
    ) -> Result<Option<SoleFeed>, StoreError> {
        let Some(incidents) = self.resting_on(own, districts).await? else { return Ok(None) };
        // What the desk confirmed, and what more than one speaker attests, rests on no feed's word alone.
        let affirmed = incidents
            .iter()
            .any(|incident| incident.verdict == Verdict::Confirmed || incident.attested.extent.severity > 0);
        if incidents.is_empty() || affirmed {
            return Ok(None);
        }
        let mut speakers: BTreeSet<Speaker> = BTreeSet::new();
        let mut feeds: BTreeSet<String> = BTreeSet::new();
        for incident in &incidents {
            let reports = self.incident_reports(item.code.regency(), incident.id).await?;
            for report in reports.iter().filter(|report| affirms(report)) {
                speakers.insert(report.report.speaker());
                feeds.insert(report.feed_name.clone());
            }
        }
        if !are_one(&speakers) {
            return Ok(None);
        }
        let retractions = self.taken_back_by((&speakers, &feeds), item).await?;
        let name = feeds.into_iter().collect::<Vec<_>>().join(", ");
        Ok(Some(SoleFeed { name, retractions }))
    }

    /// How often who says it took back what they reported in the day before an item, by whatever feed: by retractions, whatever
    /// a clock says, and by corrections to less; of the latter at most [`LOWERED`] are looked for.
    async fn taken_back_by(
        &self,
        (speakers, feeds): (&BTreeSet<Speaker>, &BTreeSet<String>),
        item: &OutboxItem,
    ) -> Result<u64, StoreError> {
        let range = Range { from: item.at.plus(-DAY), to: item.at.plus(1) };
        let retractions = self.retractions(item.code.regency(), feeds, range).await?;
        let retracted = retractions.iter().filter(|report| is_by(speakers, report)).count() as u64;
        let mut superseded: BTreeMap<ReportKey, StoredReport> = BTreeMap::new();
        for filter in &corrected_reports(item.code.regency(), feeds, range) {
            let mut reports = self.reports(filter).await?.items;
            reports.retain(|report| is_by(speakers, report));
            superseded.extend(reports.into_iter().map(|report| (report.key(), report)));
        }
        Ok(retracted + self.lowered(superseded.into_values().collect()).await?)
    }

    /// How many of these reports were corrected to a lesser severity, at most [`LOWERED`].
    async fn lowered(&self, superseded: Vec<StoredReport>) -> Result<u64, StoreError> {
        let severity = |report: &StoredReport| match &report.report.body {
            Body::Statement(statement) => Some(statement.severity),
            _ => None,
        };
        let mut lowered = 0;
        for before in superseded {
            let naming = self.reports_naming(before.key()).await?;
            // Of what names a statement, a statement corrects it.
            let least = naming.iter().filter_map(severity).min();
            lowered += u64::from(least.is_some_and(|least| severity(&before).is_some_and(|was| least < was)));
            if lowered >= u64::from(LOWERED) {
                break;
            }
        }
        Ok(lowered)
    }

    /// Every incident that an alert rests on: its own and, of a regency's, those of the districts that raise it. `None` where
    /// a district that raises it rests on no incident.
    async fn resting_on(
        &self,
        own: &[Incident],
        districts: &[(Alert, Option<GravestIncident>)],
    ) -> Result<Option<Vec<Incident>>, StoreError> {
        let mut incidents = own.to_vec();
        for (alert, _) in districts.iter().filter(|(alert, _)| alert.level >= Level::Siaga) {
            let (line, basis) = self.line_and_basis(&alert.id, alert.version).await?;
            let of_district = self.incidents_behind(alert.code.regency(), &line, &basis).await?;
            if of_district.is_empty() {
                return Ok(None);
            }
            incidents.extend(of_district);
        }
        Ok(Some(incidents))
    }
}

/// True where it says that it happened: no denial, no ending, nothing taken back.
fn affirms(report: &StoredReport) -> bool {
    !matches!(report.outcome, Some(Outcome::Statement | Outcome::Retracted))
}

/// True where there are some, and no two of them are two speakers.
fn are_one(speakers: &BTreeSet<Speaker>) -> bool {
    let mut pairs = speakers.iter().flat_map(|one| speakers.iter().map(move |other| (one, other)));
    !speakers.is_empty() && !pairs.any(|(one, other)| one.is_another(other))
}

/// True where one of these may speak in a report.
fn is_by(speakers: &BTreeSet<Speaker>, report: &StoredReport) -> bool {
    let by = report.report.speaker();
    speakers.iter().any(|speaker| !speaker.is_another(&by))
}

/// What was corrected within a range, in a regency by whatever feed and by these feeds anywhere. In a regency kind by kind, as its
/// index stands: what states something has one.
fn corrected_reports(regency: Code, feeds: &BTreeSet<String>, range: Range) -> Vec<ReportFilter> {
    let limit = LOWERED * 4;
    let corrected =
        ReportFilter { range: Some(range), outcome: Some(Outcome::Superseded), ..Default::default() };
    let of_regency = |kind: &Kind| ReportFilter {
        codes: vec![regency],
        kind: Some(*kind),
        limit: limit * 4,
        ..corrected.clone()
    };
    let of_feed = |feed: &String| ReportFilter { feed: Some(feed.clone()), limit, ..corrected.clone() };
    Kind::ALL.iter().map(of_regency).chain(feeds.iter().map(of_feed)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::{self, Cell, get};
    use crate::table::reports::{select_reports, select_retractions};
    use domain::time::Time;

    /// It is asked for each message, of feeds that may have sent a million reports that day.
    #[tokio::test]
    async fn what_a_feed_took_back_is_counted_without_reading_all_that_it_sent() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path().join("state.db").to_str().unwrap()).await.unwrap();
        let (regency, feeds) = (Code::parse("16.13").unwrap(), BTreeSet::from(["umpan".to_owned()]));
        let range = Range { from: Time(0), to: Time(1) };
        let corrected = corrected_reports(regency, &feeds, range);
        let selects = corrected.iter().map(select_reports).chain(select_retractions(regency, &feeds, range));
        for select in selects {
            let (text, _) = select.into_parts();
            let cells = vec![Cell::Int(0); text.matches('$').count()];
            let explain = sql::query(format!("EXPLAIN QUERY PLAN {text}")).bind_all(cells);
            let rows = explain.fetch_all(&store.readers).await.unwrap();
            let plan: Vec<String> = rows.iter().map(|row| get(row, 3).unwrap()).collect();
            let searches = plan.iter().filter(|step| step.contains(" reports "));
            let own = ["USING INDEX reports_taken_back", "USING INDEX reports_doubtful"];
            let misses =
                |step: &&String| !own.iter().any(|index| step.contains(index)) || !step.contains("at>?");
            assert_eq!(searches.filter(misses).collect::<Vec<_>>(), Vec::<&String>::new(), "{text}");
        }
    }
}
