//! Why a try to deliver a message failed, as it is kept: our own reasons as words of a list, so that each reader gets them
//! in their language; what a server or the system answered as it stands.

use crate::error::StoreError;
use crate::sql::{Cell, Column, SqlRow, get};
use serde_json::json;
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
    /// No failure: a message about another alert, which went to the same person, says it too: that a regency rose with its district,
    /// or that an earlier alert ended.
    Carried,
    /// What somebody was asked to look into is settled.
    NothingToCheck,
    /// What it was to say is rejected or taken back by now, or the alert stands again as high as the person knows.
    TakenBack,
    /// A server's status line, where it is no success.
    HttpStatus(String),
    /// A provider answered with success, but not that it took the message.
    NotTaken(NotTaken),
    /// The status line of a success whose answer could not be read.
    UnreadableAnswer(String),
    /// A provider took the message and said later that it did not arrive.
    NotDelivered(NotDelivered),
    /// A provider took the message and has not said in time whether it arrived.
    NoReceipt,
    /// In the words of the server that was asked.
    Answered(String),
    /// In the words of what failed before any answer: the network, a certificate, our own machine.
    Failed(String),
}

/// What a provider answered in place of what says that it took the message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NotTaken {
    /// The status line.
    pub status: String,
    /// The field of the answer that says it.
    pub field: String,
    /// What stands there; `None` where the answer has no such field.
    pub found: Option<String>,
    /// Why, in the provider's words.
    pub reason: Option<String>,
}

/// What a provider's receipt says of a message that did not arrive.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NotDelivered {
    /// The provider's word for it.
    pub state: String,
    /// Why, in the provider's words.
    pub reason: Option<String>,
}

impl DeliveryFailure {
    /// The same with the words of others changed, where it has any.
    #[must_use]
    pub fn map_words(self, change: impl Fn(String) -> String) -> DeliveryFailure {
        match self {
            DeliveryFailure::Answered(words) => DeliveryFailure::Answered(change(words)),
            DeliveryFailure::Failed(words) => DeliveryFailure::Failed(change(words)),
            DeliveryFailure::NotTaken(answer) => {
                let (found, reason) = (answer.found.map(&change), answer.reason.map(&change));
                DeliveryFailure::NotTaken(NotTaken { found, reason, ..answer })
            }
            DeliveryFailure::NotDelivered(NotDelivered { state, reason }) => {
                DeliveryFailure::NotDelivered(NotDelivered {
                    state: change(state),
                    reason: reason.map(&change),
                })
            }
            own => own,
        }
    }

    /// True where another try of the same will hardly be taken, though it may be tried: the receiver refused it, or the way is not
    /// configured. What a server cannot take just now is none. One rule for every channel: the person's next one is tried at once.
    pub fn is_refusal(&self) -> bool {
        const FOR_NOW: [&str; 3] = ["408", "425", "429"];
        match self {
            DeliveryFailure::HttpStatus(status) => {
                status.starts_with('4') && !FOR_NOW.iter().any(|code| status.starts_with(code))
            }
            // A mail server refuses for good with a code of 5xx.
            DeliveryFailure::Answered(words) => {
                let code = words.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
                code.len() == 3 && code.starts_with('5')
            }
            DeliveryFailure::NotTaken(_)
            | DeliveryFailure::NotDelivered(_)
            | DeliveryFailure::UnreadableAnswer(_)
            | DeliveryFailure::MemberGone
            | DeliveryFailure::ChannelGone
            | DeliveryFailure::NoMailServer
            | DeliveryFailure::WebhookUnset(_)
            | DeliveryFailure::GatewayUnset(_) => true,
            _ => false,
        }
    }

    /// The failure that [`Display`](fmt::Display) wrote.
    pub fn parse(text: &str) -> DeliveryFailure {
        let (word, rest) = text.split_once(": ").unwrap_or((text, ""));
        match (word, rest) {
            ("member_gone", "") => DeliveryFailure::MemberGone,
            ("channel_gone", "") => DeliveryFailure::ChannelGone,
            ("not_notified", "") => DeliveryFailure::NotNotified,
            ("no_mail_server", "") => DeliveryFailure::NoMailServer,
            ("replaced", "") => DeliveryFailure::Replaced,
            ("carried", "") => DeliveryFailure::Carried,
            ("nothing_to_check", "") => DeliveryFailure::NothingToCheck,
            ("taken_back", "") => DeliveryFailure::TakenBack,
            ("no_receipt", "") => DeliveryFailure::NoReceipt,
            ("not_delivered", receipt) => match serde_json::from_str(receipt) {
                Ok((state, reason)) => DeliveryFailure::NotDelivered(NotDelivered { state, reason }),
                Err(_) => DeliveryFailure::Answered(text.to_owned()),
            },
            ("gateway_unset", reason) => DeliveryFailure::GatewayUnset(reason.to_owned()),
            ("webhook_unset", reason) => DeliveryFailure::WebhookUnset(reason.to_owned()),
            ("no_answer", seconds) => match seconds.parse() {
                Ok(seconds) => DeliveryFailure::NoAnswer(seconds),
                Err(_) => DeliveryFailure::Answered(text.to_owned()),
            },
            ("http_status", status) => DeliveryFailure::HttpStatus(status.to_owned()),
            ("unreadable_answer", status) => DeliveryFailure::UnreadableAnswer(status.to_owned()),
            ("answered", words) => DeliveryFailure::Answered(words.to_owned()),
            ("failed", words) => DeliveryFailure::Failed(words.to_owned()),
            ("not_taken", answer) => match NotTaken::parse(answer) {
                Some(answer) => DeliveryFailure::NotTaken(answer),
                None => DeliveryFailure::Answered(text.to_owned()),
            },
            // As an earlier build kept what it was answered.
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
            DeliveryFailure::Carried => f.write_str("carried"),
            DeliveryFailure::NothingToCheck => f.write_str("nothing_to_check"),
            DeliveryFailure::TakenBack => f.write_str("taken_back"),
            DeliveryFailure::WebhookUnset(reason) => write!(f, "webhook_unset: {reason}"),
            DeliveryFailure::GatewayUnset(reason) => write!(f, "gateway_unset: {reason}"),
            DeliveryFailure::NoAnswer(seconds) => write!(f, "no_answer: {seconds}"),
            DeliveryFailure::HttpStatus(status) => write!(f, "http_status: {status}"),
            DeliveryFailure::NotTaken(answer) => write!(f, "not_taken: {answer}"),
            DeliveryFailure::UnreadableAnswer(status) => write!(f, "unreadable_answer: {status}"),
            DeliveryFailure::NoReceipt => f.write_str("no_receipt"),
            DeliveryFailure::NotDelivered(NotDelivered { state, reason }) => {
                write!(f, "not_delivered: {}", json!([state, reason]))
            }
            DeliveryFailure::Answered(words) => write!(f, "answered: {words}"),
            DeliveryFailure::Failed(words) => write!(f, "failed: {words}"),
        }
    }
}

impl NotTaken {
    fn parse(text: &str) -> Option<NotTaken> {
        let parts: Vec<Option<String>> = serde_json::from_str(text).ok()?;
        let [status, field, found, reason] = parts.try_into().ok()?;
        Some(NotTaken { status: status?, field: field?, found, reason })
    }
}

/// A list in JSON.
impl fmt::Display for NotTaken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let NotTaken { status, field, found, reason } = self;
        write!(f, "{}", json!([status, field, found, reason]))
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
    use super::{NotDelivered as Receipt, NotTaken as Answer};

    #[test]
    fn a_failure_comes_back_as_it_was_kept() {
        let (reason, answer) = ("KUNCI is not set".to_owned(), "550: no such user".to_owned());
        let not_taken = |found: Option<&str>| {
            let reason = Some("saldo \"habis\": isi".to_owned());
            NotTaken(Answer {
                status: "200 OK".to_owned(),
                field: "status".to_owned(),
                found: found.map(str::to_owned),
                reason,
            })
        };
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
            NoReceipt,
            NotDelivered(Receipt { state: "UNDELIV".to_owned(), reason: None }),
            NotDelivered(Receipt { state: "gagal: 3".to_owned(), reason: Some("mati \"lama\"".to_owned()) }),
            Answered(answer),
            Answered("no_answer: at all".to_owned()),
            Answered("replaced".to_owned()),
            HttpStatus("503 Service Unavailable".to_owned()),
            UnreadableAnswer("200 OK".to_owned()),
            Failed("connection refused".to_owned()),
            not_taken(Some("false")),
            not_taken(None),
        ] {
            assert_eq!(DeliveryFailure::parse(&failure.to_string()), failure);
        }
        assert_eq!(
            DeliveryFailure::parse("451 later"),
            Answered("451 later".to_owned()),
            "an earlier build's"
        );
    }
}
