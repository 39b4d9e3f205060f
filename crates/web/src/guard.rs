//! Access to every route: who asks, whether they may, whether a form came from our own pages; and the headers
//! every answer carries.

use crate::account;
use crate::api::is_for_programs;
use crate::asset;
use crate::fault::{Fault, answer};
use crate::handlers::unsent;
use crate::pages::login::UnsentForm;
use crate::pages::notice;
use crate::pages::shell::Frame;
use crate::state::WebState;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use domain::evidence::second_person::SECOND_WITHIN;
use intake::problem::Problem;
use store::token_hash;
use views::second_link::SECOND_LINK_PATH;
use views::{Lang, Right, Viewer};

/// A form is small; a report is at most 64 KiB, its form a little more. Bytes.
pub const LARGEST_FORM: usize = 128 * 1024;

/// Where a reporter's account begins.
pub const REPORTER_PATH: &str = "/lapor";

/// Where the one-time links of reporters lie.
pub const REPORTER_LINK_PATH: &str = "/lapor/tautan";

/// Name of the session's cookie.
pub const COOKIE: &str = "kentongan";

/// Who may pass.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Access {
    /// Anybody.
    Open,
    /// Who holds a one-time link: the handler asks its token, and the browser that it is bound to.
    Link,
    /// Anybody logged in.
    Account,
    /// Anybody logged in who may look at the pages: not a reporter.
    Person,
    With(Right),
}

/// A request's person, kept beside it.
#[derive(Clone, Debug)]
pub struct Person {
    pub viewer: Viewer,
    pub token_hash: [u8; 32],
}

/// Lets a request through to its handler or answers it.
pub async fn require_access(
    State((state, access)): State<(WebState, Access)>,
    mut request: Request,
    next: Next,
) -> Response {
    let program = is_for_programs(request.uri().path());
    if changes(request.method()) && !is_own_form(access, request.headers(), &state.public_url) {
        return answer(Fault::BadInput("refusal.foreign_form"), program);
    }
    let needs_login = !matches!(access, Access::Open | Access::Link);
    if needs_login {
        let person = match person(&state, request.headers()).await {
            Ok(Some(person)) => person,
            Ok(None) => return ask_to_log_in(&state, request, program).await,
            Err(fault) => return answer(fault, program),
        };
        let needed = match access {
            Access::With(right) => Some(right),
            Access::Person => Some(Right::Look),
            Access::Open | Access::Link | Access::Account => None,
        };
        if needed.is_some_and(|right| !person.viewer.may(right)) {
            return refused(&person, request.uri().path(), program);
        }
        request.extensions_mut().insert(person);
    }
    let person = request.extensions().get::<Person>().cloned();
    let mut response = next.run(request).await;
    if let Some(person) = person.filter(|_| response.extensions().get::<Fault>().is_some()) {
        response.extensions_mut().insert(person);
    }
    if access != Access::Open {
        // What a person may see is theirs alone and may have changed when they come back.
        response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
    response
}

/// Nobody is refused the page that an account begins with.
fn refused(person: &Person, path: &str, program: bool) -> Response {
    if path == "/" && person.viewer.may(Right::ReportForFeed) {
        return Redirect::to(REPORTER_PATH).into_response();
    }
    let mut response = answer(Fault::Forbidden, program);
    response.extensions_mut().insert(person.clone());
    response
}

/// Sends to the login page. What a person typed into a form comes with them: the page keeps it.
async fn ask_to_log_in(state: &WebState, request: Request, program: bool) -> Response {
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str()).to_string();
    if program || !changes(request.method()) {
        return answer(Fault::Login { next: path }, program);
    }
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if kind.is_some_and(|kind| kind.starts_with("multipart/")) {
        // A file is chosen again.
        return answer(Fault::Login { next: path }, program);
    }
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, LARGEST_FORM).await else {
        return answer(Fault::BadInput("refusal.too_large"), program);
    };
    let fields: Vec<(String, String)> = form_urlencoded::parse(&body).into_owned().collect();
    match fields.is_empty() {
        true => answer(Fault::Login { next: "/".into() }, program),
        false => unsent::ask_to_log_in(state, parts, UnsentForm { path, fields }).await,
    }
}

/// The person behind a session cookie.
pub async fn person(state: &WebState, headers: &HeaderMap) -> Result<Option<Person>, Fault> {
    let Some(token) = cookie(headers, COOKIE) else { return Ok(None) };
    let token_hash = token_hash(&token);
    let session = state.sources.store.session(&token_hash, account::wall()).await?;
    Ok(session.map(|session| Person { viewer: Viewer::of_account(session.user), token_hash }))
}

fn changes(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Whether a changing request came from our own pages. A page behind a one-time link sends no referrer, so that browsers of
/// old, and all without TLS, say `Origin: null` there; what another site cannot know is the token in the address.
fn is_own_form(access: Access, headers: &HeaderMap, public_url: &str) -> bool {
    let nameless =
        || !headers.contains_key("sec-fetch-site") && headers.get("origin").is_some_and(|own| own == "null");
    own_origin(headers, public_url) || access == Access::Link && nameless()
}

/// Whether a changing request came from our own pages. Browsers say so by `Sec-Fetch-Site`; older ones, and all without TLS,
/// by `Origin`: the host that was asked, or `public_url`, where a proxy asks by another name. A program that sends neither
/// carries no browser's cookies by accident.
fn own_origin(headers: &HeaderMap, public_url: &str) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    let Some(origin) = text("origin") else { return !headers.contains_key("origin") };
    let asked = origin.split_once("://").is_some_and(|(_, own)| text("host") == Some(own));
    asked || same_origin(origin, public_url)
}

/// Whether two addresses have one scheme, host and port.
fn same_origin(one: &str, other: &str) -> bool {
    let origin = |text: &str| {
        let uri: Uri = text.parse().ok()?;
        let usual = if uri.scheme_str() == Some("https") { 443 } else { 80 };
        let host = uri.host()?.to_ascii_lowercase();
        Some((uri.scheme_str()?.to_string(), host, uri.port_u16().unwrap_or(usual)))
    };
    origin(one).is_some_and(|one| origin(other) == Some(one))
}

/// A cookie's value.
pub fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let all = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut pairs = all.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(own, _)| *own == name).map(|(_, value)| value.to_string())
}

/// The `Set-Cookie` of a session, or of its end where `token` is empty.
pub fn session_cookie(token: &str, secure: bool) -> String {
    lasting_cookie(token, if token.is_empty() { 0 } else { account::SESSION }, secure)
}

/// The `Set-Cookie` of a session that holds for so many microseconds.
pub fn lasting_cookie(token: &str, holds: i64, secure: bool) -> String {
    let age = holds / domain::time::SECOND;
    let secure = if secure { "; Secure" } else { "" };
    format!("{COOKIE}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={age}{secure}")
}

/// Name of the cookie of the browser that a one-time link was first opened in. Its path is the link's own.
pub const LINK_COOKIE: &str = "kentongan-tautan";

/// The `Set-Cookie` that binds a one-time link to a browser for as long as the request behind it can be answered.
pub fn link_cookie(token: &str, browser: &str, secure: bool) -> String {
    let (age, secure) = (SECOND_WITHIN / domain::time::SECOND, if secure { "; Secure" } else { "" });
    format!(
        "{LINK_COOKIE}={browser}; Path={SECOND_LINK_PATH}/{token}; HttpOnly; SameSite=Strict; Max-Age={age}{secure}"
    )
}

/// Who we do not know is asked to log in on the page that gives the cookie.
const CHALLENGE: &str = r#"Cookie form-action="/masuk", cookie-name="kentongan""#;
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Makes pages of faults, adds the headers every answer carries, and remembers a language or regency asked for.
pub async fn finish_response(State(state): State<WebState>, request: Request, next: Next) -> Response {
    let asked = Asked::of(&request, &state);
    let mut response = next.run(request).await;
    if let Some(fault) = response.extensions_mut().remove::<Fault>() {
        let person = response.extensions_mut().remove::<Person>();
        response = asked.page(response.status(), &fault, person);
    } else if response.status().is_client_error() && is_plain(&response) {
        response = asked.plain(response.status());
    }
    let unknown = response.status() == StatusCode::UNAUTHORIZED;
    let headers = response.headers_mut();
    if unknown {
        headers.entry(header::WWW_AUTHENTICATE).or_insert(HeaderValue::from_static(CHALLENGE));
    }
    for (name, value) in [
        ("content-security-policy", POLICY),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", if asked.by_link { "no-referrer" } else { "same-origin" }),
        ("x-frame-options", "DENY"),
        ("cross-origin-opener-policy", "same-origin"),
        ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    for cookie in asked.cookies {
        headers.append(header::SET_COOKIE, cookie);
    }
    response
}

/// The framework's own refusals (an unreadable query, a body too large) come as plain text.
fn is_plain(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.is_none_or(|kind| kind.starts_with("text/plain"))
}

/// What of a request is needed after it is gone.
struct Asked {
    lang: Lang,
    scenario: bool,
    program: bool,
    /// Its address holds the token of a one-time link.
    by_link: bool,
    /// It asked for the reporter's page or sent a form of it.
    of_reporter: bool,
    cookies: Vec<HeaderValue>,
}

impl Asked {
    fn of(request: &Request, state: &WebState) -> Asked {
        let query = request.uri().query().unwrap_or("");
        let pairs: Vec<(&str, &str)> = query.split('&').filter_map(|pair| pair.split_once('=')).collect();
        let known = |(key, value): &&(&str, &str)| match *key {
            "lang" => Lang::parse(value).is_some(),
            "wilayah" => domain::place::Code::parse(value).is_some(),
            _ => false,
        };
        let kept = |(key, value): &(&str, &str)| {
            HeaderValue::from_str(&format!("{key}={value}; Path=/; SameSite=Lax; Max-Age=31536000")).ok()
        };
        let lang = pairs.iter().find(|(key, _)| *key == "lang").and_then(|(_, value)| Lang::parse(value));
        let remembered = || cookie(request.headers(), "lang").and_then(|word| Lang::parse(&word));
        Asked {
            lang: lang.or_else(remembered).unwrap_or_default(),
            scenario: state.scenario,
            program: is_for_programs(request.uri().path()),
            by_link: [SECOND_LINK_PATH, REPORTER_LINK_PATH]
                .iter()
                .any(|path| request.uri().path().starts_with(path)),
            of_reporter: request.uri().path().starts_with(REPORTER_PATH)
                && !request.uri().path().starts_with("/laporan"),
            cookies: pairs.iter().filter(known).filter_map(kept).collect(),
        }
    }

    fn page(&self, status: StatusCode, fault: &Fault, person: Option<Person>) -> Response {
        let (title, words) = fault.words(self.lang);
        let frame = Frame {
            lang: self.lang,
            viewer: person.map(|person| person.viewer),
            head: None,
            scenario: self.scenario,
            path: "/".into(),
            release: asset::release(),
            change_position: String::new(),
        };
        let back = match frame.may(Right::ReportForFeed) {
            // Who may not see the page that the account begins with needs another account.
            true if self.of_reporter && status == StatusCode::FORBIDDEN => {
                ("/masuk", self.lang.text("login.log_in"))
            }
            true => (REPORTER_PATH, self.lang.text("reporter.to_the_page")),
            false => ("/", self.lang.text("refusal.to_the_overview")),
        };
        (status, notice::page(&frame, &title, &words, back)).into_response()
    }

    fn plain(&self, status: StatusCode) -> Response {
        let fault = Fault::BadInput(match status {
            StatusCode::PAYLOAD_TOO_LARGE => "refusal.too_large",
            StatusCode::METHOD_NOT_ALLOWED => "refusal.wrong_method",
            _ => "refusal.unreadable",
        });
        if self.program {
            let (title, detail) = fault.words(self.lang);
            return Problem::new(status, &title, detail).into_response();
        }
        self.page(status, &fault, None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (header::HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect()
    }

    fn own(headers: &HeaderMap) -> bool {
        own_origin(headers, "https://Kentongan.kab.go.id/pantau")
    }

    #[test]
    fn a_form_from_elsewhere_is_refused() {
        assert!(own(&of(&[("sec-fetch-site", "same-origin")])));
        assert!(!own(&of(&[("sec-fetch-site", "cross-site")])));
        assert!(!own(&of(&[("sec-fetch-site", "same-site")])));
        assert!(own(&of(&[("origin", "http://127.0.0.1:8080"), ("host", "127.0.0.1:8080")])));
        assert!(!own(&of(&[("origin", "http://evil.example"), ("host", "127.0.0.1:8080")])));
        assert!(!own(&of(&[("origin", "null"), ("host", "127.0.0.1:8080")])));
        assert!(own(&of(&[("host", "127.0.0.1:8080")])));
        let behind_a_proxy = |origin| own(&of(&[("origin", origin), ("host", "127.0.0.1:8080")]));
        assert!(behind_a_proxy("https://kentongan.kab.go.id"), "the name people reach it by");
        for other in ["http://kentongan.kab.go.id", "https://kab.go.id", "https://kentongan.kab.go.id:8443"] {
            assert!(!behind_a_proxy(other), "{other}");
        }
    }

    #[test]
    fn the_session_cookie_is_closed_to_script_and_other_sites() {
        let cookie = session_cookie("abc", true);
        for part in ["kentongan=abc", "HttpOnly", "SameSite=Lax", "Secure", "Path=/"] {
            assert!(cookie.contains(part), "{part}");
        }
        assert!(session_cookie("", false).contains("Max-Age=0"));
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        let headers = of(&[("cookie", "lang=en; kentongan=abc; x=y")]);
        assert_eq!(super::cookie(&headers, "kentongan").as_deref(), Some("abc"));
        assert_eq!(super::cookie(&headers, "kent"), None);
    }
}
