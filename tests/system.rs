//! Tests with real parts beside the binary: archives, a browser, Prometheus, an SMTP receiver, a full disk, kill -9.

mod replay;
mod system {
    mod browser;
    mod notify;
    mod observability;
    mod service;
}
