//! Values out of rows.

use crate::error::StoreError;
use crate::sealed::Codec;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{Decode, Postgres, Row as _, Sqlite, Type, ValueRef};

/// A row of either engine, with the codec that opens its sealed columns.
pub struct SqlRow {
    raw: RawRow,
    codec: Codec,
}

enum RawRow {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl SqlRow {
    pub(super) fn sqlite(row: SqliteRow, codec: Codec) -> SqlRow {
        SqlRow { raw: RawRow::Sqlite(row), codec }
    }

    pub(super) fn postgres(row: PgRow, codec: Codec) -> SqlRow {
        SqlRow { raw: RawRow::Postgres(row), codec }
    }

    /// True where the column is NULL.
    pub fn is_null(&self, column: usize) -> Result<bool, StoreError> {
        Ok(match &self.raw {
            RawRow::Sqlite(row) => row.try_get_raw(column)?.is_null(),
            RawRow::Postgres(row) => row.try_get_raw(column)?.is_null(),
        })
    }
}

/// The value of a column.
pub fn get<'r, T>(row: &'r SqlRow, column: usize) -> Result<T, StoreError>
where
    T: Decode<'r, Sqlite> + Type<Sqlite> + Decode<'r, Postgres> + Type<Postgres>,
{
    Ok(match &row.raw {
        RawRow::Sqlite(row) => row.try_get(column)?,
        RawRow::Postgres(row) => row.try_get(column)?,
    })
}

/// The clear bytes of a sealed column.
pub fn open_bytes(row: &SqlRow, column: usize) -> Result<Option<Vec<u8>>, StoreError> {
    let sealed: Option<Vec<u8>> = get(row, column)?;
    sealed.map(|sealed| row.codec.open(sealed)).transpose()
}

/// The clear text of a sealed column.
pub fn open_text(row: &SqlRow, column: usize) -> Result<Option<String>, StoreError> {
    let text = |bytes| String::from_utf8(bytes).map_err(|_| StoreError::corrupt("a sealed text is no text"));
    open_bytes(row, column)?.map(text).transpose()
}

/// A word of a closed list.
pub fn word<T>(row: &SqlRow, column: usize, parse: impl Fn(&str) -> Option<T>) -> Result<T, StoreError> {
    let text: String = get(row, column)?;
    parse(&text).ok_or_else(|| StoreError::corrupt(format!("the word '{text}' is not on its list")))
}

/// A stored number that must fit a smaller type.
pub fn small<T: TryFrom<i64>>(row: &SqlRow, column: usize) -> Result<T, StoreError> {
    let value: i64 = get(row, column)?;
    T::try_from(value).map_err(|_| StoreError::corrupt(format!("the number {value} is out of its range")))
}

pub fn flag(row: &SqlRow, column: usize) -> Result<bool, StoreError> {
    Ok(get::<i64>(row, column)? != 0)
}
