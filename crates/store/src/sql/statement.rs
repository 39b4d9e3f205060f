//! A statement put together from fixed parts and bound values, and who runs it.

use super::pool::{Connection, Engine, Pool};
use super::{Cell, SqlRow};
use crate::error::StoreError;
use domain::report::ReportName;
use sqlx::Arguments;
use sqlx::postgres::PgArguments;
use std::future::Future;

/// Who runs statements: a pool (one connection of it for each statement) or one connection.
pub trait SqlSource: Send {
    fn rows(
        self,
        text: String,
        cells: Vec<Cell>,
    ) -> impl Future<Output = Result<Vec<SqlRow>, StoreError>> + Send;
}

impl SqlSource for &Pool {
    async fn rows(self, text: String, cells: Vec<Cell>) -> Result<Vec<SqlRow>, StoreError> {
        let mut connection = self.acquire().await?;
        connection.connection().fetch(text, cells).await
    }
}

impl SqlSource for &mut Connection<'_> {
    async fn rows(self, text: String, cells: Vec<Cell>) -> Result<Vec<SqlRow>, StoreError> {
        self.fetch(text, cells).await
    }
}

/// Text with placeholders `$1`, `$2` … and the values for them.
#[derive(Debug, Default)]
pub struct SqlStatement {
    text: String,
    cells: Vec<Cell>,
}

/// A statement whose text has all its placeholders already.
pub fn query(text: impl Into<String>) -> SqlStatement {
    SqlStatement { text: text.into(), cells: Vec::new() }
}

impl SqlStatement {
    pub fn new(text: &str) -> SqlStatement {
        query(text)
    }

    /// Fills the next placeholder of the text.
    pub fn bind(mut self, value: impl Into<Cell>) -> SqlStatement {
        self.cells.push(value.into());
        self
    }

    /// Fills the next placeholders of the text.
    pub fn bind_all(mut self, cells: impl IntoIterator<Item = Cell>) -> SqlStatement {
        self.cells.extend(cells);
        self
    }

    /// Adds text; every `?` in it becomes the next placeholder, filled from `cells`.
    pub fn add(&mut self, text: &str, cells: impl IntoIterator<Item = Cell>) -> &mut SqlStatement {
        self.cells.extend(cells);
        let mut number = self.text.matches('$').count();
        for part in text.split_inclusive('?') {
            match part.strip_suffix('?') {
                Some(before) => {
                    number += 1;
                    self.text.push_str(&format!("{before}${number}"));
                }
                None => self.text.push_str(part),
            }
        }
        self
    }

    /// Adds `expression IN (…)` with one placeholder for each cell; no cells match nothing.
    pub fn add_in(&mut self, expression: &str, cells: Vec<Cell>) -> &mut SqlStatement {
        if cells.is_empty() {
            return self.add(" 1 = 0", []);
        }
        let marks = vec!["?"; cells.len()].join(",");
        self.add(&format!(" {expression} IN ({marks})"), cells)
    }

    /// Runs it. Returns how many rows it touched.
    pub async fn execute(self, connection: &mut Connection<'_>) -> Result<u64, StoreError> {
        connection.execute(self.text, self.cells).await
    }

    pub async fn fetch_all(self, source: impl SqlSource) -> Result<Vec<SqlRow>, StoreError> {
        source.rows(self.text, self.cells).await
    }

    pub async fn fetch_optional(self, source: impl SqlSource) -> Result<Option<SqlRow>, StoreError> {
        Ok(self.fetch_all(source).await?.into_iter().next())
    }

    /// # Errors
    /// [`StoreError::Corrupt`] where there is no row.
    pub async fn fetch_one(self, source: impl SqlSource) -> Result<SqlRow, StoreError> {
        self.fetch_optional(source)
            .await?
            .ok_or_else(|| StoreError::corrupt("a row that must be there is missing"))
    }

    pub(crate) fn into_parts(self) -> (String, Vec<Cell>) {
        (self.text, self.cells)
    }
}

/// Most ids in one `IN (…)` on SQLite. A list is filled up to a power of two, so that ten prepared statements serve every
/// number of ids and one id is looked up once, not 512 times.
const LIST: usize = 512;
/// Ids in one array on PostgreSQL.
const ARRAY: usize = 4096;

/// Runs `head IN (names)` over all names, some hundred at a time; `tail` is a further condition up to its placeholder.
pub async fn rows_with_ids(
    connection: &mut Connection<'_>,
    head: &str,
    ids: &[ReportName],
    tail: Option<(&str, i64)>,
) -> Result<Vec<SqlRow>, StoreError> {
    let mut found = Vec::new();
    if connection.engine() == Engine::Postgres {
        let further = tail.map_or_else(String::new, |(condition, _)| format!("{condition}$2"));
        for ids in ids.chunks(ARRAY) {
            let mut arguments = PgArguments::default();
            let texts: Vec<String> = ids.iter().map(|id| id.to_string()).collect();
            arguments.add(texts).expect("texts encode");
            if let Some((_, value)) = tail {
                arguments.add(value).expect("integers encode");
            }
            found.extend(connection.fetch_arrays(format!("{head} = ANY($1){further}"), arguments).await?);
        }
        return Ok(found);
    }
    let further = tail.map_or_else(String::new, |(condition, _)| format!("{condition}?"));
    for ids in ids.chunks(LIST) {
        let mut cells = filled(ids.iter().map(|id| Cell::Text(id.to_string())).collect());
        let marks = vec!["?"; cells.len()].join(",");
        cells.extend(tail.map(|(_, value)| Cell::Int(value)));
        found.extend(connection.fetch(format!("{head} IN ({marks}){further}"), cells).await?);
    }
    Ok(found)
}

/// Runs `head IN (numbers)tail` over all numbers, some hundred at a time.
pub async fn rows_with_numbers(
    connection: &mut Connection<'_>,
    head: &str,
    numbers: &[i64],
    tail: &str,
) -> Result<Vec<SqlRow>, StoreError> {
    let mut found = Vec::new();
    if connection.engine() == Engine::Postgres {
        for numbers in numbers.chunks(ARRAY) {
            let mut arguments = PgArguments::default();
            arguments.add(numbers.to_vec()).expect("integers encode");
            found.extend(connection.fetch_arrays(format!("{head} = ANY($1){tail}"), arguments).await?);
        }
        return Ok(found);
    }
    for numbers in numbers.chunks(LIST) {
        let cells = filled(numbers.iter().map(|number| Cell::Int(*number)).collect());
        let marks = vec!["?"; cells.len()].join(",");
        found.extend(connection.fetch(format!("{head} IN ({marks}){tail}"), cells).await?);
    }
    Ok(found)
}

/// Filled up to a power of two by the first.
fn filled(mut cells: Vec<Cell>) -> Vec<Cell> {
    let first = cells.first().cloned();
    cells.resize_with(cells.len().next_power_of_two(), || first.clone().expect("a chunk is not empty"));
    cells
}
