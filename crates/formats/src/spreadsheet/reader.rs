//! The rows of a table become reports, or what is wrong with them and what to do: every row is taken, refused or asked about.

use super::category::{CategoryFinding, CategoryWords};
use super::cells;
use super::clock::{WrittenTime, minute_of_day};
use super::column::ColumnMeaning;
use super::header::{HeadedSheet, is_running};
use super::mapping::TableMapping;
use super::place::{RowPlace, TablePlaces};
use super::report::{RowReport, RowTimes, report_id};
use crate::archive::words::letters;
use crate::chat::hurt::{PeopleHurt, people_hurt};
use crate::chat::token::tokens;
use crate::chat::{Finding, Sureness, severity};
use crate::decode::{RefusalSentence, RefusalValue};
use crate::screen::{ScreenFinding, screen};
use crate::taxonomy::Taxonomy;
use crate::written_date::{DateFault, DateOrder};
use domain::kind::{Category, Kind};
use domain::place::{Code, Places, UnitId, Zone};
use domain::report::ReportId;
use domain::sender_clock;
use domain::time::{MINUTE, Time};
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// What became of a row.
#[derive(Clone, PartialEq, Debug)]
pub struct RowReading {
    /// In the sheet, counted from 1.
    pub line: u32,
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
    places: TablePlaces<'a>,
    words: CategoryWords<'a>,
    taxonomy: &'a Taxonomy,
}

impl<'a> TableReader<'a> {
    /// `regencies`: of which the table may speak; of one alone a row needs not say it.
    pub fn new(places: &'a Places, regencies: &[UnitId], taxonomy: &'a Taxonomy) -> TableReader<'a> {
        TableReader {
            places: TablePlaces::new(places, regencies),
            words: CategoryWords::new(taxonomy),
            taxonomy,
        }
    }

    /// Opens a table to be read row by row.
    pub fn open(self, table: HeadedSheet, mapping: TableMapping, occasion: TableOccasion) -> TableRows<'a> {
        TableRows {
            order: mapping.date_order(&table),
            rows: table.table_rows().collect::<Vec<_>>().into_iter(),
            known: HashMap::new(),
            reader: self,
            table,
            mapping,
            occasion,
        }
    }
}

/// The rows of a table that was opened.
pub struct TableRows<'a> {
    reader: TableReader<'a>,
    pub table: HeadedSheet,
    pub mapping: TableMapping,
    occasion: TableOccasion,
    order: Option<DateOrder>,
    rows: std::vec::IntoIter<usize>,
    /// Content of a row → its line, so that a row that comes again is seen.
    known: HashMap<[u8; 32], u32>,
}

impl Iterator for TableRows<'_> {
    type Item = RowReading;

    fn next(&mut self) -> Option<RowReading> {
        let row = self.rows.next()?;
        let line = self.table.sheet.line(row);
        let fate = match self.row(row, line) {
            Ok(reports) => RowFate::Taken(reports),
            Err((true, trouble)) => RowFate::Asked(*trouble),
            Err((false, trouble)) => RowFate::Refused(*trouble),
        };
        Some(RowReading { line, fate })
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

impl<'a> TableRows<'a> {
    /// The reader again, for the next table, and the table.
    pub fn close(self) -> (TableReader<'a>, HeadedSheet, TableMapping) {
        (self.reader, self.table, self.mapping)
    }

    fn cell(&self, row: usize, meaning: ColumnMeaning) -> (Option<usize>, &str) {
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

    fn row(&mut self, row: usize, line: u32) -> Result<Vec<RowReport>, Trouble> {
        self.is_a_record(row)?;
        let content = self.content(row);
        if let Some(first) = self.known.get(&content) {
            let values = vec![("line", first.to_string().into())];
            return Err(trouble(false, None, "", ("sheet.repeated", values)));
        }
        self.known.insert(content, line);
        self.approval(row)?;
        let text = self.joined(row, ColumnMeaning::Text);
        let category = self.category(row, &text)?;
        let (occurred, order) = self.written_time(row)?;
        let places = self.places(row)?;
        let hurt = self.hurt(row, &text)?;
        let point = self.point(row)?;
        let kept =
            if self.occasion.keeps_personal || !names_people(&text) { text.clone() } else { String::new() };
        if category == Category::OTHER && kept.is_empty() {
            return Err(trouble(
                true,
                self.mapping.of(ColumnMeaning::Text).next(),
                "",
                ("sheet.other_needs_text", vec![]),
            ));
        }
        let severity = self.severity(row, (category, &text), &hurt.0)?;
        let count = |slot: &Option<Finding<u32>>| slot.as_ref().map(|found| found.value);
        let own = self.own_id(row);
        let many = places.len() > 1;
        let mut reports = Vec::new();
        for (number, place) in places.into_iter().enumerate() {
            let is_first = number == 0;
            let code = place.place.code;
            let times = self.times(row, code, occurred, order)?;
            let id = match own {
                Some((id, _)) if !many => id,
                _ => report_id(&content, place.place),
            };
            reports.push(RowReport {
                id,
                place: place.place,
                kind: category.kind().unwrap_or(Kind::Disaster),
                category,
                severity,
                times,
                dead: count(&hurt.0.dead).filter(|_| is_first),
                injured: count(&hurt.0.injured).filter(|_| is_first),
                displaced: count(&hurt.0.displaced).filter(|_| is_first),
                casualties: hurt.1.filter(|_| is_first),
                text: kept.clone(),
                is_text_left_out: kept.is_empty() && !text.is_empty(),
                point: point.filter(|_| !many),
                corrects: own.and_then(|(_, corrects)| corrects).filter(|_| !many),
            });
        }
        Ok(reports)
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

    /// A hash of what the row says: its cells with their headings, but for the running number, in whatever order.
    fn content(&self, row: usize) -> [u8; 32] {
        let sheet = &self.table.sheet;
        let mut cells: Vec<(&str, &str)> = self
            .table
            .headings
            .iter()
            .enumerate()
            .map(|(column, heading)| (heading.as_str(), sheet.merged_down(row, column)))
            .filter(|(heading, cell)| !cell.is_empty() && !is_running(heading))
            .collect();
        cells.sort_unstable();
        let mut hash = Sha256::new();
        for (heading, cell) in cells {
            hash.update(letters(heading));
            hash.update([0]);
            hash.update(cell);
            hash.update([1]);
        }
        hash.finalize().into()
    }

    fn approval(&self, row: usize) -> Result<(), Trouble> {
        let (column, cell) = self.cell(row, ColumnMeaning::Approval);
        let word = letters(cell);
        let waits = [
            "draft",
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
        for column in self.mapping.of(meaning) {
            let cell = self.table.sheet.merged_down(row, column);
            if cell.is_empty() || cell == "-" || text.contains(cell) {
                continue;
            }
            if !text.is_empty() {
                text.push_str(if text.ends_with(['.', '!', '?']) { " " } else { ". " });
            }
            text.push_str(cell);
        }
        text
    }

    fn category(&mut self, row: usize, text: &str) -> Result<Category, Trouble> {
        let hazard = self.cell(row, ColumnMeaning::Hazard);
        let (column, cell) = match self.cell(row, ColumnMeaning::Category) {
            (_, "") => hazard,
            own => own,
        };
        let is_hazard = column.is_some() && column == hazard.0;
        let (column, cell) = (column, cell.to_owned());
        match self.reader.words.find(&cell, is_hazard, text, &self.mapping.categories) {
            CategoryFinding::One(category) => Ok(category),
            CategoryFinding::NotTaken => Err(trouble(false, column, &cell, ("sheet.not_taken", vec![]))),
            CategoryFinding::Ordinary | CategoryFinding::Open => {
                Err(trouble(false, column, &cell, ("sheet.ordinary", vec![])))
            }
            CategoryFinding::Nothing => {
                Err(trouble(false, column, &cell, ("sheet.nothing_happened", vec![])))
            }
            CategoryFinding::Unknown if cell.is_empty() => {
                Err(trouble(true, column, "", ("sheet.no_category", vec![])))
            }
            CategoryFinding::Unknown => Err(trouble(true, column, &cell, ("sheet.unknown_category", vec![]))),
        }
    }

    fn written_time(&self, row: usize) -> Result<(WrittenTime, Option<i64>), Trouble> {
        let (column, cell) = self.cell(row, ColumnMeaning::Date);
        if cell.is_empty() {
            return Err(trouble(false, column, "", ("sheet.no_date", vec![])));
        }
        let written = WrittenTime::read(cell, self.order).map_err(|fault| match fault {
            DateFault::Ambiguous => trouble(true, column, cell, ("sheet.ambiguous_date", vec![])),
            DateFault::Unreadable => trouble(false, column, cell, ("sheet.unreadable_date", vec![])),
        })?;
        let (column, cell) = self.cell(row, ColumnMeaning::Clock);
        let minute = minute_of_day(cell);
        let says = cell.bytes().any(|byte| byte.is_ascii_digit());
        if minute.is_none() && says {
            return Err(trouble(false, column, cell, ("sheet.unreadable_clock", vec![])));
        }
        Ok((written, minute))
    }

    /// When it happened and was reported, in the zone of its place. A day alone is one from its beginning to its end.
    fn times(
        &self,
        row: usize,
        code: Code,
        written: WrittenTime,
        clock: Option<i64>,
    ) -> Result<RowTimes, Trouble> {
        let zone = Zone::of(code);
        let instant = |local: i64| Time((local - zone.minutes()) * MINUTE);
        let (occurred, end, has_clock) = match written {
            WrittenTime::Instant(at) => (at, at, true),
            WrittenTime::Local { day, minute } => {
                let midnight = days(day) * 1440;
                let minute = clock.or(minute);
                let end = instant(midnight + 1440).plus(-1_000_000);
                (instant(midnight + minute.unwrap_or(0)), end, minute.is_some())
            }
        };
        let (reported_column, reported) = self.cell(row, ColumnMeaning::ReportedAt);
        let stated = match WrittenTime::read(reported, self.order) {
            Ok(WrittenTime::Instant(at)) => Some(at),
            Ok(WrittenTime::Local { day, minute }) => {
                Some(instant(days(day) * 1440 + minute.unwrap_or(1439)))
            }
            Err(_) if reported.is_empty() => None,
            Err(DateFault::Ambiguous) => {
                return Err(trouble(true, reported_column, reported, ("sheet.ambiguous_date", vec![])));
            }
            Err(DateFault::Unreadable) => None,
        };
        let reported = stated.filter(|at| *at >= occurred).unwrap_or(end);
        let Some(now) = self.occasion.now else {
            return Ok(RowTimes { occurred, reported, has_clock, zone });
        };
        let (column, cell) = self.cell(row, ColumnMeaning::Date);
        if occurred.since(now) > sender_clock::AHEAD {
            return Err(trouble(false, column, cell, ("sheet.future", vec![])));
        }
        // Of what is older the service doubts the clock, and takes what is grave as of today.
        let reported = reported.min(now);
        if sender_clock::is_doubtful(occurred, now) || sender_clock::is_doubtful(reported, now) {
            return Err(trouble(true, column, cell, ("sheet.long_ago", vec![])));
        }
        Ok(RowTimes { occurred, reported, has_clock, zone })
    }

    fn places(&mut self, row: usize) -> Result<Vec<RowPlace>, Trouble> {
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
        self.reader.places.find(&super::place::PlaceCells {
            regency,
            district,
            village,
            code,
            text: (column, text),
        })
    }

    /// Counts of the columns; where there is no column, what the prose says.
    fn hurt(&self, row: usize, text: &str) -> Result<(PeopleHurt, Option<u32>), Trouble> {
        use ColumnMeaning::{Casualties, Dead, Displaced, Injured, Missing};
        let mut hurt = people_hurt(text, &tokens(text, 0..text.len())).at_least();
        let found = |value| Finding { value, words: Some(0..0), sure: Sureness::Sure };
        let dead = [self.count(row, Dead)?, self.count(row, Missing)?];
        if dead.iter().any(Option::is_some) {
            hurt.dead = Some(found(dead.into_iter().flatten().fold(0, u32::saturating_add)));
            hurt.missing = None;
        }
        if let Some(injured) = self.count(row, Injured)? {
            hurt.injured = Some(found(injured));
        }
        if let Some(displaced) = self.count(row, Displaced)? {
            hurt.displaced = Some(found(displaced));
        }
        let casualties =
            self.count(row, Casualties)?.filter(|_| hurt.dead.is_none() && hurt.injured.is_none());
        Ok((hurt, casualties))
    }

    /// The sum of the columns of a meaning; `None` where there are none or all are empty.
    fn count(&self, row: usize, meaning: ColumnMeaning) -> Result<Option<u32>, Trouble> {
        let mut sum = None;
        for column in self.mapping.of(meaning) {
            let cell = self.table.sheet.cell(row, column);
            let own = cells::count(cell)
                .ok_or_else(|| trouble(false, Some(column), cell, ("sheet.no_number", vec![])))?;
            if let Some(own) = own {
                sum = Some(sum.unwrap_or(0_u32).saturating_add(own));
            }
        }
        match sum {
            Some(sum)
                if sum > 60_000
                    && meaning != ColumnMeaning::Displaced
                    && meaning != ColumnMeaning::Damaged =>
            {
                Err(trouble(
                    false,
                    self.mapping.of(meaning).next(),
                    &sum.to_string(),
                    ("sheet.no_number", vec![]),
                ))
            }
            sum => Ok(sum),
        }
    }

    fn severity(
        &self,
        row: usize,
        (category, text): (Category, &str),
        hurt: &PeopleHurt,
    ) -> Result<u8, Trouble> {
        let (column, cell) = self.cell(row, ColumnMeaning::Severity);
        let stated = cells::severity(cell)
            .ok_or_else(|| trouble(false, column, cell, ("sheet.unreadable_severity", vec![])))?;
        if let Some(stated) = stated {
            return Ok(stated);
        }
        let serious = self.reader.taxonomy.get(category).is_some_and(|entry| entry.serious_by_itself);
        let damaged = self.count(row, ColumnMeaning::Damaged)?.unwrap_or(0);
        let Some(kind) = category.kind() else {
            return Ok(severity::of_harm(hurt).map_or(1, |found| found.value));
        };
        let own = severity::severity_of(kind, &tokens(text, 0..text.len()), serious, hurt).value;
        let of_houses = match damaged {
            0 => 0,
            1..100 => 3,
            100.. => 4,
        };
        Ok(if kind == Kind::Disaster { own.max(of_houses) } else { own })
    }

    /// Degrees north and east.
    fn point(&self, row: usize) -> Result<Option<(f64, f64)>, Trouble> {
        let (column, point) = self.cell(row, ColumnMeaning::Point);
        let (lat_column, lat) = self.cell(row, ColumnMeaning::Latitude);
        let (_, lon) = self.cell(row, ColumnMeaning::Longitude);
        let (column, cell, read) = match point {
            "" => (lat_column, lat, cells::degrees(lat).zip(cells::degrees(lon))),
            point => (column, point, cells::point(point)),
        };
        match read {
            Some((0.0, 0.0)) | None => Ok(None),
            Some((lat, lon)) if lat.abs() <= 15.0 && (90.0..=150.0).contains(&lon) => Ok(Some((lat, lon))),
            Some(_) => Err(trouble(false, column, cell, ("sheet.point_elsewhere", vec![]))),
        }
    }

    /// The number a row has for ever, and the one it corrects.
    fn own_id(&self, row: usize) -> Option<(ReportId, Option<ReportId>)> {
        let id = |cell: &str| ReportId::parse(cell.trim_start_matches("uuid:"));
        let own = id(self.cell(row, ColumnMeaning::Id).1)?;
        let corrects = id(self.cell(row, ColumnMeaning::Corrects).1).filter(|other| *other != own);
        Some((own, corrects))
    }
}

fn days(day: jiff::civil::Date) -> i64 {
    crate::decode::instant::days(day.year().into(), day.month().into(), day.day().into()).unwrap_or(0)
}

/// True where prose seems to hold a number of a person or a person's name.
fn names_people(text: &str) -> bool {
    screen(text).iter().any(|found| *found != ScreenFinding::Group)
}
