//! Several processes on Kafka and PostgreSQL: a real broker, a real server, and a client nobody here wrote.

mod broker;
mod country;
mod flow;
mod kills;
mod many;
mod moving;
mod postgres;
mod relay;
