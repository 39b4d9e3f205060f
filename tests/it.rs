//! Tests that need neither a network nor root: the house's rules, the order-free state, the outside of the binary.

mod contract;
mod simulation;
mod tidy;
