//! The service behind Debian's nginx as it comes: what the manual asks for in front of the pages holds nothing back.

use super::site::{Site, post};
use kentongan_tests::ingest::Source;
use kentongan_tests::service::{self, Service};
use kentongan_tests::{house, http::Client};
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// nginx in front of one address; ended when dropped.
struct Nginx {
    child: Child,
    address: String,
}

impl Nginx {
    /// With nothing set but where to pass requests on: HTTP/1.0 to the service, buffering, its own idea of `Host`.
    fn start(folder: &Path, address: &str, service: &str) -> Nginx {
        let server = format!("server {{ listen {address}; location / {{ proxy_pass http://{service}; }} }}");
        let nginx = Nginx::serving(folder, address, &server);
        let up = service::eventually(Duration::from_secs(10), || nginx.client().get("/healthz").ok());
        let log = fs::read_to_string(folder.join("nginx.log")).unwrap_or_default();
        assert!(up.is_some_and(|reply| reply.status == 200), "nginx does not answer: {log}");
        nginx
    }

    fn serving(folder: &Path, address: &str, server: &str) -> Nginx {
        let here = folder.display();
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|name| format!("{name}_temp_path {here}/{name};\n"))
            .concat();
        let config = format!(
            "daemon off; master_process off; pid {here}/nginx.pid; error_log {here}/nginx.log;\nevents {{}}\n\
             http {{ access_log off; gzip on;\n{temporary}{server} }}\n"
        );
        let file = folder.join("nginx.conf");
        fs::write(&file, config).expect("writing nginx.conf");
        let mut command = Command::new(program().expect("nginx was found before"));
        command.arg("-p").arg(folder).arg("-c").arg(&file).stdin(Stdio::null());
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("starting nginx");
        Nginx { child, address: address.to_owned() }
    }

    fn client(&self) -> Client {
        Client::new(&self.address)
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        if self.child.kill().is_ok() {
            let _ = self.child.wait();
        }
    }
}

/// Debian keeps it where only root's path looks.
fn program() -> Option<&'static str> {
    ["nginx", "/usr/sbin/nginx"]
        .into_iter()
        .find(|path| Command::new(path).arg("-v").stderr(Stdio::null()).status().is_ok())
}

/// A site behind nginx, named by `public_url` as the manual asks, and the session of its desk.
fn behind_nginx(site: &Site) -> (Service, Nginx, String) {
    let password = service::add_user(&site.data, "piket", "desk", "16.13");
    let address = service::free_address();
    let service = site.serve(&format!("[service]\npublic_url = \"http://{address}\"\n"));
    let nginx = Nginx::start(site.path("").as_path(), &address, &service.address);
    let fields = [("name", "piket"), ("password", password.as_str()), ("next", "/")];
    let answer = nginx.client().form("/masuk", &fields).expect("logging in");
    assert_eq!(answer.status, 303, "a browser without Sec-Fetch-Site logs in: {}", answer.text());
    let cookie =
        answer.header("set-cookie").expect("a cookie").split(';').next().unwrap_or_default().to_owned();
    (service, nginx, cookie)
}

#[test]
fn a_page_behind_nginx_logs_in_and_hears_of_a_change_at_once() {
    if program().is_none() {
        return house::not_run(
            "service::proxy::a_page_behind_nginx_logs_in_and_hears_of_a_change_at_once",
            "nginx is not installed; `tests/run system` installs it",
        );
    }
    let site = Site::new();
    let (service, nginx, cookie) = behind_nginx(&site);
    let person = nginx.client().with("Cookie", &cookie);
    let page = person.get("/").expect("the overview");
    assert_eq!(page.status, 200);
    let asked = Instant::now();
    let mut events = person.events("/v1/live", Duration::from_secs(25)).expect("the stream's head");
    assert!(asked.elapsed() < Duration::from_secs(2), "the head came after {:?}", asked.elapsed());
    let report = Source::new(61).statement("16.13.01", ("disaster", "WA-01"), 4);
    let reply = post(&service.client().bearer(&site.token), &[report.to_string()]).expect("posting");
    assert_eq!(reply.status, 202, "{}", reply.text());
    let posted = Instant::now();
    assert!(events.any(|line| line == "event: alert"), "nothing came through nginx");
    assert!(posted.elapsed() < Duration::from_secs(2), "the alert came after {:?}", posted.elapsed());
    // The same flood may still move the picture; then nothing happens, and a page hears that the service lives.
    let quiet = Instant::now();
    assert!(events.any(|line| line == "event: alive"), "no sign of life through nginx");
    assert!(quiet.elapsed() < Duration::from_secs(20), "the sign of life came after {:?}", quiet.elapsed());
}

/// The configuration that is shipped, but for TLS and the addresses.
#[test]
fn while_the_service_is_down_nginx_says_so_in_our_words() {
    if program().is_none() {
        return house::not_run(
            "service::proxy::while_the_service_is_down_nginx_says_so_in_our_words",
            "nginx is not installed; `tests/run system` installs it",
        );
    }
    let shipped = house::read("deploy/nginx/kentongan.conf");
    let (address, nobody) = (service::free_address(), service::free_address());
    let lines = shipped.lines().filter(|line| !line.trim_start().starts_with("ssl_"));
    let server: String = lines.map(|line| format!("{line}\n")).collect();
    let server = server.replace("443 ssl", &address).replace("127.0.0.1:8080", &nobody);
    let folder = tempfile::tempdir().expect("a folder");
    let nginx = Nginx::serving(folder.path(), &address, &server);
    for path in ["/", "/orang-kedua/abc"] {
        let answer = service::eventually(Duration::from_secs(10), || nginx.client().get(path).ok());
        let answer = answer.expect("nginx answers");
        let text = answer.text();
        assert_eq!(answer.status, 502, "{text}");
        assert!(text.contains("Kentongan sedang tidak menjawab") && text.contains("telepon piket"), "{text}");
        assert!(text.contains("tidak berarti keadaan aman") && !text.contains("nginx"), "{text}");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
}
