//! A small country at scale: broker, database, and as many processes of the binary as a test asks for.

use super::broker::Broker;
use super::postgres::Postgres;
use kentongan_tests::bench::{flow, workload};
use kentongan_tests::house;
use kentongan_tests::http::Client;
use kentongan_tests::ingest::Source;
use kentongan_tests::service::{self, Service};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

/// Fewer than a country's: the test broker asks its database for each of them, again and again.
pub const PARTITIONS: usize = flow::PARTITIONS as usize;
/// How soon the broker gives a worker up.
pub const SESSION: Duration = Duration::from_secs(15);
/// Regencies of the bundled list.
pub const REGENCIES: [&str; 4] = ["16.13", "35.08", "61.02", "63.72"];

pub struct Country {
    pub broker: Broker,
    pub postgres: Postgres,
    /// The feed's, for HTTP.
    pub token: String,
    folder: TempDir,
}

impl Country {
    /// With one feed, which may speak over HTTP and over Kafka.
    pub fn start() -> Option<Country> {
        let mut country = Country::empty()?;
        country.token = country.add_feed("polres", "police");
        Some(country)
    }

    /// Adds a feed with its topic; gives its token.
    #[track_caller]
    pub fn add_feed(&self, name: &str, class: &str) -> String {
        service::secret(&self.call(&["feed", "add", name, "--class", class]))
    }

    /// A file beside the others.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Migrated and without anything in it; `None` where broker or database are not at hand.
    pub fn empty() -> Option<Country> {
        let folder = tempfile::tempdir().expect("making a folder");
        Country::within(folder, "")
    }

    /// All of a country as large as Indonesia, without feeds.
    pub fn whole() -> Option<Country> {
        let folder = tempfile::tempdir().expect("making a folder");
        let places = folder.path().join("places.csv");
        fs::write(&places, workload::places()).expect("writing the places");
        Country::within(folder, &format!("[places]\nfiles = [\"{}\"]\n", places.display()))
    }

    fn within(folder: TempDir, more: &str) -> Option<Country> {
        open(folder.path());
        let broker = Broker::start(folder.path())?;
        Country::made(folder, broker, &SESSION.as_millis().to_string(), more)
    }

    /// Over a broker, with the time after which a member that is silent is replaced, in milliseconds.
    pub fn over(folder: TempDir, broker: Broker, session: &str) -> Option<Country> {
        Country::made(folder, broker, session, "")
    }

    fn made(folder: TempDir, broker: Broker, session: &str, more: &str) -> Option<Country> {
        open(folder.path());
        let postgres = Postgres::start(folder.path())?;
        let country = Country { broker, postgres, token: String::new(), folder };
        let own = format!(
            "[kafka]\nbrokers = \"{}\"\npartitions = {PARTITIONS}\n[kafka.properties]\n\"session.timeout.ms\" = \"{session}\"\n\
             # This broker waits so long for a member that died during a rebalance.\n\"max.poll.interval.ms\" = \"20000\"\n\
             # It answers one request after the other, and half of the wait late also when it has something.\n\"fetch.wait.max.ms\" = \"50\"\n\"fetch.max.bytes\" = \"1000000\"\n\"request.timeout.ms\" = \"120000\"\n\"message.timeout.ms\" = \"300000\"\n[state]\nurl = \"{}\"\n\
             [intake]\nrecords_a_minute = 0\n{more}",
            country.broker.address,
            country.postgres.url()
        );
        fs::write(country.own(), own).expect("writing the configuration");
        country.call(&["migrate"]);
        country.broker.quicken();
        Some(country)
    }

    fn own(&self) -> PathBuf {
        self.path("own.toml")
    }

    /// Paths of the two configuration files: the one of the repository, and ours over it.
    fn files(&self) -> [String; 2] {
        [house::root().join("config/scale.toml"), self.own()].map(|path| path.to_string_lossy().into_owned())
    }

    /// Calls a verb to its end.
    #[track_caller]
    pub fn call(&self, verb: &[&str]) -> String {
        let data = self.folder.path().join("data").to_string_lossy().into_owned();
        let [first, second] = self.files();
        let common = ["--config", &first, "--config", &second, "--data", &data];
        service::call(&[verb, &common].concat())
    }

    /// Starts a process of these roles; `name` tells it from the others.
    #[track_caller]
    pub fn serve(&self, name: &str, roles: &str) -> Service {
        self.serve_with(name, roles, &[])
    }

    /// The same with more words on its command line.
    #[track_caller]
    pub fn serve_with(&self, name: &str, roles: &str, more: &[&str]) -> Service {
        let [first, second] = self.files();
        let data = self.folder.path().join(name);
        let common = ["--config", &first, "--config", &second, "--roles", roles];
        Service::start("serve", &data, &[&common, more].concat())
    }

    pub fn feed(&self, service: &Service) -> Client {
        service.client().bearer(&self.token)
    }

    /// The digest of the store as of `until`.
    #[track_caller]
    pub fn digest(&self, until: &str) -> String {
        let printed = self.call(&["audit", "verify", "--until", until]);
        let mut words = printed.split(|c: char| !c.is_ascii_hexdigit());
        words.find(|word| word.len() == 64).unwrap_or_else(|| panic!("no digest in: {printed}")).to_owned()
    }

    /// The digest of the same records replayed by one process from a file.
    #[track_caller]
    pub fn replayed(&self, lines: &[String], until: &str) -> String {
        let file = self.path("records.ndjson");
        fs::write(&file, lines.join("\n")).expect("writing the records");
        self.replayed_file(&file, until)
    }

    /// The same of a file that is there.
    #[track_caller]
    pub fn replayed_file(&self, file: &Path, until: &str) -> String {
        let own = self.own().to_string_lossy().into_owned();
        let printed =
            service::call(&["replay", &file.to_string_lossy(), "--config", &own, "--until", until, "--json"]);
        let closing: Value =
            serde_json::from_str(printed.lines().last().unwrap_or_default()).expect("a closing line");
        closing["state_digest"].as_str().expect("a digest").to_owned()
    }

    /// Records the store accounts for.
    #[track_caller]
    pub fn taken(&self) -> usize {
        let query =
            "SELECT COALESCE(SUM(count), 0) FROM counters WHERE name LIKE 'outcome.%' OR name LIKE 'dead.%'";
        self.postgres.ask(query).parse().unwrap_or(0)
    }

    /// Waits until the store accounts for so many records.
    #[track_caller]
    pub fn wait_for(&self, records: usize, patience: Duration, services: &[&Service]) {
        let mut seen = 0;
        let there = service::eventually_each(Duration::from_millis(100), patience, || {
            seen = self.taken();
            (seen >= records).then_some(())
        });
        let outputs = || services.iter().map(|service| service.output()).collect::<Vec<_>>().join("\n----\n");
        assert!(there.is_some(), "{seen} of {records} records were taken in: {}", outputs());
        assert_eq!(seen, records, "{}", outputs());
    }
}

impl Drop for Country {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.folder.disable_cleanup(true);
            println!("its logs are kept in {}", self.folder.path().display());
        }
    }
}

/// The database's user must pass through the test's folder.
pub fn open(folder: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).expect("opening the folder");
}

/// Valid reports of every regency in turn.
pub struct Everywhere(Vec<Source>);

impl Everywhere {
    pub fn new(seed: u64) -> Everywhere {
        Everywhere(
            REGENCIES.iter().zip(seed * 10..).map(|(regency, seed)| Source::of(regency, seed)).collect(),
        )
    }

    pub fn lines(&mut self, count: usize) -> Vec<String> {
        let sources = self.0.len();
        (0..count).map(|index| self.0[index % sources].report().to_string()).collect()
    }

    /// The word of each regency's desk on reports of its own.
    pub fn verifications(&mut self, count: usize) -> Vec<String> {
        let sources = self.0.len();
        (0..count).map(|index| self.0[index % sources].verification().to_string()).collect()
    }
}
