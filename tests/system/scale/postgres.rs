//! A PostgreSQL cluster of the test's own, from the distribution's package, gone with the test.

use kentongan_tests::service;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

pub struct Postgres {
    programs: PathBuf,
    folder: PathBuf,
    address: String,
}

impl Postgres {
    /// `None` where PostgreSQL is not installed.
    pub fn start(folder: &Path) -> Option<Postgres> {
        let Some(programs) = programs() else {
            println!("skipped: no PostgreSQL is installed");
            return None;
        };
        let folder = folder.join("postgres");
        std::fs::create_dir_all(&folder).expect("making a folder");
        let server = Postgres { programs, folder, address: service::free_address() };
        if is_root() {
            run(Command::new("chown").arg("postgres").arg(&server.folder));
        }
        let data = server.folder.join("data");
        run(server.call("initdb").arg("-D").arg(data).args([
            "-A",
            "trust",
            "-U",
            "postgres",
            "-E",
            "UTF8",
            "--locale=C",
        ]));
        server.up();
        Some(server)
    }

    pub fn url(&self) -> String {
        format!("postgres://postgres@{}/postgres", self.address)
    }

    /// Starts the server, also after [`Postgres::kill`].
    #[track_caller]
    pub fn up(&self) {
        let port = self.address.rsplit(':').next().unwrap_or_default();
        let options = format!("-p {port} -k {} -c listen_addresses=127.0.0.1", self.folder.display());
        let log = self.folder.join("log");
        let mut start = self.call("pg_ctl");
        start
            .arg("-D")
            .arg(self.folder.join("data"))
            .args(["-w", "-o", &options, "-l"])
            .arg(log)
            .arg("start");
        run(&mut start);
        let up = service::eventually(Duration::from_secs(30), || TcpStream::connect(&self.address).ok());
        assert!(up.is_some(), "PostgreSQL did not come up");
    }

    /// Ends it as a crash would: nothing is written any more.
    pub fn kill(&self) {
        let mut stop = self.call("pg_ctl");
        stop.arg("-D").arg(self.folder.join("data")).args(["-m", "immediate", "-w", "stop"]);
        run(&mut stop);
    }

    /// Starts it again with a certificate, its key and the authority of its clients, and rules for who may come in.
    pub fn secure(&self, [cert, key, ca]: [String; 3], rules: &str) {
        let data = self.folder.join("data");
        let own = [("server.crt", cert), ("server.key", key), ("root.crt", ca)];
        for (name, from) in own {
            let to = data.join(name);
            std::fs::copy(from, &to).expect("copying a certificate");
            run(Command::new("chmod").arg("600").arg(&to));
            if is_root() {
                run(Command::new("chown").arg("postgres").arg(&to));
            }
        }
        let settings = "ssl = on\nssl_ca_file = 'root.crt'\n";
        let conf = data.join("postgresql.conf");
        let before = std::fs::read_to_string(&conf).expect("the server's configuration");
        std::fs::write(conf, before + settings).expect("writing the server's configuration");
        std::fs::write(data.join("pg_hba.conf"), rules).expect("writing the server's rules");
        self.kill();
        self.up();
    }

    /// The one value a query gives.
    #[track_caller]
    pub fn ask(&self, query: &str) -> String {
        let output = Command::new("psql").args([&self.url(), "-AtXc", query]).output().expect("running psql");
        assert!(output.status.success(), "{query}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// A program of the server's; it refuses to run as root.
    fn call(&self, program: &str) -> Command {
        let path = self.programs.join(program);
        let mut command = if is_root() { Command::new("runuser") } else { Command::new(&path) };
        if is_root() {
            command.args(["-u", "postgres", "--"]).arg(path);
        }
        command.current_dir("/");
        command
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let mut stop = self.call("pg_ctl");
        stop.arg("-D").arg(self.folder.join("data")).args(["-m", "immediate", "stop"]);
        let _ = stop.stdout(Stdio::null()).stderr(Stdio::null()).status();
    }
}

#[track_caller]
fn run(command: &mut Command) {
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).status();
    let status = status.unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(status.success(), "{command:?}: {status}");
}

/// The newest version's programs.
fn programs() -> Option<PathBuf> {
    let mut versions: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .ok()?
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .collect();
    versions.sort();
    versions.into_iter().rev().find(|bin| bin.join("initdb").exists())
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0)
}
