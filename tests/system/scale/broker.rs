//! Tansu, a broker that speaks Kafka's protocol and keeps its log in SQLite; and kcat, to speak with it.
//!
//! Its own ways are met here: topics are made before anybody writes, it is started again on the same port, and its
//! database is set up so that it keeps pace (`flow::quicken`).

use super::relay;
use kentongan_tests::bench::flow;
use kentongan_tests::service;
use std::env;
use std::fs::File;
use std::io::Write;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const DATABASE: &str = "broker.db";

pub struct Broker {
    program: PathBuf,
    folder: PathBuf,
    /// Where it listens, and where it says that it does.
    own: String,
    pub address: String,
    /// Given to the broker at every start.
    more: Vec<String>,
    /// None where another one is spoken to.
    child: Option<Child>,
}

impl Broker {
    /// `None` where no broker program is at hand.
    pub fn start(folder: &Path) -> Option<Broker> {
        let own = service::free_address();
        let address = relay::start(&own);
        Broker::run(folder, (own, address))
    }

    /// One that says it is at another address.
    pub fn behind(folder: &Path, address: &str) -> Option<Broker> {
        Broker::run(folder, (service::free_address(), address.to_owned()))
    }

    fn run(folder: &Path, (own, address): (String, String)) -> Option<Broker> {
        let Some(program) = env::var_os("KENTONGAN_TEST_BROKER") else {
            println!("skipped: KENTONGAN_TEST_BROKER names no broker program");
            return None;
        };
        let (program, folder) = (PathBuf::from(program), folder.to_path_buf());
        let mut broker = Broker { program, folder, own, address, more: Vec::new(), child: None };
        broker.restart();
        broker.quicken();
        Some(broker)
    }

    /// Once it is up, and again when topics were made.
    #[track_caller]
    pub fn quicken(&self) {
        if self.child.is_some() {
            flow::quicken(&self.folder.join(DATABASE)).expect("setting the broker's database up");
        }
    }

    /// Waits until the workers' group is formed: a worker that leaves earlier may leave it without a leader for ever.
    #[track_caller]
    pub fn wait_until_formed(&self) {
        let database = self.folder.join(DATABASE);
        let formed = || flow::is_formed(&database, "kentongan-worker").ok()?.then_some(());
        let formed = service::eventually(Duration::from_secs(60), formed);
        assert!(formed.is_some(), "the workers' group is still under way");
    }

    /// Where it listens.
    pub fn own(&self) -> &str {
        &self.own
    }

    /// A broker that somebody else runs.
    pub fn elsewhere(address: String) -> Broker {
        let none = PathBuf::new();
        Broker {
            program: none.clone(),
            folder: none,
            own: address.clone(),
            address,
            more: Vec::new(),
            child: None,
        }
    }

    /// Calls the broker's program to its end, to speak with the one that runs. Its exit code says nothing.
    pub fn call(&self, words: &[&str]) {
        let done =
            Command::new(&self.program).args(words).stdin(Stdio::null()).stdout(Stdio::null()).status();
        done.expect("running the broker's program");
    }

    /// Starts it again with other arguments.
    pub fn restart_with(&mut self, more: &[&str]) {
        self.kill();
        self.more = more.iter().map(|word| (*word).to_owned()).collect();
        self.restart();
    }

    /// kill -9; what it acknowledged is on disk.
    pub fn kill(&mut self) {
        let child = self.child.as_mut().expect("a broker of our own");
        child.kill().expect("killing the broker");
        child.wait().expect("waiting for the killed broker");
    }

    pub fn restart(&mut self) {
        self.child = Some(spawn(&self.program, &self.folder, [&self.own, &self.address], &self.more));
        self.wait();
    }

    #[track_caller]
    fn wait(&self) {
        let up = service::eventually(Duration::from_secs(30), || TcpStream::connect(&self.own).ok());
        assert!(up.is_some(), "the broker did not come up; see {}", self.folder.join("broker.log").display());
    }

    /// Produces lines into a topic with kcat, one record each.
    #[track_caller]
    pub fn produce(&self, topic: &str, lines: &[String], more: &[&str]) {
        let mut command = Command::new("kcat");
        command.args(["-b", &self.address, "-t", topic, "-P", "-X", "enable.idempotence=true"]).args(more);
        let mut child = command.stdin(Stdio::piped()).spawn().expect("starting kcat");
        let mut input = child.stdin.take().expect("kcat's input");
        for line in lines {
            writeln!(input, "{line}").expect("writing to kcat");
        }
        drop(input);
        assert!(child.wait().expect("waiting for kcat").success(), "kcat could not write to {topic}");
    }

    /// Everything in a topic, `key<TAB>value` a record.
    #[track_caller]
    pub fn consume(&self, topic: &str) -> Vec<(String, String)> {
        let mut command = Command::new("kcat");
        command.args([
            "-b",
            &self.address,
            "-t",
            topic,
            "-C",
            "-e",
            "-q",
            "-o",
            "beginning",
            "-f",
            "%k\t%s\n",
        ]);
        let output = command.stdin(Stdio::null()).output().expect("running kcat");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let pair = |line: &str| line.split_once('\t').map(|(key, value)| (key.to_owned(), value.to_owned()));
        text.lines().filter_map(pair).collect()
    }
}

fn spawn(program: &Path, folder: &Path, [own, address]: [&str; 2], more: &[String]) -> Child {
    let log = File::options().create(true).append(true).open(folder.join("broker.log")).expect("the log");
    let (own, address, database) =
        (format!("tcp://{own}"), format!("tcp://{address}"), format!("sqlite://{DATABASE}"));
    let mut command = Command::new(program);
    command.env("RUST_LOG", "warn").args(["broker", "--cluster-id", "percobaan", "--listener-url", &own]);
    command.args(["--advertised-listener-url", &address, "--storage-engine", &database]).args(more);
    command.current_dir(folder).stdin(Stdio::null());
    command.stdout(log.try_clone().expect("sharing the log")).stderr(log);
    command.spawn().expect("starting the broker")
}

impl Drop for Broker {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take()
            && child.kill().is_ok()
        {
            let _ = child.wait();
        }
    }
}
