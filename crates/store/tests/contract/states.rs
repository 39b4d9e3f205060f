//! The kept state of a partition: read as it was written, or not at all and with a word that says why.

use crate::fixture::{Home, commit, noon, report, run, statement};
use domain::pipeline::{LoadedReport, RegencySnapshot};
use domain::place::Code;
use domain::report::Body;
use domain::service_clock::ClockStep;
use domain::time::DAY;
use store::{Commit, FoundState, StateRows, StateScope, Store};

const BASIS: u64 = 7;

fn scope() -> StateScope {
    StateScope::new(BASIS, None)
}

fn regencies() -> Vec<RegencySnapshot> {
    let reports = |ids: std::ops::Range<u128>| {
        let kept = |id| LoadedReport {
            report: report(id, Body::Statement(statement())).report,
            beyond_repair_horizon: id % 2 == 0,
        };
        ids.map(kept).collect()
    };
    vec![
        RegencySnapshot { regency: Code(161_300), reports: reports(1..6), counted: vec![1, 2, 3] },
        RegencySnapshot { regency: Code(637_200), reports: reports(6..7), counted: Vec::new() },
        RegencySnapshot { regency: Code(917_100), reports: Vec::new(), counted: vec![4] },
    ]
}

/// Commits a state after the record at `from`.
async fn keep(store: &Store, from: i64, head: &[u8]) {
    let mut kept = commit(from, from + 1);
    kept.snapshot.state = Some(StateRows::pack(&scope(), head, regencies().into_iter()));
    store.commit(kept).await.expect("kept");
}

async fn read(store: &Store, scope: &StateScope) -> (FoundState, Vec<RegencySnapshot>) {
    let mut given = Vec::new();
    let found = store.read_state((0, scope), |regency| {
        given.push(regency);
        true
    });
    (found.await.expect("reading"), given)
}

pub async fn a_state_is_read_as_it_was_written_or_not_at_all(home: &Home) {
    let store = home.open().await;
    assert_eq!(read(&store, &scope()).await.0, FoundState::Nothing);
    keep(&store, 0, b"first").await;
    keep(&store, 1, b"second").await;
    assert_eq!(home.count("snapshots").await, 4, "one state at a time");
    let whole = (FoundState::Read { head: b"second".to_vec(), upto: 2 }, regencies());
    assert_eq!(read(&store, &scope()).await, whole);
    let word = |found: FoundState| match found {
        FoundState::Unusable(why) => why,
        other => panic!("{other:?}"),
    };
    for other in [StateScope::new(BASIS + 1, None), StateScope::new(BASIS, Some(&[Code(161_300)]))] {
        let why = word(read(&store, &other).await.0);
        assert!(why == "of another build, policy or register of places" || why == "of other regencies");
    }
    // A regency that the pipeline cannot take.
    let found = store.read_state((0, &scope()), |_| false).await.expect("reading");
    assert_eq!(word(found), "damaged: a row of it cannot be read");
    let damages = [
        ("UPDATE snapshots SET scope = 'state 0 ' || scope WHERE number = -1", "of another format"),
        ("UPDATE snapshots SET scope = 'other' WHERE number = -3", "of another format"),
        ("DELETE FROM snapshots WHERE number = -1", "damaged: a row of it is missing"),
        ("DELETE FROM snapshots WHERE number = -3", "damaged: a row of it is missing"),
        ("DELETE FROM snapshots WHERE number = -4", "damaged: its rows are not of one state"),
        (
            "UPDATE snapshots SET bytes = (SELECT b.bytes FROM snapshots b WHERE b.number = -3) WHERE number = -2",
            "damaged: the sum of a row is wrong",
        ),
    ];
    for (at, (damage, word_of_it)) in (2..).zip(damages) {
        assert!(run(home, damage).await.expect("the statement runs") > 0, "{damage}");
        assert_eq!(word(read(&store, &scope()).await.0), word_of_it, "{damage}");
        keep(&store, at, b"second").await;
        assert!(matches!(read(&store, &scope()).await.0, FoundState::Read { upto, .. } if upto == at + 1));
    }
    store.close().await;
}

pub async fn a_clock_that_is_set_back_ends_the_state(home: &Home) {
    let store = home.open().await;
    keep(&store, 0, b"head").await;
    assert!(matches!(read(&store, &scope()).await.0, FoundState::Read { .. }));
    let step = ClockStep { from: noon(1), to: noon(1).plus(-DAY) };
    let stepped = Commit {
        registry_records: 1,
        clock_step: Some(step),
        clock: step.to,
        last_tick: step.to.hour(),
        ..commit(1, 2)
    };
    store.commit(stepped).await.expect("kept");
    assert_eq!(read(&store, &scope()).await.0, FoundState::Nothing);
    store.close().await;
}
