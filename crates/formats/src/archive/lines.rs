//! Lines of a stream, borrowed from one buffer that grows only for a line longer than it.

use crate::plain_text::unmarked;
use memchr::memchr2;
use std::io::{ErrorKind, Read};

/// Longest line kept whole; of a longer one the rest is passed over. Far beyond what can become a report.
pub const MAX_LINE: usize = 16 << 20;
const BUFFER: usize = 256 << 10;

/// The non-empty lines of a stream, without their ends and without byte order marks, which stand at the head of each
/// file that was put into one.
pub struct LineReader<R> {
    source: R,
    buffer: Vec<u8>,
    /// What is read and not yet given out.
    start: usize,
    end: usize,
    /// Lines so far, the empty ones too.
    number: u64,
}

impl<R: Read> LineReader<R> {
    pub fn new(source: R) -> LineReader<R> {
        LineReader { source, buffer: vec![0; BUFFER], start: 0, end: 0, number: 0 }
    }

    /// The next line that holds more than white space.
    pub fn next_line(&mut self) -> std::io::Result<Option<&[u8]>> {
        Ok(self.next_numbered()?.map(|(_, line)| line))
    }

    /// The same with its number, counted from 1.
    pub fn next_numbered(&mut self) -> std::io::Result<Option<(u64, &[u8])>> {
        loop {
            let Some((from, to)) = self.line()? else { return Ok(None) };
            self.number += 1;
            let from = to - unmarked(&self.buffer[from..to]).len();
            if !self.buffer[from..to].iter().all(u8::is_ascii_whitespace) {
                return Ok(Some((self.number, &self.buffer[from..to])));
            }
        }
    }

    /// Where the next line stands in the buffer.
    fn line(&mut self) -> std::io::Result<Option<(usize, usize)>> {
        let mut searched = self.start;
        loop {
            let mut known = self.end - self.start;
            if let Some(length) = memchr2(b'\n', b'\r', &self.buffer[searched..self.end]) {
                let (from, to) = (self.start, searched + length);
                match (self.buffer[to], self.buffer.get(to + 1).filter(|_| to + 1 < self.end)) {
                    (b'\n', _) => {
                        self.start = to + 1;
                        return Ok(Some((from, to)));
                    }
                    // Both together are one end.
                    (_, Some(b'\n')) => {
                        self.start = to + 2;
                        return Ok(Some((from, to + 1)));
                    }
                    // Alone it is one, too, as old programs have it.
                    (_, Some(_)) => {
                        self.start = to + 1;
                        return Ok(Some((from, to)));
                    }
                    // What stands behind it is not read yet.
                    (_, None) => known = to - from,
                }
            }
            if known >= MAX_LINE {
                return self.cut().map(Some);
            }
            if !self.fill()? {
                let from = self.start;
                let to = self.end - usize::from(self.buffer[from..self.end].ends_with(b"\r"));
                self.start = self.end;
                return Ok((from < to).then_some((from, to)));
            }
            searched = self.start + known;
        }
    }

    /// A line too long: its first bytes, and the rest passed over.
    fn cut(&mut self) -> std::io::Result<(usize, usize)> {
        self.buffer.copy_within(self.start..self.end, 0);
        let kept = self.end - self.start;
        self.start = kept;
        self.end = kept;
        if self.buffer.len() < kept + BUFFER {
            self.buffer.resize(kept + BUFFER, 0);
        }
        loop {
            let read = self.read(kept)?;
            let more = &self.buffer[kept..kept + read];
            let line_end = memchr2(b'\n', b'\r', more);
            if read == 0 || line_end.is_some() {
                (self.start, self.end) = (kept + line_end.map_or(read, |at| at + 1), kept + read);
                return Ok((0, kept));
            }
        }
    }

    /// Reads more behind what is there; false at the end.
    fn fill(&mut self) -> std::io::Result<bool> {
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        if self.end == self.buffer.len() {
            self.buffer.resize(self.end * 2, 0);
        }
        let read = self.read(self.end)?;
        self.end += read;
        Ok(read > 0)
    }

    fn read(&mut self, at: usize) -> std::io::Result<usize> {
        loop {
            match self.source.read(&mut self.buffer[at..]) {
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                other => return other,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives at most `step` bytes at a time.
    struct Drip<'a>(&'a [u8], usize);

    impl Read for Drip<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let length = self.1.min(self.0.len()).min(buffer.len());
            buffer[..length].copy_from_slice(&self.0[..length]);
            self.0 = &self.0[length..];
            Ok(length)
        }
    }

    fn all(bytes: &[u8], step: usize) -> Vec<Vec<u8>> {
        let mut lines = LineReader::new(Drip(bytes, step));
        let mut found = Vec::new();
        while let Some(line) = lines.next_line().unwrap() {
            found.push(line.to_vec());
        }
        found
    }

    #[test]
    fn the_same_lines_whatever_the_pieces() {
        let text = b"\xef\xbb\xbfone\r\n\n  \n\xef\xbb\xbf\xef\xbb\xbftwo\xff\x00\n\xef\xbb\xbf\nthree";
        for step in [1, 2, 3, 7, 1000] {
            assert_eq!(all(text, step), [&b"one\r"[..], b"two\xff\x00", b"three"], "{step}");
        }
        assert!(all(b"", 1).is_empty() && all(b"\n\n", 1).is_empty());
    }

    #[test]
    fn lines_end_as_any_program_ends_them() {
        for step in [1, 2, 3, 7, 1000] {
            assert_eq!(all(b"one\rtwo\r\rthree\r", step), [&b"one"[..], b"two", b"three"], "{step}");
            assert_eq!(all(b"one\r\ntwo\rthree\nfour", step), [&b"one\r"[..], b"two", b"three", b"four"]);
            let mut lines = LineReader::new(Drip(b"a\r\n\r\nb\rc\r", step));
            let mut numbers = Vec::new();
            while let Some((number, _)) = lines.next_numbered().unwrap() {
                numbers.push(number);
            }
            assert_eq!(numbers, [1, 3, 4], "{step}");
        }
    }

    #[test]
    fn a_ten_megabyte_line_is_one_line_and_a_longer_one_is_cut() {
        let mut text = vec![b'x'; 10 << 20];
        text.extend_from_slice(b"\nnext\n");
        text.extend(vec![b'y'; MAX_LINE + (1 << 20)]);
        text.extend_from_slice(b"\nlast");
        let lengths: Vec<usize> = all(&text, 1 << 16).iter().map(Vec::len).collect();
        assert_eq!((lengths[0], lengths[1], lengths.len(), lengths[3]), (10 << 20, 4, 4, 4));
        assert!((MAX_LINE..MAX_LINE + (1 << 20)).contains(&lengths[2]), "{lengths:?}");
    }
}
