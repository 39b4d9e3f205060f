//! The handlers: a request becomes a view, a view becomes a page.

pub mod added_lists;
pub mod alerts;
pub mod correction;
pub mod entry;
pub mod form;
pub mod ledger;
pub mod login;
pub mod messages;
pub mod pages;
pub mod paste;
pub mod reporter;
pub mod reporter_list;
pub mod reports;
pub mod second_link;
pub mod unsent;
pub mod upload;
