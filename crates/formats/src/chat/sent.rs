//! When the messages of a chat were written, by their heads.

use super::message::ChatMessage;
use crate::written_date::DateOrder;
use domain::place::{Code, Zone};
use domain::time::{MINUTE, Time};

/// What is known of when a message was written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MessageTime {
    /// Without a head: when it was pasted.
    Pasted(Time),
    Sent(Time),
    Ambiguous,
    /// Its head names no day or time that exists; when it was pasted.
    Impossible(Time),
}

impl MessageTime {
    pub fn of(regency: Code, message: &ChatMessage, order: Option<DateOrder>, now: Time) -> MessageTime {
        let Some(header) = &message.header else { return MessageTime::Pasted(now) };
        if header.stamp.is_impossible() {
            return MessageTime::Impossible(now);
        }
        let either = || {
            let one = [DateOrder::DayFirst, DateOrder::MonthFirst].into_iter();
            if header.stamp.is_ambiguous() {
                None
            } else {
                one.filter_map(|order| header.stamp.local(order)).next()
            }
        };
        let local = order.and_then(|order| header.stamp.local(order)).or_else(either);
        local.map_or(MessageTime::Ambiguous, |local| MessageTime::Sent(instant(regency, local)))
    }

    pub fn sent(self) -> Option<Time> {
        if let MessageTime::Sent(time) = self { Some(time) } else { None }
    }

    /// Local minutes since 1970.
    pub fn written(self, regency: Code, now: Time) -> Option<i64> {
        match self {
            MessageTime::Pasted(_) | MessageTime::Impossible(_) => Some(local(regency, now)),
            MessageTime::Sent(time) => Some(local(regency, time)),
            MessageTime::Ambiguous => None,
        }
    }

    /// The minute it was sent, or the day it was pasted.
    pub fn key(self, regency: Code) -> i64 {
        match self {
            MessageTime::Pasted(now) | MessageTime::Impossible(now) => -1 - Zone::of(regency).day(now),
            MessageTime::Sent(time) => time.0 / MINUTE,
            MessageTime::Ambiguous => i64::MIN,
        }
    }
}

pub fn local(regency: Code, time: Time) -> i64 {
    time.0.div_euclid(MINUTE) + Zone::of(regency).minutes()
}

pub fn instant(regency: Code, local: i64) -> Time {
    Time((local - Zone::of(regency).minutes()) * MINUTE)
}
