//! The pipeline against slow, plainly right models, on thousands of small random histories.

mod board;
mod levels;
mod model;
mod order;
mod restart;
mod share;
mod world;
