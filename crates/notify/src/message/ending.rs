//! What a message says of an alert's end: asked for, not agreed to, dropped or reached.

use super::text::{label_of, line};
use super::{AlsoNews, MessageActor, MessageSettings, Notice, NoticeEnding};
use domain::alert::notice::AlertChangeKind;
use domain::kind::{Category, Kind};
use domain::place::Zone;
use std::fmt::Display;
use views::alert::{end_word, retracted_report};
use views::happening::capital;
use views::second_link::reason_words;
use views::second_person::take_back_facts;
use views::{Lang, format};

/// Most reports that are named of those that their sources took back.
const RETRACTED_NAMED: usize = 3;

impl Notice {
    /// The end of an earlier alert in a line: how it ended, and by whom, or what its source took back.
    pub(super) fn ended_words(&self, one: &AlsoNews, settings: &MessageSettings, lang: Lang) -> String {
        let ending = one.ending.as_ref();
        let by = ending.filter(|ending| !ending.by_the_service).map(|ending| ending.actor.words(lang));
        let act = ending.and_then(|ending| ending.outcome).map(|outcome| end_word(lang, outcome));
        let key = match (one.change, &act) {
            (AlertChangeKind::Withdrawn, _) => "message.also_withdrawn",
            (_, Some(_)) => "message.also_ended_with",
            (_, None) => "message.also_ended",
        };
        let words = lang.fill(key, &[("number", &one.alert), ("act", &act.unwrap_or_default())]);
        let retracted = ending.and_then(|ending| self.retracted_words(ending, settings, lang));
        match (by, retracted) {
            (Some(by), _) => format!("{words}. {}: {by}", lang.text("message.ended_by")),
            (None, Some(retracted)) => format!("{words}: {retracted}"),
            (None, None) => words,
        }
    }

    /// How the alert ended or is to end; empty where it is about no end.
    pub(super) fn outcome(&self, lang: Lang) -> String {
        let outcome = self.ending.as_ref().and_then(|ending| ending.outcome);
        outcome.map(|outcome| end_word(lang, outcome)).unwrap_or_default()
    }

    /// The first sentence of a message that is about an end; a withdrawal has its own.
    pub(super) fn ending_opening(&self, level: &str, lang: Lang) -> Option<String> {
        let ending = self.ending.as_ref()?;
        let key = self.ending_key(ending)?;
        let (who, actor) = (ending.asked_by.words(lang), ending.actor.words(lang));
        let answer = ending.answer.map(|answer| lang.word("second_answer", answer.as_str()));
        let (act, answer) = (self.outcome(lang), answer.unwrap_or_default());
        let until = ending.lapses_at.map(|at| format::long(at, Zone::of(self.code), lang));
        let until = until.unwrap_or_default();
        let values: [(&str, &dyn Display); 6] = [
            ("level", &level),
            ("who", &who),
            ("actor", &actor),
            ("answer", &answer),
            ("act", &act),
            ("until", &until),
        ];
        let words = lang.fill(key, &values);
        let named = [&ending.asked_by, &ending.actor].map(|who| matches!(who, MessageActor::Named(_)));
        Some(if named == [true; 2] { words } else { capital(&words) })
    }

    fn ending_key(&self, ending: &NoticeEnding) -> Option<&'static str> {
        Some(match (self.change, ending.takes_back) {
            (AlertChangeKind::WithdrawalAsked, _) if self.one_time_token.is_some() => "message.end_by_link",
            (AlertChangeKind::WithdrawalAsked, _) if self.reader_is_of_desk => "message.withdrawal_asked",
            (AlertChangeKind::WithdrawalAsked, _) => "message.withdrawal_asked_elsewhere",
            (AlertChangeKind::NotAgreed, None) => "message.not_agreed",
            (AlertChangeKind::NotAgreed, Some(false)) => "message.not_agreed_awas",
            (AlertChangeKind::NotAgreed, Some(true)) => "message.not_agreed_take_back",
            (AlertChangeKind::RequestDropped, _) if ending.cancelled => "message.request_cancelled",
            (AlertChangeKind::RequestDropped, _) if ending.replaced => "message.request_replaced",
            (AlertChangeKind::RequestDropped, _) => "message.request_dropped",
            (AlertChangeKind::RequestLapsed, None) => "message.request_lapsed",
            (AlertChangeKind::RequestLapsed, Some(false)) => "message.request_lapsed_awas",
            (AlertChangeKind::RequestLapsed, Some(true)) => "message.request_lapsed_take_back",
            (AlertChangeKind::Ended, _) => "message.ended",
            _ => return None,
        })
    }

    /// Who ended it and why.
    fn end_lines(&self, ending: &NoticeEnding, body: &mut String, settings: &MessageSettings, lang: Lang) {
        if ending.by_the_service {
            let key = if self.by_model { "message.model_fell" } else { "message.evidence_gone" };
            let why = self.retracted_words(ending, settings, lang);
            line(body, lang.text("message.why"), &why.unwrap_or_else(|| lang.text(key).to_owned()));
            return;
        }
        line(body, lang.text("message.ended_by"), ending.actor.words(lang));
        if ending.asked_by != MessageActor::Source {
            line(body, lang.text("second_link.asked_by"), ending.asked_by.words(lang));
        }
        let reasons = [&ending.because, &ending.done_because];
        if let Some(reason) = reasons.into_iter().rfind(|reason| !reason.is_empty()) {
            line(body, lang.text("message.end_reason"), &reason_words(self.kind, reason, lang));
        }
    }

    /// What it rested on that its source took back, in words; `None` where that is nothing.
    fn retracted_words(
        &self,
        ending: &NoticeEnding,
        settings: &MessageSettings,
        lang: Lang,
    ) -> Option<String> {
        let named = ending.retracted.iter().take(RETRACTED_NAMED).map(|(category, at)| {
            let what = self.claimed_label(*category, settings, lang);
            retracted_report(&what, &format::occurrence(*at, Zone::of(self.code), lang), lang)
        });
        let more = ending.retracted.len().saturating_sub(RETRACTED_NAMED);
        let words: Vec<String> =
            named.chain((more > 0).then(|| lang.count("message.also_more", more))).collect();
        (!words.is_empty()).then(|| words.join("; "))
    }

    /// What was claimed by its name, else by its kind.
    pub(super) fn claimed_label(&self, category: Category, settings: &MessageSettings, lang: Lang) -> String {
        label_of(category, settings, lang).unwrap_or_else(|| lang.word("kind", self.kind))
    }

    /// The gravest of what its source took back, of a disaster: what a withdrawal that rests on nothing else is called by.
    pub(super) fn retracted_disaster(&self, settings: &MessageSettings, lang: Lang) -> Option<String> {
        let ending = self.ending.as_ref().filter(|_| self.incident.is_none() && self.change.is_end())?;
        let (category, _) = ending.retracted.first().filter(|_| self.kind == Kind::Disaster)?;
        Some(self.claimed_label(*category, settings, lang))
    }

    /// What a second person is asked to take back, why, and what follows where they agree.
    pub(super) fn second_lines(&self, body: &mut String, lang: Lang) {
        let Some(second) = self.second.as_ref().filter(|second| second.takes_back) else { return };
        for (word, says) in take_back_facts(self.kind, second.asks.as_ref(), &second.because, lang) {
            line(body, &word, &says);
        }
        if second.awas_waits {
            line(body, lang.text("second_link.awas_too"), lang.text("second_link.awas_too_waits"));
        }
    }

    /// How it is to end, who asked and why.
    pub(super) fn ending_lines(&self, body: &mut String, settings: &MessageSettings, lang: Lang) {
        let Some(ending) = self.ending.as_ref() else { return };
        if self.change.is_end() {
            self.end_lines(ending, body, settings, lang);
            return;
        }
        if ending.outcome.is_some() {
            line(body, lang.text("second_link.outcome"), &self.outcome(lang));
        }
        line(body, lang.text("second_link.asked_by"), ending.asked_by.words(lang));
        if self.change == AlertChangeKind::WithdrawalAsked {
            let because = reason_words(self.kind, &ending.because, lang);
            line(body, lang.text("second_link.because"), &because);
        }
    }
}
