//! What somebody of the roster, who has no account, sees and may answer by a one-time link: one request for a second person.

use crate::alert::{SinceRequest, end_word, reported_since};
use crate::context::{Context, Sources};
use crate::error::ViewError;
use crate::format;
use crate::happening::{self, HappeningView, capital};
use crate::level;
use crate::messages::{self, MessageActor, TeamContact};
use crate::permit::{Role, Viewer};
use crate::reports::handling;
use crate::second_person::{RequestedAct, because, may_join, take_back_facts};
use crate::words::Lang;
use async_recursion::async_recursion as boxed;
use domain::author::{Author, StampedAuthor};
use domain::kind::{Handling, Kind};
use domain::place::{Code, Zone};
use domain::report::{ReportName, VerificationAct};
use domain::time::Time;
use std::fmt::Display;
use store::{
    AskedEnd, AskedSecond, GravestIncident, LinkRequest, RequestAnswer, RequestFate, SecondLink,
    StoredReport, token_hash,
};

/// Where the links lead, before the token.
pub const SECOND_LINK_PATH: &str = "/orang-kedua";

/// Why a link is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LinkRefusal {
    /// There is none, or it was forgotten long after it lapsed.
    Unknown,
    /// It was answered in this browser.
    Spent,
    /// It was answered in another browser, or this one does not show that it was here.
    SpentElsewhere,
    /// Nobody joined within the day.
    Lapsed,
    /// Somebody else answered the request, or it does not hold any more.
    Settled,
    /// Who asked for awas rejected it since.
    Contradicted,
    /// Who asked to end the alert cancelled that.
    Cancelled,
    /// The alert is to end in another way, by a later request.
    Replaced,
    /// The alert rose or came back.
    Dropped,
    /// It was opened in another browser first.
    Forwarded,
    /// Whose link it is asked.
    SamePerson,
    /// Who asked is logged in in this browser, or was before.
    AskersBrowser,
    /// Somebody else is logged in in this browser.
    OthersBrowser,
    /// The roster does not let this person second any more.
    NotInRoster,
    /// A report that the request names is gone or lies outside the person's areas.
    OutOfReach,
}

impl LinkRefusal {
    /// Its sentence's key; `ends`: the link is to end an alert.
    const fn key(self, ends: bool) -> &'static str {
        match self {
            LinkRefusal::Unknown => "second_link.unknown",
            LinkRefusal::Spent => "second_link.spent",
            LinkRefusal::SpentElsewhere => "second_link.spent_elsewhere",
            LinkRefusal::Lapsed if ends => "second_link.lapsed_end",
            LinkRefusal::Lapsed => "second_link.lapsed",
            LinkRefusal::Settled => "second_link.settled",
            LinkRefusal::Contradicted => "second_link.contradicted",
            LinkRefusal::Cancelled => "second_link.cancelled",
            LinkRefusal::Replaced => "second_link.replaced",
            LinkRefusal::Dropped => "second_link.dropped",
            LinkRefusal::Forwarded => "second_link.forwarded",
            LinkRefusal::SamePerson => "second_link.same_person",
            LinkRefusal::AskersBrowser => "second_link.askers_browser",
            LinkRefusal::OthersBrowser => "second_link.others_browser",
            LinkRefusal::NotInRoster => "second_link.not_in_roster",
            LinkRefusal::OutOfReach => "second_link.out_of_reach",
        }
    }
}

/// A link that still asks its person, with all that it is about.
#[derive(Clone, Debug)]
pub struct OpenLink {
    pub link: SecondLink,
    pub person: TeamContact,
    pub asked: LinkMatter,
}

/// What a link asks its person to join.
#[derive(Clone, Debug)]
pub enum LinkMatter {
    Record(Box<LinkRecord>),
    End(Box<AskedEnd>),
}

/// A record that asks, and what an agreement does.
#[derive(Clone, Debug)]
pub struct LinkRecord {
    pub asked: AskedSecond,
    /// What an agreement does.
    pub asks: RequestedAct,
    /// Why it is asked.
    pub because: String,
    /// The reports that it names.
    pub reports: Vec<StoredReport>,
}

/// A link that is refused: why, in which language, and whom to call.
#[derive(Clone, Debug)]
pub struct RefusedLink {
    pub why: LinkRefusal,
    pub lang: Option<Lang>,
    pub duty_phone: Option<String>,
    /// The link is to end an alert.
    pub ends: bool,
    /// When it was answered, and in which regency, where that is why and is known.
    pub answered_at: Option<(Time, Code)>,
}

impl RefusedLink {
    /// Why, for a reader of this language.
    pub fn words(&self, lang: Lang) -> String {
        let spent = matches!(self.why, LinkRefusal::Spent | LinkRefusal::SpentElsewhere);
        let time = match self.answered_at {
            Some((at, code)) => {
                lang.fill("second_link.spent_at", &[("time", &format::long(at, Zone::of(code), lang))])
            }
            None => lang.text("second_link.spent_before").to_owned(),
        };
        match spent {
            true => lang.fill(self.why.key(self.ends), &[("time", &time)]),
            false => lang.text(self.why.key(self.ends)).to_owned(),
        }
    }
}

/// The link of a token at `now`, for the browser that holds the secret of this hash. Looking changes nothing.
///
/// # Errors
/// Where the store cannot be read.
#[boxed]
pub async fn load(
    sources: &Sources,
    (token, browser): (&str, Option<[u8; 32]>),
    now: Time,
) -> Result<Result<OpenLink, RefusedLink>, ViewError> {
    let store = &sources.store;
    let Some(link) = store.second_link(&token_hash(token)).await? else {
        let duty_phone = only_phone(&sources.team);
        let why = LinkRefusal::Unknown;
        return Ok(Err(RefusedLink { why, lang: None, duty_phone, ends: false, answered_at: None }));
    };
    let found = sources.team.iter().find(|contact| contact.key == link.person);
    let ends = matches!(link.request, LinkRequest::End { .. });
    let refused = |why, answered_at: Option<Time>| {
        let (lang, duty_phone) = (found.map(|own| own.lang), found.and_then(|own| own.duty_phone.clone()));
        let answered_at = answered_at.map(|at| (at, link.regency));
        Ok(Err(RefusedLink { why, lang, duty_phone, ends, answered_at }))
    };
    let Some(person) = found.filter(|person| person.seconds) else {
        return refused(LinkRefusal::NotInRoster, None);
    };
    if link.answer.is_some() {
        let here = link.browser_hash.is_some() && link.browser_hash == browser;
        let why = if here { LinkRefusal::Spent } else { LinkRefusal::SpentElsewhere };
        return refused(why, store.answered_at(&link).await?);
    }
    let asked = match &link.request {
        LinkRequest::Record(name) => record(sources, (&link, *name), person, now).await?,
        LinkRequest::End { alert, version } => end(sources, (&link, alert, *version), person, now).await?,
    };
    match asked {
        Ok(asked) => Ok(Ok(OpenLink { person: person.clone(), link, asked })),
        Err(why) => refused(why, None),
    }
}

/// What a record asks for, or why the person may not answer it.
async fn record(
    sources: &Sources,
    (link, name): (&SecondLink, ReportName),
    person: &TeamContact,
    now: Time,
) -> Result<Result<LinkMatter, LinkRefusal>, ViewError> {
    let store = &sources.store;
    let asked = match store.asked_second(link.regency, name).await? {
        Some(asked) if asked.request.waits(now) => asked,
        None if now < link.expires_at => return Ok(Err(settled(sources, link.regency, name).await?)),
        _ => return Ok(Err(LinkRefusal::Lapsed)),
    };
    let own = contact_author(person).desk_author();
    if asked.record.as_ref().is_some_and(|record| !may_join(record, &own)) {
        return Ok(Err(LinkRefusal::SamePerson));
    }
    let Some(asks) = asked.record.as_ref().and_then(RequestedAct::of) else {
        return Ok(Err(LinkRefusal::Settled));
    };
    let mut reports = Vec::new();
    for name in names(&asks) {
        let report = store.report(link.regency, name).await?;
        match report.filter(|report| person.areas.covers(report.report.place.code)) {
            Some(report) => reports.push(report),
            None => return Ok(Err(LinkRefusal::OutOfReach)),
        }
    }
    let because = match &asked.record {
        Some(record) => because(store, record).await?,
        None => String::new(),
    };
    Ok(Ok(LinkMatter::Record(Box::new(LinkRecord { asked, asks, because, reports }))))
}

/// Why a record asks no more before its day is over.
async fn settled(sources: &Sources, regency: Code, name: ReportName) -> Result<LinkRefusal, ViewError> {
    let store = &sources.store;
    let Some(record) = store.report(regency, name).await? else { return Ok(LinkRefusal::Settled) };
    let Some(asks @ RequestedAct::Verify(VerificationAct::Confirm, _)) = RequestedAct::of(&record) else {
        return Ok(LinkRefusal::Settled);
    };
    let incidents = store.incidents_once_called(regency, &names(&asks)).await?;
    for request in incidents.values().filter_map(|incident| incident.take_back_request) {
        let Some(later) = store.report(regency, request.verification).await? else { continue };
        let of_one = matches!((record.report.author, later.report.author), (Some(one), Some(two)) if one.is_same_person(&two));
        let rejects =
            matches!(RequestedAct::of(&later), Some(RequestedAct::Verify(VerificationAct::Reject, _)));
        if of_one && rejects && later.report.reported_at > record.report.reported_at {
            return Ok(LinkRefusal::Contradicted);
        }
    }
    Ok(LinkRefusal::Settled)
}

/// The end of an alert that is asked for, or why the person may not answer it.
async fn end(
    sources: &Sources,
    (link, alert, version): (&SecondLink, &str, u32),
    person: &TeamContact,
    now: Time,
) -> Result<Result<LinkMatter, LinkRefusal>, ViewError> {
    let Some(asked) = sources.store.asked_end(alert, version, now).await? else {
        let fate = sources.store.fate_of_request(alert, (version, link.expires_at)).await?;
        return Ok(Err(match fate {
            Some(RequestFate::Cancelled) => LinkRefusal::Cancelled,
            Some(RequestFate::Replaced) => LinkRefusal::Replaced,
            Some(RequestFate::Dropped) => LinkRefusal::Dropped,
            Some(RequestFate::Lapsed) => LinkRefusal::Lapsed,
            Some(RequestFate::Ended) | None => LinkRefusal::Settled,
        }));
    };
    let asker = asked.request.by.desk_author();
    Ok(if !asker.is_another_person(&contact_author(person).desk_author()) {
        Err(LinkRefusal::SamePerson)
    } else if !person.areas.covers(asked.alert.code) {
        Err(LinkRefusal::OutOfReach)
    } else {
        Ok(LinkMatter::End(Box::new(asked)))
    })
}

/// As whom the person of a link acts.
pub(crate) fn contact_author(person: &TeamContact) -> StampedAuthor {
    StampedAuthor::of_desk(&person.key, &person.person)
}

/// The reports that an act names.
fn names(asks: &RequestedAct) -> Vec<ReportName> {
    match asks {
        RequestedAct::Verify(_, reports) => {
            reports.iter().filter_map(|report| ReportName::parse(&report.to_string())).collect()
        }
        RequestedAct::Withdraw(name) => vec![*name],
    }
}

/// The desk's telephone where there is one desk only: of a link that nobody knows nobody knows the regency.
fn only_phone(team: &[TeamContact]) -> Option<String> {
    let first = team.iter().find_map(|contact| contact.duty_phone.clone())?;
    let same = |contact: &TeamContact| contact.duty_phone.as_ref().is_none_or(|own| *own == first);
    team.iter().all(same).then_some(first)
}

/// What a link asks for, as its page's words go.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LinkAsks {
    Awas,
    TakeBack,
    /// An alert is to be ended; who agrees must say why.
    End,
}

/// What the page of an open link says, as much as a message may and whom it hurt.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SecondLinkView {
    pub lang: Lang,
    /// Whose link it is, by role.
    pub role: String,
    pub asks: LinkAsks,
    /// What happened, where and when; `**` marks what is strong.
    pub headline: String,
    /// Each a word and what it says.
    pub facts: Vec<(String, String)>,
    /// Who asked for what, and until when it counts.
    pub asked: String,
    /// What was reported since an end was asked for.
    pub since: SinceRequest,
    pub duty_phone: Option<String>,
}

impl OpenLink {
    /// Somebody who sees aggregates only, and types as the link's person.
    pub fn viewer(&self) -> Viewer {
        let TeamContact { key, areas, person, .. } = self.person.clone();
        Viewer { name: key, role: Role::Leader, areas, person, feed: String::new() }
    }

    /// Who asked.
    pub fn asker(&self) -> Option<Author> {
        match &self.asked {
            LinkMatter::Record(own) => own.asked.asker(),
            LinkMatter::End(own) => Some(own.request.by.desk_author()),
        }
    }

    /// The link as it is refused for this reason.
    pub fn refused(&self, why: LinkRefusal) -> RefusedLink {
        RefusedLink {
            why,
            lang: Some(self.person.lang),
            duty_phone: self.person.duty_phone.clone(),
            ends: self.ends(),
            answered_at: None,
        }
    }

    /// True where the link is to end an alert.
    pub fn ends(&self) -> bool {
        matches!(self.asked, LinkMatter::End(_))
    }

    /// As whom its person acts.
    pub fn author(&self) -> StampedAuthor {
        contact_author(&self.person)
    }

    /// The regency's name.
    pub fn regency(&self, sources: &Sources) -> String {
        name(sources, self.link.regency)
    }

    /// What the page says.
    ///
    /// # Errors
    /// Where the store cannot be read.
    #[boxed]
    pub async fn view(&self, sources: &Sources, now: Time) -> Result<SecondLinkView, ViewError> {
        let lang = self.person.lang;
        let context = Context { sources: sources.clone(), viewer: self.viewer(), lang, now };
        let since = match &self.asked {
            LinkMatter::End(own) => reported_since(&context, &own.alert, own.request.at).await?,
            LinkMatter::Record(_) => SinceRequest::default(),
        };
        let (asks, headline, facts, asked) = match &self.asked {
            LinkMatter::Record(own) => self.record_words(&context, own),
            LinkMatter::End(own) => self.end_words(&context, own).await?,
        };
        let (role, duty_phone) = (self.person.role.clone(), self.person.duty_phone.clone());
        Ok(SecondLinkView { lang, role, asks, headline, facts, asked, since, duty_phone })
    }

    fn record_words(&self, context: &Context, own: &LinkRecord) -> MatterWords {
        let (lang, asked) = (context.lang, &own.asked);
        let incident = asked.incident;
        let (kind, code, zone) = (incident.kind, incident.place.code, Zone::of(incident.place.code));
        let handling = own.reports.iter().map(|own| handling(&own.report)).max().unwrap_or(Handling::Open);
        let gravest = GravestIncident::alone(incident, asked.claimed_by.clone(), handling);
        let happened = HappeningView::of_incident(context, asked.request.at, gravest);
        let kind_word = lang.word("kind", kind);
        let what = capital(&happened.what.clone().unwrap_or_else(|| kind_word.clone()));
        let place = match &happened.village {
            Some(village) => format!("{village}, {}", self.place(context, code)),
            None => self.place(context, code),
        };
        let time = format::occurrence(happened.occurred_at, zone, lang);
        let values: [(&str, &dyn Display); 3] = [("what", &what), ("place", &place), ("time", &time)];
        let headline = lang.fill("second_link.headline", &values);
        let mut facts = vec![(lang.text("message.kind").to_owned(), kind_word)];
        let (asks, key) = match asked.takes_back {
            true => (LinkAsks::TakeBack, "second_link.asked_take_back"),
            false => (LinkAsks::Awas, "second_link.asked_awas"),
        };
        facts.extend(happened.facts(kind, code, lang));
        if asked.takes_back {
            facts.extend(take_back_facts(kind, Some(&own.asks), &own.because, lang));
        }
        if asked.takes_back && incident.awas_waits(context.now).is_some() {
            let text = |key| lang.text(key).to_owned();
            facts.push((text("second_link.awas_too"), text("second_link.awas_too_waits")));
        }
        let role = asked.asker().and_then(|asker| role_in(&context.sources.team, asker));
        let who = MessageActor::of(kind, asked.asked_by(), role.map(str::to_owned));
        let who = who.words(lang);
        let act = own.asks.words(lang);
        let (time, until) =
            (format::long(asked.request.at, zone, lang), format::long(asked.request.lapses_at(), zone, lang));
        let values: [(&str, &dyn Display); 4] =
            [("who", &who), ("act", &act), ("time", &time), ("until", &until)];
        (asks, headline, facts, lang.fill(key, &values))
    }

    async fn end_words(&self, context: &Context, own: &AskedEnd) -> Result<MatterWords, ViewError> {
        let (lang, AskedEnd { alert, request, .. }) = (context.lang, own);
        let (kind, code, zone) = (alert.kind, alert.code, Zone::of(alert.code));
        let happened = happening::load(context, std::slice::from_ref(alert)).await?.remove(&alert.id);
        let kind_word = lang.word("kind", kind);
        let (place, level) = (self.place(context, code), level::word(alert.level, lang));
        let what = capital(&kind_word);
        let values: [(&str, &dyn Display); 3] = [("what", &what), ("place", &place), ("level", &level)];
        let headline = lang.fill("second_link.headline_end", &values);
        let mut facts = Vec::new();
        if let Some(happened) = happened {
            let time = format::occurrence(happened.occurred_at, zone, lang);
            facts.extend(happened.what.clone().map(|what| (lang.text("message.what").to_owned(), what)));
            facts.push((lang.text("message.occurred_at").to_owned(), time));
            facts.extend(happened.facts(kind, code, lang));
        }
        let act = end_word(lang, request.outcome);
        let role = role_in(&context.sources.team, request.by.desk_author()).map(str::to_owned);
        let who = MessageActor::of(kind, request.by.account.clone(), role).words(lang).to_owned();
        facts.push((lang.text("second_link.outcome").to_owned(), act.clone()));
        facts.push((lang.text("second_link.asked_by").to_owned(), who.clone()));
        facts.push((lang.text("second_link.because").to_owned(), reason_words(kind, &own.reason, lang)));
        let answers = own.answers.iter().map(|answer| answer_words(context, (answer, code), false));
        facts.extend(answers.map(|words| (lang.text("second_link.answered").to_owned(), words)));
        let (time, until) =
            (format::long(request.at, zone, lang), format::long(request.lapses_at(), zone, lang));
        let values: [(&str, &dyn Display); 5] =
            [("who", &who), ("act", &act), ("time", &time), ("until", &until), ("number", &alert.id)];
        Ok((LinkAsks::End, headline, facts, lang.fill("second_link.asked_end", &values)))
    }

    /// A district with its regency.
    fn place(&self, context: &Context, code: Code) -> String {
        match code.is_regency() {
            true => context.name(code),
            false => format!("{}, {}", context.name(code), self.regency(&context.sources)),
        }
    }
}

/// Who asked: the account, and the roster's role where it names the same person.
pub(crate) fn asked_by(team: &[TeamContact], asker: Author, account: &str) -> String {
    role_in(team, asker).map_or(account.to_owned(), |role| format!("{account} ({role})"))
}

/// The role that the roster has for the person behind an author.
fn role_in(team: &[TeamContact], author: Author) -> Option<&str> {
    let own = |contact: &&TeamContact| contact_author(contact).desk_author().is_same_person(&author);
    team.iter().find(own).map(|contact| contact.role.as_str())
}

/// Why something is asked for, outside of the desk's pages: an officer's own words about a conflict stay within.
pub fn reason_words(kind: Kind, reason: &str, lang: Lang) -> String {
    match kind {
        Kind::Disaster => reason.to_owned(),
        _ => lang.text("second_link.because_by_phone").to_owned(),
    }
}

/// Who answered a request by link without agreeing, and when; with their reason for those who may read it.
pub(crate) fn answer_words(
    context: &Context,
    (answer, code): (&RequestAnswer, Code),
    with_reason: bool,
) -> String {
    let lang = context.lang;
    let who = messages::contact(context, &answer.person).role;
    let time = format::long(answer.at, Zone::of(code), lang);
    let says = lang.word("second_answer", answer.answer.as_str());
    let values: [(&str, &dyn Display); 3] = [("who", &who), ("answer", &says), ("time", &time)];
    let words = lang.fill("second_link.answer_of", &values);
    match with_reason && !answer.reason.is_empty() {
        true => format!("{words}: {}", answer.reason),
        false => words,
    }
}

/// What is asked, the headline, the facts and who asked.
type MatterWords = (LinkAsks, String, Vec<(String, String)>, String);

fn name(sources: &Sources, code: Code) -> String {
    sources.places.find(code).map_or_else(|| code.to_string(), |unit| sources.places.name(unit))
}
