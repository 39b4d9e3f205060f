//! The `[notify]` part of the configuration: pace, retries, the mail relay, trust for webhooks.

use crate::secret::{Secret, Source};
use serde::Deserialize;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

/// The environment variable of the relay's password.
pub const SMTP_PASSWORD: &str = "KENTONGAN_SMTP_PASSWORD";

/// `[notify]`; every key with its reason is in `config/default.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Messages on their way at once, for each channel; what is above waits in the store.
    pub batch: usize,
    /// How long a message is tried by one channel before it counts as failed, hours.
    pub retry_hours: u32,
    /// Pause after the first failed try, seconds; doubles each time …
    pub first_wait_seconds: u32,
    /// … up to this.
    pub longest_wait_seconds: u32,
    /// A try that takes longer than this has failed, seconds.
    pub timeout_seconds: u32,
    /// How often the outbox is looked at when nobody rings, milliseconds.
    pub poll_ms: u64,
    /// Questions to look into something that one person gets in ten minutes; further ones wait as one.
    pub questions: usize,
    /// PEM file of a further authority that webhook receivers may be signed by; empty for none.
    pub webhook_ca_file: PathBuf,
    /// File of the key that one-time links are derived from; empty for one in the data folder.
    pub link_key_file: PathBuf,
    pub smtp: Smtp,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            batch: 32,
            retry_hours: 24,
            first_wait_seconds: 5,
            longest_wait_seconds: 900,
            timeout_seconds: 20,
            poll_ms: 1_000,
            questions: 3,
            webhook_ca_file: PathBuf::new(),
            link_key_file: PathBuf::new(),
            smtp: Smtp::default(),
        }
    }
}

/// `[notify.smtp]`; an empty value is none.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Smtp {
    /// Without it every e-mail fails with that reason.
    pub host: String,
    pub port: u16,
    pub security: Security,
    pub user: String,
    /// Else the password is in [`SMTP_PASSWORD`].
    pub password_file: PathBuf,
    /// Sender, for example `Kentongan <kentongan@muratara.example>`.
    pub from: String,
    /// PEM file of a further authority the relay may be signed by.
    pub ca_file: PathBuf,
}

impl Default for Smtp {
    fn default() -> Smtp {
        Smtp {
            host: String::new(),
            port: 587,
            security: Security::Starttls,
            user: String::new(),
            password_file: PathBuf::new(),
            from: String::from("kentongan@localhost"),
            ca_file: PathBuf::new(),
        }
    }
}

/// How the way to the relay is protected.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// Starts in the clear and must change to TLS before anything is said.
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
            ("retry_hours", u64::from(self.retry_hours)),
            ("first_wait_seconds", u64::from(self.first_wait_seconds)),
            ("timeout_seconds", u64::from(self.timeout_seconds)),
            ("questions", self.questions as u64),
        ];
        for (key, value) in positive {
            if value == 0 {
                return Err(format!("notify.{key}: must be at least 1"));
            }
        }
        if self.longest_wait_seconds < self.first_wait_seconds {
            return Err(String::from(
                "notify.longest_wait_seconds: must not be below notify.first_wait_seconds",
            ));
        }
        self.smtp.check()
    }

    pub fn timeout(&self) -> Duration {
        Duration::from_secs(u64::from(self.timeout_seconds))
    }
}

impl Smtp {
    /// False where no relay is configured.
    pub fn is_set(&self) -> bool {
        !self.host.is_empty()
    }

    fn check(&self) -> Result<(), String> {
        if self.is_set() && self.security == Security::Plain && !is_loopback(&self.host) {
            return Err(format!(
                "notify.smtp.security: \"plain\" is for a relay on this machine; '{}' needs \"starttls\" or \"tls\"",
                self.host
            ));
        }
        Ok(())
    }

    /// The password, where a user is named.
    pub fn password(&self, env: &dyn Fn(&str) -> Option<String>) -> Result<Option<Secret>, String> {
        if self.user.is_empty() {
            return Ok(None);
        }
        let source = if self.password_file.as_os_str().is_empty() {
            Source { env: Some(SMTP_PASSWORD), file: None }
        } else {
            Source { env: None, file: Some(&self.password_file) }
        };
        source
            .read(env)
            .map(Some)
            .map_err(|error| format!("notify.smtp, the password of '{}': {error}", self.user))
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
        assert_eq!(parse("").unwrap().batch, 32);
        assert!(parse("bacth = 3").unwrap_err().contains("bacth"));
        assert!(parse("retry_hours = 0").unwrap_err().contains("notify.retry_hours"));
    }

    #[test]
    fn a_relay_elsewhere_is_never_spoken_to_in_the_clear() {
        let relay = |host: &str, security: &str| {
            parse(&format!("[smtp]\nhost = \"{host}\"\nsecurity = \"{security}\""))
        };
        assert!(relay("mail.example", "plain").unwrap_err().contains("starttls"));
        assert!(relay("127.0.0.1", "plain").is_ok());
        assert!(relay("mail.example", "tls").is_ok());
        assert!(relay("mail.example", "none").is_err());
    }

    #[test]
    fn a_user_needs_a_password_and_passwords_stay_hidden() {
        let smtp = parse("[smtp]\nhost = \"m.example\"\nuser = \"k\"").unwrap().smtp;
        assert!(smtp.password(&|_| None).unwrap_err().contains(SMTP_PASSWORD));
        let password = smtp.password(&|_| Some(String::from("rahasia-1"))).unwrap();
        assert!(password.is_some() && !format!("{smtp:?}{password:?}").contains("rahasia-1"));
        assert_eq!(Smtp::default().password(&|_| None), Ok(None));
    }

    #[test]
    fn the_reference_file_is_read_and_says_what_the_program_does() {
        let text = include_str!("../../../config/default.toml");
        let file: toml::Table = text.parse().unwrap();
        let section = toml::to_string(&file["notify"]).unwrap();
        assert_eq!(format!("{:?}", parse(&section).unwrap()), format!("{:?}", Settings::default()));
    }
}
