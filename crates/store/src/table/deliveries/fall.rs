//! From what an alert fell: the level before, what that rested on, and what became of it.

use super::folded::FoldedItem;
use super::lines::AlertLines;
use crate::error::StoreError;
use crate::store::Store;
use crate::table::alerts::{self, INCIDENTS, evidence, gravest_first};
use crate::table::outbox::OutboxItem;
use crate::table::reports::{ChangedWord, StoredReport};
use async_recursion::async_recursion as boxed;
use domain::alert::notice::AlertChangeKind;
use domain::effect::Incident;
use domain::kind::{Category, FeedClass, Level};
use domain::report::ReportName;
use domain::time::Time;
use serde_json::Value;
use std::collections::BTreeSet;

/// From what an alert fell.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FallFacts {
    /// The level before.
    pub from: Level,
    /// What it rested on first, and when that happened; `None` where that was no incident.
    pub rested_on: Option<(Category, Time)>,
    pub cause: FallCause,
}

/// What became of what a higher level rested on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FallCause {
    /// Its source took it back.
    Retracted,
    /// The desk rejected it.
    Rejected,
    /// It is still there and raises no more as high: its time is over, or less of it is claimed or affirmed.
    Passed,
    /// It is still there, and a source of this class took its word of it back or corrected it; so many times by then, since the alert
    /// opened. Where the alert rested on several, it is the one of which the source did so.
    ChangedWord { class: FeedClass, how: ChangedWord, times: usize },
    /// Fewer districts stand as high.
    FewerDistricts,
    /// The model estimates less.
    Model,
}

impl Store {
    /// From what an alert fell by the newest of these news, for who is led to something else by them: `None` where the alert that
    /// `lead` is about is as high again, or over.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn fall_among(
        &self,
        lead: &OutboxItem,
        news: &[FoldedItem],
    ) -> Result<Option<FallFacts>, StoreError> {
        // What opens is new to them, and what ended stands at no level.
        if lead.change.is_end() || lead.change == AlertChangeKind::Opened {
            return Ok(None);
        }
        let fell = |one: &&FoldedItem| one.item.alert == lead.alert && falls(one.item.change);
        let Some(fell) = news.iter().rev().find(fell) else { return Ok(None) };
        let lines = self.alert_lines(&fell.item.alert, fell.item.version).await?;
        let fall = self.fall(&fell.item, &lines).await?;
        Ok(fall.filter(|fall| fall.from > lead.level))
    }

    /// From what the item's alert fell; `None` where the item is about no fall, or nothing says so.
    pub(super) async fn fall(
        &self,
        item: &OutboxItem,
        lines: &AlertLines,
    ) -> Result<Option<FallFacts>, StoreError> {
        let above = &lines.above;
        let from = above["level"].as_str().and_then(Level::parse);
        let Some(from) = from.filter(|_| falls(item.change)) else { return Ok(None) };
        let regency = item.code.regency();
        let names: Vec<ReportName> = evidence(above).take(INCIDENTS).collect();
        let reports = self.reports_named(regency, &names).await?;
        let fell = |rested_on, cause| Ok(Some(FallFacts { from, rested_on, cause }));
        if let Some(claim) = alerts::retracted_claims(reports.values(), item.kind).first() {
            return fell(Some((claim.category, claim.occurred_at)), FallCause::Retracted);
        }
        let mut incidents: Vec<Incident> =
            self.incidents_once_called(regency, &names).await?.into_values().collect();
        gravest_first(&mut incidents);
        let of = |own: &Incident| Some((own.category, own.occurred_at));
        if let Some(rejected) = incidents.iter().find(|own| !own.verdict.counts()) {
            return fell(of(rejected), FallCause::Rejected);
        }
        let by_count = |list: &Vec<Value>| list.iter().any(alerts::counts_districts);
        if above["reasons"].as_array().is_some_and(by_count) {
            return fell(None, FallCause::FewerDistricts);
        }
        match incidents.first() {
            Some(first) => match self.changed_word(item, lines, &incidents).await? {
                Some((about, cause)) => fell(of(&about), cause),
                None => fell(of(first), FallCause::Passed),
            },
            None if alerts::is_by_model(&above["reasons"]) => fell(None, FallCause::Model),
            None => Ok(None),
        }
    }

    /// What a source did to its own word of one of these incidents, where the alert fell by that, and how often the same source has done
    /// so to this alert. `None` also where of several nobody knows which it was.
    async fn changed_word(
        &self,
        item: &OutboxItem,
        lines: &AlertLines,
        incidents: &[Incident],
    ) -> Result<Option<(Incident, FallCause)>, StoreError> {
        let Some(own) = AlertLines::by_of(&lines.own) else { return Ok(None) };
        let regency = item.code.regency();
        let reduced = lines.reduced_by.iter();
        let named: BTreeSet<ReportName> = reduced.clone().map(|(_, incident)| *incident).collect();
        let named: Vec<ReportName> = named.into_iter().chain(lines.rested_on.iter().copied()).collect();
        let known = self.incidents_once_called(regency, &named).await?;
        let by_now = |name: &ReportName| known.get(name).map(|incident| incident.id);
        let sole = sole(lines.rested_on.iter().map(by_now));
        let names: BTreeSet<ReportName> =
            reduced.clone().map(|(by, _)| *by).chain(lines.lowered_by.iter().copied()).collect();
        let names: Vec<ReportName> = names.into_iter().collect();
        let records = self.reports_named(regency, &names).await?;
        // What was taken back belongs to no incident any more.
        let is_known = |name: &ReportName| incidents.iter().any(|incident| incident.id == *name);
        let about = |record: &StoredReport| record.incident.filter(is_known).or(sole);
        let Some(record) = records.get(&own) else { return Ok(None) };
        let changed = incidents.iter().find(|incident| about(record) == Some(incident.id));
        let Some((incident, how)) = changed.zip(record.changed_word()) else { return Ok(None) };
        let is_about = |other: &StoredReport| {
            let name = other.report.name();
            let mut of_lines = reduced.clone().filter(|(by, _)| *by == name);
            let lowered = lines.lowered_by.contains(&name) && about(other) == Some(incident.id);
            lowered || of_lines.any(|(_, named)| by_now(named) == Some(incident.id))
        };
        let same = |other: &&StoredReport| {
            let of_source = other.feed_name == record.feed_name && other.organisation == record.organisation;
            of_source && other.changed_word().is_some() && is_about(other)
        };
        let (class, times) = (record.report.class, records.values().filter(same).count());
        Ok(Some((*incident, FallCause::ChangedWord { class, how, times })))
    }
}

/// The one incident that all of these are; `None` where they are several, or one is not known.
fn sole(mut incidents: impl Iterator<Item = Option<ReportName>>) -> Option<ReportName> {
    let first = incidents.next()??;
    incidents.all(|other| other == Some(first)).then_some(first)
}

/// True for what may say that an alert stands lower than before; it may come back lower, too.
fn falls(change: AlertChangeKind) -> bool {
    matches!(change, AlertChangeKind::Lowered | AlertChangeKind::Returned)
}
