//! The desk through its router, over a real store: who may pass, what they see, what they may do.

mod access;
mod acts;
mod entry;
mod ledger;
mod pages;
mod style;
mod world;
