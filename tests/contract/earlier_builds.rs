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

#[test]
fn the_backup_of_an_earlier_build_is_restored_by_the_verb_and_verified() {
    let folder = tempfile::tempdir().expect("making a folder");
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (file, data, again) = (path("backup.ndjson"), path("data"), path("again.ndjson"));
    let packed = File::open(house::root().join(BACKUP)).expect("the fixture");
    io::copy(&mut GzDecoder::new(packed), &mut File::create(&file).expect("a file")).expect("unpacking");
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
    let state = folder.path().join("state.sqlite");
    make_state_of_schema_10(&state);
    let data = folder.path().to_string_lossy().into_owned();
    for verb in ["serve", "backup", "audit"] {
        let more: &[&str] = match verb {
            "backup" => &["b.ndjson"],
            "audit" => &["verify"],
            _ => &[],
        };
        let output = service::run(&[&[verb], more, &["--data", &data]].concat());
        let printed = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(matches!(output.status.code(), Some(1 | 2)), "{verb}: {printed}");
        for word in ["kentongan backup FILE", "kentongan restore FILE"] {
            assert!(printed.contains(word), "{verb}: {printed}");
        }
    }
    let left = with_state(&state, async |connection| {
        let tables = "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table'";
        let tables: i64 = sqlx::query_scalar(tables).fetch_one(&mut *connection).await.expect("asking");
        let newest = "SELECT MAX(version) FROM schema_versions";
        let newest: i64 = sqlx::query_scalar(newest).fetch_one(&mut *connection).await.expect("asking");
        (tables, newest)
    });
    assert_eq!(left, (2, 10));
}

fn make_state_of_schema_10(path: &Path) {
    let text = "CREATE TABLE schema_versions (version BIGINT NOT NULL PRIMARY KEY);
        INSERT INTO schema_versions (version) VALUES (9), (10);
        CREATE TABLE reports (id TEXT NOT NULL PRIMARY KEY)";
    fs::write(path, "").expect("an empty file");
    with_state(path, async |connection| {
        sqlx::raw_sql(text).execute(connection).await.expect("a state as it was");
    });
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
