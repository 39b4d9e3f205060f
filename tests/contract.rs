//! The outside of the binary, over loopback: who may see what.

mod identities;
mod open_routes;
