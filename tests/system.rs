//! Tests with real parts beside the binary: a browser, Prometheus, an SMTP receiver, a disk that fills up, kill -9.
