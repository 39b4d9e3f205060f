//! Several processes on Kafka and PostgreSQL: a real broker, a real server, and a client nobody here wrote.

mod across;
mod broker;
pub mod country;
mod elsewhere;
mod flow;
mod kills;
pub mod many;
mod models;
mod moving;
mod postgres;
mod pressure;
mod relay;
mod sleeper;
mod storm;
mod wire;
