//! Denials and endings: shown, and no level follows from them.

use super::world::{self, Record};
use domain::effect::Effect;
use domain::kind::{Category, Handling, Kind, Level, Outcome};
use domain::pipeline::{Input, Pipeline};
use domain::report::{Body, NamedReport, Remark, RemarkKind, ReportId, Statement};
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

/// What is over and killed or hurt somebody opens what the same report would that says nothing of an end, of whatever is known.
#[test]
fn an_ending_that_tells_of_people_killed_or_hurt_raises_what_affirms_them_does() {
    let mut raised = 0;
    for seed in world::seeds(300) {
        let mut dice = Dice::new(seed);
        let size = 5 + dice.below(40);
        let records = world::records(&mut dice, size, 6);
        let category = Category::parse(["WA-01", "WP-05"][dice.below(2)]).expect("a code of the taxonomy");
        let severity = 1 + dice.below(5) as u8;
        let (dead, injured) = [(1, 0), (0, 3), (5, 4), (0, 1)][dice.below(4)];
        let state = |ends, dead, injured| {
            move |at: Time| {
                let plain = world::plain_statement(category, at.plus(-HOUR));
                Body::Statement(Statement { severity, dead, injured, ends, ..plain })
            }
        };
        let ending = further(&mut dice, &records, state(true, dead, injured));
        let mut affirms = ending.clone();
        affirms.report.body = state(false, dead, injured)(ending.report.reported_at);
        let with = |record: Record| {
            let mut all = [&records[..], &[record]].concat();
            all.sort_by_key(|record| record.received);
            levels(&all)
        };
        let (over, affirmed) = (with(ending.clone()), with(affirms));
        assert!(over.1 == affirmed.1, "history {seed}: another level than of what affirms it");
        let own =
            over.0.view().reports().find(|report| report.id.id == ending.report.id).expect("it was applied");
        let Some(name) = own.incident else { continue }; // of a sensor
        let view = over.0.view();
        let mut incidents = view.cells().flat_map(|cell| view.emitted_incidents(cell));
        let incident =
            incidents.find(|incident| incident.id == name && incident.place.code.regency() == own.regency);
        let incident = incident.expect("it is emitted");
        assert!(incident.ended_at.is_some() && incident.claimed.dead >= dead, "history {seed}: {incident:?}");
        raised += u32::from(incident.claimed.dead > 0);
    }
    assert!(raised > 100, "{raised}");
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

/// What is shown of each cell: its level, and of each incident all but how many reports it has and by what name it goes.
fn shown(pipeline: &Pipeline) -> Vec<(Option<Level>, Vec<String>)> {
    let view = pipeline.view();
    let incidents = |cell| {
        let mut incidents: Vec<String> = view
            .emitted_incidents(cell)
            .map(|own| {
                let (extents, over) = ((own.claimed, own.attested.extent), (own.denials, own.ended_at));
                format!(
                    "{} {} {:?} {extents:?} {} {over:?}",
                    own.place, own.category, own.occurred_at, own.speakers
                )
            })
            .collect();
        incidents.sort_unstable();
        incidents
    };
    view.cells()
        .map(|cell| (view.condition(cell).map(|condition| condition.level), incidents(cell)))
        .collect()
}

/// A source that writes its report again takes nothing back: what others say of it they say of its new form.
#[test]
fn a_correction_of_the_text_alone_changes_no_level_stance_or_ending() {
    const SOURCE: usize = 1;
    let (mut over, mut denied, mut raised) = (0, 0, 0);
    for seed in world::seeds(400) {
        let mut dice = Dice::new(seed);
        let size = 5 + dice.below(40);
        let records = world::records(&mut dice, size, 6);
        let category = Category::parse(["WA-01", "WP-05"][dice.below(2)]).expect("a code of the taxonomy");
        let stated =
            Statement { severity: 2 + dice.below(4) as u8, ..world::plain_statement(category, Time::MIN) };
        let state = |at: Time| Body::Statement(Statement { occurred_at: at.plus(-HOUR), ..stated });
        let mut reported = further(&mut dice, &records, state);
        reported.report.doubtful = None;
        (reported.report.feed, reported.report.class, reported.report.author) =
            (world::feed(SOURCE), domain::kind::FeedClass::Police, None);
        let about = NamedReport {
            feed: reported.report.feed,
            report: reported.report.id,
            district: reported.report.place.code,
        };
        let what = if dice.one_in(2) { RemarkKind::Ends } else { RemarkKind::Denies };
        let mut remarked = reported.clone();
        remarked.report.id = ReportId(u128::MAX - 2);
        remarked.received = reported.received.plus(MINUTE);
        remarked.report.reported_at = remarked.received;
        let Body::Remark(plain) = remark(what, stated.kind, reported.report.reported_at) else {
            unreachable!()
        };
        remarked.report.body = Body::Remark(Remark { category: Some(category), about: Some(about), ..plain });
        // Corrections, or as many times that nothing happened: what passes with time passes in both.
        let with = |corrections: usize, is_nihil: bool| {
            let mut all = [&records[..], &[reported.clone(), remarked.clone()]].concat();
            all.sort_by_key(|record| record.received);
            let last = all.last().expect("there are some").received;
            for number in 0..corrections {
                let mut again = reported.clone();
                let before =
                    ReportId(reported.report.id.0 - if number == 0 { 0 } else { number as u128 + 1 });
                again.report.id = ReportId(u128::MAX - 3 - number as u128);
                again.received = last.plus((number as i64 + 1) * MINUTE);
                again.report.reported_at = again.received;
                let at = again.received;
                match &mut again.report.body {
                    body if is_nihil => *body = Body::Nothing { from: at.plus(-DAY), to: at },
                    Body::Statement(own) => own.supersedes = Some(before),
                    _ => {}
                }
                all.push(again);
            }
            let (mut pipeline, mut effects) = (world::pipeline(), Vec::new());
            for record in &all {
                while let Some(hour) = pipeline.due_tick(record.received) {
                    pipeline.apply(Input::Tick(hour), &mut effects);
                }
                pipeline
                    .apply(Input::Report { received: record.received, report: &record.report }, &mut effects);
            }
            shown(&pipeline)
        };
        let before = with(1, true);
        for corrections in 1..=2 {
            let (corrected, plain) = (with(corrections, false), with(corrections, true));
            let differs = corrected.iter().zip(&plain).find(|(one, other)| one != other);
            assert_eq!(differs, None, "history {seed}, corrected {corrections} times");
        }
        let all = || before.iter().flat_map(|(_, incidents)| incidents);
        over += u32::from(all().any(|own| own.contains("Some(")));
        denied += u32::from(all().any(|own| own.contains("(1, ")));
        raised += u32::from(before.iter().any(|(level, _)| level.is_some_and(Level::is_warning)));
    }
    assert!(over > 100 && denied > 100 && raised > 100, "{over} {denied} {raised}");
}
