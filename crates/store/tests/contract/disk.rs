//! A disk that is really full: both files say so, stay whole, and go on when room is made.
//!
//! Each test runs itself again as a process with a small disk that only it sees. That needs
//! `unshare` (util-linux) and allowed user namespaces; where they are missing the test says so.

use crate::fixture;
use domain::author::StampedAuthor;
use domain::report::Body;
use std::path::{Path, PathBuf};
use std::process::Command;
use store::{Log, LogOptions, NewRecord, Retry, Store, StoreError};

const SMALL_DISK: &str = "KENTONGAN_TEST_SMALL_DISK";
const BEGUN: &str = "the small disk is there";

/// The small disk inside the second process; `None` in the first, which has judged the second's end.
fn small_disk(test: &str) -> Option<PathBuf> {
    if let Ok(disk) = std::env::var(SMALL_DISK) {
        println!("{BEGUN}");
        return Some(PathBuf::from(disk));
    }
    let folder = tempfile::tempdir().unwrap();
    let mount = "mount -t tmpfs -o size=1280k none \"$0\" && exec \"$@\"";
    let done = Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "sh", "-c", mount])
        .arg(folder.path())
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(SMALL_DISK, folder.path())
        .output();
    match done {
        Err(error) => println!("skipped: 'unshare' does not run here: {error}"),
        Ok(output) => {
            let output_text = String::from_utf8_lossy(&output.stdout);
            let complained = String::from_utf8_lossy(&output.stderr);
            match output_text.contains(BEGUN) {
                true => assert!(output.status.success(), "{output_text}{complained}"),
                false => println!("skipped: a small disk cannot be made here: {complained}"),
            }
        }
    }
    None
}

/// Something to take away when room is needed.
fn ballast(disk: &Path) -> PathBuf {
    let ballast = disk.join("ballast");
    std::fs::write(&ballast, vec![1u8; 400_000]).unwrap();
    ballast
}

fn record(size: usize) -> NewRecord {
    NewRecord {
        feed: String::from("desa"),
        class: domain::kind::FeedClass::Village,
        areas: domain::place::Areas::everywhere(),
        received_at: domain::time::Time(5),
        bytes: vec![b'x'; size],
        refused: None,
        archive: false,
        author: StampedAuthor::default(),
    }
}

#[tokio::test]
async fn the_log_outlives_a_full_disk() {
    let Some(disk) = small_disk("disk::the_log_outlives_a_full_disk") else { return };
    let ballast = ballast(&disk);
    let log = Log::open(&disk.join("log.db").to_string_lossy(), LogOptions::default()).await.unwrap();
    let mut kept = 0;
    let error = loop {
        match log.append_records(vec![record(5_000); 3]).await {
            Ok(offsets) => kept += offsets.len(),
            Err(error) => break error,
        }
    };
    assert!(matches!(error, StoreError::Full), "{error}");
    assert!(matches!(log.append_records(vec![record(5_000); 3]).await, Err(StoreError::Full)), "still full");
    assert_eq!(log.read(0, 0, usize::MAX).await.unwrap().len(), kept);
    std::fs::remove_file(&ballast).unwrap();
    assert_eq!(log.append_records(vec![record(5)]).await.unwrap(), [kept as i64]);
    assert_eq!(log.read(0, 0, usize::MAX).await.unwrap().len(), kept + 1);
}

#[tokio::test]
async fn the_state_outlives_a_full_disk_and_takes_the_same_commit_again() {
    let test = "disk::the_state_outlives_a_full_disk_and_takes_the_same_commit_again";
    let Some(disk) = small_disk(test) else { return };
    let ballast = ballast(&disk);
    let store = Store::open(&disk.join("state.db").to_string_lossy()).await.unwrap();
    let (mut next, mut refused) = (0, None);
    while refused.is_none() {
        let mut commit = fixture::commit(next, next + 10);
        commit.reports = (next..next + 10).map(|id| big_report(id as u128)).collect();
        match store.commit(&commit).await {
            Ok(_) => next += 10,
            Err(error) => {
                assert!(matches!(error, StoreError::Full), "{error}");
                assert_eq!(error.retry(), Retry::WhenRoom);
                refused = Some(commit);
            }
        }
    }
    let count = async || store.each_report(|_| ()).await.unwrap();
    assert_eq!(count().await, next as u64);
    std::fs::remove_file(&ballast).unwrap();
    store.commit(refused.unwrap()).await.unwrap();
    assert_eq!(count().await, next as u64 + 10);
    assert_eq!(store.recover(0).await.unwrap().unwrap().next_offset, next + 10);
}

fn big_report(id: u128) -> store::ReportRow {
    store::ReportRow {
        payload: vec![b'x'; 4_000],
        ..fixture::report(id, Body::Statement(fixture::statement()))
    }
}

/// Reports and people's names lie in them: no other account of the machine reads them, whatever the umask.
#[tokio::test]
async fn the_databases_are_readable_for_the_services_account_only() {
    use std::os::unix::fs::PermissionsExt;
    let (earlier, folder) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    // As an earlier build made them, and left them when it was killed.
    let state = earlier.path().join("state.sqlite");
    let killed = Store::open(state.to_str().expect("a path")).await.expect("the state");
    let mut left = 0;
    for entry in std::fs::read_dir(earlier.path()).expect("its files") {
        let entry = entry.expect("a file");
        let file = folder.path().join(entry.file_name());
        std::fs::copy(entry.path(), &file).expect("a copy");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).expect("its mode");
        left += 1;
    }
    killed.close().await;
    let state = folder.path().join("state.sqlite");
    let store = Store::open(state.to_str().expect("a path")).await.expect("the state");
    store.outbox_pending().await.expect("it is used");
    let mut seen = Vec::new();
    for entry in std::fs::read_dir(folder.path()).expect("the folder") {
        let entry = entry.expect("an entry");
        let mode = entry.metadata().expect("its mode").permissions().mode() & 0o777;
        seen.push((entry.file_name(), mode));
    }
    assert!(left >= 3 && seen.len() >= left && seen.iter().all(|(_, mode)| *mode == 0o600), "{seen:?}");
}
