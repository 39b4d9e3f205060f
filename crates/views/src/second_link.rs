//! What somebody of the roster, who has no account, sees and may answer by a one-time link: one request for a second person.

use crate::context::{Context, Sources};
use crate::error::ViewError;
use crate::format;
use crate::happening::{HappeningView, capital};
use crate::messages::TeamContact;
use crate::permit::{Role, Viewer};
use crate::second_person::RequestedAct;
use crate::words::Lang;
use async_recursion::async_recursion as boxed;
use domain::author::StampedAuthor;
use domain::place::{Code, Zone};
use domain::report::ReportName;
use domain::time::Time;
use std::fmt::Display;
use store::{AskedSecond, GravestIncident, SecondLink, StoredReport, token_hash};

/// Where the links lead, before the token.
pub const SECOND_LINK_PATH: &str = "/orang-kedua";

/// Why a link is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LinkRefusal {
    /// There is none, or it was forgotten long after it lapsed.
    Unknown,
    /// It was answered.
    Spent,
    /// Nobody joined within the day.
    Lapsed,
    /// Somebody else answered the request, or it does not hold any more.
    Settled,
    /// It was opened in another browser first.
    Forwarded,
    /// Whose link it is asked.
    SamePerson,
    /// The roster does not let this person second any more.
    NotInRoster,
    /// A report that the request names is gone or lies outside the person's areas.
    OutOfReach,
}

impl LinkRefusal {
    /// Its sentence's key.
    pub const fn key(self) -> &'static str {
        match self {
            LinkRefusal::Unknown => "second_link.unknown",
            LinkRefusal::Spent => "second_link.spent",
            LinkRefusal::Lapsed => "second_link.lapsed",
            LinkRefusal::Settled => "second_link.settled",
            LinkRefusal::Forwarded => "second_link.forwarded",
            LinkRefusal::SamePerson => "second_link.same_person",
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
    pub asked: AskedSecond,
    /// What an agreement does.
    pub asks: RequestedAct,
    /// The reports that it names.
    pub reports: Vec<StoredReport>,
}

/// A link that is refused: why, in which language, and whom to call.
#[derive(Clone, Debug)]
pub struct RefusedLink {
    pub why: LinkRefusal,
    pub lang: Option<Lang>,
    pub duty_phone: Option<String>,
}

/// The link of a token at `now`. Looking changes nothing.
///
/// # Errors
/// Where the store cannot be read.
#[boxed]
pub async fn load(
    sources: &Sources,
    token: &str,
    now: Time,
) -> Result<Result<OpenLink, RefusedLink>, ViewError> {
    let refused = |why, person: Option<&TeamContact>| {
        let duty_phone = match person {
            Some(person) => person.duty_phone.clone(),
            None => only_phone(&sources.team),
        };
        Ok(Err(RefusedLink { why, lang: person.map(|person| person.lang), duty_phone }))
    };
    let store = &sources.store;
    let Some(link) = store.second_link(&token_hash(token)).await? else {
        return refused(LinkRefusal::Unknown, None);
    };
    let found = sources.team.iter().find(|contact| contact.key == link.person);
    let Some(person) = found.filter(|person| person.seconds) else {
        return refused(LinkRefusal::NotInRoster, found);
    };
    if link.answer.is_some() {
        return refused(LinkRefusal::Spent, found);
    }
    let asked = match store.asked_second(link.regency, link.verification).await? {
        Some(asked) if asked.request.waits(now) => asked,
        None if now < link.expires_at => return refused(LinkRefusal::Settled, found),
        _ => return refused(LinkRefusal::Lapsed, found),
    };
    let own = StampedAuthor::of_desk(&person.key, &person.person).desk_author();
    if asked.asker().is_some_and(|asker| !asker.is_another_person(&own)) {
        return refused(LinkRefusal::SamePerson, found);
    }
    let Some(asks) = asked.record.as_ref().and_then(RequestedAct::of) else {
        return refused(LinkRefusal::Settled, found);
    };
    let mut reports = Vec::new();
    for name in names(&asks) {
        let report = store.report(link.regency, name).await?;
        match report.filter(|report| person.areas.covers(report.report.place.code)) {
            Some(report) => reports.push(report),
            None => return refused(LinkRefusal::OutOfReach, found),
        }
    }
    Ok(Ok(OpenLink { person: person.clone(), link, asked, asks, reports }))
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

/// What the page of an open link says, as much as a message may and whom it hurt.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SecondLinkView {
    pub lang: Lang,
    /// Whose link it is, by role.
    pub role: String,
    pub takes_back: bool,
    /// What happened, where and when; `**` marks what is strong.
    pub headline: String,
    /// Each a word and what it says.
    pub facts: Vec<(String, String)>,
    /// Who asked for what, and until when it counts.
    pub asked: String,
    pub duty_phone: Option<String>,
}

impl OpenLink {
    /// Somebody who sees aggregates only, and types as the link's person.
    pub fn viewer(&self) -> Viewer {
        let TeamContact { key, areas, person, .. } = self.person.clone();
        Viewer { name: key, role: Role::Leader, areas, person, feed: String::new() }
    }

    /// The regency's name.
    pub fn regency(&self, sources: &Sources) -> String {
        name(sources, self.link.regency)
    }

    /// What the page says.
    pub fn view(&self, sources: &Sources, now: Time) -> SecondLinkView {
        let (lang, asked) = (self.person.lang, &self.asked);
        let context = Context { sources: sources.clone(), viewer: self.viewer(), lang, now };
        let incident = asked.incident;
        let (kind, code, zone) = (incident.kind, incident.place.code, Zone::of(incident.place.code));
        let gravest = GravestIncident { incident, claimed_by: asked.claimed_by.clone(), others: 0 };
        let happened = HappeningView::of_incident(&context, asked.request.at, gravest);
        let kind_word = lang.word("kind", kind);
        let what = capital(&happened.what.clone().unwrap_or_else(|| kind_word.clone()));
        let place = match &happened.village {
            Some(village) => format!("{village}, {}", context.name(code)),
            None => context.name(code),
        };
        let place = match code.is_regency() {
            true => place,
            false => format!("{place}, {}", self.regency(sources)),
        };
        let time = format::long(happened.occurred_at, zone, lang);
        let values: [(&str, &dyn Display); 3] = [("what", &what), ("place", &place), ("time", &time)];
        let mut facts = vec![(lang.text("message.kind").to_owned(), kind_word)];
        facts.extend(match asked.takes_back {
            true => happened.facts(kind, code, lang),
            false => happened.facts_asked(kind, code, lang),
        });
        SecondLinkView {
            lang,
            role: self.person.role.clone(),
            takes_back: asked.takes_back,
            headline: lang.fill("second_link.headline", &values),
            facts,
            asked: self.asked_words(lang, zone),
            duty_phone: self.person.duty_phone.clone(),
        }
    }

    fn asked_words(&self, lang: Lang, zone: Zone) -> String {
        let request = self.asked.request;
        let (who, act) = (self.asked.asked_by(), self.asks.words(lang));
        let (time, until) =
            (format::long(request.at, zone, lang), format::long(request.lapses_at(), zone, lang));
        let values: [(&str, &dyn Display); 4] =
            [("who", &who), ("act", &act), ("time", &time), ("until", &until)];
        let key =
            if self.asked.takes_back { "second_link.asked_take_back" } else { "second_link.asked_awas" };
        lang.fill(key, &values)
    }
}

fn name(sources: &Sources, code: Code) -> String {
    sources.places.find(code).map_or_else(|| code.to_string(), |unit| sources.places.name(unit))
}
