//! E-mail through one relay. One message to one receiver, so that nobody sees who else is notified.

use super::{Address, OutgoingMessage};
use crate::attempt::Failure;
use crate::message::MessageText;
use crate::settings::{Security, Smtp};
use async_recursion::async_recursion as boxed;
use domain::time::Time;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, SinglePart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use serde::Deserialize;
use std::path::Path;
use std::time::{Duration, SystemTime};
use store::DeliveryFailure;

/// What a line of the team file gives.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EmailKeys {
    to: String,
}

pub(super) fn parse(keys: EmailKeys) -> Result<Address, String> {
    let EmailKeys { to } = keys;
    to.parse::<lettre::Address>().map_err(|error| format!("{to:?} is no e-mail address: {error}"))?;
    Ok(Address::Email(to))
}

pub(super) async fn send(
    mailer: Option<&Mailer>,
    to: &str,
    message: &OutgoingMessage<'_>,
) -> Result<String, Failure> {
    let unset = || Failure::Never(DeliveryFailure::NoMailServer);
    let identity = Identity { delivery: message.delivery, alert: message.alert, version: message.version };
    mailer.ok_or_else(unset)?.send(to, &message.text, &identity, message.at).await
}

/// A connection pool to the relay.
pub(super) struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// What makes a message the same message when it is sent again.
pub(super) struct Identity<'a> {
    pub delivery: i64,
    pub alert: &'a str,
    pub version: i64,
}

impl Mailer {
    /// Prepares the pool; nothing is connected yet.
    pub fn open(
        smtp: &Smtp,
        env: &dyn Fn(&str) -> Option<String>,
        timeout: Duration,
    ) -> Result<Mailer, String> {
        let mut from: Mailbox =
            smtp.from.parse().map_err(|error| format!("notify.smtp.from '{}': {error}", smtp.from))?;
        // A list of mails shows who writes.
        from.name.get_or_insert_with(|| String::from("Kentongan"));
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&smtp.host)
            .port(smtp.port)
            .timeout(Some(timeout))
            .tls(tls(smtp)?);
        if let Some(password) = smtp.password(env)? {
            let credentials = Credentials::new(smtp.user.clone(), String::from(password.expose()));
            builder = builder.credentials(credentials);
        }
        Ok(Mailer { transport: builder.build(), from })
    }

    #[boxed]
    pub async fn send(
        &self,
        to: &str,
        text: &MessageText,
        identity: &Identity<'_>,
        at: Time,
    ) -> Result<String, Failure> {
        let message = self.message(to, text, identity, at)?;
        let answer = self.transport.send(message).await.map_err(|error| failure(&error))?;
        let words: Vec<&str> = answer.message().collect();
        Ok(crate::clip(&format!("{} {}", answer.code(), words.join(" "))))
    }

    fn message(
        &self,
        to: &str,
        text: &MessageText,
        identity: &Identity<'_>,
        at: Time,
    ) -> Result<Message, String> {
        let to: lettre::Address = to.parse().map_err(|error| format!("the receiver's address: {error}"))?;
        let domain = self.from.email.domain();
        let thread = format!("<{}@{domain}>", identity.alert);
        let automatic = HeaderValue::new(
            HeaderName::new_from_ascii_str("Auto-Submitted"),
            String::from("auto-generated"),
        );
        let micros = u64::try_from(at.0).unwrap_or_default();
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(&text.subject)
            .date(SystemTime::UNIX_EPOCH + Duration::from_micros(micros))
            .message_id(Some(identity.message_id(domain)))
            .references(thread)
            .raw_header(automatic)
            .singlepart(SinglePart::builder().header(ContentType::TEXT_PLAIN).body(text.body.clone()))
            .map_err(|error| format!("writing the message: {error}"))
    }
}

/// A refusal for good is not tried again; one of our own password or protection may be mended meanwhile.
fn failure(error: &lettre::transport::smtp::Error) -> Failure {
    let Some(code) = error.status().map(u16::from) else { return Failure::from(crate::chain(error)) };
    let answer = DeliveryFailure::Answered(crate::clip(&answer(code, error)));
    match error.is_permanent() && !(530..=538).contains(&code) {
        true => Failure::Never(answer),
        false => Failure::later(answer),
    }
}

/// The server's code and its own words, as it sent them.
fn answer(code: u16, error: &lettre::transport::smtp::Error) -> String {
    match std::error::Error::source(error) {
        Some(words) => format!("{code} {words}"),
        None => code.to_string(),
    }
}

impl Identity<'_> {
    /// The same for every try, so that a receiver's mail program shows a repeated message once.
    fn message_id(&self, domain: &str) -> String {
        format!("<{}.{}.{}@{domain}>", self.alert, self.version, self.delivery)
    }
}

fn tls(smtp: &Smtp) -> Result<Tls, String> {
    if smtp.security == Security::Plain {
        return Ok(Tls::None);
    }
    let mut parameters = TlsParameters::builder(smtp.host.clone());
    if !smtp.ca_file.as_os_str().is_empty() {
        parameters = parameters.add_root_certificate(certificate(&smtp.ca_file)?);
    }
    let parameters = parameters.build().map_err(|error| format!("notify.smtp: preparing TLS: {error}"))?;
    Ok(if smtp.security == Security::Tls { Tls::Wrapper(parameters) } else { Tls::Required(parameters) })
}

fn certificate(path: &Path) -> Result<Certificate, String> {
    let pem = std::fs::read(path)
        .map_err(|error| format!("notify.smtp.ca_file: reading '{}': {error}", path.display()))?;
    Certificate::from_pem(&pem).map_err(|error| format!("notify.smtp.ca_file '{}': {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_message_is_one_receivers_and_the_same_at_every_try() {
        let smtp: Smtp = toml::from_str(
            "host = \"localhost\"\nsecurity = \"plain\"\nfrom = \"Kentongan <k@desk.example>\"",
        )
        .unwrap();
        let mailer = Mailer::open(&smtp, &|_| None, Duration::from_secs(1)).unwrap();
        let text = MessageText {
            subject: String::from("Naik – siaga"),
            body: String::from("Tautan: https://x.example\n"),
            short: String::new(),
        };
        let identity = Identity { delivery: 12, alert: "16.13-2026-0007", version: 3 };
        let write = |at| mailer.message("camat@x.example", &text, &identity, Time(at)).unwrap().formatted();
        let message = String::from_utf8(write(0)).unwrap();
        assert!(message.contains("Message-ID: <16.13-2026-0007.3.12@desk.example>\r\n"), "{message}");
        assert!(message.contains("References: <16.13-2026-0007@desk.example>\r\n"), "{message}");
        assert!(
            message.contains("To: camat@x.example\r\n") && message.contains("Auto-Submitted:"),
            "{message}"
        );
        assert_eq!(write(0), write(0));
    }
}
