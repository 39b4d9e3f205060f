//! Lines as long as anybody can write them: each is read in a time that grows with its length. All of it is made up.

use super::wording::passages;
use super::*;
use std::fmt::Write;

fn numbers(count: usize, end: &str) -> String {
    let mut text = "Kades Terap: Terap nihil".to_owned();
    for number in 0..count {
        write!(text, " {}", number % 31 + 1).unwrap();
    }
    text + end
}

#[test]
fn a_line_of_many_numbers_is_read_at_once() {
    for (count, end) in [(60, " ekor"), (60, ""), (60, " tambah 3 ekor"), (20_000, ""), (20_000, " ekor")] {
        let found = passages(14, &[&numbers(count, end)]);
        let is_ready = |passage: &ChatPassage| matches!(passage.questions(), Some([]));
        // Whatever a list of so many is, it is no nihil of days that anybody wrote so.
        assert!(!found.is_empty() && (count < 100 || !found.iter().any(is_ready)), "{count}{end}");
    }
}

#[test]
fn a_line_of_many_days_or_people_hurt_is_read_at_once() {
    for words in ["Sabtu tgl 3 ", "jam 07.00, ", "warga digigit, ", "1 warga pingsan, ", "info palsu, "] {
        let text = format!("Kades Terap: Terap nihil {}", words.repeat(1_500));
        assert!(!passages(14, &[&text]).is_empty(), "{words}");
    }
}
