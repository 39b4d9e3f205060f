//! The desk through its router, over a real store: who may pass, what they see, what they may do.

mod access;
mod acts;
mod api_snapshots;
mod chains;
mod corrections;
mod doubts;
mod effects;
mod entry;
mod guesses;
mod happening;
mod ledger;
mod levels;
mod messages;
mod pages;
mod paste;
mod remarks;
mod reporter;
mod reporter_phone;
mod second_link;
mod second_person;
mod sent_messages;
mod snapshots;
mod style;
mod unsent;
mod upload;
mod world;
