//! Formats in, and the intake they all pass: bytes become records, records become reports.
//!
//! `decode` is the hot path and reads no clock; `archive` reads files; `http` and `intake` are the door.

pub mod archive;
pub mod decode;
pub mod places;
pub mod taxonomy;
