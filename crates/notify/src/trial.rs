//! A trial message: to one person by each of their channels at once, with what each answered.

use crate::attempt::Failure;
use crate::channels::{Channels, OutgoingMessage};
use crate::message::{MessageSettings, MessageText, words_language};
use crate::team::{Member, Team};
use domain::place::{Code, Places, Zone};
use domain::time::Time;
use serde::Serialize;
use std::fmt::Display;
use std::time::Duration;
use store::DeliveryFailure;
use tokio::time::timeout;
use views::messages::failure_words;
use views::{Lang, format};

/// What stands in place of an alert's number.
const NUMBER: &str = "uji-coba";

/// What a trial is sent with.
pub struct Trial<'a> {
    pub team: &'a Team,
    pub places: &'a Places,
    pub settings: &'a MessageSettings,
    pub channels: &'a Channels,
    /// How long one channel may take.
    pub limit: Duration,
    /// The machine's clock.
    pub now: Time,
}

/// What one channel answered.
#[derive(Clone, PartialEq, Debug)]
pub struct TrialAnswer {
    pub channel: String,
    /// The receiver's words, or why it failed.
    pub answer: Result<String, DeliveryFailure>,
}

impl TrialAnswer {
    /// How many channels did not take it; `None` where all did.
    pub fn refusal(answers: &[TrialAnswer], member: &Member, lang: Lang) -> Option<String> {
        let failed = answers.iter().filter(|one| one.answer.is_err()).count();
        let values: [(&str, &dyn Display); 3] =
            [("n", &failed), ("of", &answers.len()), ("key", &member.key)];
        (failed > 0).then(|| lang.fill("message.trial_not_taken", &values))
    }

    /// "email: diterima (250 Ok)".
    pub fn words(&self, lang: Lang) -> String {
        match &self.answer {
            Ok(answer) => {
                lang.fill("message.trial_accepted", &[("channel", &self.channel), ("answer", answer)])
            }
            Err(failure) => {
                let reason = failure_words(failure, lang);
                lang.fill("message.trial_failed", &[("channel", &self.channel), ("reason", &reason)])
            }
        }
    }
}

/// A trial for programs. It names no alert, so that nothing is done because of it.
#[derive(Serialize)]
struct TrialBody<'a> {
    delivery: i64,
    trial: bool,
    to: &'a str,
    link: &'a str,
}

impl Trial<'_> {
    /// Tries every channel of a member, one after the other; each once.
    pub async fn send(&self, member: &Member) -> Vec<TrialAnswer> {
        let mut answers = Vec::with_capacity(member.channels.len());
        for (channel, address) in &member.channels {
            let sending = async {
                let message = self.message(member, channel)?;
                self.channels.send(address, &message).await.map(|taken| taken.answer)
            };
            let late = || Err(Failure::later(DeliveryFailure::NoAnswer(self.limit.as_secs())));
            let answer = timeout(self.limit, sending).await.unwrap_or_else(|_| late());
            answers
                .push(TrialAnswer { channel: channel.clone(), answer: answer.map_err(Failure::into_reason) });
        }
        answers
    }

    fn message(&self, member: &Member, channel: &str) -> Result<OutgoingMessage<'static>, Failure> {
        let lang = words_language(member.language);
        // A member without an area in a regency is read from no roster.
        let regency = member.areas.iter().find_map(|area| area.regency()).unwrap_or(Code(0));
        let time = format::long(self.now, Zone::of(regency), lang);
        let link = &self.settings.base_url;
        let values: [(&str, &dyn Display); 5] = [
            ("role", &member.role),
            ("key", &member.key),
            ("channel", &channel),
            ("time", &time),
            ("link", link),
        ];
        let mut body = lang.fill("message.trial", &values);
        body.push('\n');
        if let Some(phone) = self.team.duty_phone(regency) {
            body.push_str(&format!("{}: {phone}\n", lang.text("message.duty_phone")));
        }
        let subject = lang.fill("message.trial_subject", &[values[0]]);
        let delivery = self.now.0;
        let json = serde_json::to_vec(&TrialBody { delivery, trial: true, to: &member.key, link });
        Ok(OutgoingMessage {
            delivery,
            alert: NUMBER,
            version: 0,
            text: MessageText { short: format!("{subject}. {link}"), subject, body },
            json: json.map_err(|error| Failure::from(format!("writing the message: {error}")))?,
            at: self.now,
        })
    }
}

impl Team {
    /// The member that a word means: a key (`16.13/camat`), what follows the regency in it, or a role.
    ///
    /// # Errors
    /// Where it means nobody or several; the words name those there are.
    pub fn meant(&self, word: &str, lang: Lang) -> Result<&Member, String> {
        let short = |member: &Member| member.key.split_once('/').is_some_and(|(_, id)| id == word);
        let role = |member: &Member| member.role.to_lowercase() == word.to_lowercase();
        let found: Vec<&Member> = match self.find(word) {
            Some(member) => vec![member],
            None => self.members().iter().filter(|member| short(member) || role(member)).collect(),
        };
        let keys = |members: &[&Member]| {
            formats::abridge::first_and_more(members.iter().map(|member| format!("'{}'", member.key)), 12)
        };
        match found.as_slice() {
            [member] => Ok(member),
            [] if self.members().is_empty() => Err(lang.text("message.trial_no_team").to_owned()),
            [] => {
                let keys = keys(&self.members().iter().collect::<Vec<_>>());
                Err(lang.fill("message.trial_nobody", &[("word", &word), ("keys", &keys)]))
            }
            several => Err(lang.fill("message.trial_several", &[("word", &word), ("keys", &keys(several))])),
        }
    }
}
