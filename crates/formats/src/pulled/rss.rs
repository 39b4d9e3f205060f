//! The index of BMKG's warnings: RSS 2.0, one item a warning, each with the address of its document.

use super::xml::XmlElement;
use super::{PulledDoubt, PulledError, provinces};

/// Items of an index that are read.
const MOST_ITEMS: usize = 1_000;

/// An index as far as it is read.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct WarningIndex {
    pub items: Vec<WarningItem>,
    /// Items that cannot be followed.
    pub doubts: Vec<PulledDoubt>,
}

/// One warning of an index.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WarningItem {
    /// What the agency calls the warning; its address where it gives none.
    pub name: String,
    pub title: String,
    pub link: String,
}

impl WarningIndex {
    /// Reads an index.
    ///
    /// # Errors
    /// Where it is no RSS.
    pub fn parse(bytes: &[u8]) -> Result<WarningIndex, PulledError> {
        let root = XmlElement::parse(bytes)?;
        if root.name != "rss" {
            return Err(PulledError::OtherDocument { found: root.name, wanted: "rss" });
        }
        let mut index = WarningIndex::default();
        let channel = root.all("channel").next().ok_or(PulledError::Lacks("channel"))?;
        for item in channel.all("item").take(MOST_ITEMS) {
            let (title, link) = (item.text_of("title").to_owned(), item.text_of("link").to_owned());
            if link.is_empty() {
                index.doubts.push(PulledDoubt::new("link", title));
                continue;
            }
            let guid = item.text_of("guid");
            let name = if guid.is_empty() { link.clone() } else { guid.to_owned() };
            index.items.push(WarningItem { name, title, link });
        }
        Ok(index)
    }
}

impl WarningItem {
    /// Whether the warning may be of one of these provinces. What its name and title do not say is of each.
    pub fn may_concern(&self, provinces: &[u32]) -> bool {
        let by_title = self.title.rsplit_once(" di ").and_then(|(_, place)| provinces::of_name(place));
        let by_code = provinces::of_identifier(&self.name);
        let mut stated = by_title.into_iter().chain(by_code).peekable();
        stated.peek().is_none() || stated.any(|province| provinces.contains(&province))
    }
}
