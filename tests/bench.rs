//! The workload of the measurements and the least a program must do with it.

pub mod flow;
pub mod limit;
pub mod workload;
