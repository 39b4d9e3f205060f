//! What goes out. A message knows no reporter, no village and no text of a report: [`Notice`]
//! has no room for them, and a conflict's message carries level, place, number and link only.

use crate::settings::is_loopback;
use crate::team::Language;
use domain::kind::{Category, Kind, Level};
use domain::place::{Code, Places};
use formats::taxonomy::Taxonomy;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::net::IpAddr;
use views::Lang;

/// Why the team is notified.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NoticeReason {
    Opened,
    Risen,
    /// The level fell; people who were notified of the higher one must not go on as if it stood.
    Lowered,
    Withdrawn,
}

impl NoticeReason {
    pub const fn as_str(self) -> &'static str {
        match self {
            NoticeReason::Opened => "opened",
            NoticeReason::Risen => "risen",
            NoticeReason::Lowered => "lowered",
            NoticeReason::Withdrawn => "withdrawn",
        }
    }

    pub fn parse(word: &str) -> Option<NoticeReason> {
        let all = [NoticeReason::Opened, NoticeReason::Risen, NoticeReason::Lowered, NoticeReason::Withdrawn];
        all.into_iter().find(|change| change.as_str() == word)
    }
}

/// One thing to tell, the same for everybody.
#[derive(Clone, PartialEq, Debug)]
pub struct Notice {
    pub change: NoticeReason,
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
    /// How many got earlier messages of this alert; a withdrawal says it.
    pub earlier_recipients: usize,
}

/// What every message of this installation shares.
#[derive(Clone, Debug, Default)]
pub struct MessageSettings {
    /// Address of the desk as its readers reach it, without a slash at the end.
    pub base_url: String,
    /// True while a scenario plays: every message says so.
    pub scenario: bool,
    /// Labels of the categories: Indonesian, English.
    pub categories: BTreeMap<Category, [String; 2]>,
}

impl MessageSettings {
    /// For a desk that people reach at `public_url`.
    pub fn new(public_url: &str, scenario: bool, taxonomy: &Taxonomy) -> MessageSettings {
        let labels = taxonomy.entries().map(|entry| (entry.code, [entry.id.clone(), entry.en.clone()]));
        let base_url = public_url.trim_end_matches('/').to_owned();
        MessageSettings { base_url, scenario, categories: labels.collect() }
    }
}

/// Where the links in messages would lead nowhere, what to do about it.
pub fn link_warning(public_url: &str) -> Option<String> {
    let url = reqwest::Url::parse(public_url).ok()?;
    let host = url.host_str()?;
    let unspecified =
        host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|address| address.is_unspecified());
    (unspecified || is_loopback(host)).then(|| {
        format!(
            "the links in messages lead to {public_url}, which nobody can open from another machine; set it to the \
             address people use"
        )
    })
}

/// A message in words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MessageText {
    pub subject: String,
    pub body: String,
}

impl Notice {
    /// Where the desk shows the alert; it asks for a login.
    pub fn link(&self, settings: &MessageSettings) -> String {
        format!("{}/peringatan/{}", settings.base_url.trim_end_matches('/'), self.alert)
    }

    /// The message for a reader of `language`.
    pub fn text(&self, places: &Places, settings: &MessageSettings, language: Language) -> MessageText {
        let lang = lang(language);
        let place = name(places, self.code);
        let subject = self.subject(lang, &place, settings.scenario);
        let mut body = String::new();
        if settings.scenario {
            push(
                &mut body,
                &format!("{} {}", lang.text("message.scenario_mark"), lang.text("message.scenario")),
            );
            body.push('\n');
        }
        push(&mut body, &self.opening(lang));
        body.push('\n');
        let place_key = if self.code.is_regency() { "message.regency" } else { "message.district" };
        line(&mut body, lang.text(place_key), &place);
        if let Some(what) = self.what(settings, lang) {
            line(&mut body, lang.text("message.disaster"), &what);
        }
        if let Some(baseline) = self.baseline.as_deref().filter(|_| self.kind == Kind::Disaster) {
            line(&mut body, lang.text("message.baseline"), &lang.word("baseline", baseline));
        }
        line(&mut body, lang.text("message.number"), &self.alert);
        line(&mut body, lang.text("message.link"), &self.link(settings));
        if self.change == NoticeReason::Withdrawn {
            body.push('\n');
            push(&mut body, &lang.count("message.recipients", self.earlier_recipients));
        }
        body.push('\n');
        push(&mut body, lang.text("message.internal"));
        if self.kind == Kind::Disaster {
            push(&mut body, lang.text("message.not_bmkg"));
        }
        push(&mut body, lang.text("message.automatic"));
        MessageText { subject, body }
    }

    fn subject(&self, lang: Lang, place: &str, scenario: bool) -> String {
        let mut subject = String::new();
        if scenario {
            let _ = write!(subject, "{} ", lang.text("message.scenario_mark"));
        }
        let key = match self.change {
            NoticeReason::Opened => "message.subject_opened",
            NoticeReason::Risen => "message.subject_risen",
            NoticeReason::Lowered => "message.subject_lowered",
            NoticeReason::Withdrawn => "message.subject_withdrawn",
        };
        let level = lang.word("level", self.level).to_uppercase();
        subject += &lang.fill(key, &[("level", &level), ("place", &place), ("number", &self.alert)]);
        if self.unverified && self.change != NoticeReason::Withdrawn {
            let _ = write!(subject, " – {}", lang.word("alert_mark", "unverified"));
        }
        subject
    }

    fn opening(&self, lang: Lang) -> String {
        let key = match self.change {
            NoticeReason::Opened => "message.opened",
            NoticeReason::Risen => "message.risen",
            NoticeReason::Lowered => "message.lowered",
            NoticeReason::Withdrawn => "message.withdrawn",
        };
        let mut level = lang.word("level", self.level);
        if self.unverified && self.change != NoticeReason::Withdrawn {
            let _ = write!(level, " ({})", lang.word("alert_mark", "unverified"));
        }
        lang.fill(key, &[("level", &level)])
    }

    /// A disaster is named; a conflict is not, by kind or by category. What is withdrawn may rest on no incident any
    /// more that could name it.
    fn what(&self, settings: &MessageSettings, lang: Lang) -> Option<String> {
        if self.kind != Kind::Disaster {
            return None;
        }
        let label = self.category.and_then(|category| settings.categories.get(&category));
        if label.is_none() && self.change == NoticeReason::Withdrawn {
            return None;
        }
        let unnamed = || lang.text("message.disaster_unnamed").to_string();
        Some(label.map_or_else(unnamed, |labels| lang.choose(labels).to_string()))
    }
}

/// The language of the words for what the team file calls a member's language.
const fn lang(language: Language) -> Lang {
    match language {
        Language::Indonesian => Lang::Id,
        Language::English => Lang::En,
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
