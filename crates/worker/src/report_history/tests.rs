//! A record made up here, report by report, as it would have been received.

use super::*;
use crate::fixture;
use domain::author::StampedAuthor;
use domain::place::Areas;
use domain::time::HOUR;
use formats::decode::{Catalog, RecordView, decode};
use formats::taxonomy::Taxonomy;
use serde_json::{Value, json};

const START: i64 = 20_454 * DAY; // 2026-01-01

struct Record {
    places: Arc<Places>,
    taxonomy: Taxonomy,
    history: ReportHistory,
    count: u64,
}

impl Record {
    fn new() -> Record {
        let places = fixture::places(&["16.13", "35.08"]);
        let history = ReportHistory::new(places.clone(), fixture::policy());
        Record { history, places, taxonomy: fixture::taxonomy(), count: 0 }
    }

    /// A report of day `day`, received on day `received`; `more` lies over the ordinary one. Gives its id.
    fn report(&mut self, (day, received): (i64, i64), more: Value) -> String {
        self.count += 1;
        let id = format!("01KDTNM8M0Y02FSFQYZGT4{:04}", self.count);
        let stamp = |day: i64, hours: i64| {
            let at = jiff::Timestamp::from_microsecond(START + day * DAY + hours * HOUR).expect("an instant");
            at.to_string()
        };
        let mut report = json!({
            "report_id": id, "feed": "village", "district": "16.13.04", "kind": "resident_resident",
            "category": "WW-01", "severity": 3,
            "occurred_at": stamp(day, 5), "reported_at": stamp(received, 6),
        });
        for (key, value) in more.as_object().expect("an object") {
            match value {
                Value::Null => report.as_object_mut().expect("an object").remove(key),
                value => report.as_object_mut().expect("an object").insert(key.clone(), value.clone()),
            };
        }
        let bytes = report.to_string().into_bytes();
        let received_at = Time(START + received * DAY + 7 * HOUR);
        let view = RecordView {
            bytes: &bytes,
            feed_name: "",
            class: None,
            areas: &Areas::everywhere(),
            received_at,
            archive: true,
            author: &StampedAuthor::default(),
        };
        let decoded = decode(&view, &Catalog { places: &self.places, taxonomy: &self.taxonomy })
            .unwrap_or_else(|refused| {
                panic!("refused as {}: {report}", refused.reason);
            });
        self.history.take(&decoded.report, received_at, false);
        id
    }

    fn listed(&self, unit: TrainingUnit) -> TrainingEvents {
        self.history.training_events(Kind::ResidentResident, unit)
    }
}

/// (day, received, gone, severity), days since the start.
fn spells(listed: &TrainingEvents) -> Vec<(i64, i64, Option<i64>, u8)> {
    let since = |day: Day| i64::from(day) - START / DAY;
    let one = |event: &Event| {
        (since(event.day), since(event.received), event.gone.map(since), event.severity.unwrap_or(0))
    };
    listed.events.iter().map(one).collect()
}

#[test]
fn an_incident_is_known_from_its_first_report_and_graver_from_its_graver_one() {
    let mut record = Record::new();
    record.report((0, 2), json!({}));
    record.report((0, 5), json!({"feed": "police", "severity": 5}));
    let listed = record.listed(TrainingUnit::District);
    assert_eq!(spells(&listed), [(0, 2, Some(5), 3), (0, 5, None, 5)]);
    assert_eq!((listed.serious, listed.patrol), (1, 0));
    assert!(
        listed.units.len() > 10 && listed.parents["16.13.04"] == "16.13",
        "districts never hit are there too"
    );
}

#[test]
fn what_was_taken_back_or_rejected_ends_on_that_day() {
    let mut record = Record::new();
    let wrong = record.report((0, 1), json!({}));
    record.report((20, 21), json!({"severity": 4}));
    let gone =
        json!({"retracts": wrong, "kind": null, "category": null, "severity": null, "occurred_at": null});
    record.report((9, 9), gone);
    assert_eq!(spells(&record.listed(TrainingUnit::District)), [(0, 1, Some(21), 3), (20, 21, None, 4)]);
    assert_eq!(record.listed(TrainingUnit::District).serious, 1);
}

#[test]
fn what_patrols_alone_found_is_counted_and_not_learnt_from() {
    let mut record = Record::new();
    record.report((0, 1), json!({"found_by": "patrol", "feed": "police"}));
    record.report((40, 41), json!({"found_by": "patrol", "feed": "police"}));
    record.report((40, 43), json!({}));
    let listed = record.listed(TrainingUnit::District);
    assert_eq!(spells(&listed), [(40, 43, None, 3)], "known once a resident reported it");
    assert_eq!(listed.patrol, 1);
}

#[test]
fn an_incident_of_a_whole_regency_counts_there_only() {
    let mut record = Record::new();
    record.report((0, 1), json!({"district": "16.13"}));
    assert_eq!(
        (record.listed(TrainingUnit::District).events.len(), record.listed(TrainingUnit::District).unplaced),
        (0, 1)
    );
    assert_eq!(record.listed(TrainingUnit::Regency).events[0].unit, "16.13");
}

#[test]
fn an_imported_archive_is_noticed_and_an_empty_record_has_no_days() {
    let mut record = Record::new();
    assert_eq!(record.history.days(None), None);
    record.report((0, 200), json!({}));
    record.report((150, 200), json!({}));
    record.report((199, 200), json!({}));
    assert_eq!(record.history.belated(Kind::ResidentResident), (1, 3));
    let start = (START / DAY) as Day;
    assert_eq!(record.history.days(None), Some((start + 200, start + 199)), "the first day has not passed");
}
