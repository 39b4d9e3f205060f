//! On whose word alone an alert rests, and how often who gives it takes back what they reported, by whatever feed.

use super::lines::{AlertLines, LINES as LINES_READ};
use crate::error::StoreError;
use crate::read::Range;
use crate::sql::{self, get};
use crate::store::Store;
use crate::table::alerts::{GravestIncident, INCIDENTS, evidence};
use crate::table::outbox::OutboxItem;
use crate::table::reports::{StoredReport, TakenBackQuery};
use domain::alert::Alert;
use domain::condition::finding::raises_regency;
use domain::desk_feed::is_desk_feed;
use domain::effect::{Incident, Verdict};
use domain::evidence::speaker::Speaker;
use domain::kind::Outcome;
use domain::report::ReportName;
use domain::time::DAY;
use serde_json::Value;
use std::collections::BTreeSet;

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
    /// The one speaker that affirms all incidents an item's alert rests on, or that alone opened it again after an end, by one feed or
    /// several: one organisation's feeds, and what one person types, are one word. `None` where another speaker affirms one too, where
    /// several attest one, where the desk confirmed one, and where it rests on none, as by the model: that is no feed's word.
    pub(super) async fn sole_feed(
        &self,
        item: &OutboxItem,
        own: &[Incident],
        districts: &[(Alert, Option<GravestIncident>)],
    ) -> Result<Option<SoleFeed>, StoreError> {
        let sole = match self.sole_speakers(item, own, districts).await? {
            Some(sole) => Some(sole),
            None if own.iter().any(|incident| incident.verdict == Verdict::Confirmed) => None,
            None => self.who_opened_again(item).await?,
        };
        let Some((speakers, feeds)) = sole else { return Ok(None) };
        let range = Range { from: item.at.plus(-DAY), to: item.at.plus(1) };
        let by = TakenBackQuery { speakers: &speakers, feeds: &feeds, regency: item.code.regency(), range };
        let retractions = self.count_taken_back(&by, LOWERED).await?;
        let name = feeds.into_iter().collect::<Vec<_>>().join(", ");
        Ok(Some(SoleFeed { name, retractions }))
    }

    /// Who alone affirms all incidents that an item's alert rests on, as several accounts of one speaker, and by which feeds.
    async fn sole_speakers(
        &self,
        item: &OutboxItem,
        own: &[Incident],
        districts: &[(Alert, Option<GravestIncident>)],
    ) -> Result<Option<(BTreeSet<Speaker>, BTreeSet<String>)>, StoreError> {
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
        Ok(are_one(&speakers).then_some((speakers, feeds)))
    }

    /// Who alone opened an alert again that had been ended, and raised it since, by reports that stand: several may have attested what was
    /// ended, and what came in since is still one word. Whose report moved its level counts as who raised it. `None` of all other alerts.
    async fn who_opened_again(
        &self,
        item: &OutboxItem,
    ) -> Result<Option<(BTreeSet<Speaker>, BTreeSet<String>)>, StoreError> {
        const LINES: &str = "SELECT act, content FROM alert_history WHERE alert = $1 AND version <= $2 AND \
             act IN ('raised', 'reopened', 'raised_since', 'changed') ORDER BY version LIMIT $3";
        let query = sql::query(LINES).bind(item.alert.clone()).bind(i64::from(item.version)).bind(LINES_READ);
        let (mut names, mut opened_again) = (Vec::new(), false);
        for row in query.fetch_all(&self.readers).await? {
            // A lawful deletion leaves a content empty.
            let content: Value = serde_json::from_str(&get::<String>(&row, 1)?).unwrap_or_default();
            opened_again |= get::<String>(&row, 0)? == "reopened";
            names.extend(AlertLines::by_of(&content));
        }
        if !opened_again {
            return Ok(None);
        }
        let reports = self.reports_named(item.code.regency(), &names).await?;
        let standing: Vec<&StoredReport> = reports.values().filter(|report| affirms(report)).collect();
        let speakers: BTreeSet<Speaker> = standing.iter().map(|report| report.report.speaker()).collect();
        let feeds: BTreeSet<String> = standing.iter().map(|report| report.feed_name.clone()).collect();
        let by_desk = standing.iter().any(|report| is_desk_feed(report.report.feed));
        Ok((!by_desk && are_one(&speakers)).then_some((speakers, feeds)))
    }

    /// The same of the one incident that came into an open alert or grew there; `None` for all other news.
    pub(super) async fn own_feed(
        &self,
        item: &OutboxItem,
        line: &Value,
    ) -> Result<Option<SoleFeed>, StoreError> {
        if !item.change.is_of_incident() {
            return Ok(None);
        }
        let own = self.incidents_behind(item.code.regency(), line, &[]).await?;
        self.sole_feed(item, &own, &[]).await
    }

    /// Every incident that an alert rests on: its own and, of a regency's, those of the districts that raise it. `None` where
    /// a district that raises it rests on no incident.
    async fn resting_on(
        &self,
        own: &[Incident],
        districts: &[(Alert, Option<GravestIncident>)],
    ) -> Result<Option<Vec<Incident>>, StoreError> {
        let mut incidents = own.to_vec();
        for (alert, _) in districts.iter().filter(|(alert, _)| raises_regency(alert.level)) {
            let AlertLines { own, basis, .. } = self.alert_lines(&alert.id, alert.version).await?;
            let named: Vec<ReportName> = evidence(&basis).take(INCIDENTS).collect();
            let of_district = self.incidents_behind(alert.code.regency(), &own, &named).await?;
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
