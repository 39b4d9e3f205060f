//! An object that is broken into lines: where it ends, or where a list of reports begins in it.

use crate::archive::lines::LinePiece;

/// Longest object that is looked at: far beyond what can become a report, and beyond what stands before a list of them.
const LONGEST: usize = 1 << 20;

/// What a piece shows of an object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ObjectStep {
    /// It goes on.
    More,
    /// A list of reports begins at this byte of the piece, in an object that is no report itself.
    List(usize),
    /// It ends before this byte of the piece.
    Ended(usize),
    /// It is none: a line does not go on as the one before it does.
    Broken,
}

/// Follows an object piece by piece. It looks at brackets, texts and the names of its own members, and not whether all of it
/// is JSON.
#[derive(Default)]
pub struct SpreadObject {
    /// What was followed of it.
    pub text: Vec<u8>,
    /// Where the lines begin in it, with their numbers.
    starts: Vec<(u64, usize)>,
    is_within_line: bool,
    open: Vec<u8>,
    is_text: bool,
    is_escaped: bool,
    text_from: usize,
    /// The last byte that is no white space, outside of texts.
    before: u8,
    /// The member whose value comes.
    member: Option<Member>,
    /// A member of those was seen.
    has_id: bool,
    has_list: bool,
}

/// The members that decide what an object is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Member {
    Id,
    List,
    Other,
}

impl SpreadObject {
    /// True where it holds a list of reports or an id behind the list that was taken out of it.
    pub fn has_more(&self) -> bool {
        self.has_id || self.has_list
    }

    /// Follows a piece.
    pub fn take(&mut self, piece: &LinePiece<'_>) -> ObjectStep {
        if !self.is_within_line {
            self.starts.push((piece.number, self.text.len()));
        }
        self.is_within_line = !piece.is_end;
        for (at, byte) in piece.bytes.iter().copied().enumerate() {
            if self.text.len() >= LONGEST || !self.may_follow(byte) {
                self.text.extend_from_slice(&piece.bytes[at..]);
                return ObjectStep::Broken;
            }
            if byte == b'[' && self.is_list_of_reports() {
                return ObjectStep::List(at);
            }
            self.text.push(byte);
            self.note(byte);
            if self.open.is_empty() && self.before == b'}' {
                return ObjectStep::Ended(at + 1);
            }
        }
        if piece.is_end {
            if self.is_text {
                return ObjectStep::Broken;
            }
            self.text.push(b'\n');
        }
        ObjectStep::More
    }

    /// Goes on behind the list that was taken out of it, as what stands there is of no report.
    pub fn behind_list(&mut self) {
        *self = SpreadObject { open: vec![b'{'], before: b']', ..SpreadObject::default() };
    }

    /// What was followed, line by line.
    pub fn lines(self) -> Vec<(u64, Vec<u8>)> {
        let ends = self.starts.iter().skip(1).map(|(_, from)| *from).chain([self.text.len()]);
        let lines = self.starts.iter().zip(ends);
        lines.map(|((number, from), to)| (*number, self.text[*from..to].trim_ascii_end().to_vec())).collect()
    }

    /// The line on which it begins.
    pub fn line(&self) -> u64 {
        self.starts.first().map_or(0, |(number, _)| *number)
    }

    /// True where it was followed over more than one line.
    pub fn is_spread(&self) -> bool {
        self.starts.len() > 1
    }

    fn is_list_of_reports(&self) -> bool {
        !self.is_text && self.open.len() == 1 && self.member == Some(Member::List) && !self.has_id
    }

    /// Whether a byte may stand behind what was followed.
    fn may_follow(&self, byte: u8) -> bool {
        if self.is_text {
            return true;
        }
        let in_list = self.open.last() == Some(&b'[');
        let before_value = matches!(self.before, b':' | b'[') || self.before == b',' && in_list;
        match byte {
            b'{' => before_value || self.open.is_empty(),
            b'[' => before_value,
            b'"' => before_value || matches!(self.before, b'{' | b','),
            b'}' => !in_list,
            b']' => in_list,
            _ => true,
        }
    }

    fn note(&mut self, byte: u8) {
        match byte {
            _ if self.is_escaped => self.is_escaped = false,
            b'\\' if self.is_text => self.is_escaped = true,
            b'"' if self.is_text => {
                self.is_text = false;
                self.note_name();
                self.before = byte;
            }
            _ if self.is_text || byte.is_ascii_whitespace() => {}
            b'"' => (self.is_text, self.text_from) = (true, self.text.len()),
            _ => {
                match byte {
                    b'{' | b'[' => self.open.push(byte),
                    b'}' | b']' => drop(self.open.pop()),
                    b',' if self.open.len() == 1 => self.member = None,
                    _ => {}
                }
                self.before = byte;
            }
        }
    }

    /// A text ended: the name of a member of the object itself where one is to come.
    fn note_name(&mut self) {
        if self.open.len() != 1 || !matches!(self.before, b'{' | b',') {
            return;
        }
        let member = match &self.text[self.text_from..self.text.len() - 1] {
            b"report_id" => Member::Id,
            b"reports" => Member::List,
            _ => Member::Other,
        };
        self.member = Some(member);
        self.has_id |= member == Member::Id;
        self.has_list |= member == Member::List;
    }
}
