//! What a provider says later of a message that it took: how it is asked, or how its callback is known to be its own, and what the
//! words of its receipts mean.

use super::template::{Template, TemplateField};
use super::{CallTexts, Gateway, at, bounded, check_body, check_header, check_url};
use crate::attempt::Failure;
use crate::channels::webhook::{Caller, call, refusal};
use crate::secret::{Secret, Source};
use domain::time::{MINUTE, Time};
use formats::team::{ReceiptLines, ReceiptWay};
use hmac::{Hmac, KeyInit, Mac};
use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName};
use serde_json::Value;
use sha2::Sha256;
use store::{DeliveryFailure, NotDelivered, ReceiptNews};

/// How receipts of one provider come and are read.
pub(crate) struct ReceiptRule {
    way: Way,
    id: Option<String>,
    state: String,
    delivered: Vec<String>,
    read: Vec<String>,
    failed: Vec<String>,
    reason: Option<String>,
    /// How long after the hand-over a receipt is missing, microseconds.
    pub wait: i64,
    /// Whether the next channel is tried then.
    pub next_channel: bool,
}

enum Way {
    Poll(Poll),
    Callback(Callback),
}

struct Poll {
    method: Method,
    url: Template,
    headers: Vec<(HeaderName, Template)>,
    body: Option<Template>,
}

struct Callback {
    /// The field of a receipt that names the message.
    message: String,
    proof: Proof,
    secret: Result<Secret, String>,
}

/// The header that proves that a callback is the provider's.
enum Proof {
    Token(HeaderName),
    /// HMAC-SHA256 of the body, in hex, as it is or after `sha256=`.
    Signature(HeaderName),
}

/// Of which message a receipt is asked for.
pub(crate) struct ReceiptQuestion<'a> {
    pub provider_id: &'a str,
    pub to: &'a str,
    pub delivery: i64,
    /// By the machine's clock.
    pub at: Time,
}

impl ReceiptRule {
    /// Reads how a provider's receipts come; the secret of its callbacks comes through `env` or from a file.
    ///
    /// # Errors
    /// Where keys are missing, belong to the other way, or would show a secret.
    pub(super) fn parse(
        lines: &ReceiptLines,
        env: &dyn Fn(&str) -> Option<String>,
    ) -> Result<ReceiptRule, String> {
        let way = match lines.by {
            ReceiptWay::Poll => poll(lines).map(Way::Poll),
            ReceiptWay::Callback => callback(lines, env).map(Way::Callback),
        };
        let rule = ReceiptRule {
            way: way.map_err(|what| format!("receipt: {what}"))?,
            id: lines.id.clone(),
            state: lines.state.clone(),
            delivered: lines.delivered.clone(),
            read: lines.read.clone(),
            failed: lines.failed.clone(),
            reason: lines.reason.clone(),
            wait: i64::from(lines.wait_minutes) * MINUTE,
            next_channel: lines.next_channel,
        };
        if rule.wait == 0 {
            return Err(String::from("receipt.wait_minutes: must be at least 1"));
        }
        if rule.delivered.is_empty() {
            return Err(String::from(
                "receipt.delivered: the empty list; name the values that mean that it arrived",
            ));
        }
        let all = [&rule.delivered, &rule.read, &rule.failed].map(|words| words.iter()).into_iter().flatten();
        let words: Vec<String> = all.map(|word| word.to_lowercase()).collect();
        match words.iter().enumerate().find(|(index, word)| words[..*index].contains(word)) {
            Some((_, word)) => {
                Err(format!("receipt: '{word}' stands in delivered, read and failed more than once"))
            }
            None => Ok(rule),
        }
    }

    /// The field of the answer to the sending that names the message, where the provider names it.
    pub(super) fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// What keeps receipts from being believed.
    pub(super) fn warning(&self) -> Option<&String> {
        match &self.way {
            Way::Poll(_) => None,
            Way::Callback(callback) => callback.secret.as_ref().err(),
        }
    }

    pub(super) fn texts(&self) -> Vec<&Template> {
        match &self.way {
            Way::Poll(Poll { url, headers, body, .. }) => {
                headers.iter().map(|(_, text)| text).chain(body).chain([url]).collect()
            }
            Way::Callback(_) => Vec::new(),
        }
    }

    /// True where the provider is asked; else it calls us.
    pub(crate) fn asks(&self) -> bool {
        matches!(self.way, Way::Poll(_))
    }

    /// True where a callback is the provider's own.
    pub(crate) fn is_proved(&self, headers: &HeaderMap, body: &[u8]) -> bool {
        let Way::Callback(Callback { proof, secret: Ok(secret), .. }) = &self.way else { return false };
        let mac = || Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes());
        let given = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        let (Ok(expected), Ok(found)) = (mac(), mac()) else { return false };
        match proof {
            // Compared as sums, so that the time it takes says nothing of the token.
            Proof::Token(name) => given(name).is_some_and(|token| {
                let token = token.strip_prefix("Bearer ").unwrap_or(token);
                let found = found.chain_update(token.as_bytes()).finalize().into_bytes();
                expected.chain_update(secret.expose().as_bytes()).verify_slice(&found).is_ok()
            }),
            Proof::Signature(name) => given(name).is_some_and(|signature| {
                let sum = hex::decode(signature.strip_prefix("sha256=").unwrap_or(signature));
                sum.is_ok_and(|sum| expected.chain_update(body).verify_slice(&sum).is_ok())
            }),
        }
    }

    /// By which the provider calls the message that a callback's receipt is about.
    pub(crate) fn message_of(&self, receipt: &Value) -> Option<String> {
        let Way::Callback(callback) = &self.way else { return None };
        at(receipt, &callback.message)
    }

    /// The secret of the provider's calls, where it calls.
    pub(super) fn secret(&self) -> Option<&Secret> {
        match &self.way {
            Way::Poll(_) => None,
            Way::Callback(callback) => callback.secret.as_ref().ok(),
        }
    }

    /// What a receipt says; a word that the file does not name says nothing yet. `kept` is what is kept of the provider's words.
    fn news(&self, receipt: &Value, kept: impl Fn(&str) -> String) -> ReceiptNews {
        let Some(found) = at(receipt, &self.state) else { return ReceiptNews::UnderWay };
        let is = |words: &[String]| words.iter().any(|word| word.eq_ignore_ascii_case(&found));
        if is(&self.delivered) {
            return ReceiptNews::Delivered;
        }
        if is(&self.read) {
            return ReceiptNews::Read;
        }
        if !is(&self.failed) {
            tracing::debug!(state = kept(&found), "a receipt with a state that the team file does not name");
            return ReceiptNews::UnderWay;
        }
        let reason = self.reason.as_deref().and_then(|reason| at(receipt, reason));
        let receipt = NotDelivered { state: kept(&found), reason: reason.map(|own| kept(&own)) };
        ReceiptNews::Failed(DeliveryFailure::NotDelivered(receipt))
    }
}

impl Gateway {
    /// Asks the provider what became of a message.
    pub(in crate::channels) async fn ask(
        &self,
        caller: &Caller,
        question: &ReceiptQuestion<'_>,
    ) -> Result<ReceiptNews, Failure> {
        let Some(rule) = &self.receipt else { return Ok(ReceiptNews::UnderWay) };
        let Way::Poll(poll) = &rule.way else { return Ok(ReceiptNews::UnderWay) };
        let hidden = self.secret()?;
        let value = |field: TemplateField| match field {
            TemplateField::Id => question.provider_id.to_owned(),
            TemplateField::To => question.to.to_owned(),
            TemplateField::Delivery => question.delivery.to_string(),
            TemplateField::Secret => hidden.to_owned(),
            TemplateField::Subject | TemplateField::Text | TemplateField::Short => String::new(),
        };
        let url = poll.url.fill(value);
        let mut request = caller.client(&url)?.request(poll.method.clone(), &url);
        for (name, text) in &poll.headers {
            request = request.header(name, text.fill(value));
        }
        if let Some(body) = &poll.body {
            request = request.body(body.fill(value));
        }
        let mut answer = call(request).await?;
        if !answer.status().is_success() {
            return Err(refusal(&answer, question.at));
        }
        let unreadable = || Failure::later(DeliveryFailure::UnreadableAnswer(answer_status(&answer)));
        let status = unreadable();
        let Some(bytes) = bounded(&mut answer).await? else { return Err(status) };
        let Ok(receipt) = serde_json::from_slice(&bytes) else { return Err(status) };
        Ok(self.news(&receipt, question.to))
    }

    /// What a receipt of this provider says of a message to a receiver.
    pub(crate) fn news(&self, receipt: &Value, to: &str) -> ReceiptNews {
        let rule = self.receipt.as_ref();
        rule.map_or(ReceiptNews::UnderWay, |rule| rule.news(receipt, |words| self.kept_words(to, words)))
    }
}

fn answer_status(answer: &reqwest::Response) -> String {
    answer.status().to_string()
}

fn poll(lines: &ReceiptLines) -> Result<Poll, String> {
    let of_callback = [&lines.message, &lines.token_header, &lines.signature_header, &lines.secret_env];
    if of_callback.iter().any(|key| key.is_some()) || lines.secret_file.is_some() {
        return Err(String::from(
            "message, token_header, signature_header and a secret of its own are for by = \"callback\"; a poll uses {secret} of the gateway",
        ));
    }
    let url = lines
        .url
        .as_deref()
        .ok_or("by = \"poll\" needs url, with {id} where the provider's name of the message belongs")?;
    let method = lines.method.as_deref().unwrap_or("GET");
    let texts = CallTexts { method, url, headers: &lines.headers, body: &lines.body };
    let (method, url, headers, body) = texts.parse(&TemplateField::OF_RECEIPT)?;
    check_url(&url)?;
    headers.iter().try_for_each(|(name, text)| check_header(name, text))?;
    body.as_ref().map_or(Ok(()), check_body)?;
    let poll = Poll { method, url, headers, body };
    let all = poll.headers.iter().map(|(_, text)| text).chain(&poll.body).chain([&poll.url]);
    if !all
        .flat_map(Template::fields)
        .any(|field| matches!(field, TemplateField::Id | TemplateField::Delivery))
    {
        return Err(String::from(
            "no template names {id}, so nobody would know which message is asked about",
        ));
    }
    Ok(poll)
}

fn callback(lines: &ReceiptLines, env: &dyn Fn(&str) -> Option<String>) -> Result<Callback, String> {
    if lines.url.is_some() || lines.method.is_some() || lines.body.is_some() || !lines.headers.is_empty() {
        return Err(String::from(
            "url, method, headers and body are for by = \"poll\"; a callback is made by the provider",
        ));
    }
    let message =
        lines.message.clone().ok_or("by = \"callback\" needs message, the field that names the message")?;
    let name = |text: &str| text.parse().map_err(|_| format!("'{text}' is no name of a header"));
    let proof = match (&lines.token_header, &lines.signature_header) {
        (Some(token), None) => Proof::Token(name(token)?),
        (None, Some(signature)) => Proof::Signature(name(signature)?),
        _ => {
            return Err(String::from(
                "by = \"callback\" needs token_header or signature_header: what proves that the provider called",
            ));
        }
    };
    if lines.secret_env.is_none() && lines.secret_file.is_none() {
        return Err(String::from(
            "by = \"callback\" needs secret_file or secret_env: what only the provider knows",
        ));
    }
    let source = Source { env: lines.secret_env.as_deref(), file: lines.secret_file.as_deref() };
    Ok(Callback { message, proof, secret: source.read(env) })
}
