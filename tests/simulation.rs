//! The pipeline against slow, plainly right models, on thousands of small random histories.

mod levels;
mod model;
mod order;
mod restart;
mod schedule;
mod share;
mod world;
