//! What a part of a message says that corrects an earlier one.

use super::correcting::{self, Correcting};
use super::earlier::{self, CorrectingWords};
use super::incident::IncidentPart;
use super::sent::{MessageTime, instant};
use super::token::{self, ChatWord};
use super::when::{self, HourGiven, OccurredTime};
use super::{ChatReader, Question, hurt, time_questions};
use domain::kind::{Category, Stance};
use domain::time::Time;

impl ChatReader<'_> {
    /// What a part says that corrects an earlier one; `None` where it corrects nothing.
    pub fn correcting(
        &mut self,
        text: &str,
        part: &IncidentPart,
        (time, now): (MessageTime, Time),
    ) -> Option<CorrectingWords> {
        let tokens = token::tokens(text, part.text.clone());
        let of_kind = self.denied_kind(&tokens);
        let denies = |kind: &Correcting| *kind != Correcting::Aside || self.denies_place_or_number(&tokens);
        let of_other_kind = || of_kind.map(|_| Correcting::Slip);
        let kind = correcting::correcting(&tokens).filter(denies).or_else(of_other_kind)?;
        let tokens = earlier::without_what_is_not(tokens);
        let occurred = time.written(self.regency, now).map(|written| when::occurred(&tokens, written));
        // "yang tadi" is the message before.
        let named = |occurred: &OccurredTime<i64>| {
            let words = occurred.found.words.clone().map(|words| text[words].to_lowercase());
            words.is_some_and(|words| !matches!(words.as_str(), "tadi" | "td" | "barusan"))
        };
        let occurred = occurred.filter(named);
        let is_today = |occurred: &OccurredTime<i64>| {
            let words = occurred.found.words.clone().map(|words| text[words].to_lowercase());
            words.is_some_and(|words| matches!(words.as_str(), "hari ini" | "dino iki" | "hari iko"))
        };
        // "ralat, hari Sabtu": that day at the hour of the message before.
        let is_day =
            |occurred: &&OccurredTime<i64>| occurred.hour == HourGiven::Missing || is_today(occurred);
        let day =
            occurred.as_ref().filter(is_day).map(|occurred| occurred.found.value.div_euclid(1440) * 1440);
        let day = day.map(|midnight| instant(self.regency, midnight));
        let occurred = occurred.map(|occurred| self.instant(occurred));
        let of_time = occurred.as_ref().map(|_| time_questions(&occurred, (time, now), Stance::Affirms));
        let place = match self.places.find(&tokens) {
            none if none.question == Some(Question::NoPlace) => {
                self.places.find(&earlier::with_led_name(&tokens))
            }
            place => place,
        };
        let people = hurt::people_hurt(text, &tokens);
        let occurred = occurred.map(|occurred| occurred.found);
        let (of_time, numbers) = (of_time.unwrap_or_default(), earlier::numbers(&tokens));
        let mut unread = hurt::in_no_field(text, &tokens, &people);
        // "nambah 6 jiwa jadi 16 jiwa": of what became of them the message before says.
        let is_of_people =
            |at: usize| tokens[at].number().is_some() && tokens.get(at + 1).is_some_and(hurt::is_somebody);
        let is_of_figures = matches!(kind, Correcting::Update | Correcting::Addition) && tokens.len() < 10;
        if unread.is_empty()
            && is_of_figures
            && people.counts() == [None; 3]
            && (0..tokens.len()).any(is_of_people)
        {
            unread.clone_from(&numbers);
        }
        Some(CorrectingWords { kind, of_kind, place, occurred, day, of_time, people, unread, numbers })
    }

    /// "bukan longsor pak, pohon tumbang": the category of which a message says first that it was not.
    fn denied_kind(&mut self, tokens: &[ChatWord]) -> Option<Category> {
        let first = correcting::denied_first(tokens)?;
        let phrases = self.phrases.find(tokens);
        phrases.iter().find(|one| one.tokens.start == first).map(|one| one.category)
    }

    /// "…, bukan Pauh", "…, bukan 2": "bukan Ruko" names neither.
    fn denies_place_or_number(&self, tokens: &[ChatWord]) -> bool {
        let is_known = |at: usize| {
            let name = earlier::with_led_first(&tokens[at..]);
            tokens[at].number().is_some() || self.places.find(&name).district.is_some()
        };
        correcting::denied_behind(tokens).any(is_known)
    }
}
