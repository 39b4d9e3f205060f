//! Archives in any order, with wrong dates in them.

use super::*;
use domain::kind::FeedClass;
use domain::place::{Code, Place};
use domain::report::Body;
use domain::report::{FeedId, ReportId};
use domain::time::HOUR;

const MARCH: i64 = 18_322; // 2020-03-01

fn report(day: i64, number: u64) -> Report {
    let reported_at = Time(day * DAY + HOUR);
    Report {
        id: ReportId(u128::from(number)),
        hash: u128::from(number),
        feed: FeedId::of("desa"),
        class: FeedClass::Village,
        author: None,
        place: Place { code: Code(161_304), village: 0 },
        reported_at,
        reconstructed: false,
        doubtful: None,
        body: Body::Nothing { from: reported_at, to: reported_at },
    }
}

/// Applies archives of reports of these days after 2020-03-01; gives the days of receipt in the order they are applied in, and the
/// remarks.
fn applied(archives: &[&[i64]]) -> (Vec<i64>, String) {
    let (received, words) = received(archives);
    (received.into_iter().map(|(_, day)| day).collect(), words)
}

/// The same with the numbers of the records.
fn received(archives: &[&[i64]]) -> (Vec<(u64, i64)>, String) {
    let mut order = ArchiveOrder::default();
    order.begin((0..archives.len()).map(|at| format!("f{at}")).collect());
    let mut out = Vec::new();
    for (source, days) in archives.iter().enumerate() {
        for (at, day) in days.iter().enumerate() {
            let number = at as u64 + 1;
            let report = report(MARCH + day, number);
            order.take(Placed { source: source as u16, number, line: number + 1, report }, &mut out);
        }
    }
    order.finish(&mut out);
    let day = |ordered: &Ordered| ordered.received.since(Time(MARCH * DAY + HOUR)) / DAY;
    let received = out.iter().map(|ordered| (ordered.placed.number, day(ordered))).collect();
    (received, order.in_words().join("\n"))
}

/// Wherever one date is wrong, and by however much, the others come in their order, and the one is named with its record, its
/// line and by how much it stands out.
#[test]
fn a_wrong_date_moves_no_other_record_and_is_named() {
    let right: Vec<i64> = (0..12).map(|number| number * 2).collect();
    for at in 0..=right.len() {
        for wrong in [-6_570, -400, -40, -9, 35, 200, 2_190] {
            let mut days = right.clone();
            days.insert(at, wrong);
            let (received, words) = received(&[&days]);
            let own = at as u64 + 1;
            let others: Vec<i64> =
                received.iter().filter(|(number, _)| *number != own).map(|(_, day)| *day).collect();
            assert_eq!(others, right, "{wrong} at {at}");
            assert!(received.is_sorted_by_key(|(_, day)| *day), "{wrong} at {at}: {received:?}");
            let is_end = (at == 0 && wrong < 0) || (at == right.len() && wrong > 0);
            if is_end && wrong.abs() <= 365 {
                continue; // An archive may begin and end there.
            }
            let place = format!("record {}, line {} (", at + 1, at + 2);
            assert!(words.starts_with("a record has") && words.contains(&place), "{wrong} at {at}: {words}");
        }
    }
}

#[test]
fn by_how_much_a_date_stands_out_is_said() {
    let words = |days: &[i64]| applied(&[days]).1;
    assert!(
        words(&[0, 27, 4, 5, 6]).ends_with("reported 2020-03-28T01:00:00Z, 23 days after those around it")
    );
    assert!(words(&[0, -6_570, 2]).contains("record 2, line 3"), "{}", words(&[0, -6_570, 2]));
    assert!(words(&[0, 2_190, 2_191, 4, 5, 6]).contains("2 records have"), "two in a row");
    // A day or less is how reports come in, and a gap of months is none.
    for days in
        [&[0, 2, 1, 3, 5][..], &[0, 1, 2, 90, 91, 92], &[5, 4, 3, 2, 1], &[0, 0, 0], &[3], &[7, 1], &[]]
    {
        assert_eq!(words(days), "", "{days:?}");
    }
}

#[test]
fn an_archive_in_no_order_is_applied_in_the_order_of_time_and_says_so() {
    let (days, words) = applied(&[&[5, 1, 9, 3, 7, 2, 8, 4, 6, 0]]);
    assert_eq!(days, (0..10).collect::<Vec<_>>());
    assert!(words.contains("10 records of 'f0' are in no order of time, from 2020-03-01"), "{words}");
    let (days, words) = applied(&[&[9, 8, 7, 6, 20, 5, 4, 3]]);
    assert_eq!(days, [3, 4, 5, 6, 7, 8, 9, 20]);
    assert!(words.contains("record 5, line 6"), "the newest first is an order: {words}");
}

#[test]
fn the_order_of_archives_is_no_matter() {
    let (one, other): (Vec<i64>, Vec<i64>) = ((0..19).collect(), vec![1, 6, 11, 16]);
    let (there, back) = (applied(&[&one, &other]), applied(&[&other, &one]));
    assert!(there.0.is_sorted() && there.0.len() == 23);
    assert_eq!(there, back);
}

#[test]
fn a_large_archive_is_put_in_order_a_part_at_a_time() {
    let mut days: Vec<i64> = (0..MOST_HELD as i64 * 2).map(|at| at / 1_000).collect();
    days.swap(10, 9_000);
    let (applied, _) = applied(&[&days]);
    assert!(applied.is_sorted() && applied.len() == days.len());
}
