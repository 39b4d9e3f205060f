//! A report is called by its id and its feed: what another feed sends takes no report's place and takes none back.

use super::world::{self, Record};
use domain::kind::{FeedClass, Outcome};
use domain::pipeline::{Input, Pipeline};
use domain::report::{Body, FeedId, ReportName};
use domain::time::{MINUTE, Time};
use kentongan_tests::bench::workload::Dice;
use std::collections::BTreeMap;

/// A feed of its own, which no history has.
const OTHER: FeedId = FeedId(u32::MAX - 5);

/// Which record each report is, and whether it stands: whose incident it is part of may follow from what others affirm.
fn standing(pipeline: &Pipeline) -> BTreeMap<(u32, ReportName), (Time, Outcome)> {
    let own = pipeline.view().reports().filter(|report| report.id.feed != OTHER);
    let stands = |outcome| if outcome == Outcome::Merged { Outcome::Incident } else { outcome };
    own.map(|report| ((report.regency.0, report.id), (report.reported_at, stands(report.outcome)))).collect()
}

fn after(records: &[Record]) -> Pipeline {
    let mut pipeline = world::pipeline();
    for record in records {
        let input = Input::Report { received: record.received, report: &record.report };
        pipeline.apply(input, &mut Vec::new());
    }
    pipeline
}

/// The same record as another feed would send it: whatever it names, and reported as early as it likes.
fn by_another_feed(dice: &mut Dice, records: &[Record]) -> Record {
    let mut record = records[dice.below(records.len())].clone();
    record.report.feed = OTHER;
    record.report.class = [FeedClass::Company, FeedClass::Village, FeedClass::Desk][dice.below(3)];
    record.report.reported_at = record.report.reported_at.plus(-(dice.below(90) as i64) * MINUTE);
    if dice.one_in(3) {
        let target = records[dice.below(records.len())].report.id;
        record.report.body = Body::Retraction { target };
    }
    record
}

#[test]
fn what_another_feed_sends_under_a_reports_id_changes_no_report() {
    let mut takes_ids = 0;
    for seed in world::seeds(1_000) {
        let mut dice = Dice::new(seed);
        let size = 5 + dice.below(60);
        let mut records = world::records(&mut dice, size, 6);
        // Who verifies says whose report is meant; an id alone means what nobody else has.
        let named = |record: &Record| match &record.report.body {
            Body::Verification { reports, .. } => reports.iter().all(|report| report.feed.is_some()),
            _ => true,
        };
        records.retain(named);
        let further: Vec<Record> = (0..4).map(|_| by_another_feed(&mut dice, &records)).collect();
        let further: Vec<Record> = further
            .into_iter()
            .filter(|record| !matches!(record.report.body, Body::Verification { .. }))
            .collect();
        takes_ids += further.len();
        let before = standing(&after(&records));
        let mut all = [&records[..], &further].concat();
        all.sort_by_key(|record| record.received);
        assert_eq!(standing(&after(&all)), before, "history {seed}");
        let reordered = standing(&after(&world::shuffled(&mut dice, &all)));
        assert_eq!(reordered, before, "history {seed}, in another order");
    }
    assert!(takes_ids > 800, "only {takes_ids} records took an id");
}
