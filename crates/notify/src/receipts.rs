//! What became of messages that providers took: asked for in the loop, or brought by the provider's own call. What did not arrive
//! goes by the person's next channel.

use crate::attempt::Failure;
use crate::audience::other_channels;
use crate::channels::{Address, Gateway, ReceiptQuestion, ReceiptRule};
use crate::run::{Clock, NotifyEvent, NotifyState};
use crate::settings::Settings;
use crate::team::Team;
use domain::time::{HOUR, SECOND, Time};
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use serde_json::Value;
use std::sync::Arc;
use store::{
    AwaitedReceipt, ClaimedChannels, DeliveryFailure, ExpectedReceipt, NextChannels, ReceiptNews, Store,
    StoreError,
};
use tokio::time::timeout;

/// Most of a callback's body that is read, bytes.
pub const CALLBACK_BYTES: usize = 64 * 1024;

/// Takes providers' callbacks; in whichever process they arrive.
pub struct ReceiptCallbacks {
    pub store: Store,
    pub team: Arc<Team>,
    pub settings: Settings,
    /// The service's clock.
    pub clock: Clock,
    /// The machine's clock.
    pub wall: Clock,
    pub observe: Arc<dyn Fn(NotifyEvent) + Send + Sync>,
}

/// Why a callback was not taken.
#[derive(Debug)]
pub enum CallbackRefusal {
    /// No provider is known by this name that calls us, or it was not the provider who called.
    Unproved,
    Unreadable,
    /// The provider should call again.
    Store(StoreError),
}

impl From<StoreError> for CallbackRefusal {
    fn from(error: StoreError) -> CallbackRefusal {
        CallbackRefusal::Store(error)
    }
}

/// What writing a receipt down needs.
struct ReceiptWriter<'a> {
    store: &'a Store,
    team: &'a Team,
    retry_hours: u32,
    clock: &'a Clock,
    wall: &'a Clock,
    observe: &'a (dyn Fn(NotifyEvent) + Send + Sync),
}

impl ReceiptCallbacks {
    /// Takes a provider's call: one receipt or a list of them, in JSON or as a form. A receipt of a message that nobody knows is
    /// passed over, and the answer is the same.
    ///
    /// # Errors
    /// Where the call is not the provider's, cannot be read, or cannot be written down.
    pub async fn take(&self, gateway: &str, headers: &HeaderMap, body: &[u8]) -> Result<(), CallbackRefusal> {
        let found = self.team.gateways().iter().find(|own| own.name() == gateway);
        let known = found.and_then(|own| Some((own, own.receipt()?)));
        let proved = known.filter(|(_, rule)| rule.is_proved(headers, body));
        let (provider, rule) = proved.ok_or(CallbackRefusal::Unproved)?;
        let receipts = match parsed(headers, body).ok_or(CallbackRefusal::Unreadable)? {
            Value::Array(several) => several,
            one => vec![one],
        };
        let channels = ClaimedChannels::Only(self.team.channel_keys(|address| address.leads_to(gateway)));
        let writer = ReceiptWriter {
            store: &self.store,
            team: &self.team,
            retry_hours: self.settings.retry_hours,
            clock: &self.clock,
            wall: &self.wall,
            observe: &*self.observe,
        };
        for receipt in &receipts {
            let Some(message) = rule.message_of(receipt) else { continue };
            let Some(of) = self.store.message_called(&channels, &message).await? else {
                tracing::debug!(gateway, "a receipt of a message that is not known");
                continue;
            };
            let news = provider.news(receipt, receiver(&self.team, &of));
            if news != ReceiptNews::UnderWay {
                writer.write(&of, (news, None), rule).await?;
            }
        }
        Ok(())
    }
}

/// The body as its content type says; a form's fields are texts.
fn parsed(headers: &HeaderMap, body: &[u8]) -> Option<Value> {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if kind.starts_with("application/x-www-form-urlencoded") {
        let fields =
            form_urlencoded::parse(body).map(|(name, value)| (name.into_owned(), value.into_owned().into()));
        return Some(Value::Object(fields.collect()));
    }
    serde_json::from_slice(body).ok()
}

/// The receiver's address at the provider, which is in no words that are kept.
fn receiver<'a>(team: &'a Team, of: &AwaitedReceipt) -> &'a str {
    let to = &of.delivery.to;
    match team.find(&to.person).and_then(|member| member.address(&to.channel)) {
        Some(Address::Gateway { to, .. }) => to,
        _ => "",
    }
}

/// How the receipt of a message that was just taken will come, where its way has any.
pub(crate) fn expected(
    state: &NotifyState,
    address: &Address,
    provider_id: Option<String>,
) -> Option<ExpectedReceipt> {
    let Address::Gateway { gateway, .. } = address else { return None };
    let rule = gateway.receipt()?;
    if provider_id.is_none() {
        tracing::warn!(
            gateway = gateway.name(),
            "the answer does not name the message (receipt.id), so no receipt will be known"
        );
    }
    let first = i64::from(state.settings.first_wait_seconds) * SECOND;
    let wait = if rule.asks() && provider_id.is_some() { first.min(rule.wait) } else { rule.wait };
    Some(ExpectedReceipt { provider_id, next_at: (state.wall)().plus(wait) })
}

/// Looks for the receipt of one message: asks the provider where it is asked, and says where none has come in time.
pub(crate) async fn look_for(state: &NotifyState, gateway: &Gateway, of: &AwaitedReceipt) {
    let Some(rule) = gateway.receipt() else { return };
    let (news, wait) = match asked(state, gateway, (rule, of)).await {
        Ok(news) => (news, 0),
        Err(Failure::Later { failure, wait }) => {
            tracing::warn!(gateway = gateway.name(), error = %failure, "asking for a receipt failed; asking again later");
            (ReceiptNews::UnderWay, wait.unwrap_or(0))
        }
        Err(Failure::Never(failure)) => {
            tracing::warn!(gateway = gateway.name(), error = %failure, "receipts cannot be asked for");
            (ReceiptNews::UnderWay, 0)
        }
    };
    let now = (state.wall)();
    let missing = now.since(of.sent_at) >= rule.wait && !of.missing;
    let (news, next_at) = match news {
        ReceiptNews::UnderWay => {
            let news = if missing { ReceiptNews::Missing } else { ReceiptNews::UnderWay };
            (news, next_look(&state.settings, rule, of, (now, wait)))
        }
        known => (known, None),
    };
    let writer = ReceiptWriter {
        store: &state.store,
        team: &state.team,
        retry_hours: state.settings.retry_hours,
        clock: &state.clock,
        wall: &state.wall,
        observe: &*state.observe,
    };
    if let Err(error) = writer.write(of, (news, next_at), rule).await {
        tracing::error!(%error, "recording a receipt failed; it is looked for again");
    }
}

async fn asked(
    state: &NotifyState,
    gateway: &Gateway,
    (rule, of): (&ReceiptRule, &AwaitedReceipt),
) -> Result<ReceiptNews, Failure> {
    let Some(provider_id) = of.provider_id.as_deref().filter(|_| rule.asks()) else {
        return Ok(ReceiptNews::UnderWay);
    };
    let to = receiver(&state.team, of);
    let question = ReceiptQuestion { provider_id, to, delivery: of.delivery.id, at: (state.wall)() };
    let limit = state.settings.timeout();
    let late = || Err(Failure::later(DeliveryFailure::NoAnswer(limit.as_secs())));
    timeout(limit, state.channels.ask(gateway, &question)).await.unwrap_or_else(|_| late())
}

/// When to look for a receipt that has not come: as long again as the message is old, but for when it is missed; `None` after the
/// last time.
fn next_look(
    settings: &Settings,
    rule: &ReceiptRule,
    of: &AwaitedReceipt,
    (now, wait): (Time, i64),
) -> Option<Time> {
    let missed_at = of.sent_at.plus(rule.wait);
    let again = rule.asks() && of.provider_id.is_some();
    let (shortest, longest) = (settings.first_wait_seconds, settings.longest_wait_seconds);
    let pause =
        now.since(of.sent_at).clamp(i64::from(shortest) * SECOND, i64::from(longest) * SECOND).max(wait);
    let next = now.plus(pause);
    match again {
        _ if missed_at > now => Some(if again { next.min(missed_at) } else { missed_at }),
        true => (next.since(of.sent_at) <= i64::from(settings.retry_hours) * HOUR).then_some(next),
        false => None,
    }
}

impl ReceiptWriter<'_> {
    /// Writes down what became of a message; what did not arrive, or is missed where the file says so, goes by the person's next
    /// channel, as long as messages are tried at all.
    async fn write(
        &self,
        of: &AwaitedReceipt,
        (news, next_at): (ReceiptNews, Option<Time>),
        rule: &ReceiptRule,
    ) -> Result<(), StoreError> {
        let due_at = (self.wall)();
        let (item, to) = (&of.delivery.item, &of.delivery.to);
        let further = match &news {
            ReceiptNews::Failed(_) => true,
            ReceiptNews::Missing => rule.next_channel,
            ReceiptNews::Delivered | ReceiptNews::Read | ReceiptNews::UnderWay => false,
        };
        let in_time = due_at.since(of.delivery.due_at) <= i64::from(self.retry_hours) * HOUR;
        let next =
            (further && in_time).then(|| NextChannels { channels: other_channels(self.team, to), due_at });
        let state = match &news {
            ReceiptNews::Delivered => "delivered",
            ReceiptNews::Read => "read",
            ReceiptNews::Failed(_) => "failed",
            ReceiptNews::Missing => "missing",
            ReceiptNews::UnderWay => "under_way",
        };
        if self.store.record_receipt(of, (news.clone(), next_at), next, (self.clock)()).await? {
            let (alert, person, channel) = (&item.alert, &to.person, &to.channel);
            match news {
                ReceiptNews::Failed(error) => {
                    tracing::error!(%alert, %person, channel, %error, "a message that was taken did not arrive");
                }
                _ => tracing::info!(%alert, %person, channel, state, "receipt of a message"),
            }
            (self.observe)(NotifyEvent::Receipt { state });
        }
        Ok(())
    }
}
