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
    /// A piece of the line was given out, and its end is to come.
    is_within: bool,
}

/// A line, or as much of it as is given out at once.
pub struct LinePiece<'a> {
    /// Of the line, counted from 1.
    pub number: u64,
    pub bytes: &'a [u8],
    /// The line ends here.
    pub is_end: bool,
}

impl<R: Read> LineReader<R> {
    pub fn new(source: R) -> LineReader<R> {
        LineReader { source, buffer: vec![0; BUFFER], start: 0, end: 0, number: 0, is_within: false }
    }

    /// The next line that holds more than white space.
    pub fn next_line(&mut self) -> std::io::Result<Option<&[u8]>> {
        Ok(self.next_numbered()?.map(|(_, line)| line))
    }

    /// The same with its number, counted from 1.
    pub fn next_numbered(&mut self) -> std::io::Result<Option<(u64, &[u8])>> {
        loop {
            let Some((from, to, _)) = self.line(MAX_LINE, true)? else { return Ok(None) };
            self.number += 1;
            let from = to - unmarked(&self.buffer[from..to]).len();
            if !self.buffer[from..to].iter().all(u8::is_ascii_whitespace) {
                return Ok(Some((self.number, &self.buffer[from..to])));
            }
        }
    }

    /// The next line that holds more than white space, in pieces of at most a little more than `most` bytes: nothing of it is
    /// passed over, however long it is.
    pub fn next_piece(&mut self, most: usize) -> std::io::Result<Option<LinePiece<'_>>> {
        loop {
            let Some((mut from, to, is_end)) = self.line(most, false)? else { return Ok(None) };
            let was_within = core::mem::replace(&mut self.is_within, !is_end);
            if !was_within {
                self.number += 1;
                from = to - unmarked(&self.buffer[from..to]).len();
            }
            let bytes = from..to;
            if was_within || !is_end || !self.buffer[bytes.clone()].iter().all(u8::is_ascii_whitespace) {
                return Ok(Some(LinePiece { number: self.number, bytes: &self.buffer[bytes], is_end }));
            }
        }
    }

    /// Passes over what is left of a line of which a piece was given out.
    pub fn pass_over(&mut self) -> std::io::Result<()> {
        while self.is_within {
            let piece = self.line(BUFFER, false)?;
            self.is_within = piece.is_some_and(|(_, _, is_end)| !is_end);
        }
        Ok(())
    }

    /// Where the next line stands in the buffer, and whether it ends there. Of one longer than `most` the rest is passed over
    /// (`is_cut`), or comes next.
    fn line(&mut self, most: usize, is_cut: bool) -> std::io::Result<Option<(usize, usize, bool)>> {
        let mut searched = self.start;
        loop {
            let mut known = self.end - self.start;
            if let Some(length) = memchr2(b'\n', b'\r', &self.buffer[searched..self.end]) {
                let (from, to) = (self.start, searched + length);
                match (self.buffer[to], self.buffer.get(to + 1).filter(|_| to + 1 < self.end)) {
                    (b'\n', _) => {
                        self.start = to + 1;
                        return Ok(Some((from, to, true)));
                    }
                    // Both together are one end.
                    (_, Some(b'\n')) => {
                        self.start = to + 2;
                        return Ok(Some((from, to + 1, true)));
                    }
                    // Alone it is one, too, as old programs have it.
                    (_, Some(_)) => {
                        self.start = to + 1;
                        return Ok(Some((from, to, true)));
                    }
                    // What stands behind it is not read yet.
                    (_, None) => known = to - from,
                }
            }
            if known >= most && is_cut {
                return self.cut().map(|(from, to)| Some((from, to, true)));
            }
            if known >= most {
                let from = self.start;
                self.start += known;
                return Ok(Some((from, from + known, false)));
            }
            if !self.fill()? {
                let from = self.start;
                let to = self.end - usize::from(self.buffer[from..self.end].ends_with(b"\r"));
                self.start = self.end;
                return Ok((from < to).then_some((from, to, true)));
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

    /// Whatever a piece measures, the pieces of a line are the line.
    #[test]
    fn a_line_in_pieces_loses_nothing() {
        let text = b"\xef\xbb\xbfone two\xef\xbb\xbf   three\r\n  \nfour\rfive";
        for (step, most) in [(1, 4), (2, 5), (3, 4), (7, 6), (1000, 5), (1000, 100)] {
            let mut lines = LineReader::new(Drip(text, step));
            let (mut found, mut is_open) = (Vec::<(u64, Vec<u8>)>::new(), false);
            while let Some(LinePiece { number, bytes, is_end }) = lines.next_piece(most).unwrap() {
                match found.last_mut().filter(|_| is_open) {
                    Some((own, line)) if *own == number => line.extend_from_slice(bytes),
                    _ => found.push((number, bytes.to_vec())),
                }
                is_open = !is_end;
            }
            found.retain(|(_, line)| !line.trim_ascii().is_empty());
            let shown: Vec<(u64, &[u8])> =
                found.iter().map(|(number, line)| (*number, line.trim_ascii_end())).collect();
            let one = &b"one two\xef\xbb\xbf   three"[..];
            assert_eq!(shown, [(1, one), (3, b"four"), (4, b"five")], "{step} {most}");
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
