//! The taxonomy file: which categories exist, what people call them, what is special about them.

use domain::kind::{Category, Kind};
use serde::Deserialize;

/// What the taxonomy file says, by category.
#[derive(Clone, Debug)]
pub struct Taxonomy {
    entries: Vec<Option<TaxonomyEntry>>,
    codes: Vec<Category>,
    /// By kind, then by severity from 1; a kind has all five or none.
    examples: [Vec<Example>; Kind::ALL.len()],
}

/// What one severity of one kind looks like.
#[derive(Clone, Debug)]
struct Example {
    id: String,
    en: String,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TaxonomyEntry {
    pub code: Category,
    /// `None` fits every kind.
    pub kind: Option<Kind>,
    pub id: String,
    pub en: String,
    /// What people call it, where that is another word, in the same two languages.
    pub spoken: Option<[String; 2]>,
    /// How messages of the field speak of it ([`crate::chat`]).
    pub phrases: Vec<String>,
    /// Offered first to who reports.
    pub usual: bool,
    pub life_threatening: bool,
    pub serious_by_itself: bool,
    /// Goes on for days: what is reported of it again within 36 hours is the same incident.
    pub lasting: bool,
    pub signal: bool,
    pub restricted: bool,
}

impl TaxonomyEntry {
    /// The label in `language`: English for `en`, else Indonesian.
    pub fn label(&self, language: &str) -> &str {
        if language == "en" { &self.en } else { &self.id }
    }

    /// What people call it, in `language`; the label where the file has no other word.
    pub fn spoken(&self, language: &str) -> &str {
        let [id, en] = match &self.spoken {
            Some(spoken) => spoken.each_ref().map(String::as_str),
            None => [self.id.as_str(), self.en.as_str()],
        };
        if language == "en" { en } else { id }
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
    #[error(
        "reading the taxonomy: [[severity]] of kind '{kind}', value {value}: write value 1 to 5 in order for a kind of the product, each once"
    )]
    Severity { kind: String, value: u8 },
    #[error(
        "reading the taxonomy: the phrase '{phrase}' of {code}: write words in small letters with one space between them, and '|' between words of which one is enough"
    )]
    Phrase { code: String, phrase: String },
}

impl Taxonomy {
    pub fn parse(text: &str) -> Result<Taxonomy, TaxonomyError> {
        let file: File = toml::from_str(text)?;
        let mut taxonomy = Taxonomy {
            entries: vec![None; Category::COUNT],
            codes: Vec::new(),
            examples: Default::default(),
        };
        for row in file.category {
            let entry = row.check()?;
            let slot = &mut taxonomy.entries[entry.code.index()];
            if slot.is_some() {
                return Err(TaxonomyError::Twice { code: entry.code.to_string() });
            }
            taxonomy.codes.push(entry.code);
            *slot = Some(entry);
        }
        for row in file.severity {
            let wrong = || TaxonomyError::Severity { kind: row.kind.clone(), value: row.value };
            let examples = &mut taxonomy.examples[Kind::parse(&row.kind).ok_or_else(wrong)?.index()];
            if usize::from(row.value) != examples.len() + 1 || row.value > 5 {
                return Err(wrong());
            }
            examples.push(Example { id: row.id, en: row.en });
        }
        for (kind, examples) in Kind::ALL.iter().zip(&taxonomy.examples) {
            if !matches!(examples.len(), 0 | 5) {
                return Err(TaxonomyError::Severity {
                    kind: kind.to_string(),
                    value: examples.len() as u8 + 1,
                });
            }
        }
        Ok(taxonomy)
    }

    /// What severity 1 to 5 of a kind looks like, in `language`; `None` where the file gives no examples of the kind.
    pub fn example(&self, kind: Kind, severity: u8, language: &str) -> Option<&str> {
        let example = self.examples[kind.index()].get(usize::from(severity).checked_sub(1)?)?;
        Some(if language == "en" { &example.en } else { &example.id })
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
    #[serde(default)]
    severity: Vec<SeverityRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SeverityRow {
    kind: String,
    value: u8,
    id: String,
    en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SpokenRow {
    id: String,
    en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    code: String,
    kind: String,
    id: String,
    en: String,
    #[serde(default)]
    spoken: Option<SpokenRow>,
    #[serde(default)]
    phrases: Vec<String>,
    #[serde(default)]
    usual: bool,
    #[serde(default)]
    life_threatening: bool,
    #[serde(default)]
    serious_by_itself: bool,
    #[serde(default)]
    lasting: bool,
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
        if let Some(phrase) = self.phrases.iter().find(|phrase| !is_phrase(phrase)) {
            return Err(TaxonomyError::Phrase { code: self.code, phrase: phrase.clone() });
        }
        let kind = if self.kind == "any" { None } else { Kind::parse(&self.kind) };
        if kind != code.kind() || (kind.is_none() && self.kind != "any") {
            return Err(TaxonomyError::Kind { code: self.code, kind: self.kind });
        }
        Ok(TaxonomyEntry {
            code,
            kind,
            id: self.id,
            en: self.en,
            spoken: self.spoken.map(|spoken| [spoken.id, spoken.en]),
            phrases: self.phrases,
            usual: self.usual,
            life_threatening: self.life_threatening,
            serious_by_itself: self.serious_by_itself,
            lasting: self.lasting,
            signal: self.signal,
            restricted: self.restricted,
        })
    }
}

/// Words of small letters with one space between them, each perhaps one of several.
fn is_phrase(phrase: &str) -> bool {
    let is_word = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
    phrase.split(' ').all(|words| words.split('|').all(is_word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_project_s_own_file_is_whole() {
        let taxonomy = Taxonomy::parse(include_str!("../../../config/taxonomy.toml")).unwrap();
        let count = |kind| taxonomy.entries().filter(|entry| entry.kind == Some(kind)).count();
        let counts = [Kind::ResidentCompany, Kind::ResidentResident, Kind::Disaster].map(count);
        assert_eq!((counts, taxonomy.entries().count()), ([16, 15, 16], 48));
        assert!(taxonomy.get(Category::parse("WA-01").unwrap()).unwrap().life_threatening);
        assert!(taxonomy.of_kind(Kind::Disaster).any(|entry| entry.code == Category::OTHER));
        assert!(!taxonomy.contains(Category::parse("WA-17").unwrap()));
        for kind in Kind::ALL {
            for severity in 1..=5 {
                let [id, en] =
                    ["id", "en"].map(|language| taxonomy.example(*kind, severity, language).unwrap());
                assert!(!id.is_empty() && !en.is_empty() && id != en, "{kind} {severity}");
            }
            assert_eq!(taxonomy.example(*kind, 0, "id").or(taxonomy.example(*kind, 6, "id")), None);
        }
        let lasts = |code: &str| taxonomy.get(Category::parse(code).unwrap()).unwrap().lasting;
        assert!(lasts("WP-05") && lasts("WA-01") && lasts("WW-08") && !lasts("WW-01") && !lasts("WA-15"));
    }

    #[test]
    fn a_wrong_line_is_named() {
        let file = |code: &str, kind: &str| {
            format!("[[category]]\ncode = \"{code}\"\nkind = \"{kind}\"\nid = \"a\"\nen = \"b\"\n")
        };
        let severity = |kind: &str, value: u8| {
            format!("[[severity]]\nkind = \"{kind}\"\nvalue = {value}\nid = \"a\"\nen = \"b\"\n")
        };
        for (text, word) in [
            (file("WX-01", "disaster"), "WX-01"),
            (file("WA-01", "resident_company"), "WA-01"),
            (file("WA-01", "any"), "WA-01"),
            (file("WA-01", "disaster").repeat(2), "twice"),
            (file("WA-01", "disaster") + "colour = 1\n", "colour"),
            (file("WA-01", "disaster") + "phrases = [\"banjir  besar\"]\n", "'banjir  besar'"),
            (file("WA-01", "disaster") + "phrases = [\"Banjir\"]\n", "'Banjir'"),
            (file("WA-01", "disaster") + "phrases = [\"air|\"]\n", "'air|'"),
            (file("WA-01", "disaster") + &severity("disaster", 1), "value 2"),
            (file("WA-01", "disaster") + &severity("disaster", 2), "value 2"),
            (file("WA-01", "disaster") + &severity("flood", 1), "'flood'"),
        ] {
            let error = Taxonomy::parse(&text).unwrap_err().to_string();
            assert!(error.contains(word), "{error}");
        }
    }
}
