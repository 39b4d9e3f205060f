//! One conditional request after another to one agency, at most one a second, within bounds of time and size.

use domain::time::{HOUR, SECOND, Time};
use formats::pulled::MOST_BYTES;
use reqwest::header::{DATE, ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode, Url};
use std::error::Error;
use std::net::IpAddr;
use std::sync::OnceLock;
use std::time::Duration;
use store::PullFailure;
use tokio::sync::Mutex;
use tokio::time::Instant;

/// From the beginning of a request to that of the next: sixty a minute is what BMKG allows.
const PACE: Duration = Duration::from_millis(1_010);
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// The longest wait on an agency's wish, microseconds.
pub const LONGEST_WAIT: i64 = 6 * HOUR;
/// How often an agency may send us on, on its own host.
const REDIRECTS: usize = 3;
/// Some pages of BMKG refuse clients that name themselves shortly.
const NAME: &str = concat!(
    "Mozilla/5.0 (compatible; Kentongan/",
    env!("CARGO_PKG_VERSION"),
    "; peringatan dini konflik sosial di kabupaten)"
);

/// What came.
#[derive(Debug)]
pub struct FetchedAnswer {
    /// `None` where nothing changed since (304).
    pub bytes: Option<Vec<u8>>,
    pub etag: String,
    pub modified: String,
    /// By the clock of the agency.
    pub sent_at: Option<Time>,
}

/// An HTTP client, made when it is first needed, and when the next request may begin.
pub struct Fetcher {
    client: OnceLock<Result<Client, String>>,
    next: Mutex<Option<Instant>>,
    pace: Duration,
}

impl Default for Fetcher {
    fn default() -> Fetcher {
        Fetcher { client: OnceLock::new(), next: Mutex::new(None), pace: PACE }
    }
}

impl Fetcher {
    /// Asks an address. `known`: `ETag` and `Last-Modified` of the last answer, where it had them.
    pub async fn get(&self, url: &str, known: Option<(&str, &str)>) -> Result<FetchedAnswer, PullFailure> {
        let client = self.client.get_or_init(|| build(url)).as_ref();
        let client = client.map_err(|error| PullFailure::Unreachable(error.clone()))?;
        let mut request = client.get(url);
        let (etag, modified) = known.unwrap_or_default();
        for (name, value) in [(IF_NONE_MATCH, etag), (IF_MODIFIED_SINCE, modified)] {
            if !value.is_empty() {
                request = request.header(name, value);
            }
        }
        self.keep_pace().await;
        let answer = request.send().await.map_err(failure)?;
        read(answer).await
    }

    async fn keep_pace(&self) {
        let mut next = self.next.lock().await;
        let at = beginning(*next, Instant::now());
        *next = Some(at + self.pace);
        tokio::time::sleep_until(at).await;
    }
}

/// When a request may begin that is wanted now; `next`: when the one before it lets another begin.
fn beginning(next: Option<Instant>, now: Instant) -> Instant {
    next.map_or(now, |next| next.max(now))
}

/// Where an agency may be asked: over TLS, or on this machine.
pub fn check_address(url: &str) -> Result<(), String> {
    let parsed = Url::parse(url).map_err(|error| format!("it is no address: {error}"))?;
    match parsed.scheme() {
        "https" => Ok(()),
        "http" if is_here(&parsed) => Ok(()),
        _ => Err("it must begin with https:// (http:// only on this machine)".to_owned()),
    }
}

/// Whether two addresses are of one host, so that no index sends us elsewhere.
pub fn same_host(one: &str, other: &str) -> bool {
    let origin = |url: &str| Url::parse(url).map(|url| url.origin());
    matches!((origin(one), origin(other)), (Ok(one), Ok(other)) if one == other)
}

fn is_here(url: &Url) -> bool {
    url.host_str().is_some_and(|host| {
        let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        host == "localhost" || address.is_ok_and(|address| address.is_loopback())
    })
}

fn build(url: &str) -> Result<Client, String> {
    // Refused when the binary has already installed one; either is fine.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let here = Url::parse(url).is_ok_and(|url| is_here(&url));
    let policy = Policy::custom(|attempt| {
        let first = attempt.previous().first().map(Url::origin);
        let own = first.is_some_and(|first| first == attempt.url().origin());
        if own && attempt.previous().len() <= REDIRECTS { attempt.follow() } else { attempt.stop() }
    });
    let base = || {
        let builder = Client::builder().timeout(PATIENCE).redirect(policy).user_agent(NAME);
        if here { builder.no_proxy() } else { builder }
    };
    base().build().map_err(|error| chain(&error))
}

async fn read(mut answer: Response) -> Result<FetchedAnswer, PullFailure> {
    let header = |name| {
        let value = answer.headers().get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    let (etag, modified, date, retry) =
        (header(ETAG), header(LAST_MODIFIED), header(DATE), header(RETRY_AFTER));
    let sent_at = http_date(&date);
    let status = answer.status();
    match status {
        StatusCode::NOT_MODIFIED => return Ok(FetchedAnswer { bytes: None, etag, modified, sent_at }),
        StatusCode::TOO_MANY_REQUESTS => {
            return Err(PullFailure::TooOften(wait(&retry, sent_at).to_string()));
        }
        _ if status.is_server_error() => return Err(PullFailure::ServerFailed(status.to_string())),
        _ if status != StatusCode::OK => return Err(PullFailure::Refused(status.to_string())),
        _ => {}
    }
    let too_large = || PullFailure::TooLarge((MOST_BYTES >> 20).to_string());
    if answer.content_length().is_some_and(|length| length > MOST_BYTES as u64) {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    while let Some(part) = answer.chunk().await.map_err(failure)? {
        if bytes.len() + part.len() > MOST_BYTES {
            return Err(too_large());
        }
        bytes.extend_from_slice(&part);
    }
    Ok(FetchedAnswer { bytes: Some(bytes), etag, modified, sent_at })
}

/// Seconds that `Retry-After` (RFC 9110, 10.2.3) asks for: a number, or a date beside that of the answer; a minute where it
/// says neither.
fn wait(text: &str, sent_at: Option<Time>) -> i64 {
    let until = || Some(http_date(text)?.since(sent_at?) / SECOND);
    text.trim().parse::<i64>().ok().or_else(until).unwrap_or(60).clamp(1, LONGEST_WAIT / SECOND)
}

fn http_date(text: &str) -> Option<Time> {
    Some(Time(jiff::fmt::rfc2822::parse(text.trim()).ok()?.timestamp().as_microsecond()))
}

/// What an error of the client means.
fn failure(error: reqwest::Error) -> PullFailure {
    if error.is_timeout() {
        return PullFailure::NoAnswer(PATIENCE.as_secs().to_string());
    }
    let (connects, breaks_off) = (error.is_connect(), error.is_body() || error.is_decode());
    meant(&chain(&error.without_url()), connects, breaks_off)
}

/// The same from its words.
fn meant(words: &str, connects: bool, breaks_off: bool) -> PullFailure {
    let lower = words.to_lowercase();
    if lower.contains("certificate") {
        let by_time = ["expired", "not valid yet", "notvalidyet", "not yet valid"];
        let of_time = by_time.iter().any(|word| lower.contains(word));
        let (words, name): (String, fn(String) -> PullFailure) =
            (words.to_owned(), if of_time { PullFailure::CertificateTime } else { PullFailure::Certificate });
        return name(words);
    }
    let incomplete = lower.contains("incomplete") || lower.contains("end of file") || lower.contains("eof");
    if breaks_off || incomplete && !connects {
        return PullFailure::CutOff(words.to_owned());
    }
    PullFailure::Unreachable(words.to_owned())
}

/// An error with its causes, in one line of some length.
fn chain(error: &dyn Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(own) = cause {
        let own_words = own.to_string();
        if !words.contains(&own_words) {
            words = format!("{words}: {own_words}");
        }
        cause = own.source();
    }
    words.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).take(300).collect()
}

#[cfg(test)]
impl Fetcher {
    /// For an agency on this machine that a test plays.
    pub fn unpaced() -> Fetcher {
        Fetcher { pace: Duration::ZERO, ..Fetcher::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_a_certificate_and_a_host_are_different_failures() {
        let of = |words: &str| meant(words, true, false).word();
        assert_eq!(of("client error (Connect): invalid peer certificate: UnknownIssuer"), "certificate");
        let early = "invalid peer certificate: certificate not valid yet: verification time 1 (UNIX)";
        assert_eq!(of(early), "certificate_time");
        assert_eq!(
            of("invalid peer certificate: certificate expired: verification time 9"),
            "certificate_time"
        );
        assert_eq!(of("client error (Connect): dns error: failed to lookup address"), "unreachable");
        assert_eq!(meant("error decoding response body", false, true).word(), "cut_off");
    }

    #[test]
    fn a_wait_is_seconds_or_a_date_and_never_longer_than_some_hours() {
        let sent = http_date("Thu, 24 Sep 2026 07:15:30 GMT");
        assert!(sent.is_some());
        assert_eq!(wait("120", None), 120);
        assert_eq!(wait("Thu, 24 Sep 2026 07:17:30 GMT", sent), 120);
        assert_eq!((wait("", sent), wait("-5", sent), wait("99999999", None)), (60, 1, 6 * 3_600));
    }

    #[test]
    fn only_tls_or_this_machine_is_asked_and_an_index_leads_to_no_other_host() {
        for good in ["https://a.example/x", "http://127.0.0.1:9/x", "http://[::1]:9/x", "http://localhost/x"]
        {
            assert_eq!(check_address(good), Ok(()), "{good}");
        }
        for wrong in ["http://a.example/x", "ftp://a.example/x", "a.example", ""] {
            assert!(check_address(wrong).is_err(), "{wrong}");
        }
        assert!(same_host("https://a.example/x", "https://a.example/y"));
        for other in
            ["https://b.example/y", "http://a.example/y", "https://a.example:8443/y", "file:///etc/x"]
        {
            assert!(!same_host("https://a.example/x", other), "{other}");
        }
    }

    #[test]
    fn no_more_than_sixty_requests_begin_in_a_minute() {
        let (now, pace) = (Instant::now(), Fetcher::default().pace);
        let mut next = None;
        let begins: Vec<Instant> = (0..61)
            .map(|_| {
                let at = beginning(next, now);
                next = Some(at + pace);
                at
            })
            .collect();
        assert!(begins[60].duration_since(begins[0]) > Duration::from_secs(60));
        let later = now + Duration::from_secs(3_600);
        assert_eq!(beginning(next, later), later, "who waited long enough waits no more");
    }
}
