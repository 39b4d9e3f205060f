//! What a chat was read as: its parts, what each may be a report of, and what a person is asked.

use super::earlier::DeniedPassage;
use super::hurt::InjuryDegrees;
use domain::kind::{Category, Stance};
use domain::place::UnitId;
use domain::report::ReportId;
use domain::time::Time;
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
    /// Several villages of one kecamatan: which of them is not clear.
    SeveralVillages,
    /// Its lines speak of several places or times that could not be parted: a person enters what is missing.
    SeveralIncidents,
    /// No place is named: it is the one that the sender's name has.
    SenderPlace,
    /// It corrects an earlier message of its sender, whose fields it takes for what it does not say itself.
    Correction,
    /// It corrects an earlier message of its sender and says where and what it was itself.
    WholeCorrection,
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
    /// Its words fit two times.
    AmbiguousTime,
    /// It names a day and no hour, or no hour but that of the end.
    HourMissing,
    /// From when to when nothing happened its words leave open.
    QuietPeriod,
    /// That nothing happened is written of a kecamatan whose name is a village's, too, or where the same message tells of
    /// something there.
    WholeDistrict,
    /// Besides that nothing happened its words tell of something else.
    BesidesQuiet,
    /// A later message of its sender corrects or withdraws it, in these words.
    Corrected {
        words: Range<usize>,
    },
    /// A later message of somebody else denies it, in these words.
    Denied {
        words: Range<usize>,
    },
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
    /// How badly those are hurt whom it counts.
    pub degrees: InjuryDegrees,
    pub displaced: Option<Finding<u32>>,
    /// People missing, households whose persons nobody counted, people hurt without a number: words to look at.
    pub look_at: Vec<Range<usize>>,
    pub questions: Vec<Question>,
}

/// That nothing happened somewhere, as a part of a chat says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct QuietProposal {
    /// `None` where several may be meant.
    pub district: Option<Finding<UnitId>>,
    /// The village's last four digits.
    pub village: Option<Finding<u16>>,
    pub from: Time,
    pub to: Time,
    /// The words that give the period; `None` where it is the usual one.
    pub words: Option<Range<usize>>,
    pub questions: Vec<Question>,
}

/// What became of a part of a chat.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PassageFate {
    Proposed(Box<ChatProposal>),
    Quiet(Box<QuietProposal>),
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
    /// The part before it that says the same word for word: it was passed on.
    pub copy_of: Option<usize>,
    pub fate: PassageFate,
}

impl ChatPassage {
    /// Asks about what it proposes, once.
    pub(super) fn ask(&mut self, question: Question) {
        let questions = match &mut self.fate {
            PassageFate::Proposed(proposal) => &mut proposal.questions,
            PassageFate::Quiet(quiet) => &mut quiet.questions,
            PassageFate::LeftOut(_) => return,
        };
        if !questions.contains(&question) {
            questions.push(question);
        }
    }

    /// What is asked of what it proposes; `None` where it proposes nothing.
    pub fn questions(&self) -> Option<&[Question]> {
        match &self.fate {
            PassageFate::Proposed(proposal) => Some(&proposal.questions),
            PassageFate::Quiet(quiet) => Some(&quiet.questions),
            PassageFate::LeftOut(_) => None,
        }
    }
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
    /// Asks about parts that the words of a later one correct or withdraw.
    pub(super) fn ask_of_corrected(&mut self, parts: Vec<usize>, words: Range<usize>) {
        for part in parts {
            if let Some(passage) = self.passages.get_mut(part) {
                passage.ask(Question::Corrected { words: words.clone() });
            }
        }
    }

    /// Asks about a part that the words of a later one deny.
    pub(super) fn ask_of_denied(&mut self, part: DeniedPassage, words: Range<usize>) {
        let question =
            if part.is_of_another { Question::Denied { words } } else { Question::Corrected { words } };
        if let Some(passage) = self.passages.get_mut(part.passage) {
            passage.ask(question);
        }
    }

    pub fn counts(&self) -> ChatCounts {
        let mut counts =
            ChatCounts { messages: self.messages, passages: self.passages.len(), ..ChatCounts::default() };
        for passage in &self.passages {
            match passage.questions() {
                Some([]) => counts.proposed += 1,
                Some(_) => counts.asked += 1,
                None => counts.left_out += 1,
            }
        }
        counts
    }
}
