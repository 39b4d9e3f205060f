//! Whose fault an error is: what the caller has to mend ends with 2, everything else with 1; and errors in one line.

use intake::archive_files::OpenError;
use intake::backup::BackupError;
use intake::dead_letters::DeadLetterError;
use intake::feed_registry::{FeedError, PlaceError};
use intake::take_back::TakeBackError;
use std::fmt;
use web::account::AccountError;
use worker::calibration::CalibrationError;

/// Marks an error as the call's or the configuration's.
#[derive(Debug)]
pub struct UserError(anyhow::Error);

impl fmt::Display for UserError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&in_one_line(&self.0))
    }
}

impl std::error::Error for UserError {}

/// The call is wrong, in words.
pub fn new(words: impl fmt::Display) -> anyhow::Error {
    anyhow::Error::new(UserError(anyhow::Error::msg(words.to_string())))
}

pub trait OrUserError<T> {
    /// Whatever went wrong here, the caller can mend it.
    fn or_user_error(self) -> anyhow::Result<T>;
}

impl<T, E: Into<anyhow::Error>> OrUserError<T> for Result<T, E> {
    fn or_user_error(self) -> anyhow::Result<T> {
        self.map_err(|error| anyhow::Error::new(UserError(error.into())))
    }
}

/// 1: the world failed. 2: the call or the configuration is wrong.
pub fn exit_code(error: &anyhow::Error) -> u8 {
    let the_callers = error.chain().any(|cause| {
        cause.is::<UserError>()
            || cause.downcast_ref::<scoring::Error>().is_some_and(scoring::Error::is_call)
            || cause.downcast_ref::<BackupError>().is_some_and(BackupError::is_call)
            || cause.downcast_ref::<DeadLetterError>().is_some_and(DeadLetterError::is_call)
            || cause.downcast_ref::<FeedError>().is_some_and(FeedError::is_call)
            || cause.downcast_ref::<OpenError>().is_some_and(OpenError::is_call)
            || cause.downcast_ref::<TakeBackError>().is_some_and(TakeBackError::is_call)
            || cause.downcast_ref::<AccountError>().is_some_and(AccountError::is_call)
            || cause.is::<PlaceError>()
            || matches!(cause.downcast_ref(), Some(CalibrationError::NothingResolved))
    });
    if the_callers { 2 } else { 1 }
}

/// An error with its causes; what an error says of its own cause is not said again.
pub fn in_one_line(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain() {
        let cause = cause.to_string();
        let cause = cause.trim_end();
        if text.ends_with(cause) {
            continue;
        }
        if !text.is_empty() {
            text.push_str(": ");
        }
        text.push_str(cause);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::Context;

    #[derive(Debug, thiserror::Error)]
    #[error("reading 'x': {source}")]
    struct Quoting {
        source: std::io::Error,
    }

    #[test]
    fn a_cause_that_its_error_quotes_is_said_once() {
        let source = std::io::Error::new(std::io::ErrorKind::NotFound, "no such file");
        let error = anyhow::Error::new(Quoting { source }).context("taking in 'x'");
        assert_eq!(in_one_line(&error), "taking in 'x': reading 'x': no such file");
        assert_eq!(exit_code(&error), 1);
    }

    #[test]
    fn the_callers_fault_stays_the_callers_whatever_is_said_around_it() {
        let failed: anyhow::Result<()> = Err(new("'x' is no place"));
        let error = failed.context("adding an account").unwrap_err();
        assert_eq!(
            (in_one_line(&error).as_str(), exit_code(&error)),
            ("adding an account: 'x' is no place", 2)
        );
        let deep =
            std::fs::read("/nowhere/at/all").context("reading the places").or_user_error().unwrap_err();
        assert_eq!(exit_code(&deep), 2);
        assert!(in_one_line(&deep).starts_with("reading the places: No such file"), "{}", in_one_line(&deep));
    }
}
