//! A value to bind.

use crate::sealed::SealedCodec;
use sqlx::Arguments;
use sqlx::postgres::PgArguments;
use sqlx::sqlite::SqliteArguments;

/// One value; the `Maybe` ones may be NULL.
#[derive(Clone, PartialEq, Debug)]
pub enum Cell {
    Int(i64),
    Text(String),
    Bytes(Vec<u8>),
    MaybeInt(Option<i64>),
    MaybeText(Option<String>),
    MaybeBytes(Option<Vec<u8>>),
    /// Clear bytes that the codec seals on their way into the statement.
    Sealed(Option<Vec<u8>>),
}

impl Cell {
    /// The cell as it lies in the file.
    pub(super) fn seal(self, codec: &dyn SealedCodec) -> Cell {
        match self {
            Cell::Sealed(clear) => Cell::MaybeBytes(clear.map(|clear| codec.seal(clear))),
            other => other,
        }
    }
}

impl From<i64> for Cell {
    fn from(value: i64) -> Cell {
        Cell::Int(value)
    }
}

impl From<String> for Cell {
    fn from(value: String) -> Cell {
        Cell::Text(value)
    }
}

impl From<&str> for Cell {
    fn from(value: &str) -> Cell {
        Cell::Text(value.to_owned())
    }
}

impl From<Vec<u8>> for Cell {
    fn from(value: Vec<u8>) -> Cell {
        Cell::Bytes(value)
    }
}

macro_rules! arguments_of {
    ($name:ident, $arguments:ty) => {
        /// The cells as the engine's own arguments.
        pub(super) fn $name(cells: Vec<Cell>, codec: &dyn SealedCodec) -> $arguments {
            let mut arguments = <$arguments>::default();
            for cell in cells {
                let added = match cell.seal(codec) {
                    Cell::Int(value) => arguments.add(value),
                    Cell::Text(value) => arguments.add(value),
                    Cell::Bytes(value) => arguments.add(value),
                    Cell::MaybeInt(value) => arguments.add(value),
                    Cell::MaybeText(value) => arguments.add(value),
                    Cell::MaybeBytes(value) | Cell::Sealed(value) => arguments.add(value),
                };
                added.expect("integers, texts and bytes always encode");
            }
            arguments
        }
    };
}
arguments_of!(sqlite_arguments, SqliteArguments);
arguments_of!(postgres_arguments, PgArguments);
