//! Why a try to deliver a message failed, as it is kept: our own reasons as words of a list, so that each reader gets them
//! in their language; what a server or the system answered as it stands.

use crate::error::StoreError;
use crate::sql::{Cell, Column, SqlRow, get};
use std::fmt;

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DeliveryFailure {
    /// The person, or this way to the person, is no longer in the roster.
    MemberGone,
    ChannelGone,
    /// Changes of this sort notify nobody.
    NotNotified,
    NoMailServer,
    /// Why there is no secret to sign with.
    WebhookUnset(String),
    /// Why there is no secret for the provider.
    GatewayUnset(String),
    /// Seconds that were waited.
    NoAnswer(u64),
    /// A newer message about the alert took its place.
    Replaced,
    /// What somebody was asked to look into is settled.
    NothingToCheck,
    /// In the words of what was asked.
    Answered(String),
}

impl DeliveryFailure {
    /// The failure that [`Display`](fmt::Display) wrote.
    pub fn parse(text: &str) -> DeliveryFailure {
        let (word, rest) = text.split_once(": ").unwrap_or((text, ""));
        match (word, rest) {
            ("member_gone", "") => DeliveryFailure::MemberGone,
            ("channel_gone", "") => DeliveryFailure::ChannelGone,
            ("not_notified", "") => DeliveryFailure::NotNotified,
            ("no_mail_server", "") => DeliveryFailure::NoMailServer,
            ("replaced", "") => DeliveryFailure::Replaced,
            ("nothing_to_check", "") => DeliveryFailure::NothingToCheck,
            ("gateway_unset", reason) => DeliveryFailure::GatewayUnset(reason.to_owned()),
            ("webhook_unset", reason) => DeliveryFailure::WebhookUnset(reason.to_owned()),
            ("no_answer", seconds) => match seconds.parse() {
                Ok(seconds) => DeliveryFailure::NoAnswer(seconds),
                Err(_) => DeliveryFailure::Answered(text.to_owned()),
            },
            _ => DeliveryFailure::Answered(text.to_owned()),
        }
    }
}

impl fmt::Display for DeliveryFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DeliveryFailure::MemberGone => f.write_str("member_gone"),
            DeliveryFailure::ChannelGone => f.write_str("channel_gone"),
            DeliveryFailure::NotNotified => f.write_str("not_notified"),
            DeliveryFailure::NoMailServer => f.write_str("no_mail_server"),
            DeliveryFailure::Replaced => f.write_str("replaced"),
            DeliveryFailure::NothingToCheck => f.write_str("nothing_to_check"),
            DeliveryFailure::WebhookUnset(reason) => write!(f, "webhook_unset: {reason}"),
            DeliveryFailure::GatewayUnset(reason) => write!(f, "gateway_unset: {reason}"),
            DeliveryFailure::NoAnswer(seconds) => write!(f, "no_answer: {seconds}"),
            DeliveryFailure::Answered(text) => f.write_str(text),
        }
    }
}

impl Column for DeliveryFailure {
    fn read(row: &SqlRow, at: usize) -> Result<DeliveryFailure, StoreError> {
        get::<String>(row, at).map(|text| DeliveryFailure::parse(&text))
    }
    fn cell(&self) -> Cell {
        Cell::Text(self.to_string())
    }
    fn null() -> Cell {
        Cell::MaybeText(None)
    }
}

#[cfg(test)]
mod tests {
    use super::DeliveryFailure::{self, *};

    #[test]
    fn a_failure_comes_back_as_it_was_kept() {
        let (reason, answer) = ("KUNCI is not set".to_owned(), "550: no such user".to_owned());
        for failure in [
            MemberGone,
            ChannelGone,
            NotNotified,
            NoMailServer,
            WebhookUnset(reason.clone()),
            GatewayUnset(reason),
            NoAnswer(20),
            Replaced,
            NothingToCheck,
            Answered(answer),
            Answered("no_answer: at all".to_owned()),
        ] {
            assert_eq!(DeliveryFailure::parse(&failure.to_string()), failure);
        }
    }
}
