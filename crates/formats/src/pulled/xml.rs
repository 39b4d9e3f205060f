//! XML of strangers as a tree, within bounds: no document type and no entities of its own, so deep, so many elements.

use super::PulledError;
use crate::plain_text::decoded;
use quick_xml::Reader;
use quick_xml::errors::{Error, IllFormedError, SyntaxError};
use quick_xml::events::{BytesRef, BytesStart, Event};

/// Elements within one another.
const DEEPEST: usize = 32;
/// Elements of a document.
const MOST_ELEMENTS: usize = 100_000;

/// An element with what stands in it.
#[derive(Debug, Default)]
pub struct XmlElement {
    /// Without its prefix.
    pub name: String,
    /// The name space that the element itself declares for its name; empty where it declares none.
    pub namespace: String,
    /// Its own text, with the spaces at both ends.
    text: String,
    pub children: Vec<XmlElement>,
}

impl XmlElement {
    /// The root of a document.
    ///
    /// # Errors
    /// Where the bytes are no XML, end in the middle, or hold more than is read.
    pub fn parse(bytes: &[u8]) -> Result<XmlElement, PulledError> {
        let text = decoded(bytes);
        let mut reader = Reader::from_str(&text);
        let (mut open, mut root, mut count) = (Vec::<XmlElement>::new(), None, 0);
        loop {
            let event = reader.read_event().map_err(trouble)?;
            let closed = match event {
                Event::Start(start) => {
                    open.push(begun(&start, &mut count)?);
                    None
                }
                Event::Empty(start) => Some(begun(&start, &mut count)?),
                Event::End(_) => open.pop(),
                Event::Text(text) => add_text(&mut open, &text.xml10_content())?,
                Event::CData(text) => add_text(&mut open, &text.xml10_content())?,
                Event::GeneralRef(reference) => add_text(&mut open, &meant(&reference)?)?,
                Event::DocType(kind) if kind.xml10_content().trim().eq_ignore_ascii_case("html") => {
                    return Err(PulledError::OtherDocument { found: "html".to_owned(), wanted: "xml" });
                }
                Event::DocType(_) => return Err(PulledError::Unsafe("a document type")),
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => None,
                Event::Eof => break,
            };
            if open.len() > DEEPEST {
                return Err(PulledError::Unsafe("elements too deep within one another"));
            }
            let Some(closed) = closed else { continue };
            match open.last_mut() {
                Some(parent) => parent.children.push(closed),
                None if root.is_none() => root = Some(closed),
                None => return Err(PulledError::NotXml("it has two roots".to_owned())),
            }
        }
        if !open.is_empty() { Err(PulledError::CutOff) } else { root.ok_or(PulledError::CutOff) }
    }

    /// The children of a name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a XmlElement> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The text of the first child of a name, without the spaces at both ends; empty where there is none.
    pub fn text_of(&self, name: &str) -> &str {
        self.children.iter().find(|child| child.name == name).map_or("", XmlElement::own_text)
    }

    /// Its own text, without the spaces at both ends.
    pub fn own_text(&self) -> &str {
        self.text.trim()
    }
}

fn begun(start: &BytesStart<'_>, count: &mut usize) -> Result<XmlElement, PulledError> {
    *count += 1;
    if *count > MOST_ELEMENTS {
        return Err(PulledError::Unsafe("too many elements"));
    }
    let name = start.name().as_ref().to_owned();
    let (prefix, own) = name.split_once(':').unwrap_or(("", &name));
    let declares = if prefix.is_empty() { "xmlns".to_owned() } else { format!("xmlns:{prefix}") };
    let attribute = start.try_get_attribute(declares.as_str());
    let attribute = attribute.map_err(|error| PulledError::NotXml(error.to_string()))?;
    let namespace = attribute.map(|own| own.value.to_string()).unwrap_or_default();
    Ok(XmlElement { name: own.to_owned(), namespace, ..XmlElement::default() })
}

fn add_text(open: &mut [XmlElement], text: &str) -> Result<Option<XmlElement>, PulledError> {
    match open.last_mut() {
        Some(element) => element.text.push_str(text),
        None if text.trim().is_empty() => {}
        None => return Err(PulledError::NotXml("text stands outside of its elements".to_owned())),
    }
    Ok(None)
}

/// What a reference stands for: a character by its number, or one of the five that XML itself names.
fn meant(reference: &BytesRef<'_>) -> Result<String, PulledError> {
    if let Some(letter) = reference.resolve_char_ref().map_err(trouble)? {
        return Ok(letter.to_string());
    }
    let letter = match &*reference.xml10_content() {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        _ => return Err(PulledError::Unsafe("an entity")),
    };
    Ok(letter.to_owned())
}

fn trouble(error: Error) -> PulledError {
    match error {
        Error::Syntax(SyntaxError::InvalidBangMarkup) => PulledError::NotXml(error.to_string()),
        Error::Syntax(_) | Error::IllFormed(IllFormedError::MissingEndTag(_)) => PulledError::CutOff,
        error => PulledError::NotXml(error.to_string()),
    }
}
