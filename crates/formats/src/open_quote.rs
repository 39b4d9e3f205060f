//! Finds a quotation mark in delimited text that nobody closed: a reader of the format takes the lines behind it for one cell.

use std::ops::Range;

/// A cell over more lines than this was never meant.
const MOST_LINES: usize = 200;

/// Text of a table and the sign between its cells.
#[derive(Clone, Copy)]
struct Scanner<'a> {
    bytes: &'a [u8],
    delimiter: u8,
}

/// A cell in quotation marks over several lines.
struct LongCell {
    /// From its first quotation mark to its last.
    bytes: Range<usize>,
    /// Other letters stand behind its closing mark.
    is_followed: bool,
}

/// The line, counted from 1, on which a quotation mark opens a cell that swallows the lines behind it.
pub fn open_quote(text: &str, delimiter: u8) -> Option<u32> {
    if !text.contains('"') {
        return None;
    }
    let scanner = Scanner { bytes: text.as_bytes(), delimiter };
    let (long, width) = match scanner.cells() {
        Ok(found) => found,
        Err(at) => return Some(scanner.line(at)),
    };
    let swallows = |cell: &&LongCell| scanner.swallows(cell, width);
    long.iter().find(swallows).map(|cell| scanner.line(cell.bytes.start))
}

impl Scanner<'_> {
    fn line(self, at: usize) -> u32 {
        1 + self.bytes[..at].iter().filter(|letter| **letter == b'\n').count() as u32
    }

    /// The cells over several lines, and how many delimiters most rows on one line have; where a cell begins that never ends.
    fn cells(self) -> Result<(Vec<LongCell>, usize), usize> {
        let (bytes, mut long) = (self.bytes, Vec::new());
        let mut widths: Vec<usize> = Vec::new();
        let (mut at, mut width, mut is_long) = (0, 0, false);
        while at < bytes.len() {
            if bytes[at] == b'"' {
                let end = self.closing(at).ok_or(at)?;
                let cell = at..end;
                at = end;
                if bytes[cell.clone()].contains(&b'\n') {
                    let next = bytes[end..].iter().find(|letter| **letter != b' ');
                    let is_followed =
                        next.is_some_and(|next| *next != self.delimiter && !matches!(next, b'\r' | b'\n'));
                    long.push(LongCell { bytes: cell, is_followed });
                    is_long = true;
                }
            }
            let rest = &bytes[at..];
            let is_end = |letter: &u8| *letter == self.delimiter || matches!(letter, b'\r' | b'\n');
            at += rest.iter().position(is_end).unwrap_or(rest.len());
            if bytes.get(at) == Some(&self.delimiter) {
                width += 1;
            } else {
                if !is_long && width > 0 {
                    widths.push(width);
                }
                (width, is_long) = (0, false);
            }
            at += 1;
        }
        Ok((long, most_common(widths)))
    }

    /// Behind the mark that closes a cell opened at `from`; a doubled one is a letter.
    fn closing(self, from: usize) -> Option<usize> {
        let mut at = from + 1;
        loop {
            at += self.bytes[at..].iter().position(|letter| *letter == b'"')? + 1;
            if self.bytes.get(at) != Some(&b'"') {
                return Some(at);
            }
            at += 1;
        }
    }

    /// True where a cell holds what are rows by their delimiters, goes on behind its closing mark, or has no end in sight.
    fn swallows(self, cell: &LongCell, width: usize) -> bool {
        let bytes = self.bytes;
        let is_break = |letter: &u8| *letter == b'\n';
        let first = bytes[..cell.bytes.start].iter().rposition(is_break).map_or(0, |at| at + 1);
        let last =
            bytes[cell.bytes.end..].iter().position(is_break).map_or(bytes.len(), |at| cell.bytes.end + at);
        let lines: Vec<&[u8]> = bytes[first..last].split(is_break).collect();
        let is_row = |line: &&[u8]| width > 1 && self.delimiters(line) == width;
        let (opening, closing) = (&lines[0], &lines[lines.len() - 1]);
        cell.is_followed
            || lines.len() > MOST_LINES
            || lines[1..lines.len() - 1].iter().any(&is_row)
            || is_row(opening) && is_row(closing)
    }

    /// How many delimiters a line has; a comma before a blank is one of prose.
    fn delimiters(self, line: &[u8]) -> usize {
        let is_prose = |at: usize| self.delimiter == b',' && line.get(at + 1) == Some(&b' ');
        (0..line.len()).filter(|at| line[*at] == self.delimiter && !is_prose(*at)).count()
    }
}

/// The most common of some numbers, of two as common the larger.
fn most_common(mut numbers: Vec<usize>) -> usize {
    numbers.sort_unstable();
    let runs = numbers.chunk_by(|one, other| one == other);
    runs.max_by_key(|run| (run.len(), run[0])).map_or(0, |run| run[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_quotation_mark_is_found_and_a_cell_of_several_lines_is_none() {
        for (text, line) in [
            ("a;b;c\n1;\"x;2\n3;4;5\n", Some(2)),
            ("a;b;c\n1;\"x;2\n3;4;5\n6;\"y\";7\n", Some(2)),
            ("a;b;c\n1;\"x;2\n3;4;5\n6;7;kayu 5\"\n", Some(2)),
            ("a;b;c\n1;2;\"x\n3;4;5\"\n6;7;8\n", Some(2)),
            ("a;b;c\r\n1;\"x\r\ny\";2\r\n3;4;5\r\n", None),
            ("a;b;c\n\"x\ny; z\";1;2\n3;4;5\n", None),
            ("a;b;c\n1;2;\"x\ny\"\n3;4;5\n", None),
            ("a,b,c\n1,2,\"x\ny, z, w\nv\"\n3,4,5\n", None),
            ("a;b;c\n1;\"x\" y;2\n", None),
            ("a;b;c\n1;kayu 5\" x;2\n", None),
            ("a;b\n1;\"x \"\"y\"\"\nz\"\n", None),
        ] {
            assert_eq!(open_quote(text, text.as_bytes()[1]), line, "{text}");
        }
        let long = format!("a;b\n1;\"{}\"\n", "x\n".repeat(300));
        assert_eq!(open_quote(&long, b';'), Some(2));
    }
}
