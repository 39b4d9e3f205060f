//! Submissions of KoboToolbox in JSON, as its API and its exports write them.

use super::column::ColumnMeaning;
use super::*;

/// Four submissions: one as usual, one that was not approved, one with a group that repeats, one without a number.
const SUBMISSIONS: [&str; 4] = [
    r#"{"_id": 1, "_uuid": "6ba7b820-9dad-41d1-80b4-00c04fd430c8", "today": "2026-11-20", "lokasi/kecamatan": "Rupit", "jenis": "Banjir", "uraian": "air naik", "md": 1, "_geolocation": [-2.73, 102.9], "_attachments": [{"filename": "x.jpg"}], "_validation_status": {}}"#,
    r#"{"_id": 2, "_uuid": "6ba7b821-9dad-41d1-80b4-00c04fd430c8", "today": "2026-11-20", "lokasi/kecamatan": "Nibung", "jenis": "Banjir", "uraian": "air naik", "md": 2, "_validation_status": {"uid": "validation_status_not_approved", "label": "Not Approved"}}"#,
    r#"{"_id": 3, "_uuid": "6ba7b822-9dad-41d1-80b4-00c04fd430c8", "today": "2026-11-20", "lokasi/kecamatan": "Nibung", "jenis": "Banjir", "uraian": "air naik", "korban": [{"korban/umur": 30, "korban/md": 1}, {"korban/umur": 40, "korban/md": "2"}]}"#,
    r#"{"_id": 4, "_uuid": "6ba7b823-9dad-41d1-80b4-00c04fd430c8", "today": "2026-11-20", "lokasi": {"kecamatan": "Karang Dapo"}, "jenis": "Banjir", "uraian": "air naik", "md": null}"#,
];

#[test]
fn submissions_in_json_are_read_however_they_are_packed() {
    for text in [
        format!("[{}]", SUBMISSIONS.join(",")),
        format!("\u{feff}[\n{}\n]\n", SUBMISSIONS.join(",\n")),
        format!(r#"{{"count": 4, "next": null, "previous": null, "results": [{}]}}"#, SUBMISSIONS.join(",")),
        format!(r#"{{"results": [{}], "count": 4}}"#, SUBMISSIONS.join(",")),
        SUBMISSIONS.join("\n"),
    ] {
        assert_eq!(
            shapes(text.as_bytes()),
            [
                "1: 16.13.01 WA-01 5 2026-11-20 1/-/-",
                "2: refused sheet.not_approved 'Not Approved'",
                "3: 16.13.03 WA-01 5 2026-11-20 3/-/-",
                "4: 16.13.05 WA-01 2 2026-11-20 -/-/-",
            ],
            "{text}"
        );
    }
    let RowFate::Taken(reports) = &rows(SUBMISSIONS[0].as_bytes())[0].fate else { panic!() };
    assert_eq!(reports[0].point, Some((-2.73, 102.9)));
    assert_eq!(Some(reports[0].id), ReportId::parse("6ba7b820-9dad-41d1-80b4-00c04fd430c8"));
}

#[test]
fn what_became_of_each_victim_is_not_lost() {
    let text = SUBMISSIONS[2].replace(r#""korban/md": 1"#, r#""korban/kondisi": "meninggal dunia""#);
    let text = text.replace(r#""korban/md": "2""#, r#""korban/kondisi": "luka berat""#);
    assert!(
        shapes(text.as_bytes())[0].starts_with("1: asked sheet.unread_harm"),
        "{:?}",
        shapes(text.as_bytes())
    );
}

#[test]
fn json_that_is_no_table_is_named() {
    let report = r#"{"report_id": "6ba7b820-9dad-41d1-80b4-00c04fd430c8", "occurred_at": "2026-11-01T08:00:00+07:00"}"#;
    for (text, key) in [
        (report, "sheet.reports_in_json"),
        ("[1, 2]", "sheet.json_damaged"),
        (&SUBMISSIONS[0][..80], "sheet.json_damaged"),
        ("[]", "sheet.empty"),
        (r#"{"count": 0, "results": []}"#, "sheet.empty"),
        (&"[".repeat(100_000), "sheet.json_damaged"),
    ] {
        assert_eq!(fault(text.as_bytes()), key, "{text:.80}");
    }
    let wide: Vec<String> = (0..600).map(|key| format!(r#""k{key}": 1"#)).collect();
    assert_eq!(fault(format!("{{{}}}", wide.join(",")).as_bytes()), "sheet.too_wide");
}

#[test]
fn a_table_without_a_row_is_no_import() {
    use crate::archive::{Archive, Crosswalk, Format, Guide};
    let (places, taxonomy, crosswalk) = (places(), taxonomy(), Crosswalk::default());
    let class = domain::kind::FeedClass::Agency;
    let guide = Guide {
        places: &places,
        crosswalk: &crosswalk,
        class,
        dates: None,
        taxonomy: &taxonomy,
        regency: None,
    };
    let head = "No.;ID Kabupaten;Tanggal Kejadian;Kejadian;Lokasi;Kabupaten;Provinsi;Kronologi;Penyebab;Meninggal;\
                Hilang;Terluka;Rumah Rusak;Fasum Rusak\n";
    for (text, format) in [
        ("Tanggal;Kecamatan;Jenis Kejadian\n", Format::Table),
        ("[]", Format::Table),
        (head, Format::BnpbCsv),
    ] {
        let source = Box::new(std::io::Cursor::new(text.as_bytes().to_vec()));
        let error = Archive::open("list".into(), source, format, guide).err().unwrap().to_string();
        assert!(error.contains("berisi"), "{text}: {error}");
    }
}

/// Nobody knows which of two answers counts, so nothing of the file is taken.
#[test]
fn a_key_that_stands_twice_in_a_submission_is_refused_by_its_name() {
    let twice = |from: &str, to: &str| {
        let text = SUBMISSIONS.join(",").replacen(from, to, 1);
        let fault = read(format!("[{text}]").as_bytes()).unwrap_err().0;
        (fault.key, fault.indonesian())
    };
    let (key, words) = twice(r#""jenis": "Banjir""#, r#""jenis": "Banjir", "jenis": "Bentrok""#);
    assert!(key == "sheet.json_doubled" && words.contains("'jenis'") && words.contains("ke-1"), "{words}");
    let (key, words) = twice(r#"{"kecamatan": "#, r#"{"kecamatan": "Rupit", "kecamatan": "#);
    assert!(
        key == "sheet.json_doubled" && words.contains("'lokasi/kecamatan'") && words.contains("ke-4"),
        "{words}"
    );
    assert_eq!(twice(r#""korban": ["#, r#""korban": [], "korban": ["#).0, "sheet.json_doubled");
}

/// Answers of a group that repeats are joined as they come, so that a long one costs no more than its file.
#[test]
fn a_group_that_repeats_without_end_is_summed_or_refused_as_too_long() {
    let of = |item: &str, times: usize| {
        let items = vec![item; times].join(",");
        format!(
            r#"[{{"today":"2026-11-20","kecamatan":"Rupit","jenis":"Banjir","uraian":"air naik","korban":[{items}]}}]"#
        )
    };
    assert_eq!(shapes(of(r#"{"md":1}"#, 40_000).as_bytes()), ["1: 16.13.01 WA-01 5 2026-11-20 40000/-/-"]);
    for item in [r#"{"n":"a"}"#, r#""a""#, "{\"n\":[[1]]}", r#"{"n":""}"#] {
        assert_eq!(fault(of(item, 100_000).as_bytes()), "sheet.json_too_long", "{item}");
    }
    let nested = vec!["1"; 100_000].join(",");
    assert_eq!(fault(of(&format!(r#"{{"n":[[{nested}]]}}"#), 1).as_bytes()), "sheet.json_too_long");
    let few = of(r#"{"n":[[1,{"b":null,"a":[]}],"x"]}"#, 2);
    let sheets = read(few.as_bytes()).unwrap();
    let row = sheets[0].cells(1).last().unwrap().to_owned();
    assert_eq!(row, r#"[1,{"b":null,"a":[]}] x; [1,{"b":null,"a":[]}] x"#);
}

/// Keys without an answer make no column, and an object may have many: they are neither kept without end nor looked for one by one.
#[test]
fn an_object_of_very_many_or_very_long_keys_is_refused() {
    let keys: Vec<String> = (0..300_000).map(|key| format!(r#""a{key}":null"#)).collect();
    assert_eq!(fault(format!("{{{}}}", keys.join(",")).as_bytes()), "sheet.json_keys");
    let own = SUBMISSIONS[0].replacen('{', &format!("{{{},", keys[..2_000].join(",")), 1);
    assert_eq!(shapes(own.as_bytes()), ["1: 16.13.01 WA-01 5 2026-11-20 1/-/-"]);
    let long = format!(r#"{{"{}":{{{}}}}}"#, "x".repeat(100_000), keys[..1_000].join(","));
    assert_eq!(fault(long.as_bytes()), "sheet.json_too_long");
    // The same keys may lead to answers of two objects, and twice in one they stand all the same.
    let of = |text: &str| read(text.as_bytes()).err().map(|fault| fault.0.key);
    assert_eq!(of(r#"[{"a":{"a/b":1},"a/b":2}]"#), None);
    assert_eq!(of(r#"[{"a/b":1,"a":{"a/b":1},"a/b":2}]"#), Some("sheet.json_doubled"));
}

/// A sheet of KoboToolbox with the answers of a group that repeats holds no submissions: each row is refused with what to do.
#[test]
fn rows_of_a_group_that_repeats_are_refused_in_words() {
    let text = "nama_korban,kondisi,_index,_parent_table_name,_parent_index,_submission__id,_submission__uuid\n\
                A,luka,1,Laporan,1,11,6ba7b820-9dad-41d1-80b4-00c04fd430c8\n\
                B,meninggal,2,Laporan,1,11,6ba7b820-9dad-41d1-80b4-00c04fd430c8\n";
    assert_eq!(shapes(text.as_bytes()), ["2: refused sheet.repeats ''", "3: refused sheet.repeats ''"]);
}

/// Beside a question for a point stand its parts, whatever the question is called.
#[test]
fn a_point_in_parts_is_a_point_and_names_no_place() {
    let text = "tanggal,kecamatan,jenis,uraian,lokasi,_lokasi_latitude,_lokasi_longitude,_lokasi_altitude,_lokasi_precision\n\
                2026-11-20,Rupit,Banjir,air naik,,-2.73,102.9,12,4.5\n";
    let RowFate::Taken(reports) = &rows(text.as_bytes())[0].fate else {
        panic!("{:?}", shapes(text.as_bytes()))
    };
    assert_eq!(reports[0].point, Some((-2.73, 102.9)));
}

#[test]
fn a_point_in_a_column_of_places_is_a_point_and_no_name() {
    let of = |district: &str| {
        let text = format!(
            "tanggal,kecamatan,jenis,uraian,lokasi\n2026-11-20,{district},Banjir,air naik,-2.73 102.9 12 4.5\n"
        );
        rows(text.as_bytes()).remove(0).fate
    };
    let RowFate::Taken(reports) = of("Rupit") else { panic!("{:?}", of("Rupit")) };
    assert_eq!(reports[0].point, Some((-2.73, 102.9)));
    let text = "tanggal,kecamatan,jenis,uraian,lokasi\n2026-11-20,,Banjir,air naik,-2.73 102.9 12 4.5\n";
    assert_eq!(shapes(text.as_bytes()), ["2: refused sheet.point_alone ''"]);
}

/// A list of victims is neither counted nor shown: their number is asked, unless the row gives it.
#[test]
fn victims_that_are_listed_are_asked_about_by_number_and_not_named() {
    let of = |more: &str| {
        let text = format!(
            r#"[{{"tanggal":"2026-11-20","kecamatan":"Rupit","jenis":"Banjir","uraian":"air naik","korban":[{{"nama":"Budi"}},{{"nama":"Siti"}}]{more}}}]"#
        );
        shapes(text.as_bytes()).remove(0)
    };
    assert_eq!(of(""), "1: asked sheet.listed_victims ''");
    assert_eq!(of(r#","luka":2"#), "1: 16.13.01 WA-01 4 2026-11-20 -/2/-");
    // How old one of them is counts nobody.
    let one = r#"[{"tanggal":"2026-11-20","kecamatan":"Rupit","jenis":"Banjir","uraian":"air naik","korban":[{"nama":"Budi","umur":34}]}]"#;
    assert_eq!(shapes(one.as_bytes()), ["1: asked sheet.listed_victims ''"]);
    let other = one.replace(r#""umur":34"#, r#""hubungan":2"#);
    assert_eq!(shapes(other.as_bytes()), ["1: asked sheet.listed_victims ''"]);
    assert!(of("").len() == of(r#","luka":null"#).len(), "a column without a number says nothing");
}

#[test]
fn a_row_with_coordinates_alone_says_what_to_add() {
    let text = "tanggal,kecamatan,jenis,uraian,lintang,bujur\n2026-11-20,,Banjir,air naik,-2.73,102.9\n\
                2026-11-21,,Banjir,air naik,,\n";
    assert_eq!(shapes(text.as_bytes()), ["2: refused sheet.point_alone ''", "3: refused sheet.no_place ''"]);
}

/// A submission of KoboToolbox as its API gives it: the form's number stands in front of its own.
fn numbered(kept: &KeptMapping, text: &str) -> Vec<RowReading> {
    let (places, taxonomy) = (places(), taxonomy());
    let regency = places.find(Code::parse("16.13").unwrap()).unwrap();
    let reader = TableReader::new(&places, &[regency], &taxonomy);
    let now = crate::decode::instant::parse(NOW).unwrap();
    let (table, mapping) = tables(read(text.as_bytes()).unwrap(), kept).unwrap().tables.remove(0);
    reader.open(table, mapping, TableOccasion { now: Some(now), keeps_personal: false }).collect()
}

#[test]
fn the_number_of_a_form_is_never_that_of_a_row() {
    let form = r#""formhub/uuid": "0f5ab50ff7a84fc9b5a10a4a3b7a3f4b", "_id""#;
    let text = format!("[{}]", SUBMISSIONS[..2].join(",")).replace(r#""_id""#, form);
    let own = ReportId::parse("6ba7b820-9dad-41d1-80b4-00c04fd430c8");
    let first = |kept: &KeptMapping| match &numbered(kept, &text)[0].fate {
        RowFate::Taken(reports) => Some(reports[0].id),
        _ => None,
    };
    assert_eq!(first(&KeptMapping::default()), own);
    // What was kept while it was taken for one does not bring it back, nor leave the row's own unread.
    let kept = r#"{"headings": {"formhubuuid": "id", "uuid": "-", "metainstanceid": "-", "uraian": "-"}}"#;
    assert_eq!(first(&KeptMapping::parse(kept)), own);
    // A person who leaves the rows' numbers unread is obeyed.
    let stated = first(&KeptMapping::parse(r#"{"headings": {"uuid": "-"}}"#));
    assert!(stated.is_some() && stated != own);
    // One who takes it for a row's is answered.
    let mut chosen = KeptMapping::default();
    chosen.state_heading("formhubuuid", Some(ColumnMeaning::Id));
    chosen.state_heading("uuid", None);
    let shown: Vec<String> = numbered(&chosen, &text).iter().map(shape).collect();
    assert_eq!(
        shown,
        [1, 2].map(|line| format!("{line}: asked sheet.number_of_all '0f5ab50ff7a84fc9b5a10a4a3b7a3f4b'"))
    );
}
