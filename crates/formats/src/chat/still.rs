//! What goes on: of what ended a part may, and where only the inquiry goes on, what happened does not.

use super::token::ChatWord;
use std::ops::Range;

/// "sudah padam sebagian", "dusun 1 sudah surut, dusun 2 masih terendam": the words that say of a part of what ended that it
/// goes on.
pub fn goes_on_in_part(tokens: &[ChatWord], at: usize) -> Option<Range<usize>> {
    // What comes behind an end: "sudah padam, masih pendinginan".
    const AFTERMATH: [&str; 22] = [
        "pendinginan",
        "siaga",
        "jaga",
        "dijaga",
        "berjaga",
        "menjaga",
        "pantau",
        "dipantau",
        "memantau",
        "pemantauan",
        "dibersihkan",
        "membersihkan",
        "pembersihan",
        "trauma",
        "polisi",
        "petugas",
        "aparat",
        "anggota",
        "di",
        "dirawat",
        "kondusif",
        "aman",
    ];
    let is_still = |other: &usize| {
        let next = tokens.get(other + 1);
        let guarded = other
            .checked_sub(1)
            .is_some_and(|before| tokens[before].is(&["polisi", "petugas", "aparat", "anggota"]));
        tokens[*other].is(&["masih", "msh", "msih", "tinggal", "sisa"])
            && !guarded
            && !is_inquiry(tokens, *other)
            && next.is_some_and(|next| next.sentence == tokens[*other].sentence && !next.is(&AFTERMATH))
    };
    let near = at.saturating_sub(6)..tokens.len().min(at + 4);
    let is_part = |other: &usize| {
        tokens[*other].is(&["sebagian", "sbagian", "sebagiannya"])
            && tokens[*other].sentence == tokens[at].sentence
    };
    let part = near.into_iter().find(is_part);
    part.or_else(|| (0..tokens.len()).find(is_still)).map(|other| tokens[other].span.clone())
}

/// "msh lidik", "masih dalam penyelidikan": what goes on is the inquiry, not what happened.
pub fn is_inquiry(tokens: &[ChatWord], at: usize) -> bool {
    const INQUIRY: [&str; 17] = [
        "lidik",
        "penyelidikan",
        "diselidiki",
        "menyelidiki",
        "sidik",
        "penyidikan",
        "disidik",
        "didalami",
        "mendalami",
        "pendalaman",
        "dikejar",
        "pengejaran",
        "buron",
        "didata",
        "pendataan",
        "koordinasi",
        "monitor",
    ];
    let mut behind = tokens[at + 1..].iter().take_while(|token| token.sentence == tokens[at].sentence);
    let first = behind.find(|token| !token.is(&["dalam", "dlm", "di", "tahap", "proses", "akan", "terus"]));
    first.is_some_and(|token| token.is(&INQUIRY))
}
