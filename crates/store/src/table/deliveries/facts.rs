//! What a message may say besides the item: read from the history line it speaks of and the incidents behind it.

use super::behind::led_first;
use super::ending::EndingFacts;
use super::fall::FallFacts;
use super::lines::{AlertLines, LINES};
use super::reopened::ReopenedFacts;
use super::sole_feed::SoleFeed;
use crate::delivery_failure::DeliveryFailure;
use crate::error::StoreError;
use crate::sql::{self, Cell, Column, SqlStatement, get};
use crate::store::Store;
use crate::table::alerts::{self, CountedDistrict, GravestIncident, INCIDENTS, evidence};
use crate::table::outbox::{self, OutboxItem};
use crate::table::reports::StoredReport;
use async_recursion::async_recursion as boxed;
use domain::alert::Alert;
use domain::alert::notice::{AlertChangeKind, CHECK_SHOWN_FOR};
use domain::author::Author;
use domain::condition::finding::raises_regency;
use domain::desk_feed::is_desk_feed;
use domain::effect::{HarmedPeople, Incident};
use domain::evidence::attestation::{Affirmation, Extent};
use domain::evidence::second_person::DeskRequest;
use domain::kind::{Category, CheckReason, FeedClass};
use domain::place::{Areas, Code};
use domain::report::ReportName;
use domain::time::Time;
use serde_json::Value;
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// What a message may say besides the item: how sure, and of what.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct MessageFacts {
    pub unverified: bool,
    /// It rests on what one party to the dispute claims.
    pub one_party: bool,
    /// What the alert rests on: the one the item is about first, then the gravest.
    pub incidents: Vec<Incident>,
    /// The reasons given by signs that pile up and by sensors, as the history has them: what no incident alone tells.
    pub signs: Vec<Value>,
    /// The model is the only reason for its level.
    pub by_model: bool,
    /// The baseline that spoke, where the model's part alone opened it and a baseline stood in the model's place.
    pub baseline: Option<String>,
    /// People who have been sent this alert before.
    pub notified: usize,
    /// To whom it was assigned, where the item is about that.
    pub assignee: Option<String>,
    /// To whom the alert is assigned by now.
    pub holder: Option<String>,
    /// The classes of the feeds that say that the first of the incidents happened.
    pub claimed_by: Vec<FeedClass>,
    /// The classes of the feeds that call it over.
    pub over_by: Vec<FeedClass>,
    /// The feed that alone speaks for it.
    pub sole_feed: Option<SoleFeed>,
    /// Where it is about an incident within an alert that rests on more: the feed that alone speaks for that incident.
    pub own_feed: Option<SoleFeed>,
    /// Why somebody must look into the first of the incidents, where the item asks for that; `None` once nobody has to.
    pub check: Option<CheckFacts>,
    /// What one person of the desk asks for and until when a second person may do the same, where the item asks for that.
    pub second: Option<SecondFacts>,
    /// What was taken back and when it happened, where the item is about that.
    pub taken_back: Option<(Category, Time)>,
    /// The people whom an incident harmed as they were known, and by now, where the item is about fewer.
    pub fewer_harmed: Option<(Extent, Extent)>,
    /// From what the alert fell, where the item is about that.
    pub fall: Option<FallFacts>,
    /// Why the alert is open again, where it opened after another was ended and the item says that it stands.
    pub reopened: Option<ReopenedFacts>,
    /// What the history says of an end, where the item is about one: asked for, not agreed to, dropped or reached.
    pub ending: Option<EndingFacts>,
    /// The alert itself as it is by now, where the item is about one.
    pub alert: Option<Alert>,
    /// Other open alerts of the regency whose condition stands.
    pub others: Vec<Alert>,
    /// Where it rests on no incident: the gravest first of what its districts rest on that raise it, else, where the model alone spoke, of
    /// what happened there in the week.
    pub latest: Vec<Incident>,
    /// True where a report of what a message says first is confidential: of the first of the incidents, else of what happened last.
    pub confidential: bool,
    /// Of a regency's alert: the open alerts of its districts, the highest first, each with the gravest incident it rests on.
    pub districts: Vec<(Alert, Option<GravestIncident>)>,
    /// Of a regency's alert that its districts raise by their count: those that it counts by now.
    pub counted: Vec<CountedDistrict>,
    /// All people that the incidents behind it harm, but for what the desk rejected.
    pub harmed: HarmedPeople,
}

/// A question to who is on duty.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CheckFacts {
    pub reason: CheckReason,
    /// How many further incidents of the regency wait to be looked into.
    pub others: u64,
}

/// One person's request, for a second one to join.
#[derive(Clone, PartialEq, Debug)]
pub struct SecondFacts {
    /// The account that asked; empty where the report's own source did.
    pub asked_by: String,
    pub lapses_at: Time,
    /// True where something is to be taken back; else awas is asked for.
    pub takes_back: bool,
    /// The record that asks.
    pub verification: ReportName,
    /// Who asked: the same person is no second one.
    pub asker: Option<Author>,
    /// The record that asks, where it is still there: what it does, and why.
    pub record: Option<Box<StoredReport>>,
    /// Awas is asked for of the same incident, and waits.
    pub awas_waits: bool,
}

/// What one person of the desk asked a second one for.
#[derive(Clone, PartialEq, Debug)]
pub struct AskedSecond {
    /// The incident that asks.
    pub incident: Incident,
    pub request: DeskRequest,
    /// True where something is to be taken back; else awas is asked for.
    pub takes_back: bool,
    /// The record that asks, where it is still there.
    pub record: Option<StoredReport>,
    /// The classes of the feeds that say that the incident happened.
    pub claimed_by: Vec<FeedClass>,
}

impl AskedSecond {
    /// Who asked; `None` where a source did, behind which no person is known.
    pub fn asker(&self) -> Option<Author> {
        let report = &self.record.as_ref()?.report;
        report.author.filter(|author| is_desk_feed(report.feed) || author.names_person())
    }

    /// The account that asked, or the desk's feed where nobody wrote it down; empty where the report's own source did, which no message
    /// names.
    pub fn asked_by(&self) -> String {
        let of_desk = self.record.as_ref().filter(|record| is_desk_feed(record.report.feed));
        let of = |record: &StoredReport| match record.account.is_empty() {
            true => record.feed_name.clone(),
            false => record.account.clone(),
        };
        of_desk.map(of).unwrap_or_default()
    }
}

/// Reports that say that it happened: no denial, no ending, nothing taken back, and nothing that was set aside as rejected.
const AFFIRMS: &str = " AND outcome <> 'statement' AND outcome <> 'retracted' AND set_aside = 0";
/// Whose word a message names: what came after an end is no word of what it ended.
fn spoken_until(item: &OutboxItem) -> Time {
    if item.change.is_end() { item.at } else { Time::MAX }
}

impl Store {
    /// What a message about this item may say besides.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn message_facts(&self, item: &OutboxItem) -> Result<MessageFacts, StoreError> {
        let mut facts = self.facts(item).await?;
        self.read_of_first(item, &mut facts).await?;
        Ok(facts)
    }

    /// The same for a reader of these areas: of what happened last, only what they see, and whose claim the first of that is.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn message_facts_seen(
        &self,
        item: &OutboxItem,
        areas: &Areas,
    ) -> Result<MessageFacts, StoreError> {
        let mut facts = self.message_facts(item).await?;
        let led_with = facts.latest.first().map(|first| first.id);
        facts.latest.retain(|incident| areas.covers(incident.place.code));
        if facts.latest.first().map(|first| first.id) != led_with {
            facts.claimed_by = self.claimed_by(facts.latest.first(), spoken_until(item)).await?;
            self.read_of_first(item, &mut facts).await?;
        }
        Ok(facts)
    }

    async fn read_of_first(&self, item: &OutboxItem, facts: &mut MessageFacts) -> Result<(), StoreError> {
        (facts.confidential, facts.over_by) = Default::default();
        let Some(first) = facts.incidents.first().or(facts.latest.first()) else { return Ok(()) };
        let confidential = self.confidential_incidents(item.code.regency(), &[first.id]).await?;
        facts.confidential = !confidential.is_empty();
        facts.over_by = self.over_by(first, spoken_until(item)).await?;
        Ok(())
    }

    async fn facts(&self, item: &OutboxItem) -> Result<MessageFacts, StoreError> {
        if let Some(name) = item.incident_to_check() {
            return self.facts_to_check(item, name).await;
        }
        if let Some(verification) = item.verification_to_second() {
            return self.facts_to_second(item, verification).await;
        }
        let lines = self.lines_of(item).await?;
        let fall = self.fall(item, &lines).await?;
        let AlertLines { own, basis, named, .. } = lines;
        let people: BTreeSet<String> =
            self.already_notified(item).await?.into_iter().map(|to| to.person).collect();
        let (incidents, led_by) = self.incidents_led(item, &own, &named).await?;
        let others = self.others(item).await?;
        let districts = self.districts(item, &others).await?;
        // Whose word alone it is hangs on what was rejected, too.
        let basis_names: Vec<ReportName> = evidence(&basis).take(INCIDENTS).collect();
        let of_basis = match named.now.iter().all(|name| basis_names.contains(name)) {
            true => incidents.clone(),
            false => self.incidents_behind(item.code.regency(), &own, &basis_names).await?,
        };
        let sole_feed = self.sole_feed(item, &of_basis, &districts).await?;
        let mut incidents = led_first(incidents, led_by);
        let left = item.code.is_regency() || incidents.iter().any(|incident| incident.verdict.counts());
        if left && !item.change.is_end() {
            incidents.retain(|incident| incident.verdict.counts());
        }
        let (mut taken_back, mut fewer_harmed) = (None, None);
        if item.change == AlertChangeKind::TakenBack {
            let own = self.incident_of(item).await?;
            incidents.retain(|incident| own.now.is_none_or(|own| own.id != incident.id));
            taken_back = own.about;
        } else if item.change == AlertChangeKind::FewerHarmed {
            let own = self.incident_of(item).await?;
            fewer_harmed = own.was.zip(own.now.map(|now| now.claimed));
        }
        let latest = match incidents.is_empty() && !item.change.is_end() {
            true => self.latest_incidents(item, &districts).await?,
            false => Vec::new(),
        };
        let alert = alerts::named(self, std::slice::from_ref(&item.alert)).await?;
        // How sure its level is by now, as all else that a message says; of a level that it has left, as it was then.
        let now = alert.first().filter(|alert| alert.state.is_live() && alert.level == item.level);
        // What it leads with is described as it stands by now: what was affirmed since is no claim beside it.
        let is_claim = incidents.first().is_none_or(|own| own.affirmation() == Affirmation::Nothing);
        let then = |key: &str| is_claim && basis[key].as_bool().or(own[key].as_bool()).unwrap_or(false);
        Ok(MessageFacts {
            unverified: now.map_or_else(|| then("unverified"), |alert| alert.unverified),
            one_party: now.map_or_else(|| then("one_party"), |alert| alert.one_party),
            signs: alerts::reasons_of_signs(&basis["reasons"]),
            by_model: alerts::is_by_model(&basis["reasons"]),
            baseline: self.spoke(item, &basis["reasons"]).await?,
            notified: people.len(),
            assignee: own["to"].as_str().map(str::to_owned),
            holder: alert.first().and_then(|alert| alert.assignee.clone()),
            claimed_by: self.claimed_by(incidents.first().or(latest.first()), spoken_until(item)).await?,
            sole_feed,
            own_feed: self.own_feed(item, &own).await?,
            harmed: self.harmed_by(&alert, &incidents).await?,
            counted: self.counted(item, &basis["reasons"]).await?,
            districts,
            others,
            latest,
            incidents,
            ending: self.ending(item).await?,
            reopened: self.reopened(item).await?,
            taken_back,
            fewer_harmed,
            fall,
            alert: alert.into_iter().next(),
            ..MessageFacts::default()
        })
    }

    /// All people that the incidents of an item's alert harm, those that came in since it opened among them.
    async fn harmed_by(&self, alert: &[Alert], own: &[Incident]) -> Result<HarmedPeople, StoreError> {
        let gravest = self.gravest_incidents(alert, Time::MIN).await?;
        let all = gravest.into_values().next().map(|of_alert| of_alert.harmed);
        let counting = own.iter().filter(|incident| incident.verdict.counts());
        Ok(all.unwrap_or_default().highest(HarmedPeople::in_all(counting.map(HarmedPeople::of))))
    }

    /// Of the incident to be looked into, whatever it is called by now; where it is settled, of another that was folded into
    /// this message.
    async fn facts_to_check(&self, item: &OutboxItem, name: ReportName) -> Result<MessageFacts, StoreError> {
        let regency = item.code.regency();
        let incident = self.incidents_once_called(regency, &[name]).await?.remove(&name);
        let own = incident.filter(|own| own.check.is_some());
        let open = match own {
            Some(own) => Some(own),
            None => self.folded_to_check(item).await?,
        };
        let Some((incident, reason)) = open.and_then(|open| Some((open, open.check?))) else {
            return Ok(MessageFacts::default());
        };
        let mut count = SqlStatement::new("SELECT COUNT(*) FROM incidents WHERE to_check IS NOT NULL AND");
        count.add(" regency = ? AND at >= ?", [regency.cell(), Cell::Int(item.at.plus(-CHECK_SHOWN_FOR).0)]);
        let rows = count.fetch_all(&self.readers).await?;
        let waiting: u64 = rows.first().map(|row| sql::small(row, 0)).transpose()?.unwrap_or(0);
        let claimed_by = self.claimed_by(Some(&incident), Time::MAX).await?;
        let check = Some(CheckFacts { reason, others: waiting.saturating_sub(1) });
        Ok(MessageFacts {
            incidents: vec![incident],
            claimed_by,
            check,
            unverified: true,
            ..MessageFacts::default()
        })
    }

    /// The newest incident that is still to be looked into and whose question was folded into a later one: nobody has got it.
    async fn folded_to_check(&self, item: &OutboxItem) -> Result<Option<Incident>, StoreError> {
        let folded = format!(
            "SELECT DISTINCT o.id, o.alert FROM outbox o JOIN deliveries d ON d.outbox = o.id \
             WHERE {} AND o.change = $1 AND o.at >= $2 AND o.id < $3 AND d.last_error = $4 AND NOT EXISTS (SELECT 1 FROM deliveries e \
             WHERE e.outbox = o.id AND e.state IN ('sent', 'delivered', 'read')) ORDER BY o.id DESC LIMIT $5",
            outbox::questions("o.")
        );
        let query = sql::query(folded).bind(item.change.as_str()).bind(item.at.plus(-CHECK_SHOWN_FOR).0);
        let query = query.bind(item.id).bind(DeliveryFailure::Replaced.to_string()).bind(LINES);
        let rows = query.fetch_all(&self.readers).await?;
        let (regency, mut names) = (item.code.regency(), Vec::new());
        for row in &rows {
            let task: String = get(row, 1)?;
            names.extend(outbox::incident_to_check(&task, regency));
        }
        let found = self.incidents_once_called(regency, &names).await?;
        let mut newest = names.iter().filter_map(|name| found.get(name));
        Ok(newest.find(|incident| incident.check.is_some()).cloned())
    }

    /// What this record still asks a second person for; `None` where that is settled. Whether it lapsed is the caller's to ask.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn asked_second(
        &self,
        regency: Code,
        verification: ReportName,
    ) -> Result<Option<AskedSecond>, StoreError> {
        let incident = self.incident_to_second(regency, verification).await?;
        let asked = incident.and_then(|own| Some((own, own.request_of(verification)?)));
        let Some((incident, request)) = asked else { return Ok(None) };
        Ok(Some(AskedSecond {
            claimed_by: self.claimed_by(Some(&incident), Time::MAX).await?,
            takes_back: incident.take_back_request == Some(request),
            record: self.report(regency, verification).await?,
            incident,
            request,
        }))
    }

    /// Of the incident that still waits for a second person to join this verification.
    async fn facts_to_second(
        &self,
        item: &OutboxItem,
        verification: ReportName,
    ) -> Result<MessageFacts, StoreError> {
        let asked = self.asked_second(item.code.regency(), verification).await?;
        let Some(asked) = asked else { return Ok(MessageFacts::default()) };
        let takes_back = asked.takes_back;
        let reason = if takes_back { CheckReason::TakeBack } else { CheckReason::Second };
        let second = SecondFacts {
            asked_by: asked.asked_by(),
            lapses_at: asked.request.lapses_at(),
            takes_back,
            verification,
            asker: asked.asker(),
            awas_waits: asked.incident.awas_waits(item.at).is_some(),
            record: asked.record.map(Box::new),
        };
        Ok(MessageFacts {
            claimed_by: asked.claimed_by,
            incidents: vec![asked.incident],
            check: Some(CheckFacts { reason, others: 0 }),
            second: Some(second),
            unverified: !takes_back,
            ..MessageFacts::default()
        })
    }

    /// What spoke for the model at the item's time, where the model is the only reason and a baseline spoke.
    async fn spoke(&self, item: &OutboxItem, reasons: &Value) -> Result<Option<String>, StoreError> {
        let list = reasons.as_array().map_or(&[][..], Vec::as_slice);
        let horizon = list.iter().find_map(|reason| reason["horizon"].as_str());
        let Some(horizon) = horizon.filter(|_| alerts::is_by_model(reasons)) else { return Ok(None) };
        const SPOKE: &str = "SELECT model FROM assessments WHERE kind = $1 AND horizon = $2 AND code = $3 \
             AND emitted_at <= $4 ORDER BY emitted_at DESC LIMIT 1";
        let row = sql::query(SPOKE)
            .bind(item.kind.to_string())
            .bind(horizon.to_string())
            .bind(i64::from(item.code.0))
            .bind(item.at.0)
            .fetch_optional(&self.readers)
            .await?;
        let model: String = row.as_ref().map(|row| get(row, 0)).transpose()?.unwrap_or_default();
        Ok(model.split_once("/baseline:").map(|(_, baseline)| baseline.to_string()))
    }

    /// The classes of the feeds that reported up to then that an incident happened.
    async fn claimed_by(
        &self,
        incident: Option<&Incident>,
        until: Time,
    ) -> Result<Vec<FeedClass>, StoreError> {
        let Some(incident) = incident else { return Ok(Vec::new()) };
        let mut select = SqlStatement::new("SELECT DISTINCT class FROM reports WHERE");
        let cells = [incident.place.code.regency().cell(), incident.id.cell(), until.cell()];
        select
            .add(" regency = ? AND incident = ? AND received_at <= ?", cells)
            .add(AFFIRMS, [])
            .add(" ORDER BY class", []);
        let rows = select.fetch_all(&self.readers).await?;
        rows.iter().map(|row| FeedClass::read(row, 0)).collect()
    }

    /// What happened where an alert that rests on no incident stands, the gravest first: in the districts that raise a regency, of each
    /// the gravest; else what counts there of the week before.
    async fn latest_incidents(
        &self,
        item: &OutboxItem,
        districts: &[(Alert, Option<GravestIncident>)],
    ) -> Result<Vec<Incident>, StoreError> {
        let raising = districts.iter().filter(|(alert, _)| raises_regency(alert.level));
        let gravest = raising.filter_map(|(_, own)| own.as_ref().filter(|own| own.shows_regency()));
        let mut latest: Vec<Incident> = gravest.map(|own| own.incident).collect();
        if latest.is_empty() {
            return self.happened_last(item.code, item.kind, item.at).await;
        }
        latest
            .sort_by_key(|incident| (Reverse(incident.claimed), Reverse(incident.occurred_at), incident.id));
        Ok(latest)
    }

    async fn districts(
        &self,
        item: &OutboxItem,
        others: &[Alert],
    ) -> Result<Vec<(Alert, Option<GravestIncident>)>, StoreError> {
        if !item.code.is_regency() {
            return Ok(Vec::new());
        }
        self.open_districts_among((item.code, item.kind, item.at), others).await
    }

    async fn counted(&self, item: &OutboxItem, reasons: &Value) -> Result<Vec<CountedDistrict>, StoreError> {
        let by_count = reasons.as_array().is_some_and(|list| list.iter().any(alerts::counts_districts));
        match by_count && item.code.is_regency() && !item.change.is_end() {
            true => self.counted_districts(item.code, item.kind).await,
            false => Ok(Vec::new()),
        }
    }

    async fn others(&self, item: &OutboxItem) -> Result<Vec<Alert>, StoreError> {
        let open = alerts::live_of(self, item.code.regency()).await?;
        let stands = |alert: &Alert| alert.id != item.alert && alert.cleared_at.is_none();
        Ok(open.into_iter().filter(stands).collect())
    }
}
