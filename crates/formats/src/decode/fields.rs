//! The known fields of a record, found in one scan, each of its type.

use super::refusal_text::{self, Reading};
use super::scan::{Broken, Key, Scanner, Shape, Token};
use super::text::JsonText;
use super::{Refusal, number};
use domain::report::ReportId;
use std::borrow::Cow;

macro_rules! fields {
    ($($variant:ident = $name:literal $reading:ident),+ $(,)?) => {
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[repr(u8)]
        pub enum Field { $($variant),+ }

        impl Field {
            const COUNT: usize = Field::ALL.len();
            const ALL: &'static [Field] = &[$(Field::$variant),+];
            const NAMES: &'static [&'static str] = &[$($name),+];
            /// As most feeds write it: `"name":`.
            const KEYS: &'static [Option<Key>] = &[$(Key::new(concat!("\"", $name, "\":"))),+];
            const READINGS: &'static [Reading] = &[$(Reading::$reading),+];
            const SHAPES: &'static [u8] = &[$(Reading::$reading.shapes()),+];
        }
    };
}

// In the order of the contract's example: a feed that keeps it is read fastest.
fields! {
    ReportId = "report_id" Text, Feed = "feed" Text, Reporter = "reporter" Text, District = "district" Text,
    Village = "village" Text, Kind = "kind" Text, Category = "category" Text, Severity = "severity" Number,
    OccurredAt = "occurred_at" Text, ReportedAt = "reported_at" Text, Lat = "lat" Number, Lon = "lon" Number,
    Casualties = "casualties" Number, Summary = "summary" Text, Stage = "stage" Text,
    Reliability = "reliability" Text, Credibility = "credibility" Number, Handling = "handling" Text,
    Parties = "parties" List, FoundBy = "found_by" Text, Dead = "dead" Number, Injured = "injured" Number,
    Displaced = "displaced" Number, Supersedes = "supersedes" Text, Retracts = "retracts" Text,
    Stance = "stance" Text, About = "about" Object, Confidence = "confidence" Text,
    Nothing = "nothing_happened" Object, Verification = "verification" Object, Reconstructed = "reconstructed" Any,
}

impl Field {
    pub fn all() -> impl Iterator<Item = Field> {
        Field::ALL.iter().copied()
    }

    pub const fn name(self) -> &'static str {
        Field::NAMES[self as usize]
    }

    pub const fn bit(self) -> u32 {
        1 << self as u32
    }

    /// One probe: [`slot`] gives each name a place of its own.
    #[inline]
    fn find(name: &str) -> Option<Field> {
        let index = usize::from(SLOTS[slot(name.as_bytes())?]);
        (*Field::NAMES.get(index)? == name).then(|| Field::ALL[index])
    }
}

const FREE: u8 = u8::MAX;

/// Field number by slot; does not compile if two names share one.
const SLOTS: [u8; 128] = {
    let mut slots = [FREE; 128];
    let mut index = 0;
    while index < Field::COUNT {
        let Some(at) = slot(Field::NAMES[index].as_bytes()) else { panic!("a field without a name") };
        assert!(slots[at] == FREE, "two fields share a slot");
        slots[at] = index as u8;
        index += 1;
    }
    slots
};

#[inline]
const fn slot(name: &[u8]) -> Option<usize> {
    let (Some(first), Some(last)) = (name.first(), name.last()) else { return None };
    let middle = name[name.len() / 2];
    Some((name.len() + *first as usize * 10 + middle as usize * 3 + *last as usize) & 127)
}

/// What becomes of a record with a member that stands there twice.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DoubledMembers {
    /// Nobody knows which counts.
    Refused,
    /// As the intake once took them: what the log holds since then is read as it was.
    LastCounts,
}

/// Where each known field stands. Every field given is of its type.
pub struct Fields<'a> {
    text: &'a str,
    twice: DoubledMembers,
    tokens: [Token; Field::COUNT],
    /// A bit each: stands there, null or not; stands there again, so that nobody knows which counts.
    seen: u32,
    doubled: u32,
    given: u32,
    wrong: u32,
}

impl<'a> Fields<'a> {
    pub fn new(text: &'a str, twice: DoubledMembers) -> Fields<'a> {
        Fields {
            text,
            twice,
            tokens: [Token::default(); Field::COUNT],
            seen: 0,
            doubled: 0,
            given: 0,
            wrong: 0,
        }
    }

    /// Reads the whole text; refuses what is no JSON object, holds U+0000, or has a field twice, where that is refused, or of another type.
    #[inline]
    pub fn scan(&mut self) -> Result<(), Refusal> {
        let mut scanner = Scanner::new(self.text, 0);
        let is_object = self.members(&mut scanner).map_err(|broken| refusal_text::json(broken.at))?;
        if !is_object {
            return Err(refusal_text::not_an_object());
        }
        if scanner.nul {
            return Err(refusal_text::nul());
        }
        if self.doubled != 0 && self.twice == DoubledMembers::Refused {
            let name = Field::NAMES[self.doubled.trailing_zeros() as usize];
            return Err(refusal_text::doubled(name, name));
        }
        if self.wrong != 0 {
            let first = self.wrong.trailing_zeros() as usize;
            return Err(refusal_text::wrong_type(Field::NAMES[first], Field::READINGS[first]));
        }
        Ok(())
    }

    /// Scans the whole text; false where it is valid JSON but no object.
    #[inline]
    fn members(&mut self, scanner: &mut Scanner<'a>) -> Result<bool, Broken> {
        if !scanner.begins_object() {
            scanner.value()?;
            scanner.end()?;
            return Ok(false);
        }
        let mut more = scanner.open()?;
        let mut guess = 0;
        while more {
            let index = match Field::KEYS.get(guess) {
                Some(Some(key)) if scanner.take(key) => guess,
                _ => self.named(scanner.key()?),
            };
            let value = scanner.value()?;
            if index < Field::COUNT {
                self.put(index, value);
                guess = index + 1;
            }
            more = scanner.more()?;
        }
        scanner.end()?;
        Ok(true)
    }

    /// The number of the field a key names, or one past all fields.
    fn named(&self, key: Token) -> usize {
        let name = string(self.text, key).map(JsonText::read).unwrap_or_default();
        Field::find(&name).map_or(Field::COUNT, |field| field as usize)
    }

    #[inline]
    fn put(&mut self, index: usize, value: Token) {
        let (bit, given) = (1 << index, value.is_given());
        let wrong = given && Field::SHAPES[index] & value.bit() == 0;
        self.doubled |= self.seen & bit;
        self.seen |= bit;
        self.tokens[index] = value;
        self.given = self.given & !bit | if given { bit } else { 0 };
        self.wrong = self.wrong & !bit | if wrong { bit } else { 0 };
    }

    /// One bit a field, set where it is given and not null.
    pub fn given(&self) -> u32 {
        self.given
    }

    pub fn is_given(&self, field: Field) -> bool {
        self.given & field.bit() != 0
    }

    /// The string in a field, or `None` where it is absent or null.
    #[inline]
    pub fn text(&self, field: Field) -> Option<JsonText<'a>> {
        string(self.text, self.tokens[field as usize])
    }

    #[inline]
    pub fn read(&self, field: Field) -> Option<Cow<'a, str>> {
        self.text(field).map(JsonText::read)
    }

    /// The digits of a number, unread.
    #[inline]
    pub fn number(&self, field: Field) -> Option<&'a str> {
        self.is_given(field).then(|| slice(self.text, self.tokens[field as usize]))
    }

    /// A word off the field's own list.
    #[inline]
    pub fn word<T>(
        &self,
        field: Field,
        parse: fn(&str) -> Option<T>,
        list: fn() -> Vec<&'static str>,
    ) -> Result<Option<T>, Refusal> {
        let Some(word) = self.read(field) else { return Ok(None) };
        match parse(&word) {
            Some(value) => Ok(Some(value)),
            None => Err(refusal_text::off_list(field, &word, &list())),
        }
    }

    /// A count of zero or more.
    #[inline]
    pub fn count(&self, field: Field) -> Result<Option<u64>, Refusal> {
        let Some(digits) = self.number(field) else { return Ok(None) };
        number::whole(digits).map(Some).ok_or_else(|| refusal_text::wrong_type(field.name(), Reading::Count))
    }

    /// A count of people that the domain can hold; a number beyond is a typing error, and is never cut to fit.
    #[inline]
    pub fn people(&self, field: Field, most: u64) -> Result<Option<u64>, Refusal> {
        match self.count(field)? {
            Some(count) if count > most => Err(refusal_text::too_many(field, most)),
            count => Ok(count),
        }
    }

    /// Degrees no further from zero than `limit`.
    #[inline]
    pub fn degrees(&self, field: Field, limit: f64) -> Result<Option<f64>, Refusal> {
        let Some(digits) = self.number(field) else { return Ok(None) };
        let degrees = number::double(digits).filter(|degrees| degrees.abs() <= limit);
        degrees.map(Some).ok_or_else(|| refusal_text::degrees(field.name(), digits, limit))
    }

    #[inline]
    pub fn id(&self, field: Field) -> Result<Option<ReportId>, Refusal> {
        let Some(text) = self.read(field) else { return Ok(None) };
        ReportId::parse(&text).map(Some).ok_or_else(|| refusal_text::malformed_id(field.name(), &text))
    }

    /// True only for a literal `true`; anything else in this field is somebody's own extra.
    pub fn is_true(&self, field: Field) -> bool {
        let token = self.tokens[field as usize];
        token.shape() == Shape::Bool && slice(self.text, token) == "true"
    }

    /// The named members of an object field.
    pub fn object<const N: usize>(
        &self,
        field: Field,
        names: [&'static str; N],
    ) -> Result<[Token; N], Refusal> {
        self.members_of(field, self.token(field), names)
    }

    /// The named members of an object that a token within a field stands for; refuses one that stands there twice.
    pub fn members_of<const N: usize>(
        &self,
        field: Field,
        object: Token,
        names: [&'static str; N],
    ) -> Result<[Token; N], Refusal> {
        let (mut found, mut seen, mut doubled) = ([Token::default(); N], [false; N], None);
        let mut scanner = Scanner::new(self.text, object.start());
        let scanned = scanner.object(|key, value| {
            let name = string(self.text, key).map(JsonText::read).unwrap_or_default();
            if let Some(at) = names.iter().position(|own| *own == name) {
                if seen[at] {
                    doubled = doubled.or(Some(names[at]));
                }
                (found[at], seen[at]) = (value, true);
            }
        });
        scanned.map_err(|broken| refusal_text::json(broken.at))?;
        match doubled.filter(|_| self.twice == DoubledMembers::Refused) {
            Some(name) => Err(refusal_text::doubled(field.name(), &format!("{}.{name}", field.name()))),
            None => Ok(found),
        }
    }

    /// The strings of an array; `None` for an item that is none.
    pub fn items(&self, array: Token, mut item: impl FnMut(Option<Cow<'a, str>>)) -> Result<(), Refusal> {
        self.values(array, |value| item(self.member(value)))
    }

    /// The values of an array.
    pub fn values(&self, array: Token, value: impl FnMut(Token)) -> Result<(), Refusal> {
        let mut scanner = Scanner::new(self.text, array.start());
        let scanned = scanner.array(value);
        scanned.map_err(|broken| refusal_text::json(broken.at))
    }

    pub fn token(&self, field: Field) -> Token {
        self.tokens[field as usize]
    }

    /// The string a token from [`Fields::object`] stands for.
    pub fn member(&self, token: Token) -> Option<Cow<'a, str>> {
        string(self.text, token).map(JsonText::read)
    }
}

#[inline]
fn slice(text: &str, token: Token) -> &str {
    text.get(token.start()..token.end()).unwrap_or_default()
}

#[inline]
fn string(text: &str, token: Token) -> Option<JsonText<'_>> {
    match token.shape() {
        Shape::Text => Some(JsonText::new(slice(text, token), false)),
        Shape::Escaped => Some(JsonText::new(slice(text, token), true)),
        _ => None,
    }
}
