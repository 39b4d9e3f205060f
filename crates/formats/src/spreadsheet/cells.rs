//! Numbers, degrees and grades as people write them into cells.

use crate::archive::words::letters;

/// A number of people or houses; `None` inside where nothing is written.
pub fn count(cell: &str) -> Option<Option<u32>> {
    let own = cell.trim_end_matches(['.', ',']);
    let own = ["orang", "org", "jiwa", "unit", "rumah", "or"].iter().fold(own, |own, unit| {
        own.strip_suffix(unit).or_else(|| own.strip_suffix(&unit.to_uppercase())).unwrap_or(own).trim_end()
    });
    match letters(own).as_str() {
        "" if cell.chars().all(|letter| !letter.is_alphanumeric()) => return Some(None),
        "nihil" | "tidakada" | "nol" => return Some(Some(0)),
        _ => {}
    }
    crate::archive::count(own).ok().map(Some)
}

/// True for a number of families: "45 KK".
pub fn families(cell: &str) -> bool {
    let word: String =
        cell.chars().filter(|letter| letter.is_alphabetic()).flat_map(char::to_lowercase).collect();
    cell.starts_with(|first: char| first.is_ascii_digit())
        && matches!(word.as_str(), "kk" | "keluarga" | "kepalakeluarga" | "rumahtangga")
}

/// How many people a cell counts that counts their families beside them: 60 of "15 KK/60 jiwa", "60 jiwa (15 KK)".
pub fn people_beside_families(cell: &str) -> Option<u32> {
    let lower = cell.to_lowercase();
    let is_gap =
        |letter: char| letter.is_whitespace() || matches!(letter, '/' | ',' | ';' | '(' | ')' | '+' | '=');
    let mut words = Vec::new();
    for word in lower.split(is_gap).map(|word| word.trim_end_matches('.')).filter(|word| !word.is_empty()) {
        // "15kk"
        let end = word.find(char::is_alphabetic).filter(|end| *end > 0 && word.is_char_boundary(*end));
        match end.map(|end| word.split_at(end)) {
            Some((number, unit)) => words.extend([number, unit]),
            None => words.push(word),
        }
    }
    words.retain(|word| !matches!(*word, "atau" | "dan" | "kepala"));
    let [one, unit, other, other_unit] = words.as_slice() else { return None };
    let is_family = |unit: &str| matches!(unit, "kk" | "keluarga");
    let is_people = |unit: &str| matches!(unit, "jiwa" | "orang" | "org");
    let (people, families) = match (*unit, *other_unit) {
        (unit, other_unit) if is_family(unit) && is_people(other_unit) => (other, one),
        (unit, other_unit) if is_people(unit) && is_family(other_unit) => (one, other),
        _ => return None,
    };
    crate::archive::count(families).ok()?;
    crate::archive::count(people).ok()
}

/// A number of degrees.
pub fn degrees(text: &str) -> Option<f64> {
    text.trim().replace(',', ".").parse::<f64>().ok().filter(|degrees| degrees.is_finite())
}

/// Degrees north and east in one cell: "-2.7 102.9 43.6 4.1" of KoboToolbox, "-2.7, 102.9" of people. A plus code says none.
pub fn point(cell: &str) -> Option<(f64, f64)> {
    let mut parts = cell.split([' ', ';']).filter(|part| !part.is_empty());
    let first = parts.next()?;
    match parts.next() {
        Some(second) => Some((degrees(first.trim_end_matches(','))?, degrees(second.trim_end_matches(','))?)),
        None => {
            let (lat, lon) = first.split_once(',')?;
            Some((degrees(lat)?, degrees(lon)?))
        }
    }
}

/// The point of a cell that may hold other words, too: degrees with decimals and nothing else, so that "03 02" is none.
pub fn clear_point(cell: &str) -> Option<(f64, f64)> {
    point(cell).filter(|_| cell.matches('.').count() >= 2)
}

/// A severity from 1 to 5, as a number or a grade; `None` inside where nothing is written.
pub fn severity(cell: &str) -> Option<Option<u8>> {
    Some(match letters(cell).as_str() {
        "" => None,
        "1" | "ringan" | "rendah" | "kecil" => Some(1),
        "2" | "sedang" => Some(2),
        "3" | "tinggi" | "berat" | "besar" => Some(3),
        "4" | "sangattinggi" | "sangatberat" => Some(4),
        "5" => Some(5),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_points_are_read_as_they_are_written() {
        for (cell, number) in [
            ("", Some(None)),
            ("-", Some(None)),
            ("nihil", Some(Some(0))),
            ("3", Some(Some(3))),
            ("3 orang", Some(Some(3))),
            ("2.0", Some(Some(2))),
            ("1.250 jiwa", Some(Some(1250))),
            ("dua", None),
            ("3,5", None),
        ] {
            assert_eq!(count(cell), number, "{cell}");
        }
        assert!(families("45 KK") && families("3kk") && !families("KK") && !families("45 orang, 3 KK"));
        assert_eq!(point("-2.7 102.9 43.6 4.1"), Some((-2.7, 102.9)));
        assert_eq!(point("-2.7, 102.9"), Some((-2.7, 102.9)));
        assert_eq!(point("-2.7,102.9"), Some((-2.7, 102.9)));
        assert_eq!(point("6P5G 8V2"), None);
        assert_eq!((clear_point("03 02"), clear_point("-2.7 102.9 0 5")), (None, Some((-2.7, 102.9))));
        assert_eq!(
            (severity("Sangat Tinggi"), severity(""), severity("x")),
            (Some(Some(4)), Some(None), None)
        );
    }
}
