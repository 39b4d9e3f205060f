//! Logging in and out.

use crate::account;
use crate::account::known_device::{self, KnownDevice};
use crate::account::login_brake::{LoginBrake, LoginTry, Turn};
use crate::account::unseen_queue::UnseenPlace;
use crate::fault::Fault;
use crate::guard::{COOKIE, Person, REPORTER_PATH, cookie, session_cookie};
use crate::handlers::second_link::VisitorAddress;
use crate::handlers::unsent;
use crate::pages::login::{LoginView, UnsentForm, page};
use crate::request::PageRequest;
use crate::submit;
use axum::extract::{Form, Query, RawForm};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use intake::entrance::EntranceRefusal;
use serde::Deserialize;
use std::time::Instant;
use store::{User, token_hash};
use views::{Right, Viewer};

#[derive(Deserialize)]
pub struct LoginQuery {
    next: Option<String>,
}

/// After how long somebody tries again where too many log in at once.
const CROWD_SECONDS: u64 = 3;

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
    from: VisitorAddress,
    headers: HeaderMap,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Fault> {
    let mut typed = LoginForm::read(&fields).ok_or(Fault::BadInput("refusal.unreadable"))?;
    let name = LoginBrake::cut(&typed.name);
    typed.name.clone_from(&name);
    let (store, brake) = (&request.state.sources.store, &request.state.login_brake);
    // Looked up before the brake only for who brings something to look at.
    let claimed = KnownDevice::is_claimed(&headers, &name);
    let claimant = if claimed { enabled(store.user(&name).await?) } else { None };
    let device = claimant.and_then(|user| KnownDevice::shown(&headers, &name, &user.password_hash));
    let tried = LoginTry { name: &name, address: &from.0, device };
    let began = Instant::now();
    if let Err(wait) = brake.begin(&tried, began) {
        return look_and_send_away(request, &headers, typed, &tried, (began, wait.as_secs() + 1)).await;
    }
    let user = enabled(store.user(&name).await?);
    let Some(turn) = brake.turn(&tried).await else {
        brake.take_back(&tried);
        return look_and_send_away(request, &headers, typed, &tried, (began, CROWD_SECONDS)).await;
    };
    let verified = verified(user.as_ref(), &typed.password, turn).await?;
    let Some(user) = user.filter(|_| verified) else {
        tracing::warn!(account = ?name, from = from.0, "login refused");
        let words = request.lang.text("login.wrong").to_string();
        return Ok((StatusCode::UNAUTHORIZED, refused(&request, typed, words)).into_response());
    };
    brake.succeeded(&tried);
    log_in(request, &headers, typed, user).await
}

/// Sends a try away that came at an instant, for so many seconds; unless its password is right, and the account not under attack.
async fn look_and_send_away(
    request: PageRequest,
    headers: &HeaderMap,
    typed: LoginForm,
    tried: &LoginTry<'_>,
    (began, seconds): (Instant, u64),
) -> Result<Response, Fault> {
    let Some(place) = request.state.login_brake.unseen_place(tried, began) else {
        return Ok(wait_first(&request, typed, seconds));
    };
    match look_unseen(&request, &typed, tried, place).await? {
        Some(user) => log_in(request, headers, typed, user).await,
        None => Ok(sent_away(&request, typed)),
    }
}

/// Whose password it is of a try that the brake sent away. Whatever else became of it is answered at the same moment: that there
/// is no such account, that its password is another, that the reserve has no room.
async fn look_unseen(
    request: &PageRequest,
    typed: &LoginForm,
    tried: &LoginTry<'_>,
    mut place: UnseenPlace,
) -> Result<Option<User>, Fault> {
    let (store, brake) = (&request.state.sources.store, &request.state.login_brake);
    let looked = async {
        let lookup = brake.lookup().await;
        let user = enabled(store.user(tried.name).await?);
        drop(lookup);
        let Some(user) = user else { return Ok(None) };
        let Some(mut reserved) = brake.reserve(tried, Instant::now()) else { return Ok(None) };
        let Some(turn) = brake.turn_of_reserve().await else { return Ok(None) };
        reserved.is_looked_at();
        if !verified(Some(&user), &typed.password, turn).await? {
            tracing::warn!(account = ?tried.name, from = tried.address, "login refused");
            return Ok(None);
        }
        reserved.was_right();
        Ok(Some(user))
    };
    let earliest = tokio::time::Instant::from_std(place.earliest());
    let answered = place.answered();
    tokio::pin!(answered);
    tokio::select! {
        biased;
        found = looked => match found {
            Ok(Some(user)) => {
                tokio::time::sleep_until(earliest).await;
                Ok(Some(user))
            }
            other => {
                answered.await;
                other
            }
        },
        () = &mut answered => Ok(None),
    }
}

/// The password was right: opens a session, and remembers the device.
async fn log_in(
    request: PageRequest,
    headers: &HeaderMap,
    typed: LoginForm,
    user: User,
) -> Result<Response, Fault> {
    let store = &request.state.sources.store;
    if let Some(old) = cookie(headers, COOKIE) {
        store.close_session(&token_hash(&old)).await?;
    }
    let token = account::token().map_err(|error| Fault::Internal(error.to_string()))?;
    let now = account::wall();
    store.open_session(&token_hash(&token), &typed.name, now, now.plus(account::SESSION)).await?;
    let salt = account::token().map_err(|error| Fault::Internal(error.to_string()))?;
    let device = KnownDevice::issue(&typed.name, &user.password_hash, &salt[..16], known_device::today());
    let secure = request.state.secure_cookies;
    let [at_login, at_links] = device.set_cookies(&typed.name, secure);
    let cookies = AppendHeaders(
        [session_cookie(&token, secure), at_login, at_links].map(|cookie| (header::SET_COOKIE, cookie)),
    );
    let after = match typed.unsent {
        Some(form) => {
            let person = Person { viewer: Viewer::of_account(user), token_hash: token_hash(&token) };
            unsent::show(PageRequest { person: Some(person), ..request }, &form).await
        }
        None => Redirect::to(&begins(user, &typed.next)).into_response(),
    };
    Ok((cookies, after).into_response())
}

fn enabled(user: Option<User>) -> Option<User> {
    user.filter(|user| user.enabled)
}

/// Too many tries, or too many people at once: says after how long to try again.
fn wait_first(request: &PageRequest, typed: LoginForm, seconds: u64) -> Response {
    let words = request.lang.count("login.too_many_tries", seconds as usize);
    too_many(request, typed, seconds, words)
}

/// Too many tries of others or people at once, or a wrong password among them: which of these, and whether there is such an account, is not revealed.
fn sent_away(request: &PageRequest, typed: LoginForm) -> Response {
    let words = request.lang.text("login.check_first").to_string();
    // A right password is taken after a second, whatever others tried, while the reserve has room.
    too_many(request, typed, CROWD_SECONDS, words)
}

fn too_many(request: &PageRequest, typed: LoginForm, seconds: u64, words: String) -> Response {
    request.state.refusals.count(EntranceRefusal::Login);
    let retry = [(header::RETRY_AFTER, seconds.to_string())];
    (StatusCode::TOO_MANY_REQUESTS, retry, refused(request, typed, words)).into_response()
}

/// Hashing takes a while by design: it runs on a thread of its own, for unknown accounts too, and keeps its turn to its end,
/// whether somebody still waits for it or not.
async fn verified(user: Option<&User>, password: &str, turn: Turn) -> Result<bool, Fault> {
    let known = user.is_some();
    let hash = user.map_or_else(|| account::nobody().to_string(), |user| user.password_hash.clone());
    let password = password.to_string();
    let check = tokio::task::spawn_blocking(move || {
        let same = account::verify(&password, &hash);
        turn.end();
        same
    });
    let same = check.await.map_err(|error| Fault::Internal(error.to_string()))?;
    Ok(known && same)
}

fn refused(request: &PageRequest, typed: LoginForm, words: String) -> maud::Markup {
    let LoginForm { name, unsent, .. } = typed;
    page(&request.outside(), &LoginView { name, next: own(&typed.next), problem: Some(words), unsent })
}

/// The login page after a logout: `desk.js` forgets what this browser kept of forms; in the second what the account that left typed,
/// and another account's stays for that account.
const LOGGED_OUT: &str = "/masuk?keluar=1";
const LEFT_ALONE: &str = "/masuk?keluar=sendiri";

pub async fn logout(request: PageRequest, RawForm(body): RawForm) -> Result<Response, Fault> {
    if let Some(person) = &request.person {
        request.state.sources.store.close_session(&person.token_hash).await?;
    }
    let secure = request.state.secure_cookies;
    let cookie = [(header::SET_COOKIE, session_cookie("", secure))];
    // On a shared phone nothing typed stays; browsers heed this behind HTTPS only, the page that follows clears it too.
    let keeps_others = submit::typed(&body).contains_key("keep");
    let page = if keeps_others { LEFT_ALONE } else { LOGGED_OUT };
    let mut answer = (cookie, Redirect::to(page)).into_response();
    if secure && !keeps_others {
        answer.headers_mut().insert("clear-site-data", HeaderValue::from_static("\"storage\""));
    }
    Ok(answer)
}

/// Where a login leads: a reporter to the reporter's page.
fn begins(user: User, next: &str) -> String {
    match Viewer::of_account(user).may(Right::ReportForFeed) {
        true => REPORTER_PATH.into(),
        false => own(next),
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
