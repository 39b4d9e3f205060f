//! Who of the desk did something, as those may read it who are outside of its pages.

use crate::words::Lang;
use domain::desk_feed::is_desk_feed;
use domain::kind::Kind;
use domain::report::FeedId;

/// Who did something, as a message and the page of its one-time link may call them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum MessageActor {
    /// The source of the report itself.
    #[default]
    Source,
    /// Somebody of the desk whom the roster does not have: a conflict's message names no person.
    Officer,
    /// A role, or in a disaster's message an account where the roster does not have them.
    Named(String),
}

impl MessageActor {
    /// Who has this account, and this role where the roster has them.
    pub fn of(kind: Kind, account: String, role: Option<String>) -> MessageActor {
        match role {
            Some(role) => MessageActor::Named(role),
            None if account.is_empty() => MessageActor::Source,
            // Nobody wrote down whose account it was: its feed stands for it.
            None if is_desk_feed(FeedId::of(&account)) => MessageActor::Officer,
            None if kind == Kind::Disaster => MessageActor::Named(account),
            None => MessageActor::Officer,
        }
    }

    /// The words for them.
    pub fn words(&self, lang: Lang) -> &str {
        match self {
            MessageActor::Source => lang.text("message.asked_by_its_source"),
            MessageActor::Officer => lang.text("message.asked_by_an_officer"),
            MessageActor::Named(name) => name,
        }
    }
}
