//! The embedded log: order, group commit, a full log, a process that dies.

use domain::kind::{FeedClass, Refused};
use domain::place::Areas;
use domain::time::Time;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use store::{Log, LogOptions, NewRecord, Retry, StoreError};

fn record(text: &str) -> NewRecord {
    NewRecord {
        feed: String::from("desa"),
        class: FeedClass::Village,
        areas: Areas::parse("16.13 61.02").expect("codes of places"),
        received_at: Time(5),
        bytes: text.as_bytes().to_vec(),
        refused: None,
    }
}

async fn open(folder: &Path, max_bytes: Option<u64>) -> Log {
    let path = folder.join("log.db");
    let options = LogOptions { max_bytes, ..LogOptions::default() };
    Log::open(&path.to_string_lossy(), options).await.expect("the log opens")
}

/// The records' texts in order; fails where an offset is missing or comes twice.
async fn texts(log: &Log) -> Vec<String> {
    let mut texts = Vec::new();
    loop {
        let records = log.read(0, texts.len() as i64, 100).await.expect("the log reads");
        if records.is_empty() {
            return texts;
        }
        for record in records {
            assert_eq!(record.offset, texts.len() as i64);
            texts.push(String::from_utf8(record.record.bytes).expect("text"));
        }
    }
}

#[tokio::test]
async fn records_come_back_as_they_were_given_also_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(folder.path(), None).await;
    assert_eq!(*log.newest().borrow(), -1);
    assert_eq!(log.append_records(vec![]).await.unwrap(), Vec::<i64>::new());
    let refused = NewRecord {
        refused: Some(Refused::TooLarge),
        areas: Areas::nowhere(),
        bytes: vec![0, 255],
        ..record("")
    };
    assert_eq!(log.append_records(vec![record("a"), refused.clone()]).await.unwrap(), [0, 1]);
    assert_eq!(*log.newest().borrow(), 1);
    drop(log);
    let log = open(folder.path(), None).await;
    assert_eq!(*log.newest().borrow(), 1);
    assert_eq!(log.append_records(vec![record("c")]).await.unwrap(), [2]);
    let records = log.read(0, 1, 10).await.unwrap();
    assert_eq!((records.len(), records[0].offset, &records[0].record), (2, 1, &refused));
    assert_eq!(log.read(0, 0, 2).await.unwrap().len(), 2);
    assert_eq!(log.read(1, 0, 2).await.unwrap(), []);
}

#[tokio::test]
async fn every_caller_of_a_group_gets_its_own_offsets() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.db");
    // A short queue and small groups, so that callers wait at the door and groups split.
    let options = LogOptions { max_bytes: None, queue: 2, group: 10 };
    let log = Log::open(&path.to_string_lossy(), options).await.unwrap();
    let mut callers = tokio::task::JoinSet::new();
    for caller in 0..40 {
        let log = log.clone();
        callers.spawn(async move {
            let size = caller % 5 + 1;
            let records = (0..size).map(|n| record(&format!("{caller}.{n}"))).collect();
            (caller, log.append_records(records).await.unwrap())
        });
    }
    let mut given = Vec::new();
    while let Some(done) = callers.join_next().await {
        given.push(done.unwrap());
    }
    let texts = texts(&log).await;
    assert_eq!(texts.len(), given.iter().map(|(_, offsets)| offsets.len()).sum::<usize>());
    for (caller, offsets) in given {
        for (n, offset) in offsets.iter().enumerate() {
            assert_eq!(texts[*offset as usize], format!("{caller}.{n}"));
        }
    }
    assert_eq!(*log.newest().borrow(), texts.len() as i64 - 1);
}

#[tokio::test]
async fn another_process_may_append_and_the_service_hears_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let (service, import) = (open(folder.path(), None).await, open(folder.path(), None).await);
    let mut newest = service.newest();
    assert_eq!(service.append_records(vec![record("a")]).await.unwrap(), [0]);
    assert_eq!(import.append_records(vec![record("b"), record("c")]).await.unwrap(), [1, 2]);
    newest.wait_for(|newest| *newest == 2).await.unwrap();
    assert_eq!(service.append_records(vec![record("d")]).await.unwrap(), [3]);
    assert_eq!(texts(&import).await, ["a", "b", "c", "d"]);
}

/// Appends until the log is full; what was refused left nothing, what was kept is whole.
async fn fill(log: &Log) -> usize {
    let big = "x".repeat(5_000);
    let mut kept = 0;
    let error = loop {
        assert!(kept < 100_000, "never full");
        match log.append_records(vec![record(&big), record(&big), record(&big)]).await {
            Ok(offsets) => kept += offsets.len(),
            Err(error) => break error,
        }
    };
    assert!(matches!(error, StoreError::Full), "{error}");
    assert_eq!(error.retry(), Retry::WhenRoom);
    assert!(matches!(log.append_records(vec![record(&big); 50]).await, Err(StoreError::Full)), "still full");
    assert!(kept > 0 && texts(log).await.len() == kept);
    assert_eq!(*log.newest().borrow(), kept as i64 - 1);
    kept
}

#[tokio::test]
async fn a_log_that_cannot_be_opened_names_its_path() {
    let error = Log::open("/nowhere/at/all/log.db", LogOptions::default()).await.err().unwrap();
    assert!(error.to_string().contains("'/nowhere/at/all/log.db'"), "{error}");
    let error = Log::open("postgres://localhost/x", LogOptions::default()).await.err().unwrap();
    assert!(matches!(error, StoreError::Open { .. }), "{error}");
}

#[tokio::test]
async fn a_full_log_keeps_what_it_has_and_goes_on_when_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(folder.path(), Some(200_000)).await;
    let kept = fill(&log).await;
    // A small report may still fit where a large batch did not.
    let small = log.append_records(vec![record("kecil")]).await;
    assert!(matches!(small, Ok(_) | Err(StoreError::Full)), "{small:?}");
    let kept = kept + small.map_or(0, |offsets| offsets.len());
    drop(log);
    let log = open(folder.path(), Some(400_000)).await;
    assert_eq!(log.append_records(vec![record("lagi")]).await.unwrap(), [kept as i64]);
    assert_eq!(texts(&log).await.len(), kept + 1);
}

const DYING: &str = "KENTONGAN_TEST_DYING_LOG";

#[tokio::test]
async fn a_killed_process_loses_nothing_it_answered() {
    if let Ok(folder) = std::env::var(DYING) {
        return append_until_killed(Path::new(&folder)).await;
    }
    let folder = tempfile::tempdir().unwrap();
    for round in 1..=5 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "a_killed_process_loses_nothing_it_answered", "--nocapture"])
            .env(DYING, folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let answered = read_answers(&mut child, 20 * round);
        child.kill().unwrap();
        child.wait().unwrap();
        let log = open(folder.path(), None).await;
        let texts = texts(&log).await;
        assert!(texts.len() as i64 > answered, "answered up to {answered}, kept {}", texts.len());
        assert_eq!(texts.len() % 3, 0, "half a batch was kept");
    }
}

async fn append_until_killed(folder: &Path) {
    let log = open(folder, None).await;
    loop {
        let offsets = log.append_records(vec![record("a"), record("b"), record("c")]).await.unwrap();
        println!("answered {}", offsets[2]);
    }
}

/// The last offset among so many answers of the child.
fn read_answers(child: &mut Child, count: usize) -> i64 {
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(|line| line.unwrap());
    let answers =
        lines.filter_map(|line| line.split_once("answered ").map(|(_, offset)| offset.parse().unwrap()));
    answers.take(count).last().expect("the child answers")
}
