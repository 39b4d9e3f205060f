//! A data folder with one feed, the service over it, and what its store holds in the end.

use jiff::{Timestamp, Unit};
use kentongan_tests::http::{Client, Reply};
use kentongan_tests::ingest::{CLASS, REGENCY};
use kentongan_tests::service::{self, Service};
use serde_json::Value;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;
use tempfile::TempDir;

pub struct Site {
    folder: TempDir,
    pub data: PathBuf,
    pub token: String,
}

impl Site {
    pub fn new() -> Site {
        let folder = tempfile::tempdir().expect("making a folder");
        let data = folder.path().join("data");
        Site::over(folder, data)
    }

    /// A site whose data stand elsewhere.
    pub fn over(folder: TempDir, data: PathBuf) -> Site {
        fs::create_dir_all(&data).expect("making the data folder");
        let token = service::add_feed(&data, "polres", CLASS, REGENCY);
        Site { folder, data, token }
    }

    /// A file beside the data.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Starts the service for the one regency; `more` is added to its configuration.
    #[track_caller]
    pub fn serve(&self, more: &str) -> Service {
        self.serve_at(service::free_address(), more)
    }

    /// The same on that address.
    #[track_caller]
    pub fn serve_at(&self, address: String, more: &str) -> Service {
        let config = self.path("kentongan.toml");
        let common = "[places]\nregencies = [\"16.13\"]\n[intake]\nrecords_a_minute = 100000000\n";
        fs::write(&config, format!("{common}{more}")).expect("writing the configuration");
        Service::start_at(address, "serve", &self.data, &["--config", &config.to_string_lossy()])
    }

    /// The same over a log that holds years.
    #[track_caller]
    pub fn serve_years(&self) -> Service {
        let config = self.path("kentongan.toml");
        fs::write(&config, "[places]\nregencies = [\"16.13\"]\n").expect("writing the configuration");
        Service::start_patiently("serve", &self.data, &["--config", &config.to_string_lossy()])
    }

    pub fn feed(&self, service: &Service) -> Client {
        service.client().bearer(&self.token)
    }

    /// The digest of a stopped store as of `until`.
    #[track_caller]
    pub fn digest(&self, until: &str) -> String {
        let (config, data) = (self.path("kentongan.toml"), self.data.to_string_lossy());
        let config = config.to_string_lossy();
        let printed =
            service::call(&["audit", "verify", "--until", until, "--config", &config, "--data", &data]);
        digest_in(&printed)
    }

    /// The digest of the same records replayed from a file.
    #[track_caller]
    pub fn replayed(&self, lines: &[String], until: &str) -> String {
        let file = self.path("records.ndjson");
        fs::write(&file, lines.join("\n")).expect("writing the records");
        let config = self.path("kentongan.toml");
        let (file, config) = (file.to_string_lossy(), config.to_string_lossy());
        let printed = service::call(&["replay", &file, "--config", &config, "--until", until, "--json"]);
        let closing: Value =
            serde_json::from_str(printed.lines().last().unwrap_or_default()).expect("a closing line");
        closing["state_digest"].as_str().expect("a digest").to_owned()
    }
}

/// The first run of 64 hexadecimal digits.
#[track_caller]
fn digest_in(printed: &str) -> String {
    let mut words = printed.split(|c: char| !c.is_ascii_hexdigit());
    words.find(|word| word.len() == 64).unwrap_or_else(|| panic!("no digest in: {printed}")).to_owned()
}

/// The next whole hour.
pub fn next_hour() -> String {
    let hour = Timestamp::now() + jiff::SignedDuration::from_hours(1);
    hour.round(jiff::TimestampRound::new().smallest(Unit::Hour).mode(jiff::RoundMode::Trunc))
        .expect("rounding")
        .to_string()
}

/// Posts lines as NDJSON.
pub fn post(feed: &Client, lines: &[String]) -> std::io::Result<Reply> {
    feed.post("/v1/reports", "application/x-ndjson", lines.join("\n").as_bytes())
}

/// One sample of the service's metrics, all labels added up.
pub fn metric(service: &Service, name: &str) -> Option<f64> {
    let text = service.metrics().ok()?.text();
    let own = |line: &&str| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(['{', ' ']));
    let mut values =
        text.lines().filter(own).filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).peekable();
    values.peek()?;
    Some(values.sum())
}

/// Waits until the worker has taken in everything that is in the log, and the counts balance.
#[track_caller]
pub fn caught_up(service: &Service) {
    let quiet = service::eventually(Duration::from_secs(60), || {
        metric(service, "kentongan_consumer_lag_records").filter(|lag| *lag == 0.0)
    });
    assert!(quiet.is_some(), "the worker did not catch up: {}", service.output());
    assert_eq!(metric(service, "kentongan_unaccounted_records"), Some(0.0));
}
