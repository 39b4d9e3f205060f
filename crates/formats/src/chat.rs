//! A pasted chat or a note from the radio becomes proposals for reports, each with the words it rests on. Nothing is decided here:
//! a person corrects what is proposed and says what is taken in.
//!
//! [`ChatReader::read`] takes the text apart ([`message`], [`header`]) and reads each part: what it speaks of ([`phrase`], from
//! the taxonomy), where ([`place`]), when ([`when`]), who was hurt ([`hurt`]), how grave it is ([`severity`]) and whether it
//! reports at all ([`stance`]). Every part ends as a proposal, as one with a question, or left out with a reason: none is lost.

mod elsewhere;
pub mod header;
pub(crate) mod hurt;
pub mod message;
pub(crate) mod phrase;
pub(crate) mod place;
mod sender;
pub(crate) mod severity;
pub(crate) mod stance;
pub(crate) mod token;
mod when;

#[cfg(test)]
mod tests;

use crate::taxonomy::Taxonomy;
use crate::written_date::DateOrder;
use domain::kind::{Category, Stance};
use domain::place::{Code, Places, UnitId, Zone};
use domain::report::ReportId;
use domain::sender_clock;
use domain::time::{MINUTE, Time};
use message::{ChatMessage, MessageForm};
use phrase::Phrases;
pub use place::PlaceFinding;
use place::PlaceNames;
pub use sender::SenderHint;
use sha2::{Digest, Sha256};
use stance::Purpose;
use std::collections::BTreeMap;
use std::ops::Range;

/// How sure a finding is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Sureness {
    /// Nothing in the words says it; it is what is usual.
    Guess,
    Likely,
    Sure,
}

impl Sureness {
    pub const fn as_str(self) -> &'static str {
        match self {
            Sureness::Guess => "guess",
            Sureness::Likely => "likely",
            Sureness::Sure => "sure",
        }
    }
}

/// A value and the words of the text that it rests on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding<T> {
    pub value: T,
    /// Bytes of the whole text; `None` where no words say it.
    pub words: Option<Range<usize>>,
    pub sure: Sureness,
}

/// What a person must answer before a proposal can be taken.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Question {
    NoPlace,
    SeveralPlaces,
    /// "Kec." and a name that no kecamatan of the regency has.
    UnknownPlace {
        words: Range<usize>,
    },
    /// A place of another regency.
    Elsewhere {
        words: Range<usize>,
    },
    NoCategory,
    /// Its words ask, warn or speak of what was: a person says whether it happened.
    Doubtful,
    /// Day and month of the chat may stand in either order.
    DateOrder,
    /// Written so long ago, or so far ahead, that the year may be wrong.
    FarTime,
}

/// Why a part of a chat is proposed for nothing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum LeftOut {
    System,
    Media,
    Deleted,
    /// It says that all is quiet.
    Nothing,
    /// It names nothing that a report could be of.
    NoIncident,
    Question,
    Planned,
    /// A traffic accident, which is no category.
    TrafficAccident,
    /// The same text of the same minute and sender stands above.
    Repeated,
}

impl LeftOut {
    pub const ALL: [LeftOut; 9] = [
        LeftOut::System,
        LeftOut::Media,
        LeftOut::Deleted,
        LeftOut::Nothing,
        LeftOut::NoIncident,
        LeftOut::Question,
        LeftOut::Planned,
        LeftOut::TrafficAccident,
        LeftOut::Repeated,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            LeftOut::System => "system",
            LeftOut::Media => "media",
            LeftOut::Deleted => "deleted",
            LeftOut::Nothing => "nothing",
            LeftOut::NoIncident => "no_incident",
            LeftOut::Question => "question",
            LeftOut::Planned => "planned",
            LeftOut::TrafficAccident => "traffic_accident",
            LeftOut::Repeated => "repeated",
        }
    }
}

/// What a part of a chat may be a report of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ChatProposal {
    pub district: Option<Finding<UnitId>>,
    /// The village's last four digits.
    pub village: Option<Finding<u16>>,
    pub category: Option<Finding<Category>>,
    /// Further categories that its words name.
    pub others: Vec<Category>,
    /// `None` where the chat's dates can be read in two ways.
    pub occurred: Option<Finding<Time>>,
    /// `None` where nothing is known of what it is and who was hurt.
    pub severity: Option<Finding<u8>>,
    pub stance: Finding<Stance>,
    pub dead: Option<Finding<u32>>,
    pub injured: Option<Finding<u32>>,
    pub displaced: Option<Finding<u32>>,
    /// People missing, or households whose persons nobody counted: words to look at.
    pub look_at: Vec<Range<usize>>,
    pub questions: Vec<Question>,
}

/// What became of a part of a chat.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PassageFate {
    Proposed(Box<ChatProposal>),
    LeftOut(LeftOut),
}

/// A message, or a point of a list in one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ChatPassage {
    /// Counts messages from 0.
    pub message: usize,
    pub text: Range<usize>,
    /// The sender as written, where there is one.
    pub sender: Option<Range<usize>>,
    /// `None` without a head, or where its date can be read in two ways.
    pub sent: Option<Time>,
    /// The same for the same words of the same minute, so that a chat that is pasted twice makes each report once.
    pub id: ReportId,
    pub fate: PassageFate,
}

/// How many parts became what; they add up to all.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ChatCounts {
    pub messages: usize,
    pub passages: usize,
    pub proposed: usize,
    pub asked: usize,
    pub left_out: usize,
}

/// A chat that was read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ChatReading {
    pub messages: usize,
    pub passages: Vec<ChatPassage>,
    /// A date of the chat that can be read in two ways, where nothing says which of day and month stands first.
    pub ambiguous_date: Option<String>,
}

impl ChatReading {
    pub fn counts(&self) -> ChatCounts {
        let mut counts =
            ChatCounts { messages: self.messages, passages: self.passages.len(), ..ChatCounts::default() };
        for passage in &self.passages {
            match &passage.fate {
                PassageFate::Proposed(proposal) if proposal.questions.is_empty() => counts.proposed += 1,
                PassageFate::Proposed(_) => counts.asked += 1,
                PassageFate::LeftOut(_) => counts.left_out += 1,
            }
        }
        counts
    }
}

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
        for (number, message) in messages.iter().enumerate() {
            let time = MessageTime::of(self.regency, message, order, occasion.now);
            if time == MessageTime::Ambiguous && reading.ambiguous_date.is_none() {
                reading.ambiguous_date = message.header.as_ref().map(|header| header.stamp.cell());
            }
            for part in self.parts(text, message) {
                let sender = message.header.as_ref().and_then(|header| header.sender.clone());
                let sent = time.sent();
                let (id, repeated) = self.identify(&mut known, text, (&part, &sender), time);
                let fate = match form_left_out(message.form) {
                    Some(reason) => PassageFate::LeftOut(reason),
                    None if repeated => PassageFate::LeftOut(LeftOut::Repeated),
                    None => self.passage(text, part.clone(), (time, occasion.now)),
                };
                reading.passages.push(ChatPassage { message: number, text: part, sender, sent, id, fate });
            }
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
        let stamps = || messages.iter().filter_map(|message| Some(message.header.as_ref()?.stamp));
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

    /// The parts of a message: the points of its list, where what stands before them names no incident itself.
    fn parts(&mut self, text: &str, message: &ChatMessage) -> Vec<Range<usize>> {
        let parts = message::passages(text, message);
        let lead = message.text.start..parts[0].start;
        if parts.len() < 2 || message.form != MessageForm::Text {
            return vec![message.text.clone()];
        }
        if !self.phrases.find(&token::tokens(text, lead.clone())).is_empty() {
            return vec![message.text.clone()];
        }
        let lead = (!text[lead.clone()].trim().is_empty()).then_some(lead);
        lead.into_iter().chain(parts).collect()
    }

    /// The id of a part, and whether the same sender wrote the same in the same minute before.
    fn identify(
        &self,
        known: &mut BTreeMap<[u8; 32], Vec<Option<String>>>,
        text: &str,
        (part, sender): (&Range<usize>, &Option<Range<usize>>),
        time: MessageTime,
    ) -> (ReportId, bool) {
        let mut content = Sha256::new();
        content.update(self.regency.to_string());
        content.update(time.key(self.regency).to_le_bytes());
        for word in
            text[part.clone()].split(|letter| crate::plain_text::is_blank(letter) || header::is_mark(letter))
        {
            if !word.is_empty() {
                content.update(word.as_bytes());
                content.update([0]);
            }
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

    fn passage(&mut self, text: &str, part: Range<usize>, (time, now): (MessageTime, Time)) -> PassageFate {
        let tokens = token::tokens(text, part.clone());
        let place = self.places.find(&tokens);
        let mut found = self.phrases.find(&tokens);
        let span = |run: &Range<usize>| tokens[run.start].span.start..tokens[run.end - 1].span.end;
        // "Mandi Angin" is a village and no storm.
        found.retain(|one| !place.holds(&span(&one.tokens)));
        let (found, purpose) = stance::purpose((text, &text[part.clone()]), &tokens, found);
        let stance = match purpose {
            Purpose::Reports(stance) => stance,
            Purpose::None(LeftOut::NoIncident) if stance::is_accident(&tokens) => {
                return PassageFate::LeftOut(LeftOut::TrafficAccident);
            }
            Purpose::None(LeftOut::NoIncident) if stance::is_trouble(&tokens) => {
                Finding { value: Stance::Affirms, words: None, sure: Sureness::Guess }
            }
            Purpose::None(reason) => return PassageFate::LeftOut(reason),
        };
        let hurt = hurt::people_hurt(text, &tokens);
        let mut questions: Vec<Question> = place.question.into_iter().collect();
        let doubtful = stance.value == Stance::Affirms && stance::doubt(&text[part], &tokens);
        questions.extend(doubtful.then_some(Question::Doubtful));
        let category = found.first().map(|one| {
            let alone = found.iter().all(|other| other.category == one.category);
            let sure = if alone { Sureness::Sure } else { Sureness::Likely };
            Finding { value: one.category, words: Some(span(&one.tokens)), sure }
        });
        let severity = match found.first().and_then(|one| Some((one, one.category.kind()?))) {
            Some((one, kind)) => Some(severity::severity(kind, &tokens, one, &hurt)),
            None => severity::of_harm(&hurt),
        };
        questions.extend(category.is_none().then_some(Question::NoCategory));
        let occurred = time.written(self.regency, now).map(|written| {
            let found = when::occurred(&tokens, written);
            Finding { value: instant(self.regency, found.value), words: found.words, sure: found.sure }
        });
        match &occurred {
            None => questions.push(Question::DateOrder),
            Some(found) if is_far(found.value, now) || time.sent().is_some_and(|sent| is_far(sent, now)) => {
                questions.push(Question::FarTime);
            }
            Some(_) => {}
        }
        let mut others: Vec<Category> = found.iter().skip(1).map(|one| one.category).collect();
        others.dedup();
        others.retain(|other| category.as_ref().is_none_or(|own| own.value != *other));
        PassageFate::Proposed(Box::new(ChatProposal {
            district: place.district,
            village: place.village,
            category,
            others,
            occurred,
            severity,
            stance,
            dead: hurt.dead,
            injured: hurt.injured,
            displaced: hurt.displaced,
            look_at: hurt.missing.into_iter().chain(hurt.households).collect(),
            questions,
        }))
    }
}

fn is_far(time: Time, now: Time) -> bool {
    sender_clock::is_doubtful(time, now)
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

/// What is known of when a message was written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum MessageTime {
    /// Without a head: when it was pasted.
    Pasted(Time),
    Sent(Time),
    Ambiguous,
}

impl MessageTime {
    fn of(regency: Code, message: &ChatMessage, order: Option<DateOrder>, now: Time) -> MessageTime {
        let Some(header) = &message.header else { return MessageTime::Pasted(now) };
        let either = || {
            let one = [DateOrder::DayFirst, DateOrder::MonthFirst].into_iter();
            if header.stamp.is_ambiguous() {
                None
            } else {
                one.filter_map(|order| header.stamp.local(order)).next()
            }
        };
        let local = order.and_then(|order| header.stamp.local(order)).or_else(either);
        local.map_or(MessageTime::Ambiguous, |local| MessageTime::Sent(instant(regency, local)))
    }

    fn sent(self) -> Option<Time> {
        if let MessageTime::Sent(time) = self { Some(time) } else { None }
    }

    /// Local minutes since 1970.
    fn written(self, regency: Code, now: Time) -> Option<i64> {
        match self {
            MessageTime::Pasted(_) => Some(local(regency, now)),
            MessageTime::Sent(time) => Some(local(regency, time)),
            MessageTime::Ambiguous => None,
        }
    }

    /// The minute it was sent, or the day it was pasted.
    fn key(self, regency: Code) -> i64 {
        match self {
            MessageTime::Pasted(now) => -1 - Zone::of(regency).day(now),
            MessageTime::Sent(time) => time.0 / MINUTE,
            MessageTime::Ambiguous => i64::MIN,
        }
    }
}

fn local(regency: Code, time: Time) -> i64 {
    time.0.div_euclid(MINUTE) + Zone::of(regency).minutes()
}

fn instant(regency: Code, local: i64) -> Time {
    Time((local - Zone::of(regency).minutes()) * MINUTE)
}
