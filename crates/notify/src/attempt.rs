//! One try to bring one message to one person by one channel.

use crate::also_why;
use crate::audience::{self, neighbours};
use crate::channels::{Address, HandedOver, OutgoingMessage};
use crate::fold;
use crate::message::{
    AlsoNews, DeskOnly, DistrictAlert, MessageActor, NearbyAlert, Notice, NoticeEnding, NoticeIncident,
    NoticeSecond, json, words_language,
};
use crate::receipts;
use crate::run::NotifyState;
use crate::second_link;
use crate::team::Member;
use domain::alert::notice::AlertChangeKind;
use domain::author::Author;
use domain::evidence::second_person::SECOND_WITHIN;
use domain::kind::Kind;
use store::{
    DeliveryFailure, DueDelivery, EndingFacts, ExpectedReceipt, FoldedItem, MessageFacts, MessageWords,
    OutboxItem, StoreError,
};
use views::second_person::{self, RequestedAct};

/// Why a try failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// It may work later; the receiver may have said when, in microseconds from now.
    Later { failure: DeliveryFailure, wait: Option<i64> },
    /// It cannot work as things are configured, or the receiver refused it for good.
    Never(DeliveryFailure),
}

impl From<String> for Failure {
    fn from(error: String) -> Failure {
        Failure::later(DeliveryFailure::Failed(crate::clip(&error)))
    }
}

impl Failure {
    /// Why, whatever follows from it.
    pub fn into_reason(self) -> DeliveryFailure {
        match self {
            Failure::Later { failure, .. } | Failure::Never(failure) => failure,
        }
    }

    pub fn later(failure: DeliveryFailure) -> Failure {
        Failure::Later { failure, wait: None }
    }

    /// The same without what opens the reader's link.
    fn without_token(self, notice: &Notice) -> Failure {
        let masked = |failure: DeliveryFailure| failure.map_words(|words| notice.without_token(&words));
        match self {
            Failure::Later { failure, wait } => Failure::Later { failure: masked(failure), wait },
            Failure::Never(failure) => Failure::Never(masked(failure)),
        }
    }
}

/// A message that was taken.
pub(crate) struct TakenMessage {
    /// What the receiver answered.
    pub answer: String,
    pub receipt: Option<ExpectedReceipt>,
    /// The items that it carried besides its own.
    pub carried: Vec<i64>,
}

pub(crate) async fn attempt(state: &NotifyState, due: &DueDelivery) -> Result<TakenMessage, Failure> {
    let item = &due.item;
    let member = state.team.find(&due.to.person).ok_or(Failure::Never(DeliveryFailure::MemberGone))?;
    let address = member.address(&due.to.channel).ok_or(Failure::Never(DeliveryFailure::ChannelGone))?;
    if !item.change.notifies() {
        return Err(Failure::Never(DeliveryFailure::NotNotified));
    }
    let folded = folded(state, due, member).await.map_err(|error| Failure::from(crate::chain(&error)))?;
    let (lead, news, facts) = folded.ok_or(Failure::Never(DeliveryFailure::TakenBack))?;
    if item.change.is_check() && !audience::is_open(&facts, (state.clock)()) {
        return Err(Failure::Never(DeliveryFailure::NothingToCheck));
    }
    if item.change == AlertChangeKind::WithdrawalAsked {
        let waits = state.store.asked_end(&item.alert, item.version, (state.clock)()).await;
        if waits.map_err(|error| Failure::from(crate::chain(&error)))?.is_none() {
            return Err(Failure::Never(DeliveryFailure::NothingToCheck));
        }
    }
    let one_time_token = match second_link::request(item, &facts, member) {
        Some(asked) => second_link::issue(state, item.code.regency(), asked, member).await?,
        None => None,
    };
    let carried = news.iter().map(|one| one.item.id).filter(|id| *id != item.id).collect();
    let ended = |of: &FoldedItem| of.ending.clone().map(|facts| ended_before(state, &of.item, facts));
    let mut also = fold::also(&lead, &news, &facts.incidents, ended);
    let also_why = also_why::load(state, (&lead, &news), member)
        .await
        .map_err(|error| Failure::from(crate::chain(&error)))?;
    assigned_to_others(state, (&news, &mut also), member)
        .await
        .map_err(|error| Failure::from(crate::chain(&error)))?;
    let reader_is_of_desk = state.team.desk(item.code).any(|of_desk| of_desk.key == member.key);
    let because = because(state, &facts).await.map_err(|error| Failure::from(crate::chain(&error)))?;
    let notice = notice(state, (&lead, member), (facts, because));
    let about_alert = match &notice.second {
        Some(_) => open_alert(state, &notice).await.map_err(|error| Failure::from(crate::chain(&error)))?,
        None => None,
    };
    let earlier = state.store.withdrawn_before(&lead);
    let earlier = earlier.await.map_err(|error| Failure::from(crate::chain(&error)))?;
    let notice = Notice { one_time_token, also, also_why, reader_is_of_desk, about_alert, earlier, ..notice };
    let version = i64::from(item.version);
    let message = OutgoingMessage {
        delivery: due.id,
        alert: &notice.alert,
        version,
        text: notice.text(&state.places, &state.message_settings, member.language),
        json: json(&notice, (due.id, version), &state.places, &state.message_settings)?,
        at: (state.wall)(),
    };
    // Before it is handed over: a try of which nobody hears the end may have arrived. What opens something is not kept.
    let body = match address {
        // It stands nowhere else: nobody could answer.
        Address::InProcess => message.text.body.clone(),
        _ => notice.without_token(&message.text.body),
    };
    let words = MessageWords { delivery: due.id, subject: message.text.subject.clone(), body };
    state.store.keep_words(&words).await.map_err(|error| Failure::from(crate::chain(&error)))?;
    // What is answered is kept and logged, and a provider may repeat what it was given.
    let sent = state.channels.send(address, &message).await;
    let HandedOver { answer, id } = sent.map_err(|failure| failure.without_token(&notice))?;
    let answer = notice.without_token(&answer);
    Ok(TakenMessage { answer, receipt: receipts::expected(state, address, id), carried })
}

/// Notes of each assignment that a message says besides to whom it is, where that is not its reader.
async fn assigned_to_others(
    state: &NotifyState,
    (news, also): (&[FoldedItem], &mut [AlsoNews]),
    member: &Member,
) -> Result<(), StoreError> {
    for line in also.iter_mut().filter(|line| line.change == AlertChangeKind::Assigned) {
        let of_line =
            |one: &&FoldedItem| one.item.change == AlertChangeKind::Assigned && one.item.alert == line.alert;
        let Some(newest) = news.iter().rev().find(of_line) else { continue };
        let assignee = state.store.message_facts(&newest.item).await?.assignee;
        let elsewhere = assignee.filter(|role| *role != member.role);
        line.assigned_elsewhere = elsewhere.map(|to| named_assignee(state, (line.kind, member), to));
    }
    Ok(())
}

/// The open alert of a notice's place and kind, or of its regency.
async fn open_alert(state: &NotifyState, notice: &Notice) -> Result<Option<String>, StoreError> {
    for code in [notice.code, notice.code.regency()] {
        if let Some(open) = state.store.live_alert(code, notice.kind).await? {
            return Ok(Some(open.id));
        }
    }
    Ok(None)
}

/// What a message is about first, all that it says, and the facts behind it as far as its reader sees them: who notices how sure it is,
/// and what else is going on, by what holds now. `None` where nothing of its own alert holds any more: what another is owed has a delivery of its
/// own.
async fn folded(
    state: &NotifyState,
    due: &DueDelivery,
    member: &Member,
) -> Result<Option<(OutboxItem, Vec<FoldedItem>, MessageFacts)>, StoreError> {
    let item = &due.item;
    let news = state.store.folded(item, &due.to).await?;
    let Some(lead) = fold::lead(&news, item) else { return Ok(None) };
    // It may have waited while others were notified of a rise.
    let level = state.store.level_by_now(&lead).await?.unwrap_or(lead.level);
    let (lead, item) = (OutboxItem { level, ..lead }, &OutboxItem { level, ..item.clone() });
    let mut facts = state.store.message_facts_seen(&lead, &member.areas).await?;
    if facts.fall.is_none() {
        facts.fall = state.store.fall_among(&lead, &news).await?;
    }
    if let Some(own) = news.iter().find(|one| one.item.id == due.item.id && one.was.is_some()) {
        facts.fewer_harmed = fold::people(own);
    }
    if lead.version == item.version {
        return Ok(Some((lead, news, facts)));
    }
    let MessageFacts { unverified, one_party, signs, by_model, baseline, .. } =
        state.store.message_facts(item).await?;
    Ok(Some((lead, news, MessageFacts { unverified, one_party, signs, by_model, baseline, ..facts })))
}

/// Why a second person is asked for, as far as a message may say it.
async fn because(state: &NotifyState, facts: &MessageFacts) -> Result<String, StoreError> {
    match facts.second.as_ref().and_then(|second| second.record.as_deref()) {
        Some(record) => second_person::because(&state.store, record).await,
        None => Ok(String::new()),
    }
}

/// As this member may read it; `because`: why a second person is asked for.
fn notice(
    state: &NotifyState,
    (item, member): (&OutboxItem, &Member),
    (facts, because): (MessageFacts, String),
) -> Notice {
    let desk_only = audience::desk_only(item, &facts)
        .map(|feed| DeskOnly { feed: feed.name.clone(), retractions: feed.retractions });
    let nearby = neighbours(state, (facts.alert.as_ref(), &facts.others), member);
    // A question may have become one about another incident, of those that were folded into it.
    let asked_about = facts.incidents.first().filter(|_| item.change.is_check());
    let (code, kind) = asked_about.map_or((item.code, item.kind), |own| (own.place.code, own.kind));
    let now = (state.clock)();
    Notice {
        change: item.change,
        // A report's name is not for a message.
        alert: if item.change.is_check() { format!("periksa-{}", item.id) } else { item.alert.clone() },
        check: facts.check,
        second: facts.second.map(|second| NoticeSecond {
            asked_by: MessageActor::of(kind, second.asked_by, role_of(state, second.asker)),
            lapses_at: second.lapses_at,
            takes_back: second.takes_back,
            because,
            asks: second.record.as_deref().and_then(RequestedAct::of),
            awas_waits: second.awas_waits,
        }),
        about_alert: None,
        ending: facts.ending.map(|ending| noticed_ending(state, (kind, item.change), ending)),
        taken_back: facts.taken_back,
        fewer_harmed: facts.fewer_harmed,
        fall: facts.fall,
        reopened: facts.reopened,
        one_time_token: None,
        reader_is_of_desk: false,
        code,
        kind,
        level: item.level,
        unverified: facts.unverified || facts.incidents.first().is_some_and(|first| first.is_in_doubt(now)),
        one_party: facts.one_party,
        incident: facts.incidents.first().or(facts.latest.first()).map(|incident| {
            let restricted = !state.message_settings.categories.contains_key(&incident.category);
            let of = (facts.claimed_by.clone(), facts.confidential || restricted);
            let own = NoticeIncident::of(incident, of, &state.places, (item.at, now));
            NoticeIncident { over_by: facts.over_by.clone(), ..own }
        }),
        rests_on_none: facts.incidents.is_empty(),
        districts: facts
            .districts
            .iter()
            .map(|(alert, own)| DistrictAlert::of(alert, own.as_ref(), now))
            .collect(),
        counted: facts.counted,
        areas: member.areas.clone(),
        harmed: (kind == Kind::Disaster).then_some(facts.harmed),
        signs: facts.signs,
        by_model: facts.by_model && facts.incidents.is_empty(),
        baseline: facts.baseline,
        earlier_recipients: facts.notified,
        reader_is_assigned_no_more: facts.assignee.as_ref().is_some_and(|role| *role != member.role),
        assignee: facts.assignee.map(|to| named_assignee(state, (kind, member), to)),
        series: nearby
            .map(|other| NearbyAlert {
                alert: other.id.clone(),
                code: other.code,
                kind: other.kind,
                level: other.level,
            })
            .collect(),
        also: Vec::new(),
        also_why: Vec::new(),
        earlier: None,
        duty_phone: state.team.duty_phone(item.code).map(str::to_owned),
        desk_only,
    }
}

/// The role of the person behind an author, where the roster has them.
fn role_of(state: &NotifyState, author: Option<Author>) -> Option<String> {
    state.team.member_of(author?).map(|member| member.role.clone())
}

/// To whom an alert is assigned as a message says it: a conflict's names nobody who is not in the roster.
fn named_assignee(state: &NotifyState, (kind, reader): (Kind, &Member), to: String) -> String {
    let is_listed = state.team.members().iter().any(|member| member.role == to);
    match kind == Kind::Disaster || is_listed {
        true => to,
        false => words_language(reader.language).text("message.assignee_unlisted").to_owned(),
    }
}

/// How an earlier alert ended.
fn ended_before(state: &NotifyState, item: &OutboxItem, facts: EndingFacts) -> NoticeEnding {
    noticed_ending(state, (item.kind, item.change), facts)
}

/// An end as a message says it: people by the roles that the roster has for them.
fn noticed_ending(
    state: &NotifyState,
    (kind, change): (Kind, AlertChangeKind),
    facts: EndingFacts,
) -> NoticeEnding {
    // An account may be called like the roster's key of somebody else.
    let role_of_actor = match facts.ended_by {
        Some(_) => role_of(state, facts.ended_by),
        None => state.team.find(&facts.actor).map(|member| member.role.clone()),
    };
    let actor = |account: String, role: Option<String>| match role {
        // Everybody who heard of the alert reads of its end: nobody's account.
        None if change.is_end() && !account.is_empty() => MessageActor::Officer,
        role => MessageActor::of(kind, account, role),
    };
    NoticeEnding {
        outcome: facts.outcome,
        asked_by: actor(facts.asked_by, role_of(state, facts.asker)),
        lapses_at: facts.asked_at.map(|(at, _)| at.plus(SECOND_WITHIN)),
        because: facts.asked_because,
        by_the_service: facts.by_the_service,
        actor: actor(facts.actor, role_of_actor),
        done_because: facts.because,
        answer: facts.answer,
        takes_back: facts.record.is_some().then_some(facts.takes_back),
        cancelled: facts.cancelled,
        replaced: facts.replaced_by.is_some(),
        retracted: facts.retracted,
    }
}
