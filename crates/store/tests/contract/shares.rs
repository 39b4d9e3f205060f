//! Several workers: a claim fences earlier owners, a commit whose answer was lost is kept once, borders keep two ticks.

use crate::fixture::{Home, commit, report, statement};
use domain::kind::Kind;
use domain::place::Code;
use domain::report::Body;
use domain::time::{Hour, Time};
use store::{Border, Commit, Origin, ReportRow, Share, StoreError, View};

fn share(epoch: i64, number: i64) -> Option<Share> {
    Some(Share {
        epoch,
        number,
        complete_to: Hour(7),
        published: Time(3),
        origins: Vec::new(),
        borders: Vec::new(),
    })
}

fn shared(from: i64, next: i64, (epoch, number): (i64, i64)) -> Commit {
    Commit { share: share(epoch, number), ..commit(from, next) }
}

pub async fn a_worker_that_lost_its_partition_writes_nothing(home: &Home) {
    let (sleeper, other) = (home.open().await, home.open().await);
    let first = sleeper.claim(0).await.unwrap();
    assert_eq!((first.epoch, first.commits, first.next_offset, first.is_new()), (1, 0, 0, true));
    assert_eq!(sleeper.recover(0).await.unwrap(), None, "a claim is no progress");
    sleeper.commit(shared(0, 3, (1, 0))).await.unwrap();

    let second = other.claim(0).await.unwrap();
    assert_eq!((second.epoch, second.commits, second.next_offset, second.is_new()), (2, 1, 3, false));
    assert_eq!((second.complete_to, second.published), (Hour(7), Time(3)));
    let refused = sleeper.commit(shared(3, 5, (1, 1))).await.unwrap_err();
    assert!(matches!(refused, StoreError::Fenced { partition: 0, stored: 3, from: 3 }), "{refused}");
    other.commit(shared(3, 4, (2, 1))).await.unwrap();
    assert_eq!(other.recover(0).await.unwrap().unwrap().next_offset, 4);
}

pub async fn a_commit_whose_answer_was_lost_is_kept_once(home: &Home) {
    let store = home.open().await;
    store.claim(4).await.unwrap();
    let mut full = shared(0, 2, (1, 0));
    full.partition = 4;
    let body = Body::Statement(statement());
    full.reports.push(ReportRow { partition: 4, ..report(1, body) });
    store.commit(&full).await.unwrap();
    let again = store.commit(&full).await.unwrap();
    assert!(again.alerts.is_empty());
    assert_eq!(home.count("reports").await, 1);
    assert_eq!(store.claim(4).await.unwrap().commits, 1);
    let stale = store.commit(&full).await.unwrap_err();
    assert!(matches!(stale, StoreError::Fenced { .. }), "{stale}");
}

pub async fn partitions_keep_their_own_origins_and_progress(home: &Home) {
    let store = home.open().await;
    let origin = |offset| Origin { topic: "feed.village.muara".into(), partition: 0, next_offset: offset };
    for (partition, offset) in [(1, 10), (2, 20)] {
        store.claim(partition).await.unwrap();
        let mut one = Commit { partition, ..shared(0, 1, (1, 0)) };
        one.share.as_mut().unwrap().origins = vec![origin(offset)];
        store.commit(one).await.unwrap();
    }
    assert_eq!(store.claim(2).await.unwrap().origins, [origin(20)]);
    let mut marks = store.complete_to(&[1, 2, 3]).await.unwrap();
    marks.sort_unstable();
    assert_eq!(marks, [(1, Hour(7)), (2, Hour(7))]);
}

pub async fn a_border_shows_its_newest_tick_and_the_one_before(home: &Home) {
    let store = home.open().await;
    store.claim(0).await.unwrap();
    let border = |tick, fortnight| Border {
        code: Code(161304),
        kind: Kind::Disaster,
        view: View { tick: Hour(tick), bucket: Hour(tick - 1), fortnight },
    };
    for (number, shown) in [border(10, 0.1 + 0.2), border(11, 4.0), border(14, 5.5)].into_iter().enumerate() {
        let mut one = shared(0, 0, (1, number as i64));
        one.share.as_mut().unwrap().borders = vec![shown];
        store.commit(one).await.unwrap();
    }
    let seen = store.borders(&[Code(161304), Code(999999)]).await.unwrap();
    assert_eq!(seen, [[border(14, 5.5), border(11, 4.0)]]);
    assert!(store.assessed_since(&[Code(161300)], Time::MIN).await.unwrap().is_empty());
}
