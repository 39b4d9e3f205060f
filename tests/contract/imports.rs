//! What was imported is taken back by a verb beside a running service: all that was new and nothing else, also of a file that was
//! cut off; what the desk confirmed waits for a second person.

use kentongan_tests::http::Client;
use kentongan_tests::service::{self, Service};
use kentongan_tests::text;
use std::fs;
use std::io::Write;
use std::time::Duration;

/// A report that could stand at siaga by itself.
const GRAVE: u32 = 7;

/// Reports of a village of the days before 2026, a line each.
fn reports(numbers: std::ops::Range<u32>) -> String {
    let line = |number: u32| {
        format!(
            "{{\"report_id\":\"{number:08x}-1111-4222-8333-ffffffffffff\",\"feed\":\"village\",\"district\":\"16.13.{:02}\",\
             \"kind\":\"disaster\",\"category\":\"WA-01\",\"severity\":{},\"occurred_at\":\"2025-{:02}-{:02}T08:00:00+07:00\",\
             \"reported_at\":\"2025-12-30T08:00:00+07:00\"}}\n",
            number % 7 + 1,
            if number == GRAVE { "5,\"dead\":3,\"displaced\":400" } else { "2" },
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
}

fn page(number: u32) -> String {
    format!("/laporan/{number:08x}-1111-4222-8333-ffffffffffff")
}

/// Waits until the page of a report says something.
fn says(desk: &Client, number: u32, words: &str) -> bool {
    let path = format!("{}?feed=desa", page(number));
    let ask = || desk.get(&path).ok().filter(|reply| reply.status == 200 && reply.text().contains(words));
    service::eventually(Duration::from_secs(60), ask).is_some()
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
    let desk = site.client("sari", &password);
    assert!(says(&desk, 2, "WA-01"));
    let (code, printed) = site.verb(&["import", "--feed", "desa", &second]);
    assert!(code == Some(0) && printed.contains("5 new reports are import 2"), "{printed}");
    assert!(says(&desk, GRAVE, "WA-01"));

    // What somebody of the desk confirmed does not fall by its source's record alone.
    let path = format!("{}/verifikasi?feed=desa", page(GRAVE));
    let shown = desk.get(&format!("{}?feed=desa", page(GRAVE))).expect("asking").text();
    let seen = text::tags(&shown).find(|tag| text::attribute(tag, "name") == Some("seen"));
    let seen = seen.and_then(|tag| text::attribute(tag, "value")).expect("a form says what it shows");
    let fields = [("act", "confirm"), ("reason", "dicek ke kades"), ("seen", seen)];
    let reply = desk.form(&path, &fields).expect("confirming");
    assert_eq!(reply.status, 303, "{}", reply.text());
    assert!(says(&desk, GRAVE, "dicek ke kades"));
    let (code, printed) = site.verb(&["imports", "take-back", "2", "--reason", "salah berkas"]);
    assert_eq!(code, Some(0), "{printed}");
    let state = "of 5 reports 4 are withdrawn, 1 stand until a second person of the desk rejects them too";
    assert!(printed.contains(state), "{printed}");
    let old = desk.get(&format!("{}?feed=desa", page(2))).expect("asking").text();
    assert!(says(&desk, 3, "salah berkas") && !old.contains("salah berkas"), "what was here before stays");
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
