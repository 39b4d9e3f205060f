//! The desk through its router, over a real store: who may pass, what they see, what they may do.

mod acts;
mod door;
mod entry;
mod ledger;
mod pages;
mod style;
mod world;
