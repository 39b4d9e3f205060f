//! Reports as JSON, one a line; also where they stand in one array or in a list within an object, however these are broken into
//! lines, one report over several lines, and out of events.

mod items;
mod spread;

use super::lines::LinePiece;
use super::{ArchiveError, ArchiveRecord, ArchiveSource, LineReader, MAX_LINE};
use crate::envelope;
use items::ArrayItems;
use spread::{ObjectStep, SpreadObject};
use std::collections::VecDeque;

/// How much of a list is read at once.
const PIECE: usize = 256 << 10;

/// The records of an archive of JSON.
pub struct JsonLines {
    lines: LineReader<ArchiveSource>,
    /// Names the source in errors.
    file: String,
    layout: Layout,
    /// What stands on a line behind the end of an object.
    rest: Option<KeptPiece>,
    /// Records that were read with others, with the line on which each begins.
    waiting: VecDeque<(u64, Vec<u8>)>,
    current: Vec<u8>,
}

/// How an archive holds its records.
enum Layout {
    /// Nothing was read yet.
    Unknown,
    /// One a line, or several.
    Lines,
    /// One over several lines, and another behind it.
    Spread,
    /// A list, in an object or not.
    List { items: ArrayItems, object: Option<SpreadObject> },
    /// What stands in an object behind its list.
    Behind(SpreadObject),
}

/// A [`LinePiece`] that outlives the reading of the next, and is read on from where it was left.
struct KeptPiece {
    number: u64,
    bytes: Vec<u8>,
    /// What stands before it was read.
    from: usize,
    is_end: bool,
}

impl KeptPiece {
    fn of(piece: &LinePiece<'_>) -> KeptPiece {
        KeptPiece { number: piece.number, bytes: piece.bytes.to_vec(), from: 0, is_end: piece.is_end }
    }

    /// What was not read yet.
    fn view(&self) -> LinePiece<'_> {
        LinePiece { number: self.number, bytes: &self.bytes[self.from..], is_end: self.is_end }
    }

    /// The same when so much more of it was read.
    fn behind(self, read: usize) -> KeptPiece {
        KeptPiece { from: self.from + read, ..self }
    }
}

impl JsonLines {
    pub fn new(file: String, source: ArchiveSource) -> JsonLines {
        let (waiting, current) = (VecDeque::new(), Vec::new());
        let (lines, layout) = (LineReader::new(source), Layout::Unknown);
        JsonLines { lines, file, layout, rest: None, waiting, current }
    }

    /// The next record; `None` at the end.
    ///
    /// # Errors
    /// Where the source cannot be read on.
    pub fn next_record(&mut self) -> Result<Option<ArchiveRecord<'_>>, ArchiveError> {
        self.begin_or_go_on().map_err(|source| ArchiveError::Io { file: self.file.clone(), source })?;
        if let Some((line, record)) = self.waiting.pop_front() {
            self.current = record;
            return Ok(Some(plain(&self.current, line)));
        }
        match self.lines.next_numbered() {
            Err(source) => Err(ArchiveError::Io { file: self.file.clone(), source }),
            Ok(None) => Ok(None),
            Ok(Some((number, line))) => match envelope::unpacked(line) {
                None => Ok(Some(plain(line, number))),
                Some(records) => {
                    let mut records = records.into_iter();
                    self.current = records.next().unwrap_or_default();
                    self.waiting.extend(records.map(|record| (number, record)));
                    Ok(Some(plain(&self.current, number)))
                }
            },
        }
    }

    /// Reads on until a record waits; nothing waits where the archive goes on in lines, or is at its end.
    fn begin_or_go_on(&mut self) -> std::io::Result<()> {
        while self.waiting.is_empty() {
            match core::mem::replace(&mut self.layout, Layout::Lines) {
                Layout::Lines => return Ok(()),
                Layout::Unknown => self.read_value(true)?,
                Layout::Spread => self.read_value(false)?,
                Layout::List { mut items, object } => {
                    let Some(piece) = self.lines.next_piece(PIECE)? else {
                        items.end(&mut self.waiting);
                        continue;
                    };
                    let end = items.take(&piece, &mut self.waiting);
                    match (end, object) {
                        (Some(end), Some(object)) => {
                            let piece = KeptPiece::of(&piece);
                            self.go_behind(object, piece.behind(end));
                        }
                        (_, object) => self.layout = Layout::List { items, object },
                    }
                }
                Layout::Behind(object) => match self.lines.next_piece(PIECE)?.as_ref().map(KeptPiece::of) {
                    Some(piece) => self.follow_behind(object, piece),
                    None => self.give_out_rest(object),
                },
            }
        }
        Ok(())
    }

    /// Reads the next value of an archive that does not go on in lines, or sees that it does.
    fn read_value(&mut self, is_first: bool) -> std::io::Result<()> {
        let later = || if is_first { Layout::Lines } else { Layout::Spread };
        let Some(mut piece) = self.next_piece()? else { return Ok(()) };
        let unread = piece.view().bytes;
        let opens = unread.trim_ascii_start().first().copied();
        if opens == Some(b'[') && is_first {
            let mut items = ArrayItems::default();
            items.take(&piece.view(), &mut self.waiting);
            self.layout = Layout::List { items, object: None };
            return Ok(());
        }
        let mut is_line = opens != Some(b'{') || piece.is_end && envelope::is_whole(unread);
        let mut object = SpreadObject::default();
        while !is_line {
            match object.take(&piece.view()) {
                ObjectStep::More => {}
                ObjectStep::List(at) => {
                    self.begin_list(object, piece.behind(at));
                    return Ok(());
                }
                ObjectStep::Ended(end) if object.is_spread() => {
                    self.give_out(object.line(), &object.text);
                    self.keep_rest(piece.behind(end));
                    self.layout = Layout::Spread;
                    return Ok(());
                }
                // It ends on the line on which it begins: as with any line, what stands behind it matters.
                ObjectStep::Ended(_) => {
                    is_line = true;
                    continue;
                }
                ObjectStep::Broken => {
                    return self.give_out_lines(object, later());
                }
            }
            match self.next_piece()? {
                Some(next) => piece = next,
                None => return self.give_out_lines(object, later()),
            }
        }
        self.give_out(piece.number, piece.view().bytes);
        self.lines.pass_over()?;
        self.layout = later();
        Ok(())
    }

    fn begin_list(&mut self, object: SpreadObject, piece: KeptPiece) {
        let mut items = ArrayItems::wrapped();
        match items.take(&piece.view(), &mut self.waiting) {
            Some(end) => self.go_behind(object, piece.behind(end)),
            None => self.layout = Layout::List { items, object: Some(object) },
        }
    }

    fn go_behind(&mut self, mut object: SpreadObject, piece: KeptPiece) {
        object.behind_list();
        self.follow_behind(object, piece);
    }

    /// Follows what stands behind a list to the end of its object.
    fn follow_behind(&mut self, mut object: SpreadObject, piece: KeptPiece) {
        match object.take(&piece.view()) {
            ObjectStep::More => self.layout = Layout::Behind(object),
            ObjectStep::Ended(end) => {
                self.keep_rest(piece.behind(end));
                self.layout = Layout::Spread;
                if object.has_more() {
                    self.give_out_rest(object);
                }
            }
            ObjectStep::List(at) => {
                object.text.extend_from_slice(&piece.view().bytes[at..]);
                self.give_out_rest(object);
                self.layout = Layout::Spread;
            }
            ObjectStep::Broken => {
                self.give_out_rest(object);
                self.layout = Layout::Spread;
            }
        }
    }

    /// What cannot stand behind a list is a record, and refused in words.
    fn give_out_rest(&mut self, object: SpreadObject) {
        if !object.text.trim_ascii().is_empty() {
            self.waiting.push_back((object.line(), object.text));
        }
    }

    fn give_out_lines(&mut self, object: SpreadObject, layout: Layout) -> std::io::Result<()> {
        for (number, line) in object.lines() {
            self.give_out(number, &line);
        }
        self.lines.pass_over()?;
        self.layout = layout;
        Ok(())
    }

    fn give_out(&mut self, number: u64, text: &[u8]) {
        let text = text.trim_ascii();
        let records = envelope::unpacked(text).unwrap_or_else(|| vec![text.to_vec()]);
        self.waiting.extend(records.into_iter().map(|record| (number, record)));
    }

    /// Keeps what is left of a piece, without what only sets it apart.
    fn keep_rest(&mut self, piece: KeptPiece) {
        let unread = piece.view().bytes;
        let rest = unread.trim_ascii_start();
        let rest = rest.strip_prefix(b",").unwrap_or(rest).trim_ascii_start();
        if !rest.is_empty() {
            let read = unread.len() - rest.len();
            self.rest = Some(piece.behind(read));
        }
    }

    fn next_piece(&mut self) -> std::io::Result<Option<KeptPiece>> {
        match self.rest.take() {
            Some(rest) => Ok(Some(rest)),
            None => Ok(self.lines.next_piece(MAX_LINE)?.as_ref().map(KeptPiece::of)),
        }
    }
}

fn plain(bytes: &[u8], line: u64) -> ArchiveRecord<'_> {
    ArchiveRecord { bytes, reconstructed: false, row: None, line, number: None }
}

#[cfg(test)]
mod tests;
