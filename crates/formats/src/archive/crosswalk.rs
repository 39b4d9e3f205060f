//! From BPS codes and old names to Kemendagri's codes of regencies.

use super::words;
use domain::place::Code;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The crosswalk file, ready to be asked.
#[derive(Clone, Debug, Default)]
pub struct Crosswalk {
    by_bps: BTreeMap<u32, Code>,
    by_name: BTreeMap<String, Code>,
}

/// Why a crosswalk file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CrosswalkError {
    #[error("reading the crosswalk: {0}")]
    Csv(#[from] csv::Error),
    #[error("reading the crosswalk: '{0}' is not a regency's code; write the Kemendagri code as 16.13")]
    Code(String),
}

#[derive(Deserialize)]
struct Row {
    bps: u32,
    kemendagri: String,
    name: String,
    #[serde(default)]
    old_names: String,
}

impl Crosswalk {
    /// Reads a crosswalk's text.
    ///
    /// # Errors
    /// Where the text is not the crosswalk's CSV or a code is not a regency's.
    pub fn parse(text: &str) -> Result<Crosswalk, CrosswalkError> {
        let mut crosswalk = Crosswalk::default();
        for row in csv::Reader::from_reader(text.as_bytes()).deserialize() {
            let row: Row = row?;
            let code = Code::parse(&row.kemendagri).filter(|code| code.is_regency());
            let code = code.ok_or(CrosswalkError::Code(row.kemendagri))?;
            crosswalk.by_bps.insert(row.bps, code);
            let names = row.old_names.split(';').chain([row.name.as_str()]);
            for name in names.filter(|name| !name.is_empty()) {
                crosswalk.by_name.insert(key(name), code);
            }
        }
        Ok(crosswalk)
    }

    /// The BPS code of a regency.
    pub fn bps_of(&self, regency: Code) -> Option<u32> {
        self.by_bps.iter().find(|(_, code)| **code == regency).map(|(bps, _)| *bps)
    }

    /// The regency that a row names by code and name. A code with dots is Kemendagri's, one without is of BPS; a code
    /// that is missing or unknown is looked for by name.
    pub fn regency(&self, code: &str, name: &str) -> NamedRegency {
        let code = code.trim();
        let code = code.strip_suffix(".0").unwrap_or(code);
        let by_code = match Code::parse(code) {
            Some(code) => self.by_bps.values().copied().find(|known| *known == code),
            None => code.parse().ok().and_then(|bps: u32| self.by_bps.get(&bps).copied()),
        };
        let by_name = self.by_name.get(&key(name)).copied();
        match (by_code, by_name) {
            (Some(by_code), Some(by_name)) if by_code != by_name => {
                NamedRegency::Contradiction { by_code, by_name }
            }
            (Some(regency), _) | (None, Some(regency)) => NamedRegency::One(regency),
            (None, None) => NamedRegency::Unknown,
        }
    }
}

/// Which regency a row speaks of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NamedRegency {
    One(Code),
    /// Its code and its name are two regencies: a list in Kemendagri's digits, or a slip. A person says which it is.
    Contradiction {
        by_code: Code,
        by_name: Code,
    },
    Unknown,
}

/// A name as compared: letters only; a regency without its "Kabupaten", a city with its "Kota".
fn key(name: &str) -> String {
    let letters = words::letters(name);
    ["kabupaten", "kab"].iter().find_map(|rank| letters.strip_prefix(rank)).unwrap_or(&letters).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_first_then_names_old_and_new() {
        let text = "bps,kemendagri,name,old_names,old_codes\n6104,61.02,Kabupaten Mempawah,Kabupaten Pontianak,\n6171,61.71,Kota Pontianak,,\n";
        let crosswalk = Crosswalk::parse(text).unwrap();
        let found = |code, name| crosswalk.regency(code, name);
        let (mempawah, pontianak) = (Code(610_200), Code(617_100));
        assert_eq!(found("6104", "whatever"), NamedRegency::One(mempawah));
        assert_eq!(found("61.02", "Mempawah"), NamedRegency::One(mempawah));
        assert_eq!(found("6104.0", "KAB. PONTIANAK"), NamedRegency::One(mempawah));
        assert_eq!(found("9999", "KAB. PONTIANAK"), NamedRegency::One(mempawah));
        assert_eq!(found("", "KOTA PONTIANAK"), NamedRegency::One(pontianak));
        assert_eq!(found("", "Atlantis"), NamedRegency::Unknown);
        assert_eq!(found("9999", ""), NamedRegency::Unknown);
        let contradiction = NamedRegency::Contradiction { by_code: mempawah, by_name: pontianak };
        assert_eq!(found("6104", "KOTA PONTIANAK"), contradiction);
        assert!(Crosswalk::parse("bps,kemendagri,name\n1,6102,x\n").is_err());
    }

    #[test]
    fn the_project_s_own_file_is_read() {
        let crosswalk = Crosswalk::parse(include_str!("../../../../config/crosswalk.csv")).unwrap();
        assert_eq!(crosswalk.by_bps.len(), 514);
        assert_eq!(crosswalk.regency("1111", ""), NamedRegency::One(Code(110_800)));
        assert_eq!(crosswalk.bps_of(Code(610200)), Some(6104));
    }
}
