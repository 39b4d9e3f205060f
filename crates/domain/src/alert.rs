//! An alert's life as one pure transition function.
//!
//! The pipeline's conditions, people's acts and timers all come through [`transition`];
//! the store runs it inside a transaction under a version check and appends to the history.

use crate::author::StampedAuthor;
use crate::effect::{Condition, ConditionChange, Incident};
use crate::evidence::attestation::Extent;
use crate::kind::{Kind, Level};
use crate::place::Code;
use crate::report::ReportName;
use crate::time::Time;
use alloc::{format, string::String, vec::Vec};
use sha2::{Digest, Sha256};

macro_rules! states {
    ($name:ident { $($variant:ident = $word:literal),+ $(,)? }) => {
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
        pub enum $name { $($variant),+ }
        impl $name {
            pub const ALL: &'static [$name] = &[$($name::$variant),+];
            pub const fn as_str(self) -> &'static str { match self { $($name::$variant => $word),+ } }
            pub fn parse(word: &str) -> Option<$name> { match word { $($word => Some($name::$variant),)+ _ => None } }
        }
    };
}

pub mod notice;
pub mod regency;
pub mod reopening;
mod since_end;
pub mod withdrawal;

use reopening::Reopening;
use withdrawal::WithdrawalRequest;

#[derive(Clone, PartialEq, Debug)]
pub struct Alert {
    /// Number people say: `16.13-2026-0007` (regency, year, serial); never used twice.
    pub id: String,
    pub code: Code,
    pub kind: Kind,
    pub level: Level,
    pub state: State,
    /// Grows by one at every transition; an act names the version it saw.
    pub version: u32,
    pub opened_at: Time,
    pub changed_at: Time,
    /// When it came to its present level.
    pub reached_at: Time,
    /// The highest level it ever had.
    pub peak: Level,
    pub assignee: Option<String>,
    pub outcome: Option<AlertOutcome>,
    /// The feeds went silent while it stood: the level is kept and a person is asked.
    pub stale: bool,
    /// When the condition cleared; a person still resolves.
    pub cleared_at: Option<Time>,
    pub unverified: bool,
    /// It rests on what one party to the dispute claims.
    pub one_party: bool,
    /// The highest level at which a person took it on since it last fell or cleared.
    pub accepted: Option<Level>,
    /// The level at which its place stands by what the person answered who ended the alert before, as long as it does not rise
    /// above that: what this alert says rests on what came in since.
    pub answered: Option<Level>,
    /// The latest request to end it that no second person joined and that has not lapsed in the history.
    pub withdrawal: Option<WithdrawalRequest>,
}

states!(State {
    Open = "open", Acknowledged = "acknowledged", Assigned = "assigned",
    Responding = "responding", Resolved = "resolved", Withdrawn = "withdrawn",
});
// What a person found when the alert ended. `Averted` (*diredam*) is not a false alarm.
states!(AlertOutcome {
    Confirmed = "confirmed", Averted = "averted", FalseAlarm = "false_alarm",
    Unverified = "unverified", Void = "void",
});

// What a person may do with an alert.
states!(PersonAct {
    Acknowledge = "acknowledge", Assign = "assign", Respond = "respond",
    Resolve = "resolve", Withdraw = "withdraw", CancelRequest = "cancel_request", SendAgain = "send_again",
});

// What a person without an account answered where a second person was asked for by a one-time link.
states!(SecondAnswer { Agreed = "agreed", Declined = "declined", Unjudged = "unjudged" });

impl State {
    /// True while the alert is still someone's work.
    pub const fn is_live(self) -> bool {
        !matches!(self, State::Resolved | State::Withdrawn)
    }

    /// Whether a person may do this now. Somebody must have seen an alert before it is resolved.
    pub const fn allows(self, act: PersonAct) -> bool {
        match act {
            PersonAct::SendAgain => true,
            _ if !self.is_live() => false,
            PersonAct::Acknowledge => matches!(self, State::Open),
            PersonAct::Respond => !matches!(self, State::Responding),
            PersonAct::Resolve => !matches!(self, State::Open),
            PersonAct::Assign | PersonAct::Withdraw | PersonAct::CancelRequest => true,
        }
    }
}

impl Alert {
    /// True while nobody has taken it on at its present level: it is new, or it rose, or came back, since a person did.
    pub fn awaits_acceptance(&self) -> bool {
        let accepted = self.accepted.is_some_and(|accepted| accepted >= self.level);
        self.state == State::Open || self.state.is_live() && self.cleared_at.is_none() && !accepted
    }

    /// Whether a person may do this now.
    pub fn allows(&self, act: PersonAct) -> bool {
        match act {
            PersonAct::Acknowledge => self.awaits_acceptance(),
            PersonAct::CancelRequest => self.state.is_live() && self.withdrawal.is_some(),
            _ => self.state.allows(act),
        }
    }
}

/// What may happen to an alert.
#[derive(Clone, PartialEq, Debug)]
pub enum Act {
    /// The pipeline's word on the condition behind it.
    Condition(Condition),
    /// What came in since a person ended the last alert: it opens one where the condition still stands, or raises that one.
    Reopened(Reopening),
    /// A grave incident came in while it stands.
    NewIncident {
        incident: ReportName,
    },
    /// An incident that the team was notified of harms more people or has become graver.
    Grown {
        incident: ReportName,
        /// The people whom it harmed as the team knew it.
        was: Extent,
        /// It harms more people, and nothing else of it is news.
        by_people_alone: bool,
    },
    /// A report denies an incident that belongs to it.
    Dispute {
        incident: ReportName,
    },
    /// An incident that the team was notified of, as it knew it, was rejected, taken back or corrected to a claim of which nobody
    /// would be notified.
    TakenBack {
        incident: Incident,
        /// The lines of the history that name it.
        lines: Vec<u32>,
    },
    /// An incident that the team was notified of, as it knew it, goes on with fewer people harmed: its source took that back.
    FewerHarmed {
        incident: Incident,
        /// What is claimed of it by now.
        now: Extent,
        lines: Vec<u32>,
    },
    Acknowledge,
    Assign {
        to: String,
    },
    Respond,
    Resolve {
        outcome: AlertOutcome,
        by: StampedAuthor,
    },
    Withdraw {
        by: StampedAuthor,
    },
    /// Who asked to end it does not ask any more.
    CancelRequest {
        by: StampedAuthor,
    },
    /// The day passed in which a second person could have joined the request to end it.
    LapseWithdrawal,
    /// The newest message about it goes once more to people who have not got it, by their keys in the roster.
    SendAgain {
        people: Vec<String>,
    },
    /// One person of the desk asked for what a second one must join: by this record, for awas or to take something back.
    AskSecond {
        verification: ReportName,
        takes_back: bool,
        lapses_at: Time,
    },
    /// The day passed in which a second person could have joined this record.
    LapseSecond {
        verification: ReportName,
        takes_back: bool,
    },
    /// Somebody answered by a one-time link what one person of the desk asked for by this record; `None`: the alert's end.
    AnswerSecond {
        answer: SecondAnswer,
        verification: Option<ReportName>,
    },
}

/// Acts that leave an alert as it is and stand in its history alone, by their words.
pub const NOTED_ONLY: [&str; 7] = [
    "send_again",
    "second_asked",
    "second_lapsed",
    "second_agreed",
    "second_declined",
    "second_unjudged",
    "withdraw_lapsed",
];

impl Act {
    /// What a person does in it; the word kept in the history where only the pipeline does it.
    pub fn by_person(&self) -> Result<PersonAct, &'static str> {
        match self {
            Act::Condition(condition) => Err(condition.change.as_str()),
            Act::Reopened(since) => Err(since.word()),
            Act::NewIncident { .. } => Err("new_incident"),
            Act::Grown { .. } => Err("grown"),
            Act::Dispute { .. } => Err("dispute"),
            Act::TakenBack { .. } => Err("taken_back"),
            Act::FewerHarmed { .. } => Err("fewer_harmed"),
            Act::LapseWithdrawal => Err("withdraw_lapsed"),
            Act::AskSecond { .. } => Err("second_asked"),
            Act::LapseSecond { .. } => Err("second_lapsed"),
            Act::AnswerSecond { answer: SecondAnswer::Agreed, .. } => Err("second_agreed"),
            Act::AnswerSecond { answer: SecondAnswer::Declined, .. } => Err("second_declined"),
            Act::AnswerSecond { answer: SecondAnswer::Unjudged, .. } => Err("second_unjudged"),
            Act::Acknowledge => Ok(PersonAct::Acknowledge),
            Act::Assign { .. } => Ok(PersonAct::Assign),
            Act::Respond => Ok(PersonAct::Respond),
            Act::Resolve { .. } => Ok(PersonAct::Resolve),
            Act::Withdraw { .. } => Ok(PersonAct::Withdraw),
            Act::CancelRequest { .. } => Ok(PersonAct::CancelRequest),
            Act::SendAgain { .. } => Ok(PersonAct::SendAgain),
        }
    }

    /// The word kept in the history of what it made of an alert.
    pub fn history_word(&self, next: &Alert) -> &'static str {
        match self.ends() {
            Some(_) if next.state.is_live() => withdrawal::END_REQUESTED,
            _ => self.word(),
        }
    }

    /// The word of the act itself.
    pub fn word(&self) -> &'static str {
        self.by_person().map_or_else(|word| word, PersonAct::as_str)
    }
}

/// Why an act was not done. The desk answers 409 and shows the alert as it now stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ActRefusal {
    /// Somebody acted since `seen`; the alert is at `now`.
    Version { seen: u32, now: u32 },
    /// The state does not allow the act.
    State { state: State, act: &'static str },
    /// An act that must say why did not.
    ReasonMissing,
    /// Who asked to end it does not agree to it too.
    SamePerson { lapses_at: Time },
    /// No request to end it waits that could be cancelled.
    NoRequest,
    /// Only who asked to end it cancels the request.
    NotTheAsker,
    /// It takes two persons, and nobody wrote down whose account this is.
    PersonUnknown,
    /// There is nobody to whom a message would go again.
    NobodyWaits,
}

/// Opens the alert of a raised condition.
pub fn open(id: String, code: Code, condition: &Condition) -> Alert {
    Alert {
        id,
        code,
        kind: condition.kind,
        level: condition.level,
        state: State::Open,
        version: 1,
        opened_at: condition.at,
        changed_at: condition.at,
        reached_at: condition.at,
        peak: condition.level,
        assignee: None,
        outcome: None,
        stale: false,
        cleared_at: None,
        unverified: condition.unverified,
        one_party: condition.is_claimed_by_one_party(),
        accepted: None,
        answered: None,
        withdrawal: None,
    }
}

/// True where a condition opens an alert although none is live: where it is raised, and where it rises above `before`,
/// the level of the cell's last condition, because the person who ended the alert answered the lower level.
pub fn condition_opens_alert(condition: &Condition, before: Option<Level>) -> bool {
    match condition.change {
        ConditionChange::Raised => true,
        ConditionChange::Changed => before.is_none_or(|before| condition.level > before),
        ConditionChange::Stale | ConditionChange::Cleared | ConditionChange::Withdrawn => false,
    }
}

/// The alert after `act`, or why not. `seen` is the version a person looked at; the pipeline gives `None`.
pub fn transition(
    alert: &Alert,
    act: &Act,
    seen: Option<u32>,
    reason: &str,
    at: Time,
) -> Result<Alert, ActRefusal> {
    if let Some(seen) = seen
        && seen != alert.version
    {
        return Err(ActRefusal::Version { seen, now: alert.version });
    }
    if let Act::SendAgain { people } = act {
        return send_again(alert, people);
    }
    match act {
        Act::AskSecond { .. } | Act::LapseSecond { .. } | Act::AnswerSecond { .. } => {
            return Ok(noted(alert));
        }
        Act::LapseWithdrawal => return Ok(Alert { withdrawal: None, ..noted(alert) }),
        Act::CancelRequest { by } => return withdrawal::cancelled(alert, by, at),
        _ => {}
    }
    let allowed = act.by_person().map_or(alert.state.is_live(), |act| alert.allows(act));
    if !allowed {
        return Err(ActRefusal::State { state: alert.state, act: act.word() });
    }
    if reason.trim().is_empty() && needs_reason(alert, act) {
        return Err(ActRefusal::ReasonMissing);
    }
    let mut next = alert.clone();
    if let Some(request) = withdrawal::request_of(alert, act, at)? {
        return Ok(Alert { withdrawal: Some(request), changed_at: at, ..noted(alert) });
    }
    match act {
        Act::Condition(condition) if next.is_answered(condition) => next.stand_lower(condition),
        Act::Condition(condition) => follow(&mut next, condition),
        Act::Reopened(since) => {
            follow(&mut next, &since.condition);
            next.answered = since.answered;
        }
        Act::NewIncident { .. }
        | Act::Grown { .. }
        | Act::Dispute { .. }
        | Act::TakenBack { .. }
        | Act::FewerHarmed { .. }
        | Act::SendAgain { .. }
        | Act::AskSecond { .. }
        | Act::LapseSecond { .. }
        | Act::AnswerSecond { .. }
        | Act::CancelRequest { .. }
        | Act::LapseWithdrawal => {}
        Act::Acknowledge => next.state = next.state.max(State::Acknowledged),
        Act::Assign { to } => {
            next.assignee = Some(to.clone());
            next.state = next.state.max(State::Assigned);
        }
        Act::Respond => next.state = State::Responding,
        Act::Resolve { outcome, .. } => {
            next.state = State::Resolved;
            next.outcome = Some(*outcome);
        }
        Act::Withdraw { .. } => {
            next.state = State::Withdrawn;
            next.outcome = Some(AlertOutcome::Void);
        }
    }
    if matches!(act, Act::Acknowledge | Act::Assign { .. } | Act::Respond) {
        next.accepted = Some(next.level);
    }
    let returned = alert.cleared_at.is_some() && next.cleared_at.is_none();
    if !next.state.is_live() || next.level > alert.level || returned {
        // Who asked to end it knew nothing of what made it rise or return.
        next.withdrawal = None;
    }
    next.version += 1;
    next.changed_at = at;
    Ok(next)
}

/// A withdrawal says why, and so does what takes two persons.
fn needs_reason(alert: &Alert, act: &Act) -> bool {
    matches!(act, Act::Withdraw { .. }) || act.ends().is_some() && alert.needs_two_to_end()
}

/// A message that goes out again changes nothing but the history; also that of an ended alert, whose last message must arrive
/// too.
fn send_again(alert: &Alert, people: &[String]) -> Result<Alert, ActRefusal> {
    if people.is_empty() {
        return Err(ActRefusal::NobodyWaits);
    }
    Ok(noted(alert))
}

/// The alert with one more line in its history, and as it was.
fn noted(alert: &Alert) -> Alert {
    Alert { version: alert.version + 1, ..alert.clone() }
}

/// A condition moves level and marks; it never ends an alert but by withdrawal.
fn follow(alert: &mut Alert, condition: &Condition) {
    match condition.change {
        ConditionChange::Raised | ConditionChange::Changed => {
            if alert.level != condition.level || alert.cleared_at.is_some() {
                alert.reached_at = condition.at;
            }
            // What fell and rises asks again, and so does what cleared and came back.
            let stood = alert.accepted.filter(|_| alert.cleared_at.is_none());
            alert.accepted = stood.map(|accepted| accepted.min(condition.level));
            alert.level = condition.level;
            alert.peak = alert.peak.max(condition.level);
            alert.unverified = condition.unverified;
            alert.one_party = condition.is_claimed_by_one_party();
            alert.answered = None;
            alert.stale = false;
            alert.cleared_at = None;
        }
        ConditionChange::Stale => alert.stale = true,
        ConditionChange::Cleared => {
            alert.stale = false;
            alert.answered = None;
            alert.cleared_at = Some(condition.at);
        }
        ConditionChange::Withdrawn => {
            alert.state = State::Withdrawn;
            alert.outcome = Some(AlertOutcome::Void);
        }
    }
}

/// One line of an alert's history; append-only.
#[derive(Clone, PartialEq, Debug)]
pub struct HistoryEntry {
    pub alert: String,
    /// The version this act made.
    pub version: u32,
    pub at: Time,
    /// Account name, or `kentongan` for the pipeline.
    pub actor: String,
    pub act: String,
    pub reason: String,
    /// What the entry says in full (JSON); a lawful deletion empties it and leaves its hash.
    pub content: String,
    pub content_hash: [u8; 32],
    /// SHA-256 over the previous entry's hash, this entry's fields and its content hash.
    pub hash: [u8; 32],
}

/// Content hash and chain hash of an entry that follows `previous` (zeros for the first).
pub fn seal(previous: &[u8; 32], entry: &HistoryEntry) -> ([u8; 32], [u8; 32]) {
    let content: [u8; 32] = Sha256::digest(entry.content.as_bytes()).into();
    (content, chain(previous, entry, &content))
}

fn chain(previous: &[u8; 32], entry: &HistoryEntry, content: &[u8; 32]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(previous);
    for field in [&entry.alert, &entry.actor, &entry.act, &entry.reason] {
        hasher.update((field.len() as u64).to_le_bytes());
        hasher.update(field.as_bytes());
    }
    hasher.update(entry.version.to_le_bytes());
    hasher.update(entry.at.0.to_le_bytes());
    hasher.update(content);
    hasher.finalize().into()
}

/// Checks a whole history, oldest first. The error names the first version that does not follow.
/// An emptied content (a deletion the law demanded) is accepted by its stored hash.
pub fn verify(history: &[HistoryEntry]) -> Result<(), String> {
    let mut previous = [0u8; 32];
    for (index, entry) in history.iter().enumerate() {
        let expected: Vec<u8> = Sha256::digest(entry.content.as_bytes()).to_vec();
        let content_ok = entry.content.is_empty() || expected == entry.content_hash;
        let chain_ok = chain(&previous, entry, &entry.content_hash) == entry.hash;
        if !content_ok || !chain_ok || entry.version as usize != index + 1 {
            return Err(format!(
                "alert '{}' version {}: the history was changed",
                entry.alert, entry.version
            ));
        }
        previous = entry.hash;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
