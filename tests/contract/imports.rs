//! What was imported is taken back by a verb beside a running service: all that was new and nothing else, also of a file that was
//! cut off; what the desk confirmed waits for a second person.

use kentongan_tests::http::Client;
use kentongan_tests::service::{self, Service};
use std::fs;
use std::io::Write;
use std::time::Duration;

/// Reports of a village of the days before 2026, a line each.
fn reports(numbers: std::ops::Range<u32>) -> String {
    let line = |number: u32| {
        format!(
            "{{\"report_id\":\"{number:08x}-1111-4222-8333-ffffffffffff\",\"feed\":\"village\",\"district\":\"16.13.{:02}\",\
             \"kind\":\"disaster\",\"category\":\"WA-01\",\"severity\":2,\"occurred_at\":\"2025-{:02}-{:02}T08:00:00+07:00\",\
             \"reported_at\":\"2025-12-30T08:00:00+07:00\"}}\n",
            number % 7 + 1,
            number / 28 % 12 + 1,
            number % 28 + 1
        )
    };
    numbers.map(line).collect()
}

struct Site {
    service: Service,
    data: String,
}

impl Site {
    /// Calls a verb; its exit code, and what it printed.
    fn verb(&self, words: &[&str]) -> (Option<i32>, String) {
        let output = service::run(&[words, &["--data", &self.data]].concat());
        let printed = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8_lossy(&printed).into_owned())
    }

    fn client(&self, name: &str, password: &str) -> Client {
        let form = [("name", name), ("password", password)];
        let login = self.service.client().form("/masuk", &form).expect("logging in");
        let cookie =
            login.header("set-cookie").and_then(|cookie| cookie.split(';').next()).expect("a session");
        self.service.client().with("Cookie", cookie)
    }

    /// Waits until the service has taken in what is in the log.
    fn settle(&self) {
        let read = service::eventually(Duration::from_secs(60), || {
            let metrics = self.service.metrics().ok()?.text();
            metrics.contains("\nkentongan_consumer_lag_records 0\n").then_some(())
        });
        assert!(read.is_some(), "{}", self.service.output());
    }
}

#[test]
fn an_import_is_taken_back_by_a_verb_and_what_was_confirmed_waits() {
    let folder = tempfile::tempdir().expect("making a folder");
    let file = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let data = folder.path().join("data");
    service::add_feed(&data, "desa", "village", "16.13");
    let password = service::add_user(&data, "sari", "desk", "16.13");
    let service = Service::start("serve", &data, &[]);
    let site = Site { service, data: data.to_string_lossy().into_owned() };

    let (first, second) = (file("pertama.ndjson"), file("kedua.ndjson"));
    fs::write(&first, reports(0..3)).expect("writing");
    fs::write(&second, reports(0..8)).expect("writing");
    let (code, printed) = site.verb(&["import", "--feed", "desa", &first]);
    assert_eq!(code, Some(0), "{printed}");
    site.settle();
    let (code, printed) = site.verb(&["import", "--feed", "desa", &second]);
    assert!(code == Some(0) && printed.contains("5 new reports are import 2"), "{printed}");
    site.settle();

    // What somebody of the desk confirmed does not fall by its source's record alone.
    let desk = site.client("sari", &password);
    let confirmed = "/laporan/00000007-1111-4222-8333-ffffffffffff/verifikasi?feed=desa";
    let reply =
        desk.form(confirmed, &[("act", "confirm"), ("reason", "dicek ke kades")]).expect("confirming");
    assert_eq!(reply.status, 303, "{}", reply.text());
    site.settle();
    let (code, printed) = site.verb(&["imports", "take-back", "2", "--reason", "salah berkas"]);
    assert_eq!(code, Some(0), "{printed}");
    let state = "of 5 reports 4 are withdrawn, 1 stand until a second person of the desk rejects them too";
    assert!(printed.contains(state), "{printed}");
    let reported = |number: u32| {
        let page = desk.get(&format!("/laporan/{number:08x}-1111-4222-8333-ffffffffffff?feed=desa"));
        page.expect("asking").text().contains("salah berkas")
    };
    assert!(reported(3) && !reported(2), "what was here before the import stays, with no word of it");
    let (code, printed) = site.verb(&["imports", "take-back", "2", "--reason", "lagi"]);
    assert!(code == Some(2) && printed.contains("import 2 was taken back already"), "{printed}");

    // A file that was cut off: its beginning is an import too.
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
    packer.write_all(reports(100..1300).as_bytes()).expect("packing");
    let whole = packer.finish().expect("packing");
    let half = file("separuh.ndjson.gz");
    fs::write(&half, &whole[..whole.len() * 9 / 10]).expect("writing");
    let (code, printed) = site.verb(&["import", "--feed", "desa", &half]);
    assert!(
        code == Some(1) && printed.contains("the 1000 records before that are in the log as import 3"),
        "{printed}"
    );
    let (code, printed) = site.verb(&["imports", "take-back", "3", "--reason", "terputus"]);
    assert!(code == Some(0) && printed.contains("of 1000 reports 1000 are withdrawn"), "{printed}");
    let (_, listed) = site.verb(&["imports", "list"]);
    for part in [
        "'desa': 1000 records, 1000 new reports, cut off; taken back by",
        "'desa': 8 records, 5 new reports; taken back by",
        "(salah berkas)",
    ] {
        assert!(listed.contains(part), "{part}: {listed}");
    }
    site.service.stop();
    let audit = service::call(&["audit", "verify", "--data", &site.data]);
    assert!(audit.contains("digest"), "{audit}");
}
