//! Signed HTTP calls to other systems.
//!
//! The body is JSON. `Kentongan-Signature: t=<seconds>,v1=<hex>` holds HMAC-SHA256 with the shared
//! secret over `<seconds>.<body>`. A receiver recomputes it, compares in constant time, refuses a `t`
//! more than [`REPLAY_WINDOW_SECONDS`] from its own clock, and remembers `Idempotency-Key` at least
//! as long as messages are retried (a day by default): the same key is the same message.

use super::{Address, OutgoingMessage};
use crate::attempt::Failure;
use crate::secret::{Secret, Source};
use crate::settings::is_loopback;
use async_recursion::async_recursion as boxed;
use domain::time::{SECOND, Time};
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use sha2::Sha256;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;
use store::DeliveryFailure;

/// How far a receiver should let `t` lie from its own clock.
pub const REPLAY_WINDOW_SECONDS: i64 = 300;

/// What a line of the team file gives. Messages are signed with the secret, which stands in an environment variable or a file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WebhookKeys {
    url: String,
    secret_env: Option<String>,
    secret_file: Option<PathBuf>,
}

pub(super) fn parse(keys: WebhookKeys, env: &dyn Fn(&str) -> Option<String>) -> Result<Address, String> {
    let WebhookKeys { url, secret_env, secret_file } = keys;
    safe_url(&url)?;
    if secret_env.is_none() && secret_file.is_none() {
        return Err(format!("webhook '{url}' needs secret_env or secret_file: its messages are signed"));
    }
    let secret = Source { env: secret_env.as_deref(), file: secret_file.as_deref() }.read(env);
    Ok(Address::Webhook { url, secret })
}

/// An address that nobody reads along on the way to.
pub(super) fn safe_url(url: &str) -> Result<(), String> {
    let parsed = reqwest::Url::parse(url).map_err(|error| format!("the address is no URL: {error}"))?;
    if !parsed.username().is_empty() || parsed.password().is_some() {
        return Err(String::from("the address holds a user or a password; give the secret by secret_file"));
    }
    let here = || parsed.host_str().is_some_and(is_loopback);
    if parsed.scheme() == "https" || parsed.scheme() == "http" && here() {
        return Ok(());
    }
    // A secret may stand in the rest of it.
    let to = format!("{}://{}", parsed.scheme(), parsed.host_str().unwrap_or_default());
    Err(format!("the address of {to} must begin with https:// (http:// only on this machine)"))
}

pub(super) async fn send(
    caller: &Caller,
    url: &str,
    secret: Result<&Secret, &String>,
    message: &OutgoingMessage<'_>,
) -> Result<String, Failure> {
    let unset = |reason: &String| Failure::Never(DeliveryFailure::WebhookUnset(crate::clip(reason)));
    let secret = secret.map_err(unset)?;
    let signature = sign(secret, message.at, &message.json)?;
    let headers = [("content-type", "application/json".to_owned()), ("kentongan-signature", signature)];
    caller.post(url, message, headers).await
}

/// The signature header of `body` at `at`.
pub fn sign(secret: &Secret, at: Time, body: &[u8]) -> Result<String, String> {
    let seconds = at.0.div_euclid(SECOND);
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes())
        .map_err(|error| format!("signing: {error}"))?;
    mac.update(format!("{seconds}.").as_bytes());
    mac.update(body);
    Ok(format!("t={seconds},v1={}", hex::encode(mac.finalize().into_bytes())))
}

/// HTTP clients, made when first needed: reading a machine's certificates takes a while.
pub(super) struct Caller {
    ca_file: PathBuf,
    timeout: Duration,
    outside: OnceLock<Result<reqwest::Client, String>>,
    loopback: OnceLock<Result<reqwest::Client, String>>,
}

impl Caller {
    pub fn new(ca_file: PathBuf, timeout: Duration) -> Caller {
        Caller { ca_file, timeout, outside: OnceLock::new(), loopback: OnceLock::new() }
    }

    async fn post(
        &self,
        url: &str,
        message: &OutgoingMessage<'_>,
        headers: [(&str, String); 2],
    ) -> Result<String, Failure> {
        let mut request = self.client(url)?.post(url).header("idempotency-key", message.delivery.to_string());
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let answer = call(request.body(message.json.clone())).await?;
        let status = answer.status();
        if status.is_success() { Ok(status.to_string()) } else { Err(refusal(&answer, message.at)) }
    }

    /// Calls to this machine never go through a proxy of the environment.
    pub fn client(&self, url: &str) -> Result<&reqwest::Client, String> {
        let here = reqwest::Url::parse(url).is_ok_and(|url| url.host_str().is_some_and(is_loopback));
        let slot = if here { &self.loopback } else { &self.outside };
        let client = slot.get_or_init(|| build(&self.ca_file, self.timeout, here));
        client.as_ref().map_err(Clone::clone)
    }
}

/// Sends a request; an address may hold a secret, so no error names it.
#[boxed]
pub(super) async fn call(request: reqwest::RequestBuilder) -> Result<reqwest::Response, String> {
    request.send().await.map_err(|error| crate::chain(&error.without_url()))
}

/// What an answer that is no success means; `Retry-After` is obeyed.
pub(super) fn refusal(answer: &reqwest::Response, now: Time) -> Failure {
    let header = answer.headers().get("retry-after").and_then(|value| value.to_str().ok());
    let failure = DeliveryFailure::HttpStatus(answer.status().to_string());
    Failure::Later { failure, wait: header.and_then(|text| retry_after(text, now)) }
}

/// `Retry-After` (RFC 9110, 10.2.3): seconds, or a date.
fn retry_after(text: &str, now: Time) -> Option<i64> {
    if let Ok(seconds) = text.trim().parse::<u32>() {
        return Some(i64::from(seconds) * SECOND);
    }
    let at = jiff::fmt::rfc2822::parse(text.trim()).ok()?.timestamp().as_microsecond();
    Some(at.saturating_sub(now.0).max(0))
}

fn build(ca_file: &Path, timeout: Duration, here: bool) -> Result<reqwest::Client, String> {
    // Refused when the binary has already installed one; either is fine.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let base = || {
        let builder = reqwest::Client::builder()
            .timeout(timeout)
            .redirect(reqwest::redirect::Policy::none()) // what is signed for one address goes to no other
            .user_agent(concat!("kentongan/", env!("CARGO_PKG_VERSION")));
        if here { builder.no_proxy() } else { builder }
    };
    if ca_file.as_os_str().is_empty() {
        // A machine without any certificates can still call http:// on itself.
        let client = base().build().or_else(|_| base().tls_certs_only([]).build());
        return client.map_err(|error| crate::chain(&error));
    }
    let explain = |error: String| format!("notify.webhook_ca_file '{}': {error}", ca_file.display());
    let pem = std::fs::read(ca_file).map_err(|error| explain(error.to_string()))?;
    let extra = reqwest::Certificate::from_pem_bundle(&pem).map_err(|error| explain(crate::chain(&error)))?;
    base().tls_certs_merge(extra).build().map_err(|error| explain(crate::chain(&error)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_the_one_a_receiver_computes() {
        // Reference: python3 -c 'import hmac;print(hmac.new(b"kunci",b"1700000000.{}","sha256").hexdigest())'
        let header = sign(&Secret::new("kunci"), Time(1_700_000_000_999_999), b"{}").unwrap();
        let expected = "122761d2746f8988e92b3e325fc1bdb2b2bbc991bc043332840ce96492807d2a";
        assert_eq!(header, format!("t=1700000000,v1={expected}"));
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = Time(1_700_000_000 * SECOND);
        assert_eq!(retry_after("120", now), Some(120 * SECOND));
        assert_eq!(retry_after("Tue, 14 Nov 2023 22:14:20 GMT", now), Some(60 * SECOND));
        assert_eq!(retry_after("Tue, 14 Nov 2023 22:00:00 GMT", now), Some(0), "it has passed");
        assert_eq!(retry_after("soon", now), None);
    }
}
