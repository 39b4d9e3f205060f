//! The clock is set back: nothing is lost, what is ordered by time keeps its order, and nothing waits the step longer.

use super::fixture::*;
use domain::kind::{Horizon, Kind};
use domain::place::Code;
use domain::service_clock::ClockStep;
use domain::time::{HOUR, Hour, MINUTE, Time};
use store::{Commit, Range};

fn step(from: i64, next: i64, step: ClockStep) -> Commit {
    Commit {
        registry_records: 1,
        clock_step: Some(step),
        clock: step.to,
        last_tick: step.to.hour(),
        ..commit(from, next)
    }
}

pub async fn what_was_emitted_ahead_of_a_step_comes_right_before_it(home: &Home) {
    let store = home.open().await;
    let mut ahead = commit(0, 1);
    ahead.effects = vec![
        assessment(161_304, noon(1), 100),
        assessment(161_304, noon(4), 200),
        assessment(161_304, noon(5), 300),
        assessment(161_303, noon(5).plus(1), 400),
        assessment(161_302, noon(1), 500),
    ];
    ahead.clock = noon(6);
    store.commit(ahead).await.unwrap();
    assert_eq!(store.clock_step().await.unwrap(), None);
    let to = noon(2);
    let first = ClockStep { from: noon(6), to };
    let mut back = step(1, 2, first);
    back.effects = vec![assessment(161_303, to, 600)];
    store.commit(back).await.unwrap();
    assert_eq!(store.clock_step().await.unwrap(), Some(first));
    let risks = async |as_of| -> Vec<(u32, u32)> {
        let rows = store.assessments(Kind::Disaster, Horizon::Week, &[], as_of).await.unwrap();
        rows.iter().map(|row| (row.code.0, row.risk_ppm)).collect()
    };
    let now = [(161_302, 500), (161_303, 600), (161_304, 300)];
    assert_eq!(risks(None).await, now, "the newest");
    assert_eq!(risks(Some(to)).await, now, "and as of then");
    assert_eq!(risks(Some(noon(9))).await, now, "nor does what was ahead come to light again");
    assert_eq!(risks(Some(to.plus(-HOUR))).await, [(161_302, 500), (161_304, 100)]);
    let series = async |code| -> Vec<(Time, u32)> {
        let range = Range { from: Time(0), to: Time(i64::MAX) };
        let rows = store.assessment_series(Code(code), Kind::Disaster, Horizon::Week, range).await.unwrap();
        rows.iter().map(|row| (row.emitted_at, row.risk_ppm)).collect()
    };
    assert_eq!(series(161_304).await, [(noon(1), 100), (to.plus(-2), 200), (to.plus(-1), 300)]);

    // Another hour passes, and the clock is set back once more, further than before.
    let mut later = commit(2, 3);
    later.effects = vec![assessment(161_304, to.plus(HOUR), 700)];
    (later.clock, later.last_tick) = (to.plus(HOUR), to.plus(HOUR).hour());
    store.commit(later).await.unwrap();
    let second = ClockStep { from: to.plus(HOUR), to: to.plus(-HOUR) };
    store.commit(step(3, 4, second)).await.unwrap();
    assert_eq!(store.clock_step().await.unwrap(), Some(second));
    let order: Vec<u32> = series(161_304).await.into_iter().map(|(_, risk)| risk).collect();
    assert_eq!(order, [100, 200, 300, 700], "none is lost, and they keep their order");
    assert_eq!(risks(None).await, [(161_302, 500), (161_303, 600), (161_304, 700)]);
    // And to the very same instant, where no room is left: what holds now is there.
    let mut at_once = commit(4, 5);
    at_once.effects =
        vec![assessment(161_304, second.to, 800), assessment(161_304, second.to.plus(HOUR), 900)];
    (at_once.clock, at_once.last_tick) = (second.to.plus(HOUR), second.to.plus(HOUR).hour());
    store.commit(at_once).await.unwrap();
    let mut third = step(5, 6, ClockStep { from: second.to.plus(HOUR), to: second.to });
    third.effects = vec![assessment(161_304, second.to, 1000)];
    store.commit(third).await.unwrap();
    assert_eq!(risks(None).await.last(), Some(&(161_304, 1000)));
    assert_eq!(store.balance().await.unwrap().registry, 3, "each step is a record of its own");
    let progress = store.recover(0).await.unwrap().expect("committed");
    assert_eq!((progress.next_offset, progress.clock), (6, second.to));
    assert_eq!(progress.last_tick, Hour((second.to.0 / HOUR) as i32));
}

pub async fn nothing_waits_the_step_longer(home: &Home) {
    let store = home.open().await;
    let (from, to) = (noon(4), noon(1));
    let wait =
        "INSERT INTO deliveries (outbox, person, channel, state, tries, at, id, next_try_at, due_at) VALUES";
    for (number, due) in [(1, from.plus(MINUTE)), (2, to.plus(2 * MINUTE))] {
        let at = due.0;
        let row = format!("{wait} ({number}, 'budi', 'email', 'queued', 0, 0, {number}, {at}, {at})");
        run(home, &row).await.unwrap();
    }
    let feed = "INSERT INTO feeds (name, class, areas, token_sha256, enabled, paused_until) VALUES";
    run(home, &format!("{feed} ('desa', 'village', '16.13', '', 1, {})", from.plus(MINUTE).0)).await.unwrap();
    // Each partition says so; the second finds what is right already.
    for partition in [0, 1] {
        let step = ClockStep { from: from.plus(partition), to: to.plus(partition) };
        store.commit(Commit { partition: partition as i32, ..self::step(0, 1, step) }).await.unwrap();
    }
    let late = |column: &str, at: Time| format!("UPDATE deliveries SET tries = 9 WHERE {column} > {}", at.0);
    assert_eq!(run(home, &late("next_try_at", to.plus(2 * MINUTE))).await.unwrap(), 0);
    assert_eq!(run(home, &late("due_at", to.plus(2 * MINUTE))).await.unwrap(), 0);
    assert_eq!(run(home, &late("next_try_at", to)).await.unwrap(), 2, "nor is anything due at once");
    let paused = format!("UPDATE feeds SET party = 1 WHERE paused_until = {}", to.plus(MINUTE).0);
    assert_eq!(run(home, &paused).await.unwrap(), 1);
    // A job that ran, or is held, by the clock that was ahead is due.
    store.register_job("cleanup", noon(0)).await.unwrap();
    let lease = store.lease_job("cleanup", "a", from, from.plus(MINUTE)).await.unwrap().expect("due");
    let until = to.plus(MINUTE);
    let taken = store.lease_job("cleanup", "b", to, until).await.unwrap();
    assert!(taken.is_some(), "a lease that ends in three days is none");
    assert!(!store.renew_job(&lease, until).await.unwrap());
    let end = store::JobEnd { at: from, next_run: from.plus(HOUR), error: None };
    assert!(store.finish_job(&taken.unwrap(), end).await.unwrap());
    let again = store.lease_job("cleanup", "b", to, until).await.unwrap();
    assert!(again.is_some(), "a run in three days has not been");
}
