//! Spreadsheets that go back to a person: the rows that were not taken, and an empty form.

use super::known::look_up;
use super::{TableReading, UploadFate, UploadReading};
use crate::context::Context;
use crate::error::ViewError;
use async_recursion::async_recursion as boxed;
use domain::kind::Category;
use domain::place::UnitId;
use formats::spreadsheet::reader::RowFate;
use formats::spreadsheet::written::{LeftOutRow, LeftOutRows, left_out, template};
use std::collections::BTreeMap;

/// The rows of a file that were not taken, as a spreadsheet to be corrected and sent back; what is wrong where it cannot be written.
#[boxed]
pub async fn left_out_rows(
    context: &Context,
    regency: UnitId,
    mut reading: UploadReading,
    source: &str,
) -> Result<Result<Vec<u8>, String>, ViewError> {
    look_up(context, regency, &mut reading, source).await?;
    Ok(not_taken(context, &reading))
}

fn not_taken(context: &Context, reading: &UploadReading) -> Result<Vec<u8>, String> {
    let of_table = |read: &TableReading| {
        let sheet = &read.table.sheet;
        let by_line: BTreeMap<u32, usize> =
            read.table.body.clone().map(|row| (sheet.line(row), row)).collect();
        let rows = read.rows.iter().filter_map(|row| {
            let (fate, trouble) = match &row.fate {
                RowFate::Taken(_) => return None,
                RowFate::Refused(trouble) if trouble.is_of_no_report() => return None,
                RowFate::Refused(trouble) => (UploadFate::Refused, trouble),
                RowFate::Asked(trouble) => (UploadFate::Asked, trouble),
            };
            let cells = by_line.get(&row.line).map(|at| {
                (0..read.table.headings.len())
                    .map(|column| sheet.merged_down(*at, column).to_owned())
                    .collect()
            });
            Some(LeftOutRow {
                line: row.line,
                fate: context.lang.word("upload_fate", fate.as_str()),
                why: context.lang.refusal(&trouble.sentence),
                cells: cells.unwrap_or_default(),
            })
        });
        let rows = rows.collect();
        LeftOutRows { sheet: sheet.name.clone(), headings: read.table.headings.clone(), rows }
    };
    let tables: Vec<LeftOutRows> = reading.tables.iter().map(of_table).collect();
    left_out(&tables).map_err(|error| error.to_string())
}

/// An empty form with the places of a regency and what may have happened there.
///
/// # Errors
/// Where the lists are longer than a sheet.
pub fn empty_form(context: &Context, regency: UnitId) -> Result<Vec<u8>, String> {
    let places = &context.sources.places;
    let district = |unit: UnitId| {
        let villages = places.unit(unit).villages.iter().map(|village| village.name.clone()).collect();
        (places.name(unit), villages)
    };
    let districts: Vec<(String, Vec<String>)> =
        context.districts(regency).into_iter().map(district).collect();
    let label =
        |category: Category| context.sources.taxonomy.get(category).map(|entry| entry.label("id").to_owned());
    let categories: Vec<String> =
        context.sources.taxonomy.entries().filter_map(|entry| label(entry.code)).collect();
    let title = context.lang.fill("upload.form_title", &[("regency", &places.name(regency))]);
    template(&title, context.lang.text("upload.form_hint"), &districts, &categories)
        .map_err(|error| error.to_string())
}
