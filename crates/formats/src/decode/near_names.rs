//! Tests: whom a refusal names where a record gives something other than a code of ours.

use super::fields::Field;
use super::refusal_text::district;
use domain::place::Places;

fn places() -> Places {
    let text = include_str!("../../../../config/districts/61.02.csv");
    crate::places::from_csv(&[("61.02.csv".to_owned(), text.to_owned())]).unwrap()
}

#[test]
fn a_kecamatan_is_found_by_any_name_that_people_give_it_and_by_its_code_however_it_is_parted() {
    let places = places();
    let alias = places.regency_ids().flat_map(|regency| places.districts(regency));
    let alias = alias.filter_map(|unit| Some((places.code(unit), places.unit(unit).aliases.first()?)));
    let aliased: Vec<(String, String)> =
        alias.map(|(code, alias)| (alias.clone(), format!("{code} "))).collect();
    assert!(!aliased.is_empty());
    let written = [
        ("Kec. Sei Pinyuh", "61.02.07 Sungai Pinyuh"),
        ("S. Pinyuh", "61.02.07 Sungai Pinyuh"),
        ("kecamatan Toho", "61.02.06 Toho"),
        ("61-02-18", "61.02.18 "),
        ("61/02/18", "61.02.18 "),
        ("610218", "61.02.18 "),
        ("6102062004", "61.02.06 Toho"),
        ("Ds. Terap", "61.02.06 Toho (Desa Terap)"),
    ];
    let written = written.map(|(word, near)| (word.to_owned(), near.to_owned()));
    for (word, near) in aliased.into_iter().chain(written) {
        let refusal = district(Field::District, &word, &places);
        assert!(
            refusal.detail.contains(&format!("Tulis: {near}"))
                || refusal.detail.contains(&format!("Tulis kodenya: {near}")),
            "{word}: {}",
            refusal.detail
        );
    }
}
