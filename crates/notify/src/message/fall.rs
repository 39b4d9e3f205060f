//! What a message about a fall says first: how high the alert stood, by what, and what became of that.

use super::text::line;
use super::{MessageSettings, Notice};
use domain::alert::notice::AlertChangeKind;
use domain::kind::Level;
use domain::place::Zone;
use std::fmt::Display;
use store::{ChangedWord, FallCause, FallFacts};
use views::{Lang, format};

impl Notice {
    /// From what it fell, and why.
    pub(super) fn fall_line(&self, body: &mut String, settings: &MessageSettings, lang: Lang) {
        let Some(FallFacts { from, rested_on, cause }) = self.fall else { return };
        let key = match cause {
            FallCause::Retracted => "message.fell_retracted",
            FallCause::Rejected => "message.fell_rejected",
            FallCause::Passed => "message.fell_passed",
            FallCause::ChangedWord { times: 2.., .. } => "message.fell_word_often",
            FallCause::ChangedWord { how: ChangedWord::TakenBack, .. } => "message.fell_word_taken_back",
            FallCause::ChangedWord { how: ChangedWord::Corrected, .. } => "message.fell_word_corrected",
            FallCause::FewerDistricts => "message.fell_districts",
            FallCause::Model => "message.fell_model",
        };
        let what = rested_on.map(|(category, _)| self.claimed_label(category, settings, lang));
        let time = rested_on.map(|(_, at)| format::occurrence(at, Zone::of(self.code), lang));
        let (level, what, time) =
            (lang.word("level", from), what.unwrap_or_default(), time.unwrap_or_default());
        let (who, n) = match cause {
            FallCause::ChangedWord { class, times, .. } => (lang.word("class", class), times),
            _ => (String::new(), 0),
        };
        let values: [(&str, &dyn Display); 5] =
            [("level", &level), ("what", &what), ("time", &time), ("who", &who), ("n", &n)];
        line(body, lang.text("message.fell"), &lang.fill(key, &values));
    }

    /// "turun dari awas", beside the level that stands; `None` where it did not fall.
    pub(super) fn fall_mark(&self, lang: Lang, word: impl FnOnce(Level) -> String) -> Option<String> {
        let rose = self.change == AlertChangeKind::Risen;
        let key = if rose { "message.fell_from_and_rose" } else { "message.fell_from" };
        self.fall.map(|fall| lang.fill(key, &[("from", &word(fall.from))]))
    }

    /// True where what it leads with is not what it fell from.
    pub(super) fn leads_with_the_rest(&self) -> bool {
        let own = self.incident.as_ref().map(|own| (own.category, own.occurred_at));
        let is_fall = self.change == AlertChangeKind::Lowered;
        is_fall && self.fall.is_some_and(|fall| fall.rested_on != own)
    }
}
