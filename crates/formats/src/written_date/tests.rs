//! Dates of many hands.

use super::*;

fn day(year: i16, month: i8, day: i8) -> Result<Date, DateFault> {
    Ok(Date::constant(year, month, day))
}

fn read(text: &str, order: Option<DateOrder>) -> Result<Date, DateFault> {
    WrittenDate::read(text, order).map(|written| written.day)
}

#[test]
fn a_date_is_read_however_the_table_was_saved() {
    for cell in [
        "31/12/2021",
        "31-12-2021",
        "31.12.2021",
        "31/12/21",
        "31/12/2021 14:30",
        "31/12/2021 14:30:00",
        "2021-12-31",
        "2021/12/31",
        "2021-12-31T14:30:00+07:00",
        "2021-12-31 14:30",
        "44561",
        "44561.604",
        "44561,5",
        "31 Desember 2021",
        "31 desember 2021 14:30 WIB",
        "Jumat, 31 Desember 2021",
        "31-Des-21",
        "31 Dec 2021",
        "Desember 31, 2021",
        "\u{a0}31/12/2021 ",
    ] {
        assert_eq!(read(cell, None), day(2021, 12, 31), "{cell}");
    }
    assert_eq!(read("17 Nopember 1998", None), day(1998, 11, 17));
    assert_eq!(read("29/02/2020", None), day(2020, 2, 29));
    assert_eq!(read("01/01/2021", None), day(2021, 1, 1));
    for cell in ["29/02/2021", "31/11/2021", "", "-", "besok", "31/12/0021", "31/12/212", "12", "13/14/2021"]
    {
        assert_eq!(read(cell, None), Err(DateFault::Unreadable), "{cell}");
    }
}

#[test]
fn the_order_of_day_and_month_is_what_the_column_shows() {
    assert_eq!(read("05/02/2020", None), Err(DateFault::Ambiguous));
    assert_eq!(read("05/02/2020", Some(DateOrder::DayFirst)), day(2020, 2, 5));
    assert_eq!(read("05/02/2020", Some(DateOrder::MonthFirst)), day(2020, 5, 2));
    assert_eq!(read("02/13/2020", Some(DateOrder::DayFirst)), Err(DateFault::Unreadable));
    let order = |cells: &[&str]| DateOrder::of(cells.iter().copied());
    assert_eq!(order(&["05/02/2020", "13/02/2020"]), Some(DateOrder::DayFirst));
    assert_eq!(order(&["05/02/2020", "02/13/2020"]), Some(DateOrder::MonthFirst));
    assert_eq!(order(&["05/02/2020", "2020-02-13"]), None);
    assert_eq!(order(&["13/02/2020", "02/13/2020"]), None);
    let mut many = vec!["13/02/2020"; 40];
    many.push("02/13/2020");
    assert_eq!(order(&many), Some(DateOrder::DayFirst));
}

#[test]
fn a_span_is_two_days_and_a_day_is_a_span_of_one() {
    let span = |text: &str| WrittenSpan::read(text, None).map(|span| (span.first, span.last));
    let june = |first: i8, last: i8| Ok((Date::constant(2004, 6, first), Date::constant(2004, 6, last)));
    for text in [
        "2004-06-01/2004-06-13",
        "01/06/2004 - 13/06/2004",
        "1 Juni 2004 s.d. 13 Juni 2004",
        "1/6/04..13/6/04",
    ] {
        let order = Some(DateOrder::DayFirst);
        assert_eq!(WrittenSpan::read(text, order).map(|span| (span.first, span.last)), june(1, 13), "{text}");
    }
    assert_eq!(span("13 Juni 2004"), june(13, 13));
    assert_eq!(span("01/06/2004 - 13/06/2004"), Err(DateFault::Ambiguous));
    for wrong in [
        "",
        "2004-06-03/2004-06-01",
        "3 – 1 Juni 2004",
        "Juni 2004",
        "Mei - Juni 2004",
        "07/01/0025",
        "0025-01-07",
    ] {
        assert_eq!(span(wrong), Err(DateFault::Unreadable), "{wrong}");
    }
}

#[test]
fn an_evening_in_utc_is_the_next_day_here() {
    let read = |text: &str| WrittenDate::read(text, None).map(|written| (written.day, written.is_moved));
    let on = |day: i8, is_moved: bool| Ok((Date::constant(2015, 1, day), is_moved));
    assert_eq!(read("2015-01-06T18:00:00Z"), on(7, true));
    assert_eq!(read("2015-01-06 18:00:00+00"), on(7, true));
    assert_eq!(read("2015-01-06T18:00:00.000Z"), on(7, true));
    assert_eq!(read("2015-01-06T16:59:59Z"), on(6, false));
    assert_eq!(read("2015-01-07T02:00:00+12:00"), on(6, true));
    for local in
        ["2015-01-06T23:30:00+07:00", "2015-01-06T23:30:00+09:00", "2015-01-06 23:30:00", "2015-01-06"]
    {
        assert_eq!(read(local), on(6, false), "{local}");
    }
}

#[test]
fn a_span_names_month_and_year_once_and_is_of_no_other_year() {
    let span = |text: &str| {
        let read = WrittenSpan::read(text, Some(DateOrder::DayFirst));
        read.map(|span| format!("{} {}", span.first, span.last))
    };
    for (text, days) in [
        ("14 Maret - 16 Maret 2015", "2015-03-14 2015-03-16"),
        ("30 Maret – 2 April 2015", "2015-03-30 2015-04-02"),
        ("30 Des 2014 - 2 Jan 2015", "2014-12-30 2015-01-02"),
        ("30 Desember s.d. 2 Januari 2015", "2014-12-30 2015-01-02"),
        ("14-16 Maret 2015", "2015-03-14 2015-03-16"),
        ("14 – 16 Maret 2015", "2015-03-14 2015-03-16"),
        ("07/01 - 09/01/2015", "2015-01-07 2015-01-09"),
        ("1 Jan - 24 Jan 2026", "2026-01-01 2026-01-24"),
    ] {
        assert_eq!(span(text).as_deref(), Ok(days), "{text}");
    }
}

fn pairs<'a>(days: &[&'a str], signs: &[&'a str]) -> Vec<[&'a str; 3]> {
    let with = |first: &'a str, last: &'a str| signs.iter().map(move |sign| [first, last, sign]);
    days.iter().flat_map(|first| days.iter().flat_map(|last| with(first, last))).collect()
}

/// Whatever two days a cell names, it is not read as one day of a year that it does not name.
#[test]
fn two_dates_in_a_cell_are_no_date() {
    let days = ["14 Maret", "14 Maret 2015", "2015-03-14", "14/03/2015", "Maret 14", "14"];
    let signs = [" - ", "-", " ", ", ", " dan ", " s.d. ", " & ", "; "];
    for [first, last, sign] in pairs(&days, &signs) {
        let cell = format!("{first}{sign}{}", last.replace("14", "16"));
        if ["14 Maret 14", "Maret 14 14"].contains(&format!("{first} {last}").as_str()) {
            continue; // The year may have two digits.
        }
        let read = WrittenDate::read(&cell, Some(DateOrder::DayFirst));
        assert_eq!(read, Err(DateFault::Unreadable), "{cell}");
    }
}

#[test]
fn an_evening_in_a_zone_elsewhere_is_moved_however_the_date_is_written() {
    let read = |text: &str| {
        WrittenDate::read(text, Some(DateOrder::DayFirst))
            .map(|written| (written.day.to_string(), written.is_moved))
    };
    for date in ["2015-01-06", "06/01/2015", "6 Januari 2015", "6-Jan-15", "2015/01/06"] {
        for evening in [
            "18:00 UTC",
            "18:00:00Z",
            "18:00 GMT",
            "18:00+00",
            "6:00 PM UTC",
            "6:00PM UTC",
            "13:30-05:00",
            "18.00 UTC",
        ] {
            let cell = format!("{date} {evening}");
            assert_eq!(read(&cell), Ok(("2015-01-07".to_owned(), true)), "{cell}");
        }
        for local in [
            "18:00 WIB",
            "23:30 WITA",
            "23:30+07:00",
            "23:30",
            "24:00",
            "18:00-20:00",
            "16:59 UTC",
            "pukul 23.30",
        ] {
            let cell = format!("{date} {local}");
            assert_eq!(read(&cell), Ok(("2015-01-06".to_owned(), false)), "{cell}");
        }
        assert!(read(&format!("{date} 18:00 PST")).is_err(), "a zone nobody knows: {date}");
    }
}

/// 26-01-05 is the fifth of January or the 26th: nothing but another date of the column, or a person, can say it.
#[test]
fn a_year_of_two_digits_in_front_is_not_taken_for_a_day() {
    assert_eq!(read("26-01-05", None), Err(DateFault::Ambiguous));
    assert_eq!(read("26-01-05", Some(DateOrder::DayFirst)), day(2005, 1, 26));
    assert_eq!(read("98-01-05", None), day(1998, 1, 5));
    assert_eq!(read("05-01-98", Some(DateOrder::DayFirst)), day(1998, 1, 5));
    assert_eq!(read("05-05-05", None), day(2005, 5, 5));
    assert_eq!(read("26/01/05", None), day(2005, 1, 26));
    let order = |cells: &[&str]| DateOrder::of(cells.iter().copied());
    assert_eq!(order(&["26-01-05", "26-01-17", "26-02-03"]), None);
    assert_eq!(order(&["26-01-05", "17/01/2026"]), Some(DateOrder::DayFirst));
    let open = |cells: &[&str]| leaves_years_open(cells.iter().copied());
    assert!(open(&["26-01-05", "26-01-17", "2026-02-03"]) && open(&["98-01-05"]));
    let days: Vec<String> = (1..=28).map(|day| format!("{day:02}-03-26")).collect();
    let days: Vec<&str> = days.iter().map(String::as_str).collect();
    assert!(!open(&days) && order(&days) == Some(DateOrder::DayFirst));
    let years: Vec<String> = (1..=28).map(|day| format!("26-03-{day:02}")).collect();
    assert!(open(&years.iter().map(String::as_str).collect::<Vec<_>>()));
    assert!(!open(&["05-01-98", "05-01-04"]), "98 is no day");
}

/// Over many months three of five dates have a day above twelve: where one of many has, it is that one that is odd.
#[test]
fn one_odd_date_decides_no_order() {
    let low: Vec<String> =
        (1..=12).flat_map(|month| [3, 5, 8].map(|day| format!("{month}/{day}/2020"))).collect();
    let mut cells: Vec<&str> = low.iter().map(String::as_str).collect();
    cells.push("13/2/2020");
    assert_eq!(DateOrder::of(cells.iter().copied()), None);
    assert_eq!(DateOrder::of_many_months(cells.iter().copied()), None);
    cells.extend(["14/2/2020"; 40]);
    assert_eq!(DateOrder::of(cells.iter().copied()), Some(DateOrder::DayFirst));
    let march: Vec<String> = (1..=13).map(|day| format!("{day}/3/2020")).collect();
    assert_eq!(DateOrder::of(march.iter().map(String::as_str)), Some(DateOrder::DayFirst), "half a month");
}
