//! A look at free text before it is saved: what seems to be a person's data is pointed out, never removed.

use crate::words::Lang;

/// What in the text looks like personal data.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Finding {
    Identity,
    Phone,
    Plate,
}

impl Finding {
    pub const fn words(self, lang: Lang) -> &'static str {
        match self {
            Finding::Identity => lang
                .pick("Ada 16 angka seperti NIK atau nomor KK.", "Sixteen digits, like an identity number."),
            Finding::Phone => lang.pick("Ada angka seperti nomor telepon.", "Digits like a phone number."),
            Finding::Plate => {
                lang.pick("Ada tulisan seperti pelat nomor kendaraan.", "Something like a number plate.")
            }
        }
    }
}

/// Everything found, each once.
pub fn screen(text: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    for run in digit_runs(text) {
        match run.len() {
            16 => found.push(Finding::Identity),
            9..=15 if run.starts_with("08") || run.starts_with("628") => found.push(Finding::Phone),
            _ => {}
        }
    }
    let words: Vec<&str> =
        text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    if words.windows(3).any(|three| plate(three[0], three[1], three[2])) {
        found.push(Finding::Plate);
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Runs of digits; a space, dot or hyphen between two digits does not end one.
fn digit_runs(text: &str) -> Vec<String> {
    let mut runs = vec![String::new()];
    for letter in text.chars() {
        match letter {
            '0'..='9' => {
                if let Some(run) = runs.last_mut() {
                    run.push(letter);
                }
            }
            ' ' | '-' | '.' | '+' => {}
            _ if runs.last().is_some_and(|run| !run.is_empty()) => runs.push(String::new()),
            _ => {}
        }
    }
    runs
}

/// "BG 1234 AB": one or two capitals, up to four digits, one to three capitals.
fn plate(area: &str, number: &str, series: &str) -> bool {
    let capitals = |word: &str| word.chars().all(|letter| letter.is_ascii_uppercase());
    let digits = number.chars().all(|letter| letter.is_ascii_digit());
    let address = matches!(area, "RT" | "RW" | "KM");
    capitals(area)
        && area.len() <= 2
        && !address
        && digits
        && (2..=4).contains(&number.len())
        && capitals(series)
        && series.len() <= 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn personal_numbers_are_seen() {
        assert_eq!(screen("NIK 1613040101900001 ikut"), [Finding::Identity]);
        assert_eq!(screen("hubungi 0812-3456-7890"), [Finding::Phone]);
        assert_eq!(screen("truk BG 1234 AB lewat, telp +62 812 3456 7890"), [Finding::Phone, Finding::Plate]);
    }

    #[test]
    fn ordinary_accounts_pass() {
        for text in
            ["warga memblokir jalan angkut, 40 orang, jam 15.45", "480 ha, 240 kapling", "RT 02 RW 01", ""]
        {
            assert!(screen(text).is_empty(), "{text}");
        }
    }
}
