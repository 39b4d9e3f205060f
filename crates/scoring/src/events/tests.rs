//! Event lists of many makers.

use super::*;
use crate::period::date;

fn events(text: &str, received: Option<&str>) -> Result<Events> {
    let source = EventSource {
        path: "list.csv".into(),
        unit: "kab".into(),
        time: "tanggal".into(),
        received: received.map(str::to_string),
        parent: Some("prov".into()),
        dates: None,
        only: Vec::new(),
    };
    Table::open(text, &source)?.events(&source)
}

#[test]
fn title_line_semicolons_tag_row_and_repeats() {
    let text = "Data;;;\nno;kab;tanggal;prov\n#x;#loc+name;#date+start;\n1;A;31/12/2021;P\n1;A;31/12/2021;P\n2;;30/12/2021;P\n3;B;01/12/2021;\n";
    let list = events(text, None).expect("readable");
    assert_eq!(list.rows.len(), 2);
    assert_eq!((list.rows[0].parent.as_deref(), list.rows[1].parent.as_deref()), (Some("P"), None));
    assert_eq!(list.notes.len(), 2, "{:?}", list.notes);
}

#[test]
fn unreadable_dates_unknown_columns_and_leaks_are_refused() {
    let many = "kab,tanggal,prov\nA,soon,P\nB,2020-01-01,P\n";
    assert!(events(many, None).unwrap_err().to_string().contains("line 2"));
    let unknown = "kab,date,prov\nA,2020-01-01,P\n";
    assert!(events(unknown, None).unwrap_err().to_string().contains("tanggal"));
    let leak = "kab,tanggal,prov,got\nA,2020-01-05,P,2020-01-04\n";
    assert!(matches!(events(leak, Some("got")), Err(Error::Leak(_))));
}

/// One stray mark would take a third of a list for the remark of one row.
#[test]
fn a_quotation_mark_that_swallows_rows_is_refused_with_its_line_and_lines_are_counted_as_they_stand() {
    let rows: String = (1..=20).map(|day| format!("A,2020-01-{day:02},P,biasa\n")).collect();
    let open = rows.replacen("2020-01-07,P,biasa", "2020-01-07,P,\"belum ditutup", 1);
    for text in
        [format!("kab,tanggal,prov,ket\n{open}"), format!("kab,tanggal,prov,ket\n{open}\"x\",y,z,w\n")]
    {
        let error = events(&text, None).unwrap_err().to_string();
        assert!(error.contains("line 8") && error.contains("quotation mark"), "{error}");
    }
    let crlf = "kab,tanggal,prov\r\nA,2020-01-01,P\r\nA,soon,P\r\n";
    assert!(events(crlf, None).unwrap_err().to_string().contains("line 3"));
}

/// Events of place A in 2020 with these dates.
fn dated(dates: &[&str]) -> Result<Events> {
    let rows: String = dates.iter().map(|date| format!("A,{date},P\n")).collect();
    events(&format!("kab,tanggal,prov\n{rows}"), None)
}

#[test]
fn dates_that_may_be_two_days_are_asked_about() {
    let error = dated(&["1/2/2020", "1/3/2020"]).unwrap_err().to_string();
    assert!(error.contains("2 of 2 dates") && error.contains("--dates dmy"), "{error}");
    let first_days =
        |list: &Events| list.rows.iter().map(|event| date(event.day).to_string()).collect::<Vec<_>>();
    let list = dated(&["1/2/2020", "1/13/2020"]).expect("readable");
    assert_eq!(first_days(&list), ["2020-01-02", "2020-01-13"]);
    assert!(list.notes[0].contains("month/day/year"), "{:?}", list.notes);
    assert_eq!(first_days(&dated(&["1/2/2020", "13/2/2020"]).expect("readable"))[0], "2020-02-01");
    assert!(dated(&["2/2/2020", "2020-02-03"]).expect("one reading only").notes.is_empty());
    let plain: Vec<String> = (1..31).map(|day| format!("2020-03-{day:02}")).collect();
    let few: Vec<&str> = plain.iter().map(String::as_str).chain(["1/2/2020"]).collect();
    let list = dated(&few).expect("readable");
    assert!(
        list.notes.iter().any(|note| note.contains("1 dates") && note.contains("day/month")),
        "{:?}",
        list.notes
    );
}

#[test]
fn a_year_no_list_can_have_is_an_unreadable_date() {
    let error = dated(&["0025-01-07", "2020-02-03", "2020-02-04"]).unwrap_err().to_string();
    assert!(error.contains("1 of 3 dates") && error.contains("0025-01-07"), "{error}");
}

#[test]
fn evenings_in_utc_are_counted_here_and_noted() {
    let list = dated(&["2020-01-06T18:00:00Z", "2020-01-07T03:00:00Z"]).expect("readable");
    assert_eq!(list.rows[0].day, list.rows[1].day);
    assert!(list.notes[0].starts_with("1 dates") && list.notes[0].contains("UTC+7"), "{:?}", list.notes);
}

#[test]
fn spans_count_on_their_first_day_are_known_from_their_last_and_say_so() {
    let list = events("kab,tanggal,prov\nA,2020-01-01/2020-02-20,P\n", None).expect("readable");
    assert_eq!(list.rows[0].received - list.rows[0].day, 50);
    assert!(list.notes[0].contains("spans"), "{:?}", list.notes);
}

#[test]
fn what_became_known_nobody_knows_when_is_left_out_as_the_note_says() {
    let known: String = (1..=28).map(|day| format!("A,2020-01-{day:02},P,2020-02-01\n")).collect();
    let list = events(&format!("kab,tanggal,prov,got\n{known}B,2020-01-05,P,tidak tahu\n"), Some("got"));
    let list = list.expect("readable");
    assert!(list.rows.iter().all(|event| event.unit == "A"), "{:?}", list.rows);
    let notes = list.notes.join("\n");
    assert!(notes.contains("1 of 29 dates in \"got\"") && notes.contains("left out"), "{notes}");
    let future = events("kab,tanggal,prov,got\nA,2020-01-05,P,2099-01-01\n", Some("got")).expect("readable");
    assert!(future.notes[0].contains("the last on 2099-01-01") && future.notes[0].contains("got"));
}

#[test]
fn two_columns_of_one_name_are_asked_about() {
    let error =
        events("kab,tanggal,tanggal,prov\nA,2020-01-05,2020-01-06,P\n", None).unwrap_err().to_string();
    assert!(error.contains("2 columns are called \"tanggal\""), "{error}");
}

#[test]
fn a_span_of_two_named_days_is_of_the_year_it_names() {
    let list = dated(&["14 Maret - 16 Maret 2015", "30 Desember 2014 - 2 Januari 2015"]).expect("readable");
    let days = list.rows.iter().map(|event| [event.day, event.received].map(|day| date(day).to_string()));
    assert_eq!(days.collect::<Vec<_>>(), [["2015-03-14", "2015-03-16"], ["2014-12-30", "2015-01-02"]]);
}

#[test]
fn a_window_that_is_not_the_lists_is_noted() {
    let day = |text: &str| crate::period::typed_day(text).unwrap();
    let weekly: Vec<String> = (0..50).map(|week| date(day("2015-01-07") + week * 7).to_string()).collect();
    let notes = |from: &str, to: &str| {
        let mut list = dated(&weekly.iter().map(String::as_str).collect::<Vec<_>>()).expect("readable");
        list.note_window(day(from), day(to));
        list.notes
    };
    assert!(notes("2015-01-01", "2015-12-31").is_empty());
    let cut = notes("2015-01-01", "2015-10-31");
    assert!(cut.len() == 1 && cut[0].starts_with("7 of 50 events lie outside"), "{cut:?}");
    assert!(cut[0].ends_with("2015-11-04 to 2015-12-16"), "{cut:?}");
    for to in ["2016-03-31", "2099-01-01"] {
        let empty = notes("2015-01-01", to);
        assert!(empty.len() == 1 && empty[0].contains("from 2015-12-17 to"), "{empty:?}");
        assert!(empty[0].contains("last day as --to"), "{empty:?}");
    }
    assert!(notes("2014-01-01", "2015-12-31")[0].contains("first day as --from"));
}

#[test]
fn a_list_of_places_has_headings_and_remarks() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("units.txt");
    let read = |text: &str| {
        std::fs::write(&path, text).unwrap();
        read_units(&path).unwrap()
    };
    for head in ["kode,nama\n", "Kabupaten/Kota\n", "\u{feff}KODE;NAMA\n"] {
        let listed = read(&format!("{head}Kab A,x\nKab B,y\n"));
        assert_eq!((listed.names.join("+").as_str(), listed.notes.len()), ("Kab A+Kab B", 1), "{head}");
    }
    let listed = read("# daftar kabupaten\nKab A\n\n  # akhir\n\"Kab B\",\"n\"\n");
    assert_eq!((listed.names.join("+").as_str(), listed.notes.len()), ("Kab A+Kab B", 0));
}
