//! What a handler may end with besides its page: sent elsewhere, not found, not allowed, refused, or the store failed.

use axum::Extension;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use intake::IntakeError;
use intake::problem::Problem;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use store::{Retry, StoreError};
use views::{Lang, ViewError};

#[derive(Clone, Debug)]
pub enum Fault {
    NotFound,
    /// Logged in, but this role or area may not.
    Forbidden,
    /// What was asked for makes no sense; in words for the person or program.
    Bad(String),
    /// The same, by the key of its words.
    BadInput(&'static str),
    /// A login is needed first.
    Login {
        next: String,
    },
    Store(StoreError),
    /// Too much at once; the same again in a moment may do.
    Busy,
    Internal(String),
}

impl From<IntakeError> for Fault {
    fn from(error: IntakeError) -> Fault {
        match error {
            IntakeError::Store(error) | IntakeError::Rest { source: error, .. } => Fault::Store(error),
            IntakeError::Busy
            | IntakeError::TooFast { .. }
            | IntakeError::TooMuch { .. }
            | IntakeError::Paused { .. } => Fault::Busy,
        }
    }
}

impl From<ViewError> for Fault {
    fn from(error: ViewError) -> Fault {
        match error {
            ViewError::NotFound => Fault::NotFound,
            ViewError::Forbidden => Fault::Forbidden,
            ViewError::Store(error) => Fault::Store(error),
        }
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Fault {
        Fault::Store(error)
    }
}

impl Fault {
    fn status(&self) -> StatusCode {
        match self {
            Fault::NotFound => StatusCode::NOT_FOUND,
            Fault::Forbidden => StatusCode::FORBIDDEN,
            Fault::Bad(_) | Fault::BadInput(_) => StatusCode::BAD_REQUEST,
            Fault::Login { .. } => StatusCode::UNAUTHORIZED,
            Fault::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Fault::Store(error) if error.retry() != Retry::Never => StatusCode::SERVICE_UNAVAILABLE,
            Fault::Store(_) | Fault::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Its status, once it is logged for the operator.
    pub fn logged(&self) -> StatusCode {
        self.log();
        self.status()
    }

    /// Title and what to do.
    pub fn words(&self, lang: Lang) -> (String, String) {
        let text = |key| lang.text(key).to_string();
        match self {
            Fault::NotFound => (text("refusal.not_found"), text("refusal.no_such_page")),
            Fault::Forbidden => (text("refusal.forbidden"), text("refusal.no_right")),
            Fault::Bad(words) => (text("refusal.bad_request"), words.clone()),
            Fault::BadInput(key) => (text("refusal.bad_request"), text(key)),
            Fault::Login { .. } => (text("refusal.log_in_first"), text("refusal.needs_an_account")),
            Fault::Busy | Fault::Store(_) | Fault::Internal(_) => {
                (text("refusal.something_is_wrong"), text("refusal.cannot_read"))
            }
        }
    }

    /// One line for the operator; people get words without the inside.
    fn log(&self) {
        match self {
            Fault::Store(error) => tracing::error!(%error, "answering a page: reading the store"),
            Fault::Internal(error) => tracing::error!(error, "answering a page"),
            _ => {}
        }
    }

    /// The same for programs.
    pub fn problem(&self) -> Problem {
        self.log();
        let (title, detail) = self.words(Lang::Id);
        Problem::new(self.status(), &title, detail)
    }
}

/// Pages answer with the bare status and the fault beside it; `guard::finish_response` makes the page, as only there are
/// language, person and scenario known whatever went wrong.
impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        if let Fault::Login { next } = &self {
            return Redirect::to(&format!("/masuk?next={}", encode(next))).into_response();
        }
        self.log();
        (self.status(), Extension(self)).into_response()
    }
}

/// Percent-encodes what may not stand in a query value.
pub fn encode(text: &str) -> String {
    const ESCAPED: &AsciiSet =
        &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'/');
    utf8_percent_encode(text, ESCAPED).to_string()
}

/// Answers programs with problems and people with pages.
pub fn answer(fault: Fault, program: bool) -> Response {
    if program { fault.problem().into_response() } else { fault.into_response() }
}

#[cfg(test)]
mod tests {
    use super::encode;

    #[test]
    fn what_may_not_stand_in_a_query_value_is_escaped() {
        assert_eq!(encode("/laporan?q=a b&c=é+-_.~"), "/laporan%3Fq%3Da%20b%26c%3D%C3%A9%2B-_.~");
    }
}
