//! Logging in and out.

use crate::account;
use crate::fault::Fault;
use crate::guard::{COOKIE, Person, REPORTER_PATH, cookie, session_cookie};
use crate::handlers::unsent;
use crate::pages::login::{LoginView, UnsentForm, page};
use crate::request::PageRequest;
use axum::extract::{Form, Query};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use std::time::Instant;
use store::{User, token_hash};
use views::{Right, Viewer};

#[derive(Deserialize)]
pub struct LoginQuery {
    next: Option<String>,
}

struct LoginForm {
    name: String,
    password: String,
    next: String,
    /// The form that this login interrupted.
    unsent: Option<UnsentForm>,
}

impl LoginForm {
    fn read(fields: &[(String, String)]) -> Option<LoginForm> {
        let field = |own: &str| fields.iter().find(|(name, _)| name == own).map(|(_, value)| value.clone());
        Some(LoginForm {
            name: field("name")?,
            password: field("password")?,
            next: field("next").unwrap_or_default(),
            unsent: UnsentForm::of(fields),
        })
    }
}

pub async fn show(request: PageRequest, Query(query): Query<LoginQuery>) -> Response {
    let view = LoginView { next: own(query.next.as_deref().unwrap_or("/")), ..LoginView::default() };
    page(&request.outside(), &view).into_response()
}

pub async fn submit(
    request: PageRequest,
    headers: HeaderMap,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Fault> {
    let typed = LoginForm::read(&fields).ok_or(Fault::BadInput("refusal.unreadable"))?;
    let name = typed.name.trim().to_string();
    let throttle = &request.state.throttle;
    if let Some(wait) = throttle.wait(&name, Instant::now()) {
        let words = request.lang.count("login.too_many_tries", wait.as_secs() as usize + 1);
        let retry = [(header::RETRY_AFTER, (wait.as_secs() + 1).to_string())];
        return Ok((StatusCode::TOO_MANY_REQUESTS, retry, refused(&request, typed, words)).into_response());
    }
    let user = request.state.sources.store.user(&name).await?.filter(|user| user.enabled);
    let turn = throttle.turn().await;
    let verified = verified(user.as_ref(), &typed.password).await?;
    drop(turn);
    if !verified {
        throttle.failed(&name, Instant::now());
        tracing::warn!(account = ?name, "login refused");
        let words = request.lang.text("login.wrong").to_string();
        return Ok((StatusCode::UNAUTHORIZED, refused(&request, typed, words)).into_response());
    }
    throttle.succeeded(&name);
    if let Some(old) = cookie(&headers, COOKIE) {
        request.state.sources.store.close_session(&token_hash(&old)).await?;
    }
    let token = account::token().map_err(|error| Fault::Internal(error.to_string()))?;
    let now = account::wall();
    request
        .state
        .sources
        .store
        .open_session(&token_hash(&token), &name, now, now.plus(account::SESSION))
        .await?;
    let cookie = [(header::SET_COOKIE, session_cookie(&token, request.state.secure_cookies))];
    let after = match (typed.unsent, user) {
        (Some(form), Some(user)) => {
            let person = Person { viewer: Viewer::of_account(user), token_hash: token_hash(&token) };
            unsent::show(PageRequest { person: Some(person), ..request }, &form).await
        }
        (_, user) => Redirect::to(&begins(user, &typed.next)).into_response(),
    };
    Ok((cookie, after).into_response())
}

/// Hashing takes a while by design: it runs on a thread of its own, for unknown accounts too.
async fn verified(user: Option<&User>, password: &str) -> Result<bool, Fault> {
    let known = user.is_some();
    let hash = user.map_or_else(|| account::nobody().to_string(), |user| user.password_hash.clone());
    let password = password.to_string();
    let check = tokio::task::spawn_blocking(move || account::verify(&password, &hash));
    let same = check.await.map_err(|error| Fault::Internal(error.to_string()))?;
    Ok(known && same)
}

fn refused(request: &PageRequest, typed: LoginForm, words: String) -> maud::Markup {
    let LoginForm { name, unsent, .. } = typed;
    page(&request.outside(), &LoginView { name, next: own(&typed.next), problem: Some(words), unsent })
}

/// The login page after a logout: `desk.js` forgets what the reporter's page kept in the browser.
const LOGGED_OUT: &str = "/masuk?keluar=1";

pub async fn logout(request: PageRequest) -> Result<Response, Fault> {
    if let Some(person) = &request.person {
        request.state.sources.store.close_session(&person.token_hash).await?;
    }
    let secure = request.state.secure_cookies;
    let cookie = [(header::SET_COOKIE, session_cookie("", secure))];
    // On a shared phone nothing typed stays; browsers heed this behind HTTPS only, the page that follows clears it too.
    let mut answer = (cookie, Redirect::to(LOGGED_OUT)).into_response();
    if secure {
        answer.headers_mut().insert("clear-site-data", HeaderValue::from_static("\"storage\""));
    }
    Ok(answer)
}

/// Where a login leads: a reporter to the reporter's page.
fn begins(user: Option<User>, next: &str) -> String {
    match user.map(Viewer::of_account) {
        Some(viewer) if viewer.may(Right::ReportForFeed) => REPORTER_PATH.into(),
        _ => own(next),
    }
}

/// Only a path of ours may follow a login.
fn own(next: &str) -> String {
    let plain = next.starts_with('/') && !next.starts_with("//") && !next.contains(['\\', '\r', '\n']);
    if plain && !next.starts_with("/masuk") { next.to_string() } else { "/".to_string() }
}

#[cfg(test)]
mod tests {
    use super::own;

    #[test]
    fn a_login_leads_only_to_our_own_pages() {
        assert_eq!(own("/peringatan/16.13-2026-0001"), "/peringatan/16.13-2026-0001");
        for elsewhere in
            ["//evil.example", "https://evil.example", "/\\evil.example", "", "/masuk?next=/", "/a\r\nx: y"]
        {
            assert_eq!(own(elsewhere), "/", "{elsewhere:?}");
        }
    }
}
