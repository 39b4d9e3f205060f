//! What a row holds that no column reads and that must not be lost unseen: cells without a heading, people hurt under a heading
//! that nobody understands, a formula without its value.

use super::cells;
use super::column::{self, ColumnMeaning};
use super::harm_heading;
use super::header::HeadedSheet;
use super::mapping::TableMapping;
use super::prose::words_of;
use super::reader::{TableRows, Trouble, trouble};
use super::row_victims::{self, VictimColumn};
use super::xlsx::NO_VALUE;
use crate::archive::words::letters;
use crate::chat::Finding;
use crate::chat::hurt::{PeopleHurt, people_hurt};

/// The columns of a table by what their cells may hide.
pub struct UnreadColumns {
    /// Behind the last column that has a heading or is read.
    end: usize,
    read: Vec<usize>,
    /// Not read, or of some of the victims beside such a column.
    pub(super) victims: Vec<VictimColumn>,
    /// Not read, and of the families of people who came to harm.
    families: Vec<usize>,
    /// Not read, of anything else in words: a remark may count people hurt.
    remarks: Vec<usize>,
    /// Not read, and answers of a group that repeats for each victim: how many they are, and who.
    listed: Vec<usize>,
    /// Of how many incidents a row is the sum.
    incidents: Vec<usize>,
    /// A sheet of KoboToolbox that holds the answers of a group that repeats, and no submissions.
    is_of_repeats: bool,
}

impl UnreadColumns {
    pub fn of(table: &HeadedSheet, mapping: &TableMapping) -> UnreadColumns {
        let mut found = UnreadColumns {
            end: 0,
            read: Vec::new(),
            victims: row_victims::columns(table, mapping),
            families: Vec::new(),
            remarks: Vec::new(),
            listed: Vec::new(),
            incidents: Vec::new(),
            is_of_repeats: column::is_of_repeats(&table.headings),
        };
        for (column, heading) in table.headings.iter().enumerate() {
            let is_read = mapping.columns[column].is_some();
            if is_read || !heading.is_empty() {
                found.end = column + 1;
            }
            if is_read {
                found.read.push(column);
            } else if harm_heading::counts_households(heading)
                && (harm_heading::names_harm(heading) || harm_heading::counts_families_alone(heading))
            {
                found.families.push(column);
            } else if row_victims::is_of_each_victim(heading) {
                found.listed.push(column);
            } else if COUNTS_INCIDENTS.contains(&letters(heading).as_str()) {
                found.incidents.push(column);
            } else if is_of_remarks(heading) {
                found.remarks.push(column);
            }
        }
        found
    }
}

/// Headings, as letters, below which a row says of how many incidents it is the sum.
const COUNTS_INCIDENTS: [&str; 9] = [
    "jumlahkejadian",
    "jmlkejadian",
    "jmlhkejadian",
    "banyakkejadian",
    "frekuensi",
    "frekuensikejadian",
    "jumlahkasus",
    "jmlkasus",
    "jumlahperistiwa",
];

/// True for a heading below which somebody may have written what happened, and not what may come.
fn is_of_remarks(heading: &str) -> bool {
    const AHEAD: [&str; 8] =
        ["prediksi", "risiko", "resiko", "kemungkinan", "potensi", "ancaman", "rekomendasi", "rencana"];
    let own = letters(heading);
    let is_read = !column::is_never_read(heading) || own.starts_with("kerugian");
    is_read && !AHEAD.iter().any(|word| own.contains(word))
}

impl TableRows<'_> {
    /// Asks about a row whose cells say more than its columns read: cells to the right of the last heading, where a sign
    /// between cells stood in the prose or somebody wrote beside the table, and people hurt whom no column counts.
    pub(super) fn is_all_read(&self, row: usize) -> Result<(), Trouble> {
        let sheet = &self.table.sheet;
        let ask = |column, cell: &str, key| Err(trouble(true, column, cell, (key, vec![])));
        let UnreadColumns { end, read, listed, is_of_repeats, .. } = &self.unread;
        if *is_of_repeats {
            return Err(trouble(false, None, "", ("sheet.repeats", vec![])));
        }
        if let Some(cell) = sheet.cells(row).skip(*end).find(|cell| !cell.is_empty()) {
            return ask(None, cell, "sheet.more_cells");
        }
        let is_formula = |column: &&usize| sheet.cell(row, **column) == NO_VALUE;
        if let Some(column) = read.iter().find(is_formula) {
            return ask(Some(*column), NO_VALUE, "sheet.formula");
        }
        if let Some(column) = self.hidden_victims(row) {
            return ask(Some(column), sheet.cell(row, column), "sheet.unread_harm");
        }
        if let Some(column) = self.families_alone(row) {
            return ask(Some(column), sheet.cell(row, column), "sheet.families");
        }
        let is_sum =
            |column: &&usize| cells::count(sheet.cell(row, **column)).flatten().is_some_and(|n| n > 1);
        if let Some(column) = self.unread.incidents.iter().find(is_sum) {
            return ask(Some(*column), sheet.cell(row, *column), "sheet.several_incidents");
        }
        // Their names are no example of anything: the question shows none.
        match listed.iter().find(|column| !sheet.cell(row, **column).is_empty()) {
            Some(column) if !self.counts_anybody(row) => ask(Some(*column), "", "sheet.listed_victims"),
            _ => Ok(()),
        }
    }

    /// A column that is not read whose cell counts people hurt, or families, of whom nothing that is read counts any: "2 orang
    /// meninggal" below "Catatan petugas".
    pub(super) fn counted_in_remarks(&self, row: usize, hurt: &PeopleHurt) -> Option<usize> {
        let value = |slot: &Option<Finding<u32>>| slot.as_ref().map_or(0, |found| found.value);
        let counts = |own: &PeopleHurt| {
            let slots =
                [(&own.dead, &hurt.dead), (&own.injured, &hurt.injured), (&own.displaced, &hurt.displaced)];
            slots.iter().any(|(own, read)| value(own) > 0 && value(read) == 0)
                || own.households.is_some() && value(&hurt.displaced) == 0
        };
        self.unread.remarks.iter().copied().find(|column| {
            let cell = self.table.sheet.cell(row, *column);
            cell.contains(' ') && counts(&people_hurt(cell, &words_of(cell)))
        })
    }

    /// A column that counts families of whom nothing says how many people they are: "5" below "Pengungsi KK" beside an empty "Jiwa".
    fn families_alone(&self, row: usize) -> Option<usize> {
        let is_some = |column: &usize| {
            !matches!(cells::count(self.table.sheet.cell(row, *column)), Some(None | Some(0)))
        };
        let is_counted = self.mapping.of(ColumnMeaning::Displaced).any(|column| is_some(&column));
        self.unread.families.iter().copied().find(is_some).filter(|_| !is_counted)
    }

    /// True where a column, or a cell of victims in words, says how many were hurt.
    pub(super) fn counts_anybody(&self, row: usize) -> bool {
        use ColumnMeaning::{Casualties, Dead, Injured, Missing};
        let columns = [Casualties, Dead, Injured, Missing].into_iter().flat_map(|own| self.mapping.of(own));
        let mut cells = columns.map(|column| self.table.sheet.cell(row, column));
        cells.any(|cell| cells::count(cell) != Some(None)) || self.counted_victims(row).next().is_some()
    }
}
