//! What goes out. A message knows no reporter, no village and no text of a report: [`Notice`]
//! has no room for them, and a conflict's message carries level, place, number and link only.

mod words;

use crate::team::Language;
use domain::kind::{Category, Kind, Level};
use domain::place::{Code, Places};
use std::collections::BTreeMap;
use std::fmt::Write;
use words::Words;

/// Why the team is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Change {
    Opened,
    Risen,
    /// The level fell; whoever was told of the higher one must not go on as if it stood.
    Lowered,
    Withdrawn,
}

impl Change {
    pub const fn as_str(self) -> &'static str {
        match self {
            Change::Opened => "opened",
            Change::Risen => "risen",
            Change::Lowered => "lowered",
            Change::Withdrawn => "withdrawn",
        }
    }

    pub fn parse(word: &str) -> Option<Change> {
        let all = [Change::Opened, Change::Risen, Change::Lowered, Change::Withdrawn];
        all.into_iter().find(|change| change.as_str() == word)
    }
}

/// One thing to tell, the same for everybody.
#[derive(Clone, PartialEq, Debug)]
pub struct Notice {
    pub change: Change,
    /// The alert's number.
    pub alert: String,
    pub code: Code,
    pub kind: Kind,
    pub level: Level,
    pub unverified: bool,
    /// Said in a disaster's message only.
    pub category: Option<Category>,
    /// The baseline that spoke in the model's place; said in a disaster's message only.
    pub baseline: Option<String>,
    /// A withdrawal says how many were told before, and now are again.
    pub told: usize,
}

/// What every message of this installation shares.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// Address of the desk as its readers reach it, without a slash at the end.
    pub base_url: String,
    /// True while a scenario plays: every message says so.
    pub scenario: bool,
    /// Labels of the categories: Indonesian, English.
    pub categories: BTreeMap<Category, [String; 2]>,
}

/// A message in words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Text {
    pub subject: String,
    pub body: String,
}

impl Notice {
    /// Where the desk shows the alert; it asks for a login.
    pub fn link(&self, surroundings: &Surroundings) -> String {
        format!("{}/peringatan/{}", surroundings.base_url.trim_end_matches('/'), self.alert)
    }

    /// The message for a reader of `language`.
    pub fn text(&self, places: &Places, surroundings: &Surroundings, language: Language) -> Text {
        let words = words::of(language);
        let place = name(places, self.code);
        let subject = self.subject(&words, &place, surroundings.scenario);
        let mut body = String::new();
        if surroundings.scenario {
            push(&mut body, words.scenario);
            body.push('\n');
        }
        push(&mut body, &self.opening(&words));
        body.push('\n');
        let place_word = if self.code.is_regency() { words.regency } else { words.district };
        line(&mut body, place_word, &place);
        if let Some(what) = self.what(surroundings, language) {
            line(&mut body, words.event, &what);
        }
        if let Some(baseline) = self.baseline.as_deref().filter(|_| self.kind == Kind::Disaster) {
            line(&mut body, words.baseline, words.baseline_name(baseline));
        }
        line(&mut body, words.number, &self.alert);
        line(&mut body, words.link, &self.link(surroundings));
        if self.change == Change::Withdrawn {
            body.push('\n');
            push(&mut body, &words.told.replace("{n}", &self.told.to_string()));
        }
        body.push('\n');
        push(&mut body, words.internal);
        if self.kind == Kind::Disaster {
            push(&mut body, words.not_bmkg);
        }
        push(&mut body, words.automatic);
        Text { subject, body }
    }

    fn subject(&self, words: &Words, place: &str, scenario: bool) -> String {
        let mut subject = String::new();
        if scenario {
            subject.push_str("[SKENARIO] ");
        }
        let lead = match self.change {
            Change::Opened => words.subject_opened,
            Change::Risen => words.subject_risen,
            Change::Lowered => words.subject_lowered,
            Change::Withdrawn => words.subject_withdrawn,
        };
        subject.push_str(&lead.replace("{level}", &words.level(self.level).to_uppercase()));
        let _ = write!(subject, ": {place} ({})", self.alert);
        if self.unverified && self.change != Change::Withdrawn {
            let _ = write!(subject, " – {}", words.unverified);
        }
        subject
    }

    fn opening(&self, words: &Words) -> String {
        let opening = match self.change {
            Change::Opened => words.opened,
            Change::Risen => words.risen,
            Change::Lowered => words.lowered,
            Change::Withdrawn => words.withdrawn,
        };
        let mut level = String::from(words.level(self.level));
        if self.unverified && self.change != Change::Withdrawn {
            let _ = write!(level, " ({})", words.unverified);
        }
        opening.replace("{level}", &level)
    }

    /// A disaster is named; a conflict is not, by kind or by category. What is withdrawn may rest on no incident any
    /// more that could name it.
    fn what(&self, surroundings: &Surroundings, language: Language) -> Option<String> {
        if self.kind != Kind::Disaster {
            return None;
        }
        let index = usize::from(language == Language::English);
        let label = self.category.and_then(|category| surroundings.categories.get(&category));
        if label.is_none() && self.change == Change::Withdrawn {
            return None;
        }
        Some(label.map_or_else(|| String::from(words::of(language).disaster), |labels| labels[index].clone()))
    }
}

/// The place by its name, or its code where it has none.
pub(crate) fn name(places: &Places, code: Code) -> String {
    places.find(code).map_or_else(|| code.to_string(), |unit| places.name(unit))
}

fn push(body: &mut String, paragraph: &str) {
    body.push_str(paragraph);
    body.push('\n');
}

fn line(body: &mut String, word: &str, value: &str) {
    let _ = writeln!(body, "{word}: {value}");
}

#[cfg(test)]
mod tests;
