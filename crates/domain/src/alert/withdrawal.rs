//! Taking an alert back: what stands at siaga or above one person asks to take back, and a second person does.

use super::{Act, ActRefusal, Alert, AlertOutcome};
use crate::author::StampedAuthor;
use crate::evidence::second_person::SECOND_WITHIN;
use crate::kind::Level;
use crate::time::Time;

/// One person's wish to take an alert back, until a second person does the same or a day has passed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WithdrawalRequest {
    pub at: Time,
    /// The account that asked, and whose account it is.
    pub by: StampedAuthor,
    /// How the alert is to end: withdrawn (`void`) or as a false alarm.
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

    /// True where this account belongs to the person who asked.
    pub fn is_of(&self, by: &StampedAuthor) -> bool {
        !self.by.desk_author().is_another_person(&by.desk_author())
    }
}

impl Act {
    /// Who takes the alert back by it, and how it ends then; `None` of an act that takes nothing back. A false alarm says as much
    /// as a withdrawal does: there was nothing.
    pub fn takes_back(&self) -> Option<(&StampedAuthor, AlertOutcome)> {
        match self {
            Act::Withdraw { by } => Some((by, AlertOutcome::Void)),
            Act::Resolve { outcome: AlertOutcome::FalseAlarm, by } => Some((by, AlertOutcome::FalseAlarm)),
            _ => None,
        }
    }
}

impl Alert {
    /// True where one person alone does not take it back: it stands at siaga or above.
    pub fn needs_two_to_take_back(&self) -> bool {
        self.level >= Level::Siaga && self.cleared_at.is_none() && self.state.is_live()
    }

    /// The request to take it back that waits for a second person at `now`.
    pub fn withdrawal_waits(&self, now: Time) -> Option<&WithdrawalRequest> {
        self.withdrawal.as_ref().filter(|request| request.waits(now) && self.state.is_live())
    }
}

/// The request that an act is; `None` where it is in force at once, since the alert stands below siaga or another person asked
/// for it within the day before.
pub(super) fn request_of(
    alert: &Alert,
    act: &Act,
    at: Time,
) -> Result<Option<WithdrawalRequest>, ActRefusal> {
    let Some((by, outcome)) = act.takes_back().filter(|_| alert.needs_two_to_take_back()) else {
        return Ok(None);
    };
    match alert.withdrawal_waits(at) {
        None => Ok(Some(WithdrawalRequest { at, by: by.clone(), outcome })),
        Some(request) if request.is_of(by) => Err(ActRefusal::SamePerson { lapses_at: request.lapses_at() }),
        Some(_) => Ok(None),
    }
}
