//! A pasted chat or a note from the radio becomes proposals for reports, each with the words it rests on. Nothing is decided here:
//! a person corrects what is proposed and says what is taken in.
//!
//! [`ChatReader::read`] takes the text apart ([`message`], [`header`]) and reads each part: what it speaks of ([`phrase`], from
//! the taxonomy), where ([`place`]), when ([`when`]), who was hurt ([`hurt`]), how grave it is ([`severity`]) and whether it
//! reports at all ([`stance`]). Every part ends as a proposal, as one with a question, or left out with a reason: none is lost.

mod besides_quiet;
mod correcting;
mod correcting_words;
mod denial;
mod earlier;
mod elsewhere;
mod ending;
mod form;
mod harm_alone;
pub mod header;
pub(crate) mod hurt;
mod incident;
mod listed_lines;
pub mod message;
mod mishap;
mod modality;
mod name_word;
pub(crate) mod negation;
mod nothing;
mod number;
mod other_sense;
mod pastime;
pub(crate) mod phrase;
mod phrase_sense;
pub(crate) mod place;
mod quiet;
mod quiet_beside;
mod reading;
mod sender;
mod sender_place;
mod sent;
pub(crate) mod severity;
mod short_year;
pub(crate) mod stance;
mod still;
mod time_questions;
pub(crate) mod token;
mod when;
mod which_village;
mod whole_district;

#[cfg(test)]
mod tests;

use crate::taxonomy::Taxonomy;
use crate::written_date::DateOrder;
use domain::kind::{Category, Stance};
use domain::place::{Code, Places, UnitId};
use domain::report::ReportId;
use domain::sender_clock;
use domain::time::{MINUTE, Time};
use earlier::{EarlierMessages, SentPart};
use incident::{IncidentPart, PartFound};
use message::{ChatMessage, MessageForm};
use negation::Denied;
use phrase::{PhraseMatch, Phrases};
pub use place::PlaceFinding;
use place::{NamedPlaces, PlaceNames};
pub use reading::{
    ChatCounts, ChatPassage, ChatProposal, ChatReading, Finding, LeftOut, PassageFate, Question,
    QuietProposal, Sureness,
};
pub use sender::{SenderHint, is_of_another_office, sender_key};
use sent::{MessageTime, instant, local};
use sha2::{Digest, Sha256};
use stance::{PartWords, Purpose};
use std::collections::BTreeMap;
use std::ops::Range;
use time_questions::time_questions;
use token::ChatWord;
pub use when::typed::{DayAlone, TypedTimeFault, typed_minutes};
use when::{HeadDay, OccurredTime};

/// For which chat, besides its text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ChatOccasion {
    /// Now; notes without heads were written then.
    pub now: Time,
    /// The order of day and month, where a person chose it.
    pub order: Option<DateOrder>,
}

/// Reads chats of one regency.
pub struct ChatReader<'a> {
    places: PlaceNames<'a>,
    phrases: Phrases,
    regency: Code,
}

impl<'a> ChatReader<'a> {
    pub fn new(places: &'a Places, regency: UnitId, taxonomy: &Taxonomy) -> ChatReader<'a> {
        let (code, places) = (places.code(regency), PlaceNames::new(places, regency));
        ChatReader { places, phrases: Phrases::of(taxonomy), regency: code }
    }

    /// Reads a text whole.
    pub fn read(&mut self, text: &str, occasion: ChatOccasion) -> ChatReading {
        let messages = message::messages(text);
        let order = occasion.order.or_else(|| self.order(&messages, occasion.now));
        let mut reading =
            ChatReading { messages: messages.len(), passages: Vec::new(), ambiguous_date: None };
        let mut known = BTreeMap::new();
        let mut before = EarlierMessages::default();
        for (number, message) in messages.iter().enumerate() {
            let time = MessageTime::of(self.regency, message, order, occasion.now);
            if time == MessageTime::Ambiguous && reading.ambiguous_date.is_none() {
                reading.ambiguous_date = message.header.as_ref().map(|header| header.stamp.cell());
            }
            let first = reading.passages.len();
            for (part, words) in self.incidents(text, message) {
                let sender = message.header.as_ref().and_then(|header| header.sender.clone());
                let sent = time.sent();
                let (id, repeated) = self.identify(&mut known, text, (&part, &sender), time);
                let name = sender.clone().map_or("", |span| &text[span]);
                let fate = match form_left_out(message.form) {
                    Some(reason) => PassageFate::LeftOut(reason),
                    None if repeated => PassageFate::LeftOut(LeftOut::Repeated),
                    None => {
                        let hint = before.hints.entry(name.to_owned()).or_insert_with(|| self.sender(name));
                        let (words, hint) = (words, &*hint);
                        let fate = self.passage(text, (&part, words, hint), (time, occasion.now));
                        let fate = listed_lines::without_bare_head(text, &part, fate);
                        let own = || self.correcting(text, &part, (time, occasion.now));
                        let passage = reading.passages.len();
                        let of = SentPart { sender: name, sent, message: number, passage };
                        let found = match (!name.is_empty()).then(own).flatten() {
                            Some(own) => before.corrected(fate, own, of),
                            None => before.as_denial(fate, of),
                        };
                        reading.ask_of_corrected(found.marked, part.text.clone());
                        for denied in found.denied {
                            reading.ask_of_denied(denied, part.text.clone());
                        }
                        found.fate
                    }
                };
                let copy_of = match &fate {
                    PassageFate::Proposed(_) => before.copied((text, &part), reading.passages.len()),
                    _ => None,
                };
                let text = part.text;
                reading.passages.push(ChatPassage { message: number, text, sender, sent, id, copy_of, fate });
            }
            let name = message.header.as_ref().and_then(|header| header.sender.clone());
            let hint = name.and_then(|name| before.hints.get(&text[name]));
            self.ask_of_whole_districts((text, message), &mut reading.passages[first..], hint);
        }
        reading
    }

    /// Whose word a sender may give, as the name that somebody wrote for them says. Behind a tilde stands a name that the
    /// sender chose: it says nothing.
    pub fn sender(&self, name: &str) -> SenderHint {
        let own =
            name.trim_start_matches(|letter| crate::plain_text::is_blank(letter) || header::is_mark(letter));
        if own.starts_with('~') {
            return SenderHint { class: None, place: PlaceFinding::default() };
        }
        let tokens = token::tokens(name, 0..name.len());
        SenderHint { class: sender::class(&tokens), place: self.places.find(&tokens) }
    }

    /// Which of day and month stands first: as days above twelve show, else as no message is of the future.
    fn order(&self, messages: &[ChatMessage], now: Time) -> Option<DateOrder> {
        let stamps = || {
            messages.iter().filter_map(|message| {
                Some(message.header.as_ref()?.stamp).filter(|stamp| !stamp.is_impossible())
            })
        };
        let cells: Vec<String> = stamps().map(|stamp| stamp.cell()).collect();
        let latest = local(self.regency, now) + sender_clock::AHEAD / MINUTE;
        let is_past = |order| stamps().all(|stamp| stamp.local(order).is_some_and(|minute| minute <= latest));
        DateOrder::of(cells.iter().map(String::as_str)).or_else(|| {
            match (is_past(DateOrder::DayFirst), is_past(DateOrder::MonthFirst)) {
                (true, false) => Some(DateOrder::DayFirst),
                (false, true) => Some(DateOrder::MonthFirst),
                _ => None,
            }
        })
    }

    /// The incidents that a message speaks of: those of the points of its list, else of the whole.
    fn incidents(&mut self, text: &str, message: &ChatMessage) -> Vec<(IncidentPart, PartReading)> {
        let mut found = Vec::new();
        let parts = self.parts(text, message).into_iter();
        let parts: Vec<Vec<IncidentPart>> = parts.map(|part| self.beside_quiet(text, part)).collect();
        for part in parts.into_iter().flatten() {
            let words = self.words(text, &part.text);
            let mut parts = words.found().split(&part);
            match parts.pop() {
                Some(whole) if parts.is_empty() => found.push((whole, words)),
                last => {
                    let apart = parts.into_iter().chain(last).map(|part| {
                        let words = self.words(text, &part.text);
                        (part, words)
                    });
                    found.extend(apart);
                }
            }
        }
        found
    }

    /// A part, or those of it where it says of something that all is quiet and tells of what happened.
    fn beside_quiet(&mut self, text: &str, part: IncidentPart) -> Vec<IncidentPart> {
        if !token::tokens(text, part.text.clone()).iter().any(|token| token.is(&stance::QUIET)) {
            return vec![part];
        }
        let words = self.words(text, &part.text);
        let parts = quiet_beside::parted(words.found(), &part);
        if parts.is_empty() { vec![part] } else { parts }
    }

    fn words(&mut self, text: &str, part: &Range<usize>) -> PartReading {
        let mut tokens = token::tokens(text, part.clone());
        let named = self.places.names(&tokens);
        named.mark_numbers(&mut tokens);
        let phrases = self.phrases.find_beside(&tokens, &named.is_name);
        PartReading { tokens, named, phrases }
    }

    /// The id of a part, and whether the same sender wrote the same in the same minute before.
    fn identify(
        &self,
        known: &mut BTreeMap<[u8; 32], Vec<Option<String>>>,
        text: &str,
        (part, sender): (&IncidentPart, &Option<Range<usize>>),
        time: MessageTime,
    ) -> (ReportId, bool) {
        let mut content = Sha256::new();
        content.update(self.regency.to_string());
        content.update(time.key(self.regency).to_le_bytes());
        let is_gap = |letter| crate::plain_text::is_blank(letter) || header::is_mark(letter);
        for word in text[part.text.clone()].split(is_gap) {
            if !word.is_empty() {
                content.update(word.as_bytes());
                content.update([0]);
            }
        }
        if let Some(place) = part.of_listed {
            content.update((place as u64).to_be_bytes());
        }
        let key: [u8; 32] = content.clone().finalize().into();
        // Two who say the same at once are two; who they are is in no id.
        let sender = sender.clone().map(|span| text[span].to_owned());
        let senders = known.entry(key).or_default();
        let place = senders.iter().position(|other| *other == sender);
        let number = place.unwrap_or(senders.len());
        if place.is_none() {
            senders.push(sender);
        }
        content.update((number as u64).to_le_bytes());
        let digest = content.finalize();
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        (ReportId(uuid::Builder::from_custom_bytes(bytes).into_uuid().as_u128()), place.is_some())
    }

    fn passage(
        &self,
        text: &str,
        (part, mut words, sender): (&IncidentPart, PartReading, &SenderHint),
        (time, now): (MessageTime, Time),
    ) -> PassageFate {
        if let Some(own) = part.of_listed {
            let listed = words.found().listed();
            words.named.keep_one(&listed, own);
        }
        let is_unparted = part.of_listed.is_none() && listed_lines::is_unparted(text, words.found())
            || time
                .written(self.regency, now)
                .is_some_and(|written| when::names_quiet_day(&words.tokens, written));
        let PartReading { tokens, named, phrases } = words;
        let denied = Denied { text, tokens: &tokens, is_name: &named.is_name };
        let finding = stance::purpose(PartWords { denied, end: part.text.end }, phrases);
        let stance = match finding.purpose {
            Purpose::Reports(stance) => stance,
            Purpose::None(LeftOut::NoIncident) if stance::is_accident(&tokens) => {
                return PassageFate::LeftOut(LeftOut::TrafficAccident);
            }
            Purpose::None(reason) => {
                // "Sepang nihil, besok demo": a plan takes nothing from what is so today.
                let is_planned =
                    reason == LeftOut::Planned && tokens.iter().any(|token| token.is(&["nihil"]));
                let quiet = || self.quiet(text, (part, &tokens, &named, sender), (time, now));
                let mut proposed = (reason == LeftOut::Nothing || is_planned).then(quiet).flatten();
                if let Some(quiet) = proposed.as_mut().filter(|_| is_planned) {
                    quiet.questions.push(Question::BesidesQuiet);
                }
                let left_out = PassageFate::LeftOut(reason);
                return proposed.map_or(left_out, |quiet| PassageFate::Quiet(Box::new(quiet)));
            }
        };
        let mut found: Vec<PhraseMatch> =
            finding.found.into_iter().filter(|one| one.category != Category::OTHER).collect();
        phrase::of_a_chat(&mut found, &tokens);
        let place = sender_place::with_sender(&tokens, self.place(text, part, &tokens, &named), sender);
        let mut hurt = hurt::people_hurt(text, &tokens);
        let stance = not_ended_where_harmed(stance, &hurt);
        let mut look_at = hurt.look_at();
        look_at.extend(hurt::in_no_field_or_unheeded(text, &tokens, &hurt));
        let quiet = listed_lines::quiet_elsewhere(&tokens, &named, &place);
        let mut questions: Vec<Question> = place.question.into_iter().collect();
        let doubtful = finding.is_doubtful && matches!(stance.value, Stance::Affirms | Stance::Continues);
        questions.extend(doubtful.then_some(Question::Doubtful));
        questions.extend((is_unparted || !quiet.is_empty()).then_some(Question::SeveralIncidents));
        look_at.extend(quiet);
        let (category, others) = categories(&found, &tokens);
        let severity = match found.first().and_then(|one| Some((one, one.category.kind()?))) {
            Some((one, kind)) => Some(severity::severity(kind, &tokens, one, &hurt)),
            None => severity::of_harm(&hurt),
        };
        if part.of_listed.is_some() || !found.is_empty() && stance::is_accident(&tokens) {
            // Whose they are of several places, or of what happened beside an accident, nobody says.
            look_at.extend(hurt.take_counts());
        }
        questions.extend(category.is_none().then_some(Question::NoCategory));
        let occurred = self.occurred(text, part, &tokens, time.written(self.regency, now));
        questions.extend(time_questions(&occurred, (time, now), stance.value));
        PassageFate::Proposed(Box::new(ChatProposal {
            district: place.district,
            village: place.village,
            category,
            others,
            occurred: occurred.map(|occurred| occurred.found),
            severity,
            stance,
            dead: hurt.dead,
            injured: hurt.injured,
            degrees: hurt.degrees,
            displaced: hurt.displaced,
            look_at,
            questions,
        }))
    }

    /// That nothing happened, as a part says of its place and its days.
    fn quiet(
        &self,
        text: &str,
        (part, tokens, named, sender): (&IncidentPart, &[ChatWord], &NamedPlaces, &SenderHint),
        (time, now): (MessageTime, Time),
    ) -> Option<QuietProposal> {
        let own = self.place(text, part, tokens, named);
        let is_named = own.village.is_some();
        let place = sender_place::of_one(sender_place::with_sender(tokens, own, sender), sender);
        let written = time.written(self.regency, now)?;
        let mut period = quiet::period(tokens, written);
        let before = token::tokens(text, part.context.clone());
        if let Some(day) = quiet_beside::leading_day(tokens, &before, written.div_euclid(1440)) {
            period = quiet::one_day(day, tokens[0].span.clone(), written);
        } else if period.words.is_none() && !period.is_open && !part.context.is_empty() {
            period = quiet::period(&before, written);
        }
        let is_besides = besides_quiet::tells_of_people(tokens, &named.is_name);
        let mut quiet =
            quiet::proposal(tokens, place, (period, |minute| instant(self.regency, minute)), is_named)?;
        quiet.questions.extend(is_besides.then_some(Question::BesidesQuiet));
        Some(quiet)
    }

    /// Where it happened; what stands before a part says it, too.
    fn place(
        &self,
        text: &str,
        part: &IncidentPart,
        tokens: &[ChatWord],
        named: &NamedPlaces,
    ) -> PlaceFinding {
        let own = self.places.of(tokens, named);
        if own.question != Some(Question::NoPlace) || part.context.is_empty() {
            return own;
        }
        let before = self.places.find(&token::tokens(text, part.context.clone()));
        let guessed = |found: Finding<UnitId>| Finding { sure: Sureness::Guess, ..found };
        match before.district.map(guessed) {
            Some(district) => PlaceFinding { district: Some(district), ..before },
            None => own,
        }
    }

    /// When it happened; what stands before a part says it, too.
    fn occurred(
        &self,
        text: &str,
        part: &IncidentPart,
        tokens: &[ChatWord],
        written: Option<i64>,
    ) -> Option<OccurredTime<Time>> {
        let written = written?;
        // "Minggu 29 Nov, catatan HT": the day of a line's clock is that of the head of its list.
        let is_below = !part.context.is_empty() && when::names_clock_alone(tokens, written);
        let before = token::tokens(text, part.context.clone());
        let head = || when::head_day(&before, written);
        let numbered =
            quiet_beside::leading_day(tokens, &before, written.div_euclid(1440)).map(HeadDay::of_day);
        let is_numbered = numbered.is_some();
        let mut own = when::occurred_on(tokens, written, numbered.or_else(|| is_below.then(head).flatten()));
        if own.found.words.is_none() && !part.context.is_empty() && !is_numbered {
            let before = when::occurred(&before, written);
            if before.found.words.is_some() {
                own = before;
                own.found.sure = Sureness::Guess;
            }
        }
        Some(self.instant(own))
    }

    fn instant(&self, occurred: OccurredTime<i64>) -> OccurredTime<Time> {
        occurred.map(|minutes| instant(self.regency, minutes))
    }
}

/// What a part of a message holds.
struct PartReading {
    tokens: Vec<ChatWord>,
    named: NamedPlaces,
    phrases: Vec<PhraseMatch>,
}

impl PartReading {
    fn found(&self) -> PartFound<'_> {
        PartFound { tokens: &self.tokens, named: &self.named, phrases: &self.phrases }
    }
}

/// Who died or was hurt counts in no ending: "sudah surut, 5 orang meninggal" goes on, until a person says otherwise.
fn not_ended_where_harmed(stance: Finding<Stance>, hurt: &hurt::PeopleHurt) -> Finding<Stance> {
    let counted = [&hurt.dead, &hurt.injured].into_iter().flatten().any(|found| found.value > 0);
    let is_harmed = counted || hurt.uncounted.dead.is_some() || hurt.uncounted.injured.is_some();
    if stance.value == Stance::Ends && is_harmed {
        return Finding { value: Stance::Continues, sure: Sureness::Guess, ..stance };
    }
    stance
}

/// The category that comes first, and the further ones.
fn categories(found: &[PhraseMatch], tokens: &[ChatWord]) -> (Option<Finding<Category>>, Vec<Category>) {
    let Some(one) = found.first() else { return (None, Vec::new()) };
    let mut others: Vec<Category> = found.iter().skip(1).map(|other| other.category).collect();
    others.dedup();
    others.retain(|other| one.category != *other);
    let sure = if others.is_empty() { Sureness::Sure } else { Sureness::Likely };
    let words = tokens[one.tokens.start].span.start..tokens[one.tokens.end - 1].span.end;
    (Some(Finding { value: one.category, words: Some(words), sure }), others)
}

/// Of the form alone.
fn form_left_out(form: MessageForm) -> Option<LeftOut> {
    match form {
        MessageForm::Text => None,
        MessageForm::System => Some(LeftOut::System),
        MessageForm::Media => Some(LeftOut::Media),
        MessageForm::Deleted => Some(LeftOut::Deleted),
    }
}
