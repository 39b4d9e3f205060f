//! The SQL machinery of both engines: pools, statements, rows in bulk, values out of rows.
//!
//! Only TEXT, BIGINT and BLOB (BYTEA) columns exist, so that one statement text serves both engines wherever it can.
//! A statement's placeholders are `$1`, `$2` …; each keeps its type from call to call, because a prepared statement
//! remembers the types of its first use.

mod bulk;
mod cell;
mod column;
mod pool;
mod row;
mod statement;

pub use bulk::Bulk;
pub use cell::Cell;
pub use column::{
    Column, SealedBytes, SealedText, TableRow, columns, insert_one, read_all, read_joined, select,
    update_where,
};
pub(crate) use column::{table_row, words};
pub(crate) use pool::keep_private;
pub use pool::{Connection, Dialect, Engine, Pool, PooledConnection, url};
pub use row::{SqlRow, flag, get, small, word};
pub use statement::{SqlStatement, query, rows_with_ids, rows_with_numbers};
