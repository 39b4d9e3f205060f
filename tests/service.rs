//! The binary under test: found or built once, called, started on a free port, stopped, killed.

use crate::{house, http::Client};
use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};
use std::{env, thread};

/// The `kentongan` that the tests run: `KENTONGAN_BIN`, else what cargo builds beside this test.
pub fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| match env::var_os("KENTONGAN_BIN") {
        Some(path) => path.into(),
        None => build(),
    })
}

/// An example of the `kentongan` crate, found beside the binary or built there.
pub fn example(name: &str) -> PathBuf {
    let folder = binary().parent().expect("the binary stands in a folder").to_path_buf();
    let path = folder.join("examples").join(name);
    if env::var_os("KENTONGAN_BIN").is_none() || !path.exists() {
        built(&folder, &["--example", name]);
    }
    path
}

/// Calls a verb to its end and gives what it printed; fails unless it exits 0.
#[track_caller]
pub fn call(words: &[&str]) -> String {
    let output = run(words);
    let printed = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "kentongan {}: {}: {printed}", words.join(" "), output.status);
    String::from_utf8(output.stdout).expect("kentongan prints UTF-8")
}

/// Calls a verb to its end, however it ends.
pub fn run(words: &[&str]) -> Output {
    let call = Command::new(binary()).args(words).stdin(Stdio::null()).output();
    call.unwrap_or_else(|error| panic!("running '{}': {error}", binary().display()))
}

/// Adds a feed to a data folder and gives its token.
#[track_caller]
pub fn add_feed(data: &Path, name: &str, class: &str, area: &str) -> String {
    let printed =
        call(&["feed", "add", name, "--class", class, "--area", area, "--data", &data.to_string_lossy()]);
    secret(&printed)
}

/// Adds an account to a data folder and gives its password.
#[track_caller]
pub fn add_user(data: &Path, name: &str, role: &str, area: &str) -> String {
    let printed =
        call(&["user", "add", name, "--role", role, "--area", area, "--data", &data.to_string_lossy()]);
    secret(&printed)
}

/// Adds a reporter's account for a feed to a data folder and gives its password.
#[track_caller]
pub fn add_reporter(data: &Path, name: &str, feed: &str) -> String {
    let words = ["user", "add", name, "--role", "pelapor", "--feed", feed, "--data", &data.to_string_lossy()];
    secret(&call(&words))
}

/// The token or password of what was printed; it is shown once.
#[track_caller]
pub fn secret(printed: &str) -> String {
    let mut shown = printed.lines().filter_map(|line| line.split("shown once: ").nth(1));
    match (shown.next(), shown.next()) {
        (Some(secret), None) => secret.trim().to_owned(),
        _ => panic!("no secret, or more than one, in '{printed}'"),
    }
}

/// How long a service may take until it is ready.
const READY: Duration = Duration::from_secs(60);

/// A running service; killed when dropped.
pub struct Service {
    child: Child,
    pub address: String,
    pub data: PathBuf,
    log: PathBuf,
}

impl Service {
    /// Starts `kentongan <verb> --data <data> --listen <free port> …` and waits until it is ready.
    #[track_caller]
    pub fn start(verb: &str, data: &Path, more: &[&str]) -> Service {
        Service::start_at(free_address(), verb, data, more)
    }

    /// The same on an address of the caller's: where it served before, say.
    #[track_caller]
    pub fn start_at(address: String, verb: &str, data: &Path, more: &[&str]) -> Service {
        let mut service = Service::begin(address, verb, data, more);
        service.wait_ready(READY);
        service
    }

    fn begin(address: String, verb: &str, data: &Path, more: &[&str]) -> Service {
        fs::create_dir_all(data).expect("making the data folder");
        let log = data.with_extension("log");
        let file = File::options().create(true).append(true).open(&log).expect("opening the service's log");
        let mut command = Command::new(binary());
        command.arg(verb).args(more).arg("--data").arg(data).args(["--listen", &address]);
        command.stdin(Stdio::null()).stdout(file.try_clone().expect("sharing the log")).stderr(file);
        let child = command.spawn().expect("starting kentongan");
        Service { child, address, data: data.to_path_buf(), log }
    }

    /// The same where years of records wait to be taken in before it is ready.
    #[track_caller]
    pub fn start_patiently(verb: &str, data: &Path, more: &[&str]) -> Service {
        let mut service = Service::begin(free_address(), verb, data, more);
        service.wait_ready(READY * 10);
        service
    }

    pub fn client(&self) -> Client {
        Client::new(&self.address)
    }

    /// Its metrics, with the token that it made.
    pub fn metrics(&self) -> std::io::Result<crate::http::Reply> {
        let token = fs::read_to_string(self.data.join("metrics.token"))?;
        self.client().bearer(token.trim()).get("/metrics")
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What the service wrote to its standard output and error so far.
    pub fn output(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Ends it without a chance to tidy up, as a power cut would.
    pub fn kill(mut self) {
        self.child.kill().expect("killing kentongan");
        self.child.wait().expect("waiting for the killed kentongan");
    }

    /// Asks it to end and waits; fails unless it ends well.
    #[track_caller]
    pub fn stop(mut self) {
        let asked = Command::new("kill").args(["-TERM", &self.pid().to_string()]).status();
        assert!(asked.expect("running kill").success());
        let status = self.child.wait().expect("waiting for kentongan");
        assert!(status.success(), "kentongan ended with {status}: {}", self.output());
    }

    #[track_caller]
    fn wait_ready(&mut self, patience: Duration) {
        let client = self.client();
        let ready = eventually(patience, || {
            if let Ok(Some(status)) = self.child.try_wait() {
                panic!("kentongan ended with {status} before it was ready: {}", self.output());
            }
            client.get("/readyz").ok().filter(|reply| reply.status == 200)
        });
        assert!(ready.is_some(), "kentongan was not ready within {patience:?}: {}", self.output());
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // Already ended after `kill` or `stop`; then there is nothing to do.
        if self.child.kill().is_ok() {
            let _ = self.child.wait();
        }
    }
}

/// Asks until there is an answer, or gives up.
pub fn eventually<T>(patience: Duration, ask: impl FnMut() -> Option<T>) -> Option<T> {
    eventually_each(Duration::from_millis(5), patience, ask)
}

/// The same, so far apart: for what is not free to ask.
pub fn eventually_each<T>(
    pause: Duration,
    patience: Duration,
    mut ask: impl FnMut() -> Option<T>,
) -> Option<T> {
    let end = Instant::now() + patience;
    loop {
        let answer = ask();
        if answer.is_some() || Instant::now() > end {
            return answer;
        }
        thread::sleep(pause);
    }
}

/// An address nobody listens on.
pub fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("finding a free port");
    listener.local_addr().expect("reading the free port").to_string()
}

/// Builds the binary into the folder this test was built into.
fn build() -> PathBuf {
    let own = env::current_exe().expect("finding this test's own path");
    let folder = own.ancestors().nth(2).expect("a test stands in <target>/<profile>/deps").to_path_buf();
    built(&folder, &[]);
    folder.join("kentongan")
}

fn built(folder: &Path, more: &[&str]) {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(["build", "--quiet", "-p", "kentongan"]).args(more).current_dir(house::root());
    if folder.ends_with("release") {
        command.arg("--release");
    }
    let built = command.env("CARGO_TARGET_DIR", folder.parent().unwrap_or(folder)).status();
    assert!(built.is_ok_and(|status| status.success()), "building kentongan failed");
}
