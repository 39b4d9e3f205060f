//! A message that is filled in like a form: "Hari: … Pukul: … Lokasi: … Korban: …".

use super::token::{ChatWord, tokens};
use std::ops::Range;

/// What leads where it was.
const WHERE: [&str; 4] = ["lokasi", "tkp", "tempat", "alamat"];
/// What leads a text of its own, to the end of the message.
const NARRATIVE: [&str; 3] = ["kronologis", "kronologi", "keterangan"];
const OTHERS: [&str; 12] = [
    "hari",
    "tanggal",
    "tgl",
    "pukul",
    "pkl",
    "jam",
    "waktu",
    "korban",
    "kejadian",
    "kerugian",
    "dampak",
    "peristiwa",
];
/// What stands behind them in the name of a field: "Waktu kejadian:", "Hari/tgl:".
const FURTHER: [&str; 10] = [
    "kejadian",
    "kejadiannya",
    "perkara",
    "bencana",
    "peristiwa",
    "tanggal",
    "tgl",
    "jam",
    "jiwa",
    "materiil",
];

/// The tokens of each field, where words are the fields of one form, with one place: each stands there once.
pub fn fields(tokens: &[ChatWord]) -> Option<Vec<Range<usize>>> {
    let labels: Vec<usize> = (0..tokens.len()).filter(|at| is_label(tokens, *at)).collect();
    let mut names: Vec<&str> = labels.iter().map(|at| tokens[*at].text.as_str()).collect();
    let places = names.iter().filter(|name| WHERE.contains(name)).count();
    names.sort_unstable();
    names.dedup();
    let is_form =
        names.len() == labels.len() && places <= 1 && labels.len() >= if places == 1 { 2 } else { 3 };
    let field = |(number, at): (usize, &usize)| {
        let is_own = |token: &&ChatWord| token.sentence == tokens[*at].sentence;
        let sentence = at + tokens[*at..].iter().take_while(is_own).count();
        let next = labels.get(number + 1).copied().unwrap_or(tokens.len());
        *at..if tokens[*at].is(&NARRATIVE) { tokens.len() } else { sentence.min(next) }
    };
    is_form.then(|| labels.iter().enumerate().map(field).collect())
}

/// True for the first word of a field's name.
fn is_label(tokens: &[ChatWord], at: usize) -> bool {
    let word = &tokens[at];
    if !(word.is(&WHERE) || word.is(&NARRATIVE) || word.is(&OTHERS)) {
        return false;
    }
    let first = first_behind_number(tokens, at);
    let parts = |one: &ChatWord| first == 0 || at > first || one.clause != tokens[first - 1].clause;
    let begins_sentence = first == 0 || tokens[first].sentence != tokens[first - 1].sentence;
    let behind = &tokens[at + 1..];
    let further = behind.iter().take_while(|next| next.clause == word.clause && next.is(&FURTHER)).count();
    let further = if begins_sentence { further } else { 0 };
    parts(word) && behind.get(further).is_some_and(|next| next.clause != word.clause)
}

/// What the name of a field leads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FieldName {
    /// What became of people and things: no place in it is where something else happened.
    OfHarm,
    Other,
}

/// The field whose name begins at a token; `None` where none does.
pub fn name_at(tokens: &[ChatWord], at: usize) -> Option<FieldName> {
    let is_name = at < tokens.len() && is_label(tokens, at);
    let is_of_harm = || tokens[at].is(&["korban", "kerugian", "dampak"]);
    is_name.then(|| if is_of_harm() { FieldName::OfHarm } else { FieldName::Other })
}

/// True where the points of a numbered list are the fields of one form: "1. Hari/tgl : …", "2. Pukul : …", "3. TKP : …".
pub fn is_numbered(text: &str, points: &[Range<usize>]) -> bool {
    let label = |point: &Range<usize>| {
        let tokens = tokens(text, point.clone());
        let first = usize::from(tokens.first().is_some_and(|token| token.number().is_some()));
        name_at(&tokens, first).map(|_| tokens[first].text.clone())
    };
    let mut labels: Vec<String> = points.iter().filter_map(label).collect();
    let count = labels.len();
    labels.sort_unstable();
    labels.dedup();
    labels.len() == count && count > 1 && count * 2 >= points.len()
}

/// True where a field holds a text of its own, which tells what happened as it went on.
pub fn has_narrative(tokens: &[ChatWord]) -> bool {
    (0..tokens.len()).any(|at| tokens[at].is(&NARRATIVE) && is_label(tokens, at))
}

/// The token that begins what a token ends, where that is the number of a field: "1", "IV", "a".
fn first_behind_number(tokens: &[ChatWord], at: usize) -> usize {
    let Some(before) = at.checked_sub(1) else { return at };
    let begins = before == 0 || tokens[before].sentence != tokens[before - 1].sentence;
    let is_number = tokens[before].text.len() <= 2 && tokens[before].number().is_some()
        || tokens[before].text.len() == 1
        || tokens[before].text.bytes().all(|letter| matches!(letter, b'i' | b'v' | b'x'));
    if begins && is_number { before } else { at }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(text: &str) -> Option<usize> {
        fields(&tokens(text, 0..text.len())).map(|fields| fields.len())
    }

    #[test]
    fn a_form_names_each_of_its_fields_once_and_one_place() {
        assert_eq!(count("Hari/tgl: Sabtu 28 Nov\nPukul: 08.00\nLokasi: Ds Noman\nKorban: nihil"), Some(4));
        assert_eq!(count("TKP: Ds Noman\nWaktu kejadian: pagi"), Some(2));
        assert_eq!(count("Hari: Sabtu, pukul: 08.00, korban: nihil"), Some(3));
        assert_eq!(count("Lokasi: Ds Noman\nKorban: 1\nLokasi: Ds Pauh\nKorban: 2"), None);
        assert_eq!(count("banjir di Ds Noman, korban 2 orang, lokasi dekat sungai, waktu malam"), None);
        assert_eq!(count("Pukul 08.00, banjir di Ds Noman. Lokasi dekat sungai, lalu longsor"), None);
    }
}
