//! What stood in a chat before a message: what its sender proposed last, which "ralat" corrects, and what was written word for
//! word the same, which was passed on.

use super::hurt::PeopleHurt;
use super::incident::IncidentPart;
use super::token::{self, ChatWord};
use super::{
    ChatProposal, Finding, LeftOut, PassageFate, PlaceFinding, Question, SenderHint, Sureness, severity,
};
use domain::kind::{Category, Stance};
use domain::place::UnitId;
use domain::time::Time;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::ops::Range;

/// Fewer words may be the same by chance: "banjir di Pauh".
const FEWEST: usize = 8;
/// So many parts of one message may be corrected.
const MOST_PARTS: usize = 100;

#[derive(Default)]
pub struct EarlierMessages {
    /// What the name of each sender says.
    pub hints: BTreeMap<String, SenderHint>,
    /// What the last message of each sender that proposed anything did.
    last: BTreeMap<String, LastMessage>,
    /// The part in which words stood first.
    texts: BTreeMap<[u8; 32], usize>,
}

impl EarlierMessages {
    /// The part that says the same; a part that nobody wrote before is remembered under its own number.
    pub fn copied(&mut self, (text, part): (&str, &IncidentPart), number: usize) -> Option<usize> {
        const PASSED_ON: [&str; 8] =
            ["diteruskan", "forwarded", "fwd", "fw", "terusan", "berkali", "many", "times"];
        let words = token::tokens(text, part.text.clone());
        let own = words.iter().skip_while(|word| word.is(&PASSED_ON));
        let mut content = Sha256::new();
        let mut count = 0;
        for word in own {
            content.update(word.text.as_bytes());
            content.update([0]);
            count += 1;
        }
        content.update(part.of_listed.map_or(0, |place| place as u64 + 1).to_be_bytes());
        if count < FEWEST {
            return None;
        }
        let first = *self.texts.entry(content.finalize().into()).or_insert(number);
        (first != number).then_some(first)
    }

    /// What became of a part of a sender's message with this number; nobody corrects a sender but themselves.
    pub fn proposed(&mut self, fate: PassageFate, (sender, number): (&str, usize)) -> PassageFate {
        if let PassageFate::Proposed(proposal) = &fate {
            let last = self.last.entry(sender.to_owned()).or_default();
            if last.number != Some(number) {
                *last = LastMessage { number: Some(number), parts: Vec::new() };
            }
            if last.parts.len() == MOST_PARTS {
                last.parts.remove(0);
            }
            last.parts.push((**proposal).clone());
        }
        fate
    }

    /// What became of a part that corrects its sender's last message: the part of that which it is of, again with what this
    /// says otherwise.
    pub fn corrected(&mut self, fate: PassageFate, own: CorrectingWords, of: (&str, usize)) -> PassageFate {
        let category = match &fate {
            PassageFate::Proposed(part) => part.category.as_ref().map(|found| found.value),
            _ => None,
        };
        let at = self.last.get(of.0).and_then(|last| last.part(&own.place, category));
        let last = at.and_then(|at| self.last.get(of.0)?.parts.get(at));
        let fate = match (fate, last) {
            (PassageFate::LeftOut(LeftOut::NoIncident), Some(last)) if own.says_anything() => {
                PassageFate::Proposed(Box::new(again(last, own, None)))
            }
            (PassageFate::Proposed(mut whole), Some(last))
                if whole.category.is_some() && own.is_placed() && own.says_all_of(last) =>
            {
                whole.questions.push(Question::WholeCorrection);
                PassageFate::Proposed(whole)
            }
            (PassageFate::Proposed(part), Some(last)) => {
                PassageFate::Proposed(Box::new(again(last, own, Some(*part))))
            }
            (fate, _) => fate,
        };
        match (at, &fate, self.last.get_mut(of.0)) {
            // The other parts may be corrected, too; this one comes first where nothing says which is meant.
            (Some(at), PassageFate::Proposed(proposal), Some(last)) => {
                last.parts.remove(at);
                last.parts.push((**proposal).clone());
                fate
            }
            _ => self.proposed(fate, of),
        }
    }
}

/// The parts of one message.
#[derive(Default)]
struct LastMessage {
    number: Option<usize>,
    parts: Vec<ChatProposal>,
}

impl LastMessage {
    /// The part that a correction of this place and category is of: that of the village, else of the kecamatan, else of what
    /// happened, else the last.
    fn part(&self, place: &PlaceFinding, category: Option<Category>) -> Option<usize> {
        let value = |found: &Option<Finding<UnitId>>| found.as_ref().map(|found| found.value);
        let village = |found: &Option<Finding<u16>>| found.as_ref().map(|found| found.value);
        let is_near = |part: &&ChatProposal| {
            value(&place.district).is_some() && value(&part.district) == value(&place.district)
        };
        let is_there = |part: &&ChatProposal| {
            is_near(part)
                && village(&place.village).is_some()
                && village(&part.village) == village(&place.village)
        };
        let last = |is: &dyn Fn(&&ChatProposal) -> bool| self.parts.iter().rposition(|part| is(&part));
        let is_alike = |part: &&ChatProposal| {
            category.is_some() && part.category.as_ref().map(|found| found.value) == category
        };
        let of_place = last(&is_there).or_else(|| last(&is_near));
        of_place.or_else(|| last(&is_alike)).or(self.parts.len().checked_sub(1))
    }
}

/// What a part that corrects an earlier one says itself.
pub struct CorrectingWords {
    pub place: PlaceFinding,
    /// `None` where it names no time.
    pub occurred: Option<Finding<Time>>,
    /// What is asked about that time.
    pub of_time: Vec<Question>,
    pub people: PeopleHurt,
    /// People of whom it says something and whom no count holds.
    pub unread: Vec<Range<usize>>,
    /// Its numbers, each with the word behind it.
    pub numbers: Vec<Range<usize>>,
}

impl CorrectingWords {
    fn is_placed(&self) -> bool {
        self.place.question != Some(Question::NoPlace)
    }

    fn says_anything(&self) -> bool {
        self.is_placed() || self.occurred.is_some() || self.counts() || !self.look_at().is_empty()
    }

    /// True where it names a time and counts people wherever the earlier message did: nothing of that is lost with it.
    fn says_all_of(&self, last: &ChatProposal) -> bool {
        let PeopleHurt { dead, injured, displaced, .. } = &self.people;
        let is_timed = last
            .occurred
            .as_ref()
            .is_some_and(|found| found.words.is_some() || found.sure != Sureness::Guess);
        let pairs = [(&last.dead, dead), (&last.injured, injured), (&last.displaced, displaced)];
        (!is_timed || self.occurred.is_some())
            && last.look_at.is_empty()
            && pairs.into_iter().all(|(old, own)| old.is_none() || own.is_some())
    }

    /// "…, dan ada 1 pemuda kena lempar batu": who is counted, and no name of what happened.
    fn is_of_who_is_counted(&self, words: &Range<usize>) -> bool {
        self.numbers.iter().any(|counted| counted.start < words.start && words.start < counted.end)
    }

    fn counts(&self) -> bool {
        let PeopleHurt { dead, injured, displaced, .. } = &self.people;
        [dead, injured, displaced].into_iter().any(Option::is_some)
    }

    /// Words that a person looks at: numbers, too, where it says nothing that can be read.
    fn look_at(&self) -> Vec<Range<usize>> {
        let is_read = self.is_placed() || self.occurred.is_some() || self.counts();
        let mut people = self.people.look_at();
        people.extend(self.unread.iter().cloned());
        if is_read || !people.is_empty() { people } else { self.numbers.clone() }
    }

    /// True where what was asked of the earlier message is asked of its correction, too: it says nothing else of it.
    fn leaves_open(&self, question: &Question, has_category: bool) -> bool {
        match question {
            Question::DateOrder | Question::FarTime | Question::AmbiguousTime | Question::HourMissing => {
                self.occurred.is_none()
            }
            Question::NoCategory => !has_category,
            Question::Doubtful | Question::SeveralIncidents => true,
            Question::Correction
            | Question::WholeCorrection
            | Question::QuietPeriod
            | Question::WholeDistrict
            | Question::BesidesQuiet => false,
            Question::NoPlace
            | Question::SeveralPlaces
            | Question::SeveralVillages
            | Question::SenderPlace
            | Question::UnknownPlace { .. }
            | Question::Elsewhere { .. } => !self.is_placed(),
        }
    }
}

/// "lokasinya Ds Noman, bukan Pauh": the words without what they say it was not.
pub fn without_what_is_not(words: Vec<ChatWord>) -> Vec<ChatWord> {
    let mut denied = None;
    let is_kept = |word: &ChatWord| {
        if word.is(&["bukan", "bkn"]) {
            denied = Some(word.clause);
        } else if word.is(&["tapi", "tp", "tetapi", "melainkan", "namun", "yang", "yg"]) {
            denied = None;
        }
        denied != Some(word.clause)
    };
    words.into_iter().filter(is_kept).collect()
}

/// Each number that words hold, with the word behind it.
pub fn numbers(words: &[ChatWord]) -> Vec<Range<usize>> {
    let is_digits = |word: &ChatWord| word.text.as_bytes().first().is_some_and(u8::is_ascii_digit);
    let with_next = |at: usize| {
        let next = words.get(at + 1).filter(|next| next.clause == words[at].clause && !is_digits(next));
        words[at].span.start..next.unwrap_or(&words[at]).span.end
    };
    (0..words.len()).filter(|at| is_digits(&words[*at])).map(with_next).collect()
}

/// An earlier proposal with what its correction says otherwise. `part`: what the correction was proposed as by itself.
fn again(last: &ChatProposal, own: CorrectingWords, part: Option<ChatProposal>) -> ChatProposal {
    fn guess<T: Clone>(found: &Option<Finding<T>>) -> Option<Finding<T>> {
        let plain =
            |found: &Finding<T>| Finding { value: found.value.clone(), words: None, sure: Sureness::Guess };
        found.as_ref().map(plain)
    }
    let part = part.filter(|part| part.category.is_some() || part.stance.value != Stance::Affirms);
    let words = |part: &ChatProposal| part.category.as_ref().and_then(|found| found.words.clone());
    let is_counted = part.as_ref().and_then(words).is_some_and(|words| own.is_of_who_is_counted(&words));
    let has_category =
        !(is_counted && last.category.is_some()) && part.as_ref().is_some_and(|part| part.category.is_some());
    let mut questions = vec![Question::Correction];
    questions.extend(own.place.question.clone().filter(|_| own.is_placed()));
    questions.extend(own.of_time.iter().cloned());
    questions.extend(last.questions.iter().filter(|asked| own.leaves_open(asked, has_category)).cloned());
    let doubtful = part.as_ref().is_some_and(|part| part.questions.contains(&Question::Doubtful));
    if doubtful && !questions.contains(&Question::Doubtful) {
        questions.push(Question::Doubtful);
    }
    let (is_placed, look_at) = (own.is_placed(), own.look_at());
    let CorrectingWords { place, occurred, people, .. } = own;
    let (district, village) = match is_placed {
        true => (place.district, place.village),
        false => (guess(&last.district), guess(&last.village)),
    };
    let stance = Finding { value: last.stance.value, words: None, sure: Sureness::Guess };
    let stance = part.as_ref().map_or(stance, |part| part.stance.clone());
    let (category, others, severity) = match part.filter(|_| has_category) {
        Some(part) => (part.category, part.others, part.severity),
        None => (guess(&last.category), last.others.clone(), guess(&last.severity)),
    };
    let mut harmed = PeopleHurt::default();
    harmed.dead = people.dead.or_else(|| guess(&last.dead));
    harmed.injured = people.injured.or_else(|| guess(&last.injured));
    harmed.displaced = people.displaced.or_else(|| guess(&last.displaced));
    let is_kept = |found: &Option<Finding<u32>>| {
        found.as_ref().is_some_and(|found| found.value > 0 && found.words.is_none())
    };
    let is_kept = [&harmed.dead, &harmed.injured, &harmed.displaced].into_iter().any(is_kept);
    // Of whom it keeps is as grave as it was.
    let before = guess(&last.severity).filter(|_| is_kept);
    let severity =
        [severity, before, severity::of_harm(&harmed)].into_iter().flatten().max_by_key(|found| found.value);
    ChatProposal {
        district,
        village,
        category,
        others,
        occurred: occurred.or_else(|| guess(&last.occurred)),
        severity,
        stance,
        look_at,
        dead: harmed.dead,
        injured: harmed.injured,
        displaced: harmed.displaced,
        questions,
    }
}
