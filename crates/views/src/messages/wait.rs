//! A message that nobody has tried yet, and that waits on purpose: until when, and why.

use super::contact;
use crate::context::Context;
use crate::format;
use crate::words::Lang;
use domain::alert::notice::{AlertChangeKind, MESSAGE_PAUSE, RISES_AT_ONCE, pause_after};
use domain::place::Zone;
use domain::time::{MINUTE, Time};
use std::fmt::Display;
use store::{Delivery, DeliveryState, OutboxItem};

/// Until when a message waits, by the machine's clock, and why.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MessageWait {
    pub until: Time,
    pub reason: WaitReason,
}

/// Why a message waits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WaitReason {
    /// The person's quiet hours.
    QuietHours,
    /// The pause after the last message to them.
    Pause,
    /// One source raises again on its word alone what it took back: it may take this back, too.
    RaisedAgain,
}

/// That a message waits for its time; `None` where that has come, or somebody has tried it.
pub(super) fn wait(context: &Context, item: &OutboxItem, delivery: &Delivery) -> Option<MessageWait> {
    let now = (context.sources.wall)();
    let until = delivery.due_at;
    let untried = delivery.state == DeliveryState::Queued && delivery.tries == 0 && delivery.claims == 0;
    if !untried || until <= now {
        return None;
    }
    let hours = contact(context, &delivery.person).quiet_hours;
    let quiet_end = hours.and_then(|hours| hours.wait_until(item.level, now, Zone::of(item.code)));
    // What opens or returns waits for no other pause than the one after what its source took back.
    let raised_again = matches!(item.change, AlertChangeKind::Opened | AlertChangeKind::Returned);
    let longest = pause_after(RISES_AT_ONCE, raised_again);
    // No pause is that long, whatever the roster says by now.
    let reason = match quiet_end == Some(until) || until.since(now) > longest {
        true => WaitReason::QuietHours,
        false if raised_again => WaitReason::RaisedAgain,
        false => WaitReason::Pause,
    };
    Some(MessageWait { until, reason })
}

impl MessageWait {
    /// The sentence with `{time}` in it, and `{n}` minutes.
    pub const fn key(self) -> &'static str {
        match self.reason {
            WaitReason::QuietHours => "late_messages.waits_quiet",
            WaitReason::Pause => "late_messages.waits_pause",
            WaitReason::RaisedAgain => "late_messages.waits_raised_again",
        }
    }

    /// How long the pause between two messages to a person is, in minutes.
    pub const fn pause_minutes() -> i64 {
        MESSAGE_PAUSE / MINUTE
    }

    /// "ditahan sampai 5 Mar, 05.00: jam tenang".
    pub fn words(self, zone: Zone, lang: Lang) -> String {
        let values: [(&str, &dyn Display); 2] =
            [("time", &format::short(self.until, zone, lang)), ("n", &MessageWait::pause_minutes())];
        lang.fill(self.key(), &values)
    }
}
