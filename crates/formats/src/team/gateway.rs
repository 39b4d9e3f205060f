//! Providers of SMS or WhatsApp messages, as the roster describes their calls and their receipts. What may stand in the templates
//! is the notifier's to say.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

/// A provider and how it is called.
#[derive(Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GatewayLines {
    pub name: String,
    pub url: String,
    #[serde(default = "post")]
    pub method: String,
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    pub body: Option<String>,
    pub secret_env: Option<String>,
    pub secret_file: Option<PathBuf>,
    pub accepted: Option<AcceptedLine>,
    /// The field of an answer that says why a message was not taken.
    pub reason: Option<String>,
    /// Messages on their way to this provider at once.
    pub at_once: Option<usize>,
    pub receipt: Option<ReceiptLines>,
}

/// The field of an answer that says whether a message was taken, and the values that mean so.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AcceptedLine {
    pub field: String,
    pub is: Vec<String>,
}

/// How a provider says later what became of a message that it took.
#[derive(Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceiptLines {
    pub by: ReceiptWay,
    /// The field of the answer to the sending by which the provider calls the message; without it the number of the delivery.
    pub id: Option<String>,
    /// The field of the receipt that says what became of it, and what its values mean.
    pub state: String,
    pub delivered: Vec<String>,
    #[serde(default)]
    pub read: Vec<String>,
    #[serde(default)]
    pub failed: Vec<String>,
    /// The field of the receipt that says why it did not arrive.
    pub reason: Option<String>,
    #[serde(default = "ten")]
    pub wait_minutes: u32,
    /// Whether the next channel is tried where no receipt has come by then.
    #[serde(default)]
    pub next_channel: bool,
    /// Of a poll.
    pub url: Option<String>,
    pub method: Option<String>,
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    pub body: Option<String>,
    /// Of a callback: the field of the receipt that names the message, and what proves that it is the provider's.
    pub message: Option<String>,
    pub token_header: Option<String>,
    pub signature_header: Option<String>,
    pub secret_env: Option<String>,
    pub secret_file: Option<PathBuf>,
}

/// Whether a provider is asked for a receipt or brings it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReceiptWay {
    Poll,
    Callback,
}

fn post() -> String {
    String::from("POST")
}

const fn ten() -> u32 {
    10
}

impl GatewayLines {
    /// The name stands in the delivery record and in the address of its receipts.
    pub(super) fn check(&self) -> Result<(), String> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if self.name.is_empty() || !self.name.chars().all(plain) {
            return Err(String::from("'name' may hold a–z, 0–9 and '-' only"));
        }
        match self.at_once {
            Some(0) => Err(String::from("at_once: must be at least 1")),
            _ => Ok(()),
        }
    }
}

/// A header may hold what is secret.
impl fmt::Debug for GatewayLines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}(***)", self.name)
    }
}
