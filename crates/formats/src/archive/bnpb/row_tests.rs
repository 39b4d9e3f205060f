//! What a row's cells hold beside numbers and plain dates: the missing, who are no dead, and a year of two digits that may stand in front.

use super::super::Crosswalk;
use super::tests::{HEAD, config, muratara, row, run, run_with, taxonomy};
use super::*;
use crate::written_date::DateOrder;
use domain::kind::{FeedClass, Refused};
use domain::place::Places;
use domain::report::Body;

/// The summaries of a list's records, as they go into the log.
fn summaries(text: &str, places: &Places) -> Vec<String> {
    let crosswalk = Crosswalk::parse(&config("crosswalk.csv")).unwrap();
    let (class, taxonomy) = (FeedClass::Agency, &taxonomy());
    let guide = Guide { places, crosswalk: &crosswalk, class, dates: None, taxonomy, regency: None };
    let source = Box::new(std::io::Cursor::new(text.as_bytes().to_vec()));
    let mut list = Bnpb::open("list".into(), source, guide).unwrap();
    let mut found = Vec::new();
    while let Some(record) = list.next_record().unwrap() {
        let record: serde_json::Value = serde_json::from_slice(record.bytes).unwrap();
        found.push(record["summary"].as_str().unwrap_or_default().to_owned());
    }
    found
}

/// "Hilang 2" beside "Meninggal 1" is one dead; the row is as grave as it was.
#[test]
fn the_missing_are_no_dead_and_the_words_of_the_first_record_say_them() {
    let row = "1;1613;31/12/2021;BANJIR;Kec. Rupit, Kec. Rawas Ulu;MUSI RAWAS UTARA;S;;;1;2;0;0;0\n";
    let text = format!("{HEAD}{row}");
    let own_words: Vec<bool> =
        summaries(&text, &muratara()).iter().map(|own| own.starts_with("2 orang hilang. ")).collect();
    assert_eq!(own_words, [true, false]);
    let found = run(text, &muratara()).0.into_iter().map(|report| match report.unwrap().body {
        Body::Statement(named) => (named.severity, named.dead),
        other => panic!("{other:?}"),
    });
    assert_eq!(found.collect::<Vec<_>>(), [(5, 1), (5, 0)]);
}

/// As in tables: whatever order the other dates show, unless one of them shows that such years stand last.
#[test]
fn a_short_year_that_may_stand_in_front_is_asked() {
    let fate = |other: &str, order| {
        let text = format!("{HEAD}{}{}", row(other, "BANJIR", "0"), row("26-11-05", "BANJIR", "1"));
        run_with(text.as_bytes(), &muratara(), order).0[1].as_ref().map(|_| ()).map_err(|own| own.reason)
    };
    assert_eq!(fate("28/11/2026", None), Err(Refused::Time));
    assert_eq!(fate("28-11-05", None), Err(Refused::Time));
    assert_eq!(fate("28-11-45", None), Ok(()), "no day is 45");
    assert_eq!(fate("28/11/2026", Some(DateOrder::DayFirst)), Ok(()));
}
