//! Many rows in one statement: a `VALUES` list on SQLite, one array for each column on PostgreSQL. There a `VALUES`
//! list with a placeholder for each value cost the server three times as much.

use super::pool::{Connection, Engine};
use super::{Cell, TableRow};
use crate::error::StoreError;
use crate::sealed::SealedCodec;
use sqlx::Arguments;
use sqlx::postgres::PgArguments;
use std::borrow::Cow;

/// A statement with rows in the middle: `head VALUES (…), (…) tail`; on PostgreSQL `head SELECT … tail`, which gives
/// the same rows with the same names (`column1`, `column2`, …).
#[derive(Clone, Debug)]
pub struct Bulk {
    head: Cow<'static, str>,
    columns: usize,
    tail: Cow<'static, str>,
}

/// Rows in one statement on PostgreSQL.
const ROWS: usize = 4096;

/// Placeholders in one statement: fewer cost trips to the connection's thread, many more gained nothing. SQLite allows 32,766.
const PLACEHOLDERS: usize = 1024;

impl Bulk {
    pub const fn new(head: &'static str, columns: usize, tail: &'static str) -> Bulk {
        Bulk { head: Cow::Borrowed(head), columns, tail: Cow::Borrowed(tail) }
    }

    /// Inserts whole rows of a table.
    pub fn insert<R: TableRow>() -> Bulk {
        let head = format!("INSERT INTO {} ({})", R::TABLE, R::COLUMNS.join(", "));
        Bulk { head: head.into(), columns: R::COLUMNS.len(), tail: Cow::Borrowed("") }
    }

    /// Inserts whole rows of a table, or replaces those with the same key.
    pub fn upsert<R: TableRow>() -> Bulk {
        let (key, rest) = R::COLUMNS.split_at(R::KEY);
        let moved: Vec<String> = rest.iter().map(|column| format!("{column} = excluded.{column}")).collect();
        let tail = format!("ON CONFLICT ({}) DO UPDATE SET {}", key.join(", "), moved.join(", "));
        Bulk { tail: tail.into(), ..Bulk::insert::<R>() }
    }

    /// Inserts whole rows of a table, and leaves those with the same key as they are.
    pub fn insert_new<R: TableRow>() -> Bulk {
        let tail = format!("ON CONFLICT ({}) DO NOTHING", R::COLUMNS[..R::KEY].join(", "));
        Bulk { tail: tail.into(), ..Bulk::insert::<R>() }
    }

    /// The same with another end.
    pub fn with_tail(self, tail: &'static str) -> Bulk {
        Bulk { tail: Cow::Borrowed(tail), ..self }
    }

    /// Runs it over rows of a table.
    pub async fn run_rows<R: TableRow>(
        &self,
        connection: &mut Connection<'_>,
        rows: impl IntoIterator<Item = R>,
    ) -> Result<u64, StoreError> {
        let rows = rows.into_iter().map(|row| row.cells()).collect();
        self.run(connection, rows).await
    }

    /// Runs the statement over all rows, as few times as it takes. Returns the rows affected.
    pub async fn run(
        &self,
        connection: &mut Connection<'_>,
        rows: Vec<Vec<Cell>>,
    ) -> Result<u64, StoreError> {
        match connection.engine() {
            Engine::Sqlite => self.run_values(connection, rows).await,
            Engine::Postgres => self.run_arrays(connection, rows).await,
        }
    }

    /// Sizes are powers of two, so that a handful of prepared statements serves every number of rows. The placeholders
    /// have no numbers: SQLite looks a numbered one up among all others, which was half the time of a bulk insert.
    async fn run_values(
        &self,
        connection: &mut Connection<'_>,
        rows: Vec<Vec<Cell>>,
    ) -> Result<u64, StoreError> {
        let most = (PLACEHOLDERS / self.columns).max(1);
        let one = format!("({})", vec!["?"; self.columns].join(","));
        let mut affected = 0;
        let mut left = rows.len();
        let mut rows = rows.into_iter();
        while left > 0 {
            let take = 1 << left.min(most).ilog2();
            let values = vec![one.as_str(); take].join(",");
            let cells = rows.by_ref().take(take).flatten().collect();
            affected +=
                connection.execute(format!("{} VALUES {values} {}", self.head, self.tail), cells).await?;
            left -= take;
        }
        Ok(affected)
    }

    async fn run_arrays(
        &self,
        connection: &mut Connection<'_>,
        mut rows: Vec<Vec<Cell>>,
    ) -> Result<u64, StoreError> {
        let mut affected = 0;
        while !rows.is_empty() {
            let rest = rows.split_off(rows.len().min(ROWS));
            let (select, arguments) = arrays(rows, self.columns, &**connection.codec());
            let text = format!("{} {select} {}", self.head, self.tail);
            affected += connection.execute_arrays(text, arguments).await?;
            rows = rest;
        }
        Ok(affected)
    }
}

/// One column of all rows.
enum Column {
    Ints(Vec<Option<i64>>),
    Texts(Vec<Option<String>>),
    Bytes(Vec<Option<Vec<u8>>>),
}

impl Column {
    fn like(cell: &Cell, rows: usize) -> Column {
        match cell {
            Cell::Int(_) | Cell::MaybeInt(_) => Column::Ints(Vec::with_capacity(rows)),
            Cell::Text(_) | Cell::MaybeText(_) => Column::Texts(Vec::with_capacity(rows)),
            Cell::Bytes(_) | Cell::MaybeBytes(_) | Cell::Sealed(_) => Column::Bytes(Vec::with_capacity(rows)),
        }
    }

    fn push(&mut self, cell: Cell, codec: &dyn SealedCodec) {
        match (self, cell.seal(codec)) {
            (Column::Ints(values), Cell::Int(value)) => values.push(Some(value)),
            (Column::Ints(values), Cell::MaybeInt(value)) => values.push(value),
            (Column::Texts(values), Cell::Text(value)) => values.push(Some(value)),
            (Column::Texts(values), Cell::MaybeText(value)) => values.push(value),
            (Column::Bytes(values), Cell::Bytes(value)) => values.push(Some(value)),
            (Column::Bytes(values), Cell::MaybeBytes(value)) => values.push(value),
            (_, cell) => unreachable!("a column holds one type; this cell is {cell:?}"),
        }
    }

    fn postgres_type(&self) -> &'static str {
        match self {
            Column::Ints(_) => "bigint",
            Column::Texts(_) => "text",
            Column::Bytes(_) => "bytea",
        }
    }

    fn bind(self, arguments: &mut PgArguments) {
        let added = match self {
            Column::Ints(values) => arguments.add(values),
            Column::Texts(values) => arguments.add(values),
            Column::Bytes(values) => arguments.add(values),
        };
        added.expect("integers, texts and bytes always encode");
    }
}

/// The text of `SELECT column1, … FROM unnest(…)`, which gives the rows back, and the arrays it binds.
fn arrays(rows: Vec<Vec<Cell>>, columns: usize, codec: &dyn SealedCodec) -> (String, PgArguments) {
    let count = rows.len();
    let mut gathered: Vec<Column> = rows[0].iter().map(|cell| Column::like(cell, count)).collect();
    assert_eq!(gathered.len(), columns, "as many cells in a row as the statement has columns");
    for row in rows {
        row.into_iter().zip(&mut gathered).for_each(|(cell, column)| column.push(cell, codec));
    }
    let names: Vec<String> = (1..=columns).map(|number| format!("column{number}")).collect();
    let marks =
        (1..).zip(&gathered).map(|(number, column)| format!("${number}::{}[]", column.postgres_type()));
    let (names, marks) = (names.join(", "), marks.collect::<Vec<_>>().join(", "));
    let mut arguments = PgArguments::default();
    gathered.into_iter().for_each(|column| column.bind(&mut arguments));
    (format!("SELECT {names} FROM unnest({marks}) AS v({names})"), arguments)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_statement_gives_the_rows_back() {
        let rows = vec![vec![Cell::Int(1), Cell::MaybeText(None), Cell::Bytes(vec![2])]];
        let (text, arguments) = arrays(rows, 3, &*crate::sealed::clear());
        assert_eq!(
            text,
            "SELECT column1, column2, column3 FROM unnest($1::bigint[], $2::text[], $3::bytea[]) \
             AS v(column1, column2, column3)"
        );
        assert_eq!(arguments.len(), 3);
    }
}
