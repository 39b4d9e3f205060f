//! One-time links: who has no password opens a reporter's account once, in one browser, for as long as the link holds.
//!
//! Opening the address changes nothing, as messengers fetch links for their previews. A press spends the link.

use crate::account;
use crate::fault::Fault;
use crate::guard::{REPORTER_PATH, lasting_cookie};
use crate::handlers::second_link::VisitorAddress;
use crate::pages::second_link as pages;
use crate::request::PageRequest;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use std::time::Instant;
use store::{Session, token_hash};
use views::{Right, Viewer};

pub async fn show(
    request: PageRequest,
    Path(token): Path<String>,
    from: VisitorAddress,
) -> Result<Response, Fault> {
    Ok(match session(&request, &token).await? {
        Some(_) => {
            let lang = request.lang;
            let frame = pages::LinkFrame { lang, scenario: request.state.scenario };
            pages::button(frame, (lang.text("reporter.link_opens"), None), lang.text("reporter.link_button"))
                .into_response()
        }
        None => refused(&request, &from),
    })
}

pub async fn open(
    request: PageRequest,
    Path(token): Path<String>,
    from: VisitorAddress,
) -> Result<Response, Fault> {
    let Some(link) = session(&request, &token).await? else { return Ok(refused(&request, &from)) };
    let store = &request.state.sources.store;
    if !store.close_session(&account::link_hash(&token)).await? {
        return Ok(refused(&request, &from)); // another browser was faster
    }
    let own = account::token().map_err(|error| Fault::Internal(error.to_string()))?;
    let (now, until) = (account::wall(), link.expires_at);
    store.open_session(&token_hash(&own), &link.user.name, now, until).await?;
    let cookie = lasting_cookie(&own, until.since(now), request.state.secure_cookies);
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to(REPORTER_PATH)).into_response())
}

/// What a link opens, where it was neither used nor revoked.
async fn session(request: &PageRequest, token: &str) -> Result<Option<Session>, Fault> {
    let session = request.state.sources.store.session(&account::link_hash(token), account::wall()).await?;
    let is_reporter = |session: &Session| Viewer::of_account(session.user.clone()).may(Right::ReportForFeed);
    Ok(session.filter(is_reporter))
}

/// A link that opens nothing: used, revoked, lapsed, or nobody's. Who tries many is braked.
fn refused(request: &PageRequest, VisitorAddress(from): &VisitorAddress) -> Response {
    let (lang, throttle, now) = (request.lang, &request.state.login_brake.links, Instant::now());
    if let Some(wait) = throttle.wait(from, now) {
        let seconds = wait.as_secs() + 1;
        let words = lang.count("login.too_many_tries", usize::try_from(seconds).unwrap_or(usize::MAX));
        let retry = [(header::RETRY_AFTER, seconds.to_string())];
        return (StatusCode::TOO_MANY_REQUESTS, retry, pages::refused(lang, &words, None)).into_response();
    }
    throttle.failed(from, now);
    (StatusCode::NOT_FOUND, pages::refused(lang, lang.text("reporter.link_gone"), None)).into_response()
}
