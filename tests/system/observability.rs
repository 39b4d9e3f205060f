//! A real Prometheus scrapes the demonstration; every query of the dashboards and rules must return series.

use kentongan_tests::house;
use kentongan_tests::service::Service;
use std::process::Command;

fn present(command: &str) -> bool {
    Command::new(command).arg("--version").output().is_ok()
}

#[test]
fn every_query_of_dashboards_and_rules_returns_series() {
    let name = "observability::every_query_of_dashboards_and_rules_returns_series";
    if !present("prometheus") || !present("promtool") || !present("python3") {
        return house::not_run(name, "prometheus, promtool or python3 is not installed");
    }
    let folder = tempfile::tempdir().expect("making a folder");
    let service = Service::start("demo", &folder.path().join("data"), &["--speed", "max"]);
    let script = house::root().join("tests/system/observability.py");
    let url = format!("http://{}", service.address);
    let asked = Command::new("python3")
        .arg(script)
        .args(["--url", &url, "--token-file"])
        .arg(service.data.join("metrics.token"))
        .output()
        .expect("running observability.py");
    let printed = String::from_utf8_lossy(&asked.stdout);
    assert!(asked.status.success(), "{printed}{}", String::from_utf8_lossy(&asked.stderr));
}
