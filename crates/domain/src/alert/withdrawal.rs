//! Ending an alert that stands: what stands at siaga or above one person asks to end, and a second person does.

use super::{Act, ActRefusal, Alert, AlertOutcome};
use crate::author::StampedAuthor;
use crate::evidence::second_person::SECOND_WITHIN;
use crate::kind::Level;
use crate::time::Time;

/// The history's word for a request to end an alert that stands.
pub const END_REQUESTED: &str = "withdraw_requested";

/// One person's wish to end an alert that stands, until a second person does the same or a day has passed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WithdrawalRequest {
    pub at: Time,
    /// The account that asked, and whose account it is.
    pub by: StampedAuthor,
    /// How the alert is to end: withdrawn (`void`) or with what a person found.
    pub outcome: AlertOutcome,
}

impl WithdrawalRequest {
    /// From when on no second person can agree.
    pub fn lapses_at(&self) -> Time {
        self.at.plus(SECOND_WITHIN)
    }

    /// True where it still waits at `now`.
    pub fn waits(&self, now: Time) -> bool {
        now < self.lapses_at()
    }

    /// What a second person does who agrees to exactly this.
    pub fn agreed_by(&self, by: StampedAuthor) -> Act {
        match self.outcome {
            AlertOutcome::Void => Act::Withdraw { by },
            outcome => Act::Resolve { outcome, by },
        }
    }

    /// True where this account belongs to the person who asked.
    pub fn is_of(&self, by: &StampedAuthor) -> bool {
        self.by.desk_author().is_same_person(&by.desk_author())
    }

    /// True where this person's wish that the alert ends so is an agreement: another person asked for the same end.
    pub fn is_joined_by(&self, by: &StampedAuthor, outcome: AlertOutcome) -> bool {
        self.outcome == outcome && self.by.desk_author().is_another_person(&by.desk_author())
    }
}

impl Act {
    /// Who ends the alert by it, and how it ends then; `None` of an act that ends nothing. Whatever a person says was found, an
    /// alert that is ended says nothing more of what stands.
    pub fn ends(&self) -> Option<(&StampedAuthor, AlertOutcome)> {
        match self {
            Act::Withdraw { by } => Some((by, AlertOutcome::Void)),
            Act::Resolve { outcome, by } => Some((by, *outcome)),
            _ => None,
        }
    }
}

impl Alert {
    /// True where one person alone does not end it: it stands at siaga or above, and its condition has not cleared.
    pub fn needs_two_to_end(&self) -> bool {
        self.level >= Level::Siaga && self.cleared_at.is_none() && self.state.is_live()
    }

    /// True where the request to end it holds no more in `next`, which stands on: it rose or came back, or who asked cancelled it.
    pub fn drops_request(&self, next: &Alert) -> bool {
        self.withdrawal.is_some() && next.state.is_live() && next.withdrawal.is_none()
    }

    /// The request to end it that waits at `at`, where another one takes its place in `next`.
    pub fn replaced_request(&self, next: &Alert, at: Time) -> Option<&WithdrawalRequest> {
        let replaces = |request: &&WithdrawalRequest| {
            next.state.is_live() && next.withdrawal.as_ref().is_some_and(|other| other != *request)
        };
        self.withdrawal_waits(at).filter(replaces)
    }

    /// The request to end it that waits for a second person at `now`.
    pub fn withdrawal_waits(&self, now: Time) -> Option<&WithdrawalRequest> {
        self.withdrawal.as_ref().filter(|request| request.waits(now) && self.state.is_live())
    }
}

/// The request that an act is; `None` where it is in force at once, since the alert stands below siaga or another person asked
/// for the same end within the day before. Who asks for another end makes a new request, and the earlier one holds no more.
pub(super) fn request_of(
    alert: &Alert,
    act: &Act,
    at: Time,
) -> Result<Option<WithdrawalRequest>, ActRefusal> {
    let Some((by, outcome)) = act.ends().filter(|_| alert.needs_two_to_end()) else {
        return Ok(None);
    };
    match alert.withdrawal_waits(at) {
        _ if !by.desk_author().names_person() => Err(ActRefusal::PersonUnknown),
        Some(request) if request.is_of(by) && request.outcome == outcome => {
            Err(ActRefusal::SamePerson { lapses_at: request.lapses_at() })
        }
        Some(request) if request.is_joined_by(by, outcome) => Ok(None),
        _ => Ok(Some(WithdrawalRequest { at, by: by.clone(), outcome })),
    }
}

/// The alert without the request of who cancels it.
pub(super) fn cancelled(alert: &Alert, by: &StampedAuthor, at: Time) -> Result<Alert, ActRefusal> {
    match alert.withdrawal_waits(at) {
        None => Err(ActRefusal::NoRequest),
        Some(request) if !request.is_of(by) => Err(ActRefusal::NotTheAsker),
        Some(_) => {
            Ok(Alert { withdrawal: None, changed_at: at, version: alert.version + 1, ..alert.clone() })
        }
    }
}
