//! The messages of a regency: what went out, to whom, by which way, when, what became of it, and in which words.

use crate::context::Context;
use crate::error::ViewError;
use crate::messages::{MessageLine, TeamContact, contact, line, settled, state_word};
use crate::permit::Right;
use async_recursion::async_recursion as boxed;
use domain::alert::notice::ChangeAudience;
use domain::kind::{Kind, Level};
use domain::place::{Code, UnitId};
use domain::time::Time;
use std::collections::BTreeSet;
use store::{Delivery, DeliveryState, MessageFilter, MessageWords, OutboxItem, TeamMessage};

/// Messages on one page; each goes to a few dozen people at most.
const PAGE: u32 = 20;

/// The channel that hands over to this list and to nothing else.
pub const IN_PROCESS: &str = "demo";

/// Narrows the list of messages.
#[derive(Clone, Debug, Default)]
pub struct SentMessagesAsked {
    /// An alert's number.
    pub alert: Option<String>,
    /// A person of the roster, by key.
    pub person: Option<String>,
    pub cursor: Option<String>,
}

/// A page of messages, the newest first.
#[derive(Clone, Debug)]
pub struct SentMessagesView {
    pub messages: Vec<SentMessage>,
    /// Those of the regency's roster, and who is asked for.
    pub people: Vec<TeamContact>,
    pub asked: SentMessagesAsked,
    /// Some are handed over inside this process only: the demonstration's.
    pub in_process: bool,
    /// Where the next page begins.
    pub next: Option<String>,
}

/// One thing the team was to be notified of.
#[derive(Clone, Debug)]
pub struct SentMessage {
    /// `None` where it asks to look into something.
    pub alert: Option<String>,
    pub code: Code,
    pub place: String,
    pub kind: Kind,
    pub level: Level,
    /// The word of `message_about`: what it is about.
    pub about: &'static str,
    pub queued_at: Time,
    /// Nobody has been looked up for it yet.
    pub unaddressed: bool,
    /// Only who was notified of the alert before is notified of this.
    pub is_for_notified: bool,
    /// By role.
    pub recipients: Vec<MessageRecipient>,
    /// The different words in which it went out.
    pub texts: Vec<SentText>,
}

/// Somebody it went to, through one channel.
#[derive(Clone, Debug)]
pub struct MessageRecipient {
    pub contact: TeamContact,
    /// The word of `message_state`.
    pub state: &'static str,
    pub line: MessageLine,
}

/// What it said, and to whom where others got other words.
#[derive(Clone, PartialEq, Debug)]
pub struct SentText {
    pub subject: String,
    pub body: String,
    /// Roles.
    pub to: Vec<String>,
}

/// A page of a regency's messages, for those who may direct.
///
/// # Errors
///
/// [`ViewError::Forbidden`] for everybody else; where the state cannot be read.
#[boxed]
pub async fn load(
    context: &Context,
    regency: UnitId,
    asked: SentMessagesAsked,
) -> Result<SentMessagesView, ViewError> {
    if !context.viewer.may(Right::Direct) {
        return Err(ViewError::Forbidden);
    }
    let filter = MessageFilter {
        codes: context.scope(regency)?,
        alert: asked.alert.clone(),
        person: asked.person.clone(),
        cursor: asked.cursor.clone(),
        limit: PAGE,
    };
    let page = context.sources.store.messages(&filter).await?;
    let mut all: Vec<(&OutboxItem, &Delivery)> = Vec::new();
    for message in &page.items {
        all.extend(message.deliveries.iter().map(|one| (&message.item, &one.delivery)));
    }
    let settled = settled(context, &all).await?;
    let messages: Vec<SentMessage> =
        page.items.iter().map(|message| sent(context, message, &settled)).collect();
    let in_process =
        messages.iter().flat_map(|message| &message.recipients).any(|one| one.line.channel == IN_PROCESS);
    let people = people(context, context.sources.places.code(regency), asked.person.as_deref());
    Ok(SentMessagesView { messages, people, asked, in_process, next: page.next })
}

/// The roster of a regency, with who is asked for though they have left it.
fn people(context: &Context, regency: Code, asked: Option<&str>) -> Vec<TeamContact> {
    let own = format!("{regency}/");
    let mut people: Vec<TeamContact> =
        context.sources.team.iter().filter(|contact| contact.key.starts_with(&own)).cloned().collect();
    if let Some(key) = asked.filter(|key| people.iter().all(|contact| contact.key != *key)) {
        people.push(contact(context, key));
    }
    people.sort_by(|a, b| a.role.cmp(&b.role));
    people
}

fn sent(context: &Context, message: &TeamMessage, settled: &BTreeSet<(i64, String)>) -> SentMessage {
    let item = &message.item;
    let mut recipients = Vec::with_capacity(message.deliveries.len());
    let mut texts: Vec<SentText> = Vec::new();
    for one in &message.deliveries {
        let contact = contact(context, &one.delivery.person);
        if let Some(words) = &one.words {
            add_words(&mut texts, words, &contact.role);
        }
        let is_settled = settled.contains(&(item.id, one.delivery.person.clone()));
        let line = line(context, item, &one.delivery).settled_where(is_settled);
        let state = if is_settled { line.state } else { state(&one.delivery) };
        recipients.push(MessageRecipient { contact, state, line });
    }
    recipients.sort_by(|a, b| (&a.contact.role, &a.line.channel).cmp(&(&b.contact.role, &b.line.channel)));
    let roles: BTreeSet<&str> = recipients.iter().map(|one| one.contact.role.as_str()).collect();
    for text in &mut texts {
        text.to.sort();
        text.to.dedup();
        if text.to.len() == roles.len() {
            text.to.clear();
        }
    }
    SentMessage {
        alert: (!item.change.is_check()).then(|| item.alert.clone()),
        code: item.code,
        place: context.name(item.code),
        kind: item.kind,
        level: item.level,
        about: item.change.as_str(),
        queued_at: item.at,
        unaddressed: !message.done && recipients.is_empty(),
        is_for_notified: item.change.audience() == ChangeAudience::Notified,
        recipients,
        texts,
    }
}

/// What became of a delivery; what is only on a page is shown there.
fn state(delivery: &Delivery) -> &'static str {
    match delivery.state {
        DeliveryState::Sent if delivery.channel == IN_PROCESS => "shown",
        _ => state_word(delivery),
    }
}

fn add_words(texts: &mut Vec<SentText>, words: &MessageWords, role: &str) {
    let same = |text: &&mut SentText| text.subject == words.subject && text.body == words.body;
    match texts.iter_mut().find(same) {
        Some(text) => text.to.push(role.to_owned()),
        None => texts.push(SentText {
            subject: words.subject.clone(),
            body: words.body.clone(),
            to: vec![role.to_owned()],
        }),
    }
}
