//! The way in for every record: authentication, quotas and the log that keeps it.
//!
//! `submit` checks and appends the records of a feed; `http` is `POST /v1/reports`; `kafka` reads the feeds' own topics
//! and writes `reports`; `problem` is the one form of an error over HTTP.

pub mod http;
pub mod kafka;
mod log_writer;
pub mod problem;
mod rate_limit;
mod recent_ids;
mod submit;

pub use log_writer::LogWriter;
pub use submit::{Clock, FeedIdentity, Intake, IntakeError, IntakeLimits, IntakeParts, Known, SubmitResult};
