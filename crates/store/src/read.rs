//! What lists have in common: bounded queries, each on an index; long lists come page by page.

pub mod balance;
pub mod change_poll;

use crate::sql::{Cell, SqlStatement};
use domain::kind::Kind;
use domain::place::Code;
use domain::time::Time;
use std::collections::BTreeSet;

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

pub(crate) fn limit(asked: u32) -> u32 {
    if asked == 0 { USUAL } else { asked.min(MOST) }
}

/// Cuts the extra row that was asked for to see whether there is another page.
pub(crate) fn page<T>(mut items: Vec<T>, limit: u32, cursor: impl Fn(&T) -> String) -> Page<T> {
    let more = items.len() > limit as usize;
    items.truncate(limit as usize);
    let next = if more { items.last().map(cursor) } else { None };
    Page { items, next }
}

/// A cursor is the last row's time and id: `1767225600000000.01KDT…`.
pub(crate) fn cursor(at: Time, id: &str) -> String {
    format!("{}.{id}", at.0)
}

/// Rows after the cursor, newest first; a cursor nobody gave out reads as the first page.
pub(crate) fn after(select: &mut SqlStatement, cursor: Option<&str>, columns: &str) {
    if let Some((at, id)) = cursor.and_then(|cursor| cursor.split_once('.'))
        && let Ok(at) = at.parse::<i64>()
    {
        select.add(&format!(" AND ({columns}) < (?, ?)"), [Cell::Int(at), Cell::Text(id.to_string())]);
    }
}

/// Codes whose units do not overlap: a district beside its own regency is left out.
pub(crate) fn apart(codes: &[Code]) -> Vec<Code> {
    let all: BTreeSet<Code> = codes.iter().copied().collect();
    let held = |code: &Code| code.is_regency() || !all.contains(&code.regency());
    all.iter().copied().filter(held).collect()
}

/// Keeps to one code: a regency's has a column, and an index, of its own.
pub(crate) fn at(select: &mut SqlStatement, code: Code) {
    let column = if code.is_regency() { "regency" } else { "code" };
    select.add(&format!(" AND {column} = ?"), [Cell::Int(i64::from(code.0))]);
}

/// Units of the codes by their numbers, for tables that know no regency; no codes are everywhere.
pub(crate) fn spans(select: &mut SqlStatement, column: &str, codes: &[Code]) {
    if codes.is_empty() {
        return;
    }
    let spans: Vec<_> = apart(codes).into_iter().map(span).collect();
    let marks = vec![format!("{column} BETWEEN ? AND ?"); spans.len()].join(" OR ");
    let cells = spans.into_iter().flat_map(|(from, to)| [Cell::Int(from), Cell::Int(to)]);
    select.add(&format!(" AND ({marks})"), cells.collect::<Vec<_>>());
}

/// A district's own code, or a regency's with all its districts'.
fn span(code: Code) -> (i64, i64) {
    let from = i64::from(code.0);
    (from, if code.is_regency() { from + 99 } else { from })
}

/// What a list is read from: the columns, and the order its index has.
pub(crate) struct NewestList<'a> {
    pub head: &'a str,
    /// Two columns, the newest first.
    pub order: [&'a str; 2],
    pub limit: u32,
}

impl NewestList<'_> {
    /// Reads the newest of each code and each kind by an index of their own and puts them together: as many rows as
    /// the page has, times the codes and kinds, however rare what is asked for may be.
    pub fn select(
        &self,
        codes: &[Code],
        kinds: &[Option<Kind>],
        narrow: impl Fn(&mut SqlStatement),
    ) -> SqlStatement {
        let codes: Vec<Option<Code>> = match codes {
            [] => vec![None],
            _ => apart(codes).into_iter().map(Some).collect(),
        };
        let kinds: Vec<Option<Option<Kind>>> = match kinds {
            [] => vec![None],
            [only] => vec![Some(*only)],
            // Over the whole country one index by time is enough.
            _ if codes[0].is_none() => vec![None],
            several => several.iter().copied().map(Some).collect(),
        };
        let [first, second] = self.order;
        let most = Cell::Int(i64::from(self.limit) + 1);
        let mut select = SqlStatement::new("");
        let mut union = "SELECT * FROM (";
        for code in &codes {
            for kind in &kinds {
                select.add(union, []).add(self.head, []);
                code.iter().for_each(|code| at(&mut select, *code));
                match kind {
                    None => {}
                    Some(None) => drop(select.add(" AND kind IS NULL", [])),
                    Some(Some(kind)) => drop(select.add(" AND kind = ?", [Cell::Text(kind.to_string())])),
                }
                narrow(&mut select);
                let order = format!(" ORDER BY {first} DESC, {second} DESC LIMIT ?) AS part");
                select.add(&order, [most.clone()]);
                union = " UNION ALL SELECT * FROM (";
            }
        }
        select.add(&format!(" ORDER BY {first} DESC, {second} DESC LIMIT ?"), [most]);
        select
    }
}

pub(crate) fn between(select: &mut SqlStatement, column: &str, range: Option<Range>) {
    if let Some(range) = range {
        select.add(
            &format!(" AND {column} >= ? AND {column} < ?"),
            [Cell::Int(range.from.0), Cell::Int(range.to.0)],
        );
    }
}

/// Keeps to one kind, or to what has none: each has its own stretch of the index.
pub(crate) fn of_kind(select: &mut SqlStatement, head: &str, kind: Option<Kind>) {
    match kind {
        None => select.add(head, []).add(" kind IS NULL", []),
        Some(kind) => select.add(head, []).add(" kind = ?", [Cell::Text(kind.to_string())]),
    };
}
