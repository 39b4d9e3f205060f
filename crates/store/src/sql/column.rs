//! What a column holds, as the types of the domain, and rows as structs with named columns.

use super::row::{flag, get, open_bytes, open_text, small, word};
use super::statement::query;
use super::{Cell, Connection, SqlRow};
use crate::error::StoreError;
use domain::alert::notice::AlertChangeKind;
use domain::alert::{SecondAnswer, State};
use domain::effect::{ConditionChange, Verdict};
use domain::forecast::ForecastOutcome;
use domain::kind::{Category, FeedClass, Handling, Horizon, Kind, Level, Refused};
use domain::place::{Areas, Code};
use domain::report::{ReportName, ReportReference};
use domain::time::{Hour, Time};

/// A type that fills one column.
pub trait Column: Sized {
    /// The value of the column at this position of a row.
    fn read(row: &SqlRow, at: usize) -> Result<Self, StoreError>;
    /// The value to bind.
    fn cell(&self) -> Cell;
    /// NULL of this column's type.
    fn null() -> Cell;
}

/// A row of one table, or some of its columns. The columns of the primary key come first.
pub trait TableRow: Sized {
    const TABLE: &'static str;
    const COLUMNS: &'static [&'static str];
    /// How many columns the primary key has; 0 for columns that are only read.
    const KEY: usize;
    /// The row from the columns of a result, the first of them at `from`.
    fn read(row: &SqlRow, from: usize) -> Result<Self, StoreError>;
    fn cells(&self) -> Vec<Cell>;
}

/// The columns of a row as a list, each with `prefix` before it (`"a."`, or nothing).
pub fn columns<R: TableRow>(prefix: &str) -> String {
    let columns: Vec<String> = R::COLUMNS.iter().map(|column| format!("{prefix}{column}")).collect();
    columns.join(", ")
}

/// `SELECT` all columns of a table `FROM` it, up to `WHERE`.
pub fn select<R: TableRow>() -> String {
    format!("SELECT {} FROM {} WHERE", columns::<R>(""), R::TABLE)
}

/// Reads rows that begin with all columns of a table.
pub fn read_all<R: TableRow>(rows: &[SqlRow]) -> Result<Vec<R>, StoreError> {
    rows.iter().map(|row| R::read(row, 0)).collect()
}

/// Reads the columns of a table from `from` on where an outer join found a row: the first of them is never NULL there.
pub fn read_joined<R: TableRow>(row: &SqlRow, from: usize) -> Result<Option<R>, StoreError> {
    if row.is_null(from)? { Ok(None) } else { R::read(row, from).map(Some) }
}

/// `INSERT INTO` a table one whole row, for a statement that gives columns back.
pub fn insert_one<R: TableRow>() -> String {
    let marks: Vec<String> = (1..=R::COLUMNS.len()).map(|number| format!("${number}")).collect();
    format!("INSERT INTO {} ({}) VALUES ({})", R::TABLE, columns::<R>(""), marks.join(", "))
}

/// Writes all columns of a row but its key, where the key and `column` are as given. False where no row was.
pub async fn update_where<R: TableRow>(
    connection: &mut Connection<'_>,
    row: &R,
    column: &str,
    value: i64,
) -> Result<bool, StoreError> {
    let place = |(number, column): (usize, &&str)| format!("{column} = ${}", number + 1);
    let all: Vec<String> = R::COLUMNS.iter().enumerate().map(place).collect();
    let (key, rest) = all.split_at(R::KEY);
    let text = format!(
        "UPDATE {} SET {} WHERE {} AND {column} = ${}",
        R::TABLE,
        rest.join(", "),
        key.join(" AND "),
        all.len() + 1
    );
    Ok(query(text).bind_all(row.cells()).bind(value).execute(connection).await? == 1)
}

/// Declares a row: a struct whose fields are the table's columns, in the order of its statements. Adding a column is
/// adding a field here and a line in each of `schema/*.sql`.
macro_rules! table_row {
    ($(#[$about:meta])* $vis:vis struct $name:ident in $table:literal, key $key:literal {
        $($(#[$field_about:meta])* $field_vis:vis $field:ident: $type:ty),* $(,)?
    }) => {
        $(#[$about])*
        #[derive(Clone, PartialEq, Debug)]
        $vis struct $name { $($(#[$field_about])* $field_vis $field: $type),* }

        impl $crate::sql::TableRow for $name {
            const TABLE: &'static str = $table;
            const COLUMNS: &'static [&'static str] = &[$(stringify!($field)),*];
            const KEY: usize = $key;

            fn read(row: &$crate::sql::SqlRow, from: usize) -> Result<Self, $crate::StoreError> {
                let mut at = from;
                $(let $field = <$type as $crate::sql::Column>::read(row, at)?; at += 1;)*
                let _ = at;
                Ok($name { $($field),* })
            }

            fn cells(&self) -> Vec<$crate::sql::Cell> {
                vec![$($crate::sql::Column::cell(&self.$field)),*]
            }
        }
    };
}
pub(crate) use table_row;

impl Column for i64 {
    fn read(row: &SqlRow, at: usize) -> Result<i64, StoreError> {
        get(row, at)
    }
    fn cell(&self) -> Cell {
        Cell::Int(*self)
    }
    fn null() -> Cell {
        Cell::MaybeInt(None)
    }
}

macro_rules! small_numbers {
    ($($type:ty),*) => {$(
        impl Column for $type {
            fn read(row: &SqlRow, at: usize) -> Result<$type, StoreError> {
                small(row, at)
            }
            fn cell(&self) -> Cell {
                Cell::Int(i64::from(*self))
            }
            fn null() -> Cell {
                Cell::MaybeInt(None)
            }
        }
    )*};
}
small_numbers!(i32, u8, u16, u32);

impl Column for bool {
    fn read(row: &SqlRow, at: usize) -> Result<bool, StoreError> {
        flag(row, at)
    }
    fn cell(&self) -> Cell {
        Cell::Int(i64::from(*self))
    }
    fn null() -> Cell {
        Cell::MaybeInt(None)
    }
}

impl Column for Code {
    fn read(row: &SqlRow, at: usize) -> Result<Code, StoreError> {
        small(row, at).map(Code)
    }
    fn cell(&self) -> Cell {
        Cell::Int(i64::from(self.0))
    }
    fn null() -> Cell {
        Cell::MaybeInt(None)
    }
}

/// Areas as their text; one that cannot be read is nowhere.
impl Column for Areas {
    fn read(row: &SqlRow, at: usize) -> Result<Areas, StoreError> {
        get(row, at).map(|text: String| Areas::parse_kept(&text))
    }
    fn cell(&self) -> Cell {
        Cell::Text(self.to_string())
    }
    fn null() -> Cell {
        Cell::MaybeText(None)
    }
}

impl Column for Time {
    fn read(row: &SqlRow, at: usize) -> Result<Time, StoreError> {
        get(row, at).map(Time)
    }
    fn cell(&self) -> Cell {
        Cell::Int(self.0)
    }
    fn null() -> Cell {
        Cell::MaybeInt(None)
    }
}

impl Column for Hour {
    fn read(row: &SqlRow, at: usize) -> Result<Hour, StoreError> {
        small(row, at).map(Hour)
    }
    fn cell(&self) -> Cell {
        Cell::Int(i64::from(self.0))
    }
    fn null() -> Cell {
        Cell::MaybeInt(None)
    }
}

/// A double as its bits: they come back as they were on both engines.
impl Column for f64 {
    fn read(row: &SqlRow, at: usize) -> Result<f64, StoreError> {
        get(row, at).map(|bits: i64| f64::from_bits(bits as u64))
    }
    fn cell(&self) -> Cell {
        Cell::Int(self.to_bits() as i64)
    }
    fn null() -> Cell {
        Cell::MaybeInt(None)
    }
}

impl Column for String {
    fn read(row: &SqlRow, at: usize) -> Result<String, StoreError> {
        get(row, at)
    }
    fn cell(&self) -> Cell {
        Cell::Text(self.clone())
    }
    fn null() -> Cell {
        Cell::MaybeText(None)
    }
}

impl Column for Vec<u8> {
    fn read(row: &SqlRow, at: usize) -> Result<Vec<u8>, StoreError> {
        get(row, at)
    }
    fn cell(&self) -> Cell {
        Cell::Bytes(self.clone())
    }
    fn null() -> Cell {
        Cell::MaybeBytes(None)
    }
}

impl<const N: usize> Column for [u8; N] {
    fn read(row: &SqlRow, at: usize) -> Result<[u8; N], StoreError> {
        let bytes: Vec<u8> = get(row, at)?;
        bytes.try_into().map_err(|_| StoreError::corrupt("a hash has the wrong length"))
    }
    fn cell(&self) -> Cell {
        Cell::Bytes(self.to_vec())
    }
    fn null() -> Cell {
        Cell::MaybeBytes(None)
    }
}

impl Column for ReportName {
    fn read(row: &SqlRow, at: usize) -> Result<ReportName, StoreError> {
        word(row, at, ReportName::parse)
    }
    fn cell(&self) -> Cell {
        Cell::Text(self.to_string())
    }
    fn null() -> Cell {
        Cell::MaybeText(None)
    }
}

/// A name; the id alone where the reference leaves the feed open.
impl Column for ReportReference {
    fn read(row: &SqlRow, at: usize) -> Result<ReportReference, StoreError> {
        word(row, at, ReportReference::parse)
    }
    fn cell(&self) -> Cell {
        Cell::Text(self.to_string())
    }
    fn null() -> Cell {
        Cell::MaybeText(None)
    }
}

impl<T: Column> Column for Option<T> {
    fn read(row: &SqlRow, at: usize) -> Result<Option<T>, StoreError> {
        if row.is_null(at)? { Ok(None) } else { T::read(row, at).map(Some) }
    }
    fn cell(&self) -> Cell {
        self.as_ref().map_or_else(T::null, Column::cell)
    }
    fn null() -> Cell {
        T::null()
    }
}

/// A text that lies sealed in the file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SealedText(pub String);

impl Column for SealedText {
    fn read(row: &SqlRow, at: usize) -> Result<SealedText, StoreError> {
        open_text(row, at)?.map(SealedText).ok_or_else(|| StoreError::corrupt("a sealed text is missing"))
    }
    fn cell(&self) -> Cell {
        Cell::Sealed(Some(self.0.clone().into_bytes()))
    }
    fn null() -> Cell {
        Cell::Sealed(None)
    }
}

/// Bytes that lie sealed in the file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SealedBytes(pub Vec<u8>);

impl Column for SealedBytes {
    fn read(row: &SqlRow, at: usize) -> Result<SealedBytes, StoreError> {
        open_bytes(row, at)?.map(SealedBytes).ok_or_else(|| StoreError::corrupt("sealed bytes are missing"))
    }
    fn cell(&self) -> Cell {
        Cell::Sealed(Some(self.0.clone()))
    }
    fn null() -> Cell {
        Cell::Sealed(None)
    }
}

/// Makes types that are words of closed lists columns of text; each with what reads its word.
macro_rules! words {
    ($($type:ty, $parse:expr;)*) => {$(
        impl $crate::sql::Column for $type {
            fn read(row: &$crate::sql::SqlRow, at: usize) -> Result<$type, $crate::StoreError> {
                $crate::sql::word(row, at, $parse)
            }
            fn cell(&self) -> $crate::sql::Cell {
                $crate::sql::Cell::Text(self.as_str().to_owned())
            }
            fn null() -> $crate::sql::Cell {
                $crate::sql::Cell::MaybeText(None)
            }
        }
    )*};
}
pub(crate) use words;

words! {
    Kind, Kind::parse;
    Level, Level::parse;
    Horizon, Horizon::parse;
    FeedClass, FeedClass::parse;
    Handling, Handling::parse;
    Refused, Refused::parse;
    State, State::parse;
    AlertChangeKind, AlertChangeKind::parse;
    SecondAnswer, SecondAnswer::parse;
    ForecastOutcome, ForecastOutcome::parse;
    ConditionChange, |word| {
        use ConditionChange::{Changed, Cleared, Raised, Stale, Withdrawn};
        [Raised, Changed, Stale, Cleared, Withdrawn].into_iter().find(|change| change.as_str() == word)
    };
    Verdict, |word| {
        use Verdict::{Confirmed, Rejected, Unverified};
        [Unverified, Confirmed, Rejected].into_iter().find(|verdict| verdict.as_str() == word)
    };
}

impl Column for Category {
    fn read(row: &SqlRow, at: usize) -> Result<Category, StoreError> {
        word(row, at, Category::parse)
    }
    fn cell(&self) -> Cell {
        Cell::Text(self.to_string())
    }
    fn null() -> Cell {
        Cell::MaybeText(None)
    }
}
