//! Reads a Kemendagri code list, as CSV or as the text of an SQL dump, and keeps one regency of it.

mod sql;

use crate::abridge::first_and_more;
use crate::open_quote::open_quote;
use crate::plain_text::{delimiter, is_blank};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// Entries a note shows; there may be the whole country's.
const LISTED: usize = 12;

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
    #[error(
        "codes stand in the list as numbers and have lost digits ({0}): a spreadsheet took them for numbers; format the column as text, enter the list again and save it"
    )]
    Numbers(String),
    #[error("places stand in the list without a name: {0}; write their names")]
    Nameless(String),
    #[error("the first line names no columns `code,name` (or `kode,nama`), with `,`, `;` or a tab between")]
    NoColumns,
    #[error(
        "line {0} of the list: a quotation mark opens a cell that takes in the lines behind it; close it, or take it out"
    )]
    OpenQuote(u32),
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
    if kemendagri_code(code).as_deref() == Some(code) && code.len() == 5 {
        Ok(())
    } else {
        Err(CodeListError::NotARegency(code.to_owned()))
    }
}

/// A regency's part of a list, and what a person must hear about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegencyList {
    /// The regency, its districts and villages, in code order.
    pub places: Vec<ListedPlace>,
    pub notes: Vec<String>,
}

/// The regency with its districts and villages.
///
/// # Errors
/// Where the list lacks the regency, its districts or a village's district, its codes were turned into numbers, or it is
/// no list at all.
pub fn of_regency(text: &str, regency: &str) -> Result<RegencyList, CodeListError> {
    check_regency(regency)?;
    let pairs =
        if text.contains("INSERT INTO") || text.contains("('") { sql::pairs(text) } else { csv(text)? };
    let mut rows: BTreeMap<String, String> = BTreeMap::new();
    let mut remarks = Remarks::default();
    for (written, name) in pairs {
        let Some(code) = kemendagri_code(&written) else {
            remarks.unread(&written, regency);
            continue;
        };
        if code != regency && !code.strip_prefix(regency).is_some_and(|rest| rest.starts_with('.')) {
            continue;
        }
        let name = tidy(&name);
        if has_noise(&written) {
            remarks.cleaned.push(format!("{written:?}"));
        }
        match rows.entry(code) {
            Entry::Vacant(place) => {
                place.insert(name);
            }
            Entry::Occupied(place) => {
                remarks.doubled.push(format!("{} ({}, {name})", place.key(), place.get()));
            }
        }
    }
    if !remarks.numbers.is_empty() {
        return Err(CodeListError::Numbers(first_and_more(&remarks.numbers, LISTED)));
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
    let nameless: Vec<&String> =
        rows.iter().filter(|(_, name)| name.is_empty()).map(|(code, _)| code).collect();
    if !nameless.is_empty() {
        return Err(CodeListError::Nameless(first_and_more(&nameless, LISTED)));
    }
    let places = rows.into_iter().map(|(code, name)| ListedPlace { name, code }).collect();
    Ok(RegencyList { places, notes: remarks.notes() })
}

/// Codes that a regency's places had in an earlier list, by the codes they have now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OldCodes {
    pub by_code: BTreeMap<String, Vec<String>>,
    pub notes: Vec<String>,
}

impl OldCodes {
    /// A code of `earlier` that is gone leads to the one place of `list` that has its name and level and is new there
    /// (*pemekaran* moves a desa to another kecamatan and keeps its name). What has no such place is noted.
    pub fn of(list: &RegencyList, earlier: &RegencyList) -> OldCodes {
        let named = |places: &[ListedPlace], others: &[ListedPlace]| {
            let mut by_name: BTreeMap<(&'static str, String), Vec<String>> = BTreeMap::new();
            for place in places.iter().filter(|place| !others.iter().any(|other| other.code == place.code)) {
                let key = (place.level(), place.name.to_lowercase());
                by_name.entry(key).or_default().push(place.code.clone());
            }
            by_name
        };
        let (new, gone) = (named(&list.places, &earlier.places), named(&earlier.places, &list.places));
        let (mut found, mut lost) = (OldCodes::default(), Vec::new());
        for (key, codes) in gone {
            match (codes.as_slice(), new.get(&key).map(Vec::as_slice)) {
                ([old], Some([now])) => found.by_code.entry(now.clone()).or_default().push(old.clone()),
                (codes, _) => lost.extend(codes.iter().map(|code| format!("{code} {}", key.1))),
            }
        }
        if !lost.is_empty() {
            found.notes.push(format!(
                "{} codes of the earlier list are gone and no one new place has their name; write them into old_codes of the places they are now: {}",
                lost.len(),
                first_and_more(&lost, LISTED)
            ));
        }
        found
    }
}

/// What of the rows of a regency was not plain.
#[derive(Default)]
struct Remarks {
    /// Codes that a spreadsheet took for numbers and shortened.
    numbers: Vec<String>,
    /// Other cells that begin like the regency and are no code.
    unread: Vec<String>,
    cleaned: Vec<String>,
    doubled: Vec<String>,
}

impl Remarks {
    fn unread(&mut self, written: &str, regency: &str) {
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        let (own, found) = (digits(regency), digits(written));
        // 16.1 may be 16.10, so what is shorter may be meant too; two digits are a province.
        let is_ours = found.starts_with(&own) || found.len() == 3 && own.starts_with(&found);
        if is_ours && is_number(written) {
            self.numbers.push(written.trim().to_owned());
        } else if is_ours {
            self.unread.push(format!("{written:?}"));
        }
    }

    fn notes(&self) -> Vec<String> {
        let kinds = [
            (&self.doubled, "codes are there more than once, the first name was taken"),
            (&self.unread, "rows have no code that can be read and were passed over; write 16.13.04.2003"),
            (&self.cleaned, "codes were read without their spaces, invisible characters or decimals"),
        ];
        let found = kinds.into_iter().filter(|(list, _)| !list.is_empty());
        found.map(|(list, what)| format!("{} {what}: {}", list.len(), first_and_more(list, LISTED))).collect()
    }
}

/// True for `16.1301`, `16,13` and `1,61301E+09`: a spreadsheet took the code for a number, and zeros at its end are lost.
fn is_number(written: &str) -> bool {
    let text = written.trim();
    let (digits, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let exponent = exponent.trim_start_matches(['+', '-']);
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    digits.split_once(['.', ',']).is_some_and(|(whole, rest)| all_digits(whole) && all_digits(rest))
        && all_digits(exponent)
}

/// True where a code was not written as digits with or without dots.
fn has_noise(written: &str) -> bool {
    let is_plain = written.chars().all(|letter| letter.is_ascii_digit() || letter == '.');
    !is_plain || written.ends_with(".0")
}

/// `16.13`, `16.13.01` or `16.13.01.2001`, from digits with all their dots or with none. Spaces, invisible characters and
/// what a spreadsheet puts round a text (`'16.13`, `="16.13"`) do not count, nor does `.0` behind bare digits.
/// `16.1301` is none: it may have been 16.13.01 or 16.13.010 of something else before a spreadsheet took it for a number.
pub fn kemendagri_code(written: &str) -> Option<String> {
    let is_wrapping = |letter: char| is_blank(letter) || matches!(letter, '\'' | '"' | '=' | '’');
    let code: String = written.chars().filter(|letter| !is_wrapping(*letter)).collect();
    let whole = code.strip_suffix(".0").filter(|digits| digits.len() >= 4 && !digits.contains('.'));
    let code = whole.unwrap_or(&code);
    let parts: Vec<&str> = code.split('.').collect();
    if !parts.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit())) {
        return None;
    }
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    match (lengths.as_slice(), code.len()) {
        ([2, 2] | [2, 2, 2] | [2, 2, 2, 4], _) => Some(code.to_owned()),
        ([_], 4) => Some(format!("{}.{}", &code[..2], &code[2..])),
        ([_], 6) => Some(format!("{}.{}.{}", &code[..2], &code[2..4], &code[4..])),
        ([_], 10) => Some(format!("{}.{}.{}.{}", &code[..2], &code[2..4], &code[4..6], &code[6..])),
        _ => None,
    }
}

/// Headings of the two columns, without spaces and signs.
const CODE: [&str; 4] = ["code", "kode", "kodewilayah", "kodekemendagri"];
const NAME: [&str; 4] = ["name", "nama", "namawilayah", "namakemendagri"];

/// Where code and name stand, by their headings.
fn columns(cells: &[String]) -> Option<(usize, usize)> {
    let letters =
        |cell: &str| cell.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    let column = |names: [&str; 4]| cells.iter().position(|cell| names.contains(&letters(cell).as_str()));
    Some((column(CODE)?, column(NAME)?))
}

fn csv(text: &str) -> Result<Vec<(String, String)>, CodeListError> {
    let delimiter = delimiter(text, |cells| columns(cells).is_some()).ok_or(CodeListError::NoColumns)?;
    if let Some(line) = open_quote(text, delimiter) {
        return Err(CodeListError::OpenQuote(line));
    }
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut pairs = Vec::new();
    let mut known = None;
    for record in reader.records() {
        let cells: Vec<String> = record?.iter().map(str::to_owned).collect();
        let Some((code, name)) = known else {
            known = columns(&cells);
            continue;
        };
        let cell = |at: usize| cells.get(at).cloned().unwrap_or_default();
        pairs.push((cell(code), cell(name)));
    }
    Ok(pairs)
}

/// Single spaces, no word for the level, and no shouting: "KAB. ACEH SELATAN" is Kabupaten Aceh Selatan.
fn tidy(name: &str) -> String {
    let shouted = !name.chars().any(char::is_lowercase);
    let words: Vec<String> = name
        .split(is_blank)
        .filter(|word| !word.is_empty())
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
        let rows = of_regency(dump, "11.01").unwrap().places;
        assert_eq!(rows, of_regency(csv, "11.01").unwrap().places);
        assert_eq!(rows.len(), 3);
        assert_eq!((rows[2].name.as_str(), rows[2].kind()), ("Pasi Kuala Ba'u", "desa"));
    }

    #[test]
    fn an_old_list_in_capitals_is_read_as_names() {
        let dump = "(\"11.01\",\"KAB. ACEH SELATAN\"),\n(\"11.01.01\",\"PAUH II\");\n-- INSERT INTO";
        let rows = of_regency(dump, "11.01").unwrap().places;
        assert_eq!(rows[0].name, "Kabupaten Aceh Selatan");
        assert_eq!(rows[1].name, "Pauh II");
    }

    const LIST: [&str; 4] =
        ["16.97,Kabupaten Andai", "16.97.01,Mulia", "16.97.01.2001,Sejati", "16.97.02,Desa\u{a0}Asri"];

    fn list(separator: &str, rows: &[&str]) -> String {
        let rows = rows.iter().map(|row| row.replacen(',', separator, 1)).collect::<Vec<_>>();
        format!("kode{separator}nama\n{}\n", rows.join("\n"))
    }

    #[test]
    fn a_list_is_read_with_any_delimiter_behind_a_title_and_with_any_spaces() {
        let expected = of_regency(&list(",", &LIST), "16.97").unwrap();
        assert_eq!((expected.places.len(), expected.notes.len()), (4, 0));
        for text in [
            list(";", &LIST),
            list("\t", &LIST),
            format!("Daftar wilayah;\n;\n{}", list(";", &LIST)),
            list(",", &LIST).replace("kode,nama", "No,Kode Wilayah,Nama Wilayah").replace("\n16", "\n7,16"),
        ] {
            assert_eq!(of_regency(&text, "16.97").unwrap(), expected, "{text}");
        }
        for (from, to) in [
            ("16.97.02", "16.97. 02"),
            ("16.97.02", "16.97.02\u{a0}"),
            ("16.97.02", "\u{200b}16.97.02"),
            ("16.97.02", "169702.0"),
            ("16.97.01.2001", "'16.97.01.2001"),
            ("16.97.01.2001", "16.97.01.\u{a0}2001"),
        ] {
            let read = of_regency(&list(";", &LIST).replace(from, to), "16.97").unwrap();
            assert_eq!(read.places, expected.places, "{to:?}");
            assert!(read.notes[0].starts_with("1 codes were read without"), "{:?}", read.notes);
        }
    }

    #[test]
    fn doubled_and_unreadable_codes_are_named() {
        let rows = [&LIST[..], &["16.97.02,Lain", "16.97.02.20x1,Rusak", "18.01.02x,Jauh"]].concat();
        let read = of_regency(&list(",", &rows), "16.97").unwrap();
        assert_eq!(read.places.last().unwrap().name, "Asri");
        assert!(read.notes[0].ends_with(": 16.97.02 (Asri, Lain)"), "{:?}", read.notes);
        assert!(
            read.notes[1].starts_with("1 rows have") && read.notes[1].contains("16.97.02.20x1"),
            "{:?}",
            read.notes
        );
        assert_eq!(read.notes.len(), 2);
    }

    #[test]
    fn codes_that_became_numbers_are_refused_for_the_digits_they_lost() {
        for number in ["16.9702", "16,97", "1,69701E+09", "1.69701E9", "16.9"] {
            let text = format!("{}{number};Mana\n", list(";", &LIST[..2]));
            let error = of_regency(&text, "16.97").unwrap_err().to_string();
            assert!(error.contains(number) && error.contains("lost digits"), "{number}: {error}");
        }
    }

    #[test]
    fn a_desa_that_moved_to_a_new_kecamatan_keeps_its_old_code() {
        let read = |rows: &[&str]| of_regency(&list(",", &[&LIST[..], rows].concat()), "16.97").unwrap();
        let earlier = read(&[
            "16.97.02.2007,Sejuk",
            "16.97.02.2008,Sepi",
            "16.97.02.2009,Kembar",
            "16.97.01.2002,Kembar",
        ]);
        let now = read(&["16.97.03,Baru", "16.97.03.2001,SEJUK", "16.97.03.2002,Kembar"]);
        let old = OldCodes::of(&now, &earlier);
        assert_eq!(
            old.by_code,
            BTreeMap::from([("16.97.03.2001".to_owned(), vec!["16.97.02.2007".to_owned()])])
        );
        assert!(
            old.notes[0].starts_with("3 codes") && old.notes[0].contains("16.97.02.2008 sepi"),
            "{:?}",
            old.notes
        );
        assert_eq!(OldCodes::of(&now, &now), OldCodes::default());
    }

    #[test]
    fn a_place_without_a_name_is_refused_and_named() {
        let csv = "code,name\n61.99,Andai\n61.99.01,\n61.99.02,Hilir\n61.99.02.2001,  \n";
        let sql = "INSERT INTO w VALUES ('61.99','Andai'),('61.99.01',''),('61.99.02','Hilir'),('61.99.02.2001',' ');";
        for text in [csv, sql] {
            let error = of_regency(text, "61.99").unwrap_err().to_string();
            assert!(error.contains("without a name: 61.99.01, 61.99.02.2001;"), "{error}");
        }
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
