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

/// Thirty events of two places, a week apart, and what stands between them.
fn among(rows: &str) -> Result<Events> {
    let plain: String = (1..=30).map(|day| format!("{},2020-03-{day:02},P\n", ["A", "B"][day % 2])).collect();
    events(&format!("kab,tanggal,prov\n{plain}{rows}"), None)
}

fn places(list: &Events) -> Vec<&str> {
    let names: std::collections::BTreeSet<&str> = list.rows.iter().map(|event| event.unit.as_str()).collect();
    names.into_iter().collect()
}

#[test]
fn a_heading_that_comes_again_is_no_event_and_one_in_another_order_is_refused() {
    let list = among("kab,tanggal,prov\nA,2020-05-01,P\n\u{feff}KAB,Tanggal ,prov\nB,2020-05-02,P\n")
        .expect("joined");
    assert_eq!((list.rows.len(), places(&list)), (32, vec!["A", "B"]));
    let notes = list.notes.join("\n");
    assert!(
        list.notes.len() == 1 && notes.starts_with("2 rows are the heading again, the first on line 32"),
        "{notes}"
    );
    let error = among("tanggal,kab,prov\n2020-05-01,A,P\n").unwrap_err().to_string();
    assert!(error.contains("line 32") && error.contains("another order"), "{error}");
}

#[test]
fn words_for_nothing_and_sums_are_left_out_and_counted() {
    let rows = "-,2020-05-01,P\nn/a,2020-05-02,P\nTIDAK ADA,2020-05-03,P\n,2020-05-04,P\nTOTAL,2020-05-31,P\nJumlah,,\nA,2020-06-01,-\n";
    let list = among(rows).expect("readable");
    assert_eq!((list.rows.len(), places(&list)), (31, vec!["A", "B"]));
    let notes = list.notes.join("\n");
    assert!(notes.contains("4 rows name no place in \"kab\"") && notes.contains("\"TIDAK ADA\""), "{notes}");
    assert!(notes.contains("2 rows are sums and no events in \"kab\" (\"Jumlah\"; \"TOTAL\")"), "{notes}");
    assert!(notes.contains("1 events have a word for nothing") && list.notes.len() == 3, "{notes}");
}

#[test]
fn years_of_two_digits_in_front_are_asked_about() {
    let dates: Vec<String> = (1..=28).map(|day| format!("26-03-{day:02}")).collect();
    let error = dated(&dates.iter().map(String::as_str).collect::<Vec<_>>()).unwrap_err().to_string();
    assert!(error.contains("27 of 28 dates") && error.contains("begin with the year"), "{error}");
    // A few among others are not taken for days of 2005 because the others show that days stand first.
    let others: Vec<String> = (1..=28).map(|day| format!("{day}/3/2026")).collect();
    let mixed: Vec<&str> = others.iter().map(String::as_str).chain(["26-01-05"]).collect();
    let list = dated(&mixed).expect("one of many");
    assert_eq!(list.rows.len(), 28);
    assert!(list.notes[0].contains("1 dates") && list.notes[0].contains("four digits"), "{:?}", list.notes);
}

#[test]
fn one_odd_date_decides_no_order_and_a_contradiction_is_named() {
    let low: Vec<String> =
        (1..=12).flat_map(|month| [3, 5, 8].map(|day| format!("{month}/{day}/2020"))).collect();
    let odd: Vec<&str> = low.iter().map(String::as_str).chain(["13/2/2020"]).collect();
    let error = dated(&odd).unwrap_err().to_string();
    assert!(
        error.contains("dates in \"tanggal\" may be day/month or month/day") && error.contains("too few"),
        "{error}"
    );
    let days: Vec<String> =
        [3, 5].iter().flat_map(|month| (1..=28).map(move |day| format!("{day}/{month}/2020"))).collect();
    let against: Vec<&str> = days.iter().map(String::as_str).chain(["3/14/2020"]).collect();
    let list = dated(&against).expect("most show it");
    assert_eq!(list.rows.len(), 56);
    let named = "most dates in \"tanggal\" show day/month/year, 1 contradict it and are left out, the first on line 58: \"3/14/2020\"";
    assert!(list.notes[0].starts_with(named), "{:?}", list.notes);
}

#[test]
fn a_list_of_places_has_sums_headings_again_and_places_of_other_levels() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("units.txt");
    let fitted = |text: &str, units: &[&str]| {
        std::fs::write(&path, text).unwrap();
        let rows: String = units.iter().map(|unit| format!("{unit},2020-03-04,P\n")).collect();
        let mut list = events(&format!("kab,tanggal,prov\n{rows}"), None).expect("readable");
        let units = match_units(read_units(&path).unwrap(), &mut list).expect("the list of these events");
        (units.join("+"), list.notes.join("\n"))
    };
    let (units, notes) = fitted("kode\n1601\n1602\nTOTAL\nkode\n1603\n-\nJUMLAH\n", &["1601", "1602"]);
    assert_eq!(units, "1601+1602+1603");
    assert!(notes.contains("1 lines of the list of places are the heading again"), "{notes}");
    assert!(notes.contains("3 lines of the list of places are sums or name no place"), "{notes}");
    let (units, notes) = fitted("16\n1601\n160101\n160102\n1602\n1603\n", &["1601", "1602"]);
    assert_eq!(units, "1601+1602+1603");
    assert!(
        notes.contains("the events are of a regency, and 3 places of other levels are left out: 16; 160101"),
        "{notes}"
    );
    let (units, notes) = fitted("Kab. Andai\nKec. Mulia\nKec. Sepi\n", &["Kec. Mulia", "Kec. Asri"]);
    assert_eq!(units, "Kec. Mulia+Kec. Sepi");
    assert!(notes.contains("1 places of other levels are left out: Kab. Andai"), "{notes}");
    let (units, notes) = fitted("Kab. Andai\nKec. Mulia\n", &["Mulia"]);
    assert!(units == "Kab. Andai+Mulia" && notes.contains("names several levels"), "{notes}");
    // Numbers that are no codes of administrative places have no levels.
    let numbers: String = (1..=1700).map(|number| format!("{number}\n")).collect();
    assert!(!fitted(&numbers, &["7", "16", "1601"]).1.contains("levels"));
    let (_, notes) = fitted("1601\n1602\n", &["1601", "160101"]);
    assert!(notes.contains("the events name places of several levels"), "{notes}");
}
