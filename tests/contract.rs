//! The outside of the binary, over loopback: who may see what.

mod calls;
mod identities;
mod open_routes;
mod show;
