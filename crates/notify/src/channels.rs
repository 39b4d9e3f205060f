//! The ways out, ready to use: the mail relay and the HTTP caller.

use crate::settings::Settings;
use crate::smtp::Mailer;
use crate::webhook::Caller;

/// What messages leave by.
pub struct Channels {
    pub(crate) mailer: Option<Mailer>,
    pub(crate) caller: Caller,
}

impl Channels {
    /// Prepares the channels; nothing is connected yet. Secrets come through `env` or from files.
    /// Called, and dropped, inside a tokio runtime: the mail relay's pool lives in it.
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
}
