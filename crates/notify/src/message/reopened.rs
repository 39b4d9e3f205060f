//! What a message says of an alert that opened after another of its place and kind was ended: why it is open again.

use super::Notice;
use super::text::line;
use domain::alert::notice::AlertChangeKind;
use domain::place::Zone;
use std::fmt::Display;
use views::alert::end_word;
use views::{Lang, format};

impl Notice {
    /// True where it is news that an alert opened, and not the first of what happens there.
    pub(super) fn is_opened_again(&self) -> bool {
        self.change == AlertChangeKind::Opened && self.reopened.is_some()
    }

    /// By what it opened again, after which alert, and when that happened where the message gives another hour of what happened.
    pub(super) fn reopened_line(&self, body: &mut String, lang: Lang) {
        let Some(reopened) = &self.reopened else { return };
        let zone = Zone::of(self.code);
        let causes: Vec<String> =
            reopened.causes.iter().map(|cause| lang.word("reopened_why", cause.as_str())).collect();
        let (causes, time) = (causes.join(", "), format::long(reopened.after.at, zone, lang));
        let act = reopened.after.outcome.map(|outcome| end_word(lang, outcome)).unwrap_or_default();
        let values: [(&str, &dyn Display); 4] =
            [("causes", &causes), ("number", &reopened.after.id), ("time", &time), ("act", &act)];
        let words = lang.fill("message.reopened_since", &values);
        let known = self.incident.as_ref().map(|incident| incident.occurred_at);
        let news_at = reopened.news_at.filter(|at| Some(*at) != known);
        let words = match news_at.map(|at| format::occurrence(at, zone, lang)) {
            Some(time) => lang.fill("message.reopened_news_at", &[("words", &words), ("time", &time)]),
            None => words,
        };
        line(body, lang.text("message.reopened"), &words);
    }
}
