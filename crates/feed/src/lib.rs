//! Formats in, and the intake they all pass: bytes become records, records become reports.
//!
//! `decode` is the hot path and reads no clock; `archive` reads files; `http` and `intake` are the door.

pub mod archive;
pub mod decode;
pub mod envelope;
pub mod http;
pub mod intake;
pub mod kafka;
pub mod places;
pub mod problem;
pub mod schema;
pub mod screen;
pub mod taxonomy;

pub use intake::{FeedIdentity, Intake, IntakeError, IntakeLimits, IntakeParts, Known, SubmitResult};
