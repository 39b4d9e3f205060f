//! A message that nobody has tried yet, and that waits on purpose: until when, and why.

use super::contact;
use crate::context::Context;
use crate::format;
use crate::words::Lang;
use domain::alert::notice::MESSAGE_PAUSE;
use domain::place::Zone;
use domain::time::{MINUTE, Time};
use std::fmt::Display;
use store::{Delivery, DeliveryState, OutboxItem};

/// Until when a message waits, by the machine's clock, and why.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MessageWait {
    pub until: Time,
    /// The person's quiet hours; else the pause after the last message to them.
    pub quiet_hours: bool,
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
    // No pause is that long, whatever the roster says by now.
    let quiet_hours = quiet_end == Some(until) || until.since(now) > MESSAGE_PAUSE;
    Some(MessageWait { until, quiet_hours })
}

impl MessageWait {
    /// The sentence with `{time}` in it, and `{n}` minutes.
    pub const fn key(self) -> &'static str {
        if self.quiet_hours { "late_messages.waits_quiet" } else { "late_messages.waits_pause" }
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
