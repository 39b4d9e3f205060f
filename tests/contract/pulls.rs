//! An agency is asked over TLS: who is not trusted is refused in words, and a file that cannot be used ends with an error.

use kentongan_tests::{house, service};
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

/// Plays an agency at localhost, with a certificate that an authority of the test's own signed.
const AGENCY: &str = r#"
import http.server, ssl
class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *words): pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("own.pem", "own.key")
server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_address[1], flush=True)
server.serve_forever()
"#;

/// The authority's and the agency's certificates.
const CERTIFICATES: &str = "
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout ca.key -out ca.pem -days 2 -subj '/CN=CA' &&
openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout own.key -out own.csr -subj '/CN=localhost' &&
printf 'subjectAltName=DNS:localhost\\nbasicConstraints=CA:FALSE\\n' > extensions &&
openssl x509 -req -in own.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile extensions -out own.pem";

struct Agency(Child);

impl Drop for Agency {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Begins to play it; with its port.
fn agency(folder: &Path) -> (Agency, String) {
    let mut python = Command::new("python3");
    python.args(["-c", AGENCY]).current_dir(folder).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = python.spawn().expect("python3 runs");
    let mut port = String::new();
    let out = child.stdout.take().expect("its output");
    let agency = Agency(child);
    BufReader::new(out).read_line(&mut port).expect("its port");
    (agency, port.trim().to_owned())
}

fn printed(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text).into_owned()).concat()
}

#[test]
fn an_agency_over_tls_is_taken_where_its_certificate_is_trusted_and_refused_in_words_where_not() {
    let folder = tempfile::tempdir().expect("making a folder");
    let own = folder.path();
    let made = Command::new("sh").args(["-c", CERTIFICATES]).current_dir(own).output();
    let has_python = Command::new("python3").args(["-c", "import ssl"]).output();
    if ![made, has_python].into_iter().all(|output| output.is_ok_and(|output| output.status.success())) {
        let name =
            "an_agency_over_tls_is_taken_where_its_certificate_is_trusted_and_refused_in_words_where_not";
        return house::not_run(name, "openssl or python3 is not installed");
    }
    fs::copy(house::root().join("config/samples/sipongi.json"), own.join("hotspots")).expect("a sample");
    let (playing, port) = agency(own);
    let config = own.join("site.toml");
    fs::write(&config, format!("[pull.sipongi]\nurl = \"https://localhost:{port}/hotspots\"\n"))
        .expect("writing");
    let data = own.join("data");
    service::add_feed(&data, "desa", "village", "16.13");
    let pull = |what: &[&str], trusted: Option<&str>| {
        let mut call = Command::new(service::binary());
        call.args(["pull", "sipongi"]).args(what).arg("--data").arg(&data).arg("--config").arg(&config);
        call.env_remove("SSL_CERT_FILE").stdin(Stdio::null());
        if let Some(file) = trusted {
            call.env("SSL_CERT_FILE", own.join(file));
        }
        let output = call.output().expect("kentongan runs");
        (output.status.code(), printed(&output))
    };
    let (code, words) = pull(&["--once"], None);
    assert!(code == Some(1) && words.contains("SSL_CERT_FILE"), "what to do: {words}");
    assert!(words.contains("certificate of the agency's site is not trusted"), "{words}");
    let (code, words) = pull(&["--once"], Some("ca.pem"));
    assert!(code == Some(0) && words.contains("2 new signals"), "{words}");
    let (code, words) = pull(&["--once"], Some("ca.pem"));
    assert!(code == Some(0) && words.contains("0 new signals"), "twice is once: {words}");
    drop(playing);
    let (code, words) = pull(&["--once"], Some("ca.pem"));
    assert!(code == Some(1) && words.contains("cannot be reached"), "{words}");

    // Answers in files: one that cannot be used ends with an error, after what the others would bring.
    let name = |name: &str| own.join(name).to_string_lossy().into_owned();
    fs::write(name("half"), "{\"type\":").expect("writing");
    let (code, words) = pull(&[&name("half"), &name("hotspots")], None);
    assert_eq!(code, Some(2), "{words}");
    for part in [
        "2 hotspots of ours",
        "1 of 2 files cannot be used: save again, whole, what sipongi answers at https",
    ] {
        assert!(words.contains(part), "{part}: {words}");
    }
    assert_eq!(pull(&[&name("hotspots")], None).0, Some(0));
}
