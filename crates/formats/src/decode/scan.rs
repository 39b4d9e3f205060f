//! One pass over a JSON text: checks its syntax wholly and notes where each known field stands.
//!
//! A hand-written scanner, because a record needs some twenty known fields and its syntax checked, and no tree.
//! It accepts exactly what `serde_json` reads, so that everybody can open a payload later.

/// How deep arrays and objects may nest.
const MAX_DEPTH: u32 = 127;

/// Syntax that is not JSON, and the byte it was seen at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Broken {
    pub at: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Shape {
    Absent,
    Null,
    Bool,
    Number,
    /// A string without escapes; start and end exclude the quotes.
    Text,
    /// A string with escapes, checked but not yet resolved.
    Escaped,
    Array,
    Object,
}

/// Where a value stands in the text: shape, start and end in one word, so that it travels in a register.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Token(u64);

impl Token {
    #[inline]
    fn new(shape: Shape, start: usize, end: usize) -> Token {
        Token((start as u64) << 36 | (end as u64 & 0xFFF_FFFF) << 8 | shape as u64)
    }

    #[inline]
    pub fn shape(self) -> Shape {
        const SHAPES: [Shape; 8] = [
            Shape::Absent,
            Shape::Null,
            Shape::Bool,
            Shape::Number,
            Shape::Text,
            Shape::Escaped,
            Shape::Array,
            Shape::Object,
        ];
        SHAPES[(self.0 & 7) as usize]
    }

    /// The shape as a bit of its own.
    #[inline]
    pub fn bit(self) -> u8 {
        1 << (self.0 & 7)
    }

    #[inline]
    pub fn start(self) -> usize {
        (self.0 >> 36) as usize
    }

    #[inline]
    pub fn end(self) -> usize {
        (self.0 >> 8 & 0xFFF_FFFF) as usize
    }

    /// False also for an explicit null: a null field says nothing.
    #[inline]
    pub fn is_given(self) -> bool {
        self.bit() & (1 << Shape::Absent as u8 | 1 << Shape::Null as u8) == 0
    }
}

/// A member's name with quotes and colon, ready to be compared in one go.
pub struct Key {
    letters: u128,
    mask: u128,
    length: usize,
}

impl Key {
    /// `None` where it is longer than sixteen bytes.
    pub const fn new(text: &str) -> Option<Key> {
        let bytes = text.as_bytes();
        if bytes.len() > 16 {
            return None;
        }
        let (mut letters, mut mask, mut at) = (0, 0, 0);
        while at < bytes.len() {
            letters |= (bytes[at] as u128) << (8 * at);
            mask |= 0xFF << (8 * at);
            at += 1;
        }
        Some(Key { letters, mask, length: bytes.len() })
    }
}

pub struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
    depth: u32,
    /// Some string, key or value, holds U+0000.
    pub nul: bool,
}

impl<'a> Scanner<'a> {
    /// `text` is valid UTF-8 (the caller checked); scanning starts at byte `at`.
    pub fn new(text: &'a str, at: usize) -> Scanner<'a> {
        Scanner { bytes: text.as_bytes(), at, depth: 0, nul: false }
    }

    /// Whether the next value is an object.
    pub fn begins_object(&mut self) -> bool {
        self.space();
        self.peek() == b'{'
    }

    /// Nothing may follow.
    pub fn end(&mut self) -> Result<(), Broken> {
        self.space();
        if self.at == self.bytes.len() { Ok(()) } else { self.broken() }
    }

    /// Enters an object; true where a member follows.
    pub fn open(&mut self) -> Result<bool, Broken> {
        self.enter()?;
        self.space();
        if self.peek() == b'}' { self.leave() } else { Ok(true) }
    }

    /// After a member: true where another follows.
    #[inline]
    pub fn more(&mut self) -> Result<bool, Broken> {
        self.space();
        match self.peek() {
            b',' => {
                self.at += 1;
                self.space();
                Ok(true)
            }
            b'}' => self.leave(),
            _ => self.broken(),
        }
    }

    /// Passes over `"name":` if that is what stands here, letter by letter.
    #[inline]
    pub fn take(&mut self, key: &Key) -> bool {
        let window = self.bytes.get(self.at..).and_then(|rest| rest.first_chunk::<16>());
        let here = window.is_some_and(|window| (u128::from_le_bytes(*window) ^ key.letters) & key.mask == 0);
        if here {
            self.at += key.length;
            self.space();
        }
        here
    }

    /// Scans a member's name and its colon.
    pub fn key(&mut self) -> Result<Token, Broken> {
        if self.peek() != b'"' {
            return self.broken();
        }
        let key = self.string()?;
        self.space();
        self.expect(b':')?;
        self.space();
        Ok(key)
    }

    /// Scans an object that begins here; `member` hears each (name, value).
    pub fn object(&mut self, mut member: impl FnMut(Token, Token)) -> Result<(), Broken> {
        let mut more = self.open()?;
        while more {
            let key = self.key()?;
            member(key, self.value()?);
            more = self.more()?;
        }
        Ok(())
    }

    /// Scans an array that begins here.
    pub fn array(&mut self, mut item: impl FnMut(Token)) -> Result<(), Broken> {
        self.enter()?;
        self.space();
        if self.peek() == b']' {
            return self.leave().map(drop);
        }
        loop {
            self.space();
            item(self.value()?);
            self.space();
            match self.peek() {
                b',' => self.at += 1,
                b']' => return self.leave().map(drop),
                _ => return self.broken(),
            }
        }
    }

    /// Scans any value. Strings are most of a record, so they do not pay for a call.
    #[inline(always)]
    pub fn value(&mut self) -> Result<Token, Broken> {
        if self.peek() == b'"' { self.string() } else { self.other() }
    }

    #[inline(never)]
    fn other(&mut self) -> Result<Token, Broken> {
        let start = self.at;
        let shape = match self.peek() {
            b'-' | b'0'..=b'9' => return self.number(),
            b'{' => {
                self.object(|_, _| ())?;
                Shape::Object
            }
            b'[' => {
                self.array(|_| ())?;
                Shape::Array
            }
            b'n' => self.word(b"null", Shape::Null)?,
            b't' => self.word(b"true", Shape::Bool)?,
            b'f' => self.word(b"false", Shape::Bool)?,
            _ => return self.broken(),
        };
        Ok(Token::new(shape, start, self.at))
    }

    fn word(&mut self, word: &[u8], shape: Shape) -> Result<Shape, Broken> {
        if self.bytes[self.at..].starts_with(word) {
            self.at += word.len();
            Ok(shape)
        } else {
            self.broken()
        }
    }

    fn number(&mut self) -> Result<Token, Broken> {
        let start = self.at;
        let mut plain = true;
        if self.peek() == b'-' {
            self.at += 1;
        }
        match self.peek() {
            b'0' => self.at += 1,
            b'1'..=b'9' => self.digits()?,
            _ => return self.broken(),
        }
        if self.peek() == b'.' {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), b'e' | b'E') {
            plain = false;
            self.at += 1;
            if matches!(self.peek(), b'+' | b'-') {
                self.at += 1;
            }
            self.digits()?;
        }
        // A number no double can hold is as good as broken: other readers refuse the whole text.
        if (!plain || self.at - start > 300) && !self.is_finite(start) {
            return Err(Broken { at: start });
        }
        Ok(Token::new(Shape::Number, start, self.at))
    }

    fn is_finite(&self, start: usize) -> bool {
        let text = core::str::from_utf8(&self.bytes[start..self.at]).unwrap_or_default();
        text.parse::<f64>().is_ok_and(f64::is_finite)
    }

    fn digits(&mut self) -> Result<(), Broken> {
        if !self.peek().is_ascii_digit() {
            return self.broken();
        }
        while self.peek().is_ascii_digit() {
            self.at += 1;
        }
        Ok(())
    }

    /// Scans a string whose opening quote is here.
    #[inline(always)]
    fn string(&mut self) -> Result<Token, Broken> {
        self.at += 1;
        let start = self.at;
        let mut shape = Shape::Text;
        loop {
            self.at += plain_length(&self.bytes[self.at..]);
            match self.peek() {
                b'"' => {
                    let token = Token::new(shape, start, self.at);
                    self.at += 1;
                    return Ok(token);
                }
                b'\\' => {
                    shape = Shape::Escaped;
                    self.escape()?;
                }
                _ => return self.broken(),
            }
        }
    }

    #[cold]
    fn escape(&mut self) -> Result<(), Broken> {
        self.at += 1;
        match self.peek() {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => self.at += 1,
            b'u' => {
                let unit = self.hex()?;
                self.nul |= unit == 0;
                if (0xDC00..0xE000).contains(&unit) {
                    return self.broken(); // the second half of a pair, alone
                }
                if (0xD800..0xDC00).contains(&unit) {
                    self.expect(b'\\')?;
                    if self.peek() != b'u' || !(0xDC00..0xE000).contains(&self.hex()?) {
                        return self.broken();
                    }
                }
            }
            _ => return self.broken(),
        }
        Ok(())
    }

    /// Reads `uXXXX`.
    fn hex(&mut self) -> Result<u32, Broken> {
        let digits = self.bytes.get(self.at + 1..self.at + 5).ok_or(Broken { at: self.at })?;
        let mut unit = 0;
        for digit in digits {
            let Some(value) = char::from(*digit).to_digit(16) else { return self.broken() };
            unit = unit << 4 | value;
        }
        self.at += 5;
        Ok(unit)
    }

    fn enter(&mut self) -> Result<(), Broken> {
        self.depth += 1;
        self.at += 1;
        if self.depth > MAX_DEPTH { self.broken() } else { Ok(()) }
    }

    /// Leaves an object or array; nothing more follows in it.
    fn leave(&mut self) -> Result<bool, Broken> {
        self.depth -= 1;
        self.at += 1;
        Ok(false)
    }

    fn expect(&mut self, byte: u8) -> Result<(), Broken> {
        if self.peek() != byte {
            return self.broken();
        }
        self.at += 1;
        Ok(())
    }

    #[inline]
    fn space(&mut self) {
        while matches!(self.peek(), b' ' | b'\n' | b'\r' | b'\t') {
            self.at += 1;
        }
    }

    /// The byte here, or 0 at the end: no JSON syntax holds a zero byte, so both are broken alike.
    #[inline]
    fn peek(&self) -> u8 {
        self.bytes.get(self.at).copied().unwrap_or(0)
    }

    #[cold]
    fn broken<T>(&self) -> Result<T, Broken> {
        Err(Broken { at: self.at.min(self.bytes.len()) })
    }
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// Bytes before the first quote, backslash or control character; eight at a time.
#[inline]
fn plain_length(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(chunk) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let stops = stops(u64::from_le_bytes(*chunk));
        if stops != 0 {
            return at + stops.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    let tail = &bytes[at..];
    at + tail.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20)).unwrap_or(tail.len())
}

/// The high bit of each byte that ends a plain run; the lowest one set is exact.
#[inline]
fn stops(word: u64) -> u64 {
    let zero = |word: u64| word.wrapping_sub(ONES) & !word & HIGHS;
    let control = word.wrapping_sub(ONES * 0x20) & !word & HIGHS;
    zero(word ^ (ONES * u64::from(b'"'))) | zero(word ^ (ONES * u64::from(b'\\'))) | control
}

#[cfg(test)]
mod tests;
