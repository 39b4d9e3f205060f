//! Feeds wait for the worker each for itself.

use super::*;
use domain::author::StampedAuthor;
use domain::kind::FeedClass;
use domain::place::Areas;
use domain::time::Time;
use futures::FutureExt;
use store::{LogOptions, NewRecord};

const SLICE: usize = 250;

fn worked(next_offset: i64) -> Worked {
    Worked { next_offset, pace: 2 * SLICE }
}

fn records(many: usize) -> Vec<NewRecord> {
    let record = NewRecord {
        feed: "desa-a".into(),
        class: FeedClass::Village,
        areas: Areas::everywhere(),
        received_at: Time(0),
        bytes: b"{}".to_vec(),
        refused: None,
        archive: false,
        author: StampedAuthor::default(),
    };
    vec![record; many]
}

async fn log() -> (tempfile::TempDir, Log) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.sqlite").display().to_string();
    (folder, Log::open(&path, LogOptions::default()).await.unwrap())
}

async fn fill(queues: &FeedQueues, log: &Log, feed: &str, many: usize) {
    let room = queues.room(feed, many).await;
    log.append_records(records(many)).await.unwrap();
    room.filled();
}

#[tokio::test]
async fn a_feed_waits_for_the_worker_and_others_do_not_wait_for_it() {
    let (_folder, log) = log().await;
    log.set_worked(worked(0));
    let queues = FeedQueues::new(Some(log.clone()));
    for _ in 0..4 {
        fill(&queues, &log, "desa-a", SLICE).await;
    }
    let mut next = Box::pin(queues.room("desa-a", SLICE));
    assert!(
        (&mut next).now_or_never().is_none(),
        "what it takes in in a fifth of a second lies before the worker"
    );
    fill(&queues, &log, "desa-b", SLICE).await;
    log.set_worked(worked(SLICE as i64 - 1));
    assert!((&mut next).now_or_never().is_none(), "a part of a slice makes no room");
    log.set_worked(worked(SLICE as i64));
    let room = next.await;
    // What is not appended after all is given back.
    drop(room);
    assert!(queues.room("desa-a", SLICE).now_or_never().is_some());
}

#[tokio::test]
async fn where_the_worker_stands_still_reports_are_taken_in_all_the_same() {
    let (_folder, log) = log().await;
    log.set_worked(worked(0));
    let queues = FeedQueues { patience: Duration::from_millis(200), ..FeedQueues::new(Some(log.clone())) };
    for _ in 0..20 {
        let room = queues.room("desa-a", SLICE).await;
        lock(&room.queue.ahead).lying.push_back((5000, SLICE));
    }
    let began = tokio::time::Instant::now();
    for _ in 0..200 {
        drop(queues.room("desa-a", SLICE).await);
    }
    assert!(began.elapsed() < Duration::from_secs(2), "it waits once and not for every report");
    log.set_worked(worked(1));
    let mut next = Box::pin(queues.room("desa-a", SLICE));
    assert!((&mut next).now_or_never().is_none(), "it works again");
}

#[tokio::test]
async fn without_a_worker_here_nobody_waits_and_nothing_is_remembered() {
    let (_folder, log) = log().await;
    let queues = FeedQueues::new(Some(log.clone()));
    for _ in 0..20 {
        fill(&queues, &log, "desa-a", SLICE).await;
    }
    assert!(lock(&queues.room("desa-a", SLICE).await.queue.ahead).lying.is_empty());
}

#[tokio::test]
async fn single_reports_without_end_take_little_memory() {
    let (_folder, log) = log().await;
    log.set_worked(worked(0));
    let queues = FeedQueues::new(Some(log.clone()));
    for _ in 0..500 {
        queues.room("desa-a", 1).await.filled();
    }
    assert!(lock(&queues.room("desa-a", 1).await.queue.ahead).lying.len() <= ENTRIES);
}
