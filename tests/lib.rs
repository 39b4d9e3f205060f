//! What the tests share: the repository as they see it, the service they start, a plain HTTP client,
//! and the workload they feed it.

pub mod bench;
pub mod house;
pub mod http;
pub mod ingest;
pub mod service;
pub mod text;
