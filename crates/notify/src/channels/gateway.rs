//! Providers of SMS or WhatsApp messages, called over HTTP as the team file describes: address, headers and body are templates.
//!
//! `{to}`, `{subject}`, `{text}` (all of it), `{short}` (one line with the link), `{delivery}` and `{secret}` are filled in, each
//! escaped for where it stands. What would show the secret to somebody is refused when the file is read.

use super::webhook::{Caller, call, refusal, safe_url};
use super::{Address, OutgoingMessage};
use crate::attempt::Failure;
use crate::secret::{Secret, Source};
use formats::team::GatewayLines;
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderName};
use serde::Deserialize;
use serde_json::Value;
use std::sync::Arc;
use store::{DeliveryFailure, NotTaken};

/// Most of an answer that is read.
const ANSWER_BYTES: usize = 64 * 1024;
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

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Field {
    To,
    Subject,
    Text,
    Short,
    Delivery,
    Secret,
}

/// How a value is written where it stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Escape {
    Percent,
    Json,
    Nothing,
}

#[derive(Clone, PartialEq, Debug)]
enum Part {
    Text(String),
    Field(Field),
}

#[derive(Clone, PartialEq, Debug)]
struct Template {
    parts: Vec<Part>,
    escape: Escape,
}

impl Field {
    const ALL: [Field; 6] =
        [Field::To, Field::Subject, Field::Text, Field::Short, Field::Delivery, Field::Secret];

    const fn as_str(self) -> &'static str {
        match self {
            Field::To => "to",
            Field::Subject => "subject",
            Field::Text => "text",
            Field::Short => "short",
            Field::Delivery => "delivery",
            Field::Secret => "secret",
        }
    }

    /// True for what the receiver of the message reads.
    const fn is_message(self) -> bool {
        matches!(self, Field::Subject | Field::Text | Field::Short)
    }
}

impl Template {
    fn parse(text: &str, escape: Escape) -> Result<Template, String> {
        let (mut parts, mut plain, mut rest) = (Vec::new(), String::new(), text);
        while let Some(at) = rest.find('{') {
            let (before, open) = rest.split_at(at);
            plain.push_str(before);
            let word = open[1..].split('}').next().unwrap_or_default();
            let is_word = !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
            if !is_word || !open[1 + word.len()..].starts_with('}') {
                plain.push('{');
                rest = &open[1..];
                continue;
            }
            let field = Field::ALL.into_iter().find(|field| field.as_str() == word);
            let field = field.ok_or_else(|| {
                let known = Field::ALL.map(|field| format!("{{{}}}", field.as_str())).join(", ");
                format!("'{{{word}}}' is no field; there are {known}")
            })?;
            parts.push(Part::Text(std::mem::take(&mut plain)));
            parts.push(Part::Field(field));
            rest = &open[word.len() + 2..];
        }
        plain.push_str(rest);
        parts.push(Part::Text(plain));
        Ok(Template { parts, escape })
    }

    fn fields(&self) -> impl Iterator<Item = Field> {
        self.parts.iter().filter_map(|part| if let Part::Field(field) = part { Some(*field) } else { None })
    }

    fn fill(&self, value: impl Fn(Field) -> String) -> String {
        let part = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Field(field) => self.escape.of(&value(*field)),
        };
        self.parts.iter().map(part).collect()
    }

    /// With a mark in place of each value, to see where they would stand; the number of a delivery may stand without quotes.
    fn marked(&self) -> String {
        self.fill(|field| match field {
            Field::Delivery => String::from("0"),
            other => format!("<{}>", other.as_str()),
        })
    }
}

impl Escape {
    fn of(self, text: &str) -> String {
        match self {
            Escape::Nothing => text.to_owned(),
            Escape::Json => {
                let quoted = Value::from(text).to_string();
                quoted[1..quoted.len() - 1].to_owned()
            }
            Escape::Percent => {
                let byte = |byte: u8| match byte {
                    b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                        char::from(byte).to_string()
                    }
                    other => format!("%{other:02X}"),
                };
                text.bytes().map(byte).collect()
            }
        }
    }
}

impl Gateway {
    /// Reads a provider of the team file; the secret comes through `env` or from a file.
    ///
    /// # Errors
    /// Where a template names what there is not, could not be sent, or would show the secret.
    pub fn parse(lines: &GatewayLines, env: &dyn Fn(&str) -> Option<String>) -> Result<Gateway, String> {
        let GatewayLines { name, url, method, headers, body, secret_env, secret_file, accepted, reason } =
            lines;
        let method = match method.as_str() {
            "POST" => Method::POST,
            "PUT" => Method::PUT,
            "GET" => Method::GET,
            other => return Err(format!("method '{other}' is none of POST, PUT, GET")),
        };
        let template = |what: &str, text: &str, escape| {
            Template::parse(text, escape).map_err(|error| format!("{what}: {error}"))
        };
        let url = template("url", url, Escape::Percent)?;
        let mut parsed = Vec::with_capacity(headers.len());
        for (name, text) in headers {
            let own: HeaderName =
                name.parse().map_err(|_| format!("headers: '{name}' is no name of a header"))?;
            parsed.push((own, template(&format!("headers.{name}"), text, Escape::Nothing)?));
        }
        let content = parsed.iter().find(|(name, _)| *name == CONTENT_TYPE).map(|(_, text)| text.marked());
        let body =
            body.as_deref().map(|text| template("body", text, escape_of(content.as_deref())?)).transpose()?;
        let source = Source { env: secret_env.as_deref(), file: secret_file.as_deref() };
        let given = secret_env.is_some() || secret_file.is_some();
        let gateway = Gateway {
            name: name.clone(),
            method,
            url,
            headers: parsed,
            body,
            secret: given.then(|| source.read(env)),
            accepted: accepted.as_ref().map(|own| Accepted { field: own.field.clone(), is: own.is.clone() }),
            reason: reason.clone(),
        };
        gateway.check()?;
        Ok(gateway)
    }

    fn check(&self) -> Result<(), String> {
        safe_url(&self.url.marked())?;
        if self.accepted.as_ref().is_some_and(|accepted| accepted.is.is_empty()) {
            return Err(String::from(
                "accepted.is: the empty list; name the values that mean that it was taken",
            ));
        }
        let all = || self.headers.iter().map(|(_, text)| text).chain(&self.body).chain([&self.url]);
        let uses = |field: Field| all().any(|text| text.fields().any(|own| own == field));
        if !uses(Field::To) {
            return Err(String::from("no template names {to}, so the message would reach nobody"));
        }
        if !Field::ALL.into_iter().any(|field| field.is_message() && uses(field)) {
            return Err(String::from(
                "no template names {text}, {short} or {subject}, so the message would be empty",
            ));
        }
        if uses(Field::Secret) && self.secret.is_none() {
            return Err(String::from("{secret} needs secret_file or secret_env"));
        }
        self.check_secrecy()?;
        if self.secret.is_some() && !uses(Field::Secret) {
            return Err(String::from("the secret is used nowhere; write {secret} where it belongs"));
        }
        Ok(())
    }

    /// The secret stands in a header or a field of the body of its own, and nowhere as it is.
    fn check_secrecy(&self) -> Result<(), String> {
        if self.url.fields().any(|field| field == Field::Secret) {
            return Err(String::from(
                "url holds {secret}, and addresses are kept in logs on their way; put it into a header or the body",
            ));
        }
        let url = self.url.marked();
        let query = url.split_once('?').map_or("", |(_, query)| query);
        let names = query.split('&').filter_map(|pair| pair.split('=').next());
        if let Some(name) = names.map(str::to_lowercase).find(|name| SECRET_NAMES.contains(&name.as_str())) {
            return Err(format!(
                "url: '{name}' looks like a secret; put {{secret}} into a header or the body"
            ));
        }
        for (name, text) in &self.headers {
            let secret = text.fields().any(|field| field == Field::Secret);
            if SECRET_NAMES.contains(&name.as_str()) && !secret {
                return Err(format!(
                    "headers.{name} holds a secret as it is; write it to a file, name that as secret_file and put {{secret}} here"
                ));
            }
            if text.fields().any(Field::is_message) {
                return Err(format!(
                    "headers.{name}: a message stands in the body or the address, not in a header"
                ));
            }
        }
        if let Some(Ok(secret)) = &self.secret {
            let texts = self.headers.iter().map(|(_, text)| text).chain(&self.body).chain([&self.url]);
            if texts.map(Template::marked).any(|text| text.contains(secret.expose())) {
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
    ) -> Result<String, Failure> {
        let unset = |reason: &String| Failure::Never(DeliveryFailure::GatewayUnset(crate::clip(reason)));
        let secret = self.secret.as_ref().map(Result::as_ref).transpose().map_err(unset)?;
        let hidden = secret.map(Secret::expose).unwrap_or_default();
        let value = |field: Field| match field {
            Field::To => to.to_owned(),
            Field::Subject => message.text.subject.clone(),
            Field::Text => message.text.body.clone(),
            Field::Short => message.text.short.clone(),
            Field::Delivery => message.delivery.to_string(),
            Field::Secret => hidden.to_owned(),
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
        let Some(accepted) = &self.accepted else { return Ok(status) };
        let mut bytes = Vec::new();
        while let Some(part) = answer.chunk().await.map_err(|error| crate::chain(&error.without_url()))? {
            bytes.extend_from_slice(&part);
            if bytes.len() > ANSWER_BYTES {
                return Err(Failure::Never(DeliveryFailure::UnreadableAnswer(status)));
            }
        }
        // Some providers give back what they were sent.
        let shown = |words: String| match hidden.is_empty() {
            true => crate::clip(&words),
            false => crate::clip(&words.replace(hidden, "***")),
        };
        accepted.judge(&status, &bytes, self.reason.as_deref()).map_err(|failure| match failure {
            DeliveryFailure::NotTaken(answer) => {
                let refused = answer.found.is_some();
                let (found, reason) = (answer.found.map(shown), answer.reason.map(shown));
                let failure = DeliveryFailure::NotTaken(NotTaken { found, reason, ..answer });
                // Where the answer does not say, the message may be under way: it is not sent again and again, and paid for.
                if refused { Failure::later(failure) } else { Failure::Never(failure) }
            }
            failure => Failure::Never(failure),
        })
    }
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
    let mark = |field: Field| body.escape.of(&format!("<{}>", field.as_str()));
    let literal = fields.iter().find(|(name, value)| {
        let secret = SECRET_NAMES.contains(&name.to_lowercase().as_str());
        secret && !value.is_empty() && !value.contains(&mark(Field::Secret))
    });
    if let Some((name, _)) = literal {
        return Err(format!(
            "body.{name} holds a secret as it is; write it to a file, name that as secret_file and put {{secret}} here"
        ));
    }
    let shows = |value: &String| {
        let message = Field::ALL.into_iter().filter(|field| field.is_message());
        value.contains(&mark(Field::Secret)) && message.map(mark).any(|own| value.contains(&own))
    };
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
) -> Result<String, Failure> {
    gateway.send(caller, to, message).await
}

/// What keeps every message from this provider, where the team file alone shows it.
pub(super) fn warning(gateway: &Gateway) -> Option<&str> {
    gateway.secret.as_ref().and_then(|secret| secret.as_ref().err()).map(String::as_str)
}

/// Two addresses are equal where they lead to one receiver of one provider.
impl PartialEq for Gateway {
    fn eq(&self, other: &Gateway) -> bool {
        self.name == other.name
    }
}

#[cfg(test)]
mod tests;
