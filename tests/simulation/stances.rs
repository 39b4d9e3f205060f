//! Denials and endings: shown, and no level follows from them.

use super::world::{self, Record};
use domain::effect::Effect;
use domain::kind::{Handling, Kind, Outcome};
use domain::pipeline::{Input, Pipeline};
use domain::report::{Body, Remark, RemarkKind, ReportId};
use domain::time::{DAY, HOUR, Hour, MINUTE, Time};
use kentongan_tests::bench::workload::Dice;

/// What is emitted of risks and conditions, to the end of the last record's dwell.
fn levels(records: &[Record]) -> (Pipeline, Vec<Effect>) {
    let (mut pipeline, mut effects) = (world::pipeline(), Vec::new());
    for record in records {
        while let Some(hour) = pipeline.due_tick(record.received) {
            pipeline.apply(Input::Tick(hour), &mut effects);
        }
        pipeline.apply(Input::Report { received: record.received, report: &record.report }, &mut effects);
    }
    let last = pipeline.view().last_tick().map_or(0, |hour| hour.0);
    for hour in last + 1..last + 72 {
        pipeline.apply(Input::Tick(Hour(hour)), &mut effects);
    }
    effects.retain(|effect| matches!(effect, Effect::Assessment(_) | Effect::Condition(_)));
    (pipeline, effects)
}

/// A record of one feed with this body, somewhere among the others.
fn further(dice: &mut Dice, records: &[Record], body: impl Fn(Time) -> Body) -> Record {
    let other = &records[dice.below(records.len())];
    let mut record = other.clone();
    record.received = other.received.plus(dice.below(90) as i64 * MINUTE);
    record.report.reported_at = record.received.plus(-MINUTE);
    record.report.id = ReportId(u128::MAX - 1);
    record.report.body = body(record.report.reported_at);
    record
}

fn remark(what: RemarkKind, kind: Kind, occurred_at: Time) -> Body {
    Body::Remark(Remark {
        what,
        kind,
        category: None,
        occurred_at,
        reliability: 0,
        credibility: 0,
        handling: Handling::Open,
        about: None,
        supersedes: None,
    })
}

#[test]
fn a_denial_changes_no_level_more_than_a_nihil_of_the_same_feed_and_minute() {
    let mut joined = 0;
    for seed in world::seeds(1_000) {
        let mut dice = Dice::new(seed);
        let size = 5 + dice.below(60);
        let records = world::records(&mut dice, size, 6);
        let (kind, back) = (Kind::ALL[dice.below(2) * 2], dice.below(30) as i64 * HOUR);
        let what = if dice.one_in(3) { RemarkKind::Ends } else { RemarkKind::Denies };
        let denial = further(&mut dice, &records, |at| remark(what, kind, at.plus(-back)));
        let mut nihil = denial.clone();
        let at = nihil.report.reported_at;
        nihil.report.body = Body::Nothing { from: at.plus(-DAY), to: at };
        let with = |record: Record| {
            let mut all = [&records[..], &[record]].concat();
            all.sort_by_key(|record| record.received);
            levels(&all)
        };
        let (denied, quiet) = (with(denial), with(nihil));
        let own = denied.0.view().reports().find(|report| report.id.id == ReportId(u128::MAX - 1));
        let own = own.expect("it was applied");
        joined += u32::from(own.outcome == Outcome::Statement && own.incident.is_some());
        let differs = denied.1.iter().zip(&quiet.1).position(|(one, other)| one != other);
        assert!(
            differs.is_none() && denied.1.len() == quiet.1.len(),
            "history {seed}: the first other effect is {differs:?}"
        );
    }
    assert!(joined > 40, "{joined} denials and endings spoke of one incident; too few to tell");
}
