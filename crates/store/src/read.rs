//! The picture for people: bounded queries, each on an index; long lists come page by page.

pub mod alerts;
pub mod assessments;
pub mod feeds;
pub mod incidents;
pub mod reports;

use crate::error::StoreError;
use crate::sql::{Cell, Select};
use domain::place::Code;
use domain::time::Time;

/// One page of a list, and the cursor of the next where there is one.
#[derive(Clone, PartialEq, Debug)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub next: Option<String>,
}

/// From an instant up to, not including, another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Range {
    pub from: Time,
    pub to: Time,
}

/// Most rows a page may have; a filter's `limit` of 0 means [`USUAL`].
pub const MOST: u32 = 500;
pub const USUAL: u32 = 50;

fn limit(asked: u32) -> u32 {
    if asked == 0 { USUAL } else { asked.min(MOST) }
}

/// Cuts the extra row that was asked for to see whether there is another page.
fn page<T>(mut items: Vec<T>, limit: u32, cursor: impl Fn(&T) -> String) -> Page<T> {
    let more = items.len() > limit as usize;
    items.truncate(limit as usize);
    let next = if more { items.last().map(cursor) } else { None };
    Page { items, next }
}

/// A cursor is the last row's time and id: `1767225600000000.01KDT…`.
fn cursor(at: Time, id: &str) -> String {
    format!("{}.{id}", at.0)
}

/// Rows after the cursor, newest first; a cursor nobody gave out reads as the first page.
fn after(select: &mut Select, cursor: Option<&str>, columns: &str) {
    if let Some((at, id)) = cursor.and_then(|cursor| cursor.split_once('.'))
        && let Ok(at) = at.parse::<i64>()
    {
        select.add(&format!(" AND ({columns}) < (?, ?)"), [Cell::Int(at), Cell::Text(id.to_string())]);
    }
}

/// Keeps to the codes. One code walks its own index; several walk the list's and are looked at row by
/// row (the `+` keeps the planner from gathering all rows of all codes first).
fn within(select: &mut Select, codes: &[Code]) {
    match codes {
        [] => {}
        [code] if code.is_regency() => {
            select.add(" AND regency = ?", [Cell::Int(i64::from(code.0))]);
        }
        [code] => {
            select.add(" AND code = ?", [Cell::Int(i64::from(code.0))]);
        }
        _ => {
            let (regencies, districts): (Vec<Code>, Vec<Code>) =
                codes.iter().partition(|code| code.is_regency());
            let cells =
                |codes: Vec<Code>| codes.into_iter().map(|code| Cell::Int(i64::from(code.0))).collect();
            select.add(" AND (", []);
            select.add_in("+regency", cells(regencies));
            select.add(" OR", []);
            select.add_in("+code", cells(districts));
            select.add(")", []);
        }
    }
}

fn between(select: &mut Select, column: &str, range: Option<Range>) {
    if let Some(range) = range {
        select.add(
            &format!(" AND {column} >= ? AND {column} < ?"),
            [Cell::Int(range.from.0), Cell::Int(range.to.0)],
        );
    }
}

fn ids(text: &str) -> Result<Vec<domain::report::ReportId>, StoreError> {
    let parse = |id| crate::id::parse(id).ok_or_else(|| StoreError::corrupt(format!("the report id '{id}'")));
    text.split_whitespace().map(parse).collect()
}
