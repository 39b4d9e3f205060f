//! The way in for every record: authentication, quotas and the log that keeps it.
//!
//! `entrance` listens: connections, timeouts and memory, before it is known who asks.
//! `log_writer` is the one writer of the log; every way in ends there. `submit` checks and hands over the records of a
//! feed that shows its token, and those of the desk's forms; `http` is `POST /v1/reports`; `kafka` reads the feeds' own
//! topics and writes `reports`; `export` writes the log as it came, `backup` writes and reads the whole state, `log_backup` its part of the
//! log; `feed_registry` adds feeds and renews their tokens; `dead_letters`
//! shows what was refused and puts back what can be read by now; `archive_files` opens archives, `import` takes them, `take_back` takes them back;
//! `feed_gate` and `feed_queue` keep one feed from taking what is everybody's; `scenario_player` plays the demonstration;
//! `pull` asks agencies for what they publish;
//! `problem` is the one form of an error over HTTP.

pub mod archive_files;
pub mod backoff;
pub mod backup;
mod breaker;
pub mod dead_letters;
pub mod entrance;
pub mod export;
mod feed_gate;
mod feed_identity;
mod feed_queue;
pub mod feed_registry;
pub mod feed_twins;
#[cfg(test)]
mod fixture;
pub mod http;
pub mod import;
pub mod kafka;
pub mod log_backup;
mod log_writer;
pub mod problem;
pub mod pull;
mod rate_limit;
mod recent_ids;
mod report_id;
pub mod scenario_player;
mod submit;
pub mod take_back;

pub use feed_gate::BreakerLimits;
pub use feed_identity::FeedIdentity;
pub use log_writer::{
    LogDestination, LogWriter, LogWriterParts, PlayedRecord, as_decoded, clock_step, is_registry,
};
pub use rate_limit::Buckets;
pub use report_id::new_report_id;
pub use submit::{
    Intake, IntakeError, IntakeLimits, IntakeParts, KnownFrom, ReceiptClock, SubmitResult, TwinCounting,
};
