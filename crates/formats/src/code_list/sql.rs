//! Codes and names out of the text of an SQL dump, whatever other columns stand beside them.

use super::{columns, kemendagri_code};

/// A value of a row.
struct SqlValue {
    text: String,
    is_quoted: bool,
}

/// Code and name of every row of a dump: from the columns that a list of columns before them names, else the first value that is
/// a code and the text behind it.
pub(super) fn pairs(text: &str) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    let mut named = None;
    let mut rest = text;
    while let Some(at) = rest.find('(') {
        rest = &rest[at + 1..];
        let Some((values, after)) = tuple(rest) else { continue };
        rest = after;
        let texts: Vec<String> = values.iter().map(|value| value.text.clone()).collect();
        if let Some(columns) = columns(&texts) {
            named = Some((columns, values.len()));
            continue;
        }
        let of_named = named.filter(|(_, count)| *count == values.len()).map(|(columns, _)| columns);
        if let Some((code, name)) = of_named.or_else(|| guessed(&values)) {
            pairs.push((texts[code].clone(), texts[name].clone()));
        }
    }
    pairs
}

/// Where code and name stand in a row of columns that nothing names.
fn guessed(values: &[SqlValue]) -> Option<(usize, usize)> {
    let is_code = |value: &SqlValue| {
        let may_be = value.is_quoted || value.text.contains('.');
        may_be && kemendagri_code(&value.text).is_some()
    };
    let quoted = |from: usize| (from..values.len()).find(|at| values[*at].is_quoted);
    // What is no code is given out too: it may be one that lost its digits.
    let code = values.iter().position(is_code).or_else(|| quoted(0))?;
    Some((code, quoted(code + 1)?))
}

/// The values up to the bracket that closes them, and what stands behind it; `None` where these are no values.
fn tuple(text: &str) -> Option<(Vec<SqlValue>, &str)> {
    let mut values = Vec::new();
    let mut rest = text.trim_start();
    loop {
        let literal_at = rest.strip_prefix(['N', 'E', 'n', 'e']).filter(|rest| rest.starts_with('\''));
        let (value, after) = match literal(literal_at.unwrap_or(rest)) {
            Some((text, after)) => (SqlValue { text, is_quoted: true }, after),
            None => {
                let end = rest.find([',', ')', '(', '\'', ';'])?;
                let text = rest[..end].trim().trim_matches('`').to_owned();
                (SqlValue { text, is_quoted: false }, &rest[end..])
            }
        };
        values.push(value);
        let after = after.trim_start();
        rest = match (after.strip_prefix(','), after.strip_prefix(')')) {
            (Some(more), _) => more.trim_start(),
            (None, Some(after)) => return Some((values, after)),
            (None, None) => return None,
        };
    }
}

/// A text in either quote, which is doubled or has a backslash before it where it is part of the text.
fn literal(text: &str) -> Option<(String, &str)> {
    let quote = text.chars().next().filter(|letter| matches!(letter, '\'' | '"'))?;
    let mut value = String::new();
    let mut letters = text.char_indices().skip(1).peekable();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\\' => value.extend(letters.next().map(|(_, escaped)| escaped)),
            _ if letter == quote && letters.next_if(|(_, next)| *next == quote).is_none() => {
                return Some((value, &text[at + letter.len_utf8()..]));
            }
            _ => value.push(letter),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        pairs(text).into_iter().map(|(code, name)| format!("{code} {name}")).collect()
    }

    /// The same two rows among whatever columns, in whatever quotes.
    #[test]
    fn codes_and_names_are_found_among_other_columns() {
        let right = ["16.99 Kabupaten Andai", "16.99.01 Hu'lu, (Atas)"];
        for text in [
            "INSERT INTO `wilayah` (`kode`, `nama`) VALUES ('16.99','Kabupaten Andai'),('16.99.01','Hu''lu, (Atas)');",
            r"INSERT INTO wilayah VALUES (1, '16.99', 'Kabupaten Andai', NULL),(2,'16.99.01','Hu\'lu, (Atas)',-2.5);",
            r#"INSERT INTO w ("id", "kode", "nama") VALUES ('7', '16.99', 'Kabupaten Andai'), ('8', '16.99.01', E'Hu\'lu, (Atas)');"#,
            "INSERT INTO w (nama, induk, kode) VALUES ('Kabupaten Andai','16','16.99'),('Hu''lu, (Atas)','16.99','16.99.01');",
            "CREATE TABLE `w` (`kode` varchar(13) NOT NULL, `nama` varchar(100));\nINSERT INTO w VALUES (\"16.99\",\"Kabupaten Andai\"),(\"16.99.01\",\"Hu'lu, (Atas)\");",
            "INSERT INTO w VALUES ( 16.99 , 'Kabupaten Andai' ) , ( '16.99.01' , N'Hu''lu, (Atas)' );",
        ] {
            assert_eq!(read(text), right, "{text}");
        }
        assert_eq!(read("('16.99','')"), ["16.99 "], "a name that is missing is seen to be");
        for broken in ["(", "('16.99'", "('16.99',", "('16.99','x", "('16.99' 'x')", "()", "('\\"] {
            assert!(read(broken).is_empty(), "{broken}");
        }
    }
}
