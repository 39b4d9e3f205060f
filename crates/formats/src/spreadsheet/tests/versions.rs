//! Versions of one submission of KoboToolbox: edited under its number, or under a new one that names the one before.

use super::report::instant_text;
use super::*;

/// Submissions as KoboToolbox's API gives them: number, when it was received, dead, and the number before.
fn submissions(rows: &[(&str, &str, u32, &str)]) -> String {
    let one = |(number, given, dead, before): &(&str, &str, u32, &str)| {
        let before = if before.is_empty() {
            String::new()
        } else {
            format!(r#", "meta/deprecatedID": "uuid:{before}""#)
        };
        format!(
            r#"{{"_id": 7, "_uuid": "{number}", "formhub/uuid": "f00d", "meta/instanceID": "uuid:{number}", "_submission_time": "{given}", "tanggal": "2026-11-27", "kec": "Rupit", "kejadian": "tawuran", "tewas": "{dead}"{before}}}"#
        )
    };
    format!("[{}]", rows.iter().map(one).collect::<Vec<_>>().join(","))
}

fn reports(text: &str) -> Vec<report::RowReport> {
    let fates = rows(text.as_bytes()).into_iter().map(|row| row.fate);
    let taken =
        fates.filter_map(|fate| if let RowFate::Taken(reports) = fate { Some(reports) } else { None });
    taken.flatten().collect()
}

#[test]
fn an_edit_names_what_it_replaces_however_short_the_numbers_are() {
    for (first, second) in
        [("r1", "r2"), ("92eb7237-89d6-4a15-aa71-09ec99279bbb", "d18d0d37-fdd1-4c5f-8d37-cbc86e935322")]
    {
        let at = "2026-11-27T03:00:00";
        let both = reports(&submissions(&[(first, at, 2, ""), (second, at, 0, first)]));
        assert_eq!(both.len(), 2);
        assert_eq!((both[0].corrects, both[1].corrects), (None, Some(both[0].id)));
        let alone = reports(&submissions(&[(second, at, 0, first)]));
        assert_eq!((alone[0].id, alone[0].corrects), (both[1].id, Some(both[0].id)));
    }
}

#[test]
fn a_short_number_that_is_not_kobotoolboxs_numbers_the_rows_of_one_file_only() {
    let text = "ID Laporan;Tanggal;Kecamatan;Jenis\n1;27/11/2026;Rupit;Banjir\n2;27/11/2026;Nibung;Banjir\n";
    assert!(reports(text).iter().all(|report| report.number.is_none()));
}

#[test]
fn of_two_versions_under_one_number_the_one_given_later_counts() {
    let (early, late) = ("2026-11-27T03:00:00", "2026-11-27T06:00:00");
    let shown =
        |first, second| shapes(submissions(&[("r1", first, 2, ""), ("r1", second, 0, "")]).as_bytes());
    assert_eq!(
        shown(early, late),
        ["1: 16.13.01 WW-02 5 2026-11-27 2/-/-", "2: 16.13.01 WW-02 1 2026-11-27 0/-/-"]
    );
    assert_eq!(shown(late, early)[1], "2: refused sheet.earlier_version 'r1'");
    assert_eq!(shown(early, early)[1], "2: asked sheet.same_id 'r1'");
    let same = submissions(&[("r1", early, 2, ""), ("r1", early, 2, "")]);
    assert_eq!(shapes(same.as_bytes())[1], "2: refused sheet.repeated ''");
}

#[test]
fn what_an_edit_began_with_counts_where_what_it_replaced_is_not_named() {
    let head = "_uuid;meta/rootUuid;meta/deprecatedID;Tanggal;Kecamatan;Jenis\n";
    let found = reports(&format!("{head}r3;uuid:r1;uuid:r2;27/11/2026;Rupit;Banjir\n"));
    let first = |number: &str| reports(&format!("{head}{number};;;27/11/2026;Rupit;Banjir\n"))[0].id;
    let number = found[0].number.clone().unwrap();
    assert_eq!(number.replaces, [first("r2"), first("r1")], "the latest first");
}

/// KoboToolbox writes the time of receipt in UTC and does not say so.
#[test]
fn the_time_of_receipt_is_read_as_the_utc_it_is() {
    let reported = |text: &str| {
        let report = &reports(text)[0];
        instant_text(report.times.reported, report.times.zone)
    };
    let text = submissions(&[("r1", "2026-11-27T03:00:00", 0, "")]);
    assert_eq!(reported(&text), "2026-11-27T10:00:00+07:00");
    for (cell, is) in [
        ("2026-11-27T20:30:00", "2026-11-28T03:30:00+07:00"),
        ("2026-11-27 03:00:00", "2026-11-27T10:00:00+07:00"),
        ("2026-11-27T10:00:00+07:00", "2026-11-27T10:00:00+07:00"),
        ("2026-11-27T03:00:00Z", "2026-11-27T10:00:00+07:00"),
    ] {
        let text = format!("_submission_time;Tanggal;Kecamatan;Jenis\n{cell};27/11/2026;Rupit;Banjir\n");
        assert_eq!(reported(&text), is, "{cell}");
        let text = format!("Waktu lapor;Tanggal;Kecamatan;Jenis\n{cell};27/11/2026;Rupit;Banjir\n");
        let is_local = !cell.contains(['+', 'Z']);
        assert_eq!(reported(&text) == format!("{}+07:00", cell.replace(' ', "T")), is_local, "{cell}");
    }
}

/// Both are read by one rule, whatever the zone of their place is: equal times are equal, and an older row is older.
#[test]
fn two_rows_of_one_number_are_ordered_alike_in_every_zone() {
    let file = |code: &str| {
        let path = format!("{}/../../config/districts/{code}.csv", env!("CARGO_MANIFEST_DIR"));
        (format!("{code}.csv"), std::fs::read_to_string(path).unwrap())
    };
    for (code, district) in [("16.13", "Rupit"), ("63.72", "Cempaka")] {
        let (places, taxonomy) = (crate::places::from_csv(&[file(code)]).unwrap(), taxonomy());
        let regency = places.find(Code::parse(code).unwrap()).unwrap();
        let fates = |first: &str, second: &str| {
            let text = format!(
                "_uuid;Waktu lapor;Tanggal;Kecamatan;Jenis;Luka\n\
                 92eb7237-89d6-4a15-aa71-09ec99279bbb;{first};27/11/2026;{district};Tawuran;1\n\
                 92eb7237-89d6-4a15-aa71-09ec99279bbb;{second};27/11/2026;{district};Tawuran;2\n"
            );
            let now = crate::decode::instant::parse(NOW).unwrap();
            let occasion = TableOccasion { now: Some(now), keeps_personal: false };
            let (table, mapping) =
                tables(read(text.as_bytes()).unwrap(), &KeptMapping::default()).unwrap().tables.remove(0);
            let mut rows = TableReader::new(&places, &[regency], &taxonomy).open(table, mapping, occasion);
            let fates: Vec<String> = rows.by_ref().map(|row| shape(&row)).collect();
            fates.join(" / ")
        };
        let (early, late) = ("2026-11-28 09:00:00", "2026-11-28 09:30:00");
        assert!(fates(early, early).contains("asked sheet.same_id"), "{code}: {}", fates(early, early));
        assert!(fates(late, early).contains("sheet.earlier_version"), "{code}: {}", fates(late, early));
        assert!(!fates(early, late).contains("sheet."), "{code}: {}", fates(early, late));
    }
}
