//! To whom an item goes, from when on, and what it does to what waits.

use crate::run::NotifyState;
use crate::team::{Member, Team};
use domain::alert::Alert;
use domain::alert::notice::{
    AlertChangeKind, ChangeAudience, MESSAGE_PAUSE, TAKEN_BACK, is_counted_grave, is_for_desk_alone,
};
use domain::author::Author;
use domain::chain::ChainLink;
use domain::kind::{Category, Level};
use domain::place::{Code, Zone};
use domain::time::Time;
use std::collections::{BTreeMap, BTreeSet};
use store::{
    AddressPlan, MessageFacts, MessagePause, OutboxItem, Recipient, SoleFeed, StoreError, WithheldAlert,
};

/// Who is to be notified of an item by their first channel, or, where they are in no roster any more, by the one that
/// reached them.
pub(crate) async fn plan(state: &NotifyState, item: &OutboxItem) -> Result<AddressPlan, StoreError> {
    let facts = state.store.message_facts(item).await?;
    if item.change.is_check() {
        return Ok(check_plan(state, item, &facts));
    }
    let recipients = recipients(state, item, &facts).await?;
    let (now, zone) = ((state.wall)(), Zone::of(item.code));
    let due_at = |now: Time| move |to: Recipient| due(state, to, (item.level, now, zone));
    let mut to: BTreeMap<Recipient, Time> = recipients.into_iter().map(due_at(now)).collect();
    if item.change == AlertChangeKind::Assigned {
        // It calls nobody else to act: it goes with what comes in meanwhile.
        let due_later = assigned_no_more(state, item, &facts).await?.into_iter();
        to.extend(due_later.map(due_at(now.plus(MESSAGE_PAUSE))));
    }
    Ok(AddressPlan {
        withholds: withholds(item, &facts).is_some(),
        to,
        pause: pause(item, &facts).map(|pause| (now, pause)),
        // To whom it was assigned before and who has not heard of it, it is not assigned any more.
        replaces_all: AlertChangeKind::ALL.iter().any(|waiting| item.change.outdates(*waiting)),
    })
}

/// Who is on duty is asked to look into something, or to confirm it as the second person, whatever their quiet hours: where the
/// desk has nobody, those who would hear of its level. What needs nobody any more asks nobody.
fn check_plan(state: &NotifyState, item: &OutboxItem, facts: &MessageFacts) -> AddressPlan {
    let (team, now) = (&state.team, (state.wall)());
    if !is_open(facts, (state.clock)()) {
        return AddressPlan::default();
    }
    let categories: Vec<Category> = facts.incidents.iter().map(|incident| incident.category).collect();
    let concerned = || team.concerned(item.code, item.kind, &categories, item.level);
    let mut people: Vec<Recipient> = match &facts.second {
        Some(second) => asked_as_second(team, item.code, second.asker, concerned()),
        None => team.desk(item.code).filter_map(first_channel).collect(),
    };
    if people.is_empty() && facts.second.is_none() {
        people = concerned().filter_map(first_channel).collect();
    }
    AddressPlan {
        to: people.into_iter().map(|to| (to, now)).collect(),
        // A second person is asked at once, whatever else waits to be looked into.
        pause: facts
            .second
            .is_none()
            .then_some((now, MessagePause::Checks { most: state.settings.questions })),
        ..AddressPlan::default()
    }
}

/// True where a member is another person than who asked: nobody is the second person to themselves, with whatever account.
pub(crate) fn is_another(asker: Option<Author>, member: &Member) -> bool {
    asker.is_none_or(|asker| asker.is_another_person(&member.desk_author()))
}

/// True where a question still asks somebody for something: nobody has looked into it, and no request has lapsed.
pub(crate) fn is_open(facts: &MessageFacts, now: Time) -> bool {
    facts.check.is_some() && facts.second.as_ref().is_none_or(|second| now < second.lapses_at)
}

/// Which earlier messages make this one wait. What goes at once waits for none, unless a feed raises again on its word alone what
/// it has just taken back, or a rise is to a level that the person knows of.
fn pause(item: &OutboxItem, facts: &MessageFacts) -> Option<MessagePause> {
    let again = facts.sole_feed.as_ref().is_some_and(|feed| feed.retractions > 0);
    match item.change {
        AlertChangeKind::Opened if again => Some(MessagePause::PlaceAndKind),
        AlertChangeKind::Returned if again => Some(MessagePause::Alert),
        AlertChangeKind::Risen => Some(MessagePause::UnlessHigher),
        change if change.goes_at_once() => None,
        _ => Some(MessagePause::Alert),
    }
}

/// Who heard that an alert is theirs, where it is somebody else's by now.
async fn assigned_no_more(
    state: &NotifyState,
    item: &OutboxItem,
    facts: &MessageFacts,
) -> Result<Vec<Recipient>, StoreError> {
    let assigned = state.store.assigned_as(item).await?;
    let no_more = |member: &&Member| {
        assigned.get(&member.key) == Some(&member.role) && facts.assignee.as_deref() != Some(&member.role)
    };
    Ok(state.team.members().iter().filter(no_more).filter_map(first_channel).collect())
}

async fn recipients(
    state: &NotifyState,
    item: &OutboxItem,
    facts: &MessageFacts,
) -> Result<Vec<Recipient>, StoreError> {
    let team = &state.team;
    let categories: Vec<Category> = facts.incidents.iter().map(|incident| incident.category).collect();
    let concerned = || team.concerned(item.code, item.kind, &categories, item.level);
    Ok(match item.change.audience() {
        ChangeAudience::Nobody | ChangeAudience::Duty => Vec::new(),
        ChangeAudience::Assignee => {
            assigned_to(team, item.code, facts.assignee.as_deref()).filter_map(first_channel).collect()
        }
        ChangeAudience::SecondPersons => asked_as_second(team, item.code, asker(facts), concerned()),
        ChangeAudience::Asked => {
            let asked = match facts.ending.as_ref().and_then(|ending| ending.asked_at) {
                Some((_, version)) if item.change == AlertChangeKind::RequestDropped => {
                    state.store.asked_to_end(&item.alert, version).await?
                }
                _ => BTreeSet::new(),
            };
            // Another request decides: who made it and the desk know.
            let replaced_by = facts.ending.as_ref().and_then(|ending| ending.replaced_by);
            let has_replaced =
                |member: &Member| replaced_by.is_some_and(|by| by.is_same_person(&member.desk_author()));
            // The desk decides next, and who asked may be anybody of the roster.
            let desk = team.desk(item.code).filter(|_| replaced_by.is_none());
            let desk: BTreeSet<&str> = desk.map(|member| member.key.as_str()).collect();
            let asks = |member: &Member| {
                asker(facts).is_some_and(|asker| asker.is_same_person(&member.desk_author()))
            };
            let hears = |member: &&Member| {
                let concerned = desk.contains(member.key.as_str()) || asked.contains(&member.key);
                (concerned || asks(member)) && !has_replaced(member)
            };
            team.members().iter().filter(hears).filter_map(first_channel).collect()
        }
        ChangeAudience::NotifiedOfIncident => {
            by_their_channel(team, state.store.notified_of_incident(item).await?)
        }
        ChangeAudience::Notified => {
            let mut people = by_their_channel(team, state.store.already_notified(item).await?);
            if !item.change.is_end() {
                // Who still waits for an earlier message and is concerned must not lose it to this one.
                let waiting = state.store.waiting_people(item).await?;
                let left =
                    concerned().filter(|member| waiting.contains(&member.key)).filter_map(first_channel);
                let new = left.filter(|to| people.iter().all(|other| other.person != to.person));
                people.extend(new.collect::<Vec<_>>());
            }
            people
        }
        ChangeAudience::Concerned => {
            if desk_only(item, facts).is_none() {
                let concerned: Vec<&Member> = concerned().collect();
                // Whose it is hears what becomes of it, whatever the table says of its level.
                let holder = assigned_to(team, item.code, facts.holder.as_deref());
                let besides = holder.filter(|own| concerned.iter().all(|member| member.key != own.key));
                let besides: Vec<&Member> = besides.collect();
                return Ok(concerned.into_iter().chain(besides).filter_map(first_channel).collect());
            }
            let desk: Vec<Recipient> = team.desk(item.code).filter_map(first_channel).collect();
            // Where the desk has nobody, it is never more than those who hear of waspada.
            let level = item.level.min(Level::Waspada);
            let nearest = team.concerned(item.code, item.kind, &categories, level);
            if desk.is_empty() { nearest.filter_map(first_channel).collect() } else { desk }
        }
    })
}

/// The members to whom an alert of this place is assigned, by their role.
fn assigned_to<'a>(team: &'a Team, code: Code, role: Option<&str>) -> impl Iterator<Item = &'a Member> {
    let role = role.unwrap_or_default().to_owned();
    team.members().iter().filter(move |member| member.role == role && member.areas.touches(code))
}

/// Each person once, by their first channel, or, where they are in no roster any more, by the one that reached them.
fn by_their_channel(team: &Team, notified: BTreeSet<Recipient>) -> Vec<Recipient> {
    let mut people: Vec<Recipient> = Vec::new();
    for to in notified {
        let now = team.find(&to.person).and_then(first_channel).unwrap_or(to);
        if people.iter().all(|other| other.person != now.person) {
            people.push(now);
        }
    }
    people
}

/// Who asked for the alert's end, where the item is about that.
fn asker(facts: &MessageFacts) -> Option<Author> {
    facts.ending.as_ref().and_then(|ending| ending.asker)
}

/// Who is asked to be the second person, for awas, for what is taken back and for an end alike. Where nobody of them is named,
/// those whom it concerns are asked besides: who is not named is no second person, so they see to a colleague.
fn asked_as_second<'a>(
    team: &'a Team,
    code: Code,
    asker: Option<Author>,
    concerned: impl Iterator<Item = &'a Member>,
) -> Vec<Recipient> {
    let mut people: Vec<&Member> = seconds(team, code, asker).collect();
    let by_link = |member: &Member| team.seconds(member) && is_another(asker, member);
    if people.iter().all(|member| !member.desk_author().names_person() && !by_link(member)) {
        let asked: BTreeSet<&str> = people.iter().map(|member| member.key.as_str()).collect();
        let others = concerned.filter(|member| may_be_another(asker, member));
        let others: Vec<&Member> = others.filter(|member| !asked.contains(member.key.as_str())).collect();
        people.extend(others);
    }
    people.into_iter().filter_map(first_channel).collect()
}

/// Who may be the second person: the desk but for who asks, and who seconds by link and is another person.
fn seconds(team: &Team, code: Code, asker: Option<Author>) -> impl Iterator<Item = &Member> {
    let desk: Vec<&Member> = team.desk(code).filter(|member| may_be_another(asker, member)).collect();
    let of_desk: BTreeSet<&str> = desk.iter().map(|member| member.key.as_str()).collect();
    // Their link is refused where the register does not say that they are somebody else.
    let by_link = team.seconders(code).filter(|member| is_another(asker, member));
    let further: Vec<&Member> = by_link.filter(|member| !of_desk.contains(member.key.as_str())).collect();
    desk.into_iter().chain(further)
}

/// False for who asked. Whom the register does not name may be somebody else: they are notified, and their act is refused in words.
fn may_be_another(asker: Option<Author>, member: &Member) -> bool {
    asker.is_none_or(|asker| !asker.is_same_person(&member.desk_author()))
}

/// The feed because of which only the desk is notified: on its word alone the alert rests, or what is claimed within one, and it
/// takes much back.
pub(crate) fn desk_only<'a>(item: &OutboxItem, facts: &'a MessageFacts) -> Option<&'a SoleFeed> {
    withholds(item, facts).or_else(|| claims_alone(item, facts))
}

/// The feed on whose word alone the alert rests: the others are owed what only the desk is notified of.
fn withholds<'a>(item: &OutboxItem, facts: &'a MessageFacts) -> Option<&'a SoleFeed> {
    let feed = facts.sole_feed.as_ref()?;
    is_for_desk_alone(item.change, item.level, feed.retractions).then_some(feed)
}

/// The feed that alone claims an incident within an alert that rests on more. Nobody is owed that: once somebody else affirms it, it
/// is news of its own.
fn claims_alone<'a>(item: &OutboxItem, facts: &'a MessageFacts) -> Option<&'a SoleFeed> {
    let is_claim = facts.incidents.first().is_some_and(|incident| !is_counted_grave(incident));
    let feed = facts.own_feed.as_ref().filter(|feed| feed.retractions >= TAKEN_BACK)?;
    (item.change.is_of_incident() && is_claim).then_some(feed)
}

/// Who is owed a message about an alert of which the desk alone was notified: everybody whom it concerns as it stands now and who
/// has not heard since of a level as high, the desk too where its message still waits for a pause, and nobody once it is over. `None`
/// while it would still go to the desk only.
pub(crate) async fn owed(
    state: &NotifyState,
    withheld: &WithheldAlert,
) -> Result<Option<AddressPlan>, StoreError> {
    let alert = &withheld.alert;
    if !alert.state.is_live() || alert.cleared_at.is_some() {
        return Ok(Some(AddressPlan::default()));
    }
    let item = withheld.item((state.clock)());
    let facts = state.store.message_facts(&item).await?;
    if desk_only(&item, &facts).is_some() {
        return Ok(None);
    }
    let notified = state.store.notified_since(withheld).await?;
    let (now, zone) = ((state.wall)(), Zone::of(item.code));
    let concerned = recipients(state, &item, &facts).await?;
    let waiting = state.store.waiting_until_later(withheld, now).await?;
    let desk = state.team.desk(item.code).filter(|member| waiting.contains(&member.key));
    let desk = desk.filter_map(first_channel).collect::<BTreeSet<Recipient>>();
    let owed = concerned.into_iter().filter(|to| !notified.contains(&to.person)).chain(desk);
    Ok(Some(AddressPlan {
        to: owed.map(|to| due(state, to, (item.level, now, zone))).collect(),
        ..AddressPlan::default()
    }))
}

/// From when a message of this level may go out to somebody.
fn due(state: &NotifyState, to: Recipient, (level, now, zone): (Level, Time, Zone)) -> (Recipient, Time) {
    let quiet = state.team.find(&to.person).and_then(|member| member.quiet_hours);
    let wait = quiet.and_then(|hours| hours.wait_until(level, now, zone));
    (to, wait.unwrap_or(now))
}

/// The alerts that may be one chain with an item's own and that a member sees: those of their own places, as on the pages, and of
/// kinds that they hear of.
pub(crate) fn neighbours<'a>(
    state: &'a NotifyState,
    (own, others): (Option<&Alert>, &'a [Alert]),
    member: &'a Member,
) -> impl Iterator<Item = &'a Alert> {
    let link = |alert: &Alert| {
        ChainLink::of((alert.code, alert.kind), alert.opened_at, (alert.state, alert.cleared_at.is_some()))
    };
    let own = own.and_then(link);
    let near = move |other: &&Alert| {
        let linked = own.zip(link(other));
        linked.is_some_and(|(own, other)| own.may_be_one(&other, &state.places, state.chain_window))
    };
    // Who does not hear of a kind at home hears of none of a neighbour.
    let sees = move |other: &&Alert| {
        let mut concerned =
            own.into_iter().flat_map(|own| state.team.concerned(own.code, other.kind, &[], other.level));
        member.areas.touches(other.code) && concerned.any(|one| one.key == member.key)
    };
    others.iter().filter(near).filter(sees)
}

fn first_channel(member: &Member) -> Option<Recipient> {
    let (channel, _) = member.channels.first()?;
    Some(Recipient { person: member.key.clone(), channel: channel.clone() })
}

/// A person's other channels, in their order.
pub(crate) fn other_channels(team: &Team, to: &Recipient) -> Vec<String> {
    let member = team.find(&to.person);
    let keys = member.into_iter().flat_map(|member| member.channels.iter().map(|(key, _)| key.clone()));
    keys.filter(|key| *key != to.channel).collect()
}

/// The channel to try where those that were tried bring nothing over.
pub(crate) fn next_channel(member: &Member, tried: impl Fn(&str) -> bool) -> Option<&str> {
    member.channels.iter().map(|(key, _)| key.as_str()).find(|key| !tried(key))
}
