//! Errors as RFC 9457 problems: `application/problem+json`, in Indonesian for the people behind a feed.

use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// The media type of a problem.
pub const PROBLEM: &str = "application/problem+json";

/// A request that was not done, and what its sender can do about it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    pub status: StatusCode,
    pub title: String,
    pub detail: String,
    /// Seconds after which trying again makes sense.
    pub retry_after: Option<u64>,
    /// How to say who asks, where that is missing (`WWW-Authenticate`).
    challenge: Option<&'static str>,
    /// What else a program can act on, by name.
    more: Map<String, Value>,
}

impl Problem {
    pub fn new(status: StatusCode, title: &str, detail: impl Into<String>) -> Problem {
        Problem {
            status,
            title: title.into(),
            detail: detail.into(),
            retry_after: None,
            challenge: None,
            more: Map::new(),
        }
    }

    pub fn retry_after(self, seconds: u64) -> Problem {
        Problem { retry_after: Some(seconds), ..self }
    }

    /// The same, naming the scheme by which to say who asks.
    pub fn challenge(self, scheme: &'static str) -> Problem {
        Problem { challenge: Some(scheme), ..self }
    }

    /// The same with one more member.
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Problem {
        self.more.insert(name.into(), value.into());
        self
    }
}

/// A problem (RFC 9457): what was not done, and what its sender can do about it. Some kinds have further members.
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemDocument<'a> {
    #[schema(examples("about:blank"))]
    r#type: &'a str,
    title: &'a str,
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// What to do, in Indonesian.
    detail: &'a str,
    #[serde(flatten)]
    #[schema(ignore)]
    more: &'a Map<String, Value>,
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = ProblemDocument {
            r#type: "about:blank",
            title: &self.title,
            status: self.status.as_u16(),
            detail: &self.detail,
            more: &self.more,
        };
        let mut response = (self.status, Json(body)).into_response();
        let mut put = |name: HeaderName, value: HeaderValue| response.headers_mut().insert(name, value);
        put(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM));
        if let Some(scheme) = self.challenge {
            put(header::WWW_AUTHENTICATE, HeaderValue::from_static(scheme));
        }
        if let Some(seconds) = self.retry_after {
            put(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
