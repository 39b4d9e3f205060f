//! Reads a Kemendagri code list, as CSV or as the text of an SQL dump, and keeps one regency of it.

use std::collections::BTreeMap;

/// One place of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedPlace {
    /// With dots.
    pub code: String,
    pub name: String,
}

/// Why a list cannot be used; which file it is, the caller says.
#[derive(Debug, thiserror::Error)]
pub enum CodeListError {
    #[error("{0:?} is not a regency code such as 16.13")]
    NotARegency(String),
    #[error(
        "no row for {0} in the list; is it a Kemendagri list? BPS codes differ, see config/crosswalk.csv"
    )]
    NoRegency(String),
    #[error("village {village} has no district {district} in the list")]
    NoDistrict { village: String, district: String },
    #[error("the list has no districts of {0}")]
    NoDistricts(String),
    #[error("the first line names no columns `code,name` (or `kode,nama`)")]
    NoColumns,
    #[error(transparent)]
    Csv(#[from] csv::Error),
}

impl ListedPlace {
    /// `regency`, `district` or `village`, as the files of `config/districts` write it.
    pub fn level(&self) -> &'static str {
        match self.code.len() {
            5 => "regency",
            8 => "district",
            _ => "village",
        }
    }

    pub fn kind(&self) -> &'static str {
        match self.code.len() {
            5 if self.name.starts_with("Kota ") => "kota",
            5 => "kabupaten",
            8 => "kecamatan",
            _ if self.code.as_bytes()[9] == b'1' => "kelurahan",
            _ => "desa",
        }
    }
}

/// Refuses what is no code of a regency as the list writes it.
///
/// # Errors
/// [`CodeListError::NotARegency`].
pub fn check_regency(code: &str) -> Result<(), CodeListError> {
    if dotted(code).as_deref() == Some(code) && code.len() == 5 {
        Ok(())
    } else {
        Err(CodeListError::NotARegency(code.to_owned()))
    }
}

/// The regency with its districts and villages, in code order.
///
/// # Errors
/// Where the list lacks the regency, its districts or a village's district, or is no list at all.
pub fn of_regency(text: &str, regency: &str) -> Result<Vec<ListedPlace>, CodeListError> {
    check_regency(regency)?;
    let pairs = if text.contains("INSERT INTO") || text.contains("('") { sql(text) } else { csv(text)? };
    let mut rows = BTreeMap::new();
    for (code, name) in pairs {
        let Some(code) = dotted(&code) else { continue };
        if code == regency || code.strip_prefix(regency).is_some_and(|rest| rest.starts_with('.')) {
            rows.entry(code).or_insert(name);
        }
    }
    if !rows.contains_key(regency) {
        return Err(CodeListError::NoRegency(regency.to_owned()));
    }
    let orphan = rows.keys().find(|code| code.len() == 13 && !rows.contains_key(&code[..8]));
    if let Some(village) = orphan {
        let district = village[..8].to_owned();
        return Err(CodeListError::NoDistrict { village: village.clone(), district });
    }
    if !rows.keys().any(|code| code.len() == 8) {
        return Err(CodeListError::NoDistricts(regency.to_owned()));
    }
    Ok(rows.into_iter().map(|(code, name)| ListedPlace { name: tidy(&name), code }).collect())
}

/// `16.13`, `16.13.01` or `16.13.01.2001`, from digits with or without dots.
pub fn dotted(code: &str) -> Option<String> {
    let digits: String = code.chars().filter(|c| *c != '.').collect();
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let parts: &[usize] = match digits.len() {
        4 => &[2, 4],
        6 => &[2, 4, 6],
        10 => &[2, 4, 6, 10],
        _ => return None,
    };
    let mut from = 0;
    let cut = parts.iter().map(|to| {
        let part = &digits[from..*to];
        from = *to;
        part
    });
    Some(cut.collect::<Vec<_>>().join("."))
}

fn csv(text: &str) -> Result<Vec<(String, String)>, CodeListError> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let header = reader.headers()?.clone();
    let column = |names: [&str; 2]| {
        header
            .iter()
            .position(|cell| names.contains(&cell.trim_start_matches('\u{feff}').to_lowercase().as_str()))
    };
    let (Some(code), Some(name)) = (column(["code", "kode"]), column(["name", "nama"])) else {
        return Err(CodeListError::NoColumns);
    };
    let mut pairs = Vec::new();
    for record in reader.records() {
        let record = record?;
        pairs.push((
            record.get(code).unwrap_or_default().to_owned(),
            record.get(name).unwrap_or_default().to_owned(),
        ));
    }
    Ok(pairs)
}

/// Every `('code','name'` of a dump; either quote, doubled where it is part of the name.
fn sql(text: &str) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('(') {
        rest = &rest[at + 1..];
        let Some((code, after)) = literal(rest) else { continue };
        let Some(after) = after.trim_start().strip_prefix(',') else { continue };
        let Some((name, after)) = literal(after.trim_start()) else { continue };
        pairs.push((code, name));
        rest = after;
    }
    pairs
}

fn literal(text: &str) -> Option<(String, &str)> {
    let quote = text.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    let mut value = String::new();
    let mut rest = &text[1..];
    loop {
        let end = rest.find(quote)?;
        value.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        match rest.strip_prefix(quote) {
            Some(after) => {
                value.push(quote);
                rest = after;
            }
            None => return Some((value, rest)),
        }
    }
}

/// Single spaces, no word for the level, and no shouting: "KAB. ACEH SELATAN" is Kabupaten Aceh Selatan.
fn tidy(name: &str) -> String {
    let shouted = !name.chars().any(char::is_lowercase);
    let words: Vec<String> = name
        .split_whitespace()
        .enumerate()
        .map(|(at, word)| match word.to_uppercase().as_str() {
            "KAB." | "KAB" if at == 0 => "Kabupaten".to_owned(),
            numeral if shouted && numeral.chars().all(|c| "IVX".contains(c)) => numeral.to_owned(),
            _ if shouted => capital(word),
            _ => word.to_owned(),
        })
        .collect();
    let name = words.join(" ");
    let levels = ["Kecamatan ", "Distrik ", "Kelurahan ", "Desa "];
    levels.iter().find_map(|level| name.strip_prefix(level)).unwrap_or(&name).to_owned()
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_string() + &letters.as_str().to_lowercase()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dump_and_a_csv_of_the_same_list_agree() {
        let dump = "-- kode, nama\nINSERT INTO wilayah VALUES\n('11','Aceh'),\n('11.01','Kabupaten Aceh Selatan'),\n\
                    ('11.01.02','Kluet Utara'), ('11.01.02.2018','Pasi Kuala Ba''u'),\n('11.02','Lain');";
        let csv = "kode,nama\n1101,Kabupaten Aceh Selatan\n110102,Kecamatan  Kluet Utara\n1101022018,Pasi Kuala Ba'u\n";
        let rows = of_regency(dump, "11.01").unwrap();
        assert_eq!(rows, of_regency(csv, "11.01").unwrap());
        assert_eq!(rows.len(), 3);
        assert_eq!((rows[2].name.as_str(), rows[2].kind()), ("Pasi Kuala Ba'u", "desa"));
    }

    #[test]
    fn an_old_list_in_capitals_is_read_as_names() {
        let dump = "(\"11.01\",\"KAB. ACEH SELATAN\"),\n(\"11.01.01\",\"PAUH II\");\n-- INSERT INTO";
        let rows = of_regency(dump, "11.01").unwrap();
        assert_eq!(rows[0].name, "Kabupaten Aceh Selatan");
        assert_eq!(rows[1].name, "Pauh II");
    }

    #[test]
    fn what_is_wrong_with_a_list_is_said() {
        let error_of = |text: &str, regency: &str| of_regency(text, regency).unwrap_err().to_string();
        assert!(error_of("code,name\n", "1613").contains("not a regency code"));
        assert!(error_of("a,b\n1,2\n", "16.13").contains("code,name"));
        assert!(error_of("code,name\n16.05,X\n", "16.13").contains("no row for 16.13"));
        assert!(error_of("code,name\n16.13,X\n", "16.13").contains("no districts"));
        assert!(
            error_of("code,name\n16.13,X\n16.13.01.2001,Y\n", "16.13").contains("has no district 16.13.01")
        );
    }
}
