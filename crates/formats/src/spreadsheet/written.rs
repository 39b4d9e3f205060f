//! Files that go out: the rows that were not taken, to be corrected and sent back, and an empty form with the places of a
//! regency.

use rust_xlsxwriter::{DataValidation, Format, Formula, Workbook, Worksheet, XlsxError};

/// Rows of a sheet that were not taken.
#[derive(Clone, Debug, Default)]
pub struct LeftOutRows {
    pub sheet: String,
    pub headings: Vec<String>,
    pub rows: Vec<LeftOutRow>,
}

/// A row that was not taken, as it stands in its sheet.
#[derive(Clone, Debug)]
pub struct LeftOutRow {
    pub line: u32,
    pub fate: String,
    pub why: String,
    pub cells: Vec<String>,
}

/// What stands before the headings of rows that were not taken; a file with them is read like any other.
const ADDED: [&str; 3] = ["Baris", "Hasil", "Alasan"];

/// The rows that were not taken as a spreadsheet, each behind its line, fate and reason. Every cell is text, so that
/// nothing in it is run.
///
/// # Errors
/// Where the rows are more than a sheet holds.
pub fn left_out(tables: &[LeftOutRows]) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let (head, wrapped) = (Format::new().set_bold(), Format::new().set_text_wrap());
    for (number, table) in tables.iter().enumerate().filter(|(_, table)| !table.rows.is_empty()) {
        let sheet = workbook.add_worksheet();
        // A name that a spreadsheet does not take, or takes once, is no reason to lose the rows.
        let is_used =
            tables[..number].iter().any(|other| other.sheet.to_lowercase() == table.sheet.to_lowercase());
        if is_used || sheet.set_name(&table.sheet).is_err() {
            sheet.set_name(format!("Lembar {}", number + 1))?;
        }
        let headings = ADDED.into_iter().chain(table.headings.iter().map(String::as_str));
        for (column, heading) in headings.enumerate() {
            sheet.write_string_with_format(0, column as u16, heading, &head)?;
        }
        for (row, left_out) in table.rows.iter().enumerate() {
            let row = row as u32 + 1;
            sheet.write_number(row, 0, left_out.line)?;
            sheet.write_string(row, 1, &left_out.fate)?;
            sheet.write_string_with_format(row, 2, &left_out.why, &wrapped)?;
            for (column, cell) in left_out.cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
                sheet.write_string(row, (ADDED.len() + column) as u16, cell)?;
            }
        }
        sheet.set_column_width(2, 60)?;
        sheet.set_freeze_panes(1, 0)?;
    }
    workbook.save_to_buffer()
}

/// The headings of the empty form.
const HEADINGS: [&str; 10] = [
    "Tanggal",
    "Jam",
    "Kecamatan",
    "Desa/Kelurahan",
    "Lokasi",
    "Jenis Kejadian",
    "Uraian",
    "Meninggal",
    "Luka",
    "Mengungsi",
];
const PLACE: u16 = 2;
const VILLAGE: u16 = 3;
const WHAT: u16 = 5;
/// Rows of the form that offer lists.
const OFFERED: u32 = 500;

/// An empty form: a sheet to fill in, whose columns of places and of what happened offer what there is, and the sheet of
/// what they offer. `districts`: each with its villages; `hint` stands below the headings' title.
///
/// # Errors
/// Where the lists are longer than a sheet.
pub fn template(
    title: &str,
    hint: &str,
    districts: &[(String, Vec<String>)],
    categories: &[String],
) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let bold = Format::new().set_bold();
    let (day, clock) = (Format::new().set_num_format("dd/mm/yyyy"), Format::new().set_num_format("hh:mm"));
    let form = workbook.add_worksheet().set_name("Isian")?;
    form.write_string_with_format(0, 0, title, &bold)?;
    form.write_string(1, 0, hint)?;
    for (column, heading) in HEADINGS.into_iter().enumerate() {
        form.write_string_with_format(3, column as u16, heading, &bold)?;
        form.set_column_width(column as u16, [12, 8, 20, 24, 28, 36, 48, 11, 8, 11][column])?;
    }
    form.set_column_format(0, &day)?;
    form.set_column_format(1, &clock)?;
    form.set_freeze_panes(4, 0)?;
    let villages: Vec<&String> = districts.iter().flat_map(|(_, villages)| villages).collect();
    offer(form, PLACE, 'A', districts.len())?;
    offer(form, VILLAGE, 'B', villages.len())?;
    offer(form, WHAT, 'D', categories.len())?;
    let lists = workbook.add_worksheet().set_name("Daftar")?;
    let headings = ["Kecamatan", "Desa/Kelurahan", "Kecamatan dari desa", "Jenis Kejadian"];
    for (column, heading) in headings.into_iter().enumerate() {
        lists.write_string_with_format(0, column as u16, heading, &bold)?;
        lists.set_column_width(column as u16, 32)?;
    }
    let mut line = 1;
    for (row, (district, villages)) in districts.iter().enumerate() {
        lists.write_string(row as u32 + 1, 0, district)?;
        for village in villages {
            lists.write_string(line, 1, village)?;
            lists.write_string(line, 2, district)?;
            line += 1;
        }
    }
    for (row, category) in categories.iter().enumerate() {
        lists.write_string(row as u32 + 1, 3, category)?;
    }
    workbook.save_to_buffer()
}

/// Offers a column of the list's sheet; what is not in it is taken, too, and asked about later.
fn offer(form: &mut Worksheet, column: u16, list: char, count: usize) -> Result<(), XlsxError> {
    if count > 0 {
        let formula = Formula::new(format!("=Daftar!${list}$2:${list}${}", count + 1));
        let offered = DataValidation::new().allow_list_formula(formula).show_error_message(false);
        form.add_data_validation(4, column, 4 + OFFERED, column, &offered)?;
    }
    Ok(())
}
