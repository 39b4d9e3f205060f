//! A sender's clock against ours. What a report says of its time is believed as long as it can be: not from the future, and
//! not so long ago that somebody rather forgot to set a clock or mistyped a year.

use crate::desk_feed::is_desk_feed;
use crate::evidence::attestation::Extent;
use crate::evidence::opening::is_grave;
use crate::kind::FeedClass;
use crate::report::{Body, Report, Statement};
use crate::time::{DAY, MINUTE, Time};

/// Clocks of sources run this far ahead of ours and are still believed; microseconds.
pub const AHEAD: i64 = 5 * MINUTE;
/// A live report of something longer ago than this before its receipt is doubtful; microseconds.
pub const BEHIND: i64 = 30 * DAY;

/// True where an instant of a sender cannot be believed of what was received at `received`.
pub fn is_doubtful(instant: Time, received: Time) -> bool {
    instant.since(received) > AHEAD || received.since(instant) > BEHIND
}

/// True for what a wrong clock must not hide, as far as anybody claims it: what is grave by the policy's openings, and a death.
/// Rules count it by its receipt where its sender's clock is doubtful.
pub const fn counts_by_receipt(claimed: Extent) -> bool {
    is_grave(claimed) || claimed.dead > 0
}

impl Report {
    /// True where its own time decides when it counts; false where its sender's clock is doubtful and must not hide it.
    pub fn counts_by_own_time(&self) -> bool {
        let Body::Statement(statement) = &self.body else { return true };
        let Statement { severity, dead, injured, displaced, .. } = *statement;
        self.doubtful.is_none() || !counts_by_receipt(Extent { severity, dead, injured, displaced })
    }

    /// Marks the report where its sender's clock cannot be believed. For live reports only, whatever they say of themselves:
    /// an archive is old by nature. When it was received decides nothing else: a replay ends where the service stood.
    #[must_use]
    pub fn received_live(mut self, received: Time) -> Report {
        let until = match self.body {
            Body::Nothing { to, .. } => to,
            _ => self.reported_at,
        };
        let own = [self.reported_at, self.happened_at(), until];
        let doubtful = own.iter().any(|instant| is_doubtful(*instant, received));
        self.doubtful = doubtful.then_some(received);
        self
    }

    /// Ends the period in which nothing happened when that was reported: nobody can vouch for hours that had not come yet. After
    /// [`Report::received_live`] has looked at the period as it came.
    #[must_use]
    pub fn vouched_for(mut self) -> Report {
        let reported_at = self.reported_at;
        if let Body::Nothing { from, to } = &mut self.body {
            *to = (*to).min(reported_at.max(*from));
        }
        self
    }

    /// Puts a time that was rebuilt from a date, as the end of its day, no later than the receipt: nothing is reported after it
    /// came.
    #[must_use]
    pub fn rebuilt_no_later_than(mut self, received: Time) -> Report {
        if self.reconstructed {
            self.reported_at = self.reported_at.min(received);
        }
        self
    }

    /// Puts the desk's stamp no later than its receipt, so that no clock that runs ahead makes a judgement the latest for as
    /// long. For live records only, where [`Report::received_live`] has looked at the stamp as it came.
    #[must_use]
    pub fn typed_no_later_than(mut self, received: Time) -> Report {
        let judges = matches!(self.body, Body::Verification { .. });
        if judges || self.class == FeedClass::Desk || is_desk_feed(self.feed) {
            self.reported_at = self.reported_at.min(received);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_doubtful_from_five_minutes_ahead_and_thirty_days_behind() {
        let now = Time(1_000 * DAY);
        for (instant, doubtful) in [
            (now, false),
            (now.plus(AHEAD), false),
            (now.plus(AHEAD + 1), true),
            (now.plus(-BEHIND), false),
            (now.plus(-BEHIND - 1), true),
            (Time(0), true),
        ] {
            assert_eq!(is_doubtful(instant, now), doubtful, "{instant:?}");
        }
    }

    #[test]
    fn a_nihil_of_hours_that_have_not_come_is_doubtful_and_ends_when_it_was_reported() {
        let now = Time(1_000 * DAY);
        let nihil = |to| crate::report::Report {
            id: crate::report::ReportId(u128::MAX / 3),
            hash: u128::MAX / 7,
            feed: crate::report::FeedId(u32::MAX),
            class: FeedClass::Village,
            place: crate::place::Place { code: crate::place::Code(161_301), village: 2001 },
            reported_at: now,
            reconstructed: false,
            doubtful: None,
            author: None,
            body: Body::Nothing { from: now.plus(-DAY), to },
        };
        for (to, doubtful) in [(now, false), (now.plus(AHEAD), false), (now.plus(10 * DAY), true)] {
            let report = nihil(to).received_live(now).vouched_for();
            assert_eq!(report.doubtful.is_some(), doubtful, "{to:?}");
            assert_eq!(report.body, Body::Nothing { from: now.plus(-DAY), to: now });
        }
    }
}
