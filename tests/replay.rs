//! Archives through `kentongan replay`: the same state however the records come, the counts always balanced.

mod archive;
mod real;

use kentongan_tests::bench::workload::{self, Dice};
use kentongan_tests::service;
use serde_json::Value;
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

/// A folder with the workload's districts, and archives written into it.
struct Folder(TempDir);

impl Folder {
    fn new() -> Folder {
        let folder = Folder(tempfile::tempdir().expect("making a folder"));
        folder.write("districts.txt", workload::districts().join("\n").as_bytes());
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        fs::write(self.path(name), bytes).expect("writing an archive");
        self.path(name)
    }

    /// Replays lines and gives the closing line.
    #[track_caller]
    fn replay(&self, lines: &[Vec<u8>]) -> Value {
        let path = self.write("archive.ndjson", &lines.join(&b'\n'));
        let (path, districts) = (path.to_string_lossy(), self.path("districts.txt"));
        closing(&["replay", &path, "--districts", &districts.to_string_lossy(), "--json"])
    }
}

/// Calls `replay --json` and reads its last line.
#[track_caller]
fn closing(words: &[&str]) -> Value {
    let printed = service::call(words);
    let line = printed.lines().last().unwrap_or_default();
    let closing: Value =
        serde_json::from_str(line).unwrap_or_else(|error| panic!("the last line '{line}': {error}"));
    balanced(&closing);
    closing
}

/// The two sums of the contract.
#[track_caller]
fn balanced(closing: &Value) {
    let of = |key: &str| closing[key].as_u64().unwrap_or_else(|| panic!("'{key}' is missing in {closing}"));
    let dead: u64 =
        closing["dead_letters"].as_object().expect("dead letters").values().filter_map(Value::as_u64).sum();
    assert_eq!(of("records"), of("reports") + dead, "{closing}");
    let endings = [
        "incidents",
        "merged",
        "duplicates",
        "superseded",
        "retracted",
        "signals",
        "zero_reports",
        "verifications",
        "statements",
    ];
    assert_eq!(of("reports"), endings.iter().map(|key| of(key)).sum::<u64>(), "{closing}");
}

/// Lines of the workload.
fn lines(count: usize, seed: u64) -> Vec<Vec<u8>> {
    let mut bytes = Vec::new();
    workload::write(count, seed, &mut bytes).expect("writing to memory");
    let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(<[u8]>::to_vec).collect()
}

fn shuffled(lines: &[Vec<u8>], seed: u64) -> Vec<Vec<u8>> {
    let (mut dice, mut lines) = (Dice::new(seed), lines.to_vec());
    for last in (1..lines.len()).rev() {
        lines.swap(last, dice.below(last + 1));
    }
    lines
}
