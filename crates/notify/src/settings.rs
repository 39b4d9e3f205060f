//! The `[notify]` part of the configuration: pace, retries, the mail relay, trust for webhooks.

use crate::secret::{Secret, Source};
use serde::Deserialize;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

/// `[notify]`. Every key has its default here and its reason in `config/default.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Messages on their way at once, for each channel; what is above waits in the store.
    pub batch: usize,
    /// How often the outbox is looked at when nobody rings, milliseconds.
    pub poll_ms: u64,
    /// Tries to one person by one channel before it counts as failed.
    pub tries: u32,
    /// Pause after the first failed try, seconds; doubles each time …
    pub backoff_seconds: u32,
    /// … up to this.
    pub backoff_max_seconds: u32,
    /// A try that takes longer than this has failed, seconds.
    pub timeout_seconds: u32,
    /// PEM file of a further authority that webhook receivers may be signed by.
    pub webhook_ca_file: Option<PathBuf>,
    /// The mail relay; without it every e-mail fails with that reason.
    pub smtp: Option<Smtp>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            batch: 16,
            poll_ms: 1_000,
            tries: 10,
            backoff_seconds: 5,
            backoff_max_seconds: 900,
            timeout_seconds: 20,
            webhook_ca_file: None,
            smtp: None,
        }
    }
}

/// `[notify.smtp]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Smtp {
    pub host: String,
    /// Default by `security`: 587, 465 or 25.
    pub port: Option<u16>,
    #[serde(default)]
    pub security: Security,
    /// Sender, for example `Kentongan <kentongan@muratara.example>`.
    pub from: String,
    pub user: Option<String>,
    pub password_env: Option<String>,
    pub password_file: Option<PathBuf>,
    /// PEM file of a further authority the relay may be signed by.
    pub ca_file: Option<PathBuf>,
}

/// How the way to the relay is protected.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// Starts in the clear and must change to TLS before anything is said.
    #[default]
    Starttls,
    /// TLS from the first byte.
    Tls,
    /// No protection: a relay on this machine only.
    Plain,
}

impl Settings {
    /// Looks for values that cannot work; the error names the key.
    pub fn check(&self) -> Result<(), String> {
        let positive = [
            ("batch", self.batch as u64),
            ("poll_ms", self.poll_ms),
            ("tries", u64::from(self.tries)),
            ("backoff_seconds", u64::from(self.backoff_seconds)),
            ("timeout_seconds", u64::from(self.timeout_seconds)),
        ];
        for (key, value) in positive {
            if value == 0 {
                return Err(format!("notify.{key}: must be at least 1"));
            }
        }
        if self.backoff_max_seconds < self.backoff_seconds {
            return Err(String::from("notify.backoff_max_seconds: must not be below notify.backoff_seconds"));
        }
        self.smtp.as_ref().map_or(Ok(()), Smtp::check)
    }

    pub fn timeout(&self) -> Duration {
        Duration::from_secs(u64::from(self.timeout_seconds))
    }
}

impl Smtp {
    fn check(&self) -> Result<(), String> {
        if self.security == Security::Plain && !is_loopback(&self.host) {
            return Err(format!(
                "notify.smtp.security: \"plain\" is for a relay on this machine; '{}' needs \"starttls\" or \"tls\"",
                self.host
            ));
        }
        if self.user.is_some() != (self.password_env.is_some() || self.password_file.is_some()) {
            return Err(String::from(
                "notify.smtp.user: goes together with password_env or password_file",
            ));
        }
        Ok(())
    }

    /// The password, where a user is named.
    pub fn password(&self, env: &dyn Fn(&str) -> Option<String>) -> Result<Option<Secret>, String> {
        if self.user.is_none() {
            return Ok(None);
        }
        let source = Source { env: self.password_env.as_deref(), file: self.password_file.as_deref() };
        source.read(env).map(Some).map_err(|error| format!("notify.smtp password: {error}"))
    }

    pub fn port(&self) -> u16 {
        self.port.unwrap_or(match self.security {
            Security::Starttls => 587,
            Security::Tls => 465,
            Security::Plain => 25,
        })
    }
}

/// True for names and addresses of this machine.
pub(crate) fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Settings, String> {
        let settings: Settings = toml::from_str(text).map_err(|error| error.to_string())?;
        settings.check().map(|()| settings)
    }

    #[test]
    fn defaults_hold_and_unknown_keys_do_not() {
        assert_eq!(parse("").unwrap().batch, 16);
        assert!(parse("bacth = 3").unwrap_err().contains("bacth"));
        assert!(parse("tries = 0").unwrap_err().contains("notify.tries"));
    }

    #[test]
    fn a_relay_elsewhere_is_never_spoken_to_in_the_clear() {
        let relay = |host: &str, security: &str| {
            parse(&format!("[smtp]\nhost = \"{host}\"\nfrom = \"a@b.example\"\nsecurity = \"{security}\""))
        };
        assert!(relay("mail.example", "plain").unwrap_err().contains("starttls"));
        assert_eq!(relay("127.0.0.1", "plain").unwrap().smtp.unwrap().port(), 25);
        assert_eq!(relay("mail.example", "tls").unwrap().smtp.unwrap().port(), 465);
    }

    #[test]
    fn a_user_without_a_password_is_refused_and_passwords_stay_hidden() {
        let text = "[smtp]\nhost = \"m.example\"\nfrom = \"a@b.example\"\nuser = \"k\"";
        assert!(parse(text).unwrap_err().contains("password"));
        let smtp = parse(&format!("{text}\npassword_env = \"P\"")).unwrap().smtp.unwrap();
        let password = smtp.password(&|_| Some(String::from("rahasia-1"))).unwrap();
        assert!(!format!("{smtp:?}{password:?}").contains("rahasia-1"));
    }
}
