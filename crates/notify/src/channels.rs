//! The ways out, one file each. A new channel is a file beside `email.rs`, one line in each `match` of this one and one in each list.

mod email;
mod gateway;
pub mod webhook;

use crate::attempt::Failure;
use crate::message::MessageText;
use crate::secret::Secret;
use crate::settings::Settings;
use domain::time::Time;
use email::Mailer;
use formats::team::ChannelLine;
pub use gateway::Gateway;
pub(crate) use gateway::{ReceiptQuestion, ReceiptRule};
use std::fmt;
use std::sync::Arc;
use store::ReceiptNews;
use webhook::Caller;

/// The way out, as metrics and limits know it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Channel {
    Email,
    Webhook,
    Gateway,
    /// The demonstration's: the desk's list of messages, and nothing outside this process.
    InProcess,
}

impl Channel {
    pub const ALL: [Channel; 4] = [Channel::Email, Channel::Webhook, Channel::Gateway, Channel::InProcess];

    /// All but the providers, of which each is a way of its own.
    pub(crate) const OTHERS: [Channel; 3] = [Channel::Email, Channel::Webhook, Channel::InProcess];

    /// The word of the team file, the delivery record and the metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Channel::Email => "email",
            Channel::Webhook => "webhook",
            Channel::Gateway => "gateway",
            Channel::InProcess => views::sent_messages::IN_PROCESS,
        }
    }

    /// The channel behind a key of the delivery record; what is no other's is a provider's name.
    pub(crate) fn of_key(key: &str) -> Channel {
        let is = |channel: &Channel| {
            key.strip_prefix(channel.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        };
        Channel::ALL.into_iter().find(is).unwrap_or(Channel::Gateway)
    }
}

/// Where a channel ends.
#[derive(Clone, PartialEq)]
pub enum Address {
    Email(String),
    /// The secret, or why there is none: such a channel fails each try with that reason.
    Webhook {
        url: String,
        secret: Result<Secret, String>,
    },
    /// A receiver of a provider: a telephone number, or the provider's name of a group.
    Gateway {
        gateway: Arc<Gateway>,
        to: String,
    },
    /// Nobody: what is handed over stands in the list of messages.
    InProcess,
}

impl Address {
    /// Reads a channel of the team file; secrets come through `env` or from files.
    ///
    /// # Errors
    /// Where the kind is unknown, a key is missing or unknown, or the address cannot be written to.
    pub fn parse(
        line: &ChannelLine,
        gateways: &[Arc<Gateway>],
        env: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Address, String> {
        let channel = Channel::ALL.into_iter().find(|channel| channel.as_str() == line.kind);
        match channel {
            Some(Channel::Email) => email::parse(keys(line)?),
            Some(Channel::Webhook) => webhook::parse(keys(line)?, env),
            Some(Channel::Gateway) => gateway::parse(keys(line)?, gateways),
            // It would look as if somebody had been notified.
            Some(Channel::InProcess) => {
                Err(format!("channel kind '{}' is of the demonstration only: it reaches nobody", line.kind))
            }
            None => {
                let known = Channel::ALL.into_iter().filter(|channel| *channel != Channel::InProcess);
                let known: Vec<&str> = known.map(Channel::as_str).collect();
                Err(format!("channel kind '{}' is none of {}", line.kind, known.join(", ")))
            }
        }
    }

    /// The name of the way in the delivery record: of each provider its own.
    pub fn key(&self) -> &str {
        match self {
            Address::Gateway { gateway, .. } => gateway.name(),
            other => other.channel().as_str(),
        }
    }

    /// True of a receiver of this provider.
    pub(crate) fn leads_to(&self, provider: &str) -> bool {
        matches!(self, Address::Gateway { gateway, .. } if gateway.name() == provider)
    }

    pub fn channel(&self) -> Channel {
        match self {
            Address::Email(_) => Channel::Email,
            Address::Webhook { .. } => Channel::Webhook,
            Address::Gateway { .. } => Channel::Gateway,
            Address::InProcess => Channel::InProcess,
        }
    }

    /// What all addresses share that are reached by the same server: where it answers one, it answers the others too.
    pub(crate) fn server(&self) -> String {
        match self {
            Address::Email(_) => String::from("smtp"),
            Address::Webhook { url, .. } => {
                let parsed = reqwest::Url::parse(url).ok();
                parsed.map_or_else(|| url.clone(), |url| url.origin().ascii_serialization())
            }
            Address::Gateway { gateway, .. } => format!("gateway {}", gateway.name()),
            Address::InProcess => String::new(),
        }
    }

    /// What keeps every message from this address, where the team file alone shows it.
    pub fn warning(&self) -> Option<&str> {
        match self {
            Address::Webhook { secret: Err(reason), .. } => Some(reason),
            Address::Gateway { gateway, .. } => gateway::warning(gateway),
            Address::Webhook { .. } | Address::Email(_) | Address::InProcess => None,
        }
    }
}

/// Addresses are personal: logs name a member by its key.
impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}(***)", self.channel().as_str())
    }
}

/// A channel's own keys, each known.
fn keys<T: serde::de::DeserializeOwned>(line: &ChannelLine) -> Result<T, String> {
    let table = toml::Value::Table(line.keys.clone());
    table.try_into().map_err(|error| format!("channel of kind '{}': {error}", line.kind))
}

/// One message on its way to one address.
pub(crate) struct OutgoingMessage<'a> {
    /// The same for every try.
    pub delivery: i64,
    /// The alert's number and version.
    pub alert: &'a str,
    pub version: i64,
    /// For people.
    pub text: MessageText,
    /// For programs.
    pub json: Vec<u8>,
    /// By the machine's clock.
    pub at: Time,
}

/// That a receiver took a message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct HandedOver {
    /// What it answered.
    pub answer: String,
    /// By which a provider's receipts will name the message, where it sends any.
    pub id: Option<String>,
}

impl From<String> for HandedOver {
    fn from(answer: String) -> HandedOver {
        HandedOver { answer, id: None }
    }
}

/// What messages leave by.
pub struct Channels {
    mailer: Option<Mailer>,
    caller: Caller,
}

impl Channels {
    /// Prepares the channels; nothing is connected yet. Secrets come through `env` or from files.
    /// Called, and dropped, inside a tokio runtime: the mail relay's pool lives in it.
    ///
    /// # Errors
    /// Where the settings contradict themselves, or a certificate or password cannot be read.
    pub fn open(settings: &Settings, env: &dyn Fn(&str) -> Option<String>) -> Result<Channels, String> {
        settings.check()?;
        let timeout = settings.timeout();
        let mailer = match settings.smtp.is_set() {
            true => Some(Mailer::open(&settings.smtp, env, timeout)?),
            false => None,
        };
        let caller = Caller::new(settings.webhook_ca_file.clone(), timeout);
        Ok(Channels { mailer, caller })
    }

    /// False where no relay is configured: then every e-mail fails with that reason.
    pub fn has_mail(&self) -> bool {
        self.mailer.is_some()
    }

    /// Hands a message over; gives what the receiver answered.
    pub(crate) async fn send(
        &self,
        address: &Address,
        message: &OutgoingMessage<'_>,
    ) -> Result<HandedOver, Failure> {
        match address {
            Address::Email(to) => {
                let sent = email::send(self.mailer.as_ref(), to, message).await.map(HandedOver::from);
                masked(sent, |words| without_address(to, &words))
            }
            Address::Webhook { url, secret } => {
                webhook::send(&self.caller, url, secret.as_ref(), message).await.map(HandedOver::from)
            }
            Address::Gateway { gateway, to } => {
                let sent = gateway::send(&self.caller, gateway, to, message).await;
                masked(sent, |words| gateway.kept_words(to, &words))
            }
            // Its words are kept already: the hand-over is that the list shows them.
            Address::InProcess => Ok(String::from("in the list of messages").into()),
        }
    }

    /// Asks a provider what became of a message that it took.
    pub(crate) async fn ask(
        &self,
        gateway: &Gateway,
        question: &ReceiptQuestion<'_>,
    ) -> Result<ReceiptNews, Failure> {
        gateway.ask(&self.caller, question).await
    }
}

/// Servers name the receiver in what they answer, and providers repeat what they were sent; both is logged and kept. A person's
/// address and a secret are not: `mask` is what is kept of their words.
fn masked(sent: Result<HandedOver, Failure>, mask: impl Fn(String) -> String) -> Result<HandedOver, Failure> {
    let sent = sent.map(|own| HandedOver { answer: mask(own.answer), id: own.id });
    sent.map_err(|failure| match failure {
        Failure::Never(failure) => Failure::Never(failure.map_words(mask)),
        Failure::Later { failure, wait } => Failure::Later { failure: failure.map_words(mask), wait },
    })
}

/// Words without a receiver's address.
pub(crate) fn without_address(to: &str, words: &str) -> String {
    let bare: String = to.chars().filter(char::is_ascii_alphanumeric).collect();
    // A number is written with 0, 62 or +62 before it.
    let own = bare.strip_prefix("62").unwrap_or(&bare).trim_start_matches('0');
    let words = words.replace(to, "***");
    if own.len() > 5 { words.replace(own, "***") } else { words }
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::DeliveryFailure;

    #[test]
    fn a_receivers_address_is_masked_in_what_a_server_answers() {
        for (to, answer, kept) in [
            ("camat@example.id", "550 <camat@example.id>: no such user", "550 <***>: no such user"),
            ("0812-3456 789", "nomor 628123456789 tidak terdaftar", "nomor 62*** tidak terdaftar"),
            ("+62 812-3456-789", "nomor 08123456789 tidak terdaftar", "nomor 0*** tidak terdaftar"),
        ] {
            let failure = Failure::Never(DeliveryFailure::Answered(answer.to_owned()));
            let Err(Failure::Never(DeliveryFailure::Answered(words))) =
                masked(Err(failure), |words| without_address(to, &words))
            else {
                panic!("another failure");
            };
            assert_eq!(words, kept);
            assert!(
                masked(Ok(answer.to_owned().into()), |words| without_address(to, &words))
                    .is_ok_and(|taken| taken.answer == kept)
            );
        }
    }
}
