//! The outside of the binary, over loopback: who may see what.

mod calls;
mod earlier_builds;
mod event_cases;
mod hindcast;
mod identities;
mod imports;
mod open_routes;
mod pulls;
mod recurring_jobs;
mod reporters;
mod show;
