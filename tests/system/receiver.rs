//! Receivers of messages as processes of their own, and the roster and settings that lead to them.

use kentongan_tests::{house, service};
use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A receiver as its own process; it appends what it gets to a file, one JSON object a line.
pub struct Receiver {
    child: Child,
    pub address: String,
    file: PathBuf,
}

impl Receiver {
    #[track_caller]
    pub fn start(script: &str, file: PathBuf, more: &[&str]) -> Receiver {
        fs::write(&file, "").expect("making the receiver's file");
        let mut command = Command::new("python3");
        command.arg(house::root().join("tests/system").join(script)).arg("--file").arg(&file).args(more);
        let mut child = command.stdout(Stdio::piped()).spawn().expect("starting a receiver");
        let mut line = String::new();
        let out = child.stdout.take().expect("the receiver's output");
        BufReader::new(out).read_line(&mut line).expect("reading the receiver's address");
        let address = line.trim().rsplit(' ').next().unwrap_or_default().to_owned();
        assert!(line.starts_with("listening on"), "the receiver printed '{line}'");
        Receiver { child, address, file }
    }

    /// Waits for the first thing received.
    #[track_caller]
    pub fn first(&self) -> Value {
        self.number(1)
    }

    /// Waits until so many things were received, and gives the last of them.
    #[track_caller]
    pub fn number(&self, number: usize) -> Value {
        let line = service::eventually(Duration::from_secs(30), || {
            let text = fs::read_to_string(&self.file).unwrap_or_default();
            text.lines().nth(number - 1).filter(|_| text.ends_with('\n')).map(String::from)
        });
        let line = line.unwrap_or_else(|| panic!("nothing came to {} within 30 s", self.address));
        serde_json::from_str(&line).expect("a receiver writes JSON")
    }

    /// All that was received so far, the earliest first.
    pub fn all(&self) -> Vec<Value> {
        let text = fs::read_to_string(&self.file).unwrap_or_default();
        text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    /// The configuration of a service whose mail goes here, with this roster.
    pub fn configuration(&self, team: &Path) -> String {
        let (host, port) = self.address.rsplit_once(':').expect("an address has a port");
        // A short try makes a short lease, so that what a kill left behind is soon due again.
        format!(
            "[service]\npublic_url = \"https://desk.example\"\n[files]\nteam = \"{}\"\n[notify]\ntimeout_seconds = 2\n\
             [notify.smtp]\nhost = \"{host}\"\nport = {port}\nsecurity = \"plain\"\n",
            team.display()
        )
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Writes a roster of one member of the team for an area, reached over these channels (TOML).
pub fn team(folder: &Path, area: &str, channels: &str) -> PathBuf {
    team_of(folder, area, &[channels])
}

/// Writes a roster with a member for each list of channels.
pub fn team_of(folder: &Path, area: &str, channels: &[&str]) -> PathBuf {
    let member = |(number, channels): (usize, &&str)| {
        format!(
            r#"[[team.member]]
id = "camat-{number}"
role = "Camat"
areas = ["{area}"]
office = "camat"
channels = [{channels}]
"#
        )
    };
    let members: String = channels.iter().enumerate().map(member).collect();
    let text = format!(
        r#"version = "percobaan"
[[team]]
regency = "16.13"
name = "Tim terpadu percobaan"
[team.notified]
waspada.all = ["camat"]
{members}"#
    );
    let path = folder.join("team.toml");
    fs::write(&path, text).expect("writing the team");
    path
}
