//! The same archive again, shuffled, doubled, and half garbage.

use super::{Folder, lines, shuffled};
use kentongan_tests::bench::workload::Dice;

#[test]
fn the_same_archive_gives_the_same_two_digests() {
    let (folder, lines) = (Folder::new(), lines(20_000, 1));
    let (once, again) = (folder.replay(&lines), folder.replay(&lines));
    assert_eq!(once, again);
    assert_eq!(once["records"], 20_000);
    let share = |reason: &str| once["dead_letters"][reason].as_u64().unwrap_or_default();
    for reason in ["json", "district", "severity", "future"] {
        assert!(share(reason) > 0, "no '{reason}' among the dead letters: {once}");
    }
}

#[test]
fn shuffled_and_doubled_archives_end_in_the_same_state() {
    let (folder, lines) = (Folder::new(), lines(20_000, 2));
    let first = folder.replay(&lines);
    for seed in 0..3 {
        let other = folder.replay(&shuffled(&lines, seed));
        assert_eq!(other["state_digest"], first["state_digest"], "shuffled {seed}");
    }
    let doubled: Vec<Vec<u8>> = lines.iter().flat_map(|line| [line.clone(), line.clone()]).collect();
    let other = folder.replay(&doubled);
    assert_eq!(other["state_digest"], first["state_digest"], "doubled");
    assert_eq!(other["records"], 40_000);
    let reports = first["reports"].as_u64().unwrap_or_default();
    let duplicates = first["duplicates"].as_u64().unwrap_or_default();
    assert_eq!(other["duplicates"], duplicates + reports);
}

#[test]
fn one_report_less_is_another_state() {
    let (folder, lines) = (Folder::new(), lines(2_000, 3));
    assert_ne!(folder.replay(&lines)["state_digest"], folder.replay(&lines[1..])["state_digest"]);
}

#[test]
fn a_duplicate_with_other_content_ends_the_same_whichever_comes_first() {
    let (folder, mut lines) = (Folder::new(), lines(2_000, 4));
    let whole = |line: &&Vec<u8>| {
        serde_json::from_slice::<serde_json::Value>(line).is_ok_and(|first| first["severity"] != 9)
    };
    let original = lines.iter().rfind(whole).expect("a whole line").clone();
    let mut first: serde_json::Value = serde_json::from_slice(&original).expect("it was whole");
    first["severity"] = 5.into();
    first["summary"] = "isi lain".into();
    let other = first.to_string().into_bytes();
    lines.push(other.clone());
    let after = folder.replay(&lines);
    lines.pop();
    lines.insert(0, other);
    assert_eq!(folder.replay(&lines)["state_digest"], after["state_digest"]);
}

#[test]
fn half_garbage_stalls_nothing_and_loses_nothing() {
    let (folder, lines) = (Folder::new(), lines(5_000, 5));
    let clean = folder.replay(&lines);
    let mut dice = Dice::new(5);
    let mut mixed = Vec::new();
    for line in &lines {
        mixed.push(garbage(&mut dice, line));
        mixed.push(line.clone());
    }
    let first = folder.replay(&mixed);
    assert_eq!(first["state_digest"], clean["state_digest"]);
    assert_eq!(first["records"], 10_000);
    assert_eq!(first["reports"], clean["reports"]);
}

/// A line that is no report: noise, a cut line, NULs, broken UTF-8, another shape, far too long.
fn garbage(dice: &mut Dice, line: &[u8]) -> Vec<u8> {
    match dice.below(7) {
        0 => (0..1 + dice.below(300)).map(|_| (dice.roll() as u8).max(b' ')).collect(),
        1 => line[..line.len() / 2].to_vec(),
        2 => [&line[..line.len() / 2], b"\0", &line[line.len() / 2..]].concat(),
        3 => b"{\"report_id\":\"\xff\xfe\"}".to_vec(),
        4 => b"[1,2,3]".to_vec(),
        5 => b"null".to_vec(),
        _ => vec![b'{'; 70_000],
    }
}
