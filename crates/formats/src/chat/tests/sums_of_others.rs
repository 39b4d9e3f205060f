//! Numbers behind those who came on top: of whom they are a sum. All of it is made up.

use super::wording::{harm, last, proposal};

#[test]
fn a_sum_of_something_else_is_no_sum_of_people() {
    for (text, people) in [
        ("banjir di Terap: tambahan 2 luka, total 12 rumah rusak", [None, Some(2), None]),
        ("tawuran di Terap: bertambah 1 MD, total 5 luka", [Some(1), Some(5), None]),
        ("banjir di Terap: tambah 5 jiwa mengungsi, total 3 posko", [None, None, Some(5)]),
        ("banjir di Terap: bertambah 2 luka, total 12 KK mengungsi", [None, Some(2), None]),
        ("banjir di Terap: bertambah 2 luka, total 12 titik", [None, Some(2), None]),
        ("tawuran di Terap: bertambah 2 luka, total 12 luka", [None, Some(12), None]),
        ("tawuran di Terap: bertambah 1 MD, total 2", [Some(2), None, None]),
        ("tawuran di Terap: bertambah 2 luka, total 5 orang", [None, Some(5), None]),
        ("tawuran di Terap: bertambah 2 luka, total 5 pak", [None, Some(5), None]),
    ] {
        let passage = last(14, &[&format!("Kapolsek Toho: {text}")]);
        let found = proposal(&passage);
        let (own, asked) = (harm(found), &found.look_at);
        // Of households no field of people holds a number.
        assert_eq!(own, people, "{text}: {asked:?} {passage:?}");
    }
}

/// What came on top is added, and what is counted behind it in other units replaces nothing.
#[test]
fn an_addition_with_a_sum_of_something_else_does_not_replace_the_figure_before() {
    let report = "Kapolsek Toho: tawuran di Terap jam 09.00, 4 luka";
    for text in [
        "tambahan 2 luka, total 12 rumah rusak",
        "bertambah 2 luka, total 3 posko",
        "bertambah 2 luka, total 1 MD",
    ] {
        let passage = last(14, &[report, &format!("Kapolsek Toho: {text}")]);
        let found = proposal(&passage);
        assert_eq!((harm(found)[1], found.look_at.is_empty()), (Some(4), false), "{text}: {passage:?}");
    }
}
