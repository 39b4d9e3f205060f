//! The taxonomy file: which categories exist, what people call them, what is special about them.

use domain::kind::{Category, Kind};
use serde::Deserialize;

/// What the taxonomy file says, by category.
#[derive(Clone, Debug)]
pub struct Taxonomy {
    entries: Vec<Option<TaxonomyEntry>>,
    codes: Vec<Category>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TaxonomyEntry {
    pub code: Category,
    /// `None` fits every kind.
    pub kind: Option<Kind>,
    pub id: String,
    pub en: String,
    pub life_threatening: bool,
    pub serious_by_itself: bool,
    pub signal: bool,
    pub restricted: bool,
}

impl TaxonomyEntry {
    /// The label in `language`: English for `en`, else Indonesian.
    pub fn label(&self, language: &str) -> &str {
        if language == "en" { &self.en } else { &self.id }
    }
}

/// Why a taxonomy file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TaxonomyError {
    #[error("reading the taxonomy: {0}")]
    Toml(#[from] toml::de::Error),
    #[error("reading the taxonomy: '{code}' is not a category code; write for example WP-05, WA-01 or X-00")]
    Code { code: String },
    #[error("reading the taxonomy: '{code}' cannot be of kind '{kind}'; its family belongs to another kind")]
    Kind { code: String, kind: String },
    #[error("reading the taxonomy: '{code}' is there twice; remove one")]
    Twice { code: String },
}

impl Taxonomy {
    pub fn parse(text: &str) -> Result<Taxonomy, TaxonomyError> {
        let file: File = toml::from_str(text)?;
        let mut taxonomy = Taxonomy { entries: vec![None; Category::COUNT], codes: Vec::new() };
        for row in file.category {
            let entry = row.check()?;
            let slot = &mut taxonomy.entries[entry.code.index()];
            if slot.is_some() {
                return Err(TaxonomyError::Twice { code: entry.code.to_string() });
            }
            taxonomy.codes.push(entry.code);
            *slot = Some(entry);
        }
        Ok(taxonomy)
    }

    pub fn get(&self, code: Category) -> Option<&TaxonomyEntry> {
        self.entries.get(code.index())?.as_ref()
    }

    pub fn contains(&self, code: Category) -> bool {
        self.get(code).is_some()
    }

    /// Every entry, in the order of the file.
    pub fn entries(&self) -> impl Iterator<Item = &TaxonomyEntry> + '_ {
        self.codes.iter().filter_map(|code| self.get(*code))
    }

    /// The entries a report of this kind may name.
    pub fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &TaxonomyEntry> + '_ {
        self.entries().filter(move |entry| entry.code.fits(kind))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    category: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    code: String,
    kind: String,
    id: String,
    en: String,
    #[serde(default)]
    life_threatening: bool,
    #[serde(default)]
    serious_by_itself: bool,
    #[serde(default)]
    signal: bool,
    #[serde(default)]
    restricted: bool,
}

impl Row {
    fn check(self) -> Result<TaxonomyEntry, TaxonomyError> {
        let Some(code) = Category::parse(&self.code) else {
            return Err(TaxonomyError::Code { code: self.code });
        };
        let kind = if self.kind == "any" { None } else { Kind::parse(&self.kind) };
        if kind != code.kind() || (kind.is_none() && self.kind != "any") {
            return Err(TaxonomyError::Kind { code: self.code, kind: self.kind });
        }
        Ok(TaxonomyEntry {
            code,
            kind,
            id: self.id,
            en: self.en,
            life_threatening: self.life_threatening,
            serious_by_itself: self.serious_by_itself,
            signal: self.signal,
            restricted: self.restricted,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_project_s_own_file_is_whole() {
        let taxonomy = Taxonomy::parse(include_str!("../../../config/taxonomy.toml")).unwrap();
        let count = |kind| taxonomy.entries().filter(|entry| entry.kind == Some(kind)).count();
        let counts = [Kind::ResidentCompany, Kind::ResidentResident, Kind::Disaster].map(count);
        assert_eq!((counts, taxonomy.entries().count()), ([16, 15, 14], 46));
        assert!(taxonomy.get(Category::parse("WA-01").unwrap()).unwrap().life_threatening);
        assert!(taxonomy.of_kind(Kind::Disaster).any(|entry| entry.code == Category::OTHER));
        assert!(!taxonomy.contains(Category::parse("WA-15").unwrap()));
    }

    #[test]
    fn a_wrong_line_is_named() {
        let file = |code: &str, kind: &str| {
            format!("[[category]]\ncode = \"{code}\"\nkind = \"{kind}\"\nid = \"a\"\nen = \"b\"\n")
        };
        for (text, word) in [
            (file("WX-01", "disaster"), "WX-01"),
            (file("WA-01", "resident_company"), "WA-01"),
            (file("WA-01", "any"), "WA-01"),
            (file("WA-01", "disaster").repeat(2), "twice"),
            (file("WA-01", "disaster") + "colour = 1\n", "colour"),
        ] {
            let error = Taxonomy::parse(&text).unwrap_err().to_string();
            assert!(error.contains(word), "{error}");
        }
    }
}
