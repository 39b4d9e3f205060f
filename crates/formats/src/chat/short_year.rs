//! A date in a message whose year, of two digits, may stand in front.

use super::token::ChatWord;
use crate::written_date::day_with_year_first;

/// "26-11-05" where it may be 5 November 2026, a day of the last year.
pub fn year_in_front(tokens: &[ChatWord], at: usize, today: i64) -> Option<i64> {
    let [year, month, day] = tokens.get(at..at + 3)? else { return None };
    let word = format!("{}-{}-{}", year.text, month.text, day.text);
    let is_joined = month.before == '-' && day.before == '-';
    day_with_year_first(&word).filter(|own| is_joined && (today - 366..=today).contains(own))
}
