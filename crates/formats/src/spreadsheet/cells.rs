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
