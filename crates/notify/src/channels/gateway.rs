//! Providers of SMS or WhatsApp messages, called over HTTP as the team file describes: address, headers and body are templates.
//!
//! `{to}`, `{subject}`, `{text}` (all of it), `{short}` (one line with the link), `{delivery}` and `{secret}` are filled in, each
//! escaped for where it stands. What would show the secret to somebody is refused when the file is read.

mod kept_words;
mod receipt;
mod template;

use super::webhook::{Caller, call, refusal, safe_url};
use super::{Address, Channel, HandedOver, OutgoingMessage};
use crate::attempt::Failure;
use crate::secret::{Secret, Source};
use formats::team::GatewayLines;
pub(crate) use receipt::{ReceiptQuestion, ReceiptRule};
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderName};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use store::{DeliveryFailure, NotTaken};
use template::{Escape, Template, TemplateField};

/// Most of an answer that is read.
const ANSWER_BYTES: usize = 64 * 1024;
/// The longest name that a provider gives a message.
const NAME_BYTES: usize = 256;
/// Headers, parameters and fields of a body that carry a secret by their name.
const SECRET_NAMES: [&str; 14] = [
    "authorization",
    "x-api-key",
    "api-key",
    "apikey",
    "api_key",
    "token",
    "access_token",
    "x-auth-token",
    "password",
    "passkey",
    "userkey",
    "secret",
    "api_secret",
    "client_secret",
];

/// A provider whose templates were checked.
pub struct Gateway {
    name: String,
    method: Method,
    url: Template,
    headers: Vec<(HeaderName, Template)>,
    body: Option<Template>,
    /// `None` where the templates need none; else the secret, or why there is none.
    secret: Option<Result<Secret, String>>,
    accepted: Option<Accepted>,
    reason: Option<String>,
    at_once: Option<usize>,
    receipt: Option<ReceiptRule>,
}

/// What a member's line gives.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GatewayKeys {
    gateway: String,
    to: String,
}

/// The field of an answer that says whether the message was taken.
#[derive(Clone, PartialEq, Debug)]
struct Accepted {
    field: String,
    is: Vec<String>,
}

impl Gateway {
    /// Reads a provider of the team file; the secret comes through `env` or from a file.
    ///
    /// # Errors
    /// Where a template names what there is not, could not be sent, or would show the secret.
    pub fn parse(lines: &GatewayLines, env: &dyn Fn(&str) -> Option<String>) -> Result<Gateway, String> {
        let GatewayLines { name, secret_env, secret_file, accepted, reason, .. } = lines;
        let texts =
            CallTexts { method: &lines.method, url: &lines.url, headers: &lines.headers, body: &lines.body };
        let (method, url, headers, body) = texts.parse(&TemplateField::OF_MESSAGE)?;
        let source = Source { env: secret_env.as_deref(), file: secret_file.as_deref() };
        let given = secret_env.is_some() || secret_file.is_some();
        let gateway = Gateway {
            name: name.clone(),
            method,
            url,
            headers,
            body,
            at_once: lines.at_once,
            receipt: lines.receipt.as_ref().map(|own| ReceiptRule::parse(own, env)).transpose()?,
            secret: given.then(|| source.read(env)),
            accepted: accepted.as_ref().map(|own| Accepted { field: own.field.clone(), is: own.is.clone() }),
            reason: reason.clone(),
        };
        gateway.check()?;
        Ok(gateway)
    }

    fn check(&self) -> Result<(), String> {
        if self.body.is_some() && self.method == Method::GET {
            return Err(String::from(
                "method GET sends no body; write method = \"POST\" or put what is sent into url",
            ));
        }
        // The name stands in the delivery record beside the kinds of channels.
        if let Some(other) = Channel::OTHERS.into_iter().find(|kind| self.name.starts_with(kind.as_str())) {
            return Err(format!(
                "'name' must not begin with {}, the name of another channel",
                other.as_str()
            ));
        }
        if self.accepted.as_ref().is_some_and(|accepted| accepted.is.is_empty()) {
            return Err(String::from(
                "accepted.is: the empty list; name the values that mean that it was taken",
            ));
        }
        let all = || self.headers.iter().map(|(_, text)| text).chain(&self.body).chain([&self.url]);
        let uses = |field: TemplateField| all().any(|text| text.fields().any(|own| own == field));
        if !uses(TemplateField::To) {
            return Err(String::from("no template names {to}, so the message would reach nobody"));
        }
        if !TemplateField::OF_MESSAGE.into_iter().any(|field| field.is_message() && uses(field)) {
            return Err(String::from(
                "no template names {text}, {short} or {subject}, so the message would be empty",
            ));
        }
        let mut receipt = self.receipt.iter().flat_map(ReceiptRule::texts);
        let secret = uses(TemplateField::Secret)
            || receipt.any(|text| text.fields().any(|own| own == TemplateField::Secret));
        if secret && self.secret.is_none() {
            return Err(String::from("{secret} needs secret_file or secret_env"));
        }
        self.check_secrecy()?;
        if self.secret.is_some() && !secret {
            return Err(String::from("the secret is used nowhere; write {secret} where it belongs"));
        }
        Ok(())
    }

    /// The secret stands in a header or a field of the body of its own, and nowhere as it is.
    fn check_secrecy(&self) -> Result<(), String> {
        check_url(&self.url)?;
        for (name, text) in &self.headers {
            check_header(name, text)?;
            if text.fields().any(TemplateField::is_message) {
                return Err(format!(
                    "headers.{name}: a message stands in the body or the address, not in a header"
                ));
            }
        }
        if let Some(Ok(secret)) = &self.secret {
            let texts = self.headers.iter().map(|(_, text)| text).chain(&self.body).chain([&self.url]);
            let receipt = self.receipt.iter().flat_map(ReceiptRule::texts);
            if texts.chain(receipt).map(Template::marked).any(|text| text.contains(secret.expose())) {
                return Err(String::from("a template holds the secret itself; put {secret} in its place"));
            }
        }
        self.body.as_ref().map_or(Ok(()), check_body)
    }

    async fn send(
        &self,
        caller: &Caller,
        to: &str,
        message: &OutgoingMessage<'_>,
    ) -> Result<HandedOver, Failure> {
        let hidden = self.secret()?;
        let value = |field: TemplateField| match field {
            TemplateField::To => to.to_owned(),
            TemplateField::Subject => message.text.subject.clone(),
            TemplateField::Text => message.text.body.clone(),
            TemplateField::Short => message.text.short.clone(),
            TemplateField::Delivery => message.delivery.to_string(),
            TemplateField::Secret => hidden.to_owned(),
            TemplateField::Id => String::new(),
        };
        let url = self.url.fill(value);
        let mut request = caller.client(&url)?.request(self.method.clone(), &url);
        for (name, text) in &self.headers {
            request = request.header(name, text.fill(value));
        }
        if let Some(body) = &self.body {
            request = request.body(body.fill(value));
        }
        let mut answer = call(request).await?;
        if !answer.status().is_success() {
            return Err(refusal(&answer, message.at));
        }
        let status = answer.status().to_string();
        let id = self.receipt.as_ref().map(ReceiptRule::id);
        if self.accepted.is_none() && !matches!(id, Some(Some(_))) {
            return Ok(HandedOver { answer: status, id: id.map(|_| message.delivery.to_string()) });
        }
        let bytes = bounded(&mut answer).await?;
        let id = match id {
            Some(Some(field)) => bytes.as_deref().and_then(|own| named(own, field)),
            Some(None) => Some(message.delivery.to_string()),
            None => None,
        };
        let Some(accepted) = &self.accepted else { return Ok(HandedOver { answer: status, id }) };
        let Some(bytes) = bytes else {
            return Err(Failure::Never(DeliveryFailure::UnreadableAnswer(status)));
        };
        let answer =
            accepted.judge(&status, &bytes, self.reason.as_deref()).map_err(|failure| match failure {
                DeliveryFailure::NotTaken(NotTaken { found: Some(_), .. }) => Failure::later(failure),
                // Where the answer does not say, the message may be under way: it is not sent again and again, and paid for.
                failure => Failure::Never(failure),
            })?;
        Ok(HandedOver { answer, id })
    }

    /// The secret, or nothing where the templates need none.
    fn secret(&self) -> Result<&str, Failure> {
        let unset = |reason: &String| Failure::Never(DeliveryFailure::GatewayUnset(crate::clip(reason)));
        let secret = self.secret.as_ref().map(Result::as_ref).transpose().map_err(unset)?;
        Ok(secret.map(Secret::expose).unwrap_or_default())
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// Messages on their way to it at once, where the file says so.
    pub(crate) fn at_once(&self) -> Option<usize> {
        self.at_once
    }

    pub(crate) fn receipt(&self) -> Option<&ReceiptRule> {
        self.receipt.as_ref()
    }
}

/// By which an answer names the message, where it does.
fn named(answer: &[u8], field: &str) -> Option<String> {
    let name = at(&serde_json::from_slice(answer).ok()?, field)?;
    (!name.is_empty() && name != "null" && name.len() <= NAME_BYTES).then_some(name)
}

/// What a provider answers, as far as it is read; `None` where it is too much.
async fn bounded(answer: &mut reqwest::Response) -> Result<Option<Vec<u8>>, String> {
    let mut bytes = Vec::new();
    while let Some(part) = answer.chunk().await.map_err(|error| crate::chain(&error.without_url()))? {
        bytes.extend_from_slice(&part);
        if bytes.len() > ANSWER_BYTES {
            return Ok(None);
        }
    }
    Ok(Some(bytes))
}

/// A call as the file describes it.
struct CallTexts<'a> {
    method: &'a str,
    url: &'a str,
    headers: &'a BTreeMap<String, String>,
    body: &'a Option<String>,
}

type CallTemplates = (Method, Template, Vec<(HeaderName, Template)>, Option<Template>);

impl CallTexts<'_> {
    fn parse(&self, known: &[TemplateField]) -> Result<CallTemplates, String> {
        let method = match self.method {
            "POST" => Method::POST,
            "PUT" => Method::PUT,
            "GET" => Method::GET,
            other => return Err(format!("method '{other}' is none of POST, PUT, GET")),
        };
        let template = |what: &str, text: &str, escape| {
            Template::parse(text, escape, known).map_err(|error| format!("{what}: {error}"))
        };
        let url = template("url", self.url, Escape::Percent)?;
        let mut headers = Vec::with_capacity(self.headers.len());
        for (name, text) in self.headers {
            let own: HeaderName =
                name.parse().map_err(|_| format!("headers: '{name}' is no name of a header"))?;
            headers.push((own, template(&format!("headers.{name}"), text, Escape::Nothing)?));
        }
        let content = headers.iter().find(|(name, _)| *name == CONTENT_TYPE).map(|(_, text)| text.marked());
        let body = self.body.as_deref();
        let body = body.map(|text| template("body", text, escape_of(content.as_deref())?)).transpose()?;
        Ok((method, url, headers, body))
    }
}

/// An address holds no secret: it is kept in logs on its way.
fn check_url(url: &Template) -> Result<(), String> {
    if url.fields().any(|field| field == TemplateField::Secret) {
        return Err(String::from(
            "url holds {secret}, and addresses are kept in logs on their way; put it into a header or the body",
        ));
    }
    let url = url.marked();
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let names = query.split('&').filter_map(|pair| pair.split('=').next());
    if let Some(name) = names.map(str::to_lowercase).find(|name| SECRET_NAMES.contains(&name.as_str())) {
        return Err(format!("url: '{name}' looks like a secret; put {{secret}} into a header or the body"));
    }
    safe_url(&url)
}

fn check_header(name: &HeaderName, text: &Template) -> Result<(), String> {
    let secret = text.fields().any(|field| field == TemplateField::Secret);
    if SECRET_NAMES.contains(&name.as_str()) && !secret {
        return Err(format!(
            "headers.{name} holds a secret as it is; write it to a file, name that as secret_file and put {{secret}} here"
        ));
    }
    Ok(())
}

impl Accepted {
    /// What says in a success's answer that the message was taken; else why it was not.
    fn judge(&self, status: &str, answer: &[u8], reason: Option<&str>) -> Result<String, DeliveryFailure> {
        let (status, field) = (status.to_owned(), self.field.clone());
        let Ok(answer) = serde_json::from_slice::<Value>(answer) else {
            return Err(DeliveryFailure::UnreadableAnswer(status));
        };
        let found = at(&answer, &field);
        if let Some(found) = found.as_ref().filter(|found| self.is.contains(found)) {
            return Ok(format!("{status}, {field}: {found}"));
        }
        let reason = reason.and_then(|reason| at(&answer, reason));
        Err(DeliveryFailure::NotTaken(NotTaken { status, field, found, reason }))
    }
}

/// The value of a field of an answer, named with points (`data.0.status`), as words.
fn at(answer: &Value, path: &str) -> Option<String> {
    let found = answer.pointer(&format!("/{}", path.replace('.', "/")))?;
    Some(found.as_str().map_or_else(|| found.to_string(), str::to_owned))
}

fn escape_of(content: Option<&str>) -> Result<Escape, String> {
    let kind = content.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_lowercase();
    match kind.as_str() {
        "application/json" => Ok(Escape::Json),
        "application/x-www-form-urlencoded" => Ok(Escape::Percent),
        _ => Err(String::from(
            "a body needs headers.Content-Type: application/json or application/x-www-form-urlencoded",
        )),
    }
}

/// The body can be read, and the secret is in no value that the receiver of the message reads.
fn check_body(body: &Template) -> Result<(), String> {
    let marked = body.marked();
    let fields = match body.escape {
        Escape::Json => {
            let json: Value = serde_json::from_str(&marked).map_err(|error| {
                format!("body is no JSON with its fields filled in ({error}); write \"{{text}}\" in quotes")
            })?;
            fields("", &json)
        }
        _ => {
            let pairs = marked.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
            pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
        }
    };
    // The marks as they were filled in, and no mark is altered by what escapes JSON.
    let mark = |field: TemplateField| body.escape.of(&format!("<{}>", field.as_str()));
    let literal = fields.iter().find(|(name, value)| {
        let secret = SECRET_NAMES.contains(&name.to_lowercase().as_str());
        secret && !value.is_empty() && !value.contains(&mark(TemplateField::Secret))
    });
    if let Some((name, _)) = literal {
        return Err(format!(
            "body.{name} holds a secret as it is; write it to a file, name that as secret_file and put {{secret}} here"
        ));
    }
    let shows = |value: &String| {
        let message = TemplateField::OF_MESSAGE.into_iter().filter(|field| field.is_message());
        value.contains(&mark(TemplateField::Secret)) && message.map(mark).any(|own| value.contains(&own))
    };
    // Glued to anything else it would be read with that: by the provider, or by who reads its records.
    let glued = |(_, value): &&(String, String)| {
        let rest = value.replacen(&mark(TemplateField::Secret), "", 1);
        let parts = TemplateField::OF_MESSAGE.into_iter().chain(TemplateField::OF_RECEIPT);
        rest.len() < value.len() && parts.map(mark).any(|own| rest.contains(&own))
    };
    if let Some((name, _)) = fields.iter().find(glued).filter(|(_, value)| !shows(value)) {
        return Err(format!(
            "body.{name}: {{secret}} stands there with something else; give it a field of its own"
        ));
    }
    if fields.iter().map(|(_, value)| value).any(shows) {
        return Err(String::from(
            "body: {secret} stands in the message itself, where its receiver would read it",
        ));
    }
    Ok(())
}

/// Every value of a document, with the name it stands under.
fn fields(name: &str, json: &Value) -> Vec<(String, String)> {
    match json {
        Value::Array(list) => list.iter().flat_map(|own| fields(name, own)).collect(),
        Value::Object(own) => own.iter().flat_map(|(name, own)| fields(name, own)).collect(),
        Value::String(text) => vec![(name.to_owned(), text.clone())],
        Value::Null => Vec::new(),
        other => vec![(name.to_owned(), other.to_string())],
    }
}

pub(super) fn parse(keys: GatewayKeys, gateways: &[Arc<Gateway>]) -> Result<Address, String> {
    let GatewayKeys { gateway: name, to } = keys;
    let known = || gateways.iter().map(|own| format!("'{}'", own.name)).collect::<Vec<_>>().join(", ");
    let gateway = gateways.iter().find(|own| own.name == name).ok_or_else(|| match gateways {
        [] => format!("the gateway '{name}' is not described; add a [[gateway]] with that name"),
        _ => format!("the gateway '{name}' is not described; there are {}", known()),
    })?;
    let digits = to.chars().all(|c| c.is_ascii_digit() || " +-().".contains(c));
    let to = if digits { to.replace([' ', '-', '(', ')', '.'], "") } else { to.trim().to_owned() };
    if to.is_empty() {
        return Err(String::from("'to' is empty; give a telephone number or the provider's name of a group"));
    }
    Ok(Address::Gateway { gateway: Arc::clone(gateway), to })
}

pub(super) async fn send(
    caller: &Caller,
    gateway: &Gateway,
    to: &str,
    message: &OutgoingMessage<'_>,
) -> Result<HandedOver, Failure> {
    gateway.send(caller, to, message).await
}

/// What keeps every message from this provider, where the team file alone shows it.
pub(super) fn warning(gateway: &Gateway) -> Option<&str> {
    let own = gateway.secret.as_ref().and_then(|secret| secret.as_ref().err());
    own.or(gateway.receipt.as_ref().and_then(ReceiptRule::warning)).map(String::as_str)
}

/// A header may hold what is secret.
impl fmt::Debug for Gateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}(***)", self.name)
    }
}

/// Two addresses are equal where they lead to one receiver of one provider.
impl PartialEq for Gateway {
    fn eq(&self, other: &Gateway) -> bool {
        self.name == other.name
    }
}

#[cfg(test)]
mod tests;
