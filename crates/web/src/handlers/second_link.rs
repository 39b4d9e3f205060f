//! One-time links: a first press binds the link to the browser and shows what is asked, a second one answers it.
//!
//! Opening the address changes nothing and shows nothing of the request: messengers fetch links for their previews, and mail
//! scanners to look for malware.

use crate::account::known_device::KnownDevice;
use crate::account::{self, Throttle};
use crate::fault::Fault;
use crate::guard::{self, LINK_COOKIE, Person, cookie, link_cookie};
use crate::handlers::alerts::refusal_words;
use crate::pages::second_link as pages;
use crate::request::PageRequest;
use crate::submit::{self, Record, SeenReport, SubmitOutcome};
use axum::extract::{FromRequestParts, Path, RawForm};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use domain::alert::{ActRefusal, SecondAnswer};
use domain::author::StampedAuthor;
use domain::report::{ReportId, ReportName};
use intake::entrance::ClientAddress;
use std::convert::Infallible;
use std::time::Instant;
use store::{Actor, Change, token_hash};
use views::Lang;
use views::second_link::{
    self, LinkMatter, LinkRecord, LinkRefusal, OpenLink, RefusedLink, SECOND_LINK_PATH,
};
use views::second_person::RequestedAct;
use views::text_findings;

/// Longest reason somebody may give, in characters.
const LONGEST_REASON: usize = 500;

/// Where a request comes from, as the entrance found it; empty where nobody did.
pub struct VisitorAddress(pub(super) String);

impl<S: Sync> FromRequestParts<S> for VisitorAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<VisitorAddress, Infallible> {
        let address = parts.extensions.get::<ClientAddress>().map(|client| client.counted().to_string());
        Ok(VisitorAddress(address.unwrap_or_default()))
    }
}

/// One visit to a link.
pub struct Visit {
    request: PageRequest,
    token: String,
    headers: HeaderMap,
    from: VisitorAddress,
}

impl FromRequestParts<crate::state::WebState> for Visit {
    type Rejection = Response;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &crate::state::WebState,
    ) -> Result<Visit, Response> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        let Path(token) = path.map_err(IntoResponse::into_response)?;
        let Ok(request) = PageRequest::from_request_parts(parts, state).await;
        let Ok(from) = VisitorAddress::from_request_parts(parts, state).await;
        Ok(Visit { request, token, headers: parts.headers.clone(), from })
    }
}

pub async fn show(visit: Visit) -> Response {
    let shown = async {
        let link = visit.link().await?;
        Ok(pages::first(visit.frame(link.person.lang), &link.regency(&visit.request.state.sources))
            .into_response())
    };
    kept_private(shown.await)
}

/// The first press: the link is this browser's from now on.
pub async fn open(visit: Visit) -> Response {
    let opened = async {
        let link = visit.link().await?;
        if link.link.browser_hash.is_some() {
            visit.is_of_this_browser(&link)?;
            return Ok(visit.to_the_request().into_response());
        }
        let browser = account::token().map_err(|error| Fault::Internal(error.to_string()))?;
        let (own, hash) = (&visit.request.state, token_hash(&browser));
        if !own.sources.store.bind_second_link(&link.link.token_hash, &hash).await.map_err(Fault::from)? {
            return Err(refused(&link, LinkRefusal::Forwarded)); // another browser was faster
        }
        let bound = [(header::SET_COOKIE, link_cookie(&visit.token, &browser, own.secure_cookies))];
        Ok((bound, visit.to_the_request()).into_response())
    };
    kept_private(opened.await)
}

/// What is asked, for the browser that opened the link.
pub async fn ask(visit: Visit) -> Response {
    let asked = async {
        let link = visit.link().await?;
        visit.is_of_this_browser(&link)?;
        let view = link.view(&visit.request.state.sources, visit.request.now()).await.map_err(Fault::from)?;
        Ok(pages::request(&view, (&visit.token, visit.request.state.scenario), None).into_response())
    };
    kept_private(asked.await)
}

/// The second press: the answer, which spends the link.
pub async fn answer(visit: Visit, RawForm(body): RawForm) -> Response {
    let answered = async {
        let link = visit.link().await?;
        visit.is_of_this_browser(&link)?;
        let typed = submit::typed(&body);
        let first = |name: &str| typed.get(name).and_then(|values| values.first()).map_or("", String::as_str);
        let answer = SecondAnswer::parse(first("answer"));
        let answer = answer.ok_or(Fault::BadInput("refusal.unknown_verification"))?;
        let reason: String = first("reason").trim().chars().take(LONGEST_REASON).collect();
        let found = text_findings::in_reason(&reason, "alert.reason_screened", link.person.lang);
        let found = found.filter(|_| first("keep").is_empty());
        let screened = found.is_some();
        let view = link.view(&visit.request.state.sources, visit.request.now()).await.map_err(Fault::from)?;
        let has_changed = answer == SecondAnswer::Agreed && first("shown") != pages::shown_hash(&view);
        let not_taken = match (&link.asked, found) {
            _ if has_changed => Some(link.person.lang.text("second_link.changed_meanwhile").to_owned()),
            (_, Some(words)) => Some(words),
            (LinkMatter::Record(own), None) => {
                of_record(&visit.request, &link, own, (answer, &reason)).await?
            }
            (LinkMatter::End(_), None) => of_end(&visit.request, &link, (answer, &reason)).await?,
        };
        if let Some(words) = not_taken {
            let own = (visit.token.as_str(), visit.request.state.scenario);
            let refused = pages::RefusedAnswer { words: &words, reason: &reason, screened };
            let page = pages::request(&view, own, Some(&refused));
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
        let phone = link.person.duty_phone.as_deref();
        Ok(pages::answered(visit.frame(link.person.lang), (answer, link.ends()), phone).into_response())
    };
    kept_private(answered.await)
}

/// Answers what a record asks for; gives why it was not taken.
async fn of_record(
    request: &PageRequest,
    link: &OpenLink,
    own: &LinkRecord,
    (answer, reason): (SecondAnswer, &str),
) -> Result<Option<String>, LinkFault> {
    if answer == SecondAnswer::Agreed && own.asked.takes_back && reason.is_empty() {
        return Ok(Some(link.person.lang.text("alert.reason_missing").to_owned()));
    }
    if answer == SecondAnswer::Agreed
        && let Some(words) = agree(request, link, own, reason).await?
    {
        return Ok(Some(words));
    }
    let by = Actor { name: &link.person.key, reason, at: request.now() };
    let store = &request.state.sources.store;
    let first = store.answer_second_link(&link.link, (&own.asked.incident, answer), by).await;
    match first.map_err(Fault::from)? {
        true => Ok(None),
        // This browser it is bound to, and it was quicker with another answer.
        false => Err(refused(link, LinkRefusal::Spent)),
    }
}

/// Answers the request to end an alert; who agrees ends it. Gives why it was not taken.
async fn of_end(
    request: &PageRequest,
    link: &OpenLink,
    (answer, reason): (SecondAnswer, &str),
) -> Result<Option<String>, LinkFault> {
    let by = Actor { name: &link.person.key, reason, at: request.now() };
    let author = link.author();
    let done = request.state.sources.store.answer_end_link(&link.link, (answer, &author), by).await;
    match done.map_err(Fault::from)? {
        None => Err(refused(link, LinkRefusal::Settled)),
        Some(Err(ActRefusal::SamePerson { .. } | ActRefusal::PersonUnknown)) => {
            Err(refused(link, LinkRefusal::SamePerson))
        }
        Some(Err(refusal)) => Ok(Some(refusal_words(link.person.lang, &refusal))),
        Some(Ok(alert)) => {
            // Nobody listening is no failure.
            request.state.changes.notify(Change::Alert { id: alert.id, code: alert.code });
            Ok(None)
        }
    }
}

/// Records as the second person's what the request asks for, of the same reports. The record's number follows from the link, so
/// that a press repeated is one record. Gives why it was not taken.
async fn agree(
    request: &PageRequest,
    link: &OpenLink,
    own: &LinkRecord,
    reason: &str,
) -> Result<Option<String>, LinkFault> {
    let person = Person { viewer: link.viewer(), token_hash: link.link.token_hash };
    let request = PageRequest {
        state: request.state.clone(),
        person: Some(person),
        lang: link.person.lang,
        asked: None,
        path: String::from(SECOND_LINK_PATH),
        change_position: String::new(),
    };
    let code = own.asked.incident.place.code;
    let record = match (&own.asks, own.reports.first()) {
        (RequestedAct::Withdraw(_), Some(target)) => Record::withdrawal(&request, target, reason)?,
        (RequestedAct::Verify(act, _), _) => {
            let seen = SeenReport::asked(&own.reports, &own.asks);
            Record::verification(&request, code, *act, &seen, reason)?
        }
        (RequestedAct::Withdraw(_), None) => return Err(refused(link, LinkRefusal::OutOfReach)),
    };
    let number =
        link.link.token_hash.iter().take(16).fold(0u128, |number, byte| number << 8 | u128::from(*byte));
    match submit::send(&request, record.numbered(ReportId(number))).await? {
        SubmitOutcome::Rejected { detail, .. } => Ok(Some(detail)),
        SubmitOutcome::Accepted(_) => {
            let names: Vec<ReportName> = own.reports.iter().map(|report| report.report.name()).collect();
            // Who answers by a link has seen no risk.
            let by = (link.person.key.as_str(), false);
            let noted = request.state.sources.store.verifier_saw(&names, by, request.now()).await;
            noted.map_err(Fault::from)?;
            Ok(None)
        }
    }
}

/// Why a visit ends without what it came for.
enum LinkFault {
    Refused(Box<RefusedLink>),
    /// Too many links that nobody was sent came from this address; the wait in seconds.
    Braked(u64),
    Fault(Fault),
}

impl From<Fault> for LinkFault {
    fn from(fault: Fault) -> LinkFault {
        LinkFault::Fault(fault)
    }
}

fn refused(link: &OpenLink, why: LinkRefusal) -> LinkFault {
    LinkFault::Refused(Box::new(link.refused(why)))
}

impl Visit {
    fn frame(&self, lang: Lang) -> pages::LinkFrame {
        pages::LinkFrame { lang, scenario: self.request.state.scenario }
    }

    /// The link, where it still asks its person. A link that was sent to somebody is never braked: who guesses at the same
    /// address must not keep its person from answering, and nobody guesses 160 bits.
    async fn link(&self) -> Result<OpenLink, LinkFault> {
        let (state, from) = (&self.request.state, self.from.0.as_str());
        let asked = (self.token.as_str(), self.browser());
        let loaded = second_link::load(&state.sources, asked, self.request.now()).await;
        let link = match loaded.map_err(Fault::from)? {
            Ok(link) => link,
            Err(refusal) => {
                if refusal.why == LinkRefusal::Unknown {
                    braked(&state.login_brake.links, from)?;
                }
                let lang = refusal.lang.or(Some(self.request.lang));
                return Err(LinkFault::Refused(Box::new(RefusedLink { lang, ..refusal })));
            }
        };
        if let Some(why) = self.is_of_somebody_else(&link).await? {
            tracing::warn!(
                person = link.link.person,
                from,
                ?why,
                "one-time link refused: somebody else's browser"
            );
            return Err(refused(&link, why));
        }
        Ok(link)
    }

    /// Why it is not the link's person who sits here: somebody else is logged in, or who asked was here before. Asked before a link
    /// is bound, so that its person can still open it elsewhere. That a colleague was logged in here once is no reason: a device may
    /// be borrowed.
    async fn is_of_somebody_else(&self, link: &OpenLink) -> Result<Option<LinkRefusal>, LinkFault> {
        let asker = link.asker();
        let author = |account: &str, person: &str| StampedAuthor::of_desk(account, person).desk_author();
        let is_asker = |account: &str, person: &str| {
            asker.as_ref().is_some_and(|asker| author(account, person).is_same_person(asker))
        };
        if let Some(Person { viewer, .. }) = guard::person(&self.request.state, &self.headers).await? {
            if is_asker(&viewer.name, &viewer.person) {
                return Ok(Some(LinkRefusal::AskersBrowser));
            }
            let own = link.author();
            if !author(&viewer.name, &viewer.person).is_same_person(&own.desk_author()) {
                return Ok(Some(LinkRefusal::OthersBrowser));
            }
        }
        if asker.is_none() || !KnownDevice::is_any_claimed(&self.headers) {
            return Ok(None);
        }
        let users = self.request.state.sources.store.users().await.map_err(Fault::from)?;
        let mut own = users.iter().filter(|user| is_asker(&user.name, &user.person));
        let was_here =
            own.any(|user| KnownDevice::shown(&self.headers, &user.name, &user.password_hash).is_some());
        Ok(was_here.then_some(LinkRefusal::AskersBrowser))
    }

    /// Refuses where another browser was the first to open the link, or none was.
    fn is_of_this_browser(&self, link: &OpenLink) -> Result<(), LinkFault> {
        match (link.link.browser_hash, self.browser()) {
            (Some(own), Some(shown)) if own == shown => Ok(()),
            _ => Err(refused(link, LinkRefusal::Forwarded)),
        }
    }

    /// The hash of what a link was bound to in this browser.
    fn browser(&self) -> Option<[u8; 32]> {
        cookie(&self.headers, LINK_COOKIE).map(|browser| token_hash(&browser))
    }

    fn to_the_request(&self) -> Redirect {
        Redirect::to(&format!("{SECOND_LINK_PATH}/{}/permintaan", self.token))
    }
}

/// Counts a link that nobody was sent.
fn braked(throttle: &Throttle, from: &str) -> Result<(), LinkFault> {
    let now = Instant::now();
    match throttle.wait(from, now) {
        Some(wait) => Err(LinkFault::Braked(wait.as_secs() + 1)),
        None => {
            throttle.failed(from, now);
            Ok(())
        }
    }
}

/// The answer, or in words why there is none; kept by no cache. No page of the shell is made here: its links and scripts are
/// not for who came by a token.
fn kept_private(answer: Result<Response, LinkFault>) -> Response {
    let mut response = answer.unwrap_or_else(|fault| match fault {
        LinkFault::Refused(refused) => {
            let lang = refused.lang.unwrap_or_default();
            (status(refused.why), pages::refused(lang, &refused.words(lang), refused.duty_phone.as_deref()))
                .into_response()
        }
        LinkFault::Braked(seconds) => {
            let lang = Lang::default();
            let words = lang.count("login.too_many_tries", usize::try_from(seconds).unwrap_or(usize::MAX));
            let retry = [(header::RETRY_AFTER, seconds.to_string())];
            (StatusCode::TOO_MANY_REQUESTS, retry, pages::refused(lang, &words, None)).into_response()
        }
        LinkFault::Fault(fault) => {
            let (lang, status) = (Lang::default(), fault.logged());
            (status, pages::refused(lang, &fault.words(lang).1, None)).into_response()
        }
    });
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

const fn status(why: LinkRefusal) -> StatusCode {
    match why {
        LinkRefusal::Unknown => StatusCode::NOT_FOUND,
        LinkRefusal::Spent
        | LinkRefusal::SpentElsewhere
        | LinkRefusal::Lapsed
        | LinkRefusal::Settled
        | LinkRefusal::Contradicted
        | LinkRefusal::Cancelled
        | LinkRefusal::Replaced
        | LinkRefusal::Dropped => StatusCode::GONE,
        LinkRefusal::Forwarded
        | LinkRefusal::SamePerson
        | LinkRefusal::AskersBrowser
        | LinkRefusal::OthersBrowser
        | LinkRefusal::NotInRoster
        | LinkRefusal::OutOfReach => StatusCode::FORBIDDEN,
    }
}
