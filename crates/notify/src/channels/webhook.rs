//! Signed HTTP calls to other systems.
//!
//! The body is JSON. `Kentongan-Signature: t=<seconds>,v1=<hex>` holds HMAC-SHA256 with the shared
//! secret over `<seconds>.<body>`. A receiver recomputes it, compares in constant time, refuses a `t`
//! more than [`REPLAY_WINDOW_SECONDS`] from its own clock, and remembers `Idempotency-Key` at least
//! as long as messages are retried (two hours by default): the same key is the same message.

use super::{Address, OutgoingMessage};
use crate::attempt::Failure;
use crate::message::{MessageSettings, Notice, NoticeReason, name};
use crate::secret::{Secret, Source};
use crate::settings::is_loopback;
use async_recursion::async_recursion as boxed;
use domain::kind::Kind;
use domain::place::Places;
use domain::time::{SECOND, Time};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
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
    let parsed = reqwest::Url::parse(&url).map_err(|error| format!("'{url}' is no URL: {error}"))?;
    let safe =
        parsed.scheme() == "https" || parsed.scheme() == "http" && parsed.host_str().is_some_and(is_loopback);
    if !safe {
        return Err(format!("'{url}' must begin with https:// (http:// only on this machine)"));
    }
    if secret_env.is_none() && secret_file.is_none() {
        return Err(format!("webhook '{url}' needs secret_env or secret_file: its messages are signed"));
    }
    let secret = Source { env: secret_env.as_deref(), file: secret_file.as_deref() }.read(env);
    Ok(Address::Webhook { url, secret })
}

pub(super) async fn send(
    caller: &Caller,
    url: &str,
    secret: Result<&Secret, &String>,
    message: &OutgoingMessage<'_>,
) -> Result<(), Failure> {
    let unset = |reason: &String| Failure::Never(DeliveryFailure::WebhookUnset(crate::clip(reason)));
    let secret = secret.map_err(unset)?;
    let ids = (message.delivery, message.version);
    let body = body(message.notice, ids, message.places, message.settings)?;
    let signature = sign(secret, message.at, &body)?;
    Ok(caller.send(url, body, message.delivery, signature).await?)
}

/// The body. A conflict's has no `kind` and no `category`.
#[derive(Serialize)]
struct Body<'a> {
    delivery: i64,
    alert: &'a str,
    version: i64,
    change: &'static str,
    level: &'static str,
    unverified: bool,
    district: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    category: Option<String>,
    /// Receivers of earlier messages, on a withdrawal.
    #[serde(rename = "notified_before", skip_serializing_if = "Option::is_none")]
    earlier_recipients: Option<usize>,
    link: String,
    scenario: bool,
}

/// Writes the body; the same bytes at every try.
fn body(
    notice: &Notice,
    (delivery, version): (i64, i64),
    places: &Places,
    message_settings: &MessageSettings,
) -> Result<Vec<u8>, String> {
    let disaster = notice.kind == Kind::Disaster;
    let body = Body {
        delivery,
        alert: &notice.alert,
        version,
        change: notice.change.as_str(),
        level: notice.level.as_str(),
        unverified: notice.unverified,
        district: notice.code.to_string(),
        name: name(places, notice.code),
        kind: disaster.then_some(notice.kind.as_str()),
        category: notice.category.filter(|_| disaster).map(|category| category.to_string()),
        earlier_recipients: (notice.change == NoticeReason::Withdrawn).then_some(notice.earlier_recipients),
        link: notice.link(message_settings),
        scenario: message_settings.scenario,
    };
    serde_json::to_vec(&body).map_err(|error| format!("writing the message: {error}"))
}

/// The signature header of `body` at `at`.
pub fn sign(secret: &Secret, at: Time, body: &[u8]) -> Result<String, String> {
    let seconds = at.0.div_euclid(SECOND);
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes())
        .map_err(|error| format!("signing: {error}"))?;
    mac.update(format!("{seconds}.").as_bytes());
    mac.update(body);
    let mut header = format!("t={seconds},v1=");
    for byte in mac.finalize().into_bytes() {
        header.push_str(&format!("{byte:02x}"));
    }
    Ok(header)
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

    #[boxed]
    pub async fn send(
        &self,
        url: &str,
        body: Vec<u8>,
        delivery: i64,
        signature: String,
    ) -> Result<(), String> {
        let client = self.client(url)?;
        let answer = client
            .post(url)
            .header("content-type", "application/json")
            .header("kentongan-signature", signature)
            .header("idempotency-key", delivery.to_string())
            .body(body)
            .send()
            .await
            .map_err(|error| crate::chain(&error.without_url()))?;
        let status = answer.status();
        if status.is_success() { Ok(()) } else { Err(format!("the receiver answered {status}")) }
    }

    /// Calls to this machine never go through a proxy of the environment.
    fn client(&self, url: &str) -> Result<&reqwest::Client, String> {
        let here = reqwest::Url::parse(url).is_ok_and(|url| url.host_str().is_some_and(is_loopback));
        let slot = if here { &self.loopback } else { &self.outside };
        let client = slot.get_or_init(|| build(&self.ca_file, self.timeout, here));
        client.as_ref().map_err(Clone::clone)
    }
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
    use domain::kind::{Category, Level};
    use domain::place::Code;

    #[test]
    fn the_signature_is_the_one_a_receiver_computes() {
        // Reference: python3 -c 'import hmac;print(hmac.new(b"kunci",b"1700000000.{}","sha256").hexdigest())'
        let header = sign(&Secret::new("kunci"), Time(1_700_000_000_999_999), b"{}").unwrap();
        let expected = "122761d2746f8988e92b3e325fc1bdb2b2bbc991bc043332840ce96492807d2a";
        assert_eq!(header, format!("t=1700000000,v1={expected}"));
    }

    #[test]
    fn a_conflict_is_sent_without_kind_and_category() {
        let mut notice = Notice {
            change: NoticeReason::Opened,
            alert: String::from("16.13-2026-0001"),
            code: Code(161304),
            kind: Kind::ResidentResident,
            level: Level::Awas,
            unverified: false,
            category: Category::parse("WW-03"),
            baseline: None,
            earlier_recipients: 0,
        };
        let write = |notice: &Notice| {
            let message_settings =
                MessageSettings { base_url: String::from("https://d.example"), ..MessageSettings::default() };
            String::from_utf8(body(notice, (4, 1), &Places::default(), &message_settings).unwrap()).unwrap()
        };
        let json = write(&notice);
        for hidden in ["resident", "kind", "category", "WW-03", "notified_before"] {
            assert!(!json.contains(hidden), "{json}");
        }
        assert!(json.contains(r#""link":"https://d.example/peringatan/16.13-2026-0001""#), "{json}");
        notice.kind = Kind::Disaster;
        notice.category = Category::parse("WA-01");
        assert!(write(&notice).contains(r#""kind":"disaster","category":"WA-01""#));
    }
}
