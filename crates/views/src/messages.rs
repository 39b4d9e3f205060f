//! Messages to the team: who has not got the newest one about an alert in time, and what was sent to whom and when.

mod actor;
mod failure;
mod settled;
mod unnotified;
mod wait;

pub use actor::MessageActor;
pub use failure::failure_words;
pub(crate) use settled::settled;
pub use unnotified::{UnnotifiedAlert, unnotified};
pub use wait::MessageWait;

use crate::context::Context;
use crate::error::ViewError;
use crate::format;
use crate::json;
use crate::permit::Right;
use crate::sent_messages::IN_PROCESS;
use crate::words::Lang;
use async_recursion::async_recursion as boxed;
use domain::alert::notice::AlertChangeKind;
use domain::kind::{Kind, Level};
use domain::place::{Areas, Code, Zone};
use domain::time::Time;
use formats::team::QuietHours;
use serde::Serialize;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use store::{Delivery, DeliveryFailure, DeliveryState, OutboxItem, UndeliveredPerson};

/// Somebody of the roster, as the desk calls them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct TeamContact {
    /// The name in the delivery record.
    pub key: String,
    pub role: String,
    pub phone: Option<String>,
    /// Where it is concerned.
    pub areas: Areas,
    /// False where no message can go to it.
    pub has_channel: bool,
    /// The identifier of the person whose place it is; empty where nobody wrote that down.
    pub person: String,
    /// The language they read.
    pub lang: Lang,
    /// True where they are asked to be the second person, by a one-time link.
    pub seconds: bool,
    /// The telephone of the desk of their regency.
    pub duty_phone: Option<String>,
    /// When they are left alone unless it matters.
    pub quiet_hours: Option<QuietHours>,
}

impl TeamContact {
    /// Whether a message about an alert of this place reaches it, where it is assigned.
    pub fn is_reached(&self, code: Code) -> bool {
        self.has_channel && self.areas.touches(code)
    }
}

/// Who has not got the newest message about an alert in time.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct LateMessage {
    pub alert: String,
    #[serde(serialize_with = "json::text")]
    pub code: Code,
    pub place: String,
    #[serde(serialize_with = "json::word")]
    pub kind: Kind,
    #[serde(serialize_with = "json::word")]
    pub level: Level,
    /// It asks to look into something, and is about no alert.
    pub check: bool,
    pub people: Vec<LateRecipient>,
    /// How many people were to get it.
    pub of: usize,
}

/// Somebody who waits for a message, perhaps without knowing.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct LateRecipient {
    pub key: String,
    pub role: String,
    pub phone: Option<String>,
    /// For a message of which level, and since when.
    #[serde(skip)]
    pub waits: (Level, Time),
}

/// What was sent to one person about an alert.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct PersonMessages {
    pub key: String,
    pub role: String,
    pub phone: Option<String>,
    /// The newest message has not reached them; `late`: nor in time.
    pub waits: bool,
    pub late: bool,
    /// A server or provider took the newest message that was for them.
    pub taken: bool,
    /// That message went nowhere but on the page *Pesan*: in the demonstration.
    #[serde(skip)]
    pub on_page: bool,
    /// The newest message waits for its time.
    #[serde(skip)]
    pub wait: Option<MessageWait>,
    /// No message need go there any more, and none did.
    #[serde(skip)]
    pub settled: bool,
    /// What a provider says of that message: `delivered`, `read`, or `missing` where it says nothing in time.
    pub receipt: Option<&'static str>,
    /// Oldest first.
    pub messages: Vec<MessageLine>,
}

/// One message through one channel.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct MessageLine {
    /// The word of `message_about`: what it is about.
    pub about: &'static str,
    #[serde(serialize_with = "json::time")]
    pub queued_at: Time,
    pub channel: String,
    /// `queued`, `sent`, `delivered`, `read`, `failed`, or `replaced` and `settled` where it need not go out any more.
    pub state: &'static str,
    /// When it was taken, given up or last tried.
    #[serde(serialize_with = "json::time")]
    pub at: Time,
    /// When the provider that took it said that it came to this state.
    #[serde(serialize_with = "json::time_option")]
    pub receipt_at: Option<Time>,
    pub tries: u32,
    /// Why the last try failed, in the viewer's language.
    pub error: Option<String>,
    /// It waits for its time.
    #[serde(skip)]
    pub wait: Option<MessageWait>,
}

/// Late messages about alerts of the scope, the gravest first; for those who may direct.
///
/// # Errors
///
/// Where the state cannot be read.
#[boxed]
pub async fn late(context: &Context, scope: &[Code]) -> Result<Vec<LateMessage>, ViewError> {
    if !context.viewer.may(Right::Direct) {
        return Ok(Vec::new());
    }
    let regencies: BTreeSet<Code> = scope.iter().map(|code| code.regency()).collect();
    let now = (context.sources.wall)();
    let mut found: BTreeMap<String, LateMessage> = BTreeMap::new();
    for person in waiting(context).await?.into_iter().filter(|person| person.is_late(now)) {
        if !context.viewer.covers(person.code) || !regencies.contains(&person.code.regency()) {
            continue;
        }
        let message = found.entry(person.alert.clone()).or_insert_with(|| LateMessage {
            alert: person.alert.clone(),
            code: person.code,
            place: context.name(person.code),
            kind: person.kind,
            level: person.level,
            check: person.change.is_check(),
            people: Vec::new(),
            of: person.of,
        });
        let TeamContact { key, role, phone, .. } = contact(context, &person.person);
        message.people.push(LateRecipient { key, role, phone, waits: (person.level, person.due_at) });
        message.level = message.level.max(person.level);
    }
    let mut late: Vec<LateMessage> = found.into_values().collect();
    who_matters_first(&mut late);
    Ok(late)
}

/// The gravest first, then who waits longest; the same among the people of each.
fn who_matters_first(late: &mut [LateMessage]) {
    for message in late.iter_mut() {
        message.people.sort_by(|a, b| a.rank().cmp(&b.rank()));
    }
    late.sort_by(|a, b| a.rank().cmp(&b.rank()));
}

/// Whom "send again" of an alert means: the person named, or everybody for whom it is late, or, where it is for nobody, everybody
/// for whom it waits.
///
/// # Errors
///
/// Where the state cannot be read.
#[boxed]
pub async fn people_to_send_again(
    context: &Context,
    alert: &str,
    person: Option<&str>,
) -> Result<Vec<String>, ViewError> {
    let now = (context.sources.wall)();
    let meant =
        |one: &UndeliveredPerson| one.alert == alert && person.is_none_or(|person| one.person == person);
    let waiting: Vec<UndeliveredPerson> = waiting(context).await?.into_iter().filter(meant).collect();
    let any_late = person.is_none() && waiting.iter().any(|one| one.is_late(now));
    Ok(waiting.into_iter().filter(|one| !any_late || one.is_late(now)).map(|one| one.person).collect())
}

/// What was sent to each person about one alert; who still waits first.
///
/// # Errors
///
/// Where the state cannot be read.
#[boxed]
pub async fn by_person(context: &Context, alert: &str) -> Result<Vec<PersonMessages>, ViewError> {
    if !context.viewer.may(Right::Direct) {
        return Ok(Vec::new());
    }
    let store = &context.sources.store;
    let items: BTreeMap<i64, OutboxItem> =
        store.alert_items(alert).await?.into_iter().map(|item| (item.id, item)).collect();
    let now = (context.sources.wall)();
    let waiting: BTreeMap<String, bool> = waiting(context)
        .await?
        .into_iter()
        .filter(|person| person.alert == alert)
        .map(|person| (person.person.clone(), person.is_late(now)))
        .collect();
    let mut people: Vec<PersonMessages> = Vec::new();
    let (mut newest, mut taken) = (BTreeMap::<String, i64>::new(), BTreeMap::new());
    let mut waits_for_time: BTreeMap<(String, i64), MessageWait> = BTreeMap::new();
    let deliveries = store.alert_deliveries(alert).await?;
    let of_items = deliveries.iter().filter_map(|delivery| Some((items.get(&delivery.outbox)?, delivery)));
    let settled = settled(context, &of_items.collect::<Vec<_>>()).await?;
    for delivery in deliveries {
        let Some(item) = items.get(&delivery.outbox) else { continue };
        let is_settled = settled.contains(&(item.id, delivery.person.clone()));
        let line = line(context, item, &delivery).settled_where(is_settled);
        // What need not go out is no message that they have not got, nor what it took the place of.
        if !["settled", "replaced"].contains(&line.state) {
            let last = newest.entry(delivery.person.clone()).or_insert(item.id);
            *last = (*last).max(item.id);
        }
        if arrived(delivery.state) {
            let receipts: &mut Vec<_> = taken.entry((delivery.person.clone(), item.id)).or_default();
            receipts.push(receipt(&delivery));
        }
        waits_for_time.extend(line.wait.map(|wait| ((delivery.person.clone(), item.id), wait)));
        if let Some(person) = people.iter_mut().find(|person| person.key == delivery.person) {
            person.messages.push(line);
            continue;
        }
        let TeamContact { key, role, phone, .. } = contact(context, &delivery.person);
        let late = waiting.get(&key).copied();
        let (waits, late) = (late.is_some(), late.unwrap_or(false));
        people.push(PersonMessages {
            key,
            role,
            phone,
            waits,
            late,
            taken: false,
            on_page: false,
            wait: None,
            settled: false,
            receipt: None,
            messages: vec![line],
        });
    }
    for person in &mut people {
        person.settled = !newest.contains_key(&person.key);
        let newest = newest.get(&person.key).copied().unwrap_or_default();
        let receipts = taken.get(&(person.key.clone(), newest));
        person.taken = receipts.is_some();
        person.on_page = person.taken && person.messages.iter().all(MessageLine::is_on_page);
        person.wait = waits_for_time.get(&(person.key.clone(), newest)).copied().filter(|_| person.waits);
        // Of several ways the one that says most.
        person.receipt = receipts.and_then(|all| all.iter().copied().flatten().max_by_key(|word| rank(word)));
    }
    people.sort_by(|a, b| (!a.late, !a.waits, &a.role).cmp(&(!b.late, !b.waits, &b.role)));
    Ok(people)
}

/// The roles behind the keys of the roster, where somebody still has them.
pub fn roles<'a>(context: &Context, keys: impl Iterator<Item = &'a str>) -> String {
    keys.map(|key| contact(context, key).role).collect::<Vec<_>>().join(", ")
}

async fn waiting(context: &Context) -> Result<Vec<UndeliveredPerson>, ViewError> {
    Ok(context.sources.store.undelivered(context.now).await?)
}

/// Somebody who is in the roster no more is called by the key.
pub(crate) fn contact(context: &Context, key: &str) -> TeamContact {
    let found = context.sources.team.iter().find(|contact| contact.key == key).cloned();
    let (key, role) = (key.to_owned(), key.to_owned());
    found.unwrap_or(TeamContact { key, role, areas: Areas::nowhere(), ..TeamContact::default() })
}

/// Who has an account, as people know them: who answered by a one-time link has none, and is called by the role that the roster has
/// for their key.
pub(crate) fn account_words(context: &Context, account: &str) -> String {
    // No account's name has a stroke.
    if account.contains('/') { contact(context, account).role } else { account.to_owned() }
}

pub(crate) fn line(context: &Context, item: &OutboxItem, delivery: &Delivery) -> MessageLine {
    MessageLine {
        about: about(item.change),
        queued_at: item.at,
        channel: delivery.channel.clone(),
        state: state_word(delivery),
        at: delivery.at,
        receipt_at: delivery.receipt_at,
        tries: delivery.tries,
        error: delivery
            .last_error
            .as_ref()
            .filter(|_| is_over(delivery).is_none())
            .map(|failure| failure_words(failure, context.lang)),
        wait: wait::wait(context, item, delivery),
    }
}

/// The word for what became of a delivery. What a newer message replaced, or nobody needs any more, has not failed.
pub(crate) fn state_word(delivery: &Delivery) -> &'static str {
    is_over(delivery).unwrap_or(delivery.state.as_str())
}

fn is_over(delivery: &Delivery) -> Option<&'static str> {
    match (delivery.state, &delivery.last_error) {
        (DeliveryState::Failed, Some(DeliveryFailure::Replaced)) => Some("replaced"),
        (DeliveryState::Failed, Some(DeliveryFailure::NothingToCheck | DeliveryFailure::TakenBack)) => {
            Some("settled")
        }
        _ => None,
    }
}

/// What is known of a message beyond that it was taken.
fn receipt(delivery: &Delivery) -> Option<&'static str> {
    match delivery.state {
        DeliveryState::Delivered => Some("delivered"),
        DeliveryState::Read => Some("read"),
        _ => (delivery.last_error == Some(DeliveryFailure::NoReceipt)).then_some("missing"),
    }
}

fn rank(receipt: &str) -> usize {
    ["missing", "delivered", "read"].iter().position(|word| *word == receipt).unwrap_or(0)
}

const fn about(change: AlertChangeKind) -> &'static str {
    change.as_str()
}

impl PersonMessages {
    /// Whether the newest message reached them.
    pub fn state_words(&self, zone: Zone, lang: Lang) -> String {
        if let Some(wait) = self.wait_shown() {
            return wait.words(zone, lang);
        }
        let words = lang.text(match self {
            PersonMessages { late: true, .. } => "late_messages.not_arrived",
            PersonMessages { waits: true, .. } => "late_messages.under_way",
            PersonMessages { receipt: Some("read"), .. } => "late_messages.read",
            PersonMessages { receipt: Some("delivered"), .. } => "late_messages.delivered",
            PersonMessages { receipt: Some(_), .. } => "late_messages.no_receipt",
            PersonMessages { on_page: true, .. } => "late_messages.on_page",
            PersonMessages { taken: true, .. } => "late_messages.arrived",
            PersonMessages { settled: true, .. } => "message_state.settled",
            _ => "late_messages.not_reached",
        });
        words.to_owned()
    }

    /// That the newest message waits for its time, where it is not late all the same.
    pub fn wait_shown(&self) -> Option<MessageWait> {
        self.wait.filter(|_| !self.late)
    }
}

impl LateMessage {
    /// "3 dari 9 belum menerima pesan awas di Rawas Ilir, warga–perusahaan: Camat, telepon 0812 …; Danramil".
    pub fn sentence(&self, lang: Lang) -> String {
        let people: Vec<String> = self.people.iter().map(|person| person.words(lang)).collect();
        format!("{} {}", self.head(lang), people.join("; "))
    }

    /// The same without the people.
    pub fn head(&self, lang: Lang) -> String {
        let (level, kind) = (lang.word("level", self.level), lang.word("kind", self.kind));
        let values: [(&str, &dyn Display); 5] = [
            ("n", &self.people.len()),
            ("of", &self.of),
            ("level", &level),
            ("place", &self.place),
            ("kind", &kind),
        ];
        if self.check {
            let [n, of, _, place, kind] = values;
            return lang.fill("late_messages.question_not_received", &[n, of, place, kind]);
        }
        lang.fill("late_messages.not_received", &values)
    }
}

impl LateMessage {
    /// The gravest first, then who waits longest.
    fn rank(&self) -> (Reverse<Level>, Option<Time>, &str) {
        (Reverse(self.level), self.people.iter().map(|person| person.waits.1).min(), &self.alert)
    }
}

impl LateRecipient {
    /// Who waits for the gravest message first, then who waits longest.
    fn rank(&self) -> (Reverse<Level>, Time, &str) {
        (Reverse(self.waits.0), self.waits.1, &self.key)
    }

    /// "Camat Rupit, telepon 0812 …".
    pub fn words(&self, lang: Lang) -> String {
        match &self.phone {
            Some(phone) => {
                let values: [(&str, &dyn Display); 2] = [("role", &self.role), ("phone", phone)];
                lang.fill("late_messages.person_and_phone", &values)
            }
            None => self.role.clone(),
        }
    }
}

impl MessageLine {
    /// The way it went: its sort, or the provider's name; a second address of the same sort has its number.
    pub fn channel_words(&self, lang: Lang) -> String {
        let numbered = self.channel.rsplit_once('-').filter(|(_, number)| number.parse::<u32>().is_ok());
        match numbered {
            Some((sort, number)) => format!("{} {number}", lang.word("channel", sort)),
            None => lang.word("channel", &self.channel),
        }
    }

    /// True where it goes nowhere but on the page *Pesan*.
    fn is_on_page(&self) -> bool {
        self.channel == IN_PROCESS
    }

    /// The states it came to, each with its time: "terkirim 02.11, sampai 02.12"; what is only on a page is shown there.
    pub fn steps(&self) -> impl Iterator<Item = (&'static str, Time)> {
        let first = match self.receipt_at {
            Some(_) => DeliveryState::Sent.as_str(),
            None if self.is_on_page() && self.state == DeliveryState::Sent.as_str() => "shown",
            None => self.state,
        };
        [(first, Some(self.at)), (self.state, self.receipt_at)]
            .into_iter()
            .filter_map(|(word, at)| Some((word, at?)))
    }

    /// "dibuka, antre Sab, 21 Nov, 05.00 WIB · email: terkirim Sab, 21 Nov, 05.01 WIB".
    pub fn words(&self, zone: Zone, lang: Lang) -> String {
        let queued = format::short(self.queued_at, zone, lang);
        let values: [(&str, &dyn Display); 2] =
            [("about", &lang.word("message_about", self.about)), ("time", &queued)];
        let steps = self.steps().map(|(word, at)| {
            format!("{} {}", lang.word("delivery_state", word), format::short(at, zone, lang))
        });
        let state = format!("{}: {}", self.channel_words(lang), steps.collect::<Vec<_>>().join(", "));
        let tries = (self.tries > 1).then(|| lang.count("alert.tries", self.tries as usize));
        let wait = self.wait.map(|wait| wait.words(zone, lang));
        let parts =
            [Some(lang.fill("late_messages.queued", &values)), Some(state), wait, tries, self.error.clone()];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }
}

/// True where a message was taken by the receiver's side.
pub fn arrived(state: DeliveryState) -> bool {
    matches!(state, DeliveryState::Sent | DeliveryState::Delivered | DeliveryState::Read)
}

#[cfg(test)]
mod tests;
