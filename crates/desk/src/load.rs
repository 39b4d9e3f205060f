//! From the store's rows to what pages show, with what this person may not see left out.

pub mod alerts;
pub mod behind;
pub mod district;
pub mod feeds;
pub mod picture;
pub mod reports;
pub mod trail;
