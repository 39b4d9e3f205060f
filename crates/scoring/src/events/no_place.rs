//! What stands where a place should, and is none: nothing at all, a word for nothing, and the sums at the end of a table.

/// Why a name is no place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NoPlace {
    /// Empty, a sign, zeros, or a word that says that nobody knows.
    Nothing,
    /// `TOTAL`, `JUMLAH`.
    Sum,
}

/// What people and programs write into a cell of which they know nothing, in letters alone.
const NOTHING: [&str; 30] = [
    "na",
    "nan",
    "nil",
    "nihil",
    "null",
    "none",
    "kosong",
    "blank",
    "missing",
    "unknown",
    "undefined",
    "unspecified",
    "notavailable",
    "notapplicable",
    "notspecified",
    "tidakada",
    "tdkada",
    "takada",
    "tidakadadata",
    "tidakdiketahui",
    "tdkdiketahui",
    "tidaktahu",
    "tidakjelas",
    "tidakdisebut",
    "tidakdisebutkan",
    "tidaktersedia",
    "belumada",
    "belumdiketahui",
    "ref",
    "tanpanama",
];

/// How a sum begins.
const SUMS: [&str; 9] =
    ["jumlah", "total", "jml", "subtotal", "grandtotal", "rekap", "rekapitulasi", "rerata", "average"];

/// The same in two words.
const SUMS_OF_TWO: [[&str; 2]; 3] = [["grand", "total"], ["sub", "total"], ["rata", "rata"]];

impl NoPlace {
    /// What a name is instead of a place; `None` for a place.
    pub fn of(name: &str) -> Option<NoPlace> {
        let lower = name.to_lowercase();
        let words: Vec<&str> =
            lower.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        let is_zero = words.iter().all(|word| word.bytes().all(|byte| byte == b'0'));
        if is_zero || NOTHING.contains(&words.concat().as_str()) {
            return Some(NoPlace::Nothing);
        }
        let is_sum = SUMS.contains(&words[0])
            || SUMS_OF_TWO.iter().any(|sum| words.len() > 1 && words[..2] == sum[..]);
        is_sum.then_some(NoPlace::Sum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_nothing_and_sums_are_no_places_and_places_are() {
        for name in [
            "",
            "-",
            "--",
            "?",
            "0",
            "00.00",
            "n/a",
            "N/A",
            "#N/A",
            "NULL",
            "TIDAK ADA",
            "(kosong)",
            "tidak diketahui",
        ] {
            assert_eq!(NoPlace::of(name), Some(NoPlace::Nothing), "{name}");
        }
        for name in [
            "TOTAL",
            "Jumlah",
            "JUMLAH SELURUHNYA",
            "Grand Total",
            "Sub-total",
            "Rata-rata",
            "Total Kabupaten",
        ] {
            assert_eq!(NoPlace::of(name), Some(NoPlace::Sum), "{name}");
        }
        for name in ["1601", "Kab. Nabire", "Nias", "Nanga Pinoh", "Totalan", "10.00"] {
            assert_eq!(NoPlace::of(name), None, "{name}");
        }
    }
}
