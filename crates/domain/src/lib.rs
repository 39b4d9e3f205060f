//! The words, the rules, the pipeline and the alert's transition function.
//!
//! Pure: no clock, no input or output, no randomness, no threads, no unordered iteration.
//! Everything that happens here is a function of its inputs, so a replay of the log gives
//! the same effects, bit for bit, as the live run did.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod alert;
pub mod assess;
pub mod assessor;
pub mod author;
pub mod board;
pub mod cell_memory;
pub mod chain;
pub mod condition;
pub mod decay;
pub mod desk_feed;
pub mod digest;
pub mod effect;
pub mod evidence;
pub mod feature;
pub mod forecast;
pub mod history;
pub mod kind;
pub mod number;
mod packed;
pub mod pipeline;
pub mod place;
pub mod policy;
pub mod report;
mod report_id;
pub mod scorer;
pub mod sender_clock;
pub mod service_clock;
mod shown_level;
pub mod silence;
pub mod spelling;
pub mod splitmix;
pub mod thresholds;
pub mod time;
pub mod wording;

pub use shown_level::{shown_level, shown_level_of_kinds};
