//! How badly people are hurt, counted apart, so that a correction of the one keeps the other.

use super::harm_words::InjuryDegree;

/// How many of those hurt are hurt badly and how many slightly, as far as words say so.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct InjuryDegrees {
    badly: Option<u32>,
    slightly: Option<u32>,
}

impl InjuryDegrees {
    pub fn is_empty(&self) -> bool {
        self.badly.is_none() && self.slightly.is_none()
    }

    /// All of them together.
    pub fn sum(&self) -> u32 {
        self.badly.unwrap_or(0).saturating_add(self.slightly.unwrap_or(0))
    }

    /// These, where others say nothing else.
    pub fn with(&self, other: &InjuryDegrees) -> InjuryDegrees {
        InjuryDegrees { badly: other.badly.or(self.badly), slightly: other.slightly.or(self.slightly) }
    }

    /// True where others say something of whatever these do.
    pub fn are_all_in(&self, other: &InjuryDegrees) -> bool {
        (self.badly.is_none() || other.badly.is_some())
            && (self.slightly.is_none() || other.slightly.is_some())
    }

    fn slot(&mut self, degree: InjuryDegree) -> &mut Option<u32> {
        match degree {
            InjuryDegree::Badly => &mut self.badly,
            InjuryDegree::Slightly => &mut self.slightly,
        }
    }

    pub fn set(&mut self, degree: Option<InjuryDegree>, count: u32) {
        if let Some(degree) = degree {
            *self.slot(degree) = Some(count);
        }
    }

    /// True where the count holds another degree and not this one.
    pub fn is_further(&mut self, degree: Option<InjuryDegree>) -> bool {
        !self.is_empty() && degree.is_some_and(|degree| self.slot(degree).is_none())
    }
}
