//! The embedded log: order, group commit, a full log, a process that dies.

use domain::author::StampedAuthor;
use domain::kind::{FeedClass, Refused};
use domain::place::Areas;
use domain::time::Time;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use store::{Log, LogOptions, NewRecord, Retry, SealedCodec, StoreError};

fn record(text: &str) -> NewRecord {
    NewRecord {
        feed: String::from("desa"),
        class: FeedClass::Village,
        areas: Areas::parse("16.13 61.02").expect("codes of places"),
        received_at: Time(5),
        bytes: text.as_bytes().to_vec(),
        refused: None,
        archive: false,
        author: StampedAuthor::default(),
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
        archive: true,
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

/// Turns every bit over, marks what it sealed, and counts what passed.
#[derive(Default)]
struct Counting {
    sealed: AtomicUsize,
    opened: AtomicUsize,
}

const MARK: u8 = 7;

impl SealedCodec for Counting {
    fn seal(&self, clear: Vec<u8>) -> Vec<u8> {
        self.sealed.fetch_add(1, Ordering::Relaxed);
        [MARK].into_iter().chain(clear.into_iter().map(|byte| !byte)).collect()
    }

    fn open(&self, sealed: Vec<u8>) -> Result<Vec<u8>, StoreError> {
        self.opened.fetch_add(1, Ordering::Relaxed);
        let Some((&MARK, rest)) = sealed.split_first() else {
            return Err(StoreError::Corrupt(String::from("not sealed by this codec")));
        };
        Ok(rest.iter().map(|byte| !byte).collect())
    }
}

/// Every byte the log has on disk, its write-ahead file too.
fn on_disk(folder: &Path) -> Vec<u8> {
    let files = std::fs::read_dir(folder).unwrap().flatten();
    files.flat_map(|file| std::fs::read(file.path()).unwrap()).collect()
}

#[tokio::test]
async fn what_records_bring_passes_the_codec_both_ways_and_lies_nowhere_in_clear() {
    const SECRET: &str = "RAHASIA: pelapor Siti, Desa Beringin";
    let lies_in = |bytes: &[u8], text: &str| bytes.windows(text.len()).any(|part| part == text.as_bytes());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.db").to_string_lossy().into_owned();
    let open_sealed = |codec: Arc<Counting>| Log::open_sealed(&path, LogOptions::default(), codec);
    let codec = Arc::new(Counting::default());
    let log = open_sealed(codec.clone()).await.unwrap();
    // A run of records that are alike in one statement, one that is not, one refused, one empty.
    let refused = NewRecord { refused: Some(Refused::Schema), ..record(SECRET) };
    let other = NewRecord { feed: String::from("polsek"), ..record(SECRET) };
    let given = [record(SECRET), record(SECRET), record(SECRET), other, refused, record("")];
    assert_eq!(log.append_records(given.to_vec()).await.unwrap(), [0, 1, 2, 3, 4, 5]);
    assert_eq!((codec.sealed.load(Ordering::Relaxed), codec.opened.load(Ordering::Relaxed)), (6, 0));
    let bytes = on_disk(folder.path());
    assert!(lies_in(&bytes, "polsek"), "the records are not on disk");
    assert!(!lies_in(&bytes, "RAHASIA") && !lies_in(&bytes, "Siti"), "what a record brought lies in clear");

    let back = log.read(0, 0, 10).await.unwrap().into_iter().map(|record| record.record);
    assert_eq!(back.collect::<Vec<_>>(), given);
    assert_eq!(codec.opened.load(Ordering::Relaxed), 6);
    drop(log);

    // Also after a restart; and who brings another codec reads something else, or gets an error.
    let log = open_sealed(Arc::new(Counting::default())).await.unwrap();
    assert_eq!(log.read(0, 4, 1).await.unwrap()[0].record, given[4]);
    let clear = open(folder.path(), None).await;
    let as_it_lies = clear.read(0, 0, 1).await.unwrap().remove(0).record.bytes;
    assert_eq!(as_it_lies[0], MARK);
    assert_eq!(Counting::default().open(as_it_lies).unwrap(), SECRET.as_bytes());
    assert_eq!(clear.append_records(vec![record("a")]).await.unwrap(), [6]);
    assert!(matches!(log.read(0, 6, 1).await, Err(StoreError::Corrupt(_))));
    assert!(!lies_in(&on_disk(folder.path()), "RAHASIA"));
}

/// A log of builds before the codec: what they wrote is read as it is, and what this one writes lies as it did then.
#[tokio::test]
async fn without_a_codec_the_bytes_lie_as_they_came() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(folder.path(), None).await;
    log.append_records(vec![record("laporan apa adanya")]).await.unwrap();
    let bytes = on_disk(folder.path());
    assert!(bytes.windows(18).any(|part| part == b"laporan apa adanya"));
    assert_eq!(texts(&log).await, ["laporan apa adanya"]);
}

#[tokio::test]
async fn every_caller_of_a_group_gets_its_own_offsets() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.db");
    // A short queue and small groups, so that callers wait for a place and groups split.
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
