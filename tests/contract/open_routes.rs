//! Without a login only the listed routes answer; everything else sends to the login or asks for a token.

use kentongan_tests::house;
use kentongan_tests::service::Service;

const OPEN: [&str; 4] = ["/healthz", "/readyz", "/masuk", "/schema/report-v1.json"];
const CLOSED: [&str; 17] = [
    "/",
    "/peringatan",
    "/laporan",
    "/kecamatan",
    "/umpan",
    "/model",
    "/anggaran",
    "/ledger",
    "/panggilan",
    "/pesan",
    "/laporan/tempel",
    "/lapor",
    "/pelapor",
    "/v1/alerts",
    "/v1/assessments",
    "/v1/incidents",
    "/v1/live",
];

#[test]
fn only_the_listed_routes_are_open() {
    let folder = tempfile::tempdir().expect("making a folder");
    let service = Service::start("serve", &folder.path().join("data"), &[]);
    let nobody = service.client();
    for path in OPEN {
        assert_eq!(nobody.get(path).expect("asking").status, 200, "{path}");
    }
    for path in CLOSED {
        let reply = nobody.get(path).expect("asking");
        let to_login =
            reply.status == 303 && reply.header("location").is_some_and(|to| to.starts_with("/masuk"));
        assert!(to_login || reply.status == 401, "{path} answered {}", reply.status);
        assert!(to_login || reply.header("www-authenticate").is_some(), "{path} does not say how to log in");
    }
    let posted = nobody.post("/v1/reports", "application/json", b"{}").expect("posting");
    assert_eq!(posted.status, 401, "{}", posted.text());
    let wrong = nobody.bearer("bukan-token").post("/v1/reports", "application/json", b"{}").expect("posting");
    assert_eq!(wrong.status, 401, "{}", wrong.text());
    for refused in [posted, wrong] {
        assert_eq!(refused.header("www-authenticate"), Some("Bearer"));
    }
    service.stop();
}

/// A proxy on the same machine makes everybody local, so nobody is let in for that.
#[test]
fn metrics_open_by_their_token_and_by_nothing_else() {
    let folder = tempfile::tempdir().expect("making a folder");
    let service = Service::start("serve", &folder.path().join("data"), &[]);
    let nobody = service.client();
    let local = ["X-Forwarded-For", "X-Real-IP", "Forwarded"].map(|name| nobody.with(name, "127.0.0.1"));
    for client in [nobody.clone(), nobody.bearer("bukan-token"), nobody.bearer("")].iter().chain(&local) {
        let refused = client.get("/metrics").expect("asking");
        assert_eq!(refused.status, 401, "{:?}: {}", client.headers, refused.text());
        assert_eq!(refused.header("www-authenticate"), Some("Bearer"));
        let words = refused.json()["detail"].as_str().unwrap_or_default().to_owned();
        assert!(
            words.contains("metrics.token_file") && words.contains("metrics.token di folder data"),
            "{words}"
        );
    }
    assert_eq!(service.metrics().expect("asking").status, 200);
    service.stop();
}

/// Who looks at Grafana may be a leader: a feed's name is the desk's and the operator's.
#[test]
fn no_dashboard_asks_for_what_names_a_feed() {
    let folder = tempfile::tempdir().expect("making a folder");
    let data = folder.path().join("data");
    kentongan_tests::service::add_feed(&data, "polres-baru", "police", "16.13");
    let service = Service::start("serve", &data, &[]);
    let text = service.metrics().expect("asking").text();
    assert!(text.contains("\nkentongan_feeds{state=\"never\"} 1\n"), "{text}");
    let naming =
        text.lines().filter(|line| line.contains("feed=\"")).filter_map(|line| line.split('{').next());
    let mut naming: Vec<&str> = naming.collect();
    assert!(naming.contains(&"kentongan_feed_silence_seconds"), "{naming:?}");
    // Those that say nothing of a feed that never reported.
    naming.extend(["kentongan_records_total", "kentongan_late_reports_total", "kentongan_feed_paused"]);
    for board in house::files("deploy/grafana", &[".json"]) {
        for metric in &naming {
            assert!(!board.text.contains(metric), "{} asks for {metric}", board.path);
        }
    }
    service.stop();
}

#[test]
fn a_feed_never_heard_has_a_silence_and_the_desks_own_is_never_missed() {
    let folder = tempfile::tempdir().expect("making a folder");
    let data = folder.path().join("data");
    kentongan_tests::service::add_feed(&data, "polres-baru", "police", "16.13");
    kentongan_tests::service::add_feed(&data, "desk", "desk", "16.13");
    let service = Service::start("serve", &data, &[]);
    let text = service.metrics().expect("asking").text();
    let of = |metric: &str, feed: &str| {
        let head = format!("kentongan_{metric}{{feed=\"{feed}\"}} ");
        text.lines().find_map(|line| line.strip_prefix(&head)?.parse::<f64>().ok())
    };
    // Once a week is expected of it: three weeks by the factor, fourteen days at most.
    assert_eq!(of("feed_silence_limit_seconds", "polres-baru"), Some(14.0 * 86_400.0), "{text}");
    assert!(of("feed_silence_seconds", "polres-baru").is_some_and(|since| since < 3_600.0), "{text}");
    assert!(
        of("feed_silence_seconds", "desk").is_some() && of("feed_silence_limit_seconds", "desk").is_none()
    );
    assert!(text.contains("kentongan_scenario 0"), "{text}");
}

/// A provider of messages has no login: its call is known by what only it knows.
#[test]
fn receipts_are_taken_by_their_proof_and_say_nothing_of_what_is_known() {
    let folder = tempfile::tempdir().expect("making a folder");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("writing a file");
        path.to_string_lossy().into_owned()
    };
    let key = write("receipts.key", "rahasia-penyedia\n");
    let gateway = format!(
        "[[gateway]]\nname = \"wa\"\nurl = \"https://wa.example/kirim\"\nheaders = {{ Content-Type = \"application/json\" }}\n\
         body = '{{\"to\": \"{{to}}\", \"text\": \"{{text}}\"}}'\n[gateway.receipt]\nby = \"callback\"\nmessage = \"id\"\n\
         state = \"status\"\ndelivered = [\"delivered\"]\ntoken_header = \"X-Token\"\nsecret_file = \"{key}\"\n"
    );
    let team = write("team.toml", &format!("version = \"1\"\n{gateway}"));
    let config = write("own.toml", &format!("[files]\nteam = \"{team}\"\n"));
    let service = Service::start("serve", &folder.path().join("data"), &["--config", &config]);
    let nobody = service.client();
    let receipt = br#"{"id": "m-1", "status": "delivered"}"#;
    let call = |token: &str, path: &str, body: &[u8]| {
        nobody.with("X-Token", token).post(path, "application/json", body).expect("posting").status
    };
    assert_eq!(call("rahasia-penyedia", "/receipts/wa", receipt), 204, "of a message that nobody knows");
    assert_eq!(call("rahasia-lain", "/receipts/wa", receipt), 401);
    assert_eq!(
        call("rahasia-penyedia", "/receipts/sms", receipt),
        401,
        "no other answer where nobody is known"
    );
    assert_eq!(call("rahasia-penyedia", "/receipts/wa", b"bukan json"), 400);
    assert_eq!(call("rahasia-penyedia", "/receipts/wa", &vec![b' '; 70_000]), 413);
    assert_eq!(nobody.get("/receipts/wa").expect("asking").status, 405);
    service.stop();
}
