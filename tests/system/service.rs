//! The service under kill -9, bad input and a full disk: what was answered 202 is there, once.

mod bad_input;
mod clocks;
mod crash;
mod demo;
mod full_disk;
mod nights;
mod proxy;
mod reviewed;
mod scenario;
mod shown_level;
pub mod site;
mod years;
