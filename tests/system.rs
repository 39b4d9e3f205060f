//! Tests with real parts beside the binary: archives, a browser, nginx, Prometheus, an SMTP receiver, a Kafka broker,
//! PostgreSQL, a full disk, kill -9.

mod replay;
pub mod system {
    mod api;
    mod browser;
    mod doors;
    mod nightly;
    mod notify;
    mod observability;
    mod receiver;
    mod scale;
    mod service;
}
