//! Rows as columns for PostgreSQL: one short statement whatever the number of rows, planned once.
//!
//! The driver for both engines binds no arrays, so a column goes as the text of one; bytes go as they are, end to
//! end in one value, with an array of places to cut at. A `VALUES` list with a placeholder for each value cost the
//! server three times as much.

use super::{Cell, arguments};
use sqlx::any::AnyArguments;
use std::fmt::Write;

/// The text of `SELECT column1, column2, … FROM …`, which gives the rows back, and the values it binds.
pub fn select(rows: Vec<Vec<Cell>>, columns: usize) -> (String, AnyArguments) {
    let kinds: Vec<Kind> = (0..columns).map(|column| Kind::of(&rows[0][column])).collect();
    let mut gathered: Vec<Column> = kinds.iter().map(|_| Column::default()).collect();
    for row in rows {
        row.into_iter().zip(&mut gathered).for_each(|(cell, column)| column.add(cell));
    }
    let (mut list, mut arrays, mut names, mut cells) =
        (String::new(), String::new(), String::new(), Vec::new());
    let mut array = |text: String, kind: &str, name: String, cells: &mut Vec<Cell>| {
        cells.push(Cell::Text(text + "}"));
        let comma = if names.is_empty() { "" } else { ", " };
        write!(arrays, "{comma}CAST(CAST(${} AS text) AS {kind}[])", cells.len())
            .expect("a string takes all");
        names += &format!("{comma}{name}");
    };
    for (number, (kind, column)) in (1..).zip(kinds.into_iter().zip(gathered)) {
        let comma = if number == 1 { "" } else { ", " };
        match kind {
            Kind::Int => array(column.texts, "bigint", format!("column{number}"), &mut cells),
            Kind::Text => array(column.texts, "text", format!("column{number}"), &mut cells),
            Kind::Bytes => {
                cells.push(Cell::Bytes(column.bytes));
                let place = cells.len();
                array(column.texts, "bigint", format!("from{number}"), &mut cells);
                array(column.sizes, "bigint", format!("size{number}"), &mut cells);
                let cut = format!(
                    "CAST(${place} AS bytea), CAST(from{number} AS integer), CAST(size{number} AS integer)"
                );
                list += &format!("{comma}substr({cut}) AS column{number}");
                continue;
            }
        }
        list += &format!("{comma}column{number}");
    }
    (format!("SELECT {list} FROM unnest({arrays}) AS v({names})"), arguments(cells))
}

#[derive(Clone, Copy)]
enum Kind {
    Int,
    Text,
    Bytes,
}

impl Kind {
    fn of(cell: &Cell) -> Kind {
        match cell {
            Cell::Int(_) | Cell::MaybeInt(_) => Kind::Int,
            Cell::Text(_) | Cell::MaybeText(_) => Kind::Text,
            Cell::Bytes(_) | Cell::MaybeBytes(_) => Kind::Bytes,
        }
    }
}

/// A column in the making; of bytes `texts` holds where each value begins and `sizes` how long it is.
#[derive(Default)]
struct Column {
    texts: String,
    sizes: String,
    bytes: Vec<u8>,
}

impl Column {
    fn add(&mut self, cell: Cell) {
        begin(&mut self.texts);
        match cell {
            Cell::Int(value) | Cell::MaybeInt(Some(value)) => number(&mut self.texts, value),
            Cell::Text(text) | Cell::MaybeText(Some(text)) => quote(&mut self.texts, &text),
            Cell::MaybeInt(None) | Cell::MaybeText(None) => self.texts.push_str("NULL"),
            Cell::Bytes(value) | Cell::MaybeBytes(Some(value)) => {
                number(&mut self.texts, self.bytes.len() as i64 + 1);
                begin(&mut self.sizes);
                number(&mut self.sizes, value.len() as i64);
                self.bytes.extend(value);
            }
            Cell::MaybeBytes(None) => {
                self.texts.push_str("NULL");
                begin(&mut self.sizes);
                self.sizes.push_str("NULL");
            }
        }
    }
}

/// Opens the array, or goes on in it.
fn begin(array: &mut String) {
    array.push(if array.is_empty() { '{' } else { ',' });
}

fn number(array: &mut String, value: i64) {
    write!(array, "{value}").expect("a string takes all");
}

fn quote(array: &mut String, text: &str) {
    array.push('"');
    let mut rest = text;
    while let Some(at) = rest.find(['"', '\\']) {
        array.push_str(&rest[..at]);
        array.push('\\');
        array.push_str(&rest[at..=at]);
        rest = &rest[at + 1..];
    }
    array.push_str(rest);
    array.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_the_text_of_an_array() {
        let mut column = Column::default();
        for text in [Some("a"), None, Some("b\"c\\,}"), Some("")] {
            column.add(Cell::MaybeText(text.map(str::to_owned)));
        }
        assert_eq!(column.texts, r#"{"a",NULL,"b\"c\\,}","""#);
        let mut column = Column::default();
        for bytes in [&b"xy"[..], b"", b"\0z"] {
            column.add(Cell::Bytes(bytes.to_vec()));
        }
        assert_eq!((column.texts.as_str(), column.sizes.as_str()), ("{1,3,3", "{2,0,2"));
        assert_eq!(column.bytes, b"xy\0z");
    }

    #[test]
    fn the_statement_gives_the_rows_back() {
        let (text, _) = select(vec![vec![Cell::Int(1), Cell::Bytes(vec![2])]], 2);
        assert_eq!(
            text,
            "SELECT column1, substr(CAST($2 AS bytea), CAST(from2 AS integer), CAST(size2 AS integer)) AS column2 \
             FROM unnest(CAST(CAST($1 AS text) AS bigint[]), CAST(CAST($3 AS text) AS bigint[]), \
             CAST(CAST($4 AS text) AS bigint[])) AS v(column1, from2, size2)"
        );
    }
}
