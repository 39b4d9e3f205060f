//! What stood in a chat before a message: what its sender proposed last, which "ralat" corrects, and what was written word for
//! word the same, which was passed on.

mod again;
mod reported;

use super::correcting::Correcting;
use super::denial;
use super::hurt::PeopleHurt;
use super::incident::IncidentPart;
use super::token::{self, ChatWord};
use super::{ChatProposal, Finding, LeftOut, PassageFate, PlaceFinding, Question, SenderHint, Sureness};
use again::again;
use domain::kind::{Category, Stance};
use domain::place::UnitId;
use domain::time::{MINUTE, Time};
use reported::{DeniedReport, ReportedBefore};
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
    /// What the last message of each sender that proposed a nihil did.
    quiet: BTreeMap<String, QuietMessage>,
    /// What anybody reported.
    reported: ReportedBefore,
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

    /// What became of a part of a sender's message; nobody corrects a sender but themselves.
    pub fn proposed(&mut self, fate: PassageFate, of: SentPart<'_>) -> PassageFate {
        self.reported.add(&fate, of);
        match &fate {
            PassageFate::Proposed(proposal) => {
                let last = self.last.entry(of.sender.to_owned()).or_default();
                if last.number != Some(of.message) {
                    *last = LastMessage { number: Some(of.message), sent: of.sent, parts: Vec::new() };
                }
                if last.parts.len() == MOST_PARTS {
                    last.parts.remove(0);
                }
                last.parts.push(LastPart { passage: of.passage, proposal: (**proposal).clone() });
            }
            PassageFate::Quiet(_) => {
                let quiet = self.quiet.entry(of.sender.to_owned()).or_default();
                if quiet.number != Some(of.message) {
                    *quiet = QuietMessage { number: Some(of.message), sent: of.sent, passages: Vec::new() };
                }
                quiet.passages.push(of.passage);
                quiet.passages.truncate(MOST_PARTS);
            }
            PassageFate::LeftOut(_) => {}
        }
        fate
    }

    /// What became of a part that corrects its sender's last message: the part of that which it is of, again with what this
    /// says otherwise; and the passages that it corrects or withdraws. Where it corrects nothing of its sender's, it may deny what
    /// was reported.
    pub fn corrected(&mut self, fate: PassageFate, own: CorrectingWords, of: SentPart<'_>) -> CorrectedFate {
        let category = match &fate {
            PassageFate::Proposed(part) => part.category.as_ref().map(|found| found.value),
            _ => None,
        };
        let is_other_event = own.kind == Correcting::Aside && category.is_some();
        let quiet = if is_other_event { Vec::new() } else { self.quiet_corrected(own.kind, of) };
        let last = self.last.get(of.sender).filter(|last| last.is_corrected_by(category, &own, of.sent));
        // Who takes back a nihil takes back nothing that they reported before it.
        let is_of_quiet = !quiet.is_empty() && (own.kind == Correcting::Withdrawal || !own.says_anything());
        let Some(last) = last.filter(|last| !is_of_quiet || self.is_last_of_both(last, of)) else {
            let fate = match fate {
                PassageFate::Proposed(mut whole) if !quiet.is_empty() => {
                    whole.questions.push(Question::WholeCorrection);
                    PassageFate::Proposed(whole)
                }
                // What it corrects stands in no message of this chat.
                PassageFate::LeftOut(LeftOut::NoIncident) if quiet.is_empty() && own.is_of_unknown() => {
                    PassageFate::Proposed(Box::new(again::of_unknown(own, of.sent)))
                }
                fate => fate,
            };
            if quiet.is_empty() {
                return self.as_denial(fate, of);
            }
            return CorrectedFate::new(self.proposed(fate, of), quiet);
        };
        if own.kind == Correcting::Withdrawal {
            let all = last.parts.iter().map(|part| part.passage).chain(quiet).collect();
            return CorrectedFate::new(self.proposed(fate, of), all);
        }
        let at = last.part(&own, category);
        let Some(part) = last.parts.get(at) else {
            return CorrectedFate::new(self.proposed(fate, of), quiet);
        };
        let marked = quiet.into_iter().chain([part.passage]).collect();
        let fate = correct(fate, own, &part.proposal);
        match (&fate, self.last.get_mut(of.sender)) {
            // The other parts may be corrected, too; this one comes first where nothing says which is meant.
            (PassageFate::Proposed(proposal), Some(last)) => {
                self.reported.add(&fate, of);
                last.parts.remove(at);
                last.parts.push(LastPart { passage: of.passage, proposal: (**proposal).clone() });
                CorrectedFate::new(fate, marked)
            }
            _ => CorrectedFate::new(self.proposed(fate, of), marked),
        }
    }

    /// A part that denies what was reported within a day, "tawuran tadi tdk benar pak", with what it leaves to that report, and
    /// the passages that are asked about for it.
    pub fn as_denial(&mut self, fate: PassageFate, of: SentPart<'_>) -> CorrectedFate {
        let mut denial = match fate {
            PassageFate::Proposed(part) if part.stance.value == Stance::Denies => part,
            fate => return CorrectedFate::new(self.proposed(fate, of), Vec::new()),
        };
        let reports = self.reported.denied(&denial, of);
        if let Some(own) = reports.iter().find_map(|report| report.own) {
            again::fill_denial(&mut denial, own);
        }
        let found =
            |one: DeniedReport<'_>| DeniedPassage { passage: one.passage, is_of_another: one.is_of_another };
        let denied = reports.into_iter().map(found).collect();
        let fate = self.proposed(PassageFate::Proposed(denial), of);
        CorrectedFate { fate, marked: Vec::new(), denied }
    }

    /// The nihil that a correction may be of: the last one, where its sender reported nothing after it; all of one that is
    /// withdrawn.
    fn quiet_corrected(&self, kind: Correcting, of: SentPart<'_>) -> Vec<usize> {
        let reported = self.last.get(of.sender).and_then(|last| last.number);
        let Some(quiet) = self.quiet.get(of.sender).filter(|quiet| quiet.number >= reported) else {
            return Vec::new();
        };
        match kind {
            Correcting::Update | Correcting::Addition => Vec::new(),
            Correcting::Named | Correcting::Slip | Correcting::Aside if quiet.number == reported => {
                Vec::new()
            }
            Correcting::Named => quiet.passages.last().copied().into_iter().collect(),
            _ if !is_near(quiet.sent, of.sent) => Vec::new(),
            Correcting::Slip | Correcting::Aside => quiet.passages.last().copied().into_iter().collect(),
            Correcting::Withdrawal => quiet.passages.clone(),
        }
    }

    /// True where the same message proposed a report and a nihil.
    fn is_last_of_both(&self, last: &LastMessage, of: SentPart<'_>) -> bool {
        self.quiet.get(of.sender).is_some_and(|quiet| quiet.number == last.number)
    }
}

/// What became of a part that may correct an earlier one, and which parts are asked about for it.
pub struct CorrectedFate {
    pub fate: PassageFate,
    pub marked: Vec<usize>,
    pub denied: Vec<DeniedPassage>,
}

impl CorrectedFate {
    fn new(fate: PassageFate, marked: Vec<usize>) -> CorrectedFate {
        CorrectedFate { fate, marked, denied: Vec::new() }
    }
}

/// The passage that a later one denies.
pub struct DeniedPassage {
    pub passage: usize,
    /// It is another sender's.
    pub is_of_another: bool,
}

/// True where a message was sent within a day of one before it, as far as both times are known.
fn is_near(before: Option<Time>, sent: Option<Time>) -> bool {
    const NEAR: i64 = 24 * 60 * MINUTE;
    before.zip(sent).is_none_or(|(before, sent)| (0..=NEAR).contains(&(sent.0 - before.0)))
}

/// What a correction becomes beside the part that it corrects.
fn correct(fate: PassageFate, own: CorrectingWords, last: &ChatProposal) -> PassageFate {
    match fate {
        PassageFate::LeftOut(LeftOut::NoIncident) if own.says_anything() => {
            PassageFate::Proposed(Box::new(again(last, own, None)))
        }
        // "ralat, korban nihil", "ralat LR nihil": of what happened, and that nothing did of nothing.
        PassageFate::LeftOut(LeftOut::Nothing) | PassageFate::Quiet(_) if own.counts() => {
            PassageFate::Proposed(Box::new(again(last, own, None)))
        }
        PassageFate::Proposed(mut whole)
            if whole.category.is_some() && own.is_placed() && own.says_all_of(last) =>
        {
            whole.questions.push(Question::WholeCorrection);
            PassageFate::Proposed(whole)
        }
        PassageFate::Proposed(part) => PassageFate::Proposed(Box::new(again(last, own, Some(*part)))),
        fate => fate,
    }
}

/// Whose message a part is of, when it was sent, and the numbers of both.
#[derive(Clone, Copy)]
pub struct SentPart<'a> {
    pub sender: &'a str,
    pub sent: Option<Time>,
    pub message: usize,
    pub passage: usize,
}

/// The parts of one message.
#[derive(Default)]
struct LastMessage {
    number: Option<usize>,
    sent: Option<Time>,
    parts: Vec<LastPart>,
}

/// What a part of it proposed.
struct LastPart {
    passage: usize,
    proposal: ChatProposal,
}

/// The parts of one message that say that nothing happened.
#[derive(Default)]
struct QuietMessage {
    number: Option<usize>,
    sent: Option<Time>,
    passages: Vec<usize>,
}

impl LastMessage {
    /// The part that a correction with this category is of: that of the village, else of the kecamatan, else of what happened,
    /// else the last. Figures of one village are of no other village's part.
    fn part(&self, own: &CorrectingWords, category: Option<Category>) -> usize {
        let last =
            |is: &dyn Fn(&&ChatProposal) -> bool| self.parts.iter().rposition(|part| is(&&part.proposal));
        let is_near = |part: &&ChatProposal| {
            let is_other = own.is_of_figures() && own.names_other_village(part);
            own.place.district.is_some() && own.is_in_district_of(part) && !is_other
        };
        let is_there = |part: &&ChatProposal| {
            is_near(part)
                && own.place.village.is_some()
                && !own.names_other_village(part)
                && part.village.is_some()
        };
        let is_alike = |part: &&ChatProposal| {
            category.is_some() && part.category.as_ref().map(|found| found.value) == category
        };
        let of_place = last(&is_there).or_else(|| last(&is_near));
        of_place.or_else(|| last(&is_alike)).unwrap_or(self.parts.len().saturating_sub(1))
    }

    /// True where it is this message that a correction of this kind is of: what does not call itself a correction is one
    /// only of what was written within a day before, figures are of no other event or place than it, and what only says
    /// "bukan" in passing is of no other kind of event.
    fn is_corrected_by(&self, category: Option<Category>, own: &CorrectingWords, sent: Option<Time>) -> bool {
        let is_near = is_near(self.sent, sent);
        let part = self.parts.get(self.part(own, category));
        let Some(last) = part.map(|part| &part.proposal) else { return false };
        let before = last.category.as_ref().map(|found| found.value);
        match own.kind {
            Correcting::Named => true,
            Correcting::Slip | Correcting::Withdrawal => {
                is_near && own.of_kind.is_none_or(|own_kind| before.is_none_or(|kind| kind == own_kind))
            }
            Correcting::Aside => {
                let is_alike = |own_kind| before.map_or(own.is_of_place_of(last), |kind| kind == own_kind);
                is_near && category.is_none_or(is_alike)
            }
            Correcting::Update | Correcting::Addition => {
                let is_of_it = category.is_none() || !own.is_placed() && before == category;
                is_near
                    && own.is_of_place_of(last)
                    && is_of_it
                    && (own.counts() || own.people.households.is_some() || !own.unread.is_empty())
            }
        }
    }
}

/// What a part that corrects an earlier one says itself.
pub struct CorrectingWords {
    pub kind: Correcting,
    /// What it says that the report was not.
    pub of_kind: Option<Category>,
    pub place: PlaceFinding,
    /// `None` where it names no time.
    pub occurred: Option<Finding<Time>>,
    /// Midnight of the day that it names without an hour.
    pub day: Option<Time>,
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

    /// True where it says of a report that it was at another place.
    fn is_of_unknown(&self) -> bool {
        matches!(self.kind, Correcting::Named | Correcting::Slip) && self.place.district.is_some()
    }

    /// True where it brings figures up to date.
    fn is_of_figures(&self) -> bool {
        matches!(self.kind, Correcting::Update | Correcting::Addition)
    }

    fn is_in_district_of(&self, part: &ChatProposal) -> bool {
        let value = |found: &Option<Finding<UnitId>>| found.as_ref().map(|found| found.value);
        value(&self.place.district) == value(&part.district)
    }

    /// True where both name a village and it is not the same.
    fn names_other_village(&self, part: &ChatProposal) -> bool {
        let both = self.place.village.as_ref().zip(part.village.as_ref());
        both.is_some_and(|(own, other)| own.value != other.value)
    }

    /// True where it names no place, or that of a part.
    fn is_of_place_of(&self, part: &ChatProposal) -> bool {
        !self.is_placed() || self.is_in_district_of(part) && !self.names_other_village(part)
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
            && (self.people.degrees.is_empty() || last.degrees.are_all_in(&self.people.degrees))
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
            | Question::BesidesQuiet
            | Question::Corrected { .. }
            | Question::Denied { .. } => false,
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
    const BACK: [&str; 9] = ["tapi", "tp", "tetapi", "melainkan", "namun", "nanging", "yang", "yg", "sing"];
    // "sakalinya lain di Komet tapi di Mentaos".
    let lain = words
        .iter()
        .take(2)
        .zip(words.iter().skip(1))
        .find(|(word, next)| word.is(&["lain"]) && next.is(&["di"]));
    let lain = lain.map(|(word, _)| word.span.start);
    let off = denial::called_off(&words).map(|at| words[at].span.start);
    let mut denied = None;
    let is_kept = |word: &ChatWord| {
        if word.is(&["bukan", "bkn", "dudu", "sanes"]) || [off, lain].contains(&Some(word.span.start)) {
            denied = Some(word.clause);
        } else if word.is(&BACK) {
            denied = None;
        }
        denied != Some(word.clause)
    };
    words.into_iter().filter(is_kept).collect()
}

/// "bukan Noman tapi Pauh", "salah pak, itu Pauh": the words with what leads a place before the name that is right.
pub fn with_led_name(words: &[ChatWord]) -> Vec<ChatWord> {
    const LEADS: [&str; 20] = [
        "betol",
        "leres",
        "benarnya",
        "betulnya",
        "bujurnya",
        "benere",
        "benernya",
        "sebenarnya",
        "tapi",
        "tp",
        "tetapi",
        "melainkan",
        "nanging",
        "itu",
        "benar",
        "bener",
        "betul",
        "bujur",
        "lokasinya",
        "tempatnya",
    ];
    let mut led: Vec<ChatWord> = Vec::with_capacity(words.len() + 1);
    for word in words {
        if word.capital && led.last().is_some_and(|before| before.is(&LEADS)) {
            led.push(lead_of(word));
        }
        led.push(word.clone());
    }
    led
}

/// "bukan Pauh": the words behind it with what leads a place before them.
pub fn with_led_first(words: &[ChatWord]) -> Vec<ChatWord> {
    words.first().map(lead_of).into_iter().chain(words.iter().cloned()).collect()
}

fn lead_of(word: &ChatWord) -> ChatWord {
    ChatWord { text: "di".to_owned(), capital: false, ..word.clone() }
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
