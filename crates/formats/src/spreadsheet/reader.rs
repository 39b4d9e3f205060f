//! The rows of a table become reports, or what is wrong with them and what to do: every row is taken, refused or asked about.

use super::category::{CategoryFinding, CategoryWords};
use super::column::ColumnMeaning;
use super::date_cells::DateCells;
use super::harm_counts::{self, PartColumn};
use super::header::HeadedSheet;
use super::mapping::TableMapping;
use super::office_form::OfficeForm;
use super::place::{RowPlace, TablePlaces};
use super::prose::{Prose, words_of};
use super::report::{RowNumber, RowReport, RowTimes, report_id};
use super::row_answer::{RowAnswer, RowKey};
use super::row_number;
use super::row_shape::UnreadColumns;
use super::row_stance::RowStance;
use super::row_time;
use super::row_words::RowColumns;
use crate::archive::words::letters;
use crate::chat::Finding;
use crate::chat::stance::says_only_that_it_is_over;
use crate::decode::{RefusalSentence, RefusalValue};
use crate::screen::{ScreenFinding, screen};
use crate::taxonomy::Taxonomy;
use domain::kind::{Category, Kind};
use domain::place::{Areas, Places, UnitId};
use domain::report::ReportId;
use domain::time::Time;
use std::cmp::Ordering;
use std::collections::HashMap;

/// What became of a row.
#[derive(Clone, PartialEq, Debug)]
pub struct RowReading {
    /// In the sheet, counted from 1.
    pub line: u32,
    pub key: RowKey,
    pub fate: RowFate,
}

/// Taken, with the reports it gives; refused; or a person decides.
#[derive(Clone, PartialEq, Debug)]
pub enum RowFate {
    Taken(Vec<RowReport>),
    Refused(RowTrouble),
    Asked(RowTrouble),
}

/// What is wrong with a row and what to do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RowTrouble {
    /// The column at fault; `None` where it is the row as a whole.
    pub column: Option<usize>,
    pub value: String,
    pub sentence: RefusalSentence,
}

impl RowTrouble {
    /// True of a title or a sum, which is a row and no report: there is nothing in it to correct.
    pub fn is_of_no_report(&self) -> bool {
        matches!(self.sentence.key, "sheet.sum" | "sheet.title")
    }

    /// True where the question is whether it happened, which a person may answer.
    pub fn asks_whether(&self) -> bool {
        matches!(self.sentence.key, "sheet.denied" | "sheet.doubtful")
    }
}

/// For which table, besides its cells.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TableOccasion {
    /// Now, where the table is of today's work; `None` for an archive, which is old by nature.
    pub now: Option<Time>,
    /// Prose that seems to name people is taken as it is; else it is left out.
    pub keeps_personal: bool,
}

/// Reads the tables of one or more regencies.
pub struct TableReader<'a> {
    pub(super) places: TablePlaces<'a>,
    pub(super) words: CategoryWords<'a>,
    pub(super) taxonomy: &'a Taxonomy,
    /// What was read already, in all tables.
    known: KnownRows,
}

/// Content of a row, and the number a row has for ever → where it stands, so that what comes again is seen.
#[derive(Default)]
struct KnownRows {
    contents: HashMap<[u8; 32], String>,
    ids: HashMap<ReportId, KnownNumber>,
}

/// The row that has a number, of several the latest.
#[derive(Clone)]
struct KnownNumber {
    line: String,
    given: Option<Time>,
}

impl<'a> TableReader<'a> {
    /// `regencies`: of which the table may speak; of one alone a row needs not say it.
    pub fn new(places: &'a Places, regencies: &[UnitId], taxonomy: &'a Taxonomy) -> TableReader<'a> {
        TableReader {
            places: TablePlaces::new(places, regencies),
            words: CategoryWords::new(taxonomy),
            taxonomy,
            known: KnownRows::default(),
        }
    }

    /// Says of what places the tables' source and their reader speak.
    pub fn speaks_of(mut self, own: Vec<Areas>) -> TableReader<'a> {
        self.places.speaks_of(own);
        self
    }

    /// Opens a table to be read row by row.
    pub fn open(self, table: HeadedSheet, mapping: TableMapping, occasion: TableOccasion) -> TableRows<'a> {
        TableRows {
            dates: DateCells::new(mapping.column_dates(&table)),
            columns: RowColumns::of(&table, &mapping),
            parts: harm_counts::parts(&table, &mapping),
            unread: UnreadColumns::of(&table, &mapping),
            form: OfficeForm::of(&table),
            weekday: row_time::weekday_column(&table, &mapping),
            number_of_all: row_number::of_all(&table, &mapping),
            rows: table.table_rows().collect::<Vec<_>>().into_iter(),
            reader: self,
            table,
            mapping,
            occasion,
        }
    }
}

/// The rows of a table that was opened.
pub struct TableRows<'a> {
    pub(super) reader: TableReader<'a>,
    pub table: HeadedSheet,
    pub mapping: TableMapping,
    pub(super) occasion: TableOccasion,
    pub(super) dates: DateCells,
    columns: RowColumns,
    pub(super) parts: Vec<PartColumn>,
    pub(super) unread: UnreadColumns,
    pub(super) form: Option<OfficeForm>,
    /// The column of the days of the week beside the dates.
    pub(super) weekday: Option<usize>,
    /// The column of the rows' numbers, where all rows have one and the same.
    pub(super) number_of_all: Option<usize>,
    rows: std::vec::IntoIter<usize>,
}

impl Iterator for TableRows<'_> {
    type Item = RowReading;

    fn next(&mut self) -> Option<RowReading> {
        let row = self.rows.next()?;
        let line = self.table.sheet.line(row);
        let content = self.columns.content(&self.table, row);
        let key = RowKey::of(&content);
        let fate = match self.row(row, line, &content) {
            Ok(reports) => RowFate::Taken(reports),
            Err((true, trouble)) => RowFate::Asked(*trouble),
            Err((false, trouble)) => RowFate::Refused(*trouble),
        };
        Some(RowReading { line, key, fate })
    }
}

/// Whether a person is asked, and what is wrong.
pub(super) type Trouble = (bool, Box<RowTrouble>);

pub(super) fn trouble(
    is_asked: bool,
    column: Option<usize>,
    value: &str,
    (key, values): (&'static str, Vec<(&'static str, RefusalValue)>),
) -> Trouble {
    let value = value.chars().take(200).collect();
    (is_asked, Box::new(RowTrouble { column, value, sentence: RefusalSentence { key, values } }))
}

/// Why a row that says that nothing happened, of no one place and day, is refused.
const NOTHING_HAPPENED: &str = "sheet.nothing_happened";

/// The number a row has for ever.
#[derive(Clone, Debug)]
pub(super) struct OwnId {
    pub id: ReportId,
    /// Those it replaces, the latest first.
    pub replaces: Vec<ReportId>,
}

impl OwnId {
    /// The number of a row that says this of when it was given.
    pub fn number(&self, times: &RowTimes) -> RowNumber {
        RowNumber { given: times.given, replaces: self.replaces.clone() }
    }
}

/// A row that says it did not happen, or may not have, is no incident by itself: a person is asked.
fn stands(stance: RowStance, column: Option<usize>, cell: &str) -> Result<(), Trouble> {
    match stance.question() {
        None => Ok(()),
        Some(key) => Err(trouble(true, column, cell, (key, vec![]))),
    }
}

impl<'a> TableRows<'a> {
    /// Says of what places the table's source speaks.
    pub fn speaks_of(&mut self, own: Vec<Areas>) {
        self.reader.places.speaks_of(own);
    }

    /// The reader again, for the next table, and the table.
    pub fn close(self) -> (TableReader<'a>, HeadedSheet, TableMapping) {
        (self.reader, self.table, self.mapping)
    }

    pub(super) fn cell(&self, row: usize, meaning: ColumnMeaning) -> (Option<usize>, &str) {
        let column = self.mapping.of(meaning).next();
        let read = |column| {
            if meaning.is_count() {
                self.table.sheet.cell(row, column)
            } else {
                self.table.sheet.merged_down(row, column)
            }
        };
        (column, column.map_or("", read))
    }

    fn row(&mut self, row: usize, line: u32, content: &[u8; 32]) -> Result<Vec<RowReport>, Trouble> {
        self.is_a_record(row)?;
        self.is_all_read(row)?;
        self.is_numbered(row)?;
        let own = self.is_new(row, content, line)?;
        self.approval(row)?;
        let answer = self.mapping.answers.get(&RowKey::of(content)).copied();
        match answer {
            None => self.status(row)?,
            Some(RowAnswer::LeftOut) => return Err(trouble(false, None, "", ("sheet.left_out", vec![]))),
            Some(RowAnswer::Happened | RowAnswer::Denied) => {}
        }
        let text = self.joined(row, ColumnMeaning::Text);
        let words = words_of(&text);
        let prose = Prose { text: &text, words: &words };
        let category = match self.category(row, prose, answer.is_some()) {
            Err(why) if why.1.sentence.key == NOTHING_HAPPENED => {
                let reports = self.nothing(row, (content, own.as_ref()), prose, why)?;
                self.know_number(own, row, line);
                return Ok(reports);
            }
            found => found?,
        };
        let (occurred, clock) = self.written_time(row)?;
        self.is_of_one_day(row, occurred, prose)?;
        let places = self.places(row)?;
        let hurt = self.hurt(row, prose)?;
        let point = self.point(row, &places)?;
        let kept =
            if self.occasion.keeps_personal || !names_people(&text) { text.clone() } else { String::new() };
        self.says_what(category, &kept)?;
        let (severity, stage) = self.weight(row, (category, prose), &hurt, answer.is_some())?;
        let count = |slot: &Option<Finding<u32>>| slot.as_ref().map(|found| found.value);
        let harmed =
            [&hurt.dead, &hurt.injured, &hurt.displaced].map(count).into_iter().flatten().any(|n| n > 0);
        let ends = !harmed && says_only_that_it_is_over(&words);
        let many = places.len() > 1;
        let mut reports = Vec::new();
        for (number, place) in places.into_iter().enumerate() {
            let is_first = number == 0;
            let code = place.place.code;
            let times = self.times(row, code, occurred, clock)?;
            let own = own.as_ref().filter(|_| !many);
            let id = own.map_or_else(|| report_id(content, place.place), |own| own.id);
            reports.push(RowReport {
                id,
                place: place.place,
                kind: category.kind().unwrap_or(Kind::Disaster),
                category,
                severity,
                stage,
                denies: answer == Some(RowAnswer::Denied),
                times,
                dead: count(&hurt.dead).filter(|_| is_first),
                injured: count(&hurt.injured).filter(|_| is_first),
                displaced: count(&hurt.displaced).filter(|_| is_first),
                missing: hurt.missing_count.filter(|_| is_first),
                households: if is_first { self.households(row) } else { String::new() },
                text: kept.clone(),
                is_text_left_out: kept.is_empty() && !text.is_empty(),
                point: point.filter(|_| !many),
                corrects: own.and_then(|own| own.replaces.first().copied()),
                number: own.map(|own| own.number(&times)),
                ends,
                nothing_until: None,
            });
        }
        self.know_number(own, row, line);
        Ok(reports)
    }

    /// The number of a row that is taken: another row that has it is asked about.
    fn know_number(&mut self, own: Option<OwnId>, row: usize, line: u32) {
        if let Some(OwnId { id, .. }) = own {
            let given = self.given(row);
            let line = self.place_in_file(line);
            self.reader.known.ids.insert(id, KnownNumber { line, given });
        }
    }

    /// What is none of the categories is described in words.
    fn says_what(&self, category: Category, text: &str) -> Result<(), Trouble> {
        let column = self.mapping.of(ColumnMeaning::Text).next();
        match category == Category::OTHER && text.is_empty() {
            true => Err(trouble(true, column, "", ("sheet.other_needs_text", vec![]))),
            false => Ok(()),
        }
    }

    /// Refuses a row that is the same as another, or an earlier version of one above it; asks about one that has another's number
    /// and does not say that it was given later. Its own number.
    fn is_new(&mut self, row: usize, content: &[u8; 32], line: u32) -> Result<Option<OwnId>, Trouble> {
        let at = |place: &String| vec![("line", place.clone().into())];
        if let Some(first) = self.reader.known.contents.get(content) {
            return Err(trouble(false, None, "", ("sheet.repeated", at(first))));
        }
        let place = self.place_in_file(line);
        self.reader.known.contents.insert(*content, place);
        let own = self.own_id(row);
        let Some(OwnId { id, .. }) = &own else { return Ok(None) };
        if let Some(first) = self.reader.known.ids.get(id).cloned() {
            let given = self.given(row);
            let (column, cell) = self.cell(row, ColumnMeaning::Id);
            match given.zip(first.given).map(|(own, first)| own.cmp(&first)) {
                Some(Ordering::Greater) => {}
                Some(Ordering::Less) => {
                    return Err(trouble(false, column, cell, ("sheet.earlier_version", at(&first.line))));
                }
                Some(Ordering::Equal) | None => {
                    return Err(trouble(true, column, cell, ("sheet.same_id", at(&first.line))));
                }
            }
        }
        Ok(own)
    }

    /// The line of a row, with its sheet where it has a name.
    fn place_in_file(&self, line: u32) -> String {
        match self.table.sheet.name.as_str() {
            "" => line.to_string(),
            name => format!("{line} ({name})"),
        }
    }

    /// A status that calls the row untrue, a drill or a plan; other columns that are not read, where they say it plainly.
    fn status(&self, row: usize) -> Result<(), Trouble> {
        match self.columns.status(&self.table, row) {
            Some((stance, column, cell)) => stands(stance, Some(column), cell),
            None => Ok(()),
        }
    }

    /// Titles of sections and sums are rows, too, and no reports.
    fn is_a_record(&self, row: usize) -> Result<(), Trouble> {
        let sheet = &self.table.sheet;
        let mut cells = sheet.cells(row).filter(|cell| !cell.is_empty());
        let (first, more) = (cells.next().unwrap_or_default(), cells.next());
        let word = letters(first);
        let is_sum = ["jumlah", "total", "jml", "grandtotal", "subtotal"].contains(&word.as_str());
        let is_alone = more.is_none() && self.mapping.columns.iter().flatten().count() > 1;
        match (is_sum, is_alone) {
            (true, _) => Err(trouble(false, None, first, ("sheet.sum", vec![]))),
            (false, true) => Err(trouble(false, None, first, ("sheet.title", vec![]))),
            (false, false) => Ok(()),
        }
    }

    fn approval(&self, row: usize) -> Result<(), Trouble> {
        let (column, cell) = self.cell(row, ColumnMeaning::Approval);
        let word = letters(cell);
        let waits = [
            "draf",
            "diajukan",
            "submitted",
            "revisi",
            "dikembalikan",
            "menunggu",
            "ditolak",
            "belum",
            "tidakdisetujui",
            "pending",
            "rejected",
            "notapproved",
            "onhold",
        ];
        match waits.iter().any(|wait| word.contains(wait)) {
            true => Err(trouble(false, column, cell, ("sheet.not_approved", vec![]))),
            false => Ok(()),
        }
    }

    fn joined(&self, row: usize, meaning: ColumnMeaning) -> String {
        let mut text = String::new();
        let mut nothing = None;
        for column in self.mapping.of(meaning) {
            let cell = self.table.sheet.merged_down(row, column);
            let is_point = meaning == ColumnMeaning::Place && super::cells::clear_point(cell).is_some();
            if cell.is_empty() || cell == "-" || is_point || text.contains(cell) {
                continue;
            }
            if self.is_filled_for_form(cell) {
                nothing = nothing.or(Some(cell));
                continue;
            }
            if !text.is_empty() {
                text.push_str(if text.ends_with(['.', '!', '?']) { " " } else { ". " });
            }
            text.push_str(cell);
        }
        if text.is_empty() { nothing.unwrap_or_default().to_owned() } else { text }
    }

    /// `is_answered`: a person said whether it happened.
    fn category(&mut self, row: usize, prose: Prose<'_>, is_answered: bool) -> Result<Category, Trouble> {
        let hazard = self.cell(row, ColumnMeaning::Hazard);
        let (column, cell) = match self.cell(row, ColumnMeaning::Category) {
            (_, "") => hazard,
            own => own,
        };
        let is_hazard = column.is_some() && column == hazard.0;
        let (column, cell) = (column, cell.to_owned());
        let of_title = if cell.is_empty() { self.category_of_title(row) } else { None };
        let found = match of_title {
            Some(category) => CategoryFinding::One(category),
            None => self.reader.words.find(&cell, is_hazard, prose, &self.mapping.categories),
        };
        match found {
            CategoryFinding::One(category) if is_answered => Ok(category),
            CategoryFinding::One(category) => {
                let is_stated = self.mapping.categories.contains_key(&letters(&cell));
                let (of_cell, of_text) = self.reader.words.stance(category, &cell, prose, is_stated);
                stands(of_cell, column, &cell)?;
                let of_text = if self.is_of_signs() { self.stance_of_sign(of_text, prose) } else { of_text };
                stands(of_text, self.mapping.of(ColumnMeaning::Text).next(), prose.text)?;
                Ok(category)
            }
            CategoryFinding::NotTaken => Err(trouble(false, column, &cell, ("sheet.not_taken", vec![]))),
            CategoryFinding::Open if self.hurts_anybody(row, prose) => {
                Err(trouble(true, column, &cell, ("sheet.open_offence", vec![])))
            }
            CategoryFinding::Ordinary | CategoryFinding::Open => {
                Err(trouble(false, column, &cell, ("sheet.ordinary", vec![])))
            }
            CategoryFinding::Nothing => Err(trouble(false, column, &cell, (NOTHING_HAPPENED, vec![]))),
            CategoryFinding::NothingAndMore => {
                Err(trouble(true, column, &cell, ("sheet.nothing_and_more", vec![])))
            }
            CategoryFinding::Several => {
                Err(trouble(true, column, &cell, ("sheet.several_categories", vec![])))
            }
            CategoryFinding::Unknown if cell.is_empty() => {
                Err(trouble(true, column, "", ("sheet.no_category", vec![])))
            }
            CategoryFinding::Unknown => Err(trouble(true, column, &cell, ("sheet.unknown_category", vec![]))),
        }
    }

    pub(super) fn places(&mut self, row: usize) -> Result<Vec<RowPlace>, Trouble> {
        let text = self.joined(row, ColumnMeaning::Place);
        let [regency, district, village, code] = [
            ColumnMeaning::Regency,
            ColumnMeaning::District,
            ColumnMeaning::Village,
            ColumnMeaning::PlaceCode,
        ]
        .map(|meaning| {
            let (column, cell) = self.cell(row, meaning);
            (column, cell.to_owned())
        });
        let column = self.mapping.of(ColumnMeaning::Place).next();
        let cells = super::place::PlaceCells { regency, district, village, code, text: (column, text) };
        self.reader.places.find(&cells).map_err(|(is_asked, mut why)| {
            if why.sentence.key == "sheet.no_place" && self.has_point(row) {
                why.sentence.key = "sheet.point_alone";
            }
            (is_asked, why)
        })
    }
}

/// True where prose seems to hold a number of a person or a person's name.
pub(crate) fn names_people(text: &str) -> bool {
    screen(text).iter().any(|found| *found != ScreenFinding::Group)
}
