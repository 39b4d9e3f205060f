//! The same archive again, shuffled, doubled, and half garbage.

use super::{Folder, closing, lines, shuffled};
use kentongan_tests::bench::workload::Dice;
use kentongan_tests::service;

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

/// The records of one evening, without text: who says what of the same post.
fn evening(stance: &str, severity: &str) -> Vec<Vec<u8>> {
    let line = |id: &str, feed: &str, minute: u32, rest: &str| {
        format!(
            r#"{{"report_id":"01KDTNM8M0Y02FSFQYZGT4HPX{id}","feed":"{feed}","district":"11.01.01","kind":"resident_company","occurred_at":"2026-06-14T17:30:00+07:00","reported_at":"2026-06-14T18:{minute}:00+07:00"{rest}}}"#
        )
        .into_bytes()
    };
    vec![
        line("A", "company", 25, r#","category":"WP-08","severity":5,"injured":3"#),
        line("B", "village", 45, &format!(r#"{stance}{severity}"#)),
    ]
}

#[test]
fn a_denial_and_an_end_are_statements_and_raise_nothing() {
    let folder = Folder::new();
    let of =
        |closing: &serde_json::Value, key: &str| closing[key].as_u64().unwrap_or_else(|| panic!("{closing}"));
    let denied = folder.replay(&evening(r#","stance":"denies""#, ""));
    let ended = folder.replay(&evening(r#","stance":"ends","category":"WP-08""#, r#","severity":1"#));
    let goes_on = folder.replay(&evening(r#","stance":"continues","category":"WP-08""#, r#","severity":5"#));
    for closing in [&denied, &ended] {
        assert_eq!((of(closing, "incidents"), of(closing, "merged"), of(closing, "statements")), (1, 0, 1));
    }
    assert_eq!((of(&goes_on, "incidents"), of(&goes_on, "merged"), of(&goes_on, "statements")), (1, 1, 0));
    let alone = folder.replay(&evening("", "")[..1]);
    assert_eq!(denied["conditions"], alone["conditions"], "the denial raised or cleared something");
    assert_ne!(denied["effects_digest"], ended["effects_digest"], "what remarks say is in the digest");
}

/// A clash that the village reports, the police's account of it, and what a company says under an id of its own choice.
fn clash(id_of_the_company: &str) -> Vec<Vec<u8>> {
    let line = |id: &str, feed: &str, district: &str, minute: u32, what: &str| {
        format!(
            r#"{{"report_id":"01KDTNM8M0Y02FSFQYZGT4HP{id}","feed":"{feed}","district":"{district}","occurred_at":"2026-06-14T17:00:00+07:00","reported_at":"2026-06-14T17:{minute:02}:00+07:00",{what}}}"#
        )
        .into_bytes()
    };
    let clash = |severity| format!(r#""kind":"resident_resident","category":"WW-01","severity":{severity}"#);
    vec![
        line("XA", "village", "11.01.02", 40, &clash(5)),
        line("XB", "police", "11.01.02", 55, &clash(4)),
        line(
            id_of_the_company,
            "company",
            "11.01.01",
            5,
            r#""kind":"resident_company","category":"WP-11","severity":1"#,
        ),
    ]
}

#[test]
fn a_feed_that_uses_anothers_id_takes_nothing_from_it() {
    let folder = Folder::new();
    let (taken, own) = (folder.replay(&clash("XA")), folder.replay(&clash("XC")));
    let of = |closing: &serde_json::Value, key: &str| closing[key].as_u64().unwrap_or_default();
    let ends = ["incidents", "merged", "duplicates"].map(|key| of(&taken, key));
    assert_eq!(ends, [2, 1, 0], "three reports and two incidents: {taken}");
    assert_eq!(
        taken["conditions"], own["conditions"],
        "what stands is what would stand with an id of its own"
    );
    assert_ne!(taken["state_digest"], own["state_digest"]);
    for seed in 0..3 {
        let other = folder.replay(&shuffled(&clash("XA"), seed));
        assert_eq!(other["state_digest"], taken["state_digest"], "shuffled {seed}");
    }
}

/// One report a day of the same place, the first on 13 June; `hours` after the first each, all of one village but the last.
fn days(kind: &str, category: &str, hours: &[i64], last_village: &str) -> Vec<Vec<u8>> {
    let line = |(number, hour): (usize, &i64)| {
        let day = 13 + (8 + hour) / 24;
        let at = format!("2026-06-{day:02}T{:02}:00:00+07:00", (8 + hour) % 24);
        let village = if number + 1 == hours.len() { last_village } else { "11.01.01.2010" };
        let feed = if number % 2 == 0 { "village" } else { "police" };
        let line = format!(
            r#"{{"report_id":"01KDTNM8M0Y02FSFQYZGT4HP0{number:X}","feed":"{feed}","village":"{village}","kind":"{kind}","category":"{category}","severity":3,"occurred_at":"{at}","reported_at":"{at}"}}"#
        );
        line.into_bytes()
    };
    hours.iter().enumerate().map(line).collect()
}

#[test]
fn what_lasts_is_one_incident_from_report_to_report() {
    let folder = Folder::new();
    let incidents = |lines: &[Vec<u8>]| folder.replay(lines)["incidents"].as_u64().unwrap();
    let (blockade, here) = (("resident_company", "WP-05"), "11.01.01.2010");
    let of = |(kind, category): (&str, &str), hours: &[i64], last: &str| {
        incidents(&days(kind, category, hours, last))
    };
    assert_eq!(of(blockade, &[0, 1, 24, 48, 72], here), 1, "four days of one blockade");
    assert_eq!(of(("disaster", "WA-01"), &[0, 36, 72], here), 1, "a flood of three days");
    assert_eq!(of(("resident_resident", "WW-01"), &[0, 24, 48], here), 2, "a clash lasts no days");
    assert_eq!(of(blockade, &[0, 24, 61], here), 2, "no word for 37 hours");
    assert_eq!(of(blockade, &[0, 24, 48], "11.01.01.2011"), 2, "another village's road");
    let fortnight: Vec<i64> = (0..10).map(|number| number * 36).collect();
    assert_eq!(of(blockade, &fortnight, here), 1);
    assert_eq!(of(blockade, &(0..11).map(|number| number * 36).collect::<Vec<i64>>(), here), 2, "15 days");
    let mut apart = days(blockade.0, blockade.1, &[0, 60, 30], here);
    let digest = |lines: &[Vec<u8>]| folder.replay(lines)["state_digest"].to_string();
    let late = digest(&apart);
    assert_eq!(incidents(&apart), 1, "a late report joins both ends");
    apart.rotate_left(2);
    assert_eq!(digest(&apart), late);
}

/// A grave flood on a day of 2020.
fn flood(number: u32, district: &str, (month, day): (u32, u32)) -> Vec<u8> {
    format!(
        r#"{{"report_id":"01KDTNM8M0Y02FSFQYZGT4H{number:03}","feed":"agency","district":"{district}","kind":"disaster","category":"WA-01","severity":5,"dead":2,"occurred_at":"2020-{month:02}-{day:02}T05:00:00+07:00","reported_at":"2020-{month:02}-{day:02}T06:00:00+07:00"}}"#
    )
    .into_bytes()
}

#[test]
fn one_slip_in_a_date_silences_nothing_after_it() {
    let folder = Folder::new();
    let place = |number: u32| if number < 2 { "11.01.01" } else { "11.01.02" };
    let right: Vec<_> = (0..5).map(|number| flood(number, place(number), (3, 3 + 4 * number))).collect();
    let conditions = |lines: &[Vec<u8>]| folder.replay(lines)["conditions"]["raised"].as_u64().unwrap_or(0);
    let raised = conditions(&right);
    assert!(raised >= 2, "{raised}");
    // The slip comes first, in the middle, twice in a row, or last; it is of a day of the month, or of the month.
    for slip in [(3, 9), (3, 28), (3, 31), (7, 9), (1, 2)] {
        for at in 0..=right.len() {
            for slips in 1..=2 {
                let mut lines = right.clone();
                for number in 0..slips {
                    lines.insert(at, flood(90 + number, "11.01.03", slip));
                }
                let found = conditions(&lines);
                // What comes months late is history and raises nothing itself.
                let own = u64::from(slip.0 >= 3);
                assert!(found >= raised + own, "{slips} of {slip:?} at {at}: {found}, {raised}");
            }
        }
    }
    // A gap is no slip: the archive goes on after it.
    let mut gap = right.clone();
    gap.extend((5..8).map(|number| flood(number, "11.01.03", (6, number))));
    assert!(conditions(&gap) > raised);
    // The newest first is an order too.
    let mut newest_first = right.clone();
    newest_first.reverse();
    assert_eq!(conditions(&newest_first), raised);
}

#[test]
fn a_date_that_stands_out_is_named_with_its_line() {
    let folder = Folder::new();
    let days = [(3, 1), (3, 28), (3, 5), (3, 6), (3, 7)];
    let mut lines: Vec<_> = (0..).zip(days).map(|(number, day)| flood(number, "11.01.01", day)).collect();
    lines.insert(0, Vec::new());
    let path = folder.write("slip.ndjson", &lines.join(&b'\n'));
    let (path, districts) = (path.to_string_lossy(), folder.path("districts.txt"));
    let output = service::run(&["replay", &path, "--districts", &districts.to_string_lossy(), "--json"]);
    let remarks = String::from_utf8_lossy(&output.stderr);
    assert!(
        remarks.contains("record 2, line 3") && remarks.contains("23 days after those around it"),
        "{remarks}"
    );
}

#[test]
fn the_order_of_files_is_no_matter() {
    let folder = Folder::new();
    let write = |name: &str, district: &str, days: &[u32]| {
        let numbers = days.iter().map(|day| (day + if district.ends_with('1') { 0 } else { 50 }, *day));
        let lines: Vec<_> = numbers.map(|(number, day)| flood(number, district, (3, day))).collect();
        folder.write(name, &lines.join(&b'\n')).to_string_lossy().into_owned()
    };
    let (one, other) =
        (write("a.ndjson", "11.01.01", &[1, 8, 15, 22, 29]), write("b.ndjson", "11.01.02", &[2, 10, 21]));
    let districts = folder.path("districts.txt").to_string_lossy().into_owned();
    let replayed =
        |files: [&str; 2]| closing(&["replay", files[0], files[1], "--districts", &districts, "--json"]);
    let (there, back) = (replayed([&one, &other]), replayed([&other, &one]));
    assert_eq!(there, back);
    assert!(there["conditions"]["raised"].as_u64() >= Some(2), "{there}");
}
