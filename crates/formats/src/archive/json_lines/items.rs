//! The items of a list, taken apart as its pieces come.

use crate::archive::MAX_LINE;
use crate::archive::lines::LinePiece;
use crate::envelope;
use std::collections::VecDeque;

/// What does not end before the archive does is one item, and refused as such.
#[derive(Default)]
pub struct ArrayItems {
    is_open: bool,
    /// It stands in an object, which goes on behind its end.
    is_wrapped: bool,
    item: Vec<u8>,
    /// The line on which the item begins.
    line: u64,
    /// Brackets and braces that are open in it.
    depth: usize,
    is_text: bool,
    is_escaped: bool,
}

impl ArrayItems {
    /// Of a list within an object.
    pub fn wrapped() -> ArrayItems {
        ArrayItems { is_wrapped: true, ..ArrayItems::default() }
    }

    /// Takes a piece; of a list within an object, where it ends, if it does.
    pub fn take(&mut self, piece: &LinePiece<'_>, out: &mut VecDeque<(u64, Vec<u8>)>) -> Option<usize> {
        for (at, byte) in piece.bytes.iter().copied().enumerate() {
            if self.follow(byte, piece.number, out) && self.is_wrapped {
                return Some(at + 1);
            }
        }
        if piece.is_end {
            self.follow(b'\n', piece.number, out);
        }
        None
    }

    /// Follows a byte; true where the list ends.
    fn follow(&mut self, byte: u8, number: u64, out: &mut VecDeque<(u64, Vec<u8>)>) -> bool {
        if self.item.is_empty() {
            match byte {
                b'[' if !self.is_open => self.is_open = true,
                b']' => return true,
                b',' => (),
                _ if byte.is_ascii_whitespace() => (),
                _ => self.begin(number, byte),
            }
            return false;
        }
        let is_outside = !self.is_text && self.depth == 0;
        if is_outside && matches!(byte, b',' | b']') || self.item.len() > MAX_LINE {
            self.end(out);
            return is_outside && byte == b']';
        }
        self.item.push(byte);
        self.note(byte);
        if !self.is_text && self.depth == 0 && matches!(byte, b'}' | b']') {
            self.end(out);
        }
        false
    }

    fn begin(&mut self, number: u64, byte: u8) {
        self.line = number;
        self.item.push(byte);
        self.note(byte);
    }

    fn note(&mut self, byte: u8) {
        match byte {
            _ if self.is_escaped => self.is_escaped = false,
            b'\\' if self.is_text => self.is_escaped = true,
            b'"' => self.is_text = !self.is_text,
            b'{' | b'[' if !self.is_text => self.depth += 1,
            b'}' | b']' if !self.is_text => self.depth = self.depth.saturating_sub(1),
            _ => (),
        }
    }

    /// Gives out the item that was begun.
    pub fn end(&mut self, out: &mut VecDeque<(u64, Vec<u8>)>) {
        let item = core::mem::take(&mut self.item);
        let item = item.trim_ascii_end();
        if !item.is_empty() {
            let records = envelope::unpacked(item).unwrap_or_else(|| vec![item.to_vec()]);
            out.extend(records.into_iter().map(|record| (self.line, record)));
        }
        (self.depth, self.is_text, self.is_escaped) = (0, false, false);
    }
}
