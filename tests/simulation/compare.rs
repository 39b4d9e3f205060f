//! What the store holds against the plain model, against one pipeline that was fed alone, and against itself.

use super::model;
use super::order;
use super::stream::{Fate, REGENCIES, Sent};
use domain::effect::{Condition, Effect, Incident, Verdict};
use domain::evidence::remarks::RemarkSummary;
use domain::kind::{FeedClass, Horizon, Kind, Outcome, Refused};
use domain::pipeline::{Input, Pipeline};
use domain::place::{Code, Places};
use domain::report::{Report, ReportName};
use domain::time::{DAY, HOUR, Time};
use std::collections::BTreeMap;
use store::{IncidentFilter, LocalDays, Range, ReportFilter, Store, StoredReport};

/// The emitted number of a cell: risk and completeness.
type Numbers = BTreeMap<Time, (u32, u32)>;
const ALL_TIME: Range = Range { from: Time(0), to: Time(i64::MAX / 2) };
const WEST: i64 = 7 * HOUR;

/// One pipeline over everything, fed alone in the order of receipt.
pub struct Reference {
    pub pipeline: Pipeline,
    assessed: BTreeMap<(Code, Kind, Horizon), Numbers>,
    pub conditions: BTreeMap<(Code, Kind), Vec<Condition>>,
}

impl Reference {
    pub fn new(pipeline: Pipeline) -> Reference {
        Reference { pipeline, assessed: BTreeMap::new(), conditions: BTreeMap::new() }
    }

    pub fn take(&mut self, sent: &Sent) {
        let received = self.pipeline.effective(sent.record.record.record.received_at);
        self.tick_until(received);
        if let Fate::Report(report) = &sent.fate {
            let mut effects = Vec::new();
            self.pipeline.apply(Input::Report { received, report }, &mut effects);
            self.note(effects);
        }
    }

    pub fn tick_until(&mut self, now: Time) {
        while let Some(hour) = self.pipeline.due_tick(now) {
            let mut effects = Vec::new();
            self.pipeline.apply(Input::Tick(hour), &mut effects);
            self.note(effects);
        }
    }

    fn note(&mut self, effects: Vec<Effect>) {
        let places = self.pipeline.view().places().clone();
        for effect in effects {
            match effect {
                Effect::Assessment(one) => {
                    let cell = (places.code(one.unit), one.kind, one.horizon);
                    let numbers = (one.risk_ppm, one.completeness_ppm);
                    self.assessed.entry(cell).or_default().insert(one.at, numbers);
                }
                Effect::Condition(one) => {
                    self.conditions.entry((places.code(one.unit), one.kind)).or_default().push(*one);
                }
                _ => {}
            }
        }
    }
}

fn reports(sent: &[Sent]) -> Vec<Report> {
    let report = |sent: &Sent| match &sent.fate {
        Fate::Report(report) => Some((**report).clone()),
        _ => None,
    };
    sent.iter().filter_map(report).collect()
}

/// Compares everything that follows from the records `sent`.
pub async fn compare(store: &Store, sent: &[Sent], reference: &Reference) {
    let view = reference.pipeline.view();
    let reports = reports(sent);
    let plain = model::state(view.places(), &reports);
    let seen = order::seen(&reference.pipeline);
    assert_eq!(seen, plain, "one pipeline and the plain model");
    balance(store, sent, &plain).await;
    let rows = rows(store, &reports, &plain).await;
    zero_reports(store, &rows).await;
    let incidents = incidents(store, view.places(), &plain).await;
    days(store, &rows, &incidents).await;
    emitted(store, reference).await;
}

/// Every record ended as exactly one thing.
async fn balance(store: &Store, sent: &[Sent], plain: &model::State) {
    let balance = store.balance().await.expect("the balance");
    assert_eq!(balance.unaccounted, 0, "unaccounted");
    let records = sent.iter().filter(|sent| !matches!(sent.fate, Fate::Repeated)).count();
    assert_eq!(balance.records(), records as u64, "records");
    for (outcome, count) in balance.outcomes {
        let expected = match outcome {
            Outcome::Duplicate => plain.duplicates,
            _ => plain.reports.values().filter(|(own, _)| *own == outcome).count() as u64,
        };
        assert_eq!(count, expected, "reports that ended as {outcome}");
    }
    for (reason, count) in balance.dead_letters {
        let refused = |sent: &&Sent| matches!(sent.fate, Fate::DeadLetter(own) if own == reason);
        assert_eq!(count, sent.iter().filter(refused).count() as u64, "refused for {reason}");
    }
    assert_eq!(Refused::COUNT, 10, "the sorts of garbage here are of all there are");
}

/// The rows of reports: those that count, with what became of them.
async fn rows(store: &Store, reports: &[Report], plain: &model::State) -> Vec<StoredReport> {
    let (mut rows, mut cursor) = (Vec::new(), None);
    loop {
        let filter = ReportFilter { limit: 40, cursor, ..ReportFilter::default() };
        let page = store.reports(&filter).await.expect("a page of reports");
        rows.extend(page.items);
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    let counting = model::counting(reports);
    assert_eq!(rows.len(), counting.len(), "rows of reports");
    for row in &rows {
        let key = (row.report.place.code.regency(), row.report.name());
        assert_eq!(Some(&&row.report), counting.get(&key), "which report counts: {key:?}");
        let stored = (row.outcome.expect("it is decided"), row.incident);
        assert_eq!(Some(&stored), plain.reports.get(&key), "what became of {key:?}");
    }
    rows
}

async fn zero_reports(store: &Store, rows: &[StoredReport]) {
    for regency in REGENCIES {
        let found = store.zero_reports(&[regency], ALL_TIME).await.expect("zero-reports");
        let own = |row: &&StoredReport| {
            row.outcome == Some(Outcome::ZeroReport) && row.report.place.code.regency() == regency
        };
        assert_eq!(found.len(), rows.iter().filter(own).count(), "zero-reports of {regency}");
    }
}

/// The rows of incidents: those of the plain model, adding up to its history.
async fn incidents(store: &Store, places: &Places, plain: &model::State) -> Vec<Incident> {
    let (mut rows, mut cursor) = (Vec::new(), None);
    loop {
        let filter = IncidentFilter { limit: 40, cursor, ..IncidentFilter::default() };
        let page = store.incidents(&filter).await.expect("a page of incidents");
        rows.extend(page.items);
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    let mut members: BTreeMap<(Code, ReportName), u16> = BTreeMap::new();
    for ((regency, _), (outcome, incident)) in &plain.reports {
        // A remark stands beside its incident and is none of its reports.
        if let Some(incident) = incident.filter(|_| *outcome != Outcome::Statement) {
            *members.entry((*regency, incident)).or_default() += 1;
        }
    }
    let key = |row: &Incident| (row.place.code.regency(), row.id);
    let stored: BTreeMap<_, _> = rows.iter().map(|row| (key(row), row.reports)).collect();
    assert_eq!(stored.len(), rows.len(), "an incident stands once");
    assert_eq!(stored, members, "incidents and how many reports each has");
    let spoken_of = rows.iter().filter(|row| row.denials > 0 || row.ended_at.is_some());
    let remarks: BTreeMap<_, _> = spoken_of
        .map(|row| (key(row), RemarkSummary { denials: row.denials, ended_at: row.ended_at }))
        .collect();
    assert_eq!(remarks, plain.remarks, "what remarks say of each incident");
    let claims: BTreeMap<_, _> = rows.iter().map(|row| (key(row), order::summary(row))).collect();
    assert_eq!(claims, plain.claims, "what each incident comes to");
    let mut history: BTreeMap<(Code, Kind), Vec<_>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.verdict != Verdict::Rejected) {
        let unit = places.find(row.place.code).expect("a place of this history");
        let mut codes = vec![places.code(unit), places.code(places.regency(unit))];
        codes.dedup();
        for code in codes {
            let buckets = history.entry((code, row.kind)).or_default();
            model::note(buckets, row.occurred_at.hour(), u32::from(row.counted_severity), row.patrol);
        }
    }
    history.values_mut().for_each(|buckets| buckets.sort_by_key(|bucket| bucket.hour));
    assert_eq!(history, plain.history, "the history that the rows of incidents make");
    rows
}

/// The counts by day are those of the rows.
async fn days(store: &Store, rows: &[StoredReport], incidents: &[Incident]) {
    let day = |at: Time| ((at.0 + WEST).div_euclid(DAY)) as i32;
    for code in REGENCIES {
        let of = LocalDays { code, range: ALL_TIME, minutes_east: WEST / domain::time::MINUTE };
        let mut expected: BTreeMap<(i32, FeedClass), u32> = BTreeMap::new();
        for row in rows.iter().filter(|row| row.report.place.code.regency() == code) {
            *expected.entry((day(row.report.happened_at()), row.report.class)).or_default() += 1;
        }
        let stored = store.daily_reports(of).await.expect("counts by day");
        let stored: BTreeMap<_, _> =
            stored.into_iter().map(|row| ((row.day, row.class), row.count)).collect();
        assert_eq!(without_none(stored), expected, "reports by day of {code}");
        for kind in Kind::ALL {
            let mut expected: BTreeMap<(i32, u8, bool), u32> = BTreeMap::new();
            let own = |row: &&Incident| {
                row.place.code.regency() == code && row.kind == *kind && row.verdict != Verdict::Rejected
            };
            for row in incidents.iter().filter(own) {
                *expected.entry((day(row.occurred_at), row.counted_severity, row.patrol)).or_default() += 1;
            }
            let stored = store.daily_incidents(of, *kind).await.expect("counts by day");
            let stored = stored.into_iter().map(|row| ((row.day, row.severity, row.patrol), row.count));
            assert_eq!(without_none(stored.collect()), expected, "incidents by day of {code}, {kind}");
        }
    }
}

fn without_none<K: Ord>(mut counts: BTreeMap<K, u32>) -> BTreeMap<K, u32> {
    counts.retain(|_, count| *count > 0);
    counts
}

/// Several workers emitted what one would.
async fn emitted(store: &Store, reference: &Reference) {
    let places = reference.pipeline.view().places().clone();
    for code in places.ids().map(|unit| places.code(unit)) {
        for kind in Kind::ALL {
            for horizon in Horizon::ALL {
                let rows = store.assessment_series(code, *kind, *horizon, ALL_TIME).await;
                let rows = rows.expect("a series").into_iter();
                let stored: Numbers =
                    rows.map(|row| (row.emitted_at, (row.risk_ppm, row.completeness_ppm))).collect();
                let expected = reference.assessed.get(&(code, *kind, *horizon)).cloned().unwrap_or_default();
                assert_eq!(stored, expected, "assessments of {code}, {kind}, {horizon}");
            }
        }
    }
    let mut stored = store.conditions(&[]).await.expect("conditions");
    stored.sort_by_key(|row| (row.code, row.kind));
    let stored: Vec<_> = stored
        .into_iter()
        .map(|row| (row.code, row.kind, row.at, row.change, row.level, row.since, row.evidence))
        .collect();
    let last = reference.conditions.iter().filter_map(|((code, kind), all)| {
        let last = all.last()?;
        Some((*code, *kind, last.at, last.change, last.level, last.since, last.evidence.clone()))
    });
    assert_eq!(stored, last.collect::<Vec<_>>(), "the conditions that were emitted last");
}

/// One pipeline fed in another order ends in the state that the store's rows make: the digest of `audit verify`.
pub fn another_order(mut pipeline: Pipeline, sent: &[Sent], evidence: &Pipeline) {
    let mut effects = Vec::new();
    for sent in sent {
        let Fate::Report(report) = &sent.fate else { continue };
        let received = sent.record.record.record.received_at;
        while let Some(hour) = pipeline.due_tick(received) {
            pipeline.apply(Input::Tick(hour), &mut effects);
        }
        pipeline.apply(Input::Report { received, report }, &mut effects);
    }
    let at = pipeline.view().clock().plus(DAY);
    assert!(evidence.view().state_digest(at) == pipeline.view().state_digest(at), "the digest");
}
