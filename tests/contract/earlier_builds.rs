//! What an earlier build left behind: its state is refused with what to do, and its backup is read by `restore`.

use flate2::read::GzDecoder;
use kentongan_tests::house;
use kentongan_tests::service;
use sqlx::Connection;
use std::fs::{self, File};
use std::io;
use std::path::Path;

/// Written by `kentongan backup` of the last build with schema 10.
const BACKUP: &str = "crates/store/tests/fixtures/backup_of_schema_10.ndjson.gz";
/// A data folder of the first edition and the backup it made of it; its README says how.
const FIRST_EDITION: &str = "tests/contract/first_edition";

#[test]
fn the_backup_of_an_earlier_build_is_restored_by_the_verb_and_verified() {
    let folder = tempfile::tempdir().expect("making a folder");
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (file, data, again) = (path("backup.ndjson"), path("data"), path("again.ndjson"));
    unpack(BACKUP, Path::new(&file));
    service::call(&["restore", &file, "--data", &data]);
    let digest = service::call(&["audit", "verify", "--data", &data]);
    assert!(digest.contains("state_digest"), "{digest}");
    let feeds = service::call(&["feed", "list", "--data", &data]);
    assert_eq!(feeds.lines().filter(|line| line.contains("police")).count(), 1, "{feeds}");
    // It is a state of this build from now on: what it backs up is restored with the same digest.
    service::call(&["backup", &again, "--data", &data]);
    let second = path("second");
    service::call(&["restore", &again, "--data", &second]);
    assert_eq!(service::call(&["audit", "verify", "--data", &second]), digest);
}

#[test]
fn a_cut_off_backup_restores_nothing() {
    let folder = tempfile::tempdir().expect("making a folder");
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (file, data) = (path("backup.ndjson"), path("data"));
    let packed = File::open(house::root().join(BACKUP)).expect("the fixture");
    let text = io::read_to_string(GzDecoder::new(packed)).expect("unpacking");
    let cut = text.lines().take(60).collect::<Vec<_>>().join("\n");
    fs::write(&file, cut).expect("writing");
    let output = service::run(&["restore", &file, "--data", &data]);
    assert!(!output.status.success());
    fs::write(&file, text).expect("writing");
    service::call(&["restore", &file, "--data", &data]);
}

#[test]
fn a_data_folder_of_an_earlier_build_is_refused_with_what_to_do_and_left_as_it_was() {
    let folder = tempfile::tempdir().expect("making a folder");
    let data = folder.path().join("data");
    fs::create_dir(&data).expect("a folder");
    for name in ["log.sqlite", "state.sqlite", "state.sqlite-wal"] {
        unpack(&format!("{FIRST_EDITION}/data/{name}.gz"), &data.join(name));
    }
    let state = data.join("state.sqlite");
    let before = contents(&state);
    let shown = data.to_string_lossy().into_owned();
    for verb in ["serve", "backup", "audit"] {
        let more: &[&str] = match verb {
            "backup" => &["b.ndjson"],
            "audit" => &["verify"],
            _ => &[],
        };
        let output = service::run(&[&[verb], more, &["--data", &shown]].concat());
        let printed = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(matches!(output.status.code(), Some(1 | 2)), "{verb}: {printed}");
        for word in ["kentongan backup FILE", "kentongan restore FILE"] {
            assert!(printed.contains(word), "{verb}: {printed}");
        }
    }
    assert_eq!(contents(&state), before);
    assert_eq!((before.newest, before.reports, before.history), (10, 5, 3));
}

/// The advice of that refusal works: the backup that the first edition made of that very folder is restored.
#[test]
fn the_first_editions_backup_of_that_folder_is_restored_with_all_that_was_there() {
    let folder = tempfile::tempdir().expect("making a folder");
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (file, data) = (path("backup.ndjson"), path("data"));
    unpack(&format!("{FIRST_EDITION}/backup.ndjson.gz"), Path::new(&file));
    service::call(&["restore", &file, "--data", &data]);
    let verified = service::call(&["audit", "verify", "--data", &data]);
    for line in ["1 alerts checked, 0 broken", "0 unaccounted", "state_digest"] {
        assert!(verified.contains(line), "no '{line}': {verified}");
    }
    let feeds = service::call(&["feed", "list", "--data", &data]);
    assert!(feeds.contains("polsek-rupit") && feeds.contains("desa-beringin"), "{feeds}");
    let refused = service::call(&["dead-letters", "list", "--data", &data]);
    assert!(refused.contains("report_id"), "{refused}");
    let alert = service::call(&["show", "alert", "16.13-2026-0001", "--json", "--data", &data]);
    let alert: serde_json::Value = serde_json::from_str(&alert).expect("JSON");
    let acts = alert["history"].as_array().expect("a history").iter().map(|line| line["act"].as_str());
    let acts: Vec<&str> = acts.map(Option::unwrap_or_default).collect();
    assert_eq!(acts.iter().filter(|act| **act == "acknowledge").count(), 1, "{alert}");
    assert_eq!(contents(&Path::new(&data).join("state.sqlite")).reports, 5);
}

fn unpack(packed: &str, to: &Path) {
    let packed = File::open(house::root().join(packed)).expect("the fixture");
    io::copy(&mut GzDecoder::new(packed), &mut File::create(to).expect("a file")).expect("unpacking");
}

/// What a state holds, as far as it can be asked of both editions.
#[derive(PartialEq, Debug)]
struct Contents {
    tables: i64,
    newest: i64,
    reports: i64,
    history: i64,
}

fn contents(state: &Path) -> Contents {
    with_state(state, async |connection| {
        let mut ask = async |text: &'static str| -> i64 {
            sqlx::query_scalar(text).fetch_one(&mut *connection).await.expect("asking")
        };
        Contents {
            tables: ask("SELECT COUNT(*) FROM sqlite_master WHERE type = 'table'").await,
            newest: ask("SELECT MAX(version) FROM schema_versions").await,
            reports: ask("SELECT COUNT(*) FROM reports").await,
            history: ask("SELECT COUNT(*) FROM alert_history").await,
        }
    })
}

fn with_state<T>(path: &Path, ask: impl AsyncFnOnce(&mut sqlx::SqliteConnection) -> T) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let url = format!("sqlite://{}", path.display());
        let mut connection = sqlx::SqliteConnection::connect(&url).await.expect("connecting");
        let answer = ask(&mut connection).await;
        connection.close().await.expect("closed");
        answer
    })
}
