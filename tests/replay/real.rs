//! Real archives, where they are at hand: the BNPB flood list as it is, and the demonstration's own scenario.

use super::{Folder, closing, shuffled};
use kentongan_tests::house;
use serde_json::Value;
use std::process::Command;

const FLOODS: &str = "data/bnpb_floods_2020_2021/BNPB.csv.gz";

#[test]
fn the_flood_list_is_read_as_it_is() {
    let Some(packed) = house::shared(FLOODS) else {
        return house::not_run("replay::real::the_flood_list_is_read_as_it_is", "the list is not at hand");
    };
    let folder = Folder::new();
    let output = Command::new("gzip").arg("-dc").arg(&packed).output().expect("running gzip");
    let list = folder.write("floods.csv", &output.stdout);
    let list = list.to_string_lossy();
    let counts = closing(&["replay", "--format", "bnpb-csv", &list, "--json"]);
    let of = |key: &str| counts[key].as_u64().unwrap_or_default();
    assert!(of("records") > 2_900, "{counts}");
    assert!(of("incidents") > 0, "the four regencies had floods in 2020 and 2021: {counts}");
    let again = closing(&["replay", "--format", "bnpb-csv", &list, "--json"]);
    assert_eq!(counts, again);
}

#[test]
fn the_scenario_ends_the_same_in_any_order() {
    let scenario = house::read("crates/kentongan/scenario/muratara.ndjson");
    let lines: Vec<Vec<u8>> = scenario.lines().map(bytes).collect();
    let folder = Folder::new();
    let run = |lines: &[Vec<u8>]| {
        let path = folder.write("scenario.ndjson", &lines.join(&b'\n'));
        closing(&["replay", &path.to_string_lossy(), "--json"])
    };
    let counts = run(&lines);
    assert!(counts["conditions"]["raised"].as_u64() > Some(2), "{counts}");
    assert!(counts["retracted"].as_u64() > Some(1) && counts["superseded"].as_u64() > Some(0), "{counts}");
    for seed in 0..5 {
        assert_eq!(run(&shuffled(&lines, seed))["state_digest"], counts["state_digest"], "shuffled {seed}");
    }
}

/// The record's own bytes: a line of the scenario wraps them with what the demonstration needs.
fn bytes(line: &str) -> Vec<u8> {
    let line: Value = serde_json::from_str(line).expect("a line of the scenario is JSON");
    match line["raw"].as_str() {
        Some(raw) => raw.as_bytes().to_vec(),
        None => line["record"].to_string().into_bytes(),
    }
}
