//! What one person of the desk asks for and a second person may make so: awas, and to take back what stands.

use crate::context::Context;
use crate::error::ViewError;
use crate::format;
use crate::json;
use crate::report::by;
use crate::second_link::reason_words;
use crate::words::Lang;
use async_recursion::async_recursion as boxed;
use domain::author::{Author, StampedAuthor};
use domain::desk_feed::is_desk_feed;
use domain::effect::Incident;
use domain::evidence::second_person::DeskRequest;
use domain::kind::{Kind, Outcome};
use domain::place::Zone;
use domain::report::{Body, ReportName, ReportReference, VerificationAct};
use domain::time::Time;
use formats::correction;
use serde::Serialize;
use std::fmt::Display;
use store::{Store, StoreError, StoredReport};

/// One person's request that an incident be awas, or that some of it be taken back.
#[derive(Clone, Debug, Serialize)]
pub struct DeskRequestView {
    /// The record that asked.
    pub verification: String,
    /// The account that asked.
    pub asked_by: String,
    #[serde(serialize_with = "json::time")]
    pub asked_at: Time,
    #[serde(serialize_with = "json::time")]
    pub lapses_at: Time,
    /// False where it lapsed: nothing changed.
    pub waits: bool,
    /// True where the viewer asked: somebody else must do the same.
    pub own: bool,
    /// True where the register says that the viewer and who asked are two persons.
    #[serde(skip)]
    pub two: bool,
    /// What it asks for: awas, or what is to be taken back and how.
    #[serde(skip)]
    pub asks: Option<RequestedAct>,
    /// Who asked, when, and until when a second person may join; `**` marks what is strong.
    pub words: String,
}

/// What a request asks for: a second person's record says the same of the same reports.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RequestedAct {
    Verify(VerificationAct, Vec<ReportReference>),
    /// A colleague's report is to be withdrawn, or was replaced.
    Withdraw(ReportName),
}

impl RequestedAct {
    /// What a record asks for; `None` of one that asks for nothing.
    pub fn of(record: &StoredReport) -> Option<RequestedAct> {
        let feed = record.report.feed;
        let withdraw = |id| {
            let name = ReportName { id, feed };
            match is_desk_feed(feed) {
                true => RequestedAct::Withdraw(name),
                // A source's withdrawal another joins by rejecting what it takes back.
                false => RequestedAct::Verify(VerificationAct::Reject, vec![name.into()]),
            }
        };
        match &record.report.body {
            Body::Verification { act, reports, .. } => Some(RequestedAct::Verify(*act, reports.clone())),
            Body::Retraction { target } => Some(withdraw(*target)),
            Body::Statement(own) => own.supersedes.map(withdraw),
            Body::Remark(own) => own.supersedes.map(withdraw),
            Body::Nothing { .. } => None,
        }
    }

    /// The content of a report that its author saw, where that was written down: who joins it joins it for that.
    pub fn content_of(&self, name: ReportName) -> Option<u128> {
        let RequestedAct::Verify(_, reports) = self else { return None };
        // What it named without its feed and several have, it did not mean.
        reports.iter().find(|own| own.names(name, true))?.content
    }

    /// True where another record does the same to a report, and its author saw no other content of it.
    pub(crate) fn says_the_same(&self, other: &RequestedAct, name: ReportName) -> bool {
        matches!((self, other), (RequestedAct::Verify(own, _), RequestedAct::Verify(act, _)) if own == act)
            && self.sees_the_same(other, name)
    }

    /// True where the authors of both saw one content of a report, as far as that was written down.
    pub(crate) fn sees_the_same(&self, other: &RequestedAct, name: ReportName) -> bool {
        let contents = [self, other].map(|act| act.content_of(name));
        contents.contains(&None) || contents[0] == contents[1]
    }

    /// What is to be done, in words.
    pub fn words(&self, lang: Lang) -> String {
        match self {
            RequestedAct::Verify(act, _) => lang.word("verification", act.as_str()),
            RequestedAct::Withdraw(_) => lang.word("record", Outcome::Retracted),
        }
    }
}

/// Why a record asks, in its author's words, where the desk typed it as a reason: no text of a report, and nothing that a source
/// wrote.
///
/// # Errors
/// Where the store cannot be read.
#[boxed]
pub async fn because(store: &Store, record: &StoredReport) -> Result<String, StoreError> {
    if !is_desk_feed(record.report.feed) {
        return Ok(String::new());
    }
    match &record.report.body {
        Body::Verification { .. } | Body::Retraction { .. } => Ok(record.summary.clone().unwrap_or_default()),
        Body::Statement(_) | Body::Remark(_) | Body::Nothing { .. } => {
            let bytes = store.payload(record.key()).await?;
            Ok(bytes.and_then(|bytes| correction::why(&bytes)).unwrap_or_default())
        }
    }
}

/// What is to be taken back and how, why, and what follows where a second person agrees: on the link's page and in messages alike.
pub fn take_back_facts(
    kind: Kind,
    asks: Option<&RequestedAct>,
    because: &str,
    lang: Lang,
) -> Vec<(String, String)> {
    let text = |key| lang.text(key).to_owned();
    let mut facts = Vec::new();
    if let Some(asks) = asks {
        facts.push((text("second_link.asked_act"), asks.words(lang)));
    }
    if kind != Kind::Disaster || !because.trim().is_empty() {
        facts.push((text("second_link.because"), reason_words(kind, because, lang)));
    }
    facts.push((text("second_link.if_agreed"), text("second_link.take_back_follows")));
    facts
}

/// True where `own` may join what this record asks for: another person of the desk than who typed it, or, where a source asks,
/// any that the register names.
pub(crate) fn may_join(record: &StoredReport, own: &Author) -> bool {
    let report = &record.report;
    let asker = report.author.unwrap_or_else(|| Author::of_feed(report.feed, report.class));
    match is_desk_feed(report.feed) {
        true => asker.is_another_person(own),
        false => own.names_person() && !own.is_same_person(&asker),
    }
}

/// As which person of the desk the viewer judges.
pub(crate) fn own_author(context: &Context) -> Author {
    StampedAuthor::of_desk(&context.viewer.name, &context.viewer.person).desk_author()
}

/// Who asks: the account of the desk, or the source.
fn asked_by(record: &StoredReport) -> String {
    if is_desk_feed(record.report.feed) { by(record) } else { record.feed_name.clone() }
}

/// The request for awas that an incident carries; `None` where nobody asks.
#[boxed]
pub async fn awas_request(
    context: &Context,
    incident: &Incident,
) -> Result<Option<DeskRequestView>, ViewError> {
    let words = ["claims.awas_asked", "claims.awas_lapsed"];
    request(context, (incident, incident.awas_request), words).await
}

/// The request to take back some of an incident; `None` where nobody asks.
#[boxed]
pub async fn take_back_request(
    context: &Context,
    incident: &Incident,
) -> Result<Option<DeskRequestView>, ViewError> {
    let words = ["claims.take_back_asked", "claims.take_back_lapsed"];
    request(context, (incident, incident.take_back_request), words).await
}

/// `words`: as long as it waits, and once it lapsed.
async fn request(
    context: &Context,
    (incident, request): (&Incident, Option<DeskRequest>),
    words: [&'static str; 2],
) -> Result<Option<DeskRequestView>, ViewError> {
    let Some(request) = request else { return Ok(None) };
    let code = incident.place.code;
    let record = context.sources.store.report(code.regency(), request.verification).await?;
    let asks = record.as_ref().and_then(RequestedAct::of);
    let asker = record.as_ref().and_then(|record| record.report.author);
    let asked_by = record.as_ref().map(asked_by).unwrap_or_default();
    let own = own_author(context);
    let waits = request.waits(context.now);
    let long = |at: Time| format::long(at, Zone::of(code), context.lang);
    let (time, until) = (long(request.at), long(request.lapses_at()));
    let act = asks.as_ref().map(|asks| asks.words(context.lang)).unwrap_or_default();
    let values: [(&str, &dyn Display); 4] =
        [("who", &asked_by), ("time", &time), ("until", &until), ("act", &act)];
    let words = context.lang.fill(words[usize::from(!waits)], &values);
    Ok(Some(DeskRequestView {
        verification: request.verification.to_string(),
        asked_by,
        asked_at: request.at,
        lapses_at: request.lapses_at(),
        waits,
        own: asker.is_some_and(|asker| asker.is_same_person(&own)),
        two: record.as_ref().is_some_and(|record| may_join(record, &own)),
        asks,
        words,
    }))
}

/// Why the viewer's confirmation of an incident is not taken, as a key of the locale; `seconds`: the verification it is to
/// join as the second person's.
pub fn confirmation_fault(
    request: Option<&DeskRequestView>,
    seconds: Option<ReportName>,
) -> Option<&'static str> {
    let joined = request.filter(|request| {
        seconds.is_none_or(|verification| request.verification == verification.to_string())
    });
    match joined {
        None => seconds.map(|_| "report.second_gone"),
        Some(request) if request.waits && request.own => Some("report.second_same_person"),
        Some(request) if !request.waits && seconds.is_some() => Some("report.second_lapsed"),
        Some(request) if !request.two && seconds.is_some() => Some("report.second_unknown"),
        Some(_) => None,
    }
}

/// Why a record that takes something back is not taken from the viewer, as a key of the locale; `seconds`: the record it is to
/// join as the second person's, where that can be read, and whether it is to join one at all; `act`: what the record does. Who
/// asked for the same does not ask again as long as that waits.
pub fn take_back_fault(
    request: Option<&DeskRequestView>,
    (joins, seconds): (bool, Option<ReportName>),
    act: VerificationAct,
) -> Option<&'static str> {
    let named =
        |request: &&DeskRequestView| seconds.is_some_and(|record| request.verification == record.to_string());
    let same = |request: &DeskRequestView| matches!(&request.asks, Some(RequestedAct::Verify(asked, _)) if *asked == act);
    match request.filter(|request| if joins { named(request) } else { same(request) }) {
        None => joins.then_some("report.second_gone"),
        Some(request) if request.own && request.waits => Some("report.take_back_same_person"),
        Some(request) if joins && !request.waits => Some("report.take_back_lapsed"),
        Some(request) if joins && !request.two => Some("report.second_unknown"),
        Some(_) => None,
    }
}
