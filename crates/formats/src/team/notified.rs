//! Who hears what: for each level, which offices hear of which kinds.

use domain::kind::{Category, Kind, Level};
use std::collections::BTreeMap;
use std::fmt;

/// The levels at which somebody is notified.
pub const NOTIFIED_LEVELS: [Level; 3] = Level::WARNINGS;

/// What an office hears of.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum AlertScope {
    EveryKind,
    Kind(Kind),
    /// Alerts that rest on an incident of this category.
    Category(Category),
}

impl AlertScope {
    fn parse(word: &str) -> Option<AlertScope> {
        match word {
            "all" => Some(AlertScope::EveryKind),
            word => Kind::parse(word)
                .map(AlertScope::Kind)
                .or_else(|| Category::parse(word).map(AlertScope::Category)),
        }
    }

    /// True where an alert of this kind, resting on incidents of these categories, is meant.
    pub fn includes(self, kind: Kind, categories: &[Category]) -> bool {
        match self {
            AlertScope::EveryKind => true,
            AlertScope::Kind(own) => own == kind,
            AlertScope::Category(own) => categories.contains(&own),
        }
    }
}

impl fmt::Display for AlertScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AlertScope::EveryKind => f.write_str("every kind"),
            AlertScope::Kind(kind) => write!(f, "{kind}"),
            AlertScope::Category(category) => write!(f, "{category}"),
        }
    }
}

/// One entry of the table: this office hears of this from this level on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NotifiedOffice {
    pub from_level: Level,
    pub scope: AlertScope,
    pub office: String,
}

/// The table as the file has it: level, then kind or category, then offices.
pub(super) type NotifiedTable = BTreeMap<String, BTreeMap<String, Vec<String>>>;

/// The table's entries by level.
pub(super) fn read(table: &NotifiedTable) -> Result<Vec<NotifiedOffice>, String> {
    let mut entries = Vec::new();
    for (word, row) in table {
        let from_level = Level::parse(word)
            .filter(|level| NOTIFIED_LEVELS.contains(level))
            .ok_or_else(|| format!("level '{word}' is none of waspada, siaga, awas"))?;
        for (word, offices) in row {
            let scope = AlertScope::parse(word).ok_or_else(|| {
                format!(
                    "{from_level}: '{word}' is neither all nor a kind (resident_company, resident_resident, \
                     disaster) nor a category such as WA-03"
                )
            })?;
            for office in offices {
                entries.push(NotifiedOffice { from_level, scope, office: office.clone() });
            }
        }
    }
    entries.sort_by_key(|entry| (entry.from_level, entry.scope));
    Ok(entries)
}
