//! However reports are written, they are the same records, and nothing is lost.

use super::*;

fn read(text: &str) -> Vec<(u64, String)> {
    let mut lines = JsonLines::new("f".into(), Box::new(std::io::Cursor::new(text.as_bytes().to_vec())));
    let mut found = Vec::new();
    while let Some(record) = lines.next_record().unwrap() {
        found.push((record.line, String::from_utf8_lossy(record.bytes).into_owned()));
    }
    found
}

fn records(text: &str) -> Vec<String> {
    read(text).into_iter().map(|(_, record)| record).collect()
}

/// However the same reports are written, they are the same records.
#[test]
fn an_array_is_read_however_it_is_broken_into_lines() {
    let reports = [r#"{"a":[1,2],"b":"x],[\"{"}"#, r#"{"a":{}}"#, r#"{"c":"\\"}"#];
    let lines = reports.join("\n");
    let event =
        |data: &str| format!(r#"{{"specversion":"1.0","id":"1","source":"/a","type":"t","data":{data}}}"#);
    for text in [
        lines.clone(),
        format!("\u{feff}\n{lines}\n"),
        format!("[{}]", reports.join(",")),
        format!("[\n{}\n]\n", reports.join(",\n")),
        format!("[\n  {}\n]", reports.join("\n , ")),
        format!(" [{}\r\n]", reports.join(",\r\n")),
        event(&format!("[{}]", reports.join(","))),
        format!("[{}]", reports.map(&event).join(",\n")),
        reports.map(event).join("\n"),
    ] {
        assert_eq!(records(&text), reports, "{text}");
    }
    assert_eq!(records("[\n{\n\"a\": 1\n},\n{\"b\":2}\n]"), ["{\n\"a\": 1\n}", "{\"b\":2}"]);
    assert_eq!(read("[\n{\"a\":1},\n\n{\"b\":2}]").iter().map(|(line, _)| *line).collect::<Vec<_>>(), [2, 4]);
    assert!(records("[]").is_empty() && records("[\n]\n").is_empty() && records("").is_empty());
}

/// Two on a line, lines that end as on an old Macintosh, and an object round them lose none.
#[test]
fn reports_are_found_in_whatever_holds_them() {
    let reports = [r#"{"a":[1,2],"b":"} {"}"#, r#"{"a":{}}"#, r#"{"c":"\\"}"#];
    let list = reports.join(",");
    for text in [
        reports.concat(),
        reports.join(" "),
        format!("{} {}\n{}", reports[0], reports[1], reports[2]),
        reports.join("\r"),
        format!("{}\r", reports.join("\r")),
        format!("{{\"reports\":[{list}]}}"),
        format!("{{\"count\":3,\"reports\":[{list}],\"next\":null}}\n"),
        format!("{{\"reports\": [\n{}\n]\n}}\n", reports.join(",\n")),
        format!("{{\n  \"reports\" :\n [{list}\n]}}"),
        format!("{{\"reports\":[{}]}}\n{{\"reports\":[{},{}]}}", reports[0], reports[1], reports[2]),
    ] {
        assert_eq!(records(&text), reports, "{text}");
    }
    // A report may have a field of that name, and what is no wrapper stays as it is.
    for text in [r#"{"report_id":"x","reports":[{"a":1}]}"#, r#"{"reports":"x"}"#, r#"{"reports":[]}"#, "{"] {
        assert_eq!(records(text), [text]);
    }
}

/// What stands round a list is no report, wherever it stands and however the file is broken into lines.
#[test]
fn a_list_within_an_object_is_found_behind_other_members() {
    let reports = [r#"{"a":[1,2],"b":"} {"}"#, r#"{"a":{}}"#, r#"{"c":"\\"}"#];
    let list = reports.join(",");
    let before = r#""source":"polres \"reports\":[","page":{"reports":[7]},"of":[[1],{"x":"]"}]"#;
    for text in [
        format!("{{{before},\"reports\":[{list}],\"next\":null}}"),
        format!("{{{before},\n\"reports\":[{list}],\n\"next\":null}}"),
        format!(
            "{{\n{},\n\"reports\" : [\n{}\n],\n\"next\": null\n}}\n",
            before.replace(",", ",\n "),
            reports.join(",\n")
        ),
        format!("{{\n\"source\":\n\"x\",\"reports\":\n[{list}\n]\n,\"n\":{{\"m\":[1]}}}}"),
        format!("{{\r\n\"n\": 3,\r\n\"reports\": [\r\n{}]\r\n}}", reports.join(",\r\n")),
        format!(
            "{{\n\"n\":1,\"reports\":[{}]}}\n{{\n\"n\":2,\"reports\":[{},{}]}}",
            reports[0], reports[1], reports[2]
        ),
        format!("{{\n\"reports\":[{}]}}\n{}\n{}\n", reports[0], reports[1], reports[2]),
    ] {
        assert_eq!(records(&text), reports, "{text}");
    }
    // What cannot stand there is refused, and hides nothing.
    let twice = "{\n\"reports\":[{\"a\":1}],\n\"reports\":[{\"b\":2}]}";
    assert_eq!(records(twice), ["{\"a\":1}", ",\n\"reports\":[{\"b\":2}]}"]);
    assert_eq!(records("{\n\"reports\":[{\"a\":1}"), ["{\"a\":1}"]);
    assert_eq!(records("{\n\"reports\":[{\"a\":1},{\"b\":"), ["{\"a\":1}", "{\"b\":"]);
    let own = "{\n\"report_id\":\"x\",\n\"reports\":[{\"a\":1}]\n}";
    assert_eq!(records(own), [own], "a report with a field of that name");
}

/// One report over several lines is one, as over HTTP; a line that is cut off takes none of the next with it.
#[test]
fn a_report_over_several_lines_is_one() {
    let pretty = ["{\n  \"a\": 1,\n  \"b\": [\n{}\n]\n}", "{\n\"c\":\n{\"x\": \"}\"}\n}"];
    for text in [pretty.join("\n"), pretty.join(""), pretty.join(",\n"), pretty.join("\n\n") + "\n"] {
        assert_eq!(records(&text), pretty, "{text}");
    }
    assert_eq!(records(&format!("{}\n{{\"d\":1}}\n", pretty[0])), [pretty[0], "{\"d\":1}"]);
    let event =
        "{\n\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/a\",\"type\":\"t\",\n\"data\":{\"a\":1}}";
    assert_eq!(records(event), ["{\"a\":1}"]);
    for cut in
        ["{\"a\":1", "{\"a\":1,", "{\"a\":", "{\"a\":{", "{\"a\":[1", "{\"a\":\"x", "{\"a\":\"x\\", "{"]
    {
        assert_eq!(records(&format!("{cut}\n{{\"b\":2}}\n{{\"c\":3}}\n")), [cut, "{\"b\":2}", "{\"c\":3}"]);
        assert_eq!(records(cut), [cut]);
    }
}

/// As programs write it that know no lines.
#[test]
fn a_list_on_one_line_longer_than_any_line_loses_none() {
    let report = format!("{{\"a\":\"{}\"}}", "x".repeat(1000));
    let count = 2 * crate::archive::MAX_LINE / report.len();
    let list = vec![report.as_str(); count].join(", ");
    for text in [format!("[{list}]"), format!("{{\"n\": 1, \"reports\": [{list}], \"next\": null}}")] {
        let mut lines = JsonLines::new("f".into(), Box::new(std::io::Cursor::new(text.into_bytes())));
        let mut found = 0;
        while let Some(record) = lines.next_record().unwrap() {
            assert_eq!(record.bytes, report.as_bytes());
            found += 1;
        }
        assert_eq!(found, count);
    }
}

/// What stands behind an object is read on where it stands, and not copied for each of them.
#[test]
fn very_many_objects_on_one_line_are_read_in_one_pass() {
    let one = r#"{"reports":[{"a":1}]}"#;
    for (between, behind) in [("", 0), (" , ", 1 << 20)] {
        let count = (1 << 20) / one.len();
        let text = vec![one; count].join(between) + &" ".repeat(behind);
        let mut lines = JsonLines::new("f".into(), Box::new(std::io::Cursor::new(text.into_bytes())));
        let (mut found, mut copies) = (0, std::collections::BTreeSet::new());
        while let Some(record) = lines.next_record().unwrap() {
            assert_eq!(record.bytes, br#"{"a":1}"#);
            found += 1;
            copies.extend(lines.rest.as_ref().map(|rest| rest.bytes.as_ptr()));
        }
        assert_eq!((found, copies.len()), (count, 1));
    }
    let mixed = r#"{"reports":[{"a":1}]} {"b":2} {"reports":[{"c":3},{"d":4}]}"#;
    assert_eq!(records(mixed), [r#"{"a":1}"#, r#"{"b":2}"#, r#"{"c":3}"#, r#"{"d":4}"#]);
}

#[test]
fn what_is_no_report_in_an_array_is_a_record_all_the_same() {
    assert_eq!(records("[1, \"x,]\" ,{\"a\":1}, null]"), ["1", "\"x,]\"", "{\"a\":1}", "null"]);
    assert_eq!(records("[{\"a\":1},\n{\"b\":"), ["{\"a\":1}", "{\"b\":"]);
    assert_eq!(records("garbage\n[1]\n{}"), ["garbage", "[1]", "{}"]);
}
