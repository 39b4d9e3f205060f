//! The three forms that offices of Kesbangpol keep: early warnings (kewaspadaan dini), potential conflicts (potensi konflik)
//! and conflicts that happened (peristiwa konflik). The first two tell of signs: their rows become slight reports of what may
//! come, and a row that tells of what happened is asked about.

use super::category::CategoryFinding;
use super::cells;
use super::column::ColumnMeaning;
use super::harm_heading;
use super::header::HeadedSheet;
use super::mapping::TableMapping;
use super::prose::{Prose, words_of};
use super::reader::{TableRows, Trouble, trouble};
use super::row_stance::{NOTHING, RowStance};
use crate::archive::words::{are_letters_of, letters};
use crate::chat::hurt::PeopleHurt;
use crate::chat::negation::NOT;
use crate::chat::severity::severity_of;
use crate::chat::token::ChatWord;
use domain::kind::{Category, Stage};

/// Which of the forms a table is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OfficeForm {
    EarlyWarning,
    PotentialConflict,
    Conflict,
}

/// The severity of a sign: what may come has harmed nobody.
const SIGN: u8 = 1;
/// What is as severe by its words left its mark, where they do not speak of what may come.
const GRAVE: u8 = 3;
/// Headings that name what the row is about.
const TITLES: [&str; 9] = [
    "namapotensi",
    "namapotensikonflik",
    "potensikonflik",
    "namaperistiwa",
    "namaperistiwakonflik",
    "namakonflik",
    "nama",
    "judul",
    "perihal",
];
/// Headings of a table that tells of what happened, whatever else stands in it.
const HAPPENED: [&str; 8] = [
    "namaperistiwa",
    "namaperistiwakonflik",
    "peristiwa",
    "kejadian",
    "jeniskejadian",
    "jenisperistiwa",
    "kronologi",
    "kronologikejadian",
];
/// How likely, how grave it would be, how great the risk is: a forecast, and nothing that happened.
const FORECAST: [&str; 7] = ["level", "tingkat", "skor", "prediksi", "dampak", "risiko", "resiko"];
/// Words of an exercise, or of what was averted: no sign of what may come.
const NO_SIGN: [&str; 13] = [
    "simulasi",
    "gladi",
    "geladi",
    "latihan",
    "pelatihan",
    "ttx",
    "drill",
    "sosialisasi",
    "batal",
    "dibatalkan",
    "urung",
    "digagalkan",
    "dicegah",
];
/// In a sentence with one of them "terjadi" tells of what may come, or of what was long ago.
const NOT_NOW: [&str; 28] = [
    "akan",
    "bakal",
    "bisa",
    "dapat",
    "mungkin",
    "kemungkinan",
    "dikhawatirkan",
    "khawatir",
    "berpotensi",
    "potensi",
    "rawan",
    "jika",
    "bila",
    "kalau",
    "apabila",
    "agar",
    "supaya",
    "belum",
    "sering",
    "kerap",
    "pernah",
    "tahun",
    "rencana",
    "berencana",
    "mengancam",
    "ancaman",
    "terancam",
    "isu",
];
/// Words of who approves rows: a column of them says whether each was approved.
const WORKFLOW: [&str; 11] = [
    "draf",
    "menunggu",
    "diajukan",
    "disetujui",
    "ditolak",
    "approved",
    "rejected",
    "pending",
    "submitted",
    "revisi",
    "dikembalikan",
];
impl OfficeForm {
    /// The form of a table, by its headings.
    pub fn of(table: &HeadedSheet) -> Option<OfficeForm> {
        let headings: Vec<String> = table.headings.iter().map(|heading| letters(heading)).collect();
        let any = |is: &dyn Fn(&str) -> bool| headings.iter().any(|own| is(own));
        let contains = |word: &str| any(&|own: &str| own.contains(word));
        if ["ancaman", "hambatan", "tantangan"].into_iter().filter(|word| contains(word)).count() > 1 {
            return Some(OfficeForm::EarlyWarning);
        }
        let causes = any(&is_of_cause) || contains("latarbelakang");
        let is_named = any(&|own| own.starts_with("namapotensi") || own == "potensikonflik");
        let is_forecast = contains("kemungkinan") && contains("dampak") && (causes || contains("risiko"));
        let counts = table.headings.iter().any(|heading| harm_heading::names_harm(heading));
        if (is_named || is_forecast && !counts) && !any(&|own| HAPPENED.contains(&own)) {
            return Some(OfficeForm::PotentialConflict);
        }
        let is_titled = any(&|own| TITLES.contains(&own));
        (is_titled && causes && counts && (contains("akibat") || contains("kerugian") || contains("kritis")))
            .then_some(OfficeForm::Conflict)
    }

    pub const fn is_of_signs(self) -> bool {
        matches!(self, OfficeForm::EarlyWarning | OfficeForm::PotentialConflict)
    }

    /// What a heading of the form says, where it is another thing than elsewhere; `None` inside is not read.
    pub fn meaning(self, heading: &str) -> Option<Option<ColumnMeaning>> {
        let own = letters(heading);
        let is_forecast = FORECAST.iter().any(|word| own.contains(word)) || own == "kemungkinan";
        match self {
            _ if own == "nama" => Some(Some(ColumnMeaning::Text)),
            OfficeForm::EarlyWarning | OfficeForm::PotentialConflict if is_forecast => Some(None),
            OfficeForm::EarlyWarning
                if ["ancaman", "hambatan", "tantangan", "gangguan"].iter().any(|word| own.contains(word)) =>
            {
                Some(Some(ColumnMeaning::Text))
            }
            _ => None,
        }
    }
}

fn is_of_cause(own: &str) -> bool {
    own.contains("sebab")
}

/// True for a column of a status of a form whose cells say how far its rows are approved.
pub fn is_approval(heading: &str, cells: &[&str]) -> bool {
    let is_step = |cell: &&str| {
        let own = letters(cell);
        WORKFLOW.iter().any(|word| own.starts_with(word))
    };
    letters(heading).starts_with("status") && !cells.is_empty() && cells.iter().all(is_step)
}

/// How many cells of points hold a code of a grid: their rows are taken without a point.
pub fn plus_codes(table: &HeadedSheet, mapping: &TableMapping) -> usize {
    let columns = [ColumnMeaning::Point, ColumnMeaning::Latitude].into_iter().flat_map(|own| mapping.of(own));
    let columns: Vec<usize> = columns.collect();
    let is_code = |row: &usize| columns.iter().any(|column| is_plus_code(table.sheet.cell(*row, *column)));
    table.table_rows().filter(is_code).count()
}

/// True for a table of what may come: each of its rows is a slight sign and no incident.
pub fn is_of_signs(table: &HeadedSheet) -> bool {
    OfficeForm::of(table).is_some_and(OfficeForm::is_of_signs)
}

/// True for a code of a place in a grid ("6P5G+8V2"), which no reader here turns into degrees.
fn is_plus_code(cell: &str) -> bool {
    const LETTERS: &str = "23456789CFGHJMPQRVWX";
    cell.split([' ', ',']).any(|word| {
        let is_part = |part: &str| part.chars().all(|letter| LETTERS.contains(letter.to_ascii_uppercase()));
        word.split_once('+').is_some_and(|(area, rest)| {
            [4, 6, 8].contains(&area.len()) && (2..=4).contains(&rest.len()) && is_part(area) && is_part(rest)
        })
    })
}

impl TableRows<'_> {
    pub(super) fn is_of_signs(&self) -> bool {
        self.form.is_some_and(OfficeForm::is_of_signs)
    }

    /// True for a cell of a form that says no more than "nihil", or a grade: the others of its row speak.
    pub(super) fn is_filled_for_form(&self, cell: &str) -> bool {
        self.is_of_signs() && (are_letters_of(cell, &NOTHING) || cells::severity(cell).is_some())
    }

    /// The category that the name of a row means, where no column says one: what led to it names others.
    pub(super) fn category_of_title(&mut self, row: usize) -> Option<Category> {
        let is_title = |column: &usize| TITLES.contains(&letters(&self.table.headings[*column]).as_str());
        let column = self.mapping.of(ColumnMeaning::Text).find(is_title)?;
        let text = self.table.sheet.merged_down(row, column).to_owned();
        let words = words_of(&text);
        let prose = Prose { text: &text, words: &words };
        match self.reader.words.find("", false, prose, &self.mapping.categories) {
            CategoryFinding::One(category) => Some(category),
            _ => None,
        }
    }

    /// What a sign's words say of it: that it is none is asked about, and that it is not certain makes it one.
    pub(super) fn stance_of_sign(&self, stance: RowStance, prose: Prose<'_>) -> RowStance {
        match stance {
            RowStance::Doubtful if !prose.words.iter().any(|word| word.is(&NO_SIGN)) => RowStance::Happened,
            own => own,
        }
    }

    /// The severity of a row, and its stage where it is a sign; `is_answered`: a person said whether it happened.
    pub(super) fn weight(
        &self,
        row: usize,
        (category, prose): (Category, Prose<'_>),
        hurt: &PeopleHurt,
        is_answered: bool,
    ) -> Result<(u8, Option<Stage>), Trouble> {
        match self.is_of_signs() && !is_answered {
            true => self.sign((category, prose), hurt),
            false => Ok((self.severity(row, (category, prose), hurt)?, None)),
        }
    }

    /// The severity and the stage of a sign. A row that tells of people hurt, of what happened, or of grave things without
    /// a word of what may come is no sign alone: a person
    /// says whether it happened.
    fn sign(
        &self,
        (category, prose): (Category, Prose<'_>),
        hurt: &PeopleHurt,
    ) -> Result<(u8, Option<Stage>), Trouble> {
        let graver = category.kind().map_or(0, |kind| severity_of(kind, prose.words, false, hurt).value);
        let may_come = prose.words.iter().any(|word| word.is(&NOT_NOW));
        let is_grave = graver >= GRAVE && !may_come;
        let counts = [&hurt.dead, &hurt.injured, &hurt.displaced];
        let harmed = counts.into_iter().flatten().any(|found| found.value > 0);
        let uncounted = hurt.uncounted.dead.is_some() || hurt.uncounted.injured.is_some();
        if harmed || uncounted || is_grave || hurt.missing.is_some() || has_happened(prose.words) {
            let column = self.mapping.of(ColumnMeaning::Text).next();
            return Err(trouble(true, column, prose.text, ("sheet.doubtful", vec![])));
        }
        Ok((SIGN, Some(Stage::Potential)))
    }
}

/// "telah terjadi banjir", and not "bisa terjadi", "pernah terjadi".
fn has_happened(words: &[ChatWord]) -> bool {
    words.iter().filter(|word| word.is(&["terjadi"])).any(|word| {
        let mut own = words.iter().filter(|other| other.sentence == word.sentence);
        !own.any(|word| word.is(&NOT_NOW) || word.is(&NOT))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plus_code_is_known_beside_a_name_and_in_full() {
        for cell in ["6P5G+8V2 Nibung", "6P5G8V2Q+4W", "6p5g+8v2, Rupit"] {
            assert!(is_plus_code(cell), "{cell}");
        }
        for cell in ["-2.73, 102.9", "", "Rupit + Nibung", "ABAB+CD", "+62812"] {
            assert!(!is_plus_code(cell), "{cell}");
        }
    }

    #[test]
    fn what_may_come_or_was_long_ago_has_not_happened() {
        for (text, is) in [
            ("telah terjadi banjir", true),
            ("bisa terjadi banjir", false),
            ("pernah terjadi tahun 2019", false),
            ("tidak terjadi apa-apa", false),
            ("rawan banjir. Semalam terjadi longsor", true),
        ] {
            assert_eq!(has_happened(&words_of(text)), is, "{text}");
        }
    }
}
