//! The wire: TLS and client certificates to PostgreSQL, TLS, client certificates and SCRAM to the broker. What is
//! refused is given in words a person can act on, and no secret is printed at all.

use super::broker::Broker;
use super::postgres::Postgres;
use kentongan_tests::service::{self, Service};
use std::fs;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

const SECRET: &str = "rahasia-4417";

/// A folder with an authority, a server's certificate for 127.0.0.1 and a client's for the user `kentongan`.
struct Papers(TempDir);

impl Papers {
    fn issue() -> Papers {
        let folder = tempfile::tempdir().expect("making a folder");
        let papers = Papers(folder);
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(papers.0.path(), fs::Permissions::from_mode(0o755)).expect("opening the folder");
        for authority in ["ca", "stranger"] {
            let (key, pem) =
                (papers.path(&format!("{authority}.key")), papers.path(&format!("{authority}.pem")));
            let name = format!("/CN={authority}");
            openssl(&[
                "req", "-x509", "-newkey", "ed25519", "-nodes", "-days", "2", "-subj", &name, "-keyout",
                &key, "-out", &pem,
            ]);
        }
        papers.certify("server", "127.0.0.1", "subjectAltName=IP:127.0.0.1");
        papers.certify("client", "kentongan", "extendedKeyUsage=clientAuth");
        papers
    }

    fn certify(&self, file: &str, name: &str, extension: &str) {
        let [key, request, pem, extra] =
            ["key", "csr", "pem", "ext"].map(|kind| self.path(&format!("{file}.{kind}")));
        let subject = format!("/CN={name}");
        openssl(&[
            "req", "-newkey", "rsa:2048", "-nodes", "-subj", &subject, "-keyout", &key, "-out", &request,
        ]);
        fs::write(&extra, extension).expect("writing the extension");
        let (ca, own) = (self.path("ca.pem"), self.path("ca.key"));
        let signed =
            ["x509", "-req", "-in", &request, "-CA", &ca, "-CAkey", &own, "-CAcreateserial", "-days", "2"];
        openssl(&[&signed[..], &["-extfile", &extra, "-out", &pem]].concat());
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_string_lossy().into_owned()
    }
}

#[track_caller]
fn openssl(words: &[&str]) {
    let done = Command::new("openssl").args(words).stderr(Stdio::null()).stdout(Stdio::null()).status();
    assert!(done.expect("running openssl").success(), "openssl {}", words.join(" "));
}

/// A configuration file, and what `kentongan check` says of it: whether it is well, and its words.
fn check(folder: &Path, text: &str) -> (bool, String) {
    let file = folder.join("own.toml");
    fs::write(&file, text).expect("writing the configuration");
    let data = folder.join("data").to_string_lossy().into_owned();
    let output = service::run(&["check", "--config", &file.to_string_lossy(), "--data", &data]);
    let printed = [output.stdout, output.stderr].concat();
    let printed = String::from_utf8_lossy(&printed).into_owned();
    assert!(!printed.contains(SECRET), "a secret was printed: {printed}");
    (output.status.success(), printed)
}

#[test]
fn postgresql_is_reached_by_certificate_and_refusals_are_given_in_words() {
    let papers = Papers::issue();
    let folder = tempfile::tempdir().expect("making a folder");
    super::country::open(folder.path());
    let Some(server) = Postgres::start(folder.path()) else { return };
    server.ask("CREATE ROLE kentongan LOGIN");
    server.ask(&format!("CREATE ROLE tamu LOGIN PASSWORD '{SECRET}'"));
    server.ask("GRANT ALL ON SCHEMA public TO kentongan");
    let rules = "local all all trust\nhostssl all tamu 127.0.0.1/32 scram-sha-256\n\
                 hostssl all kentongan 127.0.0.1/32 cert clientcert=verify-full\nhost all postgres 127.0.0.1/32 trust\n";
    server.secure([papers.path("server.pem"), papers.path("server.key"), papers.path("ca.pem")], rules);

    let [ca, stranger, pem, key] =
        ["ca.pem", "stranger.pem", "client.pem", "client.key"].map(|file| papers.path(file));
    let url = |user: &str, more: &str| {
        let place = server.url().replace("postgres://postgres@", &format!("postgres://{user}@"));
        format!("[state]\nurl = \"{place}?sslmode=verify-full&{more}\"\n")
    };
    let trusted = format!("sslrootcert={ca}&sslcert={pem}&sslkey={key}");
    let refused = |text: &str, word: &str| {
        let (well, printed) = check(folder.path(), text);
        assert!(!well && printed.contains(word), "'{word}' is not in: {printed}");
    };
    refused(&url("kentongan", &format!("sslrootcert={stranger}&sslcert={pem}&sslkey={key}")), "TLS failed");
    refused(&url("kentongan", &format!("sslrootcert={ca}")), "client certificate");
    refused(&url(&format!("tamu:{SECRET}x"), &format!("sslrootcert={ca}")), "refused this password");

    let (_, printed) = check(folder.path(), &url("kentongan", &trusted));
    assert!(printed.contains("kentongan migrate"), "reached, and nothing is there yet: {printed}");
    let config = folder.path().join("own.toml").to_string_lossy().into_owned();
    let data = folder.path().join("data").to_string_lossy().into_owned();
    service::call(&["migrate", "--config", &config, "--data", &data]);
    let (well, printed) = check(folder.path(), &url("kentongan", &trusted));
    assert!(well && printed.contains("state: reachable"), "{printed}");
    let over = server.ask("SELECT COUNT(*) FROM pg_stat_ssl WHERE ssl AND pid <> pg_backend_pid()");
    let running = Service::start("serve", data.as_ref(), &["--config", &config]);
    let secured = "SELECT COUNT(*) > 0 FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename = 'kentongan' \
                   AND ssl AND client_dn = '/CN=kentongan'";
    assert_eq!(server.ask(secured), "t", "before: {over}");
    running.stop();

    // Somebody who may come in and may not read.
    server.ask("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC");
    refused(&url(&format!("tamu:{SECRET}"), &format!("sslrootcert={ca}")), "refused this user a right");
}

#[test]
fn the_broker_is_reached_by_password_over_tls_and_refusals_are_given_in_words() {
    let papers = Papers::issue();
    let folder = tempfile::tempdir().expect("making a folder");
    super::country::open(folder.path());
    let outside = service::free_address();
    let Some(mut broker) = Broker::behind(folder.path(), &outside) else { return };
    let place = format!("tcp://{}", broker.own());
    broker.call(&["user", "create", "--broker", &place, "--mechanism", "scram512", "kentongan", SECRET]);
    broker.restart_with(&["--authentication"]);
    let _tunnel = Tunnel::open(&papers, &outside, broker.own(), false);
    let Some(postgres) = Postgres::start(folder.path()) else { return };

    let password = folder.path().join("password");
    let config = |ca: &str, secret: &str, more: &str| {
        fs::write(&password, secret).expect("writing the password");
        format!(
            "[kafka]\nbrokers = \"{}\"\npartitions = 4\npassword_file = \"{}\"\n[kafka.properties]\n\
             \"security.protocol\" = \"SASL_SSL\"\n\"sasl.mechanism\" = \"SCRAM-SHA-512\"\n\"sasl.username\" = \"kentongan\"\n\
             \"ssl.ca.location\" = \"{ca}\"\n{more}[state]\nurl = \"{}\"\n",
            broker.address,
            password.display(),
            postgres.url()
        )
    };
    let (ca, stranger) = (papers.path("ca.pem"), papers.path("stranger.pem"));
    let (_, printed) = check(folder.path(), &config(&ca, SECRET, ""));
    assert!(printed.contains("topic 'reports' is missing"), "reached, and nothing is there yet: {printed}");
    let file = folder.path().join("own.toml").to_string_lossy().into_owned();
    let data = folder.path().join("data").to_string_lossy().into_owned();
    service::call(&["migrate", "--config", &file, "--data", &data]);
    let (well, printed) = check(folder.path(), &config(&ca, SECRET, ""));
    assert!(well && printed.contains("kafka: reachable"), "{printed}");
    let running = Service::start("serve", data.as_ref(), &["--config", &file]);
    assert!(!running.output().contains(SECRET), "a secret is in the log: {}", running.output());
    running.stop();

    let refused = |text: &str, word: &str| {
        let (well, printed) = check(folder.path(), text);
        assert!(!well && printed.contains(word), "'{word}' is not in: {printed}");
    };
    refused(&config(&ca, "salah", ""), "KENTONGAN_KAFKA_PASSWORD");
    refused(&config(&stranger, SECRET, ""), "TLS failed");
    // What this program was not built with is no matter of trying again.
    refused(&config(&ca, SECRET, "").replace("SCRAM-SHA-512", "GSSAPI"), "[kafka.properties]");
    refused(&config(&ca, SECRET, "\"no.such.thing\" = \"1\"\n"), "no.such.thing");
    let started = service::run(&["serve", "--config", &file, "--data", &data, "--listen", "127.0.0.1:0"]);
    assert!(!started.status.success(), "it must refuse to start");
}

/// stunnel before the broker, which speaks no TLS by itself; `strict` lets only who shows a certificate of our authority
/// through.
struct Tunnel(Child);

impl Tunnel {
    fn open(papers: &Papers, own: &str, broker: &str, strict: bool) -> Tunnel {
        let [cert, key, ca] = ["server.pem", "server.key", "ca.pem"].map(|file| papers.path(file));
        let text = format!(
            "foreground = yes\npid =\n[kafka]\naccept = {own}\nconnect = {broker}\ncert = {cert}\nkey = {key}\n{}",
            if strict { format!("CAfile = {ca}\nverifyChain = yes\n") } else { String::new() }
        );
        let file: PathBuf = papers.path("stunnel.conf").into();
        fs::write(&file, text).expect("writing stunnel's configuration");
        let program =
            ["/usr/bin/stunnel", "/usr/bin/stunnel4"].into_iter().find(|path| Path::new(path).exists());
        let mut command = Command::new(program.unwrap_or("stunnel"));
        let child =
            command.arg(&file).stdin(Stdio::null()).stderr(Stdio::null()).spawn().expect("starting stunnel");
        let up = service::eventually(Duration::from_secs(20), || TcpStream::connect(own).ok());
        assert!(up.is_some(), "stunnel did not come up");
        Tunnel(child)
    }
}

impl Drop for Tunnel {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn the_broker_is_reached_by_certificate_and_by_nobody_without() {
    let papers = Papers::issue();
    let folder = tempfile::tempdir().expect("making a folder");
    super::country::open(folder.path());
    let outside = service::free_address();
    let Some(broker) = Broker::behind(folder.path(), &outside) else { return };
    let _tunnel = Tunnel::open(&papers, &outside, broker.own(), true);
    let Some(postgres) = Postgres::start(folder.path()) else { return };
    let [ca, pem, key] = ["ca.pem", "client.pem", "client.key"].map(|file| papers.path(file));
    let config = |more: &str| {
        format!(
            "[kafka]\nbrokers = \"{outside}\"\npartitions = 4\n[kafka.properties]\n\"security.protocol\" = \"SSL\"\n\
             \"ssl.ca.location\" = \"{ca}\"\n{more}[state]\nurl = \"{}\"\n",
            postgres.url()
        )
    };
    let shown = format!("\"ssl.certificate.location\" = \"{pem}\"\n\"ssl.key.location\" = \"{key}\"\n");
    let (_, printed) = check(folder.path(), &config(&shown));
    assert!(printed.contains("topic 'reports' is missing"), "reached, and nothing is there yet: {printed}");
    let (well, printed) = check(folder.path(), &config(""));
    assert!(!well && !printed.contains("kafka: reachable"), "{printed}");
}
