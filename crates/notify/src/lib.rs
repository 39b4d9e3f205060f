//! The ways out: drains the store's outbox to the team by e-mail, signed webhook and providers of SMS or WhatsApp.
//!
//! [`run`] takes a [`NotifyState`]; [`team::Team::parse`] reads the roster, [`Channels::open`] the ways out.
#![forbid(unsafe_code)]

mod also_why;
mod attempt;
mod audience;
pub mod backoff;
mod channels;
mod fold;
mod lanes;
pub mod message;
mod planned;
mod receipts;
mod run;
mod second_link;
pub mod secret;
pub mod settings;
pub mod team;
mod trial;

pub use channels::{Address, Channel, Channels, Gateway, webhook};
pub use receipts::{CALLBACK_BYTES, CallbackRefusal, ReceiptCallbacks};
pub use run::{Clock, NotifyEvent, NotifyState, run};
pub use second_link::LinkKey;
pub use trial::{Trial, TrialAnswer};

/// An error with its causes on one line, short enough to keep beside a try.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    clip(&text)
}

/// At most 300 characters, without line breaks.
pub(crate) fn clip(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(300).collect()
}
