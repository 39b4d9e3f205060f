//! Several processes on Kafka and PostgreSQL: a real broker, a real server, and a client nobody here wrote.

mod broker;
pub mod country;
mod flow;
mod kills;
pub mod many;
mod moving;
mod postgres;
mod relay;
