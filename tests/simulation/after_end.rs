//! After a person ended an alert: what says the same once more opens nothing, and what one speaker adds is never awas.

use super::world::{self, Record};
use domain::alert::notice::{claims_news, is_notified_of};
use domain::alert::reopening::{AnsweredIncident, Reopening, ReopeningCause, StoodAtEnd, reopening};
use domain::effect::{Condition, ConditionChange, Effect, Incident};
use domain::kind::{Category, FeedClass, Level, Outcome};
use domain::pipeline::{Input, Pipeline};
use domain::place::{Code, Place};
use domain::report::{Body, FeedId, Report, ReportId, ReportName, Statement};
use domain::time::{HOUR, MINUTE, SECOND, Time};
use kentongan_tests::bench::workload::Dice;
use std::collections::{BTreeMap, BTreeSet};

type Key = (Code, ReportName);

/// What was emitted so far, as a store keeps it.
#[derive(Default)]
struct Kept {
    incidents: BTreeMap<Key, Incident>,
    outcomes: BTreeMap<Key, (Outcome, Option<ReportName>)>,
}

impl Kept {
    /// Applies a record; gives the incidents that it changed, as it left them.
    fn apply(&mut self, pipeline: &mut Pipeline, record: &Record) -> Vec<Incident> {
        let mut effects = Vec::new();
        while let Some(hour) = pipeline.due_tick(record.received) {
            pipeline.apply(Input::Tick(hour), &mut effects);
        }
        let input = Input::Report { received: record.received, report: &record.report };
        pipeline.apply(input, &mut effects);
        let mut changed = BTreeSet::new();
        for effect in effects {
            match effect {
                Effect::Incident(own) => {
                    let key = (own.place.code.regency(), own.id);
                    changed.insert(key);
                    self.incidents.insert(key, own);
                }
                Effect::IncidentGone { regency, id } => drop(self.incidents.remove(&(regency, id))),
                Effect::Outcome { regency, report, outcome, incident } => {
                    self.outcomes.insert((regency, report), (outcome, incident));
                }
                _ => {}
            }
        }
        changed.iter().filter_map(|key| self.incidents.get(key)).copied().collect()
    }

    /// An end now: what stands of each incident that somebody is notified of, by each of its reports.
    fn end(&self) -> BTreeMap<Key, StoodAtEnd> {
        let stood = |own: &Incident| StoodAtEnd::of(own, own.raises.map(|raised| raised.level));
        let mut end = BTreeMap::new();
        for (report, (_, incident)) in &self.outcomes {
            let own = incident.and_then(|id| self.incidents.get(&(report.0, id)));
            end.extend(own.filter(|own| claims_news(own)).map(|own| (*report, stood(own))));
        }
        end
    }

    /// What stood of an incident at the end, whatever it was called.
    fn answered(&self, end: &(BTreeMap<Key, StoodAtEnd>, Time), own: &Incident) -> Option<AnsweredIncident> {
        let regency = own.place.code.regency();
        let reports =
            self.outcomes.iter().filter(|((of, _), (_, name))| (*of, *name) == (regency, Some(own.id)));
        let names = reports.map(|(key, _)| *key).chain([(regency, own.id)]);
        let stood = names.filter_map(|key| end.0.get(&key).copied()).reduce(StoodAtEnd::highest)?;
        Some(AnsweredIncident { stood, ended_at: end.1, outcome: None })
    }
}

/// What an incident opens in a place that stands at awas still.
fn opens(
    pipeline: &Pipeline,
    own: &Incident,
    answered: Option<&AnsweredIncident>,
    at: Time,
) -> Option<Reopening> {
    let place = Condition {
        unit: pipeline.view().places().find(own.place.code).expect("its district"),
        kind: own.kind,
        change: ConditionChange::Changed,
        at,
        level: Level::Awas,
        since: at,
        reasons: Vec::new(),
        evidence: Vec::new(),
        unverified: false,
        completeness_ppm: 1_000_000,
        policy: String::from("1"),
    };
    reopening(&place, own, answered, own.news_at())
}

/// A report that says of something new or not judged what another says, and nothing else.
fn is_plain(record: &Record, judged: &BTreeSet<ReportId>) -> bool {
    let Body::Statement(own) = &record.report.body else { return false };
    own.supersedes.is_none()
        && own.about.is_none()
        && !own.continues
        && !own.ends
        && !judged.contains(&record.report.id)
}

/// The reports that records of the desk and corrections name.
fn named(records: &[Record]) -> BTreeSet<ReportId> {
    let names = records.iter().flat_map(|record| match &record.report.body {
        Body::Verification { reports, .. } => reports.iter().map(|own| own.id).collect(),
        Body::Retraction { target } => vec![*target],
        Body::Statement(own) => own.supersedes.into_iter().collect(),
        _ => Vec::new(),
    });
    names.collect()
}

#[test]
fn what_every_source_says_again_after_an_end_opens_nothing() {
    let mut again = 0;
    for seed in world::seeds(100) {
        let mut dice = Dice::new(seed);
        let (mut pipeline, mut kept) = (world::pipeline(), Kept::default());
        let records = world::records(&mut dice, 120, 3);
        records.iter().for_each(|record| drop(kept.apply(&mut pipeline, record)));
        let ended = records.last().expect("there are some").received;
        let end = (kept.end(), ended);
        let judged = named(&records);
        // Of those with one name the first is the report.
        let mut names = BTreeSet::new();
        let first =
            |record: &&Record| names.insert((record.report.place.code.regency(), record.report.name()));
        let reported = |record: &&Record| {
            let key = (record.report.place.code.regency(), record.report.name());
            kept.outcomes.get(&key).is_some_and(|(outcome, incident)| {
                matches!(outcome, Outcome::Incident | Outcome::Merged) && incident.is_some()
            })
        };
        let reports =
            records.iter().filter(first).filter(|record| is_plain(record, &judged)).filter(reported);
        let reports: Vec<&Record> = reports.collect();
        for (number, record) in (1..).zip(reports) {
            let mut repeated = record.clone();
            repeated.received = ended.plus(number * SECOND);
            repeated.report.id = ReportId(u128::from(seed) << 64 | 0x77 << 48 | number as u128);
            repeated.report.hash = world::whole_hash(repeated.report.id.0);
            let changed = kept.apply(&mut pipeline, &repeated);
            let incident_of = |record: &Record| {
                let key = (record.report.place.code.regency(), record.report.name());
                kept.outcomes.get(&key).and_then(|(_, incident)| *incident)
            };
            if incident_of(&repeated) != incident_of(record) {
                break; // of a place without a village it may be another's by now
            }
            for own in changed {
                let answered = kept.answered(&end, &own);
                let opened = opens(&pipeline, &own, answered.as_ref(), repeated.received);
                let is_news =
                    answered.is_some() && opened.is_some() || answered.is_none() && is_notified_of(&own);
                let report = &repeated.report;
                assert!(!is_news, "history {seed}: {report:?} {own:?} {answered:?} {opened:?}");
                again += usize::from(answered.is_some());
            }
        }
    }
    assert!(again > 500, "{again} incidents of which the same was reported again: too few to judge");
}

/// One source more speaks after the end, of all that others tell of in the next days.
#[test]
fn what_is_more_than_at_the_end_opens_an_alert_that_one_speaker_alone_never_makes_awas() {
    let (mut worse, mut surer, mut awas) = (0, 0, 0);
    for seed in world::seeds(150) {
        let mut dice = Dice::new(seed);
        let (mut pipeline, mut kept) = (world::pipeline(), Kept::default());
        let records = world::records(&mut dice, 200, 4);
        let (before, after) = records.split_at(100);
        before.iter().for_each(|record| drop(kept.apply(&mut pipeline, record)));
        let end = (kept.end(), before.last().expect("there are some").received);
        for record in after {
            let mut record = record.clone();
            if matches!(record.report.body, Body::Statement(_)) {
                let report = &mut record.report;
                (report.feed, report.class, report.author) = (FeedId(0x5151), FeedClass::Police, None);
            }
            for own in kept.apply(&mut pipeline, &record) {
                let Some(answered) = kept.answered(&end, &own) else { continue };
                let stood = answered.stood;
                let opened = opens(&pipeline, &own, Some(&answered), record.received);
                let surely = own.attested.awas > stood.attested.awas.max(2) || own.reported.by_two > end.1;
                let more =
                    surely || own.attested.extent.highest(stood.attested.extent) != stood.attested.extent;
                let level = opened.as_ref().map(|opened| opened.condition.level);
                let is_awas = level == Some(Level::Awas);
                assert!(!is_awas || more && own.attested.awas >= 4, "history {seed}: {own:?} {stood:?}");
                let died = own.claimed.dead > 0 && stood.claimed.dead == 0;
                let is_news = is_notified_of(&own) && (died || surely);
                assert!(!is_news || opened.is_some(), "history {seed}: {own:?} {stood:?}");
                worse += usize::from(is_news && !surely);
                surer += usize::from(is_news && surely);
                awas += usize::from(is_awas);
            }
        }
    }
    assert!(
        worse > 20 && surer > 50 && awas > 20,
        "{worse} worse, {surer} surer, {awas} awas: too few to judge"
    );
}

/// A clash of severity 4 at an hour, as a class of feed reports it.
fn clash(number: u128, class: FeedClass, hour: i64, received: i64) -> Record {
    let at = |hour: i64| world::START.plus(hour * HOUR);
    let category = Category::parse("WP-05").expect("a code of the taxonomy");
    let statement = Statement { severity: 4, injured: 4, ..world::plain_statement(category, at(hour)) };
    let report = Report {
        id: ReportId(number),
        hash: world::whole_hash(number),
        feed: FeedId(class as u32 + 40),
        class,
        author: None,
        place: Place { code: Code(161_301), village: 2001 },
        reported_at: at(received),
        reconstructed: false,
        doubtful: None,
        body: Body::Statement(statement),
    };
    Record { received: at(received).plus(MINUTE), report }
}

/// It joins the clash of before, with as many hurt: only its hour says that it is another.
#[test]
fn a_clash_of_as_many_in_the_same_village_hours_after_the_end_opens_an_alert() {
    use FeedClass::{Military, Police};
    let (mut pipeline, mut kept) = (world::pipeline(), Kept::default());
    for record in [clash(1, Police, 1, 1), clash(2, Military, 1, 1)] {
        kept.apply(&mut pipeline, &record);
    }
    let end = (kept.end(), world::START.plus(4 * HOUR));
    let mut opened = |record: &Record| {
        let changed = kept.apply(&mut pipeline, record);
        let own = changed.first().expect("it joins");
        assert_eq!((changed.len(), own.occurred_at), (1, world::START.plus(HOUR)), "one incident");
        let answered = kept.answered(&end, own);
        let opened = opens(&pipeline, own, answered.as_ref(), record.received)?;
        Some((opened.condition.level, opened.condition.unverified, opened.cause))
    };
    assert_eq!(opened(&clash(3, Police, 2, 5)), None, "reported late, of before the end");
    let again = |level, unverified| Some((level, unverified, ReopeningCause::Again));
    assert_eq!(opened(&clash(4, Police, 6, 6)), again(Level::Siaga, true), "one source");
    assert_eq!(opened(&clash(5, Police, 7, 7)), again(Level::Siaga, true), "the same source");
    assert_eq!(opened(&clash(6, Military, 7, 7)), again(Level::Awas, false), "two sources");
}
