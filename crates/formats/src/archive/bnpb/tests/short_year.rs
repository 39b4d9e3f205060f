//! A year of two digits that may stand in front.

use super::*;

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
