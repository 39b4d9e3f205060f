//! The pages: from view structs to markup. They read neither store nor clock.

pub mod alert;
pub mod alerts;
pub mod calls;
pub mod chains;
pub mod chart;
pub mod district;
pub mod entry;
pub mod feeds;
pub mod help;
pub mod ledger;
pub mod level;
pub mod login;
pub mod messages;
pub mod model;
pub mod notice;
pub mod overview;
pub mod paste;
pub mod pulls;
pub mod reasons;
pub mod report;
pub mod reporter;
pub mod reports;
pub mod second_link;
pub mod sent_messages;
pub mod shell;
pub mod upload;
