//! Which category the words of a row mean: what a person said of the word, a category's own name, the taxonomy's phrases,
//! the names of hazards.

use super::prose::{Prose, words_of};
use super::row_stance::{self, NOTHING, RowStance};
use crate::archive::hazard;
use crate::archive::words::{are_letters_of, letters};
use crate::chat::phrase::{Phrases, without_clash_with_officers};
use crate::chat::stance::is_accident;
use crate::taxonomy::Taxonomy;
use domain::kind::{Category, Kind};
use std::collections::{BTreeMap, HashMap};

/// What the words of a row mean.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CategoryFinding {
    One(Category),
    /// A person said that rows of this word are not taken.
    NotTaken,
    /// An offence or an accident that is no category.
    Ordinary,
    /// An offence that may be one; the row's prose does not say so.
    Open,
    /// It says that nothing happened.
    Nothing,
    /// It says so and names something besides of which nobody knows whether it is nothing.
    NothingAndMore,
    /// It lists a conflict and a disaster: each is an incident.
    Several,
    Unknown,
}

/// The words of all categories.
pub struct CategoryWords<'a> {
    taxonomy: &'a Taxonomy,
    phrases: Phrases,
    names: BTreeMap<String, Category>,
    /// What cells that were read meant, of any list and of a list of disasters; tables repeat their words.
    known: [HashMap<String, CategoryFinding>; 2],
    /// What cells say of the category that was asked of them last.
    stances: HashMap<String, (Category, CellStance)>,
}

/// What a cell says by itself of a category.
#[derive(Clone, Copy)]
struct CellStance {
    /// It lists gatherings of people who demand something.
    is_rally: bool,
    stance: RowStance,
}

/// So many different cells are remembered.
const MOST_KNOWN: usize = 10_000;

/// Offences and accidents of police sheets that no category holds, however the row tells of them.
const ORDINARY: [&str; 26] = [
    "curanmor",
    "curbis",
    "penipuan",
    "tipu",
    "penggelapan",
    "gelap",
    "narkoba",
    "narkotika",
    "kdrt",
    "perjudian",
    "judi",
    "pencabulan",
    "cabul",
    "asusila",
    "lakalantas",
    "kecelakaan",
    "bunuhdiri",
    "gantungdiri",
    "penemuanmayat",
    "oranghilang",
    "uangpalsu",
    "pemalsuan",
    "tilang",
    "pelanggaranlalulintas",
    "fidusia",
    "persetubuhan",
];
/// True where a cell names an offence or an accident that no category holds.
pub(super) fn is_ordinary(cell: &str) -> bool {
    let own = letters(cell);
    own.starts_with("laka")
        || is_accident(&words_of(cell))
        || ORDINARY.iter().any(|word| own.starts_with(word))
}

/// Offences of which the prose tells whether they are one: a theft of cattle, a fight of two groups.
const OPEN: [&str; 8] =
    ["curat", "curas", "pencurian", "penganiayaan", "anirat", "aniaya", "pengeroyokan", "pembunuhan"];

impl<'a> CategoryWords<'a> {
    pub fn new(taxonomy: &'a Taxonomy) -> CategoryWords<'a> {
        let mut names = BTreeMap::new();
        for entry in taxonomy.entries() {
            for name in [entry.label("id"), entry.label("en"), entry.spoken("id"), entry.spoken("en")] {
                names.entry(letters(name)).or_insert(entry.code);
            }
        }
        CategoryWords {
            taxonomy,
            phrases: Phrases::of(taxonomy),
            names,
            known: Default::default(),
            stances: HashMap::new(),
        }
    }

    /// The category of a cell, or of the row's prose where the cell is empty or says nothing that is known. `is_hazard`: the
    /// column lists disasters alone. `stated`: what a person said of words, by their letters.
    pub fn find(
        &mut self,
        cell: &str,
        is_hazard: bool,
        prose: Prose<'_>,
        stated: &BTreeMap<String, Option<Category>>,
    ) -> CategoryFinding {
        match stated.get(&letters(cell)) {
            Some(Some(category)) if !cell.is_empty() => return CategoryFinding::One(*category),
            Some(None) if !cell.is_empty() => return CategoryFinding::NotTaken,
            _ => {}
        }
        if is_hazard && hazard::is_conflict(cell) {
            return CategoryFinding::Unknown;
        }
        let list = usize::from(is_hazard);
        let of_cell = match self.known[list].get(cell) {
            Some(known) => *known,
            None => {
                let found = self.of_cell(cell, is_hazard);
                if self.known[list].len() < MOST_KNOWN {
                    self.known[list].insert(cell.to_owned(), found);
                }
                found
            }
        };
        match of_cell {
            CategoryFinding::Unknown
                if are_letters_of(prose.text, &NOTHING) || row_stance::says_nothing_happened(prose.words) =>
            {
                CategoryFinding::Nothing
            }
            CategoryFinding::Unknown | CategoryFinding::Open => {
                // A list of disasters holds nothing else, whatever the prose names.
                let fits =
                    |found: &Category| !is_hazard || found.kind().is_none_or(|kind| kind == Kind::Disaster);
                self.of_prose(prose).filter(fits).map_or(of_cell, CategoryFinding::One)
            }
            CategoryFinding::One(rally) if row_stance::is_rally(cell) => {
                CategoryFinding::One(self.deed_of_rally(rally, prose).unwrap_or(rally))
            }
            found => found,
        }
    }

    /// What those who gathered did, where the prose says that they did something serious: "Aksi massa", "memblokir jalan hauling".
    fn deed_of_rally(&mut self, rally: Category, prose: Prose<'_>) -> Option<Category> {
        let found = self.phrases.find(prose.words).first().map(|found| found.category)?;
        let is_serious = self.taxonomy.get(found).is_some_and(|entry| entry.serious_by_itself);
        let is_deed = is_serious && found != rally && found.kind().is_some_and(|kind| kind != Kind::Disaster);
        let stance = |own: &mut Self| row_stance::of_text(&mut own.phrases, found, "", prose);
        (is_deed && stance(self) == RowStance::Happened).then_some(found)
    }

    /// What a row of a category says of it, by its cell and by its prose; what a person said of the cell's word is not looked at.
    pub fn stance(
        &mut self,
        category: Category,
        cell: &str,
        prose: Prose<'_>,
        is_stated: bool,
    ) -> (RowStance, RowStance) {
        let CellStance { is_rally, stance } = self.cell_stance(category, cell);
        if is_rally && row_stance::is_peaceful(prose) {
            return (RowStance::Happened, RowStance::Happened);
        }
        let own = if is_stated { RowStance::Happened } else { stance };
        (own, row_stance::of_text(&mut self.phrases, category, cell, prose))
    }

    fn cell_stance(&mut self, category: Category, cell: &str) -> CellStance {
        if let Some((_, known)) = self.stances.get(cell).filter(|(of, _)| *of == category) {
            return *known;
        }
        let is_named = self.names.contains_key(&letters(cell));
        let stance = if is_named {
            RowStance::Happened
        } else {
            row_stance::of_cell(&mut self.phrases, category, cell)
        };
        let found = CellStance { is_rally: row_stance::is_rally(cell), stance };
        if self.stances.len() < MOST_KNOWN || self.stances.contains_key(cell) {
            self.stances.insert(cell.to_owned(), (category, found));
        }
        found
    }

    fn of_cell(&mut self, cell: &str, is_hazard: bool) -> CategoryFinding {
        let own = letters(cell);
        if own.is_empty() {
            return CategoryFinding::Unknown;
        }
        let code = cell.split([' ', '\u{a0}', ':']).next().and_then(|code| Category::parse(code.trim()));
        let code = code.filter(|code| self.taxonomy.contains(*code));
        if let Some(category) = code.or_else(|| self.names.get(&own).copied()) {
            return CategoryFinding::One(category);
        }
        if NOTHING.contains(&own.as_str()) || row_stance::says_nothing_happened(&words_of(cell)) {
            return CategoryFinding::Nothing;
        }
        let more = row_stance::besides_nothing(cell);
        if more.is_some_and(is_ordinary) {
            return CategoryFinding::Nothing;
        }
        if more.is_some() {
            return CategoryFinding::NothingAndMore;
        }
        if is_ordinary(cell) {
            return CategoryFinding::Ordinary;
        }
        if is_hazard && hazard::is_seen_from_above(cell) {
            return CategoryFinding::Unknown;
        }
        if !is_hazard && self.lists_several(cell) {
            return CategoryFinding::Several;
        }
        let by_hazard = |own: &str| hazard::named(own).and_then(Category::parse);
        let found =
            if is_hazard { by_hazard(cell).or_else(|| self.of_text(cell)) } else { self.of_text(cell) };
        if let Some(category) = found {
            return CategoryFinding::One(category);
        }
        if is_hazard && !hazard::is_near_another(cell) {
            // What a list of disasters names and the taxonomy does not is still one.
            return CategoryFinding::One(Category::OTHER);
        }
        if OPEN.iter().any(|word| own.starts_with(word)) {
            CategoryFinding::Open
        } else {
            CategoryFinding::Unknown
        }
    }

    /// "Banjir, tawuran": a conflict and a disaster in one cell.
    fn lists_several(&mut self, cell: &str) -> bool {
        let parts = cell.split([',', '/', '+', ';', '&', '\n']).flat_map(|part| part.split(" dan "));
        let kinds: Vec<Kind> = parts.filter_map(|part| self.of_text(part)?.kind()).collect();
        let disasters = kinds.iter().filter(|kind| **kind == Kind::Disaster).count();
        disasters > 0 && disasters < kinds.len()
    }

    fn of_text(&mut self, text: &str) -> Option<Category> {
        self.of_prose(Prose { text, words: &words_of(text) })
    }

    /// Whether prose names something of the taxonomy, also where it says that it was not.
    pub(super) fn are_in(&mut self, prose: Prose<'_>) -> bool {
        !self.phrases.find(prose.words).is_empty()
    }

    fn of_prose(&mut self, prose: Prose<'_>) -> Option<Category> {
        let mut found = self.phrases.find(prose.words);
        without_clash_with_officers(&mut found, prose.words);
        found.first().map(|found| found.category)
    }
}
