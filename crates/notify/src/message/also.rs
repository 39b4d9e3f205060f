//! What a message says besides what it is about: what else waits for its reader, and of an assignment to whom it is assigned and to
//! whom it was before.

use super::text::label_of;
use super::{AlsoNews, MessageSettings, Notice, alert_link, name};
use domain::alert::notice::AlertChangeKind;
use domain::kind::Kind;
use domain::place::{Places, Zone};
use std::fmt::Display;
use views::answered::counted_words;
use views::{Lang, format};

/// Most lines of further news in one message.
const ALSO_LINES: usize = 5;

impl Notice {
    /// What else waits for the reader: the regency's alert, and at most so many lines of its own.
    pub(super) fn also_lines(&self, places: &Places, settings: &MessageSettings, lang: Lang) -> Vec<String> {
        // Nothing else says that the regency's is there.
        let (others, own): (Vec<_>, Vec<_>) =
            self.also.iter().filter(|one| !self.is_fall_said(one)).partition(|one| self.is_of_other(one));
        let shown = others.iter().chain(own.iter().take(ALSO_LINES));
        let mut lines: Vec<String> = shown.map(|one| self.also_words(one, places, settings, lang)).collect();
        if let Some(more) = own.len().checked_sub(ALSO_LINES).filter(|more| *more > 0) {
            lines.push(lang.count("message.also_more", more));
        }
        lines
    }

    pub(super) fn is_of_other(&self, one: &AlsoNews) -> bool {
        one.alert != self.alert && !one.change.is_end()
    }

    /// True for the fall that the message says in its first sentence and in a line of its own.
    fn is_fall_said(&self, one: &AlsoNews) -> bool {
        let is_own = one.alert == self.alert && one.change == AlertChangeKind::Lowered;
        is_own && self.fall.is_some()
    }

    /// That the alert before was withdrawn, when, and whether the desk had rejected what it rested on.
    pub(super) fn earlier_words(&self, settings: &MessageSettings, lang: Lang) -> Option<String> {
        let earlier = self.earlier.as_ref()?;
        let key = if earlier.rejected { "message.earlier_rejected" } else { "message.earlier_withdrawn" };
        let time = format::long(earlier.at, Zone::of(self.code), lang);
        let link = alert_link(settings, &earlier.id);
        let values: [(&str, &dyn Display); 3] = [("alert", &earlier.id), ("time", &time), ("link", &link)];
        Some(lang.fill(key, &values))
    }

    /// Why another alert stands: the districts that its regency counts, as far as the reader sees them, what happened, or the model.
    fn also_why(
        &self,
        one: &AlsoNews,
        places: &Places,
        settings: &MessageSettings,
        lang: Lang,
    ) -> Option<String> {
        let own = self.also_why.iter().find(|why| why.alert == one.alert)?;
        let sees = |code| self.areas.touches(code);
        let counted = counted_words(&own.counted, sees, |code| name(places, code), lang);
        let happened = || {
            let (category, at) = own.incident?;
            let what = label_of(category, settings, lang).unwrap_or_else(|| lang.word("kind", one.kind));
            Some(format!("{what}, {}", format::occurrence(at, Zone::of(one.code), lang)))
        };
        let by_model = || own.by_model.then(|| lang.text("message.by_model").to_owned());
        let words = counted.or_else(happened).or_else(by_model)?;
        Some(words.replace("**", "").trim_end_matches('.').to_owned())
    }

    fn also_words(&self, one: &AlsoNews, places: &Places, settings: &MessageSettings, lang: Lang) -> String {
        if one.change.is_end() {
            return self.ended_words(one, settings, lang);
        }
        if one.change == AlertChangeKind::Assigned {
            return self.assigned_words(one, lang);
        }
        let about = lang.word("message_about", one.change.as_str());
        if self.is_of_other(one) {
            let (place, link) = (name(places, one.code), alert_link(settings, &one.alert));
            let level = lang.word("level", one.level);
            let why = self.also_why(one, places, settings, lang);
            let key = if why.is_some() { "message.also_regency_why" } else { "message.also_regency" };
            let why = why.unwrap_or_default();
            let values: [(&str, &dyn Display); 5] =
                [("place", &place), ("about", &about), ("level", &level), ("why", &why), ("link", &link)];
            return lang.fill(key, &values);
        }
        let Some((category, at)) = one.incident else {
            let level = lang.word("level", one.level);
            return lang.fill("message.also_level", &[("about", &about), ("level", &level)]);
        };
        let what = self.label(category, settings, lang);
        let time = format::occurrence(at, Zone::of(self.code), lang);
        let words =
            lang.fill("message.also_incident", &[("about", &about), ("what", &what), ("time", &time)]);
        // Of a conflict a message has no figures.
        match one.fewer_harmed.filter(|_| one.kind == Kind::Disaster) {
            Some((was, now)) => format!("{words}: {}", format::fewer(was, now, lang)),
            None => words,
        }
    }

    /// True where it is about an assignment to somebody else than its reader, whose it was.
    pub(super) fn is_assigned_elsewhere(&self) -> bool {
        self.change == AlertChangeKind::Assigned && self.reader_is_assigned_no_more
    }

    /// The line that says whose the alert is by now, besides what a message is about.
    fn assigned_words(&self, one: &AlsoNews, lang: Lang) -> String {
        match &one.assigned_elsewhere {
            _ if self.change.is_end() => lang.text("message.also_was_assigned").to_owned(),
            Some(to) => lang.fill("message.also_assigned_elsewhere", &[("to", to)]),
            None => lang.text("message.also_assigned").to_owned(),
        }
    }
}
