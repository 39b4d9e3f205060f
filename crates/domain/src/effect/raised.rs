//! What one incident raises by itself, and by what.

use super::ConditionReason;
use crate::kind::{Level, OpeningGround, OpeningVoice};
use sha2::{Digest, Sha256};

/// What one incident raises by itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RaisedAlone {
    pub level: Level,
    /// Whose word opens it, where it opens as much as that.
    pub opening: Option<(OpeningVoice, OpeningGround)>,
    /// The rule that raises it, where no opening does.
    pub rule: Option<RuleMark>,
    /// Nobody affirms as much of it as that level takes.
    pub unverified: bool,
}

impl RaisedAlone {
    /// True where this is why it raises that: among the reasons of its place too.
    pub fn is_by(&self, reason: &ConditionReason) -> bool {
        match reason {
            ConditionReason::Rule(id) => self.rule == Some(RuleMark::of(id)),
            ConditionReason::Opening { voice, ground } => self.opening == Some((*voice, *ground)),
            _ => false,
        }
    }
}

/// A rule of the policy by a number that follows from its id, which an incident can carry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RuleMark(u64);

impl RuleMark {
    pub fn of(id: &str) -> RuleMark {
        let digest = Sha256::digest(id.as_bytes());
        RuleMark(digest.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }
}
